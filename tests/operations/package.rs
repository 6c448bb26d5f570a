//! The Debian package: built from this program, laid out, its unit read, and the program started from it as the unit does.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::server::{Folder, Server, sipas};

/// Runs a command; what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The values of a key of the unit.
fn of_unit<'a>(unit: &'a str, key: &str) -> Vec<&'a str> {
    let prefix = format!("{key}=");
    unit.lines().filter_map(|line| line.strip_prefix(prefix.as_str())).collect()
}

/// The list of parts has what `CycloneDX` 1.6 requires (cyclonedx.org/docs/1.6/json: `bomFormat`, `specVersion`; of a component `type` and
/// `name`; of a dependency `ref`; the pattern of a serial number), and its parts are those of cargo's normal tree.
fn holds_what_the_program_is_built_from(bytes: &[u8]) {
    let bom: Value = serde_json::from_slice(bytes).expect("JSON");
    assert_eq!(
        (&bom["bomFormat"], &bom["specVersion"], &bom["version"]),
        (&"CycloneDX".into(), &"1.6".into(), &1.into())
    );
    let number = bom["serialNumber"].as_str().and_then(|number| number.strip_prefix("urn:uuid:")).expect("a number");
    assert!(uuid::Uuid::parse_str(number).is_ok(), "{number}");
    assert_eq!(bom["metadata"]["component"]["name"], "sipas");
    assert_eq!(bom["metadata"]["component"]["version"], env!("CARGO_PKG_VERSION"));
    let mut refs = BTreeSet::from([bom["metadata"]["component"]["bom-ref"].as_str().expect("a name").to_owned()]);
    let mut parts = BTreeSet::new();
    for part in bom["components"].as_array().expect("components") {
        let text = |key: &str| part[key].as_str().unwrap_or_else(|| panic!("{key} of {part}")).to_owned();
        assert_eq!(text("type"), "library");
        assert_eq!(text("purl"), format!("pkg:cargo/{}@{}", text("name"), text("version")));
        assert!(part["licenses"][0]["expression"].as_str().is_some_and(|words| !words.contains('/')), "{part}");
        assert_eq!(part["hashes"][0]["content"].as_str().map(str::len), Some(64), "{part}");
        assert!(refs.insert(text("bom-ref")), "named twice: {part}");
        parts.insert(format!("{} v{}", text("name"), text("version")));
    }
    for dependency in bom["dependencies"].as_array().expect("dependencies") {
        let others = dependency["dependsOn"].as_array().expect("a list").iter();
        for name in others.chain([&dependency["ref"]]) {
            assert!(refs.contains(name.as_str().expect("a name")), "{name} is no part");
        }
    }
    let tree = ["tree", "--locked", "--edges", "normal", "--prefix", "none", "--no-dedupe", "--format", "{p}"];
    let tree = run(Command::new(env!("CARGO")).args(tree).current_dir(env!("CARGO_MANIFEST_DIR")));
    let first_two = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let mut known: BTreeSet<String> = tree.lines().map(first_two).collect();
    assert!(known.remove(&format!("sipas v{}", env!("CARGO_PKG_VERSION"))));
    assert_eq!(parts, known);
    assert!(
        parts.iter().any(|part| part.starts_with("libsqlite3-sys "))
            && !parts.iter().any(|part| part.starts_with("scraper "))
    );
}

#[test]
fn the_package_holds_a_program_that_starts_as_its_unit_says() {
    let (here, folder) = (Path::new(env!("CARGO_MANIFEST_DIR")), Folder::new());
    let mut build = Command::new(here.join("packaging/build-deb"));
    // Not compressed: the test looks at what is inside, and the program of the tests is large.
    build.arg(env!("CARGO_BIN_EXE_sipas")).arg(folder.path("")).env("DEB_COMPRESSION", "none");
    let package = run(&mut build).trim().to_owned();
    let field = |name: &str| run(Command::new("dpkg-deb").args(["--field", &package, name])).trim().to_owned();
    assert_eq!((field("Package"), field("Version")), ("sipas".to_owned(), env!("CARGO_PKG_VERSION").to_owned()));
    assert!(field("Depends").contains("libpq5"));

    // The same program again, a while later and in another folder: the same bytes.
    let (again, other) = (Folder::new(), fs::read(&package).expect("a package"));
    let mut build = Command::new(here.join("packaging/build-deb"));
    build
        .arg(env!("CARGO_BIN_EXE_sipas"))
        .arg(again.path(""))
        .env("DEB_COMPRESSION", "none")
        .env("TMPDIR", again.path(""));
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert!(fs::read(run(&mut build).trim()).expect("a package") == other, "two packages of one program differ");

    let root = folder.path("root");
    run(Command::new("dpkg-deb").arg("-x").arg(&package).arg(&root));
    let mode = |path: &str| fs::metadata(root.join(path)).expect(path).permissions().mode() & 0o777;
    assert_eq!((mode("usr/bin/sipas"), mode("etc/sipas/sipas.toml")), (0o755, 0o640));
    for example in ["nginx.conf", "Caddyfile", "alerts.yml"] {
        let shipped = fs::read_to_string(root.join("usr/share/doc/sipas/examples").join(example)).expect(example);
        assert_eq!(shipped, fs::read_to_string(here.join("packaging").join(example)).expect(example));
    }
    for page in fs::read_dir(here.join("docs/huong-dan")).expect("a folder").map(|entry| entry.expect("a page").path())
    {
        if page.extension().is_some_and(|end| end == "md") {
            let shipped = root.join("usr/share/doc/sipas/huong-dan").join(page.file_name().expect("a name"));
            assert_eq!(fs::read(&shipped).expect("a page of the guide"), fs::read(&page).expect("a page"));
        }
    }
    holds_what_the_program_is_built_from(&fs::read(root.join("usr/share/doc/sipas/sipas.cdx.json")).expect("an SBOM"));
    let control = folder.path("control");
    run(Command::new("dpkg-deb").arg("-e").arg(&package).arg(&control));
    assert_eq!(fs::read_to_string(control.join("conffiles")).expect("conffiles"), "/etc/sipas/sipas.toml\n");
    for script in ["postinst", "prerm"] {
        run(Command::new("sh").arg("-n").arg(control.join(script)));
    }

    // The unit, with the program of this root in it, is one that systemd takes.
    let unit = fs::read_to_string(root.join("lib/systemd/system/sipas.service")).expect("a unit");
    let program = root.join("usr/bin/sipas");
    assert_eq!(of_unit(&unit, "ExecStart"), ["/usr/bin/sipas serve"]);
    assert_eq!(of_unit(&unit, "Environment"), ["SIPAS_CONFIG=/etc/sipas/sipas.toml"]);
    for (key, value) in
        [("ProtectSystem", "strict"), ("NoNewPrivileges", "yes"), ("StateDirectory", "sipas"), ("MemoryMax", "2G")]
    {
        assert_eq!(of_unit(&unit, key), [value]);
    }
    if Command::new("systemd-analyze").arg("--version").output().is_ok() {
        let copy = folder.path("sipas.service");
        fs::write(&copy, unit.replace("/usr/bin/sipas", program.to_str().expect("UTF-8"))).expect("a unit");
        run(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&copy));
    } else {
        println!("systemd-analyze is not installed here: the unit was read by this test only");
    }

    // Started once, with the settings of the package; only what they say of /var lies in this root.
    let settings = fs::read_to_string(root.join("etc/sipas/sipas.toml")).expect("settings");
    let moved = settings.replace("/var/", &format!("{}/var/", root.display()));
    assert_ne!(moved, settings);
    fs::create_dir_all(root.join("var/lib/sipas")).expect("a folder");
    fs::create_dir_all(root.join("var/backups/sipas")).expect("a folder");
    let config = folder.path("sipas.toml");
    fs::write(&config, moved).expect("settings");
    let config = config.to_str().expect("UTF-8");
    let version = run(Command::new(&program).arg("--version"));
    assert_eq!(version.trim(), format!("sipas {}", env!("CARGO_PKG_VERSION")));
    let database = format!("sqlite:{}/var/lib/sipas/sipas.db", root.display());
    let through = ["sh", "-c", "shift; exec \"$0\" \"$@\"", program.to_str().expect("UTF-8")];
    let mut server = Server::start_by(&through, &database, &folder.path("log"), &[("SIPAS_CONFIG", config)]);
    assert_eq!(server.get("/health/ready").0, 200);
    server.wait_for_line("backup made and verified", 0);
    assert_eq!(server.stop().code(), Some(0));
    let backups = fs::read_dir(root.join("var/backups/sipas")).expect("a folder").count();
    assert_eq!(backups, 1, "the backup of the night is on in the package");
    let checked = sipas(&[("SIPAS_CONFIG", config)], &["doctor"]);
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stderr));
}
