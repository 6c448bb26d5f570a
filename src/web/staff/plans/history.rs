//! The revisions of a plan, the newest first, each with what it changed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::found::{about_address, fields_of_service, plan_of};
use super::words;
use crate::db::DbError;
use crate::error::{Reason, Refusal};
use crate::plan::difference::difference;
use crate::report::format;
use crate::web::http::block::block;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/plans/history.html")]
struct HistoryPage {
    frame: Frame,
    title: String,
    about: String,
    revisions: Vec<RevisionView>,
}

struct RevisionView {
    number: u32,
    since: String,
    in_force: bool,
    /// None for the first.
    changes: Option<Vec<String>>,
}

/// `GET /staff/plans/{plan}/history`.
pub async fn show(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let Some(stored) = plan_of(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let (db, key) = (app.db.clone(), stored.plan.key.clone());
    let (revisions, fields) =
        block(move || Ok::<_, DbError>((db.plan_revisions(&key)?, fields_of_service(&db)?))).await??;
    let mut views: Vec<RevisionView> = Vec::new();
    for (place, revision) in revisions.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| revisions.get(place));
        let changes = before.map(|before| {
            difference(&before.plan, &revision.plan).iter().map(|change| words::change(change, &fields)).collect()
        });
        views.push(RevisionView {
            number: revision.revision,
            since: format::date(revision.seeded_on),
            in_force: revision.revision == stored.revision,
            changes,
        });
    }
    views.reverse();
    let page = HistoryPage {
        frame: user.frame(&app),
        about: about_address(&stored.plan),
        title: stored.plan.title_vi,
        revisions: views,
    };
    Ok(send(StatusCode::OK, &page))
}
