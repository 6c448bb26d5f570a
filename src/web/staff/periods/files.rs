//! The report of a period as a file to take along: the same figures as on the page, in the layout of a letter.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};

use super::figures::{View, figures};
use crate::error::{Reason, Refusal};
use crate::exchange::export::for_spreadsheets;
use crate::service::closing::{self, ClosingError, ReportOptions};
use crate::service::report_file::Format;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::query::one_of;
use crate::web::staff::download::attachment;
use crate::web::staff::layout::see_other;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// How a file shall be written, behind the `?`: `separator=semicolon` for a CSV that a spreadsheet program in Vietnamese opens rightly.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Wish {
    separator: Option<String>,
}

impl Wish {
    /// A file as wished.
    pub fn of(&self, format: Format, file: Vec<u8>) -> Result<Vec<u8>, Refusal> {
        let separator = one_of(self.separator.as_deref(), ["comma", "semicolon"], "comma")?;
        if format == Format::Csv && separator == "semicolon" {
            return for_spreadsheets(&file).map_err(Refusal::fault);
        }
        Ok(file)
    }
}

/// `GET /staff/plans/{plan}/{period}/report.{format}`.
pub async fn take(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String, String)>,
    view: Query<View>,
    wish: Query<Wish>,
) -> Result<HttpResponse, Refusal> {
    let (plan, period, format) = path.into_inner();
    let Some(format) = Format::from_name(&format) else { return Err(Reason::NotYours.into()) };
    if let Some(unit) = is_official(&app, &user, &plan, &view).await? {
        let (db, key, of, version) = (app.db.clone(), plan.clone(), period.clone(), view.version);
        if let Some(file) = block(move || closing::kept_report(&db, &key, &of, version, format)).await?? {
            return Ok(attachment(&format!("bao-cao-{plan}-{period}-{unit}"), format, wish.of(format, file)?));
        }
    }
    let Some(measured) = figures(&app, &user, (plan, period), &view).await? else {
        return Err(Reason::NotYours.into());
    };
    let (db, demonstration) = (app.db.clone(), app.demo());
    let (name, file) = app
        .costly
        .run(move || {
            // Letters of keys and codes of units only, so that the name needs no quoting.
            let name = format!("bao-cao-{}-{}-{}", measured.plan.key, measured.period.key, measured.unit.code);
            closing::report(&db, &measured, format, ReportOptions { demonstration, vice: false })
                .map(|file| (name, file))
        })
        .await??;
    tracing::info!(user = user.id, file = name, format = format.name(), "report taken");
    Ok(attachment(&name, format, wish.of(format, file)?))
}

/// `GET /staff/plans/{plan}/{period}/outline.docx`: the report in the plan's own outline.
pub async fn take_in_own_template(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    view: Query<View>,
) -> Result<HttpResponse, Refusal> {
    let path = path.into_inner();
    let outline = format!("/staff/plans/{}/outline", percent_encode(&path.0));
    if let Some(unit) = is_official(&app, &user, &path.0, &view).await? {
        let (db, (key, of), version) = (app.db.clone(), path.clone(), view.version);
        if let Some(file) = block(move || closing::kept_in_own_template(&db, &key, &of, version)).await?? {
            return Ok(attachment(&format!("de-cuong-{}-{}-{unit}", path.0, path.1), Format::Docx, file));
        }
    }
    let Some(measured) = figures(&app, &user, path, &view).await? else { return Err(Reason::NotYours.into()) };
    let name = format!("de-cuong-{}-{}-{}", measured.plan.key, measured.period.key, measured.unit.code);
    let (db, making) = (app.db.clone(), ReportOptions { demonstration: app.demo(), vice: false });
    match app.costly.run(move || closing::in_own_template(&db, &measured, making)).await? {
        Ok(Some(file)) => Ok(attachment(&name, Format::Docx, file)),
        // None yet, or one that was kept before its kind was refused: its page says so.
        Ok(None) | Err(ClosingError::ReportTemplate(_)) => Ok(see_other(&outline)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /staff/plans/{plan}/{period}/sheet.{format}`: the sheet to copy into the city's reporting system.
pub async fn take_sheet(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String, String)>,
    view: Query<View>,
    wish: Query<Wish>,
) -> Result<HttpResponse, Refusal> {
    let (plan, period, format) = path.into_inner();
    let format = Format::from_name(&format).filter(|format| matches!(format, Format::Xlsx | Format::Csv));
    let Some(format) = format else { return Err(Reason::NotYours.into()) };
    let Some(measured) = figures(&app, &user, (plan, period), &view).await? else {
        return Err(Reason::NotYours.into());
    };
    let name = format!("bieu-{}-{}-{}", measured.plan.key, measured.period.key, measured.unit.code);
    let making = ReportOptions { demonstration: app.demo(), vice: false };
    let file = app.costly.run(move || closing::city_sheet(&measured, format, making)).await?.map_err(Refusal::fault)?;
    Ok(attachment(&name, format, wish.of(format, file)?))
}

/// The code of the plan's unit, where the user answers for all of it and asks for the figures that went out: a file that was kept is handed
/// out then without reading any figure, so that it outlives whatever else cannot be read.
async fn is_official(app: &App, user: &SignedIn, plan: &str, view: &View) -> Result<Option<String>, Refusal> {
    let (db, key) = (app.db.clone(), plan.to_owned());
    let Some(stored) = block(move || db.plan(&key)).await?? else { return Ok(None) };
    let unit = stored.plan.unit;
    let asked = view.asks_for_what_went_out(&unit) && user.covers(&unit);
    Ok(asked.then_some(unit))
}
