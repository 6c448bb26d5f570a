//! `/staff/complaints`: what citizens wrote to the unit and those under it, for those who must act on it: what is owed first,
//! by state, unit and subject. No contact stands here.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;

use super::words;
use crate::access::Action;
use crate::cases::Subject;
use crate::clock;
use crate::db::{Complaint, DbError};
use crate::error::Refusal;
use crate::plan::working_days::working_days_left;
use crate::report::format;
use crate::service::complaints::counts::{facts, is_owed};
use crate::service::complaints::receiver_of;
use crate::web::http::block::block;
use crate::web::http::query::{known, one_of};
use crate::web::public::complaint_words::complaint_words;
use crate::web::staff::form::Choice;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// The most that the page looks through.
const READ_MAX: u32 = 2_000;
/// The most that it shows.
const SHOWN_MAX: usize = 200;
/// So much of a text stands in the list.
const EXCERPT: usize = 220;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    show: Option<String>,
    unit: Option<String>,
    subject: Option<String>,
    q: Option<String>,
    imported: Option<usize>,
}

#[derive(Template)]
#[template(path = "staff/complaints/list.html")]
struct ComplaintsPage {
    frame: Frame,
    imported: Option<usize>,
    may_handle: bool,
    may_rule: bool,
    tabs: Vec<(&'static str, &'static str, usize, bool)>,
    units: Vec<(Choice, bool)>,
    subjects: Vec<(Choice, bool)>,
    show: &'static str,
    q: String,
    lines: Vec<Line>,
    cut: bool,
    /// What the ward has in all, for an office that has none.
    elsewhere: Option<String>,
}

struct Line {
    address: String,
    title: String,
    state: &'static str,
    due: String,
    class: &'static str,
    about: String,
    excerpt: String,
}

/// What a tab shows.
const TABS: [(&str, &str); 5] = [
    ("owed", "Cần xử lý"),
    ("late", "Quá hạn"),
    ("answered", "Đã trả lời"),
    ("other", "Không tiếp nhận, đã chuyển"),
    ("all", "Tất cả"),
];

fn stands_in(tab: &str, case: &Complaint, today: NaiveDate) -> bool {
    match tab {
        "owed" => is_owed(case),
        "late" => case.state.is_open() && facts(case).is_late(today),
        "answered" => case.state.is_answered(),
        "other" => !case.state.is_answered() && !case.state.is_open(),
        _ => true,
    }
}

/// `GET /staff/complaints`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let own = user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default();
    let (found, tree, of_ward) = block(move || {
        let found = db.complaints(&ids, READ_MAX)?;
        let ward = receiver_of(&db, &own, clock::today())?;
        let of_ward = match ward.filter(|_| found.is_empty()) {
            Some(ward) => Some((ward.name_vi.clone(), db.complaints(&[ward.id], READ_MAX)?.len())),
            None => None,
        };
        Ok::<_, DbError>((found, db.tree()?, of_ward))
    })
    .await??;
    let today = clock::today();
    let asked_subject = known(ask.subject.as_deref(), Subject::named)?;
    let q = ask.q.clone().unwrap_or_default().trim().to_lowercase();
    let unit_id = known(ask.unit.as_deref(), |code| tree.of_code(code).map(|unit| unit.id))?;
    let filtered: Vec<&Complaint> = found
        .iter()
        .filter(|case| unit_id.is_none_or(|id| case.lead == Some(id) || case.about == Some(id)))
        .filter(|case| asked_subject.is_none_or(|subject| case.subject == Some(subject)))
        .filter(|case| {
            q.is_empty()
                || case.written.text.to_lowercase().contains(&q)
                || case.outside_number.to_lowercase().contains(&q)
        })
        .collect();
    let show = one_of(ask.show.as_deref(), TABS.map(|(tab, _)| tab), "owed")?;
    let tabs = TABS.map(|(tab, name)| {
        (tab, name, filtered.iter().filter(|case| stands_in(tab, case, today)).count(), tab == show)
    });
    let mut shown: Vec<&Complaint> = filtered.into_iter().filter(|case| stands_in(show, case, today)).collect();
    if matches!(show, "owed" | "late") {
        // What is due first stands first.
        shown.sort_by_key(|case| (case.due, case.key));
    }
    let cut = shown.len() > SHOWN_MAX;
    shown.truncate(SHOWN_MAX);
    let name_of = |id: i32| tree.unit(id).map_or("", |unit| unit.name_vi.as_str());
    let mut about_units: Vec<i32> = found.iter().flat_map(|case| [case.lead, case.about]).flatten().collect();
    about_units.sort_unstable();
    about_units.dedup();
    let code_of = |id: i32| tree.unit(id).map_or("", |unit| unit.code.as_str());
    let page = ComplaintsPage {
        frame: user.frame(&app),
        imported: ask.imported,
        may_handle: user.may(Action::HandleComplaints),
        may_rule: user.may(Action::ChangeNotice),
        tabs: tabs.to_vec(),
        units: about_units.iter().map(|id| (Choice::new(code_of(*id), name_of(*id)), unit_id == Some(*id))).collect(),
        subjects: Subject::ALL
            .into_iter()
            .map(|subject| (Choice::new(subject.name(), words::subject(subject)), asked_subject == Some(subject)))
            .collect(),
        show,
        q,
        lines: shown.into_iter().map(|case| line(case, today, &name_of)).collect(),
        cut,
        elsewhere: of_ward.filter(|(_, count)| *count > 0).map(|(ward, count)| {
            format!("{ward} đã nhận {count} phản ánh; chưa phản ánh nào được giao cho đơn vị này.")
        }),
    };
    Ok(send(StatusCode::OK, &page))
}

fn line<'a>(case: &Complaint, today: NaiveDate, name_of: &impl Fn(i32) -> &'a str) -> Line {
    let (due, class) = due_words(case, today);
    let office = case.lead.or(case.desk).unwrap_or(case.key.unit);
    let subject = case.subject.map(|subject| format!(" · {}", words::subject(subject))).unwrap_or_default();
    let mut excerpt: String = case.written.text.chars().take(EXCERPT).collect();
    if excerpt.len() < case.written.text.len() {
        excerpt.push('…');
    }
    Line {
        address: format!("/staff/complaints/{}", case.key.number()),
        title: format!("{}, {}", complaint_words("vi").kind_name(case.written.kind), format::date(case.key.day)),
        state: words::state(case.state),
        due,
        class,
        about: format!("{}{subject} · {}", words::channel(case.channel), name_of(office)),
        excerpt,
    }
}

/// How a case stands against its due day, in words, and the class of the style.
pub(super) fn due_words(case: &Complaint, today: NaiveDate) -> (String, &'static str) {
    let Some(due) = case.due else { return ("Chưa có hạn".to_owned(), "cannot_say") };
    if let Some(on) = case.decided_on {
        let word = if case.was_late { "Xong chậm" } else { "Xong đúng hạn" };
        return (format!("{word}, {}", format::date(on)), if case.was_late { "not_met" } else { "met" });
    }
    let late = if case.was_late { " (lần trước trả lời chậm)" } else { "" };
    if let Some(since) = case.waiting_since {
        // The clock stands as it stood when the citizen was asked: what was over then is over now.
        let over = -working_days_left(since, due);
        return if since > due {
            let (due, since) = (format::date(due), format::date(since));
            let how = if over > 0 { format!("Quá hạn {over} ngày làm việc") } else { "Quá hạn".to_owned() };
            (format!("{how} khi hỏi lại người dân ngày {since}, hạn {due}; đang chờ người dân"), "not_met")
        } else {
            (format!("Chờ người dân, thời hạn tạm dừng{late}"), "cannot_say")
        };
    }
    match working_days_left(today, due) {
        _ if today == due => (format!("Hạn hôm nay{late}"), "cannot_say"),
        left if left >= 0 => (format!("Hạn {}, còn {left} ngày làm việc{late}", format::date(due)), "soft"),
        past => (format!("Quá hạn {} ngày làm việc, hạn {}", -past, format::date(due)), "not_met"),
    }
}
