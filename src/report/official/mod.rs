//! The official report: a letter of a few pages in sentences, which a chairman signs, and annexes with the tables. Figures stand in the sentences as
//! [`tokens`], so that they are always the ones of the report.

mod sentences;
pub mod tokens;

use sentences::Part;
use tokens::{Bound, fill};

use super::chart::dots::{self, Dots, Line, dots};
use super::model::{Annex, Block, Heading, Report};
use super::setting::Setting;
use crate::index::result::IndexReport;

/// What the letter is made from besides the report.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// The figures.
    pub index: &'a IndexReport,
    /// Those of the comparable period before, with its name.
    pub before: Option<(&'a str, &'a IndexReport)>,
    /// Names and plan.
    pub setting: &'a Setting<'a>,
}

/// The report laid out anew: the letter, then the rest of it as annexes.
pub fn official(report: Report, basis: &Basis<'_>) -> Report {
    let language = report.language;
    let bound = Bound { index: basis.index, before: basis.before.map(|(_, index)| index), language };
    let mut blocks = Vec::new();
    // The opening sentence of the plain report stays the letter's own.
    blocks.extend(report.blocks.iter().take_while(|block| !matches!(block, Block::Heading(_))).cloned());
    for (part, number) in Part::ALL.into_iter().zip(["I", "II", "III", "IV", "V", "VI"]) {
        let text = fill(&sentences::of(part, basis), &bound);
        if text.trim().is_empty() {
            continue;
        }
        blocks.push(Block::Heading(Heading { number, text: part.heading(language).to_owned() }));
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
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
    let annexes = annexes(report.blocks, basis);
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
    let all = |target: &&crate::index::result::TargetResult| target.channel.is_none() && target.fields == ["all"];
    let minimum = index.targets.iter().find(all).map(|target| target.minimum);
    let minima: Vec<f64> = index.targets.iter().map(|target| target.minimum).collect();
    let title =
        language.choose("Tỷ lệ hài lòng theo lĩnh vực, với khoảng tin cậy", "Share satisfied by field, with intervals");
    (lines.len() > 1).then(|| Block::Chart(dots(&Dots { title, lines: &lines, minimum, minima: &minima, language })))
}

/// Every part of the plain report with a table, and the method as the last, each an annex.
fn annexes(blocks: Vec<Block>, basis: &Basis<'_>) -> Vec<Annex> {
    let language = basis.setting.language;
    let mut parts: Vec<(String, Vec<Block>)> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(heading) => parts.push((heading.text, Vec::new())),
            block => parts.last_mut().into_iter().for_each(|(_, part)| part.push(block.clone())),
        }
    }
    let last = parts.len();
    let kept = parts.into_iter().enumerate().filter(|(place, (_, blocks))| {
        *place == 0 || place + 1 == last || blocks.iter().any(|block| matches!(block, Block::Table(_)))
    });
    kept.zip(1..)
        .map(|((_, (text, blocks)), number): (_, u32)| {
            let wide = blocks.iter().any(|block| matches!(block, Block::Table(table) if table.columns.len() > WIDE));
            Annex {
                title: format!("{} {number}", language.choose("Phụ lục", "Annex")),
                subject: text,
                landscape: wide,
                blocks,
            }
        })
        .collect()
}

/// Tables of more columns than this are set across.
const WIDE: usize = 6;
