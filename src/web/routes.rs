//! Every address on one screen.

use actix_web::web::{PayloadConfig, ServiceConfig, get, post, resource, scope};

use super::citizen::form;
use super::staff::{frame, overview, sign_in};
use super::{api, health, qr};

/// All routes.
pub fn all(service: &mut ServiceConfig) {
    let body = || PayloadConfig::new(form::BODY_BYTES_MAX);
    service
        // Citizens.
        .service(
            resource(["/s/{code}", "/S/{code}"])
                .app_data(body())
                .route(get().to(form::show))
                .route(post().to(form::submit)),
        )
        .route("/s/{code}/thanks", get().to(form::thanks))
        .route("/qr/{code}.svg", get().to(qr::svg))
        .route("/qr/{code}.png", get().to(qr::png))
        // Programs.
        .service(
            scope("/api/v1")
                .route("/points/{code}", get().to(api::responses::describe))
                .service(resource("/points/{code}/responses").app_data(body()).route(post().to(api::responses::submit)))
                .route("/plans/{plan}/periods/{period}/index", get().to(overview::json)),
        )
        // Staff.
        .service(
            resource("/staff/sign-in")
                .app_data(PayloadConfig::new(8 * 1024))
                .route(get().to(sign_in::show))
                .route(post().to(sign_in::submit)),
        )
        .route("/staff/sign-out", post().to(sign_in::sign_out))
        .route("/staff/", get().to(overview::choose))
        .route("/staff", get().to(overview::choose))
        .route("/staff/plans/{plan}/", get().to(overview::go))
        .route("/staff/plans/{plan}/{period}", get().to(overview::show))
        .route(&frame::STYLE_ADDRESS, get().to(frame::style))
        // Operators.
        .route("/health/live", get().to(health::live))
        .route("/health/ready", get().to(health::ready))
        .route("/", get().to(overview::home));
}
