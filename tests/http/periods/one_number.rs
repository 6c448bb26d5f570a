//! One figure in every place that shows it: a period is closed and published, and tile, table, chart, page, download, report, command, API,
//! news and open data say the same, to the last digit that they print.

use std::process::Command;

use calamine::{Data, Reader as _, Xlsx};
use chrono::Days;
use serde_json::Value;
use sipas::clock;
use sipas::index::Suspects;
use sipas::service::figures::{Question, measure_alone, measure_followed};
use sipas::sheet::tally::Series;

use crate::documents::{docx_words, folded, pdf_text};
use crate::on_both;
use crate::support::FreshDb;
use crate::town::{Town, location, texts};

/// 57 of 70 people were content with everything: 0.814285…
const SHARE: f64 = 57.0 / 70.0;
const SHOWN: &str = "81,4%";
const PLAN: &str = "cau-giay-2026";

/// Whose eyes see it.
#[derive(Clone, Copy)]
enum Who {
    Anybody,
    Owner,
    Leader,
}

/// How an answer says it.
#[derive(Clone, Copy)]
enum How {
    /// In the words of an element of a page.
    Words(&'static str),
    /// In a text.
    Text,
    /// In a Word document, or a PDF.
    Docx,
    Pdf,
    /// As a number with all its digits: in a cell of a workbook, or at a place of JSON.
    Workbook,
    Json(&'static str),
}

/// Every place: what it is called, its address (`{period}` is the period's key, `{target}` the target's word), who sees it, and how it says it.
/// `true` where the interval stands beside the figure.
const PLACES: &[(&str, &str, Who, How, bool)] = &[
    ("tile of the day", "/staff/", Who::Leader, How::Words(".tile"), false),
    ("targets over time", "/staff/targets", Who::Owner, How::Words("main"), true),
    ("units side by side", "/staff/overview?period={period}", Who::Owner, How::Words("main"), false),
    ("first screen of the period", "/staff/plans/cau-giay-2026/{period}", Who::Owner, How::Words(".glance"), true),
    ("fields of the period", "/staff/plans/cau-giay-2026/{period}?part=all", Who::Owner, How::Words("#fields"), true),
    ("chart over time", "/staff/explore?{asked}", Who::Owner, How::Words("svg.chart text"), false),
    ("table behind the chart", "/staff/explore?{asked}", Who::Owner, How::Words("table"), true),
    ("chart of offices", "/staff/explore/compare?{asked}", Who::Owner, How::Words("svg.chart text"), false),
    ("grid", "/staff/explore/levels?{asked}", Who::Owner, How::Words("#grid-table"), false),
    ("table as CSV", "/staff/explore/levels/table.csv?{asked}&of=grid", Who::Owner, How::Text, false),
    ("picture", "/staff/explore/levels/picture.svg?{asked}&of=grid", Who::Owner, How::Text, false),
    ("letter", "/staff/plans/cau-giay-2026/{period}/letter", Who::Owner, How::Words("main"), false),
    ("report in Word", "/staff/plans/cau-giay-2026/{period}/report.docx", Who::Leader, How::Docx, true),
    ("report as PDF", "/staff/plans/cau-giay-2026/{period}/report.pdf", Who::Leader, How::Pdf, true),
    ("report as text", "/staff/plans/cau-giay-2026/{period}/report.txt", Who::Leader, How::Text, true),
    ("report as workbook", "/staff/plans/cau-giay-2026/{period}/report.xlsx", Who::Leader, How::Workbook, false),
    ("sheet for the city", "/staff/plans/cau-giay-2026/{period}/sheet.csv", Who::Leader, How::Text, false),
    (
        "API",
        "/api/v1/plans/cau-giay-2026/periods/{period}/index",
        Who::Owner,
        How::Json("/targets/0/estimate/value"),
        false,
    ),
    (
        "API, field",
        "/api/v1/plans/cau-giay-2026/periods/{period}/index",
        Who::Owner,
        How::Json("/fields/0/estimate/value"),
        false,
    ),
    ("results for everybody", "/results?unit=phuong-cau-giay", Who::Anybody, How::Words("main"), false),
    ("news", "/results/news?unit=phuong-cau-giay&number=1", Who::Anybody, How::Words("article"), false),
    (
        "open data",
        "/results/open-data/figures.json?unit=phuong-cau-giay",
        Who::Anybody,
        How::Json("/figures/0/value"),
        false,
    ),
];

on_both! {
    fn a_figure_is_one_number_wherever_it_is_shown(fresh) {
        let town = Town::start(fresh);
        let period = published(&town);
        let asked = format!("plan={PLAN}&period={period}");
        let [owner, leader] = ["lan", "leader"].map(|name| town.sign_in(name));
        // The interval as the period's first screen prints it, to be found again wherever one is printed.
        let glance = town.get_as(&owner, &format!("/staff/plans/{PLAN}/{period}")).text().expect("a page");
        let glance = texts(&glance, ".at-a-glance tbody tr").concat();
        let interval = glance.rsplit(['(', ')']).nth(1).expect("an interval").to_owned();
        assert!(interval.contains('–') && interval.ends_with('%'), "{glance}");
        let mut wrong = Vec::new();
        for (name, address, who, how, with_interval) in PLACES {
            let address = address.replace("{period}", &period).replace("{asked}", &asked);
            let answer = match who {
                Who::Anybody => town.get(&address),
                Who::Owner => town.get_as(&owner, &address),
                Who::Leader => town.get_as(&leader, &address),
            };
            let status = answer.status();
            let body = answer.bytes().expect("a body").to_vec();
            let said = match how {
                _ if status != 200 => Err(format!("status {status}")),
                How::Words(part) => Ok(texts(&String::from_utf8_lossy(&body), part).join(" | ")),
                How::Text => Ok(folded(&String::from_utf8_lossy(&body))),
                How::Docx => Ok(folded(&docx_words(&body))),
                How::Pdf => Ok(folded(&pdf_text(&body))),
                How::Workbook => number_in(&body).map(|()| SHOWN.to_owned()),
                How::Json(place) => exact(&serde_json::from_slice(&body).expect("JSON"), place).map(|()| SHOWN.to_owned()),
            };
            match said {
                Err(fault) => wrong.push(format!("{name}: {fault}")),
                Ok(said) if !said.contains(SHOWN) => wrong.push(format!("{name}: no {SHOWN} in {said}")),
                Ok(said) if *with_interval && !said.contains(&interval) => wrong.push(format!("{name}: no {interval} in {said}")),
                Ok(_) => {}
            }
        }
        // The command line.
        let index = sipas(fresh, &["index", "--plan", PLAN, "--period", &period, "--json"]);
        wrong.extend(exact(&serde_json::from_str(&index).expect("JSON"), "/targets/0/estimate/value").err());
        let report = folded(&sipas(fresh, &["report", "--plan", PLAN, "--period", &period, "--format", "txt"]));
        if !report.contains(SHOWN) || !report.contains(&interval) {
            wrong.push(format!("sipas report: {report}"));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
}

/// A period that ended yesterday, of which 57 of 70 people at the counter were content with everything, closed, published and told of; its key.
fn published(town: &Town) -> String {
    let today = clock::today();
    let ago = |days| today - Days::new(days);
    let period = town.replan(&[(ago(60), ago(1))], today + Days::new(200), &["judicial"]).remove(0);
    town.load(&town.counter, "judicial", 70, |place| {
        let level = if place < 57 { 5 } else { 2 };
        // Spread over seven days, dissatisfied people on each.
        (ago(30) + Days::new((place % 7) as u64), Box::new(move |_: &str| level))
    });
    let [owner, leader] = ["lan", "leader"].map(|name| town.sign_in(name));
    for (session, deed) in [(&owner, "check"), (&leader, "approve"), (&owner, "publish")] {
        let form = [("version", "1"), ("reason", "")];
        let answer = town.post_as(session, &format!("/staff/plans/{PLAN}/{period}/{deed}"), &form);
        assert_eq!(answer.status(), 303, "{deed}");
    }
    let span = format!("{PLAN}/{period}");
    let begun = town.post_as(&owner, "/staff/telling", &[("topic", "results"), ("span", &span)]);
    assert_eq!(location(&begun), "/staff/telling/edit?number=1");
    for deed in ["approve", "publish"] {
        let form = [("number", "1"), ("version", "1"), ("deed", deed)];
        assert_eq!(town.post_as(&leader, "/staff/telling/decide", &form).status(), 303, "{deed}");
    }
    // What the timer computes after each release for the pages of many wards.
    sipas::service::overview::refresh(&town.db, today, || true).expect("computed");
    period
}

/// Whether a place of JSON holds the share itself.
fn exact(json: &Value, place: &str) -> Result<(), String> {
    match json.pointer(place).and_then(Value::as_f64) {
        Some(found) if (found - SHARE).abs() < 1e-12 => Ok(()),
        other => Err(format!("{place} is {other:?} in {json}")),
    }
}

/// Whether a cell of a workbook holds the share itself.
fn number_in(bytes: &[u8]) -> Result<(), String> {
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes.to_vec())).expect("a workbook");
    let is_it = |cell: &Data| matches!(cell, Data::Float(found) if (found - SHARE).abs() < 1e-12);
    let names = book.sheet_names();
    let sheets =
        names.iter().filter(|name| book.worksheet_range(name).expect("a sheet").rows().flatten().any(is_it)).count();
    // Targets, fields, and the long sheet at least.
    if sheets >= 3 { Ok(()) } else { Err(format!("{SHARE} stands on {sheets} sheets of {names:?}")) }
}

fn sipas(fresh: &FreshDb, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
    let said = command.env("SIPAS_DATABASE_URL", fresh.address()).args(arguments).output().expect("the program runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).expect("UTF-8")
}

/// Where a share just below a target is shown: with as many digits as keep it there, everywhere.
const NEAR: &[(&str, &str)] = &[
    ("/staff/", ".tile"),
    ("/staff/targets", "main"),
    ("/staff/plans/cau-giay-2026/{period}", ".glance"),
    ("/staff/explore?{asked}", "main"),
    ("/staff/explore/compare?{asked}", "main"),
    ("/staff/explore/levels?{asked}", "main"),
    // The share of one level is another figure.
    ("/staff/explore/levels?{asked}&measure=field%3Ajudicial", "#office-criteria-table, svg.heat"),
];

#[test]
fn a_share_near_a_target_has_the_same_digits_wherever_it_is_shown() {
    let fresh = crate::support::fresh_db(crate::support::Backend::Sqlite);
    let town = Town::start(&fresh);
    let today = clock::today();
    let ago = |days| today - Days::new(days);
    let period = town.replan(&[(ago(60), ago(1))], today + Days::new(200), &["judicial"]).remove(0);
    // 2249 of 2500 people: 89,96 %, where 90 % are asked for.
    town.load(&town.counter, "judicial", 2500, |place| {
        let level = if place % 2500 < 2249 { 5 } else { 2 };
        (ago(30) + Days::new((place % 7) as u64), Box::new(move |_: &str| level))
    });
    let owner = town.sign_in("lan");
    let asked = format!("plan={PLAN}&period={period}");
    for (address, part) in NEAR {
        let address = address.replace("{period}", &period).replace("{asked}", &asked);
        let said = texts(&town.get_as(&owner, &address).text().expect("a page"), part).join(" | ");
        assert!(said.contains("89,96%") && !said.contains("90,0%"), "{address}: {said}");
    }
    // The day's page and that of the targets compute less, and nothing else.
    let question = Question {
        plan: PLAN.to_owned(),
        period: period.clone(),
        unit: None,
        series: Series::Open,
        suspects: Suspects::In,
        live: false,
        today,
    };
    let all = measure_alone(&town.db, &question).expect("figures").report;
    let followed = measure_followed(&town.db, &question).expect("figures").report;
    assert_eq!(followed.targets, all.targets);
    assert_eq!(followed.fields, all.fields);
    assert_eq!((followed.coverage, followed.counts), (all.coverage, all.counts));
    assert!(followed.points.is_empty() && !all.points.is_empty(), "points stand on neither page");
    for file in [
        "levels/table.csv?{asked}&of=grid",
        "levels/picture.svg?{asked}&of=grid",
        "compare/table.csv?{asked}&of=offices",
    ] {
        let address = format!("/staff/explore/{}", file.replace("{asked}", &asked));
        let said = town.get_as(&owner, &address).text().expect("a file");
        assert!(said.contains("89,96%") && !said.contains("90,0%"), "{address}: {said}");
    }
}
