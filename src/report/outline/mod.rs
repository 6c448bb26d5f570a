//! An office's own outline: a DOCX with fields in double braces, filled with the words of the report. `{{ky}}` stands for a
//! text; a table row from `{{#ds_chi_tieu}}` to `{{/ds_chi_tieu}}` (or several rows) is repeated for each entry of the list.
//!
//! Texts are those of the report model, so that a figure reads in an outline as it reads everywhere. `fields.rs` knows them,
//! `xml.rs` finds and fills them.

mod example;
mod fields;
#[cfg(test)]
mod tests;
mod xml;

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

pub use example::example;
pub use fields::{FIELDS, LISTS, ListOfFields};

use crate::index::IndexReport;
use crate::report::model::Report;

/// The most bytes of an outline: a report of some pages with the arms of the state on top.
pub const OUTLINE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most bytes of one of its XML parts, unpacked.
const PART_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The most parts.
const PARTS_MAX: usize = 500;

/// What is wrong with an outline, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineProblem {
    /// The place, as in `thân văn bản, đoạn 12`.
    pub place: String,
    /// What is wrong and what to do, Vietnamese: offices write outlines.
    pub message: String,
}

impl std::fmt::Display for OutlineProblem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.place, self.message)
    }
}

/// What an outline is filled with.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    /// The report.
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

/// Every problem of an outline; none where it can be filled.
pub fn check(bytes: &[u8]) -> Vec<OutlineProblem> {
    match parts(bytes) {
        Ok(parts) => {
            parts.iter().filter_map(Part::readable).flat_map(|(place, text)| xml::check(place, text)).collect()
        }
        Err(problem) => vec![problem],
    }
}

/// The outline filled; or its problems.
pub fn fill(bytes: &[u8], filling: &Filling<'_>) -> Result<Vec<u8>, Vec<OutlineProblem>> {
    let problems = check(bytes);
    if !problems.is_empty() {
        return Err(problems);
    }
    let parts = parts(bytes).map_err(|problem| vec![problem])?;
    let values = fields::values(filling);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let says_draft = parts.iter().filter_map(Part::readable).any(|(_, text)| text.contains("{{canh_bao}}"));
    for part in &parts {
        let filled = part.readable().map(|(_, text)| {
            let mut text = xml::fill(text, &values);
            // Nobody takes a draft for the report because the outline has no place for the word.
            if part.name == xml::BODY && !says_draft {
                text = xml::with_banners(&text, &filling.report.banners);
            }
            text.into_bytes()
        });
        let content = filled.as_ref().unwrap_or(&part.content);
        let written = zip.start_file(part.name.as_str(), options).and_then(|()| Ok(zip.write_all(content)?));
        written.map_err(|error| vec![whole(format!("không ghi được tệp: {error}"))])?;
    }
    zip.finish().map(Cursor::into_inner).map_err(|error| vec![whole(format!("không ghi được tệp: {error}"))])
}

/// A part of the zip.
struct Part {
    name: String,
    content: Vec<u8>,
}

impl Part {
    /// Where fields may stand, with the part's text.
    fn readable(&self) -> Option<(&'static str, &str)> {
        let place = xml::place(&self.name)?;
        Some((place, std::str::from_utf8(&self.content).ok()?))
    }
}

fn whole(message: String) -> OutlineProblem {
    OutlineProblem { place: "tệp".to_owned(), message }
}

fn parts(bytes: &[u8]) -> Result<Vec<Part>, OutlineProblem> {
    if bytes.len() > OUTLINE_BYTES_MAX {
        return Err(whole(format!("lớn hơn {} MB; hãy bỏ bớt hình", OUTLINE_BYTES_MAX / 1024 / 1024)));
    }
    let not_docx =
        || whole("không phải tệp Word (.docx); hãy lưu lại bằng Word hoặc LibreOffice, kiểu .docx".to_owned());
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| not_docx())?;
    if zip.len() > PARTS_MAX {
        return Err(not_docx());
    }
    let mut parts = Vec::new();
    for place in 0..zip.len() {
        let file = zip.by_index(place).map_err(|_| not_docx())?;
        if file.is_dir() {
            continue;
        }
        let name = file.name().map_err(|_| not_docx())?.into_owned();
        if name.to_ascii_lowercase().ends_with("vbaproject.bin") {
            return Err(whole("có macro; hãy lưu lại thành tệp .docx không có macro".to_owned()));
        }
        let mut content = Vec::new();
        let read = file.take(PART_BYTES_MAX + 1).read_to_end(&mut content);
        if read.is_err() || content.len() as u64 > PART_BYTES_MAX {
            return Err(not_docx());
        }
        if xml::place(&name).is_some() && std::str::from_utf8(&content).is_err() {
            return Err(not_docx());
        }
        parts.push(Part { name, content });
    }
    if !parts.iter().any(|part| part.name == xml::BODY) {
        return Err(not_docx());
    }
    Ok(parts)
}
