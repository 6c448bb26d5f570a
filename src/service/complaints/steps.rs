//! Deeds on a complaint: asked for with their words, checked against the table of `cases`, done in one transaction.

use chrono::{Days, NaiveDate};

use crate::access::{Action, AuditedAction, Role, may};
use crate::cases::deadline::{after, resumed};
use crate::cases::{CONTENT_FROM, CaseAction, Hand, NotMoved, State, Subject, moved, plain};
use crate::db::{Complaint, ComplaintStep, Db, DbError, Note, Outcome};
use crate::plan::working_days::is_working_day;

/// The most characters of an answer, a reason, a word added.
pub const WORDS_MAX: usize = 4_000;
/// The fewest characters of a reason: one word tells nobody anything.
pub const REASON_MIN: usize = 10;

/// Who does it.
#[derive(Debug, Clone)]
pub struct Doer {
    /// Name they sign in with.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Numbers of their unit and those under it.
    pub units: Vec<i32>,
    /// When, as the audit log keeps it.
    pub at: chrono::DateTime<chrono::Utc>,
    /// Today's civil day.
    pub today: NaiveDate,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Take it up.
    Accept,
    /// Send it on.
    Forward {
        /// Whose it is.
        to: String,
        /// Why.
        reason: String,
    },
    /// Answer it with another one.
    Merge {
        /// The other one's number.
        with: String,
    },
    /// Not take it up.
    Refuse {
        /// Why.
        reason: String,
    },
    /// Give it to an office.
    Assign {
        /// Number and name of the office.
        lead: (i32, String),
        /// Numbers and names of those that help.
        helpers: Vec<(i32, String)>,
        /// What they are to know.
        note: String,
    },
    /// Write the answer.
    Draft {
        /// It.
        answer: String,
    },
    /// Give the draft back.
    GiveBack {
        /// What is to be mended.
        reason: String,
    },
    /// Approve the answer.
    Approve,
    /// Publish case and answer in these words.
    Publish {
        /// The citizen's words, masked.
        words: String,
        /// The answer, masked.
        answer: String,
    },
    /// Let the answer be the citizen's alone.
    KeepPrivate {
        /// Why.
        reason: String,
    },
    /// Set a later due day.
    Extend {
        /// Working days more.
        days: u32,
        /// Why.
        reason: String,
    },
    /// Ask the citizen something.
    Ask {
        /// What.
        question: String,
    },
    /// Note something.
    Note {
        /// It.
        words: String,
    },
    /// Say what it is about.
    Sort {
        subject: Option<Subject>,
        /// Field of service.
        field: Option<i16>,
        /// Unit.
        about: Option<i32>,
    },
    /// Take it up once more.
    Reopen {
        /// Why.
        reason: String,
    },
}

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// The table does not let it.
    #[error("the case does not move: {0:?}")]
    NotMoved(NotMoved),
    /// Somebody else was faster.
    #[error("the case has moved meanwhile")]
    MovedMeanwhile,
    /// Words are missing in a field.
    #[error("`{0}` needs words")]
    WordsMissing(&'static str),
    /// There are too many words in a field.
    #[error("`{0}` is too long")]
    TooLong(&'static str),
    /// It would be put off by more working days than the ward's rules allow.
    #[error("it may be put off by {most} working days, once")]
    TooLate { most: u32 },
    /// There is no other case of this number.
    #[error("there is no other case of this number")]
    NoOtherCase,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl Request {
    /// The deed that it is.
    pub fn deed(&self) -> CaseAction {
        match self {
            Request::Accept => CaseAction::Accept,
            Request::Forward { .. } => CaseAction::Forward,
            Request::Merge { .. } => CaseAction::Merge,
            Request::Refuse { .. } => CaseAction::Refuse,
            Request::Assign { .. } => CaseAction::Assign,
            Request::Draft { .. } => CaseAction::Draft,
            Request::GiveBack { .. } => CaseAction::GiveBack,
            Request::Approve => CaseAction::Approve,
            Request::Publish { .. } => CaseAction::Publish,
            Request::KeepPrivate { .. } => CaseAction::KeepPrivate,
            Request::Extend { .. } => CaseAction::Extend,
            Request::Ask { .. } => CaseAction::Ask,
            Request::Note { .. } => CaseAction::Note,
            Request::Sort { .. } => CaseAction::Sort,
            Request::Reopen { .. } => CaseAction::Reopen,
        }
    }
}

impl Doer {
    /// Whose hands they have on a case with these helpers.
    pub fn hands(&self, case: &Complaint, helpers: &[i32]) -> Vec<Hand> {
        let covers = |unit: i32| self.units.contains(&unit);
        let mut hands = Vec::new();
        if may(self.role, Action::HandleComplaints) {
            if covers(case.key.unit) || case.desk.is_some_and(covers) {
                hands.push(Hand::Desk);
            }
            if case.lead.is_some_and(covers) || helpers.iter().copied().any(covers) {
                hands.push(Hand::Office);
            }
        }
        if may(self.role, Action::ApproveComplaints) && covers(case.key.unit) {
            hands.push(Hand::Leader);
        }
        hands
    }

    fn note(&self, action: AuditedAction, unit: &str, object: String) -> Note {
        let (actor, unit) = (self.name.clone(), unit.to_owned());
        Note { at: self.at, actor, action, unit, object, outcome: Outcome::Done }
    }
}

/// Words that must be there, trimmed.
fn words(field: &'static str, typed: &str, least: usize) -> Result<String, NotDone> {
    let typed = plain(typed);
    match typed.chars().count() {
        count if count < least => Err(NotDone::WordsMissing(field)),
        count if count > WORDS_MAX => Err(NotDone::TooLong(field)),
        _ => Ok(typed),
    }
}

/// Does what is asked to a case of the unit of code `unit`.
pub fn do_deed(db: &Db, doer: &Doer, unit: &str, case: &Complaint, request: &Request) -> Result<(), NotDone> {
    let deed = request.deed();
    let helpers_before = db.complaint_helpers(case.key)?;
    let state =
        moved(case.state, deed, &doer.hands(case, &helpers_before), case.reopened).map_err(NotDone::NotMoved)?;
    let today = doer.today;
    let mut after_it = Complaint { state, ..case.clone() };
    let (mut helpers, mut said) = (None, String::new());
    match request {
        Request::Accept | Request::Approve => {}
        Request::Forward { to, reason } => {
            let to = words("to", to, 2)?;
            said = format!("{to}. {}", words("reason", reason, REASON_MIN)?);
            after_it.outcome.clone_from(&said);
        }
        Request::Merge { with } => {
            let with = with.trim().to_lowercase();
            let other = db.complaint_of_number(&doer.units, &with)?;
            let other = other.filter(|other| other.key != case.key && other.key.unit == case.key.unit);
            after_it.outcome = other.ok_or(NotDone::NoOtherCase)?.key.number();
        }
        Request::Refuse { reason } | Request::GiveBack { reason } | Request::Reopen { reason } => {
            said = words("reason", reason, REASON_MIN)?;
            if deed == CaseAction::Refuse {
                after_it.outcome.clone_from(&said);
            }
        }
        Request::KeepPrivate { reason } => said = words("reason", reason, REASON_MIN)?,
        Request::Assign { lead, helpers: helping, note } => {
            after_it.lead = Some(lead.0);
            let others: Vec<&(i32, String)> = helping.iter().filter(|helper| helper.0 != lead.0).collect();
            let names = others.iter().map(|helper| helper.1.as_str()).collect::<Vec<_>>().join(", ");
            said = [lead.1.clone(), names, words("note", note, 0)?]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("\n");
            helpers = Some(others.iter().map(|helper| helper.0).collect());
        }
        Request::Draft { answer } => after_it.answer = words("answer", answer, REASON_MIN)?,
        Request::Publish { words: shown, answer } => {
            after_it.published_words = words("words", shown, REASON_MIN)?;
            after_it.published_answer = words("answer", answer, REASON_MIN)?;
            after_it.published_on = Some(today);
        }
        Request::Extend { days, reason } => {
            let most = db.complaint_rules(case.key.unit)?.extension_days;
            let before = db.complaint_steps(case.key)?.iter().any(|step| step.deed == CaseAction::Extend);
            if *days == 0 || *days > most || before {
                return Err(NotDone::TooLate { most });
            }
            said = words("reason", reason, REASON_MIN)?;
            after_it.due = case.due.map(|due| after(due, *days, is_working_day));
        }
        Request::Ask { question } => {
            said = words("question", question, REASON_MIN)?;
            after_it.waiting_since = case.waiting_since.or(Some(today));
        }
        Request::Note { words: noted } => said = words("note", noted, 1)?,
        Request::Sort { subject, field, about } => {
            (after_it.subject, after_it.field, after_it.about) = (*subject, *field, *about);
        }
    }
    decide(&mut after_it, deed, today, db)?;
    let note = doer.note(AuditedAction::HandleComplaint, unit, format!("{} {}", case.key.number(), deed.name()));
    let step = ComplaintStep { on: today, deed, by: doer.name.clone(), words: said };
    let (key, expected) = (case.key, case.state);
    let done = db.noting(note).change_complaint(key, expected, vec![step], helpers, move |case| *case = after_it)?;
    if done { Ok(()) } else { Err(NotDone::MovedMeanwhile) }
}

/// What a deed does to the days of a case.
fn decide(case: &mut Complaint, deed: CaseAction, today: NaiveDate, db: &Db) -> Result<(), DbError> {
    match deed {
        CaseAction::Approve | CaseAction::Forward | CaseAction::Merge | CaseAction::Refuse => {
            let waited = case.waiting_since.take();
            let due = case.due.map(|due| waited.map_or(due, |since| resumed(due, since, today, is_working_day)));
            case.decided_on = Some(today);
            case.was_late = case.was_late || due.is_none_or(|due| today > due);
        }
        CaseAction::Reopen => {
            let rules = db.complaint_rules(case.key.unit)?;
            case.reopened = true;
            case.decided_on = None;
            case.due = Some(after(today, rules.answer_days, is_working_day));
        }
        _ => {}
    }
    Ok(())
}

/// The citizen adds a word; the clock runs again where it stood.
pub fn say(db: &Db, case: &Complaint, typed: &str, today: NaiveDate) -> Result<(), NotDone> {
    moved(case.state, CaseAction::Say, &[Hand::Citizen], case.reopened).map_err(NotDone::NotMoved)?;
    let said = words("word", typed, 1)?;
    let step = ComplaintStep { on: today, deed: CaseAction::Say, by: String::new(), words: said };
    let done = db.complaint_moves(case.key, case.state, vec![step], move |case| {
        if let (Some(since), Some(due)) = (case.waiting_since.take(), case.due) {
            case.due = Some(resumed(due, since, today, is_working_day));
        }
    })?;
    if done { Ok(()) } else { Err(NotDone::MovedMeanwhile) }
}

/// The citizen rates the answer, 1 to 5. Who is not content has it taken up once more; else the case is closed.
pub fn rate(db: &Db, case: &Complaint, level: u8, typed: &str, today: NaiveDate) -> Result<State, NotDone> {
    let said = words("why", typed, 0)?;
    let with_words = if said.is_empty() { level.to_string() } else { format!("{level}. {said}") };
    // Pressed twice: what was said is said, and the case has moved on by it.
    let is_it = |step: &ComplaintStep| (step.on, step.deed, &step.words) == (today, CaseAction::Rate, &with_words);
    if case.rating == Some(level) && db.complaint_steps(case.key)?.iter().rev().take(2).any(is_it) {
        return Ok(case.state);
    }
    let rated = moved(case.state, CaseAction::Rate, &[Hand::Citizen], case.reopened).map_err(NotDone::NotMoved)?;
    let reopens = level < CONTENT_FROM && !case.reopened;
    let then = if reopens { CaseAction::Reopen } else { CaseAction::Close };
    let state = moved(rated, then, &[Hand::Citizen], case.reopened).map_err(NotDone::NotMoved)?;
    let mut after_it = Complaint { state, rating: Some(level), ..case.clone() };
    decide(&mut after_it, then, today, db)?;
    let step = |deed, words| ComplaintStep { on: today, deed, by: String::new(), words };
    let steps = vec![step(CaseAction::Rate, with_words), step(then, String::new())];
    let done = db.complaint_moves(case.key, case.state, steps, move |case| *case = after_it)?;
    if done { Ok(state) } else { Err(NotDone::MovedMeanwhile) }
}

/// Closes cases that were answered so long ago as the ward's rules say and that nobody rated, for as long as `go_on` says; how many.
pub fn close_unrated(db: &Db, today: NaiveDate, go_on: &dyn Fn() -> bool) -> Result<usize, DbError> {
    let mut closed = 0;
    for case in db.complaints_under_way(None)? {
        if !go_on() {
            break;
        }
        let Some(answered) = case.decided_on.filter(|_| case.state.is_answered()) else { continue };
        let days = u64::from(db.complaint_rules(case.key.unit)?.close_days);
        if answered + Days::new(days) >= today {
            continue;
        }
        let Ok(state) = moved(case.state, CaseAction::Close, &[Hand::Timer], case.reopened) else { continue };
        let step = ComplaintStep { on: today, deed: CaseAction::Close, by: String::new(), words: String::new() };
        let done = db.complaint_moves(case.key, case.state, vec![step], move |case| case.state = state)?;
        closed += usize::from(done);
    }
    Ok(closed)
}
