//! What citizens wrote, quoted in an annex: chosen by hand, masked, approved by a second person.

use crate::report::format::Language;
use crate::report::model::{Annex, Block};

/// A quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The words.
    pub words: String,
    /// Of which questionnaire and month; no place, so that nobody guesses who said it.
    pub about: String,
}

/// The annex of the quotations; none without any.
pub(super) fn annex(quoted: &[Quoted], number: usize, language: Language) -> Option<Annex> {
    if quoted.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::Paragraph(
        language
            .choose(
                "Một số ý kiến người dân viết ở ô góp ý của phiếu, do hai người chọn và duyệt, đã che tên người và số; không phải kết quả thống kê.",
                "Some of what citizens wrote in their own words, chosen by one person and approved by another, names and numbers masked; \
                 they are no statistics.",
            )
            .to_owned(),
    )];
    for one in quoted {
        let words = one.words.split_whitespace().collect::<Vec<_>>().join(" ");
        blocks.push(Block::Point(format!("“{words}” ({})", one.about)));
    }
    Some(Annex {
        title: format!("{} {number}", language.choose("Phụ lục", "Annex")),
        subject: language.choose("Ý kiến của người dân", "In citizens’ own words").to_owned(),
        landscape: false,
        blocks,
    })
}
