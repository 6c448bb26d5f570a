//! Which of several parts of one shown whole are hidden because too few people stand behind them.

use super::result::SHOWN_FROM;

/// For the respondents of each part of a shown whole: whether the part is hidden.
///
/// A part with fewer than [`SHOWN_FROM`] respondents is hidden. Subtraction from the whole gives what all hidden parts
/// hold together; so while that is one part, or fewer than [`SHOWN_FROM`] respondents in all, the smallest shown part is
/// hidden with them.
pub fn complementary(respondents: &[u64]) -> Vec<bool> {
    complementary_beside(respondents, &[])
}

/// [`complementary`] where some parts, by their place, are hidden for another reason.
pub fn complementary_beside(respondents: &[u64], anyway: &[bool]) -> Vec<bool> {
    let few = |place: usize| anyway.get(place).copied().unwrap_or(false);
    let mut hidden: Vec<bool> =
        respondents.iter().enumerate().map(|(place, &respondents)| respondents < SHOWN_FROM || few(place)).collect();
    loop {
        let peopled = respondents.iter().zip(&hidden).filter(|(respondents, hidden)| **hidden && **respondents > 0);
        let (parts, people) =
            peopled.fold((0, 0), |(parts, people), (respondents, _)| (parts + 1, people + respondents));
        if parts == 0 || (parts > 1 && people >= SHOWN_FROM) {
            return hidden;
        }
        let shown = respondents.iter().enumerate().filter(|(place, _)| !hidden[*place]);
        match shown.min_by_key(|(_, respondents)| **respondents) {
            Some((place, _)) => hidden[place] = true,
            None => return hidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_small_part_takes_the_next_smallest_with_it() {
        assert_eq!(complementary(&[100, 9, 50]), [false, true, true]);
    }

    #[test]
    fn two_small_parts_cover_each_other() {
        assert_eq!(complementary(&[100, 9, 5]), [false, true, true]);
    }

    #[test]
    fn two_small_parts_that_are_few_together_take_a_third() {
        assert_eq!(complementary(&[100, 3, 5, 50]), [false, true, true, true]);
    }

    #[test]
    fn a_part_that_is_hidden_anyway_takes_the_next_smallest_with_it() {
        assert_eq!(complementary_beside(&[100, 90, 50], &[true, false, false]), [true, false, true]);
        assert_eq!(complementary_beside(&[100, 90, 50], &[true, true, false]), [true, true, false]);
    }

    #[test]
    fn an_empty_part_gives_nobody_away() {
        assert_eq!(complementary(&[100, 0, 50]), [false, true, false]);
    }
}
