//! Can a code be joined to its answer? Attackers who hold a copy of the database, its write-ahead log, the log lines, the ledger of
//! codes, and a list that says who used which code at what time, try to.
//!
//! **The measure.** An attacker names one sheet for every person. Where their way of doing so tells nothing, that is a
//! random permutation of n persons, and
//! - at least k persons are right with a probability of at most 1/k!: there are C(n, k) sets of k persons, each of them right
//!   with (n−k)!/n!;
//! - of the n/2 pairs (person i, person i + n/2) the two sheets stand in the order of use or against it, each with 1/2 and
//!   independently, since the pairs have nobody in common: the binomial distribution with n/2 trials.
//!
//! Each comparison is allowed 1 in 100 million; there are fewer than 100 of them, so that a run fails by chance less than once
//! in a million. Copies that do keep the order, shown to the same attackers, are lost to them.

#[macro_use]
#[path = "support/mod.rs"]
mod support;

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::sync::{Arc, Mutex};

use chrono::Days;
use diesel::sql_types::{BigInt, Binary};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use sipas::db::{Db, Stored, TicketIssue};

use support::{Backend, Commune, FreshDb, attempt, commune, fresh_db, some_day};

/// People who used a code at one point on one day; a multiple of five, so that none of them waits for a group.
const PEOPLE: usize = 240;
/// What one comparison may fail by chance.
const CHANCE: f64 = 1e-8;

// --- what happened --------------------------------------------------------------------------------------------------

fn ticket(person: usize) -> [u8; 32] {
    attempt(u32::try_from(person).expect("small") ^ 0x5a5a_5a5a, 0).hash
}

/// Answers that nobody else gives, in base 7.
fn answers_of(person: usize) -> [u8; 5] {
    let mut rest = person * 17 + 5;
    [(); 5].map(|()| {
        let digit = u8::try_from(rest % 7).expect("small");
        rest /= 7;
        digit
    })
}

/// One person after the other answers with a code, each stored before the next begins; every third writes a comment, and
/// others answer without a code between them.
fn answer(db: &Db, commune: &Commune, people: std::ops::Range<usize>) {
    let last_day = some_day() + Days::new(30);
    let issue = TicketIssue { unit: commune.unit, point: 1, key_id: [1; 8], issued_on: some_day(), last_day };
    db.by_nobody().issue_tickets(&issue, people.clone().map(ticket).collect()).expect("issued");
    for person in people {
        let number = u32::try_from(person).expect("small");
        let mut sheet = commune.sheet(1, answers_of(person));
        sheet.comment = (person % 3 == 0).then(|| comment_of(person));
        let stored = db.submit_with_ticket_blocking(sheet, attempt(2 * number, 1), ticket(person));
        assert_eq!(stored, Ok(Stored::New));
        if person % 4 == 0 {
            assert_eq!(db.submit_blocking(commune.sheet(2, [3; 5]), attempt(2 * number + 1, 1)), Ok(Stored::New));
        }
    }
}

fn comment_of(person: usize) -> String {
    format!("góp ý số {:05}", person * 7_919 % 100_000)
}

// --- what attackers hold --------------------------------------------------------------------------------------------

/// A sheet as an attacker sees it, with what only the test knows: whose it is.
#[derive(Clone)]
struct Seen {
    person: usize,
    random: i64,
    /// Transaction that wrote it (PostgreSQL).
    xmin: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    random: i64,
    #[diesel(sql_type = Binary)]
    answers: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    xmin: i64,
}

#[derive(QueryableByName)]
struct Code {
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    xmin: i64,
}

fn seen(rows: Vec<Row>) -> Vec<Seen> {
    let owners: HashMap<Vec<u8>, usize> = (0..PEOPLE).map(|person| (answers_of(person).to_vec(), person)).collect();
    rows.into_iter().map(|row| Seen { person: owners[&row.answers], random: row.random, xmin: row.xmin }).collect()
}

/// The persons of the codes in the ledger, in the order of its rows. Who used which code is known.
fn holders(codes: &[Code]) -> Vec<usize> {
    let known: HashMap<Vec<u8>, usize> = (0..10_000).map(|person| (ticket(person).to_vec(), person)).collect();
    codes.iter().map(|code| known[&code.hash]).collect()
}

/// A key as SQLite writes it: in eight bytes, or in six where they suffice.
fn key_bytes(random: i64) -> Vec<u8> {
    let bytes = random.to_be_bytes();
    let small = (-(1_i64 << 47)..1 << 47).contains(&random);
    bytes[if small { 2 } else { 0 }..].to_vec()
}

/// Where each of `wanted` stands in the file, every time.
fn places(file: &[u8], wanted: impl Iterator<Item = Vec<u8>>) -> HashMap<Vec<u8>, Vec<usize>> {
    let mut found: HashMap<Vec<u8>, Vec<usize>> = wanted.map(|bytes| (bytes, Vec::new())).collect();
    let mut lengths: Vec<usize> = found.keys().map(Vec::len).collect();
    lengths.sort_unstable();
    lengths.dedup();
    for length in lengths {
        for (place, window) in file.windows(length).enumerate() {
            if let Some(places) = found.get_mut(window) {
                places.push(place);
            }
        }
    }
    found
}

/// Where the keys of sheets stand in the file.
fn places_of(file: &[u8], sheets: &[Seen]) -> HashMap<Vec<u8>, Vec<usize>> {
    places(file, sheets.iter().map(|sheet| key_bytes(sheet.random)))
}

fn sqlite_rows(conn: &mut SqliteConnection, order: &str) -> Vec<Seen> {
    let sql = format!("SELECT random, answers, 0 AS xmin FROM sheet WHERE series = 2 {order}");
    seen(diesel::sql_query(sql).load(conn).expect("sheets"))
}

/// An attacker's way and the sheet they name for each person: `named[p]` is whose sheet it really is.
type Attacks = Vec<(&'static str, Vec<usize>)>;

/// Sheets in the order in which they are said to have come.
fn in_order(sheets: &[Seen]) -> Vec<usize> {
    sheets.iter().map(|sheet| sheet.person).collect()
}

/// The row of the ledger at each rank is said to belong to the sheet at that rank.
fn rank_by_rank(holders: &[usize], sheets: &[Seen]) -> Vec<usize> {
    let mut named = vec![usize::MAX; holders.len()];
    for (holder, sheet) in holders.iter().zip(sheets) {
        named[*holder] = sheet.person;
    }
    named
}

/// Everything tried on a SQLite file.
fn attack_sqlite(path: &str, file: &[u8]) -> Attacks {
    let mut conn = SqliteConnection::establish(path).expect("the copy");
    let by_key = sqlite_rows(&mut conn, "ORDER BY unit_id, day, random");
    let page_size = usize::from(u16::from_be_bytes([file[16], file[17]]));
    let sites = places_of(file, &by_key);
    let mut sited: Vec<(usize, Seen)> =
        by_key.iter().map(|sheet| (sites[&key_bytes(sheet.random)][0], sheet.clone())).collect();
    sited.sort_by_key(|(place, _)| *place);
    let by_place: Vec<Seen> = sited.iter().map(|(_, sheet)| sheet.clone()).collect();
    // Bytes that were moved may be left where they stood before.
    let mut by_last_place = by_key.clone();
    by_last_place.sort_by_key(|sheet| sites[&key_bytes(sheet.random)].last().copied());
    // SQLite fills a page from its end, so that in every page later rows stand further in front.
    sited.sort_by_key(|(place, _)| std::cmp::Reverse(place % page_size));
    let backwards: Vec<Seen> = sited.iter().map(|(_, sheet)| sheet.clone()).collect();
    let codes: Vec<Code> =
        diesel::sql_query("SELECT hash, 0 AS xmin FROM ticket ORDER BY unit_id, hash").load(&mut conn).expect("codes");
    let by_hash = holders(&codes);
    let sites = places(file, codes.iter().map(|code| code.hash.clone()));
    let mut sited: Vec<(usize, usize)> =
        codes.iter().zip(&by_hash).map(|(code, person)| (sites[&code.hash][0], *person)).collect();
    sited.sort_unstable();
    let ledger_by_place: Vec<usize> = sited.into_iter().map(|(_, person)| person).collect();
    vec![
        ("rows as they come", in_order(&sqlite_rows(&mut conn, ""))),
        ("rows by key", in_order(&by_key)),
        ("place in the file", in_order(&by_place)),
        ("last place in the file", in_order(&by_last_place)),
        ("place in the page, from its end", in_order(&backwards)),
        ("ledger by hash, sheets by key", rank_by_rank(&by_hash, &by_key)),
        ("ledger and sheets by place", rank_by_rank(&ledger_by_place, &by_place)),
        ("ledger by place, sheets from the end of pages", rank_by_rank(&ledger_by_place, &backwards)),
    ]
}

/// Everything tried on PostgreSQL by somebody who may ask for system columns.
fn attack_postgres(fresh: &FreshDb) -> Attacks {
    let mut conn = PgConnection::establish(&fresh.address()).expect("the schema");
    let mut rows = |order: &str| {
        let columns = "random, answers, xmin::text::int8 AS xmin";
        seen(
            diesel::sql_query(format!("SELECT {columns} FROM sheet WHERE series = 2 {order}"))
                .load(&mut conn)
                .expect("sheets"),
        )
    };
    let by_key = rows("ORDER BY unit_id, day, random");
    let as_they_come = in_order(&rows(""));
    let by_place = rows("ORDER BY ctid");
    let by_transaction = rows("ORDER BY xmin::text::int8, cmin::text::int8, ctid");
    let codes: Vec<Code> = diesel::sql_query("SELECT hash, xmin::text::int8 AS xmin FROM ticket ORDER BY ctid")
        .load(&mut conn)
        .expect("codes");
    let ledger_by_place = holders(&codes);
    // The code and the sheet that one transaction wrote; where it is no single one, the first not named yet.
    let mut of_transaction: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for sheet in by_transaction.iter().rev() {
        of_transaction.entry(sheet.xmin).or_default().push(sheet.person);
    }
    let mut left: Vec<usize> = Vec::new();
    let mut joined = vec![usize::MAX; codes.len()];
    let mut unnamed = Vec::new();
    for (code, holder) in codes.iter().zip(&ledger_by_place) {
        match of_transaction.get_mut(&code.xmin).and_then(Vec::pop) {
            Some(person) => joined[*holder] = person,
            None => unnamed.push(*holder),
        }
    }
    left.extend(of_transaction.into_values().flatten());
    for (holder, person) in unnamed.into_iter().zip(left) {
        joined[holder] = person;
    }
    vec![
        ("rows as they come", as_they_come),
        ("rows by key", in_order(&by_key)),
        ("place in the table", in_order(&by_place)),
        ("transaction and command", in_order(&by_transaction)),
        ("ledger and sheets by place", rank_by_rank(&ledger_by_place, &by_place)),
        ("ledger and sheets of one transaction", joined),
    ]
}

// --- how well they did ----------------------------------------------------------------------------------------------

/// P(X ≥ least) of the binomial distribution, summed exactly from its largest term down.
fn binomial_tail(trials: u32, probability: f64, least: u32) -> f64 {
    let mut term = (0..trials).fold(1.0, |term, _| term * (1.0 - probability));
    let mut tail = if least == 0 { term } else { 0.0 };
    for k in 1..=trials {
        term *= f64::from(trials - k + 1) / f64::from(k) * probability / (1.0 - probability);
        if k >= least {
            tail += term;
        }
    }
    tail
}

/// The fewest right ones of a random permutation that are too many: 1/k! ≤ [`CHANCE`].
fn too_many_right() -> usize {
    let mut probability = 1.0;
    let mut right = 0;
    while probability > CHANCE {
        right += 1;
        probability /= right as f64;
    }
    right
}

/// Why the attack did better, or more orderly, than chance; none where it did not.
fn wins(named: &[usize]) -> Option<String> {
    let right = named.iter().enumerate().filter(|(person, named)| person == *named).count();
    if right >= too_many_right() {
        return Some(format!("{right} of {} named rightly", named.len()));
    }
    let half = named.len() / 2;
    let orderly = (0..half).filter(|person| named[*person] < named[person + half]).count();
    let extreme = u32::try_from(orderly.max(half - orderly)).expect("small");
    let chance = 2.0 * binomial_tail(u32::try_from(half).expect("small"), 0.5, extreme);
    (chance <= CHANCE).then(|| format!("{orderly} of {half} pairs in order"))
}

fn assert_chance(attacks: &Attacks) {
    for (way, named) in attacks {
        assert_eq!(named.len(), PEOPLE, "{way}");
        assert_eq!(wins(named), None, "{way}");
    }
}

fn winning(attacks: &Attacks) -> Vec<&'static str> {
    attacks.iter().filter(|(_, named)| wins(named).is_some()).map(|(way, _)| *way).collect()
}

// --- the tests ------------------------------------------------------------------------------------------------------

/// Log lines of everything in this process, at the most talkative level.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn write_anew(db: &Db, commune: &Commune) {
    assert!(db.forget_order(commune.unit, some_day()).expect("written anew") > 0);
    db.clear_old_rows().expect("cleared");
}

#[test]
fn one_copy_of_a_sqlite_database_joins_no_code_to_its_answer() {
    let lines = Lines::default();
    let writer = lines.clone();
    let logging =
        tracing_subscriber::fmt().with_env_filter("trace").with_ansi(false).with_writer(move || writer.clone());
    logging.try_init().expect("the only logger of this program");
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    let commune = commune(&db);
    answer(&db, &commune, 0..PEOPLE);
    write_anew(&db, &commune);

    let path = fresh.url().file().expect("a file").to_str().expect("UTF-8");
    let log = std::fs::read(format!("{path}-wal")).unwrap_or_default();
    assert!(log.is_empty(), "the write-ahead log holds {} bytes after the checkpoint", log.len());
    let file = std::fs::read(path).expect("the file");
    assert_chance(&attack_sqlite(path, &file));

    let mut conn = SqliteConnection::establish(path).expect("the copy");
    let sheets = sqlite_rows(&mut conn, "");
    let commented = || (0..PEOPLE).step_by(3);
    let sites = places(&file, commented().map(|person| comment_of(person).into_bytes()));
    let mut comments: Vec<(usize, usize)> =
        commented().map(|person| (sites[comment_of(person).as_bytes()][0], person / 3)).collect();
    comments.sort_unstable();
    assert_eq!(wins(&comments.iter().map(|(_, person)| *person).collect::<Vec<_>>()), None, "place of comments");
    // One day, one row of tallies: all of them wait until the night, so that which answers wait tells nothing.
    let waiting = "SELECT count(*) AS random, x'' AS answers, 0 AS xmin FROM tally WHERE series = 2 AND released = 0";
    let waiting: Row = diesel::sql_query(waiting).get_result(&mut conn).expect("a count");
    assert_eq!(waiting.random, 1);
    // The log names no sheet, no code, no attempt.
    let lines = String::from_utf8_lossy(&lines.0.lock().expect("lines")).into_owned();
    for sheet in &sheets {
        assert!(!lines.contains(&sheet.random.to_string()), "a key in the log");
        assert!(!lines.contains(&sipas::secrets::hex::hex(&ticket(sheet.person))), "a code in the log");
    }
}

#[test]
fn the_same_attackers_win_on_copies_that_keep_the_order() {
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    let commune = commune(&db);
    answer(&db, &commune, 0..PEOPLE);
    let path = fresh.url().file().expect("a file").with_file_name("leak.db");
    let path = path.to_str().expect("UTF-8");
    // The same rows in a table numbered by arrival.
    let copy = |person: usize| {
        let answers = sipas::secrets::hex::hex(&answers_of(person));
        format!("INSERT INTO leak.sheet SELECT * FROM main.sheet WHERE series = 2 AND answers = x'{answers}';")
    };
    let rows = (0..PEOPLE).map(copy).collect::<String>();
    fresh.sql(&format!(
        "ATTACH '{path}' AS leak; CREATE TABLE leak.sheet AS SELECT * FROM main.sheet WHERE 0; {rows} \
         CREATE TABLE leak.ticket AS SELECT * FROM main.ticket;"
    ));
    let won = winning(&attack_sqlite(path, &std::fs::read(path).expect("the file")));
    assert!(won.contains(&"rows as they come") && won.contains(&"place in the file"), "{won:?}");
}

#[test]
fn one_look_into_postgresql_joins_no_code_to_its_answer_once_the_rows_are_written_anew() {
    let fresh = fresh_db(Backend::Postgres);
    let db = fresh.serve();
    let commune = commune(&db);
    answer(&db, &commune, 0..PEOPLE);
    let won = winning(&attack_postgres(&fresh));
    let before = ["rows as they come", "place in the table", "ledger and sheets of one transaction"];
    assert!(before.iter().all(|way| won.contains(way)), "the attackers see what there is to see: {won:?}");
    write_anew(&db, &commune);
    assert_chance(&attack_postgres(&fresh));
}

#[test]
fn two_copies_tell_one_of_k_apart_no_better_than_one_in_k() {
    const ROUNDS: usize = 30;
    const K: usize = 5;
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    let commune = commune(&db);
    let path = fresh.url().file().expect("a file").to_str().expect("UTF-8");
    let mut right: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut known: Vec<i64> = Vec::new();
    for round in 0..ROUNDS {
        answer(&db, &commune, round * K..(round + 1) * K);
        write_anew(&db, &commune);
        let file = std::fs::read(path).expect("the file");
        let mut conn = SqliteConnection::establish(path).expect("the copy");
        let new: Vec<Seen> = sqlite_rows(&mut conn, "ORDER BY unit_id, day, random")
            .into_iter()
            .filter(|sheet| !known.contains(&sheet.random))
            .collect();
        assert_eq!(new.len(), K);
        let sites = places_of(&file, &new);
        let place = |sheet: &&Seen| sites[&key_bytes(sheet.random)][0];
        let guesses = [
            ("the first by key", new.first()),
            ("the first in the file", new.iter().min_by_key(place)),
            ("the last in the file", new.iter().max_by_key(place)),
        ];
        for (way, guess) in guesses {
            *right.entry(way).or_default() += u32::from(guess.expect("a sheet").person == round * K);
        }
        known.extend(new.iter().map(|sheet| sheet.random));
    }
    // The first of each round's five is named rightly with 1/5, round by round independently.
    for (way, right) in right {
        let chance = binomial_tail(u32::try_from(ROUNDS).expect("small"), 1.0 / K as f64, right);
        assert!(chance > CHANCE, "{way}: {right} of {ROUNDS}");
    }
}

#[test]
fn the_bounds_are_those_of_the_distributions() {
    // 12! = 479 001 600 > 10⁸ > 11! = 39 916 800.
    assert_eq!(too_many_right(), 12);
    // In whole numbers (Python): sum(comb(120, k) for k in range(90, 121)) / 2**120.
    let tail = binomial_tail(120, 0.5, 90);
    assert!((tail / 1.886_376_653_177_654e-8 - 1.0).abs() < 1e-9, "{tail}");
    assert!((binomial_tail(10, 0.2, 0) - 1.0).abs() < 1e-12);
    assert!(wins(&(0..PEOPLE).collect::<Vec<_>>()).is_some(), "in order");
    assert!(wins(&(0..PEOPLE).rev().collect::<Vec<_>>()).is_some(), "against the order");
}
