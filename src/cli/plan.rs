//! `sipas plan`: what the plans bind a unit to.

use std::fmt::Write;

use super::{Outcome, Refusal, To, open};
use crate::clock;
use crate::config::Config;
use crate::plan::{FieldOfService, Plan};
use crate::report::{Language, format, plan_text, projection, small_fields, words};
use crate::service::targets::{PeriodStanding, standing};

/// Subcommands of `plan`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List plans.
    List,
    /// Show a plan: targets, periods, tasks and what serves each.
    Show {
        /// Key of the plan, as `sipas plan list` shows it.
        plan: String,
    },
    /// Every target over its periods: verdict, where it is heading, what settles it, what pulls it down.
    Targets {
        /// Key of a plan; all plans if left out.
        #[arg(long)]
        plan: Option<String>,
        /// Print JSON instead of lines of text.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Outcome {
    let db = open(config, To::Read)?;
    match command {
        Command::List => {
            let lines = db.plans()?.into_iter().map(|plan| format!("{:<28} {}\n", plan.plan.key, plan.plan.title_vi));
            super::print(&lines.collect::<String>())
        }
        Command::Show { plan: key } => {
            let missing = || Refusal(format!("there is no plan `{key}`; see `sipas plan list`"));
            let plan = db.plan(&key)?.ok_or_else(missing)?.plan;
            let fields = db.fields()?.into_iter();
            let fields: Vec<FieldOfService> = fields
                .map(|field| FieldOfService { id: field.code, name_vi: field.name_vi, name_en: field.name_en })
                .collect();
            super::print(&plan_text::show(&plan, &fields, Some(clock::today())))
        }
        Command::Targets { plan: key, json } => {
            if let Some(key) = &key
                && db.plan(key)?.is_none()
            {
                return Err(Refusal(format!("there is no plan `{key}`; see `sipas plan list`")));
            }
            let book = db.plan_book()?;
            let asked: Vec<_> = match &key {
                Some(key) => book.plan(key).cloned().into_iter().collect(),
                None => book.all().to_vec(),
            };
            let plans = standing(&db, &asked, |_| None, clock::today())?;
            let periods = || plans.iter().flat_map(|plan| plan.periods.iter().map(move |period| (plan, period)));
            if json {
                return super::print_json(&periods().flat_map(|(_, period)| period.targets()).collect::<Vec<_>>());
            }
            super::print(&periods().map(|(plan, period)| text(&plan.plan, period)).collect::<String>())
        }
    }
}

/// The targets of a period, a line each, with what is to be said of it under it.
fn text(plan: &Plan, period: &PeriodStanding) -> String {
    let language = Language::Vi;
    let mut text = format!("{} {}\n", plan.key, period.period.key);
    for standing in period.targets() {
        let target = standing.target;
        let minima = [target.minimum];
        let figure = target.estimate.as_ref().map_or_else(
            || target.reason.map(|reason| words::reason_short(reason, language)).unwrap_or_default(),
            |estimate| {
                let share = format::share(estimate.value, &minima, language);
                format!("{share} ({})", format::interval(estimate.low, estimate.high, &minima, language))
            },
        );
        let minimum = format::minimum(target.minimum, language);
        let verdict = words::verdict(target.verdict, language);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {} {} ≥ {minimum}: {figure} {verdict}", target.clause, target.target);
        let said =
            [projection::outlook(target, language), projection::further_sample(target, language)].into_iter().flatten();
        let contributions =
            standing.contributions.iter().map(|pull| projection::pull(pull, &period.names, target.minimum, language));
        let points: Vec<String> =
            target.low_points.iter().map(|point| period.names.point(point.unit, point.point)).collect();
        let points =
            (!points.is_empty()).then(|| format!("Điểm thấp hơn chỉ tiêu giao rõ rệt: {}.", points.join(", ")));
        let small = small_fields::sentences(target, &period.names, language).into_iter();
        for line in said.chain(small).chain(contributions).chain(points) {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}
