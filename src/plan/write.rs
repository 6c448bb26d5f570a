//! A plan written as a file (TOML), the way the files of `plans/` look: what [`super::parse`] reads back as the same
//! plan. Comments of a file are not part of a plan and do not come back.

use std::fmt::Write as _;

use chrono::NaiveDate;
use toml::Value;

use super::file::ALL_FIELDS;
use super::model::{is_policy_share, is_volunteers};
use super::names::SERIES;
use super::{Channel, CountKind, CountTarget, Measure, Period, Plan, Respondents, Target, Task, Weights};

/// The plan as the text of its file.
pub fn to_toml(plan: &Plan) -> String {
    let mut file = File::default();
    file.text("key", &plan.key);
    file.optional("number", plan.number.as_ref());
    file.text("title_vi", &plan.title_vi);
    file.text("title_en", &plan.title_en);
    file.text("unit", &plan.unit);
    file.text("unit_name", &plan.unit_name);
    file.text("parent_unit", &plan.parent_unit);
    file.text("parent_name", &plan.parent_name);
    file.day("dated", plan.dated);
    file.day("from", Some(plan.from));
    file.day("to", Some(plan.to));
    file.text("weights", word(&Weights::WORDS, plan.weights));
    file.share("confidence", plan.confidence);
    if !is_volunteers(&plan.series) {
        let series: Vec<String> = plan.series.iter().map(|series| word(&SERIES, *series).to_owned()).collect();
        file.texts("series", &series);
    }
    if !is_policy_share(&plan.ministry_policy_share) {
        file.share("ministry_policy_share", plan.ministry_policy_share);
    }
    for target in &plan.targets {
        file.target(target);
    }
    for count in &plan.counts {
        file.count(count);
    }
    for period in &plan.periods {
        file.period(period);
    }
    for task in &plan.tasks {
        file.task(task);
    }
    file.0
}

/// The text under way.
#[derive(Default)]
struct File(String);

impl File {
    fn target(&mut self, target: &Target) {
        self.head("target");
        self.text("id", &target.id);
        self.text("clause", &target.clause);
        self.text("index", target.index.word());
        let all = [ALL_FIELDS.to_owned()];
        self.texts("fields", if target.fields.is_empty() { &all } else { &target.fields });
        self.text("respondents", word(&Respondents::WORDS, target.respondents));
        if let Some(channel) = target.channel {
            self.text("channel", word(&Channel::WORDS, channel));
        }
        if !target.measure.is_of_answers() {
            self.text("measure", word(&Measure::WORDS, target.measure));
        }
        self.day("from", Some(target.from));
        self.day("to", Some(target.to));
        self.share("minimum", target.minimum);
        self.optional("part_of", target.part_of.as_ref());
        self.text("title_vi", &target.title_vi);
        self.text("title_en", &target.title_en);
    }

    fn count(&mut self, count: &CountTarget) {
        self.head("count");
        self.text("kind", word(&CountKind::WORDS, count.kind));
        self.text("clause", &count.clause);
        self.line("times", &count.times.to_string());
        self.day("from", Some(count.from));
        self.day("to", Some(count.to));
        self.text("title_vi", &count.title_vi);
        self.text("title_en", &count.title_en);
    }

    fn period(&mut self, period: &Period) {
        self.head("period");
        self.text("key", &period.key);
        self.day("from", Some(period.from));
        self.day("to", Some(period.to));
        self.day("due", period.due);
        if period.assumed {
            self.line("assumed", "true");
        }
        self.text("clause", &period.clause);
    }

    fn task(&mut self, task: &Task) {
        self.head("task");
        self.text("clause", &task.clause);
        self.text("title_vi", &task.title_vi);
        self.text("title_en", &task.title_en);
        self.optional("product", task.product.as_ref());
        self.optional("leader", task.leader.as_ref());
        self.optional("lead", task.lead.as_ref());
        if !task.coordinates.is_empty() {
            self.texts("coordinates", &task.coordinates);
        }
        self.optional("deadline", task.deadline.as_ref());
        self.day("due", task.due);
        self.optional("served_by", task.served_by.as_ref());
        if let Some(serves) = task.serves {
            self.text("serves", serves.word());
        }
    }

    fn head(&mut self, name: &str) {
        // Writing to a String cannot fail.
        let _ = write!(self.0, "\n[[{name}]]\n");
    }

    fn line(&mut self, key: &str, value: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{key} = {value}");
    }

    fn text(&mut self, key: &str, text: &str) {
        self.line(key, &quoted(text));
    }

    fn optional(&mut self, key: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    fn texts(&mut self, key: &str, texts: &[String]) {
        let texts = texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
        self.line(key, &format!("[{texts}]"));
    }

    fn day(&mut self, key: &str, day: Option<NaiveDate>) {
        if let Some(day) = day {
            self.line(key, &day.format("%Y-%m-%d").to_string());
        }
    }

    /// A share with two decimals, as plans write it, or with as many as it has.
    fn share(&mut self, key: &str, share: f64) {
        let short = format!("{share:.2}");
        let is_whole = short.parse::<f64>().is_ok_and(|back| back.to_bits() == share.to_bits());
        self.line(key, &if is_whole { short } else { format!("{share:?}") });
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The word that files use for a choice.
fn word<T: PartialEq + Copy>(words: &[(&'static str, T)], choice: T) -> &'static str {
    words.iter().find(|(_, known)| *known == choice).map_or("", |(word, _)| word)
}
