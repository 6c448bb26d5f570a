//! What the figures of one ward's quarter cost by how many sheets the ward has stored: `sipas index` as a command, the staff
//! page from a running server, and bytes on disk; then every page of figures, as milliseconds of the server's processor. None should
//! grow with the sheets.
//!
//! `./dev bench --bench ward [-- SHEETS…]` (10 000 and 100 000 if left out; 10 000 000 take 4 GB of memory and some minutes to
//! fill). Best of the runs and all of them in brackets: the machine's other work only adds.

#[path = "support/server.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::time::Instant;

use server::{Server, command};
use sipas::app::{DEMO_PASSWORD, DEMO_USER};
use sipas::db::{DatabaseUrl, Db, TallyFilter};
use sipas::demo::traffic::http::{Client, Request};

const PLAN: &str = "cau-giay-2026";
const PERIOD: &str = "2026-q3";
const COMMANDS: usize = 9;
const VIEWS: usize = 25;
/// Views of each page of figures, so that ticks of the processor's clock tell them; none of them is kept from one to the next.
const PAGE_VIEWS: u32 = 20;
/// The pages of figures, with the plan and the period where `ASKED` stands.
const PAGES: [&str; 18] = [
    "/staff/",
    "/staff/targets",
    "/staff/progress",
    "/staff/plans/cau-giay-2026/2026-q3",
    "/staff/plans/cau-giay-2026/2026-q3?part=fields",
    "/staff/plans/cau-giay-2026/2026-q3?part=criteria",
    "/staff/plans/cau-giay-2026/2026-q3?part=places",
    "/staff/plans/cau-giay-2026/2026-q3?part=all",
    "/staff/explore?ASKED",
    "/staff/explore?ASKED&by=month",
    "/staff/explore/compare?ASKED",
    "/staff/explore/cross?ASKED",
    "/staff/explore/levels?ASKED",
    "/staff/explore/received?ASKED",
    "/staff/explore/change?plan=cau-giay-2026",
    "/staff/explore/drivers",
    "/staff/explore/form",
    "/staff/warnings",
];

fn main() {
    let sizes: Vec<u64> = std::env::args().filter_map(|argument| argument.replace('_', "").parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000] } else { sizes };
    println!(
        "| sheets | tallies of the quarter | MB | bytes a sheet | `sipas index`, ms | staff page, ms | respondents |"
    );
    println!("|---|---|---|---|---|---|---|");
    let columns: Vec<Vec<String>> = sizes.iter().map(|sheets| ward(*sheets)).collect();
    println!("\n| page, processor's ms | {} |", sizes.iter().map(u64::to_string).collect::<Vec<_>>().join(" | "));
    println!("|---|{}", "---|".repeat(sizes.len()));
    for (row, page) in PAGES.iter().enumerate() {
        let figures: Vec<_> = columns.iter().map(|column| column[row].clone()).collect();
        println!("| {page} | {} |", figures.join(" | "));
    }
}

/// Prints the row of a size; what each of [`PAGES`] costs is given back.
fn ward(sheets: u64) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-ward-{sheets}"));
    let file = folder.join("sipas.db");
    let url = format!("sqlite:{}", file.display());
    if !file.exists() {
        fill(&folder, &url, sheets);
    }
    let db = Db::open(&DatabaseUrl::parse(&url).expect("an address")).expect("a database");
    let plan = db.plan(PLAN).expect("an answer").expect("the plan").plan;
    let period = plan.period(PERIOD).expect("the period");
    let units = db.subtree(&plan.unit).expect("units");
    let filter = TallyFilter { units: Some(units), from: period.from, to: period.to, live: false };
    let tallies = db.tallies(&filter).expect("tallies").len();
    let stored = db.count_sheets().expect("a count");
    assert_eq!(stored, sheets);
    drop(db);
    let bytes = std::fs::metadata(&file).expect("the file").len();

    let mut report = Vec::new();
    let commands = (0..COMMANDS).map(|_| {
        let begun = Instant::now();
        let arguments = ["index", "--plan", PLAN, "--period", PERIOD, "--json"];
        report = command(&url).args(arguments).output().expect("the program").stdout;
        begun.elapsed().as_secs_f64() * 1e3
    });
    let commands: Vec<f64> = commands.collect();
    let report: serde_json::Value = serde_json::from_slice(&report).expect("JSON");
    let respondents = &report["targets"][0]["estimate"]["respondents"];

    let server = Server::of(&url);
    let mut client = Client::new(server.address);
    let cookie = sign_in(&mut client);
    let path = format!("/staff/plans/{PLAN}/{PERIOD}");
    let page = Request { method: "GET", path, more: format!("Cookie: {cookie}\r\n"), ..Request::default() };
    let views = (0..VIEWS).map(|_| {
        let begun = Instant::now();
        let answer = client.send(&page).expect("an answer");
        assert_eq!(answer.status, 200);
        begun.elapsed().as_secs_f64() * 1e3
    });
    let views: Vec<f64> = views.collect();
    println!(
        "| {sheets} | {tallies} | {:.1} | {:.0} | {} | {} | {respondents} |",
        bytes as f64 / 1e6,
        bytes as f64 / sheets as f64,
        spread(commands),
        spread(views),
    );
    PAGES.iter().map(|page| cost(&server, &mut client, &cookie, page)).collect()
}

/// Milliseconds of the processor for one view of a page, with its status where that is not 200.
fn cost(server: &Server, client: &mut Client, cookie: &str, page: &str) -> String {
    let path = page.replace("ASKED", &format!("plan={PLAN}&period={PERIOD}"));
    let more = format!("Accept-Encoding: gzip\r\nCookie: {cookie}\r\n");
    let asked = Request { method: "GET", path, more, ..Request::default() };
    let status = client.send(&asked).expect("an answer").status;
    let before = server.processor_seconds();
    for _ in 0..PAGE_VIEWS {
        assert_eq!(client.send(&asked).expect("an answer").status, status);
    }
    let ms = (server.processor_seconds() - before) * 1e3 / f64::from(PAGE_VIEWS);
    if status == 200 { format!("{ms:.0}") } else { format!("{ms:.0} ({status})") }
}

/// The best, and from the best to the worst.
fn spread(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    format!("{:.1} ({:.1}–{:.1})", times[0], times[0], times[times.len() - 1])
}

/// One ward's units and points with answers up to the end of the plan's third quarter, and one user.
fn fill(folder: &Path, url: &str, sheets: u64) {
    let plans: PathBuf = folder.join("plans");
    std::fs::create_dir_all(&plans).expect("a folder");
    for name in ["cau-giay-2026.toml", "fields.toml"] {
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("plans").join(name), plans.join(name))
            .expect("a plan");
    }
    let mut demo = command(url);
    demo.env("SIPAS_PLANS_DIR", &plans).args(["demo", "--seed", "1", "--until", "2026-09-14"]);
    assert!(demo.args(["--responses", &sheets.to_string()]).status().expect("the program").success());
}

fn sign_in(client: &mut Client) -> String {
    let request = Request {
        method: "POST",
        path: "/staff/sign-in".to_owned(),
        content_type: "application/x-www-form-urlencoded",
        more: String::new(),
        body: format!("name={DEMO_USER}&password={DEMO_PASSWORD}&next=/staff/").into_bytes(),
    };
    let answer = client.send(&request).expect("an answer");
    let cookie = answer.header("set-cookie").expect("a session");
    cookie.split(';').next().unwrap_or_default().to_owned()
}
