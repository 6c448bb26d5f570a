//! Answer sheets for SPSS, and the script for R, as files.

use crate::server::{Folder, done, refused};
use crate::support::{Backend, commune, fresh_db};

#[test]
fn answer_sheets_go_into_a_file_for_spss_and_a_script_labels_them_for_r() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let db = fresh.serve();
    let commune = commune(&db);
    let sheets = (0..12_u8).map(|number| commune.sheet(1, [5, 4, 6, 0, 1 + number % 5]));
    db.load_sheets(sheets.collect()).expect("stored");
    drop(db);
    let file = folder.text("answers.sav");
    done(&fresh.address(), &["export", "responses", "--format", "sav", "--live", "--out", &file]);
    let bytes = std::fs::read(&file).expect("the file");
    // What PSPP's developers' guide says of the header: "$FL2", the layout 2 at byte 64.
    assert_eq!((&bytes[..4], &bytes[64..68]), (&b"$FL2"[..], &[2, 0, 0, 0][..]));
    let has = |words: &str| bytes.windows(words.len()).any(|window| window == words.as_bytes());
    for words in ["V1=unit\tV2=point\tV3=day", "q.item0", "Ngày (không lưu giờ)", "Tự nguyện", "UTF-8"] {
        assert!(has(words), "{words}");
    }
    // Eight bytes an element; unit 64 bytes, point 16, and 8 fixed columns and the items a number each: at the end stand twelve such rows.
    let row = 64 + 16 + 8 * (8 + 5);
    let rows = &bytes[bytes.len() - 12 * row..];
    let level = |number: usize, item: usize| {
        let at = number * row + 80 + 64 + 8 * item;
        f64::from_le_bytes(rows[at..at + 8].try_into().expect("eight bytes"))
    };
    for number in 0..12 {
        assert!(rows[number * row..].starts_with(b"xa-phu-dong "), "a row begins with its unit");
        let found = [0, 1, 2, 3].map(|item| level(number, item).to_bits());
        // 5, 4, "not used" as 9, and blank as system-missing.
        assert_eq!(found, [5.0, 4.0, 9.0, -f64::MAX].map(f64::to_bits));
    }
    let script = done(&fresh.address(), &["export", "script", "--reads", "answers.csv"]);
    assert!(script.contains("read.csv(\"answers.csv\"") && script.contains("d[[\"q.item0\"]] <- factor("), "{script}");
    let refused = |arguments: &[&str]| refused(&fresh.address(), arguments);
    assert!(refused(&["export", "responses", "--format", "sav"]).contains("--out FILE"));
    let comments = ["export", "responses", "--format", "sav", "--comments", "--out", &file];
    assert!(refused(&comments).contains("255 bytes"));
    assert!(refused(&["export", "codebook", "--format", "sav", "--out", &file]).contains("responses --format sav"));
}
