//! Tallies: folded with the sheets, released in groups, recounted, repaired.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use sipas::clock::date_of;
use sipas::db::{Db, NewPoint, NewUnit, Sheet, SheetFilter, Stored, TallyFilter, UnitKind};
use sipas::plan::Channel;
use sipas::sheet::tally::{Mode, Respondent, Series, Tally, TallyKey};

use crate::inputs;
use crate::support::{Backend, Commune, attempt, commune, fresh_db, some_day};

fn all_days(live: bool) -> TallyFilter {
    TallyFilter { units: None, from: some_day() - Days::new(400), to: some_day() + Days::new(400), live }
}

/// Sheets of a point in the figures.
fn shown(db: &Db, point: i32, live: bool) -> u64 {
    let tallies = db.tallies(&all_days(live)).expect("tallies");
    tallies.iter().filter(|(key, _)| key.point == point).map(|(_, tally)| tally.sheets).sum()
}

/// Sheets of a unit in the figures.
fn shown_in(db: &Db, unit: i32, live: bool) -> u64 {
    let tallies = db.tallies(&TallyFilter { units: Some(vec![unit]), ..all_days(live) }).expect("tallies");
    tallies.iter().map(|(_, tally)| tally.sheets).sum()
}

/// Two wards with nobody above both, each with its point 1.
fn two_wards(db: &Db) -> [Commune; 2] {
    let commune = commune(db);
    let new = NewUnit {
        code: "xa-khac".into(),
        kind: UnitKind::Commune,
        name_vi: "Xã Khác".into(),
        name_en: "Other commune".into(),
        parent: None,
        valid_from: some_day(),
    };
    let unit = db.by_nobody().add_unit(&new).expect("a unit");
    let point = NewPoint {
        unit: "xa-khac".into(),
        name_vi: "Quầy".into(),
        name_en: "Counter".into(),
        form: "short".into(),
        fields: vec!["land".into(), "justice".into()],
        channel: Channel::Counter,
        opened_on: some_day(),
    };
    let code = db.by_nobody().add_point(&point).expect("a point");
    let other = Commune { unit, fields: commune.fields, form: commune.form, codes: [code.clone(), code] };
    [commune, other]
}

/// Twenty answers at point 1 of each.
fn twenty_each(db: &Db, wards: &[Commune; 2], from: u32) {
    for (place, ward) in wards.iter().enumerate() {
        for number in 0..20 {
            let place = u32::try_from(place).expect("small");
            submit(db, ward.sheet(1, [4; 5]), from + 40 * place + number);
        }
    }
}

fn submit(db: &Db, sheet: Sheet, number: u32) {
    assert_eq!(db.submit_blocking(sheet, attempt(number, 1)), Ok(Stored::New));
}

fn recount(db: &Db) -> BTreeMap<TallyKey, Tally> {
    let mut sums: BTreeMap<TallyKey, Tally> = BTreeMap::new();
    db.for_each_sheet(&SheetFilter::default(), |sheet| {
        let layout = &db.form_by_id(sheet.key.form).expect("a form").layout;
        sums.entry(sheet.key).or_insert_with(|| Tally::empty(layout)).add(layout, &sheet.answers, &sheet.demographics);
        ControlFlow::Continue(())
    })
    .expect("every sheet");
    sums
}

fn live(db: &Db) -> BTreeMap<TallyKey, Tally> {
    db.tallies(&all_days(true)).expect("tallies").into_iter().collect()
}

on_both! {
    fn a_night_releases_tens_and_keeps_ten_to_nineteen(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let night = |days: u64| db.release_nightly(some_day() + Days::new(days)).expect("a night");
        for number in 1..=24_u32 {
            let mut sheet = commune.sheet(1 + i32::try_from(number % 2).expect("small"), [4; 5]);
            // Points, days and respondents fill one pool together.
            sheet.key.day += i32::try_from(number % 3).expect("small");
            sheet.key.respondent = if number % 2 == 0 { Respondent::Person } else { Respondent::Organisation };
            submit(&db, sheet, number);
        }
        let both = |live: bool| shown(&db, 1, live) + shown(&db, 2, live);
        assert_eq!((both(false), both(true)), (0, 24), "nothing moves by day");
        assert_eq!((night(1), both(false)), (Some(10), 10), "24 less ten, rounded down to tens");
        submit(&db, commune.sheet(1, [4; 5]), 25);
        assert_eq!((night(1), both(false)), (None, 10), "once a day, however often it is asked for");
        let db = fresh.serve_again(db);
        assert_eq!(db.release_nightly(some_day() + Days::new(1)), Ok(None), "nor after a restart");
        for number in 26..=30 {
            submit(&db, commune.sheet(2, [4; 5]), number);
        }
        assert_eq!(db.release_nightly(some_day() + Days::new(2)), Ok(Some(10)), "20 wait");
        assert_eq!((live(&db), db.rebuild_tallies()), (recount(&db), Ok(0)));
        assert!(db.check().expect("a check-up").is_well());
    }

    fn a_night_that_broke_off_goes_on_and_no_ward_has_two_releases_in_it(fresh) {
        let db = fresh.serve();
        let wards = two_wards(&db);
        twenty_each(&db, &wards, 0);
        let night = some_day() + Days::new(1);
        let looks = Cell::new(0);
        let once = || looks.replace(looks.get() + 1) == 0;
        assert_eq!(db.release_nightly_while(night, &once), Ok(Some(10)), "one ward, then the server stops");
        let of_wards = |live| wards.each_ref().map(|ward| shown_in(&db, ward.unit, live));
        let first = of_wards(false);
        assert_eq!(first.iter().sum::<u64>(), 10);
        twenty_each(&db, &wards, 100);
        assert!(db.release_nightly_while(night, &|| true).expect("the rest of the night") >= Some(10));
        for (before, after) in first.iter().zip(of_wards(false)) {
            assert!(*before == 0 || *before == after, "what had its release waits for the next night");
            assert!(after >= 10);
        }
        assert_eq!(db.release_nightly(night), Ok(None));
        assert_eq!((live(&db), db.rebuild_tallies()), (recount(&db), Ok(0)));
    }

    fn a_ward_whose_rows_cannot_be_read_keeps_no_other_ward_from_its_release(fresh) {
        let db = fresh.serve();
        let wards = two_wards(&db);
        twenty_each(&db, &wards, 0);
        let [bad, good] = wards.each_ref().map(|ward| ward.unit);
        fresh.sql(&format!("UPDATE sheet SET series = 77 WHERE unit_id = {bad}"));
        let night = some_day() + Days::new(1);
        assert_eq!(db.release_nightly(night), Ok(Some(10)));
        assert_eq!([bad, good].map(|unit| shown_in(&db, unit, false)), [0, 10]);
        assert_eq!(db.release_nightly(night), Ok(None), "the night is over");
        // Mended, it has its release in the next night.
        fresh.sql(&format!("UPDATE sheet SET series = 3 WHERE unit_id = {bad}"));
        assert_eq!(db.release_nightly(night + Days::new(1)), Ok(Some(10)));
        assert_eq!([bad, good].map(|unit| shown_in(&db, unit, false)), [10, 10]);
    }

    fn a_closing_reads_no_other_ward(fresh) {
        let db = fresh.serve();
        let wards = two_wards(&db);
        twenty_each(&db, &wards, 0);
        let [bad, good] = wards.each_ref().map(|ward| ward.unit);
        fresh.sql(&format!("UPDATE sheet SET series = 77 WHERE unit_id = {bad}"));
        let ever = (NaiveDate::MIN, NaiveDate::MAX);
        assert_eq!(db.would_enter("xa-khac", ever, some_day() + Days::new(1)), Ok((20, 20)));
        assert_eq!(db.release_at_closing("xa-khac", ever, some_day()), Ok(20));
        assert_eq!([bad, good].map(|unit| shown_in(&db, unit, false)), [0, 20]);
    }

    fn fields_series_and_flagged_answers_do_not_fill_each_others_releases(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let kinds = [(0, Series::Open, false), (1, Series::Open, false), (0, Series::Ticket, false), (0, Series::Open, true)];
        let mut number = 0;
        for (count, (field, series, suspect)) in [19, 20, 19, 19].into_iter().zip(kinds) {
            for _ in 0..count {
                number += 1;
                let mut sheet = commune.sheet(1, [4; 5]);
                (sheet.key.field, sheet.key.series, sheet.key.suspect) = (commune.fields[field], series, suspect);
                submit(&db, sheet, number);
            }
        }
        assert_eq!(db.release_nightly(some_day() + Days::new(1)), Ok(Some(10)));
        let tallies = db.tallies(&all_days(false)).expect("tallies");
        assert!(tallies.iter().all(|(key, _)| key.field == commune.fields[1]));
        assert_eq!(live(&db), recount(&db));
        // A closing takes all: nineteen, the ten that were left, nineteen, and the nineteen flagged ones by themselves.
        let ever = (NaiveDate::MIN, NaiveDate::MAX);
        assert_eq!(db.release_at_closing("xa-phu-dong", ever, some_day()), Ok(19 + 10 + 19 + 19));
        assert_eq!((live(&db), db.tallies(&all_days(false)).expect("tallies").len()), (recount(&db), 4));
    }

    fn tallies_are_read_for_a_period_with_both_ends_and_for_units(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let sheets = (0..10).map(|days| {
            let mut sheet = commune.sheet(1, [5, 4, 3, 6, 0]);
            sheet.key.day += days;
            sheet
        });
        db.load_sheets(sheets.collect()).expect("loaded");
        let days = |units: Option<Vec<i32>>, from: u64, to: u64| -> Vec<NaiveDate> {
            let (from, to) = (some_day() + Days::new(from), some_day() + Days::new(to));
            let tallies = db.tallies(&TallyFilter { units, from, to, live: false }).expect("tallies");
            tallies.iter().map(|(key, _)| date_of(key.day)).collect()
        };
        assert_eq!(days(None, 2, 4), [2, 3, 4].map(|days| some_day() + Days::new(days)));
        assert_eq!(days(Some(vec![commune.unit, commune.unit]), 2, 2).len(), 1, "a unit named twice counts once");
        assert_eq!(days(Some(vec![commune.unit + 1]), 0, 9).len(), 0);
        let first = &db.tallies(&all_days(false)).expect("tallies")[0].1;
        // Items 1–3 are "access" with 5, 4, 3: y = 2, m = 3, x = 12; items 4–5 are "results": not used, blank.
        assert_eq!((first.sheets, first.sums.as_slice()), (1, &[2, 3, 12, 0, 0, 0][..]));
        assert_eq!(first.section_sheets, [1, 0]);
    }

    fn loaded_sheets_count_at_once_with_what_waits(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        submit(&db, commune.sheet(1, [4; 5]), 1);
        let many: Vec<Sheet> = (0..3_000_i32)
            .map(|number| {
                let mut sheet = commune.sheet(1 + number % 2, [u8::try_from(number % 6).expect("small"); 5]);
                sheet.key.day -= number % 300;
                sheet
            })
            .collect();
        db.load_sheets(many.clone()).expect("loaded");
        db.load_sheets(many).expect("loaded again");
        // The one that waited is of a day of the file, and goes with its run.
        assert_eq!((shown(&db, 1, false), shown(&db, 2, false)), (3_001, 3_000));
        assert_eq!(shown(&db, 1, true), 3_001);
        assert_eq!(live(&db), recount(&db));
        let mut bad = commune.sheet(1, [4; 5]);
        bad.key.point = 9;
        assert!(db.load_sheets(vec![commune.sheet(1, [4; 5]), bad]).is_err());
        assert_eq!(db.count_sheets(), Ok(6_001), "nothing half done");
    }

    fn sheets_are_read_page_by_page_once_each_in_the_order_of_their_key(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let sheets: Vec<Sheet> = (0..9_500_i32)
            .map(|number| {
                let mut sheet = commune.sheet(1, [u8::try_from(number % 7).expect("small"); 5]);
                sheet.key.day += number % 2;
                sheet
            })
            .collect();
        db.load_sheets(sheets.clone()).expect("loaded");
        let mut read: Vec<Sheet> = Vec::new();
        db.for_each_sheet(&SheetFilter::default(), |sheet| {
            read.push(sheet.clone());
            ControlFlow::Continue(())
        })
        .expect("read");
        assert!(read.is_sorted_by_key(|sheet| sheet.key.day));
        let by_content = |mut sheets: Vec<Sheet>| {
            sheets.sort_by_key(|sheet| (sheet.key, sheet.answers.clone()));
            sheets
        };
        assert!(by_content(read) == by_content(sheets));

        let second = some_day() + Days::new(1);
        let filter = SheetFilter { units: Some(vec![commune.unit]), from: Some(second), to: Some(second) };
        let mut n_read = 0;
        db.for_each_sheet(&filter, |sheet| {
            assert_eq!(date_of(sheet.key.day), second);
            n_read += 1;
            if n_read == 4_500 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .expect("read");
        assert_eq!(n_read, 4_500, "broken off in the second page");
    }

    fn spoiled_tallies_are_found_and_made_anew(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        db.load_sheets((0..20).map(|_| commune.sheet(1, [4; 5])).collect()).expect("loaded");
        let mut other_day = commune.sheet(1, [2; 5]);
        other_day.key.day += 1;
        db.load_sheets(vec![other_day; 10]).expect("loaded");
        for number in 1..=3 {
            submit(&db, commune.sheet(2, [5; 5]), number);
        }
        assert_eq!(db.rebuild_tallies(), Ok(0), "nothing to repair");
        let day = some_day().signed_duration_since(NaiveDate::default()).num_days();
        // One tally lost, one unreadable, one of sheets that never were.
        fresh.sql(&format!(
            "DELETE FROM tally WHERE day = {day} AND point_id = 1; \
             UPDATE tally SET body = substr(body, 2) WHERE day = {};",
            day + 1
        ));
        let checkup = db.check().expect("a check-up");
        let said: Vec<_> = checkup.findings.iter().filter(|finding| !finding.well).map(|finding| &finding.words).collect();
        assert_eq!(said, ["2 tallies differ from the recount of 33 sheets; run `sipas doctor --rebuild`"]);
        assert_eq!(db.rebuild_tallies(), Ok(2));
        assert_eq!(live(&db), recount(&db));
        assert_eq!((shown(&db, 1, false), shown(&db, 2, false)), (30, 0), "what was right still waits");
        assert!(db.check().expect("a check-up").is_well());
    }
}

/// One step of the property test: sheets sent together, some of them again.
#[derive(Debug, Clone)]
struct Step {
    sheet: (i32, i32, usize, u8, bool, [u8; 5]),
    attempt: u32,
    tag: u8,
}

fn step() -> impl Strategy<Value = Step> {
    let sheet = (1..=2_i32, 0..=2_i32, 0..=1_usize, 0..4_u8, any::<bool>(), prop::array::uniform5(0..=6_u8));
    (sheet, 0..40_u32, 0..2_u8).prop_map(|(sheet, attempt, tag)| Step { sheet, attempt, tag })
}

fn sheet_of(commune: &Commune, step: &Step) -> Sheet {
    let (point, days, field, kind, suspect, answers) = step.sheet;
    let mut sheet = commune.sheet(point, answers);
    sheet.key.day += days;
    sheet.key.field = commune.fields[field];
    sheet.key.suspect = suspect;
    (sheet.key.series, sheet.key.mode, sheet.key.respondent) = match kind {
        0 => (Series::Open, Mode::Phone, Respondent::Person),
        1 => (Series::Ticket, Mode::Kiosk, Respondent::Person),
        2 => (Series::Sample, Mode::Interview, Respondent::Organisation),
        _ => (Series::Open, Mode::Paper, Respondent::Person),
    };
    sheet
}

/// Whatever is sent in whatever batches, with retries and attempts used twice: each attempt is stored at most once,
/// and the tallies equal the recount.
fn tallies_equal_the_recount_after(backend: Backend, rounds: &[Vec<Step>]) {
    let fresh = fresh_db(backend);
    let db = fresh.serve();
    let commune = commune(&db);
    let mut known: BTreeMap<u32, u8> = BTreeMap::new();
    for round in rounds {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = round
                .iter()
                .map(|step| {
                    let (db, sheet) = (&db, sheet_of(&commune, step));
                    scope.spawn(move || db.submit_blocking(sheet, attempt(step.attempt, step.tag)))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("an answer").expect("stored")).collect()
        });
        for (step, answer) in round.iter().zip(&answers) {
            if *answer == Stored::New {
                assert_eq!(known.insert(step.attempt, step.tag), None, "an attempt was stored twice");
            }
        }
        for (step, answer) in round.iter().zip(&answers) {
            let same = known[&step.attempt] == step.tag;
            assert_eq!(*answer == Stored::OtherContent, !same, "{step:?}");
        }
    }
    assert_eq!(db.count_sheets(), Ok(known.len() as u64));
    let recounted = recount(&db);
    assert_eq!(live(&db), recounted);
    // A night releases tens of one field, series and flag, and leaves ten to nineteen.
    db.release_nightly(some_day() + Days::new(3)).expect("a night");
    assert_eq!(live(&db), recounted, "releasing changes no sum");
    let mut pools: BTreeMap<(i16, Series, bool), (u64, u64)> = BTreeMap::new();
    for (key, tally) in &recounted {
        pools.entry((key.field, key.series, key.suspect)).or_default().0 += tally.sheets;
    }
    for (key, tally) in db.tallies(&all_days(false)).expect("tallies") {
        pools.entry((key.field, key.series, key.suspect)).or_default().1 += tally.sheets;
    }
    assert!(pools.values().all(|(all, released)| *released == all.saturating_sub(10) / 10 * 10), "{pools:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: inputs::cases(12), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tallies_equal_the_recount_on_sqlite(rounds in prop::collection::vec(prop::collection::vec(step(), 1..12), 1..6)) {
        tallies_equal_the_recount_after(Backend::Sqlite, &rounds);
    }

    #[test]
    fn tallies_equal_the_recount_on_postgresql(rounds in prop::collection::vec(prop::collection::vec(step(), 1..12), 1..6)) {
        tallies_equal_the_recount_after(Backend::Postgres, &rounds);
    }
}
