//! From the database to the figures of a plan's period. Page, file, mail, API and command line all call [`measure`],
//! so that all of them show one figure.

mod follow_up;
pub mod frozen;
pub mod kept_format;
mod official;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;

use crate::clock::day_number;
use crate::db::{Closing, Db, DbError, Field, Form, PlanStored, TallyFilter, Unit};
use crate::index::counted::Counted;
use crate::index::groups::{Asked, Splits, Stretch, held_back, reach, stretches};
use crate::index::{self, FormView, IndexReport, Input, PointView, Suspects, TargetResult, compute};
use crate::plan::Caseload;
use crate::plan::ExternalFigure;
use crate::plan::{Channel, FieldOfService, Period, Plan, Respondents};
use crate::report;
use crate::sheet::day_sum::SumKey;
use crate::sheet::tally::{Layout, Series, Tally, TallyKey};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Question {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period, or `adhoc-FROM-TO`.
    pub period: String,
    /// Code of the unit measured; none for the plan's own.
    pub unit: Option<String>,
    /// Series shown.
    pub series: Series,
    /// Whether flagged sheets count.
    pub suspects: Suspects,
    /// Whether answers not yet released in groups count.
    pub live: bool,
    /// Today's civil date.
    pub today: NaiveDate,
}

/// The figures with the names that belong to them.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The plan.
    pub plan: Plan,
    /// The period.
    pub period: Period,
    /// The unit measured.
    pub unit: Unit,
    /// Numbers of the units that the plan binds.
    pub units_of_plan: Vec<i32>,
    /// The figures.
    pub report: IndexReport,
    /// Flagged sheets of the period and series, in the figures or left out as asked.
    pub flagged: u64,
    /// Questionnaire versions that were answered or are asked.
    pub forms: Vec<Arc<Form>>,
    /// Fields of service.
    pub fields: Vec<FieldOfService>,
    /// Names of the unit's service points, by unit and number.
    pub points: HashMap<(i32, i32), String>,
    /// Earlier and official figures of the unit, from others.
    pub outside: Vec<ExternalFigure>,
    /// The last row of the audit log, `number:hash`; of a closed period that of the day on which it was frozen.
    pub audit_head: Option<String>,
    /// The series of which the plan's report of this period is made.
    pub official: Series,
    /// The closing that these figures were kept by; none for figures that were computed now.
    pub closing: Option<Closing>,
    /// Why the version before that closing was opened anew.
    pub corrects: Option<String>,
}

/// Figures, and beside them the targets without flagged sheets.
pub type Beside = (Measured, Option<Vec<TargetResult>>);

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// No such plan.
    #[error("there is no plan `{0}`; `sipas plan list` shows the plans")]
    NoPlan(String),
    /// No such period.
    #[error("plan `{plan}` has no period `{period}`; it has {known}, or use adhoc-YYYY-MM-DD-YYYY-MM-DD")]
    NoPeriod {
        /// The plan.
        plan: String,
        /// The period asked for.
        period: String,
        /// The periods it has.
        known: String,
    },
    /// No such unit.
    #[error("there is no unit `{unit}` under the unit of plan `{plan}`; `sipas unit list` shows the units")]
    NoUnit {
        /// The unit asked for.
        unit: String,
        /// The plan.
        plan: String,
    },
    /// The period was never closed in this version.
    #[error("period `{period}` of plan `{plan}` has no version {version}; `sipas period list` shows those there are")]
    NoVersion {
        /// The plan.
        plan: String,
        /// The period.
        period: String,
        /// The version asked for.
        version: u32,
    },
    /// What is kept of the closed period cannot be read.
    #[error(
        "version {version} of period `{period}` of plan `{plan}` cannot be read: {why}; `sipas period export` hands out what is kept"
    )]
    Unreadable {
        /// The plan.
        plan: String,
        /// The period.
        period: String,
        /// The version.
        version: u32,
        /// What is wrong with it, for the operator.
        why: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// The figures of one plan, period and unit: the kept ones where the period is frozen, else computed from what is there now.
/// What has not been released is always computed now.
pub fn measure(db: &Db, question: &Question) -> Result<Measured, MeasureError> {
    if !question.live
        && let Some(kept) = frozen::measured(db, question, None)?
    {
        return Ok(kept);
    }
    compute_now(db, question)
}

/// [`measure`], and the targets without flagged sheets where there are some and the question counts them.
pub fn measure_beside(db: &Db, question: &Question) -> Result<Beside, MeasureError> {
    if !question.live
        && let Some(kept) = frozen::measured_beside(db, question, None)?
    {
        return Ok(kept);
    }
    compute_both(db, question, question.suspects == Suspects::In)
}

/// The series of which the report of a period is made: the one with which it was frozen, else the one that counts now. `version` is one of a closed
/// period, the one in force if left out.
pub fn official_series(db: &Db, plan: &str, period: &str, version: Option<u32>) -> Result<Series, MeasureError> {
    let closings = db.closings_of(plan, period)?;
    let closing = match version {
        Some(version) => closings.iter().find(|closing| closing.version == version),
        None => closings.last().filter(|newest| !newest.state().is_open()),
    };
    if let Some(closing) = closing {
        // What is wrong with it is said where its figures are read.
        return Ok(frozen::official_series(db, closing).unwrap_or(Series::Open));
    }
    let plan = db.plan(plan)?.ok_or_else(|| MeasureError::NoPlan(plan.to_owned()))?.plan;
    match plan.period(period) {
        Some(period) => Ok(official::of_open(db, &plan, &period)?),
        None => Ok(plan.series.last().copied().unwrap_or(Series::Open)),
    }
}

/// The figures as the answers there are now give them, whether or not the period is frozen.
pub fn compute_now(db: &Db, question: &Question) -> Result<Measured, MeasureError> {
    Ok(compute_both(db, question, false)?.0)
}

/// The figures, and with `beside` the targets without flagged sheets, from one reading.
fn compute_both(db: &Db, question: &Question, beside: bool) -> Result<Beside, MeasureError> {
    let (sources, unit, ids) = Sources::read(db, question)?;
    let mut counted = vec![Counted::new(question.series, question.suspects)];
    if beside {
        counted.push(Counted::new(question.series, Suspects::Out));
    }
    sources.count(db, &ids, question.live, &mut counted)?;
    let report = sources.compute(&counted[0], question.live, question.today);
    let flagged = counted[0].flagged();
    let without = counted.get(1).filter(|_| flagged > 0);
    let without =
        without.map(|without| sources.with_input(without, question.live, question.today, index::targets_only));
    let official = official::of_open(db, &sources.stored.plan, &sources.period)?;
    let outside = db.outside_figures(&[unit.id])?;
    let head = db.audit_head()?;
    let audit_head = (head.number > 0).then(|| head.to_string());
    let Sources { stored, period, units_of_plan, forms, fields, point_names, .. } = sources;
    let mut measured = Measured {
        plan: stored.plan,
        period,
        unit,
        units_of_plan,
        report,
        flagged,
        forms,
        fields: of_service(fields),
        points: point_names,
        outside,
        audit_head,
        official,
        closing: None,
        corrects: None,
    };
    follow_up::compare(question, &mut measured, |before| measure(db, before).map(Some))?;
    Ok((measured, without))
}

fn of_service(fields: Vec<Field>) -> Vec<FieldOfService> {
    let fields = fields.into_iter().map(|field| FieldOfService {
        id: field.code,
        name_vi: field.name_vi,
        name_en: field.name_en,
    });
    fields.collect()
}

/// Everything that the figures of a unit are computed from but the answers.
struct Sources {
    stored: PlanStored,
    period: Period,
    /// Code of the unit.
    unit: String,
    units_of_plan: Vec<i32>,
    forms: Vec<Arc<Form>>,
    fields: Vec<Field>,
    points: HashMap<(i32, i32), PointView>,
    point_names: HashMap<(i32, i32), String>,
    /// Cases handled in the months of the period.
    volumes: Vec<Caseload>,
}

impl Sources {
    /// With the unit, and the numbers of all units under it.
    fn read(db: &Db, question: &Question) -> Result<(Self, Unit, Vec<i32>), MeasureError> {
        let stored = db.plan(&question.plan)?.ok_or_else(|| MeasureError::NoPlan(question.plan.clone()))?;
        let plan = &stored.plan;
        let period = plan.period(&question.period).ok_or_else(|| MeasureError::NoPeriod {
            plan: plan.key.clone(),
            period: question.period.clone(),
            known: plan.periods.iter().map(|period| period.key.as_str()).collect::<Vec<_>>().join(", "),
        })?;
        let code = question.unit.as_deref().unwrap_or(&plan.unit);
        let no_unit = || MeasureError::NoUnit { unit: code.to_owned(), plan: plan.key.clone() };
        let units_of_plan = db.subtree(&plan.unit)?;
        let unit = db.unit_by_code(code)?.filter(|unit| units_of_plan.contains(&unit.id)).ok_or_else(no_unit)?;
        let ids = db.subtree(&unit.code)?;
        let forms = db.forms()?.iter().map(|listed| db.form_by_id(listed.id)).collect::<Result<Vec<_>, _>>()?;
        let fields = db.fields()?;
        let (mut points, mut point_names) = (HashMap::new(), HashMap::new());
        for point in db.points(Some(&ids))? {
            let view = PointView {
                channel: point.channel,
                questionnaire: point.form,
                fields: point.field_codes,
                open: point.opened_on <= period.to && point.retired_on.is_none_or(|retired| retired > period.from),
            };
            points.insert((point.unit, point.point), view);
            point_names.insert((point.unit, point.point), point.name_vi);
        }
        let volumes = db.volumes(&ids, period.from, period.to)?;
        let sources = Self {
            stored,
            period,
            unit: unit.code.clone(),
            units_of_plan,
            forms,
            fields,
            points,
            point_names,
            volumes,
        };
        Ok((sources, unit, ids))
    }

    /// Counts the answers of `units` in the period, in every way asked for.
    fn count(&self, db: &Db, units: &[i32], live: bool, counted: &mut [Counted]) -> Result<(), DbError> {
        let (from, to) = (self.period.from, self.period.to);
        if live {
            let filter = TallyFilter { units: Some(units.to_vec()), from, to, live };
            let tallies = db.tallies(&filter)?;
            for counted in counted {
                *counted = self.counted(counted.series(), counted.suspects(), &tallies, |_| false);
            }
            return Ok(());
        }
        let groups = Groups::read(db, &self.stored.plan, &self.period, &self.forms)?;
        db.read_sums(|sums| {
            let held = groups.held(&sums.counts(&groups.units, groups.reach)?, units);
            sums.visit(units, (from, to), &mut |key, sum| {
                let held = held.contains(key);
                for counted in counted.iter_mut() {
                    counted.add(key, held, sum);
                }
            })
        })
    }

    /// Counts tallies by the shapes of the questionnaires here.
    fn counted<'a>(
        &self,
        series: Series,
        suspects: Suspects,
        tallies: impl IntoIterator<Item = &'a (TallyKey, Tally)>,
        held: impl Fn(&SumKey) -> bool,
    ) -> Counted {
        let layouts: HashMap<i32, &Layout> = self.forms.iter().map(|form| (form.id, &form.layout)).collect();
        Counted::of(series, suspects, tallies, held, |form| layouts.get(&form).copied())
    }

    fn compute(&self, counted: &Counted, live: bool, today: NaiveDate) -> IndexReport {
        self.with_input(counted, live, today, compute)
    }

    fn with_input<T>(&self, counted: &Counted, live: bool, today: NaiveDate, work: impl FnOnce(&Input<'_>) -> T) -> T {
        let field_codes = self.fields.iter().map(|field| (field.id, field.code.clone())).collect();
        let views: HashMap<i32, FormView<'_>> = self
            .forms
            .iter()
            .map(|form| (form.id, FormView { questionnaire: &form.questionnaire, layout: &form.layout }))
            .collect();
        work(&Input {
            plan: &self.stored.plan,
            period: &self.period,
            unit: &self.unit,
            live,
            today,
            forms: &views,
            fields: &field_codes,
            points: &self.points,
            counted,
            volumes: &self.volumes,
        })
    }
}

/// What decides which answers no figure may count yet. Groups are made over all units and periods for which figures can be
/// asked: those of the highest unit with a plan, and of all plans under it.
struct Groups {
    root: i32,
    parents: HashMap<i32, i32>,
    /// All units under the root.
    units: Vec<i32>,
    stretches: Vec<Stretch>,
    questionnaires: HashMap<i32, String>,
    channels: HashMap<(i32, i32), Channel>,
    by_respondent: bool,
    /// First and last day of the period.
    days: (i32, i32),
    /// First and last day of what is grouped together with them.
    reach: (i32, i32),
}

impl Groups {
    fn read(db: &Db, plan: &Plan, period: &Period, forms: &[Arc<Form>]) -> Result<Self, DbError> {
        let all = db.units()?;
        let of_code: HashMap<&str, &Unit> = all.iter().map(|unit| (unit.code.as_str(), unit)).collect();
        let parents: HashMap<i32, i32> = all.iter().filter_map(|unit| Some((unit.id, unit.parent?))).collect();
        let mut plans: Vec<Plan> = db.plans()?.into_iter().map(|stored| stored.plan).collect();
        let bound: HashSet<i32> = plans.iter().filter_map(|plan| Some(of_code.get(plan.unit.as_str())?.id)).collect();
        let no_unit =
            || DbError::Damaged(format!("plan {} is of the unit {}, which is not there", plan.key, plan.unit));
        let mut root = of_code.get(plan.unit.as_str()).ok_or_else(no_unit)?.id;
        let mut above = parents.get(&root);
        while let Some(unit) = above {
            if bound.contains(unit) {
                root = *unit;
            }
            above = parents.get(unit);
        }
        let root_code = all.iter().find(|unit| unit.id == root).map_or(plan.unit.as_str(), |unit| unit.code.as_str());
        let units = db.subtree(root_code)?;
        plans.retain(|plan| of_code.get(plan.unit.as_str()).is_some_and(|unit| units.contains(&unit.id)));

        let targets = || plans.iter().flat_map(|plan| &plan.targets);
        let mut channels = HashMap::new();
        if targets().any(|target| target.channel.is_some()) {
            channels.extend(db.points(None)?.into_iter().map(|point| ((point.unit, point.point), point.channel)));
        }
        let by_respondent = targets().any(|target| target.respondents != Respondents::All);
        let periods = plans.iter().flat_map(|plan| &plan.periods);
        let periods: Vec<(i32, i32)> = periods.map(|period| (day_number(period.from), day_number(period.to))).collect();
        let stretches = stretches(&periods);
        let questionnaires = forms.iter().map(|form| (form.id, form.questionnaire.id.clone())).collect();
        let days = (day_number(period.from), day_number(period.to));
        let reach = reach(&stretches, days);
        Ok(Self { root, parents, units, stretches, questionnaires, channels, by_respondent, days, reach })
    }

    /// The sums of `units` in the period that no figure may count yet, by the sheets of all units within reach.
    fn held(&self, sheets: &[(SumKey, u64)], units: &[i32]) -> HashSet<SumKey> {
        let splits = Splits {
            root: self.root,
            parents: &self.parents,
            stretches: &self.stretches,
            questionnaires: &self.questionnaires,
            channels: &self.channels,
            by_respondent: self.by_respondent,
        };
        held_back(&splits, sheets, Asked { units: &units.iter().copied().collect(), days: self.days })
    }
}

/// The one content model of the figures, from which page, text and documents are made.
pub fn content(
    measured: &Measured,
    language: report::Language,
    today: NaiveDate,
    demonstration: bool,
) -> report::Report {
    let names = names(measured, language);
    let setting = report::Setting {
        plan: &measured.plan,
        names: &names,
        language,
        as_of: today,
        dated: None,
        number: None,
        audit_head: measured.audit_head.as_deref(),
        outside: &measured.outside,
        corrects: measured.corrects.as_deref(),
        demonstration,
    };
    report::content(&measured.report, &setting)
}

/// Names of everything that the figures call by an identifier.
pub fn names(measured: &Measured, language: report::Language) -> report::Names {
    let unit = language.choose(&measured.unit.name_vi, &measured.unit.name_en);
    let mut names = report::Names::new(unit, &measured.fields);
    // Newest versions first: of two wordings of one item the newest names it.
    let mut forms: Vec<&Arc<Form>> = measured.forms.iter().collect();
    forms.sort_by_key(|form| (form.questionnaire.id.clone(), std::cmp::Reverse(form.questionnaire.version)));
    for form in forms {
        names.add(&form.questionnaire);
    }
    for ((unit, point), name) in &measured.points {
        names.add_point(*unit, *point, name);
    }
    names
}
