//! An answer sheet as most tests want it: through the open code, on a phone, by a person, through the channel of its point, every item on
//! one level, nothing said about oneself, no words. What a test wants otherwise it changes on the sheet that it is handed.

use chrono::NaiveDate;
use sipas::clock::day_number;
use sipas::db::{Db, Form, PointFound, Sheet};
use sipas::sheet::tally::{Mode, Respondent, Series, TallyKey};

/// A sheet of the questionnaire that the point of `code` asks, about a field by its code.
pub fn sheet(db: &Db, code: &str, field: &str, day: NaiveDate, level: u8) -> Sheet {
    let point = db.point(code).expect("asked").expect("a point");
    made(db, &point, &point.form, (field, day, level))
}

/// A sheet of the newest version of another questionnaire than the one that the point asks.
pub fn sheet_of(db: &Db, form: &str, code: &str, field: &str, day: NaiveDate, level: u8) -> Sheet {
    let point = db.point(code).expect("asked").expect("a point");
    let form = db.newest_form(form).expect("asked").expect("published");
    made(db, &point, &form, (field, day, level))
}

/// The code of the first point of a unit.
pub fn first_point(db: &Db, unit: &str) -> String {
    let unit = db.unit_by_code(unit).expect("asked").expect("a unit").id;
    db.points(Some(&[unit])).expect("points").first().expect("a point").code.clone()
}

fn made(db: &Db, point: &PointFound, form: &Form, (field, day, level): (&str, NaiveDate, u8)) -> Sheet {
    let field = db.fields().expect("fields").into_iter().find(|known| known.code == field).expect("a field");
    let key = TallyKey {
        unit: point.unit,
        day: day_number(day),
        point: point.point,
        field: field.id,
        form: form.id,
        series: Series::Open,
        mode: Mode::Phone,
        respondent: Respondent::Person,
        suspect: false,
    };
    Sheet {
        key,
        channel: point.channel,
        answers: vec![level; form.layout.items()],
        demographics: vec![0; form.questionnaire.demographics.len()],
        comment: None,
    }
}
