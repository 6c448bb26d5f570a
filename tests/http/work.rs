//! What is done about what citizens say: remedies before and after, tasks, dialogues, themes of comments.

use chrono::{Datelike, Days, NaiveDate};
use sipas::access::Role;
use sipas::cases::remedy::{Progress, Source};
use sipas::db::Remedy;
use sipas::index::{CriterionResult, IndexReport, Node, Suspects};
use sipas::service::figures::{Question, measure};
use sipas::sheet::tally::Series;

use crate::demo::Demo;
use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, form_pairs, page, texts, with};

fn seen(town: &Town, session: &str, address: &str) -> String {
    let pairs = form_pairs(&page(town.get_as(session, address)).1, "form.card");
    pairs.into_iter().find(|(name, _)| name == "seen").map(|(_, mark)| mark).unwrap_or_default()
}

fn remedy(town: &Town, session: &str, fields: &[(&str, &str)]) -> u16 {
    let mut form = vec![
        ("said", "Chờ lâu ở quầy số 1."),
        ("work", "Mở thêm một quầy buổi sáng."),
        ("person", "Nguyễn Thị Hồng"),
        ("office", "cau-giay-hcc"),
        ("due", "2026-05-31"),
        ("result", "Không ai chờ quá 30 phút."),
        ("state", "planned"),
    ];
    // As a browser that shows the page sends it: with the mark of what it shows.
    let number = fields.iter().find(|(name, _)| *name == "number").map(|(_, number)| *number);
    let seen = number.map(|number| seen(town, session, &format!("/staff/remedies/edit?number={number}")));
    form.extend(seen.as_deref().map(|seen| ("seen", seen)));
    form.retain(|(name, _)| !fields.iter().any(|(known, _)| known == name));
    form.extend_from_slice(fields);
    town.post_as(session, "/staff/remedies/edit", &form).status().as_u16()
}

on_both! {
    fn a_remedy_is_written_down_done_published_and_told(fresh) {
        let town = Town::start(fresh);
        let (owner, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        assert_eq!(remedy(&town, &owner, &[("work", " ")]), 422, "work is one of the six");
        assert_eq!(remedy(&town, &owner, &[]), 303);
        let list = page(town.get_as(&owner, "/staff/remedies")).1;
        assert!(list.contains("Mở thêm một quầy") && list.contains("quá hạn"), "its day has passed: {list}");
        assert!(!page(town.get("/results?unit=phuong-cau-giay")).1.contains("Mở thêm"), "nothing is published by itself");
        assert_eq!(remedy(&town, &leader, &[("number", "1"), ("state", "done"), ("published", "yes")]), 303);
        assert_eq!(remedy(&town, &leader, &[("number", "1"), ("state", "planned")]), 422, "nothing is planned once more");
        let results = page(town.get("/results?unit=phuong-cau-giay")).1;
        assert!(results.contains("Ông bà nói") && results.contains("Mở thêm một quầy"), "{results}");
        assert!(!results.contains("Nguyễn Thị Hồng"), "who did it is the office's own");
        let notice = page(town.get_as(&owner, "/staff/remedies/notice")).1;
        assert!(texts(&notice, ".poster").join(" ").contains("Phường đã làm: Mở thêm một quầy"), "{notice}");
        assert_eq!(remedy(&town, &town.sign_in("viewer"), &[]), 403);
    }

    fn dialogues_are_counted_and_judged_and_tasks_stand_in_the_report(fresh) {
        let town = Town::start(fresh);
        let leader = town.sign_in("leader");
        let hold = |on: &str, by_head: &str| {
            let form = [
                ("unit", "phuong-cau-giay"), ("on", on), ("state", "held"), ("topic", "Cải cách thủ tục"), ("people", "80"),
                ("by_head", by_head), ("asked", "Khi nào có quầy ưu tiên?"), ("answered", "Từ tháng tư."),
            ];
            assert_eq!(town.post_as(&leader, "/staff/dialogues/edit", &form).status(), 303);
        };
        hold("2026-03-10", "yes");
        let counted = || texts(&page(town.get_as(&leader, "/staff/targets")).1, ".counted tr").join(" ");
        assert!(counted().contains("1 cuộc trên 2 cuộc"), "{}", counted());
        hold("2026-06-10", "");
        assert!(counted().contains("2 cuộc trên 2 cuộc"), "{}", counted());
        assert!(page(town.get_as(&leader, "/staff/dialogues")).1.contains("Khi nào có quầy ưu tiên?"));

        let board = page(town.get_as(&leader, "/staff/tasks")).1;
        let document = scraper::Html::parse_document(&board);
        let selector = scraper::Selector::parse("input[name=task]").expect("a selector");
        let task = document.select(&selector).next().expect("a task").attr("value").expect("a value").to_owned();
        let plan = scraper::Selector::parse("input[name=plan]").expect("a selector");
        let plan = document.select(&plan).next().expect("a plan").attr("value").expect("a value").to_owned();
        let form = [("plan", plan.as_str()), ("task", task.as_str()), ("state", "done"), ("note", "Đã gửi Thành phố.")];
        assert_eq!(town.post_as(&leader, "/staff/tasks", &form).status(), 303);
        // Another page, opened before that, overwrites nothing unseen and keeps what was typed.
        let late = [("plan", plan.as_str()), ("task", task.as_str()), ("state", "planned"), ("note", "Chưa biết gì.")];
        let (status, told) = page(town.post_as(&leader, "/staff/tasks", &late));
        assert!(status == 409 && told.contains("Đã gửi Thành phố.") && told.contains("Chưa biết gì."), "{told}");
        let known = town.db.task_standings(&plan).expect("tasks").remove(0);
        assert_eq!((known.state, known.note.as_str()), (Progress::Done, "Đã gửi Thành phố."));
        assert_eq!(town.post_as(&leader, "/staff/tasks", &[("plan", plan.as_str()), ("task", "00")]).status(), 422);
        let period = if plan == "cau-giay-2026" { "2026-h1" } else { "2026-q1" };
        if plan == "cau-giay-2026" {
            // The plan file has 31 tasks: `grep -c '^\[\[task' plans/cau-giay-2026.toml`.
            let text = page(town.get_as(&leader, &format!("/staff/plans/{plan}/{period}/report.txt"))).1;
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            // The one that was said, and the two dialogues of the year, which are counted: nobody has to say that they were held.
            assert!(text.contains("Trong 31 nhiệm vụ: 2 đã xong"), "{text}");
        }
    }

    fn what_is_counted_says_how_far_its_task_is_on_the_board_and_in_the_morning(fresh) {
        let town = Town::start(fresh);
        let leader = town.sign_in("leader");
        let hold = |on: &str| {
            let form = [
                ("unit", "phuong-cau-giay"), ("on", on), ("state", "held"), ("topic", "Cải cách thủ tục"), ("people", "80"),
                ("by_head", ""), ("asked", "Khi nào có quầy ưu tiên?"), ("answered", "Từ tháng tư."),
            ];
            assert_eq!(town.post_as(&leader, "/staff/dialogues/edit", &form).status(), 303);
        };
        let title = "Ít nhất 02 cuộc đối thoại trong năm với người dân, doanh nghiệp, tổ chức";
        // The line of the count, and the card of the task that it counts: each begins with what it comes to.
        let said = || {
            let board = page(town.get_as(&leader, "/staff/tasks")).1;
            let count = texts(&board, ".counts p").into_iter().find(|line| line.contains(title)).expect("the count");
            let task = texts(&board, "main > section.card").into_iter().find(|card| card.starts_with(title)).expect("the task");
            (count, task)
        };
        hold("2026-03-10");
        let (_, task) = said();
        assert!(task.contains("Hệ thống đếm: 1 cuộc trên 2 cuộc") && !task.contains("Chưa làm hạn"), "{task}");
        hold("2026-06-10");
        let (count, task) = said();
        assert!(count.starts_with("Đạt") && task.contains("Đạt hạn: 31/12/2026"), "{count} | {task}");
        assert!(task.contains("2 cuộc trên 2 cuộc"), "{task}");
        let late = texts(&page(town.get_as(&leader, "/staff/tasks?show=late")).1, "main").concat();
        assert!(!late.contains(title), "what is met is late on no day");
        assert!(!page(town.get_as(&leader, "/staff/")).1.contains(title), "and waits for nobody");
    }

    fn whoever_stands_above_several_wards_chooses_one_and_writes_into_no_other(fresh) {
        let town = Town::start(fresh);
        let city = town.sign_in_as(Role::PlanOwner, "thanh-pho-ha-noi");
        let id = |code: &str| town.db.unit_by_code(code).expect("asked").expect("a ward").id;
        let pages = ["/staff/remedies", "/staff/remedies/edit", "/staff/remedies/notice", "/staff/tasks", "/staff/telling"];
        let settings = ["/staff/complaints/rules", "/staff/complaints/answer-template"];
        for address in pages.iter().chain(&settings) {
            let (status, shown) = page(town.get_as(&city, address));
            assert!(status == 200 && texts(&shown, "h1") == ["Chọn phường, xã"], "{address}: {shown}");
            let to = format!("{address}?ward=xa-o-dien");
            assert!(shown.contains(&format!("href=\"{to}\"")), "{to}: {shown}");
            let (status, shown) = page(town.get_as(&city, &to));
            assert!(status == 200 && shown.contains("Ô Diên"), "{to}: {shown}");
            assert_eq!(town.get_as(&city, &format!("{address}?ward=thanh-pho-ha-noi")).status(), 404, "{address}");
        }
        // Forms without it are refused, and nothing is written into whichever ward is the first.
        let rules = [("answer_days", "7"), ("extension_days", "3"), ("close_days", "9")];
        assert_eq!(town.post_as(&city, "/staff/complaints/rules", &rules).status(), 422);
        assert_eq!(town.post_as(&city, "/staff/complaints/rules?ward=xa-o-dien", &rules).status(), 303);
        let days = |code: &str| town.db.complaint_rules(id(code)).expect("rules").answer_days;
        // Fifteen is what holds until a ward sets its own.
        assert_eq!((days("xa-o-dien"), days("phuong-cau-giay")), (7, 15));
        // The form of a remedy leads where it came from, and its list on to it.
        let form = page(town.get_as(&city, "/staff/remedies/edit?ward=xa-o-dien")).1;
        assert!(form.contains("action=\"/staff/remedies/edit?ward=xa-o-dien\""), "{form}");
        let typed = [
            ("said", "Chờ lâu."), ("work", "Mở thêm một quầy."), ("person", "Ông Hà"), ("office", "xa-o-dien"), ("duty", ""),
            ("due", "2027-03-14"), ("result", "Chờ dưới mười phút."), ("authority", ""), ("state", "planned"), ("note", ""),
        ];
        assert_eq!(town.post_as(&city, "/staff/remedies/edit", &typed).status(), 422);
        let kept = town.post_as(&city, "/staff/remedies/edit?ward=xa-o-dien", &typed);
        assert_eq!(crate::town::location(&kept), "/staff/remedies?done=kept&ward=xa-o-dien");
        let count = |code: &str| town.db.remedies(&[id(code)]).expect("remedies").len();
        assert_eq!((count("xa-o-dien"), count("phuong-cau-giay")), (1, 0));
        let list = scraper::Html::parse_document(&page(town.get_as(&city, "/staff/remedies?ward=xa-o-dien")).1);
        let links = crate::town::select(&list, ".card h2 a");
        assert_eq!(links[0].attr("href"), Some("/staff/remedies/edit?number=1&ward=xa-o-dien"));
        // Who works for one ward is asked nothing, and names no other.
        let lan = town.sign_in("lan");
        assert!(texts(&page(town.get_as(&lan, "/staff/remedies")).1, "h1").concat().contains("Cầu Giấy"));
        assert_eq!(town.get_as(&lan, "/staff/remedies?ward=xa-o-dien").status(), 404);
    }

    fn a_plan_owner_of_an_office_is_told_whose_the_plan_is(fresh) {
        let town = Town::start(fresh);
        let (office, lan) = (town.sign_in_as(Role::PlanOwner, "cau-giay-hcc"), town.sign_in("lan"));
        for address in ["/staff/", "/staff/tasks", "/staff/plans/cau-giay-2026/2026-q1?unit=cau-giay-hcc"] {
            let told = texts(&page(town.get_as(&office, address)).1, "#office").concat();
            assert!(told.contains("không phải của Phường Cầu Giấy") && told.contains("nhờ quản trị"), "{address}: {told}");
            assert!(texts(&page(town.get_as(&lan, address)).1, "#office").is_empty(), "{address}");
        }
        let head = town.sign_in_as(Role::UnitHead, "cau-giay-hcc");
        assert!(texts(&page(town.get_as(&head, "/staff/")).1, "#office").is_empty(), "it is about plans");
        let admin = town.sign_in("administrator");
        assert!(page(town.get_as(&admin, "/staff/users/new")).1.contains("không khóa được kỳ của phường, xã"));
    }

    fn an_office_changes_its_own_work_only_and_takes_back_what_was_approved_in_other_words(fresh) {
        let town = Town::start(fresh);
        let leader = town.sign_in("leader");
        let (own, other) =
            (town.sign_in_as(Role::UnitHead, "cau-giay-hcc"), town.sign_in_as(Role::UnitHead, "cau-giay-tyt"));
        assert_eq!(remedy(&town, &leader, &[("state", "done"), ("published", "yes")]), 303);
        let results = || page(town.get("/results?unit=phuong-cau-giay")).1;
        assert!(results().contains("Mở thêm một quầy"));

        let stranger = [("number", "1"), ("state", "done"), ("work", "Lời của nơi khác.")];
        assert_eq!(remedy(&town, &other, &stranger), 404, "another office answers for it");
        assert_eq!(page(town.get_as(&other, "/staff/remedies/edit?number=1")).0, 404);
        assert_eq!(remedy(&town, &other, &[]), 422, "nor is a new one given to another office");
        assert!(!page(town.get_as(&other, "/staff/remedies")).1.contains("edit?number=1"));

        assert_eq!(remedy(&town, &own, &[("number", "1"), ("state", "done"), ("note", "Đã chạy một tháng.")]), 303);
        assert!(results().contains("Mở thêm một quầy"), "a note is not what everybody reads");
        let changed = [("number", "1"), ("state", "done"), ("work", "Lời chưa ai duyệt."), ("published", "yes")];
        assert_eq!(remedy(&town, &own, &changed), 303);
        assert!(!results().contains("Lời chưa ai duyệt"), "{}", results());
        assert_eq!(remedy(&town, &leader, &changed), 303);
        assert!(results().contains("Lời chưa ai duyệt"), "now it is approved");

        // What the whole ward says is nobody's of one office, whatever their role: a draft, a decision, the list of themes.
        let span = sipas::clock::today().format("%Y-%m").to_string();
        let begin = [("topic", "mended"), ("span", span.as_str())];
        assert_eq!(town.post_as(&own, "/staff/telling", &begin).status(), 404);
        assert_eq!(town.post_as(&leader, "/staff/telling", &begin).status(), 303);
        let office_leader = town.sign_in_as(Role::Leader, "cau-giay-hcc");
        let approve = [("number", "1"), ("version", "1"), ("deed", "approve")];
        assert_eq!(town.post_as(&office_leader, "/staff/telling/decide", &approve).status(), 404);
        assert_eq!(town.post_as(&own, "/staff/telling/told", &[("number", "1")]).status(), 404);
        let office_owner = town.sign_in_as(Role::PlanOwner, "cau-giay-hcc");
        assert_eq!(town.post_as(&office_owner, "/staff/comments/themes", &[("list", "Xe: xe")]).status(), 404);
        // Nor a task that the plan gives to another.
        let board = page(town.get_as(&leader, "/staff/tasks")).1;
        let mut task = form_pairs(&board, "form[action=\"/staff/tasks\"]");
        task.truncate(5);
        let lead_by_another = !page(town.get_as(&other, "/staff/tasks?show=unit")).1.contains(&task[1].1);
        assert!(lead_by_another, "{task:?}");
        assert_eq!(town.send_as(&other, "/staff/tasks", &task).status(), 404);
        assert_eq!(town.send_as(&leader, "/staff/tasks", &task).status(), 303);
    }

    fn a_double_press_keeps_one_and_an_old_page_overwrites_nothing_unseen(fresh) {
        let town = Town::start(fresh);
        let leader = town.sign_in("leader");
        let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward").id;
        for _ in 0..2 {
            assert_eq!(remedy(&town, &leader, &[]), 303);
        }
        assert_eq!(town.db.remedies(&[ward]).expect("remedies").len(), 1);
        let held = [
            ("unit", "phuong-cau-giay"), ("on", "2026-03-10"), ("state", "held"), ("topic", "Cải cách thủ tục"), ("people", "80"),
        ];
        let span = sipas::clock::today().format("%Y-%m").to_string();
        for _ in 0..2 {
            assert_eq!(town.post_as(&leader, "/staff/dialogues/edit", &held).status(), 303);
            let begun = town.post_as(&leader, "/staff/telling", &[("topic", "mended"), ("span", span.as_str())]);
            assert_eq!(crate::town::location(&begun), "/staff/telling/edit?number=1");
        }
        assert_eq!(town.db.dialogues(&[ward]).expect("dialogues").len(), 1);
        let log = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("the log");
        for deed in ["keep_remedy", "keep_dialogue", "keep_telling"] {
            assert_eq!(log.iter().filter(|row| row.action == deed).count(), 1, "{deed}");
        }

        for (address, form) in [
            ("/staff/remedies/edit?number=1", "form[action=\"/staff/remedies/edit\"]"),
            ("/staff/dialogues/edit?unit=phuong-cau-giay&number=1", "form[action=\"/staff/dialogues/edit\"]"),
        ] {
            let field = if address.contains("remedies") { "work" } else { "topic" };
            let to = address.split('?').next().unwrap_or_default();
            let both = form_pairs(&page(town.get_as(&leader, address)).1, form);
            let first = crate::town::with(both.clone(), &[(field, "Lời của người thứ nhất")]);
            assert_eq!(town.send_as(&leader, to, &first).status(), 303);
            let second = crate::town::with(both, &[(field, "Lời của người thứ hai")]);
            let (status, told) = page(town.send_as(&leader, to, &second));
            assert!(status == 422 && told.contains("“Lời của người thứ nhất”"), "{told}");
            // What was typed is there, and goes once both were seen.
            let again = form_pairs(&told, form);
            assert!(again.contains(&(field.to_owned(), "Lời của người thứ hai".to_owned())), "{again:?}");
            assert_eq!(town.send_as(&leader, to, &again).status(), 303);
        }
        assert_eq!(town.db.remedies(&[ward]).expect("remedies")[0].work, "Lời của người thứ hai");
        assert_eq!(town.db.dialogues(&[ward]).expect("dialogues")[0].topic, "Lời của người thứ hai");
    }

    fn a_change_sent_twice_is_done_once_and_is_no_change_of_another(fresh) {
        let town = Town::start(fresh);
        let (owner, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        let twice = |session: &str, to: &str, pairs: &[(String, String)]| {
            for press in ["first", "second"] {
                let (status, told) = page(town.send_as(session, to, pairs));
                assert_eq!(status, 303, "{to}, {press}: {told}");
            }
        };
        assert_eq!(remedy(&town, &leader, &[]), 303);
        let shown = form_pairs(&page(town.get_as(&leader, "/staff/remedies/edit?number=1")).1, "form.card");
        twice(&leader, "/staff/remedies/edit", &with(shown, &[("state", "done"), ("note", "Xong."), ("published", "yes")]));

        let held = [("unit", "phuong-cau-giay"), ("on", "2026-03-10"), ("state", "planned"), ("topic", "Đất đai"), ("people", "0")];
        assert_eq!(town.post_as(&leader, "/staff/dialogues/edit", &held).status(), 303);
        let address = "/staff/dialogues/edit?unit=phuong-cau-giay&number=1";
        let shown = form_pairs(&page(town.get_as(&leader, address)).1, "form.card");
        twice(&leader, "/staff/dialogues/edit", &with(shown.clone(), &[("state", "held"), ("by_head", "yes")]));
        // Whether the head of the ward led it counts: another's page that says otherwise is told.
        let (status, told) = page(town.send_as(&owner, "/staff/dialogues/edit", &with(shown, &[("state", "held")])));
        assert!(status == 422 && texts(&told, "#by_head-error").join(" ").contains("Người đứng đầu phường"), "{told}");

        let mut task = form_pairs(&page(town.get_as(&leader, "/staff/tasks")).1, "form[action=\"/staff/tasks\"]");
        task.truncate(5);
        twice(&leader, "/staff/tasks", &with(task, &[("state", "done"), ("note", "Đã gửi Thành phố.")]));

        let span = sipas::clock::today().format("%Y-%m").to_string();
        assert_eq!(town.post_as(&owner, "/staff/telling", &[("topic", "mended"), ("span", span.as_str())]).status(), 303);
        let shown = page(town.get_as(&owner, "/staff/telling/edit?number=1")).1;
        let shown = form_pairs(&shown, "form[action=\"/staff/telling/edit\"]");
        twice(&owner, "/staff/telling/edit", &with(shown, &[("title", "Phường đã làm")]));
        for deed in ["approve", "publish", "take_back"] {
            let decided = [("number", "1"), ("version", "2"), ("deed", deed)];
            twice(&leader, "/staff/telling/decide", &decided.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        let log = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("the log");
        for (deed, times) in
            [("keep_remedy", 2), ("keep_dialogue", 2), ("keep_task", 1), ("keep_telling", 2), ("decide_telling", 3)]
        {
            assert_eq!(log.iter().filter(|row| row.action == deed).count(), times, "{deed}");
        }
    }

    fn a_file_of_the_same_name_is_another_file_and_one_that_was_not_kept_is_to_be_chosen_again(fresh) {
        let town = Town::start(fresh);
        let (owner, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        assert_eq!(remedy(&town, &leader, &[]), 303);
        let send = |session: &str, pairs: &[(String, String)], file: &[u8]| {
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            page(town.send_file_as(session, "/staff/remedies/edit", ("anh.jpg", file), &pairs))
        };
        let shown = |session: &str| form_pairs(&page(town.get_as(session, "/staff/remedies/edit?number=1")).1, "form.card");
        let (mine, theirs) = (shown(&leader), shown(&owner));
        assert_eq!(send(&leader, &mine, b"the first picture").0, 303);
        assert_eq!(send(&leader, &mine, b"the first picture").0, 303, "a double press");
        // Another page knew no file: neither overwrites the other unseen, whatever the files are called.
        let kept = || town.db.remedy_evidence(town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward").id, 1);
        let (status, told) = send(&owner, &theirs, b"the second picture");
        assert!(status == 422 && texts(&told, "#evidence-error").join(" ").contains("hãy chọn lại tệp"), "{told}");
        assert!(told.contains("Người khác vừa sửa mục này"), "{told}");
        assert_eq!(kept().expect("asked").expect("a file").1, b"the first picture");
        // Of two pages that show the first file, too.
        let (mine, theirs) = (shown(&leader), shown(&owner));
        assert_eq!(send(&leader, &mine, b"the third picture").0, 303);
        assert_eq!(send(&owner, &theirs, b"the second picture").0, 422);
        assert_eq!(kept().expect("asked").expect("a file").1, b"the third picture");
        assert_eq!(send(&owner, &shown(&owner), b"the second picture").0, 303);
        assert_eq!(kept().expect("asked").expect("a file").1, b"the second picture");
        // A new remedy in the same words with another file of this name is another one.
        let new = [
            ("said", "Đông."), ("work", "Mở quầy."), ("person", "Hồng"), ("office", "cau-giay-hcc"), ("due", "2026-05-31"),
            ("result", "Bớt chờ."), ("state", "planned"),
        ];
        let new = new.map(|(name, value)| (name.to_owned(), value.to_owned()));
        for file in [&b"one"[..], b"one", b"two"] {
            assert_eq!(send(&leader, &new, file).0, 303);
        }
        let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward").id;
        assert_eq!(town.db.remedies(&[ward]).expect("remedies").len(), 3);

        // A task's product: what another said is not overwritten, and the same file sent twice is said once.
        let mut task = form_pairs(&page(town.get_as(&leader, "/staff/tasks")).1, "form[action=\"/staff/tasks\"]");
        task.truncate(5);
        let task: Vec<_> = task.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let say = |file: &[u8]| town.send_file_as(&leader, "/staff/tasks", ("bao-cao.pdf", file), &task).status().as_u16();
        assert_eq!([say(b"one"), say(b"one"), say(b"two")], [303, 303, 409]);
    }

    fn what_the_ward_approved_beforehand_goes_out_when_the_office_has_done_it(fresh) {
        let town = Town::start(fresh);
        let leader = town.sign_in("leader");
        let office = town.sign_in_as(Role::UnitHead, "cau-giay-hcc");
        let results = || page(town.get("/results?unit=phuong-cau-giay")).1;
        assert_eq!(remedy(&town, &leader, &[("published", "yes")]), 303);
        for address in ["/staff/remedies", "/staff/remedies/edit?number=1"] {
            let promised = page(town.get_as(&office, address)).1;
            assert!(promised.contains("ẽ được công khai khi đã xong"), "{promised}");
        }
        for state in ["under_way", "done", "under_way", "done"] {
            assert_eq!(remedy(&town, &office, &[("number", "1"), ("state", state)]), 303);
            assert_eq!(results().contains("Mở thêm một quầy"), state == "done", "{state}");
        }
        let listed = page(town.get_as(&office, "/staff/remedies")).1;
        assert!(listed.contains("Đã công khai") && !listed.contains("ẽ được công khai"), "{listed}");
        // What was given up is not published again by itself.
        for state in ["dropped", "done"] {
            assert_eq!(remedy(&town, &office, &[("number", "1"), ("state", state)]), 303);
            assert!(!results().contains("Mở thêm một quầy"), "{state}");
        }
    }

    fn a_ward_keeps_its_own_list_of_themes(fresh) {
        let town = Town::start(fresh);
        let owner = town.sign_in("lan");
        let first = page(town.get_as(&owner, "/staff/comments/themes")).1;
        assert!(first.contains("Chờ lâu:"), "the program's list to begin with");
        let keep = |list: &str| town.post_as(&owner, "/staff/comments/themes", &[("list", list)]).status().as_u16();
        assert_eq!(keep("Gửi xe: gửi xe, bãi xe\n: không tên"), 422);
        assert_eq!(keep("Gửi xe: gửi xe, bãi xe"), 303);
        let kept = page(town.get_as(&owner, "/staff/comments/themes")).1;
        assert!(kept.contains("Gửi xe: gửi xe") && !kept.contains("Thái độ"), "{kept}");
    }

    fn a_list_of_themes_is_of_the_ones_own_ward_and_of_no_ward_that_happens_to_stand_first(fresh) {
        let town = Town::start(fresh);
        let ward = |code: &str| town.db.unit_by_code(code).expect("asked").expect("a ward").id;
        // A ward that Cầu Giấy took over stands under it, and its code comes first.
        let before = sipas::db::NewUnit {
            code: "an-cu".to_owned(),
            kind: sipas::db::UnitKind::Ward,
            name_vi: "Phường cũ".to_owned(),
            name_en: "Old ward".to_owned(),
            parent: Some("phuong-cau-giay".to_owned()),
            valid_from: NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day"),
        };
        town.db.by_nobody().add_unit(&before).expect("a unit");
        let owner = town.sign_in("lan");
        let keep = |session: &str| town.post_as(session, "/staff/comments/themes", &[("list", "Gửi xe: bãi xe")]).status().as_u16();
        assert!(page(town.get_as(&owner, "/staff/comments/themes")).1.contains("Chủ đề góp ý: Phường Cầu Giấy"));
        assert_eq!(keep(&owner), 303);
        assert!(town.db.theme_list(ward("phuong-cau-giay")).expect("asked").is_some());
        assert_eq!(town.db.theme_list(ward("an-cu")).expect("asked"), None);
        // Whoever stands above several wards says whose list it is.
        let city = town.sign_in_as(Role::PlanOwner, "thanh-pho-ha-noi");
        assert_eq!(town.get_as(&city, "/staff/comments/themes").status(), 404);
        let shown = page(town.get_as(&city, "/staff/comments/themes?unit=xa-o-dien")).1;
        assert!(shown.contains("Chủ đề góp ý: Xã Ô Diên"), "{shown}");
        let pairs = with(form_pairs(&shown, "form.card"), &[("list", "Xe: xe")]);
        assert_eq!(town.send_as(&city, "/staff/comments/themes", &pairs).status(), 303);
        assert_eq!(town.db.theme_list(ward("xa-o-dien")).expect("asked").as_deref(), Some("Xe: xe"));
        assert_eq!(keep(&city), 404);
    }
}

#[test]
fn comments_are_taken_along_with_a_reason_only() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let leader = town.sign_in("leader");
    let take = |reason: &str| {
        let form = [("unit", "phuong-cau-giay"), ("month", "2026-03"), ("reason", reason)];
        town.post_as(&leader, "/staff/comments/export", &form)
    };
    assert_eq!(take("vì").status(), 422);
    let file = take("Báo cáo quý I gửi Thành phố.");
    assert_eq!(file.status(), 200);
    assert!(file.headers()["content-type"].to_str().expect("a type").starts_with("text/csv"));
    let rows = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 5).expect("the log");
    let row = rows.iter().find(|row| row.action == "export_comments").expect("a row");
    assert!(row.object.contains("2026-03: Báo cáo quý I"), "{row:?}");
}

#[test]
fn days_that_were_forgotten_are_named_on_the_page_of_comments_and_in_its_file() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let leader = town.sign_in("leader");
    let today = sipas::clock::today();
    let last = today - Days::new(u64::from(today.day()));
    let first = last - Days::new(u64::from(last.day0()));
    let month = format!("{}-{:02}", first.year(), first.month());
    let address = format!("/staff/comments?unit=phuong-cau-giay&month={month}");
    let said = || texts(&page(town.get_as(&leader, &address)).1, "#forgotten");
    let file = || {
        let form = [("unit", "phuong-cau-giay"), ("month", month.as_str()), ("reason", "Báo cáo gửi Thành phố.")];
        town.post_as(&leader, "/staff/comments/export", &form).text().expect("a file")
    };
    assert!(said().is_empty() && !file().contains("thời hạn lưu"));
    let kept = first + Days::new(9);
    town.db.forget_sheets_before(kept).expect("forgotten");
    let told = kept.format("trước ngày %d/%m/%Y").to_string();
    assert!(said().iter().any(|said| said.contains(&told)), "{:?}", said());
    assert!(file().contains(&told), "{}", file());
    town.db.forget_sheets_before(today).expect("forgotten");
    assert!(said().iter().any(|said| said.contains("của tháng này đã được xóa")), "{:?}", said());
}

#[test]
fn a_weak_criterion_is_measured_again_in_a_later_period_and_judged_with_the_rise_to_be_expected() {
    let demo = Demo::start();
    let at = |period: &str| {
        let question = Question {
            plan: "cau-giay-2026".to_owned(),
            period: period.to_owned(),
            unit: None,
            series: Series::Open,
            suspects: Suspects::In,
            live: false,
            today: sipas::clock::today(),
        };
        measure(&demo.db, &question).expect("figures").report
    };
    // The lowest criterion of quarter I that quarter III shows too.
    let shown = |report: &IndexReport| {
        let fields = report.fields.iter().filter_map(Node::shown);
        let criteria = fields.flat_map(|field| {
            let factors = field.factors.iter().filter_map(Node::shown);
            let criteria = factors.flat_map(|factor| factor.criteria.iter().filter_map(Node::shown));
            criteria.map(|criterion| (field.field.clone(), criterion.clone())).collect::<Vec<_>>()
        });
        criteria.collect::<Vec<_>>()
    };
    let (first, third) = (shown(&at("2026-q1")), shown(&at("2026-q3")));
    let again =
        |(field, one): &(String, CriterionResult)| third.iter().any(|(of, two)| of == field && two.item == one.item);
    let both = first.into_iter().filter(|found| again(found));
    let (field, weak) =
        both.min_by(|a, b| a.1.estimate.value.total_cmp(&b.1.estimate.value)).expect("a criterion shown twice");
    let ward = demo.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward");
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let remedy = Remedy {
        unit: ward.id,
        number: 0,
        source: Source::Criterion,
        source_of: format!("cau-giay-2026/2026-q1/{}/{}", field, weak.item),
        said: "Chờ lâu.".to_owned(),
        work: "Mở thêm quầy.".to_owned(),
        person: "Hồng".to_owned(),
        office: None,
        duty: String::new(),
        due: day("2026-05-31"),
        result: "Bớt chờ.".to_owned(),
        authority: String::new(),
        state: Progress::Done,
        note: String::new(),
        made_on: day("2026-04-01"),
        done_on: Some(day("2026-05-20")),
        published_on: None,
        evidence_name: String::new(),
    };
    let kept = demo.db.by_nobody().keep_remedy(None, &remedy, Some(b"a file".to_vec())).expect("kept");
    assert_eq!(kept, sipas::db::Kept::As(1));
    // The first half-year holds the days of quarter I: no comparison of two samples.
    assert!(at("2026-h1").remedies[0].compared.is_none());
    let q3 = at("2026-q3");
    let compared = q3.remedies[0].compared.as_ref().expect("a later period");
    let (_, after) = third.iter().find(|(of, two)| *of == field && two.item == weak.item).expect("the same criterion");
    assert_eq!(compared.before, weak.estimate);
    assert_eq!(compared.after, after.estimate);
    assert!((compared.difference - (after.estimate.value - weak.estimate.value)).abs() < 1e-12);
    assert!(compared.low < compared.difference && compared.difference < compared.high);
    assert!(compared.expected_rise.is_some_and(|rise| rise > 0.0), "the weakest lies below the mean: {compared:?}");
}

#[test]
fn what_waits_on_the_first_page_goes_by_what_is_done_and_by_who_leads_it() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let today = sipas::clock::today();
    let mut plan = town.db.plan("cau-giay-2026").expect("asked").expect("a plan").plan;
    plan.to = plan.to.max(today);
    let task = |title: &str, days: i64, lead: Option<&str>| {
        let due = today + chrono::TimeDelta::days(days);
        sipas::plan::Task {
            title_vi: title.to_owned(),
            lead: lead.map(str::to_owned),
            due: Some(due),
            ..plan.tasks[0].clone()
        }
    };
    let office = "Trạm Y tế phường Cầu Giấy";
    plan.tasks = vec![
        task("Việc đã xong", 5, None),
        task("Việc quá hạn", -5, Some(office)),
        task("Việc sắp đến hạn", 5, Some(office)),
        task("Việc của nơi khác", 6, Some("Văn phòng")),
        task("Việc còn xa", 60, None),
    ];
    let (hash, content) = sipas::db::plan_content(&plan).expect("content");
    assert!(town.db.seed_plan(&plan, &hash, &content, today).expect("stored"));
    let leader = town.sign_in("leader");
    let done = sipas::db::task_key(&plan.tasks[0]);
    let form = [("plan", plan.key.as_str()), ("task", done.as_str()), ("state", "done"), ("note", "")];
    assert_eq!(town.post_as(&leader, "/staff/tasks", &form).status(), 303);
    let soon = (today + chrono::Days::new(3)).to_string();
    assert_eq!(remedy(&town, &leader, &[("due", &soon), ("office", "cau-giay-hcc")]), 303);
    let waits = |session: &str, selector: &str| texts(&page(town.get_as(session, "/staff/")).1, selector).join(" | ");
    let all = waits(&leader, ".mine .tasks li");
    for (said, there) in [
        ("Việc đã xong", false),
        ("Việc quá hạn", true),
        ("Việc sắp đến hạn", true),
        ("Việc của nơi khác", true),
        ("Việc còn xa", false),
        ("Biện pháp: Mở thêm một quầy", true),
    ] {
        assert_eq!(all.contains(said), there, "{said} in {all}");
    }
    assert!(waits(&leader, ".mine .tasks li.late").contains("Việc quá hạn"), "late, and still there: {all}");
    // What an office leads waits for it, and nothing of others.
    let head = town.sign_in_as(Role::UnitHead, "cau-giay-tyt");
    let own = waits(&head, ".mine .tasks li");
    assert!(own.contains("Việc quá hạn") && own.contains("Việc sắp đến hạn"), "{own}");
    assert!(!own.contains("Việc của nơi khác") && !own.contains("Biện pháp"), "{own}");
    let other = waits(&town.sign_in_as(Role::UnitHead, "cau-giay-hcc"), ".mine .tasks li");
    assert!(other.contains("Biện pháp: Mở thêm một quầy") && !other.contains("Việc quá hạn"), "{other}");
}

#[test]
fn what_only_a_second_person_can_do_stands_first_for_who_may_and_did_not_write_it() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = crate::closing::a_town(&fresh);
    for place in 0..12 {
        town.load_with_words(&town.counter, "judicial", &format!("Chờ lâu ({place})."), "2026-01-13");
    }
    let (lan, leader) = (town.sign_in("lan"), town.sign_in("leader"));
    let first_of = |page: &str, selector: &str, name: &str| {
        let found = crate::town::select(&scraper::Html::parse_document(page), selector);
        found.iter().find_map(|element| element.attr(name)).expect("an element").to_owned()
    };
    // An answer, an article and a quotation, all by the plan's owner.
    let left = [
        ("unit", "phuong-cau-giay"),
        ("once", "5a0e8f3c-9999-4222-8333-000000000021"),
        ("lang", "vi"),
        ("kind", "complaint"),
        ("text", "Đèn ở cửa không sáng."),
        ("contact", ""),
    ];
    town.client.post(format!("{}/complaints", town.address)).form(&left).send().expect("an answer");
    let case = first_of(&page(town.get_as(&lan, "/staff/complaints")).1, ".card h2 a", "href");
    let answer = [("do", "draft"), ("answer", "Đã thay bóng đèn ngày hôm nay.")];
    for form in [&[("do", "accept")][..], &answer] {
        assert_eq!(town.post_as(&lan, &case, form).status(), 303, "{form:?}");
    }
    let month = sipas::clock::today().format("%Y-%m").to_string();
    let begun = [("topic", "mended"), ("span", month.as_str())];
    assert_eq!(town.post_as(&lan, "/staff/telling", &begun).status(), 303);
    let comments = page(town.get_as(&lan, "/staff/comments?unit=cau-giay-hcc&month=2026-01")).1;
    let words = first_of(&comments, "button[name=words]", "value");
    let quote = [
        ("unit", "cau-giay-hcc"),
        ("month", "2026-01"),
        ("report", "cau-giay-2026/2026-q1"),
        ("words", words.as_str()),
    ];
    assert_eq!(town.post_as(&lan, "/staff/comments/quote", &quote).status(), 303);

    let second = |session: &str| {
        let all = texts(&page(town.get_as(session, "/staff/")).1, ".mine .tasks li");
        let is_of_second = |line: &&String| {
            ["câu trả lời phản ánh", "bài", "trích dẫn"].iter().any(|what| line.starts_with(&format!("Duyệt 1 {what}")))
        };
        assert!(all.iter().skip_while(is_of_second).all(|line| !is_of_second(&line)), "they stand first: {all:?}");
        all.iter().filter(is_of_second).cloned().collect::<Vec<_>>()
    };
    let waits = second(&leader);
    for (line, said) in waits.iter().zip(["Duyệt 1 câu trả lời phản ánh", "Duyệt 1 bài", "Duyệt 1 trích dẫn"])
    {
        assert!(line.starts_with(said), "{line}");
    }
    assert_eq!(waits.len(), 3, "{waits:?}");
    assert!(second(&lan).is_empty(), "who wrote it does not approve it");
    // Who changes the answer has written it, and a quotation that is approved waits no more.
    let other = [("do", "draft"), ("answer", "Đã thay bóng đèn sáng nay, mời Ông/Bà kiểm tra.")];
    assert_eq!(town.post_as(&leader, &case, &other).status(), 303);
    let letter = "/staff/plans/cau-giay-2026/2026-q1/letter";
    let revision = first_of(&page(town.get_as(&leader, letter)).1, "input[name=revision]", "value");
    let approve = [("do", "approve"), ("place", "0"), ("revision", revision.as_str())];
    assert_eq!(town.post_as(&leader, &format!("{letter}/quotations"), &approve).status(), 303);
    let waits = second(&leader);
    assert!(waits.len() == 1 && waits[0].starts_with("Duyệt 1 bài"), "{waits:?}");
}
