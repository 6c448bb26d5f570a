//! Where a text stops being TOML, in Vietnamese. The parser tells where it stumbled; what stands there tells a writer without
//! any grammar what to mend: a quotation mark, a bracket, an equals sign.

use std::ops::Range;

/// The sentence about an error of `text`.
pub fn sentence(error: &toml::de::Error, text: &str) -> String {
    let span = error.span().unwrap_or_default();
    words(&slip(span.clone(), text), &found(span, text))
}

/// What was written amiss.
#[derive(Debug, PartialEq, Eq)]
enum Slip {
    /// A key that stands above already, alone or as a part of others.
    Twice,
    /// A key with letters that keys do not have.
    KeyLetters,
    /// A line without `=`.
    NoEquals,
    /// Nothing behind `=`.
    NoValue,
    /// A second `=`.
    SecondEquals,
    /// Quotation marks of a word processor.
    CurlyQuotes,
    /// A text without quotation marks.
    NoQuotes,
    /// A value that begins like a number or a day, and is none.
    NoNumber,
    /// A quotation mark that is not closed; the line on which it stands.
    OpenQuote(usize),
    /// `\` before a letter that means nothing.
    Backslash,
    /// A character in quotation marks that nobody can see.
    Invisible,
    /// `[` or `{` that is not closed; the line on which it stands.
    OpenBracket(char, usize),
    /// The heading of a block that is not closed.
    OpenHeading,
    /// No comma between the values of a list.
    NoComma,
    /// Something behind the end of a value.
    Behind,
    /// Something else.
    Other,
}

fn words(slip: &Slip, found: &str) -> String {
    match slip {
        Slip::Twice => {
            format!("Mục `{found}` đã ghi ở trên; mỗi mục chỉ ghi một lần. Khối lặp lại thì mở đầu bằng `[[…]]`.")
        }
        Slip::KeyLetters => {
            format!("Tên mục có `{found}`; tên mục chỉ gồm chữ a-z không dấu, chữ số, gạch nối, gạch dưới.")
        }
        Slip::NoEquals => {
            "Dòng này thiếu dấu `=`; hãy viết tên mục, dấu `=` rồi giá trị. Lời ghi chú thì bắt đầu bằng `#`."
                .to_owned()
        }
        Slip::NoValue => "Sau dấu `=` chưa có giá trị; hãy viết vào.".to_owned(),
        Slip::SecondEquals => "Dòng này thừa một dấu `=`; hãy bỏ bớt.".to_owned(),
        Slip::CurlyQuotes => {
            format!("`{found}` dùng dấu ngoặc kép cong; hãy gõ lại dấu ngoặc kép thẳng, như `\"…\"`.")
        }
        Slip::NoQuotes => format!(
            "`{found}` phải để trong ngoặc kép, như `\"…\"`. Riêng `true`, `false` viết chữ thường, không có ngoặc kép."
        ),
        Slip::NoNumber => format!(
            "Không hiểu `{found}`; số viết như `30` hoặc `0.9`, ngày viết như `2026-03-14`, chữ để trong ngoặc kép."
        ),
        Slip::OpenQuote(line) => format!("Ngoặc kép mở ở dòng {line} chưa đóng; hãy thêm `\"` vào cuối đoạn chữ."),
        Slip::Backslash => "Trong ngoặc kép, dấu `\\` phải viết hai lần, như `\\\\`.".to_owned(),
        Slip::Invisible => "Đoạn chữ có ký tự không nhìn thấy; hãy xóa và gõ lại đoạn đó.".to_owned(),
        Slip::OpenBracket(bracket, line) => {
            let close = if *bracket == '[' { ']' } else { '}' };
            format!(
                "Dấu `{bracket}` mở ở dòng {line} chưa đóng, hoặc thiếu dấu phẩy; hãy thêm `{close}` hoặc dấu phẩy."
            )
        }
        Slip::OpenHeading => {
            "Dòng mở đầu khối thiếu dấu `]`; hãy viết như `[[target]]` hoặc `[[sections]]`.".to_owned()
        }
        Slip::NoComma => "Thiếu dấu phẩy giữa hai giá trị của danh sách; hãy viết như `[\"…\", \"…\"]`.".to_owned(),
        Slip::Behind => format!(
            "Sau giá trị còn thừa `{found}`; hãy xóa. Ngoặc kép bên trong đoạn chữ viết là `\\\"`, số lẻ dùng dấu chấm."
        ),
        Slip::Other if found.is_empty() => {
            "Dòng này viết dở; hãy xem lại dấu `=`, ngoặc kép và ngoặc vuông.".to_owned()
        }
        Slip::Other => format!("Không hiểu `{found}`; hãy xem lại dấu `=`, ngoặc kép và ngoặc vuông của dòng này."),
    }
}

/// What stands at an error, or behind it up to the end of its line; short enough for a sentence.
fn found(span: Range<usize>, text: &str) -> String {
    let at = text.get(span.clone()).map(str::trim).filter(|found| !found.is_empty());
    let rest = || text.get(span.start..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim();
    let found = at.unwrap_or_else(rest);
    let shown: String = found.lines().next().unwrap_or_default().chars().filter(|c| *c != '`').take(40).collect();
    if found.chars().count() > 40 { shown + "…" } else { shown }
}

/// What was written amiss at `span`, by what stands there and before it.
fn slip(span: Range<usize>, text: &str) -> Slip {
    let (Some(before), Some(at)) = (text.get(..span.start), text.get(span.clone())) else { return Slip::Other };
    let line = before.rsplit('\n').next().unwrap_or_default();
    let rest = text[span.end..].lines().next().unwrap_or_default().trim();
    let open = Open::at(before);
    let starts_line = |at: usize| text[..at].rsplit('\n').next().unwrap_or_default().trim().is_empty();
    match open {
        Open::Quote(_) if line.ends_with('\\') => return Slip::Backslash,
        Open::Quote(_) if !at.is_empty() => return Slip::Invisible,
        Open::Quote(opened) => return Slip::OpenQuote(line_of(opened, text)),
        // A heading holds keys; anything else between brackets holds values.
        Open::Bracket(opened, '[')
            if !line.contains('=') && starts_line(opened) && line_of(opened, text) == line_of(span.start, text) =>
        {
            return if at.is_empty() { Slip::OpenHeading } else { key_slip(at) };
        }
        Open::Bracket(opened, bracket) if at.is_empty() || at == "=" => {
            let same_line = !text[opened..span.start].contains('\n');
            let comma = same_line && rest.starts_with(['"', '\'']) && bracket == '[';
            return if comma { Slip::NoComma } else { Slip::OpenBracket(bracket, line_of(opened, text)) };
        }
        Open::Bracket(..) | Open::Nothing => {}
    }
    let expects_value = matches!(open, Open::Bracket(..)) || line.trim_end().ends_with('=');
    match at.chars().next() {
        Some('=') => Slip::SecondEquals,
        Some('“' | '”' | '„' | '‘' | '’' | '«') if expects_value => Slip::CurlyQuotes,
        Some(c) if expects_value && (c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) => Slip::NoNumber,
        Some(_) if expects_value => Slip::NoQuotes,
        Some(_) if !line.contains('=') => key_slip(at),
        None if expects_value && (rest.is_empty() || rest.starts_with('#')) => Slip::NoValue,
        None if expects_value => Slip::NoNumber,
        None if line.trim().is_empty() => Slip::Other,
        None if !line.contains('=') && !line.trim_start().starts_with('[') => Slip::NoEquals,
        None if !rest.is_empty() => Slip::Behind,
        Some(_) | None => Slip::Other,
    }
}

fn key_slip(key: &str) -> Slip {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '"' | '\'');
    if key.chars().all(plain) { Slip::Twice } else { Slip::KeyLetters }
}

fn line_of(at: usize, text: &str) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// What is still open at the end of a text, and the byte at which it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Quote(usize),
    Bracket(usize, char),
}

impl Open {
    fn at(before: &str) -> Self {
        let mut brackets: Vec<(usize, char)> = Vec::new();
        let mut rest = before;
        while let Some(c) = rest.chars().next() {
            let here = before.len() - rest.len();
            match c {
                '"' | '\'' => match behind_quote(rest, c) {
                    Some(after) => rest = after,
                    None => return Self::Quote(here),
                },
                '#' => rest = rest.find('\n').map_or("", |end| &rest[end..]),
                '[' | '{' => brackets.push((here, c)),
                ']' | '}' => {
                    brackets.pop();
                }
                _ => {}
            }
            if before.len() - rest.len() == here {
                rest = &rest[c.len_utf8()..];
            }
        }
        brackets.last().map_or(Self::Nothing, |(at, bracket)| Self::Bracket(*at, *bracket))
    }
}

/// The text behind the quoted text with which `text` begins; none when it is not closed.
fn behind_quote(text: &str, quote: char) -> Option<&str> {
    let three = quote.to_string().repeat(3);
    let (mark, many_lines) = if text.starts_with(&three) { (three.as_str(), true) } else { (&three[..1], false) };
    let inner = &text[mark.len()..];
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            '\n' if !many_lines => return Some(&inner[at..]),
            _ if inner[at..].starts_with(mark) => return Some(&inner[at + mark.len()..]),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sentences about a text, one an error.
    fn said(text: &str) -> Vec<String> {
        let (_, errors) = toml::de::DeTable::parse_recoverable(text);
        errors.iter().map(|error| sentence(error, text)).collect()
    }

    fn slips(text: &str) -> Vec<Slip> {
        let (_, errors) = toml::de::DeTable::parse_recoverable(text);
        errors.iter().map(|error| slip(error.span().expect("a place"), text)).collect()
    }

    #[test]
    fn a_slip_is_known_by_what_stands_there() {
        for (text, slip) in [
            ("a = 1\na = 2\n", Slip::Twice),
            ("a = 1\na.b = 2\n", Slip::Twice),
            ("[[a]]\nb = 1\n[a]\nc = 1\n", Slip::Twice),
            ("mã = 1\n", Slip::KeyLetters),
            ("a\n", Slip::NoEquals),
            ("a : 1\n", Slip::NoEquals),
            ("xin chào\n", Slip::NoEquals),
            ("a =\n", Slip::NoValue),
            ("a = # sau\n", Slip::NoValue),
            ("a = “Kế hoạch”\n", Slip::CurlyQuotes),
            ("a = [“x”]\n", Slip::CurlyQuotes),
            ("a = Kế hoạch\n", Slip::NoQuotes),
            ("a = True\n", Slip::NoQuotes),
            ("a = 90%\n", Slip::NoNumber),
            ("a = .5\n", Slip::NoNumber),
            ("a = 05/01/2026\n", Slip::NoNumber),
            ("a = 2026-13-01\n", Slip::NoNumber),
            ("b = 1\na = \"x\nc = 1\n", Slip::OpenQuote(2)),
            ("a = \"\"\"x\nb = 1\n", Slip::OpenQuote(1)),
            ("a = \"x\\q\"\n", Slip::Backslash),
            ("a = \"x\u{7}\"\n", Slip::Invisible),
            ("[a\nb = 1\n", Slip::OpenHeading),
            ("[[a]\nb = 1\n", Slip::OpenHeading),
            ("a = [\"x\" \"y\"]\n", Slip::NoComma),
            ("a = {x = 1\n", Slip::OpenBracket('{', 1)),
            ("a = \"Ông \"B\" c\"\n", Slip::Behind),
            ("a = 1,5\n", Slip::Behind),
        ] {
            assert_eq!(slips(text), [slip], "{text}");
        }
        assert_eq!(slips("a == 1\n")[0], Slip::SecondEquals);
        assert_eq!(slips("a = [\"x\", \"y\"\nb = 2\n")[0], Slip::OpenBracket('[', 1));
    }

    #[test]
    fn the_sentence_names_what_stands_there_and_never_speaks_english() {
        let bare = said("title_vi = Kế hoạch năm\n");
        assert!(bare[0].contains("`Kế hoạch năm` phải để trong ngoặc kép"), "{bare:?}");
        let twice = said("id = \"a\"\nid = \"b\"\n");
        assert!(twice[0].starts_with("Mục `id` đã ghi ở trên"), "{twice:?}");
        let long = said(&format!("a = {}\n", "chữ ".repeat(30)));
        assert!(long[0].contains('…') && long[0].chars().count() < 200, "{long:?}");
    }

    #[test]
    fn text_in_quotes_and_comments_open_nothing() {
        assert_eq!(Open::at("a = \"[\" # {\nb = '\\' "), Open::Nothing);
        assert_eq!(Open::at("a = [\"]\", "), Open::Bracket(4, '['));
        assert_eq!(Open::at("a = \"\"\"x\n\"y"), Open::Quote(4));
    }
}
