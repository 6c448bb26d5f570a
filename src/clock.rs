//! The only reader of the wall clock. Civil dates are Vietnam's: UTC+7 all year, without summer time.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Days, FixedOffset, NaiveDate, TimeDelta, Utc};

/// How far tests have set the clock of this process, milliseconds; nothing else sets it.
static SHIFT_MS: AtomicI64 = AtomicI64::new(0);

/// Now, in UTC.
pub fn now() -> DateTime<Utc> {
    Utc::now() + TimeDelta::milliseconds(SHIFT_MS.load(Ordering::Relaxed))
}

/// Sets the clock of this process to `instant`, from where it goes on. Only for tests of clocks that jump.
#[doc(hidden)]
pub fn set_for_tests(instant: DateTime<Utc>) {
    SHIFT_MS.store((instant - Utc::now()).num_milliseconds(), Ordering::Relaxed);
}

/// Today's civil date in Vietnam.
pub fn today() -> NaiveDate {
    civil_date(now())
}

/// The civil date in Vietnam at `instant`.
pub fn civil_date(instant: DateTime<Utc>) -> NaiveDate {
    // UTC+7 is inside chrono's range of ±24 h; the fallback only spells out that this cannot fail.
    FixedOffset::east_opt(7 * 3600)
        .map_or_else(|| instant.date_naive(), |zone| instant.with_timezone(&zone).date_naive())
}

/// An instant as staff read it, in Vietnam's time: `14/03/2026 15:04`.
pub fn date_and_time(instant: DateTime<Utc>) -> String {
    let local = instant + TimeDelta::hours(7);
    local.format("%d/%m/%Y %H:%M").to_string()
}

/// Days since 1970-01-01: how the database keeps a civil date.
pub fn day_number(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(i32::MAX)
}

/// The civil date of a day number.
pub fn date_of(day_number: i32) -> NaiveDate {
    let epoch = NaiveDate::default();
    let days = Days::new(u64::from(day_number.unsigned_abs()));
    let date = if day_number >= 0 { epoch.checked_add_days(days) } else { epoch.checked_sub_days(days) };
    date.unwrap_or(epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_civil_day_turns_at_five_in_the_afternoon_utc() {
        let at = |text: &str| civil_date(text.parse().expect("an instant"));
        assert_eq!(at("2026-03-14T16:59:59Z").to_string(), "2026-03-14");
        assert_eq!(at("2026-03-14T17:00:00Z").to_string(), "2026-03-15");
    }

    #[test]
    fn an_instant_is_read_in_the_time_of_vietnam() {
        let at: DateTime<Utc> = "2026-03-14T17:05:59Z".parse().expect("an instant");
        assert_eq!(date_and_time(at), "15/03/2026 00:05");
    }

    #[test]
    fn day_numbers_come_back_as_dates() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a date");
        // date -u -d 2026-03-14 +%s divided by 86400 is 20526 (GNU coreutils).
        assert_eq!(day_number(date), 20_526);
        assert_eq!(date_of(20_526), date);
        assert_eq!(date_of(-1).to_string(), "1969-12-31");
    }
}
