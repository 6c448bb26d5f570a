//! The first start: whoever holds the one-time secret names the unit, becomes its administrator and gets the first
//! points. Everything is made in one transaction; afterwards the address is gone. Later changes: `units/`, `points/`.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::credentials::{self, Person};
use super::sign_in::{self, NOT_SECURE};
use crate::access::{AuditedAction, Role};
use crate::clock;
use crate::db::{Db, DbError, FirstStart, FirstStarted, NewPoint, NewUnit, NewUser, Note, Outcome, UnitKind};
use crate::error::Refusal;
use crate::plan::{Channel, Plan};
use crate::service::communes::{self, Commune, Meant};
use crate::survey::Questionnaire;
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry, fold};
use crate::web::staff::layout::{Frame, send, tell_anyone};
use crate::web::staff::units::names::{commune_kind, english, is_code, is_province, slug, within_sentence};
use crate::web::state::App;

/// The most counters made at once.
const COUNTERS_MAX: u32 = 30;
/// The most schools made at once.
const SCHOOLS_MAX: usize = 60;
/// Stands in the list of units for one that no plan names.
const OTHER: &str = "other";
/// Stands there for one of the list of the country.
const LISTED: &str = "listed";

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    secret: Option<String>,
}

#[derive(Template)]
#[expect(clippy::struct_excessive_bools, reason = "each is a tick box of the page")]
#[template(path = "staff/account/first_start.html")]
struct SetUpPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    secret: &'a str,
    wards: Vec<Choice>,
    communes: Vec<String>,
    other_open: bool,
    points: Vec<Choice>,
    one_stop: bool,
    kindergartens: bool,
    schools: bool,
    password_rule: String,
}

/// What the database was seeded with: the choices of the page.
struct Seeded {
    plans: Vec<Plan>,
    forms: Vec<Questionnaire>,
    fields: BTreeSet<String>,
}

/// One point that the page offers to make.
struct Offer {
    key: &'static str,
    text: &'static str,
    note: &'static str,
    form: &'static str,
}

const ONE_STOP: Offer = Offer {
    key: "one_stop",
    text: "Trung tâm Phục vụ hành chính công (một cửa)",
    note: "phiếu thủ tục hành chính, bản ngắn; mọi lĩnh vực",
    form: "thu-tuc-hanh-chinh-ngan",
};
const ONLINE: Offer = Offer {
    key: "online",
    text: "Hồ sơ nộp trực tuyến",
    note: "phiếu dịch vụ công trực tuyến",
    form: "dich-vu-cong-truc-tuyen",
};
const STATION: Offer =
    Offer { key: "station", text: "Trạm Y tế", note: "phiếu trạm y tế", form: "tram-y-te" };
const POLICY: Offer =
    Offer {
        key: "policy", text: "Ý kiến về chính sách", note: "phiếu chính sách, đặt tại trụ sở", form: "chinh-sach"
    };
const OFFERS: [Offer; 4] = [ONE_STOP, ONLINE, STATION, POLICY];
const KINDERGARTEN_FORM: &str = "mam-non";
const SCHOOL_FORM: &str = "truong-pho-thong";

impl Seeded {
    fn read(db: &Db) -> Result<Self, DbError> {
        Ok(Self {
            plans: db.plans()?.into_iter().map(|stored| stored.plan).collect(),
            forms: db.newest_forms()?.iter().map(|form| form.questionnaire.clone()).collect(),
            fields: db.fields()?.into_iter().map(|field| field.code).collect(),
        })
    }

    /// The fields that a questionnaire serves, of those known; none when it cannot be asked here.
    fn fields_of(&self, form: &str) -> Option<Vec<String>> {
        let form = self.forms.iter().find(|known| known.id == form)?;
        let fields: Vec<String> = form.fields.iter().filter(|field| self.fields.contains(*field)).cloned().collect();
        (!fields.is_empty()).then_some(fields)
    }

    /// One choice a unit that has plans, then any other unit.
    fn wards(&self) -> Vec<Choice> {
        let mut wards: Vec<Choice> = Vec::new();
        for plan in &self.plans {
            if !wards.iter().any(|ward| ward.value == plan.unit) {
                let of_unit = self.plans.iter().filter(|other| other.unit == plan.unit);
                let named = of_unit.map(|other| match &other.number {
                    Some(number) => format!("kế hoạch {number}"),
                    None => format!("kế hoạch {}–{}", other.from.format("%Y"), other.to.format("%Y")),
                });
                let text = format!("{}, {}", plan.unit_name, plan.parent_name);
                wards.push(Choice::new(plan.unit.clone(), text).with_note(named.collect::<Vec<_>>().join(", ")));
            }
        }
        wards.insert(
            0,
            Choice::new(LISTED, "Chọn trong danh sách cả nước")
                .with_note("gõ tên ở ô dưới; kế hoạch thêm sau trên trang"),
        );
        wards.push(Choice::new(OTHER, "Đơn vị chưa có trong danh sách").with_note("tự điền tên ở phần dưới"));
        wards
    }
}

/// `GET /staff/set-up?secret=…`.
pub async fn show(app: Data<App>, request: HttpRequest, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let secret = ask.secret.clone().unwrap_or_default();
    if let Some(refused) = refuse(&app, &request, &secret).await? {
        return Ok(refused);
    }
    let db = app.db.clone();
    let seeded = block(move || Seeded::read(&db)).await??;
    let mut entry = Entry::fresh(&[("counters", "1")]);
    for offer in &OFFERS {
        entry.add("points", offer.key);
    }
    Ok(page(&app, &entry, &secret, &seeded))
}

/// `POST /staff/set-up`.
pub async fn submit(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let secret = entry.value("secret").to_owned();
    if let Some(refused) = refuse(&app, &request, &secret).await? {
        return Ok(refused);
    }
    let db = app.db.clone();
    let seeded = block(move || Seeded::read(&db)).await??;
    let today = clock::today();
    let place = place(&mut entry, &seeded, today);
    // Without a ward the rest is checked all the same, so that every error shows at once.
    let ward = place.as_ref().map_or_else(|| unit("", UnitKind::Other, "", None, today), |[_, ward]| ward.clone());
    let (units, points) = points(&mut entry, &seeded, &ward, today);
    let person = credentials::person(&mut entry);
    let hash = credentials::hashed_password(&app, &mut entry, None).await?;
    let (Some([city, ward]), Some(hash), false) = (place, hash, entry.is_wrong()) else {
        return Ok(page(&app, &entry, &secret, &seeded));
    };
    let Person { name, display_name } = person;
    let user = NewUser {
        name,
        display_name,
        password_hash: hash,
        role: Role::Administrator.name().to_owned(),
        // The top of the tree, so that a ward that is merged one day can be ended from the pages.
        unit: city.code.clone(),
        email: None,
        at: clock::now(),
    };
    let units: Vec<NewUnit> = [city, ward].into_iter().chain(units).collect();
    let note = Note {
        at: clock::now(),
        actor: user.name.clone(),
        action: AuditedAction::FirstStart,
        unit: user.unit.clone(),
        object: String::new(),
        outcome: Outcome::Done,
    };
    let new = FirstStart { secret_hash: hashed(&secret), at: clock::now(), units, points, user };
    let db = app.db.noting(note);
    match block(move || db.first_start(&new)).await? {
        Ok(FirstStarted::Done { user, codes }) => {
            tracing::info!(user, points = codes.len(), "first start done");
            let db = app.db.clone();
            let Some(found) = block(move || db.user(user)).await?? else {
                return Err(Refusal::fault("the first user is not there"));
            };
            sign_in::enter(&app, &request, &found, "/staff/first-steps?done=set-up").await
        }
        Ok(FirstStarted::Refused) => Ok(gone(&app).await?),
        Err(DbError::Exists { what: "unit", value }) => {
            entry.refuse("ward", format!("Mã đơn vị {value} đã có trong cơ sở dữ liệu; chọn tên hoặc mã khác."));
            Ok(page(&app, &entry, &secret, &seeded))
        }
        Err(error) => Err(error.into()),
    }
}

/// The answer to people who may not set up: over an open network, with a wrong secret, or too late.
async fn refuse(app: &App, request: &HttpRequest, secret: &str) -> Result<Option<HttpResponse>, Refusal> {
    if !sign_in::is_private(app, request) {
        return Ok(Some(tell_anyone(app, StatusCode::FORBIDDEN, "Không thiết lập được từ đây", NOT_SECURE)));
    }
    let (db, hash) = (app.db.clone(), hashed(secret));
    let holds = block(move || db.first_start_secret_holds(&hash, clock::now())).await??;
    Ok(if holds { None } else { Some(gone(app).await?) })
}

async fn gone(app: &App) -> Result<HttpResponse, Refusal> {
    let db = app.db.clone();
    Ok(if block(move || db.any_user()).await?? {
        let sentence = "Hệ thống đã được thiết lập; địa chỉ này không còn dùng được. Hãy đăng nhập.";
        tell_anyone(app, StatusCode::GONE, "Đã thiết lập xong", sentence)
    } else {
        tracing::warn!("set-up refused");
        let sentence =
            "Địa chỉ thiết lập sai hoặc đã quá 24 giờ. Hãy khởi động lại máy chủ: máy chủ sẽ in ra một địa chỉ mới.";
        tell_anyone(app, StatusCode::NOT_FOUND, "Địa chỉ không dùng được", sentence)
    })
}

fn hashed(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn page(app: &App, entry: &Entry, secret: &str, seeded: &Seeded) -> HttpResponse {
    let offered = OFFERS.iter().filter(|offer| seeded.fields_of(offer.form).is_some());
    let wards = seeded.wards();
    let named = ["city_name", "city_code", "ward_name", "ward_code"];
    let page = SetUpPage {
        frame: Frame::anonymous(app),
        entry,
        secret,
        communes: communes::all().map(Commune::shown).collect(),
        other_open: entry.holds("ward", OTHER) || named.iter().any(|name| entry.error(name).is_some()),
        wards,
        points: offered.map(|offer| Choice::new(offer.key, offer.text).with_note(offer.note)).collect(),
        one_stop: seeded.fields_of(ONE_STOP.form).is_some(),
        kindergartens: seeded.fields_of(KINDERGARTEN_FORM).is_some(),
        schools: seeded.fields_of(SCHOOL_FORM).is_some(),
        password_rule: credentials::password_rule(),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

fn unit(code: &str, kind: UnitKind, name: &str, parent: Option<&str>, today: NaiveDate) -> NewUnit {
    NewUnit {
        code: code.to_owned(),
        kind,
        name_vi: name.to_owned(),
        name_en: english(name),
        parent: parent.map(str::to_owned),
        valid_from: today,
    }
}

/// The city or province and the ward or commune, as chosen or typed; errors are noted.
fn place(entry: &mut Entry, seeded: &Seeded, today: NaiveDate) -> Option<[NewUnit; 2]> {
    let chosen = entry.value("ward").to_owned();
    if let Some(plan) = seeded.plans.iter().find(|plan| plan.unit == chosen) {
        let kind = commune_kind(&plan.unit_name).unwrap_or(UnitKind::Commune);
        let city = unit(&plan.parent_unit, UnitKind::City, &plan.parent_name, None, today);
        return Some([city, unit(&plan.unit, kind, &plan.unit_name, Some(&plan.parent_unit), today)]);
    }
    if chosen == LISTED {
        return listed(entry, today);
    }
    if chosen != OTHER {
        entry.refuse("ward", "Chọn đơn vị của bạn, hoặc “Đơn vị chưa có trong danh sách”.");
        return None;
    }
    let city_name = entry.required_line("city_name", "Nhập tên thành phố hoặc tỉnh, như Thành phố Hà Nội.");
    if !city_name.is_empty() && !is_province(&city_name) {
        entry.refuse("city_name", "Viết cả cấp, như Thành phố Hà Nội hoặc Tỉnh Lào Cai.");
    }
    let city_code = code(entry, "city_code", &city_name);
    let ward_name = entry.required_line("ward_name", "Nhập tên phường hoặc xã, như Phường Cầu Giấy.");
    let kind = commune_kind(&ward_name);
    if !ward_name.is_empty() && kind.is_none() {
        entry.refuse("ward_name", "Viết cả loại đơn vị, như Phường Cầu Giấy, Xã Ô Diên, Đặc khu Cô Tô.");
    }
    let ward_code = code(entry, "ward_code", &ward_name);
    if ward_code.is_some() && ward_code == city_code {
        entry.refuse("ward_code", "Mã của phường, xã phải khác mã của thành phố, tỉnh.");
    }
    let (city_code, ward_code, kind) = (city_code?, ward_code?, kind?);
    let city = unit(&city_code, UnitKind::City, &city_name, None, today);
    Some([city, unit(&ward_code, kind, &ward_name, Some(&city_code), today)])
}

/// The commune of the list that was typed, with its province.
fn listed(entry: &mut Entry, today: NaiveDate) -> Option<[NewUnit; 2]> {
    let typed = fold(entry.value("commune"));
    let found = match communes::meant(&typed) {
        Meant::One(found) => found,
        Meant::Several(several) => {
            let shown: Vec<String> = several.iter().take(12).map(|commune| commune.shown()).collect();
            entry.refuse(
                "commune",
                format!("Có {} nơi tên “{typed}”; hãy ghi cả tỉnh: {}.", several.len(), shown.join("; ")),
            );
            return None;
        }
        Meant::None if typed.is_empty() => {
            entry.refuse("commune", "Gõ tên phường, xã, đặc khu rồi chọn trong danh sách hiện ra.");
            return None;
        }
        Meant::None => {
            entry.refuse(
                "commune",
                format!(
                    "Không có “{typed}” trong danh sách; hãy xem lại tên, hoặc chọn “Đơn vị chưa có trong danh sách”."
                ),
            );
            return None;
        }
    };
    let kind = commune_kind(found.name).unwrap_or(UnitKind::Commune);
    let (city, ward) = (slug(found.province), slug(found.name));
    let above = unit(&city, UnitKind::City, found.province, None, today);
    Some([above, unit(&ward, kind, found.name, Some(&city), today)])
}

/// The code typed, or the one made from the name; none when it cannot be one.
pub(in crate::web::staff) fn code(entry: &mut Entry, field: &str, name: &str) -> Option<String> {
    let typed = fold(entry.value(field));
    let code = if typed.is_empty() { slug(name) } else { typed };
    if is_code(&code) {
        return Some(code);
    }
    if !name.is_empty() {
        entry.refuse(
            field,
            "Mã gồm chữ thường không dấu, chữ số và dấu gạch nối, bắt đầu bằng chữ, như phuong-cau-giay.",
        );
    }
    None
}

/// The units below the ward and the points, as chosen; errors are noted.
fn points(entry: &mut Entry, seeded: &Seeded, ward: &NewUnit, today: NaiveDate) -> (Vec<NewUnit>, Vec<NewPoint>) {
    let (mut units, mut points) = (Vec::new(), Vec::new());
    let below = |end: &str, kind, name_vi: String, name_en: String| NewUnit {
        code: format!("{}-{end}", ward.code),
        kind,
        name_vi,
        name_en,
        parent: Some(ward.code.clone()),
        valid_from: today,
    };
    let point = |unit: &str, (vi, en): (&str, &str), form: &str, channel| {
        let fields = seeded.fields_of(form)?;
        Some(NewPoint {
            unit: unit.to_owned(),
            name_vi: vi.to_owned(),
            name_en: en.to_owned(),
            form: form.to_owned(),
            fields,
            channel,
            opened_on: today,
        })
    };
    let of_ward = within_sentence(&ward.name_vi);
    let wants = |offer: &Offer| entry.holds("points", offer.key) && seeded.fields_of(offer.form).is_some();
    let (one_stop, online, station, policy) = (wants(&ONE_STOP), wants(&ONLINE), wants(&STATION), wants(&POLICY));
    let mut centre = ward.code.clone();
    if one_stop {
        let name_en = format!("{} Public Administration Service Centre", ward.name_en);
        let unit =
            below("mot-cua", UnitKind::OneStopCentre, format!("Trung tâm Phục vụ hành chính công {of_ward}"), name_en);
        centre.clone_from(&unit.code);
        let counters = counters(entry);
        for number in 1..=counters {
            let names = match counters {
                1 => ("Nơi tiếp nhận và trả kết quả".to_owned(), "Reception and results".to_owned()),
                _ => (format!("Quầy số {number}"), format!("Counter {number}")),
            };
            points.extend(point(&unit.code, (&names.0, &names.1), ONE_STOP.form, Channel::Counter));
        }
        units.push(unit);
    }
    if online {
        let names = ("Hồ sơ nộp trực tuyến", "Applications sent online");
        points.extend(point(&centre, names, ONLINE.form, Channel::Online));
    }
    if station {
        let name_en = format!("{} Health Station", ward.name_en);
        let unit = below("tram-y-te", UnitKind::HealthStation, format!("Trạm Y tế {of_ward}"), name_en);
        points.extend(point(&unit.code, ("Trạm Y tế", "Health station"), STATION.form, Channel::Counter));
        units.push(unit);
    }
    if policy {
        let names = ("Ý kiến về chính sách", "Opinions on policies");
        points.extend(point(&ward.code, names, POLICY.form, Channel::Counter));
    }
    for (field, form) in [("kindergartens", KINDERGARTEN_FORM), ("schools", SCHOOL_FORM)] {
        for name in names(entry, field) {
            let unit = below(&slug(&name), UnitKind::School, name.clone(), name);
            if slug(&unit.name_vi).is_empty() || units.iter().any(|known| known.code == unit.code) {
                entry.refuse(field, format!("“{}” ghi hai lần hoặc trùng tên với đơn vị khác.", unit.name_vi));
                continue;
            }
            points.extend(point(&unit.code, ("Ý kiến phụ huynh", "Parents' opinions"), form, Channel::Counter));
            units.push(unit);
        }
    }
    (units, points)
}

fn counters(entry: &mut Entry) -> u32 {
    let sentence = format!("Nhập số quầy từ 1 đến {COUNTERS_MAX}.");
    entry.whole("counters", 1..=COUNTERS_MAX.into(), &sentence).unwrap_or(1)
}

/// The names of schools, one a line.
fn names(entry: &mut Entry, field: &str) -> Vec<String> {
    let names: Vec<String> = entry.value(field).lines().map(fold).filter(|name| !name.is_empty()).collect();
    if names.len() > SCHOOLS_MAX {
        entry.refuse(field, format!("Tối đa {SCHOOLS_MAX} trường một lần; các trường khác thêm sau."));
    }
    if names
        .iter()
        .any(|name| name.chars().count() > crate::web::staff::form::NAME_MAX || name.chars().any(char::is_control))
    {
        entry.refuse(field, "Có tên quá dài hoặc có ký tự lạ; mỗi dòng một tên trường.");
    }
    if entry.error(field).is_some() { Vec::new() } else { names }
}
