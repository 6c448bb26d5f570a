//! The command line as scripts meet it: data on standard output, words on standard error, exit status 0, 1 or 2.

mod support;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::{Backend, FreshDb, fresh_db};

/// Runs `sipas` with nothing of the caller's settings.
fn sipas(settings: &[(&str, &str)], arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
    for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("SIPAS_")) {
        command.env_remove(key);
    }
    command.envs(settings.iter().copied()).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    // A command that asks for nothing may have ended already.
    match child.stdin.take().expect("its input").write_all(input.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => panic!("its input: {error}"),
        _ => {}
    }
    child.wait_with_output().expect("its output")
}

fn on(fresh: &FreshDb, arguments: &[&str]) -> Output {
    sipas(&[("SIPAS_DATABASE_URL", &fresh.address())], arguments, "một câu dài để nhớ\n")
}

fn done(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    out.into_owned()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!words.contains("panicked"), "{words}");
    words
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&done(output)).expect("JSON")
}

#[test]
fn a_wrong_command_is_2_and_a_refused_input_1() {
    assert_eq!(sipas(&[], &["nonsense"], "").status.code(), Some(2));
    assert_eq!(sipas(&[], &["index"], "").status.code(), Some(2));
    assert!(refused(&sipas(&[("SIPAS_BND", "x")], &["check"], "")).contains("SIPAS_BND is not a setting"));
    let words = refused(&sipas(&[("SIPAS_DATABASE_URL", "postgress://x")], &["unit", "list"], ""));
    assert!(words.contains("postgress"), "{words}");
    let words = refused(&sipas(&[("SIPAS_DATABASE_URL", "sqlite:/nonexistent/x.db")], &["unit", "list"], ""));
    assert!(words.contains("/nonexistent/x.db"), "a typo must not make an empty database: {words}");
}

#[test]
fn a_demonstration_without_bounds_or_days_is_refused_and_makes_no_database() {
    let fresh = fresh_db(Backend::Sqlite);
    let words = refused(&on(&fresh, &["demo", "--responses", "99999999999", "--seed", "1"]));
    assert!(words.contains("10000000 at most"), "{words}");
    let words = refused(&on(&fresh, &["demo", "--responses", "10", "--seed", "1", "--until", "2001-01-01"]));
    assert!(words.contains("no plan has begun by 2001-01-01"), "{words}");
    assert!(!fresh.url().file().expect("a path").exists());
}

#[test]
fn check_names_file_and_line_of_every_fault() {
    done(&sipas(&[], &["check"], ""));
    let folder = std::env::temp_dir().join(format!("sipas_check_{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let good = include_str!("../survey_forms/thu-tuc-hanh-chinh-ngan.toml");
    let file = folder.join("thu-tuc-hanh-chinh-ngan.toml");
    std::fs::write(&file, good.replacen("factor = \"access\"", "factor = \"acces\"", 1)).expect("a file");
    let line = good.lines().position(|line| line == "factor = \"access\"").expect("the line") + 1;
    let output = sipas(&[], &["check", "--forms", folder.to_str().expect("UTF-8")], "");
    refused(&output);
    let faults = String::from_utf8_lossy(&output.stdout).into_owned();
    let wanted = format!("{}:{line}:", file.display());
    assert!(faults.lines().any(|fault| fault.starts_with(&wanted) && fault.contains("acces")), "{faults}");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn an_edited_questionnaire_must_carry_a_new_version() {
    let fresh = fresh_db(Backend::Sqlite);
    done(&on(&fresh, &["migrate"]));
    let folder = std::env::temp_dir().join(format!("sipas_edited_{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let good = include_str!("../survey_forms/tram-y-te.toml");
    let edited = good.replacen("Biển chỉ đường", "Bảng chỉ đường", 1);
    assert_ne!(good, edited);
    std::fs::write(folder.join("tram-y-te.toml"), edited).expect("a file");
    let settings = [("SIPAS_DATABASE_URL", fresh.address()), ("SIPAS_FORMS_DIR", folder.display().to_string())];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let words = refused(&sipas(&settings, &["migrate"], ""));
    assert!(words.contains("tram-y-te@2") && words.contains("version"), "{words}");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn units_points_and_users_are_set_up_listed_and_retired() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let fresh = fresh_db(backend);
        done(&on(&fresh, &["migrate"]));
        done(&on(
            &fresh,
            &["unit", "add", "thanh-pho-ha-noi", "--name", "Hà Nội", "--name-en", "Hanoi", "--kind", "city"],
        ));
        let ward = ["unit", "add", "phuong-lang", "--name", "Phường Láng", "--name-en", "Lang", "--kind", "ward"];
        done(&on(&fresh, &[&ward[..], &["--parent", "thanh-pho-ha-noi"]].concat()));
        assert!(refused(&on(&fresh, &ward)).contains("phuong-lang"), "a code is unique for ever");
        assert_eq!(json(&on(&fresh, &["unit", "list", "--json"]))[0]["code"], "phuong-lang");
        let point = ["point", "add", "--unit", "phuong-lang", "--name", "Quầy 1", "--name-en", "Counter 1"];
        let serves = ["--form", "thu-tuc-hanh-chinh-ngan", "--fields", "judicial,labour"];
        let code = done(&on(&fresh, &[&point[..], &serves].concat())).trim().to_owned();
        let listed = json(&on(&fresh, &["point", "list", "--json"]));
        assert_eq!(listed[0]["code"], code.as_str());
        assert_eq!(listed[0]["url"], format!("http://127.0.0.1:8080/s/{code}"));
        assert_eq!(listed[0]["retired"], Value::Null);
        let new = done(&on(&fresh, &["point", "replace-code", &code])).trim().to_owned();
        assert_ne!(new, code);
        done(&on(&fresh, &["point", "retire", &new]));
        assert!(json(&on(&fresh, &["point", "list", "--json"]))[0]["retired"].is_string());
        // What is retired is retired once, gets no new code and no poster; a replaced code is told with the one that holds.
        let head = || done(&on(&fresh, &["audit", "head"]));
        let before = head();
        let again = on(&fresh, &["point", "retire", &new]);
        done(&again);
        assert!(String::from_utf8_lossy(&again.stderr).contains("nothing was changed"));
        assert!(refused(&on(&fresh, &["point", "replace-code", &new])).contains("is retired since"));
        assert_eq!(head(), before, "no row of what was not done");
        let poster = ["qr", &new, "--out", "/nonexistent/poster.svg"];
        assert!(refused(&on(&fresh, &poster)).contains("takes no answers since"));
        let other = done(&on(&fresh, &[&point[..], &serves].concat())).trim().to_owned();
        let holds = done(&on(&fresh, &["point", "replace-code", &other])).trim().to_owned();
        let words = refused(&on(&fresh, &["qr", &other, "--out", "/nonexistent/poster.svg"]));
        assert!(words.contains("was replaced") && words.contains(&holds), "{words}");
        for list in [["tickets", "list"], ["point", "list"], ["void", "list"]] {
            let words = refused(&on(&fresh, &[&list[..], &["--unit", "nix"]].concat()));
            assert!(words.contains("there is no unit `nix`"), "{words}");
        }
        assert!(refused(&on(&fresh, &["period", "list", "--plan", "nix"])).contains("there is no plan `nix`"));
        let days = ["export", "responses", "--format", "csv", "--from", "2026-03-02", "--to", "2026-03-01"];
        assert!(refused(&on(&fresh, &days)).contains("--from 2026-03-02 lies after --to 2026-03-01"));
        let user = ["user", "add", "lan", "--display-name", "Lan", "--role", "plan_owner", "--unit", "phuong-lang"];
        done(&on(&fresh, &user));
        let words = refused(&on(
            &fresh,
            &["user", "add", "x", "--display-name", "X", "--role", "king", "--unit", "phuong-lang"],
        ));
        assert!(words.contains("plan_owner"), "the roles are named: {words}");
        // What pages refuse is refused here.
        for bad in [
            &["unit", "add", "Có Dấu", "--name", "X", "--name-en", "X", "--kind", "office"][..],
            &["unit", "add", "x-y", "--name", "", "--name-en", "X", "--kind", "office"],
            &["user", "add", "L <b>", "--display-name", "L", "--role", "viewer", "--unit", "phuong-lang"],
            &["user", "email", "lan", "lan@localhost"],
        ] {
            refused(&on(&fresh, bad));
        }
        done(&on(&fresh, &["user", "email", "lan", "lan@phuong.gov.vn"]));
        assert_eq!(json(&on(&fresh, &["user", "list", "--json"]))[0]["email"], "lan@phuong.gov.vn");
        done(&on(&fresh, &["user", "email", "lan", "none"]));
        assert_eq!(json(&on(&fresh, &["user", "list", "--json"]))[0]["email"], Value::Null);
        done(&on(&fresh, &["user", "retire", "lan"]));
        assert_eq!(json(&on(&fresh, &["user", "list", "--json"]))[0]["retired"], true);
        done(&on(&fresh, &["doctor"]));
    }
}

#[test]
fn the_same_demonstration_gives_the_same_figures_on_both_databases() {
    let figures: Vec<String> = [Backend::Sqlite, Backend::Postgres]
        .into_iter()
        .map(|backend| {
            let fresh = fresh_db(backend);
            let demo = ["demo", "--responses", "3000", "--seed", "7", "--until", "2026-09-30"];
            done(&on(&fresh, &demo));
            assert!(refused(&on(&fresh, &demo)).contains("not empty"));
            let which = ["--plan", "thanh-dong-2026", "--period", "2026-q3"];
            let index = done(&on(&fresh, &[&["index"], &which[..], &["--json"]].concat()));
            let report = done(&on(&fresh, &[&["report"], &which[..], &["--format", "txt"]].concat()));
            assert!(report.contains("BÁO CÁO"));
            let out = std::env::temp_dir().join(format!("sipas_{}_{backend:?}.docx", std::process::id()));
            let docx = [&["report"], &which[..], &["--format", "docx", "--out", out.to_str().expect("UTF-8")]].concat();
            done(&on(&fresh, &docx));
            assert!(std::fs::read(&out).expect("a file").starts_with(b"PK"));
            std::fs::remove_file(&out).expect("removed");
            done(&on(&fresh, &["doctor"]));
            index
        })
        .collect();
    assert_eq!(figures[0], figures[1]);
    let index: Value = serde_json::from_str(&figures[0]).expect("JSON");
    // The contract's keys, at their places.
    for key in [
        "plan", "period", "from", "to", "due", "assumed", "so_far", "unit", "series", "basis", "weights", "suspects",
        "frozen",
    ] {
        assert!(index.get(key).is_some(), "{key}");
    }
    // Thành Đông I.2.e sets three targets; the cut-off of quarter III is assumed.
    assert_eq!((index["targets"].as_array().expect("targets").len(), &index["assumed"]), (3, &Value::Bool(true)));
    let target = &index["targets"][0];
    for key in [
        "clause",
        "index",
        "fields",
        "minimum",
        "estimate",
        "verdict",
        "reason",
        "point_reached",
        "respondents_to_settle",
        "by_field",
    ] {
        assert!(target.get(key).is_some(), "{key}");
    }
    let estimate = &target["estimate"];
    for key in ["value", "low", "high", "confidence", "method", "respondents", "answers", "clusters", "design_effect"] {
        assert!(estimate.get(key).is_some(), "{key}");
    }
    let field = index["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .find(|field| field.get("hidden").is_none())
        .expect("a field");
    let criteria = |factor: &Value| factor["criteria"].as_array().cloned().unwrap_or_default();
    let criterion =
        field["factors"].as_array().expect("factors").iter().flat_map(criteria).find(|c| c.get("hidden").is_none());
    for key in ["item", "estimate", "respondents", "levels", "not_used", "blank"] {
        assert!(criterion.as_ref().expect("a criterion").get(key).is_some(), "{key}");
    }
}

#[test]
fn figures_that_are_not_there_are_refused_with_what_is() {
    let fresh = fresh_db(Backend::Sqlite);
    done(&on(&fresh, &["migrate"]));
    let words = refused(&on(&fresh, &["index", "--plan", "ha-noi-1990", "--period", "2026-q1", "--json"]));
    assert!(words.contains("ha-noi-1990"), "{words}");
    let words = refused(&on(&fresh, &["index", "--plan", "cau-giay-2026", "--period", "2026-q9", "--json"]));
    assert!(words.contains("2026-q1") && words.contains("adhoc-"), "{words}");
    let shown = done(&on(&fresh, &["plan", "show", "cau-giay-2026"]));
    assert!(shown.contains("69/KH-UBND"), "{shown}");
}

#[test]
fn tickets_are_printed_under_a_key_of_their_own_and_a_wrong_key_is_told_apart() {
    let fresh = fresh_db(Backend::Sqlite);
    done(&on(&fresh, &["demo", "--responses", "20", "--seed", "3", "--until", "2026-02-01"]));
    let points = json(&on(&fresh, &["point", "list", "--json"]));
    let points = points.as_array().expect("points").iter();
    let code =
        points.clone().find(|point| point["retired"].is_null()).expect("a point")["code"].as_str().expect("a code");
    let key = fresh.url().file().expect("a file").with_file_name("sipas.db.ticket-key");
    assert!(!key.exists());
    let lines = done(&on(&fresh, &["tickets", "--point", code, "--count", "3"]));
    assert_eq!(lines.lines().count(), 3, "{lines}");
    for line in lines.lines() {
        let (printed, address) = line.split_once("  ").expect("two columns");
        let plain = sipas::survey::code::normalise_ticket(printed).expect("a code");
        assert!(address.ends_with(&format!("/T/{code}{plain}")), "{line}");
    }
    assert!(key.exists(), "the key lies beside the database");
    let sheet = key.with_file_name("cards.pdf");
    let out = sheet.to_str().expect("UTF-8");
    done(&on(&fresh, &["tickets", "--point", code, "--count", "9", "--out", out, "--days", "7"]));
    assert!(std::fs::read(&sheet).expect("a PDF").starts_with(b"%PDF-"));
    let listed = json(&on(&fresh, &["tickets", "list", "--json"]));
    assert_eq!((&listed[0]["issued"], &listed[0]["used"]), (&Value::from(12), &Value::from(0)));
    assert!(done(&on(&fresh, &["tickets", "list"])).contains("0 / 12"), "a line for people");
    assert!(done(&on(&fresh, &["doctor"])).contains("ok   ticket key"));

    assert!(refused(&on(&fresh, &["tickets", "--point", "2222222", "--count", "1"])).contains("no point has the code"));
    assert!(refused(&on(&fresh, &["tickets", "--point", code, "--count", "0"])).contains("1 to 10000"));
    assert_eq!(on(&fresh, &["tickets", "--point", code]).status.code(), Some(2), "--count is needed");
    std::fs::write(&key, format!("{}\n", "ab".repeat(32))).expect("another key");
    let words = refused(&on(&fresh, &["tickets", "--point", code, "--count", "1"]));
    assert!(words.contains("12 one-time codes") && words.contains("put their key back"), "{words}");
    refused(&on(&fresh, &["doctor"]));
    done(&on(&fresh, &["tickets", "--point", code, "--count", "1", "--new-key"]));
}

#[test]
fn a_group_of_sheets_is_voided_listed_and_brought_back() {
    let fresh = fresh_db(Backend::Sqlite);
    done(&on(&fresh, &["demo", "--responses", "400", "--seed", "5", "--until", "2026-03-01"]));
    let index = |suspects: &str| {
        let which = ["--plan", "o-dien-2026-2030", "--period", "2026-year", "--suspects", suspects];
        json(&on(&fresh, &[&["index", "--json"], &which[..]].concat()))
    };
    assert_eq!((&index("in")["suspects"], &index("out")["suspects"]), (&Value::from("in"), &Value::from("out")));
    assert_eq!(on(&fresh, &["index", "--plan", "p", "--period", "q", "--suspects", "maybe"]).status.code(), Some(2));
    let points = json(&on(&fresh, &["point", "list", "--json"]));
    let codes: Vec<&str> =
        points.as_array().expect("points").iter().filter_map(|point| point["code"].as_str()).collect();
    let days =
        ["--from", "2025-07-01", "--to", "2026-03-01", "--reason", "Thẻ bị phát nhầm, biên bản số 4", "--by", "Lan"];
    let void = |code: &str| on(&fresh, &[&["void", "--point", code], &days[..]].concat());
    // The demonstration answers at some points only.
    let (code, made) =
        codes.iter().map(|code| (code, void(code))).find(|(_, made)| made.status.success()).expect("a point");
    let id = done(&made).trim().to_owned();
    let listed = json(&on(&fresh, &["void", "list", "--json"]));
    let [voiding] = &listed.as_array().expect("a list")[..] else { panic!("one voiding: {listed}") };
    assert_eq!(
        (&voiding["id"], &voiding["point"], &voiding["by"]),
        (&id.clone().into(), &(*code).into(), &"Lan".into())
    );
    assert!(voiding["sheets"].as_u64().expect("a number") >= 5 && voiding["undone"].is_null(), "{voiding}");
    assert!(refused(&void(code)).contains("0 sheets would stop counting"), "all are voided already");
    done(&on(&fresh, &["doctor"]));
    assert!(
        refused(&on(&fresh, &["void", "undo", "nowhere/1", "--reason", "Nhầm điểm phục vụ"])).contains("void list")
    );
    done(&on(&fresh, &["void", "undo", &id, "--reason", "Nhầm điểm phục vụ", "--by", "Hoa"]));
    assert!(done(&on(&fresh, &["void", "list"])).contains("by Hoa: Nhầm điểm phục vụ"));
    done(&on(&fresh, &["doctor"]));
    assert_eq!(on(&fresh, &["void", "--point", code]).status.code(), Some(2), "days and reason are needed");
}

#[test]
fn the_registry_of_targets_shows_the_figures_of_every_period_that_has_begun() {
    let fresh = fresh_db(Backend::Sqlite);
    done(&on(&fresh, &["demo", "--responses", "800", "--seed", "5", "--until", "2026-03-01"]));
    let all = json(&on(&fresh, &["plan", "targets", "--plan", "cau-giay-2026", "--json"]));
    let lines = all.as_array().expect("lines");
    assert!(lines.len() > 1, "{all}");
    for line in lines {
        let period = line["period"].as_str().expect("a period");
        let index = json(&on(&fresh, &["index", "--plan", "cau-giay-2026", "--period", period, "--json"]));
        let known = index["targets"].as_array().expect("targets");
        let of_index = known.iter().find(|known| known["target"] == line["target"]).expect("the target");
        for key in ["estimate", "verdict", "reason", "respondents_to_settle", "outlook", "low_points"] {
            assert_eq!(line[key], of_index[key], "{period} {key}");
        }
    }
    assert!(done(&on(&fresh, &["plan", "targets"])).contains("cau-giay-2026 2026-year"));
    assert!(refused(&on(&fresh, &["plan", "targets", "--plan", "x"])).contains("sipas plan list"));
}

#[test]
fn a_file_of_cases_is_tried_refused_by_row_and_stored_whole() {
    let fresh = fresh_db(Backend::Sqlite);
    done(&on(&fresh, &["demo", "--responses", "50", "--seed", "5", "--until", "2026-03-01"]));
    let folder = std::env::temp_dir().join(format!("sipas_import_{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let good = file("good.csv", "Đơn vị;Lĩnh vực;Tháng;Số hồ sơ\nphuong-cau-giay;land;01/2026;1.234\n");
    let bad = file("bad.csv", "Đơn vị;Lĩnh vực;Tháng;Số hồ sơ\nphuong-cau-giay;land;01/2026;1\nSở X;land;01/2026;1\n");
    let tried = json(&on(&fresh, &["import", "volumes", &good, "--dry-run", "--json"]));
    assert_eq!((&tried["stored"], &tried["rows"][0]["fate"]), (&Value::from(false), &Value::from("new")));
    let words = refused(&on(&fresh, &["import", "volumes", &bad]));
    assert!(words.contains("bad.csv:3: Đơn vị: there is no unit “Sở X”"), "{words}");
    assert!(words.contains("nothing was stored"));
    // Neither the trial nor the sound row of the refused file left anything.
    assert_eq!(json(&on(&fresh, &["import", "volumes", &good, "--json"]))["rows"][0]["fate"], "new");
    assert_eq!(json(&on(&fresh, &["import", "volumes", &good, "--json"]))["rows"][0]["fate"], "same");
    let template = folder.join("template.xlsx").to_str().expect("UTF-8").to_owned();
    done(&on(&fresh, &["import", "volumes", "--template", &template]));
    assert!(refused(&on(&fresh, &["import", "volumes", &template])).contains("no rows under the headings"));
    assert!(refused(&on(&fresh, &["import", "volumes", "/nonexistent/x.csv"])).contains("/nonexistent/x.csv"));
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_questionnaire_goes_out_as_an_xlsform_and_comes_back_and_one_of_others_becomes_a_draft() {
    let fresh = fresh_db(Backend::Sqlite);
    done(&on(&fresh, &["demo", "--responses", "20", "--seed", "5", "--until", "2026-03-01"]));
    assert!(done(&on(&fresh, &["form", "list"])).contains("bo-noi-vu-2026"));
    let folder = std::env::temp_dir().join(format!("sipas_form_{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let book = folder.join("form.xlsx").to_str().expect("UTF-8").to_owned();
    done(&on(&fresh, &["form", "export", "bo-noi-vu-2026", "--xlsform", &book]));
    let (back, kept) = (on(&fresh, &["form", "read", &book]), on(&fresh, &["form", "export", "bo-noi-vu-2026"]));
    assert_eq!(done(&back), done(&kept), "what is read back is what went out");
    assert!(String::from_utf8_lossy(&back.stderr).contains(", 0 remarks"));
    let other = format!("{}/tests/fixtures/xlsform/repeat.xlsx", env!("CARGO_MANIFEST_DIR"));
    let read = on(&fresh, &["form", "read", &other, "--unit", "phuong-cau-giay"]);
    let words = String::from_utf8_lossy(&read.stderr).into_owned();
    assert!(done(&read).is_empty() && words.contains("survey, row 3, `con`: begin_repeat"), "{words}");
    assert!(words.contains("/staff/forms/drafts/1/edit"), "{words}");
    assert!(refused(&on(&fresh, &["form", "export", "none", "--xlsform", &book])).contains("sipas form list"));
    assert!(refused(&on(&fresh, &["form", "read", &other, "--unit", "none"])).contains("there is no unit `none`"));
    std::fs::write(folder.join("empty.csv"), "a;b\nc;d\n").expect("written");
    let empty = folder.join("empty.csv").to_str().expect("UTF-8").to_owned();
    assert!(refused(&on(&fresh, &["form", "read", &empty])).contains("no question was found"));
    std::fs::remove_dir_all(&folder).expect("removed");
}
