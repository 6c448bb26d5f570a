//! The tallies of one period made ready for many sums: those that no figure shows left out, the modes of one cluster put
//! together, names looked up once, in the order of clusters. What a page sums some hundred times is summed over these rows.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::compute::{Cut, Input, Part, factor_name};
use super::result::Suspects;
use super::sums::{Cell, CellTotal, RawSums, Sums};
use super::tally::{Mode, Respondent, Tally};
use super::volumes::CellCases;
use crate::plan::{Channel, Respondents};
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
    answered: HashMap<Answered, Box<[bool]>>,
    /// What cells weigh where they are weighed by cases; empty until it is known.
    pub(super) cases: Rc<BTreeMap<Cell, CellCases>>,
}

struct Row<'a> {
    cluster: Cluster,
    cell: usize,
    form: usize,
    channel: Option<Channel>,
    respondent: Respondent,
    /// No figure may count it yet: it only shows that its cell is there, to be named as hidden.
    held: bool,
    tally: Cow<'a, Tally>,
}

/// What a mode was used for: which items, and after them which sections, have an answer 1–5.
#[derive(PartialEq, Eq, Hash)]
struct Answered {
    cell: usize,
    form: usize,
    channel: Option<Channel>,
    respondent: Respondent,
    mode: Mode,
}

struct Form<'a> {
    questionnaire: &'a Questionnaire,
    /// Of each section.
    factors: Vec<String>,
    /// How many items.
    items: usize,
}

/// What a part is of one questionnaire.
enum Chosen {
    Item(usize),
    Sections { sections: Vec<usize>, feed: Option<Feed> },
}

impl<'a> Rows<'a> {
    /// The rows of the tallies that the question lets in.
    pub(super) fn of(input: &Input<'a>) -> Self {
        let mut forms: Vec<(i32, Form<'a>)> =
            input.forms.iter().map(|(id, view)| (*id, Form::of(view.questionnaire))).collect();
        forms.sort_unstable_by_key(|(id, _)| *id);
        let place: HashMap<i32, usize> = forms.iter().enumerate().map(|(place, (id, _))| (*id, place)).collect();
        let shown = input
            .tallies
            .iter()
            .filter(|(key, _)| key.series == input.series && (input.suspects == Suspects::In || !key.suspect));
        let known = shown.filter_map(|(key, tally)| {
            Some((key, *place.get(&key.form)?, input.fields.get(&key.field)?.as_str(), tally))
        });
        let known: Vec<_> = known.collect();
        let pairs: BTreeSet<(&str, &str)> =
            known.iter().map(|(_, form, field, _)| (*field, forms[*form].1.questionnaire.id.as_str())).collect();
        let number: HashMap<(&str, &str), usize> = pairs.iter().enumerate().map(|(n, pair)| (*pair, n)).collect();

        let mut rows: Vec<Row<'a>> = Vec::new();
        let mut answered: HashMap<Answered, Box<[bool]>> = HashMap::new();
        for (key, form, field, tally) in known {
            let row = Row {
                cluster: (key.unit, key.point, key.day),
                cell: number[&(field, forms[form].1.questionnaire.id.as_str())],
                form,
                channel: input.points.get(&(key.unit, key.point)).map(|point| point.channel),
                respondent: key.respondent,
                held: input.held.contains(key),
                tally: Cow::Borrowed(tally),
            };
            let of_mode =
                Answered { cell: row.cell, form, channel: row.channel, respondent: row.respondent, mode: key.mode };
            let places = tally.levels.len() + tally.section_sheets.len();
            if !row.held {
                note_answered(answered.entry(of_mode).or_insert_with(|| vec![false; places].into()), tally);
            }
            // Tallies come in the order of their keys: those of a cluster and cell stand together.
            let same = rows.iter_mut().rev().take_while(|last| last.cluster == row.cluster && last.form == row.form);
            let joins =
                |last: &&mut Row<'_>| (last.cell, last.respondent, last.held) == (row.cell, row.respondent, row.held);
            match same.into_iter().find(joins) {
                Some(last) => last.tally.to_mut().merge(tally),
                None => rows.push(row),
            }
        }
        rows.sort_by_key(|row| (row.cluster, row.cell));
        let mut of_field: HashMap<&'a str, Vec<usize>> = HashMap::new();
        let field_of: HashMap<&str, &'a str> =
            input.fields.values().map(|field| (field.as_str(), field.as_str())).collect();
        let cells: Rc<[Cell]> = pairs.iter().map(|(field, form)| ((*field).to_owned(), (*form).to_owned())).collect();
        for (place, row) in rows.iter().enumerate() {
            of_field.entry(field_of[cells[row.cell].0.as_str()]).or_default().push(place);
        }
        let forms = forms.into_iter().map(|(_, form)| form).collect();
        Self { cells, forms, list: rows, of_field, answered, cases: Rc::default() }
    }

    /// Sums a part over the rows that the cut lets in, restricted to `fields` unless that is empty.
    pub(super) fn sum(&self, cut: &Cut, fields: &[String], part: Part<'_>) -> Sums {
        let chosen: Vec<Option<Chosen>> = self.forms.iter().map(|form| form.choose(cut.feed, part)).collect();
        let wanted: Vec<bool> =
            self.cells.iter().map(|(field, _)| fields.is_empty() || fields.contains(field)).collect();
        let mut totals: Vec<Option<CellTotal>> = vec![None; self.cells.len()];
        let mut sums = Sums::of_cells(Rc::clone(&self.cells), Rc::clone(&self.cases));
        let mut add = |row: &Row<'_>| {
            let Some(chosen) = &chosen[row.form] else { return };
            if !wanted[row.cell] || !lets_in(cut, row.channel, row.respondent) {
                return;
            }
            let (raw, points) = chosen.sums(&row.tally);
            if raw.m == 0 {
                return;
            }
            let total = totals[row.cell].get_or_insert_default();
            if row.held {
                return;
            }
            total.respondents += raw.respondents;
            total.answers += raw.m;
            total.points += points;
            sums.add(row.cluster, row.cell, &raw);
        };
        match fields {
            [field] => self.of_field.get(field.as_str()).into_iter().flatten().for_each(|row| add(&self.list[*row])),
            _ => self.list.iter().for_each(add),
        }
        let totals = self.cells.iter().zip(totals).filter_map(|(cell, total)| Some((cell.clone(), total?)));
        sums.cells = totals.collect();
        let used = self.answered.iter().filter(|(of, answered)| {
            wanted[of.cell]
                && lets_in(cut, of.channel, of.respondent)
                && chosen[of.form]
                    .as_ref()
                    .is_some_and(|chosen| chosen.is_answered(answered, self.forms[of.form].items))
        });
        sums.modes = used.map(|(of, _)| of.mode).collect();
        sums
    }

    /// Counted sheets of every point, by unit and number.
    pub(super) fn sheets_of_points(&self) -> HashMap<(i32, i32), u64> {
        let mut sheets = HashMap::new();
        for row in self.list.iter().filter(|row| !row.held) {
            let (unit, point, _) = row.cluster;
            *sheets.entry((unit, point)).or_default() += row.tally.sheets;
        }
        sheets
    }

    /// Blank, levels 1 to 5 and "not used" of one item, over the cells of `field` in `shown`.
    pub(super) fn item_counts(&self, cut: &Cut, field: &str, shown: &BTreeSet<Cell>, item: &str) -> [u64; 7] {
        let places: Vec<Option<usize>> =
            self.forms.iter().map(|form| form.questionnaire.items().position(|known| known.id == item)).collect();
        let counted: Vec<bool> = self.cells.iter().map(|cell| shown.contains(cell)).collect();
        let mut counts = [0; 7];
        let rows = self.of_field.get(field).into_iter().flatten().map(|row| &self.list[*row]);
        let rows = rows.filter(|row| counted[row.cell] && !row.held && lets_in(cut, row.channel, row.respondent));
        for row in rows {
            if let Some(levels) = places[row.form].and_then(|place| row.tally.levels.get(place)) {
                for (count, level) in counts.iter_mut().zip(levels) {
                    *count += level;
                }
            }
        }
        counts
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

fn note_answered(answered: &mut [bool], tally: &Tally) {
    let items = tally.levels.iter().map(|levels| levels[1..=5].iter().any(|count| *count > 0));
    let sections = tally.section_sheets.iter().map(|sheets| *sheets > 0);
    for (known, now) in answered.iter_mut().zip(items.chain(sections)) {
        *known |= now;
    }
}

impl<'a> Form<'a> {
    fn of(questionnaire: &'a Questionnaire) -> Self {
        let factors = questionnaire.sections.iter().map(factor_name).collect();
        Self { questionnaire, factors, items: questionnaire.items().count() }
    }

    /// What `part` is here; none where the questionnaire has no such part.
    fn choose(&self, feed: Feed, part: Part<'_>) -> Option<Chosen> {
        let sections = || self.questionnaire.sections.iter().enumerate();
        let fed = sections().filter(|(_, section)| section.feeds.contains(&feed)).map(|(place, _)| place);
        let (sections, feed): (Vec<usize>, _) = match part {
            Part::Factor(name) => (fed.filter(|place| self.factors[*place] == name).collect(), None),
            Part::Feed(feed) => (fed.collect(), Some(feed)),
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
    /// The sums of one tally, and Σ of its levels.
    fn sums(&self, tally: &Tally) -> (RawSums, u64) {
        let (sections, feed) = match self {
            Self::Item(place) => {
                let Some(levels) = tally.levels.get(*place) else { return (RawSums::default(), 0) };
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
                Some(feed) => tally.feed_sheets[*feed as usize],
                None => sections.iter().map(|&section| tally.section_sheets[section]).max().unwrap_or(0),
            },
            ..RawSums::default()
        };
        let mut points = 0;
        for &a in sections {
            raw.y += tally.sums[3 * a];
            raw.m += tally.sums[3 * a + 1];
            points += tally.sums[3 * a + 2];
            for &b in sections {
                raw.yy += tally.product(3 * a, 3 * b);
                raw.ym += tally.product(3 * a, 3 * b + 1);
                raw.mm += tally.product(3 * a + 1, 3 * b + 1);
            }
        }
        (raw, points)
    }

    fn is_answered(&self, answered: &[bool], items: usize) -> bool {
        let at = |place: usize| answered.get(place).copied().unwrap_or(false);
        match self {
            Self::Item(place) => at(*place),
            Self::Sections { sections, .. } => sections.iter().any(|section| at(items + section)),
        }
    }
}
