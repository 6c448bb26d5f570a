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
use super::shown::{Shown, files_of};
use crate::access::Action;
use crate::clock;
use crate::db::{Db, DbError, PlanStored};
use crate::error::{Reason, Refusal};
use crate::index::Suspects;
use crate::plan::Period;
use crate::report::explore::{Difference, Exhibit, Sides as Kind, two_sides};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format};
use crate::service::change::{Compared, Depth, GroupsCompared, HOLDS_BELOW, SideBySide, compare, groups};
use crate::service::explore::comparable;
use crate::service::figures::{Measured, Question, measure, official_series};
use crate::web::http::address::percent_encode;
use crate::web::http::query::{chosen, word};
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

const HERE: &str = "/staff/explore/change";
/// The word of the page in addresses of files.
pub(super) const WORD: &str = "change";

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
    /// Which exhibit a file is of.
    of: Option<String>,
    /// How a file of a table is written; its handler reads it.
    #[serde(rename = "separator")]
    _separator: Option<String>,
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
    exhibits: Vec<Shown>,
    unmatched: Vec<String>,
    /// What was asked for and is not there.
    notes: Vec<&'static str>,
    nothing: &'static str,
}

/// What stands beside the first side.
enum Sides {
    /// Itself: then its groups of respondents stand beside each other, where figures of them are told.
    Same(Option<Vec<GroupsCompared>>),
    /// Another side.
    Two(Box<Measured>, SideBySide),
    /// One that counts sheets of the first as well, so that their difference is not one of two figures.
    Shared(Box<Measured>),
}

/// What is beside what.
struct Found {
    plans: Vec<Arc<PlanStored>>,
    stored: Arc<PlanStored>,
    first: Measured,
    sides: Sides,
    /// What was asked for and is not there.
    gone: Vec<Gone>,
}

impl Found {
    fn second(&self) -> &Measured {
        match &self.sides {
            Sides::Same(_) => &self.first,
            Sides::Two(second, _) | Sides::Shared(second) => second,
        }
    }
}

/// Both sides; none where the user has no plan with a period that has begun.
fn find(db: &Db, who: &SignedIn, asked: &Params) -> Result<Option<Found>, Refusal> {
    let today = clock::today();
    let plans = plans_of(db, who)?;
    let begun = |stored: &&Arc<PlanStored>| stored.plan.periods.iter().any(|period| period.from <= today);
    let stored = match given(asked.plan.as_ref()) {
        Some(key) => Some(plans.iter().find(|stored| stored.plan.key == key).ok_or(Reason::NotYours)?),
        None => plans.iter().find(begun),
    };
    let Some(stored) = stored.cloned() else { return Ok(None) };
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
            unit: fits::unit(db, who, plan, unit, &mut gone)?,
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
        if share_sheets(db, &measured, &second)? {
            Sides::Shared(Box::new(second))
        } else {
            let found = compare(&measured, &second, asked.depth.unwrap_or_default());
            Sides::Two(Box::new(second), found)
        }
    };
    Ok(Some(Found { plans, stored, first: measured, sides, gone }))
}

/// Whether a sheet may be counted by both: a day of both periods, and one unit that is the other or lies under it.
fn share_sheets(db: &Db, one: &Measured, other: &Measured) -> Result<bool, DbError> {
    let days = one.period.from <= other.period.to && other.period.from <= one.period.to;
    let tree = db.tree()?;
    Ok(days && (tree.covers(one.unit.id, &other.unit.code) || tree.covers(other.unit.id, &one.unit.code)))
}

/// `GET /staff/explore/change`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, who, ask) = (app.db.clone(), user.clone(), ask.into_inner());
    let asked = ask.clone();
    let found = app.costly.run(move || db.figures(|db| find(db, &who, &asked)));
    let Some(found) = found.await?? else {
        return Ok(send(StatusCode::OK, &empty(user.frame(&app))));
    };
    let depth = ask.depth.unwrap_or_default();
    let exhibit = exhibit_of(&found).map(|exhibit| {
        let links = vec![None; exhibit.steps.len()];
        let files = if user.may(Action::TakeReports) {
            let query = query_of(&found, depth);
            files_of(&exhibit, |name| format!("{HERE}/{name}?{query}&of={}", exhibit.id))
        } else {
            Vec::new()
        };
        Shown::laid(exhibit, links, files, None)
    });
    let today = clock::today();
    let second = found.second();
    let plan = &found.stored.plan;
    let periods = |of: &Measured| -> Vec<Choice> {
        let begun = plan.periods.iter().filter(|known| known.from <= today);
        begun.map(|known| (known.key.clone(), known.name_vi(), known.key == of.period.key)).collect()
    };
    let units = |of: &Measured| -> Vec<Choice> {
        let units = user.units.iter().filter(|unit| of.units_of_plan.contains(&unit.id));
        units.map(|unit| (unit.code.clone(), unit.name_vi.clone(), unit.code == of.unit.code)).collect()
    };
    let depths = [(Depth::Fields, "Lĩnh vực"), (Depth::Factors, "Yếu tố"), (Depth::Criteria, "Tiêu chí")];
    let page = ChangePage {
        plans: found
            .plans
            .iter()
            .map(|known| (known.plan.key.clone(), known.plan.title_vi.clone(), known.plan.key == plan.key))
            .collect(),
        before: periods(&found.first),
        after: periods(second),
        from_unit: units(&found.first),
        to_unit: units(second),
        depths: depths.map(|(one, name)| (word(&one), name.to_owned(), one == depth)).into(),
        exhibits: exhibit.into_iter().collect(),
        unmatched: match &found.sides {
            Sides::Same(_) | Sides::Shared(_) => Vec::new(),
            Sides::Two(_, found) => found.unmatched.clone(),
        },
        notes: found.gone.iter().map(|what| what.says()).collect(),
        nothing: match &found.sides {
            Sides::Same(Some(within)) if within.is_empty() => {
                "Hai bên giống nhau, và không có hai nhóm người trả lời nào mà mỗi nhóm đủ 10 người."
            }
            Sides::Two(_, beside) if beside.compared.is_empty() => {
                "Không có phần nào mà cả hai bên đều đủ 10 người trả lời và tính được ít nhất một nửa số phiếu."
            }
            Sides::Shared(_) => {
                "Hai bên có phiếu chung (kỳ này có ngày của kỳ kia, và đơn vị này gồm cả đơn vị kia), nên hiệu của chúng không nói lên thay đổi. Hãy chọn hai kỳ \
                 không trùng ngày, hoặc hai đơn vị không thuộc nhau."
            }
            Sides::Same(None) => {
                "Hai bên giống nhau: hãy chọn hai kỳ hoặc hai đơn vị khác nhau. Các nhóm người trả lời (nam và nữ, các độ tuổi) so sánh với nhau được ở kỳ đã \
             chốt lần đầu của cả đơn vị mà trong đó không có kỳ nào ngắn hơn, như một quý."
            }
            _ => "",
        },
        ..empty(user.frame(&app))
    };
    Ok(send(StatusCode::OK, &page))
}

/// The exhibit of a file.
pub(super) async fn exhibit(app: &App, user: &SignedIn, ask: Params) -> Result<Exhibit, Refusal> {
    let (db, who, wanted) = (app.db.clone(), user.clone(), ask.of.clone());
    let found = app.costly.run(move || db.figures(|db| find(db, &who, &ask))).await??;
    // A page says what it left out; a file would be of something that nobody asked for.
    let found = found.filter(|found| found.gone.is_empty());
    let exhibit = found.and_then(|found| exhibit_of(&found));
    let exhibit = exhibit.filter(|exhibit| wanted.is_none_or(|wanted| wanted == exhibit.id));
    exhibit.ok_or_else(|| Reason::NotYours.into())
}

/// What is shown, as an address asks for it, whatever is usual until then.
fn query_of(found: &Found, depth: Depth) -> String {
    let second = found.second();
    let words = [
        ("plan", found.stored.plan.key.as_str()),
        ("before", &found.first.period.key),
        ("from_unit", &found.first.unit.code),
        ("after", &second.period.key),
        ("to_unit", &second.unit.code),
        ("depth", &word(&depth)),
    ];
    words.map(|(name, value)| format!("{name}={}", percent_encode(value))).join("&")
}

/// The differences; none where there is nothing to compare.
fn exhibit_of(found: &Found) -> Option<Exhibit> {
    let second = found.second();
    // As on the page of either period.
    let minima: Vec<f64> = [found.first.report.minima(), second.report.minima()].concat();
    let side = |of: &Measured| format!("{}, {}", of.unit.name_vi, format::lower_first(&of.period.name_vi()));
    let (first, other) = (side(&found.first), side(second));
    Some(match &found.sides {
        Sides::Same(within) => {
            let within = within.as_ref().filter(|within| !within.is_empty())?;
            let differences: Vec<Difference> = within.iter().map(of_groups).collect();
            let title = format!("Các nhóm người trả lời: {first}");
            let says = vec![says_of_groups(within, &first)];
            let headings = ("Nhóm thứ nhất", "Nhóm thứ hai");
            two_sides(&title, headings, (Kind::Groups, &differences), (says, &minima), Language::Vi)
        }
        Sides::Two(_, beside) if beside.compared.is_empty() => return None,
        Sides::Shared(_) => return None,
        Sides::Two(_, beside) => {
            let differences: Vec<Difference> = beside.compared.iter().map(of_sides).collect();
            let title = format!("{first} và {other}");
            let hold = beside.compared.iter().filter(|one| one.holds() && one.may_be_judged()).count();
            let says = vec![says(beside.compared.len(), hold)];
            two_sides(&title, (&first, &other), (Kind::Apart, &differences), (says, &minima), Language::Vi)
        }
    })
}

fn of_sides(one: &Compared) -> Difference {
    Difference {
        name: one.name.clone(),
        sides: (one.first.value, one.second.value),
        change: one.change,
        holds: one.holds(),
        may_be_judged: one.may_be_judged(),
    }
}

fn of_groups(one: &GroupsCompared) -> Difference {
    Difference {
        name: format!("{}: {} và {}", one.asked, one.options.0, one.options.1),
        sides: one.rates,
        change: one.change,
        holds: one.p_holm < HOLDS_BELOW,
        may_be_judged: one.may_be_judged,
    }
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
        exhibits: Vec::new(),
        unmatched: Vec::new(),
        notes: Vec::new(),
        nothing: "Đơn vị chưa có kế hoạch nào có kỳ báo cáo đã bắt đầu, nên chưa có gì để so sánh.",
    }
}

fn says_of_groups(found: &[GroupsCompared], of: &str) -> String {
    let hold = found.iter().filter(|one| one.p_holm < HOLDS_BELOW && one.may_be_judged).count();
    format!("Hai bên giống nhau, nên dưới đây là các nhóm người trả lời: {of}. {}", says(found.len(), hold))
}

/// How many parts were compared, and of how many the difference holds.
fn says(all: usize, hold: usize) -> String {
    if hold == 0 {
        format!("So sánh {all} phần: không phần nào khác biệt chắc chắn sau khi tính đến việc so sánh nhiều lần.")
    } else {
        format!("So sánh {all} phần: {hold} phần khác biệt chắc chắn, kể cả sau khi tính đến việc so sánh nhiều lần.")
    }
}
