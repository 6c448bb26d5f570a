//! Who receives a complaint and by when it is to be answered: the unit that leads the plan's task, and the ward's own rules.

use chrono::NaiveDate;

use crate::cases::{Channel, deadline};
use crate::db::{Arrival, Db, DbError, Unit, UnitKind};
use crate::plan::working_days::is_working_day;
use crate::plan::{Plan, Serves, Task};

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
    let named = in_force.flat_map(receiving).filter_map(|task| task.lead.as_deref()).find_map(|lead| {
        let lead = plain(lead);
        units.iter().copied().find(|unit| plain(&unit.name_vi).starts_with(&lead))
    });
    Ok(named.or_else(|| units.iter().copied().find(|unit| plain(&unit.name_vi).starts_with(OFFICE))).cloned())
}

/// The tasks of a plan whose lead receives complaints: the marked one.
fn receiving(plan: &Plan) -> impl Iterator<Item = &Task> {
    let marked = |task: &Task| task.serves == Some(Serves::Complaints);
    let is_marked = plan.tasks.iter().any(marked);
    plan.tasks.iter().filter(move |task| if is_marked { marked(task) } else { reads_like_receiving(task) })
}

/// Whether a task of a plan without a mark is one of receiving complaints. Plans that were stored before there was a mark carry none, and those that
/// were changed on a page get none from a file any more: they are known by the words that the files of that time gave them, so that an upgrade
/// moves no desk. Other tasks are served by the page too: petitions of businesses, checks.
fn reads_like_receiving(task: &Task) -> bool {
    let served = task.served_by.as_deref().unwrap_or_default();
    task.title_vi.starts_with("Tiếp nhận") && served.starts_with("Trang gửi phản ánh, kiến nghị có mã tra cứu")
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
    use crate::plan::tests::plan;

    fn clauses(plan: &Plan) -> Vec<&str> {
        receiving(plan).map(|task| task.clause.as_str()).collect()
    }

    #[test]
    fn a_marked_task_receives_whatever_its_words_are() {
        let mut thanh_dong = plan("thanh-dong-2026");
        assert_eq!(clauses(&thanh_dong), ["annex III.6"], "others read like it and carry no mark");
        let task = thanh_dong.tasks.iter_mut().find(|task| task.serves.is_some()).expect("the marked task");
        (task.title_vi, task.served_by) = ("Trả lời người dân".to_owned(), None);
        assert_eq!(clauses(&thanh_dong), ["annex III.6"]);
    }

    #[test]
    fn a_plan_of_before_the_mark_is_asked_by_its_words() {
        let mut thanh_dong = plan("thanh-dong-2026");
        thanh_dong.tasks.iter_mut().for_each(|task| task.serves = None);
        // The tasks that the program of before took, the only one with a lead first.
        assert_eq!(clauses(&thanh_dong), ["annex III.6", "II.1.d", "II.3.đ"]);
        let leads: Vec<_> = receiving(&thanh_dong).filter_map(|task| task.lead.as_deref()).collect();
        assert_eq!(leads, ["Trung tâm Phục vụ hành chính công"]);
    }

    #[test]
    fn a_name_is_known_however_its_parts_are_joined() {
        assert_eq!(plain("Văn phòng HĐND–UBND"), plain("Văn phòng HĐND và UBND"));
        assert!(
            plain("Trung tâm phục vụ hành chính công phường Thành Đông")
                .starts_with(&plain("Trung tâm Phục vụ hành chính công"))
        );
    }
}
