//! What an operator may know of requests: how many of which class ended how, and for staff pages a log line each.
//!
//! Of citizens' requests nothing is logged: a line with a time and a point could be joined to an answer. They are counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::app::App;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Forms, thanks, codes, answers by JSON, whatever else is public.
    Citizen,
    /// Pages behind the sign-in.
    Staff,
    /// Figures as JSON.
    Api,
    /// Health.
    Operator,
}

const CLASSES: [(Class, &str); 4] =
    [(Class::Citizen, "citizen"), (Class::Staff, "staff"), (Class::Api, "api"), (Class::Operator, "operator")];

impl Class {
    /// What is not known to be somebody else's is a citizen's, so that a new page is never logged by oversight.
    fn of(path: &str) -> Self {
        match path {
            _ if path.starts_with("/staff") => Class::Staff,
            _ if path.starts_with("/api/v1/plans/") => Class::Api,
            _ if path.starts_with("/health/") => Class::Operator,
            _ => Class::Citizen,
        }
    }
}

/// Requests since the start, by class and by the first digit of their status.
#[derive(Debug, Default)]
pub struct Requests {
    counts: [[AtomicU64; 5]; CLASSES.len()],
}

impl Requests {
    fn count(&self, class: Class, status: u16) {
        let class = CLASSES.iter().position(|(known, _)| *known == class).unwrap_or_default();
        let status = usize::from(status / 100).clamp(1, 5) - 1;
        self.counts[class][status].fetch_add(1, Ordering::Relaxed);
    }

    /// Every count: name of the class, status as in `2xx`, requests.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, String, u64)> {
        CLASSES.iter().zip(&self.counts).flat_map(|((_, class), counts)| {
            (1..=5).zip(counts).map(move |(digit, count)| (*class, format!("{digit}xx"), count.load(Ordering::Relaxed)))
        })
    }
}

/// Counts every request; logs those of staff and of programs with a sign-in, by the pattern of their address.
pub async fn keep(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let class = Class::of(request.path());
    let (app, began) = (request.app_data::<Data<App>>().cloned(), Instant::now());
    let method = request.method().clone();
    let answered = next.call(request).await;
    let status = match &answered {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    if let Some(app) = app {
        app.requests.count(class, status.as_u16());
    }
    if matches!(class, Class::Staff | Class::Api) {
        let pattern = answered.as_ref().ok().and_then(|response| response.request().match_pattern());
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = status.as_u16(), %method, route = pattern.as_deref().unwrap_or("none"), ms, "staff");
    }
    answered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_known_to_be_staff_s_is_a_citizen_s() {
        for path in ["/s/AT32X2P", "/S/AT32X2P", "/api/v1/points/AT32X2P/responses", "/complaints", "/", "/x"] {
            assert_eq!(Class::of(path), Class::Citizen, "{path}");
        }
        assert_eq!(Class::of("/staff/plans/a/2026-q1"), Class::Staff);
        assert_eq!(Class::of("/api/v1/plans/a/periods/b/index"), Class::Api);
    }

    #[test]
    fn requests_are_counted_by_class_and_first_digit() {
        let requests = Requests::default();
        for status in [200, 201, 503] {
            requests.count(Class::Citizen, status);
        }
        let found: Vec<_> = requests.all().filter(|(_, _, count)| *count > 0).collect();
        assert_eq!(found, [("citizen", "2xx".to_owned(), 2), ("citizen", "5xx".to_owned(), 1)]);
    }
}
