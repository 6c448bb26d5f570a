//! Who is drawn from a frame, by which rule, with what probability. The same frame, rule and seed draw the same people on every machine.
//!
//! # Formula
//! ```text
//! stratified        n_h of N_h at random        π = n_h/N_h          n_h by allocation: proportional, equal, Neyman
//! systematic        every N/n-th of the list    π = n/N
//! size              systematic by size x        π = n x/Σ x, certain where that is 1 or more
//! several stages    in each stratum clusters by their number of rows, then m rows of each at random
//!                   π = π(cluster) · m/M
//! point-days        in each stratum days of points by their cases x, then m of the x people who come, at equal steps x/m from a random start
//!                   (all of them where x ≤ m)       π = π(point-day) · min(m, x)/x
//!                   so many days that Σ π(point-day) · min(m, x) is what is asked of the stratum or more
//! ```
//! Substitutes are drawn at the same time, at random among those not drawn of the same stratum (of the same cluster where clusters were
//! drawn), and serve in the order drawn.
//!
//! # Source
//! Cochran (1977) Sampling Techniques, ch. 5, 8, 10; Madow (1949), doi:10.1214/aoms/1177729988; Neyman (1934), doi:10.2307/2342192; steps that are no whole
//! number: Murthy (1967) Sampling Theory and Methods, ch. 5, and Särndal, Swensson, Wretman (1992), doi:10.1007/978-1-4612-4378-6, ch. 3.4.

use std::collections::BTreeMap;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::frame::Frame;
pub use super::method::Method;
use crate::stats::sample_design::allocation::{Allocation, StratumPlan, largest_remainders, within_bounds};
use crate::stats::sample_design::selection::{inclusion_probabilities, simple_random, systematic};

/// A plan of selection.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Selection {
    /// The rule.
    pub method: Method,
    /// People to draw.
    pub drawn: u32,
    /// People of each cluster drawn, with [`Method::Clusters`] and [`Method::PointDays`].
    pub per_cluster: u32,
    /// Substitutes for a hundred drawn.
    pub substitutes: u32,
    /// Expected shares by stratum, for [`Method::Neyman`]; one that is missing is a half.
    pub shares: BTreeMap<String, f64>,
    /// The seed.
    pub seed: u64,
    /// With [`Method::PointDays`] whether as many are drawn as are asked for. False in draws that are kept from before, when every ⌈x/m⌉-th
    /// was drawn, which are fewer: they are drawn again by their seed as they were.
    #[serde(default)]
    pub in_full: bool,
}

/// Somebody drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// Place in [`Frame::units`].
    pub unit: usize,
    /// Probability of being drawn; of a substitute that of those it may stand for.
    pub probability: f64,
    /// Whether it is a substitute.
    pub substitute: bool,
    /// With [`Method::PointDays`] which person who comes, from 1; else 0.
    pub turn: u32,
}

/// Why nobody can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawProblem {
    /// Nobody is wanted.
    Nobody,
    /// More are wanted than the frame has.
    TooMany,
    /// Fewer are wanted than two for each stratum.
    TooFew,
    /// With so many people on each, all the days of a stratum are not enough.
    FewDays,
    /// No size to draw by, or no clusters.
    NotInFrame,
}

/// Fewest people of a stratum: with one, nothing is known of its spread.
const LEAST_OF_STRATUM: f64 = 2.0;

/// What sums of probabilities may lack by rounding.
const ALMOST: f64 = 1e-9;

struct Chance(ChaCha12Rng);

impl Chance {
    /// Streams of one seed are independent.
    fn new(seed: u64, stream: u64) -> Self {
        let mut chance = ChaCha12Rng::seed_from_u64(seed);
        chance.set_stream(stream);
        Self(chance)
    }

    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Draws people: those of the sample in the order of the frame, then the substitutes, by stratum in the order in which they serve.
/// # Errors
/// See [`DrawProblem`].
pub fn draw(frame: &Frame, plan: &Selection) -> Result<Vec<Drawn>, DrawProblem> {
    let wanted = plan.drawn as usize;
    if wanted == 0 {
        return Err(DrawProblem::Nobody);
    }
    if wanted > frame.people(plan.method) {
        return Err(DrawProblem::TooMany);
    }
    let mut drawn = match plan.method {
        Method::Proportional | Method::Equal | Method::Neyman => stratified(frame, plan)?,
        Method::Systematic => by_list(frame, wanted, plan.seed, |_| 1.0)?,
        Method::BySize if !frame.has_sizes() => return Err(DrawProblem::NotInFrame),
        Method::BySize => by_list(frame, wanted, plan.seed, |at| f64::from(frame.units()[at].size))?,
        Method::Clusters if !frame.has_clusters() || plan.per_cluster == 0 => return Err(DrawProblem::NotInFrame),
        Method::Clusters => clustered(frame, plan)?,
        Method::PointDays if plan.per_cluster == 0 => return Err(DrawProblem::NotInFrame),
        Method::PointDays => point_days(frame, plan)?,
    };
    drawn.sort_by_key(|drawn| (drawn.unit, drawn.turn));
    let substitutes = substitutes(frame, plan, &drawn);
    drawn.extend(substitutes);
    Ok(drawn)
}

/// Places of the frame by stratum.
fn by_stratum(frame: &Frame) -> Vec<(&str, Vec<usize>)> {
    let mut strata: Vec<(&str, Vec<usize>)> = Vec::new();
    for (at, unit) in frame.units().iter().enumerate() {
        match strata.last_mut() {
            Some((stratum, places)) if *stratum == unit.stratum => places.push(at),
            _ => strata.push((&unit.stratum, vec![at])),
        }
    }
    strata
}

/// How many of each stratum.
fn quotas(frame: &Frame, strata: &[(&str, Vec<usize>)], plan: &Selection) -> Result<Vec<usize>, DrawProblem> {
    let people = |places: &[usize]| match plan.method {
        Method::PointDays => places.iter().map(|at| f64::from(frame.units()[*at].size)).sum(),
        _ => places.len() as f64,
    };
    let planned: Vec<StratumPlan> = strata
        .iter()
        .map(|(stratum, places)| {
            let share = plan.shares.get(*stratum).copied().unwrap_or(0.5);
            StratumPlan { population: people(places), deviation: (share * (1.0 - share)).max(0.0).sqrt(), cost: 1.0 }
        })
        .collect();
    let rule = match plan.method {
        Method::Equal => Allocation::Equal,
        Method::Neyman => Allocation::Neyman,
        _ => Allocation::Proportional,
    };
    let n = f64::from(plan.drawn);
    let quotas = rule.quotas(&planned, n).ok_or(DrawProblem::Nobody)?;
    let populations: Vec<f64> = planned.iter().map(|stratum| stratum.population).collect();
    let quotas = within_bounds(&quotas, n, LEAST_OF_STRATUM, &populations).ok_or(DrawProblem::TooFew)?;
    let whole = largest_remainders(&quotas, u64::from(plan.drawn)).ok_or(DrawProblem::Nobody)?;
    Ok(whole.into_iter().map(|quota| usize::try_from(quota).unwrap_or(usize::MAX)).collect())
}

fn stratified(frame: &Frame, plan: &Selection) -> Result<Vec<Drawn>, DrawProblem> {
    let strata = by_stratum(frame);
    let quotas = quotas(frame, &strata, plan)?;
    let mut chance = Chance::new(plan.seed, 0);
    let mut all = Vec::new();
    for ((_, places), quota) in strata.iter().zip(quotas) {
        let quota = quota.min(places.len());
        let probability = quota as f64 / places.len() as f64;
        let drawn = simple_random(places.len(), quota, || chance.uniform()).ok_or(DrawProblem::TooMany)?;
        all.extend(drawn.into_iter().map(|at| Drawn { unit: places[at], probability, substitute: false, turn: 0 }));
    }
    Ok(all)
}

fn by_list(frame: &Frame, wanted: usize, seed: u64, size: impl Fn(usize) -> f64) -> Result<Vec<Drawn>, DrawProblem> {
    let sizes: Vec<f64> = (0..frame.units().len()).map(size).collect();
    let probabilities = inclusion_probabilities(&sizes, wanted).ok_or(DrawProblem::TooMany)?;
    let drawn = systematic(&probabilities, Chance::new(seed, 0).uniform()).ok_or(DrawProblem::Nobody)?;
    Ok(drawn
        .into_iter()
        .map(|unit| Drawn { unit, probability: probabilities[unit], substitute: false, turn: 0 })
        .collect())
}

fn clustered(frame: &Frame, plan: &Selection) -> Result<Vec<Drawn>, DrawProblem> {
    let strata = by_stratum(frame);
    let quotas = quotas(frame, &strata, plan)?;
    let per_cluster = plan.per_cluster as usize;
    let mut chance = Chance::new(plan.seed, 0);
    let mut all = Vec::new();
    for ((_, places), quota) in strata.iter().zip(quotas) {
        let mut clusters: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for at in places {
            clusters.entry(&frame.units()[*at].cluster).or_default().push(*at);
        }
        let clusters: Vec<Vec<usize>> = clusters.into_values().collect();
        // Two at least, where there are two: one cluster tells nothing of how clusters differ.
        let wanted = quota.div_ceil(per_cluster).max(2).min(clusters.len());
        let sizes: Vec<f64> = clusters.iter().map(|places| places.len() as f64).collect();
        let probabilities = inclusion_probabilities(&sizes, wanted).ok_or(DrawProblem::TooMany)?;
        for cluster in systematic(&probabilities, chance.uniform()).ok_or(DrawProblem::Nobody)? {
            let places = &clusters[cluster];
            let take = per_cluster.min(places.len());
            let probability = probabilities[cluster] * take as f64 / places.len() as f64;
            let drawn = simple_random(places.len(), take, || chance.uniform()).ok_or(DrawProblem::TooMany)?;
            all.extend(drawn.into_iter().map(|at| Drawn { unit: places[at], probability, substitute: false, turn: 0 }));
        }
    }
    Ok(all)
}

fn point_days(frame: &Frame, plan: &Selection) -> Result<Vec<Drawn>, DrawProblem> {
    let strata = by_stratum(frame);
    let quotas = quotas(frame, &strata, plan)?;
    let mut chance = Chance::new(plan.seed, 0);
    let mut all = Vec::new();
    for ((_, places), quota) in strata.iter().zip(quotas) {
        let sizes: Vec<f64> = places.iter().map(|at| f64::from(frame.units()[*at].size)).collect();
        let probabilities =
            if plan.in_full { of_days(&sizes, quota, plan)? } else { of_days_before(&sizes, quota, plan)? };
        for day in systematic(&probabilities, chance.uniform()).ok_or(DrawProblem::Nobody)? {
            let unit = places[day];
            let cases = frame.units()[unit].size;
            let (turns, part) = turns(cases, plan, chance.uniform());
            let probability = probabilities[day] * part;
            all.extend(turns.into_iter().map(|turn| Drawn { unit, probability, substitute: false, turn }));
        }
    }
    Ok(all)
}

/// How likely each day is drawn, of so many that `quota` people are expected on those drawn; of two at least, where there are two: one day tells
/// nothing of how days differ.
fn of_days(sizes: &[f64], quota: usize, plan: &Selection) -> Result<Vec<f64>, DrawProblem> {
    let asked: Vec<f64> = sizes.iter().map(|cases| cases.min(f64::from(plan.per_cluster))).collect();
    let of = |days: usize| inclusion_probabilities(sizes, days).ok_or(DrawProblem::TooMany);
    let is_enough = |probabilities: &[f64]| {
        let expected: f64 = probabilities.iter().zip(&asked).map(|(probability, people)| probability * people).sum();
        expected >= quota as f64 - ALMOST
    };
    let (mut days, mut most) = (2.min(sizes.len()), sizes.len());
    if !is_enough(&of(most)?) {
        return Err(DrawProblem::FewDays);
    }
    // More days bring more people.
    while days < most {
        let middle = usize::midpoint(days, most);
        if is_enough(&of(middle)?) {
            most = middle;
        } else {
            days = middle + 1;
        }
    }
    of(days)
}

fn of_days_before(sizes: &[f64], quota: usize, plan: &Selection) -> Result<Vec<f64>, DrawProblem> {
    let days = quota.div_ceil(plan.per_cluster as usize).max(2).min(sizes.len());
    inclusion_probabilities(sizes, days).ok_or(DrawProblem::TooMany)
}

/// Which of the people who come on a day are asked, and the part that they are. `start` is uniform in 0..1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the number of cases")]
fn turns(cases: u32, plan: &Selection, start: f64) -> (Vec<u32>, f64) {
    if plan.in_full {
        let people = plan.per_cluster.min(cases);
        let step = f64::from(cases) / f64::from(people);
        let turn = |place: u32| (1 + ((start + f64::from(place)) * step) as u32).min(cases);
        return ((0..people).map(turn).collect(), f64::from(people) / f64::from(cases));
    }
    let step = cases.div_ceil(plan.per_cluster);
    let first = 1 + (start * f64::from(step)) as u32;
    ((first..=cases).step_by(step as usize).collect(), 1.0 / f64::from(step))
}

fn substitutes(frame: &Frame, plan: &Selection, drawn: &[Drawn]) -> Vec<Drawn> {
    // Who comes next to a counter on a day is nobody's substitute.
    if plan.substitutes == 0 || plan.method == Method::PointDays {
        return Vec::new();
    }
    let mut chance = Chance::new(plan.seed, 1);
    let in_cluster = plan.method == Method::Clusters;
    let place = |unit: usize| {
        let unit = &frame.units()[unit];
        (unit.stratum.as_str(), if in_cluster { unit.cluster.as_str() } else { "" })
    };
    let mut of: BTreeMap<(&str, &str), Vec<Drawn>> = BTreeMap::new();
    for one in drawn {
        of.entry(place(one.unit)).or_default().push(*one);
    }
    let mut taken = vec![false; frame.units().len()];
    for one in drawn {
        taken[one.unit] = true;
    }
    let mut all = Vec::new();
    for (of_place, drawn) in of {
        let mut free: Vec<usize> =
            (0..frame.units().len()).filter(|at| !taken[*at] && place(*at) == of_place).collect();
        let wanted = (drawn.len() * plan.substitutes as usize).div_ceil(100).min(free.len());
        for at in 0..wanted {
            // Fisher and Yates: each of those left is as likely to be the next.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the length of the list")]
            let pick = at + (chance.uniform() * (free.len() - at) as f64) as usize;
            free.swap(at, pick);
            all.push(Drawn { unit: free[at], probability: drawn[0].probability, substitute: true, turn: 0 });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::frame::FrameUnit;

    /// Three strata of 600, 300 and 100 rows in clusters of 20, sizes 1 to 7.
    fn frame() -> Frame {
        let of = |at: usize| match at {
            0..600 => "A",
            600..900 => "B",
            _ => "C",
        };
        let unit = |at: usize| FrameUnit {
            number: format!("HS-{at:04}"),
            stratum: of(at).to_owned(),
            group: if at.is_multiple_of(3) { "online" } else { "counter" }.to_owned(),
            cluster: format!("{}{}", of(at), at / 20),
            size: u32::try_from(at % 7 + 1).expect("small"),
        };
        Frame::new((0..1000).map(unit).collect()).expect("a frame")
    }

    fn plan(method: Method, seed: u64) -> Selection {
        let shares = [("A".to_owned(), 0.9), ("C".to_owned(), 0.5)].into();
        Selection { method, drawn: 120, per_cluster: 10, substitutes: 10, shares, seed, in_full: true }
    }

    #[test]
    fn the_same_seed_draws_the_same_people_and_another_seed_others() {
        for method in Method::ALL {
            let drawn = |seed| draw(&frame(), &plan(method, seed)).expect("drawn");
            assert_eq!(drawn(7), drawn(7), "{method:?}");
            assert_ne!(drawn(7), drawn(8), "{method:?}");
            let mut units: Vec<(usize, u32)> = drawn(7).iter().map(|drawn| (drawn.unit, drawn.turn)).collect();
            units.sort_unstable();
            units.dedup();
            assert_eq!(units.len(), drawn(7).len(), "{method:?} draws nobody twice");
        }
    }

    #[test]
    fn over_the_frame_inclusion_probabilities_add_up_to_the_sample() {
        // Of those drawn, Σ 1/π estimates the 1000 of the frame; exactly where π is the same in each stratum.
        for method in [Method::Proportional, Method::Equal, Method::Neyman, Method::Systematic] {
            let drawn = draw(&frame(), &plan(method, 3)).expect("drawn");
            let main: Vec<&Drawn> = drawn.iter().filter(|drawn| !drawn.substitute).collect();
            assert_eq!(main.len(), 120, "{method:?}");
            let sum: f64 = main.iter().map(|drawn| 1.0 / drawn.probability).sum();
            assert!((sum - 1000.0).abs() < 1e-9, "{method:?}: {sum}");
        }
        let all = frame();
        let sizes: Vec<f64> = all.units().iter().map(|unit| f64::from(unit.size)).collect();
        let pi = inclusion_probabilities(&sizes, 120).expect("possible");
        assert!((pi.iter().sum::<f64>() - 120.0).abs() < 1e-9);
        for drawn in draw(&all, &plan(Method::BySize, 3)).expect("drawn").iter().filter(|drawn| !drawn.substitute) {
            assert_eq!(drawn.probability.to_bits(), pi[drawn.unit].to_bits());
        }
    }

    #[test]
    fn over_two_thousand_seeds_the_weighted_total_is_that_of_the_frame() {
        // Horvitz and Thompson (1952), doi:10.1080/01621459.1952.10483446: unbiased under every rule. y: whether the size is above 4.
        // Point-days stand for their cases, whose number is y then.
        let frame = frame();
        let large = || frame.units().iter().filter(|unit| unit.size > 4);
        for method in Method::ALL {
            let cases = || large().map(|unit| f64::from(unit.size)).sum();
            let truth = if method == Method::PointDays { cases() } else { large().count() as f64 };
            let seeds = 2_000_u32;
            let (mut sum, mut squares) = (0.0, 0.0);
            for seed in 0..seeds {
                // Three a day: of days with more cases only every second or third comes in.
                let per_cluster = if method == Method::PointDays { 3 } else { 10 };
                // Every second seed by the rule of before.
                let in_full = seed % 2 == 0;
                let plan = Selection { substitutes: 0, per_cluster, in_full, ..plan(method, u64::from(seed)) };
                let drawn = draw(&frame, &plan).expect("drawn");
                let main = drawn.iter().filter(|drawn| frame.units()[drawn.unit].size > 4);
                let total: f64 = main.map(|drawn| 1.0 / drawn.probability).sum();
                sum += total;
                squares += total * total;
            }
            let n = f64::from(seeds);
            let (mean, spread) = (sum / n, (squares / n - (sum / n).powi(2)).max(0.0).sqrt());
            // Four standard errors of the mean of 2000 draws: wrong once in 16 000.
            assert!((mean - truth).abs() <= 4.0 * spread / n.sqrt() + 1e-9, "{method:?}: {mean} for {truth}");
        }
    }

    #[test]
    fn point_days_hold_as_many_people_as_are_asked_for() {
        // Three offices with two points on twenty days each, of which 11 to 49 people come.
        let unit = |at: usize| FrameUnit {
            number: format!("{at}"),
            stratum: format!("{}", at % 3),
            group: String::new(),
            cluster: format!("{at}"),
            size: u32::try_from(11 + at * 7 % 39).expect("small"),
        };
        let frame = Frame::new((0..120).map(unit).collect()).expect("a frame");
        for (drawn, per_cluster) in [(100, 10), (240, 10), (385, 7), (300, 11), (90, 3)] {
            for seed in 0..50 {
                let plan = Selection { drawn, per_cluster, ..plan(Method::PointDays, seed) };
                let found = draw(&frame, &plan).expect("drawn");
                // Whole days: of each office fewer than a day's people more than its part.
                let most = (drawn + 3 * per_cluster) as usize;
                assert!((drawn as usize..most).contains(&found.len()), "{drawn} in {per_cluster}: {}", found.len());
                let mut of_days: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
                for one in &found {
                    of_days.entry(one.unit).or_default().push(one.turn);
                }
                for (day, turns) in of_days {
                    assert_eq!(turns.len(), per_cluster as usize, "every day has as many");
                    assert!(turns.windows(2).all(|pair| pair[0] < pair[1]), "{turns:?}");
                    assert!(turns[0] >= 1 && *turns.last().expect("a turn") <= frame.units()[day].size, "{turns:?}");
                }
                // Σ 1/π estimates the visits of the frame: π is the same for all of an office, so exactly those of its days.
                let visits: u32 = frame.units().iter().map(|unit| unit.size).sum();
                let sum: f64 = found.iter().map(|one| 1.0 / one.probability).sum();
                assert!((sum - f64::from(visits)).abs() < 1e-6, "{sum} for {visits}");
            }
            let before = Selection { drawn, per_cluster, in_full: false, ..plan(Method::PointDays, 1) };
            let of_before = draw(&frame, &before).expect("drawn").len();
            assert!((drawn, per_cluster) != (240, 10) || of_before < 240, "the rule of before drew fewer: {of_before}");
        }
        // Where few come on a day, more days are drawn: on average as many as are asked for.
        let few =
            Frame::new(frame.units().iter().map(|unit| FrameUnit { size: unit.size / 6, ..unit.clone() }).collect());
        let few = few.expect("a frame");
        let seeds = 400;
        let plan = |seed| Selection { drawn: 150, per_cluster: 6, ..plan(Method::PointDays, seed) };
        let found: usize = (0..seeds).map(|seed| draw(&few, &plan(seed)).expect("drawn").len()).sum();
        assert!(found as f64 / seeds as f64 >= 150.0 - 1.0, "{}", found as f64 / seeds as f64);
        // 40 days with one person each are not 120 people.
        let wanted = Selection { drawn: 200, per_cluster: 1, ..plan(1) };
        assert_eq!(draw(&frame, &wanted), Err(DrawProblem::FewDays));
    }

    #[test]
    fn a_draw_kept_from_before_is_drawn_again_as_it_was() {
        let kept = r#"{"method":"point_days","drawn":120,"per_cluster":3,"substitutes":0,"shares":{},"seed":7}"#;
        let kept: Selection = serde_json::from_str(kept).expect("a plan");
        assert!(!kept.in_full);
        // k = ⌈x/3⌉: of a day of 7 cases every third, π = π(day)/3.
        for one in draw(&frame(), &kept).expect("drawn") {
            let cases = frame().units()[one.unit].size;
            assert!(one.turn >= 1 && one.turn <= cases);
            assert!((1..=3).contains(&cases.div_ceil(3)));
        }
        assert_eq!(turns(7, &kept, 0.5), (vec![2, 5], 1.0 / 3.0));
        assert_eq!(turns(7, &Selection { in_full: true, ..kept }, 0.5), (vec![2, 4, 6], 3.0 / 7.0));
    }

    #[test]
    fn substitutes_are_of_the_stratum_or_cluster_and_were_not_drawn() {
        let frame = frame();
        for method in [Method::Proportional, Method::Clusters] {
            let drawn = draw(&frame, &plan(method, 5)).expect("drawn");
            let (spare, main): (Vec<Drawn>, Vec<Drawn>) = drawn.iter().partition(|drawn| drawn.substitute);
            assert!(spare.len() >= 12, "{method:?}");
            let place = |drawn: &Drawn| {
                let unit = &frame.units()[drawn.unit];
                (unit.stratum.clone(), if method == Method::Clusters { unit.cluster.clone() } else { String::new() })
            };
            assert!(spare.iter().all(|spare| main.iter().any(|main| place(main) == place(spare))), "{method:?}");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let wanted = |drawn, method| draw(&frame(), &Selection { drawn, ..plan(method, 1) });
        assert_eq!(wanted(0, Method::Equal), Err(DrawProblem::Nobody));
        assert_eq!(wanted(1_001, Method::Systematic), Err(DrawProblem::TooMany));
        assert_eq!(wanted(5, Method::Proportional), Err(DrawProblem::TooFew));
        let flat: Vec<FrameUnit> =
            frame().units().iter().map(|unit| FrameUnit { cluster: String::new(), size: 1, ..unit.clone() }).collect();
        let flat = Frame::new(flat).expect("a frame");
        assert_eq!(draw(&flat, &plan(Method::BySize, 1)), Err(DrawProblem::NotInFrame));
        assert_eq!(draw(&flat, &plan(Method::Clusters, 1)), Err(DrawProblem::NotInFrame));
        // Days on which one person comes are days all the same.
        let days = draw(&flat, &plan(Method::PointDays, 1)).expect("drawn");
        assert!(days.len() == 120 && days.iter().all(|drawn| drawn.turn == 1), "{}", days.len());
    }
}
