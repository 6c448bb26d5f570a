//! A plan file becomes a [`Plan`], or every problem of it at once.
//!
//! What a file may hold stands here, key by key, as in `plans/README.md`. Checks that look at several tables
//! together (names used twice, periods and targets against the plan's own days) are in `checks.rs`.

use super::checks::{self, Places};
use super::model::{policy_share, volunteers};
use super::names::SERIES;
use super::problem::{Named, Problem, Reason, Shape, Table};
use super::reader::{Section, Sheet};
use super::{
    Channel, CountKind, CountTarget, FieldOfService, IndexKind, Measure, Period, Plan, Respondents, Serves, Target,
    Task, Weights,
};

const PLAN_KEYS: &[&str] = &[
    "key",
    "number",
    "title_vi",
    "title_en",
    "unit",
    "unit_name",
    "parent_unit",
    "parent_name",
    "dated",
    "from",
    "to",
    "weights",
    "confidence",
    "series",
    "ministry_policy_share",
    "target",
    "count",
    "period",
    "task",
];

const TARGET_KEYS: &[&str] = &[
    "id",
    "clause",
    "index",
    "fields",
    "respondents",
    "channel",
    "measure",
    "from",
    "to",
    "minimum",
    "part_of",
    "title_vi",
    "title_en",
];

const COUNT_KEYS: &[&str] = &["kind", "clause", "times", "from", "to", "title_vi", "title_en"];

const PERIOD_KEYS: &[&str] = &["key", "from", "to", "due", "assumed", "clause"];

const TASK_KEYS: &[&str] = &[
    "clause",
    "title_vi",
    "title_en",
    "product",
    "leader",
    "lead",
    "coordinates",
    "deadline",
    "due",
    "served_by",
    "serves",
];

const FIELD_KEYS: &[&str] = &["id", "name_vi", "name_en"];

/// Confidence of intervals and verdicts where a plan says nothing: the usual level of survey reports.
const CONFIDENCE: f64 = 0.95;

/// Stands in `fields` for every field of service.
pub(super) const ALL_FIELDS: &str = "all";

/// Reads one plan file.
///
/// `file_name` is the path as messages shall show it; its last part must be the plan's key and `.toml`.
/// `fields` are the fields of service that targets may name, see [`parse_fields`].
///
/// # Errors
/// Every problem of the file, in the order of its lines.
pub fn parse(file_name: &str, source: &str, fields: &[FieldOfService]) -> Result<Plan, Vec<Problem>> {
    let (mut sheet, table) = Sheet::open(file_name, source)?;
    let root = Section::whole_file(&mut sheet, &table, Table::Plan, PLAN_KEYS);
    let mut places = Places::default();

    let targets = root
        .list(&mut sheet, "target", Table::Target, TARGET_KEYS)
        .into_iter()
        .map(|section| target(&mut sheet, section, fields, &mut places))
        .collect::<Vec<_>>();
    let counts = root
        .list(&mut sheet, "count", Table::Count, COUNT_KEYS)
        .into_iter()
        .map(|section| count(&mut sheet, section))
        .collect::<Vec<_>>();
    let periods = root
        .list(&mut sheet, "period", Table::Period, PERIOD_KEYS)
        .into_iter()
        .map(|section| period(&mut sheet, section, &mut places))
        .collect::<Vec<_>>();
    let tasks = root
        .list(&mut sheet, "task", Table::Task, TASK_KEYS)
        .into_iter()
        .map(|section| task(&mut sheet, section, &mut places))
        .collect::<Vec<_>>();
    let head = head(&mut sheet, root);

    checks::names(&mut sheet, &places);
    if let Some(head) = &head {
        checks::file_name(&mut sheet, root, head);
        checks::days(&mut sheet, head, &places);
    }

    // A `None` anywhere was reported when it was met, so a clean sheet has them all.
    let whole = head.zip(all(targets)).zip(all(counts)).zip(all(periods)).zip(all(tasks));
    match whole {
        Some(((((head, targets), counts), periods), tasks)) if sheet.is_clean() => {
            Ok(Plan { targets, counts, periods, tasks, ..head })
        }
        _ => Err(sheet.into_problems()),
    }
}

/// Reads `plans/fields.toml`, the fields of service that plans and questionnaires name.
///
/// # Errors
/// Every problem of the file, in the order of its lines.
pub fn parse_fields(file_name: &str, source: &str) -> Result<Vec<FieldOfService>, Vec<Problem>> {
    let (mut sheet, table) = Sheet::open(file_name, source)?;
    let root = Section::whole_file(&mut sheet, &table, Table::Fields, &["field"]);
    root.required(&mut sheet, "field", Shape::Tables(Table::Field));
    let mut seen: Vec<(String, usize)> = Vec::new();
    let mut fields = Vec::new();
    for section in root.list(&mut sheet, "field", Table::Field, FIELD_KEYS) {
        let id = section.code(&mut sheet, "id", "health");
        let name_vi = section.text(&mut sheet, "name_vi");
        let name_en = section.text(&mut sheet, "name_en");
        if let Some(id) = &id {
            let at = section.place("id");
            if id == ALL_FIELDS {
                sheet.report(at, Reason::FieldIdKept);
            }
            checks::refuse_twice(&mut sheet, Named::FieldId, &mut seen, id, at);
        }
        if let (Some(id), Some(name_vi), Some(name_en)) = (id, name_vi, name_en) {
            fields.push(FieldOfService { id, name_vi, name_en });
        }
    }
    if sheet.is_clean() { Ok(fields) } else { Err(sheet.into_problems()) }
}

/// The plan without its tables.
fn head(sheet: &mut Sheet<'_>, root: Section<'_, '_>) -> Option<Plan> {
    let key = root.code(sheet, "key", "cau-giay-2026");
    let number = root.optional_text(sheet, "number");
    let title_vi = root.text(sheet, "title_vi");
    let title_en = root.text(sheet, "title_en");
    let unit = root.code(sheet, "unit", "phuong-cau-giay");
    let unit_name = root.text(sheet, "unit_name");
    let parent_unit = root.code(sheet, "parent_unit", "thanh-pho-ha-noi");
    let parent_name = root.text(sheet, "parent_name");
    let dated = root.optional_date(sheet, "dated");
    let from = root.date(sheet, "from");
    let to = root.date(sheet, "to");
    let weights = root.choice(sheet, "weights", &Weights::WORDS);
    let confidence = root.optional_share(sheet, "confidence").unwrap_or(CONFIDENCE);
    let series = root.choices(sheet, "series", &SERIES).unwrap_or_else(volunteers);
    let ministry_policy_share = root.optional_share(sheet, "ministry_policy_share").unwrap_or_else(policy_share);
    // 1 would make every interval the whole scale, and below one half an interval says nothing.
    if !(0.5..1.0).contains(&confidence) {
        sheet.report(root.place("confidence"), Reason::Confidence { found: confidence });
    }
    checks::order(sheet, root, from, to);
    Some(Plan {
        key: key?,
        number,
        title_vi: title_vi?,
        title_en: title_en?,
        unit: unit?,
        unit_name: unit_name?,
        parent_unit: parent_unit?,
        parent_name: parent_name?,
        dated,
        from: from?,
        to: to?,
        weights: weights?,
        confidence,
        series,
        ministry_policy_share,
        targets: Vec::new(),
        counts: Vec::new(),
        periods: Vec::new(),
        tasks: Vec::new(),
    })
}

fn target(
    sheet: &mut Sheet<'_>,
    section: Section<'_, '_>,
    fields: &[FieldOfService],
    places: &mut Places,
) -> Option<Target> {
    let id = section.code(sheet, "id", "sipas-2026");
    let clause = section.text(sheet, "clause");
    let index = section.choice(sheet, "index", &IndexKind::WORDS);
    let target_fields = target_fields(sheet, section, fields);
    let respondents = section.choice(sheet, "respondents", &Respondents::WORDS);
    let channel = section.optional_choice(sheet, "channel", &Channel::WORDS);
    let measure = section.optional_choice(sheet, "measure", &Measure::WORDS).unwrap_or_default();
    let from = section.date(sheet, "from");
    let to = section.date(sheet, "to");
    let minimum = section.share(sheet, "minimum");
    let part_of = section.optional_text(sheet, "part_of");
    let title_vi = section.text(sheet, "title_vi");
    let title_en = section.text(sheet, "title_en");
    checks::order(sheet, section, from, to);

    if let Some(id) = &id {
        places.target_ids.push((id.clone(), section.place("id")));
        if let Some(wider) = &part_of {
            let at = section.place("part_of");
            places.parts.push((id.clone(), wider.clone(), at));
        }
        if let (Some(from), Some(to)) = (from, to) {
            places.phases.push((id.clone(), from, to, section.place("from")));
        }
    }
    Some(Target {
        id: id?,
        clause: clause?,
        index: index?,
        fields: target_fields?,
        respondents: respondents?,
        channel,
        measure,
        from: from?,
        to: to?,
        minimum: minimum?,
        part_of,
        title_vi: title_vi?,
        title_en: title_en?,
    })
}

/// The fields of a target. "All" is written out, so that a forgotten line never silently means everything.
fn target_fields(sheet: &mut Sheet<'_>, section: Section<'_, '_>, fields: &[FieldOfService]) -> Option<Vec<String>> {
    section.required(sheet, "fields", Shape::Fields)?;
    let written = section.texts(sheet, "fields")?;
    if written.is_empty() {
        sheet.report(section.place("fields"), Reason::NoFields);
        return None;
    }
    if written.len() == 1 && written[0].0 == ALL_FIELDS {
        return Some(Vec::new());
    }
    let mut seen = Vec::new();
    for (id, at) in &written {
        if id == ALL_FIELDS {
            sheet.report(*at, Reason::AllBesideOthers);
        } else if !fields.iter().any(|field| field.id == *id) {
            let known = fields.iter().map(|field| field.id.clone()).collect();
            sheet.report(*at, Reason::FieldUnknown { field: id.clone(), known });
        }
        checks::refuse_twice(sheet, Named::Field, &mut seen, id, *at);
    }
    Some(written.into_iter().map(|(id, _)| id).collect())
}

fn period(sheet: &mut Sheet<'_>, section: Section<'_, '_>, places: &mut Places) -> Option<Period> {
    let key = section.text(sheet, "key");
    let from = section.date(sheet, "from");
    let to = section.date(sheet, "to");
    let due = section.optional_date(sheet, "due");
    let assumed = section.flag(sheet, "assumed");
    let clause = section.text(sheet, "clause");
    checks::order(sheet, section, from, to);
    if let Some(key) = &key {
        checks::period_key(sheet, section, key, to);
        places.period_keys.push((key.clone(), section.place("key")));
        if let (Some(from), Some(to)) = (from, to) {
            places.spans.push((key.clone(), from, to, section.at));
        }
    }
    if let (Some(to), Some(due)) = (to, due)
        && due < to
    {
        sheet.report(section.place("due"), Reason::DueBeforeCutOff { due, to });
    }
    Some(Period { key: key?, from: from?, to: to?, due, assumed: assumed?, clause: clause? })
}

fn count(sheet: &mut Sheet<'_>, section: Section<'_, '_>) -> Option<CountTarget> {
    let kind = section.choice(sheet, "kind", &CountKind::WORDS);
    let clause = section.text(sheet, "clause");
    let times = section.number(sheet, "times", 1..=1_000);
    let from = section.date(sheet, "from");
    let to = section.date(sheet, "to");
    let title_vi = section.text(sheet, "title_vi");
    let title_en = section.text(sheet, "title_en");
    checks::order(sheet, section, from, to);
    Some(CountTarget {
        kind: kind?,
        clause: clause?,
        times: times?,
        from: from?,
        to: to?,
        title_vi: title_vi?,
        title_en: title_en?,
    })
}

fn task(sheet: &mut Sheet<'_>, section: Section<'_, '_>, places: &mut Places) -> Option<Task> {
    let clause = section.text(sheet, "clause");
    let title_vi = section.text(sheet, "title_vi");
    let title_en = section.text(sheet, "title_en");
    let product = section.optional_text(sheet, "product");
    let leader = section.optional_text(sheet, "leader");
    let lead = section.optional_text(sheet, "lead");
    let coordinates = section.texts(sheet, "coordinates").unwrap_or_default();
    let deadline = section.optional_text(sheet, "deadline");
    let due = section.optional_date(sheet, "due");
    let served_by = section.optional_text(sheet, "served_by");
    let serves = section.optional_choice(sheet, "serves", &Serves::WORDS);
    if due.is_some() && deadline.is_none() {
        sheet.report(section.place("due"), Reason::DueWithoutDeadline);
    }
    if let Some(serves) = serves {
        places.marks.push((serves.word().to_owned(), section.place("serves")));
    }
    Some(Task {
        clause: clause?,
        title_vi: title_vi?,
        title_en: title_en?,
        product,
        leader,
        lead,
        coordinates: coordinates.into_iter().map(|(body, _)| body).collect(),
        deadline,
        due,
        served_by,
        serves,
    })
}

/// All of them, or none when one of them could not be read.
fn all<T>(items: Vec<Option<T>>) -> Option<Vec<T>> {
    items.into_iter().collect()
}
