//! A draft as a form and back: every value has the path that faults have for its name, `sections.0.items.2.text.vi`.

use crate::exchange::import::count;
use crate::survey::editing::{Spot, turn};
use crate::survey::{
    ChoiceOption, Condition, Demographic, Factor, Feed, Item, Question, QuestionKind, Questionnaire, Section, Text,
    official_levels,
};
use crate::web::staff::form::{Entry, fold};

/// The longest body: the longest questionnaire in two languages, percent-encoded.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The draft as values of the form.
pub fn entry_of(asked: &Questionnaire) -> Entry {
    let mut form = Filled { entry: Entry::fresh(&[]), languages: &asked.languages };
    form.each("languages", asked.languages.iter().map(String::as_str));
    form.each("unreviewed", asked.unreviewed.iter().map(String::as_str));
    form.each("fields", asked.fields.iter().map(String::as_str));
    form.one("estimated_seconds", &asked.estimated_seconds.to_string());
    form.text("title", &asked.title);
    form.text("intro", &asked.intro);
    form.text("comment", asked.comment.as_ref().unwrap_or(&Text::default()));
    for (place, level) in asked.levels.iter().enumerate() {
        form.text(&format!("levels.{place}"), level);
    }
    form.text("not_used", &asked.not_used);
    for (place, section) in asked.sections.iter().enumerate() {
        form.section(&format!("sections.{place}"), section);
    }
    for (place, demographic) in asked.demographics.iter().enumerate() {
        let path = format!("demographics.{place}");
        form.one(&format!("{path}.id"), &demographic.id);
        form.text(&format!("{path}.text"), &demographic.text);
        form.options(&path, &demographic.options);
    }
    form.entry
}

struct Filled<'a> {
    entry: Entry,
    languages: &'a [String],
}

impl Filled<'_> {
    fn one(&mut self, name: &str, value: &str) {
        self.entry.add(name, value);
    }

    fn each<'v>(&mut self, name: &str, values: impl Iterator<Item = &'v str>) {
        values.for_each(|value| self.entry.add(name, value));
    }

    fn text(&mut self, path: &str, text: &Text) {
        for language in self.languages {
            let words = text.0.get(language).map_or("", String::as_str);
            self.entry.add(&format!("{path}.{language}"), words);
        }
    }

    fn condition(&mut self, path: &str, condition: Option<&Condition>) {
        self.one(&format!("{path}.question"), condition.map_or("", |condition| &condition.question));
        let options = condition.iter().flat_map(|condition| &condition.options);
        self.each(&format!("{path}.options"), options.map(String::as_str));
    }

    fn options(&mut self, path: &str, options: &[ChoiceOption]) {
        for (place, option) in options.iter().enumerate() {
            let path = format!("{path}.options.{place}");
            self.one(&format!("{path}.id"), &option.id);
            self.text(&format!("{path}.text"), &option.text);
        }
    }

    fn switch(&mut self, name: &str, on: bool) {
        if on {
            self.one(name, "yes");
        }
    }

    fn section(&mut self, path: &str, section: &Section) {
        self.one(&format!("{path}.id"), &section.id);
        self.text(&format!("{path}.title"), &section.title);
        self.one(&format!("{path}.factor"), section.factor.map_or("", Factor::as_str));
        self.each(&format!("{path}.feeds"), section.feeds.iter().map(|feed| feed.as_str()));
        self.switch(&format!("{path}.optional"), section.optional);
        self.condition(&format!("{path}.unless"), section.unless.as_ref());
        for (place, item) in section.items.iter().enumerate() {
            let path = format!("{path}.items.{place}");
            self.one(&format!("{path}.id"), &item.id);
            self.one(&format!("{path}.kind"), "levels");
            self.text(&format!("{path}.text"), &item.text);
            self.text(&format!("{path}.help"), &item.help);
            self.one(&format!("{path}.source"), item.source.as_deref().unwrap_or_default());
            self.switch(&format!("{path}.required"), item.required);
        }
        for (place, question) in section.questions.iter().enumerate() {
            let path = format!("{path}.questions.{place}");
            self.one(&format!("{path}.id"), &question.id);
            self.one(&format!("{path}.kind"), question.kind.word());
            self.text(&format!("{path}.text"), &question.text);
            self.text(&format!("{path}.help"), &question.help);
            self.one(&format!("{path}.source"), question.source.as_deref().unwrap_or_default());
            self.switch(&format!("{path}.required"), question.required);
            self.condition(&format!("{path}.when"), question.when.as_ref());
            if let QuestionKind::Number { least, most } = question.kind {
                self.one(&format!("{path}.least"), &least.to_string());
                self.one(&format!("{path}.most"), &most.to_string());
            }
            self.options(&path, question.kind.options());
        }
    }
}

/// What was sent as a questionnaire, and the values that are no numbers, by name. What the form does not show (identity, version,
/// recordings) is taken from `before`.
pub fn questionnaire_of(entry: &Entry, before: &Questionnaire) -> (Questionnaire, Vec<(String, &'static str)>) {
    let languages = languages(entry, before);
    let mut sent = Sent { entry, before, languages: &languages, wrong: Vec::new() };
    let comment = sent.text("comment");
    let mut asked = Questionnaire {
        id: before.id.clone(),
        version: before.version,
        fields: entry.values("fields").map(str::to_owned).collect(),
        title: sent.text("title"),
        intro: sent.text("intro"),
        estimated_seconds: sent.number("estimated_seconds", before.estimated_seconds),
        levels: [0, 1, 2, 3, 4].map(|place| sent.text(&format!("levels.{place}"))),
        not_used: sent.text("not_used"),
        sections: sent.places("sections").into_iter().map(|place| sent.section(&format!("sections.{place}"))).collect(),
        demographics: sent
            .places("demographics")
            .into_iter()
            .map(|place| {
                let path = format!("demographics.{place}");
                Demographic {
                    id: sent.id(&path),
                    text: sent.text(&format!("{path}.text")),
                    options: sent.options(&path),
                }
            })
            .collect(),
        comment: (!comment.is_empty()).then_some(comment),
        unreviewed: entry
            .values("unreviewed")
            .filter(|tag| languages.iter().any(|known| known == tag))
            .map(str::to_owned)
            .collect(),
        languages: languages.clone(),
    };
    // Levels are never left without words: a language that was just added has the official ones.
    for (level, known) in asked.levels.iter_mut().chain([&mut asked.not_used]).zip(official_levels()) {
        for (language, words) in known {
            if languages.iter().any(|known| known == language) {
                level.0.entry((*language).to_owned()).or_insert_with(|| (*words).to_owned());
            }
        }
    }
    let wrong = sent.wrong;
    turn_kinds(entry, &mut asked);
    keep_known_options(&mut asked);
    (asked, wrong)
}

/// Vietnamese first, then those that it had, then those that were added.
fn languages(entry: &Entry, before: &Questionnaire) -> Vec<String> {
    let ticked: Vec<&str> = entry.values("languages").filter(|tag| !tag.is_empty()).collect();
    let mut languages = vec!["vi".to_owned()];
    let known = before.languages.iter().map(String::as_str).filter(|tag| ticked.contains(tag));
    for tag in known.chain(ticked.iter().copied()) {
        if !languages.iter().any(|known| known == tag) {
            languages.push(tag.to_owned());
        }
    }
    languages
}

struct Sent<'a> {
    entry: &'a Entry,
    before: &'a Questionnaire,
    languages: &'a [String],
    wrong: Vec<(String, &'static str)>,
}

impl Sent<'_> {
    fn text(&self, path: &str) -> Text {
        let words = self.languages.iter().filter_map(|language| {
            let words = fold(self.entry.value(&format!("{path}.{language}")));
            (!words.is_empty()).then(|| (language.clone(), words))
        });
        Text(words.collect())
    }

    fn id(&self, path: &str) -> String {
        self.entry.value(&format!("{path}.id")).to_owned()
    }

    fn is_on(&self, name: &str) -> bool {
        self.entry.holds(name, "yes")
    }

    fn source(&self, path: &str) -> Option<String> {
        let source = fold(self.entry.value(&format!("{path}.source")));
        (!source.is_empty()).then_some(source)
    }

    fn number(&mut self, name: &str, before: u32) -> u32 {
        let typed = count(self.entry.value(name)).and_then(|number| u32::try_from(number).ok());
        typed.unwrap_or_else(|| {
            self.wrong.push((name.to_owned(), "Hãy ghi một số nguyên, như 60."));
            before
        })
    }

    /// The places of a list of which an identifier was sent, in their order.
    fn places(&self, list: &str) -> Vec<usize> {
        let start = format!("{list}.");
        let place = |name: &str| name.strip_prefix(&start)?.strip_suffix(".id")?.parse::<usize>().ok();
        let mut places: Vec<usize> = self.entry.names().filter_map(place).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    fn condition(&self, path: &str) -> Option<Condition> {
        let question = self.entry.value(&format!("{path}.question")).to_owned();
        let options = self.entry.values(&format!("{path}.options")).map(str::to_owned).collect();
        (!question.is_empty()).then_some(Condition { question, options })
    }

    fn options(&self, path: &str) -> Vec<ChoiceOption> {
        let places = self.places(&format!("{path}.options")).into_iter();
        let option = |place| {
            let path = format!("{path}.options.{place}");
            ChoiceOption { id: self.id(&path), text: self.text(&format!("{path}.text")) }
        };
        places.map(option).collect()
    }

    fn section(&mut self, path: &str) -> Section {
        let named = |name: &str| Feed::ALL.into_iter().find(|feed| feed.as_str() == name);
        let mut feeds: Vec<Feed> = self.entry.values(&format!("{path}.feeds")).filter_map(named).collect();
        feeds.sort_unstable();
        let factor = self.entry.value(&format!("{path}.factor"));
        let item_places = self.places(&format!("{path}.items"));
        let question_places = self.places(&format!("{path}.questions"));
        Section {
            id: self.id(path),
            factor: Factor::ALL.into_iter().find(|known| known.as_str() == factor),
            feeds,
            title: self.text(&format!("{path}.title")),
            items: item_places.into_iter().map(|place| self.item(&format!("{path}.items.{place}"))).collect(),
            optional: self.is_on(&format!("{path}.optional")),
            unless: self.condition(&format!("{path}.unless")),
            questions: question_places
                .into_iter()
                .map(|place| self.question(&format!("{path}.questions.{place}")))
                .collect(),
        }
    }

    fn item(&self, path: &str) -> Item {
        let id = self.id(path);
        let known = self.before.items().find(|item| item.id == id);
        let mut audio = known.map(|item| item.audio.clone()).unwrap_or_default();
        audio.0.retain(|language, _| self.languages.contains(language));
        Item {
            text: self.text(&format!("{path}.text")),
            help: self.text(&format!("{path}.help")),
            source: self.source(path),
            required: self.is_on(&format!("{path}.required")),
            audio,
            id,
        }
    }

    fn question(&mut self, path: &str) -> Question {
        let id = self.id(path);
        let known = self.before.questions().find(|question| question.id == id).map(|question| question.kind.clone());
        // What kind it was says which values the form had.
        let kind = match known {
            Some(QuestionKind::Number { least, most }) => QuestionKind::Number {
                least: self.number(&format!("{path}.least"), least),
                most: self.number(&format!("{path}.most"), most),
            },
            Some(QuestionKind::Text) => QuestionKind::Text,
            Some(QuestionKind::Several { .. }) => QuestionKind::Several { options: self.options(path) },
            Some(QuestionKind::Scale { .. }) => QuestionKind::Scale { options: self.options(path) },
            Some(QuestionKind::One { .. }) | None => QuestionKind::One { options: self.options(path) },
        };
        Question {
            text: self.text(&format!("{path}.text")),
            help: self.text(&format!("{path}.help")),
            kind,
            source: self.source(path),
            required: self.is_on(&format!("{path}.required")),
            when: self.condition(&format!("{path}.when")),
            id,
        }
    }
}

/// Turns what was given another kind; the last ones first, so that places of the others stay.
fn turn_kinds(entry: &Entry, asked: &mut Questionnaire) {
    for s in 0..asked.sections.len() {
        for i in (0..asked.sections[s].questions.len()).rev() {
            let spot = Spot::Question(s, i);
            turn(asked, spot, entry.value(&format!("{}.kind", spot.path())));
        }
    }
    for s in 0..asked.sections.len() {
        for i in (0..asked.sections[s].items.len()).rev() {
            let spot = Spot::Item(s, i);
            let name = format!("{}.kind", spot.path());
            if entry.names().any(|known| known == name) {
                turn(asked, spot, entry.value(&name));
            }
        }
    }
}

/// A condition that was put on another question has none of its options ticked.
fn keep_known_options(asked: &mut Questionnaire) {
    let demographics = asked.demographics.iter().map(|asked| (asked.id.clone(), asked.options.as_slice()));
    let questions = asked.questions().map(|question| (question.id.clone(), question.kind.options()));
    let known: std::collections::HashMap<String, Vec<String>> = demographics
        .chain(questions)
        .map(|(id, options)| (id, options.iter().map(|option| option.id.clone()).collect()))
        .collect();
    for section in &mut asked.sections {
        let when = section.questions.iter_mut().filter_map(|question| question.when.as_mut());
        for condition in section.unless.as_mut().into_iter().chain(when) {
            let options = known.get(&condition.question).map(Vec::as_slice).unwrap_or_default();
            condition.options.retain(|option| options.contains(option));
        }
    }
}
