//! The demonstration's units, points and answer sheets, from a seed.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::comments::comment;
use super::communes::DemoUnit;
use super::frame::{Lane, frame};
use super::model::Model;
use super::points::DemoPoint;
use super::random::Dice;
use crate::plan::{Channel, Plan};
use crate::sheet::tally::{Mode, Respondent, Series};
use crate::survey::{Demographic, Questionnaire};

/// Share of sheets that come with a one-time ticket, at counters and online.
const TICKETS: f64 = 0.08;
const TICKETS_ONLINE: f64 = 0.05;
/// Shares of people who write a comment: of the satisfied, and of the others.
const COMMENTS: f64 = 0.05;
const COMMENTS_OF_THE_UNHAPPY: f64 = 0.14;
/// Share of demographic questions left blank.
const DEMOGRAPHICS_BLANK: f64 = 0.12;

/// What the demonstration is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Demo {
    /// Units, parents before children.
    pub units: Vec<DemoUnit>,
    /// Service points.
    pub points: Vec<DemoPoint>,
    /// Answer sheets by civil day, then by point.
    pub sheets: Vec<DemoSheet>,
}

/// One answer sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSheet {
    /// Place of the point in [`Demo::points`].
    pub point: usize,
    /// Place of the questionnaire in the list given.
    pub questionnaire: usize,
    /// The field of service, one of the point's.
    pub field: String,
    /// Civil day.
    pub day: NaiveDate,
    /// Through which series.
    pub series: Series,
    /// How it was filled in.
    pub mode: Mode,
    /// Who answers.
    pub respondent: Respondent,
    /// Whether it is flagged as suspect.
    pub suspect: bool,
    /// One byte an item: 0 blank, 1 to 5, 6 not used.
    pub answers: Vec<u8>,
    /// One byte a demographic question: 0 blank, else the place of the option, from 1.
    pub demographics: Vec<u8>,
    /// The free comment.
    pub comment: Option<String>,
}

/// Makes the demonstration: `responses` sheets over the days of each plan up to `until`, the same for the same
/// arguments.
///
/// Communes without a plan that sets reporting periods, or whose plan begins after `until`, are left out, and so are
/// points whose questionnaire is not given. Where that leaves nothing there are no sheets.
pub fn generate(
    questionnaires: &[Questionnaire],
    plans: &[Plan],
    responses: usize,
    seed: u64,
    until: NaiveDate,
) -> Demo {
    let frame = frame(questionnaires, plans, responses, until);
    let mut dice = Dice::new(seed, 0);
    let mut day_dice = Dice::new(seed, 1);
    let mut day_effects: HashMap<(usize, NaiveDate), f64> = HashMap::new();
    let mut sheets = Vec::with_capacity(responses);
    for lane in frame.lanes.iter().filter(|lane| lane.sheets > 0) {
        // Drawn for every day in the order of the calendar, and looked up by key only.
        for (day, _) in &lane.days {
            day_effects.entry((lane.point, *day)).or_insert_with(|| day_dice.normal());
        }
        let point = &frame.points[lane.point];
        let questionnaire = &questionnaires[point.questionnaire];
        let field = &point.fields[lane.field];
        let model = Model::new(point, field, questionnaire);
        let mut sum = 0.0;
        let busyness: Vec<f64> = lane
            .days
            .iter()
            .map(|(_, busyness)| {
                sum += busyness;
                sum
            })
            .collect();
        for _ in 0..lane.sheets {
            let day = lane.days[dice.choose_cumulative(&busyness)].0;
            let effect = day_effects.get(&(lane.point, day)).copied().unwrap_or(0.0);
            sheets.push(sheet(&mut dice, lane, point, questionnaire, &model, (day, effect)));
        }
    }
    sheets.sort_by_key(|sheet| (sheet.day, sheet.point));
    Demo { units: frame.units, points: frame.points, sheets }
}

fn sheet(
    dice: &mut Dice,
    lane: &Lane,
    point: &DemoPoint,
    questionnaire: &Questionnaire,
    model: &Model,
    (day, day_effect): (NaiveDate, f64),
) -> DemoSheet {
    let field = &point.fields[lane.field];
    let online = point.channel == Channel::Online;
    let person = model.person(dice);
    let ticket = dice.chance(if online { TICKETS_ONLINE } else { TICKETS });
    let (answers, suspect) = model.answers(dice, person, day, day_effect);
    let demographics = questionnaire.demographics.iter().map(|question| choice(dice, question)).collect();
    let given = answers.iter().filter(|answer| (1..=5).contains(*answer)).count();
    let satisfied = 2 * answers.iter().filter(|answer| (4..=5).contains(*answer)).count() >= given;
    let writes = dice.chance(if satisfied { COMMENTS } else { COMMENTS_OF_THE_UNHAPPY });
    let comment = (writes && questionnaire.comment.is_some()).then(|| comment(dice, field, satisfied, online));
    DemoSheet {
        point: lane.point,
        questionnaire: point.questionnaire,
        field: field.clone(),
        day,
        series: if ticket { Series::Ticket } else { Series::Open },
        mode: person.mode,
        respondent: person.respondent,
        suspect,
        answers,
        demographics,
        comment,
    }
}

/// An answer to a demographic question: known shares for the usual ones, else the first option most often.
fn choice(dice: &mut Dice, question: &Demographic) -> u8 {
    let known: &[f64] = match question.id.as_str() {
        "sex" => &[0.44, 0.56],
        "age" => &[0.08, 0.25, 0.38, 0.18, 0.11],
        "outcome" => &[0.80, 0.16, 0.04],
        _ => &[],
    };
    let blank = dice.chance(DEMOGRAPHICS_BLANK);
    let shares: Vec<f64> = if known.len() == question.options.len() {
        known.to_vec()
    } else {
        (0..question.options.len()).map(|place| 1.0 / (1.0 + place as f64)).collect()
    };
    let place = dice.choose(&shares);
    if blank || shares.is_empty() { 0 } else { u8::try_from(place + 1).unwrap_or(0) }
}
