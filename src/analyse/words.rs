//! What went wrong, in the words of the file and the description: names instead of numbers.

use super::plan::CalibrationPlan;
use crate::stats::calibration::CalibrationError;
use crate::stats::design::DesignError;
use crate::stats::variance::VarianceError;

/// The sentence of a design error, with the labels of the file instead of their numbers.
pub fn design_text(error: &DesignError, strata: &[String], clusters: &[String]) -> String {
    let stratum = |at: &usize| strata.get(*at).map_or("(the whole sample)", String::as_str);
    let cluster = |at: &usize| clusters.get(*at).map_or("(one row)", String::as_str);
    match error {
        DesignError::ClusterInTwoStrata { cluster: at, first, second } => format!(
            "cluster {} occurs in stratum {} and in stratum {}; if labels start anew in every stratum, say cluster_labels = \"within_stratum\"",
            cluster(at),
            stratum(first),
            stratum(second)
        ),
        DesignError::PopulationVaries { stratum: at, first, second } => {
            format!("stratum {} is said to hold {first} clusters in one row and {second} in another", stratum(at))
        }
        DesignError::UnitPopulationVaries { cluster: at, first, second } => {
            format!("cluster {} is said to hold {first} units in one row and {second} in another", cluster(at))
        }
        DesignError::MoreClustersThanPopulation { stratum: at, sampled, population } => {
            format!("stratum {} has {sampled} sampled clusters but only {population} in the population", stratum(at))
        }
        DesignError::MoreUnitsThanPopulation { cluster: at, sampled, population } => {
            format!("cluster {} has {sampled} rows but only {population} units in the population", cluster(at))
        }
        DesignError::Empty => "the file has no rows below its header".to_owned(),
        other => other.to_string(),
    }
}

/// The sentence of a calibration error.
pub fn calibration_text(error: &CalibrationError, wanted: &CalibrationPlan) -> String {
    match error {
        CalibrationError::LevelWithoutSample { margin, level, total } => {
            let margin = &wanted.margins[margin - 1];
            format!(
                "the margin {} counts {total} people in {}, but nobody in the file is there",
                margin.name,
                margin.levels[level - 1]
            )
        }
        CalibrationError::MarginsDisagree { margin, sum, first_sum } => format!(
            "the margin {} adds up to {sum}, the margin {} to {first_sum}; they must count the same people",
            wanted.margins[margin - 1].name,
            wanted.margins[0].name
        ),
        other => other.to_string(),
    }
}

/// The sentence of a variance error.
pub fn variance_text(error: &VarianceError, strata: &[String], clusters: &[String]) -> String {
    match error {
        VarianceError::LonelyCluster { stratum } => {
            let label = strata.get(*stratum).map_or("(the whole sample)", String::as_str);
            format!("stratum {label} has only one cluster; merge it with another stratum or set design.lonely")
        }
        VarianceError::LonelyUnit { cluster } => {
            let label = clusters.get(*cluster).map_or("(one row)", String::as_str);
            format!(
                "cluster {label} has only one row, so the variance inside it is unknown; set design.lonely to remove, or leave units_in_population out"
            )
        }
        VarianceError::AllLonely | VarianceError::ScatterMissing => error.to_string(),
    }
}
