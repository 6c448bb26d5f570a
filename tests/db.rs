//! The database room, every test on SQLite and on PostgreSQL.

#[macro_use]
#[path = "support/mod.rs"]
mod support;
#[path = "support/inputs.rs"]
mod inputs;

#[path = "db/answers.rs"]
mod answers;
#[path = "db/audit.rs"]
mod audit;
#[path = "db/day_sums.rs"]
mod day_sums;
#[path = "db/declared_fields.rs"]
mod declared_fields;
#[path = "db/distribute.rs"]
mod distribute;
#[path = "db/opening.rs"]
mod opening;
#[path = "db/order.rs"]
mod order;
#[path = "db/parts.rs"]
mod parts;
#[path = "db/reference.rs"]
mod reference;
#[path = "db/schema.rs"]
mod schema;
#[path = "db/staff.rs"]
mod staff;
#[path = "db/tallies.rs"]
mod tallies;
#[path = "db/tickets.rs"]
mod tickets;
#[path = "db/upgrade.rs"]
mod upgrade;
#[path = "db/voidings.rs"]
mod voidings;
#[path = "db/webhook_events.rs"]
mod webhook_events;
