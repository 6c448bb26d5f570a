//! Two questions against each other: percentages either way with what stands out, the counts, and the test in a sentence.

use super::exhibit::{Exhibit, Step, row, table};
use crate::index::cross::{CrossTable, Variable};
use crate::report::format::{self, Language};
use crate::report::model::{Cell, Row};

/// Of what a cell is a percentage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareOf {
    /// Of its row.
    #[default]
    Rows,
    Columns,
}

/// Cells stand out from here on.
const STANDS_OUT: f64 = 0.05;

/// A table as it is read: which question goes down is the reader's choice.
struct Seen<'a> {
    table: &'a CrossTable,
    down: &'a Variable,
    across: &'a Variable,
    turned: bool,
}

impl Seen<'_> {
    fn place(&self, row: usize, column: usize) -> usize {
        if self.turned { column * self.down.groups.len() + row } else { row * self.across.groups.len() + column }
    }

    fn count(&self, row: usize, column: usize) -> Option<u64> {
        self.table.cells[self.place(row, column)]
    }

    /// The share of a cell in its line, and whether blanks are in the denominator, because how many they are is hidden.
    fn share(&self, row: usize, column: usize, of: ShareOf) -> Option<(f64, bool)> {
        let count = self.count(row, column)?;
        let (all, blank) = match of {
            ShareOf::Rows => {
                (self.down.sheets[row], self.across.blank.then(|| self.count(row, self.across.answered())))
            }
            ShareOf::Columns => {
                (self.across.sheets[column], self.down.blank.then(|| self.count(self.down.answered(), column)))
            }
        };
        let whole = match blank {
            Some(Some(blank)) => all - blank,
            _ => all,
        };
        (whole > 0).then(|| (count as f64 / whole as f64, matches!(blank, Some(None))))
    }

    /// "▲" where more are in the cell than there would be by chance, "▼" where fewer are.
    fn mark(&self, row: usize, column: usize) -> &'static str {
        let place = self.place(row, column);
        match (self.table.p_values[place], self.table.residuals[place]) {
            (Some(p), Some(residual)) if p < STANDS_OUT => {
                if residual > 0.0 {
                    "\u{a0}▲"
                } else {
                    "\u{a0}▼"
                }
            }
            _ => "",
        }
    }
}

/// The percentages and the counts of a table; `down` and `across` in the order of the table, `turned` where rows and columns change places.
pub fn crossed(
    table: &CrossTable,
    (down, across): (&Variable, &Variable),
    turned: bool,
    of: ShareOf,
    language: Language,
) -> Vec<Exhibit> {
    let (down, across) = if turned { (across, down) } else { (down, across) };
    let seen = Seen { table, down, across, turned };
    vec![shares(&seen, of, language), counts(&seen, language)]
}

fn columns<'a>(seen: &'a Seen<'_>, last: &'a str) -> Vec<(&'a str, bool, u32)> {
    let mut columns = vec![(seen.down.name.as_str(), false, 26)];
    columns.extend(seen.across.groups.iter().map(|group| (group.as_str(), true, 12)));
    columns.push((last, true, 10));
    columns
}

fn shares(seen: &Seen<'_>, of: ShareOf, language: Language) -> Exhibit {
    let heading = match of {
        ShareOf::Rows => language.choose("Tỷ lệ theo hàng", "Percentages of rows"),
        ShareOf::Columns => language.choose("Tỷ lệ theo cột", "Percentages of columns"),
    };
    let last = language.choose("Số phiếu", "Sheets");
    let mut made = table(heading, &columns(seen, last));
    let hidden = || Cell::Hidden("×".to_owned());
    let mut with_blanks = false;
    for down in 0..seen.down.answered() {
        let mut cells = vec![Cell::Text(seen.down.groups[down].clone())];
        for across in 0..seen.across.groups.len() {
            cells.push(match seen.share(down, across, of) {
                _ if across >= seen.across.answered() => Cell::Empty,
                Some((share, blanks)) => {
                    with_blanks |= blanks;
                    let star = if blanks { "*" } else { "" };
                    let text = format!("{}{star}{}", format::share(share, &[], language), seen.mark(down, across));
                    Cell::Share(share, text)
                }
                None => hidden(),
            });
        }
        let sheets = seen.down.sheets[down];
        cells.push(Cell::Count(sheets, format::count(sheets, language)));
        made.rows.push(row(cells));
    }
    if with_blanks {
        made.notes.push(
            language
                .choose(
                    "* Tính trên cả phiếu không trả lời, vì số phiếu không trả lời ở đó không được hiển thị.",
                    "* Of all sheets, blanks included, because how many they are is hidden.",
                )
                .to_owned(),
        );
    }
    exhibit("cross-shares", heading, said(seen, language), made)
}

fn counts(seen: &Seen<'_>, language: Language) -> Exhibit {
    let heading = language.choose("Số phiếu", "Sheets");
    let last = language.choose("Cộng", "Total");
    let mut made = table(heading, &columns(seen, last));
    let line = |name: String, cells: Vec<Option<u64>>, sum: u64| -> Row {
        let mut line = vec![Cell::Text(name)];
        line.extend(cells.into_iter().map(|count| match count {
            Some(count) => Cell::Count(count, format::count(count, language)),
            None => Cell::Hidden("×".to_owned()),
        }));
        line.push(Cell::Count(sum, format::count(sum, language)));
        row(line)
    };
    let across = 0..seen.across.groups.len();
    for (down, name) in seen.down.groups.iter().enumerate() {
        let cells = across.clone().map(|across| seen.count(down, across)).collect();
        made.rows.push(line(name.clone(), cells, seen.down.sheets[down]));
    }
    let sums = seen.across.sheets.iter().copied().map(Some).collect();
    made.rows.push(line(last.to_owned(), sums, seen.across.sheets.iter().sum()));
    if seen.table.hides() {
        made.notes.push(
            language
                .choose(
                    "× Không hiển thị: ô có dưới 10 phiếu, và ô mà nếu hiển thị thì trừ ra được ô dưới 10 phiếu.",
                    "× Hidden: cells of fewer than 10 sheets, and those from which such cells could be subtracted.",
                )
                .to_owned(),
        );
    }
    exhibit("cross-counts", heading, Vec::new(), made)
}

fn exhibit(id: &'static str, heading: &str, says: Vec<String>, table: crate::report::model::Table) -> Exhibit {
    let steps = vec![Step::Nowhere; table.rows.len()];
    Exhibit { id, heading: heading.to_owned(), says, drawing: None, narrow: None, legend: String::new(), table, steps }
}

/// What the test says, and which cells stand out.
fn said(seen: &Seen<'_>, language: Language) -> Vec<String> {
    let Some(test) = seen.table.test else {
        return vec![
            language
                .choose(
                    "Chưa kiểm định được hai câu có liên hệ với nhau hay không: phiếu đến trong quá ít ngày, hoặc chỉ có một nhóm trả lời.",
                    "Whether the two go together cannot be tested: too few days, or one group alone.",
                )
                .to_owned(),
        ];
    };
    let p = p_value(test.p, seen.table.hides(), language);
    let verdict = if test.p < STANDS_OUT {
        language.choose(
            "Hai câu có liên hệ với nhau: nếu không có liên hệ thì hiếm khi thấy khác biệt đến mức này",
            "The two go together: without any association, differences like these would be rare",
        )
    } else {
        language.choose(
            "Chưa đủ căn cứ nói hai câu có liên hệ với nhau: khác biệt như thế này có thể do ngẫu nhiên",
            "That the two go together cannot be said: differences like these may be chance",
        )
    };
    let how = if seen.table.hides() {
        language.choose("kiểm định Rao–Scott", "Rao–Scott test").to_owned()
    } else {
        let number = |number: f64| format::decimal(number, 1, language);
        let (f, first, second) = (number(test.f), number(test.numerator_df), number(test.denominator_df));
        language.choose(
            format!("kiểm định Rao–Scott, F = {f} với {first} và {second} bậc tự do"),
            format!("Rao–Scott test, F = {f} on {first} and {second} degrees of freedom"),
        )
    };
    let mut said = vec![format!("{verdict} ({p}; {how}).")];
    let marked = (0..seen.table.cells.len()).any(|cell| seen.table.p_values[cell].is_some_and(|p| p < STANDS_OUT));
    if marked {
        said.push(
            language
                .choose(
                    "▲ ô có nhiều phiếu hơn, ▼ ô có ít phiếu hơn mức thường thấy nếu hai câu không liên hệ (phần dư hiệu chỉnh, đã hiệu chỉnh Holm cho mọi ô, mức 5 %).",
                    "▲ more sheets, ▼ fewer sheets than without any association (adjusted residuals, Holm over all cells, 5 %).",
                )
                .to_owned(),
        );
    }
    said
}

/// A p-value. Where cells are hidden only its size is said: more digits would tell of them.
fn p_value(p: f64, hides: bool, language: Language) -> String {
    let below = |bound: f64, digits: usize| format!("p < {}", format::decimal(bound, digits, language));
    match p {
        _ if p < 0.001 => below(0.001, 3),
        _ if !hides => format!("p = {}", format::decimal(p, 3, language)),
        _ if p < 0.01 => below(0.01, 2),
        _ if p < 0.05 => below(0.05, 2),
        _ => format!("p ≥ {}", format::decimal(0.05, 2, language)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::cross::Test;

    fn variable(name: &str, groups: &[&str], sheets: &[u64], blank: bool) -> Variable {
        Variable {
            id: name.to_owned(),
            name: name.to_owned(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            sheets: sheets.to_vec(),
            blank,
        }
    }

    fn texts(exhibit: &Exhibit) -> Vec<Vec<&str>> {
        exhibit.table.rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn percentages_go_either_way_and_leave_blanks_out() {
        let down = variable("Giới tính", &["Nam", "Nữ"], &[50, 60], false);
        let across = variable("Kết quả", &["Xong", "Chờ", "Không trả lời"], &[40, 50, 20], true);
        let test = Test { f: 4.27, numerator_df: 1.0, denominator_df: 92.0, p: 0.0421, design_effect: 1.2 };
        let table = CrossTable {
            rows: 0,
            columns: 1,
            cells: [10, 30, 10, 30, 20, 10].map(Some).to_vec(),
            residuals: vec![Some(-3.0), Some(3.0), None, Some(3.0), Some(-3.0), None],
            p_values: vec![Some(0.01), Some(0.01), None, Some(0.01), Some(0.06), None],
            test: Some(test),
        };
        let rows = crossed(&table, (&down, &across), false, ShareOf::Rows, Language::Vi);
        // 10 of 40 who answered, 30 of 50.
        assert_eq!(texts(&rows[0])[0], ["Nam", "25,0%\u{a0}▼", "75,0%\u{a0}▲", "–", "50"]);
        assert_eq!(texts(&rows[0])[1], ["Nữ", "60,0%\u{a0}▲", "40,0%", "–", "60"]);
        assert_eq!(texts(&rows[1])[2], ["Cộng", "40", "50", "20", "110"]);
        assert!(
            rows[0].says[0].contains("p = 0,042; kiểm định Rao–Scott, F = 4,3 với 1,0 và 92,0 bậc tự do"),
            "{:?}",
            rows[0].says
        );
        let turned = crossed(&table, (&down, &across), true, ShareOf::Columns, Language::Vi);
        assert_eq!(texts(&turned[0])[0], ["Xong", "25,0%\u{a0}▼", "60,0%\u{a0}▲", "40"]);
        let of_rows = crossed(&table, (&down, &across), true, ShareOf::Rows, Language::Vi);
        assert_eq!(texts(&of_rows[0])[0], ["Xong", "25,0%\u{a0}▼", "75,0%\u{a0}▲", "40"]);
    }

    #[test]
    fn hidden_cells_say_nothing_and_the_test_says_its_size_alone() {
        let down = variable("a", &["1", "2"], &[30, 40], false);
        let across = variable("b", &["x", "y", "blank"], &[30, 28, 12], true);
        let test = Test { f: 4.27, numerator_df: 1.0, denominator_df: 92.0, p: 0.0421, design_effect: 1.2 };
        let cells = vec![Some(20), None, None, Some(10), None, None];
        let table = CrossTable {
            rows: 0,
            columns: 1,
            cells,
            residuals: vec![None; 6],
            p_values: vec![None; 6],
            test: Some(test),
        };
        let made = crossed(&table, (&down, &across), false, ShareOf::Rows, Language::Vi);
        // 20 of all 30: 20 of those who answered would tell how many did not.
        assert_eq!(texts(&made[0])[0], ["1", "66,7%*", "×", "–", "30"]);
        assert!(made[0].says[0].contains("(p < 0,05; kiểm định Rao–Scott)"), "{:?}", made[0].says);
        assert!(made[1].table.notes[0].starts_with('×'));
    }
}
