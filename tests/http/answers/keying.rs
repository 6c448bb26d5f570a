//! Paper sheets keyed twice, compared and stored; answers given by telephone and at home.

use std::ops::ControlFlow;

use chrono::NaiveDate;
use sipas::clock;
use sipas::db::{
    BatchState, BatchStored, Db, NewPaperBatch, NewPoint, NewStep, NewUser, Sheet, SheetFilter, TallyFilter,
};
use sipas::plan::Channel;
use sipas::plan::closing::ClosingStep;
use sipas::sheet::tally::{Mode, Series};

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{PASSWORD, Town, attempt, form_pairs, location, page, texts, with};

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
        assert_eq!(texts(&blind, "h1"), ["Nhập lần 2 · Phiếu số 1 / 2"]);
        assert_eq!(pile.key(&second, (2, 1), &day, "5", &[]).0, 303);
        assert_eq!(pile.key(&second, (2, 2), &day, "2", &[(&item, "3"), ("comment", "Chờ lâu.")]).0, 303);
        pile.finish(&second);

        let (_, compared) = page(town.get_as(&second, &pile.address));
        assert_eq!(texts(&compared, "section.card .choice"), ["Lần 1 0 (không dùng)", "Lần 2 3"]);
        // The question that differs has the number of the paper, where the overall one has none.
        assert!(texts(&compared, "section.card legend").iter().any(|legend| legend.starts_with("1. ")));
        // Before it is settled nothing is stored, whatever is posted.
        town.post_as(&second, &format!("{}/store", pile.address), &[]);
        assert_eq!(town.stored(), 0);
        town.post_as(&second, &format!("{}/settle", pile.address), &[(&format!("k.2.{item}"), "2")]);
        let done = town.post_as(&second, &format!("{}/store", pile.address), &[("series", "sample")]);
        assert_eq!(location(&done), "/staff/entry?done=stored&count=2");

        let sheets = stored(&town.db);
        assert_eq!(sheets.len(), 2);
        for sheet in &sheets {
            assert_eq!((sheet.key.mode, sheet.key.series), (Mode::Paper, Series::Sample));
            assert_eq!(sheet.key.day, clock::day_number(today));
        }
        let mut second_answers: Vec<u8> = sheets.iter().map(|sheet| sheet.answers[1]).collect();
        second_answers.sort_unstable();
        assert_eq!(second_answers, [3, 5], "the settled key, not the first");
        // The batch is gone, so that it is stored once and nothing leads from it to the sheets.
        assert_eq!(location(&town.post_as(&second, "/staff/entry", &[("point", &town.counter), ("version", "3")])), pile.address, "the number is free again");
        let nothing = |_: usize| unreachable!("nothing was stored");
        assert_eq!(town.db.store_entry_batch(99, Series::Sample, nothing), Ok(BatchStored::Gone));
    }

    fn a_sheet_that_was_overtaken_is_shown_again_with_all_that_was_typed(fresh) {
        let town = Town::start(fresh);
        let (minh, other) = (town.sign_in("minh"), town.sign_in("staff"));
        let pile = Pile::begin(&town, &minh);
        let day = clock::today().to_string();
        let item = pile.questions[0].clone();
        let unit = town.db.unit_by_code("cau-giay-hcc").expect("asked").expect("a unit").id;
        let keyed = || town.db.entry_batches(&[unit]).expect("batches").first().map(|batch| (batch.state, batch.keyed));
        let id = town.db.entry_batches(&[unit]).expect("batches")[0].id;
        let first_answers = || town.db.keyed_sheets(id, 1).expect("sheets").iter().map(|row| row.answers[0]).collect::<Vec<_>>();
        let form = |address: &str| form_pairs(&page(town.get_as(&minh, address)).1, "#keying");
        let filled = |shown: &[(String, String)], key: &str, last: &str| {
            let keys: Vec<_> = pile.questions.iter().map(|question| (question.as_str(), key)).collect();
            with(with(shown.to_vec(), &keys), &[("day", day.as_str()), (item.as_str(), last)])
        };
        let send = |session: &str, act: &str, pairs: &[(String, String)]| page(town.send_as(session, &format!("{}{act}", pile.address), pairs));
        let value = |page: &str, name: &str| form_pairs(page, "#keying").into_iter().find(|(known, _)| known == name).map(|(_, value)| value);

        // Two people at one pile: the second one's sheet is no other's place.
        let shown = form(&pile.address);
        assert_eq!(send(&other, "", &filled(&shown, "5", "5")).0, 303);
        assert_eq!(send(&other, "", &filled(&shown, "5", "5")).0, 303, "a double press");
        let (status, told) = send(&minh, "", &filled(&shown, "2", "1"));
        assert!(status == 409 && told.contains("chưa được lưu"), "{told}");
        assert_eq!((value(&told, &item), value(&told, "place")), (Some("1".to_owned()), Some("2".to_owned())));
        assert_eq!(send(&minh, "", &form_pairs(&told, "#keying")).0, 303);
        assert_eq!(first_answers(), [5, 1]);
        // A sheet that another corrected is not put back unseen.
        let shown = form(&format!("{}?sheet=1", pile.address));
        assert_eq!(send(&other, "", &filled(&shown, "4", "4")).0, 303);
        let (status, told) = send(&minh, "", &filled(&shown, "3", "3"));
        assert!(status == 409 && value(&told, &item).as_deref() == Some("3"), "{told}");
        assert_eq!(first_answers(), [4, 1]);
        // Taking a sheet out twice takes one.
        assert_eq!(send(&minh, "", &filled(&form(&pile.address), "2", "2")).0, 303);
        let drop = form_pairs(&page(town.get_as(&minh, &format!("{}?sheet=1", pile.address))).1, "form[action$=drop]");
        for _ in 0..2 {
            assert_eq!(send(&minh, "/drop", &drop).0, 303);
        }
        assert_eq!(first_answers(), [1, 2]);

        // The keying was ended meanwhile, once, however often its button is pressed.
        let shown = form(&pile.address);
        let last = filled(&shown, "4", "4");
        for _ in 0..2 {
            let finished = town.send_as(&other, &format!("{}/finish", pile.address), &last);
            assert_eq!(location(&finished), "/staff/entry?done=first");
        }
        assert_eq!(keyed(), Some((BatchState::Second, [3, 0])));
        for act in ["", "/finish"] {
            let (status, told) = send(&minh, act, &filled(&shown, "2", "1"));
            assert!(status == 409 && told.contains("kết thúc lần nhập này"), "{told}");
            assert_eq!(value(&told, &item).as_deref(), Some("1"));
        }
        assert_eq!(keyed(), Some((BatchState::Second, [3, 0])));

        // The batch is gone, and another one has its number.
        let shown = form(&pile.address);
        for _ in 0..2 {
            assert_eq!(send(&other, "/discard", &[]).0, 303);
        }
        for again in [false, true] {
            if again {
                assert_eq!(Pile::begin(&town, &other).address, pile.address);
            }
            let (status, told) = send(&minh, "", &filled(&shown, "2", "1"));
            assert!(status == 409 && told.contains("đã được đưa vào kết quả hoặc đã bỏ"), "{told}");
            assert_eq!(value(&told, &item).as_deref(), Some("1"));
        }
        assert_eq!(keyed(), Some((BatchState::First, [0, 0])));
        // A number is given again, to another ward too.
        assert_eq!(send(&other, "/discard", &[]).0, 303);
        let far = NewPoint {
            unit: "xa-o-dien".to_owned(),
            name_vi: "Quầy 1".to_owned(),
            name_en: "Counter 1".to_owned(),
            form: "thu-tuc-hanh-chinh-ngan".to_owned(),
            fields: vec!["judicial".to_owned()],
            channel: Channel::Counter,
            opened_on: clock::today(),
        };
        town.db.by_nobody().add_point(&far).expect("a point");
        let their_unit = town.db.unit_by_code("xa-o-dien").expect("asked").expect("another ward").id;
        let theirs = town.db.points(Some(&[their_unit])).expect("points").remove(0);
        let by = town.db.users().expect("users").first().expect("a user").id;
        let form = town.db.newest_form(&theirs.form).expect("asked").expect("published").id;
        let new = NewPaperBatch { unit: theirs.unit, point: theirs.point, form, by, at: clock::now() };
        assert_eq!(town.db.by_nobody().begin_entry_batch(new), Ok(id));
        let (status, told) = send(&minh, "", &filled(&shown, "2", "1"));
        assert!(status == 409 && value(&told, &item).as_deref() == Some("1"), "{told}");
    }

    fn a_pile_is_settled_as_its_page_showed_it_and_an_old_page_takes_nothing_away(fresh) {
        let town = Town::start(fresh);
        let (minh, other) = (town.sign_in("minh"), town.sign_in("staff"));
        let pile = Pile::begin(&town, &minh);
        let day = clock::today().to_string();
        for (place, key) in (1..).zip(["5", "4", "3", "2"]) {
            assert_eq!(pile.key(&minh, (1, place), &day, key, &[]).0, 303);
        }
        pile.finish(&minh);
        for (place, key) in (1..).zip(["5", "4"]) {
            assert_eq!(pile.key(&other, (2, place), &day, key, &[]).0, 303);
        }
        pile.finish(&other);
        let unit = town.db.unit_by_code("cau-giay-hcc").expect("asked").expect("a unit").id;
        let id = town.db.entry_batches(&[unit]).expect("batches")[0].id;
        let keyed = || [1, 2].map(|pass| town.db.keyed_sheets(id, pass).expect("sheets").iter().map(|row| row.answers[0]).collect::<Vec<_>>());
        let shown = page(town.get_as(&other, &pile.address)).1;
        let (settle, again) = (form_pairs(&shown, "form[action$=settle]"), form_pairs(&shown, "form[action$=again]"));
        let send = |act: &str, pairs: &[(String, String)]| location(&town.send_as(&other, &format!("{}/{act}", pile.address), pairs));

        // The third sheet may be a slip or one that was passed over: until that is said the fourth has no place in the second keying.
        assert_eq!(send("settle", &with(settle.clone(), &[("k.4.only", "keep")])), pile.address);
        assert_eq!(keyed(), [vec![5, 4, 3, 2], vec![5, 4]]);
        let both = with(settle, &[("k.3.only", "drop"), ("k.4.only", "keep")]);
        assert_eq!(send("settle", &both), pile.address);
        assert_eq!(keyed(), [vec![5, 4, 2], vec![5, 4, 2]]);
        for (act, pairs) in [("settle", &both), ("again", &again)] {
            assert_eq!(send(act, pairs), format!("{}?done=changed", pile.address), "{act} from an old page");
        }
        assert_eq!(keyed(), [vec![5, 4, 2], vec![5, 4, 2]]);
        assert!(page(town.get_as(&other, &format!("{}?done=changed", pile.address))).1.contains("đã thay đổi từ lúc mở trang"));
        let log = town.db.audit_rows(&["cau-giay-hcc".to_owned()], None, 50).expect("the log");
        assert!(log.iter().all(|row| row.action != "repeat_second_keying"));
        let settled = log.iter().filter(|row| row.action == "settle_batch").count();
        assert_eq!(settled, 2, "what changed a keying is in the log, and the page that was too old is not");
    }

    fn the_sheet_being_typed_is_kept_before_the_keying_ends_or_another_sheet_opens(fresh) {
        let town = Town::start(fresh);
        let minh = town.sign_in("minh");
        let pile = Pile::begin(&town, &minh);
        let day = clock::today().to_string();
        let keyed = || town.db.entry_batches(&[town.db.unit_by_code("cau-giay-hcc").expect("asked").expect("a unit").id]).expect("batches")[0];
        assert_eq!(pile.key(&minh, (1, 1), &day, "5", &[]).0, 303);
        let (_, shown) = page(town.get_as(&minh, &pile.address));
        let document = scraper::Html::parse_document(&shown);
        let finish = format!("{}/finish", pile.address);
        let button = crate::town::select(&document, &format!("button[form=keying][formaction=\"{finish}\"]"));
        assert_eq!(button.len(), 1, "the finish sends the sheet along");

        // Another sheet: the one being typed is kept, and an empty one is none.
        let empty = [("pass", "1"), ("place", "2"), ("day", day.as_str()), ("respondent", "person"), ("then", "1")];
        assert_eq!(location(&town.post_as(&minh, &pile.address, &empty)), format!("{}?sheet=1", pile.address));
        assert_eq!(keyed().keyed, [1, 0]);
        assert_eq!(pile.key(&minh, (1, 2), &day, "7", &[("then", "1")]).0, 422, "unsound, so nowhere else");
        assert_eq!(pile.key(&minh, (1, 2), &day, "4", &[("then", "1")]).0, 303);
        assert_eq!(keyed().keyed, [2, 0]);

        // The end of the keying likewise.
        let mut typed = vec![("pass", "1"), ("place", "3"), ("day", day.as_str()), ("respondent", "person")];
        typed.extend(pile.questions.iter().map(|question| (question.as_str(), "7")));
        let (status, again) = page(town.post_as(&minh, &finish, &typed));
        assert_eq!((status, keyed().state), (422, BatchState::First));
        assert!(again.contains("Chưa lưu phiếu này"));
        for pair in typed.iter_mut().filter(|(name, _)| name.starts_with("q.")) {
            pair.1 = "3";
        }
        assert_eq!(location(&town.post_as(&minh, &finish, &typed)), "/staff/entry?done=first");
        assert_eq!((keyed().keyed, keyed().state), ([3, 0], BatchState::Second));
        // Sent twice it ends nothing more.
        assert_eq!(location(&town.post_as(&minh, &finish, &typed)), "/staff/entry?done=first");
        assert_eq!((keyed().keyed, keyed().state), ([3, 0], BatchState::Second));
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

/// Freezes periods of plan 69, quarter I and further ones, as the plan owner does.
fn freeze(town: &Town, periods: &[&str]) {
    let lan = town.sign_in("lan");
    for period in periods {
        let done = town.post_as(&lan, &format!("/staff/plans/cau-giay-2026/{period}/check"), &[("version", "1")]);
        assert!(location(&done).ends_with("?done=check"), "{period}");
    }
}

/// Freezes the year 2026 past the page, which waits for its cut-off.
fn freeze_the_year(town: &Town) {
    let step = NewStep {
        plan: "cau-giay-2026".to_owned(),
        period: "2026-year".to_owned(),
        version: 1,
        deed: ClosingStep::Check,
        by: (1, "lan".to_owned()),
        at: clock::now(),
        reason: String::new(),
        parts: Vec::new(),
    };
    town.db.by_nobody().close_period(&step).expect("a database").expect("a step");
}

#[test]
fn a_late_sheet_counts_where_a_period_is_open_and_is_refused_where_all_are_frozen() {
    let fresh = fresh_db(Backend::Sqlite);
    // An older installation's setting does nothing any more.
    let town = Town::start_with(&fresh, &[("SIPAS_LATE_SHEETS", "refuse")]);
    let minh = town.sign_in("minh");
    // Plan 69, III.3: quarter I counts 15 December to 14 March and was due on 18 March; the half-year and the year hold those days too.
    // A due day shuts nothing.
    let pile = Pile::begin(&town, &minh);
    for pass in [1, 2] {
        for place in 1..=10 {
            assert_eq!(pile.key(&minh, (pass, place), "2026-03-12", "5", &[]).0, 303);
        }
        if pass == 1 {
            // Between the keyings quarter I is frozen.
            freeze(&town, &["2026-q1"]);
        }
        pile.finish(&minh);
    }
    location(&town.post_as(&minh, &format!("{}/store", pile.address), &[]));
    let days: Vec<i32> = stored(&town.db).iter().map(|sheet| sheet.key.day).collect();
    let written = NaiveDate::from_ymd_opt(2026, 3, 12).expect("a date");
    assert_eq!(days, [clock::day_number(written); 10], "on the day written on them");

    // Both shorter periods frozen, the year open: stored all the same. All three frozen: refused, with their names.
    freeze(&town, &["2026-h1"]);
    let pile = Pile::begin(&town, &minh);
    assert_eq!(pile.key(&minh, (1, 1), "2026-03-12", "5", &[]).0, 303);
    freeze_the_year(&town);
    let (status, refused) = pile.key(&minh, (1, 2), "2026-03-12", "5", &[]);
    assert_eq!(status, 422);
    let said = texts(&refused, "#error li").join(" ");
    for period in ["Quý I/2026", "6 tháng đầu năm 2026", "Năm 2026"] {
        assert!(said.contains(period), "{period} in {said}");
    }
    let (status, refused) = pile.key(&minh, (1, 2), "2026-06-20", "5", &[]);
    assert_eq!(status, 303, "quarter III is open: {refused}");
    let (status, refused) = pile.key(&minh, (1, 3), "2025-06-30", "5", &[]);
    assert_eq!(status, 422, "the point opened on 1 July 2025");
    assert!(texts(&refused, "#error li").join(" ").contains("01/07/2025"));
    let ahead = (clock::today() + chrono::Days::new(1)).to_string();
    assert_eq!(pile.key(&minh, (1, 3), &ahead, "5", &[]).0, 422);
    assert_eq!(pile.key(&minh, (1, 3), &clock::today().to_string(), "", &[]).0, 422, "an empty sheet");
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
    assert_eq!(state.expect("batches")[0].state, BatchState::First);
}
