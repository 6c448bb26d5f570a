//! The parts of a Word file and how they belong together. What a report needs is taken along, by the relations that lead to it;
//! what Word would run or fetch is refused by name; all else (custom data, the thumbnail, comments) is left out, unless the text
//! shows it. Types of content and relations of the new file are written here, never copied.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::is_web_link;
use super::marks::{self, Marked};
use super::problem::{Forbidden, Place, Reason, TemplateProblem, Text, XmlFault};
use super::values::Vocabulary;
use super::xml::{Found, attribute, local, text, walk};
use crate::report::package::Relation;
use crate::unzip::{self, Limits};

/// An ordinary report template has some twenty parts; the XML of a long one is a few megabytes.
const LIMITS: Limits = Limits { parts: 500, part_bytes: 16 * 1024 * 1024, all_bytes: super::BYTES_UNPACKED_MAX };

const OFFICE: [&str; 2] = [
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
];
const OPC: &str = "http://schemas.openxmlformats.org/package/2006/relationships/";

/// A part that is taken along.
#[derive(Debug)]
pub(super) struct Part {
    /// Its name in the zip, without a slash before it.
    pub(super) name: String,
    pub(super) content: Vec<u8>,
    pub(super) content_type: &'static str,
    pub(super) relations: Vec<Relation>,
    /// What is filled in, where fields may stand.
    pub(super) marked: Option<Marked>,
}

impl Part {
    pub(super) fn text(&self) -> Option<(&Marked, &str)> {
        Some((self.marked.as_ref()?, text(&self.content).ok()?))
    }
}

/// What kind of part a relation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text(Text),
    Image,
    /// XML without fields.
    Other,
}

/// What is done with a relation.
enum Meaning {
    Taken(Kind, &'static str),
    Link,
    Forbidden(Forbidden),
    LeftOut,
}

macro_rules! word {
    ($name:literal) => {
        concat!("application/vnd.openxmlformats-officedocument.wordprocessingml.", $name, "+xml")
    };
}

fn meaning(relation: &str) -> Meaning {
    use Meaning::{Forbidden as No, Taken};
    if relation == format!("{OPC}metadata/core-properties") {
        return Taken(Kind::Other, "application/vnd.openxmlformats-package.core-properties+xml");
    }
    let own = OFFICE.iter().find_map(|office| relation.strip_prefix(office));
    match own.unwrap_or_else(|| relation.rsplit('/').next().unwrap_or_default()) {
        "vbaProject" | "wordVbaData" | "keyMapCustomizations" | "attachedToolbars" => No(Forbidden::Macro),
        "attachedTemplate" => No(Forbidden::AttachedTemplate),
        "oleObject" | "package" => No(Forbidden::Object),
        "control" | "activeXControlBinary" => No(Forbidden::Control),
        "aFChunk" | "subDocument" | "frame" => No(Forbidden::Chunk),
        "mailMergeSource" | "mailMergeHeaderSource" | "recipientData" => No(Forbidden::MailMerge),
        "chart" | "chartEx" | "diagramData" => No(Forbidden::Drawing),
        "font" => No(Forbidden::Font),
        _ if own.is_none() => Meaning::LeftOut,
        "officeDocument" => Taken(Kind::Text(Text::Body), word!("document.main")),
        "header" => Taken(Kind::Text(Text::Header), word!("header")),
        "footer" => Taken(Kind::Text(Text::Footer), word!("footer")),
        "footnotes" => Taken(Kind::Text(Text::Notes), word!("footnotes")),
        "endnotes" => Taken(Kind::Text(Text::Notes), word!("endnotes")),
        "styles" => Taken(Kind::Other, word!("styles")),
        "settings" => Taken(Kind::Other, word!("settings")),
        "webSettings" => Taken(Kind::Other, word!("webSettings")),
        "numbering" => Taken(Kind::Other, word!("numbering")),
        "fontTable" => Taken(Kind::Other, word!("fontTable")),
        "theme" => Taken(Kind::Other, "application/vnd.openxmlformats-officedocument.theme+xml"),
        "extended-properties" | "extendedProperties" => {
            Taken(Kind::Other, "application/vnd.openxmlformats-officedocument.extended-properties+xml")
        }
        "image" => Taken(Kind::Image, ""),
        "hyperlink" => Meaning::Link,
        _ => Meaning::LeftOut,
    }
}

/// The part that holds the relations of a part; of the file as a whole where its name is empty.
pub(super) fn relations_name(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/_rels/{file}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// The type of an image by its first bytes.
fn image(content: &[u8]) -> Option<&'static str> {
    match content {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        _ => None,
    }
}

/// What must not be in the file wherever it hangs, by the part's name in small letters.
fn forbidden_name(name: &str) -> Option<Forbidden> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&["vbaproject.bin", "vbadata.xml"]) {
        Some(Forbidden::Macro)
    } else if name.contains("activex/") {
        Some(Forbidden::Control)
    } else if name.contains("embeddings/") {
        Some(Forbidden::Object)
    } else if name.contains("afchunk") || ends(&[".htm", ".html", ".mht", ".rtf", ".docx", ".docm", ".dotm"]) {
        Some(Forbidden::Chunk)
    } else {
        None
    }
}

/// The same by the type of content that the file declares.
fn forbidden_type(content_type: &str) -> Option<Forbidden> {
    let content_type = content_type.to_ascii_lowercase();
    let has = |word: &str| content_type.contains(word);
    if has("vbaproject") || has("macroenabled") {
        Some(Forbidden::Macro)
    } else if has("activex") {
        Some(Forbidden::Control)
    } else if has("oleobject") {
        Some(Forbidden::Object)
    } else {
        None
    }
}

fn of_file(reason: Reason) -> TemplateProblem {
    TemplateProblem { place: Place::File, reason }
}

fn of_part(part: &str, reason: Reason) -> TemplateProblem {
    TemplateProblem { place: Place::Part(part.to_owned()), reason }
}

/// The relations of the package and its parts, the body first.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) relations: Vec<Relation>,
    pub(super) parts: Vec<Part>,
}

/// Takes a Word file apart and reads its texts, which may name what is `known`; or every problem.
pub(super) fn open(bytes: &[u8], known: &'static Vocabulary) -> Result<Package, Vec<TemplateProblem>> {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(vec![of_file(Reason::OldOrLocked)]);
    }
    let parts = unzip::unzip(bytes, LIMITS).map_err(|error| vec![of_file(Reason::Zip(error))])?;
    let parts = parts.into_iter().map(|part| (part.name.to_ascii_lowercase(), part)).collect();
    let mut opening = Opening { parts, known, wanted: Vec::new(), seen: BTreeSet::new(), problems: Vec::new() };
    opening.look_for_forbidden();
    let mut package = Package { relations: opening.relations("").0, parts: Vec::new() };
    while let Some((name, kind, content_type)) = opening.wanted.pop() {
        package.parts.extend(opening.take(&name, kind, content_type));
    }
    package.parts.sort_by_key(|part| (part.content_type != word!("document.main"), part.name.clone()));
    let bodies = package.parts.iter().filter(|part| part.content_type == word!("document.main")).count();
    if bodies != 1 && opening.problems.is_empty() {
        opening.problems.push(of_file(Reason::NotWord));
    }
    if opening.problems.is_empty() { Ok(package) } else { Err(opening.problems) }
}

struct Opening {
    /// By their names in small letters, as the format compares them.
    parts: BTreeMap<String, unzip::Part>,
    known: &'static Vocabulary,
    /// Parts that relations lead to.
    wanted: Vec<(String, Kind, &'static str)>,
    seen: BTreeSet<String>,
    problems: Vec<TemplateProblem>,
}

impl Opening {
    fn look_for_forbidden(&mut self) {
        for (name, part) in &self.parts {
            if let Some(forbidden) = forbidden_name(name) {
                self.problems.push(of_part(&part.name, Reason::Forbidden(forbidden)));
            }
        }
        let Some(types) = self.parts.get("[content_types].xml") else {
            self.problems.push(of_file(Reason::NotWord));
            return;
        };
        let mut forbidden = Vec::new();
        let see = |found: Found<'_, '_>, _| {
            if let Found::Open { attributes, .. } = found
                && let Some(reason) = attribute(attributes, "ContentType").and_then(forbidden_type)
            {
                let names = ["PartName", "Extension"].into_iter().find_map(|name| attribute(attributes, name));
                forbidden.push(of_part(names.unwrap_or_default(), Reason::Forbidden(reason)));
            }
        };
        let read = text(&types.content).and_then(|text| walk(text, see));
        self.problems.extend(read.err().map(|fault| of_part(&types.name, Reason::Xml(fault))));
        self.problems.append(&mut forbidden);
    }

    /// The relations of a part that are kept, and the identifiers of those that are not; what they lead to is wanted.
    fn relations(&mut self, part: &str) -> (Vec<Relation>, BTreeSet<String>) {
        let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = relations_name(part);
        let Some(source) = self.parts.get(&name.to_ascii_lowercase()) else { return (Vec::new(), BTreeSet::new()) };
        let (mut found, mut doubled) = (BTreeMap::new(), false);
        let see = |event: Found<'_, '_>, _| {
            if let Found::Open { name, attributes, .. } = event
                && local(name) == "Relationship"
            {
                let value = |name: &str| attribute(attributes, name).unwrap_or_default().to_owned();
                let relation = Relation {
                    id: value("Id"),
                    kind: value("Type"),
                    target: value("Target"),
                    external: value("TargetMode").eq_ignore_ascii_case("External"),
                };
                doubled |= found.insert(relation.id.clone(), relation).is_some();
            }
        };
        let read = text(&source.content).and_then(|text| walk(text, see));
        if let Some(fault) = read.err().or(doubled.then_some(XmlFault::IllFormed { at: 0 })) {
            self.problems.push(of_part(&name, Reason::Xml(fault)));
            return (Vec::new(), BTreeSet::new());
        }
        let (mut kept, mut left_out) = (Vec::new(), BTreeSet::new());
        for relation in found.into_values() {
            match self.judged(folder, &relation) {
                Ok(true) => kept.push(relation),
                Ok(false) => {
                    left_out.insert(relation.id);
                }
                Err(forbidden) => self.problems.push(of_part(&name, Reason::Forbidden(forbidden))),
            }
        }
        (kept, left_out)
    }

    /// Whether a relation is kept; what it leads to is wanted then.
    fn judged(&mut self, folder: &str, relation: &Relation) -> Result<bool, Forbidden> {
        match meaning(&relation.kind) {
            Meaning::Forbidden(forbidden) => Err(forbidden),
            Meaning::Link if is_web_link(&relation.target) => Ok(true),
            Meaning::Link => Err(Forbidden::Link),
            _ if relation.external => Err(Forbidden::External),
            Meaning::LeftOut => Ok(false),
            Meaning::Taken(kind, content_type) => {
                let target = resolved(folder, &relation.target).filter(|target| self.parts.contains_key(target));
                let known = target.is_some();
                self.wanted.extend(target.map(|target| (target, kind, content_type)));
                Ok(known)
            }
        }
    }

    /// A part with what hangs on it; none where it was taken already, or cannot be.
    fn take(&mut self, name: &str, kind: Kind, content_type: &'static str) -> Option<Part> {
        if !self.seen.insert(name.to_owned()) {
            return None;
        }
        let (relations, left_out) = self.relations(name);
        let part = self.parts.remove(name)?;
        let mut taken = Part { name: part.name, content: part.content, content_type, relations, marked: None };
        if kind == Kind::Image {
            let Some(content_type) = image(&taken.content) else {
                self.problems.push(of_part(&taken.name, Reason::Image));
                return None;
            };
            return Some(Part { content_type, ..taken });
        }
        let place = |reason| of_part(&taken.name, reason);
        let read = match (text(&taken.content), kind) {
            (Err(fault), _) => Err(vec![place(Reason::Xml(fault))]),
            (Ok(xml), Kind::Text(text)) => marks::read(xml, text, &left_out, self.known).map(Some),
            (Ok(xml), _) => without_fields(xml, &left_out).map(|()| None).map_err(|reason| vec![place(reason)]),
        };
        match read {
            Ok(marked) => taken.marked = marked,
            Err(mut problems) => {
                self.problems.append(&mut problems);
                return None;
            }
        }
        Some(taken)
    }
}

/// Reads a part that is taken along as it is.
fn without_fields(xml: &str, left_out: &BTreeSet<String>) -> Result<(), Reason> {
    let mut reason = None;
    walk(xml, |found, _| {
        if let Found::Open { name, attributes, .. } = found {
            if local(name) == "mailMerge" {
                reason = Some(Reason::Forbidden(Forbidden::MailMerge));
            }
            let named = attributes.iter().find(|(key, value)| key.contains(':') && left_out.contains(value.as_ref()));
            if let Some((_, id)) = named {
                reason = Some(Reason::Unknown(id.to_string()));
            }
        }
    })
    .map_err(Reason::Xml)?;
    reason.map_or(Ok(()), Err)
}

/// The part that a relation leads to, in small letters; none outside the file.
fn resolved(folder: &str, target: &str) -> Option<String> {
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut steps: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    Some(steps.join("/").to_ascii_lowercase())
}
