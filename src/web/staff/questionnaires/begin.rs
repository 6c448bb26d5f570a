//! Where a draft begins: the next version of a published questionnaire, a copy of one, an empty one, the criteria that scored low asked
//! again, or a file.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;

use super::draft_page::address;
use super::list::newest;
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{Db, DbError, FormDraft, NewFormDraft};
use crate::error::{Reason, Refusal};
use crate::service::seeding;
use crate::survey::follow_up::{FOLLOW_UP_SUFFIX, FollowUpError, follow_up};
use crate::survey::naming::questionnaire_id;
use crate::survey::{Item, Questionnaire, Section, Text, official_levels};
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send, told};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct View {
    from: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/questionnaires/begin.html")]
pub(super) struct BeginPage {
    pub(super) frame: Frame,
    pub(super) entry: Entry,
    pub(super) library: Vec<Choice>,
    pub(super) errors: Vec<String>,
}

/// `GET /staff/forms/new`.
pub async fn show(app: Data<App>, user: Staff, view: Query<View>) -> Result<HttpResponse, Refusal> {
    let entry = Entry::fresh(&[("from", view.from.as_deref().unwrap_or_default())]);
    page(&app, &user, entry, Vec::new()).await
}

pub(super) async fn page(
    app: &App,
    user: &SignedIn,
    entry: Entry,
    errors: Vec<String>,
) -> Result<HttpResponse, Refusal> {
    let db = app.db.clone();
    let library = block(move || library(&db)).await??;
    let status = if entry.is_wrong() || !errors.is_empty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(send(status, &BeginPage { frame: user.frame(app), entry, library, errors }))
}

/// What can be copied: published questionnaires, and those shipped that this installation never published.
fn library(db: &Db) -> Result<Vec<Choice>, DbError> {
    let listed = db.forms()?;
    let published = newest(&listed);
    let mut choices: Vec<Choice> =
        published.iter().map(|form| Choice::new(form.code.clone(), form.title.clone())).collect();
    let shipped = shipped(db)?;
    let others = shipped.iter().filter(|form| !published.iter().any(|known| known.code == form.id));
    choices.extend(others.map(|form| Choice::new(form.id.clone(), form.title.in_language("vi"))));
    choices.sort_by(|one, other| one.text.cmp(&other.text));
    Ok(choices)
}

/// The questionnaires that the program brings.
fn shipped(db: &Db) -> Result<Vec<Questionnaire>, DbError> {
    let known: Vec<String> = db.fields()?.into_iter().map(|field| field.code).collect();
    Ok(seeding::FORMS.iter().filter_map(|(name, text)| crate::survey::parse(name, text, &known).ok()).collect())
}

/// A questionnaire of the library.
fn of_library(db: &Db, id: &str) -> Result<Option<Questionnaire>, DbError> {
    if let Some(form) = db.newest_form(id)? {
        return Ok(Some(form.questionnaire.clone()));
    }
    Ok(shipped(db)?.into_iter().find(|form| form.id == id))
}

/// `POST /staff/forms/new`: a copy of one of the library, or an empty one.
pub async fn begin(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let title = entry.line("title");
    let copied = if entry.value("do") == "copy" {
        let (db, id) = (app.db.clone(), entry.value("from").to_owned());
        if let Some(form) = block(move || of_library(&db, &id)).await?? {
            Some(form)
        } else {
            entry.refuse("from", "Chọn phiếu để sao chép.");
            None
        }
    } else {
        if title.is_empty() {
            entry.refuse("title", "Nhập tên phiếu.");
        }
        None
    };
    if entry.is_wrong() {
        return page(&app, &user, entry, Vec::new()).await;
    }
    let mut content = copied.unwrap_or_else(|| empty(&title));
    if !title.is_empty() {
        content.title.0.insert("vi".to_owned(), title);
    }
    start_new(&app, &user, content, Vec::new()).await
}

/// Begins a draft of a questionnaire of its own: it gets an identifier that nobody has.
pub(super) async fn start_new(
    app: &App,
    user: &SignedIn,
    mut content: Questionnaire,
    remarks: Vec<String>,
) -> Result<HttpResponse, Refusal> {
    let db = app.db.clone();
    let taken = block(move || {
        let mut taken: Vec<String> = db.forms()?.into_iter().map(|form| form.code).collect();
        taken.extend(db.form_draft_codes()?);
        Ok::<_, DbError>(taken)
    })
    .await??;
    content.id = questionnaire_id(content.title.in_language("vi"), |id| taken.iter().any(|known| known == id));
    content.version = 1;
    start(app, user, (content, false), 0, remarks).await
}

/// Begins a draft of a questionnaire that a file names: the next version where one of this name is published.
pub(super) async fn start_of(
    app: &App,
    user: &SignedIn,
    mut content: Questionnaire,
    remarks: Vec<String>,
) -> Result<HttpResponse, Refusal> {
    let (db, id) = (app.db.clone(), content.id.clone());
    let before = block(move || db.newest_form(&id)).await??.map_or(0, |newest| newest.questionnaire.version);
    content.version = before + 1;
    start(app, user, (content, true), before, remarks).await
}

/// Begins a draft and leads to it.
async fn start(
    app: &App,
    user: &SignedIn,
    (content, is_named): (Questionnaire, bool),
    based_on: u32,
    remarks: Vec<String>,
) -> Result<HttpResponse, Refusal> {
    let note = user.note(AuditedAction::BeginFormDraft, user.code_of_unit(user.unit), content.id.as_str());
    let db = app.db.noting(note);
    let (unit, by, at) = (user.unit, user.name.clone(), clock::now());
    let new = NewFormDraft { unit, based_on, content, is_named, remarks, by, at };
    let id = block(move || db.begin_form_draft(new)).await??;
    Ok(see_other(&address(id)))
}

/// `POST /staff/forms/{id}/edit`: the next version of a published questionnaire; the draft under way, where the unit has one.
pub async fn next_version(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let (db, units) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let found = block(move || {
        let Some(newest) = db.newest_form(&path)? else { return Ok(None) };
        let draft = db.form_drafts(&units)?.into_iter().find(|draft| draft.content.id == *path);
        Ok::<_, DbError>(Some((newest, draft)))
    });
    match found.await?? {
        None => Err(Reason::NotYours.into()),
        Some((_, Some(FormDraft { id, .. }))) => Ok(see_other(&address(id))),
        Some((newest, None)) => {
            let version = newest.questionnaire.version;
            let content = Questionnaire { version: version + 1, ..newest.questionnaire.clone() };
            start(&app, &user, (content, true), version, Vec::new()).await
        }
    }
}

/// `POST /staff/forms/{id}/follow-up`: the chosen criteria as a draft that asks them again.
pub async fn follow_up_draft(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let sent = Entry::sent(&body);
    let items: Vec<String> = sent.values("item").map(str::to_owned).collect();
    let db = app.db.clone();
    let found = block(move || {
        let Some(source) = db.newest_form(&path)? else { return Ok(None) };
        let id = &source.questionnaire.id;
        let id = if id.ends_with(FOLLOW_UP_SUFFIX) { id.clone() } else { format!("{id}{FOLLOW_UP_SUFFIX}") };
        let before = db.newest_form(&id)?.map_or(0, |newest| newest.questionnaire.version);
        Ok::<_, DbError>(Some((source, before)))
    })
    .await??;
    let Some((source, before)) = found else { return Err(Reason::NotYours.into()) };
    match follow_up(&source.questionnaire, &items, before + 1) {
        Ok(draft) => start(&app, &user, (draft, true), before, Vec::new()).await,
        Err(FollowUpError::NoItems) => {
            let sentence = "Hãy quay lại trang trước và chọn ít nhất một tiêu chí cần hỏi lại.";
            Ok(told(&app, &user, StatusCode::UNPROCESSABLE_ENTITY, "Chưa chọn tiêu chí nào", sentence))
        }
        // A criterion that the questionnaire does not have: the address is none of ours.
        Err(FollowUpError::ItemUnknown { .. }) => Err(Reason::NotYours.into()),
    }
}

/// A questionnaire with one section and one item without words.
fn empty(title: &str) -> Questionnaire {
    let official = |place: usize| {
        let words = official_levels()[place].iter();
        Text(words.map(|(language, words)| ((*language).to_owned(), (*words).to_owned())).collect())
    };
    let vi = |words: &str| Text([("vi".to_owned(), words.to_owned())].into());
    let item = Item {
        id: "new_1".to_owned(),
        text: Text::default(),
        help: Text::default(),
        source: None,
        required: false,
        audio: Text::default(),
    };
    Questionnaire {
        id: String::new(),
        version: 1,
        fields: Vec::new(),
        languages: ["vi", "en"].map(str::to_owned).into(),
        title: vi(title),
        intro: vi("Xin chấm từng điều dưới đây. Câu nào không muốn trả lời thì bỏ qua."),
        estimated_seconds: 60,
        levels: [0, 1, 2, 3, 4].map(official),
        not_used: official(5),
        sections: vec![Section { id: "new_1".to_owned(), items: vec![item], ..Section::default() }],
        demographics: Vec::new(),
        comment: None,
        unreviewed: Vec::new(),
    }
}
