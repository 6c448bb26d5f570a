//! Picture and notice of a telling before it is out: with the heading of the newest version.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};

use super::edit::{Known, Params, known};
use crate::cases::telling::Topic;
use crate::error::{Reason, Refusal};
use crate::report::telling::Facts;
use crate::service::telling::results_address;
use crate::web::public::news::{notice_of, picture_of};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::ward_of;
use crate::web::state::App;

async fn newest(app: &App, user: &SignedIn, ask: &Params) -> Result<(Facts, String, bool), Refusal> {
    let ward = ward_of(app, user).await?;
    let Some(number) = ask.number else { return Err(Reason::Fields.into()) };
    let Known { telling, mut versions, .. } = known(app, &ward, number).await?;
    let title = versions.pop().map(|newest| newest.texts.title).unwrap_or_default();
    let mut facts: Facts = serde_json::from_str(&telling.facts).map_err(Refusal::fault)?;
    facts.address = results_address(&app.config.public_url, &ward.code);
    Ok((facts, title, telling.topic == Topic::Mended))
}

/// `GET /staff/telling/picture.png?number=…`.
pub async fn picture(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let told = newest(&app, &user, &ask).await?;
    picture_of(&app, told).await
}

/// `GET /staff/telling/notice.pdf?number=…`.
pub async fn notice(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let told = newest(&app, &user, &ask).await?;
    notice_of(&app, told).await
}
