//! What a picture, a notice and a screen say, one thing at a time, from the facts of a telling.

use super::item::{bare, ended};
use super::{Facts, Mended, Side};
use crate::report::format::{self, Language, date};

/// One thing told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slide {
    /// So many of ten, where it is a figure.
    pub ten: Option<u8>,
    /// What is read from afar.
    pub big: String,
    /// What is read nearer by.
    pub small: String,
}

/// What is told, the most important first: figures before what was mended, or after it.
pub fn slides(facts: &Facts, mended_first: bool) -> Vec<Slide> {
    let mended = facts.mended.iter().map(mended);
    if mended_first {
        return mended.chain(figures(facts)).collect();
    }
    figures(facts).into_iter().chain(mended).collect()
}

fn figures(facts: &Facts) -> Vec<Slide> {
    let Some(figures) = &facts.figures else { return Vec::new() };
    let respondents = format::count(figures.respondents, Language::Vi);
    let slide = |target: &super::TargetFact| Slide {
        ten: Some(target.ten),
        big: match target.side {
            Side::About => format!("{} trên 10 {} hài lòng", target.ten, target.counted()),
            Side::Nearly | Side::MoreThan => {
                format!("{} trên 10 {} hài lòng", format::upper_first(&target.said()), target.counted())
            }
        },
        // The verdict before what may be cut: “chưa đủ … để nói chắc là đạt…” would read as its contrary.
        small: format!(
            "{}. {}: {}{}, mức đặt ra {}. {respondents} lượt trả lời, {}.",
            format::upper_first(target.comes_to()),
            target.title,
            target.share,
            if target.apart { " câu trả lời hài lòng" } else { "" },
            target.minimum,
            figures.period
        ),
    };
    figures.targets.iter().map(slide).collect()
}

fn mended(one: &Mended) -> Slide {
    let done = one.done.map_or_else(String::new, |done| format!(" (xong ngày {})", date(done)));
    Slide {
        ten: None,
        big: format!("Ông bà nói: {}", ended(&one.said)),
        small: format!("Phường làm: {}{done}.", bare(&one.work)),
    }
}

/// An address as people type it, without its scheme.
pub fn bare_address(address: &str) -> &str {
    address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or(address)
}
