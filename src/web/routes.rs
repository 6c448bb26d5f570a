//! Every address on one screen.

use actix_web::web::{PayloadConfig, ServiceConfig, get, post, resource, scope};

use super::api;
use super::citizen::{audio, form, scripts};
use super::public::{complaints, health, privacy, qr, results};
use super::staff::{account, answers, help, imports, layout, people, periods, plans, points, questionnaires, units};

/// All routes.
pub fn all(service: &mut ServiceConfig) {
    let body = || PayloadConfig::new(form::BODY_BYTES_MAX);
    let text = || PayloadConfig::new(questionnaires::editor::BODY_BYTES_MAX);
    service
        // Citizens.
        .service(
            resource(["/s/{code}", "/S/{code}"])
                .app_data(body())
                .route(get().to(form::show))
                .route(post().to(form::submit)),
        )
        .route("/s/{code}/thanks", get().to(form::thanks))
        .route("/privacy", get().to(privacy::show))
        .route("/audio/{name}", get().to(audio::show))
        .route("/results", get().to(results::show))
        .service(
            resource("/complaints")
                .app_data(body())
                .route(get().to(complaints::show))
                .route(post().to(complaints::submit)),
        )
        .route("/complaints/{reference}", get().to(complaints::seen))
        .route(&scripts::SEND_ADDRESS, get().to(scripts::send))
        .route(&scripts::KIOSK_ADDRESS, get().to(scripts::kiosk))
        .route(scripts::WORKER_ADDRESS, get().to(scripts::worker))
        .route("/qr/{code}.svg", get().to(qr::svg))
        .route("/qr/{code}.png", get().to(qr::png))
        // Programs.
        .service(
            scope("/api/v1")
                .route("/points/{code}", get().to(api::responses::describe))
                .service(resource("/points/{code}/responses").app_data(body()).route(post().to(api::responses::submit)))
                .service(resource("/complaints").app_data(body()).route(post().to(api::complaints::submit)))
                .route("/complaints/{reference}", get().to(api::complaints::show))
                .route("/plans/{plan}/periods/{period}/index", get().to(periods::figures::json)),
        )
        // Staff.
        .service(
            resource("/staff/sign-in")
                .app_data(PayloadConfig::new(8 * 1024))
                .route(get().to(account::sign_in::show))
                .route(post().to(account::sign_in::submit)),
        )
        .service(
            resource("/staff/second-factor")
                .app_data(PayloadConfig::new(8 * 1024))
                .route(get().to(account::second_factor::show))
                .route(post().to(account::second_factor::submit)),
        )
        .service(
            resource("/staff/link/{secret}")
                .app_data(PayloadConfig::new(8 * 1024))
                .route(get().to(account::one_time_link::show))
                .route(post().to(account::one_time_link::submit)),
        )
        .route("/staff/sign-out", post().to(account::sign_in::sign_out))
        .route("/staff/", get().to(periods::home::show))
        .route("/staff", get().to(periods::home::show))
        // Questionnaires, plans, the privacy notice.
        .route("/staff/forms", get().to(questionnaires::list::list))
        .service(resource("/staff/forms/publish").app_data(text()).route(post().to(questionnaires::edit::publish)))
        .service(resource("/staff/forms/preview").app_data(text()).route(post().to(questionnaires::edit::preview)))
        .service(
            resource("/staff/forms/preview/thanks")
                .app_data(body())
                .route(post().to(questionnaires::edit::preview_thanks)),
        )
        .route("/staff/forms/{id}", get().to(questionnaires::list::go))
        .route("/staff/forms/{id}/edit", get().to(questionnaires::edit::edit))
        .route("/staff/forms/{id}/follow-up", get().to(questionnaires::edit::follow_up_draft))
        .route("/staff/forms/{id}/{version}", get().to(questionnaires::list::show))
        .route("/staff/forms/{id}/{version}/toml", get().to(questionnaires::list::toml))
        .service(
            resource("/staff/forms/{id}/{version}/preview")
                .app_data(body())
                .route(get().to(questionnaires::list::preview))
                .route(post().to(questionnaires::list::preview_submit)),
        )
        .service(
            resource("/staff/notice")
                .app_data(body())
                .route(get().to(help::privacy_notice::show))
                .route(post().to(help::privacy_notice::keep)),
        )
        .route("/staff/guide", get().to(help::guide::first))
        .route("/staff/guide/{page}", get().to(help::guide::show))
        .service(
            resource("/staff/guide/{page}/edit")
                .app_data(text())
                .route(get().to(help::guide::edit))
                .route(post().to(help::guide::keep)),
        )
        .route("/staff/targets", get().to(periods::targets::show))
        .route("/staff/plans/{plan}/about", get().to(plans::view::show))
        .route("/staff/plans/{plan}/toml", get().to(plans::view::toml))
        .service(
            resource("/staff/plans/{plan}/outline")
                .app_data(PayloadConfig::new(plans::report_template::BODY_BYTES_MAX))
                .route(get().to(plans::report_template::show))
                .route(post().to(plans::report_template::keep)),
        )
        .route("/staff/plans/{plan}/outline/current.docx", get().to(plans::report_template::take))
        .route("/staff/plans/{plan}/outline/example.docx", get().to(plans::report_template::take_example))
        .route("/staff/progress", get().to(periods::progress::show))
        .service(
            resource("/staff/plans/{plan}/edit")
                .app_data(text())
                .route(get().to(plans::edit::edit))
                .route(post().to(plans::edit::keep)),
        )
        .route("/staff/plans/{plan}/{period}/report.{format}", get().to(periods::files::take))
        .route("/staff/plans/{plan}/{period}/outline.docx", get().to(periods::files::take_outline))
        .route("/staff/plans/{plan}/{period}/sheet.{format}", get().to(periods::files::take_sheet))
        .route("/staff/plans/{plan}/{period}/follow-up", get().to(periods::lowest::choose))
        .route("/staff/plans/{plan}/{period}/closing", get().to(periods::closing::show))
        .service(
            resource("/staff/plans/{plan}/{period}/check").app_data(body()).route(post().to(periods::closing::check)),
        )
        .service(
            resource("/staff/plans/{plan}/{period}/approve")
                .app_data(body())
                .route(post().to(periods::closing::approve)),
        )
        .service(
            resource("/staff/plans/{plan}/{period}/publish")
                .app_data(body())
                .route(post().to(periods::closing::publish)),
        )
        .service(
            resource("/staff/plans/{plan}/{period}/return")
                .app_data(body())
                .route(post().to(periods::closing::give_back)),
        )
        .service(
            resource("/staff/plans/{plan}/{period}/reopen").app_data(body()).route(post().to(periods::closing::reopen)),
        )
        .route("/staff/due", get().to(periods::deadlines::show))
        .route("/staff/plans/{plan}/", get().to(periods::figures::go))
        .route("/staff/plans/{plan}/{period}", get().to(periods::figures::show))
        .route(&layout::STYLE_ADDRESS, get().to(layout::style))
        // Answers that come on paper, by telephone, at home.
        .route(&layout::KEYING_ADDRESS, get().to(layout::keying_script))
        .service(
            resource("/staff/entry")
                .app_data(body())
                .route(get().to(answers::keying::list))
                .route(post().to(answers::keying::begin)),
        )
        .service(
            resource("/staff/entry/interview")
                .app_data(body())
                .route(get().to(answers::interview::show))
                .route(post().to(answers::interview::submit)),
        )
        .service(
            resource("/staff/entry/import")
                .app_data(PayloadConfig::new(imports::BODY_BYTES_MAX))
                .route(get().to(answers::import::form))
                .route(post().to(answers::import::submit)),
        )
        .route("/staff/entry/template.xlsx", get().to(answers::import::template))
        .service(
            resource("/staff/entry/{batch}")
                .app_data(body())
                .route(get().to(answers::keying::show))
                .route(post().to(answers::keying::keep)),
        )
        .route("/staff/entry/{batch}/finish", post().to(answers::keying::finish))
        .route("/staff/entry/{batch}/drop", post().to(answers::keying::drop_sheet))
        .route("/staff/entry/{batch}/discard", post().to(answers::keying::discard))
        .service(resource("/staff/entry/{batch}/settle").app_data(text()).route(post().to(answers::reconcile::settle)))
        .route("/staff/entry/{batch}/again", post().to(answers::reconcile::again))
        .route("/staff/entry/{batch}/store", post().to(answers::reconcile::store))
        // Set-up: units, points, users.
        .service(
            resource("/staff/set-up")
                .app_data(body())
                .route(get().to(account::first_start::show))
                .route(post().to(account::first_start::submit)),
        )
        .route("/staff/units", get().to(units::list::list))
        .service(
            resource("/staff/units/new")
                .app_data(body())
                .route(get().to(units::list::new_form))
                .route(post().to(units::list::add)),
        )
        .service(
            resource("/staff/units/{code}/retire")
                .app_data(body())
                .route(get().to(units::list::retire_form))
                .route(post().to(units::list::retire)),
        )
        .route("/staff/points", get().to(points::list::list))
        .service(
            resource("/staff/points/new")
                .app_data(body())
                .route(get().to(points::list::new_form))
                .route(post().to(points::list::add)),
        )
        .service(
            resource("/staff/points/paste")
                .app_data(PayloadConfig::new(points::bulk_add::BODY_BYTES_MAX))
                .route(get().to(points::bulk_add::show))
                .route(post().to(points::bulk_add::submit)),
        )
        .route("/staff/complaints", get().to(super::staff::complaints::list::show))
        .service(
            resource("/staff/points/{code}/kiosk")
                .route(get().to(points::list::kiosk_form))
                .route(post().to(points::list::kiosk)),
        )
        .route("/staff/points/silent", get().to(points::inactive::show))
        .route("/staff/points/tickets", get().to(points::tickets::show))
        .service(
            resource("/staff/points/voidings")
                .app_data(body())
                .route(get().to(answers::exclusions::show))
                .route(post().to(answers::exclusions::void)),
        )
        .service(resource("/staff/points/voidings/undo").app_data(body()).route(post().to(answers::exclusions::undo)))
        .route("/staff/points/posters", get().to(points::list::posters))
        .route("/staff/points/print.pdf", get().to(points::prints::pdf))
        .service(
            resource("/staff/points/{code}/retire")
                .route(get().to(points::list::retire_form))
                .route(post().to(points::list::retire)),
        )
        .service(
            resource("/staff/points/{code}/replace")
                .route(get().to(points::list::replace_form))
                .route(post().to(points::list::replace)),
        )
        .route("/staff/users", get().to(people::users::list))
        .service(
            resource("/staff/users/new")
                .app_data(body())
                .route(get().to(people::users::new_form))
                .route(post().to(people::users::add)),
        )
        .service(
            resource("/staff/users/{name}/retire")
                .route(get().to(people::users::retire_form))
                .route(post().to(people::users::retire)),
        )
        .service(
            resource("/staff/users/{name}/password")
                .app_data(body())
                .route(get().to(people::users::password_form))
                .route(post().to(people::users::set_password)),
        )
        .service(
            resource("/staff/password")
                .app_data(body())
                .route(get().to(account::password::show))
                .route(post().to(account::password::submit)),
        )
        .service(
            resource("/staff/users/{name}/sessions")
                .route(get().to(account::sessions::show_of))
                .route(post().to(account::sessions::end_of)),
        )
        .route("/staff/users/{name}/second-factor", post().to(people::users::clear_second_factor))
        .service(
            resource("/staff/sessions")
                .route(get().to(account::sessions::show))
                .route(post().to(account::sessions::end)),
        )
        .route("/staff/recovery-codes", post().to(account::second_factor::renew))
        .route("/staff/audit", get().to(people::audit::show))
        // Numbers that come in files.
        .route("/staff/volumes", get().to(imports::caseload::show))
        .service(
            resource("/staff/volumes/import")
                .app_data(PayloadConfig::new(imports::BODY_BYTES_MAX))
                .route(get().to(imports::caseload::form))
                .route(post().to(imports::caseload::submit)),
        )
        .route("/staff/volumes/template.xlsx", get().to(imports::caseload::template))
        .route("/staff/figures", get().to(imports::external_figures::show))
        .service(
            resource("/staff/figures/import")
                .app_data(PayloadConfig::new(imports::BODY_BYTES_MAX))
                .route(get().to(imports::external_figures::form))
                .route(post().to(imports::external_figures::submit)),
        )
        .route("/staff/figures/template.xlsx", get().to(imports::external_figures::template))
        // Operators.
        .route("/health/live", get().to(health::live))
        .route("/health/ready", get().to(health::ready))
        .route("/", get().to(periods::home::home));
}
