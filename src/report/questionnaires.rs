//! The part of a report on what feeds no index: dialogues, follow-ups beside the measurement before, single questions.

use super::format;
use super::model::{AboutField, Block, Cell, Report, Row, Table, TableKind};
use super::notes::Notes;
use super::tables::{Tables, body, figures_column, group, words_column};
use super::words;
use crate::index::Node;
use crate::index::result::{Before, Change, ChangeVerdict, QuestionnaireResult, QuestionnaireShown, SectionResult};

/// The heading over them.
pub const HEADING: (&str, &str) = ("Phiếu và câu hỏi không tính vào chỉ số", "Questionnaires that feed no index");

/// The part of a report under the heading, as a report by itself; without blocks where nothing was answered.
pub fn part(mut report: Report) -> Report {
    let words = report.language.choose(HEADING.0, HEADING.1);
    let is_heading = |block: &Block, wanted: &str| matches!(block, Block::Heading(heading) if heading.text == wanted);
    let blocks = std::mem::take(&mut report.blocks).into_iter();
    let rest = blocks.skip_while(|block| !is_heading(block, words)).skip(1);
    report.blocks = rest.take_while(|block| !matches!(block, Block::Heading(_))).collect();
    say_once(&mut report.blocks);
    report
}

/// What stands under more than one table is said once, after the last of them.
fn say_once(blocks: &mut Vec<Block>) {
    let mut times: Vec<(String, usize)> = Vec::new();
    for note in blocks
        .iter()
        .filter_map(|block| if let Block::Table(table) = block { Some(&table.notes) } else { None })
        .flatten()
    {
        match times.iter_mut().find(|(known, _)| known == note) {
            Some((_, times)) => *times += 1,
            None => times.push((note.clone(), 1)),
        }
    }
    times.retain(|(_, times)| *times > 1);
    for block in blocks.iter_mut() {
        if let Block::Table(table) = block {
            table.notes.retain(|note| !times.iter().any(|(known, _)| known == note));
        }
    }
    blocks.extend(times.into_iter().map(|(note, _)| Block::Point(note)));
}

impl Tables<'_> {
    /// What stands under the heading: a table a questionnaire, and one beside it where it follows another up.
    pub(super) fn questionnaires(&mut self) -> Vec<Block> {
        let index = self.index;
        let (mut blocks, mut hidden) = (Vec::new(), Vec::new());
        for result in &index.questionnaires {
            match result {
                QuestionnaireResult::Hidden(one) => {
                    let title = self.setting.names.questionnaire(&one.questionnaire, self.language);
                    hidden.push(format!("“{title}”"));
                }
                QuestionnaireResult::Shown(shown) => {
                    if shown.sections.iter().any(|section| !section.questions.is_empty()) {
                        blocks.push(Block::Table(self.questionnaire(shown)));
                    }
                    blocks.extend(self.choices(shown).map(Block::Table));
                    let before = shown.before.as_ref();
                    blocks.extend(before.map(|before| Block::Table(self.change(shown, before))));
                }
            }
        }
        if !hidden.is_empty() {
            let few = self.language.choose(
                "Ít hơn 10 người trả lời nên không hiển thị",
                "Answered by fewer than ten people and therefore not shown",
            );
            blocks.push(Block::Paragraph(format!("{few}: {}.", hidden.join("; "))));
        }
        blocks
    }

    fn questionnaire(&mut self, shown: &QuestionnaireShown) -> Table {
        let language = self.language;
        let id = &shown.questionnaire;
        let mut notes = Notes::new(self.index, language);
        let mut rows = self.sections(id, &shown.sections, &mut notes);
        for node in &shown.by_field {
            match node {
                Node::Hidden(hidden) => {
                    let name = self.setting.names.field(hidden.field.as_deref().unwrap_or_default(), language);
                    rows.push(self.hidden(name));
                }
                Node::Shown(field) => {
                    let name = self.setting.names.field(&field.field, language);
                    rows.push(group(language.choose(format!("Lĩnh vực: {name}"), format!("Field: {name}"))));
                    rows.extend(self.sections(id, &field.sections, &mut notes));
                }
            }
        }
        let mut notes = notes.finish();
        notes.push(self.levels_note());
        let sheets = format::count(shown.sheets, language);
        let fields = self.setting.names.fields(&shown.fields, language);
        notes.push(language.choose(
            format!("{sheets} phiếu; lĩnh vực: {fields}. Các câu hỏi này không tính vào chỉ số nào."),
            format!("{sheets} sheets; fields: {fields}. These questions feed no index."),
        ));
        let title = self.setting.names.questionnaire(id, language);
        let columns = self.level_columns();
        let table = self.table(TableKind::Questionnaire, &title, columns, rows, notes);
        Table { field: Some(AboutField { code: id.clone(), name: title }), ..table }
    }

    /// Questions of further kinds: a row an option, a mean for numbers.
    fn choices(&mut self, shown: &QuestionnaireShown) -> Option<Table> {
        let (language, id) = (self.language, &shown.questionnaire);
        let mut rows = Vec::new();
        for node in shown.sections.iter().flat_map(|section| &section.choices) {
            let asked = match node {
                Node::Hidden(hidden) => {
                    let item = hidden.item.as_deref().unwrap_or_default();
                    rows.push(self.hidden(self.setting.names.asked(id, item, language)));
                    continue;
                }
                Node::Shown(asked) => asked,
            };
            let text = self.setting.names.asked(id, &asked.item, language);
            let count = |number: u64| Cell::Count(number, format::count(number, language));
            let share = |number: u64| {
                let share = number as f64 / asked.answered as f64;
                Cell::Share(share, format::share(share, &[], language))
            };
            rows.push(group(text));
            for option in &asked.options {
                let name = self.setting.names.option(id, &asked.item, &option.option, language);
                rows.push(body(vec![Cell::Text(name), count(option.sheets), share(option.sheets)]));
            }
            if let (Some(mean), Some(deviation)) = (asked.mean, asked.deviation) {
                let name = language.choose("Trung bình; độ lệch chuẩn", "Mean; standard deviation").to_owned();
                let (shown, spread) = (format::mean(mean, language), format::mean(deviation, language));
                rows.push(body(vec![Cell::Text(name), Cell::Mean(mean, shown), Cell::Text(spread)]));
            }
            let words = language.choose(
                format!("Có trả lời; bỏ trống hoặc không được hỏi: {}", format::count(asked.blank, language)),
                format!("Answered; left blank or not asked: {}", format::count(asked.blank, language)),
            );
            rows.push(body(vec![Cell::Text(words), count(asked.answered), Cell::Empty]));
        }
        if rows.is_empty() {
            return None;
        }
        let columns = vec![
            words_column(language.choose("Câu hỏi, lựa chọn", "Question, option"), 80),
            figures_column(language.choose("Số phiếu", "Sheets"), 20),
            figures_column(language.choose("Tỷ trọng", "Share"), 20),
        ];
        let title = self.setting.names.questionnaire(id, language);
        let caption = language.choose(format!("Câu hỏi khác: {title}"), format!("Further questions: {title}"));
        let notes = vec![
            language
                .choose(
                    "Tỷ trọng tính trên phiếu có trả lời câu ấy; câu được chọn nhiều ý thì cộng lại có thể hơn 100%.",
                    "Shares are of the sheets that answer the question; where several may be chosen they can add up to more than 100%.",
                )
                .to_owned(),
        ];
        let table = self.table(TableKind::Choices, &caption, columns, rows, notes);
        Some(Table { field: Some(AboutField { code: id.clone(), name: title }), ..table })
    }

    fn sections(&self, id: &str, sections: &[SectionResult], notes: &mut Notes<'_>) -> Vec<Row> {
        let names = self.setting.names;
        let mut rows = Vec::new();
        for section in sections.iter().filter(|section| !section.questions.is_empty()) {
            rows.push(group(names.asked(id, &section.section, self.language)));
            for node in &section.questions {
                rows.push(match node {
                    Node::Hidden(hidden) => {
                        self.hidden(names.asked(id, hidden.item.as_deref().unwrap_or_default(), self.language))
                    }
                    Node::Shown(question) => {
                        let name = names.asked(id, &question.item, self.language);
                        notes.add(&name, &question.estimate);
                        self.criterion_row(name, question)
                    }
                });
            }
        }
        rows
    }

    fn change(&mut self, shown: &QuestionnaireShown, before: &Before) -> Table {
        let language = self.language;
        let period = words::period(&before.period, before.from, before.to, language);
        let columns = vec![
            words_column(language.choose("Tiêu chí", "Criterion"), 60),
            figures_column(language.choose("Lần đầu", "First"), 18),
            figures_column(language.choose("Khoảng tin cậy lần đầu", "First interval"), 28),
            figures_column(language.choose("n lần đầu", "First n"), 14),
            figures_column(language.choose("Đo lại", "Again"), 18),
            figures_column(language.choose("Khoảng tin cậy đo lại", "Interval again"), 28),
            figures_column(language.choose("n đo lại", "n again"), 14),
            figures_column(language.choose("Chênh lệch (điểm %)", "Difference (points)"), 22),
            figures_column(language.choose("Khoảng tin cậy của chênh lệch", "Interval of the difference"), 30),
            words_column(language.choose("Kết luận", "Verdict"), 32),
        ];
        let mut rows = Vec::new();
        let mut field = None;
        for change in &before.changes {
            if field != Some(&change.field) {
                field = Some(&change.field);
                rows.push(group(self.setting.names.field(&change.field, language)));
            }
            rows.push(self.change_row(&shown.questionnaire, change));
        }
        let title = self.setting.names.questionnaire(&shown.questionnaire, language);
        let caption =
            language.choose(format!("So với lần đo trước: {title}"), format!("Beside the measurement before: {title}"));
        let notes = vec![
            language.choose(
                format!("Lần đầu: mọi câu trả lời về tiêu chí trong lĩnh vực, {period}. Đo lại: phiếu khảo sát lại của kỳ này."),
                format!("First: all answers to the criterion in the field, {period}. Again: the follow-up of this period."),
            ),
            language
                .choose(
                    "Khoảng của chênh lệch ghép từ hai khoảng tin cậy (Newcombe; Zou và Donner). Có thay đổi khi khoảng ấy không                      chứa 0; xét nhiều tiêu chí cùng lúc thì thỉnh thoảng một tiêu chí nổi lên do tình cờ.",
                    "The interval of the difference joins the two intervals (Newcombe; Zou and Donner). There is a change where it                      leaves 0 out; of many criteria looked at together one may stand out by chance.",
                )
                .to_owned(),
        ];
        let table = self.table(TableKind::Change, &caption, columns, rows, notes);
        Table { field: Some(AboutField { code: shown.questionnaire.clone(), name: title }), ..table }
    }

    fn change_row(&self, questionnaire: &str, change: &Change) -> Row {
        let language = self.language;
        let said = match change.verdict {
            ChangeVerdict::Better => language.choose("tăng", "better"),
            ChangeVerdict::Worse => language.choose("giảm", "worse"),
            ChangeVerdict::CannotSay => language.choose("chưa đủ căn cứ nói có thay đổi", "no change can be told"),
        };
        let points = |fraction: f64| format::points(fraction, language);
        let mut cells = vec![Cell::Text(self.setting.names.asked(questionnaire, &change.item, language))];
        cells.extend(self.figures(&change.before));
        cells.extend(self.figures(&change.after));
        cells.extend([
            Cell::Text(points(change.difference)),
            Cell::Text(language.choose(
                format!("từ {} đến {}", points(change.low), points(change.high)),
                format!("{} to {}", points(change.low), points(change.high)),
            )),
            Cell::Text(said.to_owned()),
        ]);
        body(cells)
    }
}
