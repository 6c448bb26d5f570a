//! Simulated studies whose truth is known, for the example `coverage` and the test of the same name: points, days, fields of
//! unequal size, people whose answers are alike; and the interval used before, to compare with.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sipas::stats::proportion::wilson_effective;
use sipas::stats::{CellSums, Confidence, DayCluster, Interval};

/// Draws from a seeded generator.
pub struct Draws(ChaCha8Rng);

impl Draws {
    /// A stream of its own for every setting, so that one can be looked at without the others.
    pub fn of(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// Uniform in 0..1.
    pub fn uniform(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    pub fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    pub fn below(&mut self, end: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma with scale 1 (Marsaglia and Tsang 2000, doi:10.1145/358407.358414).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = (1.0 - self.uniform()).powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.uniform()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// Beta with the given mean and intraclass correlation.
    pub fn beta(&mut self, mean: f64, icc: f64) -> f64 {
        if icc <= 0.0 {
            return mean;
        }
        let size = 1.0 / icc - 1.0;
        let (a, b) = (self.gamma(mean * size), self.gamma((1.0 - mean) * size));
        if a + b > 0.0 { a / (a + b) } else { f64::from(u8::from(self.happens(mean))) }
    }
}

/// One setting: how a study is laid out, and what is true in it.
#[derive(Debug, Clone)]
pub struct Setting {
    pub points: u32,
    pub days: u32,
    /// Respondents of each field.
    pub sizes: Vec<u32>,
    /// Weights of the fields, together 1.
    pub weights: Vec<f64>,
    /// True rates of the fields.
    pub rates: Vec<f64>,
    pub person_icc: f64,
    pub day_icc: f64,
    /// Fewest and most items a person answers.
    pub items: (u32, u32),
    /// Whether a good day is good for all fields.
    pub shared_days: bool,
    /// Whether every field is served at one point only.
    pub own_points: bool,
    /// Whether a person has a rate of their own (beta) instead of a mood that some answers follow.
    pub own_rates: bool,
}

impl Setting {
    /// The true rate of the whole.
    pub fn truth(&self) -> f64 {
        self.weights.iter().zip(&self.rates).map(|(weight, rate)| weight * rate).sum()
    }

    pub fn respondents(&self) -> u32 {
        self.sizes.iter().sum()
    }

    /// The true rates of a day.
    fn day(&self, draws: &mut Draws) -> Vec<f64> {
        if !self.shared_days {
            return self.rates.iter().map(|rate| draws.beta(*rate, self.day_icc)).collect();
        }
        // One draw for the whole, spread over the fields so that each keeps its mean.
        let mean = self.truth();
        let whole = draws.beta(mean, self.day_icc);
        let of_field = |rate: &f64| {
            if whole < mean { rate * whole / mean } else { 1.0 - (1.0 - rate) * (1.0 - whole) / (1.0 - mean) }
        };
        self.rates.iter().map(of_field).collect()
    }

    /// One study, summed by point, day and field as the tallies do. Every answer counts with probability √ICC as the mood of its
    /// person says, so that two answers of a person on a given day have the correlation ICC.
    pub fn study(&self, draws: &mut Draws) -> Vec<DayCluster> {
        let clusters = self.points * self.days;
        let rates: Vec<Vec<f64>> = (0..clusters).map(|_| self.day(draws)).collect();
        let mut sums = vec![vec![CellSums::default(); self.sizes.len()]; rates.len()];
        let follows = self.person_icc.sqrt();
        let (fewest, most) = self.items;
        for ((field, size), own_point) in self.sizes.iter().enumerate().zip((0..self.points).cycle()) {
            for _ in 0..*size {
                let point = if self.own_points { own_point } else { draws.below(self.points) };
                let cluster = (point * self.days + draws.below(self.days)) as usize;
                let of_day = rates[cluster][field];
                let m = fewest + draws.below(most - fewest + 1);
                let y = if self.own_rates && self.person_icc > 0.0 {
                    let own = draws.beta(of_day, self.person_icc);
                    (0..m).map(|_| u64::from(draws.happens(own))).sum::<u64>()
                } else {
                    let mood = draws.happens(of_day);
                    let answer = |draws: &mut Draws| if draws.happens(follows) { mood } else { draws.happens(of_day) };
                    (0..m).map(|_| u64::from(answer(draws))).sum::<u64>()
                };
                let (cell, m) = (&mut sums[cluster][field], u64::from(m));
                cell.cell = field;
                cell.respondents += 1;
                cell.y += y;
                cell.m += m;
                cell.yy += y * y;
                cell.ym += y * m;
                cell.mm += m * m;
            }
        }
        let cluster = |(place, cells): (u32, Vec<CellSums>)| {
            let cells: Vec<CellSums> = cells.into_iter().filter(|cell| cell.respondents > 0).collect();
            (!cells.is_empty()).then_some(DayCluster { stratum: place / self.days, cells })
        };
        (0..clusters).zip(sums).filter_map(cluster).collect()
    }

    /// The interval that was used before, from the same sums: Wilson's on the effective size of the estimated variance, by days or
    /// by respondents, whichever is wider, by respondents below 20 clusters.
    pub fn before(&self, clusters: &[DayCluster]) -> Option<Interval> {
        let (totals, rate) = self.totals(clusters);
        let mut points: Vec<(u32, f64, f64, Vec<f64>)> = Vec::new();
        for cluster in clusters {
            let (mut people, mut squares, mut total) = (0.0, 0.0, 0.0);
            for cell in &cluster.cells {
                let whole = &totals[cell.cell];
                let of_cell = whole.y as f64 / whole.m as f64;
                let scale = self.weights[cell.cell] / whole.m as f64;
                people += cell.respondents as f64;
                total += scale * (cell.y as f64 - cell.m as f64 * of_cell);
                let square = cell.yy as f64 - 2.0 * of_cell * cell.ym as f64 + of_cell * of_cell * cell.mm as f64;
                squares += scale * scale * square;
            }
            match points.last_mut().filter(|point| point.0 == cluster.stratum) {
                Some(point) => {
                    point.1 += people;
                    point.2 += squares;
                    point.3.push(total);
                }
                None => points.push((cluster.stratum, people, squares, vec![total])),
            }
        }
        let between = |n: f64, squares: f64, total: f64| {
            if n < 2.0 { squares } else { n / (n - 1.0) * (squares - total * total / n).max(0.0) }
        };
        let (mut by_person, mut by_day) = (0.0, 0.0);
        for (_, people, squares, days) in &points {
            let total: f64 = days.iter().sum();
            by_person += between(*people, *squares, total);
            by_day += between(days.len() as f64, days.iter().map(|day| day * day).sum(), total);
        }
        let (people, strata) = (f64::from(self.respondents()), points.len() as f64);
        let interval = |variance: f64, degrees: f64| {
            let size =
                if variance > 1e-18 && rate > 0.0 && rate < 1.0 { rate * (1.0 - rate) / variance } else { people };
            wilson_effective(rate, size, Confidence::NINETY_FIVE.student_critical(degrees)?)
        };
        let of_people = interval(by_person, (people - strata).max(1.0))?;
        let degrees = clusters.len() as f64 - strata;
        let of_days = if clusters.len() >= 20 { interval(by_day, degrees) } else { None };
        Some(of_days.filter(|days| days.width() >= of_people.width()).unwrap_or(of_people))
    }

    /// The sums of every field, and the rate of the whole.
    pub fn totals(&self, clusters: &[DayCluster]) -> (Vec<CellSums>, f64) {
        let mut totals = vec![CellSums::default(); self.sizes.len()];
        for cell in clusters.iter().flat_map(|cluster| &cluster.cells) {
            let total = &mut totals[cell.cell];
            total.y += cell.y;
            total.m += cell.m;
            total.mm += cell.mm;
        }
        let rates = totals.iter().zip(&self.weights).map(|(total, weight)| weight * total.y as f64 / total.m as f64);
        let rate = rates.sum();
        (totals, rate)
    }
}
