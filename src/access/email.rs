//! Names that people go by here: to sign in with, and for letters. Whatever takes one, a page, a table or a command, asks here.

use std::fmt;

/// The longest address (RFC 5321, with its angle brackets).
const ADDRESS_MAX: usize = 254;
/// The longest part before the `@`.
const LOCAL_MAX: usize = 64;
/// The most characters of a name that is shown.
const SHOWN_NAME_MAX: usize = 200;
/// Bounds of a name to sign in with, in characters.
const NAME_LENGTH: std::ops::RangeInclusive<usize> = 2..=40;

/// An address for letters that mail servers take: plain letters, one `@`, a domain with a dot.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address that was typed; none where it is none. The domain is kept in small letters.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let (local, domain) = typed.rsplit_once('@')?;
        let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
        let is_local = (1..=LOCAL_MAX).contains(&local.len())
            && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom));
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let top_is_name = domain.rsplit('.').next().is_some_and(|top| top.chars().any(|c| c.is_ascii_alphabetic()));
        let is_domain = domain.contains('.') && domain.split('.').all(label) && top_is_name;
        (is_local && is_domain && typed.len() <= ADDRESS_MAX)
            .then(|| Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// As letters carry it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Logs hold no address.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an address")
    }
}

/// Whether one can sign in by this name: small letters without marks, digits, `.`, `_`, `-`, `@`.
pub fn is_sign_in_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@".contains(c);
    NAME_LENGTH.contains(&name.len()) && name.chars().all(allowed)
}

/// Whether this can be shown as the name of a person, a unit or a point: something to read, on one line, no longer than pages take.
pub fn is_shown_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= SHOWN_NAME_MAX && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_mail_servers_take_and_nothing_else() {
        for good in ["lan@phuong.gov.vn", " lan.nguyen+sipas@hanoi.gov.vn ", "a@b.vn", "O'Neil@x-y.example"] {
            assert!(EmailAddress::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "lan",
            "lan@",
            "@phuong.gov.vn",
            "lan@localhost",
            "lan@phuong..vn",
            ".lan@phuong.vn",
            "lan.@phuong.vn",
            "lan@-phuong.vn",
            "lan nguyen@phuong.vn",
            "lan@phuong.vn, hoa@phuong.vn",
            "lan@phuong.vn\r\nBcc: x@y.vn",
            "Lan <lan@phuong.vn>",
            "lán@phuong.vn",
            "lan@10.0.0.1",
            "a@b@c.vn",
        ] {
            assert!(EmailAddress::parse(bad).is_none(), "{bad}");
        }
        let typed = EmailAddress::parse("Lan@Phuong.GOV.vn").expect("an address");
        assert_eq!(typed.as_str(), "Lan@phuong.gov.vn", "before the @ capitals may matter");
        assert!(EmailAddress::parse(&format!("{}@phuong.vn", "a".repeat(65))).is_none());
    }

    #[test]
    fn a_name_to_sign_in_with_is_short_and_plain() {
        assert!(is_sign_in_name("nguyen.lan") && is_sign_in_name("a@b.vn"));
        for bad in ["", "a", "Lan", "lan nguyen", "lân", "<b>", &"a".repeat(41)] {
            assert!(!is_sign_in_name(bad), "{bad}");
        }
    }
}
