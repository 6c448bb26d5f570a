//! `/results/news`: what a ward tells of its results and of what it mended, as approved and published; and the same as a feed for readers of
//! news (Atom, RFC 4287).

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;

use super::privacy::LANGUAGES;
use crate::cases::telling::Topic;
use crate::db::{Db, DbError, Telling, Unit, Wording};
use crate::error::{Reason, Refusal};
use crate::print::telling_notice::telling_notice;
use crate::print::telling_picture::telling_picture;
use crate::report::telling::Facts;
use crate::report::{Language, format};
use crate::service::complaints::with_those_above;
use crate::service::telling::results_address;
use crate::web::citizen::page::{Page, send};
use crate::web::citizen::size::Size;
use crate::web::http::block::block;
use crate::web::state::App;

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    lang: Option<String>,
    unit: Option<String>,
    number: Option<i32>,
    #[serde(default, rename = "large")]
    size: Size,
}

/// The most items of a page and of a feed.
const ITEMS_MAX: usize = 50;

struct Words {
    title: &'static str,
    none: &'static str,
    all: &'static str,
    results: &'static str,
    feed: &'static str,
    picture: &'static str,
    notice: &'static str,
    choose: &'static str,
}

const VI: Words = Words {
    title: "Tin về ý kiến của người dân",
    none: "Chưa có tin nào.",
    all: "Tất cả các tin",
    results: "Xem kết quả",
    feed: "Nguồn tin Atom (cho phần mềm đọc tin)",
    picture: "Ảnh để chia sẻ (PNG)",
    notice: "Bản in A4 (PDF)",
    choose: "Chọn phường, xã",
};

const EN: Words = Words {
    title: "News on what citizens say",
    none: "There are none yet.",
    all: "All news",
    results: "See the results",
    feed: "Atom feed, for news readers",
    picture: "Picture to share (PNG)",
    notice: "Notice to print, A4 (PDF)",
    choose: "Choose a ward or commune",
};

struct Item {
    address: String,
    title: String,
    day: String,
    paragraphs: Vec<String>,
    picture: String,
    notice: String,
}

#[derive(Template)]
#[template(path = "public/news.html")]
struct NewsPage {
    page: Page,
    w: &'static Words,
    items: Vec<Item>,
    /// Whether it is one item by itself.
    one: bool,
    origin: String,
    unit: Option<String>,
    units: Vec<(String, String)>,
}

/// The ward that a unit's news stand at, with the units that have plans.
pub(super) fn ward(db: &Db, wanted: &str) -> Result<(Vec<Unit>, Option<Unit>), DbError> {
    let (book, tree) = (db.plan_book()?, db.tree()?);
    let has_plan = |unit: &Unit| book.of_unit(&unit.code).next().is_some();
    let chosen = with_those_above(&tree, wanted).into_iter().find(|unit| has_plan(unit)).cloned();
    Ok((tree.all().iter().filter(|unit| has_plan(unit)).cloned().collect(), chosen))
}

/// `GET /results/news?unit=…`, or one of them by its number.
pub async fn show(app: Data<App>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang.as_deref().filter(|lang| LANGUAGES.contains(lang)).unwrap_or("vi").to_owned();
    let language = Language::from_tag(&lang).unwrap_or_default();
    let (db, wanted) = (app.db.clone(), ask.unit.clone().unwrap_or_default());
    let found = block(move || {
        let (units, chosen) = ward(&db, &wanted)?;
        let told = chosen.as_ref().map_or_else(|| Ok(Vec::new()), |unit| db.published_tellings(unit.id))?;
        Ok::<_, DbError>((units, chosen, told))
    });
    let (units, chosen, mut told) = found.await??;
    if let Some(number) = ask.number {
        told.retain(|(telling, _)| telling.number == number);
        if told.is_empty() {
            return Err(Reason::UnknownAddress.into());
        }
    }
    told.truncate(ITEMS_MAX);
    let code = chosen.as_ref().map(|unit| unit.code.clone());
    let path = match (&code, ask.number) {
        (Some(code), Some(number)) => format!("/results/news?unit={code}&number={number}"),
        (Some(code), None) => format!("/results/news?unit={code}"),
        (None, _) => "/results/news".to_owned(),
    };
    let name = chosen.as_ref().map(|unit| language.choose(&unit.name_vi, &unit.name_en).clone()).unwrap_or_default();
    let page = Page::new(&lang, &name, app.demo()).with_size(ask.size, &path);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &path);
    page.further = true;
    // The picture of the link that is passed on is the item's own.
    let origin = app.config.public_url.trim_end_matches('/').to_owned();
    let unit_code = code.clone().unwrap_or_default();
    let item = |(telling, wording): (Telling, Wording)| {
        let address = |name: &str| format!("/results/{name}?unit={unit_code}&number={}", telling.number);
        Item {
            address: page.to(&address("news")),
            title: wording.texts.title,
            day: telling.published_on.map(format::date).unwrap_or_default(),
            paragraphs: wording.texts.item.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect(),
            picture: address("news/picture.png"),
            notice: address("news/notice.pdf"),
        }
    };
    let content = NewsPage {
        w: language.choose(&VI, &EN),
        items: told.into_iter().map(item).collect(),
        one: ask.number.is_some(),
        units: units
            .iter()
            .filter(|_| code.is_none())
            .map(|unit| {
                let address = page.to_unit("/results/news", &unit.code);
                (address, language.choose(&unit.name_vi, &unit.name_en).clone())
            })
            .collect(),
        unit: code,
        origin,
        page,
    };
    Ok(send(StatusCode::OK, &content))
}

struct Entry {
    id: String,
    address: String,
    title: String,
    published: String,
    updated: String,
    text: String,
}

#[derive(Template)]
#[template(path = "public/news.xml")]
struct Feed {
    id: String,
    page: String,
    title: String,
    author: String,
    updated: String,
    entries: Vec<Entry>,
}

/// A civil day of Vietnam as an instant of Atom (RFC 3339): its beginning.
fn instant(day: NaiveDate) -> String {
    format!("{}T00:00:00+07:00", day.format("%Y-%m-%d"))
}

/// `GET /results/news.atom?unit=…`.
pub async fn feed(app: Data<App>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, wanted) = (app.db.clone(), ask.unit.clone().unwrap_or_default());
    let found = block(move || {
        let Some(unit) = ward(&db, &wanted)?.1 else { return Ok(None) };
        let told = db.published_tellings(unit.id)?;
        Ok::<_, DbError>(Some((unit, told)))
    });
    let (unit, told) = found.await??.ok_or(Reason::UnknownAddress)?;
    let origin = app.config.public_url.trim_end_matches('/');
    let newest = told.iter().filter_map(|(telling, _)| telling.updated_on).max();
    let entry = |(telling, wording): &(Telling, Wording)| {
        let address = format!("{origin}/results/news?unit={}&number={}", unit.code, telling.number);
        let published = telling.published_on.unwrap_or(telling.made_on);
        Entry {
            id: address.clone(),
            address,
            title: wording.texts.title.clone(),
            published: instant(published),
            updated: instant(telling.updated_on.unwrap_or(published)),
            text: wording.texts.item.clone(),
        }
    };
    let feed = Feed {
        id: format!("{origin}/results/news.atom?unit={}", unit.code),
        page: format!("{origin}/results/news?unit={}", unit.code),
        title: format!("{}: {}", unit.name_vi, VI.title.to_lowercase()),
        author: format!("UBND {}", format::in_a_sentence(&unit.name_vi)),
        // A feed without entries has never changed.
        updated: instant(newest.unwrap_or(NaiveDate::default())),
        entries: told.iter().take(ITEMS_MAX).map(entry).collect(),
    };
    let body = feed.render().map_err(Refusal::fault)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(body))
}

/// What is out of a telling: its facts, its heading, whether it begins with what was mended.
async fn out(app: &App, ask: &Params) -> Result<(Facts, String, bool), Refusal> {
    let (db, wanted, number) = (app.db.clone(), ask.unit.clone().unwrap_or_default(), ask.number);
    let found = block(move || {
        let Some(unit) = ward(&db, &wanted)?.1 else { return Ok(None) };
        let told = db.published_tellings(unit.id)?;
        let told = told.into_iter().find(|(telling, _)| Some(telling.number) == number);
        Ok::<_, DbError>(told.map(|(telling, wording)| (unit, telling, wording)))
    });
    let (unit, telling, wording) = found.await??.ok_or(Reason::UnknownAddress)?;
    let mut facts: Facts = serde_json::from_str(&telling.facts).map_err(Refusal::fault)?;
    // The code must open today, wherever the server was when this was written.
    facts.address = results_address(&app.config.public_url, &unit.code);
    Ok((facts, wording.texts.title, telling.topic == Topic::Mended))
}

/// `GET /results/news/picture.png?unit=…&number=…`.
pub async fn picture(app: Data<App>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let told = out(&app, &ask).await?;
    picture_of(&app, told).await
}

/// `GET /results/news/notice.pdf?unit=…&number=…`.
pub async fn notice(app: Data<App>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let told = out(&app, &ask).await?;
    notice_of(&app, told).await
}

/// The picture of facts under a heading.
pub(crate) async fn picture_of(
    app: &App,
    (facts, heading, mended): (Facts, String, bool),
) -> Result<HttpResponse, Refusal> {
    let made = app.costly.run(move || telling_picture(&facts, &heading, mended)).await?;
    Ok(file("image/png", "tin.png", made.map_err(Refusal::fault)?))
}

/// The notice of facts under a heading.
pub(crate) async fn notice_of(
    app: &App,
    (facts, heading, mended): (Facts, String, bool),
) -> Result<HttpResponse, Refusal> {
    let made = app.costly.run(move || telling_notice(&facts, &heading, mended)).await?;
    Ok(file("application/pdf", "tin-a4.pdf", made.map_err(Refusal::fault)?))
}

fn file(kind: &str, name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind.to_owned()))
        .insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(bytes)
}
