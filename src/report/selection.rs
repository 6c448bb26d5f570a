//! Words on who answered beside who could have, and on many verdicts in one list.

use super::format::{self, Language};
use super::names::Names;
use crate::index::selection::{Tipping, Uneven};
use crate::index::{TargetResult, Verdict};

/// Who answered of how many cases, over how many days of points, and what would turn the verdict.
pub fn said(target: &TargetResult, tipping: Option<Tipping>, language: Language) -> Option<String> {
    let estimate = target.estimate.as_ref()?;
    let share = |value: f64| format::share(value, &[target.minimum], language);
    let clusters = format::count(estimate.clusters, language);
    let Some(tipping) = tipping else {
        return Some(language.choose(
            format!("Phiếu của {clusters} ngày ở các điểm; chưa biết số hồ sơ nên không biết bao nhiêu người đã không trả lời."),
            format!("Answers of {clusters} days of points; cases are not known, so nobody knows how many did not answer."),
        ));
    };
    let part = tipping.answered as f64 / tipping.cases as f64;
    let (answered, cases) = (format::count(tipping.answered, language), format::count(tipping.cases, language));
    let who = language.choose(
        format!("{answered} người trả lời trong {cases} hồ sơ ({}), ở {clusters} ngày của các điểm.", share(part)),
        format!("{answered} answered of {cases} cases ({}), on {clusters} days of points.", share(part)),
    );
    let turn = match (target.verdict, tipping.others) {
        (Verdict::CannotSay, _) => return Some(who),
        (_, others) if !(0.0..=1.0).contains(&others) => language.choose(
            "Dù tất cả người không trả lời nghĩ thế nào, kết quả vẫn ở cùng một phía so với chỉ tiêu giao.".to_owned(),
            "Whatever all the others think, the figure stays on its side of the minimum.".to_owned(),
        ),
        (Verdict::Met, others) => language.choose(
            format!(
                "Kết quả sẽ thấp hơn chỉ tiêu giao nếu trong số người không trả lời chỉ dưới {} hài lòng.",
                share(others)
            ),
            format!("It would fall below the minimum if fewer than {} of the others were satisfied.", share(others)),
        ),
        (_, others) => language.choose(
            format!(
                "Kết quả sẽ đạt chỉ tiêu giao nếu trong số người không trả lời từ {} trở lên hài lòng.",
                share(others)
            ),
            format!("It would reach the minimum if {} or more of the others were satisfied.", share(others)),
        ),
    };
    Some(format!("{who} {turn}"))
}

/// Points whose answers and cases lie far apart.
pub fn uneven(found: &[Uneven], names: &Names, language: Language) -> Option<String> {
    let share = |value: f64| format::share(value, &[], language);
    let lines = found.iter().take(3).map(|one| {
        let name = names.point(one.point.0, one.point.1);
        let (answers, cases) = (share(one.of_answers), share(one.of_cases));
        language.choose(
            format!("{name} có {answers} số phiếu nhưng {cases} số hồ sơ"),
            format!("{name} has {answers} of the answers and {cases} of the cases"),
        )
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| {
        let all = lines.join("; ");
        language.choose(
            format!("Phiếu không trải đều như hồ sơ: {all}. Nơi được mời trả lời nhiều hơn kéo kết quả về phía mình."),
            format!("Answers do not lie as cases do: {all}. Where more are asked, the figure is drawn there."),
        )
    })
}

/// How many false verdicts a list is to be expected to have.
pub fn many(figures: usize, holding: usize, expected: f64, language: Language) -> String {
    let expected = format::mean(expected, language);
    language.choose(
        format!(
            "Trong {figures} chỉ tiêu có kết quả, nếu tất cả đều đúng bằng chỉ tiêu giao thì trung bình vẫn có {expected} kết luận “đạt” sai. Dấu ✓✓ là {holding} kết luận \
             vẫn đúng sau khi tính đến việc xét nhiều chỉ tiêu cùng lúc (Holm)."
        ),
        format!(
            "Of {figures} targets with a figure, were all exactly at their minimum, {expected} false verdicts \"met\" are to be expected. ✓✓ marks the {holding} that hold \
             after Holm."
        ),
    )
}
