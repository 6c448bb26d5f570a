//! `/api/v1/plans` and `/api/v1/points`: what there is to ask for, within the unit of whoever asks.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::paging::{Page, link_to_next};
use crate::error::Refusal;
use crate::web::http::block::block;
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;
use crate::web::status::json_with_tag;

/// A list as an answer, with the next page named where there is one.
fn answer(request: &HttpRequest, page: &Page, list: Vec<Value>, next: Option<&str>) -> HttpResponse {
    let mut answer = json_with_tag(request, &Value::Array(list));
    if let Some(last) = next {
        let limit = page.limit.unwrap_or_default().to_string();
        link_to_next(&mut answer, request.path(), &[("limit", &limit)], last);
    }
    answer
}

/// `GET /api/v1/plans`: plans with their reporting periods and targets, by key.
pub async fn plans(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    page: Query<Page>,
) -> Result<HttpResponse, Refusal> {
    let db = app.db.clone();
    let book = block(move || db.plan_book()).await??;
    let mut covered: Vec<_> =
        book.all().iter().map(|stored| &stored.plan).filter(|plan| user.covers(&plan.unit)).collect();
    covered.sort_by(|one, other| one.key.cmp(&other.key));
    let (shown, next) = page.of(&covered, |plan| &plan.key);
    let list = shown.iter().map(|plan| {
        let periods = plan.periods.iter().map(|period| {
            json!({
                "period": period.key, "from": period.from, "to": period.to, "due": period.due,
                "index": format!("/api/v1/plans/{}/periods/{}/index", plan.key, period.key),
            })
        });
        let targets = plan.targets.iter().map(|target| {
            json!({"clause": target.id, "index": target.index, "fields": target.fields, "minimum": target.minimum})
        });
        json!({
            "plan": plan.key, "number": plan.number, "title": plan.title_vi, "unit": plan.unit,
            "from": plan.from, "to": plan.to,
            "periods": periods.collect::<Vec<Value>>(), "targets": targets.collect::<Vec<Value>>(),
        })
    });
    Ok(answer(&request, &page, list.collect(), next.as_deref()))
}

/// `GET /api/v1/points`: service points, as `sipas point list --json`, by code.
pub async fn points(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    page: Query<Page>,
) -> Result<HttpResponse, Refusal> {
    let (db, units) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let mut points = block(move || db.points(Some(&units))).await??;
    points.sort_by(|one, other| one.code.cmp(&other.code));
    let (shown, next) = page.of(&points, |point| &point.code);
    let list = shown.iter().map(|point| {
        json!({
            "code": point.code, "name": point.name_vi, "unit": point.unit_code,
            "field": point.field_codes.first(), "fields": point.field_codes, "form": point.form,
            "url": format!("{}/s/{}", app.config.public_url, point.code), "retired": point.retired_on,
        })
    });
    Ok(answer(&request, &page, list.collect(), next.as_deref()))
}
