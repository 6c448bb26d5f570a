//! What is asked of tables that an engine spreads over machines names the unit, so that one machine answers; what does not has a reason.

use chrono::{Days, NaiveDate};
use sipas::clock;
use sipas::db::{DISTRIBUTED, NewVoiding};
use sipas::jobs::{forget, forget_sheets, order_round};
use sipas::service::complaints::close_unrated;
use sipas::service::overview::refresh;
use sipas::service::warnings::judge_all;

use crate::growth::{listen, pages};
use crate::support::{Backend, fresh_db};
use crate::town::Town;

/// What asks without naming the unit: a part of its text, and why it may. Each is one statement, which every machine answers for its own
/// rows by an index or of a small table.
const REASONS: &[(&str, &str)] = &[
    (r#"DELETE FROM "attempt" WHERE ("attempt"."day" <"#, "the ledger is forgotten once an hour, of all units alike"),
    (
        r#"FROM "order_done" ORDER BY"#,
        "the round of an hour reads what it did in the hours before, five days of a unit",
    ),
    (
        r#"FROM "tally" WHERE (("tally"."released" = $1) AND ("tally"."release_id" = $2)) ORDER BY "tally"."day" LIMIT"#,
        "a start asks whether anything is older than releases",
    ),
    (
        r#"FROM ("voiding_release" INNER JOIN "voiding""#,
        "a voiding takes whole releases, of other units too; joined within each machine",
    ),
    (r#"FROM "kept_share" WHERE ("kept_share"."root_id" = $1)"#, "the releases of a root are of all units under it"),
    (r#"SELECT DISTINCT "kept_share"."root_id" FROM "kept_share""#, "once a month: which roots are to be divided"),
    (r#"SELECT max("kept_share"."release_id") FROM "kept_share""#, "releases are numbered over all units, by an index"),
    (
        r#"FROM "complaint_helper" WHERE ("complaint_helper"."helper_unit_id" ="#,
        "an office helps with complaints of any ward",
    ),
];

/// The tables of those that are spread which a statement names and of whose unit it says nothing.
fn unnamed(statement: &str) -> Vec<&'static str> {
    let (verb, rest) = statement.trim_start().split_once(' ').unwrap_or_default();
    let names = |table: &str| rest.contains(&format!("\"{table}\""));
    let about = |table: &str| {
        let unit = format!("\"{table}\".\"unit_id\"");
        match verb {
            // Each row says its unit.
            "INSERT" => rest.contains("\"unit_id\""),
            // One that only orders by the unit passes as well: this rule does not see it.
            "SELECT" | "UPDATE" | "DELETE" => {
                rest.split_once(" WHERE ").is_some_and(|(_, asked)| asked.contains(&unit))
            }
            _ => false,
        }
    };
    DISTRIBUTED.into_iter().filter(|table| names(table) && !about(table)).collect()
}

#[test]
fn the_rule_sees_what_it_must_refuse() {
    let asks = |statement: &str| unnamed(statement);
    assert_eq!(asks(r#"SELECT "sheet"."unit_id" FROM "sheet" WHERE ("sheet"."day" < $1)"#), ["sheet"]);
    assert_eq!(asks(r#"DELETE FROM "attempt" WHERE ("attempt"."day" < $1)"#), ["attempt"]);
    assert_eq!(asks(r#"SELECT "tally"."day" FROM "tally""#), ["tally"]);
    assert_eq!(asks(r#"SELECT "sheet"."day" FROM "sheet" WHERE ("sheet"."unit_id" = $1)"#), [""; 0]);
    assert_eq!(asks(r#"INSERT INTO "sheet" ("unit_id", "day") VALUES ($1, $2)"#), [""; 0]);
    assert_eq!(asks(r#"SELECT "unit"."id" FROM "unit""#), [""; 0]);
}

#[test]
fn a_statement_about_spread_tables_names_the_unit_or_a_reason_is_given() {
    let fresh = fresh_db(Backend::Postgres);
    let heard = listen(&fresh.address());
    let town = Town::start(&fresh);
    let (today, day) = (clock::today(), clock::today() - Days::new(6));
    for _ in 0..24 {
        let form = town.filled_form(&town.counter, "4");
        assert_eq!(town.post_form(&town.counter, &form).status(), 303);
    }
    let goes_on = || true;
    // The jobs of a night, in their order; then a closing, a voiding and its end.
    order_round(&town.db, today, &goes_on).expect("the order");
    town.db.release_nightly(today).expect("a night");
    town.db.keep_day_sums(today + Days::new(1)).expect("sums");
    judge_all(&town.db, today, &goes_on).expect("judged");
    close_unrated(&town.db, today, &goes_on).expect("closed");
    forget(&town.db).expect("forgotten");
    forget_sheets(&town.db, 240, &goes_on).expect("forgotten");
    refresh(&town.db, today, goes_on).expect("kept");
    town.db.would_enter("phuong-cau-giay", (NaiveDate::MIN, NaiveDate::MAX), today).expect("an answer");
    town.let_in();
    let point = town.db.point(&town.counter).expect("an answer").expect("a point");
    let new = NewVoiding {
        unit: point.unit,
        point: point.point,
        from: day,
        to: day,
        suspects_only: false,
        reason: "Phiếu gửi hàng loạt, đã xác minh tại quầy".to_owned(),
        by: "lan".to_owned(),
        at: clock::now(),
    };
    // Nothing of that day: what it asks is asked all the same.
    let _ = town.db.by_nobody().void(&new, today);
    for name in ["lan", "leader"] {
        let session = town.sign_in(name);
        for page in pages(&town) {
            let status = town.get_as(&session, &page).status().as_u16();
            assert!(status < 500, "{page}: {status}");
        }
    }
    let statements = heard.end();
    assert!(statements.len() > 1_000, "{} statements were heard", statements.len());
    let mut without: Vec<String> = statements
        .iter()
        .filter(|statement| !unnamed(statement).is_empty())
        .filter(|statement| !REASONS.iter().any(|(part, _)| statement.contains(part)))
        .cloned()
        .collect();
    without.sort();
    without.dedup();
    let idle: Vec<&str> = REASONS
        .iter()
        .map(|(part, _)| *part)
        .filter(|part| !statements.iter().any(|text| text.contains(part)))
        .collect();
    assert!(
        without.is_empty() && idle.is_empty(),
        "name the unit, or give a reason:\n{}\na reason for what nobody asks:\n{}",
        without.join("\n"),
        idle.join("\n")
    );
}
