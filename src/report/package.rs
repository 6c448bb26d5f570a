//! What ties the parts of a DOCX together: a zip with the types of its parts and their relations.

use std::io::{Cursor, Write};

use askama::Template;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A relation from one part to another, or to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) target: String,
    pub(super) external: bool,
}

/// The types of the parts, by name.
#[derive(Template)]
#[template(path = "docx/content_types.xml")]
struct ContentTypes<'a> {
    parts: &'a [(&'a str, &'a str)],
}

#[derive(Template)]
#[template(path = "docx/relations.xml")]
struct Relations<'a> {
    relations: &'a [Relation],
}

/// The part that names the types of the others: each with its name and type.
pub(super) fn content_types(parts: &[(&str, &str)]) -> Result<String, askama::Error> {
    Ok(one_line(&ContentTypes { parts }.render()?))
}

/// The part that holds relations.
pub(super) fn relations(relations: &[Relation]) -> Result<String, askama::Error> {
    Ok(one_line(&Relations { relations }.render()?))
}

/// What a template rendered, without its line breaks and indents. Values hold none: `markup` drops control characters.
pub(super) fn one_line(xml: &str) -> String {
    xml.lines().map(str::trim_start).collect()
}

/// A zip of these parts: the same parts give the same bytes, for no clock is read.
pub(super) fn zipped<'a>(parts: impl IntoIterator<Item = (String, &'a [u8])>) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The zip format's own first day.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, content) in parts {
        zip.start_file(name, options)?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}
