//! The statistics room: numbers in, numbers out.

pub mod association;
pub mod basics;
pub mod calibration;
pub mod control_charts;
pub mod design;
pub mod design_interval;
pub mod design_quantile;
pub mod domains;
pub mod drivers;
pub mod estimate;
pub mod exact_test;
pub mod house_rate;
pub mod intraclass;
pub mod lonely;
pub mod multiplicity;
pub mod nonresponse;
pub mod predict;
pub mod proportion;
pub mod quantile;
pub mod rank_correlation;
pub mod regression;
pub mod reliability;
pub mod replicates;
pub mod sample_design;
pub mod settle;
mod special;
pub mod sums;
pub mod two_sample;
pub mod variance;

pub use basics::{Confidence, Interval};
pub use house_rate::{CellSums, DayCluster, RateEstimate, RateMethod, weighted_rate};
pub use settle::respondents_to_settle;
