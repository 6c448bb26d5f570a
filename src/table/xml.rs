//! The parts of a workbook read event by event: what opens, what text stands there, what closes. Prefixes of names are passed over.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::limits::FileFault;

/// Parts nest some dozens of elements.
const DEPTH_MAX: usize = 256;

/// What stands at a place.
pub(super) enum Xml<'a> {
    /// An element begins.
    Open(&'a str, &'a BytesStart<'a>),
    /// Text, its references resolved.
    Text(&'a str),
    /// An element ends.
    Close(&'a str),
}

/// Hands a part over in order.
pub(super) fn walk(part: &[u8], mut see: impl FnMut(Xml<'_>) -> Result<(), FileFault>) -> Result<(), FileFault> {
    let text = std::str::from_utf8(part).map_err(|_| broken("a part is not UTF-8"))?;
    if text.contains('\0') {
        return Err(broken("a part holds NUL"));
    }
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|error| broken(&error.to_string()))? {
            Event::Start(start) => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(broken("elements nest too deep"));
                }
                see(Xml::Open(local(&start), &start))?;
            }
            Event::Empty(start) => {
                see(Xml::Open(local(&start), &start))?;
                see(Xml::Close(local(&start)))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                let name = end.name().0;
                see(Xml::Close(name.rsplit_once(':').map_or(name, |(_, local)| local)))?;
            }
            Event::Text(text) => see(Xml::Text(&text))?,
            Event::CData(text) => see(Xml::Text(&text))?,
            Event::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().map_err(|error| broken(&error.to_string()))?;
                let letter = match (letter, &*reference) {
                    (Some(letter), _) => letter,
                    (None, "amp") => '&',
                    (None, "lt") => '<',
                    (None, "gt") => '>',
                    (None, "quot") => '"',
                    (None, "apos") => '\'',
                    _ => return Err(broken("an unknown entity")),
                };
                see(Xml::Text(letter.encode_utf8(&mut [0; 4])))?;
            }
            Event::DocType(_) => return Err(broken("a document type")),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof => return Ok(()),
        }
    }
}

fn local<'a>(start: &'a BytesStart<'_>) -> &'a str {
    let name = start.name().0;
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The value of an attribute, whatever its prefix.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|attribute| {
        let key = attribute.key.0;
        key.rsplit_once(':').map_or(key, |(_, local)| local) == name
    })?;
    unescape(&found.value).ok().map(std::borrow::Cow::into_owned)
}

/// Whether an attribute says yes.
pub(super) fn is_true(start: &BytesStart<'_>, name: &str) -> bool {
    attribute(start, name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

pub(super) fn broken(words: &str) -> FileFault {
    FileFault::Workbook(words.to_owned())
}
