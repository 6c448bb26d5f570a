//! Groups of respondents of a closed period: whether they may be told, decided when it is closed, and two of them beside each other.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Kept, sources};
use crate::db::Db;
use crate::index::Suspects;
use crate::index::group_differences::{GroupDifference, group_differences};
use crate::index::profile::{
    CHANNEL, COUNTER, ONLINE, ORGANISATION, PERSON, RESPONDENT, WithFigures, groups_with_figures, is_cut_by,
};
use crate::plan::Channel;
use crate::service::figures::{MeasureError, Measured, Question, Sources, tells_groups};
use crate::sheet::parts::{OF_NO_GROUP, Whole, may_tell_groups};
use crate::sheet::tally::{Respondent, Series, Tally, TallyKey};
use crate::survey::Questionnaire;

/// A question whose groups are not told: series, question, and the questionnaire where others ask something else under its identifier.
pub(super) type Untold = (Series, String, Option<String>);

/// Groups of respondents of a closed period beside each other, where figures of groups are told at all (`hide_groups`); none elsewhere.
pub fn beside_each_other(
    db: &Db,
    question: &Question,
    measured: &Measured,
) -> Result<Option<Vec<GroupDifference>>, MeasureError> {
    let Some(closing) = measured.closing.as_ref().filter(|_| tells_groups(measured, question.suspects)) else {
        return Ok(None);
    };
    let (_, sources_kept) = sources(db, closing)?;
    if sources_kept.places.groups_hidden.is_none() {
        return Ok(None);
    }
    let Some(unit) = sources_kept.places.units.iter().find(|unit| unit.code == measured.unit.code) else {
        return Ok(None);
    };
    let of_unit = sources_kept.sources(unit, &sources_kept.forms());
    let tallies = sources_kept.decoded()?;
    let counted = sources_kept.counted((unit, &of_unit), &tallies, (question.series, question.suspects));
    let taken_on = sources_kept.places.taken_on;
    let mut found = of_unit.with_input(&counted, unit.whole, false, taken_on, group_differences);
    // Their chances stay corrected for those as well, which is on the safe side.
    let is_told = |found: &GroupDifference| {
        sources_kept.places.tells_groups(&(question.series, found.question.clone(), found.questionnaire.clone()))
    };
    // Nor is what a target of another plan that counts the same sheets is cut by.
    let plans = db.plans_about(unit.id)?;
    let is_cut = |found: &GroupDifference| plans.iter().any(|stored| is_cut_by(&stored.plan, &found.question));
    found.retain(|found| is_told(found) && !is_cut(found));
    Ok(Some(found))
}

impl Kept {
    /// The questions whose groups must not be told of the plan's own unit (`may_tell_groups`).
    pub(super) fn groups_to_hide(&self) -> Result<Vec<Untold>, MeasureError> {
        let Some(unit) = self.places.units.iter().find(|unit| unit.code == self.plan.plan.unit) else {
            return Ok(Vec::new());
        };
        let (tallies, sources) = (self.decoded()?, self.sources(unit, &self.forms()));
        let held: HashSet<usize> = unit.held.iter().copied().collect();
        let mut hidden = Vec::new();
        for (series, _) in super::SERIES {
            let counted = self.counted((unit, &sources), &tallies, (series, Suspects::In));
            let taken_on = self.places.taken_on;
            let (told, cells) = sources.with_input(&counted, unit.whole, false, taken_on, groups_with_figures);
            let own = || {
                let all = tallies.iter().zip(&self.tallies).enumerate();
                all.filter(|(place, ((key, _), _))| {
                    key.series == series && !held.contains(place) && unit.below.contains(&key.unit)
                })
            };
            for question in told.into_iter().filter(|(.., options)| !options.is_empty()) {
                let mut releases: BTreeMap<i32, BTreeMap<i32, u64>> = BTreeMap::new();
                for (_, ((key, tally), kept)) in own() {
                    let groups = releases.entry(kept.release).or_default();
                    let parts = self.parts_of(&sources, &cells, &question, (key, tally));
                    let of_groups: u64 = parts.iter().map(|(_, sheets)| sheets).sum();
                    let rest = (OF_NO_GROUP, tally.sheets.saturating_sub(of_groups));
                    for (group, sheets) in parts.into_iter().chain([rest]) {
                        *groups.entry(group).or_default() += sheets;
                    }
                }
                let releases: Vec<Whole> =
                    releases.into_iter().map(|(release, sheets)| Whole { release, sheets }).collect();
                if !may_tell_groups(&releases) {
                    let (question, form, _) = question;
                    hidden.push((series, question, form));
                }
            }
        }
        Ok(hidden)
    }

    /// The sheets of a tally by the places of a question's groups, from 1; those of cells without a figure are of none.
    fn parts_of(
        &self,
        sources: &Sources,
        cells: &BTreeSet<(String, String)>,
        (question, form, options): &WithFigures,
        (key, tally): (&TallyKey, &Tally),
    ) -> Vec<(i32, u64)> {
        let asked = self.forms.iter().find(|known| known.id == key.form).map(|known| &known.questionnaire);
        let field = self.places.fields.iter().find(|known| known.id == key.field);
        let (Some(asked), Some(field)) = (asked, field) else { return Vec::new() };
        let is_shown = cells.contains(&(field.code.clone(), asked.id.clone()));
        if !is_shown || form.as_ref().is_some_and(|form| *form != asked.id) {
            return Vec::new();
        }
        let place = |option: &str| (1..).zip(options).find(|(_, told)| *told == option).map(|(place, _)| place);
        let nature = match question.as_str() {
            RESPONDENT => Some(if key.respondent == Respondent::Person { PERSON } else { ORGANISATION }),
            CHANNEL => sources
                .points
                .get(&(key.unit, key.point))
                .map(|point| if point.channel == Channel::Online { ONLINE } else { COUNTER }),
            _ => None,
        };
        match nature {
            Some(nature) => place(nature).map(|place| (place, tally.sheets)).into_iter().collect(),
            None => of_options(asked, question, tally)
                .into_iter()
                .filter_map(|(option, sheets)| Some((place(option)?, sheets)))
                .collect(),
        }
    }
}

/// How many sheets chose each option of a question about the respondent.
fn of_options<'a>(asked: &'a Questionnaire, question: &str, tally: &Tally) -> Vec<(&'a str, u64)> {
    let Some(at) = asked.demographics.iter().position(|known| known.id == question) else { return Vec::new() };
    let counts = asked.layout().counts_at(at);
    let options = asked.demographics[at].options.iter().zip(counts + 1..);
    options.map(|(option, at)| (option.id.as_str(), tally.choices.get(at).copied().unwrap_or_default())).collect()
}
