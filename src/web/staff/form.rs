//! What staff type into a form: read once, checked, and shown again with every error at its field and nothing lost.

use std::ops::RangeInclusive;

use askama::Template;
use chrono::{Datelike, NaiveDate};

use crate::exchange::import::count;
use crate::plan::typed;
use crate::report::format;
use crate::web::http::form_body::FormBody;

/// The most characters of a name.
pub const NAME_MAX: usize = 200;

/// A form under way: what was typed and what is wrong with it.
#[derive(Debug, Default)]
pub struct Entry {
    pairs: Vec<(String, String)>,
    errors: Vec<(String, String)>,
    remarks: Vec<String>,
}

/// One choice of a list.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// A few words more, or none.
    pub note: String,
}

impl Choice {
    /// A choice without a note.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into(), note: String::new() }
    }

    /// The same with a note.
    #[must_use]
    pub fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Listed,
    NewPassword,
    OldPassword,
    Number,
    Date,
    Area,
    Select,
    Radios,
    Checks,
}

#[derive(Template)]
#[template(path = "staff/answers/entry_field.html")]
struct FieldView<'a> {
    kind: Kind,
    name: &'a str,
    label: &'a str,
    hint: &'a str,
    value: &'a str,
    error: Option<&'a str>,
    choices: Vec<(&'a Choice, bool)>,
}

impl FieldView<'_> {
    fn is_group(&self) -> bool {
        matches!(self.kind, Kind::Radios | Kind::Checks)
    }

    /// Hint and error belong to the field for whoever hears the page. The parts are names of ours, no text.
    fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = self.error.map(|_| format!("{}-error", self.name));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        let invalid = if self.error.is_some() && !self.is_group() { " aria-invalid=\"true\"" } else { "" };
        if ids.is_empty() { String::new() } else { format!(" aria-describedby=\"{}\"{invalid}", ids.join(" ")) }
    }

    fn input_attributes(&self) -> &'static str {
        match self.kind {
            Kind::NewPassword => "type=\"password\" autocomplete=\"new-password\"",
            Kind::OldPassword => "type=\"password\" autocomplete=\"current-password\"",
            Kind::Number => "type=\"text\" inputmode=\"numeric\" autocomplete=\"off\"",
            Kind::Date => "type=\"text\" autocomplete=\"off\" placeholder=\"ngày/tháng/năm\"",
            Kind::Listed => "type=\"text\" autocomplete=\"off\" list=\"choices\"",
            _ if self.name == "name" => {
                "type=\"text\" autocapitalize=\"none\" spellcheck=\"false\" autocomplete=\"off\""
            }
            _ => "type=\"text\" autocomplete=\"off\"",
        }
    }
}

#[derive(Template)]
#[template(path = "staff/answers/entry_summary.html")]
struct SummaryView<'a> {
    errors: &'a [(String, String)],
}

/// Why what was typed is no whole number that is wanted.
pub fn wrong_number(typed: &str, sentence: &str) -> String {
    let is_fraction = count(typed).is_none()
        && typed.contains(['.', ','])
        && typed.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ',' | ' '));
    if is_fraction {
        return format!(
            "“{typed}” không rõ là bao nhiêu: dấu chấm chỉ ngăn hàng nghìn, như 1.500, và không ghi số lẻ. {sentence}"
        );
    }
    sentence.to_owned()
}

impl Entry {
    /// What a body says. Parts that cannot be read are errors at once.
    pub fn sent(body: &[u8]) -> Self {
        let FormBody { pairs, unreadable } = FormBody::parse(body);
        let mut entry = Self { pairs, errors: Vec::new(), remarks: Vec::new() };
        for name in unreadable {
            entry.refuse(&name, "Có ký tự không đọc được; hãy nhập lại.");
        }
        entry
    }

    /// A fresh form with values to begin with.
    pub fn fresh(values: &[(&str, &str)]) -> Self {
        let pairs = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { pairs, errors: Vec::new(), remarks: Vec::new() }
    }

    /// Adds a value to begin with.
    pub fn add(&mut self, name: &str, value: &str) {
        self.pairs.push((name.to_owned(), value.to_owned()));
    }

    /// Puts a value in the place of the first one of its name.
    pub fn put(&mut self, name: &str, value: &str) {
        match self.pairs.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.add(name, value),
        }
    }

    /// The first value of a field, as typed.
    pub fn value(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// A civil day as people write it, or as programs do; refused where it is none.
    pub fn day(&mut self, name: &str) -> Option<NaiveDate> {
        let read = typed::day(self.value(name)).filter(|day| (1990..2100).contains(&day.year()));
        if read.is_none() {
            self.refuse(name, "Nhập ngày như 14/03/2026.");
        }
        read
    }

    /// The names of what was sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// Every value of a field.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field holds this value.
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|known| known == value)
    }

    /// Notes what is wrong with a field; of several errors the first stays.
    pub fn refuse(&mut self, name: &str, sentence: impl Into<String>) {
        if self.error(name).is_none() {
            self.errors.push((name.to_owned(), sentence.into()));
        }
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(known, _)| known == name).map(|(_, sentence)| sentence.as_str())
    }

    /// Whether anything is wrong.
    pub fn is_wrong(&self) -> bool {
        !self.errors.is_empty()
    }

    /// A whole number as it is written here: `1500`, `1.500`, `1 500`. What is none, or outside of `bounds`, is refused with `sentence`; of a dot or a
    /// comma that would make a fraction it is said.
    pub fn whole<T: TryFrom<u64>>(&mut self, name: &str, bounds: RangeInclusive<u64>, sentence: &str) -> Option<T> {
        let typed = self.value(name).trim().to_owned();
        let found = count(&typed).filter(|number| bounds.contains(number)).and_then(|number| T::try_from(number).ok());
        if found.is_none() {
            self.refuse(name, wrong_number(&typed, sentence));
        }
        found
    }

    /// A line of text with its white space folded; empty when nothing was typed.
    pub fn line(&mut self, name: &str) -> String {
        let folded = fold(self.value(name));
        if folded.chars().any(char::is_control) {
            self.refuse(name, "Có ký tự điều khiển; hãy nhập lại bằng bàn phím.");
        } else if folded.chars().count() > NAME_MAX {
            self.refuse(name, format!("Dài quá {NAME_MAX} ký tự; hãy viết gọn lại."));
        }
        folded
    }

    /// A line of text that must not be empty.
    pub fn required_line(&mut self, name: &str, missing: &str) -> String {
        let line = self.line(name);
        if line.is_empty() {
            self.refuse(name, missing);
        }
        line
    }

    /// For templates: the list of errors on top, nothing when there is none.
    pub fn summary(&self) -> String {
        if self.errors.is_empty() {
            String::new()
        } else {
            SummaryView { errors: &self.errors }.render().unwrap_or_default()
        }
    }

    /// Notes what whoever sent it must know and need not mend.
    pub fn remark(&mut self, words: String) {
        self.remarks.push(words);
    }

    /// For templates: what was noted so.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// For templates: what stands before the title of a page with errors.
    pub fn title_prefix(&self) -> &'static str {
        if self.errors.is_empty() { "" } else { "Còn chỗ cần xem lại – " }
    }

    /// For templates: a line of text.
    pub fn text(&self, name: &str, label: &str, hint: &str) -> String {
        self.field(Kind::Text, name, label, hint, &[])
    }

    /// For templates: a line of text that the list `choices` of the page helps to type.
    pub fn listed(&self, name: &str, label: &str, hint: &str) -> String {
        self.field(Kind::Listed, name, label, hint, &[])
    }

    /// For templates: a password to be set; never shown again.
    pub fn new_password(&self, name: &str, label: &str, hint: &str) -> String {
        self.field(Kind::NewPassword, name, label, hint, &[])
    }

    /// For templates: the password in force.
    pub fn old_password(&self, name: &str, label: &str, hint: &str) -> String {
        self.field(Kind::OldPassword, name, label, hint, &[])
    }

    /// For templates: a small number.
    pub fn number(&self, name: &str, label: &str, hint: &str) -> String {
        self.field(Kind::Number, name, label, hint, &[])
    }

    /// For templates: a civil day.
    pub fn date(&self, name: &str, label: &str, hint: &str) -> String {
        // A browser's own field for days would write them in the order of the browser's language.
        self.field(Kind::Date, name, label, if hint.is_empty() { "Ngày/tháng/năm." } else { hint }, &[])
    }

    /// For templates: several lines of text.
    pub fn area(&self, name: &str, label: &str, hint: &str) -> String {
        self.field(Kind::Area, name, label, hint, &[])
    }

    /// For templates: one of a long list.
    pub fn select(&self, name: &str, label: &str, hint: &str, choices: &[Choice]) -> String {
        self.field(Kind::Select, name, label, hint, choices)
    }

    /// For templates: one of a short list.
    pub fn radios(&self, name: &str, label: &str, hint: &str, choices: &[Choice]) -> String {
        self.field(Kind::Radios, name, label, hint, choices)
    }

    /// For templates: any of a list.
    pub fn checks(&self, name: &str, label: &str, hint: &str, choices: &[Choice]) -> String {
        self.field(Kind::Checks, name, label, hint, choices)
    }

    fn field(&self, kind: Kind, name: &str, label: &str, hint: &str, choices: &[Choice]) -> String {
        let choices = choices.iter().map(|choice| (choice, self.holds(name, &choice.value))).collect();
        let secret = matches!(kind, Kind::NewPassword | Kind::OldPassword);
        let value = if secret { "" } else { self.value(name) };
        let day = if matches!(kind, Kind::Date) { typed::day(value).map(format::date) } else { None };
        let value = day.as_deref().unwrap_or(value);
        FieldView { kind, name, label, hint, value, error: self.error(name), choices }.render().unwrap_or_default()
    }
}

/// White space at the ends removed, inside folded to one space.
pub fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_read_as_it_is_written_here_and_a_fraction_is_told() {
        let of = |typed: &str| {
            let mut entry = Entry::fresh(&[("people", typed)]);
            let found: Option<u32> = entry.whole("people", 1..=100_000, "Ghi số người.");
            (found, entry.error("people").map(str::to_owned))
        };
        for (typed, number) in [("1500", 1_500), ("1.500", 1_500), (" 1 500 ", 1_500), ("12", 12), ("12.0", 12)] {
            assert_eq!(of(typed), (Some(number), None), "{typed}");
        }
        for typed in ["1.5", "1,5", "1.50", "15.00.0", "1,500"] {
            let (found, said) = of(typed);
            let said = said.expect("a reason");
            assert!(found.is_none() && said.starts_with(&format!("“{typed}” không rõ là bao nhiêu")), "{said}");
        }
        for typed in ["", "nhiều", "-3", "0", "100001", "99999999999999999999"] {
            assert_eq!(of(typed), (None, Some("Ghi số người.".to_owned())), "{typed}");
        }
    }

    #[test]
    fn what_was_typed_is_shown_again_inert_with_its_error_and_a_password_never() {
        let mut entry = Entry::sent(b"name=%22%3E%3Cscript%3E&password=secret+secret");
        entry.refuse("name", "Nhập tên.");
        entry.refuse("name", "Một lỗi khác.");
        let shown = entry.text("name", "Tên", "Gợi ý");
        assert!(!shown.contains("<script") && shown.contains("&#62;"), "{shown}");
        assert!(shown.contains("Nhập tên.") && !shown.contains("Một lỗi khác."));
        assert!(shown.contains("aria-describedby=\"name-hint name-error\""), "{shown}");
        assert!(!entry.new_password("password", "Mật khẩu", "").contains("secret"));
        assert!(entry.summary().contains("href=\"#name\""));
    }

    #[test]
    fn white_space_is_folded_and_an_endless_name_refused() {
        let mut entry = Entry::fresh(&[("name", "  Phường \u{a0} Cầu\r\nGiấy "), ("long", &"a".repeat(NAME_MAX + 1))]);
        assert_eq!(entry.required_line("name", "?"), "Phường Cầu Giấy");
        entry.line("long");
        assert!(entry.error("long").is_some());
        assert!(Entry::sent(b"a=%ff").is_wrong());
    }
}
