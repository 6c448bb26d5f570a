//! What a citizen leaves: kind, subject, words, contact, and how it is checked.

/// The longest text, in characters: two pages of handwriting.
pub const TEXT_MAX: usize = 4_000;
/// The longest contact, in characters.
pub const CONTACT_MAX: usize = 200;

/// What a citizen leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something went wrong.
    Complaint,
    /// Something could be better.
    Suggestion,
}

impl Kind {
    /// Every kind, as pages offer them.
    pub const ALL: [Kind; 2] = [Kind::Complaint, Kind::Suggestion];

    /// The name in forms and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Complaint => "complaint",
            Kind::Suggestion => "suggestion",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What it is about, as the office that receives it sorts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// How an administrative procedure was handled.
    Procedure,
    /// A rule itself.
    Rules,
    /// How somebody was spoken to.
    Attitude,
    /// Being made to wait, to come again or to pay for nothing.
    Harassment,
    /// Rooms, seats, machines, websites.
    Facilities,
    /// Thanks.
    Praise,
    /// Anything else.
    Other,
}

impl Subject {
    /// Every subject, as pages offer them.
    pub const ALL: [Subject; 7] = [
        Subject::Procedure,
        Subject::Rules,
        Subject::Attitude,
        Subject::Harassment,
        Subject::Facilities,
        Subject::Praise,
        Subject::Other,
    ];

    /// The name in forms and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Procedure => "procedure",
            Subject::Rules => "rules",
            Subject::Attitude => "attitude",
            Subject::Harassment => "harassment",
            Subject::Facilities => "facilities",
            Subject::Praise => "praise",
            Subject::Other => "other",
        }
    }

    /// The subject of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.name() == name)
    }
}

/// How it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// By the program's own page.
    Page,
    /// Told at a counter.
    InPerson,
    /// By telephone.
    Telephone,
    /// By letter.
    Letter,
    /// Through the city's application iHanoi, under its number there.
    IHanoi,
}

impl Channel {
    /// The channels of cases that staff enter.
    pub const ENTERED: [Channel; 4] = [Channel::InPerson, Channel::Telephone, Channel::Letter, Channel::IHanoi];

    /// The name in forms.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Page => "page",
            Channel::InPerson => "in_person",
            Channel::Telephone => "telephone",
            Channel::Letter => "letter",
            Channel::IHanoi => "ihanoi",
        }
    }

    /// The channel of a name, of those that staff enter.
    pub fn entered(name: &str) -> Option<Self> {
        Self::ENTERED.into_iter().find(|channel| channel.name() == name)
    }
}

/// What was written, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it is.
    pub kind: Kind,
    /// The words, trimmed, lines parted by `\n`; never empty.
    pub text: String,
    /// How to reach who wrote it, if they want to be reached.
    pub contact: Option<String>,
}

/// What is wrong with what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No kind, or an unknown one.
    Kind,
    /// No words.
    TextMissing,
    /// Too many words.
    TextTooLong,
    /// A contact that is too long.
    ContactTooLong,
}

impl Fault {
    /// The form field it belongs to.
    pub fn field(self) -> &'static str {
        match self {
            Fault::Kind => "kind",
            Fault::TextMissing | Fault::TextTooLong => "text",
            Fault::ContactTooLong => "contact",
        }
    }

    /// The word by which programs know it.
    pub fn code(self) -> &'static str {
        match self {
            Fault::Kind => "kind_unknown",
            Fault::TextMissing => "text_missing",
            Fault::TextTooLong => "text_too_long",
            Fault::ContactTooLong => "contact_too_long",
        }
    }
}

/// Checks what was typed; every fault at once.
pub fn check(kind: &str, text: &str, contact: &str) -> Result<Written, Vec<Fault>> {
    let text = plain(text);
    let contact = plain(contact).replace('\n', " ");
    let kind = Kind::named(kind);
    let mut faults = Vec::new();
    if kind.is_none() {
        faults.push(Fault::Kind);
    }
    if text.is_empty() {
        faults.push(Fault::TextMissing);
    } else if text.chars().count() > TEXT_MAX {
        faults.push(Fault::TextTooLong);
    }
    if contact.chars().count() > CONTACT_MAX {
        faults.push(Fault::ContactTooLong);
    }
    match kind {
        Some(kind) if faults.is_empty() => {
            Ok(Written { kind, text, contact: (!contact.is_empty()).then_some(contact) })
        }
        _ => Err(faults),
    }
}

/// Trimmed, with plain line ends and without control characters and signs that only turn or part what is read, which nobody typed; empty where
/// nothing of it can be seen. Joiners stay: emoji of several people and Khmer words are written with them.
pub fn plain(words: &str) -> String {
    let words = words.replace("\r\n", "\n").replace(['\u{2028}', '\u{2029}'], "\n").replace(['\r', '\t'], " ");
    let kept: String = words.chars().filter(|c| *c == '\n' || !(c.is_control() || is_turning(*c))).collect();
    if kept.chars().all(is_unseen) { String::new() } else { kept.trim().to_owned() }
}

/// Signs without width that say how to lay out a line: soft hyphens, parts and joints of words, directions of writing (Unicode 16, chapter 23).
fn is_turning(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    )
}

/// What leaves no mark on paper alone: blanks, joiners, signs that choose a shape, tags, and letters that are drawn as blanks.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{200c}' | '\u{200d}' | '\u{2800}'
                | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e01ef}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_and_good_words_are_kept_as_they_are() {
        let long = "ế".repeat(TEXT_MAX + 1);
        assert_eq!(
            check("praise", " \r\n", &"9".repeat(201)),
            Err(vec![Fault::Kind, Fault::TextMissing, Fault::ContactTooLong])
        );
        assert_eq!(check("complaint", &long, ""), Err(vec![Fault::TextTooLong]));
        let written = check("suggestion", " Thêm ghế\r\ncho người già\u{7} ", " 0912 ").expect("good words");
        assert_eq!(written.text, "Thêm ghế\ncho người già");
        assert_eq!(written.contact.as_deref(), Some("0912"));
    }

    #[test]
    fn words_that_nobody_sees_are_none_and_joiners_within_what_is_seen_stay() {
        for unseen in [
            "\u{200b}\u{200b}",
            "\u{202e}\u{2066} \u{feff}",
            "\u{200d}\u{200c}\u{fe0f}",
            "\u{3164}\n\u{2800}",
            "\u{e0041}",
        ] {
            assert_eq!(check("complaint", unseen, unseen), Err(vec![Fault::TextMissing]), "{unseen:?}");
        }
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        assert_eq!(plain(&format!("\u{202e}Nhà {family}\u{200b} chờ lâu\u{2069}")), format!("Nhà {family} chờ lâu"));
        assert_eq!(plain("một\thai\u{2028}ba"), "một hai\nba", "what parts words parts them still");
    }
}
