//! Disks that fail an operator: one that can only be read, and one that is full. What only reads goes on; what writes is refused before it
//! does anything, with the path and what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use sipas::db::Stored;

use crate::server::{Folder, done, program};
use crate::support::{Backend, attempt, commune, fresh_db};

/// A way to run the program, by way of another.
type Through = Vec<String>;

/// Runs a command through another program; its status and all that it said.
fn run(through: &Through, address: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let inner = program(&[("SIPAS_DATABASE_URL", address)]);
    let (first, rest) = through.split_first().expect("a program");
    let mut command = Command::new(first);
    command.args(rest).arg(inner.get_program()).args(arguments);
    for (key, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(key, value),
            None => command.env_remove(key),
        };
    }
    let output = command.stdin(Stdio::null()).output().expect("the program");
    let words = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(!words.contains("panicked"), "{words}");
    (output.status.code(), words)
}

/// A way through which `script`, which mounts something, has run before; none where nothing can be mounted.
fn mounted(script: &str) -> Option<Through> {
    let script = format!("{script} && exec \"$@\"");
    let ways = [&["unshare", "-m"][..], &["unshare", "-U", "-r", "-m"]];
    let through = ways.into_iter().map(|way| [way, &["sh", "-c", &script, "sh"]].concat());
    let works = |through: &Vec<&str>| {
        Command::new(through[0]).args(&through[1..]).arg("true").output().is_ok_and(|tried| tried.status.success())
    };
    Some(through.into_iter().find(works)?.into_iter().map(str::to_owned).collect())
}

/// A folder that can only be read for whoever goes this way: mounted so, or by its rights where nothing can be mounted.
fn read_only(folder: &str) -> Through {
    mounted(&format!("mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}")).unwrap_or_else(|| {
        fs::set_permissions(folder, PermissionsExt::from_mode(0o500)).expect("rights");
        without_rights_of_root()
    })
}

/// Root may write everywhere unless it gives that right up.
fn without_rights_of_root() -> Through {
    let owns = Command::new("id").arg("-u").output().expect("id").stdout == b"0\n";
    let without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--"];
    let through = if owns { &without[..] } else { &["env"] };
    through.iter().map(|part| (*part).to_owned()).collect()
}

fn assert_says(words: &str, parts: &[&str]) {
    for part in parts {
        assert!(words.contains(part), "`{part}` in: {words}");
    }
}

/// What reads works, what writes is refused untouched.
fn assert_is_only_read(through: &Through, file: &str, elsewhere: &Folder) {
    let address = format!("sqlite:{file}");
    let bytes = fs::read(file).expect("the file");
    let copy = elsewhere.text("copy.db");
    for command in [
        &["unit", "list"][..],
        &["plan", "list"],
        &["point", "list", "--json"],
        &["void", "list"],
        &["audit", "verify"],
        &["period", "verify"],
        &["export", "codebook", "--format", "csv"],
        &["backup", &copy],
    ] {
        let (status, words) = run(through, &address, command);
        assert_eq!(status, Some(0), "{command:?}: {words}");
        assert_says(&words, &["warning: ", file, "cannot be written"]);
    }
    assert!(!fs::read(&copy).expect("a copy").is_empty());
    fs::remove_file(&copy).expect("removed");
    let (status, words) = run(through, &address, &["doctor"]);
    assert_eq!(status, Some(1), "{words}");
    assert_says(&words, &["ok   integrity: ok", "ok   tallies: ", "BAD  writing: ", "one finding needs attention"]);
    let unit = ["unit", "add", "phuong-moi", "--kind", "ward", "--name", "Phường", "--name-en", "Ward"];
    let demo = ["demo", "--responses", "10", "--seed", "1"];
    for command in [&unit[..], &demo, &["migrate"], &["serve"], &["doctor", "--rebuild"], &["move", "--unmark"]] {
        let (status, words) = run(through, &address, command);
        assert_eq!(status, Some(1), "{command:?}: {words}");
        assert_says(&words, &[file]);
        assert!(words.contains("can only be read") || words.contains("Permission denied"), "{command:?}: {words}");
    }
    assert_eq!(fs::read(file).expect("the file"), bytes);
}

#[test]
fn a_database_on_a_disk_that_can_only_be_read_is_read() {
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    let (place, file) = (folder.text("disk"), folder.text("disk/sipas.db"));
    fs::create_dir(&place).expect("a folder");
    done(&format!("sqlite:{file}"), &["migrate"]);
    let through = read_only(&place);
    assert_is_only_read(&through, &file, &elsewhere);
    fs::set_permissions(&place, PermissionsExt::from_mode(0o700)).expect("rights");
}

#[test]
fn a_database_in_a_folder_of_somebody_else_is_read() {
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    let (place, file) = (folder.text("theirs"), folder.text("theirs/sipas.db"));
    fs::create_dir(&place).expect("a folder");
    done(&format!("sqlite:{file}"), &["migrate"]);
    fs::set_permissions(&place, PermissionsExt::from_mode(0o500)).expect("rights");
    assert_is_only_read(&without_rights_of_root(), &file, &elsewhere);
    fs::set_permissions(&place, PermissionsExt::from_mode(0o700)).expect("rights");
}

#[test]
fn a_log_that_cannot_be_read_without_writing_is_told_and_never_left_out() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let place = folder.text("disk");
    fs::create_dir(&place).expect("a folder");
    let db = fresh.serve();
    let commune = commune(&db);
    assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(1, 1)), Ok(Stored::New));
    // While it is served its last changes lie in the log: both files are carried away as they are.
    let from = fresh.url().file().expect("a file").display().to_string();
    for suffix in ["", "-wal"] {
        fs::copy(format!("{from}{suffix}"), format!("{place}/sipas.db{suffix}")).expect("a copy");
    }
    assert!(fs::metadata(format!("{place}/sipas.db-wal")).expect("a log").len() > 0);
    let through = read_only(&place);
    let file = format!("{place}/sipas.db");
    let (status, words) = run(&through, &format!("sqlite:{file}"), &["unit", "list"]);
    fs::set_permissions(&place, PermissionsExt::from_mode(0o700)).expect("rights");
    assert_eq!(status, Some(1), "{words}");
    assert_says(&words, &[&file, "cannot be written", "sipas.db-wal", "copy both files", "DATABASE_URL"]);
}

#[test]
fn whatever_is_written_to_a_full_disk_is_told_with_its_path_and_what_to_do() {
    let (folder, small) = (Folder::new(), Folder::new());
    let disk = small.text("disk");
    fs::create_dir(&disk).expect("a folder");
    let file = folder.text("sipas.db");
    let address = format!("sqlite:{file}");
    done(&address, &["demo", "--responses", "300", "--seed", "1", "--until", "2026-09-30"]);
    // Each way mounts a disk of its own, smaller than anything that is written to it.
    let Some(through) = mounted(&format!("mount -t tmpfs -o size=4k tmpfs {disk}")) else {
        // The sentence of files is tried in src/cli/files.rs, that of the database in src/db/engine/place.rs.
        return println!("no disk can be mounted here");
    };
    let report = ["report", "--plan", "cau-giay-2026", "--period", "2026-q3", "--format", "docx"];
    let index = ["export", "index", "--plan", "cau-giay-2026", "--period", "2026-q3", "--format", "csv"];
    for command in [
        &report[..],
        &index,
        &["export", "responses", "--format", "csv"],
        &["export", "responses", "--format", "sav"],
        &["export", "codebook", "--format", "xlsx"],
    ] {
        let out = format!("{disk}/out");
        let (status, words) = run(&through, &address, &[command, &["--out", &out]].concat());
        assert_eq!(status, Some(1), "{command:?}: {words}");
        assert_says(&words, &[&out, "the disk is full: make room, or name a file on another disk"]);
    }
    let copy = format!("{disk}/copy.db");
    let (status, words) = run(&through, &address, &["backup", &copy]);
    assert_eq!(status, Some(1), "{words}");
    assert_says(&words, &[&copy, "the disk is full", "Make room, or copy to another disk"]);
    let (status, words) = run(&through, &format!("sqlite:{disk}/new.db"), &["restore", &file]);
    assert_eq!(status, Some(1), "{words}");
    assert_says(&words, &[&format!("{disk}/new.db"), "the disk is full"]);
}

#[test]
fn a_database_on_a_full_disk_is_read_and_what_is_stored_is_refused_with_its_path() {
    let (folder, small) = (Folder::new(), Folder::new());
    let (disk, source) = (small.text("disk"), folder.text("sipas.db"));
    fs::create_dir(&disk).expect("a folder");
    done(&format!("sqlite:{source}"), &["migrate"]);
    let room = fs::metadata(&source).expect("the file").len() / 1024 + 200;
    // A disk with the database on it, filled to its last byte.
    let fill = format!("dd if=/dev/zero of={disk}/fill bs=1k 2> {disk}/words");
    let script =
        format!("mount -t tmpfs -o size={room}k tmpfs {disk} && cp {source} {disk}/sipas.db && {{ {fill} || true; }}");
    let Some(through) = mounted(&script) else { return println!("no disk can be mounted here") };
    let address = format!("sqlite:{disk}/sipas.db");
    let (status, words) = run(&through, &address, &["unit", "list"]);
    assert_eq!(status, Some(0), "{words}");
    let (status, words) = run(&through, &address, &["doctor"]);
    assert_eq!(status, Some(1), "{words}");
    assert_says(&words, &["ok   integrity: ok", "BAD  writing: ", "No space left on device"]);
    let unit = ["unit", "add", "phuong-moi", "--kind", "ward", "--name", "Phường", "--name-en", "Ward"];
    for command in [&unit[..], &["migrate"], &["doctor", "--rebuild"]] {
        let (status, words) = run(&through, &address, command);
        assert_eq!(status, Some(1), "{command:?}: {words}");
        assert_says(&words, &[&format!("{disk}/sipas.db"), "disk is full", "make room"]);
    }
}
