//! What is counted of a period made ready for many sums: names looked up once, in the order of clusters. What a page sums
//! some hundred times is summed over these rows.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::compute::{Cut, Input, Part, factor_name};
use super::counted::CountedRow;
use super::sums::{Cell, CellTotal, Ground, RawSums, Sums};
use crate::plan::{Channel, Respondents};
use crate::sheet::day_sum::DaySum;
use crate::sheet::tally::Respondent;
use crate::survey::{Feed, Questionnaire};

/// Unit, point, civil day.
pub(super) type Cluster = (i32, i32, i32);

/// The rows with the names that their numbers stand for.
pub(super) struct Rows<'a> {
    /// In the order of their names, so that numbers compare as names do.
    cells: Rc<[Cell]>,
    forms: Vec<Form<'a>>,
    list: Vec<Row<'a>>,
    /// The places in `list` of each field's.
    of_field: HashMap<&'a str, Vec<usize>>,
    answered: Vec<Answered<'a>>,
    /// What figures are made by; the cases of cells are empty until they are known.
    pub(super) ground: Rc<Ground>,
}

struct Row<'a> {
    cell: usize,
    form: usize,
    channel: Option<Channel>,
    counted: &'a CountedRow,
}

/// The modes in which one kind of respondent answered at one point.
struct Answered<'a> {
    cell: usize,
    form: usize,
    channel: Option<Channel>,
    respondent: Respondent,
    modes: &'a DaySum,
}

struct Form<'a> {
    questionnaire: &'a Questionnaire,
    /// Of each section.
    factors: Vec<String>,
}

/// What a part is of one questionnaire.
enum Chosen {
    Item(usize),
    Sections { sections: Vec<usize>, feed: Option<Feed> },
}

impl<'a> Rows<'a> {
    /// The rows of what is counted.
    pub(super) fn of(input: &Input<'a>) -> Self {
        let mut forms: Vec<(i32, Form<'a>)> =
            input.forms.iter().map(|(id, view)| (*id, Form::of(view.questionnaire))).collect();
        forms.sort_unstable_by_key(|(id, _)| *id);
        let place: HashMap<i32, usize> = forms.iter().enumerate().map(|(place, (id, _))| (*id, place)).collect();
        let kinds: BTreeSet<(i16, i32)> = input.counted.rows.iter().map(|row| (row.field, row.form)).collect();
        // Field and questionnaire by name, and the place of the questionnaire's version.
        let named = |(field, form): (i16, i32)| {
            let (field, form) = (input.fields.get(&field)?.as_str(), *place.get(&form)?);
            Some(((field, forms[form].1.questionnaire.id.as_str()), form))
        };
        let pairs: BTreeSet<(&str, &str)> =
            kinds.iter().filter_map(|kind| named(*kind)).map(|(pair, _)| pair).collect();
        let number: HashMap<(&str, &str), usize> = pairs.iter().enumerate().map(|(n, pair)| (*pair, n)).collect();
        let cell_of = kinds.iter().filter_map(|kind| {
            let (pair, form) = named(*kind)?;
            Some((*kind, (number[&pair], form)))
        });
        let cell_of: HashMap<(i16, i32), (usize, usize)> = cell_of.collect();

        let channel = |point| input.points.get(&point).map(|point| point.channel);
        let rows = input.counted.rows.iter().filter_map(|counted| {
            let (cell, form) = *cell_of.get(&(counted.field, counted.form))?;
            let (unit, point, _) = counted.cluster;
            Some(Row { cell, form, channel: channel((unit, point)), counted })
        });
        let mut rows: Vec<Row<'a>> = rows.collect();
        rows.sort_by_key(|row| (row.counted.cluster, row.cell));
        let answered = input.counted.modes.iter().filter_map(|(key, modes)| {
            let (cell, form) = *cell_of.get(&(key.field, key.form))?;
            Some(Answered { cell, form, channel: channel(key.point), respondent: key.respondent, modes })
        });
        let answered = answered.collect();
        let mut of_field: HashMap<&'a str, Vec<usize>> = HashMap::new();
        let field_of: HashMap<&str, &'a str> =
            input.fields.values().map(|field| (field.as_str(), field.as_str())).collect();
        let cells: Rc<[Cell]> = pairs.iter().map(|(field, form)| ((*field).to_owned(), (*form).to_owned())).collect();
        for (place, row) in rows.iter().enumerate() {
            of_field.entry(field_of[cells[row.cell].0.as_str()]).or_default().push(place);
        }
        let forms = forms.into_iter().map(|(_, form)| form).collect();
        Self { cells, forms, list: rows, of_field, answered, ground: Rc::default() }
    }

    /// Sums a part over the rows that the cut lets in, restricted to `fields` unless that is empty.
    pub(super) fn sum(&self, cut: &Cut, fields: &[String], part: Part<'_>) -> Sums {
        let mut sums = self.sums(cut, fields, &[part]);
        sums.swap_remove(0)
    }

    /// [`Rows::sum`] of several parts in one walk: a row is some kilobytes, and fetching it costs more than adding.
    pub(super) fn sums(&self, cut: &Cut, fields: &[String], parts: &[Part<'_>]) -> Vec<Sums> {
        let wanted: Vec<bool> =
            self.cells.iter().map(|(field, _)| fields.is_empty() || fields.contains(field)).collect();
        let mut summing: Vec<Summing> = parts.iter().map(|part| Summing::new(self, cut, *part)).collect();
        let mut add = |row: &Row<'_>| {
            if wanted[row.cell] && lets_in(cut, row.channel, row.counted.respondent) {
                for part in &mut summing {
                    part.add(row);
                }
            }
        };
        match fields {
            [field] => self.of_field.get(field.as_str()).into_iter().flatten().for_each(|row| add(&self.list[*row])),
            _ => self.list.iter().for_each(add),
        }
        let used = self.answered.iter().filter(|of| wanted[of.cell] && lets_in(cut, of.channel, of.respondent));
        let used: Vec<&Answered<'_>> = used.collect();
        summing.into_iter().map(|part| part.done(&used)).collect()
    }

    /// Counted sheets of every point, by unit and number.
    pub(super) fn sheets_of_points(&self) -> HashMap<(i32, i32), u64> {
        let mut sheets = HashMap::new();
        for row in self.list.iter().map(|row| row.counted).filter(|row| !row.held) {
            let (unit, point, _) = row.cluster;
            *sheets.entry((unit, point)).or_default() += row.sums.sheets();
        }
        sheets
    }
}

/// A part while it is summed.
struct Summing {
    /// What it is in each questionnaire.
    chosen: Vec<Option<Chosen>>,
    totals: Vec<Option<CellTotal>>,
    sums: Sums,
}

impl Summing {
    fn new(rows: &Rows<'_>, cut: &Cut, part: Part<'_>) -> Self {
        Self {
            chosen: rows.forms.iter().map(|form| form.choose(cut.feed, part)).collect(),
            totals: vec![None; rows.cells.len()],
            sums: Sums::of_cells(Rc::clone(&rows.cells), Rc::clone(&rows.ground)),
        }
    }

    fn add(&mut self, row: &Row<'_>) {
        let Some(chosen) = &self.chosen[row.form] else { return };
        let CountedRow { cluster, held, sums, .. } = row.counted;
        if let (Chosen::Item(place), false) = (chosen, held)
            && let Some(levels) = sums.levels(*place)
        {
            self.sums.add_levels(row.cell, levels);
        }
        let (raw, points) = chosen.sums(sums);
        if raw.m == 0 {
            return;
        }
        let total = self.totals[row.cell].get_or_insert_default();
        if *held {
            return;
        }
        total.respondents += raw.respondents;
        total.answers += raw.m;
        total.satisfied += raw.y;
        total.points += points;
        self.sums.add(*cluster, row.cell, &raw);
    }

    /// With the modes of the answers that were let in.
    fn done(self, used: &[&Answered<'_>]) -> Sums {
        let Self { chosen, totals, mut sums } = self;
        sums.set_totals(totals);
        for Answered { cell, form, modes, .. } in used {
            match &chosen[*form] {
                Some(Chosen::Item(place)) => sums.add_modes(*cell, modes.modes(*place)),
                Some(Chosen::Sections { sections, .. }) => {
                    sums.add_modes(*cell, sections.iter().flat_map(|section| modes.section_modes(*section)));
                }
                None => {}
            }
        }
        sums
    }
}

/// Whether a target or table counts answers of this kind.
fn lets_in(cut: &Cut, channel: Option<Channel>, respondent: Respondent) -> bool {
    cut.channel.is_none_or(|wanted| channel == Some(wanted))
        && match cut.respondents {
            Respondents::All => true,
            Respondents::Person => respondent == Respondent::Person,
            Respondents::Organisation => respondent == Respondent::Organisation,
        }
}

impl<'a> Form<'a> {
    fn of(questionnaire: &'a Questionnaire) -> Self {
        let factors = questionnaire.sections.iter().map(factor_name).collect();
        Self { questionnaire, factors }
    }

    /// What `part` is here; none where the questionnaire has no such part.
    fn choose(&self, feed: Feed, part: Part<'_>) -> Option<Chosen> {
        let sections = || self.questionnaire.sections.iter().enumerate();
        let fed = sections().filter(|(_, section)| section.feeds.contains(&feed)).map(|(place, _)| place);
        let (sections, feed): (Vec<usize>, _) = match part {
            Part::Factor(name) => (fed.filter(|place| self.factors[*place] == name).collect(), None),
            Part::Feed(feed) => (fed.collect(), Some(feed)),
            Part::Overall => {
                let feeds = fed.count() > 0;
                return self.questionnaire.overall().filter(|_| feeds).map(Chosen::Item);
            }
            Part::Item(wanted) => {
                let mut items =
                    sections().flat_map(|(_, section)| section.items.iter().map(move |item| (section, item)));
                let place = items.position(|(section, item)| item.id == wanted && section.feeds.contains(&feed));
                return place.map(Chosen::Item);
            }
        };
        (!sections.is_empty()).then_some(Chosen::Sections { sections, feed })
    }
}

impl Chosen {
    /// The sums of one row, and Σ of its levels.
    fn sums(&self, row: &DaySum) -> (RawSums, u64) {
        let (sections, feed) = match self {
            Self::Item(place) => {
                let Some(levels) = row.levels(*place) else { return (RawSums::default(), 0) };
                let m: u64 = levels[1..=5].iter().sum();
                let y = levels[4] + levels[5];
                let points = (1..=5).map(|level| level as u64 * levels[level]).sum();
                return (RawSums { respondents: m, y, m, yy: y, ym: y, mm: m }, points);
            }
            Self::Sections { sections, feed } => (sections, feed),
        };
        let mut raw = RawSums {
            // Exact for a whole index and for one section. Where several sections make one factor, the largest of them.
            respondents: match feed {
                Some(feed) => row.feed_sheets(*feed),
                None => sections.iter().map(|&section| row.section_sheets(section)).max().unwrap_or(0),
            },
            ..RawSums::default()
        };
        let mut points = 0;
        for (place, &a) in sections.iter().enumerate() {
            let [y, m, x] = row.of_section(a);
            raw.y += y;
            raw.m += m;
            points += x;
            raw.yy += row.product(2 * a, 2 * a);
            raw.ym += row.product(2 * a, 2 * a + 1);
            raw.mm += row.product(2 * a + 1, 2 * a + 1);
            for &b in &sections[place + 1..] {
                raw.yy += 2 * row.product(2 * a, 2 * b);
                raw.ym += row.product(2 * a, 2 * b + 1) + row.product(2 * b, 2 * a + 1);
                raw.mm += 2 * row.product(2 * a + 1, 2 * b + 1);
            }
        }
        (raw, points)
    }
}
