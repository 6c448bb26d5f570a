//! Small things the engine counts with: labels as numbers, and sums over weights.

use std::collections::HashMap;

/// Labels as numbers in order of first appearance. The last label and the first few are found without hashing.
#[derive(Default)]
pub struct Labels {
    pub texts: Vec<String>,
    numbers: HashMap<Vec<u8>, usize>,
    last: usize,
    /// Only the labels there from the start.
    pub closed: bool,
}

/// Up to this many labels are compared one by one.
const FEW_LABELS: usize = 8;

impl Labels {
    pub fn closed(labels: &[String]) -> Self {
        let mut known = Self::default();
        for label in labels {
            known.number(label.as_bytes());
        }
        known.closed = true;
        known
    }

    /// The number of a label; a new one unless the list is closed. `None` = not listed, or not UTF-8.
    pub fn number(&mut self, label: &[u8]) -> Option<usize> {
        if self.texts.get(self.last).is_some_and(|last| last.as_bytes() == label) {
            return Some(self.last);
        }
        let few = self.texts.iter().take(FEW_LABELS).position(|known| known.as_bytes() == label);
        let found = few.or_else(|| self.numbers.get(label).copied());
        if let Some(number) = found {
            self.last = number;
            return Some(number);
        }
        if self.closed {
            return None;
        }
        let text = std::str::from_utf8(label).ok()?.to_owned();
        let number = self.texts.len();
        self.texts.push(text);
        self.numbers.insert(label.to_vec(), number);
        self.last = number;
        Some(number)
    }
}

/// Sums over the weights of the file.
#[derive(Debug, Clone, Copy)]
pub struct WeightSums {
    pub rows: u64,
    pub rows_in_filter: u64,
    pub sum: f64,
    pub squares: f64,
    pub min: f64,
    pub max: f64,
}

impl WeightSums {
    pub const EMPTY: Self =
        Self { rows: 0, rows_in_filter: 0, sum: 0.0, squares: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY };

    /// Adds a row; `inside` says whether it passes the filter.
    pub fn add(&mut self, weight: f64, inside: bool) {
        self.rows += 1;
        self.rows_in_filter += u64::from(inside);
        self.sum += weight;
        self.squares += weight * weight;
        self.min = self.min.min(weight);
        self.max = self.max.max(weight);
    }
}
