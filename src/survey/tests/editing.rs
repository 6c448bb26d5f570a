//! Parts added, moved, dropped, turned and named.

use std::collections::BTreeSet;

use super::kitchen_sink;
use crate::survey::difference::{Change, difference};
use crate::survey::editing::{Spot, Step, take, turn};
use crate::survey::naming::{forget_reworded, name_parts, questionnaire_id, slug};
use crate::survey::{Condition, Questionnaire};

fn say(asked: &mut Questionnaire, section: usize, item: usize, words: &str) {
    asked.sections[section].items[item].text.0.insert("vi".to_owned(), words.to_owned());
}

#[test]
fn every_step_leaves_the_number_of_parts_that_it_says_and_unknown_ones_change_nothing() {
    let before = kitchen_sink();
    for step in
        ["up.sections.0", "down.sections.1", "drop.sections.7", "up.demographics.0", "option.sections.0.items.0"]
    {
        let mut asked = before.clone();
        let step = Step::parse(step).expect("a step");
        assert_eq!(take(&mut asked, &step), None, "{step:?}");
        assert_eq!(asked, before, "{step:?}");
    }
    for word in ["", "up", "up.title", "to.sections.0", "add.item.x", "fly.sections.0"] {
        assert_eq!(Step::parse(word), None, "{word}");
    }
    let mut asked = before.clone();
    assert_eq!(take(&mut asked, &Step::AddItem(1)), Some(Spot::Item(1, 1)));
    assert_eq!(take(&mut asked, &Step::Up(Spot::Item(1, 1))), Some(Spot::Item(1, 0)));
    assert_eq!(take(&mut asked, &Step::Up(Spot::Item(1, 0))), Some(Spot::Item(0, 2)), "to the end of the one before");
    assert_eq!(take(&mut asked, &Step::To(Spot::Item(0, 2), Spot::Item(0, 0))), Some(Spot::Item(0, 0)));
    assert_eq!(take(&mut asked, &Step::Drop(Spot::Item(0, 0))), Some(Spot::Section(0)));
    assert_eq!(asked, before);
}

#[test]
fn a_kind_is_changed_there_and_back_with_what_both_have() {
    let mut asked = kitchen_sink();
    let kept = asked.sections[0].items[1].clone();
    let spot = turn(&mut asked, Spot::Item(0, 1), "several").expect("turned");
    assert_eq!((spot, asked.sections[0].questions[0].kind.word()), (Spot::Question(0, 0), "several"));
    assert_eq!(turn(&mut asked, spot, "number"), Some(spot));
    let back = turn(&mut asked, spot, "levels").expect("turned");
    assert_eq!((back, &asked.sections[0].items[1]), (Spot::Item(0, 1), &kept));
    assert_eq!(turn(&mut asked, Spot::Item(0, 9), "one"), None);
    assert_eq!(turn(&mut asked, Spot::Demographic(0), "one"), None);
}

#[test]
fn new_parts_are_called_by_what_they_say_and_conditions_follow() {
    let mut asked = kitchen_sink();
    take(&mut asked, &Step::AddItem(0));
    take(&mut asked, &Step::AddQuestion(0));
    name_parts(&mut asked);
    assert!(asked.sections[0].items[2].id.starts_with("new_"), "nothing is said yet");
    say(&mut asked, 0, 2, "Đường đến dễ đi");
    let question = &mut asked.sections[0].questions[0];
    question.text.0.insert("vi".to_owned(), "Ông/Bà đến bằng gì?".to_owned());
    let (id, option) = (question.id.clone(), question.kind.options()[0].id.clone());
    if let crate::survey::QuestionKind::One { options } = &mut question.kind {
        options[0].text.0.insert("vi".to_owned(), "Xe máy".to_owned());
    }
    asked.sections[0].unless = Some(Condition { question: id, options: vec![option] });
    name_parts(&mut asked);
    // The digits: printf 'Đường đến dễ đi' | sha256sum
    assert_eq!(asked.sections[0].items[2].id, "access_duong_den_de_di_e91b");
    let unless = asked.sections[0].unless.clone().expect("a condition");
    assert_eq!(
        (unless.question, unless.options),
        (asked.sections[0].questions[0].id.clone(), vec!["xe_may".to_owned()])
    );
}

#[test]
fn the_same_words_are_one_criterion_and_a_rewording_is_another_until_it_was_published() {
    let named = |words: &str| {
        let mut asked = kitchen_sink();
        take(&mut asked, &Step::AddItem(0));
        say(&mut asked, 0, 2, words);
        name_parts(&mut asked);
        asked
    };
    let (one, same, other) = (named("Đường đến dễ đi"), named("Đường đến dễ đi"), named("Đường đến dễ đi lắm"));
    let id = |asked: &Questionnaire| asked.sections[0].items[2].id.clone();
    assert_eq!(id(&one), id(&same));
    assert_ne!(id(&one), id(&other));
    let mut reworded = one.clone();
    say(&mut reworded, 0, 2, "Đường đến dễ đi lắm");
    let mut published = reworded.clone();
    forget_reworded(&mut published, &one, &BTreeSet::from([id(&one)]));
    name_parts(&mut published);
    assert_eq!(id(&published), id(&one), "what was published keeps its name");
    forget_reworded(&mut reworded, &one, &BTreeSet::new());
    name_parts(&mut reworded);
    assert_eq!(id(&reworded), id(&other));
}

#[test]
fn names_are_made_of_letters_that_files_and_addresses_hold() {
    assert_eq!(slug("Thời gian giải quyết: ĐÚNG hẹn!", '_', 22), "thoi_gian_giai_quyet");
    assert_eq!(slug("…", '_', 22), "");
    let taken = ["khao-sat-ho-kinh-doanh"];
    let id = |title: &str| questionnaire_id(title, |id| taken.contains(&id));
    assert_eq!(id("Khảo sát hộ kinh doanh"), "khao-sat-ho-kinh-doanh-2");
    assert_eq!(id("2026: đợt 1"), "phieu-2026-dot-1");
}

#[test]
fn a_difference_says_what_changed_and_nothing_else() {
    let before = kitchen_sink();
    assert_eq!(difference(&before, &before), []);
    let mut after = before.clone();
    say(&mut after, 0, 0, "Thông tin dễ hiểu");
    take(&mut after, &Step::Drop(Spot::Item(0, 1)));
    take(&mut after, &Step::AddOption(Spot::Demographic(0)));
    after.sections[1].optional = false;
    after.fields.retain(|field| field != "land");
    let changes = difference(&before, &after);
    assert_eq!(
        changes,
        [
            Change::FieldRemoved("land".to_owned()),
            Change::SectionOptional("Cơ sở vật chất".to_owned(), false),
            Change::Reworded("Thông tin dễ tìm".to_owned(), "Thông tin dễ hiểu".to_owned()),
            Change::OptionAdded("Tuổi".to_owned(), String::new()),
            Change::Removed("Biển hiệu rõ ràng".to_owned()),
        ]
    );
    let mut moved = before.clone();
    take(&mut moved, &Step::Down(Spot::Item(0, 0)));
    assert_eq!(difference(&before, &moved), [Change::Order]);
}
