//! Which releases figures count.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::clock::day_number;
use crate::db::{Db, DbError, Share};
use crate::index::Suspects;
use crate::index::counted::{Lot, Standing};
use crate::plan::Period;

/// Which releases the figures of a unit and period count, and of which releases they count a share.
#[derive(Debug)]
pub struct Shown {
    units: HashSet<i32>,
    /// First and last day of the period.
    days: (i32, i32),
    shares: HashMap<(i32, i32), Share>,
}

impl Shown {
    /// For the figures of `units`: a unit and all under it.
    pub fn read(db: &Db, units: &[i32], period: &Period) -> Result<Self, DbError> {
        let shares = db.shares(units, (period.from, period.to))?;
        let days = (day_number(period.from), day_number(period.to));
        Ok(Self { units: units.iter().copied().collect(), days, shares })
    }

    /// How figures count what a unit has in a release.
    pub fn standing(&self, unit: i32, release: i32, suspects: Suspects) -> Standing {
        if self.holds_back(unit, release, suspects) {
            return Standing::Held;
        }
        match self.shares.get(&(unit, release)) {
            Some(share) if share.together => Standing::Together(release),
            _ => Standing::Counts,
        }
    }

    /// The unit whose figures, and those of units above it, count what a unit has in a release.
    pub fn scope(&self, unit: i32, release: i32) -> Option<i32> {
        self.shares.get(&(unit, release)).filter(|share| !share.together).map(|share| share.scope)
    }

    /// The newest day on which releases of these units were divided by offices; none where none was yet.
    pub fn cut_on(&self) -> Option<NaiveDate> {
        self.shares.values().filter_map(|share| share.cut_on).max()
    }

    /// Whether all that is counted are whole releases.
    pub fn counts_whole(&self) -> bool {
        self.shares.values().all(|share| self.units.contains(&share.root))
    }

    /// Whether what a unit has in a release is not counted. Whoever measures a whole tree of units counts whole releases; who
    /// measures an office counts its part of some. Either counts only if all of its days lie in the period.
    pub fn holds_back(&self, unit: i32, release: i32, suspects: Suspects) -> bool {
        self.counted_days(unit, release, suspects).is_none_or(|days| self.reaches_beyond(days))
    }

    /// Whether what a unit has in a release is left out for its days alone: some of them lie beyond the period.
    pub fn lies_across(&self, unit: i32, release: i32, suspects: Suspects) -> bool {
        self.counted_days(unit, release, suspects).is_some_and(|days| self.reaches_beyond(days))
    }

    /// The lot with which these figures count what a unit has in a release: whoever measures the whole tree counts releases, whoever measures an
    /// office its parts of several, decided together.
    pub fn lot(&self, unit: i32, release: i32) -> Lot {
        match self.shares.get(&(unit, release)).filter(|share| !self.units.contains(&share.root)) {
            Some(share) => (-share.scope, share.part_days.0, share.part_days.1),
            None => (release, 0, 0),
        }
    }

    /// First and last day of what is counted with it, whatever the period; none where these figures never count it.
    fn counted_days(&self, unit: i32, release: i32, suspects: Suspects) -> Option<(i32, i32)> {
        let share = self.shares.get(&(unit, release))?;
        let days = if self.units.contains(&share.root) {
            share.days
        } else if self.units.contains(&share.scope) {
            share.part_days
        } else {
            return None;
        };
        (!share.mixed || suspects == Suspects::In).then_some(days)
    }

    fn reaches_beyond(&self, (first, last): (i32, i32)) -> bool {
        first < self.days.0 || last > self.days.1
    }
}
