//! What one transaction of answers does: the ledgers of attempts and of tickets first, then the sheets they let in, then
//! their tallies.
//!
//! Rows go in sorted by unit, day and random key, attempts by their hash, so that within a batch neither table keeps the
//! order in which answers came, and no two tables keep a common one.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::{BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, QueryDsl, RunQueryDsl};

use super::release::add_waiting;
use super::sheet::{Sheet, Stored, Submission};
use super::{tickets, voided};
use crate::clock;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::schema::{attempt, comment, service_point, sheet, unit};
use crate::db::reference::questionnaires;
use crate::db::{DbError, SheetRefused, day, random};
use crate::sheet::tally::{NOT_USED, Tally, TallyKey};

/// Sheets in one statement: 1 000 × 13 columns stays below SQLite's 32 766 bound values.
const ROWS_PER_STATEMENT: usize = 1_000;

#[derive(Insertable)]
#[diesel(table_name = attempt, treat_none_as_default_value = false)]
struct AttemptRow<'a> {
    unit_id: i32,
    hash: &'a [u8],
    tag: &'a [u8],
    day: i32,
}

/// A new sheet, borrowed: every answer passes here, and [`super::sheet::SheetRow`] would copy its bytes. Its release is left to the
/// table, which lets it wait.
#[derive(Insertable)]
#[diesel(table_name = sheet, treat_none_as_default_value = false)]
struct SheetRow<'a> {
    unit_id: i32,
    day: i32,
    random: i64,
    point_id: i32,
    form_id: i32,
    field_id: i16,
    series: i16,
    mode: i16,
    respondent: i16,
    channel: i16,
    suspect: bool,
    answers: &'a [u8],
    demographics: &'a [u8],
}

#[derive(Insertable)]
#[diesel(table_name = comment, treat_none_as_default_value = false)]
struct CommentRow<'a> {
    unit_id: i32,
    day: i32,
    random: i64,
    body: &'a str,
}

/// Stores `submissions` and says what became of each, in their order.
pub(in crate::db) fn store(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    submissions: &[Submission],
) -> Result<Vec<Stored>, DbError> {
    for submission in submissions {
        check(conn, forms, &submission.sheet)?;
    }
    // Of attempts that come twice in one batch, the first is the one to store.
    let mut first: BTreeMap<Key, usize> = BTreeMap::new();
    for (place, submission) in submissions.iter().enumerate() {
        first.entry(key_of(submission)).or_insert(place);
    }
    let mut inserted = insert_attempts(conn, submissions, &first)?;
    let gone = take_out_retired(conn, submissions, &first, &inserted)?;
    inserted.retain(|key| !gone.contains(key));
    let refused = use_tickets(conn, submissions, &first, &inserted)?;
    inserted.retain(|key| !refused.contains(key));
    let is_new: Vec<bool> = submissions
        .iter()
        .enumerate()
        .map(|(place, submission)| {
            let key = key_of(submission);
            first.get(&key) == Some(&place) && inserted.contains(&key)
        })
        .collect();
    let new: Vec<&Sheet> =
        submissions.iter().zip(&is_new).filter(|(_, is_new)| **is_new).map(|(new, _)| &new.sheet).collect();
    insert_sheets(conn, &new)?;
    let sums = sums(conn, forms, &new)?;
    add_waiting(conn, slot, forms, sums)?;

    // The ledger now holds every attempt of the batch, the ones just inserted included.
    let tags = if new.len() < submissions.len() { stored_tags(conn, &first)? } else { HashMap::new() };
    let answers = submissions.iter().zip(is_new).map(|(submission, is_new)| {
        let key = key_of(submission);
        match tags.get(&key) {
            _ if is_new => Stored::New,
            Some(tag) if *tag == submission.attempt.tag => Stored::Before,
            None if refused.contains(&key) => Stored::TicketRefused,
            None if gone.contains(&key) => Stored::PointRetired,
            _ => Stored::OtherContent,
        }
    });
    Ok(answers.collect())
}

/// Uses up the tickets of the attempts just entered; the attempts whose ticket cannot be used are taken out again, so
/// that the same attempt may come without it, and are returned.
///
/// The attempt comes before the ticket: of two writers with one retried submission the second finds the attempt of
/// the first and says "before"; asking for the ticket first it would say "used".
fn use_tickets(
    conn: &mut Conn,
    submissions: &[Submission],
    first: &BTreeMap<Key, usize>,
    inserted: &HashSet<Key>,
) -> Result<HashSet<Key>, DbError> {
    let entered = first.iter().filter(|(key, _)| inserted.contains(*key));
    let with_ticket: Vec<(Key, tickets::Wanted)> = entered
        .filter_map(|(key, place)| {
            let Submission { sheet, ticket, .. } = &submissions[*place];
            let wanted = tickets::Wanted { unit: key.0, hash: (*ticket)?, point: sheet.key.point, day: sheet.key.day };
            Some((*key, wanted))
        })
        .collect();
    if with_ticket.is_empty() {
        return Ok(HashSet::new());
    }
    let wanted: Vec<tickets::Wanted> = with_ticket.iter().map(|(_, wanted)| *wanted).collect();
    let used = tickets::use_up(conn, &wanted)?;
    let keys = with_ticket.into_iter().map(|(key, _)| key);
    let refused: HashSet<Key> = keys.zip(used).filter_map(|(key, used)| (!used).then_some(key)).collect();
    take_out(conn, &refused)?;
    Ok(refused)
}

/// The attempts just entered whose point takes no answers any more are taken out again and returned: another server or a command may
/// have retired it after it was looked up here, and what is retired gets no further answer.
fn take_out_retired(
    conn: &mut Conn,
    submissions: &[Submission],
    first: &BTreeMap<Key, usize>,
    inserted: &HashSet<Key>,
) -> Result<HashSet<Key>, DbError> {
    let entered = first.iter().filter(|(key, _)| inserted.contains(*key));
    let places: Vec<(Key, (i32, i32))> =
        entered.map(|(key, place)| (*key, (key.0, submissions[*place].sheet.key.point))).collect();
    let retired = retired(conn, &places.iter().map(|(_, place)| *place).collect())?;
    let gone = places.into_iter().filter(|(_, place)| retired.contains(place)).map(|(key, _)| key).collect();
    take_out(conn, &gone)?;
    Ok(gone)
}

/// Those of some points, by unit and number, that take no answers today.
fn retired(conn: &mut Conn, places: &BTreeSet<(i32, i32)>) -> Result<HashSet<(i32, i32)>, DbError> {
    let today = day::day_number(clock::today());
    let retired = || {
        let joined = service_point::table.inner_join(unit::table.on(unit::id.eq(service_point::unit_id)));
        joined
            .filter(service_point::retired_on.le(today).or(unit::valid_to.lt(today)))
            .select((service_point::unit_id, service_point::id))
            .order((service_point::unit_id, service_point::id))
    };
    let mut found: HashSet<(i32, i32)> = HashSet::new();
    if let Conn::Postgres(_) = conn {
        let (units, points): (BTreeSet<i32>, BTreeSet<i32>) = places.iter().copied().unzip();
        let rows: Vec<(i32, i32)> = retired()
            .filter(service_point::unit_id.eq_any(units))
            .filter(service_point::id.eq_any(points))
            .load(conn)?;
        found.extend(rows);
        return Ok(found);
    }
    // A list would be another statement for each length, to be prepared each time; a step into the key costs less.
    for (unit, point) in places {
        let of_place = retired().filter(service_point::unit_id.eq(unit)).filter(service_point::id.eq(point));
        found.extend(of_place.load::<(i32, i32)>(conn)?);
    }
    Ok(found)
}

/// Takes attempts out of the ledger that were entered in this transaction.
fn take_out(conn: &mut Conn, refused: &HashSet<Key>) -> Result<(), DbError> {
    for unit in refused.iter().map(|(unit, _)| *unit).collect::<BTreeSet<i32>>() {
        let hashes: Vec<Vec<u8>> =
            refused.iter().filter(|(of, _)| *of == unit).map(|(_, hash)| hash.to_vec()).collect();
        let rows = attempt::table.filter(attempt::unit_id.eq(unit));
        diesel::delete(rows.filter(attempt::hash.eq_any(hashes))).execute(conn)?;
    }
    Ok(())
}

/// Stores `sheets` without attempts: whoever calls makes sure that it happens once. They wait, as other answers do.
pub(in crate::db) fn load(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    sheets: &[Sheet],
) -> Result<(), DbError> {
    for sheet in sheets {
        check(conn, forms, sheet)?;
    }
    let sheets: Vec<&Sheet> = sheets.iter().collect();
    insert_sheets(conn, &sheets)?;
    let sums = sums(conn, forms, &sheets)?;
    add_waiting(conn, slot, forms, sums)
}

/// Unit and hash of an attempt: what is unique in the ledger.
type Key = (i32, [u8; 32]);

fn key_of(submission: &Submission) -> Key {
    (submission.sheet.key.unit, submission.attempt.hash)
}

/// The form of a sheet is the edge's to check; this keeps out what would spoil tallies or one engine only.
fn check(conn: &mut Conn, forms: &questionnaires::Cache, sheet: &Sheet) -> Result<(), DbError> {
    let form = forms.form(conn, sheet.key.form)?;
    let (found, items) = (sheet.answers.len(), form.layout.items());
    if found != items || sheet.answers.iter().any(|answer| *answer > NOT_USED) {
        let form = form.questionnaire.reference();
        return Err(SheetRefused::Answers { form, items, found }.into());
    }
    if sheet.comment.as_ref().is_some_and(|comment| comment.contains('\0')) {
        return Err(SheetRefused::Nul.into());
    }
    Ok(())
}

/// Enters the attempts that the ledger does not know, in the order of their hash, and says which those were.
fn insert_attempts(
    conn: &mut Conn,
    submissions: &[Submission],
    first: &BTreeMap<Key, usize>,
) -> Result<HashSet<Key>, DbError> {
    let row = |place: &usize| {
        let Submission { sheet, attempt, .. } = &submissions[*place];
        AttemptRow { unit_id: sheet.key.unit, hash: &attempt.hash, tag: &attempt.tag, day: sheet.key.day }
    };
    let rows: Vec<AttemptRow<'_>> = first.values().map(row).collect();
    let inserted: Vec<(i32, Vec<u8>)> = on_backend!(conn, |c| {
        diesel::insert_into(attempt::table)
            .values(&rows)
            .on_conflict_do_nothing()
            .returning((attempt::unit_id, attempt::hash))
            .get_results(c)
    })?;
    inserted.into_iter().map(|(unit, hash)| Ok((unit, whole(hash)?))).collect()
}

/// The tags under which the ledger keeps these attempts.
fn stored_tags(conn: &mut Conn, attempts: &BTreeMap<Key, usize>) -> Result<HashMap<Key, [u8; 16]>, DbError> {
    let units: BTreeSet<i32> = attempts.keys().map(|(unit, _)| *unit).collect();
    let mut tags = HashMap::new();
    for unit in units {
        let hashes = attempts.range((unit, [0; 32])..=(unit, [0xff; 32])).map(|((_, hash), _)| hash.to_vec());
        let rows: Vec<(Vec<u8>, Vec<u8>)> = attempt::table
            .filter(attempt::unit_id.eq(unit))
            .filter(attempt::hash.eq_any(hashes.collect::<Vec<_>>()))
            .order(attempt::hash)
            .select((attempt::hash, attempt::tag))
            .load(conn)?;
        for (hash, tag) in rows {
            tags.insert((unit, whole(hash)?), whole(tag)?);
        }
    }
    Ok(tags)
}

fn whole<const N: usize>(bytes: Vec<u8>) -> Result<[u8; N], DbError> {
    bytes.try_into().map_err(|_| DbError::Damaged(format!("a value of the ledger is not {N} bytes")))
}

/// Writes the sheets and their comments under new random keys, in the order of the keys.
fn insert_sheets(conn: &mut Conn, sheets: &[&Sheet]) -> Result<(), DbError> {
    let mut rows = Vec::with_capacity(sheets.len());
    let mut comments = Vec::new();
    for Sheet { key, channel, answers, demographics, comment } in sheets {
        let row = SheetRow {
            unit_id: key.unit,
            day: key.day,
            random: i64::from_le_bytes(random()?),
            point_id: key.point,
            form_id: key.form,
            field_id: key.field,
            series: key.series.code(),
            mode: key.mode.code(),
            respondent: key.respondent.code(),
            channel: channel.code(),
            suspect: key.suspect,
            answers,
            demographics,
        };
        if let Some(body) = comment {
            comments.push(CommentRow { unit_id: row.unit_id, day: row.day, random: row.random, body });
        }
        rows.push(row);
    }
    rows.sort_unstable_by_key(|row| (row.unit_id, row.day, row.random));
    comments.sort_unstable_by_key(|row| (row.unit_id, row.day, row.random));
    for rows in rows.chunks(ROWS_PER_STATEMENT) {
        on_backend!(conn, |c| diesel::insert_into(sheet::table).values(rows).execute(c))?;
    }
    for rows in comments.chunks(ROWS_PER_STATEMENT) {
        on_backend!(conn, |c| diesel::insert_into(comment::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The sheets that count added up by key. Of an answer given lately nobody asks whether it is voided: it cannot be.
fn sums(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    sheets: &[&Sheet],
) -> Result<BTreeMap<TallyKey, Tally>, DbError> {
    let mut in_force = BTreeMap::new();
    for sheet in sheets.iter().filter(|sheet| voided::may_cover(sheet.key.day)) {
        if let Entry::Vacant(entry) = in_force.entry(sheet.key.unit) {
            entry.insert(voided::of_waiting(conn, sheet.key.unit)?);
        }
    }
    let is_voided = |key: &TallyKey| in_force.get(&key.unit).is_some_and(|in_force| in_force.covers(key));
    let mut sums = BTreeMap::new();
    for sheet in sheets.iter().filter(|sheet| !is_voided(&sheet.key)) {
        let form = forms.form(conn, sheet.key.form)?;
        let tally = sums.entry(sheet.key).or_insert_with(|| Tally::empty(&form.layout));
        tally.add(&form.layout, &sheet.answers, &sheet.demographics);
    }
    Ok(sums)
}
