//! The server as its users meet it, over HTTP, on both databases.

#[path = "http/api.rs"]
mod api;
#[path = "http/citizen.rs"]
mod citizen;
#[path = "http/forms.rs"]
mod forms;
#[path = "http/plans.rs"]
mod plans;
#[path = "http/staff.rs"]
mod staff;
mod support;
#[path = "support/town.rs"]
mod town;
