//! `/staff/explore/change`: two periods, or two units, figure by figure, with differences that hold after correction for how many there are.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

use super::ask::given;
use super::exhibits::{plans_of, refused};
use super::fits::{self, Gone};
use super::page::further_tabs;
use crate::clock;
use crate::db::{Db, PlanStored};
use crate::error::{Reason, Refusal};
use crate::index::Suspects;
use crate::plan::Period;
use crate::report::explore::Change;
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format};
use crate::service::change::{Compared, Depth, GroupsCompared, HOLDS_BELOW, SideBySide, compare, groups};
use crate::service::explore::comparable;
use crate::service::figures::{Measured, Question, measure, official_series};
use crate::stats::group_differences::{JUDGED_FROM, JUDGED_FROM_CLUSTERS};
use crate::web::http::query::{chosen, word};
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

const HERE: &str = "/staff/explore/change";

/// What stands behind the `?`.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    plan: Option<String>,
    /// Period and unit of the first side.
    before: Option<String>,
    from_unit: Option<String>,
    /// Of the second.
    after: Option<String>,
    to_unit: Option<String>,
    #[serde(default, deserialize_with = "chosen")]
    depth: Option<Depth>,
}

/// Value, words, chosen.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "staff/explore/change.html")]
struct ChangePage {
    frame: Frame,
    tabs: Vec<(String, &'static str, bool)>,
    plans: Vec<Choice>,
    before: Vec<Choice>,
    after: Vec<Choice>,
    from_unit: Vec<Choice>,
    to_unit: Vec<Choice>,
    depths: Vec<Choice>,
    sides: Option<(String, String)>,
    says: String,
    lines: Vec<Line>,
    unmatched: Vec<String>,
    /// Whether groups of one period are beside each other.
    groups: bool,
    /// What was asked for and is not there.
    notes: Vec<&'static str>,
    /// From so many people and days of points on two groups are judged.
    people: u64,
    days: usize,
    nothing: &'static str,
}

/// What stands beside the first side.
enum Sides {
    /// Itself: then its groups of respondents stand beside each other, where figures of them are told.
    Same(Option<Vec<GroupsCompared>>),
    /// Another side.
    Two(Box<Measured>, SideBySide),
}

struct Line {
    name: String,
    first: String,
    second: String,
    change: String,
    interval: String,
    verdict: &'static str,
    class: &'static str,
}

/// `GET /staff/explore/change`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, who, ask) = (app.db.clone(), user.clone(), ask.into_inner());
    let asked = ask.clone();
    let today = clock::today();
    let read = move |db: &Db| {
        let plans = plans_of(db, &who)?;
        let begun = |stored: &&Arc<PlanStored>| stored.plan.periods.iter().any(|period| period.from <= today);
        let stored = match given(asked.plan.as_ref()) {
            Some(key) => Some(plans.iter().find(|stored| stored.plan.key == key).ok_or(Reason::NotYours)?),
            None => plans.iter().find(begun),
        };
        let Some(stored) = stored.cloned() else { return Ok::<_, Refusal>(None) };
        let plan = &stored.plan;
        let Some(current) = fits::usual_period(plan, today) else { return Ok(None) };
        // The newest period that has one like it before it; the year of a plan's first year has none.
        let mut begun: Vec<&Period> = plan.periods.iter().filter(|period| period.from <= today).collect();
        begun.sort_by_key(|period| std::cmp::Reverse(period.to));
        let mut usual = std::iter::once(&current).chain(begun);
        let usual = usual.find_map(|later| Some((comparable(plan, later)?, later))).unwrap_or((&current, &current));
        let mut gone = Vec::new();
        let after = fits::period(plan, asked.after.as_ref(), &mut gone)?.unwrap_or_else(|| usual.1.key.clone());
        let before = fits::period(plan, asked.before.as_ref(), &mut gone)?.unwrap_or_else(|| usual.0.key.clone());
        let mut side = |period: &str, unit: Option<&String>| {
            Ok::<_, Refusal>(Question {
                plan: plan.key.clone(),
                period: period.to_owned(),
                unit: fits::unit(db, &who, plan, unit, &mut gone)?,
                series: official_series(db, &plan.key, period, None).map_err(refused)?,
                suspects: Suspects::In,
                live: false,
                today,
            })
        };
        let (first, second) = (side(&before, asked.from_unit.as_ref())?, side(&after, asked.to_unit.as_ref())?);
        let same = (&first.period, &first.unit) == (&second.period, &second.unit);
        let measured = measure(db, &first).map_err(refused)?;
        let sides = if same {
            Sides::Same(groups(db, &first, &measured).map_err(refused)?)
        } else {
            let second = measure(db, &second).map_err(refused)?;
            let found = compare(&measured, &second, asked.depth.unwrap_or_default());
            Sides::Two(Box::new(second), found)
        };
        Ok(Some((plans, stored, measured, sides, gone)))
    };
    let found = app.costly.run(move || db.figures(read));
    let Some((plans, stored, first, sides, gone)) = found.await?? else {
        return Ok(send(StatusCode::OK, &empty(user.frame(&app))));
    };
    let plan = &stored.plan;
    let second = match &sides {
        Sides::Same(_) => &first,
        Sides::Two(second, _) => second,
    };
    let periods = |of: &Measured| -> Vec<Choice> {
        let begun = plan.periods.iter().filter(|known| known.from <= today);
        begun.map(|known| (known.key.clone(), known.name_vi(), known.key == of.period.key)).collect()
    };
    let units = |of: &Measured| -> Vec<Choice> {
        let units = user.units.iter().filter(|unit| of.units_of_plan.contains(&unit.id));
        units.map(|unit| (unit.code.clone(), unit.name_vi.clone(), unit.code == of.unit.code)).collect()
    };
    // As on the page of either period.
    let minima: Vec<f64> = [first.report.minima(), second.report.minima()].concat();
    let depth = ask.depth.unwrap_or_default();
    let depths = [(Depth::Fields, "Lĩnh vực"), (Depth::Factors, "Yếu tố"), (Depth::Criteria, "Tiêu chí")];
    let side = |of: &Measured| format!("{}, {}", of.unit.name_vi, format::lower_first(&of.period.name_vi()));
    let page = ChangePage {
        plans: plans
            .iter()
            .map(|known| (known.plan.key.clone(), known.plan.title_vi.clone(), known.plan.key == plan.key))
            .collect(),
        before: periods(&first),
        after: periods(second),
        from_unit: units(&first),
        to_unit: units(second),
        depths: depths.map(|(one, name)| (word(&one), name.to_owned(), one == depth)).into(),
        sides: Some(match &sides {
            Sides::Same(_) => ("Nhóm thứ nhất".to_owned(), "Nhóm thứ hai".to_owned()),
            Sides::Two(..) => (side(&first), side(second)),
        }),
        says: match &sides {
            Sides::Same(Some(within)) => says_of_groups(within, &side(&first)),
            Sides::Same(None) => String::new(),
            Sides::Two(_, found) => says(found.compared.len(), found.compared.iter().filter(|one| one.holds()).count()),
        },
        lines: match &sides {
            Sides::Same(Some(within)) => within.iter().map(|one| of_groups(one, &minima)).collect(),
            Sides::Same(None) => Vec::new(),
            Sides::Two(_, found) => lines(found, &minima),
        },
        unmatched: match &sides {
            Sides::Same(_) => Vec::new(),
            Sides::Two(_, found) => found.unmatched.clone(),
        },
        groups: matches!(sides, Sides::Same(_)),
        notes: gone.into_iter().map(Gone::says).collect(),
        nothing: if matches!(sides, Sides::Same(None)) {
            "Hai bên giống nhau: hãy chọn hai kỳ hoặc hai đơn vị khác nhau. Các nhóm người trả lời (nam và nữ, các độ tuổi) so sánh với nhau được ở kỳ đã \
             chốt lần đầu của cả đơn vị mà trong đó không có kỳ nào ngắn hơn, như một quý."
        } else {
            ""
        },
        ..empty(user.frame(&app))
    };
    Ok(send(StatusCode::OK, &page))
}

fn empty(frame: Frame) -> ChangePage {
    ChangePage {
        frame,
        tabs: further_tabs(HERE),
        plans: Vec::new(),
        before: Vec::new(),
        after: Vec::new(),
        from_unit: Vec::new(),
        to_unit: Vec::new(),
        depths: Vec::new(),
        sides: None,
        says: String::new(),
        lines: Vec::new(),
        unmatched: Vec::new(),
        groups: false,
        notes: Vec::new(),
        people: JUDGED_FROM,
        days: JUDGED_FROM_CLUSTERS,
        nothing: "Đơn vị chưa có kế hoạch nào có kỳ báo cáo đã bắt đầu, nên chưa có gì để so sánh.",
    }
}

fn says_of_groups(found: &[GroupsCompared], of: &str) -> String {
    let hold = found.iter().filter(|one| one.p_holm < HOLDS_BELOW).count();
    if found.is_empty() {
        return format!("{of}: không có hai nhóm người trả lời nào mà mỗi nhóm đủ 10 người.");
    }
    format!("Hai bên giống nhau, nên dưới đây là các nhóm người trả lời: {of}. {}", says(found.len(), hold))
}

/// How many parts were compared, and of how many the difference holds.
fn says(all: usize, hold: usize) -> String {
    match (all, hold) {
        (0, _) => "Không có phần nào mà cả hai bên đều đủ 10 người trả lời.".to_owned(),
        (_, 0) => {
            format!("So sánh {all} phần: không phần nào khác biệt chắc chắn sau khi tính đến việc so sánh nhiều lần.")
        }
        _ => format!(
            "So sánh {all} phần: {hold} phần khác biệt chắc chắn, kể cả sau khi tính đến việc so sánh nhiều lần."
        ),
    }
}

fn lines(found: &SideBySide, minima: &[f64]) -> Vec<Line> {
    let line =
        |one: &Compared| line(one.name.clone(), (one.first.value, one.second.value), (&one.change, one.p_holm), minima);
    found.compared.iter().map(line).collect()
}

fn of_groups(one: &GroupsCompared, minima: &[f64]) -> Line {
    let name = format!("{}: {} và {}", one.asked, one.options.0, one.options.1);
    let mut line = line(name, one.rates, (&one.change, one.p_holm), minima);
    if !one.may_be_judged {
        line.verdict = "chưa đủ người hoặc ngày khảo sát để kết luận";
    }
    line
}

fn line(name: String, (first, second): (f64, f64), (change, p_holm): (&Change, f64), minima: &[f64]) -> Line {
    let share = |value: f64| format::share(value, minima, Language::Vi);
    let (verdict, class) = match (p_holm < HOLDS_BELOW, change.is_real(), change.value > 0.0) {
        (true, _, true) => ("cao hơn chắc chắn", "met"),
        (true, _, false) => ("thấp hơn chắc chắn", "not_met"),
        (false, true, _) => ("có thể do so sánh nhiều lần", "cannot_say"),
        _ => ("chưa khác biệt rõ", "cannot_say"),
    };
    Line {
        name,
        first: share(first),
        second: share(second),
        change: format::points(change.value, Language::Vi),
        interval: format!(
            "{} đến {}",
            format::points(change.low, Language::Vi),
            format::points(change.high, Language::Vi)
        ),
        verdict,
        class,
    }
}
