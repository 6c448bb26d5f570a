//! How many answered of how many cases, and which questions are left blank.

use super::exhibit::{Exhibit, Step, row, table};
use crate::index::pick::Pick;
use crate::index::result::{Coverage, CriterionResult, IndexReport, Node};
use crate::report::format::{self, Language};
use crate::report::model::{Cell, Table};
use crate::report::names::Names;
use crate::report::words;

/// So many questions are listed: those that most people leave blank.
const BLANKS: usize = 20;

/// Answers against cases, of fields and of points; none where no cases are known.
pub fn covered(report: &IndexReport, names: &Names, language: Language) -> Vec<Exhibit> {
    let Some(coverage) = &report.coverage else { return Vec::new() };
    let mut exhibits = vec![of_fields(report, coverage, names, language)];
    if !coverage.points.is_empty() {
        exhibits.push(of_points(coverage, names, language));
    }
    exhibits
}

fn of_fields(report: &IndexReport, coverage: &Coverage, names: &Names, language: Language) -> Exhibit {
    let heading = language.choose("Người trả lời so với hồ sơ, theo lĩnh vực", "Respondents against cases, by field");
    let mut table = table(
        heading,
        &[
            (language.choose("Lĩnh vực", "Field"), false, 34),
            (language.choose("Số hồ sơ", "Cases"), true, 12),
            (language.choose("Số người trả lời", "Respondents"), true, 12),
            (language.choose("Tỷ lệ trả lời", "Share that answered"), true, 12),
        ],
    );
    for field in &coverage.fields {
        table.rows.push(row(vec![
            Cell::Text(names.field(&field.field, language)),
            count(field.cases, language),
            field.answered.map_or_else(
                || Cell::Hidden(words::hidden_field(report, &field.field, language)),
                |answered| count(answered, language),
            ),
            field.share.map_or(Cell::Empty, |share| Cell::Share(share, format::share(share, &[], language))),
        ]));
    }
    table.notes.extend(months_missing(coverage, language));
    let steps = coverage.fields.iter().map(|field| Step::Figure(Pick::Field(field.field.clone())));
    exhibit("coverage", heading, steps.collect(), table)
}

fn of_points(coverage: &Coverage, names: &Names, language: Language) -> Exhibit {
    let heading = language.choose("Phiếu so với hồ sơ, theo điểm phục vụ", "Sheets against cases, by service point");
    let mut table = table(
        heading,
        &[
            (language.choose("Điểm phục vụ", "Service point"), false, 40),
            (language.choose("Số hồ sơ", "Cases"), true, 12),
            (language.choose("Số phiếu (chục)", "Sheets (tens)"), true, 14),
        ],
    );
    for point in &coverage.points {
        let answered = match point.answered_tens {
            0 => Cell::Hidden(language.choose("dưới 10", "fewer than 10").to_owned()),
            tens => count(tens, language),
        };
        table.rows.push(row(vec![
            Cell::Text(names.point(point.unit, point.point)),
            count(point.cases, language),
            answered,
        ]));
    }
    exhibit("coverage-points", heading, vec![Step::Nowhere; coverage.points.len()], table)
}

/// The questions that most people leave blank, of one field or of all; none where no question is shown.
pub fn blanks(report: &IndexReport, field: Option<&str>, names: &Names, language: Language) -> Option<Exhibit> {
    let mut found: Vec<(&str, &CriterionResult, f64)> = Vec::new();
    for shown in report.fields.iter().filter_map(Node::shown).filter(|shown| field.is_none_or(|id| shown.field == id)) {
        let factors = shown.factors.iter().filter_map(Node::shown);
        for criterion in factors.flat_map(|factor| &factor.criteria).filter_map(Node::shown) {
            let asked = criterion.respondents + criterion.not_used + criterion.blank;
            found.push((&shown.field, criterion, criterion.blank as f64 / asked.max(1) as f64));
        }
    }
    if found.is_empty() {
        return None;
    }
    found.sort_by(|a, b| b.2.total_cmp(&a.2));
    found.truncate(BLANKS);
    let heading = language.choose("Câu bị để trống nhiều nhất", "Questions left blank most often");
    let mut table = table(
        heading,
        &[
            (language.choose("Tiêu chí", "Criterion"), false, 44),
            (language.choose("Lĩnh vực", "Field"), false, 24),
            (language.choose("Để trống", "Blank"), true, 10),
            (language.choose("Tỷ lệ để trống", "Share left blank"), true, 10),
            (language.choose("Không sử dụng", "Not used"), true, 10),
            (language.choose("Số người trả lời", "Respondents"), true, 12),
        ],
    );
    let mut steps = Vec::new();
    for (of, criterion, share) in found {
        table.rows.push(row(vec![
            Cell::Text(names.item(of, &criterion.item, language)),
            Cell::Text(names.field(of, language)),
            count(criterion.blank, language),
            Cell::Share(share, format::share(share, &[], language)),
            count(criterion.not_used, language),
            count(criterion.respondents, language),
        ]));
        steps.push(Step::Figure(Pick::Criterion(of.to_owned(), criterion.item.clone())));
    }
    Some(exhibit("blanks", heading, steps, table))
}

fn count(number: u64, language: Language) -> Cell {
    Cell::Count(number, format::count(number, language))
}

fn months_missing(coverage: &Coverage, language: Language) -> Option<String> {
    let months: Vec<String> = coverage.months_missing.iter().map(|month| month.format("%m/%Y").to_string()).collect();
    (!months.is_empty()).then(|| {
        let months = months.join(", ");
        language.choose(
            format!("Chưa có số hồ sơ của tháng {months}, nên chưa nêu tỷ lệ trả lời."),
            format!("There are no cases of {months} yet, so no share is given."),
        )
    })
}

/// A table without a chart.
fn exhibit(id: &'static str, heading: &str, steps: Vec<Step>, table: Table) -> Exhibit {
    Exhibit {
        id,
        heading: heading.to_owned(),
        says: Vec::new(),
        drawing: None,
        narrow: None,
        legend: String::new(),
        table,
        steps,
    }
}
