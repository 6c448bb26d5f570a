//! `/staff/explore/drivers` and `/staff/explore/form`: what goes with satisfaction all in all, and whether a questionnaire is sound, of a
//! ward's released sheets of one version.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

use super::form_words::advice as advice_in_words;
use super::page::further_tabs;
use super::shown::{Shown, files_of};
use crate::access::Action;
use crate::clock;
use crate::db::{Db, DbError, Unit, UnitKind};
use crate::error::{Reason, Refusal};
use crate::report::explore::{DriverLine, Exhibit, drivers as laid_out};
use crate::report::{Language, format};
use crate::service::drivers::{Drivers, NoDrivers, drivers as drivers_of};
use crate::service::form_sheets::{FormSheets, days, of_ward};
use crate::service::soundness::{SHEETS_MIN, Soundness, soundness};
use crate::web::http::address::percent_encode;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    unit: Option<String>,
    /// As in `thu-tuc-hanh-chinh@2`.
    form: Option<String>,
    /// Which exhibit a file is of.
    of: Option<String>,
    /// How a file of a table is written; its handler reads it.
    #[serde(rename = "separator")]
    _separator: Option<String>,
}

/// The word of the page of drivers in addresses of files.
pub(super) const DRIVERS: &str = "drivers";

/// What both pages have above what they show.
struct Head {
    tabs: Vec<(String, &'static str, bool)>,
    action: &'static str,
    wards: Vec<(String, String, bool)>,
    forms: Vec<(String, String, bool)>,
    about: String,
    nothing: &'static str,
}

#[derive(Template)]
#[template(path = "staff/explore/drivers.html")]
struct DriversPage {
    frame: Frame,
    head: Head,
    exhibits: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "staff/explore/form.html")]
struct FormPage {
    frame: Frame,
    head: Head,
    advice: Vec<&'static str>,
    straight: String,
    sections: Vec<SectionShown>,
}

struct SectionShown {
    name: String,
    says: String,
    advice: Vec<&'static str>,
    items: Vec<ItemShown>,
}

struct ItemShown {
    name: String,
    cells: [(&'static str, String); 4],
    advice: String,
}

impl Head {
    /// The ward and the questionnaire that are shown, as an address asks for them.
    fn query(&self) -> String {
        let chosen = |of: &[(String, String, bool)]| {
            let chosen = of.iter().find(|(.., chosen)| *chosen);
            chosen.map_or_else(String::new, |(code, ..)| percent_encode(code))
        };
        format!("unit={}&form={}", chosen(&self.wards), chosen(&self.forms))
    }
}

const HERE: &str = "/staff/explore/drivers";
const ONLY_WARDS: &str = "Trang này xem cả phường, xã; đơn vị của bạn không bao trùm phường, xã nào.";
const NO_SHEETS: &str = "Chưa có phiếu nào của những tháng đã qua được đưa vào số liệu.";

/// The sheets of the version asked for, or of the one answered most, and the frame of the page.
async fn found<T: Send + 'static>(
    app: &Data<App>,
    user: &SignedIn,
    ask: Params,
    action: &'static str,
    make: impl Fn(&FormSheets) -> T + Send + 'static,
) -> Result<(Head, Option<T>), Refusal> {
    let is_ward = |unit: &&Unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune);
    let wards: Vec<Unit> = user.units.iter().filter(is_ward).cloned().collect();
    let asked = ask.unit.filter(|unit| !unit.is_empty());
    let ward = match &asked {
        Some(code) => Some(wards.iter().find(|ward| ward.code == *code).ok_or(Reason::NotYours)?),
        None => wards.first(),
    };
    let mut head = Head {
        tabs: further_tabs(action),
        action,
        wards: wards
            .iter()
            .map(|unit| (unit.code.clone(), unit.name_vi.clone(), ward.is_some_and(|ward| ward.id == unit.id)))
            .collect(),
        forms: Vec::new(),
        about: String::new(),
        nothing: "",
    };
    let Some(ward) = ward.cloned() else {
        head.nothing = ONLY_WARDS;
        return Ok((head, None));
    };
    let (db, today) = (app.db.clone(), clock::today());
    let (name, wanted) = (ward.name_vi.clone(), ask.form.filter(|form| !form.is_empty()));
    let read = move |db: &Db| {
        let all = of_ward(db, &ward, today)?;
        let place = match &wanted {
            Some(wanted) => all.iter().position(|one| one.form.questionnaire.reference() == *wanted),
            None => (!all.is_empty()).then_some(0),
        };
        let forms: Vec<(String, String, bool)> = all
            .iter()
            .enumerate()
            .map(|(at, one)| {
                let asked = &one.form.questionnaire;
                let title = format!("{} (bản {})", asked.title.in_language("vi"), asked.version);
                (asked.reference(), title, place == Some(at))
            })
            .collect();
        let made = place.map(|place| (all[place].answers.len(), make(&all[place])));
        Ok::<_, DbError>((forms, made))
    };
    let (forms, made) = app.costly.run(move || db.figures(read)).await??;
    head.forms = forms;
    let (from, to) = days(today);
    match &made {
        Some((sheets, _)) => {
            let tens = format::count(*sheets as u64 / 10 * 10, Language::Vi);
            head.about = format!(
                "{name} · hơn {tens} phiếu đã vào số liệu, từ {} đến {}, không tính phiếu có dấu hiệu bất thường",
                format::date(from),
                format::date(to)
            );
        }
        None if head.forms.is_empty() => head.nothing = NO_SHEETS,
        None => return Err(Reason::NotYours.into()),
    }
    Ok((head, made.map(|(_, made)| made)))
}

/// `GET /staff/explore/drivers`.
pub async fn drivers(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (mut head, made) = found(&app, &user, ask.into_inner(), HERE, drivers_of).await?;
    let mut exhibits = Vec::new();
    match made {
        Some(Ok(found)) => {
            let exhibit = exhibit_of(&found);
            let links = vec![None; exhibit.steps.len()];
            let files = if user.may(Action::TakeReports) {
                let query = head.query();
                files_of(&exhibit, |name| format!("{HERE}/{name}?{query}&of={}", exhibit.id))
            } else {
                Vec::new()
            };
            exhibits.push(Shown::laid(exhibit, links, files, None));
        }
        Some(Err(why)) => {
            head.nothing = match why {
                NoDrivers::NotAsked => {
                    "Phiếu này không hỏi mức hài lòng chung, nên không biết tiêu chí nào đi cùng với nó."
                }
                NoDrivers::Few => {
                    "Chưa đủ phiếu trả lời mọi tiêu chí (cần ít nhất 100 phiếu, của ít nhất 20 ngày ở các điểm), nên chưa biết tiêu chí nào tác động nhiều."
                }
                NoDrivers::NoVariation => {
                    "Các câu trả lời gần như giống nhau, nên không phân biệt được tiêu chí nào tác động nhiều."
                }
            };
        }
        None => {}
    }
    Ok(send(StatusCode::OK, &DriversPage { frame: user.frame(&app), head, exhibits }))
}

/// The exhibit of a file.
pub(super) async fn exhibit(app: &Data<App>, user: &SignedIn, ask: Params) -> Result<Exhibit, Refusal> {
    let wanted = ask.of.clone();
    let (_, made) = found(app, user, ask, HERE, drivers_of).await?;
    let exhibit = made.and_then(Result::ok).map(|found| exhibit_of(&found));
    let exhibit = exhibit.filter(|exhibit| wanted.is_none_or(|wanted| wanted == exhibit.id));
    exhibit.ok_or_else(|| Reason::NotYours.into())
}

fn exhibit_of(found: &Drivers) -> Exhibit {
    let lines: Vec<DriverLine> = found
        .list
        .iter()
        .map(|driver| DriverLine {
            name: driver.name.clone(),
            performance: driver.performance,
            share: (driver.share.value, driver.share.interval.low, driver.share.interval.high),
        })
        .collect();
    let share = |value: f64| format::share(value, &[], Language::Vi);
    let tens = format::count(found.sheets as u64 / 10 * 10, Language::Vi);
    let mut says = vec![format!(
        "Theo hơn {tens} phiếu trả lời đủ, các tiêu chí cùng giải thích được {} khác biệt về mức hài lòng chung.",
        share(found.r_squared)
    )];
    if !found.alike.is_empty() {
        says.push(format!(
            "Thận trọng: {} tiêu chí được trả lời gần như giống các tiêu chí khác, nên thứ tự giữa chúng không nói lên điều gì: {}.",
            found.alike.len(),
            found.alike.join("; ")
        ));
    }
    let title = "Tiêu chí nào đi cùng với hài lòng chung";
    laid_out(title, (&lines, &found.left_out), says, Language::Vi)
}

/// `GET /staff/explore/form`.
pub async fn form(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (mut head, made) = found(&app, &user, ask.into_inner(), "/staff/explore/form", soundness).await?;
    let (mut advice, mut said, mut sections) = (Vec::new(), String::new(), Vec::new());
    match made {
        Some(Some(found)) => {
            said = straight(&found);
            sections = shown(&found);
            advice = found.advice.into_iter().map(advice_in_words).collect();
        }
        Some(None) => head.nothing = "Chưa đủ 30 phiếu của phiên bản này.",
        None => {}
    }
    let page = FormPage { frame: user.frame(&app), head, advice, straight: said, sections };
    Ok(send(StatusCode::OK, &page))
}

fn share(value: f64) -> String {
    format::share(value, &[], Language::Vi)
}

fn correlation(value: f64) -> String {
    format!("{value:.2}").replace('.', ",")
}

fn straight(found: &Soundness) -> String {
    let time = "Thời gian trả lời không được lưu, nên không xem xét ở đây.";
    match found.straight {
        Some((_, throughout, highest)) => format!(
            "{} số phiếu (trong những phiếu trả lời từ 6 câu) chọn cùng một mức từ đầu đến cuối; {} chọn mức cao nhất ở mọi câu. {time}",
            share(throughout),
            share(highest)
        ),
        None => format!("Chưa đủ phiếu trả lời từ 6 câu để xem ai chọn cùng một mức từ đầu đến cuối. {time}"),
    }
}

fn shown(found: &Soundness) -> Vec<SectionShown> {
    let sections = found.sections.iter().map(|section| {
        let says = match section.alpha {
            Some((alpha, interval)) => {
                let omega = section.omega.map(|omega| format!(", ω {}", correlation(omega))).unwrap_or_default();
                format!(
                    "Các câu cùng đo một điều đến mức nào (0 đến 1): α {} (khoảng tin cậy {} – {}){omega}; theo hơn {} phiếu trả lời đủ phần này.",
                    correlation(alpha),
                    correlation(interval.low),
                    correlation(interval.high),
                    format::count(section.complete as u64 / 10 * 10, Language::Vi)
                )
            }
            None if section.items.len() < 2 => "Phần này chỉ có một câu.".to_owned(),
            None => format!("Chưa đủ {SHEETS_MIN} phiếu trả lời đủ phần này để biết các câu có cùng đo một điều."),
        };
        let items = section.items.iter().map(|item| ItemShown {
            name: item.name.clone(),
            cells: [
                ("Không dùng đến", share(item.not_used)),
                ("Bỏ trống", share(item.blank)),
                ("Hài lòng", item.satisfied.map_or_else(|| "–".to_owned(), share)),
                ("Đi cùng các câu khác", item.item_rest.map_or_else(|| "–".to_owned(), correlation)),
            ],
            advice: item.advice.iter().copied().map(advice_in_words).collect::<Vec<_>>().join(" "),
        });
        let advice = section.advice.iter().copied().map(advice_in_words).collect();
        SectionShown { name: section.name.clone(), says, advice, items: items.collect() }
    });
    sections.collect()
}
