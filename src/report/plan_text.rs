//! A plan as plain text for `sipas plan show`: targets, periods, tasks, and what in the product serves each.
//!
//! Vietnamese first, English beside it. What the document leaves blank is left out, not invented.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::format::{Language, date};
use super::words::plan::{self as words, PlanWords};
use crate::plan::typed::percent;
use crate::plan::working_days::working_days_left;
use crate::plan::{FieldOfService, Period, Plan, Target, Task};

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

fn head(text: &mut String, plan: &Plan) {
    line(text, 0, &plan.title_vi);
    line(text, 0, &plan.title_en);
    labelled(text, "Mã / key", &plan.key);
    let number = plan.number.as_deref();
    let number = number.unwrap_or("số để trống trong văn bản / number blank in the document");
    let dated = plan.dated.map(|day| format!(", {}", date(day))).unwrap_or_default();
    labelled(text, "Văn bản / document", &format!("{number}{dated}"));
    labelled(text, "Đơn vị / unit", &format!("{}, {}", plan.unit_name, plan.parent_name));
    labelled(text, "Số liệu / data", &days(plan.from, plan.to));
    labelled(text, "Trọng số / weights", &both(&plan.weights));
    labelled(text, "Độ tin cậy / confidence", &percent(plan.confidence));
    labelled(text, "Chuỗi chính / series", &in_both(|language| words::series(&plan.series, language)));
}

fn show_target(text: &mut String, target: &Target, fields: &[FieldOfService]) {
    let minimum = percent(target.minimum);
    line(text, 1, &format!("{} · tối thiểu / at least {minimum} · {}", target.clause, target.title_vi));
    line(text, 2, &target.title_en);
    labelled(text, "Chỉ số / index", &both(&target.index));
    labelled(text, "Lĩnh vực / fields", &in_both(|language| words::fields(target, fields, language)));
    labelled(text, "Người trả lời / asked", &both(&target.respondents));
    if let Some(channel) = target.channel {
        labelled(text, "Hình thức / channel", &both(&channel));
    }
    if !target.measure.is_of_answers() {
        labelled(text, "Đo bằng / measure", &both(&target.measure));
    }
    labelled(text, "Áp dụng / binds", &days(target.from, target.to));
    labelled(text, "Mã / id", &target.id);
    if let Some(wider) = &target.part_of {
        labelled(text, "Trong đó của / part of", wider);
    }
}

fn show_period(text: &mut String, period: &Period, today: Option<NaiveDate>) {
    line(text, 1, &format!("{} · {}", period.key, in_both(|language| period.name(language))));
    let assumed = if period.assumed { " (giả định, văn bản không nêu / assumed, not stated)" } else { "" };
    labelled(text, "Chốt số liệu / data", &format!("{}{assumed}", days(period.from, period.to)));
    let due = period.due.map_or_else(|| "không nêu / not stated".to_owned(), |due| due_day(due, today));
    labelled(text, "Hạn báo cáo / due", &due);
    labelled(text, "Căn cứ / clause", &words::clause(&period.clause, Language::Vi));
}

fn show_task(text: &mut String, task: &Task, today: Option<NaiveDate>) {
    line(text, 1, &format!("{} · {}", words::clause(&task.clause, Language::Vi), task.title_vi));
    line(text, 2, &task.title_en);
    if let Some(deadline) = &task.deadline {
        let day = task.due.map(|due| format!(" → {}", due_day(due, today)));
        labelled(text, "Thời hạn / deadline", &format!("{deadline}{}", day.unwrap_or_default()));
    }
    let coordinates = task.coordinates.join("; ");
    let marked = task.serves.map(|serves| both(&serves));
    let rows = [
        ("Sản phẩm / product", task.product.as_deref()),
        ("Lãnh đạo / leader", task.leader.as_deref()),
        ("Chủ trì / lead", task.lead.as_deref()),
        ("Phối hợp / with", Some(coordinates.as_str()).filter(|bodies| !bodies.is_empty())),
        ("Phần mềm / served by", task.served_by.as_deref()),
        ("Đánh dấu / marked", marked.as_deref()),
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
    let day = date(due);
    match today {
        Some(today) if today <= due => {
            let left = working_days_left(today, due);
            format!("{day} (còn {left} ngày làm việc / {left} working days left)")
        }
        _ => day,
    }
}

/// The name of a choice, Vietnamese first.
fn both(choice: &impl PlanWords<Name = &'static str>) -> String {
    in_both(|language| choice.name(language).to_owned())
}

fn in_both(words: impl Fn(Language) -> String) -> String {
    format!("{} / {}", words(Language::Vi), words(Language::En))
}

fn days(from: NaiveDate, to: NaiveDate) -> String {
    format!("{} – {}", date(from), date(to))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{FILES, day, fields, plan};

    #[test]
    fn a_plan_is_shown_with_targets_periods_and_tasks_vietnamese_first() {
        let text = show(&plan("cau-giay-2026"), &fields(), Some(day("2026-03-16")));
        let opening = "\
Kế hoạch cải cách hành chính năm 2026 của phường Cầu Giấy
Administrative reform plan 2026 of Cầu Giấy ward
    Mã / key                cau-giay-2026
    Văn bản / document      69/KH-UBND, 26/02/2026
    Đơn vị / unit           Phường Cầu Giấy, Thành phố Hà Nội
    Số liệu / data          15/12/2025 – 31/12/2026
    Trọng số / weights      các lĩnh vực như nhau / every field alike
    Độ tin cậy / confidence 95%
    Chuỗi chính / series    phiếu điều tra theo mẫu, không đủ thì phiếu tự nguyện / survey sample, else volunteers

CHỈ TIÊU HÀI LÒNG / SATISFACTION TARGETS (1)
  II.1.1 · tối thiểu / at least 90% · Chỉ số hài lòng về sự phục vụ hành chính của phường (SIPAS)
    Satisfaction with the ward's administrative service (SIPAS)
    Chỉ số / index          Sự phục vụ của cơ quan hành chính (SIPAS) / Service of the administrative agencies (SIPAS)
    Lĩnh vực / fields       tất cả lĩnh vực / all fields
    Người trả lời / asked   người dân, doanh nghiệp, tổ chức / people, businesses and organisations
    Áp dụng / binds         01/01/2026 – 31/12/2026
    Mã / id                 sipas

CHỈ TIÊU ĐẾM / COUNTED TARGETS (4)
  II.1.1 · 100% phản ánh, kiến nghị được tiếp nhận, xử lý và công khai trả lời đúng hạn
    100 % of reflections and recommendations received, handled and publicly answered in time
  II.1.1 · Ít nhất 02 cuộc đối thoại trong năm với người dân, doanh nghiệp, tổ chức
    At least 2 dialogues a year with people, businesses and organisations
  II.1.2 · Người đứng đầu đối thoại ít nhất 01 lần trong mỗi 6 tháng
    The head of the ward holds a dialogue at least once in each half-year
  V.1 · Mỗi cơ quan, đơn vị đối thoại ít nhất 01 lần trong năm
    Every office holds a dialogue at least once a year

KỲ BÁO CÁO / REPORTING PERIODS (4)
  2026-q1 · Quý I/2026 / Quarter I/2026
    Chốt số liệu / data     15/12/2025 – 14/03/2026
    Hạn báo cáo / due       18/03/2026 (còn 2 ngày làm việc / 2 working days left)
    Căn cứ / clause         III.3.1, III.3.2
";
        assert!(text.starts_with(opening), "{text}");
        let survey = "
  phụ lục 11 · Khảo sát hài lòng đối với các phòng, ban, đơn vị trực thuộc phường
    The ward's own survey of its offices and units
    Thời hạn / deadline     Chậm nhất tháng 12/2026 → 31/12/2026 (còn 202 ngày làm việc / 202 working days left)
    Lãnh đạo / leader       Nguyễn Thị Thu Hà, Phó Chủ tịch UBND phường
    Chủ trì / lead          Phòng Văn hóa – Xã hội
    Phối hợp / with         Các phòng, ban, đơn vị
    Phần mềm / served by    Phiếu hỏi mở bằng mã QR tại từng điểm; Nhập phiếu giấy, câu trả lời qua điện thoại và tại nhà; Chỉ số theo kỳ, đơn vị, lĩnh vực và tiêu chí; Báo cáo Word, PDF, Excel / questionnaires opened by the QR code of each point; paper, telephone and home answers keyed; indices by period, unit, field and criterion; report as Word, PDF, Excel
";
        assert!(text.contains(survey), "{text}");
    }

    #[test]
    fn assumed_days_and_blanks_of_the_document_are_shown_as_such() {
        let text = show(&plan("thanh-dong-2026"), &fields(), None);
        assert!(text.contains(
            "Chốt số liệu / data     01/06/2026 – 31/08/2026 (giả định, văn bản không nêu / assumed, not stated)\n"
        ));
        assert!(!text.contains("Lãnh đạo / leader"));
        assert!(!text.contains("còn "));
        let text = show(&plan("o-dien-2026-2030"), &fields(), None);
        assert!(text.contains("Văn bản / document      số để trống trong văn bản / number blank in the document\n"));
        assert!(text.contains("Hạn báo cáo / due       không nêu / not stated\n"));
        assert!(text.contains("Lĩnh vực / fields       Đất đai, Xây dựng, Đầu tư / Land, Construction, Investment\n"));
        assert!(text.contains("Hình thức / channel     trực tuyến / online\n"));
        assert!(text.contains("Trong đó của / part of  sipas-2026-2027\n"));
    }

    #[test]
    fn a_due_day_that_is_past_is_shown_without_a_count_down() {
        let text = show(&plan("thanh-dong-2026"), &fields(), Some(day("2026-03-10")));
        assert!(text.contains("Hạn báo cáo / due       09/03/2026\n"));
        assert!(text.contains("Hạn báo cáo / due       09/06/2026 (còn "));
    }

    #[test]
    fn every_task_is_shown_with_what_serves_it() {
        for (file, _) in FILES {
            let plan = plan(file.trim_end_matches(".toml"));
            let text = show(&plan, &fields(), None);
            for task in &plan.tasks {
                assert!(text.contains(&task.title_vi) && text.contains(&task.title_en));
                let served_by = task.served_by.as_deref().unwrap_or_default();
                assert!(text.contains(served_by));
            }
        }
    }
}
