//! Answer sheets as rows: a column an item and a closed question, over all questionnaires asked for.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Cell, words};
use crate::plan::Channel;
use crate::sheet::shape::Shape;
use crate::sheet::tally::{BLANK, Mode, NOT_USED, Respondent, Series};
use crate::survey::{Question, QuestionKind, Questionnaire, kept_words};

/// Columns that every row has, before those of its questionnaire: name, Vietnamese, English.
pub(super) const FIXED: [(&str, &str, &str); 10] = [
    ("unit", "Mã đơn vị", "Code of the unit"),
    ("point", "Mã điểm phục vụ (mã mới nhất)", "Code of the service point (its newest)"),
    ("day", "Ngày (không lưu giờ)", "Civil day (no time is kept)"),
    ("field", "Lĩnh vực", "Field of service"),
    ("form", "Phiếu hỏi và phiên bản", "Questionnaire and version"),
    ("series", "Nguồn phiếu", "Series"),
    ("mode", "Cách trả lời", "How it was filled in"),
    ("respondent", "Người trả lời", "Who answers"),
    ("channel", "Kênh phục vụ", "Channel by which the service was given"),
    ("flagged", "Có dấu hiệu bất thường", "Flagged as suspect"),
];

/// A sheet as the database has it, with its codes.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Code of the unit.
    pub unit: &'a str,
    /// Newest code of the point.
    pub point: &'a str,
    /// Civil day.
    pub day: NaiveDate,
    /// Code of the field.
    pub field: &'a str,
    /// Number of the questionnaire version.
    pub form: i32,
    pub series: Series,
    pub mode: Mode,
    /// Who answers.
    pub respondent: Respondent,
    pub channel: Channel,
    /// Whether it is flagged.
    pub flagged: bool,
    /// One byte an item.
    pub answers: &'a [u8],
    /// One byte a closed question.
    pub demographics: &'a [u8],
    /// The free comment.
    pub comment: Option<&'a str>,
}

/// Which column holds what.
#[derive(Debug)]
pub struct Columns {
    items: Vec<String>,
    demographics: Vec<String>,
    questions: Vec<String>,
    forms: HashMap<i32, FormColumns>,
    comments: bool,
}

#[derive(Debug)]
struct FormColumns {
    reference: String,
    /// The column of each item.
    items: Vec<usize>,
    /// The column of each closed question, and its options.
    demographics: Vec<(usize, Vec<String>)>,
    /// The columns of each question of a further kind, one an option where several may be chosen, and the question.
    questions: Vec<(Vec<usize>, Question)>,
    /// How many bytes stand before those of the questions.
    before: usize,
}

/// The columns of a question of a further kind, without their `q.`: where several options may be chosen one each, 1 chosen and 0 not.
pub(super) fn columns_of(question: &Question) -> Vec<String> {
    match &question.kind {
        QuestionKind::Several { options } => {
            options.iter().map(|option| format!("{}.{}", question.id, option.id)).collect()
        }
        _ => vec![question.id.clone()],
    }
}

impl Columns {
    /// The columns of these questionnaire versions, in their order; items and questions of one name share a column.
    pub fn new<'a>(forms: impl IntoIterator<Item = (i32, &'a Questionnaire)>, comments: bool) -> Self {
        let mut columns = Self {
            items: Vec::new(),
            demographics: Vec::new(),
            questions: Vec::new(),
            forms: HashMap::new(),
            comments,
        };
        let mut places = [HashMap::new(), HashMap::new(), HashMap::new()];
        let mut place = |kind: usize, id: &str, names: &mut Vec<String>| -> usize {
            *places[kind].entry(id.to_owned()).or_insert_with(|| {
                names.push(id.to_owned());
                names.len() - 1
            })
        };
        for (id, form) in forms {
            let items = form.items().map(|item| place(0, &item.id, &mut columns.items)).collect();
            let demographics = form.demographics.iter().map(|question| {
                let options = question.options.iter().map(|option| option.id.clone()).collect();
                (place(1, &question.id, &mut columns.demographics), options)
            });
            let demographics = demographics.collect();
            let questions = form.questions().map(|question| {
                let names = columns_of(question).into_iter();
                (names.map(|name| place(2, &name, &mut columns.questions)).collect(), question.clone())
            });
            let questions = questions.collect();
            let (reference, before) = (form.reference(), form.demographics.len());
            columns.forms.insert(id, FormColumns { reference, items, demographics, questions, before });
        }
        columns
    }

    /// The first row: `q.<item>` and `d.<question>` as in the addresses of the forms.
    pub fn header(&self) -> Vec<String> {
        let fixed = FIXED.iter().map(|(name, ..)| (*name).to_owned());
        let items = self.items.iter().map(|id| format!("q.{id}"));
        let demographics = self.demographics.iter().map(|id| format!("d.{id}"));
        let questions = self.questions.iter().map(|id| format!("q.{id}"));
        fixed
            .chain(items)
            .chain(demographics)
            .chain(questions)
            .chain(self.comments.then(|| "comment".to_owned()))
            .collect()
    }

    /// Lays `sheet` out in `cells`. A sheet of a questionnaire that was not asked for has no row.
    pub fn lay_out<'a>(&'a self, sheet: &Row<'a>, cells: &mut Vec<Cell<'a>>) -> bool {
        let Some(form) = self.forms.get(&sheet.form) else { return false };
        cells.clear();
        cells.extend([
            Cell::Text(sheet.unit),
            Cell::Text(sheet.point),
            Cell::Day(sheet.day),
            Cell::Text(sheet.field),
            Cell::Text(&form.reference),
            Cell::Text(words::series(sheet.series).0),
            Cell::Text(words::mode(sheet.mode).0),
            Cell::Text(words::respondent(sheet.respondent).0),
            Cell::Text(words::channel(sheet.channel).0),
            Cell::Truth(sheet.flagged),
        ]);
        let items = cells.len();
        let demographics = items + self.items.len();
        let questions = demographics + self.demographics.len();
        cells.resize(questions + self.questions.len(), Cell::Empty);
        for (column, answer) in form.items.iter().zip(sheet.answers) {
            cells[items + column] = match *answer {
                BLANK => Cell::Empty,
                NOT_USED => Cell::Text("na"),
                level => Cell::Whole(u64::from(level)),
            };
        }
        for ((column, options), chosen) in form.demographics.iter().zip(sheet.demographics) {
            let option = usize::from(*chosen).checked_sub(1).and_then(|place| options.get(place));
            cells[demographics + column] = option.map_or(Cell::Empty, |option| Cell::Text(option));
        }
        let (comment, texts) = kept_words::comment_and_texts(sheet.comment.unwrap_or_default());
        let mut at = form.before;
        for (columns, question) in &form.questions {
            let shape = question.kind.shape();
            let bytes = sheet.demographics.get(at..at + shape.bytes()).unwrap_or_default();
            at += shape.bytes();
            let (chosen, first) = (shape.chosen(bytes), questions + columns[0]);
            match &question.kind {
                QuestionKind::Several { .. } if chosen.is_empty() => {}
                QuestionKind::Several { .. } => {
                    for (option, column) in columns.iter().enumerate() {
                        cells[questions + column] = Cell::Whole(u64::from(chosen.contains(&option)));
                    }
                }
                QuestionKind::One { options } | QuestionKind::Scale { options } => {
                    let option = chosen.first().and_then(|place| options.get(*place));
                    cells[first] = option.map_or(Cell::Empty, |option| Cell::Text(&option.id));
                }
                QuestionKind::Number { .. } => {
                    cells[first] = Shape::number(bytes).map_or(Cell::Empty, |number| Cell::Whole(u64::from(number)));
                }
                QuestionKind::Text => {
                    let text = texts.iter().find(|(id, _)| *id == question.id).filter(|_| self.comments);
                    cells[first] = text.map_or(Cell::Empty, |(_, text)| Cell::Text(text));
                }
            }
        }
        if self.comments {
            cells.push(comment.map_or(Cell::Empty, Cell::Text));
        }
        true
    }
}
