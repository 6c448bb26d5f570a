//! The only place that names lettre: letters by SMTP, into a folder, or into memory for tests.
//!
//! SMTP goes over TLS with the server's certificate checked; only a server on this machine may do without. The outbox
//! and the letters of the workroom come later; so far `sipas doctor --mail-to` sends a test letter.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use lettre::message::{Mailbox, SinglePart};
use lettre::{Message, SmtpTransport, Transport};

/// A letter: plain text to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Address, as in `Nguyễn An <an@example.gov.vn>`.
    pub to: String,
    /// Subject, one line.
    pub subject: String,
    /// Text.
    pub text: String,
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
    /// The server refused or could not be reached.
    #[error("the letter was not taken: {0}")]
    Transport(String),
}

/// Whether a text is a mail address, without a name.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.parse::<lettre::Address>().is_ok()
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

impl Mailer {
    /// The mailer of the settings: `smtps://…`, `smtp://…` (STARTTLS), `folder:PATH`, or none.
    pub fn new(smtp_url: Option<&str>, mail_from: Option<&str>) -> Result<Self, MailError> {
        let from = mail_from.map(str::parse::<Mailbox>).transpose().map_err(|error| {
            MailError::Setting(format!("MAIL_FROM is not an address with an optional name: {error}"))
        })?;
        let road = match smtp_url {
            None => Road::Off,
            Some(url) => match url.strip_prefix("folder:") {
                Some(folder) => Road::Folder(PathBuf::from(folder)),
                None => Road::Smtp(Box::new(smtp(url)?)),
            },
        };
        Ok(Self { from, road })
    }

    /// A mailer that keeps letters in memory.
    pub fn memory() -> Self {
        Self { from: "sipas@example.invalid".parse().ok(), road: Road::Memory(Mutex::default()) }
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
            Road::Smtp(transport) => {
                transport.send(&message).map(|_| ()).map_err(|error| MailError::Transport(error.to_string()))
            }
            Road::Folder(folder) => {
                let written = std::fs::create_dir_all(folder).and_then(|()| {
                    let name: String =
                        letter.subject.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
                    std::fs::write(folder.join(format!("{}-{name}.eml", uuid::Uuid::new_v4())), message.formatted())
                });
                written.map_err(|error| MailError::Transport(error.to_string()))
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
        Message::builder()
            .from(from)
            .to(to)
            .subject(letter.subject.clone())
            .message_id(None)
            .singlepart(SinglePart::plain(letter.text.clone()))
            .map_err(|error| MailError::Letter(error.to_string()))
    }
}

fn smtp(url: &str) -> Result<SmtpTransport, MailError> {
    let expected = "expected smtps://user:password@host:port, smtp://… for STARTTLS, or folder:PATH";
    let Some((scheme @ ("smtp" | "smtps"), rest)) = url.split_once("://") else {
        return Err(MailError::Setting(format!("SMTP_URL has no scheme that is known; {expected}")));
    };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = host.split(['/', '?']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let here = name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    // Without this lettre would speak in the clear, or give up TLS when a stranger strips STARTTLS.
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
    Ok(builder.timeout(Some(std::time::Duration::from_secs(20))).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str, subject: &str) -> Letter {
        Letter { to: to.to_owned(), subject: subject.to_owned(), text: "Xin chào.\n".to_owned() }
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
    fn settings_that_cannot_be_used_say_what_is_expected() {
        let refused = |url| Mailer::new(Some(url), Some("a@b.vn")).expect_err("a refusal").to_string();
        assert!(refused("http://mail.vn").contains("expected smtps://"));
        assert!(refused("smtp://mail.vn?tls=opportunistic").contains("not needed"));
        assert!(Mailer::new(None, Some("no address")).expect_err("a refusal").to_string().contains("MAIL_FROM"));
        assert!(matches!(
            Mailer::new(None, Some("a@b.vn")).expect("off").send(&letter("a@b.vn", "a")),
            Err(MailError::Off)
        ));
    }

    #[test]
    fn a_letter_has_the_headers_that_mail_servers_ask_for() {
        let message = Mailer::memory().message(&letter("an@example.vn", "Hạn báo cáo")).expect("a message");
        let text = String::from_utf8(message.formatted()).expect("ASCII");
        for header in ["From: ", "To: ", "Message-ID: ", "Date: ", "MIME-Version: 1.0", "Content-Type: text/plain"] {
            assert!(text.contains(header), "{header} is missing in {text}");
        }
    }
}
