//! What the columns of the answer sheets are in a file for SPSS, and in a script for R: names, labels, codes.

use super::codebook::{Codebook, Named};
use super::sav::{Code, Kind, Variable};
use super::words::{self, Word};
use crate::survey::{ChoiceOption, QuestionKind, Questionnaire};

/// The longest code of a unit, bytes.
const UNIT_MAX: usize = 64;
/// The longest code of a point.
const POINT_MAX: usize = 16;
/// The longest text that the file holds.
const TEXT_MAX: usize = 255;
/// The number of "not used".
const NOT_USED: f64 = 9.0;

/// The variables of these columns, which are those of [`Columns::header`](super::responses::Columns::header), in their order.
pub fn variables(header: &[String], book: &Codebook<'_>) -> Vec<Variable> {
    header.iter().map(|name| variable(name, book)).collect()
}

fn variable(name: &str, book: &Codebook<'_>) -> Variable {
    let fixed = super::responses::FIXED.iter().find(|(fixed, ..)| *fixed == name).map(|(_, vi, _)| *vi);
    let (label, kind) = match name {
        "unit" => (fixed, Kind::Text(UNIT_MAX)),
        "point" => (fixed, Kind::Text(POINT_MAX)),
        "day" => (fixed, Kind::Day),
        "field" => (fixed, numbered(book.fields.iter().map(|Named { code, vi, .. }| (code.clone(), vi.clone())))),
        "form" => {
            let forms = book.forms.iter().map(|form| (form.reference(), form.title.in_language("vi").to_owned()));
            (fixed, numbered(forms))
        }
        "series" => (fixed, kinds(words::SERIES.map(words::series))),
        "mode" => (fixed, kinds(words::MODES.map(words::mode))),
        "respondent" => (fixed, kinds(words::RESPONDENTS.map(words::respondent))),
        "channel" => (fixed, kinds(words::CHANNELS.map(words::channel))),
        "flagged" => (fixed, Kind::Codes(yes_and_no("Có", "Không"))),
        "comment" => (Some("Ý kiến bằng lời"), Kind::Text(TEXT_MAX)),
        _ => {
            let (label, kind) = book.forms.iter().find_map(|form| asked(name, form)).unwrap_or_default();
            return Variable { name: name.to_owned(), label, kind };
        }
    };
    Variable { name: name.to_owned(), label: label.unwrap_or_default().to_owned(), kind }
}

/// What a questionnaire asks under the name of a column.
fn asked(name: &str, form: &Questionnaire) -> Option<(String, Kind)> {
    if let Some(id) = name.strip_prefix("d.") {
        let question = form.demographics.iter().find(|question| question.id == id)?;
        return Some((question.text.in_language("vi").to_owned(), options(&question.options)));
    }
    let id = name.strip_prefix("q.")?;
    if let Some(item) = form.items().find(|item| item.id == id) {
        let levels = (1_u8..).zip(&form.levels).map(|(level, text)| Code {
            written: level.to_string(),
            number: f64::from(level),
            label: text.in_language("vi").to_owned(),
            missing: false,
        });
        let not_used = Code {
            written: "na".to_owned(),
            number: NOT_USED,
            label: form.not_used.in_language("vi").to_owned(),
            missing: true,
        };
        return Some((item.text.in_language("vi").to_owned(), Kind::Codes(levels.chain([not_used]).collect())));
    }
    form.questions().find_map(|question| {
        let text = question.text.in_language("vi").to_owned();
        match &question.kind {
            QuestionKind::Several { options } => {
                let option = options.iter().find(|option| format!("{}.{}", question.id, option.id) == id)?;
                let label = format!("{text} – {}", option.text.in_language("vi"));
                Some((label, Kind::Codes(yes_and_no("Chọn", "Không chọn"))))
            }
            _ if question.id != id => None,
            QuestionKind::One { options } | QuestionKind::Scale { options } => Some((text, self::options(options))),
            QuestionKind::Number { .. } => Some((text, Kind::Number)),
            QuestionKind::Text => Some((text, Kind::Text(TEXT_MAX))),
        }
    })
}

fn yes_and_no(yes: &str, no: &str) -> Vec<Code> {
    [("1", 1.0, yes), ("0", 0.0, no)]
        .map(|(code, number, label)| Code { written: code.to_owned(), number, label: label.to_owned(), missing: false })
        .to_vec()
}

fn options(options: &[ChoiceOption]) -> Kind {
    numbered(options.iter().map(|option| (option.id.clone(), option.text.in_language("vi").to_owned())))
}

fn kinds(words: impl IntoIterator<Item = Word>) -> Kind {
    numbered(words.into_iter().map(|(code, vi, _)| (code.to_owned(), vi.to_owned())))
}

/// Codes with numbers: their own where all of them are whole numbers, else their places from 1.
fn numbered(all: impl Iterator<Item = (String, String)>) -> Kind {
    let code = |(number, (written, label)): (i32, (String, String))| Code {
        written,
        number: f64::from(number),
        label,
        missing: false,
    };
    let mut codes: Vec<Code> = (1..).zip(all).map(code).collect();
    if let Some(numbers) = codes.iter().map(Code::own_number).collect::<Option<Vec<i32>>>() {
        for (code, number) in codes.iter_mut().zip(numbers) {
            code.number = f64::from(number);
        }
    }
    Kind::Codes(codes)
}

/// A script for R that reads the answer sheets from a CSV of `file` and gives every column its label, every code its meaning. "Not used"
/// is a level of its own: whoever computes shares drops it, as the program does.
pub fn r_script(variables: &[Variable], file: &str) -> String {
    use std::fmt::Write;
    let mut script = format!(
        "# Reads the answer sheets of `sipas export responses --format csv --out {file}` and labels them.\n\
         d <- read.csv({}, colClasses = \"character\", na.strings = \"\", check.names = FALSE, encoding = \"UTF-8\")\n",
        quoted(file)
    );
    for variable in variables {
        let column = format!("d[[{}]]", quoted(&variable.name));
        let _ = match &variable.kind {
            Kind::Number => writeln!(script, "{column} <- as.numeric({column})"),
            Kind::Day => writeln!(script, "{column} <- as.Date({column})"),
            Kind::Text(_) => Ok(()),
            // Yes and no stand in the file as words.
            Kind::Codes(_) if variable.name == "flagged" => writeln!(script, "{column} <- {column} == \"true\""),
            Kind::Codes(codes) => {
                let levels: Vec<String> = codes.iter().map(|code| quoted(&code.written)).collect();
                let labels: Vec<String> = distinct(codes).iter().map(|label| quoted(label)).collect();
                let (levels, labels) = (levels.join(", "), labels.join(", "));
                writeln!(script, "{column} <- factor({column}, levels = c({levels}), labels = c({labels}))")
            }
        };
        let _ = writeln!(script, "attr({column}, \"label\") <- {}", quoted(&variable.label));
    }
    script
}

/// The labels of codes, none twice: R takes equal labels for one level.
fn distinct(codes: &[Code]) -> Vec<String> {
    let twice = |label: &str| codes.iter().filter(|code| code.label == label).count() > 1;
    let label = |code: &Code| {
        if twice(&code.label) { format!("{} ({})", code.label, code.written) } else { code.label.clone() }
    };
    codes.iter().map(label).collect()
}

/// A text as R reads it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' | '\r' | '\t' => quoted.push(' '),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_are_numbers_keep_them() {
        let numbers = |codes: &[&str]| match numbered(codes.iter().map(|code| ((*code).to_owned(), String::new()))) {
            Kind::Codes(codes) => codes.iter().map(|code| code.number).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(numbers(&["0", "1", "9"]), [0.0, 1.0, 9.0]);
        assert_eq!(numbers(&["0", "many"]), [1.0, 2.0]);
        assert_eq!(numbers(&["01", "02"]), [1.0, 2.0], "places: as a number, `01` would lose its digit");
    }

    #[test]
    fn a_script_labels_codes_once_each_and_no_word_of_a_ward_ends_its_text() {
        let code = |code: &str, label: &str| Code {
            written: code.to_owned(),
            number: 1.0,
            label: label.to_owned(),
            missing: false,
        };
        let variables = [
            Variable { name: "day".into(), label: "Ngày".into(), kind: Kind::Day },
            Variable {
                name: "d.gender".into(),
                label: "Giới \"tính\"\nkhác\\".into(),
                kind: Kind::Codes(vec![code("m", "Nam"), code("x", "Khác"), code("y", "Khác")]),
            },
        ];
        let script = r_script(&variables, "answers.csv");
        assert!(script.contains("d[[\"day\"]] <- as.Date(d[[\"day\"]])"), "{script}");
        let factor = "factor(d[[\"d.gender\"]], levels = c(\"m\", \"x\", \"y\"), labels = c(\"Nam\", \"Khác (x)\", \"Khác (y)\"))";
        assert!(script.contains(factor), "{script}");
        assert!(script.contains("<- \"Giới \\\"tính\\\" khác\\\\\"\n"), "{script}");
        assert_eq!(script.lines().count(), 2 + 2 * 2);
    }
}
