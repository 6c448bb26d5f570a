//! What an operator gets wrong at the start: refused with a sentence that says what, where and what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::server::{Folder, Server, program};

/// Starts `serve` through another program; the sentence with which it was refused.
fn refused_through(through: &[&str], settings: &[(&str, &str)]) -> String {
    let inner = program(settings);
    let mut command = match through.split_first() {
        Some((first, rest)) => {
            let mut outer = Command::new(first);
            outer.args(rest).arg(inner.get_program());
            for (key, value) in inner.get_envs() {
                match value {
                    Some(value) => outer.env(key, value),
                    None => outer.env_remove(key),
                };
            }
            outer
        }
        None => inner,
    };
    let output = command.arg("serve").stdin(Stdio::null()).output().expect("the program");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(!words.contains("panicked"), "{words}");
    words
}

fn refused(settings: &[(&str, &str)]) -> String {
    refused_through(&[], settings)
}

fn assert_says(words: &str, parts: &[&str]) {
    for part in parts {
        assert!(words.contains(part), "`{part}` in: {words}");
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_and_nothing_is_left_beside_it() {
    let folder = Folder::new();
    let file = folder.text("passwd");
    let text = "root:x:0:0:root:/root:/bin/bash\n";
    fs::write(&file, text).expect("a file");
    let words = refused(&[("SIPAS_DATABASE_URL", &format!("sqlite:{file}"))]);
    assert_says(&words, &["DATABASE_URL", &file, "is no SQLite database", "name a file of its own"]);
    assert_eq!(fs::read_to_string(&file).expect("a file"), text);
    let left: Vec<_> =
        fs::read_dir(folder.path("")).expect("a folder").map(|entry| entry.expect("one").file_name()).collect();
    assert_eq!(left, ["passwd"]);
}

#[test]
fn a_folder_of_backups_that_takes_no_file_stops_the_start() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.text("sipas.db"));
    for backups in ["/proc".to_owned(), folder.text("nowhere"), folder.text("file")] {
        fs::write(folder.path("file"), "").expect("a file");
        let words = refused(&[("SIPAS_DATABASE_URL", &database), ("SIPAS_BACKUP_DIR", &backups)]);
        assert_says(&words, &[&format!("BACKUP_DIR is `{backups}`"), "cannot write", "os error"]);
    }
}

#[test]
fn a_missing_folder_is_no_new_installation() {
    let folder = Folder::new();
    let database = folder.text("disk/sipas.db");
    let words = refused(&[("SIPAS_DATABASE_URL", &format!("sqlite:{database}"))]);
    assert_says(&words, &[&database, "its folder is not there", "Mount its disk"]);
    assert!(!folder.path("disk").exists(), "nothing was made");
}

#[test]
fn every_command_says_of_a_lost_database_what_the_server_says() {
    let folder = Folder::new();
    let file = folder.text("sipas.db");
    let address = format!("sqlite:{file}");
    let server = Server::start(&address, &folder.path("log"), &[]);
    assert_eq!(server.stop().code(), Some(0));
    fs::remove_file(&file).expect("removed");
    let demo = ["demo", "--responses", "10", "--seed", "1"];
    for command in [&["serve"][..], &["migrate"], &demo, &["doctor"], &["unit", "list"], &["backup", "x.db"]] {
        let words = crate::server::refused(&address, command);
        assert_says(&words, &[&file, "is empty or gone, but a database stood there", "sipas restore FILE"]);
        assert!(!fs::exists(&file).expect("looked at"), "{command:?} made one");
    }
}

#[test]
fn a_damaged_database_is_named_by_every_command_and_doctor_says_bad() {
    let folder = Folder::new();
    let file = folder.text("sipas.db");
    let address = format!("sqlite:{file}");
    let run = |arguments: &[&str]| {
        let output = program(&[("SIPAS_DATABASE_URL", &address)]).args(arguments).output().expect("the program");
        let words = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&words).into_owned())
    };
    assert_eq!(run(&["migrate"]).0, Some(0));
    // SQLite's file format: pages of 4096 bytes, the first with the header and the schema. All from the third on are overwritten.
    let mut bytes = fs::read(&file).expect("the file");
    bytes[8_192..].fill(0xa5);
    fs::write(&file, bytes).expect("written");
    let (code, words) = run(&["doctor"]);
    assert_eq!(code, Some(1), "{words}");
    assert_says(&words, &["BAD  integrity"]);
    let (code, words) = run(&["backup", &folder.text("copy.db")]);
    assert_eq!(code, Some(1), "{words}");
    assert_says(&words, &[&file, "is damaged", "sipas restore FILE --replace"]);
}

#[test]
fn folders_of_settings_are_tried_at_the_start() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.text("sipas.db"));
    let nowhere = folder.text("nowhere");
    let words = refused(&[("SIPAS_DATABASE_URL", &database), ("SIPAS_AUDIO_DIR", &nowhere)]);
    assert_says(&words, &[&format!("AUDIO_DIR is `{nowhere}`"), "cannot read", "os error"]);
    let letters = format!("folder:{nowhere}");
    let from = ("SIPAS_MAIL_FROM", "sipas@example.vn");
    let words = refused(&[("SIPAS_DATABASE_URL", &database), ("SIPAS_SMTP_URL", &letters), from]);
    assert_says(&words, &[&format!("SMTP_URL is `{nowhere}`"), "cannot write", "os error"]);
    fs::create_dir(folder.path("empty")).expect("a folder");
    let empty = folder.text("empty");
    let words = refused(&[("SIPAS_DATABASE_URL", &database), ("SIPAS_FORMS_DIR", &empty)]);
    assert_says(&words, &[&empty, "holds no .toml file"]);
}

#[test]
fn a_bad_setting_is_told_before_a_database_is_made() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.text("sipas.db"));
    let from = ("SIPAS_MAIL_FROM", "sipas@example.vn");
    let nix = "/nonexistent/nix";
    for (settings, words) in [
        (&[("SIPAS_SMTP_URL", "foo"), from][..], "SMTP_URL"),
        (&[("SIPAS_PLANS_DIR", nix)], "PLANS_DIR is `/nonexistent/nix`"),
        (&[("SIPAS_FORMS_DIR", nix)], "FORMS_DIR is `/nonexistent/nix`"),
        (&[("SIPAS_TICKET_KEY_FILE", "/nonexistent/nix/key")], "TICKET_KEY_FILE is `/nonexistent/nix/key`"),
    ] {
        assert_says(&refused(&[settings, &[("SIPAS_DATABASE_URL", &database)]].concat()), &[words]);
        let left: Vec<_> = fs::read_dir(folder.path("")).expect("a folder").collect();
        assert!(left.is_empty(), "{words}: {left:?}");
    }
}

#[test]
fn each_slip_of_a_command_says_what_is_wrong_where_and_what_to_do() {
    let folder = Folder::new();
    let address = format!("sqlite:{}", folder.text("sipas.db"));
    crate::server::done(&address, &["migrate"]);
    let exchanged = "adhoc-2026-03-01-2026-02-01";
    let (elsewhere, nowhere) = (folder.text("folder"), folder.text("none/x.csv"));
    fs::create_dir(&elsewhere).expect("a folder");
    let of = ["--plan", "cau-giay-2026", "--period"];
    let index = [&["index"][..], &of].concat();
    let export = [&["export", "responses", "--format", "csv"][..], &of].concat();
    for (command, parts) in [
        (vec!["move", "--to", "foo"], &["--to has no scheme", "expected sqlite:PATH, postgres://"][..]),
        (vec!["move", "--to", "postgres://h:secret@127.0.0.1:1/d"], &["--to postgres://127.0.0.1:1/d: ", "refused"]),
        (
            [&index[..], &[exchanged]].concat(),
            &["2026-03-01, lies after its last", "exchange them: adhoc-2026-02-01-2026-03-01"],
        ),
        ([&export[..], &[exchanged]].concat(), &["exchange them: adhoc-2026-02-01-2026-03-01"]),
        (
            [&index[..], &["adhoc-2026-02-30-2026-03-01"]].concat(),
            &["in the calendar, as in adhoc-2026-01-01-2026-01-31"],
        ),
        (vec!["backup", &elsewhere], &["is a folder; name a file in it"]),
        (vec!["restore", &elsewhere], &["is a folder; name a file in it"]),
        (vec!["export", "codebook", "--format", "csv", "--out", &elsewhere], &["is a folder; name a file in it"]),
        (vec!["export", "codebook", "--format", "csv", "--out", &nowhere], &["there is no folder", "make it"]),
        (vec!["unit", "retire", "nix"], &["unit `nix` is unknown; `sipas unit list` shows them"]),
        (vec!["user", "retire", "nix"], &["user `nix` is unknown; `sipas user list` shows them"]),
        ([&index[..], &["2026-q9"]].concat(), &["has no period `2026-q9`; it has 2026-q1", "or use adhoc-"]),
    ] {
        let words = crate::server::refused(&address, &command);
        assert_says(&words, parts);
        assert!(!words.contains("secret") && !words.contains("DATABASE_URL has"), "{words}");
    }
}

#[test]
fn an_address_of_another_machine_and_a_folder_for_a_database_are_told_as_such() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.text("sipas.db"));
    // 192.0.2.0/24 is nobody's (RFC 5737).
    let elsewhere = [
        ("SIPAS_DATABASE_URL", &*database),
        ("SIPAS_BIND", "192.0.2.1:8080"),
        ("SIPAS_PUBLIC_URL", "https://khaosat.example.vn"),
    ];
    assert_says(&refused(&elsewhere), &["BIND is 192.0.2.1:8080", "this machine has no such address"]);
    let place = format!("sqlite:{}", folder.text(""));
    for command in [&["serve"][..], &["doctor"], &["unit", "list"]] {
        let words = crate::server::refused(&place, command);
        assert_says(&words, &["this is a folder; name a file in it"]);
    }
}

#[test]
fn doctor_says_that_backups_fail() {
    let folder = Folder::new();
    let file = folder.text("sipas.db");
    let (database, backups) = (format!("sqlite:{file}"), folder.text("backups"));
    crate::server::done(&database, &["migrate"]);
    let doctor = || {
        let settings = [("SIPAS_DATABASE_URL", &*database), ("SIPAS_BACKUP_DIR", &backups)];
        let output = program(&settings).arg("doctor").output().expect("the program");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, words) = doctor();
    assert_eq!(code, Some(1), "{words}");
    assert_says(&words, &[&format!("BAD  backups: BACKUP_DIR is {backups}"), "mount its disk"]);
    fs::create_dir(&backups).expect("a folder");
    assert_says(&doctor().1, &["ok   backups: none was made yet"]);
    crate::server::done(&database, &["backup", &folder.text("copy.db")]);
    let (code, words) = doctor();
    assert_eq!(code, Some(0), "{words}");
    assert_says(&words, &["ok   backups: the last was made at "]);
    let mut conn = <diesel::SqliteConnection as diesel::Connection>::establish(&file).expect("a file");
    let old = "UPDATE meta SET value = '2026-01-01T00:00:00Z' WHERE key = 'last_backup'";
    diesel::connection::SimpleConnection::batch_execute(&mut conn, old).expect("SQL that runs");
    drop(conn);
    let (code, words) = doctor();
    assert_eq!(code, Some(1), "{words}");
    assert_says(&words, &["BAD  backups: the last was made at ", "job `backup`"]);
}

#[test]
fn a_sender_that_is_none_is_told_at_the_start_and_by_doctor() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.text("sipas.db"));
    let settings =
        [("SIPAS_DATABASE_URL", &*database), ("SIPAS_SMTP_URL", "smtp://127.0.0.1:1"), ("SIPAS_MAIL_FROM", "foo")];
    let parts = ["MAIL_FROM is `foo`", "write the sender as in SIPAS <sipas@example.gov.vn>"];
    assert_says(&refused(&settings), &parts);
    crate::server::done(&database, &["migrate"]);
    let output = program(&settings).arg("doctor").output().expect("the program");
    assert_eq!(output.status.code(), Some(1));
    assert_says(&String::from_utf8_lossy(&output.stdout), &[&["BAD  mail: "][..], &parts].concat());
    let right = [settings[0], settings[1], ("SIPAS_MAIL_FROM", "sipas@example.vn")];
    let output = program(&right).args(["doctor", "--mail-to", "bar"]).output().expect("the program");
    assert_says(&String::from_utf8_lossy(&output.stderr), &["--mail-to is `bar`", "as in an@example.gov.vn"]);
}

#[test]
fn who_forgot_the_settings_is_told_how_the_installed_database_is_reached() {
    let folder = Folder::new();
    let bare = |arguments: &[&str]| {
        let output = program(&[]).args(arguments).current_dir(folder.path("")).output().expect("the program");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for command in [&["doctor"][..], &["unit", "list"], &["user", "retire", "lan"]] {
        assert_says(&bare(command), &["var/sipas.db", "SIPAS_CONFIG=/etc/sipas/sipas.toml"]);
    }
    // One that was named is not there for another reason.
    let words = crate::server::refused(&format!("sqlite:{}", folder.text("sipas.db")), &["unit", "list"]);
    assert!(words.contains("there is no database at") && !words.contains("SIPAS_CONFIG"), "{words}");
}

#[test]
fn demonstration_data_that_were_broken_off_say_what_to_do() {
    let folder = Folder::new();
    let file = folder.text("demo.db");
    let address = format!("sqlite:{file}");
    let demo = ["demo", "--responses", "20", "--seed", "1", "--until", "2026-09-30"];
    crate::server::done(&address, &demo);
    let words = crate::server::refused(&address, &demo);
    assert_says(&words, &["is not empty"]);
    assert!(!words.contains("broken off"), "a whole one is not half: {words}");
    // As it stands while the command is under way, and after somebody ended it.
    let mut conn = <diesel::SqliteConnection as diesel::Connection>::establish(&file).expect("a file");
    let half = "UPDATE meta SET value = 'under way' WHERE key = 'demo'";
    diesel::connection::SimpleConnection::batch_execute(&mut conn, half).expect("SQL that runs");
    drop(conn);
    let words = crate::server::refused(&address, &demo);
    assert_says(&words, &[&file, "was broken off", &format!("remove {file}, {file}-wal"), "run the command again"]);
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let _ = fs::remove_file(format!("{file}{suffix}"));
    }
    crate::server::done(&address, &demo);
}

#[test]
fn codes_that_lead_to_this_machine_alone_are_warned_of() {
    let folder = Folder::new();
    let address = format!("sqlite:{}", folder.text("sipas.db"));
    crate::server::done(&address, &["demo", "--responses", "10", "--seed", "1", "--until", "2026-09-30"]);
    let out = folder.text("codes");
    let made = |settings: &[(&str, &str)]| {
        let settings = [&[("SIPAS_DATABASE_URL", &*address)][..], settings].concat();
        let output = program(&settings).args(["qr", "--all", "--out", &out]).output().expect("the program");
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert_says(&made(&[]), &["warning: the codes carry http://127.0.0.1:8080", "set PUBLIC_URL"]);
    assert!(!made(&[("SIPAS_PUBLIC_URL", "https://khaosat.example.vn")]).contains("warning"));
}

#[test]
fn words_that_nobody_reads_any_more_do_not_end_the_work() {
    let folder = Folder::new();
    let address = format!("sqlite:{}", folder.text("sipas.db"));
    crate::server::done(&address, &["demo", "--responses", "10", "--seed", "1", "--until", "2026-09-30"]);
    let mut command = program(&[("SIPAS_DATABASE_URL", &address)]);
    command.args(["qr", "--all", "--out", &folder.text("codes")]).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    // As `head` does once it has its lines.
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    let listed = crate::server::done(&address, &["point", "list"]);
    let points = listed.lines().filter(|line| !line.contains("(ngừng")).count();
    assert_eq!(fs::read_dir(folder.path("codes")).expect("a folder").count(), points);
}

#[test]
fn events_to_whatever_listens_here_are_not_let_through_unsaid() {
    for block in ["0.0.0.0/0", "::/0", "10.20.0.0/16, 169.0.0.0/8"] {
        let words = refused(&[("SIPAS_WEBHOOK_PRIVATE", block)]);
        assert_says(&words, &["SIPAS_WEBHOOK_PRIVATE holds", "name your own networks"]);
    }
}

#[test]
fn a_port_that_is_taken_is_told_with_its_setting() {
    let folder = Folder::new();
    let database = format!("sqlite:{}", folder.text("sipas.db"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let words =
        refused(&[("SIPAS_DATABASE_URL", &database), ("SIPAS_BIND", "127.0.0.1:0"), ("SIPAS_METRICS_BIND", &address)]);
    assert_says(&words, &[&format!("METRICS_BIND is {address}"), "does another program have the port"]);
    let words = refused(&[("SIPAS_DATABASE_URL", &database), ("SIPAS_BIND", &address)]);
    assert_says(&words, &[&format!("sipas: BIND is {address}"), "does another program have the port"]);
}

#[test]
fn who_trusts_everybody_is_refused() {
    for block in ["0.0.0.0/0", "::/0", "127.0.0.1, 1.0.0.0/8"] {
        let words = refused(&[("SIPAS_TRUSTED_PROXIES", block)]);
        assert_says(&words, &["SIPAS_TRUSTED_PROXIES holds", "name the proxy's own address"]);
    }
}

#[test]
fn a_folder_of_somebody_else_is_told_with_both_users() {
    let folder = Folder::new();
    let place = folder.path("data");
    fs::create_dir(&place).expect("a folder");
    fs::set_permissions(&place, PermissionsExt::from_mode(0o500)).expect("rights");
    // Root may write everywhere unless it gives that right up.
    let owns = Command::new("id").arg("-u").output().expect("id").stdout == b"0\n";
    let without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--"];
    let through = if owns { &without[..] } else { &[] };
    let database = format!("sqlite:{}", place.join("sipas.db").display());
    let words = refused_through(through, &[("SIPAS_DATABASE_URL", &database)]);
    fs::set_permissions(&place, PermissionsExt::from_mode(0o700)).expect("rights");
    let lock = format!("{}.lock", place.join("sipas.db").display());
    assert_says(&words, &[&lock, "Permission denied", "This runs as `", "belongs to `", "service runs as `sipas`"]);
}

#[test]
fn a_full_disk_is_called_so_with_the_path() {
    let folder = Folder::new();
    let disk = folder.text("disk");
    fs::create_dir(&disk).expect("a folder");
    let script = format!("mount -t tmpfs -o size=128k tmpfs {disk} && exec \"$@\"");
    let ways = [&["unshare", "-m"][..], &["unshare", "-U", "-r", "-m"]];
    let through = ways.into_iter().map(|way| [way, &["sh", "-c", &script, "sh"]].concat());
    let Some(through) = through.into_iter().find(|through| {
        Command::new(through[0]).args(&through[1..]).arg("true").output().is_ok_and(|tried| tried.status.success())
    }) else {
        // The sentence itself is tried in src/db/engine/place.rs.
        return println!("no disk can be mounted here");
    };
    let words = refused_through(&through, &[("SIPAS_DATABASE_URL", &format!("sqlite:{disk}/sipas.db"))]);
    assert_says(&words, &[&format!("{disk}/sipas.db"), "disk is full", "make room"]);
}
