//! A questionnaire as an XLSForm: a workbook of the sheets `survey`, `choices` and `settings`, which Kobo, ODK and others open. What
//! XLSForm has no word for (factors, indices, sources) stands in columns of a namespace of its own, as XLSForm provides for: others
//! carry them along, and what is read back is the same questionnaire.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::survey::{ChoiceOption, Condition, Question, QuestionKind, Questionnaire, Text};

/// The namespace of our own columns.
pub const NAMESPACE: &str = "sipas=\"urn:sipas:form:1\"";
/// Names of the levels, and of "not used", in the list of choices.
pub const LEVEL_NAMES: [&str; 6] = ["1", "2", "3", "4", "5", "na"];
/// The list of the levels.
pub const LEVELS: &str = "levels";
/// Begins the name of a group, which may be that of a question too.
pub const GROUP: &str = "g_";
/// The group of the questions about the person and the case.
pub const ABOUT: &str = "about";

/// The columns of `survey` that are not texts, in their order.
const COLUMNS: [&str; 15] = [
    "type",
    "name",
    "required",
    "relevant",
    "constraint",
    "appearance",
    "bind::sipas:part",
    "bind::sipas:id",
    "bind::sipas:kind",
    "bind::sipas:factor",
    "bind::sipas:feeds",
    "bind::sipas:optional",
    "bind::sipas:unless",
    "bind::sipas:source",
    "bind::sipas:audio",
];

/// What a language is called in the headings of an XLSForm.
pub fn language_heading(tag: &str) -> String {
    let name = match tag {
        "vi" => "Tiếng Việt",
        "en" => "English",
        "km" => "Khmer",
        "tyz" => "Tày",
        "nut" => "Nùng",
        "rad" => "Ê Đê",
        other => other,
    };
    format!("{name} ({tag})")
}

/// The workbook of a questionnaire.
pub fn workbook(asked: &Questionnaire) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheets = [("survey", survey(asked)), ("choices", choices(asked)), ("settings", settings(asked))];
    for (name, rows) in sheets {
        write(book.add_worksheet().set_name(name)?, &rows)?;
    }
    book.save_to_buffer()
}

/// Rows as text: nothing that a program would take for a number, a day or a formula.
fn write(sheet: &mut Worksheet, rows: &[Vec<String>]) -> Result<(), XlsxError> {
    let (text, bold) = (Format::new().set_num_format("@").set_text_wrap(), Format::new().set_bold());
    for (line, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string_with_format(line, column, cell, if line == 0 { &bold } else { &text })?;
        }
    }
    for column in (0_u16..).take(rows.first().map_or(0, Vec::len)) {
        sheet.set_column_width(column, 22)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// A row of `survey`, by the names of its columns.
#[derive(Default)]
struct Line<'a> {
    cells: Vec<(&'static str, String)>,
    label: Option<&'a Text>,
    hint: Option<&'a Text>,
}

impl<'a> Line<'a> {
    fn new(kind: impl Into<String>, name: impl Into<String>, label: Option<&'a Text>) -> Self {
        Self { cells: vec![("type", kind.into()), ("name", name.into())], label, hint: None }
    }

    fn hinting(mut self, help: &'a Text) -> Self {
        self.hint = (!help.is_empty()).then_some(help);
        self
    }

    fn with(mut self, column: &'static str, value: impl Into<String>) -> Self {
        self.cells.push((column, value.into()));
        self
    }

    fn with_some(self, column: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.with(column, value),
            None => self,
        }
    }
}

fn survey(asked: &Questionnaire) -> Vec<Vec<String>> {
    let mut lines = vec![Line::new("note", "intro", Some(&asked.intro)).with("bind::sipas:part", "intro")];
    for section in &asked.sections {
        let feeds: Vec<&str> = section.feeds.iter().map(|feed| feed.as_str()).collect();
        lines.push(
            Line::new("begin_group", format!("{GROUP}{}", section.id), Some(&section.title))
                .with("bind::sipas:id", section.id.clone())
                .with_some("bind::sipas:factor", section.factor.map(|factor| factor.as_str().to_owned()))
                .with("bind::sipas:feeds", if feeds.is_empty() { "none".to_owned() } else { feeds.join(" ") })
                .with_some("bind::sipas:optional", section.optional.then(|| "yes".to_owned()))
                .with_some("bind::sipas:unless", section.unless.as_ref().map(kept_condition)),
        );
        for item in &section.items {
            let audio: Vec<String> = item.audio.0.iter().map(|(tag, file)| format!("{tag}={file}")).collect();
            lines.push(
                Line::new(format!("select_one {LEVELS}"), item.id.clone(), Some(&item.text))
                    .hinting(&item.help)
                    .with_some("required", item.required.then(|| "yes".to_owned()))
                    .with_some("bind::sipas:source", item.source.clone())
                    .with_some("bind::sipas:audio", (!audio.is_empty()).then(|| audio.join(" "))),
            );
        }
        lines.extend(section.questions.iter().map(question));
        lines.push(Line::new("end_group", "", None));
    }
    if !asked.demographics.is_empty() {
        lines.push(Line::new("begin_group", format!("{GROUP}{ABOUT}"), None).with("bind::sipas:part", ABOUT));
        for demographic in &asked.demographics {
            let kind = format!("select_one {}", demographic.id);
            lines.push(Line::new(kind, demographic.id.clone(), Some(&demographic.text)));
        }
        lines.push(Line::new("end_group", "", None));
    }
    if let Some(comment) = &asked.comment {
        let line = Line::new("text", "comment", Some(comment)).with("appearance", "multiline");
        lines.push(line.with("bind::sipas:part", "comment"));
    }
    let tags = &asked.languages;
    let hints = lines.iter().any(|line| line.hint.is_some());
    let mut head: Vec<String> = COLUMNS.iter().map(|column| (*column).to_owned()).collect();
    head.splice(2..2, tags.iter().map(|tag| format!("label::{}", language_heading(tag))));
    if hints {
        head.extend(tags.iter().map(|tag| format!("hint::{}", language_heading(tag))));
    }
    let rows = lines.iter().map(|line| {
        let cell = |column: &&str| {
            let found = line.cells.iter().find(|(known, _)| known == column);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let mut row: Vec<String> = COLUMNS.iter().map(cell).collect();
        row.splice(2..2, texts(line.label, tags));
        if hints {
            row.extend(texts(line.hint, tags));
        }
        row
    });
    std::iter::once(head).chain(rows).collect()
}

fn texts(text: Option<&Text>, tags: &[String]) -> Vec<String> {
    let words = |tag: &String| text.and_then(|text| text.0.get(tag)).cloned().unwrap_or_default();
    tags.iter().map(words).collect()
}

fn question(question: &Question) -> Line<'_> {
    let (kind, constraint, appearance) = match &question.kind {
        QuestionKind::One { .. } => (format!("select_one {}", question.id), None, None),
        QuestionKind::Several { .. } => (format!("select_multiple {}", question.id), None, None),
        QuestionKind::Scale { .. } => (format!("select_one {}", question.id), None, Some("likert".to_owned())),
        QuestionKind::Number { least, most } => {
            ("integer".to_owned(), Some(format!(". >= {least} and . <= {most}")), None)
        }
        QuestionKind::Text => ("text".to_owned(), None, None),
    };
    Line::new(kind, question.id.clone(), Some(&question.text))
        .hinting(&question.help)
        .with_some("required", question.required.then(|| "yes".to_owned()))
        .with_some("relevant", question.when.as_ref().map(relevant))
        .with_some("constraint", constraint)
        .with_some("appearance", appearance)
        .with("bind::sipas:kind", question.kind.word())
        .with_some("bind::sipas:source", question.source.clone())
}

/// A condition in the language of XLSForm.
fn relevant(condition: &Condition) -> String {
    let chosen = condition.options.iter().map(|option| format!("selected(${{{}}}, '{option}')", condition.question));
    chosen.collect::<Vec<_>>().join(" or ")
}

/// A condition for our own column: XLSForm can hide questions, and not leave them out of a count.
fn kept_condition(condition: &Condition) -> String {
    format!("{} {}", condition.question, condition.options.join(" "))
}

fn choices(asked: &Questionnaire) -> Vec<Vec<String>> {
    let mut rows = vec![vec!["list_name".to_owned(), "name".to_owned()]];
    rows[0].extend(asked.languages.iter().map(|tag| format!("label::{}", language_heading(tag))));
    let mut row = |list: &str, name: &str, text: &Text| {
        let mut row = vec![list.to_owned(), name.to_owned()];
        row.extend(texts(Some(text), &asked.languages));
        rows.push(row);
    };
    for (name, level) in LEVEL_NAMES.iter().zip(asked.levels.iter().chain([&asked.not_used])) {
        row(LEVELS, name, level);
    }
    let questions = asked.questions().map(|question| (&question.id, question.kind.options()));
    let about = asked.demographics.iter().map(|demographic| (&demographic.id, demographic.options.as_slice()));
    for (list, options) in questions.chain(about) {
        for ChoiceOption { id, text } in options {
            row(list, id, text);
        }
    }
    rows
}

fn settings(asked: &Questionnaire) -> Vec<Vec<String>> {
    let mut columns = vec![
        ("form_title".to_owned(), asked.title.in_language("vi").to_owned()),
        ("form_id".to_owned(), asked.id.clone()),
        ("version".to_owned(), asked.version.to_string()),
        ("default_language".to_owned(), language_heading("vi")),
        ("namespaces".to_owned(), NAMESPACE.to_owned()),
        ("attribute::sipas:fields".to_owned(), asked.fields.join(" ")),
        ("attribute::sipas:languages".to_owned(), asked.languages.join(" ")),
        ("attribute::sipas:seconds".to_owned(), asked.estimated_seconds.to_string()),
    ];
    if !asked.unreviewed.is_empty() {
        columns.push(("attribute::sipas:unreviewed".to_owned(), asked.unreviewed.join(" ")));
    }
    for (tag, title) in asked.title.0.iter().filter(|(tag, _)| *tag != "vi") {
        columns.push((format!("attribute::sipas:title_{tag}"), title.clone()));
    }
    let (heads, values) = columns.into_iter().unzip();
    vec![heads, values]
}
