//! Finds who asks: the person of a session, by its cookie, or the program of a key, by its header.

use actix_web::HttpRequest;
use actix_web::http::header;
use sha2::{Digest, Sha256};

use super::signed_in::SignedIn;
use crate::access::Role;
use crate::clock;
use crate::db::{DbError, StaffUser, Stage, Token};
use crate::error::Refusal;
use crate::web::http::block::block;
use crate::web::state::App;

/// Name of the session cookie. `__Host-` binds it to this host and to HTTPS; only loopback goes without.
pub fn cookie_name(app: &App) -> &'static str {
    if app.config.secure_cookies() { "__Host-sipas" } else { "sipas" }
}

/// SHA-256 of the token that a request carries, whatever it opens.
pub fn carried(app: &App, request: &HttpRequest) -> Option<[u8; 32]> {
    let cookie = request.cookie(cookie_name(app))?;
    Some(Sha256::digest(cookie.value().as_bytes()).into())
}

/// The user of a request's session and how far the sign-in is.
pub async fn find(app: &App, request: &HttpRequest) -> Result<Option<(SignedIn, Stage)>, Refusal> {
    let Some(token_hash) = carried(app, request) else { return Ok(None) };
    let db = app.db.clone();
    let found = block(move || {
        let Some(session) = db.session(&token_hash, clock::now())? else { return Ok(None) };
        Ok::<_, DbError>(Some((session.user, session.stage, db.tree()?)))
    })
    .await??;
    Ok(found.and_then(|(user, stage, tree)| {
        let role = Role::from_name(&user.role)?;
        let path = request.path().to_owned();
        let StaffUser { id, name, display_name, unit, .. } = user;
        let units = tree.covered(unit);
        Some((SignedIn { id, name, display_name, role, unit, units, tree, path, token_hash }, stage))
    }))
}

/// The person whose session a request carries though it is over; none where there never was one, or where it was ended by hand.
pub async fn ended(app: &App, request: &HttpRequest) -> Result<Option<i32>, Refusal> {
    let Some(token_hash) = carried(app, request) else { return Ok(None) };
    let db = app.db.clone();
    Ok(block(move || db.session_that_was(&token_hash)).await??)
}

/// The program of the key that a request carries (`Authorization: Bearer …`), as somebody with the key's role and unit; none for a
/// key that is unknown, over or ended.
pub async fn find_program(app: &App, request: &HttpRequest) -> Result<Option<SignedIn>, Refusal> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let secret = header.and_then(|value| value.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let Some((_, secret)) = secret else { return Ok(None) };
    let token_hash: [u8; 32] = Sha256::digest(secret.trim().as_bytes()).into();
    let db = app.db.clone();
    let found = block(move || {
        let Some(token) = db.api_token(&token_hash, clock::now())? else { return Ok(None) };
        Ok::<_, DbError>(Some((token, db.tree()?)))
    });
    Ok(found.await??.and_then(|(token, tree)| {
        let Token { name, role, unit, .. } = token;
        let (role, path) = (Role::from_name(&role)?, request.path().to_owned());
        let (units, by) = (tree.covered(unit), format!("key:{name}"));
        Some(SignedIn { id: 0, name: by, display_name: name, role, unit, units, tree, path, token_hash })
    }))
}
