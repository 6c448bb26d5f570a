//! What is on its way out: letters, and events that other programs are told of. Both are written in the transaction of the deed, leased
//! by whichever server sends them, tried again, given up.

pub(in crate::db) mod outbox;
pub(in crate::db) mod webhook_events;
pub(in crate::db) mod webhooks;
