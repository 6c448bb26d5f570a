//! What one person is told on a working day, in one letter: what is due or late, whose turn it is, once a week how the targets
//! stand, and to those who read the audit log its head when it has grown. Made when it is sent, of what is true then.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::loop_back::{self, Addressee};
use super::warnings::warnings;
use crate::access::{Action, Role, may};
use crate::clock;
use crate::db::{Closing, Db, DbError, LetterChoice, StaffUser, TaskStanding, Tree, Unit};
use crate::index::{Suspects, Verdict};
use crate::plan::closing::{ClosingStep, State};
use crate::plan::working_days::working_days_left;
use crate::plan::{Period, Plan, Task};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format, words};
use crate::service::figures::counts::of_plan as counted;
use crate::service::figures::duties::counting;
use crate::service::figures::{self, MeasureError, Question};
use crate::service::warnings::WarningNames;

/// Working days before a report is due on which its owners are told: those of the page "Hạn báo cáo".
const DUE_DAYS: [i64; 4] = [0, 1, 3, 5];
/// Working days after it on which they are told that it is late; nobody is told of what is late for longer than [`LATE_UNTIL`].
const LATE_DAYS: [i64; 3] = [5, 3, 1];
const LATE_UNTIL: i64 = 10;
/// The most lines of a letter; the rest is counted and stands on the page.
const LINES_MAX: usize = 20;

/// What every letter of a day is made of, read once.
pub(super) struct Book<'a> {
    db: &'a Db,
    public_url: &'a str,
    tree: Arc<Tree>,
    plans: Vec<(Plan, Vec<Closing>)>,
    /// Places of the plans of a unit, by its code.
    plans_of: HashMap<String, Vec<usize>>,
    /// What is known of the tasks of each plan, by its key.
    tasks: HashMap<String, Vec<TaskStanding>>,
    /// Read for the first letter that tells of a warning.
    names: OnceCell<WarningNames>,
    today: NaiveDate,
}

/// One thing to tell.
struct Item<'a> {
    /// Under this key it is known once it was told.
    key: String,
    /// Its plan; none where it is about none.
    plan: Option<&'a Plan>,
    /// A few words for the subject.
    head: String,
    text: String,
}

/// A letter as it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Subject: which ward and plan.
    pub subject: String,
    /// Text.
    pub body: String,
    /// The keys of what it tells.
    pub told: Vec<String>,
}

impl<'a> Book<'a> {
    pub(super) fn read(db: &'a Db, public_url: &'a str, today: NaiveDate) -> Result<Self, DbError> {
        let mut plans_of: HashMap<String, Vec<usize>> = HashMap::new();
        let mut plans = Vec::new();
        // All at once; where one of them cannot be read, plan by plan.
        let mut closings_of = unless_damaged("a closing", db.all_closings())?.map(|all| {
            let mut of: HashMap<String, Vec<Closing>> = HashMap::new();
            for closing in all {
                of.entry(closing.plan.clone()).or_default().push(closing);
            }
            of
        });
        for stored in db.plan_book()?.all() {
            let closings = match &mut closings_of {
                Some(closings_of) => closings_of.remove(&stored.plan.key).unwrap_or_default(),
                // A plan whose closings cannot be read is told to nobody, and keeps nobody else's letter.
                None => match unless_damaged("closings of a plan", db.closings(&stored.plan.key))? {
                    Some(closings) => closings,
                    None => continue,
                },
            };
            plans_of.entry(stored.plan.unit.clone()).or_default().push(plans.len());
            plans.push((stored.plan.clone(), closings));
        }
        let tasks = match unless_damaged("tasks", db.all_task_standings())? {
            Some(tasks) => tasks,
            None => tasks_of_each(db, &plans)?,
        };
        Ok(Self { db, public_url, tree: db.tree()?, plans, plans_of, tasks, names: OnceCell::new(), today })
    }

    /// The plans of these units, by key.
    fn plans_of<'u>(&self, units: impl Iterator<Item = &'u Unit>) -> impl Iterator<Item = &(Plan, Vec<Closing>)> {
        let mut places: Vec<usize> =
            units.flat_map(|unit| self.plans_of.get(&unit.code).into_iter().flatten().copied()).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(move |place| &self.plans[place])
    }

    /// The letter of a person, unless there is nothing that was not told before.
    pub(super) fn summary(&self, user: &StaffUser) -> Result<Option<Summary>, DbError> {
        let Some(role) = Role::from_name(&user.role) else { return Ok(None) };
        let reader = Reader { book: self, user, role };
        let choice = self.db.letter_choice(user.id)?;
        let mut items = match choice {
            LetterChoice::None => Vec::new(),
            LetterChoice::All | LetterChoice::DueOnly => {
                let mut due = unless_damaged("due dates", reader.due_dates())?.unwrap_or_default();
                due.extend(unless_damaged("complaints", reader.complaints())?.unwrap_or_default());
                due
            }
        };
        if choice == LetterChoice::All {
            items.extend(unless_damaged("figures", reader.digest())?.unwrap_or_default());
            items.extend(unless_damaged("audit log", reader.audit_head())?.flatten());
        }
        Ok(if items.is_empty() { None } else { Some(reader.letter(&items)) })
    }

    /// Whether a unit of this code is `of` or stands under it.
    fn covers(&self, of: i32, code: &str) -> bool {
        self.tree.covers(of, code)
    }
}

/// How far the tasks are, plan by plan, without those that cannot be read.
fn tasks_of_each(db: &Db, plans: &[(Plan, Vec<Closing>)]) -> Result<HashMap<String, Vec<TaskStanding>>, DbError> {
    let mut tasks = HashMap::new();
    for (plan, _) in plans {
        if let Some(known) = unless_damaged("tasks of a plan", db.task_standings(&plan.key))? {
            tasks.insert(plan.key.clone(), known);
        }
    }
    Ok(tasks)
}

/// What was read; none where a row cannot be read, which is said in the log: the rest of the letter goes.
fn unless_damaged<T>(part: &str, read: Result<T, DbError>) -> Result<Option<T>, DbError> {
    match read {
        Err(DbError::Damaged(why)) => {
            tracing::error!(part, why, "a letter goes without a part that cannot be read; run `sipas doctor`");
            Ok(None)
        }
        read => read.map(Some),
    }
}

struct Reader<'a> {
    book: &'a Book<'a>,
    user: &'a StaffUser,
    role: Role,
}

impl<'a> Reader<'a> {
    fn letter(&self, items: &[Item<'_>]) -> Summary {
        let unit_named = |code: &str| self.book.tree.of_code(code);
        let own = self.book.tree.unit(self.user.unit);
        let first = items.first().and_then(|item| item.plan);
        let one_plan =
            first.filter(|plan| items.iter().filter_map(|item| item.plan).all(|other| other.key == plan.key));
        let place =
            one_plan.and_then(|plan| unit_named(&plan.unit)).or(own).map_or("SIPAS", |unit| unit.name_vi.as_str());
        let heads = items.first().map_or("", |item| item.head.as_str());
        let more = if items.len() > 1 { format!(" và {} việc khác", items.len() - 1) } else { String::new() };
        let title = one_plan.map(|plan| format!(" ({})", plan.title_vi)).unwrap_or_default();
        let mut paragraphs = vec![format!("Kính gửi {},", self.user.display_name)];
        paragraphs.extend(items.iter().take(LINES_MAX).map(|item| item.text.clone()));
        if items.len() > LINES_MAX {
            paragraphs.push(format!("Và {} việc khác: {}/staff/due", items.len() - LINES_MAX, self.book.public_url));
        }
        paragraphs.push(format!(
            "Thư này do hệ thống khảo sát sự hài lòng gửi tự động, mỗi ngày làm việc nhiều nhất một thư. Muốn nhận ít thư hơn: \
             {}/staff/letters",
            self.book.public_url
        ));
        Summary {
            subject: format!("{place}: {heads}{more}{title}"),
            body: paragraphs.join("\n\n"),
            told: items.iter().map(|item| item.key.clone()).collect(),
        }
    }

    fn unless_told(&self, item: Item<'a>) -> Result<Option<Item<'a>>, DbError> {
        Ok(if self.book.db.letter_is_known(&item.key)? { None } else { Some(item) })
    }

    /// One line for each stage before and after a due day, until the report is out; and one when it is one's turn to approve
    /// or to publish. A server that was down on the day tells it late, with the days that are left then.
    fn due_dates(&self) -> Result<Vec<Item<'a>>, DbError> {
        let mut items = Vec::new();
        if !matches!(self.role, Role::PlanOwner | Role::Leader) {
            return Ok(items);
        }
        let covered = self.book.tree.covered(self.user.unit);
        for (plan, closings) in self.book.plans_of(covered.iter()) {
            for period in &plan.periods {
                let newest = closings.iter().rfind(|closing| closing.period == period.key);
                let state = newest.map_or(State::Draft, Closing::state);
                let due = if state == State::Published { None } else { self.due_date(plan, period, state) };
                let turn = newest.and_then(|closing| self.turn(plan, period, closing));
                for item in due.into_iter().chain(turn) {
                    items.extend(self.unless_told(item)?);
                }
            }
        }
        Ok(items)
    }

    fn due_date(&self, plan: &'a Plan, period: &Period, state: State) -> Option<Item<'a>> {
        let (due, today) = (period.due?, self.book.today);
        let left = working_days_left(today, due);
        let (stage, when) = if due >= today {
            let stage = DUE_DAYS.into_iter().find(|days| left <= *days)?;
            let when = if due == today { "hôm nay".to_owned() } else { format!("còn {left} ngày làm việc") };
            (stage.to_string(), when)
        } else {
            let stage = LATE_DAYS.into_iter().find(|days| -left >= *days).filter(|_| -left <= LATE_UNTIL)?;
            (format!("late-{stage}"), format!("quá hạn {} ngày làm việc", -left))
        };
        let stands = match state {
            State::Checked => "Số liệu đã khóa, chờ lãnh đạo duyệt.",
            State::Approved => "Số liệu đã được duyệt, chờ công bố.",
            _ if period.so_far(today) => "Số liệu còn đang thu thập.",
            _ => "Kỳ báo cáo chưa khóa.",
        };
        let keyed = if due >= today {
            " Phiếu giấy của kỳ này còn nhập được đến hết ngày đến hạn."
        } else {
            ""
        };
        let name = period.name_vi();
        Some(Item {
            key: format!("due/{}/{}/{stage}/{}", plan.key, period.key, self.user.name),
            plan: Some(plan),
            head: if due >= today { format!("{name} {when} đến hạn báo cáo") } else { format!("{name} {when}") },
            text: format!(
                "Báo cáo {name} của “{}” đến hạn ngày {} ({when}). Số liệu tính từ {} đến hết {}.{keyed} {stands}\n{}",
                plan.title_vi,
                format::date(due),
                format::date(period.from),
                format::date(period.to),
                self.address(plan, period)
            ),
        })
    }

    /// Complaints, remedies and early warnings that wait for this person.
    fn complaints(&self) -> Result<Vec<Item<'a>>, DbError> {
        let Book { db, tree, public_url, today, .. } = self.book;
        let covers = |id: i32| tree.above(id).any(|above| above.id == self.user.unit);
        let mut items = Vec::new();
        // An office's ward stands above it; a city's wards stand below.
        let above = tree.above(self.user.unit).map(|unit| unit.id);
        let wards: Vec<i32> = above.chain(tree.below(self.user.unit)).collect();
        let addressee = Addressee {
            db,
            user: self.user,
            role: self.role,
            wards: &wards,
            covers: &covers,
            public_url,
            today: *today,
        };
        let mut told = loop_back::complaints(&addressee)?;
        told.extend(loop_back::remedies(&addressee)?);
        told.extend(warnings(&addressee, &self.book.names)?);
        for (key, head, text) in told {
            items.extend(self.unless_told(Item { key, plan: None, head, text })?);
        }
        let covered = tree.covered(self.user.unit);
        for (plan, _) in self.book.plans_of(tree.above(self.user.unit).chain(covered.iter())) {
            let Some(known) = self.book.tasks.get(&plan.key) else { continue };
            let of_plan = tree.of_code(&plan.unit).is_some_and(|unit| covers(unit.id));
            let own = tree.unit(self.user.unit).map_or("", |unit| unit.name_vi.as_str());
            let whose = (of_plan, own);
            let is_counted = |task: &Task| task.due.is_some() && counting(plan, task).is_some();
            let counts = if !known.is_empty() && plan.tasks.iter().any(is_counted) {
                unless_damaged("counts of a plan", counted(db, plan, *today))?.unwrap_or_default()
            } else {
                Vec::new()
            };
            for (key, head, text) in
                loop_back::tasks((known, &counts), (plan, whose), self.user, self.role, public_url, *today)
            {
                items.extend(self.unless_told(Item { key, plan: Some(plan), head, text })?);
            }
        }
        Ok(items)
    }

    /// Tells whose turn it is: leaders to approve what another person checked, owners and leaders to publish.
    fn turn(&self, plan: &'a Plan, period: &Period, closing: &Closing) -> Option<Item<'a>> {
        let (word, what) = match closing.state() {
            State::Checked => ("checked", "chờ duyệt"),
            State::Approved => ("approved", "chờ công bố"),
            _ => return None,
        };
        let own = closing.step(ClosingStep::Check).is_some_and(|step| step.user == self.user.id);
        let action = if word == "checked" { Action::ApprovePeriods } else { Action::PublishPeriods };
        if !may(self.role, action) || (word == "checked" && own) {
            return None;
        }
        let last = closing.steps.last()?;
        Some(Item {
            key: format!("closing/{}/{}/v{}/{word}/{}", plan.key, period.key, closing.version, self.user.name),
            plan: Some(plan),
            head: format!("{} {what}", period.name_vi()),
            text: format!(
                "{} của “{}”, phiên bản {}, {what}. Bước trước do {} thực hiện lúc {}.\n{}/closing",
                period.name_vi(),
                plan.title_vi,
                closing.version,
                last.by,
                clock::date_and_time(last.at),
                self.address(plan, period)
            ),
        })
    }

    fn address(&self, plan: &Plan, period: &Period) -> String {
        format!("{}/staff/plans/{}/{}", self.book.public_url, plan.key, period.key)
    }

    /// Once a week: how the targets of the running period stand, in the words of the page.
    fn digest(&self) -> Result<Vec<Item<'a>>, DbError> {
        let reads = matches!(self.role, Role::PlanOwner | Role::Leader | Role::UnitHead);
        let Some(own) = self.book.tree.unit(self.user.unit) else { return Ok(Vec::new()) };
        let week = self.book.today.iso_week();
        let key = format!("digest/{}-{:02}/{}", week.year(), week.week(), self.user.name);
        if !reads || !may(self.role, Action::SeeFigures) || self.book.db.letter_is_known(&key)? {
            return Ok(Vec::new());
        }
        let (mut lines, mut told_of) = (Vec::new(), Vec::new());
        let covered = self.book.tree.covered(own.id);
        let about = self.book.tree.above(own.id).chain(covered.iter());
        for (plan, _) in self.book.plans_of(about) {
            let Some(period) = plan.current_period(self.book.today) else { continue };
            // A head of an office below the plan's unit reads the figures of the office; others' plans are not measured.
            let above = self.book.covers(self.user.unit, &plan.unit);
            let below = self.book.tree.of_code(&plan.unit);
            if !above && !below.is_some_and(|unit| self.book.covers(unit.id, &own.code)) {
                continue;
            }
            if lines.len() == LINES_MAX {
                lines.push(format!("Các kế hoạch khác: {}/staff/targets", self.book.public_url));
                break;
            }
            let unit = if above { None } else { Some(own.code.clone()) };
            let unreadable = || {
                let address = format!("{}/closing", self.address(plan, period));
                format!("{}, {}: số liệu đã khóa không đọc được.\n{address}", plan.title_vi, period.name_vi())
            };
            let series = match figures::official_series(self.book.db, &plan.key, &period.key, None) {
                Ok(series) => series,
                Err(MeasureError::Database(error)) => return Err(error),
                Err(_) => continue,
            };
            let question = Question {
                plan: plan.key.clone(),
                period: period.key.clone(),
                unit,
                series,
                suspects: Suspects::In,
                live: false,
                today: self.book.today,
            };
            let measured = match figures::measure(self.book.db, &question) {
                Ok(measured) => measured,
                Err(MeasureError::Database(error)) => return Err(error),
                Err(error @ MeasureError::Unreadable { .. }) => {
                    tracing::error!(%error, "a closed period is only named in a letter");
                    lines.push(unreadable());
                    told_of.push(plan);
                    continue;
                }
                // Another ward's plan.
                Err(_) => continue,
            };
            let count =
                |verdict: Verdict| measured.report.targets.iter().filter(|target| target.verdict == verdict).count();
            let due = period.due.map(|due| format!(", hạn báo cáo {}", format::date(due))).unwrap_or_default();
            lines.push(format!(
                "{}, {}{due}: {} chỉ tiêu đạt, {} chưa đạt, {} chưa đủ căn cứ kết luận ({} đến nay).\n{}",
                plan.title_vi,
                period.name_vi(),
                count(Verdict::Met),
                count(Verdict::NotMet),
                count(Verdict::CannotSay),
                words::series(measured.report.series, Language::Vi),
                self.address(plan, period),
            ));
            told_of.push(plan);
        }
        let plan = match told_of[..] {
            [] => return Ok(Vec::new()),
            [plan] => Some(plan),
            _ => None,
        };
        let head = format!("tình hình chỉ tiêu, tuần {}", week.week());
        Ok(vec![Item { key, plan, head, text: lines.join("\n\n") }])
    }

    /// To those who read the log, when it has grown: its head, so that it is kept where the server's owner does not reach.
    fn audit_head(&self) -> Result<Option<Item<'a>>, DbError> {
        if !may(self.role, Action::ReadAudit) {
            return Ok(None);
        }
        let head = self.book.db.audit_head()?;
        if head.number == 0 {
            return Ok(None);
        }
        let day = format::date(self.book.today);
        self.unless_told(Item {
            key: format!("audit/{}/{}", head.number, self.user.name),
            plan: None,
            head: format!("mã kiểm chứng nhật ký ngày {day}"),
            text: format!(
                "Dòng cuối của nhật ký ngày {day}:\n{head}\nHãy giữ thư này. Nếu sau này nhật ký trên máy chủ bị sửa, dòng trên sẽ \
                 không còn khớp (sipas audit verify)."
            ),
        })
    }
}
