//! Codes and paper.
