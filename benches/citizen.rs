//! What a first visit to the form costs on a cheap phone: bytes, requests, first paint, ready to answer. A real Chromium,
//! its processor slowed down four times, its network as Chromium's own presets name them. Run by `./dev bench citizen`,
//! which starts the driver; nothing here is a bound of a test, because a busy machine is no cheap phone.

#[path = "../tests/support/browser.rs"]
mod browser;
#[path = "../tests/support/demo.rs"]
mod demo;
#[path = "../tests/support/mod.rs"]
mod support;

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
    println!("form | network | first paint, ms | ready to answer, ms | requests | bytes received");
    for form in ["thu-tuc-hanh-chinh-ngan", "tram-y-te", "kham-ngoai-tru"] {
        let point = points.iter().find(|point| point.form == form).expect("a point of each form");
        let address = format!("{}/s/{}", demo.address, point.code);
        for (name, latency, rate) in NETWORKS {
            let mut runs: Vec<[f64; 4]> = (0..RUNS).map(|_| visit(&address, latency, rate)).collect();
            let median = |place: usize, runs: &mut Vec<[f64; 4]>| {
                runs.sort_by(|one, other| one[place].total_cmp(&other[place]));
                runs[RUNS / 2][place]
            };
            let [paint, ready, requests, bytes] = [0, 1, 2, 3].map(|place| median(place, &mut runs));
            println!("{form} | {name} | {paint:.0} | {ready:.0} | {requests} | {bytes}");
        }
    }
}

/// A browser that was never there before: first paint, the form ready, requests and bytes before the worker.
fn visit(address: &str, latency: f64, rate: f64) -> [f64; 4] {
    let found = Browser::phone().visit(async |page| -> Outcome<Value> {
        chromium(&page, "Network.enable", json!({})).await?;
        chromium(&page, "Emulation.setCPUThrottlingRate", json!({"rate": 4})).await?;
        let network =
            json!({"offline": false, "latency": latency, "downloadThroughput": rate, "uploadThroughput": rate});
        chromium(&page, "Network.emulateNetworkConditions", network).await?;
        page.goto(address).await?;
        see(&page, "form[data-queue]").await?;
        Ok(page.execute(MEASURE, Vec::new()).await?.json().clone())
    });
    ["paint", "ready", "requests", "bytes"].map(|name| found[name].as_f64().unwrap_or(f64::NAN))
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
