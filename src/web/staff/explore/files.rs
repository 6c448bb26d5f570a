//! An exhibit to take along: its chart as a picture, its table as CSV or as a workbook.

use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::ask::Params;
use super::change;
use super::cross;
use super::exhibits::{Tab, find};
use super::forms;
use crate::error::{Reason, Refusal};
use crate::print::raster::png;
use crate::report::explore::Exhibit;
use crate::service::report_file::{Format, table_file};
use crate::web::staff::download::attachment;
use crate::web::staff::periods::files::Wish;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// `GET /staff/explore/{tab}/picture.svg?of=…`.
pub async fn picture(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let exhibit = asked(&app, &user, &path, request.query_string()).await?;
    let drawing = exhibit.drawing.ok_or(Reason::NotYours)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.svg\"", exhibit.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(drawing.svg(exhibit.id)))
}

/// `GET /staff/explore/{tab}/picture.png?of=…`.
pub async fn pixels(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let exhibit = asked(&app, &user, &path, request.query_string()).await?;
    let drawing = exhibit.drawing.ok_or(Reason::NotYours)?;
    let bytes = app.costly.run(move || png(&drawing)).await?.map_err(Refusal::fault)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/png"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.png\"", exhibit.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes))
}

/// `GET /staff/explore/{tab}/table.{format}?of=…`.
pub async fn table(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    wish: Query<Wish>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let (tab, format) = path.into_inner();
    let format = Format::from_name(&format).filter(|format| matches!(format, Format::Xlsx | Format::Csv));
    let Some(format) = format else { return Err(Reason::NotYours.into()) };
    let exhibit = asked(&app, &user, &tab, request.query_string()).await?;
    let file = table_file(&exhibit.table, format).map_err(Refusal::fault)?;
    tracing::info!(user = user.id, exhibit = exhibit.id, format = format.name(), "table taken");
    Ok(attachment(exhibit.id, format, wish.of(format, file)?))
}

/// The exhibit that is asked for, of a tab or of a page with filters of its own.
async fn asked(app: &Data<App>, user: &SignedIn, page: &str, query: &str) -> Result<Exhibit, Refusal> {
    match page {
        change::WORD => change::exhibit(app, user, read(query)?).await,
        forms::DRIVERS => forms::exhibit(app, user, read(query)?).await,
        tab => exhibit(app, user, tab, read::<Params>(query)?.sound()?).await,
    }
}

fn read<T: serde::de::DeserializeOwned>(query: &str) -> Result<T, Refusal> {
    Query::from_query(query).map(Query::into_inner).map_err(|_| Reason::BadQuery.into())
}

/// An exhibit of a tab.
pub(super) async fn exhibit(app: &App, user: &SignedIn, tab: &str, ask: Params) -> Result<Exhibit, Refusal> {
    let tab = Tab::of_word(tab).ok_or(Reason::NotYours)?;
    if tab != Tab::Cross {
        ask.refuse_questions()?;
    }
    let (db, user, wanted) = (app.db.clone(), user.clone(), ask.of.clone());
    let found = app.costly.run(move || {
        db.figures(|db| {
            Ok::<_, Refusal>(match tab {
                Tab::Cross => cross::find(db, &user, &ask)?.taken_along(),
                // A page says what it left out; a file would be of something that nobody asked for.
                _ => {
                    find(db, &user, tab, &ask)?.filter(|found| found.gone.is_empty()).ok_or(Reason::NotYours)?.exhibits
                }
            })
        })
    });
    let mut exhibits = found.await??.into_iter();
    let found = exhibits.find(|exhibit| wanted.as_deref().is_none_or(|wanted| wanted == exhibit.id));
    Ok(found.ok_or(Reason::NotYours)?)
}
