//! What figures are computed from: everything beside the answers, read once, and the answers counted as a question asks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::shown::Shown;
use super::{MeasureError, Question};
use crate::db::{Db, DbError, Field, Form, PlanStored, TallyFilter, Unit};
use crate::index::counted::{Counted, Standing};
use crate::index::result::{DeclaredEmpty, UnitLine};
use crate::index::{self, FormView, IndexReport, Input, PointView, Suspects, compute};
use crate::plan::{Caseload, FieldOfService, Period};
use crate::sheet::day_sum::{DaySum, SumKey};
use crate::sheet::tally::{Layout, Series, Tally, TallyKey};

/// The units right under a unit.
pub(super) fn offices(db: &Db, unit: &Unit) -> Result<Vec<Unit>, DbError> {
    Ok(db.tree()?.children(unit.id).cloned().collect())
}

/// The lines of offices: each from what its own page counts.
pub(super) fn unit_lines(
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

pub(super) fn of_service(fields: Vec<Field>) -> Vec<FieldOfService> {
    let fields = fields.into_iter().map(|field| FieldOfService {
        id: field.code,
        name_vi: field.name_vi,
        name_en: field.name_en,
    });
    fields.collect()
}

/// How answers were counted.
pub(super) struct Read {
    /// Whether releases are counted whole.
    pub(super) whole: bool,
    /// The newest day on which releases were divided by offices.
    pub(super) cut_on: Option<NaiveDate>,
}

/// Everything that the figures of a unit are computed from but the answers.
pub(super) struct Sources {
    /// Shared: the lines of many offices are of one plan.
    pub(super) stored: Arc<PlanStored>,
    pub(super) period: Period,
    /// Code of the unit.
    pub(super) unit: String,
    pub(super) units_of_plan: Vec<i32>,
    pub(super) forms: Vec<Arc<Form>>,
    pub(super) fields: Vec<Field>,
    pub(super) points: HashMap<(i32, i32), PointView>,
    pub(super) point_names: HashMap<(i32, i32), String>,
    /// Cases handled in the months of the period.
    pub(super) volumes: Vec<Caseload>,
    /// Fields declared to be without cases in the period.
    pub(super) declared: Vec<DeclaredEmpty>,
}

impl Sources {
    /// With the unit, and the numbers of all units under it.
    pub(super) fn read(db: &Db, question: &Question) -> Result<(Self, Unit, Vec<i32>), MeasureError> {
        let stored = db.plan_shared(&question.plan)?.ok_or_else(|| MeasureError::NoPlan(question.plan.clone()))?;
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
        let forms = db.all_forms()?;
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
    pub(super) fn below(&self, code: &str, units: &HashSet<i32>) -> Self {
        let points = self.points.iter().filter(|((of, _), _)| units.contains(of));
        Self {
            stored: Arc::clone(&self.stored),
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
    pub(super) fn count(
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
                let all = tallies.iter().filter(|(key, _)| belongs(&SumKey::of(key, 0)));
                let all = all.map(|(key, tally)| (key, tally, Standing::Counts, 0));
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
                    // Sheets of a survey round enter apart.
                    if only.is_none() && shown.lies_across(key.unit, key.release, counted.suspects()) {
                        counted.note_beyond(key, sum.sheets());
                    }
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

    /// Of days chosen at will: notes what each release holds on them and in the plan's periods around them, so that no factor or criterion is told
    /// of which one to nine people's answers could be worked out.
    pub(super) fn note_lots(
        &self,
        db: &Db,
        units: &[i32],
        question: &Question,
        counted: &mut [Counted],
    ) -> Result<(), DbError> {
        let (plan, own) = (&self.stored.plan, &self.period);
        if question.live || plan.is_bounded_by_periods((own.from, own.to)) {
            return Ok(());
        }
        let around = plan.periods.iter().filter(|known| known.overlaps(own.from, own.to));
        let (from, to) = around.fold((own.from, own.to), |(from, to), known| (from.min(known.from), to.max(known.to)));
        let shown = Shown::read(db, units, &Period { from, to, ..own.clone() })?;
        db.read_sums(|sums| {
            sums.visit(units, (from, to), &mut |key, sum| {
                for counted in counted.iter_mut() {
                    let standing = shown.standing(key.unit, key.release, counted.suspects());
                    counted.note_lot(shown.lot(key.unit, key.release), key, standing, sum);
                }
            })
        })
    }

    /// Counts tallies by the shapes of the questionnaires here; each as it stands, with its release.
    pub(super) fn counted<'a>(
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

    pub(super) fn compute(&self, counted: &Counted, whole: bool, live: bool, today: NaiveDate) -> IndexReport {
        self.with_input(counted, whole, live, today, compute)
    }

    pub(super) fn with_input<T>(
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
