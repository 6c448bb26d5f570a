//! Events carried to other programs, a lap a minute. An address that cannot be reached gets nothing more in its lap, nor does one that
//! has had its ten seconds: so one receiver that hangs or is slow costs the others twenty seconds at most.
//!
//! An event is sent at least once: between the receiver's "taken" and our mark a server may die, and then it is sent again with the
//! same identifier.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use std::time::Instant;

use super::stop::Stop;
use crate::db::{Db, DbError, LeasedEvent, NotTaken};
use crate::hooks::{Message, Sender, Untaken};

/// How events go and what they lead to.
#[derive(Debug)]
pub struct Courier {
    /// Sends them.
    pub sender: Sender,
    /// The address in them.
    pub public_url: String,
}

/// Sends every event whose time has come, until it is told to stop.
pub fn lap(db: &Db, courier: &Courier, stop: &Stop, began: DateTime<Utc>) -> Result<(), DbError> {
    let since = Instant::now();
    let clock = || began + TimeDelta::from_std(since.elapsed()).unwrap_or_default();
    db.prune_events(began)?;
    let mut deliver = |event: &LeasedEvent| {
        let now = clock();
        let body = body(event, &courier.public_url);
        let message =
            Message { url: &event.url, id: &event.id, timestamp: now.timestamp(), body: &body, secret: &event.secret };
        let not_taken =
            |untaken: Untaken| NotTaken { reason: untaken.word(), unreachable: untaken.is_of_the_receiver() };
        courier.sender.send(&message).map_err(not_taken)
    };
    let (taken, failed) = db.deliver_events(&clock, &|| stop.is_told(), &mut deliver)?;
    if failed > 0 {
        tracing::warn!(taken, failed, "events were not taken; those not given up wait");
    }
    Ok(())
}

/// What is sent: type, time, data. The path in `read` becomes a whole address.
fn body(event: &LeasedEvent, public_url: &str) -> String {
    let mut data: Value = serde_json::from_str(&event.data).unwrap_or_default();
    if let Some(path) = data.get("read").and_then(Value::as_str) {
        data["read"] = json!(format!("{}{path}", public_url.trim_end_matches('/')));
    }
    let at = event.at.to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({"type": event.event.word(), "timestamp": at, "data": data}).to_string()
}
