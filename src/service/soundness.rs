//! Is a questionnaire sound? What its sections measure, how its items fit, who answers straight down, what is not used or left blank; and
//! what to do about it. The time that an answer took is not kept, so nothing is said of it.

use super::form_sheets::FormSheets;
use crate::sheet::tally::{BLANK, NOT_USED};
use crate::stats::basics::{Confidence, Interval};
use crate::stats::reliability::{Answers, Scale};

/// Fewer sheets tell nothing.
pub const SHEETS_MIN: usize = 30;
/// Straight answers are looked for in sheets with at least so many rated items.
const STRAIGHT_FROM: usize = 6;

/// Marks at which advice is given; shares of sheets, correlations.
const OFTEN_NOT_USED: f64 = 0.3;
const OFTEN_BLANK: f64 = 0.1;
const FITS_BADLY: f64 = 0.3;
const NEARLY_ALL: f64 = 0.97;
const TOO_ALIKE: f64 = 0.95;
const TOO_LOOSE: f64 = 0.7;
const MANY_STRAIGHT: f64 = 0.5;

/// What to do about a questionnaire, a section or an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// More than half of the sheets have one level throughout.
    ManyStraight,
    /// The items of a section ask nearly the same.
    TooAlike,
    /// The items of a section measure different things.
    TooLoose,
    /// Many have not used what an item asks about.
    OftenNotUsed,
    /// Many leave an item out.
    OftenBlank,
    /// An item goes little with the others of its section.
    FitsBadly,
    /// Nearly everybody is satisfied with what an item asks about.
    NearlyAllSatisfied,
}

/// An item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemSound {
    /// Its wording.
    pub name: String,
    /// Shares of the sheets: rated, not used, left blank.
    pub rated: f64,
    /// See above.
    pub not_used: f64,
    /// See above.
    pub blank: f64,
    /// Of those who rated it, satisfied.
    pub satisfied: Option<f64>,
    /// Correlation with the rest of its section.
    pub item_rest: Option<f64>,
    /// What to do; empty where nothing is.
    pub advice: Vec<Advice>,
}

/// A section.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionSound {
    /// Its heading.
    pub name: String,
    /// Sheets with an answer to every item.
    pub complete: usize,
    /// Cronbach's alpha with its interval.
    pub alpha: Option<(f64, Interval)>,
    /// McDonald's omega.
    pub omega: Option<f64>,
    pub items: Vec<ItemSound>,
    /// What to do.
    pub advice: Vec<Advice>,
}

/// A questionnaire version.
#[derive(Debug, Clone, PartialEq)]
pub struct Soundness {
    pub sheets: usize,
    /// Sheets in which straight answers are looked for; of these, share of those with one level throughout, and of those with the
    /// highest level throughout.
    pub straight: Option<(usize, f64, f64)>,
    /// Its sections of rated items.
    pub sections: Vec<SectionSound>,
    /// What to do.
    pub advice: Vec<Advice>,
}

/// How sound a version is; none with fewer than [`SHEETS_MIN`] sheets.
pub fn soundness(found: &FormSheets) -> Option<Soundness> {
    let sheets = found.answers.len();
    if sheets < SHEETS_MIN {
        return None;
    }
    let mut first = 0;
    let mut sections = Vec::new();
    for section in &found.form.questionnaire.sections {
        let places = first..first + section.items.len();
        first = places.end;
        let names: Vec<&str> = section.items.iter().map(|item| item.text.in_language("vi")).collect();
        sections.push(of_section(section.title.in_language("vi"), &names, places, &found.answers));
    }
    let straight = straight(&found.answers, first);
    let mut advice = Vec::new();
    if straight.is_some_and(|(_, throughout, _)| throughout > MANY_STRAIGHT) {
        advice.push(Advice::ManyStraight);
    }
    Some(Soundness { sheets, straight, sections, advice })
}

fn rated(answer: Option<&u8>) -> Option<f64> {
    answer.filter(|answer| (1..=5).contains(*answer)).map(|answer| f64::from(*answer))
}

fn straight(answers: &[Vec<u8>], items: usize) -> Option<(usize, f64, f64)> {
    let (mut looked_at, mut throughout, mut highest) = (0, 0, 0);
    for sheet in answers {
        let levels: Vec<u8> = sheet.iter().take(items).copied().filter(|answer| (1..=5).contains(answer)).collect();
        if levels.len() >= STRAIGHT_FROM {
            let same = levels.iter().all(|level| *level == levels[0]);
            looked_at += 1;
            throughout += usize::from(same);
            highest += usize::from(same && levels[0] == 5);
        }
    }
    let part = |count: usize| count as f64 / looked_at as f64;
    (looked_at >= SHEETS_MIN).then(|| (looked_at, part(throughout), part(highest)))
}

fn of_section(name: &str, names: &[&str], places: std::ops::Range<usize>, answers: &[Vec<u8>]) -> SectionSound {
    let rows: Vec<Answers> =
        answers.iter().map(|sheet| places.clone().map(|at| rated(sheet.get(at))).collect()).collect();
    let complete = rows.iter().filter(|row| row.iter().all(Option::is_some)).count();
    let scale = if complete >= SHEETS_MIN { Scale::of_complete(&rows) } else { None };
    let of_items = scale.as_ref().map(Scale::items);
    let alpha = scale.as_ref().and_then(|scale| Some((scale.alpha()?, scale.alpha_interval(Confidence::NINETY_FIVE)?)));
    let mut advice = Vec::new();
    match alpha {
        Some((alpha, _)) if alpha > TOO_ALIKE && names.len() > 2 => advice.push(Advice::TooAlike),
        Some((alpha, _)) if alpha < TOO_LOOSE => advice.push(Advice::TooLoose),
        _ => {}
    }
    let all = answers.len() as f64;
    let items = names.iter().enumerate().map(|(number, name)| {
        let of = |wanted: fn(u8) -> bool| {
            let at = places.start + number;
            answers.iter().filter(|sheet| wanted(sheet.get(at).copied().unwrap_or(BLANK))).count()
        };
        let (rated, not_used) = (of(|answer| (1..=5).contains(&answer)), of(|answer| answer == NOT_USED));
        let satisfied = of(|answer| answer == 4 || answer == 5);
        let mut item = ItemSound {
            name: (*name).to_owned(),
            rated: rated as f64 / all,
            not_used: not_used as f64 / all,
            blank: of(|answer| answer == BLANK) as f64 / all,
            satisfied: (rated >= SHEETS_MIN).then(|| satisfied as f64 / rated as f64),
            item_rest: of_items.as_ref().and_then(|items| items[number].item_rest),
            advice: Vec::new(),
        };
        item.advice = advice_on(&item);
        item
    });
    SectionSound {
        name: name.to_owned(),
        complete,
        alpha,
        omega: scale.as_ref().and_then(Scale::omega),
        items: items.collect(),
        advice,
    }
}

fn advice_on(item: &ItemSound) -> Vec<Advice> {
    let mut advice = Vec::new();
    if item.not_used > OFTEN_NOT_USED {
        advice.push(Advice::OftenNotUsed);
    }
    if item.blank > OFTEN_BLANK {
        advice.push(Advice::OftenBlank);
    }
    if item.item_rest.is_some_and(|fit| fit < FITS_BADLY) {
        advice.push(Advice::FitsBadly);
    }
    if item.satisfied.is_some_and(|share| share > NEARLY_ALL) {
        advice.push(Advice::NearlyAllSatisfied);
    }
    advice
}
