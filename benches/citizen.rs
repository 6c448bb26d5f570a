//! What a first visit to the form costs on a cheap phone: bytes, requests, first paint, ready to answer. A real Chromium,
//! its processor slowed down four times, its network as Chromium's own presets name them. Run by `./dev bench citizen`,
//! which starts the driver; nothing here is a bound of a test, because a busy machine is no cheap phone. Beside each form stands
//! a bare page that is as heavy on the way and has one line of text: what the form costs beyond its bytes is the difference.

#[path = "../tests/support/browser.rs"]
mod browser;
#[path = "../tests/support/demo.rs"]
mod demo;
#[path = "../tests/support/mod.rs"]
mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use flate2::Compression;
use flate2::write::GzEncoder;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use browser::{Browser, Outcome, chromium, see};
use demo::Demo;

/// Name, milliseconds to every answer, bytes a second: Chromium's presets "Fast 3G" (1.44 Mbit/s) and "Slow 3G" (400 kbit/s).
const NETWORKS: [(&str, f64, f64); 3] =
    [("no limit", 0.0, -1.0), ("fast 3G", 562.5, 180_000.0), ("slow 3G", 2_000.0, 50_000.0)];
const RUNS: usize = 3;

fn main() {
    let demo = Demo::start();
    let points = demo.a_point_of_each_form();
    println!("median of {RUNS} first visits each; processor slowed down 4 times");
    println!(
        "form | network | first paint, ms | ready to answer, ms | requests | bytes received | bare page, first paint, ms"
    );
    for form in ["thu-tuc-hanh-chinh-ngan", "dat-dai", "tram-y-te", "thu-tuc-hanh-chinh-day-du", "kham-ngoai-tru"] {
        let point = points.iter().find(|point| point.form == form).expect("a point of each form");
        let address = format!("{}/s/{}", demo.address, point.code);
        let weight = bare_page(page_bytes(&demo.address, &point.code));
        for (name, latency, rate) in NETWORKS {
            // By turns, so that whatever else the machine does falls on both.
            let (mut runs, mut bare): (Vec<[f64; 4]>, Vec<[f64; 4]>) = (0..RUNS)
                .map(|_| (visit(&address, "form[data-queue]", latency, rate), visit(&weight, "p", latency, rate)))
                .unzip();
            let median = |place: usize, runs: &mut Vec<[f64; 4]>| {
                runs.sort_by(|one, other| one[place].total_cmp(&other[place]));
                runs[RUNS / 2][place]
            };
            let [paint, ready, requests, bytes] = [0, 1, 2, 3].map(|place| median(place, &mut runs));
            let bare = median(0, &mut bare);
            println!("{form} | {name} | {paint:.0} | {ready:.0} | {requests} | {bytes} | {bare:.0}");
        }
    }
}

/// A browser that was never there before: first paint, the form ready, requests and bytes before the worker.
fn visit(address: &str, wanted: &str, latency: f64, rate: f64) -> [f64; 4] {
    let found = Browser::phone().visit(async |page| -> Outcome<Value> {
        chromium(&page, "Network.enable", json!({})).await?;
        chromium(&page, "Emulation.setCPUThrottlingRate", json!({"rate": 4})).await?;
        let network =
            json!({"offline": false, "latency": latency, "downloadThroughput": rate, "uploadThroughput": rate});
        chromium(&page, "Network.emulateNetworkConditions", network).await?;
        page.goto(address).await?;
        see(&page, wanted).await?;
        Ok(page.execute(MEASURE, Vec::new()).await?.json().clone())
    });
    ["paint", "ready", "requests", "bytes"].map(|name| found[name].as_f64().unwrap_or(f64::NAN))
}

/// How heavy the form's page is on the way.
fn page_bytes(server: &str, code: &str) -> usize {
    let client = reqwest::blocking::Client::new();
    let asked = client.get(format!("{server}/s/{code}")).header("accept-encoding", "gzip");
    asked.send().and_then(reqwest::blocking::Response::bytes).expect("a page").len()
}

/// The address of a page of so many bytes, compressed: a line of text behind noise that does not get smaller.
fn bare_page(bytes: usize) -> String {
    let mut dice = rand_chacha::ChaCha12Rng::seed_from_u64(1);
    let mut noise = String::new();
    let body = loop {
        noise.extend((0..64).map(|_| char::from(b'0' + dice.random::<u8>() % 64)));
        let page = format!("<!DOCTYPE html><title>x</title><!--{noise}--><p>One line of text.");
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(page.as_bytes()).expect("memory");
        let body = gzip.finish().expect("memory");
        if body.len() >= bytes {
            break body;
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/", listener.local_addr().expect("an address"));
    std::thread::spawn(move || listener.incoming().flatten().for_each(|caller| answer(caller, &body)));
    address
}

/// Answers every request with the page.
fn answer(mut caller: TcpStream, body: &[u8]) {
    let mut asked = [0; 4_096];
    let _ = caller.read(&mut asked);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = caller.write_all(head.as_bytes()).and_then(|()| caller.write_all(body));
}

/// Ready is when the form has its final shape and takes answers: the inlined script has run, the other need not have come.
const MEASURE: &str = r#"
    const page = performance.getEntriesByType("navigation")[0];
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    const files = performance.getEntriesByType("resource").filter(file => !file.name.includes("worker") && !file.name.includes("/s/"));
    return {
        paint: paint ? paint.startTime : null,
        ready: Math.max(page.domContentLoadedEventEnd, paint ? paint.startTime : 0),
        requests: 1 + files.length,
        bytes: page.transferSize + files.reduce((sum, file) => sum + file.transferSize, 0),
    };
"#;
