//! A report template: a DOCX of the office's own with fields in double braces, filled with the words of the report. `{{ky}}` stands
//! for a text; a table row from `{{#ds_chi_tieu}}` to `{{/ds_chi_tieu}}` (or several rows) is repeated for each entry of the list.
//!
//! Texts are those of the report model, so that a figure reads in a template as it reads everywhere. `package.rs` takes the file
//! apart and lets in what a report needs, `marks.rs` finds the fields in one pass and fills them, `values.rs` knows what they hold,
//! `problem.rs` what may be wrong, `words.rs` how it is said. A file is read in time and memory that grow with its bytes, unpacked
//! and filled within [`BYTES_UNPACKED_MAX`] each.

mod answer;
mod codes;
mod example;
mod marks;
mod package;
mod problem;
mod values;
mod words;
mod xml;

pub use answer::{ANSWER_FIELDS, Answer, check_answer, example_answer, fill_answer};
pub use example::example;
pub use problem::{Forbidden, Place, Reason, TemplateProblem, Text, XmlFault};
pub use values::{FIELDS, LISTS, ListOfFields, Vocabulary};

use crate::index::IndexReport;
use crate::report::model::Report;
use crate::report::package::{content_types, relations, zipped};
use package::Package;
use values::{OF_REPORTS, Values};

/// The most bytes of a report template: a report of some pages with the arms of the state on top.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most bytes that it may unpack to, and that its parts may have when filled.
pub const BYTES_UNPACKED_MAX: u64 = 48 * 1024 * 1024;

/// What a report template is filled with.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    pub report: &'a Report,
    /// The figures that it was made from.
    pub index: &'a IndexReport,
    /// Name of the unit measured.
    pub unit: &'a str,
    /// Title of the plan.
    pub plan: &'a str,
    /// Name of the period, as in `Quý I/2026`.
    pub period: &'a str,
}

/// Every problem of a report template; none where it can be filled.
pub fn check(bytes: &[u8]) -> Vec<TemplateProblem> {
    open(bytes, &OF_REPORTS).err().unwrap_or_default()
}

/// The report template filled; or its problems.
pub fn fill(bytes: &[u8], filling: &Filling<'_>) -> Result<Vec<u8>, Vec<TemplateProblem>> {
    filled(&open(bytes, &OF_REPORTS)?, &values::values(filling), &filling.report.banners)
}

/// A template with `values` in the place of its fields. `banners` stand on top where no field says that it is a draft.
fn filled(package: &Package, values: &Values, banners: &[String]) -> Result<Vec<u8>, Vec<TemplateProblem>> {
    // Nobody takes a draft for the document because the template has no place for the word.
    let warns = package.parts.iter().filter_map(|part| part.marked.as_ref()).any(marks::Marked::warns);
    let on_top = if warns { &[][..] } else { banners };
    let mut left = usize::try_from(BYTES_UNPACKED_MAX).unwrap_or(usize::MAX);
    let most = left;
    let mut filled = Vec::new();
    for part in &package.parts {
        let content = match part.text() {
            Some((marked, xml)) => marked.fill(xml, values, on_top, left).map(String::into_bytes),
            None => Ok(part.content.clone()),
        };
        let content = content.ok().filter(|content| content.len() <= left);
        let content = content.ok_or_else(|| whole(Reason::FilledTooLarge { most }))?;
        left -= content.len();
        filled.push(content);
    }
    written(package, &filled).ok_or_else(|| whole(Reason::Unwritten))
}

/// The parts with their new contents as a zip, types and relations written anew.
fn written(package: &Package, contents: &[Vec<u8>]) -> Option<Vec<u8>> {
    let types: Vec<(&str, &str)> = package.parts.iter().map(|part| (part.name.as_str(), part.content_type)).collect();
    let mut ties = vec![
        ("[Content_Types].xml".to_owned(), content_types(&types).ok()?),
        ("_rels/.rels".to_owned(), relations(&package.relations).ok()?),
    ];
    for part in package.parts.iter().filter(|part| !part.relations.is_empty()) {
        ties.push((package::relations_name(&part.name), relations(&part.relations).ok()?));
    }
    let ties = ties.iter().map(|(name, content)| (name.clone(), content.as_bytes()));
    let parts = package.parts.iter().zip(contents).map(|(part, content)| (part.name.clone(), content.as_slice()));
    zipped(ties.chain(parts)).ok()
}

fn whole(reason: Reason) -> Vec<TemplateProblem> {
    vec![TemplateProblem { place: Place::File, reason }]
}

fn open(bytes: &[u8], known: &'static Vocabulary) -> Result<Package, Vec<TemplateProblem>> {
    if bytes.len() > BYTES_MAX { Err(whole(Reason::TooLarge { most: BYTES_MAX })) } else { package::open(bytes, known) }
}

#[cfg(test)]
mod tests;
