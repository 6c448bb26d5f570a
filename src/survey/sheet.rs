//! A submission checked against the questionnaire it answers; every error at once.
//!
//! Two roads lead here, the page ([`from_form`]) and the API ([`from_json`]). Both fill the same sheet, so that
//! the same answers become the same [`Submission`] whatever road they took.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::answer;
use super::json::{self, Json};
use super::submission::{
    ANSWERED_DAYS_BACK_MAX, Asked, COMMENT_CHARACTERS_MAX, ErrorCode, FieldError, NOT_USED, RespondentKind, Submission,
    parse_attempt, parse_reference,
};

/// The longest one-time code, in bytes; what it opens is looked up where codes are kept.
const TICKET_BYTES_MAX: usize = 64;
/// The most errors of one answer. People do not make more, and an answer should not be many times its question.
const ERRORS_MAX: usize = 100;

/// A form-encoded submission, its pairs already percent-decoded.
///
/// An empty value is a question left blank, as browsers send an untouched text or list; an empty rating is refused,
/// since no radio button sends one. A language that the questionnaire does not speak becomes its first.
pub fn from_form(pairs: &[(String, String)], asked: &Asked<'_>) -> Result<Submission, Vec<FieldError>> {
    let mut sheet = Sheet::new(asked);
    let mut seen = BTreeSet::new();
    for (key, value) in pairs {
        let item = key.strip_prefix("q.");
        if let Some(question) = item.filter(|id| sheet.is_question(id)) {
            // The browser names every option that was ticked.
            sheet.answers.entry(question.to_owned()).or_default().push(value.clone());
        } else if !seen.insert(key.as_str()) {
            sheet.error(key, ErrorCode::Repeated);
        } else if let Some(item) = item {
            sheet.rate(item, Rating::from_form(value));
        } else if let Some(demographic) = key.strip_prefix("d.") {
            sheet.choose(demographic, value);
        } else if key == "lang" {
            sheet.speak(value);
        } else if !asked.page_keys.contains(&key.as_str()) {
            sheet.put(key, value);
        }
    }
    sheet.finish()
}

/// A JSON submission.
pub fn from_json(body: &[u8], asked: &Asked<'_>) -> Result<Submission, Vec<FieldError>> {
    let Some(Json::Object(members)) = json::read(body) else {
        return Err(vec![FieldError { field: String::new(), code: ErrorCode::BodyUnreadable }]);
    };
    let mut sheet = Sheet::new(asked);
    for (key, value) in sheet.members("", &members) {
        match (key, value) {
            ("answers", Json::Object(answers)) => {
                for (item, level) in sheet.members("q.", answers) {
                    if sheet.is_question(item) {
                        sheet.answer_from_json(item, level);
                    } else {
                        sheet.rate(item, Rating::from_json(level));
                    }
                }
            }
            ("demographics", Json::Object(choices)) => {
                for (demographic, option) in sheet.members("d.", choices) {
                    match option {
                        Json::String(option) => sheet.choose(demographic, option),
                        _ => sheet.error(&format!("d.{demographic}"), ErrorCode::NotAString),
                    }
                }
            }
            ("answers" | "demographics", _) => sheet.error(key, ErrorCode::NotAnObject),
            ("lang", Json::String(language)) => {
                if !sheet.speak(language) {
                    sheet.error(key, ErrorCode::LanguageUnknown);
                }
            }
            (_, Json::String(value)) => sheet.put(key, value),
            _ if key == "lang" || SINGLES.contains(&key) => sheet.error(key, ErrorCode::NotAString),
            _ => sheet.error(key, ErrorCode::KeyUnknown),
        }
    }
    sheet.finish()
}

/// Keys with one string each, beside `lang`.
const SINGLES: [&str; 8] = ["attempt", "form", "field", "respondent", "answered_on", "comment", "ticket", "mode"];

/// The byte of a rating, none for a rating that does not exist.
#[derive(Clone, Copy)]
struct Rating(Option<u8>);

impl Rating {
    fn from_form(value: &str) -> Self {
        Self(match value.as_bytes() {
            [level @ b'1'..=b'5'] => Some(level - b'0'),
            b"na" => Some(NOT_USED),
            _ => None,
        })
    }

    fn from_json(value: &Json) -> Self {
        Self(match value {
            Json::Integer(level @ 1..=5) => u8::try_from(*level).ok(),
            Json::String(level) if level == "na" => Some(NOT_USED),
            _ => None,
        })
    }
}

/// A submission being filled in.
struct Sheet<'a> {
    asked: &'a Asked<'a>,
    /// Filled as far as the values were good.
    submission: Submission,
    errors: Vec<FieldError>,
    /// Keys of the single values and ratings that came with a value, good or not.
    given: BTreeSet<String>,
    /// What came for questions of further kinds, by their identifiers.
    answers: BTreeMap<String, Vec<String>>,
}

impl<'a> Sheet<'a> {
    fn new(asked: &'a Asked<'a>) -> Self {
        let questionnaire = asked.questionnaire;
        let submission = Submission {
            attempt: Uuid::nil(),
            form: (questionnaire.id.clone(), questionnaire.version),
            answers: vec![0; questionnaire.items().count()],
            demographics: vec![0; questionnaire.further_bytes()],
            texts: Vec::new(),
            field: String::new(),
            respondent: RespondentKind::Person,
            answered_on: None,
            comment: None,
            ticket: None,
            language: questionnaire.languages.first().map_or("vi", String::as_str).to_owned(),
            kiosk: false,
        };
        Self { asked, submission, errors: Vec::new(), given: BTreeSet::new(), answers: BTreeMap::new() }
    }

    fn error(&mut self, field: &str, code: ErrorCode) {
        self.errors.push(FieldError { field: field.to_owned(), code });
    }

    /// The members of an object, those of a repeated key once; each repeated key is an error.
    fn members<'j>(&mut self, prefix: &str, members: &'j [(String, Json)]) -> Vec<(&'j str, &'j Json)> {
        let (first, repeated) = json::split_repeated(members);
        for key in repeated {
            self.error(&format!("{prefix}{key}"), ErrorCode::Repeated);
        }
        first
    }

    fn rate(&mut self, item: &str, rating: Rating) {
        let key = format!("q.{item}");
        let Some(position) = self.asked.questionnaire.items().position(|known| known.id == item) else {
            return self.error(&key, ErrorCode::ItemUnknown);
        };
        match rating.0 {
            Some(byte) => self.submission.answers[position] = byte,
            None => self.error(&key, ErrorCode::LevelUnknown),
        }
        self.given.insert(key);
    }

    fn choose(&mut self, demographic: &str, option: &str) {
        let key = format!("d.{demographic}");
        let known = &self.asked.questionnaire.demographics;
        let Some(position) = known.iter().position(|known| known.id == demographic) else {
            return self.error(&key, ErrorCode::DemographicUnknown);
        };
        if option.is_empty() {
            return;
        }
        let place = known[position].options.iter().position(|known| known.id == option);
        // At most 12 options, so the place fits a byte.
        match place.and_then(|place| u8::try_from(place + 1).ok()) {
            Some(byte) => self.submission.demographics[position] = byte,
            None => self.error(&key, ErrorCode::OptionUnknown),
        }
    }

    /// Takes a language of the questionnaire; false for any other.
    fn speak(&mut self, language: &str) -> bool {
        let known = self.asked.questionnaire.languages.iter().any(|known| known == language);
        if known {
            language.clone_into(&mut self.submission.language);
        }
        known
    }

    /// Takes one of [`SINGLES`].
    fn put(&mut self, key: &str, value: &str) {
        if !SINGLES.contains(&key) {
            return self.error(key, ErrorCode::KeyUnknown);
        }
        if value.is_empty() {
            return;
        }
        self.given.insert(key.to_owned());
        if let Err(code) = self.try_put(key, value) {
            self.error(key, code);
        }
    }

    fn try_put(&mut self, key: &str, value: &str) -> Result<(), ErrorCode> {
        let sheet = &mut self.submission;
        match key {
            "attempt" => sheet.attempt = parse_attempt(value).ok_or(ErrorCode::AttemptUnreadable)?,
            "form" => match parse_reference(value) {
                None => return Err(ErrorCode::FormUnreadable),
                Some(form) if form != sheet.form => return Err(ErrorCode::FormOther),
                Some(_) => {}
            },
            "field" => {
                if !self.asked.fields.iter().any(|known| known == value) {
                    return Err(ErrorCode::FieldUnknown);
                }
                value.clone_into(&mut sheet.field);
            }
            "respondent" => {
                let kind = RespondentKind::ALL.into_iter().find(|kind| kind.as_str() == value);
                sheet.respondent = kind.ok_or(ErrorCode::RespondentUnknown)?;
            }
            "answered_on" => sheet.answered_on = Some(answered_on(value, self.asked.today)?),
            "comment" => sheet.comment = comment(value)?,
            "mode" => {
                sheet.kiosk = match value {
                    "phone" => false,
                    "kiosk" => true,
                    _ => return Err(ErrorCode::ModeUnknown),
                }
            }
            _ => sheet.ticket = ticket(value)?,
        }
        Ok(())
    }

    fn is_question(&self, id: &str) -> bool {
        self.asked.questionnaire.questions().any(|question| question.id == id)
    }

    fn answer_from_json(&mut self, id: &str, value: &Json) {
        let one = |value: &Json| match value {
            Json::String(value) => Some(value.clone()),
            Json::Integer(value) => Some(value.to_string()),
            _ => None,
        };
        let values = match value {
            Json::Array(values) => values.iter().map(one).collect::<Option<Vec<_>>>(),
            value => one(value).map(|value| vec![value]),
        };
        match values {
            Some(values) => drop(self.answers.insert(id.to_owned(), values)),
            None => self.error(&format!("q.{id}"), ErrorCode::AnswerUnreadable),
        }
    }

    /// Packs what came for questions of further kinds, then heeds conditions.
    fn further(&mut self) {
        let questionnaire = self.asked.questionnaire;
        let given = std::mem::take(&mut self.answers);
        let mut at = questionnaire.demographics.len();
        let mut texts = Vec::new();
        for question in questionnaire.questions() {
            let bytes = question.kind.shape().bytes();
            let values = given.get(&question.id).map(Vec::as_slice).unwrap_or_default();
            match answer::pack(&question.kind, values, &mut self.submission.demographics[at..at + bytes]) {
                Ok(Some(text)) => texts.push((question.id.clone(), text)),
                Ok(None) => {}
                Err(code) => self.error(&format!("q.{}", question.id), code),
            }
            at += bytes;
        }
        let Submission { answers, demographics, .. } = &mut self.submission;
        questionnaire.heed_conditions(answers, demographics);
        let mut at = questionnaire.demographics.len();
        for question in questionnaire.questions() {
            let bytes = question.kind.shape().bytes();
            let blank = self.submission.demographics[at..at + bytes].iter().all(|byte| *byte == 0);
            at += bytes;
            let when = question.when.as_ref();
            let asked = when.is_none_or(|when| questionnaire.holds(when, &self.submission.demographics));
            if blank {
                texts.retain(|(id, _)| *id != question.id);
                if question.required && asked {
                    self.missing(&format!("q.{}", question.id), ErrorCode::LevelMissing);
                }
            }
        }
        self.submission.texts = texts;
    }

    fn finish(mut self) -> Result<Submission, Vec<FieldError>> {
        self.further();
        if !self.given.contains("attempt") {
            self.missing("attempt", ErrorCode::AttemptUnreadable);
        }
        if !self.given.contains("form") {
            self.missing("form", ErrorCode::FormUnreadable);
        }
        if !self.given.contains("field") {
            match self.asked.fields {
                [only] => self.submission.field.clone_from(only),
                _ => self.missing("field", ErrorCode::FieldMissing),
            }
        }
        let items: Vec<_> = self.asked.questionnaire.items().collect();
        for item in items.iter().filter(|item| item.required) {
            let key = format!("q.{}", item.id);
            if !self.given.contains(&key) {
                self.missing(&key, ErrorCode::LevelMissing);
            }
        }
        let rated = items.iter().any(|item| self.given.contains(&format!("q.{}", item.id)) || item.required);
        let behind = self.submission.demographics.iter().skip(self.asked.questionnaire.demographics.len());
        let rated = rated || behind.clone().any(|byte| *byte != 0);
        if let (false, Some(first)) = (rated, items.first()) {
            self.missing(&format!("q.{}", first.id), ErrorCode::NothingAnswered);
        }
        if self.errors.is_empty() { Ok(self.submission) } else { Err(self.sorted_errors()) }
    }

    /// Reports a value that is not there, unless something is said about it already (it came as a number, twice, …).
    fn missing(&mut self, field: &str, code: ErrorCode) {
        if !self.errors.iter().any(|error| error.field == field) {
            self.error(field, code);
        }
    }

    /// Errors in the order of the page: the questions first, as they are asked, then the rest.
    fn sorted_errors(mut self) -> Vec<FieldError> {
        let questionnaire = self.asked.questionnaire;
        let fields: Vec<String> = ["", "attempt", "form", "field", "respondent"]
            .into_iter()
            .map(str::to_owned)
            .chain(questionnaire.sections.iter().flat_map(|section| {
                let items = section.items.iter().map(|item| &item.id);
                items.chain(section.questions.iter().map(|question| &question.id)).map(|id| format!("q.{id}"))
            }))
            .chain(questionnaire.demographics.iter().map(|demographic| format!("d.{}", demographic.id)))
            .collect();
        self.errors
            .sort_by_cached_key(|error| fields.iter().position(|field| *field == error.field).unwrap_or(fields.len()));
        self.errors.dedup();
        self.errors.truncate(ERRORS_MAX);
        self.errors
    }
}

fn answered_on(value: &str, today: NaiveDate) -> Result<NaiveDate, ErrorCode> {
    // The parser alone would also take 2026-1-2 and +2026-01-02.
    let day = NaiveDate::parse_from_str(value, "%Y-%m-%d").ok().filter(|day| day.to_string() == value);
    let day = day.ok_or(ErrorCode::DateUnreadable)?;
    if day > today {
        return Err(ErrorCode::DateInFuture);
    }
    if today.checked_sub_days(Days::new(ANSWERED_DAYS_BACK_MAX)).is_some_and(|earliest| day < earliest) {
        return Err(ErrorCode::DateTooOld);
    }
    Ok(day)
}

fn comment(value: &str) -> Result<Option<String>, ErrorCode> {
    // Browsers send CR LF for a new line; a tab comes with pasted tables and means a blank.
    let words = value.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let words = words.trim();
    if words.chars().any(|c| c.is_control() && c != '\n') {
        return Err(ErrorCode::CommentCharacters);
    }
    let characters = words.chars().count();
    if characters > COMMENT_CHARACTERS_MAX {
        return Err(ErrorCode::CommentTooLong { characters });
    }
    Ok((!words.is_empty()).then(|| words.to_owned()))
}

fn ticket(value: &str) -> Result<Option<String>, ErrorCode> {
    let code = value.trim();
    let readable = code.len() <= TICKET_BYTES_MAX
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b' '));
    if !readable {
        return Err(ErrorCode::TicketUnreadable);
    }
    Ok((!code.is_empty()).then(|| code.to_owned()))
}
