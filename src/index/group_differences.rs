//! Groups of respondents of one period beside each other: women and men, young and old, with the days that they share in the error of the
//! difference, and corrected for how many pairs are looked at.

use std::collections::BTreeMap;

use super::counted::Cluster;
use super::input::Input;
use super::profile::{Group, by_nature, gathered};
use super::reading::Reading;
use super::sums::{Cell, RawSums};
use crate::stats::group_differences::{Behind, GroupSums, group_differences as differences};
use crate::stats::multiplicity::holm;
use crate::stats::{CellSums, Confidence, DayCluster, Interval, variance_of_people};
use crate::survey::Feed;

/// Two groups of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupDifference {
    /// Identifier of the question.
    pub question: String,
    /// The questionnaire that asks it, where others ask something else under that identifier.
    pub questionnaire: Option<String>,
    /// Options of the two.
    pub options: (String, String),
    /// Their service indices.
    pub rates: (f64, f64),
    /// The second less the first.
    pub difference: f64,
    /// Its own 95 % interval.
    pub interval: Interval,
    /// Chance of a difference as large if there were none, corrected by Holm for all pairs that may be judged; 1 of the others.
    pub p_holm: f64,
    /// Whether there are people and days enough in both to say that they differ.
    pub may_be_judged: bool,
}

/// What stands behind the rate of a group over these cells with their shares of its weight.
fn behind_of(group: &Group<'_>, cells: &[(Cell, f64)], shares: &[f64]) -> Option<Behind> {
    let mut days: BTreeMap<Cluster, Vec<CellSums>> = BTreeMap::new();
    for (cluster, cell, raw) in group.pieces() {
        let Some(cell) = cells.iter().position(|(known, _)| known == cell) else { continue };
        let RawSums { respondents, y, m, yy, ym, mm } = *raw;
        days.entry(cluster).or_default().push(CellSums { cell, respondents, y, m, yy, ym, mm });
    }
    let mut points: Vec<(i32, i32)> = days.keys().map(|(unit, point, _)| (*unit, *point)).collect();
    points.dedup();
    let people = days.values().flatten().map(|sums| sums.respondents).sum();
    let mut answers = vec![0; cells.len()];
    for sums in days.values().flatten() {
        answers[sums.cell] += sums.m;
    }
    let part =
        |sums: &CellSums| if sums.m > 0 { shares[sums.cell] * sums.m as f64 / answers[sums.cell] as f64 } else { 0.0 };
    let parts = days.values().map(|cells| cells.iter().map(part).sum::<f64>());
    let (sum, squares) = parts.fold((0.0, 0.0), |(sum, squares), part| (sum + part, squares + part * part));
    // The variance of people asks for no days, so that one number does for all of their points.
    let days: Vec<DayCluster> = days.into_values().map(|cells| DayCluster { stratum: 0, cells }).collect();
    let variance_of_people = variance_of_people(shares, &days)?;
    let effective_clusters = if squares > 0.0 { sum * sum / squares } else { 0.0 };
    Some(Behind { people, clusters: days.len(), strata: points.len(), effective_clusters, variance_of_people })
}

/// Every two groups that figures are told of.
pub fn group_differences(input: &Input<'_>) -> Vec<GroupDifference> {
    let (reading, _) = Reading::of(input);
    let weights = reading.weights(Feed::Sipas);
    let mut found = Vec::new();
    for question in gathered(&reading).into_iter().chain(by_nature(&reading)) {
        let shown: Vec<_> = question.groups.iter().filter(|group| !group.hidden && group.has_answers()).collect();
        let mut clusters: BTreeMap<Cluster, usize> = BTreeMap::new();
        for cluster in &question.clusters {
            clusters.insert(*cluster, 0);
        }
        for (place, at) in clusters.values_mut().enumerate() {
            *at = place;
        }
        let mut points: Vec<(i32, i32)> = clusters.keys().map(|(unit, point, _)| (*unit, *point)).collect();
        let strata: Vec<usize> = {
            let of_clusters = points.clone();
            points.dedup();
            of_clusters.iter().map(|point| points.partition_point(|known| known < point)).collect()
        };
        let mut cells: Vec<Cell> = Vec::new();
        let mut sums = Vec::new();
        let mut of_groups = Vec::new();
        let mut behind = Vec::new();
        for (group, option) in shown.iter().enumerate() {
            let of_group = option.sums(&reading.rows.ground).cell_shares(weights);
            let mut place = |cell: &Cell| {
                cells.iter().position(|known| known == cell).unwrap_or_else(|| {
                    cells.push(cell.clone());
                    cells.len() - 1
                })
            };
            let shares = of_group.iter().map(|(_, share)| *share);
            behind.push(behind_of(option, &of_group, &shares.collect::<Vec<_>>()));
            of_groups.push(of_group.iter().map(|(cell, share)| (place(cell), *share)).collect::<Vec<_>>());
            for (cluster, cell, raw) in option.pieces() {
                let (satisfied, answers) = (raw.y as f64, raw.m as f64);
                sums.push(GroupSums { group, cell: place(cell), cluster: clusters[&cluster], satisfied, answers });
            }
        }
        let Some(behind) = behind.into_iter().collect::<Option<Vec<Behind>>>() else { continue };
        for pair in differences(&strata, &sums, &of_groups).unwrap_or_default() {
            let pair = pair.held_back(&behind);
            let of = |place: usize| shown[place].option.to_owned();
            let Some(interval) = pair.difference.interval(Confidence::NINETY_FIVE) else { continue };
            let told = GroupDifference {
                question: question.id.to_owned(),
                questionnaire: question.only_here.clone(),
                options: (of(pair.groups.0), of(pair.groups.1)),
                rates: pair.rates,
                difference: pair.difference.difference,
                interval,
                p_holm: 1.0,
                may_be_judged: pair.may_be_judged(&behind),
            };
            // What is not judged is no test, and makes no other less sure.
            let p = pair.difference.p_two_sided().filter(|_| told.may_be_judged);
            found.push((told, p));
        }
    }
    let p_values: Vec<Option<f64>> = found.iter().map(|(_, p)| *p).collect();
    let corrected = holm(&p_values);
    let found = found.into_iter().zip(corrected);
    found.map(|((told, _), p)| GroupDifference { p_holm: p.unwrap_or(1.0), ..told }).collect()
}
