//! How one person answers.
//!
//! Satisfaction with an item is a latent number: where the item lies ([`super::rates`]) plus what the person, the part
//! of the questionnaire, the day at the point and chance add, all normal, with variances that sum to 1. Levels are
//! cut from it, 4 and 5 above 0, so that the share satisfied is Φ of the sum of the fixed parts, exactly. Whether an
//! item is left blank or not used does not depend on satisfaction. A few people tick one level from top to bottom.

use chrono::NaiveDate;

use super::points::DemoPoint;
use super::random::{Dice, normal_cdf};
use super::rates::{
    WEAK_SPOTS, WeakSpot, item_shift, location, mode_shift, organisations, paid_nothing, respondent_shift, speaks_of,
};
use crate::plan::Channel;
use crate::sheet::tally::{BLANK, Mode, NOT_USED, Respondent};
use crate::survey::{Factor, Questionnaire};

/// Variances on the latent scale; they sum to 1. With them the answers of one person, satisfied or not,
/// correlate at about 0.5, and the shares satisfied of people of one day at one point at about 0.04.
const PERSON_VARIANCE: f64 = 0.73;
const SECTION_VARIANCE: f64 = 0.06;
pub(super) const DAY_VARIANCE: f64 = 0.07;
const CHANCE_VARIANCE: f64 = 1.0 - PERSON_VARIANCE - SECTION_VARIANCE - DAY_VARIANCE;

/// Limits between the levels 1 | 2 | 3 | 4 | 5.
const LIMITS: [f64; 4] = [-1.2, -0.6, 0.0, 1.1];

/// Shares of people who tick 5 from top to bottom, and 1.
const ALL_FIVES: f64 = 0.025;
const ALL_ONES: f64 = 0.002;
/// Shares flagged as suspect among those who tick one level, and among others.
const SUSPECT_AMONG_SAME: f64 = 0.33;
const SUSPECT_AMONG_OTHERS: f64 = 0.001;

/// Share of people who had anything to do with feedback and complaints.
const FEEDBACK_USED: f64 = 0.45;
/// Share of people who go on to the optional part.
const OPTIONAL_ANSWERED: f64 = 0.55;
/// Share of items without an opinion.
const NO_OPINION: f64 = 0.02;
/// Share of blank items, on screens and on paper.
const BLANKS: f64 = 0.012;
const BLANKS_ON_PAPER: f64 = 0.035;

/// The level that a latent satisfaction is answered with.
pub(super) fn level_of(latent: f64) -> u8 {
    LIMITS.iter().fold(1, |level, &limit| level + u8::from(latent > limit))
}

/// An item as people of one field at one point see it.
struct ItemModel {
    /// Location without weak spots.
    location: f64,
    weak_spots: Vec<WeakSpot>,
    required: bool,
    /// Probability of "not used / no opinion" when it comes to be answered.
    not_used: f64,
}

/// A section as people see it.
struct SectionModel {
    items: Vec<ItemModel>,
    /// Probability that the section is answered, and what stands in its items when it is not.
    answered: f64,
    otherwise: u8,
}

/// A questionnaire as people of one field at one point answer it.
pub(super) struct Model {
    sections: Vec<SectionModel>,
    /// Modes of the point with their shares.
    modes: &'static [(Mode, f64)],
    organisations: f64,
}

/// Who answers and how; drawn before the answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub(super) respondent: Respondent,
    pub(super) mode: Mode,
}

const COUNTER_MODES: [(Mode, f64); 5] =
    [(Mode::Phone, 0.70), (Mode::Kiosk, 0.14), (Mode::Paper, 0.10), (Mode::Telephone, 0.04), (Mode::Interview, 0.02)];
const ONLINE_MODES: [(Mode, f64); 2] = [(Mode::Phone, 0.95), (Mode::Telephone, 0.05)];
const SCHOOL_MODES: [(Mode, f64); 3] = [(Mode::Phone, 0.83), (Mode::Paper, 0.14), (Mode::Telephone, 0.03)];

impl Model {
    /// The model of a field at a point.
    pub(super) fn new(point: &DemoPoint, field: &str, questionnaire: &Questionnaire) -> Self {
        let ordinary = location(point.place, field) + point.level;
        let sections = questionnaire.sections.iter().enumerate().map(|(place, section)| {
            let items = section.items.iter().map(|item| ItemModel {
                location: ordinary + item_shift(section, item),
                weak_spots: WEAK_SPOTS
                    .iter()
                    .filter(|spot| spot.concerns(&point.commune, field, &item.id))
                    .copied()
                    .collect(),
                required: item.required,
                not_used: if ["fee", "price"].iter().any(|word| speaks_of(&item.id, word)) {
                    paid_nothing(field)
                } else {
                    NO_OPINION
                },
            });
            let (answered, otherwise) = match section.factor {
                // The first section is always answered, so that no sheet is empty.
                _ if place == 0 => (1.0, BLANK),
                Some(Factor::Feedback) => (FEEDBACK_USED, NOT_USED),
                _ if section.optional => (OPTIONAL_ANSWERED, BLANK),
                _ => (1.0, BLANK),
            };
            SectionModel { items: items.collect(), answered, otherwise }
        });
        let modes: &[(Mode, f64)] = match (point.channel, field) {
            (Channel::Online, _) => &ONLINE_MODES,
            (Channel::Counter, "education") => &SCHOOL_MODES,
            (Channel::Counter, _) => &COUNTER_MODES,
        };
        Self { sections: sections.collect(), modes, organisations: organisations(field) }
    }

    /// Every kind of person with their share.
    pub(super) fn people(&self) -> impl Iterator<Item = (Person, f64)> {
        let kinds = [(Respondent::Person, 1.0 - self.organisations), (Respondent::Organisation, self.organisations)];
        kinds.into_iter().flat_map(|(respondent, share)| {
            self.modes.iter().map(move |&(mode, of)| (Person { respondent, mode }, share * of))
        })
    }

    pub(super) fn person(&self, dice: &mut Dice) -> Person {
        let organisation = dice.chance(self.organisations);
        let shares: Vec<f64> = self.modes.iter().map(|(_, share)| *share).collect();
        Person {
            respondent: if organisation { Respondent::Organisation } else { Respondent::Person },
            mode: self.modes[dice.choose(&shares)].0,
        }
    }

    /// The packed answers of a person on a day, and whether they are flagged as suspect. `day_effect` is standard
    /// normal and shared by all who answer at the point on that day.
    pub(super) fn answers(&self, dice: &mut Dice, person: Person, day: NaiveDate, day_effect: f64) -> (Vec<u8>, bool) {
        let manner = dice.uniform();
        if manner < ALL_FIVES + ALL_ONES {
            let level = if manner < ALL_FIVES { 5 } else { 1 };
            let items = self.sections.iter().map(|section| section.items.len()).sum();
            return (vec![level; items], dice.chance(SUSPECT_AMONG_SAME));
        }
        let shared = respondent_shift(person.respondent)
            + mode_shift(person.mode)
            + DAY_VARIANCE.sqrt() * day_effect
            + PERSON_VARIANCE.sqrt() * dice.normal();
        let mut answers = Vec::new();
        for section in &self.sections {
            if !dice.chance(section.answered) {
                answers.resize(answers.len() + section.items.len(), section.otherwise);
                continue;
            }
            let shared = shared + SECTION_VARIANCE.sqrt() * dice.normal();
            for item in &section.items {
                let latent = item.location_on(day) + shared + CHANCE_VARIANCE.sqrt() * dice.normal();
                let blank = dice.chance(item.blank(person.mode));
                let not_used = dice.chance(item.not_used);
                answers.push(match (answers.is_empty(), blank, not_used) {
                    (false, true, _) => BLANK,
                    (false, false, true) => NOT_USED,
                    // The first item is always answered.
                    _ => level_of(latent),
                });
            }
        }
        let suspect = dice.chance(SUSPECT_AMONG_OTHERS);
        (answers, suspect)
    }

    /// Per section and item, what is to be expected of such a person's answers on a day: satisfied answers and answers on
    /// the levels 1 to 5.
    pub(super) fn expected(&self, person: Person, day: NaiveDate) -> Vec<Vec<(f64, f64)>> {
        let thoughtful = 1.0 - ALL_FIVES - ALL_ONES;
        let shift = respondent_shift(person.respondent) + mode_shift(person.mode);
        let mut first = true;
        let mut item_expected = |section: &SectionModel, item: &ItemModel| {
            let given = section.answered * (1.0 - item.blank(person.mode)) * (1.0 - item.not_used);
            let given = if std::mem::take(&mut first) { 1.0 } else { given };
            let satisfied = given * normal_cdf(item.location_on(day) + shift);
            (ALL_FIVES + thoughtful * satisfied, ALL_FIVES + ALL_ONES + thoughtful * given)
        };
        let mut section_expected =
            |section: &SectionModel| section.items.iter().map(|item| item_expected(section, item)).collect();
        self.sections.iter().map(&mut section_expected).collect()
    }
}

impl ItemModel {
    fn location_on(&self, day: NaiveDate) -> f64 {
        let weighing = self.weak_spots.iter().filter(|spot| spot.weighs_on(day));
        self.location + weighing.map(|spot| spot.shift).sum::<f64>()
    }

    fn blank(&self, mode: Mode) -> f64 {
        match (self.required, mode) {
            (true, _) => 0.0,
            (false, Mode::Paper) => BLANKS_ON_PAPER,
            (false, _) => BLANKS,
        }
    }
}
