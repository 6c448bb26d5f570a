//! A questionnaire as data: sections, items, scale, texts. What a file or the database says, already checked.

use serde::{Deserialize, Serialize};

use super::question::{Condition, Question};
pub use super::text::{ChoiceOption, Text};
pub use crate::sheet::tally::Feed;
use crate::sheet::tally::Layout;

/// The most items one section may hold: tallies keep sums of y/m exactly, in units of 1/720720 = 1/lcm(1..=16).
pub const ITEMS_PER_SECTION_MAX: usize = 16;

/// The identifier of the one question "all in all", from which the share of satisfied people is made; its section feeds nothing.
pub const OVERALL: &str = "overall_satisfaction";

/// The five SIPAS service factors and the policy part (Bộ Nội vụ, 1001/QĐ-BNV).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Tiếp cận dịch vụ.
    Access,
    /// Thủ tục hành chính.
    Procedures,
    /// Công chức trực tiếp giải quyết công việc.
    Officials,
    /// Kết quả cung ứng dịch vụ.
    Results,
    /// Tiếp nhận, xử lý phản ánh, kiến nghị.
    Feedback,
    /// Xây dựng, tổ chức thực hiện chính sách.
    Policy,
}

/// One question: a criterion rated on the five levels, or "not used / no opinion".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Identifier, unique in the questionnaire: `[a-z][a-z0-9_]*`, at most 40.
    pub id: String,
    /// The wording, per language.
    pub text: Text,
    /// A few words under it that help to answer; none for most.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub help: Text,
    /// The criterion of which instrument it measures.
    pub source: Option<String>,
    /// Whether a sheet without an answer to it is refused.
    pub required: bool,
    /// Name of the recording of the wording, per language; none for most.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub audio: Text,
}

/// A group of items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Identifier, unique in the questionnaire.
    pub id: String,
    /// The SIPAS factor, or none for parts of a sector's own (health facilities, …).
    pub factor: Option<Factor>,
    /// The indices it feeds, ascending.
    pub feeds: Vec<Feed>,
    /// Heading.
    pub title: Text,
    /// At most [`ITEMS_PER_SECTION_MAX`] items; none only where there are questions of further kinds.
    pub items: Vec<Item>,
    /// Whether the section comes after "send now / answer more".
    pub optional: bool,
    /// Its items do not count for those who chose so: who waits for a result cannot rate it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<Condition>,
    /// Questions of further kinds, asked after the items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
}

impl Section {
    /// Whether it asks something that no index shows.
    pub fn asks_more(&self) -> bool {
        (self.feeds.is_empty() && !self.items.is_empty()) || !self.questions.is_empty()
    }
}

/// An optional closed question about the respondent or the case; never about ethnicity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demographic {
    /// Identifier, unique in the questionnaire.
    pub id: String,
    /// The question.
    pub text: Text,
    /// 2 to 12 options.
    pub options: Vec<ChoiceOption>,
}

/// A published or publishable questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questionnaire {
    /// Identifier, also the file's name: `[a-z][a-z0-9-]*`.
    pub id: String,
    /// Version, from 1; an edited questionnaire carries a new one.
    pub version: u32,
    /// Fields of service it serves.
    pub fields: Vec<String>,
    /// Languages in which every text exists; Vietnamese first.
    pub languages: Vec<String>,
    /// Title.
    pub title: Text,
    /// One or two sentences over the questions.
    pub intro: Text,
    /// Time it takes, shown to the citizen, seconds.
    pub estimated_seconds: u32,
    /// Names of the levels 1 to 5.
    pub levels: [Text; 5],
    /// Name of "not used / no opinion".
    pub not_used: Text,
    /// Sections in the order shown.
    pub sections: Vec<Section>,
    /// Optional closed questions.
    pub demographics: Vec<Demographic>,
    /// The free comment's question; none when no comment is asked.
    pub comment: Option<Text>,
    /// Languages whose words nobody has reviewed yet. Of a translation the citizens' page says so; of Vietnamese, that it was not compared
    /// with the official text, staff are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreviewed: Vec<String>,
}

impl Questionnaire {
    /// Its shape as tallies see it.
    pub fn layout(&self) -> Layout {
        let sections = self.sections.iter().map(|section| (section.items.len(), section.feeds.clone()));
        Layout::new(sections).with_further(self.demographics.len(), self.further_shapes())
    }

    /// All items in the order of their byte in a packed answer.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|section| &section.items)
    }

    /// The place of the overall question among the items, where it asks one.
    pub fn overall(&self) -> Option<usize> {
        self.items().position(|item| item.id == OVERALL)
    }

    /// The items with the number that each has on paper and in tables. The overall question has none, so that the criteria keep
    /// the numbers that they had before it was asked.
    pub fn numbered(&self) -> impl Iterator<Item = (Option<usize>, &Item)> {
        let mut number = 0;
        self.items().map(move |item| {
            let counts = item.id != OVERALL;
            number += usize::from(counts);
            (counts.then_some(number), item)
        })
    }

    /// `<id>@<version>`.
    pub fn reference(&self) -> String {
        format!("{}@{}", self.id, self.version)
    }
}
