//! The scopes of the shipped configurations against the addresses of the program: who may send how much, and what is logged.

use sipas::web::routes::rows;
use sipas::web::row::{Scope, Verb};

/// The shipped configuration of nginx.
pub const NGINX: &str = include_str!("../../packaging/nginx.conf");
/// The shipped configuration of Caddy.
pub const CADDYFILE: &str = include_str!("../../packaging/Caddyfile");

/// Most that a scope of citizens may take: twice what the program does, so that its own page answers.
const CITIZENS_MAX: u64 = 128 * 1024;

/// Bytes of `128k`, `9m`, `128KB`, `9MB`: nginx counts in 1024, Caddy in 1000.
fn bytes(text: &str) -> u64 {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().unwrap_or_else(|_| panic!("{text} is a size"));
    match &text[digits.len()..] {
        "k" => number << 10,
        "m" => number << 20,
        "KB" => number * 1_000,
        "MB" => number * 1_000_000,
        other => panic!("{other} is a unit"),
    }
}

/// A setting of nginx for an address: that of the longest `location` that it begins with and that has one, else the server's.
fn of_nginx<'a>(file: &'a str, setting: &str, path: &str) -> &'a str {
    let (mut scope, mut best) = ("", (0, None));
    for line in file.lines().map(str::trim) {
        if let Some(location) = line.strip_prefix("location ") {
            scope = location.trim_end_matches(['{', ' ']);
            assert!(scope.starts_with(['/', '@']), "a scope that this test cannot read: {line}");
        } else if line == "}" {
            scope = "";
        } else if let Some(value) = line.strip_prefix(setting).and_then(|rest| rest.strip_prefix(' '))
            && path.starts_with(scope)
            && (best.1.is_none() || scope.len() >= best.0)
        {
            best = (scope.len(), Some(value.trim_end_matches(';')));
        }
    }
    best.1.unwrap_or_else(|| panic!("{path} has a {setting}"))
}

/// A setting of Caddy for an address: that of the first block of `directive` whose matcher takes it.
fn of_caddy<'a>(file: &'a str, directive: &str, setting: &str, path: &str) -> &'a str {
    let lines: Vec<&str> = file.lines().map(str::trim).collect();
    let takes = |matcher: &str| {
        let rule = lines.iter().find_map(|line| line.strip_prefix(matcher)?.strip_prefix(' ')).expect("a matcher");
        let (turned, rule) = rule.strip_prefix("not ").map_or((false, rule), |rule| (true, rule));
        let mut patterns = rule.strip_prefix("path ").expect("a matcher by path").split(' ');
        let found = patterns.any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix),
            None => path == pattern,
        });
        found != turned
    };
    let mut blocks = lines.iter().enumerate().filter(|(_, line)| {
        let of =
            line.strip_prefix(directive).and_then(|rest| rest.strip_prefix(' ')).filter(|rest| rest.ends_with('{'));
        of.is_some_and(|of| !of.starts_with('@') || takes(of.split(' ').next().expect("a matcher")))
    });
    let (number, _) = blocks.next().unwrap_or_else(|| panic!("{path} has a {directive}"));
    let value = lines[number..].iter().find_map(|line| line.strip_prefix(setting)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("{path} has a {setting}"))
}

/// Seconds of `35s`.
fn seconds(text: &str) -> u64 {
    text.strip_suffix('s').and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{text} is a time"))
}

#[test]
fn every_address_takes_through_the_proxies_what_the_program_takes() {
    let mut asked = 0;
    for row in rows().filter(|row| row.verb == Verb::Post) {
        let nginx = bytes(of_nginx(NGINX, "client_max_body_size", row.path));
        let caddy = bytes(of_caddy(CADDYFILE, "request_body", "max_size", row.path));
        for (name, takes) in [("nginx", nginx), ("Caddy", caddy)] {
            let longest = u64::try_from(row.body_max).expect("a size");
            assert!(takes > longest, "{name} takes {takes} bytes at {}, the program {longest}", row.path);
            let staff = row.scope == Scope::Staff;
            assert!(staff || takes <= CITIZENS_MAX, "{name} takes {takes} bytes of anybody at {}", row.path);
        }
        asked += 1;
    }
    assert!(asked > 40, "{asked} addresses take a body");
    // Read as meant: a bound in a scope counts for that scope only.
    let nginx = |path| of_nginx(NGINX, "client_max_body_size", path);
    assert_eq!((nginx("/s/X"), nginx("/staff/X")), ("128k", "9m"));
    let caddy = |path| of_caddy(CADDYFILE, "request_body", "max_size", path);
    assert_eq!((caddy("/s/X"), caddy("/staff/X")), ("128KB", "9MB"));
}

#[test]
fn the_program_ends_what_takes_too_long_before_the_proxies_do() {
    let whole: u64 = seconds(of_caddy(CADDYFILE, "timeouts", "read_body", "/"));
    for row in rows() {
        let nginx = seconds(of_nginx(NGINX, "proxy_read_timeout", row.path));
        let caddy = seconds(of_caddy(CADDYFILE, "reverse_proxy", "response_header_timeout", row.path));
        for (name, waits) in [("nginx", nginx), ("Caddy", caddy), ("Caddy for bodies", whole)] {
            let longest = row.time_max.as_secs();
            assert!(waits > longest, "{name} waits {waits} s at {}, the program {longest} s", row.path);
        }
    }
}

#[test]
fn no_scope_of_the_proxies_logs() {
    let nginx: Vec<&str> = NGINX.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect();
    let servers = nginx.iter().filter(|line| **line == "server {").count();
    for (setting, silent) in [("access_log ", "access_log off;"), ("error_log ", "error_log /dev/null emerg;")] {
        let said: Vec<&&str> = nginx.iter().filter(|line| line.starts_with(setting)).collect();
        assert!(said.len() == servers && said.iter().all(|line| **line == silent), "{said:?}");
    }
    let caddy: Vec<&str> = CADDYFILE.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect();
    assert_eq!(caddy.iter().filter(|line| line.split(' ').next() == Some("log")).count(), 1, "the global one only");
    assert!(caddy.contains(&"exclude http.log http.handlers http.stdlib"));
}
