//! Cases handled, by unit or service point, field and month.

use std::collections::{BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};

use super::columns::find;
use super::values::{count, month};
use super::{Book, Column, Columns, Note, Place, Read, Reason, Refused, TwiceKind, Wanted};
use crate::table::{Row, Table};

/// More cases than this in a month are a slip: a hundred times the busiest centre.
pub const CASES_MAX: u64 = 1_000_000;

/// The columns of the file.
pub const COLUMNS: &[Column] = &[
    Column { key: "unit", heading: "Đơn vị", also: &["ma don vi", "ten don vi", "unit"], required: false },
    Column {
        key: "point",
        heading: "Điểm phục vụ",
        also: &["diem", "ma diem", "ma diem phuc vu", "point", "code"],
        required: false,
    },
    Column { key: "field", heading: "Lĩnh vực", also: &["ma linh vuc", "field"], required: true },
    Column { key: "month", heading: "Tháng", also: &["thang nam", "ky", "month"], required: true },
    Column {
        key: "cases",
        heading: "Số hồ sơ",
        also: &["so ho so da giai quyet", "ho so", "so luot", "so luot giao dich", "so giao dich", "so luong", "cases"],
        required: true,
    },
];

/// One row: the cases of a field in a month at a point, or at a unit as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VolumeRow {
    /// Code of the unit.
    pub unit: String,
    /// Code of the field.
    pub field: String,
    /// First day of the month.
    pub month: NaiveDate,
    /// Code of the point; none for the unit as a whole.
    pub point: Option<String>,
    /// Cases handled.
    pub cases: u64,
}

/// Reads the rows; `today` is the last day on which a month may have begun.
pub fn read(table: &Table, book: &Book, today: NaiveDate) -> Read<VolumeRow> {
    let found = find(table, COLUMNS, &|_| false);
    let no_rows = found.refused.is_empty() && found.row_count() == 0;
    let mut read = Read { rows: Vec::new(), refused: found.refused, notes: found.notes };
    if no_rows {
        read.refused.push(Refused::new(Place::line(1), "", Reason::NoRows));
    }
    // Where each field's month of a unit was said, and by point or as a whole.
    let mut said: HashMap<(String, String, NaiveDate), (Place, bool)> = HashMap::new();
    let mut places: HashMap<(String, String, NaiveDate, Option<String>), Place> = HashMap::new();
    let begun = months_begun(&found.blocks);
    let mut not_filled = 0;
    for columns in &found.blocks {
        let from = read.rows.len();
        for row in &columns.rows {
            let of_month = month(columns.cell(row, "month"), columns.from_1904);
            if columns.cell(row, "cases").is_empty()
                && of_month.is_some_and(|of| !begun.contains(&of))
                && !begun.is_empty()
            {
                not_filled += 1;
                continue;
            }
            let volume = match one(columns, row, book, today) {
                Ok(volume) => volume,
                Err(refused) => {
                    read.refused.extend(refused);
                    continue;
                }
            };
            let here = columns.place(row);
            let key = (volume.unit.clone(), volume.field.clone(), volume.month);
            let by_point = volume.point.is_some();
            let (first, as_before) = said.entry(key.clone()).or_insert_with(|| (here.clone(), by_point)).clone();
            let place = (key.0, key.1, key.2, volume.point.clone());
            let again = places.entry(place).or_insert_with(|| here.clone()).clone();
            if as_before != by_point {
                let reason = Reason::TwoWays { place: first, by_point: as_before };
                read.refused.push(Refused::new(here, columns.heading("point"), reason));
            } else if again == here {
                read.rows.push((here, volume));
            } else {
                read.refused.push(Refused::new(here, "", Reason::Twice { place: again, kind: TwiceKind::Cases }));
            }
        }
        let sum = read.rows[from..].iter().map(|(_, volume)| volume.cases).sum();
        if let [total] = columns.totals.as_slice()
            && let Some(said) = count(columns.cell(total, "cases")).filter(|said| *said != sum)
        {
            read.notes.push(Note::TotalDiffers { place: columns.place(total), said, sum });
        }
    }
    if not_filled > 0 {
        read.notes.push(Note::NotFilled { rows: not_filled });
    }
    read
}

/// The months of which some row has a number: the file to fill in has every month of the plan, and one is filled in at a time. A blank beside
/// numbers of its month was forgotten.
fn months_begun(blocks: &[Columns<'_>]) -> BTreeSet<NaiveDate> {
    let filled = |columns: &Columns<'_>| -> Vec<NaiveDate> {
        let rows = columns.rows.iter().filter(|row| !columns.cell(row, "cases").is_empty());
        rows.filter_map(|row| month(columns.cell(row, "month"), columns.from_1904)).collect()
    };
    blocks.iter().flat_map(filled).collect()
}

fn one(columns: &Columns<'_>, row: &Row, book: &Book, today: NaiveDate) -> Result<VolumeRow, Vec<Refused>> {
    let cell = |key: &str| columns.cell(row, key);
    let (place, mut refused) = (columns.place(row), Vec::new());
    let mut refuse =
        |key: &str, reason: Reason| refused.push(Refused::new(place.clone(), columns.heading(key), reason));
    for (key, wanted) in [("field", Wanted::Field), ("month", Wanted::Month), ("cases", Wanted::Cases)] {
        if cell(key).is_empty() {
            refuse(key, Reason::Blank(wanted));
        }
    }
    if cell("unit").is_empty() && cell("point").is_empty() {
        refuse("unit", Reason::Blank(Wanted::UnitOrPoint));
    }
    let typed = |key: &str| Some(cell(key)).filter(|typed| !typed.is_empty());
    let unit = typed("unit").and_then(|typed| book.unit(typed).map_err(|reason| refuse("unit", reason)).ok());
    let unit = unit.map(|unit| unit.code.clone());
    let field = typed("field").and_then(|typed| book.field(typed).map_err(|reason| refuse("field", reason)).ok());
    let field = field.map(|field| field.id.clone());
    // A point is not looked for in a unit that was not understood.
    let unit_known = cell("unit").is_empty() || unit.is_some();
    let point = typed("point")
        .filter(|_| unit_known)
        .and_then(|typed| book.point(typed, unit.as_deref()).map_err(|reason| refuse("point", reason)).ok());
    if let (Some(point), Some(field)) = (point, &field)
        && !point.fields.contains(field)
    {
        let reason = Reason::FieldElsewhere { point: point.name.clone(), field: cell("field").to_owned() };
        refuse("field", reason);
    }
    let of_month = month(cell("month"), columns.from_1904);
    match of_month {
        None if !cell("month").is_empty() => {
            refuse("month", Reason::NotUnderstood { typed: cell("month").to_owned(), wanted: Wanted::Month });
        }
        Some(month) if month > today || month.year() < 2000 => refuse("month", Reason::MonthOutOfRange { month }),
        _ => {}
    }
    let cases = count(cell("cases")).filter(|cases| *cases <= CASES_MAX);
    if cases.is_none() && !cell("cases").is_empty() {
        refuse("cases", Reason::NotUnderstood { typed: cell("cases").to_owned(), wanted: Wanted::Cases });
    }
    let unit = unit.or_else(|| point.map(|point| point.unit.clone()));
    match (unit, field, of_month, cases) {
        (Some(unit), Some(field), Some(month), Some(cases)) if refused.is_empty() => {
            Ok(VolumeRow { unit, field, month, point: point.map(|point| point.code.clone()), cases })
        }
        _ => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::{NamedPoint, NamedUnit};
    use crate::plan::FieldOfService;

    fn book() -> Book {
        let unit = |code: &str, name: &str| NamedUnit { code: code.to_owned(), name: name.to_owned() };
        let field = |id: &str, name: &str| FieldOfService {
            id: id.to_owned(),
            name_vi: name.to_owned(),
            name_en: String::new(),
        };
        Book {
            units: vec![unit("cau-giay-hcc", "Trung tâm Phục vụ hành chính công"), unit("cau-giay-tyt", "Trạm Y tế")],
            points: vec![NamedPoint {
                unit: "cau-giay-hcc".to_owned(),
                // A code as `survey::code` makes them.
                code: crate::survey::code::from_random(7),
                name: "Quầy số 1".to_owned(),
                fields: vec!["land".to_owned()],
            }],
            fields: vec![field("land", "Đất đai"), field("health", "Y tế công lập")],
        }
    }

    fn read_text(text: &str) -> Read<VolumeRow> {
        let today = NaiveDate::from_ymd_opt(2026, 4, 15).expect("a day");
        read(&Table::read(text.as_bytes()).expect("a table"), &book(), today)
    }

    #[test]
    fn a_month_without_any_number_is_passed_over_and_a_blank_beside_numbers_of_its_month_is_not() {
        let head = "Đơn vị,Lĩnh vực,Tháng,Số hồ sơ\n";
        let read = |rows: &str| {
            let table = Table::read(format!("{head}{rows}").as_bytes()).expect("a table");
            super::read(&table, &book(), NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day"))
        };
        let (october, november) = ("cau-giay-hcc,Đất đai,10/2026,\n", "cau-giay-hcc,Đất đai,11/2026,12\n");
        let found = read(&format!("{october}{november}"));
        assert_eq!(found.rows.len(), 1, "{:?}", found.refused);
        assert!(found.refused.is_empty() && found.notes.contains(&Note::NotFilled { rows: 1 }), "{:?}", found.notes);
        let forgotten = read(&format!("{november}cau-giay-tyt,Y tế công lập,11/2026,\n"));
        assert!(forgotten.refused.iter().any(|refused| refused.reason == Reason::Blank(Wanted::Cases)));
        let nothing = read(october);
        assert!(nothing.refused.iter().any(|refused| refused.reason == Reason::Blank(Wanted::Cases)));
    }

    #[test]
    fn a_file_as_offices_keep_it_is_read() {
        let text = "BÁO CÁO SỐ HỒ SƠ\n\nSTT;don vi;ĐIỂM;Lĩnh vực;Thang;So ho so;Ghi chú\n\
                    1;trung tam phuc vu hanh chinh cong;Quay so 1;đất đai;03/2026;1.234;x\n\
                    2;cau-giay-tyt;;health;Tháng 3/2026;0\n";
        let read = read_text(text);
        assert_eq!(read.refused, []);
        let month = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        let code = crate::survey::code::from_random(7);
        let row = |unit: &str, field: &str, point, cases| VolumeRow {
            unit: unit.to_owned(),
            field: field.to_owned(),
            month,
            point,
            cases,
        };
        assert_eq!(read.rows[0], (Place::line(4), row("cau-giay-hcc", "land", Some(code), 1234)));
        assert_eq!(read.rows[1], (Place::line(5), row("cau-giay-tyt", "health", None, 0)));
    }

    #[test]
    fn every_fault_of_a_row_is_told_with_line_and_column() {
        let text =
            "Đơn vị;Điểm phục vụ;Lĩnh vực;Tháng;Số hồ sơ\nSở X;;Đất;13/2026;1,5\n;Quầy số 1;Y tế công lập;05/2026;\n";
        let told: Vec<(u64, String)> =
            read_text(text).refused.into_iter().map(|refused| (refused.place.line, refused.column)).collect();
        let expected = [
            (2, "Đơn vị"),
            (2, "Lĩnh vực"),
            (2, "Tháng"),
            (2, "Số hồ sơ"),
            (3, "Số hồ sơ"),
            (3, "Lĩnh vực"),
            (3, "Tháng"),
        ];
        assert_eq!(told, expected.map(|(line, column)| (line, column.to_owned())));
    }

    #[test]
    fn one_month_is_said_once_and_by_point_or_as_a_whole() {
        let head = "Đơn vị;Điểm;Lĩnh vực;Tháng;Số hồ sơ\n";
        let twice = read_text(&format!("{head}cau-giay-tyt;;health;3/2026;5\nTrạm Y tế;;Y tế công lập;2026-03;6\n"));
        assert_eq!((twice.rows.len(), twice.refused[0].place.line), (1, 3));
        let both = read_text(&format!("{head}cau-giay-hcc;;land;3/2026;5\n;Quầy số 1;land;3/2026;6\n"));
        assert_eq!((both.rows.len(), both.refused[0].column.as_str()), (1, "Điểm phục vụ"));
    }

    #[test]
    fn missing_and_unknown_columns_are_named() {
        let missing = read_text("Đơn vị;Lĩnh vực;Kỳ\ncau-giay-tyt;health;3/2026\n");
        assert_eq!(missing.refused[0].reason, Reason::ColumnMissing { heading: "Số hồ sơ" });
        let unknown = read_text("Đơn vị;Lĩnh vực;Tháng;Số hồ sơ;Mã hồ sơ\ncau-giay-tyt;health;3/2026;5;A1\n");
        assert!(matches!(&unknown.refused[0].reason, Reason::ColumnUnknown { heading, .. } if heading == "Mã hồ sơ"));
        assert!(matches!(read_text("1;2;3\n").refused[0].reason, Reason::NoHeading { .. }));
    }
}
