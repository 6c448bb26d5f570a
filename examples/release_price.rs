//! What releases cost: how much of a year's answers is counted when its periods are closed, and how long an answer waits until it moves
//! the figures of its ward and of its office. Prints a line of a markdown table, and one with the share of each series that is not counted
//! and of how many sheets of the same series a ward had in such a period.
//!
//! `sipas demo --responses 1 --seed 1 --until 2026-12-20`, then `cargo run --release --example release_price RESPONSES` with the same
//! `SIPAS_DATABASE_URL`: the answers of the demonstration arrive day by day, every night releases what it may, and every
//! period is closed three days after its cut-off. Its reading stands in `docs/performance.md`.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use sipas::clock::day_number;
use sipas::db::{Attempt, DatabaseUrl, Db, Sheet, TallyFilter};
use sipas::demo::{Demo, generate};
use sipas::index::Suspects;
use sipas::service::figures::Shown;
use sipas::service::seeding;
use sipas::sheet::tally::{Series, TallyKey};

const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let responses: usize = std::env::args().nth(1).ok_or("say how many responses")?.parse()?;
    let db = Db::open(&DatabaseUrl::parse(&std::env::var("SIPAS_DATABASE_URL")?)?)?;
    let seeds = seeding::read(None, None).map_err(|faults| faults.join("\n"))?;
    let last = NaiveDate::from_ymd_opt(2026, 12, 20).ok_or("a date")?;
    let demo = generate(&seeds.forms, &seeds.plans, responses, SEED, last);
    let mut of_day: BTreeMap<NaiveDate, Vec<Sheet>> = BTreeMap::new();
    for (day, sheet) in sheets(&db, &seeds.forms, &demo)? {
        of_day.entry(day).or_default().push(sheet);
    }
    let first = *of_day.keys().next().ok_or("no answers")?;
    let (mut released_on, mut counted, mut answered) = (HashMap::new(), 0_u64, 0_u64);
    // By series: sheets asked for, those not counted, and those not counted of a series that has fewer than ten in the whole ward and period.
    let mut of_series: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    let mut day = first;
    while day <= last {
        if let Some(sheets) = of_day.remove(&day) {
            store(&db, day, sheets)?;
        }
        let tomorrow = day + Days::new(1);
        db.release_nightly(tomorrow)?;
        for plan in &seeds.plans {
            for period in plan.periods.iter().filter(|period| period.to + Days::new(3) == day) {
                db.release_at_closing(&plan.unit, (period.from, period.to), day)?;
                let units = db.subtree(&plan.unit)?;
                let shown = Shown::read(&db, &units, period)?;
                let filter = TallyFilter { units: Some(units), from: period.from, to: period.to, live: true };
                let tallies = db.tallies_of_releases(&filter)?;
                let of =
                    |series| tallies.iter().filter(|(key, ..)| key.series == series).map(|(.., of)| of.sheets).sum();
                for (key, release, tally) in &tallies {
                    answered += tally.sheets;
                    let counts = !shown.holds_back(key.unit, *release, Suspects::In);
                    counted += if counts { tally.sheets } else { 0 };
                    let name = match key.series {
                        Series::Open => "open",
                        Series::Ticket => "ticket",
                        Series::Sample => "sample",
                    };
                    let all: u64 = of(key.series);
                    let known = of_series.entry(name).or_default();
                    known[0] += tally.sheets;
                    known[1] += if counts { 0 } else { tally.sheets };
                    known[2] += if !counts && all < 10 { tally.sheets } else { 0 };
                }
            }
        }
        for (_, release, _) in all(&db, first, last)?.into_iter().filter(|(_, release, _)| *release > 0) {
            released_on.entry(release).or_insert(day_number(tomorrow));
        }
        day = tomorrow;
    }
    let units: Vec<i32> = db.units()?.iter().map(|unit| unit.id).collect();
    let shares = db.shares(&units, (first, last))?;
    let (mut ward, mut office): (Vec<i32>, Vec<i32>) = (Vec::new(), Vec::new());
    for (key, release, tally) in all(&db, first, last)?.into_iter().filter(|(_, release, _)| *release > 0) {
        let sheets = usize::try_from(tally.sheets)?;
        ward.extend(std::iter::repeat_n(released_on[&release] - key.day, sheets));
        let share = shares.get(&(key.unit, release)).filter(|share| share.scope != share.root);
        let cut = share.and_then(|share| share.cut_on).map_or(i32::MAX, day_number);
        office.extend(std::iter::repeat_n(cut.saturating_sub(key.day), sheets));
    }
    let percent = 100.0 * counted as f64 / answered as f64;
    let in_offices = 100.0 * office.iter().filter(|lag| **lag < 1_000).count() as f64 / office.len() as f64;
    office.retain(|lag| *lag < 1_000);
    for (name, [asked, out, few]) in of_series {
        println!("{name}: {out} of {asked} not counted, {few} of them of fewer than ten in the whole ward and period");
    }
    println!("| {responses} | {percent:.1} | {} | {} | {in_offices:.0} |", median(ward), median(office));
    Ok(())
}

fn all(
    db: &Db,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(TallyKey, i32, sipas::sheet::tally::Tally)>, sipas::db::DbError> {
    let units = db.units()?.iter().map(|unit| unit.id).collect();
    db.tallies_of_releases(&TallyFilter { units: Some(units), from, to, live: true })
}

fn median(mut lags: Vec<i32>) -> i32 {
    lags.sort_unstable();
    lags.get(lags.len() / 2).copied().unwrap_or(0)
}

/// The answers of a day, as they wait. By the door of single answers: a file would make all of them open ones.
fn store(db: &Db, day: NaiveDate, sheets: Vec<Sheet>) -> Result<(), sipas::db::DbError> {
    for (number, sheet) in (0_u32..).zip(sheets) {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&day_number(day).to_le_bytes());
        hash[4..8].copy_from_slice(&number.to_le_bytes());
        db.submit_blocking(sheet, Attempt { hash, tag: [0; 16] })?;
    }
    Ok(())
}

/// The sheets of the demonstration at the points that are there.
fn sheets(
    db: &Db,
    forms: &[sipas::survey::Questionnaire],
    demo: &Demo,
) -> Result<Vec<(NaiveDate, Sheet)>, Box<dyn std::error::Error>> {
    let fields: HashMap<String, i16> = db.fields()?.into_iter().map(|field| (field.code, field.id)).collect();
    let points: HashMap<(String, String), _> =
        db.points(None)?.into_iter().map(|point| ((point.unit_code.clone(), point.name_vi.clone()), point)).collect();
    let mut found = Vec::with_capacity(demo.sheets.len());
    for sheet in &demo.sheets {
        let at = &demo.points[sheet.point];
        let point = points.get(&(at.unit.clone(), at.name_vi.clone())).ok_or("a point is missing")?;
        let form = &forms[sheet.questionnaire];
        let form = db.form_by_reference(&form.id, form.version)?.ok_or("a questionnaire is missing")?.id;
        let key = TallyKey {
            unit: point.unit,
            day: day_number(sheet.day),
            point: point.point,
            field: *fields.get(&sheet.field).ok_or("a field is missing")?,
            form,
            series: sheet.series,
            mode: sheet.mode,
            respondent: sheet.respondent,
            suspect: sheet.suspect,
        };
        let (answers, demographics) = (sheet.answers.clone(), sheet.demographics.clone());
        found.push((sheet.day, Sheet { key, channel: point.channel, answers, demographics, comment: None }));
    }
    Ok(found)
}
