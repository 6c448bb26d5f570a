//! The wards of a city, or of the country, side by side in one period: a table, who differs from the rest by more than chance, and a page
//! of them in order with their intervals. Read from the figures that were kept; nothing is computed here.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

use crate::clock;
use crate::error::{Reason, Refusal};
use crate::exchange::import::plain;
use crate::report::explore::{Beside, Compared, Step, funnel_of_many, side_by_side};
use crate::report::words::plan::period_name;
use crate::report::{Language, format, words};
use crate::service::overview::{Overview, Row, TargetAsked, overview};
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::pages::Pages;
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

use super::targets::class_of_verdict;

/// Wards on one page.
const ROWS: usize = 50;
/// Targets that have a column; the rest can be chosen.
const COLUMNS: usize = 4;
/// So many wards stand in the funnel at most; of more only those beyond its limits.
const DOTS_MAX: usize = 200;

/// What stands behind the `?`.
#[derive(Debug, Default, Clone, serde::Deserialize)]
pub struct Params {
    period: Option<String>,
    target: Option<String>,
    q: Option<String>,
    order: Option<String>,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "staff/periods/overview.html")]
struct OverviewPage {
    frame: Frame,
    /// Key, name, chosen.
    periods: Vec<(String, String, bool)>,
    targets: Vec<(String, String, bool)>,
    q: String,
    by_share: bool,
    /// Whether the target that was asked for is not one of the period's.
    gone: bool,
    found: usize,
    all: usize,
    counts: Vec<(&'static str, &'static str, usize)>,
    columns: Vec<Column>,
    rows: Vec<Line>,
    title: String,
    /// For a page and for a telephone.
    funnel: Option<(String, String)>,
    funnel_says: String,
    /// For a page and for a telephone.
    dots: Option<(String, String)>,
    /// Number, address, here.
    pages: Vec<(usize, String, bool)>,
    as_of: String,
}

struct Column {
    title: String,
    minimum: String,
}

struct Line {
    name: String,
    address: String,
    so_far: bool,
    cells: Vec<Option<CellOf>>,
}

struct CellOf {
    figure: String,
    interval: String,
    respondents: String,
    class: &'static str,
    verdict: &'static str,
}

/// `GET /staff/overview?period=…&target=…&q=…&order=…&page=…`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let by_share = match ask.order.as_deref() {
        None | Some("" | "name") => false,
        Some("share") => true,
        Some(_) => return Err(Reason::BadQuery.into()),
    };
    let (db, tree, own, period) = (app.db.clone(), user.tree.clone(), user.unit, ask.period.clone());
    let read = move || db.figures(|db| overview(db, &tree, own, period.as_deref().filter(|period| !period.is_empty())));
    let found = app.costly.run(read).await??;
    if ask.period.as_ref().is_some_and(|period| !period.is_empty() && *period != found.period) {
        return Err(Reason::BadQuery.into());
    }
    let page = page(user.frame(&app), found, &ask, by_share);
    Ok(send(StatusCode::OK, &page))
}

fn page(frame: Frame, found: Overview, ask: &Params, by_share: bool) -> OverviewPage {
    let language = Language::Vi;
    let Overview { periods, period, targets, mut rows, as_of } = found;
    let all = rows.len();
    let asked = ask.target.as_ref().filter(|target| !target.is_empty());
    let gone = asked.is_some_and(|asked| !targets.iter().any(|target| target.same == *asked));
    let chosen = targets.iter().find(|target| Some(&target.same) == ask.target.as_ref()).or(targets.first()).cloned();
    let wanted = plain(ask.q.as_deref().unwrap_or_default());
    rows.retain(|row| wanted.split(' ').all(|word| plain(&row.name).contains(word)));
    let compared: Vec<Compared> = chosen.iter().flat_map(|target| compared(&rows, target)).collect();
    let counts = chosen.iter().flat_map(|target| counts(&rows, target)).collect();
    let title = chosen.as_ref().map(|target| target.title.clone()).unwrap_or_default();
    let minima: Vec<f64> = chosen.as_ref().and_then(|target| target.minimum).into_iter().collect();
    let (funnel, funnel_says) = funnel_of_many(&title, &compared, (DOTS_MAX, &minima), language)
        .map(|([wide, narrow], says)| (Some((wide.svg("funnel"), narrow.svg("funnel-narrow"))), says))
        .unwrap_or_default();
    if let Some(target) = chosen.as_ref().filter(|_| by_share) {
        let share = |row: &Row| {
            let estimate = row.target(&target.same).and_then(|kept| kept.estimate.as_ref());
            estimate.map_or(f64::NEG_INFINITY, |estimate| estimate.value)
        };
        rows.sort_by(|a, b| share(b).total_cmp(&share(a)));
    }
    let found = rows.len();
    let query = [
        ("period", ask.period.as_deref()),
        ("target", ask.target.as_deref()),
        ("q", ask.q.as_deref()),
        ("order", ask.order.as_deref()),
    ];
    let Pages { shown, links } = Pages::of(rows, ask.page, ROWS, "/staff/overview", &query);
    let columns = columns(&targets, chosen.as_ref());
    let dots = chosen.as_ref().filter(|_| !shown.is_empty()).and_then(|target| {
        let lines: Vec<Compared> = self::compared(&shown, target).collect();
        let exhibit = side_by_side("compare", &title, &lines, (Beside::Parts, target.minimum, &minima), language);
        Some((exhibit.drawing?.svg("compare"), exhibit.narrow?.svg("compare-narrow")))
    });
    OverviewPage {
        frame,
        periods: periods.into_iter().map(|key| (key.clone(), period_name(&key, language), key == period)).collect(),
        targets: targets
            .iter()
            .map(|target| {
                let name = format!("{} ({} kế hoạch)", target.title, target.plans);
                (target.same.clone(), name, chosen.as_ref() == Some(target))
            })
            .collect(),
        q: ask.q.clone().unwrap_or_default(),
        by_share,
        gone,
        found,
        all,
        counts,
        rows: shown.iter().map(|row| line(row, &columns, &period)).collect(),
        columns: columns
            .iter()
            .map(|target| Column {
                title: target.title.clone(),
                minimum: target
                    .minimum
                    .map_or_else(|| "riêng từng kế hoạch".to_owned(), |minimum| format::minimum(minimum, language)),
            })
            .collect(),
        title,
        funnel,
        funnel_says,
        dots,
        pages: links,
        as_of: format::date(as_of.unwrap_or_else(clock::today)),
    }
}

fn compared<'a>(rows: &'a [Row], target: &'a TargetAsked) -> impl Iterator<Item = Compared> + 'a {
    rows.iter().filter_map(|row| {
        let kept = row.target(&target.same)?;
        let name = row.name.clone();
        Some(Compared { name, step: Step::Nowhere, estimate: kept.estimate.clone(), mean_score: None })
    })
}

/// How many wards have which verdict: word, class, number.
fn counts(rows: &[Row], target: &TargetAsked) -> Vec<(&'static str, &'static str, usize)> {
    use crate::index::Verdict;
    [Verdict::Met, Verdict::CannotSay, Verdict::NotMet]
        .map(|verdict| {
            let kept = rows.iter().filter_map(|row| row.target(&target.same));
            let count = kept.filter(|kept| kept.verdict == verdict).count();
            (words::verdict(verdict, Language::Vi), class_of_verdict(verdict), count)
        })
        .to_vec()
}

/// The target chosen first, then what most plans ask.
fn columns<'a>(targets: &'a [TargetAsked], chosen: Option<&'a TargetAsked>) -> Vec<&'a TargetAsked> {
    let others = targets.iter().filter(|target| chosen.is_none_or(|chosen| chosen.same != target.same));
    chosen.into_iter().chain(others).take(COLUMNS).collect()
}

fn line(row: &Row, columns: &[&TargetAsked], period: &str) -> Line {
    let language = Language::Vi;
    let cell = |target: &&TargetAsked| {
        let kept = row.target(&target.same)?;
        let minima = [kept.minimum];
        let figure = kept.estimate.as_ref();
        Some(CellOf {
            figure: figure.map_or_else(
                || words::small_cell(language).clone(),
                |estimate| format::share(estimate.value, &minima, language),
            ),
            interval: figure
                .map(|estimate| format::interval(estimate.low, estimate.high, &minima, language))
                .unwrap_or_default(),
            respondents: figure.map(|estimate| format::count(estimate.respondents, language)).unwrap_or_default(),
            class: class_of_verdict(kept.verdict),
            verdict: words::verdict(kept.verdict, language),
        })
    };
    Line {
        name: row.name.clone(),
        address: format!("/staff/plans/{}/{period}", row.plan),
        so_far: row.kept.so_far,
        cells: columns.iter().map(cell).collect(),
    }
}
