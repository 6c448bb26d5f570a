//! The description of an analysis, as it stands in the TOML file. Unknown keys are refused with their line; names keep their
//! place in the file so that later refusals can point at it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::AnalyseError;

/// A text of the description with its place.
pub type Placed = Spanned<String>;

/// The description and where it came from.
pub struct Description {
    pub path: PathBuf,
    text: String,
    pub spec: Spec,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    pub confidence: Option<Spanned<f64>>,
    #[serde(default)]
    pub responses: Responses,
    #[serde(default)]
    pub design: DesignSpec,
    pub calibration: Option<CalibrationSpec>,
    #[serde(default)]
    pub filter: BTreeMap<Placed, String>,
    #[serde(default, rename = "domain")]
    pub domains: Vec<DomainSpec>,
    #[serde(default, rename = "result")]
    pub results: Vec<ResultSpec>,
    #[serde(default, rename = "index")]
    pub indices: Vec<IndexSpec>,
    #[serde(default, rename = "quantile")]
    pub quantiles: Vec<QuantileSpec>,
    #[serde(default, rename = "regression")]
    pub regressions: Vec<RegressionSpec>,
    #[serde(default, rename = "replicate")]
    pub replicates: Vec<ReplicateSpec>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Responses {
    /// Texts that mean "no answer".
    pub missing: Vec<String>,
    /// Smallest value an item may have.
    pub lowest: f64,
    /// Largest value an item may have.
    pub highest: f64,
    /// Values that count as satisfied.
    pub satisfied: Vec<f64>,
}

impl Default for Responses {
    fn default() -> Self {
        Self { missing: vec![String::new(), "NA".to_owned()], lowest: 1.0, highest: 5.0, satisfied: vec![4.0, 5.0] }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignSpec {
    pub weight: Option<Placed>,
    pub strata: Option<Placed>,
    pub cluster: Option<Placed>,
    pub cluster_labels: Option<Placed>,
    pub clusters_in_population: Option<Placed>,
    pub units_in_population: Option<Placed>,
    pub lonely: Option<Placed>,
    #[serde(default)]
    pub lonely_in_domains: bool,
    /// Weights above this are cut.
    pub trim: Option<Spanned<f64>>,
    /// Whether they are cut until none is above it.
    #[serde(default)]
    pub trim_strict: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationSpec {
    pub method: Placed,
    pub bounds: Option<Spanned<[f64; 2]>>,
    pub iterations_max: Option<u32>,
    pub tolerance: Option<f64>,
    #[serde(rename = "margin")]
    pub margins: Vec<MarginSpec>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarginSpec {
    pub columns: Spanned<Vec<Placed>>,
    pub totals: Option<BTreeMap<String, f64>>,
    pub file: Option<Placed>,
    pub count: Option<Placed>,
    #[serde(default)]
    pub r#where: BTreeMap<Placed, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainSpec {
    pub name: Placed,
    pub columns: Spanned<Vec<Placed>>,
    pub levels: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultSpec {
    pub name: Option<Placed>,
    pub kind: Placed,
    pub items: Option<Vec<Placed>>,
    pub each: Option<Vec<Placed>>,
    pub column: Option<Placed>,
    pub numerator: Option<Placed>,
    pub denominator: Option<Placed>,
    #[serde(default)]
    pub domains: Vec<Placed>,
    #[serde(default)]
    pub intervals: Vec<Placed>,
    #[serde(default)]
    pub targets: Vec<Spanned<f64>>,
    pub compare: Option<Placed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexSpec {
    pub name: Placed,
    pub components: Spanned<Vec<Placed>>,
    pub weights: Option<Spanned<Vec<f64>>>,
    #[serde(default)]
    pub domains: Vec<Placed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantileSpec {
    pub column: Placed,
    pub probabilities: Spanned<Vec<f64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegressionSpec {
    pub kind: Placed,
    pub outcome: Placed,
    pub predictors: Spanned<Vec<Placed>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicateSpec {
    pub method: Placed,
    /// The mean of this column.
    pub column: Placed,
    /// Replicates of a bootstrap, and its seed.
    pub draws: Option<u32>,
    pub seed: Option<u64>,
    /// Columns of weights that stand in the file; `r*` means all whose names begin with r.
    pub weights: Option<Spanned<Vec<Placed>>>,
    /// How such weights were made.
    pub kind: Option<Placed>,
    /// Whether they hold the weights of the design.
    #[serde(default = "yes")]
    pub combined: bool,
    pub scale: Option<f64>,
    pub rscales: Option<Spanned<Vec<f64>>>,
    /// Fay's factor.
    pub rho: Option<f64>,
    /// Squares about the estimate, not about the mean of the replicates.
    #[serde(default)]
    pub mse: bool,
}

fn yes() -> bool {
    true
}

impl Description {
    /// Reads and parses the file.
    pub fn read(path: &Path) -> Result<Self, AnalyseError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| AnalyseError::Read { path: path.to_path_buf(), source })?;
        let spec = toml::from_str(&text).map_err(|error| AnalyseError::Spec {
            path: path.to_path_buf(),
            line: error.span().map_or(1, |span| line_at(&text, span.start)),
            text: error.message().to_owned(),
        })?;
        Ok(Self { path: path.to_path_buf(), text, spec })
    }

    /// A refusal that points at the line of `place`.
    pub fn refuse<T>(&self, place: &Spanned<T>, text: impl Into<String>) -> AnalyseError {
        AnalyseError::Spec { path: self.path.clone(), line: line_at(&self.text, place.span().start), text: text.into() }
    }

    /// A refusal that points at no line in particular.
    pub fn refuse_whole(&self, text: impl Into<String>) -> AnalyseError {
        AnalyseError::Spec { path: self.path.clone(), line: 1, text: text.into() }
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    1 + before.matches('\n').count()
}
