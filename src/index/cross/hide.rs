//! Which cells of a table of counts are hidden, where every sum of a row and of a column is known: those of one to nine sheets, and as many others
//! as it takes that no sums and differences of what is shown leave one to nine sheets.

use std::collections::BTreeSet;

use crate::index::result::SHOWN_FROM;

/// Which cells are hidden, row by row. Groups of fewer than ten are put together before: no hiding helps where a whole row or column is one to
/// nine sheets.
pub fn hidden_cells(counts: &[u64], width: usize) -> Vec<bool> {
    let mut hidden: Vec<bool> = counts.iter().map(|count| (1..SHOWN_FROM).contains(count)).collect();
    while let Some(lines) = given_away(counts, width, &hidden) {
        let region = |cell: usize| {
            let (row, column) = (cell / width, cell % width);
            lines.0.contains(&row) != lines.1.contains(&column)
        };
        // The smallest that is shown goes with them, from where it adds to what is left; an empty one would add nothing.
        let shown = |cell: &usize| !hidden[*cell] && counts[*cell] > 0;
        let fitting = (0..counts.len()).filter(|cell| shown(cell) && region(*cell));
        let next = fitting.min_by_key(|cell| (counts[*cell], *cell));
        match next.or_else(|| (0..counts.len()).filter(shown).min_by_key(|cell| (counts[*cell], *cell))) {
            Some(cell) => hidden[cell] = true,
            None => return vec![true; counts.len()],
        }
    }
    hidden
}

/// Rows and columns of which the sums, taken from each other, leave the sheets of hidden cells of one to nine.
///
/// The sums of rows R less those of columns C leave the hidden cells of R outside C, where no hidden cell of C is outside R. Columns with a hidden
/// cell outside R cannot be taken off, so theirs stay; of the others any may be taken off or left. The fewest are left with all of them taken
/// off, or, where nothing stays then, with all but one. So it is enough to look at every choice of rows, or of columns where they are fewer.
fn given_away(counts: &[u64], width: usize, hidden: &[bool]) -> Option<(BTreeSet<usize>, BTreeSet<usize>)> {
    let height = counts.len() / width.max(1);
    if height <= width {
        return given_away_by_rows(height, width, &|row, column| {
            hidden[row * width + column].then_some(counts[row * width + column])
        });
    }
    let turned = |column: usize, row: usize| hidden[row * width + column].then_some(counts[row * width + column]);
    given_away_by_rows(width, height, &turned).map(|(columns, rows)| (rows, columns))
}

fn given_away_by_rows(
    height: usize,
    width: usize,
    hidden: &dyn Fn(usize, usize) -> Option<u64>,
) -> Option<(BTreeSet<usize>, BTreeSet<usize>)> {
    let open: Vec<usize> = (0..height).filter(|row| (0..width).any(|column| hidden(*row, column).is_some())).collect();
    for choice in 1_u32..1 << open.len().min(20) {
        let chosen =
            |row: usize| open.iter().position(|known| *known == row).is_some_and(|place| choice & (1 << place) != 0);
        let sheets =
            |column: usize| open.iter().filter(|row| chosen(**row)).filter_map(|row| hidden(*row, column)).sum();
        let (mut stays, mut taken_off): (u64, BTreeSet<usize>) = (0, BTreeSet::new());
        let mut fewest: Option<(u64, usize)> = None;
        for column in (0..width).filter(|column| (0..height).any(|row| hidden(row, *column).is_some())) {
            let of_column: u64 = sheets(column);
            if (0..height).all(|row| chosen(row) || hidden(row, column).is_none()) {
                taken_off.insert(column);
                if of_column > 0 && fewest.is_none_or(|(least, _)| of_column < least) {
                    fewest = Some((of_column, column));
                }
            } else {
                stays += of_column;
            }
        }
        let left = match fewest {
            Some((least, column)) if stays == 0 => {
                taken_off.remove(&column);
                least
            }
            _ => stays,
        };
        if (1..SHOWN_FROM).contains(&left) {
            return Some((open.iter().copied().filter(|row| chosen(*row)).collect(), taken_off));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether sums of what is shown leave one to nine sheets of what is hidden.
    fn gives_away(counts: &[u64], width: usize, hidden: &[bool]) -> bool {
        given_away(counts, width, hidden).is_some()
    }

    #[test]
    fn a_small_cell_takes_three_others_along() {
        // By hand: 4 is hidden; its row and column would give it back, so 12 and 30 go, and 50, which they would give back.
        assert_eq!(hidden_cells(&[4, 30, 12, 50], 2), [true; 4]);
        // What is empty gives nobody away.
        assert_eq!(hidden_cells(&[0, 30, 12, 50], 2), [false; 4]);
    }

    #[test]
    fn two_small_cells_of_fewer_than_ten_take_others_along() {
        let counts = [3, 4, 40, 5, 30, 50, 20, 60, 70];
        let hidden = hidden_cells(&counts, 3);
        assert!(!gives_away(&counts, 3, &hidden) && hidden[0] && hidden[1] && hidden[3]);
        assert!(hidden.iter().any(|hidden| !hidden), "not all of it: {hidden:?}");
    }

    /// What sums of whole rows and columns, added and taken from each other by one of −1, 0, 1 each, leave of the hidden cells: found by trying all.
    fn leaves_few(counts: &[u64], width: usize, hidden: &[bool]) -> bool {
        let height = counts.len() / width;
        let lines = height + width;
        (0..3_u32.pow(u32::try_from(lines).expect("few"))).any(|number| {
            let factor = |line: usize| i64::from(number / 3_u32.pow(u32::try_from(line).expect("few")) % 3) - 1;
            let of = |cell: usize| factor(cell / width) + factor(height + cell % width);
            let used: Vec<i64> = (0..counts.len()).filter(|cell| hidden[*cell]).map(of).collect();
            let sheets: u64 =
                (0..counts.len()).filter(|cell| hidden[*cell] && of(*cell) != 0).map(|cell| counts[cell]).sum();
            // A figure over a set of sheets counts each of them once.
            used.iter().all(|of| (0..=1).contains(of)) && (1..SHOWN_FROM).contains(&sheets)
        })
    }

    #[test]
    fn no_sums_of_rows_and_columns_leave_one_to_nine() {
        // Every table of a seeded stream of small ones, against trying all sums.
        let mut state = 20_260_301_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut partly = 0;
        for _ in 0..300 {
            let counts: Vec<u64> = (0..12).map(|_| if next(3) == 0 { next(12) } else { next(60) }).collect();
            let lines = (0..3).map(|row| counts[row * 4..row * 4 + 4].iter().sum::<u64>());
            let lines = lines.chain((0..4).map(|column| counts.iter().skip(column).step_by(4).sum::<u64>()));
            if lines.into_iter().any(|sum| (1..SHOWN_FROM).contains(&sum)) {
                continue;
            }
            let hidden = hidden_cells(&counts, 4);
            assert!(!leaves_few(&counts, 4, &hidden), "{counts:?} {hidden:?}");
            let primary: Vec<bool> = counts.iter().map(|count| (1..SHOWN_FROM).contains(count)).collect();
            assert_eq!(gives_away(&counts, 4, &primary), leaves_few(&counts, 4, &primary), "{counts:?}");
            partly += usize::from(hidden.iter().any(|hidden| *hidden) && !hidden.iter().all(|hidden| *hidden));
        }
        assert!(partly > 30, "a table is more than hidden or not: {partly}");
    }
}
