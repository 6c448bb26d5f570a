//! Answer sheets as Parquet, read back by the reader of another program where it is installed.

use std::process::Command;

use crate::server::{Folder, done, refused};
use crate::support::{Backend, commune, fresh_db};

/// What pandas makes of the file: the columns asked for as CSV, then the label of one.
const PYTHON: &str = "import sys, json, pyarrow.parquet as pq\n\
    table = pq.read_table(sys.argv[1])\n\
    known = json.loads(table.schema.metadata[b'sipas.columns'])\n\
    for row in table.select(['unit', 'day', 'series', 'flagged', 'q.item0', 'q.item1', 'q.item2', 'q.item3', 'comment']).to_pylist():\n\
    \x20   print(*[value for value in row.values()], sep='|')\n\
    print(known['day']['label'], known['q.item2']['values']['9'], known['q.item2']['missing'], table.num_rows, sep='|')";

#[test]
fn answer_sheets_go_into_a_parquet_file_that_another_program_reads() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let db = fresh.serve();
    let commune = commune(&db);
    let sheets = (0..12_u8).map(|number| commune.sheet(1, [5, 4, 6, 0, 1 + number % 5]));
    db.load_sheets(sheets.collect()).expect("stored");
    drop(db);
    let file = folder.text("answers.parquet");
    let asked = ["export", "responses", "--format", "parquet", "--live", "--comments", "--out", &file];
    done(&fresh.address(), &asked);
    let bytes = std::fs::read(&file).expect("the file");
    // The format's own mark at both ends (parquet.apache.org/docs/file-format).
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).expect("a file").permissions()) & 0o777,
        0o600
    );

    let refused = |arguments: &[&str]| refused(&fresh.address(), arguments);
    assert!(refused(&["export", "responses", "--format", "parquet"]).contains("--out FILE"));
    assert!(
        refused(&["export", "codebook", "--format", "parquet", "--out", &file]).contains("responses --format parquet")
    );

    assert_eq!(std::fs::read(&file).expect("the file"), bytes, "a refused command leaves the file as it is");

    let has_reader = Command::new("python3").args(["-c", "import pyarrow"]).output();
    if !has_reader.is_ok_and(|output| output.status.success()) {
        println!("pyarrow is not installed here: the file was read by the crate's own reader only, in its unit test");
        return;
    }
    let output = Command::new("python3").args(["-c", PYTHON, &file]).output().expect("python3");
    let words = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines = words.lines();
    for line in lines.by_ref().take(12) {
        // 5, 4, "not used" as 9, blank as nothing; what stands there is what `commune.sheet` was given.
        assert!(line.starts_with("xa-phu-dong|2026-03-14|open|0|5|4|9|None|"), "{line}");
    }
    assert_eq!(lines.next(), Some("Ngày (không lưu giờ)|không|['9']|12"));
}
