//! What an index is computed from, and which part of it a figure is made of.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use super::counted::Counted;
use super::result::DeclaredEmpty;
use crate::plan::{Caseload, Channel, Measure, Period, Plan, Respondents};
use crate::sheet::tally::Layout;
use crate::survey::{Feed, Questionnaire};

/// A questionnaire version as the index sees it.
#[derive(Debug, Clone, Copy)]
pub struct FormView<'a> {
    /// The questionnaire.
    pub questionnaire: &'a Questionnaire,
    /// Its layout.
    pub layout: &'a Layout,
}

/// A service point as the index sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PointView {
    /// By which channel it serves.
    pub channel: Channel,
    /// Identifier of the questionnaire it asks now.
    pub questionnaire: String,
    /// Fields it serves.
    pub fields: Vec<String>,
    /// Whether it was open on at least one day of the period.
    pub open: bool,
}

/// Everything an index is computed from. What is counted is that of the period and the unit.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// One of its periods, or an ad hoc one.
    pub period: &'a Period,
    /// Code of the unit measured.
    pub unit: &'a str,
    /// Whether answers not yet released are counted.
    pub live: bool,
    /// Today's civil date: before or on the cut-off every verdict is "so far".
    pub today: NaiveDate,
    /// Questionnaire versions by database identifier.
    pub forms: &'a HashMap<i32, FormView<'a>>,
    /// Field codes by database identifier.
    pub fields: &'a HashMap<i16, String>,
    /// Field codes in the order in which they are listed.
    pub order: &'a [String],
    /// Points by unit and number.
    pub points: &'a HashMap<(i32, i32), PointView>,
    /// The sheets, those of them that no figure may count yet (see [`crate::sheet::release`]) marked as held.
    pub counted: &'a Counted,
    /// Cases handled, of the same units, in the months of the period.
    pub volumes: &'a [Caseload],
    /// Fields that the plan's owner declared to be without cases in the period.
    pub declared: &'a [DeclaredEmpty],
    /// Whether the unit's figures count releases whole: those of offices count shares of them.
    pub whole: bool,
}

/// The field of questionnaires that ask of no field in particular: of policies, of a dialogue, of the agencies as a whole. It has no
/// cases from which anybody could be kept away, so nothing is missing where such a questionnaire was not used.
const GENERAL: &str = "general";

/// Which sums and which of their sections a figure is made from.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub(super) feed: Feed,
    pub(super) channel: Option<Channel>,
    pub(super) respondents: Respondents,
}

/// What is summed of a tally: some sections, or one item.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// Every section that feeds the index.
    Feed(Feed),
    /// The sections of one factor (or of one section that maps to none).
    Factor(&'a str),
    /// One item where it stands in a factor: of a version that has it in another one, its answers count there.
    Item(&'a str, &'a str),
    /// The overall question of the questionnaires that feed the index.
    Overall,
}

impl Part<'_> {
    /// What the share of a target is made from.
    pub(super) fn of(measure: Measure, feed: Feed) -> Self {
        match measure {
            Measure::Answers => Self::Feed(feed),
            Measure::People => Self::Overall,
        }
    }
}

/// The name under which a section's answers appear: its factor, or its own where it maps to none.
pub(super) fn factor_name(section: &crate::survey::Section) -> String {
    section.factor.map_or_else(|| section.id.clone(), |factor| factor.as_str().to_owned())
}

impl Input<'_> {
    /// Fields that belong to an index before anybody answers: those that a point open in the period serves with a questionnaire that
    /// feeds it. [`GENERAL`] is none: it belongs to an index where somebody answered.
    pub(super) fn expected(&self, cut: &Cut) -> BTreeSet<String> {
        let feeds = |id: &str| {
            self.forms.values().any(|form| {
                form.questionnaire.id == id
                    && form.questionnaire.sections.iter().any(|section| section.feeds.contains(&cut.feed))
            })
        };
        let points = self.points.values().filter(|point| point.open && feeds(&point.questionnaire));
        let points = points.filter(|point| cut.channel.is_none_or(|channel| point.channel == channel));
        points.flat_map(|point| point.fields.iter().filter(|field| *field != GENERAL).cloned()).collect()
    }

    /// Fields in the order in which the plans' own list has them: never that of their names.
    pub(super) fn in_order<'f>(&self, fields: &'f BTreeSet<String>) -> Vec<&'f String> {
        let places: HashMap<&str, usize> = self.order.iter().map(String::as_str).zip(0..).collect();
        let mut ordered: Vec<&String> = fields.iter().collect();
        ordered.sort_by_key(|field| places.get(field.as_str()).copied().unwrap_or(usize::MAX));
        ordered
    }
}
