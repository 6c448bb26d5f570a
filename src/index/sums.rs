//! The sums of a part of the questionnaires, by cell and cluster, and what is made of them: weights, estimate, mean score.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::counted::Cluster;
use super::result::Estimate;
use crate::plan::Weights;
use crate::sheet::tally::{Mode, SLOTS};
use crate::stats::threshold::{Portion, on_its_side, reaches_exactly};
use crate::stats::{CellSums, Confidence, DayCluster, RateEstimate, weighted_rate};

/// (field, questionnaire).
pub(super) type Cell = (String, String);

/// The clusters of a part, by cell, point and day, with the sums that intervals need.
pub(super) struct Sums {
    pub(super) cells: BTreeMap<Cell, CellTotal>,
    /// The modes of each of `known`.
    modes: Vec<BTreeSet<Mode>>,
    /// In the order of clusters; the cells of each, by their place in `known`, in that order, each once.
    pieces: Vec<Piece>,
    /// Of each of `known`, where an item is summed: blank, levels 1 to 5, not used.
    levels: Vec<[u64; SLOTS]>,
    /// Fields with sheets that count in no cell here.
    few: BTreeSet<String>,
    /// Fields with sheets in the cell of several fields.
    others: BTreeSet<String>,
    /// Fields whose weight that cell carries.
    carried: BTreeSet<String>,
    known: Rc<[Cell]>,
    ground: Rc<Ground>,
}

/// In place of a field: that of the cell that holds sheets of several. No field can be called so.
pub(super) const OTHER_FIELDS: &str = "(other)";

/// What all figures of a report are made by.
#[derive(Default)]
pub(super) struct Ground {
    /// Cases of fields where they weigh, in whole numbers of which only ratios matter.
    pub(super) of_field: BTreeMap<String, u64>,
    /// Cases of questionnaires within their field, where all of the field's are said by points.
    pub(super) within: BTreeMap<Cell, u64>,
    /// Fields that are taken together as one cell.
    pub(super) pooled: BTreeSet<String>,
    /// The minima of the plan's targets.
    pub(super) minima: Vec<f64>,
}

#[derive(Default, Clone, Copy)]
pub(super) struct CellTotal {
    pub(super) respondents: u64,
    pub(super) answers: u64,
    pub(super) satisfied: u64,
    pub(super) points: u64,
}

impl CellTotal {
    /// Counts the sums of a cluster: whatever an exact comparison asks for comes in here and nowhere else.
    pub(super) fn count(&mut self, raw: &RawSums) {
        self.respondents += raw.respondents;
        self.answers += raw.m;
        self.satisfied += raw.y;
    }

    fn add(&mut self, other: &Self) {
        self.respondents += other.respondents;
        self.answers += other.answers;
        self.satisfied += other.satisfied;
        self.points += other.points;
    }
}

#[derive(Default, Clone, Copy)]
pub(super) struct RawSums {
    pub(super) respondents: u64,
    pub(super) y: u64,
    pub(super) m: u64,
    pub(super) yy: u64,
    pub(super) ym: u64,
    pub(super) mm: u64,
}

/// What a cell has in a cluster.
#[derive(Clone, Copy)]
struct Piece {
    cluster: Cluster,
    cell: usize,
    raw: RawSums,
}

impl Piece {
    fn point(&self) -> (i32, i32) {
        (self.cluster.0, self.cluster.1)
    }
}

impl RawSums {
    fn add(&mut self, other: &RawSums) {
        self.respondents += other.respondents;
        self.y += other.y;
        self.m += other.m;
        self.yy += other.yy;
        self.ym += other.ym;
        self.mm += other.mm;
    }
}

impl Sums {
    /// No sums yet over cells named by their place, with what figures are made by.
    pub(super) fn of_cells(known: Rc<[Cell]>, ground: Rc<Ground>) -> Self {
        Self {
            cells: BTreeMap::new(),
            modes: Vec::new(),
            pieces: Vec::new(),
            levels: Vec::new(),
            few: BTreeSet::new(),
            others: BTreeSet::new(),
            carried: BTreeSet::new(),
            known,
            ground,
        }
    }

    /// Whether a cell, by its place in `known`, holds sheets of several fields.
    pub(super) fn is_other(&self, cell: usize) -> bool {
        self.known[cell].0 == OTHER_FIELDS
    }

    /// Names the fields with sheets that count in no cell, and those in the cell of several.
    pub(super) fn set_small(&mut self, few: BTreeSet<String>, others: BTreeSet<String>) {
        (self.few, self.others) = (few, others);
    }

    /// Fields with sheets in the cell of several fields.
    pub(super) fn others(&self) -> &BTreeSet<String> {
        &self.others
    }

    /// Says whose weight the cell of several fields carries.
    pub(super) fn carry(&mut self, fields: BTreeSet<String>) {
        self.carried = fields;
    }

    /// Brings the pieces into the order of clusters and cells, each once, after some were added out of it.
    pub(super) fn set_in_order(&mut self) {
        self.pieces.sort_by_key(|piece| (piece.cluster, piece.cell));
        let mut ordered: Vec<Piece> = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces.drain(..) {
            match ordered.last_mut().filter(|last| (last.cluster, last.cell) == (piece.cluster, piece.cell)) {
                Some(last) => last.raw.add(&piece.raw),
                None => ordered.push(piece),
            }
        }
        self.pieces = ordered;
    }

    /// Adds to a cluster; clusters, and the cells of one, come in their order.
    pub(super) fn add(&mut self, cluster: Cluster, cell: usize, raw: &RawSums) {
        match self.pieces.last_mut().filter(|last| last.cluster == cluster && last.cell == cell) {
            Some(last) => last.raw.add(raw),
            None => self.pieces.push(Piece { cluster, cell, raw: *raw }),
        }
    }

    /// Adds to the levels of a cell.
    pub(super) fn add_levels(&mut self, cell: usize, levels: &[u64; SLOTS]) {
        self.levels.resize(self.known.len(), [0; SLOTS]);
        for (count, more) in self.levels[cell].iter_mut().zip(levels) {
            *count += more;
        }
    }

    /// Sets the totals of the cells, by their place in `known`, that somebody answered.
    pub(super) fn set_totals(&mut self, totals: Vec<Option<CellTotal>>) {
        let totals = self.known.iter().zip(totals).filter_map(|(cell, total)| Some((cell.clone(), total?)));
        self.cells = totals.collect();
    }

    /// Blank, levels 1 to 5 and "not used" of the item that was summed.
    pub(super) fn item_counts(&self) -> [u64; SLOTS] {
        let mut counts = [0; SLOTS];
        for levels in &self.levels {
            counts.iter_mut().zip(levels).for_each(|(count, level)| *count += level);
        }
        counts
    }

    /// Adds to the modes of a cell.
    pub(super) fn add_modes(&mut self, cell: usize, modes: impl Iterator<Item = Mode>) {
        self.modes.resize(self.known.len(), BTreeSet::new());
        self.modes[cell].extend(modes);
    }

    /// All of them once more.
    pub(super) fn of_all(&self) -> Self {
        Self {
            cells: self.cells.clone(),
            modes: self.modes.clone(),
            pieces: self.pieces.clone(),
            levels: self.levels.clone(),
            few: self.few.clone(),
            others: self.others.clone(),
            carried: self.carried.clone(),
            known: Rc::clone(&self.known),
            ground: Rc::clone(&self.ground),
        }
    }

    /// The part of them that is about one field.
    pub(super) fn of_field(&self, field: &str) -> Self {
        let of_field: Vec<bool> = self.known.iter().map(|(own, _)| own == field).collect();
        // Copied is what is kept: this is asked for every field of every part.
        let modes = self.modes.iter().zip(&of_field);
        let levels = self.levels.iter().zip(&of_field);
        let cells = self.cells.iter().filter(|((own, _), _)| own == field);
        Self {
            cells: cells.map(|(cell, total)| (cell.clone(), *total)).collect(),
            modes: modes.map(|(modes, own)| if *own { modes.clone() } else { BTreeSet::new() }).collect(),
            pieces: self.pieces.iter().filter(|piece| of_field[piece.cell]).copied().collect(),
            levels: levels.map(|(levels, own)| if *own { *levels } else { [0; SLOTS] }).collect(),
            few: self.few.iter().filter(|own| *own == field).cloned().collect(),
            others: BTreeSet::new(),
            carried: self.carried.clone(),
            known: Rc::clone(&self.known),
            ground: Rc::clone(&self.ground),
        }
    }

    /// Keeps only the cells that `keep` names.
    pub(super) fn keep(&mut self, keep: impl Fn(&Cell) -> bool) {
        self.cells.retain(|cell, _| keep(cell));
        let kept: Vec<bool> = self.known.iter().map(keep).collect();
        self.pieces.retain(|piece| kept[piece.cell]);
        self.levels.iter_mut().zip(&kept).filter(|(_, kept)| !**kept).for_each(|(levels, _)| *levels = [0; SLOTS]);
        self.modes.iter_mut().zip(&kept).filter(|(_, kept)| !**kept).for_each(|(modes, _)| modes.clear());
    }

    /// The same sums with cells taken together: each goes where `place` says, and drops out where it says nothing.
    pub(super) fn arranged(&self, place: &BTreeMap<Cell, Cell>) -> Self {
        let known: BTreeSet<&Cell> = self.known.iter().filter_map(|cell| place.get(cell)).collect();
        let number: BTreeMap<&Cell, usize> = known.iter().enumerate().map(|(number, cell)| (*cell, number)).collect();
        let to: Vec<Option<usize>> = self.known.iter().map(|cell| number.get(place.get(cell)?).copied()).collect();
        let mut arranged = Self::of_cells(known.into_iter().cloned().collect(), Rc::clone(&self.ground));
        arranged.set_small(self.few.clone(), self.others.clone());
        for (cell, total) in &self.cells {
            if let Some(cell) = place.get(cell) {
                arranged.cells.entry(cell.clone()).or_default().add(total);
            }
        }
        for piece in &self.pieces {
            let Some(cell) = to[piece.cell] else { continue };
            arranged.pieces.push(Piece { cell, ..*piece });
        }
        arranged.set_in_order();
        for (cell, modes) in to.iter().zip(&self.modes) {
            if let Some(cell) = cell {
                arranged.add_modes(*cell, modes.iter().copied());
            }
        }
        for (cell, levels) in to.iter().zip(&self.levels) {
            if let Some(cell) = cell {
                arranged.add_levels(*cell, levels);
            }
        }
        arranged
    }

    /// The same sums of each point by itself, without its levels.
    pub(super) fn by_point(&self) -> Vec<((i32, i32), Self)> {
        let of_points = self.pieces.chunk_by(|one, next| one.point() == next.point());
        let sums_of = |pieces: &[Piece]| {
            let mut sums = Self::of_cells(Rc::clone(&self.known), Rc::clone(&self.ground));
            // By number, and named once: a point has a piece of each cell every day.
            let mut totals: Vec<Option<CellTotal>> = vec![None; self.known.len()];
            for Piece { cell, raw, .. } in pieces {
                totals[*cell].get_or_insert_default().count(raw);
            }
            sums.set_totals(totals);
            sums.pieces.extend_from_slice(pieces);
            (pieces[0].point(), sums)
        };
        of_points.map(sums_of).collect()
    }

    pub(super) fn respondents(&self) -> u64 {
        self.cells.values().map(|total| total.respondents).sum()
    }

    /// Whether anybody answered about a field.
    pub(super) fn has(&self, field: &str) -> bool {
        self.cells.keys().any(|(of, _)| of == field) || self.few.contains(field) || self.others.contains(field)
    }

    /// Every field that anybody answered about.
    pub(super) fn fields(&self) -> BTreeSet<String> {
        let of_cells = self.cells.keys().map(|(field, _)| field).filter(|field| *field != OTHER_FIELDS);
        of_cells.chain(&self.few).chain(&self.others).cloned().collect()
    }

    /// Weight of each cell in the order of `cells`, as a fraction of whole numbers of which only ratios matter: every field alike and
    /// every questionnaire of a field alike; by respondents; or every field by its cases, and its questionnaires by theirs or alike.
    /// Pooled fields weigh what all of them do.
    ///
    /// The cell of several fields may hold sheets of fields that count by themselves as well. So much of their weight goes there as
    /// that cell has people, of it and of these fields together; nothing hidden is told by it.
    fn weights(&self, weights: Weights) -> Vec<(u64, u64)> {
        let ground = &self.ground;
        let mut per_field: HashMap<&str, u64> = HashMap::new();
        for (field, _) in self.cells.keys() {
            *per_field.entry(field).or_default() += 1;
        }
        let cases_of = |field: &str| ground.of_field.get(field).copied().unwrap_or(0);
        // Of the questionnaires that count here; alike as soon as one of them has no cases of its own.
        let within = |field: &str| {
            let own = self.cells.keys().filter(|(of, _)| of == field).map(|cell| ground.within.get(cell).copied());
            own.sum::<Option<u64>>()
        };
        let Lent { fields: lending, part, whole } = self.lent();
        let weight = |(cell, total): (&Cell, &CellTotal)| {
            let (field, of_field) = (cell.0.as_str(), per_field[cell.0.as_str()]);
            let (own, of) = match weights {
                Weights::Respondents => return (total.respondents, 1),
                Weights::Equal if field == OTHER_FIELDS => {
                    return (self.carried.len() as u64 * whole + lending.len() as u64 * part, whole);
                }
                Weights::Volumes if field == OTHER_FIELDS => {
                    let cases = |fields: &BTreeSet<String>| fields.iter().map(|field| cases_of(field)).sum::<u64>();
                    let lent = cases(&lending).saturating_mul(part);
                    return (cases(&self.carried).saturating_mul(whole).saturating_add(lent), whole);
                }
                Weights::Equal => (1, of_field),
                Weights::Volumes => match (ground.within.get(cell), within(field)) {
                    (Some(own), Some(all)) if all > 0 => (cases_of(field).saturating_mul(*own), all),
                    _ => (cases_of(field), of_field),
                },
            };
            if lending.contains(field) {
                (own.saturating_mul(whole - part), of.saturating_mul(whole))
            } else {
                (own, of)
            }
        };
        let weights: Vec<(u64, u64)> = self.cells.iter().map(weight).collect();
        // The cell of several fields by itself weighs something even where none of them gives it weight.
        if weights.iter().all(|(part, _)| *part == 0) { vec![(1, 1); weights.len()] } else { weights }
    }

    /// Each cell with its share of the weight.
    pub(super) fn cell_shares(&self, weights: Weights) -> Vec<(Cell, f64)> {
        self.cells.keys().cloned().zip(shares(&self.weights(weights))).collect()
    }

    /// What fields that count by themselves give of their weight to the cell of several fields.
    fn lent(&self) -> Lent {
        let other = self.cells.iter().filter(|((field, _), _)| field == OTHER_FIELDS);
        let there: u64 = other.map(|(_, total)| total.respondents).sum();
        let lends = |field: &&String| !self.carried.contains(*field) && self.cells.keys().any(|(own, _)| own == *field);
        let fields: BTreeSet<String> = self.others.iter().filter(lends).cloned().collect();
        let own = self.cells.iter().filter(|((field, _), _)| fields.contains(field));
        let all = there + own.map(|(_, total)| total.respondents).sum::<u64>();
        match greatest_common_divisor(there, all) {
            common if there > 0 && common > 0 && !fields.is_empty() => {
                Lent { fields, part: there / common, whole: all / common }
            }
            _ => Lent { fields: BTreeSet::new(), part: 0, whole: 1 },
        }
    }

    /// What all cells weigh together, where every field alike weighs 1, or as many as it has cases or respondents.
    pub(super) fn whole_weight(&self, weights: Weights) -> f64 {
        self.weights(weights).into_iter().map(|(part, whole)| part as f64 / whole as f64).sum()
    }

    /// The weight of each field, all of them together 1.
    pub(super) fn field_weights(&self, weights: Weights) -> BTreeMap<String, f64> {
        let weights = shares(&self.weights(weights));
        let mut of_field: BTreeMap<String, f64> = BTreeMap::new();
        for ((field, _), weight) in self.cells.keys().zip(weights) {
            *of_field.entry(field.clone()).or_default() += weight;
        }
        of_field
    }

    pub(super) fn estimate(&self, weights: Weights, confidence: f64) -> Option<(Estimate, RateEstimate)> {
        let numbers: HashMap<&Cell, usize> =
            self.cells.keys().enumerate().map(|(number, cell)| (cell, number)).collect();
        let numbers: Vec<Option<usize>> = self.known.iter().map(|cell| numbers.get(cell).copied()).collect();
        let counted = self.pieces.iter().filter_map(|piece| {
            let RawSums { respondents, y, m, yy, ym, mm } = piece.raw;
            Some((piece.cluster, CellSums { cell: numbers[piece.cell]?, respondents, y, m, yy, ym, mm }))
        });
        let (places, sums): (Vec<Cluster>, Vec<CellSums>) = counted.unzip();
        let mut rest = sums.as_slice();
        let (mut stratum, mut point) = (0, None);
        let mut clusters = Vec::with_capacity(places.len());
        for of_cluster in places.chunk_by(|one, next| one == next) {
            let (cells, further) = rest.split_at(of_cluster.len());
            rest = further;
            // Clusters of a point stand together.
            let own = (of_cluster[0].0, of_cluster[0].1);
            stratum += u32::from(point.is_some_and(|before| before != own));
            point = Some(own);
            clusters.push(DayCluster { stratum, cells });
        }
        let weights = self.weights(weights);
        let mut rate = weighted_rate(&shares(&weights), &clusters, Confidence::new(confidence)?)?;
        let portions = self.cells.values().zip(weights);
        let portions =
            portions.map(|(total, weight)| Portion { weight, satisfied: total.satisfied, answers: total.answers });
        let portions: Vec<Portion> = portions.collect();
        for minimum in &self.ground.minima {
            if let Some(reached) = reaches_exactly(&portions, *minimum) {
                rate.value = on_its_side(rate.value, *minimum, reached);
            }
        }
        (rate.low, rate.high) = (rate.low.min(rate.value), rate.high.max(rate.value));
        let estimate = Estimate {
            value: rate.value,
            low: rate.low,
            high: rate.high,
            confidence,
            method: rate.method,
            respondents: rate.respondents,
            answers: rate.answers,
            clusters: rate.clusters,
            design_effect: rate.design_effect,
            modes: self.modes.iter().flatten().copied().collect::<BTreeSet<Mode>>().into_iter().collect(),
        };
        Some((estimate, rate))
    }

    /// Mean of the levels, weighed like the rate.
    pub(super) fn mean_score(&self, weights: Weights) -> f64 {
        let weights = shares(&self.weights(weights));
        let means = self.cells.values().map(|cell| cell.points as f64 / cell.answers as f64);
        means.zip(&weights).map(|(mean, weight)| mean * weight).sum::<f64>()
    }
}

/// So much of the weight of some fields: part / whole.
struct Lent {
    fields: BTreeSet<String>,
    part: u64,
    whole: u64,
}

/// Weights as shares of their sum.
fn shares(weights: &[(u64, u64)]) -> Vec<f64> {
    let weights: Vec<f64> = weights.iter().map(|(part, whole)| *part as f64 / *whole as f64).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

pub(super) fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
