//! `/results/open-data`: the published figures of a ward as files for programs, with what their columns mean and the licence.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::news::ward;
use super::privacy::LANGUAGES;
use crate::clock;
use crate::db::{Db, DbError, Unit};
use crate::error::{Reason, Refusal};
use crate::exchange::export::open_data::{COLUMNS, LICENCE, OpenPeriod, json, write, write_codebook};
use crate::exchange::export::{CsvTable, Table};
use crate::report::Language;
use crate::service::figures::MeasureError;
use crate::service::telling::{measured, published_periods};
use crate::web::citizen::page::{Page, send};
use crate::web::citizen::size::Size;
use crate::web::http::block::block;
use crate::web::state::App;

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    lang: Option<String>,
    unit: Option<String>,
    #[serde(default, rename = "large")]
    size: Size,
}

struct Words {
    title: &'static str,
    about: &'static str,
    none: &'static str,
    csv: &'static str,
    json: &'static str,
    codebook: &'static str,
    columns: &'static str,
    licence: &'static str,
    results: &'static str,
    choose: &'static str,
}

const VI: Words = Words {
    title: "Dữ liệu mở: số liệu đã công bố",
    about: "Chỉ tiêu và lĩnh vực của các kỳ đã công bố, đúng như trang kết quả. Số liệu dưới 10 người trả lời không có trong tệp.",
    none: "Chưa có kỳ nào được công bố.",
    csv: "Số liệu, CSV (UTF-8)",
    json: "Số liệu, JSON",
    codebook: "Giải thích các cột, CSV",
    columns: "Ý nghĩa các cột",
    licence: "Giấy phép: Creative Commons Ghi công 4.0 (CC BY 4.0). Được dùng lại, kể cả để kinh doanh, khi ghi nguồn là đơn vị công bố.",
    results: "Xem kết quả",
    choose: "Chọn phường, xã",
};

const EN: Words = Words {
    title: "Open data: published figures",
    about: "Targets and fields of the published periods, as on the page of results. Figures of fewer than 10 respondents are not in the files.",
    none: "No period has been published yet.",
    csv: "Figures, CSV (UTF-8)",
    json: "Figures, JSON",
    codebook: "What the columns mean, CSV",
    columns: "What the columns mean",
    licence: "Licence: Creative Commons Attribution 4.0 (CC BY 4.0). Free to use, also commercially, with the publishing unit named as the source.",
    results: "See the results",
    choose: "Choose a ward or commune",
};

#[derive(Template)]
#[template(path = "public/open_data.html")]
struct OpenDataPage {
    page: Page,
    w: &'static Words,
    unit: Option<String>,
    units: Vec<(String, String)>,
    any: bool,
    licence: &'static str,
    columns: Vec<(&'static str, &'static str)>,
}

/// `GET /results/open-data?unit=…`.
pub async fn show(app: Data<App>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang.as_deref().filter(|lang| LANGUAGES.contains(lang)).unwrap_or("vi").to_owned();
    let language = Language::from_tag(&lang).unwrap_or_default();
    let (db, wanted) = (app.db.clone(), ask.unit.clone().unwrap_or_default());
    let found = block(move || {
        let (units, chosen) = ward(&db, &wanted)?;
        let any = match &chosen {
            Some(unit) => !published_periods(&db, &unit.code, language)?.is_empty(),
            None => false,
        };
        Ok::<_, DbError>((units, chosen, any))
    });
    let (units, chosen, any) = found.await??;
    let code = chosen.as_ref().map(|unit| unit.code.clone());
    let path =
        code.as_ref().map_or_else(|| "/results/open-data".to_owned(), |code| format!("/results/open-data?unit={code}"));
    let name = |unit: &Unit| language.choose(&unit.name_vi, &unit.name_en).clone();
    let page = Page::new(&lang, &chosen.as_ref().map(name).unwrap_or_default(), app.demo());
    let page = page.with_size(ask.size, &path);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &path);
    page.further = true;
    let others = units.iter().filter(|_| code.is_none());
    let content = OpenDataPage {
        w: language.choose(&VI, &EN),
        units: others.map(|unit| (page.to_unit("/results/open-data", &unit.code), name(unit))).collect(),
        unit: code,
        any,
        licence: LICENCE,
        columns: COLUMNS.iter().map(|(column, _, vi, en)| (*column, language.choose(*vi, *en))).collect(),
        page,
    };
    Ok(send(StatusCode::OK, &content))
}

/// `GET /results/open-data/{name}`: `figures.csv`, `figures.json` and `codebook.csv`.
pub async fn take(app: Data<App>, name: Path<String>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, wanted, name) = (app.db.clone(), ask.unit.clone().unwrap_or_default(), name.into_inner());
    let made = app.costly.run(move || db.figures(|db| file(db, &wanted, &name)));
    let (kind, name, bytes) = made.await??.ok_or(Reason::UnknownAddress)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::LINK, format!("<{LICENCE}>; rel=\"license\"")))
        // Published for everybody: pages of others may read it.
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(bytes))
}

type Made = Option<(&'static str, String, Vec<u8>)>;

fn file(db: &Db, wanted: &str, name: &str) -> Result<Made, MeasureError> {
    const CSV: &str = "text/csv; charset=utf-8";
    let failed = |error: &dyn std::fmt::Display| MeasureError::Database(DbError::Failed(error.to_string()));
    if name == "codebook.csv" {
        let mut bytes = Vec::new();
        let mut table = CsvTable::new(&mut bytes, true).map_err(|error| failed(&error))?;
        write_codebook(&mut table).map_err(|error| failed(&error))?;
        Box::new(table).finish().map_err(|error| failed(&error))?;
        return Ok(Some((CSV, "codebook.csv".to_owned(), bytes)));
    }
    if !matches!(name, "figures.csv" | "figures.json") {
        return Ok(None);
    }
    let Some(unit) = ward(db, wanted)?.1 else { return Ok(None) };
    let today = clock::today();
    let mut known = Vec::new();
    for published in published_periods(db, &unit.code, Language::Vi)? {
        if let Some(measured) = measured(db, &published, today)? {
            known.push((published, measured));
        }
    }
    let periods: Vec<OpenPeriod<'_>> = known
        .iter()
        .map(|(published, measured)| {
            let targets = measured.plan.targets.iter();
            let targets = targets.map(|one| (one.id.clone(), [one.title_vi.clone(), one.title_en.clone()]));
            let fields = measured.fields.iter().map(|one| (one.id.clone(), [one.name_vi.clone(), one.name_en.clone()]));
            OpenPeriod {
                unit_name: &unit.name_vi,
                plan_title: &measured.plan.title_vi,
                version: published.closing.version,
                published_on: published.on,
                hash: published.closing.hash(),
                in_force: !published.closing.state().is_open(),
                report: &measured.report,
                names: targets.chain(fields).collect(),
            }
        })
        .collect();
    let file = format!("{}-{name}", unit.code);
    if name == "figures.json" {
        return Ok(Some(("application/json", file, json(&periods).to_string().into_bytes())));
    }
    let mut bytes = Vec::new();
    let mut table = CsvTable::new(&mut bytes, true).map_err(|error| failed(&error))?;
    write(&periods, &mut table).map_err(|error| failed(&error))?;
    Box::new(table).finish().map_err(|error| failed(&error))?;
    Ok(Some((CSV, file, bytes)))
}
