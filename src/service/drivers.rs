//! Which criteria go with satisfaction all in all, how much of it each can claim, and how citizens are satisfied with each.

use super::form_sheets::FormSheets;
use crate::index::SHOWN_FROM;
use crate::stats::driver_intervals::{Moments, Share, shares};
use crate::survey::OVERALL;

/// Draws of the bootstrap.
const DRAWS: usize = 500;
/// Any number: the same sheets give the same intervals.
const SEED: u64 = 38;
/// Fewer whole sheets than this tell no order.
const SHEETS_MIN: usize = 100;
/// An item answered by fewer than this part of those who answered the overall question is left out: it would take their sheets along.
const ANSWERED_MIN: f64 = 0.7;
/// Above this, criteria are so alike that their order says nothing.
pub const ALIKE_ABOVE: f64 = 5.0;

/// A criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct Driver {
    /// Identifier of the item.
    pub item: String,
    /// Its wording.
    pub name: String,
    /// The share of those satisfied with it, among those who rated it.
    pub performance: f64,
    /// Its share of what all explain.
    pub share: Share,
    /// How much like the others it is: 1 = unlike.
    pub inflation: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Drivers {
    /// Criteria, the most important first.
    pub list: Vec<Driver>,
    /// What all explain of satisfaction all in all.
    pub r_squared: f64,
    /// Sheets with an answer to everything that is compared.
    pub sheets: usize,
    /// Criteria left out because few rated them, by wording.
    pub left_out: Vec<String>,
    /// Criteria that are much like others, by wording.
    pub alike: Vec<String>,
}

/// Why there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDrivers {
    /// The questionnaire does not ask how satisfied one is all in all.
    NotAsked,
    /// Too few sheets with an answer to everything, or from too few days and points.
    Few,
    /// Answers do not vary, or some are combinations of others.
    NoVariation,
}

fn level(answer: Option<&u8>) -> Option<f64> {
    answer.filter(|answer| (1..=5).contains(*answer)).map(|answer| f64::from(*answer))
}

/// Place, identifier and wording of a criterion.
type Asked<'a> = (usize, &'a str, &'a str);

/// The drivers of a questionnaire version.
pub fn drivers(found: &FormSheets) -> Result<Drivers, NoDrivers> {
    let items: Vec<(usize, &str, &str)> = found
        .form
        .questionnaire
        .items()
        .enumerate()
        .map(|(at, item)| (at, item.id.as_str(), item.text.in_language("vi")))
        .collect();
    let overall = items.iter().find(|(_, id, _)| *id == OVERALL).map(|(at, ..)| *at).ok_or(NoDrivers::NotAsked)?;
    let rated: Vec<(usize, &Vec<u8>)> =
        found.answers.iter().enumerate().filter(|(_, answers)| level(answers.get(overall)).is_some()).collect();
    if rated.len() < SHEETS_MIN {
        return Err(NoDrivers::Few);
    }
    let answered = |at: usize| rated.iter().filter(|(_, answers)| level(answers.get(at)).is_some()).count() as f64;
    let (kept, rare): (Vec<Asked<'_>>, Vec<Asked<'_>>) = items
        .iter()
        .copied()
        .filter(|(at, ..)| *at != overall)
        .partition(|(at, ..)| answered(*at) >= ANSWERED_MIN * rated.len() as f64);
    if kept.len() < 2 {
        return Err(NoDrivers::Few);
    }
    let mut clusters = vec![Moments::empty(kept.len() + 1); found.clusters.iter().max().map_or(0, |label| label + 1)];
    let (mut sheets, mut used) = (0, vec![false; clusters.len()]);
    for (row, answers) in &rated {
        let values = kept.iter().map(|(at, ..)| *at).chain([overall]).map(|at| level(answers.get(at)));
        if let Some(values) = values.collect::<Option<Vec<f64>>>() {
            clusters[found.clusters[*row]].add(&values);
            used[found.clusters[*row]] = true;
            sheets += 1;
        }
    }
    let clusters: Vec<Moments> = clusters.into_iter().zip(used).filter(|(_, used)| *used).map(|(one, _)| one).collect();
    if sheets < SHEETS_MIN || clusters.len() < crate::stats::driver_intervals::CLUSTERS_MIN {
        return Err(NoDrivers::Few);
    }
    let of_all = shares(&clusters, DRAWS, SEED).ok_or(NoDrivers::NoVariation)?;
    let performance = |at: usize| {
        let levels = found.answers.iter().filter_map(|answers| level(answers.get(at)));
        let (satisfied, all) =
            levels.fold((0_u64, 0_u64), |(satisfied, all), level| (satisfied + u64::from(level >= 4.0), all + 1));
        (all >= SHOWN_FROM).then(|| satisfied as f64 / all as f64)
    };
    let mut list = Vec::new();
    for (place, (at, id, name)) in kept.iter().enumerate() {
        let Some(performance) = performance(*at) else { continue };
        list.push(Driver {
            item: (*id).to_owned(),
            name: (*name).to_owned(),
            performance,
            share: of_all.of_each[place],
            inflation: of_all.inflation[place],
        });
    }
    list.sort_by(|one, other| other.share.value.total_cmp(&one.share.value));
    let alike = list.iter().filter(|one| one.inflation > ALIKE_ABOVE).map(|one| one.name.clone()).collect();
    Ok(Drivers {
        list,
        r_squared: of_all.r_squared,
        sheets,
        left_out: rare.into_iter().map(|(.., name)| name.to_owned()).collect(),
        alike,
    })
}
