//! What comments are about: a list of words that a ward can edit, a theme a line, and who wrote of what. Words typed without
//! marks are found too.

use icu_normalizer::DecomposingNormalizer;

/// A theme: its name, and the words by which it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    pub name: String,
    /// Its words, in small letters.
    pub words: Vec<String>,
}

/// The longest list, in characters.
pub const LIST_MAX: usize = 8_000;
/// The most themes of a list.
pub const THEMES_MAX: usize = 40;

/// Reads a list: `name: word, word`, a line each. A line without words counts its name as the word. The number of the first line
/// that cannot be read is the error.
pub fn read(list: &str) -> Result<Vec<Theme>, usize> {
    let mut themes: Vec<Theme> = Vec::new();
    for (number, line) in (1..).zip(list.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let (name, words) = line.split_once(':').unwrap_or((line, line));
        let name = name.trim().to_owned();
        let words: Vec<String> = words
            .split([',', ';'])
            .map(|word| folded(word).trim().to_owned())
            .filter(|word| word.chars().count() > 1)
            .collect();
        let twice = themes.iter().any(|theme| theme.name == name);
        if name.is_empty() || words.is_empty() || twice || themes.len() == THEMES_MAX {
            return Err(number);
        }
        themes.push(Theme { name, words });
    }
    Ok(themes)
}

/// Whether somebody wrote of a theme.
pub fn speaks_of(text: &str, theme: &Theme) -> bool {
    let text = Text::of(text);
    theme.words.iter().any(|word| text.holds(word))
}

/// Whether a text holds what is searched for, capitals aside; without marks where the search or the text has none.
pub fn holds(text: &str, searched: &str) -> bool {
    Text::of(text).holds(folded(searched).trim())
}

/// A text made ready to be looked through.
struct Text {
    lower: String,
    bare: String,
    /// Whether it was typed without any mark.
    has_no_marks: bool,
}

impl Text {
    fn of(text: &str) -> Self {
        let lower = folded(text);
        let bare = without_marks(&lower);
        Self { has_no_marks: bare == lower, lower, bare }
    }

    /// Whole words only: "ghế" is not in "ghếch".
    fn holds(&self, word: &str) -> bool {
        let bare_word = without_marks(word);
        if word == bare_word {
            return is_in(&self.bare, word);
        }
        is_in(&self.lower, word) || (self.has_no_marks && is_in(&self.bare, &bare_word))
    }
}

fn is_in(text: &str, word: &str) -> bool {
    let edge = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    !word.is_empty()
        && text
            .match_indices(word)
            .any(|(at, found)| edge(text[..at].chars().next_back()) && edge(text[at + found.len()..].chars().next()))
}

/// Small letters, white space folded.
fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_marks(text: &str) -> String {
    let decomposed = DecomposingNormalizer::new_nfd().normalize(text);
    decomposed
        .chars()
        .filter(|letter| !matches!(letter, '\u{300}'..='\u{36f}'))
        .map(|letter| if letter == 'đ' { 'd' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_is_known_by_its_words_with_marks_and_without() {
        let themes = read("Chờ lâu: chờ lâu, đợi\n\nThái độ: thái độ, quát\nGhế ngồi: ghế").expect("a list");
        let of = |text: &str| {
            themes.iter().filter(|theme| speaks_of(text, theme)).map(|theme| theme.name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of("Phải CHỜ  LÂU quá, không có ghế."), ["Chờ lâu", "Ghế ngồi"]);
        assert_eq!(of("phai cho lau, thai do kem"), ["Chờ lâu", "Thái độ"], "typed without marks");
        assert_eq!(of("Chỗ lâu đài đẹp"), [""; 0], "other marks are other words");
        assert_eq!(of("ghếch chân"), [""; 0]);
    }

    #[test]
    fn a_list_that_cannot_be_read_says_on_which_line() {
        assert_eq!(read("A: ghế, bàn\n: x"), Err(2));
        assert_eq!(read("Chờ: chờ\nChờ: đợi"), Err(2), "a name twice");
        assert_eq!(read("Ghế"), Ok(vec![Theme { name: "Ghế".to_owned(), words: vec!["ghế".to_owned()] }]));
    }

    #[test]
    fn a_search_without_marks_finds_words_with_them() {
        assert!(holds("Chờ lâu quá", "cho lau") && holds("Chờ lâu quá", "CHỜ"));
        assert!(!holds("Chỗ ngồi", "chờ"));
    }
}
