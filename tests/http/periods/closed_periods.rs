//! What an earlier program closed stays what it was: its published, its reopened and its checked period are opened by the
//! present program, which migrates them, serves their pages and files, and verifies them.
//!
//! `tests/fixtures/closed-periods/README.md` says how the databases were made. What is expected here is read out of them by
//! SQL, before the program opens them: the figures and files that were kept, the hashes that were signed for.

use std::io::Write;

use flate2::{Compression, write::DeflateEncoder};
use scraper::{Html, Selector};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sipas::app::{DEMO_LEADER, DEMO_PASSWORD, DEMO_USER};

use crate::closed::{
    CLOSED, Closed, Figures, Kept, PLAN, UNIT, content, digits, literal, put, put_with_the_first_form, unguarded,
};
use crate::closing::{sipas, without_triggers};
use crate::on_both;
use crate::server::{Folder, done, refused};
use crate::town::{Town, location, page, texts};

/// Whether what was kept is shown: every name with its value. There may be more in the meantime.
fn holds(kept: &Value, shown: &Value) -> bool {
    // Which closing it is was not known when the figures were kept.
    let of_closing = |name: &str| ["frozen", "state", "version"].contains(&name);
    match (kept, shown) {
        (Value::Object(kept), Value::Object(shown)) => kept
            .iter()
            .all(|(name, value)| of_closing(name) || shown.get(name).is_some_and(|shown| holds(value, shown))),
        (Value::Array(kept), Value::Array(shown)) => {
            kept.len() == shown.len() && kept.iter().zip(shown).all(|(kept, shown)| holds(kept, shown))
        }
        _ => kept == shown,
    }
}

/// A share as Vietnamese pages write it.
fn percent(share: &Value) -> String {
    format!("{:.1}", share.as_f64().expect("a share") * 100.0).replace('.', ",")
}

/// The figures as JSON hold what was kept, and say of which closing they are.
fn assert_frozen(kept: &Kept, closed: &Closed, report: &Value, shown: &Value) {
    let at = || format!("{} {}", closed.named(), shown["unit"]);
    assert!(holds(report, shown), "{}: kept {report}, shown {shown}", at());
    assert_eq!(shown["frozen"].as_str(), Some(kept.hash(closed).as_str()), "{}", at());
    assert_eq!((shown["version"].as_i64(), shown["state"].as_str()), (Some(closed.version.into()), Some(closed.state)));
}

fn sign_in(town: &Town, name: &str) -> String {
    town.sign_in_by(name, DEMO_PASSWORD)
}

fn shown(town: &Town, session: &str, path: &str) -> String {
    let (status, text) = page(town.get_as(session, path));
    assert_eq!(status, 200, "{path}: {text}");
    text
}

/// Takes a step as the page does.
fn step(town: &Town, session: &str, closed: &Closed, deed: &str) {
    let path = closed.path();
    let done = town.post_as(session, &format!("{path}/{deed}"), &[("version", &closed.version.to_string())]);
    assert_eq!(location(&done), format!("{path}/closing?done={deed}"));
}

/// The kept files of a version are handed out as they were, one by one.
fn assert_files(town: &Town, session: &str, kept: &Kept, closed: &Closed) {
    for (name, part) in kept.of(closed, "file/") {
        let path = format!("{}/{name}?version={}", closed.path(), closed.version);
        let answer = town.get_as(session, &path);
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(digits(&Sha256::digest(answer.bytes().expect("a file"))), digits(&part.hash), "{path}");
    }
}

/// The cells of the rows that a selector finds.
fn rows(page: &str, row: &str, cell: &str) -> Vec<Vec<String>> {
    let (page, row) = (Html::parse_document(page), Selector::parse(row).expect("a selector"));
    page.select(&row).map(|row| texts(&format!("<table>{}</table>", row.html()), cell)).collect()
}

/// The one period under a heading of the ward's public page: its paragraphs, and the cells of its target.
fn public(town: &Town, heading: &str) -> (String, Vec<String>) {
    let (status, text) = page(town.get(&format!("/results?unit={UNIT}")));
    assert_eq!(status, 200, "{text}");
    let (parsed, periods) = (Html::parse_document(&text), Selector::parse("section.period").expect("a selector"));
    let sections = parsed.select(&periods).map(|section| section.html());
    let ours: Vec<String> = sections.filter(|section| texts(section, "h2") == [heading]).collect();
    assert_eq!(ours.len(), 1, "{heading}");
    let target = rows(&ours[0], ".result", "h4, dd").into_iter().find(|row| row[0] == "II.1.1");
    (texts(&ours[0], "p").join(" "), target.expect("the target"))
}

/// Value, interval and people of an estimate, each as a cell shows it.
fn as_shown(estimate: &Value) -> [String; 3] {
    [
        format!("{}%", percent(&estimate["value"])),
        format!("{}–{}%", percent(&estimate["low"]), percent(&estimate["high"])),
        estimate["respondents"].to_string(),
    ]
}

on_both! {
    fn commands_find_all_that_was_closed_as_it_was(fresh) {
        let kept = put(fresh);
        let run = |arguments: &[&str]| done(&fresh.address(), arguments);
        run(&["migrate"]);
        let said = run(&["period", "verify"]);
        for closed in &CLOSED {
            // Their intervals are of another method than this program's; every hash holds.
            assert!(said.contains(&format!("old {}, figures: computed by method 1", closed.named())), "{said}");
            let version = closed.version.to_string();
            let of_it = ["--plan", PLAN, "--period", closed.period, "--version", &version];
            run(&[&["period", "verify"][..], &of_it].concat());
            for figures in kept.figures(closed).iter().filter(|figures| figures.unit == UNIT) {
                let which = ["--unit", UNIT, "--series", &figures.series, "--suspects", &figures.suspects, "--json"];
                let said = run(&[&["index"][..], &of_it, &which].concat());
                let shown = serde_json::from_str(said.trim()).expect("JSON");
                assert_frozen(&kept, closed, &figures.report, &shown);
            }
            if closed.in_force {
                let said = run(&["index", "--plan", PLAN, "--period", closed.period, "--json"]);
                let shown = serde_json::from_str(said.trim()).expect("JSON");
                assert_frozen(&kept, closed, &kept.official(closed), &shown);
            }
        }
        assert!(!said.contains("BAD"), "{said}");

        let listed: Value = serde_json::from_str(run(&["period", "list", "--json"]).trim()).expect("JSON");
        let line = |line: &Value| {
            let text = |name: &str| line[name].as_str().expect("text").to_owned();
            (text("period"), line["version"].as_i64().expect("a number"), text("state"), text("hash"))
        };
        let listed: Vec<_> = listed.as_array().expect("lines").iter().map(line).collect();
        let known = CLOSED.each_ref().map(|closed| {
            (closed.period.to_owned(), i64::from(closed.version), closed.state.to_owned(), kept.hash(closed))
        });
        assert_eq!(listed, known);
        run(&["audit", "verify"]);
        run(&["doctor"]);

        // Without `--version` the one in force: the published one hands out what it kept.
        let folder = Folder::new();
        let out = folder.text("report.pdf");
        run(&["report", "--plan", PLAN, "--period", "2026-q1", "--format", "pdf", "--out", &out]);
        let part = kept.part(&CLOSED[2], "file/report.pdf");
        assert_eq!(Sha256::digest(std::fs::read(&out).expect("a file")).as_slice(), part.hash);
    }

    fn pages_and_files_show_what_was_kept(fresh) {
        let kept = put(fresh);
        let town = Town::start_as_it_is(fresh);
        for name in [DEMO_USER, DEMO_LEADER] {
            let session = sign_in(&town, name);
            for closed in &CLOSED {
                let path = closed.path();
                let report = kept.official(closed);
                let target = as_shown(&report["targets"][0]["estimate"]);
                let version = format!("{path}?version={}", closed.version);
                for address in [Some(&version), closed.in_force.then_some(&path)].into_iter().flatten() {
                    let of_fields = format!("{address}{}part=fields", if address.contains('?') { '&' } else { '?' });
                    let of_fields = shown(&town, &session, &of_fields);
                    let shown = shown(&town, &session, address);
                    let [first] = &rows(&shown, "#targets tbody tr", "th, td")[..] else { panic!("one target: {shown}") };
                    assert!(target.iter().all(|cell| first.contains(cell)), "{address}: {first:?}, kept {target:?}");
                    let lines = rows(&of_fields, "#fields tbody tr", "th, td");
                    for field in report["fields"].as_array().expect("fields") {
                        let name = kept.field(closed, field["field"].as_str().expect("a code"));
                        let line = lines.iter().find(|line| line[0] == name).expect("a row of the field");
                        if field["hidden"] == true {
                            assert!(line.len() == 2 && !line[1].contains('%'), "{address}: {line:?}");
                            continue;
                        }
                        // Behind the interval stand the signs of its notes.
                        let [value, interval, people] = as_shown(&field["estimate"]);
                        assert!(line[1] == value && line[2].starts_with(&interval), "{address}: {line:?}, kept {field}");
                        assert_eq!(line[3], people, "{address}: {line:?}");
                    }
                }
                let steps = shown(&town, &session, &format!("{path}/closing"));
                let heading = format!("Phiên bản {} {}", closed.version, closed.name);
                assert!(texts(&steps, "section h3").contains(&heading), "{heading}");
                assert!(steps.contains(&kept.hash(closed)));
                for further in ["/sheet.xlsx", "/sheet.csv", "/report.txt", "/report.docx", "/outline.docx"] {
                    let path = format!("{path}{further}?version={}", closed.version);
                    assert_eq!(town.get_as(&session, &path).status(), 200, "{path}");
                }
                assert_files(&town, &session, &kept, closed);

            }
            let targets = texts(&shown(&town, &session, "/staff/targets"), "tbody tr");
            for closed in CLOSED.iter().filter(|closed| closed.in_force) {
                let [value, interval, _] = as_shown(&kept.official(closed)["targets"][0]["estimate"]);
                let words = format!("{value} ({interval})");
                assert!(targets.iter().any(|row| row.contains(&words)), "{words} in {targets:?}");
            }
            let due = texts(&shown(&town, &session, "/staff/due"), "tbody tr");
            for (heading, words) in [
                ("Quý I/2026", "đã công bố"),
                ("6 tháng đầu năm 2026", "Đã duyệt (phiên bản 2)"),
                ("Quý III/2026", "Đã kiểm tra"),
            ] {
                let ours = |row: &&String| row.starts_with(heading) && row.contains("Phường Cầu Giấy");
                let row = due.iter().find(ours).expect("a period that was closed");
                assert!(row.contains(words), "{row}");
            }
            shown(&town, &session, "/staff/");
            shown(&town, &session, &format!("/staff/plans/{PLAN}/about"));
            let reopened = shown(&town, &session, &format!("{}/closing", CLOSED[0].path()));
            assert!(reopened.contains("Số liệu có phiếu của buổi tập huấn thứ hai"), "the reason");
        }

        // What the plan owner goes on with, and each unit's figures by the address that programs read.
        let session = sign_in(&town, DEMO_USER);
        for closed in &CLOSED {
            shown(&town, &session, &format!("{}/follow-up", closed.path()));
            for Figures { unit, series, suspects, report } in kept.figures(closed) {
                // Figures of samples are asked for by the command alone.
                if series == "sample" {
                    continue;
                }
                let answer = town.get_as(&session, &format!(
                    "/api/v1/plans/{PLAN}/periods/{}/index?unit={unit}&series={series}&suspects={suspects}&version={}",
                    closed.period, closed.version
                ));
                assert_eq!(answer.status(), 200, "{unit}");
                assert_frozen(&kept, closed, &report, &answer.json().expect("JSON"));
            }
        }
    }

    fn citizens_see_what_went_out_and_no_more(fresh) {
        let kept = put(fresh);
        let town = Town::start_as_it_is(fresh);
        let (_, text) = page(town.get(&format!("/results?unit={UNIT}")));
        assert_eq!(texts(&text, "section.period").len(), 2, "a checked or approved period is nobody's yet");
        let [reopened, _, published, _] = &CLOSED;
        for (closed, heading, warns) in [(published, "quý I năm 2026", false), (reopened, "6 tháng đầu năm 2026", true)] {
            let (shown, target) = public(&town, heading);
            let was = as_shown(&kept.official(closed)["targets"][0]["estimate"]);
            assert!(was.iter().all(|cell| target.contains(cell)), "{target:?}, kept {was:?}");
            assert_eq!(shown.contains("kỳ báo cáo đã được mở lại sau phiên bản 1"), warns, "{shown}");
        }
        let (status, english) = page(town.get(&format!("/results?unit={UNIT}&lang=en")));
        assert_eq!((status, texts(&english, "section.period").len()), (200, 2));
    }

    fn what_was_under_way_is_closed_to_the_end(fresh) {
        let before = put(fresh);
        let town = Town::start_as_it_is(fresh);
        let (owner, leader) = (sign_in(&town, DEMO_USER), sign_in(&town, DEMO_LEADER));
        let [reopened, approved, published, checked] = &CLOSED;
        step(&town, &leader, checked, "approve");
        for closed in [checked, approved] {
            step(&town, &owner, closed, "publish");
        }
        let said = done(&fresh.address(), &["period", "verify"]);
        assert!(!said.contains("BAD") && said.contains("4 closed versions"), "{said}");
        // The figures are the ones that were kept, the files new, and the old files are untouched.
        let after = Kept::read(fresh);
        for closed in [checked, approved] {
            assert_eq!(after.official(closed), before.official(closed));
            assert_eq!(after.of(closed, "file/").count(), 6);
            assert_files(&town, &owner, &after, closed);
        }
        for closed in [reopened, published] {
            assert_files(&town, &owner, &before, closed);
        }
        let was = |closed| as_shown(&before.official(closed)["targets"][0]["estimate"]);
        assert_ne!(was(approved), was(reopened));
        for (closed, heading) in [(approved, "6 tháng đầu năm 2026"), (checked, "quý III năm 2026")] {
            let (_, target) = public(&town, heading);
            assert!(was(closed).iter().all(|cell| target.contains(cell)), "{target:?}");
        }
    }

    fn one_changed_byte_of_what_was_kept_is_found(fresh) {
        let kept = put(fresh);
        done(&fresh.address(), &["migrate"]);
        without_triggers(fresh);
        for (closed, name) in [
            (&CLOSED[0], "file/report.txt"),
            (&CLOSED[1], "figures/phuong-cau-giay/open/in.json"),
            (&CLOSED[2], "input/rules.json"),
            (&CLOSED[3], "input/tallies.json"),
        ] {
            let part = kept.part(closed, name);
            let mut changed = content(part);
            let digit = changed.iter().rposition(u8::is_ascii_digit).expect("a digit");
            changed[digit] = if changed[digit] == b'1' { b'2' } else { b'1' };
            let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
            deflated.write_all(&changed).expect("in memory");
            let put_in = |body: &[u8]| {
                fresh.sql(&format!(
                    "UPDATE closing_part SET body = {} WHERE period = '{}' AND version = {} AND name = '{name}'",
                    literal(fresh, body), closed.period, closed.version
                ));
            };
            put_in(&deflated.finish().expect("in memory"));
            let version = closed.version.to_string();
            let of_it = ["period", "verify", "--plan", PLAN, "--period", closed.period, "--version", &version];
            refused(&fresh.address(), &of_it);
            refused(&fresh.address(), &["period", "verify"]);
            put_in(&part.body);
            done(&fresh.address(), &of_it);
        }
        done(&fresh.address(), &["period", "verify"]);
    }

    fn the_first_form_is_read_beside_the_next_one(fresh) {
        let kept = put_with_the_first_form(fresh);
        let quarter = &CLOSED[2];
        let official = kept.official(quarter);
        assert!(official.get("coverage").is_none() && official["targets"][0].get("low_points").is_none());
        let run = |arguments: &[&str]| done(&fresh.address(), arguments);
        run(&["migrate"]);
        let said = run(&["period", "verify"]);
        assert!(!said.contains("BAD") && said.contains(&format!("ok  {}, hash: ", quarter.named())), "{said}");
        run(&["audit", "verify"]);
        assert!(run(&["doctor"]).contains("ok   closed periods: 4 versions"));
        for closed in CLOSED.iter().filter(|closed| closed.in_force) {
            let shown = run(&["index", "--plan", PLAN, "--period", closed.period, "--json"]);
            let shown = serde_json::from_str(shown.trim()).expect("JSON");
            assert_frozen(&kept, closed, &kept.official(closed), &shown);
        }
        let town = Town::start_as_it_is(fresh);
        let session = sign_in(&town, DEMO_USER);
        let path = quarter.path();
        for address in [path.clone(), format!("{path}/closing"), "/staff/targets".to_owned(), "/staff/".to_owned()] {
            shown(&town, &session, &address);
        }
        let office = kept.figures(quarter).into_iter().map(|figures| figures.unit).find(|unit| unit != UNIT).expect("an office");
        for further in ["/sheet.xlsx".to_owned(), format!("/report.txt?unit={office}"), "/outline.docx".to_owned()] {
            assert_eq!(town.get_as(&session, &format!("{path}{further}")).status(), 200, "{further}");
        }
        assert_files(&town, &session, &kept, quarter);
        let (_, target) = public(&town, "quý I năm 2026");
        assert!(as_shown(&official["targets"][0]["estimate"]).iter().all(|cell| target.contains(cell)), "{target:?}");
    }

    fn one_period_that_cannot_be_read_costs_one_line(fresh) {
        let kept = put(fresh);
        done(&fresh.address(), &["migrate"]);
        unguarded(fresh);
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        deflated.write_all(b"{}").expect("in memory");
        let body = deflated.finish().expect("in memory");
        fresh.sql(&format!(
            "UPDATE closing_part SET body = {} WHERE period = '2026-q1' AND name = 'figures/{UNIT}/open/in.json'",
            literal(fresh, &body)
        ));
        let town = Town::start_as_it_is(fresh);
        let session = sign_in(&town, DEMO_USER);
        let (quarter, path) = (&CLOSED[2], CLOSED[2].path());

        let (status, said) = page(town.get_as(&session, &path));
        assert_eq!(status, 500);
        assert!(said.contains("Số liệu đã khóa không đọc được"), "{said}");
        assert_files(&town, &session, &kept, quarter);
        let targets = shown(&town, &session, "/staff/targets");
        let warned = texts(&targets, "p.warn");
        assert!(warned.len() == 1 && warned[0].starts_with("Quý I/2026: số liệu đã khóa không đọc được"), "{warned:?}");
        let [value, interval, _] = as_shown(&kept.official(&CLOSED[1])["targets"][0]["estimate"]);
        assert!(texts(&targets, "tbody tr").iter().any(|row| row.contains(&format!("{value} ({interval})"))), "the half-year");
        for address in ["/staff/", "/staff/due", "/staff/progress"] {
            shown(&town, &session, address);
        }
        let (status, results) = page(town.get(&format!("/results?unit={UNIT}")));
        assert_eq!(status, 200);
        let sections = texts(&results, "section.period");
        assert_eq!(sections.len(), 2);
        assert!(sections[0].contains("6 tháng đầu năm 2026") && sections[0].contains('%'), "{sections:?}");
        assert!(sections[1].contains("quý I năm 2026") && sections[1].contains("tạm thời không hiển thị được"), "{sections:?}");

        let (status, said) = sipas(fresh, &["period", "verify"]);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains(&format!("BAD {}, parts: figures/{UNIT}/open/in.json was changed", quarter.named())), "{said}");
        for closed in CLOSED.iter().filter(|closed| closed.period != quarter.period) {
            assert!(said.contains(&format!("ok  {}, hash: ", closed.named())), "{said}");
        }
        assert!(sipas(fresh, &["doctor"]).1.contains("BAD  closed periods: "));
        // The command hands out the file that went out, and all that is left.
        let folder = Folder::new();
        let out = folder.text("report.docx");
        done(&fresh.address(), &["report", "--plan", PLAN, "--period", "2026-q1", "--format", "docx", "--out", &out]);
        assert_eq!(Sha256::digest(std::fs::read(&out).expect("a file")).as_slice(), kept.part(quarter, "file/report.docx").hash);
    }

    fn what_vanished_is_missed(fresh) {
        let kept = put(fresh);
        done(&fresh.address(), &["migrate"]);
        unguarded(fresh);
        let verify = || {
            let (status, said) = sipas(fresh, &["period", "verify"]);
            assert_eq!(status, 1, "{said}");
            said
        };
        fresh.sql("DELETE FROM closing_part WHERE period = '2026-h1' AND version = 2 AND name = 'input/places.json'");
        let said = verify();
        assert!(said.contains(&format!("BAD {}, parts: input/places.json is missing", CLOSED[1].named())), "{said}");
        // As if quarter I had never been closed: neither steps nor parts.
        fresh.sql("DELETE FROM closing_step WHERE period = '2026-q1'; DELETE FROM closing_part WHERE period = '2026-q1'");
        let said = verify();
        for deed in ["demo checked", "lanh-dao approved", "demo published"] {
            let words = format!("the audit log says that {deed} this on ");
            let line = said.lines().find(|line| line.starts_with(&format!("BAD {}, steps: ", CLOSED[2].named())));
            assert!(line.is_some_and(|line| line.contains(&words)), "{said}");
        }
        // And one step of another.
        fresh.sql("DELETE FROM closing_step WHERE period = '2026-h1' AND version = 1 AND deed = 5");
        let said = verify();
        assert!(said.contains(&format!("BAD {}, steps: the audit log says that lanh-dao reopened", CLOSED[0].named())), "{said}");
        assert!(said.contains(&format!("ok  {}, hash: {}", CLOSED[3].named(), kept.hash(&CLOSED[3]))), "walks on: {said}");
        // Without its plan no page would show it.
        fresh.sql(&format!("DELETE FROM plan WHERE key = '{PLAN}'"));
        let said = verify();
        assert!(said.contains(&format!("BAD {}, plan: the plan is missing", CLOSED[3].named())), "{said}");
    }

    fn a_closed_period_is_handed_out_part_by_part(fresh) {
        let kept = put(fresh);
        done(&fresh.address(), &["migrate"]);
        let folder = Folder::new();
        let out = folder.text("quarter");
        let quarter = &CLOSED[2];
        let export = ["period", "export", "--plan", PLAN, "--period", quarter.period, "--out", &out];
        done(&fresh.address(), &export);
        let mut written = 0;
        for (name, part) in kept.of(quarter, "") {
            let content = std::fs::read(format!("{out}/{name}")).expect("a part");
            assert_eq!(Sha256::digest(&content).as_slice(), part.hash, "{name}");
            for (path, mode) in [(format!("{out}/{name}"), 0o600), (out.clone(), 0o700)] {
                let rights = std::fs::metadata(&path).expect("its rights").permissions();
                assert_eq!(std::os::unix::fs::PermissionsExt::mode(&rights) & 0o777, mode, "{path}: tallies are single people's");
            }
            written += 1;
        }
        assert_eq!(written, 66, "54 figures, 6 sources, 6 files");
        let steps: Value = serde_json::from_slice(&std::fs::read(format!("{out}/steps.json")).expect("steps")).expect("JSON");
        assert_eq!((steps["hash"].as_str(), steps["steps"].as_array().map(Vec::len)), (Some(kept.hash(quarter).as_str()), Some(3)));
        assert_eq!(steps["parts"].as_object().map(serde_json::Map::len), Some(66));
        refused(&fresh.address(), &export);
    }
}
