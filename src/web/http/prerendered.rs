//! Pages rendered once and filled anew for every request: what stays the same is kept as it is and compressed, what changes
//! goes into the holes between.
//!
//! A template is rendered with [`PLACEHOLDERS`] in the places of the changing texts; the page is cut there. Each part is
//! compressed by itself, ends on a whole byte (RFC 1951 §2.3, an empty stored block) and refers to nothing before it, so that
//! parts and stored blocks with the texts between them can be strung together to one gzip member (RFC 1952).
//! [`PrerenderedPages`] shows by the first page that a filled mould is the rendered page, byte for byte, before it keeps it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

use askama::filters::{Html, escape};
use flate2::{Compress, Compression, Crc, FlushCompress};

/// What stands in the places of changing texts while a template is rendered: characters of Unicode's private plane 15,
/// which HTML does not escape and no text of a questionnaire has.
pub const PLACEHOLDERS: [&str; 8] =
    ["\u{f0000}", "\u{f0001}", "\u{f0002}", "\u{f0003}", "\u{f0004}", "\u{f0005}", "\u{f0006}", "\u{f0007}"];

/// Most moulds kept; one is about 25 KB. A country's questionnaires in all their languages stay far below it.
const MOULDS_MAX: usize = 256;
/// Most bytes of a stored block (RFC 1951 §3.2.4).
const STORED_MAX: usize = 65_535;
/// No name, no time, best compression, any system (RFC 1952 §2.3).
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
/// A last, empty block with fixed codes.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// A page with holes.
#[derive(Debug, PartialEq, Eq)]
pub struct Prerendered {
    head: Part,
    /// The number of a hole, and what follows it.
    rest: Vec<(usize, Part)>,
}

#[derive(Debug, PartialEq, Eq)]
struct Part {
    text: Box<[u8]>,
    /// The same as deflate blocks.
    packed: Box<[u8]>,
}

impl Prerendered {
    /// Cuts a page that was rendered with [`PLACEHOLDERS`].
    pub fn of(page: &str) -> Self {
        let number = |c: char| PLACEHOLDERS.iter().position(|hole| hole.starts_with(c));
        let mut cuts = page.char_indices().filter_map(|(at, c)| Some((at, at + c.len_utf8(), number(c)?))).peekable();
        let head = Part::of(&page[..cuts.peek().map_or(page.len(), |(at, ..)| *at)]);
        let mut rest = Vec::new();
        while let Some((_, after, hole)) = cuts.next() {
            let end = cuts.peek().map_or(page.len(), |(at, ..)| *at);
            rest.push((hole, Part::of(&page[after..end])));
        }
        Self { head, rest }
    }

    /// The page with `texts` in its holes, by their numbers, escaped as templates escape; a text that is not there is empty.
    pub fn fill(&self, texts: &[&str]) -> Vec<u8> {
        let texts = escaped(texts);
        let mut page = Vec::with_capacity(self.length(&texts, |part| part.text.len(), 0));
        page.extend_from_slice(&self.head.text);
        for (hole, part) in &self.rest {
            page.extend_from_slice(text_of(&texts, *hole));
            page.extend_from_slice(&part.text);
        }
        page
    }

    /// [`Prerendered::fill`] as a gzip member.
    pub fn fill_gzip(&self, texts: &[&str]) -> Vec<u8> {
        let texts = escaped(texts);
        let mut gzip = Vec::with_capacity(self.length(&texts, |part| part.packed.len(), 5) + 32);
        let mut sum = Crc::new();
        gzip.extend_from_slice(&GZIP_HEAD);
        gzip.extend_from_slice(&self.head.packed);
        sum.update(&self.head.text);
        for (hole, part) in &self.rest {
            let text = text_of(&texts, *hole);
            for stored in text.chunks(STORED_MAX) {
                let length = u16::try_from(stored.len()).unwrap_or(u16::MAX);
                gzip.push(0);
                gzip.extend_from_slice(&length.to_le_bytes());
                gzip.extend_from_slice(&(!length).to_le_bytes());
                gzip.extend_from_slice(stored);
            }
            sum.update(text);
            gzip.extend_from_slice(&part.packed);
            sum.update(&part.text);
        }
        gzip.extend_from_slice(&LAST_BLOCK);
        gzip.extend_from_slice(&sum.sum().to_le_bytes());
        gzip.extend_from_slice(&sum.amount().to_le_bytes());
        gzip
    }

    fn length(&self, texts: &[String], of: impl Fn(&Part) -> usize, each: usize) -> usize {
        let rest = self.rest.iter().map(|(hole, part)| text_of(texts, *hole).len() + each + of(part));
        of(&self.head) + rest.sum::<usize>()
    }
}

fn escaped(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| escape(text, Html).map_or_else(|never| match never {}, |text| text.to_string())).collect()
}

fn text_of(texts: &[String], hole: usize) -> &[u8] {
    texts.get(hole).map(String::as_bytes).unwrap_or_default()
}

impl Part {
    fn of(text: &str) -> Self {
        let text = text.as_bytes();
        let mut packed = Vec::with_capacity(text.len() + 64);
        // A compressor of its own, so that nothing refers to what stands before the hole.
        let mut compressor = Compress::new(Compression::best(), false);
        loop {
            let done = usize::try_from(compressor.total_in()).unwrap_or(usize::MAX);
            let rest = text.get(done..).unwrap_or_default();
            let room = packed.capacity() - packed.len();
            let wrote = compressor.compress_vec(rest, &mut packed, FlushCompress::Full);
            let ended = usize::try_from(compressor.total_in()).is_ok_and(|done| done >= text.len());
            // Output that did not fill its room is all there was.
            if wrote.is_err() || (ended && packed.len() < packed.capacity()) {
                break;
            }
            packed.reserve(room.max(64));
        }
        Self { text: text.into(), packed: packed.into() }
    }
}

/// Prerendered pages by what they depend on besides the texts in their holes.
#[derive(Debug)]
pub struct PrerenderedPages<Key> {
    /// None for a page that a mould cannot make.
    kept: RwLock<HashMap<Key, Option<Arc<Prerendered>>>>,
}

impl<Key> Default for PrerenderedPages<Key> {
    fn default() -> Self {
        Self { kept: RwLock::default() }
    }
}

impl<Key: Eq + Hash + std::fmt::Debug> PrerenderedPages<Key> {
    /// The mould of `key`. The first time it is made of what `render` makes of [`PLACEHOLDERS`], and kept if, filled with
    /// `texts`, it is what `render` makes of them; otherwise there is none, and the page has to be rendered each time.
    pub fn mould(
        &self,
        key: Key,
        texts: &[&str],
        render: impl Fn(&[&str]) -> Option<String>,
    ) -> Option<Arc<Prerendered>> {
        if let Some(kept) = self.kept.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return kept.clone();
        }
        let mould =
            render(&PLACEHOLDERS[..texts.len().min(PLACEHOLDERS.len())]).map(|page| Arc::new(Prerendered::of(&page)));
        let mould = mould.filter(|mould| render(texts).is_some_and(|page| mould.fill(texts) == page.as_bytes()));
        if mould.is_none() {
            tracing::warn!(?key, "a page cannot be kept as a mould and is rendered for every request");
        }
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOULDS_MAX {
            kept.clear();
        }
        kept.insert(key, mould.clone());
        mould
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn unpacked(gzip: &[u8]) -> String {
        let mut text = String::new();
        flate2::read::GzDecoder::new(gzip).read_to_string(&mut text).expect("one whole gzip member of UTF-8");
        text
    }

    #[test]
    fn a_filled_mould_is_the_text_plain_and_packed() {
        let long = "Mức độ hài lòng ".repeat(20_000);
        for page in [
            format!("<p>{}</p>{long}<b>{}</b>{}", PLACEHOLDERS[0], PLACEHOLDERS[1], PLACEHOLDERS[0]),
            PLACEHOLDERS[1].to_owned(),
            String::new(),
            format!("{long}{long}"),
        ] {
            let mould = Prerendered::of(&page);
            for texts in [["Phường Cầu Giấy", "x"], ["", "<&\"'>"], [&long, "ế"]] {
                let by_hand =
                    page.replace(PLACEHOLDERS[0], &escaped(&texts)[0]).replace(PLACEHOLDERS[1], &escaped(&texts)[1]);
                assert_eq!(String::from_utf8(mould.fill(&texts)).expect("UTF-8"), by_hand);
                assert_eq!(unpacked(&mould.fill_gzip(&texts)), by_hand);
            }
        }
    }

    #[test]
    fn texts_are_escaped() {
        // The five replacements of OWASP's rule 1, as askama writes them.
        let mould = Prerendered::of(&format!("<a title=\"{}\">", PLACEHOLDERS[0]));
        assert_eq!(mould.fill(&["\"<script>'&"]), b"<a title=\"&#34;&#60;script&#62;&#39;&#38;\">");
    }

    #[test]
    fn a_page_that_depends_on_more_than_its_holes_is_not_kept() {
        let moulds = PrerenderedPages::default();
        let honest = |texts: &[&str]| Some(format!("<p>{}</p>", texts[0]));
        let counting = |texts: &[&str]| Some(format!("<p>{} of {}</p>", texts[0], texts[0].len()));
        assert!(moulds.mould("honest", &["a"], honest).is_some());
        assert!(moulds.mould("counting", &["a"], counting).is_none());
        assert!(moulds.mould("counting", &["a"], counting).is_none(), "nor the second time");
    }
}
