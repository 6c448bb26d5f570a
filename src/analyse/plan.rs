//! A description bound to the header of a file: every name looked up, every wish checked, before a row is read.

use std::collections::HashMap;
use std::path::Path;

use toml::Spanned;

use super::AnalyseError;
use super::given::{self, GivenReplicates};
use super::spec::{CalibrationSpec, Description, IndexSpec, MarginSpec, Placed, ResultSpec};
use crate::stats::Confidence;
use crate::stats::calibration::Control;
use crate::stats::calibration::trimming::Trimming;
use crate::stats::design::ClusterLabels;
use crate::stats::design_interval::ShareInterval;
use crate::stats::regression::glm::Family;
use crate::stats::variance::{LonelyCluster, LonelyRule};

/// Most results × domains in one description; a typing slip should not ask for millions.
const RESULTS_MAX: usize = 10_000;

/// What to read and what to compute.
pub struct Plan {
    /// Column names of the file.
    pub header: Vec<String>,
    pub missing: Vec<Vec<u8>>,
    pub lowest: f64,
    pub highest: f64,
    pub satisfied: Vec<f64>,
    pub weight: Option<usize>,
    pub strata: Option<usize>,
    pub cluster: Option<usize>,
    pub labels: ClusterLabels,
    pub clusters_in_population: Option<usize>,
    pub units_in_population: Option<usize>,
    pub lonely: LonelyRule,
    pub calibration: Option<CalibrationPlan>,
    pub filter: Vec<(usize, String)>,
    /// The whole sample first, then the domains.
    pub groupings: Vec<GroupingPlan>,
    /// Columns of answers on the scale.
    pub items: Vec<usize>,
    /// Columns of any numbers.
    pub numbers: Vec<usize>,
    pub results: Vec<ResultPlan>,
    pub indices: Vec<IndexPlan>,
    pub confidence: Confidence,
    /// Where weights are cut, and how.
    pub trim: Option<(f64, Trimming)>,
    /// What is computed from all rows at once.
    pub whole: Vec<WholePlan>,
}

/// A result for which rows are kept in memory; numbers are columns of the file.
pub enum WholePlan {
    Quantile {
        column: usize,
        probabilities: Vec<f64>,
    },
    Regression {
        family: Family,
        outcome: usize,
        predictors: Vec<usize>,
    },
    Replicate {
        method: ReplicateMethod,
        column: usize,
    },
    /// Replicate weights of the file.
    Given {
        given: GivenReplicates,
        column: usize,
    },
}

/// How replicates are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplicateMethod {
    Jackknife,
    JackknifeByStrata,
    Balanced,
    Bootstrap { draws: u32, seed: u64 },
}

pub struct CalibrationPlan {
    pub method: Method,
    pub control: Control,
    pub margins: Vec<MarginPlan>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    PostStratify,
    Rake,
    Linear,
    Exponential,
    Logit { low: f64, high: f64 },
    Truncated { low: f64, high: f64 },
}

impl Method {
    pub const fn name(self) -> &'static str {
        match self {
            Self::PostStratify => "poststratify",
            Self::Rake => "rake",
            Self::Linear => "linear",
            Self::Exponential => "exponential",
            Self::Logit { .. } => "logit",
            Self::Truncated { .. } => "truncated",
        }
    }
}

pub struct MarginPlan {
    /// Column names joined with ":".
    pub name: String,
    pub columns: Vec<usize>,
    pub levels: Vec<String>,
    pub totals: Vec<f64>,
}

pub struct GroupingPlan {
    pub name: String,
    pub columns: Vec<usize>,
    /// Only these levels, in this order.
    pub levels: Option<Vec<String>>,
}

pub struct ResultPlan {
    pub name: String,
    pub kind: Kind,
    /// Positions in `groupings`, the whole sample first.
    pub groupings: Vec<usize>,
    pub intervals: Vec<ShareInterval>,
    pub targets: Vec<f64>,
    pub compare: Option<Adjustment>,
}

/// What a result is; numbers are positions in `items` or `numbers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Share(Vec<usize>),
    Mean(Vec<usize>),
    Total(usize),
    Ratio(usize, usize),
}

impl Kind {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Share(_) => "share",
            Self::Mean(_) => "mean",
            Self::Total(_) => "total",
            Self::Ratio(..) => "ratio",
        }
    }
}

/// How p-values of pairwise comparisons are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    None,
    Holm,
    Hochberg,
    Bonferroni,
    BenjaminiHochberg,
    BenjaminiYekutieli,
}

pub struct IndexPlan {
    pub name: String,
    /// Positions in `results`.
    pub components: Vec<usize>,
    pub weights: Vec<f64>,
    pub groupings: Vec<usize>,
}

/// Looks names up and remembers what was looked up.
struct Binder<'a> {
    description: &'a Description,
    header: &'a [String],
    items: Vec<usize>,
    numbers: Vec<usize>,
}

impl Binder<'_> {
    fn column(&self, name: &Placed) -> Result<usize, AnalyseError> {
        self.header.iter().position(|column| column == name.get_ref()).ok_or_else(|| {
            let known = self.header.join(", ");
            self.description.refuse(name, format!("the file has no column {:?}; it has {known}", name.get_ref()))
        })
    }

    fn optional(&self, name: Option<&Placed>) -> Result<Option<usize>, AnalyseError> {
        name.map(|name| self.column(name)).transpose()
    }

    fn columns(&self, names: &Spanned<Vec<Placed>>) -> Result<Vec<usize>, AnalyseError> {
        if names.get_ref().is_empty() {
            return Err(self.description.refuse(names, "at least one column must be named"));
        }
        if let Some(twice) = repeated(names.get_ref()) {
            return Err(self.description.refuse(twice, format!("the column {:?} is named twice", twice.get_ref())));
        }
        names.get_ref().iter().map(|name| self.column(name)).collect()
    }

    fn item(&mut self, name: &Placed) -> Result<usize, AnalyseError> {
        let column = self.column(name)?;
        Ok(position_or_push(&mut self.items, column))
    }

    fn number(&mut self, name: &Placed) -> Result<usize, AnalyseError> {
        let column = self.column(name)?;
        Ok(position_or_push(&mut self.numbers, column))
    }

    fn choice<T: Copy>(&self, name: &Placed, choices: &[(&str, T)]) -> Result<T, AnalyseError> {
        let found = choices.iter().find(|(known, _)| known == name.get_ref()).map(|(_, value)| *value);
        found.ok_or_else(|| {
            let known = choices.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
            self.description.refuse(name, format!("{:?} is unknown; use one of {known}", name.get_ref()))
        })
    }
}

/// The first name that stands a second time.
fn repeated(names: &[Placed]) -> Option<&Placed> {
    names
        .iter()
        .enumerate()
        .find(|(at, name)| names[..*at].iter().any(|known| known.get_ref() == name.get_ref()))
        .map(|(_, name)| name)
}

fn position_or_push(columns: &mut Vec<usize>, column: usize) -> usize {
    columns.iter().position(|known| *known == column).unwrap_or_else(|| {
        columns.push(column);
        columns.len() - 1
    })
}

const LONELY: [(&str, LonelyCluster); 5] = [
    ("fail", LonelyCluster::Fail),
    ("remove", LonelyCluster::Remove),
    ("certainty", LonelyCluster::Certainty),
    ("adjust", LonelyCluster::Adjust),
    ("average", LonelyCluster::Average),
];

const ADJUSTMENTS: [(&str, Adjustment); 6] = [
    ("none", Adjustment::None),
    ("holm", Adjustment::Holm),
    ("hochberg", Adjustment::Hochberg),
    ("bonferroni", Adjustment::Bonferroni),
    ("bh", Adjustment::BenjaminiHochberg),
    ("by", Adjustment::BenjaminiYekutieli),
];

const LABELS: [(&str, ClusterLabels); 2] =
    [("unique", ClusterLabels::Unique), ("within_stratum", ClusterLabels::WithinStratum)];

impl Plan {
    /// How many sums a row adds to: one of every result, and behind them one of every ratio, which counts its rows.
    pub fn sum_count(&self) -> usize {
        self.results.len() + self.ratios().count()
    }

    /// Where the rows of a ratio are counted.
    pub fn pairs_of(&self, result: usize) -> Option<usize> {
        self.ratios().position(|at| at == result).map(|place| self.results.len() + place)
    }

    /// The results that are ratios.
    pub fn ratios(&self) -> impl Iterator<Item = usize> {
        self.results.iter().enumerate().filter(|(_, result)| matches!(result.kind, Kind::Ratio(..))).map(|(at, _)| at)
    }

    /// Binds `description` to a file with the columns `header`.
    pub fn new(description: &Description, header: &[String]) -> Result<Self, AnalyseError> {
        let spec = &description.spec;
        let mut binder = Binder { description, header, items: Vec::new(), numbers: Vec::new() };
        let design = &spec.design;
        if let (Some(units), None) = (&design.units_in_population, &design.clusters_in_population) {
            let text =
                "units_in_population needs clusters_in_population: without it the first stage carries everything";
            return Err(description.refuse(units, text));
        }
        if let (Some(units), None) = (&design.units_in_population, &design.cluster) {
            return Err(description.refuse(units, "units_in_population needs cluster: units are drawn inside clusters"));
        }
        let scale = &spec.responses;
        let is_scale = scale.lowest.is_finite() && scale.highest.is_finite() && scale.lowest < scale.highest;
        if !is_scale {
            let text =
                format!("the scale runs from {} to {}; lowest must be below highest", scale.lowest, scale.highest);
            return Err(description.refuse_whole(text));
        }
        if let Some(level) = scale.satisfied.iter().find(|level| !(scale.lowest..=scale.highest).contains(*level)) {
            let text = format!(
                "satisfied names {level}, which the scale from {} to {} does not have",
                scale.lowest, scale.highest
            );
            return Err(description.refuse_whole(text));
        }
        let groupings = groupings(&binder, description)?;
        let mut results = Vec::new();
        for result in &spec.results {
            bind_result(&mut binder, result, &groupings, &mut results)?;
        }
        let whole = bind_whole(&binder, description)?;
        if results.is_empty() && whole.is_empty() {
            return Err(description.refuse_whole("no [[result]] is asked for"));
        }
        let mut indices = Vec::new();
        for index in &spec.indices {
            indices.push(bind_index(&binder, index, &groupings, &results)?);
        }
        let confidence = match &spec.confidence {
            None => Confidence::NINETY_FIVE,
            Some(level) => Confidence::new(*level.get_ref())
                .ok_or_else(|| description.refuse(level, "confidence must lie between 0 and 1, such as 0.95"))?,
        };
        let mut filter = Vec::new();
        for (column, wanted) in &spec.filter {
            filter.push((binder.column(column)?, wanted.clone()));
        }
        Ok(Self {
            header: header.to_vec(),
            missing: spec.responses.missing.iter().map(|text| text.clone().into_bytes()).collect(),
            lowest: spec.responses.lowest,
            highest: spec.responses.highest,
            satisfied: spec.responses.satisfied.clone(),
            weight: binder.optional(design.weight.as_ref())?,
            strata: binder.optional(design.strata.as_ref())?,
            cluster: binder.optional(design.cluster.as_ref())?,
            labels: match &design.cluster_labels {
                None => ClusterLabels::Unique,
                Some(labels) => binder.choice(labels, &LABELS)?,
            },
            clusters_in_population: binder.optional(design.clusters_in_population.as_ref())?,
            units_in_population: binder.optional(design.units_in_population.as_ref())?,
            lonely: LonelyRule {
                clusters: match &design.lonely {
                    None => LonelyCluster::Fail,
                    Some(rule) => binder.choice(rule, &LONELY)?,
                },
                in_domains: design.lonely_in_domains,
            },
            calibration: spec.calibration.as_ref().map(|wanted| bind_calibration(&binder, wanted)).transpose()?,
            filter,
            groupings,
            items: binder.items,
            numbers: binder.numbers,
            results,
            indices,
            confidence,
            trim: trim_of(description)?,
            whole,
        })
    }
}

fn trim_of(description: &Description) -> Result<Option<(f64, Trimming)>, AnalyseError> {
    let design = &description.spec.design;
    let Some(upper) = &design.trim else { return Ok(None) };
    if design.weight.is_none() || !upper.get_ref().is_finite() || *upper.get_ref() <= 0.0 {
        return Err(description.refuse(upper, "trim is a number above 0, and needs weight: nothing else can be cut"));
    }
    Ok(Some((*upper.get_ref(), if design.trim_strict { Trimming::Strict } else { Trimming::Once })))
}

const REPLICATE_METHODS: [(&str, ReplicateMethod); 4] = [
    ("jackknife", ReplicateMethod::Jackknife),
    ("jackknife_by_strata", ReplicateMethod::JackknifeByStrata),
    ("balanced", ReplicateMethod::Balanced),
    ("bootstrap", ReplicateMethod::Bootstrap { draws: BOOTSTRAP_DRAWS, seed: 1 }),
];

/// Replicates of a bootstrap where the description says nothing.
const BOOTSTRAP_DRAWS: u32 = 500;

fn bind_whole(binder: &Binder<'_>, description: &Description) -> Result<Vec<WholePlan>, AnalyseError> {
    let spec = &description.spec;
    let mut whole = Vec::new();
    for wanted in &spec.quantiles {
        let probabilities = wanted.probabilities.get_ref().clone();
        if probabilities.is_empty() || probabilities.iter().any(|p| !(*p > 0.0 && *p < 1.0)) {
            return Err(description.refuse(&wanted.probabilities, "probabilities lie between 0 and 1, such as 0.5"));
        }
        whole.push(WholePlan::Quantile { column: binder.column(&wanted.column)?, probabilities });
    }
    for wanted in &spec.regressions {
        let family = binder.choice(&wanted.kind, &[("linear", Family::Linear), ("logistic", Family::Logistic)])?;
        let predictors = binder.columns(&wanted.predictors)?;
        whole.push(WholePlan::Regression { family, outcome: binder.column(&wanted.outcome)?, predictors });
    }
    for wanted in &spec.replicates {
        let column = binder.column(&wanted.column)?;
        if wanted.method.get_ref() == given::METHOD {
            let given = GivenReplicates::bind(description, binder.header, wanted)?;
            whole.push(WholePlan::Given { given, column });
            continue;
        }
        if wanted.weights.is_some() || wanted.kind.is_some() || wanted.scale.is_some() || wanted.rscales.is_some() {
            let text = "weights, kind, scale and rscales go with method = \"given\"";
            return Err(description.refuse(&wanted.method, text));
        }
        let method = match binder.choice(&wanted.method, &REPLICATE_METHODS)? {
            ReplicateMethod::Bootstrap { draws, seed } => {
                ReplicateMethod::Bootstrap { draws: wanted.draws.unwrap_or(draws), seed: wanted.seed.unwrap_or(seed) }
            }
            method => method,
        };
        whole.push(WholePlan::Replicate { method, column });
    }
    let first = spec.quantiles.first().map(|wanted| &wanted.column);
    let first = first.or(spec.regressions.first().map(|wanted| &wanted.kind));
    let first = first.or(spec.replicates.first().map(|wanted| &wanted.method));
    if let (Some(first), true) = (first, spec.calibration.is_some()) {
        let text = "quantiles, regressions and replicates do not follow a calibration: leave it out, or them";
        return Err(description.refuse(first, text));
    }
    Ok(whole)
}

fn groupings(binder: &Binder<'_>, description: &Description) -> Result<Vec<GroupingPlan>, AnalyseError> {
    let mut groupings = vec![GroupingPlan { name: String::new(), columns: Vec::new(), levels: None }];
    for domain in &description.spec.domains {
        let name = domain.name.get_ref();
        if name.is_empty() || groupings.iter().any(|known| known.name == *name) {
            let text = format!("the domain name {name:?} is empty or used twice");
            return Err(description.refuse(&domain.name, text));
        }
        groupings.push(GroupingPlan {
            name: name.clone(),
            columns: binder.columns(&domain.columns)?,
            levels: domain.levels.clone(),
        });
    }
    Ok(groupings)
}

fn wanted_groupings(
    binder: &Binder<'_>,
    names: &[Placed],
    groupings: &[GroupingPlan],
) -> Result<Vec<usize>, AnalyseError> {
    let mut wanted = vec![0];
    for name in names {
        let known: Vec<(&str, usize)> =
            groupings.iter().enumerate().skip(1).map(|(at, grouping)| (grouping.name.as_str(), at)).collect();
        wanted.push(binder.choice(name, &known)?);
    }
    Ok(wanted)
}

fn bind_result(
    binder: &mut Binder<'_>,
    result: &ResultSpec,
    groupings: &[GroupingPlan],
    results: &mut Vec<ResultPlan>,
) -> Result<(), AnalyseError> {
    let description = binder.description;
    let refuse = |text: &str| Err(description.refuse(&result.kind, text));
    let kind = result.kind.get_ref().as_str();
    let needs_items = matches!(kind, "share" | "mean");
    let given = (&result.items, &result.each, &result.column, &result.numerator, &result.denominator);
    if let Some(twice) = result.items.as_deref().and_then(repeated).or(result.each.as_deref().and_then(repeated)) {
        let text = format!("the item {:?} stands twice and would count twice", twice.get_ref());
        return Err(description.refuse(twice, text));
    }
    let kinds: Vec<(Option<String>, Kind)> = match (kind, given) {
        ("share" | "mean", (Some(items), None, None, None, None)) if !items.is_empty() => {
            let positions = items.iter().map(|name| binder.item(name)).collect::<Result<Vec<_>, _>>()?;
            let single = (items.len() == 1).then(|| items[0].get_ref().clone());
            vec![(single, if kind == "share" { Kind::Share(positions) } else { Kind::Mean(positions) })]
        }
        ("share" | "mean", (None, Some(each), None, None, None)) if !each.is_empty() => {
            let mut kinds = Vec::new();
            for name in each {
                let item = vec![binder.item(name)?];
                let kind = if kind == "share" { Kind::Share(item) } else { Kind::Mean(item) };
                kinds.push((Some(name.get_ref().clone()), kind));
            }
            kinds
        }
        ("total", (None, None, Some(column), None, None)) => {
            vec![(Some(column.get_ref().clone()), Kind::Total(binder.number(column)?))]
        }
        ("ratio", (None, None, None, Some(above), Some(below))) => {
            vec![(None, Kind::Ratio(binder.number(above)?, binder.number(below)?))]
        }
        ("share" | "mean", _) => {
            return refuse("share and mean take either items (pooled) or each (one result an item)");
        }
        ("total", _) => return refuse("total takes column and nothing else"),
        ("ratio", _) => return refuse("ratio takes numerator and denominator and nothing else"),
        (other, _) => return refuse(&format!("kind {other:?} is unknown; use one of share, mean, total, ratio")),
    };
    if !needs_items && (!result.targets.is_empty() || !result.intervals.is_empty() || result.compare.is_some()) {
        return refuse("intervals, targets and compare go with share and mean");
    }
    let wanted = wanted_groupings(binder, &result.domains, groupings)?;
    let known = ShareInterval::ALL.map(|method| (method.name(), method));
    let intervals = result.intervals.iter().map(|name| binder.choice(name, &known)).collect::<Result<Vec<_>, _>>()?;
    for (name, method) in result.intervals.iter().zip(&intervals) {
        if kind == "mean" && *method != ShareInterval::Mean {
            return Err(description.refuse(name, "a mean has the interval \"mean\" only; the others are for shares"));
        }
    }
    for target in &result.targets {
        if kind != "share" || !(*target.get_ref() > 0.0 && *target.get_ref() < 1.0) {
            return Err(description.refuse(target, "a target goes with a share and lies between 0 and 1"));
        }
    }
    let compare = result.compare.as_ref().map(|name| binder.choice(name, &ADJUSTMENTS)).transpose()?;
    let n_named = kinds.len();
    for (own_name, kind) in kinds {
        let name = match (&result.name, own_name) {
            (Some(name), Some(own)) if n_named > 1 || result.each.is_some() => format!("{}.{own}", name.get_ref()),
            (Some(name), _) => name.get_ref().clone(),
            (None, Some(own)) => own,
            (None, None) => return refuse("this result needs a name"),
        };
        if results.iter().any(|known| known.name == name) {
            return refuse(&format!("two results are named {name:?}; give one of them another name"));
        }
        results.push(ResultPlan {
            name,
            kind,
            groupings: wanted.clone(),
            intervals: intervals.clone(),
            targets: result.targets.iter().map(|target| *target.get_ref()).collect(),
            compare,
        });
        if results.len() * wanted.len() > RESULTS_MAX {
            return refuse(&format!("more than {RESULTS_MAX} results are asked for"));
        }
    }
    Ok(())
}

fn bind_index(
    binder: &Binder<'_>,
    index: &IndexSpec,
    groupings: &[GroupingPlan],
    results: &[ResultPlan],
) -> Result<IndexPlan, AnalyseError> {
    let shares: Vec<(&str, usize)> = results
        .iter()
        .enumerate()
        .filter(|(_, result)| matches!(result.kind, Kind::Share(_) | Kind::Mean(_)))
        .map(|(at, result)| (result.name.as_str(), at))
        .collect();
    let names = index.components.get_ref();
    let components = names.iter().map(|name| binder.choice(name, &shares)).collect::<Result<Vec<_>, _>>()?;
    if components.is_empty() {
        return Err(binder.description.refuse(&index.components, "an index needs components"));
    }
    if let Some(twice) = repeated(names) {
        let text = format!("the component {:?} stands twice and would count twice", twice.get_ref());
        return Err(binder.description.refuse(twice, text));
    }
    let weights = match &index.weights {
        None => vec![1.0 / components.len() as f64; components.len()],
        Some(weights) if weights.get_ref().len() == components.len() => {
            let values = weights.get_ref();
            let sound = values.iter().all(|weight| weight.is_finite() && *weight >= 0.0);
            if !sound || values.iter().sum::<f64>() <= 0.0 {
                let text = "the weights of an index are numbers from 0 on, at least one of them larger than 0";
                return Err(binder.description.refuse(weights, text));
            }
            values.clone()
        }
        Some(weights) => {
            let text = format!("{} weights for {} components", weights.get_ref().len(), components.len());
            return Err(binder.description.refuse(weights, text));
        }
    };
    let groupings = wanted_groupings(binder, &index.domains, groupings)?;
    Ok(IndexPlan { name: index.name.get_ref().clone(), components, weights, groupings })
}

fn bind_calibration(binder: &Binder<'_>, wanted: &CalibrationSpec) -> Result<CalibrationPlan, AnalyseError> {
    let description = binder.description;
    let bounds = || match &wanted.bounds {
        Some(bounds) => Ok((bounds.get_ref()[0], bounds.get_ref()[1])),
        None => Err(description.refuse(&wanted.method, "this method needs bounds, such as bounds = [0.5, 2.0]")),
    };
    let method = match wanted.method.get_ref().as_str() {
        "poststratify" => Method::PostStratify,
        "rake" => Method::Rake,
        "linear" => Method::Linear,
        "exponential" => Method::Exponential,
        "logit" => bounds().map(|(low, high)| Method::Logit { low, high })?,
        "truncated" => bounds().map(|(low, high)| Method::Truncated { low, high })?,
        other => {
            let known = "poststratify, rake, linear, exponential, logit, truncated";
            return Err(description.refuse(&wanted.method, format!("{other:?} is unknown; use one of {known}")));
        }
    };
    if method == Method::PostStratify && wanted.margins.len() != 1 {
        return Err(description.refuse(&wanted.method, "poststratify takes one margin; with several, use rake"));
    }
    let mut margins = Vec::new();
    for margin in &wanted.margins {
        margins.push(bind_margin(binder, margin)?);
    }
    let default = Control::default();
    Ok(CalibrationPlan {
        method,
        control: Control {
            iterations_max: wanted.iterations_max.unwrap_or(default.iterations_max),
            tolerance: wanted.tolerance.unwrap_or(default.tolerance),
        },
        margins,
    })
}

fn bind_margin(binder: &Binder<'_>, margin: &MarginSpec) -> Result<MarginPlan, AnalyseError> {
    let columns = binder.columns(&margin.columns)?;
    let names: Vec<&str> = margin.columns.get_ref().iter().map(|name| name.get_ref().as_str()).collect();
    let counts: Vec<(String, f64)> = match (&margin.totals, &margin.file, &margin.count) {
        (Some(totals), None, None) => totals.iter().map(|(level, total)| (level.clone(), *total)).collect(),
        (None, Some(file), Some(count)) => counts_of_file(binder.description, margin, file, count, &names)?,
        _ => {
            let text = "a margin takes either totals or file with count";
            return Err(binder.description.refuse(&margin.columns, text));
        }
    };
    if counts.is_empty() {
        return Err(binder.description.refuse(&margin.columns, "this margin has no totals"));
    }
    let (levels, totals) = counts.into_iter().unzip();
    Ok(MarginPlan { name: names.join(":"), columns, levels, totals })
}

/// A label of several columns joined by colons, its own colons told apart from these.
pub fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace(':', "\\:")
}

/// Reads the totals of a margin from a small CSV file beside the description.
fn counts_of_file(
    description: &Description,
    margin: &MarginSpec,
    file: &Placed,
    count: &Placed,
    names: &[&str],
) -> Result<Vec<(String, f64)>, AnalyseError> {
    let path = description.path.parent().unwrap_or(Path::new("")).join(file.get_ref());
    let refuse = |text: String| description.refuse(file, text);
    let mut reader = csv::Reader::from_path(&path).map_err(|error| refuse(format!("{}: {error}", path.display())))?;
    let header = reader.headers().map_err(|error| refuse(error.to_string()))?.clone();
    let at_of: HashMap<&str, usize> = header.iter().enumerate().map(|(at, name)| (name, at)).collect();
    let find = |name: &str, place: &Placed| {
        let text = || format!("{} has no column {name:?}", path.display());
        at_of.get(name).copied().ok_or_else(|| description.refuse(place, text()))
    };
    let counted = find(count.get_ref(), count)?;
    let columns = names.iter().map(|name| find(name, file)).collect::<Result<Vec<_>, _>>()?;
    let mut conditions = Vec::new();
    for (name, wanted) in &margin.r#where {
        conditions.push((find(name.get_ref(), name)?, wanted));
    }
    let mut counts: Vec<(String, f64)> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| refuse(error.to_string()))?;
        if conditions.iter().any(|(column, wanted)| record.get(*column) != Some(wanted.as_str())) {
            continue;
        }
        let labels = columns.iter().map(|column| record.get(*column).unwrap_or(""));
        let level =
            if columns.len() == 1 { labels.collect() } else { labels.map(escaped).collect::<Vec<_>>().join(":") };
        let text = record.get(counted).unwrap_or("");
        let total = text
            .parse::<f64>()
            .map_err(|_| refuse(format!("{}: the count of {level} is {text:?}, not a number", path.display())))?;
        if counts.iter().any(|(known, _)| *known == level) {
            return Err(refuse(format!("{}: level {level} is counted twice", path.display())));
        }
        counts.push((level, total));
    }
    Ok(counts)
}
