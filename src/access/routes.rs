//! Every address of the staff pages with the right it needs: `require` shuts a page that this table does not name, and
//! the tests of rights try each row with every role and every unit.

use super::Action;

/// What in the path belongs to a unit, so that another unit's must not be there.
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
    /// Anybody: pages of signing in, each with a secret or a limit of its own.
    Anyone,
    /// Who has signed in and whose role may do this.
    May(Action),
}

/// One address.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path as the router has it.
    pub path: &'static str,
    /// Who may ask.
    pub need: Need,
    /// What in it belongs to a unit.
    pub owned: Owned,
}

const fn row(method: &'static str, path: &'static str, action: Action, owned: Owned) -> Route {
    Route { method, path, need: Need::May(action), owned }
}

const fn open(method: &'static str, path: &'static str) -> Route {
    Route { method, path, need: Need::Anyone, owned: Owned::Nothing }
}

/// The action that a route asks for; none for one that is not here, or that anybody may ask.
pub fn action(method: &str, path: &str) -> Option<Action> {
    let found = ROUTES.iter().find(|route| route.method == method && route.path == path)?;
    match found.need {
        Need::May(action) => Some(action),
        Need::Anyone => None,
    }
}

use Action::{
    ApprovePeriods, ChangeNotice, ChangeOwnPassword, ChangePlans, CheckPeriods, ImportNumbers, KeySheets, ManageUsers,
    PublishForms, PublishPeriods, ReadAudit, ReadComplaints, ReadDocuments, ReopenPeriods, SeeFigures, SeePoints,
    SetUp, TakeReports, VoidSheets,
};
use Owned::{Batch, Nothing, Plan, Point, Unit, User};

/// Every address under `/staff`, and the figures as JSON, which a session opens too.
pub const ROUTES: &[Route] = &[
    row("GET", "/api/v1/plans/{plan}/periods/{period}/index", SeeFigures, Plan),
    row("GET", "/staff", SeePoints, Nothing),
    row("GET", "/staff/", SeePoints, Nothing),
    row("GET", "/staff/audit", ReadAudit, Nothing),
    row("GET", "/staff/complaints", ReadComplaints, Nothing),
    row("GET", "/staff/due", SeeFigures, Nothing),
    row("GET", "/staff/entry", KeySheets, Nothing),
    row("POST", "/staff/entry", KeySheets, Nothing),
    row("GET", "/staff/entry/import", KeySheets, Nothing),
    row("POST", "/staff/entry/import", KeySheets, Nothing),
    row("GET", "/staff/entry/template.xlsx", KeySheets, Nothing),
    row("GET", "/staff/entry/interview", KeySheets, Nothing),
    row("POST", "/staff/entry/interview", KeySheets, Nothing),
    row("GET", "/staff/entry/{batch}", KeySheets, Batch),
    row("POST", "/staff/entry/{batch}", KeySheets, Batch),
    row("POST", "/staff/entry/{batch}/again", KeySheets, Batch),
    row("POST", "/staff/entry/{batch}/discard", KeySheets, Batch),
    row("POST", "/staff/entry/{batch}/drop", KeySheets, Batch),
    row("POST", "/staff/entry/{batch}/finish", KeySheets, Batch),
    row("POST", "/staff/entry/{batch}/settle", KeySheets, Batch),
    row("POST", "/staff/entry/{batch}/store", KeySheets, Batch),
    row("GET", "/staff/figures", SeeFigures, Nothing),
    row("GET", "/staff/figures/import", ImportNumbers, Nothing),
    row("POST", "/staff/figures/import", ImportNumbers, Nothing),
    row("GET", "/staff/figures/template.xlsx", ImportNumbers, Nothing),
    row("GET", "/staff/forms", ReadDocuments, Nothing),
    row("POST", "/staff/forms/preview", PublishForms, Nothing),
    row("POST", "/staff/forms/preview/thanks", PublishForms, Nothing),
    row("POST", "/staff/forms/publish", PublishForms, Nothing),
    row("GET", "/staff/forms/{id}", ReadDocuments, Nothing),
    row("GET", "/staff/forms/{id}/edit", PublishForms, Nothing),
    row("GET", "/staff/forms/{id}/follow-up", PublishForms, Nothing),
    row("GET", "/staff/forms/{id}/{version}", ReadDocuments, Nothing),
    row("GET", "/staff/forms/{id}/{version}/preview", ReadDocuments, Nothing),
    row("POST", "/staff/forms/{id}/{version}/preview", ReadDocuments, Nothing),
    row("GET", "/staff/forms/{id}/{version}/toml", ReadDocuments, Nothing),
    row("GET", "/staff/guide", ReadDocuments, Nothing),
    row("GET", "/staff/guide/{page}", ReadDocuments, Nothing),
    row("GET", "/staff/guide/{page}/edit", ChangeNotice, Nothing),
    row("POST", "/staff/guide/{page}/edit", ChangeNotice, Nothing),
    open("GET", "/staff/link/{secret}"),
    open("POST", "/staff/link/{secret}"),
    row("GET", "/staff/notice", ChangeNotice, Nothing),
    row("POST", "/staff/notice", ChangeNotice, Nothing),
    row("GET", "/staff/password", ChangeOwnPassword, Nothing),
    row("POST", "/staff/password", ChangeOwnPassword, Nothing),
    // Only puts the choices of a form into an address.
    open("GET", "/staff/plans/{plan}/"),
    row("GET", "/staff/plans/{plan}/about", ReadDocuments, Plan),
    row("GET", "/staff/plans/{plan}/edit", ChangePlans, Plan),
    row("POST", "/staff/plans/{plan}/edit", ChangePlans, Plan),
    row("GET", "/staff/plans/{plan}/outline", ReadDocuments, Plan),
    row("POST", "/staff/plans/{plan}/outline", ChangePlans, Plan),
    row("GET", "/staff/plans/{plan}/outline/current.docx", ReadDocuments, Plan),
    row("GET", "/staff/plans/{plan}/outline/example.docx", ReadDocuments, Plan),
    row("GET", "/staff/plans/{plan}/toml", ReadDocuments, Plan),
    row("GET", "/staff/plans/{plan}/{period}/outline.docx", TakeReports, Plan),
    row("GET", "/staff/plans/{plan}/{period}/sheet.{format}", TakeReports, Plan),
    row("GET", "/staff/plans/{plan}/{period}/report.{format}", TakeReports, Plan),
    row("GET", "/staff/plans/{plan}/{period}", SeeFigures, Plan),
    row("POST", "/staff/plans/{plan}/{period}/approve", ApprovePeriods, Plan),
    row("POST", "/staff/plans/{plan}/{period}/check", CheckPeriods, Plan),
    row("GET", "/staff/plans/{plan}/{period}/closing", SeeFigures, Plan),
    row("GET", "/staff/plans/{plan}/{period}/follow-up", PublishForms, Plan),
    row("POST", "/staff/plans/{plan}/{period}/publish", PublishPeriods, Plan),
    row("POST", "/staff/plans/{plan}/{period}/reopen", ReopenPeriods, Plan),
    row("POST", "/staff/plans/{plan}/{period}/return", PublishPeriods, Plan),
    row("GET", "/staff/points", SeePoints, Nothing),
    row("GET", "/staff/points/new", SetUp, Nothing),
    row("POST", "/staff/points/new", SetUp, Nothing),
    row("GET", "/staff/points/paste", SetUp, Nothing),
    row("POST", "/staff/points/paste", SetUp, Nothing),
    row("GET", "/staff/points/posters", SeePoints, Nothing),
    row("GET", "/staff/points/print.pdf", SeePoints, Nothing),
    row("GET", "/staff/points/silent", SeeFigures, Nothing),
    row("GET", "/staff/points/tickets", SeeFigures, Nothing),
    row("GET", "/staff/points/voidings", SeeFigures, Nothing),
    row("POST", "/staff/points/voidings", VoidSheets, Nothing),
    row("POST", "/staff/points/voidings/undo", VoidSheets, Nothing),
    row("GET", "/staff/points/{code}/kiosk", SetUp, Point),
    row("POST", "/staff/points/{code}/kiosk", SetUp, Point),
    row("GET", "/staff/points/{code}/replace", SetUp, Point),
    row("POST", "/staff/points/{code}/replace", SetUp, Point),
    row("GET", "/staff/points/{code}/retire", SetUp, Point),
    row("POST", "/staff/points/{code}/retire", SetUp, Point),
    row("GET", "/staff/progress", SeeFigures, Nothing),
    row("POST", "/staff/recovery-codes", ChangeOwnPassword, Nothing),
    open("GET", "/staff/second-factor"),
    open("POST", "/staff/second-factor"),
    row("GET", "/staff/sessions", ChangeOwnPassword, Nothing),
    row("POST", "/staff/sessions", ChangeOwnPassword, Nothing),
    open("GET", "/staff/set-up"),
    open("POST", "/staff/set-up"),
    open("GET", "/staff/sign-in"),
    open("POST", "/staff/sign-in"),
    open("POST", "/staff/sign-out"),
    row("GET", "/staff/targets", SeeFigures, Nothing),
    row("GET", "/staff/units", SeePoints, Nothing),
    row("GET", "/staff/units/new", SetUp, Nothing),
    row("POST", "/staff/units/new", SetUp, Nothing),
    row("GET", "/staff/units/{code}/retire", SetUp, Unit),
    row("POST", "/staff/units/{code}/retire", SetUp, Unit),
    row("GET", "/staff/users", ManageUsers, Nothing),
    row("GET", "/staff/users/new", ManageUsers, Nothing),
    row("POST", "/staff/users/new", ManageUsers, Nothing),
    row("GET", "/staff/users/{name}/password", ManageUsers, User),
    row("POST", "/staff/users/{name}/password", ManageUsers, User),
    row("GET", "/staff/users/{name}/retire", ManageUsers, User),
    row("POST", "/staff/users/{name}/retire", ManageUsers, User),
    row("POST", "/staff/users/{name}/second-factor", ManageUsers, User),
    row("GET", "/staff/users/{name}/sessions", ManageUsers, User),
    row("POST", "/staff/users/{name}/sessions", ManageUsers, User),
    row("GET", "/staff/volumes", SeeFigures, Nothing),
    row("GET", "/staff/volumes/import", ImportNumbers, Nothing),
    row("POST", "/staff/volumes/import", ImportNumbers, Nothing),
    row("GET", "/staff/volumes/template.xlsx", ImportNumbers, Nothing),
];
