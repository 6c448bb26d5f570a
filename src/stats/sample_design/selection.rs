//! Who is drawn, and with what probability.
//!
//! # Formula
//! ```text
//! proportional to size   π_i = n x_i/Σ x; units with π ≥ 1 are certain, the rest share n − (certain) anew, until none exceeds 1
//! systematic             with u in 0..1, the k-th drawn (k = 0, 1, …) is the first unit with π_1 + … + π_i > u + k
//! in two stages          π = π(area) · π(cluster in the area) · m/M(cluster);   weight 1/π
//! ```
//! Equal sizes make it a systematic sample in the order of the list, which spreads over whatever the list is sorted by.
//! Positions count from 0.
//!
//! # Source
//! Madow (1949), doi:10.1214/aoms/1177729988; Särndal, Swensson, Wretman (1992) Model Assisted Survey Sampling, ch. 3,
//! doi:10.1007/978-1-4612-4378-6; Fan, Muller, Rezucha (1962), doi:10.1080/01621459.1962.10480667, for the simple random sample.

/// Inclusion probabilities proportional to `sizes` for a sample of `n`, certain units included.
///
/// # None
/// When a size is negative or not finite, or fewer than `n` units have a size above 0.
pub fn inclusion_probabilities(sizes: &[f64], n: usize) -> Option<Vec<f64>> {
    let usable = sizes.iter().all(|size| *size >= 0.0 && size.is_finite());
    if !usable || sizes.iter().filter(|size| **size > 0.0).count() < n {
        return None;
    }
    if n == 0 {
        return Some(vec![0.0; sizes.len()]);
    }
    let sum: f64 = sizes.iter().sum();
    let mut probabilities: Vec<f64> = sizes.iter().map(|size| n as f64 * size / sum).collect();
    let mut certain = vec![false; sizes.len()];
    while (0..sizes.len()).any(|at| !certain[at] && probabilities[at] > 1.0) {
        for (certain, probability) in certain.iter_mut().zip(&probabilities) {
            *certain |= *probability >= 1.0;
        }
        let left = n as f64 - certain.iter().filter(|certain| **certain).count() as f64;
        let rest: f64 = sizes.iter().zip(&certain).filter(|(_, certain)| !**certain).map(|(size, _)| size).sum();
        for (at, probability) in probabilities.iter_mut().enumerate() {
            *probability = if certain[at] { 1.0 } else { left * sizes[at] / rest };
        }
    }
    Some(probabilities)
}

/// The systematic sample with the given inclusion probabilities and `start` in 0..1: positions, in the order of the list.
/// As many as the probabilities add up to, rounded.
///
/// # None
/// When `start` is not in 0..1 (1 excluded) or a probability is not in 0..=1.
pub fn systematic(probabilities: &[f64], start: f64) -> Option<Vec<usize>> {
    let usable = (0.0..1.0).contains(&start) && probabilities.iter().all(|pi| (0.0..=1.0).contains(pi));
    if !usable {
        return None;
    }
    let wanted = probabilities.iter().sum::<f64>().round();
    let (mut drawn, mut below) = (Vec::new(), 0.0);
    let mut last = None;
    for (at, pi) in probabilities.iter().enumerate().filter(|(_, pi)| **pi > 0.0) {
        below += pi;
        last = Some(at);
        if (drawn.len() as f64) < wanted && below > start + drawn.len() as f64 {
            drawn.push(at);
        }
    }
    // Rounding may leave the sum of the probabilities just below the last point.
    if let Some(last) = last.filter(|last| (drawn.len() as f64) < wanted && drawn.last() != Some(last)) {
        drawn.push(last);
    }
    Some(drawn)
}

/// A simple random sample of `n` of `population` units, every set of n equally likely: positions, in the order of the list.
/// `uniform` hands over numbers in 0..1, one for each unit passed.
///
/// # None
/// When `n` exceeds `population`.
pub fn simple_random(population: usize, n: usize, mut uniform: impl FnMut() -> f64) -> Option<Vec<usize>> {
    (n <= population).then(|| {
        let mut drawn = Vec::with_capacity(n);
        for at in 0..population {
            // A unit is taken with probability (still wanted)/(still to come).
            if uniform() * ((population - at) as f64) < (n - drawn.len()) as f64 {
                drawn.push(at);
            }
        }
        drawn
    })
}

/// How many to draw at each stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stages {
    /// Areas, proportional to the people in them.
    pub areas: usize,
    /// Start of the systematic selection of areas, in 0..1.
    pub areas_start: f64,
    /// Clusters in each area drawn, proportional to the people in them; all where there are fewer.
    pub clusters: usize,
    /// Start of the systematic selection of clusters, in 0..1, the same in every area.
    pub clusters_start: f64,
    /// People in each cluster drawn; all where there are fewer.
    pub people: f64,
}

/// A cluster drawn in two stages, with the probabilities of its people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnCluster {
    /// Position of the area.
    pub area: usize,
    /// Position of the cluster within the area.
    pub cluster: usize,
    /// Probability of the area.
    pub area_probability: f64,
    /// Probability of the cluster once its area is drawn.
    pub cluster_probability: f64,
    /// Probability of a person once the cluster is drawn.
    pub person_probability: f64,
}

impl DrawnCluster {
    /// Probability of a person.
    pub fn probability(&self) -> f64 {
        self.area_probability * self.cluster_probability * self.person_probability
    }

    /// Design weight of a person.
    pub fn weight(&self) -> f64 {
        1.0 / self.probability()
    }
}

/// Draws areas, then clusters in them, both systematically and proportional to size; `people[a][c]` live in cluster c of area a.
/// With a fixed number of people a cluster everybody gets the same probability, where no unit is certain.
///
/// # None
/// When a stage cannot be drawn: see [`inclusion_probabilities`] and [`systematic`]; or no person is wanted.
pub fn two_stage(people: &[Vec<f64>], stages: &Stages) -> Option<Vec<DrawnCluster>> {
    if !(stages.people > 0.0 && stages.people.is_finite()) {
        return None;
    }
    let of_area: Vec<f64> = people.iter().map(|clusters| clusters.iter().sum()).collect();
    let area_probabilities = inclusion_probabilities(&of_area, stages.areas)?;
    let mut drawn = Vec::new();
    for area in systematic(&area_probabilities, stages.areas_start)? {
        let clusters = &people[area];
        let inhabited = clusters.iter().filter(|size| **size > 0.0).count();
        let probabilities = inclusion_probabilities(clusters, stages.clusters.min(inhabited))?;
        for cluster in systematic(&probabilities, stages.clusters_start)? {
            drawn.push(DrawnCluster {
                area,
                cluster,
                area_probability: area_probabilities[area],
                cluster_probability: probabilities[cluster],
                person_probability: stages.people.min(clusters[cluster]) / clusters[cluster],
            });
        }
    }
    Some(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_larger_than_the_interval_is_certain_and_the_rest_share_anew() {
        let pi = inclusion_probabilities(&[80.0, 10.0, 10.0], 2).expect("possible");
        assert_eq!(pi, [1.0, 0.5, 0.5]);
        assert_eq!(systematic(&pi, 0.2), Some(vec![0, 1]));
        assert_eq!(systematic(&pi, 0.7), Some(vec![0, 2]));
    }

    #[test]
    fn over_all_starts_each_unit_is_drawn_as_often_as_its_probability_says() {
        let pi = inclusion_probabilities(&[3.0, 1.0, 7.0, 2.0, 5.0, 6.0], 3).expect("possible");
        let mut times = [0_u32; 6];
        for step in 0..10_000 {
            let drawn = systematic(&pi, (f64::from(step) + 0.5) / 10_000.0).expect("drawn");
            assert_eq!(drawn.len(), 3);
            for at in drawn {
                times[at] += 1;
            }
        }
        for (times, pi) in times.iter().zip(&pi) {
            assert!((f64::from(*times) / 10_000.0 - pi).abs() < 2e-4, "{times} of 10000 for {pi}");
        }
    }

    #[test]
    fn a_simple_random_sample_has_its_size_whatever_chance_says() {
        for chance in [0.0, 0.3, 0.999_999] {
            let drawn = simple_random(10, 4, || chance).expect("possible");
            assert_eq!(drawn.len(), 4, "{chance}");
        }
        assert_eq!(simple_random(3, 4, || 0.5), None);
    }

    #[test]
    fn two_stages_with_fixed_takes_weigh_everybody_alike() {
        let people = vec![vec![100.0, 50.0, 150.0], vec![80.0, 120.0], vec![60.0, 140.0, 100.0]];
        let stages = Stages { areas: 2, areas_start: 0.3, clusters: 1, clusters_start: 0.6, people: 10.0 };
        let drawn = two_stage(&people, &stages).expect("possible");
        assert_eq!(drawn.len(), 2);
        // π = 2 A/800 · C/A · 10/C = 1/40.
        for cluster in drawn {
            assert!((cluster.weight() - 40.0).abs() < 1e-9);
        }
        assert_eq!(two_stage(&people, &Stages { areas: 9, ..stages }), None);
    }

    #[test]
    fn impossible_selections_are_refused() {
        assert_eq!(inclusion_probabilities(&[1.0, 0.0], 2), None);
        assert_eq!(inclusion_probabilities(&[1.0, -1.0], 1), None);
        assert_eq!(systematic(&[0.5, 0.5], 1.0), None);
        assert_eq!(systematic(&[1.5], 0.5), None);
    }
}
