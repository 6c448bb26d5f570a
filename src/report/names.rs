//! The names behind identifiers: unit, fields, sections, items.

use std::collections::BTreeMap;

use super::format::Language;
use super::words;
use super::words::plan::PlanWords as _;
use crate::index::profile::{CHANNEL, COUNTER, ONLINE};
use crate::plan::{Channel, FieldOfService};
use crate::survey::follow_up::FOLLOW_UP_SUFFIX;
use crate::survey::{Questionnaire, Text};

/// Names for everything that an index calls by an identifier. An identifier without a name is shown as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    unit: String,
    fields: BTreeMap<String, Text>,
    sections: BTreeMap<(String, String), Text>,
    items: BTreeMap<(String, String), Text>,
    /// Names of units under the unit, by their codes.
    offices: BTreeMap<String, String>,
    points: BTreeMap<(i32, i32), String>,
    /// Titles of questionnaires, by their identifier.
    titles: BTreeMap<String, Text>,
    /// Sections and items, by questionnaire and identifier.
    asked: BTreeMap<(String, String), Text>,
    /// Questions about the respondent and their options (empty for the question itself), whatever the questionnaire.
    about: BTreeMap<(String, String), Text>,
}

impl Names {
    /// Names of the unit measured (as in "phường Cầu Giấy") and of the fields that plans know.
    pub fn new(unit: &str, fields: &[FieldOfService]) -> Self {
        let text = |field: &FieldOfService| {
            Text(
                [("vi", &field.name_vi), ("en", &field.name_en)]
                    .map(|(tag, name)| (tag.to_owned(), name.clone()))
                    .into(),
            )
        };
        Self {
            unit: unit.to_owned(),
            fields: fields.iter().map(|field| (field.id.clone(), text(field))).collect(),
            ..Self::default()
        }
    }

    /// Adds the sections and items of a questionnaire, for each field that it serves. Of two questionnaires that
    /// use one identifier in one field, the first added gives the name.
    pub fn add(&mut self, questionnaire: &Questionnaire) {
        self.titles.entry(questionnaire.id.clone()).or_insert_with(|| questionnaire.title.clone());
        let sections = questionnaire.sections.iter().map(|section| (&section.id, &section.title));
        for (id, text) in sections.chain(questionnaire.items().map(|item| (&item.id, &item.text))) {
            self.asked.entry((questionnaire.id.clone(), id.clone())).or_insert_with(|| text.clone());
        }
        for question in questionnaire.questions() {
            let key = |option: &str| (questionnaire.id.clone(), format!("{} {option}", question.id));
            self.asked.entry((questionnaire.id.clone(), question.id.clone())).or_insert_with(|| question.text.clone());
            for option in question.kind.options() {
                self.asked.entry(key(&option.id)).or_insert_with(|| option.text.clone());
            }
        }
        for asked in &questionnaire.demographics {
            self.about.entry((asked.id.clone(), String::new())).or_insert_with(|| asked.text.clone());
            self.asked.entry((questionnaire.id.clone(), asked.id.clone())).or_insert_with(|| asked.text.clone());
            for option in &asked.options {
                let key = (asked.id.clone(), option.id.clone());
                self.about.entry(key).or_insert_with(|| option.text.clone());
            }
        }
        for field in &questionnaire.fields {
            for section in &questionnaire.sections {
                let key = (field.clone(), section.id.clone());
                self.sections.entry(key).or_insert_with(|| section.title.clone());
                for item in &section.items {
                    let key = (field.clone(), item.id.clone());
                    self.items.entry(key).or_insert_with(|| item.text.clone());
                }
            }
        }
    }

    /// Adds a service point by its unit and number.
    pub fn add_point(&mut self, unit: i32, point: i32, name: &str) {
        self.points.insert((unit, point), name.to_owned());
    }

    /// Adds a unit under the unit by its code.
    pub fn add_unit(&mut self, code: &str, name: &str) {
        self.offices.insert(code.to_owned(), name.to_owned());
    }

    /// Name of a service point; its number where it has none.
    pub fn point(&self, unit: i32, point: i32) -> String {
        self.points.get(&(unit, point)).cloned().unwrap_or_else(|| format!("{unit}/{point}"))
    }

    /// Name of the unit measured.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Name of a field; `all` is every field.
    pub fn field(&self, id: &str, language: Language) -> String {
        match self.fields.get(id) {
            Some(name) => name.in_language(language.tag()).to_owned(),
            None if id == "all" => language.choose("Tất cả lĩnh vực", "All fields").to_owned(),
            None => id.to_owned(),
        }
    }

    /// Names of several fields in one phrase; none named means all.
    pub fn fields(&self, ids: &[String], language: Language) -> String {
        if ids.is_empty() {
            return self.field("all", language);
        }
        ids.iter().map(|id| self.field(id, language)).collect::<Vec<_>>().join("; ")
    }

    /// Name of an office by its code; the code where it has none.
    pub fn office(&self, code: &str) -> String {
        self.offices.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// Name of a factor: the official one, or the heading of a section of the sector's own.
    pub fn factor(&self, field: &str, id: &str, language: Language) -> String {
        if let Some(official) = words::factor(id, language) {
            return official.to_owned();
        }
        named(&self.sections, field, id, language)
    }

    /// Title of a questionnaire; a follow-up, which has the title of the one it follows, says so.
    pub fn questionnaire(&self, id: &str, language: Language) -> String {
        let title = self.titles.get(id).map_or(id, |title| title.in_language(language.tag()));
        if id.ends_with(FOLLOW_UP_SUFFIX) {
            return language.choose(format!("{title} (phiếu khảo sát lại)"), format!("{title} (follow-up)"));
        }
        title.to_owned()
    }

    /// Wording of a section or item of a questionnaire.
    pub fn asked(&self, questionnaire: &str, id: &str, language: Language) -> String {
        named(&self.asked, questionnaire, id, language)
    }

    /// An option of a question of a questionnaire.
    pub fn option(&self, questionnaire: &str, question: &str, option: &str, language: Language) -> String {
        let key = (questionnaire.to_owned(), format!("{question} {option}"));
        self.asked.get(&key).map_or(option, |name| name.in_language(language.tag())).to_owned()
    }

    /// A question about the respondent; of one questionnaire where others ask something else under its identifier.
    pub fn about(&self, question: &str, questionnaire: Option<&str>, language: Language) -> String {
        match (question, questionnaire) {
            ("respondent", _) => language.choose("Tư cách trả lời", "Answering as").to_owned(),
            (CHANNEL, None) => language.choose("Kênh", "Channel").to_owned(),
            (question, Some(questionnaire)) => self.asked(questionnaire, question, language),
            (question, None) => named(&self.about, question, "", language),
        }
    }

    /// An option of such a question.
    pub fn about_option(&self, question: &str, option: &str, language: Language) -> String {
        match (question, option) {
            ("respondent", "person") => language.choose("Người dân", "A private person").to_owned(),
            ("respondent", _) => language.choose("Doanh nghiệp, tổ chức", "A business or organisation").to_owned(),
            (CHANNEL, ONLINE) => Channel::Online.name(language).to_owned(),
            (CHANNEL, COUNTER) => Channel::Counter.name(language).to_owned(),
            _ => named(&self.about, question, option, language),
        }
    }

    /// Wording of an item in a field.
    pub fn item(&self, field: &str, id: &str, language: Language) -> String {
        named(&self.items, field, id, language)
    }
}

fn named(names: &BTreeMap<(String, String), Text>, field: &str, id: &str, language: Language) -> String {
    names
        .get(&(field.to_owned(), id.to_owned()))
        .map_or_else(|| id.to_owned(), |name| name.in_language(language.tag()).to_owned())
}
