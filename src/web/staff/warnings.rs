//! `/staff/warnings`: what moved beyond chance, or fell silent, in the night's judgement; read by whom, with what note.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;

use crate::access::{Action, AuditedAction};
use crate::cases::plain;
use crate::cases::warning::{About, Way};
use crate::clock;
use crate::db::{Db, DbError, UnitKind, WarningKept, WatchKept};
use crate::error::{Reason, Refusal};
use crate::report::words::warnings as words;
use crate::report::{Language, format};
use crate::service::warnings::WarningNames;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// The most characters of a note.
const NOTE_MAX: usize = 500;
/// So many that were read are listed.
const READ_LISTED: usize = 50;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/warnings/list.html")]
struct WarningsPage {
    frame: Frame,
    kept: bool,
    may_keep: bool,
    watch: Vec<String>,
    open: Vec<Line>,
    read: Vec<Line>,
}

struct Line {
    unit: i32,
    number: i32,
    name: String,
    way: &'static str,
    class: &'static str,
    says: String,
    look: &'static str,
    address: String,
    raised: String,
    read: String,
    note: String,
}

/// The warnings that a user may see: all of a ward that is theirs, those of their own points elsewhere.
fn seen_by(db: &Db, user: &SignedIn) -> Result<Vec<WarningKept>, DbError> {
    let mine = |unit: i32| user.units.iter().any(|known| known.id == unit);
    // An office's ward stands above it; a city's wards stand below.
    let tree = db.tree()?;
    let wards: Vec<i32> = tree.above(user.unit).map(|unit| unit.id).chain(tree.below(user.unit)).collect();
    let mut found = db.warnings(&wards)?;
    found.retain(|warning| mine(warning.unit) || matches!(warning.about, About::Point(unit, _) if mine(unit)));
    Ok(found)
}

/// How many of them nobody has read.
pub fn unread(db: &Db, user: &SignedIn) -> Result<usize, DbError> {
    Ok(seen_by(db, user)?.iter().filter(|warning| warning.read.is_none()).count())
}

/// `GET /staff/warnings`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, who) = (app.db.clone(), user.clone());
    let found = block(move || {
        let is_ward = |kind| matches!(kind, UnitKind::Ward | UnitKind::Commune);
        let mut watch = Vec::new();
        for unit in who.units.iter().filter(|unit| is_ward(unit.kind)) {
            watch.push((unit.name_vi.clone(), db.warning_watch(unit.id)?));
        }
        let warnings = seen_by(&db, &who)?;
        let names = WarningNames::of(&db, &warnings)?;
        Ok::<_, DbError>((warnings, names, watch))
    });
    let (warnings, names, watch) = found.await??;
    let (open, read): (Vec<_>, Vec<_>) = warnings.iter().partition(|warning| warning.read.is_none());
    let page = WarningsPage {
        frame: user.frame(&app),
        kept: ask.done.is_some(),
        may_keep: user.may(Action::KeepWork),
        watch: watch.into_iter().map(|(name, watch)| watched(&name, watch)).collect(),
        open: open.into_iter().map(|warning| line(warning, &names)).collect(),
        read: read.into_iter().take(READ_LISTED).map(|warning| line(warning, &names)).collect(),
    };
    Ok(send(StatusCode::OK, &page))
}

fn watched(name: &str, watch: Option<WatchKept>) -> String {
    let Some(watch) = watch else {
        return format!("{name}: chưa xem xét lần nào; hệ thống xem xét mỗi đêm một lần.");
    };
    let on = format::date(watch.judged);
    let count = format::count(u64::from(watch.watched), Language::Vi);
    match watch.days_between {
        Some(days) => format!(
            "{name}: đang theo dõi {count} lĩnh vực, tiêu chí và điểm phục vụ, xem xét gần nhất ngày {on}. Khi không có gì thay đổi, cả danh \
             sách này vẫn có khoảng một báo động nhầm trong {} tuần.",
            (days + 3) / 7
        ),
        None => format!("{name}: xem xét gần nhất ngày {on}; chưa đủ phiếu để biết thế nào là thường lệ."),
    }
}

fn line(warning: &WarningKept, names: &WarningNames) -> Line {
    let named = names.named(warning);
    let (way, class) = match warning.way {
        Way::Down => ("Giảm", "not_met"),
        Way::Up => ("Tăng", "met"),
        Way::Silent => ("Không phát sinh phiếu", "cannot_say"),
    };
    let (read, note) = match &warning.read {
        Some((on, by, note)) => (format!("{by} ghi nhận ngày {}", format::date(*on)), note.clone()),
        None => (String::new(), String::new()),
    };
    Line {
        unit: warning.unit,
        number: warning.number,
        name: words::name(&named),
        way,
        class,
        says: words::says(&named),
        look: words::look(&named),
        address: address(&warning.about),
        raised: format::date(warning.raised),
        read,
        note,
    }
}

/// Where more is to be seen of what moved.
fn address(about: &About) -> String {
    match about {
        About::Field(id) => format!("/staff/explore?measure=field%3A{id}"),
        About::Criterion(of, id) => format!("/staff/explore?measure=item%3A{of}%3A{id}"),
        About::Point(..) => "/staff/points/silent".to_owned(),
    }
}

/// `POST /staff/warnings`: somebody has read a warning, and says what is done about it.
pub async fn read(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let entry = Entry::sent(&body);
    let number = |name: &str| entry.value(name).parse::<i32>().ok();
    let (Some(unit), Some(number)) = (number("unit"), number("number")) else { return Err(Reason::Fields.into()) };
    let note: String = plain(entry.value("note")).chars().take(NOTE_MAX).collect();
    if note.trim().is_empty() {
        return Err(Reason::Fields.into());
    }
    let (db, who) = (app.db.clone(), user.clone());
    let known = block(move || {
        let ward = db.tree()?.unit(unit).cloned();
        let seen = seen_by(&db, &who)?.into_iter().any(|known| (known.unit, known.number) == (unit, number));
        Ok::<_, DbError>(ward.filter(|_| seen))
    });
    let ward = known.await??.ok_or(Reason::NotYours)?;
    let (by, today) = (user.name.clone(), clock::today());
    let db = app.db.noting(user.note(AuditedAction::ReadWarning, &ward.code, number.to_string()));
    block(move || db.read_warning((unit, number), today, &by, &note)).await??;
    Ok(see_other("/staff/warnings?done=kept"))
}
