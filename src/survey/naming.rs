//! Identifiers made of words, so that nobody types one. A part that is new has a name for the time being; once it says something, it
//! is called by what it says. Two questionnaires that ask the same in the same words so have one criterion, and those that ask
//! something else have two.

use std::collections::BTreeSet;

use icu_normalizer::DecomposingNormalizer;
use sha2::{Digest, Sha256};

use super::check::{ID_MAX, QUESTIONNAIRE_ID_MAX};
use super::{ChoiceOption, Condition, QuestionKind, Questionnaire, Text};

/// Begins the name for the time being.
const NEW: &str = "new_";
/// The longest piece of words in an identifier.
const WORDS_MAX: usize = 22;
/// Digits that tell two wordings apart whose beginnings are alike.
const MARK: usize = 4;

/// A name for the time being that `taken` does not hold.
pub(super) fn fresh(taken: &BTreeSet<String>) -> String {
    let mut number = taken.len() + 1;
    while taken.contains(&format!("{NEW}{number}")) {
        number += 1;
    }
    format!("{NEW}{number}")
}

/// Small letters and digits of a text without marks, words joined by `joint`, at most `most` characters, whole words where that goes.
pub fn slug(text: &str, joint: char, most: usize) -> String {
    let plain = DecomposingNormalizer::new_nfd().normalize(text);
    let letters = plain.chars().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).flat_map(char::to_lowercase);
    let letters: String = letters.map(|letter| if letter == 'đ' { 'd' } else { letter }).collect();
    let words = letters.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        if slug.is_empty() {
            slug = word.chars().take(most).collect();
        } else if slug.len() + 1 + word.len() <= most {
            slug.push(joint);
            slug.push_str(word);
        } else {
            break;
        }
    }
    slug
}

/// An identifier of a questionnaire made of its title, which `taken` does not hold.
pub fn questionnaire_id(title: &str, taken: impl Fn(&str) -> bool) -> String {
    let slug = slug(title, '-', QUESTIONNAIRE_ID_MAX - 4);
    let base = if slug.starts_with(|first: char| first.is_ascii_lowercase()) { slug } else { format!("phieu-{slug}") };
    let base = base.trim_end_matches('-').to_owned();
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or(base)
}

/// Four digits of a wording's hash.
fn mark(words: &str) -> String {
    let digest: Vec<String> =
        Sha256::digest(words.as_bytes()).iter().take(MARK / 2).map(|byte| format!("{byte:02x}")).collect();
    digest.concat()
}

/// The identifier of a criterion or question: whose part it is, what it says, and four digits of the whole wording.
pub fn part_id(prefix: &str, words: &str) -> String {
    let prefix: String = prefix.chars().take(ID_MAX - WORDS_MAX - MARK - 2).collect();
    let slug = slug(words, '_', WORDS_MAX);
    let pieces = [prefix.trim_matches('_'), &slug, &mark(words)].map(str::to_owned);
    pieces.into_iter().filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join("_")
}

/// Whether an identifier was made of this wording.
fn is_of(id: &str, words: &str) -> bool {
    !words.is_empty() && id.ends_with(&format!("_{}", mark(words)))
}

/// Gives every part that says something and still has a name for the time being its own; conditions follow.
pub fn name_parts(questionnaire: &mut Questionnaire) {
    let mut sections: BTreeSet<String> = questionnaire.sections.iter().map(|section| section.id.clone()).collect();
    let mut taken: BTreeSet<String> = questionnaire.items().map(|item| item.id.clone()).collect();
    taken.extend(questionnaire.questions().map(|question| question.id.clone()));
    taken.extend(questionnaire.demographics.iter().map(|asked| asked.id.clone()));
    let mut renamed: Vec<(String, String)> = Vec::new();
    let mut options: Vec<(String, String, String)> = Vec::new();
    for section in &mut questionnaire.sections {
        let title = section.title.in_language("vi");
        if section.id.starts_with(NEW) && !title.is_empty() {
            section.id = free(&letter_first(&slug(title, '_', ID_MAX - 4)), &mut sections);
        }
        let prefix = section.factor.map_or("", super::Factor::as_str);
        let own = slug(title, '_', ID_MAX - WORDS_MAX - MARK - 2);
        let prefix = if prefix.is_empty() { own.as_str() } else { prefix };
        let items = section.items.iter_mut().map(|item| (&mut item.id, &item.text));
        let questions = section.questions.iter_mut().map(|question| (&mut question.id, &question.text));
        for (id, text) in items.chain(questions) {
            rename(id, prefix, text, &mut taken, &mut renamed);
        }
        for question in &mut section.questions {
            if let QuestionKind::One { options: own }
            | QuestionKind::Several { options: own }
            | QuestionKind::Scale { options: own } = &mut question.kind
            {
                name_options(&question.id, own, &mut options);
            }
        }
    }
    for asked in &mut questionnaire.demographics {
        rename(&mut asked.id, "", &asked.text, &mut taken, &mut renamed);
        name_options(&asked.id, &mut asked.options, &mut options);
    }
    for condition in conditions(questionnaire) {
        if let Some((_, id)) = renamed.iter().find(|(old, _)| *old == condition.question) {
            condition.question.clone_from(id);
        }
        for (question, old, new) in &options {
            if *question == condition.question {
                condition.options.iter_mut().filter(|option| *option == old).for_each(|option| option.clone_from(new));
            }
        }
    }
}

/// Takes the names of criteria and questions that were made of words which were changed since, and were never published: they get
/// new ones of the new words.
pub fn forget_reworded(after: &mut Questionnaire, before: &Questionnaire, published: &BTreeSet<String>) {
    let mut words: Vec<(String, String)> = Vec::new();
    let items = before.items().map(|item| (&item.id, &item.text));
    let asked = before.demographics.iter().map(|asked| (&asked.id, &asked.text));
    for (id, text) in items.chain(before.questions().map(|question| (&question.id, &question.text))).chain(asked) {
        if is_of(id, text.in_language("vi")) && !published.contains(id) {
            words.push((id.clone(), text.in_language("vi").to_owned()));
        }
    }
    let reworded = |id: &String, text: &Text| {
        let said = text.in_language("vi");
        words.iter().any(|(known, before)| known == id && before != said && !said.is_empty())
    };
    let items = after.items().map(|item| (&item.id, &item.text));
    let asked = after.demographics.iter().map(|asked| (&asked.id, &asked.text));
    let parts = items.chain(after.questions().map(|question| (&question.id, &question.text))).chain(asked);
    let found: Vec<String> = parts.filter(|(id, text)| reworded(id, text)).map(|(id, _)| id.clone()).collect();
    for id in found {
        make_new(after, &id);
    }
}

/// Gives a criterion or question a name for the time being: it asks something else from here on.
pub fn make_new(questionnaire: &mut Questionnaire, id: &str) {
    let mut taken: BTreeSet<String> = questionnaire.items().map(|item| item.id.clone()).collect();
    taken.extend(questionnaire.questions().map(|question| question.id.clone()));
    taken.extend(questionnaire.demographics.iter().map(|asked| asked.id.clone()));
    let fresh = fresh(&taken);
    for section in &mut questionnaire.sections {
        let ids = section.items.iter_mut().map(|item| &mut item.id);
        for known in ids.chain(section.questions.iter_mut().map(|question| &mut question.id)) {
            if known == id {
                known.clone_from(&fresh);
            }
        }
    }
    for asked in questionnaire.demographics.iter_mut().filter(|asked| asked.id == id) {
        asked.id.clone_from(&fresh);
    }
    for condition in conditions(questionnaire).filter(|condition| condition.question == id) {
        condition.question.clone_from(&fresh);
    }
}

/// Every condition of a questionnaire.
fn conditions(questionnaire: &mut Questionnaire) -> impl Iterator<Item = &mut Condition> {
    questionnaire.sections.iter_mut().flat_map(|section| {
        let when = section.questions.iter_mut().filter_map(|question| question.when.as_mut());
        section.unless.as_mut().into_iter().chain(when)
    })
}

fn rename(
    id: &mut String,
    prefix: &str,
    text: &Text,
    taken: &mut BTreeSet<String>,
    renamed: &mut Vec<(String, String)>,
) {
    let words = text.in_language("vi");
    if id.starts_with(NEW) && !words.is_empty() {
        let name = free(&letter_first(&part_id(prefix, words)), taken);
        renamed.push((std::mem::replace(id, name.clone()), name));
    }
}

fn name_options(question: &str, options: &mut [ChoiceOption], renamed: &mut Vec<(String, String, String)>) {
    let mut taken: BTreeSet<String> = options.iter().map(|option| option.id.clone()).collect();
    for option in options {
        let words = option.text.in_language("vi");
        if option.id.starts_with(NEW) && !words.is_empty() {
            let slug = slug(words, '_', ID_MAX - 4);
            let name = free(if slug.is_empty() { "option" } else { &slug }, &mut taken);
            renamed.push((question.to_owned(), std::mem::replace(&mut option.id, name.clone()), name));
        }
    }
}

/// Identifiers of parts begin with a letter.
fn letter_first(id: &str) -> String {
    if id.starts_with(|first: char| first.is_ascii_lowercase()) { id.to_owned() } else { format!("q_{id}") }
}

/// `base`, or with a number where it is taken; taken from here on.
fn free(base: &str, taken: &mut BTreeSet<String>) -> String {
    let base: String = base.chars().take(ID_MAX).collect();
    let short: String = base.chars().take(ID_MAX - 3).collect();
    let numbered = (2..).map(|number| format!("{short}_{number}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|id| !taken.contains(id)).unwrap_or(base);
    taken.insert(free.clone());
    free
}
