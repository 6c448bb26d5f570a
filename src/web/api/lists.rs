//! `/api/v1/plans` and `/api/v1/points`: what there is to ask for, within the unit of who asks.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, block};
use serde_json::{Value, json};

use crate::error::Refusal;
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;
use crate::web::status::json_answer;

/// `GET /api/v1/plans`: plans with their reporting periods and targets.
pub async fn plans(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let db = app.db.clone();
    let book = block(move || db.plan_book()).await??;
    let covered = book.all().iter().map(|stored| &stored.plan).filter(|plan| user.covers(&plan.unit));
    let list = covered.map(|plan| {
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
    Ok(json_answer(StatusCode::OK, &Value::Array(list.collect())))
}

/// `GET /api/v1/points`: service points, as `sipas point list --json`.
pub async fn points(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let (db, units) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let points = block(move || db.points(Some(&units))).await??;
    let list = points.iter().map(|point| {
        json!({
            "code": point.code, "name": point.name_vi, "unit": point.unit_code,
            "field": point.field_codes.first(), "fields": point.field_codes, "form": point.form,
            "url": format!("{}/s/{}", app.config.public_url, point.code), "retired": point.retired_on,
        })
    });
    Ok(json_answer(StatusCode::OK, &Value::Array(list.collect())))
}
