//! Earlier and official figures, from a file to the table of figures of others.

use super::{Blank, Checked, Fate, IntakeError, Payload, Tried, book, hash_of};
use crate::db::{Db, ImportKind, Unit};
use crate::exchange::import::{Table, external_figures, template};
use crate::plan::ExternalFigure;
use crate::report::external::{index_name, period_name};
use crate::report::{Language, format};

pub(in crate::service::imports) fn check(db: &Db, table: Table, units: &[Unit]) -> Result<Checked, IntakeError> {
    let book = book(db, units)?;
    let read = external_figures::read(&table, &book);
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let stored = db.outside_figures(&ids)?;
    let language = Language::Vi;
    let (mut lines, mut rows, mut spelled) = (Vec::new(), Vec::new(), Vec::new());
    for (line, row) in &read.rows {
        let Some(unit) = units.iter().find(|unit| unit.code == row.unit) else { continue };
        let figure = ExternalFigure {
            unit: unit.id,
            index: row.index,
            field: row.field.clone(),
            period: row.period.clone(),
            value: f64::from(row.value) / 1_000_000.0,
            respondents: row.respondents.map(u64::from),
            source: row.source.clone(),
        };
        let key = |figure: &ExternalFigure| {
            let ExternalFigure { unit, index, field, period, source, .. } = figure.clone();
            (unit, index, field, period, source)
        };
        let fate = match stored.iter().find(|known| key(known) == key(&figure)) {
            None => Fate::New,
            Some(known) if *known == figure => Fate::Same,
            Some(known) => Fate::Replaces(format::share(known.value, &[], language)),
        };
        spelled.push(format!("{row:?}"));
        let field = row.field.as_ref().map_or_else(
            || "Tất cả lĩnh vực".to_owned(),
            |code| {
                let known = book.fields.iter().find(|field| field.id == *code);
                known.map_or_else(|| code.clone(), |field| field.name_vi.clone())
            },
        );
        lines.push(Tried {
            line: *line,
            cells: vec![
                unit.name_vi.clone(),
                index_name(row.index, language).to_owned(),
                field,
                period_name(&row.period, language),
                format::share(figure.value, &[], language),
                row.respondents.map_or_else(|| "–".to_owned(), |count| format::count(u64::from(count), language)),
                row.source.clone(),
            ],
            fate,
        });
        rows.push(figure);
    }
    Ok(Checked {
        kind: ImportKind::Figures,
        name: String::new(),
        headings: vec!["Đơn vị", "Chỉ số", "Lĩnh vực", "Kỳ", "Tỷ lệ hài lòng", "Số người trả lời", "Nguồn"],
        lines,
        refused: read.refused,
        before: None,
        table,
        hash: hash_of(spelled),
        payload: Payload::Figures(rows),
    })
}

/// Headings of the template, whether each is required, and what to write.
pub(in crate::service::imports) fn template() -> Blank {
    let explained = vec![
        ("Đơn vị", "Tên hoặc mã đơn vị như trên trang Đơn vị."),
        ("Chỉ số", "SIPAS, Thủ tục hành chính, Dịch vụ công hoặc Chính sách."),
        ("Lĩnh vực", "Tên hoặc mã lĩnh vực; để trống là tất cả."),
        ("Kỳ", "Ví dụ 2025, Quý I/2025, 6 tháng 2025."),
        ("Tỷ lệ hài lòng", "Ví dụ 87,5%."),
        ("Số người trả lời", "Để trống nếu nguồn không nêu."),
        ("Nguồn", "Cơ quan công bố hoặc số văn bản; đứng cạnh số liệu ở mọi nơi."),
        ("Ghi lại", "Dòng mới thay dòng cũ của cùng đơn vị, chỉ số, lĩnh vực, kỳ và nguồn."),
    ];
    Blank { columns: template::headings(external_figures::COLUMNS), explained }
}
