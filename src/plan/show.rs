//! A plan as plain text for `sipas plan show`: targets, periods, tasks, and what in the product serves each.
//!
//! Vietnamese first, English beside it. What the document leaves blank is left out, not invented.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::working_days::working_days_left;
use super::{FieldOfService, Period, Plan, Target, Task, clause_vi, series_en, series_vi};

/// Renders a plan.
///
/// `fields` names the fields of service. With `today` the due days still to come carry their count-down in
/// working days; without it the text is the same on every day.
pub fn show(plan: &Plan, fields: &[FieldOfService], today: Option<NaiveDate>) -> String {
    let mut text = String::new();
    head(&mut text, plan);
    heading(&mut text, "CHỈ TIÊU HÀI LÒNG / SATISFACTION TARGETS", plan.targets.len());
    for target in &plan.targets {
        show_target(&mut text, target, fields);
    }
    if !plan.counts.is_empty() {
        heading(&mut text, "CHỈ TIÊU ĐẾM / COUNTED TARGETS", plan.counts.len());
        for count in &plan.counts {
            line(&mut text, 1, &format!("{} · {}", count.clause, count.title_vi));
            line(&mut text, 2, &count.title_en);
        }
    }
    heading(&mut text, "KỲ BÁO CÁO / REPORTING PERIODS", plan.periods.len());
    for period in &plan.periods {
        show_period(&mut text, period, today);
    }
    heading(&mut text, "NHIỆM VỤ / TASKS", plan.tasks.len());
    for task in &plan.tasks {
        show_task(&mut text, task, today);
    }
    text
}

/// A civil day as Vietnamese documents write it: `14/03/2026`.
pub fn vietnamese_date(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// A share as Vietnamese documents write it: 0.875 is `87,5%`. At most two decimals, none that are 0.
///
/// For targets, which are written by people. A measured figure is rounded by the report, which never rounds it
/// across a target.
pub fn vietnamese_percent(share: f64) -> String {
    let percent = format!("{:.2}", share * 100.0);
    let percent = percent.trim_end_matches('0').trim_end_matches('.');
    format!("{}%", percent.replace('.', ","))
}

fn head(text: &mut String, plan: &Plan) {
    line(text, 0, &plan.title_vi);
    line(text, 0, &plan.title_en);
    labelled(text, "Mã / key", &plan.key);
    let number = plan.number.as_deref();
    let number = number.unwrap_or("số để trống trong văn bản / number blank in the document");
    let dated = plan.dated.map(|day| format!(", {}", vietnamese_date(day))).unwrap_or_default();
    labelled(text, "Văn bản / document", &format!("{number}{dated}"));
    labelled(text, "Đơn vị / unit", &format!("{}, {}", plan.unit_name, plan.parent_name));
    labelled(text, "Số liệu / data", &days(plan.from, plan.to));
    let (weights_vi, weights_en) = (plan.weights.name_vi(), plan.weights.name_en());
    labelled(text, "Trọng số / weights", &format!("{weights_vi} / {weights_en}"));
    labelled(text, "Độ tin cậy / confidence", &vietnamese_percent(plan.confidence));
    labelled(text, "Chuỗi chính / series", &format!("{} / {}", series_vi(&plan.series), series_en(&plan.series)));
}

fn show_target(text: &mut String, target: &Target, fields: &[FieldOfService]) {
    let minimum = vietnamese_percent(target.minimum);
    line(text, 1, &format!("{} · tối thiểu / at least {minimum} · {}", target.clause, target.title_vi));
    line(text, 2, &target.title_en);
    let (index_vi, index_en) = (target.index.name_vi(), target.index.name_en());
    labelled(text, "Chỉ số / index", &format!("{index_vi} / {index_en}"));
    labelled(text, "Lĩnh vực / fields", &format!("{} / {}", target.fields_vi(fields), target.fields_en(fields)));
    let asked = target.respondents;
    labelled(text, "Người trả lời / asked", &format!("{} / {}", asked.name_vi(), asked.name_en()));
    if let Some(channel) = target.channel {
        let (channel_vi, channel_en) = (channel.name_vi(), channel.name_en());
        labelled(text, "Hình thức / channel", &format!("{channel_vi} / {channel_en}"));
    }
    if !target.measure.is_of_answers() {
        let measure = target.measure;
        labelled(text, "Đo bằng / measure", &format!("{} / {}", measure.name_vi(), measure.name_en()));
    }
    labelled(text, "Áp dụng / binds", &days(target.from, target.to));
    labelled(text, "Mã / id", &target.id);
    if let Some(wider) = &target.part_of {
        labelled(text, "Trong đó của / part of", wider);
    }
}

fn show_period(text: &mut String, period: &Period, today: Option<NaiveDate>) {
    let (name_vi, name_en) = (period.name_vi(), period.name_en());
    line(text, 1, &format!("{} · {name_vi} / {name_en}", period.key));
    let assumed = if period.assumed { " (giả định, văn bản không nêu / assumed, not stated)" } else { "" };
    labelled(text, "Chốt số liệu / data", &format!("{}{assumed}", days(period.from, period.to)));
    let due = period.due.map_or_else(|| "không nêu / not stated".to_owned(), |due| due_day(due, today));
    labelled(text, "Hạn báo cáo / due", &due);
    labelled(text, "Căn cứ / clause", &clause_vi(&period.clause));
}

fn show_task(text: &mut String, task: &Task, today: Option<NaiveDate>) {
    line(text, 1, &format!("{} · {}", clause_vi(&task.clause), task.title_vi));
    line(text, 2, &task.title_en);
    if let Some(deadline) = &task.deadline {
        let day = task.due.map(|due| format!(" → {}", due_day(due, today)));
        labelled(text, "Thời hạn / deadline", &format!("{deadline}{}", day.unwrap_or_default()));
    }
    let coordinates = task.coordinates.join("; ");
    let rows = [
        ("Sản phẩm / product", task.product.as_deref()),
        ("Lãnh đạo / leader", task.leader.as_deref()),
        ("Chủ trì / lead", task.lead.as_deref()),
        ("Phối hợp / with", Some(coordinates.as_str()).filter(|bodies| !bodies.is_empty())),
        ("Phần mềm / served by", task.served_by.as_deref()),
    ];
    for (label, value) in rows {
        if let Some(value) = value {
            labelled(text, label, value);
        }
    }
}

/// A due day, with the count-down while it is to come. A past one carries nothing: whether it was met is not
/// known here.
fn due_day(due: NaiveDate, today: Option<NaiveDate>) -> String {
    let day = vietnamese_date(due);
    match today {
        Some(today) if today <= due => {
            let left = working_days_left(today, due);
            format!("{day} (còn {left} ngày làm việc / {left} working days left)")
        }
        _ => day,
    }
}

fn days(from: NaiveDate, to: NaiveDate) -> String {
    format!("{} – {}", vietnamese_date(from), vietnamese_date(to))
}

fn heading(text: &mut String, title: &str, entries: usize) {
    line(text, 0, "");
    line(text, 0, &format!("{title} ({entries})"));
}

fn labelled(text: &mut String, label: &str, value: &str) {
    // As wide as the longest label, so that the values stand under each other.
    line(text, 2, &format!("{label:<23} {value}"));
}

fn line(text: &mut String, indent: usize, words: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}{words}", "  ".repeat(indent));
}
