//! Two sides beside each other: a figure of two periods or of two units, the same for every field, factor or criterion, with
//! differences corrected for how many there are. Criteria are matched by identifier and wording: what is asked in other words is another.

use std::collections::BTreeMap;

use super::figures::{self, MeasureError, Measured};
use crate::db::Db;
use crate::index::result::Estimate;
use crate::index::{IndexReport, Node};
use crate::report::Language;
use crate::report::explore::{Change, LIMIT, change};
use crate::service::figures::Question;
use crate::stats::group_differences::{JUDGED_FROM, JUDGED_FROM_CLUSTERS};
use crate::stats::multiplicity::holm;
use crate::stats::quantile::normal_two_sided;

/// A difference holds below this chance, corrected for how many are compared.
pub const HOLDS_BELOW: f64 = 0.05;

/// What is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    Fields,
    /// Factors of fields.
    #[default]
    Factors,
    Criteria,
}

/// A figure on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What it is called.
    pub name: String,
    /// Its figure on the first side.
    pub first: Estimate,
    /// And on the second.
    pub second: Estimate,
    /// The second less the first, with its own interval.
    pub change: Change,
    /// Chance of a difference as large if there were none, corrected by Holm for all that are compared.
    pub p_holm: f64,
}

/// Both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct SideBySide {
    /// Differences, the surest first.
    pub compared: Vec<Compared>,
    /// Criteria that one side asks in other words, or not at all, by name.
    pub unmatched: Vec<String>,
}

impl Compared {
    /// Whether the difference holds after correction.
    pub fn holds(&self) -> bool {
        self.p_holm < HOLDS_BELOW
    }

    /// Whether people and days behind both figures are enough for their intervals to mean what they say.
    pub fn may_be_judged(&self) -> bool {
        let enough = |side: &Estimate| side.respondents >= JUDGED_FROM && side.clusters >= JUDGED_FROM_CLUSTERS as u64;
        enough(&self.first) && enough(&self.second)
    }
}

/// Compares two questions' figures.
pub fn compare(first: &Measured, second: &Measured, depth: Depth) -> SideBySide {
    let names = figures::names(second, Language::Vi);
    let label = |key: &Key| {
        let field = names.field(&key.0, Language::Vi);
        match (&key.1, depth) {
            (None, _) => field,
            (Some(part), Depth::Criteria) => format!("{field} – {}", names.item(&key.0, part, Language::Vi)),
            (Some(part), _) => format!("{field} – {}", names.factor(&key.0, part, Language::Vi)),
        }
    };
    let (one, other) = (figures_of(first, depth), figures_of(second, depth));
    let unmatched =
        one.keys().filter(|key| !other.contains_key(*key)).chain(other.keys().filter(|key| !one.contains_key(*key)));
    let mut unmatched: Vec<String> = unmatched.map(&label).collect();
    unmatched.sort();
    unmatched.dedup();
    let mut compared: Vec<Compared> = one
        .iter()
        .filter_map(|(key, first)| {
            let second = other.get(key)?;
            Some(Compared {
                name: label(key),
                first: first.clone(),
                second: second.clone(),
                change: change(first, second),
                p_holm: 1.0,
            })
        })
        .collect();
    let p_values: Vec<Option<f64>> = compared.iter().map(|one| Some(p_value(&one.change))).collect();
    for (one, p) in compared.iter_mut().zip(holm(&p_values)) {
        one.p_holm = p.unwrap_or(1.0);
    }
    compared.sort_by(|a, b| a.p_holm.total_cmp(&b.p_holm).then(a.change.value.total_cmp(&b.change.value)));
    SideBySide { compared, unmatched }
}

/// Two groups of respondents of one period.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupsCompared {
    /// The question.
    pub asked: String,
    /// What the two said to it.
    pub options: (String, String),
    /// Their figures.
    pub rates: (f64, f64),
    /// The second less the first, with its own interval.
    pub change: Change,
    /// As [`Compared::p_holm`].
    pub p_holm: f64,
    /// Whether there are people and days enough to say that they differ.
    pub may_be_judged: bool,
}

/// Groups of respondents of one period, measured, beside each other, by each question about the respondent, the surest first; none where no
/// figure of groups is told. They share days and points, so that this is no difference of two independent figures.
pub fn groups(db: &Db, question: &Question, measured: &Measured) -> Result<Option<Vec<GroupsCompared>>, MeasureError> {
    let found = figures::frozen::groups::beside_each_other(db, question, measured)?;
    let Some(found) = found else { return Ok(None) };
    let names = figures::names(measured, Language::Vi);
    let told = found.into_iter().map(|found| {
        let option = |option: &str| names.about_option(&found.question, option, Language::Vi);
        GroupsCompared {
            asked: names.about(&found.question, found.questionnaire.as_deref(), Language::Vi),
            options: (option(&found.options.0), option(&found.options.1)),
            rates: found.rates,
            change: Change { value: found.difference, low: found.interval.low, high: found.interval.high },
            p_holm: found.p_holm,
            may_be_judged: found.may_be_judged,
        }
    });
    let mut told: Vec<GroupsCompared> = told.collect();
    told.sort_by(|a, b| a.p_holm.total_cmp(&b.p_holm).then(a.change.value.total_cmp(&b.change.value)));
    Ok(Some(told))
}

/// Two-sided: how far nothing at all lies from the difference, in units of the limit on that side.
fn p_value(change: &Change) -> f64 {
    let reach = if change.value > 0.0 { change.value - change.low } else { change.high - change.value };
    if reach > 0.0 { normal_two_sided(change.value / reach * LIMIT) } else { 1.0 }
}

/// Field; factor or item; wording of an item.
type Key = (String, Option<String>, Option<String>);

fn figures_of(measured: &Measured, depth: Depth) -> BTreeMap<Key, Estimate> {
    let report: &IndexReport = &measured.report;
    let mut found = BTreeMap::new();
    // Nothing is concluded from less than half of the sheets of days chosen at will.
    let remains = |field: &str| report.beyond.as_ref().is_some_and(|beyond| beyond.of_field(field).is_remainder());
    for field in report.fields.iter().filter_map(Node::shown).filter(|field| !remains(&field.field)) {
        if depth == Depth::Fields {
            found.insert((field.field.clone(), None, None), field.estimate.clone());
            continue;
        }
        for factor in field.factors.iter().filter_map(Node::shown) {
            if depth == Depth::Factors {
                found.insert((field.field.clone(), Some(factor.factor.clone()), None), factor.estimate.clone());
                continue;
            }
            for criterion in factor.criteria.iter().filter_map(Node::shown) {
                let wording = wording(measured, &field.field, &criterion.item);
                let key = (field.field.clone(), Some(criterion.item.clone()), Some(wording));
                found.insert(key, criterion.estimate.clone());
            }
        }
    }
    found
}

/// The words in which a field's questionnaires ask an item; all of them where versions differ.
fn wording(measured: &Measured, field: &str, item: &str) -> String {
    let forms = measured.forms.iter().filter(|form| form.questionnaire.fields.iter().any(|known| known == field));
    let mut words: Vec<&str> = forms
        .flat_map(|form| form.questionnaire.items())
        .filter(|known| known.id == item)
        .map(|known| known.text.in_language("vi"))
        .collect();
    words.sort_unstable();
    words.dedup();
    words.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_whose_limit_is_nothing_at_all_has_the_chance_of_that_limit() {
        let change = Change { value: 0.04, low: 0.0, high: 0.08 };
        assert!((p_value(&change) - 0.05).abs() < 1e-9);
        let change = Change { value: -0.06, low: -0.1, high: -0.03 };
        // 0.06/0.03 · 1.96 = 3.92: R's 2 * pnorm(-3.919928) is 8.857e-05.
        assert!((p_value(&change) - 8.857e-5).abs() < 1e-7, "{}", p_value(&change));
        assert!((p_value(&Change { value: 0.0, low: 0.0, high: 0.0 }) - 1.0).abs() < 1e-12);
    }
}
