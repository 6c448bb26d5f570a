//! Tables out: what stands in them is what was answered, in no order of arrival, inert in a spreadsheet, and complete.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use sipas::db::Stored;

use crate::server::{Folder, done, refused, sipas};
use crate::support::{Backend, FreshDb, attempt, commune, fresh_db, some_day};

/// A CSV with a header, each row by column.
fn rows(csv: &[u8]) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv);
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn export(fresh: &FreshDb, arguments: &[&str]) -> Vec<u8> {
    let output = sipas(&[("SIPAS_DATABASE_URL", &fresh.address())], &[&["export"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

on_both! {
    fn every_released_sheet_has_its_row_and_comments_are_inert(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let post = |point, number, answers: [u8; 5], comment: Option<&str>| {
            let mut sheet = commune.sheet(point, answers);
            sheet.comment = comment.map(str::to_owned);
            assert_eq!(db.submit_blocking(sheet, attempt(number, 1)), Ok(Stored::New));
        };
        // Ten are released when what waits is let in; without a plan that is the whole past and future.
        let let_in = || {
            let days = (chrono::NaiveDate::MIN, chrono::NaiveDate::MAX);
            db.release_at_closing("xa-phu-dong", days, some_day()).expect("let in")
        };
        let comments = ["=HYPERLINK(\"http://a\")", "Tốt, \"rất\" tốt\r\nCảm ơn", "-1", "＝1", "bình thường"];
        for (number, comment) in (0..).zip(comments) {
            post(1, number, [5, 4, 3, 0, 6], Some(comment));
            post(1, 20 + number, [5, 4, 3, 0, 6], Some(comment));
        }
        assert_eq!(let_in(), 10);
        // Three at another point wait: no row tells of them.
        for number in 10..13 {
            post(2, number, [1; 5], Some("đang chờ"));
        }
        let found = rows(&export(fresh, &["responses", "--format", "csv", "--comments"]));
        assert_eq!(found.len(), 10);
        for row in &found {
            let wanted = [
                ("unit", "xa-phu-dong"), ("point", &commune.codes[0]), ("day", "2026-03-14"), ("field", "justice"),
                ("form", "short@1"), ("series", "open"), ("mode", "phone"), ("respondent", "person"),
                ("channel", "counter"), ("flagged", "false"), ("q.item0", "5"), ("q.item1", "4"), ("q.item2", "3"),
                ("q.item3", ""), ("q.item4", "na"),
            ];
            for (column, value) in wanted {
                assert_eq!(row[column], value, "{column} of {row:?}");
            }
        }
        let told: BTreeSet<&str> = found.iter().map(|row| row["comment"].as_str()).collect();
        let inert = ["'=HYPERLINK(\"http://a\")", "Tốt, \"rất\" tốt\r\nCảm ơn", "'-1", "'＝1", "bình thường"];
        assert_eq!(told, BTreeSet::from(inert));
        assert_eq!(rows(&export(fresh, &["responses", "--format", "csv", "--live"])).len(), 13);
        let plain = export(fresh, &["responses", "--format", "csv"]);
        assert!(!String::from_utf8(plain.clone()).expect("UTF-8").contains("comment"), "only when asked for");
        assert!(plain.windows(2).any(|two| two == b"\r\n") && !plain.starts_with("\u{feff}".as_bytes()));
        assert!(export(fresh, &["responses", "--format", "csv", "--bom"]).starts_with("\u{feff}".as_bytes()));
        // Only the days, units and questionnaires asked for.
        let day = some_day();
        let none = ["responses", "--format", "csv", "--to", &(day - chrono::Days::new(1)).to_string()];
        assert_eq!(rows(&export(fresh, &none)).len(), 0);
        let all = ["responses", "--format", "csv", "--from", &day.to_string(), "--to", &day.to_string(), "--unit", "ha-noi"];
        assert_eq!(rows(&export(fresh, &all)).len(), 10);
        let words = refused(&fresh.address(), &["export", "responses", "--format", "csv", "--unit", "hue"]);
        assert!(words.contains("no unit `hue`"), "{words}");
        let words = refused(&fresh.address(), &["export", "responses", "--format", "csv", "--form", "none"]);
        assert!(words.contains("no questionnaire `none`"), "{words}");
    }

    fn rows_keep_no_order_of_arrival(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        // The first 20 answer 1, the next 20 answer 5. In order of arrival the file would begin with twenty ones; of the
        // 40!/(20!)² orders that random keys give, one in 137 846 528 820 does.
        for number in 0..40 {
            let level = if number < 20 { 1 } else { 5 };
            assert_eq!(db.submit_blocking(commune.sheet(1, [level; 5]), attempt(number, 1)), Ok(Stored::New));
        }
        let days = (chrono::NaiveDate::MIN, chrono::NaiveDate::MAX);
        assert_eq!(db.release_at_closing("xa-phu-dong", days, some_day()), Ok(40));
        let found = rows(&export(fresh, &["responses", "--format", "csv"]));
        let levels: Vec<&str> = found.iter().map(|row| row["q.item0"].as_str()).collect();
        let mut sorted = levels.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [["1"; 20], ["5"; 20]].concat());
        assert_ne!(levels, sorted);
        assert_eq!(found, rows(&export(fresh, &["responses", "--format", "csv"])), "twice the same");
    }
}

/// The text of one part of an XLSX.
fn part(xlsx: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(xlsx)).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect("a part").read_to_string(&mut text).expect("UTF-8");
    text
}

#[test]
fn figures_are_those_of_index_and_the_codebook_explains_every_column_and_value() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    done(&fresh.address(), &["demo", "--responses", "3000", "--seed", "7", "--until", "2026-09-30"]);
    let which = ["--plan", "cau-giay-2026", "--period", "2026-q3"];
    let json = sipas(&[("SIPAS_DATABASE_URL", &fresh.address())], &[&["index"], &which[..], &["--json"]].concat());
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let flat = rows(&export(&fresh, &[&["index"], &which[..], &["--format", "csv"]].concat()));

    let of = |node: &str| flat.iter().filter(|row| row["node"] == node).cloned().collect::<Vec<_>>();
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    assert_eq!(of("target").len(), list(&json, "targets").len());
    for (row, target) in of("target").iter().zip(list(&json, "targets")) {
        assert_eq!((&row["clause"], &row["verdict"]), (&text(&target["clause"]), &text(&target["verdict"])));
        for key in ["value", "low", "high", "respondents", "answers", "clusters", "design_effect"] {
            // serde_json reads some numbers one bit off, so that only text and number of one reading are compared.
            let (found, wanted) = (row[key].parse::<f64>().ok(), target["estimate"][key].as_f64());
            let same = found.zip(wanted).map(|(found, wanted)| (found - wanted).abs() <= f64::EPSILON * wanted.abs());
            assert!(same.unwrap_or(found == wanted), "{key}: {found:?}, {wanted:?}");
        }
    }
    assert_eq!(of("field").len(), list(&json, "fields").len());
    let criteria: Vec<Value> = list(&json, "fields")
        .iter()
        .flat_map(|field| list(field, "factors"))
        .flat_map(|factor| list(&factor, "criteria"))
        .collect();
    assert!(criteria.len() > 50);
    for (row, criterion) in of("criterion").iter().zip(&criteria) {
        assert_eq!(row["item"], text(&criterion["item"]));
        assert_eq!(row["hidden"] == "true", criterion["hidden"] == true);
        for (column, key) in [("level_1", 0), ("level_5", 4)] {
            assert_eq!(row[column], text(&criterion["levels"][key]));
        }
        for key in ["value", "not_used", "blank", "respondents"] {
            assert_eq!(row["hidden"] == "true", row[key].is_empty(), "a hidden node says nothing: {row:?}");
        }
    }
    assert_eq!(of("criterion").len(), criteria.len());

    // Every column and every value of the responses is in the codebook.
    let responses = rows(&export(&fresh, &["responses", "--format", "csv", "--plan", which[1], "--period", which[3]]));
    assert!(responses.len() > 200);
    let codebook = rows(&export(&fresh, &["codebook", "--format", "csv"]));
    let known: BTreeSet<(&str, &str)> =
        codebook.iter().map(|row| (row["column"].as_str(), row["value"].as_str())).collect();
    for row in &codebook {
        assert!(!row["vi"].is_empty() && !row["en"].is_empty(), "{row:?}");
    }
    for (column, value) in responses.iter().flatten() {
        let explained = value.is_empty() || column == "day" || known.contains(&(column, value));
        assert!(explained && known.contains(&(column, "")), "{column} = {value}");
    }
    assert!(responses.iter().all(|row| row["unit"].starts_with("phuong-cau-giay") || row["unit"].contains("cau-giay")));

    // The same tables as XLSX.
    for (table, arguments) in [("responses", &["responses"][..]), ("index", &["index"]), ("codebook", &["codebook"])] {
        let out = folder.text(&format!("{table}.xlsx"));
        let which = if table == "codebook" { &[][..] } else { &which };
        done(&fresh.address(), &[&["export"], arguments, which, &["--format", "xlsx", "--out", &out]].concat());
        let bytes = std::fs::read(&out).expect("a file");
        let rows_of = match table {
            "responses" => responses.len(),
            "index" => flat.len(),
            _ => codebook.len(),
        };
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        assert_eq!(sheet.matches("<row ").count(), rows_of + 1, "{table}");
        assert!(part(&bytes, "xl/workbook.xml").contains(table) && !sheet.contains("<f>"));
        assert_eq!(std::fs::metadata(&out).expect("its rights").permissions().mode() & 0o777, 0o600);
    }
    let left: Vec<_> = std::fs::read_dir(folder.path("")).expect("a folder").collect();
    assert_eq!(left.len(), 3, "no rows are left lying about: {left:?}");
    let words = refused(&fresh.address(), &["export", "codebook", "--format", "xlsx"]);
    assert!(words.contains("--out FILE"), "{words}");
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn a_table_gets_its_name_when_it_is_whole_and_what_stood_there_stays_until_then() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    drop(fresh.serve());
    let (file, part) = (folder.path("codebook.csv"), folder.path("codebook.csv.part"));
    std::fs::write(&file, "the table of before").expect("a file");
    // Nothing can be written under the name of the part.
    std::fs::create_dir(&part).expect("a folder");
    let arguments = ["export", "codebook", "--format", "csv", "--out", file.to_str().expect("UTF-8")];
    assert!(refused(&fresh.address(), &arguments).contains("codebook.csv.part"));
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "the table of before");
    std::fs::remove_dir(&part).expect("removed");
    done(&fresh.address(), &arguments);
    assert_ne!(std::fs::read_to_string(&file).expect("a file"), "the table of before");
    assert!(!part.exists());
    assert_eq!(std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_table_that_the_disk_does_not_take_is_an_error_and_leaves_what_stood_there() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    done(&fresh.address(), &["demo", "--responses", "3000", "--seed", "3", "--until", "2026-09-30"]);
    for format in ["csv", "xlsx", "sav", "parquet"] {
        let file = folder.path(&format!("responses.{format}"));
        std::fs::write(&file, "the table of before").expect("a file");
        let out = file.to_str().expect("UTF-8");
        // The signal of the limit is ignored, so that writing fails as it does on a full disk: with an error. SQLite needs 32 KiB beside
        // its file.
        let script = "trap '' XFSZ; exec prlimit --fsize=40000 -- \"$@\"";
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_sipas"), "export", "responses", "--live"]);
        command.args(["--format", format, "--out", out]).env("SIPAS_DATABASE_URL", fresh.address());
        let output = command.output().expect("the program");
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{format}: {words}");
        assert!(!words.contains("panicked"), "{format}: {words}");
        assert_eq!(std::fs::read_to_string(&file).expect("a file"), "the table of before", "{format}");
        std::fs::remove_file(&file).expect("removed");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path("")).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_export_by_period_says_which_days_were_forgotten() {
    let fresh = fresh_db(Backend::Sqlite);
    let plan = "key = \"phu-dong\"\ntitle_vi = \"Kế hoạch\"\ntitle_en = \"Plan\"\nunit = \"xa-phu-dong\"\nunit_name = \"Xã Phù Đổng\"\n\
                parent_unit = \"ha-noi\"\nparent_name = \"Hà Nội\"\nfrom = 2026-01-01\nto = 2026-12-31\nweights = \"equal\"\n\n\
                [[period]]\nkey = \"2026-q1\"\nfrom = 2026-01-01\nto = 2026-03-14\nclause = \"1\"\n";
    let db = fresh.serve();
    commune(&db);
    let plan = sipas::plan::parse("phu-dong.toml", plan, &[]).expect("a plan");
    let (hash, content) = sipas::db::plan_content(&plan).expect("content");
    assert!(db.seed_plan(&plan, &hash, &content, some_day()).expect("stored"));
    db.forget_sheets_before(some_day()).expect("forgotten");
    let by_period = ["export", "responses", "--format", "csv", "--plan", "phu-dong", "--period", "2026-q1"];
    let output = sipas(&[("SIPAS_DATABASE_URL", &fresh.address())], &by_period);
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("sheets are kept from 2026-03-14 on"), "{said}");
}
