//! A plan as people type it, cell by cell: what a form or a filled workbook holds. It becomes a [`Plan`] or every fault of it
//! with its cell; the rules are those of plan files, asked of the text that the plan would be written as.

mod reading;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use reading::Reading;

use super::file::ALL_FIELDS;
use super::names::SERIES;
use super::problem;
use super::typed;
use super::{
    Channel, CountTarget, FieldOfService, IndexKind, Measure, Period, Plan, Respondents, Serves, Target, Task, Weights,
    parse, to_toml,
};

/// A part of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What stands once: number, title, days.
    Head,
    Target,
    /// Reporting periods.
    Period,
    Task,
}

impl Part {
    /// The parts that are tables.
    pub const TABLES: [Part; 3] = [Part::Target, Part::Period, Part::Task];

    /// Its name in forms.
    pub fn name(self) -> &'static str {
        match self {
            Part::Head => "head",
            Part::Target => "target",
            Part::Period => "period",
            Part::Task => "task",
        }
    }

    /// The cells of a row of it, as files name them, in the order of forms.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Part::Head => &["number", "dated", "title_vi", "title_en", "from", "to", "weights", "series", "confidence"],
            Part::Target => &[
                "clause",
                "title_vi",
                "minimum",
                "index",
                "fields",
                "respondents",
                "channel",
                "measure",
                "from",
                "to",
                "part_of",
                "title_en",
                "id",
            ],
            Part::Period => &["kind", "year", "from", "to", "due", "clause", "assumed"],
            Part::Task => &[
                "clause",
                "title_vi",
                "product",
                "leader",
                "lead",
                "coordinates",
                "deadline",
                "due",
                "serves",
                "title_en",
                "served_by",
            ],
        }
    }
}

/// The cells of a row by their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row(BTreeMap<String, String>);

impl Row {
    /// What stands in a cell.
    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", |text| text.trim())
    }

    /// Fills a cell.
    pub fn set(&mut self, key: &str, text: impl Into<String>) {
        self.0.insert(key.to_owned(), text.into());
    }

    /// The same row with a cell filled.
    #[must_use]
    fn with(mut self, key: &str, text: impl Into<String>) -> Self {
        self.set(key, text);
        self
    }

    /// Whether nothing was typed: what a fresh row chooses by itself does not count.
    fn is_untouched(&self) -> bool {
        const CHOSEN: [&str; 9] =
            ["index", "fields", "respondents", "channel", "measure", "kind", "assumed", "id", "part_of"];
        self.0.iter().all(|(key, text)| text.trim().is_empty() || CHOSEN.contains(&key.as_str()))
    }
}

/// Whether two rows have the same words; none have none in common.
fn called_alike(one: &Row, other: &Row) -> bool {
    !one.get("title_vi").is_empty() && one.get("title_vi") == other.get("title_vi")
}

/// A plan as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// What stands once.
    pub head: Row,
    pub targets: Vec<Row>,
    pub periods: Vec<Row>,
    pub tasks: Vec<Row>,
}

/// What a plan is bound to and no form changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// Key of the plan.
    pub key: String,
    /// Code and name of its unit.
    pub unit: (String, String),
    /// Code and name of the unit above.
    pub parent: (String, String),
    /// What is counted, which only the plan's file says.
    pub counts: Vec<CountTarget>,
    /// The share of the policy part in the ministry's way of counting, which only the plan's file says.
    pub ministry_policy_share: f64,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub part: Part,
    /// The row, from 0; 0 for the head.
    pub row: usize,
    pub key: String,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub cell: Cell,
    /// Why.
    pub reason: Reason,
}

/// Why a cell cannot be taken.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Nothing stands there.
    Missing,
    /// Not a day.
    Day(String),
    /// Not a share.
    Share(String),
    /// None of the choices.
    Choice(String),
    /// No field of service of this name.
    Field(String),
    /// No period of this name.
    PeriodName(String),
    /// No row of this number.
    RowNumber(String),
    /// A rule that files keep, too.
    Rule(problem::Reason),
}

impl Draft {
    /// The rows of a table; none for the head.
    pub fn rows(&self, part: Part) -> &[Row] {
        match part {
            Part::Head => &[],
            Part::Target => &self.targets,
            Part::Period => &self.periods,
            Part::Task => &self.tasks,
        }
    }

    /// The same to be changed.
    pub fn rows_mut(&mut self, part: Part) -> Option<&mut Vec<Row>> {
        match part {
            Part::Head => None,
            Part::Target => Some(&mut self.targets),
            Part::Period => Some(&mut self.periods),
            Part::Task => Some(&mut self.tasks),
        }
    }

    /// Puts targets of a file in the place of those there are. One that is there already, by clause and words, else by its words alone, else by
    /// clause and index alone, stays the same target: what was closed and kept knows it by its identifier.
    pub fn replace_targets(&mut self, mut rows: Vec<Row>) {
        let alike: [fn(&Row, &Row) -> bool; 3] = [
            |one, other| called_alike(one, other) && one.get("clause") == other.get("clause"),
            called_alike,
            |one, other| {
                !one.get("clause").is_empty()
                    && one.get("clause") == other.get("clause")
                    && one.get("index") == other.get("index")
            },
        ];
        let mut before: Vec<&Row> = self.targets.iter().collect();
        for is_same in alike {
            for row in rows.iter_mut().filter(|row| row.get("id").is_empty()).collect::<Vec<_>>() {
                if let Some(at) = before.iter().position(|known| is_same(known, row)) {
                    row.set("id", before.remove(at).get("id"));
                }
            }
        }
        self.targets = rows;
    }

    /// Lets the tasks of a file keep their marks where it tells of none: tables of documents and workbooks of before have no column for them. What
    /// was marked in `before` is known by its clause and words, else by its words alone.
    pub fn keep_marks(&mut self, before: &Draft) {
        let alike: [fn(&Row, &Row) -> bool; 2] =
            [|one, other| called_alike(one, other) && one.get("clause") == other.get("clause"), called_alike];
        if self.tasks.iter().any(|row| !row.get("serves").is_empty()) {
            return;
        }
        for marked in before.tasks.iter().filter(|row| !row.get("serves").is_empty()) {
            let at = alike.iter().find_map(|is_same| self.tasks.iter().position(|row| is_same(marked, row)));
            if let Some(row) = at.and_then(|at| self.tasks.get_mut(at)) {
                row.set("serves", marked.get("serves"));
            }
        }
    }

    /// A row with what most rows of its kind say.
    pub fn fresh_row(part: Part) -> Row {
        match part {
            Part::Target => Row::default().with("index", "sipas").with("fields", ALL_FIELDS).with("respondents", "all"),
            _ => Row::default(),
        }
    }

    /// Takes a row away; rows that name another by its number go on naming it.
    pub fn drop_row(&mut self, part: Part, row: usize) {
        let Some(rows) = self.rows_mut(part).filter(|rows| row < rows.len()) else { return };
        rows.remove(row);
        for other in rows {
            let Ok(named) = other.get("part_of").parse::<usize>() else { continue };
            match named.cmp(&(row + 1)) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => other.set("part_of", ""),
                std::cmp::Ordering::Greater => other.set("part_of", (named - 1).to_string()),
            }
        }
    }

    /// A plan as it would be typed.
    pub fn of(plan: &Plan) -> Self {
        let day = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let some_day = |found: Option<NaiveDate>| found.map(day).unwrap_or_default();
        let head = Row::default()
            .with("number", text(&plan.number))
            .with("dated", some_day(plan.dated))
            .with("title_vi", &plan.title_vi)
            .with("title_en", &plan.title_en)
            .with("from", day(plan.from))
            .with("to", day(plan.to))
            .with("weights", word(&Weights::WORDS, plan.weights))
            .with("series", plan.series.iter().map(|series| word(&SERIES, *series)).collect::<Vec<_>>().join(", "))
            .with("confidence", typed::percent(plan.confidence));
        let number_of = |id: &Option<String>| {
            let place = id.as_ref().and_then(|id| plan.targets.iter().position(|target| target.id == *id));
            place.map(|place| (place + 1).to_string()).unwrap_or_default()
        };
        let target = |target: &Target| {
            let fields = if target.fields.is_empty() { ALL_FIELDS.to_owned() } else { target.fields.join(", ") };
            Row::default()
                .with("id", &target.id)
                .with("clause", &target.clause)
                .with("title_vi", &target.title_vi)
                .with("title_en", &target.title_en)
                .with("minimum", typed::percent(target.minimum))
                .with("index", target.index.word())
                .with("fields", fields)
                .with("respondents", word(&Respondents::WORDS, target.respondents))
                .with("channel", target.channel.map_or("", |channel| word(&Channel::WORDS, channel)))
                .with("measure", word(&Measure::WORDS, target.measure))
                .with("from", day(target.from))
                .with("to", day(target.to))
                .with("part_of", number_of(&target.part_of))
        };
        let period = |period: &Period| {
            let (year, kind) = period.key.split_once('-').unwrap_or_default();
            Row::default()
                .with("kind", kind)
                .with("year", year)
                .with("from", day(period.from))
                .with("to", day(period.to))
                .with("due", some_day(period.due))
                .with("clause", &period.clause)
                .with("assumed", if period.assumed { "yes" } else { "" })
        };
        let task = |task: &Task| {
            Row::default()
                .with("clause", &task.clause)
                .with("title_vi", &task.title_vi)
                .with("title_en", &task.title_en)
                .with("product", text(&task.product))
                .with("leader", text(&task.leader))
                .with("lead", text(&task.lead))
                .with("coordinates", task.coordinates.join("; "))
                .with("deadline", text(&task.deadline))
                .with("due", some_day(task.due))
                .with("served_by", text(&task.served_by))
                .with("serves", task.serves.map_or("", Serves::word))
        };
        Self {
            head,
            targets: plan.targets.iter().map(target).collect(),
            periods: plan.periods.iter().map(period).collect(),
            tasks: plan.tasks.iter().map(task).collect(),
        }
    }

    /// Puts the words of files in the place of the names that people write, where they name a choice. What names no field of
    /// service is left as it is and handed back with its row.
    pub fn take_names(&mut self, fields: &[FieldOfService]) -> Vec<(usize, String)> {
        let mut unknown = Vec::new();
        name_to_word(&mut self.head, "weights", &Weights::WORDS, Weights::spelled_vi);
        for (number, row) in self.targets.iter_mut().enumerate() {
            name_to_word(row, "index", &IndexKind::WORDS, IndexKind::spelled_vi);
            name_to_word(row, "respondents", &Respondents::WORDS, Respondents::spelled_vi);
            name_to_word(row, "channel", &Channel::WORDS, Channel::spelled_vi);
            name_to_word(row, "measure", &Measure::WORDS, Measure::spelled_vi);
            match typed::fields(row.get("fields"), fields) {
                Ok(ids) if ids.is_empty() => row.set("fields", ALL_FIELDS),
                Ok(ids) => row.set("fields", ids.join(", ")),
                Err(name) => unknown.push((number, name)),
            }
        }
        for row in &mut self.periods {
            if let Some((kind, year)) = typed::period(row.get("kind")) {
                row.set("kind", kind);
                if let Some(year) = year {
                    row.set("year", year.to_string());
                }
            }
            row.set("assumed", if is_no(row.get("assumed")) { "" } else { "yes" });
        }
        for row in &mut self.tasks {
            name_to_word(row, "serves", &Serves::WORDS, Serves::spelled_vi);
            if is_no(row.get("serves")) {
                row.set("serves", "");
            }
        }
        unknown
    }

    /// The plan that was typed. Rows in which nothing was typed are passed over; periods are put in the order of their days.
    ///
    /// # Errors
    /// Every fault with its cell.
    pub fn read(&self, bound: &Bound, fields: &[FieldOfService]) -> Result<Plan, Vec<Fault>> {
        let mut reading = Reading { faults: Vec::new(), fields };
        let head = reading.head(&self.head, bound);
        let days = head.as_ref().map(|head| (head.from, head.to));
        let kept = |rows: &[Row]| -> Vec<usize> { (0..rows.len()).filter(|row| !rows[*row].is_untouched()).collect() };
        let (targets_at, tasks_at) = (kept(&self.targets), kept(&self.tasks));
        let ids = self.ids(&targets_at);
        let targets: Vec<Option<Target>> =
            targets_at.iter().map(|row| reading.target(*row, &self.targets[*row], &ids, days)).collect();
        let mut periods: Vec<(usize, Option<Period>)> =
            kept(&self.periods).into_iter().map(|row| (row, reading.period(row, &self.periods[row]))).collect();
        periods.sort_by_key(|(_, period)| period.as_ref().map(|period| (period.to, period.from)));
        let (periods_at, periods): (Vec<usize>, Vec<Option<Period>>) = periods.into_iter().unzip();
        let tasks: Vec<Option<Task>> = tasks_at.iter().map(|row| reading.task(*row, &self.tasks[*row])).collect();
        let whole = (head, all(targets), all(periods), all(tasks));
        let (Some(head), Some(targets), Some(periods), Some(tasks)) = whole else { return Err(reading.faults) };
        if !reading.faults.is_empty() {
            return Err(reading.faults);
        }
        let plan = Plan { targets, periods, tasks, ..head };
        let text = to_toml(&plan);
        match parse(&format!("{}.toml", plan.key), &text, fields) {
            Ok(plan) => Ok(plan),
            Err(problems) => Err(problems
                .into_iter()
                .map(|problem| {
                    let mut cell = cell_of_line(&text, problem.line);
                    let at = match cell.part {
                        Part::Head => None,
                        Part::Target => targets_at.get(cell.row),
                        Part::Period => periods_at.get(cell.row),
                        Part::Task => tasks_at.get(cell.row),
                    };
                    cell.row = at.copied().unwrap_or(0);
                    Fault { cell, reason: Reason::Rule(problem.reason) }
                })
                .collect()),
        }
    }

    /// An identifier for every row of targets: its own, or one made of what it measures.
    fn ids(&self, kept: &[usize]) -> Vec<String> {
        let mut ids: Vec<String> = self.targets.iter().map(|row| row.get("id").to_owned()).collect();
        for row in kept {
            if ids[*row].is_empty() {
                let of = choice(self.targets[*row].get("index"), &IndexKind::WORDS, IndexKind::spelled_vi);
                let base = of.map_or("target", IndexKind::word).replace('_', "-");
                let mut id = base.clone();
                let mut number = 1;
                while ids.contains(&id) {
                    number += 1;
                    id = format!("{base}-{number}");
                }
                ids[*row] = id;
            }
        }
        ids
    }
}

/// The choice of a word of files, or of its Vietnamese name.
fn choice<T: Copy>(text: &str, words: &[(&'static str, T)], name: fn(T) -> &'static str) -> Option<T> {
    let small = text.to_lowercase();
    let is = |(word, choice): &&(&'static str, T)| *word == small || name(*choice).to_lowercase() == small;
    words.iter().find(is).map(|(_, choice)| *choice)
}

/// Whether a cell of a workbook says no, or nothing.
fn is_no(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "" | "không" | "no")
}

/// Puts the word of a choice in the place of its name.
fn name_to_word<T: Copy>(row: &mut Row, key: &str, words: &[(&'static str, T)], name: fn(T) -> &'static str) {
    let small = row.get(key).to_lowercase();
    let is = |(word, choice): &&(&'static str, T)| *word == small || name(*choice).to_lowercase() == small;
    if let Some((word, _)) = words.iter().find(is) {
        row.set(key, *word);
    }
}

/// The word of a choice.
fn word<T: PartialEq + Copy>(words: &[(&'static str, T)], choice: T) -> &'static str {
    words.iter().find(|(_, known)| *known == choice).map_or("", |(word, _)| word)
}

/// All of them, or none when one of them could not be read.
fn all<T>(items: Vec<Option<T>>) -> Option<Vec<T>> {
    items.into_iter().collect()
}

/// The cell that a line of a written plan holds.
fn cell_of_line(text: &str, line: usize) -> Cell {
    let mut cell = Cell { part: Part::Head, row: 0, key: String::new() };
    let mut seen: BTreeMap<Part, usize> = BTreeMap::new();
    for written in text.lines().take(line) {
        let part = match written {
            "[[target]]" => Some(Part::Target),
            "[[period]]" => Some(Part::Period),
            "[[task]]" => Some(Part::Task),
            _ => None,
        };
        if let Some(part) = part {
            let count = seen.entry(part).or_default();
            cell = Cell { part, row: *count, key: String::new() };
            *count += 1;
        } else if let Some((key, _)) = written.split_once(" = ") {
            key.clone_into(&mut cell.key);
        }
    }
    // A table as a whole is blamed at the cell that people look at first.
    if cell.key.is_empty() || cell.key == "key" {
        let first = match cell.part {
            Part::Period if cell.key.is_empty() => "from",
            Part::Period => "kind",
            _ => "title_vi",
        };
        first.clone_into(&mut cell.key);
    }
    cell
}
