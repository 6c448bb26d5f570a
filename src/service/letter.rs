//! The words of a period's report: the sentences that are made, the parts that the office wrote in their place, and the charts that it put into the
//! annex. They can be changed until a leader approves the period: what is approved is what was read.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::explore::before;
use super::figures::{MeasureError, Measured, Question, measure, measure_alone, official_series, with_basis};
use super::quotations::{Quotation, approved, quotations};
use crate::clock;
use crate::db::{
    ChartRefused, Closing, ClosingPart, Db, DbError, NewText, Noted, ReportChart, ReportText, TextsRefused,
};
use crate::index::{IndexReport, Suspects};
use crate::report::Language;
use crate::report::explore::Exhibit;
use crate::report::official::Written;
use crate::report::official::copied::{Copied, Kept};
use crate::report::official::palette::{Offered, Palette};
use crate::report::official::sentences::Part;
use crate::report::official::tokens::fill;

/// The most characters of a part, and of the sentence with a chart.
pub const CHARACTERS_MAX: usize = 6_000;
/// The most charts in an annex.
pub const CHARTS_MAX: usize = 12;

/// Where a closing keeps the figures of the period before, as its report says them: that period may be open still and change.
const BEFORE: &str = "input/before.json";

/// What the office wrote for the report of these figures; nothing where they are not the official ones.
pub fn written(db: &Db, measured: &Measured) -> Result<Written, DbError> {
    if !measured.is_official() {
        return Ok(Written::default());
    }
    let (plan, period) = (&measured.plan.key, &measured.period.key);
    let texts = db.report_texts(plan, period)?.into_iter();
    let texts = texts.filter_map(|text| Some((Part::of_word(&text.part)?, text.body))).collect();
    let copied = match &measured.closing {
        Some(closing) => charts(db, closing)?.into_iter().map(|(_, copied)| copied).collect(),
        None => Vec::new(),
    };
    Ok(Written { texts, copied, quoted: approved(db, plan, period)? })
}

/// The charts of a version, each with its number.
pub fn charts(db: &Db, closing: &Closing) -> Result<Vec<(u32, Copied)>, DbError> {
    let charts = db.report_charts(&closing.plan, &closing.period, closing.version)?;
    let copied = charts.into_iter().map(|chart| {
        let kept: Kept = serde_json::from_str(&chart.body)
            .map_err(|error| DbError::Damaged(format!("chart {} of a report: {error}", chart.number)))?;
        let taken_on = clock::civil_date(chart.at);
        Ok((chart.number, Copied { heading: chart.heading, sentence: chart.sentence, kept, taken_on }))
    });
    copied.collect()
}

/// A part of the letter as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftPart {
    /// Which.
    pub part: Part,
    pub edited: String,
    pub read: String,
    /// Who wrote it last, and its revision; none where it is made.
    pub written: Option<ReportText>,
    /// Whether something is left to be written.
    pub unwritten: bool,
}

/// A letter under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub parts: Vec<DraftPart>,
    /// The figures on offer.
    pub offered: Vec<Offered>,
    /// Their tokens, to be sent along with the page.
    pub palette: String,
    /// Charts in the annex, with their numbers.
    pub charts: Vec<(u32, Copied)>,
    /// Quotations, approved or not, and their revision.
    pub quotations: (u32, Vec<Quotation>),
}

/// The letter of a period's official figures as it stands.
pub fn draft(db: &Db, plan: &str, period: &str, today: NaiveDate) -> Result<Draft, MeasureError> {
    let measured = official(db, plan, period, today)?;
    let (known, written) = (db.report_texts(plan, period)?, written(db, &measured)?);
    let quotations = quotations(db, plan, period)?;
    let before = period_before(db, &measured, today)?;
    let before = before.as_ref().map(|(name, report)| (name.as_str(), report));
    let charts = match &measured.closing {
        Some(closing) => charts(db, closing)?,
        None => Vec::new(),
    };
    Ok(with_basis(&measured, before, &written, Language::Vi, |basis| {
        let bound = basis.bound();
        let words: Vec<(Part, String)> = Part::ALL.into_iter().map(|part| (part, basis.words(part))).collect();
        let palette = Palette::of(basis, words.iter().map(|(_, text)| text.as_str()));
        let unwritten = basis.unwritten();
        let parts = words.iter().map(|(part, text)| DraftPart {
            part: *part,
            edited: palette.shown(text, &bound),
            read: fill(text, &bound),
            written: known.iter().find(|text| text.part == part.word()).cloned(),
            unwritten: unwritten.contains(part),
        });
        Draft { parts: parts.collect(), offered: palette.offered(basis), palette: palette.lines(), charts, quotations }
    }))
}

/// What a period's report still lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// Parts with something left to be written, and whether somebody wrote in them.
    pub parts: Vec<(Part, bool)>,
    /// Quotations that wait for a second person.
    pub quotations: usize,
}

/// What the report of a period's official figures lacks as it stands.
pub fn lacking(db: &Db, plan: &str, period: &str, today: NaiveDate) -> Result<Lacking, MeasureError> {
    let measured = official(db, plan, period, today)?;
    let written = written(db, &measured)?;
    let before = period_before(db, &measured, today)?;
    let before = before.as_ref().map(|(name, report)| (name.as_str(), report));
    let is_begun = |part: &Part| written.texts.get(part).is_some_and(|text| !text.is_empty());
    let parts = with_basis(&measured, before, &written, Language::Vi, |basis| {
        basis.unwritten().into_iter().map(|part| (part, is_begun(&part))).collect()
    });
    let waiting = quotations(db, plan, period)?.1.into_iter().filter(|one| one.approved_by.is_none());
    Ok(Lacking { parts, quotations: waiting.count() })
}

/// The period before as the report of these figures says it, with its name: what was kept when the period was frozen, whatever became of the period
/// before since then; what it comes to now where the period is open, was frozen by a program that did not keep it, or is not the official report.
pub fn period_before(
    db: &Db,
    measured: &Measured,
    today: NaiveDate,
) -> Result<Option<(String, IndexReport)>, MeasureError> {
    if let Some(closing) = measured.closing.as_ref().filter(|_| measured.is_official())
        && let Some(kept) = db.closing_part(closing, BEFORE)?
    {
        let damaged = |error| DbError::Damaged(format!("{BEFORE} of {} {}: {error}", closing.plan, closing.period));
        return Ok(serde_json::from_slice(&kept).map_err(damaged)?);
    }
    Ok(before(db, measured, (1, measure_alone), today)?.pop())
}

/// What a closing keeps for [`period_before`].
pub(super) fn kept_before(db: &Db, plan: &str, period: &str, today: NaiveDate) -> Result<ClosingPart, MeasureError> {
    let measured = measure_alone(db, &official_question(db, plan, period, today)?)?;
    let mut kept = before(db, &measured, (1, measure_alone), today)?.pop();
    if let Some((_, report)) = &mut kept {
        // The report compares no groups of respondents; whether they may be told is decided where they are kept.
        report.profile.clear();
    }
    let content = serde_json::to_vec(&kept).map_err(|error| DbError::Failed(format!("{BEFORE}: {error}")))?;
    Ok(ClosingPart { name: BEFORE.to_owned(), content })
}

fn official(db: &Db, plan: &str, period: &str, today: NaiveDate) -> Result<Measured, MeasureError> {
    measure(db, &official_question(db, plan, period, today)?)
}

fn official_question(db: &Db, plan: &str, period: &str, today: NaiveDate) -> Result<Question, MeasureError> {
    Ok(Question {
        plan: plan.to_owned(),
        period: period.to_owned(),
        unit: None,
        series: official_series(db, plan, period, None)?,
        suspects: Suspects::In,
        live: false,
        today,
    })
}

/// A part as it came from its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// Which.
    pub part: Part,
    /// The revision that was on the page.
    pub seen: u32,
    /// The text, figures in brackets.
    pub text: String,
}

/// What is wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    TooLong,
    /// A number in brackets is that of no figure.
    NoFigure(usize),
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept: so many parts were changed.
    Kept(usize),
    /// It is not: somebody wrote meanwhile, or closed the period.
    Refused(TextsRefused),
    /// Something is wrong with these parts.
    Wrong(Vec<(Part, Wrong)>),
}

/// Keeps what was changed of a letter.
pub fn keep(
    db: &Noted,
    (plan, period): (&str, &str),
    palette: &str,
    edited: &[Edited],
    (by, at): (&str, DateTime<Utc>),
) -> Result<Outcome, MeasureError> {
    let palette = Palette::sent(palette);
    let measured = official(db, plan, period, clock::civil_date(at))?;
    let written = written(db, &measured)?;
    let before = period_before(db, &measured, clock::civil_date(at))?;
    let before = before.as_ref().map(|(name, report)| (name.as_str(), report));
    let now: BTreeMap<Part, String> = with_basis(&measured, before, &written, Language::Vi, |basis| {
        Part::ALL.map(|part| (part, basis.words(part))).into()
    });
    let made: BTreeMap<Part, String> = with_basis(&measured, before, &Written::default(), Language::Vi, |basis| {
        Part::ALL.map(|part| (part, basis.words(part))).into()
    });
    let (mut wrong, mut new) = (Vec::new(), Vec::new());
    for Edited { part, seen, text } in edited {
        if text.chars().count() > CHARACTERS_MAX {
            wrong.push((*part, Wrong::TooLong));
            continue;
        }
        match palette.read(text) {
            Err(number) => wrong.push((*part, Wrong::NoFigure(number))),
            Ok(body) if now.get(part).is_some_and(|now| *now == body) => {}
            // An empty box takes back the sentences that are made.
            Ok(body) => {
                let body = if made.get(part).is_some_and(|made| *made == body) { String::new() } else { body };
                new.push(NewText { part: part.word(), seen: *seen, body });
            }
        }
    }
    if !wrong.is_empty() {
        return Ok(Outcome::Wrong(wrong));
    }
    let count = new.len();
    if count == 0 {
        return Ok(Outcome::Kept(0));
    }
    Ok(match db.keep_report_texts(plan, period, new, by, at)? {
        Ok(()) => Outcome::Kept(count),
        Err(refused) => Outcome::Refused(refused),
    })
}

/// Puts an exhibit into the annex of a frozen period's report, with a sentence; its number.
pub fn copy(
    db: &Noted,
    closing: &Closing,
    exhibit: Exhibit,
    sentence: &str,
    (by, at): (&str, DateTime<Utc>),
) -> Result<Result<u32, ChartRefused>, DbError> {
    let heading = exhibit.heading.clone();
    let body = serde_json::to_string(&Kept::of(exhibit)).map_err(|error| DbError::Failed(error.to_string()))?;
    let chart = ReportChart {
        version: closing.version,
        number: 0,
        heading,
        sentence: sentence.trim().to_owned(),
        body,
        by: by.to_owned(),
        at,
    };
    db.add_report_chart(&closing.plan, &closing.period, chart, CHARTS_MAX)
}
