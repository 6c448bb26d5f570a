//! Units, fields, questionnaires, plans, points and their codes.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use sipas::db::{Db, DbError, Form, NewPoint, NewUnit, PointStatus, Published, Stored, UnitKind};
use sipas::plan::{Channel, FieldOfService, Plan, Weights};
use sipas::sheet::tally::Series;
use sipas::survey::code;

use crate::support::{attempt, commune, publish, questionnaire, some_day};

fn days_after(days: u64) -> NaiveDate {
    some_day() + Days::new(days)
}

fn new_unit(code: &str, parent: Option<&str>) -> NewUnit {
    NewUnit {
        code: code.into(),
        kind: UnitKind::Ward,
        name_vi: format!("Phường {code}"),
        name_en: format!("{code} ward"),
        parent: parent.map(str::to_owned),
        valid_from: some_day(),
    }
}

fn new_point(unit: &str) -> NewPoint {
    NewPoint {
        unit: unit.into(),
        name_vi: "Quầy 3".into(),
        name_en: "Counter 3".into(),
        form: "short".into(),
        fields: vec!["justice".into()],
        channel: Channel::Online,
        opened_on: some_day(),
    }
}

on_both! {
    fn nothing_is_stored_at_a_point_that_another_process_has_retired(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let today = sipas::clock::today();
        let known = db.point(&commune.codes[0]).expect("an answer").expect("a point");
        assert_eq!(known.status(today), PointStatus::Active);
        let other = Db::open(fresh.url()).expect("a command");
        other.by_nobody().retire_point(&commune.codes[0], today).expect("retired");
        let sheet = || commune.sheet(1, [4; 5]);
        assert_eq!(db.submit_blocking(sheet(), attempt(1, 1)), Ok(Stored::PointRetired));
        assert_eq!(db.submit_blocking(commune.sheet(2, [4; 5]), attempt(2, 1)), Ok(Stored::New), "of another point");
        assert_eq!(db.find_attempt(commune.unit, &attempt(1, 1).hash), Ok(None), "the attempt is not used up");
        assert_eq!(db.count_sheets(), Ok(1));
        // A unit that ends takes its points with it, from the day after its last.
        let yesterday = today.pred_opt().expect("a day");
        other.by_nobody().retire_unit("xa-phu-dong", yesterday, None).expect("ended");
        assert_eq!(db.submit_blocking(commune.sheet(2, [4; 5]), attempt(3, 1)), Ok(Stored::PointRetired));
        assert_eq!(db.submit_blocking(commune.sheet(2, [4; 5]), attempt(2, 1)), Ok(Stored::Before), "it was stored before");
    }

    fn units_form_a_tree_with_history(fresh) {
        let db = fresh.serve();
        commune(&db);
        let ward = db.by_nobody().add_unit(&new_unit("yen-hoa", Some("ha-noi"))).expect("a ward");
        let school = db.by_nobody().add_unit(&NewUnit { kind: UnitKind::School, ..new_unit("truong", Some("yen-hoa")) }).expect("a school");
        assert_eq!(db.subtree("yen-hoa"), Ok(vec![ward, school]));
        assert_eq!(db.subtree("ha-noi").map(|units| units.len()), Ok(4));
        assert_eq!(db.subtree("nowhere"), Ok(Vec::new()));
        let codes: Vec<_> = db.units().expect("units").into_iter().map(|unit| unit.code).collect();
        assert_eq!(codes, ["ha-noi", "truong", "xa-phu-dong", "yen-hoa"]);

        db.by_nobody().retire_unit("yen-hoa", days_after(10), Some("xa-phu-dong")).expect("merged");
        let merged = db.unit_by_code("yen-hoa").expect("asked").expect("kept");
        assert_eq!((merged.valid_to, merged.kind), (Some(days_after(10)), UnitKind::Ward));
        let successor = db.unit_by_code("xa-phu-dong").expect("asked").expect("kept").id;
        assert_eq!(merged.successor, Some(successor));
        assert_eq!(db.unit_by_code("nowhere"), Ok(None));
    }

    fn a_unit_is_refused_with_a_sentence(fresh) {
        let db = fresh.serve();
        commune(&db);
        let says = |error: Result<i32, DbError>| error.expect_err("a refusal").to_string();
        assert_eq!(says(db.by_nobody().add_unit(&new_unit("ha-noi", None))), "unit `ha-noi` exists already");
        assert_eq!(says(db.by_nobody().add_unit(&new_unit("x", Some("nowhere")))), "unit `nowhere` is unknown; `sipas unit list` shows them");
        let ends_early = db.by_nobody().retire_unit("ha-noi", some_day() - Days::new(1), None).expect_err("a refusal");
        assert_eq!(ends_early.to_string(), "unit `ha-noi` is valid from 2026-03-14; it cannot end before");
        let itself = db.by_nobody().retire_unit("ha-noi", days_after(1), Some("ha-noi")).expect_err("a refusal");
        assert_eq!(itself.to_string(), "unit `ha-noi` cannot follow itself");
    }

    fn fields_keep_their_number_when_names_and_order_change(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let seed = |id: &str, name: &str| FieldOfService { id: id.into(), name_vi: name.into(), name_en: name.into() };
        db.seed_fields(&[seed("land", "Đất đai"), seed("health", "Y tế"), seed("justice", "Tư pháp")]).expect("seeded");
        let fields = db.fields().expect("fields");
        let found: Vec<_> = fields.iter().map(|field| (field.id, field.code.as_str(), field.name_vi.as_str())).collect();
        let [justice, land] = commune.fields;
        assert_eq!(found, [(land, "land", "Đất đai"), (land + 1, "health", "Y tế"), (justice, "justice", "Tư pháp")]);
    }

    fn a_published_version_never_changes(fresh) {
        let db = fresh.serve();
        let first = questionnaire("short", 1, 5);
        assert_eq!(publish(&db, &first), Published::New);
        assert_eq!(publish(&db, &first), Published::Same);
        let json = serde_json::to_string(&first).expect("JSON");
        let edited = db.by_nobody().publish(&first, "another hash", &json, some_day());
        assert_eq!(
            edited.expect_err("a refusal").to_string(),
            "questionnaire short@1 is published with other content; an edited file must carry a new version"
        );
        assert_eq!(publish(&db, &questionnaire("short", 12, 6)), Published::New);
        assert_eq!(publish(&db, &questionnaire("short", 3, 4)), Published::New);
        let newest = db.newest_form("short").expect("asked").expect("published");
        assert_eq!((newest.questionnaire.version, newest.layout.items()), (12, 6));
        let old = db.form_by_reference("short", 1).expect("asked").expect("published");
        assert_eq!(old.questionnaire, first);
        assert_eq!(db.form_by_id(old.id).expect("asked").questionnaire, first);
        assert!(db.form_by_reference("short", 2).expect("asked").is_none());
        assert!(db.newest_form("long").expect("asked").is_none());
        let listed: Vec<_> = db.forms().expect("listed").into_iter().map(|form| (form.code, form.version)).collect();
        assert_eq!(listed, [("short".into(), 1), ("short".into(), 3), ("short".into(), 12)]);
        // Some are in memory by now and some are not.
        publish(&db, &questionnaire("long", 2, 7));
        let references = |forms: Vec<Arc<Form>>| forms.iter().map(|form| form.questionnaire.reference()).collect::<Vec<_>>();
        assert_eq!(references(db.all_forms().expect("asked")), ["long@2", "short@1", "short@3", "short@12"]);
        assert_eq!(references(db.newest_forms().expect("asked")), ["long@2", "short@12"]);
    }

    fn a_point_is_found_by_its_code_and_asks_the_newest_version(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let code = &commune.codes[0];
        assert_eq!(code::normalise(code).as_ref(), Some(code));
        let found = db.point(code).expect("asked").expect("known");
        assert_eq!((found.unit, found.point, found.unit_code.as_str()), (commune.unit, 1, "xa-phu-dong"));
        assert_eq!((found.name_vi.as_str(), found.channel), ("Quầy 1", Channel::Counter));
        let fields: Vec<_> = found.fields.iter().map(|field| field.code.as_str()).collect();
        assert_eq!(fields, ["land", "justice"], "in the order of the point, not of the files");
        assert_eq!(found.form.questionnaire.version, 1);
        assert_eq!(found.status(some_day()), PointStatus::Active);
        publish(&db, &questionnaire("short", 2, 6));
        assert_eq!(db.point(code).expect("asked").expect("known").form.questionnaire.version, 2);
        assert!(db.point("2222222").expect("asked").is_none());
    }

    fn a_point_is_refused_with_a_sentence(fresh) {
        let db = fresh.serve();
        commune(&db);
        let says = |point: NewPoint| db.by_nobody().add_point(&point).expect_err("a refusal").to_string();
        let good = || new_point("xa-phu-dong");
        assert_eq!(says(new_point("nowhere")), "unit `nowhere` is unknown; `sipas unit list` shows them");
        assert_eq!(says(NewPoint { form: "long".into(), ..good() }), "questionnaire `long` is unknown; `sipas form list` shows them");
        assert_eq!(says(NewPoint { fields: vec!["tax".into()], ..good() }), "field `tax` is unknown");
        assert_eq!(says(NewPoint { fields: Vec::new(), ..good() }), "a point serves one field at least");
        let twice = vec!["land".into(), "land".into()];
        assert_eq!(says(NewPoint { fields: twice, ..good() }), "the field `land` is named twice");
        let health = FieldOfService { id: "health".into(), name_vi: "Y tế".into(), name_en: "Health".into() };
        db.seed_fields(&[health]).expect("a field");
        assert_eq!(
            says(NewPoint { fields: vec!["health".into()], ..good() }),
            "questionnaire `short` does not serve the field `health`; it serves justice, land"
        );
        assert_eq!(db.points(None).expect("points").len(), 2, "nothing half done");
    }

    fn a_replaced_code_keeps_its_history_and_leads_to_the_new_one(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let old = &commune.codes[0];
        let new = db.by_nobody().replace_code(old, days_after(1)).expect("replaced");
        assert_ne!(*old, new);
        let found = db.point(old).expect("asked").expect("kept");
        assert_eq!(found.status(some_day()), PointStatus::Active, "until the day comes");
        let retired = PointStatus::Retired { on: days_after(1), replaced_by: Some(new.clone()) };
        assert_eq!(found.status(days_after(1)), retired);
        assert_eq!(db.point(&new).expect("asked").expect("known").status(days_after(1)), PointStatus::Active);
        assert_eq!(db.point(&new).expect("asked").expect("known").point, 1, "the same point");
        let again = db.by_nobody().replace_code(old, days_after(2)).expect_err("a refusal");
        assert_eq!(again.to_string(), format!("the code {old} was replaced before"));
        let newest = db.by_nobody().replace_code(&new, days_after(1)).expect("replaced");
        let codes: Vec<_> = db.codes_of_point(old).expect("history").into_iter().map(|code| code.code).collect();
        assert_eq!(codes, [old.clone(), new, newest.clone()]);
        let listed = db.points(Some(&[commune.unit])).expect("points");
        assert_eq!(listed.iter().map(|point| point.code.as_str()).collect::<Vec<_>>(), [&newest, &commune.codes[1]]);
        assert_eq!(db.codes_of_point("2222222"), Ok(Vec::new()));
        assert_eq!(db.by_nobody().replace_code("2222222", some_day()), Err(DbError::Unknown { what: "code", value: "2222222".into() }));
    }

    fn a_retired_point_or_unit_takes_no_answers(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let [first, second] = &commune.codes;
        db.by_nobody().retire_point(first, days_after(3)).expect("retired");
        let point = db.point(first).expect("asked").expect("kept");
        assert_eq!(point.status(days_after(2)), PointStatus::Active);
        assert_eq!(point.status(days_after(3)), PointStatus::Retired { on: days_after(3), replaced_by: None });
        db.by_nobody().retire_unit("xa-phu-dong", days_after(5), None).expect("retired");
        let point = db.point(second).expect("asked").expect("kept");
        assert_eq!(point.status(days_after(5)), PointStatus::Active, "the last day still counts");
        assert_eq!(point.status(days_after(6)), PointStatus::Retired { on: days_after(6), replaced_by: None });
        let retired: Vec<_> = db.points(None).expect("points").into_iter().map(|point| point.retired_on).collect();
        assert_eq!(retired, [Some(days_after(3)), Some(days_after(6))]);
    }

    fn a_questionnaire_is_asked_until_its_point_or_its_unit_ends(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let ward = db.by_nobody().add_unit(&new_unit("phuong-a", None)).expect("a ward");
        publish(&db, &questionnaire("long", 1, 5));
        db.by_nobody().add_point(&new_point("phuong-a")).expect("a point");
        db.by_nobody().add_point(&NewPoint { form: "long".into(), ..new_point("phuong-a") }).expect("a point");
        let asked_in = |forms: &[&str]| {
            let forms: Vec<String> = forms.iter().map(|form| (*form).to_owned()).collect();
            db.units_asking(&forms).expect("asked")
        };
        let short_in = |unit| ("short".to_owned(), unit);
        assert_eq!(asked_in(&["short"]), [short_in(commune.unit), short_in(ward)]);
        assert_eq!(asked_in(&["short", "none", "long"]).len(), 3);
        assert_eq!(asked_in(&[]), []);
        db.by_nobody().retire_point(&commune.codes[0], days_after(3)).expect("retired");
        db.by_nobody().retire_unit("phuong-a", days_after(5), None).expect("retired");
        assert_eq!(asked_in(&["short"]), [short_in(commune.unit)], "what ends has an end, be it to come");
        for (days, asking) in [
            (2, vec![(commune.unit, 1), (commune.unit, 2), (ward, 1)]),
            (3, vec![(commune.unit, 2), (ward, 1)]),
            (5, vec![(commune.unit, 2), (ward, 1)]),
            (6, vec![(commune.unit, 2)]),
        ] {
            let found = db.points_asking("short", days_after(days)).expect("asked");
            // The same as the list of all tells.
            let mut listed = db.points(None).expect("points");
            listed.retain(|point| point.form == "short" && point.retired_on.is_none_or(|on| on > days_after(days)));
            assert_eq!(found, listed, "after {days} days");
            assert_eq!(found.iter().map(|point| (point.unit, point.point)).collect::<Vec<_>>(), asking, "after {days} days");
            let counted = |units: &[i32]| db.count_points_asking("short", units, days_after(days)).expect("asked");
            assert_eq!(counted(&[ward, commune.unit, ward]), asking.len(), "after {days} days");
            assert_eq!(counted(&[ward]), asking.iter().filter(|(unit, _)| *unit == ward).count(), "after {days} days");
        }
        let names = db.point_names(Some(&[commune.unit])).expect("asked");
        assert_eq!(names, HashMap::from([((commune.unit, 1), "Quầy 1".into()), ((commune.unit, 2), "Quầy 2".into())]));
        assert_eq!(db.point_names(None).expect("asked").len(), 4);
    }

    fn a_change_by_another_process_shows_within_the_lifetime_of_the_cache(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let code = &commune.codes[0];
        assert_eq!(db.point(code).expect("asked").expect("known").status(some_day()), PointStatus::Active);
        sipas::db::Db::open(fresh.url()).expect("a command").by_nobody().retire_point(code, some_day()).expect("retired");
        let until = std::time::Instant::now() + std::time::Duration::from_secs(5);
        while db.point(code).expect("asked").expect("known").status(some_day()) == PointStatus::Active {
            assert!(std::time::Instant::now() < until, "the cache serves for 2 s");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    fn plans_keep_every_content_and_the_newest_is_in_force(fresh) {
        let db = fresh.serve();
        let plan = |title: &str| Plan {
            key: "phu-dong-2026".into(),
            number: None,
            title_vi: title.into(),
            title_en: title.into(),
            unit: "xa-phu-dong".into(),
            unit_name: "Xã Phù Đổng".into(),
            parent_unit: "ha-noi".into(),
            parent_name: "Hà Nội".into(),
            dated: None,
            from: some_day(),
            to: days_after(365),
            weights: Weights::Equal,
            confidence: 0.95,
            series: vec![Series::Open],
        ministry_policy_share: 32.0 / 51.0,
            targets: Vec::new(),
            counts: Vec::new(),
            periods: Vec::new(),
            tasks: Vec::new(),
        };
        let seed = |plan: &Plan| {
            let json = serde_json::to_string(plan).expect("JSON");
            db.seed_plan(plan, &format!("hash of {}", plan.title_vi), &json, some_day()).expect("seeded")
        };
        assert!(seed(&plan("một")));
        assert!(!seed(&plan("một")), "known already");
        assert!(seed(&plan("hai")));
        assert!(!seed(&plan("một")), "an old file brings nothing back");
        let stored = db.plan("phu-dong-2026").expect("asked").expect("known");
        assert_eq!((stored.plan.clone(), stored.revision), (plan("hai"), 2));
        assert_eq!(db.plans(), Ok(vec![stored]));
        assert_eq!(db.plan("nowhere"), Ok(None));
    }

    fn facts_of_the_installation_are_kept_by_name(fresh) {
        let db = fresh.serve();
        assert_eq!(db.meta("demo"), Ok(None));
        db.set_meta("demo", "yes").expect("kept");
        db.set_meta("demo", "no").expect("kept");
        assert_eq!(db.meta("demo"), Ok(Some("no".into())));
    }
}
