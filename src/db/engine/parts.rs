//! Lists that are too long for one statement are asked for in parts: SQLite binds 32 766 values in a statement and PostgreSQL 65 535, a
//! country has more units than either, and every length of list is a statement of its own to prepare.

use crate::db::DbError;

/// So many values of a list are named in one statement. A statement may name them several times, beside others.
pub(in crate::db) const AT_ONCE: usize = 1_000;

/// What is found of each part of a list, in the order of its values, each value once. What is ordered by the value first stays in order; what is
/// ordered otherwise is to be sorted again.
pub(in crate::db) fn in_parts<V: Ord + Clone, T>(
    values: &[V],
    mut find: impl FnMut(&[V]) -> Result<Vec<T>, DbError>,
) -> Result<Vec<T>, DbError> {
    let mut found = Vec::new();
    for some in sorted(values).chunks(AT_ONCE) {
        found.extend(find(some)?);
    }
    Ok(found)
}

/// Whether something holds of any part of a list.
pub(in crate::db) fn any_in_parts<V: Ord + Clone>(
    values: &[V],
    mut holds: impl FnMut(&[V]) -> Result<bool, DbError>,
) -> Result<bool, DbError> {
    for some in sorted(values).chunks(AT_ONCE) {
        if holds(some)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sorted<V: Ord + Clone>(values: &[V]) -> Vec<V> {
    let mut values = values.to_vec();
    values.sort_unstable();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_asked_for_in_parts_in_order_and_each_value_once() {
        let values: Vec<i32> = (0..2_500).rev().chain([7, 7]).collect();
        let mut parts = Vec::new();
        let found = in_parts(&values, |some| {
            parts.push(some.len());
            Ok(some.to_vec())
        });
        assert_eq!(found, Ok((0..2_500).collect()));
        assert_eq!(parts, [1_000, 1_000, 500]);
        let mut asked = 0;
        let holds = any_in_parts(&values, |some| {
            asked += 1;
            Ok(some.contains(&1_500))
        });
        assert_eq!((holds, asked), (Ok(true), 2));
        assert_eq!(any_in_parts(&[0_i32; 0], |_| Ok(true)), Ok(false));
    }
}
