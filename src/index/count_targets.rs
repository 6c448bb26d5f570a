//! Targets that are counted, not asked about: complaints answered in time, dialogues held, items told. Whoever counts hands the counts over;
//! here they are judged, as every other target is.

use chrono::{Datelike, Months, NaiveDate};

use super::result::{CountResult, Verdict};
use crate::plan::{CountKind, CountTarget};

/// A dialogue that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The day.
    pub on: NaiveDate,
    /// Whether the head of the ward led it.
    pub by_head: bool,
    /// The unit that held it.
    pub unit: i32,
}

/// "Every complaint in time": one that is late ends it; none that came settles nothing.
pub fn complaints(target: &CountTarget, received: u64, in_time: u64, late: u64, published: u64) -> CountResult {
    let open = received.saturating_sub(in_time + late);
    let verdict = match (late, open, received) {
        (1.., ..) => Verdict::NotMet,
        (_, 1.., _) | (_, _, 0) => Verdict::CannotSay,
        _ => Verdict::Met,
    };
    let (kind, clause) = (target.kind, target.clause.clone());
    let missing = Vec::new();
    let open_until = None;
    CountResult {
        kind,
        clause,
        wanted: received,
        reached: in_time,
        late,
        open,
        published,
        missing,
        verdict,
        open_until,
    }
}

/// Dialogues held up to `until`, against so many in the days of the target. `offices` are those that each must hold some.
pub fn dialogues(target: &CountTarget, held: &[Held], offices: &[(i32, String)], until: NaiveDate) -> CountResult {
    let times = u64::from(target.times);
    let days = target.from..=until.min(target.to);
    let within: Vec<&Held> = held.iter().filter(|one| days.contains(&one.on)).collect();
    let number = |of: &dyn Fn(&&&Held) -> bool| within.iter().filter(of).count() as u64;
    let over = until >= target.to;
    let result = |wanted: u64, reached: u64, missing: Vec<String>, (verdict, ends): (Verdict, NaiveDate)| CountResult {
        kind: target.kind,
        clause: target.clause.clone(),
        wanted,
        reached,
        late: 0,
        open: 0,
        published: 0,
        missing,
        verdict,
        open_until: (verdict == Verdict::CannotSay).then_some(ends),
    };
    let judged = |met: bool, lost: bool| match (met, lost) {
        (true, _) => Verdict::Met,
        (false, true) => Verdict::NotMet,
        (false, false) => Verdict::CannotSay,
    };
    match target.kind {
        CountKind::HeadDialogues => {
            let halves = halves(target.from, target.to);
            let done = |half: &Part| number(&|one| one.by_head && (half.0..=half.1).contains(&one.on)) >= times;
            let missing: Vec<&Part> = halves.iter().filter(|half| !done(half)).collect();
            // What lies in days that are over comes no more.
            let lost = missing.iter().any(|half| half.1 <= until);
            let reached = (halves.len() - missing.len()) as u64;
            let names = missing.iter().filter(|half| half.0 <= until).map(|half| half.2.clone()).collect();
            let ends = missing.first().map_or(target.to, |half| half.1);
            result(halves.len() as u64, reached, names, (judged(missing.is_empty(), lost), ends))
        }
        CountKind::OfficeDialogues => {
            let done = |unit: i32| number(&|one| one.unit == unit) >= times;
            let missing: Vec<String> =
                offices.iter().filter(|(unit, _)| !done(*unit)).map(|(_, name)| name.clone()).collect();
            let reached = (offices.len() - missing.len()) as u64;
            let met = missing.is_empty() && !offices.is_empty();
            result(offices.len() as u64, reached, missing, (judged(met, over), target.to))
        }
        // Whoever hands the days of items over asks `told`.
        _ => {
            let reached = within.len() as u64;
            result(times, reached, Vec::new(), (judged(reached >= times, over), target.to))
        }
    }
}

/// Items told on these days up to `until`: so many in each month of the target, or so many in all its days.
pub fn told(target: &CountTarget, days: &[NaiveDate], until: NaiveDate) -> CountResult {
    let times = u64::from(target.times);
    let number =
        |from: NaiveDate, to: NaiveDate| days.iter().filter(|day| (from..=to.min(until)).contains(day)).count() as u64;
    let (wanted, reached, missing, lost, ends) = if target.kind == CountKind::AcceptedItems {
        (times, number(target.from, target.to), Vec::new(), until >= target.to, target.to)
    } else {
        let months = months(target.from, target.to);
        let lacking: Vec<&Part> = months.iter().filter(|(from, to, _)| number(*from, *to) < times).collect();
        let over: Vec<String> = lacking.iter().filter(|part| part.1 <= until).map(|part| part.2.clone()).collect();
        let (lost, ends) = (!over.is_empty(), lacking.first().map_or(target.to, |part| part.1));
        (months.len() as u64, (months.len() - lacking.len()) as u64, over, lost, ends)
    };
    let verdict = match (reached >= wanted, lost) {
        (true, _) => Verdict::Met,
        (false, true) => Verdict::NotMet,
        (false, false) => Verdict::CannotSay,
    };
    let (kind, clause) = (target.kind, target.clause.clone());
    let open_until = (verdict == Verdict::CannotSay).then_some(ends);
    CountResult { kind, clause, wanted, reached, late: 0, open: 0, published: 0, missing, verdict, open_until }
}

/// The months that days from `from` to `to` touch, each with its name as `M4/2026`.
fn months(from: NaiveDate, to: NaiveDate) -> Vec<Part> {
    let mut found = Vec::new();
    let mut first = NaiveDate::from_ymd_opt(from.year(), from.month(), 1).unwrap_or(from);
    while first <= to {
        let Some(next) = first.checked_add_months(Months::new(1)) else { break };
        let last = next.pred_opt().unwrap_or(next);
        found.push((first.max(from), last.min(to), format!("M{}/{}", first.month(), first.year())));
        first = next;
    }
    found
}

/// First day, last day and name of a part of a year, as `H1/2026`; whoever shows it has the words of papers.
type Part = (NaiveDate, NaiveDate, String);

/// The halves of years that days from `from` to `to` touch.
fn halves(from: NaiveDate, to: NaiveDate) -> Vec<Part> {
    let mut found = Vec::new();
    let mut first = NaiveDate::from_ymd_opt(from.year(), if from.month() <= 6 { 1 } else { 7 }, 1).unwrap_or(from);
    while first <= to {
        let Some(next) = first.checked_add_months(Months::new(6)) else { break };
        let last = next.pred_opt().unwrap_or(next);
        let half = if first.month() == 1 { "H1" } else { "H2" };
        found.push((first.max(from), last.min(to), format!("{half}/{}", first.year())));
        first = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn target(kind: CountKind, times: u32) -> CountTarget {
        CountTarget {
            kind,
            clause: "II.1.1".to_owned(),
            times,
            from: day("2026-01-01"),
            to: day("2026-12-31"),
            title_vi: String::new(),
            title_en: String::new(),
        }
    }

    fn held(on: &str, by_head: bool, unit: i32) -> Held {
        Held { on: day(on), by_head, unit }
    }

    #[test]
    fn one_late_answer_ends_a_hundred_per_cent_and_none_at_all_settles_nothing() {
        let target = target(CountKind::ComplaintsInTime, 1);
        let verdict = |received, in_time, late| complaints(&target, received, in_time, late, 0).verdict;
        assert_eq!(verdict(0, 0, 0), Verdict::CannotSay);
        assert_eq!(verdict(5, 5, 0), Verdict::Met);
        assert_eq!(verdict(5, 4, 0), Verdict::CannotSay, "one is owed and in time");
        assert_eq!(verdict(5, 4, 1), Verdict::NotMet);
        assert_eq!(verdict(50, 49, 1), Verdict::NotMet, "98 % is not 100 %");
    }

    #[test]
    fn two_dialogues_a_year_are_met_with_the_second_and_missed_with_the_year() {
        let target = target(CountKind::Dialogues, 2);
        let one = [held("2026-03-10", true, 1)];
        let open = dialogues(&target, &one, &[], day("2026-12-14"));
        assert_eq!((open.verdict, open.open_until), (Verdict::CannotSay, Some(day("2026-12-31"))));
        assert_eq!(dialogues(&target, &one, &[], day("2026-12-31")).verdict, Verdict::NotMet);
        let two = [held("2026-03-10", true, 1), held("2026-09-10", false, 2)];
        assert_eq!(dialogues(&target, &two, &[], day("2026-09-10")).verdict, Verdict::Met);
        assert_eq!(dialogues(&target, &two, &[], day("2026-09-09")).reached, 1);
    }

    #[test]
    fn the_head_leads_one_in_each_half_of_the_year() {
        let target = target(CountKind::HeadDialogues, 1);
        let second_half_only = [held("2026-08-01", true, 1), held("2026-02-01", false, 1)];
        let june = dialogues(&target, &second_half_only, &[], day("2026-06-14"));
        assert_eq!((june.verdict, june.missing), (Verdict::CannotSay, vec!["H1/2026".to_owned()]));
        assert_eq!(june.open_until, Some(day("2026-06-30")), "it is lost with the half-year, not with the year");
        let lost = dialogues(&target, &second_half_only, &[], day("2026-06-30"));
        assert_eq!((lost.verdict, lost.open_until), (Verdict::NotMet, None));
        let both = [held("2026-02-01", true, 1), held("2026-08-01", true, 1)];
        assert_eq!(dialogues(&target, &both, &[], day("2026-09-14")).verdict, Verdict::Met);
    }

    #[test]
    fn a_month_with_one_item_of_two_is_missed_with_its_last_day_and_named() {
        let mut target = target(CountKind::NewsItems, 2);
        target.from = day("2026-10-01");
        let days = [day("2026-10-02"), day("2026-10-30"), day("2026-11-05")];
        let open = told(&target, &days, day("2026-11-29"));
        assert_eq!((open.wanted, open.reached, open.verdict), (3, 1, Verdict::CannotSay), "November is not over");
        assert_eq!(open.open_until, Some(day("2026-11-30")));
        let lost = told(&target, &days, day("2026-11-30"));
        assert_eq!((lost.verdict, lost.missing), (Verdict::NotMet, vec!["M11/2026".to_owned()]));
        let all = [days.as_slice(), &[day("2026-11-06"), day("2026-12-01"), day("2026-12-01")]].concat();
        assert_eq!(told(&target, &all, day("2026-12-01")).verdict, Verdict::Met);
        assert_eq!(
            told(&target, &all, day("2026-11-30")).verdict,
            Verdict::CannotSay,
            "what lies ahead is not there yet"
        );
    }

    #[test]
    fn six_accepted_items_a_year_may_come_in_one_month() {
        let target = target(CountKind::AcceptedItems, 6);
        let days = [day("2026-11-05"); 5];
        assert_eq!(told(&target, &days, day("2026-12-30")).verdict, Verdict::CannotSay);
        assert_eq!(told(&target, &days, day("2026-12-31")).verdict, Verdict::NotMet);
        assert_eq!(told(&target, &[day("2026-11-05"); 6], day("2026-11-05")).verdict, Verdict::Met);
    }

    #[test]
    fn every_office_holds_one_and_those_that_did_not_are_named() {
        let target = target(CountKind::OfficeDialogues, 1);
        let offices = [(2, "Phòng A".to_owned()), (3, "Phòng B".to_owned())];
        let found = dialogues(&target, &[held("2026-05-05", false, 2)], &offices, day("2026-06-14"));
        assert_eq!((found.wanted, found.reached, found.verdict), (2, 1, Verdict::CannotSay));
        assert_eq!(found.missing, ["Phòng B"]);
    }
}
