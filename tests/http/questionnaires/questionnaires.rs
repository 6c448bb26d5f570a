//! Whatever citizens are asked is seen: every shipped questionnaire and a follow-up, N answers in, N seen by the plan owner; the
//! free words by those who may, ten sheets at least, and never while a month goes on.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;
use sipas::db::{NewPoint, Sheet};
use sipas::plan::Channel;
use sipas::survey::follow_up::follow_up;
use sipas::survey::hash::to_json;
use sipas::survey::{Questionnaire, content_hash};

use crate::on_both;
use crate::support::sheets;
use crate::town::{Town, page, texts};

const PEOPLE: u64 = 12;

/// Stores sheets at a new point of the ward, every item at one level, the first of them with words.
fn answered(town: &Town, questionnaire: &str, day: &str, level: u8, people: u64, words: &[&str]) {
    let day: NaiveDate = day.parse().expect("a day");
    let form = town.db.newest_form(questionnaire).expect("a form").expect("published");
    let field = form.questionnaire.fields.first().expect("a field").clone();
    let new = NewPoint {
        unit: "phuong-cau-giay".to_owned(),
        name_vi: format!("Điểm {questionnaire}"),
        name_en: questionnaire.to_owned(),
        form: questionnaire.to_owned(),
        fields: vec![field.clone()],
        channel: Channel::Counter,
        opened_on: NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day"),
    };
    let code = town.db.by_nobody().add_point(&new).expect("a point");
    let one = sheets::sheet_of(&town.db, questionnaire, &code, &field, day, level);
    let overall = if level < 4 && form.questionnaire.overall().is_some() { 5 } else { level };
    let sheet = |number: u64| Sheet {
        // The overall question, asked first, by the other end of the scale.
        answers: (0..form.layout.items()).map(|item| if item == 0 { overall } else { level }).collect(),
        comment: words.get(usize::try_from(number).expect("few")).map(|words| (*words).to_owned()),
        ..one.clone()
    };
    town.db.load_sheets((0..people).map(sheet).collect()).expect("stored");
}

fn publish(town: &Town, questionnaire: &Questionnaire) {
    let on = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    town.db
        .by_nobody()
        .publish(questionnaire, &content_hash(questionnaire), &to_json(questionnaire), on)
        .expect("published");
}

fn figures(town: &Town, session: &str, period: &str) -> Value {
    town.get_as(session, &format!("/api/v1/plans/cau-giay-2026/periods/{period}/index")).json().expect("JSON")
}

/// How many answers to each item a period shows, among the fields and among what feeds no index.
fn seen(index: &Value) -> BTreeMap<String, u64> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut nodes: Vec<Value> = Vec::new();
    for field in list(&index["fields"]) {
        nodes.extend(list(&field["factors"]).iter().flat_map(|factor| list(&factor["criteria"])));
    }
    for questionnaire in list(&index["questionnaires"]) {
        nodes.extend(list(&questionnaire["sections"]).iter().flat_map(|section| list(&section["questions"])));
    }
    let mut seen = BTreeMap::new();
    for node in nodes {
        let item = node["item"].as_str().expect("an item").to_owned();
        let answers: u64 = list(&node["levels"]).iter().filter_map(Value::as_u64).sum();
        *seen.entry(item).or_default() += answers;
    }
    seen
}

on_both! {
    fn every_answer_to_every_questionnaire_is_seen_by_the_plan_owner(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        let mut asked: BTreeMap<String, u64> = BTreeMap::new();
        let mut ids: Vec<String> = town.db.forms().expect("forms").into_iter().map(|listed| listed.code).collect();
        ids.dedup();
        for id in &ids {
            answered(&town, id, "2026-02-02", 4, PEOPLE, &[]);
            let form = town.db.newest_form(id).expect("a form").expect("published");
            for item in form.questionnaire.items() {
                *asked.entry(item.id.clone()).or_default() += PEOPLE;
            }
        }
        assert_eq!(seen(&figures(&town, &session, "2026-q1")), asked);
        for path in ["", "/questionnaires"] {
            let (status, body) = page(town.get_as(&session, &format!("/staff/plans/cau-giay-2026/2026-q1{path}")));
            assert!(status == 200 && body.contains("Đối thoại") || body.contains("đối thoại"), "{path}");
            assert!(!body.contains("Chưa có người trả lời"), "{path}");
        }
        let csv = town.get_as(&session, "/staff/plans/cau-giay-2026/2026-q1/report.csv").text().expect("CSV");
        assert!(csv.lines().any(|line| line.contains(",question,") && line.contains("doi-thoai")));
        let book = town.get_as(&session, "/staff/plans/cau-giay-2026/2026-q1/questionnaires.xlsx");
        assert!(book.status() == 200 && book.bytes().expect("bytes").starts_with(b"PK"));
    }

    fn a_follow_up_stands_beside_the_first_measurement(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        let land = town.db.newest_form("dat-dai").expect("a form").expect("published");
        let weak: Vec<String> = land.questionnaire.items().skip(1).take(2).map(|item| item.id.clone()).collect();
        publish(&town, &follow_up(&land.questionnaire, &weak, 1).expect("a follow-up"));
        answered(&town, "dat-dai", "2026-02-02", 2, PEOPLE, &[]);
        answered(&town, "dat-dai-follow-up", "2026-07-01", 5, PEOPLE, &[]);
        let index = figures(&town, &session, "2026-q3");
        let result = index["questionnaires"].as_array().expect("questionnaires").iter();
        let result = result.clone().find(|result| result["questionnaire"] == "dat-dai-follow-up").expect("a follow-up");
        assert_eq!(result["sheets"], PEOPLE);
        let changes = result["before"]["changes"].as_array().expect("changes");
        assert_eq!(changes.len(), 2);
        for change in changes {
            // 0 of 12, then 12 of 12: nobody would call that chance.
            assert_eq!(change["verdict"], "better");
            assert!((change["difference"].as_f64().expect("a number") - 1.0).abs() < 1e-12);
            assert_eq!((&change["before"]["respondents"], &change["after"]["respondents"]), (&PEOPLE.into(), &PEOPLE.into()));
        }
        let (_, body) = page(town.get_as(&session, "/staff/plans/cau-giay-2026/2026-q3/questionnaires"));
        assert!(body.contains("+100,0") && body.contains("tăng"));
    }

    fn a_target_shows_the_share_of_answers_and_that_of_people(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        // Nobody is satisfied with any criterion, everybody all in all: 0 of the answers, 12 of 12 people.
        answered(&town, "thu-tuc-hanh-chinh-ngan", "2026-02-02", 2, PEOPLE, &[]);
        let form = town.db.newest_form("thu-tuc-hanh-chinh-ngan").expect("a form").expect("published");
        assert_eq!(form.questionnaire.overall(), Some(0), "asked first");
        let index = figures(&town, &session, "2026-q1");
        let target = index["targets"].as_array().expect("targets").iter().find(|target| target["index"] == "sipas");
        let target = target.expect("a target").clone();
        assert_eq!(target["measure"], "answers");
        assert_eq!((&target["estimate"]["value"], &target["other_measure"]["value"]), (&0.0.into(), &1.0.into()));
        assert_eq!(target["other_measure"]["respondents"], PEOPLE);
        let (_, body) = page(town.get_as(&session, "/staff/plans/cau-giay-2026/2026-q1?part=all"));
        assert!(body.contains("Tỷ lệ người hài lòng: 100,0%"));
    }

    fn fewer_than_ten_sheets_of_a_dialogue_are_named_and_not_shown(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        answered(&town, "doi-thoai", "2026-02-02", 4, 9, &["một lời góp ý"]);
        let (_, body) = page(town.get_as(&session, "/staff/plans/cau-giay-2026/2026-q1/questionnaires"));
        assert!(body.contains("Ít hơn 10 người trả lời nên không hiển thị: “Ông/Bà"), "named");
        let (_, body) = page(town.get_as(&session, "/staff/comments?month=2026-02"));
        assert!(!body.contains("một lời góp ý") && body.contains("Tháng này không có phiếu nào được tính"));
    }

    fn free_words_are_read_masked_by_those_who_may_and_every_look_is_logged(fresh) {
        let town = Town::start(fresh);
        answered(&town, "doi-thoai", "2026-02-02", 4, PEOPLE, &["Gọi tôi 0912 345 678", "Chờ <b>lâu</b>"]);
        for (name, reads) in [("leader", true), ("lan", true), ("staff", false), ("administrator", false)] {
            let (status, body) = page(town.get_as(&town.sign_in(name), "/staff/comments?month=2026-02"));
            assert_eq!(status, if reads { 200 } else { 403 }, "{name}");
            assert_eq!(body.contains("Gọi tôi [số đã che]"), reads, "{name}");
            assert_eq!(body.contains("Chờ &#60;b&#62;lâu"), reads, "{name}");
            assert!(!body.contains("0912"), "{name}");
        }
        let (_, log) = page(town.get_as(&town.sign_in("auditor"), "/staff/audit"));
        let deeds = texts(&log, "th");
        assert!(deeds.iter().any(|cell| cell.contains("Đọc góp ý trong phiếu")) && deeds.iter().any(|cell| cell.contains("2026-02")));
        let (status, _) = page(town.get_as(&town.sign_in("hoa"), "/staff/comments?month=2026-02&unit=phuong-cau-giay"));
        assert_eq!(status, 404, "another commune's");
        let this_month = sipas::clock::today().format("%Y-%m").to_string();
        let (status, _) = page(town.get_as(&town.sign_in("lan"), &format!("/staff/comments?month={this_month}")));
        assert_eq!(status, 404, "a month that goes on");
    }

    fn questions_of_every_kind_are_answered_on_the_page_and_counted_each_by_its_kind(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SUBMIT_LIMIT", "off")]);
        let session = town.sign_in("lan");
        let new = NewPoint {
            unit: "phuong-cau-giay".to_owned(),
            name_vi: "Đợt khảo sát".to_owned(),
            name_en: "Round".to_owned(),
            form: "bo-noi-vu-2026".to_owned(),
            fields: vec!["general".to_owned()],
            channel: Channel::Counter,
            opened_on: NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day"),
        };
        let code = town.db.by_nobody().add_point(&new).expect("a point");
        for person in 0..20_u32 {
            let mut form = town.filled_form(&code, "4");
            form.set("attempt", &crate::town::attempt());
            // Ten know of policies from meetings and from elsewhere, ten from the Internet; ages 30 and 50.
            if person % 2 == 0 {
                form.add("q.channels", "meetings").add("q.channels", "other").set("q.channels_other", "loa của 0912345678");
            } else {
                // Not asked of these: dropped.
                form.add("q.channels", "internet").set("q.channels_other", "không ai hỏi");
            }
            form.set("q.age_years", if person % 2 == 0 { "30" } else { "50" }).set("q.harassment", "none");
            assert_eq!(town.post_form(&code, &form).status(), 303, "{person}");
        }
        let mut wrong = town.filled_form(&code, "4");
        wrong.set("q.age_years", "17").set("q.harassment", "often").add("q.channels", "smoke");
        let (status, refused) = page(town.post_form(&code, &wrong));
        assert_eq!((status, texts(&refused, ".summary li").len()), (422, 3), "all errors at once");
        town.let_in();
        let index: Value = figures(&town, &session, &crate::town::period());
        let all = index["questionnaires"].as_array().expect("questionnaires").iter();
        let result = all.clone().find(|result| result["questionnaire"] == "bo-noi-vu-2026").expect("the form");
        let sections = result["sections"].as_array().expect("sections");
        let choices: Vec<&Value> = sections.iter().filter_map(|section| section["choices"].as_array()).flatten().collect();
        let of = |item: &str| *choices.iter().find(|choice| choice["item"] == item).expect("a question");
        let count = |item: &str, option: &str| {
            let options = of(item)["options"].as_array().expect("options").iter();
            options.clone().find(|known| known["option"] == option).expect("an option")["sheets"].as_u64()
        };
        assert_eq!((count("channels", "meetings"), count("channels", "other")), (Some(10), Some(10)));
        assert_eq!((count("channels", "internet"), count("harassment", "none")), (Some(10), Some(20)));
        assert_eq!((&of("channels_other")["answered"], &of("channels_other")["blank"]), (&10.into(), &10.into()));
        // Ten of 30 and ten of 50: mean 40, Σ(x − 40)² = 2000, 2000/19 = 105,26, root 10,2598.
        assert_eq!(of("age_years")["mean"], 40.0);
        assert!((of("age_years")["deviation"].as_f64().expect("a number") - 10.259_783_520_851_54).abs() < 1e-9);
        let (_, body) = page(town.get_as(&session, &format!("{}/questionnaires", crate::town::figures_path())));
        assert!(body.contains("Họp tổ dân phố, thôn") && body.contains("50,0%"));
    }

    fn who_answered_is_the_first_table_and_who_waits_rates_no_result(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SUBMIT_LIMIT", "off")]);
        let session = town.sign_in("lan");
        // Twelve women with a result, all content; twelve men who wait for one, discontent with everything.
        for person in 0..24 {
            let woman = person < 12;
            let mut sheet = town.json_sheet(&town.counter, if woman { 5 } else { 2 });
            let outcome = if woman { "done" } else { "waiting" };
            sheet["demographics"] = serde_json::json!({"sex": if woman { "female" } else { "male" }, "outcome": outcome});
            assert_eq!(town.post_json(&town.counter, &sheet).status(), 201);
        }
        town.let_in();
        let index: Value = figures(&town, &session, &crate::town::period());
        let factors = index["fields"][0]["factors"].as_array().expect("factors").iter();
        let results = factors.clone().find(|factor| factor["factor"] == "results").expect("the factor");
        assert_eq!((&results["estimate"]["value"], &results["estimate"]["respondents"]), (&1.0.into(), &12.into()));
        assert_eq!(results["criteria"][0]["not_used"], 12);
        let profile = index["profile"].as_array().expect("a profile").iter();
        let sex = profile.clone().find(|question| question["question"] == "sex").expect("sex");
        let groups: Vec<(&Value, &Value)> = sex["options"]
            .as_array()
            .expect("options")
            .iter()
            .map(|option| (&option["sheets"], &option["estimate"]["value"]))
            .collect();
        // Of figures that go on no group is told: nobody can take one look from the next.
        assert_eq!(groups, [(&12.into(), &Value::Null), (&12.into(), &Value::Null)]);
        let csv = town.get_as(&session, &format!("{}/report.csv", crate::town::figures_path())).text().expect("CSV");
        assert!(csv.contains(",profile,"));
        let (_, body) = page(town.get_as(&session, &format!("{}?part=all", crate::town::figures_path())));
        assert!(texts(&body, "#profile tbody tr").iter().any(|row| row == "Nữ1250,0%"));
    }
}
