//! Early warnings: who sees which, a note and its trace, one letter each; and that the watch over a ward says how often it cries for nothing.

use chrono::{Days, NaiveDate};
use sipas::access::Role;
use sipas::cases::warning::{About, Way};
use sipas::clock;
use sipas::db::{WarningKept, WatchKept};
use sipas::jobs::letters::summaries;
use sipas::plan::working_days::is_working_day;
use sipas::service::warnings::{judge_all, judge_ward};

use crate::demo::Demo;
use crate::on_both;
use crate::town::{Town, page, texts};

fn warning(ward: i32, about: About, way: Way) -> WarningKept {
    let today = clock::today();
    let (since, seen) = (today - Days::new(30), today - Days::new(3));
    WarningKept { unit: ward, number: 0, about, way, since, seen, raised: today, people: 47, read: None }
}

/// A field and a point of the health station that moved, of a ward watched since today.
fn raise(town: &Town) -> (i32, i32) {
    let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward").id;
    let station = town.db.point(&town.station).expect("asked").expect("a point");
    let watch = WatchKept { judged: clock::today(), watched: 215, days_between: Some(91) };
    let new = vec![
        warning(ward, About::Field("health".to_owned()), Way::Down),
        warning(ward, About::Point(station.unit, station.point), Way::Silent),
    ];
    town.db.keep_warnings(ward, watch, new).expect("kept");
    (ward, station.unit)
}

on_both! {
    fn a_warning_is_seen_by_its_ward_and_its_office_read_with_a_note_and_kept(fresh) {
        let town = Town::start(fresh);
        let (ward, _) = raise(&town);
        let owner = town.sign_in("lan");
        let list = page(town.get_as(&owner, "/staff/warnings")).1;
        let cards = texts(&list, ".warning");
        assert_eq!(cards.len(), 2, "{list}");
        assert!(list.contains("khoảng một báo động nhầm trong 13 tuần") && list.contains("215 lĩnh vực"), "{list}");
        assert!(cards.iter().any(|card| card.contains("hơn 40 phiếu") && card.contains("giảm")), "{cards:?}");
        assert!(cards.iter().all(|card| !card.contains('%')), "no share is told: {cards:?}");
        assert!(page(town.get_as(&owner, "/staff/")).1.contains("cảnh báo chưa ghi nhận"));
        // The head of the station sees what concerns the station alone; another office nothing.
        let head = town.sign_in_as(Role::UnitHead, "cau-giay-tyt");
        let own = texts(&page(town.get_as(&head, "/staff/warnings")).1, ".warning");
        assert!(own.len() == 1 && own[0].contains("Không có phiếu nào"), "{own:?}");
        let other = town.sign_in_as(Role::UnitHead, "cau-giay-hcc");
        assert!(texts(&page(town.get_as(&other, "/staff/warnings")).1, ".warning").is_empty());
        let (unit, first) = (ward.to_string(), "1".to_owned());
        let form = [("unit", unit.as_str()), ("number", first.as_str()), ("note", "Đã họp với trạm y tế.")];
        assert_eq!(town.post_as(&other, "/staff/warnings", &form).status(), 404, "it is not theirs");
        assert_eq!(town.post_as(&town.sign_in("viewer"), "/staff/warnings", &form).status(), 403);
        assert_eq!(town.post_as(&owner, "/staff/warnings", &[form[0], form[1], ("note", " ")]).status(), 422);
        assert_eq!(town.post_as(&owner, "/staff/warnings", &form).status(), 303);
        let kept = town.db.warnings(&[ward]).expect("warnings");
        let read = kept.iter().find(|warning| warning.number == 1).and_then(|warning| warning.read.clone());
        assert_eq!(read, Some((clock::today(), "lan".to_owned(), "Đã họp với trạm y tế.".to_owned())));
        let log = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 5).expect("a log");
        assert!(log.iter().any(|row| row.action == "read_warning"), "{log:?}");
        assert!(page(town.get_as(&owner, "/staff/warnings")).1.contains("Đã ghi nhận (1)"));
    }

    fn a_warning_is_told_once_to_the_owner_and_of_a_point_to_its_head(fresh) {
        let town = Town::start(fresh);
        raise(&town);
        town.add_user("hong", Role::UnitHead, "cau-giay-tyt");
        for name in ["lan", "hong"] {
            let id = town.db.user_by_name(name).expect("asked").expect("known").id;
            let address = sipas::access::EmailAddress::parse(&format!("{name}@example.vn"));
            town.db.by_nobody().set_email(id, address.as_ref()).expect("set");
        }
        // The next working morning in Hà Nội.
        let working = clock::today().iter_days().skip(1).find(|day| is_working_day(*day)).expect("a day");
        let now = working.and_hms_opt(3, 0, 0).expect("an hour").and_utc();
        let told = summaries(&town.db, "https://example.vn", now).expect("letters");
        assert!(told.iter().any(|(name, _)| name == "lan"), "{told:?}");
        for (name, summary) in &told {
            let of_field = summary.body.contains("Lĩnh vực");
            match name.as_str() {
                "lan" => assert!(of_field && summary.body.contains("Không có phiếu nào"), "{}", summary.body),
                _ => assert!(!summary.body.contains("Cảnh báo sớm – Lĩnh vực"), "{name}: {}", summary.body),
            }
        }
    }
}

#[test]
fn a_night_over_a_year_of_answers_watches_hundreds_of_things_and_says_how_often_it_errs() {
    let demo = Demo::start();
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
    judge_all(&demo.db, today, &|| true).expect("judged");
    let ward = demo.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward");
    let watch = demo.db.warning_watch(ward.id).expect("asked").expect("watched");
    assert_eq!(watch.judged, today);
    assert!(watch.watched > 20, "{watch:?}");
    // Thirteen weeks are asked for; gaps are whole days, so that silence is told a little more rarely.
    assert!(watch.days_between.is_some_and(|days| (85..=130).contains(&days)), "{watch:?}");
    let first = demo.db.warnings(&[ward.id]).expect("warnings");
    judge_ward(&demo.db, &ward, today + Days::new(1)).expect("judged");
    let second = demo.db.warnings(&[ward.id]).expect("warnings");
    let same =
        |one: &WarningKept| second.iter().filter(|other| other.about == one.about && other.way == one.way).count();
    assert!(first.iter().all(|one| same(one) == 1), "nothing is raised twice: {second:?}");
}
