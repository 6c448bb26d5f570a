//! Questionnaire files read.
