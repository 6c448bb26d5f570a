//! Letters of the workroom: what is due, the digest of the week, the head of the audit log; written into the outbox when
//! their time has come, and sent from there.
//!
//! A letter is written once, because its key says what it is about. It is sent at least once: between the mail server's "taken"
//! and our mark a server may die, and then it is sent again with the same Message-ID, by which mailboxes know it.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc, Weekday};

use super::Stop;
use crate::access::{Action, Role, may};
use crate::clock;
use crate::db::{Closing, Db, DbError, NewLetter, StaffUser, Unit};
use crate::index::{Suspects, Verdict};
use crate::mail::{Letter, MailError, Mailer};
use crate::plan::closing::{Deed, State};
use crate::plan::{Period, Plan};
use crate::report::format;
use crate::service::figures::{self, MeasureError, Question};
use crate::sheet::tally::Series;

/// Days before a report is due on which its owners are told.
const DUE_DAYS: [i64; 4] = [0, 1, 3, 7];
/// Days after it on which they are told that it is late; nobody is told of what is late for longer than [`LATE_UNTIL`] days.
const LATE_DAYS: [i64; 3] = [7, 3, 1];
const LATE_UNTIL: i64 = 13;
/// The hour in Vietnam from which letters are written: nobody's telephone rings at night.
const FIRST_HOUR: u32 = 7;
/// How long sent letters are known, so that none is written twice: longer than a year's periods.
const KNOWN_FOR: TimeDelta = TimeDelta::days(400);

/// Where letters go from and what they lead to.
#[derive(Debug)]
pub struct Post {
    /// Sends them.
    pub mailer: Arc<Mailer>,
    /// The address in them.
    pub public_url: String,
}

/// What the thread of letters keeps in mind between two rounds.
#[derive(Debug, Default)]
pub struct Desk;

/// Writes what is due at `now`, sends what waits. What the mail server refuses waits and is logged.
pub fn round(db: &Db, post: &Post, _desk: &mut Desk, _stop: &Stop, now: DateTime<Utc>) -> Result<(), DbError> {
    if post.mailer.is_off() {
        return Ok(());
    }
    for letter in due(db, &post.public_url, now)? {
        db.write_letter(&letter, now)?;
    }
    db.prune_outbox(now - KNOWN_FOR)?;
    send(db, &post.mailer, now)
}

/// Sends every letter whose time has come.
pub fn send(db: &Db, mailer: &Mailer, now: DateTime<Utc>) -> Result<(), DbError> {
    while let Some(leased) = db.lease_letter(now)? {
        let letter = Letter {
            to: leased.recipient.clone(),
            subject: leased.subject.clone(),
            text: leased.body.clone(),
            id: Some(leased.message_id.clone()),
        };
        match mailer.send(&letter) {
            Ok(()) => {
                db.letter_sent(&leased, now)?;
            }
            Err(error) => {
                // An address that is none never becomes one; everything else may pass.
                let for_ever = matches!(error, MailError::Letter(_));
                let given_up = db.letter_failed(&leased, for_ever, now)?;
                tracing::warn!(letter = leased.key, tries = leased.tries, given_up, %error, "a letter was not sent");
            }
        }
    }
    Ok(())
}

/// The letters that are to be written at `now`; those written before are among them.
pub fn due(db: &Db, public_url: &str, now: DateTime<Utc>) -> Result<Vec<NewLetter>, DbError> {
    let local = now + TimeDelta::hours(7);
    if local.hour() < FIRST_HOUR {
        return Ok(Vec::new());
    }
    let today = clock::civil_date(now);
    let (units, plans) = (db.units()?, db.plans()?);
    let closings = plans.iter().map(|stored| db.closings(&stored.plan.key)).collect::<Result<Vec<_>, _>>()?;
    let mut letters = Vec::new();
    for user in db.users()?.iter().filter(|user| user.retired_at.is_none()) {
        let (Some(email), Some(role)) = (&user.email, Role::from_name(&user.role)) else { continue };
        let writer = Writer { db, public_url, user, email, role, units: &units, today };
        for (stored, closings) in plans.iter().zip(&closings) {
            letters.extend(writer.due_dates(&stored.plan, closings));
        }
        if today.weekday() == Weekday::Mon {
            let plans: Vec<&Plan> = plans.iter().map(|stored| &stored.plan).collect();
            letters.extend(writer.digest(&plans)?);
        }
        letters.extend(writer.audit_head()?);
    }
    Ok(letters)
}

struct Writer<'a> {
    db: &'a Db,
    public_url: &'a str,
    user: &'a StaffUser,
    email: &'a str,
    role: Role,
    units: &'a [Unit],
    today: NaiveDate,
}

impl Writer<'_> {
    fn letter(&self, key: String, subject: String, paragraphs: &[String]) -> NewLetter {
        let greeting = format!("Kính gửi {},", self.user.display_name);
        let closing = "Thư này do hệ thống khảo sát sự hài lòng gửi tự động.".to_owned();
        let body = [&[greeting], paragraphs, &[closing]].concat().join("\n\n");
        NewLetter { key, recipient: self.email.to_owned(), subject, body }
    }

    /// Whether a unit of this code is the user's or stands under theirs.
    fn covers(&self, code: &str) -> bool {
        let mut here = self.units.iter().find(|unit| unit.code == code);
        // No tree of units is deeper.
        for _ in 0..16 {
            let Some(unit) = here else { return false };
            if unit.id == self.user.unit {
                return true;
            }
            here = unit.parent.and_then(|parent| self.units.iter().find(|unit| unit.id == parent));
        }
        false
    }

    /// One letter for each stage before and after a due day, until the report is out; and one when it is one's turn to approve
    /// or to publish. A server that was down on the day writes the letter late, and it says the days that are left.
    fn due_dates(&self, plan: &Plan, closings: &[Closing]) -> Vec<NewLetter> {
        if !matches!(self.role, Role::PlanOwner | Role::Leader) || !self.covers(&plan.unit) {
            return Vec::new();
        }
        let mut letters = Vec::new();
        for period in &plan.periods {
            let newest = closings.iter().rfind(|closing| closing.period == period.key);
            let state = newest.map_or(State::Draft, Closing::state);
            if state != State::Published {
                letters.extend(self.due_date(plan, period, state));
            }
            letters.extend(newest.and_then(|closing| self.turn(plan, period, closing)));
        }
        letters
    }

    fn due_date(&self, plan: &Plan, period: &Period, state: State) -> Option<NewLetter> {
        let due = period.due?;
        let left = (due - self.today).num_days();
        let (stage, when) = if left >= 0 {
            let stage = DUE_DAYS.into_iter().find(|days| left <= *days)?;
            let when = match left {
                0 => "hôm nay".to_owned(),
                1 => "ngày mai".to_owned(),
                days => format!("còn {days} ngày"),
            };
            (stage.to_string(), when)
        } else {
            let stage = LATE_DAYS.into_iter().find(|days| -left >= *days).filter(|_| -left <= LATE_UNTIL)?;
            (format!("late-{stage}"), format!("trễ {} ngày", -left))
        };
        let key = format!("due/{}/{}/{stage}/{}", plan.key, period.key, self.user.name);
        let stands = match state {
            State::Checked => "Số liệu đã khóa, chờ lãnh đạo duyệt.",
            State::Approved => "Số liệu đã được duyệt, chờ công bố.",
            _ if period.so_far(self.today) => "Số liệu còn đang thu thập.",
            _ => "Kỳ báo cáo chưa khóa.",
        };
        let paragraphs = [
            format!(
                "Báo cáo {} của “{}” đến hạn ngày {} ({when}).",
                period.name_vi(),
                plan.title_vi,
                format::date(due)
            ),
            format!(
                "Số liệu tính từ {} đến hết {}. Phiếu giấy của kỳ này còn nhập được đến hết ngày đến hạn.",
                format::date(period.from),
                format::date(period.to)
            ),
            stands.to_owned(),
            format!("Xem số liệu: {}", self.address(plan, period)),
        ];
        let subject = match left {
            left if left < 0 => format!("{}: báo cáo {when}", period.name_vi()),
            _ => format!("{}: {when} đến hạn báo cáo", period.name_vi()),
        };
        Some(self.letter(key, subject, &paragraphs))
    }

    /// Tells whose turn it is: leaders to approve what another person checked, owners and leaders to publish.
    fn turn(&self, plan: &Plan, period: &Period, closing: &Closing) -> Option<NewLetter> {
        let (word, what) = match closing.state() {
            State::Checked => ("checked", "chờ duyệt"),
            State::Approved => ("approved", "chờ công bố"),
            _ => return None,
        };
        let own = closing.step(Deed::Check).is_some_and(|step| step.user == self.user.id);
        let action = if word == "checked" { Action::ApprovePeriods } else { Action::PublishPeriods };
        if !may(self.role, action) || (word == "checked" && own) {
            return None;
        }
        let last = closing.steps.last()?;
        let key = format!("closing/{}/{}/v{}/{word}/{}", plan.key, period.key, closing.version, self.user.name);
        let paragraphs = [
            format!("{} của “{}”, phiên bản {}, {what}.", period.name_vi(), plan.title_vi, closing.version),
            format!("Bước trước do {} thực hiện lúc {}.", last.by, clock::date_and_time(last.at)),
            format!("Mở trang: {}/closing", self.address(plan, period)),
        ];
        Some(self.letter(key, format!("{}: {what}", period.name_vi()), &paragraphs))
    }

    fn address(&self, plan: &Plan, period: &Period) -> String {
        format!("{}/staff/plans/{}/{}", self.public_url, plan.key, period.key)
    }

    /// Once a week: how the targets of the running period stand, in the words of the page.
    fn digest(&self, plans: &[&Plan]) -> Result<Option<NewLetter>, DbError> {
        let reads = matches!(self.role, Role::PlanOwner | Role::Leader | Role::UnitHead);
        let Some(own) = self.units.iter().find(|unit| unit.id == self.user.unit) else { return Ok(None) };
        if !reads || !may(self.role, Action::SeeFigures) {
            return Ok(None);
        }
        let week = self.today.iso_week();
        let key = format!("digest/{}-{:02}/{}", week.year(), week.week(), self.user.name);
        if self.db.letter_is_known(&key)? {
            return Ok(None);
        }
        let mut paragraphs = Vec::new();
        for plan in plans {
            let Some(period) = plan.current_period(self.today) else { continue };
            // A head of an office below the plan's unit reads the figures of the office.
            let unit = if self.covers(&plan.unit) { None } else { Some(own.code.clone()) };
            let question = Question {
                plan: plan.key.clone(),
                period: period.key.clone(),
                unit,
                series: Series::Open,
                suspects: Suspects::In,
                live: false,
                today: self.today,
            };
            let measured = match figures::measure(self.db, &question) {
                Ok(measured) => measured,
                Err(MeasureError::Database(error)) => return Err(error),
                // Another ward's plan.
                Err(_) => continue,
            };
            let count =
                |verdict: Verdict| measured.report.targets.iter().filter(|target| target.verdict == verdict).count();
            let due = period.due.map(|due| format!(", hạn báo cáo {}", format::date(due))).unwrap_or_default();
            paragraphs.push(format!(
                "{}, {}{due}: {} chỉ tiêu đạt, {} chưa đạt, {} chưa đủ căn cứ kết luận (theo ý kiến tự nguyện đến nay).\n{}",
                plan.title_vi,
                period.name_vi(),
                count(Verdict::Met),
                count(Verdict::NotMet),
                count(Verdict::CannotSay),
                self.address(plan, period),
            ));
        }
        if paragraphs.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.letter(key, format!("Tình hình chỉ tiêu, tuần {}", week.week()), &paragraphs)))
    }

    /// Once a day, to those who read the log: its head, so that it is kept where the server's owner does not reach.
    fn audit_head(&self) -> Result<Option<NewLetter>, DbError> {
        let head = self.db.audit_head()?;
        if !may(self.role, Action::ReadAudit) || head.number == 0 {
            return Ok(None);
        }
        let key = format!("audit/{}/{}", self.today, self.user.name);
        let day = format::date(self.today);
        let paragraphs = [
            format!("Dòng cuối của nhật ký sáng {day}:"),
            head.to_string(),
            "Hãy giữ thư này. Nếu sau này nhật ký trên máy chủ bị sửa, dòng trên sẽ không còn khớp (sipas audit verify).".to_owned(),
        ];
        Ok(Some(self.letter(key, format!("Mã kiểm chứng nhật ký ngày {day}"), &paragraphs)))
    }
}
