//! What is wrong with the text of a questionnaire, in Vietnamese for the ward's staff. What stands between backticks is shown as
//! it stands in the text.

use super::syntax;
use crate::survey::check::{
    AUDIO_NAME_MAX, DEMOGRAPHICS_MAX, ESTIMATED_SECONDS, ID_MAX, ITEMS_MAX, OPTIONS, QUESTIONNAIRE_ID_MAX,
    QUESTIONS_MAX, VERSIONS,
};
use crate::survey::problem::{Called, Kind, Part, Place, Problem, Reason, Shape, code_point};
use crate::survey::question::{NUMBER_MAX, QuestionKind, SCALE_LEVELS};
use crate::survey::{Factor, Feed, ITEMS_PER_SECTION_MAX};

const SMALL_LETTERS: &str = "chữ thường a-z không dấu, chữ số";

/// The sentence about a problem of `text`.
pub fn problem(problem: &Problem, text: &str) -> String {
    let place = place(&problem.place);
    match &problem.reason {
        Reason::Syntax(error) => syntax::sentence(error, text),
        Reason::KeyUnknown { key, allowed } => {
            let whose = if problem.place.part == Part::Head { "Phiếu" } else { place.as_str() };
            format!("{whose} không có mục `{key}`; dùng được: {}.", allowed.join(", "))
        }
        Reason::Missing => format!("{place} còn thiếu; hãy thêm."),
        Reason::WrongType { found, allowed } => {
            format!("{place} đang là {}; hãy ghi {}.", kind(*found), shape(*allowed, problem.place.key()))
        }
        Reason::NotFromZero { found } => format!("{place} là {found}; hãy ghi số nguyên không âm."),
        Reason::FileName { id, file } => {
            format!("Mã phiếu `{id}` khác tên tệp `{file}`; hãy đặt tên tệp là `{id}.toml`.")
        }
        Reason::LevelCount { found } => {
            format!("`levels` có {found} mức; phải đúng 5 mức, bắt đầu từ mức kém hài lòng nhất.")
        }
        Reason::FeedUnknown { feed } => {
            format!("{place}: không có chỉ số `{feed}`; dùng được: {}.", Feed::ALL.map(Feed::as_str).join(", "))
        }
        Reason::KindUnknown { kind } => {
            format!("{place}: không có loại câu `{kind}`; dùng được: {}.", QuestionKind::WORDS.join(", "))
        }
        Reason::ScaleCount { found } => {
            let (least, most) = (SCALE_LEVELS.start(), SCALE_LEVELS.end());
            format!("{place} có thang {found} mức; phải có từ {least} đến {most} mức.")
        }
        Reason::NumberBounds => {
            format!("{place}: `least` phải nhỏ hơn `most`, và `most` tối đa {NUMBER_MAX}.")
        }
        Reason::TooManyQuestions { found } => format!("Phiếu có {found} câu loại khác; tối đa {QUESTIONS_MAX} câu."),
        Reason::ConditionQuestion { question } => {
            format!("{place} nhắc câu `{question}`; hãy ghi một câu hỏi thêm, hoặc một câu có lựa chọn đứng trước.")
        }
        Reason::ConditionOption { known } => {
            format!("{place} thiếu lựa chọn, hoặc ghi lựa chọn không có; dùng được: {}.", known.join(", "))
        }
        Reason::FactorUnknown { factor } => {
            format!("{place}: không có yếu tố `{factor}`; dùng được: {}.", Factor::ALL.map(Factor::as_str).join(", "))
        }
        Reason::QuestionnaireId { id } => format!(
            "Mã phiếu `{id}` không dùng được; hãy dùng {SMALL_LETTERS}, gạch nối, bắt đầu bằng chữ, tối đa \
             {QUESTIONNAIRE_ID_MAX} ký tự."
        ),
        Reason::VersionOutOfRange { found } => {
            let (least, most) = (VERSIONS.start(), VERSIONS.end());
            format!("`version` là {found}, ngoài khoảng cho phép; hãy dùng từ {least} đến {most}.")
        }
        Reason::NoFields { known } => {
            format!("`fields` còn trống; hãy ghi ít nhất một lĩnh vực trong: {}.", known.join(", "))
        }
        Reason::FieldUnknown { field, known } => {
            format!("Không có lĩnh vực `{field}`; dùng được: {}.", known.join(", "))
        }
        Reason::FieldTwice { field } => format!("Lĩnh vực `{field}` ghi hai lần; mỗi lĩnh vực chỉ ghi một lần."),
        Reason::NoLanguages => "`languages` còn trống; hãy ghi `vi` trước tiên.".to_owned(),
        Reason::FirstLanguage { found } => {
            format!("`languages` bắt đầu bằng `{found}`; hãy ghi `vi` trước tiên.")
        }
        Reason::LanguageTag { language } => {
            format!("`{language}` không phải mã ngôn ngữ; hãy dùng mã như vi, en, km, zh-Hant.")
        }
        Reason::LanguageTwice { language } => format!("Ngôn ngữ `{language}` ghi hai lần; chỉ ghi một lần."),
        Reason::UnreviewedLanguage { language, others } => {
            format!("`unreviewed` ghi `{language}`, không phải ngôn ngữ của phiếu; dùng được: {}.", others.join(", "))
        }
        Reason::SecondsOutOfRange { found } => {
            let (least, most) = (ESTIMATED_SECONDS.start(), ESTIMATED_SECONDS.end());
            format!("`estimated_seconds` là {found}, ngoài khoảng cho phép; hãy dùng từ {least} đến {most} giây.")
        }
        Reason::NoSections => "Phiếu chưa có phần nào; hãy thêm ít nhất một `[[sections]]`.".to_owned(),
        Reason::TooManyItems { found } => format!("Phiếu có {found} câu; tối đa {ITEMS_MAX} câu."),
        Reason::BehindOptional { optional } => {
            format!("{place} đứng sau phần không bắt buộc `{optional}`; hãy đưa các phần không bắt buộc xuống cuối.")
        }
        Reason::FirstIsOptional => {
            format!("{place} đứng đầu mà lại không bắt buộc; hãy bỏ dòng `optional = true`.")
        }
        Reason::ItemsInSection { found } => {
            format!("{place} có {found} câu; phải có từ 1 đến {ITEMS_PER_SECTION_MAX} câu, hoặc có câu loại khác.")
        }
        Reason::FeedTwice { feed } => {
            format!("{place}: chỉ số `{}` ghi hai lần; chỉ ghi một lần.", feed.as_str())
        }
        Reason::PolicyBesideOthers => format!("{place}: `policy` phải đứng một mình trong `feeds`."),
        Reason::PolicyInOneOfTwo => {
            format!("{place}: `factor` và `feeds` phải cùng là `policy`, hoặc cả hai đều không.")
        }
        Reason::AudioLanguage { language, languages } => format!(
            "{place}: có bản thu tiếng `{language}` mà `languages` không ghi; dùng được: {}.",
            languages.join(", ")
        ),
        Reason::AudioFile { file } => format!(
            "{place}: tên tệp âm thanh `{file}` không dùng được; hãy dùng {SMALL_LETTERS}, gạch nối, gạch dưới, tối đa \
             {AUDIO_NAME_MAX} ký tự, với đuôi .mp3, .m4a, .ogg hoặc .opus."
        ),
        Reason::RequiredInOptional => {
            format!("{place} bắt buộc trả lời nhưng nằm trong phần không bắt buộc; hãy bỏ một trong hai.")
        }
        Reason::TooManyDemographics { found } => format!("Phiếu có {found} câu hỏi thêm; tối đa {DEMOGRAPHICS_MAX}."),
        Reason::Sensitive { word } => {
            format!("{place} hỏi dữ liệu cá nhân nhạy cảm (`{word}`); chỉ hỏi giới tính, nhóm tuổi và việc đã làm.")
        }
        Reason::OptionCount { found } => {
            format!("{place} có {found} lựa chọn; phải có từ {} đến {}.", OPTIONS.start(), OPTIONS.end())
        }
        Reason::OptionId => {
            format!("{place}: mã này không dùng được; hãy dùng {SMALL_LETTERS}, gạch dưới, tối đa {ID_MAX} ký tự.")
        }
        Reason::OptionTwice => format!("{place} ghi hai lần; mỗi lựa chọn cần một mã riêng."),
        Reason::PartId { id } => format!(
            "Mã `{id}` của {} không dùng được; hãy dùng {SMALL_LETTERS}, gạch dưới, bắt đầu bằng chữ, tối đa {ID_MAX} ký \
             tự.",
            part_name(&problem.place.part)
        ),
        Reason::PartTwice { id } => {
            let name = part_name(&problem.place.part);
            format!("Mã `{id}` của {name} dùng hai lần; mỗi {name} cần một mã riêng.")
        }
        Reason::TextMissing { missing, languages } => format!(
            "{place} thiếu lời cho ngôn ngữ {}; mọi lời phải có đủ {}.",
            missing.join(", "),
            languages.join(", ")
        ),
        Reason::TextLanguage { language, languages } => format!(
            "{place} có lời cho ngôn ngữ `{language}` mà `languages` không ghi; dùng được: {}.",
            languages.join(", ")
        ),
        Reason::Empty => format!("{place} còn trống; hãy viết vào."),
        Reason::SpaceAtEnd => format!("{place} có dấu cách thừa ở đầu hoặc cuối; hãy xóa."),
        Reason::TooLong { found, most } => format!("{place} dài {found} ký tự; tối đa {most}."),
        Reason::ControlCharacter(found) => format!("{place} có ký tự điều khiển {}; hãy xóa.", code_point(*found)),
        Reason::DirectionMark(found) => format!("{place} có ký tự ẩn đổi chiều chữ {}; hãy xóa.", code_point(*found)),
        Reason::CombiningMark(found) => {
            format!("{place} có dấu rời {}; hãy gõ lại bằng chữ Unicode dựng sẵn.", code_point(*found))
        }
    }
}

/// ``Phần `access`, mục `title.en` ``, at the beginning of a sentence.
fn place(place: &Place) -> String {
    let part = match &place.part {
        Part::Head => None,
        Part::Level(level) => Some(format!("Mức {level}")),
        Part::Section(section) => Some(format!("Phần {}", called(section))),
        Part::Item(item) => Some(format!("Câu {}", called(item))),
        Part::Question(question) => Some(format!("Câu {}", called(question))),
        Part::Demographic(asked) => Some(format!("Câu hỏi thêm {}", called(asked))),
        Part::Option(asked, option) => Some(format!("Câu {}, lựa chọn {}", called(asked), called(option))),
    };
    let keys: Vec<&str> = place.keys.iter().chain(&place.language).map(String::as_str).collect();
    match (part, keys.is_empty()) {
        (Some(part), true) => part,
        (Some(part), false) => format!("{part}, mục `{}`", keys.join(".")),
        (None, true) => "Phiếu".to_owned(),
        (None, false) => format!("Mục `{}`", keys.join(".")),
    }
}

fn called(called: &Called) -> String {
    match called {
        Called::Id(id) => format!("`{id}`"),
        Called::Place(place) => format!("thứ {place}"),
    }
}

fn part_name(part: &Part) -> &'static str {
    match part {
        Part::Head => "phiếu",
        Part::Level(_) => "mức",
        Part::Section(_) => "phần",
        Part::Item(_) | Part::Question(_) => "câu",
        Part::Demographic(_) => "câu hỏi thêm",
        Part::Option(..) => "lựa chọn",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "chữ",
        Kind::Integer => "số nguyên",
        Kind::Float => "số thập phân",
        Kind::Boolean => "`true` hoặc `false`",
        Kind::Datetime => "ngày giờ",
        Kind::Array => "danh sách",
        Kind::Table => "một khối",
    }
}

fn shape(shape: Shape, key: &str) -> String {
    match shape {
        Shape::String => "chữ trong ngoặc kép".to_owned(),
        Shape::WholeNumber => "số nguyên".to_owned(),
        Shape::TrueOrFalse => "`true` hoặc `false`".to_owned(),
        Shape::Strings => "danh sách chữ, như `[\"…\", \"…\"]`".to_owned(),
        Shape::TextPerLanguage => format!("lời cho từng ngôn ngữ, như `{key}.vi`"),
        Shape::Condition => format!("điều kiện, như `{key} = {{ question = \"…\", options = [\"…\"] }}`"),
        Shape::Tables => format!("các khối, mỗi khối mở đầu bằng `[[{key}]]`"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::spoilt::{Spoiler, assert_vietnamese, kind_of};
    use super::*;
    use crate::service::seeding;
    use crate::survey::{Questionnaire, Text, parse, to_toml};

    fn known_fields() -> Vec<String> {
        let fields = crate::plan::parse_fields(seeding::FIELDS.0, seeding::FIELDS.1).expect("fields");
        fields.into_iter().map(|field| field.id).collect()
    }

    /// A questionnaire that also speaks Khmer, not yet reviewed, with recordings.
    fn with_khmer_and_recordings() -> (String, String) {
        let (name, source) = seeding::FORMS[9];
        let mut form: Questionnaire = parse(name, source, &known_fields()).expect("a questionnaire");
        form.languages.push("km".to_owned());
        form.unreviewed.push("km".to_owned());
        let also_khmer = |text: &mut Text| {
            text.0.insert("km".to_owned(), "ខ្មែរ".to_owned());
        };
        let Questionnaire { title, intro, levels, not_used, sections, demographics, comment, .. } = &mut form;
        [title, intro, not_used].into_iter().chain(levels).chain(comment).for_each(also_khmer);
        for section in sections {
            also_khmer(&mut section.title);
            for item in &mut section.items {
                also_khmer(&mut item.text);
                item.audio.0.insert("vi".to_owned(), format!("{}-vi.mp3", item.id));
                item.audio.0.insert("km".to_owned(), format!("{}-km.mp3", item.id));
            }
        }
        for asked in demographics {
            also_khmer(&mut asked.text);
            asked.options.iter_mut().for_each(|option| also_khmer(&mut option.text));
        }
        (name.to_owned(), to_toml(&form))
    }

    #[test]
    fn every_problem_of_every_spoilt_questionnaire_is_said_in_vietnamese() {
        let known = known_fields();
        let sample = with_khmer_and_recordings();
        assert!(parse(&sample.0, &sample.1, &known).is_ok(), "{}", sample.1);
        let built_in = seeding::FORMS.iter().map(|(name, source)| ((*name).to_owned(), (*source).to_owned()));
        let (mut spoiler, mut kinds) = (Spoiler::default(), BTreeSet::new());
        // Short ones first: each change is a whole file to read.
        let mut files: Vec<(String, String)> = built_in.chain([sample]).collect();
        files.sort_by_key(|(_, source)| source.len());
        for (name, source) in files {
            for text in spoiler.spoil(&source) {
                for found in parse(&name, &text, &known).err().into_iter().flatten() {
                    let english = found.to_string();
                    assert_vietnamese(&problem(&found, &text), &english);
                    kinds.insert(kind_of(&english));
                }
            }
        }
        assert!(kinds.len() > 500, "{} kinds of problems are too few to show anything", kinds.len());
    }

    #[test]
    fn what_was_found_stands_in_its_place() {
        let (name, source) = with_khmer_and_recordings();
        let said = |from: &str, to: &str| {
            assert!(source.contains(from), "{from} is not in {source}");
            let text = source.replacen(from, to, 1);
            let found = parse(&name, &text, &known_fields()).expect_err("a fault");
            found.iter().map(|found| problem(found, &text)).collect::<Vec<_>>()
        };
        let first = parse(&name, &source, &known_fields()).expect("sound").sections[0].items[0].id.clone();
        assert_eq!(
            said(&format!("{first}-vi.mp3"), "Câu 1.wav"),
            [format!(
                "Câu `{first}`: tên tệp âm thanh `Câu 1.wav` không dùng được; hãy dùng chữ thường a-z không dấu, chữ số, \
                 gạch nối, gạch dưới, tối đa 80 ký tự, với đuôi .mp3, .m4a, .ogg hoặc .opus."
            )]
        );
        assert_eq!(
            said("unreviewed = [\"km\"]", "unreviewed = [\"fr\"]"),
            ["`unreviewed` ghi `fr`, không phải ngôn ngữ của phiếu; dùng được: vi, en, km."]
        );
    }
}
