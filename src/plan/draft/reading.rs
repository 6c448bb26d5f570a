//! Every cell of a draft read as what it is to be, and every fault noted at its cell.

use chrono::{Datelike, NaiveDate};

use super::{Bound, Cell, Fault, Part, Reason, Row, choice, is_no};
use crate::plan::names::SERIES;
use crate::plan::{
    Channel, FieldOfService, IndexKind, Measure, Period, Plan, Respondents, Serves, Target, Task, Weights, typed,
};

/// Cells being read, with what is wrong with them.
pub(super) struct Reading<'f> {
    pub(super) faults: Vec<Fault>,
    pub(super) fields: &'f [FieldOfService],
}

impl Reading<'_> {
    fn fault(&mut self, part: Part, row: usize, key: &str, reason: Reason) {
        self.faults.push(Fault { cell: Cell { part, row, key: key.to_owned() }, reason });
    }

    fn required(&mut self, (part, row): (Part, usize), cells: &Row, key: &str) -> Option<String> {
        let text = cells.get(key);
        if text.is_empty() {
            self.fault(part, row, key, Reason::Missing);
            return None;
        }
        Some(text.to_owned())
    }

    /// A day; `Some(None)` where none is typed, none where what is typed is no day.
    #[expect(clippy::option_option, reason = "a day, no day, and what is no day are told apart by two steps of `?`")]
    fn day(&mut self, (part, row): (Part, usize), cells: &Row, key: &str) -> Option<Option<NaiveDate>> {
        let text = cells.get(key);
        if text.is_empty() {
            return Some(None);
        }
        let day = typed::day(text);
        if day.is_none() {
            self.fault(part, row, key, Reason::Day(text.to_owned()));
        }
        day.map(Some)
    }

    fn required_day(&mut self, at: (Part, usize), cells: &Row, key: &str) -> Option<NaiveDate> {
        let day = self.day(at, cells, key)?;
        if day.is_none() {
            self.fault(at.0, at.1, key, Reason::Missing);
        }
        day
    }

    fn share(&mut self, at: (Part, usize), cells: &Row, key: &str) -> Option<f64> {
        let text = self.required(at, cells, key)?;
        let share = typed::share(&text);
        if share.is_none() {
            self.fault(at.0, at.1, key, Reason::Share(text));
        }
        share
    }

    fn choice<T: Copy>(
        &mut self,
        (part, row): (Part, usize),
        cells: &Row,
        key: &str,
        words: &[(&'static str, T)],
        name: fn(T) -> &'static str,
    ) -> Option<T> {
        let found = choice(cells.get(key), words, name);
        if found.is_none() {
            self.fault(part, row, key, Reason::Choice(cells.get(key).to_owned()));
        }
        found
    }

    pub(super) fn head(&mut self, cells: &Row, bound: &Bound) -> Option<Plan> {
        let at = (Part::Head, 0);
        let title_vi = self.required(at, cells, "title_vi");
        let dated = self.day(at, cells, "dated");
        let (from, to) = (self.required_day(at, cells, "from"), self.required_day(at, cells, "to"));
        let or = |key: &str, usual: &str| {
            let text = cells.get(key);
            Row::default().with(key, if text.is_empty() { usual } else { text })
        };
        let weights = self.choice(at, &or("weights", "volumes"), "weights", &Weights::WORDS, Weights::spelled_vi);
        let confidence = self.share(at, &or("confidence", "95%"), "confidence");
        let typed_series = or("series", "open");
        let series = typed_series.get("series").split(',').map(|word| {
            let word = word.trim();
            SERIES.iter().find(|(known, _)| *known == word).map(|(_, series)| *series)
        });
        let series: Option<Vec<_>> = series.collect();
        if series.is_none() {
            self.fault(Part::Head, 0, "series", Reason::Choice(cells.get("series").to_owned()));
        }
        let title_vi = title_vi?;
        let title_en = filled(cells, "title_en").unwrap_or_else(|| title_vi.clone());
        Some(Plan {
            key: bound.key.clone(),
            number: filled(cells, "number"),
            title_vi,
            title_en,
            unit: bound.unit.0.clone(),
            unit_name: bound.unit.1.clone(),
            parent_unit: bound.parent.0.clone(),
            parent_name: bound.parent.1.clone(),
            dated: dated?,
            from: from?,
            to: to?,
            weights: weights?,
            confidence: confidence?,
            series: series?,
            targets: Vec::new(),
            counts: bound.counts.clone(),
            ministry_policy_share: bound.ministry_policy_share,
            periods: Vec::new(),
            tasks: Vec::new(),
        })
    }

    pub(super) fn target(
        &mut self,
        row: usize,
        cells: &Row,
        ids: &[String],
        days: Option<(NaiveDate, NaiveDate)>,
    ) -> Option<Target> {
        let at = (Part::Target, row);
        let clause = self.required(at, cells, "clause");
        let title_vi = self.required(at, cells, "title_vi");
        let minimum = self.share(at, cells, "minimum");
        let index = self.choice(at, cells, "index", &IndexKind::WORDS, IndexKind::spelled_vi);
        let usual = |key: &str, usual: &str| match cells.get(key) {
            "" => Row::default().with(key, usual),
            text => Row::default().with(key, text),
        };
        let respondents =
            self.choice(at, &usual("respondents", "all"), "respondents", &Respondents::WORDS, Respondents::spelled_vi);
        let measure = self.choice(at, &usual("measure", "answers"), "measure", &Measure::WORDS, Measure::spelled_vi);
        let channel = match cells.get("channel") {
            "" => Some(None),
            _ => self.choice(at, cells, "channel", &Channel::WORDS, Channel::spelled_vi).map(Some),
        };
        let fields = match typed::fields(cells.get("fields"), self.fields) {
            Ok(fields) => Some(fields),
            Err(unknown) => {
                self.fault(Part::Target, row, "fields", Reason::Field(unknown));
                None
            }
        };
        let from = self.day(at, cells, "from").and_then(|day| day.or(days.map(|days| days.0)));
        let to = self.day(at, cells, "to").and_then(|day| day.or(days.map(|days| days.1)));
        let part_of = match cells.get("part_of") {
            "" => Some(None),
            typed => {
                let wider = typed.parse::<usize>().ok().and_then(|number| ids.get(number.checked_sub(1)?));
                if wider.is_none_or(String::is_empty) {
                    self.fault(Part::Target, row, "part_of", Reason::RowNumber(typed.to_owned()));
                }
                wider.map(|id| Some(id.clone()))
            }
        };
        let title_vi = title_vi?;
        Some(Target {
            id: ids[row].clone(),
            clause: clause?,
            index: index?,
            fields: fields?,
            respondents: respondents?,
            channel: channel?,
            from: from?,
            to: to?,
            measure: measure?,
            minimum: minimum?,
            part_of: part_of?,
            title_en: filled(cells, "title_en").unwrap_or_else(|| title_vi.clone()),
            title_vi,
        })
    }

    pub(super) fn period(&mut self, row: usize, cells: &Row) -> Option<Period> {
        let at = (Part::Period, row);
        let name = self.required(at, cells, "kind");
        let from = self.required_day(at, cells, "from");
        let to = self.required_day(at, cells, "to");
        let due = self.day(at, cells, "due");
        let kind = name.as_ref().and_then(|name| typed::period(name));
        if let (Some(name), None) = (&name, &kind) {
            self.fault(Part::Period, row, "kind", Reason::PeriodName(name.clone()));
        }
        let year = match (kind.as_ref().and_then(|(_, year)| *year), cells.get("year"), to) {
            (Some(year), ..) => Some(year),
            (None, "", to) => to.map(|to| to.year()),
            (None, typed, _) => typed.parse().ok().filter(|year| (1000..=9999).contains(year)).or_else(|| {
                self.fault(Part::Period, row, "year", Reason::PeriodName(typed.to_owned()));
                None
            }),
        };
        let key = kind.zip(year).map(|((kind, _), year)| format!("{year}-{kind}"));
        Some(Period {
            key: key?,
            from: from?,
            to: to?,
            due: due?,
            assumed: !is_no(cells.get("assumed")),
            clause: filled(cells, "clause").unwrap_or_else(|| "–".to_owned()),
        })
    }

    pub(super) fn task(&mut self, row: usize, cells: &Row) -> Option<Task> {
        let at = (Part::Task, row);
        let title_vi = self.required(at, cells, "title_vi");
        let due = self.day(at, cells, "due");
        let deadline = filled(cells, "deadline");
        let serves = match cells.get("serves") {
            typed if is_no(typed) => Some(None),
            _ => self.choice(at, cells, "serves", &Serves::WORDS, Serves::spelled_vi).map(Some),
        };
        let title_vi = title_vi?;
        let bodies = cells.get("coordinates").split(';').map(str::trim).filter(|body| !body.is_empty());
        let due = due?;
        Some(Task {
            clause: filled(cells, "clause").unwrap_or_else(|| "–".to_owned()),
            title_en: filled(cells, "title_en").unwrap_or_else(|| title_vi.clone()),
            title_vi,
            product: filled(cells, "product"),
            leader: filled(cells, "leader"),
            lead: filled(cells, "lead"),
            coordinates: bodies.map(str::to_owned).collect(),
            deadline: deadline.or_else(|| due.map(|due| due.format("%d/%m/%Y").to_string())),
            due,
            served_by: filled(cells, "served_by"),
            serves: serves?,
        })
    }
}

/// What stands in a cell, if anything does.
fn filled(cells: &Row, key: &str) -> Option<String> {
    Some(cells.get(key).to_owned()).filter(|text| !text.is_empty())
}
