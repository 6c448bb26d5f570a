//! How alike the answers of one person are, and the people of one day at one counter: what makes a rate less sure than the number of
//! its answers suggests.
//!
//! Both are estimated from all cells of a rate together, with a prior that speaks where the data are silent: one day tells nothing of how
//! days differ, and two dissatisfied people little of how alike their answers are. So no cell is surer than the model allows, however
//! little variation was seen in it.
//!
//! # Model
//! In cell c an answer is satisfied with probability p. Two answers of one person correlate by ρ, two answers of different people on one
//! day at one point by δ, also across cells. With M, Q = Σm, Σm² of a cell, D = Σ over days of (Σm)² − Σm² of a day,
//! the rate of the cell has the variance `p(1 − p) (M + ρ(Q − M) + δ D)/M²`.
//!
//! # Formula
//! n respondents, r = Y/M, A = Σ(y − m r)² of a cell; W its share of the weight.
//!
//! - rates drawn together: `p̃ = (n r + 4 r̄)/(n + 4)`, r̄ = (Σ n r + 1)/(Σ n + 2) over the cells; v = p̃(1 − p̃)
//! - persons: `ρ = (Σ (A n/(n − 1) − s M) + κ ρ₀ g)/(Σ s (Q − M) + κ g)` within 0..=1, with s = r(1 − r) + A/M², g = Σ(Q − M)/Σn, ρ₀ =
//!   [`PERSON_PRIOR`], κ = [`PERSON_WEIGHT`]; 0 where nobody gave two answers
//! - variance of the rate: `V(δ) = V₀ + δ V₁`, `V₀ = Σ W² v(M + ρ(Q − M))/M²`, V₁ = Σ over days of (Σ W√v m/M)² − Σ W² v m²/M², the inner sums over
//!   the people of the day
//! - days: the linearised variance by clusters, with e = Σ W(y − m r)/M over a day of a point, `T = Σ n/(n − 1) Σ(e − ē)²` over points of n ≥ 2 days,
//!   plus e² of points of one day, has the expectation V(δ); of a lone day only the part 1 − f of a cell counts there, f being the part of
//!   the cell's answers that came on it, because r was made from them too
//! - T ν/V(δ) is taken as χ² on ν degrees of freedom: n − 1 a point, of a lone day the part that counts, times `(Σx)²/(B Σx²)` over the
//!   B days, x = a day's part of V(0.05), because a few days that carry the weight tell less than many alike
//! - prior of δ: `δ = u^7`, u uniform in 0..1: most days are much alike, a few are not at all; the posterior is summed over [`NODES`] nodes
//! - `V`, the posterior mean of V(δ)
//! - degrees of freedom, at least [`LEAST_DEGREES`]: `1/ν = Var(V)/2V² + (V₀/V)² w/4i + (1 − V₀/V) (6/(k + 2))²`. The first part is what the
//!   posterior leaves open; the second that ρ rests on `i = Σ n r(1 − r) + κ` people, w = Σ W² v(Q − M)/M² / Σ W² v Q/M² being the part of
//!   pairs of answers; the third that bad days are rare where nearly everybody is satisfied: `k = (R̃(1 − R̃))²/V` effective answers
//!   of the rarer kind
//! - effective size of the whole: `n = R̃(1 − R̃)/V`, R̃ = Σ W p̃; of a cell: M²/(M + ρ(Q − M) + δ̄ D), δ̄ = (V − V₀)/V₁, all of them times one
//!   factor so that `Σ W² v/n` is V: what cells of one day share is spread over them
//!
//! # Source
//! Moments of a correlated binomial: Ridout, Demétrio, Firth (1999), doi:10.1111/j.0006-341X.1999.00137.x; a posterior of a variance
//! component by summing over it: Gelman (2006), doi:10.1214/06-BA117A; degrees of freedom by moments: Satterthwaite (1946),
//! doi:10.2307/3002019; modelled instead of estimated design effects: Franco, Little, Louis, Slud (2019), doi:10.1093/jssam/smy019. The constants were
//! chosen by what the interval then does: `docs/coverage.md`.

use std::sync::LazyLock;

use super::cell_totals::{CellSums, CellTotals, DayCluster, Days, Part, Totals};

/// ρ₀: how alike the answers of one person are taken to be where nothing is known.
pub const PERSON_PRIOR: f64 = 0.5;
/// κ: the prior on persons counts for so many people at s = 1.
pub const PERSON_WEIGHT: f64 = 1.0;
/// Nodes of the prior on days.
pub const NODES: usize = 40;
/// A cell's rate is drawn towards the common one as if so many more people had answered alike.
pub const DRAWN_BY: f64 = 4.0;
/// Typical δ, by which days are weighed when their degrees of freedom are counted.
const TYPICAL: f64 = 0.05;
/// The degrees of freedom are not taken to be fewer.
pub const LEAST_DEGREES: f64 = 3.5;
/// How much the degrees of freedom suffer from few effective answers of the rarer kind.
pub(super) const RARE_WEIGHT: f64 = 6.0;
/// So many are added to those few.
pub(super) const RARE_OFFSET: f64 = 2.0;

/// The nodes of the prior on δ, all of one weight: the seventh powers of even steps.
static DAY_PRIOR: LazyLock<[f64; NODES]> =
    LazyLock::new(|| std::array::from_fn(|node| ((node as f64 + 0.5) / NODES as f64).powi(7)));

/// What the model makes of the sums.
#[derive(Debug)]
pub(super) struct Likeness {
    /// Effective size of each cell, more than 0.
    pub(super) sizes: Vec<f64>,
    /// V, more than 0.
    pub(super) variance: f64,
    /// R̃(1 − R̃)/V.
    pub(super) effective_answers: f64,
    /// Of Student's t.
    pub(super) degrees_of_freedom: f64,
}

/// A cell with what the model needs of it.
struct Cell {
    /// W/M.
    scale: f64,
    /// M.
    answers: f64,
    /// Q − M: ordered pairs of answers of one person.
    pairs: f64,
    /// v.
    spread: f64,
    /// D.
    day_pairs: f64,
}

impl Likeness {
    /// Of cells that all have answers and a share, and days that all have somebody in one of them.
    pub(super) fn of(totals: &[CellTotals], days: &Days) -> Self {
        let (drawn, mut cells) = cells_of(totals);
        for part in days.all_parts() {
            cells[part.cell].day_pairs += part.answers * part.answers - part.mm;
        }
        let person = person_likeness(totals);
        let known = Known::of(&cells, person, days);
        let own = |cell: &Cell| cell.answers + person * cell.pairs;
        let by_cell = |of: &dyn Fn(&Cell) -> f64| -> f64 {
            cells.iter().map(|cell| cell.scale * cell.scale * cell.spread * of(cell)).sum()
        };
        let of_persons = of_persons(&cells, person);
        let of_days = known.of_all_days;
        let (mean, mean_square) = known.posterior(|likeness| of_persons + likeness * of_days);
        let variance = mean.max(of_persons);
        let noise = drawn * (1.0 - drawn);
        let uncertain = {
            let of_posterior = (mean_square - mean * mean).max(0.0) / (2.0 * variance * variance);
            let pairs = by_cell(&|cell| cell.pairs) / by_cell(&|cell| cell.answers + cell.pairs);
            let of_person = (of_persons / variance).powi(2) * pairs / (4.0 * informing(totals));
            let rare = noise * noise / variance;
            let of_rare_days = (1.0 - of_persons / variance) * (RARE_WEIGHT / (rare + RARE_OFFSET)).powi(2);
            of_posterior + of_person + of_rare_days
        };

        let day = if of_days > 0.0 { (variance - of_persons) / of_days } else { 0.0 };
        let unit = |cell: &Cell| own(cell) + day * cell.day_pairs;
        let factor = variance / by_cell(&unit);
        Self {
            sizes: cells.iter().map(|cell| cell.answers * cell.answers / unit(cell) / factor).collect(),
            variance,
            effective_answers: noise / variance,
            degrees_of_freedom: (1.0 / uncertain).max(LEAST_DEGREES),
        }
    }
}

/// R̃, and the cells with their rates drawn together.
fn cells_of(totals: &[CellTotals]) -> (f64, Vec<Cell>) {
    let people: f64 = totals.iter().map(|cell| cell.respondents as f64).sum();
    let satisfied: f64 = totals.iter().map(|cell| cell.respondents as f64 * cell.rate()).sum();
    let common = (satisfied + 1.0) / (people + 2.0);
    let drawn = |cell: &CellTotals| {
        let n = cell.respondents as f64;
        (n * cell.rate() + DRAWN_BY * common) / (n + DRAWN_BY)
    };
    let cell = |cell: &CellTotals| {
        let rate = drawn(cell);
        Cell {
            scale: cell.share / cell.answers as f64,
            answers: cell.answers as f64,
            pairs: cell.mm as f64 - cell.answers as f64,
            spread: rate * (1.0 - rate),
            day_pairs: 0.0,
        }
    };
    (totals.iter().map(|cell| cell.share * drawn(cell)).sum(), totals.iter().map(cell).collect())
}

/// V₀: the variance that people alone leave in a rate, were all days alike. Never 0.
///
/// # None
/// As [`super::weighted_rate()`].
pub fn variance_of_people<Cells: AsRef<[CellSums]>>(weights: &[f64], clusters: &[DayCluster<Cells>]) -> Option<f64> {
    let totals = Totals::of(weights, clusters)?;
    let person = person_likeness(&totals.cells);
    Some(of_persons(&cells_of(&totals.cells).1, person))
}

/// V₀ of cells with a likeness of persons.
fn of_persons(cells: &[Cell], person: f64) -> f64 {
    cells.iter().map(|cell| cell.scale * cell.scale * cell.spread * (cell.answers + person * cell.pairs)).sum()
}

/// i: how many people tell how alike answers of one person are.
fn informing(totals: &[CellTotals]) -> f64 {
    let of_cell = |cell: &CellTotals| cell.respondents as f64 * cell.rate() * cell.shortfall();
    totals.iter().map(of_cell).sum::<f64>() + PERSON_WEIGHT
}

/// ρ.
fn person_likeness(totals: &[CellTotals]) -> f64 {
    let (mut seen, mut possible, mut pairs, mut people) = (0.0, 0.0, 0.0, 0.0);
    for cell in totals {
        let (n, m, rate) = (cell.respondents as f64, cell.answers as f64, cell.rate());
        let own_pairs = cell.mm as f64 - m;
        let spread = rate * (1.0 - rate) + cell.squared_residuals / m / m;
        seen += cell.squared_residuals * n / (n - 1.0).max(1.0) - spread * m;
        possible += spread * own_pairs;
        pairs += own_pairs;
        people += n;
    }
    let prior = PERSON_WEIGHT * pairs / people;
    let of = (seen + PERSON_PRIOR * prior) / (possible + prior);
    if pairs > 0.0 { of.clamp(0.0, 1.0) } else { 0.0 }
}

/// What the days say about δ.
#[derive(Debug, Default)]
struct Known {
    /// T.
    seen: f64,
    /// Its expectation, but for what days share.
    of_persons: f64,
    /// The factor of δ in it.
    of_days: f64,
    /// V₁: the same, lone days counting whole.
    of_all_days: f64,
    /// ν.
    degrees: f64,
}

impl Known {
    fn of(cells: &[Cell], person: f64, days: &Days) -> Self {
        let mut known = Self::default();
        let (mut free, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for of_point in days.of_points() {
            let n = of_point.len() as f64;
            let alone = of_point.len() == 1;
            let (mut total, mut total_squares) = (0.0, 0.0);
            for day in of_point {
                let parts = days.parts(day);
                let residual: f64 = parts.iter().map(|part| cells[part.cell].scale * part.residual).sum();
                total += residual;
                total_squares += residual * residual;
                let whole = expected(cells, person, parts, |_| 1.0);
                // r was made from a lone day too: of a cell only the part that came on other days tells anything.
                let left = |part: &Part| 1.0 - part.answers / cells[part.cell].answers;
                let own = if alone { expected(cells, person, parts, left) } else { whole };
                known.of_persons += own.of_persons;
                known.of_days += own.of_days;
                known.of_all_days += whole.of_days;
                let size = own.of_persons + TYPICAL * own.of_days;
                sum += size;
                squares += size * size;
                free += if alone { own.of_persons / whole.of_persons } else { (n - 1.0) / n };
            }
            let about_mean = (total_squares - total * total / n).max(0.0);
            known.seen += if alone { total_squares } else { n / (n - 1.0) * about_mean };
        }
        if squares > 0.0 {
            known.degrees = free / days.list.len() as f64 * sum * sum / squares;
        }
        known
    }

    /// Posterior means of f(δ) and of its square.
    fn posterior(&self, of: impl Fn(f64) -> f64) -> (f64, f64) {
        let tells = self.degrees > 0.0 && self.of_days > 0.0 && self.of_persons > 0.0;
        let log_likelihood = DAY_PRIOR.map(|likeness| {
            let expected = self.of_persons + likeness * self.of_days;
            if tells { -0.5 * self.degrees * (expected.ln() + self.seen / expected) } else { 0.0 }
        });
        let highest = log_likelihood.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut mass, mut mean, mut mean_square) = (0.0, 0.0, 0.0);
        for (log, likeness) in log_likelihood.iter().zip(DAY_PRIOR.iter()) {
            let (weight, value) = ((log - highest).exp(), of(*likeness));
            mass += weight;
            mean += weight * value;
            mean_square += weight * value * value;
        }
        (mean / mass, mean_square / mass)
    }
}

/// What is expected of the square of a day's e.
#[derive(Clone, Copy)]
struct Expected {
    of_persons: f64,
    /// The factor of δ.
    of_days: f64,
}

fn expected(cells: &[Cell], person: f64, parts: &[Part], counting: impl Fn(&Part) -> f64) -> Expected {
    let (mut of_persons, mut sum, mut own) = (0.0, 0.0, 0.0);
    for part in parts {
        let cell = &cells[part.cell];
        let spread = counting(part) * cell.scale * cell.scale * cell.spread;
        of_persons += spread * (part.answers + person * (part.mm - part.answers));
        sum += spread.sqrt() * part.answers;
        own += spread * part.mm;
    }
    Expected { of_persons, of_days: (sum * sum - own).max(0.0) }
}
