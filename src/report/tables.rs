//! The tables of a report, each with the notes that must stand under it.

use super::format::{self, Language};
use super::model::{AboutField, Cell, Column, Row, Table, TableKind};
use super::notes::{Notes, marks};
use super::setting::Setting;
use super::words::plan::PlanWords as _;
use super::{method, small_fields, words};
use crate::index::asked::{Stand, stand};
use crate::index::lowest::{LowestCriterion, RANKED_FROM, lowest_criteria};
use crate::index::result::OtherFields;
use crate::index::result::{CriterionResult, Estimate, FieldResult, HiddenNode, IndexReport, Node, TargetResult};
use crate::plan::Measure;

/// So many places of the ranking are listed, and those tied with the last one.
pub(super) const WEAK_LISTED: usize = 10;

/// Makes the tables of one report, numbering them as it goes.
pub(super) struct Tables<'a> {
    pub(super) index: &'a IndexReport,
    pub(super) setting: &'a Setting<'a>,
    pub(super) language: Language,
    pub(super) minima: Vec<f64>,
    made: usize,
}

impl<'a> Tables<'a> {
    pub(super) fn new(index: &'a IndexReport, setting: &'a Setting<'a>) -> Self {
        let minima = index.targets.iter().map(|target| target.minimum).collect();
        Self { index, setting, language: setting.language, minima, made: 0 }
    }

    /// Every target: minimum, figure, plain comparison, verdict.
    pub(super) fn targets(&mut self) -> Table {
        let language = self.language;
        let verdict = if self.index.so_far {
            language.choose("Kết luận tạm tính", "Verdict so far")
        } else {
            language.choose("Kết luận", "Verdict")
        };
        let columns = vec![
            words_column(language.choose("Mục", "Clause"), 11),
            words_column(language.choose("Chỉ tiêu", "Target"), 30),
            words_column(language.choose("Lĩnh vực", "Fields"), 18),
            figures_column(language.choose("Chỉ tiêu giao", "Minimum"), 10),
            figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 13),
            figures_column(language.choose("Khoảng tin cậy", "Interval"), 23),
            figures_column("n", 10),
            words_column(language.choose("So với chỉ tiêu", "By the point value"), 11),
            words_column(verdict, 16),
            figures_column(language.choose("Cần thêm người", "More people"), 13),
        ];
        let mut notes = Notes::new(self.index, self.language);
        let mut rows = Vec::new();
        let mut missing = Vec::new();
        let mut other = Vec::new();
        for target in &self.index.targets {
            let name = self.target_name(target);
            let [share, interval, n] = match &target.estimate {
                Some(estimate) => {
                    notes.add(&format!("{} {name}", target.clause), estimate);
                    self.figures(estimate)
                }
                None => [Cell::Empty, Cell::Empty, Cell::Empty],
            };
            let mut said = words::verdict(target.verdict, language).to_owned();
            if let Some(reason) = target.reason {
                said = format!("{said} ({})", words::reason_short(reason, language));
            }
            rows.push(body(vec![
                Cell::Text(target.clause.clone()),
                Cell::Text(name.clone()),
                Cell::Text(self.setting.names.fields(&target.fields, language)),
                Cell::Share(target.minimum, format::minimum(target.minimum, language)),
                share,
                interval,
                n,
                target.point_reached.map_or(Cell::Empty, |reached| {
                    Cell::Text(words::point_comparison_short(reached, language).to_owned())
                }),
                Cell::Verdict(target.verdict, said),
                match (target.respondents_to_settle, target.respondents_left) {
                    (Some(more), Some(left)) if left < more => {
                        let said = language.choose("không thể trong kỳ này", "not in this period");
                        Cell::Text(said.to_owned())
                    }
                    (Some(more), _) => {
                        let number = format::count(more, language);
                        Cell::Count(more, language.choose(format!("khoảng {number}"), format!("about {number}")))
                    }
                    (None, _) => Cell::Empty,
                },
            ]));
            other.extend(target.other_measure.as_ref().map(|estimate| {
                let of = |measure: Measure| measure.name(language);
                let share = format::share(estimate.value, &[target.minimum], language);
                let interval = format::interval(estimate.low, estimate.high, &[target.minimum], language);
                let n = format::count(estimate.respondents, language);
                language.choose(
                    format!(
                        "{} {name}: tính theo {}; {} là {share} ({interval}, n = {n}).",
                        target.clause,
                        of(target.measure),
                        of(target.measure.other())
                    ),
                    format!(
                        "{} {name}: by the {}; the {} is {share} ({interval}, n = {n}).",
                        target.clause,
                        of(target.measure),
                        of(target.measure.other())
                    ),
                )
            }));
            let said = small_fields::sentences(target, self.setting.names, language).into_iter();
            missing.extend(said.map(|said| format!("{} {name}: {}", target.clause, format::lower_first(&said))));
        }
        let mut notes = notes.finish();
        notes.extend(missing);
        notes.extend(other);
        if self.index.targets.iter().any(|target| target.respondents_to_settle.is_some()) {
            notes.push(
                language
                    .choose(
                        "Cần thêm người: số người trả lời thêm để kết luận được, với xác suất 80%, nếu tỷ lệ giữ nguyên.",
                        "More people: how many more respondents would settle it with 80% probability if the share stays.",
                    )
                    .to_owned(),
            );
        }
        if self.index.assumed {
            notes.push(method::assumed(language).to_owned());
        }
        self.table(
            TableKind::Targets,
            language.choose("Kết quả so với chỉ tiêu", "Results against the targets"),
            columns,
            rows,
            notes,
        )
    }

    /// Targets judged for each field by itself; none where no target names fields.
    pub(super) fn targets_by_field(&mut self) -> Option<Table> {
        let language = self.language;
        let columns = vec![
            words_column(language.choose("Lĩnh vực", "Field"), 40),
            figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 14),
            figures_column(language.choose("Khoảng tin cậy", "Interval"), 18),
            figures_column("n", 10),
            words_column(language.choose("So với chỉ tiêu", "By the point value"), 16),
            words_column(language.choose("Kết luận", "Verdict"), 24),
        ];
        let mut notes = Notes::new(self.index, self.language);
        let mut rows = Vec::new();
        for target in self.index.targets.iter().filter(|target| !target.by_field.is_empty()) {
            let name = self.target_name(target);
            let minimum = format::minimum(target.minimum, language);
            rows.push(group(language.choose(
                format!("{} {name}: từ {minimum}", target.clause),
                format!("{} {name}: at least {minimum}", target.clause),
            )));
            for node in &target.by_field {
                rows.push(match node {
                    Node::Hidden(hidden) => self.hidden_field(hidden),
                    Node::Shown(field) => {
                        let name = self.setting.names.field(&field.field, language);
                        notes.add(&name, &field.estimate);
                        let [share, interval, n] = self.figures(&field.estimate);
                        let mut said = words::verdict(field.verdict, language).to_owned();
                        if let Some(reason) = field.reason {
                            said = format!("{said} ({})", words::reason_short(reason, language));
                        }
                        let reached = words::point_comparison_short(field.point_reached, language).to_owned();
                        let name = Cell::Text(name);
                        body(vec![name, share, interval, n, Cell::Text(reached), Cell::Verdict(field.verdict, said)])
                    }
                });
            }
            if let Some(other) = &target.other_fields {
                let name = self.other_name(other);
                notes.add(&name, &other.estimate);
                let [share, interval, n] = self.figures(&other.estimate);
                rows.push(body(vec![Cell::Text(name), share, interval, n, Cell::Empty, Cell::Empty]));
            }
        }
        let notes = notes.finish();
        let caption = language.choose("Kết quả từng lĩnh vực của chỉ tiêu", "The targets, field by field");
        (!rows.is_empty()).then(|| self.table(TableKind::TargetsByField, caption, columns, rows, notes))
    }

    /// Every field of service.
    pub(super) fn fields(&mut self) -> Table {
        let language = self.language;
        let mut notes = Notes::new(self.index, self.language);
        let mut incomplete = Vec::new();
        let mut rows = Vec::new();
        for node in &self.index.fields {
            rows.push(match node {
                Node::Hidden(hidden) => self.hidden_field(hidden),
                Node::Shown(field) => {
                    let name = self.setting.names.field(&field.field, language);
                    notes.add(&name, &field.estimate);
                    if let Some(reason) = field.reason {
                        incomplete.push(format!("{name}: {}.", format::lower_first(&words::reason(reason, language))));
                    }
                    if !field.waiting.is_empty() {
                        let forms = field.waiting.iter().map(|form| self.setting.names.questionnaire(form, language));
                        let forms = forms.collect::<Vec<_>>().join("; ");
                        incomplete.push(language.choose(
                            format!("{name}: còn chờ đủ người trả lời ở phiếu hỏi {forms}."),
                            format!("{name}: too few respondents yet to {forms}."),
                        ));
                    }
                    self.figures_row(name, &field.estimate, field.mean_score)
                }
            });
        }
        if let Some(other) = &self.index.other_fields {
            let name = self.other_name(other);
            notes.add(&name, &other.estimate);
            let [share, interval, n] = self.figures(&other.estimate);
            rows.push(body(vec![Cell::Text(name), share, interval, n, Cell::Empty]));
        }
        let mut notes = notes.finish();
        notes.extend(incomplete);
        let columns = self.figures_columns(language.choose("Lĩnh vực", "Field"));
        self.table(
            TableKind::Fields,
            language.choose("Kết quả theo lĩnh vực", "Results by field"),
            columns,
            rows,
            notes,
        )
    }

    /// The row of what is taken together: fields that stand nowhere else, and what is left over of those that have a row of their own above it.
    fn other_name(&self, other: &OtherFields) -> String {
        let has_row =
            |field: &&String| self.index.fields.iter().filter_map(Node::shown).any(|known| known.field == **field);
        let (above, alone): (Vec<&String>, Vec<&String>) = other.fields.iter().partition(has_row);
        let named = |fields: Vec<&String>| {
            let fields: Vec<String> = fields.into_iter().cloned().collect();
            self.setting.names.fields(&fields, self.language)
        };
        match (alone.is_empty(), above.is_empty()) {
            (true, _) => {
                let above = named(above);
                self.language
                    .choose(format!("Phần ít người của các lĩnh vực {above}"), format!("Few people each of {above}"))
            }
            (false, true) => {
                let alone = named(alone);
                self.language.choose(format!("Các lĩnh vực khác ({alone})"), format!("Other fields ({alone})"))
            }
            (false, false) => {
                let (alone, above) = (named(alone), named(above));
                self.language.choose(
                    format!("Các lĩnh vực khác ({alone}) và phần ít người của {above}"),
                    format!("Other fields ({alone}), and few people each of {above}"),
                )
            }
        }
    }

    /// The factors of the whole unit, across fields; none in figures kept from before they were made.
    pub(super) fn unit_factors(&mut self) -> Option<Table> {
        let language = self.language;
        let mut notes = Notes::new(self.index, self.language);
        let mut rows = Vec::new();
        for factor in &self.index.factors {
            let name = self.setting.names.factor("", &factor.factor, language);
            notes.add(&name, &factor.estimate);
            rows.push(self.figures_row(name, &factor.estimate, factor.mean_score));
        }
        let mut notes = notes.finish();
        notes.push(format!("{}.", format::upper_first(words::weights(self.index.weights, language))));
        let columns = self.figures_columns(language.choose("Yếu tố", "Factor"));
        let caption = language.choose("Kết quả theo yếu tố của toàn đơn vị", "Results by factor, whole unit");
        (!rows.is_empty()).then(|| self.table(TableKind::UnitFactors, caption, columns, rows, notes))
    }

    /// Every factor, field by field.
    pub(super) fn factors(&mut self) -> Table {
        let language = self.language;
        let mut notes = Notes::new(self.index, self.language);
        let mut rows = Vec::new();
        for node in &self.index.fields {
            let field = match node {
                Node::Hidden(hidden) => {
                    rows.push(self.hidden_field(hidden));
                    continue;
                }
                Node::Shown(field) => field,
            };
            let field_name = self.setting.names.field(&field.field, language);
            // A heading that nothing stands under would say nothing.
            if !field.factors.is_empty() {
                rows.push(group(field_name.clone()));
            }
            for node in &field.factors {
                rows.push(match node {
                    Node::Hidden(hidden) => self.hidden_part(self.factor_name(&field.field, hidden)),
                    Node::Shown(factor) => {
                        let name = self.setting.names.factor(&field.field, &factor.factor, language);
                        notes.add(&format!("{field_name}, {}", format::lower_first(&name)), &factor.estimate);
                        self.figures_row(name, &factor.estimate, factor.mean_score)
                    }
                });
            }
        }
        let notes = notes.finish();
        let columns = self.figures_columns(language.choose("Lĩnh vực, yếu tố", "Field, factor"));
        self.table(
            TableKind::Factors,
            language.choose("Kết quả theo yếu tố", "Results by factor"),
            columns,
            rows,
            notes,
        )
    }

    /// The criteria of every shown field, one table a field.
    pub(super) fn criteria(&mut self) -> Vec<Table> {
        let fields: Vec<&FieldResult> = self.index.fields.iter().filter_map(|node| node.shown()).collect();
        fields.into_iter().map(|field| self.criteria_of(field)).collect()
    }

    fn criteria_of(&mut self, field: &FieldResult) -> Table {
        let language = self.language;
        let columns = self.level_columns();
        let mut notes = Notes::new(self.index, self.language);
        let mut rows = Vec::new();
        for node in &field.factors {
            let factor = match node {
                Node::Hidden(hidden) => {
                    rows.push(self.hidden_part(self.factor_name(&field.field, hidden)));
                    continue;
                }
                Node::Shown(factor) => factor,
            };
            if !factor.criteria.is_empty() {
                rows.push(group(self.setting.names.factor(&field.field, &factor.factor, language)));
            }
            for node in &factor.criteria {
                rows.push(match node {
                    Node::Hidden(hidden) => {
                        let id = hidden.item.as_deref().unwrap_or_default();
                        self.hidden_part(self.setting.names.item(&field.field, id, language))
                    }
                    Node::Shown(criterion) => {
                        let name = self.setting.names.item(&field.field, &criterion.item, language);
                        notes.add(&name, &criterion.estimate);
                        self.criterion_row(name, criterion)
                    }
                });
            }
        }
        let mut notes = notes.finish();
        notes.push(self.levels_note());
        let name = self.setting.names.field(&field.field, language);
        let caption =
            language.choose(format!("Kết quả theo tiêu chí: {name}"), format!("Results by criterion: {name}"));
        let table = self.table(TableKind::Criteria, &caption, columns, rows, notes);
        Table { field: Some(AboutField { code: field.field.clone(), name }), ..table }
    }

    /// The columns of a table of items with their levels.
    pub(super) fn level_columns(&self) -> Vec<Column> {
        let language = self.language;
        let mut columns = vec![
            words_column(language.choose("Tiêu chí", "Criterion"), 86),
            figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 27),
            figures_column(language.choose("Khoảng tin cậy", "Interval"), 47),
            figures_column("n", 21),
        ];
        let level = language.choose("Mức", "Level");
        columns.extend((1..=5).map(|number| figures_column(&format!("{level} {number}"), 19)));
        columns.push(figures_column(language.choose("Không dùng", "Not used"), 28));
        columns.push(figures_column(language.choose("Bỏ trống", "Blank"), 23));
        columns
    }

    /// What the numbers of the levels stand for.
    pub(super) fn levels_note(&self) -> String {
        let level = self.language.choose("Mức", "Level");
        let names = words::levels(self.language);
        let levels =
            (1..=5).zip(names).map(|(number, name)| format!("{level} {number}: {}", format::lower_first(name)));
        format!("{}.", levels.collect::<Vec<_>>().join("; "))
    }

    pub(super) fn criterion_row(&self, name: String, criterion: &CriterionResult) -> Row {
        let [share, interval, _] = self.figures(&criterion.estimate);
        let count = |number| Cell::Count(number, format::count(number, self.language));
        let mut cells = vec![Cell::Text(name), share, interval, count(criterion.respondents)];
        cells.extend(criterion.levels.into_iter().chain([criterion.not_used, criterion.blank]).map(count));
        body(cells)
    }

    /// The weakest criteria of those that do not reach what is asked of them, with a sentence on the lowest of all; none where no criterion with
    /// enough respondents is so.
    pub(super) fn weak(&mut self) -> Option<(String, Table)> {
        let language = self.language;
        let ranked = lowest_criteria(self.index);
        let all = ranked.len();
        let reaches = |one: &&LowestCriterion| {
            stand(self.index, &one.field, Some(&one.factor), one.estimate.value) == Stand::Reaches
        };
        // What reaches its target takes nobody's place in the list: minima differ from field to field.
        let (met, mut listed): (Vec<&LowestCriterion>, Vec<&LowestCriterion>) = ranked.iter().partition(reaches);
        if let Some(last) = listed.get(WEAK_LISTED - 1).map(|criterion| criterion.rank) {
            listed.retain(|criterion| criterion.rank <= last);
        }
        let first = *listed.first()?;
        let lead = {
            let item = self.setting.names.item(&first.field, &first.item, language);
            let field = self.setting.names.field(&first.field, language);
            let share = format::share(first.estimate.value, &self.minima, language);
            let tie = if first.tied {
                language.choose(" (đồng hạng với tiêu chí khác)", " (tied with others)")
            } else {
                ""
            };
            language.choose(
                format!(
                    "Thấp nhất {}: “{item}”, {}, {share}{tie}.",
                    if met.is_empty() {
                        format!("trong {all} tiêu chí được xếp hạng")
                    } else {
                        format!(
                            "trong {} tiêu chí chưa đạt chỉ tiêu giao ({all} tiêu chí được xếp hạng)",
                            all - met.len()
                        )
                    },
                    format::lower_first(&field)
                ),
                format!(
                    "Lowest of {}: “{item}”, {field}, {share}{tie}.",
                    if met.is_empty() {
                        format!("the {all} criteria ranked")
                    } else {
                        format!("{} criteria that do not reach their target ({all} ranked)", all - met.len())
                    }
                ),
            )
        };
        let columns = vec![
            words_column(language.choose("Hạng", "Rank"), 14),
            words_column(language.choose("Tiêu chí", "Criterion"), 46),
            words_column(language.choose("Lĩnh vực", "Field"), 22),
            words_column(language.choose("Yếu tố", "Factor"), 24),
            figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 14),
            figures_column(language.choose("Khoảng tin cậy", "Interval"), 24),
            figures_column("n", 11),
        ];
        let mut notes = Notes::new(self.index, self.language);
        let mut rows = Vec::new();
        for criterion in &listed {
            let name = self.setting.names.item(&criterion.field, &criterion.item, language);
            notes.add(&name, &criterion.estimate);
            let [share, interval, n] = self.figures(&criterion.estimate);
            let rank = criterion.rank;
            rows.push(body(vec![
                Cell::Text(if criterion.tied {
                    language.choose(format!("{rank} (đồng hạng)"), format!("{rank} (tied)"))
                } else {
                    rank.to_string()
                }),
                Cell::Text(name),
                Cell::Text(self.setting.names.field(&criterion.field, language)),
                Cell::Text(self.setting.names.factor(&criterion.field, &criterion.factor, language)),
                share,
                interval,
                n,
            ]));
        }
        let mut notes = notes.finish();
        if !met.is_empty() {
            notes.push(
                language
                    .choose(
                        "Không nêu tiêu chí đã đạt chỉ tiêu giao; hạng tính trên mọi tiêu chí được xếp.",
                        "Criteria that reach their target are left out; places are among all that are ranked.",
                    )
                    .to_owned(),
            );
        }
        notes.push(language.choose(
            format!(
                "Xếp theo cận trên của khoảng tin cậy, thấp nhất trước; chỉ xếp tiêu chí có từ {RANKED_FROM} người trả \
                 lời. Cận trên bằng nhau thì đồng hạng."
            ),
            format!(
                "Ranked by the upper bound of the interval, lowest first; only criteria with at least {RANKED_FROM} \
                 respondents. Equal upper bounds share a place."
            ),
        ));
        let caption = language.choose("Tiêu chí cần ưu tiên khắc phục", "Criteria to mend first");
        Some((lead, self.table(TableKind::Weak, caption, columns, rows, notes)))
    }

    pub(super) fn table(
        &mut self,
        kind: TableKind,
        caption: &str,
        columns: Vec<Column>,
        rows: Vec<Row>,
        notes: Vec<String>,
    ) -> Table {
        self.made += 1;
        let number = format!("{} {}", self.language.choose("Bảng", "Table"), self.made);
        Table { kind, field: None, number: Some(number), caption: caption.to_owned(), columns, rows, notes }
    }

    fn figures_columns(&self, first: &str) -> Vec<Column> {
        let language = self.language;
        vec![
            words_column(first, 52),
            figures_column(language.choose("Tỷ lệ hài lòng", "Share satisfied"), 16),
            figures_column(language.choose("Khoảng tin cậy", "Interval"), 20),
            figures_column("n", 12),
            figures_column(language.choose("Điểm trung bình (1–5)", "Mean score (1–5)"), 18),
        ]
    }

    fn figures_row(&self, name: String, estimate: &Estimate, mean: f64) -> Row {
        let [share, interval, n] = self.figures(estimate);
        body(vec![Cell::Text(name), share, interval, n, Cell::Mean(mean, format::mean(mean, self.language))])
    }

    pub(super) fn figures(&self, estimate: &Estimate) -> [Cell; 3] {
        let Estimate { value, low, high, respondents, .. } = *estimate;
        let interval = format::interval(low, high, &self.minima, self.language);
        [
            Cell::Share(value, format::share(value, &self.minima, self.language)),
            Cell::Interval(low, high, format!("{interval}{}", marks(estimate))),
            Cell::Count(respondents, format::count(respondents, self.language)),
        ]
    }

    pub(super) fn hidden(&self, name: String) -> Row {
        body(vec![Cell::Text(name), Cell::Hidden(words::small_cell(self.language))])
    }

    fn hidden_part(&self, name: String) -> Row {
        body(vec![Cell::Text(name), Cell::Hidden(words::hidden_part(self.index.is_at_will(), self.language))])
    }

    fn hidden_field(&self, hidden: &HiddenNode) -> Row {
        let field = hidden.field.as_deref().unwrap_or_default();
        let why = words::hidden_field(self.index, field, self.language);
        body(vec![Cell::Text(self.setting.names.field(field, self.language)), Cell::Hidden(why)])
    }

    fn factor_name(&self, field: &str, hidden: &HiddenNode) -> String {
        self.setting.names.factor(field, hidden.factor.as_deref().unwrap_or_default(), self.language)
    }

    /// The target's name: "of which" before a part, the plan's own title after it.
    fn target_name(&self, target: &TargetResult) -> String {
        let language = self.language;
        let titled = self.setting.plan.targets.iter().find(|known| known.id == target.target);
        let name = match titled {
            Some(known) => language.choose(&known.title_vi, &known.title_en).clone(),
            None => words::index_kind(target.index, language).to_owned(),
        };
        match target.part_of {
            Some(_) => format!("{} {}", language.choose("trong đó:", "of which:"), format::lower_first(&name)),
            None => name,
        }
    }
}

pub(super) fn words_column(heading: &str, width: u32) -> Column {
    Column { heading: heading.to_owned(), figures: false, width }
}

pub(super) fn figures_column(heading: &str, width: u32) -> Column {
    Column { heading: heading.to_owned(), figures: true, width }
}

pub(super) fn body(cells: Vec<Cell>) -> Row {
    Row { group: false, cells }
}

pub(super) fn group(name: String) -> Row {
    Row { group: true, cells: vec![Cell::Text(name)] }
}
