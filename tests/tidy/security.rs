//! The page of security names a test or a reason for every check, and no test that does not exist.

use std::path::Path;

const PAGE: &str = include_str!("../../docs/security.md");

#[test]
fn every_test_named_in_the_security_page_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for mark in PAGE.split('`').skip(1).step_by(2) {
        let Some((file, test)) =
            mark.split_once(".rs::").filter(|_| mark.starts_with("tests/") || mark.starts_with("src/"))
        else {
            continue;
        };
        // A function of the program is no test; tests are sentences.
        if test.matches('_').count() < 2 && test != "decoding_happens_once" {
            continue;
        }
        let text = std::fs::read_to_string(root.join(format!("{file}.rs")))
            .unwrap_or_else(|_| panic!("{file}.rs is not there"));
        assert!(text.contains(&format!("fn {test}(")), "{file}.rs has no test {test}");
        named += 1;
    }
    assert!(named > 60, "only {named} tests are named");
}

#[test]
fn every_check_has_its_row_in_order() {
    for (letter, last) in [("S", 61), ("F", 28)] {
        let begins = format!("| {letter}-");
        let rows: Vec<&str> = PAGE.lines().filter_map(|line| line.strip_prefix(&begins)).collect();
        let numbers: Vec<String> = rows.iter().map(|row| row[..2].to_owned()).collect();
        let expected: Vec<String> = (1..=last).map(|number| format!("{number:02}")).collect();
        assert_eq!(numbers, expected, "{letter}");
        for row in rows {
            let state = row.split('|').nth(2).unwrap_or_default();
            let says = ["`", "does not apply", "*Open*", "decided"].iter().any(|sign| state.contains(sign));
            assert!(says, "{letter}-{row} has neither a test nor a reason");
        }
    }
}
