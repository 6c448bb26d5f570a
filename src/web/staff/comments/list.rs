//! `/staff/comments`: the free words of sheets, by questionnaire and month. Every look leaves a row in the audit log.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::{Datelike, Days, Months, NaiveDate};

use super::back::{keeping_back, way_back};
use super::quote::reports;
use crate::access::{Action, AuditedAction};
use crate::cases::themes::holds;
use crate::clock;
use crate::db::DbError;
use crate::error::{Reason, Refusal};
use crate::index::SHOWN_FROM;
use crate::report::{Language, format};
use crate::service::comments::{Comments, comments, speaks_of, themes_of};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::query::known;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::periods::letter;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::{address_of_unit, ward_above};
use crate::web::state::App;

/// So many months back are offered; older ones are asked for by their address.
const MONTHS: u32 = 24;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    unit: Option<String>,
    /// As in `2026-03`.
    month: Option<String>,
    theme: Option<String>,
    q: Option<String>,
    /// Why a comment could not be chosen for a report.
    not_quoted: Option<String>,
    /// The page of exploring that led here.
    back: Option<String>,
}

impl Params {
    /// For the comments of a unit in a month, the last one that is over if left out; with the page of exploring that led here.
    pub(super) fn of(unit: &str, month: Option<String>, back: Option<String>) -> Self {
        Self { unit: Some(unit.to_owned()), month, back, ..Self::default() }
    }
}

#[derive(Template)]
#[template(path = "staff/comments/list.html")]
struct CommentsPage {
    frame: Frame,
    month: String,
    /// Where somebody came from.
    back: Option<String>,
    units: Vec<Choice>,
    months: Vec<Choice>,
    groups: Vec<Group>,
    /// Questionnaires that too few answered, by their titles.
    few: Vec<String>,
    shown_from: u64,
    /// Name, how many speak of it, chosen, where a remedy is written down.
    themes: Vec<(String, usize, bool, String)>,
    q: String,
    here: String,
    unit: String,
    month_code: String,
    /// Where the list of themes is changed, by whoever may.
    themes_at: Option<String>,
    may_keep: bool,
    may_export: bool,
    refused: bool,
    /// Reports that a comment can be quoted in.
    reports: Vec<(String, String)>,
    not_quoted: Option<String>,
    /// What is said where days of the month were forgotten.
    forgotten: Option<String>,
}

/// What is said where days from `first` on were forgotten; `kept` is the first day whose sheets are all there.
pub(super) fn forgotten(first: NaiveDate, last: NaiveDate, kept: Option<NaiveDate>) -> Option<String> {
    let kept = kept.filter(|kept| first < *kept)?;
    Some(if last < kept {
        "Phiếu và góp ý của tháng này đã được xóa khi hết thời hạn lưu; số liệu vẫn giữ nguyên.".to_owned()
    } else {
        let kept = format::date(kept);
        format!(
            "Phiếu và góp ý trước ngày {kept} đã được xóa khi hết thời hạn lưu; ở đây chỉ còn góp ý từ ngày ấy. Số liệu vẫn giữ nguyên."
        )
    })
}

struct Choice {
    value: String,
    text: String,
    chosen: bool,
}

struct Group {
    title: String,
    sheets: Option<String>,
    places: Vec<(String, Vec<String>)>,
}

/// `GET /staff/comments`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    page(&app, &user, &ask, false).await
}

pub(super) async fn page(app: &App, user: &SignedIn, ask: &Params, refused: bool) -> Result<HttpResponse, Refusal> {
    let this_month = first_of(clock::today());
    let wanted = ask.month.as_deref().filter(|month| !month.is_empty());
    let first = match wanted {
        Some(month) => {
            let first = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d");
            Some(first.map_err(|_| Refusal::from(Reason::BadQuery))?)
        }
        None => this_month.checked_sub_months(Months::new(1)),
    };
    // A month that goes on would let somebody watch words arrive.
    let first = first.filter(|first| *first < this_month).ok_or(Reason::NotYours)?;
    let last = first + Months::new(1) - Days::new(1);
    let own = user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default();
    let code = ask.unit.clone().filter(|unit| !unit.is_empty()).unwrap_or(own);
    let unit = user.unit_of_code(&code).ok_or(Reason::NotYours)?.clone();
    let month = format!("{}-{:02}", first.year(), first.month());

    let (db, note) = (app.db.clone(), user.note(AuditedAction::ReadComments, &unit.code, month.as_str()));
    let (below, id, who) = (unit.code.clone(), unit.id, user.clone());
    let (mut found, points, fields, themes, reports, kept) = block(move || {
        db.note(note)?;
        let units = db.subtree(&below)?;
        let themes = themes_of(&db, &below)?;
        let reports = reports(&db, &who, id, (first, last))?;
        let (points, fields, kept) = (db.points(Some(&units))?, db.fields()?, db.sheets_kept_from()?);
        Ok::<_, DbError>((comments(&db, &units, first, last)?, points, fields, themes, reports, kept))
    })
    .await??;
    let asked_theme = known(ask.theme.as_deref(), |asked| themes.iter().find(|theme| theme.name == asked))?;
    let q = ask.q.clone().unwrap_or_default().trim().to_owned();
    let said: Vec<&String> = found.iter().flat_map(|group| &group.places).flat_map(|(_, words)| words).collect();
    let theme_lines: Vec<(String, usize, bool, String)> = themes
        .iter()
        .map(|theme| {
            let count = said.iter().filter(|words| speaks_of(words, theme)).count();
            let remedy =
                format!("/staff/remedies/edit?source=theme&of={name}&said={name}", name = percent_encode(&theme.name));
            let remedy = address_of_unit(user, &remedy, &unit.code);
            (theme.name.clone(), count, asked_theme.is_some_and(|asked| asked.name == theme.name), remedy)
        })
        .collect();
    for (_, words) in found.iter_mut().flat_map(|group| &mut group.places) {
        words.retain(|words| {
            asked_theme.is_none_or(|theme| speaks_of(words, theme)) && (q.is_empty() || holds(words, &q))
        });
    }
    for group in &mut found {
        group.places.retain(|(_, words)| !words.is_empty());
    }
    let place_name = |(unit, point, field): (i32, i32, i16)| {
        let of_unit = user.units.iter().find(|known| known.id == unit).map_or("", |unit| &unit.name_vi);
        let point = points.iter().find(|known| (known.unit, known.point) == (unit, point));
        let field = fields.iter().find(|known| known.id == field).map_or("", |field| &field.name_vi);
        format!("{of_unit} · {} · {field}", point.map_or("", |point| &point.name_vi))
    };
    let group = |Comments { title, sheets, places, .. }| Group {
        title,
        sheets: sheets.map(|sheets| format::count(sheets, Language::Vi)),
        places: places
            .into_iter()
            .map(|(place, words): (Option<_>, _)| {
                (place.map_or_else(|| "Nơi có ít phiếu, không nêu tên".to_owned(), place_name), words)
            })
            .collect(),
    };
    let months = (1..=MONTHS).filter_map(|back| this_month.checked_sub_months(Months::new(back)));
    let themes_at = ward_above(user, &unit.code).filter(|_| user.may(Action::ChangeNotice));
    let back = way_back(ask.back.as_deref());
    let keeps_back = keeping_back(back.as_ref());
    let page = CommentsPage {
        frame: user.frame(app),
        themes: theme_lines,
        here: format!("/staff/comments?unit={}&month={month}{keeps_back}", percent_encode(&unit.code)),
        unit: unit.code.clone(),
        month_code: month.clone(),
        themes_at: themes_at
            .map(|ward| format!("/staff/comments/themes?unit={}{keeps_back}", percent_encode(&ward.code))),
        back,
        may_keep: user.may(Action::KeepWork),
        may_export: user.may(Action::TakeReports),
        refused,
        reports,
        forgotten: forgotten(first, last, kept),
        not_quoted: ask.not_quoted.as_deref().and_then(letter::not_quoted),
        q,
        month: format!("tháng {}/{}", first.month(), first.year()),
        units: user
            .units
            .iter()
            .map(|known| Choice {
                value: known.code.clone(),
                text: known.name_vi.clone(),
                chosen: known.code == unit.code,
            })
            .collect(),
        months: months
            .map(|month| Choice {
                value: format!("{}-{:02}", month.year(), month.month()),
                text: format!("Tháng {}/{}", month.month(), month.year()),
                chosen: month == first,
            })
            .collect(),
        few: found.iter().filter(|group| group.sheets.is_none()).map(|group| group.title.clone()).collect(),
        groups: found.into_iter().map(group).collect(),
        shown_from: SHOWN_FROM,
    };
    Ok(send(if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

fn first_of(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.day0()))
}
