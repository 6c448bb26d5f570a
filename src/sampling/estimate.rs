//! What a designed sample says of the whole frame.
//!
//! # Formula
//! Share of answers Σ w y/Σ w m over the sheets (y satisfied of m answers), share of people the same with m = 1. Variance by
//! linearisation: strata as drawn, clusters where clusters were drawn, residuals of the regression on what weights were calibrated to;
//! no correction for the finite frame, because who answers was not drawn. Limits by Korn and Graubard with Student's t.
//!
//! # Source
//! [`crate::stats::estimate`], [`crate::stats::calibration`], [`crate::stats::design_interval`]; R `survey`: `svydesign`, `calibrate(calfun
//! = "raking")`, `svyratio`, `svyciprop(method = "beta")`.

use super::totals::{SheetWeights, base};
use super::weights::{Calibration, Weighting, margin};
use crate::stats::calibration::{Auxiliaries, Residuals};
use crate::stats::design::{ClusterLabels, Design, DesignColumns};
use crate::stats::design_interval::ShareInterval;
use crate::stats::estimate::Responses;
use crate::stats::proportion::{Proportion, clopper_pearson};
use crate::stats::variance::{LonelyCluster, LonelyRule};
use crate::stats::{Confidence, Interval};

/// Fewest sheets behind a figure that is shown.
pub const SHOWN_FROM: usize = 10;

/// A stored sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Place of its cell in [`Weighting::cells`].
    pub cell: usize,
    /// The caller's label of its part (a field of service).
    pub part: usize,
    /// Satisfied answers.
    pub satisfied: u32,
    /// Answers.
    pub answers: u32,
    /// What it says to the overall question; none where it was not asked or left blank.
    pub person: Option<bool>,
}

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Figure {
    /// The share, 0–1.
    pub value: f64,
    /// Lower limit at 95 %.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// Standard error.
    pub standard_error: f64,
    /// How much more it scatters than a simple random sample of as many answers.
    pub design_effect: Option<f64>,
    /// Degrees of freedom.
    pub degrees_of_freedom: f64,
    /// Sheets behind it.
    pub respondents: u32,
}

/// The figures of a part.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Figures {
    /// Share of satisfied answers.
    pub answers: Option<Figure>,
    /// Share of satisfied people.
    pub people: Option<Figure>,
}

/// A sample with its weights, ready for estimates.
#[derive(Debug, Clone)]
pub struct Sample<'a> {
    rows: &'a [Row],
    weighting: &'a Weighting,
    design: Design,
}

impl<'a> Sample<'a> {
    /// `clustered` says whether clusters were drawn; `sheets` are the weights of rows where they were calibrated to known totals.
    /// # None
    /// When there are too few rows for any variance.
    pub fn new(
        rows: &'a [Row],
        weighting: &'a Weighting,
        clustered: bool,
        sheets: Option<&SheetWeights>,
    ) -> Option<Self> {
        let cells: Vec<usize> = rows.iter().map(|row| row.cell).collect();
        let of = |label: fn(&super::weights::WeightedCell) -> usize| -> Vec<usize> {
            weighting.cells.iter().map(label).collect()
        };
        let (strata, groups, clusters) = (of(|cell| cell.stratum), of(|cell| cell.group), of(|cell| cell.cluster));
        let by_row = |labels: &[usize]| -> Vec<usize> { cells.iter().map(|cell| labels[*cell]).collect() };
        let base = base(weighting, &cells);
        let of_cells = || cells.iter().map(|cell| weighting.cells[*cell].weight).collect();
        let last: Vec<f64> = sheets.map_or_else(of_cells, |sheets| sheets.weights.clone());
        let (strata_of_rows, clusters_of_rows) = (by_row(&strata), by_row(&clusters));
        let columns = DesignColumns {
            weights: &base,
            strata: Some(&strata_of_rows),
            clusters: clustered.then_some(clusters_of_rows.as_slice()),
            labels: ClusterLabels::Unique,
            units: None,
            clusters_in_population: None,
            units_in_population: None,
        };
        let design = Design::new(&columns).ok()?;
        let design = design.with_lonely_rule(LonelyRule { clusters: LonelyCluster::Adjust, in_domains: false });
        let cut = sheets.map_or(weighting.trimmed > 0, |sheets| sheets.adjusted.trimmed);
        let design = if cut {
            design.with_weights(last).ok()?
        } else {
            let of_frame = || {
                let mut margins = vec![margin(&cells, &strata, &weighting.strata)];
                if weighting.calibration == Calibration::StrataAndGroups {
                    margins.push(margin(&cells, &groups, &weighting.groups));
                }
                margins
            };
            let margins = sheets.map_or_else(of_frame, |sheets| sheets.margins.clone());
            design.calibrated(last, Residuals::of_regression(Auxiliaries::from_margins(&margins), base)).ok()?
        };
        Some(Self { rows, weighting, design })
    }

    /// The figures of the rows for which `inside` holds; hidden where there are fewer than ten.
    pub fn figures(&self, inside: impl Fn(&Row) -> bool) -> Figures {
        let kept: Vec<Row> = self
            .rows
            .iter()
            .map(|row| if inside(row) { *row } else { Row { answers: 0, satisfied: 0, person: None, ..*row } })
            .collect();
        let counts = |value: fn(&Row) -> f64| -> Vec<f64> { kept.iter().map(value).collect() };
        let satisfied = counts(|row| f64::from(row.satisfied));
        let answers =
            Responses { counts: counts(|row| f64::from(row.answers)), sums: satisfied.clone(), squares: satisfied };
        let people: Vec<Option<f64>> = kept.iter().map(|row| row.person.map(f64::from)).collect();
        Figures { answers: self.figure(&answers), people: self.figure(&Responses::single(&people)) }
    }

    fn figure(&self, responses: &Responses) -> Option<Figure> {
        let respondents = responses.answered().into_iter().filter(|answered| *answered).count();
        if respondents < SHOWN_FROM {
            return None;
        }
        let found = self.design.mean(responses).ok()??;
        let limits = found.interval(ShareInterval::Beta, Confidence::NINETY_FIVE);
        // Where everybody says the same, only the number of people tells how sure that is.
        let people = u64::try_from(respondents).unwrap_or(u64::MAX);
        let exact = || -> Option<Interval> {
            let successes = if found.mean > 0.5 { people } else { 0 };
            Some(clopper_pearson(Proportion::new(successes, people)?, Confidence::NINETY_FIVE))
        };
        let limits = limits.or_else(exact)?.within_unit();
        Some(Figure {
            value: found.mean,
            low: limits.low,
            high: limits.high,
            standard_error: found.standard_error(),
            design_effect: found.design_effect_replace(),
            degrees_of_freedom: found.degrees_of_freedom,
            respondents: u32::try_from(respondents).unwrap_or(u32::MAX),
        })
    }

    /// The figures of each stratum, by its place in [`Weighting::strata`].
    pub fn strata(&self) -> Vec<Figures> {
        let of = |row: &Row| self.weighting.cells[row.cell].stratum;
        (0..self.weighting.strata.len()).map(|stratum| self.figures(|row| of(row) == stratum)).collect()
    }
}
