//! Questionnaires on the staff pages as they are published: read, previewed, asked again; and the privacy notice.

use scraper::Html;
use sipas::access::{Action, Role, may};
use sipas::clock;
use sipas::config::Config;
use sipas::db::NewUser;
use sipas::web::state::App;

use crate::form_drafts::{open, publish};
use crate::on_both;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{PASSWORD, Town, location, select, texts};

const SHORT: &str = "thu-tuc-hanh-chinh-ngan";

impl Town {
    /// A session of a new user of this role in this unit.
    pub fn sign_in_as(&self, role: Role, unit: &str) -> String {
        let name = format!("{}-{unit}", role.name());
        let new = NewUser {
            name: name.clone(),
            display_name: name.clone(),
            password_hash: sipas::secrets::password::hash(PASSWORD).expect("a hash"),
            role: role.name().to_owned(),
            unit: unit.to_owned(),
            email: None,
            at: clock::now(),
        };
        self.db.by_nobody().add_user(&new).expect("a user");
        self.sign_in(&name)
    }
}

/// Opens the program again on a database that nobody serves any more.
pub fn open_again(fresh: &FreshDb) -> App {
    let pairs =
        vec![("SIPAS_DATABASE_URL".to_owned(), fresh.address()), ("SIPAS_BIND".to_owned(), "127.0.0.1:0".to_owned())];
    let config = Config::from_sources(pairs, |path| std::fs::read_to_string(path)).expect("settings");
    App::open(config).expect("an app")
}

fn sqlite() -> FreshDb {
    fresh_db(Backend::Sqlite)
}

on_both! {
    fn the_words_of_a_ward_stand_on_the_notice_of_its_points_and_go_when_they_are_emptied(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let notice = |lang: &str| town.get(&format!("/privacy?unit=cau-giay-hcc&lang={lang}")).text().expect("a page");
        assert!(notice("vi").contains("Phường Cầu Giấy"), "our words name the ward, not the office");
        let ours = notice("en");
        let script = "Gọi <script>alert(1)</script> 024.\r\n\r\nHỏi ai?\r\nHỏi bà Lan.";
        let keep = |vi: &str| {
            let en = texts(&town.get_as(&lan, "/staff/notice").text().expect("a page"), "textarea#en");
            assert_eq!(en.len(), 1);
            let page = town.get_as(&lan, "/staff/notice").text().expect("a page");
            let en: String = Html::parse_document(&page)
                .select(&scraper::Selector::parse("textarea#en").expect("a selector"))
                .flat_map(|area| area.text().map(str::to_owned).collect::<Vec<_>>())
                .collect();
            town.post_as(&lan, "/staff/notice", &[("unit", "phuong-cau-giay"), ("vi", vi), ("en", &en)])
        };
        assert_eq!(keep(script).status(), 303);
        let page = notice("vi");
        assert_eq!(texts(&page, "main h2"), ["Hỏi ai?"]);
        assert_eq!(texts(&page, "main p"), ["Gọi <script>alert(1)</script> 024.", "Hỏi bà Lan."]);
        assert!(texts(&page, "script").is_empty());
        assert_eq!(notice("en"), ours, "what was not changed stays ours");
        assert_eq!(keep("").status(), 303);
        assert!(notice("vi").contains("91/2025/QH15"));
    }
}

#[test]
fn every_questionnaire_is_listed_and_every_version_shows_all_it_asks() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let list = town.get_as(&lan, "/staff/forms").text().expect("a page");
    assert_eq!(texts(&list, "tbody tr").len(), sipas::service::seeding::FORMS.len());
    for link in select(&Html::parse_document(&list), "tbody a") {
        let address = link.attr("href").expect("an address");
        let page = town.get_as(&lan, address).text().expect("a page");
        let id = address.split('/').nth(3).expect("an identifier");
        let form = town.db.newest_form(id).expect("an answer").expect("published");
        let codes = texts(&page, "main code");
        for item in form.questionnaire.items() {
            assert!(!codes.contains(&item.id), "an identifier of the program in people's faces: {}", item.id);
            for lang in &form.questionnaire.languages {
                assert!(!item.text.in_language(lang).is_empty());
                let words = item.text.in_language(lang);
                assert!(
                    texts(&page, &format!("span.wording[lang={lang}]")).iter().any(|text| text == words),
                    "{words}"
                );
            }
        }
        assert!(page.contains(&form.hash[..8]), "{address}");
        let frame = select(&Html::parse_document(&page), ".phone iframe");
        assert_eq!(frame[0].attr("src"), Some(format!("{address}/preview?lang=vi").as_str()));
    }
}

#[test]
fn every_questionnaire_can_be_previewed_in_every_language_in_a_frame_and_is_small() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    for listed in town.db.forms().expect("forms") {
        for lang in ["vi", "en"] {
            let path = format!("/staff/forms/{}/{}/preview?lang={lang}", listed.code, listed.version);
            let answer = town.get_as(&lan, &path);
            assert_eq!(answer.status(), 200, "{path}");
            let policy = answer.headers()["content-security-policy"].to_str().expect("a policy").to_owned();
            assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
            let page = answer.text().expect("a page");
            // A form of paper, asked on a phone only to try it, has about 1 KB for each question beyond 25.
            let form = town.db.form_by_id(listed.id).expect("a form");
            let asked = form.questionnaire.items().count() + form.questionnaire.questions().count();
            let most = 30 * 1024 + 1_024 * asked.saturating_sub(25);
            assert!(page.len() <= most, "{} bytes at {path}", page.len());
            assert!(!texts(&page, "main .note").is_empty(), "no banner at {path}");
            assert_eq!(select(&Html::parse_document(&page), "html")[0].attr("lang"), Some(lang));
        }
    }
    let staff = town.get_as(&lan, &format!("/staff/forms/{SHORT}/3"));
    let policy = staff.headers()["content-security-policy"].to_str().expect("a policy");
    assert!(policy.contains("frame-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[test]
fn answers_to_a_preview_are_checked_and_thrown_away() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let path = format!("/staff/forms/{SHORT}/3/preview");
    let page = town.get_as(&lan, &path).text().expect("a page");
    let page = Html::parse_document(&page);
    assert_eq!(select(&page, "form")[0].attr("action"), Some(path.as_str()));
    let hidden = select(&page, "form input[type=hidden]");
    let value =
        |name: &str| hidden.iter().find(|input| input.attr("name") == Some(name)).and_then(|input| input.attr("value"));
    let (attempt, form) = (value("attempt").expect("an attempt"), value("form").expect("a form"));
    let answer = |level: &str| {
        let pairs = [("attempt", attempt), ("form", form), ("lang", "vi"), ("q.access_info", level)];
        town.post_as(&lan, &path, &pairs)
    };
    let good = answer("4");
    assert_eq!(good.status(), 200);
    assert!(texts(&good.text().expect("a page"), "main p")[0].contains("không được lưu"));
    assert_eq!(answer("7").status(), 422);
    assert_eq!(town.stored(), 0);
}

#[test]
fn weak_criteria_become_a_follow_up_form_that_can_be_published() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    town.plan_runs_on();
    let lan = town.sign_in("lan");
    for _ in 0..35 {
        let mut sheet = town.json_sheet(&town.counter, 5);
        sheet["answers"]["results_on_time"] = serde_json::json!(1);
        assert_eq!(town.post_json(&town.counter, &sheet).status(), 201);
    }
    town.let_in();
    let overview = town.get_as(&lan, &format!("{}?part=all", crate::town::figures_path())).text().expect("a page");
    let link = select(&Html::parse_document(&overview), "a[href*='follow-up']");
    let page = town.get_as(&lan, link[0].attr("href").expect("an address")).text().expect("a page");
    let page = Html::parse_document(&page);
    let boxes = select(&page, "input[name=item]");
    assert_eq!(boxes[0].attr("value"), Some("results_on_time"), "the weakest stands first");
    assert_eq!(
        boxes.iter().filter(|tick| tick.attr("checked").is_some()).count(),
        1,
        "one is clearly below the target"
    );
    let action = select(&page, "main form")[0].attr("action").expect("an action").to_owned();
    let begin = |items: &[(&str, &str)]| town.post_as(&lan, &action, items);
    let draft = open(&town, &lan, &location(&begin(&[("item", "results_on_time"), ("item", "access_info")])));
    assert_eq!(publish(&town, &lan, &draft), (303, format!("/staff/forms/{SHORT}-follow-up/1")));
    let again = open(&town, &lan, &location(&begin(&[("item", "results_on_time")])));
    assert_eq!(publish(&town, &lan, &again), (303, format!("/staff/forms/{SHORT}-follow-up/2")));
    assert_eq!(begin(&[("item", "nonsense")]).status(), 404);
    assert_eq!(begin(&[]).status(), 422, "nothing is chosen");
    let hoa = town.sign_in("hoa");
    assert_eq!(town.get_as(&hoa, link[0].attr("href").expect("an address")).status(), 404, "another unit's figures");
}

#[test]
fn every_role_meets_the_rights_of_the_table() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let editor = "/staff/forms/new".to_owned();
    let file = format!("/staff/forms/{SHORT}/3/toml");
    let preview = format!("/staff/forms/{SHORT}/3/preview");
    let weak = format!("{}/follow-up", crate::town::figures_path());
    for role in Role::ALL {
        let session = town.sign_in_as(role, "phuong-cau-giay");
        let status = |action: Action| if may(role, action) { 200 } else { 403 };
        for (path, action) in [
            ("/staff/forms", Action::ReadDocuments),
            (file.as_str(), Action::ReadDocuments),
            (preview.as_str(), Action::ReadDocuments),
            (editor.as_str(), Action::PublishForms),
            (weak.as_str(), Action::PublishForms),
            ("/staff/notice", Action::ChangeNotice),
        ] {
            assert_eq!(town.get_as(&session, path).status(), status(action), "{role:?} {path}");
        }
        let notice = [("unit", "phuong-cau-giay"), ("vi", ""), ("en", "")];
        let wanted = if may(role, Action::ChangeNotice) { 303 } else { 403 };
        assert_eq!(town.post_as(&session, "/staff/notice", &notice).status(), wanted, "{role:?}");
    }
    for path in ["/staff/forms", &file, &preview, &editor, &weak, "/staff/notice"] {
        assert_eq!(town.get(path).status(), 303, "{path} without a session");
    }
}

#[test]
fn a_questionnaire_or_version_that_is_not_there_is_not_found() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    for path in [
        "nonsense",
        "nonsense/1",
        "drafts/1/edit",
        &format!("{SHORT}/99"),
        &format!("{SHORT}/x"),
        &format!("{SHORT}/0/preview"),
    ] {
        assert_eq!(town.get_as(&lan, &format!("/staff/forms/{path}")).status(), 404, "{path}");
    }
    assert_eq!(
        town.get_as(&lan, &format!("/staff/forms/{SHORT}")).headers()["location"],
        format!("/staff/forms/{SHORT}/3")
    );
}

#[test]
fn form_and_thanks_lead_to_the_notice_and_bad_notices_are_refused() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    for path in [format!("/s/{}", town.counter), format!("/s/{}/thanks", town.counter)] {
        let page = town.get(&path).text().expect("a page");
        let link = select(&Html::parse_document(&page), "footer a:not(.line)");
        assert_eq!(link[0].attr("href"), Some("/privacy?unit=cau-giay-hcc&lang=vi"), "{path}");
    }
    for path in ["/privacy", "/privacy?lang=en", "/privacy?unit=nonsense&lang=xx", "/privacy?unit=%22%3E%3Cscript%3E"] {
        let answer = town.get(path);
        assert_eq!(answer.status(), 200, "{path}");
        let page = answer.text().expect("a page");
        assert!(texts(&page, "script").is_empty() && page.contains("91/2025/QH15"), "{path}");
    }
    let lan = town.sign_in("lan");
    let keep =
        |unit: &str, vi: &str| town.post_as(&lan, "/staff/notice", &[("unit", unit), ("vi", vi), ("en", "")]).status();
    assert_eq!(keep("phuong-cau-giay", &"ế".repeat(6_001)), 422);
    assert_eq!(keep("phuong-cau-giay", "a\u{0}b"), 422);
    assert_eq!(keep("xa-o-dien", "Của xã khác"), 404);
    assert_eq!(keep("", "x"), 404);
    assert_eq!(town.get_as(&lan, "/staff/notice?unit=xa-o-dien").status(), 404);
    assert!(town.db.meta("notice.vi.xa-o-dien").expect("an answer").is_none());
}
