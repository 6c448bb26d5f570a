//! Which of several parts of one shown whole are hidden because too few people stand behind them.

use super::result::SHOWN_FROM;

/// For the respondents of each part of a shown whole: whether the part is hidden.
///
/// A part with fewer than [`SHOWN_FROM`] respondents is hidden. Where that would leave exactly one hidden part with
/// anybody in it, subtraction from the whole would recover it, so the smallest other part is hidden with it.
pub fn complemented(respondents: &[u64]) -> Vec<bool> {
    let mut hidden: Vec<bool> = respondents.iter().map(|&respondents| respondents < SHOWN_FROM).collect();
    let peopled = respondents.iter().zip(&hidden).filter(|(respondents, hidden)| **hidden && **respondents > 0);
    if peopled.count() == 1 {
        let shown = respondents.iter().enumerate().filter(|(place, _)| !hidden[*place]);
        if let Some((place, _)) = shown.min_by_key(|(_, respondents)| **respondents) {
            hidden[place] = true;
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_small_part_takes_the_next_smallest_with_it() {
        assert_eq!(complemented(&[100, 9, 50]), [false, true, true]);
    }

    #[test]
    fn two_small_parts_cover_each_other() {
        assert_eq!(complemented(&[100, 9, 5]), [false, true, true]);
    }

    #[test]
    fn an_empty_part_gives_nobody_away() {
        assert_eq!(complemented(&[100, 0, 50]), [false, true, false]);
    }
}
