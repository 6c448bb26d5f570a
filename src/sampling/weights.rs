//! With what weight the answers of a cell stand for the frame.
//!
//! # Formula
//! Cell c: D the sum of 1/π over its numbers drawn (substitutes left out), E that of those that do not belong, r its stored sheets.
//! ```text
//! design          d = D/drawn
//! non-response    a = (D − E)/(d · r)          who answered stands for the silent ones of the cell
//! known totals    g by raking: Σ d·a·g over a stratum = its rows in the frame · (1 − share that does not belong); the same for groups
//! trimming        weights above 5 times the median are cut to it, what is cut off spread over the others
//! weight          d · a · g
//! ```
//! # Source
//! Kalton, Flores-Cervantes (2003) J. Off. Stat. 19, 81–97, for the chain; Deming, Stephan (1940), doi:10.1214/aoms/1177731829, for raking;
//! Potter (1990) Proc. Surv. Res. Methods ASA, 225–230, for trimming.

use std::collections::BTreeMap;

use super::cells::{Cell, LEAST, join_small};
use crate::stats::calibration::{Control, Margin, Trimming, rake, trim};

/// Weights above so many times the median are cut.
pub const TRIM_ABOVE: f64 = 5.0;

/// What weights were calibrated to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibration {
    /// The rows of each stratum and each group.
    StrataAndGroups,
    /// The rows of each stratum: there are no groups, or their totals cannot be met together with the strata's.
    Strata,
}

/// A cell with the weight of its sheets.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WeightedCell {
    /// What it stands for.
    pub cell: Cell,
    /// Places of the cells it was made of, in the order in which they were handed over.
    pub of: Vec<usize>,
    /// Stored sheets.
    pub stored: u32,
    /// Mean 1/π.
    pub design: f64,
    /// Factor of non-response.
    pub nonresponse: f64,
    /// Factor of calibration and trimming.
    pub calibration: f64,
    /// Weight of each of its sheets.
    pub weight: f64,
    /// Place of its stratum in [`Weighting::strata`].
    pub stratum: usize,
    /// Place of its group in [`Weighting::groups`].
    pub group: usize,
    /// Its cluster: cells of one number share people drawn together.
    pub cluster: usize,
}

/// A stratum or group that weights are calibrated to.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Known {
    /// Its labels: one, or those put together.
    pub labels: Vec<String>,
    /// Rows of the frame.
    pub rows: u32,
    /// Those of them that belong, as far as is known.
    pub total: f64,
}

/// The weights of a sample.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Weighting {
    /// Cells, in the order of stratum, group and cluster.
    pub cells: Vec<WeightedCell>,
    /// Strata.
    pub strata: Vec<Known>,
    /// Groups.
    pub groups: Vec<Known>,
    /// What was calibrated to.
    pub calibration: Calibration,
    /// Sheets whose weight was cut.
    pub trimmed: u32,
}

/// Why there are no weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightProblem {
    /// Fewer than ten sheets are stored.
    TooFew,
}

struct Stored {
    cell: Cell,
    of: Vec<usize>,
    sheets: u32,
}

/// The weights of cells with so many stored sheets each; `strata` and `groups` count the rows of the frame by label. Cells with fewer than
/// ten stored sheets are put together with the next.
/// # Errors
/// When fewer than ten sheets are stored in all.
pub fn weigh(
    cells: &[Cell],
    stored: &[u32],
    strata: &BTreeMap<String, u32>,
    groups: &BTreeMap<String, u32>,
) -> Result<Weighting, WeightProblem> {
    let parts = cells.iter().zip(stored).enumerate();
    let parts = parts.map(|(at, (cell, stored))| Stored { cell: cell.clone(), of: vec![at], sheets: *stored });
    let join = |one: &mut Stored, other: Stored| {
        one.cell.join(other.cell);
        one.of.extend(other.of);
        one.sheets += other.sheets;
    };
    let parts = join_small(parts.collect(), |part: &Stored| (part.sheets as usize) < LEAST, join);
    if parts.iter().any(|part| (part.sheets as usize) < LEAST) || parts.is_empty() {
        return Err(WeightProblem::TooFew);
    }
    let of_strata = places(parts.iter().map(|part| part.cell.strata.as_slice()));
    let of_groups = places(parts.iter().map(|part| part.cell.groups.as_slice()));
    let in_stratum: Vec<Vec<String>> = parts
        .iter()
        .zip(&of_strata)
        .map(|(part, stratum)| part.cell.clusters.iter().map(|cluster| format!("{stratum}\u{0}{cluster}")).collect())
        .collect();
    let of_clusters = places(in_stratum.iter().map(Vec::as_slice));
    let strata = known(&parts, &of_strata, strata, |cell| &cell.strata);
    let mut groups = known(&parts, &of_groups, groups, |cell| &cell.groups);
    // What does not belong is estimated for strata and groups apart; both must count the same people.
    let (all, in_groups): (f64, f64) =
        (strata.iter().map(|known| known.total).sum(), groups.iter().map(|known| known.total).sum());
    for group in &mut groups {
        group.total *= all / in_groups;
    }
    let base: Vec<f64> = parts
        .iter()
        .map(|part| (part.cell.weight_drawn - part.cell.weight_ineligible) / f64::from(part.sheets))
        .collect();
    let rows: Vec<usize> =
        parts.iter().enumerate().flat_map(|(at, part)| std::iter::repeat_n(at, part.sheets as usize)).collect();
    let of_rows: Vec<f64> = rows.iter().map(|at| base[*at]).collect();
    let (raked, calibration) = calibrated(&of_rows, &rows, (&of_strata, &strata), (&of_groups, &groups));
    let (last, trimmed) = trimmed(raked);
    let first_row = |at: usize| rows.iter().position(|row| *row == at).unwrap_or_default();
    let weighted = parts.into_iter().enumerate().map(|(at, part)| {
        let design = part.cell.weight_drawn / f64::from(part.cell.drawn.max(1));
        let weight = last[first_row(at)];
        WeightedCell {
            stored: part.sheets,
            design,
            nonresponse: base[at] / design,
            calibration: weight / base[at],
            weight,
            stratum: of_strata[at],
            group: of_groups[at],
            cluster: of_clusters[at],
            cell: part.cell,
            of: part.of,
        }
    });
    let cells = weighted.collect();
    Ok(Weighting { cells, strata, groups, calibration, trimmed: u32::try_from(trimmed).unwrap_or(u32::MAX) })
}

/// Weights with those far above the median cut, and how many were.
pub(super) fn trimmed(weights: Vec<f64>) -> (Vec<f64>, usize) {
    let mut sorted = weights.clone();
    sorted.sort_by(f64::total_cmp);
    let limit = TRIM_ABOVE * sorted[sorted.len() / 2];
    let above = weights.iter().filter(|weight| **weight > limit).count();
    if above == 0 {
        return (weights, 0);
    }
    let cut = trim(&weights, limit, Trimming::Strict).map(|cut| cut.weights);
    (cut.unwrap_or(weights), above)
}

/// The margins of rows: the level of each, and the totals.
pub(super) fn margin(rows: &[usize], of_cells: &[usize], known: &[Known]) -> Margin {
    Margin {
        level_of_row: rows.iter().map(|cell| of_cells[*cell]).collect(),
        totals: known.iter().map(|known| known.total).collect(),
    }
}

fn calibrated(
    weights: &[f64],
    rows: &[usize],
    (of_strata, strata): (&[usize], &[Known]),
    (of_groups, groups): (&[usize], &[Known]),
) -> (Vec<f64>, Calibration) {
    let by_strata = margin(rows, of_strata, strata);
    if groups.len() > 1
        && let Ok(both) = rake(weights, &[by_strata.clone(), margin(rows, of_groups, groups)], Control::default())
    {
        return (both.weights, Calibration::StrataAndGroups);
    }
    let raked = rake(weights, &[by_strata], Control::default());
    (raked.map_or_else(|_| weights.to_vec(), |raked| raked.weights), Calibration::Strata)
}

/// What is known of each stratum or group.
fn known(
    parts: &[Stored],
    places: &[usize],
    rows: &BTreeMap<String, u32>,
    labels: impl Fn(&Cell) -> &Vec<String>,
) -> Vec<Known> {
    let count = places.iter().max().map_or(0, |last| last + 1);
    let mut found: Vec<(Vec<String>, f64, f64)> = vec![(Vec::new(), 0.0, 0.0); count];
    for (part, place) in parts.iter().zip(places) {
        let (names, drawn, ineligible) = &mut found[*place];
        names.extend(labels(&part.cell).iter().cloned());
        *drawn += part.cell.weight_drawn;
        *ineligible += part.cell.weight_ineligible;
    }
    let of = |(mut labels, drawn, ineligible): (Vec<String>, f64, f64)| {
        labels.sort_unstable();
        labels.dedup();
        let rows: u32 = labels.iter().filter_map(|label| rows.get(label)).sum();
        Known { labels, rows, total: f64::from(rows) * (1.0 - ineligible / drawn) }
    };
    found.into_iter().map(of).collect()
}

/// A place for each list of labels; lists that share a label, also by way of others, have the same.
fn places<'a>(lists: impl Iterator<Item = &'a [String]>) -> Vec<usize> {
    let lists: Vec<&[String]> = lists.collect();
    let mut place: Vec<usize> = (0..lists.len()).collect();
    loop {
        let mut least: BTreeMap<&str, usize> = BTreeMap::new();
        for (labels, place) in lists.iter().zip(&place) {
            for label in *labels {
                let known = least.entry(label).or_insert(*place);
                *known = (*known).min(*place);
            }
        }
        let next: Vec<usize> = lists
            .iter()
            .zip(&place)
            .map(|(labels, own)| labels.iter().map(|label| least[label.as_str()]).min().unwrap_or(*own))
            .collect();
        if next == place {
            break;
        }
        place = next;
    }
    let mut order: Vec<usize> = place.clone();
    order.sort_unstable();
    order.dedup();
    place.iter().map(|own| order.partition_point(|known| known < own)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(strata: &[&str], groups: &[&str], cluster: &str, drawn: u32, weight: f64) -> Cell {
        let owned = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
        Cell {
            strata: owned(strata),
            groups: owned(groups),
            clusters: vec![cluster.to_owned()],
            sheets: vec![],
            drawn,
            weight_drawn: f64::from(drawn) * weight,
            weight_ineligible: 0.0,
        }
    }

    fn rows(of: &[(&str, u32)]) -> BTreeMap<String, u32> {
        of.iter().map(|(label, rows)| ((*label).to_owned(), *rows)).collect()
    }

    #[test]
    fn who_answered_stands_for_the_silent_ones_of_the_cell() {
        // By hand: 40 of 400 drawn, 20 answered, 4 do not belong: (400 − 40)/20 = 18; 30 of 600, 10 answered: 60.
        let mut cells = [cell(&["A"], &[""], "", 40, 10.0), cell(&["B"], &[""], "", 30, 20.0)];
        cells[0].weight_ineligible = 40.0;
        let weighting =
            weigh(&cells, &[20, 10], &rows(&[("A", 400), ("B", 600)]), &rows(&[("", 1000)])).expect("weights");
        let told: Vec<(f64, f64)> = weighting.cells.iter().map(|cell| (cell.weight, cell.nonresponse)).collect();
        assert!((told[0].0 - 18.0).abs() < 1e-9 && (told[0].1 - 1.8).abs() < 1e-9, "{told:?}");
        assert!((told[1].0 - 60.0).abs() < 1e-9 && (told[1].1 - 3.0).abs() < 1e-9, "{told:?}");
        assert_eq!((weighting.calibration, weighting.trimmed), (Calibration::Strata, 0));
    }

    #[test]
    fn weights_meet_the_totals_of_strata_and_groups() {
        let cells = [
            cell(&["A"], &["x"], "", 30, 10.0),
            cell(&["A"], &["y"], "", 20, 10.0),
            cell(&["B"], &["x"], "", 25, 20.0),
            cell(&["B"], &["y"], "", 25, 20.0),
        ];
        let (strata, groups) = (rows(&[("A", 500), ("B", 1000)]), rows(&[("x", 700), ("y", 800)]));
        let weighting = weigh(&cells, &[12, 11, 14, 10], &strata, &groups).expect("weights");
        assert_eq!(weighting.calibration, Calibration::StrataAndGroups);
        let sum = |keep: &dyn Fn(&WeightedCell) -> bool| -> f64 {
            weighting.cells.iter().filter(|cell| keep(cell)).map(|cell| cell.weight * f64::from(cell.stored)).sum()
        };
        assert!((sum(&|cell| cell.stratum == 0) - 500.0).abs() < 1e-9);
        assert!((sum(&|cell| cell.group == 1) - 800.0).abs() < 1e-9);
    }

    #[test]
    fn a_cell_with_few_stored_sheets_joins_the_next_and_its_stratum_goes_along() {
        let cells =
            [cell(&["A"], &[""], "", 30, 10.0), cell(&["B"], &[""], "", 20, 10.0), cell(&["C"], &[""], "", 20, 5.0)];
        let strata = rows(&[("A", 300), ("B", 200), ("C", 100)]);
        let weighting = weigh(&cells, &[4, 12, 15], &strata, &rows(&[("", 600)])).expect("weights");
        assert_eq!(weighting.cells[0].of, [0, 1]);
        assert_eq!((weighting.strata[0].labels.join("+"), weighting.strata[0].rows), ("A+B".to_owned(), 500));
        assert_eq!(weigh(&cells, &[4, 2, 3], &strata, &rows(&[("", 600)])), Err(WeightProblem::TooFew));
    }

    #[test]
    fn a_weight_far_above_the_others_is_cut_and_the_sum_stays() {
        let cells = [cell(&["A"], &[""], "", 60, 10.0), cell(&["B"], &[""], "", 10, 100.0)];
        let weighting =
            weigh(&cells, &[60, 10], &rows(&[("A", 600), ("B", 1000)]), &rows(&[("", 1600)])).expect("weights");
        let sum: f64 = weighting.cells.iter().map(|cell| cell.weight * f64::from(cell.stored)).sum();
        assert!((sum - 1600.0).abs() < 1e-6 && weighting.trimmed == 10);
        assert!((weighting.cells[1].weight - 50.0).abs() < 1e-9);
    }
}
