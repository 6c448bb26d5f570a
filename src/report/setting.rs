//! What a report needs to know besides the index: whose plan, which names, which language, which dates.

use chrono::NaiveDate;

use super::format::Language;
use super::names::Names;
use crate::plan::{ExternalFigure, Plan};

/// What a report needs to know besides the index.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Plan that sets the targets.
    pub plan: &'a Plan,
    /// Names of unit, fields, sections, items.
    pub names: &'a Names,
    /// Language of the report.
    pub language: Language,
    /// Civil day on which the figures were taken; printed while the period is open.
    pub as_of: NaiveDate,
    /// Date of the letter; left open for the pen where none.
    pub dated: Option<NaiveDate>,
    /// Number of the letter without its symbol; left open where none.
    pub number: Option<&'a str>,
    /// The last row of the audit log when the report was made, `number:hash`; none where there is no log.
    pub audit_head: Option<&'a str>,
    /// Why the version before was opened anew, where this one corrects it.
    pub corrects: Option<&'a str>,
    /// Earlier and official figures of the unit, from others.
    pub outside: &'a [ExternalFigure],
    /// Whether the figures come from demonstration data.
    pub demonstration: bool,
}
