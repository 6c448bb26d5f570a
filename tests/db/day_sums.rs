//! Sums of whole days: the same as their tallies, whenever they were made and whatever changed since.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{Days, Duration};
use sipas::clock::{date_of, now};
use sipas::db::{Db, NewVoiding, Sheet, Sizes, Stored, TallyFilter};
use sipas::index::Suspects;
use sipas::service::figures::{Question, measure_beside};
use sipas::sheet::day_sum::{DaySum, SumKey};
use sipas::sheet::tally::{Mode, Respondent, Series};

use crate::support::{Backend, Commune, attempt, commune, fresh_db, some_day};

/// What figures read: every sum of the year around.
fn read(db: &Db, units: &[i32]) -> BTreeMap<SumKey, DaySum> {
    let (from, to) = (some_day() - Days::new(400), some_day() + Days::new(400));
    let mut found = BTreeMap::new();
    db.read_sums(|sums| {
        sums.visit(units, (from, to), &mut |key, sum| {
            assert!(found.insert(*key, sum.clone()).is_none(), "{key:?} came twice");
        })
    })
    .expect("sums");
    found
}

/// The same from the tallies themselves.
fn added_up(db: &Db, units: &[i32]) -> BTreeMap<SumKey, DaySum> {
    let (from, to) = (some_day() - Days::new(400), some_day() + Days::new(400));
    let filter = TallyFilter { units: Some(units.to_vec()), from, to, live: false };
    let mut sums: BTreeMap<SumKey, DaySum> = BTreeMap::new();
    for (key, release, tally) in db.tallies_of_releases(&filter).expect("tallies") {
        let layout = &db.form_by_id(key.form).expect("a form").layout;
        sums.entry(SumKey::of(&key, release)).or_insert_with(|| DaySum::empty(layout)).add_tally(key.mode, &tally);
    }
    sums
}

/// Sheets of every kind over twelve days before `some_day`, some of them with nothing answered.
fn many(commune: &Commune) -> Vec<Sheet> {
    let modes = [Mode::Phone, Mode::Kiosk, Mode::Paper, Mode::Telephone, Mode::Interview];
    let sheets = (0..400_u32).map(|number| {
        let place = usize::try_from(number).expect("small");
        let level = u8::try_from(number % 7).expect("small");
        let mut sheet = commune.sheet(1 + i32::try_from(number % 2).expect("small"), [level, 4, 0, 5, level]);
        sheet.key.day -= i32::try_from(number / 34).expect("small");
        sheet.key.mode = modes[place % 5];
        sheet.key.series = if number % 9 == 0 { Series::Ticket } else { Series::Open };
        sheet.key.respondent = if number % 4 == 0 { Respondent::Organisation } else { Respondent::Person };
        sheet.key.suspect = number % 11 == 0;
        sheet
    });
    sheets.collect()
}

fn days_of(sums: &BTreeMap<SumKey, DaySum>) -> BTreeSet<i32> {
    sums.keys().map(|key| key.day).collect()
}

on_both! {
    fn days_that_are_over_are_added_up_and_nothing_that_is_read_changes(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        db.load_sheets(many(&commune)).expect("loaded");
        let units = [commune.unit];
        let before = read(&db, &units);
        assert_eq!(before, added_up(&db, &units));
        // A day has at least its open sheets without flag: of point 1 from people and organisations, of point 2 from people.
        assert!(before.len() >= 12 * 3 && days_of(&before).len() == 12);
        // The day before the last is the last that is over.
        assert_eq!(db.keep_day_sums(some_day()).expect("kept"), 11);
        assert_eq!(db.keep_day_sums(some_day()).expect("kept"), 0, "a day is added up once");
        assert_eq!(read(&db, &units), before);
        let checkup = db.check().expect("a check-up");
        let said = checkup.findings.iter().find(|finding| finding.what == "day sums").expect("a finding");
        assert!(said.well && said.words.contains("11 days"), "{}", said.words);
        // One transaction holds sixteen days.
        assert_eq!(db.keep_day_sums(some_day() + Days::new(1)).expect("kept"), 1);
        assert_eq!(read(&db, &units), before);
    }

    fn a_late_answer_counts_on_a_day_that_was_added_up(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        db.load_sheets(many(&commune)).expect("loaded");
        let units = [commune.unit];
        assert_eq!(db.keep_day_sums(some_day()).expect("kept"), 11);
        let before = read(&db, &units);
        // Twenty, ten of which the night releases; one loaded kind may already have left some waiting.
        for number in 1..=20_u32 {
            let mut sheet = commune.sheet(1, [1; 5]);
            sheet.key.day -= 2;
            assert_eq!(db.submit_blocking(sheet, attempt(number, 1)), Ok(Stored::New));
        }
        assert_eq!((&read(&db, &units), &added_up(&db, &units)), (&before, &before));
        assert_eq!(db.release_nightly(some_day()), Ok(Some(10)));
        let after = read(&db, &units);
        assert_eq!(after, added_up(&db, &units));
        assert!(after != before);
        assert_eq!(db.keep_day_sums(some_day()).expect("kept"), 1, "only the day that changed");
        assert_eq!(read(&db, &units), added_up(&db, &units));
    }

    fn voiding_and_its_undoing_reach_days_that_were_added_up(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        db.load_sheets(many(&commune)).expect("loaded");
        let units = [commune.unit];
        let today = some_day() + Days::new(30);
        assert_eq!(db.keep_day_sums(today).expect("kept"), 12);
        let before = read(&db, &units);
        let new = NewVoiding {
            unit: commune.unit,
            point: 1,
            from: some_day() - Days::new(5),
            to: some_day() - Days::new(3),
            suspects_only: false,
            reason: "máy tính bảng hỏng trong ba ngày này".to_owned(),
            by: "quan-tri".to_owned(),
            at: now() - Duration::days(1),
        };
        let number = db.by_nobody().void(&new, today).expect("voided").number;
        let voided = read(&db, &units);
        let of_voided = |key: &SumKey| key.point == 1 && (new.from..=new.to).contains(&date_of(key.day));
        assert!(before.keys().any(of_voided) && !voided.keys().any(of_voided));
        db.keep_day_sums(today).expect("kept");
        assert_eq!(read(&db, &units), voided);
        db.by_nobody().undo_voiding(commune.unit, number, "máy vẫn ghi đúng, đã kiểm tra", "quan-tri", now()).expect("undone");
        assert_eq!(read(&db, &units), before);
    }

    fn answers_that_come_while_days_are_added_up_are_in_the_sums(fresh) {
        let db = fresh.serve_with(Sizes { writers: 3, ..Sizes::default() });
        let commune = commune(&db);
        let units = [commune.unit];
        let (left, mut night) = (AtomicU32::new(4), 0);
        std::thread::scope(|scope| {
            for thread in 0..4_u32 {
                let (db, commune, left) = (&db, &commune, &left);
                scope.spawn(move || {
                    for number in 0..40 {
                        let mut sheet = commune.sheet(1 + i32::try_from(thread % 2).expect("small"), [4; 5]);
                        sheet.key.day -= i32::try_from(number % 3).expect("small");
                        let attempt = attempt(1 + 40 * thread + number, 1);
                        assert_eq!(db.submit_blocking(sheet, attempt), Ok(Stored::New));
                    }
                    left.fetch_sub(1, Ordering::Relaxed);
                });
            }
            while left.load(Ordering::Relaxed) > 0 {
                night += 1;
                db.release_nightly(some_day() - Days::new(night)).expect("a night");
                db.keep_day_sums(some_day() + Days::new(1)).expect("kept");
            }
        });
        db.release_nightly(some_day() + Days::new(1)).expect("a night");
        db.keep_day_sums(some_day() + Days::new(1)).expect("kept");
        assert_eq!(read(&db, &units), added_up(&db, &units));
        // One pool of 160 sheets keeps ten, whichever writer stored them.
        let stored: u64 = read(&db, &units).values().map(DaySum::sheets).sum();
        assert_eq!(stored, 150);
    }

    fn sums_that_differ_are_found_and_set_right(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        db.load_sheets(many(&commune)).expect("loaded");
        let units = [commune.unit];
        let before = read(&db, &units);
        db.keep_day_sums(some_day() + Days::new(1)).expect("kept");
        let day = sipas::clock::day_number(some_day()) - 1;
        // As a disk might: the sums of the day before stand in this row.
        fresh.sql(&format!(
            "UPDATE day_sum SET sums = (SELECT other.sums FROM day_sum other WHERE other.day = {}) WHERE day = {day}",
            day - 1
        ));
        fresh.sql(&format!("DELETE FROM day_sum WHERE day = {}", day - 3));
        let checkup = db.check().expect("a check-up");
        let said = checkup.findings.iter().find(|finding| finding.what == "day sums").expect("a finding");
        assert!(!said.well && said.words.contains("2 days differ"), "{}", said.words);
        db.rebuild_tallies().expect("rebuilt");
        assert!(db.check().expect("a check-up").is_well());
        assert_eq!(read(&db, &units), before);
    }
}

/// Every figure of a ward's and a commune's plan, flagged answers in and out, as JSON.
fn figures(db: &Db) -> Vec<String> {
    let mut found = Vec::new();
    for plan in db.plans().expect("plans").into_iter().map(|stored| stored.plan) {
        for period in &plan.periods {
            for suspects in [Suspects::In, Suspects::Out] {
                let question = Question {
                    plan: plan.key.clone(),
                    period: period.key.clone(),
                    unit: None,
                    series: Series::Open,
                    suspects,
                    live: false,
                    today: period.to,
                };
                let (measured, beside) = measure_beside(db, &question).expect("figures");
                let beside = beside.map(|without| without.targets);
                found.push(serde_json::to_string(&(measured.report, measured.flagged, beside)).expect("JSON"));
            }
        }
    }
    found
}

#[test]
fn figures_from_sums_of_days_are_those_from_tallies_to_the_last_digit() {
    let fresh = fresh_db(Backend::Sqlite);
    let mut fill = Command::new(env!("CARGO_BIN_EXE_sipas"));
    fill.args(["demo", "--responses", "6000", "--seed", "2", "--until", "2026-11-20"]);
    assert!(fill.env("SIPAS_DATABASE_URL", fresh.address()).output().expect("the program runs").status.success());
    let db = Db::open(fresh.url()).expect("a database");
    assert_eq!(db.keep_day_sums(sipas::clock::today()).expect("kept"), 0, "the command has added them up");
    let kept = figures(&db);
    assert!(kept.iter().any(|report| report.contains("\"verdict\":\"met\"")), "there are figures");
    fresh.sql("UPDATE day_sum SET counts = x'', sums = x''");
    assert_eq!(figures(&db), kept);
    // Flagged answers left out beside those with them, where enough are flagged for that, are what the question without them gives.
    let beside: Vec<serde_json::Value> = kept.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect();
    let pairs = beside.chunks(2).filter(|pair| !pair[0][2].is_null());
    let mut compared = 0;
    for pair in pairs {
        assert_eq!(pair[0][2], pair[1][0]["targets"]);
        compared += 1;
    }
    assert!(compared > 0, "some period has flagged answers");
}
