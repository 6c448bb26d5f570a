//! A designed survey through its pages: a frame of 12,000 dossiers, 384 drawn, 210 answered, cells, weights, estimates. The estimates are those
//! of R's `survey` on the same file: `tests/stats_data/designed_survey.R`.

use chrono::{Datelike, Days, NaiveDate};
use scraper::Html;
use serde_json::Value;
use sipas::clock;
use sipas::db::Standing;
use sipas::plan::round::printed;
use sipas::plan::working_days::is_working_day;
use sipas::sampling::outcome::Outcome;

use crate::imports::{confirm, send_file};
use crate::on_both;
use crate::town::{Town, form_pairs, location, page, select, texts, with};

const ROUNDS: &str = "/staff/plans/cau-giay-2026/rounds";

fn reference(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stats_data").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Begins a round that draws from a frame; its address.
fn begin(town: &Town, session: &str) -> String {
    begin_until(town, session, clock::today())
}

fn begin_until(town: &Town, session: &str, to: NaiveDate) -> String {
    let (from, to) = (clock::today().to_string(), to.to_string());
    let fields = [
        ("name", "Điều tra người nộp hồ sơ"),
        ("clause", "phụ lục 11"),
        ("form", "mau-so-02"),
        ("fields", "judicial"),
        ("from", from.as_str()),
        ("to", to.as_str()),
        ("selection", "from_frame"),
        ("quota", "200"),
    ];
    location(&town.post_as(session, ROUNDS, &fields)).trim_end_matches("?done=begun").to_owned()
}

/// The frame that the reference was drawn from: `tests/stats_reference/designed_survey.rs`.
fn dossiers() -> String {
    let row = |at: usize| {
        let stratum = ["Đất đai", "Tư pháp", "Kinh doanh"][usize::from(at % 24 >= 10) + usize::from(at % 24 >= 19)];
        let group = if at * 7 % 10 < 6 { "Trực tiếp" } else { "Trực tuyến" };
        format!("HS-{at:05};{stratum};{group};Khu {:02}", at / 24 % 60)
    };
    let rows: Vec<String> = std::iter::once("Mã số;Tầng;Nhóm;Cụm".to_owned()).chain((0..12_000).map(row)).collect();
    rows.join("\n")
}

/// Enters what became of each number, as the lines of the file say.
fn enter_outcomes(town: &Town, session: &str, here: &str, lines: &[Vec<&str>]) {
    for sheets in lines.chunks(100) {
        let fields: Vec<(String, &str)> = sheets.iter().map(|line| (format!("outcome-{}", line[0]), line[6])).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, code)| (name.as_str(), *code)).collect();
        let kept = location(&town.post_as(session, &format!("{here}/sample/outcomes"), &fields));
        assert_eq!(kept, format!("{here}/sample/outcomes?page=1&done=kept"));
    }
}

/// The answers of the file, each with the point of its cell.
fn answers<'a>(town: &Town, lines: &[Vec<&'a str>]) -> Vec<(String, Vec<&'a str>)> {
    let cells = town.db.cells(1).expect("cells");
    assert!(cells.iter().all(|cell| cell.body.sheets.len() >= 10), "each cell has ten answered numbers");
    let points = town.db.points(None).expect("points");
    let code = |sheet: &str| {
        let sheet: u32 = sheet.parse().expect("a number");
        let cell = cells.iter().find(|cell| cell.body.sheets.contains(&sheet)).expect("a cell");
        let own = |point: &&sipas::db::PointListed| (point.unit, point.point) == (cell.unit, cell.point);
        points.iter().find(own).expect("a point").code.clone()
    };
    let answered = lines.iter().filter(|line| !line[9].is_empty());
    let sheets = answered.map(|line| {
        let (satisfied, answers): (usize, usize) =
            (line[8].parse().expect("a count"), line[9].parse().expect("a count"));
        let level = |at| match at {
            at if at < satisfied => "5",
            at if at < answers => "2",
            _ => "",
        };
        (code(line[0]), (0..9).map(level).collect())
    });
    sheets.collect()
}

fn draw(town: &Town, session: &str, here: &str, fields: &[(&str, &str)]) -> String {
    location(&town.post_as(session, &format!("{here}/sample/draw"), fields))
}

/// A file of sheets: lines of point code and answers, those about the respondent behind the nine.
fn store(town: &Town, about: &[&str], lines: &[(String, Vec<&str>)]) {
    let about = about.iter().map(|heading| (*heading).to_owned());
    let heads: Vec<String> = (1..=9).map(|number| format!("Câu {number}")).chain(about).collect();
    let head = format!("Mã điểm;Ngày trả lời;Hình thức;{}", heads.join(";"));
    let row = |(code, answers): &(String, Vec<&str>)| format!("{code};{};giấy;{}", clock::today(), answers.join(";"));
    let text = std::iter::once(head).chain(lines.iter().map(row)).collect::<Vec<_>>().join("\n");
    let (minh, path) = (town.sign_in("minh"), "/staff/entry/import");
    let (status, shown) = page(send_file(town, &minh, path, "mau.csv", text.as_bytes()));
    assert_eq!(status, 200, "{shown}");
    assert_eq!(
        location(&confirm(town, &minh, path, &shown)),
        format!("/staff/entry?done=imported&count={}", lines.len())
    );
}

fn close_to(found: &Value, expected: &Value, what: &str) {
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{what}: {value} is no number"));
    let (found, expected) = (number(found), number(expected));
    assert!((found - expected).abs() <= 1e-12 + 1e-8 * expected.abs(), "{what}: {found} for {expected}");
}

on_both! {
    fn a_sample_of_384_dossiers_gives_the_estimates_of_r_from_its_210_sheets(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SUBMIT_LIMIT", "off")]);
        town.plan_runs_on();
        let (lan, minh) = (town.sign_in("lan"), town.sign_in("minh"));
        let here = begin(&town, &lan);
        let frame = format!("{here}/sample/frame");

        // People are known by the frame's number alone.
        let named = send_file(&town, &lan, &frame, "khung.csv", "Mã số;Họ và tên\n1;An\n2;Bình\n".as_bytes());
        let (status, refused) = page(named);
        assert!(status == 422 && refused.contains("Khung mẫu không được chứa họ tên"), "{refused}");
        assert!(town.db.frame(1).expect("asked").is_none(), "nothing of a refused file is kept");
        assert_eq!(location(&send_file(&town, &lan, &frame, "khung.csv", dossiers().as_bytes())), format!("{here}/sample?done=frame&count=12000"));
        let (status, sized) = page(town.get_as(&lan, &format!(
            "{here}/sample?aim=margin&margin=5&share=50&effect=1&response=60&parts=1&target=&power="
        )));
        // Cochran: 384.15/(1 + 383.15/12000) = 372.26; 373/0.6 = 621.7.
        assert!(status == 200 && sized.contains("với 12.000 dòng của khung còn 373 phiếu.") && sized.contains("cần chọn 622 người"), "{sized}");

        let plan = [("method", "proportional"), ("drawn", "384"), ("substitutes", "0"), ("seed", "2026")];
        assert_eq!(draw(&town, &lan, &here, &plan), format!("{here}/sample?done=drawn"));
        assert_eq!(draw(&town, &lan, &here, &plan), format!("{here}/sample?done=late"), "nobody draws until the sample suits");
        let file = reference("designed_survey_stratified.csv");
        let lines: Vec<Vec<&str>> = file.lines().skip(1).map(|line| line.split(',').collect()).collect();
        let drawn = town.db.drawn(1).expect("drawn");
        let numbers: Vec<&str> = drawn.iter().map(|drawn| drawn.unit.number.as_str()).collect();
        assert_eq!(numbers, lines.iter().map(|line| line[1]).collect::<Vec<_>>(), "the same frame and seed draw the same people");
        for ending in ["pdf", "xlsx"] {
            assert_eq!(town.get_as(&minh, &format!("{here}/sample/lists.{ending}")).status(), 200, "{ending}");
        }

        enter_outcomes(&town, &minh, &here, &lines);
        let (_, shown) = page(town.get_as(&lan, &format!("{here}/sample")));
        // 200 complete, 210 with partial ones, of 384 − 10 not eligible.
        assert!(shown.contains("RR1 53,5% · RR2 56,1%"), "{shown}");
        assert_eq!(location(&town.post_as(&lan, &format!("{here}/sample/cells"), &[])), format!("{here}/sample?done=cells&count=6"));

        let sheets = answers(&town, &lines);
        assert_eq!(sheets.len(), 210);
        store(&town, &[], &sheets);
        for _ in 0..25 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 4)).status(), 201);
        }
        town.let_in();
        let estimates = "/api/v1/plans/cau-giay-2026/rounds/1/estimates";
        let before: Value = town.get_as(&lan, estimates).json().expect("JSON");
        assert!(before["estimates"].is_null(), "nothing is estimated before the round is closed");
        assert_eq!(location(&town.post_as(&lan, &format!("{here}/close"), &[])), format!("{here}?done=closed"));

        let expected: Value = serde_json::from_str(&reference("designed_survey.json")).expect("JSON");
        let expected = &expected["stratified"];
        let told: Value = town.get_as(&lan, estimates).json().expect("JSON");
        let found = &told["estimates"];
        assert_eq!(found["sheets"], 210);
        close_to(&found["whole"]["answers"]["value"], &expected["answers"]["value"], "value");
        close_to(&found["whole"]["answers"]["standard_error"], &expected["answers"]["se"], "standard error");
        for (at, known) in found["weighting"]["strata"].as_array().expect("strata").iter().enumerate() {
            let theirs = &expected["strata"][known["labels"][0].as_str().expect("a name")];
            close_to(&found["strata"][at]["answers"]["value"], &theirs["value"], "stratum");
            close_to(&found["strata"][at]["answers"]["standard_error"], &theirs["se"], "stratum");
        }
        let weights: Vec<f64> = found["weighting"]["cells"].as_array().expect("cells").iter().map(|cell| cell["weight"].as_f64().expect("a weight")).collect();
        let theirs: Vec<f64> = expected["weights"].as_array().expect("a list").iter().map(|weight| weight.as_f64().expect("a weight")).collect();
        assert!(weights.iter().all(|weight| theirs.iter().any(|theirs| (weight - theirs).abs() < 1e-8 * theirs)));

        // Page and files say how it was made, and no number of the frame stands beside figures.
        let (_, shown) = page(town.get_as(&lan, &format!("{here}/figures")));
        for words in ["Phương pháp chọn mẫu và ước lượng", "Số khởi tạo 2026", "Mẫu chọn và phiếu tự nguyện", "Trọng số của phiếu theo ô mẫu"] {
            assert!(shown.contains(words), "{words}");
        }
        assert!(!shown.contains("HS-0") && !told.to_string().contains("HS-0"));
        for format in ["docx", "xlsx", "pdf", "txt"] {
            assert_eq!(town.get_as(&lan, &format!("{here}/report.{format}")).status(), 200, "{format}");
        }
        let listed: Value = town.get_as(&lan, "/api/v1/plans/cau-giay-2026/rounds").json().expect("JSON");
        assert_eq!((&listed[0]["returns"]["issued"], &listed[0]["returns"]["valid"]), (&Value::from(384), &Value::from(210)));
        let words: Vec<String> = town
            .db
            .audit_rows(&["phuong-cau-giay".to_owned()], None, 40)
            .expect("rows")
            .into_iter()
            .map(|row| row.action)
            .filter(|action| ["keep_frame", "draw_sample", "make_cells", "close_round"].contains(&action.as_str()))
            .collect();
        assert_eq!(words, ["close_round", "make_cells", "draw_sample", "keep_frame"]);
    }

    fn totals_known_by_sex_and_age_change_the_weights_as_r_does(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SUBMIT_LIMIT", "off")]);
        town.plan_runs_on();
        let (lan, minh) = (town.sign_in("lan"), town.sign_in("minh"));
        let here = begin(&town, &lan);
        let totals = format!("{here}/sample/totals");
        location(&send_file(&town, &lan, &format!("{here}/sample/frame"), "khung.csv", dossiers().as_bytes()));

        // Totals of `tests/stats_data/designed_survey_totals.R`; some of a question without the others are refused, and nothing is kept.
        let known = [
            ("way", "raking"), ("low", "0,3"), ("high", "3"),
            ("total-sex-male", "48.000"), ("total-sex-female", "52.000"),
            ("total-age-18_24", "9.000"), ("total-age-25_34", "24.000"), ("total-age-35_49", "31.000"),
            ("total-age-50_60", "20.000"), ("total-age-over_60", "16.000"),
        ];
        let (status, refused) = page(town.post_as(&lan, &totals, &known[..4]));
        assert!(status == 422 && refused.contains("Ghi số người của “Nữ”"), "{refused}");
        // 1.5 is no 15, and no total either.
        let unclear = [("way", "raking"), ("total-sex-male", "1.5"), ("total-sex-female", "52.000")];
        let (status, refused) = page(town.post_as(&lan, &totals, &unclear));
        assert!(status == 422 && refused.contains("“1.5” không rõ là bao nhiêu") && refused.contains("value=\"1.5\""), "{refused}");
        // The same by a file: what it says is checked as what is typed.
        let by_file = |text: &str| send_file(&town, &lan, &totals, "tong.csv", text.as_bytes());
        for (text, said) in [
            ("Câu hỏi;Mức;Số người\nGiới tính;Nam;1.5\n;Nữ;52.000\n", "“1.5” không rõ là bao nhiêu"),
            ("Câu hỏi;Mức;Số người\nGiới tính;Nam;48.000\n", "Ghi số người của “Nữ”"),
            ("Mức;Số người\nNam;48.000\nNữ giới;52.000\n", "Dòng 3: mức “Nữ giới” không có trong phiếu"),
            ("Mức;Số người\nNam;48.000\nNữ;52.000\nNam;1\n", "Dòng 4: mức “Nam” đã có ở dòng trước"),
            ("Mức;Ghi chú\nNam;x\n", "Số người"),
        ] {
            let (status, refused) = page(by_file(text));
            assert!(status == 422 && refused.contains(said), "{text}: {refused}");
        }
        assert!(town.db.frame(1).expect("asked").expect("a frame").totals.is_empty());
        let file = "Phân theo;Nhóm;Tổng số\nGiới tính;Nam;48.000\n;Nữ;52.000\nTuổi;18–24;9.000\n;25–34;24.000\n;35–49;31.000\n;50–60;20.000\n;Trên 60;16000\n";
        assert_eq!(location(&by_file(file)), format!("{here}/sample?done=totals&count=2"));
        let of_file = town.db.frame(1).expect("asked").expect("a frame").totals;
        assert_eq!(location(&town.post_as(&lan, &totals, &[("way", "raking")])), format!("{here}/sample?done=totals&count=0"));
        assert!(town.db.frame(1).expect("asked").expect("a frame").totals.is_empty());
        assert_eq!(town.post_as(&minh, &totals, &known).status(), 403, "who keys sheets changes no plan");
        assert_eq!(location(&town.post_as(&lan, &totals, &known)), format!("{here}/sample?done=totals&count=2"));
        assert_eq!(town.db.frame(1).expect("asked").expect("a frame").totals, of_file, "typed or from a file, the same");
        let (_, shown) = page(town.get_as(&lan, &format!("{here}/sample")));
        assert!(shown.contains("Nam 48.000, Nữ 52.000") && shown.contains("Cách hiệu chỉnh: raking."), "{shown}");

        draw(&town, &lan, &here, &[("method", "proportional"), ("drawn", "384"), ("substitutes", "0"), ("seed", "2026")]);
        let file = reference("designed_survey_stratified.csv");
        let lines: Vec<Vec<&str>> = file.lines().skip(1).map(|line| line.split(',').collect()).collect();
        enter_outcomes(&town, &minh, &here, &lines);
        location(&town.post_as(&lan, &format!("{here}/sample/cells"), &[]));
        let profile = reference("designed_survey_profile.csv");
        let words = |option: &str| match option {
            "male" => "Nam",
            "female" => "Nữ",
            "18_24" => "18–24",
            "25_34" => "25–34",
            "35_49" => "35–49",
            "50_60" => "50–60",
            "over_60" => "Trên 60",
            _ => "",
        };
        let mut sheets = answers(&town, &lines);
        for ((_, answers), line) in sheets.iter_mut().zip(profile.lines().skip(1)) {
            answers.extend(line.split(',').skip(1).map(words));
        }
        store(&town, &["Giới tính", "Tuổi"], &sheets);
        town.let_in();
        assert_eq!(location(&town.post_as(&lan, &format!("{here}/close"), &[])), format!("{here}?done=closed"));

        let expected: Value = serde_json::from_str(&reference("designed_survey_totals.json")).expect("JSON");
        let told: Value = town.get_as(&lan, "/api/v1/plans/cau-giay-2026/rounds/1/estimates").json().expect("JSON");
        let found = &told["estimates"];
        close_to(&found["whole"]["answers"]["value"], &expected["raking"]["answers"]["value"], "value");
        close_to(&found["whole"]["answers"]["standard_error"], &expected["raking"]["answers"]["se"], "standard error");
        let adjusted = &found["adjusted"];
        assert_eq!((&adjusted["way"], &adjusted["questions"][1]["levels"][0][1]), (&Value::from("raking"), &Value::from(33_000)));
        // What cells weigh is told as it was before, so that nobody can solve for what ten people said of themselves.
        let plain: Value = serde_json::from_str(&reference("designed_survey.json")).expect("JSON");
        let before = plain["stratified"]["weights"].as_array().expect("a list");
        for cell in found["weighting"]["cells"].as_array().expect("cells") {
            let weight = cell["weight"].as_f64().expect("a weight");
            assert!(before.iter().any(|known| (weight - known.as_f64().expect("a weight")).abs() < 1e-8 * weight));
        }
        let (_, shown) = page(town.get_as(&lan, &format!("{here}/figures")));
        for words in ["Tổng đã biết mà trọng số được hiệu chỉnh theo", "18–24 + 25–34", "Kết quả dùng trọng số của từng phiếu", "tỷ trọng ấy được coi là đã biết"] {
            assert!(shown.contains(words), "{words}");
        }
        assert_eq!(location(&town.post_as(&lan, &totals, &known)), format!("{here}/sample?done=late"), "a closed round stays as it is");
    }

    fn days_of_a_point_are_drawn_from_its_cases_and_people_by_their_turn(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SUBMIT_LIMIT", "off")]);
        town.plan_runs_on();
        let (lan, minh) = (town.sign_in("lan"), town.sign_in("minh"));
        let (today, to) = (clock::today(), clock::today() + Days::new(27));
        let here = begin_until(&town, &lan, to);
        let by_cases = format!("{here}/sample/cases");
        assert_eq!(location(&town.post_as(&lan, &by_cases, &[])), format!("{here}/sample?done=nocases"));

        // So many cases that each working day of the month has 95.
        let month = today.with_day(1).expect("a day");
        let worked = |days: &mut dyn Iterator<Item = NaiveDate>| days.filter(|day| is_working_day(*day)).count();
        let in_month = worked(&mut month.iter_days().take_while(|day| day.month() == month.month()));
        let file = format!(
            "Don vi;Điểm phục vụ;Lĩnh vực;Tháng;Số hồ sơ\n;{};tu phap ho tich;{};{}\n",
            town.counter,
            month.format("%Y-%m"),
            95 * in_month
        );
        let (status, shown) = page(send_file(&town, &lan, "/staff/volumes/import", "so.csv", file.as_bytes()));
        assert_eq!(status, 200, "{shown}");
        location(&confirm(&town, &lan, "/staff/volumes/import", &shown));
        // Today's people have begun to come: the days from tomorrow on.
        let days = worked(&mut today.iter_days().skip(1).take_while(|day| *day <= to));
        assert_eq!(location(&town.post_as(&lan, &by_cases, &[])), format!("{here}/sample?done=frame&count={days}"));
        let units = town.db.frame_units(1).expect("rows");
        assert!(units.iter().all(|unit| unit.size == 95 && unit.number.starts_with(&town.counter)), "{units:?}");

        // Its rows are days, so that nobody can be drawn from it as from a list of people.
        let list = [("method", "proportional"), ("drawn", "60"), ("per_cluster", "20"), ("substitutes", "10"), ("seed", "5")];
        let (status, refused) = page(town.post_as(&lan, &format!("{here}/sample/draw"), &list));
        assert!(status == 422 && refused.contains("Chọn cách chọn mẫu."), "{refused}");

        // 60 people at twenty a day: three days; twenty of the 95 of each, at steps of 4.75.
        let plan = [("method", "point_days"), ("drawn", "60"), ("per_cluster", "20"), ("substitutes", "10"), ("seed", "5")];
        assert_eq!(draw(&town, &lan, &here, &plan), format!("{here}/sample?done=drawn"));
        let drawn = town.db.drawn(1).expect("drawn");
        assert!(drawn.len() == 60 && drawn.iter().all(|drawn| drawn.standing == Standing::Main), "nobody's substitute waits at a counter");
        // Horvitz and Thompson: 60 numbers of probability 3/days · 20/95 stand for 95 cases on each day.
        let all: f64 = drawn.iter().map(|drawn| 1.0 / drawn.probability).sum();
        assert!((all - 95.0 * days as f64).abs() < 1e-6, "{all}");
        assert_eq!(town.get_as(&minh, &format!("{here}/sample/lists.xlsx")).status(), 200);
        let list = town.get_as(&minh, &format!("{here}/sample/lists.pdf"));
        assert_eq!(list.status(), 200);

        // On each day the first fifteen answer; the last five never came.
        let lines: Vec<Vec<String>> = drawn
            .iter()
            .enumerate()
            .map(|(at, drawn)| {
                let came = at % 20 < 15;
                let of = |text: &str| if came { text.to_owned() } else { String::new() };
                let code = if came { "1.1" } else { "4.0" };
                vec![drawn.sheet.to_string(), String::new(), String::new(), String::new(), String::new(), String::new(),
                    code.to_owned(), String::new(), of(if at < 20 { "9" } else { "6" }), of("9")]
            })
            .collect();
        let lines: Vec<Vec<&str>> = lines.iter().map(|line| line.iter().map(String::as_str).collect()).collect();
        enter_outcomes(&town, &minh, &here, &lines);
        assert_eq!(location(&town.post_as(&lan, &format!("{here}/sample/cells"), &[])), format!("{here}/sample?done=cells&count=3"));
        store(&town, &[], &answers(&town, &lines));
        town.let_in();
        assert_eq!(location(&town.post_as(&lan, &format!("{here}/close"), &[])), format!("{here}?done=closed"));
        let told: Value = town.get_as(&lan, "/api/v1/plans/cau-giay-2026/rounds/1/estimates").json().expect("JSON");
        let found = &told["estimates"];
        let weights = found["weighting"]["cells"].as_array().expect("cells").iter();
        let stands_for: f64 = weights.map(|cell| cell["weight"].as_f64().expect("a weight") * cell["stored"].as_f64().expect("sheets")).sum();
        // Of 95 cases a day 5 of 20 did not come: 71.25.
        assert!((stands_for - 71.25 * days as f64).abs() < 1e-6, "{stands_for}");
        // By hand: on one of three days everybody has 9 of 9, else 6: 21 of 27.
        close_to(&found["whole"]["answers"]["value"], &Value::from(7.0 / 9.0), "share");
        assert!(found["whole"]["answers"]["degrees_of_freedom"].as_f64().expect("a number") < 3.0, "three days were drawn");
        let (_, shown) = page(town.get_as(&lan, &format!("{here}/figures")));
        assert!(shown.contains("Mỗi dòng là một điểm trong một ngày"), "{shown}");
    }

    fn substitutes_serve_in_order_and_only_for_the_silent(fresh) {
        let town = Town::start(fresh);
        town.plan_runs_on();
        let (lan, minh) = (town.sign_in("lan"), town.sign_in("minh"));
        let here = begin(&town, &lan);
        location(&send_file(&town, &lan, &format!("{here}/sample/frame"), "khung.csv", dossiers().as_bytes()));
        let plan = [("method", "clusters"), ("drawn", "120"), ("per_cluster", "20"), ("substitutes", "10"), ("seed", "7")];
        assert_eq!(draw(&town, &lan, &here, &plan), format!("{here}/sample?done=drawn"));
        let drawn = || town.db.drawn(1).expect("drawn");
        let spare = drawn().iter().find(|drawn| drawn.standing == Standing::Spare).expect("a substitute").clone();
        let call = || {
            let sheet = spare.sheet.to_string();
            location(&town.post_as(&minh, &format!("{here}/sample/substitute"), &[("sheet", &sheet)]))
        };
        assert_eq!(call(), format!("{here}/sample?done=late"), "nobody is silent yet");
        let of_place = |unit: &sipas::sampling::frame::FrameUnit| (unit.stratum.clone(), unit.cluster.clone());
        let silent = drawn().into_iter().find(|drawn| drawn.standing == Standing::Main && of_place(&drawn.unit) == of_place(&spare.unit));
        let silent = silent.expect("somebody of the same cluster");
        let fields = [(format!("outcome-{}", silent.sheet), Outcome::Refused.code()), (format!("calls-{}", silent.sheet), "3")];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        // What is no outcome and no number of calls is said with its sheet and what could stand there, and nothing is guessed or kept.
        let (outcome, calls) = (fields[0].0, fields[1].0);
        for (typed, field, told) in [
            ([(outcome, "5.1"), (calls, "3")], outcome, "1.1, 1.2, 2.1, 2.2, 2.3, 3.1, 3.2, 4.0"),
            ([(outcome, "2.1"), (calls, "ba")], calls, "từ 0 đến 20"),
            ([(outcome, "2.1"), (calls, "21")], calls, "từ 0 đến 20"),
        ] {
            let asked = format!("{here}/sample/outcomes?page={}", silent.sheet.div_ceil(40));
            let (status, refused) = page(town.post_as(&minh, &asked, &typed));
            assert_eq!(status, 422, "{typed:?}");
            let said = texts(&refused, &format!("#{field}-error")).join(" ");
            assert!(said.contains(&format!("Phiếu {}", printed(silent.sheet))) && said.contains(told), "{typed:?}: {said}");
            let shown = Html::parse_document(&refused);
            let typed_calls = typed[1].1;
            assert_eq!(select(&shown, &format!("#{calls}"))[0].attr("value"), Some(typed_calls), "what was typed stays");
            assert!(drawn().iter().all(|drawn| drawn.outcome.is_none() && drawn.calls == 0), "{typed:?}");
        }
        let asked = format!("{here}/sample/outcomes?page={}", silent.sheet.div_ceil(40));
        let old = form_pairs(&page(town.get_as(&minh, &asked)).1, "form[action*=outcomes]");
        location(&town.post_as(&minh, &format!("{here}/sample/outcomes"), &fields));
        // A page of before puts nothing back that it did not change, and where both changed it says what stands.
        let on_page = |sheet: u32| old.iter().any(|(name, _)| *name == format!("calls-{sheet}"));
        let other = drawn().into_iter().find(|drawn| drawn.sheet != silent.sheet && on_page(drawn.sheet)).expect("another").sheet;
        let twice = format!("calls-{other}");
        assert!(location(&town.send_as(&minh, &asked, &with(old.clone(), &[(&twice, "2")]))).ends_with("done=kept"));
        let of = |sheet: u32| drawn().into_iter().find(|drawn| drawn.sheet == sheet).map(|drawn| (drawn.outcome, drawn.calls));
        assert_eq!([of(silent.sheet), of(other)], [Some((Some(Outcome::Refused), 3)), Some((None, 2))]);
        let (status, told) = page(town.send_as(&minh, &asked, &with(old, &[(outcome, "2.2")])));
        let said = texts(&told, &format!("#{outcome}-error")).join(" ");
        assert!(status == 422 && said.contains("người khác vừa ghi"), "{said}");
        assert_eq!(of(silent.sheet), Some((Some(Outcome::Refused), 3)));
        assert_eq!(call(), format!("{here}/sample?done=called&count={}", spare.sheet));
        assert_eq!(call(), format!("{here}/sample?done=late"), "once is enough");
        let now = drawn();
        assert!(now.iter().any(|drawn| drawn.sheet == spare.sheet && drawn.standing == Standing::CalledIn));
        assert!(now.iter().any(|drawn| drawn.sheet == silent.sheet && drawn.outcome == Some(Outcome::Refused) && drawn.calls == 3));
        // With nobody's sheet there is no cell.
        assert_eq!(location(&town.post_as(&lan, &format!("{here}/sample/cells"), &[])), format!("{here}/sample?done=few"));
        let (_, shown) = page(town.get_as(&lan, &format!("{here}/sample")));
        assert!(texts(&shown, "h2").iter().any(|heading| heading == "3. Kết quả tiếp cận"), "{shown}");
    }
}
