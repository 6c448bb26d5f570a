//! Nobody learns from figures, whenever they were looked at, what a few people said.
//!
//! A ward lives through three months: answers every day, flagged ones, late ones, a voiding that is undone, nights, closings and
//! a second closing. Every evening all figures that anybody may ask for are noted as sets of sheets. What can be added up
//! and subtracted from them is then solved for exactly: no combination of up to four rests on one to nine sheets.

#[macro_use]
#[path = "support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use sipas::clock::day_number;
use sipas::db::{Db, NewPoint, NewUnit, NewVoiding, Sheet, Stored, UnitKind};
use sipas::index::Suspects;
use sipas::index::counted::Standing;
use sipas::index::pick;
use sipas::plan::{Channel, FieldOfService, Period, adhoc_key};
use sipas::service::figures::{Question, Shown, measure_alone};
use sipas::sheet::parts::{OF_NO_GROUP, Whole, may_tell_groups};
use sipas::sheet::tally::Series;
use sipas::survey::{ChoiceOption, Demographic, Text};

use support::{Backend, Commune, attempt, commune, fresh_db, publish, questionnaire};

/// From HOUSE and `docs/statistics.md`: fewer than ten are not shown.
const SHOWN_FROM: u64 = 10;

const PLAN: &str = r#"
key = "phu-dong"
number = "1/KH"
title_vi = "Kế hoạch"
title_en = "Plan"
unit = "xa-phu-dong"
unit_name = "Xã Phù Đổng"
parent_unit = "ha-noi"
parent_name = "Hà Nội"
dated = 2026-01-01
from = 2026-01-01
to = 2026-12-31
weights = "equal"
confidence = 0.95

[[target]]
id = "sipas"
clause = "1"
index = "sipas"
fields = ["all"]
respondents = "all"
from = 2026-01-01
to = 2026-12-31
minimum = 0.90
title_vi = "Chỉ số"
title_en = "Index"

[[period]]
key = "2026-q1"
from = 2026-01-01
to = 2026-02-10
due = 2026-02-14
clause = "1"

[[period]]
key = "2026-h1"
from = 2026-01-01
to = 2026-03-20
due = 2026-03-24
clause = "1"

[[period]]
key = "2026-q2"
from = 2026-02-11
to = 2026-03-20
due = 2026-03-24
clause = "1"
"#;

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + Days::new(number)
}

/// Numbers below a bound, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// In place of a field: that of the cell of small fields.
const OTHER_FIELDS: i16 = -1;

/// What a release holds of a unit: no figure tells its sheets apart.
type Share = (i32, i32);
/// Field and series: figures of both are sums over fields, so each is looked at by itself.
type Pool = (i16, Series);

/// The sheets of a release by what they say of the respondent: blank, then the options in their order.
type Groups = [u64; 4];

/// Figures of the ward and of groups of its respondents.
#[derive(Default)]
struct OfGroups {
    /// Every release seen.
    releases: BTreeMap<i32, Groups>,
    /// Every set of releases that a figure of the ward counted.
    figures: BTreeSet<BTreeSet<i32>>,
    /// What a period counted last.
    last: BTreeMap<String, BTreeSet<i32>>,
    /// Groups that were told: releases and option.
    told: Vec<(BTreeSet<i32>, usize)>,
}

struct Ward {
    db: Db,
    commune: Commune,
    /// Numbers of the fields, the common ones first.
    numbers: Vec<i16>,
    /// The ward and its offices, each with all units under it.
    units: Vec<Vec<i32>>,
    /// Unit and point of every counter.
    counters: Vec<(i32, i32)>,
    sent: u32,
    sheets: BTreeMap<Pool, BTreeMap<Share, u64>>,
    figures: BTreeMap<Pool, BTreeSet<BTreeSet<Share>>>,
    /// What a figure counted last: by its unit, period, flag and pool.
    last: BTreeMap<(usize, String, bool, Pool), u64>,
    groups: BTreeMap<Series, OfGroups>,
}

fn period(key: &str, from: u64, to: u64) -> Period {
    let (from, to) = (day(from), day(to));
    Period { key: key.to_owned(), from, to, due: None, assumed: false, clause: String::new() }
}

/// The plan's own, a civil month, and days at will.
fn periods() -> [Period; 5] {
    [
        period("2026-q1", 0, 40),
        period("2026-h1", 0, 78),
        period("2026-q2", 41, 78),
        period("2026-m02", 31, 58),
        period("adhoc", 7, 66),
    ]
}

impl Ward {
    fn new(db: Db) -> Self {
        let mut commune = commune(&db);
        let text = |words: &str| Text([("vi".into(), words.into())].into());
        let option = |id: &str| ChoiceOption { id: id.into(), text: text(id) };
        let mut form = questionnaire("short", 2, 5);
        form.demographics = vec![Demographic {
            id: "sex".into(),
            text: text("?"),
            options: ["male", "female", "rare"].map(option).into(),
        }];
        publish(&db, &form);
        commune.form = db.newest_form("short").expect("a form").expect("published").id;
        let field = |id: &str| FieldOfService { id: id.into(), name_vi: id.into(), name_en: id.into() };
        db.seed_fields(&["justice", "land", "labour", "traffic"].map(field)).expect("two fields that few come for");
        let fields: Vec<FieldOfService> = db
            .fields()
            .expect("fields")
            .into_iter()
            .map(|field| FieldOfService { id: field.code, name_vi: field.name_vi, name_en: field.name_en })
            .collect();
        let plan = sipas::plan::parse("phu-dong.toml", PLAN, &fields).expect("a plan");
        db.seed_plan(&plan, "hash", &serde_json::to_string(&plan).expect("JSON"), day(0)).expect("seeded");
        let mut ward = Self {
            units: vec![vec![commune.unit]],
            counters: vec![(commune.unit, 1), (commune.unit, 2)],
            numbers: db.fields().expect("fields").iter().map(|field| field.id).collect(),
            db,
            commune,
            sent: 0,
            sheets: BTreeMap::new(),
            figures: BTreeMap::new(),
            last: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        for code in ["mot-cua", "tram-y-te", "van-phong"] {
            let new = NewUnit {
                code: code.into(),
                kind: UnitKind::Office,
                name_vi: code.into(),
                name_en: code.into(),
                parent: Some("xa-phu-dong".into()),
                valid_from: day(0),
            };
            let unit = ward.db.by_nobody().add_unit(&new).expect("an office");
            let point = NewPoint {
                unit: code.into(),
                name_vi: code.into(),
                name_en: code.into(),
                form: "short".into(),
                fields: vec!["land".into(), "justice".into()],
                channel: Channel::Counter,
                opened_on: day(0),
            };
            ward.db.by_nobody().add_point(&point).expect("a point");
            let number = ward.db.points(Some(&[unit])).expect("points")[0].point;
            ward.units[0].push(unit);
            ward.units.push(vec![unit]);
            // The one-stop counter has most of the answers.
            let weight = if code == "mot-cua" { 12 } else { 2 };
            ward.counters.extend(std::iter::repeat_n((unit, number), weight));
        }
        ward
    }

    fn send(&mut self, dice: &mut Dice, today: u64) {
        let pick = usize::try_from(dice.below(self.counters.len() as u64)).expect("small");
        let back = match dice.below(40) {
            0 => dice.below(40),
            1..9 => dice.below(3),
            _ => 0,
        };
        let mut sheet: Sheet = self.commune.sheet(1, [5, 4, 3, 2, 1]);
        (sheet.key.unit, sheet.key.point) = self.counters[pick];
        sheet.key.day = day_number(day(today.saturating_sub(back)));
        sheet.key.field = match dice.below(100) {
            0..3 => self.numbers[2],
            3..6 => self.numbers[3],
            common => self.numbers[usize::from(common % 4 == 0)],
        };
        sheet.key.series = if dice.below(5) == 0 { Series::Ticket } else { Series::Open };
        sheet.key.suspect = dice.below(16) == 0;
        sheet.demographics = vec![match dice.below(20) {
            0..9 => 1,
            9..17 => 2,
            17 => 3,
            _ => 0,
        }];
        self.sent += 1;
        assert_eq!(self.db.submit_blocking(sheet.clone(), attempt(self.sent, 1)), Ok(Stored::New));
        if dice.below(10) == 0 {
            assert_eq!(self.db.submit_blocking(sheet, attempt(self.sent, 1)), Ok(Stored::Before));
        }
    }

    /// Every figure of this evening, and whether none of them fell since the last.
    fn look(&mut self, may_fall: bool) {
        for (place, units) in self.units.clone().iter().enumerate() {
            for period in periods() {
                let shown = Shown::read(&self.db, units, &period).expect("shares");
                let mut counted: BTreeMap<(bool, Pool), BTreeMap<Share, u64>> = BTreeMap::new();
                // By series, with flagged sheets and without.
                let mut of_ward: BTreeMap<(Series, bool), BTreeMap<i32, Groups>> = BTreeMap::new();
                let read = self.db.read_sums(|sums| {
                    sums.visit(units, (period.from, period.to), &mut |key, sum| {
                        for suspects in [Suspects::In, Suspects::Out] {
                            let left_out = key.suspect && suspects == Suspects::Out;
                            // A release of several fields is counted in the cell of small fields, whole.
                            let (held, field) = match shown.standing(key.unit, key.release, suspects) {
                                Standing::Held => (true, key.field),
                                Standing::Counts => (false, key.field),
                                Standing::Together(_) => (false, OTHER_FIELDS),
                            };
                            let pool = (suspects == Suspects::In, (field, key.series));
                            if !left_out && !held {
                                let shares = counted.entry(pool).or_default();
                                *shares.entry((key.unit, key.release)).or_default() += sum.sheets();
                                let of_series = of_ward.entry((key.series, suspects == Suspects::In)).or_default();
                                let groups = of_series.entry(key.release).or_default();
                                for (group, more) in groups.iter_mut().zip(sum.choices()) {
                                    *group += more;
                                }
                            }
                        }
                    })
                });
                read.expect("sums");
                for ((series, with_flagged), releases) in of_ward.into_iter().filter(|_| place == 0) {
                    let known = self.groups.entry(series).or_default();
                    let figure: BTreeSet<i32> = releases.keys().copied().collect();
                    known.releases.extend(releases);
                    if with_flagged {
                        known.last.insert(period.key.clone(), figure.clone());
                    }
                    known.figures.insert(figure);
                }
                // A figure that is gone fell to nothing.
                let known = self.last.iter_mut().filter(|((at, key, ..), _)| *at == place && *key == period.key);
                for (figure, before) in
                    known.filter(|((_, _, with_flagged, pool), _)| !counted.contains_key(&(*with_flagged, *pool)))
                {
                    assert!(may_fall || *before == 0, "{figure:?} fell from {before} to nothing");
                    *before = 0;
                }
                for ((with_flagged, pool), shares) in counted {
                    let sheets = self.sheets.entry(pool).or_default();
                    for (share, count) in &shares {
                        assert_eq!(*sheets.entry(*share).or_insert(*count), *count, "a share is counted whole");
                    }
                    let total: u64 = shares.values().sum();
                    assert!(total >= SHOWN_FROM, "{total} sheets are shown");
                    let figure = (place, period.key.clone(), with_flagged, pool);
                    let before = self.last.insert(figure.clone(), total).unwrap_or(0);
                    assert!(may_fall || before <= total, "{figure:?} fell from {before} to {total}");
                    // Every evening, a second closing among them, ten of a cell come in or none.
                    let by = total.abs_diff(before);
                    assert!(by == 0 || by >= SHOWN_FROM, "{figure:?} moved by {by} sheets");
                    self.figures.entry(pool).or_default().insert(shares.into_keys().collect());
                }
            }
        }
    }

    /// Tells the groups of a period that was closed for the first time, as [`may_tell_groups`] allows.
    fn tell_groups(&mut self, period: &str) {
        for known in self.groups.values_mut() {
            let Some(counted) = known.last.get(period) else { continue };
            let of = |option: usize| counted.iter().map(|release| known.releases[release][option]).sum::<u64>();
            let told: Vec<usize> = (1..4).filter(|option| of(*option) >= SHOWN_FROM).collect();
            let whole = |release: &i32| {
                let groups = known.releases[release];
                let mut sheets: BTreeMap<i32, u64> = BTreeMap::new();
                for (option, count) in groups.into_iter().enumerate() {
                    let group =
                        if told.contains(&option) { i32::try_from(option).expect("small") } else { OF_NO_GROUP };
                    *sheets.entry(group).or_default() += count;
                }
                Whole { release: *release, sheets }
            };
            if may_tell_groups(&counted.iter().map(whole).collect::<Vec<_>>()) {
                known.told.extend(told.into_iter().map(|option| (counted.clone(), option)));
            }
        }
    }

    fn void(&self, from: u64, to: u64, today: u64) -> i32 {
        let (unit, point) = self.counters[4];
        let new = NewVoiding {
            unit,
            point,
            from: day(from),
            to: day(to),
            suspects_only: false,
            reason: "máy tính bảng hỏng trong những ngày này".to_owned(),
            by: "lan".to_owned(),
            at: noon(today),
        };
        self.db.by_nobody().void(&new, day(today)).expect("voided").number
    }
}

fn noon(number: u64) -> DateTime<Utc> {
    day(number).and_hms_opt(12, 0, 0).expect("a time").and_utc()
}

/// A figure as coefficients of shares.
type Combination = Vec<i8>;

fn rests_on(combination: &[i8], sheets: &[u64]) -> u64 {
    combination.iter().zip(sheets).filter(|(coefficient, _)| **coefficient != 0).map(|(_, sheets)| sheets).sum()
}

/// The smallest number of sheets above none on which a sum or difference of up to four of these figures rests: all pairs, and
/// many that a seed chooses of three and four.
fn smallest(figures: &BTreeSet<BTreeSet<Share>>, shares: &BTreeMap<Share, u64>) -> u64 {
    let sheets: Vec<u64> = shares.values().copied().collect();
    let figures: Vec<Combination> =
        figures.iter().map(|figure| shares.keys().map(|share| i8::from(figure.contains(share))).collect()).collect();
    let mut least = u64::MAX;
    let mut look = |combination: &[i8]| {
        let rest = rests_on(combination, &sheets);
        least = if rest > 0 { least.min(rest) } else { least };
    };
    for (place, one) in figures.iter().enumerate() {
        look(one);
        for other in &figures[..place] {
            let less: Combination = one.iter().zip(other).map(|(one, other)| one - other).collect();
            look(&less);
        }
    }
    let mut dice = Dice(7);
    for _ in 0..40_000 {
        let mut combination = vec![0_i8; sheets.len()];
        // Differences of two differences, or a figure less three others: what people would try.
        for sign in [1, -1, -1, if dice.below(2) == 0 { 1 } else { -1 }] {
            let figure = &figures[usize::try_from(dice.below(figures.len() as u64)).expect("small")];
            combination.iter_mut().zip(figure).for_each(|(sum, figure)| *sum += sign * figure);
        }
        look(&combination);
    }
    least
}

/// The same of figures of the ward and of groups of its respondents: each group, each two of them, and each figure of the ward less every union of
/// groups that were told together.
fn smallest_of_groups(known: &OfGroups) -> u64 {
    let atoms: Vec<(i32, usize)> =
        known.releases.keys().flat_map(|release| (0..4).map(move |option| (*release, option))).collect();
    let sheets: Vec<u64> = atoms.iter().map(|(release, option)| known.releases[release][*option]).collect();
    let whole = |figure: &BTreeSet<i32>| -> Combination {
        atoms.iter().map(|(release, _)| i8::from(figure.contains(release))).collect()
    };
    let group = |(releases, option): &(BTreeSet<i32>, usize)| -> Combination {
        atoms.iter().map(|(release, own)| i8::from(own == option && releases.contains(release))).collect()
    };
    let groups: Vec<Combination> = known.told.iter().map(group).collect();
    let mut least = u64::MAX;
    for union in 1_usize..1 << groups.len() {
        let mut of_groups = vec![0_i8; atoms.len()];
        for own in (0..groups.len()).filter(|at| union >> at & 1 == 1) {
            of_groups.iter_mut().zip(&groups[own]).for_each(|(sum, own)| *sum += own);
        }
        for figure in known.figures.iter().map(whole).chain([vec![0; atoms.len()]]) {
            let less: Combination = figure.iter().zip(&of_groups).map(|(figure, groups)| figure - groups).collect();
            let rest = rests_on(&less, &sheets);
            least = if rest > 0 { least.min(rest) } else { least };
        }
    }
    least
}

#[test]
fn no_figures_of_three_months_tell_fewer_than_ten_apart() {
    let fresh = fresh_db(Backend::Sqlite);
    let mut ward = Ward::new(fresh.serve());
    let mut dice = Dice(2_026);
    let mut voiding = 0;
    for today in 0..90 {
        ward.db.release_nightly(day(today)).expect("a night");
        for _ in 0..2 + dice.below(11) {
            ward.send(&mut dice, today);
        }
        match today {
            30 => voiding = ward.void(4, 12, today),
            36 => {
                let db = ward.db.by_nobody();
                let unit = ward.counters[4].0;
                let undone = db.undo_voiding(unit, voiding, "nhầm điểm, xem biên bản", "lan", noon(today));
                assert_eq!(undone, Ok(None));
            }
            37 => voiding = ward.void(4, 11, today),
            // After groups of quarter I were told.
            58 => {
                ward.void(14, 20, today);
            }
            // Quarter I, again after it was reopened, then both periods that end together.
            44 | 52 => {
                ward.db.release_at_closing("xa-phu-dong", (day(0), day(40)), day(today)).expect("closed");
            }
            82 => {
                ward.db.release_at_closing("xa-phu-dong", (day(41), day(78)), day(today)).expect("closed");
                ward.db.release_at_closing("xa-phu-dong", (day(0), day(78)), day(today)).expect("closed");
            }
            _ => {}
        }
        ward.look([30, 37, 58].contains(&today));
        match today {
            44 => ward.tell_groups("2026-q1"),
            82 => ward.tell_groups("2026-q2"),
            _ => {}
        }
    }
    assert!(ward.db.check().expect("a check-up").is_well());
    let offices = ward.last.iter().filter(|((place, ..), _)| *place > 0).count();
    assert!(offices > 8, "{offices} figures of offices");
    assert!(ward.figures.contains_key(&(OTHER_FIELDS, Series::Open)), "few sheets of rare fields entered together");
    let mut undivided = u64::MAX;
    for (pool, figures) in &ward.figures {
        let shares = &ward.sheets[pool];
        let least = smallest(figures, shares);
        assert!(least >= SHOWN_FROM, "{least} sheets of {pool:?} can be told apart");
        // Had an office's figure counted its share of every release at once, the same attack would have won.
        let mut at_once = figures.clone();
        for units in &ward.units[1..] {
            at_once.extend(figures.iter().map(|figure| {
                figure.iter().filter(|(unit, _)| units.contains(unit)).copied().collect::<BTreeSet<Share>>()
            }));
        }
        undivided = undivided.min(smallest(&at_once, shares));
    }
    let mut told = 0;
    for (series, known) in &ward.groups {
        told += known.told.len();
        let least = smallest_of_groups(known);
        assert!(least >= SHOWN_FROM, "{least} sheets of {series:?} can be told apart by groups");
    }
    assert!(told >= 4, "{told} groups were told");
    assert!(undivided < SHOWN_FROM, "the attack finds what is there to be found: {undivided}");
}

/// Days on which sheets of the next test came.
const DAYS: u64 = 16;

/// Of each of some days thirty sheets or more about one field, which are a release. Everybody answers criteria 1, 3 and 4, two of three people
/// criterion 0, and one of twenty criterion 2. The people of each day who answered each criterion.
fn sheets_with_blanks(ward: &Ward) -> Vec<[u64; 5]> {
    let mut dice = Dice(41);
    let (mut sheets, mut people) = (Vec::new(), Vec::new());
    for number in 0..DAYS {
        let mut of_day = [0; 5];
        for _ in 0..30 + dice.below(10) {
            let mut answers = [5 - u8::from(dice.below(3) == 0), 5, 5, 4, 3];
            if dice.below(3) == 0 {
                answers[0] = 0;
            }
            // Not used.
            if dice.below(20) > 0 {
                answers[2] = 6;
            }
            for (count, answer) in of_day.iter_mut().zip(answers) {
                *count += u64::from((1..=5).contains(&answer));
            }
            let mut sheet = ward.commune.sheet(1, answers);
            sheet.key.day = day_number(day(number));
            sheet.demographics = vec![0];
            sheets.push(sheet);
        }
        people.push(of_day);
    }
    ward.db.load_sheets(sheets).expect("stored");
    people
}

#[test]
fn no_two_sets_of_days_differ_by_a_few_answers_of_a_criterion() {
    let fresh = fresh_db(Backend::Sqlite);
    let ward = Ward::new(fresh.serve());
    let people = sheets_with_blanks(&ward);
    assert!(people.iter().any(|day| (1..SHOWN_FROM).contains(&day[2])), "somewhere a few answered criterion 2");
    let counts = |period: String| -> [Option<u64>; 5] {
        let question = Question {
            plan: "phu-dong".to_owned(),
            period,
            unit: None,
            series: Series::Open,
            suspects: Suspects::In,
            live: false,
            today: day(60),
        };
        let report = measure_alone(&ward.db, &question).expect("figures").report;
        let field = report.fields.iter().find_map(|node| node.shown()).expect("a field").field.clone();
        std::array::from_fn(|item| {
            let found = pick::criterion(&report, &field, &format!("item{item}"));
            found.map(|(_, criterion)| criterion.levels.iter().sum())
        })
    };
    let mut windows: BTreeMap<(u64, u64), [Option<u64>; 5]> = BTreeMap::new();
    for from in 0..DAYS {
        for to in from..DAYS {
            windows.insert((from, to), counts(adhoc_key(day(from), day(to))));
        }
    }
    windows.insert((0, 40), counts("2026-q1".to_owned()));
    windows.insert((0, 78), counts("2026-h1".to_owned()));
    // The plan's own periods hold all of it, whatever each day has.
    let all = |item: usize| people.iter().map(|day| day[item]).sum::<u64>();
    assert_eq!(windows[&(0, 40)], std::array::from_fn(|item| Some(all(item))));
    for (one, outer) in &windows {
        for (other, inner) in windows.iter().filter(|(other, _)| one.0 <= other.0 && other.1 <= one.1) {
            for (item, pair) in outer.iter().zip(inner).enumerate() {
                let (Some(of_outer), Some(of_inner)) = pair else { continue };
                let differ = of_outer - of_inner;
                assert!(differ == 0 || differ >= SHOWN_FROM, "criterion {item} of {one:?} and {other:?}: {differ}");
            }
        }
    }
    // What everybody answered is told of any days; what few did of none, though ten did together.
    let at_will = || windows.iter().filter(|((_, to), _)| *to < DAYS);
    assert!(at_will().all(|(_, found)| found[1].is_some() && found[3].is_some()));
    assert!(at_will().all(|(_, found)| found[2].is_none()));
    assert!(all(2) >= SHOWN_FROM, "{} answered criterion 2", all(2));
}
