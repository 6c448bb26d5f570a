//! What every citizens' page shares: language, office, style, and the headers it is sent with.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use base64::Engine;
use sha2::{Digest, Sha256};

use crate::web::words::{Words, language_name, words};

/// The style, inlined: on a slow network a second request would cost as long as the page itself.
const CSS: &str = include_str!("../../../assets/citizen.css");

/// Content-Security-Policy of the citizens' pages: no script at all, the one style by its hash, posts to ourselves.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(CSS.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'self'"
    )
});

/// The frame around a citizens' page.
#[derive(Debug)]
pub struct Page {
    /// Language of the page.
    pub lang: String,
    /// Name of the office, empty where it is not known.
    pub unit: String,
    /// Its sentences.
    pub words: &'static Words,
    /// Whether the data are for demonstration.
    pub demo: bool,
    /// The address of this page in another language.
    pub other: Option<(String, String)>,
    /// The address of the privacy notice, where the page leads to it.
    pub privacy: Option<String>,
}

impl Page {
    /// A page in `lang`.
    pub fn new(lang: &str, unit: &str, demo: bool) -> Self {
        Self { lang: lang.to_owned(), unit: unit.to_owned(), words: words(lang), demo, other: None, privacy: None }
    }

    /// With a link to the page at `path` in another of `languages`.
    #[must_use]
    pub fn with_languages(mut self, languages: &[String], path: &str) -> Self {
        let place = languages.iter().position(|language| *language == self.lang).unwrap_or(0);
        if let Some(next) = languages.get((place + 1) % languages.len().max(1)).filter(|next| **next != self.lang) {
            let separator = if path.contains('?') { '&' } else { '?' };
            self.other = Some((next.clone(), format!("{path}{separator}lang={next}")));
        }
        self
    }

    /// With a link to the privacy notice of the unit with this code.
    #[must_use]
    pub fn with_privacy(mut self, unit: &str) -> Self {
        self.privacy = Some(format!("/privacy?unit={unit}&lang={}", self.lang));
        self
    }

    #[expect(clippy::unused_self, reason = "called from templates, which have the page at hand")]
    /// For templates.
    pub fn css(&self) -> &'static str {
        CSS
    }

    /// For templates.
    pub fn other_language(&self) -> Option<(&str, &str, &str)> {
        self.other.as_ref().map(|(language, address)| (language.as_str(), language_name(language), address.as_str()))
    }
}

/// A page with a heading and a few sentences: thanks, not found, busy.
#[derive(Debug, Template)]
#[template(path = "citizen/message.html")]
pub struct Message<'a> {
    /// The frame.
    pub page: Page,
    /// Its heading and title.
    pub heading: &'a str,
    /// Whether something was done: shows a tick.
    pub done: bool,
    /// Sentences.
    pub paragraphs: &'a [&'a str],
    /// A way on: text and address.
    pub link: Option<(&'a str, String)>,
    /// A reference by which the log can be searched.
    pub reference: Option<String>,
}

/// Sends a rendered page with the headers of citizens' pages.
pub fn send(status: StatusCode, page: &impl Template) -> HttpResponse {
    let Ok(body) = page.render() else {
        return HttpResponse::InternalServerError().finish();
    };
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .body(body)
}
