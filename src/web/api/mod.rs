//! `/api/v1`: the same answers and the same figures as JSON.

pub mod body;
pub mod cases;
pub mod complaints;
pub mod figures;
pub mod lists;
pub mod openapi;
pub mod paging;
pub mod responses;
pub mod rounds;
pub mod tickets;
