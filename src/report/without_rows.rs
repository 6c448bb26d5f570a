//! Tables in which nothing would stand but headings: they are left out, and one sentence at their place names what they were about.

use super::format::Language;
use super::model::{Block, Table};

/// The blocks of a report without tables of which no row but headings of groups would stand; those that stay are numbered anew.
pub(super) fn left_out(blocks: Vec<Block>, language: Language) -> Vec<Block> {
    let mut kept = Vec::with_capacity(blocks.len());
    let (mut number, mut empty) = (0_usize, Vec::new());
    for block in blocks {
        match block {
            Block::Table(mut table) => {
                if table.rows.iter().all(|row| row.group) {
                    empty.push(name(table));
                    continue;
                }
                number += 1;
                table.number = table.number.map(|_| format!("{} {number}", language.choose("Bảng", "Table")));
                kept.push(Block::Table(table));
            }
            Block::Heading(heading) => {
                kept.extend(sentence(&mut empty, language));
                kept.push(Block::Heading(heading));
            }
            block => kept.push(block),
        }
    }
    kept.extend(sentence(&mut empty, language));
    kept
}

fn name(table: Table) -> String {
    table.field.map_or(table.caption, |field| field.name)
}

fn sentence(empty: &mut Vec<String>, language: Language) -> Option<Block> {
    let names = std::mem::take(empty).join("; ");
    let said =
        language.choose(format!("Chưa có dòng số liệu nào để nêu: {names}."), format!("Nothing to list yet: {names}."));
    (!names.is_empty()).then_some(Block::Paragraph(said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::{AboutField, Cell, Heading, Row, TableKind};

    #[test]
    fn a_table_of_headings_alone_is_named_in_a_sentence_and_the_rest_is_numbered_on() {
        let row = |group: bool, name: &str| Row { group, cells: vec![Cell::Text(name.to_owned())] };
        let table = |name: &str, rows: Vec<Row>| {
            Block::Table(Table {
                kind: TableKind::Criteria,
                field: Some(AboutField { code: name.to_owned(), name: name.to_owned() }),
                number: Some("Bảng 9".to_owned()),
                caption: format!("Kết quả theo tiêu chí: {name}"),
                columns: Vec::new(),
                rows,
                notes: Vec::new(),
            })
        };
        let heading = |text: &str| Block::Heading(Heading { number: "I", text: text.to_owned() });
        let blocks = vec![
            heading("Tiêu chí"),
            table("Đất đai", vec![row(true, "Tiếp cận"), row(true, "Thủ tục"), row(false, "Biểu mẫu")]),
            table("Y tế", vec![row(true, "Tiếp cận"), row(true, "Thủ tục")]),
            table("Tư pháp", Vec::new()),
            table("Giáo dục", vec![row(false, "Học phí")]),
            heading("Phương pháp"),
        ];
        let said: Vec<String> = left_out(blocks, Language::Vi)
            .into_iter()
            .map(|block| match block {
                Block::Table(table) => format!("{} {}", table.number.unwrap_or_default(), table.rows.len()),
                Block::Paragraph(text) => text,
                Block::Heading(heading) => heading.text,
                _ => String::new(),
            })
            .collect();
        let named = "Chưa có dòng số liệu nào để nêu: Y tế; Tư pháp.";
        assert_eq!(said, ["Tiêu chí", "Bảng 1 3", "Bảng 2 1", named, "Phương pháp"]);
    }
}
