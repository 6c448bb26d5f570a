//! The figures of a period as they were frozen. Freezing keeps, part by part, all that the figures are made from (plan,
//! questionnaires, places, tallies) and the figures of every unit; reading takes the kept figures; checking computes them
//! anew from the kept sources and compares.
//!
//! Parts are JSON, so that somebody without this program can read them. `docs/statistics.md` describes each.

pub mod groups;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::kept_format::{Difference, FORMAT, RULES, Reader, Rules, VOLUMES, differences};
use super::official;
use super::{
    Beside, MeasureError, Measured, Question, Shown, Sources, Without, counts, follow_up, of_service, tells_of_flagged,
    work,
};
use crate::db::{Closing, ClosingPart, Db, DbError, Field, Form, PlanStored, TallyFilter, Unit};
use crate::index::counted::{Counted, Standing};
use crate::index::result::CountResult;
use crate::index::result::DeclaredEmpty;
use crate::index::result::ProfileQuestion;
use crate::index::result::UnitLine;
use crate::index::result::{RemedyResult, TaskResult};
use crate::index::{self, IndexReport, METHOD, PointView, SETTLING_POWER, SHOWN_FROM, Suspects};
use crate::plan::Caseload;
use crate::plan::ExternalFigure;
use crate::plan::closing::ClosingStep;
use crate::plan::{Period, Plan};
use crate::secrets::hex::hex;
use crate::sheet::release::LEAST;
use crate::sheet::tally::{Layout, Series, Tally, TallyKey};
use crate::survey::Questionnaire;

const PLAN: &str = "input/plan.json";
const QUESTIONNAIRES: &str = "input/questionnaires.json";
const PLACES: &str = "input/places.json";
const TALLIES: &str = "input/tallies.json";

/// The series and the ways of counting flagged sheets, in which figures can be asked for.
const SERIES: [(Series, &str); 3] = [(Series::Open, "open"), (Series::Ticket, "ticket"), (Series::Sample, "sample")];
const SUSPECTS: [(Suspects, &str); 2] = [(Suspects::In, "in"), (Suspects::Out, "out")];

/// The plan as it bound the period.
#[derive(Serialize, Deserialize)]
struct FrozenPlan {
    revision: u32,
    hash: String,
    seeded_on: NaiveDate,
    plan: Plan,
}

/// A questionnaire version that was asked.
#[derive(Clone, Serialize, Deserialize)]
struct FrozenForm {
    id: i32,
    hash: String,
    published_on: NaiveDate,
    questionnaire: Questionnaire,
}

/// Where and when: the period, units, fields, points.
#[derive(Serialize, Deserialize)]
struct Places {
    period: Period,
    taken_on: NaiveDate,
    audit_head: Option<String>,
    units: Vec<FrozenUnit>,
    fields: Vec<FrozenField>,
    points: Vec<(i32, i32, PointView)>,
    /// Names of the points.
    #[serde(default)]
    point_names: Vec<(i32, i32, String)>,
    /// Earlier and official figures of others, with the number of their unit.
    #[serde(default)]
    outside: Vec<(i32, ExternalFigure)>,
    /// Fields declared to be without cases.
    #[serde(default)]
    declared: Vec<DeclaredEmpty>,
    /// Questions whose groups of respondents are not told, by series: of sheets that come in or go out later few would be known. By the
    /// question, and the questionnaire where others ask something else under its identifier. None in closings of before this was asked: of
    /// those no group is told.
    #[serde(default)]
    groups_hidden: Option<Vec<groups::Untold>>,
}

#[derive(Serialize, Deserialize)]
struct FrozenUnit {
    id: i32,
    code: String,
    name_vi: String,
    name_en: String,
    /// The unit and those under it.
    below: Vec<i32>,
    /// Places in the list of tallies that no figure of this unit counts: they wait, or are no part of what its figures count.
    held: Vec<usize>,
    /// What was counted of complaints and dialogues when it was frozen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    counts: Vec<CountResult>,
    /// Remedies and tasks as they stood then; criteria are put beside them from kept figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    remedies: Vec<RemedyResult>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tasks: Vec<TaskResult>,
    /// Whether its figures count releases whole.
    #[serde(default)]
    whole: bool,
    /// When its answers were last divided by offices.
    #[serde(default)]
    offices_as_of: Option<NaiveDate>,
}

#[derive(Clone, Serialize, Deserialize)]
struct FrozenField {
    id: i16,
    code: String,
    name_vi: String,
    name_en: String,
}

/// A tally, its sums as [`Tally::encode`] writes them, in hexadecimal digits.
#[derive(Serialize, Deserialize)]
struct FrozenTally {
    #[serde(flatten)]
    key: TallyKey,
    sums: String,
    /// Of a release with flagged and other sheets: figures without flagged sheets leave all of it out.
    #[serde(default)]
    mixed: bool,
    /// Of a release of several cells: a figure counts all of it or none.
    #[serde(default)]
    together: bool,
    /// Its release; 0 for those that wait.
    #[serde(default)]
    release: i32,
}

fn kept_tally(shown: &Shown, key: &TallyKey, release: i32, tally: &Tally) -> FrozenTally {
    let held = |suspects| shown.holds_back(key.unit, release, suspects);
    let mixed = held(Suspects::Out) && !held(Suspects::In);
    let together = matches!(shown.standing(key.unit, release, Suspects::In), Standing::Together(_));
    FrozenTally { key: *key, sums: hex(&tally.encode()), mixed, together, release }
}

/// The figures of one unit, series and way of counting.
#[derive(Serialize, Deserialize)]
struct Figures {
    flagged: u64,
    /// Sheets without flag that are left out because they share a release with flagged ones.
    #[serde(default)]
    besides: u64,
    report: IndexReport,
}

/// Everything that is kept of a period when it is frozen: what the figures are made from, and the figures.
pub fn freeze(db: &Db, plan: &str, period: &str, today: NaiveDate) -> Result<Vec<ClosingPart>, MeasureError> {
    let question = Question {
        plan: plan.to_owned(),
        period: period.to_owned(),
        unit: None,
        series: Series::Open,
        suspects: Suspects::In,
        live: false,
        today,
    };
    let (all, _, units) = Sources::read(db, &question)?;
    let (from, to) = (all.period.from, all.period.to);
    let filter = TallyFilter { units: Some(units.clone()), from, to, live: true };
    let shown = Shown::read(db, &units, &all.period)?;
    // With those that wait, which are counted nowhere: that a cell has some is said.
    let mut tallies = db.tallies_of_releases(&filter)?;
    // Flagged sheets are only told of once figures may count them.
    tallies.retain(|(key, release, _)| !key.suspect || !shown.holds_back(key.unit, *release, Suspects::In));
    let places = places(db, &all, &tallies, today)?;
    let mut kept = Kept {
        plan: FrozenPlan {
            revision: all.stored.revision,
            hash: all.stored.hash.clone(),
            seeded_on: all.stored.seeded_on,
            plan: all.stored.plan.clone(),
        },
        forms: all.forms.iter().map(|form| kept_form(form)).collect(),
        places,
        tallies: tallies.iter().map(|(key, release, tally)| kept_tally(&shown, key, *release, tally)).collect(),
        volumes: all.volumes.clone(),
    };
    let rules = Rules {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        format: Some(FORMAT),
        method_number: Some(METHOD),
        method: "docs/statistics.md".to_owned(),
        official: Some(official::of_open(db, &all.stored.plan, &all.period)?),
        confidence: all.stored.plan.confidence,
        settling_power: SETTLING_POWER,
        shown_from: SHOWN_FROM,
        released_in_groups_of: None,
        released_from: Some(LEAST as u64),
        waiting: "what waited when the period was frozen was let in where ten were together; the rest is not counted in this version"
            .to_owned(),
    };
    kept.places.groups_hidden = Some(kept.groups_to_hide()?);
    let mut parts = vec![
        part(PLAN, &kept.plan)?,
        part(QUESTIONNAIRES, &kept.forms)?,
        part(PLACES, &kept.places)?,
        part(TALLIES, &kept.tallies)?,
        part(VOLUMES, &kept.volumes)?,
        part(RULES, &rules)?,
    ];
    // From what was kept, as whoever checks it later will.
    parts.extend(kept.figures()?);
    Ok(parts)
}

/// The kept figures of a question: of the version in force, none where the period is open; or of the version asked for.
pub fn measured(db: &Db, question: &Question, version: Option<u32>) -> Result<Option<Measured>, MeasureError> {
    let Some(mut kept) = kept_alone(db, question, version)? else { return Ok(None) };
    follow_up::compare(question, &mut kept, |before| measured(db, before, None))?;
    super::hide_groups(&mut kept, question.suspects);
    work::put_beside(question, &mut kept, |other| measured_alone(db, other))?;
    Ok(Some(kept))
}

/// [`measured`] of the version in force, without earlier measurements beside it.
pub fn measured_alone(db: &Db, question: &Question) -> Result<Option<Measured>, MeasureError> {
    let Some(mut kept) = kept_alone(db, question, None)? else { return Ok(None) };
    super::hide_groups(&mut kept, question.suspects);
    Ok(Some(kept))
}

fn kept_alone(db: &Db, question: &Question, version: Option<u32>) -> Result<Option<Measured>, MeasureError> {
    let mut closings = db.closings_of(&question.plan, &question.period)?;
    let place = match version {
        None => closings.iter().rposition(|_| true).filter(|last| !closings[*last].state().is_open()),
        Some(version) => Some(closings.iter().position(|known| known.version == version).ok_or_else(|| {
            MeasureError::NoVersion { plan: question.plan.clone(), period: question.period.clone(), version }
        })?),
    };
    let Some(place) = place else { return Ok(None) };
    let before = place.checked_sub(1).and_then(|place| closings[place].step(ClosingStep::Reopen));
    let corrects = before.map(|step| step.reason.clone());
    let closing = closings.swap_remove(place);
    let unreadable = |error| match error {
        DbError::Damaged(why) => MeasureError::Unreadable {
            plan: closing.plan.clone(),
            period: closing.period.clone(),
            version: closing.version,
            why,
        },
        other => other.into(),
    };
    let reader = Reader::open(db, &closing).map_err(unreadable)?;
    let FrozenPlan { plan, .. } = reader.read(PLAN).map_err(unreadable)?;
    let places: Places = reader.read(PLACES).map_err(unreadable)?;
    let forms: Vec<FrozenForm> = reader.read(QUESTIONNAIRES).map_err(unreadable)?;
    let code = question.unit.as_deref().unwrap_or(&plan.unit);
    let no_unit = || MeasureError::NoUnit { unit: code.to_owned(), plan: plan.key.clone() };
    let kept = places.units.iter().find(|unit| unit.code == code).ok_or_else(no_unit)?;
    let kept_id = kept.id;
    let unit = db.unit_by_code(code)?.ok_or_else(no_unit)?;
    let unit = Unit { name_vi: kept.name_vi.clone(), name_en: kept.name_en.clone(), ..unit };
    let name = figures_name(code, question.series, question.suspects);
    let Figures { flagged, besides, mut report } = reader.read(&name).map_err(unreadable)?;
    let official = reader.official();
    let untold = |asked: &ProfileQuestion| {
        !places.tells_groups(&(question.series, asked.question.clone(), asked.questionnaire.clone()))
    };
    for asked in report.profile.iter_mut().filter(|asked| untold(asked)) {
        asked.options.iter_mut().for_each(|option| option.estimate = None);
    }
    report.frozen = Some(closing.hash());
    report.state = closing.state();
    report.version = Some(closing.version);
    let units_of_plan = places.units.iter().map(|unit| unit.id).collect();
    let kept = Measured {
        plan,
        period: places.period,
        unit,
        units_of_plan,
        report,
        flagged,
        besides,
        forms: forms.into_iter().map(form).map(Arc::new).collect(),
        fields: of_service(places.fields.into_iter().map(field).collect()),
        outside: places.outside.into_iter().filter(|(of, _)| *of == kept_id).map(|(_, figure)| figure).collect(),
        points: places.point_names.into_iter().map(|(unit, point, name)| ((unit, point), name)).collect(),
        offices: places.units.into_iter().map(|unit| (unit.code, unit.name_vi)).collect(),
        audit_head: places.audit_head,
        official,
        closing: Some(closing),
        corrects,
    };
    Ok(Some(kept))
}

/// The official series of a version of a closed period.
pub fn official_series(db: &Db, closing: &Closing) -> Result<Series, DbError> {
    Ok(Reader::open(db, closing)?.official())
}

/// [`measured`], and the targets without flagged sheets where there are some and the question counts them.
pub fn measured_beside(db: &Db, question: &Question, version: Option<u32>) -> Result<Option<Beside>, MeasureError> {
    let Some(kept) = measured(db, question, version)? else { return Ok(None) };
    let out = Question { suspects: Suspects::Out, ..question.clone() };
    let asked = question.suspects == Suspects::In && tells_of_flagged(kept.flagged);
    let beside = if asked { measured(db, &out, version)? } else { None };
    let beside = beside.map(|beside| Without { targets: beside.report.targets, besides: beside.besides });
    Ok(Some((kept, beside)))
}

/// What came of computing the figures of a version anew.
pub struct Recomputed {
    /// The method by which they were computed, where it is not this program's.
    pub older_method: Option<u32>,
    /// What comes out otherwise, by the name of its part.
    pub differ: Vec<(String, Vec<Difference>)>,
}

/// Computes the figures of a version anew from its kept sources, and compares them with the kept ones number by number.
pub fn recomputed(db: &Db, closing: &Closing) -> Result<Recomputed, MeasureError> {
    let (reader, kept) = sources(db, closing)?;
    let mut differ = Vec::new();
    for ClosingPart { name, content } in kept.figures()? {
        let before: Value = reader.read(&name)?;
        let now = serde_json::from_slice(&content).map_err(|error| damaged(&error.to_string()))?;
        let found = differences(&before, &now);
        if !found.is_empty() {
            differ.push((name, found));
        }
    }
    Ok(Recomputed { older_method: reader.older_method(), differ })
}

/// Whether this program can read what is kept of a version, every part but the files.
pub fn readable(db: &Db, closing: &Closing) -> Result<(), DbError> {
    let (reader, kept) = sources(db, closing)?;
    for name in expected(&kept.places) {
        reader.read::<Figures>(&name)?;
    }
    Ok(())
}

/// The names of the parts that a version must have, but for files. Where the places cannot be read, those that every version has.
pub fn expected_parts(db: &Db, closing: &Closing) -> Vec<String> {
    let reader = Reader::open(db, closing).ok();
    let volumes = reader.as_ref().is_none_or(|reader| reader.format() > 1);
    let mut names: Vec<String> = [PLAN, QUESTIONNAIRES, PLACES, TALLIES, RULES]
        .into_iter()
        .chain(volumes.then_some(VOLUMES))
        .map(str::to_owned)
        .collect();
    if let Some(places) = reader.and_then(|reader| reader.read(PLACES).ok()) {
        names.extend(expected(&places));
    }
    names
}

fn expected(places: &Places) -> impl Iterator<Item = String> + '_ {
    places.units.iter().flat_map(|unit| {
        let of_series = |series| SUSPECTS.map(|(suspects, _)| figures_name(&unit.code, series, suspects));
        SERIES.into_iter().flat_map(move |(series, _)| of_series(series))
    })
}

fn sources<'a>(db: &'a Db, closing: &'a Closing) -> Result<(Reader<'a>, Kept), DbError> {
    let reader = Reader::open(db, closing)?;
    let kept = Kept {
        plan: reader.read(PLAN)?,
        forms: reader.read(QUESTIONNAIRES)?,
        places: reader.read(PLACES)?,
        tallies: reader.read(TALLIES)?,
        volumes: reader.read(VOLUMES)?,
    };
    Ok((reader, kept))
}

/// What figures are made from, as it is kept.
struct Kept {
    plan: FrozenPlan,
    forms: Vec<FrozenForm>,
    places: Places,
    tallies: Vec<FrozenTally>,
    volumes: Vec<Caseload>,
}

impl Kept {
    fn forms(&self) -> Vec<Arc<Form>> {
        self.forms.iter().map(|kept| Arc::new(form(kept.clone()))).collect()
    }

    /// The tallies, in their order.
    fn decoded(&self) -> Result<Vec<(TallyKey, Tally)>, DbError> {
        let layouts: HashMap<i32, Layout> =
            self.forms.iter().map(|form| (form.id, form.questionnaire.layout())).collect();
        let tallies = self.tallies.iter().map(|kept| {
            let layout = layouts.get(&kept.key.form).ok_or_else(|| damaged("a tally of no kept questionnaire"))?;
            let sums = bytes_of(&kept.sums).ok_or_else(|| damaged("a tally is not hexadecimal"))?;
            Ok((kept.key, Tally::decode(layout, &sums).map_err(|bad| damaged(&bad.to_string()))?))
        });
        tallies.collect()
    }

    /// What the figures of a unit are made from.
    fn sources(&self, unit: &FrozenUnit, forms: &[Arc<Form>]) -> Sources {
        let below: HashSet<i32> = unit.below.iter().copied().collect();
        let points = self.places.points.iter().filter(|(of, ..)| below.contains(of));
        Sources {
            stored: Arc::new(PlanStored {
                plan: self.plan.plan.clone(),
                revision: self.plan.revision,
                hash: self.plan.hash.clone(),
                seeded_on: self.plan.seeded_on,
            }),
            period: self.places.period.clone(),
            unit: unit.code.clone(),
            units_of_plan: Vec::new(),
            forms: forms.to_vec(),
            fields: self.places.fields.iter().cloned().map(field).collect(),
            points: points.map(|(of, point, view)| ((*of, *point), view.clone())).collect(),
            point_names: HashMap::new(),
            volumes: self.volumes.iter().filter(|volume| below.contains(&volume.unit)).copied().collect(),
            declared: self.places.declared.clone(),
        }
    }

    /// What the figures of a unit count.
    fn counted(
        &self,
        (unit, sources): (&FrozenUnit, &Sources),
        tallies: &[(TallyKey, Tally)],
        (series, suspects): (Series, Suspects),
    ) -> Counted {
        let below: HashSet<i32> = unit.below.iter().copied().collect();
        let held: HashSet<usize> = unit.held.iter().copied().collect();
        let of_unit = tallies.iter().zip(&self.tallies).enumerate();
        let of_unit = of_unit.filter(|(_, ((key, _), _))| below.contains(&key.unit));
        let of_unit = of_unit.map(|(place, ((key, tally), kept))| {
            let left_out = kept.mixed && suspects == Suspects::Out;
            let standing = if left_out || held.contains(&place) {
                Standing::Held
            } else if kept.together {
                Standing::Together(kept.release)
            } else {
                Standing::Counts
            };
            (key, tally, standing, kept.release)
        });
        sources.counted(series, suspects, of_unit)
    }

    /// The figures of every unit, series and way of counting.
    fn figures(&self) -> Result<Vec<ClosingPart>, MeasureError> {
        let (tallies, forms) = (self.decoded()?, self.forms());
        let mut figures: Vec<(&FrozenUnit, Series, Suspects, Figures, UnitLine)> = Vec::new();
        for unit in &self.places.units {
            let sources = self.sources(unit, &forms);
            for (series, _) in SERIES {
                let with = self.counted((unit, &sources), &tallies, (series, Suspects::In));
                for (suspects, _) in SUSPECTS {
                    let counted = self.counted((unit, &sources), &tallies, (series, suspects));
                    let besides = counted.left_out_besides(&with);
                    let taken_on = self.places.taken_on;
                    let mut report = sources.compute(&counted, unit.whole, false, taken_on);
                    report.counts.clone_from(&unit.counts);
                    report.remedies.clone_from(&unit.remedies);
                    report.tasks.clone_from(&unit.tasks);
                    let line = sources.with_input(&counted, false, false, taken_on, index::unit_line);
                    figures.push((
                        unit,
                        series,
                        suspects,
                        Figures { flagged: counted.flagged(), besides, report },
                        line,
                    ));
                }
            }
        }
        let lines = |of: &FrozenUnit, series: Series, suspects: Suspects| {
            let same = figures.iter().filter(|known| (known.1, known.2) == (series, suspects));
            let under = same.filter(|known| self.places.is_right_under(known.0, of));
            under.map(|known| known.4.clone()).collect::<Vec<_>>()
        };
        let lines: Vec<Vec<UnitLine>> = figures.iter().map(|known| lines(known.0, known.1, known.2)).collect();
        let parts = figures.into_iter().zip(lines).map(|((unit, series, suspects, mut figures, _), lines)| {
            figures.report.units = lines;
            figures.report.offices_as_of = unit.offices_as_of;
            part(&figures_name(&unit.code, series, suspects), &figures)
        });
        Ok(parts.collect::<Result<Vec<_>, DbError>>()?)
    }
}

impl Places {
    /// Whether the groups of a question may be told.
    fn tells_groups(&self, question: &groups::Untold) -> bool {
        self.groups_hidden.as_ref().is_some_and(|hidden| !hidden.contains(question))
    }

    /// Whether a unit with points stands right under another.
    fn is_right_under(&self, unit: &FrozenUnit, above: &FrozenUnit) -> bool {
        let within = |one: &FrozenUnit, other: &FrozenUnit| one.id != other.id && other.below.contains(&one.id);
        let between = |other: &FrozenUnit| within(unit, other) && within(other, above);
        let has_points = self.points.iter().any(|(of, ..)| unit.below.contains(of));
        has_points && within(unit, above) && !self.units.iter().any(between)
    }
}

fn places(
    db: &Db,
    all: &Sources,
    tallies: &[(TallyKey, i32, Tally)],
    today: NaiveDate,
) -> Result<Places, MeasureError> {
    let of_plan = db.unit_by_code(&all.stored.plan.unit)?.map_or(0, |unit| unit.id);
    let mut units = Vec::new();
    let tree = db.tree()?;
    for unit in tree.covered(of_plan).iter().cloned() {
        let below = tree.below(unit.id);
        let shown = Shown::read(db, &below, &all.period)?;
        let of_unit = tallies.iter().enumerate().filter(|(_, (key, ..))| below.contains(&key.unit));
        let held = of_unit.filter(|(_, (key, release, _))| shown.holds_back(key.unit, *release, Suspects::In));
        let held = held.map(|(place, _)| place).collect();
        let counts = counts::of(db, &all.stored.plan, &all.period, (&unit.code, &below), today)?;
        let tasks = work::tasks(db, &all.stored.plan, &unit.code, &counts, today)?;
        units.push(FrozenUnit {
            id: unit.id,
            code: unit.code.clone(),
            name_vi: unit.name_vi,
            name_en: unit.name_en,
            counts,
            remedies: work::remedies(db, &all.stored.plan, &all.period, &unit.code, today)?,
            tasks,
            below,
            held,
            whole: unit.id == of_plan && shown.counts_whole(),
            offices_as_of: shown.cut_on(),
        });
    }
    let mut points: Vec<_> = all.points.iter().map(|((unit, point), view)| (*unit, *point, view.clone())).collect();
    points.sort_by_key(|(unit, point, _)| (*unit, *point));
    let mut point_names: Vec<_> =
        all.point_names.iter().map(|((unit, point), name)| (*unit, *point, name.clone())).collect();
    point_names.sort_unstable();
    let head = db.audit_head()?;
    let fields = all.fields.iter().cloned().map(|Field { id, code, name_vi, name_en }| FrozenField {
        id,
        code,
        name_vi,
        name_en,
    });
    Ok(Places {
        period: all.period.clone(),
        taken_on: today,
        audit_head: (head.number > 0).then(|| head.to_string()),
        units,
        fields: fields.collect(),
        points,
        point_names,
        outside: db.outside_figures(&all.units_of_plan)?.into_iter().map(|figure| (figure.unit, figure)).collect(),
        declared: all.declared.clone(),
        groups_hidden: None,
    })
}

fn figures_name(unit: &str, series: Series, suspects: Suspects) -> String {
    let series = SERIES.iter().find(|(known, _)| *known == series).map_or("open", |(_, name)| name);
    let suspects = SUSPECTS.iter().find(|(known, _)| *known == suspects).map_or("in", |(_, name)| name);
    format!("figures/{unit}/{series}/{suspects}.json")
}

pub(super) fn part(name: &str, value: &impl Serialize) -> Result<ClosingPart, DbError> {
    let content = serde_json::to_vec(value).map_err(|error| DbError::Failed(format!("{name}: {error}")))?;
    Ok(ClosingPart { name: name.to_owned(), content })
}

fn damaged(what: &str) -> DbError {
    DbError::Damaged(format!("a closed period: {what}"))
}

fn kept_form(form: &Form) -> FrozenForm {
    let (hash, questionnaire) = (form.hash.clone(), form.questionnaire.clone());
    FrozenForm { id: form.id, hash, published_on: form.published_on, questionnaire }
}

fn form(kept: FrozenForm) -> Form {
    let layout = kept.questionnaire.layout();
    Form { id: kept.id, questionnaire: kept.questionnaire, layout, hash: kept.hash, published_on: kept.published_on }
}

fn field(FrozenField { id, code, name_vi, name_en }: FrozenField) -> Field {
    Field { id, code, name_vi, name_en }
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
