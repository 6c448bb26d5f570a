//! What every citizens' page shares: language, office, style, and the headers it is sent with.

use std::sync::LazyLock;

use actix_web::http::header::{AcceptEncoding, Encoding, Header};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;
use base64::Engine;
use sha2::{Digest, Sha256};

use super::scripts;
use super::size::Size;
use super::words::{Words, language_name, words};
use crate::error::{Class, Refusal};
use crate::web::http::prerendered::Prerendered;
use crate::web::status::{SAID, status};

/// The style, inlined: on a slow network a second request would cost as long as the page itself.
static CSS: LazyLock<String> = LazyLock::new(|| include_str!("../../../assets/citizen.css").replace('\n', ""));

/// The style of what most pages leave out: errors, one-time codes, large print, recordings, results, complaints, kiosks.
/// Inlined only where a page may have them.
static FURTHER_CSS: LazyLock<String> =
    LazyLock::new(|| include_str!("../../../assets/citizen-further.css").replace('\n', ""));

/// Content-Security-Policy of the citizens' pages: the two styles and the inlined script (that of a form, that of a preview) by
/// their hashes, files and posts of our own.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}' 'sha256-{}'; script-src 'sha256-{}' 'sha256-{}' 'self'; \
         connect-src 'self'; worker-src 'self'; img-src 'self' data:; media-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'self'",
        hash(&CSS),
        hash(&FURTHER_CSS),
        hash(&scripts::STEPS),
        hash(&scripts::PREVIEW)
    )
});

/// The frame around a citizens' page.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, and none excludes another")]
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
    /// Whether recordings are offered.
    pub heard: bool,
    /// Whether it is shown on a tablet at the counter: nothing on it leads elsewhere.
    pub kiosk: bool,
    /// Usual letters, or large print with strong contrast.
    pub size: Size,
    /// The address of this page in the other size, where the page leads to it.
    pub resize: Option<String>,
    /// Whether it has something whose style most pages leave out.
    pub further: bool,
    /// The public address of the server, where a link to the page may be passed on.
    pub origin: Option<String>,
}

impl Page {
    /// A page in `lang`.
    pub fn new(lang: &str, unit: &str, demo: bool) -> Self {
        Self {
            lang: lang.to_owned(),
            unit: unit.to_owned(),
            words: words(lang),
            demo,
            other: None,
            privacy: None,
            heard: false,
            kiosk: false,
            size: Size::Usual,
            resize: None,
            further: false,
            origin: None,
        }
    }

    /// In large print or not, with a link from one to the other; comes before the other links, so that they keep it.
    #[must_use]
    pub fn with_size(self, size: Size, path: &str) -> Self {
        let mut page = self.in_size(size);
        let other = if size.is_large() { Size::Usual } else { Size::Large };
        page.resize = Some(other.at(&format!("{path}{}lang={}", separator(path), page.lang)));
        page
    }

    /// The same without the link, for a page that cannot be asked for again.
    #[must_use]
    pub fn in_size(mut self, size: Size) -> Self {
        self.size = size;
        self.further |= size.is_large();
        self
    }

    /// On a tablet at the counter, or not.
    pub fn at_kiosk(&mut self, kiosk: bool) {
        self.kiosk = kiosk;
        self.further |= kiosk;
    }

    /// With a link to the page at `path` in another of `languages`.
    #[must_use]
    pub fn with_languages(mut self, languages: &[String], path: &str) -> Self {
        let place = languages.iter().position(|language| *language == self.lang).unwrap_or(0);
        if let Some(next) = languages.get((place + 1) % languages.len().max(1)).filter(|next| **next != self.lang) {
            let address = self.size.at(&format!("{path}{}lang={next}", separator(path)));
            self.other = Some((next.clone(), address));
        }
        self
    }

    /// With a link to the privacy notice of the unit with this code.
    #[must_use]
    pub fn with_privacy(mut self, unit: &str) -> Self {
        self.privacy = Some(self.to_unit("/privacy", unit));
        self
    }

    /// The address of another page in the language and the size of this one.
    pub fn to(&self, path: &str) -> String {
        self.size.at(&format!("{path}{}lang={}", separator(path), self.lang))
    }

    /// Where a form of this page is sent. Its fields say the language too; what is refused before they are read is told in it all the same.
    pub fn action(&self, path: &str) -> String {
        if self.lang == "vi" { self.size.at(path) } else { self.to(path) }
    }

    /// The same of what stands there about `unit`.
    pub fn to_unit(&self, path: &str, unit: &str) -> String {
        self.to(&format!("{path}?unit={unit}"))
    }

    /// For templates.
    pub fn large(&self) -> bool {
        self.size.is_large()
    }

    #[expect(clippy::unused_self, reason = "called from templates, which have the page at hand")]
    /// For templates.
    pub fn script(&self) -> &'static str {
        &scripts::STEPS
    }

    #[expect(clippy::unused_self, reason = "called from templates, which have the page at hand")]
    /// For templates.
    pub fn preview_script(&self) -> &'static str {
        &scripts::PREVIEW
    }

    #[expect(clippy::unused_self, reason = "called from templates, which have the page at hand")]
    /// For templates.
    pub fn kiosk_script(&self) -> &'static str {
        &scripts::KIOSK_ADDRESS
    }

    #[expect(clippy::unused_self, reason = "called from templates, which have the page at hand")]
    /// For templates.
    pub fn css(&self) -> &'static str {
        &CSS
    }

    /// For templates.
    pub fn further_css(&self) -> Option<&'static str> {
        self.further.then_some(FURTHER_CSS.as_str())
    }

    /// For templates.
    pub fn other_language(&self) -> Option<(&str, &str, &str)> {
        self.other.as_ref().map(|(language, address)| (language.as_str(), language_name(language), address.as_str()))
    }
}

fn separator(path: &str) -> char {
    if path.contains('?') { '&' } else { '?' }
}

/// A way on from a page: address and text.
#[derive(Debug)]
pub struct Link {
    /// Where to.
    pub address: String,
    /// Its words.
    pub text: &'static str,
}

/// What follows an answer.
#[derive(Debug, Template)]
#[template(path = "citizen/thanks.html")]
pub struct Thanks {
    /// The frame.
    pub page: Page,
    /// Where to read results, where to complain; from a kiosk only back to its form.
    pub links: Vec<Link>,
    /// What citizens said lately and what was done about it.
    pub mended: Option<(String, String)>,
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
    /// The box in which what was typed wrong can be mended.
    pub again: Option<TypeAgain<'a>>,
    /// A reference by which the log can be searched.
    pub reference: Option<String>,
}

/// A box for a code or a reference, with what was typed.
#[derive(Debug)]
pub struct TypeAgain<'a> {
    /// Where it sends to.
    pub action: &'static str,
    /// Name of the box.
    pub name: &'static str,
    /// What is asked.
    pub label: &'a str,
    pub button: &'a str,
    /// What was typed.
    pub typed: &'a str,
}

impl<'a> TypeAgain<'a> {
    /// The box for the code of a service point.
    pub fn code(words: &'static Words, typed: &'a str) -> Self {
        Self { action: "/s", name: "code", label: words.type_code, button: words.open_form, typed }
    }
}

impl<'a> Message<'a> {
    /// A message that leads nowhere yet.
    pub fn new(page: Page, heading: &'a str, paragraphs: &'a [&'a str]) -> Self {
        Self { page, heading, done: false, paragraphs, link: None, again: None, reference: None }
    }

    /// With a box; not on a tablet at the counter, where nothing leads elsewhere.
    #[must_use]
    pub fn asking(mut self, again: TypeAgain<'a>) -> Self {
        self.page.further = true;
        self.again = Some(again).filter(|_| !self.page.kiosk);
        self
    }

    /// Sends it.
    pub fn sent(&self, status: StatusCode) -> HttpResponse {
        send(status, self)
    }
}

/// What a citizen sent and the program could not keep now, held in the page with a button that sends it again; without
/// script too.
#[derive(Debug, Template)]
#[template(path = "citizen/send_again.html")]
struct SendAgain<'a> {
    page: Page,
    heading: &'a str,
    paragraphs: &'a [&'a str],
    address: &'a str,
    /// What was sent, in its order: what was written in words under its label, to be read and changed, the rest unseen.
    pairs: Vec<(&'a str, &'a str, Option<&'a str>)>,
    button: &'a str,
    reference: Option<String>,
}

/// The page for what was sent to `address` and could not be kept because of `refusal`; `written` are the names and labels of what
/// was written in words.
pub fn send_again(
    mut page: Page,
    address: &str,
    pairs: &[(String, String)],
    written: &[(&str, &str)],
    refusal: &Refusal,
) -> HttpResponse {
    let words = page.words;
    let (heading, paragraphs) = match refusal.reason.class() {
        Class::TooMany => (words.too_many_title, words.too_many),
        Class::Busy => (words.busy_title, words.busy),
        _ => (words.failed_title, words.failed),
    };
    let (reference, button) = (refusal.reference.clone(), words.send);
    let label = |name: &str| written.iter().find(|(known, _)| *known == name).map(|(_, label)| *label);
    let shown = pairs.iter().map(|(name, value)| {
        let label = label(name).filter(|_| !value.trim().is_empty());
        (name.as_str(), value.as_str(), label)
    });
    let pairs: Vec<_> = shown.collect();
    page.further |= pairs.iter().any(|(_, _, label)| label.is_some());
    let mut answer = send(
        status(refusal.reason.class()),
        &SendAgain { page, heading, paragraphs, address, pairs, button, reference },
    );
    if let Some(seconds) = refusal.reason.retry_after() {
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    answer
}

/// Sends a rendered page with the headers of citizens' pages.
pub fn send(status: StatusCode, page: &impl Template) -> HttpResponse {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => return HttpResponse::from_error(Refusal::fault(error)),
    };
    with_headers(status).body(body)
}

/// Sends a page from its mould with the same headers, compressed for whoever takes gzip.
pub fn send_prerendered(request: &HttpRequest, mould: &Prerendered, texts: &[&str]) -> HttpResponse {
    let encodings = [Encoding::gzip(), Encoding::identity()];
    let chosen = AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate(encodings.iter()));
    let mut answer = with_headers(StatusCode::OK);
    if chosen == Some(Encoding::gzip()) {
        answer.insert_header((header::CONTENT_ENCODING, "gzip")).insert_header((header::VARY, "accept-encoding"));
        return answer.body(mould.fill_gzip(texts));
    }
    answer.body(mould.fill(texts))
}

fn with_headers(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((SAID, "page"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()));
    answer
}
