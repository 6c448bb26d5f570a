//! The questions of a questionnaire in the order in which they are asked about a field: how many leave each blank, and before which of them people may
//! have stopped. No sheet keeps where somebody stopped; but whoever stopped left every later question blank, so that there were no more of them than
//! blanks in any of these.

use super::exhibit::{Exhibit, Step, row, table};
use crate::index::pick::Pick;
use crate::index::result::{
    CriterionResult, FieldAsked, FieldResult, HiddenNode, IndexReport, Node, QuestionnaireResult, SHOWN_FROM,
};
use crate::report::chart::bars::{Bar, Bars, bars, narrow_bars};
use crate::report::format::{self, Language};
use crate::report::model::Cell;
use crate::report::names::Names;
use crate::report::words;
use crate::survey::{OVERALL, Questionnaire, Section};

/// A version of a questionnaire that was answered.
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    pub form: &'a Questionnaire,
    /// Sheets on it that the figures count.
    pub sheets: u64,
}

/// A question with what is known of it.
struct Asked<'a> {
    item: &'a str,
    /// As on paper; of several versions, in their common order.
    number: usize,
    /// None where too few people stand behind it.
    counts: Option<&'a CriterionResult>,
    /// So many sheets at most stopped before it.
    stopped: Option<u64>,
    /// Whether other questionnaires ask it, too.
    elsewhere: bool,
}

impl Asked<'_> {
    /// Sheets on which it stood, and on which it was left blank.
    fn sheets(&self) -> Option<(u64, u64)> {
        self.counts.map(|counts| (sheets(counts), counts.blank))
    }
}

fn sheets(counts: &CriterionResult) -> u64 {
    counts.respondents + counts.not_used + counts.blank
}

/// Words for identifiers and files of the exhibits, one after the other.
const IDS: [&str; 6] = ["order", "order-2", "order-3", "order-4", "order-5", "order-6"];

/// The questionnaires of the field that is picked, or else of the one with most sheets, each by itself; `versions` are all that were answered. Empty where
/// no question is shown.
pub fn in_order(
    report: &IndexReport,
    versions: &[Version<'_>],
    picked: Option<&str>,
    names: &Names,
    language: Language,
) -> Vec<Exhibit> {
    let shown: Vec<&FieldResult> = report.fields.iter().filter_map(Node::shown).collect();
    let most = |field: &&&FieldResult| criteria(field).filter_map(|(_, counts)| counts).map(sheets).max().unwrap_or(0);
    let field = match picked {
        Some(id) => shown.iter().find(|field| field.field == id),
        // The first of equals.
        None => shown.iter().rev().max_by_key(most),
    };
    let Some(field) = field else { return Vec::new() };
    let told = |form: &Questionnaire| told(report, versions, form, &field.field);
    let answered = versions.iter().map(|version| version.form);
    let answered: Vec<&Questionnaire> =
        answered.filter(|form| form.fields.contains(&field.field) && told(form) != Told::Nothing).collect();
    let mut ids: Vec<&str> = Vec::new();
    for form in answered.iter().filter(|form| told(form) == Told::Counted) {
        if !ids.contains(&form.id.as_str()) {
            ids.push(&form.id);
        }
    }
    let several = picked.is_none() && shown.len() > 1;
    let asked = ids.into_iter().map(|id| (id, asked(field, &answered, id)));
    let asked = asked.filter(|(_, asked)| asked.iter().any(|one| one.counts.is_some()));
    asked
        .zip(IDS)
        .map(|((of, asked), id)| {
            exhibit((id, of), &field.field, &asked, (names, several, report.is_at_will()), language)
        })
        .collect()
}

/// What is known of those who answered a version about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Nobody did.
    Nothing,
    /// Some may have, too few to tell.
    Few,
    /// Enough did.
    Counted,
}

/// What feeds no index, as the question "all in all" does, is counted by questionnaires and fields, and so tells which of them were answered. Of one that
/// asks nothing else only its sheets about all fields are known.
fn told(report: &IndexReport, versions: &[Version<'_>], form: &Questionnaire, field: &str) -> Told {
    let found = report.questionnaires.iter().find(|known| known.id() == form.id);
    match found {
        None if form.sections.iter().any(Section::asks_more) => Told::Nothing,
        None => {
            let own = versions.iter().filter(|version| version.form.id == form.id);
            let sheets: u64 = own.map(|version| version.sheets).sum();
            if sheets < SHOWN_FROM { Told::Few } else { Told::Counted }
        }
        Some(QuestionnaireResult::Hidden(_)) => Told::Few,
        Some(QuestionnaireResult::Shown(shown)) => {
            let of_it = |node: &Node<FieldAsked>| node.shown().is_some_and(|asked| asked.field == field);
            match (shown.fields.iter().any(|known| known == field), shown.fields.len()) {
                (false, _) => Told::Nothing,
                (true, 1) => Told::Counted,
                _ if shown.by_field.iter().any(of_it) => Told::Counted,
                _ => Told::Few,
            }
        }
    }
}

fn exhibit(
    (id, questionnaire): (&'static str, &str),
    field: &str,
    asked: &[Asked<'_>],
    (names, several, at_will): (&Names, bool, bool),
    language: Language,
) -> Exhibit {
    let (of_field, of) = (names.field(field, language), names.questionnaire(questionnaire, language));
    let title = language.choose(
        format!("Câu hỏi theo thứ tự của phiếu “{of}”: {of_field}"),
        format!("Questions of “{of}” in their order: {of_field}"),
    );
    let mut table = table(
        &title,
        &[
            (language.choose("Tiêu chí, theo thứ tự", "Criterion, in order"), false, 44),
            (language.choose("Số phiếu có câu này", "Sheets that ask it"), true, 12),
            (language.choose("Để trống", "Blank"), true, 10),
            (language.choose("Tỷ lệ để trống", "Share left blank"), true, 10),
            (
                language.choose(
                    "Nhiều nhất bao nhiêu phiếu đã dừng trước câu này",
                    "Sheets that stopped before it, at most",
                ),
                true,
                16,
            ),
            (language.choose("Tỷ lệ dừng nhiều nhất", "Share that stopped, at most"), true, 12),
        ],
    );
    if asked.iter().any(|one| one.elsewhere) {
        let note = language.choose(
            "Câu mà phiếu khác của lĩnh vực cũng hỏi được đếm trên mọi phiếu có câu ấy.",
            "A question that other questionnaires of the field ask, too, is counted on all sheets that have it.",
        );
        table.notes.push(note.to_owned());
    }
    let mut steps = Vec::new();
    for one in asked {
        let mut cells = vec![Cell::Text(format!("{}. {}", one.number, names.item(field, one.item, language)))];
        let count = |count: u64| Cell::Count(count, format::count(count, language));
        let share = |part: u64, all: u64| {
            let share = part as f64 / all.max(1) as f64;
            Cell::Share(share, format::share(share, &[], language))
        };
        if let (Some((all, blank)), Some(stopped)) = (one.sheets(), one.stopped) {
            cells.extend([count(all), count(blank), share(blank, all), count(stopped), share(stopped, all)]);
            steps.push(Step::Figure(Pick::Criterion(field.to_owned(), one.item.to_owned())));
        } else {
            cells.push(Cell::Hidden(words::hidden_part(at_will, language)));
            cells.extend((0..4).map(|_| Cell::Empty));
            steps.push(Step::Nowhere);
        }
        table.rows.push(row(cells));
    }
    let bar = |one: &Asked<'_>| Bar { label: one.number.to_string(), count: one.sheets().map(|(_, blank)| blank) };
    let drawn: Vec<Bar> = asked.iter().map(bar).collect();
    let limits: Vec<Option<u64>> = asked.iter().map(|one| one.stopped).collect();
    let limit_name = language.choose("dừng trước câu này: nhiều nhất", "stopped before it: at most");
    let chart = Bars { title: &title, counts: &drawn, usual: None, limits: &limits, limit_name, language };
    let (drawing, narrow) = (bars(&chart), narrow_bars(&chart));
    Exhibit {
        id,
        says: says(asked, several, language),
        drawing: Some(drawing),
        narrow: Some(narrow),
        legend: language
            .choose(
                "Cột: số phiếu để trống câu này, đánh số như trong bảng; đường gạch: nhiều nhất bao nhiêu phiếu đã dừng trước câu này; dấu ×: dưới 10 người trả lời, không hiển thị.",
                "Bar: sheets that left the question blank, numbered as in the table; dashed: sheets that stopped before it, at most; ×: fewer than 10 people, not shown.",
            )
            .to_owned(),
        heading: title,
        table,
        steps,
    }
}

/// The criteria of a field, each with its counts where they are shown.
fn criteria(field: &FieldResult) -> impl Iterator<Item = (&str, Option<&CriterionResult>)> {
    let of_factors = field.factors.iter().filter_map(Node::shown).flat_map(|factor| &factor.criteria);
    of_factors.filter_map(|node| match node {
        Node::Shown(counts) => Some((counts.item.as_str(), Some(counts))),
        Node::Hidden(HiddenNode { item, .. }) => Some((item.as_deref()?, None)),
    })
}

/// The criteria of a questionnaire in its order, each with the most that may have stopped before it. `forms` are all versions of all questionnaires that
/// may have been answered about the field.
fn asked<'a>(field: &'a FieldResult, forms: &[&Questionnaire], id: &str) -> Vec<Asked<'a>> {
    let (own, others): (Vec<&Questionnaire>, Vec<&Questionnaire>) = forms.iter().partition(|form| form.id == id);
    let order = order(&own);
    let place = |item: &str| order.iter().position(|known| *known == item);
    let number = |place: usize| order[..=place].iter().filter(|item| **item != OVERALL).count();
    let mut found: Vec<Asked<'a>> = Vec::new();
    for (item, counts) in criteria(field) {
        let Some(place) = place(item) else { continue };
        if !found.iter().any(|known| known.item == item) {
            let elsewhere = others.iter().any(|form| form.items().any(|asked| asked.id == item));
            found.push(Asked { item, number: number(place), counts, stopped: None, elsewhere });
        }
    }
    found.sort_by_key(|one| place(one.item));
    let stopped: Vec<Option<u64>> = found
        .iter()
        .map(|one| {
            let later = found.iter().filter(|other| follows(forms, one.item, other.item));
            let fewest = later.filter_map(|other| other.counts).map(|counts| counts.blank).min();
            one.counts.and(fewest)
        })
        .collect();
    for (one, stopped) in found.iter_mut().zip(stopped) {
        one.stopped = stopped;
    }
    found
}

/// Whether whoever is asked the one is asked the other, then or later, and counted in it, on whatever version: only then is who stopped before the one
/// blank in the other.
fn follows(forms: &[&Questionnaire], one: &str, other: &str) -> bool {
    let place = |form: &Questionnaire, item: &str| form.items().position(|known| known.id == item);
    let asking: Vec<(&Questionnaire, usize)> =
        forms.iter().filter_map(|form| Some((*form, place(form, one)?))).collect();
    let later = |(form, first): &(&Questionnaire, usize)| place(form, other).is_some_and(|then| then >= *first);
    one == other || (!asking.is_empty() && asking.iter().all(later) && is_counted_alike(forms, other))
}

/// Whether a question stands in the same factor and feeds the same indices on every version that asks it. Another one is not counted on some of them.
fn is_counted_alike(forms: &[&Questionnaire], item: &str) -> bool {
    let holds = |section: &&Section| section.items.iter().any(|known| known.id == item);
    let mut sections = forms.iter().filter_map(|form| form.sections.iter().find(holds));
    // A section of no SIPAS factor is one by itself.
    let how = |section: &Section| {
        let own = section.factor.is_none().then(|| section.id.clone());
        (section.feeds.clone(), section.factor, own)
    };
    let Some(first) = sections.next().map(how) else { return false };
    sections.all(|section| how(section) == first)
}

/// The questions of several versions in one order: that of the newest, with those that it does not ask behind the one that they follow elsewhere.
fn order<'a>(forms: &[&'a Questionnaire]) -> Vec<&'a str> {
    let mut forms = forms.to_vec();
    forms.sort_by_key(|form| std::cmp::Reverse(form.version));
    let mut order: Vec<&str> = Vec::new();
    for form in forms {
        let mut next = 0;
        for item in form.items() {
            if let Some(place) = order.iter().position(|known| *known == item.id) {
                next = place + 1;
            } else {
                order.insert(next, &item.id);
                next += 1;
            }
        }
    }
    order
}

/// How a limit comes about, and what it says of the last question.
fn says(asked: &[Asked<'_>], several: bool, language: Language) -> Vec<String> {
    let mut says = vec![
        language
            .choose(
                "Phiếu không ghi lại người trả lời dừng ở câu nào. Nhưng ai đã dừng thì bỏ trống mọi câu từ đó đến hết, nên số phiếu đã dừng trước một câu không nhiều hơn số phiếu để trống câu ấy, cũng không nhiều hơn số phiếu để trống bất cứ câu nào sau đó mà mọi người được hỏi câu ấy đều được hỏi.",
                "No sheet keeps where somebody stopped. But whoever stopped left all further questions blank, so no more sheets stopped before a question than left it blank, or any later one that all of them are asked.",
            )
            .to_owned(),
    ];
    let last = asked.iter().rev().find_map(|one| Some((one.sheets()?.0, one.stopped?)));
    if let Some((all, stopped)) = last {
        let share = format::share(stopped as f64 / all.max(1) as f64, &[], language);
        let (stopped, all) = (format::count(stopped, language), format::count(all, language));
        says.push(language.choose(
            format!("Trong {all} phiếu có câu cuối cùng nêu ở đây, nhiều nhất {stopped} phiếu ({share}) đã dừng trước câu ấy."),
            format!("Of {all} sheets with the last question shown here, {stopped} ({share}) at most stopped before it."),
        ));
    }
    if several {
        says.push(
            language
                .choose(
                    "Đây là lĩnh vực có nhiều phiếu nhất; chọn lĩnh vực khác ở ô “Chỉ số”.",
                    "This is the field with most sheets; choose another under “Figure”.",
                )
                .to_owned(),
        );
    }
    says
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::result::{Estimate, FactorResult};
    use crate::survey::{Item, Text};

    fn estimate() -> Estimate {
        Estimate {
            value: 0.8,
            low: 0.7,
            high: 0.9,
            confidence: 0.95,
            method: crate::stats::RateMethod::ALL[0],
            respondents: 100,
            answers: 100,
            clusters: 10,
            design_effect: None,
            modes: Vec::new(),
        }
    }

    /// A criterion that `asked` sheets had and `blank` of them left blank.
    fn criterion(item: &str, asked: u64, blank: u64) -> Node<CriterionResult> {
        Node::Shown(CriterionResult {
            item: item.to_owned(),
            estimate: estimate(),
            respondents: asked - blank - 5,
            levels: [0, 0, 0, 0, asked - blank - 5],
            not_used: 5,
            blank,
        })
    }

    fn field(criteria: Vec<Node<CriterionResult>>) -> FieldResult {
        let factor = FactorResult { factor: "access".to_owned(), estimate: estimate(), mean_score: 4.0, criteria };
        FieldResult {
            field: "judicial".to_owned(),
            estimate: estimate(),
            reason: None,
            waiting: Vec::new(),
            mean_score: 4.0,
            factors: vec![Node::Shown(factor)],
        }
    }

    fn form(version: u32, items: &[&str]) -> Questionnaire {
        let item = |id: &&str| Item {
            id: (*id).to_owned(),
            text: Text::default(),
            help: Text::default(),
            source: None,
            required: false,
            audio: Text::default(),
        };
        let items = items.iter().map(item).collect();
        Questionnaire {
            id: "f".to_owned(),
            version,
            fields: vec!["judicial".to_owned()],
            languages: Vec::new(),
            title: Text::default(),
            intro: Text::default(),
            estimated_seconds: 60,
            levels: Default::default(),
            not_used: Text::default(),
            sections: vec![Section { id: "one".to_owned(), items, ..Section::default() }],
            demographics: Vec::new(),
            comment: None,
            unreviewed: Vec::new(),
        }
    }

    fn limits(field: &FieldResult, forms: &[&Questionnaire]) -> Vec<(String, Option<u64>)> {
        asked(field, forms, "f").iter().map(|one| (one.item.to_owned(), one.stopped)).collect()
    }

    fn limit(item: &str, most: impl Into<Option<u64>>) -> (String, Option<u64>) {
        (item.to_owned(), most.into())
    }

    #[test]
    fn no_more_stopped_before_a_question_than_left_any_later_one_blank() {
        // Kept out of order, as factors keep them. Of 100 sheets 12 leave b blank, but only 7 leave d blank: 7 at most stopped before b or d, 20 before e.
        let field = field(vec![
            criterion("e", 100, 20),
            criterion("a", 100, 3),
            criterion("b", 100, 12),
            criterion("c", 100, 30),
            criterion("d", 100, 7),
        ]);
        let form = form(1, &["a", "b", "c", "d", "e"]);
        let expected = [limit("a", 3), limit("b", 7), limit("c", 7), limit("d", 7), limit("e", 20)];
        assert_eq!(limits(&field, &[&form]), expected);
    }

    #[test]
    fn a_question_that_not_everybody_is_asked_later_bounds_nothing_before_it() {
        // The short version ends with b: who stopped before a on it is not among the blanks of c.
        let field = field(vec![criterion("a", 150, 40), criterion("b", 150, 60), criterion("c", 100, 10)]);
        let (long, short) = (form(1, &["a", "b", "c"]), form(2, &["a", "b"]));
        assert_eq!(limits(&field, &[&long, &short]), [limit("a", 40), limit("b", 60), limit("c", 10)]);
        // Asked the other way round, neither comes later than the other for everybody.
        let turned = form(2, &["b", "a", "c"]);
        let field = self::field(vec![criterion("a", 150, 40), criterion("b", 150, 60), criterion("c", 150, 10)]);
        assert_eq!(limits(&field, &[&long, &turned]), [limit("b", 10), limit("a", 10), limit("c", 10)]);
        let (one, other) = (form(1, &["a", "b"]), form(2, &["b", "a"]));
        let both = self::field(vec![criterion("a", 150, 40), criterion("b", 150, 60)]);
        assert_eq!(limits(&both, &[&one, &other]), [limit("b", 60), limit("a", 40)]);
    }

    #[test]
    fn a_hidden_question_stays_in_its_place_and_bounds_nothing() {
        let hidden = Node::Hidden(HiddenNode { field: None, factor: None, item: Some("b".to_owned()), hidden: true });
        let field = field(vec![criterion("a", 100, 30), hidden, criterion("c", 100, 20)]);
        let form = form(1, &["a", "b", "c"]);
        assert_eq!(limits(&field, &[&form]), [limit("a", 20), limit("b", None), limit("c", 20)]);
    }

    #[test]
    fn a_question_of_another_questionnaire_stands_in_no_order_of_this_one() {
        // On the other one, x follows b: whoever stopped before a on it is among the blanks of b, and of x.
        let field = field(vec![criterion("a", 150, 40), criterion("b", 150, 30), criterion("x", 50, 9)]);
        let (own, mut other) = (form(1, &["a", "b"]), form(1, &["a", "b", "x"]));
        other.id = "g".to_owned();
        let found = asked(&field, &[&own, &other], "f");
        assert_eq!(limits(&field, &[&own, &other]), [limit("a", 30), limit("b", 30)]);
        assert!(found.iter().all(|one| one.elsewhere));
    }

    #[test]
    fn what_one_version_alone_asks_stands_behind_what_it_follows_there() {
        let (old, new) = (form(1, &["a", "b", "c", "d"]), form(2, &["a", "x", "c"]));
        assert_eq!(order(&[&new, &old]), ["a", "b", "x", "c", "d"]);
        // The newest says what comes before what.
        let (old, new) = (form(1, &["a", "b", "c", "d"]), form(2, &["b", "a", "c"]));
        assert_eq!(order(&[&old, &new]), ["b", "a", "c", "d"]);
    }

    #[test]
    fn a_question_that_some_version_does_not_count_bounds_nothing_before_it() {
        // On the second version b feeds nothing: its blanks are those of the first version's 50 sheets, where nobody stopped.
        let field = field(vec![criterion("a", 150, 60), criterion("b", 50, 0)]);
        let (mut counted, mut silent) = (form(1, &["a"]), form(2, &["a"]));
        let second =
            Section { id: "two".to_owned(), items: form(1, &["b"]).sections.remove(0).items, ..Section::default() };
        counted.sections.push(Section { feeds: vec![crate::survey::Feed::Sipas], ..second.clone() });
        silent.sections.push(second);
        assert_eq!(limits(&field, &[&counted, &silent]), [limit("a", 60), limit("b", 0)]);
        // Counted on both, its 20 bound both.
        silent.sections[1].feeds.clone_from(&counted.sections[1].feeds);
        let field = self::field(vec![criterion("a", 150, 60), criterion("b", 150, 20)]);
        assert_eq!(limits(&field, &[&counted, &silent]), [limit("a", 20), limit("b", 20)]);
    }

    #[test]
    fn numbers_are_those_of_the_paper_whatever_is_shown() {
        // The question "all in all" has none, and b is of a factor that is hidden.
        let field = field(vec![criterion("a", 100, 30), criterion("c", 100, 20)]);
        let form = form(1, &[OVERALL, "a", "b", "c"]);
        let numbers: Vec<usize> = asked(&field, &[&form], "f").iter().map(|one| one.number).collect();
        assert_eq!(numbers, [1, 3]);
    }
}
