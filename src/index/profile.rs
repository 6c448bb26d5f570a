//! Who answered: the respondents of a unit by sex, age, education and whatever else questionnaires ask about them, and the service index of
//! each group that ten people or more stand behind.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::counted::{Cluster, CountedRow, Standing};
use super::input::Input;
use super::result::{Estimate, ProfileOption, ProfileQuestion, SHOWN_FROM};
use super::rows::of_sections;
use super::sums::{Cell, CellTotal, Ground, RawSums, Sums};
use super::suppression;
use crate::plan::{Channel, Plan, Respondents, Weights};
use crate::sheet::choice::GROUP_NUMBERS;
use crate::sheet::tally::{Feed, Respondent};
use crate::survey::Questionnaire;

/// What is known of one option.
pub(super) struct Group<'a> {
    /// Identifier of the option.
    pub(super) option: &'a str,
    sheets: u64,
    /// Sums by row, with the cell of each.
    pieces: Vec<(&'a CountedRow, Cell, RawSums)>,
    /// Whether its figures are hidden because of how few people stand behind it or its complement.
    pub(super) hidden: bool,
}

/// A question with its groups.
pub(super) struct Gathered<'a> {
    pub(super) id: &'a str,
    blank: u64,
    /// The questionnaire that asks it, where others ask something else under that identifier.
    pub(super) only_here: Option<String>,
    pub(super) groups: Vec<Group<'a>>,
    /// Days of points on which it was asked in cells that are shown.
    pub(super) clusters: Vec<Cluster>,
}

/// The rows that a profile is made of, ordered; empty where fewer than ten sheets are.
fn rows_of<'a>(input: &Input<'a>) -> Vec<(&'a Questionnaire, &'a CountedRow)> {
    let mut rows: Vec<(&Questionnaire, &CountedRow)> = input
        .counted
        .rows
        .iter()
        // Sheets that entered with others of other cells are counted where all of them belong: in the whole unit.
        .filter(|row| !row.held() && (input.whole || row.standing == Standing::Counts))
        .filter_map(|row| Some((input.forms.get(&row.form)?.questionnaire, row)))
        .collect();
    rows.sort_by_key(|(questionnaire, row)| (row.cluster, questionnaire.id.as_str(), row.field));
    if rows.iter().map(|(_, row)| row.sums.sheets()).sum::<u64>() < SHOWN_FROM {
        return Vec::new();
    }
    rows
}

/// Every question about the respondent with its groups.
pub(super) fn gathered<'a>(input: &Input<'a>) -> Vec<Gathered<'a>> {
    let rows = rows_of(input);
    let mut newest: Vec<&Questionnaire> = rows.iter().map(|(questionnaire, _)| *questionnaire).collect();
    newest.sort_by(|one, other| (&one.id, other.version).cmp(&(&other.id, one.version)));
    newest.dedup_by_key(|questionnaire| (questionnaire.id.clone(), questionnaire.version));
    let questions = questions(&newest);
    let shown = shown_cells(input, &rows);
    let alike = |id: &str| questions.iter().filter(|known| known.id == id).count();
    let of = |question: &Asked<'a>| {
        let id = question.id;
        let (mut blank, mut asked) = (0, 0);
        let group = |option: &&'a str| Group { option, sheets: 0, pieces: Vec::new(), hidden: false };
        let mut groups: Vec<Group<'a>> = question.options.iter().map(group).collect();
        let mut clusters = Vec::new();
        for (questionnaire, row) in rows.iter().filter(|(of, _)| question.forms.contains(&of.id.as_str())) {
            let Some(place) = questionnaire.demographics.iter().position(|asked| asked.id == id) else { continue };
            let Some(layout) = input.forms.get(&row.form).map(|form| form.layout) else { continue };
            let numbers = row.sums.choices();
            let counts = layout.counts_at(place);
            blank += numbers.get(counts).copied().unwrap_or_default();
            let feeds = questionnaire.sections.iter().any(|section| section.feeds.contains(&Feed::Sipas));
            let cell = input.fields.get(&row.field).map(|field| (field.clone(), questionnaire.id.clone()));
            let visible = cell.as_ref().is_some_and(|cell| shown.contains(cell));
            asked += if visible { row.sums.feed_sheets(Feed::Sipas) } else { 0 };
            if visible && clusters.last() != Some(&row.cluster) {
                clusters.push(row.cluster);
            }
            for (option, known) in questionnaire.demographics[place].options.iter().enumerate() {
                let Some(group) = groups.iter_mut().find(|group| group.option == known.id) else { continue };
                group.sheets += numbers.get(counts + 1 + option).copied().unwrap_or_default();
                let at = layout.group_at(place, option);
                if let (true, Some(cell), Some(own)) =
                    (feeds && visible, cell.clone(), numbers.get(at..at + GROUP_NUMBERS))
                    && own[0] > 0
                {
                    let raw = RawSums { respondents: own[0], y: own[1], m: own[2], yy: own[3], ym: own[4], mm: own[5] };
                    group.pieces.push((*row, cell, raw));
                }
            }
        }
        let mut sizes: Vec<u64> = groups.iter().map(Group::respondents).collect();
        // Who left the question blank is told by subtraction, and hides others where too few.
        sizes.push(asked.saturating_sub(sizes.iter().sum()));
        for (group, hide) in groups.iter_mut().zip(suppression::complementary(&sizes)) {
            group.hidden = hide;
        }
        let only_here = question.forms.first().filter(|_| alike(id) > 1).map(|form| (*form).to_owned());
        Gathered { id, blank, only_here, groups, clusters }
    };
    questions.iter().map(of).collect()
}

/// Cells of the service index with ten respondents or more.
fn shown_cells(input: &Input<'_>, rows: &[(&Questionnaire, &CountedRow)]) -> BTreeSet<Cell> {
    let mut of_cells: BTreeMap<Cell, u64> = BTreeMap::new();
    for (questionnaire, row) in rows {
        if let Some(field) = input.fields.get(&row.field) {
            let cell = (field.clone(), questionnaire.id.clone());
            *of_cells.entry(cell).or_default() += row.sums.feed_sheets(Feed::Sipas);
        }
    }
    of_cells.into_iter().filter(|(_, respondents)| *respondents >= SHOWN_FROM).map(|(cell, _)| cell).collect()
}

/// Tells which group a row is of.
type Of<'f> = &'f dyn Fn(&CountedRow) -> Option<&'static str>;

/// Whether a target of a plan counts one of these groups by itself. Its figure leaves out cells that few of the group answered, which a figure of the
/// group counts: the one less the other would tell of those few.
pub fn is_cut_by(plan: &Plan, question: &str) -> bool {
    plan.targets.iter().any(|target| match question {
        CHANNEL => target.channel.is_some(),
        RESPONDENT => target.respondents != Respondents::All,
        _ => false,
    })
}

/// Groups that nobody is asked for, by what stands on every sheet: people and organisations, counter and online. None by what a target of
/// the plan is [cut by](is_cut_by).
pub(super) fn by_nature<'a>(input: &Input<'a>) -> Vec<Gathered<'a>> {
    let rows = rows_of(input);
    let shown = shown_cells(input, &rows);
    let of_respondent = |row: &CountedRow| match row.respondent {
        Respondent::Person => Some(PERSON),
        Respondent::Organisation => Some(ORGANISATION),
    };
    let of_channel = |row: &CountedRow| {
        let (unit, point, _) = row.cluster;
        input.points.get(&(unit, point)).map(|point| match point.channel {
            Channel::Counter => COUNTER,
            Channel::Online => ONLINE,
        })
    };
    let kinds: [(&'static str, [&'static str; 2], Of<'_>); 2] =
        [(RESPONDENT, [PERSON, ORGANISATION], &of_respondent), (CHANNEL, [COUNTER, ONLINE], &of_channel)];
    let gather = |(id, options, of): (&'static str, [&'static str; 2], Of<'_>)| {
        let mut groups = options
            .map(|option| Group { option, sheets: 0, pieces: Vec::new(), hidden: false })
            .into_iter()
            .collect::<Vec<_>>();
        let mut clusters = Vec::new();
        for (questionnaire, row) in &rows {
            let Some(field) = input.fields.get(&row.field) else { continue };
            let cell = (field.clone(), questionnaire.id.clone());
            let Some(group) = groups.iter_mut().find(|group| Some(group.option) == of(row)) else { continue };
            if !shown.contains(&cell) {
                continue;
            }
            if clusters.last() != Some(&row.cluster) {
                clusters.push(row.cluster);
            }
            let fed = questionnaire.sections.iter().enumerate();
            let fed = fed.filter(|(_, section)| section.feeds.contains(&Feed::Sipas)).map(|(place, _)| place);
            let (raw, _) = of_sections(&fed.collect::<Vec<_>>(), Some(Feed::Sipas), &row.sums);
            if raw.m > 0 {
                group.pieces.push((*row, cell, raw));
            }
        }
        let sizes: Vec<u64> = groups.iter().map(Group::respondents).collect();
        for (group, hide) in groups.iter_mut().zip(suppression::complementary(&sizes)) {
            group.hidden = hide;
        }
        Gathered { id, blank: 0, only_here: None, groups, clusters }
    };
    kinds.into_iter().filter(|(id, ..)| !is_cut_by(input.plan, id)).map(gather).collect()
}

/// The kind of respondent as a question.
pub const RESPONDENT: &str = "respondent";
/// The channel as a question.
pub const CHANNEL: &str = "channel";
/// A person.
pub const PERSON: &str = "person";
/// A business or organisation.
pub const ORGANISATION: &str = "organisation";
/// At a counter.
pub const COUNTER: &str = "counter";
/// Online.
pub const ONLINE: &str = "online";

/// A question whose groups have figures, the questionnaire where others ask something else under that identifier, and the options.
pub type WithFigures = (String, Option<String>, Vec<String>);

/// The groups that have figures, and the cells (field, questionnaire) that these are made of.
pub fn groups_with_figures(input: &Input<'_>) -> (Vec<WithFigures>, BTreeSet<(String, String)>) {
    let told = gathered(input).into_iter().chain(by_nature(input)).map(|question| {
        let groups = question.groups.iter().filter(|group| !group.hidden && group.has_answers());
        (question.id.to_owned(), question.only_here.clone(), groups.map(|group| group.option.to_owned()).collect())
    });
    (told.collect(), shown_cells(input, &rows_of(input)))
}

/// The profile of everybody counted; empty where fewer than ten sheets are.
pub(super) fn of(input: &Input<'_>, weights: Weights, ground: &Rc<Ground>) -> Vec<ProfileQuestion> {
    let rows = rows_of(input);
    if rows.is_empty() {
        return Vec::new();
    }
    let mut profile = vec![respondents(&rows)];
    profile.extend(gathered(input).into_iter().map(|question| {
        let options = question.groups.iter().map(|group| ProfileOption {
            option: group.option.to_owned(),
            sheets: group.sheets,
            estimate: if group.hidden { None } else { group.estimate(input, weights, ground) },
        });
        ProfileQuestion {
            question: question.id.to_owned(),
            questionnaire: question.only_here.clone(),
            blank: question.blank,
            options: options.collect(),
        }
    }));
    profile.retain(|question| question.options.iter().map(|option| option.sheets).sum::<u64>() >= SHOWN_FROM);
    profile
}

/// One question about the respondent, and who asks it.
struct Asked<'a> {
    id: &'a str,
    forms: Vec<&'a str>,
    options: Vec<&'a str>,
}

/// The questions of these questionnaires, the newest first. Two that share an identifier are one question where the options of one hold
/// those of the other; what is done about land is not what is done about building.
fn questions<'a>(newest: &[&'a Questionnaire]) -> Vec<Asked<'a>> {
    let mut questions: Vec<Asked<'a>> = Vec::new();
    for questionnaire in newest {
        for asked in &questionnaire.demographics {
            let options: Vec<&str> = asked.options.iter().map(|option| option.id.as_str()).collect();
            let is_same = |known: &Asked<'_>| {
                let holds = |one: &[&str], other: &[&str]| other.iter().all(|option| one.contains(option));
                known.id == asked.id
                    && (known.forms.contains(&questionnaire.id.as_str())
                        || holds(&known.options, &options)
                        || holds(&options, &known.options))
            };
            let place = questions.iter().position(is_same).unwrap_or_else(|| {
                questions.push(Asked { id: &asked.id, forms: Vec::new(), options: Vec::new() });
                questions.len() - 1
            });
            let known = &mut questions[place];
            if !known.forms.contains(&questionnaire.id.as_str()) {
                known.forms.push(&questionnaire.id);
            }
            for option in options {
                if !known.options.contains(&option) {
                    known.options.push(option);
                }
            }
        }
    }
    questions
}

fn respondents(rows: &[(&Questionnaire, &CountedRow)]) -> ProfileQuestion {
    let of = |wanted: Respondent| {
        rows.iter().filter(|(_, row)| row.respondent == wanted).map(|(_, row)| row.sums.sheets()).sum()
    };
    let kinds = [(PERSON, Respondent::Person), (ORGANISATION, Respondent::Organisation)];
    ProfileQuestion {
        question: RESPONDENT.to_owned(),
        questionnaire: None,
        blank: 0,
        options: kinds
            .into_iter()
            .map(|(id, kind)| ProfileOption { option: id.to_owned(), sheets: of(kind), estimate: None })
            .collect(),
    }
}

impl Group<'_> {
    fn respondents(&self) -> u64 {
        self.pieces.iter().map(|(_, _, raw)| raw.respondents).sum()
    }

    /// Whether anybody of it answered.
    pub(super) fn has_answers(&self) -> bool {
        self.pieces.iter().any(|(_, _, raw)| raw.m > 0)
    }

    /// Its sums by day of a point and cell.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (Cluster, &Cell, &RawSums)> {
        self.pieces.iter().map(|(row, cell, raw)| (row.cluster, cell, raw))
    }

    /// The index of the group over the cells that are shown, however few of it answered in one of them: what groups leave out would be
    /// told by subtraction.
    fn estimate(&self, input: &Input<'_>, weights: Weights, ground: &Rc<Ground>) -> Option<Estimate> {
        self.sums(ground).estimate(weights, input.plan.confidence).map(|(estimate, _)| estimate)
    }

    pub(super) fn sums(&self, ground: &Rc<Ground>) -> Sums {
        let mut totals: BTreeMap<&Cell, CellTotal> = BTreeMap::new();
        for (_, cell, raw) in &self.pieces {
            totals.entry(cell).or_default().count(raw);
        }
        let known: Rc<[Cell]> = totals.keys().map(|cell| (*cell).clone()).collect();
        let mut sums = Sums::of_cells(Rc::clone(&known), Rc::clone(ground));
        let placed = self.pieces.iter().filter_map(|(row, cell, raw)| {
            let place = known.iter().position(|known| known == cell)?;
            Some((row.cluster, place, raw))
        });
        let mut placed: Vec<_> = placed.collect();
        placed.sort_by_key(|(cluster, place, _)| (*cluster, *place));
        for (cluster, place, raw) in placed {
            sums.add(cluster, place, raw);
        }
        sums.set_totals(totals.into_values().map(Some).collect());
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::parse;

    /// Land and building both ask `case`, each with kinds of work of its own, and `outcome` with the same options.
    #[test]
    fn questions_with_options_of_their_own_stay_apart() {
        let fields = ["land", "construction", "investment", "environment", "planning"].map(str::to_owned);
        let land = include_str!("../../survey_forms/dat-dai.toml");
        let building = include_str!("../../survey_forms/xay-dung-dau-tu.toml");
        let forms = [("dat-dai.toml", land), ("xay-dung-dau-tu.toml", building)]
            .map(|(name, text)| parse(name, text, &fields).expect("a shipped questionnaire"));
        let found = questions(&[&forms[0], &forms[1]]);
        let forms = |id: &str| -> Vec<&[&str]> {
            found.iter().filter(|asked| asked.id == id).map(|asked| asked.forms.as_slice()).collect()
        };
        assert_eq!(forms("case"), [["dat-dai"], ["xay-dung-dau-tu"]]);
        assert_eq!(forms("outcome"), [["dat-dai", "xay-dung-dau-tu"]]);
        assert!(found.iter().all(|asked| asked.id != "case" || !asked.options.is_empty()));
    }
}
