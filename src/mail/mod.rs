//! The only place that names lettre: letters by SMTP, into a folder, or into memory for tests.
//!
//! SMTP goes over TLS with the server's certificate checked; only a server on this machine may do without. What is written,
//! and when, is told in `jobs/letters.rs`; letters wait in `db/outgoing/outbox.rs`. A letter goes as text, and as the same text on a
//! quiet page.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::Category;
use lettre::{Message, SmtpTransport, Transport};

/// How long the mail server may take for each of its answers.
const TIME_MAX_S: u64 = 20;

/// A letter: plain text to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Address, as in `Nguyễn An <an@example.gov.vn>`.
    pub to: String,
    /// Subject, one line.
    pub subject: String,
    /// Text: paragraphs parted by blank lines.
    pub text: String,
    /// Left part of the Message-ID, the same when the letter is sent again; none for a new one.
    pub id: Option<String>,
    /// Where its reader chooses to have fewer; none where every such letter matters.
    pub fewer: Option<String>,
}

/// Why a letter cannot go: a sentence for the operator. Addresses are left out of it.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No `SMTP_URL`.
    #[error("mail is off: set SMTP_URL and MAIL_FROM")]
    Off,
    /// `SMTP_URL` or `MAIL_FROM` cannot be used.
    #[error("{0}")]
    Setting(String),
    /// The letter cannot be written: an address that is none, a line break in a header.
    #[error("the letter cannot be written: {0}")]
    Letter(String),
    /// The server could not be reached, gave no answer, or does not let us in: so it is for every letter.
    #[error("the letter was not taken: {0}")]
    Transport(String),
    /// The server refused this letter.
    #[error("the mail server refused the letter: {words}")]
    Refused {
        /// Whether it says that coming again is of no use (5xx).
        for_good: bool,
        /// Its words, without addresses.
        words: String,
    },
}

/// Sends letters.
#[derive(Debug)]
pub struct Mailer {
    from: Option<Mailbox>,
    road: Road,
}

#[derive(Debug)]
enum Road {
    Off,
    Smtp(Box<SmtpTransport>),
    Folder(PathBuf),
    Memory(Mutex<Vec<Letter>>),
}

/// Writes a letter into a folder. Both are their owner's only: a letter may hold a link that sets a password.
fn keep(folder: &Path, name: &str, letter: &[u8]) -> std::io::Result<()> {
    let (mut maker, mut options) = (DirBuilder::new(), OpenOptions::new());
    maker.recursive(true);
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    maker.create(folder)?;
    options.open(folder.join(name))?.write_all(letter)
}

impl Mailer {
    /// The mailer of the settings: `smtps://…`, `smtp://…` (STARTTLS), `folder:PATH`, or none. `ca_file` names the authority
    /// that signed the server's certificate, when it is the office's own; TLS is required then on this machine too.
    pub fn new(smtp_url: Option<&str>, mail_from: Option<&str>, ca_file: Option<&Path>) -> Result<Self, MailError> {
        let sender = |given: &str| {
            given.parse::<Mailbox>().map_err(|error| {
                MailError::Setting(format!(
                    "MAIL_FROM is `{given}`, which is no address with an optional name ({error}); write the sender as in \
                     SIPAS <sipas@example.gov.vn>"
                ))
            })
        };
        let from = mail_from.map(sender).transpose()?;
        let road = match smtp_url {
            None => Road::Off,
            Some(url) => match url.strip_prefix("folder:") {
                Some(folder) => Road::Folder(PathBuf::from(folder)),
                None => Road::Smtp(Box::new(smtp(url, ca_file)?)),
            },
        };
        Ok(Self { from, road })
    }

    /// A mailer that keeps letters in memory.
    pub fn memory() -> Self {
        Self { from: "sipas@example.invalid".parse().ok(), road: Road::Memory(Mutex::default()) }
    }

    /// Whether no letter can go.
    pub fn is_off(&self) -> bool {
        matches!(self.road, Road::Off) || self.from.is_none()
    }

    /// Letters kept in memory so far.
    pub fn kept(&self) -> Vec<Letter> {
        match &self.road {
            Road::Memory(letters) => letters.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            _ => Vec::new(),
        }
    }

    /// Sends a letter; returns once the server, the folder or the memory has it.
    pub fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let message = self.message(letter)?;
        match &self.road {
            Road::Off => Err(MailError::Off),
            Road::Smtp(transport) => transport.send(&message).map(|_| ()).map_err(|error| told(&error)),
            Road::Folder(folder) => {
                let name: String =
                    letter.subject.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
                let id = letter.id.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
                let written = keep(folder, &format!("{id}-{name}.eml"), &message.formatted());
                written.map_err(|error| MailError::Transport(format!("{}: {error}", folder.display())))
            }
            Road::Memory(letters) => {
                letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
                Ok(())
            }
        }
    }

    fn message(&self, letter: &Letter) -> Result<Message, MailError> {
        let bad = |what: &str| MailError::Letter(what.to_owned());
        if letter.subject.chars().chain(letter.to.chars()).any(char::is_control) {
            return Err(bad("a line break or control character stands in its subject or address"));
        }
        let from = self.from.clone().ok_or(MailError::Off)?;
        let to: Mailbox = letter.to.parse().map_err(|_| bad("its address is not one"))?;
        let domain = from.email.domain().to_owned();
        let id = letter.id.as_ref().map(|id| format!("<{id}@{domain}>"));
        let mut message = Message::builder()
            .from(from)
            .to(to)
            .subject(letter.subject.clone())
            .message_id(id)
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), html(&letter.subject, &letter.text)))
            .map_err(|error| MailError::Letter(error.to_string()))?;
        // RFC 3834: nobody's holiday notice answers a program.
        let mut header = |name, value: String| message.headers_mut().insert_raw(HeaderValue::new(name, value));
        header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        if let Some(fewer) = &letter.fewer {
            header(HeaderName::new_from_ascii_str("List-Unsubscribe"), format!("<{fewer}>"));
        }
        Ok(message)
    }
}

/// What the mail server did, told apart by whom it concerns: this letter, or every one.
fn told(error: &lettre::transport::smtp::Error) -> MailError {
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        let kind = found.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        // A socket's time limit ends as the one or the other.
        if matches!(kind, Some(ErrorKind::TimedOut | ErrorKind::WouldBlock)) {
            return MailError::Transport(format!("the mail server gave no answer in {TIME_MAX_S} seconds"));
        }
        cause = found.source();
    }
    let words = without_addresses(&error.to_string());
    match error.status() {
        // 421: it closes. x3x: it does not know us, as with a wrong password.
        Some(code) if matches!(code.category, Category::Connections | Category::Unspecified3) => {
            MailError::Transport(words)
        }
        Some(_) => MailError::Refused { for_good: error.is_permanent(), words },
        None => MailError::Transport(words),
    }
}

/// Mail servers repeat the address in their refusals; our log does not.
fn without_addresses(words: &str) -> String {
    words.split(' ').map(|word| if word.contains('@') { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

/// A letter as a page: calm, narrow, without pictures or anything fetched. Mail programs know no style sheets, so styles
/// stand at their elements.
fn html(subject: &str, text: &str) -> String {
    let escaped =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let word = |word: &str| {
        let plain = escaped(word);
        if word.starts_with("https://") || word.starts_with("http://") {
            format!("<a href=\"{plain}\" style=\"color:#0b5563\">{plain}</a>")
        } else {
            plain
        }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    let paragraph = |paragraph: &str| {
        let lines: Vec<String> = paragraph.lines().map(line).collect();
        format!("<p style=\"margin:0 0 1em\">{}</p>", lines.join("<br>"))
    };
    let body: String = text.split("\n\n").filter(|part| !part.trim().is_empty()).map(paragraph).collect();
    format!(
        "<!DOCTYPE html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body style=\"margin:0;background:#f3f5f6\"><div style=\"max-width:36em;margin:0 auto;padding:1.5em;background:#fff;\
         color:#1b1f24;font:16px/1.55 system-ui,'Segoe UI',Roboto,Arial,sans-serif;border-top:4px solid #0b5563;\
         overflow-wrap:anywhere\"><h1 style=\"font-size:1.2em;line-height:1.35;margin:0 0 1em\">{title}</h1>{body}</div></body></html>",
        title = escaped(subject)
    )
}

fn smtp(url: &str, ca_file: Option<&Path>) -> Result<SmtpTransport, MailError> {
    let expected = "expected smtps://user:password@host:port, smtp://… for STARTTLS, or folder:PATH";
    let Some((scheme @ ("smtp" | "smtps"), rest)) = url.split_once("://") else {
        return Err(MailError::Setting(format!("SMTP_URL has no scheme that is known; {expected}")));
    };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = host.split(['/', '?']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let here = name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    // Without this lettre would speak in the clear, or give up TLS when a stranger strips STARTTLS.
    let host_name = name.trim_matches(['[', ']']).to_owned();
    let url = if scheme == "smtp" && !here {
        if url.contains('?') {
            return Err(MailError::Setting(format!("SMTP_URL carries a `?`, which is not needed; {expected}")));
        }
        format!("{url}?tls=required")
    } else {
        url.to_owned()
    };
    let builder = SmtpTransport::from_url(&url);
    let builder =
        builder.map_err(|error| MailError::Setting(format!("SMTP_URL cannot be used ({error}); {expected}")))?;
    let mut builder = builder.timeout(Some(std::time::Duration::from_secs(TIME_MAX_S)));
    if let Some(file) = ca_file {
        let bad = |error: String| MailError::Setting(format!("SMTP_CA_FILE {}: {error}", file.display()));
        let pem = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
        let authority = Certificate::from_pem(&pem).map_err(|error| bad(error.to_string()))?;
        let trusted = TlsParameters::builder(host_name).add_root_certificate(authority).build();
        let trusted = trusted.map_err(|error| bad(error.to_string()))?;
        builder = builder.tls(if scheme == "smtps" { Tls::Wrapper(trusted) } else { Tls::Required(trusted) });
    }
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str, subject: &str) -> Letter {
        Letter {
            to: to.to_owned(), subject: subject.to_owned(), text: "Xin chào.\n".to_owned(), id: None, fewer: None
        }
    }

    #[test]
    fn a_letter_with_a_line_break_in_a_header_is_refused() {
        let mailer = Mailer::memory();
        assert!(matches!(mailer.send(&letter("an@example.vn", "a\r\nBcc: x@y.vn")), Err(MailError::Letter(_))));
        assert!(matches!(mailer.send(&letter("an@example.vn\r\nBcc: x@y.vn", "a")), Err(MailError::Letter(_))));
        assert!(mailer.kept().is_empty());
        assert!(mailer.send(&letter("Nguyễn An <an@example.vn>", "Hạn báo cáo")).is_ok());
        assert_eq!(mailer.kept().len(), 1);
    }

    #[test]
    fn a_page_of_a_letter_is_inert_and_its_addresses_can_be_followed() {
        let page = html("Hạn <b>", "Kính gửi <script>,\n\nXem: https://a.vn/x?y=1&z=\"2\"\nhết");
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
        assert!(page.contains("<a href=\"https://a.vn/x?y=1&amp;z=&quot;2&quot;\""), "{page}");
        assert_eq!(page.matches("<p ").count(), 2);
        assert!(!page.contains("src=") && !page.contains("url("), "nothing is fetched");
    }

    #[test]
    fn letters_in_a_folder_are_their_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("sipas_letters_{}", std::process::id()));
        let inner = folder.join("out");
        let url = format!("folder:{}", inner.display());
        let mailer = Mailer::new(Some(&url), Some("a@b.vn"), None).expect("a mailer");
        mailer.send(&letter("an@example.vn", "Đặt mật khẩu")).expect("kept");
        let mode = |path: &Path| std::fs::metadata(path).expect("it").permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&inner)), (0o700, 0o700));
        let kept: Vec<_> =
            std::fs::read_dir(&inner).expect("a folder").map(|entry| entry.expect("it").path()).collect();
        assert_eq!(kept.iter().map(|path| mode(path)).collect::<Vec<_>>(), [0o600]);
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn a_refusal_is_told_without_the_address() {
        let words = without_addresses("permanent error (550): 5.1.1 <tp@caugiay.gov.vn>: user unknown");
        assert_eq!(words, "permanent error (550): 5.1.1 … user unknown");
    }

    #[test]
    fn settings_that_cannot_be_used_say_what_is_expected() {
        let refused = |url| Mailer::new(Some(url), Some("a@b.vn"), None).expect_err("a refusal").to_string();
        assert!(refused("http://mail.vn").contains("expected smtps://"));
        assert!(refused("smtp://mail.vn?tls=opportunistic").contains("not needed"));
        assert!(Mailer::new(None, Some("no address"), None).expect_err("a refusal").to_string().contains("MAIL_FROM"));
        assert!(matches!(
            Mailer::new(None, Some("a@b.vn"), None).expect("off").send(&letter("a@b.vn", "a")),
            Err(MailError::Off)
        ));
    }

    #[test]
    fn a_letter_has_the_headers_that_mail_servers_ask_for() {
        let message = Mailer::memory().message(&letter("an@example.vn", "Hạn báo cáo")).expect("a message");
        let text = String::from_utf8(message.formatted()).expect("ASCII");
        for header in [
            "From: ",
            "To: ",
            "Message-ID: ",
            "Date: ",
            "MIME-Version: 1.0",
            "Content-Type: text/plain",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(text.contains(header), "{header} is missing in {text}");
        }
    }
}
