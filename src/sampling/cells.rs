//! Cells: the stratum, group and cluster that an answer carries. Each holds ten answered sheets or more, else it is put together with its
//! neighbour, so that of an answer nobody knows more than that one of ten gave it.

use super::outcome::Outcome;

/// Fewest answered sheets of a cell.
pub const LEAST: usize = 10;

/// A number drawn, as far as cells go.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// Its sheet.
    pub sheet: u32,
    /// Its stratum.
    pub stratum: String,
    /// Its group.
    pub group: String,
    /// Its cluster; empty where clusters were not drawn.
    pub cluster: String,
    /// Probability of being drawn.
    pub probability: f64,
    /// Whether it is a substitute that was called in.
    pub substitute: bool,
    /// What became of it.
    pub outcome: Option<Outcome>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cell {
    /// Its strata: one, or those put together.
    pub strata: Vec<String>,
    /// Its groups.
    pub groups: Vec<String>,
    /// Its clusters.
    pub clusters: Vec<String>,
    /// Sheets of its numbers that answered.
    pub sheets: Vec<u32>,
    /// Numbers drawn, substitutes left out.
    pub drawn: u32,
    /// Σ 1/π of the numbers drawn, substitutes left out.
    pub weight_drawn: f64,
    /// Σ 1/π of those that do not belong.
    pub weight_ineligible: f64,
}

impl Cell {
    fn of(number: &Number) -> Self {
        let weight = if number.substitute { 0.0 } else { 1.0 / number.probability };
        Self {
            strata: vec![number.stratum.clone()],
            groups: vec![number.group.clone()],
            clusters: vec![number.cluster.clone()],
            sheets: number.outcome.is_some_and(Outcome::answered).then_some(number.sheet).into_iter().collect(),
            drawn: u32::from(!number.substitute),
            weight_drawn: weight,
            weight_ineligible: if number.outcome == Some(Outcome::NotEligible) { weight } else { 0.0 },
        }
    }

    /// The two as one.
    pub(super) fn join(&mut self, other: Self) {
        let union = |own: &mut Vec<String>, others: Vec<String>| {
            own.extend(others);
            own.sort_unstable();
            own.dedup();
        };
        union(&mut self.strata, other.strata);
        union(&mut self.groups, other.groups);
        union(&mut self.clusters, other.clusters);
        self.sheets.extend(other.sheets);
        self.sheets.sort_unstable();
        self.drawn += other.drawn;
        self.weight_drawn += other.weight_drawn;
        self.weight_ineligible += other.weight_ineligible;
    }
}

/// Puts neighbours together until `is_small` holds of none; a last small one goes to the one before it.
pub(super) fn join_small<T>(parts: Vec<T>, is_small: impl Fn(&T) -> bool, mut join: impl FnMut(&mut T, T)) -> Vec<T> {
    let mut joined: Vec<T> = Vec::new();
    for part in parts {
        match joined.last_mut() {
            Some(last) if is_small(last) => join(last, part),
            _ => joined.push(part),
        }
    }
    if joined.len() > 1 && joined.last().is_some_and(&is_small) {
        let last = joined.pop();
        if let (Some(before), Some(last)) = (joined.last_mut(), last) {
            join(before, last);
        }
    }
    joined
}

/// The cells of the numbers drawn, in the order of stratum, group and cluster. Clusters of one stratum and group are put together first,
/// then groups of one stratum, then strata. One small cell alone where fewer than ten answered at all.
pub fn form(numbers: &[Number]) -> Vec<Cell> {
    let mut sorted: Vec<&Number> = numbers.iter().collect();
    sorted.sort_by(|one, other| key(one).cmp(&key(other)));
    let leaves = sorted.chunk_by(|one, other| key3(one) == key3(other)).map(whole);
    let small = |cell: &Cell| cell.sheets.len() < LEAST;
    let mut cells: Vec<Cell> = leaves.collect();
    for level in 0..3 {
        let same = |one: &Cell, other: &Cell| match level {
            0 => one.strata == other.strata && one.groups == other.groups,
            1 => one.strata == other.strata,
            _ => true,
        };
        cells = cells.chunk_by(same).flat_map(|cells| join_small(cells.to_vec(), small, Cell::join)).collect();
    }
    cells
}

type Key<'a> = (&'a str, &'a str, &'a str);

fn key3(number: &Number) -> Key<'_> {
    (&number.stratum, &number.group, &number.cluster)
}

fn key(number: &Number) -> (Key<'_>, u32) {
    (key3(number), number.sheet)
}

fn whole(numbers: &[&Number]) -> Cell {
    let mut cell = Cell::of(numbers[0]);
    for number in &numbers[1..] {
        cell.join(Cell::of(number));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(of: &[(&str, &str, &str, usize, usize)]) -> Vec<Number> {
        let mut sheet = 0;
        let mut all = Vec::new();
        for (stratum, group, cluster, drawn, answered) in of {
            for at in 0..*drawn {
                sheet += 1;
                all.push(Number {
                    sheet,
                    stratum: (*stratum).into(),
                    group: (*group).into(),
                    cluster: (*cluster).into(),
                    probability: 0.1,
                    substitute: false,
                    outcome: (at < *answered).then_some(Outcome::Complete),
                });
            }
        }
        all
    }

    #[test]
    fn every_cell_has_ten_answered_sheets_and_small_ones_join_their_neighbours() {
        let numbers = numbers(&[
            ("A", "x", "1", 20, 12),
            ("A", "x", "2", 20, 4),
            ("A", "y", "1", 20, 15),
            ("B", "x", "3", 20, 3),
            ("B", "y", "3", 20, 8),
            ("C", "x", "4", 20, 2),
        ]);
        let cells = form(&numbers);
        let told: Vec<(String, String, usize)> =
            cells.iter().map(|cell| (cell.strata.join("+"), cell.groups.join("+"), cell.sheets.len())).collect();
        let expected = [("A", "x", 16), ("A", "y", 15), ("B+C", "x+y", 13)];
        assert_eq!(told, expected.map(|(stratum, group, n)| (stratum.to_owned(), group.to_owned(), n)));
        let drawn: u32 = cells.iter().map(|cell| cell.drawn).sum();
        let weight: f64 = cells.iter().map(|cell| cell.weight_drawn).sum();
        assert!(drawn == 120 && (weight - 1200.0).abs() < 1e-9);
        assert!(cells.iter().all(|cell| cell.sheets.len() >= LEAST));
    }

    #[test]
    fn fewer_than_ten_answers_in_all_are_one_cell() {
        let cells = form(&numbers(&[("A", "", "", 8, 3), ("B", "", "", 8, 2)]));
        assert_eq!((cells.len(), cells[0].sheets.len()), (1, 5));
        assert!(form(&[]).is_empty());
    }
}
