//! `/api/v1/plans/{plan}/periods/{period}/index`: the figures of a period, the same as on the page; as JSON, or as one flat table.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};

use crate::error::{Reason, Refusal};
use crate::exchange::export::{CsvTable, Table, TableError, figures as table_of_figures};
use crate::index::{IndexReport, Suspects};
use crate::sheet::tally::Series;
use crate::web::http::query::chosen;
use crate::web::staff::periods::figures::{View, figures};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;
use crate::web::status::{json_with_tag, with_tag};

/// What stands behind the `?`. A word that is not known is refused: a slip (`seires=ticket`) must not read as the figures of another series.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    unit: Option<String>,
    #[serde(default, deserialize_with = "chosen")]
    series: Option<Series>,
    #[serde(default, deserialize_with = "chosen")]
    suspects: Option<Suspects>,
    version: Option<u32>,
}

async fn report(app: &App, user: &Staff, path: (String, String), ask: Params) -> Result<IndexReport, Refusal> {
    let view = View::of(ask.unit, ask.series, ask.suspects, ask.version);
    let measured = figures(app, user, path, &view).await?.ok_or(Reason::NotYours)?;
    Ok(measured.report)
}

/// `GET /api/v1/plans/{plan}/periods/{period}/index`.
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    path: Path<(String, String)>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let report = report(&app, &user, path.into_inner(), ask.into_inner()).await?;
    Ok(json_with_tag(&request, &serde_json::to_value(&report).map_err(Refusal::fault)?))
}

/// `GET /api/v1/plans/{plan}/periods/{period}/index.csv`: a row a node, as `sipas export index --format csv` has them; for "Data from the web" of a
/// spreadsheet program.
pub async fn table(
    app: Data<App>,
    request: HttpRequest,
    user: Staff,
    path: Path<(String, String)>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let report = report(&app, &user, path.into_inner(), ask.into_inner()).await?;
    let written = || -> Result<Vec<u8>, TableError> {
        let mut bytes = Vec::new();
        let mut out: Box<dyn Table> = Box::new(CsvTable::new(&mut bytes, true)?);
        table_of_figures::write(&report, out.as_mut())?;
        out.finish()?;
        Ok(bytes)
    };
    Ok(with_tag(&request, "text/csv; charset=utf-8", written().map_err(Refusal::fault)?))
}
