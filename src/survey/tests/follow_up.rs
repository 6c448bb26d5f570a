//! Follow-up questionnaires.

use super::{kitchen_sink, known_fields};
use crate::survey::check::faults;
use crate::survey::follow_up::{FollowUpError, follow_up, usual_seconds};

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[test]
fn a_follow_up_asks_the_chosen_items_in_the_order_of_the_source() {
    let source = kitchen_sink();
    let made = follow_up(&source, &ids(&["facilities_clean", "access_signs"]), 2).expect("made");
    assert_eq!(made.reference(), "kitchen-sink-follow-up@2");
    let asked: Vec<&str> = made.items().map(|item| item.id.as_str()).collect();
    assert_eq!(asked, ["access_signs", "facilities_clean"]);
    assert_eq!(made.sections[0].factor, source.sections[0].factor);
    assert_eq!(made.sections[0].items[0], source.sections[0].items[1]);
    assert_eq!((&made.levels, &made.demographics), (&source.levels, &source.demographics));
    assert_eq!(made.estimated_seconds, 20);
}

#[test]
fn a_follow_up_feeds_no_index_and_may_be_published() {
    let source = kitchen_sink();
    let made = follow_up(&source, &ids(&["facilities_clean"]), 1).expect("made");
    assert_eq!(made.sections.len(), 1);
    assert!(made.sections.iter().all(|section| section.feeds.is_empty() && !section.optional));
    assert_eq!(faults(&made, &known_fields()), []);
}

#[test]
fn a_follow_up_of_a_follow_up_keeps_its_id() {
    let first = follow_up(&kitchen_sink(), &ids(&["access_info", "access_signs"]), 1).expect("made");
    let second = follow_up(&first, &ids(&["access_signs"]), 2).expect("made");
    assert_eq!(second.reference(), "kitchen-sink-follow-up@2");
}

#[test]
fn a_follow_up_of_nothing_or_of_unknown_items_is_refused() {
    let source = kitchen_sink();
    assert_eq!(follow_up(&source, &[], 1), Err(FollowUpError::NoItems));
    assert_eq!(FollowUpError::NoItems.to_string(), "no criterion is chosen; choose at least one");
    let unknown = follow_up(&source, &ids(&["access_info", "bogus"]), 1).expect_err("refused");
    assert_eq!(
        unknown.to_string(),
        "questionnaire `kitchen-sink@3` has no item `bogus`; choose from access_info, access_signs, facilities_clean"
    );
}

#[test]
fn usual_seconds_are_tens_within_what_a_questionnaire_may_claim() {
    assert_eq!([usual_seconds(1, 0), usual_seconds(9, 3), usual_seconds(19, 3)], [10, 60, 120]);
    assert_eq!([usual_seconds(0, 0), usual_seconds(1000, 8)], [10, 600]);
}
