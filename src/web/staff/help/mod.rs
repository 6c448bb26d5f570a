//! The guide and the privacy notice, which a ward may reword.

pub mod guide;
pub mod privacy_notice;
