//! Words on where a target is heading: for its card, the registry of targets and the command line.

use super::format::{self, Language};
use super::names::Names;
use crate::index::projection::{Contribution, FurtherSample};
use crate::index::result::Prospect;
use crate::index::result::TargetResult;
use crate::stats::settle::RESPONDENTS_TO_SETTLE_MAX;

/// What the verdict will most likely be, in a few words.
pub fn heading(heading: Prospect, language: Language) -> &'static str {
    match heading {
        Prospect::OnCourse => language.choose("nhiều khả năng đạt", "on course"),
        Prospect::AtRisk => language.choose("chưa rõ kết luận", "may go either way"),
        Prospect::Undecided => language.choose("nhiều khả năng vẫn chưa đủ căn cứ", "most likely no verdict"),
        Prospect::OutOfReach => language.choose("nhiều khả năng chưa đạt", "heading for not met"),
    }
}

/// How likely each verdict is at the cut-off, and where the value may stand then.
pub fn outlook(target: &TargetResult, language: Language) -> Option<String> {
    let outlook = target.outlook?;
    let minima = [target.minimum];
    let interval = format::interval(outlook.low, outlook.high, &minima, language);
    let [met, not_met, cannot_say] =
        [outlook.met, outlook.not_met, outlook.cannot_say()].map(|of| chance(of, language));
    let expected = format::count(outlook.respondents_expected, language);
    let days = format::count(outlook.days_left, language);
    Some(language.choose(
        format!(
            "Khả năng kết luận vào ngày chốt: đạt {met}, chưa đạt {not_met}, chưa đủ căn cứ {cannot_say} (còn {days} ngày, thêm khoảng \
             {expected} người trả lời theo nhịp hiện nay; tỷ lệ có thể từ {interval})."
        ),
        format!(
            "Verdict at the cut-off: met {met}, not met {not_met}, cannot say {cannot_say} ({days} days left, about {expected} more \
             respondents at the present pace; the share may be {interval})."
        ),
    ))
}

/// A chance as a whole percentage; never as certain.
pub fn chance(chance: f64, language: Language) -> String {
    if chance < 0.01 {
        language.choose("dưới 1%", "under 1%").to_owned()
    } else if chance > 0.99 {
        language.choose("trên 99%", "over 99%").to_owned()
    } else {
        format!("{:.0}%", chance * 100.0)
    }
}

/// What more respondents could do for the verdict; nothing where it is out or something else is missing first.
pub fn further_sample(target: &TargetResult, language: Language) -> Option<String> {
    match target.further_sample() {
        FurtherSample::Settled | FurtherSample::Incomplete => None,
        FurtherSample::Needs(more) => {
            let more = format::count(more, language);
            Some(language.choose(
                format!("Cần thêm khoảng {more} người trả lời để kết luận."),
                format!("About {more} more respondents would settle it."),
            ))
        }
        FurtherSample::BeyondCases(left) => {
            let more = target.respondents_to_settle.map_or_else(String::new, |more| format::count(more, language));
            let left = format::count(left, language);
            Some(language.choose(
                format!("Không thể kết luận trong kỳ này bằng cách thu thêm phiếu: cần khoảng {more} người nữa, mà cả kỳ chỉ còn khoảng {left} hồ sơ."),
                format!("More answers cannot settle it in this period: about {more} more people are needed, and about {left} cases are left."),
            ))
        }
        FurtherSample::CannotBeSettled => {
            let most = format::count(RESPONDENTS_TO_SETTLE_MAX, language);
            Some(language.choose(
                format!(
                    "Không thể kết luận bằng cách thu thêm phiếu: tỷ lệ quá gần chỉ tiêu giao (cần hơn {most} người)."
                ),
                format!("More answers cannot settle it: the rate is too near the minimum (over {most} people needed)."),
            ))
        }
    }
}

/// What contributions a target down, a line a field or criterion: `Đất đai 81,2%: kéo chỉ số xuống 1,4 điểm`.
pub fn pull(pull: &Contribution, names: &Names, minimum: f64, language: Language) -> String {
    let field = names.field(&pull.field, language);
    let name = pull
        .item
        .as_ref()
        .map_or(field.clone(), |item| format!("“{}” ({field})", names.item(&pull.field, item, language)));
    let value = format::share(pull.value, &[minimum], language);
    // Points of a percentage, with the comma of the language.
    let points = format::mean(pull.shortfall * 100.0, language);
    language.choose(
        format!("{name} {value}: làm giảm {points} điểm phần trăm"),
        format!("{name} {value}: takes off {points} percentage points"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::result::Projection;
    use crate::index::result::Verdict;
    use crate::report::sample;

    #[test]
    fn a_target_that_no_number_of_people_settles_is_told_so() {
        let mut target = sample::index().targets.remove(0);
        (target.verdict, target.reason, target.respondents_to_settle) = (Verdict::CannotSay, None, None);
        target.missing_fields.clear();
        assert!(
            further_sample(&target, Language::Vi)
                .expect("a sentence")
                .contains("quá gần chỉ tiêu giao (cần hơn 100.000 người)")
        );
        target.respondents_to_settle = Some(1234);
        assert_eq!(
            further_sample(&target, Language::Vi).expect("a sentence"),
            "Cần thêm khoảng 1.234 người trả lời để kết luận."
        );
        target.respondents_left = Some(50);
        let beyond = further_sample(&target, Language::Vi).expect("a sentence");
        assert!(beyond.contains("cần khoảng 1.234 người nữa") && beyond.contains("khoảng 50 hồ sơ"), "{beyond}");
        target.verdict = Verdict::Met;
        assert_eq!(further_sample(&target, Language::Vi), None);
    }

    #[test]
    fn the_outlook_is_said_with_its_days_people_and_chance() {
        let mut target = sample::index().targets.remove(0);
        target.minimum = 0.9;
        target.outlook = Some(Projection {
            days_left: 12,
            respondents_expected: 1200,
            low: 0.881,
            high: 0.91,
            reaches: 0.617,
            met: 0.1,
            not_met: 0.15,
            heading: Prospect::AtRisk,
        });
        let said = outlook(&target, Language::Vi).expect("a sentence");
        assert!(
            said.starts_with("Khả năng kết luận vào ngày chốt: đạt 10%, chưa đạt 15%, chưa đủ căn cứ 75% (còn 12 ngày, thêm khoảng 1.200 người"),
            "{said}"
        );
        assert_eq!(chance(0.9999, Language::Vi), "trên 99%");
    }
}
