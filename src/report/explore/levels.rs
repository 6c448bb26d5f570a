//! How answers spread over the five levels, criterion by criterion; and the grid of fields and factors.

use super::exhibit::{Exhibit, Step, row, table};
use crate::index::asked::asked_of;
use crate::index::pick::Pick;
use crate::index::result::{FieldResult, HiddenNode, IndexReport, Node};
use crate::report::chart::heat::{self, Grid, heat, narrow_heat};
use crate::report::chart::levels::{Line, levels, narrow_levels, shares};
use crate::report::format::{self, Language};
use crate::report::model::Cell;
use crate::report::names::Names;
use crate::report::words;

/// The levels of every criterion of a field; of one factor where one is named.
pub fn levels_of(
    (field, factor): (&FieldResult, Option<&str>),
    at_will: bool,
    names: &Names,
    language: Language,
) -> Exhibit {
    let of_field = names.field(&field.field, language);
    let title = match factor {
        Some(id) => format!("{of_field} – {}", names.factor(&field.field, id, language)),
        None => of_field,
    };
    let scale = words::levels(language);
    let mut columns = vec![(language.choose("Tiêu chí", "Criterion"), false, 34)];
    columns.extend(scale.map(|level| (level, true, 9)));
    columns.extend([
        (language.choose("Số người trả lời", "Respondents"), true, 10),
        (language.choose("Không sử dụng", "Not used"), true, 9),
        (language.choose("Để trống", "Blank"), true, 8),
    ]);
    let mut table = table(&title, &columns);
    let (mut lines, mut steps) = (Vec::new(), Vec::new());
    let factors = field.factors.iter().filter_map(|node| node.shown());
    for result in factors.filter(|result| factor.is_none_or(|wanted| result.factor == wanted)) {
        for node in &result.criteria {
            let Some(id) = item_of(node) else { continue };
            let name = names.item(&field.field, id, language);
            let mut cells = vec![Cell::Text(name.clone())];
            let counts = node.shown().map(|criterion| criterion.levels);
            lines.push(Line { name, levels: counts });
            steps.push(Step::Figure(Pick::Criterion(field.field.clone(), id.to_owned())));
            if let Some(criterion) = node.shown() {
                let of_level = shares(criterion.levels);
                cells.extend(of_level.map(|share| Cell::Share(share, format::share(share, &[], language))));
                cells.extend(
                    [criterion.respondents, criterion.not_used, criterion.blank]
                        .map(|count| Cell::Count(count, format::count(count, language))),
                );
            } else {
                cells.push(Cell::Hidden(words::hidden_part(at_will, language)));
                cells.extend((0..7).map(|_| Cell::Empty));
            }
            table.rows.push(row(cells));
        }
    }
    let (drawing, narrow) = (levels(&title, &lines, language), narrow_levels(&title, &lines, language));
    Exhibit {
        id: "levels",
        heading: title,
        says: Vec::new(),
        drawing: Some(drawing),
        narrow: Some(narrow),
        legend: language
            .choose(
                "Số trên thanh là phần trăm. Bên phải đường gạch: hài lòng; bên trái: không hài lòng; mức “bình thường” nằm hai bên đường.",
                "Figures on the bars are per cent. Right of the dashed line: satisfied; left: dissatisfied; “neutral” lies on both sides.",
            )
            .to_owned(),
        table,
        steps,
    }
}

/// Fields down, factors across.
pub fn grid_of_factors(report: &IndexReport, order: &[String], names: &Names, language: Language) -> Exhibit {
    let title = language.choose("Lĩnh vực × yếu tố", "Fields × factors").to_owned();
    let minima = report.minima();
    let shown: Vec<&FieldResult> = in_order(report, order);
    let mut factors: Vec<String> = Vec::new();
    for official in ["access", "procedures", "officials", "results", "feedback"] {
        let asked = shown.iter().any(|field| field.factors.iter().any(|node| factor_of(node) == Some(official)));
        if asked {
            factors.push(official.to_owned());
        }
    }
    let heads: Vec<String> = factors.iter().map(|factor| names.factor("", factor, language)).collect();
    let mut columns = vec![(language.choose("Lĩnh vực", "Field"), false, 26)];
    columns.extend(heads.iter().map(|head| (head.as_str(), true, 14)));
    columns.push((language.choose("Cả lĩnh vực", "Whole field"), true, 12));
    let mut table = table(&title, &columns);
    let (mut lines, mut steps) = (Vec::new(), Vec::new());
    for field in shown {
        let name = names.field(&field.field, language);
        let (mut cells, mut shades) = (vec![Cell::Text(name.clone())], Vec::new());
        for factor in &factors {
            let node = field.factors.iter().find(|node| factor_of(node) == Some(factor));
            let share = node.map(|node| node.shown().map(|found| found.estimate.value));
            shades.push(match share {
                Some(Some(share)) => heat::Cell::Share(share),
                Some(None) => heat::Cell::Hidden,
                None => heat::Cell::Empty,
            });
            cells.push(match share {
                Some(Some(share)) => Cell::Share(share, format::share(share, &minima, language)),
                Some(None) => Cell::Hidden("×".to_owned()),
                None => Cell::Empty,
            });
        }
        let whole = field.estimate.value;
        cells.push(Cell::Share(whole, format::share(whole, &minima, language)));
        shades.push(heat::Cell::Share(whole));
        lines.push(heat::Line { name, cells: shades });
        table.rows.push(row(cells));
        steps.push(Step::Figure(Pick::Field(field.field.clone())));
    }
    let mut across = heads.clone();
    across.push(language.choose("Cả lĩnh vực", "Whole field").to_owned());
    // One frame for all: what is asked of the field that least is asked of.
    let asked = in_order(report, order).into_iter().filter_map(|field| asked_of(report, &field.field, None));
    let minimum = asked.reduce(f64::min);
    let grid = Grid { title: &title, columns: &across, lines: &lines, minimum, minima: &minima, language };
    let (drawing, narrow) = (heat(&grid), narrow_heat(&grid));
    let frame = minimum.map_or_else(String::new, |minimum| {
        let minimum = format::minimum(minimum, language);
        language.choose(format!(" khung đậm: dưới {minimum};"), format!(" thick frame: below {minimum};"))
    });
    let legend = language.choose(
        format!("Ô càng đậm tỷ lệ càng thấp;{frame} dấu ×: dưới 10 người, không hiển thị."),
        format!("Darker is lower;{frame} ×: fewer than 10 people."),
    );
    Exhibit {
        id: "grid",
        heading: title.clone(),
        says: Vec::new(),
        drawing: Some(drawing),
        narrow: Some(narrow),
        legend,
        table,
        steps,
    }
}

/// The shown fields in the order of the plans' list.
fn in_order<'a>(report: &'a IndexReport, order: &[String]) -> Vec<&'a FieldResult> {
    let mut fields: Vec<&FieldResult> = report.fields.iter().filter_map(|node| node.shown()).collect();
    let place = |field: &FieldResult| order.iter().position(|known| *known == field.field).unwrap_or(usize::MAX);
    fields.sort_by_key(|field| place(field));
    fields
}

fn item_of(node: &Node<crate::index::result::CriterionResult>) -> Option<&str> {
    match node {
        Node::Shown(criterion) => Some(&criterion.item),
        Node::Hidden(HiddenNode { item, .. }) => item.as_deref(),
    }
}

fn factor_of(node: &Node<crate::index::result::FactorResult>) -> Option<&str> {
    match node {
        Node::Shown(factor) => Some(&factor.factor),
        Node::Hidden(HiddenNode { factor, .. }) => factor.as_deref(),
    }
}
