//! The words for what may be wrong with a report template, and what to do about it. Vietnamese: offices write templates.

use std::fmt::{Display, Formatter, Result};

use super::problem::{Forbidden, Place, Reason, TemplateProblem, Text, XmlFault};
use super::values::{ListOfFields, Vocabulary};
use crate::unzip::UnzipError;

impl Display for TemplateProblem {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        write!(out, "{}: {}", self.place, self.reason)
    }
}

impl Display for Place {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Self::File => out.write_str("tệp"),
            Self::Part(name) => write!(out, "phần {name} trong tệp"),
            Self::Paragraph { text, number, begins } => {
                out.write_str(match text {
                    Text::Body => "thân văn bản",
                    Text::Header => "đầu trang",
                    Text::Footer => "chân trang",
                    Text::Notes => "chú thích cuối trang",
                })?;
                if *number > 0 {
                    write!(out, ", đoạn {number}")?;
                }
                if begins.is_empty() { Ok(()) } else { write!(out, " («{begins}»)") }
            }
        }
    }
}

const SAVE_ANEW: &str = "hãy mở bằng Word hoặc LibreOffice rồi lưu lại, kiểu .docx";

impl Display for Reason {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Self::TooLarge { most } => write!(out, "lớn hơn {}; hãy bỏ bớt hình", megabytes(*most as u64)),
            Self::OldOrLocked => {
                out.write_str("là tệp Word kiểu cũ (.doc) hoặc có mật khẩu; hãy bỏ mật khẩu và lưu lại kiểu .docx")
            }
            Self::Zip(error) => zip(error, out),
            Self::NotWord => write!(out, "không phải tệp Word (.docx); {SAVE_ANEW}"),
            Self::Xml(fault) => xml(*fault, out),
            Self::Forbidden(forbidden) => out.write_str(forbidden_words(*forbidden)),
            Self::Image => out.write_str(
                "không phải hình PNG, JPEG hoặc GIF; hãy xóa hình ấy, rồi dán lại bằng Dán đặc biệt (Paste Special) › PNG",
            ),
            Self::Unknown(id) => write!(
                out,
                "có nội dung không chuyển sang báo cáo được ({id}), như hình vẽ, biểu đồ hoặc phần bị thiếu; hãy xóa nội dung \
                 ấy, hoặc thay bằng hình PNG"
            ),
            Self::FieldCode(code) => write!(
                out,
                "có mã trường của Word «{code}» lấy dữ liệu ngoài văn bản hoặc chạy lệnh; hãy bấm vào trường ấy rồi nhấn \
                 Ctrl+Shift+F9 để đổi thành chữ, hoặc xóa nó"
            ),
            Self::LoneBraces => {
                out.write_str("có dấu {{ hoặc }} lẻ; trường phải viết trọn trong một đoạn, như {{ky}}")
            }
            Self::NoField { name, within, known } => no_field(name, *within, known, out),
            Self::NoList { name, known } => write!(out, "không có danh sách {{{{#{name}}}}}; {}", lists(known)),
            Self::ListOutsideRow(name) => write!(out, "{{{{#{name}}}}} phải nằm trong một hàng của bảng"),
            Self::ListOverTables(name) => {
                write!(out, "{{{{/{name}}}}} phải nằm trong cùng bảng với {{{{#{name}}}}}")
            }
            Self::ListCrossed { closed, opened } => {
                write!(out, "{{{{/{closed}}}}} đóng một danh sách khác với {{{{#{opened}}}}}")
            }
            Self::ListNotBegun(name) => write!(out, "{{{{/{name}}}}} không có {{{{#{name}}}}} ở trước"),
            Self::ListNotEnded(name) => write!(out, "{{{{#{name}}}}} không có {{{{/{name}}}}} ở sau"),
            Self::ListsInOneRow(name) => {
                write!(out, "{{{{#{name}}}}} nằm chung hàng với một danh sách khác; hãy đặt mỗi danh sách ở hàng riêng")
            }
            Self::FilledTooLarge { most } => write!(
                out,
                "điền số liệu vào thì lớn hơn {}; hãy bỏ bớt trường hoặc hàng lặp lại",
                megabytes(*most as u64)
            ),
            Self::Unwritten => out.write_str("không ghi được tệp báo cáo"),
            Self::More => out.write_str("còn những lỗi khác; hãy sửa các lỗi trên rồi kiểm tra lại"),
        }
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1024 / 1024)
}

fn zip(error: &UnzipError, out: &mut Formatter<'_>) -> Result {
    match error {
        UnzipError::NoZip => write!(out, "không phải tệp Word (.docx); {SAVE_ANEW}"),
        UnzipError::TooManyParts(most) => write!(out, "có hơn {most} phần; {SAVE_ANEW}"),
        UnzipError::PartTooLarge(name, most) => {
            write!(out, "phần {name} mở ra lớn hơn {}; hãy bỏ bớt hình", megabytes(*most))
        }
        UnzipError::TooLarge(most) => write!(out, "mở ra lớn hơn {}; hãy bỏ bớt hình", megabytes(*most)),
        UnzipError::Name(name) => write!(out, "có phần mang tên chỉ ra ngoài tệp ({name}); {SAVE_ANEW}"),
        UnzipError::Twice(name) => write!(out, "có hai phần cùng tên ({name}); {SAVE_ANEW}"),
        UnzipError::Encrypted(name) => write!(out, "phần {name} có mật khẩu; hãy bỏ mật khẩu rồi lưu lại"),
        UnzipError::Broken(name) => write!(out, "phần {name} bị hỏng; {SAVE_ANEW}"),
    }
}

fn xml(fault: XmlFault, out: &mut Formatter<'_>) -> Result {
    match fault {
        XmlFault::NotUtf8 => write!(out, "không viết bằng UTF-8; {SAVE_ANEW}"),
        XmlFault::Doctype => write!(out, "có khai báo DOCTYPE, Word không ghi như vậy; {SAVE_ANEW}"),
        XmlFault::IllFormed { at } => write!(out, "XML bị hỏng ở byte {at}; {SAVE_ANEW}"),
        XmlFault::TooDeep => write!(out, "các phần tử lồng nhau quá sâu; {SAVE_ANEW}"),
    }
}

fn forbidden_words(forbidden: Forbidden) -> &'static str {
    match forbidden {
        Forbidden::Macro => "có macro; hãy lưu lại thành tệp .docx không có macro",
        Forbidden::AttachedTemplate => {
            "gắn với một tệp mẫu khác (attached template); hãy vào Tệp › Tùy chọn › Phần bổ trợ › Mẫu (File › Options › Add-ins › \
             Templates), xóa tên tệp mẫu hoặc chọn Normal, rồi lưu lại"
        }
        Forbidden::Object => {
            "có tệp của chương trình khác được nhúng (OLE, bảng tính Excel); hãy xóa, hoặc dán lại thành hình PNG"
        }
        Forbidden::Control => "có nút hoặc ô điều khiển ActiveX; hãy xóa nó",
        Forbidden::Chunk => "chèn một văn bản khác vào khi mở; hãy dán nội dung của văn bản ấy vào đây",
        Forbidden::Drawing => "có biểu đồ hoặc SmartArt; hãy cắt rồi dán lại thành hình PNG",
        Forbidden::Font => {
            "có phông chữ được nhúng; hãy bỏ chọn Nhúng phông trong tệp (Tệp › Tùy chọn › Lưu: Embed fonts in the file) rồi lưu lại"
        }
        Forbidden::MailMerge => {
            "nối với danh sách trộn thư; hãy chọn Thư › Bắt đầu trộn thư › Văn bản Word thường (Normal Word Document) rồi lưu lại"
        }
        Forbidden::External => {
            "dẫn tới nội dung nằm ngoài tệp, Word sẽ tải khi mở; hãy chèn thẳng nội dung ấy vào tệp, hoặc bỏ liên kết (Tệp › Thông \
             tin › Sửa liên kết đến tệp)"
        }
        Forbidden::Link => "có liên kết không phải trang web (http, https) hay thư (mailto); hãy bỏ liên kết ấy",
    }
}

fn lists(known: &Vocabulary) -> String {
    if known.lists.is_empty() {
        return "mẫu này không có danh sách nào".to_owned();
    }
    format!("các danh sách có: {}", known.lists.iter().map(|list| list.name).collect::<Vec<_>>().join(", "))
}

fn no_field(name: &str, within: Option<&ListOfFields>, known: &Vocabulary, out: &mut Formatter<'_>) -> Result {
    if let Some(list) = within {
        let known: Vec<&str> = list.fields.iter().map(|(name, _)| *name).collect();
        return write!(
            out,
            "không có trường {{{{{name}}}}} trong {{{{#{}}}}}; các trường có: {}",
            list.name,
            known.join(", ")
        );
    }
    if known.lists.iter().any(|list| list.fields.iter().any(|(known, _)| *known == name)) {
        return write!(out, "trường {{{{{name}}}}} chỉ dùng trong hàng có {{{{#…}}}}; {}", lists(known));
    }
    let known: Vec<&str> = known.fields.iter().map(|(name, _)| *name).collect();
    write!(out, "không có trường {{{{{name}}}}}; các trường có: {}", known.join(", "))
}
