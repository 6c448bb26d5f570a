//! Designed surveys: a frame taken in, people drawn, cells made of what became of them, and weights and estimates when the round is closed.

pub mod point_days;
pub mod totals;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::figures::{MeasureError, Question, measure};
use crate::db::{CellStored, Db, DbError, DrawnStored, FrameState, NewPoint, Noted, Round, Sheet, Standing};
use crate::index::{FieldResult, Node, Suspects};
use crate::plan::{Channel, IndexKind, Measure, Plan, Respondents, Target, adhoc_key};
use crate::sampling::cells::{Number, form};
use crate::sampling::draw::{DrawProblem, Method, Selection, draw};
use crate::sampling::estimate::{Figure, Figures, Row, SHOWN_FROM, Sample};
use crate::sampling::frame::{Frame, FrameProblem, FrameUnit};
use crate::sampling::outcome::Outcome;
use crate::sampling::result::{Beside, Concluded, TargetFigure};
use crate::sampling::totals::adjust;
use crate::sampling::weights::weigh;
use crate::sheet::tally::{Feed, Series};
use crate::stats::Confidence;
use crate::stats::composite::composite;
use crate::survey::Questionnaire;

/// Why a step of a designed survey is not taken.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// There is no frame, or the step before was not taken, or this one was already.
    #[error("this is not the next step of the sample")]
    NotNow,
    /// The stored frame is none.
    #[error("the stored frame is damaged")]
    Frame(FrameProblem),
    /// Nobody can be drawn so.
    #[error("nobody can be drawn by this plan")]
    Draw(DrawProblem),
    /// A day of the frame of days has begun.
    #[error("a day of the frame has begun")]
    DaysBegun,
    /// Fewer than ten numbers answered: no cell can be made.
    #[error("fewer than ten numbers answered")]
    TooFew,
    /// The figures beside it.
    #[error(transparent)]
    Measure(Box<MeasureError>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Draws people from the frame of a round.
/// # Errors
/// See [`SampleError`].
pub fn select(db: &Noted, round: i32, selection: &Selection, today: NaiveDate) -> Result<(), SampleError> {
    let frame = Frame::new(db.frame_units(round)?).map_err(SampleError::Frame)?;
    let of_cases = db.frame(round)?.is_some_and(|frame| point_days::is_of_cases(&frame.file));
    // Of a point where one person comes a day each size is 1; of a list without sizes it is too, but there it says nothing of cases.
    let has_cases = of_cases || frame.units().iter().any(|unit| unit.size > 1);
    if selection.method == Method::PointDays && !has_cases {
        return Err(SampleError::Draw(DrawProblem::NotInFrame));
    }
    if of_cases && frame.units().iter().any(|row| point_days::has_begun(row, today)) {
        return Err(SampleError::DaysBegun);
    }
    let drawn = draw(&frame, selection).map_err(SampleError::Draw)?;
    let design = serde_json::to_string(selection).map_err(damaged)?;
    if db.keep_draw(round, design, drawn)? { Ok(()) } else { Err(SampleError::NotNow) }
}

/// Which person of each point-day is to be asked, in the order of their sheets; 0 where people were drawn by name of the frame.
/// # Errors
/// See [`SampleError`].
pub fn turns(units: &[FrameUnit], selection: &Selection) -> Result<Vec<u32>, SampleError> {
    if selection.method != Method::PointDays {
        return Ok(Vec::new());
    }
    let frame = Frame::new(units.to_vec()).map_err(SampleError::Frame)?;
    let drawn = draw(&frame, selection).map_err(SampleError::Draw)?;
    Ok(drawn.into_iter().map(|drawn| drawn.turn).collect())
}

/// How people were drawn; none before.
/// # Errors
/// When the database fails or what it keeps is damaged.
pub fn selection(db: &Db, round: i32) -> Result<Option<Selection>, DbError> {
    let frame = db.frame(round)?.filter(|frame| !frame.design.is_empty());
    frame.map(|frame| serde_json::from_str(&frame.design).map_err(damaged)).transpose()
}

/// What was computed when the round was closed; none before.
/// # Errors
/// When the database fails or what it keeps is damaged.
pub fn concluded(db: &Db, round: i32) -> Result<Option<Concluded>, DbError> {
    let frame = db.frame(round)?.filter(|frame| !frame.result.is_empty());
    frame.map(|frame| serde_json::from_str(&frame.result).map_err(damaged)).transpose()
}

/// The numbers that count: those drawn and the substitutes called in.
pub fn numbers(drawn: &[DrawnStored], method: Method) -> Vec<Number> {
    let counted = drawn.iter().filter(|drawn| drawn.standing != Standing::Spare);
    let number = |drawn: &DrawnStored| Number {
        sheet: drawn.sheet,
        stratum: drawn.unit.stratum.clone(),
        group: drawn.unit.group.clone(),
        cluster: if method.clustered() { drawn.unit.cluster.clone() } else { String::new() },
        probability: drawn.probability,
        substitute: drawn.standing == Standing::CalledIn,
        outcome: drawn.outcome,
    };
    counted.map(number).collect()
}

/// Makes the cells of a round and a point for each, once what became of the numbers is known.
/// # Errors
/// See [`SampleError`].
pub fn make_cells(db: &Noted, plan: &Plan, round: &Round) -> Result<usize, SampleError> {
    let selection = selection(db, round.id)?.ok_or(SampleError::NotNow)?;
    let cells = form(&numbers(&db.drawn(round.id)?, selection.method));
    if cells.iter().any(|cell| cell.sheets.len() < SHOWN_FROM) || cells.is_empty() {
        return Err(SampleError::TooFew);
    }
    let form = db.form_by_id(round.form)?;
    let tree = db.tree()?;
    let units = tree.of_code(&plan.unit).map(|unit| tree.covered(unit.id)).unwrap_or_default();
    // A stratum that is named as an office has its points there.
    let unit_of = |strata: &[String]| {
        let [stratum] = strata else { return plan.unit.clone() };
        let office = point_days::office_of(&units, stratum, round.days.0);
        office.map_or_else(|| plan.unit.clone(), |unit| unit.code.clone())
    };
    let count = cells.len();
    let points = cells.into_iter().enumerate().map(|(at, cell)| {
        let labels = [&cell.strata, &cell.groups, &cell.clusters].map(|labels| labels.join(" + "));
        let told: Vec<&str> = labels.iter().map(String::as_str).filter(|label| !label.is_empty()).collect();
        let name: String = format!("{} · ô {} {}", round.name, at + 1, told.join(", "));
        let name: String = name.trim_end().chars().take(NAME_MAX).collect();
        let point = NewPoint {
            unit: unit_of(&cell.strata),
            name_vi: name.clone(),
            name_en: name,
            form: form.questionnaire.id.clone(),
            fields: fields_of(round, &form.questionnaire),
            channel: Channel::Counter,
            opened_on: round.days.0,
        };
        (point, cell)
    });
    if db.keep_cells(round.id, round.days.1, points.collect())? { Ok(count) } else { Err(SampleError::NotNow) }
}

/// The longest name of a point that is made here, in characters.
const NAME_MAX: usize = 190;

/// The fields that the sheets of a round may be about.
fn fields_of(round: &Round, questionnaire: &Questionnaire) -> Vec<String> {
    if round.fields.is_empty() { questionnaire.fields.clone() } else { round.fields.clone() }
}

/// Computes weights and estimates of a closed round and keeps them; nothing where they are kept, or where the round is no sample of
/// ten sheets from a frame.
/// # Errors
/// See [`SampleError`].
pub fn conclude(db: &Db, plan: &Plan, round: &Round, today: NaiveDate) -> Result<bool, SampleError> {
    let frame = db.frame(round.id)?;
    let ready = frame.is_some_and(|frame| frame.state == FrameState::Celled && frame.result.is_empty());
    if !ready || round.closed_on.is_none() {
        return Ok(false);
    }
    let Some(concluded) = compute(db, plan, round, today)? else { return Ok(false) };
    let result = serde_json::to_string(&concluded).map_err(damaged)?;
    db.keep_sample_result(round.id, result)?;
    Ok(true)
}

fn compute(db: &Db, plan: &Plan, round: &Round, today: NaiveDate) -> Result<Option<Concluded>, SampleError> {
    let selection = selection(db, round.id)?.ok_or(SampleError::NotNow)?;
    let (cells, drawn, units) = (db.cells(round.id)?, db.drawn(round.id)?, db.frame_units(round.id)?);
    let frame = Frame::new(units).map_err(SampleError::Frame)?;
    let questionnaire = &db.form_by_id(round.form)?.questionnaire;
    let points: Vec<(i32, i32)> = cells.iter().map(|cell| (cell.unit, cell.point)).collect();
    let sheets = db.released_sheets_at(&points, round.days)?;
    let codes: BTreeMap<i16, String> = db.fields()?.into_iter().map(|field| (field.id, field.code)).collect();
    let code = |sheet: &Sheet| codes.get(&sheet.key.field).cloned().unwrap_or_default();
    let place = |sheet: &Sheet| points.iter().position(|point| *point == (sheet.key.unit, sheet.key.point));
    let mut stored = vec![0_u32; cells.len()];
    for cell in sheets.iter().filter_map(place) {
        stored[cell] += 1;
    }
    let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
    let [strata, groups] = frame.people_of(selection.method);
    let bodies: Vec<_> = cells.iter().map(|cell: &CellStored| cell.body.clone()).collect();
    let Ok(weighting) = weigh(&bodies, &stored, &strata, &groups) else { return Ok(None) };
    let parts = parts(sheets.iter().map(&code));
    let counted: Vec<(&Sheet, Row)> = sheets
        .iter()
        .filter_map(|sheet| {
            let cell = place(sheet)?;
            let cell = weighting.cells.iter().position(|weighted| weighted.of.contains(&cell))?;
            let part = parts.iter().position(|part| part.contains(&code(sheet)))?;
            Some((sheet, row(sheet, questionnaire, cell, part)))
        })
        .collect();
    let rows: Vec<Row> = counted.iter().map(|(_, row)| *row).collect();
    let totals = db.frame(round.id)?.map(|frame| totals::of_frame(&frame)).transpose()?.flatten();
    let weights = totals.and_then(|known| {
        let of_sheets = |question| {
            counted.iter().map(|(sheet, _)| totals::said(question, sheet, &code(sheet), questionnaire)).collect()
        };
        let said: Vec<_> = known.questions.iter().map(of_sheets).collect();
        let cells: Vec<usize> = rows.iter().map(|row| row.cell).collect();
        adjust(&weighting, &cells, &known, &said)
    });
    let sample = Sample::new(&rows, &weighting, selection.method.clustered(), weights.as_ref());
    let Some(sample) = sample else { return Ok(None) };
    let joined = |part: &BTreeSet<String>| part.iter().cloned().collect::<Vec<_>>().join(",");
    let fields: Vec<(String, Figures)> =
        parts.iter().enumerate().map(|(at, part)| (joined(part), sample.figures(|row| row.part == at))).collect();
    let targets = targets(plan, round, questionnaire, &parts, &sample);
    let volunteers = volunteers(db, round, &fields, today)?;
    let asked = drawn.iter().filter(|drawn| drawn.standing != Standing::Spare);
    let of = |wanted: Option<Outcome>| count(asked.clone().filter(|drawn| drawn.outcome == wanted).count());
    Ok(Some(Concluded {
        frame_rows: count(frame.units().len()),
        outcomes: Outcome::ALL.into_iter().map(|outcome| (outcome, of(Some(outcome)))).collect(),
        unresolved: of(None),
        substitutes: count(drawn.iter().filter(|drawn| drawn.standing == Standing::CalledIn).count()),
        sheets: count(rows.len()),
        whole: sample.figures(|_| true),
        fields,
        strata: sample.strata(),
        targets,
        volunteers,
        selection,
        adjusted: weights.map(|weights| weights.adjusted),
        weighting,
    }))
}

/// Fields told apart: each with ten sheets or more, the others together, with the smallest of these where they are fewer than ten.
fn parts(fields: impl Iterator<Item = String>) -> Vec<BTreeSet<String>> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for field in fields {
        *counts.entry(field).or_insert(0) += 1;
    }
    let (large, small): (Vec<_>, Vec<_>) = counts.into_iter().partition(|(_, count)| *count >= SHOWN_FROM);
    let mut parts: Vec<(BTreeSet<String>, usize)> =
        large.into_iter().map(|(field, count)| (BTreeSet::from([field]), count)).collect();
    let few: usize = small.iter().map(|(_, count)| count).sum();
    let small: BTreeSet<String> = small.into_iter().map(|(field, _)| field).collect();
    if !small.is_empty() {
        let host = parts.iter_mut().min_by_key(|(_, count)| *count).filter(|_| few < SHOWN_FROM);
        match host {
            Some((fields, count)) => {
                fields.extend(small);
                *count += few;
            }
            None => parts.push((small, few)),
        }
    }
    parts.into_iter().map(|(fields, _)| fields).collect()
}

/// What a sheet says, of the sections that feed an index.
fn row(sheet: &Sheet, questionnaire: &Questionnaire, cell: usize, part: usize) -> Row {
    let (mut satisfied, mut answers, mut item) = (0, 0, 0);
    for section in &questionnaire.sections {
        for _ in &section.items {
            let answer = sheet.answers.get(item).copied().unwrap_or_default();
            if !section.feeds.is_empty() && (1..=5).contains(&answer) {
                answers += 1;
                satisfied += u32::from(answer >= 4);
            }
            item += 1;
        }
    }
    let overall = questionnaire.overall().and_then(|place| sheet.answers.get(place)).copied();
    let person = overall.filter(|answer| (1..=5).contains(answer)).map(|answer| answer >= 4);
    Row { cell, part, satisfied, answers, person }
}

/// The targets that bind on the round's last day and whose fields the round asked about, all of them and nothing else.
fn targets(
    plan: &Plan,
    round: &Round,
    questionnaire: &Questionnaire,
    parts: &[BTreeSet<String>],
    sample: &Sample<'_>,
) -> Vec<TargetFigure> {
    let day = round.days.1;
    let binding =
        plan.targets.iter().filter(|target| target.from <= day && day <= target.to && target.channel.is_none());
    let binding = binding.filter(|target| target.respondents == Respondents::All);
    let feeds = |index: Feed| {
        questionnaire.sections.iter().all(|section| section.feeds.is_empty() || section.feeds.contains(&index))
    };
    let binding = binding.filter(|target| feeds(feed_of(target.index)) && !target.fields.is_empty());
    let figure = |target: &Target| -> Option<TargetFigure> {
        let wanted: BTreeSet<&String> = target.fields.iter().collect();
        let own: Vec<usize> =
            (0..parts.len()).filter(|at| parts[*at].iter().all(|field| wanted.contains(field))).collect();
        let covered: BTreeSet<&String> = own.iter().flat_map(|at| &parts[*at]).collect();
        if covered != wanted {
            return None;
        }
        let figures = sample.figures(|row| own.contains(&row.part));
        let figure = if target.measure == Measure::People { figures.people } else { figures.answers };
        Some(TargetFigure {
            clause: target.clause.clone(),
            title: target.title_vi.clone(),
            minimum: target.minimum,
            figure,
        })
    };
    binding.filter_map(figure).collect()
}

fn feed_of(index: IndexKind) -> Feed {
    match index {
        IndexKind::Sipas => Feed::Sipas,
        IndexKind::Procedures => Feed::Procedures,
        IndexKind::PublicServices => Feed::PublicServices,
        IndexKind::Policy => Feed::Policy,
    }
}

/// Volunteers of the same days and fields, each beside the sample's figure.
fn volunteers(
    db: &Db,
    round: &Round,
    fields: &[(String, Figures)],
    today: NaiveDate,
) -> Result<Vec<Beside>, SampleError> {
    let question = Question {
        plan: round.plan.clone(),
        period: adhoc_key(round.days.0, round.days.1),
        unit: None,
        series: Series::Open,
        suspects: Suspects::In,
        live: false,
        today,
    };
    let measured = measure(db, &question).map_err(|error| SampleError::Measure(Box::new(error)))?;
    let shown = measured.report.fields.iter().filter_map(Node::shown);
    let beside = |open: &FieldResult| -> Option<Beside> {
        let own: &Figure = fields.iter().find(|(code, _)| *code == open.field)?.1.answers.as_ref()?;
        let estimate = &open.estimate;
        let critical = Confidence::NINETY_FIVE.normal_critical();
        let error = (estimate.high - estimate.low) / (2.0 * critical);
        Some(Beside {
            field: open.field.clone(),
            value: estimate.value,
            low: estimate.low,
            high: estimate.high,
            respondents: estimate.respondents,
            composite: composite((own.value, own.standard_error.powi(2)), (estimate.value, error * error)),
        })
    };
    Ok(shown.filter_map(beside).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn damaged(error: serde_json::Error) -> DbError {
    DbError::Damaged(format!("what is kept of a sample: {error}"))
}
