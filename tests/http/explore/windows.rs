//! Days chosen at will: what they leave out for its releases is said, and nothing is concluded from what is left.

use chrono::NaiveDate;

use crate::support::{Backend, fresh_db};
use crate::town::{Town, texts};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// In files sheets enter in runs of whole days of ten or more, so nine of 31 January are one release with the sixty of 1 February; twenty of 10
/// February are one of their own, and so are thirty of 12 March. All are about judicial affairs, all satisfied but half of those of March.
fn three_months(town: &Town) {
    let of = |place: usize| match place {
        0..9 => "2026-01-31",
        9..69 => "2026-02-01",
        69..89 => "2026-02-10",
        _ => "2026-03-12",
    };
    let level = |place: usize| if place >= 104 { 2 } else { 5 };
    town.load(&town.counter, "judicial", 119, |place| {
        let level = level(place);
        (day(of(place)), Box::new(move |_: &str| level))
    });
}

#[test]
fn a_month_says_how_many_sheets_lie_across_its_border_and_no_change_is_told_of_a_remainder() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    three_months(&town);
    let lan = town.sign_in("lan");
    let asked = "plan=cau-giay-2026&period=2026-q1&measure=field:judicial&by=month";
    let page = town.get_as(&lan, &format!("/staff/explore?{asked}")).text().expect("a page");
    let rows = texts(&page, "main table tbody tr");
    let row = |name: &str| rows.iter().find(|row| row.contains(name)).unwrap_or_else(|| panic!("{name}: {rows:?}"));
    // Nine, to the nearest ten; sixty beside twenty that are counted.
    let january = row("Tháng 1/2026");
    assert!(january.contains("Khoảng 10 phiếu vào số liệu cùng lượt với phiếu của ngày khác"), "{january}");
    let february = row("Tháng 2/2026");
    assert!(february.contains("100") && february.contains("khoảng 60 phiếu") && february.contains("không so sánh"));
    assert!(!rows.iter().any(|row| row.contains("Ít hơn 10 người")), "{rows:?}");
    assert!(page.contains("hơn một nửa số phiếu vào số liệu cùng lượt với phiếu của ngày khác"));
    // From 100 % to 50 % would be a clear fall.
    assert!(!page.contains("So với Tháng 2/2026") && !page.contains("giảm rõ rệt"));
    let beside = "/staff/explore/change?plan=cau-giay-2026&before=2026-m02&after=2026-m03&depth=fields";
    let page = town.get_as(&lan, beside).text().expect("a page");
    assert!(page.contains("tính được ít nhất một nửa số phiếu") && !page.contains("giảm rõ rệt"));
    let page = town.get_as(&lan, "/staff/plans/cau-giay-2026/2026-m02").text().expect("a page");
    assert!(page.contains("Khoảng 60 phiếu của những ngày này không tính ở đây"));
    assert!(page.contains("không dùng để kết luận tăng, giảm"));
}

#[test]
fn programs_read_what_lies_across_the_border_of_a_month_and_no_period_of_the_plan_has_it() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    three_months(&town);
    let secret = crate::api::key(&town, "viewer");
    let read = |period: &str| {
        let address = format!("/api/v1/plans/cau-giay-2026/periods/{period}/index");
        crate::api::list(&town, &address, &secret).1
    };
    let january = read("2026-m01");
    assert_eq!(january["beyond"]["fields"]["judicial"], serde_json::json!({"sheets": 10, "counted": 0}));
    let reasons = |figures: &serde_json::Value| -> Vec<String> {
        let targets = figures["targets"].as_array().expect("targets").iter();
        targets.filter_map(|target| target["reason"].as_str().map(str::to_owned)).collect()
    };
    assert!(reasons(&january).contains(&"across_border".to_owned()), "{:?}", reasons(&january));
    let february = read("2026-m02");
    assert_eq!((&february["beyond"]["sheets"], &february["beyond"]["counted"]), (&60.into(), &20.into()));
    let quarter = read("2026-q1");
    assert!(quarter.get("beyond").is_none(), "releases are made for the periods of the plan");
    assert!(!reasons(&quarter).contains(&"across_border".to_owned()));
}
