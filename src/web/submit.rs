//! One submission on its way from the wire to COMMIT, whichever road it came by: page or API.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::accepted::Accepted;
use super::flagging::Incoming;
use crate::clock;
use crate::db::{Attempt, DbError, PointFound, Sheet, Stored};
use crate::error::{Class, Reason, Refusal};
use crate::service::tickets::TicketKey;
use crate::sheet::tally::{Mode, Respondent, Series, TallyKey};
use crate::survey::{RespondentKind, Submission, code, content_for_tag, kept_words};
use crate::web::http::block::block;
use crate::web::state::App;

/// Stores a checked submission of `point`; answers only after COMMIT.
pub async fn accept(
    app: &App,
    point: &PointFound,
    form_id: i32,
    submission: &Submission,
    from: IpAddr,
) -> Result<Accepted, Refusal> {
    let accepted = or_unavailable(store(app, point, form_id, submission, from).await)?;
    app.counters.count(&accepted);
    Ok(accepted)
}

/// A database that is out of reach is one more way for a submission to end, so that its road keeps what was typed.
fn or_unavailable(stored: Result<Accepted, Refusal>) -> Result<Accepted, Refusal> {
    match stored {
        Err(refusal) if matches!(refusal.reason.class(), Class::Unavailable | Class::Fault) => {
            Ok(Accepted::Unavailable(refusal))
        }
        stored => stored,
    }
}

async fn store(
    app: &App,
    point: &PointFound,
    form_id: i32,
    submission: &Submission,
    from: IpAddr,
) -> Result<Accepted, Refusal> {
    if submission.kiosk && !point.kiosk {
        return Ok(Accepted::NoKiosk);
    }
    let mode = if submission.kiosk { Mode::Kiosk } else { Mode::Phone };
    let attempt = submission.attempt.as_bytes();
    let hash: [u8; 32] = Sha256::digest(attempt).into();
    let tag = content_tag(attempt, &content_for_tag(submission, &point.code));
    // A one-time code lifts the limit, unless so many were refused here that somebody seems to be guessing.
    let lifted = submission.ticket.is_some() && app.ticket_refusals.would_allow("", from);
    if !app.submissions.allows(&point.code, from) && !lifted {
        // A repeat of what is stored is told so before any limit is asked.
        let (db, unit) = (app.db.clone(), point.unit);
        let known = block(move || db.find_attempt(unit, &hash)).await??;
        return Ok(match known {
            Some(known) if known == tag => Accepted::StoredBefore,
            Some(_) => Accepted::OtherContent,
            None => Accepted::TooMany,
        });
    }
    let Some(field) = point.fields.iter().find(|field| field.code == submission.field) else {
        return Err(Refusal::fault("a checked submission names a field that its point does not serve"));
    };
    let mut sheet = sheet(point, form_id, field.id, submission, mode);
    let arrived = Incoming { point: &point.code, from, attempt, answers: &submission.answers, kiosk: submission.kiosk };
    sheet.key.suspect = app.suspicion.judge(&arrived);
    let accepted = keep(app, sheet, Attempt { hash, tag }, submission.ticket.as_deref()).await;
    if !matches!(accepted, Ok(Accepted::Stored)) {
        app.suspicion.take_back(&arrived);
    }
    let accepted = accepted?;
    if matches!(accepted, Accepted::TicketUnknown) {
        app.ticket_refusals.allows("", from);
    }
    Ok(accepted)
}

/// Stores what a citizen said to `mode`'s interviewer, once, through the same ledger. No limit: whoever asks has signed
/// in.
pub async fn accept_said(
    app: &App,
    point: &PointFound,
    form_id: i32,
    submission: &Submission,
    mode: Mode,
) -> Result<Accepted, Refusal> {
    let attempt = submission.attempt.as_bytes();
    let tag = content_tag(attempt, &content_for_tag(submission, &point.code));
    let Some(field) = point.fields.iter().find(|field| field.code == submission.field) else {
        return Err(Refusal::fault("a checked submission names a field that its point does not serve"));
    };
    let mut sheet = sheet(point, form_id, field.id, submission, mode);
    let (db, unit, number) = (app.db.clone(), point.unit, point.point);
    sheet.key.series = block(move || db.series_at(unit, number)).await??;
    let hash = Sha256::digest(attempt).into();
    let accepted = keep(app, sheet, Attempt { hash, tag }, submission.ticket.as_deref()).await?;
    app.counters.count(&accepted);
    Ok(accepted)
}

fn sheet(point: &PointFound, form: i32, field: i16, submission: &Submission, mode: Mode) -> Sheet {
    let key = TallyKey {
        unit: point.unit,
        day: clock::day_number(submission.answered_on.unwrap_or_else(clock::today)),
        point: point.point,
        field,
        form,
        series: Series::Open,
        mode,
        respondent: match submission.respondent {
            RespondentKind::Person => Respondent::Person,
            RespondentKind::Organisation => Respondent::Organisation,
        },
        suspect: false,
    };
    Sheet {
        key,
        channel: point.channel,
        answers: submission.answers.clone(),
        demographics: submission.demographics.clone(),
        comment: kept_words::words(submission.comment.as_deref(), &submission.texts),
    }
}

/// Stores a sheet, with the one-time code that came with it.
async fn keep(app: &App, sheet: Sheet, attempt: Attempt, ticket: Option<&str>) -> Result<Accepted, Refusal> {
    let stored = match ticket {
        None => app.db.submit(sheet, attempt).await,
        Some(typed) => match ticket_hash(app, typed).await? {
            Some(ticket) => app.db.submit_with_ticket(sheet, attempt, ticket).await,
            None => Ok(Stored::TicketRefused),
        },
    };
    match stored {
        Ok(Stored::New) => Ok(Accepted::Stored),
        Ok(Stored::Before) => Ok(Accepted::StoredBefore),
        Ok(Stored::OtherContent) => Ok(Accepted::OtherContent),
        Ok(Stored::TicketRefused) => Ok(Accepted::TicketUnknown),
        Ok(Stored::PointRetired) => Err(Reason::RetiredPoint { replaced_by: None }.into()),
        Err(DbError::Busy) => Ok(Accepted::Busy),
        Err(error) => Err(Refusal::from(error)),
    }
}

/// What the ledger keeps of a one-time code; none where no code is spelled like that, or no key was ever made. The key is
/// read anew each time, which costs microseconds: a key that was put back is right at once, and none stays in memory.
async fn ticket_hash(app: &App, typed: &str) -> Result<Option<[u8; 32]>, Refusal> {
    let (Some(code), Some(file)) = (code::normalise_ticket(typed), app.ticket_key_file.clone()) else {
        return Ok(None);
    };
    let key = block(move || TicketKey::read(&file)).await?.map_err(Refusal::fault)?;
    Ok(key.map(|key| key.hash(&code)))
}

/// HMAC-SHA-256 of the content under the attempt, its first 16 bytes: tells whether a repeat has the same content and
/// tells nobody who lacks the attempt anything.
fn content_tag(attempt: &[u8], content: &[u8]) -> [u8; 16] {
    let mut tag = [0; 16];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(attempt) {
        mac.update(content);
        tag.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    }
    tag
}
