//! What every request passes: headers, deadlines, limits, bodies, prerendered pages, counting and the log line.

pub mod address;
pub mod block;
pub mod bodies;
pub mod client;
pub mod costly;
pub mod edge;
pub mod form_body;
pub mod headers;
pub mod kept;
pub mod limits;
pub mod metrics;
pub mod multipart;
pub mod prerendered;
pub mod query;
pub mod request_log;
