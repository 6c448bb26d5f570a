//! What citizens are told: drafted from published figures, approved by a second person, published, in the feed, taken back.

use chrono::Datelike as _;

use crate::demo::Demo;
use crate::on_both;
use crate::town::{Town, form_pairs, location, page, texts, with};

const NEWS: &str = "/results/news?unit=phuong-cau-giay";

fn begin(town: &Town, session: &str, topic: &str, span: &str) -> String {
    let answer = town.post_as(session, "/staff/telling", &[("topic", topic), ("span", span)]);
    assert_eq!(answer.status(), 303, "{topic} {span}");
    location(&answer)
}

fn decide(town: &Town, session: &str, number: &str, version: &str, deed: &str) -> (u16, String) {
    let form = [("number", number), ("version", version), ("deed", deed)];
    page(town.post_as(session, "/staff/telling/decide", &form))
}

fn month() -> String {
    sipas::clock::today().format("%Y-%m").to_string()
}

on_both! {
    fn nothing_is_told_before_a_second_person_approved_it_and_every_version_is_kept(fresh) {
        let town = Town::start(fresh);
        let (owner, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        let edit = begin(&town, &owner, "results", &month());
        assert_eq!(edit, "/staff/telling/edit?number=1");
        let first = page(town.get_as(&owner, &edit)).1;
        assert!(first.contains("chưa được công bố"), "no period was published: no figure is told: {first}");
        assert_eq!(decide(&town, &owner, "1", "1", "approve").0, 422, "who wrote it does not approve it");
        assert_eq!(decide(&town, &leader, "1", "1", "publish").0, 422, "nothing goes out without approval");
        assert_eq!(decide(&town, &leader, "1", "1", "approve").0, 303);

        // A change after the approval is a draft again.
        let pairs = form_pairs(&first, "form[action=\"/staff/telling/edit\"]");
        let changed = with(pairs.clone(), &[("title", "Một tiêu đề khác")]);
        assert_eq!(town.send_as(&owner, "/staff/telling/edit", &changed).status(), 303);
        assert_eq!(decide(&town, &leader, "1", "1", "publish").0, 422, "version 1 is no longer the newest");
        assert_eq!(decide(&town, &leader, "1", "2", "publish").0, 422);
        assert_eq!(town.send_as(&owner, "/staff/telling/edit", &pairs).status(), 422, "an old page overwrites nothing");
        assert!(!page(town.get(NEWS)).1.contains("Một tiêu đề khác"), "a draft is nobody's news");
        assert_eq!(decide(&town, &leader, "1", "2", "approve").0, 303);
        assert_eq!(decide(&town, &owner, "1", "2", "publish").0, 303);
        assert!(page(town.get(NEWS)).1.contains("Một tiêu đề khác"));
        assert_eq!(town.db.telling_versions(unit(&town), 1).expect("versions").len(), 2);

        // What is out stays while the next version is written.
        let second = page(town.get_as(&owner, &edit)).1;
        let pairs = form_pairs(&second, "form[action=\"/staff/telling/edit\"]");
        let changed = with(pairs, &[("title", "Bản sửa")]);
        assert_eq!(town.send_as(&owner, "/staff/telling/edit", &changed).status(), 303);
        let news = page(town.get(NEWS)).1;
        assert!(news.contains("Một tiêu đề khác") && !news.contains("Bản sửa"), "{news}");
        assert_eq!(decide(&town, &leader, "1", "3", "approve").0, 303);
        assert_eq!(decide(&town, &leader, "1", "3", "publish").0, 303);
        assert!(page(town.get(NEWS)).1.contains("Bản sửa"));
        // An approval that is taken back, however often, leaves what is out; that is withdrawn by itself.
        let third = page(town.get_as(&owner, &edit)).1;
        let pairs = form_pairs(&third, "form[action=\"/staff/telling/edit\"]");
        assert_eq!(town.send_as(&owner, "/staff/telling/edit", &with(pairs, &[("title", "Bản bốn")])).status(), 303);
        assert_eq!(decide(&town, &leader, "1", "4", "approve").0, 303);
        for _ in 0..2 {
            assert_eq!(decide(&town, &leader, "1", "4", "take_back").0, 303);
            assert!(page(town.get(NEWS)).1.contains("Bản sửa"));
        }
        assert!(page(town.get_as(&leader, &edit)).1.contains("Gỡ bản đang công khai"));
        for _ in 0..2 {
            assert_eq!(decide(&town, &leader, "1", "4", "withdraw").0, 303);
        }
        assert!(!page(town.get(NEWS)).1.contains("Bản sửa"));
        assert_eq!(town.get(&format!("{NEWS}&number=1")).status(), 404, "what was taken back is not there");
        let log = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("the log");
        let deeds: Vec<&str> =
            log.iter().filter(|row| row.action == "decide_telling").map(|row| row.object.as_str()).collect();
        // Newest first; what was refused is not among them.
        assert_eq!(deeds[..3], ["1 withdraw", "1 take_back", "1 approve"]);
        assert_eq!(deeds[3..], ["1 publish", "1 approve", "1 publish", "1 approve", "1 approve"]);
    }

    fn a_broadcast_with_digits_or_too_long_is_refused_and_nothing_typed_is_lost(fresh) {
        let town = Town::start(fresh);
        let owner = town.sign_in("lan");
        let edit = begin(&town, &owner, "mended", &month());
        let pairs = form_pairs(&page(town.get_as(&owner, &edit)).1, "form[action=\"/staff/telling/edit\"]");
        let send = |changes: &[(&str, &str)]| {
            page(town.send_as(&owner, "/staff/telling/edit", &with(pairs.clone(), changes)))
        };
        let (status, shown) = send(&[("broadcast", "Có 9 trên 10 người hài lòng.")]);
        assert!(status == 422 && shown.contains("viết số bằng chữ") && shown.contains("Có 9 trên 10 người"), "{shown}");
        // Two minutes at 150 syllables a minute.
        let long = "hai ".repeat(301);
        assert_eq!(send(&[("broadcast", &long)]).0, 422);
        assert_eq!(send(&[("broadcast", &"hai ".repeat(300))]).0, 303);
        let long = "chữ ".repeat(301);
        assert_eq!(send(&[("version", "2"), ("item", &long)]).0, 422, "an item has 300 words at most");
    }

    fn days_outside_the_wards_site_are_kept_and_none_lies_ahead(fresh) {
        let town = Town::start(fresh);
        let owner = town.sign_in("lan");
        begin(&town, &owner, "results", &month());
        let today = sipas::clock::today();
        let tell = |day: chrono::NaiveDate| {
            let day = day.to_string();
            let form = [("number", "1"), ("broadcast_on", day.as_str()), ("sent_on", day.as_str())];
            town.post_as(&owner, "/staff/telling/told", &form).status().as_u16()
        };
        assert_eq!(tell(today + chrono::Days::new(1)), 422);
        assert_eq!(tell(today), 303);
        let kept = town.db.tellings(unit(&town)).expect("tellings").remove(0);
        assert_eq!((kept.broadcast_on, kept.sent_on, kept.accepted_on), (Some(today), Some(today), None));
        // A page of before the days were kept, sent by another: it overwrites none of them unseen, and says what stands.
        let told_form = "form[action=\"/staff/telling/told\"]";
        let edit = "/staff/telling/edit?number=1";
        let old = form_pairs(&page(town.get_as(&owner, edit)).1, told_form);
        let day_before = today - chrono::Days::new(1);
        let yesterday = day_before.to_string();
        for status in [303, 303] {
            let sent = town.send_as(&owner, "/staff/telling/told", &with(old.clone(), &[("broadcast_on", &*yesterday)]));
            assert_eq!(sent.status(), status, "a double press");
        }
        let (status, shown) = page(town.send_as(&owner, "/staff/telling/told", &with(old, &[("accepted_on", &*yesterday)])));
        assert!(status == 422 && shown.contains("Người khác vừa lưu ở đây"), "{shown}");
        assert_eq!(town.db.tellings(unit(&town)).expect("tellings")[0].accepted_on, None);
        let log = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("the log");
        assert_eq!(log.iter().filter(|row| row.action == "record_telling").count(), 2);
        let list = page(town.get_as(&owner, "/staff/telling")).1;
        let counted = texts(&list, ".card li").join(" | ");
        assert!(counted.contains("0 tin, bài trên trang của phường"), "{counted}");
        // On the first of a month the broadcast of yesterday was the month before's.
        let broadcasts = usize::from((day_before.year(), day_before.month()) == (today.year(), today.month()));
        assert!(counted.contains(&format!("{broadcasts} bài phát thanh")), "{counted}");
        assert!(counted.contains("1 tin, bài gửi trang"), "{counted}");
    }
}

on_both! {
    fn figures_that_were_opened_anew_are_nobodys_news_and_what_is_out_about_them_is_marked(fresh) {
        let town = Town::start(fresh);
        let (owner, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        let day = |text: &str| -> chrono::NaiveDate { text.parse().expect("a day") };
        let keys = town.replan(&[(day("2025-12-15"), day("2026-03-14"))], day("2026-12-31"), &["judicial"]);
        town.load(&town.counter, "judicial", 40, |_| (day("2026-01-12"), Box::new(|_: &str| 5)));
        let period = format!("/staff/plans/cau-giay-2026/{}", keys[0]);
        let step = |session: &str, deed: &str, version: &str| {
            let form = [("version", version), ("reason", "Trạm y tế gửi thiếu phiếu giấy")];
            assert_eq!(town.post_as(session, &format!("{period}/{deed}"), &form).status(), 303, "{deed} {version}");
        };
        let publish = |version: &str| {
            for (session, deed) in [(&owner, "check"), (&leader, "approve"), (&owner, "publish")] {
                step(session, deed, version);
            }
        };
        publish("1");
        let span = format!("cau-giay-2026/{}", keys[0]);
        let out = begin(&town, &owner, "results", &span);
        begin(&town, &owner, "results", &month());
        begin(&town, &owner, "mended", &span);
        // A month that was over when the period went out: true of it, and of the period.
        let before = page(town.get_as(&owner, &begin(&town, &owner, "results", "2026-01"))).1;
        assert!(!before.contains("Chưa có kỳ nào được công bố"), "one is: {before}");
        assert!(before.contains("không có kỳ nào được công bố đến hết ngày 31/01/2026"), "{before}");
        for deed in ["approve", "publish"] {
            assert_eq!(decide(&town, &leader, "1", "1", deed).0, 303, "{deed}");
        }
        assert_eq!(decide(&town, &leader, "2", "1", "approve").0, 303);

        step(&leader, "reopen", "1");
        assert_eq!(decide(&town, &leader, "2", "1", "publish").0, 422, "approved before, and not to go out now");
        let (status, said) = decide(&town, &leader, "3", "1", "approve");
        assert!(status == 422 && said.contains("Số liệu của bài này đã mở lại ngày"), "{said}");
        assert_eq!(decide(&town, &leader, "4", "1", "approve").0, 303, "it tells no figures");
        let fresh_news = [("topic", "results"), ("span", span.as_str())];
        assert_eq!(town.post_as(&owner, "/staff/telling", &fresh_news).status(), 422, "nor is it written up anew");
        let list = page(town.get_as(&owner, "/staff/telling")).1;
        assert!(!list.contains(&format!("value=\"{span}\"")), "nor offered: {list}");
        let warned = texts(&list, ".card .warn");
        assert_eq!(warned.len(), 3, "{warned:?}");
        assert!(warned[2].contains("hãy gỡ hoặc đính chính") && !warned[0].contains("hãy gỡ"), "newest first: {warned:?}");
        assert!(page(town.get_as(&owner, &out)).1.contains("hãy gỡ hoặc đính chính"));

        // The next version is news again; what tells of the one before stays marked.
        publish("2");
        assert_eq!(town.post_as(&owner, "/staff/telling", &fresh_news).status(), 303);
        assert_eq!(decide(&town, &leader, "5", "1", "approve").0, 303);
        assert_eq!(decide(&town, &leader, "3", "1", "approve").0, 422);
        assert_eq!(texts(&page(town.get_as(&owner, "/staff/telling")).1, ".card .warn").len(), 3);
    }
}

#[test]
fn two_items_of_a_month_stand_on_the_task_board_and_the_thanks_tell_what_was_mended() {
    let fresh = crate::support::fresh_db(crate::support::Backend::Sqlite);
    let town = Town::start(&fresh);
    let (owner, leader) = (town.sign_in("lan"), town.sign_in("leader"));
    let board = || texts(&page(town.get_as(&owner, "/staff/tasks")).1, ".counts p").join(" | ");
    // Plan 81/KH-UBND: two items a month on the ward's site, from its first whole month (April) to December.
    assert!(board().contains("0 trên 9 tháng đủ số bài"), "{}", board());
    for (number, topic) in [("1", "results"), ("2", "mended")] {
        begin(&town, &owner, topic, &month());
        assert_eq!(decide(&town, &leader, number, "1", "approve").0, 303);
        assert_eq!(decide(&town, &leader, number, "1", "publish").0, 303);
        let wanted = if number == "1" { "0 trên 9 tháng" } else { "1 trên 9 tháng" };
        let today = sipas::clock::today().to_string();
        if ("2026-04-01".."2027-01-01").contains(&today.as_str()) {
            assert!(board().contains(wanted), "after {number}: {}", board());
        }
    }
    let remedy = [
        ("said", "Chờ lâu ở quầy số 1."),
        ("work", "Mở thêm một quầy buổi sáng."),
        ("person", "Nguyễn Thị Hồng"),
        ("office", "cau-giay-hcc"),
        ("due", "2026-05-31"),
        ("result", "Không ai chờ quá 30 phút."),
        ("state", "done"),
        ("published", "yes"),
    ];
    let thanks = format!("/s/{}/thanks", town.centre);
    assert!(!page(town.get(&thanks)).1.contains("Mở thêm"));
    assert_eq!(town.post_as(&leader, "/staff/remedies/edit", &remedy).status(), 303);
    let shown = page(town.get(&thanks)).1;
    assert!(shown.contains("Mở thêm một quầy") && !shown.contains("Nguyễn Thị Hồng"), "{shown}");
}

fn unit(town: &Town) -> i32 {
    town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward").id
}

#[test]
fn an_item_tells_the_published_figures_and_stands_in_the_feed() {
    let demo = Demo::start();
    demo.publish("cau-giay-2026", "2026-q1");
    let client =
        reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let url = |path: &str| format!("{}{path}", demo.address);
    let get = |path: &str| client.get(url(path)).send().expect("an answer").text().expect("a page");
    let sign_in = |name: &str| {
        let form = [("name", name), ("password", "xem-thu-sipas-2026")];
        let answer = client.post(url("/staff/sign-in")).form(&form).send().expect("an answer");
        let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
        cookie.split(';').next().expect("a pair").to_owned()
    };
    let (owner, leader) = (sign_in("demo"), sign_in("lanh-dao"));
    let post = |session: &str, path: &str, form: &[(&str, &str)]| {
        client.post(url(path)).header("cookie", session).form(form).send().expect("an answer")
    };
    // A period that was not published cannot be told of.
    let open = [("topic", "results"), ("span", "cau-giay-2026/2026-q3")];
    assert_eq!(post(&owner, "/staff/telling?ward=phuong-cau-giay", &open).status(), 422);
    let told = [("topic", "results"), ("span", "cau-giay-2026/2026-q1")];
    let begun = post(&owner, "/staff/telling?ward=phuong-cau-giay", &told);
    assert_eq!(begun.status(), 303);
    let edit = location(&begun);
    let number = edit.split(['=', '&']).nth(1).expect("a number").to_owned();
    for deed in ["approve", "publish"] {
        let form = [("number", number.as_str()), ("version", "1"), ("deed", deed)];
        assert_eq!(post(&leader, "/staff/telling/decide?ward=phuong-cau-giay", &form).status(), 303, "{deed}");
    }
    // The shares of the item are those of the page of results.
    let item = texts(&get(&format!("/results/news?unit=phuong-cau-giay&number={number}")), "article p").join(" ");
    let results = texts(&get("/results?unit=phuong-cau-giay"), ".result dd").join(" ");
    let before = item.split(", mức đặt ra").next().expect("a figure");
    let told = before.rsplit_once(' ').expect("a share before the minimum").1;
    assert!(told.ends_with('%') && results.contains(told), "{told} of {item} is not among {results}");
    assert!(item.contains("không thay thế SIPAS"), "{item}");

    // Picture and notice are of the same facts; both only of what is out.
    let bytes = |path: &str| client.get(url(path)).send().expect("an answer").bytes().expect("a file").to_vec();
    let picture = bytes(&format!("/results/news/picture.png?unit=phuong-cau-giay&number={number}"));
    let reader = png::Decoder::new(std::io::Cursor::new(&picture)).read_info().expect("a PNG");
    assert_eq!((reader.info().width, reader.info().height), (1200, 630), "the shape of link previews");
    assert!(picture.len() < 300_000, "{} bytes go over phones", picture.len());
    let notice = bytes(&format!("/results/news/notice.pdf?unit=phuong-cau-giay&number={number}"));
    assert!(notice.starts_with(b"%PDF"));
    let missing =
        client.get(url("/results/news/picture.png?unit=phuong-cau-giay&number=99")).send().expect("an answer");
    assert_eq!(missing.status(), 404);

    // The screen goes on by itself and shows the same figure.
    let screen = client.get(url("/screen/phuong-cau-giay")).send().expect("an answer");
    let refresh = screen.headers()["refresh"].to_str().expect("words").to_owned();
    assert!(refresh.starts_with("20;url=/screen/phuong-cau-giay?slide="), "{refresh}");
    let shown = screen.text().expect("a page");
    assert!(shown.contains(told) && texts(&shown, "h1").join(" ").contains("trên 10"), "{told}: {shown}");
    assert!(!shown.contains("<script"), "without script");

    // Open data: the same figure to the last digit, as CSV and as JSON, and what columns mean.
    let json: serde_json::Value =
        serde_json::from_str(&get("/results/open-data/figures.json?unit=phuong-cau-giay")).expect("JSON");
    let figures = json["figures"].as_array().expect("figures");
    assert!(figures.iter().all(|one| one["period"] == "2026-q1" && one["respondents"].as_u64() >= Some(10)));
    let question = sipas::service::figures::Question {
        plan: "cau-giay-2026".to_owned(),
        period: "2026-q1".to_owned(),
        unit: None,
        series: sipas::sheet::tally::Series::Open,
        suspects: sipas::index::Suspects::In,
        live: false,
        today: sipas::clock::today(),
    };
    let measured = sipas::service::figures::measure(&demo.db, &question).expect("figures").report;
    let target = &measured.targets[0];
    let open = figures.iter().find(|one| one["id"] == target.target.as_str()).expect("the target");
    assert_eq!(open["value"].as_f64(), target.estimate.as_ref().map(|estimate| estimate.value));
    let shown_fields = measured.fields.iter().filter(|field| field.shown().is_some()).count();
    assert_eq!(figures.iter().filter(|one| one["node"] == "field").count(), shown_fields, "nothing hidden is told");
    let csv = get("/results/open-data/figures.csv?unit=phuong-cau-giay");
    assert_eq!(csv.trim_start_matches('\u{feff}').lines().count(), figures.len() + 1);
    let codebook = get("/results/open-data/codebook.csv");
    let columns = json["codebook"].as_array().expect("a codebook").len();
    assert_eq!((codebook.lines().count(), figures[0].as_object().expect("a row").len()), (columns + 1, columns));
    assert!(get("/results/open-data?unit=phuong-cau-giay").contains("CC BY 4.0"));
    let none: serde_json::Value =
        serde_json::from_str(&get("/results/open-data/figures.json?unit=xa-o-dien")).expect("JSON");
    assert_eq!(none["figures"].as_array().map(Vec::len), Some(0), "what was not published is nobody's");

    let feed = get("/results/news.atom?unit=phuong-cau-giay");
    for (start, count) in [("<entry>", 1), ("<updated>", 2), ("<published>", 1), ("<author>", 1)] {
        assert_eq!(feed.matches(start).count(), count, "{start}: {feed}");
    }
    assert!(feed.starts_with("<?xml") && feed.contains("xmlns=\"http://www.w3.org/2005/Atom\""), "{feed}");
    let content = feed.split_once("<content").and_then(|(_, rest)| rest.split_once("</content>")).expect("a text").0;
    assert!(content.lines().count() > 1, "paragraphs stay apart: {content}");
    assert!(is_closed(&feed), "the feed is well-formed: {feed}");
    assert!(!is_closed("<a><b></a>"));
}

/// Whether every element of a text is closed in its turn.
fn is_closed(text: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for part in text.split('<').skip(1) {
        let tag = part.split_once('>').map_or(part, |(tag, _)| tag);
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        match (tag.starts_with('/'), tag.starts_with('?') || tag.ends_with('/')) {
            (true, _) if open.pop() != Some(name) => return false,
            (false, false) => open.push(name),
            _ => {}
        }
    }
    open.is_empty()
}
