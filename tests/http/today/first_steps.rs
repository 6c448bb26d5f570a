//! The first steps of a new place: computed from what there is, each passed over at will, and a code tried without counting.

use scraper::Html;
use sipas::access::Role;

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{PASSWORD, Town, location, page, select, texts};

const PAGE: &str = "/staff/first-steps";

/// A ward that was set up with nothing but its name.
fn bare(fresh: &crate::support::FreshDb) -> (Town, String) {
    let (town, path) = Town::start_empty(fresh);
    let secret = path.split_once("secret=").expect("a secret").1.to_owned();
    let filled = [
        ("secret", secret.as_str()),
        ("ward", "listed"),
        ("commune", "Phường Ba Đình, Thành phố Hà Nội"),
        ("display_name", "Nguyễn Thị Lan"),
        ("name", "lan"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
        ("counters", "1"),
    ];
    let answer = town.post_as("", "/staff/set-up", &filled);
    assert_eq!(location(&answer), "/staff/first-steps?done=set-up");
    let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
    (town, cookie.split(';').next().expect("a session").to_owned())
}

fn done(shown: &str) -> Vec<String> {
    texts(shown, "ol.steps > li.ready > h2")
}

on_both! {
    fn a_bare_ward_is_led_step_by_step_until_nothing_is_left(fresh) {
        let (town, lan) = bare(fresh);
        let (status, shown) = page(town.get_as(&lan, "/staff/first-steps?done=set-up"));
        assert_eq!((status, texts(&shown, "ol.steps > li").len(), done(&shown).len()), (200, 7, 1), "{shown}");
        assert_eq!(texts(&shown, "li[aria-current] h2"), ["2. Bộ phận và đơn vị trực thuộc"]);
        let (_, home) = page(town.get_as(&lan, "/staff/"));
        assert!(home.contains("Các bước đầu tiên: xong 1 trong 7"), "{home}");

        // The next one is passed over, and taken up again.
        let say = |step: &str, how: &str| location(&town.post_as(&lan, PAGE, &[("step", step), ("how", how)]));
        assert_eq!(say("offices", "skip"), PAGE);
        let (_, shown) = page(town.get_as(&lan, PAGE));
        assert_eq!(texts(&shown, "li[aria-current] h2"), ["3. Điểm phục vụ"]);
        say("offices", "again");
        let (_, shown) = page(town.get_as(&lan, PAGE));
        assert_eq!(texts(&shown, "li[aria-current] h2"), ["2. Bộ phận và đơn vị trực thuộc"]);
        say("offices", "skip");
        // What the database shows cannot be claimed.
        say("points", "done");
        let (_, shown) = page(town.get_as(&lan, PAGE));
        assert_eq!(texts(&shown, "li[aria-current] h2"), ["3. Điểm phục vụ"]);

        let code = town.add_point("phuong-ba-dinh", "Quầy số 1");
        for step in ["form", "poster"] {
            say(step, "done");
        }
        say("plan", "skip");
        let (_, shown) = page(town.get_as(&lan, PAGE));
        assert_eq!(texts(&shown, "li[aria-current] h2"), ["7. Quét thử"]);
        // The picture, read as a phone reads it, opens a page that says the code works and counts nothing.
        let html = Html::parse_document(&shown);
        let picture = select(&html, "img.trial")[0].attr("src").expect("an address").replace(".svg", ".png");
        let scanned = crate::qr::read_png(&town.get(&picture).bytes().expect("a picture"));
        let path = scanned[0].split_once(&code).map(|(_, rest)| format!("/s/{code}{rest}")).expect("the code");
        let (status, tried) = page(town.get(&path));
        assert_eq!((status, texts(&tried, "p.note strong")), (200, vec!["Mã đã hoạt động.".to_owned()]));
        assert_eq!(town.stored(), 0);
        say("scan", "done");
        let (_, shown) = page(town.get_as(&lan, PAGE));
        assert!(shown.contains("Xong các bước đầu tiên") && texts(&shown, "li[aria-current]").is_empty(), "{shown}");
        let (_, home) = page(town.get_as(&lan, "/staff/"));
        assert!(!home.contains(PAGE), "nothing leads there any more");
    }
}

#[test]
fn who_was_answered_has_a_poster_and_a_code_that_works_and_who_sets_nothing_up_sees_no_steps() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.post_form(&town.counter, &town.filled_form(&town.counter, "5"));
    let session = town.sign_in("administrator");
    let (_, shown) = page(town.get_as(&session, PAGE));
    assert!(done(&shown).iter().any(|heading| heading.starts_with("7. Quét thử")), "{shown}");
    let viewer = town.sign_in(Role::Viewer.name());
    assert!(!page(town.get_as(&viewer, "/staff/")).1.contains(PAGE));
    assert_eq!(town.get_as(&viewer, PAGE).status(), 403);
}
