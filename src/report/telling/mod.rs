//! What citizens are told of results and of what was mended: an item for the ward's site, a broadcast, an item for the city's site, each
//! made from the same facts, so that no number differs from one to the other. Pure: whoever calls hands the published figures over.

mod broadcast;
mod item;
mod slides;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::format::{self, Language};
use super::of_ten::{OfTen, Side};
use super::words;
use crate::index::result::{IndexReport, TargetResult, Verdict};
use crate::plan::{Measure, Plan};

pub use slides::{Slide, bare_address, slides};

/// The most words of an item.
pub const ITEM_WORDS: usize = 300;
/// The most syllables of a broadcast: two minutes at 150 a minute, as announcers read.
pub const BROADCAST_SYLLABLES: usize = 300;

/// What a telling is made of. Kept with it, so that its picture and its notice show the figures that its texts do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The ward, as in `Phường Cầu Giấy`.
    pub unit: String,
    /// The unit above it; empty where there is none.
    pub above: String,
    /// What it is about in time, as in `quý III năm 2026`.
    pub span: String,
    pub days: (NaiveDate, NaiveDate),
    /// The newest published figures then.
    pub figures: Option<Figures>,
    /// The closed version that they are of; none where there are none, and in what was kept before this was.
    #[serde(default)]
    pub closing: Option<ClosingOf>,
    /// What was done about what citizens said, published.
    pub mended: Vec<Mended>,
    /// Complaints of those days.
    pub complaints: Option<Complaints>,
    /// Where the results stand, for everybody.
    pub address: String,
    /// Whether the data are made up.
    pub demo: bool,
}

/// A version of a closed period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingOf {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    pub version: u32,
}

/// The figures of a published period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Title of the plan.
    pub plan: String,
    /// The period, as in `quý III năm 2026`.
    pub period: String,
    pub days: (NaiveDate, NaiveDate),
    /// People whose answers count, at most over the targets.
    pub respondents: u64,
    /// Who answered, and what this is not.
    pub disclaimer: String,
    /// Targets with a figure.
    pub targets: Vec<TargetFact>,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetFact {
    pub title: String,
    /// So many of ten are satisfied.
    pub ten: u8,
    /// How the share lies beside that.
    #[serde(default)]
    pub side: Side,
    /// Whether of people, or of answers.
    pub of_people: bool,
    /// Whether the people are another figure than the one that is compared, which then counts answers.
    #[serde(default)]
    pub apart: bool,
    /// The figure that is compared with the minimum, as in `91,2%`.
    pub share: String,
    /// The minimum, as in `90%`.
    pub minimum: String,
    /// What the interval says.
    pub verdict: Verdict,
}

/// A remedy that was done and published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mended {
    /// What citizens said.
    pub said: String,
    /// What was done.
    pub work: String,
    /// When.
    pub done: Option<NaiveDate>,
}

/// Complaints that came in some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaints {
    /// So many came.
    pub received: u64,
    /// Answered in time.
    pub in_time: u64,
    pub late: u64,
    /// Answered in public.
    pub published: u64,
}

/// The texts to begin with; who edits them changes words, and the second person looks at the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Heading of the item.
    pub title: String,
    /// The item for the ward's site, a paragraph a line.
    pub item: String,
    pub broadcast: String,
    /// Heading of the item for the city's site.
    pub city_title: String,
    /// That item.
    pub city: String,
}

/// What is told of the figures of a period.
pub fn results(facts: &Facts) -> Draft {
    let (title, item) = item::results(facts);
    let (city_title, city) = item::for_the_city(facts);
    Draft { title, item, broadcast: broadcast::results(facts), city_title, city }
}

/// What is told of what was mended.
pub fn mended(facts: &Facts) -> Draft {
    let (title, item) = item::mended(facts);
    let (city_title, city) = item::mended_for_the_city(facts);
    Draft { title, item, broadcast: broadcast::mended(facts), city_title, city }
}

/// The figures of a published period that are told: its targets with one.
pub fn figures(report: &IndexReport, plan: &Plan, period: &str) -> Option<Figures> {
    let targets: Vec<TargetFact> = report.targets.iter().filter_map(|target| fact(target, plan)).collect();
    let respondents = report.targets.iter().filter_map(|target| target.estimate.as_ref()).map(|one| one.respondents);
    let respondents = respondents.max()?;
    Some(Figures {
        plan: plan.title_vi.clone(),
        period: period.to_owned(),
        days: (report.from, report.to),
        respondents,
        disclaimer: words::disclaimer(report.basis, Language::Vi).to_owned(),
        targets,
    })
}

fn fact(target: &TargetResult, plan: &Plan) -> Option<TargetFact> {
    let estimate = target.estimate.as_ref()?;
    let people = target.other_measure.as_ref().filter(|_| target.measure == Measure::Answers);
    let ten = match people {
        Some(people) => OfTen::of(people.value, None),
        None => OfTen::of(estimate.value, Some(target.minimum)),
    };
    let known = plan.target(&target.target);
    Some(TargetFact {
        title: known.map_or_else(|| target.target.clone(), |known| known.title_vi.clone()),
        ten: ten.number,
        side: ten.side,
        of_people: people.is_some() || target.measure == Measure::People,
        apart: people.is_some(),
        share: format::share(estimate.value, &[target.minimum], Language::Vi),
        minimum: format::minimum(target.minimum, Language::Vi),
        verdict: target.verdict,
    })
}

impl TargetFact {
    /// `cứ 10 người thì khoảng 9 người hài lòng`.
    pub fn of_ten(&self) -> String {
        let of = self.counted();
        format!("cứ 10 {of} thì {} {of} hài lòng", self.said())
    }

    /// `khoảng 9`.
    fn said(&self) -> String {
        OfTen { number: self.ten, side: self.side }.words(Language::Vi)
    }

    /// What ten are taken of.
    fn counted(&self) -> &'static str {
        if self.of_people { "người" } else { "câu trả lời" }
    }

    /// What the figure comes to, at a doorstep.
    pub fn comes_to(&self) -> &'static str {
        match self.verdict {
            Verdict::Met => "đạt mức đã hứa",
            Verdict::NotMet => "chưa đạt mức đã hứa",
            Verdict::CannotSay => "chưa đủ người trả lời để nói chắc là đạt hay chưa",
        }
    }
}

impl Facts {
    /// The ward within a sentence.
    fn ward(&self) -> String {
        format::in_a_sentence(&self.unit)
    }
}

impl Complaints {
    /// How they were answered, one sentence.
    fn said(self, span: &str) -> String {
        let Self { received, in_time, late, published } = self;
        let open = received.saturating_sub(in_time + late);
        let number = |count: u64| format::count(count, Language::Vi);
        let mut said = format!(
            "Trong {span}, phường nhận {} phản ánh, kiến nghị: {} đã giải quyết đúng hạn, {} chậm hạn",
            number(received),
            number(in_time),
            number(late)
        );
        if open > 0 {
            said += &[", ", number(open).as_str(), " còn trong hạn"].concat();
        }
        if published > 0 {
            said += &["; ", number(published).as_str(), " đã trả lời công khai"].concat();
        }
        said.push('.');
        said
    }
}

/// The sentences in their order, as long as there is room: the first `must` stay whatever they take, one that has no room any more is left
/// out, and those after it may still fit.
fn fitted(sentences: Vec<String>, must: &[usize], most: usize, length: impl Fn(&str) -> usize) -> Vec<String> {
    let kept = |place: &usize| must.contains(place);
    let mut used: usize =
        sentences.iter().enumerate().filter(|(place, _)| kept(place)).map(|(_, one)| length(one)).sum();
    let mut chosen = Vec::new();
    for (place, sentence) in sentences.into_iter().enumerate() {
        if !kept(&place) {
            let wanted = length(&sentence);
            if used + wanted > most {
                continue;
            }
            used += wanted;
        }
        chosen.push(sentence);
    }
    chosen
}

/// So many words; Vietnamese writes a syllable a word, and offices count those.
pub fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
}

#[cfg(test)]
mod tests;
