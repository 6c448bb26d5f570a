//! From the weak criteria of a plan's period to a follow-up questionnaire: which criteria shall be asked again.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::figures::{View, figures};
use crate::clock;
use crate::db::FormListed;
use crate::error::{Reason, Refusal};
use crate::index::asked::{Stand, stand};
use crate::index::lowest::{LowestCriterion, lowest_criteria};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format, work};
use crate::service::figures::{self, Measured};
use crate::survey::Questionnaire;
use crate::survey::follow_up::FOLLOW_UP_SUFFIX;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::questionnaires::list::newest;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::address_of_unit;
use crate::web::state::App;

/// The most criteria listed for one questionnaire: a follow-up form is short, or it is no follow-up.
const LISTED_MAX: usize = 12;
/// How many are ticked at most where none is clearly below the target.
const TICKED_BY_VALUE: usize = 3;

#[derive(Template)]
#[template(path = "staff/periods/lowest.html")]
struct LowestPage {
    frame: Frame,
    plan: String,
    period: String,
    unit: String,
    back: String,
    forms: Vec<FormChoice>,
}

struct FormChoice {
    title: String,
    version: u32,
    action: String,
    criteria: Vec<Criterion>,
}

struct Criterion {
    item: String,
    id: String,
    field: String,
    text: String,
    share: String,
    interval: String,
    respondents: String,
    ticked: bool,
    /// Where a remedy for it is written down.
    remedy: String,
}

/// `GET /staff/plans/{plan}/{period}/follow-up`.
pub async fn choose(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    view: Query<View>,
) -> Result<HttpResponse, Refusal> {
    let Some(measured) = figures(&app, &user, path.into_inner(), &view).await? else {
        return Err(Reason::NotYours.into());
    };
    let (db, unit) = (app.db.clone(), measured.unit.code.clone());
    let points = block(move || db.points(Some(&db.subtree(&unit)?))).await??;
    let today = clock::today();
    let open = points.into_iter().filter(|point| point.retired_on.is_none_or(|on| on > today));
    let asked: BTreeSet<String> = open.map(|point| point.form).collect();
    let page = LowestPage {
        frame: user.frame(&app),
        plan: measured.plan.title_vi.clone(),
        period: measured.period.name_vi(),
        unit: measured.unit.name_vi.clone(),
        back: format!(
            "/staff/plans/{}/{}?unit={}",
            percent_encode(&measured.plan.key),
            percent_encode(&measured.period.key),
            percent_encode(&measured.unit.code)
        ),
        forms: form_choices(&user, &measured, &asked),
    };
    Ok(send(StatusCode::OK, &page))
}

/// The newest version of each questionnaire that asks a weak criterion at a point of the unit, with those criteria,
/// weakest first.
fn form_choices(user: &SignedIn, measured: &Measured, asked_here: &BTreeSet<String>) -> Vec<FormChoice> {
    let language = Language::Vi;
    let weak = lowest_criteria(&measured.report);
    let minima: Vec<f64> = measured.report.targets.iter().map(|target| target.minimum).collect();
    // Each criterion is held against what is asked of its own field; where nothing is, none is ticked by itself.
    let is_short = |criterion: &LowestCriterion, share: f64| {
        stand(&measured.report, &criterion.field, Some(&criterion.factor), share) == Stand::Short
    };
    let names = figures::names(measured, language);
    let listed: Vec<FormListed> = measured
        .forms
        .iter()
        .map(|form| FormListed {
            id: form.id,
            code: form.questionnaire.id.clone(),
            version: form.questionnaire.version,
            hash: form.hash.clone(),
            title: form.questionnaire.title.in_language("vi").to_owned(),
            published_on: form.published_on,
        })
        .collect();
    let newest: Vec<i32> = newest(&listed).iter().map(|form| form.id).collect();
    let forms = measured.forms.iter().filter(|form| newest.contains(&form.id)).map(|form| &form.questionnaire);
    let mut choices = Vec::new();
    for asked in forms.filter(|asked| asked_here.contains(&asked.id) && !asked.id.ends_with(FOLLOW_UP_SUFFIX)) {
        let of_form = weak.iter().filter(|criterion| asks(asked, &criterion.field, &criterion.item));
        let mut of_form: Vec<_> = of_form.collect();
        // What reaches its target takes nobody's place in the list: minima differ from field to field.
        of_form.sort_by_key(|criterion| !is_short(criterion, criterion.estimate.value));
        of_form.truncate(LISTED_MAX);
        let is_clear = of_form.iter().any(|criterion| is_short(criterion, criterion.estimate.high));
        let mut by_value = 0;
        let criteria = of_form.iter().map(|criterion| Criterion {
            item: criterion.item.clone(),
            id: format!("{}-{}-{}", asked.id, criterion.field, criterion.item),
            field: names.field(&criterion.field, language),
            text: names.item(&criterion.field, &criterion.item, language),
            share: format::share(criterion.estimate.value, &minima, language),
            interval: format::interval(criterion.estimate.low, criterion.estimate.high, &minima, language),
            respondents: format::count(criterion.estimate.respondents, language),
            remedy: {
                let of = [&measured.plan.key, &measured.period.key, &criterion.field, &criterion.item];
                let said = work::weak_criterion(
                    &names.item(&criterion.field, &criterion.item, language),
                    &format::share(criterion.estimate.value, &minima, language),
                    language,
                );
                let (of, said) = (percent_encode(&of.map(String::as_str).join("/")), percent_encode(&said));
                let address = format!("/staff/remedies/edit?source=criterion&of={of}&said={said}");
                address_of_unit(user, &address, &measured.unit.code)
            },
            ticked: if is_clear {
                is_short(criterion, criterion.estimate.high)
            } else {
                let short = is_short(criterion, criterion.estimate.value);
                by_value += usize::from(short);
                short && by_value <= TICKED_BY_VALUE
            },
        });
        let criteria: Vec<Criterion> = criteria.collect();
        if !criteria.is_empty() {
            choices.push(FormChoice {
                title: asked.title.in_language("vi").to_owned(),
                version: asked.version,
                action: format!("/staff/forms/{}/follow-up", percent_encode(&asked.id)),
                criteria,
            });
        }
    }
    choices
}

fn asks(asked: &Questionnaire, field: &str, item: &str) -> bool {
    asked.fields.iter().any(|known| known == field) && asked.items().any(|known| known.id == item)
}
