//! Closing a period: two people, frozen figures everywhere, kept files, what was changed found, a new version with a reason.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use serde_json::Value;
use sipas::access::Role;
use sipas::db::Closing;
use sipas::plan::closing::State;
use sipas::service::closing::verify::{Standing, verify, versions};

use crate::on_both;
use crate::support::sheets::{first_point, sheet_of};
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{Town, location, page, texts};

const PAGE: &str = "/staff/plans/cau-giay-2026/2026-q1";
const JSON: &str = "/api/v1/plans/cau-giay-2026/periods/2026-q1/index";
const WHY: &str = "Trạm y tế gửi thiếu phiếu giấy";

/// Stores `people` sheets about judicial affairs at the one-stop centre in quarter I of 2026, every answer on `level`.
fn answered(town: &Town, people: usize, level: u8) {
    let (code, day) = (first_point(&town.db, "cau-giay-hcc"), "2026-01-12".parse().expect("a day"));
    let sheet = sheet_of(&town.db, "thu-tuc-hanh-chinh-ngan", &code, "judicial", day, level);
    town.db.load_sheets(vec![sheet; people]).expect("stored");
}

/// A town of which 28 of 40 people were satisfied in quarter I: 0.7.
pub fn a_town(fresh: &FreshDb) -> Town {
    let town = Town::start(fresh);
    answered(&town, 28, 5);
    answered(&town, 12, 2);
    town
}

fn figures(town: &Town, session: &str, query: &str) -> Value {
    let answer = town.get_as(session, &format!("{JSON}{query}"));
    assert_eq!(answer.status(), 200, "{query}");
    answer.json().expect("JSON")
}

/// The share of judicial affairs.
fn share(figures: &Value) -> f64 {
    let fields = figures["fields"].as_array().expect("fields");
    let field = fields.iter().find(|field| field["field"] == "judicial").expect("judicial");
    field["estimate"]["value"].as_f64().expect("a value")
}

fn is(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-12
}

fn file(town: &Town, session: &str, format: &str, query: &str) -> Vec<u8> {
    let answer = town.get_as(session, &format!("{PAGE}/report.{format}{query}"));
    assert_eq!(answer.status(), 200, "{format}");
    answer.bytes().expect("a file").to_vec()
}

fn step(town: &Town, session: &str, deed: &str, version: &str, reason: &str) -> u16 {
    let form = [("version", version), ("reason", reason)];
    town.post_as(session, &format!("{PAGE}/{deed}"), &form).status().as_u16()
}

pub fn publish(town: &Town) {
    let (lan, leader) = (town.sign_in("lan"), town.sign_in("leader"));
    for (session, deed) in [(&lan, "check"), (&leader, "approve"), (&lan, "publish")] {
        assert_eq!(step(town, session, deed, "1", ""), 303, "{deed}");
    }
}

fn closings(town: &Town) -> Vec<Closing> {
    town.db.closings_of("cau-giay-2026", "2026-q1").expect("closings")
}

/// Runs a command on the database: its status, and all that it says.
pub fn sipas(fresh: &FreshDb, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
    let said = command.env("SIPAS_DATABASE_URL", fresh.address()).args(arguments).output().expect("the program runs");
    let words = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    (said.status.code().expect("a status"), words)
}

/// What the check of the only version finds wrong.
fn wrong(town: &Town) -> Vec<&'static str> {
    let found = verify(&town.db, &versions(&town.db).expect("versions")[0]);
    assert!(found.len() >= 3, "{found:?}");
    found.into_iter().filter(|finding| finding.standing != Standing::Unchanged).map(|finding| finding.what).collect()
}

/// Lets parts and steps be changed, as somebody with the database's password can.
pub fn without_triggers(fresh: &FreshDb) {
    fresh.sql(if fresh.url().file().is_some() {
        "DROP TRIGGER closing_part_no_update; DROP TRIGGER closing_step_no_update;"
    } else {
        "DROP TRIGGER closing_part_no_change ON closing_part; DROP TRIGGER closing_step_no_change ON closing_step;"
    });
}

on_both! {
    fn a_leader_is_led_to_check_only_where_nobody_else_does_and_is_told_what_it_costs(fresh) {
        let town = a_town(fresh);
        let leader = town.sign_in("leader");
        let closing = format!("{PAGE}/closing");
        let shown = |path: &str| page(town.get_as(&leader, path)).1;
        let offered = |words: &str| {
            let (today, period) = (shown("/staff/"), shown(PAGE));
            (today.contains(words), period.contains(words))
        };
        // The ward has plan owners: who checked may not approve, so a leader is not led there.
        assert_eq!(offered("Kiểm tra và khóa số liệu"), (false, false));
        let warned = texts(&shown(&closing), "form.card .warn");
        assert!(warned.len() == 1 && warned[0].contains("hãy để người ấy kiểm tra và khóa"), "{warned:?}");
        let lan = town.sign_in("lan");
        assert!(page(town.get_as(&lan, PAGE)).1.contains("Kiểm tra và khóa số liệu"));
        assert!(texts(&page(town.get_as(&lan, &closing)).1, "form.card .warn").is_empty(), "it costs a plan owner nothing");

        // A ward of leaders alone: one of them checks, and is not asked to approve afterwards.
        for user in town.db.users().expect("users").into_iter().filter(|user| user.role == Role::PlanOwner.name()) {
            town.db.by_nobody().hand_over(user.id, None, false, sipas::clock::now()).expect("retired");
        }
        assert_eq!(offered("Kiểm tra và khóa số liệu"), (true, true));
        // Whoever may check the plan is asked for, and nobody else: an office's owner cannot, one of the city can.
        town.add_user("office-owner", Role::PlanOwner, "cau-giay-hcc");
        let office = town.sign_in("office-owner");
        assert_eq!(town.get_as(&office, &closing).status(), 404);
        assert_eq!(offered("Kiểm tra và khóa số liệu"), (true, true));
        town.add_user("city-owner", Role::PlanOwner, "thanh-pho-ha-noi");
        let city = town.sign_in("city-owner");
        assert!(page(town.get_as(&city, &closing)).1.contains("Kiểm tra và khóa số liệu"));
        assert_eq!(offered("Kiểm tra và khóa số liệu"), (false, false));
        let owner = town.db.users().expect("users").into_iter().find(|user| user.name == "city-owner").expect("a user");
        town.db.by_nobody().hand_over(owner.id, None, false, sipas::clock::now()).expect("retired");
        assert!(texts(&shown(&closing), "form.card .warn")[0].contains("phải có một lãnh đạo khác duyệt"));
        assert_eq!(step(&town, &leader, "check", "1", ""), 303);
        assert!(!shown("/staff/").contains("Duyệt số liệu: Quý I"));
        assert!(!shown(PAGE).contains("Duyệt số liệu đã khóa"));
        town.add_user("vice", Role::Leader, "phuong-cau-giay");
        let vice = town.sign_in("vice");
        assert!(page(town.get_as(&vice, PAGE)).1.contains("Duyệt số liệu đã khóa"));
        assert_eq!(step(&town, &vice, "approve", "1", ""), 303);
    }

    fn two_people_close_a_period_and_its_figures_move_no_more(fresh) {
        let town = a_town(fresh);
        let (lan, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        let before = figures(&town, &lan, "?unit=cau-giay-hcc");
        assert_eq!((&before["frozen"], before["state"].as_str()), (&Value::Null, Some("draft")));
        let text = |session: &str| String::from_utf8(file(&town, session, "txt", "")).expect("UTF-8");
        assert!(text(&lan).contains("BẢN NHÁP: kỳ báo cáo chưa khóa"));

        // Every step in its order, by the right person.
        assert_eq!(step(&town, &leader, "approve", "1", ""), 409, "nothing is frozen yet");
        assert_eq!(step(&town, &lan, "check", "1", ""), 303);
        assert_eq!(step(&town, &lan, "check", "1", ""), 409, "once is enough");
        assert!(text(&lan).contains("chờ lãnh đạo duyệt"));
        answered(&town, 60, 1);
        let frozen = figures(&town, &lan, "");
        assert!(is(share(&frozen), 0.7), "sixty people came too late: {frozen}");
        assert_eq!(frozen["state"], "checked");
        let mut unit = figures(&town, &lan, "?unit=cau-giay-hcc");
        for name in ["frozen", "state", "version"] {
            unit[name] = before[name].clone();
        }
        assert_eq!(unit, before, "each unit's figures are kept to the last bit");
        assert_eq!(step(&town, &lan, "approve", "1", ""), 403, "approval is a leader's");
        assert_eq!(step(&town, &leader, "approve", "1", ""), 303);
        assert_eq!(step(&town, &leader, "publish", "2", ""), 409, "another version than the one there is");
        assert_eq!(step(&town, &lan, "publish", "1", ""), 303);
        assert_eq!(closings(&town)[0].state(), State::Published);

        // The same everywhere, and said.
        let hash = closings(&town)[0].hash();
        let out = figures(&town, &lan, "");
        assert_eq!((out["frozen"].as_str(), out["version"].as_u64()), (Some(hash.as_str()), Some(1)));
        let (_, shown) = page(town.get_as(&lan, &format!("{PAGE}?part=all")));
        assert!(texts(&shown, "#fields tbody tr").iter().any(|row| row.starts_with("Tư pháp") && row.contains("70,0%")));
        assert!(texts(&shown, "p.warn").is_empty(), "{shown}");
        assert_eq!(texts(&shown, "p.closing strong"), ["Đã công bố (phiên bản 1)"]);
        let all = ["index", "--plan", "cau-giay-2026", "--period", "2026-q1", "--json"];
        let (_, said) = sipas(fresh, &all);
        assert!(is(share(&serde_json::from_str(&said).expect("JSON")), 0.7), "{said}");
        let (_, now) = sipas(fresh, &[&all[..], &["--live"]].concat());
        assert!(is(share(&serde_json::from_str(&now).expect("JSON")), 0.28), "28 of 100: {now}");
        let text = text(&lan);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!words.contains("BẢN NHÁP") && words.contains("70,0%"), "{text}");
        assert!(words.contains(&format!("Mã kiểm chứng số liệu: {hash}")), "{text}");
        assert_eq!(wrong(&town), Vec::<&str>::new());
        let (status, said) = sipas(fresh, &["period", "verify"]);
        assert_eq!(status, 0, "{said}");
        let (_, listed) = sipas(fresh, &["period", "list"]);
        assert!(listed.contains("cau-giay-2026 2026-q1 v1  published") && listed.contains(&hash), "{listed}");

        // Every step stands in the log.
        let auditor = town.sign_in("auditor");
        let (_, log) = page(town.get_as(&auditor, "/staff/audit"));
        let rows = texts(&log, "table tbody tr").join("\n");
        for deed in ["Kiểm tra, khóa kỳ báo cáo", "Duyệt kỳ báo cáo", "Công bố kỳ báo cáo"] {
            assert!(rows.contains(&format!("{deed} cau-giay-2026/2026-q1 v1 ")), "{deed} in {rows}");
        }
    }

    fn files_of_a_published_period_are_the_ones_that_went_out(fresh) {
        let town = a_town(fresh);
        let lan = town.sign_in("lan");
        publish(&town);
        let kept: Vec<Vec<u8>> = ["docx", "pdf", "xlsx", "csv"].map(|format| file(&town, &lan, format, "")).into();
        let closing = closings(&town).remove(0);
        for (format, kept) in ["docx", "pdf", "xlsx", "csv"].into_iter().zip(&kept) {
            let part = town.db.closing_part(&closing, &format!("file/report.{format}")).expect("asked").expect("kept");
            assert_eq!(&part, kept, "{format}");
        }
        let folder = std::env::temp_dir().join(format!("sipas_kept_{}", town.address.replace([':', '/'], "_")));
        let out = folder.to_str().expect("UTF-8");
        let (status, said) =
            sipas(fresh, &["report", "--plan", "cau-giay-2026", "--period", "2026-q1", "--format", "pdf", "--out", out]);
        assert_eq!(status, 0, "{said}");
        assert_eq!(std::fs::read(&folder).expect("a file"), kept[1], "the command hands out the kept file");
        std::fs::remove_file(&folder).expect("removed");
        let viewer = town.sign_in("viewer");
        assert_eq!(town.get_as(&viewer, &format!("{PAGE}/report.pdf?version=1")).status(), 403);
        let (_, shown) = page(town.get_as(&viewer, &format!("{PAGE}/closing")));
        assert!(texts(&shown, "a.file").is_empty());
    }

    fn a_period_opened_anew_becomes_a_new_version_and_both_are_read(fresh) {
        let town = a_town(fresh);
        let (lan, leader) = (town.sign_in("lan"), town.sign_in("leader"));
        publish(&town);
        let first = file(&town, &lan, "docx", "");
        answered(&town, 60, 1);
        assert_eq!(step(&town, &lan, "reopen", "1", WHY), 403);
        assert_eq!(step(&town, &leader, "reopen", "1", "sai"), 422);
        assert_eq!(step(&town, &leader, "reopen", "1", WHY), 303);
        let open = figures(&town, &lan, "");
        assert_eq!(open["frozen"], Value::Null);
        assert!(is(share(&open), 0.28));
        let old = figures(&town, &lan, "?version=1");
        assert!(is(share(&old), 0.7));
        assert_eq!(old["state"], "reopened");
        assert_eq!(file(&town, &lan, "docx", "?version=1"), first);
        assert_eq!(town.get_as(&lan, &format!("{PAGE}?version=7")).status(), 404);

        assert_eq!(step(&town, &lan, "check", "1", ""), 409, "the first version is over");
        assert_eq!(step(&town, &lan, "check", "2", ""), 303);
        assert_eq!(step(&town, &leader, "return", "2", WHY), 303, "not yet right");
        assert_eq!(step(&town, &lan, "check", "3", ""), 303);
        assert_eq!(step(&town, &leader, "approve", "3", ""), 303);
        assert_eq!(step(&town, &leader, "publish", "3", ""), 303);
        let third = figures(&town, &lan, "");
        assert_eq!((third["version"].as_u64(), third["state"].as_str()), (Some(3), Some("published")));
        assert!(is(share(&third), 0.28));
        let (_, shown) = page(town.get_as(&lan, &format!("{PAGE}/closing")));
        assert_eq!(texts(&shown, "section h3"), ["Phiên bản 3 Đã công bố", "Phiên bản 2 Bị trả lại", "Phiên bản 1 Đã mở lại"]);
        assert!(shown.contains(WHY));
        let (status, said) = sipas(fresh, &["period", "verify", "--plan", "cau-giay-2026"]);
        assert_eq!(status, 0, "{said}");
        assert!(said.contains("3 closed versions"), "{said}");
    }

    fn who_checked_does_not_approve(fresh) {
        let town = a_town(fresh);
        let leader = town.sign_in("leader");
        assert_eq!(step(&town, &leader, "check", "1", ""), 303);
        assert_eq!(step(&town, &leader, "approve", "1", ""), 409);
        assert_eq!(closings(&town)[0].state(), State::Checked);
        let auditor = town.sign_in("auditor");
        let (_, log) = page(town.get_as(&auditor, "/staff/audit"));
        let rows = texts(&log, "table tbody tr").join("\n");
        assert!(rows.contains("Duyệt kỳ báo cáo cau-giay-2026/2026-q1 bị từ chối"), "{rows}");
        town.add_user("ha", Role::Leader, "phuong-cau-giay");
        let ha = town.sign_in("ha");
        assert_eq!(step(&town, &ha, "approve", "1", ""), 303);
    }

    fn what_was_changed_after_closing_is_found(fresh) {
        let town = a_town(fresh);
        publish(&town);
        assert_eq!(wrong(&town), Vec::<&str>::new());
        let change = "UPDATE closing_part SET body = (SELECT p.body FROM closing_part p WHERE p.name = 'input/plan.json') \
                      WHERE name = 'input/rules.json';";
        assert!(catch_unwind(AssertUnwindSafe(|| fresh.sql(change))).is_err(), "closed periods are only added to");
        without_triggers(fresh);
        fresh.sql(change);
        assert_eq!(wrong(&town), ["parts"]);
        // With a hash that fits the part, the period's own hash does not.
        fresh.sql(
            "UPDATE closing_part SET hash = (SELECT p.hash FROM closing_part p WHERE p.name = 'input/plan.json') \
             WHERE name = 'input/rules.json';",
        );
        assert_eq!(wrong(&town), ["hash"]);
        let (status, said) = sipas(fresh, &["period", "verify"]);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("BAD cau-giay-2026 2026-q1 v1, hash"), "{said}");
    }

    fn figures_that_others_kept_are_computed_anew_and_compared(fresh) {
        let town = a_town(fresh);
        publish(&town);
        without_triggers(fresh);
        // Somebody put other figures in, with their hash, and wrote nobody's name under it.
        fresh.sql(
            "UPDATE closing_part SET \
             body = (SELECT p.body FROM closing_part p WHERE p.name = 'figures/cau-giay-tyt/open/in.json'), \
             hash = (SELECT p.hash FROM closing_part p WHERE p.name = 'figures/cau-giay-tyt/open/in.json') \
             WHERE name = 'figures/phuong-cau-giay/open/in.json';",
        );
        assert_eq!(wrong(&town), ["hash", "figures"]);
        // The numbers that differ are named: another unit's figures, in which 40 people are missing.
        let (_, said) = sipas(fresh, &["period", "verify"]);
        let line = said.lines().find(|line| line.contains("figures: ")).expect("the figures");
        assert!(line.starts_with("BAD") && line.contains("report.unit: \"cau-giay-tyt\" → \"phuong-cau-giay\""), "{line}");
        fresh.sql("UPDATE closing_step SET user_name = 'ai khác' WHERE number = 2;");
        assert_eq!(wrong(&town), ["hash", "audit log", "figures"]);
    }

    fn a_closed_period_outlives_the_sheets_it_was_made_of(fresh) {
        let town = a_town(fresh);
        publish(&town);
        let forgotten = town.db.forget_sheets_before("2026-11-01".parse().expect("a day")).expect("forgotten");
        assert_eq!(forgotten, 40);
        assert_eq!(wrong(&town), Vec::<&str>::new());
    }
}

#[test]
fn a_period_that_still_runs_is_not_closed_and_days_at_will_never() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let path = |period: &str| format!("/staff/plans/cau-giay-2026/{period}/check");
    let running = if sipas::clock::today() > "2026-12-14".parse().expect("a day") { None } else { Some("2026-year") };
    if let Some(period) = running {
        assert_eq!(town.post_as(&lan, &path(period), &[("version", "1")]).status(), 409);
    }
    assert_eq!(town.post_as(&lan, &path("adhoc-2026-01-01-2026-02-01"), &[("version", "1")]).status(), 404);
    let done = town.post_as(&lan, &path("2026-q1"), &[("version", "1")]);
    assert_eq!(location(&done), format!("{PAGE}/closing?done=check"));
}

#[test]
fn late_reports_stand_first_and_published_ones_are_no_longer_late() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = a_town(&fresh);
    let lan = town.sign_in("lan");
    let late = |town: &Town| {
        let (_, shown) = page(town.get_as(&lan, "/staff/due"));
        let rows = texts(&shown, "table tbody tr");
        rows.into_iter().find(|row| row.starts_with("Quý I/2026")).expect("quarter I")
    };
    let row = late(&town);
    assert!(row.contains("18/03/2026quá hạn ") && row.contains("Chưa khóa"), "{row}");
    publish(&town);
    let row = late(&town);
    assert!(row.contains("đã công bố") && !row.contains("quá hạn"), "{row}");
    // Nor does the page of the period call it open.
    let (_, shown) = page(town.get_as(&lan, PAGE));
    assert!(shown.contains("(đã công bố)") && !shown.contains("chưa khóa sổ"), "{shown}");
    let hoa = town.sign_in("hoa");
    let (_, other) = page(town.get_as(&hoa, "/staff/due"));
    assert!(!other.contains("Cầu Giấy"), "another commune's plans");
}
