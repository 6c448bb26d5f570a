//! Checks that look at several tables of a plan file together.
//!
//! They work on names and days with their places in the text, not on finished targets and periods: a target
//! with a wrong minimum still exists for the target that is a part of it, and is not reported twice.

use chrono::{Datelike, NaiveDate};

use super::Plan;
use super::period::PeriodKind;
use super::problem::{Named, Reason};
use super::reader::{Section, Sheet};

/// Names and days met in a file, with the byte at which each stands.
#[derive(Default)]
pub(super) struct Places {
    /// Target identifiers.
    pub target_ids: Vec<(String, usize)>,
    /// Target, the wider target it names, place of `part_of`.
    pub parts: Vec<(String, String, usize)>,
    /// Target, first and last day on which it binds.
    pub phases: Vec<(String, NaiveDate, NaiveDate, usize)>,
    pub period_keys: Vec<(String, usize)>,
    /// Period, first and last day counted.
    pub spans: Vec<(String, NaiveDate, NaiveDate, usize)>,
    /// What tasks decide, by its word in files.
    pub marks: Vec<(String, usize)>,
}

/// Names used twice, `part_of` that leads nowhere or in a circle.
pub(super) fn names(sheet: &mut Sheet<'_>, places: &Places) {
    let mut ids = Vec::new();
    for (id, at) in &places.target_ids {
        refuse_twice(sheet, Named::TargetId, &mut ids, id, *at);
    }
    let mut keys = Vec::new();
    for (key, at) in &places.period_keys {
        refuse_twice(sheet, Named::PeriodKey, &mut keys, key, *at);
    }
    // Two that decide one thing decide nothing: which of them counts would be their order in the file.
    let mut marks = Vec::new();
    for (mark, at) in &places.marks {
        refuse_twice(sheet, Named::Serves, &mut marks, mark, *at);
    }
    for (id, wider, at) in &places.parts {
        let twice = places.target_ids.iter().filter(|(known, _)| known == id);
        if twice.count() > 1 {
            // Two targets of one name were reported; where either leads cannot be said.
            continue;
        }
        if !ids.iter().any(|(known, _)| known == wider) {
            let others = ids.iter().filter(|(known, _)| known != id).map(|(known, _)| known.clone()).collect();
            sheet.report(*at, Reason::PartOfUnknown { wider: wider.clone(), others });
        } else if let Some(way) = circle_from(id, &places.parts) {
            sheet.report(*at, Reason::PartOfCircle { way });
        }
    }
}

/// Reports a name that was met before; otherwise remembers it.
pub(super) fn refuse_twice(sheet: &mut Sheet<'_>, what: Named, seen: &mut Vec<(String, usize)>, name: &str, at: usize) {
    if let Some((_, first)) = seen.iter().find(|(known, _)| known == name) {
        let first_line = sheet.line(*first);
        sheet.report(at, Reason::Twice { what, name: name.to_owned(), first_line });
    } else {
        seen.push((name.to_owned(), at));
    }
}

/// The last day must not be before the first.
pub(super) fn order(sheet: &mut Sheet<'_>, section: Section<'_, '_>, from: Option<NaiveDate>, to: Option<NaiveDate>) {
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        sheet.report(section.place("to"), Reason::ToBeforeFrom { from, to });
    }
}

/// A period's key has a known form and belongs to the year in which the period ends.
pub(super) fn period_key(sheet: &mut Sheet<'_>, section: Section<'_, '_>, key: &str, to: Option<NaiveDate>) {
    let at = section.place("key");
    match PeriodKind::of_key(key) {
        None | Some(PeriodKind::AdHoc { .. } | PeriodKind::Month { .. }) => {
            sheet.report(at, Reason::PeriodKey { key: key.to_owned() });
        }
        Some(kind) => {
            if let (Some(year), Some(to)) = (kind.year(), to)
                && to.year() != year
            {
                sheet.report(at, Reason::PeriodYear { key: key.to_owned(), year, to });
            }
        }
    }
}

/// The file is named for the plan, so that a key leads to its file.
pub(super) fn file_name(sheet: &mut Sheet<'_>, root: Section<'_, '_>, head: &Plan) {
    let found = sheet.base_name();
    if found != format!("{}.toml", head.key) {
        sheet.report(root.place("key"), Reason::FileName { key: head.key.clone(), file: found.to_owned() });
    }
}

/// Periods lie within the plan's days and stand in time order; targets bind on some of the plan's days.
pub(super) fn days(sheet: &mut Sheet<'_>, head: &Plan, places: &Places) {
    let (first, last) = (head.from, head.to);
    if last < first {
        // Reported already; every period would be outside.
        return;
    }
    for (key, from, to, at) in &places.spans {
        if from <= to && (*from < first || *to > last) {
            let (days, plan) = ((*from, *to), (first, last));
            sheet.report(*at, Reason::PeriodOutside { key: key.clone(), days, plan });
        }
    }
    for pair in places.spans.windows(2) {
        let [(earlier, _, above, _), (key, _, to, at)] = pair else {
            continue;
        };
        if to < above {
            sheet.report(*at, Reason::PeriodOrder { key: key.clone(), above: earlier.clone() });
        }
    }
    for (id, from, to, at) in &places.phases {
        if from <= to && (*to < first || *from > last) {
            let (days, plan) = ((*from, *to), (first, last));
            sheet.report(*at, Reason::TargetOutside { id: id.clone(), days, plan });
        }
    }
}

/// The way from a target over its wider targets back to itself: `a`, `b`, `a`.
fn circle_from(id: &str, parts: &[(String, String, usize)]) -> Option<Vec<String>> {
    let mut way = vec![id];
    loop {
        let last = *way.last()?;
        let (_, wider, _) = parts.iter().find(|(part, _, _)| part == last)?;
        if wider == id {
            way.push(id);
            return Some(way.into_iter().map(str::to_owned).collect());
        }
        if way.contains(&wider.as_str()) {
            // The circle lies further on and is reported for the targets that are in it.
            return None;
        }
        way.push(wider);
    }
}
