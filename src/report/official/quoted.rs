//! What citizens wrote, quoted in an annex: chosen by hand, masked as far as names are recognised, approved by a second person.

use crate::report::format::Language;
use crate::report::model::{Annex, Block};

/// A quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
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
                "Một số ý kiến người dân viết ở ô góp ý của phiếu, do một người chọn, người thứ hai duyệt; không phải kết quả thống kê. Chỗ bớt chữ \
                 ghi dấu “…”. Địa chỉ thư điện tử, dãy số từ 9 chữ số và tên người mà phần mềm nhận ra được thay bằng chữ trong ngoặc vuông.",
                "Some of what citizens wrote in their own words, chosen by one person and approved by another; they are no statistics. “…” stands where \
                 words were left out. E-mail addresses, numbers of 9 digits or more and those names of people that the program recognises are replaced by \
                 words in square brackets.",
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
