//! Replicate weights that stand in the file, as surveys publish them: which columns they are and how their estimates are added up.
//!
//! # Formula
//! ```text
//! kind        scale           rscales      of R replicates; R's svrepdesign(type = …)
//! JK1         (R − 1)/R       1
//! JKn         1               must be given
//! BRR         1/R             1
//! Fay         1/(R (1 − ρ)²)  1            ρ must be given
//! bootstrap   1/(R − 1)       1
//! other       must be given   1
//! ```
//! # Source
//! R `survey::svrepdesign`; Wolter (2007), doi:10.1007/978-0-387-35099-8.

use super::AnalyseError;
use super::spec::{Description, ReplicateSpec};
use crate::stats::replicates::Replicates;

/// The word of the method.
pub const METHOD: &str = "given";
/// The most columns of one set.
const COLUMNS_MAX: usize = 2_000;
const KINDS: [&str; 6] = ["JK1", "JKn", "BRR", "Fay", "bootstrap", "other"];

/// Replicate weights of the file.
pub struct GivenReplicates {
    pub columns: Vec<usize>,
    pub combined: bool,
    pub scale: f64,
    pub scales: Vec<f64>,
    pub mse: bool,
}

impl GivenReplicates {
    /// Finds the columns and checks what is said of them.
    pub fn bind(description: &Description, header: &[String], wanted: &ReplicateSpec) -> Result<Self, AnalyseError> {
        let Some(names) = &wanted.weights else {
            let text = "method = \"given\" needs weights = [\"r*\"]: the columns of replicate weights";
            return Err(description.refuse(&wanted.method, text));
        };
        if wanted.draws.is_some() || wanted.seed.is_some() {
            return Err(
                description.refuse(&wanted.method, "draws and seed are of replicates made here, not of given ones")
            );
        }
        if description.spec.design.trim.is_some() {
            return Err(
                description.refuse(&wanted.method, "given replicates do not follow trim: leave one of them out")
            );
        }
        let mut columns = Vec::new();
        for name in names.get_ref() {
            let own: Vec<usize> = match name.get_ref().strip_suffix('*') {
                Some(begin) => (0..header.len()).filter(|at| header[*at].starts_with(begin)).collect(),
                None => header.iter().position(|column| column == name.get_ref()).into_iter().collect(),
            };
            if own.is_empty() {
                return Err(description.refuse(name, format!("the file has no column {:?}", name.get_ref())));
            }
            columns.extend(own);
        }
        let mut distinct = columns.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if columns.len() < 2 || columns.len() > COLUMNS_MAX || distinct.len() < columns.len() {
            let text = format!("weights are 2 to {COLUMNS_MAX} columns, none of them named twice");
            return Err(description.refuse(names, text));
        }
        let n = columns.len() as f64;
        let refuse = |text: &str| Err(description.refuse(&wanted.method, text));
        let kind = wanted.kind.as_ref().map_or("", |kind| kind.get_ref().as_str());
        let usual = match (kind, wanted.rho) {
            ("JK1", None) => Some((n - 1.0) / n),
            ("JKn", None) => Some(1.0),
            ("BRR", None) => Some(1.0 / n),
            ("bootstrap", None) => Some(1.0 / (n - 1.0)),
            ("other", None) => None,
            ("Fay", Some(rho)) if (0.0..1.0).contains(&rho) => Some(1.0 / (n * (1.0 - rho).powi(2))),
            ("Fay", _) => return refuse("kind = \"Fay\" needs rho, from 0 and below 1"),
            (known, _) if KINDS.contains(&known) => return refuse("rho goes with kind = \"Fay\""),
            _ => return refuse(&format!("kind must be one of {}", KINDS.join(", "))),
        };
        let Some(scale) = wanted.scale.or(usual) else { return refuse("kind = \"other\" needs scale") };
        let scales = match &wanted.rscales {
            Some(scales) if scales.get_ref().len() == columns.len() => scales.get_ref().clone(),
            Some(scales) => {
                let text = format!("rscales has {} numbers for {} columns", scales.get_ref().len(), columns.len());
                return Err(description.refuse(scales, text));
            }
            None if kind == "JKn" => {
                return refuse("kind = \"JKn\" needs rscales, one for each column: (n − 1)/n of its stratum");
            }
            None => vec![1.0; columns.len()],
        };
        if scales.iter().chain([&scale]).any(|scale| !(scale.is_finite() && *scale >= 0.0)) {
            return refuse("scale and rscales are numbers from 0 on");
        }
        Ok(Self { columns, combined: wanted.combined, scale, scales, mse: wanted.mse })
    }

    /// The replicates for a result, from the weights of the rows and the values of each column, in the order of [`Self::columns`].
    pub fn replicates(
        &self,
        result: &str,
        weights: &[f64],
        values: &[&[Option<f64>]],
        header: &[String],
    ) -> Result<Replicates, AnalyseError> {
        let mut factors = Vec::with_capacity(values.len());
        for (values, column) in values.iter().zip(&self.columns) {
            let mut replicate = Vec::with_capacity(weights.len());
            for (row, (value, weight)) in values.iter().zip(weights).enumerate() {
                let value = value.filter(|value| value.is_finite() && *value >= 0.0).ok_or_else(|| {
                    let column = header[*column].clone();
                    AnalyseError::ReplicateWeight { result: result.to_owned(), row: row + 1, column }
                })?;
                replicate.push(if self.combined { value / weight } else { value });
            }
            factors.push(replicate);
        }
        Replicates::given(factors, self.scale, self.scales.clone())
            .map_err(|source| AnalyseError::Replicates { result: result.to_owned(), source })
    }
}
