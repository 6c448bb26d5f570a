//! How the figures came about, in sentences that a reader without statistics can follow.

use super::format::Language;
use super::words;
use crate::index::result::{IndexReport, SHOWN_FROM};

/// The sentence that marks days which the plan does not state.
pub fn assumed(language: Language) -> &'static str {
    language.choose(
        "Kế hoạch không nêu ngày chốt số liệu; các ngày trên do hệ thống tạm lấy, đơn vị cần xác nhận.",
        "The plan does not state these days; they were assumed and need the unit's confirmation.",
    )
}

/// The sentence that ties a report to the audit log.
pub fn audit_head(head: &str, language: Language) -> String {
    let (number, hash) = head.split_once(':').unwrap_or((head, ""));
    language.choose(
        format!("Nhật ký hệ thống khi lập báo cáo: dòng {number}, mã kiểm chứng {hash}."),
        format!("Audit log when this report was made: row {number}, hash {hash}."),
    )
}

/// The paragraph on method, one sentence or two a point.
pub fn paragraphs(index: &IndexReport, language: Language) -> Vec<String> {
    let levels = words::levels(language);
    let weights = words::weights(index.weights, language);
    let mut points = language.choose(
        vec![
            format!(
                "Tỷ lệ hài lòng là số câu trả lời ở mức 4 ({}) và mức 5 ({}) chia cho số câu trả lời ở mức 1 đến mức \
                 5. Câu “{}” và câu bỏ trống không tính vào mẫu số.",
                levels[3],
                levels[4],
                words::not_used(language)
            ),
            format!(
                "Tỷ lệ của một yếu tố hay lĩnh vực gộp mọi câu trả lời của các tiêu chí thuộc yếu tố, lĩnh vực đó. \
                 Khi gộp nhiều lĩnh vực: {weights}."
            ),
            "Ý kiến của một người, và của những người đến cùng một điểm trong cùng một ngày, thường giống nhau. Vì \
             vậy mỗi lĩnh vực được tính với số câu trả lời hiệu dụng ít hơn số câu trả lời, ước từ mức giống nhau giữa các câu của một người và \
             giữa những người cùng ngày; khi số liệu không đủ cho biết thì theo giả định thận trọng. Nơi ai cũng hài \
             lòng vẫn không được coi là biết chắc. Khoảng tin cậy là khoảng điểm số (Wilson) của tổng có trọng số."
                .to_owned(),
            "Kết luận “Đạt” khi cận dưới của khoảng tin cậy từ chỉ tiêu giao trở lên; “Chưa đạt” khi cận trên thấp \
             hơn chỉ tiêu giao; còn lại là “Chưa đủ căn cứ kết luận”. Cột “So với chỉ tiêu” chỉ so tỷ lệ với chỉ \
             tiêu giao như cách viết của kế hoạch. Không làm tròn qua chỉ tiêu giao: 89,96% không phải là 90%."
                .to_owned(),
            format!(
                "Kết quả của ít hơn {SHOWN_FROM} người trả lời không hiển thị. Phiếu được tính vào kết quả theo từng lượt từ \
                 {SHOWN_FROM} phiếu trở lên, mỗi đêm một lần và khi khóa kỳ; phiếu chưa đủ một lượt được chờ thêm. Nhờ vậy \
                 không ai so hai kết quả, dù xem lúc nào, mà đoán được ai đã trả lời gì."
            ),
        ],
        vec![
            format!(
                "The share satisfied is the number of answers on level 4 ({}) and level 5 ({}) divided by the number \
                 of answers on levels 1 to 5. “{}” and blanks never enter the denominator.",
                levels[3],
                levels[4],
                words::not_used(language)
            ),
            format!(
                "The share of a factor or field pools all answers to its criteria. Across several fields: {weights}."
            ),
            "Answers of one person are alike, and so are those of people who came to one point on one day. The \
             answers of a field therefore count as fewer effective ones, by how alike those of a person and of a \
             day are found to be; where the data cannot tell, by a cautious assumption. A field in which everybody \
             was satisfied is not taken as known for certain. The interval is the score (Wilson) interval of the weighted sum."
                .to_owned(),
            "“Met” means that the lower bound of the interval reaches the minimum, “not met” that the upper bound is \
             below it; otherwise it is “cannot say yet”. The column “By the point value” only compares the share \
             with the minimum, as the plan words it. Nothing is rounded across a minimum: 89.96% is not 90%."
                .to_owned(),
            format!(
                "Figures of fewer than {SHOWN_FROM} respondents are not shown. Answers enter figures in releases \
                 of {SHOWN_FROM} or more, once a night and when the period is closed; fewer wait for others. So nobody can \
                 guess who said what by comparing two figures, whenever they were seen."
            ),
        ],
    );
    points.push(words::suspects(index.suspects, language).to_owned());
    points.push(words::disclaimer(index.basis, language).to_owned());
    if let (Some(hash), Some(version)) = (&index.frozen, index.version) {
        points.push(language.choose(
            format!(
                "Kỳ báo cáo đã khóa (phiên bản {version}): số liệu được giữ nguyên như lúc khóa. Câu trả lời lúc đó còn chờ đủ \
                 {SHOWN_FROM} phiếu không tính vào phiên bản này. Mã kiểm chứng số liệu: {hash}"
            ),
            format!(
                "The period is closed (version {version}); these are its figures as they were frozen. Answers that still waited \
                 for ten of their kind then are not in this version. Hash of the figures: {hash}"
            ),
        ));
    }
    points
}
