//! What an early warning says, in Vietnamese: on the page of warnings and in the letter that tells of it. A share is not told.

use chrono::NaiveDate;

use crate::index::warnings::Way;
use crate::report::format::{self, Language};

/// A warning with the names that its words need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What moved.
    pub subject: Subject,
    /// Which way.
    pub way: Way,
    /// From when on.
    pub since: NaiveDate,
    /// The last day of the answers with which it was seen.
    pub seen: NaiveDate,
    /// How many sheets say so.
    pub people: u64,
}

/// What moved, by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A field of service.
    Field(String),
    /// A criterion of a field.
    Criterion {
        /// Name of the field.
        field: String,
        /// Wording of the criterion.
        item: String,
    },
    /// A service point; none where its name is not known any more.
    Point(Option<String>),
}

/// What moved.
pub fn name(warning: &Warning) -> String {
    match &warning.subject {
        Subject::Field(field) => format!("Lĩnh vực {field}"),
        Subject::Criterion { field, item } => format!("{field}: {item}"),
        Subject::Point(name) => name.as_deref().unwrap_or("một điểm phục vụ").to_owned(),
    }
}

/// Which way, since when, how many answers.
pub fn says(warning: &Warning) -> String {
    let (since, seen) = (format::date(warning.since), format::date(warning.seen));
    let tens = format::count(warning.people / 10 * 10, Language::Vi);
    let moved = |how: &str| {
        format!("Mức độ hài lòng có dấu hiệu {how} từ khoảng ngày {since}, theo hơn {tens} phiếu đến hết ngày {seen}.")
    };
    match warning.way {
        Way::Down => moved("giảm"),
        Way::Up => moved("tăng"),
        Way::Silent => format!("Không có phiếu nào từ ngày {since}, trong khi trước đó vẫn đều."),
    }
}

/// What to look at.
pub fn look(warning: &Warning) -> &'static str {
    match (&warning.subject, warning.way) {
        (_, Way::Silent) => {
            "Nên kiểm tra: mã QR còn dán và quét được không, máy tính bảng còn chạy không, điểm có tạm đóng hoặc chuyển chỗ không, cán bộ \
             còn mời người dân trả lời không."
        }
        (Subject::Point(_), Way::Down) => {
            "Nên hỏi tại điểm: từ thời gian đó có đổi người, quy trình, giờ làm việc, phần mềm không; người dân có phải chờ lâu hơn không. Tỷ \
             lệ của riêng một điểm không được hiển thị, kể cả ở đây."
        }
        (Subject::Criterion { .. }, Way::Down) => {
            "Nên xem: góp ý trong phiếu và phản ánh về nội dung này từ thời gian đó; điểm nào vừa đổi người, quy trình, phí hoặc phần mềm."
        }
        (Subject::Field(_), Way::Down) => {
            "Nên xem: tiêu chí nào của lĩnh vực cùng giảm (trang Phân tích, mục So sánh), góp ý và phản ánh từ thời gian đó, điều gì vừa thay đổi."
        }
        (_, Way::Up) => {
            "Nên xem: điều gì đã làm tốt hơn để giữ và nhân rộng; và mã có còn được đưa cho mọi người, cả người chưa hài lòng, hay không."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning(subject: Subject, way: Way) -> Warning {
        let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).expect("a day");
        Warning { subject, way, since: day(2), seen: day(15), people: 1239 }
    }

    #[test]
    fn what_moved_is_told_with_its_days_and_a_number_of_sheets_in_tens() {
        let found = warning(Subject::Field("Đất đai".to_owned()), Way::Down);
        assert_eq!(name(&found), "Lĩnh vực Đất đai");
        assert_eq!(
            says(&found),
            "Mức độ hài lòng có dấu hiệu giảm từ khoảng ngày 02/03/2026, theo hơn 1.230 phiếu đến hết ngày 15/03/2026."
        );
        assert!(look(&found).starts_with("Nên xem: tiêu chí nào của lĩnh vực cùng giảm"));
    }

    #[test]
    fn a_point_that_fell_silent_is_told_without_a_number_even_where_its_name_is_gone() {
        let found = warning(Subject::Point(None), Way::Silent);
        assert_eq!(name(&found), "một điểm phục vụ");
        assert_eq!(says(&found), "Không có phiếu nào từ ngày 02/03/2026, trong khi trước đó vẫn đều.");
        assert!(look(&found).starts_with("Nên kiểm tra: mã QR"));
    }
}
