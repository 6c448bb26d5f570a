//! Is an item easily read? Length and words of the office, which people without schooling stumble over. A hint to whoever writes
//! the questionnaire, never a refusal.
//!
//! Vietnamese is written by the syllable, so length counts syllables. Twenty are about what an adult who reads slowly keeps in
//! mind (plain-language guides ask for at most 20 words a sentence; most Vietnamese words have one or two syllables).

use super::Questionnaire;

/// Most syllables of an item.
pub const SYLLABLES_MAX: usize = 20;

/// Words of the office, and what people say instead.
const OFFICE_WORDS: [(&str, &str); 14] = [
    ("thẩm quyền", "người có quyền giải quyết"),
    ("niêm yết", "dán công khai"),
    ("thụ lý", "nhận và giải quyết"),
    ("cá nhân, tổ chức", "người dân, doanh nghiệp"),
    ("thành phần hồ sơ", "giấy tờ phải nộp"),
    ("quy trình nội bộ", "các bước làm việc"),
    ("phí, lệ phí", "tiền phải nộp"),
    ("cơ sở vật chất", "phòng, ghế, máy móc"),
    ("trang thiết bị", "máy móc"),
    ("liên thông", "một nơi nhận, nhiều nơi làm"),
    ("phản hồi", "trả lời"),
    ("tiếp cận", "tìm thấy, đến được"),
    ("nhũng nhiễu", "gây khó để được cho tiền"),
    ("phiền hà", "gây khó"),
];

/// What makes an item hard to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hard {
    /// It has so many syllables.
    Long(usize),
    /// It has a word of the office; people say the second.
    Office(&'static str, &'static str),
}

/// Every item whose Vietnamese text is hard to read, with what makes it so.
pub fn hard_to_read(questionnaire: &Questionnaire) -> Vec<(String, Hard)> {
    let mut found = Vec::new();
    for item in questionnaire.items() {
        let text = item.text.in_language("vi").to_lowercase();
        let syllables = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        if syllables > SYLLABLES_MAX {
            found.push((item.id.clone(), Hard::Long(syllables)));
        }
        let office = OFFICE_WORDS.iter().filter(|(word, _)| text.contains(word));
        found.extend(office.map(|(word, plain)| (item.id.clone(), Hard::Office(word, plain))));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::parse;

    #[test]
    fn a_long_item_and_a_word_of_the_office_are_told() {
        let text = include_str!("../../survey_forms/thu-tuc-hanh-chinh-ngan.toml");
        let fields = [
            "judicial",
            "land",
            "construction",
            "investment",
            "environment",
            "labour",
            "social_insurance",
            "planning",
            "fire_safety",
            "traffic",
        ]
        .map(str::to_owned);
        let mut form = parse("thu-tuc-hanh-chinh-ngan.toml", text, &fields).expect("a sound form");
        let item = form.sections[0].items.first_mut().expect("an item");
        // Twenty-one syllables, counted by hand, with one word of the office.
        let long = "Cơ quan niêm yết công khai mọi giấy tờ phải nộp ở nơi mà ai đến cũng nhìn thấy ngay cả";
        item.text.0.insert("vi".to_owned(), long.to_owned());
        let id = item.id.clone();
        let found: Vec<Hard> =
            hard_to_read(&form).into_iter().filter(|(of, _)| *of == id).map(|(_, hard)| hard).collect();
        assert_eq!(found, [Hard::Long(21), Hard::Office("niêm yết", "dán công khai")]);
    }
}
