//! Complaints and suggestions: left, found again, read by those who may, and joined to nothing.

use scraper::Html;
use serde_json::{Value, json};

use sipas::access::Role;
use sipas::cases::{check, reference};
use sipas::db::{NewUnit, NewUser, PlanChanged, UnitKind, plan_content};
use sipas::plan::Task;
use sipas::service::complaints::{arrival, close_unrated};

use crate::documents::docx_words;
use crate::on_both;
use crate::report_templates::with;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, location, page, select, texts};

const WORDS: &str = "Phải đến ba lần <b>mới</b> xong.\nLần nào cũng thiếu giấy.";

fn leave(town: &Town, once: &str, text: &str, contact: &str) -> reqwest::blocking::Response {
    let form = [
        ("unit", "phuong-cau-giay"),
        ("once", once),
        ("lang", "vi"),
        ("kind", "complaint"),
        ("text", text),
        ("contact", contact),
    ];
    town.client.post(format!("{}/complaints", town.address)).form(&form).send().expect("an answer")
}

const ONCE: &str = "5a0e8f3c-9999-4222-8333-000000000001";

on_both! {
    fn a_complaint_gets_a_reference_and_is_read_by_those_who_may(fresh) {
        let town = Town::start(fresh);
        let left = location(&leave(&town, ONCE, WORDS, "0912 345 678"));
        let (status, seen) = page(town.get(&left));
        assert_eq!(status, 200);
        assert!(seen.contains("Đã nhận"));
        assert!(!seen.contains("0912") && !seen.contains("ba lần"), "who has the reference sees how far it is, no more");
        let reference = texts(&seen, ".reference")[0].clone();
        let seen_at = format!("/complaints/{reference}");
        // The bound of the house: at least ten symbols that cannot be guessed.
        assert!(reference.chars().filter(char::is_ascii_alphanumeric).count() >= 10, "{reference}");
        let typed = reference.to_lowercase().replace('-', "%20");
        let found = location(&town.get(&format!("/complaints?reference={typed}")));
        assert_eq!(page(town.get(&found)).0, 200);
        assert_eq!(town.get("/complaints/7K2M-9QXA-41TD").status(), 404);
        assert_eq!(town.get("/complaints/nonsense").status(), 404);

        for (name, reads) in [("leader", true), ("plan_owner", true), ("data_entry", false), ("staff", false)] {
            let (status, body) = page(town.get_as(&town.sign_in(name), "/staff/complaints"));
            assert_eq!(status, if reads { 200 } else { 403 }, "{name}");
            assert_eq!(body.contains("Phải đến ba lần &#60;b&#62;mới"), reads, "{name}");
            assert!(!body.contains("0912 345 678"), "{name}: contacts stand on no list");
        }
        let leader = town.sign_in("leader");
        let list = page(town.get_as(&leader, "/staff/complaints")).1;
        let link = select(&Html::parse_document(&list), ".card h2 a");
        let case = link[0].attr("href").expect("an address").to_owned();
        assert!(!page(town.get_as(&leader, &case)).1.contains("0912"), "who wants the contact asks for it");
        assert!(page(town.post_as(&leader, &format!("{case}/contact"), &[])).1.contains("0912 345 678"));
        let rows = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 5).expect("the log");
        assert!(rows.iter().any(|row| row.action == "read_contact" && row.actor == "leader"), "{rows:?}");
        let erased = [("do", "erase"), ("lang", "vi")];
        assert_eq!(town.client.post(format!("{}{seen_at}", town.address)).form(&erased).send().expect("asked").status(), 303);
        assert!(!page(town.post_as(&leader, &format!("{case}/contact"), &[])).1.contains("0912 345 678"), "deleted on request");
        let (status, other) = page(town.get_as(&town.sign_in("hoa"), "/staff/complaints"));
        assert!(status == 200 && !other.contains("ba lần"), "another commune's");
        assert_eq!(town.stored(), 0, "no answer came of it");
    }

    fn a_complaint_sent_twice_is_one_and_other_words_are_another(fresh) {
        let town = Town::start(fresh);
        let first = location(&leave(&town, ONCE, WORDS, ""));
        assert_eq!(location(&leave(&town, ONCE, WORDS, "")), first);
        let other = leave(&town, ONCE, "Chuyện khác", "");
        assert_eq!(other.status(), 409);
        let body = other.text().expect("a page");
        assert_eq!(texts(&body, "textarea"), ["Chuyện khác"]);
        let again = select(&Html::parse_document(&body), "input[name=once]")[0].attr("value").expect("a value").to_owned();
        assert_ne!(again, ONCE);
        assert_ne!(location(&leave(&town, &again, "Chuyện khác", "")), first);
        let units = town.db.units().expect("units").iter().map(|unit| unit.id).collect::<Vec<_>>();
        let kept = town.db.complaints(&units, 10).expect("complaints");
        // Whoever stands over a country asks for more units than a statement takes values.
        let country: Vec<i32> = (0..40_000).collect();
        assert_eq!(town.db.complaints(&country, 10).expect("complaints"), kept);
        assert_eq!(kept.len(), 2);
        assert!(kept.iter().all(|kept| kept.key.day == sipas::clock::today()), "a day and nothing finer");
    }

    fn the_same_by_json(fresh) {
        let town = Town::start(fresh);
        let send = |body: &Value| {
            town.client.post(format!("{}/api/v1/complaints", town.address)).json(body).send().expect("an answer")
        };
        // A counter's code is enough: its ward answers for it.
        let body = json!({"unit": "cau-giay-hcc", "kind": "suggestion", "text": "Thêm ghế", "once": ONCE});
        let first = send(&body);
        assert_eq!(first.status(), 201);
        let reference = first.json::<Value>().expect("JSON")["reference"].as_str().expect("a reference").to_owned();
        assert_eq!(send(&body).status(), 200);
        let found: Value = town.get(&format!("/api/v1/complaints/{reference}")).json().expect("JSON");
        let today = sipas::clock::today().to_string();
        let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward");
        let due = sipas::service::complaints::arrival(&town.db, &ward, sipas::clock::today()).expect("an arrival").due;
        assert_eq!(
            found,
            json!({
                "reference": reference, "unit": "phuong-cau-giay", "kind": "suggestion", "received_on": today,
                "state": "received", "due": due.to_string(), "answer": null
            })
        );
        let faults: Value = send(&json!({"unit": "nowhere", "kind": "praise", "text": " "})).json().expect("JSON");
        let fields: Vec<_> = faults["errors"].as_array().expect("errors").iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, ["unit", "kind", "text"]);
        let codes: Vec<_> = faults["errors"].as_array().expect("errors").iter().map(|error| &error["code"]).collect();
        assert_eq!(codes, ["unit_unknown", "kind_unknown", "text_missing"]);
        assert_eq!(send(&json!({"unit": "cau-giay-hcc", "rating": 5})).status(), 422);
        assert_eq!(town.get("/api/v1/complaints/7K2M-9QXA-41TD").status(), 404);
        // A number that cannot be read is refused, where another one would store a second try a second time; and so is what does not
        // say that it is JSON, as the form of another site would not.
        let stored = || {
            let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward");
            town.db.complaints(&[ward.id], 10).expect("complaints").len()
        };
        let before = stored();
        for once in ["abc", "00000000-0000-0000-0000-000000000000"] {
            let body = json!({"unit": "cau-giay-hcc", "kind": "suggestion", "text": "Thêm ghế", "once": once});
            let answer = send(&body);
            assert_eq!(answer.status(), 422, "{once}");
            let faults: Value = answer.json().expect("JSON");
            assert_eq!((&faults["errors"][0]["field"], &faults["errors"][0]["code"]), (&json!("once"), &json!("once_invalid")));
        }
        let plain = town.client.post(format!("{}/api/v1/complaints", town.address));
        let plain = plain.header("content-type", "text/plain").body(body.to_string()).send().expect("an answer");
        assert_eq!(plain.status(), 415);
        // The values in a row are no object, and NUL is no sign of a text.
        for body in [json!(["cau-giay-hcc", "suggestion", "Thêm ghế"]), json!({"unit": "cau-giay-hcc", "kind": "suggestion", "text": "Gh\u{0}ế"})] {
            let refused = send(&body);
            assert_eq!(refused.status(), 422, "{body}");
            assert_eq!(refused.json::<Value>().expect("JSON")["errors"][0]["code"], "body_unreadable");
        }
        assert_eq!(stored(), before);
    }
}

on_both! {
    fn a_unit_above_the_wards_receives_a_complaint_only_where_it_has_a_desk_of_its_own(fresh) {
        let town = Town::start(fresh);
        offices(&town);
        let form = [("unit", "thanh-pho-ha-noi"), ("once", ONCE), ("lang", "vi"), ("kind", "complaint"), ("text", WORDS)];
        let send = || town.client.post(format!("{}/complaints", town.address)).form(&form).send().expect("an answer");
        let by_json = || {
            let body = json!({"unit": "thanh-pho-ha-noi", "kind": "complaint", "text": WORDS, "once": ONCE});
            town.client.post(format!("{}/api/v1/complaints", town.address)).json(&body).send().expect("an answer")
        };
        let (status, body) = page(send());
        assert_eq!((status, texts(&body, "#unit-error").len()), (422, 1), "a list to choose from, with what was typed");
        assert!(body.contains("Lần nào cũng thiếu giấy."));
        let refused = by_json();
        assert_eq!(refused.status(), 422);
        assert_eq!(refused.json::<Value>().expect("JSON")["errors"][0]["code"], "unit_unknown");
        let asked = page(town.get("/complaints?unit=thanh-pho-ha-noi")).1;
        let choices = select(&Html::parse_document(&asked), "select#unit option[value='phuong-cau-giay']").len();
        assert_eq!(choices, 1, "{asked}");
        let above = town.db.unit_by_code("thanh-pho-ha-noi").expect("asked").expect("a city");
        let desk = || arrival(&town.db, &above, sipas::clock::today()).expect("an arrival").desk;
        assert_eq!(desk(), None, "the office of a ward is the ward's");
        // Its own office receives what is sent to it.
        let new = NewUnit {
            code: "ha-noi-vp".to_owned(),
            kind: UnitKind::Office,
            name_vi: "Văn phòng UBND Thành phố".to_owned(),
            name_en: "Office".to_owned(),
            parent: Some("thanh-pho-ha-noi".to_owned()),
            valid_from: chrono::NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day"),
        };
        town.db.by_nobody().add_unit(&new).expect("a unit");
        let office = town.db.unit_by_code("ha-noi-vp").expect("asked").expect("an office");
        assert_eq!(desk(), Some(office.id));
        assert_eq!(by_json().status(), 201);
        assert_eq!(send().status(), 303, "the same, left again");
    }
}

#[test]
fn over_the_limit_a_complaint_that_is_stored_is_told_so_and_only_a_new_one_has_to_wait() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_SUBMIT_LIMIT", "1")]);
    let first = location(&leave(&town, ONCE, WORDS, "0912"));
    assert_eq!(location(&leave(&town, ONCE, WORDS, "0912")), first);
    let by_json = |once: &str, text: &str| {
        let body =
            json!({"unit": "phuong-cau-giay", "kind": "complaint", "text": text, "contact": "0912", "once": once});
        town.client.post(format!("{}/api/v1/complaints", town.address)).json(&body).send().expect("an answer").status()
    };
    assert_eq!(by_json(ONCE, WORDS), 200);
    assert_eq!(by_json(ONCE, "Chuyện khác"), 409);
    let other = "5a0e8f3c-9999-4222-8333-000000000002";
    assert_eq!((by_json(other, WORDS).as_u16(), leave(&town, other, WORDS, "").status().as_u16()), (429, 429));
}

#[test]
fn a_complaint_that_cannot_be_read_whole_or_seen_is_refused_at_its_field_and_kept_on_the_page() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let post = |path: &str, body: &str| {
        let request = town.client.post(format!("{}{path}", town.address)).body(body.to_owned());
        request.header("content-type", "application/x-www-form-urlencoded").send().expect("an answer")
    };
    let to = "unit=phuong-cau-giay&lang=vi&kind=complaint";
    for (rest, place, said) in [
        ("text=Ch%C6+l%C3%A2u", "#text-error", "không đọc được"),
        ("text=Ch%00o", "#text-error", "không đọc được"),
        ("text=M%E1%BB%99t&text=Hai", "#text-error", "hai lần"),
        ("text=%E2%80%8B%E2%80%8B", "#text-error", ""),
        ("text=%E2%80%AE%E2%81%A6", "#text-error", ""),
        ("text=M%E1%BB%99t&contact=%00", "#contact-error", "không đọc được"),
        ("text=M%E1%BB%99t&kind=suggestion", "#kind-error", "hai lần"),
        ("text=M%E1%BB%99t&unit=xa-o-dien", ".summary a[href='#send']", "hai lần"),
    ] {
        let answer = post("/complaints", &format!("{to}&{rest}"));
        assert_eq!(answer.status(), 422, "{rest}");
        let body = answer.text().expect("a page");
        let told = texts(&body, place);
        assert!(told.len() == 1 && told[0].contains(said), "{rest}: {told:?}");
    }
    let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward");
    assert!(town.db.complaints(&[ward.id], 10).expect("complaints").is_empty());
    // So is a further word.
    let seen = location(&leave(&town, ONCE, WORDS, ""));
    let case = seen.split('?').next().expect("an address");
    for rest in
        ["word=Ch%C6", "word=Ch%00o", "word=M%E1%BB%99t&word=Hai", "word=%E2%80%8B", "word=M%E1%BB%99t&do=erase"]
    {
        let answer = post(case, &format!("do=say&lang=vi&{rest}"));
        assert_eq!(answer.status(), 422, "{rest}");
        assert_eq!(texts(&answer.text().expect("a page"), ".summary").len(), 1, "{rest}");
    }
}

/// Văn phòng under the ward, with its head; the head of the one-stop centre.
fn offices(town: &Town) {
    let new = NewUnit {
        code: "cau-giay-vp".to_owned(),
        kind: UnitKind::Office,
        name_vi: "Văn phòng HĐND và UBND".to_owned(),
        name_en: "Office".to_owned(),
        parent: Some("phuong-cau-giay".to_owned()),
        valid_from: chrono::NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day"),
    };
    town.db.by_nobody().add_unit(&new).expect("a unit");
    town.add_user("van_phong", Role::UnitHead, "cau-giay-vp");
    town.add_user("mot_cua", Role::UnitHead, "cau-giay-hcc");
    town.add_user("y_te", Role::UnitHead, "cau-giay-tyt");
}

/// A case that a citizen left on a day; its reference.
fn left_on(town: &Town, once: [u8; 16], text: &str, on: &str) -> String {
    let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward");
    let on = on.parse().expect("a day");
    let written = check("complaint", text, "0912 345 678").expect("words");
    let arrival = arrival(&town.db, &ward, on).expect("an arrival");
    town.db.add_complaint(ward.id, &once, &written, &arrival, on).expect("stored");
    reference(&once)
}

/// The address of the only case in somebody's inbox.
fn only_case(town: &Town, session: &str) -> String {
    let list = page(town.get_as(session, "/staff/complaints?show=all")).1;
    let links = select(&Html::parse_document(&list), ".card h2 a");
    assert_eq!(links.len(), 1, "{list}");
    links[0].attr("href").expect("an address").to_owned()
}

/// The text that stands ready in a field of a page.
fn ready(page: &str, field: &str) -> String {
    let document = Html::parse_document(page);
    let selector = scraper::Selector::parse(&format!("textarea[name={field}]")).expect("a selector");
    document.select(&selector).next().expect("the field").text().collect()
}

on_both! {
    fn a_late_answer_is_approved_published_masked_rated_reopened_and_the_target_is_not_met(fresh) {
        let town = Town::start(fresh);
        offices(&town);
        // 2 March 2026 lies in quarter I of the plan; fifteen working days later is 23 March.
        let reference = left_on(&town, [5; 16], "Chị Lan ở quầy 2 bắt tôi đến ba lần, số 0912345678.", "2026-03-02");
        let done = |session: &str, case: &str, form: &[(&str, &str)]| {
            let answer = town.post_as(session, case, form);
            let (status, leads) = (answer.status().as_u16(), answer.headers().get("location").is_some());
            assert!(status == 303 && leads, "{form:?}: {status} {}", answer.text().unwrap_or_default());
        };
        let (desk, office, leader) = (town.sign_in("van_phong"), town.sign_in("mot_cua"), town.sign_in("leader"));
        // The office that the plans name receives it; no other office is told that there is none at all.
        let case = only_case(&town, &desk);
        let elsewhere = page(town.get_as(&office, "/staff/complaints")).1;
        assert!(elsewhere.contains("Phường Cầu Giấy đã nhận 1 phản ánh"), "{elsewhere}");
        assert_eq!(town.get_as(&office, &case).status(), 404);
        done(&desk, &case, &[("do", "accept")]);
        done(&desk, &case, &[("do", "assign"), ("lead", "cau-giay-hcc"), ("assign_note", "Trả lời trước thứ sáu.")]);
        assert_eq!(only_case(&town, &office), case);
        let answer = "Chị Lan đã được nhắc nhở; hồ sơ của Ông/Bà đã trả ngày 20/3. Gọi 0243 123 4567 nếu còn vướng.";
        done(&office, &case, &[("do", "draft"), ("answer", answer)]);
        // Who writes does not approve.
        for session in [&office, &desk] {
            assert_eq!(town.post_as(session, &case, &[("do", "approve")]).status(), 403);
        }
        let seen = format!("/complaints/{reference}");
        assert!(!page(town.get(&seen)).1.contains("nhắc nhở"), "a draft is nobody's answer");
        done(&leader, &case, &[("do", "approve")]);
        let told = page(town.get(&seen)).1;
        assert!(told.contains("nhắc nhở") && told.contains("Đã trả lời"), "{told}");
        assert!(!told.contains("thứ sáu") && !told.contains("ba lần"), "neither notes nor the citizen's words");

        let ready_page = page(town.get_as(&leader, &case)).1;
        let (words, shown) = (ready(&ready_page, "public_words"), ready(&ready_page, "public_answer"));
        assert!(words.contains("[tên đã che]") && words.contains("[số đã che]"), "{words}");
        done(&leader, &case, &[("do", "publish"), ("public_words", words.trim()), ("public_answer", shown.trim())]);
        let wards = page(town.get("/complaints/published")).1;
        assert!(wards.contains("/complaints/published?unit=phuong-cau-giay&amp;lang=vi") || wards.contains("/complaints/published?unit=phuong-cau-giay&#38;lang=vi"), "{wards}");
        assert!(!wards.contains("Chưa có phản ánh nào"), "of no ward that was not asked for: {wards}");
        for from in ["/", "/complaints"] {
            assert!(page(town.get(from)).1.contains("/complaints/published"), "{from}");
        }
        let published = page(town.get("/complaints/published?unit=phuong-cau-giay")).1;
        assert!(published.contains("bắt tôi đến ba lần") && published.contains("nhắc nhở"), "{published}");
        assert!(!published.contains("Lan") && !published.contains("0912345678") && !published.contains("4567"));

        let rate = |level: &str| {
            let form = [("do", "rate"), ("level", level), ("why", "Vẫn phải chờ."), ("lang", "vi")];
            town.client.post(format!("{}{seen}", town.address)).form(&form).send().expect("an answer")
        };
        let (status, kept) = page(rate("9"));
        assert_eq!((status, ready(&kept, "why").trim()), (422, "Vẫn phải chờ."), "no level chosen, the words kept");
        for _ in 0..2 {
            assert!(location(&rate("1")).contains("done=reopened"), "a double press");
        }
        let (status, kept) = page(rate("5"));
        assert_eq!((status, texts(&kept, "#unsent p")), (422, vec!["Vẫn phải chờ.".to_owned()]), "one answer is rated once");
        // The published answer keeps its day, whatever becomes of the case.
        let on = sipas::clock::today().format("%d/%m/%Y");
        let day_of_answer = || texts(&page(town.get("/complaints/published?unit=phuong-cau-giay")).1, "h3").join(" ");
        assert_eq!(day_of_answer(), format!("Câu trả lời {on} (Trả lời chậm so với hạn)"));
        let again = page(town.get_as(&desk, &case)).1;
        assert!(again.contains("Xem xét lại") && again.contains("Vẫn phải chờ."), "{again}");
        assert!(again.contains("Người dân đánh giá: mức 1 trong 5"), "{again}");
        // What was answered late and is looked at once more is not said to be unanswered.
        let apology = docx_words(&town.get_as(&leader, &format!("{case}/apology.docx")).bytes().expect("a file"));
        assert!(apology.contains("đang được xem xét lại") && !apology.contains("chưa được gửi"), "{apology}");

        // The target is not met, and every place says so.
        let targets = page(town.get_as(&leader, "/staff/targets")).1;
        let counted = texts(&targets, ".counted tr").join(" ");
        assert!(counted.contains("1 phản ánh: 0 giải quyết đúng hạn, 1 chậm") && counted.contains("Chưa đạt"), "{counted}");
        for file in ["report.txt", "sheet.csv"] {
            let text = page(town.get_as(&leader, &format!("/staff/plans/cau-giay-2026/2026-q1/{file}"))).1;
            // Lines of a text report are folded.
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains("1 phản ánh: 0 giải quyết đúng") && text.contains("Chưa đạt"), "{file}: {text}");
        }
        let index: Value = serde_json::from_str(
            &page(town.get_as(&leader, "/api/v1/plans/cau-giay-2026/periods/2026-q1/index")).1,
        ).expect("JSON");
        assert_eq!((&index["counts"][0]["late"], &index["counts"][0]["verdict"]), (&json!(1), &json!("not_met")));
        let counts = page(town.get_as(&leader, "/staff/complaints/counts?month=2026-03")).1;
        let cells = texts(&counts, "table:first-of-type tbody tr:nth-child(2) > *");
        // Came, in time, late, still in time.
        assert_eq!(cells[..5], ["Trung tâm phục vụ hành chính công", "1", "0", "1", "0"]);

        // Answered once more and rated low again, it is not reopened a second time.
        done(&desk, &case, &[("do", "assign"), ("lead", "cau-giay-hcc")]);
        done(&office, &case, &[("do", "draft"), ("answer", "Đã trả kết quả tận nhà ngày 25/3.")]);
        done(&leader, &case, &[("do", "approve")]);
        assert!(location(&rate("1")).contains("done=rate"));
        assert!(page(town.get(&seen)).1.contains("Đã kết thúc"));
        let document = town.get_as(&leader, &format!("{case}/answer.docx"));
        assert_eq!(document.status(), 200);
        let bytes = document.bytes().expect("a file");
        assert!(bytes.starts_with(b"PK"));
    }

    fn an_answer_goes_out_in_the_template_of_the_ward(fresh) {
        let town = Town::start(fresh);
        offices(&town);
        left_on(&town, [5; 16], "Phải đến ba lần.\nLần nào cũng thiếu giấy.", "2026-03-02");
        let (owner, leader, office) = (town.sign_in("lan"), town.sign_in("leader"), town.sign_in("mot_cua"));
        let case = only_case(&town, &leader);
        for form in [&[("do", "accept")][..], &[("do", "assign"), ("lead", "cau-giay-hcc")]] {
            assert_eq!(town.post_as(&leader, &case, form).status(), 303, "{form:?}");
        }
        let draft = [("do", "draft"), ("answer", "Đã mở thêm quầy.\nMời Ông/Bà quay lại.")];
        assert_eq!(town.post_as(&office, &case, &draft).status(), 303);
        let here = "/staff/complaints/answer-template";
        let taken = |path: &str| town.get_as(&owner, path).bytes().expect("a file").to_vec();
        let example = taken(&format!("{here}/example.docx"));
        let send = |session: &str, file: &[u8], deed: &str| town.send_file_as(session, here, ("mau.docx", file), &[("do", deed)]);
        // What cannot be filled is told at its place, and nothing is kept.
        let wrong = page(send(&owner, &with(&example, "{{cau_tra_loi}}", "{{cau_tra}}"), "keep"));
        assert!(wrong.0 == 422 && wrong.1.contains("không có trường {{cau_tra}}"), "{}", wrong.1);
        let answer = || docx_words(&town.get_as(&leader, &format!("{case}/answer.docx")).bytes().expect("a file"));
        assert!(answer().contains("cảm ơn Ông/Bà và mong"), "the program's own layout: {}", answer());
        assert!(answer().contains("/complaints bằng mã tra cứu"), "no full stop runs into the address: {}", answer());
        let own = with(&example, "Sau khi xem xét", "Mẫu riêng của phường: sau khi xem xét");
        assert_eq!(send(&leader, &own, "keep").status(), 403, "the ward's words are its plan owner's");
        assert_eq!(send(&owner, &own, "keep").status(), 303);
        let said = answer();
        for words in [
            "Mẫu riêng của phường", "Phải đến ba lần. Lần nào cũng thiếu giấy.", "Đã mở thêm quầy. Mời Ông/Bà quay lại.", "DỰ THẢO",
            "ỦY BAN NHÂN DÂN PHƯỜNG CẦU GIẤY", "02/03/2026",
        ] {
            assert!(said.contains(words), "{words} is not in {said}");
        }
        assert!(!said.contains("{{") && !said.contains("0912"), "{said}");
        assert_eq!(town.post_as(&leader, &case, &[("do", "approve")]).status(), 303);
        let said = answer();
        assert!(!said.contains("DỰ THẢO") && said.contains("chậm so với thời hạn (ngày 23/03/2026)"), "{said}");
        assert_eq!(taken(&format!("{here}/current.docx")), own);
        let log = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("the log");
        assert!(log.iter().any(|row| row.action == "change_answer_template" && row.actor == "lan"), "{log:?}");
        assert_eq!(send(&owner, b"", "remove").status(), 303);
        assert!(answer().contains("cảm ơn Ông/Bà và mong"), "{}", answer());
    }

    fn what_was_overdue_when_the_citizen_was_asked_stays_overdue_and_says_so(fresh) {
        let town = Town::start(fresh);
        offices(&town);
        let (desk, today) = (town.sign_in("van_phong"), sipas::clock::today());
        let asked = |case: &str| {
            assert_eq!(town.post_as(&desk, case, &[("do", "accept")]).status(), 303);
            assert_eq!(town.post_as(&desk, case, &[("do", "ask"), ("question", "Trước số nhà bao nhiêu?")]).status(), 303);
            page(town.get_as(&desk, case)).1
        };
        left_on(&town, [7; 16], "Đèn đường ngõ 12 hỏng.", "2026-03-02");
        // Fifteen working days after 2 March: 23 March, as above.
        let late = asked(&only_case(&town, &desk));
        assert!(late.contains("Quá hạn") && late.contains("hạn 23/03/2026; đang chờ người dân"), "{late}");
        left_on(&town, [8; 16], "Vỉa hè trước chợ bị lấn.", &today.to_string());
        let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward").id;
        let in_time = asked(&format!("/staff/complaints/{}", sipas::db::complaint_key(ward, &[8; 16], today).number()));
        assert!(in_time.contains("Chờ người dân, thời hạn tạm dừng") && !in_time.contains("Quá hạn"), "{in_time}");
        let listed = page(town.get_as(&desk, "/staff/complaints?show=late")).1;
        assert!(listed.contains("Đèn đường ngõ 12") && !listed.contains("Vỉa hè"), "asked in time the clock stands");
    }

    fn staff_enter_what_came_another_way_ask_extend_and_what_nobody_rates_is_closed(fresh) {
        let town = Town::start(fresh);
        offices(&town);
        let (desk, leader) = (town.sign_in("van_phong"), town.sign_in("leader"));
        let today = sipas::clock::today().to_string();
        let form = |number: &'static str| [
            ("unit", "phuong-cau-giay"), ("channel", "ihanoi"), ("outside_number", number), ("received_on", &today),
            ("kind", "complaint"), ("text", "Đèn đường ngõ 12 hỏng."), ("subject", "facilities"), ("contact", ""), ("once", ONCE),
        ];
        let without = town.post_as(&desk, "/staff/complaints/new", &form(""));
        assert_eq!(without.status(), 422, "iHanoi gives every case a number");
        let (status, shown) = page(town.post_as(&desk, "/staff/complaints/new", &form("HN-2026-0042")));
        assert!(status == 200 && shown.contains("HN-2026-0042"), "{shown}");
        let reference = texts(&shown, ".note strong")[0].clone();
        let case = &format!("/staff/complaints/{}", texts(&shown, "dl.facts code")[0]);
        // At no address stands what nobody keeps, nor what somebody made up.
        for asked in ["", "?done=receive&reference=7K2M-9QXA-41TD"] {
            let later = page(town.get_as(&desk, &format!("{case}{asked}"))).1;
            assert!(!later.contains(&reference) && !later.contains("7K2M-9QXA-41TD"), "{later}");
        }

        let done = |session: &str, form: &[(&str, &str)]| assert_eq!(town.post_as(session, case, form).status(), 303, "{form:?}");
        done(&desk, &[("do", "accept")]);
        done(&desk, &[("do", "ask"), ("question", "Đèn trước số nhà bao nhiêu?")]);
        let waits = page(town.get(&format!("/complaints/{reference}"))).1;
        assert!(waits.contains("số nhà bao nhiêu") && waits.contains("thời hạn tạm dừng"), "{waits}");
        let word = [("do", "say"), ("word", "Trước nhà số 12."), ("lang", "vi")];
        let said = town.client.post(format!("{}/complaints/{reference}", town.address)).form(&word).send().expect("asked");
        assert_eq!(said.status(), 303);
        assert!(page(town.get_as(&desk, case)).1.contains("Trước nhà số 12."));
        let extend = |days: &'static str| [("do", "extend"), ("days", days), ("extend_reason", "Chờ vật tư từ thành phố.")];
        assert_eq!(town.post_as(&desk, case, &extend("40")).status(), 422, "more than the rules allow");
        done(&desk, &extend("5"));
        assert_eq!(town.post_as(&desk, case, &extend("5")).status(), 422, "once only");
        done(&desk, &[("do", "draft"), ("answer", "Đã thay bóng đèn ngày hôm nay.")]);
        done(&leader, &[("do", "approve")]);
        done(&leader, &[("do", "keep_private"), ("private_reason", "Chỉ liên quan một nhà.")]);
        assert!(!page(town.get("/complaints/published?unit=phuong-cau-giay")).1.contains("Đèn đường"));
        let later = |days| sipas::clock::today() + chrono::Days::new(days);
        assert_eq!(close_unrated(&town.db, later(15), &|| true), Ok(0));
        assert_eq!(close_unrated(&town.db, later(16), &|| true), Ok(1));
        assert!(page(town.get(&format!("/complaints/{reference}"))).1.contains("Đã kết thúc"));

        // What is not the ward's is sent on, with where to go; what is the same as another is joined with it.
        let forwarded = left_on(&town, [6; 16], "Cột điện nghiêng trên đường lớn.", &today);
        let number = |once: [u8; 16]| {
            let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward");
            sipas::db::complaint_key(ward.id, &once, sipas::clock::today()).number()
        };
        let on = format!("/staff/complaints/{}", number([6; 16]));
        let send_on = [("do", "forward"), ("to", "Công ty Điện lực"), ("forward_reason", "Lưới điện do công ty quản lý.")];
        assert_eq!(town.post_as(&desk, &on, &send_on).status(), 303);
        assert!(page(town.get(&format!("/complaints/{forwarded}"))).1.contains("Công ty Điện lực"));
        left_on(&town, [7; 16], "Đèn đường ngõ 12 vẫn hỏng.", &today);
        let same = format!("/staff/complaints/{}", number([7; 16]));
        assert_eq!(town.post_as(&desk, &same, &[("do", "merge"), ("with", "00")]).status(), 422);
        let first = case.rsplit('/').next().expect("a number");
        assert_eq!(town.post_as(&desk, &same, &[("do", "merge"), ("with", first)]).status(), 303);
        left_on(&town, [8; 16], "Không rõ việc gì.", &today);
        let refused = format!("/staff/complaints/{}", number([8; 16]));
        assert_eq!(town.post_as(&desk, &refused, &[("do", "refuse"), ("refuse_reason", "x")]).status(), 422);
        assert_eq!(town.post_as(&desk, &refused, &[("do", "refuse"), ("refuse_reason", "Không nêu việc cụ thể.")]).status(), 303);
    }
}

#[test]
fn a_marked_task_keeps_its_desk_when_it_is_put_in_other_words() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    offices(&town);
    let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward");
    let desk = |on: &str| {
        let desk = arrival(&town.db, &ward, on.parse().expect("a day")).expect("an arrival").desk.expect("a desk");
        town.db.tree().expect("units").unit(desk).expect("a unit").code.clone()
    };
    let on = "2026-03-02";
    // Plan 69 names nobody who leads its task of receiving them.
    assert_eq!(desk(on), "cau-giay-vp");
    let keep = |change: &dyn Fn(&mut Task)| {
        let stored = town.db.plan("cau-giay-2026").expect("asked").expect("a plan");
        let mut plan = stored.plan;
        plan.tasks.iter_mut().filter(|task| task.clause == "II.1.1").for_each(change);
        let (hash, content) = plan_content(&plan).expect("content");
        let done = town.db.by_nobody().change_plan(&plan, &hash, &content, stored.revision, sipas::clock::today());
        assert_eq!(done.expect("kept"), PlanChanged::To(stored.revision + 1));
    };
    let named = |task: &mut Task| {
        if task.title_vi.starts_with("Tiếp nhận") {
            task.lead = Some("Trung tâm Phục vụ hành chính công".to_owned());
        }
    };
    keep(&named);
    assert_eq!(desk(on), "cau-giay-hcc");
    let reworded = |task: &mut Task| {
        if task.serves.is_some() {
            (task.title_vi, task.served_by) = ("Trả lời người dân".to_owned(), None);
        }
    };
    keep(&reworded);
    assert_eq!(desk(on), "cau-giay-hcc");
    // Without its mark it is a task like any other.
    keep(&|task| task.serves = None);
    assert_eq!(desk(on), "cau-giay-vp");
}

#[test]
fn who_receives_a_case_is_told_of_its_days_and_who_asked_for_news_that_there_is_some() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    offices(&town);
    let new = NewUser {
        name: "chanh_vp".to_owned(),
        display_name: "Chánh Văn phòng".to_owned(),
        password_hash: String::new(),
        role: Role::UnitHead.name().to_owned(),
        unit: "cau-giay-vp".to_owned(),
        email: sipas::access::EmailAddress::parse("vp@example.vn"),
        at: sipas::clock::now(),
    };
    town.db.by_nobody().add_user(&new).expect("a user");
    left_on(&town, [5; 16], "Chờ lâu quá.", "2026-03-02");
    let told = |at: &str| {
        let at = at.parse().expect("an instant");
        let letters = sipas::jobs::letters::summaries(&town.db, "https://example.vn", at).expect("letters");
        letters.into_iter().find(|(name, _)| name == "chanh_vp").map(|(_, letter)| letter.body).unwrap_or_default()
    };
    // Fifteen working days after Monday 2 March 2026 is Monday 23 March; 02:00 UTC is nine in the morning.
    assert!(told("2026-03-03T02:00:00Z").contains("Có phản ánh mới"));
    assert!(told("2026-03-13T02:00:00Z").contains("đã qua nửa thời hạn"));
    assert!(told("2026-03-20T02:00:00Z").contains("còn nhiều nhất một ngày làm việc"));
    let late = told("2026-03-24T02:00:00Z");
    assert!(late.contains("đã quá hạn trả lời (hạn 23/03/2026)") && !late.contains("Chờ lâu quá"), "{late}");
}

#[test]
fn the_page_tells_every_fault_at_its_place_and_keeps_what_was_typed() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = [("kind", "praise"), ("text", ""), ("contact", "0912"), ("lang", "en")];
    let sent = town.client.post(format!("{}/complaints", town.address)).form(&form).send().expect("an answer");
    assert_eq!(sent.status(), 422);
    let body = sent.text().expect("a page");
    let document = Html::parse_document(&body);
    assert_eq!(texts(&body, ".summary li").len(), 3);
    for link in select(&document, ".summary a") {
        let target = link.attr("href").expect("an address");
        assert_eq!(select(&document, target).len(), 1, "{target} is not in the page");
    }
    assert_eq!(select(&document, "#contact")[0].attr("value"), Some("0912"));
    assert!(texts(&body, "option").iter().any(|name| name == "Phường Cầu Giấy"));
    let thanks = town.get(&format!("/s/{}/thanks", town.counter)).text().expect("a page");
    let links = select(&Html::parse_document(&thanks), ".message a");
    let links: Vec<_> = links.iter().filter_map(|link| link.attr("href")).map(str::to_owned).collect();
    assert_eq!(links, ["/results?unit=cau-giay-hcc", "/complaints?unit=cau-giay-hcc"]);
    let page = town.get(&links[1]).text().expect("a page");
    assert!(texts(&page, "main").join(" ").contains("Gửi đến: Phường Cầu Giấy"));
    assert!(!page.contains(&town.counter), "the point does not come along");
}

#[test]
fn what_was_written_comes_back_over_the_limit_and_where_nothing_can_be_kept() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_SUBMIT_LIMIT", "2")]);
    let reference = left_on(&town, [5; 16], WORDS, "2026-03-02");
    let reply = |what: &str, words: &str| {
        let form = [("do", what), ("word", words), ("lang", "vi")];
        town.client.post(format!("{}/complaints/{reference}", town.address)).form(&form).send().expect("an answer")
    };
    let (status, kept) = page(reply("say", &"dài ".repeat(1_001)));
    assert_eq!((status, ready(&kept, "word").trim_start()), (422, "dài ".repeat(1_001).as_str()));
    fresh.sql("ALTER TABLE complaint_step RENAME TO elsewhere");
    let (status, kept) = page(reply("say", "Trước nhà số 12."));
    assert_eq!((status, ready(&kept, "word").trim()), (500, "Trước nhà số 12."));
    fresh.sql("ALTER TABLE elsewhere RENAME TO complaint_step");
    // Two were looked up; over the limit nothing is said of the reference, and the words stand ready to be sent again.
    let answer = reply("say", "Trước nhà số 12.");
    assert!(answer.headers().contains_key("retry-after"));
    let (status, kept) = page(answer);
    assert_eq!((status, ready(&kept, "word").trim()), (429, "Trước nhà số 12."));
    assert_eq!(texts(&kept, "h1"), ["Đang có quá nhiều phiếu từ cùng một nơi"]);
    assert_eq!(select(&Html::parse_document(&kept), "input[name=do]")[0].attr("value"), Some("say"));

    for once in [ONCE, "5a0e8f3c-9999-4222-8333-000000000002"] {
        assert_eq!(leave(&town, once, WORDS, "").status(), 303);
    }
    let third = "5a0e8f3c-9999-4222-8333-000000000003";
    let answer = leave(&town, third, "Chuyện khác", "0912");
    assert!(answer.headers().contains_key("retry-after"));
    let (status, kept) = page(answer);
    assert_eq!((status, ready(&kept, "text").trim()), (429, "Chuyện khác"));
    let document = Html::parse_document(&kept);
    let value = |field: &str| select(&document, field)[0].attr("value").map(str::to_owned);
    assert_eq!(value("input[name=contact]").as_deref(), Some("0912"));
    assert_eq!(value("input[name=once]").as_deref(), Some(third), "the same one when it is sent again");
    assert!(texts(&kept, ".summary").join(" ").contains("quá nhiều"), "{kept}");
}

#[test]
fn a_file_of_complaints_is_read_first_and_the_same_number_is_not_entered_twice() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let owner = town.sign_in("lan");
    let today = sipas::clock::today().format("%d/%m/%Y");
    let file = format!("Số iHanoi;Ngày gửi;Nội dung\nPA-12;{today};Đèn đường ngõ 165 hỏng.\nPA-13;{today};Chờ lâu.\n");
    let send = |file: &str, stores: bool| {
        let fields: &[(&str, &str)] = if stores { &[("do", "store")] } else { &[] };
        town.send_file_as(&owner, "/staff/complaints/import", ("ihanoi.csv", file.as_bytes()), fields)
    };
    let (status, shown) = page(send(&file, false));
    assert!(status == 200 && shown.contains("PA-12") && shown.contains("Đèn đường"), "{shown}");
    let stored = || town.db.complaints(&[ward(&town)], 50).expect("complaints").len();
    assert_eq!(stored(), 0, "a trial stores nothing");
    assert_eq!(send(&file, true).status(), 303);
    assert_eq!(stored(), 2);
    let more = format!("{file}PA-14;{today};Thiếu ghế.\n");
    assert_eq!(send(&more, true).status(), 303);
    assert_eq!(stored(), 3, "of three numbers two were there");
    let found = town.db.complaints(&[ward(&town)], 50).expect("complaints");
    assert!(found.iter().all(|case| case.channel == sipas::cases::Channel::IHanoi && case.due.is_some()), "{found:?}");
    let wrong = format!("{file};{today};\n");
    assert_eq!(send(&wrong, true).status(), 422, "nothing of a file with a fault is stored");
    assert_eq!(stored(), 3);
}

fn ward(town: &Town) -> i32 {
    town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward").id
}

#[test]
fn who_looks_up_too_often_is_told_of_look_ups_and_when_to_come_again() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_SUBMIT_LIMIT", "2")]);
    let reference = left_on(&town, [5; 16], WORDS, "2026-03-02");
    for _ in 0..2 {
        assert_eq!(town.get(&format!("/complaints/{reference}")).status(), 200);
    }
    for (query, heading, never) in [
        ("", "Đang có quá nhiều lượt tra cứu từ cùng một nơi", "chưa được lưu"),
        ("?lang=en", "Too many look-ups are coming from one place", "not been saved"),
    ] {
        let answer = town.get(&format!("/complaints/{reference}{query}"));
        assert_eq!(answer.headers()["retry-after"], "300", "as the same asked by JSON");
        let (status, told) = page(answer);
        assert_eq!((status, texts(&told, "h1")), (429, vec![heading.to_owned()]));
        assert!(!told.contains(never), "nothing was sent: {told}");
    }
    let by_json = town.get(&format!("/api/v1/complaints/{reference}"));
    assert_eq!((by_json.status().as_u16(), by_json.headers()["retry-after"].to_str().expect("text")), (429, "300"));
}
