//! The exhibits of the tabs: parts, offices, points and groups side by side; levels and grids; how many sheets came, of how many cases.

use crate::db::Db;
use crate::index::pick::{self, Pick};
use crate::report::explore::{
    Beside, Compared, Exhibit, OfficeFigures, Version, blanks, counts, covered, funnel_of, grid_of_factors,
    grids_of_offices, in_order, levels_of, received, side_by_side,
};
use crate::report::{Language, Names};
use crate::service::explore as service;
use crate::service::figures::{MeasureError, Measured, Question};

/// What is compared.
pub(super) fn compared(
    db: &Db,
    question: &Question,
    measured: &Measured,
    names: &Names,
    (pick, title): (&Pick, &str),
) -> Result<Vec<Exhibit>, MeasureError> {
    let minima = measured.report.minima();
    let minimum = pick.minimum(&measured.report);
    let mut exhibits = Vec::new();
    let mut add = |id, heading: &str, compared: &[Compared], (of, minimum)| {
        if !compared.is_empty() {
            exhibits.push(side_by_side(id, heading, compared, (of, minimum, &minima), Language::Vi));
        }
    };
    let of = match pick {
        Pick::Target(_) | Pick::People(_) | Pick::UnitFactor(_) => "Theo lĩnh vực",
        Pick::Field(_) => "Theo yếu tố",
        Pick::Factor(..) | Pick::Criterion(..) => "Theo tiêu chí",
    };
    add("parts", &format!("{of}: {title}"), &service::parts(measured, names, pick), (Beside::Parts, minimum));
    let offices = service::beside(&service::offices(db, question, measured)?, pick);
    add("offices", &format!("Theo đơn vị: {title}"), &offices, (Beside::Parts, minimum));
    // What a point and a group have is the share over all answers, whatever figure was picked.
    let points = service::points(db, measured, names)?;
    add("points", "Theo điểm phục vụ: mọi câu trả lời", &points, (Beside::Points, None));
    let groups = service::groups(measured, names);
    add("groups", "Theo người trả lời: phần phục vụ", &groups, (Beside::Groups, None));
    let funnel = funnel_of(&format!("Đơn vị nào khác hẳn: {title}"), &offices, &minima, Language::Vi);
    let after_offices = exhibits.iter().position(|exhibit| exhibit.id == "offices").map_or(exhibits.len(), |at| at + 1);
    if let Some(funnel) = funnel {
        exhibits.insert(after_offices, funnel);
    }
    Ok(exhibits)
}

/// The levels, and where they are weak.
pub(super) fn leveled(
    db: &Db,
    question: &Question,
    measured: &Measured,
    names: &Names,
    pick: &Pick,
) -> Result<Vec<Exhibit>, MeasureError> {
    let report = &measured.report;
    let order: Vec<String> = measured.fields.iter().map(|field| field.id.clone()).collect();
    let mut exhibits = Vec::new();
    if report.fields.iter().any(|node| node.shown().is_some()) {
        exhibits.push(grid_of_factors(report, &order, names, Language::Vi));
    }
    if let Some(field) = pick.field().and_then(|id| pick::field(report, id)) {
        let factor = match pick {
            Pick::Factor(_, id) => Some(id.as_str()),
            Pick::Criterion(of, id) => pick::criterion(report, of, id).map(|(factor, _)| factor.factor.as_str()),
            Pick::Target(_) | Pick::People(_) | Pick::UnitFactor(_) | Pick::Field(_) => None,
        };
        exhibits.push(levels_of((field, factor), report.is_at_will(), names, Language::Vi));
        let offices = service::offices(db, question, measured)?;
        let offices: Vec<OfficeFigures<'_>> = offices
            .iter()
            .map(|office| OfficeFigures { name: &office.unit.name_vi, unit: &office.unit.code, report: &office.report })
            .collect();
        exhibits.extend(grids_of_offices(report, (&field.field, factor), &offices, names, Language::Vi));
    }
    Ok(exhibits)
}

/// What came.
pub(super) fn arrived(
    db: &Db,
    question: &Question,
    measured: &Measured,
    names: &Names,
    pick: &Pick,
) -> Result<Vec<Exhibit>, MeasureError> {
    let found = service::received(db, question, measured)?;
    let title = if found.by_weeks { "Phiếu theo tuần" } else { "Phiếu theo ngày" };
    let mut exhibits = vec![received(title, &found.over_time, Language::Vi)];
    if !found.by_mode.is_empty() {
        exhibits.push(counts("modes", "Phiếu theo hình thức trả lời", "Hình thức", &found.by_mode, Language::Vi));
    }
    exhibits.extend(covered(&measured.report, names, Language::Vi));
    exhibits.extend(blanks(&measured.report, pick.field(), names, Language::Vi));
    let answered = measured.forms.iter().filter_map(|form| {
        found.forms.get(&form.id).map(|sheets| Version { form: &form.questionnaire, sheets: *sheets })
    });
    let answered: Vec<Version<'_>> = answered.collect();
    exhibits.extend(in_order(&measured.report, &answered, pick.field(), names, Language::Vi));
    Ok(exhibits)
}
