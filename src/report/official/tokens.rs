//! Figures in words: `{target:II.1.1}` in a sentence is the share of that target, `{item:health:x|change}` how that criterion changed. The sentences
//! cannot say them wrong: they are those of the report whatever happens to it.

use std::fmt;
use std::str::FromStr;

use crate::index::pick::Pick;
use crate::index::result::IndexReport;
use crate::report::explore::change;
use crate::report::format::{self, Language};
use crate::report::words;

/// What of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Share,
    Interval,
    /// How many people.
    People,
    /// The minimum of the target.
    Minimum,
    /// What the interval says about the target.
    Verdict,
    /// The share of the period before.
    Before,
    /// How it changed since, with what that means.
    Change,
}

impl What {
    /// Every one, with its word behind the bar; the share has none.
    pub const ALL: [(What, &'static str); 7] = [
        (What::Share, ""),
        (What::Interval, "interval"),
        (What::People, "n"),
        (What::Minimum, "minimum"),
        (What::Verdict, "verdict"),
        (What::Before, "before"),
        (What::Change, "change"),
    ];
}

/// A token: a figure, and what of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Which figure.
    pub pick: Pick,
    pub what: What,
}

/// A word in braces that names no figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no figure is called {{{0}}}")]
pub struct Unknown(pub String);

impl FromStr for Token {
    type Err = Unknown;

    fn from_str(inside: &str) -> Result<Self, Unknown> {
        let unknown = || Unknown(inside.to_owned());
        let (pick, word) = inside.split_once('|').unwrap_or((inside, ""));
        let pick = pick.trim().parse().map_err(|_| unknown())?;
        let what = What::ALL.into_iter().find(|(_, known)| *known == word.trim()).ok_or_else(unknown)?.0;
        Ok(Self { pick, what })
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = What::ALL.into_iter().find(|(what, _)| *what == self.what).map_or("", |(_, word)| word);
        if word.is_empty() { write!(f, "{}", self.pick) } else { write!(f, "{}|{word}", self.pick) }
    }
}

/// The figures that tokens are bound to.
#[derive(Debug, Clone, Copy)]
pub struct Bound<'a> {
    /// The report's.
    pub index: &'a IndexReport,
    /// Those of the period before.
    pub before: Option<&'a IndexReport>,
    pub language: Language,
}

impl Bound<'_> {
    /// What a token says; none where the report has no such figure, or hides it.
    pub fn says(&self, token: &Token) -> Option<String> {
        let Bound { index, before, language } = *self;
        let minima: Vec<f64> = index.targets.iter().map(|target| target.minimum).collect();
        let now = token.pick.of(index).estimate;
        let earlier = before.and_then(|before| token.pick.of(before).estimate);
        match token.what {
            What::Share => now.map(|found| format::share(found.value, &minima, language)),
            What::Interval => now.map(|found| format::interval(found.low, found.high, &minima, language)),
            What::People => now.map(|found| format::count(found.respondents, language)),
            What::Minimum => token.pick.minimum(index).map(|minimum| format::minimum(minimum, language)),
            What::Verdict => match &token.pick {
                Pick::Target(id) => {
                    let target = index.targets.iter().find(|target| target.target == *id)?;
                    Some(words::verdict(target.verdict, language).to_lowercase())
                }
                _ => None,
            },
            What::Before => earlier.map(|found| format::share(found.value, &minima, language)),
            What::Change => {
                let change = change(earlier?, now?);
                let size = format::points(change.value.abs(), language).trim_start_matches('+').to_owned();
                let rises = change.value > 0.0;
                Some(match (change.is_real(), rises) {
                    (true, true) => language.choose(
                        format!("tăng {size} điểm phần trăm (tăng rõ rệt)"),
                        format!("rose by {size} points (a real rise)"),
                    ),
                    (true, false) => language.choose(
                        format!("giảm {size} điểm phần trăm (giảm rõ rệt)"),
                        format!("fell by {size} points (a real fall)"),
                    ),
                    (false, _) => {
                        let way = if rises {
                            language.choose("tăng", "rose by")
                        } else {
                            language.choose("giảm", "fell by")
                        };
                        language.choose(
                            format!("{way} {size} điểm phần trăm (chưa khác biệt rõ, có thể do ngẫu nhiên)"),
                            format!("{way} {size} points (no clear difference, it may be chance)"),
                        )
                    }
                })
            }
        }
    }
}

/// A piece of a text.
enum Piece<'a> {
    Words(&'a str),
    Braces(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else { break };
        pieces.extend([Piece::Words(before), Piece::Braces(inside)]);
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// What stands in braces in a text.
pub fn inside(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Words(_) => None,
        Piece::Braces(inside) => Some(inside),
    })
}

/// A text with other words for what stands in braces; left out where there are none.
pub fn replaced(text: &str, words: impl Fn(&str) -> Option<String>) -> String {
    let mut made = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => made.push_str(words),
            Piece::Braces(inside) => made.push_str(&words(inside).unwrap_or_default()),
        }
    }
    made
}

/// A text with its figures; what is hidden or unknown is said to be so.
pub fn fill(text: &str, bound: &Bound<'_>) -> String {
    replaced(text, |inside| {
        let said = inside.parse::<Token>().ok().and_then(|token| bound.says(&token));
        Some(said.unwrap_or_else(|| bound.language.choose("(không hiển thị)", "(not shown)").to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn figures_in_words_are_those_of_the_report_and_nothing_else_is_let_in() {
        let index = sample::index();
        let bound = Bound { index: &index, before: None, language: Language::Vi };
        let target = &index.targets[0];
        let id = &target.target;
        let estimate = target.estimate.as_ref().expect("a figure");
        let share = format::share(estimate.value, &[target.minimum], Language::Vi);
        assert_eq!(fill(&format!("đạt {{target:{id}}}."), &bound), format!("đạt {share}."));
        assert_eq!(fill("{target:none} {", &bound), "(không hiển thị) {");
        for wrong in ["{}", "{90%}", "{target:none}", "{target:x|why}", "{field:none|n}"] {
            assert_eq!(fill(wrong, &bound), "(không hiển thị)", "{wrong}");
        }
        // Without a period before there is nothing that changed.
        assert_eq!(fill(&format!("{{target:{id}|change}}"), &bound), "(không hiển thị)");
        let both = Bound { before: Some(&index), ..bound };
        assert!(fill(&format!("{{target:{id}|change}}"), &both).contains("chưa khác biệt rõ"));
    }
}
