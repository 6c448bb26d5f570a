//! Every address, one row: method, path, right, what of it belongs to a unit, how long a body may be, how long it may take,
//! and its handler. Nothing else knows which address needs what; the tests of rights, of limits and of the shipped
//! configurations of proxies walk this table.

use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{PayloadConfig, Query, ServiceConfig, resource};
use actix_web::{HttpRequest, HttpResponse, Route};

use super::api;
use super::citizen::{alive, audio, form, scripts};
use super::http::edge;
use super::not_found;
use super::public::{complaint_case, complaints, front, health, mark, news, open_data, privacy, qr, results, screen};
use super::row::{Owned, Row, Scope, Verb, to};
use super::staff::complaints as staff_complaints;
use super::staff::questionnaires::editor::BODY_BYTES_MAX as TEXT;
use super::staff::{
    account, answers, bulk, comments, explore, fields, help, imports, layout, people, periods, plans, points,
    questionnaires, telling, today, units, upload, warnings, work,
};
use crate::access::Action;

use Action::{
    ApprovePeriods, ChangeNotice, ChangeOwnPassword, ChangePlans, CheckPeriods, HandleComplaints, ImportNumbers,
    KeepWork, KeySheets, ManageUsers, PublishForms, PublishPeriods, ReadAudit, ReadComments, ReadComplaints,
    ReadDocuments, ReopenPeriods, SeeFigures, SeePoints, SetUp, TakeReports, VoidSheets,
};
use Owned::{Batch, Case, Draft, Nothing, Plan, Point, Unit, User};
use Verb::{Get, Post};

/// The longest body of the pages of signing in.
const SMALL: usize = 8 * 1024;

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

/// The description for programs, of whose rows this is the table.
async fn api_description(_: Query<api::paging::Nothing>) -> HttpResponse {
    api::openapi::show(rows())
}

/// Every address, in the order in which they are tried: of two that match a path the first one answers.
fn table() -> Vec<Row> {
    vec![
        public(Get, "/", || to(front::show)),
        public(Get, "/s", || to(front::go)),
        public(Get, "/s/{code}", || to(form::show)),
        public(Get, "/S/{code}", || to(form::show)),
        public(Post, "/s/{code}", || to(form::submit)),
        public(Post, "/S/{code}", || to(form::submit)),
        public(Get, "/s/{code}/thanks", || to(form::thanks)),
        public(Post, "/s/{code}/alive", || to(alive::speaks)).body(SMALL),
        public(Get, "/T/{codes}", || to(front::ticket)),
        public(Get, "/t/{codes}", || to(front::ticket)),
        public(Get, "/privacy", || to(privacy::show)),
        public(Get, "/audio/{name}", || to(audio::show)),
        public(Get, "/results", || to(results::show)),
        public(Get, "/results/news", || to(news::show)),
        public(Get, "/results/news.atom", || to(news::feed)),
        public(Get, "/results/news/picture.png", || to(news::picture)),
        public(Get, "/results/news/notice.pdf", || to(news::notice)),
        public(Get, "/results/open-data", || to(open_data::show)),
        public(Get, "/results/open-data/{name}", || to(open_data::take)),
        public(Get, "/screen/{code}", || to(screen::show)),
        public(Get, "/complaints", || to(complaints::show)),
        public(Post, "/complaints", || to(complaints::submit)),
        public(Get, "/complaints/published", || to(complaint_case::published)),
        public(Get, "/complaints/{reference}", || to(complaint_case::seen)),
        public(Post, "/complaints/{reference}", || to(complaint_case::go_on)),
        public(Get, &scripts::SEND_ADDRESS, || to(scripts::send)),
        public(Get, &scripts::ALOUD_ADDRESS, || to(scripts::aloud)),
        public(Get, &scripts::KIOSK_ADDRESS, || to(scripts::kiosk)),
        public(Get, scripts::WORKER_ADDRESS, || to(scripts::worker)),
        public(Get, "/static/mark.svg", || to(mark::svg)),
        public(Get, "/static/preview.png", || to(mark::preview)),
        public(Get, "/static/guide/{name}", || to(help::guide_pictures::picture)),
        public(Get, "/qr/{code}.svg", || to(qr::svg)),
        public(Get, "/qr/{code}.png", || to(qr::png)),
        program(Get, "/api/v1/points/{code}", || to(api::responses::describe)),
        program(Post, "/api/v1/points/{code}/responses", || to(api::responses::submit)),
        program(Post, "/api/v1/points/{code}/tickets", || to(api::tickets::issue)).right(SetUp, Point).body(SMALL),
        program(Post, "/api/v1/complaints", || to(api::complaints::submit)),
        program(Get, "/api/v1/complaints", || to(api::cases::list)).right(ReadComplaints, Nothing),
        program(Get, "/api/v1/complaints/{reference}", || to(api::complaints::show)),
        program(Get, "/api/v1/complaints/cases/{case}", || to(api::cases::show)).right(ReadComplaints, Case),
        program(Get, "/api/v1/openapi.json", || to(api_description)),
        program(Get, "/api/v1/plans", || to(api::lists::plans)).right(SeeFigures, Nothing),
        program(Get, "/api/v1/plans/{plan}/rounds", || to(api::rounds::list)).right(SeeFigures, Plan),
        program(Get, "/api/v1/plans/{plan}/rounds/{round}", || to(api::rounds::show)).right(SeeFigures, Plan),
        program(Get, "/api/v1/plans/{plan}/rounds/{round}/estimates", || to(api::rounds::estimates))
            .right(SeeFigures, Plan),
        program(Get, "/api/v1/points", || to(api::lists::points)).right(SeePoints, Nothing),
        program(Get, "/api/v1/plans/{plan}/periods/{period}/index", || to(api::figures::show)).right(SeeFigures, Plan),
        program(Get, "/api/v1/plans/{plan}/periods/{period}/index.csv", || to(api::figures::table))
            .right(SeeFigures, Plan),
        entrance(Get, "/staff/sign-in", || to(account::sign_in::show)),
        entrance(Post, "/staff/sign-in", || to(account::sign_in::submit)).body(SMALL),
        entrance(Get, "/staff/sign-in/oidc", || to(account::single_sign_on::begin)),
        entrance(Get, crate::oidc::CALLBACK, || to(account::single_sign_on::finish)),
        entrance(Post, crate::oidc::SIGNED_OUT, || to(account::backchannel_logout::submit)).body(SMALL),
        entrance(Get, "/staff/second-factor", || to(account::second_factor::show)),
        entrance(Post, "/staff/second-factor", || to(account::second_factor::submit)).body(SMALL),
        entrance(Get, "/staff/link/{secret}", || to(account::one_time_link::show)),
        entrance(Post, "/staff/link/{secret}", || to(account::one_time_link::submit)).body(SMALL),
        entrance(Get, "/staff/forgotten", || to(account::forgotten::show)),
        entrance(Post, "/staff/forgotten", || to(account::forgotten::submit)).body(SMALL),
        entrance(Post, "/staff/sign-out", || to(account::sign_in::sign_out)),
        staff(Get, "/staff/", SeePoints, Nothing, || to(today::page::show)),
        staff(Get, "/staff", SeePoints, Nothing, || to(today::page::show)),
        staff(Get, "/staff/first-steps", SetUp, Nothing, || to(today::first_steps::show)),
        staff(Post, "/staff/first-steps", SetUp, Nothing, || to(today::first_steps::submit)),
        staff(Get, "/staff/forms", ReadDocuments, Nothing, || to(questionnaires::list::list)),
        staff(Get, "/staff/forms/new", PublishForms, Nothing, || to(questionnaires::begin::show)),
        staff(Post, "/staff/forms/new", PublishForms, Nothing, || to(questionnaires::begin::begin)),
        staff(Post, "/staff/forms/import", PublishForms, Nothing, || to(questionnaires::bring::take))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/forms/drafts/{draft}/edit", PublishForms, Draft, || to(questionnaires::draft::edit)),
        staff(Post, "/staff/forms/drafts/{draft}/edit", PublishForms, Draft, || to(questionnaires::draft::keep))
            .body(questionnaires::draft_form::BODY_BYTES_MAX),
        staff(Post, "/staff/forms/drafts/{draft}/remarks", PublishForms, Draft, || {
            to(questionnaires::draft::clear_remarks)
        }),
        staff(Post, "/staff/forms/drafts/{draft}/discard", PublishForms, Draft, || to(questionnaires::draft::discard)),
        staff(Get, "/staff/forms/drafts/{draft}/form.toml", PublishForms, Draft, || to(questionnaires::draft::toml)),
        staff(Get, "/staff/forms/drafts/{draft}/form.xlsx", PublishForms, Draft, || to(questionnaires::draft::xlsform)),
        staff(Get, "/staff/forms/drafts/{draft}/phone", PublishForms, Draft, || to(questionnaires::draft::phone)),
        staff(Post, "/staff/forms/drafts/{draft}/phone", PublishForms, Draft, || {
            to(questionnaires::draft::phone_submit)
        }),
        staff(Get, "/staff/forms/drafts/{draft}/publish", PublishForms, Draft, || {
            to(questionnaires::draft_publish::show)
        }),
        staff(Post, "/staff/forms/drafts/{draft}/publish", PublishForms, Draft, || {
            to(questionnaires::draft_publish::publish)
        }),
        staff(Get, "/staff/forms/{id}", ReadDocuments, Nothing, || to(questionnaires::list::go)),
        staff(Post, "/staff/forms/{id}/edit", PublishForms, Nothing, || to(questionnaires::begin::next_version)),
        staff(Post, "/staff/forms/{id}/follow-up", PublishForms, Nothing, || {
            to(questionnaires::begin::follow_up_draft)
        }),
        staff(Get, "/staff/forms/{id}/{version}", ReadDocuments, Nothing, || to(questionnaires::list::show)),
        staff(Get, "/staff/forms/{id}/{version}/toml", ReadDocuments, Nothing, || to(questionnaires::list::toml)),
        staff(Get, "/staff/forms/{id}/{version}/xlsform", ReadDocuments, Nothing, || to(questionnaires::list::xlsform)),
        staff(Get, "/staff/forms/{id}/{version}/preview", ReadDocuments, Nothing, || to(questionnaires::list::preview)),
        staff(Post, "/staff/forms/{id}/{version}/preview", ReadDocuments, Nothing, || {
            to(questionnaires::list::preview_submit)
        }),
        staff(Get, "/staff/notice", ChangeNotice, Nothing, || to(help::privacy_notice::show)),
        staff(Post, "/staff/notice", ChangeNotice, Nothing, || to(help::privacy_notice::keep)),
        staff(Get, "/staff/guide", ReadDocuments, Nothing, || to(help::guide::first)),
        staff(Get, "/staff/guide/{page}", ReadDocuments, Nothing, || to(help::guide::show)),
        staff(Get, "/staff/guide/{page}/edit", ChangeNotice, Nothing, || to(help::guide::edit)),
        staff(Post, "/staff/guide/{page}/edit", ChangeNotice, Nothing, || to(help::guide::keep)).body(TEXT),
        staff(Get, "/staff/targets", SeeFigures, Nothing, || to(periods::targets::show)),
        staff(Get, "/staff/overview", SeeFigures, Nothing, || to(periods::overview::show)),
        staff(Get, "/staff/plans/new", ChangePlans, Nothing, || to(plans::begin::show)),
        staff(Post, "/staff/plans/new", ChangePlans, Nothing, || to(plans::begin::submit))
            .body(plans::form::BODY_BYTES_MAX),
        staff(Post, "/staff/plans/new/import", ChangePlans, Nothing, || to(plans::bring::into_new))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/plans/{plan}/about", ReadDocuments, Plan, || to(plans::view::show)),
        staff(Get, "/staff/plans/{plan}/history", ReadDocuments, Plan, || to(plans::history::show)),
        staff(Get, "/staff/plans/{plan}/plan.xlsx", ReadDocuments, Plan, || to(plans::view::workbook)),
        staff(Post, "/staff/plans/{plan}/import", ChangePlans, Plan, || to(plans::bring::into_known))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/plans/{plan}/toml", ReadDocuments, Plan, || to(plans::view::toml)),
        staff(Get, "/staff/plans/{plan}/outline", ReadDocuments, Plan, || to(plans::report_template::show)),
        staff(Post, "/staff/plans/{plan}/outline", ChangePlans, Plan, || to(plans::report_template::keep))
            .body(plans::report_template::BODY_BYTES_MAX),
        staff(Get, "/staff/plans/{plan}/outline/current.docx", ReadDocuments, Plan, || {
            to(plans::report_template::take)
        }),
        staff(Get, "/staff/plans/{plan}/outline/example.docx", ReadDocuments, Plan, || {
            to(plans::report_template::take_example)
        }),
        staff(Get, "/staff/plans/{plan}/rounds", SeePoints, Plan, || to(plans::rounds::list)),
        staff(Post, "/staff/plans/{plan}/rounds", ChangePlans, Plan, || to(plans::rounds::begin)),
        staff(Get, "/staff/plans/{plan}/rounds/{round}", SeePoints, Plan, || to(plans::rounds::show)),
        staff(Post, "/staff/plans/{plan}/rounds/{round}/returns", KeySheets, Plan, || to(plans::rounds::count)),
        staff(Post, "/staff/plans/{plan}/rounds/{round}/close", ChangePlans, Plan, || to(plans::rounds::close)),
        staff(Get, "/staff/plans/{plan}/rounds/{round}/print.pdf", SeePoints, Plan, || to(plans::round_files::print)),
        staff(Get, "/staff/plans/{plan}/rounds/{round}/figures", SeeFigures, Plan, || to(plans::round_files::show)),
        staff(Get, "/staff/plans/{plan}/rounds/{round}/sample", SeePoints, Plan, || to(plans::sample::show)),
        staff(Get, "/staff/plans/{plan}/rounds/{round}/sample/template.xlsx", SeePoints, Plan, || {
            to(plans::sample_files::frame_template)
        }),
        staff(Post, "/staff/plans/{plan}/rounds/{round}/sample/frame", ChangePlans, Plan, || {
            to(plans::sample::keep_frame)
        })
        .body(upload::BODY_BYTES_MAX),
        staff(Post, "/staff/plans/{plan}/rounds/{round}/sample/cases", ChangePlans, Plan, || {
            to(plans::sample_cases::keep)
        }),
        staff(Post, "/staff/plans/{plan}/rounds/{round}/sample/totals", ChangePlans, Plan, || {
            to(plans::sample_totals::keep)
        })
        .body(upload::BODY_BYTES_MAX),
        staff(Post, "/staff/plans/{plan}/rounds/{round}/sample/draw", ChangePlans, Plan, || to(plans::sample::draw)),
        staff(Get, "/staff/plans/{plan}/rounds/{round}/sample/lists.{format}", KeySheets, Plan, || {
            to(plans::sample_files::lists)
        }),
        staff(Get, "/staff/plans/{plan}/rounds/{round}/sample/outcomes", KeySheets, Plan, || {
            to(plans::sample_files::outcomes)
        }),
        staff(Post, "/staff/plans/{plan}/rounds/{round}/sample/outcomes", KeySheets, Plan, || {
            to(plans::sample_files::keep_outcomes)
        })
        .body(TEXT),
        staff(Post, "/staff/plans/{plan}/rounds/{round}/sample/substitute", KeySheets, Plan, || {
            to(plans::sample::substitute)
        }),
        staff(Post, "/staff/plans/{plan}/rounds/{round}/sample/cells", ChangePlans, Plan, || {
            to(plans::sample::make_cells)
        }),
        staff(Get, "/staff/plans/{plan}/rounds/{round}/report.{format}", TakeReports, Plan, || {
            to(plans::round_files::take)
        }),
        staff(Get, "/staff/progress", SeeFigures, Nothing, || to(periods::progress::show)),
        staff(Get, "/staff/plans/{plan}/edit", ChangePlans, Plan, || to(plans::edit::edit)),
        staff(Post, "/staff/plans/{plan}/edit", ChangePlans, Plan, || to(plans::edit::keep))
            .body(plans::form::BODY_BYTES_MAX),
        staff(Get, "/staff/plans/{plan}/{period}/report.{format}", TakeReports, Plan, || to(periods::files::take)),
        staff(Get, "/staff/plans/{plan}/{period}/questionnaires", SeeFigures, Plan, || {
            to(periods::questionnaires::show)
        }),
        staff(Get, "/staff/plans/{plan}/{period}/questionnaires.xlsx", TakeReports, Plan, || {
            to(periods::questionnaires::take)
        }),
        staff(Get, "/staff/plans/{plan}/{period}/outline.docx", TakeReports, Plan, || {
            to(periods::files::take_in_own_template)
        }),
        staff(Get, "/staff/plans/{plan}/{period}/sheet.{format}", TakeReports, Plan, || to(periods::files::take_sheet)),
        staff(Get, "/staff/plans/{plan}/{period}/follow-up", PublishForms, Plan, || to(periods::lowest::choose)),
        staff(Get, "/staff/plans/{plan}/{period}/closing", SeeFigures, Plan, || to(periods::closing::show)),
        staff(Post, "/staff/plans/{plan}/{period}/declare", CheckPeriods, Plan, || to(periods::declare::declare)),
        staff(Post, "/staff/plans/{plan}/{period}/check", CheckPeriods, Plan, || to(periods::closing::check)),
        staff(Post, "/staff/plans/{plan}/{period}/approve", ApprovePeriods, Plan, || to(periods::closing::approve)),
        staff(Get, "/staff/plans/{plan}/{period}/issue", TakeReports, Plan, || to(periods::issue::show)),
        staff(Post, "/staff/plans/{plan}/{period}/issue", CheckPeriods, Plan, || to(periods::issue::submit)),
        staff(Post, "/staff/plans/{plan}/{period}/issue/{version}/{issue}/signed", CheckPeriods, Plan, || {
            to(periods::issue::file_signed)
        })
        .body(upload::BODY_BYTES_MAX),
        staff(Get, "/staff/plans/{plan}/{period}/issue/{version}/{issue}/{name}", TakeReports, Plan, || {
            to(periods::issue::take)
        }),
        staff(Get, "/staff/plans/{plan}/{period}/letter", TakeReports, Plan, || to(periods::letter::show)),
        staff(Post, "/staff/plans/{plan}/{period}/letter", CheckPeriods, Plan, || to(periods::letter::keep))
            .body(periods::letter::BODY_BYTES_MAX),
        staff(Post, "/staff/plans/{plan}/{period}/letter/quotations", CheckPeriods, Plan, || {
            to(periods::letter::quotation)
        }),
        staff(Post, "/staff/plans/{plan}/{period}/letter/charts/{version}/{issue}/remove", CheckPeriods, Plan, || {
            to(periods::letter::remove)
        }),
        staff(Post, "/staff/plans/{plan}/{period}/publish", PublishPeriods, Plan, || to(periods::closing::publish)),
        staff(Post, "/staff/plans/{plan}/{period}/return", PublishPeriods, Plan, || to(periods::closing::give_back)),
        staff(Post, "/staff/plans/{plan}/{period}/reopen", ReopenPeriods, Plan, || to(periods::closing::reopen)),
        staff(Get, "/staff/explore", SeeFigures, Nothing, || to(explore::page::trend)),
        staff(Get, "/staff/explore/compare", SeeFigures, Nothing, || to(explore::page::compare)),
        staff(Get, "/staff/explore/cross", SeeFigures, Nothing, || to(explore::cross::show)),
        staff(Get, "/staff/explore/levels", SeeFigures, Nothing, || to(explore::page::levels)),
        staff(Get, "/staff/explore/received", SeeFigures, Nothing, || to(explore::page::received)),
        staff(Post, "/staff/explore/{tab}/save", SeeFigures, Nothing, || to(explore::keeping::save)),
        staff(Post, "/staff/explore/{tab}/forget", SeeFigures, Nothing, || to(explore::keeping::forget)),
        staff(Post, "/staff/explore/{tab}/copy", CheckPeriods, Nothing, || to(explore::keeping::copy)).body(TEXT),
        staff(Get, "/staff/explore/change", SeeFigures, Nothing, || to(explore::change::show)),
        staff(Get, "/staff/explore/drivers", SeeFigures, Nothing, || to(explore::forms::drivers)),
        staff(Get, "/staff/explore/form", SeeFigures, Nothing, || to(explore::forms::form)),
        staff(Get, "/staff/explore/{tab}/picture.svg", TakeReports, Nothing, || to(explore::files::picture)),
        staff(Get, "/staff/explore/{tab}/picture.png", TakeReports, Nothing, || to(explore::files::pixels)),
        staff(Get, "/staff/explore/{tab}/table.{format}", TakeReports, Nothing, || to(explore::files::table)),
        staff(Get, "/staff/warnings", SeeFigures, Nothing, || to(warnings::list)),
        staff(Post, "/staff/warnings", KeepWork, Nothing, || to(warnings::read)),
        staff(Get, "/staff/due", SeeFigures, Nothing, || to(periods::deadlines::show)),
        entrance(Get, "/staff/plans/{plan}/", || to(periods::figures::go)),
        staff(Get, "/staff/plans/{plan}/{period}", SeeFigures, Plan, || to(periods::figures::show)),
        public(Get, &layout::STYLE_ADDRESS, || to(layout::style)),
        public(Get, &layout::KEYING_ADDRESS, || to(layout::keying_script)),
        public(Get, &layout::EDITOR_ADDRESS, || to(layout::editor_script)),
        staff(Get, "/staff/entry", KeySheets, Nothing, || to(answers::keying::list)),
        staff(Post, "/staff/entry", KeySheets, Nothing, || to(answers::keying::begin)),
        staff(Get, "/staff/entry/interview", KeySheets, Nothing, || to(answers::interview::show)),
        staff(Post, "/staff/entry/interview", KeySheets, Nothing, || to(answers::interview::submit)),
        staff(Get, "/staff/entry/import", KeySheets, Nothing, || to(answers::import::form)),
        staff(Post, "/staff/entry/import", KeySheets, Nothing, || to(answers::import::submit))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/entry/import/other", KeySheets, Nothing, || to(answers::import_other::form)),
        staff(Post, "/staff/entry/import/other", KeySheets, Nothing, || to(answers::import_other::submit))
            .body(imports::BODY_BYTES_MAX),
        staff(Post, "/staff/entry/import/other/meant", KeySheets, Nothing, || to(answers::import_other::translate))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/entry/template.xlsx", KeySheets, Nothing, || to(answers::import::template)),
        staff(Get, "/staff/entry/{batch}", KeySheets, Batch, || to(answers::keying::show)),
        staff(Post, "/staff/entry/{batch}", KeySheets, Batch, || to(answers::keying::keep)),
        staff(Post, "/staff/entry/{batch}/finish", KeySheets, Batch, || to(answers::keying::finish)),
        staff(Post, "/staff/entry/{batch}/drop", KeySheets, Batch, || to(answers::keying::drop_sheet)),
        staff(Post, "/staff/entry/{batch}/discard", KeySheets, Batch, || to(answers::keying::discard)),
        staff(Post, "/staff/entry/{batch}/settle", KeySheets, Batch, || to(answers::reconcile::settle)).body(TEXT),
        staff(Post, "/staff/entry/{batch}/again", KeySheets, Batch, || to(answers::reconcile::again)),
        staff(Post, "/staff/entry/{batch}/store", KeySheets, Batch, || to(answers::reconcile::store)),
        entrance(Get, "/staff/set-up", || to(account::first_start::show)),
        entrance(Post, "/staff/set-up", || to(account::first_start::submit)),
        staff(Get, "/staff/units", SeePoints, Nothing, || to(units::list::list)),
        staff(Get, "/staff/units/new", SetUp, Nothing, || to(units::list::new_form)),
        staff(Post, "/staff/units/new", SetUp, Nothing, || to(units::list::add)),
        staff(Get, "/staff/units/paste", SetUp, Nothing, || to(units::bulk_add::show)),
        staff(Post, "/staff/units/paste", SetUp, Nothing, || to(units::bulk_add::submit)).body(bulk::BODY_BYTES_MAX),
        staff(Post, "/staff/units/paste/file", SetUp, Nothing, || to(units::bulk_add::submit_file))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/units/template.xlsx", SetUp, Nothing, || to(units::bulk_add::template)),
        staff(Post, "/staff/units/take-back", SetUp, Nothing, || to(units::bulk_add::take_back)),
        staff(Get, "/staff/units/{code}/retire", SetUp, Unit, || to(units::list::retire_form)),
        staff(Post, "/staff/units/{code}/retire", SetUp, Unit, || to(units::list::retire)),
        staff(Get, "/staff/units/{code}/rename", SetUp, Unit, || to(units::changes::rename_form)),
        staff(Post, "/staff/units/{code}/rename", SetUp, Unit, || to(units::changes::rename)),
        staff(Get, "/staff/units/{code}/move", SetUp, Unit, || to(units::changes::move_form)),
        staff(Post, "/staff/units/{code}/move", SetUp, Unit, || to(units::changes::move_it)),
        staff(Get, "/staff/units/{code}/split", SetUp, Unit, || to(units::changes::split_form)),
        staff(Post, "/staff/units/{code}/split", SetUp, Unit, || to(units::changes::split)),
        staff(Get, "/staff/fields", SetUp, Nothing, || to(fields::list::list)),
        staff(Post, "/staff/fields", SetUp, Nothing, || to(fields::list::add)),
        staff(Get, "/staff/fields/{field}/rename", SetUp, Nothing, || to(fields::list::rename_form)),
        staff(Post, "/staff/fields/{field}/rename", SetUp, Nothing, || to(fields::list::rename)),
        staff(Get, "/staff/points", SeePoints, Nothing, || to(points::list::list)),
        staff(Get, "/staff/points/new", SetUp, Nothing, || to(points::new::new_form)),
        staff(Post, "/staff/points/new", SetUp, Nothing, || to(points::new::add)),
        staff(Get, "/staff/points/paste", SetUp, Nothing, || to(points::bulk_add::show)),
        staff(Post, "/staff/points/paste", SetUp, Nothing, || to(points::bulk_add::submit)).body(bulk::BODY_BYTES_MAX),
        staff(Post, "/staff/points/paste/file", SetUp, Nothing, || to(points::bulk_add::submit_file))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/points/template.xlsx", SetUp, Nothing, || to(points::bulk_add::template)),
        staff(Get, "/staff/points/{code}/cards", SetUp, Point, || to(points::cards::show)),
        staff(Post, "/staff/points/{code}/cards", SetUp, Point, || to(points::cards::print)),
        staff(Post, "/staff/points/take-back", SetUp, Nothing, || to(points::bulk_add::take_back)),
        staff(Get, "/staff/comments", ReadComments, Nothing, || to(comments::list::show)),
        staff(Get, "/staff/comments/themes", ChangeNotice, Nothing, || to(comments::themes::form)),
        staff(Post, "/staff/comments/themes", ChangeNotice, Nothing, || to(comments::themes::keep)),
        staff(Post, "/staff/comments/export", ReadComments, Nothing, || to(comments::export::take)),
        staff(Post, "/staff/comments/quote", CheckPeriods, Nothing, || to(comments::quote::quote)).body(TEXT),
        staff(Get, "/staff/complaints", ReadComplaints, Nothing, || to(staff_complaints::list::show)),
        staff(Get, "/staff/complaints/new", HandleComplaints, Nothing, || to(staff_complaints::entry::form)),
        staff(Post, "/staff/complaints/new", HandleComplaints, Nothing, || to(staff_complaints::entry::submit)),
        staff(Get, "/staff/complaints/import", HandleComplaints, Nothing, || to(staff_complaints::import::form)),
        staff(Post, "/staff/complaints/import", HandleComplaints, Nothing, || to(staff_complaints::import::submit))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/complaints/template.xlsx", HandleComplaints, Nothing, || {
            to(staff_complaints::import::template)
        }),
        staff(Get, "/staff/complaints/counts", SeeFigures, Nothing, || to(staff_complaints::counts::show)),
        staff(Get, "/staff/complaints/rules", ChangeNotice, Nothing, || to(staff_complaints::rules::form)),
        staff(Post, "/staff/complaints/rules", ChangeNotice, Nothing, || to(staff_complaints::rules::keep)),
        staff(Get, "/staff/complaints/answer-template", ChangeNotice, Nothing, || {
            to(staff_complaints::answer_template::show)
        }),
        staff(Post, "/staff/complaints/answer-template", ChangeNotice, Nothing, || {
            to(staff_complaints::answer_template::keep)
        })
        .body(staff_complaints::answer_template::BODY_BYTES_MAX),
        staff(Get, "/staff/complaints/answer-template/current.docx", ChangeNotice, Nothing, || {
            to(staff_complaints::answer_template::take)
        }),
        staff(Get, "/staff/complaints/answer-template/example.docx", ChangeNotice, Nothing, || {
            to(staff_complaints::answer_template::take_example)
        }),
        staff(Get, "/staff/complaints/{case}", ReadComplaints, Case, || to(staff_complaints::case::show)),
        staff(Post, "/staff/complaints/{case}", HandleComplaints, Case, || to(staff_complaints::case::act)),
        staff(Post, "/staff/complaints/{case}/contact", ReadComplaints, Case, || to(staff_complaints::case::contact)),
        staff(Get, "/staff/complaints/{case}/answer.docx", ReadComplaints, Case, || to(staff_complaints::answer::take)),
        staff(Get, "/staff/complaints/{case}/apology.docx", ReadComplaints, Case, || {
            to(staff_complaints::answer::apology)
        }),
        staff(Get, "/staff/remedies", SeeFigures, Nothing, || to(work::remedies::list)),
        staff(Get, "/staff/remedies/edit", KeepWork, Nothing, || to(work::remedies::form)),
        staff(Post, "/staff/remedies/edit", KeepWork, Nothing, || to(work::remedies::keep))
            .body(upload::BODY_BYTES_MAX),
        staff(Get, "/staff/remedies/evidence", SeeFigures, Nothing, || to(work::remedies::evidence)),
        staff(Get, "/staff/remedies/notice", SeeFigures, Nothing, || to(work::remedies::notice)),
        staff(Get, "/staff/tasks", SeeFigures, Nothing, || to(work::tasks::list)),
        staff(Post, "/staff/tasks", KeepWork, Nothing, || to(work::tasks::keep)).body(upload::BODY_BYTES_MAX),
        staff(Get, "/staff/tasks/product", SeeFigures, Nothing, || to(work::tasks::product)),
        staff(Get, "/staff/dialogues", SeeFigures, Nothing, || to(work::dialogues::list)),
        staff(Get, "/staff/dialogues/edit", KeepWork, Nothing, || to(work::dialogues::form)),
        staff(Post, "/staff/dialogues/edit", KeepWork, Nothing, || to(work::dialogues::keep)),
        staff(Get, "/staff/telling", SeeFigures, Nothing, || to(telling::list::list)),
        staff(Post, "/staff/telling", KeepWork, Nothing, || to(telling::list::begin)),
        staff(Get, "/staff/telling/edit", SeeFigures, Nothing, || to(telling::edit::form)),
        staff(Post, "/staff/telling/edit", KeepWork, Nothing, || to(telling::edit::keep)).body(TEXT),
        staff(Get, "/staff/telling/picture.png", SeeFigures, Nothing, || to(telling::files::picture)),
        staff(Get, "/staff/telling/notice.pdf", SeeFigures, Nothing, || to(telling::files::notice)),
        staff(Post, "/staff/telling/decide", PublishPeriods, Nothing, || to(telling::decide::decide)),
        staff(Post, "/staff/telling/told", KeepWork, Nothing, || to(telling::decide::record)),
        staff(Get, "/staff/points/{code}/kiosk", SetUp, Point, || to(points::change::kiosk_form)),
        staff(Post, "/staff/points/{code}/kiosk", SetUp, Point, || to(points::change::kiosk)),
        staff(Get, "/staff/points/silent", SeeFigures, Nothing, || to(points::inactive::show)),
        staff(Get, "/staff/points/tickets", SeeFigures, Nothing, || to(points::tickets::show)),
        staff(Get, "/staff/points/voidings", SeeFigures, Nothing, || to(answers::voidings::show)),
        staff(Post, "/staff/points/voidings", VoidSheets, Nothing, || to(answers::voidings::void)),
        staff(Post, "/staff/points/voidings/undo", VoidSheets, Nothing, || to(answers::voidings::undo)),
        staff(Get, "/staff/points/posters", SeePoints, Nothing, || to(points::prints::posters)),
        staff(Get, "/staff/points/print.pdf", SeePoints, Nothing, || to(points::prints::pdf)),
        staff(Get, "/staff/points/{code}/retire", SetUp, Point, || to(points::change::retire_form)),
        staff(Post, "/staff/points/{code}/retire", SetUp, Point, || to(points::change::retire)),
        staff(Get, "/staff/points/{code}/replace", SetUp, Point, || to(points::change::replace_form)),
        staff(Post, "/staff/points/{code}/replace", SetUp, Point, || to(points::change::replace)),
        staff(Get, "/staff/users", ManageUsers, Nothing, || to(people::users::list)),
        staff(Get, "/staff/tokens", ManageUsers, Nothing, || to(people::tokens::list)),
        staff(Post, "/staff/tokens", ManageUsers, Nothing, || to(people::tokens::add)),
        staff(Post, "/staff/tokens/revoke", ManageUsers, Nothing, || to(people::tokens::revoke)),
        staff(Get, "/staff/webhooks", ManageUsers, Nothing, || to(people::webhooks::list)),
        staff(Post, "/staff/webhooks", ManageUsers, Nothing, || to(people::webhooks::add)),
        staff(Post, "/staff/webhooks/test", ManageUsers, Nothing, || to(people::webhooks::test)),
        staff(Post, "/staff/webhooks/end", ManageUsers, Nothing, || to(people::webhooks::end)),
        staff(Post, "/staff/webhooks/again", ManageUsers, Nothing, || to(people::webhooks::again)),
        staff(Post, "/staff/webhooks/drop", ManageUsers, Nothing, || to(people::webhooks::drop_it)),
        staff(Get, "/staff/users/new", ManageUsers, Nothing, || to(people::users::new_form)),
        staff(Post, "/staff/users/new", ManageUsers, Nothing, || to(people::users::add)),
        staff(Get, "/staff/users/paste", ManageUsers, Nothing, || to(people::bulk_add::show)),
        staff(Post, "/staff/users/paste", ManageUsers, Nothing, || to(people::bulk_add::submit))
            .body(bulk::BODY_BYTES_MAX),
        staff(Post, "/staff/users/paste/file", ManageUsers, Nothing, || to(people::bulk_add::submit_file))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/users/template.xlsx", ManageUsers, Nothing, || to(people::bulk_add::template)),
        staff(Post, "/staff/users/take-back", ManageUsers, Nothing, || to(people::bulk_add::take_back)),
        staff(Get, "/staff/users/{name}/retire", ManageUsers, User, || to(people::users::retire_form)),
        staff(Post, "/staff/users/{name}/retire", ManageUsers, User, || to(people::users::retire)),
        staff(Get, "/staff/users/{name}/password", ManageUsers, User, || to(people::users::password_form)),
        staff(Post, "/staff/users/{name}/password", ManageUsers, User, || to(people::users::set_password)),
        staff(Get, "/staff/users/{name}/address", ManageUsers, User, || to(account::addresses::show_of)),
        staff(Post, "/staff/users/{name}/address", ManageUsers, User, || to(account::addresses::submit_of)),
        staff(Get, "/staff/address", ChangeOwnPassword, Nothing, || to(account::addresses::show)),
        staff(Post, "/staff/address", ChangeOwnPassword, Nothing, || to(account::addresses::submit)),
        staff(Get, "/staff/kept/{secret}", ChangeOwnPassword, Nothing, || to(account::kept::show)),
        staff(Get, "/staff/password", ChangeOwnPassword, Nothing, || to(account::password::show)),
        staff(Post, "/staff/password", ChangeOwnPassword, Nothing, || to(account::password::submit)),
        staff(Get, "/staff/users/{name}/single-sign-on", ManageUsers, User, || to(people::single_sign_on::show)),
        staff(Post, "/staff/users/{name}/single-sign-on", ManageUsers, User, || to(people::single_sign_on::submit)),
        staff(Get, "/staff/users/{name}/sessions", ManageUsers, User, || to(account::sessions::show_of)),
        staff(Post, "/staff/users/{name}/sessions", ManageUsers, User, || to(account::sessions::end_of)),
        staff(Post, "/staff/users/{name}/second-factor", ManageUsers, User, || to(people::users::clear_second_factor)),
        staff(Get, "/staff/sessions", ChangeOwnPassword, Nothing, || to(account::sessions::show)),
        staff(Post, "/staff/sessions", ChangeOwnPassword, Nothing, || to(account::sessions::end)),
        staff(Get, "/staff/letters", ChangeOwnPassword, Nothing, || to(account::letters::show)),
        staff(Post, "/staff/letters", ChangeOwnPassword, Nothing, || to(account::letters::submit)),
        staff(Post, "/staff/recovery-codes", ChangeOwnPassword, Nothing, || to(account::second_factor::renew)),
        staff(Get, "/staff/audit", ReadAudit, Nothing, || to(people::audit::show)),
        staff(Get, "/staff/volumes", SeeFigures, Nothing, || to(imports::caseload::show)),
        staff(Get, "/staff/volumes/import", ImportNumbers, Nothing, || to(imports::caseload::form)),
        staff(Post, "/staff/volumes/import", ImportNumbers, Nothing, || to(imports::caseload::submit))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/volumes/template.xlsx", ImportNumbers, Nothing, || to(imports::caseload::template)),
        staff(Get, "/staff/figures", SeeFigures, Nothing, || to(imports::external_figures::show)),
        staff(Get, "/staff/figures/import", ImportNumbers, Nothing, || to(imports::external_figures::form)),
        staff(Post, "/staff/figures/import", ImportNumbers, Nothing, || to(imports::external_figures::submit))
            .body(imports::BODY_BYTES_MAX),
        staff(Get, "/staff/figures/template.xlsx", ImportNumbers, Nothing, || to(imports::external_figures::template)),
        operator(Get, "/health/live", || to(health::live)),
        operator(Get, "/health/ready", || to(health::ready)),
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
static NOWHERE: LazyLock<[(&str, Vec<Row>); 4]> = LazyLock::new(|| {
    let every = |scope| {
        let show = || to(async |request: HttpRequest| not_found::show(&request, is_known));
        vec![Row::new(scope, Get, "", show), Row::new(scope, Post, "", show)]
    };
    [
        ("/staff/{rest:.*}", every(Scope::Staff)),
        ("/api", every(Scope::Programs)),
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
            let methods: &[Method] = if row.verb == Get { &[Method::GET, Method::HEAD] } else { &[Method::POST] };
            for method in methods {
                place = place.route((row.handler)().method(method.clone()));
            }
        }
        service.service(place.wrap(from_fn(move |request, next| edge::pass(rows, request, next))));
    }
}
