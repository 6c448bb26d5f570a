//! What roles are called on pages, and what each is for.

use crate::access::Role;

/// The name of a role.
pub(in crate::web::staff) fn role(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Quản trị",
        Role::Leader => "Lãnh đạo",
        Role::PlanOwner => "Phụ trách kế hoạch",
        Role::UnitHead => "Thủ trưởng đơn vị",
        Role::Staff => "Cán bộ",
        Role::DataEntry => "Nhập phiếu giấy",
        Role::Auditor => "Kiểm tra, giám sát",
        Role::Viewer => "Xem số liệu",
    }
}

/// What a role is for, in a few words.
pub(super) fn purpose(role: Role) -> &'static str {
    match role {
        Role::Administrator => "thiết lập đơn vị, điểm, người dùng; không đọc góp ý",
        Role::Leader => "duyệt kỳ báo cáo; xem số liệu, đọc góp ý",
        Role::PlanOwner => "phụ trách chỉ tiêu, khóa kỳ báo cáo; thiết lập đơn vị, điểm; đọc góp ý",
        Role::UnitHead => "xem số liệu và góp ý của đơn vị mình",
        Role::Staff => "xem số liệu của đơn vị mình",
        Role::DataEntry => "nhập phiếu giấy; không xem số liệu",
        Role::Auditor => "xem tất cả, không thay đổi gì",
        Role::Viewer => "chỉ xem số liệu",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::places;

    /// The template of many users offers these names, and its rows come back.
    #[test]
    fn a_table_of_people_reads_what_a_page_calls_a_role() {
        for known in Role::ALL {
            assert_eq!(places::role(role(known)), Some(known));
        }
    }
}
