//! A ward's own template of its official answers to complaints: the fields that it may name, and what stands for them.

use super::example::{field, letter};
use super::values::{Values, Vocabulary};
use super::{TemplateProblem, filled, open};
use crate::report::model::{Block, Letter, Report};

/// Fields of an answer, with what each holds.
pub const ANSWER_FIELDS: [(&str, &str); 16] = [
    ("co_quan", "tên cơ quan ban hành, chữ in"),
    ("so_van_ban", "số, ký hiệu văn bản"),
    ("dia_danh_ngay", "địa danh, ngày tháng năm"),
    ("trich_yeu", "trích yếu"),
    ("don_vi", "Ủy ban nhân dân phường, xã"),
    ("don_vi_tra_loi", "đơn vị được giao trả lời"),
    ("ngay_nhan", "ngày nhận phản ánh"),
    ("kenh", "phản ánh đến bằng đường nào"),
    ("so_ngoai", "số của phản ánh ở nơi khác, như iHanoi; để trống nếu không có"),
    ("noi_dung", "nội dung phản ánh"),
    ("cau_tra_loi", "câu trả lời"),
    ("xin_loi", "câu xin lỗi vì chậm; để trống nếu đúng hạn"),
    ("noi_tra_cuu", "địa chỉ trang tra cứu, đánh giá câu trả lời"),
    ("canh_bao", "chữ DỰ THẢO, khi câu trả lời chưa được duyệt"),
    ("nguoi_ky", "thể thức ký: TM. ỦY BAN NHÂN DÂN, CHỦ TỊCH"),
    ("noi_nhan", "nơi nhận"),
];

static OF_ANSWERS: Vocabulary = Vocabulary { fields: &ANSWER_FIELDS, lists: &[] };

/// What a template of answers is filled with.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    /// Head and foot of the document.
    pub letter: &'a Letter,
    /// What it is about.
    pub subject: &'a str,
    /// That it is a draft, while it is one.
    pub banners: &'a [String],
    /// The people's committee that answers.
    pub committee: String,
    /// The office that wrote the answer.
    pub office: String,
    /// When the complaint came.
    pub received: String,
    /// How it came.
    pub channel: String,
    /// Its number elsewhere.
    pub outside_number: String,
    /// What was written.
    pub words: String,
    /// What is answered.
    pub reply: String,
    /// The apology for a late answer; empty for one in time.
    pub apology: String,
    /// Where the answer is looked up and rated.
    pub look_up: String,
}

/// Every problem of a template of answers; none where it can be filled.
pub fn check_answer(bytes: &[u8]) -> Vec<TemplateProblem> {
    open(bytes, &OF_ANSWERS).err().unwrap_or_default()
}

/// The template filled with an answer; or its problems.
pub fn fill_answer(bytes: &[u8], answer: &Answer<'_>) -> Result<Vec<u8>, Vec<TemplateProblem>> {
    let fields = [
        ("co_quan", answer.letter.agency.join(" ")),
        ("so_van_ban", answer.letter.number.clone()),
        ("dia_danh_ngay", answer.letter.place_and_date.clone()),
        ("trich_yeu", answer.subject.to_owned()),
        ("don_vi", answer.committee.clone()),
        ("don_vi_tra_loi", answer.office.clone()),
        ("ngay_nhan", answer.received.clone()),
        ("kenh", answer.channel.clone()),
        ("so_ngoai", answer.outside_number.clone()),
        ("noi_dung", answer.words.clone()),
        ("cau_tra_loi", answer.reply.clone()),
        ("xin_loi", answer.apology.clone()),
        ("noi_tra_cuu", answer.look_up.clone()),
        ("canh_bao", answer.banners.join(". ")),
        ("nguoi_ky", answer.letter.signer.join(", ")),
        ("noi_nhan", answer.letter.recipients.join("; ")),
    ];
    let values = Values { fields: fields.into(), lists: [].into() };
    filled(&open(bytes, &OF_ANSWERS)?, &values, answer.banners)
}

/// A template to begin with: the program's own layout with fields in the place of the case.
pub fn example_answer() -> Report {
    let paragraph = |name: &str| Block::Paragraph(field(name));
    let blocks = vec![
        Block::Paragraph(format!(
            "Ngày {}, {} nhận được phản ánh, kiến nghị của Ông/Bà ({}) với nội dung như sau:",
            field("ngay_nhan"),
            field("don_vi"),
            field("kenh")
        )),
        paragraph("noi_dung"),
        Block::Paragraph(format!("Sau khi xem xét, {} trả lời như sau:", field("don_vi"))),
        paragraph("cau_tra_loi"),
        paragraph("xin_loi"),
        Block::Paragraph(format!("Ông/Bà tra cứu và đánh giá câu trả lời tại {}./.", field("noi_tra_cuu"))),
    ];
    letter("THÔNG BÁO", blocks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::docx::docx;

    fn answer(letter: &Letter) -> Answer<'_> {
        let text = str::to_owned;
        Answer {
            letter,
            subject: "Kết quả giải quyết",
            banners: &[],
            committee: text("Ủy ban nhân dân phường Ba Đình"),
            office: text("Văn phòng"),
            received: text("02/03/2026"),
            channel: text("trang của phường"),
            outside_number: String::new(),
            words: text("Phải đến <ba> lần.\nLần nào cũng thiếu giấy."),
            reply: text("Đã nhắc nhở {{so_ngoai}}."),
            apology: String::new(),
            look_up: text("https://example.vn/complaints"),
        }
    }

    #[test]
    fn the_example_can_be_filled_and_keeps_the_lines_of_what_was_written() {
        let example = docx(&example_answer()).expect("a file");
        assert_eq!(check_answer(&example), []);
        let letter = example_answer().letter;
        let done = fill_answer(&example, &answer(&letter)).expect("filled");
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(done)).expect("a zip");
        let mut xml = String::new();
        std::io::Read::read_to_string(&mut zip.by_name("word/document.xml").expect("a part"), &mut xml).expect("XML");
        assert!(
            xml.contains("Phải đến &lt;ba&gt; lần.</w:t><w:br/><w:t xml:space=\"preserve\">Lần nào cũng thiếu giấy."),
            "{xml}"
        );
        // What somebody wrote is no field.
        assert!(xml.contains("Đã nhắc nhở {{so_ngoai}}."), "{xml}");
    }

    #[test]
    fn the_page_on_outlines_lists_every_field() {
        let page = include_str!("../../../docs/outlines.md");
        let of_answers = page.split("## Answers to complaints").nth(1).expect("a part");
        for (name, about) in ANSWER_FIELDS {
            assert!(of_answers.contains(&format!("| `{{{{{name}}}}}` | {about} |")), "{name}");
        }
    }

    #[test]
    fn a_field_of_reports_is_none_of_answers() {
        let mut other = example_answer();
        other.blocks.push(Block::Paragraph("{{tom_tat}} {{#ds_chi_tieu}}".to_owned()));
        let problems: Vec<String> =
            check_answer(&docx(&other).expect("a file")).iter().map(ToString::to_string).collect();
        assert!(
            problems
                .iter()
                .any(|problem| problem.contains("không có trường {{tom_tat}}") && problem.contains("cau_tra_loi")),
            "{problems:?}"
        );
        assert!(problems.iter().any(|problem| problem.contains("mẫu này không có danh sách nào")), "{problems:?}");
    }
}
