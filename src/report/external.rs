//! Earlier and official figures of others beside ours, each with its source.

use chrono::NaiveDate;

use super::format::{self, Language};
use super::model::{Cell, Row, Table, TableKind};
use super::tables::{Tables, body, figures_column, group, words_column};
use super::words;
use super::words::plan::period_name;
use crate::index::asked::{asks_everybody, is_of_all};
use crate::index::result::{Estimate, IndexReport, Node, TargetResult};
use crate::plan::{ExternalFigure, IndexKind};

/// The short name of an index.
pub fn index_name(kind: IndexKind, language: Language) -> &'static str {
    match kind {
        IndexKind::Sipas => "SIPAS",
        IndexKind::Procedures => language.choose("Thủ tục hành chính", "Procedures"),
        IndexKind::PublicServices => language.choose("Dịch vụ công", "Public services"),
        IndexKind::Policy => language.choose("Chính sách", "Policies"),
    }
}

/// Our figure of an index and field, where one is shown.
fn ours<'a>(index: &'a IndexReport, kind: IndexKind, field: Option<&str>) -> Option<&'a Estimate> {
    let all = |target: &&TargetResult| target.index == kind && is_of_all(target) && asks_everybody(target);
    match field {
        None => index.targets.iter().find(all).and_then(|target| target.estimate.as_ref()),
        Some(field) if kind == IndexKind::Sipas => {
            let shown = index.fields.iter().filter_map(Node::shown).find(|known| known.field == field);
            shown.map(|known| &known.estimate)
        }
        Some(_) => None,
    }
}

impl Tables<'_> {
    /// The figures of others in the order of their periods, ours under those of its kind.
    pub(super) fn outside(&mut self, figures: &[ExternalFigure], (from, to): (NaiveDate, NaiveDate)) -> Table {
        let language = self.language;
        let columns = vec![
            words_column(language.choose("Kỳ", "Period"), 30),
            figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 16),
            figures_column("n", 12),
            words_column(language.choose("Nguồn", "Source"), 42),
        ];
        let mut kinds: Vec<(IndexKind, Option<String>)> =
            figures.iter().map(|figure| (figure.index, figure.field.clone())).collect();
        kinds.sort();
        kinds.dedup();
        let mut rows: Vec<Row> = Vec::new();
        for (kind, field) in kinds {
            let of_field = field.as_ref().map(|field| format!(", {}", self.setting.names.field(field, language)));
            rows.push(group(format!("{}{}", index_name(kind, language), of_field.unwrap_or_default())));
            let mut of_kind: Vec<&ExternalFigure> =
                figures.iter().filter(|figure| figure.index == kind && figure.field == field).collect();
            of_kind.sort_by(|a, b| (&a.period, &a.source).cmp(&(&b.period, &b.source)));
            rows.extend(of_kind.into_iter().map(|figure| {
                let n = figure.respondents;
                body(vec![
                    Cell::Text(period_name(&figure.period, language)),
                    Cell::Share(figure.value, format::share(figure.value, &[], language)),
                    n.map_or(Cell::Empty, |n| Cell::Count(n, format::count(n, language))),
                    Cell::Text(figure.source.clone()),
                ])
            }));
            if let Some(estimate) = ours(self.index, kind, field.as_deref()) {
                let [share, _, n] = self.figures(estimate);
                let period = words::period(&self.index.period, from, to, language);
                let basis = words::basis(self.index.basis, language);
                let ours = language.choose("Khảo sát của đơn vị", "The unit's own survey");
                rows.push(body(vec![Cell::Text(period), share, n, Cell::Text(format!("{ours}, {basis}"))]));
            }
        }
        let note = language.choose(
            "Số liệu của nguồn khác đo theo cách khác; chỉ để tham khảo xu hướng, không dùng để kết luận chỉ tiêu.",
            "Figures of other sources were measured in other ways: they show the trend and judge no target.",
        );
        let caption = language.choose("Số liệu trước đây và chính thức", "Earlier and official figures");
        self.table(TableKind::External, caption, columns, rows, vec![note.to_owned()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{content, sample};

    #[test]
    fn figures_of_others_stand_by_kind_and_period_with_their_source_and_ours_under_them() {
        let (plan, names) = (sample::plan(), sample::names());
        let figure = |period: &str, value, source: &str| ExternalFigure {
            unit: 1,
            index: IndexKind::Sipas,
            field: Some("health".to_owned()),
            period: period.to_owned(),
            value,
            respondents: Some(1200),
            source: source.to_owned(),
        };
        let figures = [figure("2025-year", 0.8753, "Sở Nội vụ"), figure("2024-year", 0.861, "Bộ Nội vụ")];
        let setting = crate::report::Setting { outside: &figures, ..sample::setting(&plan, &names, Language::Vi) };
        let report = content(&sample::index(), &setting);
        let table = report.table(TableKind::External).expect("a table");
        let cells: Vec<Vec<&str>> = table.rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect();
        assert_eq!(cells[1], ["Năm 2024", "86,1%", "1.200", "Bộ Nội vụ"]);
        assert_eq!(cells[2][3], "Sở Nội vụ");
        assert!(cells[3][3].starts_with("Khảo sát của đơn vị, theo ý kiến tự nguyện"), "{cells:?}");
    }
}
