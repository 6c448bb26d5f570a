//! A questionnaire under way, changed part by part: added, moved, dropped, turned into another kind. What comes of it may have faults;
//! [`super::check::faults`] names them. Parts are found by the paths that faults have: `sections.0.items.2`.

use std::collections::BTreeSet;

use super::naming::{fresh, make_new};
use super::question::QuestionKind;
use super::{ChoiceOption, Demographic, Item, Question, Questionnaire, Section, Text};

/// A part that can be moved or dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// A section.
    Section(usize),
    /// An item of a section.
    Item(usize, usize),
    /// A question of a further kind of a section.
    Question(usize, usize),
    /// A question about the person or the case.
    Demographic(usize),
    /// An option of a question of a further kind.
    QuestionOption(usize, usize, usize),
    /// An option of a demographic question.
    DemographicOption(usize, usize),
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// One place up.
    Up(Spot),
    /// One place down.
    Down(Spot),
    /// To the place of another part of its kind.
    To(Spot, Spot),
    /// Away.
    Drop(Spot),
    /// A new section at the end.
    AddSection,
    /// A new item at the end of a section.
    AddItem(usize),
    /// A new question of a further kind at the end of a section.
    AddQuestion(usize),
    /// A new demographic question at the end.
    AddDemographic,
    /// A new option at the end of a question.
    AddOption(Spot),
    /// It asks something else from here on, and is compared with nothing before.
    Another(Spot),
}

impl Spot {
    /// The part of a path.
    pub fn parse(path: &str) -> Option<Self> {
        let pieces: Vec<&str> = path.split('.').collect();
        let number = |piece: &str| piece.parse::<usize>().ok();
        Some(match pieces[..] {
            ["sections", s] => Self::Section(number(s)?),
            ["sections", s, "items", i] => Self::Item(number(s)?, number(i)?),
            ["sections", s, "questions", i] => Self::Question(number(s)?, number(i)?),
            ["sections", s, "questions", i, "options", o] => Self::QuestionOption(number(s)?, number(i)?, number(o)?),
            ["demographics", i] => Self::Demographic(number(i)?),
            ["demographics", i, "options", o] => Self::DemographicOption(number(i)?, number(o)?),
            _ => return None,
        })
    }

    /// Its path.
    pub fn path(self) -> String {
        match self {
            Self::Section(s) => format!("sections.{s}"),
            Self::Item(s, i) => format!("sections.{s}.items.{i}"),
            Self::Question(s, i) => format!("sections.{s}.questions.{i}"),
            Self::Demographic(i) => format!("demographics.{i}"),
            Self::QuestionOption(s, i, o) => format!("sections.{s}.questions.{i}.options.{o}"),
            Self::DemographicOption(i, o) => format!("demographics.{i}.options.{o}"),
        }
    }

    /// The question of an option; any other part itself.
    #[must_use]
    pub fn asked(self) -> Self {
        match self {
            Self::QuestionOption(s, i, _) => Self::Question(s, i),
            Self::DemographicOption(i, _) => Self::Demographic(i),
            other => other,
        }
    }
}

impl Step {
    /// The step that a button names: `up.sections.0.items.2`, `to.sections.0.items.2/sections.1.items.0`, `add.section`.
    pub fn parse(word: &str) -> Option<Self> {
        let (what, rest) = word.split_once('.')?;
        Some(match what {
            "up" => Self::Up(Spot::parse(rest)?),
            "down" => Self::Down(Spot::parse(rest)?),
            "drop" => Self::Drop(Spot::parse(rest)?),
            "another" => Self::Another(Spot::parse(rest)?),
            "option" => Self::AddOption(Spot::parse(rest)?),
            "to" => {
                let (from, to) = rest.split_once('/')?;
                Self::To(Spot::parse(from)?, Spot::parse(to)?)
            }
            "add" => match rest.split_once('.') {
                None if rest == "section" => Self::AddSection,
                None if rest == "demographic" => Self::AddDemographic,
                Some(("item", section)) => Self::AddItem(section.parse().ok()?),
                Some(("question", section)) => Self::AddQuestion(section.parse().ok()?),
                _ => return None,
            },
            _ => return None,
        })
    }
}

/// Takes a step; where the part is afterwards, or the nearest one to it. None where there is no such part.
pub fn take(asked: &mut Questionnaire, step: &Step) -> Option<Spot> {
    match step {
        Step::Up(spot) => shift(asked, *spot, true),
        Step::Down(spot) => shift(asked, *spot, false),
        Step::To(from, to) => move_to(asked, *from, *to),
        Step::Drop(spot) => drop_part(asked, *spot),
        Step::AddSection => {
            let ids: BTreeSet<String> = asked.sections.iter().map(|section| section.id.clone()).collect();
            let optional = asked.sections.last().is_some_and(|section| section.optional);
            let section = Section { id: fresh(&ids), items: vec![new_item(asked)], optional, ..Section::default() };
            asked.sections.push(section);
            Some(Spot::Section(asked.sections.len() - 1))
        }
        Step::AddItem(section) => {
            let item = new_item(asked);
            let items = &mut asked.sections.get_mut(*section)?.items;
            items.push(item);
            Some(Spot::Item(*section, items.len() - 1))
        }
        Step::AddQuestion(section) => {
            let kind = QuestionKind::One { options: new_options(2) };
            let id = fresh(&ids(asked));
            let question = Question {
                id,
                text: Text::default(),
                help: Text::default(),
                kind,
                source: None,
                required: false,
                when: None,
            };
            let questions = &mut asked.sections.get_mut(*section)?.questions;
            questions.push(question);
            Some(Spot::Question(*section, questions.len() - 1))
        }
        Step::AddDemographic => {
            let id = fresh(&ids(asked));
            asked.demographics.push(Demographic { id, text: Text::default(), options: new_options(2) });
            Some(Spot::Demographic(asked.demographics.len() - 1))
        }
        Step::AddOption(spot) => {
            let options = options_of(asked, *spot)?;
            let ids = options.iter().map(|option| option.id.clone()).collect();
            options.push(ChoiceOption { id: fresh(&ids), text: Text::default() });
            Some(*spot)
        }
        Step::Another(spot) => {
            let id = id_of(asked, *spot)?.to_owned();
            make_new(asked, &id);
            Some(*spot)
        }
    }
}

/// Turns an item or question into another kind: `levels`, or a word of [`QuestionKind::WORDS`]. Where it is afterwards.
pub fn turn(asked: &mut Questionnaire, spot: Spot, kind: &str) -> Option<Spot> {
    match spot {
        Spot::Item(_, _) if kind == "levels" => Some(spot),
        Spot::Item(s, i) => {
            let section = asked.sections.get_mut(s)?;
            if i >= section.items.len() {
                return None;
            }
            let kind = new_kind(kind, Vec::new())?;
            let Item { id, text, help, source, required, .. } = section.items.remove(i);
            section.questions.insert(0, Question { id, text, help, kind, source, required, when: None });
            Some(Spot::Question(s, 0))
        }
        Spot::Question(s, i) => {
            let section = asked.sections.get_mut(s)?;
            if kind == "levels" {
                if i >= section.questions.len() {
                    return None;
                }
                let Question { id, text, help, source, required, .. } = section.questions.remove(i);
                section.items.push(Item { id, text, help, source, required, audio: Text::default() });
                return Some(Spot::Item(s, section.items.len() - 1));
            }
            let question = section.questions.get_mut(i)?;
            if question.kind.word() != kind {
                question.kind = new_kind(kind, question.kind.options().to_vec())?;
            }
            Some(spot)
        }
        _ => None,
    }
}

fn new_kind(word: &str, options: Vec<ChoiceOption>) -> Option<QuestionKind> {
    let options = if options.is_empty() { new_options(2) } else { options };
    Some(match word {
        "one" => QuestionKind::One { options },
        "several" => QuestionKind::Several { options },
        "scale" => QuestionKind::Scale { options },
        "number" => QuestionKind::Number { least: 0, most: 100 },
        "text" => QuestionKind::Text,
        _ => return None,
    })
}

fn new_options(count: usize) -> Vec<ChoiceOption> {
    let mut ids = BTreeSet::new();
    let mut options = Vec::new();
    for _ in 0..count {
        let id = fresh(&ids);
        ids.insert(id.clone());
        options.push(ChoiceOption { id, text: Text::default() });
    }
    options
}

fn new_item(asked: &Questionnaire) -> Item {
    Item {
        id: fresh(&ids(asked)),
        text: Text::default(),
        help: Text::default(),
        source: None,
        required: false,
        audio: Text::default(),
    }
}

fn ids(asked: &Questionnaire) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> = asked.items().map(|item| item.id.clone()).collect();
    ids.extend(asked.questions().map(|question| question.id.clone()));
    ids.extend(asked.demographics.iter().map(|asked| asked.id.clone()));
    ids
}

fn id_of(asked: &Questionnaire, spot: Spot) -> Option<&str> {
    match spot {
        Spot::Item(s, i) => asked.sections.get(s)?.items.get(i).map(|item| item.id.as_str()),
        Spot::Question(s, i) => asked.sections.get(s)?.questions.get(i).map(|question| question.id.as_str()),
        Spot::Demographic(i) => asked.demographics.get(i).map(|asked| asked.id.as_str()),
        _ => None,
    }
}

fn options_of(asked: &mut Questionnaire, spot: Spot) -> Option<&mut Vec<ChoiceOption>> {
    match spot {
        Spot::Question(s, i) => match &mut asked.sections.get_mut(s)?.questions.get_mut(i)?.kind {
            QuestionKind::One { options } | QuestionKind::Several { options } | QuestionKind::Scale { options } => {
                Some(options)
            }
            QuestionKind::Number { .. } | QuestionKind::Text => None,
        },
        Spot::Demographic(i) => Some(&mut asked.demographics.get_mut(i)?.options),
        _ => None,
    }
}

/// The place beside `at` in a list of this length.
fn beside(at: usize, up: bool, length: usize) -> Option<usize> {
    let to = if up { at.checked_sub(1)? } else { at + 1 };
    (at < length && to < length).then_some(to)
}

fn swap<T>(list: &mut [T], at: usize, up: bool) -> Option<usize> {
    let to = beside(at, up, list.len())?;
    list.swap(at, to);
    Some(to)
}

/// One place up or down; from the end of a section into the next one.
fn shift(asked: &mut Questionnaire, spot: Spot, up: bool) -> Option<Spot> {
    let sections = asked.sections.len();
    match spot {
        Spot::Section(s) => swap(&mut asked.sections, s, up).map(Spot::Section),
        Spot::Demographic(i) => swap(&mut asked.demographics, i, up).map(Spot::Demographic),
        Spot::Item(s, i) => {
            let items = &mut asked.sections.get_mut(s)?.items;
            if let Some(to) = swap(items, i, up) {
                return Some(Spot::Item(s, to));
            }
            let to = beside(s, up, sections).filter(|_| i < items.len())?;
            let item = items.remove(i);
            let items = &mut asked.sections[to].items;
            let place = if up { items.len() } else { 0 };
            items.insert(place, item);
            Some(Spot::Item(to, place))
        }
        Spot::Question(s, i) => {
            let questions = &mut asked.sections.get_mut(s)?.questions;
            if let Some(to) = swap(questions, i, up) {
                return Some(Spot::Question(s, to));
            }
            let to = beside(s, up, sections).filter(|_| i < questions.len())?;
            let question = questions.remove(i);
            let questions = &mut asked.sections[to].questions;
            let place = if up { questions.len() } else { 0 };
            questions.insert(place, question);
            Some(Spot::Question(to, place))
        }
        Spot::QuestionOption(s, i, o) => {
            let to = swap(options_of(asked, Spot::Question(s, i))?, o, up)?;
            Some(Spot::QuestionOption(s, i, to))
        }
        Spot::DemographicOption(i, o) => {
            let to = swap(options_of(asked, Spot::Demographic(i))?, o, up)?;
            Some(Spot::DemographicOption(i, to))
        }
    }
}

fn move_to(asked: &mut Questionnaire, from: Spot, to: Spot) -> Option<Spot> {
    fn within<T>(list: &mut Vec<T>, from: usize, to: usize) -> Option<()> {
        if from >= list.len() || to >= list.len() {
            return None;
        }
        let part = list.remove(from);
        list.insert(to, part);
        Some(())
    }
    match (from, to) {
        (Spot::Section(a), Spot::Section(b)) => within(&mut asked.sections, a, b)?,
        (Spot::Demographic(a), Spot::Demographic(b)) => within(&mut asked.demographics, a, b)?,
        (Spot::Item(s, a), Spot::Item(t, b)) if s == t => within(&mut asked.sections.get_mut(s)?.items, a, b)?,
        (Spot::Item(s, a), Spot::Item(t, b)) => {
            if a >= asked.sections.get(s)?.items.len() || b > asked.sections.get(t)?.items.len() {
                return None;
            }
            let item = asked.sections[s].items.remove(a);
            asked.sections[t].items.insert(b, item);
        }
        (Spot::Question(s, a), Spot::Question(t, b)) if s == t => {
            within(&mut asked.sections.get_mut(s)?.questions, a, b)?;
        }
        (Spot::Question(s, a), Spot::Question(t, b)) => {
            if a >= asked.sections.get(s)?.questions.len() || b > asked.sections.get(t)?.questions.len() {
                return None;
            }
            let question = asked.sections[s].questions.remove(a);
            asked.sections[t].questions.insert(b, question);
        }
        _ => return None,
    }
    Some(to)
}

fn drop_part(asked: &mut Questionnaire, spot: Spot) -> Option<Spot> {
    fn remove<T>(list: &mut Vec<T>, at: usize) -> Option<usize> {
        if at >= list.len() {
            return None;
        }
        list.remove(at);
        Some(at.min(list.len().saturating_sub(1)))
    }
    match spot {
        Spot::Section(s) => remove(&mut asked.sections, s).map(Spot::Section),
        Spot::Item(s, i) => remove(&mut asked.sections.get_mut(s)?.items, i).map(|_| Spot::Section(s)),
        Spot::Question(s, i) => remove(&mut asked.sections.get_mut(s)?.questions, i).map(|_| Spot::Section(s)),
        Spot::Demographic(i) => remove(&mut asked.demographics, i).map(Spot::Demographic),
        Spot::QuestionOption(s, i, o) => {
            remove(options_of(asked, Spot::Question(s, i))?, o).map(|_| Spot::Question(s, i))
        }
        Spot::DemographicOption(i, o) => {
            remove(options_of(asked, Spot::Demographic(i))?, o).map(|_| Spot::Demographic(i))
        }
    }
}

/// Every text keeps the languages that the questionnaire has.
pub fn keep_languages(asked: &mut Questionnaire, tags: &[String]) {
    let keep = |text: &mut Text| text.0.retain(|tag, _| tags.contains(tag));
    [&mut asked.title, &mut asked.intro, &mut asked.not_used].into_iter().chain(&mut asked.levels).for_each(keep);
    asked.comment.iter_mut().for_each(keep);
    for section in &mut asked.sections {
        keep(&mut section.title);
        for item in &mut section.items {
            keep(&mut item.text);
            keep(&mut item.help);
        }
        for question in &mut section.questions {
            keep(&mut question.text);
            keep(&mut question.help);
            if let QuestionKind::One { options } | QuestionKind::Several { options } | QuestionKind::Scale { options } =
                &mut question.kind
            {
                for option in options {
                    keep(&mut option.text);
                }
            }
        }
    }
    for demographic in &mut asked.demographics {
        keep(&mut demographic.text);
        demographic.options.iter_mut().for_each(|option| keep(&mut option.text));
    }
}
