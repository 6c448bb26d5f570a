//! What stands in the documents that the program hands out: Word as XML and as words, PDF as words.

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

use std::io::{Cursor, Read as _, Write as _};
use std::process::{Command, Stdio};

/// The XML of a Word document's body.
pub fn docx_xml(docx: &[u8]) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(docx)).expect("a zip");
    let mut xml = String::new();
    zip.by_name("word/document.xml").expect("a document").read_to_string(&mut xml).expect("XML");
    xml
}

/// The words of a Word document in their order, without marks.
pub fn docx_words(docx: &[u8]) -> String {
    let xml = docx_xml(docx).replace("</w:t></w:r><w:r>", "");
    let texts = xml.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The words of a PDF as they lie on its pages.
pub fn pdf_text(pdf: &[u8]) -> String {
    String::from_utf8(poppler("pdftotext", &["-layout", "-", "-"], pdf)).expect("UTF-8")
}

/// The first page of a PDF as a printer sees it, as a PNG.
pub fn page_png(pdf: &[u8]) -> Vec<u8> {
    poppler("pdftoppm", &["-png", "-gray", "-r", "100", "-f", "1", "-l", "1", "-"], pdf)
}

/// What a program of poppler makes of a PDF.
fn poppler(program: &str, arguments: &[&str], pdf: &[u8]) -> Vec<u8> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = command.spawn().unwrap_or_else(|e| panic!("{program}, which ./dev test installs: {e}"));
    let (mut to, pdf) = (running.stdin.take().expect("a pipe"), pdf.to_vec());
    let fed = std::thread::spawn(move || to.write_all(&pdf));
    let seen = running.wait_with_output().expect("an answer");
    fed.join().expect("a thread").expect("the document goes in");
    assert!(seen.status.success(), "{program} takes the document");
    seen.stdout
}

/// The same with its lines joined: what stands in one sentence is found in one piece.
pub fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
