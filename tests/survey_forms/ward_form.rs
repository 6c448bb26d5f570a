//! A ward's form in Word, or pasted, becomes a draft: what it asks was read off the page by hand.

use sipas::exchange::import::ward_form::{LineReason, WardFormRead, pasted, read};
use sipas::survey::Questionnaire;
use sipas::table::Table;

fn items(asked: &Questionnaire) -> Vec<&str> {
    asked.items().map(|item| item.text.in_language("vi")).collect()
}

#[test]
fn a_form_in_word_is_read_with_its_table_its_boxes_and_without_what_is_never_asked() {
    // Written with python-docx.
    let path = format!("{}/tests/fixtures/phieu-phuong.docx", env!("CARGO_MANIFEST_DIR"));
    let table = Table::read_document(&std::fs::read(path).expect("a file")).expect("a document");
    let WardFormRead { questionnaire: asked, left_out } = read(&table);
    assert_eq!(asked.title.in_language("vi"), "Phiếu lấy ý kiến người dân");
    assert!(asked.intro.in_language("vi").starts_with("Kính mong Ông/Bà"));
    let items = items(&asked);
    assert_eq!(items, ["Nơi ngồi chờ thoáng mát, đủ ghế", "Cán bộ hướng dẫn dễ hiểu", "Hồ sơ được trả đúng hẹn"]);
    let about: Vec<(&str, Vec<&str>)> = asked
        .demographics
        .iter()
        .map(|asked| {
            let options = asked.options.iter().map(|option| option.text.in_language("vi"));
            (asked.text.in_language("vi"), options.collect())
        })
        .collect();
    assert_eq!(about, [("Giới tính", vec!["Nam", "Nữ"]), ("Nhóm tuổi", vec!["Dưới 30", "30 – 60", "Trên 60"])]);
    let question = asked.questions().next().expect("a question");
    assert_eq!((question.kind.word(), question.kind.options().len()), ("several", 3));
    assert_eq!(asked.comment.as_ref().map(|comment| comment.in_language("vi")), Some("Góp ý của Ông/Bà"));
    let reasons: Vec<(&str, LineReason)> = left_out.iter().map(|left| (left.text.as_str(), left.reason)).collect();
    assert_eq!(
        reasons,
        [
            ("ỦY BAN NHÂN DÂN PHƯỜNG AN BÌNH", LineReason::NotUnderstood),
            ("Họ và tên", LineReason::Person),
            ("Dân tộc", LineReason::Sensitive),
            ("Xin trân trọng cảm ơn!", LineReason::NotUnderstood),
        ]
    );
}

#[test]
fn a_table_pasted_from_word_or_excel_is_read_by_its_numbers() {
    let text = "STT\tTiêu chí\tRất hài lòng\tHài lòng\tBình thường\r\n\
                1\tTiếp cận dịch vụ\r\n\
                1.1\tBiển chỉ dẫn rõ ràng, dễ thấy\t\t\t\r\n\
                1.2\tChỗ để xe thuận tiện\r\n\
                2\tCông chức\r\n\
                2.1\tThái độ lịch sự\tx\r\n\
                Câu 3: Ông/Bà đến bằng gì? ☐ Xe máy ☐ Ô tô ☐ Đi bộ\r\n";
    let WardFormRead { questionnaire: asked, left_out } = read(&pasted(text));
    assert!(left_out.is_empty(), "{left_out:?}");
    let titles: Vec<&str> = asked.sections.iter().map(|section| section.title.in_language("vi")).collect();
    assert_eq!(titles, ["Tiếp cận dịch vụ", "Công chức"], "a number with others below it is a heading");
    assert_eq!(items(&asked), ["Biển chỉ dẫn rõ ràng, dễ thấy", "Chỗ để xe thuận tiện", "Thái độ lịch sự"]);
    let options: Vec<&str> = asked
        .questions()
        .flat_map(|question| question.kind.options())
        .map(|option| option.text.in_language("vi"))
        .collect();
    assert_eq!(options, ["Xe máy", "Ô tô", "Đi bộ"]);
}

#[test]
fn prose_without_numbers_is_no_form() {
    let read = read(&pasted("Kính gửi các tổ dân phố\r\n3 phường đã họp, và thống nhất.\r\n"));
    assert!(read.questionnaire.sections.is_empty());
    assert_eq!(read.left_out.len(), 2);
}
