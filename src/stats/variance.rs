//! Variance of a sum over a stratified, clustered, one- or two-stage sample: the one formula behind every design-based
//! standard error, and the rules for strata that hold one cluster only.
//!
//! # Formula
//! ```text
//! V = Σ_h (1 − n_h/N_h) · n_h/(n_h − 1) · Σ_j (t_j − t̄_h)(t_j − t̄_h)ᵀ
//!   + Σ_h (n_h/N_h) Σ_j (1 − m_j/M_j) · m_j/(m_j − 1) · Σ_k (u_k − ū_j)(u_k − ū_j)ᵀ
//! ```
//! h runs over strata, j over the clusters of a stratum, k over the second-stage units of a cluster. t is the sum of the
//! influences u of a cluster (0 where the domain is absent), t̄ its mean over the n clusters of the **full** sample of the
//! stratum, of N in the population; m of M units were drawn in a cluster. The second line is for two-stage designs only.
//!
//! # Source
//! Cochran (1977) Sampling Techniques, ch. 11; Binder (1983) Int. Stat. Rev. 51, 279–292, doi:10.2307/1402588; Lumley
//! (2004) J. Stat. Softw. 9(8), doi:10.18637/jss.v009.i08, whose R package `survey` the results are checked against.

use nalgebra::DMatrix;

use super::design::{Design, SampleStructure};
pub use super::lonely::{LonelyCluster, LonelyRule};

/// Below this finite population factor a stratum counts as fully enumerated and contributes nothing (as in R).
const ENUMERATED_BELOW: f64 = 1e-7;

/// Why no variance can be given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum VarianceError {
    /// A stratum holds one cluster and the rule is to fail.
    #[error(
        "stratum {stratum} has only one cluster; merge it with another stratum or choose a rule for lonely clusters"
    )]
    LonelyCluster {
        /// The caller's label of the stratum.
        stratum: usize,
    },
    /// Every stratum holds one cluster, so that there is no other to take an average from.
    #[error("every stratum has only one cluster, so there is no variance to average")]
    AllLonely,
    /// Sums collected row by row lack what the design needs.
    #[error("this design needs the scatter inside its clusters, so the rows must be read once more")]
    ScatterMissing,
    /// A cluster holds one second-stage unit and the rule gives no answer.
    #[error(
        "cluster {cluster} has only one unit, so the variance inside it is unknown; choose the rule remove or certainty, or describe the design by its first stage"
    )]
    LonelyUnit {
        /// The caller's label of the cluster.
        cluster: usize,
    },
}

/// Totals of k influences per cluster, and the scatter of the units inside the clusters for two-stage designs.
#[derive(Debug, Clone)]
pub struct ClusterTotals {
    n_columns: usize,
    /// Row-major: cluster × column.
    totals: Vec<f64>,
    /// Clusters that hold a row of the domain; strata without any are left aside by the lonely rules.
    present: Vec<bool>,
    /// Samples of elements: rows of the domain in each stratum; empty otherwise.
    rows_present: Vec<usize>,
    /// Σ (u − ū)(u − ū)ᵀ over the units of each cluster, row-major k × k; empty where clusters do without.
    scatter: Vec<f64>,
}

impl ClusterTotals {
    /// Zero totals of `n_columns` influences, every cluster present.
    pub fn zeros(frame: &SampleStructure, n_columns: usize) -> Self {
        let n_clusters = frame.clusters.len();
        let scatter = if frame.needs_scatter() { n_clusters * n_columns * n_columns } else { 0 };
        Self {
            n_columns,
            totals: vec![0.0; n_clusters * n_columns],
            present: vec![true; n_clusters],
            rows_present: Vec::new(),
            scatter: vec![0.0; scatter],
        }
    }

    /// The totals of one cluster, to be filled.
    pub fn of_cluster_mut(&mut self, cluster: usize) -> &mut [f64] {
        &mut self.totals[cluster * self.n_columns..(cluster + 1) * self.n_columns]
    }

    /// The centred scatter matrix of one cluster (row-major k × k), to be filled in two-stage designs.
    pub fn scatter_of_cluster_mut(&mut self, cluster: usize) -> &mut [f64] {
        let size = self.n_columns * self.n_columns;
        &mut self.scatter[cluster * size..(cluster + 1) * size]
    }

    /// Says which clusters hold rows of the domain.
    pub fn set_present(&mut self, present: Vec<bool>) {
        self.present = present;
    }

    /// Says how many rows of the domain each stratum of a sample of elements holds.
    pub fn set_rows_present(&mut self, rows: Vec<usize>) {
        self.rows_present = rows;
    }

    fn of_cluster(&self, cluster: usize) -> &[f64] {
        &self.totals[cluster * self.n_columns..(cluster + 1) * self.n_columns]
    }

    /// Covariance matrix (k × k) of the column sums under the design.
    ///
    /// # Errors
    /// When a stratum (or, in two-stage designs, a cluster) is lonely and `rule` has no answer.
    pub fn covariance(&self, frame: &SampleStructure, rule: LonelyRule) -> Result<DMatrix<f64>, VarianceError> {
        let mut variance = self.between_clusters(frame, rule)?;
        if frame.two_stage {
            self.add_within_clusters(frame, rule, &mut variance)?;
        }
        Ok(variance)
    }

    fn between_clusters(&self, frame: &SampleStructure, rule: LonelyRule) -> Result<DMatrix<f64>, VarianceError> {
        let k = self.n_columns;
        let mut clusters_of_stratum: Vec<Vec<usize>> = vec![Vec::new(); frame.strata.len()];
        for (at, cluster) in frame.clusters.iter().enumerate() {
            clusters_of_stratum[cluster.stratum].push(at);
        }
        let mut variance = DMatrix::zeros(k, k);
        let grand_mean = self.grand_mean(frame, &clusters_of_stratum);
        let (mut n_strata, mut n_lonely) = (0_usize, 0_usize);
        for (stratum, clusters) in frame.strata.iter().zip(&clusters_of_stratum) {
            let mut n_present = clusters.iter().filter(|cluster| self.present[**cluster]).count();
            if frame.elements && n_present > 0 {
                n_present =
                    clusters.first().and_then(|at| self.rows_present.get(*at)).copied().unwrap_or(stratum.n_clusters);
            }
            if n_present == 0 {
                continue;
            }
            n_strata += 1;
            let factor = stratum.sampling_factor();
            if factor < ENUMERATED_BELOW {
                continue;
            }
            let alone = stratum.n_clusters == 1;
            let alone_in_domain = rule.in_domains && n_present == 1;
            let scale =
                if alone { factor } else { factor * stratum.n_clusters as f64 / (stratum.n_clusters - 1) as f64 };
            match (alone, rule.clusters) {
                (true, LonelyCluster::Fail) => {
                    return Err(VarianceError::LonelyCluster { stratum: stratum.label });
                }
                (true, LonelyCluster::Remove | LonelyCluster::Certainty) => {}
                (_, LonelyCluster::Average) if alone || alone_in_domain => n_lonely += 1,
                (_, LonelyCluster::Adjust) if alone || alone_in_domain => {
                    self.add_deviations(&mut variance, frame, clusters, Some(&grand_mean), scale);
                }
                _ => {
                    self.add_deviations(&mut variance, frame, clusters, None, scale);
                }
            }
        }
        if n_lonely > 0 {
            if n_lonely == n_strata {
                return Err(VarianceError::AllLonely);
            }
            variance *= n_strata as f64 / (n_strata - n_lonely) as f64;
        }
        Ok(variance)
    }

    fn grand_mean(&self, frame: &SampleStructure, clusters_of_stratum: &[Vec<usize>]) -> Vec<f64> {
        let touched: Vec<usize> = frame
            .strata
            .iter()
            .zip(clusters_of_stratum)
            .filter(|(_, clusters)| clusters.iter().any(|cluster| self.present[*cluster]))
            .flat_map(|(_, clusters)| clusters.iter().copied())
            .collect();
        self.mean_over(frame, &touched)
    }

    /// Mean of the cluster totals, or of the rows where these are the clusters.
    fn mean_over(&self, frame: &SampleStructure, clusters: &[usize]) -> Vec<f64> {
        let n: usize = if frame.elements {
            clusters.iter().map(|cluster| frame.clusters[*cluster].n_units).sum()
        } else {
            clusters.len()
        };
        let mut mean = vec![0.0; self.n_columns];
        for &cluster in clusters {
            for (sum, total) in mean.iter_mut().zip(self.of_cluster(cluster)) {
                *sum += total;
            }
        }
        for sum in &mut mean {
            *sum /= n.max(1) as f64;
        }
        mean
    }

    /// Adds scale · Σ (t − centre)(t − centre)ᵀ over the clusters of one stratum; the centre is their mean unless given.
    fn add_deviations(
        &self,
        variance: &mut DMatrix<f64>,
        frame: &SampleStructure,
        clusters: &[usize],
        centre: Option<&[f64]>,
        scale: f64,
    ) {
        let mean = self.mean_over(frame, clusters);
        if !frame.elements {
            return self.add_scatter(variance, clusters, centre.unwrap_or(&mean), scale);
        }
        // The rows are the clusters: their scatter about their mean is known, the rest is the mean's distance.
        let k = self.n_columns;
        for &cluster in clusters {
            let n_rows = frame.clusters[cluster].n_units as f64;
            let shift = |at: usize| centre.map_or(0.0, |centre| mean[at] - centre[at]);
            for i in 0..k {
                for j in 0..k {
                    let scatter = self.scatter[cluster * k * k + i * k + j];
                    variance[(i, j)] += scale * (scatter + n_rows * shift(i) * shift(j));
                }
            }
        }
    }

    fn add_scatter(&self, variance: &mut DMatrix<f64>, clusters: &[usize], centre: &[f64], scale: f64) {
        let k = self.n_columns;
        let mut deviation = vec![0.0; k];
        let mut scatter = vec![0.0; k * k];
        for &cluster in clusters {
            for ((deviation, total), centre) in deviation.iter_mut().zip(self.of_cluster(cluster)).zip(centre) {
                *deviation = total - centre;
            }
            for i in 0..k {
                for j in i..k {
                    scatter[i * k + j] += deviation[i] * deviation[j];
                }
            }
        }
        for i in 0..k {
            for j in i..k {
                let value = scale * scatter[i * k + j];
                variance[(i, j)] += value;
                if i != j {
                    variance[(j, i)] += value;
                }
            }
        }
    }

    fn add_within_clusters(
        &self,
        frame: &SampleStructure,
        rule: LonelyRule,
        variance: &mut DMatrix<f64>,
    ) -> Result<(), VarianceError> {
        let k = self.n_columns;
        for (at, cluster) in frame.clusters.iter().enumerate().filter(|(at, _)| self.present[*at]) {
            let stratum = &frame.strata[cluster.stratum];
            let Some(clusters_in_population) = stratum.population else {
                continue; // n_h/N_h = 0: with replacement the first stage carries everything
            };
            let units = cluster.n_units as f64;
            let factor = cluster.population.map_or(1.0, |population| (population - units) / population);
            if factor < ENUMERATED_BELOW {
                continue;
            }
            if cluster.n_units < 2 {
                match rule.clusters {
                    LonelyCluster::Remove | LonelyCluster::Certainty => continue,
                    _ => {
                        return Err(VarianceError::LonelyUnit { cluster: cluster.label });
                    }
                }
            }
            let scale = stratum.n_clusters as f64 / clusters_in_population * factor * units / (units - 1.0);
            let scatter = &self.scatter[at * k * k..(at + 1) * k * k];
            for i in 0..k {
                for j in 0..k {
                    variance[(i, j)] += scale * scatter[i * k + j];
                }
            }
        }
        Ok(())
    }
}

impl Design {
    /// Covariance matrix of the sums of `influences` (one column per estimate, one entry per row: already weighted, 0
    /// outside its domain). `inside` says which rows belong to any of the domains; it matters to lonely rules only.
    ///
    /// After a calibration the influences are first replaced by their residuals on what the calibration knew.
    ///
    /// # Errors
    /// When a stratum or cluster is lonely and the design's rule has no answer.
    pub fn covariance(&self, influences: &[Vec<f64>], inside: &[bool]) -> Result<DMatrix<f64>, VarianceError> {
        match &self.residuals {
            None => self.covariance_of_columns(influences, Some(inside)),
            Some(residuals) => {
                let columns: Vec<Vec<f64>> =
                    influences.iter().map(|column| residuals.apply(column, &self.weights)).collect();
                self.covariance_of_columns(&columns, None)
            }
        }
    }

    fn covariance_of_columns(
        &self,
        columns: &[Vec<f64>],
        inside: Option<&[bool]>,
    ) -> Result<DMatrix<f64>, VarianceError> {
        let mut totals = ClusterTotals::zeros(&self.frame, columns.len());
        if let Some(inside) = inside {
            let mut present = vec![false; self.frame.clusters.len()];
            for (row, &cluster) in self.cluster_of_row.iter().enumerate() {
                present[cluster] |= inside[row];
            }
            totals.set_present(present);
        }
        for (at, column) in columns.iter().enumerate() {
            for (&influence, &cluster) in column.iter().zip(&self.cluster_of_row) {
                totals.totals[cluster * columns.len() + at] += influence;
            }
        }
        if self.frame.two_stage {
            self.fill_scatter(columns, &mut totals);
        }
        totals.covariance(&self.frame, self.lonely)
    }

    fn fill_scatter(&self, columns: &[Vec<f64>], totals: &mut ClusterTotals) {
        let k = columns.len();
        let mut of_unit = vec![0.0; self.cluster_of_unit.len() * k];
        for (at, column) in columns.iter().enumerate() {
            for (&influence, &unit) in column.iter().zip(&self.unit_of_row) {
                of_unit[unit * k + at] += influence;
            }
        }
        let mut deviation = vec![0.0; k];
        for (unit, &cluster) in self.cluster_of_unit.iter().enumerate() {
            let n_units = self.frame.clusters[cluster].n_units as f64;
            for (at, deviation) in deviation.iter_mut().enumerate() {
                *deviation = of_unit[unit * k + at] - totals.totals[cluster * k + at] / n_units;
            }
            let scatter = totals.scatter_of_cluster_mut(cluster);
            for i in 0..k {
                for j in 0..k {
                    scatter[i * k + j] += deviation[i] * deviation[j];
                }
            }
        }
    }
}
