//! Which shares of releases the figures of single offices count. The figures of the whole count releases; those of an office
//! count its share of many releases at once, a part. Parts and releases overlap, so parts are chosen such that no sum or
//! difference of releases and parts, with whatever coefficients, rests on one to nine sheets.
//!
//! Why it holds: let J be a union of parts. Of each release either its share in J or the rest of it remains in a combination, so
//! at least the smaller of both; m(J) is the sum of that over all releases. A combination that gives parts different
//! coefficients leaves at least m(J) sheets for one of their classes J; where m(J) is 0 for all classes it leaves whole
//! releases. So it is enough that m(J) is 0, or ten or more, for every union J. A batch of releases is divided once, and
//! what no part of it holds is never divided later, so sheets of different batches only add up.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;

use super::release::LEAST;

/// Parts of one batch, at most: all their unions are looked at.
const PARTS_MAX: usize = 12;

/// A release that is not yet divided.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its number.
    pub release: i32,
    /// Sheets of each unit.
    pub sheets: BTreeMap<i32, u64>,
}

/// What figures of a unit, and of those above it, count together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The unit.
    pub scope: i32,
    /// Release and unit of each share.
    pub shares: Vec<(i32, i32)>,
}

/// How releases are divided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Division {
    pub parts: Vec<Part>,
    /// Releases that are never divided again.
    pub settled: Vec<i32>,
}

/// Divides releases of one pool by the units under `root`. Units with few sheets are taken together with the unit above them;
/// those right under the root, with each other: only the whole counts them. Releases that cannot be divided yet wait.
pub fn divide(releases: &[Whole], root: i32, parents: &HashMap<i32, i32, impl BuildHasher>) -> Division {
    let mut division = Division::default();
    let mut mixed = Vec::new();
    for whole in releases {
        let units: Vec<i32> = whole.sheets.keys().copied().collect();
        match units[..] {
            [] => division.settled.push(whole.release),
            [unit] => {
                division.settled.push(whole.release);
                if unit != root {
                    division.parts.push(Part { scope: unit, shares: vec![(whole.release, unit)] });
                }
            }
            _ => mixed.push(whole),
        }
    }
    let units: BTreeSet<i32> = mixed.iter().flat_map(|whole| whole.sheets.keys().copied()).collect();
    let mut scopes: BTreeMap<i32, i32> = units.into_iter().map(|unit| (unit, unit)).collect();
    loop {
        let groups = groups(&mixed, &scopes, root);
        let Some((smallest, _)) = groups.iter().min_by_key(|(scope, sheets)| (**sheets, **scope)) else { break };
        let named: Vec<i32> = groups.keys().copied().collect();
        if groups.len() <= PARTS_MAX && is_sound(&mixed, &scopes, &named) {
            for scope in named {
                let of_scope = mixed.iter().flat_map(|whole| whole.sheets.keys().map(|unit| (whole.release, *unit)));
                let shares = of_scope.filter(|(_, unit)| scopes[unit] == scope).collect();
                division.parts.push(Part { scope, shares });
            }
            division.settled.extend(mixed.iter().map(|whole| whole.release));
            break;
        }
        // A unit whose smaller ones were taken together gets more of them before it goes up itself.
        let under = groups.iter().filter(|(scope, _)| *scope != smallest && is_under(**scope, *smallest, parents));
        let smallest = under.min_by_key(|(scope, sheets)| (**sheets, **scope)).map_or(*smallest, |(scope, _)| *scope);
        let above = parents.get(&smallest).copied().unwrap_or(root);
        scopes.values_mut().filter(|scope| **scope == smallest).for_each(|scope| *scope = above);
    }
    division
}

fn is_under(unit: i32, above: i32, parents: &HashMap<i32, i32, impl BuildHasher>) -> bool {
    std::iter::successors(Some(unit), |unit| parents.get(unit).copied()).any(|unit| unit == above)
}

/// Sheets of every scope but the root.
fn groups(mixed: &[&Whole], scopes: &BTreeMap<i32, i32>, root: i32) -> BTreeMap<i32, u64> {
    let mut groups = BTreeMap::new();
    for (unit, sheets) in mixed.iter().flat_map(|whole| &whole.sheets) {
        if scopes[unit] != root {
            *groups.entry(scopes[unit]).or_default() += sheets;
        }
    }
    groups
}

/// In place of a group: everybody who is of no group that is told.
pub const OF_NO_GROUP: i32 = 0;

/// Whether figures of groups of respondents may be told beside those of whole releases: `releases` has the sheets of each group, and of
/// [`OF_NO_GROUP`] those of everybody else. No sum or difference of groups and releases then rests on one to nine sheets.
pub fn may_tell_groups(releases: &[Whole]) -> bool {
    let groups: BTreeSet<i32> = releases.iter().flat_map(|whole| whole.sheets.keys().copied()).collect();
    let scopes: BTreeMap<i32, i32> = groups.iter().map(|group| (*group, *group)).collect();
    let told: Vec<i32> = groups.into_iter().filter(|group| *group != OF_NO_GROUP).collect();
    let all: Vec<&Whole> = releases.iter().collect();
    told.len() <= PARTS_MAX && is_sound(&all, &scopes, &told)
}

/// Whether m(J) is 0 or ten or more for every union of parts.
fn is_sound(mixed: &[&Whole], scopes: &BTreeMap<i32, i32>, parts: &[i32]) -> bool {
    let unions = 1_usize << parts.len();
    let mut remaining = vec![0_u64; unions];
    let mut inside = vec![0_u64; unions];
    for whole in mixed {
        let mut of_part = vec![0_u64; parts.len()];
        for (unit, sheets) in &whole.sheets {
            if let Ok(part) = parts.binary_search(&scopes[unit]) {
                of_part[part] += sheets;
            }
        }
        let all: u64 = whole.sheets.values().sum();
        for union in 1..unions {
            // The union without its first part was looked at before.
            inside[union] = inside[union & (union - 1)] + of_part[union.trailing_zeros() as usize];
            remaining[union] += inside[union].min(all - inside[union]);
        }
    }
    remaining[1..].iter().all(|sheets| *sheets == 0 || *sheets >= LEAST as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ward (1) with offices 2, 3, 4; desks 5 and 6 are of office 2.
    fn divided(releases: &[&[(i32, u64)]]) -> (Vec<(i32, u64)>, usize) {
        let parents = HashMap::from([(2, 1), (3, 1), (4, 1), (5, 2), (6, 2)]);
        let releases: Vec<Whole> = (1..)
            .zip(releases)
            .map(|(release, sheets)| Whole { release, sheets: sheets.iter().copied().collect() })
            .collect();
        let division = divide(&releases, 1, &parents);
        let sheets = |release: i32, unit: i32| {
            releases.iter().find(|whole| whole.release == release).map_or(0, |whole| whole.sheets[&unit])
        };
        let parts = division
            .parts
            .iter()
            .map(|part| (part.scope, part.shares.iter().map(|(release, unit)| sheets(*release, *unit)).sum::<u64>()));
        (parts.collect(), division.settled.len())
    }

    #[test]
    fn a_release_of_one_office_is_its_own_at_once() {
        assert_eq!(divided(&[&[(3, 10)], &[(3, 9), (4, 1)]]), (vec![(3, 10)], 1));
    }

    #[test]
    fn groups_are_told_only_where_no_release_that_is_voided_leaves_a_few_of_them() {
        let whole = |release, sheets: &[(i32, u64)]| Whole { release, sheets: sheets.iter().copied().collect() };
        let mixed = |release| whole(release, &[(1, 5), (2, 4), (OF_NO_GROUP, 1)]);
        let ten: Vec<Whole> = (0..10).map(mixed).collect();
        assert!(may_tell_groups(&ten));
        assert!(!may_tell_groups(&ten[..9]), "nine who left the question blank would remain of all less both groups");
        // Of twelve who left it blank ten stand in one release: once that is voided, all less both groups are the other two.
        let alone = [whole(1, &[(OF_NO_GROUP, 10)]), whole(2, &[(1, 10), (2, 9), (OF_NO_GROUP, 2)])];
        assert!(!may_tell_groups(&alone));
        assert!(may_tell_groups(&alone[..1]));
    }

    #[test]
    fn shares_wait_until_ten_of_each_side_are_mixed() {
        // Of each release the smaller share: 2 + 2 + 2 + 3 = 9, then one more.
        let four: [&[(i32, u64)]; 4] = [&[(3, 8), (4, 2)], &[(3, 8), (4, 2)], &[(3, 8), (4, 2)], &[(3, 7), (4, 3)]];
        assert_eq!(divided(&four), (vec![], 0));
        let mut five = four.to_vec();
        five.push(&[(3, 9), (4, 1)]);
        assert_eq!(divided(&five), (vec![(3, 40), (4, 10)], 5));
    }

    #[test]
    fn a_small_office_takes_the_next_smallest_with_it() {
        let releases: [&[(i32, u64)]; 2] = [&[(2, 10), (3, 8), (4, 5)], &[(2, 12), (3, 6), (4, 5)]];
        assert_eq!(divided(&releases), (vec![(2, 22), (3, 14), (4, 10)], 2));
        // Office 4 has 3 + 4: the releases less offices 2 and 3 would be these seven.
        let releases: [&[(i32, u64)]; 2] = [&[(2, 10), (3, 8), (4, 3)], &[(2, 12), (3, 6), (4, 4)]];
        assert_eq!(divided(&releases), (vec![(2, 22)], 2));
    }

    #[test]
    fn small_desks_go_with_their_office() {
        let releases: [&[(i32, u64)]; 2] = [&[(5, 5), (6, 5), (3, 10)], &[(5, 4), (6, 4), (3, 12)]];
        assert_eq!(divided(&releases), (vec![(2, 18), (3, 22)], 2));
    }
}
