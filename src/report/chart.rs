//! stub
#![allow(missing_docs)]
pub struct Bullet<'a> { pub id: &'a str, pub title: &'a str, pub estimate: Option<&'a crate::index::Estimate>, pub minimum: f64, pub language: super::Language }
pub fn bullet(_: &Bullet<'_>) -> String { String::new() }
