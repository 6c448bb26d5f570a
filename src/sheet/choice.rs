//! Answers that are no levels, counted: what a tally keeps of them, and of groups of respondents.

use super::tally::{Feed, Layout};

/// Numbers in a tally of a group of respondents: people with an answer that feeds the service index (of a questionnaire of policy the
/// policy index), Σy, Σm, Σy², Σym, Σm², y and m as at [`super::tally::Tally`].
pub const GROUP_NUMBERS: usize = 6;

impl Layout {
    /// Numbers that a tally keeps of questions that are no levels: first the counts of each, then those of the groups.
    pub fn choice_numbers(&self) -> usize {
        let counts: usize = self.further().iter().map(|shape| shape.numbers()).sum();
        counts + self.groups() * GROUP_NUMBERS
    }

    /// Groups of respondents whose figures are kept: the options of the demographic questions.
    pub fn groups(&self) -> usize {
        self.further().iter().take(self.demographics()).map(|shape| shape.numbers() - 1).sum()
    }

    /// Where the counts of a question begin among the numbers.
    pub fn counts_at(&self, question: usize) -> usize {
        self.further().iter().take(question).map(|shape| shape.numbers()).sum()
    }

    /// Where the numbers of a group begin: an option of a demographic question, both by their places.
    pub fn group_at(&self, question: usize, option: usize) -> usize {
        let before: usize = self.further().iter().take(question).map(|shape| shape.numbers() - 1).sum();
        self.counts_at(self.further().len()) + (before + option) * GROUP_NUMBERS
    }

    /// Adds one sheet: the bytes behind its levels, and (y, m) of its sections.
    pub(super) fn count_choices(&self, further: &[u8], of_sections: &[(u64, u64)], numbers: &mut [u64]) {
        let (mut at, mut count) = (0, 0);
        let feed = self.main_feed();
        let fed =
            of_sections.iter().enumerate().filter(|(section, _)| feed.is_some_and(|feed| self.feeds(*section, feed)));
        let (y, m) = fed.fold((0, 0), |(y, m), (_, own)| (y + own.0, m + own.1));
        for (question, shape) in self.further().iter().enumerate() {
            let blank = [0; 4];
            let own = further.get(at..at + shape.bytes()).unwrap_or(&blank[..shape.bytes()]);
            at += shape.bytes();
            shape.count(own, &mut numbers[count..count + shape.numbers()]);
            count += shape.numbers();
            if question < self.demographics() && m > 0 {
                for option in shape.chosen(own) {
                    let group = self.group_at(question, option);
                    let more = [1, y, m, y * y, y * m, m * m];
                    numbers[group..group + GROUP_NUMBERS].iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
                }
            }
        }
    }

    /// The index by which groups are compared.
    fn main_feed(&self) -> Option<Feed> {
        [Feed::Sipas, Feed::Policy]
            .into_iter()
            .find(|feed| (0..self.sections()).any(|section| self.feeds(section, *feed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::shape::Shape;
    use crate::sheet::tally::Tally;

    fn layout() -> Layout {
        // One section of two items that feeds the index, one demographic question of two options, one of any of three options, a number.
        Layout::new([(2, vec![Feed::Sipas])]).with_further(1, vec![Shape::One(2), Shape::Several(3), Shape::Number])
    }

    #[test]
    fn choices_numbers_and_groups_are_counted_as_by_hand() {
        let layout = layout();
        let mut tally = Tally::empty(&layout);
        // A man, options 1 and 3, the number 7; one of his two answers is satisfied. A blank sheet but for one level.
        tally.add(&layout, &[5, 2], &[1, 0b101, 0, 8, 0, 0, 0]);
        tally.add(&layout, &[4, 0], &[]);
        let counts = [1, 1, 0, 1, 1, 0, 1, 1, 1, 7, 49];
        let men = [1, 1, 2, 1, 2, 4];
        let expected: Vec<u64> = counts.into_iter().chain(men).chain([0; GROUP_NUMBERS]).collect();
        assert_eq!(tally.choices, expected);
        assert_eq!(Tally::decode(&layout, &tally.encode()), Ok(tally));
    }

    #[test]
    fn a_tally_of_before_has_no_choices() {
        let before = Layout::new([(2, vec![Feed::Sipas])]);
        let mut old = Tally::empty(&before);
        old.add(&before, &[5, 2], &[]);
        let read = Tally::decode(&layout(), &old.encode()).expect("a tally");
        assert_eq!((read.sheets, read.choices.iter().sum::<u64>()), (1, 0));
    }
}
