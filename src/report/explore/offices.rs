//! Offices down, criteria across: where what was asked is weak. Eight criteria stand beside each other; more are further grids.

use super::exhibit::{Exhibit, Step, row, table};
use crate::index::asked::asked_of;
use crate::index::pick;
use crate::index::result::{HiddenNode, IndexReport, Node};
use crate::report::chart::heat::{self, Grid, heat, narrow_heat};
use crate::report::format::{self, Language};
use crate::report::model::Cell;
use crate::report::names::Names;

/// An office with its figures.
#[derive(Debug, Clone, Copy)]
pub struct OfficeFigures<'a> {
    pub name: &'a str,
    /// Its code.
    pub unit: &'a str,
    /// Its figures.
    pub report: &'a IndexReport,
}

/// So many criteria stand beside each other.
const ACROSS: usize = 8;
/// Words for identifiers and files of the grids, one after the other.
const IDS: [&str; 6] = [
    "office-criteria",
    "office-criteria-2",
    "office-criteria-3",
    "office-criteria-4",
    "office-criteria-5",
    "office-criteria-6",
];

/// The criteria of a field, or of a factor of it, as the offices have them; empty where no office has any.
pub fn grids_of_offices(
    whole: &IndexReport,
    (field, factor): (&str, Option<&str>),
    offices: &[OfficeFigures<'_>],
    names: &Names,
    language: Language,
) -> Vec<Exhibit> {
    let items = items_of(whole, field, factor);
    let does =
        |office: &&OfficeFigures<'_>| items.iter().any(|item| cell(office.report, field, item) != heat::Cell::Empty);
    let offices: Vec<OfficeFigures<'_>> = offices.iter().filter(does).copied().collect();
    if offices.is_empty() {
        return Vec::new();
    }
    let (minimum, minima) = (asked_of(whole, field, factor), whole.minima());
    let of_field = names.field(field, language);
    let all = items.chunks(ACROSS).zip(IDS).enumerate();
    let grid = |(place, (items, id)): (usize, (&[String], &'static str))| {
        let (first, last) = (place * ACROSS + 1, place * ACROSS + items.len());
        let which = if first == last { first.to_string() } else { format!("{first}–{last}") };
        let title = language.choose(
            format!("Đơn vị × tiêu chí {which}: {of_field}"),
            format!("Offices × criteria {which}: {of_field}"),
        );
        let numbers: Vec<String> = (first..=last).map(|number| number.to_string()).collect();
        let heads: Vec<String> = items
            .iter()
            .zip(&numbers)
            .map(|(item, number)| format!("{number}. {}", names.item(field, item, language)))
            .collect();
        let mut columns = vec![(language.choose("Đơn vị", "Office"), false, 26)];
        columns.extend(heads.iter().map(|head| (head.as_str(), true, 14)));
        let mut table = table(&title, &columns);
        let mut lines = Vec::new();
        for office in &offices {
            let cells: Vec<heat::Cell> = items.iter().map(|item| cell(office.report, field, item)).collect();
            let mut words = vec![Cell::Text(office.name.to_owned())];
            words.extend(cells.iter().map(|cell| match cell {
                heat::Cell::Share(share) => Cell::Share(*share, format::share(*share, &minima, language)),
                heat::Cell::Hidden => Cell::Hidden("×".to_owned()),
                heat::Cell::Empty => Cell::Empty,
            }));
            table.rows.push(row(words));
            lines.push(heat::Line { name: office.name.to_owned(), cells });
        }
        let chart = Grid { title: &title, columns: &numbers, lines: &lines, minimum, minima: &minima, language };
        Exhibit {
            id,
            says: Vec::new(),
            drawing: Some(heat(&chart)),
            narrow: Some(narrow_heat(&chart)),
            legend: language
                .choose(
                    "Số trên cột: tiêu chí, viết đủ trong bảng. Ô càng đậm tỷ lệ càng thấp; khung đậm: dưới chỉ tiêu; dấu ×: dưới 10 người, không hiển thị; ô trống: đơn vị không hỏi.",
                    "Numbers over the columns: criteria, in full in the table. Darker is lower; thick frame: below the target; ×: fewer than 10 people; empty: not asked there.",
                )
                .to_owned(),
            steps: offices.iter().map(|office| Step::Unit(office.unit.to_owned())).collect(),
            heading: title,
            table,
        }
    };
    all.map(grid).collect()
}

/// The criteria of a field, hidden ones included, in the order of the questionnaire.
fn items_of(whole: &IndexReport, field: &str, factor: Option<&str>) -> Vec<String> {
    let factors = pick::field(whole, field).into_iter().flat_map(|field| &field.factors).filter_map(Node::shown);
    let wanted = factors.filter(|found| factor.is_none_or(|wanted| found.factor == wanted));
    let mut items: Vec<String> = Vec::new();
    for node in wanted.flat_map(|found| &found.criteria) {
        let item = match node {
            Node::Shown(criterion) => Some(&criterion.item),
            Node::Hidden(HiddenNode { item, .. }) => item.as_ref(),
        };
        if let Some(item) = item.filter(|item| !items.contains(item)) {
            items.push(item.clone());
        }
    }
    items
}

/// What an office shows of a criterion. Where it hides the field, or the factor, all that lies in it is hidden.
fn cell(report: &IndexReport, of: &str, item: &str) -> heat::Cell {
    if let Some((_, criterion)) = pick::criterion(report, of, item) {
        return heat::Cell::Share(criterion.estimate.value);
    }
    let hides_field =
        report.fields.iter().any(|node| matches!(node, Node::Hidden(hidden) if hidden.field.as_deref() == Some(of)));
    let hides = |field: &crate::index::result::FieldResult| {
        field.factors.iter().any(|node| match node {
            Node::Hidden(_) => true,
            Node::Shown(factor) => factor
                .criteria
                .iter()
                .any(|node| matches!(node, Node::Hidden(hidden) if hidden.item.as_deref() == Some(item))),
        })
    };
    if hides_field || pick::field(report, of).is_some_and(hides) { heat::Cell::Hidden } else { heat::Cell::Empty }
}
