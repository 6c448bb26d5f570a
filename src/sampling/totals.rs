//! Weights calibrated to what is known of the people that a sample stands for: how many are men and women, of which age, in which field.
//!
//! # Formula
//! Sheet i has the weight w = d·a of its cell ([`super::weights`]); N are the rows of the frame that belong, T the known totals of a question.
//! ```text
//! strata, groups   Σ w g over each = its rows, as in weights
//! level l          Σ w g over its sheets = N (1 − b) T_l/Σ T      b = Σ w of the sheets that left the question blank/Σ w; they keep N b
//! raking           g > 0 by iterative proportional fitting
//! bounded          g = 1 + xᵀλ cut at L and U
//! trimming         weights above 5 times the median are cut to it, what is cut off spread over the others
//! ```
//! Totals need not count the rows of the frame: only their proportions are used. A level with fewer than ten sheets, or with nobody known, is put
//! together with its neighbour; a question of which one level is left is left out, and so is the last one where totals cannot be met
//! together.
//!
//! # Source
//! Deming, Stephan (1940), doi:10.1214/aoms/1177731829; Deville, Särndal (1992), doi:10.1080/01621459.1992.10475217; R `survey`: `calibrate`.

use super::cells::{LEAST, join_small};
use super::weights::{Calibration, Weighting, margin, trimmed};
use crate::stats::calibration::{Auxiliaries, Control, Distance, Margin, WeightSummary, calibrate, rake};

/// The question whose levels are the fields of service.
pub const FIELD: &str = "field";
/// The most people of a level.
pub const TOTAL_MAX: u64 = 100_000_000;

/// How weights are changed.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "way")]
pub enum Way {
    /// By factors, level after level, until all totals are met.
    Raking,
    /// Linearly, no weight by less or more than these factors.
    Bounded {
        /// Below 1.
        low: f64,
        /// Above 1.
        high: f64,
    },
}

/// An identifier with its words, as they were when totals were given.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Named {
    /// The identifier of a question, an option or a field.
    pub id: String,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// The known totals of a question.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KnownTotals {
    /// A question about the respondent, or [`FIELD`].
    pub question: Named,
    /// Its options in their order, each with the people known.
    pub levels: Vec<(Named, u64)>,
}

/// What weights are to be calibrated to.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// How.
    #[serde(flatten)]
    pub way: Way,
    /// Question by question.
    pub questions: Vec<KnownTotals>,
}

/// A question that weights were calibrated to. How many sheets stand behind a level is not told: those that left the question blank may be few.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Used {
    /// The question.
    pub question: Named,
    /// Levels, each with the options put together in it and the people known.
    pub levels: Vec<(Vec<Named>, u64)>,
}

/// What the calibration to known totals was.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Adjusted {
    /// How.
    #[serde(flatten)]
    pub way: Way,
    /// To what.
    pub questions: Vec<Used>,
    /// Questions with totals that could not be used.
    pub left_out: Vec<Named>,
    /// Whether weights were cut afterwards.
    pub trimmed: bool,
    /// What unequal weights cost before, as a design effect 1 + cv².
    pub effect_before: f64,
    /// The same after it.
    pub effect_after: f64,
}

/// The weights of sheets after the calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetWeights {
    /// One a sheet.
    pub weights: Vec<f64>,
    /// What they were calibrated to.
    pub(super) margins: Vec<Margin>,
    /// What is told of it.
    pub adjusted: Adjusted,
}

/// Calibrates the weights of sheets. `cells` is the place of each sheet's cell; `said` has for each question of `totals` the place of the level of each
/// sheet, none where it was left blank.
/// # None
/// When no question can be used.
pub fn adjust(
    weighting: &Weighting,
    cells: &[usize],
    totals: &Totals,
    said: &[Vec<Option<usize>>],
) -> Option<SheetWeights> {
    let base = base(weighting, cells);
    let of = |label: fn(&super::weights::WeightedCell) -> usize| weighting.cells.iter().map(label).collect::<Vec<_>>();
    let mut margins = vec![margin(cells, &of(|cell| cell.stratum), &weighting.strata)];
    if weighting.calibration == Calibration::StrataAndGroups {
        margins.push(margin(cells, &of(|cell| cell.group), &weighting.groups));
    }
    let population: f64 = weighting.strata.iter().map(|known| known.total).sum();
    let (mut used, mut left_out) = (Vec::new(), Vec::new());
    for (known, said) in totals.questions.iter().zip(said) {
        match of_question(known, said, &base, population) {
            Some((question, margin)) => used.push((question, margin)),
            None => left_out.push(known.question.clone()),
        }
    }
    loop {
        if used.is_empty() {
            return None;
        }
        let all: Vec<Margin> = margins.iter().chain(used.iter().map(|(_, margin)| margin)).cloned().collect();
        if let Some(found) = calibrated(&base, &all, totals.way) {
            let (weights, cut) = trimmed(found);
            let effect = |weights: &[f64]| WeightSummary::of(weights).map_or(1.0, |of| of.kish_design_effect);
            let adjusted = Adjusted {
                way: totals.way,
                questions: used.into_iter().map(|(question, _)| question).collect(),
                left_out,
                trimmed: cut > 0,
                effect_before: effect(&base),
                effect_after: effect(&weights),
            };
            return Some(SheetWeights { weights, margins: all, adjusted });
        }
        left_out.extend(used.pop().map(|(last, _)| last.question));
    }
}

/// The weights of sheets before any calibration.
pub(super) fn base(weighting: &Weighting, cells: &[usize]) -> Vec<f64> {
    cells.iter().map(|cell| weighting.cells[*cell].design * weighting.cells[*cell].nonresponse).collect()
}

fn calibrated(base: &[f64], margins: &[Margin], way: Way) -> Option<Vec<f64>> {
    let found = match way {
        Way::Raking => rake(base, margins, Control::default()),
        Way::Bounded { low, high } => {
            let known: Vec<f64> = margins.iter().flat_map(|margin| margin.totals.iter().copied()).collect();
            let distance = Distance::Truncated { low, high };
            calibrate(base, &Auxiliaries::from_margins(margins), &known, distance, Control::default())
        }
    };
    // A linear calibration may leave a weight of 0 or less where bounds allow it.
    Some(found.ok()?.weights).filter(|weights| weights.iter().all(|weight| *weight > 0.0))
}

struct Level {
    options: Vec<usize>,
    known: u64,
    sheets: usize,
}

/// The levels of a question that can be used, and its margin; the last level of the margin are those who left it blank, where there are any.
fn of_question(known: &KnownTotals, said: &[Option<usize>], base: &[f64], population: f64) -> Option<(Used, Margin)> {
    let sheets = |option: usize| said.iter().filter(|said| **said == Some(option)).count();
    let of_option = |(option, (_, known)): (usize, &(Named, u64))| Level {
        options: vec![option],
        known: *known,
        sheets: sheets(option),
    };
    let is_small = |level: &Level| level.sheets < LEAST || level.known == 0;
    let join = |one: &mut Level, other: Level| {
        one.options.extend(other.options);
        one.known += other.known;
        one.sheets += other.sheets;
    };
    let levels = join_small(known.levels.iter().enumerate().map(of_option).collect(), is_small, join);
    if levels.len() < 2 || levels.iter().any(is_small) {
        return None;
    }
    let weight: f64 = base.iter().sum();
    let blank: f64 = base.iter().zip(said).filter(|(_, said)| said.is_none()).map(|(weight, _)| weight).sum();
    let all: f64 = levels.iter().map(|level| level.known as f64).sum();
    let told = population * (1.0 - blank / weight);
    let mut totals: Vec<f64> = levels.iter().map(|level| told * level.known as f64 / all).collect();
    if blank > 0.0 {
        totals.push(population * blank / weight);
    }
    let place = |option: usize| levels.iter().position(|level| level.options.contains(&option));
    let level_of_row = said.iter().map(|said| said.and_then(place).unwrap_or(levels.len())).collect();
    let named = |option: &usize| known.levels[*option].0.clone();
    let used = Used {
        question: known.question.clone(),
        levels: levels.iter().map(|level| (level.options.iter().map(named).collect(), level.known)).collect(),
    };
    Some((used, Margin { level_of_row, totals }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::cells::Cell;
    use crate::sampling::weights::{Known, WeightedCell};

    fn named(id: &str) -> Named {
        Named { id: id.to_owned(), vi: id.to_owned(), en: id.to_owned() }
    }

    fn known(question: &str, levels: &[(&str, u64)]) -> KnownTotals {
        let levels = levels.iter().map(|(option, known)| (named(option), *known)).collect();
        KnownTotals { question: named(question), levels }
    }

    /// One cell of 40 sheets that stand for 400.
    fn weighting() -> Weighting {
        let cell = Cell {
            strata: vec![String::new()],
            groups: vec![String::new()],
            clusters: vec![String::new()],
            sheets: vec![],
            drawn: 80,
            weight_drawn: 400.0,
            weight_ineligible: 0.0,
        };
        let cell = WeightedCell {
            cell,
            of: vec![0],
            stored: 40,
            design: 5.0,
            nonresponse: 2.0,
            calibration: 1.0,
            weight: 10.0,
            stratum: 0,
            group: 0,
            cluster: 0,
        };
        let all = Known { labels: vec![String::new()], rows: 400, total: 400.0 };
        Weighting {
            cells: vec![cell],
            strata: vec![all.clone()],
            groups: vec![all],
            calibration: Calibration::Strata,
            trimmed: 0,
        }
    }

    /// Places of levels: so many of each, then blanks.
    fn said(counts: &[usize]) -> Vec<Option<usize>> {
        let levels = counts.iter().enumerate().flat_map(|(level, count)| std::iter::repeat_n(Some(level), *count));
        let mut said: Vec<_> = levels.collect();
        said.resize(40, None);
        said
    }

    #[test]
    fn weights_meet_the_proportions_known_and_blanks_keep_theirs() {
        // By hand: 4 of 40 left it blank and keep 40 of 400; 360 are half men: 180 for 12 of them, 15 each, and 180 for 24 women, 7.5 each.
        for way in [Way::Raking, Way::Bounded { low: 0.5, high: 2.0 }] {
            let totals = Totals { way, questions: vec![known("sex", &[("male", 3_000), ("female", 3_000)])] };
            let found = adjust(&weighting(), &[0; 40], &totals, &[said(&[12, 24])]).expect("weights");
            for (at, expected) in [(0, 15.0), (12, 7.5), (39, 10.0)] {
                assert!((found.weights[at] - expected).abs() < 1e-9, "{way:?}: {}", found.weights[at]);
            }
        }
    }

    #[test]
    fn levels_of_fewer_than_ten_join_their_neighbour_and_what_cannot_be_met_is_left_out() {
        let age = known("age", &[("young", 100), ("middle", 200), ("old", 300)]);
        let totals = Totals { way: Way::Raking, questions: vec![age.clone()] };
        let found = adjust(&weighting(), &[0; 40], &totals, &[said(&[4, 11, 25])]).expect("weights");
        let levels = &found.adjusted.questions[0].levels;
        assert_eq!(
            levels.iter().map(|(options, known)| (options.len(), *known)).collect::<Vec<_>>(),
            [(2, 300), (1, 300)]
        );
        // One level is left: nothing to calibrate to.
        assert_eq!(adjust(&weighting(), &[0; 40], &totals, &[said(&[4, 3, 33])]), None);
        // Men are young here and women old: what is known of both cannot be met, so the second is left out.
        let sex = known("sex", &[("male", 500), ("female", 100)]);
        let young = known("age", &[("young", 100), ("old", 500)]);
        let both = Totals { way: Way::Raking, questions: vec![sex, young] };
        let found = adjust(&weighting(), &[0; 40], &both, &[said(&[20, 20]), said(&[20, 20])]).expect("weights");
        assert_eq!(found.adjusted.left_out, [named("age")]);
        // Bounds that no factor can keep leave nothing.
        let narrow = Totals { way: Way::Bounded { low: 0.99, high: 1.01 }, questions: vec![age] };
        assert_eq!(adjust(&weighting(), &[0; 40], &narrow, &[said(&[14, 13, 13])]), None);
    }
}
