//! Which figures a command asks for, and how the file made of them is signed; shared by `index` and `report`.

use super::Refusal;
use crate::app;
use crate::clock;
use crate::db::Db;
use crate::index::Suspects;
use crate::service::closing::{self, ReportOptions};
use crate::service::figures::{Measured, Question, frozen, measure, official_series};
use crate::service::report_file::Format;
use crate::sheet::tally::Series;

/// Which figures.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// Key of the plan, as in cau-giay-2026.
    #[arg(long)]
    plan: String,
    /// Key of the period, as in 2026-q1, 2026-year, 2026-m03 for a month, or adhoc-2026-01-01-2026-01-31 for any days.
    #[arg(long)]
    period: String,
    /// Code of the unit measured; the plan's own if left out.
    #[arg(long)]
    unit: Option<String>,
    /// Series: open, ticket or sample; the plan's official one of the period if left out.
    #[arg(long, value_parser = series)]
    series: Option<Series>,
    /// Sheets flagged as sent by something else: in, to count them, or out.
    #[arg(long, default_value = "in", value_parser = suspects)]
    suspects: Suspects,
    /// Also count answers not yet released; a closed period is then computed anew too.
    #[arg(long)]
    live: bool,
    /// A version of a closed period, also one that is no longer in force; the one in force if left out.
    #[arg(long, conflicts_with = "live")]
    version: Option<u32>,
}

fn series(name: &str) -> Result<Series, String> {
    match name {
        "open" => Ok(Series::Open),
        "ticket" => Ok(Series::Ticket),
        "sample" => Ok(Series::Sample),
        other => Err(format!("`{other}` is not a series; use open, ticket or sample")),
    }
}

fn suspects(name: &str) -> Result<Suspects, String> {
    match name {
        "in" => Ok(Suspects::In),
        "out" => Ok(Suspects::Out),
        other => Err(format!("`{other}` is neither in nor out")),
    }
}

impl Which {
    /// The report that went out with these figures, where there is one; no figure is read for it.
    pub fn kept_report(&self, db: &Db, format: Format) -> Result<Option<Vec<u8>>, Refusal> {
        let plan = db.plan(&self.plan)?.map(|stored| stored.plan);
        let whole = plan.is_some_and(|plan| self.unit.as_ref().is_none_or(|unit| *unit == plan.unit));
        if !whole || self.series.is_some() || self.suspects != Suspects::In || self.live {
            return Ok(None);
        }
        Ok(closing::kept_report(db, &self.plan, &self.period, self.version, format)?)
    }

    /// The figures asked for.
    pub fn measure(&self, db: &Db) -> Result<Measured, Refusal> {
        let question = Question {
            plan: self.plan.clone(),
            period: self.period.clone(),
            unit: self.unit.clone(),
            series: match self.series {
                Some(series) => series,
                None => official_series(db, &self.plan, &self.period, self.version)?,
            },
            suspects: self.suspects,
            live: self.live,
            today: clock::today(),
        };
        let measured = match self.version {
            Some(version) => frozen::measured(db, &question, Some(version))?
                .ok_or_else(|| Refusal("no such version of the period".to_owned()))?,
            None => measure(db, &question)?,
        };
        Ok(measured)
    }
}

/// How a file made of them is marked and signed.
pub fn making(db: &Db, vice: bool) -> Result<ReportOptions, Refusal> {
    Ok(ReportOptions { demonstration: db.meta(app::DEMO)?.is_some(), vice })
}
