//! Which tables of several variables may stand beside each other. Where groups of one variable are, taken together, groups of another (the schools
//! are the field of education), a table of the one with a third variable shares sums with a table of the other with it: what one hides the other
//! would give back. Where they are so but for a few sheets, the sums differ by those few. Of such tables one stays.

use std::collections::{BTreeMap, BTreeSet};

use crate::index::result::SHOWN_FROM;

/// A variable as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// How many groups it has.
    pub groups: usize,
    /// Whether it says who answered, and not what they say of the service.
    pub of_people: bool,
}

/// Sheets of every two variables, the lower place first, row by row.
pub type Counts = BTreeMap<(usize, usize), Vec<u64>>;

/// The pairs of variables, the lower place first, of which tables may stand beside each other: of two that share sums, or all but a few sheets of
/// them, that of the most groups stays.
pub fn beside_each_other(sides: &[Side], counts: &Counts) -> BTreeSet<(usize, usize)> {
    let beside = Beside { sides, counts };
    let all = 0..sides.len();
    let tied: BTreeSet<(usize, usize)> = counts.keys().copied().filter(|pair| beside.share_sums(*pair)).collect();
    let alike = |one: usize, other: usize| one == other || tied.contains(&(one.min(other), one.max(other)));
    let mut pairs: Vec<(usize, usize)> = counts.keys().copied().collect();
    pairs.sort_by_key(|pair| (std::cmp::Reverse(beside.size(*pair)), *pair));
    let mut stay: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (first, second) in pairs {
        let repeats = |known: &(usize, usize)| {
            (alike(first, known.0) && alike(second, known.1)) || (alike(first, known.1) && alike(second, known.0))
        };
        if !stay.iter().any(repeats) {
            stay.insert((first, second));
        }
    }
    // Within one group of a third variable two may be tied though they are not among all: what is empty there is shown.
    for third in all.clone() {
        for (first, second) in all.clone().flat_map(|first| (first + 1..sides.len()).map(move |second| (first, second)))
        {
            let (one, other) = (pair(first, third), pair(second, third));
            if first == third || second == third || !stay.contains(&one) || !stay.contains(&other) {
                continue;
            }
            if (0..sides[third].groups).any(|group| beside.share_sums_within((first, second), (third, group))) {
                stay.remove(if beside.size(one) < beside.size(other) { &one } else { &other });
            }
        }
    }
    stay
}

fn pair(one: usize, other: usize) -> (usize, usize) {
    (one.min(other), one.max(other))
}

struct Beside<'a> {
    sides: &'a [Side],
    counts: &'a Counts,
}

impl Beside<'_> {
    fn size(&self, (first, second): (usize, usize)) -> usize {
        self.sides[first].groups + self.sides[second].groups
    }

    fn share_sums(&self, of: (usize, usize)) -> bool {
        let lines = (vec![true; self.sides[of.0].groups], vec![true; self.sides[of.1].groups]);
        self.are_too_near(of, &lines)
    }

    /// [`Self::share_sums`] of what may be in one group of a third variable.
    fn share_sums_within(&self, of: (usize, usize), (third, group): (usize, usize)) -> bool {
        let alive = |side: usize| -> Vec<bool> {
            (0..self.sides[side].groups).map(|own| self.count(side, own, (third, group)) > 0).collect()
        };
        self.are_too_near(of, &(alive(of.0), alive(of.1)))
    }

    fn count(&self, side: usize, own: usize, (third, group): (usize, usize)) -> u64 {
        let Some(counts) = self.counts.get(&pair(side, third)) else { return 0 };
        let (row, column) = if side < third { (own, group) } else { (group, own) };
        counts[row * self.sides[side.max(third)].groups + column]
    }

    fn are_too_near(&self, of: (usize, usize), lines: &(Vec<bool>, Vec<bool>)) -> bool {
        let Some(counts) = self.counts.get(&of) else { return false };
        // People who answer two questions alike are many and known by nothing; only where nobody differs are the sums the same.
        let few = if self.sides[of.0].of_people || self.sides[of.1].of_people { SHOWN_FROM } else { 1 };
        fewest_apart(counts, lines).is_some_and(|sheets| sheets < few)
    }
}

/// By how few sheets some groups of the rows, taken together, differ from some of the columns, among the lines that are looked at; 0 where they are
/// the same people. None where there are no two lines with sheets on either side.
fn fewest_apart(counts: &[u64], lines: &(Vec<bool>, Vec<bool>)) -> Option<u64> {
    let width = lines.1.len();
    let cell = |row: usize, column: usize| counts[row * width + column];
    let places = |alive: &[bool]| -> Vec<usize> { (0..alive.len()).filter(|place| alive[*place]).collect() };
    let (rows, columns) = (places(&lines.0), places(&lines.1));
    let rows_with: Vec<usize> =
        rows.iter().copied().filter(|row| columns.iter().any(|column| cell(*row, *column) > 0)).collect();
    let columns_with: Vec<usize> =
        columns.into_iter().filter(|column| rows_with.iter().any(|row| cell(*row, *column) > 0)).collect();
    if rows_with.len() < 2 || columns_with.len() < 2 {
        return None;
    }
    // Every choice of the fewer lines, with the best of the others to it.
    if rows_with.len() <= columns_with.len() {
        fewest(&rows_with, &columns_with, &cell)
    } else {
        fewest(&columns_with, &rows_with, &|column, row| cell(row, column))
    }
}

fn fewest(chosen: &[usize], others: &[usize], cell: &dyn Fn(usize, usize) -> u64) -> Option<u64> {
    // A choice and what it leaves differ from the others alike, so the last line is in none.
    (1_u32..1 << (chosen.len() - 1))
        .map(|choice| {
            let (mut apart, mut within, mut outside) = (0, 0, 0);
            let mut least = u64::MAX;
            for other in others {
                let (mut of_choice, mut rest) = (0, 0);
                for (place, line) in chosen.iter().enumerate() {
                    let sheets = cell(*line, *other);
                    if choice & (1 << place) == 0 { rest += sheets } else { of_choice += sheets }
                }
                apart += of_choice.min(rest);
                least = least.min(of_choice.abs_diff(rest));
                within += usize::from(of_choice > rest);
                outside += usize::from(of_choice < rest);
            }
            // All of the others, or none, is no choice of theirs: one must change sides.
            if within == others.len() || outside == others.len() { apart + least } else { apart }
        })
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::cross::hidden_cells;

    fn whole(counts: &[u64], width: usize) -> Option<u64> {
        fewest_apart(counts, &(vec![true; counts.len() / width], vec![true; width]))
    }

    fn people(groups: usize) -> Side {
        Side { groups, of_people: true }
    }

    /// Of variables without a tie every cell of which holds 20 sheets, but for the tables given.
    fn told(sides: &[Side], given: &[((usize, usize), Vec<u64>)]) -> BTreeSet<(usize, usize)> {
        let mut counts = Counts::new();
        for first in 0..sides.len() {
            for second in first + 1..sides.len() {
                counts.insert((first, second), vec![20; sides[first].groups * sides[second].groups]);
            }
        }
        counts.extend(given.iter().cloned());
        beside_each_other(sides, &counts)
    }

    /// A health station, two schools and a one-stop office; health, education, land and justice.
    const OFFICES_BY_FIELDS: [u64; 16] = [44, 0, 0, 0, 0, 37, 0, 0, 0, 65, 0, 0, 0, 0, 50, 80];

    #[test]
    fn offices_that_are_fields_are_tied_and_their_tables_solve_each_other() {
        assert_eq!(whole(&OFFICES_BY_FIELDS, 4), Some(0));
        // Men and women by office and by field: each table hides the four men of the station in its own way, and both together do not. Men are
        // 4 + 12 + 30 + 60 = 106 in the one and 4 + 42 + 20 + 40 in the other.
        let by_office = hidden_cells(&[4, 12, 30, 60, 40, 25, 35, 70], 4);
        let by_field = hidden_cells(&[4, 42, 20, 40, 40, 60, 30, 40], 4);
        assert!(by_office[0] && by_field[0]);
        let (one_stop, education) = ((!by_office[3]).then_some(60), (!by_field[1]).then_some(42));
        assert_eq!((one_stop, education), (Some(60), Some(42)), "106 − 60 − 42 = 4");
        // So one of the two stays, beside the table of both.
        let stay = told(&[people(4), people(4), people(2)], &[((0, 1), OFFICES_BY_FIELDS.to_vec())]);
        assert_eq!(stay, BTreeSet::from([(0, 1), (0, 2)]));
    }

    #[test]
    fn a_few_that_stray_are_not_told_by_the_difference_of_two_tables() {
        // Persons say whether they are men or women, organisations do not, but one: its answers would be the difference of "organisation" and "blank".
        let strayed = [110, 120, 0, 1, 0, 49];
        assert_eq!(whole(&strayed, 3), Some(1));
        let sides = [people(2), people(3), Side { groups: 3, of_people: false }];
        assert_eq!(told(&sides, &[((0, 1), strayed.to_vec())]), BTreeSet::from([(0, 1), (1, 2)]));
        // Ten that stray are as many as may be told apart.
        let many = [110, 120, 0, 10, 0, 49];
        assert_eq!(told(&sides, &[((0, 1), many.to_vec())]).len(), 3);
        // Of what is said of the service only the same people are the same sums.
        let said = [Side { of_people: false, ..people(2) }, Side { of_people: false, ..people(3) }, people(3)];
        assert_eq!(told(&said, &[((0, 1), strayed.to_vec())]).len(), 3);
        assert_eq!(told(&said, &[((0, 1), vec![110, 120, 0, 0, 0, 50])]).len(), 2);
    }

    #[test]
    fn two_that_are_tied_in_one_group_of_a_third_are_not_both_told_with_it() {
        // 150 of the first group of the third: all of a0 there are b0 and all of a1 are b2, because nobody else may be. So b2 there has 20 sheets,
        // and of the 28 of b2 the eight others are told, whom the table of b and c hides.
        let a_by_b = vec![59, 54, 0, 0, 43, 20, 37, 0, 8];
        let (a_by_c, b_by_c) = (vec![59, 54, 20, 43, 0, 45], vec![59, 37, 0, 97, 20, 8]);
        assert!(whole(&a_by_b, 3).is_some_and(|apart| apart >= SHOWN_FROM));
        assert!(hidden_cells(&a_by_c, 2).iter().all(|hidden| !hidden), "all are shown");
        assert!(hidden_cells(&b_by_c, 2)[5], "the eight are hidden");
        let given = [((0, 1), a_by_b), ((0, 2), a_by_c), ((1, 2), b_by_c)];
        assert_eq!(told(&[people(3), people(3), people(2)], &given).len(), 2);
    }

    #[test]
    fn of_tied_variables_that_of_more_groups_is_told_and_free_ones_are_all_told() {
        assert_eq!(told(&[people(2), people(3), people(4)], &[]).len(), 3);
        // Each group of the second is within one of the first.
        let tie = |lower: usize, upper: usize| {
            let cell = move |cell: usize| if cell % upper % lower == cell / upper { 20 } else { 0 };
            (0..lower * upper).map(cell).collect::<Vec<u64>>()
        };
        let stay = told(&[people(2), people(5), people(3), people(3)], &[((0, 1), tie(2, 5))]);
        assert_eq!(stay, BTreeSet::from([(0, 1), (1, 2), (1, 3), (2, 3)]));
        // Two ties: 0 with 1, 2 with 3. A table of 0 and 2 would have the sums of one of 1 and 3.
        let stay = told(&[people(2); 4], &[((0, 1), tie(2, 2)), ((2, 3), tie(2, 2))]);
        assert_eq!(stay, BTreeSet::from([(0, 1), (0, 2), (2, 3)]));
    }
}
