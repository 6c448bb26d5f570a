//! The form of a service point as a page: fieldsets of radio buttons, errors at their place, answers kept.

use std::collections::HashMap;

use askama::Template;

use super::page::{Link, Page};
use super::prerendered_form::FieldChoice;
use crate::survey::{Condition, FieldError, Item, OVERALL, Question, QuestionKind, Questionnaire};

/// The whole form.
#[derive(Debug, Template)]
#[template(path = "citizen/form.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the template, and none excludes another")]
pub struct SheetPage<'a> {
    /// The frame.
    pub page: Page,
    /// Name of the service point.
    pub point: &'a str,
    /// Title of the questionnaire.
    pub title: &'a str,
    /// Its first sentences.
    pub intro: &'a str,
    /// How long it takes, in words.
    pub length: String,
    /// Where it posts to.
    pub action: String,
    /// The idempotency key.
    pub attempt: String,
    /// `<id>@<version>`.
    pub form: String,
    /// The one-time code, or the field to type it.
    pub ticket: Option<TicketView>,
    /// The address of this form with a field for a one-time code, where there are codes.
    pub ticket_link: Option<String>,
    /// Whether the code was refused and the button sends without it.
    pub without_ticket: bool,
    /// Whether nobody has reviewed the words of this language.
    pub unreviewed: bool,
    /// Whether nothing is stored.
    pub preview: bool,
    /// Whether it is tried by its code.
    pub works: bool,
    /// What the script that sends the form needs to know; none where the form is only shown.
    pub online: Option<Online>,
    /// Whether the attempt was used for other content.
    pub conflict: bool,
    /// Every error, in the order of the page.
    pub errors: Vec<ErrorLine>,
    /// The field of service, where it stands before all items: the questionnaire has no overall question to come first.
    pub before: Option<String>,
    /// Sections of items.
    pub sections: Vec<SectionView<'a>>,
    pub comment: Option<CommentView<'a>>,
    /// Groups after the items: who answers, demographics.
    pub about: Vec<String>,
}

/// What the script that sends the form needs to know.
#[derive(Debug)]
pub struct Online {
    /// Code of the point.
    pub code: String,
    /// Whether pages and answers may be kept on the phone.
    pub lasting: bool,
    /// Address of the script.
    pub script: &'static str,
    /// Address of the thanks page.
    pub thanks: String,
    /// Address of the form as a kiosk begins with it.
    pub home: String,
    /// Where thanks lead.
    pub links: Vec<Link>,
}

/// A line of the summary of errors.
#[derive(Debug, Clone)]
pub struct ErrorLine {
    /// Identifier of the place in the page; none for what has no place there, as a field that the page does not ask.
    pub anchor: Option<String>,
    /// The sentence, the same as at the place.
    pub message: String,
}

/// A section of the form.
#[derive(Debug)]
pub struct SectionView<'a> {
    /// Heading.
    pub title: &'a str,
    /// Whether it comes after "send now / answer more".
    pub optional: bool,
    /// Its items, rendered.
    pub groups: Vec<String>,
}

/// A one-time code that goes with the form.
#[derive(Debug)]
pub struct TicketView {
    /// The code as it came or was typed.
    pub value: String,
    /// Whether it is still to be typed, or typed anew.
    pub typed: bool,
    pub error: Option<String>,
}

/// The comment's question, its value and its error.
#[derive(Debug)]
pub struct CommentView<'a> {
    /// The question.
    pub text: &'a str,
    /// What was typed.
    pub value: String,
    pub error: Option<String>,
}

#[derive(Template)]
#[template(path = "citizen/group.html")]
struct Group<'a> {
    id: &'a str,
    name: &'a str,
    number: Option<usize>,
    text: &'a str,
    /// A few words under it.
    help: &'a str,
    /// Whether there must be an answer.
    must: bool,
    /// Address of the recording and what it is called; the text stays beside it.
    audio: Option<(String, &'a str)>,
    error: Option<&'a str>,
    options: Vec<Choice<'a>>,
}

/// A question of a further kind.
#[derive(Template)]
#[template(path = "citizen/question.html")]
struct QuestionGroup<'a> {
    id: &'a str,
    name: &'a str,
    text: &'a str,
    /// A few words under it.
    help: &'a str,
    /// For the script: the answers on which it is asked, as a selector.
    when: Option<String>,
    /// The same in words, for whoever reads the page without it; or how many may be ticked.
    hint: Option<String>,
    error: Option<&'a str>,
    /// Bounds of a number.
    number: Option<(u32, u32)>,
    words: bool,
    typed: &'a str,
    input: &'static str,
    options: Vec<Choice<'a>>,
}

struct Choice<'a> {
    value: &'a str,
    text: &'a str,
    chosen: bool,
}

/// What is known when a form is shown: for the first time, or again with errors.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept<'a> {
    /// Values as they were sent, in order.
    pub pairs: &'a [(String, String)],
    /// Errors found.
    pub errors: &'a [FieldError],
    /// Further errors that are not the questionnaire's: field and sentence.
    pub notes: &'a [(String, String)],
}

/// The name under which a refused one-time code is noted: the page comes back without it.
pub const TICKET_REFUSED: &str = "ticket refused";

/// The place in the page of a form field.
fn anchor(field: &str) -> String {
    field.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

/// Whether the page shows a form field, so that an error can lead to it.
fn has_place(field: &str, questionnaire: &Questionnaire, fields: &[FieldChoice]) -> bool {
    match field.split_once('.') {
        Some(("q", id)) => {
            questionnaire.items().any(|item| item.id == id)
                || questionnaire.questions().any(|question| question.id == id)
        }
        Some(("d", id)) => questionnaire.demographics.iter().any(|question| question.id == id),
        Some(_) => false,
        None => match field {
            "field" => fields.len() > 1,
            "comment" => questionnaire.comment.is_some(),
            _ => matches!(field, "respondent" | "send" | "ticket"),
        },
    }
}

struct Groups<'a> {
    kept: Kept<'a>,
    messages: HashMap<String, String>,
}

impl Groups<'_> {
    fn render(
        &self,
        name: &str,
        (text, help): (&str, &str),
        number: Option<usize>,
        must: bool,
        audio: Option<(String, &str)>,
        choices: &[(&str, &str)],
    ) -> String {
        let value = self.kept.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let options =
            choices.iter().map(|(option, text)| Choice { value: option, text, chosen: value == Some(*option) });
        let group = Group {
            id: &anchor(name),
            name,
            number,
            text,
            help,
            must,
            audio,
            error: self.messages.get(name).map(String::as_str),
            options: options.collect(),
        };
        group.render().unwrap_or_default()
    }
}

impl Groups<'_> {
    fn question(&self, questionnaire: &Questionnaire, question: &Question, page: &Page) -> String {
        let lang = page.lang.as_str();
        let name = format!("q.{}", question.id);
        let sent = || self.kept.pairs.iter().filter(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        let options = question.kind.options().iter().map(|option| Choice {
            value: &option.id,
            text: option.text.in_language(lang),
            chosen: sent().any(|value| value == option.id),
        });
        let several = matches!(question.kind, QuestionKind::Several { .. });
        let when = question.when.as_ref().map(|when| condition(questionnaire, when, lang));
        let hint = match &when {
            Some((_, asked, chosen)) => Some(format!("{} “{asked}”: {chosen}.", page.words.only_if)),
            None => several.then(|| page.words.tick_several.to_owned()),
        };
        let group = QuestionGroup {
            id: &anchor(&name),
            name: &name,
            text: question.text.in_language(lang),
            help: question.help.in_language(lang),
            when: when.map(|(when, ..)| when),
            hint,
            error: self.messages.get(&name).map(String::as_str),
            number: match question.kind {
                QuestionKind::Number { least, most } => Some((least, most)),
                _ => None,
            },
            words: question.kind == QuestionKind::Text,
            typed: sent().next().unwrap_or_default(),
            input: if several { "checkbox" } else { "radio" },
            options: options.collect(),
        };
        group.render().unwrap_or_default()
    }
}

/// A condition for the script (a selector of the answers that fulfil it), the question it asks of, and what has to be chosen.
fn condition(questionnaire: &Questionnaire, when: &Condition, lang: &str) -> (String, String, String) {
    let demographics =
        questionnaire.demographics.iter().map(|asked| ("d", &asked.id, &asked.text, asked.options.as_slice()));
    let questions = questionnaire.questions().map(|asked| ("q", &asked.id, &asked.text, asked.kind.options()));
    let found = demographics.chain(questions).find(|(_, id, ..)| **id == when.question);
    let Some((kind, id, text, options)) = found else { return Default::default() };
    let chosen = options.iter().filter(|option| when.options.contains(&option.id));
    let chosen: Vec<&str> = chosen.map(|option| option.text.in_language(lang)).collect();
    let selectors = when.options.iter().map(|option| format!("[name='{kind}.{id}'][value='{option}']:checked"));
    (selectors.collect::<Vec<_>>().join(","), text.in_language(lang).to_owned(), chosen.join(", "))
}

impl<'a> SheetPage<'a> {
    /// Lays the questionnaire out in the page's language with what was kept.
    pub fn new(
        mut page: Page,
        questionnaire: &'a Questionnaire,
        point: &'a str,
        fields: &[FieldChoice],
        kept: Kept<'_>,
    ) -> Self {
        let lang = page.lang.clone();
        let words = page.words;
        let heard = page.heard;
        let audio = |item: &Item| {
            let file = item.audio.0.get(&lang).filter(|_| heard)?;
            Some((format!("/audio/{file}"), words.listen))
        };
        let mut messages: HashMap<String, String> = HashMap::new();
        let mut errors = Vec::new();
        let found = kept.errors.iter().map(|error| (error.field.clone(), error.message(&lang, questionnaire)));
        for (field, message) in found.chain(kept.notes.iter().cloned()) {
            // A refused code is no longer on the page: its message leads to the button.
            let shown = if field == TICKET_REFUSED { "send" } else { &field };
            let place = has_place(shown, questionnaire, fields).then(|| anchor(shown));
            errors.push(ErrorLine { anchor: place, message: message.clone() });
            messages.entry(field).or_insert(message);
        }
        page.further |= heard && questionnaire.items().any(|item| item.audio.0.contains_key(&lang));
        page.further |= !kept.pairs.is_empty() || !errors.is_empty();
        page.further |= questionnaire
            .questions()
            .any(|question| matches!(question.kind, QuestionKind::Number { .. } | QuestionKind::Text));
        let groups = Groups { kept, messages };
        let mut before = (fields.len() > 1).then(|| {
            let choices: Vec<(&str, &str)> = fields.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
            groups.render("field", (words.which_field, ""), None, true, None, &choices)
        });
        let levels = ["1", "2", "3", "4", "5"];
        let mut choices: Vec<(&str, &str)> =
            levels.iter().zip(&questionnaire.levels).map(|(value, text)| (*value, text.in_language(&lang))).collect();
        choices.push(("na", questionnaire.not_used.in_language(&lang)));
        // Whoever chooses a field answers one question more: the counter of the form counts it too.
        let (mut number, mut asked) = (0, usize::from(fields.len() > 1));
        let mut sections = Vec::new();
        for section in &questionnaire.sections {
            let items = section.items.iter().map(|item| {
                asked += 1;
                // The numbers of the paper, on which the overall question has none.
                number += usize::from(item.id != OVERALL);
                let shown = (item.id != OVERALL).then_some(number);
                let text = (item.text.in_language(&lang), item.help.in_language(&lang));
                groups.render(&format!("q.{}", item.id), text, shown, item.required, audio(item), &choices)
            });
            let mut of_section: Vec<String> = items.collect();
            of_section.extend(section.questions.iter().map(|question| groups.question(questionnaire, question, &page)));
            asked += section.questions.len();
            let title = section.title.in_language(&lang);
            // One touch on the first screen is an answer; which office it was about comes right after.
            if section.items.first().is_some_and(|item| item.id == OVERALL)
                && let Some(field) = before.take()
            {
                of_section.insert(1, field);
            }
            sections.push(SectionView { title, optional: section.optional, groups: of_section });
        }
        let comment = questionnaire.comment.as_ref().map(|text| CommentView {
            text: text.in_language(&lang),
            value: kept
                .pairs
                .iter()
                .find(|(name, _)| name == "comment")
                .map(|(_, value)| value.clone())
                .unwrap_or_default(),
            error: groups.messages.get("comment").cloned(),
        });
        let ticket = kept.pairs.iter().find(|(name, _)| name == "ticket").map(|(_, value)| {
            let error = groups.messages.get("ticket").cloned();
            TicketView { value: value.clone(), typed: value.trim().is_empty() || error.is_some(), error }
        });
        let without_ticket = groups.messages.contains_key(TICKET_REFUSED);
        let who = [("person", words.person), ("organisation", words.organisation)];
        let mut about = vec![groups.render("respondent", (words.who_answers, ""), None, false, None, &who)];
        for question in &questionnaire.demographics {
            let options: Vec<(&str, &str)> =
                question.options.iter().map(|option| (option.id.as_str(), option.text.in_language(&lang))).collect();
            let text = question.text.in_language(&lang);
            about.push(groups.render(&format!("d.{}", question.id), (text, ""), None, false, None, &options));
        }
        Self {
            point,
            title: for_citizens(questionnaire.title.in_language(&lang)),
            intro: questionnaire.intro.in_language(&lang),
            length: length_in_words(asked, questionnaire.estimated_seconds, &lang),
            action: String::new(),
            attempt: String::new(),
            form: questionnaire.reference(),
            ticket: ticket.filter(|_| !without_ticket),
            ticket_link: None,
            without_ticket,
            unreviewed: lang != "vi" && questionnaire.unreviewed.contains(&lang),
            preview: false,
            works: false,
            online: None,
            conflict: false,
            errors,
            before,
            sections,
            comment,
            about,
            page,
        }
    }
}

/// A title without what stands in brackets at its end: that tells staff one questionnaire from another.
fn for_citizens(title: &str) -> &str {
    title.strip_suffix(')').and_then(|title| title.rsplit_once(" (")).map_or(title, |(title, _)| title)
}

fn length_in_words(items: usize, seconds: u32, lang: &str) -> String {
    let minutes = seconds.div_ceil(60);
    if lang == "en" {
        let plural = if minutes == 1 { "" } else { "s" };
        format!("{items} questions, about {minutes} minute{plural}.")
    } else {
        format!("{items} câu, khoảng {minutes} phút.")
    }
}
