//! What a questionnaire may say, whoever wrote it: a file ([`super::file`]) or a page of the staff.
//!
//! [`faults`] looks at a whole [`Questionnaire`] and names every fault with the path of the part at fault, so that a
//! file can add the line and a page can show it at the field. Texts are shown to people and stored for good; hence the
//! strictness about characters.

use std::collections::BTreeSet;

use super::{ChoiceOption, Demographic, Factor, Feed, ITEMS_PER_SECTION_MAX, Item, Questionnaire, Section, Text};

/// The most items of one questionnaire: a sheet packs one byte an item, and nobody answers more on a phone.
pub const ITEMS_MAX: usize = 64;
/// The most demographic and context questions: each one makes an answer easier to recognise.
pub const DEMOGRAPHICS_MAX: usize = 8;
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
mod longest {
    pub const TITLE: usize = 80;
    pub const INTRO: usize = 300;
    pub const LEVEL: usize = 40;
    pub const NOT_USED: usize = 60;
    pub const SECTION_TITLE: usize = 80;
    pub const ITEM: usize = 200;
    pub const SOURCE: usize = 200;
    pub const DEMOGRAPHIC: usize = 120;
    pub const OPTION: usize = 60;
    pub const COMMENT: usize = 160;
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
    /// What was found and what is allowed: an English sentence, lower case, without a final dot.
    pub message: String,
}

/// Every fault of a questionnaire; empty when it may be published. `known_fields` are the fields of service that the
/// installation knows.
pub fn faults(questionnaire: &Questionnaire, known_fields: &[String]) -> Vec<Fault> {
    let mut check = Check { languages: &questionnaire.languages, faults: Vec::new() };
    check.head(questionnaire, known_fields);
    check.sections(&questionnaire.sections);
    check.demographics(&questionnaire.demographics);
    check.faults
}

/// How messages call a section: by its id, or by its place while the id is missing.
pub(super) fn called(kind: &str, id: &str, position: usize) -> String {
    if id.is_empty() { format!("{kind} {}", position + 1) } else { format!("{kind} `{id}`") }
}

struct Check<'a> {
    languages: &'a [String],
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Fault { path: path.into(), message: message.into() });
    }

    fn head(&mut self, questionnaire: &Questionnaire, known_fields: &[String]) {
        let Questionnaire { id, version, fields, languages, estimated_seconds, .. } = questionnaire;
        if !is_id(id, '-', QUESTIONNAIRE_ID_MAX) {
            self.fault(
                "id",
                format!(
                    "questionnaire id `{id}` is not allowed; use small letters a-z, digits and hyphens, a letter \
                     first, at most {QUESTIONNAIRE_ID_MAX}"
                ),
            );
        }
        if !VERSIONS.contains(version) {
            let (least, most) = (VERSIONS.start(), VERSIONS.end());
            self.fault("version", format!("version {version} is out of range; use {least} to {most}"));
        }
        if fields.is_empty() {
            self.fault("fields", format!("fields is empty; name at least one of {}", known_fields.join(", ")));
        }
        for (position, field) in fields.iter().enumerate() {
            let path = format!("fields.{position}");
            if !known_fields.contains(field) {
                self.fault(path, format!("field `{field}` is unknown; use one of {}", known_fields.join(", ")));
            } else if fields[..position].contains(field) {
                self.fault(path, format!("field `{field}` is named twice; name each field once"));
            }
        }
        match languages.first() {
            None => self.fault("languages", "languages is empty; name vi first"),
            Some(first) if first != "vi" => {
                self.fault("languages.0", format!("languages begins with `{first}`; name vi first"));
            }
            Some(_) => {}
        }
        for (position, language) in languages.iter().enumerate() {
            let path = format!("languages.{position}");
            if !is_language_tag(language) {
                self.fault(path, format!("language `{language}` is not a tag; use one like vi, en, km or zh-Hant"));
            } else if languages[..position].contains(language) {
                self.fault(path, format!("language `{language}` is named twice; name each language once"));
            }
        }
        for (position, language) in questionnaire.unreviewed.iter().enumerate() {
            if language == "vi" || !languages.contains(language) {
                let others = languages.iter().filter(|known| *known != "vi").cloned().collect::<Vec<_>>().join(", ");
                let message =
                    format!("unreviewed language `{language}` is none of the further ones; use one of {others}");
                self.fault(format!("unreviewed.{position}"), message);
            }
        }
        if !ESTIMATED_SECONDS.contains(estimated_seconds) {
            let (least, most) = (ESTIMATED_SECONDS.start(), ESTIMATED_SECONDS.end());
            self.fault(
                "estimated_seconds",
                format!("estimated_seconds {estimated_seconds} is out of range; use {least} to {most}"),
            );
        }
        self.text("title", "title", &questionnaire.title, longest::TITLE);
        self.text("intro", "intro", &questionnaire.intro, longest::INTRO);
        for (position, level) in questionnaire.levels.iter().enumerate() {
            let called = format!("level {}", position + 1);
            self.text(&format!("levels.{position}"), &called, level, longest::LEVEL);
        }
        self.text("not_used", "not_used", &questionnaire.not_used, longest::NOT_USED);
        if let Some(comment) = &questionnaire.comment {
            self.text("comment", "comment", comment, longest::COMMENT);
        }
    }

    fn sections(&mut self, sections: &[Section]) {
        if sections.is_empty() {
            self.fault("sections", "sections is empty; give at least one section");
        }
        let total: usize = sections.iter().map(|section| section.items.len()).sum();
        if total > ITEMS_MAX {
            self.fault("sections", format!("questionnaire has {total} items; give at most {ITEMS_MAX}"));
        }
        let mut section_ids = BTreeSet::new();
        let mut item_ids = BTreeSet::new();
        let mut optional_before: Option<&str> = None;
        for (position, section) in sections.iter().enumerate() {
            let path = format!("sections.{position}");
            self.id(&path, "section", &section.id, &mut section_ids);
            let name = called("section", &section.id, position);
            self.text(&format!("{path}.title"), &format!("{name}: title"), &section.title, longest::SECTION_TITLE);
            self.feeds(&path, &name, section);
            match optional_before {
                Some(optional) if !section.optional => self.fault(
                    &path,
                    format!("{name} follows the optional section `{optional}`; put optional sections last"),
                ),
                None if section.optional && position == 0 => {
                    self.fault(
                        format!("{path}.optional"),
                        format!("{name} comes first and is optional; make it not so"),
                    );
                }
                _ => {}
            }
            if section.optional {
                optional_before = Some(&section.id);
            }
            if !(1..=ITEMS_PER_SECTION_MAX).contains(&section.items.len()) {
                let found = section.items.len();
                self.fault(
                    format!("{path}.items"),
                    format!("{name} has {found} items; give 1 to {ITEMS_PER_SECTION_MAX}"),
                );
            }
            for (position, item) in section.items.iter().enumerate() {
                self.item(&format!("{path}.items.{position}"), position, item, section.optional, &mut item_ids);
            }
        }
    }

    fn feeds(&mut self, path: &str, name: &str, section: &Section) {
        let feeds = &section.feeds;
        for (position, feed) in feeds.iter().enumerate() {
            if feeds[..position].contains(feed) {
                let feed = feed.as_str();
                self.fault(
                    format!("{path}.feeds"),
                    format!("{name}: feed `{feed}` is named twice; name each feed once"),
                );
            }
        }
        let policy = feeds.contains(&Feed::Policy);
        if policy && feeds.iter().any(|feed| *feed != Feed::Policy) {
            // The policy part stands outside the service indices; a plan may join them, a questionnaire may not.
            self.fault(
                format!("{path}.feeds"),
                format!("{name}: feed `policy` stands beside others; let it stand alone"),
            );
        }
        if policy != (section.factor == Some(Factor::Policy)) && !(feeds.is_empty()) {
            self.fault(
                format!("{path}.factor"),
                format!(
                    "{name}: factor and feeds differ on policy; use factor policy with feeds [\"policy\"], or neither"
                ),
            );
        }
    }

    fn item(&mut self, path: &str, position: usize, item: &Item, optional: bool, ids: &mut BTreeSet<String>) {
        self.id(path, "item", &item.id, ids);
        let name = called("item", &item.id, position);
        self.text(&format!("{path}.text"), &format!("{name}: text"), &item.text, longest::ITEM);
        if let Some(source) = &item.source {
            self.characters(&format!("{path}.source"), &format!("{name}: source"), "vi", source, longest::SOURCE);
        }
        for (language, file) in &item.audio.0 {
            let path = format!("{path}.audio.{language}");
            if !self.languages.contains(language) {
                let all = self.languages.join(", ");
                self.fault(path, format!("{name}: audio in {language}, which languages does not name; use {all}"));
            } else if !is_audio_file(file) {
                let message = format!(
                    "{name}: audio file `{file}` is not allowed; use small letters a-z, digits, hyphens and underscores, at \
                     most {AUDIO_NAME_MAX}, and .mp3, .m4a, .ogg or .opus"
                );
                self.fault(path, message);
            }
        }
        if item.required && optional {
            self.fault(
                format!("{path}.required"),
                format!("{name} is required in an optional section; change one of the two"),
            );
        }
    }

    fn demographics(&mut self, demographics: &[Demographic]) {
        if demographics.len() > DEMOGRAPHICS_MAX {
            let found = demographics.len();
            self.fault(
                "demographics",
                format!("questionnaire has {found} demographics; give at most {DEMOGRAPHICS_MAX}"),
            );
        }
        let mut ids = BTreeSet::new();
        for (position, demographic) in demographics.iter().enumerate() {
            let path = format!("demographics.{position}");
            self.id(&path, "demographic", &demographic.id, &mut ids);
            let name = called("demographic", &demographic.id, position);
            self.text(&format!("{path}.text"), &format!("{name}: text"), &demographic.text, longest::DEMOGRAPHIC);
            if let Some(word) = sensitive_word(demographic) {
                self.fault(
                    &path,
                    format!(
                        "{name} asks for sensitive personal data (`{word}`); ask only for sex, age group and what the \
                         case was"
                    ),
                );
            }
            if !OPTIONS.contains(&demographic.options.len()) {
                let (found, least, most) = (demographic.options.len(), OPTIONS.start(), OPTIONS.end());
                self.fault(format!("{path}.options"), format!("{name} has {found} options; give {least} to {most}"));
            }
            let mut option_ids = BTreeSet::new();
            for (position, option) in demographic.options.iter().enumerate() {
                self.option(&format!("{path}.options.{position}"), &name, position, option, &mut option_ids);
            }
        }
    }

    fn option(&mut self, path: &str, owner: &str, position: usize, option: &ChoiceOption, ids: &mut BTreeSet<String>) {
        let name = format!("{owner}: {}", called("option", &option.id, position));
        if !is_option_id(&option.id) {
            self.fault(
                format!("{path}.id"),
                format!("{name} is not an allowed id; use small letters a-z, digits and underscores, at most {ID_MAX}"),
            );
        } else if !ids.insert(option.id.clone()) {
            self.fault(format!("{path}.id"), format!("{name} is used twice; give each option its own id"));
        }
        self.text(&format!("{path}.text"), &format!("{name}: text"), &option.text, longest::OPTION);
    }

    fn id(&mut self, path: &str, kind: &str, id: &str, seen: &mut BTreeSet<String>) {
        if !is_id(id, '_', ID_MAX) {
            self.fault(
                format!("{path}.id"),
                format!(
                    "{kind} id `{id}` is not allowed; use small letters a-z, digits and underscores, a letter first, \
                     at most {ID_MAX}"
                ),
            );
        } else if !seen.insert(id.to_owned()) {
            self.fault(format!("{path}.id"), format!("{kind} id `{id}` is used twice; give each {kind} its own"));
        }
    }

    /// A text is present in every language, in no other, and holds nothing but plain characters.
    fn text(&mut self, path: &str, name: &str, text: &Text, longest: usize) {
        let languages = self.languages;
        let missing: Vec<&str> =
            languages.iter().map(String::as_str).filter(|language| !text.0.contains_key(*language)).collect();
        if !missing.is_empty() {
            let (missing, all) = (missing.join(", "), languages.join(", "));
            self.fault(path, format!("{name} is missing in {missing}; give every text in {all}"));
        }
        for (language, words) in &text.0 {
            let path = format!("{path}.{language}");
            if languages.contains(language) {
                self.characters(&path, &format!("{name} in {language}"), language, words, longest);
            } else {
                let all = languages.join(", ");
                self.fault(path, format!("{name} is given in {language}, which languages does not name; use {all}"));
            }
        }
    }

    fn characters(&mut self, path: &str, name: &str, language: &str, words: &str, longest: usize) {
        let length = words.chars().count();
        if words.trim().is_empty() {
            self.fault(path, format!("{name} is empty; write it"));
        } else if words.trim() != words {
            self.fault(path, format!("{name} begins or ends with a space; remove it"));
        }
        if length > longest {
            self.fault(path, format!("{name} has {length} characters; use at most {longest}"));
        }
        if let Some(found) = words.chars().find(|c| c.is_control()) {
            self.fault(path, format!("{name} holds the control character {}; remove it", code_point(found)));
        }
        if let Some(found) = words.chars().find(|c| is_direction_mark(*c)) {
            self.fault(path, format!("{name} holds the direction mark {}; remove it", code_point(found)));
        }
        // Vietnamese and English need no combining mark once composed. Other languages of the country do: Ê Đê writes
        // ơ̆ and ư̆, for which no composed letter exists.
        if matches!(language, "vi" | "en")
            && let Some(found) = words.chars().find(|c| ('\u{300}'..='\u{36f}').contains(c))
        {
            let mark = code_point(found);
            self.fault(path, format!("{name} holds the combining mark {mark}; use composed letters (Unicode NFC)"));
        }
    }
}

fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
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

fn sensitive_word(demographic: &Demographic) -> Option<&'static str> {
    let words = std::iter::once(&demographic.text).chain(demographic.options.iter().map(|option| &option.text));
    let ids = std::iter::once(&demographic.id).chain(demographic.options.iter().map(|option| &option.id));
    let all: Vec<String> = words
        .flat_map(|text| text.0.values())
        .chain(ids)
        .map(|words| words.to_lowercase().replace(['_', '-'], " "))
        .collect();
    SENSITIVE.into_iter().find(|word| all.iter().any(|words| words.contains(word)))
}
