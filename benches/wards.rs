//! What a page costs by how many wards there are: one, a city of 126, a country of 3 321, each ward with 8 offices, 18 points and a plan of its own.
//!
//! `./dev bench --bench wards [-- WARDS…]` (1 and 126 if left out; 3 321 take some minutes to fill). Milliseconds of the server's processor a
//! page, asked for as browsers do, compressed and on one connection, after one view.

#[path = "support/server.rs"]
mod server;

use std::path::Path;
use std::time::Instant;

use chrono::{Days, NaiveDate};
use server::{Server, command};
use sipas::access::Role;
use sipas::clock;
use sipas::db::{DatabaseUrl, Db, FirstStart, NewPoint, NewUnit, NewUser, Sheet, UnitKind, plan_content};
use sipas::demo::traffic::http::{Client, Request};
use sipas::plan::Channel;
use sipas::secrets::password;
use sipas::service::overview::refresh;
use sipas::sheet::tally::{Mode, Respondent, Series, TallyKey};

const PASSWORD: &str = "một câu dài để đo";
const FORM: &str = "thu-tuc-hanh-chinh-ngan";
const OFFICES: usize = 8;
const POINTS: usize = 18;
/// Sheets of the ward that is measured, and of every other one.
const SHEETS: (usize, usize) = (2_000, 40);
/// Views of a page, so that ticks of the processor's clock tell them.
const VIEWS: u32 = 20;

fn main() {
    let wards: Vec<usize> = std::env::args().filter_map(|argument| argument.replace('_', "").parse().ok()).collect();
    let wards = if wards.is_empty() { vec![1, 126] } else { wards };
    println!("| page | {} |", wards.iter().map(|wards| format!("{wards} wards, ms")).collect::<Vec<_>>().join(" | "));
    println!("|---|{}", "---|".repeat(wards.len()));
    let columns: Vec<Vec<(String, String)>> = wards.into_iter().map(measure).collect();
    for (row, (page, _)) in columns[0].iter().enumerate() {
        let figures = columns.iter().map(|column| column[row].1.clone());
        println!("| {page} | {} |", figures.collect::<Vec<_>>().join(" | "));
    }
}

/// Each page with its cost.
fn measure(wards: usize) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-wards-{wards}"));
    let url = format!("sqlite:{}", folder.join("sipas.db").display());
    let mut lines = Vec::new();
    if !folder.join("done").exists() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        fill(&url, wards);
        std::fs::write(folder.join("done"), "").expect("a mark");
    }
    let begun = Instant::now();
    let server = Server::of(&url);
    lines.push(("start to listening, by the clock".to_owned(), format!("{:.0}", begun.elapsed().as_secs_f64() * 1e3)));
    let mut client = Client::new(server.address);
    let period = period();
    for (who, pages) in [
        (
            "owner",
            &[
                "/staff/",
                "/staff/progress",
                "/staff/targets",
                "/staff/plans/ward-0/PERIOD",
                "/api/v1/plans/ward-0/periods/PERIOD/index",
                "/staff/due",
                "/staff/points",
                "/staff/points/silent",
                "/staff/units",
                "/staff/complaints",
                "/staff/sessions",
            ][..],
        ),
        ("city", &["/staff/", "/staff/overview", "/staff/targets", "/staff/points", "/staff/units", "/staff/due"]),
        ("nobody", &["/results?unit=ward-0", "/complaints?unit=ward-0-0"]),
    ] {
        let cookie = if who == "nobody" { String::new() } else { sign_in(&mut client, who) };
        for page in pages {
            let path = page.replace("PERIOD", &period);
            let more = format!("Accept-Encoding: gzip\r\nCookie: {cookie}\r\n");
            let asked = Request { method: "GET", path, more, ..Request::default() };
            let mut view = || client.send(&asked).expect("an answer").status;
            let status = view();
            let before = server.processor_seconds();
            for _ in 0..VIEWS {
                assert_eq!(view(), status);
            }
            let ms = (server.processor_seconds() - before) * 1e3 / f64::from(VIEWS);
            let not_ok = if status == 200 { String::new() } else { format!(" ({status})") };
            lines.push((format!("{who} {page}"), format!("{ms:.1}{not_ok}")));
        }
    }
    lines.push(("memory at its highest, MiB".to_owned(), format!("{:.0}", server.memory("VmHWM:"))));
    lines
}

/// The key of the period that runs.
fn period() -> String {
    use chrono::Datelike;
    format!("{}-year", clock::today().year())
}

/// The units, points, plans, users and answers of `wards` wards.
fn fill(url: &str, wards: usize) {
    assert!(command(url).arg("migrate").status().expect("the program").success());
    let db = Db::open(&DatabaseUrl::parse(url).expect("an address")).expect("a database");
    let day = NaiveDate::from_ymd_opt(2025, 7, 1).expect("a date");
    let unit = |code: String, kind, parent: Option<String>| NewUnit {
        name_vi: format!("Đơn vị {code}"),
        name_en: format!("Unit {code}"),
        code,
        kind,
        parent,
        valid_from: day,
    };
    let mut units = vec![unit("city".to_owned(), UnitKind::City, None)];
    let mut points = Vec::new();
    for ward in 0..wards {
        let code = format!("ward-{ward}");
        units.push(unit(code.clone(), UnitKind::Ward, Some("city".to_owned())));
        units.extend((0..OFFICES).map(|n| unit(format!("{code}-{n}"), UnitKind::Office, Some(code.clone()))));
        points.extend((0..POINTS).map(|n| NewPoint {
            unit: format!("{code}-{}", n % OFFICES),
            name_vi: format!("Quầy {n}"),
            name_en: format!("Counter {n}"),
            form: FORM.to_owned(),
            fields: vec!["judicial".to_owned()],
            channel: Channel::Counter,
            opened_on: day,
        }));
    }
    let user = |name: &str, unit: &str| NewUser {
        name: name.to_owned(),
        display_name: name.to_owned(),
        password_hash: password::hash(PASSWORD).expect("a hash"),
        role: Role::Leader.name().to_owned(),
        unit: unit.to_owned(),
        email: None,
        at: clock::now(),
    };
    // The way of the first start makes all of it in one transaction.
    let secret_hash = [7; 32];
    assert!(db.keep_first_start_secret(&secret_hash, clock::now() + Days::new(1)).expect("kept"));
    let first = FirstStart { secret_hash, at: clock::now(), units, points, user: user("owner", "ward-0") };
    db.by_nobody().first_start(&first).expect("made");
    db.by_nobody().add_user(&user("city", "city")).expect("a user");
    let known = db.plan("cau-giay-2026").expect("an answer").expect("the plan").plan;
    for ward in 0..wards {
        let mut plan = known.clone();
        (plan.key, plan.unit, plan.unit_name) =
            (format!("ward-{ward}"), format!("ward-{ward}"), format!("Phường {ward}"));
        let (hash, content) = plan_content(&plan).expect("JSON");
        db.seed_plan(&plan, &hash, &content, day).expect("kept");
    }
    answer(&db, wards);
    db.keep_day_sums(clock::today()).expect("sums");
    let begun = Instant::now();
    let mut made = refresh(&db, clock::today(), || true).expect("figures");
    while made.cut_short {
        made = refresh(&db, clock::today(), || true).expect("figures");
    }
    eprintln!("{wards} wards: the first figures of the overview took {:.1} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    refresh(&db, clock::today(), || true).expect("figures");
    eprintln!("{wards} wards: a round in which nothing had changed took {:.2} s", begun.elapsed().as_secs_f64());
    db.close();
}

fn answer(db: &Db, wards: usize) {
    let tree = db.tree().expect("units");
    let form = db.newest_form(FORM).expect("an answer").expect("the questionnaire");
    let items = form.questionnaire.items().count();
    let questions = form.layout.further().iter().map(|shape| shape.bytes()).sum();
    let field = db.fields().expect("fields").into_iter().find(|field| field.code == "judicial").expect("a field").id;
    let first = known_from(db);
    let days = (clock::today() - first).num_days().clamp(1, 300).unsigned_abs();
    let mut sheets = Vec::new();
    for ward in 0..wards {
        let many = if ward == 0 { SHEETS.0 } else { SHEETS.1 };
        for number in 0..many {
            let unit = tree.of_code(&format!("ward-{ward}-{}", number % OFFICES)).expect("an office").id;
            // Of ten answers seven to nine are satisfied, by the ward.
            let level = if number % 10 < 7 + ward % 3 { 4 + u8::from(number % 2 == 0) } else { 2 };
            sheets.push(Sheet {
                key: TallyKey {
                    unit,
                    day: clock::day_number(first + Days::new(number as u64 * 7 % days)),
                    point: i32::from(number % 3 == 0) + 1,
                    field,
                    form: form.id,
                    series: Series::Open,
                    mode: Mode::Phone,
                    respondent: Respondent::Person,
                    suspect: false,
                },
                channel: Channel::Counter,
                answers: vec![level; items],
                demographics: vec![0; questions],
                comment: None,
            });
        }
        if sheets.len() > 20_000 || ward + 1 == wards {
            db.load_sheets(std::mem::take(&mut sheets)).expect("stored");
        }
    }
}

/// The first day of the plan.
fn known_from(db: &Db) -> NaiveDate {
    db.plan("ward-0").expect("an answer").expect("the plan").plan.from
}

fn sign_in(client: &mut Client, name: &str) -> String {
    let request = Request {
        method: "POST",
        path: "/staff/sign-in".to_owned(),
        content_type: "application/x-www-form-urlencoded",
        more: String::new(),
        body: format!("name={name}&password={}&next=/staff/", PASSWORD.replace(' ', "+")).into_bytes(),
    };
    let answer = client.send(&request).expect("an answer");
    let cookie = answer.header("set-cookie").expect("a session");
    cookie.split(';').next().unwrap_or_default().to_owned()
}
