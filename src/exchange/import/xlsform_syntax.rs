//! Pieces of XLSForm: what its headings, types and conditions say.

/// A column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// What it holds, in small letters: `label`, `relevant`, `bind::sipas:source`.
    pub what: String,
    /// The language of a text, by its tag; empty where the heading names none.
    pub language: Option<String>,
    /// Whether it names a language that nobody knows.
    pub unknown_language: bool,
}

/// Reads a heading. `label:English` is the old spelling of `label::English`.
pub(super) fn heading(cell: &str) -> Heading {
    let cell = cell.trim();
    let lower = cell.to_lowercase();
    if ["bind::", "attribute::", "body::", "instance::"].iter().any(|start| lower.starts_with(start)) {
        let what = if lower == "bind::relevant" { "relevant".to_owned() } else { lower };
        return Heading { what, language: None, unknown_language: false };
    }
    let pieces: Vec<&str> = cell.split(':').map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let (what, language) = match pieces[..] {
        ["media", kind, language] => (format!("media::{}", kind.to_lowercase()), Some(language)),
        ["media", kind] => (format!("media::{}", kind.to_lowercase()), None),
        [what, language] => (what.to_lowercase(), Some(language)),
        _ => (lower, None),
    };
    let tag = language.map(language_tag);
    let unknown_language = matches!(tag, Some(None));
    Heading { what: what.replace(' ', "_"), language: tag.flatten(), unknown_language }
}

/// The tag of a language as people name it: `Tiếng Việt (vi)`, `English`, `vn`.
pub(super) fn language_tag(name: &str) -> Option<String> {
    let lower = name.trim().to_lowercase();
    if let Some((_, tag)) = name.rsplit_once('(')
        && let Some(tag) = tag.trim().strip_suffix(')')
    {
        let tag = tag.trim();
        let tag = if tag == "vn" { "vi" } else { tag };
        let letters = tag.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        return (letters && (2..=10).contains(&tag.len())).then(|| tag.to_owned());
    }
    Some(
        match lower.as_str() {
            "vi" | "vn" | "vie" | "vietnamese" | "tiếng việt" | "tieng viet" | "việt" => "vi",
            "en" | "eng" | "english" | "tiếng anh" | "tieng anh" => "en",
            "km" | "khmer" | "tiếng khmer" => "km",
            _ => return None,
        }
        .to_owned(),
    )
}

/// What a row of `survey` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowType {
    /// One of a list.
    One {
        list: String,
        /// Whether something else can be written.
        or_other: bool,
    },
    /// Any of a list.
    Several {
        list: String,
        /// Whether something else can be written.
        or_other: bool,
    },
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// A number between bounds.
    Range,
    /// Words.
    Text,
    /// Words to read.
    Note,
    /// A group opens.
    BeginGroup,
    EndGroup,
    /// A part that is asked several times opens.
    BeginRepeat,
    EndRepeat,
    /// A value that is computed.
    Calculate,
    /// What the device notes by itself.
    Metadata,
    /// Anything else.
    Other,
}

/// Reads a type.
pub(super) fn row_type(cell: &str) -> RowType {
    let lower = cell.trim().to_lowercase().replace('_', " ");
    let words: Vec<&str> = lower.split_whitespace().collect();
    let or_other = lower.ends_with("or other") || lower.ends_with("or specify other");
    // The name of a list keeps its letters.
    let list_after = |count: usize| {
        cell.split_whitespace().flat_map(|word| split_joined(word)).nth(count).unwrap_or_default().to_owned()
    };
    match words[..] {
        ["select", "one" | "multiple", "from", "file", ..] | ["select", "one", "external", ..] => RowType::Other,
        ["select", "one", "from", _, ..] => RowType::One { list: list_after(3), or_other },
        ["select", "one", _, ..] => RowType::One { list: list_after(2), or_other },
        ["select1", _, ..] => RowType::One { list: list_after(1), or_other },
        ["select", "multiple", "from", _, ..] => RowType::Several { list: list_after(3), or_other },
        ["select", "multiple", _, ..] => RowType::Several { list: list_after(2), or_other },
        ["select", "all", "that", "apply", "from", _, ..] => RowType::Several { list: list_after(5), or_other },
        ["integer" | "int"] => RowType::Integer,
        ["decimal"] => RowType::Decimal,
        ["range"] => RowType::Range,
        ["text" | "string"] => RowType::Text,
        ["note"] => RowType::Note,
        ["begin", "group"] => RowType::BeginGroup,
        ["end", "group"] => RowType::EndGroup,
        ["begin", "repeat"] => RowType::BeginRepeat,
        ["end", "repeat"] => RowType::EndRepeat,
        ["calculate"] => RowType::Calculate,
        [
            "start" | "end" | "today" | "deviceid" | "username" | "email" | "phonenumber" | "subscriberid"
            | "simserial" | "audit" | "start-geopoint" | "device" | "hidden",
        ]
        | ["device", "id"]
        | ["phone", "number"] => RowType::Metadata,
        _ => RowType::Other,
    }
}

/// `select_one` as its two words, any other word as itself.
fn split_joined(word: &str) -> Vec<&str> {
    let lower = word.to_lowercase();
    if lower == "select_one" || lower == "select_multiple" { word.splitn(2, '_').collect() } else { vec![word] }
}

/// A condition on one question: any of some choices made, or none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relevant {
    /// Name of the question.
    pub question: String,
    /// Names of choices.
    pub choices: Vec<String>,
    /// Whether it holds when one of them was chosen; else when none was.
    pub chosen: bool,
}

/// Reads a condition: `selected(${q}, 'a') or ${q} = 'b'`, `${q} != 'a' and ${q} != 'b'`, `not(selected(${q}, 'a'))`. None where it
/// says anything else: a condition that is not understood is never guessed.
pub(super) fn relevant(text: &str) -> Option<Relevant> {
    let text = bare(text);
    if let Some(inner) = text.strip_prefix("not").map(str::trim_start)
        && inner.starts_with('(')
        && closes_at_end(inner)
    {
        let inner = relevant(inner)?;
        return Some(Relevant { chosen: !inner.chosen, ..inner });
    }
    let (any, all) = (split_at_top(text, "or"), split_at_top(text, "and"));
    let (pieces, joined_by_or) = if any.len() > 1 { (any, true) } else { (all, false) };
    if pieces.len() == 1 {
        return atom(text);
    }
    let found: Option<Vec<Relevant>> = pieces.iter().map(|piece| relevant(piece)).collect();
    let found = found?;
    let first = found.first()?;
    // One of several chosen, or each of several not chosen: anything else is another thought.
    let alike = found.iter().all(|one| one.question == first.question && one.chosen == joined_by_or);
    alike.then(|| Relevant {
        question: first.question.clone(),
        choices: found.iter().flat_map(|one| one.choices.clone()).collect(),
        chosen: joined_by_or,
    })
}

/// Without blanks and brackets around all of it.
fn bare(text: &str) -> &str {
    let mut text = text.trim();
    while text.starts_with('(') && closes_at_end(text) {
        text = text[1..text.len() - 1].trim();
    }
    text
}

/// Whether the bracket that opens first closes last.
fn closes_at_end(text: &str) -> bool {
    let mut depth = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + letter.len_utf8() == text.len();
        }
    }
    false
}

/// Pieces of a condition between `word`s outside of brackets and quotes.
fn split_at_top<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let (mut depth, mut quote, mut from, mut pieces) = (0_i32, None, 0, Vec::new());
    let bytes = text.as_bytes();
    for (at, letter) in text.char_indices() {
        match (letter, quote) {
            (_, Some(open)) if letter == open => {
                quote = None;
            }
            ('\'' | '"', None) => quote = Some(letter),
            ('(' | '{', None) => depth += 1,
            (')' | '}', None) => depth -= 1,
            _ => {}
        }
        let end = at + word.len();
        let edge = |place: Option<&u8>| {
            place.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'-')
        };
        if depth == 0
            && quote.is_none()
            && bytes.get(at..end).is_some_and(|here| here.eq_ignore_ascii_case(word.as_bytes()))
            && at > 0
            && edge(bytes.get(at - 1))
            && edge(bytes.get(end))
        {
            pieces.push(&text[from..at]);
            from = end;
        }
    }
    pieces.push(&text[from..]);
    pieces
}

fn atom(text: &str) -> Option<Relevant> {
    let text = bare(text);
    if let Some(inner) = text.strip_prefix("selected").map(str::trim_start)
        && let Some(inner) = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'))
    {
        let (question, choice) = inner.split_once(',')?;
        return Some(Relevant { question: reference(question)?, choices: vec![literal(choice)?], chosen: true });
    }
    let (left, right, chosen) = if let Some((left, right)) = text.split_once("!=") {
        (left, right, false)
    } else {
        let (left, right) = text.split_once('=')?;
        (left, right.strip_prefix('=').unwrap_or(right), true)
    };
    let (question, choice) = match reference(left) {
        Some(question) => (question, literal(right)?),
        None => (reference(right)?, literal(left)?),
    };
    Some(Relevant { question, choices: vec![choice], chosen })
}

/// `${name}`.
fn reference(text: &str) -> Option<String> {
    let name = text.trim().strip_prefix("${")?.strip_suffix('}')?.trim();
    (!name.is_empty() && !name.contains(['$', '{', '}'])).then(|| name.to_owned())
}

/// `'a'`, `"a"`, typographic quotes, or a bare number.
fn literal(text: &str) -> Option<String> {
    let text = text.trim();
    let quotes = ['\'', '"', '‘', '’', '“', '”'];
    if text.starts_with(quotes) && text.ends_with(quotes) && text.chars().count() >= 2 {
        let inner = text.trim_start_matches(quotes).trim_end_matches(quotes);
        return (!inner.is_empty() && !inner.contains(quotes)).then(|| inner.trim().to_owned());
    }
    (!text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit())).then(|| text.to_owned())
}

/// The least and the most of `. >= 0 and . <= 10`.
pub(super) fn bounds(text: &str) -> Option<(u32, u32)> {
    let (mut least, mut most) = (None, None);
    for piece in split_at_top(bare(text), "and") {
        let piece: String = bare(piece).chars().filter(|letter| !letter.is_whitespace()).collect();
        let rest = piece.strip_prefix('.')?;
        let (sign, number) = rest.split_at(rest.find(|letter: char| letter.is_ascii_digit())?);
        let number: u32 = number.parse().ok()?;
        match sign {
            ">=" => least = Some(number),
            ">" => least = Some(number + 1),
            "<=" => most = Some(number),
            "<" => most = number.checked_sub(1),
            _ => return None,
        }
    }
    Some((least.unwrap_or(0), most?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_as_xlsform_writes_them_and_no_other_is_guessed() {
        let of = |text: &str| relevant(text).map(|found| (found.question, found.choices.join("|"), found.chosen));
        let some = |question: &str, choices: &str, chosen| Some((question.to_owned(), choices.to_owned(), chosen));
        assert_eq!(of("${visited} = 'yes'"), some("visited", "yes", true));
        assert_eq!(of("${ q }=\"a\" or selected(${q}, 'b')"), some("q", "a|b", true));
        assert_eq!(of("(selected(${q},'a')) OR (${q}='b')"), some("q", "a|b", true));
        assert_eq!(of("not(selected(${q}, 'a'))"), some("q", "a", false));
        assert_eq!(of("${q} != 'a' and ${q}!='b'"), some("q", "a|b", false));
        assert_eq!(of("not(${q} = 'a' or ${q} = 'b')"), some("q", "a|b", false));
        assert_eq!(of("${q} = 1"), some("q", "1", true));
        assert_eq!(of("${order} = 'or'"), some("order", "or", true), "a word within quotes joins nothing");
        for other in [
            "${age} > 18",
            "${a} = 'x' and ${b} = 'y'",
            "${a} = 'x' or ${b} = 'y'",
            "${a} = 'x' and ${a} = 'y'",
            "${a} != 'x' or ${a} != 'y'",
            "${a} = ${b}",
            "count-selected(${a}) > 1",
            "true()",
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn headings_types_and_bounds_are_read_in_their_spellings() {
        let tag = |cell: &str| heading(cell).language;
        for cell in ["label::Tiếng Việt (vi)", "label::Vietnamese", "label:vi", "Label :: Tiếng Việt (vn)"] {
            assert_eq!((heading(cell).what.as_str(), tag(cell).as_deref()), ("label", Some("vi")), "{cell}");
        }
        assert_eq!((heading("label").what.as_str(), tag("label")), ("label", None));
        assert!(heading("hint::Klingon").unknown_language);
        assert_eq!(heading("media::image::English (en)").what, "media::image");
        assert_eq!(heading("bind::sipas:source").what, "bind::sipas:source");
        assert_eq!(heading("choice filter").what, "choice_filter");
        for (cell, list, or_other) in [
            ("select_one yes_no", "yes_no", false),
            ("select one from YesNo", "YesNo", false),
            ("select_multiple kenh or_other", "kenh", true),
            ("select all that apply from kenh", "kenh", false),
        ] {
            let (RowType::One { list: found, or_other: other } | RowType::Several { list: found, or_other: other }) =
                row_type(cell)
            else {
                panic!("{cell}")
            };
            assert_eq!((found.as_str(), other), (list, or_other), "{cell}");
        }
        assert_eq!(row_type("begin group"), RowType::BeginGroup);
        assert_eq!(row_type("select_one_from_file a.csv"), RowType::Other);
        assert_eq!(bounds(". >= 0 and . <= 10"), Some((0, 10)));
        assert_eq!(bounds("(.>17 and .<120)"), Some((18, 119)));
        assert_eq!(bounds(". <= 5"), Some((0, 5)));
        assert_eq!(bounds("regex(., '[0-9]')"), None);
    }
}
