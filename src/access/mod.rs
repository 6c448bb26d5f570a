//! Who may do what: the one table of roles and actions, and the rule of the unit. Pure.
//!
//! A user acts within their unit and the units under it. Everything else is in [`TABLE`], from which the tests of
//! rights are generated too.

mod audited;
mod email;

use serde::{Deserialize, Serialize};

pub use audited::AuditedAction;
pub use email::{EmailAddress, is_shown_name, is_sign_in_name};

/// What a person is in the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation: units, points, users.
    Administrator,
    /// Chairman or vice chairman: reads, approves.
    Leader,
    /// Phòng Văn hóa – Xã hội: owns the targets.
    PlanOwner,
    /// Head of an office, a school, a station.
    UnitHead,
    /// Staff of an office.
    Staff,
    /// Keys paper sheets.
    DataEntry,
    /// Reads everything, changes nothing.
    Auditor,
    /// Reads figures.
    Viewer,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See indices, targets and verdicts.
    SeeFigures,
    /// Take a period's report along as a file.
    TakeReports,
    /// Check a period's figures and freeze them.
    CheckPeriods,
    /// Approve frozen figures, which another person checked.
    ApprovePeriods,
    /// Publish an approved period, or give a frozen one back.
    PublishPeriods,
    /// Open a published period anew.
    ReopenPeriods,
    /// Read citizens' comments.
    ReadComments,
    /// Read complaints and suggestions, with the contacts left there.
    ReadComplaints,
    /// Take complaints up, give them to offices, write answers.
    HandleComplaints,
    /// Approve answers to complaints, and publish them.
    ApproveComplaints,
    /// Write down remedies, dialogues and how far tasks are.
    KeepWork,
    /// See units, service points and their codes.
    SeePoints,
    /// Set up units, points, codes, questionnaires.
    SetUp,
    ManageUsers,
    /// Change one's own password.
    ChangeOwnPassword,
    /// Read questionnaires and plans as they are in force.
    ReadDocuments,
    /// Publish versions of questionnaires.
    PublishForms,
    ChangePlans,
    /// Change the ward's own words: the privacy notice, the guide.
    ChangeNotice,
    /// Read the audit log.
    ReadAudit,
    /// Key paper sheets; answer for a citizen at the telephone or at home.
    KeySheets,
    /// Take in files of cases handled and of earlier figures.
    ImportNumbers,
    /// Take groups of sheets out of the figures, and bring them back.
    VoidSheets,
}

impl Role {
    /// Every role, in the order of the table.
    pub const ALL: [Role; 8] = [
        Role::Administrator,
        Role::Leader,
        Role::PlanOwner,
        Role::UnitHead,
        Role::Staff,
        Role::DataEntry,
        Role::Auditor,
        Role::Viewer,
    ];

    /// The name kept in the database and typed at the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Leader => "leader",
            Role::PlanOwner => "plan_owner",
            Role::UnitHead => "unit_head",
            Role::Staff => "staff",
            Role::DataEntry => "data_entry",
            Role::Auditor => "auditor",
            Role::Viewer => "viewer",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// The roles that may do each action, each row with its reason.
pub const TABLE: [(Action, &[Role], &str); 23] = [
    (
        Action::SeeFigures,
        &[Role::Leader, Role::PlanOwner, Role::UnitHead, Role::Staff, Role::Auditor, Role::Viewer, Role::Administrator],
        "figures are for all who work with them; who only keys sheets needs none",
    ),
    (
        Action::TakeReports,
        &[Role::Leader, Role::PlanOwner, Role::UnitHead, Role::Auditor],
        "a file goes on without us: those who sign, write or check reports",
    ),
    (
        Action::CheckPeriods,
        &[Role::PlanOwner, Role::Leader],
        "who answers for the targets checks; in a small ward a leader may, and another one approves",
    ),
    (Action::ApprovePeriods, &[Role::Leader], "approval is a leader's"),
    (
        Action::PublishPeriods,
        &[Role::PlanOwner, Role::Leader],
        "what a leader has approved anyone of the two may send out",
    ),
    (Action::ReopenPeriods, &[Role::Leader], "what a leader has approved only a leader takes back"),
    (
        Action::ReadComments,
        &[Role::Leader, Role::PlanOwner, Role::UnitHead, Role::Auditor],
        "free text may name people: only those who must act on it",
    ),
    (
        Action::ReadComplaints,
        &[Role::Leader, Role::PlanOwner, Role::UnitHead, Role::Auditor],
        "a complaint names people and asks for an answer: those who can give it, and who checks that it came",
    ),
    (
        Action::HandleComplaints,
        &[Role::Leader, Role::PlanOwner, Role::UnitHead],
        "who reads a complaint and does not only look over shoulders has it to answer; whose hand does what, cases say",
    ),
    (Action::ApproveComplaints, &[Role::Leader], "an answer to a citizen is the ward's word, and its leader's"),
    (
        Action::KeepWork,
        &[Role::Leader, Role::PlanOwner, Role::UnitHead],
        "who answers for a ward or an office says what is done there",
    ),
    (
        Action::SeePoints,
        &Role::ALL,
        "codes hang on walls for everyone; who prints them, reads figures or keys sheets needs to find the point",
    ),
    (Action::SetUp, &[Role::Administrator, Role::PlanOwner], "one hand on codes and questionnaires"),
    (Action::ManageUsers, &[Role::Administrator], "one hand on accounts"),
    (Action::ChangeOwnPassword, &Role::ALL, "a password is its owner's alone"),
    (Action::ReadDocuments, &Role::ALL, "questionnaires hang on walls and plans are published; they hold no figures"),
    (Action::PublishForms, &[Role::Administrator, Role::PlanOwner], "one hand on what citizens are asked"),
    (
        Action::ChangePlans,
        &[Role::PlanOwner, Role::Administrator],
        "who answers for the targets keeps their dates and wording; a ward that starts has an administrator alone",
    ),
    (
        Action::ChangeNotice,
        &[Role::PlanOwner],
        "notice and guide are the ward's words, not those of whoever runs the machine",
    ),
    (
        Action::ReadAudit,
        &[Role::Administrator, Role::Auditor],
        "who answers for accounts, and who looks over everybody's shoulder",
    ),
    (
        Action::KeySheets,
        &[Role::UnitHead, Role::Staff, Role::DataEntry],
        "who stands nearest to the box of sheets; who answers for the targets writes no answers",
    ),
    (
        Action::ImportNumbers,
        &[Role::PlanOwner],
        "cases handled weigh the fields of every target: one hand, which the audit log names",
    ),
    (
        Action::VoidSheets,
        &[Role::PlanOwner],
        "what counts moves every target: who answers for them decides, by name and with a reason that everybody reads",
    ),
];

/// The actions that need a second factor: words of citizens, reports taken along, and the accounts through which one comes
/// to them.
pub const SECOND_FACTOR_FOR: [Action; 3] = [Action::ReadComments, Action::TakeReports, Action::ManageUsers];

/// Whether who has `role` signs in with a second factor.
pub fn needs_second_factor(role: Role) -> bool {
    SECOND_FACTOR_FOR.iter().any(|action| may(role, *action))
}

/// Whether `role` may do `action` within its unit.
pub fn may(role: Role, action: Action) -> bool {
    TABLE.iter().any(|(known, roles, _)| *known == action && roles.contains(&role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_roles() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
        assert_eq!(Role::from_name("root"), None);
    }

    #[test]
    fn who_keys_sheets_sees_no_figures_and_who_administers_reads_no_comments() {
        assert!(!may(Role::DataEntry, Action::SeeFigures));
        assert!(!may(Role::Administrator, Action::ReadComments));
        assert!(may(Role::Viewer, Action::SeeFigures));
    }
}
