//! A paper sheet as staff key it: one key an answer, read, compared with a second keying, spelled again.
//!
//! Paper differs from the form in two ways. The day is the one written on the sheet. And nothing can be asked of the
//! citizen any more, so a question that the phone would insist on may be blank.

use chrono::NaiveDate;

use super::QuestionKind;
use super::answer;
use super::kept_words;
use super::submission::{Asked, COMMENT_CHARACTERS_MAX, NOT_USED, RespondentKind};

/// One keyed sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// The day written on it.
    pub day: NaiveDate,
    /// The field of service.
    pub field: String,
    /// Who answered.
    pub respondent: RespondentKind,
    /// One byte an item in the order of the questionnaire: 0 blank, 1 to 5 the level, 6 not used.
    pub answers: Vec<u8>,
    /// One byte a demographic question: 0 blank, else the option's place from 1.
    pub demographics: Vec<u8>,
    /// Free words, trimmed; never empty.
    pub comment: Option<String>,
}

/// What is wrong with a keyed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    /// No day, or one that does not exist.
    Day,
    /// A day still to come.
    DayAhead,
    /// No field chosen, or one that the point does not serve.
    Field,
    /// Neither person nor organisation.
    Respondent,
    /// A key that stands for no answer.
    Level,
    /// An option that the question does not have.
    Option,
    /// Too many words, or characters that cannot be kept.
    Comment,
    /// Not one question is answered.
    Empty,
}

/// Reads what was keyed; every fault with its field's name.
pub fn read(pairs: &[(String, String)], asked: &Asked<'_>) -> Result<Keyed, Vec<(String, KeyFault)>> {
    let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim());
    let mut faults = Vec::new();
    let day = civil_day(value("day"));
    match day {
        None => faults.push(("day".to_owned(), KeyFault::Day)),
        Some(day) if day > asked.today => faults.push(("day".to_owned(), KeyFault::DayAhead)),
        Some(_) => {}
    }
    let field = match asked.fields {
        [only] => Some(only),
        several => several.iter().find(|field| *field == value("field")),
    };
    if field.is_none() {
        faults.push(("field".to_owned(), KeyFault::Field));
    }
    let respondent = match value("respondent") {
        "" => Some(RespondentKind::Person),
        named => RespondentKind::ALL.into_iter().find(|kind| kind.as_str() == named),
    };
    if respondent.is_none() {
        faults.push(("respondent".to_owned(), KeyFault::Respondent));
    }
    let mut answers = Vec::new();
    for item in asked.questionnaire.items() {
        let name = format!("q.{}", item.id);
        match level(value(&name)) {
            Some(level) => answers.push(level),
            None => faults.push((name, KeyFault::Level)),
        }
    }
    let mut demographics = Vec::new();
    for question in &asked.questionnaire.demographics {
        let name = format!("d.{}", question.id);
        let place = match value(&name) {
            "" => Some(0),
            id => question
                .options
                .iter()
                .position(|option| option.id == id)
                .and_then(|place| u8::try_from(place + 1).ok()),
        };
        match place {
            Some(place) => demographics.push(place),
            None => faults.push((name, KeyFault::Option)),
        }
    }
    let mut at = demographics.len();
    demographics.resize(asked.questionnaire.further_bytes(), 0);
    let mut texts = Vec::new();
    for question in asked.questionnaire.questions() {
        let name = format!("q.{}", question.id);
        let bytes = question.kind.shape().bytes();
        // Several options are keyed one after the other, apart by a comma or a blank; of options their places will do.
        let typed = value(&name);
        let parts: Vec<&str> = match question.kind {
            QuestionKind::Text => vec![typed],
            _ => typed.split([',', ';', ' ']).filter(|part| !part.is_empty()).collect(),
        };
        let values: Vec<String> = parts.into_iter().map(|part| option_typed(&question.kind, part)).collect();
        match demographics.get_mut(at..at + bytes).map(|own| answer::pack(&question.kind, &values, own)) {
            Some(Ok(text)) => texts.extend(text.map(|text| (question.id.clone(), text))),
            _ => faults.push((name, KeyFault::Option)),
        }
        at += bytes;
    }
    let comment = value("comment").replace("\r\n", "\n");
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    if comment.chars().count() > COMMENT_CHARACTERS_MAX || comment.chars().any(odd) {
        faults.push(("comment".to_owned(), KeyFault::Comment));
    }
    if faults.is_empty()
        && answers.iter().chain(&demographics[asked.questionnaire.demographics.len()..]).all(|answer| *answer == 0)
    {
        let first = asked.questionnaire.items().next().map_or_else(String::new, |item| format!("q.{}", item.id));
        faults.push((first, KeyFault::Empty));
    }
    match (day, field, respondent) {
        (Some(day), Some(field), Some(respondent)) if faults.is_empty() => {
            let comment = kept_words::words((!comment.is_empty()).then_some(comment.as_str()), &texts);
            asked.questionnaire.heed_conditions(&mut answers, &mut demographics);
            Ok(Keyed { day, field: field.clone(), respondent, answers, demographics, comment })
        }
        _ => Err(faults),
    }
}

/// A day as people key it, `14/3/2026`, `14-03-2026`, `14.3.2026`, or as programs write it, `2026-03-14`.
pub fn civil_day(typed: &str) -> Option<NaiveDate> {
    if let Ok(day) = NaiveDate::parse_from_str(typed, "%Y-%m-%d") {
        return Some(day);
    }
    let parts: Vec<&str> = typed.split(['/', '-', '.']).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    let digits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(day, 2) || !digits(month, 2) || year.len() != 4 || !digits(year, 4) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The identifier of an option that was keyed by its place, from 1; what was keyed where it is none.
fn option_typed(kind: &QuestionKind, typed: &str) -> String {
    let place = typed.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
    let option = place.and_then(|place| kind.options().get(place));
    option.map_or_else(|| typed.to_owned(), |option| option.id.clone())
}

/// The byte of a keyed answer: nothing is blank, 1 to 5 the level, 0, `n` or a dash "not used".
fn level(typed: &str) -> Option<u8> {
    match typed {
        "" => Some(0),
        "0" | "n" | "N" | "-" | "–" => Some(NOT_USED),
        _ => match typed.as_bytes() {
            [level @ b'1'..=b'5'] => Some(level - b'0'),
            _ => None,
        },
    }
}

/// A sheet spelled as it would be keyed: name and value of every field, in the order of the paper.
pub fn pairs(keyed: &Keyed, asked: &Asked<'_>) -> Vec<(String, String)> {
    let mut pairs = vec![
        ("day".to_owned(), keyed.day.to_string()),
        ("respondent".to_owned(), keyed.respondent.as_str().to_owned()),
        ("field".to_owned(), keyed.field.clone()),
    ];
    for (item, answer) in asked.questionnaire.items().zip(&keyed.answers) {
        let key = match *answer {
            0 => String::new(),
            NOT_USED => "0".to_owned(),
            level => level.to_string(),
        };
        pairs.push((format!("q.{}", item.id), key));
    }
    for (question, place) in asked.questionnaire.demographics.iter().zip(&keyed.demographics) {
        let option = usize::from(*place).checked_sub(1).and_then(|place| question.options.get(place));
        pairs.push((format!("d.{}", question.id), option.map(|option| option.id.clone()).unwrap_or_default()));
    }
    let (comment, texts) = kept_words::comment_and_texts(keyed.comment.as_deref().unwrap_or_default());
    for (question, bytes) in answer::bytes_of(asked.questionnaire, &keyed.demographics) {
        let text = texts.iter().find(|(id, _)| *id == question.id).map(|(_, text)| (*text).to_owned());
        let value = text.unwrap_or_else(|| answer::spelled(question, bytes).join(","));
        pairs.push((format!("q.{}", question.id), value));
    }
    pairs.push(("comment".to_owned(), comment.unwrap_or_default().to_owned()));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::tests::kitchen_sink;

    fn with_asked<T>(check: impl FnOnce(&Asked<'_>) -> T) -> T {
        let fields = ["health".to_owned(), "land".to_owned()];
        let questionnaire = kitchen_sink();
        let today = NaiveDate::from_ymd_opt(2026, 3, 16).expect("a date");
        check(&Asked { questionnaire: &questionnaire, fields: &fields, today, page_keys: &[] })
    }

    fn typed(values: &[(&str, &str)]) -> Vec<(String, String)> {
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn keys_become_levels_and_come_back_as_keys() {
        with_asked(|asked| {
            let items: Vec<String> = asked.questionnaire.items().map(|item| format!("q.{}", item.id)).collect();
            let keys = typed(&[("day", "2026-03-14"), ("field", "land"), (&items[0], "5"), (&items[1], "n")]);
            let keyed = read(&keys, asked).expect("a sheet");
            assert_eq!(keyed.answers, [5, 6, 0]);
            assert_eq!(keyed.day.to_string(), "2026-03-14");
            assert_eq!(read(&pairs(&keyed, asked), asked), Ok(keyed));
        });
    }

    #[test]
    fn a_day_is_keyed_as_it_stands_on_paper() {
        let day = NaiveDate::from_ymd_opt(2026, 2, 3);
        for typed in ["03/02/2026", "3/2/2026", "3-2-2026", "3.2.2026", "2026-02-03"] {
            assert_eq!(civil_day(typed), day, "{typed}");
        }
        for typed in ["", "31/02/2026", "3/2/26", "3/2", "02/13/2026", "+3/2/2026"] {
            assert_eq!(civil_day(typed), None, "{typed}");
        }
    }

    #[test]
    fn every_wrong_key_is_named_and_an_empty_sheet_is_none() {
        with_asked(|asked| {
            let item = asked.questionnaire.items().next().map(|item| format!("q.{}", item.id)).expect("an item");
            let wrong = typed(&[("day", "2026-03-17"), ("respondent", "dog"), (&item, "7")]);
            let faults = read(&wrong, asked).expect_err("faults");
            let expected = [
                ("day".to_owned(), KeyFault::DayAhead),
                ("field".to_owned(), KeyFault::Field),
                ("respondent".to_owned(), KeyFault::Respondent),
                (item.clone(), KeyFault::Level),
            ];
            assert_eq!(faults, expected);
            let empty = read(&typed(&[("day", "2026-03-14"), ("field", "land")]), asked);
            assert_eq!(empty, Err(vec![(item, KeyFault::Empty)]));
        });
    }
}
