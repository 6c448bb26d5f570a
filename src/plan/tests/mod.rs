//! Tests of the room, by what they hold the room to.

mod files;
mod names;
mod periods;
mod refused;
mod working_days;
mod write;

use chrono::NaiveDate;

use crate::plan::{FieldOfService, Plan, parse, parse_fields};

/// The plan files of the project, with the names they have there.
pub(crate) const FILES: [(&str, &str); 5] = [
    ("cau-giay-2026.toml", include_str!("../../../plans/cau-giay-2026.toml")),
    ("o-cho-dua-2025.toml", include_str!("../../../plans/o-cho-dua-2025.toml")),
    ("o-dien-2026-2030.toml", include_str!("../../../plans/o-dien-2026-2030.toml")),
    ("cau-giay-tuyen-truyen-2026.toml", include_str!("../../../plans/cau-giay-tuyen-truyen-2026.toml")),
    ("thanh-dong-2026.toml", include_str!("../../../plans/thanh-dong-2026.toml")),
];

const FIELDS: &str = include_str!("../../../plans/fields.toml");

pub(crate) fn fields() -> Vec<FieldOfService> {
    parse_fields("plans/fields.toml", FIELDS).expect("the project's fields are valid")
}

pub(crate) fn plan(key: &str) -> Plan {
    let name = format!("{key}.toml");
    let file = FILES.iter().find(|(file, _)| *file == name);
    let (_, source) = file.expect("a plan file of this name");
    parse(&format!("plans/{name}"), source, &fields()).expect("the project's plans are valid")
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day as in 2026-03-14")
}
