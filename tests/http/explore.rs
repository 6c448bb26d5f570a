//! Exploring: the figures of a period's page again, as charts and tables; nothing of other units; words of an address that mean nothing.

use sipas::access::Role;
use sipas::db::Sheet;
use sipas::plan::Channel;
use sipas::sheet::tally::{Mode, Respondent, Series, TallyKey};

use crate::support::{Backend, fresh_db};
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
    let unit = town.db.unit_by_code("cau-giay-hcc").expect("a unit").expect("known").id;
    let point = town.db.points(Some(&[unit])).expect("points").first().expect("a point").point;
    let form = town.db.newest_form("thu-tuc-hanh-chinh-ngan").expect("a form").expect("published");
    let field = town.db.fields().expect("fields").into_iter().find(|field| field.code == "judicial").expect("a field");
    let sex = form.questionnaire.demographics.iter().position(|asked| asked.id == "sex").expect("asked for");
    let options = &form.questionnaire.demographics[sex].options;
    let mut loaded = Vec::new();
    for (who, level, count) in sheets {
        for number in 0..*count {
            let day: chrono::NaiveDate = format!("2026-01-{:02}", 12 + number % 10).parse().expect("a day");
            let mut demographics = vec![0; form.questionnaire.further_bytes()];
            demographics[sex] = options
                .iter()
                .position(|option| option.id == *who)
                .map_or(0, |place| u8::try_from(place + 1).expect("few"));
            let key = TallyKey {
                unit,
                day: sipas::clock::day_number(day),
                point,
                field: field.id,
                form: form.id,
                series: Series::Open,
                mode: Mode::Phone,
                respondent: Respondent::Person,
                suspect: false,
            };
            let answers = vec![*level; form.layout.items()];
            loaded.push(Sheet { key, channel: Channel::Counter, answers, demographics, comment: None });
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
    plan.key = key.to_owned();
    plan.unit = unit.to_owned();
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
    let asked = "plan=cau-giay-2026&period=2026-q1&unit=cau-giay-hcc&measure=target%3AII.1.1";
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
