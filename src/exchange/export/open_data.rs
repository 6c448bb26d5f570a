//! Open data: the published targets and fields of a ward, a row a figure, with the codebook of its columns. What is hidden in the figures is not here.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::{Cell, Table, TableError};
use crate::index::{Estimate, IndexReport, Node};

/// The licence of what is handed out.
pub const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";

/// A column: name, kind of value, what it means in Vietnamese and in English.
pub type Column = (&'static str, &'static str, &'static str, &'static str);

/// Every column, in the order of the files.
pub const COLUMNS: [Column; 29] = [
    ("unit", "text", "Mã đơn vị", "Code of the unit"),
    ("unit_name", "text", "Tên đơn vị", "Name of the unit"),
    ("plan", "text", "Mã kế hoạch", "Key of the plan"),
    ("plan_title", "text", "Tên kế hoạch", "Title of the plan"),
    ("period", "text", "Kỳ báo cáo, như 2026-q1", "Reporting period, as 2026-q1"),
    ("from", "date", "Ngày đầu được tính (ISO 8601)", "First day counted (ISO 8601)"),
    ("to", "date", "Ngày cuối được tính", "Last day counted"),
    ("version", "number", "Lần công bố của kỳ, từ 1", "Version of the closed period, from 1"),
    ("published_on", "date", "Ngày công bố", "Day of publication"),
    ("node", "text", "target: chỉ tiêu; field: lĩnh vực", "target, or field of service"),
    ("id", "text", "Mã chỉ tiêu hoặc lĩnh vực", "Identifier of the target or field"),
    ("name_vi", "text", "Tên tiếng Việt", "Vietnamese name"),
    ("name_en", "text", "Tên tiếng Anh", "English name"),
    ("clause", "text", "Mục của kế hoạch", "Clause of the plan"),
    (
        "measure",
        "text",
        "answers: tỷ lệ câu trả lời hài lòng; people: tỷ lệ người hài lòng chung",
        "answers: share of satisfied answers; people: share of people satisfied overall",
    ),
    ("minimum", "share", "Chỉ tiêu giao, 0–1", "Minimum of the target, 0–1"),
    ("value", "share", "Tỷ lệ hài lòng (mức 4 và 5), 0–1", "Share satisfied (levels 4 and 5), 0–1"),
    ("low", "share", "Cận dưới khoảng tin cậy", "Lower bound of the interval"),
    ("high", "share", "Cận trên khoảng tin cậy", "Upper bound of the interval"),
    ("confidence", "share", "Độ tin cậy của khoảng", "Confidence of the interval"),
    ("method", "text", "Cách tính khoảng tin cậy", "How the interval was made"),
    ("respondents", "number", "Số người trả lời được tính", "Respondents that count"),
    ("answers", "number", "Số câu trả lời ở các mức 1–5", "Answers on the levels 1–5"),
    (
        "verdict",
        "text",
        "met: đạt; not_met: chưa đạt; cannot_say: chưa đủ căn cứ",
        "met, not_met, or cannot_say where the interval leaves it open",
    ),
    (
        "series",
        "text",
        "Nguồn phiếu: open tự nguyện; ticket có mã một lần; sample theo mẫu",
        "Series: open, ticket, sample",
    ),
    ("basis", "text", "volunteers: theo ý kiến tự nguyện; sample: theo mẫu điều tra", "volunteers, or a survey sample"),
    ("weights", "text", "Cách tính trọng số của lĩnh vực", "How fields are weighed"),
    ("hash", "text", "Mã băm SHA-256 của số liệu đã khóa", "SHA-256 of the frozen figures"),
    (
        "state",
        "text",
        "in_force: còn hiệu lực; reopened: kỳ đã mở lại, số liệu không còn hiệu lực",
        "in_force, or reopened: the period was opened anew and these figures are no longer in force",
    ),
];

/// A published period.
#[derive(Debug)]
pub struct OpenPeriod<'a> {
    pub unit_name: &'a str,
    pub plan_title: &'a str,
    /// The version that is out.
    pub version: u32,
    /// When it went out.
    pub published_on: NaiveDate,
    /// Hash of its figures.
    pub hash: String,
    /// Whether the period was not opened anew since.
    pub in_force: bool,
    /// The figures.
    pub report: &'a IndexReport,
    /// Names of targets and fields by their identifiers: Vietnamese and English.
    pub names: Vec<(String, [String; 2])>,
}

impl OpenPeriod<'_> {
    /// The rows of the period, a value a column.
    pub fn rows(&self) -> Vec<Vec<Value>> {
        let report = self.report;
        let mut rows = Vec::new();
        for target in &report.targets {
            let Some(estimate) = &target.estimate else { continue };
            let more = json!({
                "clause": target.clause, "measure": target.measure, "minimum": target.minimum, "verdict": target.verdict,
            });
            rows.push(self.row("target", &target.target, estimate, &more));
        }
        for field in report.fields.iter().filter_map(Node::shown) {
            rows.push(self.row("field", &field.field, &field.estimate, &json!({"measure": "answers"})));
        }
        rows
    }

    fn row(&self, node: &str, id: &str, estimate: &Estimate, more: &Value) -> Vec<Value> {
        let report = self.report;
        let name =
            |place: usize| self.names.iter().find(|(known, _)| known == id).map(|(_, names)| names[place].clone());
        // One shape with the API: what is serialised there has the same words here.
        let of_estimate = json!(estimate);
        let value = |column: &str| match column {
            "unit" => json!(report.unit),
            "unit_name" => json!(self.unit_name),
            "plan" => json!(report.plan),
            "plan_title" => json!(self.plan_title),
            "period" => json!(report.period),
            "from" => json!(report.from),
            "to" => json!(report.to),
            "version" => json!(self.version),
            "published_on" => json!(self.published_on),
            "node" => json!(node),
            "id" => json!(id),
            "name_vi" => json!(name(0)),
            "name_en" => json!(name(1)),
            "series" => json!(report.series),
            "basis" => json!(report.basis),
            "weights" => json!(report.weights),
            "hash" => json!(self.hash),
            "state" => json!(if self.in_force { "in_force" } else { "reopened" }),
            "clause" | "measure" | "minimum" | "verdict" => more[column].clone(),
            column => of_estimate[column].clone(),
        };
        COLUMNS.iter().map(|(column, ..)| value(column)).collect()
    }
}

/// Writes the rows of several periods.
pub fn write(periods: &[OpenPeriod<'_>], table: &mut dyn Table) -> Result<(), TableError> {
    table.row(&COLUMNS.map(|(name, ..)| Cell::Text(name)))?;
    for row in periods.iter().flat_map(OpenPeriod::rows) {
        let cells: Vec<Cell<'_>> = row.iter().map(cell).collect();
        table.row(&cells)?;
    }
    Ok(())
}

/// The same as JSON: licence, codebook, and an object a row.
pub fn json(periods: &[OpenPeriod<'_>]) -> Value {
    let object = |row: Vec<Value>| {
        let pairs = COLUMNS.iter().zip(row).map(|((name, ..), value)| ((*name).to_owned(), value));
        Value::Object(pairs.collect::<Map<_, _>>())
    };
    let codebook = COLUMNS.map(|(name, kind, vi, en)| json!({"column": name, "kind": kind, "vi": vi, "en": en}));
    json!({
        "licence": LICENCE,
        "codebook": codebook,
        "figures": periods.iter().flat_map(OpenPeriod::rows).map(object).collect::<Vec<_>>(),
    })
}

/// Writes what each column means.
pub fn write_codebook(table: &mut dyn Table) -> Result<(), TableError> {
    table.row(&["column", "kind", "vi", "en"].map(Cell::Text))?;
    COLUMNS.iter().try_for_each(|(name, kind, vi, en)| table.row(&[*name, *kind, *vi, *en].map(Cell::Text)))
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::String(text) if !text.is_empty() => Cell::Text(text),
        Value::Bool(truth) => Cell::Truth(*truth),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => Cell::Whole(whole),
            (None, Some(number)) => Cell::Number(number),
            _ => Cell::Empty,
        },
        _ => Cell::Empty,
    }
}
