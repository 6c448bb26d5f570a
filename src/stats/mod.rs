//! The statistics room: numbers in, numbers out.
//!
//! It is a library, checked against R (`tests/golden.rs`, `tests/stats_reference.rs`), of which the program uses a part: a method stands here
//! whole, also where only its checks ask for some of it.

#![warn(missing_docs)]

pub mod association;
pub mod basics;
pub mod calibration;
pub mod cell_totals;
pub mod composite;
pub mod control_charts;
pub mod design;
pub mod design_interval;
pub mod design_quantile;
pub mod domains;
pub mod driver_intervals;
pub mod drivers;
pub mod estimate;
pub mod exact_test;
pub mod funnel;
pub mod group_differences;
pub mod intraclass;
pub mod likeness;
pub mod lonely;
pub mod multiplicity;
pub mod nonresponse;
pub mod predict;
pub mod proportion;
pub mod quantile;
pub mod rank_correlation;
pub mod regression;
pub mod regression_to_mean;
pub mod reliability;
pub mod replicates;
pub mod sample_design;
pub mod score_sum;
pub mod sequential;
pub mod settle;
mod special;
pub mod sums;
pub mod threshold;
pub mod two_sample;
pub mod variance;
pub mod watch;
pub mod weighted_rate;

pub use basics::{Confidence, Interval};
pub use cell_totals::{CellSums, DayCluster};
pub use likeness::variance_of_people;
pub use settle::respondents_to_settle;
pub use weighted_rate::{RateEstimate, RateMethod, weighted_rate};
