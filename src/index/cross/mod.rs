//! Tables of two questions against each other, over the sheets of one questionnaire: counts, a test of independence, and which cells stand
//! out. Groups of fewer than ten are taken together first, and cells of fewer than ten are hidden so that no sums give them back.

mod apart;
mod hide;
mod pool;

use serde::{Deserialize, Serialize};

pub use apart::{Counts, Side, beside_each_other};
pub use hide::hidden_cells;
pub use pool::{MOST_GROUPS, Order, Pooled, pooled};

use crate::stats::design::{Design, DesignColumns};
use crate::stats::multiplicity::holm;
use crate::stats::quantile::normal_two_sided;

/// A question by which sheets are told apart, its groups pooled so that each has ten sheets or more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// A word for addresses, as in `office`, `sex`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What the groups are called.
    pub groups: Vec<String>,
    /// Sheets of each group.
    pub sheets: Vec<u64>,
    /// Whether the last group are those who gave no answer: it is in no percentage and no test.
    pub blank: bool,
}

impl Variable {
    /// Groups that gave an answer.
    pub fn answered(&self) -> usize {
        self.groups.len() - usize::from(self.blank)
    }
}

/// Two variables against each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossTable {
    /// Place of the variable whose groups are rows.
    pub rows: usize,
    /// Place of the one whose groups are columns.
    pub columns: usize,
    /// Sheets of each cell, row by row; none where hidden.
    pub cells: Vec<Option<u64>>,
    /// The adjusted residual of each cell, row by row; none where hidden, blank or not to be had.
    pub residuals: Vec<Option<f64>>,
    /// Its p-value after Holm's correction over the table, likewise.
    pub p_values: Vec<Option<f64>>,
    /// The test of independence; none where there is none.
    pub test: Option<Test>,
}

impl CrossTable {
    /// Whether a cell is hidden.
    pub fn hides(&self) -> bool {
        self.cells.iter().any(Option::is_none)
    }
}

/// A Rao–Scott test of independence, second order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// F.
    pub f: f64,
    /// Its first degrees of freedom.
    pub numerator_df: f64,
    /// Its second ones.
    pub denominator_df: f64,
    /// p-value.
    pub p: f64,
    /// Mean design effect: how much answers of one day at one point are alike.
    pub design_effect: f64,
}

/// A sheet as a table sees it: the cluster it is of, and its groups.
pub type Placed = (usize, usize, usize);

/// The table of two variables over sheets. A test needs days and points: sheets of one cluster are alike.
pub fn cross_table(
    (rows, columns): (usize, usize),
    (down, across): (&Variable, &Variable),
    sheets: &[Placed],
) -> CrossTable {
    let width = across.groups.len();
    let mut counts = vec![0_u64; down.groups.len() * width];
    for (_, row, column) in sheets {
        counts[row * width + column] += 1;
    }
    let hidden = hidden_cells(&counts, width);
    let (answered_down, answered_across) = (down.answered(), across.answered());
    let answered = |cell: usize| cell / width < answered_down && cell % width < answered_across;
    let test =
        tested(sheets.iter().copied().filter(|(_, row, column)| *row < answered_down && *column < answered_across));
    let inner: Vec<u64> = (0..counts.len()).filter(|cell| answered(*cell)).map(|cell| counts[cell]).collect();
    // Answers are never taken to be less alike than by chance.
    let effect = test.map(|test| test.design_effect.max(1.0));
    let mut of_inner =
        effect.map(|effect| adjusted_residuals(&inner, answered_across, effect)).unwrap_or_default().into_iter();
    let residuals: Vec<Option<f64>> = hidden
        .iter()
        .enumerate()
        .map(|(cell, hidden)| {
            let residual = if answered(cell) { of_inner.next().flatten() } else { None };
            residual.filter(|_| !hidden)
        })
        .collect();
    let p_values = holm(&residuals.iter().map(|residual| residual.map(normal_two_sided)).collect::<Vec<_>>());
    let cells = counts.iter().zip(&hidden).map(|(count, hidden)| (!hidden).then_some(*count)).collect();
    CrossTable { rows, columns, cells, residuals, p_values, test }
}

/// The test of sheets that answered both; as R's `svychisq` with clusters and equal weights.
fn tested(sheets: impl Iterator<Item = Placed>) -> Option<Test> {
    // Sheets of one cluster and cell weigh together: the test is the same, and the work does not grow with the sheets.
    let mut together = std::collections::BTreeMap::<Placed, f64>::new();
    for sheet in sheets {
        *together.entry(sheet).or_default() += 1.0;
    }
    let weights: Vec<f64> = together.values().copied().collect();
    let clusters: Vec<usize> = together.keys().map(|(cluster, ..)| *cluster).collect();
    let columns = DesignColumns { weights: &weights, clusters: Some(&clusters), ..DesignColumns::default() };
    let design = Design::new(&columns).ok()?;
    let levels: Vec<Option<(usize, usize)>> = together.keys().map(|(_, row, column)| Some((*row, *column))).collect();
    test_of(&design, &levels, weights.iter().sum())
}

/// The test of two questions under a sampling design; `levels` as for [`Design::table_test`], of so many sheets.
pub fn test_of(design: &Design, levels: &[Option<(usize, usize)>], sheets: f64) -> Option<Test> {
    let found = design.table_test(levels).ok()??;
    let used = |of: fn(&(usize, usize)) -> usize| {
        let used: std::collections::BTreeSet<usize> = levels.iter().flatten().map(of).collect();
        used.len().saturating_sub(1)
    };
    let contrasts = (used(|(row, _)| *row) * used(|(_, column)| *column)) as f64;
    // The trace is scaled to the rows of the table, which may be sheets taken together.
    let rows = levels.iter().flatten().count() as f64;
    Some(Test {
        f: found.f,
        numerator_df: found.numerator_df,
        denominator_df: found.denominator_df,
        p: found.p_f,
        design_effect: found.trace / contrasts / rows * sheets,
    })
}

/// Residuals of a table of counts, each divided by its standard error under independence and by the root of the design effect.
///
/// # Formula
/// `(n_ij − e_ij) / √(e_ij (1 − n_i·/n) (1 − n_·j/n) δ)`, `e_ij = n_i· n_·j / n`.
///
/// # Source
/// Haberman (1973) Biometrics 29, 205–220, doi:10.2307/2529686; δ as the first-order correction of Rao and Scott (1984).
pub fn adjusted_residuals(counts: &[u64], width: usize, design_effect: f64) -> Vec<Option<f64>> {
    let of_row: Vec<u64> = counts.chunks(width.max(1)).map(|row| row.iter().sum()).collect();
    let of_column: Vec<u64> = (0..width).map(|column| counts.iter().skip(column).step_by(width).sum()).collect();
    let all = of_row.iter().sum::<u64>() as f64;
    let residual = |(cell, count): (usize, &u64)| {
        let (row, column) = (of_row[cell / width] as f64, of_column[cell % width] as f64);
        let expected = row * column / all;
        let variance = expected * (1.0 - row / all) * (1.0 - column / all) * design_effect;
        (variance > 0.0).then(|| (*count as f64 - expected) / variance.sqrt())
    };
    counts.iter().enumerate().map(residual).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residuals_are_those_of_the_published_table() {
        // Agresti (2007), gender by party, as in the help of R's `chisq.test`: its `stdres`.
        let counts = [762, 327, 468, 484, 239, 477];
        let expected = [4.502_053_5, 0.699_451_7, -5.315_945_5];
        let found = adjusted_residuals(&counts, 3, 1.0);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found.expect("a residual") - expected).abs() < 1e-6, "{found:?} {expected}");
        }
        // Answers four times as alike as by chance count a quarter.
        let alike = adjusted_residuals(&counts, 3, 4.0);
        assert!((alike[0].expect("a residual") - expected[0] / 2.0).abs() < 1e-6);
    }

    #[test]
    fn blanks_are_in_no_test_and_no_residual() {
        let variable = |id: &str, groups: usize, blank: bool| Variable {
            id: id.to_owned(),
            name: id.to_owned(),
            groups: (0..groups).map(|group| group.to_string()).collect(),
            sheets: vec![40; groups],
            blank,
        };
        let (down, across) = (variable("a", 3, true), variable("b", 2, false));
        let sheets: Vec<Placed> =
            (0..120).map(|sheet| (sheet % 17, sheet % 3, usize::from(sheet % 3 == 0 && sheet % 2 == 0))).collect();
        let table = cross_table((0, 1), (&down, &across), &sheets);
        let without: Vec<Placed> = sheets.iter().copied().filter(|(_, row, _)| *row < 2).collect();
        let of_two = cross_table((0, 1), (&variable("a", 2, false), &across), &without);
        assert_eq!(table.test, of_two.test);
        assert!(table.test.is_some());
        assert_eq!(table.residuals[4..], [None, None]);
        assert_eq!(table.cells, [Some(20), Some(20), Some(40), Some(0), Some(40), Some(0)]);
    }
}
