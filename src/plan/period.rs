//! Reporting periods: which one a key means, which one is running.
//!
//! All days are civil days of Vietnam, both ends included. Nothing here reads a clock: `today` is given.

use chrono::{Datelike, Months, NaiveDate};

use super::{Period, Plan, Target};

/// What kind of period a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodKind {
    /// One quarter of a year.
    Quarter {
        /// Year of the report.
        year: i32,
        /// 1 to 4.
        quarter: u8,
    },
    /// First six months of a year.
    HalfYear {
        /// Year of the report.
        year: i32,
    },
    /// From the plan's first day of a year to the cut-off of the third quarter.
    NineMonths {
        /// Year of the report.
        year: i32,
    },
    Year {
        /// Year of the report.
        year: i32,
    },
    /// A civil month.
    Month {
        year: i32,
        /// 1 to 12.
        month: u32,
    },
    /// Days chosen by the reader.
    AdHoc {
        /// First day counted.
        from: NaiveDate,
        /// Last day counted.
        to: NaiveDate,
    },
}

impl PeriodKind {
    /// Reads `YYYY-q1` … `YYYY-q4`, `YYYY-h1`, `YYYY-9m`, `YYYY-year`, `YYYY-m01` … `YYYY-m12` or `adhoc-FROM-TO`.
    ///
    /// # None
    /// When the key has no such form, or its days do not exist or stand in the wrong order.
    pub fn of_key(key: &str) -> Option<Self> {
        if let Some(days) = key.strip_prefix("adhoc-") {
            let (from, to) = (days.get(..10)?, days.get(10..)?.strip_prefix('-')?);
            let (from, to) = (iso_day(from)?, iso_day(to)?);
            return (from <= to).then_some(Self::AdHoc { from, to });
        }
        let (digits, kind) = key.split_once('-')?;
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let year = digits.parse().ok()?;
        match kind {
            "q1" => Some(Self::Quarter { year, quarter: 1 }),
            "q2" => Some(Self::Quarter { year, quarter: 2 }),
            "q3" => Some(Self::Quarter { year, quarter: 3 }),
            "q4" => Some(Self::Quarter { year, quarter: 4 }),
            "h1" => Some(Self::HalfYear { year }),
            "9m" => Some(Self::NineMonths { year }),
            "year" => Some(Self::Year { year }),
            month => {
                let digits = month.strip_prefix('m').filter(|digits| digits.len() == 2)?;
                let month = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
                (1..=12).contains(&month).then_some(Self::Month { year, month })
            }
        }
    }

    /// Year of the report; none for days chosen by the reader.
    pub fn year(self) -> Option<i32> {
        match self {
            Self::Quarter { year, .. }
            | Self::HalfYear { year }
            | Self::NineMonths { year }
            | Self::Year { year }
            | Self::Month { year, .. } => Some(year),
            Self::AdHoc { .. } => None,
        }
    }
}

impl Period {
    /// What kind of period it is; none for a key of another form, which a checked plan does not have.
    pub fn kind(&self) -> Option<PeriodKind> {
        PeriodKind::of_key(&self.key)
    }

    /// Whether a civil day counts in it.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }

    /// Whether answers can still come: figures are "so far" up to and on the cut-off day.
    pub fn so_far(&self, today: NaiveDate) -> bool {
        today <= self.to
    }

    /// Whether it counts at least one of the days from one day to another, both included.
    pub fn overlaps(&self, from: NaiveDate, to: NaiveDate) -> bool {
        self.from <= to && from <= self.to
    }
}

impl Plan {
    /// The period of a key: one of the plan's own; a civil month or nine months, which need not stand in the plan; or `adhoc-FROM-TO` for any days.
    ///
    /// # None
    /// When the plan has no such period, a month or nine months have no day of the plan, and the key is no [`adhoc`] one.
    pub fn period(&self, key: &str) -> Option<Period> {
        let own = self.periods.iter().find(|period| period.key == key);
        own.cloned().or_else(|| self.computed(key)).or_else(|| adhoc(key))
    }

    /// Periods that follow from the plan without standing in it: no due day, no clause, never closed.
    fn computed(&self, key: &str) -> Option<Period> {
        let (from, to) = match PeriodKind::of_key(key)? {
            PeriodKind::Month { year, month } => {
                let from = NaiveDate::from_ymd_opt(year, month, 1)?;
                (from, from.checked_add_months(Months::new(1))?.pred_opt()?)
            }
            PeriodKind::NineMonths { year } => {
                let of_year = |key: &str| self.periods.iter().find(|period| period.key == format!("{year}-{key}"));
                let begins = ["year", "h1", "q1"].into_iter().find_map(of_year).map(|period| period.from);
                match (begins, of_year("q3")) {
                    (Some(from), Some(third)) => (from, third.to),
                    _ => (NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 9, 30)?),
                }
            }
            _ => return None,
        };
        let period = Period { key: key.to_owned(), from, to, due: None, assumed: false, clause: String::new() };
        period.overlaps(self.from, self.to).then_some(period)
    }

    /// The nine months and the months that can be asked for up to `today`, the newest first.
    pub fn further_periods(&self, today: NaiveDate) -> Vec<Period> {
        let last = self.to.min(today);
        let years = (self.from.year()..=last.year()).rev();
        let keys = years.flat_map(|year| {
            let months = (1..=12).rev().map(move |month| format!("{year}-m{month:02}"));
            std::iter::once(format!("{year}-9m")).chain(months)
        });
        keys.filter_map(|key| self.computed(&key)).filter(|period| period.from <= today).collect()
    }

    /// Whether days begin and end with periods of the plan, as those of nine months do that are three quarters: releases are made for these bounds.
    pub fn is_bounded_by_periods(&self, (from, to): (NaiveDate, NaiveDate)) -> bool {
        let next = |day: NaiveDate| day.succ_opt();
        let begins = self.periods.iter().any(|own| own.from == from || next(own.to) == Some(from));
        begins && self.periods.iter().any(|own| own.to == to || next(to) == Some(own.from))
    }

    /// The targets that bind on the cut-off day of a period, in the order of the plan: a period that straddles two phases is judged by the one in
    /// which it is reported, and no longer by what has expired.
    pub fn targets_in(&self, period: &Period) -> Vec<&Target> {
        self.targets.iter().filter(|target| target.from <= period.to && period.to <= target.to).collect()
    }

    /// Periods of the plan in which a target expires before the cut-off, so that it is not judged there: key of the period, target.
    pub fn straddled(&self) -> Vec<(&Period, &Target)> {
        let expires = |period: &Period, target: &Target| period.from <= target.to && target.to < period.to;
        let pairs = self.periods.iter().flat_map(|period| self.targets.iter().map(move |target| (period, target)));
        pairs.filter(|(period, target)| expires(period, target)).collect()
    }

    /// One target by its identifier.
    pub fn target(&self, id: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.id == id)
    }

    /// The period that a plan owner works on today.
    ///
    /// Of the periods that are running, the one with the nearest cut-off: on 15 June that is quarter III, not
    /// the year. When none is running, the one that closed last, because its report is being written; before
    /// the first one begins, the first.
    ///
    /// # None
    /// When the plan has no periods of its own.
    pub fn current_period(&self, today: NaiveDate) -> Option<&Period> {
        let running = self.periods.iter().filter(|period| period.contains(today));
        // Of equal cut-offs the shorter one: it is the nearer question. `min_by_key` takes the first of equals.
        running
            .min_by_key(|period| (period.to, std::cmp::Reverse(period.from)))
            .or_else(|| {
                let closed = self.periods.iter().filter(|period| period.to < today);
                closed.max_by_key(|period| period.to)
            })
            .or_else(|| self.periods.iter().min_by_key(|period| period.from))
    }
}

/// The period that a key `adhoc-2026-01-01-2026-02-15` asks for: its days, no due date, nothing assumed, no
/// clause.
///
/// # None
/// When the key has another form, or its days do not exist or stand in the wrong order.
pub fn adhoc(key: &str) -> Option<Period> {
    let PeriodKind::AdHoc { from, to } = PeriodKind::of_key(key)? else {
        return None;
    };
    Some(Period { key: key.to_owned(), from, to, due: None, assumed: false, clause: String::new() })
}

/// The key that asks for a period of chosen days.
pub fn adhoc_key(from: NaiveDate, to: NaiveDate) -> String {
    format!("adhoc-{from}-{to}")
}

/// A day written in full, as in 2026-03-14; chrono alone would also take 2026-3-14.
fn iso_day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (day.to_string() == text).then_some(day)
}
