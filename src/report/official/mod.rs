//! The official report: a letter of a few pages in sentences, which a chairman signs, and annexes with the tables. Figures stand in the sentences as
//! [`tokens`], so that they are always the ones of the report.

mod annexes;
pub mod copied;
pub mod palette;
pub mod quoted;
pub mod sentences;
pub mod tokens;

use std::collections::BTreeMap;

use copied::Copied;
use quoted::Quoted;
use sentences::Part;
use tokens::{Bound, fill};

use super::chart::dots::{self, Dots, Line, dots};
use super::model::{Block, Heading, Report};
use super::setting::Setting;
use crate::index::asked::asked_of_all;
use crate::index::result::IndexReport;
use crate::plan::closing::State;

/// What the letter is made from besides the report.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// The figures.
    pub index: &'a IndexReport,
    /// Those of the comparable period before, with its name.
    pub before: Option<(&'a str, &'a IndexReport)>,
    /// Names and plan.
    pub setting: &'a Setting<'a>,
    /// What the office wrote in place of the sentences that are made, with tokens for the figures.
    pub texts: &'a BTreeMap<Part, String>,
    /// Charts that the office put into the annex.
    pub copied: &'a [Copied],
    /// What citizens wrote, for an annex.
    pub quoted: &'a [Quoted],
}

impl<'a> Basis<'a> {
    /// What tokens are bound to.
    pub fn bound(&self) -> Bound<'a> {
        Bound { index: self.index, before: self.before.map(|(_, index)| index), language: self.setting.language }
    }

    /// The words of a part with tokens: those that the office wrote, else those that are made.
    pub fn words(&self, part: Part) -> String {
        self.texts
            .get(&part)
            .filter(|text| !text.trim().is_empty())
            .cloned()
            .unwrap_or_else(|| sentences::of(part, self))
    }

    /// The parts in which something is left to be written by hand.
    pub fn unwritten(&self) -> Vec<Part> {
        Part::ALL.into_iter().filter(|part| self.words(*part).contains(BLANK)).collect()
    }
}

/// Dots where something is left to be written.
const BLANK: &str = "…………";

/// What the office wrote and put into a report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Written {
    /// Parts, with tokens for the figures.
    pub texts: BTreeMap<Part, String>,
    /// Charts for the annex.
    pub copied: Vec<Copied>,
    /// Quotations that a second person approved.
    pub quoted: Vec<Quoted>,
}

/// The report laid out anew: the letter, then the rest of it as annexes.
pub fn official(report: Report, basis: &Basis<'_>) -> Report {
    let language = report.language;
    let bound = basis.bound();
    // What goes out has no dots in it: who wrote nothing says nothing.
    let goes_out = basis.index.state == State::Published;
    let mut blocks = Vec::new();
    // The opening sentence of the plain report stays the letter's own.
    blocks.extend(report.blocks.iter().take_while(|block| !matches!(block, Block::Heading(_))).cloned());
    let mut numbers = ["I", "II", "III", "IV", "V", "VI"].into_iter();
    for part in Part::ALL {
        let text = fill(&basis.words(part), &bound);
        let lines = text.lines().map(str::trim).filter(|line| !(line.is_empty() || goes_out && line.contains(BLANK)));
        let lines: Vec<&str> = lines.collect();
        if lines.is_empty() {
            continue;
        }
        let number = numbers.next().unwrap_or_default();
        blocks.push(Block::Heading(Heading { number, text: part.heading(language).to_owned() }));
        for line in lines {
            blocks.push(match line.strip_prefix("- ") {
                Some(point) => Block::Point(point.to_owned()),
                None => Block::Paragraph(line.to_owned()),
            });
        }
        if part == Part::Assessment {
            blocks.extend(chart(basis));
        }
    }
    blocks.push(Block::Paragraph(sentences::end(basis)));
    let mut annexes = annexes::annexes(report.blocks, basis);
    annexes.extend(copied::annex(basis.copied, annexes.len() + 1, language));
    annexes.extend(quoted::annex(basis.quoted, annexes.len() + 1, language));
    Report { blocks, annexes, ..report }
}

/// The one chart of the letter: fields beside the minimum.
fn chart(basis: &Basis<'_>) -> Option<Block> {
    let Basis { index, setting, .. } = *basis;
    let language = setting.language;
    let lines = index.fields.iter().filter_map(|node| node.shown()).map(|field| Line {
        name: setting.names.field(&field.field, language),
        figure: Some((&field.estimate).into()),
    });
    let lines = dots::sorted(lines.collect());
    let minimum = asked_of_all(index);
    let minima: Vec<f64> = index.targets.iter().map(|target| target.minimum).collect();
    let title =
        language.choose("Tỷ lệ hài lòng theo lĩnh vực, với khoảng tin cậy", "Share satisfied by field, with intervals");
    (lines.len() > 1)
        .then(|| Block::Chart(dots(&Dots { title, lines: &lines, minimum, minima: &minima, hidden: None, language })))
}
