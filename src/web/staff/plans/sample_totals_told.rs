//! What the page of a sample shows of its known totals.

use super::sample_known::Known;
use super::sample_words as words;
use crate::report::{Language, format};
use crate::sampling::totals::{KnownTotals, Way};
use crate::web::staff::form::{Choice, Entry};

/// A question with the fields that its totals are typed in.
pub(super) struct Asked {
    pub(super) question: String,
    /// Name and label of each field.
    pub(super) levels: Vec<(String, String)>,
}

/// What a page shows of known totals.
pub(super) struct TotalsTold {
    /// In words; none where none were given.
    pub(super) known: Option<String>,
    pub(super) asked: Vec<Asked>,
    pub(super) ways: Vec<Choice>,
}

/// The way in which weights are calibrated, as it stands in the form.
fn word(way: Way) -> &'static str {
    match way {
        Way::Raking => "raking",
        Way::Bounded { .. } => "bounded",
    }
}

/// Name of the field in which the total of a level is typed.
pub(super) fn field(question: &str, level: &str) -> String {
    format!("total-{question}-{level}")
}

/// What the page of a sample shows of its known totals.
pub(super) fn told(known: &Known) -> TotalsTold {
    let asked = |question: &KnownTotals| Asked {
        question: question.question.vi.clone(),
        levels: question
            .levels
            .iter()
            .map(|(level, _)| (field(&question.question.id, &level.id), level.vi.clone()))
            .collect(),
    };
    TotalsTold {
        known: known.totals.as_ref().map(words::totals),
        asked: known.askable.iter().map(asked).collect(),
        ways: vec![
            Choice::new("raking", "Raking: nhân dần cho đến khi khớp mọi tổng"),
            Choice::new("bounded", "Tuyến tính, hệ số nằm trong giới hạn dưới đây"),
        ],
    }
}

/// Puts what was given before into the form.
pub(super) fn fill(entry: &mut Entry, known: &Known) {
    let way = known.totals.as_ref().map_or(Way::Raking, |totals| totals.way);
    entry.put("way", word(way));
    let (low, high) = match way {
        Way::Bounded { low, high } => (low, high),
        Way::Raking => (0.3, 3.0),
    };
    entry.put("low", &low.to_string().replace('.', ","));
    entry.put("high", &high.to_string().replace('.', ","));
    for question in known.totals.iter().flat_map(|totals| &totals.questions) {
        for (level, total) in &question.levels {
            entry.put(&field(&question.question.id, &level.id), &format::count(*total, Language::Vi));
        }
    }
}
