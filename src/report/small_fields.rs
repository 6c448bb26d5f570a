//! Words on fields and questionnaires that too few people answered: which are taken together, which wait, and how much of the weight
//! that leaves open.

use super::format::{self, Language};
use super::names::Names;
use super::words;
use crate::index::result::TargetResult;

/// What must be said of a target's small fields, a sentence each; nothing where there are none.
pub fn sentences(target: &TargetResult, names: &Names, language: Language) -> Vec<String> {
    said_of(target, names, language, usize::MAX)
}

/// The sentences, with so many waiting questionnaires by name and the others by their number.
fn said_of(target: &TargetResult, names: &Names, language: Language, named: usize) -> Vec<String> {
    let mut said = Vec::new();
    let missing: Vec<_> = target.missing.iter().filter(|missing| missing.questionnaire.is_none()).collect();
    if !target.collapsed_fields.is_empty() {
        let fields = names.fields(&target.collapsed_fields, language);
        said.push(language.choose(
            format!("Gộp thành một nhóm vì mỗi lĩnh vực ít người trả lời: {fields}."),
            format!("Taken together because each has few respondents: {fields}."),
        ));
    }
    // Kept figures of earlier versions name fields without their weight.
    if missing.is_empty() && !target.missing_fields.is_empty() {
        let fields = names.fields(&target.missing_fields, language);
        said.push(
            language.choose(format!("Chưa đủ người trả lời ở {fields}."), format!("Too few respondents in {fields}.")),
        );
    }
    if !missing.is_empty() {
        let named = missing.iter().map(|missing| {
            let share = format::share(missing.weight, &[], language);
            format!("{} ({share})", names.field(&missing.field, language))
        });
        let named = named.collect::<Vec<_>>().join("; ");
        said.push(language.choose(
            format!("Chưa đủ người trả lời, kèm phần trọng số: {named}."),
            format!("Too few respondents, with their part of the weight: {named}."),
        ));
        // Where nobody was counted there is no interval that could be wide.
        if target.estimate.is_some() {
            said.push(
                language
                    .choose(
                        "Khoảng tin cậy đã nới rộng cho phần này, dù nơi đó ai cũng hài lòng hay không ai hài lòng.",
                        "The interval is widened by this part, whether everybody or nobody is satisfied there.",
                    )
                    .to_owned(),
            );
        }
    }
    let waiting = target.missing.iter().filter_map(|missing| {
        let form = names.questionnaire(missing.questionnaire.as_ref()?, language);
        Some(format!("{form} ({})", names.field(&missing.field, language)))
    });
    let mut waiting: Vec<String> = waiting.collect();
    if waiting.len() > named {
        let others = waiting.split_off(named).len();
        waiting.push(language.choose(format!("{others} phiếu hỏi khác"), format!("{others} others")));
    }
    let waiting = waiting.join("; ");
    if !waiting.is_empty() {
        said.push(language.choose(
            format!("Phiếu hỏi còn chờ đủ người trả lời, lĩnh vực tính theo các phiếu hỏi khác: {waiting}."),
            format!("Questionnaires that wait for respondents, their field being shown from its others: {waiting}."),
        ));
    }
    said.extend(target.declared_empty.iter().map(|empty| {
        let (field, reason) = (names.field(&empty.field, language), empty.reason.trim_end_matches('.'));
        language.choose(
            format!("Không phát sinh hồ sơ trong kỳ, không tính vào chỉ tiêu: {field} (lý do: {reason})."),
            format!("Declared to be without cases, no part of the target: {field} (reason: {reason})."),
        )
    }));
    said
}

/// So many waiting questionnaires, which block nothing, are named in one line; the report names them all.
const WAITING_NAMED: usize = 2;

/// Why nothing can be said of a target, and what is missing, in one line.
pub fn why(target: &TargetResult, names: &Names, language: Language) -> String {
    let reason = target.reason.map(|reason| format!("{}.", words::reason(reason, language)));
    reason.into_iter().chain(said_of(target, names, language, WAITING_NAMED)).collect::<Vec<_>>().join(" ")
}
