//! What questionnaires ask that feeds no index: dialogues, follow-ups, single questions of the others. Question by question,
//! over all fields of the unit, and field by field where several were answered about. Whatever citizens are asked has a place
//! here or among the fields.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::counted::{CountedRow, Standing};
use super::input::Input;
use super::result::{
    Before, Change, ChangeVerdict, ChoiceResult, CriterionResult, Estimate, FieldAsked, HiddenNode, IndexReport, Node,
    OptionCount, QuestionnaireHidden, QuestionnaireResult, QuestionnaireShown, SHOWN_FROM, SectionResult,
};
use super::sums::{Cell, CellTotal, RawSums, Sums};
use super::suppression;
use crate::plan::Weights;
use crate::sheet::tally::SLOTS;
use crate::stats::Interval;
use crate::stats::two_sample::difference_of_rates;
use crate::survey::{Question, QuestionKind, Questionnaire, Section};

impl QuestionnaireShown {
    /// Compares with what `earlier` says of the criteria in the same fields: all answers there to a criterion, whatever
    /// questionnaire asked for it.
    pub fn compare(&mut self, first: &str, earlier: &IndexReport) {
        let mut changes = Vec::new();
        for node in earlier.fields.iter().filter_map(Node::shown) {
            let here = if self.fields == [node.field.as_str()] {
                Some(self.sections.as_slice())
            } else {
                let mut fields = self.by_field.iter().filter_map(Node::shown);
                fields.find(|asked| asked.field == node.field).map(|asked| asked.sections.as_slice())
            };
            let criteria = node.factors.iter().filter_map(Node::shown).flat_map(|factor| &factor.criteria);
            let criteria: Vec<&CriterionResult> = criteria.filter_map(Node::shown).collect();
            let questions = here.into_iter().flatten().flat_map(|section| &section.questions);
            for after in questions.filter_map(Node::shown) {
                if let Some(before) = criteria.iter().find(|criterion| criterion.item == after.item) {
                    changes.push(Change::of(&node.field, &before.estimate, after));
                }
            }
        }
        self.before = (!changes.is_empty()).then(|| Before {
            questionnaire: first.to_owned(),
            period: earlier.period.clone(),
            from: earlier.from,
            to: earlier.to,
            changes,
        });
    }
}

impl Change {
    fn of(field: &str, before: &Estimate, after: &CriterionResult) -> Self {
        let with_interval = |estimate: &Estimate| (estimate.value, Interval::new(estimate.low, estimate.high));
        let bounds = difference_of_rates(with_interval(&after.estimate), with_interval(before));
        Self {
            field: field.to_owned(),
            item: after.item.clone(),
            before: before.clone(),
            after: after.estimate.clone(),
            difference: after.estimate.value - before.value,
            low: bounds.low,
            high: bounds.high,
            verdict: if bounds.low > 0.0 {
                ChangeVerdict::Better
            } else if bounds.high < 0.0 {
                ChangeVerdict::Worse
            } else {
                ChangeVerdict::CannotSay
            },
        }
    }
}

/// Every questionnaire that was answered and asks something that feeds no index, in the order of identifiers.
pub(super) fn of(input: &Input<'_>) -> Vec<QuestionnaireResult> {
    let mut asked: BTreeMap<&str, Vec<(&Questionnaire, &CountedRow)>> = BTreeMap::new();
    for row in &input.counted.rows {
        if let Some(form) = input.forms.get(&row.form)
            && form.questionnaire.sections.iter().any(Section::asks_more)
        {
            asked.entry(&form.questionnaire.id).or_default().push((form.questionnaire, row));
        }
    }
    asked.into_iter().map(|(id, rows)| result_of(input, id, rows)).collect()
}

fn result_of(input: &Input<'_>, id: &str, mut rows: Vec<(&Questionnaire, &CountedRow)>) -> QuestionnaireResult {
    rows.sort_by_key(|(_, row)| row.cluster);
    // A release of several cells counts where all of it is of this questionnaire and one field.
    let whole = |release: i32| {
        let own = rows.iter().filter(|(_, row)| row.standing == Standing::Together(release)).count();
        let mut all = input.counted.rows.iter().filter(|row| row.standing == Standing::Together(release));
        let field = all.clone().next().map(|row| row.field);
        all.clone().count() == own && all.all(|row| Some(row.field) == field)
    };
    let releases: BTreeSet<i32> = rows.iter().filter_map(|(_, row)| row.standing.release()).collect();
    let releases: BTreeSet<i32> = releases.into_iter().filter(|release| whole(*release)).collect();
    let counts = |row: &CountedRow| match row.standing {
        Standing::Counts => true,
        Standing::Together(release) => releases.contains(&release),
        Standing::Held => false,
    };
    let counted = || rows.iter().filter(|(_, row)| counts(row));
    let sheets: u64 = counted().map(|(_, row)| row.sums.sheets()).sum();
    if sheets < SHOWN_FROM {
        return QuestionnaireResult::Hidden(QuestionnaireHidden { questionnaire: id.to_owned(), hidden: true });
    }
    let fields: BTreeSet<i16> = rows.iter().map(|(_, row)| row.field).collect();
    let mut by_field = Vec::new();
    if fields.len() > 1 {
        let of_field = |field: i16| counted().filter(move |(_, row)| row.field == field);
        let parts: Vec<(i16, u64)> =
            fields.iter().map(|field| (*field, of_field(*field).map(|(_, row)| row.sums.sheets()).sum())).collect();
        let hide = suppression::complementary(&parts.iter().map(|(_, sheets)| *sheets).collect::<Vec<_>>());
        for ((number, _), hide) in parts.iter().zip(hide) {
            let Some(field) = input.fields.get(number).cloned() else { continue };
            by_field.push(if hide {
                Node::Hidden(HiddenNode { field: Some(field), factor: None, item: None, hidden: true })
            } else {
                let of_it: Vec<_> = of_field(*number).copied().collect();
                Node::Shown(FieldAsked { field, sections: sections(input, &of_it) })
            });
        }
    }
    let all: Vec<_> = counted().copied().collect();
    QuestionnaireResult::Shown(QuestionnaireShown {
        questionnaire: id.to_owned(),
        sheets,
        fields: fields.iter().filter_map(|field| input.fields.get(field).cloned()).collect(),
        sections: sections(input, &all),
        by_field,
        before: None,
    })
}

/// The sections that feed nothing, the newest version's first, with their questions over the rows given.
fn sections(input: &Input<'_>, rows: &[(&Questionnaire, &CountedRow)]) -> Vec<SectionResult> {
    let mut versions: Vec<&Questionnaire> = rows.iter().map(|(questionnaire, _)| *questionnaire).collect();
    versions.sort_by_key(|questionnaire| std::cmp::Reverse(questionnaire.version));
    versions.dedup_by_key(|questionnaire| questionnaire.version);
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut further: Vec<(&str, &Question)> = Vec::new();
    for section in versions.iter().flat_map(|version| &version.sections).filter(|section| section.asks_more()) {
        let known = sections.iter().position(|(id, _)| *id == section.id).unwrap_or_else(|| {
            sections.push((&section.id, Vec::new()));
            sections.len() - 1
        });
        for question in &section.questions {
            if !further.iter().any(|(_, known)| known.id == question.id) {
                further.push((&section.id, question));
            }
        }
        for item in section.items.iter().filter(|_| section.feeds.is_empty()) {
            if !sections[known].1.contains(&item.id.as_str()) {
                sections[known].1.push(&item.id);
            }
        }
    }
    let result = sections.into_iter().map(|(section, items)| SectionResult {
        section: section.to_owned(),
        questions: items.into_iter().map(|item| question(input, rows, item)).collect(),
        choices: further.iter().filter(|(of, _)| *of == section).map(|(_, asked)| choice(input, rows, asked)).collect(),
    });
    result.filter(|section| !section.questions.is_empty() || !section.choices.is_empty()).collect()
}

/// A question of a further kind over all versions that ask it, option by option.
fn choice(input: &Input<'_>, rows: &[(&Questionnaire, &CountedRow)], asked: &Question) -> Node<ChoiceResult> {
    let (mut answered, mut blank, mut sum, mut squares) = (0_u64, 0, 0, 0);
    let mut options: Vec<OptionCount> = asked.kind.options().iter().map(|option| counted(&option.id)).collect();
    for (questionnaire, row) in rows {
        let place = questionnaire.questions().position(|known| known.id == asked.id);
        let (Some(place), Some(form)) = (place, input.forms.get(&row.form)) else { continue };
        let Some(own) = questionnaire.questions().nth(place) else { continue };
        let at = form.layout.counts_at(questionnaire.demographics.len() + place);
        let Some(numbers) = row.sums.choices().get(at..at + own.kind.shape().numbers()) else { continue };
        blank += numbers[0];
        match own.kind {
            QuestionKind::Number { .. } => {
                answered += numbers[1];
                sum += numbers[2];
                squares += numbers[3];
            }
            QuestionKind::Text => answered += numbers[1],
            _ => {
                answered += row.sums.sheets().saturating_sub(numbers[0]);
                for (option, sheets) in own.kind.options().iter().zip(&numbers[1..]) {
                    match options.iter_mut().find(|known| known.option == option.id) {
                        Some(known) => known.sheets += sheets,
                        None => options.push(OptionCount { sheets: *sheets, ..counted(&option.id) }),
                    }
                }
            }
        }
    }
    if answered < SHOWN_FROM {
        return Node::Hidden(HiddenNode { field: None, factor: None, item: Some(asked.id.clone()), hidden: true });
    }
    let is_number = matches!(asked.kind, QuestionKind::Number { .. });
    let (n, sum, squares) = (answered as f64, sum as f64, squares as f64);
    Node::Shown(ChoiceResult {
        item: asked.id.clone(),
        kind: asked.kind.word().to_owned(),
        answered,
        blank,
        options,
        mean: is_number.then_some(sum / n),
        deviation: is_number.then(|| ((squares - sum * sum / n) / (n - 1.0)).max(0.0).sqrt()),
    })
}

fn counted(option: &str) -> OptionCount {
    OptionCount { option: option.to_owned(), sheets: 0 }
}

fn question(input: &Input<'_>, rows: &[(&Questionnaire, &CountedRow)], item: &str) -> Node<CriterionResult> {
    let cell: Rc<[Cell]> = Rc::from([(String::new(), String::new())]);
    let mut sums = Sums::of_cells(cell, Rc::default());
    let mut total = CellTotal::default();
    for (questionnaire, row) in rows {
        let Some(place) = questionnaire.items().position(|known| known.id == item) else { continue };
        let Some(levels) = row.sums.levels(place) else { continue };
        let (m, y): (u64, u64) = (levels[1..=5].iter().sum(), levels[4] + levels[5]);
        sums.add_levels(0, levels);
        sums.add_modes(0, row.sums.modes(place));
        if m > 0 {
            let raw = RawSums { respondents: m, y, m, yy: y, ym: y, mm: m };
            sums.add(row.cluster, 0, &raw);
            total.count(&raw);
        }
    }
    let shown = total.respondents >= SHOWN_FROM;
    sums.set_totals(vec![(total.answers > 0).then_some(total)]);
    let estimate = if shown { sums.estimate(Weights::Respondents, input.plan.confidence) } else { None };
    let counts: [u64; SLOTS] = sums.item_counts();
    match estimate {
        Some((estimate, _)) => Node::Shown(CriterionResult {
            item: item.to_owned(),
            respondents: estimate.respondents,
            estimate,
            levels: [counts[1], counts[2], counts[3], counts[4], counts[5]],
            not_used: counts[6],
            blank: counts[0],
        }),
        None => Node::Hidden(HiddenNode { field: None, factor: None, item: Some(item.to_owned()), hidden: true }),
    }
}
