//! The sums of one day that figures are made of: what tallies of one point, field, questionnaire and kind of respondent add up
//! to, whatever their mode. Less than a [`Tally`] holds, in one list of numbers, because a page reads thousands of them.

use super::tally::{
    BadTally, Feed, Layout, Mode, Respondent, SLOTS, Series, Tally, TallyKey, read_leb128, write_leb128,
};

/// What sheets are told apart by in figures: a [`TallyKey`] without its mode, and with the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SumKey {
    /// Unit of the point.
    pub unit: i32,
    /// Civil day, days since 1970-01-01.
    pub day: i32,
    /// Service point within the unit.
    pub point: i32,
    /// Field of service.
    pub field: i16,
    /// Questionnaire version.
    pub form: i32,
    pub series: Series,
    /// Respondent kind.
    pub respondent: Respondent,
    /// Whether the sheets are flagged as suspect.
    pub suspect: bool,
    /// The release in which they entered figures; 0 for those that wait.
    pub release: i32,
}

impl SumKey {
    /// What tallies of a key and release are added up under.
    pub fn of(key: &TallyKey, release: i32) -> Self {
        Self {
            unit: key.unit,
            day: key.day,
            point: key.point,
            field: key.field,
            form: key.form,
            series: key.series,
            respondent: key.respondent,
            suspect: key.suspect,
            release,
        }
    }
}

/// Sums over the sheets of one [`SumKey`], and the modes in which they came.
///
/// The numbers are, in this order: sheets; sheets that feed each index; of each section the sheets with an answer in it; of each
/// item the counts of blank, levels 1 to 5 and not used; of each section Σy, Σm and Σx; and Σ of the products of the y and
/// m of all sections, the upper triangle by rows; at last the numbers of [`Tally::choices`]. What they mean is said at [`Tally`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySum {
    items: usize,
    sections: usize,
    /// How many numbers at the end are those of [`Tally::choices`].
    choices: usize,
    numbers: Box<[u64]>,
    /// For each item, and after them each section, the modes in which it has an answer 1–5, a bit each.
    modes: Box<[u8]>,
}

/// Where the numbers of the sections begin: behind sheets and the sheets of four indices.
const SECTIONS_AT: usize = 5;

/// Every mode; its bit is that of its place in the type.
const MODES: [Mode; 5] = [Mode::Phone, Mode::Kiosk, Mode::Paper, Mode::Telephone, Mode::Interview];

impl DaySum {
    /// Nothing yet, of a questionnaire.
    pub fn empty(layout: &Layout) -> Self {
        let (items, sections) = (layout.items(), layout.sections());
        let numbers = SECTIONS_AT + sections + SLOTS * items + 3 * sections + sections * (2 * sections + 1);
        let choices = layout.choice_numbers();
        let numbers = numbers + choices;
        Self { items, sections, choices, numbers: vec![0; numbers].into(), modes: vec![0; items + sections].into() }
    }

    /// Adds a tally of the same questionnaire.
    pub fn add_tally(&mut self, mode: Mode, tally: &Tally) {
        let pairs = (0..2 * self.sections).flat_map(|row| (row..2 * self.sections).map(move |column| (row, column)));
        // Of (y, m, x) of a section, the first two.
        let place = |pair: usize| pair / 2 * 3 + pair % 2;
        let products = pairs.map(|(row, column)| tally.product(place(row), place(column)));
        let parts = std::iter::once(&tally.sheets).chain(&tally.feed_sheets).chain(&tally.section_sheets);
        let parts = parts.chain(tally.levels.iter().flatten()).chain(&tally.sums).copied();
        for (number, more) in self.numbers.iter_mut().zip(parts.chain(products).chain(tally.choices.iter().copied())) {
            *number += more;
        }
        let answered = tally.levels.iter().map(|levels| levels[1..=5].iter().any(|count| *count > 0));
        let answered = answered.chain(tally.section_sheets.iter().map(|sheets| *sheets > 0));
        for (bits, answered) in self.modes.iter_mut().zip(answered) {
            *bits |= u8::from(answered) << mode as u8;
        }
    }

    /// Adds other sums of the same questionnaire.
    pub fn merge(&mut self, other: &Self) {
        for (number, more) in self.numbers.iter_mut().zip(&other.numbers) {
            *number += more;
        }
        self.join_modes(other);
    }

    /// Adds only the modes of other sums.
    pub fn join_modes(&mut self, other: &Self) {
        for (bits, more) in self.modes.iter_mut().zip(&other.modes) {
            *bits |= more;
        }
    }

    pub fn sheets(&self) -> u64 {
        self.numbers[0]
    }

    /// Sheets with at least one answer 1–5 in a section that feeds the index.
    pub fn feed_sheets(&self, feed: Feed) -> u64 {
        self.numbers[1 + feed as usize]
    }

    /// Sheets with at least one answer 1–5 in a section.
    pub fn section_sheets(&self, section: usize) -> u64 {
        self.numbers[SECTIONS_AT + section]
    }

    /// Counts of blank, levels 1–5, not used of an item; none past the last one.
    pub fn levels(&self, item: usize) -> Option<&[u64; SLOTS]> {
        let at = SECTIONS_AT + self.sections + SLOTS * item;
        let levels = self.numbers.get(at..at + SLOTS).filter(|_| item < self.items)?;
        levels.first_chunk()
    }

    /// Σy, Σm and Σx of a section.
    pub fn of_section(&self, section: usize) -> [u64; 3] {
        let at = SECTIONS_AT + self.sections + SLOTS * self.items + 3 * section;
        [self.numbers[at], self.numbers[at + 1], self.numbers[at + 2]]
    }

    /// Σ of the product of two of y and m, of which a section's y is numbered twice the section, its m one more.
    pub fn product(&self, one: usize, other: usize) -> u64 {
        let (row, column) = if one <= other { (one, other) } else { (other, one) };
        let at = SECTIONS_AT + 4 * self.sections + SLOTS * self.items;
        // Rows before `row` hold width, width − 1, … numbers.
        self.numbers[at + row * 2 * self.sections - row * row.saturating_sub(1) / 2 + (column - row)]
    }

    /// The numbers of questions that are no levels, as [`Tally::choices`] has them.
    pub fn choices(&self) -> &[u64] {
        &self.numbers[self.numbers.len() - self.choices..]
    }

    /// The modes in which an item, or past the items a section, has an answer.
    pub fn modes(&self, place: usize) -> impl Iterator<Item = Mode> {
        let bits = self.modes.get(place).copied().unwrap_or(0);
        MODES.into_iter().filter(move |mode| bits & (1 << *mode as u8) != 0)
    }

    /// [`DaySum::modes`] of a section.
    pub fn section_modes(&self, section: usize) -> impl Iterator<Item = Mode> {
        self.modes(self.items + section)
    }

    /// Compact bytes behind others: the modes, then the numbers as LEB128.
    pub fn encode_into(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.modes);
        self.numbers.iter().for_each(|number| write_leb128(bytes, *number));
    }

    /// Takes other sums of the same questionnaire from the front of `rest`, over those it holds.
    pub fn decode_next(&mut self, rest: &mut &[u8]) -> Result<(), BadTally> {
        let (modes, mut further) = rest.split_at_checked(self.modes.len()).ok_or(BadTally)?;
        self.modes.copy_from_slice(modes);
        for number in &mut self.numbers {
            *number = read_leb128(&mut further).ok_or(BadTally)?;
        }
        *rest = further;
        Ok(())
    }
}
