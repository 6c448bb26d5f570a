//! The frame of a sample as a table: the frame's own number, stratum, group, cluster and size. A table with a column of names, telephone
//! numbers or addresses is refused whole: people are known by the frame's number alone.

use super::columns;
use super::{Column, Place, Reason, Refused, count, plain};
use crate::sampling::frame::{Frame, FrameProblem, FrameUnit, SIZE_MAX, UNITS_MAX};
use crate::table::{Bound, FileFault, Table};

/// The columns of the table.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "number",
        heading: "Mã số",
        also: &["so", "ma", "so ho so", "ma ho so", "so khung", "ma khung", "so quan ly", "number"],
        required: true,
    },
    Column { key: "stratum", heading: "Tầng", also: &["tang mau", "linh vuc", "loai", "stratum"], required: false },
    Column { key: "group", heading: "Nhóm", also: &["kenh", "hinh thuc", "nhom doi tuong", "group"], required: false },
    Column {
        key: "cluster",
        heading: "Cụm",
        also: &["khu vuc", "dia ban", "to dan pho", "thon", "ngay", "cluster", "area"],
        required: false,
    },
    Column { key: "size", heading: "Quy mô", also: &["so nguoi", "so luot", "do lon", "size"], required: false },
];

/// Lines that may stand above the first of a frame: titles and headings.
const LINES_ABOVE: usize = 12;

/// Words of headings under which people would be known.
const PERSONAL: [&str; 22] = [
    "ho ten",
    "ho va ten",
    "ho dem",
    "ten chu ho",
    "ten nguoi",
    "nguoi nop",
    "chu ho so",
    "chu ho",
    "dien thoai",
    "so dt",
    "sdt",
    "di dong",
    "phone",
    "mobile",
    "email",
    "thu dien tu",
    "dia chi",
    "address",
    "cccd",
    "can cuoc",
    "cmnd",
    "ngay sinh",
];
/// Headings that are such a word and nothing else.
const PERSONAL_ALONE: [&str; 4] = ["ten", "name", "full name", "so nha"];

/// Why a file is no frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoFrame {
    /// The file cannot be read.
    File(FileFault),
    /// A column under which people would be known.
    Personal(String),
    /// Numbers that are telephone or identity numbers.
    PersonalNumbers,
    /// A number without a digit, as names are.
    NoDigit(Place),
    /// A size that is no whole number.
    BadSize {
        /// Where it stands.
        place: Place,
        /// What stands there.
        typed: String,
    },
    /// What is wrong with headings and cells.
    Refused(Box<Refused>),
    /// The list itself.
    List(FrameProblem),
}

/// Reads a file as a frame.
/// # Errors
/// See [`NoFrame`].
pub fn read(bytes: &[u8]) -> Result<Frame, NoFrame> {
    let table = Table::read_up_to(bytes, UNITS_MAX + LINES_ABOVE).map_err(|fault| match fault {
        FileFault::TooMuch(Bound::Rows(_)) => NoFrame::List(FrameProblem::TooMany),
        fault => NoFrame::File(fault),
    })?;
    let found = columns::find(&table, COLUMNS, &|_| false);
    // A heading that is not of this table is refused already; one under which people would be known is told as such.
    let mut unknown = found.refused.iter().filter_map(|refused| match &refused.reason {
        Reason::ColumnUnknown { heading, .. } => Some(heading),
        _ => None,
    });
    if let Some(personal) = unknown.find(|heading| is_personal(heading)) {
        return Err(NoFrame::Personal(personal.clone()));
    }
    if let Some(refused) = found.refused.first() {
        return Err(NoFrame::Refused(Box::new(refused.clone())));
    }
    let mut units = Vec::new();
    for block in &found.blocks {
        for row in &block.rows {
            let cell = |key: &str| block.cell(row, key).to_owned();
            let number = cell("number");
            if !number.is_empty() && !number.chars().any(|letter| letter.is_ascii_digit()) {
                return Err(NoFrame::NoDigit(block.place(row)));
            }
            let size = match block.cell(row, "size") {
                "" => 1,
                typed => count(typed)
                    .and_then(|size| size.try_into().ok())
                    .filter(|size| (1..=SIZE_MAX).contains(size))
                    .ok_or_else(|| NoFrame::BadSize { place: block.place(row), typed: typed.to_owned() })?,
            };
            units.push(FrameUnit {
                number,
                stratum: cell("stratum"),
                group: cell("group"),
                cluster: cell("cluster"),
                size,
            });
        }
    }
    let personal = units.iter().filter(|unit| is_personal_number(&unit.number)).count();
    if 2 * personal > units.len() {
        return Err(NoFrame::PersonalNumbers);
    }
    Frame::new(units).map_err(NoFrame::List)
}

fn is_personal(heading: &str) -> bool {
    let heading = plain(heading);
    let padded = format!(" {heading} ");
    PERSONAL_ALONE.contains(&heading.as_str()) || PERSONAL.iter().any(|word| padded.contains(&format!(" {word} ")))
}

/// Ten digits from nought, as telephones have, or the twelve of an identity card.
fn is_personal_number(number: &str) -> bool {
    let digits: String = number.chars().filter(|letter| !matches!(letter, ' ' | '.' | '-')).collect();
    digits.starts_with('0') && matches!(digits.len(), 10 | 12) && digits.chars().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Frame, NoFrame> {
        read(text.as_bytes())
    }

    #[test]
    fn a_frame_is_read_by_its_headings_in_any_order() {
        let frame = of(
            "Khu vực;Số hồ sơ;Lĩnh vực;Quy mô;Kênh\nKhu 1;HS-1;Đất đai;3;Trực tiếp\nKhu 2;HS-2;Tư pháp;;Trực tuyến\n",
        );
        let frame = frame.expect("a frame");
        // By stratum, as bytes sort: T before Đ.
        let first = &frame.units()[0];
        assert_eq!((first.number.as_str(), first.stratum.as_str(), first.size), ("HS-2", "Tư pháp", 1));
        assert_eq!((frame.units()[1].cluster.as_str(), frame.units()[1].size), ("Khu 1", 3));
    }

    #[test]
    fn names_telephones_and_addresses_are_refused_by_heading_and_by_what_stands_under_it() {
        for heading in ["Họ và tên", "Tên người nộp", "Điện thoại liên hệ", "Địa chỉ", "Số CCCD", "Email", "Tên"]
        {
            let file = format!("Mã số;{heading}\n1;x\n2;y\n");
            assert_eq!(of(&file), Err(NoFrame::Personal(heading.to_owned())), "{heading}");
        }
        assert_eq!(of("Mã số;Tầng\n0912345678;a\n0987654321;a\n"), Err(NoFrame::PersonalNumbers));
        assert!(matches!(of("Mã số;Tầng\nNguyễn Văn An;a\n"), Err(NoFrame::NoDigit(_))));
        assert!(matches!(of("Mã số;Quy mô\n1;nhiều\n"), Err(NoFrame::BadSize { .. })));
        assert_eq!(of("Mã số\n7\n7\n"), Err(NoFrame::List(FrameProblem::Twice("7".into()))));
        assert!(matches!(of("Tầng\na\n"), Err(NoFrame::Refused(_))));
    }

    #[test]
    fn sizes_are_whole_numbers_and_sums_and_signatures_are_nobody() {
        // As statistics programs write a column with blanks, and as Vietnamese writes a thousand.
        let frame =
            of("Mã số;Tầng;Quy mô\nHS-1;a;12.0\nHS-2;a;1.250\nTổng cộng 2 hồ sơ;;1262\nNgười lập, ngày 30/11/2026\n");
        let sizes: Vec<_> = frame.expect("a frame").units().iter().map(|unit| unit.size).collect();
        assert_eq!(sizes, [12, 1_250]);
        for typed in ["1.5", "1,5", "mười", "0"] {
            let said = of(&format!("Mã số;Quy mô\nHS-1;{typed}\n"));
            assert!(matches!(&said, Err(NoFrame::BadSize { typed: told, .. }) if told == typed), "{typed}: {said:?}");
        }
    }

    #[test]
    fn a_frame_is_longer_than_other_tables_and_has_a_bound_of_its_own() {
        let list = |rows: usize| {
            let rows: Vec<String> = (0..rows).map(|at| format!("HS-{at};a")).collect();
            of(&format!("Mã số;Tầng\n{}", rows.join("\n")))
        };
        assert_eq!(list(12_000).expect("a frame").units().len(), 12_000);
        assert_eq!(list(UNITS_MAX).expect("a frame").units().len(), UNITS_MAX);
        assert_eq!(list(UNITS_MAX + 1), Err(NoFrame::List(FrameProblem::TooMany)));
        assert_eq!(list(UNITS_MAX + 100), Err(NoFrame::List(FrameProblem::TooMany)));
    }
}
