//! Picture and notice of a telling before it is out: with the heading of the newest version.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::edit::{Known, Params, known};
use crate::cases::telling::Topic;
use crate::error::{Reason, Refusal};
use crate::report::telling::Facts;
use crate::service::telling::results_address;
use crate::web::public::news::{notice_of, picture_of};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::ward_of;
use crate::web::state::App;

async fn newest(
    app: &App,
    user: &SignedIn,
    (request, ask): (&HttpRequest, &Params),
) -> Result<Result<(Facts, String, bool), HttpResponse>, Refusal> {
    let ward = match ward_of(app, user, request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(Err(choice)),
    };
    let Some(number) = ask.number else { return Err(Reason::Fields.into()) };
    let Known { telling, mut versions, .. } = known(app, &ward, number).await?;
    let title = versions.pop().map(|newest| newest.texts.title).unwrap_or_default();
    let mut facts: Facts = serde_json::from_str(&telling.facts).map_err(Refusal::fault)?;
    facts.address = results_address(&app.config.public_url, &ward.code);
    Ok(Ok((facts, title, telling.topic == Topic::Mended)))
}

/// `GET /staff/telling/picture.png?number=…`.
pub async fn picture(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    match newest(&app, &user, (&request, &ask)).await? {
        Ok(told) => picture_of(&app, told).await,
        Err(choice) => Ok(choice),
    }
}

/// `GET /staff/telling/notice.pdf?number=…`.
pub async fn notice(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    match newest(&app, &user, (&request, &ask)).await? {
        Ok(told) => notice_of(&app, told).await,
        Err(choice) => Ok(choice),
    }
}
