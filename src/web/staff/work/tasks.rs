//! `/staff/tasks`: the task board of the plans: lead, due day, how far, product, note; mine, my unit's, late.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use crate::access::{Action, AuditedAction};
use crate::cases::plain;
use crate::cases::remedy::Progress;
use crate::clock;
use crate::db::{DbError, TaskStanding, task_key};
use crate::error::{Reason, Refusal};
use crate::index::Verdict;
use crate::index::result::CountResult;
use crate::plan::{Plan, Task};
use crate::report::words::plan::clause;
use crate::report::{Language, counts, format};
use crate::service::figures::counts::of_plan;
use crate::service::figures::duties::{Duty, duty, is_settled};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::query::one_of;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::seen::{is_stale, mark};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::upload;
use crate::web::staff::ward::{Ward, office_told, ward_of};
use crate::web::state::App;

/// The most characters of a note.
const NOTE_MAX: usize = 500;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    show: Option<String>,
    done: Option<String>,
    plan: Option<String>,
    task: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/work/tasks.html")]
struct TasksPage {
    frame: Frame,
    kept: bool,
    /// What a plan owner of an office is told.
    office: Option<String>,
    ward: String,
    /// Address, name, how many, whether it is this one.
    tabs: Vec<(String, &'static str, usize, bool)>,
    /// Where the forms are sent.
    action: String,
    plans: Vec<Part>,
}

/// A plan: what is counted of it, and its tasks.
struct Part {
    title: String,
    counted: Vec<CountLine>,
    lines: Vec<Line>,
}

struct CountLine {
    title: String,
    said: String,
    class: &'static str,
    verdict: String,
}

struct Line {
    plan: String,
    task: String,
    clause: String,
    title: String,
    who: String,
    due: String,
    state: String,
    class: &'static str,
    /// What was counted of it, where it is counted, and what somebody said all the same.
    counted: Option<String>,
    by_hand: Option<&'static str>,
    states: Vec<(&'static str, &'static str, bool)>,
    may_keep: bool,
    /// The mark of what stands.
    seen: String,
    /// The note that was typed while another kept theirs.
    typed: Option<String>,
    note: String,
    said: String,
    product: Option<(String, String)>,
}

const TABS: [(&str, &str); 4] =
    [("all", "Tất cả"), ("unit", "Của đơn vị tôi"), ("mine", "Của tôi"), ("late", "Quá hạn")];

fn state_name(state: Progress) -> &'static str {
    match state {
        Progress::Planned => "Chưa làm",
        Progress::UnderWay => "Đang làm",
        Progress::Done => "Đã xong",
        Progress::Dropped => "Không thực hiện",
    }
}

fn is_late(task: &Task, state: Progress, today: NaiveDate) -> bool {
    task.due.is_some_and(|due| state.is_late(due, today))
}

/// The tasks of a plan with what was said and counted of them.
struct Board<'a> {
    plan: &'a Plan,
    known: &'a [TaskStanding],
    counts: Vec<CountResult>,
    today: NaiveDate,
}

impl Board<'_> {
    fn duty(&self, task: &Task) -> Duty<'_> {
        duty(self.plan, task, self.known, &self.counts, self.today)
    }

    /// What a count comes to, in words that hold today, and the class of its mark.
    fn verdict(&self, count: &CountResult) -> (String, &'static str) {
        let class = match count.verdict {
            Verdict::Met => "met",
            Verdict::NotMet => "not_met",
            Verdict::CannotSay => "cannot_say",
        };
        let words = counts::verdict(count, Language::Vi);
        if count.verdict == Verdict::Met && !is_settled(self.plan, count, self.today) {
            return (format!("{words} đến hôm nay, còn tiếp tục đếm"), class);
        }
        (words, class)
    }
}

/// Whether words of a plan name somebody or something.
fn names(words: Option<&String>, name: &str) -> bool {
    !name.is_empty() && words.is_some_and(|words| words.to_lowercase().contains(&name.to_lowercase()))
}

/// Whether the plan has a unit of the user's lead a task: leads are words of the plan, which names an office without the ward that it is of.
pub(in crate::web::staff) fn leads(user: &SignedIn, task: &Task) -> bool {
    user.units.iter().any(|unit| names(task.lead.as_ref(), within_the_ward(&unit.name_vi)))
}

/// `Phòng Văn hóa – Xã hội` of `Phòng Văn hóa – Xã hội, phường Cầu Giấy`.
fn within_the_ward(name: &str) -> &str {
    let (office, ward) = name.rsplit_once(", ").unwrap_or((name, ""));
    let kind = ward.split(' ').next().unwrap_or_default().to_lowercase();
    if ["phường", "xã", "đặc"].contains(&kind.as_str()) { office } else { name }
}

/// Whether a task stands under a tab: a unit's is one that names it, a person's one that names them.
fn stands_in(tab: &str, task: &Task, state: Progress, user: &SignedIn, today: NaiveDate) -> bool {
    match tab {
        "unit" => leads(user, task),
        "mine" => names(task.leader.as_ref(), &user.display_name) || names(task.lead.as_ref(), &user.display_name),
        "late" => is_late(task, state, today),
        _ => true,
    }
}

/// Whether a user says how far a task is: the people of the plan's unit of every one, an office's of those that their office leads.
fn is_theirs(user: &SignedIn, plan: &Plan, task: &Task) -> bool {
    user.may(Action::KeepWork) && (user.covers(&plan.unit) || leads(user, task))
}

/// The plans of a ward with what is known of their tasks.
async fn plans(app: &App, ward: &Ward) -> Result<Vec<(Plan, Vec<TaskStanding>)>, Refusal> {
    let (db, code) = (app.db.clone(), ward.code.clone());
    let found = block(move || {
        let book = db.plan_book()?;
        let plans = book.of_unit(&code).map(|stored| stored.plan.clone());
        plans.map(|plan| db.task_standings(&plan.key).map(|known| (plan, known))).collect::<Result<Vec<_>, DbError>>()
    });
    Ok(found.await??)
}

/// `GET /staff/tasks`.
pub async fn list(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(choice),
    };
    board(&app, (&user, &ward), &ask, None).await
}

/// What somebody typed of a task of which another kept something meanwhile.
struct Overtaken {
    plan: String,
    task: String,
    note: String,
    state: Progress,
}

async fn board(
    app: &App,
    (user, ward): (&SignedIn, &Ward),
    ask: &Params,
    overtaken: Option<&Overtaken>,
) -> Result<HttpResponse, Refusal> {
    let (plans, today) = (plans(app, ward).await?, clock::today());
    let (db, asked) = (app.db.clone(), plans.iter().map(|(plan, _)| plan.clone()).collect::<Vec<_>>());
    let read = block(move || asked.iter().map(|plan| of_plan(&db, plan, today)).collect::<Result<Vec<_>, DbError>>());
    let boards: Vec<Board<'_>> =
        plans.iter().zip(read.await??).map(|((plan, known), counts)| Board { plan, known, counts, today }).collect();
    let show = one_of(ask.show.as_deref(), TABS.map(|(tab, _)| tab), "all")?;
    let tabs = TABS.map(|(tab, name)| {
        let count = boards
            .iter()
            .flat_map(|board| board.plan.tasks.iter().map(move |task| (task, board.duty(task).state)))
            .filter(|(task, state)| stands_in(tab, task, *state, user, today))
            .count();
        (ward.at(&format!("/staff/tasks?show={tab}")), name, count, tab == show)
    });
    let parts = boards.iter().map(|board| {
        let plan = board.plan;
        let shown = plan.tasks.iter().filter(|task| stands_in(show, task, board.duty(task).state, user, today));
        let counted = board.counts.iter().filter(|_| show == "all").map(|count| {
            let (verdict, class) = board.verdict(count);
            CountLine {
                title: counts::name(plan, count, Language::Vi),
                said: counts::said(count, Language::Vi),
                class,
                verdict,
            }
        });
        Part {
            title: plan.title_vi.clone(),
            counted: counted.collect(),
            lines: shown.map(|task| line((user, ward), board, task, overtaken)).collect(),
        }
    });
    let page = TasksPage {
        frame: user.frame(app),
        kept: ask.done.is_some(),
        office: office_told(user),
        ward: ward.name_vi.clone(),
        tabs: tabs.to_vec(),
        action: ward.at("/staff/tasks"),
        plans: parts.filter(|part| !part.lines.is_empty() || !part.counted.is_empty()).collect(),
    };
    Ok(send(if overtaken.is_some() { StatusCode::CONFLICT } else { StatusCode::OK }, &page))
}

fn line((user, ward): (&SignedIn, &Ward), board: &Board<'_>, task: &Task, overtaken: Option<&Overtaken>) -> Line {
    let &Board { plan, known, today, .. } = board;
    let key = task_key(task);
    let overtaken = overtaken.filter(|typed| typed.plan == plan.key && typed.task == key);
    let chosen = overtaken.map(|typed| typed.state);
    let said = known.iter().find(|known| known.task == key);
    let said_state = said.map_or(Progress::Planned, |said| said.state);
    let Duty { state, counted } = board.duty(task);
    let late = is_late(task, state, today);
    let (shown, class) = match counted.map(|count| board.verdict(count)) {
        // In the words of the count above: one thing is not met there and not begun here.
        Some((verdict, _)) if late => (format!("{verdict} · quá hạn"), "not_met"),
        Some(counted) => counted,
        None if late => ("Quá hạn".to_owned(), "not_met"),
        None if state == Progress::Done => (state_name(state).to_owned(), "met"),
        None => (state_name(state).to_owned(), "cannot_say"),
    };
    let due = match (task.due, &task.deadline) {
        (Some(due), _) => format::date(due),
        (None, Some(words)) => words.clone(),
        (None, None) => "kế hoạch không nêu".to_owned(),
    };
    let who = [task.leader.as_deref(), task.lead.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    Line {
        plan: plan.key.clone(),
        clause: clause(&task.clause, Language::Vi),
        title: task.title_vi.clone(),
        who: if who.is_empty() { "kế hoạch không nêu ai chủ trì".to_owned() } else { who },
        due,
        state: shown,
        class,
        counted: counted.map(|count| counts::said(count, Language::Vi)),
        by_hand: said.filter(|_| counted.is_some()).map(|said| state_name(said.state)),
        states: Progress::ALL.map(|one| (one.name(), state_name(one), one == chosen.unwrap_or(said_state))).to_vec(),
        may_keep: is_theirs(user, plan, task),
        seen: mark(said),
        typed: overtaken.map(|typed| typed.note.clone()),
        note: said.map(|said| said.note.clone()).unwrap_or_default(),
        said: said.map(|said| format!("{}, {}", said.by, format::date(said.on))).unwrap_or_default(),
        product: said.filter(|said| !said.product_name.is_empty()).map(|said| {
            let address = format!("/staff/tasks/product?plan={}&task={key}", percent_encode(&plan.key));
            (ward.at(&address), said.product_name.clone())
        }),
        task: key,
    }
}

/// `POST /staff/tasks`: how far a task is.
pub async fn keep(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let (entry, file) = upload::read(&request, &body);
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(choice),
    };
    let plans = plans(&app, &ward).await?;
    let found = plans.iter().find(|(plan, _)| plan.key == entry.value("plan"));
    let task = found.and_then(|(plan, _)| plan.tasks.iter().find(|task| task_key(task) == entry.value("task")));
    let (Some((plan, known)), Some(task), Some(state)) = (found, task, Progress::named(entry.value("state"))) else {
        return Err(Reason::Fields.into());
    };
    if !is_theirs(&user, plan, task) {
        return Err(Reason::NotYours.into());
    }
    let note: String = plain(entry.value("note")).chars().take(NOTE_MAX).collect();
    let before = known.iter().find(|known| known.task == task_key(task)).cloned();
    let overtaken = Overtaken { plan: plan.key.clone(), task: task_key(task), note: note.clone(), state };
    // An old page saw something else; what it says is kept only where the same is said already: a double press overtakes itself.
    let before = before.filter(|now| !is_stale(&entry, Some(now)));
    let (product_name, product) = file.map_or_else(Default::default, |(name, file)| (name, Some(file)));
    let by = user.name.clone();
    let kept = TaskStanding { task: task_key(task), state, note, on: clock::today(), by, product_name };
    let object = format!("{} {} {}", plan.key, task.clause, state.name());
    let db = app.db.noting(user.note(AuditedAction::KeepTask, &plan.unit, object));
    let key = plan.key.clone();
    if !block(move || db.keep_task(&key, before.as_ref(), &kept, product)).await?? {
        return board(&app, (&user, &ward), &Params::default(), Some(&overtaken)).await;
    }
    Ok(see_other(&ward.at("/staff/tasks?done=kept")))
}

/// `GET /staff/tasks/product?plan=…&task=…`: the file of a task's product.
pub async fn product(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(choice),
    };
    let asked = (ask.plan.clone().unwrap_or_default(), ask.task.clone().unwrap_or_default());
    if !plans(&app, &ward).await?.iter().any(|(plan, _)| plan.key == asked.0) {
        return Ok(see_other(&ward.at("/staff/tasks")));
    }
    let db = app.db.clone();
    Ok(match block(move || db.task_product(&asked.0, &asked.1)).await?? {
        Some((name, file)) => upload::sent(&name, file),
        None => see_other(&ward.at("/staff/tasks")),
    })
}
