//! The tiles: where the targets stand and are heading, how many sheets came, what fell, what to look at, what waits.

use crate::index::{TargetResult, Verdict};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format, projection, words};
use crate::service::today::{PlanToday, Today, USUAL_WEEKS};
use crate::web::http::address::percent_encode;

/// So many targets and falls are named.
const NAMED: usize = 3;

pub struct Tile {
    pub heading: &'static str,
    /// The figure that catches the eye.
    pub figure: String,
    /// What it is a figure of.
    pub unit: String,
    /// A class of colour that the words repeat, or none.
    pub class: &'static str,
    /// A line each: words, and where they lead.
    pub lines: Vec<(String, String)>,
    /// Whether the first of them is what the tile is about, and so stands on a phone too.
    pub first_always: bool,
    pub link: (String, &'static str),
}

/// The tiles of a day.
pub fn tiles(found: &Today, complaints: Option<usize>, warnings: usize) -> Vec<Tile> {
    let current: Vec<&PlanToday> = found.plans.iter().filter(|plan| plan.now.is_some()).collect();
    vec![targets(&current), sheets(found), falls(&current), early(warnings), waits(found, complaints)]
}

fn targets(plans: &[&PlanToday]) -> Tile {
    let mut all: Vec<(&PlanToday, &TargetResult)> = Vec::new();
    for plan in plans {
        all.extend(plan.now.iter().flat_map(|now| &now.report.targets).map(|target| (*plan, target)));
    }
    let of = |verdict| all.iter().filter(|(_, target)| target.verdict == verdict).count();
    let (met, not_met, open) = (of(Verdict::Met), of(Verdict::NotMet), of(Verdict::CannotSay));
    // What is in danger first: below the minimum, then what cannot be said.
    let mut danger: Vec<_> = all.iter().filter(|(_, target)| target.verdict != Verdict::Met).collect();
    let below = |value: Option<f64>, minimum: f64| value.map_or(1.0, |value| value - minimum);
    danger.sort_by(|(_, a), (_, b)| {
        let of = |target: &TargetResult| below(target.estimate.as_ref().map(|estimate| estimate.value), target.minimum);
        (a.verdict != Verdict::NotMet).cmp(&(b.verdict != Verdict::NotMet)).then(of(a).total_cmp(&of(b)))
    });
    let lines = danger.into_iter().take(NAMED).map(|(plan, target)| {
        let title =
            plan.plan.target(&target.target).map_or_else(|| target.target.clone(), |known| known.title_vi.clone());
        let said = target.estimate.as_ref().map_or_else(
            || target.reason.map_or_else(String::new, |reason| words::reason_short(reason, Language::Vi)),
            |found| {
                format::share(
                    found.value,
                    &plan.now.as_ref().map_or_else(Vec::new, |now| now.report.minima()),
                    Language::Vi,
                )
            },
        );
        let heading = target
            .outlook
            .map_or_else(String::new, |outlook| format!("; {}", projection::heading(outlook.heading, Language::Vi)));
        let minimum = format::minimum(target.minimum, Language::Vi);
        let address = format!("/staff/explore/compare?{}", to_target(plan, &target.target));
        (
            format!(
                "{title}: {said} / {minimum} – {}{heading}",
                words::verdict(target.verdict, Language::Vi).to_lowercase()
            ),
            address,
        )
    });
    let count = met + not_met + open;
    Tile {
        heading: "Chỉ tiêu kỳ này",
        figure: if count == 0 { "–".to_owned() } else { format!("{met}/{count}") },
        unit: match (count, plans.is_empty()) {
            (0, true) => "chưa có kế hoạch nào đang có kỳ".to_owned(),
            (0, false) => "kỳ đang chạy không có chỉ tiêu".to_owned(),
            _ => format!("đạt; {not_met} chưa đạt, {open} chưa đủ căn cứ"),
        },
        class: match (not_met, open) {
            (0, 0) if count > 0 => "met",
            (0, _) => "cannot_say",
            _ => "not_met",
        },
        lines: lines.collect(),
        first_always: false,
        link: ("/staff/targets".to_owned(), "Theo dõi chỉ tiêu"),
    }
}

fn to_target(plan: &PlanToday, target: &str) -> String {
    format!("plan={}&measure=target%3A{}", percent_encode(&plan.plan.key), percent_encode(target))
}

fn sheets(found: &Today) -> Tile {
    let tens = |sheets: u64| format::count(sheets / 10 * 10, Language::Vi);
    let series = words::series(found.series, Language::Vi);
    let week = if found.week < 10 { "dưới 10".to_owned() } else { format!("≥ {}", tens(found.week)) };
    let (unit, line) = match found.usual {
        None => ("phiếu trong 7 ngày qua".to_owned(), format!("{USUAL_WEEKS} tuần trước đó chưa có phiếu để so sánh.")),
        Some(usual) => {
            let part = found.week as f64 / usual as f64;
            let how = match part {
                // Never another word than the figures beside it say.
                _ if found.week / 10 == usual / 10 => "như thường lệ",
                part if part < 0.7 => "ít hơn thường lệ",
                part if part > 1.3 => "nhiều hơn thường lệ",
                _ => "như thường lệ",
            };
            let usual = if usual < 10 { "dưới 10".to_owned() } else { format!("khoảng {}", tens(usual)) };
            (
                format!("phiếu trong 7 ngày qua, {how}"),
                format!("Thường lệ: {usual} phiếu một tuần ({USUAL_WEEKS} tuần trước đó). Chỉ tính {series}."),
            )
        }
    };
    Tile {
        heading: "Phiếu mới",
        figure: week,
        unit,
        class: "",
        lines: vec![(line, String::new())],
        first_always: false,
        link: ("/staff/explore/received".to_owned(), "Thu thập"),
    }
}

fn falls(plans: &[&PlanToday]) -> Tile {
    let compared: Vec<&&PlanToday> = plans.iter().filter(|plan| plan.before.is_some()).collect();
    let all = || compared.iter().flat_map(|plan| plan.falls.iter().map(move |fall| (plan, fall)));
    let count = all().count();
    let lines = all().take(NAMED).map(|(plan, fall)| {
        let minima = plan.now.iter().chain(&plan.before).flat_map(|found| found.report.minima()).collect::<Vec<_>>();
        let share = |value| format::share(value, &minima, Language::Vi);
        let address = format!(
            "/staff/explore?plan={}&measure={}",
            percent_encode(&plan.plan.key),
            percent_encode(&fall.pick.to_string())
        );
        (format!("{}: {} → {}", fall.name, share(fall.before), share(fall.now)), address)
    });
    let beside = compared.first().and_then(|plan| plan.before.as_ref()).map(|before| before.period.name_vi());
    let unit = match &beside {
        None => "chưa có kỳ trước để so sánh".to_owned(),
        Some(before) if count == 0 => format!("không yếu tố nào giảm rõ rệt so với {before}"),
        Some(before) => format!("yếu tố giảm rõ rệt so với {before}"),
    };
    Tile {
        heading: "Giảm",
        figure: if beside.is_some() { count.to_string() } else { "–".to_owned() },
        unit,
        class: if count > 0 { "not_met" } else { "" },
        lines: lines.collect(),
        first_always: true,
        link: ("/staff/explore".to_owned(), "Xu hướng"),
    }
}

fn early(warnings: usize) -> Tile {
    Tile {
        heading: "Cảnh báo sớm",
        figure: warnings.to_string(),
        unit: if warnings == 0 { "không có cảnh báo chưa ghi nhận" } else { "cảnh báo chưa ghi nhận" }.to_owned(),
        class: if warnings > 0 { "cannot_say" } else { "" },
        lines: Vec::new(),
        first_always: false,
        link: ("/staff/warnings".to_owned(), "Cảnh báo sớm"),
    }
}

fn waits(found: &Today, complaints: Option<usize>) -> Tile {
    let count = format::count(found.waiting, Language::Vi);
    let mut lines = vec![("Phiếu vào số liệu theo nhóm từ 10 phiếu, mỗi đêm một lần.".to_owned(), String::new())];
    if let Some(complaints) = complaints {
        lines.push((format!("{complaints} phản ánh, kiến nghị chưa trả lời"), "/staff/complaints".to_owned()));
    }
    if !found.batches.is_empty() {
        let batches = found.batches.len();
        lines.push((format!("{batches} tập phiếu giấy đang nhập"), String::new()));
    }
    Tile {
        heading: "Đang chờ",
        figure: count,
        unit: "phiếu chờ vào số liệu, tính đến hết hôm qua".to_owned(),
        class: "",
        lines,
        first_always: false,
        link: ("/staff/points/silent".to_owned(), "Điểm không phát sinh phiếu"),
    }
}
