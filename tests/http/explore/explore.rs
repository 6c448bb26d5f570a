//! Exploring: the figures of a period's page again, as charts and tables; nothing of other units; words of an address that mean nothing.

use calamine::{Reader as _, Xlsx};
use sipas::access::Role;
use sipas::db::Sheet;
use sipas::sheet::tally::Series;

use crate::support::{Backend, fresh_db, sheets};
use crate::town::{Town, texts};

/// The period of the town's page of figures.
fn asked() -> String {
    let path = crate::town::figures_path();
    let period = path.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default();
    format!("plan=cau-giay-2026&period={period}")
}

#[test]
fn a_chart_and_its_table_say_what_the_period_says_and_hide_what_it_hides() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let grid = format!("/staff/explore/levels?{}", asked());
    assert!(town.get_as(&lan, &grid).text().expect("a page").contains("chưa có lĩnh vực nào đủ 10 người"));
    for level in [5, 5, 5, 4, 2] {
        for _ in 0..5 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, level)).status(), 201);
        }
    }
    town.let_in();
    let of_period = town.get_as(&lan, &format!("{}?part=all", crate::town::figures_path())).text().expect("a page");
    // 20 of 25 sheets are satisfied throughout: 80 %.
    let page = town.get_as(&lan, &grid).text().expect("a page");
    let rows = texts(&page, "#grid-table tbody tr");
    assert!(rows.iter().any(|row| row.contains("80,0%")), "{rows:?}");
    assert!(of_period.contains("80,0%"));
    assert!(page.contains("<svg class=\"chart heat\"") && !page.contains(" style="));
    // The table behind the chart, to take along: the same figure.
    let file = town.get_as(&lan, &format!("/staff/explore/levels/table.csv?{}&of=grid", asked()));
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"grid.csv\"");
    assert!(file.text().expect("a file").contains("80,0%"));
    let picture = town.get_as(&lan, &format!("/staff/explore/levels/picture.svg?{}&of=grid", asked()));
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    for tab in ["", "/compare", "/cross", "/received"] {
        assert_eq!(town.get_as(&lan, &format!("/staff/explore{tab}?{}", asked())).status(), 200, "{tab}");
    }
}

#[test]
fn a_figure_is_followed_by_weeks_and_months() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.plan_runs_on();
    let lan = town.sign_in("lan");
    // Eight of ten satisfied today, and nothing before.
    for level in [5, 5, 5, 5, 5, 5, 5, 5, 2, 2] {
        assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, level)).status(), 201);
    }
    town.let_in();
    let today = sipas::clock::today();
    let monday = today - chrono::Days::new(chrono::Datelike::weekday(&today).num_days_from_monday().into());
    let day = |day: chrono::NaiveDate| day.format("%d/%m/%Y").to_string();
    let week = format!("Từ {} đến {}", day(monday), day(monday + chrono::Days::new(6)));
    for (step, name) in [("week", week), ("month", today.format("Tháng %-m/%Y").to_string())] {
        let page = town.get_as(&lan, &format!("/staff/explore?{}&by={step}", asked())).text().expect("a page");
        let rows = texts(&page, "main table tbody tr");
        let row = rows.iter().find(|row| row.contains(&name)).unwrap_or_else(|| panic!("no {name} in {rows:?}"));
        assert!(row.contains("80,0%"), "{row}");
        assert!(page.contains(&format!("<option value=\"{step}\" selected>")), "{step} stays chosen");
    }
}

/// Sheets about judicial affairs at the one-stop centre on ten days of quarter I of 2026: of each of two sexes so many satisfied, so many not.
fn answered_by_sex(town: &Town, sheets: &[(&str, u8, usize)]) {
    let sheets: Vec<_> = sheets.iter().map(|(who, level, count)| (vec![("sex", *who)], *level, *count)).collect();
    answered_by(town, &sheets);
}

/// What people say about themselves (question, option), how content they are, and how many of them there are.
type Alike<'a> = (Vec<(&'a str, &'a str)>, u8, usize);

/// The same of people who say several things about themselves.
fn answered_by(town: &Town, sheets: &[Alike<'_>]) {
    let code = sheets::first_point(&town.db, "cau-giay-hcc");
    let form = town.db.newest_form("thu-tuc-hanh-chinh-ngan").expect("a form").expect("published");
    let asked = &form.questionnaire.demographics;
    let place_of = |question: &str| asked.iter().position(|asked| asked.id == question).expect("asked for");
    let mut loaded = Vec::new();
    for (who, level, count) in sheets {
        let first = "2026-01-12".parse().expect("a day");
        let one = sheets::sheet_of(&town.db, "thu-tuc-hanh-chinh-ngan", &code, "judicial", first, *level);
        for number in 0..*count {
            let mut demographics = vec![0; form.questionnaire.further_bytes()];
            for (question, chosen) in who {
                let place = place_of(question);
                let option = asked[place].options.iter().position(|option| option.id == *chosen).expect("an option");
                demographics[place] = u8::try_from(option + 1).expect("few");
            }
            let mut sheet = Sheet { demographics, ..one.clone() };
            sheet.key.day += i32::try_from(number % 10).expect("few");
            loaded.push(sheet);
        }
    }
    town.db.load_sheets(loaded).expect("stored");
}

#[test]
fn two_questions_cross_as_they_stood_when_the_period_was_closed() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let page = |query: &str| town.get_as(&lan, &format!("/staff/explore/cross?plan=cau-giay-2026{query}"));
    assert!(page("").text().expect("a page").contains("chưa có kỳ nào khóa sổ"));
    answered_by_sex(&town, &[("male", 5, 40), ("male", 2, 20), ("female", 5, 15), ("female", 2, 30)]);
    crate::closing::publish(&town);
    let asked = "&rows=sex&columns=overall_satisfaction";
    let shown = page(asked).text().expect("a page");
    let rows = texts(&shown, "#cross-counts-table tbody tr");
    // 40 + 20 men, 15 + 30 women: as they were stored.
    assert!(rows[0].contains("20") && rows[0].contains("40") && rows[0].ends_with("60"), "{rows:?}");
    assert!(rows[1].contains("30") && rows[1].contains("15") && rows[1].ends_with("45"), "{rows:?}");
    // 40 of 60.
    assert!(texts(&shown, "#cross-shares-table tbody tr")[0].contains("66,7%"));
    assert!(shown.contains("Hai câu có liên hệ với nhau") && shown.contains("kiểm định Rao–Scott, F = "));
    let of_columns = page(&format!("{asked}&share=columns")).text().expect("a page");
    // 40 of 55.
    assert!(texts(&of_columns, "#cross-shares-table tbody tr")[0].contains("72,7%"));
    let file = page_file(&town, &lan, asked);
    assert!(file.contains("66,7%"), "{file}");
    // What comes later is in no table of the period.
    answered_by_sex(&town, &[("male", 5, 20)]);
    assert_eq!(texts(&page(asked).text().expect("a page"), "#cross-counts-table tbody tr"), rows);
    // Nor are there tables of one office.
    let head = town.sign_in_as(Role::Viewer, "cau-giay-hcc");
    // An empty plan is none asked for.
    for asked in ["", "?plan=", "?plan=&period=&form=&rows=&columns="] {
        let nothing = town.get_as(&head, &format!("/staff/explore/cross{asked}"));
        assert_eq!(nothing.status(), 200, "{asked}");
        assert!(nothing.text().expect("a page").contains("chỉ có ở cấp đơn vị lập kế hoạch"), "{asked}");
    }
    assert_eq!(town.get_as(&head, "/staff/explore/cross?plan=elsewhere").status(), 404);
    assert_eq!(page("&form=x").status(), 400);
    // Whoever names no plan is led to one with tables; a question that the questionnaire lacks is said.
    let led = town.get_as(&lan, "/staff/explore/cross?rows=sex&columns=overall_satisfaction").text().expect("a page");
    assert_eq!(texts(&led, "#cross-counts-table tbody tr"), rows);
    let other = page("&rows=no_such_question").text().expect("a page");
    assert!(other.contains("không có câu đã chọn làm hàng hoặc cột"), "{other}");
}

#[test]
fn tables_of_a_period_that_was_opened_anew_say_so_on_the_page_and_in_the_file() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let (lan, leader) = (town.sign_in("lan"), town.sign_in("leader"));
    answered_by_sex(&town, &[("male", 5, 40), ("male", 2, 20), ("female", 5, 15), ("female", 2, 30)]);
    crate::closing::publish(&town);
    let asked = "&rows=sex&columns=overall_satisfaction";
    let page = || {
        let address = format!("/staff/explore/cross?plan=cau-giay-2026&period=2026-q1{asked}");
        town.get_as(&lan, &address).text().expect("a page")
    };
    assert!(texts(&page(), "#opened-anew").is_empty());
    assert!(!workbook(&town, &lan, asked).contains("mở lại"));
    let step = |session: &str, deed: &str, version: &str| {
        let form = [("version", version), ("reason", "Trạm y tế gửi thiếu phiếu giấy")];
        let done = town.post_as(session, &format!("/staff/plans/cau-giay-2026/2026-q1/{deed}"), &form);
        assert_eq!(done.status(), 303, "{deed}");
    };
    step(&leader, "reopen", "1");
    let on = sipas::clock::today().format("%d/%m/%Y").to_string();
    let said = texts(&page(), "#opened-anew").concat();
    assert!(said.contains(&format!("được mở lại ngày {on}")) && said.contains("chờ khóa lại"), "{said}");
    assert!(workbook(&town, &lan, asked).contains("được mở lại"), "a workbook is read without its page");
    // Closed once more the tables are those of the first version still.
    step(&lan, "check", "2");
    let said = texts(&page(), "#opened-anew").concat();
    assert!(said.contains("theo phiên bản 2") && said.contains("(phiên bản 1)"), "{said}");
}

/// Every text of the workbook of a table.
fn workbook(town: &Town, session: &str, asked: &str) -> String {
    let address = format!("/staff/explore/cross/table.xlsx?plan=cau-giay-2026{asked}&of=cross-shares");
    let bytes = town.get_as(session, &address).bytes().expect("a file");
    let mut book = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let sheets = book.worksheets();
    let cells = sheets.iter().flat_map(|(_, sheet)| sheet.rows().flatten().map(ToString::to_string));
    cells.collect::<Vec<_>>().join("\n")
}

fn page_file(town: &Town, session: &str, asked: &str) -> String {
    let address = format!("/staff/explore/cross/table.csv?plan=cau-giay-2026{asked}&of=cross-shares");
    town.get_as(session, &address).text().expect("a file")
}

#[test]
fn few_of_a_cell_are_hidden_with_those_that_would_give_them_back() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    answered_by_sex(&town, &[("male", 5, 40), ("male", 2, 4), ("female", 5, 15), ("female", 2, 30)]);
    crate::closing::publish(&town);
    let asked = "/staff/explore/cross?plan=cau-giay-2026&rows=sex&columns=overall_satisfaction";
    let shown = town.get_as(&town.sign_in("lan"), asked).text().expect("a page");
    for row in &texts(&shown, "#cross-counts-table tbody tr")[..2] {
        assert_eq!(row.matches('×').count(), 2, "{row}");
    }
    assert!(!shown.contains("F = "));
}

#[test]
fn two_questions_whose_groups_are_the_same_people_have_one_table_with_a_third_and_the_page_says_why() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    // All the men, and they alone, have finished school.
    let (men, women) =
        (vec![("sex", "male"), ("education", "university")], vec![("sex", "female"), ("education", "primary")]);
    answered_by(&town, &[(men.clone(), 5, 40), (men, 2, 20), (women.clone(), 5, 15), (women, 2, 30)]);
    crate::closing::publish(&town);
    let lan = town.sign_in("lan");
    let page = |rows: &str| {
        let asked = format!("plan=cau-giay-2026&rows={rows}&columns=overall_satisfaction");
        town.get_as(&lan, &format!("/staff/explore/cross?{asked}")).text().expect("a page")
    };
    let shown = ["sex", "education"].map(page);
    let with_table = shown.iter().filter(|shown| !texts(shown, "#cross-counts-table tbody tr").is_empty()).count();
    let refused = shown.iter().filter(|shown| shown.contains("Hai câu này không có bảng riêng")).count();
    assert_eq!((with_table, refused), (1, 1));
    let of_both = town.get_as(&lan, "/staff/explore/cross?plan=cau-giay-2026&rows=sex&columns=education");
    assert!(
        !texts(&of_both.text().expect("a page"), "#cross-counts-table tbody tr").is_empty(),
        "itself it may be seen"
    );
}

/// Where the first link leads that a selector finds.
fn link(shown: &str, selector: &str) -> Option<String> {
    let page = scraper::Html::parse_document(shown);
    let selector = scraper::Selector::parse(selector).expect("a selector");
    page.select(&selector).next().and_then(|link| link.value().attr("href")).map(str::to_owned)
}

#[test]
fn a_leader_finds_in_two_clicks_which_target_is_in_danger_and_where() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.replan_around_today();
    for place in 0..30 {
        let level = if place % 10 < 7 { 5 } else { 2 };
        assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, level)).status(), 201);
    }
    town.let_in();
    let leader = town.sign_in("leader");
    let home = town.get_as(&leader, "/staff/").text().expect("a page");
    let of_target = link(&home, ".tile li a[href^='/staff/explore']").expect("a target on the home page");
    let fields = town.get_as(&leader, &of_target).text().expect("a page");
    // 21 of 30 people were satisfied throughout: the same figure on the chart, in its words and in the table.
    let rows = texts(&fields, "#parts-table tbody tr");
    assert!(rows.iter().any(|row| row.starts_with("Tư pháp") && row.contains("70,0%")), "{rows:?}");
    assert!(texts(&fields, "svg desc").concat().contains("70,0%"));
    let factors = link(&fields, "#parts-table tbody th a").expect("a row leads on");
    let factors = town.get_as(&leader, &factors).text().expect("a page");
    assert!(texts(&factors, "#parts-table tbody tr").iter().any(|row| row.contains("70,0%")));
}

#[test]
fn other_units_figures_are_not_there_and_senseless_words_are_refused() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    for (query, status) in [
        ("plan=o-dien-2026-2030", 404),
        ("unit=xa-o-dien", 404),
        ("plan=cau-giay-2026&period=2026-q1&measure=health", 400),
        ("plan=cau-giay-2026&period=nothing", 404),
        ("by=weeks", 400),
    ] {
        assert_eq!(town.get_as(&lan, &format!("/staff/explore?{query}")).status(), status, "{query}");
    }
    let keyer = town.sign_in_as(Role::DataEntry, "phuong-cau-giay");
    assert_eq!(town.get_as(&keyer, "/staff/explore").status(), 403);
    // Figures go along with those who sign, write or check reports.
    let viewer = town.sign_in_as(Role::Viewer, "phuong-cau-giay");
    assert_eq!(town.get_as(&viewer, "/staff/explore/levels/table.csv").status(), 403);
}

/// What a browser would send of the filters of a page, with some of them chosen anew.
fn chosen(shown: &str, changes: &[(&str, &str)]) -> String {
    let pairs = crate::town::with(crate::town::form_pairs(shown, "form.filters[method=get]"), changes);
    reqwest::Url::parse_with_params("http://x/", pairs).expect("an address").query().unwrap_or_default().to_owned()
}

/// Another plan of the ward with these periods, all of whose targets are called otherwise.
fn second_plan(town: &Town, key: &str, unit: &str, periods: &[&str]) {
    let mut plan = town.db.plan("cau-giay-2026").expect("asked").expect("a plan").plan;
    key.clone_into(&mut plan.key);
    unit.clone_into(&mut plan.unit);
    plan.periods.retain(|period| periods.contains(&period.key.as_str()));
    for target in &mut plan.targets {
        target.id = format!("khác-{}", target.id);
        target.part_of = None;
    }
    plan.counts.clear();
    plan.tasks.clear();
    let (hash, content) = sipas::db::plan_content(&plan).expect("content");
    assert!(town.db.seed_plan(&plan, &hash, &content, sipas::clock::today()).expect("stored"));
}

#[test]
fn another_plan_is_chosen_in_the_filters_whatever_was_chosen_of_the_one_before() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    second_plan(&town, "tram-y-te-2026", "cau-giay-tyt", &["2026-h1"]);
    let lan = town.sign_in("lan");
    let asked = "plan=cau-giay-2026&period=2026-q1&unit=cau-giay-hcc&measure=target%3Asipas";
    for tab in ["", "/compare", "/levels", "/received"] {
        let before = town.get_as(&lan, &format!("/staff/explore{tab}?{asked}"));
        assert_eq!(before.status(), 200, "{tab}");
        let query = chosen(&before.text().expect("a page"), &[("plan", "tram-y-te-2026")]);
        let (status, shown) = crate::town::page(town.get_as(&lan, &format!("/staff/explore{tab}?{query}")));
        assert_eq!(status, 200, "{tab}?{query}");
        let notes = texts(&shown, "p.note").concat();
        for said in ["không có kỳ đã chọn", "không thuộc kế hoạch này", "không có chỉ tiêu đã chọn"]
        {
            assert!(notes.contains(said), "{tab}: {said} in {notes}");
        }
        assert!(texts(&shown, "main p.soft").concat().contains("Trạm y tế"), "the plan's own unit: {tab}");
        // Nothing on the page leads to what the plan has none of.
        let links = crate::town::select(&scraper::Html::parse_document(&shown), "main a[href^='/staff/explore']");
        assert!(links.iter().filter_map(|link| link.attr("href")).all(|to| !to.contains("cau-giay-hcc")), "{tab}");
    }
    // A plan without periods of its own has the months.
    let (status, shown) = crate::town::page(
        town.get_as(&lan, "/staff/explore?plan=cau-giay-tuyen-truyen-2026&period=2026-q1&unit=cau-giay-hcc"),
    );
    assert_eq!(status, 200);
    assert_eq!(texts(&shown, "form.filters select[name=plan]").len(), 1, "another may be chosen again");
    // A file of what was not asked for is none; units of others stay unknown.
    let file = "/staff/explore/trend/table.csv?plan=tram-y-te-2026&period=2026-q1";
    assert_eq!(town.get_as(&lan, file).status(), 404);
    assert_eq!(town.get_as(&lan, "/staff/explore?plan=tram-y-te-2026&unit=xa-o-dien").status(), 404);
}

#[test]
fn another_plan_is_chosen_for_two_sides_whatever_was_chosen_of_the_one_before() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    second_plan(&town, "tram-y-te-2026", "cau-giay-tyt", &["2026-h1", "2026-year"]);
    let lan = town.sign_in("lan");
    let asked = "/staff/explore/change?plan=cau-giay-2026&before=2026-q1&after=2026-q3&from_unit=cau-giay-hcc&to_unit=cau-giay-hcc";
    let query = chosen(&town.get_as(&lan, asked).text().expect("a page"), &[("plan", "tram-y-te-2026")]);
    let (status, shown) = crate::town::page(town.get_as(&lan, &format!("/staff/explore/change?{query}")));
    assert_eq!(status, 200, "{query}");
    let notes = texts(&shown, "p.note").concat();
    assert!(notes.contains("không có kỳ đã chọn") && notes.contains("không thuộc kế hoạch này"), "{notes}");
    assert_eq!(town.get_as(&lan, "/staff/explore/change?plan=tram-y-te-2026&to_unit=xa-o-dien").status(), 404);
    assert_eq!(town.get_as(&lan, "/staff/explore/change?plan=tram-y-te-2026&after=nothing").status(), 404);
}

/// Twenty people on a day at the counter, `content` of them with everything.
fn twenty(town: &Town, day: chrono::NaiveDate, content: usize) {
    town.load(&town.counter, "judicial", 20, |place| {
        let level = if place < content { 5 } else { 2 };
        (day, Box::new(move |_: &str| level))
    });
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn a_course_ends_with_the_period_asked_for_says_what_happened_and_leads_to_its_pages() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    twenty(&town, day("2026-01-20"), 18);
    twenty(&town, day("2026-02-20"), 16);
    twenty(&town, day("2026-07-20"), 10);
    let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward").id;
    let remedy = sipas::db::Remedy {
        unit: ward,
        number: 0,
        source: sipas::cases::remedy::Source::Hand,
        source_of: String::new(),
        said: "Chờ lâu.".to_owned(),
        work: "Mở thêm quầy.".to_owned(),
        person: "Hồng".to_owned(),
        office: None,
        duty: String::new(),
        due: day("2026-02-28"),
        result: "Bớt chờ.".to_owned(),
        authority: String::new(),
        state: sipas::cases::remedy::Progress::Done,
        note: String::new(),
        made_on: day("2026-01-05"),
        done_on: Some(day("2026-02-10")),
        published_on: None,
        evidence_name: String::new(),
    };
    assert_eq!(town.db.by_nobody().keep_remedy(None, &remedy, None).expect("kept"), sipas::db::Kept::As(1));
    let lan = town.sign_in("lan");
    let asked = "/staff/explore?plan=cau-giay-2026&period=2026-q1&by=month";
    let shown = town.get_as(&lan, asked).text().expect("a page");
    let rows = texts(&shown, "#trend-table tbody tr");
    assert!(rows.iter().any(|row| row.contains("90,0%")) && rows.iter().any(|row| row.contains("80,0%")), "{rows:?}");
    // Quarter I of the plan ends with 14 March: nothing of July, nor of the rest of March.
    let last = rows.last().expect("a row");
    assert!(last.contains("01/03/2026 – 14/03/2026") && !rows.concat().contains("50,0%"), "{rows:?}");
    assert!(last.contains("14/03/2026: chốt số liệu"), "{last}");
    let second = rows.iter().find(|row| row.contains("Tháng 2/2026")).expect("February");
    assert!(second.contains("10/02/2026: xong biện pháp “Mở thêm quầy.”"), "{second}");
    let names = texts(&shown, ".on-page svg .mark-mark-name").join("|");
    assert!(names.contains("chốt 14/03") && names.contains("xong biện pháp"), "{names}");
    assert!(texts(&shown, ".on-phone svg .mark-name").iter().any(|name| name == "01/03"), "the newest on a telephone");
    assert_eq!(
        link(&shown, "#trend-table tbody tr:first-child th a").as_deref(),
        Some("/staff/plans/cau-giay-2026/2026-m01?unit=phuong-cau-giay")
    );
    // Nothing is folded away.
    assert!(texts(&shown, "section.exhibit details:not([open]):not(.copy)").is_empty());
    // Up to today where no period is chosen.
    let all = town.get_as(&lan, "/staff/explore?plan=cau-giay-2026&by=month").text().expect("a page");
    assert!(texts(&all, "#trend-table tbody tr").concat().contains("50,0%"));
    // What the program brought took nobody's place, whatever its version; what follows it did.
    assert!(!all.contains("phiếu mới"));
    let today = sipas::clock::today();
    for id in ["thu-tuc-hanh-chinh-ngan", "thu-tuc-hanh-chinh-day-du", "dat-dai"] {
        let mut next = town.db.newest_form(id).expect("asked").expect("published").questionnaire.clone();
        next.version += 1;
        let json = sipas::survey::hash::to_json(&next);
        town.db.by_nobody().publish(&next, &next.reference(), &json, today).expect("published");
        fresh.sql(&format!(
            "UPDATE form SET published_on = published_on - 400 WHERE code = '{id}' AND version < {}",
            next.version
        ));
    }
    // Questionnaires are kept in memory, because their rows never change otherwise.
    drop(town);
    let town = Town::start_as_it_is(&fresh);
    let lan = town.sign_in("lan");
    let all = town.get_as(&lan, "/staff/explore?plan=cau-giay-2026&by=month").text().expect("a page");
    let names = texts(&all, ".on-page svg .mark-mark-name").join("|");
    assert!(names.contains("3 phiếu mới"), "{names}");
    let rows = texts(&all, "#trend-table tbody tr");
    assert!(rows.last().is_some_and(|row| row.contains("bản") && row.contains("và 1 phiếu khác")), "{rows:?}");
}

#[test]
fn the_same_week_of_the_year_before_is_beside_the_newest() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.plan_runs_on();
    let yesterday = sipas::clock::today() - chrono::Days::new(1);
    let earlier = yesterday - chrono::Days::new(364);
    twenty(&town, yesterday, 10);
    twenty(&town, earlier, 20);
    let asked = "/staff/explore?plan=cau-giay-2026&measure=field%3Ajudicial&by=week";
    let shown = town.get_as(&town.sign_in("lan"), asked).text().expect("a page");
    let monday = earlier - chrono::Days::new(chrono::Datelike::weekday(&earlier).num_days_from_monday().into());
    let said = texts(&shown, "section.exhibit > p").join(" ");
    assert!(said.contains(&format!("So với Từ {}", monday.format("%d/%m/%Y"))) && said.contains("−50,0"), "{said}");
}

#[test]
fn points_groups_offices_and_blanks_are_on_the_way_down_to_the_words_of_citizens() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    answered_by_sex(&town, &[("male", 5, 40), ("male", 2, 20), ("female", 5, 15), ("female", 2, 30)]);
    crate::closing::publish(&town);
    let lan = town.sign_in("lan");
    let page = |asked: &str| {
        let answer = town.get_as(&lan, &format!("/staff/explore{asked}plan=cau-giay-2026&period=2026-q1"));
        assert_eq!(answer.status(), 200, "{asked}");
        answer.text().expect("a page")
    };
    // 55 of 105 people at the one point that was answered at.
    let compared = page("/compare?");
    let points = texts(&compared, "#points-table tbody tr");
    assert!(points.iter().any(|row| row.starts_with("Quầy số 1") && row.contains("52,4%")), "{points:?}");
    // 40 of 60 men, 15 of 45 women.
    let groups = texts(&compared, "#groups-table tbody tr");
    assert!(groups.iter().any(|row| row.contains("Nam") && row.contains("66,7%")), "{groups:?}");
    assert!(groups.iter().any(|row| row.contains("Nữ") && row.contains("33,3%")), "{groups:?}");
    // The factors of the whole unit, and people.
    for measure in ["unit%3Aaccess", "people%3Asipas"] {
        let rows = texts(&page(&format!("?measure={measure}&")), "#trend-table tbody tr");
        assert!(rows.iter().any(|row| row.contains("52,4%")), "{measure}: {rows:?}");
        let offered = format!("#measure option[value='{}'][selected]", measure.replace("%3A", ":"));
        assert_eq!(texts(&page(&format!("?measure={measure}&")), &offered).len(), 1, "{measure}");
    }
    // Offices down, criteria across.
    let grid = page("/levels?measure=field%3Ajudicial&");
    let offices = texts(&grid, "#office-criteria-table tbody tr");
    assert!(offices.iter().any(|row| row.contains("phục vụ hành chính công") && row.contains("52,4%")), "{offices:?}");
    let office = link(&grid, "#office-criteria-table tbody th a").expect("an office");
    assert!(office.contains("unit=cau-giay-hcc"), "{office}");
    let received = page("/received?");
    assert!(!texts(&received, "#blanks-table tbody tr").is_empty());
    // Everybody answered everything: nobody can have stopped anywhere.
    let order = texts(&received, "#order-table tbody tr");
    assert!(order.len() > 5 && order[0].starts_with("1. "), "{order:?}");
    assert!(texts(&received, "#order-heading").concat().contains("Tư pháp"));
    assert!(order.iter().all(|row| row.contains("105") && row.ends_with("0,0%")), "{order:?}");
    // The words of the last whole month of the period, and back.
    let factor = page("?measure=factor%3Ajudicial%3Aaccess&");
    let words = link(&factor, "main a[href^='/staff/comments']").expect("a way down");
    assert!(words.contains("month=2026-02"), "{words}");
    let comments = town.get_as(&lan, &words).text().expect("a page");
    let back = link(&comments, ".trail a").expect("a way back");
    assert!(back.starts_with("/staff/explore?") && back.contains("factor%3Ajudicial%3Aaccess"), "{back}");
    assert_eq!(town.get_as(&lan, &back).status(), 200);
    let elsewhere = town.get_as(&lan, "/staff/comments?back=https%3A%2F%2Fexample.org").text().expect("a page");
    assert_eq!(link(&elsewhere, ".trail a"), None);
}

#[test]
fn who_stopped_is_bounded_by_the_blanks_of_what_is_asked_later() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    // Of 40 people 12 answer the first three questions and no more; 5 others leave the second blank.
    let asked: Vec<String> = town
        .db
        .point(&town.counter)
        .expect("asked")
        .expect("a point")
        .form
        .questionnaire
        .items()
        .map(|item| item.id.clone())
        .collect();
    town.load(&town.counter, "judicial", 40, |place| {
        let asked = asked.clone();
        let answers = move |item: &str| {
            let at = asked.iter().position(|known| known == item).expect("asked");
            if (place < 12 && at >= 3) || (place >= 35 && at == 1) { 0 } else { 5 }
        };
        (day("2026-01-20"), Box::new(answers))
    });
    let lan = town.sign_in("lan");
    let shown = "/staff/explore/received?plan=cau-giay-2026&period=2026-q1&measure=field%3Ajudicial";
    let cells = texts(&town.get_as(&lan, shown).text().expect("a page"), "#order-table tbody td");
    let rows: Vec<&[String]> = cells.chunks(5).collect();
    // The first of them is "all in all", which feeds no index: the table begins with the second.
    assert_eq!(rows[0], ["40", "5", "12,5%", "0", "0,0%"]);
    assert_eq!(rows[1], ["40", "0", "0,0%", "0", "0,0%"]);
    // 12 of 40.
    assert!(rows.len() > 4 && rows[2..].iter().all(|row| *row == ["40", "12", "30,0%", "12", "30,0%"]), "{rows:?}");
    let file = format!("{}&of=order", shown.replace("received?", "received/table.csv?"));
    assert!(town.get_as(&lan, &file).text().expect("a file").contains("30,0%"));
}

#[test]
fn a_long_table_is_folded_but_for_a_dozen_rows_and_its_file_is_whole() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    twenty(&town, day("2026-01-20"), 18);
    let lan = town.sign_in("lan");
    let asked = "/staff/explore/received?plan=cau-giay-2026&first=01%2F01%2F2026&last=30%2F06%2F2026";
    let shown = town.get_as(&lan, asked).text().expect("a page");
    let (open, folded) =
        (texts(&shown, "#received-table tbody th"), texts(&shown, "details.more #received-table-more tbody th"));
    // From 1 January to 30 June 2026 there are 27 weeks that begin on Mondays, the first being short; the newest stay open.
    assert_eq!((open.len(), folded.len()), (12, 15), "{open:?} {folded:?}");
    assert!(folded[0].starts_with("01/01/2026") && open[11].ends_with("30/06/2026"), "{open:?} {folded:?}");
    let file = asked.replace("received?", "received/table.csv?");
    let file = town.get_as(&lan, &format!("{file}&of=received")).text().expect("a file");
    assert_eq!(file.lines().count(), 28);
}

#[test]
fn what_cannot_be_filtered_by_is_refused_and_not_left_out() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    for tab in ["", "/compare", "/levels", "/received", "/cross", "/change", "/drivers", "/form"] {
        for word in ["channel=online", "mode=paper", "respondent=person", "no_such_word=1"] {
            assert_eq!(town.get_as(&lan, &format!("/staff/explore{tab}?{word}")).status(), 400, "{tab} {word}");
        }
    }
    for tab in ["", "/compare", "/levels", "/received"] {
        assert_eq!(town.get_as(&lan, &format!("/staff/explore{tab}?form=1")).status(), 400, "{tab}");
        assert_eq!(town.get_as(&lan, &format!("/staff/explore{tab}?form=&rows=")).status(), 200, "{tab}");
    }
    let file = "/staff/explore/trend/table.csv?plan=cau-giay-2026&separator=semicolon";
    assert_eq!(town.get_as(&lan, file).status(), 200);
}

#[test]
fn the_tile_of_new_sheets_counts_what_the_page_behind_it_counts() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.replan_around_today();
    let day = sipas::clock::today() - chrono::Days::new(2);
    twenty(&town, day, 10);
    let mut sheet = sheets::sheet(&town.db, &town.counter, "judicial", day, 5);
    sheet.key.series = Series::Ticket;
    town.db.load_sheets(vec![sheet; 30]).expect("stored");
    let lan = town.sign_in("lan");
    let tiles = texts(&town.get_as(&lan, "/staff/").text().expect("a page"), ".tile");
    let tile = tiles.iter().find(|tile| tile.starts_with("Phiếu mới")).expect("a tile");
    assert!(tile.contains("≥ 20"), "{tile}");
    let rows = texts(&town.get_as(&lan, "/staff/explore/received").text().expect("a page"), "#modes-table tbody tr");
    assert!(rows.iter().any(|row| row.ends_with("20")), "{rows:?}");
}

#[test]
fn two_sides_that_count_the_same_sheets_are_not_held_against_each_other() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let shares = |query: &str| {
        let asked = format!("/staff/explore/change?plan=cau-giay-2026&{query}");
        town.get_as(&lan, &asked).text().expect("a page").contains("Hai bên có phiếu chung")
    };
    assert!(shares("before=2026-q1&after=2026-h1"), "the half-year holds the quarter");
    assert!(shares("before=2026-q1&after=2026-q1&to_unit=cau-giay-hcc"), "the ward holds its office");
    assert!(!shares("before=2026-q1&after=2026-q3"));
    assert!(!shares("before=2026-q1&after=2026-q1&from_unit=cau-giay-tyt&to_unit=cau-giay-hcc"));
}
