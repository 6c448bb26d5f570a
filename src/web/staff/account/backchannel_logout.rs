//! The provider says that somebody has signed out there (`OpenID` Connect Back-Channel Logout 1.0): a program speaks, not a browser, and what
//! it says is believed by its signature only. Answers as the standard has them: 200, or 400 with a code word; and
//! 429 and 503 where it must wait. None is ever kept.

use std::sync::Arc;
use std::time::Instant;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::tries::told_to_wait;
use crate::clock;
use crate::db::DbError;
use crate::error::{Reason, Refusal};
use crate::oidc::Failure;
use crate::service::single_sign_on::Logout;
use crate::web::http::block::block;
use crate::web::http::client::client_address;
use crate::web::http::form_body::FormBody;
use crate::web::state::App;
use crate::web::status::json_answer;

/// What tokens are counted as that did not hold, beside tries to sign in.
const REFUSED: &str = "logout tokens";

/// Why nobody is signed out.
enum NotDone {
    Failed(Failure),
    Database(DbError),
}

/// `POST /staff/sign-in/oidc/backchannel-logout`: a `logout_token`.
pub async fn submit(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let here = app.single_sign_on.clone().ok_or(Reason::UnknownAddress)?;
    let from = client_address(&app.config, &request);
    // Only what is refused is counted: a provider has as many people as it has.
    if !app.sign_ins_of_network.would_allow(REFUSED, from) {
        tracing::warn!("logout tokens limited");
        let words = "too many tokens were refused; wait 15 minutes";
        return Ok(told_to_wait(refused(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", words)));
    }
    let form = FormBody::parse(&body);
    let mut tokens = form.pairs.into_iter().filter(|(name, _)| name == "logout_token").map(|(_, value)| value);
    let (Some(token), None) = (tokens.next(), tokens.next()) else {
        app.sign_ins_of_network.allows(REFUSED, from);
        return Ok(refused(StatusCode::BAD_REQUEST, "invalid_request", "send one logout_token"));
    };
    let (db, door) = (app.db.clone(), Arc::clone(&here));
    let done = block(move || {
        let who = door.provider.signed_out(&token, clock::now()).map_err(NotDone::Failed)?;
        door.sign_out(&db, &who, clock::now(), Instant::now()).map_err(NotDone::Database)
    });
    match done.await? {
        Ok(Logout::Done(sessions)) => {
            tracing::info!(sessions, "the provider signed somebody out");
            Ok(json_answer(StatusCode::OK, &json!({})))
        }
        Ok(Logout::Repeated) => {
            app.sign_ins_of_network.allows(REFUSED, from);
            Ok(refused(StatusCode::BAD_REQUEST, "invalid_request", "this token was used before"))
        }
        Err(NotDone::Failed(failure @ (Failure::Busy | Failure::Unreachable(_)))) => {
            tracing::warn!(%failure, "a logout token could not be checked");
            let mut answer =
                refused(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "send it again in a moment");
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("10"));
            Ok(answer)
        }
        Err(NotDone::Failed(failure)) => {
            tracing::warn!(%failure, "a logout token was refused");
            app.sign_ins_of_network.allows(REFUSED, from);
            Ok(refused(StatusCode::BAD_REQUEST, "invalid_request", &failure.to_string()))
        }
        Err(NotDone::Database(error)) => Err(error.into()),
    }
}

fn refused(status: StatusCode, code: &str, words: &str) -> HttpResponse {
    json_answer(status, &json!({"error": code, "error_description": words}))
}
