//! The number of the way in which figures are computed. A closed period keeps it, so that whoever computes its figures anew can tell an older
//! method from a changed figure.

/// The method of this program. Whoever changes what any figure comes to counts it up and says here what changed:
///
/// 1. before methods were numbered: everything kept in the formats 1 and 2;
/// 2. the first that carries its number;
/// 3. small fields are taken together or bounded, where before one of them left the whole index unjudged; factors of the whole unit; the
///    projection is of the verdict;
/// 4. a criterion that a version has under another factor counts there, each version's answers once;
/// 5. groups of respondents and questions outside the index have their own share where it is at or above a target's minimum, too;
/// 6. the field `general` belongs to an index only where it has answers or a target names it; the interval of a target's other measure is
///    widened by what is missing for it, as that of its own measure is.
pub const METHOD: u32 = 6;
