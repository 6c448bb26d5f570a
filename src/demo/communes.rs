//! The four communes of the plans and their units. Schools are invented; offices, centres and health stations carry the
//! names that such bodies carry everywhere.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::rates::COMMUNES;
use crate::plan::Plan;

/// A unit to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoUnit {
    pub code: String,
    /// Name: Vietnamese.
    pub name_vi: String,
    /// Name: English.
    pub name_en: String,
    /// `city`, `ward`, `commune`, `office`, `one_stop_centre`, `health_station` or `school`.
    pub kind: String,
    /// Code of the unit above it, which stands before it in the list; none at the top.
    pub parent: Option<String>,
    /// First day on which it is valid.
    pub valid_from: NaiveDate,
}

/// A ward or commune with the days on which it is measured.
pub(super) struct Commune<'p> {
    /// Its column in the tables of `rates`.
    pub(super) place: usize,
    /// Its plans that set reporting periods.
    pub(super) plans: Vec<&'p Plan>,
    /// First day measured.
    pub(super) from: NaiveDate,
    /// Last day measured.
    pub(super) to: NaiveDate,
}

/// (office of the economy, one-stop centre, kindergarten, primary school, lower secondary school), each in both
/// languages, in the order of [`COMMUNES`].
const NAMES: [[(&str, &str); 5]; 4] = [
    [
        ("Phòng Kinh tế, Hạ tầng và Đô thị", "Office of Economy, Infrastructure and Urban Affairs"),
        ("Điểm phục vụ hành chính công phường Cầu Giấy", "Cầu Giấy Public Administration Service Point"),
        ("Trường Mầm non Giọt Sương Mai", "Giọt Sương Mai Kindergarten"),
        ("Trường Tiểu học Rặng Tre Xanh", "Rặng Tre Xanh Primary School"),
        ("Trường THCS Thềm Nắng", "Thềm Nắng Lower Secondary School"),
    ],
    [
        ("Phòng Kinh tế, Hạ tầng và Đô thị", "Office of Economy, Infrastructure and Urban Affairs"),
        ("Điểm phục vụ hành chính công phường Ô Chợ Dừa", "Ô Chợ Dừa Public Administration Service Point"),
        ("Trường Mầm non Cánh Diều Giấy", "Cánh Diều Giấy Kindergarten"),
        ("Trường Tiểu học Ngõ Hoa Gạo", "Ngõ Hoa Gạo Primary School"),
        ("Trường THCS Đèn Sao", "Đèn Sao Lower Secondary School"),
    ],
    [
        ("Phòng Kinh tế", "Office of Economy"),
        ("Điểm hỗ trợ dịch vụ công số xã Ô Diên", "Ô Diên Digital Public Service Support Point"),
        ("Trường Mầm non Bờ Cỏ May", "Bờ Cỏ May Kindergarten"),
        ("Trường Tiểu học Đồng Ngô Non", "Đồng Ngô Non Primary School"),
        ("Trường THCS Triền Đê Gió", "Triền Đê Gió Lower Secondary School"),
    ],
    [
        ("Phòng Kinh tế, Hạ tầng và Đô thị", "Office of Economy, Infrastructure and Urban Affairs"),
        ("Trung tâm Phục vụ hành chính công phường Thành Đông", "Thành Đông Public Administration Service Centre"),
        ("Trường Mầm non Thuyền Giấy Nhỏ", "Thuyền Giấy Nhỏ Kindergarten"),
        ("Trường Tiểu học Sân Phượng Đỏ", "Sân Phượng Đỏ Primary School"),
        ("Trường THCS Bến Nắng Mới", "Bến Nắng Mới Lower Secondary School"),
    ],
];

/// The communes that the plans bind, each once, those measured by `until` only.
pub(super) fn communes(plans: &[Plan], until: NaiveDate) -> Vec<Commune<'_>> {
    let measured = |code: &&str| {
        let plans: Vec<&Plan> = plans.iter().filter(|plan| plan.unit == **code && !plan.periods.is_empty()).collect();
        let from = plans.iter().map(|plan| plan.from).min()?;
        let to = plans.iter().map(|plan| plan.to).max()?.min(until);
        (from <= to).then_some((plans, from, to))
    };
    COMMUNES
        .iter()
        .enumerate()
        .filter_map(|(place, code)| measured(code).map(|(plans, from, to)| Commune { place, plans, from, to }))
        .collect()
}

/// Every unit, parents first.
pub(super) fn units(communes: &[Commune<'_>]) -> Vec<DemoUnit> {
    let mut units = Vec::new();
    let mut cities = BTreeSet::new();
    for commune in communes {
        let Some(plan) = commune.plans.first() else { continue };
        let unit = |code: String, (name_vi, name_en): (&str, &str), kind: &str, parent: Option<&str>| DemoUnit {
            code,
            name_vi: name_vi.to_owned(),
            name_en: name_en.to_owned(),
            kind: kind.to_owned(),
            parent: parent.map(str::to_owned),
            valid_from: commune.from,
        };
        if cities.insert(plan.parent_unit.clone()) {
            let name_en = plan.parent_name.strip_prefix("Thành phố ").unwrap_or(&plan.parent_name);
            units.push(DemoUnit {
                valid_from: communes.iter().map(|commune| commune.from).min().unwrap_or(commune.from),
                ..unit(plan.parent_unit.clone(), (&plan.parent_name, &format!("{name_en} City")), "city", None)
            });
        }
        let is_ward = plan.unit.starts_with("phuong-");
        let short = plan.unit_name.trim_start_matches("Phường ").trim_start_matches("Xã ");
        let (of_vi, of_en, kind) = if is_ward { ("phường", "ward", "ward") } else { ("xã", "commune", "commune") };
        let own = (plan.unit_name.as_str(), format!("{short} {of_en}"));
        units.push(unit(plan.unit.clone(), (own.0, &own.1), kind, Some(&plan.parent_unit)));
        let [economy, centre, kindergarten, primary, secondary] = NAMES[commune.place];
        let office = |name: &str| format!("{name}, {of_vi} {short}");
        let office_en = |name: &str| format!("{name}, {short} {of_en}");
        for (end, (name_vi, name_en), kind) in [
            ("mot-cua", (centre.0.to_owned(), centre.1.to_owned()), "one_stop_centre"),
            (
                "van-hoa-xa-hoi",
                (office("Phòng Văn hóa – Xã hội"), office_en("Office of Culture and Society")),
                "office",
            ),
            ("kinh-te", (office(economy.0), office_en(economy.1)), "office"),
            (
                "van-phong",
                (office("Văn phòng HĐND và UBND"), office_en("Office of the People's Council and Committee")),
                "office",
            ),
            ("tram-y-te", (format!("Trạm Y tế {of_vi} {short}"), format!("{short} Health Station")), "health_station"),
            ("mam-non", (kindergarten.0.to_owned(), kindergarten.1.to_owned()), "school"),
            ("tieu-hoc", (primary.0.to_owned(), primary.1.to_owned()), "school"),
            ("thcs", (secondary.0.to_owned(), secondary.1.to_owned()), "school"),
        ] {
            units.push(unit(format!("{}-{end}", plan.unit), (&name_vi, &name_en), kind, Some(&plan.unit)));
        }
    }
    units
}
