//! Which sheets enter shown figures together. A release is ten sheets or more of one pool, formed once and never again; a
//! figure counts it whole or not at all. So whatever figures of whatever moments are added or taken from each other, what
//! remains is made of whole releases.
//!
//! A pool is what figures of the highest unit with a plan tell apart: field, questionnaire and series, flag, respondent and
//! channel where a plan asks for them, and the stretch between two bounds of reporting periods. Each night what waits is
//! released in tens, by random keys, but for a reserve of ten to nineteen. So when a period is closed, what waits is enough
//! to enter at once. What is few even then enters with few others: of its cell, of its field, of fields that feed the same
//! indices, of any. A figure counts such a release only if all of it belongs there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tally::Series;

/// Sheets of the smallest release.
pub const LEAST: usize = 10;
/// Days after its last one on which a stretch that nobody closed is emptied.
pub const EMPTIED_AFTER_DAYS: i32 = 30;

/// No civil day lies outside of these.
const OUTERMOST: (i32, i32) = (-95_000_000, 95_000_000);

/// What cells of an index are told apart by, of one series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Field of service.
    pub field: i16,
    /// Identifier of the questionnaire.
    pub questionnaire: Arc<str>,
    pub series: Series,
}

/// Who answered through which channel, as far as a plan asks for it, and in which survey round: numbers of the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// Respondent kind; none where no plan asks.
    pub respondent: Option<i16>,
    /// Channel; none where no plan asks.
    pub channel: Option<i16>,
    /// The survey round it belongs to: its sheets enter together when the round is closed, and never with others, so that the round's
    /// own figures are made of whole releases too.
    pub round: Option<i32>,
}

/// A sheet that no figure counts yet.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub cell: Cell,
    pub kind: Kind,
    /// Whether it is flagged.
    pub suspect: bool,
    /// Its civil day, days since 1970-01-01.
    pub day: i32,
    /// Its random key.
    pub random: i64,
    /// The indices that its questionnaire feeds, a bit each; none where few sheets of it join no other cell's.
    pub joins: Option<u8>,
}

/// Sheets of a field that figures of some days count by themselves already: few others of the field wait for their own like.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Field of service.
    pub field: i16,
    pub series: Series,
    /// First and last of the days.
    pub days: (i32, i32),
}

/// The days between which figures may be asked for.
#[derive(Debug, Clone, Default)]
pub struct Bounds {
    periods: Vec<(i32, i32)>,
    starts: Vec<i32>,
}

/// Why sheets are released now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A night came, after which it is this day.
    Night {
        /// Days since 1970-01-01.
        today: i32,
    },
    /// A period of these days was closed.
    Closing {
        /// First and last day.
        days: (i32, i32),
    },
    /// A survey round was closed.
    Round {
        /// Its number.
        round: i32,
    },
    /// Sheets came all together, from a file: nobody stood at a counter.
    Loaded,
    /// The first start of a program that keeps releases.
    Upgrade,
}

/// Sheets that enter figures together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Their places in the list of those that waited.
    pub members: Vec<usize>,
    /// Days of the first and the last of them.
    pub days: (i32, i32),
    /// Whether flagged and other sheets are together, so that figures without flagged sheets leave all of it out.
    pub mixed: bool,
    /// Whether they are of several cells or kinds, so that a figure counts all of them or none.
    pub together: bool,
    /// Number of the stretch; none where sheets of several are together.
    stretch: Option<usize>,
}

impl Bounds {
    /// The bounds of these periods, first and last day of each.
    pub fn of(periods: &[(i32, i32)]) -> Self {
        let mut starts: Vec<i32> = periods.iter().flat_map(|(from, to)| [*from, to.saturating_add(1)]).collect();
        starts.sort_unstable();
        starts.dedup();
        Self { periods: periods.to_vec(), starts }
    }

    /// The number of the stretch in which a day lies.
    pub fn stretch(&self, day: i32) -> usize {
        self.starts.partition_point(|start| *start <= day)
    }

    /// First and last day of a stretch.
    fn days(&self, stretch: usize) -> (i32, i32) {
        let first = stretch.checked_sub(1).map_or(OUTERMOST.0, |before| self.starts[before]);
        (first, self.starts.get(stretch).map_or(OUTERMOST.1, |next| next - 1))
    }

    fn inside(&self, stretch: usize, (from, to): (i32, i32)) -> bool {
        let (first, last) = self.days(stretch);
        from <= first && last <= to
    }

    /// Whether every period that holds `host` holds `other` as well, so that no figure loses sheets of `host` that are released
    /// with some of `other`.
    fn takes_in(&self, host: usize, other: usize) -> bool {
        self.periods.iter().all(|period| !self.inside(host, *period) || self.inside(other, *period))
    }

    fn is_emptied(&self, stretch: usize, today: i32) -> bool {
        self.days(stretch).1.saturating_add(EMPTIED_AFTER_DAYS) < today
    }
}

/// Places of the sheets of a stretch: those without flag, flagged ones.
type Flags = [Vec<usize>; 2];

/// The releases that `waiting` form at this moment. Who is in none goes on waiting.
pub fn releases(waiting: &[Waiting], bounds: &Bounds, moment: Moment, standing: &[Standing]) -> Vec<Release> {
    let forming = Forming { waiting, bounds, standing };
    let all: Vec<usize> = (0..waiting.len()).collect();
    match moment {
        Moment::Closing { days } => {
            let inside = |place: &usize| bounds.inside(bounds.stretch(waiting[*place].day), days);
            forming.emptied(all.into_iter().filter(inside).collect(), days)
        }
        Moment::Night { today } => {
            let (over, running): (Vec<usize>, Vec<usize>) =
                all.into_iter().partition(|place| bounds.is_emptied(bounds.stretch(waiting[*place].day), today));
            // A survey round enters when it is closed, not by nights.
            let running = running.into_iter().filter(|place| waiting[*place].kind.round.is_none()).collect();
            let pools = forming.pools(running, |sheet| Some((&sheet.cell, sheet.kind))).0;
            let nights = pools.into_values().flatten();
            let nights = nights.flat_map(|(stretch, flags)| flags.map(|sheets| (stretch, sheets)));
            let mut made: Vec<Release> =
                nights.filter_map(|(stretch, sheets)| forming.night(stretch, sheets)).collect();
            let mut stretches: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for place in over {
                stretches.entry(bounds.stretch(waiting[place].day)).or_default().push(place);
            }
            for (stretch, sheets) in stretches {
                made.extend(forming.emptied(sheets, bounds.days(stretch)));
            }
            made
        }
        Moment::Round { round } => {
            let own = all.into_iter().filter(|place| waiting[*place].kind.round == Some(round));
            forming.emptied(own.collect(), OUTERMOST)
        }
        Moment::Loaded => {
            let pools = forming.pools(all, |sheet| Some((&sheet.cell, sheet.kind))).0;
            pools.into_values().flatten().flat_map(|(stretch, flags)| forming.loaded(stretch, flags)).collect()
        }
        Moment::Upgrade => {
            let pools = forming.pools(all, |sheet| Some((&sheet.cell, sheet.kind))).0;
            let kinds = pools.into_values().flatten();
            let kinds = kinds.flat_map(|(stretch, flags)| flags.map(|sheets| (stretch, sheets)));
            kinds.filter_map(|(stretch, sheets)| forming.past(stretch, sheets)).collect()
        }
    }
}

struct Forming<'a> {
    waiting: &'a [Waiting],
    bounds: &'a Bounds,
    standing: &'a [Standing],
}

impl<'a> Forming<'a> {
    /// Places by what `key` says of their sheets, and by stretch and flag; and those of which it says nothing.
    fn pools<K: Ord>(
        &self,
        places: Vec<usize>,
        key: impl Fn(&'a Waiting) -> Option<K>,
    ) -> (BTreeMap<K, BTreeMap<usize, Flags>>, Vec<usize>) {
        let (mut pools, mut rest) = (BTreeMap::new(), Vec::new());
        for place in places {
            let sheet = &self.waiting[place];
            match key(sheet) {
                Some(key) => {
                    let pool: &mut BTreeMap<usize, Flags> = pools.entry(key).or_default();
                    pool.entry(self.bounds.stretch(sheet.day)).or_default()[usize::from(sheet.suspect)].push(place);
                }
                None => rest.push(place),
            }
        }
        (pools, rest)
    }

    /// All that waits of some days. First each cell and kind by itself. What is left enters with its like, the nearest first:
    /// of its cell; of its field, where figures count no sheet of it by itself; of fields that feed the same indices; of all.
    /// What enters with other fields counts with them, whether or not its own field has a figure.
    fn emptied(&self, sheets: Vec<usize>, days: (i32, i32)) -> Vec<Release> {
        let mut made = Vec::new();
        let left = self.level(sheets, false, &mut made, |sheet| Some((&sheet.cell, sheet.kind)));
        // Sheets of a survey round stay among themselves, so that its own report counts them.
        let left = self.level(left, true, &mut made, |sheet| Some((&sheet.cell, sheet.kind.round)));
        let counted = self.counted_alone(&made, days);
        let alone = |sheet: &Waiting| !counted.contains(&(sheet.cell.field, sheet.cell.series));
        let of_field = |sheet: &'a Waiting| {
            sheet.joins.filter(|_| alone(sheet)).map(|_| (sheet.cell.field, sheet.cell.series, sheet.kind.round))
        };
        let left = self.level(left, true, &mut made, of_field);
        let left = self.level(left, true, &mut made, |sheet| {
            sheet.joins.map(|indices| (indices, sheet.cell.series, sheet.kind.round))
        });
        self.level(left, true, &mut made, |sheet| sheet.joins.map(|_| (sheet.cell.series, sheet.kind.round)));
        made
    }

    /// What enters of pools of one key; who is in none is left.
    fn level<K: Ord>(
        &self,
        sheets: Vec<usize>,
        together: bool,
        made: &mut Vec<Release>,
        key: impl Fn(&'a Waiting) -> Option<K>,
    ) -> Vec<usize> {
        let (pools, mut left) = self.pools(sheets, key);
        for pool in pools.into_values() {
            let (releases, few) = self.closing(pool);
            made.extend(releases.into_iter().map(|release| Release { together, ..release }));
            left.extend(few);
        }
        left.sort_unstable();
        left
    }

    /// Fields of which figures of these days count sheets by themselves.
    fn counted_alone(&self, made: &[Release], days: (i32, i32)) -> BTreeSet<(i16, Series)> {
        let before = self.standing.iter().filter(|known| known.days.0 <= days.1 && days.0 <= known.days.1);
        let mut alone: BTreeSet<(i16, Series)> = before.map(|known| (known.field, known.series)).collect();
        let places = made.iter().flat_map(|release| &release.members).map(|place| &self.waiting[*place].cell);
        alone.extend(places.map(|cell| (cell.field, cell.series)));
        alone
    }

    fn release(&self, stretch: Option<usize>, members: Vec<usize>) -> Release {
        let days = members.iter().map(|place| self.waiting[*place].day);
        let days = days.fold((i32::MAX, i32::MIN), |(first, last), day| (first.min(day), last.max(day)));
        let flagged = members.iter().filter(|place| self.waiting[**place].suspect).count();
        Release { days, mixed: flagged != 0 && flagged != members.len(), together: false, stretch, members }
    }

    /// All but the ten to nineteen that stay in reserve, chosen by their random keys.
    fn night(&self, stretch: usize, mut sheets: Vec<usize>) -> Option<Release> {
        let released = sheets.len().saturating_sub(LEAST) / LEAST * LEAST;
        sheets.sort_unstable_by_key(|place| (self.waiting[*place].random, *place));
        sheets.truncate(released);
        (released > 0).then(|| self.release(Some(stretch), sheets))
    }

    /// All but the last ten to nineteen; where there are fewer than twenty, all.
    fn past(&self, stretch: usize, mut sheets: Vec<usize>) -> Option<Release> {
        self.sort_by_day(&mut sheets);
        let reserve = if sheets.len() < 2 * LEAST { 0 } else { LEAST + sheets.len() % LEAST };
        sheets.truncate(sheets.len() - reserve);
        (sheets.len() >= LEAST).then(|| self.release(Some(stretch), sheets))
    }

    /// Runs of whole days of each flag; fewer than ten of one flag go with the smallest run of the other.
    fn loaded(&self, stretch: usize, flags: Flags) -> Vec<Release> {
        let (large, small): (Vec<_>, Vec<_>) = flags.into_iter().partition(|sheets| sheets.len() >= LEAST);
        let mut runs: Vec<Release> = large.into_iter().flat_map(|sheets| self.runs(stretch, sheets)).collect();
        let few = small.concat();
        if few.len() >= LEAST {
            runs.push(self.release(Some(stretch), few));
        } else if let Some(host) = runs.iter_mut().min_by_key(|release| release.members.len()) {
            self.join(host, few);
        }
        runs
    }

    /// Whole days of ten or more, so that months and days at will count most of what came in a file.
    fn runs(&self, stretch: usize, mut sheets: Vec<usize>) -> Vec<Release> {
        self.sort_by_day(&mut sheets);
        let mut runs: Vec<Vec<usize>> = Vec::new();
        for day in sheets.chunk_by(|one, next| self.waiting[*one].day == self.waiting[*next].day) {
            match runs.last_mut() {
                Some(run) if run.len() < LEAST => run.extend_from_slice(day),
                _ => runs.push(day.to_vec()),
            }
        }
        if let Some(short) = runs.pop_if(|run| run.len() < LEAST)
            && let Some(last) = runs.last_mut()
        {
            last.extend(short);
        }
        runs.into_iter().map(|run| self.release(Some(stretch), run)).collect()
    }

    fn sort_by_day(&self, sheets: &mut [usize]) {
        sheets.sort_unstable_by_key(|place| (self.waiting[*place].day, self.waiting[*place].random, *place));
    }

    /// Everything, as long as ten are together: first those of one stretch and flag; then what is left of a stretch; then what is
    /// left of several. Fewer than ten join a release that is formed now, where no figure loses by it; the rest is left.
    fn closing(&self, stretches: BTreeMap<usize, Flags>) -> (Vec<Release>, Vec<usize>) {
        let (mut made, mut few_of) = (Vec::new(), Vec::new());
        for (stretch, flags) in stretches {
            let (large, small): (Vec<_>, Vec<_>) = flags.into_iter().partition(|sheets| sheets.len() >= LEAST);
            let mut own: Vec<Release> = large.into_iter().map(|sheets| self.release(Some(stretch), sheets)).collect();
            let few = small.concat();
            if few.len() >= LEAST {
                own.push(self.release(Some(stretch), few));
            } else if let Some(host) = own.iter_mut().min_by_key(|release| release.members.len()) {
                self.join(host, few);
            } else {
                few_of.push((stretch, few));
            }
            made.extend(own);
        }
        if few_of.iter().map(|(_, few)| few.len()).sum::<usize>() >= LEAST {
            made.push(self.release(None, few_of.into_iter().flat_map(|(_, few)| few).collect()));
            return (made, Vec::new());
        }
        let mut left = Vec::new();
        for (stretch, few) in few_of {
            let hosts = made.iter_mut();
            let hosts = hosts.filter(|host| host.stretch.is_some_and(|host| self.bounds.takes_in(host, stretch)));
            match hosts.min_by_key(|host| host.members.len()) {
                Some(host) => self.join(host, few),
                None => left.extend(few),
            }
        }
        (made, left)
    }

    fn join(&self, host: &mut Release, few: Vec<usize>) {
        if !few.is_empty() {
            host.members.extend(few);
            *host = self.release(host.stretch, std::mem::take(&mut host.members));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quarter I, half-year and year begin on one day; quarter III stands alone.
    const PERIODS: [(i32, i32); 4] = [(0, 89), (0, 180), (181, 272), (0, 364)];

    fn waiting(days: &[(i32, usize)], suspect: bool) -> Vec<Waiting> {
        let cell = Cell { field: 1, questionnaire: "counter".into(), series: Series::Open };
        let sheets = days.iter().flat_map(|(day, count)| std::iter::repeat_n(*day, *count)).enumerate();
        let sheets = sheets.map(|(place, day)| Waiting {
            cell: cell.clone(),
            kind: Kind::default(),
            suspect,
            day,
            // Seven and 101 share no divisor, so the keys are different and in no order.
            random: i64::try_from(place * 7 % 101).expect("small"),
            joins: Some(1),
        });
        sheets.collect()
    }

    fn sizes(waiting: &[Waiting], moment: Moment) -> Vec<(usize, (i32, i32), bool)> {
        let made = releases(waiting, &Bounds::of(&PERIODS), moment, &[]);
        made.into_iter().map(|release| (release.members.len(), release.days, release.mixed)).collect()
    }

    #[test]
    fn a_round_enters_whole_when_it_is_closed_and_apart_from_all_others() {
        let mut all = waiting(&[(3, 25)], false);
        let of_round = waiting(&[(3, 11), (5, 12)], false).into_iter();
        all.extend(of_round.map(|sheet| Waiting { kind: Kind { round: Some(7), ..Kind::default() }, ..sheet }));
        assert_eq!(sizes(&all, Moment::Night { today: 6 }), [(10, (3, 3), false)], "no night takes some of a round");
        assert_eq!(sizes(&all, Moment::Round { round: 7 }), [(23, (3, 5), false)]);
        assert_eq!(sizes(&all, Moment::Round { round: 8 }), []);
        assert_eq!(sizes(&all, Moment::Closing { days: (0, 89) }), [(25, (3, 3), false), (23, (3, 5), false)]);
        // Too few: they wait.
        let few = waiting(&[(3, 9)], false).into_iter();
        let few: Vec<_> =
            few.map(|sheet| Waiting { kind: Kind { round: Some(7), ..Kind::default() }, ..sheet }).collect();
        assert_eq!(sizes(&few, Moment::Round { round: 7 }), []);
    }

    #[test]
    fn a_night_leaves_ten_to_nineteen_in_reserve() {
        for (waits, released) in [(9, 0), (19, 0), (20, 10), (29, 10), (30, 20), (101, 90)] {
            let made = sizes(&waiting(&[(5, waits)], false), Moment::Night { today: 6 });
            assert_eq!(made.iter().map(|(sheets, ..)| *sheets).sum::<usize>(), released, "{waits} wait");
        }
    }

    #[test]
    fn a_night_chooses_by_random_keys() {
        let waiting = waiting(&[(5, 25)], false);
        let made = releases(&waiting, &Bounds::of(&PERIODS), Moment::Night { today: 6 }, &[]);
        let highest = made[0].members.iter().map(|place| waiting[*place].random).max();
        let left = (0..25).filter(|place| !made[0].members.contains(place));
        assert!(highest < left.map(|place| waiting[place].random).min());
    }

    #[test]
    fn a_period_that_nobody_closed_is_emptied_after_thirty_days() {
        let waiting = waiting(&[(80, 13)], false);
        assert_eq!(sizes(&waiting, Moment::Night { today: 119 }), []);
        assert_eq!(sizes(&waiting, Moment::Night { today: 120 }), [(13, (80, 80), false)]);
    }

    #[test]
    fn all_that_waits_enters_at_closing() {
        assert_eq!(
            sizes(&waiting(&[(3, 4), (80, 13)], false), Moment::Closing { days: (0, 89) }),
            [(17, (3, 80), false)]
        );
        assert_eq!(sizes(&waiting(&[(3, 4), (80, 5)], false), Moment::Closing { days: (0, 89) }), [], "nine wait on");
        assert_eq!(sizes(&waiting(&[(95, 30)], false), Moment::Closing { days: (0, 89) }), [], "of another stretch");
    }

    #[test]
    fn few_flagged_sheets_enter_with_others() {
        let mut all = waiting(&[(3, 12)], false);
        all.extend(waiting(&[(4, 3)], true));
        assert_eq!(sizes(&all, Moment::Closing { days: (0, 89) }), [(15, (3, 4), true)]);
        all.extend(waiting(&[(5, 7)], true));
        assert_eq!(sizes(&all, Moment::Closing { days: (0, 89) }), [(12, (3, 3), false), (10, (4, 5), false)]);
    }

    #[test]
    fn few_of_a_quarter_count_in_the_longer_period() {
        // Six and six are nobody's quarter; twelve in the half-year.
        assert_eq!(
            sizes(&waiting(&[(10, 6), (100, 6)], false), Moment::Closing { days: (0, 180) }),
            [(12, (10, 100), false)]
        );
        // Who has quarter I in a figure has the half-year's second part in none without it: six join fourteen.
        assert_eq!(
            sizes(&waiting(&[(10, 6), (100, 14)], false), Moment::Closing { days: (0, 180) }),
            [(20, (10, 100), false)]
        );
        // Quarter III is a period of its own: it would lose its fourteen.
        let made = sizes(&waiting(&[(10, 6), (200, 14)], false), Moment::Closing { days: (0, 364) });
        assert_eq!(made, [(14, (200, 200), false)]);
    }

    /// So many sheets of a field and questionnaire that feeds these indices, on one day.
    fn of_field(field: i16, questionnaire: &str, joins: Option<u8>, day: i32, count: usize) -> Vec<Waiting> {
        let cell = Cell { field, questionnaire: questionnaire.into(), series: Series::Open };
        let sheets = waiting(&[(day, count)], false).into_iter();
        sheets.map(|sheet| Waiting { cell: cell.clone(), joins, ..sheet }).collect()
    }

    /// The fields of every release at the closing of quarter I, with its size and whether it counts as one.
    fn closed(waiting: &[Waiting], standing: &[Standing]) -> Vec<(Vec<i16>, usize, bool)> {
        let made = releases(waiting, &Bounds::of(&PERIODS), Moment::Closing { days: (0, 89) }, standing);
        let fields = |release: &Release| {
            let fields: BTreeSet<i16> = release.members.iter().map(|place| waiting[*place].cell.field).collect();
            fields.into_iter().collect()
        };
        made.iter().map(|release| (fields(release), release.members.len(), release.together)).collect()
    }

    #[test]
    fn few_of_several_fields_enter_together_first_with_their_like() {
        // 1 and 2 feed procedures, 3 and 4 public services: nine and eleven; 5 has enough by itself.
        let mut all = [of_field(1, "a", Some(1), 3, 4), of_field(2, "a", Some(1), 3, 5)].concat();
        all.extend([of_field(3, "b", Some(2), 3, 6), of_field(4, "b", Some(2), 3, 5)].concat());
        all.extend(of_field(5, "a", Some(1), 3, 30));
        assert_eq!(closed(&all, &[]), [(vec![5], 30, false), (vec![3, 4], 11, true)], "nine wait on");
        all.extend(of_field(6, "c", Some(3), 3, 1));
        assert_eq!(closed(&all, &[])[2], (vec![1, 2, 6], 10, true), "ten of any like");
        // What feeds no index is nobody's like.
        all.pop();
        all.extend(of_field(6, "c", None, 3, 1));
        assert_eq!(closed(&all, &[]).len(), 2);
    }

    #[test]
    fn few_of_one_field_enter_together() {
        let two = [of_field(1, "a", Some(1), 3, 6), of_field(1, "b", Some(1), 3, 7)].concat();
        assert_eq!(closed(&two, &[]), [(vec![1], 13, true)]);
        let standing = |days| [Standing { field: 1, series: Series::Open, days }];
        assert_eq!(
            closed(&two, &standing((5, 20)))[..],
            [(vec![1], 13, true)],
            "late ones enter as few of any field do"
        );
        assert_eq!(closed(&two[..9], &standing((5, 20))), [], "nine wait on");
        assert_eq!(closed(&two, &standing((95, 100))), [(vec![1], 13, true)], "those of other days are no matter");
        // A small questionnaire beside a large one of its field enters with few of other fields.
        let beside =
            [of_field(1, "a", Some(1), 3, 20), of_field(1, "b", Some(1), 3, 7), of_field(2, "b", Some(1), 3, 8)];
        assert_eq!(closed(&beside.concat(), &[]), [(vec![1], 20, false), (vec![1, 2], 15, true)]);
    }

    #[test]
    fn few_of_two_kinds_of_a_cell_enter_together() {
        let mut sheets = of_field(1, "a", Some(1), 3, 12);
        for sheet in &mut sheets[..5] {
            sheet.kind.channel = Some(2);
        }
        assert_eq!(closed(&sheets, &[]), [(vec![1], 12, true)]);
    }

    #[test]
    fn a_file_enters_in_runs_of_days() {
        let waiting = waiting(&[(10, 6), (11, 6), (12, 4), (13, 4), (14, 4), (15, 3), (100, 9)], false);
        assert_eq!(sizes(&waiting, Moment::Loaded), [(12, (10, 11), false), (15, (12, 15), false)]);
        let mut flagged = waiting;
        flagged.extend(super::tests::waiting(&[(13, 2)], true));
        assert_eq!(sizes(&flagged, Moment::Loaded), [(14, (10, 13), true), (15, (12, 15), false)]);
    }

    #[test]
    fn the_past_becomes_one_release_but_for_its_last_sheets() {
        let made = sizes(&waiting(&[(10, 20), (11, 7), (12, 8)], false), Moment::Upgrade);
        assert_eq!(made, [(20, (10, 10), false)], "35 less 15");
        assert_eq!(sizes(&waiting(&[(10, 12)], false), Moment::Upgrade), [(12, (10, 10), false)]);
    }
}
