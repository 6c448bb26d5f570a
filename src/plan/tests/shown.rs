//! The plain text of `sipas plan show`, and numbers and days as Vietnamese readers write them.

use super::{FILES, day, fields, plan};
use crate::plan::{
    Channel, CountKind, IndexKind, Respondents, Weights, clause_vi, field_name_vi, show, vietnamese_date,
    vietnamese_percent,
};

#[test]
fn a_plan_is_shown_with_targets_periods_and_tasks_vietnamese_first() {
    let text = show(&plan("cau-giay-2026"), &fields(), Some(day("2026-03-16")));
    let opening = "\
Kế hoạch cải cách hành chính năm 2026 của phường Cầu Giấy
Administrative reform plan 2026 of Cầu Giấy ward
    Mã / key                cau-giay-2026
    Văn bản / document      69/KH-UBND, 26/02/2026
    Đơn vị / unit           Phường Cầu Giấy, Thành phố Hà Nội
    Số liệu / data          15/12/2025 – 31/12/2026
    Trọng số / weights      các lĩnh vực như nhau / every field alike
    Độ tin cậy / confidence 95%
    Chuỗi chính / series    phiếu điều tra theo mẫu, không đủ thì phiếu tự nguyện / survey sample, else volunteers

CHỈ TIÊU HÀI LÒNG / SATISFACTION TARGETS (1)
  II.1.1 · tối thiểu / at least 90% · Chỉ số hài lòng về sự phục vụ hành chính của phường (SIPAS)
    Satisfaction with the ward's administrative service (SIPAS)
    Chỉ số / index          Sự phục vụ của cơ quan hành chính (SIPAS) / Service of the administrative agencies (SIPAS)
    Lĩnh vực / fields       tất cả lĩnh vực / all fields
    Người trả lời / asked   người dân, doanh nghiệp, tổ chức / people, businesses and organisations
    Áp dụng / binds         01/01/2026 – 31/12/2026
    Mã / id                 sipas

CHỈ TIÊU ĐẾM / COUNTED TARGETS (4)
  II.1.1 · 100% phản ánh, kiến nghị được tiếp nhận, xử lý và công khai trả lời đúng hạn
    100 % of reflections and recommendations received, handled and publicly answered in time
  II.1.1 · Ít nhất 02 cuộc đối thoại trong năm với người dân, doanh nghiệp, tổ chức
    At least 2 dialogues a year with people, businesses and organisations
  II.1.2 · Người đứng đầu đối thoại ít nhất 01 lần trong mỗi 6 tháng
    The head of the ward holds a dialogue at least once in each half-year
  V.1 · Mỗi cơ quan, đơn vị đối thoại ít nhất 01 lần trong năm
    Every office holds a dialogue at least once a year

KỲ BÁO CÁO / REPORTING PERIODS (4)
  2026-q1 · Quý I/2026 / Quarter I/2026
    Chốt số liệu / data     15/12/2025 – 14/03/2026
    Hạn báo cáo / due       18/03/2026 (còn 2 ngày làm việc / 2 working days left)
    Căn cứ / clause         III.3.1, III.3.2
";
    assert!(text.starts_with(opening), "{text}");
    let survey = "
  phụ lục 11 · Khảo sát hài lòng đối với các phòng, ban, đơn vị trực thuộc phường
    The ward's own survey of its offices and units
    Thời hạn / deadline     Chậm nhất tháng 12/2026 → 31/12/2026 (còn 202 ngày làm việc / 202 working days left)
    Lãnh đạo / leader       Nguyễn Thị Thu Hà, Phó Chủ tịch UBND phường
    Chủ trì / lead          Phòng Văn hóa – Xã hội
    Phối hợp / with         Các phòng, ban, đơn vị
    Phần mềm / served by    Phiếu hỏi mở bằng mã QR tại từng điểm; Nhập phiếu giấy, câu trả lời qua điện thoại và tại nhà; Chỉ số theo kỳ, đơn vị, lĩnh vực và tiêu chí; Báo cáo Word, PDF, Excel / questionnaires opened by the QR code of each point; paper, telephone and home answers keyed; indices by period, unit, field and criterion; report as Word, PDF, Excel
";
    assert!(text.contains(survey), "{text}");
}

#[test]
fn assumed_days_and_blanks_of_the_document_are_shown_as_such() {
    let text = show(&plan("thanh-dong-2026"), &fields(), None);
    assert!(text.contains(
        "Chốt số liệu / data     01/06/2026 – 31/08/2026 (giả định, văn bản không nêu / assumed, not stated)\n"
    ));
    assert!(!text.contains("Lãnh đạo / leader"));
    assert!(!text.contains("còn "));
    let text = show(&plan("o-dien-2026-2030"), &fields(), None);
    assert!(text.contains("Văn bản / document      số để trống trong văn bản / number blank in the document\n"));
    assert!(text.contains("Hạn báo cáo / due       không nêu / not stated\n"));
    assert!(text.contains("Lĩnh vực / fields       Đất đai, Xây dựng, Đầu tư / Land, Construction, Investment\n"));
    assert!(text.contains("Hình thức / channel     trực tuyến / online\n"));
    assert!(text.contains("Trong đó của / part of  sipas-2026-2027\n"));
}

#[test]
fn a_due_day_that_is_past_is_shown_without_a_count_down() {
    let text = show(&plan("thanh-dong-2026"), &fields(), Some(day("2026-03-10")));
    assert!(text.contains("Hạn báo cáo / due       09/03/2026\n"));
    assert!(text.contains("Hạn báo cáo / due       09/06/2026 (còn "));
}

#[test]
fn every_task_is_shown_with_what_serves_it() {
    for (file, _) in FILES {
        let plan = plan(file.trim_end_matches(".toml"));
        let text = show(&plan, &fields(), None);
        for task in &plan.tasks {
            assert!(text.contains(&task.title_vi) && text.contains(&task.title_en));
            let served_by = task.served_by.as_deref().unwrap_or_default();
            assert!(text.contains(served_by));
        }
    }
}

#[test]
fn days_and_shares_are_written_as_vietnamese_documents_write_them() {
    assert_eq!(vietnamese_date(day("2026-03-04")), "04/03/2026");
    assert_eq!(vietnamese_percent(0.9), "90%");
    assert_eq!(vietnamese_percent(0.875), "87,5%");
    assert_eq!(vietnamese_percent(0.8725), "87,25%");
    assert_eq!(vietnamese_percent(1.0), "100%");
    assert_eq!(clause_vi("annex I.6"), "phụ lục I.6");
    assert_eq!(clause_vi("II.1.1"), "II.1.1");
}

#[test]
fn a_field_that_the_table_does_not_know_is_shown_by_its_identifier() {
    assert_eq!(field_name_vi(&fields(), "land"), "Đất đai");
    assert_eq!(field_name_vi(&fields(), "moon"), "moon");
}

#[test]
fn a_word_of_a_plan_file_is_the_word_of_json() {
    fn same<T: serde::Serialize>(words: &[(&str, T)]) {
        for (word, choice) in words {
            let json = serde_json::to_value(choice).expect("a plain word");
            assert_eq!(json, *word);
        }
    }
    same(&IndexKind::WORDS);
    same(&Channel::WORDS);
    same(&Respondents::WORDS);
    same(&Weights::WORDS);
    same(&CountKind::WORDS);
    assert!(IndexKind::WORDS.iter().all(|(word, index)| index.word() == *word));
}
