//! Two of a kind: servers on one file, programs that migrate at once, programs of different ages.

use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection, RunQueryDsl};

use crate::load::{Client, body};
use crate::server::{Folder, PATIENCE, Server, done, program, refused};
use crate::stored::assert_calm;
use crate::support::{Backend, commune, free_port, fresh_db};

#[test]
fn a_second_server_refuses_with_a_sentence_and_commands_still_work() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let commune = commune(&fresh.serve());
    let first = Server::start(&fresh.address(), &folder.path("log"), &[]);
    let words = refused(&fresh.address(), &["serve"]);
    assert!(words.contains("another server already serves") && words.contains("stop it first"), "{words}");
    let mut client = Client::connect(first.address).expect("a connection");
    let post = |client: &mut Client| client.post(&commune.codes[0], &body(uuid::Uuid::new_v4(), 4)).expect("an answer");
    assert_eq!(post(&mut client), 201, "the first was not disturbed");
    for command in [&["unit", "list", "--json"][..], &["point", "list", "--json"], &["doctor"], &["migrate"]] {
        done(&fresh.address(), command);
    }
    done(&fresh.address(), &["unit", "add", "xa-moi", "--kind", "commune", "--name", "Mới", "--name-en", "New"]);
    done(&fresh.address(), &["backup", &folder.text("copy.db")]);
    assert_eq!(post(&mut client), 201);
    assert_calm(&first.log());
    // The lock dies with the process that held it.
    first.kill();
    let second = Server::start(&fresh.address(), &folder.path("log"), &[]);
    assert_eq!(second.get("/health/ready").0, 200);
    assert_eq!(second.stop().code(), Some(0));
    assert!(done(&fresh.address(), &["doctor"]).contains("recount of 2 sheets"));
}

on_both! {
    fn four_programs_that_migrate_an_empty_database_at_once_do_not_meet(fresh) {
        let settings = [("SIPAS_DATABASE_URL", fresh.address())];
        let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let programs: Vec<_> = (0..4).map(|_| {
            program(&settings).arg("migrate").stderr(std::process::Stdio::piped()).spawn().expect("the program")
        }).collect();
        let words: Vec<String> = programs.into_iter().map(|one| {
            let output = one.wait_with_output().expect("its end");
            let words = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(0), "{words}");
            words
        }).collect();
        let first = words.iter().filter(|words| words.contains("migrated from nothing")).count();
        assert_eq!(first, 1, "{words:?}");
        done(&fresh.address(), &["doctor"]);
    }

    fn an_older_program_leaves_a_newer_database_alone(fresh) {
        done(&fresh.address(), &["migrate"]);
        fresh.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('9001')");
        for command in [&["serve"][..], &["migrate"], &["unit", "list"], &["doctor"]] {
            let words = refused(&fresh.address(), command);
            assert!(words.contains("migration 9001") && words.contains("install a newer version"), "{words}");
        }
        fresh.sql("DELETE FROM __diesel_schema_migrations WHERE version = '9001'");
        done(&fresh.address(), &["doctor"]);
    }
}

#[test]
fn two_servers_on_one_postgresql_see_each_others_changes_at_the_next_request_and_one_of_them_leads() {
    let (fresh, folder) = (fresh_db(Backend::Postgres), Folder::new());
    let commune = commune(&fresh.serve());
    let servers = [1, 2].map(|number| Server::start(&fresh.address(), &folder.path(&format!("log{number}")), &[]));
    for server in &servers {
        assert!(!server.get("/complaints").1.contains("Xã Mới"), "both have read the units");
    }
    let unit = ["unit", "add", "xa-moi", "--kind", "commune", "--name", "Xã Mới", "--name-en", "Mới commune"];
    done(&fresh.address(), &unit);
    for server in &servers {
        assert!(server.get("/complaints").1.contains("Xã Mới"), "a change elsewhere is seen at the next request");
    }
    for (server, level) in servers.iter().zip([4, 5]) {
        let mut client = Client::connect(server.address).expect("a connection");
        let sent = client.post(&commune.codes[0], &body(uuid::Uuid::new_v4(), level)).expect("an answer");
        assert_eq!(sent, 201);
    }
    // Both know the point, and one retires it: the other stores nothing at it from then on, on either road.
    let [first, second] = &servers;
    assert_eq!(second.get(&format!("/s/{}", commune.codes[0])).0, 200);
    done(&fresh.address(), &["point", "retire", &commune.codes[0]]);
    for server in [second, first] {
        let mut client = Client::connect(server.address).expect("a connection");
        let sent = client.post(&commune.codes[0], &body(uuid::Uuid::new_v4(), 4)).expect("an answer");
        assert_eq!(sent, 410, "an answer at a point that was retired elsewhere");
        assert_eq!(server.get(&format!("/s/{}", commune.codes[0])).0, 410, "it knows by now");
    }
    // The first half of the lock of the leader, "sipl" in ASCII.
    assert_eq!(leaders(&fresh.address(), 0x7369_706c), 1);
    let logs = servers.each_ref().map(Server::log);
    let [first, second] = servers;
    assert_eq!([first.stop().code(), second.stop().code()], [Some(0), Some(0)]);
    // PostgreSQL ends a session when it finds its connection closed, which is a moment after the server's end.
    let since = Instant::now();
    while leaders(&fresh.address(), 0x7369_706c) > 0 {
        assert!(since.elapsed() < PATIENCE, "the lead ends with its server");
        std::thread::sleep(Duration::from_millis(20));
    }
    for log in &logs {
        assert_calm(log);
    }
    assert!(done(&fresh.address(), &["doctor"]).contains("recount of 2 sheets"));
}

/// How many sessions hold the lock of the leader of this schema.
fn leaders(address: &str, lock: i32) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let mut conn = PgConnection::establish(address).expect("the schema");
    let sql = format!(
        "SELECT count(*) AS count FROM pg_locks WHERE locktype = 'advisory' AND classid::int8 = {lock} \
         AND objid = (hashtext(current_schema()::text)::int8 & 4294967295)::oid"
    );
    diesel::sql_query(sql).get_result::<Count>(&mut conn).expect("a count").count
}

#[test]
fn a_pooler_that_shares_sessions_is_refused_with_a_sentence_and_one_that_does_not_is_served_through() {
    let (fresh, folder) = (fresh_db(Backend::Postgres), Folder::new());
    let base = std::env::var("SIPAS_TEST_POSTGRES").expect("run ./dev test, which starts a PostgreSQL");
    let database = format!("pooled_{}", std::process::id());
    fresh.sql(&format!("CREATE DATABASE {database}"));
    let (direct, _) = base.rsplit_once('/').expect("an address with a database");
    let direct = format!("{direct}/{database}");
    let url = reqwest::Url::parse(&direct).expect("an address");
    let through = |mode: &str| {
        let pooler = Pooler::start(&folder, &url, &database, mode);
        let address = format!("postgres://{}@127.0.0.1:{}/{database}", url.username(), pooler.port);
        (pooler, address)
    };
    done(&direct, &["migrate"]);
    for mode in ["transaction", "statement"] {
        let (_pooler, address) = through(mode);
        for command in [&["serve"][..], &["unit", "list"]] {
            let words = refused(&address, command);
            assert!(words.contains("gives every transaction another session"), "{mode}: {words}");
            assert!(words.contains("pool_mode = session"), "{mode}: {words}");
        }
    }
    let (pooler, address) = through("session");
    done(&address, &["unit", "list"]);
    drop(pooler);
    fresh.sql(&format!("DROP DATABASE {database} WITH (FORCE)"));
}

/// A `PgBouncer` before one database; it ends with this value.
struct Pooler {
    child: std::process::Child,
    port: u16,
}

impl Pooler {
    fn start(folder: &Folder, to: &reqwest::Url, database: &str, mode: &str) -> Self {
        let port = free_port();
        let settings = folder.path(&format!("{mode}.ini"));
        let (host, to_port) = (to.host_str().unwrap_or("127.0.0.1"), to.port().unwrap_or(5432));
        let words = format!(
            "[databases]\n{database} = host={host} port={to_port} dbname={database} user={} password={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nauth_type = any\npool_mode = {mode}\nunix_socket_dir =\n",
            to.username(),
            to.password().unwrap_or_default()
        );
        std::fs::write(&settings, words).expect("its settings");
        // It refuses to run as root, and reads its settings as the user that it becomes.
        for path in settings.ancestors().take(2) {
            let _ = std::process::Command::new("chmod").arg("a+rX").arg(path).status();
        }
        let mut command = std::process::Command::new("/usr/sbin/pgbouncer");
        let as_nobody = rustix::process::geteuid().is_root();
        let child = command.args(if as_nobody { &["-u", "nobody"][..] } else { &[] }).arg("-q").arg(&settings);
        let child = child.stderr(std::process::Stdio::null()).spawn().expect("PgBouncer; ./dev test installs it");
        let mut pooler = Self { child, port };
        let since = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = pooler.child.try_wait().expect("its state");
            assert!(ended.is_none() && since.elapsed() < PATIENCE, "PgBouncer does not listen: {ended:?}");
            std::thread::sleep(Duration::from_millis(25));
        }
        pooler
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
