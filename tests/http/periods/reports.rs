//! The report as files: one figure in all of them, for those who may take it along.

use std::process::Command;

use calamine::{Data, Reader as _, Xlsx};
use serde_json::Value;

use crate::documents::{docx_xml, pdf_text};
use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, figures_path, location, page, period, texts};

fn taken(town: &Town, session: &str, format: &str) -> Vec<u8> {
    let answer = town.get_as(session, &format!("{}/report.{format}", figures_path()));
    assert_eq!(answer.status(), 200, "{format}");
    let name = answer.headers()["content-disposition"].to_str().expect("a name").to_owned();
    assert!(name.starts_with("attachment; filename=\"bao-cao-cau-giay-2026-adhoc-") && name.contains(format), "{name}");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.bytes().expect("a file").to_vec()
}

/// The row of a sheet that begins with `name`.
fn row(book: &mut Xlsx<std::io::Cursor<Vec<u8>>>, sheet: &str, name: &str) -> Vec<Data> {
    let names = book.sheet_names();
    let sheet = names.iter().find(|known| known.ends_with(sheet)).unwrap_or_else(|| panic!("{sheet} of {names:?}"));
    let range = book.worksheet_range(sheet).expect("a sheet");
    let found = range.rows().find(|row| row[0].to_string().starts_with(name)).expect("a row");
    found.to_vec()
}

on_both! {
    fn page_json_command_word_pdf_and_workbook_show_one_figure(fresh) {
        let town = Town::start(fresh);
        for place in 0..30 {
            // Twenty-one people on level 5, nine on level 2: 0.7 exactly, whatever the number of items.
            let level = if place % 10 < 7 { 5 } else { 2 };
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, level)).status(), 201);
        }
        town.let_in();
        let lan = town.sign_in("lan");
        let path = format!("/api/v1/plans/cau-giay-2026/periods/{}/index", period());
        let json: Value = town.get_as(&lan, &path).json().expect("JSON");
        let estimate = &json["fields"][0]["estimate"];
        assert!((estimate["value"].as_f64().expect("a value") - 0.7).abs() < 1e-12);

        let (_, shown) = page(town.get_as(&lan, &format!("{}?part=all", figures_path())));
        let on_page = texts(&shown, "#fields tbody tr");
        assert!(on_page.iter().any(|row| row.starts_with("Tư pháp") && row.contains("70,0%")), "{on_page:?}");
        assert_eq!(texts(&shown, "a.file"), ["Word", "PDF", "Excel", "CSV"]);
        assert!(docx_xml(&taken(&town, &lan, "docx")).contains("70,0%"));
        let pdf = taken(&town, &lan, "pdf");
        let words = pdf_text(&pdf);
        assert!(words.contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") && words.contains("70,0%"), "{words}");
        assert_eq!(pdf, taken(&town, &lan, "pdf"), "the same figures give the same bytes");

        let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(taken(&town, &lan, "xlsx"))).expect("a workbook");
        let cells = row(&mut book, " Lĩnh vực", "Tư pháp");
        let as_json = |name: &str| estimate[name].as_f64().expect("a number");
        for wanted in [as_json("value"), as_json("low"), as_json("high")] {
            let has = |cell: &Data| matches!(cell, Data::Float(found) if (found - wanted).abs() < 1e-12);
            assert!(cells.iter().any(has), "{wanted} in {cells:?}");
        }
        // Once more on the long sheet, a row a figure.
        let range = book.worksheet_range("Số liệu dài").expect("a sheet");
        let of_field = |row: &&[Data]| row[0] == Data::String("Lĩnh vực".to_owned()) && row[3].to_string().starts_with("Tư pháp");
        let found: Vec<f64> = range.rows().filter(of_field).filter_map(|row| if let Data::Float(value) = row[6] { Some(value) } else { None }).collect();
        assert!(found.iter().any(|found| (found - as_json("value")).abs() < 1e-12), "{found:?}");
        assert!(book.sheet_names().iter().all(|name| !name.contains('-') || name.contains(" – ")), "names in Vietnamese");
        let csv = String::from_utf8(taken(&town, &lan, "csv")).expect("UTF-8");
        assert!(csv.starts_with('\u{feff}') && csv.contains("judicial"), "{csv}");

        let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
        command.env("SIPAS_DATABASE_URL", fresh.address());
        command.args(["report", "--plan", "cau-giay-2026", "--period", &period(), "--format", "txt"]);
        let said = command.output().expect("the program runs");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        assert!(String::from_utf8_lossy(&said.stdout).contains("70,0%"));
    }
}

#[test]
fn who_only_looks_takes_nothing_along() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    for (name, status) in [("viewer", 403), ("staff", 403), ("data_entry", 403), ("leader", 200), ("hoa", 404)] {
        let session = town.sign_in(name);
        let answer = town.get_as(&session, &format!("{}/report.pdf", figures_path()));
        assert_eq!(answer.status(), status, "{name}");
    }
    let viewer = town.sign_in("viewer");
    let (_, shown) = page(town.get_as(&viewer, &figures_path()));
    assert!(texts(&shown, "a.file").is_empty());
    let lan = town.sign_in("lan");
    assert_eq!(town.get_as(&lan, &format!("{}/report.exe", figures_path())).status(), 404);
}

#[test]
fn days_are_chosen_as_people_write_them() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    for (asked, key) in [
        ("first=05/03/2026&last=14.3.2026", "adhoc-2026-03-05-2026-03-14"),
        ("first=2026-03-14&last=5-3-2026", "adhoc-2026-03-05-2026-03-14"),
        ("first=&last=14/03/2026", "adhoc-2026-01-01-2026-03-14"),
    ] {
        let answer = town.get_as(&lan, &format!("/staff/plans/cau-giay-2026/?period=2026-q1&{asked}"));
        assert_eq!(answer.status(), 303, "{asked}");
        let led = location(&answer);
        assert!(led.contains(key), "{asked}: {led}");
    }
    // What is no day, or has not come yet, is said at its field, and stays as it was typed.
    for (first, last, wrong) in
        [("32/03/2026", "14/04/2026", "first"), ("05/03/2026", "hôm qua", "last"), ("14/03/2096", "", "first")]
    {
        let asked = format!("period=2026-q1&first={first}&last={last}");
        let led = location(&town.get_as(&lan, &format!("/staff/plans/cau-giay-2026/?{asked}")));
        for address in [led, format!("/staff/explore?plan=cau-giay-2026&{asked}")] {
            let (status, shown) = page(town.get_as(&lan, &address));
            assert_eq!(status, 422, "{address}");
            assert_eq!(texts(&shown, &format!("#{wrong}-error")).len(), 1, "{address}");
            let shown = scraper::Html::parse_document(&shown);
            for (name, typed) in [("first", first), ("last", last)] {
                let field = &crate::town::select(&shown, &format!("#{name}"))[0];
                assert_eq!(field.attr("value"), Some(typed), "{address}");
            }
        }
        // A file shows nobody what was typed.
        let file = format!("/staff/explore/trend/table.csv?plan=cau-giay-2026&{asked}");
        assert_eq!(town.get_as(&lan, &file).status(), 400);
    }
    assert_eq!(town.get_as(&lan, "/staff/plans/cau-giay-2026/?first=today").status(), 400, "of no period at all");
    assert_eq!(
        location(&town.get_as(&lan, "/staff/plans/cau-giay-2026/")),
        "/staff/",
        "nothing chosen leads nowhere in a circle"
    );
}
