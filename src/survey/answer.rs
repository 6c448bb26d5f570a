//! Answers to questions of further kinds: as they are sent, packed, and read again.

use super::question::{NUMBER_MAX, Question, QuestionKind, TEXT_CHARACTERS_MAX};
use super::{ErrorCode, Questionnaire};
use crate::sheet::shape::Shape;

/// Packs what was sent into the bytes of the question; a short text is given back, to be kept with the comment.
pub fn pack(kind: &QuestionKind, values: &[String], bytes: &mut [u8]) -> Result<Option<String>, ErrorCode> {
    let values: Vec<&str> = values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
    let place = |value: &str| kind.options().iter().position(|option| option.id == value);
    match (kind, values.as_slice()) {
        (_, []) => Ok(None),
        (QuestionKind::Several { .. }, values) => {
            let mut bits = 0_u16;
            for value in values {
                bits |= 1 << place(value).ok_or(ErrorCode::OptionUnknown)?;
            }
            bytes.copy_from_slice(&bits.to_le_bytes());
            Ok(None)
        }
        (QuestionKind::One { .. } | QuestionKind::Scale { .. }, [value]) => {
            let place = place(value).and_then(|place| u8::try_from(place + 1).ok());
            bytes[0] = place.ok_or(ErrorCode::OptionUnknown)?;
            Ok(None)
        }
        (QuestionKind::Number { least, most }, [value]) => {
            let number = value.parse::<u32>().ok().filter(|number| (*least..=*most.min(&NUMBER_MAX)).contains(number));
            bytes.copy_from_slice(&(number.ok_or(ErrorCode::AnswerUnreadable)? + 1).to_le_bytes());
            Ok(None)
        }
        (QuestionKind::Text, [value]) => {
            if value.chars().count() > TEXT_CHARACTERS_MAX || value.chars().any(char::is_control) {
                return Err(ErrorCode::AnswerUnreadable);
            }
            bytes[0] = 1;
            Ok(Some((*value).to_owned()))
        }
        _ => Err(ErrorCode::Repeated),
    }
}

/// The options, or the number, that packed bytes hold, spelled as they are sent; nothing for texts.
pub fn spelled(question: &Question, bytes: &[u8]) -> Vec<String> {
    let shape = question.kind.shape();
    if shape == Shape::Number {
        return Shape::number(bytes).map(|number| number.to_string()).into_iter().collect();
    }
    let options = question.kind.options();
    shape.chosen(bytes).into_iter().filter_map(|place| Some(options.get(place)?.id.clone())).collect()
}

/// The bytes of every question of a further kind, out of those behind the levels.
pub fn bytes_of<'a>(
    questionnaire: &'a Questionnaire,
    further: &'a [u8],
) -> impl Iterator<Item = (&'a Question, &'a [u8])> {
    let mut at = questionnaire.demographics.len();
    questionnaire.questions().map(move |question| {
        let bytes = question.kind.shape().bytes();
        let own = further.get(at..at + bytes).unwrap_or_default();
        at += bytes;
        (question, own)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_packed_and_refused_by_its_rule() {
        let option = |id: &str| crate::survey::ChoiceOption { id: id.to_owned(), text: crate::survey::Text::default() };
        let options = ["a", "b", "c"].map(option).to_vec();
        let packed = |kind: &QuestionKind, values: &[&str]| {
            let mut bytes = vec![0; kind.shape().bytes()];
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            pack(kind, &values, &mut bytes).map(|text| (bytes, text))
        };
        let several = QuestionKind::Several { options: options.clone() };
        assert_eq!(packed(&several, &["a", "c"]), Ok((vec![0b101, 0], None)));
        let one = QuestionKind::One { options };
        assert_eq!(packed(&one, &["b"]), Ok((vec![2], None)));
        assert_eq!(packed(&one, &["d"]), Err(ErrorCode::OptionUnknown));
        assert_eq!(packed(&one, &["a", "b"]), Err(ErrorCode::Repeated));
        let number = QuestionKind::Number { least: 18, most: 120 };
        assert_eq!(packed(&number, &["35"]), Ok((vec![36, 0, 0, 0], None)));
        assert_eq!(packed(&number, &["17"]), Err(ErrorCode::AnswerUnreadable));
        assert_eq!(packed(&number, &["3.5"]), Err(ErrorCode::AnswerUnreadable));
        assert_eq!(packed(&QuestionKind::Text, &[" xa "]), Ok((vec![1], Some("xa".to_owned()))));
        assert_eq!(packed(&QuestionKind::Text, &[&"x".repeat(201)]), Err(ErrorCode::AnswerUnreadable));
        assert_eq!(packed(&QuestionKind::Text, &[]), Ok((vec![0], None)));
    }
}
