//! Paper sheets keyed twice, compared and stored; answers given by telephone and at home.

use std::ops::ControlFlow;

use chrono::NaiveDate;
use sipas::clock;
use sipas::db::{BatchStored, Db, EntryState, NewUser, Sheet, SheetFilter, TallyFilter};
use sipas::sheet::tally::{Mode, Series};

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{PASSWORD, Town, attempt, location, page, texts};

fn stored(db: &Db) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    let visited = db.for_each_sheet(&SheetFilter::default(), |sheet| {
        sheets.push(sheet.clone());
        ControlFlow::Continue(())
    });
    visited.expect("sheets");
    sheets
}

/// Names of the questions of a point's form, in the order of the paper.
fn questions(town: &Town, code: &str) -> Vec<String> {
    let described: serde_json::Value = town.get(&format!("/api/v1/points/{code}")).json().expect("JSON");
    let items = described["items"].as_array().expect("items").iter();
    items.map(|item| format!("q.{}", item["id"].as_str().expect("an id"))).collect()
}

struct Pile<'a> {
    town: &'a Town,
    address: String,
    questions: Vec<String>,
}

impl<'a> Pile<'a> {
    fn begin(town: &'a Town, session: &str) -> Self {
        let begun = town.post_as(session, "/staff/entry", &[("point", &town.counter), ("version", "")]);
        Self { town, address: location(&begun), questions: questions(town, &town.counter) }
    }

    /// Keys a sheet with the same key everywhere; further values replace it.
    fn key(
        &self,
        session: &str,
        (pass, place): (u8, u32),
        day: &str,
        key: &str,
        changes: &[(&str, &str)],
    ) -> (u16, String) {
        let (pass, place) = (pass.to_string(), place.to_string());
        let mut form = vec![("pass", pass.as_str()), ("place", place.as_str()), ("day", day), ("respondent", "person")];
        form.extend(self.questions.iter().map(|question| (question.as_str(), key)));
        for (name, value) in changes {
            form.retain(|(known, _)| known != name);
            form.push((name, value));
        }
        page(self.town.post_as(session, &self.address, &form))
    }

    fn finish(&self, session: &str) {
        location(&self.town.post_as(session, &format!("{}/finish", self.address), &[]));
    }
}

on_both! {
    fn a_pile_is_keyed_twice_its_differences_are_settled_and_it_is_stored_once(fresh) {
        let town = Town::start(fresh);
        let (first, second) = (town.sign_in("minh"), town.sign_in("staff"));
        let pile = Pile::begin(&town, &first);
        let today = clock::today();
        let day = today.to_string();
        let item = pile.questions[1].clone();
        assert_eq!(pile.key(&first, (1, 1), &day, "5", &[]).0, 303);
        assert_eq!(pile.key(&first, (1, 2), &day, "2", &[(&item, "n"), ("comment", "Chờ lâu.")]).0, 303);
        let (status, wrong) = pile.key(&first, (1, 3), &day, "4", &[(&item, "7")]);
        assert_eq!(status, 422);
        assert_eq!(texts(&wrong, "#error li"), ["Gõ 1 đến 5, 0 cho “không dùng”, hoặc để trống."]);
        // Nothing typed is lost: the other keys stand where they were.
        let kept = scraper::Html::parse_document(&wrong);
        let boxes = crate::town::select(&kept, "input[data-stop=level]");
        assert_eq!(boxes.iter().filter(|input| input.attr("value") == Some("4")).count(), pile.questions.len() - 1);
        pile.finish(&first);

        // Whoever keys again does not see what was keyed before.
        let (_, blind) = page(town.get_as(&second, &pile.address));
        assert!(texts(&blind, "ol.keyed li").is_empty());
        assert_eq!(texts(&blind, "h1"), ["Nhập lần hai · Phiếu số 1 / 2"]);
        assert_eq!(pile.key(&second, (2, 1), &day, "5", &[]).0, 303);
        assert_eq!(pile.key(&second, (2, 2), &day, "2", &[(&item, "3"), ("comment", "Chờ lâu.")]).0, 303);
        pile.finish(&second);

        let (_, compared) = page(town.get_as(&second, &pile.address));
        assert_eq!(texts(&compared, "section.card .choice"), ["Lần một 0 (không dùng)", "Lần hai 3"]);
        // Before it is settled nothing is stored, whatever is posted.
        town.post_as(&second, &format!("{}/store", pile.address), &[]);
        assert_eq!(town.stored(), 0);
        town.post_as(&second, &format!("{}/settle", pile.address), &[(&format!("k.2.{item}"), "2")]);
        let done = town.post_as(&second, &format!("{}/store", pile.address), &[]);
        assert_eq!(location(&done), "/staff/entry?done=stored&count=2");

        let sheets = stored(&town.db);
        assert_eq!(sheets.len(), 2);
        for sheet in &sheets {
            assert_eq!((sheet.key.mode, sheet.key.series), (Mode::Paper, Series::Open));
            assert_eq!(sheet.key.day, clock::day_number(today));
        }
        let mut second_answers: Vec<u8> = sheets.iter().map(|sheet| sheet.answers[1]).collect();
        second_answers.sort_unstable();
        assert_eq!(second_answers, [3, 5], "the settled key, not the first");
        // The batch is gone, so that it is stored once and nothing leads from it to the sheets.
        assert_eq!(location(&town.post_as(&second, "/staff/entry", &[("point", &town.counter), ("version", "1")])), pile.address, "the number is free again");
        let nothing = |_: usize| unreachable!("nothing was stored");
        assert_eq!(town.db.store_entry_batch(99, Vec::new(), nothing), Ok(BatchStored::Gone));
    }

    fn keyed_sheets_enter_shown_figures_in_releases_of_ten(fresh) {
        let town = Town::start(fresh);
        let minh = town.sign_in("minh");
        let day = clock::today().to_string();
        let store = |count: u32| {
            let pile = Pile::begin(&town, &minh);
            for pass in [1, 2] {
                for place in 1..=count {
                    assert_eq!(pile.key(&minh, (pass, place), &day, "5", &[]).0, 303);
                }
                pile.finish(&minh);
            }
            location(&town.post_as(&minh, &format!("{}/store", pile.address), &[]));
        };
        let shown = || {
            let (from, to) = (clock::today(), clock::today());
            let filter = TallyFilter { units: None, from, to, live: false };
            town.db.tallies(&filter).expect("tallies").iter().map(|(_, tally)| tally.sheets).sum::<u64>()
        };
        store(12);
        assert_eq!(shown(), 0, "they wait as other answers do");
        town.let_in();
        assert_eq!(shown(), 12);
        store(9);
        town.let_in();
        assert_eq!(shown(), 12, "nine wait for a tenth");
        store(1);
        town.let_in();
        assert_eq!(shown(), 22);
    }

    fn an_answer_by_telephone_is_stored_once_with_its_mode(fresh) {
        let town = Town::start(fresh);
        let staff = town.sign_in("staff");
        let path = format!("/staff/entry/interview?code={}&mode=telephone", town.counter);
        let (status, shown) = page(town.get_as(&staff, &path));
        assert_eq!(status, 200);
        assert_eq!(texts(&shown, "h1"), ["Gọi điện thoại"]);
        let (attempt, questions) = (attempt(), questions(&town, &town.counter));
        let reference = {
            let described: serde_json::Value = town.get(&format!("/api/v1/points/{}", town.counter)).json().expect("JSON");
            described["form"].as_str().expect("a form").to_owned()
        };
        let mut form = vec![("attempt", attempt.as_str()), ("form", &reference), ("code", &town.counter), ("mode", "telephone"), ("lang", "vi")];
        form.extend(questions.iter().map(|question| (question.as_str(), "4")));
        for _ in 0..2 {
            let answer = town.post_as(&staff, "/staff/entry/interview", &form);
            assert!(location(&answer).ends_with("&mode=telephone&done=1"));
        }
        let sheets = stored(&town.db);
        assert_eq!(sheets.len(), 1);
        assert_eq!(sheets[0].key.mode, Mode::Telephone);
        form.retain(|(name, _)| *name != questions[0]);
        form.push((&questions[0], "1"));
        assert_eq!(town.post_as(&staff, "/staff/entry/interview", &form).status(), 409, "other content, same attempt");
        assert_eq!(town.stored(), 1);
    }
}

#[test]
fn a_sheet_whose_period_was_reported_is_refused_with_the_period_and_its_day() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let minh = town.sign_in("minh");
    let pile = Pile::begin(&town, &minh);
    // Plan 118, section III.2.1: quarter I counts 15 December to 14 March, its report is due on 18 March.
    let (status, refused) = pile.key(&minh, (1, 1), "2026-03-14", "5", &[]);
    assert_eq!(status, 422);
    let said = texts(&refused, "#error li").join(" ");
    assert!(said.contains("Quý I/2026") && said.contains("hạn 18/03/2026"), "{said}");
    let (status, refused) = pile.key(&minh, (1, 1), "2025-06-30", "5", &[]);
    assert_eq!(status, 422, "the point opened on 1 July 2025");
    assert!(texts(&refused, "#error li").join(" ").contains("01/07/2025"));
    let ahead = (clock::today() + chrono::Days::new(1)).to_string();
    assert_eq!(pile.key(&minh, (1, 1), &ahead, "5", &[]).0, 422);
    assert_eq!(pile.key(&minh, (1, 1), &clock::today().to_string(), "", &[]).0, 422, "an empty sheet");
}

#[test]
fn a_late_sheet_counts_on_the_first_day_not_yet_reported_where_the_ward_chose_so() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_LATE_SHEETS", "next")]);
    let minh = town.sign_in("minh");
    let pile = Pile::begin(&town, &minh);
    for pass in [1, 2] {
        assert_eq!(pile.key(&minh, (pass, 1), "2026-03-14", "5", &[]).0, 303);
        assert_eq!(pile.key(&minh, (pass, 2), &clock::today().to_string(), "4", &[]).0, 303);
        pile.finish(&minh);
    }
    // Day by day from the written one on: the first that no period of the plan has reported.
    let plan = town.db.plan("cau-giay-2026").expect("plans").expect("the plan").plan;
    let written = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a date");
    let open = written.iter_days().find(|day| plan.reported(*day, clock::today()).is_none()).expect("an open day");
    assert_ne!(open, written);
    let (_, compared) = page(town.get_as(&minh, &pile.address));
    let told = format!("phiếu ghi ngày 14/03/2026 tính vào ngày {}", open.format("%d/%m/%Y"));
    assert_eq!(texts(&compared, ".warn li"), [told]);
    location(&town.post_as(&minh, &format!("{}/store", pile.address), &[]));
    let mut days: Vec<i32> = stored(&town.db).iter().map(|sheet| sheet.key.day).collect();
    days.sort_unstable();
    assert_eq!(days, [clock::day_number(open), clock::day_number(clock::today())]);
}

#[test]
fn the_last_day_of_keying_is_the_day_on_which_the_report_is_due() {
    let plan = sipas::service::seeding::read(None, None).expect("the plans").plans;
    let plan = plan.iter().find(|plan| plan.key == "cau-giay-2026").expect("the plan");
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a date");
    let reported = |on, today| plan.reported(on, today).map(|period| period.key.as_str());
    assert_eq!(reported(day(3, 14), day(3, 18)), None);
    assert_eq!(reported(day(3, 14), day(3, 19)), Some("2026-q1"));
    assert_eq!(reported(day(3, 15), day(3, 19)), None, "quarter II has begun");
}

#[test]
fn a_pile_of_another_unit_is_not_there_and_only_those_who_key_come_in() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let minh = town.sign_in("minh");
    let pile = Pile::begin(&town, &minh);
    let new = NewUser {
        name: "o-dien-nhap".to_owned(),
        display_name: "Nhập".to_owned(),
        password_hash: sipas::secrets::password::hash(PASSWORD).expect("a hash"),
        role: "data_entry".to_owned(),
        unit: "xa-o-dien".to_owned(),
        email: None,
        at: clock::now(),
    };
    town.db.by_nobody().add_user(&new).expect("a user");
    let other = town.sign_in("o-dien-nhap");
    assert_eq!(town.get_as(&other, &pile.address).status(), 404);
    for act in ["", "/finish", "/drop", "/discard", "/settle", "/again", "/store"] {
        assert_eq!(town.post_as(&other, &format!("{}{act}", pile.address), &[("place", "1")]).status(), 404, "{act}");
    }
    assert_eq!(town.post_as(&other, "/staff/entry", &[("point", &town.counter)]).status(), 422);
    let call = format!("/staff/entry/interview?code={}&mode=interview", town.counter);
    assert_eq!(town.get_as(&other, &call).status(), 404);
    let owner = town.sign_in("lan");
    assert_eq!(town.get_as(&owner, &pile.address).status(), 403);
    assert_eq!(town.get_as(&owner, &call).status(), 403);
    let state = town.db.entry_batches(&[town.db.unit_by_code("cau-giay-hcc").expect("units").expect("a unit").id]);
    assert_eq!(state.expect("batches")[0].state, EntryState::First);
}
