//! The sentences of the letter as they are made where nobody wrote others: what a report on administrative reform has, with dots where only the office
//! knows: causes, who and until when.

use std::cmp::Ordering;

use super::Basis;
use crate::index::asked::{Stand, stand};
use crate::index::lowest::{LowestCriterion, RANKED_FROM, lowest_criteria, standing};
use crate::index::pick::Pick;
use crate::index::result::WorkState;
use crate::index::result::{Estimate, TargetResult, Verdict};
use crate::report::format::{self, Language, date};
use crate::report::words;

/// So many criteria are named.
const NAMED: usize = 3;
/// So many remedies are told one by one.
const UNDERTAKEN: usize = 8;
/// So many targets are told one by one; the rest stands in an annex.
const TARGETS: usize = 8;

/// A part of the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// How it stands.
    Assessment,
    /// Beside the period before.
    Change,
    /// What went well.
    Strengths,
    /// What did not, and why.
    Shortcomings,
    /// What is done about it, by whom and until when.
    Remedies,
    /// What is asked of others.
    Proposals,
}

impl Part {
    /// Every part, in the order of the letter.
    pub const ALL: [Part; 6] =
        [Part::Assessment, Part::Change, Part::Strengths, Part::Shortcomings, Part::Remedies, Part::Proposals];

    /// Its word in tables and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Part::Assessment => "assessment",
            Part::Change => "change",
            Part::Strengths => "strengths",
            Part::Shortcomings => "shortcomings",
            Part::Remedies => "remedies",
            Part::Proposals => "proposals",
        }
    }

    /// The part of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.word() == word)
    }

    pub fn heading(self, language: Language) -> &'static str {
        match self {
            Part::Assessment => language.choose("Đánh giá chung", "Assessment"),
            Part::Change => language.choose("So với kỳ trước", "Against the period before"),
            Part::Strengths => language.choose("Kết quả nổi bật", "What went well"),
            Part::Shortcomings => language.choose("Hạn chế và nguyên nhân", "Shortcomings and causes"),
            Part::Remedies => language.choose("Giải pháp khắc phục", "Remedies"),
            Part::Proposals => language.choose("Kiến nghị, đề xuất", "Proposals"),
        }
    }
}

/// The words of a part as they are made where nobody wrote others, with tokens for the figures.
pub fn of(part: Part, basis: &Basis<'_>) -> String {
    match part {
        Part::Assessment => assessment(basis),
        Part::Change => change(basis),
        Part::Strengths => strengths(basis),
        Part::Shortcomings => shortcomings(basis),
        Part::Remedies => remedies(basis),
        Part::Proposals => basis.setting.language.choose(
            format!(
                "Ủy ban nhân dân {} chưa có kiến nghị, đề xuất.",
                format::in_a_sentence(&basis.setting.plan.unit_name)
            ),
            "None.".to_owned(),
        ),
    }
}

/// The last sentence before the signature.
pub(super) fn end(basis: &Basis<'_>) -> String {
    let unit = format::in_a_sentence(&basis.setting.plan.unit_name);
    let period = words::period(&basis.index.period, basis.index.from, basis.index.to, basis.setting.language);
    basis.setting.language.choose(
        format!(
            "Trên đây là báo cáo kết quả khảo sát mức độ hài lòng của người dân, tổ chức {period}; số liệu chi tiết tại các phụ lục kèm \
             theo. Ủy ban nhân dân {unit} kính báo cáo./."
        ),
        format!("The People's Committee of {unit} so reports; the tables stand in the annexes."),
    )
}

fn title(target: &TargetResult, basis: &Basis<'_>) -> String {
    let language = basis.setting.language;
    basis.setting.plan.target(&target.target).map_or_else(
        || words::index_kind(target.index, language).to_owned(),
        |known| language.choose(&known.title_vi, &known.title_en).clone(),
    )
}

fn assessment(basis: &Basis<'_>) -> String {
    let Basis { index, setting, .. } = *basis;
    let language = setting.language;
    let (from, to) = (date(index.from), date(index.to));
    let series = words::series(index.series, language);
    let people =
        index.targets.iter().filter_map(|target| target.estimate.as_ref()).map(|found| found.respondents).max();
    let people = people.map_or_else(String::new, |people| {
        let people = format::count(people, language);
        language.choose(
            format!(", {people} người dân, tổ chức đã trả lời"),
            format!(", {people} people and organisations answered"),
        )
    });
    let mut lines = vec![language.choose(
        format!(
            "Từ ngày {from} đến hết ngày {to}{people} (nguồn: {series}, {}). {}",
            words::basis(index.basis, language),
            super::super::content::summary(index, language)
        ),
        format!(
            "From {from} to {to}{people} ({series}, {}). {}",
            words::basis(index.basis, language),
            super::super::content::summary(index, language)
        ),
    )];
    for target in index.targets.iter().take(TARGETS) {
        let (name, id) = (title(target, basis), &target.target);
        lines.push(match (&target.estimate, target.reason) {
            (Some(_), None) => language.choose(
                format!("- {name}: {{target:{id}}} (chỉ tiêu giao {{target:{id}|minimum}}; khoảng tin cậy {{target:{id}|interval}}): {{target:{id}|verdict}}."),
                format!("- {name}: {{target:{id}}} (target {{target:{id}|minimum}}; interval {{target:{id}|interval}}): {{target:{id}|verdict}}."),
            ),
            (_, reason) => {
                let why = reason.map_or_else(String::new, |reason| words::reason_short(reason, language));
                language.choose(
                    format!("- {name}: chưa kết luận được ({why}); chỉ tiêu giao {{target:{id}|minimum}}."),
                    format!("- {name}: cannot be judged ({why}); target {{target:{id}|minimum}}."),
                )
            }
        });
    }
    if index.targets.len() > TARGETS {
        let rest = index.targets.len() - TARGETS;
        lines.push(language.choose(
            format!("{rest} chỉ tiêu còn lại tại phụ lục."),
            format!("The other {rest} targets stand in an annex."),
        ));
    }
    lines.push(words::disclaimer(index.basis, language).to_owned());
    lines.join("\n")
}

fn change(basis: &Basis<'_>) -> String {
    let language = basis.setting.language;
    let Some((name, before)) = basis.before else {
        return language
            .choose(
                "Chưa có kỳ trước cùng độ dài trong kế hoạch để so sánh.",
                "The plan has no earlier period of this length to compare with.",
            )
            .to_owned();
    };
    let mut lines = vec![language.choose(format!("So với {name}:"), format!("Against {name}:"))];
    for target in basis.index.targets.iter().take(TARGETS) {
        let pick = Pick::Target(target.target.clone());
        if target.estimate.is_some() && pick.of(before).estimate.is_some() {
            let (name, id) = (title(target, basis), &target.target);
            lines.push(language.choose(
                format!("- {name}: từ {{target:{id}|before}} thành {{target:{id}}}, {{target:{id}|change}}."),
                format!("- {name}: from {{target:{id}|before}} to {{target:{id}}}, {{target:{id}|change}}."),
            ));
        }
    }
    if lines.len() == 1 {
        return language
            .choose(format!("{name} không có số liệu so sánh được."), format!("{name} has no comparable figures."));
    }
    lines.join("\n")
}

/// Fields that stand so to what is asked of them: those that reach it the highest first, others the lowest first, as charts list them.
fn fields(basis: &Basis<'_>, wanted: Stand) -> Vec<String> {
    let Basis { index, setting, .. } = *basis;
    let mut fields: Vec<_> = index.fields.iter().filter_map(|node| node.shown()).collect();
    fields.retain(|one| stand(index, &one.field, None, one.estimate.value) == wanted);
    if wanted == Stand::Reaches {
        fields.sort_by(|a, b| highest_first(&a.estimate, &b.estimate));
    } else {
        fields.sort_by(|a, b| a.estimate.value.total_cmp(&b.estimate.value));
    }
    let named = |field: &str| format!("{} ({{field:{field}}})", setting.names.field(field, setting.language));
    fields.iter().take(NAMED).map(|one| named(&one.field)).collect()
}

/// By the figure that stands beside the name; of equal ones the surer first.
fn highest_first(one: &Estimate, other: &Estimate) -> Ordering {
    other.value.total_cmp(&one.value).then(other.low.total_cmp(&one.low))
}

fn criteria(basis: &Basis<'_>, ranked: &[LowestCriterion]) -> Vec<String> {
    let Basis { setting, .. } = *basis;
    let named = |one: &LowestCriterion| {
        let (field, item) = (&one.field, &one.item);
        let name = setting.names.item(field, item, setting.language);
        format!("“{name}” ({}): {{item:{field}:{item}}}", setting.names.field(field, setting.language))
    };
    ranked.iter().take(NAMED).map(named).collect()
}

fn strengths(basis: &Basis<'_>) -> String {
    let Basis { index, setting, .. } = *basis;
    let language = setting.language;
    let mut best = standing(index, Stand::Reaches);
    let are_ranked = !lowest_criteria(index).is_empty();
    let are_asked = !best.is_empty() || !standing(index, Stand::Short).is_empty();
    best.sort_by(|a, b| highest_first(&a.estimate, &b.estimate));
    let (fields, named) = (fields(basis, Stand::Reaches).join("; "), criteria(basis, &best).join("; "));
    let mut lines = Vec::new();
    if !fields.is_empty() {
        lines.push(language.choose(
            format!("Lĩnh vực có tỷ lệ hài lòng cao: {fields}."),
            format!("Fields with a high share satisfied: {fields}."),
        ));
    }
    lines.push(match (named.is_empty(), are_ranked) {
        (true, true) if !are_asked => language
            .choose(
                "Kế hoạch không giao chỉ tiêu cho các tiêu chí được khảo sát trong kỳ nên chưa có căn cứ đánh giá tiêu chí nào cao.",
                "The plan sets no target for the criteria of the period, so that none can be called high.",
            )
            .to_owned(),
        (false, _) => language.choose(
            format!("Người dân, tổ chức hài lòng nhiều nhất với: {named}."),
            format!("People were most satisfied with: {named}."),
        ),
        (true, true) => language
            .choose(
                "Chưa có tiêu chí nào đạt từ mức chỉ tiêu giao trở lên.",
                "No criterion reaches the target of its field yet.",
            )
            .to_owned(),
        (true, false) => language.choose(
            format!("Chưa có tiêu chí nào đủ {RANKED_FROM} người trả lời để nêu."),
            format!("No criterion has {RANKED_FROM} respondents yet."),
        ),
    });
    lines.join("\n")
}

fn shortcomings(basis: &Basis<'_>) -> String {
    let Basis { index, setting, .. } = *basis;
    let language = setting.language;
    let mut lines = Vec::new();
    let not_met: Vec<String> = index
        .targets
        .iter()
        .filter(|target| target.verdict == Verdict::NotMet)
        .map(|target| format!("{} ({{target:{}}})", title(target, basis), target.target))
        .collect();
    if !not_met.is_empty() {
        lines.push(language.choose(
            format!("Chỉ tiêu chưa đạt: {}.", not_met.join("; ")),
            format!("Targets not met: {}.", not_met.join("; ")),
        ));
    }
    let short = fields(basis, Stand::Short).join("; ");
    if !short.is_empty() {
        lines.push(language.choose(
            format!("Lĩnh vực có tỷ lệ hài lòng thấp hơn chỉ tiêu giao, thấp nhất trước: {short}."),
            format!("Fields below their target, the lowest first: {short}."),
        ));
    }
    let weak = criteria(basis, &standing(index, Stand::Short)).join("; ");
    if !weak.is_empty() {
        lines.push(
            language.choose(format!("Nội dung có tỷ lệ hài lòng thấp nhất: {weak}."), format!("Lowest: {weak}.")),
        );
    }
    // Where nothing is asked nothing falls short, yet something is the lowest.
    let lowest = fields(basis, Stand::NotAsked).join("; ");
    if !lowest.is_empty() {
        lines.push(language.choose(
            format!("Lĩnh vực không có chỉ tiêu giao để so sánh, thấp nhất trước: {lowest}."),
            format!("Fields without a target to compare with, the lowest first: {lowest}."),
        ));
    }
    let lowest = criteria(basis, &standing(index, Stand::NotAsked)).join("; ");
    if !lowest.is_empty() {
        lines.push(language.choose(
            format!("Nội dung không có chỉ tiêu giao để so sánh, thấp nhất trước: {lowest}."),
            format!("Criteria without a target to compare with, the lowest first: {lowest}."),
        ));
    }
    if lines.is_empty() {
        lines.push(
            language
                .choose(
                    "Không lĩnh vực, tiêu chí nào đủ người trả lời mà thấp hơn chỉ tiêu giao.",
                    "No field or criterion with enough respondents is below its target.",
                )
                .to_owned(),
        );
    }
    let hidden = index.fields.iter().filter(|node| node.shown().is_none()).count();
    if hidden > 0 {
        lines.push(language.choose(
            format!("{hidden} lĩnh vực có dưới 10 người trả lời nên chưa có kết quả."),
            format!("{hidden} fields have fewer than 10 respondents."),
        ));
    }
    lines.push(language.choose("Nguyên nhân: ………………………………………", "Causes: ……………………").to_owned());
    lines.join("\n")
}

fn remedies(basis: &Basis<'_>) -> String {
    let Basis { index, setting, .. } = *basis;
    let language = setting.language;
    // What the office has undertaken already says who and until when.
    let undertaken: Vec<String> = index
        .remedies
        .iter()
        .filter(|remedy| remedy.state != WorkState::Dropped)
        .take(UNDERTAKEN)
        .map(|remedy| {
            let clean = |text: &str| text.trim().trim_end_matches('.').replace('{', "(").replace('}', ")");
            let (work, person, office) = (clean(&remedy.work), clean(&remedy.person), clean(&remedy.office));
            let due = date(remedy.due);
            let done = remedy.state == WorkState::Done;
            language.choose(
                format!(
                    "- {work}: {person} ({office}){}.",
                    if done { " đã thực hiện xong".to_owned() } else { format!(", thời hạn {due}") }
                ),
                format!(
                    "- {work}: {person} ({office}){}.",
                    if done { ", done".to_owned() } else { format!(", by {due}") }
                ),
            )
        })
        .collect();
    if !undertaken.is_empty() {
        return undertaken.join("\n");
    }
    let mut weak = standing(index, Stand::Short);
    if weak.is_empty() {
        weak = standing(index, Stand::NotAsked);
    }
    let lines: Vec<String> = weak
        .iter()
        .take(NAMED)
        .map(|one| {
            let (name, field) =
                (setting.names.item(&one.field, &one.item, language), setting.names.field(&one.field, language));
            language.choose(
                format!("- Đối với “{name}” ({field}): …………………; đơn vị chủ trì: …………; thời hạn: …………."),
                format!("- “{name}” ({field}): …………; lead: ………; until: ………."),
            )
        })
        .collect();
    if lines.is_empty() {
        let (vi, en) = if lowest_criteria(index).is_empty() {
            ("Tiếp tục thu thập phiếu để có căn cứ.", "Collect more answers first.")
        } else {
            (
                "Tiếp tục duy trì những nội dung đã đạt chỉ tiêu giao và theo dõi trong kỳ sau.",
                "Keep up what reaches its target and watch it in the next period.",
            )
        };
        return language.choose(vi, en).to_owned();
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::asked::asked_of;
    use crate::index::result::{IndexReport, Node};
    use crate::plan::{Channel, IndexKind, Measure, Respondents};
    use crate::report::sample;

    fn target(index: IndexKind, fields: &[&str], minimum: f64) -> TargetResult {
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        TargetResult { index, fields, minimum, by_field: vec![], ..sample::index().targets[0].clone() }
    }

    /// The sample's fields are health with 85.12 % and land with 76.54 %; criteria of 30 people and more: signs 82.34 %, times 70.33 %,
    /// medicine 71.02 %, time 64.15 %.
    fn said(targets: Vec<TargetResult>, part: Part) -> String {
        let (plan, names) = (sample::plan(), sample::names());
        let index = IndexReport { targets, ..sample::index() };
        let setting = sample::setting(&plan, &names, Language::Vi);
        of(part, &Basis { index: &index, before: None, setting: &setting, texts: &[].into(), copied: &[], quoted: &[] })
    }

    #[test]
    fn a_field_is_held_against_what_is_asked_of_the_same_answers_of_the_same_people() {
        let of = |targets: Vec<TargetResult>| {
            let index = IndexReport { targets, ..sample::index() };
            (asked_of(&index, "health", None), asked_of(&index, "health", Some("policy")))
        };
        let all = || target(IndexKind::Sipas, &["all"], 0.80);
        let one = |change: fn(&mut TargetResult)| {
            let mut other = target(IndexKind::Sipas, &["all", "health"], 0.95);
            change(&mut other);
            of(vec![other, all()])
        };
        assert_eq!(of(vec![]), (None, None));
        assert_eq!(one(|other| other.channel = Some(Channel::Online)), (Some(0.80), None));
        assert_eq!(one(|other| other.respondents = Respondents::Organisation), (Some(0.80), None));
        assert_eq!(one(|other| other.respondents = Respondents::Person), (Some(0.80), None));
        assert_eq!(one(|other| other.measure = Measure::People), (Some(0.80), None));
        assert_eq!(one(|other| other.index = IndexKind::Policy), (Some(0.80), Some(0.95)));
        // The field's own before that of all fields, even where it asks less; of several the highest.
        let own = |minimum| target(IndexKind::PublicServices, &["health", "education"], minimum);
        assert_eq!(of(vec![all(), own(0.70)]), (Some(0.70), None));
        assert_eq!(of(vec![own(0.70), own(0.75), all()]), (Some(0.75), None));
        assert_eq!(of(vec![all(), target(IndexKind::Sipas, &["all"], 0.85)]), (Some(0.85), None));
        // Health is no administrative procedure, unless the index of procedures lists it.
        let mut procedures = target(IndexKind::Procedures, &["all"], 0.99);
        assert_eq!(of(vec![all(), procedures.clone()]), (Some(0.80), None));
        procedures.by_field = sample::index().targets[1].by_field.clone();
        assert!(matches!(&procedures.by_field[0], Node::Shown(field) if field.field == "health"));
        assert_eq!(of(vec![all(), procedures]), (Some(0.99), None));
    }

    #[test]
    fn what_went_well_is_named_by_the_figure_that_stands_beside_it() {
        use crate::index::result::FieldResult;
        let mut index = IndexReport { targets: vec![target(IndexKind::Sipas, &["all"], 0.60)], ..sample::index() };
        // The higher share with the wider interval: the order is that of the shares, as in the chart.
        let fields = index.fields.iter_mut().filter_map(|node| match node {
            Node::Shown(FieldResult { field, estimate, .. }) => Some((field.as_str(), estimate)),
            Node::Hidden(_) => None,
        });
        for (field, estimate) in fields {
            (estimate.value, estimate.low) = if field == "land" { (0.95, 0.62) } else { (0.85, 0.80) };
        }
        let (plan, names) = (sample::plan(), sample::names());
        let setting = sample::setting(&plan, &names, Language::Vi);
        let basis =
            Basis { index: &index, before: None, setting: &setting, texts: &[].into(), copied: &[], quoted: &[] };
        let praised = of(Part::Strengths, &basis);
        let places = ["{field:land}", "{field:health}"].map(|token| praised.find(token));
        assert!(places[0].is_some() && places[0] < places[1], "{praised}");
    }

    #[test]
    fn where_nothing_is_asked_nothing_is_praised_and_the_lowest_are_named() {
        let mut online = target(IndexKind::Procedures, &["all"], 0.60);
        online.channel = Some(Channel::Online);
        for targets in [vec![], vec![online], vec![target(IndexKind::Policy, &["all"], 0.60)]] {
            let praised = said(targets.clone(), Part::Strengths);
            assert!(praised.starts_with("Kế hoạch không giao chỉ tiêu") && !praised.contains('{'), "{praised}");
            let weak = said(targets.clone(), Part::Shortcomings);
            let fields = weak.lines().find(|line| line.starts_with("Lĩnh vực không có chỉ tiêu giao")).expect(&weak);
            let places = ["{field:land}", "{field:health}"].map(|token| fields.find(token));
            assert!(places[0].is_some() && places[0] < places[1], "{fields}");
            let items = weak.lines().find(|line| line.starts_with("Nội dung không có chỉ tiêu giao")).expect(&weak);
            let named = ["procedures_time", "access_times", "medicine_stock"].map(|item| items.contains(item));
            assert!(named == [true; 3] && !items.contains("access_signs"), "{items}");
            assert!(said(targets, Part::Remedies).contains("Thời gian chờ giải quyết đúng hẹn"));
        }
        // A target reached by one field alone: the other is not praised, but named as the lowest without one.
        let only = vec![target(IndexKind::Sipas, &["health"], 0.80)];
        let praised = said(only.clone(), Part::Strengths);
        assert!(praised.contains("{field:health}") && !praised.contains("{field:land}"), "{praised}");
        assert!(praised.contains("access_signs") && !praised.contains("procedures_time"), "{praised}");
        let weak = said(only, Part::Shortcomings);
        assert!(weak.contains("không có chỉ tiêu giao để so sánh, thấp nhất trước:") && weak.contains("{field:land}"));
        assert!(weak.contains("Nội dung có tỷ lệ hài lòng thấp nhất:") && !weak.contains("{field:health}"), "{weak}");
    }
}
