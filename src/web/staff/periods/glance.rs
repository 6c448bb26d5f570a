//! The first screen of a period: the verdict, each target with its way so far, the three weakest criteria, what is to be done.

use crate::access::Action;
use crate::index::asked::Stand;
use crate::index::lowest::{RANKED_FROM, lowest_criteria, standing};
use crate::index::pick::Pick;
use crate::index::{IndexReport, Verdict};
use crate::plan::closing::ClosingStep;
use crate::report::chart::spark::spark;
use crate::report::{Language, Names, content, format, words};
use crate::service::figures::Measured;
use crate::web::http::address::percent_encode;
use crate::web::staff::signed_in::SignedIn;

/// So many weak criteria are named.
const WEAK: usize = 3;

/// The first screen.
pub(super) struct Glance {
    /// How many targets are met, in a sentence.
    pub(super) summary: String,
    /// Which periods the small lines show; none where there is but this one.
    pub(super) since: Option<String>,
    pub(super) targets: Vec<Line>,
    /// What to mend first: words and address.
    pub(super) weak: Vec<(String, String)>,
    /// Why nothing is.
    pub(super) no_weak: String,
    /// What is to be done now: words and address.
    pub(super) to_do: Vec<(String, String)>,
}

pub(super) struct Line {
    pub(super) title: String,
    pub(super) address: String,
    pub(super) figure: String,
    pub(super) interval: String,
    pub(super) minimum: String,
    pub(super) class: &'static str,
    pub(super) verdict: String,
    pub(super) spark: Option<String>,
}

/// What the first screen says; `before` are the reports of comparable periods, the oldest first.
pub(super) fn glance(user: &SignedIn, measured: &Measured, names: &Names, before: &[(String, IndexReport)]) -> Glance {
    let (report, language) = (&measured.report, Language::Vi);
    let minima: Vec<f64> = report.targets.iter().map(|target| target.minimum).collect();
    let query = |measure: &Pick| {
        format!(
            "plan={}&period={}&unit={}&measure={}",
            percent_encode(&measured.plan.key),
            percent_encode(&measured.period.key),
            percent_encode(&measured.unit.code),
            percent_encode(&measure.to_string())
        )
    };
    let targets = report.targets.iter().enumerate().map(|(place, target)| {
        let pick = Pick::Target(target.target.clone());
        let title =
            measured.plan.target(&target.target).map_or_else(|| target.target.clone(), |known| known.title_vi.clone());
        let estimate = target.estimate.as_ref();
        let mut way: Vec<Option<f64>> =
            before.iter().map(|(_, report)| pick.of(report).estimate.map(|estimate| estimate.value)).collect();
        way.push(estimate.map(|estimate| estimate.value));
        let known = way.iter().flatten().count();
        let drawn = spark(&format!("{title}: các kỳ gần đây"), &way, (Some(target.minimum), &minima), language);
        Line {
            spark: (known > 1).then(|| drawn.svg(&format!("way-{place}"))),
            address: format!("/staff/explore/compare?{}", query(&pick)),
            figure: estimate.map_or_else(|| "–".to_owned(), |found| format::share(found.value, &minima, language)),
            interval: estimate
                .map_or_else(String::new, |found| format::interval(found.low, found.high, &minima, language)),
            minimum: format::minimum(target.minimum, language),
            class: match target.verdict {
                Verdict::Met => "met",
                Verdict::NotMet => "not_met",
                Verdict::CannotSay => "cannot_say",
            },
            verdict: match target.reason {
                Some(reason) => words::reason_short(reason, language),
                None => words::verdict(target.verdict, language).to_owned(),
            },
            title,
        }
    });
    let weak = standing(report, Stand::Short).into_iter().take(WEAK).map(|weak| {
        let share = format::share(weak.estimate.value, &minima, language);
        let (item, field) = (names.item(&weak.field, &weak.item, language), names.field(&weak.field, language));
        let pick = Pick::Criterion(weak.field, weak.item);
        (format!("{item} ({field}): {share}"), format!("/staff/explore?{}", query(&pick)))
    });
    Glance {
        summary: content::summary(report, language),
        since: before.first().map(|(name, _)| name.clone()),
        weak: weak.collect(),
        no_weak: no_weak(report),
        to_do: to_do(user, measured),
        targets: targets.collect(),
    }
}

/// The next step of closing, as the page offers it.
pub(super) fn step_words(deed: ClosingStep) -> Option<&'static str> {
    match deed {
        ClosingStep::Check => Some("Kiểm tra và khóa số liệu của kỳ"),
        ClosingStep::Approve => Some("Duyệt số liệu đã khóa"),
        ClosingStep::Publish => Some("Công bố số liệu đã duyệt"),
        ClosingStep::Return | ClosingStep::Reopen => None,
    }
}

/// What is said where no criterion falls short of what is asked of its field.
fn no_weak(report: &IndexReport) -> String {
    if lowest_criteria(report).is_empty() {
        format!("Chưa có tiêu chí nào đủ {RANKED_FROM} người trả lời để xếp hạng.")
    } else if standing(report, Stand::Reaches).is_empty() {
        "Kế hoạch không giao chỉ tiêu cho các tiêu chí được khảo sát trong kỳ.".to_owned()
    } else {
        format!("Không tiêu chí nào đủ {RANKED_FROM} người trả lời mà thấp hơn chỉ tiêu giao.")
    }
}

/// What this role can do with the period now, beside the next step of closing it.
fn to_do(user: &SignedIn, measured: &Measured) -> Vec<(String, String)> {
    let (plan, period) = (percent_encode(&measured.plan.key), percent_encode(&measured.period.key));
    let mut to_do = Vec::new();
    if measured.report.so_far {
        let short = measured.report.targets.iter().filter_map(|target| target.respondents_to_settle).max();
        if let Some(more) = short {
            let more = format::count(more, Language::Vi);
            let text = format!("Thu thêm phiếu: cần khoảng {more} người nữa để kết luận được mọi chỉ tiêu");
            to_do.push((text, "/staff/points/silent".to_owned()));
        }
    }
    let may_be_low =
        [Stand::Short, Stand::NotAsked].into_iter().any(|stand| !standing(&measured.report, stand).is_empty());
    if user.may(Action::PublishForms) && may_be_low {
        let unit = percent_encode(&measured.unit.code);
        let address = format!("/staff/plans/{plan}/{period}/follow-up?unit={unit}");
        to_do.push(("Lập phiếu khảo sát lại tiêu chí có tỷ lệ hài lòng thấp".to_owned(), address));
    }
    to_do
}
