//! Questionnaires as they are published: the list, one version with all it asks, and a preview that stores nothing.
//! Publishing is in `draft_publish.rs`.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;
use uuid::Uuid;

use super::further::{self, FurtherLine, Wording, wordings};
use crate::access::{Action, may};
use crate::clock;
use crate::db::{Db, DbError, Form, FormDraft, FormListed, PointListed};
use crate::error::{Reason, Refusal};
use crate::report::{Language, format, words};
use crate::survey::{Asked, Feed, Questionnaire, Section, from_form, to_toml};
use crate::web::citizen::page::{self, Message, Page};
use crate::web::citizen::sheet::{Kept, SheetPage};
use crate::web::citizen::words::language_name;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/questionnaires/list.html")]
struct FormsPage {
    frame: Frame,
    lines: Vec<FormLine>,
    drafts: Vec<DraftLine>,
    may_publish: bool,
    may_notice: bool,
}

/// A draft of the unit, or of one under it.
struct DraftLine {
    address: String,
    title: String,
    unit: String,
    changed: String,
}

struct FormLine {
    address: String,
    title: String,
    version: u32,
    fields: String,
    items: usize,
    minutes: u32,
    points: usize,
    published: String,
}

#[derive(Template)]
#[template(path = "staff/questionnaires/view.html")]
struct FormPage<'a> {
    frame: Frame,
    title: &'a str,
    intro: Vec<Wording<'a>>,
    reference: String,
    facts: Vec<(&'static str, String)>,
    versions: Vec<VersionLine>,
    is_newest: bool,
    newest_address: String,
    languages: Vec<(&'a str, &'a str, String)>,
    lang: String,
    preview: String,
    sections: Vec<SectionBlock<'a>>,
    questions: Vec<QuestionBlock<'a>>,
    comment: Vec<Wording<'a>>,
    levels: Vec<Vec<Wording<'a>>>,
    edit: Option<String>,
    code: String,
    toml: String,
    xlsform: String,
}

struct VersionLine {
    address: String,
    version: u32,
    published: String,
    hash: String,
    current: bool,
}

struct SectionBlock<'a> {
    title: Vec<Wording<'a>>,
    factor: &'static str,
    feeds: String,
    optional: bool,
    /// For whom its items do not count, in words.
    unless: Option<String>,
    items: Vec<ItemLine<'a>>,
    further: Vec<FurtherLine<'a>>,
}

struct ItemLine<'a> {
    number: usize,
    text: Vec<Wording<'a>>,
    help: Vec<Wording<'a>>,
    source: &'a str,
    required: bool,
}

struct QuestionBlock<'a> {
    text: Vec<Wording<'a>>,
    options: Vec<Vec<Wording<'a>>>,
}

/// What stands behind the `?` of a questionnaire's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct View {
    lang: Option<String>,
}

/// The newest version of each questionnaire, by identifier.
pub(in crate::web::staff) fn newest(listed: &[FormListed]) -> Vec<&FormListed> {
    let mut newest: Vec<&FormListed> = Vec::new();
    for form in listed {
        if newest.last().is_some_and(|last| last.code == form.code) {
            newest.pop();
        }
        newest.push(form);
    }
    newest
}

/// `GET /staff/forms`.
pub async fn list(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let may_publish = may(user.role, Action::PublishForms);
    let units: Vec<i32> = user.units.iter().map(|unit| unit.id).filter(|_| may_publish).collect();
    let (forms, names, points, drafts) = block(move || {
        Ok::<_, DbError>((db.newest_forms()?, field_names(&db)?, db.points(Some(&ids))?, db.form_drafts(&units)?))
    })
    .await??;
    let today = clock::today();
    let theirs =
        |point: &&PointListed| user.covers(&point.unit_code) && point.retired_on.is_none_or(|retired| retired > today);
    let lines = forms.iter().map(|form| {
        let asked = &form.questionnaire;
        FormLine {
            address: address(&asked.id, asked.version),
            title: asked.title.in_language("vi").to_owned(),
            version: asked.version,
            fields: named(&asked.fields, &names),
            items: further::asked(asked),
            minutes: asked.estimated_seconds.div_ceil(60),
            points: points.iter().filter(theirs).filter(|point| point.form == asked.id).count(),
            published: format::date(form.published_on),
        }
    });
    let page = FormsPage {
        frame: user.frame(&app),
        lines: lines.collect(),
        drafts: drafts.iter().map(|draft| draft_line(draft, &user)).collect(),
        may_publish,
        may_notice: may(user.role, Action::ChangeNotice),
    };
    Ok(send(StatusCode::OK, &page))
}

fn draft_line(draft: &FormDraft, user: &SignedIn) -> DraftLine {
    let unit = user.units.iter().find(|unit| unit.id == draft.unit);
    DraftLine {
        address: super::draft_page::address(draft.id),
        title: super::draft_page::title(&draft.content).to_owned(),
        unit: unit.map(|unit| unit.name_vi.clone()).unwrap_or_default(),
        changed: format!("{}, {}", draft.changed_by, clock::date_and_time(draft.changed_at)),
    }
}

/// `GET /staff/forms/{id}`: to the newest version.
pub async fn go(app: Data<App>, _user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let db = app.db.clone();
    Ok(match block(move || db.newest_form(&path)).await?? {
        Some(form) => see_other(&address(&form.questionnaire.id, form.questionnaire.version)),
        None => return Err(Reason::NotYours.into()),
    })
}

/// `GET /staff/forms/{id}/{version}`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<(String, u32)>,
    view: Query<View>,
) -> Result<HttpResponse, Refusal> {
    let (id, version) = path.into_inner();
    let Some(form) = published(&app, &id, version).await? else { return Err(Reason::NotYours.into()) };
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let read = block(move || {
        let theirs = db.count_points_asking(&id, &ids, clock::today())?;
        Ok::<_, DbError>((db.forms()?, field_names(&db)?, theirs))
    });
    let (listed, names, theirs) = read.await??;
    let asked = &form.questionnaire;
    let versions: Vec<&FormListed> = listed.iter().filter(|known| known.code == asked.id).rev().collect();
    let newest = versions.first().map_or(asked.version, |newest| newest.version);
    let here = address(&asked.id, asked.version);
    let lang = view.lang.clone().filter(|lang| asked.languages.contains(lang)).unwrap_or_else(|| "vi".to_owned());
    let facts = vec![
        ("Mã phiếu", asked.reference()),
        ("Lĩnh vực", named(&asked.fields, &names)),
        ("Số câu", format!("{} câu, khoảng {} phút", further::asked(asked), asked.estimated_seconds.div_ceil(60))),
        ("Công bố", format::date(form.published_on)),
        ("Đối chiếu", further::reviewed(asked)),
        ("Mã kiểm tra nội dung", short(&form.hash)),
        ("Điểm đang hỏi", if theirs == 0 { "chưa có điểm nào".to_owned() } else { format!("{theirs} điểm") }),
    ];
    let mut number = 0;
    let page = FormPage {
        frame: user.frame(&app),
        title: asked.title.in_language("vi"),
        intro: wordings(&asked.intro, asked),
        reference: asked.reference(),
        facts,
        versions: versions
            .iter()
            .map(|known| VersionLine {
                address: address(&known.code, known.version),
                version: known.version,
                published: format::date(known.published_on),
                hash: short(&known.hash),
                current: known.version == asked.version,
            })
            .collect(),
        is_newest: newest == asked.version,
        newest_address: address(&asked.id, newest),
        languages: asked
            .languages
            .iter()
            .map(|known| (known.as_str(), language_name(known), format!("{here}?lang={known}#preview")))
            .collect(),
        preview: format!("{here}/preview?lang={lang}"),
        lang,
        sections: asked.sections.iter().map(|section| section_block(section, asked, &mut number)).collect(),
        questions: asked
            .demographics
            .iter()
            .map(|question| QuestionBlock {
                text: wordings(&question.text, asked),
                options: question.options.iter().map(|option| wordings(&option.text, asked)).collect(),
            })
            .collect(),
        comment: asked.comment.as_ref().map(|comment| wordings(comment, asked)).unwrap_or_default(),
        levels: asked.levels.iter().chain([&asked.not_used]).map(|level| wordings(level, asked)).collect(),
        edit: (newest == asked.version && may(user.role, Action::PublishForms))
            .then(|| format!("/staff/forms/{}/edit", percent_encode(&asked.id))),
        code: percent_encode(&asked.id),
        toml: format!("{here}/toml"),
        xlsform: format!("{here}/xlsform"),
    };
    Ok(send(StatusCode::OK, &page))
}

/// `GET /staff/forms/{id}/{version}/toml`: the version as a file.
pub async fn toml(app: Data<App>, _user: Staff, path: Path<(String, u32)>) -> Result<HttpResponse, Refusal> {
    let (id, version) = path.into_inner();
    let Some(form) = published(&app, &id, version).await? else { return Err(Reason::NotYours.into()) };
    Ok(as_file(&form.questionnaire.id, to_toml(&form.questionnaire)))
}

/// `GET /staff/forms/{id}/{version}/xlsform`: the version as an XLSForm.
pub async fn xlsform(app: Data<App>, _user: Staff, path: Path<(String, u32)>) -> Result<HttpResponse, Refusal> {
    let (id, version) = path.into_inner();
    let Some(form) = published(&app, &id, version).await? else { return Err(Reason::NotYours.into()) };
    as_xlsform(form.questionnaire.clone()).await
}

/// A questionnaire as an XLSForm to keep.
pub(in crate::web::staff) async fn as_xlsform(asked: Questionnaire) -> Result<HttpResponse, Refusal> {
    let name = format!("{}.xlsx", asked.id);
    let book = block(move || crate::exchange::export::xlsform::workbook(&asked)).await?;
    let book = book.map_err(|error| Refusal::fault(format!("an XLSForm cannot be written: {error}")))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(book))
}

/// A text as a file to keep; `name` is an identifier of ours.
pub(in crate::web::staff) fn as_file(name: &str, text: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/toml; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.toml\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text)
}

/// `GET /staff/forms/{id}/{version}/preview`: the citizens' page of the version; it stores nothing.
pub async fn preview(
    app: Data<App>,
    user: Staff,
    path: Path<(String, u32)>,
    view: Query<View>,
) -> Result<HttpResponse, Refusal> {
    let (id, version) = path.into_inner();
    let Some(form) = published(&app, &id, version).await? else { return Err(Reason::NotYours.into()) };
    let action = format!("{}/preview", address(&id, version));
    let lang = view.lang.as_deref().unwrap_or("vi");
    Ok(preview_page(&app, &user, &form.questionnaire, lang, &action, StatusCode::OK, Kept::default()))
}

/// `POST` of the same: the answers are checked as a citizen's would be, then thrown away.
pub async fn preview_submit(
    app: Data<App>,
    user: Staff,
    path: Path<(String, u32)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let (id, version) = path.into_inner();
    let Some(form) = published(&app, &id, version).await? else { return Err(Reason::NotYours.into()) };
    let sent = FormBody::parse(&body);
    let lang = sent.get("lang").unwrap_or("vi");
    let asked = &form.questionnaire;
    let one_field = &asked.fields[..asked.fields.len().min(1)];
    let today = clock::today();
    match from_form(&sent.pairs, &Asked { questionnaire: asked, fields: one_field, today, page_keys: &[] }) {
        Ok(_) => Ok(preview_thanks_in(&app, lang)),
        Err(errors) => {
            let kept = Kept { pairs: &sent.pairs, errors: &errors, notes: &[] };
            let action = format!("{}/preview", address(&id, version));
            Ok(preview_page(&app, &user, asked, lang, &action, StatusCode::UNPROCESSABLE_ENTITY, kept))
        }
    }
}

/// The citizens' page of a questionnaire, for looking at.
pub(in crate::web::staff) fn preview_page(
    app: &App,
    user: &SignedIn,
    asked: &Questionnaire,
    lang: &str,
    action: &str,
    status: StatusCode,
    kept: Kept<'_>,
) -> HttpResponse {
    let lang = if asked.languages.iter().any(|known| known == lang) { lang } else { "vi" };
    let unit = user.own_unit().map_or("", |unit| if lang == "en" { &unit.name_en } else { &unit.name_vi });
    let frame = Page::new(lang, unit, app.demo()).with_languages(&asked.languages, action);
    let point = if lang == "en" { "Service point" } else { "Điểm phục vụ" };
    let mut sheet = SheetPage::new(frame, asked, point, &[], kept);
    action.clone_into(&mut sheet.action);
    sheet.attempt = Uuid::new_v4().to_string();
    sheet.preview = true;
    page::send(status, &sheet)
}

/// What follows a preview.
pub(in crate::web::staff) fn preview_thanks_in(app: &App, lang: &str) -> HttpResponse {
    let page = Page::new(lang, "", app.demo());
    let (heading, paragraphs) = (page.words.thanks_title, page.words.preview_thanks);
    Message::new(page, heading, paragraphs).sent(StatusCode::OK)
}

/// One published version.
pub(in crate::web::staff) async fn published(app: &App, id: &str, version: u32) -> Result<Option<Arc<Form>>, Refusal> {
    let (db, id) = (app.db.clone(), id.to_owned());
    Ok(block(move || db.form_by_reference(&id, version)).await??)
}

/// Vietnamese names of the fields of service.
pub(in crate::web::staff) fn field_names(db: &Db) -> Result<HashMap<String, String>, DbError> {
    Ok(db.fields()?.into_iter().map(|field| (field.code, field.name_vi)).collect())
}

/// The address of a version's page.
pub(in crate::web::staff) fn address(id: &str, version: u32) -> String {
    format!("/staff/forms/{}/{version}", percent_encode(id))
}

pub(in crate::web::staff) fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

fn section_block<'a>(section: &'a Section, asked: &'a Questionnaire, number: &mut usize) -> SectionBlock<'a> {
    let items = section.items.iter().map(|item| {
        *number += 1;
        ItemLine {
            number: *number,
            text: wordings(&item.text, asked),
            help: further::help(&item.help, asked),
            source: item.source.as_deref().unwrap_or("–"),
            required: item.required,
        }
    });
    SectionBlock {
        title: wordings(&section.title, asked),
        factor: section
            .factor
            .and_then(|factor| words::factor(factor.as_str(), Language::Vi))
            .unwrap_or("riêng của ngành"),
        feeds: feeds(&section.feeds),
        optional: section.optional,
        unless: section.unless.as_ref().map(|condition| further::in_words(condition, asked)),
        items: items.collect(),
        further: further::lines(section, asked),
    }
}

/// Which indices a section feeds, in words.
fn feeds(feeds: &[Feed]) -> String {
    let names = feeds.iter().map(|feed| match feed {
        Feed::Sipas => "SIPAS",
        Feed::Procedures => "thủ tục hành chính",
        Feed::PublicServices => "dịch vụ công",
        Feed::Policy => "chính sách",
    });
    let names = names.collect::<Vec<_>>().join(", ");
    if names.is_empty() { "không tính vào chỉ số nào".to_owned() } else { names }
}

fn named(fields: &[String], names: &HashMap<String, String>) -> String {
    let names = fields.iter().map(|field| names.get(field).map_or(field.as_str(), String::as_str));
    names.collect::<Vec<_>>().join(", ")
}

/// Eight digits tell two versions apart; the whole hash is in the exports.
fn short(hash: &str) -> String {
    hash.chars().take(8).collect()
}
