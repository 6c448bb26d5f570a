//! The edge: every row of the table, asked in every wrong way, refuses in the words and the format of its readers, with the
//! headers of every answer, and stores nothing.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::{Client, Response};
use reqwest::redirect::Policy;
use sipas::access::{Role, may};
use sipas::web::routes::rows;
use sipas::web::row::{Need, Row, Scope, Verb};

use crate::on_both;
use crate::rights::{Things, path};
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::Town;

/// How a request may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// A method that no page knows.
    Method,
    /// Sent by another site.
    OtherSite,
    /// A letter of the path spelled in percent, by another site.
    Encoded,
    /// A slash too many at the end.
    Slash,
    /// A body that says it is longer than the row takes.
    TooLong,
    /// A body of another kind.
    OtherKind,
    /// NUL in the path.
    NulInPath,
    /// NUL behind the `?`.
    NulInQuery,
    /// NUL in every field of a form that is known to have one.
    NulInForm,
    /// A word behind the `?` that no address knows, asked by a program.
    UnknownWord,
    /// A body that says it is compressed.
    Compressed,
}

const WRONG: [Wrong; 11] = [
    Wrong::Method,
    Wrong::OtherSite,
    Wrong::Encoded,
    Wrong::Slash,
    Wrong::TooLong,
    Wrong::OtherKind,
    Wrong::NulInPath,
    Wrong::NulInQuery,
    Wrong::NulInForm,
    Wrong::UnknownWord,
    Wrong::Compressed,
];

/// Names of fields, as forms of all rooms have them, each with NUL in its value.
const NULS: &str = "name=a%00b&password=a%00b&unit=a%00b&number=a%00b&title=a%00b&reason=a%00b&rows=a%00b&text=a%00b&list=a%00b\
                    &plan=a%00b&task=a%00b&code=a%00b&event=a%00b&webhook=1%00&sentence=a%00b&key=a%00b&email=a%00b";

fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().expect("a client")
}

fn things(town: &Town) -> Things<'_> {
    Things { town, made: Cell::new(0) }
}

fn verb(row: &Row) -> Method {
    match row.verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
    }
}

/// A code in the path of a citizens' page is that of a point which answers.
fn address(row: &Row, things: &Things<'_>, code: &str) -> String {
    if row.scope == Scope::Staff || row.path.contains("{plan}") {
        return path(row, &things.fresh(row.owned, "phuong-cau-giay"));
    }
    path(row, code)
}

/// What is wrong with a refusal as its readers see it; none where all is well.
fn fault(row: &Row, status: u16, answer: Response) -> Option<String> {
    let head = answer.headers().clone();
    let header = |name: &str| head.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let body = answer.text().unwrap_or_default();
    for name in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
        if header(name).is_empty() {
            return Some(format!("{status} without {name}"));
        }
    }
    if (300..400).contains(&status) {
        return header("location").is_empty().then(|| format!("{status} without a way on"));
    }
    if status < 400 {
        return None;
    }
    let kind = header("content-type");
    let says = match row.scope {
        Scope::Programs | Scope::Operators => {
            let said: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
            kind.starts_with("application/json") && said["error"].is_string() && said["code"].is_string()
        }
        // Each in the frame of its readers, in Vietnamese; a preview of a version or a draft shows what citizens would see.
        Scope::Staff if row.path.ends_with("/preview") || row.path.ends_with("/phone") => {
            kind.starts_with("text/html") && body.contains("lang=\"vi\"")
        }
        Scope::Staff => {
            kind.starts_with("text/html") && body.contains("lang=\"vi\"") && body.contains("/static/staff.")
        }
        Scope::Citizens => {
            kind.starts_with("text/html") && body.contains("lang=\"vi\"") && !body.contains("/static/staff.")
        }
    };
    (!says).then(|| format!("{status} {kind}: {}", body.chars().take(120).collect::<String>()))
}

on_both! {
    fn every_address_refuses_in_the_words_and_the_format_of_its_readers_and_stores_nothing(fresh) {
        refuses_at_every_address(fresh);
    }
}

fn refuses_at_every_address(fresh: &FreshDb) {
    let town = Town::start(fresh);
    let things = things(&town);
    let session = town.sign_in("lan");
    let code = town.add_point("phuong-cau-giay", "Quầy của phép thử");
    let client = client();
    let mut faults = Vec::new();
    let mut asked = 0;
    for row in rows() {
        let address = address(row, &things, &code);
        for wrong in WRONG {
            let mut method = verb(row);
            let mut path = address.clone();
            let mut length = None;
            let mut from = "same-origin";
            let mut body = "";
            let mut kind = "text/plain";
            let mut encoding = "identity";
            let expected: &[u16] = match wrong {
                Wrong::Method => {
                    method = Method::PUT;
                    &[405]
                }
                Wrong::OtherSite | Wrong::Encoded => {
                    if method == Method::GET || (wrong == Wrong::Encoded && row.scope != Scope::Staff) {
                        continue;
                    }
                    from = "cross-site";
                    if wrong == Wrong::Encoded {
                        path = path.replacen("/staff", "/%73taff", 1);
                    }
                    &[403]
                }
                Wrong::Slash => {
                    if path.ends_with('/') || method == Method::POST {
                        continue;
                    }
                    path.push('/');
                    // `/staff/` and a plan's own page are addresses themselves.
                    &[200, 303, 308, 422]
                }
                Wrong::TooLong => {
                    if method == Method::GET {
                        continue;
                    }
                    length = Some(row.body_max + 1);
                    match row.need {
                        Need::May(action) if !may(Role::PlanOwner, action) => &[403],
                        _ => &[413],
                    }
                }
                Wrong::OtherKind => {
                    // Signing out would take the session away from the rows after it.
                    if method == Method::GET || row.path == "/staff/sign-out" {
                        continue;
                    }
                    body = "\u{1}not what is asked\u{2}";
                    &[200, 303, 400, 403, 404, 409, 410, 415, 422]
                }
                Wrong::NulInPath => {
                    let Some(at) = row.path.split('/').position(|part| part.starts_with('{')) else { continue };
                    let parts = address.split('/').enumerate();
                    path = parts.map(|(n, part)| if n == at { "a%00b" } else { part }).collect::<Vec<_>>().join("/");
                    &[404]
                }
                Wrong::NulInQuery => {
                    // Style and scripts have no readers in whose frame they could be refused.
                    if row.path.starts_with("/static/") {
                        continue;
                    }
                    path = format!("{path}{}period=a%00b", if path.contains('?') { '&' } else { '?' });
                    &[400]
                }
                Wrong::UnknownWord => {
                    if row.scope != Scope::Programs {
                        continue;
                    }
                    path.push_str("?nobody_knows_this=1");
                    match row.need {
                        Need::May(action) if !may(Role::PlanOwner, action) => &[403],
                        _ => &[400],
                    }
                }
                Wrong::Compressed => {
                    if method == Method::GET || row.path == "/staff/sign-out" {
                        continue;
                    }
                    encoding = "gzip";
                    match row.need {
                        Need::May(action) if !may(Role::PlanOwner, action) => &[403],
                        _ => &[415],
                    }
                }
                Wrong::NulInForm => {
                    if method == Method::GET || row.path == "/staff/sign-out" {
                        continue;
                    }
                    (kind, body) = ("application/x-www-form-urlencoded", NULS);
                    &[200, 303, 400, 403, 404, 409, 410, 415, 422, 429]
                }
            };
            asked += 1;
            let request = client
                .request(method, format!("http://{}{path}", town.host()))
                .header("cookie", session.clone())
                .header("sec-fetch-site", from)
                .header("content-encoding", encoding)
                .header("content-type", kind);
            let request = match length {
                Some(length) => request.body("x".repeat(length)),
                None => request.body(body),
            };
            // A server that has refused a long body need not read it to its end.
            let Ok(answer) = request.send() else {
                if wrong != Wrong::TooLong {
                    faults.push(format!("{wrong:?} {path}: no answer"));
                }
                continue;
            };
            let status = answer.status().as_u16();
            if wrong == Wrong::Method && !answer.headers().contains_key("allow") {
                faults.push(format!("{wrong:?} {path}: no Allow"));
            }
            let taken = answer.headers().get("accept-encoding");
            if status == 415 && wrong == Wrong::Compressed && taken.is_none_or(|taken| taken != "identity") {
                faults.push(format!("{wrong:?} {path}: not told what would be taken"));
            }
            if !expected.contains(&status) {
                faults.push(format!("{wrong:?} {:?} {path}: {status}", row.verb));
            }
            if let Some(fault) = fault(row, status, answer) {
                faults.push(format!("{wrong:?} {:?} {path}: {fault}", row.verb));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(asked > 400, "{asked}");
    assert_eq!(town.stored(), 0);
}

#[test]
fn head_answers_as_get_does_without_a_body() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let things = things(&town);
    let session = town.sign_in("lan");
    let code = town.add_point("phuong-cau-giay", "Quầy của phép thử");
    let client = client();
    let mut seen = 0;
    for row in rows().filter(|row| row.verb == Verb::Get) {
        let address = format!("http://{}{}", town.host(), address(row, &things, &code));
        let ask = |method| {
            let request = client.request(method, &address).header("cookie", session.clone());
            request.send().expect("an answer")
        };
        let (get, head) = (ask(Method::GET), ask(Method::HEAD));
        assert_eq!(get.status(), head.status(), "{address}");
        assert_eq!(get.headers().get("content-type"), head.headers().get("content-type"), "{address}");
        assert_eq!(head.text().expect("no body"), "", "{address}");
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn where_no_page_is_each_reader_is_told_so_in_their_own_words() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    for (path, kind, words) in [
        ("/nope", "text/html", "Không tìm thấy trang"),
        ("/nope?lang=en", "text/html", "Page not found"),
        ("/staff/nope", "text/html", "Không tìm thấy"),
        ("/api/v1/nope", "application/json", "unknown_address"),
        ("//elsewhere.example/", "text/html", "Không tìm thấy trang"),
        ("/s/AAAAAAA", "text/html", "Không tìm thấy điểm khảo sát"),
    ] {
        let answer = town.get(path);
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.headers()["content-type"].to_str().expect("text").starts_with(kind), "{path}");
        assert!(answer.text().expect("a page").contains(words), "{path}");
    }
    let code = town.add_point("phuong-cau-giay", "Quầy của phép thử");
    let answer = town.get(&format!("/s/{code}/?lang=en"));
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().ok()),
        (308, Some(&*format!("/s/{code}?lang=en")))
    );
    let typed = town.get(&format!("/s?code={}-{}", &code[..3].to_lowercase(), &code[3..]));
    assert_eq!(
        (typed.status().as_u16(), typed.headers()["location"].to_str().ok()),
        (303, Some(&*format!("/s/{code}")))
    );
    assert_eq!(town.get("/s").status(), 200);
    assert_eq!(town.get("/s?code=xx").status(), 422);
    assert!(town.get("/").text().expect("a page").contains("Mã của điểm phục vụ"));
}

#[test]
fn an_unknown_value_of_a_filter_is_refused_and_never_means_the_default() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let session = town.sign_in("lan");
    let page = "/staff/plans/cau-giay-2026/2026-q1";
    for query in ["series=tikcet", "suspects=maybe", "version=abc"] {
        let answer = town.get_as(&session, &format!("{page}?{query}"));
        assert_eq!(answer.status(), 400, "{query}");
        assert!(answer.text().expect("a page").contains("Địa chỉ không đúng"), "{query}");
        let api = town.get_as(&session, &format!("/api/v1/plans/cau-giay-2026/periods/2026-q1/index?{query}"));
        assert_eq!(api.status(), 400, "{query}");
        assert_eq!(api.json::<serde_json::Value>().expect("JSON")["code"], "bad_query");
    }
    for path in [
        "/staff/points/silent?days=3",
        "/staff/complaints?subject=nonsense",
        "/staff/complaints?unit=nonsense",
        "/staff/complaints?show=nonsense",
        "/staff/tasks?show=nonsense",
        "/staff/comments?theme=nonsense",
        "/staff/comments?month=abc",
        "/staff/remedies/edit?source=nonsense",
        "/staff/plans/new?unit=nonsense",
        "/staff/plans/cau-giay-2026/2026-q1/report.csv?separator=nonsense",
    ] {
        let answer = town.get_as(&session, path);
        assert_eq!(answer.status(), 400, "{path}");
        assert!(answer.text().expect("a page").contains("Địa chỉ không đúng"), "{path}");
        let chosen_none = path.split_once('=').expect("a value").0;
        if path.contains("nonsense") {
            assert_eq!(town.get_as(&session, &format!("{chosen_none}=")).status(), 200, "{chosen_none}");
        }
    }
    assert_eq!(town.get_as(&session, &format!("{page}?series=ticket&suspects=out")).status(), 200);
    assert_eq!(town.get_as(&session, &format!("{page}?series=&suspects=")).status(), 200);
}

#[test]
fn where_there_is_nothing_no_method_is_offered() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    for path in ["/nope", "/staff/nope", "/api/v1/nope", "/api"] {
        for method in [Method::PUT, Method::DELETE, Method::GET] {
            let answer = client().request(method.clone(), format!("{}{path}", town.address)).send().expect("an answer");
            assert_eq!((answer.status().as_u16(), answer.headers().get("allow")), (404, None), "{method} {path}");
            let is_json = answer.headers()["content-type"] == "application/json";
            assert_eq!(is_json, path.starts_with("/api"), "{path}");
        }
    }
}

#[test]
fn who_takes_no_encoding_is_sent_the_page_as_it_is() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    for accepted in ["identity;q=0", "*;q=0", "br", "gzip;q=0, identity;q=0"] {
        let asked = client().get(format!("{}/", town.address)).header("accept-encoding", accepted).send();
        let answer = asked.expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.headers().get("content-encoding")), (200, None), "{accepted}");
        assert!(answer.text().expect("a page").contains("</html>"), "{accepted}");
    }
}

#[test]
fn a_broken_database_is_told_to_each_reader_in_their_format_and_what_was_typed_stays_to_be_sent_again() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let things = things(&town);
    let session = town.sign_in("lan");
    let code = town.add_point("phuong-cau-giay", "Quầy của phép thử");
    let asked: Vec<(&Row, String)> = rows().map(|row| (row, address(row, &things, &code))).collect();
    let client = client();
    // Tables that are not there: a fault of the program, and nothing is stored.
    fresh.sql(
        "ALTER TABLE point_code RENAME TO x1; ALTER TABLE audit RENAME TO x2; ALTER TABLE plan RENAME TO x3; \
               ALTER TABLE complaint RENAME TO x4; ALTER TABLE staff_user RENAME TO x5; ALTER TABLE meta RENAME TO x6",
    );
    let mut faults = Vec::new();
    let mut failed = 0;
    for (row, path) in &asked {
        let request = client
            .request(verb(row), format!("http://{}{path}", town.host()))
            .header("cookie", session.clone())
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(if row.verb == Verb::Post { "a=b" } else { "" }).send().expect("an answer");
        let status = answer.status().as_u16();
        failed += usize::from(status >= 500);
        if row.need != Need::Anyone && status != 500 {
            faults.push(format!("{:?} {path}: {status}, without the person's row", row.verb));
        }
        if let Some(fault) = fault(row, status, answer) {
            faults.push(format!("{:?} {path}: {fault}", row.verb));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(failed > 100, "{failed}");
    let ready = town.get("/health/ready");
    assert_eq!(ready.status(), 503);
    assert_eq!(ready.json::<serde_json::Value>().expect("JSON")["code"], "unavailable");
}

#[test]
fn an_answer_that_cannot_be_stored_stays_on_a_page_with_a_button_that_sends_it_again() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let code = town.add_point("phuong-cau-giay", "Quầy của phép thử");
    let mut form = town.filled_form(&code, "4");
    form.set("comment", "Chờ <lâu> quá").set("lang", "en");
    fresh.sql("ALTER TABLE sheet RENAME TO away");
    let answer = town.post_form(&code, &form);
    assert_eq!(answer.status(), 500);
    let page = answer.text().expect("a page");
    assert!(page.contains("Something went wrong on our side"), "in the language chosen: {page}");
    assert!(page.contains("Chờ &#60;lâu&#62; quá") || page.contains("Chờ &lt;lâu&gt; quá"), "{page}");
    assert!(page.contains("<button"), "{page}");
    fresh.sql("ALTER TABLE away RENAME TO sheet");
    let again = town.post_form(&code, &form);
    assert_eq!(again.status(), 303);
    assert_eq!(town.stored(), 1);
}

#[test]
fn nobody_without_a_session_makes_the_server_read_a_body() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    for row in rows().filter(|row| row.verb == Verb::Post && row.need != Need::Anyone) {
        let path = path(row, "x");
        let mut stream = TcpStream::connect(town.host()).expect("a connection");
        // The head says that a long body comes; not a byte of it does.
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\ncontent-type: text/plain\r\n\r\n",
            town.host(),
            row.body_max
        );
        stream.write_all(head.as_bytes()).expect("sent");
        let mut told = [0; 12];
        stream.read_exact(&mut told).expect("an answer before the body");
        // A person is led to the sign-in, a program is told.
        let expected = if row.scope == Scope::Programs { b"401" } else { b"303" };
        assert_eq!(&told[9..], expected, "{path}");
        if row.scope == Scope::Programs {
            let mut head = String::new();
            let mut lines = BufReader::new(stream);
            while !head.ends_with("\r\n\r\n") {
                assert!(lines.read_line(&mut head).expect("the head of the answer") > 0, "{path}: {head}");
            }
            assert!(head.to_lowercase().contains("www-authenticate: bearer\r\n"), "{path}: {head}");
        }
    }
}

/// A post to a citizens' form that has sent `body` of the 64 KiB that it announces, from an address behind the proxy of this
/// machine.
fn unfinished(town: &Town, code: &str, from: &str, measure: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(town.host()).expect("a connection");
    let head = format!(
        "POST /s/{code} HTTP/1.1\r\nhost: {}\r\nx-forwarded-for: {from}\r\n{measure}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n",
        town.host()
    );
    // Whoever is refused may be hung up on before all is sent.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    stream
}

#[test]
fn heads_whose_bodies_never_come_keep_out_neither_answers_nor_staff() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = town.filled_form(&town.counter, "4");
    // More than the 256 that took all 16 MiB when the room was held for the 64 KiB that a head announces.
    let heads: Vec<TcpStream> = (0..400)
        .map(|number| {
            let measure = if number % 2 == 0 { "content-length: 65536" } else { "transfer-encoding: chunked" };
            unfinished(&town, &town.counter, "127.0.0.1", measure, b"")
        })
        .collect();
    assert_eq!(town.post_form(&town.counter, &form).status(), 303);
    town.sign_in("lan");
    let other = town.json_sheet(&town.counter, 5);
    assert_eq!(town.post_json(&town.counter, &other).status(), 201);
    assert_eq!(town.stored(), 2);
    drop(heads);
}

#[test]
fn slow_bodies_of_one_network_fill_their_share_of_the_room_and_no_more() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_TRUSTED_PROXIES", "127.0.0.0/8")]);
    let form = town.filled_form(&town.counter, "4");
    let post = |from: &str| {
        let request = town.client.post(format!("{}/s/{}", town.address, town.counter));
        request.header("x-forwarded-for", from).form(&form.pairs).send().expect("an answer").status().as_u16()
    };
    // 64 of them are the quarter of 16 MiB that one network may hold, but for 64 bytes. One after the other: of many at once that have half come
    // each pushes out another.
    let body = vec![b'x'; 65_535];
    let (mut waiting, since) = (Vec::new(), Instant::now());
    while post("198.51.100.200") != 503 {
        assert!(since.elapsed() < Duration::from_mins(1), "{} bodies wait and the share is not full", waiting.len());
        waiting.push(unfinished(&town, &town.counter, "198.51.100.1", "content-length: 65536", &body));
    }
    assert!(waiting.len() >= 64, "{} bodies fill the share", waiting.len());
    assert_eq!(post("203.0.113.1"), 303, "another network is not kept out");
    drop(waiting);
    let since = Instant::now();
    while post("198.51.100.200") != 303 {
        assert!(since.elapsed() < Duration::from_mins(1), "the room of bodies that went is kept");
    }
    assert_eq!(town.stored(), 1);
}
