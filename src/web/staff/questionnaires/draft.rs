//! A draft of a questionnaire: edited, kept, looked at on the phone, thrown away. Publishing is in `draft_publish.rs`.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};

use super::draft_form::{entry_of, questionnaire_of};
use super::draft_page::{Around, page};
use super::list::{as_file, as_xlsform, preview_page, preview_thanks_in};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{Db, DbError, DraftKept, Field, FormDraft};
use crate::error::{Reason, Refusal};
use crate::survey::editing::{Step, take};
use crate::survey::naming::{forget_reworded, name_parts};
use crate::survey::{Asked, Questionnaire, from_form, to_toml};
use crate::web::citizen::sheet::Kept;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::see_other;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?` of a draft's addresses.
#[derive(Debug, Default, serde::Deserialize)]
pub struct View {
    lang: Option<String>,
    open: Option<String>,
}

/// The draft of a number, of the user's unit or one under it.
pub(super) async fn draft_of(app: &App, user: &SignedIn, id: i32) -> Result<FormDraft, Refusal> {
    let db = app.db.clone();
    let found = block(move || db.form_draft(id)).await??;
    let own = |draft: &FormDraft| user.units.iter().any(|unit| unit.id == draft.unit);
    found.filter(own).ok_or_else(|| Reason::NotYours.into())
}

async fn fields(app: &App) -> Result<Vec<Field>, Refusal> {
    let db = app.db.clone();
    Ok(block(move || db.fields()).await??)
}

async fn around<'a>(app: &App, user: &SignedIn, draft: &'a FormDraft, view: View) -> Result<Around<'a>, Refusal> {
    let lang = view.lang.filter(|lang| draft.content.languages.contains(lang)).unwrap_or_else(|| "vi".to_owned());
    let open = view.open.unwrap_or_default();
    Ok(Around { frame: user.frame(app), draft, fields: fields(app).await?, errors: Vec::new(), open, lang })
}

/// `GET /staff/forms/drafts/{draft}/edit`.
pub async fn edit(app: Data<App>, user: Staff, path: Path<i32>, view: Query<View>) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    let around = around(&app, &user, &draft, view.into_inner()).await?;
    Ok(page(around, &draft.content, entry_of(&draft.content), StatusCode::OK))
}

/// `POST` of the same: keeps what was typed, takes the step that the button names, and shows the draft again.
pub async fn keep(app: Data<App>, user: Staff, path: Path<i32>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    let entry = Entry::sent(&body);
    let revision: u32 = entry.value("revision").parse().unwrap_or_default();
    let asked_for = entry.value("do").to_owned();
    // A body without the form's own fields is none of this page.
    if entry.names().all(|name| name != "estimated_seconds") {
        return Err(Reason::BodyBroken.into());
    }
    let (mut asked, wrong) = questionnaire_of(&entry, &draft.content);
    if entry.is_wrong() || !wrong.is_empty() {
        let mut around = around(&app, &user, &draft, View::default()).await?;
        around.errors.push("Chưa lưu: còn ô ghi sai. Những gì đã nhập vẫn còn nguyên bên dưới.".to_owned());
        let mut again = entry_of(&asked);
        for (name, sentence) in wrong {
            again.put(&name, entry.value(&name));
            again.refuse(&name, sentence);
        }
        return Ok(page(around, &asked, again, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let open = Step::parse(&asked_for).and_then(|step| take(&mut asked, &step));
    let (db, code, base) = (app.db.clone(), draft.content.id.clone(), draft.content.clone());
    let published = block(move || published_ids(&db, &code)).await??;
    forget_reworded(&mut asked, &base, &published);
    name_parts(&mut asked);
    let note = user.note(AuditedAction::ChangeFormDraft, user.code_of_unit(draft.unit), draft.content.id.as_str());
    let (db, kept, by, id) = (app.db.noting(note), asked.clone(), user.name.clone(), draft.id);
    match block(move || db.keep_form_draft(id, revision, &kept, &by, clock::now())).await?? {
        DraftKept::As(_) => {}
        DraftKept::Gone => return Err(Reason::NotYours.into()),
        DraftKept::Overtaken { .. } => {
            // Nothing typed is lost: it comes back under the revision of now, and one more press keeps it.
            let mut around = around(&app, &user, &draft, View::default()).await?;
            around.errors.push(format!(
                "Chưa lưu: {} vừa lưu bản soạn này lúc {}. Những gì bạn nhập còn nguyên bên dưới; bấm “Lưu bản soạn” để lưu đè, hoặc mở \
                 lại trang để xem bản kia.",
                draft.changed_by,
                clock::date_and_time(draft.changed_at)
            ));
            return Ok(page(around, &asked, entry_of(&asked), StatusCode::CONFLICT));
        }
    }
    let here = format!("/staff/forms/drafts/{id}");
    Ok(see_other(&match (asked_for.as_str(), open) {
        ("publish", _) => format!("{here}/publish"),
        (_, Some(spot)) => {
            let path = spot.path();
            let asked = spot.asked().path();
            // What was moved is not opened, what is new is.
            let moved = asked_for.starts_with("up.") || asked_for.starts_with("down.") || asked_for.starts_with("to.");
            let opened =
                if moved && spot == spot.asked() { String::new() } else { format!("?open={}", percent_encode(&asked)) };
            format!("{here}/edit{opened}#{path}")
        }
        _ => format!("{here}/edit"),
    }))
}

/// The identifiers that published versions of a questionnaire have.
fn published_ids(db: &Db, code: &str) -> Result<BTreeSet<String>, DbError> {
    let Some(newest) = db.newest_form(code)? else { return Ok(BTreeSet::new()) };
    let asked = &newest.questionnaire;
    let ids = asked.items().map(|item| &item.id).chain(asked.questions().map(|question| &question.id));
    Ok(ids.chain(asked.demographics.iter().map(|asked| &asked.id)).cloned().collect())
}

/// `POST /staff/forms/drafts/{draft}/remarks`: what is said of the file was read.
pub async fn clear_remarks(app: Data<App>, user: Staff, path: Path<i32>) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    let note = user.note(AuditedAction::ChangeFormDraft, user.code_of_unit(draft.unit), draft.content.id.as_str());
    let db = app.db.noting(note);
    block(move || db.clear_draft_remarks(draft.id)).await??;
    Ok(see_other(&format!("/staff/forms/drafts/{}/edit", *path)))
}

/// `POST /staff/forms/drafts/{draft}/discard`.
pub async fn discard(app: Data<App>, user: Staff, path: Path<i32>) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    let note = user.note(AuditedAction::DiscardFormDraft, user.code_of_unit(draft.unit), draft.content.id.as_str());
    let db = app.db.noting(note);
    block(move || db.discard_form_draft(draft.id)).await??;
    Ok(see_other("/staff/forms"))
}

/// `GET /staff/forms/drafts/{draft}/form.toml`.
pub async fn toml(app: Data<App>, user: Staff, path: Path<i32>) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    Ok(as_file(&draft.content.id, to_toml(&draft.content)))
}

/// `GET /staff/forms/drafts/{draft}/form.xlsx`: the draft as an XLSForm.
pub async fn xlsform(app: Data<App>, user: Staff, path: Path<i32>) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    as_xlsform(draft.content).await
}

/// `GET /staff/forms/drafts/{draft}/phone`: the citizens' page of the draft; it stores nothing.
pub async fn phone(app: Data<App>, user: Staff, path: Path<i32>, view: Query<View>) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    let lang = view.lang.as_deref().unwrap_or("vi");
    let action = format!("/staff/forms/drafts/{}/phone", draft.id);
    Ok(preview_page(&app, &user, &draft.content, lang, &action, StatusCode::OK, Kept::default()))
}

/// `POST` of the same: the answers are checked as a citizen's would be, then thrown away.
pub async fn phone_submit(app: Data<App>, user: Staff, path: Path<i32>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let draft = draft_of(&app, &user, *path).await?;
    let sent = FormBody::parse(&body);
    let lang = sent.get("lang").unwrap_or("vi");
    let asked: &Questionnaire = &draft.content;
    let one_field = &asked.fields[..asked.fields.len().min(1)];
    let today = clock::today();
    match from_form(&sent.pairs, &Asked { questionnaire: asked, fields: one_field, today, page_keys: &[] }) {
        Ok(_) => Ok(preview_thanks_in(&app, lang)),
        Err(errors) => {
            let kept = Kept { pairs: &sent.pairs, errors: &errors, notes: &[] };
            let action = format!("/staff/forms/drafts/{}/phone", draft.id);
            Ok(preview_page(&app, &user, asked, lang, &action, StatusCode::UNPROCESSABLE_ENTITY, kept))
        }
    }
}
