//! The words by which files, pages and stored data call factors and indices.

use super::{Factor, Feed};

impl Factor {
    /// Every factor, in the order in which reports list them.
    pub const ALL: [Factor; 6] =
        [Factor::Access, Factor::Procedures, Factor::Officials, Factor::Results, Factor::Feedback, Factor::Policy];

    /// The name in files and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Factor::Access => "access",
            Factor::Procedures => "procedures",
            Factor::Officials => "officials",
            Factor::Results => "results",
            Factor::Feedback => "feedback",
            Factor::Policy => "policy",
        }
    }
}

impl Feed {
    /// The name in files and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Feed::Sipas => "sipas",
            Feed::Procedures => "procedures",
            Feed::PublicServices => "public_services",
            Feed::Policy => "policy",
        }
    }
}
