//! Which tables of several variables may stand beside each other. Where groups of one variable are, taken together, groups of another (the schools
//! are the field of education), a table of the one with a third variable has the same sums as a table of the other with it: what one hides
//! the other would give back. Of such tables one stays, that of the finer groups.

use std::collections::BTreeSet;

/// Whether groups of one variable are, taken together, groups of another, by the sheets of each cell, row by row: whether the cells that hold
/// sheets fall into parts that share no row and no column.
pub fn tied(has_sheets: &[bool], width: usize) -> bool {
    let height = has_sheets.len() / width.max(1);
    let cells = || (0..has_sheets.len()).filter(|cell| has_sheets[*cell]).map(|cell| (cell / width, cell % width));
    let mut part: Vec<usize> = (0..height + width).collect();
    // As often as there are lines, the lower number goes through every cell: few groups, so nothing cleverer.
    for _ in 0..height + width {
        for (row, column) in cells() {
            let lower = part[row].min(part[height + column]);
            (part[row], part[height + column]) = (lower, lower);
        }
    }
    let parts: BTreeSet<usize> = cells().map(|(row, _)| part[row]).collect();
    parts.len() > 1
}

/// The pairs of variables, the lower place first, of which tables may stand beside each other: of two pairs that are the same or tied on either
/// side one stays. `groups` has the number of groups of each variable.
pub fn beside_each_other(groups: &[usize], tied: impl Fn(usize, usize) -> bool) -> BTreeSet<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> =
        (0..groups.len()).flat_map(|first| (first + 1..groups.len()).map(move |second| (first, second))).collect();
    // The finer first: what is left out can be added up from it.
    pairs.sort_by_key(|(first, second)| (std::cmp::Reverse(groups[*first] + groups[*second]), *first, *second));
    let alike = |one: usize, other: usize| one == other || tied(one.min(other), one.max(other));
    let mut stay: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (first, second) in pairs {
        let repeats = |known: &(usize, usize)| {
            (alike(first, known.0) && alike(second, known.1)) || (alike(first, known.1) && alike(second, known.0))
        };
        if !stay.iter().any(repeats) {
            stay.insert((first, second));
        }
    }
    stay
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::cross::hidden_cells;

    #[test]
    fn offices_that_are_fields_are_tied_and_their_tables_solve_each_other() {
        // A health station, two schools and a one-stop office; health, education, land and justice.
        let sheets = [44, 0, 0, 0, 0, 37, 0, 0, 0, 65, 0, 0, 0, 0, 50, 80_u64];
        assert!(tied(&sheets.map(|sheets| sheets > 0), 4));
        // One sheet of the station about land, and every office stands in one part.
        let mut mixed = sheets.map(|sheets| sheets > 0);
        mixed[2] = true;
        mixed[9] = true;
        mixed[13] = true;
        assert!(!tied(&mixed, 4));
        // Men and women by office and by field: each table hides the four men of the station in its own way, and both together do not. Men are
        // 4 + 12 + 30 + 60 = 106 in the one and 4 + 42 + 20 + 40 in the other.
        let by_office = hidden_cells(&[4, 12, 30, 60, 40, 25, 35, 70], 4);
        let by_field = hidden_cells(&[4, 42, 20, 40, 40, 60, 30, 40], 4);
        assert!(by_office[0] && by_field[0]);
        let (one_stop, education) = ((!by_office[3]).then_some(60), (!by_field[1]).then_some(42));
        assert_eq!((one_stop, education), (Some(60), Some(42)), "106 − 60 − 42 = 4");
        // So one of the two stays, beside the table of both.
        let stay = beside_each_other(&[4, 4, 2], |one, other| (one, other) == (0, 1));
        assert_eq!(stay, BTreeSet::from([(0, 1), (0, 2)]));
    }

    #[test]
    fn of_tied_variables_the_finer_is_told_and_free_ones_are_all_told() {
        assert_eq!(beside_each_other(&[2, 3, 4], |_, _| false).len(), 3);
        // The second is the finer: it is told with the third and the fourth.
        let stay = beside_each_other(&[2, 5, 3, 3], |one, other| (one, other) == (0, 1));
        assert_eq!(stay, BTreeSet::from([(0, 1), (1, 2), (1, 3), (2, 3)]));
        // Two ties: 0 with 1, 2 with 3. A table of 0 and 2 would have the sums of one of 1 and 3.
        let ties = |one: usize, other: usize| matches!((one, other), (0, 1) | (2, 3));
        let stay = beside_each_other(&[2, 2, 2, 2], ties);
        assert_eq!(stay, BTreeSet::from([(0, 1), (0, 2), (2, 3)]));
    }
}
