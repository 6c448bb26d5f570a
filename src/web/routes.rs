//! Every address, one row: method, path, right, what of it belongs to a unit, how long a body may be, how long it may take,
//! and its handler. Nothing else knows which address needs what; the tests of rights, of limits and of the shipped
//! configurations of proxies walk this table.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::Route;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{PayloadConfig, ServiceConfig, resource, to};

use super::api;
use super::citizen::{audio, form, scripts};
use super::error::Scope;
use super::http::edge;
use super::not_found;
use super::public::{complaints, front, health, privacy, qr, results};
use super::staff::complaints::list as staff_complaints;
use super::staff::questionnaires::editor::BODY_BYTES_MAX as TEXT;
use super::staff::{account, answers, help, imports, layout, people, periods, plans, points, questionnaires, units};
use crate::access::Action;

use Action::{
    ApprovePeriods, ChangeNotice, ChangeOwnPassword, ChangePlans, CheckPeriods, ImportNumbers, KeySheets, ManageUsers,
    PublishForms, PublishPeriods, ReadAudit, ReadComplaints, ReadDocuments, ReopenPeriods, SeeFigures, SeePoints,
    SetUp, TakeReports, VoidSheets,
};
use Owned::{Batch, Nothing, Plan, Point, Unit, User};
use Verb::{GET, POST};

/// A method that an address takes. `HEAD` is answered wherever `GET` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    GET,
    /// Changes.
    POST,
}

/// What in a path belongs to a unit, so that another unit's must not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owned {
    /// Nothing.
    Nothing,
    /// `{code}` of a service point.
    Point,
    /// `{code}` of a unit.
    Unit,
    /// `{name}` of a user.
    User,
    /// `{batch}` of keyed sheets.
    Batch,
    /// `{plan}`.
    Plan,
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Anybody.
    Anyone,
    /// Who has signed in and whose role may do this.
    May(Action),
}

/// One address.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its method.
    pub verb: Verb,
    /// The path as the router has it.
    pub path: &'static str,
    /// Whose page it is: in whose words it refuses.
    pub scope: Scope,
    /// Who may ask.
    pub need: Need,
    /// What in the path belongs to a unit.
    pub owned: Owned,
    /// The longest body, in bytes.
    pub body_max: usize,
    /// The longest time for a request, its body included.
    pub time_max: Duration,
    handler: fn() -> Route,
}

/// The longest body of the pages of signing in.
const SMALL: usize = 8 * 1024;

/// A body that trickles in, or a disk that is stuck, must not hold a request for ever; an answer stored meanwhile is known
/// when it is sent again.
const TIME_FOR_ANYONE: Duration = Duration::from_secs(30);
/// Documents take their time, and files come over slow lines.
const TIME_FOR_STAFF: Duration = Duration::from_secs(120);

impl Row {
    fn new(scope: Scope, verb: Verb, path: &'static str, handler: fn() -> Route) -> Self {
        let (need, owned) = (Need::Anyone, Nothing);
        Self { verb, path, scope, need, owned, body_max: form::BODY_BYTES_MAX, time_max: TIME_FOR_ANYONE, handler }
    }

    fn right(mut self, action: Action, owned: Owned) -> Self {
        (self.need, self.owned, self.time_max) = (Need::May(action), owned, TIME_FOR_STAFF);
        self
    }

    fn body(mut self, bytes: usize) -> Self {
        self.body_max = bytes;
        self
    }

    /// Whether it takes requests of `method`.
    pub fn takes(&self, method: &Method) -> bool {
        match self.verb {
            GET => matches!(*method, Method::GET | Method::HEAD),
            POST => *method == Method::POST,
        }
    }
}

/// A page for everybody.
fn public(verb: Verb, path: &'static str, handler: fn() -> Route) -> Row {
    Row::new(Scope::Citizens, verb, path, handler)
}

/// An address for programs.
fn program(verb: Verb, path: &'static str, handler: fn() -> Route) -> Row {
    Row::new(Scope::Programs, verb, path, handler)
}

/// An address for monitors.
fn operator(verb: Verb, path: &'static str, handler: fn() -> Route) -> Row {
    Row::new(Scope::Operators, verb, path, handler)
}

/// A staff page on the way in: with a secret or a limit of its own, or one that tells nothing.
fn entrance(verb: Verb, path: &'static str, handler: fn() -> Route) -> Row {
    Row::new(Scope::Staff, verb, path, handler)
}

/// A staff page behind the sign-in.
fn staff(verb: Verb, path: &'static str, action: Action, owned: Owned, handler: fn() -> Route) -> Row {
    Row::new(Scope::Staff, verb, path, handler).right(action, owned)
}

/// Every address, in the order in which they are tried: of two that match a path the first one answers.
fn table() -> Vec<Row> {
    vec![
        public(GET, "/", || to(front::show)),
        public(GET, "/s", || to(front::go)),
        public(GET, "/s/{code}", || to(form::show)),
        public(GET, "/S/{code}", || to(form::show)),
        public(POST, "/s/{code}", || to(form::submit)),
        public(POST, "/S/{code}", || to(form::submit)),
        public(GET, "/s/{code}/thanks", || to(form::thanks)),
        public(GET, "/privacy", || to(privacy::show)),
        public(GET, "/audio/{name}", || to(audio::show)),
        public(GET, "/results", || to(results::show)),
        public(GET, "/complaints", || to(complaints::show)),
        public(POST, "/complaints", || to(complaints::submit)),
        public(GET, "/complaints/{reference}", || to(complaints::seen)),
        public(GET, &*scripts::SEND_ADDRESS, || to(scripts::send)),
        public(GET, &*scripts::KIOSK_ADDRESS, || to(scripts::kiosk)),
        public(GET, scripts::WORKER_ADDRESS, || to(scripts::worker)),
        public(GET, "/qr/{code}.svg", || to(qr::svg)),
        public(GET, "/qr/{code}.png", || to(qr::png)),
        program(GET, "/api/v1/points/{code}", || to(api::responses::describe)),
        program(POST, "/api/v1/points/{code}/responses", || to(api::responses::submit)),
        program(POST, "/api/v1/complaints", || to(api::complaints::submit)),
        program(GET, "/api/v1/complaints/{reference}", || to(api::complaints::show)),
        program(GET, "/api/v1/plans/{plan}/periods/{period}/index", || to(api::figures::show)).right(SeeFigures, Plan),
        entrance(GET, "/staff/sign-in", || to(account::sign_in::show)),
        entrance(POST, "/staff/sign-in", || to(account::sign_in::submit)).body(SMALL),
        entrance(GET, "/staff/second-factor", || to(account::second_factor::show)),
        entrance(POST, "/staff/second-factor", || to(account::second_factor::submit)).body(SMALL),
        entrance(GET, "/staff/link/{secret}", || to(account::one_time_link::show)),
        entrance(POST, "/staff/link/{secret}", || to(account::one_time_link::submit)).body(SMALL),
        entrance(POST, "/staff/sign-out", || to(account::sign_in::sign_out)),
        staff(GET, "/staff/", SeePoints, Nothing, || to(periods::home::show)),
        staff(GET, "/staff", SeePoints, Nothing, || to(periods::home::show)),
        staff(GET, "/staff/forms", ReadDocuments, Nothing, || to(questionnaires::list::list)),
        staff(POST, "/staff/forms/publish", PublishForms, Nothing, || to(questionnaires::edit::publish)).body(TEXT),
        staff(POST, "/staff/forms/preview", PublishForms, Nothing, || to(questionnaires::edit::preview)).body(TEXT),
        staff(POST, "/staff/forms/preview/thanks", PublishForms, Nothing, || to(questionnaires::edit::preview_thanks)),
        staff(GET, "/staff/forms/{id}", ReadDocuments, Nothing, || to(questionnaires::list::go)),
        staff(GET, "/staff/forms/{id}/edit", PublishForms, Nothing, || to(questionnaires::edit::edit)),
        staff(GET, "/staff/forms/{id}/follow-up", PublishForms, Nothing, || to(questionnaires::edit::follow_up_draft)),
        staff(GET, "/staff/forms/{id}/{version}", ReadDocuments, Nothing, || to(questionnaires::list::show)),
        staff(GET, "/staff/forms/{id}/{version}/toml", ReadDocuments, Nothing, || to(questionnaires::list::toml)),
        staff(GET, "/staff/forms/{id}/{version}/preview", ReadDocuments, Nothing, || to(questionnaires::list::preview)),
        staff(POST, "/staff/forms/{id}/{version}/preview", ReadDocuments, Nothing, || {
            to(questionnaires::list::preview_submit)
        }),
        staff(GET, "/staff/notice", ChangeNotice, Nothing, || to(help::privacy_notice::show)),
        staff(POST, "/staff/notice", ChangeNotice, Nothing, || to(help::privacy_notice::keep)),
        staff(GET, "/staff/guide", ReadDocuments, Nothing, || to(help::guide::first)),
        staff(GET, "/staff/guide/{page}", ReadDocuments, Nothing, || to(help::guide::show)),
        staff(GET, "/staff/guide/{page}/edit", ChangeNotice, Nothing, || to(help::guide::edit)),
        staff(POST, "/staff/guide/{page}/edit", ChangeNotice, Nothing, || to(help::guide::keep)).body(TEXT),
        staff(GET, "/staff/targets", SeeFigures, Nothing, || to(periods::targets::show)),
        staff(GET, "/staff/plans/{plan}/about", ReadDocuments, Plan, || to(plans::view::show)),
        staff(GET, "/staff/plans/{plan}/toml", ReadDocuments, Plan, || to(plans::view::toml)),
        staff(GET, "/staff/plans/{plan}/outline", ReadDocuments, Plan, || to(plans::report_template::show)),
        staff(POST, "/staff/plans/{plan}/outline", ChangePlans, Plan, || to(plans::report_template::keep))
            .body(plans::report_template::BODY_BYTES_MAX),
        staff(GET, "/staff/plans/{plan}/outline/current.docx", ReadDocuments, Plan, || {
            to(plans::report_template::take)
        }),
        staff(GET, "/staff/plans/{plan}/outline/example.docx", ReadDocuments, Plan, || {
            to(plans::report_template::take_example)
        }),
        staff(GET, "/staff/progress", SeeFigures, Nothing, || to(periods::progress::show)),
        staff(GET, "/staff/plans/{plan}/edit", ChangePlans, Plan, || to(plans::edit::edit)),
        staff(POST, "/staff/plans/{plan}/edit", ChangePlans, Plan, || to(plans::edit::keep)).body(TEXT),
        staff(GET, "/staff/plans/{plan}/{period}/report.{format}", TakeReports, Plan, || to(periods::files::take)),
        staff(GET, "/staff/plans/{plan}/{period}/outline.docx", TakeReports, Plan, || to(periods::files::take_outline)),
        staff(GET, "/staff/plans/{plan}/{period}/sheet.{format}", TakeReports, Plan, || to(periods::files::take_sheet)),
        staff(GET, "/staff/plans/{plan}/{period}/follow-up", PublishForms, Plan, || to(periods::lowest::choose)),
        staff(GET, "/staff/plans/{plan}/{period}/closing", SeeFigures, Plan, || to(periods::closing::show)),
        staff(POST, "/staff/plans/{plan}/{period}/check", CheckPeriods, Plan, || to(periods::closing::check)),
        staff(POST, "/staff/plans/{plan}/{period}/approve", ApprovePeriods, Plan, || to(periods::closing::approve)),
        staff(POST, "/staff/plans/{plan}/{period}/publish", PublishPeriods, Plan, || to(periods::closing::publish)),
        staff(POST, "/staff/plans/{plan}/{period}/return", PublishPeriods, Plan, || to(periods::closing::give_back)),
        staff(POST, "/staff/plans/{plan}/{period}/reopen", ReopenPeriods, Plan, || to(periods::closing::reopen)),
        staff(GET, "/staff/due", SeeFigures, Nothing, || to(periods::deadlines::show)),
        entrance(GET, "/staff/plans/{plan}/", || to(periods::figures::go)),
        staff(GET, "/staff/plans/{plan}/{period}", SeeFigures, Plan, || to(periods::figures::show)),
        public(GET, &*layout::STYLE_ADDRESS, || to(layout::style)),
        public(GET, &*layout::KEYING_ADDRESS, || to(layout::keying_script)),
        staff(GET, "/staff/entry", KeySheets, Nothing, || to(answers::keying::list)),
        staff(POST, "/staff/entry", KeySheets, Nothing, || to(answers::keying::begin)),
        staff(GET, "/staff/entry/interview", KeySheets, Nothing, || to(answers::interview::show)),
        staff(POST, "/staff/entry/interview", KeySheets, Nothing, || to(answers::interview::submit)),
        staff(GET, "/staff/entry/import", KeySheets, Nothing, || to(answers::import::form)),
        staff(POST, "/staff/entry/import", KeySheets, Nothing, || to(answers::import::submit))
            .body(imports::BODY_BYTES_MAX),
        staff(GET, "/staff/entry/template.xlsx", KeySheets, Nothing, || to(answers::import::template)),
        staff(GET, "/staff/entry/{batch}", KeySheets, Batch, || to(answers::keying::show)),
        staff(POST, "/staff/entry/{batch}", KeySheets, Batch, || to(answers::keying::keep)),
        staff(POST, "/staff/entry/{batch}/finish", KeySheets, Batch, || to(answers::keying::finish)),
        staff(POST, "/staff/entry/{batch}/drop", KeySheets, Batch, || to(answers::keying::drop_sheet)),
        staff(POST, "/staff/entry/{batch}/discard", KeySheets, Batch, || to(answers::keying::discard)),
        staff(POST, "/staff/entry/{batch}/settle", KeySheets, Batch, || to(answers::reconcile::settle)).body(TEXT),
        staff(POST, "/staff/entry/{batch}/again", KeySheets, Batch, || to(answers::reconcile::again)),
        staff(POST, "/staff/entry/{batch}/store", KeySheets, Batch, || to(answers::reconcile::store)),
        entrance(GET, "/staff/set-up", || to(account::first_start::show)),
        entrance(POST, "/staff/set-up", || to(account::first_start::submit)),
        staff(GET, "/staff/units", SeePoints, Nothing, || to(units::list::list)),
        staff(GET, "/staff/units/new", SetUp, Nothing, || to(units::list::new_form)),
        staff(POST, "/staff/units/new", SetUp, Nothing, || to(units::list::add)),
        staff(GET, "/staff/units/{code}/retire", SetUp, Unit, || to(units::list::retire_form)),
        staff(POST, "/staff/units/{code}/retire", SetUp, Unit, || to(units::list::retire)),
        staff(GET, "/staff/points", SeePoints, Nothing, || to(points::list::list)),
        staff(GET, "/staff/points/new", SetUp, Nothing, || to(points::list::new_form)),
        staff(POST, "/staff/points/new", SetUp, Nothing, || to(points::list::add)),
        staff(GET, "/staff/points/paste", SetUp, Nothing, || to(points::bulk_add::show)),
        staff(POST, "/staff/points/paste", SetUp, Nothing, || to(points::bulk_add::submit))
            .body(points::bulk_add::BODY_BYTES_MAX),
        staff(GET, "/staff/complaints", ReadComplaints, Nothing, || to(staff_complaints::show)),
        staff(GET, "/staff/points/{code}/kiosk", SetUp, Point, || to(points::list::kiosk_form)),
        staff(POST, "/staff/points/{code}/kiosk", SetUp, Point, || to(points::list::kiosk)),
        staff(GET, "/staff/points/silent", SeeFigures, Nothing, || to(points::inactive::show)),
        staff(GET, "/staff/points/tickets", SeeFigures, Nothing, || to(points::tickets::show)),
        staff(GET, "/staff/points/voidings", SeeFigures, Nothing, || to(answers::exclusions::show)),
        staff(POST, "/staff/points/voidings", VoidSheets, Nothing, || to(answers::exclusions::void)),
        staff(POST, "/staff/points/voidings/undo", VoidSheets, Nothing, || to(answers::exclusions::undo)),
        staff(GET, "/staff/points/posters", SeePoints, Nothing, || to(points::list::posters)),
        staff(GET, "/staff/points/print.pdf", SeePoints, Nothing, || to(points::prints::pdf)),
        staff(GET, "/staff/points/{code}/retire", SetUp, Point, || to(points::list::retire_form)),
        staff(POST, "/staff/points/{code}/retire", SetUp, Point, || to(points::list::retire)),
        staff(GET, "/staff/points/{code}/replace", SetUp, Point, || to(points::list::replace_form)),
        staff(POST, "/staff/points/{code}/replace", SetUp, Point, || to(points::list::replace)),
        staff(GET, "/staff/users", ManageUsers, Nothing, || to(people::users::list)),
        staff(GET, "/staff/users/new", ManageUsers, Nothing, || to(people::users::new_form)),
        staff(POST, "/staff/users/new", ManageUsers, Nothing, || to(people::users::add)),
        staff(GET, "/staff/users/{name}/retire", ManageUsers, User, || to(people::users::retire_form)),
        staff(POST, "/staff/users/{name}/retire", ManageUsers, User, || to(people::users::retire)),
        staff(GET, "/staff/users/{name}/password", ManageUsers, User, || to(people::users::password_form)),
        staff(POST, "/staff/users/{name}/password", ManageUsers, User, || to(people::users::set_password)),
        staff(GET, "/staff/password", ChangeOwnPassword, Nothing, || to(account::password::show)),
        staff(POST, "/staff/password", ChangeOwnPassword, Nothing, || to(account::password::submit)),
        staff(GET, "/staff/users/{name}/sessions", ManageUsers, User, || to(account::sessions::show_of)),
        staff(POST, "/staff/users/{name}/sessions", ManageUsers, User, || to(account::sessions::end_of)),
        staff(POST, "/staff/users/{name}/second-factor", ManageUsers, User, || to(people::users::clear_second_factor)),
        staff(GET, "/staff/sessions", ChangeOwnPassword, Nothing, || to(account::sessions::show)),
        staff(POST, "/staff/sessions", ChangeOwnPassword, Nothing, || to(account::sessions::end)),
        staff(POST, "/staff/recovery-codes", ChangeOwnPassword, Nothing, || to(account::second_factor::renew)),
        staff(GET, "/staff/audit", ReadAudit, Nothing, || to(people::audit::show)),
        staff(GET, "/staff/volumes", SeeFigures, Nothing, || to(imports::caseload::show)),
        staff(GET, "/staff/volumes/import", ImportNumbers, Nothing, || to(imports::caseload::form)),
        staff(POST, "/staff/volumes/import", ImportNumbers, Nothing, || to(imports::caseload::submit))
            .body(imports::BODY_BYTES_MAX),
        staff(GET, "/staff/volumes/template.xlsx", ImportNumbers, Nothing, || to(imports::caseload::template)),
        staff(GET, "/staff/figures", SeeFigures, Nothing, || to(imports::external_figures::show)),
        staff(GET, "/staff/figures/import", ImportNumbers, Nothing, || to(imports::external_figures::form)),
        staff(POST, "/staff/figures/import", ImportNumbers, Nothing, || to(imports::external_figures::submit))
            .body(imports::BODY_BYTES_MAX),
        staff(GET, "/staff/figures/template.xlsx", ImportNumbers, Nothing, || to(imports::external_figures::template)),
        operator(GET, "/health/live", || to(health::live)),
        operator(GET, "/health/ready", || to(health::ready)),
        public(GET, "/", || to(periods::home::home)),
    ]
}

/// The rows of one path.
struct Place {
    path: ResourceDef,
    rows: Vec<Row>,
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let mut places: Vec<Place> = Vec::new();
    for row in table() {
        match places.iter_mut().find(|place| place.path.pattern() == Some(row.path)) {
            Some(place) => place.rows.push(row),
            None => places.push(Place { path: ResourceDef::new(row.path), rows: vec![row] }),
        }
    }
    places
});

/// What answers where no row does, by the part of the program that would.
static NOWHERE: LazyLock<[(&str, Vec<Row>); 3]> = LazyLock::new(|| {
    let every = |scope| {
        vec![Row::new(scope, GET, "", || to(not_found::show)), Row::new(scope, POST, "", || to(not_found::show))]
    };
    [
        ("/staff/{rest:.*}", every(Scope::Staff)),
        ("/api/{rest:.*}", every(Scope::Programs)),
        ("/{rest:.*}", every(Scope::Citizens)),
    ]
});

/// Every row.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    PLACES.iter().flat_map(|place| &place.rows)
}

/// Whether some row answers this path.
pub fn is_known(path: &str) -> bool {
    PLACES.iter().any(|place| place.path.is_match(path))
}

/// Registers every row, and what answers elsewhere.
pub fn all(service: &mut ServiceConfig) {
    let known = PLACES.iter().filter_map(|place| Some((place.path.pattern()?, place.rows.as_slice())));
    let nowhere = NOWHERE.iter().map(|(path, rows)| (*path, rows.as_slice()));
    for (path, rows) in known.chain(nowhere) {
        let longest = rows.iter().map(|row| row.body_max).max().unwrap_or_default();
        let mut place = resource(path).app_data(PayloadConfig::new(longest));
        for row in rows {
            let methods: &[Method] = if row.verb == GET { &[Method::GET, Method::HEAD] } else { &[Method::POST] };
            for method in methods {
                place = place.route((row.handler)().method(method.clone()));
            }
        }
        service.service(place.wrap(from_fn(move |request, next| edge::pass(rows, request, next))));
    }
}
