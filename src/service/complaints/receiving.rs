//! Who receives a complaint and by when it is to be answered: the unit that leads the plan's task, and the ward's own rules.

use chrono::NaiveDate;

use crate::cases::{Channel, deadline};
use crate::db::{Arrival, Db, DbError, Unit, UnitKind};
use crate::plan::working_days::is_working_day;

/// What serves the task of receiving complaints, in every plan file.
const SERVED_BY: &str = "Trang gửi phản ánh, kiến nghị có mã tra cứu";
/// How the title of the task of receiving them begins.
const RECEIVING: &str = "Tiếp nhận";
/// Where no plan names who leads it, the office whose name begins so does (the plans' chapter on who does what).
const OFFICE: &str = "văn phòng";

/// The office of `ward`'s own that leads the task of receiving complaints; none where it is the ward itself.
pub fn desk_of(db: &Db, ward: &Unit, today: NaiveDate) -> Result<Option<Unit>, DbError> {
    let open = |unit: &Unit| unit.valid_to.is_none_or(|last| last >= today);
    let tree = db.tree()?;
    let (covered, book) = (tree.covered(ward.id), db.plan_book()?);
    // What stands under another ward, or under a city within a country, is theirs, as long as they are there.
    let is_area = |unit: &Unit| matches!(unit.kind, UnitKind::City | UnitKind::Ward | UnitKind::Commune) && open(unit);
    let nearest =
        |unit: &Unit| tree.above(unit.id).find(|above| above.id == ward.id || is_area(above)).map(|unit| unit.id);
    let is_own = |unit: &&Unit| unit.id != ward.id && open(unit) && nearest(unit) == Some(ward.id);
    let units: Vec<&Unit> = covered.iter().filter(is_own).collect();
    let plans = book.of_unit(&ward.code).map(|stored| &stored.plan);
    let in_force = plans.filter(|plan| (plan.from..=plan.to).contains(&today));
    // Other tasks are served by the page too: petitions of businesses, checks.
    let leads = in_force.flat_map(|plan| &plan.tasks).filter(|task| {
        task.title_vi.starts_with(RECEIVING)
            && task.served_by.as_deref().is_some_and(|served| served.starts_with(SERVED_BY))
    });
    let named = leads.filter_map(|task| task.lead.as_deref()).find_map(|lead| {
        let lead = plain(lead);
        units.iter().copied().find(|unit| plain(&unit.name_vi).starts_with(&lead))
    });
    Ok(named.or_else(|| units.iter().copied().find(|unit| plain(&unit.name_vi).starts_with(OFFICE))).cloned())
}

/// A name as two writers of it agree on: "Văn phòng HĐND–UBND" and "Văn phòng HĐND và UBND" are one.
fn plain(name: &str) -> String {
    let name = name.to_lowercase().replace(['–', '-', ','], " ");
    name.split_whitespace().filter(|word| *word != "và").collect::<Vec<_>>().join(" ")
}

/// What a complaint to `ward` is given when it comes on `on` by the program's own page.
pub fn arrival(db: &Db, ward: &Unit, on: NaiveDate) -> Result<Arrival, DbError> {
    let rules = db.complaint_rules(ward.id)?;
    Ok(Arrival {
        channel: Channel::Page,
        outside_number: String::new(),
        subject: None,
        field: None,
        about: None,
        point: None,
        desk: desk_of(db, ward, on)?.map(|unit| unit.id),
        due: deadline::after(on, rules.answer_days, is_working_day),
        news: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_its_parts_are_joined() {
        assert_eq!(plain("Văn phòng HĐND–UBND"), plain("Văn phòng HĐND và UBND"));
        assert!(
            plain("Trung tâm phục vụ hành chính công phường Thành Đông")
                .starts_with(&plain("Trung tâm Phục vụ hành chính công"))
        );
    }
}
