//! What comments are about: a list of words that a ward can edit, a theme a line, and who wrote of what. Words typed without
//! marks are found too; a word that somebody denies is none that they wrote of.

use icu_normalizer::DecomposingNormalizer;

/// A theme: its name, and the words by which it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    pub name: String,
    /// Its words, in small letters.
    pub words: Vec<String>,
}

/// How a language says that something is not so, in small letters.
#[derive(Debug, Clone, Copy)]
pub struct Denials<'a> {
    /// Words that deny what comes after them.
    pub denying: &'a [&'a str],
    /// Those of them that still do where a text is typed without marks, without theirs: the others are other words then.
    pub denying_bare: &'a [&'a str],
    /// Words that may stand between them and what they deny.
    pub between: &'a [&'a str],
    /// Words that, denied right behind a word, deny that one too: how long, how much.
    pub measures: &'a [&'a str],
    /// Words that say the contrary once they are denied. What is denied of others is that there is any, which is a complaint as well.
    pub turned: &'a [&'a str],
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

/// Whether somebody wrote of a theme: one of its words stands somewhere undenied.
pub fn speaks_of(text: &str, theme: &Theme, denials: &Denials<'_>) -> bool {
    let text = Text::of(text);
    theme.words.iter().any(|word| text.says(word, denials))
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

    /// Whether it holds a word that it does not deny.
    fn says(&self, word: &str, denials: &Denials<'_>) -> bool {
        let is_turned = denials.turned.iter().any(|turned| is_in(word, turned) || is_in(word, &without_marks(turned)));
        if word.is_empty() || !is_turned {
            return self.holds(word);
        }
        let bare_word = without_marks(word);
        let in_text = |text: &str, word: &str, bare| {
            places(text, word).any(|(before, behind)| !is_denied(before, behind, denials, bare))
        };
        if word == bare_word && !is_in(&self.lower, word) {
            return in_text(&self.bare, word, true);
        }
        in_text(&self.lower, word, self.has_no_marks) || (self.has_no_marks && in_text(&self.bare, &bare_word, true))
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
    !word.is_empty() && places(text, word).next().is_some()
}

/// What stands before and behind each place at which a text holds a word whole.
fn places<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let edge = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    let around = text.match_indices(word).map(|(at, found)| (&text[..at], &text[at + found.len()..]));
    around.filter(move |(before, behind)| edge(before.chars().next_back()) && edge(behind.chars().next()))
}

/// Whether what stands around a word denies it. Denied twice it is said. Another sentence, or a word between that is none of the usual ones,
/// denies nothing.
fn is_denied(before: &str, behind: &str, denials: &Denials<'_>, bare: bool) -> bool {
    let among = |words: &[&str], word: &str| {
        words.iter().any(|known| if bare { without_marks(known) == word } else { *known == word })
    };
    let denies = |word: &str| among(if bare { denials.denying_bare } else { denials.denying }, word);
    let is_mark = |letter: char| !letter.is_alphanumeric();
    let mut denied = false;
    for token in before.split_whitespace().rev() {
        let word = token.trim_start_matches(is_mark);
        if denies(word) {
            denied = !denied;
        } else if !among(denials.between, word) {
            break;
        }
        if word.len() < token.len() {
            break;
        }
    }
    let mut next = behind.split_whitespace();
    let measured = behind.starts_with(' ')
        && next.next().is_some_and(denies)
        && next.next().is_some_and(|word| among(denials.measures, word.trim_end_matches(is_mark)));
    denied != measured
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

    /// Nothing is denied. What Vietnamese denies stands where its words do, in `service::comments`.
    const NONE: Denials<'static> =
        Denials { denying: &[], denying_bare: &[], between: &[], measures: &[], turned: &[] };

    #[test]
    fn a_word_is_denied_in_its_own_part_of_a_sentence_and_twice_is_said() {
        let denials = Denials {
            denying: &["not", "never"],
            denying_bare: &["not", "never"],
            between: &["had", "to"],
            measures: &["long"],
            turned: &["wait"],
        };
        let theme = &read("Waiting: wait, seat").expect("a list")[0];
        let says = |text: &str| speaks_of(text, theme, &denials);
        for said in
            ["I had to wait", "Not good, wait", "not once. Wait", "not never had to wait", "not a wait", "not a seat"]
        {
            assert!(says(said), "{said}");
        }
        for denied in ["not wait", "(not wait", "I never had to wait", "the wait not long.", "not waiting"] {
            assert!(!says(denied), "{denied}");
        }
        assert!(says("not wait, but later wait"), "one of two is said");
    }

    #[test]
    fn a_theme_is_known_by_its_words_with_marks_and_without() {
        let themes = read("Chờ lâu: chờ lâu, đợi\n\nThái độ: thái độ, quát\nGhế ngồi: ghế").expect("a list");
        let of = |text: &str| {
            themes
                .iter()
                .filter(|theme| speaks_of(text, theme, &NONE))
                .map(|theme| theme.name.as_str())
                .collect::<Vec<_>>()
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
