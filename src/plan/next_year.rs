//! A plan copied for the time after it: every day a year on, or as many years as the plan lasts.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{CountTarget, Period, Plan, Target, Task};

/// By how many years a copy of a plan is moved: one, or as many as a plan of several years lasts.
pub fn years_on(plan: &Plan) -> u32 {
    let days = (plan.to - plan.from).num_days() + 1;
    // A plan of December to December lasts one year, one of 2026–2030 five.
    u32::try_from((days + 182) / 365).unwrap_or(1).max(1)
}

/// The plan moved on under another key. The new document is not there yet: its number and day are open, and all days of its
/// periods are marked as assumed until somebody has looked at them.
#[must_use]
pub fn moved_on(plan: &Plan, key: &str) -> Plan {
    let years = years_on(plan);
    let day = |day: NaiveDate| moved_day(day, years);
    let text = |text: &str| moved_text(text, plan, years);
    let target = |target: &Target| Target {
        id: text(&target.id),
        part_of: target.part_of.as_deref().map(text),
        title_vi: text(&target.title_vi),
        title_en: text(&target.title_en),
        from: day(target.from),
        to: day(target.to),
        ..target.clone()
    };
    let period = |period: &Period| Period {
        key: moved_key(&period.key, years),
        from: day(period.from),
        to: day(period.to),
        due: period.due.map(day),
        assumed: true,
        clause: period.clause.clone(),
    };
    let count = |count: &CountTarget| CountTarget {
        title_vi: text(&count.title_vi),
        title_en: text(&count.title_en),
        from: day(count.from),
        to: day(count.to),
        ..count.clone()
    };
    let task = |task: &Task| Task {
        title_vi: text(&task.title_vi),
        title_en: text(&task.title_en),
        deadline: task.deadline.as_deref().map(text),
        due: task.due.map(day),
        ..task.clone()
    };
    Plan {
        key: key.to_owned(),
        number: None,
        dated: None,
        title_vi: text(&plan.title_vi),
        title_en: text(&plan.title_en),
        from: day(plan.from),
        to: day(plan.to),
        targets: plan.targets.iter().map(target).collect(),
        counts: plan.counts.iter().map(count).collect(),
        periods: plan.periods.iter().map(period).collect(),
        tasks: plan.tasks.iter().map(task).collect(),
        ..plan.clone()
    }
}

/// The same day of a later year; the last day of a February stays the last.
fn moved_day(day: NaiveDate, years: u32) -> NaiveDate {
    let moved = day.checked_add_months(Months::new(12 * years)).unwrap_or(day);
    let next = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(day);
    let was_last = day.month() == 2 && next(day).month() == 3;
    if was_last && next(moved).month() == 2 { next(moved) } else { moved }
}

fn moved_key(key: &str, years: u32) -> String {
    let moved = key.split_once('-').and_then(|(year, kind)| {
        let year: u32 = year.parse().ok()?;
        Some(format!("{}-{kind}", year + years))
    });
    moved.unwrap_or_else(|| key.to_owned())
}

/// A text with every year of the plan's moved on.
fn moved_text(text: &str, plan: &Plan, years: u32) -> String {
    let (first, last) = (plan.from.year(), plan.to.year());
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    let flush = |digits: &mut String, out: &mut String| {
        let year = (digits.len() == 4).then(|| digits.parse::<i32>().ok()).flatten();
        match year.filter(|year| (first..=last).contains(year)) {
            Some(year) => out.push_str(&(year + i32::try_from(years).unwrap_or(1)).to_string()),
            None => out.push_str(digits),
        }
        digits.clear();
    };
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            flush(&mut digits, &mut out);
            out.push(letter);
        }
    }
    flush(&mut digits, &mut out);
    out
}
