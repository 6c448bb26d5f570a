//! The shape of a question that is no level: its bytes on a sheet, its numbers in a tally.

/// The shape of a question as packed answers and tallies see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One of so many options: a byte, 0 blank, else the place from 1.
    One(usize),
    /// Any of so many options: two bytes, a bit each, the lowest first.
    Several(usize),
    /// A number: four bytes, the lowest first, 0 blank, else one more than the number.
    Number,
    /// A text that stands elsewhere: a byte, whether there is one.
    Text,
}

impl Shape {
    /// Bytes on a sheet.
    pub fn bytes(self) -> usize {
        match self {
            Self::One(_) | Self::Text => 1,
            Self::Several(_) => 2,
            Self::Number => 4,
        }
    }

    /// Numbers in a tally: sheets that left it blank and those of each option; for numbers blank, answers, Σ and Σ of squares.
    pub fn numbers(self) -> usize {
        match self {
            Self::One(options) | Self::Several(options) => 1 + options,
            Self::Number => 4,
            Self::Text => 2,
        }
    }

    /// The places, from 0, of the options chosen.
    pub fn chosen(self, bytes: &[u8]) -> Vec<usize> {
        match (self, bytes) {
            (Self::One(options), [place]) => {
                usize::from(*place).checked_sub(1).filter(|place| *place < options).into_iter().collect()
            }
            (Self::Several(options), [low, high]) => {
                let bits = u16::from_le_bytes([*low, *high]);
                (0..options.min(16)).filter(|place| bits & (1 << place) != 0).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The number given, if one was.
    pub fn number(bytes: &[u8]) -> Option<u32> {
        u32::from_le_bytes(bytes.try_into().ok()?).checked_sub(1)
    }

    pub(super) fn count(self, bytes: &[u8], numbers: &mut [u64]) {
        match self {
            Self::One(_) | Self::Several(_) => {
                let chosen = self.chosen(bytes);
                numbers[0] += u64::from(chosen.is_empty());
                for place in chosen {
                    numbers[1 + place] += 1;
                }
            }
            Self::Number => match Self::number(bytes).map(u64::from) {
                None => numbers[0] += 1,
                Some(number) => {
                    numbers[1] += 1;
                    numbers[2] += number;
                    numbers[3] += number * number;
                }
            },
            Self::Text => numbers[usize::from(bytes.first().is_some_and(|byte| *byte > 0))] += 1,
        }
    }
}
