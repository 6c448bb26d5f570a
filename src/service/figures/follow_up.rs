//! A follow-up beside the measurement whose weak criteria it asks again.

use std::cmp::Reverse;

use super::{MeasureError, Measured, Question};
use crate::index::result::QuestionnaireResult;
use crate::plan::Period;

/// Compares every follow-up that is shown with the newest period of the plan that ended before this one and shows a criterion of
/// it; with the same period where none does. `earlier_figures` gives those of an earlier period, none where they may not be used: what
/// is frozen is compared with frozen figures only, so that it stays as it is.
pub(super) fn compare(
    question: &Question,
    measured: &mut Measured,
    earlier_figures: impl Fn(&Question) -> Result<Option<Measured>, MeasureError>,
) -> Result<(), MeasureError> {
    let shows_one = |result: &QuestionnaireResult| result.follows().is_some() && result.shown().is_some();
    if question.live || !measured.report.questionnaires.iter().any(shows_one) {
        return Ok(());
    }
    let mut results = std::mem::take(&mut measured.report.questionnaires);
    let mut earlier: Vec<&Period> =
        measured.plan.periods.iter().filter(|period| period.to < measured.period.from).collect();
    earlier.sort_by_key(|period| Reverse((period.to, period.from)));
    for period in earlier {
        if results.iter().all(|result| !shows_one(result) || is_compared(result)) {
            break;
        }
        let before =
            Question { period: period.key.clone(), unit: Some(measured.unit.code.clone()), ..question.clone() };
        match earlier_figures(&before) {
            Ok(Some(first)) => put_beside(&mut results, &first.report),
            Ok(None) => {}
            // An older period that cannot be read costs its comparison, not this period's figures.
            Err(error @ MeasureError::Unreadable { .. }) => {
                tracing::error!(%error, "a follow-up is not compared with a closed period");
            }
            Err(error) => return Err(error),
        }
    }
    put_beside(&mut results, &measured.report);
    measured.report.questionnaires = results;
    Ok(())
}

fn is_compared(result: &QuestionnaireResult) -> bool {
    result.shown().is_none_or(|shown| shown.before.is_some())
}

fn put_beside(results: &mut [QuestionnaireResult], first: &crate::index::IndexReport) {
    for result in results.iter_mut().filter(|result| !is_compared(result)) {
        let Some(follows) = result.follows().map(str::to_owned) else { continue };
        if let QuestionnaireResult::Shown(shown) = result {
            shown.compare(&follows, first);
        }
    }
}
