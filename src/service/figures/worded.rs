//! Figures as they are read: with the names of everything in them, as the content of page and files, as a letter.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::NaiveDate;

use super::Measured;
use crate::db::Form;
use crate::index::IndexReport;
use crate::report;

/// The one content model of the figures, from which page, text and documents are made.
pub fn content(
    measured: &Measured,
    language: report::Language,
    today: NaiveDate,
    demonstration: bool,
) -> report::Report {
    let names = names(measured, language);
    report::content(&measured.report, &setting(measured, &names, language, today, demonstration))
}

/// The same as a letter with annexes; `before` are the figures of the comparable period before, `written` what the office wrote.
pub fn official(
    content: report::Report,
    measured: &Measured,
    before: Option<(&str, &IndexReport)>,
    written: &report::official::Written,
) -> report::Report {
    let language = content.language;
    with_basis(measured, before, written, language, |basis| report::official::official(content, basis))
}

/// Does something with all that a letter is made from.
pub fn with_basis<T>(
    measured: &Measured,
    before: Option<(&str, &IndexReport)>,
    written: &report::official::Written,
    language: report::Language,
    work: impl FnOnce(&report::official::Basis<'_>) -> T,
) -> T {
    let names = names(measured, language);
    let setting = setting(measured, &names, language, measured.report.to, false);
    let report::official::Written { texts, copied, quoted } = written;
    work(&report::official::Basis { index: &measured.report, before, setting: &setting, texts, copied, quoted })
}

fn setting<'a>(
    measured: &'a Measured,
    names: &'a report::Names,
    language: report::Language,
    today: NaiveDate,
    demonstration: bool,
) -> report::Setting<'a> {
    report::Setting {
        plan: &measured.plan,
        names,
        language,
        as_of: today,
        dated: None,
        number: None,
        audit_head: measured.audit_head.as_deref(),
        outside: &measured.outside,
        corrects: measured.corrects.as_deref(),
        demonstration,
    }
}

/// Names of everything that the figures call by an identifier.
pub fn names(measured: &Measured, language: report::Language) -> report::Names {
    let unit = language.choose(&measured.unit.name_vi, &measured.unit.name_en);
    let mut names = report::Names::new(unit, &measured.fields);
    // Newest versions first: of two wordings of one item the newest names it.
    let mut forms: Vec<&Arc<Form>> = measured.forms.iter().collect();
    forms.sort_by_key(|form| (form.questionnaire.id.clone(), Reverse(form.questionnaire.version)));
    for form in forms {
        names.add(&form.questionnaire);
    }
    for ((unit, point), name) in &measured.points {
        names.add_point(*unit, *point, name);
    }
    for (unit, name) in &measured.offices {
        names.add_unit(unit, name);
    }
    names
}
