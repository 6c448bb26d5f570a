//! What is counted of a period made ready for many sums: names looked up once, in the order of clusters. What a page sums
//! some hundred times is summed over these rows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::counted::{CountedRow, Lot, Standing};
use super::input::{Cut, Input, Part, factor_name};
use super::result::SHOWN_FROM;
use super::sums::{Cell, CellTotal, Ground, OTHER_FIELDS, RawSums, Sums};
use crate::plan::{Channel, Respondents};
use crate::sheet::day_sum::DaySum;
use crate::sheet::tally::Respondent;
use crate::survey::{Feed, Questionnaire};

/// The rows with the names that their numbers stand for.
pub(super) struct Rows<'a> {
    /// In the order of their names, so that numbers compare as names do.
    cells: Rc<[Cell]>,
    forms: Vec<Form<'a>>,
    list: Vec<Row<'a>>,
    /// Rows of releases of several cells or kinds, by release: figures count all of one or none.
    together: Vec<Vec<Row<'a>>>,
    /// The places in `list` of each field's.
    of_field: HashMap<&'a str, Vec<usize>>,
    answered: Vec<Answered<'a>>,
    lots: Vec<InLot<'a>>,
    /// What figures are made by; the cases of cells are empty until they are known.
    pub(super) ground: Rc<Ground>,
}

struct Row<'a> {
    /// Where it counts.
    cell: usize,
    field: &'a str,
    form: usize,
    channel: Option<Channel>,
    counted: &'a CountedRow,
}

/// The modes in which one kind of respondent answered at one point.
struct Answered<'a> {
    cell: usize,
    field: &'a str,
    form: usize,
    channel: Option<Channel>,
    respondent: Respondent,
    standing: Standing,
    modes: &'a DaySum,
}

/// What a lot holds of one questionnaire about a field.
struct InLot<'a> {
    lot: Lot,
    /// None where the lot is of several fields: figures of one do not count it.
    field: Option<&'a str>,
    form: usize,
    sums: &'a DaySum,
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
        let kinds: BTreeSet<(Standing, i16, i32)> =
            input.counted.rows.iter().map(|row| (row.standing, row.field, row.form)).collect();
        // Field and questionnaire by name, and the place of the questionnaire's version.
        let named = |field: i16, form: i32| {
            let (field, form) = (input.fields.get(&field)?.as_str(), *place.get(&form)?);
            Some(((field, forms[form].1.questionnaire.id.as_str()), form))
        };
        let mut of_release: HashMap<Standing, BTreeSet<(&str, &str)>> = HashMap::new();
        for (standing, field, form) in kinds.iter().filter(|(standing, ..)| matches!(standing, Standing::Together(_))) {
            of_release.entry(*standing).or_default().extend(named(*field, *form).map(|(pair, _)| pair));
        }
        // The cell of sheets that count by themselves or wait is their own; of a release the one that holds all of it.
        let counts_in = |standing: Standing, pair: (&'a str, &'a str)| match of_release.get(&standing) {
            Some(pairs) if pairs.len() == 1 => pair,
            Some(pairs) if pairs.iter().all(|(field, _)| *field == pair.0) => (pair.0, ""),
            Some(_) => (OTHER_FIELDS, ""),
            None => pair,
        };
        let found = kinds.iter().filter_map(|(standing, field, form)| {
            let (pair, place) = named(*field, *form)?;
            Some(((*standing, *field, *form), (counts_in(*standing, pair), pair.0, place)))
        });
        let found: Vec<_> = found.collect();
        let pairs: BTreeSet<(&str, &str)> = found.iter().map(|(_, (cell, ..))| *cell).collect();
        let number: HashMap<(&str, &str), usize> = pairs.iter().enumerate().map(|(n, pair)| (*pair, n)).collect();
        let cell_of: HashMap<(Standing, i16, i32), (usize, &'a str, usize)> =
            found.iter().map(|(kind, (cell, field, form))| (*kind, (number[cell], *field, *form))).collect();

        let channel = |point| input.points.get(&point).map(|point| point.channel);
        let rows = input.counted.rows.iter().filter_map(|counted| {
            let (cell, field, form) = *cell_of.get(&(counted.standing, counted.field, counted.form))?;
            let (unit, point, _) = counted.cluster;
            Some(Row { cell, field, form, channel: channel((unit, point)), counted })
        });
        let mut rows: Vec<Row<'a>> = rows.collect();
        rows.sort_by_key(|row| (row.counted.cluster, row.cell));
        let answered = input.counted.modes.iter().filter_map(|(key, modes)| {
            let (cell, field, form) = *cell_of.get(&(key.standing, key.field, key.form))?;
            let (channel, respondent) = (channel(key.point), key.respondent);
            Some(Answered { cell, field, form, channel, respondent, standing: key.standing, modes })
        });
        let answered = answered.collect();
        let (mut list, mut together) = (Vec::new(), BTreeMap::<i32, Vec<Row<'a>>>::new());
        for row in rows {
            match row.counted.standing {
                Standing::Together(release) => together.entry(release).or_default().push(row),
                Standing::Counts | Standing::Held => list.push(row),
            }
        }
        let mut of_field: HashMap<&'a str, Vec<usize>> = HashMap::new();
        for (place, row) in list.iter().enumerate() {
            of_field.entry(row.field).or_default().push(place);
        }
        let mut of_lot: HashMap<Lot, BTreeSet<i16>> = HashMap::new();
        for key in input.counted.lots.keys().filter(|key| key.together) {
            of_lot.entry(key.lot).or_default().insert(key.field);
        }
        let in_lot = input.counted.lots.iter().filter_map(|(key, sums)| {
            let several = of_lot.get(&key.lot).is_some_and(|fields| fields.len() > 1);
            let field = input.fields.get(&key.field)?.as_str();
            Some(InLot { lot: key.lot, field: (!several).then_some(field), form: *place.get(&key.form)?, sums })
        });
        let lots = in_lot.collect();
        let cells: Rc<[Cell]> = pairs.iter().map(|(field, form)| ((*field).to_owned(), (*form).to_owned())).collect();
        let forms = forms.into_iter().map(|(_, form)| form).collect();
        let together = together.into_values().collect();
        Self { cells, forms, list, together, of_field, answered, lots, ground: Rc::default() }
    }

    /// Sums a part over the rows that the cut lets in, restricted to `fields` unless that is empty.
    pub(super) fn sum(&self, cut: &Cut, fields: &[String], part: Part<'_>) -> Sums {
        let mut sums = self.sums(cut, fields, &[part]);
        sums.swap_remove(0)
    }

    /// [`Rows::sum`] of several parts in one walk: a row is some kilobytes, and fetching it costs more than adding.
    pub(super) fn sums(&self, cut: &Cut, fields: &[String], parts: &[Part<'_>]) -> Vec<Sums> {
        let wanted = |field: &str| fields.is_empty() || fields.iter().any(|own| own == field);
        let mut summing: Vec<Summing> = parts.iter().map(|part| Summing::new(self, cut, *part)).collect();
        let mut add = |row: &Row<'_>| {
            if lets_in(cut, row.channel, row.counted.respondent) {
                for part in &mut summing {
                    part.add(row);
                }
            }
        };
        match fields {
            [] => self.list.iter().for_each(add),
            [field] => self.of_field.get(field.as_str()).into_iter().flatten().for_each(|row| add(&self.list[*row])),
            _ => self.list.iter().filter(|row| wanted(row.field)).for_each(add),
        }
        for release in &self.together {
            let belongs = |row: &Row<'_>| wanted(row.field) && lets_in(cut, row.channel, row.counted.respondent);
            if release.iter().all(belongs) {
                for part in &mut summing {
                    part.add_together(release);
                }
            } else {
                // That there is something of the cell is said.
                for row in release.iter().filter(|row| belongs(row)) {
                    for part in &mut summing {
                        part.leave_out(row);
                    }
                }
            }
        }
        let used = self.answered.iter().filter(|of| wanted(of.field) && lets_in(cut, of.channel, of.respondent));
        let used: Vec<&Answered<'_>> = used.collect();
        summing.into_iter().map(|part| part.done(&used)).collect()
    }

    /// Whether some lot of a field (of several together where none is named) holds one to nine people who answered the part: figures of days
    /// chosen at will would differ by their answers. Never of the plan's own periods.
    pub(super) fn is_thin(&self, feed: Feed, field: Option<&str>, part: Part<'_>) -> bool {
        if self.lots.is_empty() {
            return false;
        }
        let chosen: Vec<Option<Chosen>> = self.forms.iter().map(|form| form.choose(feed, part)).collect();
        let mut people: BTreeMap<Lot, u64> = BTreeMap::new();
        for one in self.lots.iter().filter(|one| one.field == field) {
            if let Some(chosen) = &chosen[one.form] {
                *people.entry(one.lot).or_default() += chosen.sums(one.sums).0.respondents;
            }
        }
        people.values().any(|people| (1..SHOWN_FROM).contains(people))
    }

    /// Counted sheets of every point, by unit and number.
    pub(super) fn sheets_of_points(&self) -> HashMap<(i32, i32), u64> {
        let mut sheets = HashMap::new();
        for row in self.list.iter().map(|row| row.counted).filter(|row| !row.held()) {
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
    /// The releases of several cells that all belong here.
    whole: HashSet<i32>,
    /// Fields with sheets that do not count by themselves: in a cell with others, or not at all.
    few: BTreeSet<String>,
    others: BTreeSet<String>,
}

impl Summing {
    fn new(rows: &Rows<'_>, cut: &Cut, part: Part<'_>) -> Self {
        Self {
            chosen: rows.forms.iter().map(|form| form.choose(cut.feed, part)).collect(),
            totals: vec![None; rows.cells.len()],
            sums: Sums::of_cells(Rc::clone(&rows.cells), Rc::clone(&rows.ground)),
            whole: HashSet::new(),
            few: BTreeSet::new(),
            others: BTreeSet::new(),
        }
    }

    /// Adds a release of which every sheet is let in, if every questionnaire of it has the part.
    fn add_together(&mut self, release: &[Row<'_>]) {
        if release.iter().any(|row| self.chosen[row.form].is_none()) {
            for row in release {
                self.leave_out(row);
            }
            return;
        }
        for row in release {
            self.add(row);
            if let Standing::Together(release) = row.counted.standing {
                self.whole.insert(release);
            }
            if self.sums.is_other(row.cell) {
                self.others.insert(row.field.to_owned());
            }
        }
    }

    /// Notes that a field has sheets here that this figure does not count.
    fn leave_out(&mut self, row: &Row<'_>) {
        if self.chosen[row.form].is_some() {
            self.few.insert(row.field.to_owned());
        }
    }

    fn add(&mut self, row: &Row<'_>) {
        let Some(chosen) = &self.chosen[row.form] else { return };
        let CountedRow { cluster, sums, .. } = row.counted;
        let held = row.counted.held();
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
        if held {
            return;
        }
        total.count(&raw);
        total.points += points;
        self.sums.add(*cluster, row.cell, &raw);
    }

    /// With the modes of the answers that were let in.
    fn done(self, used: &[&Answered<'_>]) -> Sums {
        let Self { chosen, totals, mut sums, whole, few, others } = self;
        sums.set_totals(totals);
        sums.set_small(few, others);
        if !whole.is_empty() {
            sums.set_in_order();
        }
        for Answered { cell, form, modes, standing, .. } in used {
            if matches!(standing, Standing::Together(release) if !whole.contains(release)) {
                continue;
            }
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
            Part::Item(wanted, factor) => {
                let mut items = sections()
                    .flat_map(|(place, section)| section.items.iter().map(move |item| (place, section, item)));
                let place = items.position(|(place, section, item)| {
                    item.id == wanted && section.feeds.contains(&feed) && self.factors[place] == factor
                });
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
        of_sections(sections, *feed, row)
    }
}

/// The sums of one row over some sections, and Σ of its levels.
pub(super) fn of_sections(sections: &[usize], feed: Option<Feed>, row: &DaySum) -> (RawSums, u64) {
    let mut raw = RawSums {
        // Exact for a whole index and for one section. Where several sections make one factor, the largest of them.
        respondents: match feed {
            Some(feed) => row.feed_sheets(feed),
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
