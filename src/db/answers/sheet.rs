//! An answer sheet as it is stored and read, the attempt it comes under, and what becomes of it.

use chrono::NaiveDate;

use crate::plan::Channel;
use crate::sheet::tally::TallyKey;

/// One answer sheet, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Where it counts: unit, civil day, point, field, questionnaire version, series, mode, respondent, flag.
    pub key: TallyKey,
    /// The channel by which the service was given.
    pub channel: Channel,
    /// One byte an item, in the order of the questionnaire: 0 blank, 1 to 5, 6 not used.
    pub answers: Vec<u8>,
    /// One byte a demographic question: 0 blank, else the place of the option, from 1.
    pub demographics: Vec<u8>,
    /// The free comment; sheets read with `Db::for_each_sheet` leave it out.
    pub comment: Option<String>,
}

/// What the ledger keeps of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// SHA-256 of the attempt identifier.
    pub hash: [u8; 32],
    /// What was sent, keyed by the attempt identifier.
    pub tag: [u8; 16],
}

#[derive(Debug, Clone)]
pub(in crate::db) struct Submission {
    pub(in crate::db) sheet: Sheet,
    pub(in crate::db) attempt: Attempt,
    /// What the ledger of tickets keeps of the one-time code that came with it.
    pub(in crate::db) ticket: Option<[u8; 32]>,
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// Stored now.
    New,
    /// The same content was stored under this attempt before; nothing was added.
    Before,
    /// This attempt was used for other content; nothing was added.
    OtherContent,
    /// The ticket is unknown, used, expired or another point's; nothing was added, and the attempt is not used up.
    TicketRefused,
    /// The point takes no answers any more, which whoever looked it up did not know yet; nothing was added, and neither attempt nor ticket
    /// is used up.
    PointRetired,
}

/// Which sheets to read.
#[derive(Debug, Clone, Default)]
pub struct SheetFilter {
    /// These units; none for all.
    pub units: Option<Vec<i32>>,
    /// First civil day; none for no bound.
    pub from: Option<NaiveDate>,
    /// Last civil day; none for no bound.
    pub to: Option<NaiveDate>,
}

/// A free comment with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Unit of the point.
    pub unit: i32,
    /// Service point.
    pub point: i32,
    /// Field of service.
    pub field: i16,
    /// Civil day.
    pub day: NaiveDate,
    /// What was written.
    pub body: String,
}
