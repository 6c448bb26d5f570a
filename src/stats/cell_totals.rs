//! What a weighted rate is made from: the sums of cells (field × questionnaire) by clusters of points and days, as the tallies keep
//! them, added up and checked. Sums are whole numbers and residuals exact until their last division.

/// Sums over the respondents of one cell (field × questionnaire) at one point on one civil day.
///
/// Only respondents with at least one answer in the cell are counted. Within a cluster a cell may come in several pieces;
/// they are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CellSums {
    /// Position of the cell in the weights.
    pub cell: usize,
    /// Respondents with m > 0.
    pub respondents: u64,
    /// Σ y, satisfied answers.
    pub y: u64,
    /// Σ m, answers.
    pub m: u64,
    /// Σ y².
    pub yy: u64,
    /// Σ y·m.
    pub ym: u64,
    /// Σ m².
    pub mm: u64,
}

/// One cluster: the respondents of one point on one civil day. Two of these are two clusters, even of one point.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayCluster<Cells = Vec<CellSums>> {
    /// Number of the point.
    pub stratum: u32,
    /// The sums of its cells: a list, or a part of one.
    pub cells: Cells,
}

/// The totals of one cell that takes part, and its share of the weight.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CellTotals {
    /// W, more than 0.
    pub(super) share: f64,
    pub(super) respondents: u64,
    /// Y.
    pub(super) satisfied: u64,
    /// M, more than 0.
    pub(super) answers: u64,
    yy: u64,
    ym: u64,
    /// Q = Σ m².
    pub(super) mm: u64,
    /// A = Σ (y − m r)².
    pub(super) squared_residuals: f64,
}

impl CellTotals {
    /// r = Y/M.
    pub(super) fn rate(&self) -> f64 {
        self.satisfied as f64 / self.answers as f64
    }

    /// 1 − r, from the counts.
    pub(super) fn shortfall(&self) -> f64 {
        (self.answers - self.satisfied) as f64 / self.answers as f64
    }

    /// Adds a piece; none where its sums contradict each other.
    fn add(&mut self, sums: &CellSums) -> Option<()> {
        let consistent = sums.y <= sums.m && sums.respondents <= sums.m && (sums.respondents > 0 || sums.m == 0);
        if !consistent {
            return None;
        }
        let add = |own: &mut u64, more: u64| own.checked_add(more).map(|sum| *own = sum);
        add(&mut self.respondents, sums.respondents)?;
        add(&mut self.satisfied, sums.y)?;
        add(&mut self.answers, sums.m)?;
        add(&mut self.yy, sums.yy)?;
        add(&mut self.ym, sums.ym)?;
        add(&mut self.mm, sums.mm)
    }

    /// Σ (y M − m Y)², exact, over M²; at least 0 for sums that belong together.
    fn residuals(&self) -> Option<f64> {
        let (satisfied, answers) = (i128::from(self.satisfied), i128::from(self.answers));
        let product = |sum: u64, a: i128, b: i128| i128::from(sum).checked_mul(a)?.checked_mul(b);
        let squares = product(self.yy, answers, answers)?.checked_add(product(self.mm, satisfied, satisfied)?)?;
        let crossed = product(self.ym, answers, satisfied)?.checked_mul(2)?;
        let value = squares.checked_sub(crossed)?;
        (value >= 0).then_some(value as f64 / answers as f64 / answers as f64)
    }
}

/// What a cell has in a cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Position among the cells that take part.
    pub(super) cell: usize,
    /// Σ m.
    pub(super) answers: f64,
    /// Σ m².
    pub(super) mm: f64,
    /// Σ (y − m r).
    pub(super) residual: f64,
}

impl Part {
    fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.mm += other.mm;
        self.residual += other.residual;
    }
}

/// A cluster with somebody in a cell that takes part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    pub(super) stratum: u32,
    pub(super) respondents: u64,
    /// Where its parts begin and end in [`Days::parts`].
    from: usize,
    to: usize,
}

/// The clusters in the order of their points.
#[derive(Debug)]
pub(super) struct Days {
    pub(super) list: Vec<Day>,
    parts: Vec<Part>,
}

impl Days {
    /// What the cells have in a day, each cell once.
    pub(super) fn parts(&self, day: &Day) -> &[Part] {
        &self.parts[day.from..day.to]
    }

    /// The days of each point.
    pub(super) fn of_points(&self) -> impl Iterator<Item = &[Day]> {
        self.list.chunk_by(|one, next| one.stratum == next.stratum)
    }

    /// What all days have.
    pub(super) fn all_parts(&self) -> &[Part] {
        &self.parts
    }
}

/// The cells that take part: first pass over the data.
pub(super) struct Totals {
    pub(super) cells: Vec<CellTotals>,
    /// Of each weight, the place of its cell in `cells`.
    places: Vec<Option<usize>>,
}

impl Totals {
    /// Adds up the cells and scales the weights; `None` as [`super::weighted_rate()`].
    pub(super) fn of<Cells: AsRef<[CellSums]>>(weights: &[f64], clusters: &[DayCluster<Cells>]) -> Option<Self> {
        if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
            return None;
        }
        let mut all = vec![CellTotals::default(); weights.len()];
        for sums in clusters.iter().flat_map(|cluster| cluster.cells.as_ref()) {
            all.get_mut(sums.cell)?.add(sums)?;
        }
        // Scaling by the largest weight first keeps sums of very large weights finite.
        let largest = all.iter().zip(weights).filter(|(cell, _)| cell.answers > 0).map(|(_, weight)| *weight);
        let largest = largest.fold(0.0, f64::max);
        if largest <= 0.0 {
            return None;
        }
        let (mut cells, mut places, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for (cell, weight) in all.iter().zip(weights) {
            let share = weight / largest;
            let counts = cell.answers > 0 && share > 0.0;
            places.push(counts.then_some(cells.len()));
            if counts {
                sum += share;
                cells.push(CellTotals { share, squared_residuals: cell.residuals()?, ..*cell });
            }
        }
        for cell in &mut cells {
            cell.share /= sum;
        }
        Some(Self { cells, places })
    }

    /// The clusters: second pass.
    pub(super) fn days<Cells: AsRef<[CellSums]>>(&self, clusters: &[DayCluster<Cells>]) -> Option<Days> {
        let (mut list, mut parts) = (Vec::with_capacity(clusters.len()), Vec::<Part>::with_capacity(clusters.len()));
        for cluster in clusters {
            let from = parts.len();
            let mut respondents = 0;
            for sums in cluster.cells.as_ref().iter().filter(|sums| sums.respondents > 0) {
                let Some(cell) = self.places[sums.cell] else { continue };
                respondents += sums.respondents;
                let residual = residual(sums, &self.cells[cell])?;
                let own = Part { cell, answers: sums.m as f64, mm: sums.mm as f64, residual };
                match parts[from..].iter_mut().find(|part| part.cell == cell) {
                    Some(part) => part.add(&own),
                    None => parts.push(own),
                }
            }
            if respondents > 0 {
                list.push(Day { stratum: cluster.stratum, respondents, from, to: parts.len() });
            }
        }
        list.sort_by_key(|day| day.stratum);
        Some(Days { list, parts })
    }

    /// R = Σ W r; exactly 1 where everybody is satisfied.
    pub(super) fn rate(&self) -> f64 {
        if self.cells.iter().all(|cell| cell.satisfied == cell.answers) {
            return 1.0;
        }
        self.cells.iter().map(|cell| cell.share * cell.rate()).sum::<f64>().clamp(0.0, 1.0)
    }

    /// 1 − R, without cancelling.
    pub(super) fn shortfall(&self) -> f64 {
        let shorts = self.cells.iter().map(|cell| cell.share * cell.shortfall());
        shorts.sum::<f64>().clamp(0.0, 1.0)
    }
}

/// Σ (y − m r) over the respondents of a piece: exact until the last division.
fn residual(sums: &CellSums, cell: &CellTotals) -> Option<f64> {
    let seen = i128::from(sums.y).checked_mul(i128::from(cell.answers))?;
    let expected = i128::from(sums.m).checked_mul(i128::from(cell.satisfied))?;
    Some(seen.checked_sub(expected)? as f64 / cell.answers as f64)
}
