//! A frame made of the cases that service points count: each row is a point on a working day of a round, its size the cases expected then.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::db::{Db, DbError, PointListed, Round, Unit};
use crate::plan::working_days::is_working_day;
use crate::plan::{Channel, Plan};
use crate::sampling::frame::{FrameUnit, LABEL_MAX};

/// Months that are looked back for cases.
const MONTHS_BACK: u32 = 12;

/// How such a frame is named in the place of a file; no file that is brought ends so.
const NAME_ENDS: &str = "theo điểm và ngày";

/// The name of a frame of the cases of a month.
pub fn name(month: NaiveDate) -> String {
    format!("Số hồ sơ tháng {:02}/{}, {NAME_ENDS}", month.month(), month.year())
}

/// Whether a frame of this name was made of cases: its rows are days, and nobody can be drawn from it but by their turn.
pub fn is_of_cases(name: &str) -> bool {
    name.ends_with(NAME_ENDS)
}

/// Whether the day of a row of such a frame has begun, so that not everybody who comes can be asked any more.
pub fn has_begun(row: &FrameUnit, today: NaiveDate) -> bool {
    let day = row.number.rsplit_once(' ').and_then(|(_, day)| NaiveDate::parse_from_str(day, DAY).ok());
    day.is_some_and(|day| day <= today)
}

/// How the day stands at the end of a row's number.
const DAY: &str = "%d/%m/%Y";

/// What offices are called as strata, by the number of each: by name, and by code too where several that had not ended by `day` have the name.
fn strata_of(units: &[Unit], day: NaiveDate) -> BTreeMap<i32, String> {
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    for unit in units.iter().filter(|unit| !has_ended(unit, day)) {
        *named.entry(short(unit)).or_default() += 1;
    }
    let is_plain = |unit: &Unit| !has_ended(unit, day) && named.get(&short(unit)) == Some(&1);
    let label = |unit: &Unit| if is_plain(unit) { short(unit) } else { coded(unit) };
    units.iter().map(|unit| (unit.id, label(unit))).collect()
}

/// The office that a stratum is named as: by its code, by name and code, or by a name that no other has of those that had not ended by
/// `day`.
pub(super) fn office_of<'a>(units: &'a [Unit], stratum: &str, day: NaiveDate) -> Option<&'a Unit> {
    let by_code = units.iter().find(|unit| unit.code == stratum || coded(unit) == stratum);
    let mut named = units.iter().filter(|unit| !has_ended(unit, day) && short(unit) == stratum);
    by_code.or_else(|| named.next().filter(|_| named.next().is_none()))
}

fn has_ended(unit: &Unit, day: NaiveDate) -> bool {
    unit.valid_to.is_some_and(|last| last < day)
}

fn short(unit: &Unit) -> String {
    unit.name_vi.chars().take(LABEL_MAX).collect()
}

/// Name and code, as much of both as a label holds.
fn coded(unit: &Unit) -> String {
    let code: String = unit.code.chars().take(LABEL_MAX / 2).collect();
    let room = LABEL_MAX - code.chars().count() - 3;
    format!("{} ({code})", unit.name_vi.chars().take(room).collect::<String>())
}

/// The rows of such a frame, of the days of the round that have not begun, and the month whose cases they expect: the newest one, up to that of the
/// round's last day, in which points of the plan's unit count cases. None where no point does, or no day is left.
/// # Errors
/// When the database fails.
pub fn of_cases(
    db: &Db,
    plan: &Plan,
    round: &Round,
    today: NaiveDate,
) -> Result<Option<(NaiveDate, Vec<FrameUnit>)>, DbError> {
    let (from, to) = round.days;
    let tree = db.tree()?;
    let units = tree.of_code(&plan.unit).map(|unit| tree.covered(unit.id)).unwrap_or_default();
    let strata = strata_of(&units, from);
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let points = db.points(Some(&ids))?;
    let open = |point: &&PointListed| {
        point.channel == Channel::Counter
            && point.opened_on <= from
            && point.retired_on.is_none_or(|retired| retired > to)
            && (round.fields.is_empty() || point.field_codes.iter().any(|field| round.fields.contains(field)))
    };
    let codes: BTreeMap<i16, String> = db.fields()?.into_iter().map(|field| (field.id, field.code)).collect();
    let asked =
        |field: i16| round.fields.is_empty() || codes.get(&field).is_some_and(|code| round.fields.contains(code));
    let first = to.checked_sub_months(chrono::Months::new(MONTHS_BACK)).unwrap_or(to);
    let mut cases: BTreeMap<NaiveDate, BTreeMap<(i32, i32), u64>> = BTreeMap::new();
    for volume in db.volumes(&ids, first, to)? {
        if let (Some(point), true) = (volume.point, asked(volume.field) && volume.cases > 0) {
            *cases.entry(volume.month).or_default().entry((volume.unit, point)).or_default() += volume.cases;
        }
    }
    let Some((month, of_points)) = cases.pop_last() else { return Ok(None) };
    let in_month = month.iter_days().take_while(|day| day.month() == month.month());
    let worked = in_month.filter(|day| is_working_day(*day)).count().max(1) as u64;
    let left = from.iter_days().take_while(|day| *day <= to).filter(|day| *day > today);
    let days: Vec<NaiveDate> = left.filter(|day| is_working_day(*day)).collect();
    let mut rows = Vec::new();
    for point in points.iter().filter(open) {
        let Some(cases) = of_points.get(&(point.unit, point.point)) else { continue };
        // To the nearest; a point with a case a week still stands for somebody.
        let each = u32::try_from((cases + worked / 2) / worked).unwrap_or(u32::MAX).max(1);
        let stratum = strata.get(&point.unit).cloned().unwrap_or_default();
        for day in &days {
            let date = day.format("%d/%m").to_string();
            let name: String = point.name_vi.chars().take(LABEL_MAX - 12 - point.code.chars().count()).collect();
            rows.push(FrameUnit {
                number: format!("{} {}", point.code, day.format(DAY)),
                stratum: stratum.clone(),
                group: String::new(),
                cluster: format!("{date} {name} ({})", point.code),
                size: each,
            });
        }
    }
    Ok((!rows.is_empty()).then_some((month, rows)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::UnitKind;

    #[test]
    fn offices_of_one_name_are_strata_of_their_own() {
        let unit = |id: i32, code: &str, name: &str| Unit {
            id,
            code: code.to_owned(),
            kind: UnitKind::Office,
            name_vi: name.to_owned(),
            name_en: name.to_owned(),
            parent: None,
            valid_from: NaiveDate::MIN,
            valid_to: None,
            successor: None,
        };
        // Two names that differ behind the sixtieth letter only are one label.
        let long = "Trung tâm phục vụ hành chính công và giải quyết thủ tục cho dân";
        let units = [
            unit(1, "mn-1", "Trường Mầm non Hoa Sen"),
            unit(2, "mn-2", "Trường Mầm non Hoa Sen"),
            unit(3, "ubnd", "Ủy ban nhân dân"),
            unit(4, "tt-1", &format!("{long} A")),
            unit(5, "tt-2", &format!("{long} B")),
        ];
        let day = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a day");
        let strata = strata_of(&units, day);
        assert_eq!([&strata[&1], &strata[&2]], ["Trường Mầm non Hoa Sen (mn-1)", "Trường Mầm non Hoa Sen (mn-2)"]);
        assert_eq!(strata[&3], "Ủy ban nhân dân");
        assert!(strata[&4] != strata[&5] && strata.values().all(|label| label.chars().count() <= LABEL_MAX));
        for unit in &units {
            assert_eq!(office_of(&units, &strata[&unit.id], day).map(|unit| unit.id), Some(unit.id));
            assert_eq!(office_of(&units, &unit.code, day).map(|unit| unit.id), Some(unit.id));
        }
        assert_eq!(office_of(&units, "Trường Mầm non Hoa Sen", day), None, "two have the name");
        // Once one of two has ended the other has the name for itself; what a frame called it before is known too.
        let ended = Unit { valid_to: day.pred_opt(), ..units[0].clone() };
        let later = [ended, units[1].clone()];
        assert_eq!(strata_of(&later, day)[&2], "Trường Mầm non Hoa Sen");
        for stratum in ["Trường Mầm non Hoa Sen", "Trường Mầm non Hoa Sen (mn-2)", "mn-2"] {
            assert_eq!(office_of(&later, stratum, day).map(|unit| unit.id), Some(2), "{stratum}");
        }
        // On its last day it has not ended.
        let last = [Unit { valid_to: Some(day), ..units[0].clone() }, units[1].clone()];
        assert_eq!(office_of(&last, "Trường Mầm non Hoa Sen", day), None);
    }

    #[test]
    fn a_day_that_has_begun_is_known_by_the_number_of_its_row() {
        let row = |number: &str| FrameUnit {
            number: number.to_owned(),
            stratum: String::new(),
            group: String::new(),
            cluster: String::new(),
            size: 9,
        };
        let today = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a day");
        for (number, begun) in
            [("AT32X2P 13/03/2026", true), ("AT32X2P 14/03/2026", true), ("AT32X2P 15/03/2026", false), ("HS-1", false)]
        {
            assert_eq!(has_begun(&row(number), today), begun, "{number}");
        }
    }
}
