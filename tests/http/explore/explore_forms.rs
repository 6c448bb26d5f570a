//! What goes with satisfaction, whether a form is sound, two sides beside each other: of the demonstration's sheets, for whoever has a whole ward.

use std::io::Write;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use flate2::{Compression, write::DeflateEncoder};
use serde_json::Value;
use sipas::access::Role;
use sipas::clock;
use sipas::plan::closing::ClosingStep;
use sipas::service::closing;

use crate::closed::literal;
use crate::closing::without_triggers;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{Town, page, texts};

/// A town with the demonstration's answers, one who reads them, and the database.
static TOWN: LazyLock<(Town, String, &FreshDb)> = LazyLock::new(|| {
    let fresh: &FreshDb = Box::leak(Box::new(fresh_db(Backend::Sqlite)));
    let mut fill = std::process::Command::new(env!("CARGO_BIN_EXE_sipas"));
    fill.args(["demo", "--responses", "4000", "--seed", "3", "--until", "2026-10-20"]);
    let filled = fill.env("SIPAS_DATABASE_URL", fresh.address()).output().expect("the program runs");
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
    let town = Town::start_as_it_is(fresh);
    let session = town.sign_in_as(Role::PlanOwner, "phuong-cau-giay");
    (town, session, fresh)
});

/// While it is held nobody closes a period: a closing lets in answers that waited, between a page and its file.
fn as_it_stands() -> MutexGuard<'static, ()> {
    static STANDS: Mutex<()> = Mutex::new(());
    STANDS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn drivers_have_shares_that_add_up_and_an_order_only_where_it_is_sure() {
    let (town, owner, _) = &*TOWN;
    let _stands = as_it_stands();
    let (status, shown) = page(town.get_as(owner, "/staff/explore/drivers"));
    assert_eq!(status, 200);
    let rows = texts(&shown, "#drivers-table tbody tr");
    assert!(rows.len() >= 3 && shown.contains("chart quadrant"), "{shown}");
    let number = |text: &str| text.trim_end_matches('%').replace(',', ".").parse::<f64>().expect("a number");
    let shares: Vec<f64> =
        texts(&shown, "#drivers-table tbody td:nth-child(2)").iter().map(|text| number(text)).collect();
    let sum: f64 = shares.iter().sum();
    assert!((sum - 100.0).abs() < 1.0, "shares of all that is explained: {sum}");
    assert!(shares.windows(2).all(|pair| pair[0] >= pair[1]), "{shares:?}");
    the_files_say_what_the_page_says(town, owner, &shown, "drivers");
    // Of an office there is nothing: its sheets are parts of releases.
    let head = town.sign_in_as(Role::UnitHead, "phuong-cau-giay-mot-cua");
    assert!(page(town.get_as(&head, "/staff/explore/drivers")).1.contains("không bao trùm phường"));
    assert_eq!(town.get_as(&head, "/staff/explore/drivers/table.csv").status(), 404);
    assert_eq!(town.get_as(owner, "/staff/explore/drivers?unit=xa-o-dien").status(), 404);
    assert_eq!(town.get_as(owner, "/staff/explore/drivers?form=nothing%401").status(), 404);
}

/// The table and the picture that a page offers of its exhibit: the same figures.
fn the_files_say_what_the_page_says(town: &Town, session: &str, shown: &str, id: &str) {
    let html = scraper::Html::parse_document(shown);
    let files = crate::town::select(&html, "a.file");
    let file = |name: &str| {
        let of = files.iter().filter_map(|link| link.attr("href")).find(|to| to.contains(name));
        let answer = town.get_as(session, of.unwrap_or_else(|| panic!("{name} of {id}")));
        assert_eq!(answer.status(), 200, "{name} of {id}");
        answer
    };
    let table = file("table.csv");
    assert_eq!(table.headers()["content-disposition"], format!("attachment; filename=\"{id}.csv\"").as_str());
    let table = table.text().expect("a file");
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let of_file: Vec<String> =
        reader.records().flat_map(|row| row.expect("a row").iter().map(str::to_owned).collect::<Vec<_>>()).collect();
    // A difference is a number in a file, and an interval has no plus in front: spreadsheets would take it for a formula, and "−" for a letter.
    let plain = |cell: String| {
        let number = cell.trim_start_matches('+').replace('−', "-").replace(',', ".").parse::<f64>().ok();
        let number = number.filter(|_| cell.starts_with(['+', '−']) || cell == "0,0");
        number.map_or_else(|| cell.trim_start_matches('+').to_owned(), |number| number.to_string())
    };
    let of_page = texts(shown, &format!("#{id}-table tbody > tr > *, #{id}-table-more tbody > tr > *"));
    let of_page: Vec<String> = of_page.into_iter().map(plain).collect();
    assert!(!of_page.is_empty() && of_file == of_page, "{of_file:?} {of_page:?}");
    assert!(file("table.xlsx").bytes().expect("a file").starts_with(b"PK"));
    assert!(file("picture.png").bytes().expect("a file").starts_with(&[0x89, b'P', b'N', b'G']));
    let picture = file("picture.svg").text().expect("a picture");
    let of_page = texts(shown, ".on-page svg desc").concat();
    assert_eq!(texts(&picture, "svg desc").concat(), of_page);
    assert!(!of_page.is_empty());
}

#[test]
fn a_form_is_told_item_by_item_with_advice_in_words() {
    let (town, owner, _) = &*TOWN;
    let (status, shown) = page(town.get_as(owner, "/staff/explore/form"));
    assert_eq!(status, 200);
    assert!(shown.contains("chọn cùng một mức từ đầu đến cuối"), "{shown}");
    let advice = texts(&shown, "td[data-label=Nên]");
    assert!(!advice.is_empty() && advice.iter().all(|text| !text.is_empty()));
    assert!(shown.contains("α 0,"), "{shown}");
    assert!(shown.contains("Thời gian trả lời không được lưu"));
}

#[test]
fn two_periods_are_compared_line_by_line_and_the_same_one_twice_is_not() {
    let (town, owner, _) = &*TOWN;
    let _stands = as_it_stands();
    let asked = "/staff/explore/change?plan=cau-giay-2026&before=2026-q1&after=2026-q3&depth=fields";
    let (status, shown) = page(town.get_as(owner, asked));
    assert_eq!(status, 200);
    let rows = texts(&shown, "#change-table tbody tr");
    assert!(!rows.is_empty(), "{shown}");
    assert!(shown.contains("Holm"));
    the_files_say_what_the_page_says(town, owner, &shown, "change");
    // A file of what was not asked for is none, nor is one of no exhibit or by a word that means nothing.
    for (query, status) in [
        ("plan=cau-giay-2026&before=2026-q1&after=2026-q1", 404),
        ("plan=cau-giay-2026&before=2030-q1&after=2026-q3", 404),
        ("plan=cau-giay-2026&before=2026-q1&after=2026-q3&of=drivers", 404),
        ("plan=cau-giay-2026&period=2026-q3", 400),
    ] {
        assert_eq!(town.get_as(owner, &format!("/staff/explore/change/table.csv?{query}")).status(), status, "{query}");
    }
    let viewer = town.sign_in_as(Role::Viewer, "phuong-cau-giay");
    assert!(texts(&page(town.get_as(&viewer, asked)).1, "a.file").is_empty());
    for file in ["change/table.csv", "change/picture.svg", "drivers/table.csv", "drivers/picture.png"] {
        assert_eq!(town.get_as(&viewer, &format!("/staff/explore/{file}")).status(), 403, "{file}");
    }
    let same = page(town.get_as(owner, "/staff/explore/change?plan=cau-giay-2026&before=2026-q1&after=2026-q1")).1;
    assert!(same.contains("Hai bên giống nhau"), "{same}");
    assert_eq!(town.get_as(owner, "/staff/explore/change?plan=cau-giay-2026&from_unit=xa-o-dien").status(), 404);
    assert_eq!(town.get_as(owner, "/staff/explore/change?depth=everything").status(), 400);
}

#[test]
fn groups_of_respondents_are_compared_within_a_period_that_was_closed_once() {
    let (town, owner, fresh) = &*TOWN;
    let _stands = as_it_stands();
    let asked = "/staff/explore/change?plan=cau-giay-2026&before=2026-q3&after=2026-q3";
    let before = page(town.get_as(owner, asked)).1;
    assert!(
        before.contains("Hai bên giống nhau: hãy chọn hai kỳ"),
        "no figures of groups before the closing: {before}"
    );
    for period in ["2026-q3", "2026-h1"] {
        let check = closing::Asked {
            plan: "cau-giay-2026".to_owned(),
            period: period.to_owned(),
            version: 1,
            deed: ClosingStep::Check,
            by: (1, "lan".to_owned()),
            reason: String::new(),
            at: clock::now(),
            vice: false,
        };
        closing::take(&town.db.by_nobody(), check, true).expect("checked");
    }
    let (status, shown) = page(town.get_as(owner, asked));
    assert_eq!(status, 200);
    let rows = texts(&shown, "#change-table tbody th");
    assert!(rows.iter().any(|name| name.contains(": ") && name.contains(" và ")), "{rows:?}");
    assert!(shown.contains("sai số của chênh lệch đã tính phần chung ấy"), "{shown}");
    // The half-year holds a quarter: its groups less the quarter's would be other people's.
    let half = page(town.get_as(owner, &asked.replace("2026-q3", "2026-h1"))).1;
    assert!(half.contains("Hai bên giống nhau: hãy chọn hai kỳ"), "{half}");

    // A closing of before it was asked which groups may be told has nothing of it: then none is.
    let told = || -> Vec<Value> {
        let index: Value =
            town.get_as(owner, "/api/v1/plans/cau-giay-2026/periods/2026-q3/index").json().expect("JSON");
        let options = index["profile"].as_array().expect("who answered").iter().map(|asked| &asked["options"]);
        let options = options.flat_map(|options| options.as_array().expect("options").clone());
        options.map(|option| option["estimate"].clone()).filter(|estimate| !estimate.is_null()).collect()
    };
    assert!(!told().is_empty());
    let kept = town.db.closings_of("cau-giay-2026", "2026-q3").expect("closings").pop().expect("closed");
    let places = town.db.closing_part(&kept, "input/places.json").expect("asked").expect("kept");
    let mut places: Value = serde_json::from_slice(&places).expect("JSON");
    assert!(
        places.as_object_mut().expect("an object").remove("groups_hidden").is_some(),
        "told even where it is empty"
    );
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
    deflated.write_all(places.to_string().as_bytes()).expect("in memory");
    let body = literal(fresh, &deflated.finish().expect("in memory"));
    without_triggers(fresh);
    fresh
        .sql(&format!("UPDATE closing_part SET body = {body} WHERE period = '2026-q3' AND name = 'input/places.json'"));
    assert_eq!(told(), Vec::<Value>::new());
    let older = page(town.get_as(owner, asked)).1;
    assert!(older.contains("Hai bên giống nhau: hãy chọn hai kỳ"), "{older}");
}

#[test]
fn the_list_of_targets_says_what_a_list_of_verdicts_is_worth() {
    let (town, owner, _) = &*TOWN;
    // Three targets in one plan of Thành Đông; one alone in the plan of Cầu Giấy, which is no list.
    let several = town.sign_in_as(Role::PlanOwner, "phuong-thanh-dong");
    let shown = page(town.get_as(&several, "/staff/targets")).1;
    assert!(shown.contains("Trong 3 chỉ tiêu có kết quả") && shown.contains("kết luận “đạt” sai"), "{shown}");
    assert!(shown.contains("Ai đã trả lời"), "{shown}");
    let alone = page(town.get_as(owner, "/staff/targets")).1;
    assert!(!alone.contains("kết luận “đạt” sai") && alone.contains("Ai đã trả lời"), "{alone}");
}
