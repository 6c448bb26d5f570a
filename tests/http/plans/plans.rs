//! Plans on the staff pages: read as tables, changed in a form, copied, brought as files, kept over the next start.

use sipas::access::{Action, Role, may};

use crate::forms::open_again;
use crate::on_both;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{Town, form_pairs, location, page, select, texts, with};
use scraper::Html;

const PLAN: &str = "cau-giay-2026";
const EDIT: &str = "/staff/plans/cau-giay-2026/edit";
const ABOUT: &str = "/staff/plans/cau-giay-2026/about";

fn sqlite() -> FreshDb {
    fresh_db(Backend::Sqlite)
}

type Pairs = Vec<(String, String)>;

/// The form of a plan as its page gives it.
fn opened(town: &Town, session: &str, path: &str) -> Pairs {
    let (status, page) = page(town.get_as(session, path));
    assert_eq!(status, 200, "{path}");
    form_pairs(&page, "form.plan-form")
}

/// The row of a table whose cell holds a value.
fn row_with(pairs: &Pairs, key: &str, value: &str) -> String {
    let found = pairs.iter().find(|(name, known)| name.ends_with(&format!(".{key}")) && known == value);
    let (name, _) = found.unwrap_or_else(|| panic!("no {key} is {value}: {pairs:?}"));
    name.trim_end_matches(key).to_owned()
}

on_both! {
    fn a_plan_changed_on_a_page_survives_the_next_start(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let form = opened(&town, &lan, EDIT);
        let due = format!("{}due", row_with(&form, "due", "18/03/2026"));
        let done = town.send_as(&lan, EDIT, &with(form, &[(&due, "20/03/2026"), ("do", "keep")]));
        assert_eq!(location(&done), ABOUT);
        let about = town.get_as(&lan, ABOUT).text().expect("a page");
        assert!(texts(&about, "tbody tr").iter().any(|row| row.contains("20/03/2026")));
        let changed = town.db.plan(PLAN).expect("an answer").expect("a plan");
        assert_eq!(changed.revision, 2);
        let history = town.get_as(&lan, &format!("/staff/plans/{PLAN}/history")).text().expect("a page");
        let said = texts(&history, ".history li");
        assert_eq!(said, ["Kỳ Quý I/2026: Hạn báo cáo từ “18/03/2026” thành “20/03/2026”."]);
        drop(town);
        let again = open_again(fresh);
        assert_eq!(again.db.plan(PLAN).expect("an answer").expect("a plan"), changed);
        // Nor does a file with new content, as a later release of the program may bring it, undo what the ward decided.
        let mut shipped = changed.plan.clone();
        "Từ tệp của bản phát hành sau".clone_into(&mut shipped.title_vi);
        let (hash, content) = sipas::db::plan_content(&shipped).expect("content");
        let seeded = again.db.seed_plan(&shipped, &hash, &content, sipas::clock::today());
        assert!(!seeded.expect("an answer"));
        assert_eq!(again.db.plan(PLAN).expect("an answer").expect("a plan"), changed);
    }

    fn a_plan_can_be_changed_back_and_saving_nothing_new_makes_no_revision(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let before = town.db.plan(PLAN).expect("an answer").expect("a plan").plan;
        let keep = |changes: &[(&str, &str)]| {
            let form = with(opened(&town, &lan, EDIT), changes);
            town.send_as(&lan, EDIT, &with(form, &[("do", "keep")])).status()
        };
        assert_eq!(keep(&[]), 303);
        assert_eq!(town.db.plan(PLAN).expect("an answer").expect("a plan").revision, 1, "the form says what the plan says");
        assert_eq!(keep(&[("number", "70/KH-UBND")]), 303);
        assert_eq!(keep(&[("number", "69/KH-UBND")]), 303);
        let back = town.db.plan(PLAN).expect("an answer").expect("a plan");
        assert_eq!((back.revision, back.plan), (3, before));
    }

    fn the_second_of_two_who_change_a_plan_at_once_is_told_and_keeps_what_was_typed(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let form = opened(&town, &lan, EDIT);
        let keep = |number: &str| {
            town.send_as(&lan, EDIT, &with(form.clone(), &[("number", number), ("do", "keep")]))
        };
        assert_eq!(keep("70/KH-UBND").status(), 303);
        let late = keep("71/KH-UBND");
        assert_eq!(late.status(), 409);
        let kept = form_pairs(&late.text().expect("a page"), "form.plan-form");
        assert!(kept.contains(&("number".to_owned(), "71/KH-UBND".to_owned())));
        assert_eq!(town.db.plan(PLAN).expect("an answer").expect("a plan").revision, 2);
    }

    fn a_plan_is_copied_to_the_next_year_with_every_date_a_year_on(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let about = town.get_as(&lan, ABOUT).text().expect("a page");
        assert!(texts(&about, "p.buttons a").contains(&"Sao chép sang năm 2027".to_owned()));
        let form = opened(&town, &lan, &format!("/staff/plans/new?from={PLAN}"));
        let done = town.send_as(&lan, "/staff/plans/new", &with(form, &[("do", "keep")]));
        assert_eq!(location(&done), "/staff/plans/cau-giay-2027/about");
        let old = town.db.plan(PLAN).expect("an answer").expect("a plan").plan;
        let new = town.db.plan("cau-giay-2027").expect("an answer").expect("a plan").plan;
        assert_eq!((new.targets.len(), new.tasks.len()), (old.targets.len(), old.tasks.len()));
        // FACTS.md, reporting periods of cau-giay-2026, each a year on.
        let days: Vec<String> = new.periods.iter().map(|period| format!("{} {} {} {:?}", period.key, period.from, period.to, period.due.map(|due| due.to_string()))).collect();
        assert!(days.contains(&"2027-q1 2026-12-15 2027-03-14 Some(\"2027-03-18\")".to_owned()), "{days:?}");
        assert!(days.contains(&"2027-year 2026-12-15 2027-12-14 Some(\"2027-12-18\")".to_owned()), "{days:?}");
        assert!(new.periods.iter().all(|period| period.assumed), "nobody has looked at these days yet");
        assert_eq!((new.number, new.dated), (None, None), "the new document is not there yet");
        assert!(new.title_vi.contains("2027") && !new.title_vi.contains("2026"), "{}", new.title_vi);
    }

    fn a_copy_pressed_in_two_windows_is_one_plan_and_one_that_says_otherwise_is_not_a_second(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let copy = format!("/staff/plans/new?from={PLAN}");
        let before = town.db.plans().expect("plans").len();
        // Both windows were opened before either was sent.
        let (first, second) = (opened(&town, &lan, &copy), opened(&town, &lan, &copy));
        let keep = |form: &[(String, String)], changes: &[(&str, &str)]| {
            let form = with(with(form.to_vec(), changes), &[("do", "keep")]);
            town.send_as(&lan, "/staff/plans/new", &form)
        };
        for form in [&first, &second, &first] {
            assert_eq!(location(&keep(form, &[])), "/staff/plans/cau-giay-2027/about");
        }
        let other = keep(&second, &[("number", "9/KH-UBND")]);
        assert_eq!(other.status(), 422);
        assert!(other.text().expect("a page").contains("Đơn vị đã có kế hoạch mang tên này cho đúng thời gian này"));
        assert_eq!(town.db.plans().expect("plans").len(), before + 1);
        // Under a name of its own it is a plan of its own.
        let own = keep(&second, &[("title_vi", "Kế hoạch khảo sát chuyên đề năm 2027")]);
        assert_eq!(location(&own), "/staff/plans/cau-giay-2027-so-2/about");
    }

    fn a_copy_sent_twice_at_the_same_moment_is_one_plan(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let before = town.db.plans().expect("plans").len();
        let form = with(opened(&town, &lan, &format!("/staff/plans/new?from={PLAN}")), &[("do", "keep")]);
        let send = || location(&town.send_as(&lan, "/staff/plans/new", &form));
        let (one, other) = std::thread::scope(|scope| {
            let other = scope.spawn(send);
            (send(), other.join().expect("an answer"))
        });
        assert_eq!((one.as_str(), other.as_str()), ("/staff/plans/cau-giay-2027/about", "/staff/plans/cau-giay-2027/about"));
        assert_eq!(town.db.plans().expect("plans").len(), before + 1);
    }

    fn a_new_plan_is_typed_into_a_form_and_measured_at_once(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let mut form = opened(&town, &lan, "/staff/plans/new");
        form = with(form, &[
            ("title_vi", "Kế hoạch khảo sát hài lòng năm 2026"), ("number", "12/KH-UBND"), ("dated", "5/1/2026"),
            ("from", "15/12/2025"), ("to", "14/12/2026"),
            ("target.0.clause", "II.1"), ("target.0.title_vi", "Hài lòng chung"), ("target.0.minimum", "87,5"),
            ("calendar_year", "2026"), ("do", "calendar.december"),
        ]);
        let laid_out = town.send_as(&lan, "/staff/plans/new", &form);
        assert_eq!(laid_out.status(), 200);
        let form = form_pairs(&laid_out.text().expect("a page"), "form.plan-form");
        let checked = town.send_as(&lan, "/staff/plans/new", &with(form.clone(), &[("do", "check")]));
        let (status, said) = page(checked);
        assert_eq!(status, 200);
        assert!(said.contains("Không có lỗi"), "{said}");
        let done = town.send_as(&lan, "/staff/plans/new", &with(form, &[("do", "keep")]));
        let address = location(&done);
        assert_eq!(address, "/staff/plans/cau-giay-2026-so-2/about", "two plans of a ward and a year");
        let plan = town.db.plan("cau-giay-2026-so-2").expect("an answer").expect("a plan").plan;
        assert_eq!(plan.targets[0].minimum.to_bits(), 0.875_f64.to_bits());
        assert_eq!(plan.periods.len(), 4);
        assert_eq!(town.get_as(&lan, "/staff/plans/cau-giay-2026-so-2/2026-year").status(), 200);
    }

    fn a_plan_goes_out_as_a_workbook_and_comes_back_as_itself(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let file = town.get_as(&lan, &format!("/staff/plans/{PLAN}/plan.xlsx")).bytes().expect("a file");
        let read = town.send_file_as(&lan, &format!("/staff/plans/{PLAN}/import"), ("kế hoạch.xlsx", &file), &[]);
        let (status, filled) = page(read);
        assert_eq!(status, 200, "{:?}", texts(&filled, ".error"));
        let form = form_pairs(&filled, "form.plan-form");
        let before = town.db.plan(PLAN).expect("an answer").expect("a plan").plan;
        let done = town.send_as(&lan, EDIT, &with(form, &[("do", "keep")]));
        assert_eq!(done.status(), 303, "{:?}", texts(&done.text().expect("a page"), ".summary li"));
        let after = town.db.plan(PLAN).expect("an answer").expect("a plan").plan;
        // Identifiers of targets are not in people's workbooks, and stay: what was closed is known by them.
        let said = |plan: &sipas::plan::Plan| (plan.periods.clone(), plan.tasks.clone(), plan.targets.iter().map(|target| (target.id.clone(), target.title_vi.clone(), target.minimum.to_bits(), target.fields.clone(), target.to)).collect::<Vec<_>>());
        assert_eq!(said(&after), said(&before));
    }
}

#[test]
fn the_page_of_a_plan_shows_every_target_period_and_task() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let plan = town.db.plan(PLAN).expect("an answer").expect("a plan").plan;
    let page = town.get_as(&lan, ABOUT).text().expect("a page");
    let rows = texts(&page, "tbody tr");
    assert_eq!(rows.len(), plan.targets.len() + plan.periods.len() + plan.tasks.len());
    for task in &plan.tasks {
        let row = rows.iter().find(|row| row.contains(&task.title_vi)).expect("a row");
        for words in [&task.lead, &task.leader, &task.deadline].into_iter().flatten().chain(&task.coordinates) {
            assert!(row.contains(words.as_str()), "{words} is not in {row}");
        }
    }
    let list = town.get_as(&lan, "/staff/").text().expect("a page");
    assert!(!select(&Html::parse_document(&list), &format!("a[href='{ABOUT}']")).is_empty());
    let file = town.get_as(&lan, &format!("/staff/plans/{PLAN}/toml"));
    assert_eq!(file.headers()["content-disposition"], format!("attachment; filename=\"{PLAN}.toml\""));
    assert_eq!(file.text().expect("a file"), sipas::plan::to_toml(&plan));
}

#[test]
fn assumed_days_are_marked_until_the_owner_replaces_them() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let hoa = town.sign_in("hoa");
    let (about, edit) = ("/staff/plans/o-dien-2026-2030/about", "/staff/plans/o-dien-2026-2030/edit");
    let marked = |page: &str| texts(page, "td span").iter().filter(|text| *text == "(tạm xác định)").count();
    let before = marked(&town.get_as(&hoa, about).text().expect("a page"));
    assert!(before > 0);
    let form = opened(&town, &hoa, edit);
    let ticked = format!("{}assumed", row_with(&form, "assumed", "yes"));
    let done = town.send_as(&hoa, edit, &with(form, &[(&ticked, ""), ("do", "keep")]));
    assert_eq!(done.status(), 303);
    assert_eq!(marked(&town.get_as(&hoa, about).text().expect("a page")), before - 2, "first day and cut-off");
}

#[test]
fn a_plan_with_faults_is_kept_as_typed_and_every_fault_is_said_at_its_cell() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let form = opened(&town, &lan, EDIT);
    let refused = town.send_as(
        &lan,
        EDIT,
        &with(form.clone(), &[("dated", "30/02/2026"), ("target.0.minimum", "chín mươi"), ("do", "keep")]),
    );
    let (status, refused) = page(refused);
    assert_eq!(status, 422);
    assert_eq!(
        texts(&refused, ".field-error"),
        [
            "“30/02/2026” không phải là ngày; viết ngày/tháng/năm, như 14/03/2026.",
            "“chín mươi” không phải là tỷ lệ; viết trên 0 đến 100, như 90 hoặc 87,5%."
        ]
    );
    let kept = form_pairs(&refused, "form.plan-form");
    assert!(kept.contains(&("dated".to_owned(), "30/02/2026".to_owned())));
    // Rules over several cells are said at the cell that breaks them.
    let due = format!("{}due", row_with(&form, "due", "18/06/2026"));
    let (status, refused) =
        page(town.send_as(&lan, EDIT, &with(form.clone(), &[(&due, "01/06/2026"), ("do", "keep")])));
    assert_eq!(status, 422);
    assert_eq!(texts(&refused, ".field-error"), ["Hạn báo cáo 01/06/2026 đứng trước ngày chốt số liệu 14/06/2026."]);
    // A row comes and goes by a button, and nothing typed is lost.
    let added = town.send_as(&lan, EDIT, &with(form, &[("number", "70/KH-UBND"), ("do", "add.task")]));
    let grown = form_pairs(&added.text().expect("a page"), "form.plan-form");
    assert!(grown.contains(&("number".to_owned(), "70/KH-UBND".to_owned())));
    let tasks = town.db.plan(PLAN).expect("an answer").expect("a plan").plan.tasks.len();
    assert_eq!(row_with(&grown, "title_vi", ""), format!("task.{tasks}."));
    assert_eq!(town.post_as(&lan, EDIT, &[("title_vi", &"x".repeat(1_100_000))]).status(), 413);
    assert_eq!(town.db.plan(PLAN).expect("an answer").expect("a plan").revision, 1);
}

#[test]
fn the_mark_of_who_receives_complaints_stays_through_form_and_file_and_stands_once() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let marked = || {
        let plan = town.db.plan(PLAN).expect("an answer").expect("a plan").plan;
        let titles = plan.tasks.into_iter().filter(|task| task.serves.is_some()).map(|task| task.title_vi);
        titles.collect::<Vec<_>>()
    };
    let before = marked();
    assert_eq!(before.len(), 1);
    let form = opened(&town, &lan, EDIT);
    let ticked = row_with(&form, "serves", "complaints");
    let (title, other) = (format!("{ticked}title_vi"), if ticked == "task.0." { "task.1." } else { "task.0." });
    let renamed = with(form, &[(&title, "Trả lời người dân"), ("do", "keep")]);
    assert_eq!(town.send_as(&lan, EDIT, &renamed).status(), 303);
    assert_eq!(marked(), ["Trả lời người dân"]);
    let about = town.get_as(&lan, ABOUT).text().expect("a page");
    let rows = texts(&about, "tbody tr");
    let said: Vec<_> = rows.iter().filter(|row| row.contains("nơi chủ trì tiếp nhận phản ánh, kiến nghị")).collect();
    assert!(matches!(said.as_slice(), [row] if row.contains("Trả lời người dân")), "{said:?}");

    // Two of them are refused at the second, whichever was there before.
    let two = with(opened(&town, &lan, EDIT), &[(&format!("{other}serves"), "complaints"), ("do", "keep")]);
    let (status, refused) = page(town.send_as(&lan, EDIT, &two));
    assert_eq!(status, 422);
    let words = "Kế hoạch đã có một nhiệm vụ khác là nơi tiếp nhận phản ánh, kiến nghị; chỉ đánh dấu một nhiệm vụ.";
    assert_eq!(texts(&refused, "fieldset .field-error"), [words]);

    // A table that has no column for it keeps the mark of the task of the same words.
    let import = format!("/staff/plans/{PLAN}/import");
    let read = |pasted: &str| {
        let (status, filled) = page(town.send_file_as(&lan, &import, ("", b""), &[("pasted", pasted)]));
        assert_eq!(status, 200, "{:?}", texts(&filled, ".error"));
        let form = form_pairs(&filled, "form.plan-form");
        let marks = form.iter().filter(|(name, value)| name.ends_with(".serves") && value == "complaints");
        marks.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        read("Nhiệm vụ\tChủ trì\nKhảo sát\tPhòng Văn hóa – Xã hội\nTrả lời người dân\tVăn phòng\n"),
        ["task.1.serves"]
    );
    // One that has a column says it.
    let table = |survey: &str| {
        let head = "Nhiệm vụ\tChủ trì\tNơi tiếp nhận phản ánh, kiến nghị";
        format!("{head}\nKhảo sát\tPhòng Văn hóa – Xã hội\t{survey}\nTrả lời người dân\tVăn phòng\tkhông\n")
    };
    assert_eq!(read(&table("Có")), ["task.0.serves"]);
    assert_eq!(read(&table("không")), Vec::<String>::new());

    let taken = with(opened(&town, &lan, EDIT), &[(&format!("{ticked}serves"), ""), ("do", "keep")]);
    assert_eq!(town.send_as(&lan, EDIT, &taken).status(), 303);
    assert_eq!(marked(), Vec::<String>::new());
}

#[test]
fn tables_pasted_from_a_document_fill_the_form() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let pasted = "STT\tNội dung công việc\tCơ quan chủ trì\tThời gian hoàn thành\n1\tKhảo sát hài lòng\tPhòng Văn hóa – Xã hội\tQuý III/2026\n";
    let read = town.send_file_as(
        &lan,
        "/staff/plans/new/import",
        ("", b""),
        &[("pasted", pasted), ("unit", "phuong-cau-giay")],
    );
    let (status, filled) = page(read);
    assert_eq!(status, 200, "{:?}", texts(&filled, ".error"));
    let form = form_pairs(&filled, "form.plan-form");
    assert_eq!(row_with(&form, "title_vi", "Khảo sát hài lòng"), "task.0.");
    assert_eq!(row_with(&form, "deadline", "Quý III/2026"), "task.0.");
    let toml = town.get_as(&lan, &format!("/staff/plans/{PLAN}/toml")).bytes().expect("a file");
    let read = town.send_file_as(&lan, "/staff/plans/new/import", ("cau-giay-2026.toml", &toml), &[]);
    assert!(
        form_pairs(&read.text().expect("a page"), "form.plan-form")
            .contains(&("number".to_owned(), "69/KH-UBND".to_owned()))
    );
    assert_eq!(town.db.plan(PLAN).expect("an answer").expect("a plan").revision, 1, "reading keeps nothing");
}

#[test]
fn every_role_meets_the_rights_of_the_table_and_other_units_plans_are_not_there() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    for role in Role::ALL {
        let session = town.sign_in_as(role, "phuong-cau-giay");
        let status = |action: Action, there: u16| if may(role, action) { there } else { 403 };
        assert_eq!(town.get_as(&session, ABOUT).status(), status(Action::ReadDocuments, 200), "{role:?}");
        assert_eq!(town.get_as(&session, EDIT).status(), status(Action::ChangePlans, 200), "{role:?}");
        let post = town.post_as(&session, EDIT, &[("title_vi", ""), ("do", "keep")]);
        assert_eq!(post.status(), status(Action::ChangePlans, 422), "{role:?}");
        let other = town.get_as(&session, "/staff/plans/o-dien-2026-2030/about");
        assert_eq!(other.status(), status(Action::ReadDocuments, 404), "{role:?}");
        let other = town.post_as(&session, "/staff/plans/o-dien-2026-2030/edit", &[("title_vi", ""), ("do", "keep")]);
        assert_eq!(other.status(), status(Action::ChangePlans, 404), "{role:?}");
    }
    for path in [ABOUT, EDIT, "/staff/plans/cau-giay-2026/toml"] {
        assert_eq!(town.get(path).status(), 303, "{path} without a session");
    }
}
