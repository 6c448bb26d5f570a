//! Answers against cases handled: the tables of coverage, and what is said of weights by cases.

use super::format;
use super::model::{Cell, Table, TableKind};
use super::setting::Setting;
use super::tables::{Tables, body, figures_column, words_column};
use super::words;
use crate::index::result::Coverage;
use crate::index::result::IndexReport;
use crate::plan::Weights;
use chrono::NaiveDate;

impl Tables<'_> {
    /// Cases and answers of every field, and of every point that has cases of its own.
    pub(super) fn coverage(&mut self, coverage: &Coverage) -> Vec<Table> {
        let language = self.language;
        let count = |number: u64| Cell::Count(number, format::count(number, language));
        let columns = |first: &str, answered: &str| {
            vec![
                words_column(first, 50),
                figures_column(language.choose("Số hồ sơ", "Cases"), 18),
                figures_column(answered, 20),
                figures_column(language.choose("Tỷ lệ trả lời", "Share answered"), 18),
            ]
        };
        let mut notes = vec![language.choose(
            format!("Số hồ sơ của {}; tháng có một phần trong kỳ tính theo số ngày.", months(&coverage.months)),
            format!("Cases of {}; a month cut by the period counts by its days.", months(&coverage.months)),
        )];
        if !coverage.months_missing.is_empty() {
            let missing = months(&coverage.months_missing);
            notes.push(language.choose(
                format!("Chưa có số hồ sơ của {missing}, nên chưa tính tỷ lệ trả lời."),
                format!("Cases of {missing} are not known yet, so no share is given."),
            ));
        }
        let rows = coverage.fields.iter().map(|field| {
            body(vec![
                Cell::Text(self.setting.names.field(&field.field, language)),
                count(field.cases),
                field
                    .answered
                    .map_or_else(|| Cell::Hidden(words::hidden_field(self.index, &field.field, language)), count),
                field.share.map_or(Cell::Empty, |share| Cell::Share(share, format::share(share, &[], language))),
            ])
        });
        let rows = rows.collect();
        let caption =
            language.choose("Số người trả lời so với số hồ sơ, theo lĩnh vực", "Answers against cases, by field");
        let first = columns(language.choose("Lĩnh vực", "Field"), language.choose("Số người trả lời", "Respondents"));
        let mut tables = vec![self.table(TableKind::Coverage, caption, first, rows, notes)];
        if !coverage.points.is_empty() {
            let complete = coverage.months_missing.is_empty();
            let rows = coverage.points.iter().map(|point| {
                let (answered, cases) = (point.answered_tens, point.cases);
                let share = (complete && cases > 0 && answered > 0).then(|| answered as f64 / cases as f64);
                body(vec![
                    Cell::Text(self.setting.names.point(point.unit, point.point)),
                    count(cases),
                    if answered == 0 { Cell::Hidden(words::small_cell(language)) } else { count(answered) },
                    share.map_or(Cell::Empty, |share| Cell::Share(share, format::share(share, &[], language))),
                ])
            });
            let rows = rows.collect();
            let notes = language.choose(
                "Số phiếu của một điểm được làm tròn xuống hàng chục.",
                "The sheets of a point are rounded down to whole tens.",
            );
            let caption =
                language.choose("Số phiếu so với số hồ sơ, theo điểm phục vụ", "Sheets against cases, by point");
            let of_points =
                columns(language.choose("Điểm phục vụ", "Service point"), language.choose("Số phiếu", "Sheets"));
            tables.push(self.table(TableKind::CoveragePoints, caption, of_points, rows, vec![notes.to_owned()]));
        }
        tables
    }
}

/// Months as `12/2025, 01/2026`.
fn months(months: &[NaiveDate]) -> String {
    months.iter().map(|month| month.format("%m/%Y").to_string()).collect::<Vec<_>>().join(", ")
}

/// What must be said where a plan asks for cases as weights: which months, or why they are not used.
pub(super) fn weights(index: &IndexReport, setting: &Setting<'_>) -> Option<String> {
    let (known, language) = (index.volumes.as_ref()?, setting.language);
    if index.weights == Weights::Volumes {
        let months = months(&known.months);
        return Some(language.choose(
            format!("Trọng số theo số hồ sơ đã giải quyết ({months})."),
            format!("Fields are weighed by the cases handled ({months})."),
        ));
    }
    if known.missing.is_empty() && known.months.is_empty() {
        return None;
    }
    let missing = setting.names.fields(&known.missing, language);
    Some(language.choose(
        format!(
            "Kế hoạch chọn trọng số theo số hồ sơ, nhưng chưa có đủ số hồ sơ của: {missing}. Vì vậy mọi lĩnh vực được tính bằng nhau."
        ),
        format!(
            "The plan weighs fields by cases, but cases are not known for: {missing}. So every field counts the same."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::result::{FieldCoverage, PointCoverage, VolumesKnown};
    use crate::report::Language;
    use crate::report::{content, sample};

    #[test]
    fn missing_cases_and_months_are_said_and_small_points_hidden() {
        let (plan, names) = (sample::plan(), sample::names());
        let setting = sample::setting(&plan, &names, Language::Vi);
        let index = IndexReport {
            volumes: Some(VolumesKnown { months: vec![sample::day(2026, 1, 1)], missing: vec!["health".to_owned()] }),
            coverage: Some(Coverage {
                months: vec![sample::day(2026, 1, 1)],
                months_missing: vec![sample::day(2026, 2, 1)],
                fields: vec![FieldCoverage {
                    field: "health".to_owned(),
                    cases: 4000,
                    answered: Some(880),
                    share: None,
                }],
                points: vec![PointCoverage { unit: 1, point: 2, cases: 1234, answered_tens: 0 }],
            }),
            ..sample::index()
        };
        let report = content(&index, &setting);
        assert!(
            report.banners.iter().any(|line| line.contains("mọi lĩnh vực được tính bằng nhau")),
            "{:?}",
            report.banners
        );
        let table = report.table(TableKind::Coverage).expect("a table");
        let cells: Vec<&str> = table.rows[0].cells.iter().map(Cell::text).collect();
        assert_eq!(cells[1..], ["4.000", "880", "–"]);
        assert!(table.notes[1].contains("02/2026"));
        let points = report.table(TableKind::CoveragePoints).expect("a table");
        assert_eq!(points.rows[0].cells[2].text(), "Ít hơn 10 người trả lời: không hiển thị");
    }
}
