//! The figures that an officer may put into a sentence, numbered, and a text with its figures as `[3: 84,2%]`: what is read is the figure, what is
//! kept is the token.

use super::Basis;
use super::tokens::{Bound, Token, What};
use crate::index::asked::{Stand, stand};
use crate::index::lowest::lowest_criteria;
use crate::index::pick::Pick;
use crate::report::format::Language;

/// So many criteria are offered, of the lowest.
const CRITERIA: usize = 8;

/// Tokens in the order of their numbers, from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Palette {
    tokens: Vec<String>,
}

/// A figure of the palette as it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    pub number: usize,
    /// What it is a figure of, and which.
    pub name: String,
    /// What it says.
    pub says: String,
}

impl Palette {
    /// What the figures of a report offer, and all that these texts have in them.
    pub fn of<'a>(basis: &Basis<'_>, texts: impl Iterator<Item = &'a str>) -> Self {
        let index = basis.index;
        let bound = basis.bound();
        let mut found = Self::default();
        let mut picks: Vec<(Pick, &[What])> = Vec::new();
        let all = &What::ALL.map(|(what, _)| what);
        let some = &[What::Share, What::People, What::Change];
        picks.extend(index.targets.iter().map(|target| (Pick::Target(target.target.clone()), all.as_slice())));
        let fields = index.fields.iter().filter_map(|node| node.shown());
        picks.extend(fields.map(|field| (Pick::Field(field.field.clone()), some.as_slice())));
        let mut weak = lowest_criteria(index);
        // Those that the sentences speak of, before those that reach their target.
        weak.sort_by_key(|one| stand(index, &one.field, Some(&one.factor), one.estimate.value) == Stand::Reaches);
        picks.extend(
            weak.into_iter()
                .take(CRITERIA)
                .map(|one| (Pick::Criterion(one.field.clone(), one.item.clone()), some.as_slice())),
        );
        for (pick, whats) in picks {
            for what in whats {
                let token = Token { pick: pick.clone(), what: *what };
                if bound.says(&token).is_some() {
                    found.add(&token.to_string());
                }
            }
        }
        for text in texts {
            for inside in super::tokens::inside(text) {
                if let Ok(token) = inside.parse::<Token>() {
                    found.add(&token.to_string());
                }
            }
        }
        found
    }

    /// The palette of a page, from what it sent along.
    pub fn sent(lines: &str) -> Self {
        let tokens = lines.lines().filter_map(|line| line.trim().parse::<Token>().ok());
        Self { tokens: tokens.map(|token| token.to_string()).collect() }
    }

    /// The tokens, a line each, to be sent along.
    pub fn lines(&self) -> String {
        self.tokens.join("\n")
    }

    fn add(&mut self, token: &str) {
        if !self.tokens.iter().any(|known| known == token) {
            self.tokens.push(token.to_owned());
        }
    }

    /// Every figure as it is offered.
    pub fn offered(&self, basis: &Basis<'_>) -> Vec<Offered> {
        let bound = basis.bound();
        let tokens = self.tokens.iter().enumerate().filter_map(|(place, token)| {
            let token: Token = token.parse().ok()?;
            let says = bound.says(&token)?;
            Some(Offered { number: place + 1, name: name(&token, basis), says })
        });
        tokens.collect()
    }

    /// A text with tokens as it is edited.
    pub fn shown(&self, text: &str, bound: &Bound<'_>) -> String {
        super::tokens::replaced(text, |inside| {
            let token = inside.parse::<Token>().ok()?;
            let word = token.to_string();
            let number = self.tokens.iter().position(|known| *known == word)? + 1;
            let none = bound.language.choose("không hiển thị", "not shown");
            let says = bound.says(&token).unwrap_or_else(|| none.to_owned());
            Some(format!("[{number}: {says}]"))
        })
    }

    /// An edited text with tokens again; the number in brackets that is none of the palette's.
    pub fn read(&self, edited: &str) -> Result<String, usize> {
        // Braces are the tokens' own.
        let edited = edited.replace('{', "(").replace('}', ")").replace('\r', "");
        let mut text = String::new();
        let mut rest = edited.as_str();
        while let Some((before, after)) = rest.split_once('[') {
            text.push_str(before);
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            let behind = &after[digits.len()..];
            let end = if behind.starts_with(':') { behind.find(']') } else { behind.starts_with(']').then_some(0) };
            if let (Ok(number), Some(end)) = (digits.parse::<usize>(), end) {
                let token = number.checked_sub(1).and_then(|place| self.tokens.get(place)).ok_or(number)?;
                text.push('{');
                text.push_str(token);
                text.push('}');
                rest = &behind[end + 1..];
            } else {
                text.push('[');
                rest = after;
            }
        }
        text.push_str(rest);
        Ok(text.trim().to_owned())
    }
}

fn name(token: &Token, basis: &Basis<'_>) -> String {
    let (names, language) = (&basis.setting.names, basis.setting.language);
    let of = match &token.pick {
        Pick::Target(id) => basis
            .setting
            .plan
            .target(id)
            .map_or_else(|| id.clone(), |target| language.choose(&target.title_vi, &target.title_en).clone()),
        Pick::People(id) => {
            let target = basis.setting.plan.target(id);
            let title = target.map_or(id.as_str(), |target| language.choose(&target.title_vi, &target.title_en));
            language.choose(format!("{title} (theo người)"), format!("{title} (people)"))
        }
        Pick::UnitFactor(id) => names.factor("", id, language),
        Pick::Field(field) => names.field(field, language),
        Pick::Factor(field, id) => format!("{} – {}", names.field(field, language), names.factor(field, id, language)),
        Pick::Criterion(field, id) => format!("{} – {}", names.field(field, language), names.item(field, id, language)),
    };
    format!("{of}: {}", what(token.what, language))
}

fn what(what: What, language: Language) -> &'static str {
    match what {
        What::Share => language.choose("tỷ lệ hài lòng", "share satisfied"),
        What::Interval => language.choose("khoảng tin cậy", "interval"),
        What::People => language.choose("số người trả lời", "respondents"),
        What::Minimum => language.choose("chỉ tiêu giao", "target"),
        What::Verdict => language.choose("kết luận", "verdict"),
        What::Before => language.choose("tỷ lệ kỳ trước", "share of the period before"),
        What::Change => language.choose("thay đổi so với kỳ trước", "change since"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_to_the_page_and_back_and_keeps_its_figures() {
        let palette = Palette::sent("target:II.1.1\ntarget:II.1.1|minimum\nitem:health:x|change");
        assert_eq!(
            palette.read("đạt [1: 84,2%], giao [2]; [3: bịa]").as_deref(),
            Ok("đạt {target:II.1.1}, giao {target:II.1.1|minimum}; {item:health:x|change}")
        );
        // What was typed over a figure's words is not read, and brackets of the text's own stay.
        assert_eq!(palette.read("[xem] {a} [12 người]").as_deref(), Ok("[xem] (a) [12 người]"));
        assert_eq!(palette.read("[9: 84,2%]"), Err(9));
        assert_eq!(Palette::sent(&palette.lines()), palette);
        let index = crate::report::sample::index();
        let bound = Bound { index: &index, before: None, language: Language::Vi };
        let shown = palette.shown("đạt {target:II.1.1} {", &bound);
        assert!(shown.starts_with("đạt [1: ") && shown.ends_with("] {"), "{shown}");
    }
}
