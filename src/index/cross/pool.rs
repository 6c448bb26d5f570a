//! Groups of fewer than ten sheets taken together with others, so that every group that is named has ten or more.

use crate::index::result::SHOWN_FROM;

/// The most groups of a variable: those beyond go together, the smallest first.
pub const MOST_GROUPS: usize = 14;

/// Whether groups stand in an order, so that only neighbours go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// They do.
    Ordered,
    /// They do not.
    Free,
}

/// Groups after pooling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pooled {
    /// The groups that each holds, by their places before; the blank one last, where it stands alone.
    pub groups: Vec<Vec<usize>>,
    /// Whether the last group are blanks and nothing else.
    pub blank: bool,
}

impl Pooled {
    /// The place of every group before among those after; none of those without sheets.
    pub fn places(&self, before: usize) -> Vec<Option<usize>> {
        (0..before).map(|group| self.groups.iter().position(|known| known.contains(&group))).collect()
    }
}

/// Pools groups of so many sheets each; the last of them are blanks. None where fewer than two groups of answers are left.
pub fn pooled(sheets: &[u64], order: Order) -> Option<Pooled> {
    let (blanks, answers) = sheets.split_last()?;
    let blank = sheets.len() - 1;
    let mut groups: Vec<(Vec<usize>, u64)> = answers
        .iter()
        .enumerate()
        .filter(|(_, sheets)| **sheets > 0)
        .map(|(group, sheets)| (vec![group], *sheets))
        .collect();
    while groups.len() > 1 {
        let (smallest, few) =
            groups.iter().enumerate().map(|(place, (_, sheets))| (place, *sheets)).min_by_key(|(_, sheets)| *sheets)?;
        if few >= SHOWN_FROM && groups.len() <= MOST_GROUPS {
            break;
        }
        let near = |place: &usize| order == Order::Free || place.abs_diff(smallest) == 1;
        let others = (0..groups.len()).filter(|place| *place != smallest).filter(near);
        let other = others.min_by_key(|place| groups[*place].1)?;
        let (joining, sheets) = groups.remove(smallest.max(other));
        let into = &mut groups[smallest.min(other)];
        into.0.extend(joining);
        into.0.sort_unstable();
        into.1 += sheets;
    }
    // Few blanks would be what is missing of the whole.
    let alone = *blanks >= SHOWN_FROM;
    if *blanks > 0 && !alone {
        groups.iter_mut().min_by_key(|(_, sheets)| *sheets)?.0.push(blank);
    }
    if groups.len() < 2 {
        return None;
    }
    let mut groups: Vec<Vec<usize>> = groups.into_iter().map(|(group, _)| group).collect();
    if alone {
        groups.push(vec![blank]);
    }
    Some(Pooled { groups, blank: alone })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(sheets: &[u64], order: Order) -> Vec<Vec<usize>> {
        pooled(sheets, order).map(|pooled| pooled.groups).unwrap_or_default()
    }

    #[test]
    fn small_groups_go_together_and_neighbours_where_there_is_an_order() {
        assert_eq!(groups(&[3, 50, 4, 30, 0], Order::Free), [vec![0, 2, 3], vec![1]], "seven are few still");
        assert_eq!(groups(&[3, 50, 8, 30, 0], Order::Free), [vec![0, 2], vec![1], vec![3]]);
        assert_eq!(groups(&[3, 8, 4, 30, 70, 0], Order::Ordered), [vec![0, 1, 2], vec![3], vec![4]]);
    }

    #[test]
    fn blanks_stand_alone_or_with_the_smallest_and_a_lone_group_is_no_variable() {
        assert_eq!(groups(&[20, 30, 12], Order::Free), [vec![0], vec![1], vec![2]]);
        assert_eq!(groups(&[20, 30, 2], Order::Free), [vec![0, 2], vec![1]]);
        assert_eq!(pooled(&[20, 3, 40], Order::Free), None);
        assert_eq!(pooled(&[20, 0, 0], Order::Free), None);
    }
}
