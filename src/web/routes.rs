//! Every address on one screen.

use actix_web::web::{PayloadConfig, ServiceConfig, get, post, resource, scope};

use super::citizen::{audio, complaints, form, privacy, results, scripts};
use super::staff::{
    audit, choose, closing, due, editor, form_edit, forms, frame, guide, imports, interview, keying, keying_settle,
    link, notice, outline, outside, overview, own_password, paste, plan_about, plan_edit, points, prints, progress,
    report_file, second_factor, sessions, set_up, sheets_file, sign_in, silent, targets, tickets, units, users,
    voidings, volumes, weak,
};
use super::{api, health, qr};

/// All routes.
pub fn all(service: &mut ServiceConfig) {
    let body = || PayloadConfig::new(form::BODY_BYTES_MAX);
    let text = || PayloadConfig::new(editor::BODY_BYTES_MAX);
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
                .route("/plans/{plan}/periods/{period}/index", get().to(overview::json)),
        )
        // Staff.
        .service(
            resource("/staff/sign-in")
                .app_data(PayloadConfig::new(8 * 1024))
                .route(get().to(sign_in::show))
                .route(post().to(sign_in::submit)),
        )
        .service(
            resource("/staff/second-factor")
                .app_data(PayloadConfig::new(8 * 1024))
                .route(get().to(second_factor::show))
                .route(post().to(second_factor::submit)),
        )
        .service(
            resource("/staff/link/{secret}")
                .app_data(PayloadConfig::new(8 * 1024))
                .route(get().to(link::show))
                .route(post().to(link::submit)),
        )
        .route("/staff/sign-out", post().to(sign_in::sign_out))
        .route("/staff/", get().to(choose::show))
        .route("/staff", get().to(choose::show))
        // Questionnaires, plans, the privacy notice.
        .route("/staff/forms", get().to(forms::list))
        .service(resource("/staff/forms/publish").app_data(text()).route(post().to(form_edit::publish)))
        .service(resource("/staff/forms/preview").app_data(text()).route(post().to(form_edit::preview)))
        .service(resource("/staff/forms/preview/thanks").app_data(body()).route(post().to(form_edit::preview_thanks)))
        .route("/staff/forms/{id}", get().to(forms::go))
        .route("/staff/forms/{id}/edit", get().to(form_edit::edit))
        .route("/staff/forms/{id}/follow-up", get().to(form_edit::follow_up_draft))
        .route("/staff/forms/{id}/{version}", get().to(forms::show))
        .route("/staff/forms/{id}/{version}/toml", get().to(forms::toml))
        .service(
            resource("/staff/forms/{id}/{version}/preview")
                .app_data(body())
                .route(get().to(forms::preview))
                .route(post().to(forms::preview_submit)),
        )
        .service(
            resource("/staff/notice").app_data(body()).route(get().to(notice::show)).route(post().to(notice::keep)),
        )
        .route("/staff/guide", get().to(guide::first))
        .route("/staff/guide/{page}", get().to(guide::show))
        .service(
            resource("/staff/guide/{page}/edit")
                .app_data(text())
                .route(get().to(guide::edit))
                .route(post().to(guide::keep)),
        )
        .route("/staff/targets", get().to(targets::show))
        .route("/staff/plans/{plan}/about", get().to(plan_about::show))
        .route("/staff/plans/{plan}/toml", get().to(plan_about::toml))
        .service(
            resource("/staff/plans/{plan}/outline")
                .app_data(PayloadConfig::new(outline::BODY_BYTES_MAX))
                .route(get().to(outline::show))
                .route(post().to(outline::keep)),
        )
        .route("/staff/plans/{plan}/outline/current.docx", get().to(outline::take))
        .route("/staff/plans/{plan}/outline/example.docx", get().to(outline::take_example))
        .route("/staff/progress", get().to(progress::show))
        .service(
            resource("/staff/plans/{plan}/edit")
                .app_data(text())
                .route(get().to(plan_edit::edit))
                .route(post().to(plan_edit::keep)),
        )
        .route("/staff/plans/{plan}/{period}/report.{format}", get().to(report_file::take))
        .route("/staff/plans/{plan}/{period}/outline.docx", get().to(report_file::take_outline))
        .route("/staff/plans/{plan}/{period}/sheet.{format}", get().to(report_file::take_sheet))
        .route("/staff/plans/{plan}/{period}/follow-up", get().to(weak::choose))
        .route("/staff/plans/{plan}/{period}/closing", get().to(closing::show))
        .service(resource("/staff/plans/{plan}/{period}/check").app_data(body()).route(post().to(closing::check)))
        .service(resource("/staff/plans/{plan}/{period}/approve").app_data(body()).route(post().to(closing::approve)))
        .service(resource("/staff/plans/{plan}/{period}/publish").app_data(body()).route(post().to(closing::publish)))
        .service(resource("/staff/plans/{plan}/{period}/return").app_data(body()).route(post().to(closing::give_back)))
        .service(resource("/staff/plans/{plan}/{period}/reopen").app_data(body()).route(post().to(closing::reopen)))
        .route("/staff/due", get().to(due::show))
        .route("/staff/plans/{plan}/", get().to(overview::go))
        .route("/staff/plans/{plan}/{period}", get().to(overview::show))
        .route(&frame::STYLE_ADDRESS, get().to(frame::style))
        // Answers that come on paper, by telephone, at home.
        .route(&frame::KEYING_ADDRESS, get().to(frame::keying_script))
        .service(
            resource("/staff/entry").app_data(body()).route(get().to(keying::list)).route(post().to(keying::begin)),
        )
        .service(
            resource("/staff/entry/interview")
                .app_data(body())
                .route(get().to(interview::show))
                .route(post().to(interview::submit)),
        )
        .service(
            resource("/staff/entry/import")
                .app_data(PayloadConfig::new(imports::BODY_BYTES_MAX))
                .route(get().to(sheets_file::form))
                .route(post().to(sheets_file::submit)),
        )
        .route("/staff/entry/template.xlsx", get().to(sheets_file::template))
        .service(
            resource("/staff/entry/{batch}")
                .app_data(body())
                .route(get().to(keying::show))
                .route(post().to(keying::keep)),
        )
        .route("/staff/entry/{batch}/finish", post().to(keying::finish))
        .route("/staff/entry/{batch}/drop", post().to(keying::drop_sheet))
        .route("/staff/entry/{batch}/discard", post().to(keying::discard))
        .service(resource("/staff/entry/{batch}/settle").app_data(text()).route(post().to(keying_settle::settle)))
        .route("/staff/entry/{batch}/again", post().to(keying_settle::again))
        .route("/staff/entry/{batch}/store", post().to(keying_settle::store))
        // Set-up: units, points, users.
        .service(
            resource("/staff/set-up").app_data(body()).route(get().to(set_up::show)).route(post().to(set_up::submit)),
        )
        .route("/staff/units", get().to(units::list))
        .service(
            resource("/staff/units/new").app_data(body()).route(get().to(units::new_form)).route(post().to(units::add)),
        )
        .service(
            resource("/staff/units/{code}/retire")
                .app_data(body())
                .route(get().to(units::retire_form))
                .route(post().to(units::retire)),
        )
        .route("/staff/points", get().to(points::list))
        .service(
            resource("/staff/points/new")
                .app_data(body())
                .route(get().to(points::new_form))
                .route(post().to(points::add)),
        )
        .service(
            resource("/staff/points/paste")
                .app_data(PayloadConfig::new(paste::BODY_BYTES_MAX))
                .route(get().to(paste::show))
                .route(post().to(paste::submit)),
        )
        .route("/staff/complaints", get().to(super::staff::complaints::show))
        .service(
            resource("/staff/points/{code}/kiosk").route(get().to(points::kiosk_form)).route(post().to(points::kiosk)),
        )
        .route("/staff/points/silent", get().to(silent::show))
        .route("/staff/points/tickets", get().to(tickets::show))
        .service(
            resource("/staff/points/voidings")
                .app_data(body())
                .route(get().to(voidings::show))
                .route(post().to(voidings::void)),
        )
        .service(resource("/staff/points/voidings/undo").app_data(body()).route(post().to(voidings::undo)))
        .route("/staff/points/posters", get().to(points::posters))
        .route("/staff/points/print.pdf", get().to(prints::pdf))
        .service(
            resource("/staff/points/{code}/retire")
                .route(get().to(points::retire_form))
                .route(post().to(points::retire)),
        )
        .service(
            resource("/staff/points/{code}/replace")
                .route(get().to(points::replace_form))
                .route(post().to(points::replace)),
        )
        .route("/staff/users", get().to(users::list))
        .service(
            resource("/staff/users/new").app_data(body()).route(get().to(users::new_form)).route(post().to(users::add)),
        )
        .service(
            resource("/staff/users/{name}/retire").route(get().to(users::retire_form)).route(post().to(users::retire)),
        )
        .service(
            resource("/staff/users/{name}/password")
                .app_data(body())
                .route(get().to(users::password_form))
                .route(post().to(users::set_password)),
        )
        .service(
            resource("/staff/password")
                .app_data(body())
                .route(get().to(own_password::show))
                .route(post().to(own_password::submit)),
        )
        .service(
            resource("/staff/users/{name}/sessions")
                .route(get().to(sessions::show_of))
                .route(post().to(sessions::end_of)),
        )
        .route("/staff/users/{name}/second-factor", post().to(users::clear_second_factor))
        .service(resource("/staff/sessions").route(get().to(sessions::show)).route(post().to(sessions::end)))
        .route("/staff/recovery-codes", post().to(second_factor::renew))
        .route("/staff/audit", get().to(audit::show))
        // Numbers that come in files.
        .route("/staff/volumes", get().to(volumes::show))
        .service(
            resource("/staff/volumes/import")
                .app_data(PayloadConfig::new(imports::BODY_BYTES_MAX))
                .route(get().to(volumes::form))
                .route(post().to(volumes::submit)),
        )
        .route("/staff/volumes/template.xlsx", get().to(volumes::template))
        .route("/staff/figures", get().to(outside::show))
        .service(
            resource("/staff/figures/import")
                .app_data(PayloadConfig::new(imports::BODY_BYTES_MAX))
                .route(get().to(outside::form))
                .route(post().to(outside::submit)),
        )
        .route("/staff/figures/template.xlsx", get().to(outside::template))
        // Operators.
        .route("/health/live", get().to(health::live))
        .route("/health/ready", get().to(health::ready))
        .route("/", get().to(choose::home));
}
