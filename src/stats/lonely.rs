//! What is done where a stratum holds one cluster, or a cluster one second-stage unit, so that no variance is seen.

/// What to do with a stratum that holds one cluster, so that no variance can be computed inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LonelyCluster {
    /// Refuse: the design should be repaired (strata merged) by someone who knows it.
    #[default]
    Fail,
    /// Leave the stratum out of the variance: too small a variance.
    Remove,
    /// The cluster was taken with certainty: no variance between clusters. The same number as `Remove`, but a claim.
    Certainty,
    /// Deviation from the mean of all clusters instead of the stratum's own: too large a variance, on the safe side.
    /// The mean runs over the clusters of all strata the domain touches (R `survey` from 4.5 on; earlier versions
    /// centred at 0, the same for means and ratios).
    Adjust,
    /// The stratum is given the average variance of the others.
    Average,
}

/// The rule for lonely clusters and how far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LonelyRule {
    /// What to do.
    pub clusters: LonelyCluster,
    /// Whether `Adjust` and `Average` also apply to a stratum with several clusters of which one alone holds the domain
    /// (R: `survey.adjust.domain.lonely`). Otherwise the absent clusters count as zero totals.
    pub in_domains: bool,
}
