//! The first table of a report: who answered, and the index of each group.

use super::format;
use super::model::{Cell, Table, TableKind};
use super::notes::Notes;
use super::tables::{Tables, body, figures_column, group, words_column};
use super::words;

impl Tables<'_> {
    /// Respondents by group; none where too few answered.
    pub(super) fn profile(&mut self) -> Option<Table> {
        let (language, index) = (self.language, self.index);
        if index.profile.is_empty() {
            return None;
        }
        let told = index.profile.iter().flat_map(|question| &question.options).any(|option| option.estimate.is_some());
        let mut columns = vec![
            words_column(language.choose("Người trả lời", "Respondents"), 46),
            figures_column(language.choose("Số phiếu", "Sheets"), 14),
            figures_column(language.choose("Tỷ trọng", "Share"), 14),
            figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 16),
            figures_column(language.choose("Khoảng tin cậy", "Interval"), 22),
            figures_column("n", 12),
        ];
        columns.truncate(if told { 6 } else { 3 });
        let mut notes = Notes::new(index, language);
        let mut rows = Vec::new();
        for question in &index.profile {
            rows.push(group(self.setting.names.about(&question.question, question.questionnaire.as_deref(), language)));
            let all: u64 = question.options.iter().map(|option| option.sheets).sum();
            for option in &question.options {
                let name = self.setting.names.about_option(&question.question, &option.option, language);
                let share = option.sheets as f64 / all as f64;
                let mut cells = vec![
                    Cell::Text(name.clone()),
                    Cell::Count(option.sheets, format::count(option.sheets, language)),
                    Cell::Share(share, format::share(share, &[], language)),
                ];
                match &option.estimate {
                    _ if !told => {}
                    Some(estimate) => {
                        notes.add(&name, estimate);
                        cells.extend(self.figures(estimate));
                    }
                    None if question.question == "respondent" => cells.extend([Cell::Empty, Cell::Empty, Cell::Empty]),
                    None => cells.push(Cell::Hidden(words::small_cell(language))),
                }
                rows.push(body(cells));
            }
            if question.blank > 0 {
                let blank = language.choose("Không trả lời câu này", "Left blank").to_owned();
                let count = Cell::Count(question.blank, format::count(question.blank, language));
                let mut cells = vec![Cell::Text(blank), count];
                cells.resize(if told { 6 } else { 3 }, Cell::Empty);
                rows.push(body(cells));
            }
        }
        let mut notes = notes.finish();
        let shares = language.choose(
            "Tỷ trọng tính trên phiếu có trả lời câu ấy.",
            "Shares are of the sheets that answer the question.",
        );
        let groups = if told {
            language.choose(
                "Tỷ lệ hài lòng của nhóm theo phần phục vụ hành chính và dịch vụ công; nhóm ít người không nêu.",
                "A group's share satisfied is of the service part; small groups are not told.",
            )
        } else {
            language.choose(
                "Tỷ lệ hài lòng theo nhóm chỉ nêu trong số liệu khóa lần đầu của kỳ, cho cả đơn vị, để không ai suy ra câu trả lời của một vài người.",
                "Shares satisfied by group are told only of a period's first closing, for the whole unit, so that nobody can work out a few people's answers.",
            )
        };
        let base = language.choose(
            "Số phiếu: mọi phiếu đã vào số liệu của kỳ, kể cả phiếu không trả lời câu nào thuộc chỉ số, nên có thể nhiều hơn n của chỉ tiêu.",
            "Sheets: all that count in the period, also those that answer nothing of the index, so that they may be more than the n of a target.",
        );
        notes.push(format!("{base} {shares} {groups}"));
        let caption = language.choose("Người trả lời", "Who answered");
        Some(self.table(TableKind::Profile, caption, columns, rows, notes))
    }
}
