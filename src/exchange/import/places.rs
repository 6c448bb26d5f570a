//! Units and people as tables: columns by their headings, in any order, in the words of people.

use super::columns::{self, Found};
use super::{Column, plain};
use crate::access::Role;
use crate::table::Table;

/// The columns of a table of units.
pub const UNITS: &[Column] = &[
    Column {
        key: "name",
        heading: "Tên đơn vị",
        also: &["don vi", "ten", "ten co quan", "co quan", "ten bo phan", "bo phan", "name"],
        required: true,
    },
    Column { key: "kind", heading: "Loại", also: &["loai don vi", "loai hinh", "kind"], required: false },
    Column {
        key: "parent",
        heading: "Trực thuộc",
        also: &["don vi cap tren", "cap tren", "thuoc", "thuoc don vi", "don vi quan ly", "parent"],
        required: false,
    },
    Column { key: "name_en", heading: "Tên tiếng Anh", also: &["ten anh", "tieng anh", "english"], required: false },
    Column { key: "code", heading: "Mã", also: &["ma don vi", "code"], required: false },
];

/// The columns of a table of people.
pub const USERS: &[Column] = &[
    Column {
        key: "display_name",
        heading: "Họ tên",
        also: &["ho va ten", "ten", "ho ten can bo", "can bo", "nguoi dung", "ten nguoi dung"],
        required: true,
    },
    Column { key: "role", heading: "Vai trò", also: &["chuc nang", "quyen", "role"], required: true },
    Column {
        key: "unit",
        heading: "Đơn vị",
        also: &["bo phan", "phong ban", "co quan", "don vi cong tac", "noi cong tac", "unit"],
        required: true,
    },
    Column {
        key: "email",
        heading: "Thư điện tử",
        also: &["email", "e mail", "dia chi thu", "dia chi email", "hop thu", "thu cong vu"],
        required: false,
    },
    Column {
        key: "name",
        heading: "Tên đăng nhập",
        also: &["tai khoan", "ten tai khoan", "username", "user"],
        required: false,
    },
];

/// The rows of a table of `known` columns.
pub fn find<'t>(table: &'t Table, known: &'static [Column]) -> Found<'t> {
    // What offices note about people besides, and what concerns nobody here, stays unread.
    let besides = ["chuc vu", "dien thoai", "so dien thoai", "chuc danh", "dia chi"];
    columns::find(table, known, &|heading| besides.contains(&plain(heading).as_str()))
}

/// A role as people write it; none where it is none.
pub fn role(typed: &str) -> Option<Role> {
    let typed = plain(typed);
    if let Some(role) = Role::from_name(&typed) {
        return Some(role);
    }
    Some(match typed.as_str() {
        "quan tri" | "quan tri vien" | "quan tri he thong" | "admin" => Role::Administrator,
        "lanh dao" | "chu tich" | "pho chu tich" | "lanh dao phuong" | "lanh dao xa" | "lanh dao ubnd" => Role::Leader,
        "phu trach ke hoach" | "phu trach" | "chu ke hoach" | "can bo phu trach" => Role::PlanOwner,
        "thu truong" | "thu truong don vi" | "truong don vi" | "truong phong" | "hieu truong" | "tram truong"
        | "giam doc" => Role::UnitHead,
        "can bo" | "cong chuc" | "vien chuc" | "chuyen vien" | "nhan vien" => Role::Staff,
        "nhap phieu giay" | "nhap phieu" | "nhap lieu" | "nguoi nhap phieu" => Role::DataEntry,
        "kiem tra giam sat" | "giam sat" | "kiem tra" | "thanh tra" => Role::Auditor,
        "xem so lieu" | "xem" | "chi xem" | "nguoi xem" => Role::Viewer,
        _ => return None,
    })
}

/// A name to sign in with made of a person's name, family name and given name as people here are called: `nguyen.lan`.
pub fn sign_in_name(display_name: &str) -> String {
    let bare = plain(display_name);
    let words: Vec<&str> = bare.split(' ').filter(|word| !word.is_empty()).collect();
    match words[..] {
        [] => String::new(),
        [only] => only.to_owned(),
        [family, .., given] => format!("{family}.{given}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_known_by_peoples_words_and_what_is_none_is_not_guessed() {
        for (typed, meant) in [
            ("Quản trị", Role::Administrator),
            ("LÃNH ĐẠO", Role::Leader),
            ("Phó Chủ tịch", Role::Leader),
            ("Hiệu trưởng", Role::UnitHead),
            ("chuyên viên", Role::Staff),
            ("viewer", Role::Viewer),
        ] {
            assert_eq!(role(typed), Some(meant), "{typed}");
        }
        for none in ["", "Trưởng thôn", "Lãnh"] {
            assert_eq!(role(none), None, "{none}");
        }
    }

    #[test]
    fn a_name_to_sign_in_with_is_family_and_given_name() {
        assert_eq!(sign_in_name("Nguyễn Thị Lan"), "nguyen.lan");
        assert_eq!(sign_in_name("Đỗ Hà"), "do.ha");
        assert_eq!(sign_in_name("Y"), "y");
    }
}
