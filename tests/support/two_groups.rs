//! Simulated studies of two groups of people who were asked on the same days at the same points and do not differ: how often are they told apart?

use std::collections::BTreeMap;

use sipas::stats::group_differences::{Behind, GroupSums, Pair, group_differences};
use sipas::stats::{CellSums, DayCluster, variance_of_people};

use crate::studies::Draws;

/// How a study is laid out.
#[derive(Debug, Clone)]
pub struct TwoGroups {
    pub points: u32,
    pub days: u32,
    /// People of each group in each cell; cells weigh alike.
    pub people: [Vec<u32>; 2],
    /// On so many of the days of a point the second group comes.
    pub second_comes: u32,
    /// The first days of a point have so many times the people of the others.
    pub crowded: u32,
    pub rate: f64,
    pub person_icc: f64,
    pub day_icc: f64,
    /// Whether a good day is good for both groups.
    pub shared_days: bool,
    /// Fewest and most answers of a person.
    pub items: (u32, u32),
}

impl TwoGroups {
    /// One study: the pair as the days alone say it, and what stands behind each group.
    pub fn study(&self, draws: &mut Draws) -> Option<(Pair, [Behind; 2])> {
        let clusters = self.points * self.days;
        let rates: Vec<[f64; 2]> = (0..clusters)
            .map(|_| {
                let first = draws.beta(self.rate, self.day_icc);
                [first, if self.shared_days { first } else { draws.beta(self.rate, self.day_icc) }]
            })
            .collect();
        let cells = self.people[0].len();
        let mut sums: BTreeMap<(usize, u32, usize), CellSums> = BTreeMap::new();
        for (group, people) in self.people.iter().enumerate() {
            let days = if group == 1 { self.second_comes } else { self.days };
            for (cell, people) in people.iter().enumerate() {
                for _ in 0..*people {
                    let point = draws.below(self.points);
                    let place = draws.below(days * (1 + self.crowded));
                    // A tenth of the days, one at least, is crowded.
                    let day = if place < days { place } else { place % (days / 10).max(1) };
                    let cluster = point * self.days + day;
                    let rate = rates[cluster as usize][group];
                    let mood = draws.happens(rate);
                    let answers = self.items.0 + draws.below(self.items.1 - self.items.0 + 1);
                    let follows = self.person_icc.sqrt();
                    let satisfied = (0..answers)
                        .filter(|_| if draws.happens(follows) { mood } else { draws.happens(rate) })
                        .count();
                    let (y, m) = (satisfied as u64, u64::from(answers));
                    let own = sums.entry((group, cluster, cell)).or_insert(CellSums { cell, ..CellSums::default() });
                    own.respondents += 1;
                    (own.y, own.m) = (own.y + y, own.m + m);
                    (own.yy, own.ym, own.mm) = (own.yy + y * y, own.ym + y * m, own.mm + m * m);
                }
            }
        }
        let mut asked: Vec<u32> = sums.keys().map(|(_, cluster, _)| *cluster).collect();
        asked.sort_unstable();
        asked.dedup();
        let strata: Vec<usize> = asked.iter().map(|cluster| (cluster / self.days) as usize).collect();
        let place = |cluster: u32| asked.partition_point(|known| *known < cluster);
        let of_groups: Vec<GroupSums> = sums
            .iter()
            .map(|((group, cluster, cell), own)| GroupSums {
                group: *group,
                cell: *cell,
                cluster: place(*cluster),
                satisfied: own.y as f64,
                answers: own.m as f64,
            })
            .collect();
        let alike: Vec<(usize, f64)> = (0..cells).map(|cell| (cell, 1.0 / cells as f64)).collect();
        let pair = *group_differences(&strata, &of_groups, &[alike.clone(), alike])?.first()?;
        let behind = |group: usize| {
            let mut days: BTreeMap<u32, Vec<CellSums>> = BTreeMap::new();
            for ((_, cluster, _), own) in sums.iter().filter(|((of, ..), _)| *of == group) {
                days.entry(*cluster).or_default().push(*own);
            }
            let mut points: Vec<u32> = days.keys().map(|cluster| cluster / self.days).collect();
            points.dedup();
            let people = days.values().flatten().map(|own| own.respondents).sum();
            let answers: Vec<f64> = (0..cells)
                .map(|cell| days.values().flatten().filter(|own| own.cell == cell).map(|own| own.m as f64).sum())
                .collect();
            let part = |own: &CellSums| own.m as f64 / answers[own.cell] / cells as f64;
            let squares: f64 = days.values().map(|own| own.iter().map(part).sum::<f64>().powi(2)).sum();
            let days: Vec<DayCluster> = days.into_values().map(|cells| DayCluster { stratum: 0, cells }).collect();
            let variance_of_people = variance_of_people(&vec![1.0; cells], &days)?;
            let effective_clusters = 1.0 / squares;
            Some(Behind { people, clusters: days.len(), strata: points.len(), effective_clusters, variance_of_people })
        };
        Some((pair, [behind(0)?, behind(1)?]))
    }
}
