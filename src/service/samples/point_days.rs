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

/// What offices are called as strata, by the number of each: by name, and by code too where several have the name.
pub(super) fn strata_of(units: &[Unit]) -> BTreeMap<i32, String> {
    let short = |unit: &Unit| unit.name_vi.chars().take(LABEL_MAX).collect::<String>();
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    for unit in units {
        *named.entry(short(unit)).or_default() += 1;
    }
    let label = |unit: &Unit| {
        let name = short(unit);
        if named.get(&name).is_none_or(|units| *units < 2) {
            return name;
        }
        let code: String = unit.code.chars().take(LABEL_MAX / 2).collect();
        let room = LABEL_MAX - code.chars().count() - 3;
        format!("{} ({code})", name.chars().take(room).collect::<String>())
    };
    units.iter().map(|unit| (unit.id, label(unit))).collect()
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
    let strata = strata_of(&units);
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
        let strata = strata_of(&units);
        assert_eq!([&strata[&1], &strata[&2]], ["Trường Mầm non Hoa Sen (mn-1)", "Trường Mầm non Hoa Sen (mn-2)"]);
        assert_eq!(strata[&3], "Ủy ban nhân dân");
        assert!(strata[&4] != strata[&5] && strata.values().all(|label| label.chars().count() <= LABEL_MAX));
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
