//! A target on the plan owner's page: value, interval, verdict, outlook, what contributions it down.

use crate::index::projection::contributions;
use crate::index::{Estimate, IndexReport, SHOWN_FROM, TargetResult, Verdict};
use crate::plan::Plan;
use crate::report::words::plan::{PlanWords as _, clause};
use crate::report::{Language, Names, chart, format, projection, small_fields, words};

/// A target as a card.
pub(in crate::web::staff) struct Card {
    pub(in crate::web::staff) title: String,
    pub(in crate::web::staff) clause: String,
    pub(in crate::web::staff) figure: Option<String>,
    pub(in crate::web::staff) interval: String,
    pub(in crate::web::staff) minimum: String,
    pub(in crate::web::staff) class: &'static str,
    pub(in crate::web::staff) verdict: &'static str,
    pub(in crate::web::staff) why: String,
    /// The plain comparison of the value with the minimum, as the plan words it.
    pub(in crate::web::staff) plain: Option<&'static str>,
    pub(in crate::web::staff) respondents: String,
    pub(in crate::web::staff) settle: Option<String>,
    pub(in crate::web::staff) heading: Option<&'static str>,
    pub(in crate::web::staff) outlook: Option<String>,
    /// What contributions the figure down, a line each.
    pub(in crate::web::staff) contributions: Vec<String>,
    /// Points that stand below the minimum beyond doubt.
    pub(in crate::web::staff) points: Vec<String>,
    pub(in crate::web::staff) approximate: Option<String>,
    /// The figure without flagged sheets, where it may stand beside the one with them.
    pub(in crate::web::staff) without: Option<String>,
    /// The share by the other measure: of people beside that of answers.
    pub(in crate::web::staff) other_measure: Option<String>,
    pub(in crate::web::staff) chart: String,
}

/// The targets of a report as cards.
pub(in crate::web::staff) fn cards(plan: &Plan, report: &IndexReport, names: &Names) -> Vec<Card> {
    let minima: Vec<f64> = report.targets.iter().map(|target| target.minimum).collect();
    let lows = report.targets.iter().filter_map(|target| target.estimate.as_ref()).map(|estimate| estimate.low);
    let scale = chart::Scale::around(&minima.iter().copied().chain(lows).collect::<Vec<_>>());
    let cards = report.targets.iter().enumerate().map(|(place, target)| {
        let contributions = contributions(report, target).into_iter();
        Card {
            contributions: contributions
                .map(|pull| projection::pull(&pull, names, target.minimum, Language::Vi))
                .collect(),
            points: target.low_points.iter().map(|point| names.point(point.unit, point.point)).collect(),
            why: small_fields::why(target, names, Language::Vi),
            ..card(plan, target, place, &minima, scale)
        }
    });
    cards.collect()
}

/// The figure of a target without flagged sheets; none where so few are left out that the two would tell what they said.
pub(in crate::web::staff) fn beside(with: &TargetResult, without: &TargetResult) -> Option<String> {
    let minima = [with.minimum];
    let (with, without) = (with.estimate.as_ref()?, without.estimate.as_ref()?);
    (with.respondents.saturating_sub(without.respondents) >= SHOWN_FROM).then(|| {
        format!(
            "Bỏ phiếu có dấu hiệu bất thường: {}, khoảng tin cậy {}, {} người trả lời.",
            format::share(without.value, &minima, Language::Vi),
            format::interval(without.low, without.high, &minima, Language::Vi),
            format::count(without.respondents, Language::Vi)
        )
    })
}

fn card(plan: &Plan, target: &TargetResult, place: usize, minima: &[f64], scale: chart::Scale) -> Card {
    let language = Language::Vi;
    let title = plan.target(&target.target).map_or_else(|| target.target.clone(), |known| known.title_vi.clone());
    let shown = |estimate: &Estimate| format::share(estimate.value, minima, language);
    Card {
        chart: chart::bullet(
            &chart::Bullet {
                id: &format!("chart-{place}"),
                label: &title,
                estimate: target.estimate.as_ref(),
                minimum: target.minimum,
                minima,
                verdict: target.verdict,
                reason: target.reason,
                scale,
                headline: false,
            },
            language,
        ),
        title,
        without: None,
        other_measure: target.other_measure.as_ref().map(|other| {
            format!(
                "{}: {} ({}), {} người trả lời",
                capital(target.measure.other().name_vi()),
                format::share(other.value, minima, language),
                format::interval(other.low, other.high, minima, language),
                format::count(other.respondents, language)
            )
        }),
        clause: clause(&target.clause, Language::Vi),
        figure: target.estimate.as_ref().map(shown),
        interval: target
            .estimate
            .as_ref()
            .map_or_else(String::new, |estimate| format::interval(estimate.low, estimate.high, minima, language)),
        minimum: format::minimum(target.minimum, language),
        class: match target.verdict {
            Verdict::Met => "met",
            Verdict::NotMet => "not_met",
            Verdict::CannotSay => "cannot_say",
        },
        verdict: words::verdict(target.verdict, language),
        why: String::new(),
        plain: target.point_reached.map(|reached| words::point_comparison(reached, language)),
        respondents: target.estimate.as_ref().map_or_else(String::new, |estimate| {
            let people = format!("{} người trả lời", format::count(estimate.respondents, language));
            if estimate.modes.is_empty() {
                return people;
            }
            format!("{people}, {}", words::modes(&estimate.modes, language))
        }),
        settle: projection::further_sample(target, language),
        heading: target.outlook.map(|known| projection::heading(known.heading, language)),
        outlook: projection::outlook(target, language),
        contributions: Vec::new(),
        points: Vec::new(),
        approximate: target
            .estimate
            .as_ref()
            .filter(|estimate| estimate.is_approximate())
            .map(|_| words::approximate(language)),
    }
}

/// With a capital at its beginning.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
