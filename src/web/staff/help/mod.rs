//! The guide and the privacy notice, which a ward may reword.

pub mod guide;
pub mod guide_pictures;
pub mod privacy_notice;
