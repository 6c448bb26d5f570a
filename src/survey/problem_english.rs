//! What is wrong with a questionnaire file, in English for its author: what was found; what is allowed. Lower case, without a
//! final dot.

use std::fmt::{self, Display, Formatter};

use super::check::{
    AUDIO_NAME_MAX, DEMOGRAPHICS_MAX, ESTIMATED_SECONDS, ID_MAX, ITEMS_MAX, OPTIONS, QUESTIONNAIRE_ID_MAX,
    QUESTIONS_MAX, VERSIONS,
};
use super::problem::{Called, Kind, Part, Place, Problem, Reason, Shape, code_point};
use super::question::{NUMBER_MAX, QuestionKind, SCALE_LEVELS};
use super::{Factor, Feed, ITEMS_PER_SECTION_MAX};

impl std::error::Error for Problem {}

/// `file:line: sentence`.
impl Display for Problem {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Self { file, line, place, reason } = self;
        write!(out, "{file}:{line}: ")?;
        match reason {
            Reason::Syntax(error) => write!(out, "not valid TOML: {}", error.message().replace('\n', ", ")),
            Reason::KeyUnknown { key, allowed } => {
                let joint = if place.part == Part::Head { "" } else { ": " };
                write!(out, "{place}{joint}key `{key}` is unknown; use {}", allowed.join(", "))
            }
            Reason::Missing => write!(out, "{place} is missing; give it"),
            Reason::WrongType { found, allowed } => {
                let article = if matches!(found, Kind::Integer | Kind::Array) { "an" } else { "a" };
                write!(out, "{place} is {article} {}; give {}", kind_name(*found), shape_words(*allowed, place.key()))
            }
            Reason::NotFromZero { found } => write!(out, "{place} is {found}; give a whole number from 0"),
            Reason::FileName { id, file } => {
                write!(out, "questionnaire `{id}` stands in file `{file}`; name the file {id}.toml")
            }
            Reason::LevelCount { found } => {
                write!(out, "levels has {found} entries; give exactly 5, the least satisfied first")
            }
            Reason::FeedUnknown { feed } => {
                write!(out, "{place}: feed `{feed}` is unknown; use {}", Feed::ALL.map(Feed::as_str).join(", "))
            }
            Reason::KindUnknown { kind } => {
                write!(out, "{place}: kind `{kind}` is unknown; use one of {}", QuestionKind::WORDS.join(", "))
            }
            Reason::ScaleCount { found } => {
                let (least, most) = (SCALE_LEVELS.start(), SCALE_LEVELS.end());
                write!(out, "{place} has a scale of {found} levels; give {least} to {most}")
            }
            Reason::NumberBounds => {
                write!(out, "{place}: least and most leave no number; give least below most, at most {NUMBER_MAX}")
            }
            Reason::TooManyQuestions { found } => {
                write!(out, "questionnaire has {found} questions of further kinds; give at most {QUESTIONS_MAX}")
            }
            Reason::ConditionQuestion { question } => write!(
                out,
                "{place} names question `{question}`; name a demographic question, or one with options that comes before"
            ),
            Reason::ConditionOption { known } => {
                write!(out, "{place} names no option of its question, or an unknown one; use {}", known.join(", "))
            }
            Reason::FactorUnknown { factor } => {
                let all = Factor::ALL.map(Factor::as_str).join(", ");
                write!(out, "{place}: factor `{factor}` is unknown; use one of {all}")
            }
            Reason::QuestionnaireId { id } => write!(
                out,
                "questionnaire id `{id}` is not allowed; use small letters a-z, digits and hyphens, a letter first, at \
                 most {QUESTIONNAIRE_ID_MAX}"
            ),
            Reason::VersionOutOfRange { found } => {
                let (least, most) = (VERSIONS.start(), VERSIONS.end());
                write!(out, "version {found} is out of range; use {least} to {most}")
            }
            Reason::NoFields { known } => write!(out, "fields is empty; name at least one of {}", known.join(", ")),
            Reason::FieldUnknown { field, known } => {
                write!(out, "field `{field}` is unknown; use one of {}", known.join(", "))
            }
            Reason::FieldTwice { field } => write!(out, "field `{field}` is named twice; name each field once"),
            Reason::NoLanguages => out.write_str("languages is empty; name vi first"),
            Reason::FirstLanguage { found } => write!(out, "languages begins with `{found}`; name vi first"),
            Reason::LanguageTag { language } => {
                write!(out, "language `{language}` is not a tag; use one like vi, en, km or zh-Hant")
            }
            Reason::LanguageTwice { language } => {
                write!(out, "language `{language}` is named twice; name each language once")
            }
            Reason::UnreviewedLanguage { language, others } => {
                let others = others.join(", ");
                write!(out, "unreviewed language `{language}` is none of the questionnaire's; use one of {others}")
            }
            Reason::SecondsOutOfRange { found } => {
                let (least, most) = (ESTIMATED_SECONDS.start(), ESTIMATED_SECONDS.end());
                write!(out, "estimated_seconds {found} is out of range; use {least} to {most}")
            }
            Reason::NoSections => out.write_str("sections is empty; give at least one section"),
            Reason::TooManyItems { found } => {
                write!(out, "questionnaire has {found} items; give at most {ITEMS_MAX}")
            }
            Reason::BehindOptional { optional } => {
                write!(out, "{place} follows the optional section `{optional}`; put optional sections last")
            }
            Reason::FirstIsOptional => write!(out, "{place} comes first and is optional; make it not so"),
            Reason::ItemsInSection { found } => {
                write!(out, "{place} has {found} items; give 1 to {ITEMS_PER_SECTION_MAX}, or questions")
            }
            Reason::FeedTwice { feed } => {
                write!(out, "{place}: feed `{}` is named twice; name each feed once", feed.as_str())
            }
            Reason::PolicyBesideOthers => {
                write!(out, "{place}: feed `policy` stands beside others; let it stand alone")
            }
            Reason::PolicyInOneOfTwo => write!(
                out,
                "{place}: factor and feeds differ on policy; use factor policy with feeds [\"policy\"], or neither"
            ),
            Reason::AudioLanguage { language, languages } => {
                let all = languages.join(", ");
                write!(out, "{place}: audio in {language}, which languages does not name; use {all}")
            }
            Reason::AudioFile { file } => write!(
                out,
                "{place}: audio file `{file}` is not allowed; use small letters a-z, digits, hyphens and underscores, at \
                 most {AUDIO_NAME_MAX}, and .mp3, .m4a, .ogg or .opus"
            ),
            Reason::RequiredInOptional => {
                write!(out, "{place} is required in an optional section; change one of the two")
            }
            Reason::TooManyDemographics { found } => {
                write!(out, "questionnaire has {found} demographics; give at most {DEMOGRAPHICS_MAX}")
            }
            Reason::Sensitive { word } => write!(
                out,
                "{place} asks for sensitive personal data (`{word}`); ask only for sex, age group and what the case was"
            ),
            Reason::OptionCount { found } => {
                let (least, most) = (OPTIONS.start(), OPTIONS.end());
                write!(out, "{place} has {found} options; give {least} to {most}")
            }
            Reason::OptionId => write!(
                out,
                "{place} is not an allowed id; use small letters a-z, digits and underscores, at most {ID_MAX}"
            ),
            Reason::OptionTwice => write!(out, "{place} is used twice; give each option its own id"),
            Reason::PartId { id } => write!(
                out,
                "{} id `{id}` is not allowed; use small letters a-z, digits and underscores, a letter first, at most \
                 {ID_MAX}",
                part_name(&place.part)
            ),
            Reason::PartTwice { id } => {
                let kind = part_name(&place.part);
                write!(out, "{kind} id `{id}` is used twice; give each {kind} its own")
            }
            Reason::TextMissing { missing, languages } => {
                let (missing, all) = (missing.join(", "), languages.join(", "));
                write!(out, "{place} is missing in {missing}; give every text in {all}")
            }
            Reason::TextLanguage { language, languages } => {
                let all = languages.join(", ");
                write!(out, "{place} is given in {language}, which languages does not name; use {all}")
            }
            Reason::Empty => write!(out, "{place} is empty; write it"),
            Reason::SpaceAtEnd => write!(out, "{place} begins or ends with a space; remove it"),
            Reason::TooLong { found, most } => write!(out, "{place} has {found} characters; use at most {most}"),
            Reason::ControlCharacter(found) => {
                write!(out, "{place} holds the control character {}; remove it", code_point(*found))
            }
            Reason::DirectionMark(found) => {
                write!(out, "{place} holds the direction mark {}; remove it", code_point(*found))
            }
            Reason::CombiningMark(found) => {
                let mark = code_point(*found);
                write!(out, "{place} holds the combining mark {mark}; use composed letters (Unicode NFC)")
            }
        }
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "string",
        Kind::Integer => "integer",
        Kind::Float => "float",
        Kind::Boolean => "boolean",
        Kind::Datetime => "datetime",
        Kind::Array => "array",
        Kind::Table => "table",
    }
}

fn shape_words(shape: Shape, key: &str) -> String {
    match shape {
        Shape::String => "a string".to_owned(),
        Shape::WholeNumber => "a whole number".to_owned(),
        Shape::TrueOrFalse => "true or false".to_owned(),
        Shape::Strings => "a list of strings".to_owned(),
        Shape::TextPerLanguage => format!("a text per language, such as {key}.vi"),
        Shape::Tables => format!("a list of tables, each [[{key}]]"),
        Shape::Condition => format!("a condition, {key} = {{ question = \"…\", options = [\"…\"] }}"),
    }
}

/// ``section `access`: title in en``.
impl Display for Place {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let kind = part_name(&self.part);
        match &self.part {
            Part::Head => {}
            Part::Level(level) => write!(out, "{kind} {level}")?,
            Part::Section(called) | Part::Item(called) | Part::Question(called) | Part::Demographic(called) => {
                write!(out, "{kind} {called}")?;
            }
            Part::Option(owner, called) => write!(out, "question {owner}: {kind} {called}")?,
        }
        for (position, key) in self.keys.iter().enumerate() {
            let joint = if position == 0 && self.part == Part::Head { "" } else { ": " };
            write!(out, "{joint}{key}")?;
        }
        self.language.iter().try_for_each(|language| write!(out, " in {language}"))
    }
}

impl Display for Called {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(out, "`{id}`"),
            Self::Place(place) => write!(out, "{place}"),
        }
    }
}

/// What the part is; nothing for the head.
fn part_name(part: &Part) -> &'static str {
    match part {
        Part::Head => "",
        Part::Level(_) => "level",
        Part::Section(_) => "section",
        Part::Item(_) => "item",
        Part::Question(_) => "question",
        Part::Demographic(_) => "demographic",
        Part::Option(..) => "option",
    }
}
