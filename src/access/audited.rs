//! What staff do that the audit log keeps, as code words. Pure; the Vietnamese of each stands with the page of the log.

/// A deed that leaves a row in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditedAction {
    /// Signed in, or was refused.
    SignIn,
    SignOut,
    /// Signed in by single sign-on, or was refused.
    SignInBySingleSignOn,
    /// Allowed an account to be bound to one of a provider.
    AllowSingleSignOn,
    /// An account was bound to one of a provider.
    BindSingleSignOn,
    /// Unbound an account from one of a provider.
    UnbindSingleSignOn,
    /// An account was made of what a provider says.
    AddUserBySingleSignOn,
    /// Role and unit were set as a provider says.
    SetRightsBySingleSignOn,
    /// An account was shut because a provider gives no right any more.
    CloseBySingleSignOn,
    /// Sessions were ended because a provider said that the person has signed out there.
    SignOutBySingleSignOn,
    /// Gave a code of the second factor.
    SecondFactor,
    /// Set the second factor up.
    SetUpSecondFactor,
    /// Used a recovery code.
    UseRecoveryCode,
    /// Made recovery codes anew.
    RenewRecoveryCodes,
    /// Took the second factor off an account.
    ClearSecondFactor,
    /// Changed the own password.
    ChangePassword,
    /// Chose which letters to get.
    ChooseLetters,
    /// Set another's password at the command line.
    SetPassword,
    /// Set a password by a link that was sent.
    SetPasswordByLink,
    /// Invited a new user by a link.
    Invite,
    /// Made a link by which a password is set anew.
    ResetLink,
    /// Asked for a letter with which a password is set anew.
    AskForReset,
    /// Set where letters to a person go.
    SetAddress,
    /// Ended sessions of the own.
    EndSession,
    /// Ended all sessions of another.
    EndSessionsOf,
    AddUser,
    /// Added many users at once.
    AddUsers,
    /// Took back users that were added together.
    TakeUsersBack,
    /// Retired a user.
    RetireUser,
    /// Read citizens' comments of a month.
    ReadComments,
    /// Asked for a page without the right to it.
    OpenPage,
    /// Set the installation up.
    FirstStart,
    /// Marked one of the first steps.
    MarkFirstStep,
    /// Made a key for a program.
    AddToken,
    /// Ended a key of a program.
    RevokeToken,
    /// Entered the address of a program that is told of events.
    AddWebhook,
    /// Ended such an address.
    EndWebhook,
    /// Sent an event on trial.
    TryWebhook,
    /// Let an event that was given up go again.
    ResendEvent,
    /// Threw away an event that was given up.
    DropEvent,
    AddUnit,
    /// Added many units at once.
    AddUnits,
    /// Took back units that were added together.
    TakeUnitsBack,
    /// Retired a unit.
    RetireUnit,
    /// Renamed a unit.
    RenameUnit,
    /// Moved a unit under another.
    MoveUnit,
    /// Made a unit of a part of another.
    SplitUnit,
    /// Added a field of service.
    AddField,
    /// Renamed a field of service.
    RenameField,
    /// Added a service point.
    AddPoint,
    /// Added many service points at once.
    AddPoints,
    /// Took back service points that were added together.
    TakePointsBack,
    /// Took in a file of cases handled.
    ImportVolumes,
    /// Took in a file of answers.
    ImportResponses,
    /// Took in a file of earlier figures.
    ImportFigures,
    /// Retired a service point.
    RetirePoint,
    /// Gave a service point another code.
    ReplaceCode,
    /// Published a version of a questionnaire.
    PublishForm,
    /// Began a draft of a questionnaire.
    BeginFormDraft,
    /// Changed a draft of a questionnaire; a row for each person and day.
    ChangeFormDraft,
    /// Threw a draft of a questionnaire away.
    DiscardFormDraft,
    AddPlan,
    /// Changed a plan.
    ChangePlan,
    /// Checked a reporting period and froze it.
    CheckPeriod,
    /// Approved a frozen period.
    ApprovePeriod,
    /// Issued a report as a document of the office.
    IssueReport,
    /// Wrote parts of a period's report, or put a chart into it or took one out.
    WriteReport,
    /// Kept a page of exploring under a name, or forgot one.
    SaveView,
    /// Filed the signed scan of an issued report.
    FileSignedReport,
    /// Published an approved period.
    PublishPeriod,
    /// Gave a frozen period back.
    ReturnPeriod,
    /// Opened a published period anew.
    ReopenPeriod,
    /// Declared a field to be without cases in a period.
    DeclareField,
    /// Took such a declaration back.
    WithdrawField,
    /// Took a group of sheets out of the figures.
    Void,
    /// Let voided sheets count again.
    UndoVoiding,
    /// Issued one-time codes.
    IssueTickets,
    /// Changed the template of a plan's report.
    ChangeReportTemplate,
    /// Changed the template of a ward's answers to complaints.
    ChangeAnswerTemplate,
    /// Chose, shortened, approved or took out a quotation of a period's report.
    QuoteComment,
    /// Changed the privacy notice.
    ChangeNotice,
    /// Changed a page of the guide.
    ChangeGuide,
    /// Began to key a batch of paper sheets.
    BeginBatch,
    /// Settled what two keyings of a batch say differently.
    SettleBatch,
    /// Took a keyed sheet out of a batch.
    DropKeyedSheet,
    /// Threw a keyed batch away.
    DiscardBatch,
    /// Stored a keyed batch.
    StoreBatch,
    /// Handed a retired user's work over.
    HandOver,
    /// Allowed the tablet's form at a service point, or no longer.
    SetKiosk,
    /// Sent a batch back to its second keying.
    RepeatSecondKeying,
    /// Began a survey round.
    BeginRound,
    /// Counted what came back of a survey round.
    CountRound,
    /// Closed a survey round.
    CloseRound,
    /// Brought the frame of a sample.
    KeepFrame,
    /// Said what is known of the people of a sample.
    KeepTotals,
    /// Drew a sample from a frame.
    DrawSample,
    /// Entered what became of numbers drawn.
    KeepOutcomes,
    CallSubstitute,
    /// Made the cells of a sample.
    MakeCells,
    /// Did something to a complaint.
    HandleComplaint,
    /// Entered a complaint that came another way.
    EnterComplaint,
    /// Read how to reach who wrote a complaint.
    ReadContact,
    /// Deleted how to reach who wrote a complaint.
    EraseContact,
    /// Changed the ward's rules of complaints.
    ChangeComplaintRules,
    /// Changed the ward's list of themes.
    ChangeThemes,
    /// Took comments along as a file.
    ExportComments,
    /// Wrote down a remedy.
    KeepRemedy,
    /// Wrote down a dialogue.
    KeepDialogue,
    /// Said how far a task is.
    KeepTask,
    /// Wrote what citizens are told.
    KeepTelling,
    /// Approved it, published it or took it back.
    DecideTelling,
    /// Said when it was read aloud, sent to the city or accepted there.
    RecordTelling,
    /// Read an early warning.
    ReadWarning,
}

impl AuditedAction {
    /// Every one, in the order of the page that explains them.
    pub const ALL: [Self; 113] = [
        Self::SignIn,
        Self::SignOut,
        Self::SignInBySingleSignOn,
        Self::AllowSingleSignOn,
        Self::BindSingleSignOn,
        Self::UnbindSingleSignOn,
        Self::AddUserBySingleSignOn,
        Self::SetRightsBySingleSignOn,
        Self::CloseBySingleSignOn,
        Self::SignOutBySingleSignOn,
        Self::SecondFactor,
        Self::SetUpSecondFactor,
        Self::UseRecoveryCode,
        Self::RenewRecoveryCodes,
        Self::ClearSecondFactor,
        Self::ChangePassword,
        Self::ChooseLetters,
        Self::SetPassword,
        Self::SetPasswordByLink,
        Self::Invite,
        Self::ResetLink,
        Self::AskForReset,
        Self::SetAddress,
        Self::EndSession,
        Self::EndSessionsOf,
        Self::AddUser,
        Self::AddUsers,
        Self::TakeUsersBack,
        Self::RetireUser,
        Self::ReadComments,
        Self::OpenPage,
        Self::FirstStart,
        Self::MarkFirstStep,
        Self::AddToken,
        Self::RevokeToken,
        Self::AddWebhook,
        Self::EndWebhook,
        Self::TryWebhook,
        Self::ResendEvent,
        Self::DropEvent,
        Self::AddUnit,
        Self::AddUnits,
        Self::TakeUnitsBack,
        Self::RetireUnit,
        Self::RenameUnit,
        Self::MoveUnit,
        Self::SplitUnit,
        Self::AddField,
        Self::RenameField,
        Self::AddPoint,
        Self::AddPoints,
        Self::TakePointsBack,
        Self::ImportVolumes,
        Self::ImportResponses,
        Self::ImportFigures,
        Self::RetirePoint,
        Self::ReplaceCode,
        Self::PublishForm,
        Self::BeginFormDraft,
        Self::ChangeFormDraft,
        Self::DiscardFormDraft,
        Self::AddPlan,
        Self::ChangePlan,
        Self::CheckPeriod,
        Self::ApprovePeriod,
        Self::IssueReport,
        Self::WriteReport,
        Self::SaveView,
        Self::FileSignedReport,
        Self::PublishPeriod,
        Self::ReturnPeriod,
        Self::ReopenPeriod,
        Self::DeclareField,
        Self::WithdrawField,
        Self::Void,
        Self::UndoVoiding,
        Self::IssueTickets,
        Self::ChangeReportTemplate,
        Self::ChangeAnswerTemplate,
        Self::QuoteComment,
        Self::ChangeNotice,
        Self::ChangeGuide,
        Self::BeginBatch,
        Self::SettleBatch,
        Self::DropKeyedSheet,
        Self::DiscardBatch,
        Self::StoreBatch,
        Self::HandOver,
        Self::SetKiosk,
        Self::RepeatSecondKeying,
        Self::BeginRound,
        Self::CountRound,
        Self::CloseRound,
        Self::KeepFrame,
        Self::KeepTotals,
        Self::DrawSample,
        Self::KeepOutcomes,
        Self::CallSubstitute,
        Self::MakeCells,
        Self::HandleComplaint,
        Self::EnterComplaint,
        Self::ReadContact,
        Self::EraseContact,
        Self::ChangeComplaintRules,
        Self::ChangeThemes,
        Self::ExportComments,
        Self::KeepRemedy,
        Self::KeepDialogue,
        Self::KeepTask,
        Self::KeepTelling,
        Self::DecideTelling,
        Self::RecordTelling,
        Self::ReadWarning,
    ];

    /// The word kept in the log. It never changes: rows are sealed with it.
    pub fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignOut => "sign_out",
            Self::SignInBySingleSignOn => "sign_in_by_single_sign_on",
            Self::AllowSingleSignOn => "allow_single_sign_on",
            Self::BindSingleSignOn => "bind_single_sign_on",
            Self::UnbindSingleSignOn => "unbind_single_sign_on",
            Self::AddUserBySingleSignOn => "add_user_by_single_sign_on",
            Self::SetRightsBySingleSignOn => "set_rights_by_single_sign_on",
            Self::CloseBySingleSignOn => "close_by_single_sign_on",
            Self::SignOutBySingleSignOn => "sign_out_by_single_sign_on",
            Self::SecondFactor => "second_factor",
            Self::SetUpSecondFactor => "set_up_second_factor",
            Self::UseRecoveryCode => "use_recovery_code",
            Self::RenewRecoveryCodes => "renew_recovery_codes",
            Self::ClearSecondFactor => "clear_second_factor",
            Self::ChangePassword => "change_password",
            Self::ChooseLetters => "choose_letters",
            Self::SetPassword => "set_password",
            Self::SetPasswordByLink => "set_password_by_link",
            Self::Invite => "invite",
            Self::ResetLink => "reset_link",
            Self::AskForReset => "ask_for_reset",
            Self::SetAddress => "set_address",
            Self::EndSession => "end_session",
            Self::EndSessionsOf => "end_sessions_of",
            Self::AddUser => "add_user",
            Self::AddUsers => "add_users",
            Self::TakeUsersBack => "take_users_back",
            Self::RetireUser => "retire_user",
            Self::ReadComments => "read_comments",
            Self::OpenPage => "open_page",
            Self::FirstStart => "first_start",
            Self::MarkFirstStep => "mark_first_step",
            Self::AddToken => "add_token",
            Self::RevokeToken => "revoke_token",
            Self::AddWebhook => "add_webhook",
            Self::EndWebhook => "end_webhook",
            Self::TryWebhook => "try_webhook",
            Self::ResendEvent => "resend_event",
            Self::DropEvent => "drop_event",
            Self::AddUnit => "add_unit",
            Self::AddUnits => "add_units",
            Self::TakeUnitsBack => "take_units_back",
            Self::RetireUnit => "retire_unit",
            Self::RenameUnit => "rename_unit",
            Self::MoveUnit => "move_unit",
            Self::SplitUnit => "split_unit",
            Self::AddField => "add_field",
            Self::RenameField => "rename_field",
            Self::AddPoint => "add_point",
            Self::AddPoints => "add_points",
            Self::TakePointsBack => "take_points_back",
            Self::ImportVolumes => "import_volumes",
            Self::ImportResponses => "import_responses",
            Self::ImportFigures => "import_figures",
            Self::RetirePoint => "retire_point",
            Self::ReplaceCode => "replace_code",
            Self::PublishForm => "publish_form",
            Self::BeginFormDraft => "begin_form_draft",
            Self::ChangeFormDraft => "change_form_draft",
            Self::DiscardFormDraft => "discard_form_draft",
            Self::AddPlan => "add_plan",
            Self::ChangePlan => "change_plan",
            Self::CheckPeriod => "check_period",
            Self::ApprovePeriod => "approve_period",
            Self::IssueReport => "issue_report",
            Self::WriteReport => "write_report",
            Self::SaveView => "save_view",
            Self::FileSignedReport => "file_signed_report",
            Self::PublishPeriod => "publish_period",
            Self::ReturnPeriod => "return_period",
            Self::ReopenPeriod => "reopen_period",
            Self::DeclareField => "declare_field",
            Self::WithdrawField => "withdraw_field",
            Self::Void => "void",
            Self::UndoVoiding => "undo_voiding",
            Self::IssueTickets => "issue_tickets",
            Self::ChangeReportTemplate => "change_outline",
            Self::ChangeAnswerTemplate => "change_answer_template",
            Self::QuoteComment => "quote_comment",
            Self::ChangeNotice => "change_notice",
            Self::ChangeGuide => "change_guide",
            Self::BeginBatch => "begin_batch",
            Self::SettleBatch => "settle_batch",
            Self::DropKeyedSheet => "drop_keyed_sheet",
            Self::DiscardBatch => "discard_batch",
            Self::StoreBatch => "store_batch",
            Self::HandOver => "hand_over",
            Self::SetKiosk => "set_kiosk",
            Self::RepeatSecondKeying => "repeat_second_keying",
            Self::BeginRound => "begin_round",
            Self::CountRound => "count_round",
            Self::CloseRound => "close_round",
            Self::KeepFrame => "keep_frame",
            Self::KeepTotals => "keep_totals",
            Self::DrawSample => "draw_sample",
            Self::KeepOutcomes => "keep_outcomes",
            Self::CallSubstitute => "call_substitute",
            Self::MakeCells => "make_cells",
            Self::HandleComplaint => "handle_complaint",
            Self::EnterComplaint => "enter_complaint",
            Self::ReadContact => "read_contact",
            Self::EraseContact => "erase_contact",
            Self::ChangeComplaintRules => "change_complaint_rules",
            Self::ChangeThemes => "change_themes",
            Self::ExportComments => "export_comments",
            Self::KeepRemedy => "keep_remedy",
            Self::KeepDialogue => "keep_dialogue",
            Self::KeepTask => "keep_task",
            Self::KeepTelling => "keep_telling",
            Self::DecideTelling => "decide_telling",
            Self::RecordTelling => "record_telling",
            Self::ReadWarning => "read_warning",
        }
    }

    /// The action of a word; none for a word that this program does not know, as of a later version.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::AuditedAction;

    #[test]
    fn every_word_leads_back_to_its_action() {
        for action in AuditedAction::ALL {
            assert_eq!(AuditedAction::of_word(action.word()), Some(action));
        }
        assert_eq!(AuditedAction::of_word("no_such_deed"), None);
    }
}
