//! A setting is named in one table; the page of operations and the sample file of the package say the same.

use sipas::config::Config;
use sipas::config::settings::{Fallback, SETTINGS, Setting};
use std::fmt::Write;

const PAGE: &str = include_str!("../../docs/operations.md");
const SAMPLE: &str = include_str!("../../packaging/sipas.toml");

/// What the package sets, because its folders are there.
const PACKAGED: [(&str, &str); 2] =
    [("database_url", "sqlite:/var/lib/sipas/sipas.db"), ("backup_dir", "/var/backups/sipas")];

/// The cells of a row of the page's table: key and default.
fn rows(page: &str) -> Vec<(String, String)> {
    let table = page.split_once("\n## Settings\n").expect("its heading").1.split("\n## ").next().expect("its part");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.map(|(key, rest)| (key.to_owned(), rest.split(" | ").next().expect("a cell").to_owned())).collect()
}

fn in_the_page(setting: &Setting) -> (String, String) {
    let default = match setting.default {
        Fallback::Value(value) => format!("`{value}`"),
        Fallback::Words { means, .. } => means.to_owned(),
    };
    (setting.key.to_uppercase(), default)
}

/// The sample file as the table has it.
fn sample() -> String {
    let mut text = "# Settings of sipas; what stands behind # is the default or an example. More about each:\n\
                    # /usr/share/doc/sipas/operations.md. After a change: systemctl restart sipas\n"
        .to_owned();
    for setting in SETTINGS {
        let (default, example) = match setting.default {
            Fallback::Value(value) => (format!("`{value}`"), value),
            Fallback::Words { means, example } => (means.to_owned(), example),
        };
        let line = match PACKAGED.iter().find(|(key, _)| *key == setting.key) {
            Some((key, value)) => format!("{key} = \"{value}\""),
            None => format!("# {} = \"{example}\"", setting.key),
        };
        // Writing to a String cannot fail.
        let _ = write!(text, "\n# {} Default: {default}.\n{line}\n", setting.what);
    }
    text
}

#[test]
fn every_command_that_is_shown_runs_as_the_user_of_the_service_with_its_settings() {
    let mut inside = false;
    let mut commands = 0;
    for line in PAGE.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            assert!(!line.starts_with("sipas "), "misses the database of the service: {line}");
            commands += usize::from(line.starts_with("sudo -u sipas env SIPAS_CONFIG=/etc/sipas/sipas.toml sipas "));
            let relative =
                line.split(" --out ").nth(1).is_some_and(|out| out.starts_with(|c: char| c.is_ascii_lowercase()));
            assert!(!relative, "the user of the service writes into no folder of somebody else: {line}");
        }
    }
    assert!(commands > 10, "{commands}");
}

#[test]
fn the_page_of_operations_names_every_setting_with_its_default() {
    let mut named = rows(PAGE);
    let mut known: Vec<_> = SETTINGS.iter().map(in_the_page).collect();
    named.sort();
    known.sort();
    assert_eq!(named, known, "docs/operations.md, Settings, and src/config/settings.rs");
    let spoilt = PAGE.replace("| `SUBMIT_LIMIT` | `600` |", "| `SUBMIT_LIMIT` | `900` |");
    assert_ne!(rows(&spoilt), rows(PAGE), "another default would be seen");
}

#[test]
fn the_sample_file_is_that_of_the_table() {
    assert!(SAMPLE == sample(), "packaging/sipas.toml should be:\n{}", sample());
}

#[test]
fn every_line_of_the_sample_file_is_one_that_the_program_takes() {
    let read = |text: String| {
        let config = [("SIPAS_CONFIG".to_owned(), "sipas.toml".to_owned())];
        Config::from_sources(config, |_| Ok(text.clone()))
    };
    let packaged = read(SAMPLE.to_owned()).expect("the file as it is shipped");
    assert_eq!(packaged.database_url, PACKAGED[0].1);
    assert_eq!(packaged.submit_limit, Config::from_sources([], |_| Ok(String::new())).expect("defaults").submit_limit);
    // With every example taken.
    let taken = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if SETTINGS.iter().any(|setting| rest.starts_with(&format!("{} = ", setting.key))) => {
            rest.to_owned()
        }
        _ => line.to_owned(),
    };
    let all: Vec<String> = SAMPLE.lines().map(taken).collect();
    // A replica there is of PostgreSQL only, and no folder into which the server copies it.
    let on_postgresql = |line: &String| match line.split_once(" = ") {
        Some(("database_url", _)) => Some("database_url = \"postgres://db1.example.gov.vn/sipas\"".to_owned()),
        Some(("backup_dir", _)) => None,
        _ => Some(line.clone()),
    };
    let replicated: Vec<String> = all.iter().filter_map(on_postgresql).collect();
    let config = read(replicated.join("\n")).expect("a file with every setting of PostgreSQL");
    assert!(config.figures_database_url.is_some_and(|url| url.starts_with("postgres://")));
    let on_sqlite: Vec<&str> =
        all.iter().map(String::as_str).filter(|line| !line.starts_with("figures_database_url")).collect();
    let config = read(on_sqlite.join("\n")).expect("a file with every setting of SQLite");
    assert_eq!(config.public_url, "https://khaosat.example.gov.vn");
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(all.iter().filter(|line| line.contains(" = ") && !line.starts_with('#')).count(), SETTINGS.len());
}
