//! Complaints that were left elsewhere (iHanoi, a telephone line of the city): number, day, what people wrote. Names and numbers of citizens are
//! not asked for: whoever answers them finds them where they were left.

use chrono::NaiveDate;

use super::names::plain;
use super::values::day;
use super::{Book, Column, Columns, Read, Reason, Refused, TwiceKind, Wanted, each_once};
use crate::cases::{Kind, Written, check};
use crate::table::{Row, Table};

/// The most characters of a number.
pub const NUMBER_CHARACTERS_MAX: usize = 60;

/// The columns of the file.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "number",
        heading: "Số phản ánh",
        also: &["so ihanoi", "ma phan anh", "ma so", "so", "number"],
        required: true,
    },
    Column {
        key: "day",
        heading: "Ngày nhận",
        also: &["ngay", "ngay gui", "ngay phan anh", "ngay tiep nhan", "day"],
        required: true,
    },
    Column {
        key: "words",
        heading: "Nội dung",
        also: &["noi dung phan anh", "noi dung phan anh kien nghi", "words"],
        required: true,
    },
    Column { key: "kind", heading: "Loại", also: &["phan loai", "kind"], required: false },
    Column { key: "unit", heading: "Đơn vị", also: &["phuong xa", "phuong", "unit"], required: false },
];

/// One complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintRow {
    /// Its number there.
    pub number: String,
    /// The day it came.
    pub on: NaiveDate,
    /// What was written.
    pub written: Written,
    /// Code of the ward; none where the file does not say and the book has none.
    pub unit: Option<String>,
}

/// Reads the rows; nothing may have come after `today`.
pub fn read(table: &Table, book: &Book, today: NaiveDate) -> Read<ComplaintRow> {
    let read_one = |columns: &Columns<'_>, row: &Row| one(columns, row, book, today);
    let same = |a: &ComplaintRow, b: &ComplaintRow| same_number(&a.number, &b.number) && a.unit == b.unit;
    each_once(table, COLUMNS, TwiceKind::Complaint, read_one, same)
}

/// Whether two numbers are one, however their letters, dashes and spaces were typed.
pub fn same_number(one: &str, other: &str) -> bool {
    let signs = |number: &str| -> Vec<char> {
        number
            .chars()
            .flat_map(char::to_lowercase)
            .filter(|sign| sign.is_alphanumeric() || "/.".contains(*sign))
            .collect()
    };
    signs(one) == signs(other)
}

fn kind_of(typed: &str) -> Option<Kind> {
    Some(match plain(typed).as_str() {
        "" | "phan anh" | "khieu nai" => Kind::Complaint,
        "kien nghi" | "gop y" | "de xuat" => Kind::Suggestion,
        _ => return None,
    })
}

fn one(columns: &Columns<'_>, row: &Row, book: &Book, today: NaiveDate) -> Result<ComplaintRow, Vec<Refused>> {
    let cell = |key: &str| columns.cell(row, key);
    let (place, mut refused) = (columns.place(row), Vec::new());
    let mut refuse =
        |key: &str, reason: Reason| refused.push(Refused::new(place.clone(), columns.heading(key), reason));
    let unit = match cell("unit") {
        // Who covers several wards names one in each row; whoever covers one means that one.
        "" if book.units.len() > 1 => {
            refuse("unit", Reason::Blank(Wanted::Ward));
            None
        }
        "" => Some(book.units.first().map(|unit| unit.code.clone())),
        typed => book.unit(typed).map(|unit| Some(unit.code.clone())).map_err(|reason| refuse("unit", reason)).ok(),
    };
    let mut need = |key: &str, found: bool, wanted: Wanted| {
        if !found {
            refuse(
                key,
                match cell(key) {
                    "" => Reason::Blank(wanted),
                    // What people wrote is not repeated where it is refused.
                    typed => Reason::NotUnderstood { typed: typed.chars().take(40).collect(), wanted },
                },
            );
        }
    };
    let number = cell("number").split_whitespace().collect::<Vec<_>>().join(" ");
    need("number", !number.is_empty() && number.chars().count() <= NUMBER_CHARACTERS_MAX, Wanted::OutsideNumber);
    let on = day(cell("day"), columns.from_1904).filter(|on| *on <= today);
    need("day", on.is_some(), Wanted::DayReceived);
    let kind = kind_of(cell("kind"));
    need("kind", kind.is_some(), Wanted::ComplaintKind);
    let written = kind.and_then(|kind| check(kind.name(), cell("words"), "").ok());
    need("words", kind.is_none() || written.is_some(), Wanted::Told);
    match (on, written, unit) {
        (Some(on), Some(written), Some(unit)) if refused.is_empty() => Ok(ComplaintRow { number, on, written, unit }),
        _ => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_kept_as_a_number_is_spelled_as_its_cell_shows_it_or_refused() {
        use rust_xlsxwriter::{Format, Workbook};
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, heading) in (0..).zip(["Số phản ánh", "Ngày nhận", "Nội dung"]) {
            sheet.write_string(0, column, heading).expect("written");
        }
        let numbers = [(123.0, "00000"), (1.1, "0.00"), (77.0, "General"), (1.1, "General"), (46095.0, "dd/mm")];
        for (row, (number, format)) in (1..).zip(numbers) {
            let format = Format::new().set_num_format(format);
            sheet.write_number_with_format(row, 0, number, &format).expect("written");
            sheet.write_string(row, 1, "02/03/2026").expect("written").write_string(row, 2, "Hỏng.").expect("written");
        }
        let today = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a day");
        let table = Table::read(&book.save_to_buffer().expect("a workbook")).expect("a table");
        let found = read(&table, &Book::default(), today);
        let numbers: Vec<&str> = found.rows.iter().map(|(_, row)| row.number.as_str()).collect();
        assert_eq!(numbers, ["00123", "1.10", "77"]);
        let refused: Vec<_> = found.refused.iter().map(|refused| (refused.place.line, &refused.reason)).collect();
        let lost = |typed: &str| Reason::NameAsNumber { typed: typed.to_owned() };
        assert_eq!(refused, [(5, &lost("1,1")), (6, &lost("14/03/2026"))]);
    }

    #[test]
    fn complaints_are_read_with_their_number_and_day_and_what_is_wrong_is_said_by_column() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a day");
        let read_text = |text: &str| read(&Table::read(text.as_bytes()).expect("a table"), &Book::default(), today);
        let head = "Số iHanoi;Ngày gửi;Nội dung phản ánh;Loại\n";
        let good =
            read_text(&format!("{head}PA-12;02/03/2026;Đèn đường hỏng.;\nPA-13;2026-03-14;Nên có ghế.;Kiến nghị\n"));
        assert_eq!(good.refused, []);
        assert_eq!((good.rows.len(), good.rows[0].1.number.as_str()), (2, "PA-12"));
        assert_eq!(good.rows[1].1.written.kind, Kind::Suggestion);
        let bad = read_text(&format!("{head};15/03/2026;;hỏi\nPA-1;01/03/2026;a;\nPA-1;01/03/2026;b;\n"));
        let columns: Vec<&str> = bad.refused.iter().map(|refused| refused.column.as_str()).collect();
        assert_eq!(columns, ["Số phản ánh", "Ngày nhận", "Loại", ""], "{:?}", bad.refused);
    }
}
