//! What happened within a period of a figure over time: a cut-off, a new version of a questionnaire, a remedy that was done.

use chrono::NaiveDate;

use crate::cases::remedy::Progress;
use crate::db::{Db, DbError, Form, Remedy};
use crate::index::pick::Pick;
use crate::plan::{Period, Plan};
use crate::report::explore::Happened;
use crate::report::format;
use crate::service::figures::{Measured, criterion_of};

/// What is known of a ward that no figure tells.
pub(super) struct Happenings {
    /// Remedies that were done, with the day.
    done: Vec<(NaiveDate, Remedy)>,
}

impl Happenings {
    /// Of the ward that a plan binds.
    pub(super) fn read(db: &Db, ward: &str) -> Result<Self, DbError> {
        let Some(ward) = db.unit_by_code(ward)? else { return Ok(Self { done: Vec::new() }) };
        let done = db.remedies(&[ward.id])?.into_iter().filter(|remedy| remedy.state == Progress::Done);
        let mut done: Vec<(NaiveDate, Remedy)> = done.filter_map(|remedy| Some((remedy.done_on?, remedy))).collect();
        done.sort_by_key(|(on, remedy)| (*on, remedy.number));
        Ok(Self { done })
    }
}

/// What happened in a period that bears on a figure, each at its day; with cut-offs where not every period ends with one.
pub(super) fn marks(
    plan: &Plan,
    period: &Period,
    measured: &Measured,
    pick: &Pick,
    (with_cuts, happenings): (bool, &Happenings),
) -> Vec<Happened> {
    let days = ((period.to - period.from).num_days() + 1) as f64;
    // A day begins and ends; so many of its parts are behind.
    let at = |day: NaiveDate, part: f64| ((day - period.from).num_days() as f64 + part) / days;
    let mut marks = Vec::new();
    for form in measured
        .forms
        .iter()
        .filter(|form| form.questionnaire.version > 1 && period.contains(form.published_on) && asks(plan, pick, form))
    {
        let (asked, on) = (&form.questionnaire, format::date(form.published_on));
        marks.push(Happened {
            at: at(form.published_on, 0.0),
            short: format!("phiếu mới (bản {})", asked.version),
            says: format!("{on}: phiếu mới “{}”, bản {}", asked.title.in_language("vi"), asked.version),
        });
    }
    if with_cuts {
        let mut cuts: Vec<NaiveDate> =
            plan.periods.iter().map(|known| known.to).filter(|last| period.contains(*last)).collect();
        cuts.sort_unstable();
        cuts.dedup();
        marks.extend(cuts.into_iter().map(|cut| Happened {
            at: at(cut, 1.0),
            short: format!("chốt {}", cut.format("%d/%m")),
            says: format!("{}: chốt số liệu", format::date(cut)),
        }));
    }
    let of_unit = |remedy: &Remedy| measured.unit.code == plan.unit || remedy.office == Some(measured.unit.id);
    let done = happenings.done.iter().filter(|(on, _)| period.contains(*on));
    let done: Vec<_> = done.filter(|(_, remedy)| of_unit(remedy) && bears_on(plan, pick, remedy)).collect();
    if let Some((on, _)) = done.last() {
        let says = done.iter().map(|(on, remedy)| format!("{}: xong biện pháp “{}”", format::date(*on), remedy.work));
        marks.push(Happened {
            at: at(*on, 0.5),
            short: match done.len() {
                1 => "xong biện pháp".to_owned(),
                several => format!("xong {several} biện pháp"),
            },
            says: says.collect::<Vec<_>>().join("; "),
        });
    }
    marks.sort_by(|a, b| a.at.total_cmp(&b.at));
    marks
}

/// The fields that a figure is made of; none for all.
fn fields_of<'a>(plan: &'a Plan, pick: &'a Pick) -> Option<Vec<&'a str>> {
    match pick {
        Pick::UnitFactor(_) => None,
        Pick::Target(id) | Pick::People(id) => {
            let fields: Vec<&str> =
                plan.target(id).into_iter().flat_map(|target| &target.fields).map(String::as_str).collect();
            Some(fields).filter(|fields| !fields.is_empty() && !fields.contains(&"all"))
        }
        Pick::Field(field) | Pick::Factor(field, _) | Pick::Criterion(field, _) => Some(vec![field]),
    }
}

/// Whether a questionnaire asks what the figure is made of.
fn asks(plan: &Plan, pick: &Pick, form: &Form) -> bool {
    let feeds = form.questionnaire.sections.iter().any(|section| !section.feeds.is_empty());
    let fields = fields_of(plan, pick);
    feeds && fields.is_none_or(|fields| form.questionnaire.fields.iter().any(|known| fields.contains(&known.as_str())))
}

/// Whether a remedy is about what the figure is made of; one that is about no criterion may be about anything.
fn bears_on(plan: &Plan, pick: &Pick, remedy: &Remedy) -> bool {
    let Some([_, _, field, item]) = criterion_of(remedy) else { return true };
    match pick {
        Pick::Criterion(of, id) => (&field, &item) == (of, id),
        _ => fields_of(plan, pick).is_none_or(|fields| fields.contains(&field.as_str())),
    }
}
