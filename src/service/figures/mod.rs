//! From the database to the figures of a plan's period. Page, file, mail, API and command line all call [`measure`],
//! so that all of them show one figure.

mod beside;
pub mod counts;
pub mod cross;
mod follow_up;
pub mod frozen;
pub mod kept_format;
mod official;
mod work;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};

pub use self::beside::{Beside, Without, tells_of_flagged};
pub use self::work::criterion_of;
use crate::clock::day_number;
use crate::db::{Closing, Db, DbError, Field, Form, PlanStored, Round, Share, TallyFilter, Unit};
use crate::index::counted::{Counted, Standing};
use crate::index::result::DeclaredEmpty;
use crate::index::result::UnitLine;
use crate::index::{self, FormView, IndexReport, Input, PointView, Suspects, compute};
use crate::plan::Caseload;
use crate::plan::ExternalFigure;
use crate::plan::{FieldOfService, Period, Plan, adhoc_key};
use crate::report;
use crate::sheet::day_sum::{DaySum, SumKey};
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
    /// Whether answers not yet released count.
    pub live: bool,
    /// Today's civil date.
    pub today: NaiveDate,
}

/// The figures with the names that belong to them.
#[derive(Debug, Clone)]
pub struct Measured {
    pub plan: Plan,
    pub period: Period,
    /// The unit measured.
    pub unit: Unit,
    /// Numbers of the units that the plan binds.
    pub units_of_plan: Vec<i32>,
    /// The figures.
    pub report: IndexReport,
    /// Flagged sheets of the period and series, in the figures or left out as asked.
    pub flagged: u64,
    /// Sheets without flag that figures of a closed period leave out because they share a release with flagged ones; 0 where flagged ones are
    /// counted, and of periods closed before it was kept.
    pub besides: u64,
    /// Questionnaire versions that were answered or are asked.
    pub forms: Vec<Arc<Form>>,
    /// Fields of service.
    pub fields: Vec<FieldOfService>,
    /// Names of the unit's service points, by unit and number.
    pub points: HashMap<(i32, i32), String>,
    /// Names of the units right under the unit, by their codes.
    pub offices: HashMap<String, String>,
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

impl Measured {
    /// Whether these are the figures that the official report is about.
    pub fn is_official(&self) -> bool {
        let report = &self.report;
        report.unit == self.plan.unit
            && report.series == self.official
            && report.suspects == Suspects::In
            && !report.live
    }
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// No such plan.
    #[error("there is no plan `{0}`; `sipas plan list` shows the plans")]
    NoPlan(String),
    /// No such period.
    #[error("plan `{plan}` has no period `{period}`; it has {known}, or use adhoc-YYYY-MM-DD-YYYY-MM-DD")]
    NoPeriod {
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
        plan: String,
    },
    /// The period was never closed in this version.
    #[error("period `{period}` of plan `{plan}` has no version {version}; `sipas period list` shows those there are")]
    NoVersion {
        plan: String,
        period: String,
        /// The version asked for.
        version: u32,
    },
    /// What is kept of the closed period cannot be read.
    #[error(
        "version {version} of period `{period}` of plan `{plan}` cannot be read: {why}; `sipas period export` hands out what is kept"
    )]
    Unreadable {
        plan: String,
        period: String,
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

/// [`measure`] without what stands beside the figures: lines of offices, and earlier measurements next to follow-ups and remedies. For pages that
/// show one figure of many periods or units.
pub fn measure_alone(db: &Db, question: &Question) -> Result<Measured, MeasureError> {
    if !question.live
        && let Some(kept) = frozen::measured_alone(db, question)?
    {
        return Ok(kept);
    }
    Ok(compute_of(db, question, Extent::Alone, None)?.0)
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

/// The figures of a survey round: of the sheets at its points alone, which stand in releases of their own.
pub fn measure_round(db: &Db, round: &Round, today: NaiveDate) -> Result<Measured, MeasureError> {
    let (from, to) = round.days;
    let question = Question {
        plan: round.plan.clone(),
        period: adhoc_key(from, to),
        unit: None,
        series: round.selection.series(),
        suspects: Suspects::In,
        live: false,
        today,
    };
    Ok(compute_of(db, &question, Extent::Whole, Some(&round.points().collect()))?.0)
}

/// The figures as the answers there are now give them, whether or not the period is frozen.
pub fn compute_now(db: &Db, question: &Question) -> Result<Measured, MeasureError> {
    Ok(compute_both(db, question, false)?.0)
}

/// The figures, and with `beside` the targets without flagged sheets, from one reading.
fn compute_both(db: &Db, question: &Question, beside: bool) -> Result<Beside, MeasureError> {
    compute_of(db, question, if beside { Extent::Beside } else { Extent::Whole }, None)
}

/// How much is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// The figures of the unit and nothing beside them.
    Alone,
    /// All that a period's page shows.
    Whole,
    /// That, and the targets without flagged sheets.
    Beside,
}

/// [`compute_both`] of some points alone, by unit and number, or of all.
fn compute_of(
    db: &Db,
    question: &Question,
    extent: Extent,
    only: Option<&HashSet<(i32, i32)>>,
) -> Result<Beside, MeasureError> {
    let (mut sources, unit, ids) = Sources::read(db, question)?;
    if let Some(only) = only {
        sources.points.retain(|point, _| only.contains(point));
        sources.point_names.retain(|point, _| only.contains(point));
    }
    let mut counted = vec![Counted::new(question.series, question.suspects)];
    if extent == Extent::Beside {
        counted.push(Counted::new(question.series, Suspects::Out));
    }
    let Read { whole, cut_on } = sources.count(db, &ids, question, only, &mut counted)?;
    let mut report = sources.compute(&counted[0], whole, question.live, question.today);
    let offices = offices(db, &unit)?;
    if extent != Extent::Alone {
        report.units = unit_lines(db, &sources, &offices, question, only)?;
    }
    report.offices_as_of = cut_on;
    report.counts = counts::of(db, &sources.stored.plan, &sources.period, (&unit.code, &ids), question.today)?;
    report.remedies = work::remedies(db, &sources.stored.plan, &sources.period, &unit.code, question.today)?;
    report.tasks = work::tasks(db, &sources.stored.plan, &unit.code, question.today)?;
    let flagged = counted[0].flagged();
    let without = counted.get(1).filter(|_| tells_of_flagged(flagged));
    let without = without.map(|without| Without {
        targets: sources.with_input(without, whole, question.live, question.today, index::targets_only),
        besides: without.left_out_besides(&counted[0]),
    });
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
        besides: 0,
        forms,
        fields: of_service(fields),
        points: point_names,
        offices: offices.into_iter().map(|unit| (unit.code, unit.name_vi)).collect(),
        outside,
        audit_head,
        official,
        closing: None,
        corrects: None,
    };
    if extent != Extent::Alone {
        follow_up::compare(question, &mut measured, |before| measure(db, before).map(Some))?;
    }
    if !question.live {
        hide_groups(&mut measured, question.suspects);
    }
    if extent != Extent::Alone {
        work::put_beside(question, &mut measured, |other| measure_alone(db, other).map(Some))?;
    }
    Ok((measured, without))
}

/// Leaves the index of groups of respondents out of figures but those of the first closing of a period of the whole unit that lies in
/// no step with another: no release is formed for groups, so of two figures that share sheets the difference could be one person's.
fn hide_groups(measured: &mut Measured, suspects: Suspects) {
    if tells_groups(measured, suspects) {
        return;
    }
    for option in measured.report.profile.iter_mut().flat_map(|question| &mut question.options) {
        option.estimate = None;
    }
}

/// Whether figures of groups are told of this.
fn tells_groups(measured: &Measured, suspects: Suspects) -> bool {
    let apart = holds_no_other(&measured.plan, &measured.period);
    let first = measured.closing.as_ref().is_some_and(|closing| closing.version == 1);
    first && apart && suspects == Suspects::In && measured.unit.code == measured.plan.unit
}

/// Whether every other period of the plan is apart from this one or holds all of it: figures of groups are told of such periods alone, since
/// those of a longer period would be told from its parts by subtraction.
fn holds_no_other(plan: &Plan, period: &Period) -> bool {
    plan.periods.iter().all(|other| {
        let disjoint = other.to < period.from || period.to < other.from;
        disjoint || (other.from <= period.from && period.to <= other.to)
    })
}

/// The units right under a unit.
fn offices(db: &Db, unit: &Unit) -> Result<Vec<Unit>, DbError> {
    Ok(db.tree()?.children(unit.id).cloned().collect())
}

/// The lines of offices: each from what its own page counts.
fn unit_lines(
    db: &Db,
    sources: &Sources,
    offices: &[Unit],
    question: &Question,
    only: Option<&HashSet<(i32, i32)>>,
) -> Result<Vec<UnitLine>, DbError> {
    let (mut lines, tree) = (Vec::new(), db.tree()?);
    for office in offices {
        let ids = tree.below(office.id);
        let below = sources.below(&office.code, &ids.iter().copied().collect());
        if below.points.is_empty() {
            continue;
        }
        let mut counted = [Counted::new(question.series, question.suspects)];
        below.count(db, &ids, question, only, &mut counted)?;
        lines.push(below.with_input(&counted[0], false, question.live, question.today, index::unit_line));
    }
    Ok(lines)
}

fn of_service(fields: Vec<Field>) -> Vec<FieldOfService> {
    let fields = fields.into_iter().map(|field| FieldOfService {
        id: field.code,
        name_vi: field.name_vi,
        name_en: field.name_en,
    });
    fields.collect()
}

/// How answers were counted.
struct Read {
    /// Whether releases are counted whole.
    whole: bool,
    /// The newest day on which releases were divided by offices.
    cut_on: Option<NaiveDate>,
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
    /// Fields declared to be without cases in the period.
    declared: Vec<DeclaredEmpty>,
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
        let of_plan = db.unit_by_code(&plan.unit)?.map_or(unit.id, |unit| unit.id);
        let declared = db.declared_fields(of_plan, &plan.key, &period.key)?;
        let declared = declared.into_iter().map(|known| DeclaredEmpty { field: known.field, reason: known.reason });
        let sources = Self {
            declared: declared.collect(),
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

    /// What of it is about `units`, an office and those under it.
    fn below(&self, code: &str, units: &HashSet<i32>) -> Self {
        let points = self.points.iter().filter(|((of, _), _)| units.contains(of));
        Self {
            stored: self.stored.clone(),
            period: self.period.clone(),
            unit: code.to_owned(),
            units_of_plan: Vec::new(),
            forms: self.forms.clone(),
            fields: self.fields.clone(),
            points: points.map(|(of, view)| (*of, view.clone())).collect(),
            point_names: HashMap::new(),
            volumes: self.volumes.iter().filter(|volume| units.contains(&volume.unit)).copied().collect(),
            declared: self.declared.clone(),
        }
    }

    /// Counts the answers of `units` in the period, in every way asked for.
    fn count(
        &self,
        db: &Db,
        units: &[i32],
        question: &Question,
        only: Option<&HashSet<(i32, i32)>>,
        counted: &mut [Counted],
    ) -> Result<Read, DbError> {
        let belongs = |key: &SumKey| only.is_none_or(|only| only.contains(&(key.unit, key.point)));
        let (from, to) = (self.period.from, self.period.to);
        if question.live {
            let filter = TallyFilter { units: Some(units.to_vec()), from, to, live: true };
            let tallies = db.tallies(&filter)?;
            for counted in counted {
                let all = tallies.iter().map(|(key, tally)| (key, tally, Standing::Counts, 0));
                *counted = self.counted(counted.series(), counted.suspects(), all);
            }
            return Ok(Read { whole: false, cut_on: None });
        }
        let shown = Shown::read(db, units, &self.period)?;
        // Nobody sees by today's figures that somebody answered today.
        let waited_until = to.min(question.today - Days::new(1));
        db.read_sums(|sums| {
            sums.visit(units, (from, to), &mut |key, sum| {
                // Flagged sheets are only told of once figures may count them.
                if !belongs(key) || key.suspect && shown.holds_back(key.unit, key.release, Suspects::In) {
                    return;
                }
                for counted in counted.iter_mut() {
                    counted.add(key, shown.standing(key.unit, key.release, counted.suspects()), sum);
                }
            })?;
            sums.visit_waiting(units, (from, waited_until), &mut |key, sum| {
                if !key.suspect && belongs(key) {
                    for counted in counted.iter_mut() {
                        counted.add(key, Standing::Held, sum);
                    }
                }
            })
        })?;
        Ok(Read { whole: self.unit == self.stored.plan.unit && shown.counts_whole(), cut_on: shown.cut_on() })
    }

    /// Counts tallies by the shapes of the questionnaires here; each as it stands, with its release.
    fn counted<'a>(
        &self,
        series: Series,
        suspects: Suspects,
        tallies: impl IntoIterator<Item = (&'a TallyKey, &'a Tally, Standing, i32)>,
    ) -> Counted {
        let layouts: HashMap<i32, &Layout> = self.forms.iter().map(|form| (form.id, &form.layout)).collect();
        let mut counted = Counted::new(series, suspects);
        for (key, tally, standing, release) in tallies {
            let Some(layout) = layouts.get(&key.form) else { continue };
            let mut sums = DaySum::empty(layout);
            sums.add_tally(key.mode, tally);
            counted.add(&SumKey::of(key, release), standing, &sums);
        }
        counted
    }

    fn compute(&self, counted: &Counted, whole: bool, live: bool, today: NaiveDate) -> IndexReport {
        self.with_input(counted, whole, live, today, compute)
    }

    fn with_input<T>(
        &self,
        counted: &Counted,
        whole: bool,
        live: bool,
        today: NaiveDate,
        work: impl FnOnce(&Input<'_>) -> T,
    ) -> T {
        let order: Vec<String> = self.fields.iter().map(|field| field.code.clone()).collect();
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
            order: &order,
            points: &self.points,
            counted,
            volumes: &self.volumes,
            declared: &self.declared,
            whole,
        })
    }
}

/// Which releases the figures of a unit and period count, and of which releases they count a share.
#[derive(Debug)]
pub struct Shown {
    units: HashSet<i32>,
    /// First and last day of the period.
    days: (i32, i32),
    shares: HashMap<(i32, i32), Share>,
}

impl Shown {
    /// For the figures of `units`: a unit and all under it.
    pub fn read(db: &Db, units: &[i32], period: &Period) -> Result<Self, DbError> {
        let shares = db.shares(units, (period.from, period.to))?;
        let days = (day_number(period.from), day_number(period.to));
        Ok(Self { units: units.iter().copied().collect(), days, shares })
    }

    /// How figures count what a unit has in a release.
    pub fn standing(&self, unit: i32, release: i32, suspects: Suspects) -> Standing {
        if self.holds_back(unit, release, suspects) {
            return Standing::Held;
        }
        match self.shares.get(&(unit, release)) {
            Some(share) if share.together => Standing::Together(release),
            _ => Standing::Counts,
        }
    }

    /// The unit whose figures, and those of units above it, count what a unit has in a release.
    pub fn scope(&self, unit: i32, release: i32) -> Option<i32> {
        self.shares.get(&(unit, release)).filter(|share| !share.together).map(|share| share.scope)
    }

    /// The newest day on which releases of these units were divided by offices; none where none was yet.
    pub fn cut_on(&self) -> Option<NaiveDate> {
        self.shares.values().filter_map(|share| share.cut_on).max()
    }

    /// Whether all that is counted are whole releases.
    pub fn counts_whole(&self) -> bool {
        self.shares.values().all(|share| self.units.contains(&share.root))
    }

    /// Whether what a unit has in a release is not counted. Whoever measures a whole tree of units counts whole releases; who
    /// measures an office counts its part of some. Either counts only if all of its days lie in the period.
    pub fn holds_back(&self, unit: i32, release: i32, suspects: Suspects) -> bool {
        let Some(share) = self.shares.get(&(unit, release)) else { return true };
        let (first, last) = if self.units.contains(&share.root) {
            share.days
        } else if self.units.contains(&share.scope) {
            share.part_days
        } else {
            return true;
        };
        first < self.days.0 || last > self.days.1 || (share.mixed && suspects == Suspects::Out)
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
    forms.sort_by_key(|form| (form.questionnaire.id.clone(), std::cmp::Reverse(form.questionnaire.version)));
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
