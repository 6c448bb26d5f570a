//! The official series of a plan's period: the first that the plan names and that has enough answers to be shown. Report, publication, targets, digest,
//! progress and the sheet for the city are made of it.

use crate::db::{Db, DbError};
use crate::index::SHOWN_FROM;
use crate::plan::{Period, Plan};
use crate::sheet::tally::Series;

/// The official series of an open period, by the answers that figures count already. Where none has enough, the last that the plan names.
pub fn of_open(db: &Db, plan: &Plan, period: &Period) -> Result<Series, DbError> {
    let last = plan.series.last().copied().unwrap_or(Series::Open);
    if plan.series.len() < 2 {
        return Ok(last);
    }
    let units = db.subtree(&plan.unit)?;
    // Most periods have volunteers alone, and then nothing need be counted.
    let mut preferred = plan.series.iter().take_while(|series| **series != last);
    if !preferred.try_fold(false, |found, series| {
        Ok::<_, DbError>(found || db.counts_series(&units, (period.from, period.to), *series)?)
    })? {
        return Ok(last);
    }
    let mut sheets = [0_u64; 3];
    db.read_sums(|sums| {
        sums.visit(&units, (period.from, period.to), &mut |key, sum| sheets[place(key.series)] += sum.sheets())
    })?;
    let enough = plan.series.iter().copied().find(|series| sheets[place(*series)] >= SHOWN_FROM);
    Ok(enough.unwrap_or(last))
}

fn place(series: Series) -> usize {
    match series {
        Series::Sample => 0,
        Series::Ticket => 1,
        Series::Open => 2,
    }
}
