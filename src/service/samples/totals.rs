//! What is known of the people that a sample stands for: which questions of a round totals may be given for, and what its sheets say to them.

use super::damaged;
use crate::db::{Db, DbError, FrameStored, Round, Sheet};
use crate::sampling::totals::{FIELD, KnownTotals, Named, Totals};
use crate::survey::Questionnaire;

/// The known totals of a frame; none where none were given.
/// # Errors
/// When what is kept is damaged.
pub fn of_frame(frame: &FrameStored) -> Result<Option<Totals>, DbError> {
    if frame.totals.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(&frame.totals).map(Some).map_err(damaged)
}

/// Totals as they are kept; nothing of questions is nothing.
/// # Errors
/// When they cannot be written.
pub fn written(totals: &Totals) -> Result<String, DbError> {
    if totals.questions.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(totals).map_err(damaged)
}

/// What totals may be given for: the field of service where a round has several, and each question about the respondent. All totals are 0.
/// # Errors
/// When the database fails.
pub fn askable(db: &Db, round: &Round) -> Result<Vec<KnownTotals>, DbError> {
    let questionnaire = &db.form_by_id(round.form)?.questionnaire;
    let own = super::fields_of(round, questionnaire);
    let mut all = Vec::new();
    if own.len() > 1 {
        let named = |vi: &str, en: &str| Named { id: FIELD.to_owned(), vi: vi.to_owned(), en: en.to_owned() };
        let fields = db.fields()?.into_iter().filter(|field| own.contains(&field.code));
        let levels = fields.map(|field| (Named { id: field.code, vi: field.name_vi, en: field.name_en }, 0));
        all.push(KnownTotals { question: named("Lĩnh vực", "Field"), levels: levels.collect() });
    }
    for asked in &questionnaire.demographics {
        let named = |id: &str, text: &crate::survey::Text| Named {
            id: id.to_owned(),
            vi: text.in_language("vi").to_owned(),
            en: text.in_language("en").to_owned(),
        };
        let levels = asked.options.iter().map(|option| (named(&option.id, &option.text), 0));
        all.push(KnownTotals { question: named(&asked.id, &asked.text), levels: levels.collect() });
    }
    Ok(all)
}

/// The place of the level that a sheet says to a question; none where it was left blank or says what nobody is known of.
pub(super) fn said(known: &KnownTotals, sheet: &Sheet, field: &str, questionnaire: &Questionnaire) -> Option<usize> {
    let place = |id: &str| known.levels.iter().position(|(level, _)| level.id == id);
    if known.question.id == FIELD {
        return place(field);
    }
    let at = questionnaire.demographics.iter().position(|asked| asked.id == known.question.id)?;
    let option = usize::from(*sheet.demographics.get(at)?).checked_sub(1)?;
    place(&questionnaire.demographics[at].options.get(option)?.id)
}
