//! Reads typed values out of a TOML text and collects every problem on the way.
//!
//! A value that cannot be read is reported and becomes `None`; the reading goes on, so that the author of a
//! file sees all that is wrong at once. What a plan file may hold is said in `file.rs`, not here.

use chrono::{Datelike, NaiveDate};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Found, Problem, Reason, Shape, Table};

/// A text under reading: where its lines begin, and what was found wrong so far.
pub(super) struct Sheet<'a> {
    file: &'a str,
    source: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Sheet<'a> {
    /// Parses the TOML itself. A text that is not TOML is reported in full and not read further: every later
    /// complaint would only be an echo.
    pub fn open(file: &'a str, source: &'a str) -> Result<(Self, Spanned<DeTable<'a>>), Vec<Problem>> {
        let mut sheet = Self { file, source, problems: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(source);
        for error in errors {
            sheet.report(error.span().map_or(0, |span| span.start), Reason::Syntax(error));
        }
        if sheet.is_clean() { Ok((sheet, table)) } else { Err(sheet.into_problems()) }
    }

    /// Notes a problem at a byte of the text.
    pub fn report(&mut self, at: usize, reason: Reason) {
        let line = self.line(at);
        self.problems.push(Problem { file: self.file.to_owned(), line, reason });
    }

    /// Line of a byte of the text, counted from 1.
    pub fn line(&self, at: usize) -> usize {
        let before = self.source.as_bytes().iter().take(at);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    /// The file's name without its folders.
    pub fn base_name(&self) -> &'a str {
        self.file.rsplit(['/', '\\']).next().unwrap_or(self.file)
    }

    /// Whether nothing was found wrong so far.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// Every problem, from the top of the file to its end, each said once.
    pub fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems;
        problems.sort_by_key(|problem| problem.line);
        problems.dedup();
        problems
    }
}

/// One table of the text: the file itself or one `[[target]]`, `[[period]]`, `[[task]]`, `[[field]]`.
#[derive(Clone, Copy)]
pub(super) struct Section<'t, 'a> {
    /// Which table it is.
    pub name: Table,
    /// Byte at which it starts, for what is missing in it.
    pub at: usize,
    table: &'t DeTable<'a>,
}

impl<'t, 'a> Section<'t, 'a> {
    /// Takes the whole file as a section and reports keys that are not allowed in it.
    pub fn whole_file(
        sheet: &mut Sheet<'_>,
        table: &'t Spanned<DeTable<'a>>,
        name: Table,
        allowed: &'static [&'static str],
    ) -> Self {
        let section = Self { name, at: 0, table: table.get_ref() };
        section.refuse_other_keys(sheet, allowed);
        section
    }

    /// The sections under a `[[key]]`; none where the key is absent.
    pub fn list(
        &self,
        sheet: &mut Sheet<'_>,
        key: &str,
        name: Table,
        allowed: &'static [&'static str],
    ) -> Vec<Section<'t, 'a>> {
        let Some(value) = self.table.get(key) else {
            return Vec::new();
        };
        let tables = value
            .get_ref()
            .as_array()
            .filter(|items| items.iter().all(|item| matches!(item.get_ref(), DeValue::Table(_))));
        let Some(tables) = tables else {
            not_a(sheet, key, value, Shape::Tables(name));
            return Vec::new();
        };
        let sections = tables
            .iter()
            .filter_map(|item| item.get_ref().as_table().map(|table| Section { name, at: item.span().start, table }));
        let sections: Vec<_> = sections.collect();
        for section in &sections {
            section.refuse_other_keys(sheet, allowed);
        }
        sections
    }

    /// Byte at which a key's value starts; the section's own start where the key is absent.
    pub fn place(&self, key: &str) -> usize {
        self.table.get(key).map_or(self.at, |value| value.span().start)
    }

    /// A text that must be there and say something.
    pub fn text(&self, sheet: &mut Sheet<'_>, key: &str) -> Option<String> {
        self.required(sheet, key, Shape::Text)?;
        self.optional_text(sheet, key)
    }

    /// A text that may be left out, but not be empty.
    pub fn optional_text(&self, sheet: &mut Sheet<'_>, key: &str) -> Option<String> {
        let value = self.table.get(key)?;
        let text = text_of(sheet, key, value)?;
        Some(text.to_owned())
    }

    /// A code: it goes into addresses, links and file names.
    pub fn code(&self, sheet: &mut Sheet<'_>, key: &str, example: &'static str) -> Option<String> {
        let text = self.text(sheet, key)?;
        if is_code(&text) {
            return Some(text);
        }
        sheet.report(self.place(key), Reason::NotACode { key: key.to_owned(), found: text, example });
        None
    }

    /// A civil day that must be there.
    pub fn date(&self, sheet: &mut Sheet<'_>, key: &str) -> Option<NaiveDate> {
        self.required(sheet, key, Shape::Day)?;
        self.optional_date(sheet, key)
    }

    /// A civil day that may be left out.
    pub fn optional_date(&self, sheet: &mut Sheet<'_>, key: &str) -> Option<NaiveDate> {
        let value = self.table.get(key)?;
        let day = value.get_ref().as_datetime().and_then(|moment| {
            let date = moment.date.filter(|_| moment.time.is_none() && moment.offset.is_none())?;
            NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        });
        // Years far away are slips of the keyboard, and would make calendars run for ever.
        let day = day.filter(|day| (2000..=2100).contains(&day.year()));
        if day.is_none() {
            not_a(sheet, key, value, Shape::Day);
        }
        day
    }

    /// A share above 0 and at most 1 that must be there.
    pub fn share(&self, sheet: &mut Sheet<'_>, key: &str) -> Option<f64> {
        self.required(sheet, key, Shape::Share)?;
        self.optional_share(sheet, key)
    }

    /// A share above 0 and at most 1 that may be left out.
    pub fn optional_share(&self, sheet: &mut Sheet<'_>, key: &str) -> Option<f64> {
        let value = self.table.get(key)?;
        let number = match value.get_ref() {
            DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
            DeValue::Integer(integer) => integer.as_str().parse::<f64>().ok(),
            _ => None,
        };
        let share = number.filter(|number| *number > 0.0 && *number <= 1.0);
        if share.is_none() {
            not_a(sheet, key, value, Shape::Share);
        }
        share
    }

    /// A whole number within a range that must be there.
    pub fn number(&self, sheet: &mut Sheet<'_>, key: &str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let shape = Shape::Number { least: *range.start(), most: *range.end() };
        self.required(sheet, key, shape.clone())?;
        let value = self.table.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(integer) => integer.as_str().parse::<u32>().ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            not_a(sheet, key, value, shape);
        }
        number
    }

    /// `true` or `false`; `false` where it is left out.
    pub fn flag(&self, sheet: &mut Sheet<'_>, key: &str) -> Option<bool> {
        let Some(value) = self.table.get(key) else {
            return Some(false);
        };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            not_a(sheet, key, value, Shape::Flag);
        }
        flag
    }

    /// One of a few words that must be there.
    pub fn choice<T: Copy>(&self, sheet: &mut Sheet<'_>, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        self.required(sheet, key, one_of(words))?;
        self.optional_choice(sheet, key, words)
    }

    /// One of a few words that may be left out.
    pub fn optional_choice<T: Copy>(&self, sheet: &mut Sheet<'_>, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        let value = self.table.get(key)?;
        let written = value.get_ref().as_str();
        let chosen = words.iter().find(|(word, _)| Some(*word) == written);
        if chosen.is_none() {
            not_a(sheet, key, value, one_of(words));
        }
        chosen.map(|(_, choice)| *choice)
    }

    /// A list of a few words, each at most once, which may be left out but not be empty.
    pub fn choices<T: Copy + PartialEq>(
        &self,
        sheet: &mut Sheet<'_>,
        key: &str,
        words: &[(&'static str, T)],
    ) -> Option<Vec<T>> {
        let value = self.table.get(key)?;
        let Some(items) = value.get_ref().as_array().filter(|items| !items.is_empty()) else {
            not_a(sheet, key, value, Shape::Texts);
            return None;
        };
        let mut chosen = Vec::new();
        for item in items {
            let known = words.iter().find(|(word, _)| Some(*word) == item.get_ref().as_str());
            match known.filter(|(_, choice)| !chosen.contains(choice)) {
                Some((_, choice)) => chosen.push(*choice),
                None => not_a(sheet, key, item, one_of(words)),
            }
        }
        Some(chosen)
    }

    /// A list of texts, each with its place; `None` where the key is absent or holds something else.
    pub fn texts(&self, sheet: &mut Sheet<'_>, key: &str) -> Option<Vec<(String, usize)>> {
        let value = self.table.get(key)?;
        let Some(items) = value.get_ref().as_array() else {
            not_a(sheet, key, value, Shape::Texts);
            return None;
        };
        let read = items
            .iter()
            .map(|item| text_of(sheet, key, item).map(|text| (text.to_owned(), item.span().start)))
            .collect::<Vec<_>>();
        read.into_iter().collect()
    }

    /// Reports an absent key; `Some` where it is present.
    pub fn required(&self, sheet: &mut Sheet<'_>, key: &str, shape: Shape) -> Option<()> {
        if self.table.contains_key(key) {
            return Some(());
        }
        sheet.report(self.at, Reason::Lacks { table: self.name, key: key.to_owned(), shape });
        None
    }

    fn refuse_other_keys(&self, sheet: &mut Sheet<'_>, allowed: &'static [&'static str]) {
        for key in self.table.keys() {
            if !allowed.contains(&key.get_ref().as_ref()) {
                let found = key.get_ref().to_string();
                sheet.report(key.span().start, Reason::KeyUnknown { table: self.name, key: found, allowed });
            }
        }
    }
}

/// Whether a text can stand in addresses, links and file names.
pub(super) fn is_code(text: &str) -> bool {
    text.split(['-', '_'])
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

fn text_of<'v>(sheet: &mut Sheet<'_>, key: &str, value: &'v Spanned<DeValue<'_>>) -> Option<&'v str> {
    let Some(text) = value.get_ref().as_str() else {
        not_a(sheet, key, value, Shape::Text);
        return None;
    };
    if text.trim().is_empty() {
        sheet.report(value.span().start, Reason::Empty { key: key.to_owned() });
        return None;
    }
    Some(text)
}

/// Reports a value in whose place something else belongs.
fn not_a(sheet: &mut Sheet<'_>, key: &str, value: &Spanned<DeValue<'_>>, shape: Shape) {
    let found = match value.get_ref() {
        DeValue::String(text) => Found::Text(text.to_string()),
        DeValue::Integer(number) => Found::Number(number.as_str().to_owned()),
        DeValue::Float(number) => Found::Number(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Found::Flag(*flag),
        DeValue::Datetime(moment) => Found::Moment(moment.to_string()),
        DeValue::Array(_) => Found::List,
        DeValue::Table(_) => Found::Table,
    };
    sheet.report(value.span().start, Reason::NotA { key: key.to_owned(), found, shape });
}

fn one_of<T>(words: &[(&'static str, T)]) -> Shape {
    Shape::OneOf(words.iter().map(|(word, _)| *word).collect())
}
