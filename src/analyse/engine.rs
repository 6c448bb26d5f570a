//! Reads the rows and collects the sums. Every row is checked; what is wrong is reported with line and column.

use std::collections::HashMap;
use std::path::Path;

use super::analysis::{Analysis, CellsCalibrated, Grouping, SetKey, sets};
use super::labels::{Labels, WeightSums};
use super::plan::{CalibrationPlan, Kind, Method, Plan};
use super::rows::{Row, RowError, RowReader};
use super::words::{calibration_text, design_text};
use super::{AnalyseError, PROBLEMS_MAX, RowProblem};
use crate::stats::calibration::raking::check_margins;
use crate::stats::calibration::trimming::{Trimming, trim};
use crate::stats::calibration::{
    Auxiliaries, Calibrated, CalibrationError, Distance, Margin, calibrate, post_stratify, rake,
};
use crate::stats::design::{DesignError, FrameBuilder};
use crate::stats::sums::{CellCalibration, GroupedSums, RowValues, SetScatter, Statistic};

/// Reads the file as often as the plan needs.
pub fn analyse(plan: &Plan, path: &Path) -> Result<Analysis, AnalyseError> {
    let mut collector = Collector::new(plan, path);
    if let Some((upper, trimming)) = plan.trim {
        collector.trimmed = collector.trimmed_weights(upper, trimming)?;
    }
    let sums_at_once = plan.calibration.is_none();
    collector.read(|collector, row| collector.first_reading(row, sums_at_once))?;
    let frame = collector.builder.finish().map_err(|error| collector.design_error(&error))?;
    let mut calibration = None;
    if let Some(wanted) = &plan.calibration {
        let cells = collector.calibrate(wanted)?;
        collector.calibrated = Some(cells);
        collector.read(Collector::second_reading)?;
        calibration = collector.calibrated.take();
    }
    let mut analysis = Analysis {
        frame,
        stratum_labels: collector.strata.texts.clone(),
        cluster_labels: collector.clusters.texts.clone(),
        weights: collector.weights,
        groupings: Vec::new(),
        calibration,
        scatters: HashMap::new(),
    };
    for (grouping, levels) in std::mem::take(&mut collector.sums).into_iter().zip(&collector.levels) {
        analysis.groupings.push(Grouping {
            levels: levels.texts.clone(),
            sums: grouping.0,
            by_calibration_cell: grouping.1,
        });
    }
    if analysis.frame.needs_scatter() {
        analysis.scatters = third_reading(plan, &analysis, &mut collector)?;
    }
    Ok(analysis)
}

/// How one-byte answers are read: the value, and 1 if it counts as satisfied. NaN = no answer, infinite = not allowed.
type ByteAnswers = [(f64, f64); 256];

struct Collector<'a> {
    plan: &'a Plan,
    path: &'a Path,
    problems: Vec<RowProblem>,
    builder: FrameBuilder,
    strata: Labels,
    clusters: Labels,
    /// What placed the row before, and where.
    last_place: (Vec<u8>, usize),
    place: Vec<u8>,
    weights: WeightSums,
    margins: Vec<Labels>,
    cell_of_levels: HashMap<Vec<usize>, usize>,
    cells: Vec<Vec<usize>>,
    base_weights: Vec<f64>,
    /// The weights of all rows after trimming; empty where none is asked for.
    trimmed: Vec<f64>,
    /// How many rows came before the one that is read.
    at: usize,
    levels: Vec<Labels>,
    sums: Vec<(GroupedSums, GroupedSums)>,
    calibrated: Option<CellsCalibrated>,
    answers: ByteAnswers,
    item_values: Vec<(f64, f64)>,
    number_values: Vec<f64>,
    counts: Vec<f64>,
    totals: Vec<f64>,
    squares: Vec<f64>,
    key: Vec<u8>,
}

/// A step over one row; problems are noted in the collector.
type Noted = Result<(), ()>;

impl<'a> Collector<'a> {
    fn new(plan: &'a Plan, path: &'a Path) -> Self {
        let n_results = plan.sum_count();
        let mut collector = Self {
            plan,
            path,
            problems: Vec::new(),
            builder: if plan.cluster.is_some() {
                FrameBuilder::new(plan.labels, plan.units_in_population.is_some())
            } else {
                FrameBuilder::of_elements()
            },
            strata: Labels::default(),
            clusters: Labels::default(),
            last_place: (Vec::new(), 0),
            place: Vec::new(),
            weights: WeightSums::EMPTY,
            margins: Vec::new(),
            cell_of_levels: HashMap::new(),
            cells: Vec::new(),
            base_weights: Vec::new(),
            trimmed: Vec::new(),
            at: 0,
            levels: Vec::new(),
            sums: vec![(sums_of(plan), sums_of(plan)); plan.groupings.len()],
            calibrated: None,
            answers: byte_answers(plan),
            item_values: vec![(f64::NAN, 0.0); plan.items.len()],
            number_values: vec![f64::NAN; plan.numbers.len()],
            counts: vec![0.0; n_results],
            totals: vec![0.0; n_results],
            squares: vec![0.0; n_results],
            key: Vec::new(),
        };
        for grouping in &plan.groupings {
            let labels = grouping.levels.as_ref().map_or_else(Labels::default, |levels| Labels::closed(levels));
            collector.levels.push(labels);
        }
        for margin in plan.calibration.iter().flat_map(|calibration| &calibration.margins) {
            collector.margins.push(Labels::closed(&margin.levels));
        }
        collector
    }

    /// Reads all rows once.
    fn read(&mut self, mut step: impl FnMut(&mut Self, &Row<'_>) -> Noted) -> Result<(), AnalyseError> {
        let mut reader = RowReader::open(self.path).map_err(|error| match error {
            RowError::Read(source) => AnalyseError::Read { path: self.path.to_path_buf(), source },
            RowError::Bad(problem) => AnalyseError::Rows { path: self.path.to_path_buf(), problems: vec![problem] },
        })?;
        self.last_place.0.clear();
        self.at = 0;
        let n_columns = self.plan.header.len();
        let mut is_header = true;
        while self.problems.len() < PROBLEMS_MAX {
            match reader.next() {
                Ok(None) => break,
                Ok(Some(_)) if is_header => is_header = false,
                Ok(Some(row)) if row.len() != n_columns => {
                    let text = format!("has {} fields, the header has {n_columns}", row.len());
                    self.problems.push(RowProblem { line: row.line, column: None, text });
                }
                Ok(Some(row)) => {
                    // A noted problem is in the list already; the rows after it are still checked.
                    let _ = step(self, &row);
                    self.at += 1;
                }
                Err(RowError::Bad(problem)) => {
                    self.problems.push(problem);
                    break;
                }
                Err(RowError::Read(source)) => {
                    return Err(AnalyseError::Read { path: self.path.to_path_buf(), source });
                }
            }
        }
        if self.problems.is_empty() {
            Ok(())
        } else {
            let problems = std::mem::take(&mut self.problems);
            Err(AnalyseError::Rows { path: self.path.to_path_buf(), problems })
        }
    }

    fn note(&mut self, row: &Row<'_>, column: Option<usize>, text: String) -> Noted {
        let column = column.map(|column| self.plan.header[column].clone());
        self.problems.push(RowProblem { line: row.line, column, text });
        Err(())
    }

    /// Places the row in the design and in its calibration cell; adds its answers when its weight is final.
    fn first_reading(&mut self, row: &Row<'_>, with_sums: bool) -> Noted {
        let weight = self.weight(row)?;
        let cluster = self.cluster(row)?;
        if self.plan.units_in_population.is_some() || self.plan.cluster.is_none() {
            self.builder.count_unit(cluster);
        }
        let inside = self.inside(row);
        self.weights.add(weight, inside);
        if !self.margins.is_empty() {
            let cell = self.calibration_cell(row)?;
            self.base_weights[cell] += weight;
        }
        if with_sums && inside {
            self.answers_of(row)?;
            self.add_sums(row, cluster, weight, None)?;
        }
        Ok(())
    }

    /// Adds the answers with the calibrated weight.
    fn second_reading(&mut self, row: &Row<'_>) -> Noted {
        let weight = self.weight(row)?;
        let cluster = self.cluster(row)?;
        let cell = self.calibration_cell(row)?;
        let inside = self.inside(row);
        let Some(calibrated) = &mut self.calibrated else { return Ok(()) };
        let new_weight = weight * calibrated.ratios[cell];
        calibrated.weights.add(new_weight, inside);
        calibrated.for_variance.add(cluster, cell, new_weight);
        if inside {
            self.answers_of(row)?;
            self.add_sums(row, cluster, new_weight, Some((cell, weight)))?;
        }
        Ok(())
    }

    fn inside(&self, row: &Row<'_>) -> bool {
        self.plan.filter.iter().all(|(column, wanted)| row.field(*column) == wanted.as_bytes())
    }

    fn weight(&mut self, row: &Row<'_>) -> Result<f64, ()> {
        if let Some(weight) = self.trimmed.get(self.at) {
            return Ok(*weight);
        }
        let Some(column) = self.plan.weight else { return Ok(1.0) };
        let field = row.field(column);
        match number(field) {
            Some(weight) if weight > 0.0 => Ok(weight),
            _ => {
                let text = format!("the weight is {:?}; it must be a number larger than 0", shown(field));
                self.note(row, Some(column), text)?;
                Err(())
            }
        }
    }

    /// The weights of all rows, cut at `upper`.
    fn trimmed_weights(&mut self, upper: f64, trimming: Trimming) -> Result<Vec<f64>, AnalyseError> {
        let mut weights = Vec::new();
        self.read(|collector, row| {
            weights.push(collector.weight(row)?);
            Ok(())
        })?;
        let trimmed = trim(&weights, upper, trimming);
        trimmed.map(|trimmed| trimmed.weights).map_err(|error| AnalyseError::Calibration { text: error.to_string() })
    }

    /// The position of the row's cluster in the frame.
    fn cluster(&mut self, row: &Row<'_>) -> Result<usize, ()> {
        let plan = self.plan;
        let Some(cluster_column) = plan.cluster else {
            return self.own_cluster(row);
        };
        self.place.clear();
        let placing = [plan.strata, Some(cluster_column), plan.clusters_in_population, plan.units_in_population];
        for column in placing.into_iter().flatten() {
            self.place.extend_from_slice(row.field(column));
            self.place.push(0xFF); // not in UTF-8, so it separates
        }
        if self.place == self.last_place.0 {
            return Ok(self.last_place.1);
        }
        let stratum = match plan.strata {
            Some(column) => self.label(row, column, |collector| &mut collector.strata)?,
            None => 0,
        };
        let label = self.label(row, cluster_column, |collector| &mut collector.clusters)?;
        let clusters = self.population(row, plan.clusters_in_population)?;
        let units = self.population(row, plan.units_in_population)?;
        match self.builder.place(stratum, label, clusters, units) {
            Ok(cluster) => {
                std::mem::swap(&mut self.place, &mut self.last_place.0);
                self.last_place.1 = cluster;
                Ok(cluster)
            }
            Err(error) => {
                let text = self.design_text(&error);
                self.note(row, Some(cluster_column), text)?;
                Err(())
            }
        }
    }

    /// Without a cluster column every row is its own cluster; the rows of a stratum are kept together.
    fn own_cluster(&mut self, row: &Row<'_>) -> Result<usize, ()> {
        let stratum = match self.plan.strata {
            Some(column) => self.label(row, column, |collector| &mut collector.strata)?,
            None => 0,
        };
        let clusters = self.population(row, self.plan.clusters_in_population)?;
        match self.builder.place(stratum, stratum, clusters, None) {
            Ok(cluster) => Ok(cluster),
            Err(error) => {
                let text = self.design_text(&error);
                self.note(row, self.plan.clusters_in_population, text)?;
                Err(())
            }
        }
    }

    fn label(&mut self, row: &Row<'_>, column: usize, of: impl Fn(&mut Self) -> &mut Labels) -> Result<usize, ()> {
        let field = row.field(column);
        if field.is_empty() {
            self.note(row, Some(column), "is empty; every row needs its place in the design".to_owned())?;
        }
        if let Some(number) = of(self).number(field) {
            return Ok(number);
        }
        self.note(row, Some(column), format!("{:?} is not UTF-8", shown(field)))?;
        Err(())
    }

    fn population(&mut self, row: &Row<'_>, column: Option<usize>) -> Result<Option<f64>, ()> {
        let Some(column) = column else { return Ok(None) };
        let field = row.field(column);
        match number(field) {
            Some(size) if size > 0.0 => Ok(Some(size)),
            _ => {
                let text = format!("the population size is {:?}; it must be a number larger than 0", shown(field));
                self.note(row, Some(column), text)?;
                Err(())
            }
        }
    }

    fn calibration_cell(&mut self, row: &Row<'_>) -> Result<usize, ()> {
        let plan = self.plan;
        let mut levels = Vec::with_capacity(self.margins.len());
        for at in 0..self.margins.len() {
            let Some(margin) = plan.calibration.as_ref().map(|calibration| &calibration.margins[at]) else { break };
            join(row, &margin.columns, &mut self.key);
            if let Some(level) = self.margins[at].number(&self.key) {
                levels.push(level);
            } else {
                let text = format!("{:?} has no total in the margin {}", shown(&self.key), margin.name);
                self.note(row, margin.columns.first().copied(), text)?;
            }
        }
        if let Some(cell) = self.cell_of_levels.get(&levels) {
            return Ok(*cell);
        }
        let cell = self.cells.len();
        self.cells.push(levels.clone());
        self.base_weights.push(0.0);
        self.cell_of_levels.insert(levels, cell);
        Ok(cell)
    }

    /// Reads the answers of the row and says what they mean for every result.
    fn answers_of(&mut self, row: &Row<'_>) -> Noted {
        let plan = self.plan;
        for (at, &column) in plan.items.iter().enumerate() {
            let field = row.field(column);
            let answer = match field {
                [byte] => self.answers[usize::from(*byte)],
                _ => long_answer(plan, field),
            };
            if answer.0.is_infinite() {
                let (lowest, highest) = (plan.lowest, plan.highest);
                let text = format!("the answer is {:?}; it must be {lowest} to {highest} or missing", shown(field));
                self.note(row, Some(column), text)?;
            }
            self.item_values[at] = answer;
        }
        for (at, &column) in plan.numbers.iter().enumerate() {
            let field = row.field(column);
            let value = if is_missing(plan, field) { Some(f64::NAN) } else { number(field) };
            match value {
                Some(value) => self.number_values[at] = value,
                None => self.note(row, Some(column), format!("{:?} is not a number", shown(field)))?,
            }
        }
        for (at, result) in plan.results.iter().enumerate() {
            let (count, sum, squares) = match &result.kind {
                Kind::Share(items) => {
                    let (mut count, mut sum) = (0.0, 0.0);
                    for (value, satisfied) in items.iter().map(|item| self.item_values[*item]) {
                        count += f64::from(u8::from(!value.is_nan()));
                        sum += satisfied;
                    }
                    (count, sum, sum)
                }
                Kind::Mean(items) => {
                    let values = items.iter().map(|item| self.item_values[*item].0).filter(|value| !value.is_nan());
                    values.fold((0.0, 0.0, 0.0), |(m, s, q), value| (m + 1.0, s + value, q + value * value))
                }
                Kind::Total(number) => {
                    let value = self.number_values[*number];
                    if value.is_nan() { (0.0, 0.0, 0.0) } else { (1.0, value, value * value) }
                }
                Kind::Ratio(above, below) => {
                    let (above, below) = (self.number_values[*above], self.number_values[*below]);
                    if above.is_nan() || below.is_nan() { (0.0, 0.0, 0.0) } else { (below, above, above * above) }
                }
            };
            self.counts[at] = count;
            self.totals[at] = sum;
            self.squares[at] = squares;
        }
        for (place, at) in (plan.results.len()..).zip(plan.ratios()) {
            let Kind::Ratio(above, below) = plan.results[at].kind else { continue };
            let both = !self.number_values[above].is_nan() && !self.number_values[below].is_nan();
            self.counts[place] = f64::from(u8::from(both));
        }
        Ok(())
    }

    /// The level of the row in a grouping; `None` outside.
    fn level(&mut self, row: &Row<'_>, grouping: usize) -> Result<Option<usize>, ()> {
        let columns = &self.plan.groupings[grouping].columns;
        let level = match columns.as_slice() {
            [] => Some(0),
            [column] if row.field(*column).is_empty() => return Ok(None),
            [column] => self.levels[grouping].number(row.field(*column)),
            columns if columns.iter().any(|column| row.field(*column).is_empty()) => return Ok(None),
            columns => {
                join(row, columns, &mut self.key);
                self.levels[grouping].number(&self.key)
            }
        };
        if level.is_none() && !self.levels[grouping].closed {
            let column = columns.first().copied();
            self.note(row, column, "is not UTF-8".to_owned())?;
        }
        Ok(level)
    }

    /// Adds the answers read last to every grouping; `base` is the calibration cell and the weight before calibration.
    fn add_sums(&mut self, row: &Row<'_>, cluster: usize, weight: f64, base: Option<(usize, f64)>) -> Noted {
        for grouping in 0..self.plan.groupings.len() {
            let Some(level) = self.level(row, grouping)? else { continue };
            let values = RowValues { counts: &self.counts, sums: &self.totals, squares: &self.squares };
            let (sums, by_cell) = &mut self.sums[grouping];
            sums.add(cluster, level, weight, values);
            if let Some((cell, base_weight)) = base {
                by_cell.add(cell, level, base_weight, values);
            }
        }
        Ok(())
    }

    /// New weights for the cells counted in the first reading.
    fn calibrate(&self, wanted: &CalibrationPlan) -> Result<CellsCalibrated, AnalyseError> {
        let margin = |at: usize| Margin {
            level_of_row: self.cells.iter().map(|levels| levels[at]).collect(),
            totals: wanted.margins[at].totals.clone(),
        };
        let margins: Vec<Margin> = (0..wanted.margins.len()).map(margin).collect();
        let totals: Vec<f64> = margins.iter().flat_map(|margin| margin.totals.clone()).collect();
        let auxiliaries = Auxiliaries::from_margins(&margins);
        let weights = &self.base_weights;
        let by_distance = |distance: Distance| -> Result<Calibrated, CalibrationError> {
            check_margins(weights, &margins)?;
            calibrate(weights, &auxiliaries, &totals, distance, wanted.control)
        };
        let calibrated = match wanted.method {
            Method::PostStratify => post_stratify(weights, &margins[0]),
            Method::Rake => rake(weights, &margins, wanted.control),
            Method::Linear => by_distance(Distance::Linear),
            Method::Exponential => by_distance(Distance::Exponential),
            Method::Logit { low, high } => by_distance(Distance::Logit { low, high }),
            Method::Truncated { low, high } => by_distance(Distance::Truncated { low, high }),
        }
        .map_err(|error| AnalyseError::Calibration { text: calibration_text(&error, wanted) })?;
        let (ratio_min, ratio_max) = calibrated.ratio_range();
        if ratio_min <= 0.0 {
            let text = format!(
                "a weight would be multiplied by {ratio_min}; weights must stay positive, so use the method exponential or logit"
            );
            return Err(AnalyseError::Calibration { text });
        }
        Ok(CellsCalibrated {
            iterations: calibrated.iterations,
            largest_gap: calibrated.largest_gap,
            ratio_min,
            ratio_max,
            for_variance: CellCalibration::new(auxiliaries, weights),
            ratios: calibrated.ratios,
            weights: WeightSums::EMPTY,
        })
    }

    fn design_error(&self, error: &DesignError) -> AnalyseError {
        AnalyseError::Design { path: self.path.to_path_buf(), text: self.design_text(error) }
    }

    fn design_text(&self, error: &DesignError) -> String {
        design_text(error, &self.strata.texts, &self.clusters.texts)
    }
}

fn third_reading(
    plan: &Plan,
    analysis: &Analysis,
    collector: &mut Collector<'_>,
) -> Result<HashMap<SetKey, SetScatter>, AnalyseError> {
    let mut scatters: Vec<Vec<(SetKey, SetScatter)>> = plan.groupings.iter().map(|_| Vec::new()).collect();
    for (grouping, cells, statistic) in sets(plan, analysis) {
        if let Some(scatter) = analysis.design(plan, grouping).scatter_of(&cells, statistic) {
            scatters[grouping].push(((grouping, cells, statistic == Statistic::Total), scatter));
        }
    }
    let calibrated = analysis.calibration.as_ref();
    collector.read(|collector, row| {
        let weight = collector.weight(row)?;
        let cluster = collector.cluster(row)?;
        let inside = collector.inside(row);
        let cell = if calibrated.is_some() { Some(collector.calibration_cell(row)?) } else { None };
        let ratio = calibrated.zip(cell).map_or(1.0, |(calibrated, cell)| calibrated.ratios[cell]);
        if !inside && cell.is_none() {
            return Ok(()); // no influence outside the domain
        }
        collector.answers_of(row)?;
        for (grouping, sets) in scatters.iter_mut().enumerate() {
            let level = if inside { collector.level(row, grouping)? } else { None };
            let values = RowValues { counts: &collector.counts, sums: &collector.totals, squares: &collector.squares };
            for (_, scatter) in sets {
                scatter.add(cluster, level, weight * ratio, cell, values);
            }
        }
        Ok(())
    })?;
    Ok(scatters.into_iter().flatten().collect())
}

/// Empty sums, the rows of ratios counted apart.
fn sums_of(plan: &Plan) -> GroupedSums {
    let counters = plan.ratios().zip(plan.results.len()..);
    counters.fold(GroupedSums::new(plan.sum_count()), |sums, (ratio, counter)| sums.counted_by(ratio, counter))
}

fn byte_answers(plan: &Plan) -> ByteAnswers {
    let mut answers = [(f64::INFINITY, 0.0); 256];
    for (byte, answer) in (0_u8..=255).zip(answers.iter_mut()) {
        *answer = long_answer(plan, &[byte]);
    }
    answers
}

/// An answer of any length: its value and whether it counts as satisfied.
fn long_answer(plan: &Plan, field: &[u8]) -> (f64, f64) {
    if is_missing(plan, field) {
        return (f64::NAN, 0.0);
    }
    match number(field) {
        Some(value) if value >= plan.lowest && value <= plan.highest => {
            let satisfied = plan.satisfied.iter().any(|known| (known - value).abs() < f64::EPSILON);
            (value, f64::from(u8::from(satisfied)))
        }
        _ => (f64::INFINITY, 0.0),
    }
}

pub(super) fn is_missing(plan: &Plan, field: &[u8]) -> bool {
    plan.missing.iter().any(|missing| missing == field)
}

/// A finite number.
pub(super) fn number(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field).ok()?.parse().ok().filter(|value: &f64| value.is_finite())
}

fn shown(field: &[u8]) -> String {
    String::from_utf8_lossy(field).chars().take(40).collect()
}

fn join(row: &Row<'_>, columns: &[usize], into: &mut Vec<u8>) {
    into.clear();
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            into.push(b':');
        }
        // Colons of a label stand behind a backslash: `a:b` and `c` are other labels than `a` and `b:c`.
        for &byte in row.field(*column) {
            if columns.len() > 1 && matches!(byte, b':' | b'\\') {
                into.push(b'\\');
            }
            into.push(byte);
        }
    }
}
