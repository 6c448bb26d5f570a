//! What is wrong with a file, where, and what is allowed there.

/// One problem of a plan file, in words for its author: `file:line: what was found, what is allowed`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct Problem {
    /// Name of the file, as the caller gave it.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What was found and what is allowed: lower case, no final dot.
    pub message: String,
}
