//! Answers that look sent by something other than a citizen who has just read the form: too many at once, too fast, or one
//! pattern over and over. They are stored all the same and marked; figures are shown with and without them.
//!
//! All that is kept stands here, in memory, bounded, under a salt that is made at start: when a place last sent something, when a
//! form was shown. Nothing of it is written anywhere but the one mark on the sheet. Why the bounds are what they are
//! is told in `docs/statistics.md`.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::http::limits::network;

/// More answers than this of one point and network within a minute, or within ten, are a burst. An office of 300 honest
/// answers an hour has 5 a minute and 50 in ten on average; of its answers 3 in ten million follow 20 others within a minute
/// by chance, and 6 in a hundred thousand follow 80 within ten (Poisson).
const BURSTS: [(usize, Duration); 2] = [(20, Duration::from_mins(1)), (80, Duration::from_mins(10))];
/// Items from which a pattern says something.
const ITEMS_MIN: usize = 8;
/// The same level everywhere is a common honest answer: flagged only behind so many of the same at one point and network.
/// Where three of four citizens answer like that, one in a hundred answers is flagged by chance (0.75 to the 16th).
const SAME_LEVEL_RUN: u32 = 15;
/// The same mixed answers to eight items and more are hardly two people's by chance: flagged behind so many.
const SAME_PATTERN_RUN: u32 = 3;
/// A tablet at the counter asks one question, shows its thanks for eight seconds and asks again: the same answer so often in a
/// row, each so soon after the one before, is somebody playing with it. Where three of four citizens answer alike and 300 an
/// hour come to one tablet, 5 in ten thousand answers are flagged by chance (Poisson, 0.54 to the 12th); at 60 an hour none.
const PLAY_RUN: u32 = 12;
const PLAY_GAP: Duration = Duration::from_secs(15);
/// Nobody opens, answers and sends a form by hand in less. (A tablet's page stays open: what it sends is not judged by this.)
const FASTEST: Duration = Duration::from_secs(5);
/// Nor ticks an item in less.
const FASTEST_ITEM: Duration = Duration::from_millis(500);
/// Who gives one level to everything in less an item has not read the items: twelve words at eight a second, twice the
/// pace at which people read.
const FASTEST_READ_ITEM: Duration = Duration::from_millis(1_500);

/// Places remembered: each holds 80 instants, together some 5 MB.
const PLACES_MAX: usize = 4_000;
/// A place is forgotten so long after its last answer.
const PLACE_KEPT: Duration = Duration::from_hours(1);
/// Forms shown that are remembered, some 1 MB; of an older one it is not known how long it took, and it is not flagged.
const SHOWN_MAX: usize = 20_000;

/// What is remembered to tell such answers.
#[derive(Default)]
pub struct Flagging {
    salt: RandomState,
    places: Mutex<HashMap<u64, Place>>,
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Place {
    /// Its last answers, oldest first.
    times: VecDeque<Instant>,
    /// Hash of the last answers given, and how often they came in a row.
    pattern: u64,
    run: u32,
    /// How many of them came in a row, each soon after the one before.
    quick: u32,
}

#[derive(Default)]
struct Shown {
    at: HashMap<u64, Instant>,
    order: VecDeque<u64>,
}

/// An answer as it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// The point's code.
    pub point: &'a str,
    /// Where it comes from.
    pub from: IpAddr,
    pub attempt: &'a [u8],
    /// One byte an item: 0 blank, 1 to 5, 6 not used.
    pub answers: &'a [u8],
    /// Whether a tablet at the counter sends it: judged among its own, by a rule of its own besides.
    pub kiosk: bool,
}

impl Flagging {
    /// Remembers that the form with this attempt was shown now. Shown again, as with errors, it keeps its first time.
    pub fn shown(&self, attempt: &[u8]) {
        self.shown_at(attempt, Instant::now());
    }

    fn shown_at(&self, attempt: &[u8], now: Instant) {
        let key = self.salt.hash_one(attempt);
        let mut shown = lock(&self.shown);
        if shown.at.contains_key(&key) {
            return;
        }
        if shown.order.len() >= SHOWN_MAX
            && let Some(oldest) = shown.order.pop_front()
        {
            shown.at.remove(&oldest);
        }
        shown.at.insert(key, now);
        shown.order.push_back(key);
    }

    /// Whether an answer that arrives now is to be marked; it counts as one of its place from now on.
    pub fn judge(&self, arrived: &Incoming<'_>) -> bool {
        self.judge_at(arrived, Instant::now())
    }

    fn judge_at(&self, arrived: &Incoming<'_>, now: Instant) -> bool {
        let too_fast = self.is_too_fast(arrived, now);
        let mut places = lock(&self.places);
        if places.len() >= PLACES_MAX {
            places.retain(|_, place| place.times.back().is_some_and(|last| now.duration_since(*last) < PLACE_KEPT));
            // So many places at once are a flood; forgetting them keeps memory and time bounded.
            if places.len() >= PLACES_MAX {
                places.clear();
            }
        }
        let place = places.entry(self.place(arrived)).or_default();
        let burst = BURSTS.iter().any(|(most, within)| {
            let first = place.times.len().checked_sub(*most).and_then(|first| place.times.get(first));
            first.is_some_and(|first| now.duration_since(*first) < *within)
        });
        let idle = place.times.back().is_none_or(|last| now.duration_since(*last) >= PLACE_KEPT);
        let pattern = self.salt.hash_one(arrived.answers);
        let soon = place.times.back().is_some_and(|last| now.duration_since(*last) < PLAY_GAP);
        place.quick = if soon && place.pattern == pattern { place.quick.saturating_add(1) } else { 0 };
        let played = arrived.kiosk && place.quick >= PLAY_RUN;
        if idle || place.pattern != pattern {
            (place.pattern, place.run) = (pattern, 0);
        }
        let most = if same_level(arrived.answers) { SAME_LEVEL_RUN } else { SAME_PATTERN_RUN };
        let repeated = answered(arrived.answers) >= ITEMS_MIN && place.run >= most;
        place.run = place.run.saturating_add(1);
        place.times.push_back(now);
        if place.times.len() > BURSTS[1].0 {
            place.times.pop_front();
        }
        burst || repeated || played || too_fast
    }

    /// Takes back the last [`Flagging::judge`] of a place: the answer was a repeat, or was refused, and is nobody's more.
    pub fn take_back(&self, arrived: &Incoming<'_>) {
        let key = self.place(arrived);
        if let Some(place) = lock(&self.places).get_mut(&key) {
            place.times.pop_back();
            place.run = place.run.saturating_sub(1);
            place.quick = place.quick.saturating_sub(1);
        }
    }

    fn place(&self, arrived: &Incoming<'_>) -> u64 {
        self.salt.hash_one((arrived.point, network(arrived.from), arrived.kiosk))
    }

    fn is_too_fast(&self, arrived: &Incoming<'_>, now: Instant) -> bool {
        if arrived.kiosk {
            return false;
        }
        let key = self.salt.hash_one(arrived.attempt);
        let Some(at) = lock(&self.shown).at.get(&key).copied() else { return false };
        let answered = answered(arrived.answers);
        let items = u32::try_from(answered).unwrap_or(u32::MAX);
        let unread = answered >= ITEMS_MIN && same_level(arrived.answers);
        let an_item = if unread { FASTEST_READ_ITEM } else { FASTEST_ITEM };
        now.duration_since(at) < FASTEST.max(an_item.saturating_mul(items))
    }
}

/// Items answered with a level.
fn answered(answers: &[u8]) -> usize {
    answers.iter().filter(|answer| (1..=5).contains(*answer)).count()
}

/// Whether all items answered with a level have the same.
fn same_level(answers: &[u8]) -> bool {
    let mut levels = answers.iter().filter(|answer| (1..=5).contains(*answer));
    levels.next().is_none_or(|first| levels.all(|level| level == first))
}

/// No code panics while it holds the lock, so a poisoned lock still guards a whole value.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use rand::{Rng, RngExt, SeedableRng};
    use rand_chacha::ChaCha12Rng;

    use super::*;

    const OFFICE: [u8; 4] = [113, 160, 1, 7];

    /// Sends answers at the given seconds and says which were marked; each is shown `thinking` before, where known.
    fn marked(suspicion: &Flagging, sent: &[(f64, Vec<u8>)], thinking: Option<f64>) -> Vec<bool> {
        marked_at(suspicion, sent, thinking, false)
    }

    fn marked_at(suspicion: &Flagging, sent: &[(f64, Vec<u8>)], thinking: Option<f64>, kiosk: bool) -> Vec<bool> {
        let begin = Instant::now();
        let send = |(number, (second, answers)): (usize, &(f64, Vec<u8>))| {
            let attempt = number.to_be_bytes();
            let now = begin + Duration::from_secs_f64(100.0 + second);
            if let Some(thinking) = thinking {
                suspicion.shown_at(&attempt, begin + Duration::from_secs_f64(100.0 + second - thinking));
            }
            let arrived = Incoming { point: "AT32X2P", from: OFFICE.into(), attempt: &attempt, answers, kiosk };
            suspicion.judge_at(&arrived, now)
        };
        sent.iter().enumerate().map(send).collect()
    }

    fn share(marked: &[bool]) -> f64 {
        marked.iter().filter(|marked| **marked).count() as f64 / marked.len() as f64
    }

    /// Ten items; `contented` of the people give everything the highest level, the others differ.
    fn honest(dice: &mut impl Rng, contented: f64) -> Vec<u8> {
        if dice.random::<f64>() < contented {
            return vec![5; 10];
        }
        (0..10).map(|_| 2 + u8::try_from(dice.random::<u32>() % 4).expect("small")).collect()
    }

    #[test]
    fn three_hundred_honest_answers_an_hour_from_one_address_pass_and_at_most_one_in_a_hundred_is_marked() {
        let mut dice = ChaCha12Rng::seed_from_u64(7);
        let (mut hours, mut marks) = (0_u32, 0.0);
        for contented in [0.3, 0.6, 0.75] {
            for _ in 0..40 {
                let mut second = 0.0;
                let mut sent = Vec::new();
                for _ in 0..300 {
                    // Arrivals by chance, 12 seconds apart on average.
                    second -= 12.0 * (1.0 - dice.random::<f64>()).ln();
                    sent.push((second, honest(&mut dice, contented)));
                }
                marks += share(&marked(&Flagging::default(), &sent, Some(60.0)));
                hours += 1;
            }
        }
        let false_marks = marks / f64::from(hours);
        assert!(false_marks <= 0.01, "{false_marks}");
    }

    #[test]
    fn a_burst_is_marked_from_where_it_is_one_and_only_at_its_point_and_network() {
        let suspicion = Flagging::default();
        let mut dice = ChaCha12Rng::seed_from_u64(8);
        let sent: Vec<(f64, Vec<u8>)> = (0..50_u32).map(|n| (f64::from(n), honest(&mut dice, 0.0))).collect();
        let marks = marked(&suspicion, &sent, None);
        assert!(marks[..20].iter().all(|marked| !marked), "the first twenty of a minute");
        assert!(marks[20..].iter().all(|marked| *marked), "{marks:?}");
        let elsewhere = |point, from: [u8; 4]| {
            let now = Instant::now() + Duration::from_secs(151);
            suspicion.judge_at(
                &Incoming { point, from: from.into(), attempt: b"new", answers: &[1, 2, 3], kiosk: false },
                now,
            )
        };
        assert!(elsewhere("AT32X2P", [113, 160, 1, 200]), "the same /24");
        assert!(!elsewhere("AT32X2P", [113, 160, 2, 7]));
        assert!(!elsewhere("BBBBBBB", OFFICE));
        // Every three seconds: never twenty a minute, but eighty in ten minutes.
        let sent: Vec<(f64, Vec<u8>)> = (0..120_u32).map(|n| (3.1 * f64::from(n), honest(&mut dice, 0.0))).collect();
        let marks = marked(&Flagging::default(), &sent, None);
        assert!(marks[..80].iter().all(|marked| !marked) && marks[80..].iter().all(|marked| *marked), "{marks:?}");
    }

    #[test]
    fn one_pattern_over_and_over_is_marked_later_where_it_is_a_common_one() {
        let over_and_over = |answers: Vec<u8>| -> Vec<bool> {
            let sent: Vec<(f64, Vec<u8>)> = (0..30_u32).map(|n| (20.0 * f64::from(n), answers.clone())).collect();
            marked(&Flagging::default(), &sent, Some(60.0))
        };
        let first_mark = |marks: Vec<bool>| marks.iter().position(|marked| *marked);
        assert_eq!(first_mark(over_and_over(vec![5; 10])), Some(15));
        assert_eq!(first_mark(over_and_over(vec![1; 10])), Some(15), "discontent is judged alike");
        assert_eq!(first_mark(over_and_over(vec![5, 4, 5, 4, 5, 4, 4, 5, 3, 5])), Some(3));
        assert_eq!(first_mark(over_and_over(vec![5, 4, 5, 0, 0, 6, 6, 5, 3, 5])), None, "six levels say little");
    }

    #[test]
    fn who_cannot_have_read_is_marked_and_who_is_known_to_nobody_is_not() {
        let once = |answers: Vec<u8>, thinking| marked(&Flagging::default(), &[(0.0, answers)], thinking)[0];
        let mixed = vec![5, 4, 5, 4, 5, 4, 4, 5, 3, 5, 4, 4];
        assert!(once(mixed.clone(), Some(4.9)));
        assert!(once(mixed.clone(), Some(5.9)), "twelve items of half a second");
        assert!(!once(mixed.clone(), Some(6.1)));
        assert!(!once(mixed, None), "sent by a program, or shown before the start");
        assert!(once(vec![5; 12], Some(17.9)) && !once(vec![5; 12], Some(18.1)), "one level everywhere");
        assert!(!once(vec![5; 6], Some(5.1)), "six items of one level are no pattern");
    }

    #[test]
    fn a_child_at_the_tablet_is_marked_and_a_queue_of_citizens_is_not() {
        let child: Vec<(f64, Vec<u8>)> = (0..30_u32).map(|n| (10.0 * f64::from(n), vec![5])).collect();
        let marks = marked_at(&Flagging::default(), &child, None, true);
        assert!(marks[..12].iter().all(|marked| !marked) && marks[12..].iter().all(|marked| *marked), "{marks:?}");
        // The same from phones is an office with contented citizens.
        assert!(marked(&Flagging::default(), &child, None).iter().all(|marked| !marked));
        // Now and then somebody else's face ends the run.
        let others: Vec<(f64, Vec<u8>)> =
            (0..100_u32).map(|n| (10.0 * f64::from(n), vec![if n % 9 == 8 { 2 } else { 5 }])).collect();
        assert!(marked_at(&Flagging::default(), &others, None, true).iter().all(|marked| !marked));
        let mut dice = ChaCha12Rng::seed_from_u64(9);
        let (mut second, mut queue) = (0.0, Vec::new());
        for _ in 0..3_000 {
            second -= 12.0 * (1.0 - dice.random::<f64>()).ln();
            let level = if dice.random::<f64>() < 0.75 {
                5
            } else {
                1 + u8::try_from(dice.random::<u32>() % 4).expect("small")
            };
            queue.push((second, vec![level]));
        }
        let false_marks = share(&marked_at(&Flagging::default(), &queue, None, true));
        assert!(false_marks <= 0.01, "{false_marks}");
        // Phones and tablet of one point are two places.
        let suspicion = Flagging::default();
        let both: Vec<(f64, Vec<u8>)> = (0..20_u32).map(|n| (2.0 * f64::from(n), vec![4])).collect();
        assert!(marked(&suspicion, &both, None).iter().all(|marked| !marked));
        assert!(!marked_at(&suspicion, &[(41.0, vec![4])], None, true)[0]);
    }

    #[test]
    fn a_form_shown_again_keeps_its_first_time_and_a_repeat_counts_once() {
        let suspicion = Flagging::default();
        let now = Instant::now() + Duration::from_secs(100);
        let answers = [5, 4, 5, 4, 5, 4, 4, 5, 3, 5];
        suspicion.shown_at(b"a", now);
        suspicion.shown_at(b"a", now + Duration::from_secs(30));
        let arrived =
            Incoming { point: "AT32X2P", from: OFFICE.into(), attempt: b"a", answers: &answers, kiosk: false };
        assert!(!suspicion.judge_at(&arrived, now + Duration::from_secs(31)));
        for _ in 0..100 {
            suspicion.judge_at(&arrived, now + Duration::from_secs(32));
            suspicion.take_back(&arrived);
        }
        assert!(!suspicion.judge_at(&arrived, now + Duration::from_secs(33)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let suspicion = Flagging::default();
        for number in 0..SHOWN_MAX + 10 {
            suspicion.shown(&number.to_be_bytes());
        }
        assert_eq!(lock(&suspicion.shown).at.len(), SHOWN_MAX);
        for number in 0..u32::try_from(PLACES_MAX + 10).expect("small") {
            let from = std::net::Ipv4Addr::from(number << 8);
            suspicion.judge(&Incoming {
                point: "AT32X2P",
                from: from.into(),
                attempt: b"a",
                answers: &[1],
                kiosk: false,
            });
        }
        assert!(lock(&suspicion.places).len() <= PLACES_MAX);
    }
}
