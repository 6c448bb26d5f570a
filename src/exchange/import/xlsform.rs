//! An XLSForm read as a questionnaire: what Kobo, ODK and others have. What can be taken is taken, with whatever faults it still has for
//! people to mend; what cannot is told by sheet, row and reason, and nothing is guessed.

use std::collections::BTreeMap;

use super::xlsform_cells::{Rows, is_yes, plain_words};
use super::xlsform_levels::{Choices, levels_of, with_official};
use super::xlsform_syntax::{Relevant, RowType, bounds, language_tag, relevant, row_type};
use crate::exchange::export::xlsform::{ABOUT, GROUP, LEVEL_NAMES, LEVELS};
use crate::survey::check::{OPTIONS, QUESTIONNAIRE_ID_MAX};
use crate::survey::editing::keep_languages;
use crate::survey::naming::{name_parts, slug};
use crate::survey::question::{NUMBER_MAX, SCALE_LEVELS};
use crate::survey::{
    ChoiceOption, Condition, Demographic, Factor, Feed, ITEMS_PER_SECTION_MAX, Item, Question, QuestionKind,
    Questionnaire, Section, Text, official_levels,
};
use crate::table::{Row, Sheet, Table};

pub use super::xlsform_reason::{Remark, XlsformReason};

/// What was read of an XLSForm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XlsformRead {
    /// The questionnaire, with whatever faults it still has.
    pub questionnaire: Questionnaire,
    /// Whether the file was written by this program, so that identifiers stay.
    pub own: bool,
    /// What could not be taken.
    pub remarks: Vec<Remark>,
}

/// Whether a file is an XLSForm: a sheet `survey` with a column `type`.
pub fn is_xlsform(table: &Table) -> bool {
    sheet(table, "survey").is_some_and(|sheet| {
        sheet.rows.first().is_some_and(|row| row.cells.iter().any(|cell| cell.trim().eq_ignore_ascii_case("type")))
    })
}

fn sheet<'t>(table: &'t Table, name: &str) -> Option<&'t Sheet> {
    table.sheets.iter().find(|sheet| sheet.name.as_deref().is_some_and(|known| known.trim().eq_ignore_ascii_case(name)))
}

/// Reads an XLSForm.
pub fn read(table: &Table) -> XlsformRead {
    let settings = Rows::of(sheet(table, "settings"));
    let setting = |name: &str| settings.list.first().map_or("", |row| settings.cell(row, name)).to_owned();
    let own = setting("namespaces").contains("sipas=");
    let default_language = language_tag(&setting("default_language")).unwrap_or_default();
    let survey = Rows::of(sheet(table, "survey"));
    let choices = Rows::of(sheet(table, "choices"));
    let mut reader = Reader {
        own,
        unnamed: unnamed_language(&survey, &default_language),
        lists: BTreeMap::new(),
        asked: blank(),
        remarks: Vec::new(),
        groups: Vec::new(),
        repeats: 0,
        open: None,
        known: BTreeMap::new(),
        conditions: Vec::new(),
        levels_of: None,
        fresh: 0,
        note: None,
        sheet: "survey",
    };
    reader.languages(&survey, "survey");
    reader.languages(&choices, "choices");
    reader.choices(&choices);
    reader.own_levels();
    reader.sheet = "survey";
    for row in &survey.list {
        reader.row(&survey, row);
    }
    if reader.groups.iter().any(|group| !group.ended) {
        let last = survey.list.last().map_or(1, |row| row.line);
        reader.remarks.push(Remark {
            sheet: "survey",
            row: last,
            name: String::new(),
            reason: XlsformReason::Groups("a group does not end"),
        });
    }
    reader.untold_note();
    reader.resolve();
    reader.head(&setting);
    reader.asked.sections.retain(|section| !section.items.is_empty() || !section.questions.is_empty());
    name_parts(&mut reader.asked);
    XlsformRead { questionnaire: reader.asked, own, remarks: reader.remarks }
}

/// The language of a column that names none.
fn unnamed_language(survey: &Rows<'_>, default: &str) -> String {
    let named =
        |tag: &str| survey.heads.iter().any(|head| head.what == "label" && head.language.as_deref() == Some(tag));
    if !default.is_empty() && !named(default) {
        return default.to_owned();
    }
    // A form in one language here is in Vietnamese, whatever it calls it.
    if named("vi") { "en".to_owned() } else { "vi".to_owned() }
}

fn blank() -> Questionnaire {
    let official = |place: usize| {
        let words = official_levels()[place].iter();
        Text(words.map(|(language, words)| ((*language).to_owned(), (*words).to_owned())).collect())
    };
    Questionnaire {
        id: String::new(),
        version: 1,
        fields: Vec::new(),
        languages: Vec::new(),
        title: Text::default(),
        intro: Text::default(),
        estimated_seconds: 60,
        levels: [0, 1, 2, 3, 4].map(official),
        not_used: official(5),
        sections: Vec::new(),
        demographics: Vec::new(),
        comment: None,
        unreviewed: Vec::new(),
    }
}

/// A group that is open, or was.
struct Group {
    section: usize,
    ended: bool,
    relevant: Option<(u64, String)>,
    about: bool,
    template: Section,
}

/// A condition that is looked up once everything was read.
struct Pending {
    row: u64,
    name: String,
    text: String,
    /// The question of this section, or the section's items.
    section: usize,
    question: Option<usize>,
}

struct Reader {
    own: bool,
    unnamed: String,
    lists: BTreeMap<String, Choices>,
    asked: Questionnaire,
    remarks: Vec<Remark>,
    groups: Vec<Group>,
    repeats: usize,
    /// The section that rows outside of any group go to.
    open: Option<usize>,
    /// Names of questions in the file: identifier, names of choices with theirs.
    known: BTreeMap<String, (String, Vec<(String, String)>)>,
    conditions: Vec<Pending>,
    /// The labels of the list that the levels were taken of.
    levels_of: Option<Vec<Text>>,
    fresh: usize,
    /// Words to read that stand before the next question: row, name, words.
    note: Option<(u64, String, Text)>,
    sheet: &'static str,
}

impl Reader {
    fn told(&mut self, row: u64, name: &str, reason: XlsformReason) {
        let remark = Remark { sheet: self.sheet, row, name: name.chars().take(60).collect(), reason };
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn languages(&mut self, rows: &Rows<'_>, sheet: &'static str) {
        self.sheet = sheet;
        for (head, cell) in rows.heads.iter().zip(&rows.cells) {
            if head.unknown_language {
                self.told(1, "", XlsformReason::Language((*cell).to_owned()));
            }
        }
    }

    /// A text of a row in its languages.
    fn text(&mut self, rows: &Rows<'_>, row: &Row, what: &str) -> Text {
        let mut text = Text::default();
        let mut piped = false;
        for (head, cell) in rows.heads.iter().zip(&row.cells) {
            if head.what != what || head.unknown_language || cell.trim().is_empty() {
                continue;
            }
            piped |= cell.contains("${");
            let language = head.language.clone().unwrap_or_else(|| self.unnamed.clone());
            text.0.entry(language).or_insert_with(|| plain_words(cell));
        }
        if piped {
            self.told(row.line, text.in_language("vi"), XlsformReason::Piped);
        }
        text
    }

    fn choices(&mut self, rows: &Rows<'_>) {
        self.sheet = "choices";
        for row in &rows.list {
            let (list, name) = (rows.cell(row, "list_name"), rows.cell(row, "name"));
            let (list, name) = (
                if list.is_empty() { rows.cell(row, "list") } else { list },
                if name.is_empty() { rows.cell(row, "value") } else { name },
            );
            if list.is_empty() || name.is_empty() {
                continue;
            }
            let mut text = self.text(rows, row, "label");
            if text.is_empty() {
                text.0.insert(self.unnamed.clone(), name.to_owned());
            }
            if rows
                .heads
                .iter()
                .zip(&row.cells)
                .any(|(head, cell)| head.what.starts_with("media::") && !cell.is_empty())
            {
                self.told(row.line, name, XlsformReason::Media);
            }
            let id = if self.own { name.to_owned() } else { self.new_id() };
            let choices = self.lists.entry(list.to_owned()).or_insert_with(|| Choices { choices: Vec::new() });
            choices.choices.push((name.to_owned(), ChoiceOption { id, text }));
        }
    }

    /// The levels of a form of our own, whatever they are called.
    fn own_levels(&mut self) {
        let list = self.lists.get(LEVELS).filter(|_| self.own);
        let Some(Choices { choices }) = list.cloned() else { return };
        let levels = self.asked.levels.iter_mut().chain([&mut self.asked.not_used]);
        for (level, name) in levels.zip(LEVEL_NAMES) {
            if let Some((_, option)) = choices.iter().find(|(known, _)| known == name) {
                level.clone_from(&option.text);
            }
        }
    }

    fn new_id(&mut self) -> String {
        self.fresh += 1;
        format!("new_{}", self.fresh)
    }

    fn row(&mut self, rows: &Rows<'_>, row: &Row) {
        let kind = rows.cell(row, "type").to_owned();
        let name = rows.cell(row, "name").to_owned();
        if kind.trim().is_empty() {
            return;
        }
        let kind = row_type(&kind);
        let called = if name.is_empty() { rows.cell(row, "type").to_owned() } else { name.clone() };
        match kind {
            RowType::BeginRepeat => {
                self.repeats += 1;
                return self.told(row.line, &called, XlsformReason::Repeat);
            }
            RowType::EndRepeat => {
                self.repeats = self.repeats.saturating_sub(1);
                return;
            }
            // Groups within stay where they are, so that the end of the part is found.
            _ if self.repeats > 0 => {
                if !matches!(kind, RowType::EndGroup) {
                    self.told(row.line, &called, XlsformReason::InRepeat);
                }
                return;
            }
            _ => {}
        }
        if is_yes(rows.cell(row, "disabled")) {
            return self.told(row.line, &called, XlsformReason::Disabled);
        }
        self.told_extras(rows, row, &called, &kind);
        match kind {
            RowType::BeginGroup => self.begin_group(rows, row, &name),
            RowType::EndGroup => self.end_group(row),
            RowType::Note => self.note(rows, row, &called),
            RowType::Calculate => self.told(row.line, &called, XlsformReason::Calculate),
            RowType::Metadata => self.told(row.line, &called, XlsformReason::Metadata),
            RowType::Other | RowType::BeginRepeat | RowType::EndRepeat => {
                let kind = rows.cell(row, "type").to_owned();
                self.told(row.line, &called, XlsformReason::Type(kind));
            }
            RowType::One { list, or_other } => self.select(rows, row, &name, &list, or_other, false),
            RowType::Several { list, or_other } => self.select(rows, row, &name, &list, or_other, true),
            RowType::Integer | RowType::Decimal | RowType::Range => self.number(rows, row, &name, &kind),
            RowType::Text => self.words(rows, row, &name),
        }
    }

    /// What stands beside a question and has no place here.
    fn told_extras(&mut self, rows: &Rows<'_>, row: &Row, called: &str, kind: &RowType) {
        let has = |what: &str| {
            rows.heads.iter().zip(&row.cells).any(|(head, cell)| head.what.starts_with(what) && !cell.is_empty())
        };
        if has("guidance_hint") || (has("hint") && self.is_about()) {
            self.told(row.line, called, XlsformReason::Hint);
        }
        if has("media::") {
            self.told(row.line, called, XlsformReason::Media);
        }
        if has("default") && *kind != RowType::Calculate {
            self.told(row.line, called, XlsformReason::Default);
        }
        if has("choice_filter") {
            self.told(row.line, called, XlsformReason::ChoiceFilter);
        }
    }

    fn begin_group(&mut self, rows: &Rows<'_>, row: &Row, name: &str) {
        let title = self.text(rows, row, "label");
        let relevant = rows.cell(row, "relevant");
        let about = rows.cell(row, "bind::sipas:part") == ABOUT;
        let (template, unless) = own_section(rows, row, name, &title);
        let template =
            if self.own { template } else { Section { id: self.new_id(), title: title.clone(), ..Section::default() } };
        let section = if about { 0 } else { self.push_section(template.clone()) };
        if let Some(condition) = unless.filter(|_| self.own) {
            self.asked.sections[section].unless = Some(condition);
        }
        let relevant = (!relevant.is_empty()).then(|| (row.line, relevant.to_owned()));
        self.groups.push(Group { section, ended: false, relevant, about, template });
        self.open = None;
    }

    fn end_group(&mut self, row: &Row) {
        match self.groups.iter_mut().rev().find(|group| !group.ended) {
            Some(group) => group.ended = true,
            None => self.told(row.line, "", XlsformReason::Groups("an end without a group")),
        }
        self.open = None;
    }

    fn push_section(&mut self, section: Section) -> usize {
        self.asked.sections.push(section);
        self.asked.sections.len() - 1
    }

    /// The section that the next question goes to.
    fn section(&mut self) -> usize {
        let last = self.asked.sections.len().checked_sub(1);
        let inner = self.groups.iter().rposition(|group| !group.ended && !group.about);
        match inner {
            // A group goes on after one within it: its questions get a section of their own, so that the order stays.
            Some(at) if Some(self.groups[at].section) != last => {
                let mut template = self.groups[at].template.clone();
                template.id = self.new_id();
                let section = self.push_section(template);
                self.groups[at].section = section;
                section
            }
            Some(at) => self.groups[at].section,
            None => match self.open {
                Some(section) if Some(section) == last => section,
                _ => {
                    let title = Text(
                        [("vi".to_owned(), "Các câu hỏi".to_owned()), ("en".to_owned(), "Questions".to_owned())].into(),
                    );
                    let section = Section { id: self.new_id(), title, ..Section::default() };
                    let section = self.push_section(section);
                    self.open = Some(section);
                    section
                }
            },
        }
    }

    fn is_about(&self) -> bool {
        self.groups.iter().rev().find(|group| !group.ended).is_some_and(|group| group.about)
    }

    fn note(&mut self, rows: &Rows<'_>, row: &Row, called: &str) {
        let text = self.text(rows, row, "label");
        let first = self.asked.sections.iter().all(|section| section.items.is_empty() && section.questions.is_empty());
        if first && self.asked.intro.is_empty() && !text.is_empty() {
            self.asked.intro = text;
        } else {
            // Words between questions stand under the next one.
            self.untold_note();
            self.note = Some((row.line, called.to_owned(), text));
        }
    }

    /// A note that no question came after.
    fn untold_note(&mut self) {
        if let Some((line, called, _)) = self.note.take() {
            self.told(line, &called, XlsformReason::Note);
        }
    }

    /// The words under a question: the note before it, and its hint.
    fn help(&mut self, rows: &Rows<'_>, row: &Row) -> Text {
        let hint = self.text(rows, row, "hint");
        let Some((_, _, mut help)) = self.note.take() else { return hint };
        for (language, words) in hint.0 {
            help.0.entry(language).and_modify(|known| *known = format!("{known} {words}")).or_insert(words);
        }
        help
    }

    fn select(&mut self, rows: &Rows<'_>, row: &Row, name: &str, list: &str, or_other: bool, several: bool) {
        let Some(found) = self.lists.get(list).cloned() else {
            return self.told(row.line, name, XlsformReason::ListUnknown(list.to_owned()));
        };
        let text = self.text(rows, row, "label");
        let required = is_yes(rows.cell(row, "required"));
        // A form of our own says which list the levels are.
        let levels = if self.own { list == LEVELS } else { !several && !or_other && self.takes_as_levels(&found) };
        if levels {
            return self.item(rows, row, name, text, required);
        }
        let mut options: Vec<ChoiceOption> = found.choices.iter().map(|(_, option)| option.clone()).collect();
        let mut names: Vec<(String, String)> =
            found.choices.iter().map(|(name, option)| (name.clone(), option.id.clone())).collect();
        if or_other {
            let words = [("vi", "Khác"), ("en", "Other")].map(|(tag, words)| (tag.to_owned(), words.to_owned()));
            options.push(ChoiceOption { id: "other".to_owned(), text: Text(words.into()) });
            names.push(("other".to_owned(), "other".to_owned()));
        }
        if !OPTIONS.contains(&options.len()) {
            return self.told(row.line, name, XlsformReason::ChoiceCount(options.len()));
        }
        let id = if self.own { name.to_owned() } else { self.new_id() };
        self.known.insert(name.to_owned(), (id.clone(), names));
        if self.is_about() && !several {
            return self.asked.demographics.push(Demographic { id, text, options });
        }
        let scale = rows.cell(row, "bind::sipas:kind") == "scale"
            || rows.cell(row, "appearance").to_lowercase().contains("likert");
        let kind = match (several, scale && SCALE_LEVELS.contains(&options.len())) {
            (true, _) => QuestionKind::Several { options },
            (_, true) => QuestionKind::Scale { options },
            _ => QuestionKind::One { options },
        };
        self.question(rows, row, id.clone(), text, kind, required);
        if or_other {
            self.told(row.line, name, XlsformReason::OrOther);
            let words = [("vi", "Khác: ghi rõ"), ("en", "Other: please specify")];
            let text = Text(words.map(|(tag, words)| (tag.to_owned(), words.to_owned())).into());
            let when = Some(Condition { question: id, options: vec!["other".to_owned()] });
            let question = Question {
                id: self.new_id(),
                text,
                help: Text::default(),
                kind: QuestionKind::Text,
                source: None,
                required: false,
                when,
            };
            let section = self.section();
            self.asked.sections[section].questions.push(question);
        }
    }

    /// Whether a list is the five levels of satisfaction, with or without "not used"; the first such list names the levels.
    fn takes_as_levels(&mut self, list: &Choices) -> bool {
        let Some(levels) = levels_of(list) else { return false };
        if let Some(known) = &self.levels_of {
            *known == levels[..5]
        } else {
            for (place, level) in levels.iter().take(5).enumerate() {
                self.asked.levels[place] = with_official(level.clone(), place);
            }
            if let Some(not_used) = levels.get(5) {
                self.asked.not_used = with_official(not_used.clone(), 5);
            }
            self.levels_of = Some(levels[..5].to_vec());
            true
        }
    }

    fn item(&mut self, rows: &Rows<'_>, row: &Row, name: &str, text: Text, required: bool) {
        let mut section = self.section();
        if self.asked.sections[section].items.len() >= ITEMS_PER_SECTION_MAX {
            self.told(row.line, name, XlsformReason::Cut);
            let mut next = Section { items: Vec::new(), questions: Vec::new(), ..self.asked.sections[section].clone() };
            next.id = self.new_id();
            section = self.push_section(next);
            match self.groups.iter_mut().rev().find(|group| !group.ended) {
                Some(group) => group.section = section,
                None => self.open = Some(section),
            }
        }
        let id = if self.own { name.to_owned() } else { self.new_id() };
        let audio = rows.cell(row, "bind::sipas:audio").split_whitespace();
        let audio = audio.filter_map(|pair| pair.split_once('=')).map(|(tag, file)| (tag.to_owned(), file.to_owned()));
        let help = self.help(rows, row);
        let item = Item { id, text, help, source: source(rows, row), required, audio: Text(audio.collect()) };
        self.asked.sections[section].items.push(item);
        let condition = rows.cell(row, "relevant");
        if !condition.is_empty() {
            self.told(row.line, name, XlsformReason::Condition(condition.to_owned()));
        }
        self.group_conditions(section);
    }

    /// The conditions of the groups around: of their items, once.
    fn group_conditions(&mut self, section: usize) {
        let group = self.groups.iter().rev().find(|group| !group.ended && group.relevant.is_some());
        let Some((row, text)) = group.and_then(|group| group.relevant.clone()) else { return };
        let known = |pending: &Pending| pending.section == section && pending.question.is_none();
        if !self.conditions.iter().any(known) {
            self.conditions.push(Pending { row, name: String::new(), text, section, question: None });
        }
    }

    fn question(&mut self, rows: &Rows<'_>, row: &Row, id: String, text: Text, kind: QuestionKind, required: bool) {
        let section = self.section();
        let own = rows.cell(row, "relevant").to_owned();
        let group = self.groups.iter().rev().find(|group| !group.ended && group.relevant.is_some());
        let group = group.and_then(|group| group.relevant.clone());
        let name = rows.cell(row, "name").to_owned();
        if !own.is_empty() && group.is_some() {
            self.told(row.line, &name, XlsformReason::ConditionInGroup);
        }
        let condition = if own.is_empty() { group } else { Some((row.line, own)) };
        let help = self.help(rows, row);
        let questions = &mut self.asked.sections[section].questions;
        questions.push(Question { id, text, help, kind, source: source(rows, row), required, when: None });
        let question = Some(questions.len() - 1);
        if let Some((line, text)) = condition {
            self.conditions.push(Pending { row: line, name, text, section, question });
        }
    }

    fn number(&mut self, rows: &Rows<'_>, row: &Row, name: &str, kind: &RowType) {
        let text = self.text(rows, row, "label");
        let constraint = rows.cell(row, "constraint");
        let parameters = rows.cell(row, "parameters");
        let parameter = |key: &str| {
            let found =
                parameters.split([' ', ';', ',']).find_map(|pair| pair.trim().strip_prefix(key)?.strip_prefix('='));
            found.and_then(|number| number.trim().parse::<u32>().ok())
        };
        let (least, most) = match (kind, bounds(constraint)) {
            (RowType::Range, _) => (parameter("start").unwrap_or(0), parameter("end").unwrap_or(10)),
            (_, Some(found)) if found.1 <= NUMBER_MAX => found,
            _ => {
                if !constraint.is_empty() {
                    self.told(row.line, name, XlsformReason::Constraint(constraint.to_owned()));
                }
                (0, NUMBER_MAX)
            }
        };
        if *kind == RowType::Decimal {
            self.told(row.line, name, XlsformReason::Decimal);
        }
        let id = if self.own { name.to_owned() } else { self.new_id() };
        let required = is_yes(rows.cell(row, "required"));
        self.question(rows, row, id, text, QuestionKind::Number { least, most }, required);
    }

    fn words(&mut self, rows: &Rows<'_>, row: &Row, name: &str) {
        let text = self.text(rows, row, "label");
        if rows.cell(row, "bind::sipas:part") == "comment" {
            self.asked.comment = Some(text);
            return;
        }
        let constraint = rows.cell(row, "constraint");
        if !constraint.is_empty() {
            self.told(row.line, name, XlsformReason::ConstraintOfWords(constraint.to_owned()));
        }
        // Many lines are what the comment is for, and there is one.
        let many = rows.cell(row, "appearance").to_lowercase().contains("multiline");
        if many && self.asked.comment.is_none() && !self.own && rows.cell(row, "relevant").is_empty() {
            self.asked.comment = Some(text);
            return;
        }
        let id = if self.own { name.to_owned() } else { self.new_id() };
        let required = is_yes(rows.cell(row, "required"));
        self.question(rows, row, id, text, QuestionKind::Text, required);
    }

    /// Looks up what conditions name, now that everything was read.
    fn resolve(&mut self) {
        for pending in std::mem::take(&mut self.conditions) {
            let Some(found) = relevant(&pending.text) else {
                self.told(pending.row, &pending.name, XlsformReason::Condition(pending.text));
                continue;
            };
            let items = pending.question.is_none();
            // Items are left out of the count of those whom the condition leaves out.
            let Some(condition) = self.condition(&found, found.chosen != items) else {
                self.told(pending.row, &pending.name, XlsformReason::ConditionQuestion(found.question));
                continue;
            };
            if let Some(question) = pending.question {
                self.asked.sections[pending.section].questions[question].when = Some(condition);
            } else {
                self.told(pending.row, "", XlsformReason::GroupOfItems);
                self.asked.sections[pending.section].unless = Some(condition);
            }
        }
    }

    /// The condition that one of the choices was made, or, where `these` is not so, one of the others.
    fn condition(&self, found: &Relevant, these: bool) -> Option<Condition> {
        let (id, names) = self.known.get(&found.question)?;
        let of = |choice: &String| names.iter().find(|(name, _)| name == choice).map(|(_, id)| id.clone());
        let chosen: Vec<String> = found.choices.iter().map(of).collect::<Option<_>>()?;
        let others = names.iter().map(|(_, id)| id).filter(|id| !chosen.contains(id)).cloned();
        let options = if these { chosen.clone() } else { others.collect() };
        (!options.is_empty()).then(|| Condition { question: id.clone(), options })
    }

    fn head(&mut self, setting: &impl Fn(&str) -> String) {
        let title = plain_words(&setting("form_title"));
        let form_id = setting("form_id");
        self.asked.id = if self.own { form_id.clone() } else { slug(&form_id, '-', QUESTIONNAIRE_ID_MAX) };
        if self.own {
            self.asked.version = setting("version").parse().unwrap_or(1);
            let words = |name: &str| setting(name).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            self.asked.fields = words("attribute::sipas:fields");
            self.asked.languages = words("attribute::sipas:languages");
            self.asked.unreviewed = words("attribute::sipas:unreviewed");
            self.asked.estimated_seconds = setting("attribute::sipas:seconds").parse().unwrap_or(60);
            self.asked.title.0.insert("vi".to_owned(), title);
            for language in self.asked.languages.clone() {
                // Headings are compared in small letters.
                let title = setting(&format!("attribute::sipas:title_{}", language.to_lowercase()));
                if !title.is_empty() {
                    self.asked.title.0.insert(language, title);
                }
            }
            let languages = self.asked.languages.clone();
            for level in self.asked.levels.iter_mut().chain([&mut self.asked.not_used]) {
                level.0.retain(|tag, _| languages.contains(tag));
            }
            return;
        }
        let title = if title.is_empty() { form_id } else { title };
        // XLSForm has one title, in the default language; Vietnamese begins with it too.
        if let Some(language) = language_tag(&setting("default_language")) {
            self.asked.title.0.insert(language, title.clone());
        }
        self.asked.title.0.insert("vi".to_owned(), title);
        let mut tags: Vec<String> = vec!["vi".to_owned()];
        let asked = &self.asked;
        let texts = asked.items().map(|item| &item.text).chain(asked.questions().map(|question| &question.text));
        for tag in texts.chain(asked.demographics.iter().map(|asked| &asked.text)).flat_map(|text| text.0.keys()) {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        tags[1..].sort_by_key(|tag| (tag != "en", tag.clone()));
        keep_languages(&mut self.asked, &tags);
        let questions = self.asked.items().count() + self.asked.questions().count();
        self.asked.estimated_seconds = u32::try_from(questions * 6 + 10).unwrap_or(60).clamp(20, 600);
        self.asked.languages = tags;
    }
}

/// What a group of our own says about its section, and for whom its items do not count.
fn own_section(rows: &Rows<'_>, row: &Row, name: &str, title: &Text) -> (Section, Option<Condition>) {
    let id = rows.cell(row, "bind::sipas:id");
    let id = if id.is_empty() { name.strip_prefix(GROUP).unwrap_or(name) } else { id };
    let feeds = rows.cell(row, "bind::sipas:feeds").split_whitespace();
    let named = |name: &str| Feed::ALL.into_iter().find(|feed| feed.as_str() == name);
    let mut feeds: Vec<Feed> = feeds.filter_map(named).collect();
    feeds.sort_unstable();
    let factor = rows.cell(row, "bind::sipas:factor");
    let section = Section {
        id: id.to_owned(),
        factor: Factor::ALL.into_iter().find(|known| known.as_str() == factor),
        feeds,
        title: title.clone(),
        optional: is_yes(rows.cell(row, "bind::sipas:optional")),
        ..Section::default()
    };
    let mut words = rows.cell(row, "bind::sipas:unless").split_whitespace().map(str::to_owned);
    let unless = words.next().map(|question| Condition { question, options: words.collect() });
    (section, unless)
}

fn source(rows: &Rows<'_>, row: &Row) -> Option<String> {
    let source = rows.cell(row, "bind::sipas:source");
    (!source.is_empty()).then(|| source.to_owned())
}
