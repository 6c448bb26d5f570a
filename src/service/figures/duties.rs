//! How far a task of a plan is. What somebody said of it holds, unless the program counts what it asks for: then the count says it, in every
//! place, so that nothing is met on one line and not begun on the next.

use chrono::NaiveDate;

use crate::cases::remedy::Progress;
use crate::db::{TaskStanding, task_key};
use crate::index::Verdict;
use crate::index::result::CountResult;
use crate::plan::{CountKind, CountTarget, Plan, Serves, Task};

/// What dialogues are called in the titles of tasks.
const DIALOGUE: &str = "đối thoại";

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duty<'a> {
    pub state: Progress,
    /// What the program counted of it.
    pub counted: Option<&'a CountResult>,
}

/// The counted target that says how far a task is: of the same clause and about the same, by its title, by its mark, or because both are
/// about dialogues. None where it could be one of two.
pub fn counting<'a>(plan: &'a Plan, task: &Task) -> Option<&'a CountTarget> {
    let of_clause = || plan.counts.iter().filter(|target| target.clause == task.clause);
    let same_title = of_clause().find(|target| target.title_vi == task.title_vi);
    let alike = |target: &&CountTarget| match target.kind {
        CountKind::ComplaintsInTime => task.serves == Some(Serves::Complaints),
        CountKind::Dialogues | CountKind::HeadDialogues | CountKind::OfficeDialogues => {
            task.title_vi.to_lowercase().contains(DIALOGUE)
        }
        CountKind::NewsItems | CountKind::Broadcasts | CountKind::CityItems | CountKind::AcceptedItems => false,
    };
    same_title.or_else(|| {
        let mut alike = of_clause().filter(alike);
        alike.next().filter(|_| alike.next().is_none())
    })
}

/// Whether a counted target that is met stays met: complaints may still come and be answered late.
pub fn is_settled(plan: &Plan, count: &CountResult, today: NaiveDate) -> bool {
    let is_it = |target: &&CountTarget| (target.kind, &target.clause) == (count.kind, &count.clause);
    let runs = plan.counts.iter().find(is_it).is_some_and(|target| today <= target.to);
    !(runs && count.kind == CountKind::ComplaintsInTime)
}

/// How far a task is, of what was said of the plan's tasks and what was counted of the plan.
pub fn duty<'a>(
    plan: &Plan,
    task: &Task,
    known: &[TaskStanding],
    counts: &'a [CountResult],
    today: NaiveDate,
) -> Duty<'a> {
    let key = task_key(task);
    let said = known.iter().find(|known| known.task == key).map_or(Progress::Planned, |known| known.state);
    let target = counting(plan, task);
    let counted = target
        .and_then(|target| counts.iter().find(|count| (count.kind, &count.clause) == (target.kind, &target.clause)));
    let state = match (said, counted) {
        // That it falls away is decided by people.
        (Progress::Dropped, _) | (_, None) => said,
        (_, Some(count)) => match count.verdict {
            Verdict::Met if is_settled(plan, count, today) => Progress::Done,
            Verdict::CannotSay if count.reached == 0 && said == Progress::Planned => Progress::Planned,
            _ => Progress::UnderWay,
        },
    };
    Duty { state, counted: counted.filter(|_| said != Progress::Dropped) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &str = include_str!("../../../plans/fields.toml");
    const PLAN: &str = include_str!("../../../plans/cau-giay-2026.toml");

    fn shipped() -> Plan {
        let fields = crate::plan::parse_fields("fields.toml", FIELDS).expect("fields");
        crate::plan::parse("cau-giay-2026.toml", PLAN, &fields).expect("a plan")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn count(kind: CountKind, clause: &str, (wanted, reached): (u64, u64), verdict: Verdict) -> CountResult {
        CountResult {
            kind,
            clause: clause.to_owned(),
            wanted,
            reached,
            late: 0,
            open: 0,
            published: 0,
            missing: Vec::new(),
            verdict,
            open_until: None,
        }
    }

    #[test]
    fn each_counted_target_of_the_shipped_plan_says_how_far_one_task_is() {
        let plan = shipped();
        let counted: Vec<(CountKind, &str)> = plan
            .tasks
            .iter()
            .filter_map(|task| Some((counting(&plan, task)?.kind, task.title_vi.split(' ').next()?)))
            .collect();
        // By reading the document: the duty to answer, two dialogues a year, the head's, each office's.
        assert_eq!(
            counted,
            [
                (CountKind::ComplaintsInTime, "Tiếp"),
                (CountKind::Dialogues, "Ít"),
                (CountKind::HeadDialogues, "Người"),
                (CountKind::OfficeDialogues, "Mỗi"),
            ]
        );
    }

    #[test]
    fn a_task_is_as_far_as_its_count_and_what_is_met_for_good_is_done() {
        let plan = shipped();
        let task = |title: &str| plan.tasks.iter().find(|task| task.title_vi.starts_with(title)).expect("a task");
        let (dialogues, answers) = (task("Ít nhất 02 cuộc"), task("Tiếp nhận, xử lý"));
        let today = day("2026-12-01");
        let said = |task: &Task, state| {
            let (task, on) = (task_key(task), today);
            vec![TaskStanding { task, state, note: String::new(), on, by: String::new(), product_name: String::new() }]
        };
        let state =
            |task, known: &[TaskStanding], counted: CountResult, on| duty(&plan, task, known, &[counted], on).state;
        let held = |number, verdict| count(CountKind::Dialogues, "II.1.1", (2, number), verdict);
        assert_eq!(state(dialogues, &[], held(2, Verdict::Met), today), Progress::Done, "nobody has to say so");
        assert_eq!(state(dialogues, &[], held(1, Verdict::CannotSay), today), Progress::UnderWay);
        assert_eq!(state(dialogues, &[], held(0, Verdict::CannotSay), today), Progress::Planned);
        let done = said(dialogues, Progress::Done);
        assert_eq!(
            state(dialogues, &done, held(1, Verdict::CannotSay), today),
            Progress::UnderWay,
            "one of two is not done"
        );
        assert_eq!(state(dialogues, &done, held(1, Verdict::NotMet), today), Progress::UnderWay);
        let dropped = said(dialogues, Progress::Dropped);
        assert_eq!(state(dialogues, &dropped, held(1, Verdict::CannotSay), today), Progress::Dropped);
        // All answered in time so far: another may come until the plan's last day, 31 December.
        let answered = || count(CountKind::ComplaintsInTime, "II.1.1", (5, 5), Verdict::Met);
        assert_eq!(state(answers, &[], answered(), today), Progress::UnderWay);
        assert_eq!(state(answers, &[], answered(), day("2027-01-01")), Progress::Done);
        // What nobody counts is what was said.
        let other = task("Cung cấp số liệu");
        assert_eq!(state(other, &said(other, Progress::Done), held(0, Verdict::CannotSay), today), Progress::Done);
    }
}
