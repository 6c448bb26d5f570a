//! A zip taken apart within bounds. Workbooks and Word files come from strangers: what a zip says of its sizes may be false, a small
//! one may unpack to gigabytes, and a name may lead out of any folder. Nothing is believed but what was unpacked and counted.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, copy, sink};

use zip::ZipArchive;

/// How much a zip may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many parts, folders among them.
    pub parts: usize,
    /// Bytes of one part, unpacked.
    pub part_bytes: u64,
    /// Bytes of all parts together, unpacked.
    pub all_bytes: u64,
}

/// A part of a zip, unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its path in the zip.
    pub name: String,
    /// What it unpacks to.
    pub content: Vec<u8>,
}

/// Why a zip is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnzipError {
    /// Its directory cannot be read.
    #[error("no zip")]
    NoZip,
    /// With the most allowed.
    #[error("more than {0} parts")]
    TooManyParts(usize),
    /// With the part's name and the most bytes allowed.
    #[error("part `{0}` unpacks to more than {1} bytes")]
    PartTooLarge(String, u64),
    /// With the most bytes allowed.
    #[error("unpacks to more than {0} bytes")]
    TooLarge(u64),
    /// A name that is no path inside the zip: absolute, with `..`, with a backslash.
    #[error("the name `{0}` leads out of the zip")]
    Name(String),
    /// Two parts of one name: two readers may take different ones. Capitals are not told apart, as the formats have it.
    #[error("the name `{0}` stands twice")]
    Twice(String),
    /// With the part's name.
    #[error("part `{0}` is encrypted")]
    Encrypted(String),
    /// With the part's name.
    #[error("part `{0}` cannot be unpacked")]
    Broken(String),
}

/// The parts of a zip in its own order, without folders.
pub fn unzip(bytes: &[u8], limits: Limits) -> Result<Vec<Part>, UnzipError> {
    let mut parts = Vec::new();
    walk(bytes, limits, |name, part| {
        let mut content = Vec::new();
        let unpacked = part.read_to_end(&mut content)?;
        parts.push(Part { name: name.to_owned(), content });
        Ok(unpacked as u64)
    })?;
    Ok(parts)
}

/// The same checks where another reader takes the zip apart: every part is unpacked into nothing.
pub fn measure(bytes: &[u8], limits: Limits) -> Result<(), UnzipError> {
    walk(bytes, limits, |_, part| copy(part, &mut sink()))
}

/// Hands every part to `take`, which says how many bytes it read.
fn walk(
    bytes: &[u8],
    limits: Limits,
    mut take: impl FnMut(&str, &mut dyn Read) -> std::io::Result<u64>,
) -> Result<(), UnzipError> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| UnzipError::NoZip)?;
    if zip.len() > limits.parts {
        return Err(UnzipError::TooManyParts(limits.parts));
    }
    // The library keeps the last of two equal names and hides the other.
    if zip.has_duplicate_names() {
        return Err(UnzipError::Twice(String::new()));
    }
    let mut names = BTreeSet::new();
    let mut left = limits.all_bytes;
    for place in 0..zip.len() {
        let (name, folder, encrypted) = {
            let entry = zip.by_index_data(place).map_err(|_| UnzipError::NoZip)?;
            let name = entry.name().map_err(|_| UnzipError::Name(String::new()))?.into_owned();
            (name, entry.is_dir(), entry.encrypted())
        };
        if !is_inside(&name) {
            return Err(UnzipError::Name(name));
        }
        if !names.insert(name.to_ascii_lowercase()) {
            return Err(UnzipError::Twice(name));
        }
        if encrypted {
            return Err(UnzipError::Encrypted(name));
        }
        if folder {
            continue;
        }
        let broken = || UnzipError::Broken(name.clone());
        let most = limits.part_bytes.min(left);
        // One byte more than allowed is enough to know.
        let part = zip.by_index(place).map_err(|_| broken())?;
        let unpacked = take(&name, &mut part.take(most + 1)).map_err(|_| broken())?;
        if unpacked > limits.part_bytes {
            return Err(UnzipError::PartTooLarge(name, limits.part_bytes));
        }
        left = left.checked_sub(unpacked).ok_or(UnzipError::TooLarge(limits.all_bytes))?;
    }
    Ok(())
}

/// Whether a name is a plain path below the zip's root; a folder's ends in a slash.
fn is_inside(name: &str) -> bool {
    let path = name.strip_suffix('/').unwrap_or(name);
    path.split('/').all(|step| !matches!(step, "" | "." | ".."))
        && !path.contains(|letter: char| letter.is_control() || matches!(letter, '\\' | ':'))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::*;

    const LIMITS: Limits = Limits { parts: 4, part_bytes: 1_000, all_bytes: 2_500 };

    fn zip(parts: &[(&str, usize)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            zip.start_file(*name, options).expect("a part");
            zip.write_all(&vec![b'a'; *bytes]).expect("written");
        }
        zip.finish().expect("a zip").into_inner()
    }

    /// Both ways of asking, which must agree.
    fn refused(bytes: &[u8]) -> UnzipError {
        let error = unzip(bytes, LIMITS).expect_err("refused");
        assert_eq!(measure(bytes, LIMITS), Err(error.clone()));
        error
    }

    /// The zip with every occurrence of some bytes put differently, in the same length.
    fn respelled(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        assert_eq!(from.len(), to.len());
        let mut bytes = bytes.to_vec();
        for place in 0..bytes.len() - from.len() {
            if bytes[place..].starts_with(from.as_bytes()) {
                bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
            }
        }
        bytes
    }

    #[test]
    fn what_lies_within_the_bounds_comes_out_whole() {
        let bytes = zip(&[("a.xml", 1_000), ("word/b.xml", 1_000), ("c", 500), ("word/d.xml", 0)]);
        let parts = unzip(&bytes, LIMITS).expect("within the bounds");
        let sizes: Vec<(&str, usize)> = parts.iter().map(|part| (part.name.as_str(), part.content.len())).collect();
        assert_eq!(sizes, [("a.xml", 1_000), ("word/b.xml", 1_000), ("c", 500), ("word/d.xml", 0)]);
        assert_eq!(measure(&bytes, LIMITS), Ok(()));
    }

    #[test]
    fn one_byte_or_one_part_too_many_is_refused() {
        assert_eq!(refused(&zip(&[("a", 1_001)])), UnzipError::PartTooLarge("a".into(), 1_000));
        assert_eq!(refused(&zip(&[("a", 1_000), ("b", 1_000), ("c", 501)])), UnzipError::TooLarge(2_500));
        assert_eq!(refused(&zip(&[("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1)])), UnzipError::TooManyParts(4));
        assert_eq!(refused(b"PK\x03\x04 broken"), UnzipError::NoZip);
    }

    #[test]
    fn names_that_lead_out_of_the_zip_or_stand_twice_are_refused() {
        for name in ["../evil", "a/../../evil", "/etc/evil", "a//b", "./a", "a\\b", "C:evil", "a\nb"] {
            // The writer mends some names, so they are put in afterwards.
            let plain = "x".repeat(name.len());
            let bytes = respelled(&zip(&[(&plain, 1)]), &plain, name);
            assert_eq!(refused(&bytes), UnzipError::Name(name.into()));
        }
        assert_eq!(refused(&zip(&[("word/a.xml", 1), ("Word/A.xml", 1)])), UnzipError::Twice("Word/A.xml".into()));
        let twice = respelled(&zip(&[("aaa.xml", 1), ("bbb.xml", 1)]), "bbb.xml", "aaa.xml");
        assert!(matches!(refused(&twice), UnzipError::Twice(_)));
    }

    #[test]
    fn an_encrypted_part_is_refused() {
        let mut bytes = zip(&[("a", 1)]);
        // The first bit of the flags: in the local head (offset 6) and in the directory (offset 8).
        let directory = bytes.windows(4).position(|head| head == b"PK\x01\x02").expect("a directory");
        bytes[6] |= 1;
        bytes[directory + 8] |= 1;
        assert_eq!(refused(&bytes), UnzipError::Encrypted("a".into()));
    }
}
