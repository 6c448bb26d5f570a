//! A plan as a form: what stands once, and three tables of rows that open. Without script: rows come and go by buttons that send
//! the form, and nothing typed is lost.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::words;
use crate::exchange::export::plan::{PERIODS, value};
use crate::exchange::import::plan::heading;
use crate::plan::calendar::{Calendar, remarks};
use crate::plan::draft::{Cell, Draft, Fault, Part, Row};
use crate::plan::{
    Channel, FieldOfService, IndexKind, Measure, Plan, Respondents, Serves, Weights, policy_share, typed,
};
use crate::report::words::plan::PlanWords;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, send};

/// The longest body: a plan of 400 rows, percent-encoded.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// The most rows of a table.
const ROWS_MAX: usize = 300;

/// Where a form leads and what stands around it.
pub struct About {
    pub frame: Frame,
    /// The way back: text and address.
    pub back: (String, String),
    /// Heading and title.
    pub heading: String,
    /// Where it is sent.
    pub action: String,
    /// Where a file is sent that fills it.
    pub import: String,
    /// The workbook to fill in.
    pub template: Option<String>,
    /// Units to choose from; empty where the plan has one.
    pub units: Vec<Choice>,
    /// The revision that it changes; 0 for a new plan.
    pub revision: u32,
    /// The fields of service.
    pub fields: Vec<FieldOfService>,
}

/// What is said above a form.
#[derive(Default)]
pub struct Said {
    /// Why nothing was kept, besides what stands at the cells.
    pub errors: Vec<String>,
    /// What was read of a file.
    pub notes: Vec<String>,
    /// What to look at in the calendar.
    pub remarks: Vec<String>,
    /// What would change.
    pub changes: Vec<String>,
    /// Whether it was checked and nothing was found.
    pub sound: bool,
}

#[derive(Template)]
#[template(path = "staff/plans/form.html")]
struct FormPage<'a> {
    frame: &'a Frame,
    about: &'a About,
    said: &'a Said,
    entry: &'a Entry,
    head: Vec<String>,
    more: Vec<String>,
    tables: Vec<TableView>,
    calendars: Vec<(&'static str, &'static str)>,
    calendar_year: String,
}

struct TableView {
    part: &'static str,
    title: &'static str,
    hint: &'static str,
    add: &'static str,
    drop: &'static str,
    rows: Vec<RowView>,
}

struct RowView {
    number: usize,
    name: String,
    facts: String,
    open: bool,
    cells: Vec<String>,
    hidden: Vec<(String, String)>,
}

/// Name of a cell in the form.
pub fn cell_name(cell: &Cell) -> String {
    name(cell.part, cell.row, &cell.key)
}

fn name(part: Part, row: usize, key: &str) -> String {
    if part == Part::Head { key.to_owned() } else { format!("{}.{row}.{key}", part.name()) }
}

/// The draft as a form to begin with.
pub fn entry_of(draft: &Draft, unit: &str) -> Entry {
    let mut entry = Entry::fresh(&[("unit", unit)]);
    for key in Part::Head.keys() {
        entry.add(key, draft.head.get(key));
    }
    for part in Part::TABLES {
        for (row, cells) in draft.rows(part).iter().enumerate() {
            // Marks the row, whatever else is sent of it.
            entry.add(&name(part, row, "row"), "");
            for key in part.keys() {
                let cell = name(part, row, key);
                if *key == "fields" {
                    // A file may name fields that nobody knows: what cannot be ticked is told with the fault.
                    cells.get(key).split([',', ';']).for_each(|field| entry.add(&cell, field.trim()));
                } else {
                    entry.add(&cell, cells.get(key));
                }
            }
        }
    }
    entry
}

/// What was sent as a draft.
pub fn draft_of(entry: &Entry) -> Draft {
    let mut draft = Draft::default();
    for key in Part::Head.keys() {
        draft.head.set(key, entry.value(key));
    }
    for part in Part::TABLES {
        let start = format!("{}.", part.name());
        let number = |name: &str| name.strip_prefix(&start)?.split('.').next()?.parse::<usize>().ok();
        let mut numbers: Vec<usize> = entry.names().filter_map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers.into_iter().take(ROWS_MAX) {
            let mut row = Row::default();
            for key in part.keys() {
                let cell = name(part, number, key);
                if *key == "fields" {
                    row.set(key, entry.values(&cell).collect::<Vec<_>>().join(", "));
                } else {
                    row.set(key, entry.value(&cell));
                }
            }
            if let Some(rows) = draft.rows_mut(part) {
                rows.push(row);
            }
        }
    }
    draft
}

/// Changes rows as a button asks: `add.target`, `drop.period.2`, `calendar.december`. None where the button is another one.
/// With it the row that is to stand open.
pub fn reshaped(draft: &Draft, asked: &str, year: &str) -> Option<(Draft, Option<(Part, usize)>)> {
    let mut draft = draft.clone();
    let part_of = |word: &str| Part::TABLES.into_iter().find(|part| part.name() == word);
    let pieces: Vec<&str> = asked.split('.').collect();
    match pieces[..] {
        ["add", word] => {
            let part = part_of(word)?;
            let rows = draft.rows_mut(part).filter(|rows| rows.len() < ROWS_MAX)?;
            rows.push(Draft::fresh_row(part));
            let last = rows.len() - 1;
            Some((draft, Some((part, last))))
        }
        ["drop", word, row] => {
            draft.drop_row(part_of(word)?, row.parse().ok()?);
            Some((draft, None))
        }
        ["calendar", word] => {
            let calendar = Calendar::WORDS.iter().find(|(known, _)| *known == word)?.1;
            let year = year.trim().parse().ok().filter(|year| (2000..=2100).contains(year))?;
            let periods = calendar.periods(year);
            let whole = Draft::of(&Plan { periods, ..empty_plan() });
            draft.periods = whole.periods;
            for row in &mut draft.periods {
                row.set("clause", "");
            }
            Some((draft, None))
        }
        _ => None,
    }
}

/// A plan without anything, to be filled with rows.
fn empty_plan() -> Plan {
    let day = chrono::NaiveDate::default();
    Plan {
        key: String::new(),
        number: None,
        title_vi: String::new(),
        title_en: String::new(),
        unit: String::new(),
        unit_name: String::new(),
        parent_unit: String::new(),
        parent_name: String::new(),
        dated: None,
        from: day,
        to: day,
        weights: Weights::Volumes,
        confidence: 0.95,
        series: Vec::new(),
        targets: Vec::new(),
        counts: Vec::new(),
        ministry_policy_share: policy_share(),
        periods: Vec::new(),
        tasks: Vec::new(),
    }
}

/// Notes every fault at its cell.
pub fn note_faults(entry: &mut Entry, faults: &[Fault], fields: &[FieldOfService]) {
    for fault in faults {
        entry.refuse(&cell_name(&fault.cell), words::fault(&fault.reason, fields));
    }
}

/// What to look at in a sound plan.
pub fn remarks_of(plan: &Plan) -> Vec<String> {
    remarks(plan).iter().map(words::remark).collect()
}

/// The page of a form.
pub fn page(about: &About, entry: &Entry, said: &Said, open: Option<(Part, usize)>) -> HttpResponse {
    let draft = draft_of(entry);
    let page = FormPage {
        frame: &about.frame,
        about,
        said,
        entry,
        head: ["title_vi", "number", "dated", "from", "to"]
            .map(|key| cell(about, &draft, entry, Part::Head, 0, key))
            .into(),
        more: ["weights", "series", "confidence", "title_en"]
            .map(|key| cell(about, &draft, entry, Part::Head, 0, key))
            .into(),
        tables: Part::TABLES.map(|part| table(about, &draft, entry, part, open)).into(),
        calendars: vec![
            ("december", "15/12 – 14 tháng cuối kỳ, báo cáo ngày 18"),
            ("month-before", "01/01 – hết tháng trước tháng cuối kỳ, báo cáo trước ngày 10"),
            ("civil", "Quý, 6 tháng, năm theo lịch"),
        ],
        calendar_year: Entry::fresh(&[("calendar_year", &calendar_year(entry))]).number(
            "calendar_year",
            "Năm báo cáo",
            "",
        ),
    };
    let wrong = entry.is_wrong() || !said.errors.is_empty();
    send(if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// The year that calendars are laid out for: what was typed, or the one in which the plan ends.
fn calendar_year(entry: &Entry) -> String {
    match entry.value("calendar_year") {
        "" => typed::day(entry.value("to")).map(|day| day.format("%Y").to_string()).unwrap_or_default(),
        typed => typed.to_owned(),
    }
}

fn table(about: &About, draft: &Draft, entry: &Entry, part: Part, open: Option<(Part, usize)>) -> TableView {
    let (title, hint, add, drop) = match part {
        Part::Head | Part::Target => (
            "Chỉ tiêu hài lòng",
            "Mỗi chỉ tiêu là một mức mà kế hoạch giao: SIPAS, giải quyết thủ tục hành chính, dịch vụ công.",
            "Thêm chỉ tiêu",
            "Xóa chỉ tiêu này",
        ),
        Part::Period => (
            "Kỳ báo cáo",
            "Số liệu của kỳ tính từ ngày đầu đến hết ngày chốt. Ngày mà văn bản không nêu thì đánh dấu tạm xác định.",
            "Thêm kỳ báo cáo",
            "Xóa kỳ này",
        ),
        Part::Task => (
            "Nhiệm vụ",
            "Nhiệm vụ của kế hoạch mà đơn vị muốn theo dõi ở đây. Ô nào văn bản không nêu thì để trống.",
            "Thêm nhiệm vụ",
            "Xóa nhiệm vụ này",
        ),
    };
    let hidden_keys: &[&str] = match part {
        Part::Target => &["id", "title_en", "row"],
        Part::Task => &["title_en", "served_by", "row"],
        _ => &["row"],
    };
    let rows = draft.rows(part).iter().enumerate().map(|(row, cells)| {
        let wrong = part.keys().iter().any(|key| entry.error(&name(part, row, key)).is_some());
        let shown = part.keys().iter().filter(|key| !hidden_keys.contains(key));
        RowView {
            number: row + 1,
            name: row_name(part, cells, &about.fields),
            facts: facts(part, cells, &about.fields),
            open: wrong || open == Some((part, row)),
            cells: shown.map(|key| cell(about, draft, entry, part, row, key)).collect(),
            hidden: hidden_keys.iter().map(|key| (name(part, row, key), cells.get(key).to_owned())).collect(),
        }
    });
    TableView { part: part.name(), title, hint, add, drop, rows: rows.collect() }
}

/// What a row is called in its closed state.
fn row_name(part: Part, cells: &Row, fields: &[FieldOfService]) -> String {
    let name = match part {
        Part::Period => {
            format!("{} {}", value(part, "kind", cells.get("kind"), fields), cells.get("year")).trim().to_owned()
        }
        _ => cells.get("title_vi").to_owned(),
    };
    if name.is_empty() { "(dòng mới, chưa điền)".to_owned() } else { name }
}

fn facts(part: Part, cells: &Row, fields: &[FieldOfService]) -> String {
    let pieces: Vec<String> = match part {
        Part::Head => Vec::new(),
        Part::Target => vec![
            cells.get("minimum").to_owned(),
            value(part, "fields", cells.get("fields"), fields),
            cells.get("clause").to_owned(),
        ],
        Part::Period => {
            let due = cells.get("due");
            let assumed = if cells.get("assumed").is_empty() { "" } else { "tạm xác định" };
            vec![
                format!("{} – {}", cells.get("from"), cells.get("to")),
                if due.is_empty() { String::new() } else { format!("hạn báo cáo {due}") },
                assumed.to_owned(),
            ]
        }
        Part::Task => vec![cells.get("lead").to_owned(), cells.get("deadline").to_owned()],
    };
    pieces.into_iter().filter(|piece| !piece.is_empty() && piece != " – ").collect::<Vec<_>>().join(" · ")
}

/// Choices with what was typed among them, where it is none of them: shown as it is, and refused when the form is checked.
fn with_typed(mut choices: Vec<Choice>, typed: &str) -> Vec<Choice> {
    if !typed.is_empty() && !choices.iter().any(|choice| choice.value == typed) {
        choices.push(Choice::new(typed, format!("“{typed}” (không có trong danh mục)")));
    }
    choices
}

/// A cell as a field of the form.
fn cell(about: &About, draft: &Draft, entry: &Entry, part: Part, row: usize, key: &str) -> String {
    fn named<T: PlanWords<Name = &'static str>>(words: &[(&'static str, T)]) -> Vec<Choice> {
        words.iter().map(|(word, choice)| Choice::new(*word, choice.name_vi())).collect()
    }
    let (name, label) = (name(part, row, key), heading(part, key));
    let typed = entry.value(&name);
    match (part, key) {
        (_, "weights") => entry.select(&name, label, "", &with_typed(named(&Weights::WORDS), typed)),
        (_, "series") => entry.select(&name, label, "", &words::series_choices(draft.head.get("series"))),
        (_, "index") => entry.select(&name, label, "", &with_typed(named(&IndexKind::WORDS), typed)),
        (_, "respondents") => entry.select(&name, label, "", &with_typed(named(&Respondents::WORDS), typed)),
        (_, "measure") => entry.select(&name, label, "", &with_typed(named(&Measure::WORDS), typed)),
        (_, "channel") => {
            let mut choices = vec![Choice::new("", "trực tiếp và trực tuyến")];
            choices.extend(named(&Channel::WORDS));
            entry.select(&name, label, "", &with_typed(choices, typed))
        }
        (_, "part_of") => {
            let mut choices = vec![Choice::new("", "không")];
            choices.extend(draft.targets.iter().enumerate().filter(|(other, _)| *other != row).map(
                |(other, cells)| {
                    let short: String = row_name(part, cells, &about.fields).chars().take(60).collect();
                    Choice::new((other + 1).to_string(), format!("{}. {short}", other + 1))
                },
            ));
            entry.select(&name, label, "", &choices)
        }
        (Part::Period, "kind") => {
            let mut choices = vec![Choice::new("", "chọn kỳ")];
            choices.extend(PERIODS.map(|(word, name)| Choice::new(word, name)));
            entry.select(&name, label, "", &with_typed(choices, typed))
        }
        (_, "assumed") => entry.checks(&name, label, "", &[Choice::new("yes", "văn bản không nêu rõ ngày")]),
        (_, "serves") => {
            entry.checks(&name, label, "", &[Choice::new(Serves::Complaints.word(), "đơn vị chủ trì nhiệm vụ này")])
        }
        (_, "fields") => {
            let choices: Vec<Choice> =
                about.fields.iter().map(|field| Choice::new(field.id.clone(), field.name_vi.clone())).collect();
            entry.checks(&name, label, "Không chọn lĩnh vực nào là tất cả.", &choices)
        }
        _ => entry.text(&name, label, words::hint(part, key)),
    }
}
