//! What failed for a reason the user cannot mend: a 500 page with a reference, the cause in the log under it.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::citizen::page::{Message, Page, send};
use crate::db::DbError;
use crate::secrets::hex::hex;

/// An unexpected failure. Its cause is logged once, where it is made; the page shows the reference only.
#[derive(Debug)]
pub struct Failure {
    reference: String,
    busy: bool,
}

impl Failure {
    /// A failure with a cause for the log.
    pub fn unexpected(cause: impl fmt::Display) -> Self {
        Self::logged(cause, false)
    }

    fn logged(cause: impl fmt::Display, busy: bool) -> Self {
        let mut bytes = [0; 5];
        // Without random bytes the reference is all zeros: less handy, never wrong.
        let _ = getrandom::fill(&mut bytes);
        let reference = hex(&bytes);
        tracing::error!(reference, cause = %cause, "a request failed");
        Self { reference, busy }
    }

    /// The reference under which the log holds the cause.
    pub fn reference(&self) -> &str {
        &self.reference
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failure {}", self.reference)
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::logged(error, true)
    }
}

impl From<actix_web::error::BlockingError> for Failure {
    fn from(error: actix_web::error::BlockingError) -> Self {
        Self::logged(error, true)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        if self.busy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR }
    }

    fn error_response(&self) -> HttpResponse {
        let page = Page::new("vi", "", false);
        let words = page.words;
        let message = Message {
            page,
            heading: words.failed_title,
            done: false,
            paragraphs: words.failed,
            link: None,
            reference: Some(self.reference.clone()),
        };
        let mut response = send(self.status_code(), &message);
        if self.busy {
            response
                .headers_mut()
                .insert(actix_web::http::header::RETRY_AFTER, actix_web::http::header::HeaderValue::from_static("10"));
        }
        response
    }
}
