//! The rates that the model implies, in closed form: what an endless number of demonstrations would average to. An
//! interval at 95 % must hold them in about 95 of 100 seeds.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::frame::{Lane, frame};
use super::model::Model;
use super::rates::WEAK_SPOTS;
use crate::plan::{Channel, Plan, Respondents};
use crate::sheet::tally::Respondent;
use crate::survey::{Feed, Questionnaire};

/// Whose answers a rate is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose {
    /// First civil day.
    pub from: NaiveDate,
    /// Last civil day.
    pub to: NaiveDate,
    /// Kind of respondents.
    pub respondents: Respondents,
    /// One channel, or none for all.
    pub channel: Option<Channel>,
}

/// The true rates of one field and one questionnaire in one commune, flagged sheets included, whatever the series.
#[derive(Debug, Clone, PartialEq)]
pub struct TrueRate {
    /// Code of the ward or commune.
    pub commune: String,
    pub field: String,
    /// Place of the questionnaire in the list given.
    pub questionnaire: usize,
    /// Sheets to be expected.
    pub sheets: f64,
    /// Share satisfied E(Σy)/E(Σm) over the sections that feed an index, in the order of [`Feed::ALL`]; none where the
    /// questionnaire does not feed it.
    pub rates: [Option<f64>; 4],
    /// Share satisfied of every item, in the order of the questionnaire.
    pub items: Vec<f64>,
}

#[derive(Default)]
struct Sums {
    sheets: f64,
    sections: Vec<Vec<(f64, f64)>>,
}

/// The true rates of the sheets that [`super::generate()`] makes with these arguments and any seed, by commune, field and
/// questionnaire. Rates do not depend on `responses` beyond the mix of points and days.
pub fn true_field_rates(
    questionnaires: &[Questionnaire],
    plans: &[Plan],
    responses: usize,
    until: NaiveDate,
    whose: &Whose,
) -> Vec<TrueRate> {
    let frame = frame(questionnaires, plans, responses, until);
    let mut cells: BTreeMap<(&str, &str, usize), Sums> = BTreeMap::new();
    for lane in frame.lanes.iter().filter(|lane| lane.sheets > 0) {
        let point = &frame.points[lane.point];
        if whose.channel.is_some_and(|channel| channel != point.channel) {
            continue;
        }
        let field = &point.fields[lane.field];
        let model = Model::new(point, field, &questionnaires[point.questionnaire]);
        let sums = cells.entry((&point.commune, field, point.questionnaire)).or_default();
        for (day, share) in spells(lane, whose) {
            for (person, of) in model.people() {
                let asked = match whose.respondents {
                    Respondents::All => true,
                    Respondents::Person => person.respondent == Respondent::Person,
                    Respondents::Organisation => person.respondent == Respondent::Organisation,
                };
                if asked {
                    sums.add(lane.sheets as f64 * share * of, &model.expected(person, day));
                }
            }
        }
    }
    let cells = cells.into_iter().filter(|(_, sums)| sums.sheets > 0.0);
    cells
        .map(|((commune, field, questionnaire), sums)| TrueRate {
            commune: commune.to_owned(),
            field: field.to_owned(),
            questionnaire,
            sheets: sums.sheets,
            rates: Feed::ALL.map(|feed| sums.rate(&questionnaires[questionnaire], feed)),
            items: sums.sections.iter().flatten().map(|(y, m)| y / m).collect(),
        })
        .collect()
}

impl Sums {
    fn add(&mut self, sheets: f64, expected: &[Vec<(f64, f64)>]) {
        self.sheets += sheets;
        self.sections.resize(expected.len(), Vec::new());
        for (section, expected) in self.sections.iter_mut().zip(expected) {
            section.resize(expected.len(), (0.0, 0.0));
            for (sum, (y, m)) in section.iter_mut().zip(expected) {
                sum.0 += sheets * y;
                sum.1 += sheets * m;
            }
        }
    }

    fn rate(&self, questionnaire: &Questionnaire, feed: Feed) -> Option<f64> {
        let fed =
            questionnaire.sections.iter().zip(&self.sections).filter(|(section, _)| section.feeds.contains(&feed));
        let sums = fed.flat_map(|(_, items)| items);
        let (y, m) = sums.fold((0.0, 0.0), |(y, m), (of_y, of_m)| (y + of_y, m + of_m));
        (m > 0.0).then(|| y / m)
    }
}

/// The days asked for, as one day for each set of weak spots that weigh, with its share of the lane's people.
fn spells(lane: &Lane, whose: &Whose) -> Vec<(NaiveDate, f64)> {
    let all: f64 = lane.days.iter().map(|(_, busyness)| busyness).sum();
    let mut spells: Vec<([bool; WEAK_SPOTS.len()], NaiveDate, f64)> = Vec::new();
    for (day, busyness) in lane.days.iter().filter(|(day, _)| (whose.from..=whose.to).contains(day)) {
        let weigh = WEAK_SPOTS.map(|spot| spot.weighs_on(*day));
        match spells.iter_mut().find(|(known, _, _)| *known == weigh) {
            Some((_, _, share)) => *share += busyness / all,
            None => spells.push((weigh, *day, busyness / all)),
        }
    }
    spells.into_iter().map(|(_, day, share)| (day, share)).collect()
}
