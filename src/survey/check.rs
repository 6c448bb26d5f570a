//! What a questionnaire may say, whoever wrote it: a file ([`super::file`]) or a page of the staff.
//!
//! [`faults`] looks at a whole [`Questionnaire`] and names every fault with the path of the part at fault, so that a
//! file can add the line and a page can show it at the field. Texts are shown to people and stored for good; hence the
//! strictness about characters.

use std::collections::BTreeSet;

use super::problem::{Called, Part, Place, Reason};
use super::{ChoiceOption, Demographic, Factor, Feed, ITEMS_PER_SECTION_MAX, Item, Questionnaire, Section, Text};

/// The most items of one questionnaire: a sheet packs one byte an item, and nobody answers more on a phone.
pub const ITEMS_MAX: usize = 64;
/// The most demographic and context questions: each one makes an answer easier to recognise.
pub const DEMOGRAPHICS_MAX: usize = 8;
/// The most questions of further kinds.
pub const QUESTIONS_MAX: usize = 64;
/// The fewest and the most options of a demographic question.
pub const OPTIONS: std::ops::RangeInclusive<usize> = 2..=12;
/// Seconds a questionnaire may claim to take.
pub const ESTIMATED_SECONDS: std::ops::RangeInclusive<u32> = 10..=600;
/// Versions a questionnaire may carry.
pub const VERSIONS: std::ops::RangeInclusive<u32> = 1..=9999;
/// The longest identifier of a questionnaire, in characters; leaves room for `-follow-up`.
pub const QUESTIONNAIRE_ID_MAX: usize = 60;
/// The longest name of a recording, in characters.
pub const AUDIO_NAME_MAX: usize = 80;
/// The longest identifier of a section, item, demographic question or option, in characters.
pub const ID_MAX: usize = 40;

/// Longest texts, in characters, so that pages, posters and tables keep their shape.
pub(super) mod longest {
    pub(in crate::survey) const TITLE: usize = 80;
    pub(in crate::survey) const INTRO: usize = 300;
    pub(in crate::survey) const LEVEL: usize = 40;
    pub(in crate::survey) const NOT_USED: usize = 60;
    pub(in crate::survey) const SECTION_TITLE: usize = 80;
    pub(in crate::survey) const ITEM: usize = 200;
    pub(in crate::survey) const HELP: usize = 200;
    pub(in crate::survey) const SOURCE: usize = 200;
    pub(in crate::survey) const DEMOGRAPHIC: usize = 120;
    pub(in crate::survey) const OPTION: usize = 60;
    pub(in crate::survey) const COMMENT: usize = 160;
}

/// Parts of words that give away a question about sensitive personal data (Law 91/2025, Decree 356/2025).
/// `_` and `-` count as spaces, capitals as small letters.
const SENSITIVE: [&str; 16] = [
    "dân tộc",
    "dan toc",
    "sắc tộc",
    "ethnic",
    "tôn giáo",
    "ton giao",
    "tín ngưỡng",
    "religio",
    "health status",
    "tình trạng sức khỏe",
    "tình trạng sức khoẻ",
    "tinh trang suc khoe",
    "khuyết tật",
    "disabilit",
    "chính kiến",
    "political",
];

/// One thing that a questionnaire may not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The part at fault: field names and positions from 0, joined by dots, such as `sections.0.items.2.text.en`.
    pub path: String,
    /// The same part as people find it again.
    pub place: Place,
    /// What is wrong.
    pub reason: Reason,
}

/// Every fault of a questionnaire; empty when it may be published. `known_fields` are the fields of service that the
/// installation knows.
pub fn faults(questionnaire: &Questionnaire, known_fields: &[String]) -> Vec<Fault> {
    let mut check = Check { languages: &questionnaire.languages, faults: Vec::new() };
    check.head(questionnaire, known_fields);
    check.sections(&questionnaire.sections);
    check.demographics(&questionnaire.demographics);
    check.questions(questionnaire);
    check.faults
}

pub(super) struct Check<'a> {
    pub(super) languages: &'a [String],
    faults: Vec<Fault>,
}

impl Check<'_> {
    pub(super) fn fault(&mut self, path: impl Into<String>, place: Place, reason: Reason) {
        self.faults.push(Fault { path: path.into(), place, reason });
    }

    /// A fault of what stands before the sections.
    pub(super) fn head_fault(&mut self, path: impl Into<String>, reason: Reason) {
        self.fault(path, Part::Head.into(), reason);
    }

    fn head(&mut self, questionnaire: &Questionnaire, known_fields: &[String]) {
        let Questionnaire { id, version, fields, languages, estimated_seconds, .. } = questionnaire;
        if !is_id(id, '-', QUESTIONNAIRE_ID_MAX) {
            self.head_fault("id", Reason::QuestionnaireId { id: id.clone() });
        }
        if !VERSIONS.contains(version) {
            self.head_fault("version", Reason::VersionOutOfRange { found: *version });
        }
        if fields.is_empty() {
            self.head_fault("fields", Reason::NoFields { known: known_fields.to_vec() });
        }
        for (position, field) in fields.iter().enumerate() {
            let (path, named) = (format!("fields.{position}"), field.clone());
            if !known_fields.contains(field) {
                self.head_fault(path, Reason::FieldUnknown { field: named, known: known_fields.to_vec() });
            } else if fields[..position].contains(field) {
                self.head_fault(path, Reason::FieldTwice { field: named });
            }
        }
        match languages.first() {
            None => self.head_fault("languages", Reason::NoLanguages),
            Some(first) if first != "vi" => {
                self.head_fault("languages.0", Reason::FirstLanguage { found: first.clone() });
            }
            Some(_) => {}
        }
        for (position, language) in languages.iter().enumerate() {
            let (path, named) = (format!("languages.{position}"), language.clone());
            if !is_language_tag(language) {
                self.head_fault(path, Reason::LanguageTag { language: named });
            } else if languages[..position].contains(language) {
                self.head_fault(path, Reason::LanguageTwice { language: named });
            }
        }
        for (position, language) in questionnaire.unreviewed.iter().enumerate() {
            if !languages.contains(language) {
                let reason = Reason::UnreviewedLanguage { language: language.clone(), others: languages.clone() };
                self.head_fault(format!("unreviewed.{position}"), reason);
            }
        }
        if !ESTIMATED_SECONDS.contains(estimated_seconds) {
            self.head_fault("estimated_seconds", Reason::SecondsOutOfRange { found: *estimated_seconds });
        }
        self.text("title", &Place::head("title"), &questionnaire.title, longest::TITLE);
        self.text("intro", &Place::head("intro"), &questionnaire.intro, longest::INTRO);
        for (position, level) in questionnaire.levels.iter().enumerate() {
            self.text(&format!("levels.{position}"), &Part::Level(position + 1).into(), level, longest::LEVEL);
        }
        self.text("not_used", &Place::head("not_used"), &questionnaire.not_used, longest::NOT_USED);
        if let Some(comment) = &questionnaire.comment {
            self.text("comment", &Place::head("comment"), comment, longest::COMMENT);
        }
    }

    fn sections(&mut self, sections: &[Section]) {
        if sections.is_empty() {
            self.head_fault("sections", Reason::NoSections);
        }
        let total: usize = sections.iter().map(|section| section.items.len()).sum();
        if total > ITEMS_MAX {
            self.head_fault("sections", Reason::TooManyItems { found: total });
        }
        let mut section_ids = BTreeSet::new();
        let mut item_ids = BTreeSet::new();
        let mut optional_before: Option<&str> = None;
        for (position, section) in sections.iter().enumerate() {
            let path = format!("sections.{position}");
            let place = Place::from(Part::Section(Called::new(&section.id, position)));
            self.id(&path, &place, &section.id, &mut section_ids);
            self.text(&format!("{path}.title"), &place.at("title"), &section.title, longest::SECTION_TITLE);
            self.feeds(&path, &place, section);
            match optional_before {
                Some(optional) if !section.optional => {
                    self.fault(&path, place.clone(), Reason::BehindOptional { optional: optional.to_owned() });
                }
                None if section.optional && position == 0 => {
                    self.fault(format!("{path}.optional"), place.clone(), Reason::FirstIsOptional);
                }
                _ => {}
            }
            if section.optional {
                optional_before = Some(&section.id);
            }
            let least = usize::from(section.questions.is_empty());
            if !(least..=ITEMS_PER_SECTION_MAX).contains(&section.items.len()) {
                self.fault(format!("{path}.items"), place, Reason::ItemsInSection { found: section.items.len() });
            }
            for (position, item) in section.items.iter().enumerate() {
                self.item(&format!("{path}.items.{position}"), position, item, section.optional, &mut item_ids);
            }
        }
    }

    fn feeds(&mut self, path: &str, place: &Place, section: &Section) {
        let feeds = &section.feeds;
        for (position, feed) in feeds.iter().enumerate() {
            if feeds[..position].contains(feed) {
                self.fault(format!("{path}.feeds"), place.clone(), Reason::FeedTwice { feed: *feed });
            }
        }
        let policy = feeds.contains(&Feed::Policy);
        if policy && feeds.iter().any(|feed| *feed != Feed::Policy) {
            // The policy part stands outside the service indices; a plan may join them, a questionnaire may not.
            self.fault(format!("{path}.feeds"), place.clone(), Reason::PolicyBesideOthers);
        }
        if policy != (section.factor == Some(Factor::Policy)) && !(feeds.is_empty()) {
            self.fault(format!("{path}.factor"), place.clone(), Reason::PolicyInOneOfTwo);
        }
    }

    fn item(&mut self, path: &str, position: usize, item: &Item, optional: bool, ids: &mut BTreeSet<String>) {
        let place = Place::from(Part::Item(Called::new(&item.id, position)));
        self.id(path, &place, &item.id, ids);
        self.text(&format!("{path}.text"), &place.at("text"), &item.text, longest::ITEM);
        if !item.help.is_empty() {
            self.text(&format!("{path}.help"), &place.at("help"), &item.help, longest::HELP);
        }
        if let Some(source) = &item.source {
            self.characters(&format!("{path}.source"), &place.at("source"), "vi", source, longest::SOURCE);
        }
        for (language, file) in &item.audio.0 {
            let path = format!("{path}.audio.{language}");
            if !self.languages.contains(language) {
                let reason = Reason::AudioLanguage { language: language.clone(), languages: self.languages.to_vec() };
                self.fault(path, place.clone(), reason);
            } else if !is_audio_file(file) {
                self.fault(path, place.clone(), Reason::AudioFile { file: file.clone() });
            }
        }
        if item.required && optional {
            self.fault(format!("{path}.required"), place, Reason::RequiredInOptional);
        }
    }

    fn demographics(&mut self, demographics: &[Demographic]) {
        if demographics.len() > DEMOGRAPHICS_MAX {
            self.head_fault("demographics", Reason::TooManyDemographics { found: demographics.len() });
        }
        let mut ids = BTreeSet::new();
        for (position, demographic) in demographics.iter().enumerate() {
            let path = format!("demographics.{position}");
            let called = Called::new(&demographic.id, position);
            let place = Place::from(Part::Demographic(called.clone()));
            self.id(&path, &place, &demographic.id, &mut ids);
            self.text(&format!("{path}.text"), &place.at("text"), &demographic.text, longest::DEMOGRAPHIC);
            if let Some(word) = sensitive_word(&demographic.id, &demographic.text, &demographic.options) {
                self.fault(&path, place.clone(), Reason::Sensitive { word });
            }
            if !OPTIONS.contains(&demographic.options.len()) {
                self.fault(format!("{path}.options"), place, Reason::OptionCount { found: demographic.options.len() });
            }
            let mut option_ids = BTreeSet::new();
            for (position, option) in demographic.options.iter().enumerate() {
                self.option(&format!("{path}.options.{position}"), &called, position, option, &mut option_ids);
            }
        }
    }

    pub(super) fn option(
        &mut self,
        path: &str,
        owner: &Called,
        position: usize,
        option: &ChoiceOption,
        ids: &mut BTreeSet<String>,
    ) {
        let place = Place::from(Part::Option(owner.clone(), Called::new(&option.id, position)));
        if !is_option_id(&option.id) {
            self.fault(format!("{path}.id"), place.clone(), Reason::OptionId);
        } else if !ids.insert(option.id.clone()) {
            self.fault(format!("{path}.id"), place.clone(), Reason::OptionTwice);
        }
        self.text(&format!("{path}.text"), &place.at("text"), &option.text, longest::OPTION);
    }

    pub(super) fn id(&mut self, path: &str, place: &Place, id: &str, seen: &mut BTreeSet<String>) {
        if !is_id(id, '_', ID_MAX) {
            self.fault(format!("{path}.id"), place.clone(), Reason::PartId { id: id.to_owned() });
        } else if !seen.insert(id.to_owned()) {
            self.fault(format!("{path}.id"), place.clone(), Reason::PartTwice { id: id.to_owned() });
        }
    }

    /// A text is present in every language, in no other, and holds nothing but plain characters.
    pub(super) fn text(&mut self, path: &str, place: &Place, text: &Text, longest: usize) {
        let languages = self.languages;
        let missing: Vec<String> =
            languages.iter().filter(|language| !text.0.contains_key(*language)).cloned().collect();
        if !missing.is_empty() {
            self.fault(path, place.clone(), Reason::TextMissing { missing, languages: languages.to_vec() });
        }
        for (language, words) in &text.0 {
            let path = format!("{path}.{language}");
            if languages.contains(language) {
                self.characters(&path, &place.in_language(language), language, words, longest);
            } else {
                let reason = Reason::TextLanguage { language: language.clone(), languages: languages.to_vec() };
                self.fault(path, place.clone(), reason);
            }
        }
    }

    pub(super) fn characters(&mut self, path: &str, place: &Place, language: &str, words: &str, longest: usize) {
        let mut fault = |reason| self.fault(path, place.clone(), reason);
        let length = words.chars().count();
        if words.trim().is_empty() {
            fault(Reason::Empty);
        } else if words.trim() != words {
            fault(Reason::SpaceAtEnd);
        }
        if length > longest {
            fault(Reason::TooLong { found: length, most: longest });
        }
        if let Some(found) = words.chars().find(|c| c.is_control()) {
            fault(Reason::ControlCharacter(found));
        }
        if let Some(found) = words.chars().find(|c| is_direction_mark(*c)) {
            fault(Reason::DirectionMark(found));
        }
        // Vietnamese and English need no combining mark once composed. Other languages of the country do: Ê Đê writes
        // ơ̆ and ư̆, for which no composed letter exists.
        if matches!(language, "vi" | "en")
            && let Some(found) = words.chars().find(|c| ('\u{300}'..='\u{36f}').contains(c))
        {
            fault(Reason::CombiningMark(found));
        }
    }
}

/// Marks that make a text read otherwise than it is stored.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_id(id: &str, joint: char, longest: usize) -> bool {
    id.len() <= longest
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint)
}

/// Options may begin with a digit: `18_24`.
fn is_option_id(id: &str) -> bool {
    (1..=ID_MAX).contains(&id.len()) && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether a recording may have this name: one that cannot lead out of its folder.
pub fn is_audio_file(name: &str) -> bool {
    name.len() <= AUDIO_NAME_MAX
        && name.split_once('.').is_some_and(|(name, kind)| {
            !name.is_empty()
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
                && matches!(kind, "mp3" | "m4a" | "ogg" | "opus")
        })
}

/// `vi`, `en`, `rad`, `zh-Hant`: a language of two or three letters, at times a script or region.
fn is_language_tag(tag: &str) -> bool {
    let (language, rest) = tag.split_once('-').map_or((tag, None), |(language, rest)| (language, Some(rest)));
    (2..=3).contains(&language.len())
        && language.chars().all(|c| c.is_ascii_lowercase())
        && rest.is_none_or(|rest| (2..=4).contains(&rest.len()) && rest.chars().all(|c| c.is_ascii_alphabetic()))
}

pub(super) fn sensitive_word(id: &String, text: &Text, options: &[ChoiceOption]) -> Option<&'static str> {
    let words = std::iter::once(text).chain(options.iter().map(|option| &option.text));
    let ids = std::iter::once(id).chain(options.iter().map(|option| &option.id));
    let all: Vec<String> = words
        .flat_map(|text| text.0.values())
        .chain(ids)
        .map(|words| words.to_lowercase().replace(['_', '-'], " "))
        .collect();
    SENSITIVE.into_iter().find(|word| all.iter().any(|words| words.contains(word)))
}
