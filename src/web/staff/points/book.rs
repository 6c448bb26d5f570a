//! What the pages of points show of points, questionnaires and fields.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::db::{Db, DbError, Field, PointListed, Unit};
use crate::error::Refusal;
use crate::report::format;
use crate::report::words::plan::PlanWords as _;
use crate::survey::{Questionnaire, code};
use crate::web::http::block::block;
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// What the pages of points show, read once: the points of the user's units, titles and fields.
pub(in crate::web::staff) struct Book {
    /// Points of the user's units, retired ones included.
    pub points: Vec<PointListed>,
    /// Every field.
    pub fields: Vec<Field>,
    /// The newest version of every published questionnaire, by identifier.
    pub forms: Vec<Questionnaire>,
}

impl Book {
    pub(in crate::web::staff) fn read(db: &Db, units: &[Unit]) -> Result<Self, DbError> {
        let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
        Ok(Self {
            points: db.points(Some(&ids))?,
            fields: db.fields()?,
            forms: db.newest_forms()?.iter().map(|form| form.questionnaire.clone()).collect(),
        })
    }

    /// The book as `user` may see it.
    pub(in crate::web::staff) async fn of(app: &App, user: &SignedIn) -> Result<Self, Refusal> {
        Self::of_units(app, &user.units).await
    }

    /// The book of some units.
    pub(super) async fn of_units(app: &App, units: &Arc<Vec<Unit>>) -> Result<Self, Refusal> {
        let (db, units) = (app.db.clone(), Arc::clone(units));
        Ok(block(move || Self::read(&db, &units)).await??)
    }

    pub(in crate::web::staff) fn form(&self, id: &str) -> Option<&Questionnaire> {
        self.forms.iter().find(|form| form.id == id)
    }

    /// The fields that a questionnaire serves, of those known, in the questionnaire's order.
    pub(in crate::web::staff) fn fields_of(&self, form: &Questionnaire) -> Vec<&Field> {
        form.fields.iter().filter_map(|code| self.fields.iter().find(|field| field.code == *code)).collect()
    }

    /// The point in use under this code.
    pub(super) fn point(&self, typed: &str) -> Option<&PointListed> {
        let code = code::normalise(typed)?;
        self.points.iter().find(|point| point.code == code)
    }

    fn field_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.fields.iter().find(|field| field.code == code).map_or(code, |field| &field.name_vi)
    }

    pub(super) fn line(&self, point: &PointListed) -> Line {
        let fields: Vec<&str> = point.field_codes.iter().map(|code| self.field_name(code)).collect();
        let title = self.form(&point.form).map(|form| form.title.in_language("vi").to_owned());
        Line {
            code: point.code.clone(),
            name_vi: point.name_vi.clone(),
            name_en: point.name_en.clone(),
            form: title.unwrap_or_else(|| point.form.clone()),
            version: format!("bản {}", point.form_version),
            field_count: fields.len(),
            fields: fields.join(", "),
            channel: point.channel.name_vi(),
            status: "",
            quiet: false,
            tablet: None,
            opened: format::date(point.opened_on),
            retired: point.retired_on.map(format::date).unwrap_or_default(),
        }
    }
}

/// A point as these pages show it.
pub(super) struct Line {
    pub code: String,
    pub name_vi: String,
    pub name_en: String,
    pub form: String,
    pub version: String,
    pub fields: String,
    pub field_count: usize,
    pub channel: &'static str,
    pub opened: String,
    pub retired: String,
    /// What came in the last seven days, in words.
    pub status: &'static str,
    pub quiet: bool,
    /// What is known of its tablet, where it has one, and whether somebody should look at it.
    pub tablet: Option<(String, bool)>,
}

/// Whether a questionnaire asks about online services alone.
pub(in crate::web::staff) fn is_online(form: &Questionnaire) -> bool {
    !form.fields.is_empty() && form.fields.iter().all(|field| field == "online")
}

pub(super) fn is_retired(point: &PointListed, today: NaiveDate) -> bool {
    point.retired_on.is_some_and(|day| day <= today)
}

/// The user's units, or those of the one asked for and below it; none when that one is not theirs.
pub(super) fn shown_units(user: &SignedIn, asked: Option<&str>) -> Option<Arc<Vec<Unit>>> {
    let Some(code) = asked.filter(|code| !code.is_empty()) else { return Some(Arc::clone(&user.units)) };
    user.unit_of_code(code).map(|unit| user.tree.covered(unit.id))
}
