//! Where one is signed in: one's own sessions, and for the administrator those of others; each can be ended at once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;

use crate::access::AuditedAction;
use crate::clock;
use crate::db::SessionListed;
use crate::error::Refusal;
use crate::secrets::hex::hex;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::people::person::person_to_change;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/account/sessions.html")]
struct SessionsPage {
    frame: Frame,
    /// Name of the other user; none for one's own.
    of: Option<(String, String)>,
    done: Option<&'static str>,
    wrong: bool,
    sessions: Vec<Line>,
    second_factor: bool,
    codes_left: usize,
}

struct Line {
    id: String,
    agent: String,
    began: String,
    seen: String,
    here: bool,
}

fn line(user: &SignedIn, session: &SessionListed) -> Line {
    Line {
        id: hex(&session.token_hash),
        agent: session.agent.clone(),
        began: clock::date_and_time(session.created_at),
        seen: clock::date_and_time(session.last_seen_at),
        here: session.token_hash == user.token_hash,
    }
}

/// `GET /staff/sessions`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, id) = (app.db.clone(), user.id);
    let read = move || {
        let person = db.user(id)?;
        Ok::<_, crate::db::DbError>((db.sessions_of(id, clock::now())?, db.recovery_codes_left(id)?, person))
    };
    let (sessions, codes_left, person) = block(read).await??;
    let page = SessionsPage {
        frame: user.frame(&app),
        of: None,
        done: match ask.done.as_deref() {
            Some("ended") => Some("Đã đăng xuất ở nơi đã chọn."),
            _ => None,
        },
        wrong: ask.done.as_deref() == Some("wrong-code"),
        sessions: sessions.iter().map(|session| line(&user, session)).collect(),
        second_factor: person.is_some_and(|person| person.has_second_factor()),
        codes_left,
    };
    Ok(send(StatusCode::OK, &page))
}

/// `POST /staff/sessions`: ends one session, or all but this one.
pub async fn end(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let wanted = FormBody::parse(&body).get("session").unwrap_or_default().to_owned();
    let db = app.db.noting(user.note(AuditedAction::EndSession, "", if wanted == "others" { "others" } else { "" }));
    let (id, own) = (user.id, user.token_hash);
    block(move || {
        if wanted == "others" {
            return db.delete_other_sessions(id, &own).map(|_| ());
        }
        // Only one of one's own, whatever was sent.
        let sessions = db.sessions_of(id, clock::now())?;
        match sessions.iter().find(|session| hex(&session.token_hash) == wanted) {
            Some(session) => db.sign_out(&session.token_hash),
            None => Ok(()),
        }
    })
    .await??;
    Ok(see_other("/staff/sessions?done=ended"))
}

/// `GET /staff/users/{name}/sessions`.
pub async fn show_of(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let person = person_to_change(&app, &user, &path).await?;
    let (db, id) = (app.db.clone(), person.id);
    let sessions = block(move || db.sessions_of(id, clock::now())).await??;
    let page = SessionsPage {
        frame: user.frame(&app),
        of: Some((person.name.clone(), person.display_name.clone())),
        done: None,
        wrong: false,
        sessions: sessions.iter().map(|session| line(&user, session)).collect(),
        second_factor: person.has_second_factor(),
        codes_left: 0,
    };
    Ok(send(StatusCode::OK, &page))
}

/// `POST /staff/users/{name}/sessions`: ends every session of another user.
pub async fn end_of(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let person = person_to_change(&app, &user, &path).await?;
    let note = user.note(AuditedAction::EndSessionsOf, user.code_of_unit(person.unit), person.name.as_str());
    let db = app.db.noting(note);
    block(move || db.delete_sessions_of(person.id)).await??;
    Ok(see_other("/staff/users?done=sessions"))
}
