//! The frame: the list from which a sample is drawn. Numbers of its own, never names.

use std::collections::{BTreeMap, HashSet};

use super::method::Method;

/// The most rows of a frame.
pub const UNITS_MAX: usize = 50_000;
/// The longest label or number, in characters.
pub const LABEL_MAX: usize = 60;
/// The most different strata or groups: more are no strata but names.
pub const LABELS_MAX: usize = 100;
/// The largest measure of size.
pub const SIZE_MAX: u32 = 1_000_000;

/// A row of the frame: a dossier, a household, a business.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FrameUnit {
    /// The frame's own number for it.
    pub number: String,
    /// Its stratum; empty where the frame has one only.
    pub stratum: String,
    /// Its group, whose total weights are calibrated to; empty where the frame tells none.
    pub group: String,
    /// Its cluster: an area, a hamlet, a day.
    pub cluster: String,
    /// Its measure of size, 1 or more.
    pub size: u32,
}

/// Why a list is no frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameProblem {
    /// Nobody in it.
    Empty,
    /// More than [`UNITS_MAX`] rows.
    TooMany,
    /// A number that stands there twice.
    Twice(String),
    /// A row without a number.
    NoNumber(usize),
    /// A label or number that is too long.
    TooLong(String),
    /// A size that is none.
    BadSize(usize),
    /// So many strata that they can only be names.
    ManyStrata(usize),
    /// So many groups that they can only be names.
    ManyGroups(usize),
}

/// A list from which a sample can be drawn, ordered by stratum, group and cluster; within them as the file had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    units: Vec<FrameUnit>,
}

impl Frame {
    /// Checks a list.
    /// # Errors
    /// See [`FrameProblem`].
    pub fn new(mut units: Vec<FrameUnit>) -> Result<Self, FrameProblem> {
        if units.is_empty() {
            return Err(FrameProblem::Empty);
        }
        if units.len() > UNITS_MAX {
            return Err(FrameProblem::TooMany);
        }
        let mut seen = HashSet::with_capacity(units.len());
        for (at, unit) in units.iter().enumerate() {
            if unit.number.is_empty() {
                return Err(FrameProblem::NoNumber(at + 1));
            }
            let labels = [&unit.number, &unit.stratum, &unit.group, &unit.cluster];
            if let Some(long) = labels.into_iter().find(|label| label.chars().count() > LABEL_MAX) {
                return Err(FrameProblem::TooLong(long.chars().take(LABEL_MAX).collect()));
            }
            if unit.size == 0 || unit.size > SIZE_MAX {
                return Err(FrameProblem::BadSize(at + 1));
            }
            if !seen.insert(unit.number.as_str()) {
                return Err(FrameProblem::Twice(unit.number.clone()));
            }
        }
        let distinct = |label: fn(&FrameUnit) -> &str| units.iter().map(label).collect::<HashSet<_>>().len();
        let (strata, groups) = (distinct(|unit| &unit.stratum), distinct(|unit| &unit.group));
        if strata > LABELS_MAX {
            return Err(FrameProblem::ManyStrata(strata));
        }
        if groups > LABELS_MAX {
            return Err(FrameProblem::ManyGroups(groups));
        }
        units.sort_by(|one, other| {
            (&one.stratum, &one.group, &one.cluster).cmp(&(&other.stratum, &other.group, &other.cluster))
        });
        Ok(Self { units })
    }

    /// Its rows, by stratum, group and cluster.
    pub fn units(&self) -> &[FrameUnit] {
        &self.units
    }

    /// How many rows each stratum has, and how many clusters.
    pub fn strata(&self) -> BTreeMap<&str, (usize, usize)> {
        let mut strata: BTreeMap<&str, (usize, HashSet<&str>)> = BTreeMap::new();
        for unit in &self.units {
            let (rows, clusters) = strata.entry(&unit.stratum).or_default();
            *rows += 1;
            clusters.insert(&unit.cluster);
        }
        strata.into_iter().map(|(stratum, (rows, clusters))| (stratum, (rows, clusters.len()))).collect()
    }

    /// How many rows each group has.
    pub fn groups(&self) -> BTreeMap<&str, usize> {
        let mut groups = BTreeMap::new();
        for unit in &self.units {
            *groups.entry(unit.group.as_str()).or_insert(0) += 1;
        }
        groups
    }

    /// How many people it stands for: its rows, or the cases of its point-days.
    pub fn people(&self, method: Method) -> usize {
        self.units.iter().map(|unit| weight(unit, method)).sum()
    }

    /// The people of each stratum and of each group.
    pub fn people_of(&self, method: Method) -> [BTreeMap<String, u32>; 2] {
        let of = |label: fn(&FrameUnit) -> &String| {
            let mut people: BTreeMap<String, u32> = BTreeMap::new();
            for unit in &self.units {
                let more = u32::try_from(weight(unit, method)).unwrap_or(u32::MAX);
                let known = people.entry(label(unit).clone()).or_default();
                *known = known.saturating_add(more);
            }
            people
        };
        [of(|unit| &unit.stratum), of(|unit| &unit.group)]
    }

    /// Whether it tells clusters apart.
    pub fn has_clusters(&self) -> bool {
        self.units.iter().any(|unit| unit.cluster != self.units[0].cluster)
    }

    /// Whether its rows differ in size.
    pub fn has_sizes(&self) -> bool {
        self.units.iter().any(|unit| unit.size != self.units[0].size)
    }
}

/// How many people a row stands for.
fn weight(unit: &FrameUnit, method: Method) -> usize {
    if method == Method::PointDays { unit.size as usize } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(number: &str, stratum: &str) -> FrameUnit {
        FrameUnit {
            number: number.into(),
            stratum: stratum.into(),
            group: String::new(),
            cluster: String::new(),
            size: 1,
        }
    }

    #[test]
    fn a_list_with_a_number_twice_or_with_names_for_strata_is_no_frame() {
        assert_eq!(Frame::new(vec![]), Err(FrameProblem::Empty));
        assert_eq!(Frame::new(vec![unit("1", "a"), unit("1", "b")]), Err(FrameProblem::Twice("1".into())));
        assert_eq!(Frame::new(vec![unit("", "a")]), Err(FrameProblem::NoNumber(1)));
        let many = (0..200).map(|at| unit(&at.to_string(), &format!("Nguyễn {at}"))).collect();
        assert_eq!(Frame::new(many), Err(FrameProblem::ManyStrata(200)));
        let no_size = FrameUnit { size: 0, ..unit("1", "a") };
        assert_eq!(Frame::new(vec![no_size]), Err(FrameProblem::BadSize(1)));
        let frame = Frame::new(vec![unit("2", "b"), unit("1", "a"), unit("3", "b")]).expect("a frame");
        assert_eq!(frame.strata().into_iter().collect::<Vec<_>>(), [("a", (1, 1)), ("b", (2, 1))]);
        assert!(!frame.has_clusters() && !frame.has_sizes());
    }
}
