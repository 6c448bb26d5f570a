//! Quotations in a period's report: chosen by hand from released comments, masked, shortened if need be, and approved by a second person before
//! they stand in its annex. They are kept as a part of the report's texts, every revision with who made it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::db::{Db, DbError, NewText, Noted, ReportPart, TextsRefused};
use crate::report::official::quoted::Quoted;
use crate::survey::masking::masked_with_names;

/// The part of a report's texts under which they are kept, as JSON.
const PART: &str = "quotations";
/// The most of one report.
pub const QUOTATIONS_MAX: usize = 10;
/// The most characters of one.
pub const CHARACTERS_MAX: usize = 600;

/// A quotation under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quotation {
    /// The words as they stand in the report.
    pub words: String,
    /// The words that were chosen; what stands in the report is all or a part of them.
    pub whole: String,
    /// Of which questionnaire and month.
    pub about: String,
    /// Name of the person who chose it, or shortened it last.
    pub by: String,
    /// Name of the second person who approved it.
    pub approved_by: Option<String>,
}

/// Why a deed was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotQuoted {
    /// Somebody changed the quotations meanwhile.
    Meanwhile,
    /// The period was approved or published.
    Closed,
    /// There are as many as a report takes.
    TooMany,
    /// It stands there already.
    Twice,
    /// It is too long; a part of it can be chosen.
    TooLong,
    /// What was typed is no part of what was written.
    OtherWords,
    /// Who chose it does not approve it.
    Own,
    /// It is not there any more.
    Gone,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuotationAction {
    /// A comment is chosen: its words, of which questionnaire and month.
    Choose(String, String),
    /// The one at this place is shortened.
    Shorten(usize, String),
    /// A second person approves it.
    Approve(usize),
    /// It is taken out.
    Remove(usize),
}

/// The quotations of a report, with their revision; 0 where there never were any.
pub fn quotations(db: &Db, plan: &str, period: &str) -> Result<(u32, Vec<Quotation>), DbError> {
    let Some(text) = db.report_texts(plan, period)?.into_iter().find(|text| text.part == PART) else {
        return Ok((0, Vec::new()));
    };
    let found = serde_json::from_str(&text.body)
        .map_err(|error| DbError::Damaged(format!("quotations of {plan}/{period}: {error}")))?;
    Ok((text.revision, found))
}

/// Quotations of a report that wait for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaiting {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    pub count: usize,
}

/// The quotations in reports of these plans that wait, and that others than `by` chose.
pub fn awaiting(db: &Db, plans: &[String], by: &str) -> Result<Vec<Awaiting>, DbError> {
    let counted = db.report_part_of_plans(plans, PART)?.into_iter().map(|ReportPart { plan, period, body }| {
        let found: Vec<Quotation> = serde_json::from_str(&body)
            .map_err(|error| DbError::Damaged(format!("quotations of {plan}/{period}: {error}")))?;
        let count = found.iter().filter(|one| one.approved_by.is_none() && one.by != by).count();
        Ok(Awaiting { plan, period, count })
    });
    let counted = counted.collect::<Result<Vec<_>, DbError>>()?;
    Ok(counted.into_iter().filter(|of_report| of_report.count > 0).collect())
}

/// Those that stand in the report.
pub fn approved(db: &Db, plan: &str, period: &str) -> Result<Vec<Quoted>, DbError> {
    let found = quotations(db, plan, period)?.1.into_iter().filter(|one| one.approved_by.is_some());
    Ok(found.map(|one| Quoted { words: one.words, about: one.about }).collect())
}

/// Does a deed, of the quotations of revision `seen` where a page showed them.
pub fn change(
    db: &Noted,
    (plan, period): (&str, &str),
    seen: Option<u32>,
    deed: &QuotationAction,
    (by, at): (&str, DateTime<Utc>),
) -> Result<Result<(), NotQuoted>, DbError> {
    let (revision, mut known) = quotations(db, plan, period)?;
    if seen.is_some_and(|seen| seen != revision) {
        return Ok(Err(NotQuoted::Meanwhile));
    }
    if let Err(refused) = done(&mut known, deed, by) {
        return Ok(Err(refused));
    }
    let body = serde_json::to_string(&known).map_err(|error| DbError::Failed(error.to_string()))?;
    let new = vec![NewText { part: PART, seen: revision, body }];
    Ok(db.keep_report_texts(plan, period, new, by, at)?.map_err(|refused| match refused {
        TextsRefused::Meanwhile => NotQuoted::Meanwhile,
        TextsRefused::Closed => NotQuoted::Closed,
    }))
}

fn done(known: &mut Vec<Quotation>, deed: &QuotationAction, by: &str) -> Result<(), NotQuoted> {
    match deed {
        QuotationAction::Choose(words, about) => {
            let whole = masked_with_names(words);
            if known.iter().any(|one| one.whole == whole) {
                return Err(NotQuoted::Twice);
            }
            if known.len() >= QUOTATIONS_MAX {
                return Err(NotQuoted::TooMany);
            }
            let (words, by) = (whole.clone(), by.to_owned());
            known.push(Quotation { words, whole, about: about.clone(), by, approved_by: None });
        }
        QuotationAction::Shorten(place, words) => {
            let one = known.get_mut(*place).ok_or(NotQuoted::Gone)?;
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            if !is_part_of(&words, &one.whole) {
                return Err(NotQuoted::OtherWords);
            }
            if words.chars().count() > CHARACTERS_MAX {
                return Err(NotQuoted::TooLong);
            }
            // What is read otherwise is approved anew.
            (one.words, one.by, one.approved_by) = (words, by.to_owned(), None);
        }
        QuotationAction::Approve(place) => {
            let one = known.get_mut(*place).ok_or(NotQuoted::Gone)?;
            if one.by == by {
                return Err(NotQuoted::Own);
            }
            if one.words.chars().count() > CHARACTERS_MAX {
                return Err(NotQuoted::TooLong);
            }
            // Shortened before every gap had to show.
            if !is_part_of(&one.words, &one.whole) {
                return Err(NotQuoted::OtherWords);
            }
            one.approved_by = Some(by.to_owned());
        }
        QuotationAction::Remove(place) => {
            if *place >= known.len() {
                return Err(NotQuoted::Gone);
            }
            known.remove(*place);
        }
    }
    Ok(())
}

/// Whether `words` is the whole, or pieces of it in their order with “…” wherever something was left out: at the beginning and the end too.
fn is_part_of(words: &str, whole: &str) -> bool {
    let bare = |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    let pieces = |text: &str| -> Vec<Vec<String>> {
        let text = text.replace("...", "…");
        let piece = |piece: &str| piece.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
        text.split('…').map(piece).collect()
    };
    let whole = pieces(whole).concat();
    let mut rest = whole.as_slice();
    let [first, more @ ..] = &pieces(words)[..] else { return false };
    let Some(after_first) = rest.strip_prefix(first.as_slice()) else { return false };
    rest = after_first;
    let Some((last, between)) = more.split_last() else { return rest.is_empty() && !first.is_empty() };
    for piece in between.iter().filter(|piece| !piece.is_empty()) {
        let Some(found) = rest.windows(piece.len()).position(|window| window == piece.as_slice()) else { return false };
        rest = &rest[found + piece.len()..];
    }
    rest.ends_with(last) && !(first.is_empty() && more.iter().all(Vec::is_empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen() -> Vec<Quotation> {
        let mut known = Vec::new();
        let words = "Chị Lan bắt tôi đến ba lần, lần nào cũng thiếu giấy. Gọi 0912345678.".to_owned();
        done(&mut known, &QuotationAction::Choose(words, "tháng 3/2026".to_owned()), "mai").expect("chosen");
        known
    }

    #[test]
    fn what_is_chosen_is_masked_and_waits_for_somebody_else() {
        let mut known = chosen();
        assert!(!known[0].words.contains("Lan") && !known[0].words.contains("0912345678"), "{known:?}");
        assert_eq!(done(&mut known, &QuotationAction::Approve(0), "mai"), Err(NotQuoted::Own));
        assert_eq!(done(&mut known, &QuotationAction::Approve(1), "ha"), Err(NotQuoted::Gone));
        assert_eq!(done(&mut known, &QuotationAction::Approve(0), "ha"), Ok(()));
        assert_eq!(known[0].approved_by.as_deref(), Some("ha"));
        let silent = Quotation { words: "bắt tôi đến".to_owned(), approved_by: None, ..known[0].clone() };
        assert_eq!(done(&mut vec![silent], &QuotationAction::Approve(0), "ha"), Err(NotQuoted::OtherWords));
    }

    #[test]
    fn words_are_left_out_and_none_put_in_and_then_it_is_approved_anew() {
        let mut known = chosen();
        done(&mut known, &QuotationAction::Approve(0), "ha").expect("approved");
        for other in [
            "… tôi đến mười lần …",
            "… lần nào cũng thiếu giấy. … tôi đến …",
            " … ",
            "",
            // Left out without a word: in the middle, at the beginning, at the end.
            "… bắt tôi đến thiếu giấy …",
            "bắt tôi đến ba lần …",
            "… bắt tôi đến ba lần",
        ] {
            assert_eq!(
                done(&mut known, &QuotationAction::Shorten(0, other.to_owned()), "mai"),
                Err(NotQuoted::OtherWords),
                "{other}"
            );
        }
        let shorter = "… bắt tôi đến ba lần… thiếu giấy. (...)";
        done(&mut known, &QuotationAction::Shorten(0, shorter.to_owned()), "ha").expect("shorter");
        assert_eq!((known[0].words.as_str(), &known[0].approved_by), (shorter, &None));
        assert_eq!(
            done(&mut known, &QuotationAction::Approve(0), "ha"),
            Err(NotQuoted::Own),
            "who shortened it does not approve it"
        );
    }

    #[test]
    fn a_word_that_comes_again_is_found_where_it_fits() {
        let whole = "Lần một chờ lâu. Lần hai chờ lâu... nhưng được hướng dẫn";
        for part in [whole, "… chờ lâu … chờ lâu nhưng …", "Lần … được hướng dẫn", "… Lần hai chờ lâu …"]
        {
            assert!(is_part_of(part, whole), "{part}");
        }
        for other in ["… chờ lâu … chờ lâu … chờ lâu …", "Lần hai chờ lâu …", "… lần một … lần một …"]
        {
            assert!(!is_part_of(other, whole), "{other}");
        }
    }

    #[test]
    fn a_report_quotes_nothing_twice_and_not_too_much() {
        let mut known = chosen();
        let again = QuotationAction::Choose(known[0].whole.clone(), String::new());
        assert_eq!(done(&mut known, &again, "mai"), Err(NotQuoted::Twice));
        for number in 1..QUOTATIONS_MAX {
            done(&mut known, &QuotationAction::Choose(format!("Câu thứ {number} dài ra"), String::new()), "mai")
                .expect("chosen");
        }
        assert_eq!(
            done(&mut known, &QuotationAction::Choose("Thêm".to_owned(), String::new()), "mai"),
            Err(NotQuoted::TooMany)
        );
    }
}
