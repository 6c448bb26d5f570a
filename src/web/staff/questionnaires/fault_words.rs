//! What is wrong with a draft, in Vietnamese beside the part itself: no word of files, no identifier.

use std::collections::HashMap;

use crate::survey::check::{DEMOGRAPHICS_MAX, ESTIMATED_SECONDS, ITEMS_MAX, OPTIONS, QUESTIONS_MAX};
use crate::survey::problem::{Part, Place, Reason};
use crate::survey::question::{NUMBER_MAX, SCALE_LEVELS};
use crate::survey::readability::Hard;
use crate::survey::{Feed, ITEMS_PER_SECTION_MAX};
use crate::web::citizen::words::language_name;

/// The sentence about a fault of a part.
pub fn sentence(place: &Place, reason: &Reason, fields: &HashMap<String, String>) -> String {
    let named = |field: &str| fields.get(field).map_or_else(|| field.to_owned(), Clone::clone);
    match reason {
        Reason::ScaleCount { found } => {
            format!("Thang có {found} mức; cần từ {} đến {} mức.", SCALE_LEVELS.start(), SCALE_LEVELS.end())
        }
        Reason::NumberBounds => {
            format!("Số nhỏ nhất phải nhỏ hơn số lớn nhất, và số lớn nhất không quá {}.", grouped(NUMBER_MAX))
        }
        Reason::TooManyQuestions { found } => {
            format!("Phiếu có {found} câu loại khác năm mức; nhiều nhất {QUESTIONS_MAX} câu.")
        }
        Reason::ConditionQuestion { .. } => {
            "Câu dùng làm điều kiện không còn, không có lựa chọn, hoặc đứng sau câu này. Hãy chọn câu khác.".to_owned()
        }
        Reason::ConditionOption { .. } => "Đánh dấu ít nhất một lựa chọn của câu làm điều kiện.".to_owned(),
        Reason::NoFields { .. } => "Chọn ít nhất một lĩnh vực mà phiếu dùng cho.".to_owned(),
        Reason::FieldUnknown { field, .. } => format!("Không có lĩnh vực “{field}” trong danh mục; hãy bỏ chọn."),
        Reason::FieldTwice { field } => format!("Lĩnh vực {} ghi hai lần.", named(field)),
        Reason::NoLanguages | Reason::FirstLanguage { .. } => "Tiếng Việt phải là ngôn ngữ đầu tiên.".to_owned(),
        Reason::LanguageTag { language } => format!("Không có ngôn ngữ “{language}”."),
        Reason::LanguageTwice { language } => format!("{} ghi hai lần.", language_name(language)),
        Reason::UnreviewedLanguage { language, .. } => {
            format!("Phiếu không có {}, nên không đánh dấu chưa duyệt được.", language_name(language))
        }
        Reason::SecondsOutOfRange { .. } => {
            let (least, most) = (ESTIMATED_SECONDS.start(), ESTIMATED_SECONDS.end());
            format!("Thời gian trả lời cần từ {least} đến {most} giây.")
        }
        Reason::NoSections => "Phiếu chưa có phần nào; hãy thêm một phần.".to_owned(),
        Reason::TooManyItems { found } => format!("Phiếu có {found} câu năm mức; nhiều nhất {ITEMS_MAX} câu."),
        Reason::BehindOptional { .. } => {
            "Phần này đứng sau một phần không bắt buộc. Hãy đưa các phần không bắt buộc xuống cuối.".to_owned()
        }
        Reason::FirstIsOptional => "Phần đầu tiên không thể là phần trả lời thêm.".to_owned(),
        Reason::ItemsInSection { found: 0 } => "Phần này chưa có câu nào; hãy thêm câu hoặc xóa phần.".to_owned(),
        Reason::ItemsInSection { found } => {
            format!("Phần này có {found} câu năm mức; nhiều nhất {ITEMS_PER_SECTION_MAX} câu. Hãy tách thành hai phần.")
        }
        Reason::FeedTwice { feed } => format!("Chỉ số {} ghi hai lần.", feed_name(*feed)),
        Reason::PolicyBesideOthers => {
            "Phần về chính sách chỉ tính vào chỉ số chính sách; hãy bỏ các chỉ số còn lại.".to_owned()
        }
        Reason::PolicyInOneOfTwo => {
            "Yếu tố và chỉ số phải cùng là chính sách, hoặc cả hai đều không phải chính sách.".to_owned()
        }
        Reason::AudioLanguage { language, .. } => {
            format!("Câu có bản thu {}, mà phiếu không có ngôn ngữ ấy.", language_name(language))
        }
        Reason::AudioFile { file } => format!("Tên tệp âm thanh “{file}” không dùng được."),
        Reason::RequiredInOptional => {
            "Câu bắt buộc không đứng trong phần trả lời thêm được; hãy bỏ một trong hai.".to_owned()
        }
        Reason::TooManyDemographics { found } => {
            format!("Có {found} câu về người trả lời; nhiều nhất {DEMOGRAPHICS_MAX} câu.")
        }
        Reason::Sensitive { word } => format!(
            "Câu hỏi chạm tới dữ liệu cá nhân nhạy cảm (“{word}”), không được hỏi. Chỉ hỏi giới tính, nhóm tuổi và việc đã làm."
        ),
        Reason::OptionCount { found } => {
            format!("Có {found} lựa chọn; cần từ {} đến {}.", OPTIONS.start(), OPTIONS.end())
        }
        Reason::OptionTwice => "Lựa chọn này ghi hai lần; hãy xóa một.".to_owned(),
        Reason::PartTwice { .. } => match place.part {
            Part::Section(_) => "Có hai phần trùng nhau; hãy xóa một phần.".to_owned(),
            _ => "Câu này trùng với một câu khác của phiếu; hãy sửa lời hoặc xóa một câu.".to_owned(),
        },
        Reason::TextMissing { missing, .. } => {
            let names: Vec<&str> = missing.iter().map(|language| language_name(language)).collect();
            format!("Chưa có lời {}.", names.join(", "))
        }
        Reason::TextLanguage { language, .. } => format!("Có lời {} mà phiếu không dùng.", language_name(language)),
        Reason::Empty => "Còn trống; hãy viết vào.".to_owned(),
        Reason::SpaceAtEnd => "Có dấu cách thừa ở đầu hoặc cuối.".to_owned(),
        Reason::TooLong { found, most } => format!("Dài {found} ký tự; nhiều nhất {most}. Hãy viết gọn lại."),
        Reason::ControlCharacter(_) | Reason::DirectionMark(_) => {
            "Có ký tự không nhìn thấy; hãy gõ lại bằng bàn phím.".to_owned()
        }
        Reason::CombiningMark(_) => "Có dấu rời; hãy gõ lại bằng bộ gõ Unicode dựng sẵn.".to_owned(),
        // A draft has no file, and its parts are named by the program.
        Reason::QuestionnaireId { .. }
        | Reason::VersionOutOfRange { .. }
        | Reason::OptionId
        | Reason::PartId { .. }
        | Reason::Syntax(_)
        | Reason::KeyUnknown { .. }
        | Reason::Missing
        | Reason::WrongType { .. }
        | Reason::NotFromZero { .. }
        | Reason::FileName { .. }
        | Reason::LevelCount { .. }
        | Reason::FeedUnknown { .. }
        | Reason::KindUnknown { .. }
        | Reason::FactorUnknown { .. } => "Phần này chưa có lời tiếng Việt; hãy viết vào rồi lưu.".to_owned(),
    }
}

/// What makes an item hard to read: a hint, no fault.
pub fn hint(hard: &Hard) -> String {
    match hard {
        Hard::Long(syllables) => {
            format!("Câu dài {syllables} tiếng; người đọc chậm dễ quên đầu câu. Nên từ 20 tiếng trở xuống.")
        }
        Hard::Office(word, plain) => format!("“{word}” là chữ của cơ quan; người dân hay nói “{plain}”."),
    }
}

/// An index as pages call it.
pub fn feed_name(feed: Feed) -> &'static str {
    match feed {
        Feed::Sipas => "SIPAS",
        Feed::Procedures => "giải quyết thủ tục hành chính",
        Feed::PublicServices => "dịch vụ công",
        Feed::Policy => "chính sách",
    }
}

fn grouped(number: u32) -> String {
    crate::report::format::count(u64::from(number), crate::report::Language::Vi)
}
