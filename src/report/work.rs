//! Remedies and tasks in the report: what is done about what was weak, and how far the plan is.

use super::format::{self, Language};
use super::model::{Cell, Column, Row, Table, TableKind};
use super::tables::Tables;
use super::words::plan::period_name;
use crate::index::result::ChangeVerdict;
use crate::index::result::{Compared, RemedyResult, WorkState};

/// The headings of the two parts.
pub(super) const REMEDIES: (&str, &str) = ("Biện pháp khắc phục", "Remedies");
/// See [`REMEDIES`].
pub(super) const TASKS: (&str, &str) = ("Tiến độ thực hiện nhiệm vụ của kế hoạch", "Progress of the plan's tasks");

/// How far something is, in words.
pub fn state(state: WorkState, late: bool, language: Language) -> &'static str {
    match (state, late) {
        (WorkState::Planned, true) => language.choose("Chưa làm, quá hạn", "Not begun, late"),
        (WorkState::UnderWay, true) => language.choose("Đang làm, quá hạn", "Under way, late"),
        (WorkState::Planned, false) => language.choose("Chưa làm", "Not begun"),
        (WorkState::UnderWay, false) => language.choose("Đang làm", "Under way"),
        (WorkState::Done, _) => language.choose("Đã xong", "Done"),
        (WorkState::Dropped, _) => language.choose("Không thực hiện", "Dropped"),
    }
}

/// A criterion before and after, with what it comes to and what was to be expected anyway.
pub fn compared(compared: &Compared, language: Language) -> String {
    let share = |value: f64| format::share(value, &[], language);
    let points = |value: f64| format::points(value, language);
    let verdict = match compared.verdict {
        ChangeVerdict::Better => language.choose("tăng rõ rệt", "better"),
        ChangeVerdict::Worse => language.choose("giảm rõ rệt", "worse"),
        ChangeVerdict::CannotSay => {
            language.choose("chưa đủ căn cứ nói là thay đổi", "no change that can be told from chance")
        }
    };
    let expected = compared.expected_rise.filter(|rise| *rise > 0.0).map(|rise| {
        language.choose(
            format!(" Tiêu chí được chọn vì thấp thường tự tăng khoảng {}.", points(rise)),
            format!(" What was picked for being low rises by about {} by itself.", points(rise)),
        )
    });
    let of = |value: f64, key: &str| match key {
        "" => share(value),
        key => format!("{} ({})", share(value), period_name(key, language)),
    };
    let before = of(compared.before.value, &compared.period);
    let after = of(compared.after.value, &compared.after_period);
    let (low, high) = (points(compared.low), points(compared.high));
    format!(
        "{}{}",
        language.choose(
            format!("Trước {before}, sau {after} – chênh lệch từ {low} đến {high}: {verdict}."),
            format!("Before {before}, after {after} – difference from {low} to {high}: {verdict}."),
        ),
        expected.unwrap_or_default()
    )
}

/// Work and before-and-after of a remedy, as one text.
fn outcome(remedy: &RemedyResult, language: Language) -> String {
    match (&remedy.compared, &remedy.criterion) {
        (Some(known), _) => compared(known, language),
        (None, Some(_)) => {
            language.choose("Chưa có kỳ sau để so sánh.", "No later period to compare with yet.").to_owned()
        }
        (None, None) => "–".to_owned(),
    }
}

fn column(heading: &str, width: u32) -> Column {
    Column { heading: heading.to_owned(), figures: false, width }
}

impl Tables<'_> {
    /// Every remedy.
    pub(super) fn remedies(&mut self) -> Table {
        let language = self.language;
        let columns = vec![
            column(language.choose("Điều chưa tốt", "What was weak"), 24),
            column(language.choose("Việc làm", "What is done"), 28),
            column(language.choose("Ai làm, đơn vị", "Who, office"), 18),
            column(language.choose("Hạn", "Due"), 11),
            column(language.choose("Tình trạng", "State"), 13),
            column(language.choose("Trước và sau", "Before and after"), 30),
        ];
        let rows = self.index.remedies.iter().map(|remedy| Row {
            group: false,
            cells: vec![
                Cell::Text(remedy.said.clone()),
                Cell::Text(remedy.work.clone()),
                Cell::Text(format!("{}, {}", remedy.person, remedy.office)),
                Cell::Text(format::date(remedy.due)),
                Cell::Text(state(remedy.state, remedy.late, language).to_owned()),
                Cell::Text(outcome(remedy, language)),
            ],
        });
        let rows = rows.collect();
        let note = language.choose(
            "So sánh tiêu chí ở kỳ được nêu là thấp với kỳ mới nhất bắt đầu sau khi kỳ ấy kết thúc, tính đến kỳ này; mức ý nghĩa 5% cho tất cả các biện pháp cùng so \
             sánh (Holm). Trước và sau không chứng minh rằng biện pháp là nguyên nhân.",
            "The criterion in the period in which it was weak and in the newest one, up to this one, that began after it had ended; level 5% for all remedies \
             compared together (Holm). Before and after do not prove that the remedy is the cause.",
        );
        let caption = language.choose("Biện pháp khắc phục và kết quả", "Remedies and what came of them");
        self.table(TableKind::Remedies, caption, columns, rows, vec![note.to_owned()])
    }

    /// Every task of the plan.
    pub(super) fn tasks(&mut self) -> Table {
        let language = self.language;
        let columns = vec![
            column(language.choose("Mục", "Clause"), 14),
            column(language.choose("Nhiệm vụ", "Task"), 40),
            column(language.choose("Chủ trì", "Lead"), 20),
            column(language.choose("Hạn", "Due"), 11),
            column(language.choose("Tình trạng", "State"), 16),
            column(language.choose("Ghi chú", "Note"), 22),
        ];
        let rows = self.index.tasks.iter().map(|task| Row {
            group: false,
            cells: vec![
                Cell::Text(task.clause.clone()),
                Cell::Text(language.choose(&task.title_vi, &task.title_en).clone()),
                task.lead.clone().map_or(Cell::Empty, Cell::Text),
                task.due.map_or(Cell::Empty, |due| Cell::Text(format::date(due))),
                Cell::Text(state(task.state, task.late, language).to_owned()),
                if task.note.is_empty() { Cell::Empty } else { Cell::Text(task.note.clone()) },
            ],
        });
        let rows = rows.collect();
        let caption = language.choose("Nhiệm vụ của kế hoạch", "Tasks of the plan");
        self.table(TableKind::Tasks, caption, columns, rows, Vec::new())
    }

    /// How many tasks are done, under way, not begun, late: one sentence.
    pub(super) fn task_summary(&self) -> String {
        let (tasks, language) = (&self.index.tasks, self.language);
        let of = |state| tasks.iter().filter(|task| task.state == state).count();
        let late = tasks.iter().filter(|task| task.late).count();
        let (all, done, under_way) = (tasks.len(), of(WorkState::Done), of(WorkState::UnderWay));
        let planned = of(WorkState::Planned);
        language.choose(
            format!("Trong {all} nhiệm vụ: {done} đã xong, {under_way} đang làm, {planned} chưa làm; {late} quá hạn."),
            format!("Of {all} tasks, {done} done, {under_way} under way, {planned} not begun; {late} late."),
        )
    }
}

/// What the weak criterion of a remedy is called, for whoever writes it down.
pub fn weak_criterion(name: &str, share: &str, language: Language) -> String {
    language.choose(format!("{name}: {share} hài lòng"), format!("{name}: {share} satisfied"))
}
