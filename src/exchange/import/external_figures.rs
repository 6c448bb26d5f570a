//! Earlier and official figures: satisfaction as others measured it, with where it comes from.

use super::names::plain;
use super::values::{count, period, share};
use super::{Book, Column, Columns, Read, Reason, Refused, TwiceKind, Wanted, each_once};
use crate::plan::IndexKind;
use crate::table::{Row, Table};

/// The most characters of a source's name.
pub const SOURCE_CHARACTERS_MAX: usize = 120;

/// The columns of the file.
pub const COLUMNS: &[Column] = &[
    Column { key: "unit", heading: "Đơn vị", also: &["ma don vi", "ten don vi", "unit"], required: true },
    Column { key: "index", heading: "Chỉ số", also: &["index"], required: true },
    Column { key: "field", heading: "Lĩnh vực", also: &["ma linh vuc", "field"], required: false },
    Column { key: "period", heading: "Kỳ", also: &["nam", "ky bao cao", "period"], required: true },
    Column {
        key: "value", heading: "Tỷ lệ hài lòng", also: &["ty le", "ket qua", "gia tri", "value"], required: true
    },
    Column {
        key: "respondents",
        heading: "Số người trả lời",
        also: &["so nguoi", "so phieu", "n", "respondents"],
        required: false,
    },
    Column { key: "source", heading: "Nguồn", also: &["nguon so lieu", "can cu", "source"], required: true },
];

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureRow {
    /// Code of the unit.
    pub unit: String,
    /// What was measured.
    pub index: IndexKind,
    /// Code of the field; none for all.
    pub field: Option<String>,
    /// As plans name periods: `2025-year`, `2025-q1`.
    pub period: String,
    /// Share satisfied, in millionths.
    pub value: u32,
    /// Respondents, where stated.
    pub respondents: Option<u32>,
    /// Who measured it, or the document that says so.
    pub source: String,
}

/// Reads the rows.
pub fn read(table: &Table, book: &Book) -> Read<FigureRow> {
    let key = |figure: &FigureRow| {
        let FigureRow { unit, index, field, period, source, .. } = figure.clone();
        (unit, index, field, period, source)
    };
    let read_one = |columns: &Columns<'_>, row: &Row| one(columns, row, book);
    each_once(table, COLUMNS, TwiceKind::Figure, read_one, |a, b| key(a) == key(b))
}

fn index_of(typed: &str) -> Option<IndexKind> {
    Some(match plain(typed).as_str() {
        "sipas" | "su phuc vu" | "su phuc vu hanh chinh" => IndexKind::Sipas,
        "procedures" | "tthc" | "thu tuc hanh chinh" | "giai quyet thu tuc hanh chinh" => IndexKind::Procedures,
        "public services" | "dich vu cong" => IndexKind::PublicServices,
        "policy" | "chinh sach" => IndexKind::Policy,
        _ => return None,
    })
}

fn one(columns: &Columns<'_>, row: &Row, book: &Book) -> Result<FigureRow, Vec<Refused>> {
    let cell = |key: &str| columns.cell(row, key);
    let (place, mut refused) = (columns.place(row), Vec::new());
    let mut refuse =
        |key: &str, reason: Reason| refused.push(Refused::new(place.clone(), columns.heading(key), reason));
    let unit = match cell("unit") {
        "" => Err(Reason::Blank(Wanted::Unit)),
        typed => book.unit(typed).map(|unit| unit.code.clone()),
    };
    let unit = unit.map_err(|reason| refuse("unit", reason)).ok();
    let field = match cell("field") {
        "" => Some(None),
        typed => book.field(typed).map(|field| Some(field.id.clone())).map_err(|reason| refuse("field", reason)).ok(),
    };
    let mut need = |key: &str, found: bool, wanted: Wanted| {
        if !found {
            refuse(
                key,
                match cell(key) {
                    "" => Reason::Blank(wanted),
                    typed => Reason::NotUnderstood { typed: typed.to_owned(), wanted },
                },
            );
        }
    };
    let index = index_of(cell("index"));
    need("index", index.is_some(), Wanted::Index);
    let of_period = period(cell("period"));
    need("period", of_period.is_some(), Wanted::Period);
    let value = share(cell("value"));
    need("value", value.is_some(), Wanted::Share);
    let respondents = match cell("respondents") {
        "" => Some(None),
        typed => count(typed).and_then(|count| u32::try_from(count).ok()).map(Some),
    };
    need("respondents", respondents.is_some(), Wanted::Respondents);
    let source = cell("source").split_whitespace().collect::<Vec<_>>().join(" ");
    let source_ok = !source.is_empty() && source.chars().count() <= SOURCE_CHARACTERS_MAX;
    need("source", source_ok, Wanted::Source);
    match (unit, index, field, of_period, value, respondents) {
        (Some(unit), Some(index), Some(field), Some(period), Some(value), Some(respondents)) if refused.is_empty() => {
            Ok(FigureRow { unit, index, field, period, value, respondents, source })
        }
        _ => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::NamedUnit;

    #[test]
    fn figures_are_read_as_reports_print_them() {
        let unit = NamedUnit { code: "cau-giay".to_owned(), name: "Phường Cầu Giấy".to_owned() };
        let book = Book { units: vec![unit], ..Book::default() };
        let read_text = |text: &str| read(&Table::read(text.as_bytes()).expect("a table"), &book);
        let head = "Don vi;Chi so;Ky;Ty le;So nguoi;Nguon\n";
        let good = read_text(&format!(
            "{head}Phường Cầu Giấy;SIPAS;2025;87,53%;1.200;Sở Nội vụ\ncau-giay;TTHC;Quý I/2025;0,9;;Sở Nội vụ\n"
        ));
        assert_eq!(good.refused, []);
        assert_eq!((good.rows[0].1.value, good.rows[0].1.respondents), (875_300, Some(1200)));
        assert_eq!((good.rows[1].1.value, good.rows[1].1.period.as_str()), (900_000, "2025-q1"));
        let bad = read_text(&format!("{head}cau-giay;PAPI;hôm qua;120;x;\n"));
        let columns: Vec<&str> = bad.refused.iter().map(|refused| refused.column.as_str()).collect();
        assert_eq!(columns, ["Chỉ số", "Kỳ", "Tỷ lệ hài lòng", "Số người trả lời", "Nguồn"]);
        let twice = read_text(&format!("{head}cau-giay;sipas;2025;80;;A\ncau-giay;SIPAS;Năm 2025;81;;A\n"));
        assert_eq!((twice.rows.len(), twice.refused[0].place.line), (1, 3));
    }
}
