//! Questionnaires edited on pages without script: a draft is kept, checked, looked at, compared and published; two people do not write
//! over each other; what another unit asks stays theirs.

use scraper::Html;
use sipas::access::{Action, Role, may};

use crate::forms::open_again;
use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, form_pairs, location, page, select, texts};

const SHORT: &str = "thu-tuc-hanh-chinh-ngan";
const KIND: &str = "Cán bộ lịch sự, tôn trọng người dân";

/// A draft as a browser holds it: its address and the values of its form.
pub struct DraftForm {
    pub address: String,
    pub pairs: Vec<(String, String)>,
}

impl DraftForm {
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.pairs.retain(|(known, _)| known != name);
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The name of the field that holds these words.
    pub fn name_of(&self, words: &str) -> String {
        let found = self.pairs.iter().find(|(_, value)| value == words);
        found.unwrap_or_else(|| panic!("no field holds {words}")).0.clone()
    }

    /// Presses a button.
    pub fn press(&self, town: &Town, session: &str, button: &str) -> reqwest::blocking::Response {
        let mut pairs: Vec<(&str, &str)> =
            self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.push(("do", button));
        town.post_as(session, &format!("{}/edit", self.address), &pairs)
    }

    /// Presses a button that keeps the draft, and opens what it leads to.
    pub fn kept(&self, town: &Town, session: &str, button: &str) -> DraftForm {
        let answer = self.press(town, session, button);
        assert_eq!(answer.status(), 303, "{button}: {}", answer.text().unwrap_or_default());
        open(town, session, &location(&answer))
    }
}

/// Opens the page of a draft.
pub fn open(town: &Town, session: &str, address: &str) -> DraftForm {
    let path = address.split('#').next().unwrap_or_default();
    let (status, body) = page(town.get_as(session, path));
    assert_eq!(status, 200, "{path}");
    let base = path.split("/edit").next().unwrap_or_default().to_owned();
    DraftForm { address: base, pairs: form_pairs(&body, "#draft") }
}

/// The next version of a published questionnaire as a draft.
pub fn next_version(town: &Town, session: &str, id: &str) -> DraftForm {
    let answer = town.post_as(session, &format!("/staff/forms/{id}/edit"), &[]);
    assert_eq!(answer.status(), 303);
    open(town, session, &location(&answer))
}

/// Publishes a draft as somebody who looks at the differences first; what the last page said.
pub fn publish(town: &Town, session: &str, draft: &DraftForm) -> (u16, String) {
    let path = format!("{}/publish", draft.address);
    let (status, looked) = page(town.get_as(session, &path));
    assert_eq!(status, 200);
    let hidden = select(&Html::parse_document(&looked), "input[name=revision]");
    let revision = hidden[0].attr("value").expect("a revision").to_owned();
    let answer = town.post_as(session, &path, &[("revision", &revision)]);
    let status = answer.status().as_u16();
    (status, if status == 303 { location(&answer) } else { answer.text().expect("a page") })
}

on_both! {
    fn a_new_version_written_on_a_page_is_asked_at_once_and_survives_the_next_start(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let mut draft = next_version(&town, &lan, SHORT);
        let polite = draft.name_of(KIND);
        draft.set(&polite, "  Cán bộ chào hỏi  lịch sự ");
        let draft = draft.kept(&town, &lan, "save");
        assert_eq!(draft.get(&polite), "Cán bộ chào hỏi lịch sự", "white space is folded");
        assert!(town.db.form_by_reference(SHORT, 4).expect("an answer").is_none(), "keeping publishes nothing");
        let (_, phone) = page(town.get_as(&lan, &format!("{}/phone?lang=vi", draft.address)));
        assert!(texts(&phone, "legend").iter().any(|legend| legend.ends_with("Cán bộ chào hỏi lịch sự")));
        let (_, looked) = page(town.get_as(&lan, &format!("{}/publish", draft.address)));
        assert_eq!(
            texts(&looked, "main ul.items li"),
            [format!("Sửa lời câu “{KIND}” thành “Cán bộ chào hỏi lịch sự”; vẫn so sánh với các kỳ trước.")]
        );
        assert_eq!(publish(&town, &lan, &draft), (303, format!("/staff/forms/{SHORT}/4")));
        let form = town.get(&format!("/s/{}", town.counter)).text().expect("a page");
        assert!(texts(&form, "legend").iter().any(|legend| legend.ends_with("Cán bộ chào hỏi lịch sự")));
        assert_eq!(town.get_as(&lan, &format!("/staff/forms/{SHORT}/3")).status(), 200, "the old version stays");
        assert_eq!(town.get_as(&lan, &format!("{}/edit", draft.address)).status(), 404, "it is no draft any more");
        let (_, log) = page(town.get_as(&town.sign_in("auditor"), "/staff/audit"));
        let deeds = texts(&log, "th").join(" ");
        for deed in ["Bắt đầu soạn phiếu hỏi", "Ban hành phiếu hỏi"] {
            assert!(deeds.contains(deed), "{deed}: {deeds}");
        }
        drop(town);
        let newest = open_again(fresh).db.newest_form(SHORT).expect("an answer").expect("published");
        assert_eq!(newest.questionnaire.version, 4);
        // The same criterion: reworded, not another one.
        let before = open_again_ids(&newest.questionnaire);
        assert!(before.iter().any(|id| id == "officials_polite"), "{before:?}");
    }

    fn a_questionnaire_is_made_from_nothing_with_every_kind_of_question_and_answered(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SUBMIT_LIMIT", "off")]);
        let lan = town.sign_in("lan");
        let begun = town.post_as(&lan, "/staff/forms/new", &[("title", "Khảo sát hộ kinh doanh"), ("do", "empty")]);
        let mut draft = open(&town, &lan, &location(&begun));
        for (name, words) in [
            ("title.en", "Household businesses"),
            ("intro.en", "Please rate each point below."),
            ("fields", "general"),
            ("sections.0.title.vi", "Đăng ký"),
            ("sections.0.title.en", "Registration"),
            ("sections.0.factor", "procedures"),
            ("sections.0.feeds", "sipas"),
            ("sections.0.items.0.text.vi", "Giấy tờ phải nộp dễ chuẩn bị"),
            ("sections.0.items.0.text.en", "The papers are easy to prepare"),
        ] {
            draft.set(name, words);
        }
        draft = draft.kept(&town, &lan, "add.question.0");
        for (name, words) in [
            ("sections.0.questions.0.text.vi", "Ông/Bà biết thủ tục từ đâu?"),
            ("sections.0.questions.0.text.en", "How did you learn of it?"),
            ("sections.0.questions.0.options.0.text.vi", "Loa phường"),
            ("sections.0.questions.0.options.0.text.en", "Loudspeaker"),
            ("sections.0.questions.0.options.1.text.vi", "Nơi khác"),
            ("sections.0.questions.0.options.1.text.en", "Elsewhere"),
            ("sections.0.questions.0.kind", "several"),
        ] {
            draft.set(name, words);
        }
        draft = draft.kept(&town, &lan, "add.question.0");
        draft.set("sections.0.questions.1.text.vi", "Nơi khác là nơi nào?");
        draft.set("sections.0.questions.1.text.en", "Where is that?");
        draft.set("sections.0.questions.1.kind", "text");
        let first = draft.get("sections.0.questions.0.id").to_owned();
        draft.set("sections.0.questions.1.when.question", &first);
        draft = draft.kept(&town, &lan, "save");
        let (_, body) = page(town.get_as(&lan, &format!("{}/edit", draft.address)));
        assert_eq!(texts(&body, "#checks li"), ["Đánh dấu ít nhất một lựa chọn của câu làm điều kiện."]);
        draft.set("sections.0.questions.1.when.options", "noi_khac");
        draft = draft.kept(&town, &lan, "add.demographic");
        for (name, words) in [
            ("demographics.0.text.vi", "Ông/Bà đến mấy lần?"),
            ("demographics.0.text.en", "How often did you come?"),
            ("demographics.0.options.0.text.vi", "Một lần"),
            ("demographics.0.options.0.text.en", "Once"),
            ("demographics.0.options.1.text.vi", "Nhiều lần"),
            ("demographics.0.options.1.text.en", "More than once"),
        ] {
            draft.set(name, words);
        }
        draft = draft.kept(&town, &lan, "save");
        let (_, body) = page(town.get_as(&lan, &format!("{}/edit", draft.address)));
        assert_eq!(texts(&body, "#checks li"), [""; 0], "nothing is wrong");
        assert_eq!(publish(&town, &lan, &draft), (303, "/staff/forms/khao-sat-ho-kinh-doanh/1".to_owned()));
        let form = town.db.newest_form("khao-sat-ho-kinh-doanh").expect("asked").expect("published");
        let asked = &form.questionnaire;
        let kinds: Vec<&str> = asked.questions().map(|question| question.kind.word()).collect();
        assert_eq!((asked.items().count(), kinds, asked.demographics.len()), (1, vec!["several", "text"], 1));
        let when = asked.questions().nth(1).and_then(|question| question.when.clone()).expect("a condition");
        assert_eq!(when.question, asked.questions().next().expect("a question").id);
        // Called by what it says, with four digits of the SHA-256 of its words (`printf 'Giấy tờ phải nộp dễ chuẩn bị' | sha256sum`).
        assert_eq!(asked.items().next().expect("an item").id, "procedures_giay_to_phai_nop_de_06d2");
    }

    fn a_draft_is_begun_once_however_often_its_form_is_sent(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let begin = |form: &[(&str, &str)]| location(&town.post_as(&lan, "/staff/forms/new", form));
        let of_title = |title: &'static str| [("title", title), ("do", "empty")];
        let first = begin(&of_title("Khảo sát hộ kinh doanh"));
        assert_eq!(begin(&of_title("Khảo sát hộ kinh doanh")), first, "a double press");
        assert_ne!(begin(&of_title("Khảo sát thứ hai")), first);
        let copy = [("from", SHORT), ("title", ""), ("do", "copy")];
        let copied = begin(&copy);
        assert_eq!(begin(&copy), copied);
        // Once it was worked on, the same title begins another one.
        let draft = open(&town, &lan, &first);
        draft.kept(&town, &lan, "save");
        assert_ne!(begin(&of_title("Khảo sát hộ kinh doanh")), first);
        let log = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("the log");
        assert_eq!(log.iter().filter(|row| row.action == "begin_form_draft").count(), 4);
    }

    fn two_people_do_not_write_over_each_other_and_nothing_typed_is_lost(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let mut first = next_version(&town, &lan, SHORT);
        let other = town.sign_in("administrator");
        let second = next_version(&town, &other, SHORT);
        assert_eq!(first.address, second.address, "one draft of a questionnaire in a unit");
        let polite = first.name_of(KIND);
        second.kept(&town, &other, "save");
        first.set(&polite, "Lời của người thứ nhất");
        let answer = first.press(&town, &lan, "save");
        assert_eq!(answer.status(), 409);
        let body = answer.text().expect("a page");
        let again = DraftForm { address: first.address.clone(), pairs: form_pairs(&body, "#draft") };
        assert_eq!(again.get(&polite), "Lời của người thứ nhất");
        assert_eq!(again.kept(&town, &lan, "save").get(&polite), "Lời của người thứ nhất", "one more press keeps it");
    }
}

fn open_again_ids(asked: &sipas::survey::Questionnaire) -> Vec<String> {
    asked.items().map(|item| item.id.clone()).collect()
}

#[test]
fn parts_are_moved_by_buttons_within_and_between_sections() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let draft = next_version(&town, &lan, SHORT);
    let text = |draft: &DraftForm, path: &str| draft.get(&format!("{path}.text.vi")).to_owned();
    let (first, second) = (text(&draft, "sections.1.items.0"), text(&draft, "sections.1.items.1"));
    let moved = draft.kept(&town, &lan, "down.sections.1.items.0");
    assert_eq!(
        (text(&moved, "sections.1.items.0"), text(&moved, "sections.1.items.1")),
        (second.clone(), first.clone())
    );
    let back = moved.kept(&town, &lan, "to.sections.1.items.1/sections.1.items.0");
    assert_eq!(text(&back, "sections.1.items.0"), first);
    let away = back.kept(&town, &lan, "up.sections.1.items.0");
    assert_eq!(text(&away, "sections.0.items.1"), first, "at the end of the section before");
    let title = away.get("sections.1.title.vi").to_owned();
    let up = away.kept(&town, &lan, "down.sections.1");
    assert_eq!(up.get("sections.2.title.vi"), title);
    let mut gone = up.kept(&town, &lan, "drop.sections.0.items.1");
    assert!(gone.pairs.iter().all(|(_, value)| *value != first));
    // Buttons that name nothing change nothing, and keep what was typed.
    for button in ["up.sections.0", "drop.sections.99", "to.sections.0/demographics.0", "nonsense"] {
        let same = gone.kept(&town, &lan, button);
        assert_eq!(same.pairs.len(), gone.pairs.len(), "{button}");
        gone = same;
    }
}

#[test]
fn every_fault_stands_beside_its_part_and_a_faulty_draft_is_not_published() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let mut draft = next_version(&town, &lan, SHORT);
    draft.set("sections.0.items.0.text.en", "").set("title.vi", &"ế".repeat(81)).set("sections.1.factor", "policy");
    let draft = draft.kept(&town, &lan, "save");
    let (_, body) = page(town.get_as(&lan, &format!("{}/edit", draft.address)));
    assert_eq!(texts(&body, "#checks li").len(), 3, "{:?}", texts(&body, "#checks li"));
    let said = |selector: &str| texts(&body, selector);
    assert_eq!(said("[id='sections.0.items.0.text.en-error']"), ["Chưa có lời English."]);
    assert_eq!(said("[id='title.vi-error']"), ["Dài 81 ký tự; nhiều nhất 80. Hãy viết gọn lại."]);
    assert_eq!(said("[id='sections.1.factor-error']").len(), 1);
    let open = Html::parse_document(&body);
    assert!(!select(&open, "[id='sections.0.items.0'] > details[open]").is_empty(), "what is wrong stands open");
    let (status, refused) = publish(&town, &lan, &draft);
    assert_eq!((status, texts(&refused, ".error li").len()), (422, 3));
    assert_eq!(town.db.newest_form(SHORT).expect("asked").expect("published").questionnaire.version, 3);
    // A number that is none is told at once, beside what was typed.
    let mut wrong = open_draft(&town, &lan, &draft);
    wrong.set("estimated_seconds", "một phút");
    let answer = wrong.press(&town, &lan, "save");
    assert_eq!(answer.status(), 422);
    let body = answer.text().expect("a page");
    assert_eq!(texts(&body, "#estimated_seconds-error").len(), 1);
    assert_eq!(
        DraftForm { address: String::new(), pairs: form_pairs(&body, "#draft") }.get("estimated_seconds"),
        "một phút"
    );
}

fn open_draft(town: &Town, session: &str, draft: &DraftForm) -> DraftForm {
    open(town, session, &format!("{}/edit", draft.address))
}

#[test]
fn a_version_must_keep_the_fields_of_the_points_that_ask_it() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let mut draft = next_version(&town, &lan, SHORT);
    draft.pairs.retain(|(name, value)| name != "fields" || value != "judicial");
    let draft = draft.kept(&town, &lan, "save");
    let (status, refused) = publish(&town, &lan, &draft);
    let problems = texts(&refused, ".error li");
    assert_eq!((status, problems.len()), (422, 2), "two points serve the field: {problems:?}");
    assert!(problems.iter().all(|problem| problem.contains("Tư pháp")), "{problems:?}");
}

#[test]
fn who_does_not_cover_every_point_that_asks_it_publishes_only_a_copy() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let hoa = town.sign_in("hoa");
    let mut draft = next_version(&town, &hoa, SHORT);
    draft.set("estimated_seconds", "90");
    let draft = draft.kept(&town, &hoa, "save");
    let (status, refused) = publish(&town, &hoa, &draft);
    assert_eq!(status, 422);
    assert!(texts(&refused, ".error li")[0].contains("2 điểm của đơn vị khác"), "{refused}");
    let copied =
        town.post_as(&hoa, "/staff/forms/new", &[("from", SHORT), ("title", "Phiếu của xã Ô Diên"), ("do", "copy")]);
    let copy = open(&town, &hoa, &location(&copied));
    assert_eq!(publish(&town, &hoa, &copy), (303, "/staff/forms/phieu-cua-xa-o-dien/1".to_owned()));
    // Nobody of another unit sees a draft.
    let lan = town.sign_in("lan");
    for path in ["edit", "phone", "publish", "form.toml"] {
        assert_eq!(town.get_as(&lan, &format!("{}/{path}", draft.address)).status(), 404, "{path}");
    }
    assert!(!town.get_as(&lan, "/staff/forms").text().expect("a page").contains("Bản đang soạn"));
    assert!(town.get_as(&hoa, "/staff/forms").text().expect("a page").contains("Bản đang soạn"));
    assert_eq!(town.post_as(&hoa, &format!("{}/discard", draft.address), &[]).status(), 303);
    assert_eq!(town.get_as(&hoa, &format!("{}/edit", draft.address)).status(), 404);
}

#[test]
fn a_draft_that_was_overtaken_by_a_version_is_compared_with_that_version() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let draft = next_version(&town, &lan, SHORT);
    let mut other = town.db.newest_form(SHORT).expect("asked").expect("published").questionnaire.clone();
    other.version = 4;
    other.estimated_seconds = 100;
    let (hash, json) = (sipas::survey::content_hash(&other), sipas::survey::hash::to_json(&other));
    town.db.by_nobody().publish_on_page(&other, &hash, &json, sipas::clock::today()).expect("published");
    let (_, looked) = page(town.get_as(&lan, &format!("{}/publish", draft.address)));
    assert_eq!(texts(&looked, "main ul.items li"), ["Sửa thời gian trả lời (giây): “100” thành “70”."]);
    assert_eq!(publish(&town, &lan, &draft), (303, format!("/staff/forms/{SHORT}/5")));
}

#[test]
fn a_file_becomes_a_draft_and_its_faults_are_told_by_line() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let text = town.get_as(&lan, &format!("/staff/forms/{SHORT}/3/toml")).text().expect("a file");
    let taken = town.send_file_as(&lan, "/staff/forms/import", ("phieu.toml", text.as_bytes()), &[]);
    assert_eq!(taken.status(), 303);
    let draft = open(&town, &lan, &location(&taken));
    assert!(draft.pairs.iter().any(|(_, value)| value == KIND));
    let spoilt = text.replace("estimated_seconds = 70", "estimated_seconds = 6000");
    let (status, body) = page(town.send_file_as(&lan, "/staff/forms/import", ("phieu.toml", spoilt.as_bytes()), &[]));
    assert_eq!(status, 422);
    assert!(texts(&body, ".error")[0].starts_with("Dòng 5:"), "{:?}", texts(&body, ".error"));
}

#[test]
fn drafts_are_for_those_who_publish() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let draft = next_version(&town, &town.sign_in("lan"), SHORT);
    for role in Role::ALL {
        let session = town.sign_in_as(role, "phuong-cau-giay");
        let allowed = may(role, Action::PublishForms);
        for path in
            ["/staff/forms/new".to_owned(), format!("{}/edit", draft.address), format!("{}/phone", draft.address)]
        {
            assert_eq!(town.get_as(&session, &path).status(), if allowed { 200 } else { 403 }, "{role:?} {path}");
        }
        let list = town.get_as(&session, "/staff/forms").text().expect("a page");
        assert_eq!(list.contains("Bản đang soạn"), allowed, "{role:?}");
    }
    assert_eq!(town.get(&format!("{}/edit", draft.address)).status(), 303, "without a session");
}

#[test]
fn forms_of_others_become_drafts_with_what_could_not_be_taken_told_until_it_was_read() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let file =
        |name: &str| std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a file");
    let brought = |name: &str, bytes: &[u8]| town.send_file_as(&lan, "/staff/forms/import", (name, bytes), &[]);
    let draft = open(&town, &lan, &location(&brought("nha-tre.xlsx", &file("xlsform/repeat.xlsx"))));
    let (_, body) = page(town.get_as(&lan, &format!("{}/edit", draft.address)));
    let told = texts(&body, "form.warn li");
    assert!(told[0].starts_with("Trang survey, dòng 3 (“con”): phần hỏi lặp lại"), "{told:?}");
    assert_eq!(town.post_as(&lan, &format!("{}/remarks", draft.address), &[]).status(), 303);
    let (_, body) = page(town.get_as(&lan, &format!("{}/edit", draft.address)));
    assert!(texts(&body, "form.warn li").is_empty());
    // A ward's form in Word.
    let draft = open(&town, &lan, &location(&brought("phieu.docx", &file("phieu-phuong.docx"))));
    assert_eq!(draft.get("title.vi"), "Phiếu lấy ý kiến người dân");
    assert!(draft.pairs.iter().any(|(_, value)| value == "Hồ sơ được trả đúng hẹn"));
    // Pasted from a table.
    let pasted = "STT\tNội dung\r\n1\tNơi chờ đủ ghế, có quạt\r\n2\tHướng dẫn dễ hiểu\r\n";
    let form = town.send_file_as(&lan, "/staff/forms/import", ("", b""), &[("pasted", pasted)]);
    let draft = open(&town, &lan, &location(&form));
    assert_eq!(draft.get("sections.0.items.0.text.vi"), "Nơi chờ đủ ghế, có quạt", "a comma is part of a sentence");
    // What is no form is told on the page, and nothing typed is lost.
    let (status, body) =
        page(town.send_file_as(&lan, "/staff/forms/import", ("", b""), &[("pasted", "Kính gửi phường")]));
    assert_eq!(status, 422);
    assert!(body.contains("Không tìm thấy câu hỏi nào") && body.contains("Kính gửi phường"));
    // What went out as an XLSForm comes back as the same questionnaire.
    let book = town.get_as(&lan, &format!("/staff/forms/{SHORT}/3/xlsform"));
    assert_eq!(book.status(), 200);
    let draft = open(&town, &lan, &location(&brought("phieu.xlsx", &book.bytes().expect("a workbook"))));
    let (_, looked) = page(town.get_as(&lan, &format!("{}/publish", draft.address)));
    assert!(texts(&looked, ".error li").iter().any(|told| told.contains("giống hệt phiên bản 3")), "{looked}");
}

#[test]
fn what_keeps_a_draft_from_being_published_leads_to_its_field() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let file =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/xlsform/plain.xlsx")).expect("a file");
    let brought = town.send_file_as(&lan, "/staff/forms/import", ("phieu.xlsx", &file), &[]);
    let draft = open(&town, &lan, &location(&brought));
    // A form of another program has no words to begin with.
    let (status, looked) = page(town.get_as(&lan, &format!("{}/publish", draft.address)));
    let links = select(&Html::parse_document(&looked), ".error li a");
    let here = format!("{}/edit#intro.vi", draft.address);
    assert!(status == 200 && links.iter().any(|link| link.attr("href") == Some(&*here)), "{looked}");
    let (_, edited) = page(town.get_as(&lan, &format!("{}/edit", draft.address)));
    assert_eq!(select(&Html::parse_document(&edited), "[id='intro.vi']").len(), 1, "the field that it leads to");
}
