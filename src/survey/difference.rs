//! What two versions of a questionnaire differ in, part by part, for people who publish one. Criteria and questions are matched by
//! their identifiers; what is said of them are their Vietnamese words.

use std::collections::BTreeMap;

use super::question::Condition;
use super::{ChoiceOption, Feed, QuestionKind, Questionnaire, Section, Text};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A text of the whole: which, before and after in Vietnamese; the same twice where only a translation changed.
    Words(Whole, String, String),
    /// A field of service is served now, by its identifier.
    FieldAdded(String),
    /// A field of service is served no more.
    FieldRemoved(String),
    /// It can be read in a further language, by its tag.
    LanguageAdded(String),
    /// It cannot be read in a language any more.
    LanguageRemoved(String),
    /// A section is new, with how many criteria and questions.
    SectionAdded(String, usize),
    /// A section is gone.
    SectionRemoved(String),
    /// A section is called something else.
    SectionRenamed(String, String),
    /// A section counts elsewhere: its factor, the indices that it feeds, or for whom it does not count.
    SectionCounts(String),
    /// A section has to be answered with the rest now, or no more.
    SectionOptional(String, bool),
    /// Sections stand in another order.
    SectionOrder,
    /// A criterion or question is new.
    Added(String),
    /// A criterion or question is gone.
    Removed(String),
    /// It is worded otherwise.
    Reworded(String, String),
    /// Its translation into a language changed.
    Translated(String, String),
    /// The words of help under it changed.
    Help(String),
    /// It has to be answered now, or no more.
    Required(String, bool),
    /// It is answered in another way.
    Kind(String),
    /// It is asked of others than before.
    Condition(String),
    /// It stands in another section.
    Moved(String, String),
    /// An option is new: of which question, which.
    OptionAdded(String, String),
    /// An option is gone.
    OptionRemoved(String, String),
    /// An option is worded otherwise.
    OptionReworded(String, String, String),
    /// Criteria and questions stand in another order.
    Order,
}

/// A text of the whole questionnaire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// Its title.
    Title,
    /// Its first sentences.
    Intro,
    /// The question for free words.
    Comment,
    /// A name of a level.
    Level,
    /// Seconds it takes.
    Seconds,
}

/// The help of a question that has none.
static NO_HELP: Text = Text(BTreeMap::new());

/// What is asked, whatever its kind.
struct AskedPart<'a> {
    text: &'a Text,
    help: &'a Text,
    section: String,
    kind: (&'static str, Option<(u32, u32)>),
    options: &'a [ChoiceOption],
    required: bool,
    when: Option<&'a Condition>,
}

/// The differences from one version to the next, in the order of the page.
pub fn difference(before: &Questionnaire, after: &Questionnaire) -> Vec<Change> {
    let mut changes = Vec::new();
    whole(&mut changes, before, after);
    sections(&mut changes, &before.sections, &after.sections);
    let (old, new) = (parts(before), parts(after));
    let known: BTreeMap<&str, &AskedPart<'_>> = old.iter().map(|(id, part)| (*id, part)).collect();
    let words = |part: &AskedPart<'_>| part.text.in_language("vi").to_owned();
    for (id, part) in &new {
        match known.get(id) {
            None => changes.push(Change::Added(words(part))),
            Some(was) => asked_part(&mut changes, was, part),
        }
    }
    let gone = old.iter().filter(|(id, _)| !new.iter().any(|(known, _)| known == id));
    changes.extend(gone.map(|(_, part)| Change::Removed(words(part))));
    if is_reordered(old.iter().map(|(id, _)| *id), new.iter().map(|(id, _)| *id))
        && !changes.iter().any(|change| matches!(change, Change::Moved(..) | Change::SectionOrder))
    {
        changes.push(Change::Order);
    }
    changes
}

/// Whether what both have stands in another order.
fn is_reordered<'a>(before: impl Iterator<Item = &'a str>, after: impl Iterator<Item = &'a str>) -> bool {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.collect(), after.collect());
    let shared = before.iter().filter(|id| after.contains(id));
    !shared.eq(after.iter().filter(|id| before.contains(id)))
}

fn whole(changes: &mut Vec<Change>, before: &Questionnaire, after: &Questionnaire) {
    let vi = |text: &Text| text.in_language("vi").to_owned();
    let mut words = |which, old: &Text, new: &Text| {
        if old != new {
            changes.push(Change::Words(which, vi(old), vi(new)));
        }
    };
    words(Whole::Title, &before.title, &after.title);
    words(Whole::Intro, &before.intro, &after.intro);
    let none = Text::default();
    words(Whole::Comment, before.comment.as_ref().unwrap_or(&none), after.comment.as_ref().unwrap_or(&none));
    let levels = before.levels.iter().zip(&after.levels).chain([(&before.not_used, &after.not_used)]);
    levels.for_each(|(old, new)| words(Whole::Level, old, new));
    if before.estimated_seconds != after.estimated_seconds {
        let (old, new) = (before.estimated_seconds.to_string(), after.estimated_seconds.to_string());
        changes.push(Change::Words(Whole::Seconds, old, new));
    }
    let only = |here: &[String], there: &[String]| -> Vec<String> {
        here.iter().filter(|known| !there.contains(known)).cloned().collect()
    };
    changes.extend(only(&after.fields, &before.fields).into_iter().map(Change::FieldAdded));
    changes.extend(only(&before.fields, &after.fields).into_iter().map(Change::FieldRemoved));
    changes.extend(only(&after.languages, &before.languages).into_iter().map(Change::LanguageAdded));
    changes.extend(only(&before.languages, &after.languages).into_iter().map(Change::LanguageRemoved));
}

fn sections(changes: &mut Vec<Change>, before: &[Section], after: &[Section]) {
    let title = |section: &Section| section.title.in_language("vi").to_owned();
    for section in after {
        let asked = section.items.len() + section.questions.len();
        let Some(was) = before.iter().find(|was| was.id == section.id) else {
            changes.push(Change::SectionAdded(title(section), asked));
            continue;
        };
        if was.title != section.title {
            changes.push(Change::SectionRenamed(title(was), title(section)));
        }
        let counts = |section: &Section| -> (Option<super::Factor>, Vec<Feed>, Option<Condition>) {
            (section.factor, section.feeds.clone(), section.unless.clone())
        };
        if counts(was) != counts(section) {
            changes.push(Change::SectionCounts(title(section)));
        }
        if was.optional != section.optional {
            changes.push(Change::SectionOptional(title(section), section.optional));
        }
    }
    let gone = before.iter().filter(|was| !after.iter().any(|section| section.id == was.id));
    changes.extend(gone.map(|was| Change::SectionRemoved(title(was))));
    if is_reordered(before.iter().map(|section| section.id.as_str()), after.iter().map(|section| section.id.as_str())) {
        changes.push(Change::SectionOrder);
    }
}

fn asked_part(changes: &mut Vec<Change>, was: &AskedPart<'_>, part: &AskedPart<'_>) {
    let (old, new) = (was.text.in_language("vi").to_owned(), part.text.in_language("vi").to_owned());
    if old != new {
        changes.push(Change::Reworded(old, new.clone()));
    }
    for (language, words) in part.text.0.iter().filter(|(language, _)| *language != "vi") {
        if was.text.0.get(language).is_some_and(|before| before != words) {
            changes.push(Change::Translated(new.clone(), language.clone()));
        }
    }
    if was.help != part.help {
        changes.push(Change::Help(new.clone()));
    }
    if was.kind != part.kind {
        changes.push(Change::Kind(new.clone()));
    }
    if was.required != part.required {
        changes.push(Change::Required(new.clone(), part.required));
    }
    if was.when != part.when {
        changes.push(Change::Condition(new.clone()));
    }
    if was.section != part.section {
        changes.push(Change::Moved(new.clone(), part.section.clone()));
    }
    let vi = |option: &ChoiceOption| option.text.in_language("vi").to_owned();
    for option in part.options {
        match was.options.iter().find(|known| known.id == option.id) {
            None => changes.push(Change::OptionAdded(new.clone(), vi(option))),
            Some(known) if known.text != option.text => {
                changes.push(Change::OptionReworded(new.clone(), vi(known), vi(option)));
            }
            Some(_) => {}
        }
    }
    let gone = was.options.iter().filter(|known| !part.options.iter().any(|option| option.id == known.id));
    changes.extend(gone.map(|known| Change::OptionRemoved(new.clone(), vi(known))));
}

fn parts(asked: &Questionnaire) -> Vec<(&str, AskedPart<'_>)> {
    let mut parts = Vec::new();
    for section in &asked.sections {
        let title = || section.title.in_language("vi").to_owned();
        for item in &section.items {
            let part = AskedPart {
                text: &item.text,
                help: &item.help,
                section: title(),
                kind: ("levels", None),
                options: &[],
                required: item.required,
                when: None,
            };
            parts.push((item.id.as_str(), part));
        }
        for question in &section.questions {
            let bounds = match question.kind {
                QuestionKind::Number { least, most } => Some((least, most)),
                _ => None,
            };
            let part = AskedPart {
                text: &question.text,
                help: &question.help,
                section: title(),
                kind: (question.kind.word(), bounds),
                options: question.kind.options(),
                required: question.required,
                when: question.when.as_ref(),
            };
            parts.push((question.id.as_str(), part));
        }
    }
    for demographic in &asked.demographics {
        let part = AskedPart {
            text: &demographic.text,
            help: &NO_HELP,
            section: String::new(),
            kind: ("about", None),
            options: &demographic.options,
            required: false,
            when: None,
        };
        parts.push((demographic.id.as_str(), part));
    }
    parts
}
