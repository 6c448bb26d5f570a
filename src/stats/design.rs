//! The sampling design: who was drawn from where, with which weight. Checked once, here; every variance rests on it.
//!
//! A [`SampleStructure`] knows strata, clusters and how many there are in the population; a [`Design`] adds the rows (weight, cluster,
//! second-stage unit of each). Labels are plain numbers given by the caller. Large files can be counted into a
//! [`FrameBuilder`] row by row without keeping the rows: see [`crate::stats::sums`].
//!
//! What is done with a design: [`crate::stats::estimate`] (means, shares, ratios, totals), [`crate::stats::domains`]
//! (several at once, with covariance), [`crate::stats::calibration`], [`crate::stats::association`].

use std::collections::HashMap;

use super::calibration::Residuals;
use super::lonely::LonelyRule;

/// Why a design is refused. Labels in the texts are the numbers the caller gave.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// Two columns of the design have different lengths.
    #[error("the column of {column} has {found} rows, the weights have {expected}")]
    UnequalLengths {
        /// Which column.
        column: &'static str,
        /// Its rows.
        found: usize,
        /// Rows of the weights.
        expected: usize,
    },
    /// No row at all.
    #[error("the design has no rows")]
    Empty,
    /// A weight that is negative, infinite or not a number.
    #[error("the weight of row {row} is {weight}; a weight is a finite number, 0 or more")]
    BadWeight {
        /// Row, counted from 1.
        row: usize,
        /// The weight found.
        weight: f64,
    },
    /// Cluster labels are said to be unique, but one occurs in two strata.
    #[error(
        "cluster {cluster} occurs in stratum {first} and in stratum {second}; either the labels repeat between strata (say so) or the file is wrong"
    )]
    ClusterInTwoStrata {
        /// Label of the cluster.
        cluster: usize,
        /// Stratum seen first.
        first: usize,
        /// Stratum seen later.
        second: usize,
    },
    /// A second-stage unit occurs in two clusters.
    #[error("second-stage unit {unit} occurs in two clusters")]
    UnitInTwoClusters {
        /// Label of the unit.
        unit: usize,
    },
    /// One sampling unit for the whole design: nothing varies.
    #[error("the design has only one cluster, so nothing can be said about its precision")]
    OnlyOneCluster,
    /// Population number of clusters changes inside a stratum.
    #[error("stratum {stratum} is said to hold {first} clusters in one row and {second} in another")]
    PopulationVaries {
        /// Label of the stratum.
        stratum: usize,
        /// Value seen first.
        first: f64,
        /// Value seen later.
        second: f64,
    },
    /// Population number of units changes inside a cluster.
    #[error("cluster {cluster} is said to hold {first} units in one row and {second} in another")]
    UnitPopulationVaries {
        /// Label of the cluster.
        cluster: usize,
        /// Value seen first.
        first: f64,
        /// Value seen later.
        second: f64,
    },
    /// A population size that is not a positive number.
    #[error("a population size of {found} was given; it must be a positive number")]
    BadPopulation {
        /// The value found.
        found: f64,
    },
    /// More clusters sampled than exist.
    #[error("stratum {stratum} has {sampled} sampled clusters but only {population} in the population")]
    MoreClustersThanPopulation {
        /// Label of the stratum.
        stratum: usize,
        /// Clusters in the sample.
        sampled: usize,
        /// Clusters said to exist.
        population: f64,
    },
    /// More units sampled than exist.
    #[error("cluster {cluster} has {sampled} sampled units but only {population} in the population")]
    MoreUnitsThanPopulation {
        /// Label of the cluster.
        cluster: usize,
        /// Units in the sample.
        sampled: usize,
        /// Units said to exist.
        population: f64,
    },
}

/// How cluster labels are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClusterLabels {
    /// A label means one cluster wherever it occurs; found in two strata, the design is refused.
    #[default]
    Unique,
    /// Labels start anew in every stratum (1, 2, 3 …): cluster 1 of stratum A is not cluster 1 of stratum B.
    WithinStratum,
}

/// One stratum of the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratum {
    /// The caller's label.
    pub label: usize,
    /// `n_h`: clusters in the full sample, whatever domain is asked about later.
    pub n_clusters: usize,
    /// `N_h`: clusters in the population; `None` = drawn with replacement, or so many that it does not matter.
    pub population: Option<f64>,
}

impl Stratum {
    /// Finite population factor (`N_h` − `n_h`)/`N_h`, 1 without a population size. Range 0..=1.
    pub fn sampling_factor(&self) -> f64 {
        self.population.map_or(1.0, |population| (population - self.n_clusters as f64) / population)
    }
}

/// One cluster (primary sampling unit) of the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cluster {
    /// The caller's label.
    pub label: usize,
    /// Position of its stratum in [`SampleStructure::strata`].
    pub stratum: usize,
    /// m: second-stage units in the full sample (0 in a one-stage design).
    pub n_units: usize,
    /// M: second-stage units in the population; `None` = no second-stage correction.
    pub population: Option<f64>,
}

/// Strata and clusters of a sample, without its rows: all that the variance formulas need besides cluster totals.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleStructure {
    /// Strata in order of first appearance.
    pub strata: Vec<Stratum>,
    /// Clusters in order of first appearance.
    pub clusters: Vec<Cluster>,
    /// Whether second-stage units are drawn inside the clusters.
    pub two_stage: bool,
    /// Whether every row is its own cluster and the rows are kept together by stratum: then `clusters` holds one entry a
    /// stratum that stands for its rows, and `n_clusters` of the stratum counts them. Only for sums collected row by row
    /// ([`crate::stats::sums`]), whose memory would else grow with the file.
    pub elements: bool,
}

impl SampleStructure {
    /// Whether variances need the scatter inside the clusters besides their totals.
    pub fn needs_scatter(&self) -> bool {
        self.two_stage || self.elements
    }

    /// Clusters − strata over those marked `present`: degrees of freedom of a domain (R's `degf`). Stata and SAS
    /// use those of the full design instead; the standard error is the same.
    pub fn degrees_of_freedom(&self, present: &[bool]) -> f64 {
        if self.elements {
            let rows = self.clusters.iter().zip(present).filter(|(_, present)| **present);
            return rows.map(|(cluster, _)| cluster.n_units as f64 - 1.0).sum();
        }
        let mut strata = vec![false; self.strata.len()];
        let mut n_clusters = 0_usize;
        for (cluster, _) in self.clusters.iter().zip(present).filter(|(_, present)| **present) {
            strata[cluster.stratum] = true;
            n_clusters += 1;
        }
        (n_clusters - strata.iter().filter(|seen| **seen).count()) as f64
    }
}

/// Collects a [`SampleStructure`] row by row and checks each row against those before it.
#[derive(Debug, Default)]
pub struct FrameBuilder {
    labels: ClusterLabels,
    two_stage: bool,
    elements: bool,
    stratum_of_label: HashMap<usize, usize>,
    cluster_of_label: HashMap<(usize, usize), usize>,
    strata: Vec<Stratum>,
    clusters: Vec<Cluster>,
}

impl FrameBuilder {
    /// An empty frame; `two_stage` says that units will be counted with [`Self::count_unit`].
    pub fn new(labels: ClusterLabels, two_stage: bool) -> Self {
        Self { labels, two_stage, ..Self::default() }
    }

    /// An empty frame of a sample without clusters: the rows of a stratum are kept together. Place each row with its stratum
    /// as its cluster and count it with [`Self::count_unit`].
    pub fn of_elements() -> Self {
        Self { elements: true, ..Self::default() }
    }

    /// Places a row: returns the position of its cluster in [`SampleStructure::clusters`].
    ///
    /// `clusters_in_population` is `N_h`, `units_in_population` M of the row's cluster.
    ///
    /// # Errors
    /// When the cluster was seen in another stratum, or a population size contradicts an earlier row.
    pub fn place(
        &mut self,
        stratum: usize,
        cluster: usize,
        clusters_in_population: Option<f64>,
        units_in_population: Option<f64>,
    ) -> Result<usize, DesignError> {
        let clusters_in_population = finite_population(clusters_in_population)?;
        let units_in_population = finite_population(units_in_population)?;
        let stratum_at = *self.stratum_of_label.entry(stratum).or_insert_with(|| {
            self.strata.push(Stratum { label: stratum, n_clusters: 0, population: clusters_in_population });
            self.strata.len() - 1
        });
        if let Some((first, second)) = contradiction(self.strata[stratum_at].population, clusters_in_population) {
            return Err(DesignError::PopulationVaries { stratum, first, second });
        }
        let key = match self.labels {
            ClusterLabels::Unique => (0, cluster),
            ClusterLabels::WithinStratum => (stratum_at, cluster),
        };
        let cluster_at = *self.cluster_of_label.entry(key).or_insert_with(|| {
            self.strata[stratum_at].n_clusters += usize::from(!self.elements);
            self.clusters.push(Cluster {
                label: cluster,
                stratum: stratum_at,
                n_units: 0,
                population: units_in_population,
            });
            self.clusters.len() - 1
        });
        let known = self.clusters[cluster_at];
        if known.stratum != stratum_at {
            let first = self.strata[known.stratum].label;
            return Err(DesignError::ClusterInTwoStrata { cluster, first, second: stratum });
        }
        if let Some((first, second)) = contradiction(known.population, units_in_population) {
            return Err(DesignError::UnitPopulationVaries { cluster, first, second });
        }
        Ok(cluster_at)
    }

    /// Counts one more second-stage unit (in a sample of elements: one more row) in the cluster at position `cluster`.
    pub fn count_unit(&mut self, cluster: usize) {
        self.clusters[cluster].n_units += 1;
        if self.elements {
            self.strata[self.clusters[cluster].stratum].n_clusters += 1;
        }
    }

    /// Clusters placed so far.
    pub fn n_clusters(&self) -> usize {
        self.clusters.len()
    }

    /// The frame, after the checks that need all rows.
    ///
    /// # Errors
    /// When there is no cluster, only one cluster (labels unique), or more were sampled than exist.
    pub fn finish(&self) -> Result<SampleStructure, DesignError> {
        if self.clusters.is_empty() {
            return Err(DesignError::Empty);
        }
        let n_clusters: usize = self.strata.iter().map(|stratum| stratum.n_clusters).sum();
        if n_clusters == 1 && self.labels == ClusterLabels::Unique {
            return Err(DesignError::OnlyOneCluster);
        }
        for stratum in &self.strata {
            if let Some(population) = stratum.population
                && (stratum.n_clusters as f64) > population
            {
                let (stratum, sampled) = (stratum.label, stratum.n_clusters);
                return Err(DesignError::MoreClustersThanPopulation { stratum, sampled, population });
            }
        }
        for cluster in &self.clusters {
            if let Some(population) = cluster.population
                && (cluster.n_units as f64) > population
            {
                let (cluster, sampled) = (cluster.label, cluster.n_units);
                return Err(DesignError::MoreUnitsThanPopulation { cluster, sampled, population });
            }
        }
        Ok(SampleStructure {
            strata: self.strata.clone(),
            clusters: self.clusters.clone(),
            two_stage: self.two_stage,
            elements: self.elements,
        })
    }
}

fn finite_population(population: Option<f64>) -> Result<Option<f64>, DesignError> {
    match population {
        None => Ok(None),
        Some(size) if size == f64::INFINITY => Ok(None),
        Some(size) if size.is_finite() && size > 0.0 => Ok(Some(size)),
        Some(found) => Err(DesignError::BadPopulation { found }),
    }
}

fn contradiction(known: Option<f64>, given: Option<f64>) -> Option<(f64, f64)> {
    match (known, given) {
        (Some(first), Some(second)) if (first - second).abs() > 1e-9 * first.abs() => Some((first, second)),
        (None, Some(second)) => Some((f64::INFINITY, second)),
        (Some(first), None) => Some((first, f64::INFINITY)),
        _ => None,
    }
}

/// The columns of a design, as they stand in a data file: one entry a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct DesignColumns<'a> {
    /// Sampling weights, 0 or more. A row of weight 0 is outside the sample, but its cluster keeps its place.
    pub weights: &'a [f64],
    /// Stratum labels; `None` = one stratum.
    pub strata: Option<&'a [usize]>,
    /// Cluster labels; `None` = every row is its own cluster.
    pub clusters: Option<&'a [usize]>,
    /// How cluster labels are read.
    pub labels: ClusterLabels,
    /// Labels of second-stage units (persons), unique over the whole file; `None` = one stage.
    pub units: Option<&'a [usize]>,
    /// `N_h` of each row's stratum; `None` = with replacement.
    pub clusters_in_population: Option<&'a [f64]>,
    /// M of each row's cluster; used with `units` only.
    pub units_in_population: Option<&'a [f64]>,
}

/// A checked design with its rows.
///
/// # Formula
/// Each row i carries a weight `w_i`. Estimators are written through an influence `u_i` (already weighted, 0 outside the
/// domain), and the variance is that of the sum of u over the design: see [`crate::stats::variance`].
#[derive(Debug, Clone)]
pub struct Design {
    pub(crate) frame: SampleStructure,
    pub(crate) weights: Vec<f64>,
    pub(crate) cluster_of_row: Vec<usize>,
    /// Positions of second-stage units, empty in one-stage designs.
    pub(crate) unit_of_row: Vec<usize>,
    pub(crate) cluster_of_unit: Vec<usize>,
    pub(crate) lonely: LonelyRule,
    pub(crate) residuals: Option<Residuals>,
}

impl Design {
    /// Checks the columns and builds the design. Lonely clusters fail until [`Self::with_lonely_rule`] says otherwise.
    ///
    /// # Errors
    /// See [`DesignError`]: each case has its sentence.
    pub fn new(columns: &DesignColumns<'_>) -> Result<Self, DesignError> {
        let n_rows = columns.weights.len();
        if n_rows == 0 {
            return Err(DesignError::Empty);
        }
        check_length("strata", columns.strata.map(<[usize]>::len), n_rows)?;
        check_length("clusters", columns.clusters.map(<[usize]>::len), n_rows)?;
        check_length("units", columns.units.map(<[usize]>::len), n_rows)?;
        check_length("clusters in the population", columns.clusters_in_population.map(<[f64]>::len), n_rows)?;
        check_length("units in the population", columns.units_in_population.map(<[f64]>::len), n_rows)?;
        let mut builder = FrameBuilder::new(columns.labels, columns.units.is_some());
        let mut cluster_of_row = Vec::with_capacity(n_rows);
        let mut unit_of_row = Vec::new();
        let mut cluster_of_unit: Vec<usize> = Vec::new();
        let mut unit_of_label: HashMap<usize, usize> = HashMap::new();
        for (row, &weight) in columns.weights.iter().enumerate() {
            if !weight.is_finite() || weight < 0.0 {
                return Err(DesignError::BadWeight { row: row + 1, weight });
            }
            let cluster = builder.place(
                columns.strata.map_or(0, |strata| strata[row]),
                columns.clusters.map_or(row, |clusters| clusters[row]),
                columns.clusters_in_population.map(|sizes| sizes[row]),
                columns.units.and(columns.units_in_population).map(|sizes| sizes[row]),
            )?;
            cluster_of_row.push(cluster);
            if let Some(units) = columns.units {
                let unit = *unit_of_label.entry(units[row]).or_insert_with(|| {
                    builder.count_unit(cluster);
                    cluster_of_unit.push(cluster);
                    cluster_of_unit.len() - 1
                });
                if cluster_of_unit[unit] != cluster {
                    return Err(DesignError::UnitInTwoClusters { unit: units[row] });
                }
                unit_of_row.push(unit);
            }
        }
        Ok(Self {
            frame: builder.finish()?,
            weights: columns.weights.to_vec(),
            cluster_of_row,
            unit_of_row,
            cluster_of_unit,
            lonely: LonelyRule::default(),
            residuals: None,
        })
    }

    /// The same design with another rule for strata that hold one cluster only.
    #[must_use]
    pub fn with_lonely_rule(mut self, lonely: LonelyRule) -> Self {
        self.lonely = lonely;
        self
    }

    /// The same rows with other weights that carry no information about the population (trimmed, say): variances
    /// are computed as if these weights had been given at the start.
    ///
    /// # Errors
    /// When there are not as many weights as rows, or one is negative or not finite.
    pub fn with_weights(mut self, weights: Vec<f64>) -> Result<Self, DesignError> {
        check_length("weights", Some(weights.len()), self.weights.len())?;
        if let Some(row) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
            return Err(DesignError::BadWeight { row: row + 1, weight: weights[row] });
        }
        self.weights = weights;
        Ok(self)
    }

    /// The same rows with calibrated weights. `residuals` (from [`crate::stats::calibration`]) says what the
    /// calibration knew, so that variances only count what it could not explain.
    ///
    /// # Errors
    /// As [`Self::with_weights`].
    pub fn calibrated(self, weights: Vec<f64>, residuals: Residuals) -> Result<Self, DesignError> {
        let mut design = self.with_weights(weights)?;
        design.residuals = Some(residuals);
        Ok(design)
    }

    /// Weights of the rows.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.weights.len()
    }

    /// Strata and clusters.
    pub fn frame(&self) -> &SampleStructure {
        &self.frame
    }

    /// Which clusters hold at least one row of positive weight for which `inside` is true.
    pub(crate) fn clusters_with(&self, inside: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut present = vec![false; self.frame.clusters.len()];
        for (row, &cluster) in self.cluster_of_row.iter().enumerate() {
            if self.weights[row] > 0.0 && inside(row) {
                present[cluster] = true;
            }
        }
        present
    }

    /// Degrees of freedom of the part of the design for which `inside` is true: its clusters − its strata.
    pub fn degrees_of_freedom_where(&self, inside: impl Fn(usize) -> bool) -> f64 {
        self.frame.degrees_of_freedom(&self.clusters_with(inside))
    }

    /// Degrees of freedom of the whole design: clusters − strata.
    pub fn degrees_of_freedom(&self) -> f64 {
        self.degrees_of_freedom_where(|_| true)
    }
}

fn check_length(column: &'static str, found: Option<usize>, expected: usize) -> Result<(), DesignError> {
    match found {
        Some(found) if found != expected => Err(DesignError::UnequalLengths { column, found, expected }),
        _ => Ok(()),
    }
}
