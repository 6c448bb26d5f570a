//! XML read by a pull parser in one pass: every tag and text with its place. What is not well formed is refused, and so is what
//! well-formed XML may do to its reader: declare entities, nest without end, speak another encoding.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use super::problem::XmlFault;

/// Word nests some dozens of elements; readers built on libxml2 stop here as well.
const DEPTH_MAX: usize = 256;
/// The first element of Word's files declares some forty namespaces.
const ATTRIBUTES_MAX: usize = 256;

/// What stands at a place of the text.
pub(super) enum Found<'a, 'e> {
    Open {
        name: &'a str,
        attributes: &'e [(&'a str, Cow<'a, str>)],
        /// Whether the element ends here too.
        empty: bool,
    },
    Close {
        name: &'a str,
    },
    /// Text or a reference, as written.
    Text,
    /// CDATA, a comment, an instruction.
    Other,
}

/// The value of an attribute.
pub(super) fn attribute<'e>(attributes: &'e [(&str, Cow<'_, str>)], name: &str) -> Option<&'e str> {
    attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
}

/// The name behind the prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The text of a part, without a byte order mark.
pub(super) fn text(content: &[u8]) -> Result<&str, XmlFault> {
    let text = std::str::from_utf8(content).map_err(|_| XmlFault::NotUtf8)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Hands all of a document over, in order, each with its place. What was handed over before a fault was found is not to be used.
pub(super) fn walk<'a>(xml: &'a str, mut see: impl FnMut(Found<'a, '_>, Range<usize>)) -> Result<(), XmlFault> {
    if let Some(at) = xml.find(|letter| !is_allowed(letter)) {
        return Err(XmlFault::IllFormed { at });
    }
    let mut reader = Reader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    let mut attributes = Vec::new();
    let (mut depth, mut roots) = (0_usize, 0_usize);
    loop {
        let at = position(&reader);
        let ill_formed = || XmlFault::IllFormed { at };
        let event = reader.read_event().map_err(|_| ill_formed())?;
        let place = at..position(&reader);
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(_) | Event::Empty(_) => {
                roots += usize::from(depth == 0);
                if roots > 1 {
                    return Err(ill_formed());
                }
                attributes.clear();
                let tag = xml[place.clone()].trim_start_matches('<').trim_end_matches('>');
                let tag = if empty { tag.trim_end_matches('/') } else { tag };
                let name = read_tag(tag, &mut attributes).ok_or_else(ill_formed)?;
                if depth == DEPTH_MAX {
                    return Err(XmlFault::TooDeep);
                }
                depth += usize::from(!empty);
                see(Found::Open { name, attributes: &attributes, empty }, place);
            }
            Event::End(_) => {
                depth = depth.checked_sub(1).ok_or_else(ill_formed)?;
                let name = xml[place.clone()].trim_start_matches("</").trim_end_matches('>').trim_end();
                see(Found::Close { name }, place);
            }
            Event::Text(text) => {
                let outside = depth == 0 && !text.trim_ascii().is_empty();
                if outside || text.contains("]]>") {
                    return Err(ill_formed());
                }
                see(Found::Text, place);
            }
            Event::GeneralRef(reference) => {
                let known = match reference.resolve_char_ref().map_err(|_| ill_formed())? {
                    Some(letter) => is_allowed(letter),
                    None => matches!(&*reference, "amp" | "lt" | "gt" | "quot" | "apos"),
                };
                if depth == 0 || !known {
                    return Err(ill_formed());
                }
                see(Found::Text, place);
            }
            Event::CData(_) if depth == 0 => return Err(ill_formed()),
            Event::CData(_) | Event::Comment(_) | Event::PI(_) => see(Found::Other, place),
            Event::Decl(declared) => {
                let encoding = declared.encoding().transpose().map_err(|_| ill_formed())?;
                if at != 0 {
                    return Err(ill_formed());
                }
                if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("utf-8")) {
                    return Err(XmlFault::NotUtf8);
                }
            }
            Event::DocType(_) => return Err(XmlFault::Doctype),
            Event::Eof => return if depth == 0 && roots == 1 { Ok(()) } else { Err(ill_formed()) },
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    // A part is shorter than any address space.
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// Name and attributes of a tag, its text without the brackets, each with its references resolved; none where they are not what
/// XML allows.
fn read_tag<'a>(tag: &'a str, attributes: &mut Vec<(&'a str, Cow<'a, str>)>) -> Option<&'a str> {
    let end = tag.find(|letter: char| letter.is_ascii_whitespace()).unwrap_or(tag.len());
    let name = Some(&tag[..end]).filter(|name| is_name(name))?;
    for attribute in Attributes::new(tag, end) {
        let attribute = attribute.ok()?;
        let key = attribute.key.0;
        let raw_is_sound = !attribute.value.contains('<');
        let value = match attribute.value {
            Cow::Borrowed(value) => unescape(value).ok()?,
            Cow::Owned(value) => Cow::Owned(unescape(&value).ok()?.into_owned()),
        };
        if !raw_is_sound || !is_name(key) || !value.chars().all(is_allowed) || attributes.len() == ATTRIBUTES_MAX {
            return None;
        }
        attributes.push((key, value));
    }
    Some(name)
}

/// The characters of XML 1.0.
fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r') || (letter >= ' ' && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
        && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':' | '·'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(xml: &str) -> Option<XmlFault> {
        walk(xml, |_, _| {}).err()
    }

    #[test]
    fn everything_is_handed_over_with_its_place() {
        let xml = "<?xml version=\"1.0\"?><w:p w:a=\"1 &lt; 2\"><!-- x --><w:t>Kỳ &amp; {{ky}}</w:t ><w:br/></w:p>";
        let mut said = Vec::new();
        let mut see = |found: Found<'_, '_>, at: Range<usize>| {
            said.push(match found {
                Found::Open { name, attributes, empty } => {
                    format!("open {name} {:?} {empty} {}", attribute(attributes, "w:a"), &xml[at])
                }
                Found::Close { name } => format!("close {name}"),
                Found::Text => format!("text {}", &xml[at]),
                Found::Other => format!("other {}", &xml[at]),
            });
        };
        walk(xml, &mut see).expect("well formed");
        assert_eq!(
            said,
            [
                "open w:p Some(\"1 < 2\") false <w:p w:a=\"1 &lt; 2\">",
                "other <!-- x -->",
                "open w:t None false <w:t>",
                "text Kỳ ",
                "text &amp;",
                "text  {{ky}}",
                "close w:t",
                "open w:br None true <w:br/>",
                "close w:p"
            ]
        );
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for xml in [
            "",
            "no XML",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "</a>",
            "<a/>text",
            "<a",
            "<a b></a>",
            "<a b=c/>",
            "<a b='1' b='2'/>",
            "<a b='<'/>",
            "<a b='&c;'/>",
            "<a>&c;</a>",
            "<a>& </a>",
            "<a>&#0;</a>",
            "<a>\u{1}</a>",
            "<a>]]></a>",
            "<a><!-- -- --></a>",
            "<1/>",
            "<a><?xml version=\"1.0\"?></a>",
        ] {
            assert!(matches!(fault(xml), Some(XmlFault::IllFormed { .. })), "{xml}: {:?}", fault(xml));
        }
        assert_eq!(fault("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), Some(XmlFault::Doctype));
        assert_eq!(fault("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>"), Some(XmlFault::NotUtf8));
        assert_eq!(text(b"<a>\xff</a>"), Err(XmlFault::NotUtf8));
        let nested = |depth: usize| "<a>".repeat(depth) + "</a>".repeat(depth).as_str();
        assert_eq!((fault(&nested(DEPTH_MAX)), fault(&nested(DEPTH_MAX + 1))), (None, Some(XmlFault::TooDeep)));
    }

    #[test]
    fn a_byte_order_mark_and_the_declaration_of_word_are_taken() {
        let xml = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<a/>\n";
        assert_eq!(fault(text(xml.as_bytes()).expect("UTF-8")), None);
    }
}
