//! A questionnaire written as a file (TOML), the way the files of `survey_forms/` look: what [`super::parse`] reads back
//! as the same questionnaire. Comments of a file are not part of a questionnaire and do not come back.

use toml::Value;

use super::file::{LEVELS, NOT_USED};
use super::{ChoiceOption, Condition, Demographic, Item, Question, QuestionKind, Questionnaire, Section, Text};

/// The questionnaire as the text of its file.
pub fn to_toml(questionnaire: &Questionnaire) -> String {
    let Questionnaire { id, version, fields, languages, estimated_seconds, .. } = questionnaire;
    let mut lines = vec![
        format!("id = {}", quoted(id)),
        format!("version = {version}"),
        format!("fields = {}", list(fields)),
        format!("languages = {}", list(languages)),
        format!("estimated_seconds = {estimated_seconds}"),
    ];
    if !questionnaire.unreviewed.is_empty() {
        lines.push(format!("unreviewed = {}", list(&questionnaire.unreviewed)));
    }
    lines.push(String::new());
    text(&mut lines, "title", &questionnaire.title, languages);
    text(&mut lines, "intro", &questionnaire.intro, languages);
    if let Some(comment) = &questionnaire.comment {
        text(&mut lines, "comment", comment, languages);
    }
    let levels = questionnaire.levels.iter().zip(&LEVELS);
    if levels.clone().any(|(level, official)| !is_official(level, official)) {
        lines.push("levels = [".to_owned());
        lines.extend(levels.map(|(level, _)| format!("  {{ {} }},", inline(level, "", languages))));
        lines.push("]".to_owned());
    }
    if !is_official(&questionnaire.not_used, &NOT_USED) {
        text(&mut lines, "not_used", &questionnaire.not_used, languages);
    }
    for part in &questionnaire.sections {
        section(&mut lines, part, languages);
    }
    for question in &questionnaire.demographics {
        demographic(&mut lines, question, languages);
    }
    lines.push(String::new());
    lines.join("\n")
}

fn section(lines: &mut Vec<String>, section: &Section, languages: &[String]) {
    let Section { id, factor, feeds, title, items, optional, unless, questions } = section;
    lines.extend([String::new(), "[[sections]]".to_owned(), format!("id = {}", quoted(id))]);
    if let Some(factor) = factor {
        lines.push(format!("factor = {}", quoted(factor.as_str())));
    }
    let feeds: Vec<String> = feeds.iter().map(|feed| feed.as_str().to_owned()).collect();
    lines.push(format!("feeds = {}", list(&feeds)));
    if *optional {
        lines.push("optional = true".to_owned());
    }
    lines.extend(unless.as_ref().map(|condition| self::condition("unless", condition)));
    text(lines, "title", title, languages);
    for Item { id, text: words, help, source, required, audio } in items {
        lines.extend([String::new(), "[[sections.items]]".to_owned(), format!("id = {}", quoted(id))]);
        if let Some(source) = source {
            lines.push(format!("source = {}", quoted(source)));
        }
        if *required {
            lines.push("required = true".to_owned());
        }
        text(lines, "text", words, languages);
        text(lines, "help", help, languages);
        text(lines, "audio", audio, languages);
    }
    for asked in questions {
        question(lines, asked, languages);
    }
}

fn condition(key: &str, condition: &Condition) -> String {
    format!("{key} = {{ question = {}, options = {} }}", quoted(&condition.question), list(&condition.options))
}

fn question(lines: &mut Vec<String>, question: &Question, languages: &[String]) {
    lines.extend([String::new(), "[[sections.questions]]".to_owned(), format!("id = {}", quoted(&question.id))]);
    lines.push(format!("kind = {}", quoted(question.kind.word())));
    if let QuestionKind::Number { least, most } = question.kind {
        lines.extend([format!("least = {least}"), format!("most = {most}")]);
    }
    lines.extend(question.source.as_ref().map(|source| format!("source = {}", quoted(source))));
    if question.required {
        lines.push("required = true".to_owned());
    }
    lines.extend(question.when.as_ref().map(|when| condition("when", when)));
    text(lines, "text", &question.text, languages);
    text(lines, "help", &question.help, languages);
    options(lines, question.kind.options(), languages);
}

fn options(lines: &mut Vec<String>, options: &[ChoiceOption], languages: &[String]) {
    if options.is_empty() {
        return;
    }
    lines.push("options = [".to_owned());
    for ChoiceOption { id, text } in options {
        lines.push(format!("  {{ id = {}, {} }},", quoted(id), inline(text, "text.", languages)));
    }
    lines.push("]".to_owned());
}

fn demographic(lines: &mut Vec<String>, question: &Demographic, languages: &[String]) {
    lines.extend([String::new(), "[[demographics]]".to_owned(), format!("id = {}", quoted(&question.id))]);
    text(lines, "text", &question.text, languages);
    options(lines, &question.options, languages);
}

/// A text, a line per language.
fn text(lines: &mut Vec<String>, key: &str, text: &Text, languages: &[String]) {
    lines.extend(in_order(text, languages).map(|(language, words)| format!("{key}.{language} = {}", quoted(words))));
}

/// A text as the inside of an inline table.
fn inline(text: &Text, key: &str, languages: &[String]) -> String {
    let pairs = in_order(text, languages).map(|(language, words)| format!("{key}{language} = {}", quoted(words)));
    pairs.collect::<Vec<_>>().join(", ")
}

/// The languages of a text in the order in which the questionnaire names them.
fn in_order<'a>(text: &'a Text, languages: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
    languages.iter().filter_map(|language| Some((language.as_str(), text.0.get(language)?.as_str())))
}

/// Whether a reader fills these very words in where the file says nothing.
fn is_official(text: &Text, official: &[(&str, &str)]) -> bool {
    text.0.iter().all(|(language, words)| official.contains(&(language.as_str(), words.as_str())))
}

fn quoted(words: &str) -> String {
    Value::from(words).to_string()
}

fn list(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
}
