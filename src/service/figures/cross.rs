//! Cross-tables of a period: made once, when it is frozen for the first time, over the very sheets that its official figures count, and kept with them. Nothing is
//! tabulated later, for two tables of two moments would tell of the few who came between.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{MeasureError, Question, Shown, Sources, official};
use crate::db::{Closing, ClosingPart, Db, DbError, Form, Sheet, SheetFilter};
use crate::index::Suspects;
use crate::index::counted::Standing;
use crate::index::cross::{
    Counts, CrossTable, Order, Placed, Pooled, Side, Variable, beside_each_other, cross_table, pooled,
};
use crate::plan::Channel;
use crate::report::{Language, format, words};
use crate::sheet::shape::Shape;
use crate::sheet::tally::{NOT_USED, Respondent, Series};
use crate::survey::{QuestionKind, Questionnaire};

/// Parts whose names begin so are cross-tables.
const PARTS: &str = "cross/";
/// Which questionnaires have some.
const LIST: &str = "cross/list.json";

/// The cross-tables of a questionnaire in a closed period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crossed {
    /// Number of the questionnaire's version.
    pub form: i32,
    /// What it is called.
    pub name: String,
    /// The day on which it was tabulated.
    pub taken_on: NaiveDate,
    /// The series of the sheets.
    pub series: Series,
    pub sheets: u64,
    /// What the sheets are told apart by.
    pub variables: Vec<Variable>,
    /// Every two of them that may stand beside the others.
    pub tables: Vec<CrossTable>,
    /// Whether tables that repeat the sums of others were left out when these were made; of earlier ones they are left out when they are read.
    #[serde(default)]
    pub apart: bool,
}

/// A questionnaire that has cross-tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Number of the version.
    pub form: i32,
    /// What it is called.
    pub name: String,
    pub sheets: u64,
}

/// The questionnaires with cross-tables in a version of a closed period, most sheets first; empty where it was closed before there were any.
pub fn listed(db: &Db, closing: &Closing) -> Result<Vec<Listed>, DbError> {
    Ok(part(db, closing, LIST)?.unwrap_or_default())
}

/// The cross-tables of one of them.
pub fn kept(db: &Db, closing: &Closing, form: i32) -> Result<Option<Crossed>, DbError> {
    let kept: Option<Crossed> = part(db, closing, &name_of(form))?;
    match kept {
        Some(crossed) if !crossed.apart => {
            let form = db.form_by_id(form)?;
            Ok(Some(without_repeats(crossed, &form.questionnaire)))
        }
        kept => Ok(kept),
    }
}

/// Without the tables that periods closed earlier hold though another shares its sums. A hidden cell is taken for the fewest it may hold, and a table
/// that is hidden whole for one of groups that are tied: the first row is the first column.
fn without_repeats(mut crossed: Crossed, questionnaire: &Questionnaire) -> Crossed {
    let counts = |table: &CrossTable| -> Vec<u64> {
        let width = crossed.variables[table.columns].groups.len();
        let hidden_whole = table.cells.iter().all(Option::is_none);
        let assumed =
            |place: usize| if hidden_whole { u64::from((place < width) == place.is_multiple_of(width)) } else { 1 };
        table.cells.iter().enumerate().map(|(place, cell)| cell.unwrap_or_else(|| assumed(place))).collect()
    };
    let counts: Counts = crossed.tables.iter().map(|table| ((table.rows, table.columns), counts(table))).collect();
    let sides: Vec<Side> = crossed.variables.iter().map(|variable| side(variable, questionnaire)).collect();
    let stay = beside_each_other(&sides, &counts);
    crossed.tables.retain(|table| stay.contains(&(table.rows, table.columns)));
    crossed
}

fn side(variable: &Variable, questionnaire: &Questionnaire) -> Side {
    let of_people = questionnaire.items().all(|item| item.id != variable.id);
    Side { groups: variable.groups.len(), of_people }
}

/// Every two of so many, the lower first.
fn pairs(all: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..all).flat_map(move |first| (first + 1..all).map(move |second| (first, second)))
}

fn part<T: serde::de::DeserializeOwned>(db: &Db, closing: &Closing, name: &str) -> Result<Option<T>, DbError> {
    let content = db.closing_part(closing, name)?;
    let read = |content: Vec<u8>| serde_json::from_slice(&content);
    content.map(read).transpose().map_err(|error| DbError::Damaged(format!("{name}: {error}")))
}

fn name_of(form: i32) -> String {
    format!("{PARTS}{form}.json")
}

/// A sheet as it is tabulated.
struct Row {
    cluster: (i32, i32),
    /// Its group in every variable; the last of a variable are blanks.
    groups: Vec<u8>,
    /// The release of several cells or kinds that it is of.
    together: Option<i32>,
}

/// A variable before its groups are pooled: the last group are blanks.
struct Raw {
    id: String,
    name: String,
    groups: Vec<String>,
    order: Order,
}

/// The cross-tables of every questionnaire of a period's official figures, as parts to keep; none of a period that holds another.
pub fn parts(db: &Db, plan: &str, period: &str, today: NaiveDate) -> Result<Vec<ClosingPart>, MeasureError> {
    let mut question = Question {
        plan: plan.to_owned(),
        period: period.to_owned(),
        unit: None,
        series: Series::Open,
        suspects: Suspects::In,
        live: false,
        today,
    };
    let (sources, unit, units) = Sources::read(db, &question)?;
    if !super::holds_no_other(&sources.stored.plan, &sources.period) {
        return Ok(Vec::new());
    }
    question.series = official::of_open(db, &sources.stored.plan, &sources.period)?;
    let shown = Shown::read(db, &units, &sources.period)?;
    let offices = Offices::read(db, unit.id, &units)?;
    let raws: HashMap<i32, Vec<Raw>> =
        sources.forms.iter().map(|form| (form.id, variables(&form.questionnaire, &offices, &sources.fields))).collect();
    let forms: HashMap<i32, &Arc<Form>> = sources.forms.iter().map(|form| (form.id, form)).collect();
    let places: HashMap<i16, usize> =
        sources.fields.iter().enumerate().map(|(place, field)| (field.id, place)).collect();
    let mut rows: BTreeMap<i32, Vec<Row>> = BTreeMap::new();
    let mut forms_of: HashMap<i32, BTreeSet<i32>> = HashMap::new();
    let filter = SheetFilter { units: Some(units), from: Some(sources.period.from), to: Some(sources.period.to) };
    db.for_each_released_sheet(&filter, |sheet, release| {
        if sheet.key.series != question.series {
            return;
        }
        let together = match shown.standing(sheet.key.unit, release, Suspects::In) {
            Standing::Held => return,
            Standing::Together(release) => Some(release),
            Standing::Counts => None,
        };
        let (Some(form), Some(field)) = (forms.get(&sheet.key.form), places.get(&sheet.key.field)) else { return };
        if let Some(release) = together {
            forms_of.entry(release).or_default().insert(sheet.key.form);
        }
        let office = offices.place(shown.scope(sheet.key.unit, release));
        let groups = groups_of(&form.questionnaire, sheet, (office, *field));
        rows.entry(sheet.key.form).or_default().push(Row {
            cluster: (sheet.key.point, sheet.key.day),
            groups,
            together,
        });
    })?;
    let mut found = Vec::new();
    for (form, mut rows) in rows {
        // A release of several questionnaires is counted by none of them alone.
        rows.retain(|row| {
            row.together.is_none_or(|release| forms_of.get(&release).is_none_or(|forms| forms.len() == 1))
        });
        if let (Some(raws), Some(known)) = (raws.get(&form), forms.get(&form))
            && let Some(crossed) = tabulated(known, raws, &rows, (today, question.series))
        {
            found.push(crossed);
        }
    }
    found.sort_by_key(|crossed| (std::cmp::Reverse(crossed.sheets), crossed.form));
    let list: Vec<Listed> =
        found.iter().map(|of| Listed { form: of.form, name: of.name.clone(), sheets: of.sheets }).collect();
    let mut parts = vec![super::frozen::part(LIST, &list)?];
    for crossed in found {
        parts.push(super::frozen::part(&name_of(crossed.form), &crossed)?);
    }
    Ok(parts)
}

/// The offices right under the plan's unit, as groups; the first group is what no office counts alone.
struct Offices {
    root: i32,
    names: Vec<String>,
    /// The group of a unit.
    groups: HashMap<i32, usize>,
}

impl Offices {
    fn read(db: &Db, root: i32, below: &[i32]) -> Result<Self, DbError> {
        let tree = db.tree()?;
        let mut names = vec!["Chung, chưa chia theo đơn vị".to_owned()];
        let mut groups = HashMap::new();
        for unit in tree.children(root).filter(|unit| below.contains(&unit.id)) {
            for under in tree.below(unit.id) {
                groups.insert(under, names.len());
            }
            names.push(unit.name_vi.clone());
        }
        Ok(Self { root, names, groups })
    }

    fn place(&self, scope: Option<i32>) -> usize {
        scope.filter(|scope| *scope != self.root).and_then(|scope| self.groups.get(&scope)).copied().unwrap_or(0)
    }
}

/// What the sheets of a questionnaire are told apart by, in the order of [`groups_of`].
fn variables(questionnaire: &Questionnaire, offices: &Offices, fields: &[crate::db::Field]) -> Vec<Raw> {
    let language = Language::Vi;
    let raw = |id: &str, name: &str, groups: Vec<String>, order: Order| {
        let mut groups = groups;
        groups.push("Không trả lời".to_owned());
        Raw { id: id.to_owned(), name: name.to_owned(), groups, order }
    };
    let respondents = [crate::plan::Respondents::Person, crate::plan::Respondents::Organisation];
    let mut found = vec![
        raw("office", "Đơn vị", offices.names.clone(), Order::Free),
        raw("field", "Lĩnh vực", fields.iter().map(|field| field.name_vi.clone()).collect(), Order::Free),
        raw(
            "respondent",
            "Đối tượng",
            respondents.map(|respondents| format::upper_first(words::respondents(respondents, language))).into(),
            Order::Free,
        ),
        raw(
            "channel",
            "Kênh",
            [Channel::Counter, Channel::Online]
                .map(|channel| format::upper_first(words::channel(channel, language)))
                .into(),
            Order::Free,
        ),
    ];
    let options = |options: &[crate::survey::ChoiceOption]| {
        options.iter().map(|option| option.text.in_language("vi").to_owned()).collect::<Vec<_>>()
    };
    for asked in &questionnaire.demographics {
        let order = if ORDERED.contains(&asked.id.as_str()) { Order::Ordered } else { Order::Free };
        found.push(raw(&asked.id, asked.text.in_language("vi"), options(&asked.options), order));
    }
    for asked in questionnaire.questions() {
        let order = if matches!(asked.kind, QuestionKind::Scale { .. }) { Order::Ordered } else { Order::Free };
        if matches!(asked.kind.shape(), Shape::One(_)) {
            found.push(raw(&asked.id, asked.text.in_language("vi"), options(asked.kind.options()), order));
        }
    }
    let levels: Vec<String> = questionnaire.levels.iter().map(|level| level.in_language("vi").to_owned()).collect();
    for item in questionnaire.items() {
        let mut of_item = raw(&item.id, item.text.in_language("vi"), levels.clone(), Order::Ordered);
        if let Some(blank) = of_item.groups.last_mut() {
            "Không sử dụng, không trả lời".clone_into(blank);
        }
        found.push(of_item);
    }
    found
}

/// Questions about the respondent whose options stand in an order.
const ORDERED: [&str; 3] = ["age", "education", "visits"];

/// The group of a sheet in every variable of its questionnaire; [`BLANK_GROUP`] where it gave none.
fn groups_of(questionnaire: &Questionnaire, sheet: &Sheet, (office, field): (usize, usize)) -> Vec<u8> {
    let place = |place: usize| u8::try_from(place).unwrap_or(BLANK_GROUP);
    let respondent = match sheet.key.respondent {
        Respondent::Person => 0,
        Respondent::Organisation => 1,
    };
    let channel = match sheet.channel {
        Channel::Counter => 0,
        Channel::Online => 1,
    };
    let mut groups = vec![place(office), place(field), respondent, channel];
    let mut at = 0;
    let demographics = questionnaire.demographics.len();
    for (number, shape) in questionnaire.further_shapes().into_iter().enumerate() {
        let bytes = sheet.demographics.get(at..at + shape.bytes()).unwrap_or_default();
        at += shape.bytes();
        if number < demographics || matches!(shape, Shape::One(_)) {
            groups.push(shape.chosen(bytes).first().map_or(BLANK_GROUP, |chosen| place(*chosen)));
        }
    }
    let level = |answer: &u8| if (1..NOT_USED).contains(answer) { answer - 1 } else { BLANK_GROUP };
    groups.extend(sheet.answers.iter().map(level));
    groups
}

/// A sheet that is of no group of answers.
const BLANK_GROUP: u8 = u8::MAX;

fn tabulated(form: &Form, raws: &[Raw], rows: &[Row], (taken_on, series): (NaiveDate, Series)) -> Option<Crossed> {
    let sheets = u64::try_from(rows.len()).ok().filter(|sheets| *sheets >= crate::index::SHOWN_FROM)?;
    let mut clusters: BTreeMap<(i32, i32), usize> = BTreeMap::new();
    for row in rows {
        let next = clusters.len();
        clusters.entry(row.cluster).or_insert(next);
    }
    // Of every variable that tells sheets apart: itself and the group of every sheet.
    let mut told: Vec<(Variable, Vec<usize>)> = Vec::new();
    for (number, raw) in raws.iter().enumerate() {
        let blank = raw.groups.len() - 1;
        let group = |row: &Row| row.groups.get(number).map_or(blank, |group| usize::from(*group).min(blank));
        let mut counts = vec![0_u64; raw.groups.len()];
        for row in rows {
            counts[group(row)] += 1;
        }
        let Some(pool) = pooled(&counts, raw.order) else { continue };
        let places = pool.places(raw.groups.len());
        let of_rows = rows.iter().map(|row| places[group(row)].unwrap_or(0)).collect();
        told.push((variable(raw, &pool, &counts), of_rows));
    }
    let counts: Counts = pairs(told.len())
        .map(|(down, across)| {
            let width = told[across].0.groups.len();
            let mut counts = vec![0; told[down].0.groups.len() * width];
            for (row, column) in told[down].1.iter().zip(&told[across].1) {
                counts[row * width + column] += 1;
            }
            ((down, across), counts)
        })
        .collect();
    let sides: Vec<Side> = told.iter().map(|(variable, _)| side(variable, &form.questionnaire)).collect();
    let stay = beside_each_other(&sides, &counts);
    let table = |(down, across): (usize, usize)| {
        let ((of_down, down_groups), (of_across, across_groups)) = (&told[down], &told[across]);
        let placed: Vec<Placed> = rows
            .iter()
            .zip(down_groups.iter().zip(across_groups))
            .map(|(row, (down, across))| (clusters[&row.cluster], *down, *across))
            .collect();
        cross_table((down, across), (of_down, of_across), &placed)
    };
    let tables = stay.into_iter().map(table).collect();
    Some(Crossed {
        form: form.id,
        name: format!("{} (bản {})", form.questionnaire.title.in_language("vi"), form.questionnaire.version),
        taken_on,
        series,
        sheets,
        variables: told.into_iter().map(|(variable, _)| variable).collect(),
        tables,
        apart: true,
    })
}

fn variable(raw: &Raw, pool: &Pooled, counts: &[u64]) -> Variable {
    let name = |group: &Vec<usize>| match group.as_slice() {
        [one] => raw.groups[*one].clone(),
        several if several.len() <= 3 => {
            several.iter().map(|one| raw.groups[*one].clone()).collect::<Vec<_>>().join(", ")
        }
        several => format!("{} và {} nhóm nhỏ khác", raw.groups[several[0]], several.len() - 1),
    };
    Variable {
        id: raw.id.clone(),
        name: raw.name.clone(),
        groups: pool.groups.iter().map(name).collect(),
        sheets: pool.groups.iter().map(|group| group.iter().map(|one| counts[*one]).sum()).collect(),
        blank: pool.blank,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = include_str!("../../../survey_forms/thu-tuc-hanh-chinh-ngan.toml");

    fn two(id: &str, sheets: [u64; 2]) -> Variable {
        let groups = vec!["một".to_owned(), "hai".to_owned()];
        Variable { id: id.to_owned(), name: id.to_owned(), groups, sheets: sheets.into(), blank: false }
    }

    fn table(rows: usize, columns: usize, cells: [Option<u64>; 4]) -> CrossTable {
        let none = vec![None; 4];
        CrossTable { rows, columns, cells: cells.into(), residuals: none.clone(), p_values: none, test: None }
    }

    /// What an earlier program kept: it knew no `apart`.
    fn of_before(tables: Vec<CrossTable>) -> Crossed {
        let crossed = Crossed {
            form: 1,
            name: String::new(),
            taken_on: NaiveDate::default(),
            series: Series::Open,
            sheets: 120,
            variables: vec![two("field", [60, 60]), two("sex", [70, 50]), two("age", [70, 50])],
            tables,
            apart: true,
        };
        let mut kept = serde_json::to_value(crossed).expect("as kept");
        kept.as_object_mut().expect("named").remove("apart");
        serde_json::from_value(kept).expect("read")
    }

    fn shown(tables: Vec<CrossTable>) -> Vec<(usize, usize)> {
        let known = ["judicial", "land", "construction", "investment", "environment", "labour", "social_insurance"];
        let known = known.iter().chain(&["planning", "fire_safety", "traffic"]).map(|field| (*field).to_owned());
        let questionnaire = crate::survey::parse("thu-tuc-hanh-chinh-ngan.toml", FORM, &known.collect::<Vec<_>>())
            .expect("a questionnaire");
        let kept = without_repeats(of_before(tables), &questionnaire);
        kept.tables.iter().map(|table| (table.rows, table.columns)).collect()
    }

    #[test]
    fn of_what_was_kept_before_one_of_two_tables_that_give_each_others_cells_back_is_read() {
        // The 70 men are the 70 young: field by sex and field by age are one table.
        let of_field = |columns| table(0, columns, [Some(40), Some(20), Some(30), Some(30)]);
        assert!(!of_before(Vec::new()).apart);
        let same = table(1, 2, [Some(70), Some(0), Some(0), Some(50)]);
        assert_eq!(shown(vec![of_field(1), of_field(2), same]), [(0, 1), (1, 2)]);
        // Hidden whole: nobody knows whether they are the same, so they may be.
        assert_eq!(shown(vec![of_field(1), of_field(2), table(1, 2, [None; 4])]), [(0, 1), (1, 2)]);
        let crossed = table(1, 2, [Some(40), Some(30), Some(30), Some(20)]);
        assert_eq!(shown(vec![of_field(1), of_field(2), crossed]), [(0, 1), (0, 2), (1, 2)]);
    }
}
