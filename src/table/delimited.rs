//! Text with a separator: comma, semicolon, tab or bar, quoted as RFC 4180 has it, lines ended by LF, CR LF or CR.

use super::Row;
use super::limits::{FileFault, push};

/// Separators, the likelier first.
const SEPARATORS: [char; 4] = ['\t', ';', ',', '|'];
/// So many lines are looked at to find the separator.
const SEARCHED: usize = 24;

/// The rows that are not empty, so many at the most.
pub(super) fn rows(text: &str, most: usize) -> Result<Vec<Row>, FileFault> {
    let mut rows = Vec::new();
    records(text, |line, cells| push(&mut rows, Row { line, cells, ..Row::default() }, most))?;
    Ok(rows)
}

/// Hands every record to `take`, with the line on which it begins; that of `sep=;`, which Excel reads as a setting, is none.
pub(super) fn records(
    text: &str,
    mut take: impl FnMut(u64, Vec<String>) -> Result<(), FileFault>,
) -> Result<(), FileFault> {
    let first_end = text.find(['\r', '\n']).unwrap_or(text.len());
    let said = said_separator(&text[..first_end]);
    let separator = said.unwrap_or_else(|| separator(text));
    let mut letters = text.chars().peekable();
    let (mut line, mut begins) = (1_u64, 1_u64);
    let (mut cells, mut cell) = (Vec::new(), String::new());
    // The line on which the quotation mark of this cell opened, while it is open.
    let mut open: Option<u64> = None;
    // Whether nothing of the cell was seen yet: only there a quotation mark opens.
    let mut fresh = true;
    while let Some(letter) = letters.next() {
        let ends_line = letter == '\n' || letter == '\r';
        if letter == '\r' && letters.peek() == Some(&'\n') {
            letters.next();
        }
        line += u64::from(ends_line);
        if open.is_some() {
            match letter {
                '"' if letters.peek() == Some(&'"') => {
                    letters.next();
                    cell.push('"');
                }
                '"' => open = None,
                '\r' => cell.push('\n'),
                letter => cell.push(letter),
            }
        } else if ends_line {
            cells.push(std::mem::take(&mut cell));
            let record = std::mem::take(&mut cells);
            if said.is_none() || begins > 1 {
                take(begins, record)?;
            }
            (begins, fresh) = (line, true);
        } else if letter == separator {
            cells.push(std::mem::take(&mut cell));
            fresh = true;
        } else if letter == '"' && fresh {
            cell.clear();
            open = Some(line);
            fresh = false;
        } else {
            cell.push(letter);
            fresh = fresh && letter == ' ';
        }
    }
    if let Some(line) = open {
        return Err(FileFault::OpenQuote { line });
    }
    cells.push(cell);
    if said.is_none() || begins > 1 { take(begins, cells) } else { Ok(()) }
}

/// What the first line says of the separator: `sep=;`.
fn said_separator(line: &str) -> Option<char> {
    let line = line.trim_matches('"');
    let (head, said) = line.split_at_checked(4)?;
    let mut said = said.chars();
    head.eq_ignore_ascii_case("sep=").then_some(())?;
    said.next().filter(|_| said.next().is_none())
}

/// The separator that stands equally often in most of the first lines, outside of quotation marks. A comma stands in numbers and
/// sentences too, there in changing numbers; of equal ones the likelier is taken.
fn separator(text: &str) -> char {
    let mut lines: Vec<[usize; 4]> = vec![[0; 4]];
    let (mut quoted, mut content, mut fresh) = (false, false, true);
    for letter in text.chars() {
        // Only where a cell begins does a quotation mark open.
        let begins = std::mem::replace(&mut fresh, "\r\n".contains(letter) || SEPARATORS.contains(&letter));
        fresh |= begins && letter == ' ';
        match letter {
            '"' if quoted || begins => quoted = !quoted,
            '\n' | '\r' if !quoted => {
                if content {
                    if lines.len() == SEARCHED {
                        break;
                    }
                    lines.push([0; 4]);
                }
                content = false;
                continue;
            }
            letter if !quoted => {
                if let Some(place) = SEPARATORS.iter().position(|known| *known == letter)
                    && let Some(counts) = lines.last_mut()
                {
                    counts[place] += 1;
                }
            }
            _ => {}
        }
        content = true;
    }
    let score = |place: usize| {
        let counts: Vec<usize> = lines.iter().map(|counts| counts[place]).filter(|count| *count > 0).collect();
        counts.iter().map(|count| counts.iter().filter(|other| *other == count).count()).max().unwrap_or(0)
    };
    let best = (0..SEPARATORS.len()).rev().max_by_key(|place| score(*place)).filter(|place| score(*place) > 0);
    best.map_or(',', |place| SEPARATORS[place])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ROWS_MAX;

    fn read(text: &str) -> Vec<(u64, Vec<String>)> {
        rows(text, ROWS_MAX).expect("rows").into_iter().map(|row| (row.line, row.cells)).collect()
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn a_line_that_says_the_separator_is_heeded_and_counted() {
        for (text, cells) in [
            ("sep=;\r\na,1;b\r\n1,5;2\r\n", ["a,1", "b"]),
            ("SEP=\t\na;1\tb\n", ["a;1", "b"]),
            ("\"sep=|\"\na|b\n", ["a", "b"]),
        ] {
            assert_eq!(read(text)[0], row(2, &cells), "{text:?}");
        }
        assert_eq!(read("sep\nx\n")[0], row(1, &["sep"]));
    }

    #[test]
    fn lines_are_counted_with_any_end_and_inside_of_quotes() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a;b", "\"hai", "dòng\";2", "", "3;4"].join(end);
            assert_eq!(read(&text), [row(1, &["a", "b"]), row(2, &["hai\ndòng", "2"]), row(5, &["3", "4"])], "{end:?}");
        }
    }

    #[test]
    fn commas_of_numbers_and_sentences_do_not_make_the_separator() {
        assert_eq!(read("a;b\n1,5;2,5")[1], row(2, &["1,5", "2,5"]));
        let text = "Điểm;Góp ý\nA;chậm, đông, nóng, ồn\nB;tốt, nhanh\nC;được\n";
        assert_eq!(read(text)[1], row(2, &["A", "chậm, đông, nóng, ồn"]));
        assert_eq!(read("x,\"a;b;c\"\ny,\"d;e;f\"\n")[0], row(1, &["x", "a;b;c"]));
        assert_eq!(read("BÁO CÁO, quý I\n\nĐơn vị;Số\nA;1\nB;2\n")[1], row(3, &["Đơn vị", "Số"]));
    }

    #[test]
    fn quotes_are_taken_as_written_and_an_open_one_is_told_where_it_opens() {
        assert_eq!(read("a;\"nói \"\"được\"\"\"\n")[0], row(1, &["a", "nói \"được\""]));
        assert_eq!(read("dài 5\" ; x\n")[0], row(1, &["dài 5\"", "x"]));
        assert_eq!(rows("a;b\n1;\"mở\n2;3\n", ROWS_MAX), Err(FileFault::OpenQuote { line: 2 }));
    }
}
