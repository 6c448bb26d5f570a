//! What a version asks besides items on the five levels, as its page shows it: questions of further kinds, conditions, whether the words
//! were compared with the official text.

use crate::survey::{Condition, QuestionKind, Questionnaire, Section, Text};

/// Words in one language.
pub(super) struct Wording<'a> {
    pub(super) language: &'a str,
    pub(super) text: &'a str,
}

/// A question of a further kind.
pub(super) struct FurtherLine<'a> {
    pub(super) text: Vec<Wording<'a>>,
    pub(super) help: Vec<Wording<'a>>,
    pub(super) kind: String,
    pub(super) source: &'a str,
    pub(super) required: bool,
    /// On what it is asked, in words; none where everybody is.
    pub(super) when: Option<String>,
    pub(super) options: Vec<Vec<Wording<'a>>>,
}

/// A text in every language of its questionnaire.
pub(super) fn wordings<'a>(text: &'a Text, asked: &'a Questionnaire) -> Vec<Wording<'a>> {
    let wording = |language: &'a String| Wording { language, text: text.in_language(language) };
    asked.languages.iter().map(wording).collect()
}

/// The words of help under a question in every language; none where it has none.
pub(super) fn help<'a>(text: &'a Text, asked: &'a Questionnaire) -> Vec<Wording<'a>> {
    if text.is_empty() { Vec::new() } else { wordings(text, asked) }
}

/// How many questions it asks, those about the person and the case left out.
pub(in crate::web::staff) fn asked(questionnaire: &Questionnaire) -> usize {
    questionnaire.items().count() + questionnaire.questions().count()
}

/// The questions of further kinds of a section.
pub(super) fn lines<'a>(section: &'a Section, asked: &'a Questionnaire) -> Vec<FurtherLine<'a>> {
    let lines = section.questions.iter().map(|question| FurtherLine {
        text: wordings(&question.text, asked),
        help: help(&question.help, asked),
        kind: match &question.kind {
            QuestionKind::One { .. } => "chọn một".to_owned(),
            QuestionKind::Several { .. } => "chọn một hoặc nhiều".to_owned(),
            QuestionKind::Scale { options } => format!("thang {} mức", options.len()),
            QuestionKind::Number { least, most } => format!("số nguyên từ {least} đến {most}"),
            QuestionKind::Text => "ghi ngắn, đọc ở trang góp ý".to_owned(),
        },
        source: question.source.as_deref().unwrap_or("–"),
        required: question.required,
        when: question.when.as_ref().map(|condition| in_words(condition, asked)),
        options: question.kind.options().iter().map(|option| wordings(&option.text, asked)).collect(),
    });
    lines.collect()
}

/// A condition: the question it asks of, and the options of which one was chosen.
pub(in crate::web::staff) fn in_words(condition: &Condition, asked: &Questionnaire) -> String {
    let demographics = asked.demographics.iter().map(|of| (&of.id, &of.text, of.options.as_slice()));
    let questions = asked.questions().map(|of| (&of.id, &of.text, of.kind.options()));
    let Some((_, text, options)) = demographics.chain(questions).find(|(id, ..)| **id == condition.question) else {
        return condition.question.clone();
    };
    let chosen = options.iter().filter(|option| condition.options.contains(&option.id));
    let chosen: Vec<&str> = chosen.map(|option| option.text.in_language("vi")).collect();
    format!("“{}”: {}", text.in_language("vi"), chosen.join(", "))
}

/// Whether the wording was compared with the official text, and which translations were not reviewed.
pub(super) fn reviewed(asked: &Questionnaire) -> String {
    let translations = asked.unreviewed.iter().filter(|language| *language != "vi").count();
    match (asked.unreviewed.iter().any(|language| language == "vi"), translations) {
        (true, _) => "chưa đối chiếu với văn bản chính thức; hãy đối chiếu trước khi dùng".to_owned(),
        (false, 0) => "không có lời nào ghi là chưa duyệt".to_owned(),
        (false, _) => "bản dịch chưa duyệt".to_owned(),
    }
}
