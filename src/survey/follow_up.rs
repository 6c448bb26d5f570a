//! A follow-up questionnaire: the criteria that scored low before, asked again to see whether the remedies worked.

use super::{Questionnaire, Section};

/// Ends the id of every follow-up questionnaire.
pub const FOLLOW_UP_SUFFIX: &str = "-follow-up";

/// Why no follow-up questionnaire can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FollowUpError {
    /// Nothing was chosen.
    #[error("no criterion is chosen; choose at least one")]
    NoItems,
    /// A chosen criterion is not one of the source's.
    #[error("questionnaire `{form}` has no item `{item}`; choose from {known}")]
    ItemUnknown {
        /// The source, `<id>@<version>`.
        form: String,
        /// What was chosen.
        item: String,
        /// The ids of the source's items.
        known: String,
    },
}

/// A questionnaire of the chosen items of `source` (their ids, in any order), in the order of the source, with its
/// texts, levels and demographic questions. The same input gives the same questionnaire.
///
/// It feeds no index: a form made of weak spots alone would pull an index down without anything having become worse.
/// Nor does it tell the citizen that these points scored low, since that would colour the answers. `version` is the
/// caller's, as two periods may leave different items behind.
pub fn follow_up(source: &Questionnaire, item_ids: &[String], version: u32) -> Result<Questionnaire, FollowUpError> {
    if item_ids.is_empty() {
        return Err(FollowUpError::NoItems);
    }
    if let Some(item) = item_ids.iter().find(|id| source.items().all(|item| item.id != **id)) {
        let known: Vec<&str> = source.items().map(|item| item.id.as_str()).collect();
        return Err(FollowUpError::ItemUnknown {
            form: source.reference(),
            item: item.clone(),
            known: known.join(", "),
        });
    }
    let mut made = source.clone();
    if !made.id.ends_with(FOLLOW_UP_SUFFIX) {
        made.id.push_str(FOLLOW_UP_SUFFIX);
    }
    made.version = version;
    made.sections = source.sections.iter().filter_map(|section| chosen(section, item_ids)).collect();
    made.estimated_seconds = usual_seconds(made.items().count(), made.demographics.len());
    Ok(made)
}

/// The seconds a questionnaire of this size usually takes: 6 for an item (a dozen words read and a level chosen on a
/// phone), 3 for a short closed question, to the nearest ten, within what a questionnaire may claim.
pub fn usual_seconds(items: usize, demographics: usize) -> u32 {
    let seconds = (6 * items + 3 * demographics + 5) / 10 * 10;
    u32::try_from(seconds).unwrap_or(u32::MAX).clamp(10, 600)
}

/// The part of a section that was chosen; none when nothing of it was.
fn chosen(section: &Section, item_ids: &[String]) -> Option<Section> {
    let mut chosen = section.clone();
    chosen.items.retain(|item| item_ids.contains(&item.id));
    chosen.feeds.clear();
    // Short enough to be answered in one go.
    chosen.optional = false;
    (!chosen.items.is_empty()).then_some(chosen)
}
