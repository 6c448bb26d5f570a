//! Tallies: the sums from which every rate, mean score and interval is computed without reading sheets again.
//!
//! One tally stands for one [`TallyKey`]: all sheets of a point, field, questionnaire version, series, mode,
//! respondent kind, flag and civil day. Everything in it is a whole number, so that adding in any order, on any
//! machine, gives the same bits, and a rebuild from the sheets can be compared for equality.

use super::shape::Shape;

/// A packed answer that was left blank.
pub const BLANK: u8 = 0;
/// A packed answer "not used / no opinion".
pub const NOT_USED: u8 = 6;
/// Slots of [`Tally::levels`]: blank, levels 1 to 5, not used.
pub const SLOTS: usize = 7;
/// s = y/m is kept in units of 1/720720; 720720 = lcm(1..=16), so every y/m of a section is whole.
pub const SHARE_UNITS: u64 = 720_720;

/// Through which series a sheet came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// Drawn by a sampling plan.
    Sample,
    /// Entitled by a one-time ticket.
    Ticket,
    /// Volunteers, by whatever mode: who scanned the code, took a paper sheet, or was asked by telephone or at home without a sampling plan.
    Open,
}

/// How a sheet was filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// On the citizen's own phone.
    Phone,
    /// On a tablet at the counter.
    Kiosk,
    /// On paper, keyed by staff.
    Paper,
    /// By telephone.
    Telephone,
    /// By an interviewer.
    Interview,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Respondent {
    /// A citizen.
    Person,
    /// A business or another organisation.
    Organisation,
}

/// An index that a section feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// Service of the administrative agencies: the service part of all fields.
    Sipas,
    /// Handling of administrative procedures.
    Procedures,
    /// Public services: health, education.
    PublicServices,
    /// The policy part.
    Policy,
}

impl Feed {
    /// Every index, in the order in which tallies count respondents.
    pub const ALL: [Feed; 4] = [Feed::Sipas, Feed::Procedures, Feed::PublicServices, Feed::Policy];
}

/// What a tally is kept for. Identifiers are those of the database; the civil day counts from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct TallyKey {
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
    pub mode: Mode,
    /// Respondent kind.
    pub respondent: Respondent,
    /// Whether the sheets are flagged as suspect.
    pub suspect: bool,
}

/// The shape of a questionnaire as tallies see it: how many items each section has and which indices it feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    sections: Vec<usize>,
    feeds: Vec<Vec<Feed>>,
    items: usize,
    /// How many of `further` are demographic.
    demographics: usize,
    further: Vec<Shape>,
}

impl Layout {
    /// Sections in their order: how many items each has, and what it feeds.
    pub fn new(sections: impl IntoIterator<Item = (usize, Vec<Feed>)>) -> Self {
        let (sections, feeds): (Vec<usize>, Vec<Vec<Feed>>) = sections.into_iter().unzip();
        let items = sections.iter().sum();
        Self { sections, feeds, items, demographics: 0, further: Vec::new() }
    }

    /// With questions that are no levels, the first so many of them demographic.
    #[must_use]
    pub fn with_further(mut self, demographics: usize, further: Vec<Shape>) -> Self {
        (self.demographics, self.further) = (demographics, further);
        self
    }

    /// The shapes of questions that are no levels, in the order of their bytes.
    pub fn further(&self) -> &[Shape] {
        &self.further
    }

    /// How many of them are demographic.
    pub fn demographics(&self) -> usize {
        self.demographics
    }

    /// Whether a section feeds an index.
    pub fn feeds(&self, section: usize, feed: Feed) -> bool {
        self.feeds[section].contains(&feed)
    }

    /// Number of items, hence bytes of a packed answer.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Number of sections.
    pub fn sections(&self) -> usize {
        self.sections.len()
    }
}

/// Sums over the sheets of one key.
///
/// For every section of a sheet, y counts the answers 4 and 5, m the answers 1 to 5, and x sums the levels. The
/// vector v strings (y, m, x) of all sections together, section by section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub sheets: u64,
    /// Sheets with at least one answer 1–5 in a section that feeds the index, in the order of [`Feed::ALL`].
    pub feed_sheets: [u64; 4],
    /// Per section: sheets with at least one answer 1–5 in it.
    pub section_sheets: Vec<u64>,
    /// Per item: counts of blank, levels 1–5, not used.
    pub levels: Vec<[u64; SLOTS]>,
    /// Σv, 3 entries a section.
    pub sums: Vec<u64>,
    /// Σvvᵀ, upper triangle by rows.
    pub products: Vec<u64>,
    /// Per section: Σs with s = y/m, in units of 1/[`SHARE_UNITS`], over the sheets with m > 0.
    pub shares: Vec<u64>,
    /// Per section: Σs², in units of 1/[`SHARE_UNITS`]².
    pub shares_squared: Vec<u64>,
    /// Counts of questions that are no levels, and sums of groups of respondents; see `choice.rs`.
    pub choices: Vec<u64>,
}

/// Why bytes are not a tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stored tally does not fit its questionnaire; run `sipas doctor --rebuild`")]
pub struct BadTally;

impl Tally {
    /// The empty tally of `layout`.
    pub fn empty(layout: &Layout) -> Self {
        let sections = layout.sections();
        let width = 3 * sections;
        Self {
            sheets: 0,
            feed_sheets: [0; 4],
            section_sheets: vec![0; sections],
            levels: vec![[0; SLOTS]; layout.items()],
            sums: vec![0; width],
            products: vec![0; width * (width + 1) / 2],
            shares: vec![0; sections],
            shares_squared: vec![0; sections],
            choices: vec![0; layout.choice_numbers()],
        }
    }

    /// Adds one sheet's packed answers, levels and what stands behind them. Bytes past the questionnaire's items are ignored, missing
    /// ones are blank.
    pub fn add(&mut self, layout: &Layout, answers: &[u8], further: &[u8]) {
        self.sheets += 1;
        let mut vector = vec![0_u64; self.sums.len()];
        let mut fed = [false; 4];
        let mut item = 0;
        for (section, &length) in layout.sections.iter().enumerate() {
            let (mut satisfied, mut answered, mut points) = (0_u64, 0_u64, 0_u64);
            for _ in 0..length {
                let answer = answers.get(item).copied().filter(|&answer| answer <= NOT_USED).unwrap_or(BLANK);
                self.levels[item][usize::from(answer)] += 1;
                if (1..=5).contains(&answer) {
                    answered += 1;
                    points += u64::from(answer);
                    satisfied += u64::from(answer >= 4);
                }
                item += 1;
            }
            vector[3 * section] = satisfied;
            vector[3 * section + 1] = answered;
            vector[3 * section + 2] = points;
            if let Some(unit) = SHARE_UNITS.checked_div(answered) {
                self.section_sheets[section] += 1;
                let share = satisfied * unit;
                self.shares[section] += share;
                self.shares_squared[section] += share * share;
                for feed in &layout.feeds[section] {
                    fed[*feed as usize] = true;
                }
            }
        }
        let of_sections: Vec<(u64, u64)> = vector.chunks(3).map(|own| (own[0], own[1])).collect();
        layout.count_choices(further, &of_sections, &mut self.choices);
        for (sheets, fed) in self.feed_sheets.iter_mut().zip(fed) {
            *sheets += u64::from(fed);
        }
        let mut place = 0;
        for row in 0..vector.len() {
            self.sums[row] += vector[row];
            for column in row..vector.len() {
                self.products[place] += vector[row] * vector[column];
                place += 1;
            }
        }
    }

    /// Adds another tally of the same layout.
    pub fn merge(&mut self, other: &Tally) {
        fn add(into: &mut [u64], from: &[u64]) {
            for (into, from) in into.iter_mut().zip(from) {
                *into += from;
            }
        }
        self.sheets += other.sheets;
        add(&mut self.feed_sheets, &other.feed_sheets);
        add(&mut self.section_sheets, &other.section_sheets);
        for (into, from) in self.levels.iter_mut().zip(&other.levels) {
            add(into, from);
        }
        add(&mut self.sums, &other.sums);
        add(&mut self.products, &other.products);
        add(&mut self.shares, &other.shares);
        add(&mut self.shares_squared, &other.shares_squared);
        add(&mut self.choices, &other.choices);
    }

    /// Σ of `v[row]·v[column]`.
    pub fn product(&self, row: usize, column: usize) -> u64 {
        let (row, column) = if row <= column { (row, column) } else { (column, row) };
        let width = self.sums.len();
        // Rows before `row` hold width, width − 1, … entries.
        self.products[row * width - row * row.saturating_sub(1) / 2 + (column - row)]
    }

    /// Compact bytes: every number as LEB128, in the order of the fields.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 * (self.products.len() + SLOTS * self.levels.len()));
        self.for_each(|number| write_leb128(&mut bytes, number));
        bytes
    }

    /// The tally of `layout` that `bytes` hold.
    pub fn decode(layout: &Layout, bytes: &[u8]) -> Result<Self, BadTally> {
        let mut tally = Self::empty(layout);
        let mut rest = bytes;
        let mut next = || read_leb128(&mut rest).ok_or(BadTally);
        tally.sheets = next()?;
        let lists = [&mut tally.feed_sheets[..], &mut tally.section_sheets[..]];
        for number in lists.into_iter().flatten().chain(tally.levels.iter_mut().flatten()) {
            *number = next()?;
        }
        let lists = [&mut tally.sums, &mut tally.products, &mut tally.shares, &mut tally.shares_squared];
        for number in lists.into_iter().flatten() {
            *number = next()?;
        }
        // Tallies of before end here: nothing was counted of questions that are no levels.
        if rest.is_empty() {
            return Ok(tally);
        }
        for number in &mut tally.choices {
            *number = read_leb128(&mut rest).ok_or(BadTally)?;
        }
        if rest.is_empty() { Ok(tally) } else { Err(BadTally) }
    }

    /// [`Tally::sheets`] of the tally that `bytes` hold, without the rest of it.
    pub fn decode_sheets(mut bytes: &[u8]) -> Result<u64, BadTally> {
        read_leb128(&mut bytes).ok_or(BadTally)
    }

    fn for_each(&self, mut visit: impl FnMut(u64)) {
        visit(self.sheets);
        let numbers = self.feed_sheets.iter().chain(&self.section_sheets).chain(self.levels.iter().flatten());
        let numbers = numbers.chain(&self.sums).chain(&self.products).chain(&self.shares).chain(&self.shares_squared);
        let numbers = numbers.chain(&self.choices);
        for number in numbers {
            visit(*number);
        }
    }
}

/// Writes a number with seven bits a byte, the lowest first, the top bit set on all but the last.
pub fn write_leb128(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(low & 0x7f);
        }
        bytes.push(low | 0x80);
    }
}

/// Takes a number from the front of `bytes`; none where they end or it is larger than 64 bits.
#[inline]
pub fn read_leb128(bytes: &mut &[u8]) -> Option<u64> {
    // Most numbers of a tally are below 128.
    if let Some((&byte, rest)) = bytes.split_first()
        && byte < 0x80
    {
        *bytes = rest;
        return Some(u64::from(byte));
    }
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
