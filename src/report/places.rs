//! The tables of offices and service points: share, interval, people, and how many of the cases that is.

use super::format;
use super::model::{Cell, Column, Row, Table, TableKind};
use super::notes::Notes;
use super::tables::{Tables, body, figures_column, words_column};
use super::words;
use crate::index::result::Estimate;

impl Tables<'_> {
    /// Every office under the unit, and every service point; what has no line is left out.
    pub(super) fn places(&mut self) -> Vec<Table> {
        let language = self.language;
        let mut tables = Vec::new();
        if !self.index.units.is_empty() {
            let mut notes = Notes::new(self.index, language);
            let mut rows = Vec::new();
            for line in &self.index.units {
                let name = self.setting.names.office(&line.unit);
                line.estimate.iter().for_each(|estimate| notes.add(&name, estimate));
                let hidden =
                    language.choose("Chưa tách riêng được từ 10 người trả lời", "Not told apart yet").to_owned();
                rows.push(self.place_row(name, line.estimate.as_ref(), hidden, line.cases, line.share));
            }
            let mut notes = notes.finish();
            notes.push(words::offices_as_of(self.index, language));
            let columns = self.place_columns(language.choose("Đơn vị", "Office"));
            let caption = language.choose("Kết quả theo đơn vị", "Results by office");
            tables.push(self.table(TableKind::Units, caption, columns, rows, notes));
        }
        if !self.index.points.is_empty() {
            let mut notes = Notes::new(self.index, language);
            let mut rows = Vec::new();
            for line in &self.index.points {
                let name = self.setting.names.point(line.unit, line.point);
                line.estimate.iter().for_each(|estimate| notes.add(&name, estimate));
                let hidden = language.choose("Không tách riêng được", "Not told apart").to_owned();
                rows.push(self.place_row(name, line.estimate.as_ref(), hidden, line.cases, line.share));
            }
            let mut notes = notes.finish();
            notes.push(
                language
                    .choose(
                        "Một điểm chỉ có số riêng khi các lượt phiếu của nó không chung với điểm khác và có từ 10 người trả lời trở lên; \
                         các điểm còn lại được tính trong số liệu của đơn vị.",
                        "A point has a figure of its own only where its sheets entered apart from those of other points, and ten people \
                         answered; the others count in the figures of their office.",
                    )
                    .to_owned(),
            );
            let columns = self.place_columns(language.choose("Điểm phục vụ", "Service point"));
            let caption = language.choose("Kết quả theo điểm phục vụ", "Results by service point");
            tables.push(self.table(TableKind::Points, caption, columns, rows, notes));
        }
        tables
    }

    fn place_columns(&self, first: &str) -> Vec<Column> {
        let language = self.language;
        vec![
            words_column(first, 46),
            figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 14),
            figures_column(language.choose("Khoảng tin cậy", "Interval"), 20),
            figures_column("n", 10),
            figures_column(language.choose("Số hồ sơ", "Cases"), 12),
            figures_column(language.choose("Tỷ lệ trả lời", "Share answered"), 14),
        ]
    }

    fn place_row(
        &self,
        name: String,
        estimate: Option<&Estimate>,
        hidden: String,
        cases: Option<u64>,
        share: Option<f64>,
    ) -> Row {
        let Some(estimate) = estimate else {
            return body(vec![Cell::Text(name), Cell::Hidden(hidden)]);
        };
        let [value, interval, n] = self.figures(estimate);
        let cases = cases.map_or(Cell::Empty, |cases| Cell::Count(cases, format::count(cases, self.language)));
        let share = share.map_or(Cell::Empty, |share| Cell::Share(share, format::share(share, &[], self.language)));
        body(vec![Cell::Text(name), value, interval, n, cases, share])
    }
}
