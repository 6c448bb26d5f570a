//! The annexes: the parts of the plain report put together by what they are about, few enough to be found; what repeats from table to table is said
//! once, and what is hidden is named in one line.

use super::Basis;
use crate::report::format::Language;
use crate::report::model::{Annex, Block, Cell, Heading, Table, TableKind};

/// Tables of more columns than this are set across.
const WIDE: usize = 6;

/// What an annex is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Respondents,
    Targets,
    Fields,
    Criteria,
    Places,
    Questions,
    Others,
    Work,
    Method,
}

impl About {
    const ALL: [About; 9] = [
        About::Respondents,
        About::Targets,
        About::Fields,
        About::Criteria,
        About::Places,
        About::Questions,
        About::Others,
        About::Work,
        About::Method,
    ];

    fn of(kind: TableKind) -> Self {
        match kind {
            TableKind::Round
            | TableKind::Profile
            | TableKind::Coverage
            | TableKind::CoveragePoints
            | TableKind::Designed
            | TableKind::DesignedTargets
            | TableKind::DesignedVolunteers
            | TableKind::DesignedOutcomes
            | TableKind::DesignedWeights
            | TableKind::DesignedTotals
            | TableKind::InterviewList => Self::Respondents,
            TableKind::Targets | TableKind::TargetsByField | TableKind::Counts | TableKind::City => Self::Targets,
            TableKind::Fields | TableKind::UnitFactors | TableKind::Factors => Self::Fields,
            TableKind::Criteria | TableKind::Weak => Self::Criteria,
            TableKind::Units | TableKind::Points => Self::Places,
            TableKind::Questionnaire | TableKind::Choices | TableKind::Change => Self::Questions,
            TableKind::Ministry | TableKind::External | TableKind::Template | TableKind::Explored => Self::Others,
            TableKind::Remedies | TableKind::Tasks => Self::Work,
        }
    }

    /// What it is called where several parts are in it.
    fn name(self, language: Language) -> &'static str {
        match self {
            About::Respondents => {
                language.choose("Thông tin chung và người trả lời", "About the survey, and who answered")
            }
            About::Targets => language.choose("Kết quả so với chỉ tiêu", "Results against the targets"),
            About::Fields => language.choose("Kết quả theo lĩnh vực và yếu tố", "Results by field and factor"),
            About::Criteria => language.choose("Kết quả theo tiêu chí", "Results by criterion"),
            About::Places => {
                language.choose("Kết quả theo đơn vị và điểm phục vụ", "Results by office and service point")
            }
            About::Questions => {
                language.choose("Phiếu và câu hỏi không tính vào chỉ số", "Questions that feed no index")
            }
            About::Others => language.choose("Số liệu đối chiếu", "Figures to compare with"),
            About::Work => language.choose("Khắc phục và nhiệm vụ", "Remedies and tasks"),
            About::Method => language.choose("Phương pháp", "Method"),
        }
    }
}

/// A part of the plain report: its heading and what stands under it.
type Part = (String, Vec<Block>);

/// Every part of the plain report with a table, its first part and the method, as annexes.
pub(super) fn annexes(blocks: Vec<Block>, basis: &Basis<'_>) -> Vec<Annex> {
    let language = basis.setting.language;
    let mut parts: Vec<Part> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(heading) => parts.push((heading.text, Vec::new())),
            block => parts.last_mut().into_iter().for_each(|(_, part)| part.push(block.clone())),
        }
    }
    let last = parts.len();
    let mut annexes = Vec::new();
    let mut tables = 0_usize;
    let about = |place: usize, part: &Part| {
        let kind =
            part.1.iter().find_map(|block| if let Block::Table(table) = block { Some(table.kind) } else { None });
        match kind {
            Some(kind) => Some(About::of(kind)),
            None if place == 0 => Some(About::Respondents),
            None => (place + 1 == last).then_some(About::Method),
        }
    };
    let told: Vec<(About, Part)> =
        parts.into_iter().enumerate().filter_map(|(place, part)| Some((about(place, &part)?, part))).collect();
    for wanted in About::ALL {
        let own: Vec<&Part> = told.iter().filter(|(about, _)| *about == wanted).map(|(_, part)| part).collect();
        let subject = match own.as_slice() {
            [] => continue,
            [(heading, _)] => heading.clone(),
            _ => wanted.name(language).to_owned(),
        };
        let mut made = Vec::new();
        let mut said = Vec::new();
        let several = own.len() > 1;
        for ((heading, part), number) in own.into_iter().zip(["I", "II", "III", "IV", "V", "VI", "VII", "VIII"]) {
            if several {
                made.push(Block::Heading(Heading { number, text: heading.clone() }));
            }
            for block in part {
                made.push(match block {
                    Block::Table(table) => {
                        tables += 1;
                        Block::Table(short(table, tables, &mut said, language))
                    }
                    block => block.clone(),
                });
            }
        }
        let landscape = made.iter().any(|block| matches!(block, Block::Table(table) if table.columns.len() > WIDE));
        let title = format!("{} {}", language.choose("Phụ lục", "Annex"), annexes.len() + 1);
        annexes.push(Annex { title, subject, landscape, blocks: made });
    }
    annexes
}

/// A table without the rows that only say that something is hidden, and without notes that this annex has said already.
fn short(table: &Table, number: usize, said: &mut Vec<String>, language: Language) -> Table {
    let mut table = table.clone();
    if table.number.is_some() {
        table.number = Some(format!("{} {number}", language.choose("Bảng", "Table")));
    }
    let mut hidden: Vec<(String, Vec<String>)> = Vec::new();
    let mut rows = Vec::new();
    for row in std::mem::take(&mut table.rows) {
        match row.cells.as_slice() {
            [name, Cell::Hidden(why)] => match hidden.iter_mut().find(|(known, _)| known == why) {
                Some((_, names)) => names.push(name.text().to_owned()),
                None => hidden.push((why.clone(), vec![name.text().to_owned()])),
            },
            _ => rows.push(row),
        }
    }
    // A group of which every row is hidden has no line either.
    let empty = |place: usize| rows.get(place + 1).is_none_or(|next: &crate::report::model::Row| next.group);
    let kept = (0..rows.len()).filter(|place| !(rows[*place].group && !hidden.is_empty() && empty(*place)));
    let kept: Vec<_> = kept.map(|place| rows[place].clone()).collect();
    if kept.is_empty() {
        // A table without rows would say nothing, nor do headings above none of them.
        table.rows.extend(hidden.into_iter().flat_map(|(why, names)| {
            names.into_iter().map(move |name| crate::report::model::Row {
                group: false,
                cells: vec![Cell::Text(name), Cell::Hidden(why.clone())],
            })
        }));
    } else {
        table.rows = kept;
        let lines = hidden.into_iter().map(|(why, names)| format!("{why}: {}.", names.join("; ")));
        table.notes.extend(lines.collect::<Vec<_>>());
    }
    table.notes.retain(|note| !said.contains(note));
    said.extend(table.notes.iter().cloned());
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::{Column, Row};

    #[test]
    fn what_is_hidden_is_one_line_and_what_was_said_is_not_said_again() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let row = |group: bool, cells: Vec<Cell>| Row { group, cells };
        let hidden = |name: &str| row(false, vec![text(name), Cell::Hidden("Ít hơn 10 người".to_owned())]);
        let table = Table {
            kind: TableKind::Criteria,
            field: None,
            number: Some("Bảng 9".to_owned()),
            caption: "c".to_owned(),
            columns: vec![Column { heading: "Tiêu chí".to_owned(), figures: false, width: 10 }],
            rows: vec![
                row(true, vec![text("Yếu tố 1")]),
                hidden("a"),
                row(true, vec![text("Yếu tố 2")]),
                hidden("b"),
                row(false, vec![text("c"), Cell::Count(12, "12".to_owned()), Cell::Empty]),
            ],
            notes: vec!["n: số người trả lời.".to_owned()],
        };
        let mut said = Vec::new();
        let first = short(&table, 1, &mut said, Language::Vi);
        assert_eq!(first.number.as_deref(), Some("Bảng 1"));
        assert_eq!(first.rows.iter().map(|row| row.cells[0].text()).collect::<Vec<_>>(), ["Yếu tố 2", "c"]);
        assert_eq!(first.notes, ["n: số người trả lời.", "Ít hơn 10 người: a; b."]);
        let second = short(&table, 2, &mut said, Language::Vi);
        assert!(second.notes.is_empty(), "{:?}", second.notes);
        // Nothing but hidden rows: they stay.
        let all = Table { rows: vec![hidden("a"), hidden("b")], ..table };
        assert_eq!(short(&all, 3, &mut Vec::new(), Language::Vi).rows.len(), 2);
    }
}
