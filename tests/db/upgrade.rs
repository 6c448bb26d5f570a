//! Answers of before releases were kept, made into releases at the first start.

use chrono::Days;
use sipas::db::{Db, Stored, TallyFilter};
use sipas::plan::FieldOfService;

use crate::support::{attempt, commune, some_day};

/// Two periods that share a bound: 14 March is the last day of the first.
const PLAN: &str = r#"
key = "phu-dong"
title_vi = "Kế hoạch"
title_en = "Plan"
unit = "xa-phu-dong"
unit_name = "Xã Phù Đổng"
parent_unit = "ha-noi"
parent_name = "Hà Nội"
from = 2026-01-01
to = 2026-12-31
weights = "equal"

[[period]]
key = "2026-q1"
from = 2026-01-01
to = 2026-03-14
clause = "1"

[[period]]
key = "2026-q2"
from = 2026-03-15
to = 2026-06-14
clause = "1"
"#;

/// Sheets by release, 0 for those that wait; the smallest number first.
fn by_release(db: &Db, unit: i32) -> Vec<u64> {
    let (from, to) = (some_day() - Days::new(90), some_day() + Days::new(90));
    let tallies =
        db.tallies_of_releases(&TallyFilter { units: Some(vec![unit]), from, to, live: true }).expect("tallies");
    let mut sheets = std::collections::BTreeMap::new();
    for (_, release, tally) in tallies {
        *sheets.entry(release).or_insert(0) += tally.sheets;
    }
    sheets.into_values().collect()
}

on_both! {
    fn the_past_becomes_one_release_a_pool_but_for_its_last_sheets_once(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let fields = db.fields().expect("fields").into_iter();
        let fields = fields.map(|field| FieldOfService { id: field.code, name_vi: field.name_vi, name_en: field.name_en });
        let plan = sipas::plan::parse("phu-dong.toml", PLAN, &fields.collect::<Vec<_>>()).expect("a plan");
        let json = serde_json::to_string(&plan).expect("JSON");
        db.seed_plan(&plan, "hash", &json, some_day()).expect("seeded");
        let mut number = 0;
        let mut send = |sheets: u32, later: i32, field: usize| {
            for _ in 0..sheets {
                number += 1;
                let mut sheet = commune.sheet(1 + i32::try_from(number % 2).expect("small"), [4; 5]);
                sheet.key.day += later;
                sheet.key.field = commune.fields[field];
                assert_eq!(db.submit_blocking(sheet, attempt(number, 1)), Ok(Stored::New));
            }
        };
        // Of one field 33 in quarter I and 14 in quarter II, of the other 7.
        send(20, -1, 0);
        send(13, 0, 0);
        send(14, 1, 0);
        send(7, 0, 1);
        // What waits is made to look as it lay before there were releases: counted, and of none.
        fresh.sql("UPDATE tally SET released = true");
        let db = fresh.serve_again(db);
        // 33 less thirteen in reserve; fourteen are fewer than twenty and enter whole; seven are fewer than ten.
        assert_eq!(db.release_the_past(some_day() + Days::new(2)), Ok(20 + 14));
        assert_eq!(by_release(&db, commune.unit), [13 + 7, 20, 14], "those of a bound's two sides are apart");
        assert_eq!(db.release_the_past(some_day() + Days::new(3)), Ok(0), "once");
        assert!(db.check().expect("a check-up").is_well());
    }
}
