//! A survey round: begun on a page, its sheets numbered and printed, stored from a file, counted, closed; its figures stand alone.

use serde_json::Value;
use sipas::clock;
use sipas::db::Db;
use sipas::service::figures::measure_round;
use sipas::sheet::tally::Series;

use crate::imports::{confirm, send_file};
use crate::on_both;
use crate::town::{Town, location, page, texts};

/// Begins a round of 120 sheets at the one-stop centre and 100 at the health station, 200 of them wanted; its address.
pub fn begin(town: &Town, session: &str, selection: &str) -> String {
    let today = clock::today().to_string();
    let begun = town.post_as(
        session,
        "/staff/plans/cau-giay-2026/rounds",
        &[
            ("name", "Khảo sát bộ phận chuyên môn"),
            ("clause", "phụ lục 11"),
            ("form", "mau-so-02"),
            ("fields", "judicial"),
            ("from", &today),
            ("to", &today),
            ("selection", selection),
            ("quota", "200"),
            ("sheets-cau-giay-hcc", "120"),
            ("sheets-cau-giay-tyt", "100"),
        ],
    );
    location(&begun).trim_end_matches("?done=begun").to_owned()
}

/// A file with sheets of the round's points: so many all on one level.
fn sheets(db: &Db, rows: &[(&str, usize, &str)]) -> String {
    let points = db.points(None).expect("points");
    let heads: Vec<String> = (1..=9).map(|number| format!("Câu {number}")).collect();
    let mut text = format!("Mã điểm;Ngày trả lời;Hình thức;{}\n", heads.join(";"));
    for (unit, count, level) in rows {
        let of_round = |point: &&sipas::db::PointListed| point.unit_code == *unit && point.form == "mau-so-02";
        let point = points.iter().find(of_round).expect("a point of the round");
        for _ in 0..*count {
            text += &[&point.code, &clock::today().to_string(), "giấy", &[*level; 9].join(";")].join(";");
            text.push('\n');
        }
    }
    text
}

fn store(town: &Town, rows: &[(&str, usize, &str)]) {
    let (minh, path) = (town.sign_in("minh"), "/staff/entry/import");
    let (status, shown) = page(send_file(town, &minh, path, "dot.csv", sheets(&town.db, rows).as_bytes()));
    assert_eq!(status, 200, "{shown}");
    assert_eq!(location(&confirm(town, &minh, path, &shown)), {
        let all: usize = rows.iter().map(|(_, count, _)| count).sum();
        format!("/staff/entry?done=imported&count={all}")
    });
}

on_both! {
    fn a_round_of_two_hundred_sheets_gives_its_index_from_all_of_them_once_it_is_closed(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SUBMIT_LIMIT", "off")]);
        town.plan_runs_on();
        let (lan, minh) = (town.sign_in("lan"), town.sign_in("minh"));
        let here = begin(&town, &lan, "drawn");
        let (_, shown) = page(town.get_as(&lan, &here));
        let numbers = texts(&shown, "tbody td[data-label='Phiếu số']");
        assert_eq!(numbers, ["001 – 120", "121 – 220"]);
        for (what, office) in [("sheets", "cau-giay-tyt"), ("cards", "cau-giay-hcc")] {
            let printed = town.get_as(&minh, &format!("{here}/print.pdf?what={what}&office={office}"));
            assert_eq!(printed.headers()["content-type"], "application/pdf");
            assert!(printed.bytes().expect("a file").starts_with(b"%PDF"));
        }

        // By hand: 150 sheets of nine satisfied answers, 50 of none: 1350 of 1800.
        store(&town, &[("cau-giay-hcc", 110, "5"), ("cau-giay-tyt", 40, "4"), ("cau-giay-tyt", 50, "2")]);
        // Citizens answer elsewhere meanwhile, and a night comes.
        for _ in 0..25 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 1)).status(), 201);
        }
        town.db.release_nightly(clock::today() + chrono::Days::new(1)).expect("a night");
        let round = || town.db.rounds("cau-giay-2026").expect("rounds").remove(0);
        let figures = || measure_round(&town.db, &round(), clock::today()).expect("figures").report;
        assert!(figures().fields.iter().all(|node| node.shown().is_none()), "no part of a round is shown before it is closed");

        let too_many = town.post_as(&minh, &format!("{here}/returns"), &[("collected-3", "119"), ("refused-3", "2")]);
        let round_now = round();
        let counted: Vec<(String, String)> = round_now
            .offices
            .iter()
            .zip([("112", "4"), ("93", "1")])
            .flat_map(|(office, (collected, refused))| {
                [(format!("collected-{}", office.unit), collected.to_owned()), (format!("refused-{}", office.unit), refused.to_owned())]
            })
            .collect();
        let counted: Vec<(&str, &str)> = counted.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert!(matches!(too_many.status().as_u16(), 303 | 422));
        assert_eq!(location(&town.post_as(&minh, &format!("{here}/returns"), &counted)), format!("{here}?done=counted"));
        assert_eq!(location(&town.post_as(&lan, &format!("{here}/close"), &[])), format!("{here}?done=closed"));

        let report = figures();
        assert_eq!((report.series, report.fields.len()), (Series::Sample, 1));
        let field = report.fields[0].shown().expect("shown");
        assert_eq!((field.estimate.respondents, field.estimate.answers, field.estimate.value), (200, 1_800, 0.75));
        // 200 of 220.
        let (_, told) = page(town.get_as(&lan, &format!("{here}/figures")));
        assert!(told.contains("Phát ra 220 phiếu, thu về 205, hợp lệ 200, từ chối 5; tỷ lệ phản hồi 90,9%; đủ số phiếu (200/200)"), "{told}");
        for format in ["docx", "xlsx", "csv", "pdf", "txt"] {
            assert_eq!(town.get_as(&lan, &format!("{here}/report.{format}")).status(), 200, "{format}");
        }
        // The plan's own figures of the series count the same 200.
        let path = format!("/api/v1/plans/cau-giay-2026/periods/{}/index?series=sample", crate::town::period());
        let index: Value = town.get_as(&lan, &path).json().expect("JSON");
        assert_eq!(index["fields"][0]["estimate"]["respondents"], 200);
        assert_eq!(location(&town.post_as(&lan, &format!("{here}/close"), &[])), format!("{here}?done=closed"), "once is enough");
        let words: Vec<String> = town
            .db
            .audit_rows(&["phuong-cau-giay".to_owned()], None, 20)
            .expect("rows")
            .into_iter()
            .map(|row| row.action)
            .filter(|action| action.ends_with("_round"))
            .collect();
        assert_eq!(words, ["close_round", "count_round", "begin_round"]);
    }

    fn a_round_of_whoever_came_is_of_volunteers_and_holds_no_other_answers(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SUBMIT_LIMIT", "off")]);
        town.plan_runs_on();
        let lan = town.sign_in("lan");
        let here = begin(&town, &lan, "as_they_come");
        store(&town, &[("cau-giay-hcc", 12, "5"), ("cau-giay-tyt", 18, "2")]);
        for _ in 0..30 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 5)).status(), 201);
        }
        location(&town.post_as(&lan, &format!("{here}/close"), &[]));
        town.let_in();
        let round = town.db.rounds("cau-giay-2026").expect("rounds").remove(0);
        let report = measure_round(&town.db, &round, clock::today()).expect("figures").report;
        let field = report.fields[0].shown().expect("shown");
        // 12 of 30, whatever the counter's 30 said.
        assert_eq!((report.series, field.estimate.respondents, field.estimate.value), (Series::Open, 30, 0.4));
        // A round without offices, days or questionnaire is refused with every reason at once.
        let (status, refused) = page(town.post_as(&lan, "/staff/plans/cau-giay-2026/rounds", &[("quota", "5")]));
        assert_eq!(status, 422);
        assert!(texts(&refused, "#error li, .error li").len() >= 6, "{refused}");
    }
}
