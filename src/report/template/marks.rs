//! A text of a report template, read in one pass: where its fields stand, also those that Word parted into runs, which table rows
//! are repeated, and what is wrong. What is found are places in the XML, so that all the rest stays as Word wrote it.

use std::collections::BTreeSet;
use std::ops::Range;

use super::codes::{FieldCodes, is_web_link};
use super::problem::{Forbidden, Place, Reason, TemplateProblem, Text, XmlFault};
use super::values::{Entry, ListOfFields, Values, Vocabulary};
use super::xml::{Found, attribute, local, walk};
use crate::report::markup::escape;

/// Letters of a paragraph shown with a problem.
const SHOWN: usize = 40;
/// So many problems of a text are told; whoever mends them sees the others.
const PROBLEMS_MAX: usize = 50;

/// The namespaces that `w:` may stand for: Word's usual one and that of its strict form.
const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];

/// The field whose text says that a period is a draft.
const WARNING: &str = "canh_bao";

/// A text and what is put into it. Changes are sorted and do not overlap.
#[derive(Debug)]
pub(super) struct Marked {
    changes: Vec<(Range<usize>, Change)>,
    /// Lists with the places of the rows repeated, sorted and apart.
    lists: Vec<(&'static str, Range<usize>)>,
    /// Where the body begins.
    body: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// The value of a field.
    Value(&'static str),
    /// Nothing: the rest of a field, the mark of a list, the mark of a comment.
    Cut,
    /// What keeps spaces at the ends of a text that was changed.
    KeepSpaces,
}

/// The filled text would be longer than what is left.
#[derive(Debug)]
pub(super) struct TooLong;

impl Marked {
    /// Whether readers see the field that says so when a period is a draft: in the body, in no row that may be repeated no times.
    pub(super) fn warns(&self) -> bool {
        self.body.is_some()
            && self.changes.iter().any(|(place, change)| {
                *change == Change::Value(WARNING) && !self.lists.iter().any(|(_, rows)| rows.contains(&place.start))
            })
    }

    /// The text filled, with `on_top` as the first paragraphs of the body.
    pub(super) fn fill(&self, xml: &str, values: &Values, on_top: &[String], most: usize) -> Result<String, TooLong> {
        let mut out = Filled { xml, changes: &self.changes, text: String::new(), most };
        let mut from = 0;
        if let Some(body) = self.body.filter(|_| !on_top.is_empty()) {
            out.add(0..body, &[&values.fields])?;
            for banner in on_top {
                out.text.push_str(&self::banner(banner));
            }
            from = body;
        }
        for (list, rows) in &self.lists {
            out.add(from..rows.start, &[&values.fields])?;
            for entry in values.lists.get(list).map_or(&[][..], Vec::as_slice) {
                out.add(rows.clone(), &[entry, &values.fields])?;
            }
            from = rows.end;
        }
        out.add(from..xml.len(), &[&values.fields])?;
        Ok(out.text)
    }
}

struct Filled<'a> {
    xml: &'a str,
    changes: &'a [(Range<usize>, Change)],
    text: String,
    most: usize,
}

impl Filled<'_> {
    /// Adds a stretch of the text; a field takes the first value of its name.
    fn add(&mut self, stretch: Range<usize>, values: &[&Entry]) -> Result<(), TooLong> {
        let first = self.changes.partition_point(|(place, _)| place.start < stretch.start);
        let mut from = stretch.start;
        for (place, change) in self.changes[first..].iter().take_while(|(place, _)| place.start < stretch.end) {
            self.text.push_str(&self.xml[from..place.start]);
            match change {
                Change::Value(name) => {
                    let value = values.iter().find_map(|values| values.get(name)).map_or("", String::as_str);
                    // What citizens and offices write has several lines; a field stands within one `<w:t>`.
                    let lines: Vec<String> = value.split('\n').map(escape).collect();
                    self.text.push_str(&lines.join("</w:t><w:br/><w:t xml:space=\"preserve\">"));
                }
                Change::KeepSpaces => self.text.push_str(" xml:space=\"preserve\""),
                Change::Cut => {}
            }
            from = place.end;
            if self.text.len() > self.most {
                return Err(TooLong);
            }
        }
        self.text.push_str(&self.xml[from..stretch.end]);
        if self.text.len() > self.most { Err(TooLong) } else { Ok(()) }
    }
}

/// A paragraph that nobody overlooks.
fn banner(text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:rPr><w:b/><w:color w:val=\"A4161A\"/></w:rPr>\
         <w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
        escape(text)
    )
}

/// A mark in double braces.
struct Mark<'a> {
    /// What stands between the braces.
    name: &'a str,
    /// Where the braces open and where they have closed.
    at: Range<usize>,
}

/// The marks of a text, in order.
fn marks(text: &str) -> Vec<Mark<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|open| from + open) {
        let Some(close) = text[open..].find("}}").map(|close| open + close) else { break };
        found.push(Mark { name: text[open + 2..close].trim(), at: open..close + 2 });
        from = close + 2;
    }
    found
}

/// Reads a text that may name what is `known`; `unknown` are the relations that it must not name, because their parts are not taken along.
pub(super) fn read(
    xml: &str,
    text: Text,
    unknown: &BTreeSet<String>,
    known: &'static Vocabulary,
) -> Result<Marked, Vec<TemplateProblem>> {
    let mut reading = Reading {
        xml,
        text,
        known,
        unknown,
        paragraphs: Vec::new(),
        made: 0,
        rows: Vec::new(),
        open_rows: Vec::new(),
        open_tables: Vec::new(),
        tables: 0,
        run: None,
        codes: FieldCodes::default(),
        list: None,
        lists: Vec::new(),
        changes: Vec::new(),
        body: None,
        root: false,
        problems: Vec::new(),
    };
    if let Err(fault) = walk(xml, |found, place| reading.see(&found, place)) {
        return Err(vec![TemplateProblem { place: reading.whole(), reason: Reason::Xml(fault) }]);
    }
    reading.finish()
}

struct Reading<'a> {
    xml: &'a str,
    text: Text,
    known: &'static Vocabulary,
    unknown: &'a BTreeSet<String>,
    /// Paragraphs that are open, the innermost last.
    paragraphs: Vec<Paragraph>,
    /// Paragraphs begun.
    made: usize,
    /// All rows, and which are open, and which table is open.
    rows: Vec<Row>,
    open_rows: Vec<usize>,
    open_tables: Vec<usize>,
    tables: usize,
    /// A `<w:t>` that is open.
    run: Option<Run>,
    codes: FieldCodes,
    list: Option<OpenList>,
    lists: Vec<ReadList>,
    changes: Vec<(Range<usize>, Change)>,
    body: Option<usize>,
    root: bool,
    problems: Vec<TemplateProblem>,
}

struct Paragraph {
    number: usize,
    runs: Vec<Run>,
}

/// The text of a run.
struct Run {
    /// Behind the name of its tag.
    tag: usize,
    keeps_spaces: bool,
    content: Range<usize>,
}

struct Row {
    table: Option<usize>,
    place: Range<usize>,
}

struct OpenList {
    list: &'static ListOfFields,
    begun: Place,
    row: Option<usize>,
}

/// A list with its first and last row, and where it stands.
struct ReadList {
    name: &'static str,
    rows: (usize, usize),
    place: Place,
}

impl Reading<'_> {
    fn see(&mut self, found: &Found<'_, '_>, place: Range<usize>) {
        match *found {
            Found::Open { name, attributes, empty } => {
                self.attributes(name, attributes);
                if self.run.is_some() {
                    self.say(Reason::Xml(XmlFault::IllFormed { at: place.start }));
                }
                match name {
                    "w:p" => {
                        self.made += 1;
                        if !empty {
                            self.paragraphs.push(Paragraph { number: self.made, runs: Vec::new() });
                        }
                    }
                    "w:t" if !empty => {
                        let tag = place.start + "<w:t".len();
                        let keeps_spaces = attribute(attributes, "xml:space").is_some();
                        self.run = Some(Run { tag, keeps_spaces, content: place.end..place.end });
                    }
                    "w:tbl" if !empty => {
                        self.open_tables.push(self.tables);
                        self.tables += 1;
                    }
                    "w:tr" if !empty => {
                        self.open_rows.push(self.rows.len());
                        self.rows.push(Row { table: self.open_tables.last().copied(), place });
                    }
                    "w:body" if self.text == Text::Body && !empty => {
                        self.body.get_or_insert(place.end);
                    }
                    // Comments are for those who wrote the template.
                    "w:commentRangeStart" | "w:commentRangeEnd" | "w:commentReference" => {
                        self.changes.push((place, Change::Cut));
                    }
                    _ => {
                        if let Err(code) = self.codes.open(name, attributes, empty) {
                            self.say(Reason::FieldCode(code));
                        }
                    }
                }
            }
            Found::Close { name } => match name {
                "w:p" => {
                    if let Some(paragraph) = self.paragraphs.pop() {
                        self.paragraph(&paragraph);
                    }
                }
                "w:t" => {
                    if let (Some(run), Some(paragraph)) = (self.run.take(), self.paragraphs.last_mut()) {
                        let content = run.content.start..place.start;
                        paragraph.runs.push(Run { content, ..run });
                    }
                }
                "w:tbl" => {
                    self.open_tables.pop();
                }
                "w:tr" => {
                    if let Some(row) = self.open_rows.pop() {
                        self.rows[row].place.end = place.end;
                    }
                }
                "w:commentRangeStart" | "w:commentRangeEnd" | "w:commentReference" => {
                    self.changes.push((place, Change::Cut));
                }
                _ => self.codes.close(name),
            },
            Found::Text => self.codes.text(&self.xml[place]),
            Found::Other if self.run.is_some() => self.say(Reason::Xml(XmlFault::IllFormed { at: place.start })),
            Found::Other => {}
        }
    }

    /// What any element may say of things outside: relations, addresses, namespaces.
    fn attributes(&mut self, element: &str, attributes: &[(&str, std::borrow::Cow<'_, str>)]) {
        for (name, value) in attributes {
            let (prefix, local) = name.rsplit_once(':').unwrap_or(("", name));
            let about_word = *name == "xmlns:w";
            if (*name == "xmlns" || prefix == "xmlns") && about_word != WORD.contains(&value.as_ref()) {
                self.say(Reason::NotWord);
            }
            if !prefix.is_empty() && self.unknown.contains(value.as_ref()) {
                self.say(Reason::Unknown(value.to_string()));
            }
            if matches!(local, "src" | "althref") {
                self.say(Reason::Forbidden(Forbidden::External));
            }
            if local == "href" && !is_web_link(value) {
                self.say(Reason::Forbidden(Forbidden::Link));
            }
        }
        if !self.root {
            self.root = true;
            let expected = match self.text {
                Text::Body => &["w:document"][..],
                Text::Header => &["w:hdr"],
                Text::Footer => &["w:ftr"],
                Text::Notes => &["w:footnotes", "w:endnotes"],
            };
            if !expected.contains(&element) || attribute(attributes, "xmlns:w").is_none() {
                self.say(Reason::NotWord);
            }
        }
        if local(element) == "mailMerge" {
            self.say(Reason::Forbidden(Forbidden::MailMerge));
        }
    }

    /// The fields of a paragraph, whose runs are read as one text.
    fn paragraph(&mut self, paragraph: &Paragraph) {
        let whole: String = paragraph.runs.iter().map(|run| &self.xml[run.content.clone()]).collect();
        if !whole.contains("{{") && !whole.contains("}}") {
            return;
        }
        let begins: String = whole.chars().take(SHOWN).collect();
        let here = Place::Paragraph { text: self.text, number: paragraph.number, begins };
        if whole.matches("{{").count() != whole.matches("}}").count() {
            self.problem(here, Reason::LoneBraces);
            return;
        }
        // Where each run begins in the whole.
        let mut ends = 0;
        let starts: Vec<usize> = paragraph
            .runs
            .iter()
            .map(|run| {
                let start = ends;
                ends += run.content.len();
                start
            })
            .collect();
        let mut spaced = None;
        for mark in marks(&whole) {
            let change = match self.meaning(mark.name, &here) {
                Ok(change) => change,
                Err(reason) => {
                    self.problem(here.clone(), reason);
                    continue;
                }
            };
            // The value takes the look of the run in which the mark begins; what other runs hold of the mark goes.
            let first = starts.partition_point(|start| *start <= mark.at.start) - 1;
            for (place, run) in paragraph.runs.iter().enumerate().skip(first) {
                let (start, end) = (starts[place], starts[place] + run.content.len());
                if start >= mark.at.end {
                    break;
                }
                let part = mark.at.start.max(start)..mark.at.end.min(end);
                if part.is_empty() {
                    continue;
                }
                if !run.keeps_spaces && spaced.is_none_or(|last| last < place) {
                    self.changes.push((run.tag..run.tag, Change::KeepSpaces));
                    spaced = Some(place);
                }
                let at = run.content.start + part.start - start..run.content.start + part.end - start;
                self.changes.push((at, if place == first { change } else { Change::Cut }));
            }
        }
    }

    /// What is put in the place of a mark.
    fn meaning(&mut self, name: &str, here: &Place) -> Result<Change, Reason> {
        if let Some(name) = name.strip_prefix('#') {
            let list = self.known.lists.iter().find(|list| list.name == name);
            let list = list.ok_or_else(|| Reason::NoList { name: name.to_owned(), known: self.known })?;
            let row = self.open_rows.last().copied();
            if let Some(unended) = self.list.replace(OpenList { list, begun: here.clone(), row }) {
                self.problem(unended.begun, Reason::ListNotEnded(unended.list.name));
            }
            return if row.is_none() { Err(Reason::ListOutsideRow(list.name)) } else { Ok(Change::Cut) };
        }
        if let Some(name) = name.strip_prefix('/') {
            let Some(OpenList { list, row, .. }) = self.list.take() else {
                return Err(Reason::ListNotBegun(name.to_owned()));
            };
            if list.name != name {
                return Err(Reason::ListCrossed { closed: name.to_owned(), opened: list.name });
            }
            if let Some(first) = row {
                let in_table = |row: &usize| self.rows[*row].table == self.rows[first].table;
                let last = self.open_rows.last().copied().filter(in_table);
                let last = last.ok_or(Reason::ListOverTables(list.name))?;
                self.lists.push(ReadList { name: list.name, rows: (first, last), place: here.clone() });
            }
            return Ok(Change::Cut);
        }
        let of_list = self.list.as_ref().and_then(|open| open.list.fields.iter().find(|(known, _)| *known == name));
        let known = of_list.or_else(|| self.known.fields.iter().find(|(known, _)| *known == name));
        match known {
            Some((name, _)) => Ok(Change::Value(name)),
            None => Err(Reason::NoField {
                name: name.to_owned(),
                within: self.list.as_ref().map(|open| open.list),
                known: self.known,
            }),
        }
    }

    fn finish(mut self) -> Result<Marked, Vec<TemplateProblem>> {
        if let Some(open) = self.list.take() {
            self.problem(open.begun, Reason::ListNotEnded(open.list.name));
        }
        for code in self.codes.unfinished() {
            self.say(Reason::FieldCode(code));
        }
        if self.text == Text::Body && self.body.is_none() {
            self.say(Reason::NotWord);
        }
        let place = |list: &ReadList| self.rows[list.rows.0].place.start..self.rows[list.rows.1].place.end;
        let mut lists: Vec<_> = self.lists.iter().map(|list| (place(list), list)).collect();
        lists.sort_by_key(|(place, _)| place.start);
        let together = lists.windows(2).filter(|pair| pair[1].0.start < pair[0].0.end);
        let together: Vec<_> =
            together.map(|pair| (pair[1].1.place.clone(), Reason::ListsInOneRow(pair[1].1.name))).collect();
        let lists = lists.into_iter().map(|(place, list)| (list.name, place)).collect();
        for (place, reason) in together {
            self.problem(place, reason);
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        // Paragraphs within paragraphs, as in text boxes, end before them.
        self.changes.sort_by_key(|(place, _)| (place.start, place.end));
        Ok(Marked { changes: self.changes, lists, body: self.body })
    }

    fn whole(&self) -> Place {
        Place::Paragraph { text: self.text, number: self.made, begins: String::new() }
    }

    fn say(&mut self, reason: Reason) {
        self.problem(self.whole(), reason);
    }

    fn problem(&mut self, place: Place, reason: Reason) {
        match self.problems.len() {
            PROBLEMS_MAX => self.problems.push(TemplateProblem { place: Place::File, reason: Reason::More }),
            told if told < PROBLEMS_MAX => self.problems.push(TemplateProblem { place, reason }),
            _ => {}
        }
    }
}
