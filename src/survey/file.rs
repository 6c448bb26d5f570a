//! A questionnaire file (TOML) read: every problem at once, each with its line.
//!
//! This file knows the shape of the file (keys, types, lines); what a questionnaire may say stands in `check.rs`.
//! The format is described for authors in `survey_forms/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::check::faults;
use super::problem::{Called, Kind, Part as PartOf, Place, Problem, Reason, Shape};
use super::{
    ChoiceOption, Condition, Demographic, Factor, Feed, Item, Question, QuestionKind, Questionnaire, Section, Text,
};

/// The questionnaire of a file, or everything that is wrong with it, in the order of its lines.
///
/// `file_name` may carry folders; its last part must be `<id>.toml`. `known_fields` are the fields of service that
/// the installation knows.
pub fn parse(file_name: &str, source: &str, known_fields: &[String]) -> Result<Questionnaire, Vec<Problem>> {
    let mut reader = Reader::new(file_name, source);
    let (root, errors) = DeTable::parse_recoverable(source);
    for error in errors {
        let line = error.span().map_or(1, |span| reader.line_of(span.start));
        reader.report(line, PartOf::Head.into(), Reason::Syntax(error));
    }
    let mut questionnaire = None;
    // What the parser guessed after an error in the syntax would only raise problems that are not there.
    if reader.problems.is_empty() {
        let read = reader.questionnaire(root.get_ref());
        reader.file_name(&read.id);
        for fault in faults(&read, known_fields) {
            reader.fault(&fault.path, fault.place, fault.reason);
        }
        questionnaire = Some(read);
    }
    // By line; within a line in an order that does not depend on who found what first.
    reader.problems.sort_by_cached_key(|problem| (problem.line, problem.to_string()));
    reader.problems.dedup();
    match questionnaire {
        Some(questionnaire) if reader.problems.is_empty() => Ok(questionnaire),
        _ => Err(reader.problems),
    }
}

/// Official names of the levels, the least satisfied first (form of the Ministry of Home Affairs), and English.
pub(super) const LEVELS: [[(&str, &str); 2]; 5] = [
    [("vi", "Rất không hài lòng"), ("en", "Very dissatisfied")],
    [("vi", "Không hài lòng"), ("en", "Dissatisfied")],
    [("vi", "Bình thường"), ("en", "Neither satisfied nor dissatisfied")],
    [("vi", "Hài lòng"), ("en", "Satisfied")],
    [("vi", "Rất hài lòng"), ("en", "Very satisfied")],
];
/// Official name of the answer that enters no denominator (form of the Ministry of Health), and English.
pub(super) const NOT_USED: [(&str, &str); 2] =
    [("vi", "Không sử dụng / không có ý kiến"), ("en", "Not used / no opinion")];

/// Official names of the five levels, the least satisfied first, and of "not used": pairs of a language and words.
pub fn official_levels() -> [&'static [(&'static str, &'static str); 2]; 6] {
    let [one, two, three, four, five] = &LEVELS;
    [one, two, three, four, five, &NOT_USED]
}

/// The part of the file being read: where it stands in the questionnaire, where people find it, its table.
struct Part<'t> {
    path: String,
    place: Place,
    table: &'t DeTable<'t>,
}

impl Part<'_> {
    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

struct Reader<'f> {
    /// The file as the caller named it.
    file: &'f str,
    /// Byte offsets at which lines begin.
    line_starts: Vec<usize>,
    /// The line of each part that the file gives, by path.
    lines: BTreeMap<String, usize>,
    /// Paths already complained about: what was put in their place is not looked at again.
    broken: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl<'f> Reader<'f> {
    fn new(file: &'f str, source: &str) -> Self {
        let line_starts = std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, line_starts, lines: BTreeMap::new(), broken: BTreeSet::new(), problems: Vec::new() }
    }

    fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// The line of a part, or of the nearest part around it that the file gives.
    fn line_at(&self, path: &str) -> usize {
        around(path).find_map(|path| self.lines.get(path)).copied().unwrap_or(1)
    }

    fn report(&mut self, line: usize, place: Place, reason: Reason) {
        self.problems.push(Problem { file: self.file.to_owned(), line, place, reason });
    }

    /// Reports a fault of the content, unless its part could not be read in the first place.
    fn fault(&mut self, path: &str, place: Place, reason: Reason) {
        if !around(path).any(|path| self.broken.contains(path)) {
            self.report(self.line_at(path), place, reason);
        }
    }

    /// Reports a part that cannot be read.
    fn broken(&mut self, path: String, place: Place, reason: Reason) {
        self.report(self.line_at(&path), place, reason);
        self.broken.insert(path);
    }

    /// Reports a value that cannot be read.
    fn unreadable(&mut self, part: &Part<'_>, key: &str, reason: Reason) {
        self.broken(part.path_of(key), part.place.at(key), reason);
    }

    fn file_name(&mut self, id: &str) {
        let last = self.file.rsplit(['/', '\\']).next().unwrap_or_default();
        if last != format!("{id}.toml") {
            let reason = Reason::FileName { id: id.to_owned(), file: last.to_owned() };
            self.fault("id", PartOf::Head.into(), reason);
        }
    }

    fn questionnaire(&mut self, root: &DeTable<'_>) -> Questionnaire {
        let part = Part { path: String::new(), place: PartOf::Head.into(), table: root };
        self.only_keys(
            &part,
            &[
                "id",
                "version",
                "fields",
                "languages",
                "title",
                "intro",
                "estimated_seconds",
                "levels",
                "not_used",
                "comment",
                "sections",
                "demographics",
                "unreviewed",
            ],
        );
        let languages = self.strings(&part, "languages").unwrap_or_else(|| vec!["vi".to_owned(), "en".to_owned()]);
        Questionnaire {
            id: self.string(&part, "id").unwrap_or_default(),
            version: self.number(&part, "version").unwrap_or_default(),
            fields: self.strings(&part, "fields").unwrap_or_default(),
            title: self.text(&part, "title"),
            intro: self.text(&part, "intro"),
            estimated_seconds: self.number(&part, "estimated_seconds").unwrap_or_default(),
            levels: self.levels(&part, &languages),
            not_used: with_official(self.text(&part, "not_used"), &NOT_USED, &languages),
            sections: self.parts(&part, "sections", Self::section),
            demographics: self.parts(&part, "demographics", Self::demographic),
            comment: part.table.contains_key("comment").then(|| self.text(&part, "comment")),
            unreviewed: if part.table.contains_key("unreviewed") {
                self.strings(&part, "unreviewed").unwrap_or_default()
            } else {
                Vec::new()
            },
            languages,
        }
    }

    /// The levels as the file names them; a language left out takes the official names.
    fn levels(&mut self, part: &Part<'_>, languages: &[String]) -> [Text; 5] {
        let mut given: Vec<Text> = self.parts(part, "levels", |reader, position, mut level| {
            level.place = PartOf::Level(position + 1).into();
            reader.languages_of(&level)
        });
        if part.table.contains_key("levels") && given.len() != LEVELS.len() {
            self.fault("levels", PartOf::Head.into(), Reason::LevelCount { found: given.len() });
            self.broken.insert("levels".to_owned());
            given.clear();
        }
        given.resize(LEVELS.len(), Text::default());
        let mut given = given.into_iter();
        LEVELS.each_ref().map(|official| with_official(given.next().unwrap_or_default(), official, languages))
    }

    fn section(&mut self, position: usize, mut part: Part<'_>) -> Section {
        let id = self.id(&mut part, position, PartOf::Section);
        self.only_keys(&part, &["id", "factor", "feeds", "title", "optional", "unless", "items", "questions"]);
        let mut feeds: Vec<Feed> = Vec::new();
        for name in self.strings(&part, "feeds").unwrap_or_default() {
            if let Some(feed) = Feed::ALL.into_iter().find(|feed| feed.as_str() == name) {
                feeds.push(feed);
            } else {
                self.broken(part.path_of("feeds"), part.place.clone(), Reason::FeedUnknown { feed: name });
            }
        }
        feeds.sort_unstable();
        Section {
            factor: self.factor(&part),
            feeds,
            title: self.text(&part, "title"),
            items: self.parts(&part, "items", Self::item),
            optional: self.boolean(&part, "optional"),
            unless: self.condition(&part, "unless"),
            questions: self.parts(&part, "questions", Self::question),
            id,
        }
    }

    fn factor(&mut self, part: &Part<'_>) -> Option<Factor> {
        part.table.get("factor")?;
        let name = self.string(part, "factor")?;
        let factor = Factor::ALL.into_iter().find(|factor| factor.as_str() == name);
        if factor.is_none() {
            self.broken(part.path_of("factor"), part.place.clone(), Reason::FactorUnknown { factor: name });
        }
        factor
    }

    fn item(&mut self, position: usize, mut part: Part<'_>) -> Item {
        let id = self.id(&mut part, position, PartOf::Item);
        self.only_keys(&part, &["id", "text", "help", "source", "required", "audio"]);
        Item {
            text: self.text(&part, "text"),
            help: self.text(&part, "help"),
            source: part.table.get("source").and_then(|_| self.string(&part, "source")),
            required: self.boolean(&part, "required"),
            audio: self.text(&part, "audio"),
            id,
        }
    }

    fn question(&mut self, position: usize, mut part: Part<'_>) -> Question {
        let id = self.id(&mut part, position, PartOf::Question);
        self.only_keys(
            &part,
            &["id", "kind", "text", "help", "source", "required", "when", "options", "least", "most"],
        );
        let owner = Called::new(&id, position);
        let word = self.string(&part, "kind").unwrap_or_default();
        let kind = match word.as_str() {
            "number" => QuestionKind::Number {
                least: self.number(&part, "least").unwrap_or_default(),
                most: self.number(&part, "most").unwrap_or_default(),
            },
            "text" => QuestionKind::Text,
            "several" => QuestionKind::Several { options: self.options(&part, &owner) },
            "scale" => QuestionKind::Scale { options: self.options(&part, &owner) },
            "one" => QuestionKind::One { options: self.options(&part, &owner) },
            _ => {
                if part.table.contains_key("kind") {
                    self.broken(part.path_of("kind"), part.place.clone(), Reason::KindUnknown { kind: word });
                }
                self.broken.insert(part.path_of("options"));
                QuestionKind::Text
            }
        };
        Question {
            text: self.text(&part, "text"),
            help: self.text(&part, "help"),
            kind,
            source: part.table.get("source").and_then(|_| self.string(&part, "source")),
            required: self.boolean(&part, "required"),
            when: self.condition(&part, "when"),
            id,
        }
    }

    /// A condition, where one is given.
    fn condition(&mut self, part: &Part<'_>, key: &str) -> Option<Condition> {
        let value = self.value(part, key).map(Spanned::get_ref)?;
        let Some(table) = value.as_table() else {
            self.wrong_type(part, key, value, Shape::Condition);
            return None;
        };
        let inner = Part { path: part.path_of(key), place: part.place.at(key), table };
        self.only_keys(&inner, &["question", "options"]);
        let (question, options) = (self.string(&inner, "question"), self.strings(&inner, "options"));
        Some(Condition { question: question?, options: options? })
    }

    fn options(&mut self, part: &Part<'_>, owner: &Called) -> Vec<ChoiceOption> {
        self.parts(part, "options", |reader, position, mut part| {
            let id = reader.id(&mut part, position, |called| PartOf::Option(owner.clone(), called));
            reader.only_keys(&part, &["id", "text"]);
            ChoiceOption { text: reader.text(&part, "text"), id }
        })
    }

    fn demographic(&mut self, position: usize, mut part: Part<'_>) -> Demographic {
        let id = self.id(&mut part, position, PartOf::Demographic);
        self.only_keys(&part, &["id", "text", "options"]);
        let owner = Called::new(&id, position);
        Demographic { text: self.text(&part, "text"), options: self.options(&part, &owner), id }
    }

    /// The id of a part, by which problems call it from here on.
    fn id(&mut self, part: &mut Part<'_>, position: usize, called: impl Fn(Called) -> PartOf) -> String {
        part.place = called(Called::new("", position)).into();
        let id = self.string(part, "id").unwrap_or_default();
        part.place = called(Called::new(&id, position)).into();
        id
    }

    fn only_keys(&mut self, part: &Part<'_>, allowed: &'static [&'static str]) {
        for key in part.table.keys().filter(|key| !allowed.contains(&key.get_ref().as_ref())) {
            let line = self.line_of(key.span().start);
            self.report(line, part.place.clone(), Reason::KeyUnknown { key: key.get_ref().to_string(), allowed });
        }
    }

    /// The value under a key, its line noted.
    fn value<'t>(&mut self, part: &Part<'t>, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        let (name, value) = part.table.get_key_value(key)?;
        let line = self.line_of(name.span().start);
        self.lines.insert(part.path_of(key), line);
        Some(value)
    }

    /// The value under a key that has to be there.
    fn needed<'t>(&mut self, part: &Part<'t>, key: &str) -> Option<&'t DeValue<'t>> {
        let value = self.value(part, key);
        if value.is_none() {
            self.unreadable(part, key, Reason::Missing);
        }
        value.map(Spanned::get_ref)
    }

    fn wrong_type(&mut self, part: &Part<'_>, key: &str, found: &DeValue<'_>, allowed: Shape) {
        self.unreadable(part, key, Reason::WrongType { found: kind(found), allowed });
    }

    fn string(&mut self, part: &Part<'_>, key: &str) -> Option<String> {
        let value = self.needed(part, key)?;
        if value.as_str().is_none() {
            self.wrong_type(part, key, value, Shape::String);
        }
        value.as_str().map(str::to_owned)
    }

    fn number(&mut self, part: &Part<'_>, key: &str) -> Option<u32> {
        let value = self.needed(part, key)?;
        let Some(integer) = value.as_integer() else {
            self.wrong_type(part, key, value, Shape::WholeNumber);
            return None;
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok();
        if number.is_none() {
            self.unreadable(part, key, Reason::NotFromZero { found: integer.to_string() });
        }
        number
    }

    /// A switch; left out it is off.
    fn boolean(&mut self, part: &Part<'_>, key: &str) -> bool {
        let Some(value) = self.value(part, key).map(Spanned::get_ref) else {
            return false;
        };
        if value.as_bool().is_none() {
            self.wrong_type(part, key, value, Shape::TrueOrFalse);
        }
        value.as_bool().unwrap_or_default()
    }

    fn strings(&mut self, part: &Part<'_>, key: &str) -> Option<Vec<String>> {
        let value = self.needed(part, key)?;
        let Some(array) = value.as_array() else {
            self.wrong_type(part, key, value, Shape::Strings);
            return None;
        };
        let mut strings = Vec::new();
        for (position, entry) in array.iter().enumerate() {
            let line = self.line_of(entry.span().start);
            self.lines.insert(format!("{}.{position}", part.path_of(key)), line);
            if let Some(string) = entry.get_ref().as_str() {
                strings.push(string.to_owned());
            } else {
                self.wrong_type(part, key, entry.get_ref(), Shape::Strings);
                return None;
            }
        }
        Some(strings)
    }

    /// A text in its languages; one that is left out is empty, and `check.rs` lists what is missing.
    fn text(&mut self, part: &Part<'_>, key: &str) -> Text {
        let Some(value) = self.value(part, key).map(Spanned::get_ref) else {
            return Text::default();
        };
        let Some(table) = value.as_table() else {
            self.wrong_type(part, key, value, Shape::TextPerLanguage);
            return Text::default();
        };
        self.languages_of(&Part { path: part.path_of(key), place: part.place.at(key), table })
    }

    fn languages_of(&mut self, part: &Part<'_>) -> Text {
        let keys: Vec<String> = part.table.keys().map(|key| key.get_ref().to_string()).collect();
        // A language that cannot be read counts as given, so that it is not called missing as well.
        let texts = keys.into_iter().map(|key| {
            let words = self.string(part, &key).unwrap_or_default();
            (key, words)
        });
        Text(texts.collect())
    }

    /// The tables of a list; none when it is left out.
    fn parts<T>(
        &mut self,
        part: &Part<'_>,
        key: &str,
        mut read: impl FnMut(&mut Self, usize, Part<'_>) -> T,
    ) -> Vec<T> {
        let Some(value) = self.value(part, key).map(Spanned::get_ref) else {
            return Vec::new();
        };
        let Some(array) = value.as_array() else {
            self.wrong_type(part, key, value, Shape::Tables);
            return Vec::new();
        };
        let mut read_parts = Vec::new();
        for (position, entry) in array.iter().enumerate() {
            let path = format!("{}.{position}", part.path_of(key));
            let line = self.line_of(entry.span().start);
            self.lines.insert(path.clone(), line);
            let Some(table) = entry.get_ref().as_table() else {
                self.wrong_type(part, key, entry.get_ref(), Shape::Tables);
                return Vec::new();
            };
            read_parts.push(read(self, position, Part { path, place: PartOf::Head.into(), table }));
        }
        read_parts
    }
}

fn kind(value: &DeValue<'_>) -> Kind {
    match value {
        DeValue::String(_) => Kind::String,
        DeValue::Integer(_) => Kind::Integer,
        DeValue::Float(_) => Kind::Float,
        DeValue::Boolean(_) => Kind::Boolean,
        DeValue::Datetime(_) => Kind::Datetime,
        DeValue::Array(_) => Kind::Array,
        DeValue::Table(_) => Kind::Table,
    }
}

/// A path and the paths around it, the innermost first: `a.b.c`, `a.b`, `a`.
fn around(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('.').map(|(outer, _)| outer))
}

/// Fills the official words in for languages that the file leaves out.
fn with_official(mut text: Text, official: &[(&str, &str); 2], languages: &[String]) -> Text {
    for (language, words) in official {
        if languages.iter().any(|known| known == language) {
            text.0.entry((*language).to_owned()).or_insert_with(|| (*words).to_owned());
        }
    }
    text
}
