//! `sipas`: satisfaction survey and SIPAS measurement for Vietnam's wards and communes.
//!
//! Two journeys show the house. A citizen answers: [`web`] → [`survey`] checks → [`db`] stores in one transaction a batch
//! → thanks after COMMIT. A plan owner reads: [`web`] or [`cli`] → [`service::figures`] takes the tallies from [`db`] → [`index`]
//! makes figures and verdicts of them through [`stats`] → [`report`] shows them. `docs/architecture.md` tells more.

// Pure rooms: no file, no clock, no network.
pub mod access;
pub mod cases;
pub mod index;
pub mod plan;
pub mod print;
pub mod report;
pub mod sampling;
pub mod sheet;
pub mod stats;
pub mod survey;
pub mod table;
pub mod unzip;

// What touches the world.
pub mod analyse;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod error;
pub mod exchange;
pub mod hooks;
pub mod jobs;
pub mod mail;
pub mod oidc;
pub mod secrets;
pub mod service;
pub mod vitals;
pub mod web;
