//! What happened within a period of a figure over time: a cut-off, a new version of a questionnaire, a remedy that was done.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::cases::remedy::Progress;
use crate::db::{Db, DbError, Form, Remedy};
use crate::index::pick::Pick;
use crate::plan::{Period, Plan};
use crate::report::explore::Happened;
use crate::report::format;
use crate::service::figures::{Measured, criterion_of};
use crate::survey::Questionnaire;

/// What is known of a ward that no figure tells.
pub(super) struct Happenings {
    /// When a questionnaire was published first, whatever its version: what is brought with the program is none that took another's place.
    first: HashMap<String, NaiveDate>,
    /// Remedies that were done, with the day.
    done: Vec<(NaiveDate, Remedy)>,
}

impl Happenings {
    /// Of the ward that a plan binds.
    pub(super) fn read(db: &Db, ward: &str) -> Result<Self, DbError> {
        let mut first: HashMap<String, NaiveDate> = HashMap::new();
        for form in db.forms()? {
            let on = first.entry(form.code).or_insert(form.published_on);
            *on = form.published_on.min(*on);
        }
        let Some(ward) = db.unit_by_code(ward)? else { return Ok(Self { first, done: Vec::new() }) };
        let done = db.remedies(&[ward.id])?.into_iter().filter(|remedy| remedy.state == Progress::Done);
        let mut done: Vec<(NaiveDate, Remedy)> = done.filter_map(|remedy| Some((remedy.done_on?, remedy))).collect();
        done.sort_by_key(|(on, remedy)| (*on, remedy.number));
        Ok(Self { first, done })
    }
}

/// So many questionnaires of one day are named.
const NAMED: usize = 2;

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
    let took_the_place =
        |form: &&Form| happenings.first.get(&form.questionnaire.id).is_some_and(|first| *first < form.published_on);
    let mut new: BTreeMap<NaiveDate, Vec<&Questionnaire>> = BTreeMap::new();
    for form in measured.forms.iter().map(|form| &**form).filter(took_the_place) {
        if period.contains(form.published_on) && asks(plan, pick, form) {
            new.entry(form.published_on).or_default().push(&form.questionnaire);
        }
    }
    marks.extend(new.into_iter().map(|(day, forms)| {
        let named: Vec<String> = forms
            .iter()
            .take(NAMED)
            .map(|form| format!("“{}”, bản {}", form.title.in_language("vi"), form.version))
            .collect();
        let further = forms.len() - named.len();
        let further = if further > 0 { format!(" và {further} phiếu khác") } else { String::new() };
        Happened {
            at: at(day, 0.0),
            short: match forms[..] {
                [form] => format!("phiếu mới (bản {})", form.version),
                _ => format!("{} phiếu mới", forms.len()),
            },
            says: format!("{}: phiếu mới {}{further}", format::date(day), named.join("; ")),
        }
    }));
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
pub(super) fn fields_of<'a>(plan: &'a Plan, pick: &'a Pick) -> Option<Vec<&'a str>> {
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
