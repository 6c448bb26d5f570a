//! The ward or commune that a user works for: theirs, the one above their office, or the one under them. Who stands above several says in the
//! address which: nothing is ever written into one that nobody chose.

use std::ops::Deref;

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::layout::{Frame, send};
use super::signed_in::SignedIn;
use super::units::shown::is_open;
use crate::access::Role;
use crate::clock;
use crate::db::{Unit, UnitKind};
use crate::error::{Reason, Refusal};
use crate::service::complaints::receiver_of;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::state::App;

/// Name of the ward's code behind the `?` of an address.
const IN_ADDRESS: &str = "ward";

/// The ward that a page is about.
pub struct Ward {
    unit: Unit,
    /// Whether the user stands above several, so that addresses have to name it.
    is_one_of_several: bool,
}

impl Deref for Ward {
    type Target = Unit;

    fn deref(&self) -> &Unit {
        &self.unit
    }
}

impl Ward {
    /// An address that leads on to a page of the same ward.
    pub fn at(&self, address: &str) -> String {
        if self.is_one_of_several { address_in(address, &self.unit.code) } else { address.to_owned() }
    }

    /// It, for what only the ward's own people decide: nobody of one office changes what the whole ward says.
    pub fn decided_by(self, user: &SignedIn) -> Result<Self, Refusal> {
        if user.covers(&self.unit.code) { Ok(self) } else { Err(Reason::NotYours.into()) }
    }
}

#[derive(Template)]
#[template(path = "staff/ward_choice.html")]
struct ChoicePage {
    frame: Frame,
    /// Address and name of each.
    wards: Vec<(String, String)>,
}

/// The ward of a request, or the page on which whoever stands above several chooses one; a refusal where there is none.
pub async fn ward_of(app: &App, user: &SignedIn, request: &HttpRequest) -> Result<Result<Ward, HttpResponse>, Refusal> {
    let named = FormBody::parse(request.query_string().as_bytes());
    let named = named.get(IN_ADDRESS).filter(|code| !code.is_empty());
    let several = several_under(user);
    if let Some(code) = named {
        let known = user.unit_of_code(code).filter(|unit| is_ward(unit)).cloned();
        let sole = sole_ward(app, user).await?.filter(|ward| ward.code == code);
        let unit = known.or(sole).ok_or(Reason::NotYours)?;
        return Ok(Ok(Ward { unit, is_one_of_several: !several.is_empty() }));
    }
    if several.is_empty() {
        let unit = sole_ward(app, user).await?.ok_or(Reason::NotYours)?;
        return Ok(Ok(Ward { unit, is_one_of_several: false }));
    }
    if request.method() != Method::GET {
        // No page of theirs sends a form without the ward.
        return Err(Reason::Fields.into());
    }
    let here = request.uri().path_and_query().map_or("/staff/", |here| here.as_str());
    let wards = several.iter().map(|ward| (address_in(here, &ward.code), ward.name_vi.clone())).collect();
    Ok(Err(send(StatusCode::OK, &ChoicePage { frame: user.frame(app), wards })))
}

/// The only ward that a user works for; none where they stand above several, or none is theirs.
pub async fn sole_ward(app: &App, user: &SignedIn) -> Result<Option<Unit>, Refusal> {
    if !several_under(user).is_empty() {
        return Ok(None);
    }
    let today = clock::today();
    let wards = || user.units.iter().filter(|unit| is_ward(unit));
    // Their own before those under it, which it may have taken over; one that goes on before one that is over.
    let own = user.own_unit().filter(|unit| is_ward(unit));
    let found = own.or_else(|| wards().find(|unit| is_open(unit, today))).or_else(|| wards().next());
    if let Some(ward) = found {
        return Ok(Some(ward.clone()));
    }
    let (db, own) = (app.db.clone(), user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default());
    Ok(block(move || receiver_of(&db, &own, today)).await??)
}

/// The ward that a unit belongs to, where the user decides for the whole of it.
pub fn ward_above<'a>(user: &'a SignedIn, unit: &str) -> Option<&'a Unit> {
    let unit = user.unit_of_code(unit)?;
    user.tree.above(unit.id).find(|above| is_ward(above)).filter(|ward| user.covers(&ward.code))
}

/// The ward that a user's own unit is an office of, where it is one and they do not answer for the whole ward.
pub fn ward_over_office(user: &SignedIn) -> Option<&Unit> {
    user.tree.above(user.unit).find(|above| is_ward(above)).filter(|ward| !user.covers(&ward.code))
}

/// What somebody is told who owns plans and was placed in an office: the ward's plan is not theirs to change, and where it is done.
pub fn office_told(user: &SignedIn) -> Option<String> {
    let (ward, office) = (ward_over_office(user).filter(|_| user.role == Role::PlanOwner)?, user.own_unit()?);
    let (ward, office) = (&ward.name_vi, &office.name_vi);
    Some(format!(
        "Tài khoản của bạn là phụ trách kế hoạch của {office}, không phải của {ward}. Sửa kế hoạch, khóa kỳ và lập báo cáo là việc của người phụ \
         trách kế hoạch ở {ward}. Ở đây bạn xem số liệu của đơn vị mình, ghi tiến độ nhiệm vụ đơn vị chủ trì, biện pháp khắc phục và đối thoại. \
         Nếu bạn phụ trách kế hoạch của cả {ward}, hãy nhờ quản trị mở tài khoản ở {ward} thay cho tài khoản này."
    ))
}

/// An address that names a ward.
pub fn address_in(address: &str, ward: &str) -> String {
    let (before, place) = address.split_once('#').map_or((address, String::new()), |(a, b)| (a, format!("#{b}")));
    let sign = if before.contains('?') { '&' } else { '?' };
    format!("{before}{sign}{IN_ADDRESS}={}{place}", percent_encode(ward))
}

/// The address of a page of the ward that a unit belongs to, for whoever stands above several: they are not asked which.
pub fn address_of_unit(user: &SignedIn, address: &str, unit: &str) -> String {
    let ward = ward_above(user, unit).filter(|_| !several_under(user).is_empty());
    ward.map_or_else(|| address.to_owned(), |ward| address_in(address, &ward.code))
}

/// The wards under a user who stands above several that go on.
fn several_under(user: &SignedIn) -> Vec<&Unit> {
    if user.own_unit().is_some_and(is_ward) {
        return Vec::new();
    }
    let today = clock::today();
    let wards: Vec<&Unit> = user.units.iter().filter(|unit| is_ward(unit) && is_open(unit, today)).collect();
    if wards.len() > 1 { wards } else { Vec::new() }
}

fn is_ward(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Ward | UnitKind::Commune)
}
