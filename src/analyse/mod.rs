//! `sipas analyse`: any survey's answers from a CSV file, analysed as a TOML file describes, without a database.
//!
//! [`run`] reads the description (`spec`), binds it to the header of the file (`plan`), reads the rows once, twice or
//! three times (`engine`, `rows`) and writes the results as JSON (`report`). Memory is bounded by the summary (clusters ×
//! domain levels × results), not by the file. All formulas live in [`crate::stats`]; what may stand in the description is
//! explained with examples in `docs/analyse.md`.
//!
//! How often the file is read: once; a second time after a calibration (its weights are known only at the end of the
//! first reading); once more for two-stage designs (squares of influences need the estimate).

mod analysis;
mod engine;
mod given;
mod labels;
mod plan;
mod report;
mod rows;
mod spec;
mod whole;
mod words;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::stats::replicates::ReplicateError;

/// Bad rows listed before reading stops.
pub const PROBLEMS_MAX: usize = 20;

/// One thing wrong with one row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// Line of the file, counted from 1; the header is line 1.
    pub line: u64,
    /// Name of the column, where the problem lies in one.
    pub column: Option<String>,
    /// What was found and what is allowed.
    pub text: String,
}

impl std::fmt::Display for RowProblem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.column {
            Some(column) => write!(out, "line {}, column {column}: {}", self.line, self.text),
            None => write!(out, "line {}: {}", self.line, self.text),
        }
    }
}

/// Why an analysis was refused.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The description is not usable.
    #[error("{}:{line}: {text}", path.display())]
    Spec {
        /// The description.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// What was found and what is allowed.
        text: String,
    },
    /// Rows of the file are not usable.
    #[error("{}: {}", path.display(), listed(problems))]
    Rows {
        /// The file.
        path: PathBuf,
        /// The first problems, at most [`PROBLEMS_MAX`].
        problems: Vec<RowProblem>,
    },
    /// The sampling design contradicts itself.
    #[error("{}: {text}", path.display())]
    Design {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the labels of the file.
        text: String,
    },
    /// The calibration is not possible or did not converge.
    #[error("calibration: {text}")]
    Calibration {
        /// What is wrong, with the labels of the file.
        text: String,
    },
    /// A result cannot be computed.
    #[error("result {result}: {text}")]
    Result {
        /// Name of the result.
        result: String,
        /// Why not.
        text: String,
    },
    /// A weight of a replicate that the file gives is none.
    #[error("result {result}: row {row} of column {column} holds no weight, a number from 0 on")]
    ReplicateWeight {
        /// Name of the result.
        result: String,
        /// Row, counted from 1.
        row: usize,
        /// Name of the column.
        column: String,
    },
    /// There are no replicates to compute an error by.
    #[error("result {result}: {source}")]
    Replicates {
        /// Name of the result.
        result: String,
        /// Why not.
        source: ReplicateError,
    },
}

fn listed(problems: &[RowProblem]) -> String {
    let mut text = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    if problems.len() >= PROBLEMS_MAX {
        text.push_str("; and perhaps more: reading stopped here");
    }
    text
}

/// Analyses the file `responses` as `spec` describes; the answer is one JSON object (see `docs/analyse.md`).
///
/// # Errors
/// When a file cannot be read, the description or a row is not usable, or the design is silently wrong: see
/// [`AnalyseError`].
pub fn run(responses: &Path, spec: &Path) -> Result<Value, AnalyseError> {
    let description = spec::Description::read(spec)?;
    let header = rows::header_of(responses)?;
    let plan = plan::Plan::new(&description, &header)?;
    let analysis = engine::analyse(&plan, responses)?;
    let mut answer = report::report(&plan, &analysis, responses)?;
    if !plan.whole.is_empty() {
        whole::add(&mut answer, &plan, responses)?;
    }
    Ok(answer)
}
