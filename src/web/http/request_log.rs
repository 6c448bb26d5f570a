//! What an operator may know of requests: how many of which class ended how, and for staff pages a log line each.
//!
//! Of citizens' requests nothing is logged: a line with a time and a point could be joined to an answer. They are counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::http::{Method, StatusCode};

use crate::web::row::{Need, Scope};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
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
    /// The class of an address. What programs may ask without a session is a citizen's, so that no answer is ever logged.
    pub fn of(scope: Scope, need: Need) -> Self {
        match (scope, need) {
            (Scope::Staff, _) => Class::Staff,
            (Scope::Operators, _) => Class::Operator,
            (Scope::Programs, Need::May(_)) => Class::Api,
            (Scope::Programs | Scope::Citizens, _) => Class::Citizen,
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

/// Counts a request; one of staff leaves a log line, by the pattern of its address.
pub fn count(
    requests: &Requests,
    class: Class,
    method: &Method,
    status: StatusCode,
    pattern: Option<&str>,
    began: Instant,
) {
    requests.count(class, status.as_u16());
    if matches!(class, Class::Staff | Class::Api) {
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = status.as_u16(), %method, route = pattern.unwrap_or("none"), ms, "staff");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
