//! Text in XML and SVG. Every value that is put into them goes through here, by `escape` or by the templates under
//! `templates/docx` and `templates/chart`, for which `askama.toml` names [`Xml`].

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// How templates of XML and SVG write values.
#[derive(Debug, Clone, Copy, Default)]
pub struct Xml;

impl Escaper for Xml {
    /// Markup is escaped; characters that XML 1.0 forbids and controls are dropped, but for the end of a line, which keeps words apart.
    fn write_escaped_str<W: Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&apos;")?,
                '\u{fffe}' | '\u{ffff}' => {}
                letter if letter.is_control() && letter != '\n' => {}
                letter => out.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// A text as it stands in XML and SVG.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing to a String cannot fail.
    let _ = Xml.write_escaped_str(&mut escaped, text);
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_control_characters_are_dropped() {
        assert_eq!(escape("<b>&\"'\u{0}\u{1b}\t\u{ffff}đ"), "&lt;b&gt;&amp;&quot;&apos;đ");
        assert_eq!(escape("một\nhai"), "một\nhai", "lines are not run together");
    }
}
