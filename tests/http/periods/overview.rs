//! The wards of a city side by side: what was kept is what each ward's own page shows, and a ward sees no other.

use scraper::Html;
use sipas::access::Role;
use sipas::clock;
use sipas::db::{NewPoint, plan_content};
use sipas::plan::Channel;
use sipas::service::overview::{overview, refresh};

use crate::on_both;
use crate::town::{Town, page, select, texts};

const HERE: &str = "plan-here";
const THERE: &str = "plan-there";
/// A period that no other plan has.
const PERIOD: &str = "around-today";

/// A town whose two wards have plans of the same targets for the days around today, and answers; the codes of a point each.
fn two_wards(town: &Town) -> [String; 2] {
    let today = clock::today();
    let day = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).expect("a date");
    let plan = town.db.plan("cau-giay-2026").expect("an answer").expect("the plan").plan;
    for (key, unit, name) in [(HERE, "phuong-cau-giay", "Phường Cầu Giấy"), (THERE, "xa-o-dien", "Xã Ô Diên")]
    {
        let mut plan = plan.clone();
        (plan.key, plan.unit, plan.unit_name) = (key.to_owned(), unit.to_owned(), name.to_owned());
        (plan.from, plan.to) = (today - chrono::Days::new(30), today + chrono::Days::new(30));
        let (from, to) = (plan.from, plan.to);
        plan.periods.truncate(1);
        for period in &mut plan.periods {
            (period.key, period.from, period.to) = (PERIOD.to_owned(), from, to);
        }
        for target in &mut plan.targets {
            (target.from, target.to) = (from, to);
        }
        let (hash, content) = plan_content(&plan).expect("JSON");
        assert!(town.db.seed_plan(&plan, &hash, &content, today).expect("a plan"));
    }
    let there = NewPoint {
        unit: "xa-o-dien".to_owned(),
        name_vi: "Quầy xã".to_owned(),
        name_en: "Commune counter".to_owned(),
        form: "thu-tuc-hanh-chinh-ngan".to_owned(),
        fields: vec!["judicial".to_owned()],
        channel: Channel::Counter,
        opened_on: day,
    };
    [town.counter.clone(), town.db.by_nobody().add_point(&there).expect("a point")]
}

fn answer(town: &Town, point: &str, level: &str, times: usize) {
    for _ in 0..times {
        let form = town.filled_form(point, level);
        assert_eq!(town.post_form(point, &form).status(), 303);
    }
}

fn let_in(town: &Town) {
    town.let_in();
    let days = (chrono::NaiveDate::MIN, chrono::NaiveDate::MAX);
    town.db.release_at_closing("xa-o-dien", days, clock::today()).expect("let in");
}

on_both! {
    fn the_overview_shows_the_figures_of_each_wards_own_page_and_computes_what_has_changed_alone(fresh) {
        let town = Town::start(fresh);
        let [here, there] = two_wards(&town);
        answer(&town, &here, "5", 24);
        answer(&town, &there, "2", 24);
        let_in(&town);
        let today = clock::today();
        let first = refresh(&town.db, today, || true).expect("kept");
        assert!(first.computed >= 2 && first.same == 0 && !first.cut_short, "{first:?}");
        let again = refresh(&town.db, today, || true).expect("kept");
        assert_eq!((again.computed, again.same), (0, first.computed));

        town.add_user("city", Role::Leader, "thanh-pho-ha-noi");
        let city = town.sign_in("city");
        let address = format!("/staff/overview?period={PERIOD}");
        let (status, shown) = page(town.get_as(&city, &address));
        assert_eq!(status, 200);
        let rows = texts(&shown, "table.grid-table tbody tr");
        let row = |name: &str| rows.iter().find(|row| row.starts_with(name)).expect("a row").clone();
        // All 24 said 5 of 5 here, and 2 of 5 there: by hand 100 % and 0 %.
        assert!(row("Phường Cầu Giấy").contains("100"), "{rows:?}");
        assert!(row("Xã Ô Diên").contains("0,0"), "{rows:?}");
        let links = select(&Html::parse_document(&shown), "table.grid-table tbody a");
        assert!(links.iter().any(|link| link.attr("href") == Some(&*format!("/staff/plans/{HERE}/{PERIOD}"))));

        // A ward's owner has the ward's row, whatever is asked.
        let ward = town.sign_in("lan");
        let (status, shown) = page(town.get_as(&ward, &address));
        assert_eq!(status, 200);
        assert!(shown.contains("Phường Cầu Giấy") && !shown.contains("Xã Ô Diên"), "another ward's open figures");

        // A search, and a search for nobody.
        let (_, shown) = page(town.get_as(&city, &format!("{address}&q=o+dien")));
        assert_eq!(texts(&shown, "table.grid-table tbody tr").len(), 1);
        let (_, shown) = page(town.get_as(&city, &format!("{address}&q=nowhere")));
        assert!(shown.contains("Không có đơn vị nào có tên như vậy"));
        assert_eq!(town.get_as(&city, "/staff/overview?order=sideways").status(), 400);
        assert_eq!(town.get_as(&city, "/staff/overview?period=2019-q9").status(), 400, "no period is shown for another");

        // New releases of one ward are the figures of that ward's plans alone.
        answer(&town, &there, "5", 24);
        let_in(&town);
        let third = refresh(&town.db, today, || true).expect("kept");
        let theirs = town.db.plan_book().expect("plans").of_unit("xa-o-dien").count();
        assert!((1..=first.computed).contains(&third.computed) && third.same >= 1, "{third:?}, {theirs} plans there");
        let tree = town.db.tree().expect("units");
        let city = tree.of_code("thanh-pho-ha-noi").expect("the city").id;
        let found = overview(&town.db, &tree, city, Some(PERIOD)).expect("an overview");
        let there = found.rows.iter().find(|row| row.plan == THERE).expect("a row");
        let share = there.kept.targets.iter().find_map(|target| target.estimate.as_ref()).expect("a figure").value;
        assert!((share - 0.5).abs() < 1e-12, "half of 48 said 5: {share}");
    }
}
