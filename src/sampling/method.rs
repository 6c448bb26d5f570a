//! The rules by which people may be drawn from a frame.

/// The rule by which people are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// At random in each stratum, by the strata's sizes.
    Proportional,
    /// At random in each stratum, as many in each.
    Equal,
    /// At random in each stratum, by size and expected spread.
    Neyman,
    /// Every so-manieth of the list, which is ordered by stratum, group and cluster.
    Systematic,
    /// By the measure of size, systematically.
    BySize,
    /// Clusters first, then people in them.
    Clusters,
    /// Rows are days of service points with the cases expected: days first, then every so-manieth person who comes.
    PointDays,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 7] = [
        Self::Proportional,
        Self::Equal,
        Self::Neyman,
        Self::Systematic,
        Self::BySize,
        Self::Clusters,
        Self::PointDays,
    ];

    /// The word in forms and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proportional => "proportional",
            Self::Equal => "equal",
            Self::Neyman => "neyman",
            Self::Systematic => "systematic",
            Self::BySize => "by_size",
            Self::Clusters => "clusters",
            Self::PointDays => "point_days",
        }
    }

    /// Whether people were drawn in clusters, which variances follow.
    pub fn clustered(self) -> bool {
        matches!(self, Self::Clusters | Self::PointDays)
    }

    /// The method of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.word() == word)
    }

    /// Whether people are drawn within strata, so that each stratum has its own sample.
    pub fn by_strata(self) -> bool {
        !matches!(self, Self::Systematic | Self::BySize)
    }
}
