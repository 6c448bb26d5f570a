//! A day of all communes of the country at one shard of it: so many of its visitors, in so much less time, that each second brings as
//! many as a second of the whole country's day. The figures of the day are those of `docs/scale.md`.

use std::time::Duration;

use super::{Day, Plan};

/// Communes in force since 1 July 2025.
pub const COMMUNES: u32 = 3_321;
/// Answers of a working day: 10⁸ a year on 250 days.
pub const ANSWERS_A_DAY: u64 = 400_000;
/// Hours from the first opening to the evening's end, see [`Day`].
const HOURS: u64 = 13;
/// Requests of the simulated visitors for each answer that is accepted, hostile ones and repetitions among them: counted over 600
/// visits of one seed, rounded up.
const REQUESTS_AN_ANSWER: u64 = 3;

/// The visitors of one of `shares` equal parts of the country; `plan` gives server, points, seed and connections.
pub fn share(plan: Plan, shares: u32) -> Plan {
    let shares = u64::from(shares.max(1));
    Plan {
        requests: ANSWERS_A_DAY * REQUESTS_AN_ANSWER / shares,
        duration: Some(Duration::from_secs(HOURS * 3_600 / shares)),
        day: Day::Nation,
        ..plan
    }
}
