//! What the machine can do at most: the disk's rate of syncs, and the rows of answers written straight into SQLite.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::{Connection, ExpressionMethods, RunQueryDsl, SqliteConnection};

diesel::table! {
    attempt (unit_id, hash) { unit_id -> Integer, hash -> Binary, tag -> Binary, day -> Integer, }
}
diesel::table! {
    sheet (unit_id, day, random) {
        unit_id -> Integer, day -> Integer, random -> BigInt, point_id -> Integer, form_id -> Integer,
        field_id -> SmallInt, series -> SmallInt, mode -> SmallInt, respondent -> SmallInt, channel -> SmallInt,
        suspect -> Bool, answers -> Binary, demographics -> Binary,
    }
}
diesel::table! {
    tally (unit_id, released, day, point_id) {
        unit_id -> Integer, released -> Bool, day -> Integer, point_id -> Integer, body -> Binary,
    }
}

/// How often a second a page appended to a file is synced to the disk of `folder`.
pub fn syncs_a_second(folder: &Path, seconds: f64) -> f64 {
    let path = folder.join("syncs");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("a file");
    let begun = Instant::now();
    let mut syncs = 0_u32;
    while begun.elapsed().as_secs_f64() < seconds {
        file.write_all(&[7; 4096]).expect("written");
        file.sync_data().expect("synced");
        syncs += 1;
    }
    f64::from(syncs) / begun.elapsed().as_secs_f64()
}

/// Answers a second when each batch of `rows` is one transaction of three statements by hand: attempts, sheets, and one
/// tally a point, with the same columns, keys and settings of the connection as the product, and with nothing checked or computed.
pub fn rows_a_second(folder: &Path, rows: usize, seconds: f64) -> f64 {
    let path = folder.join(format!("straight-{rows}.db"));
    let mut conn = SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("a file");
    conn.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;
         CREATE TABLE attempt (unit_id INTEGER NOT NULL, hash BLOB NOT NULL, tag BLOB NOT NULL, day INTEGER NOT NULL,
             PRIMARY KEY (unit_id, hash)) WITHOUT ROWID;
         CREATE TABLE sheet (unit_id INTEGER NOT NULL, day INTEGER NOT NULL, random INTEGER NOT NULL,
             point_id INTEGER NOT NULL, form_id INTEGER NOT NULL, field_id INTEGER NOT NULL, series INTEGER NOT NULL,
             mode INTEGER NOT NULL, respondent INTEGER NOT NULL, channel INTEGER NOT NULL, suspect INTEGER NOT NULL,
             answers BLOB NOT NULL, demographics BLOB NOT NULL, PRIMARY KEY (unit_id, day, random)) WITHOUT ROWID;
         CREATE TABLE tally (unit_id INTEGER NOT NULL, released INTEGER NOT NULL, day INTEGER NOT NULL,
             point_id INTEGER NOT NULL, body BLOB NOT NULL,
             PRIMARY KEY (unit_id, released, day, point_id)) WITHOUT ROWID;",
    )
    .expect("tables");
    let begun = Instant::now();
    let mut done = 0_u64;
    while begun.elapsed().as_secs_f64() < seconds {
        conn.batch_execute("BEGIN IMMEDIATE").expect("begun");
        let mut batch: Vec<u64> = (done..).take(rows).map(mixed).collect();
        batch.sort_unstable();
        let hashes: Vec<[u8; 32]> = batch.iter().map(|number| [number.to_be_bytes(); 4].concat()).map(whole).collect();
        let attempts: Vec<_> = hashes
            .iter()
            .map(|hash| {
                let key = (attempt::unit_id.eq(1), attempt::hash.eq(&hash[..]));
                (key.0, key.1, attempt::tag.eq(&hash[..16]), attempt::day.eq(20_000))
            })
            .collect();
        diesel::insert_into(attempt::table).values(&attempts).execute(&mut conn).expect("attempts");
        let sheets: Vec<_> = batch
            .iter()
            .map(|number| {
                (
                    (sheet::unit_id.eq(1), sheet::day.eq(20_000), sheet::random.eq(number.cast_signed())),
                    (sheet::point_id.eq(1), sheet::form_id.eq(1), sheet::field_id.eq(1_i16), sheet::series.eq(2_i16)),
                    (sheet::mode.eq(0_i16), sheet::respondent.eq(0_i16), sheet::channel.eq(0_i16)),
                    (
                        sheet::suspect.eq(false),
                        sheet::answers.eq(&[4_u8; 12][..]),
                        sheet::demographics.eq(&[0_u8; 3][..]),
                    ),
                )
            })
            .collect();
        diesel::insert_into(sheet::table).values(&sheets).execute(&mut conn).expect("sheets");
        // As many tallies as points take turns in the other measurements, of a usual length.
        let tallies: Vec<_> = (0..rows.min(60))
            .map(|point| {
                let key = (tally::unit_id.eq(1), tally::released.eq(true), tally::day.eq(20_000));
                let point = i32::try_from(point).unwrap_or(0);
                (key.0, key.1, key.2, tally::point_id.eq(point), tally::body.eq(&[7_u8; 600][..]))
            })
            .collect();
        diesel::replace_into(tally::table).values(&tallies).execute(&mut conn).expect("tallies");
        conn.batch_execute("COMMIT").expect("stored");
        done += rows as u64;
    }
    done as f64 / begun.elapsed().as_secs_f64()
}

/// Scattered as hashes are (the finaliser of `SplitMix64`, which repeats nothing).
fn mixed(number: u64) -> u64 {
    let z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn whole(bytes: Vec<u8>) -> [u8; 32] {
    bytes.try_into().expect("four times eight bytes")
}
