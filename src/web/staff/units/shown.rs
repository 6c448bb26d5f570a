//! How units are shown and chosen: their kinds in words, the order of their tree, those that are open.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::db::{Unit, UnitKind};
use crate::web::staff::form::Choice;
use crate::web::staff::signed_in::SignedIn;

/// Kinds, in the order in which they are offered.
pub(super) const KINDS: [UnitKind; 8] = [
    UnitKind::Office,
    UnitKind::OneStopCentre,
    UnitKind::HealthStation,
    UnitKind::School,
    UnitKind::Ward,
    UnitKind::Commune,
    UnitKind::City,
    UnitKind::Other,
];

/// A kind of unit in Vietnamese.
pub(in crate::web::staff) fn kind_name(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::City => "Thành phố, tỉnh",
        UnitKind::Ward => "Phường",
        UnitKind::Commune => "Xã, đặc khu",
        UnitKind::Office => "Phòng, văn phòng",
        UnitKind::OneStopCentre => "Một cửa",
        UnitKind::HealthStation => "Trạm y tế",
        UnitKind::School => "Trường học",
        UnitKind::Other => "Khác",
    }
}

/// Whether a unit is valid on a day.
pub(in crate::web::staff) fn is_open(unit: &Unit, today: NaiveDate) -> bool {
    unit.valid_to.is_none_or(|last| today <= last)
}

/// Units in the order of their tree, each with its depth; a unit whose parent is not among them stands at the top.
pub(in crate::web::staff) fn tree(units: &[Unit]) -> Vec<(&Unit, usize)> {
    let known: HashSet<i32> = units.iter().map(|unit| unit.id).collect();
    let mut children: HashMap<i32, Vec<&Unit>> = HashMap::new();
    for unit in units.iter().rev() {
        if let Some(parent) = unit.parent {
            children.entry(parent).or_default().push(unit);
        }
    }
    let is_top = |unit: &&Unit| unit.parent.is_none_or(|parent| !known.contains(&parent));
    let mut ahead: Vec<(&Unit, usize)> = units.iter().filter(is_top).map(|unit| (unit, 0)).collect();
    ahead.reverse();
    let mut found = Vec::with_capacity(units.len());
    while let Some((unit, depth)) = ahead.pop() {
        found.push((unit, depth));
        ahead.extend(children.get(&unit.id).into_iter().flatten().map(|below| (*below, depth + 1)));
    }
    found
}

/// The user's units that are valid today, to choose from; a hyphen a level shows the tree.
pub(in crate::web::staff) fn open_units(user: &SignedIn, today: NaiveDate) -> Vec<Choice> {
    let open = tree(&user.units).into_iter().filter(|(unit, _)| is_open(unit, today));
    open.map(|(unit, depth)| Choice::new(unit.code.clone(), format!("{}{}", "– ".repeat(depth), unit.name_vi)))
        .collect()
}
