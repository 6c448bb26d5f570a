//! Without network: before, during and after sending, for an hour, with a clock that is wrong, with storage refused.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::{By, WebDriver};

use crate::browser::{ANSWER_MAX, Browser, Outcome, SEEN_WITHIN, chromium, see, shows, tap};
use crate::gate::{Gate, Way};
use crate::support::{Backend, fresh_db};
use crate::town::Town;

#[test]
fn a_scanned_form_opens_without_network_and_its_answer_waits_encrypted_and_goes_once() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let gate = Gate::before(&town.address);
    let form = format!("{}/s/{}", gate.address, town.counter);
    Browser::phone().visit(async |page| {
        page.goto(form.as_str()).await?;
        until(&page, CACHED, &json!(2)).await?;

        // Before: the form of a scanned point opens, and says that nothing was sent.
        gate.set(Way::Shut);
        page.goto(form.as_str()).await?;
        answer_all(&page).await?;
        let comment = see(&page, "#comment").await?;
        comment.send_keys("Bà Lan ở quầy số 1").await?;
        see(&page, "#send").await?.click().await?;
        shows(&page, ".panel h1", "Đã lưu trên máy, chưa gửi").await?;
        assert_eq!(town.stored(), 0);
        let kept = until(&page, KEPT, &json!(1)).await?;
        let kept = kept["rows"][0].as_str().expect("bytes as text").to_owned();
        assert!(!kept.contains("Lan") && !kept.contains("answers") && !kept.contains(&town.counter), "{kept}");
        let key = until(&page, "KEY", &json!(1)).await?;
        assert_eq!(key["extractable"], false);

        // Free words are kept only if the citizen says so: what waits grows by them.
        tap(&see(&page, ".words").await?).await?;
        let grown = kept.len();
        until_with(&page, KEPT, |found| found["rows"][0].as_str().is_some_and(|row| row.len() > grown)).await?;

        // Another look at the form: the answer still waits, and the form is blank for the next one.
        page.goto(form.as_str()).await?;
        shows(&page, "#sending", "Trên máy này còn phiếu đã lưu, chưa gửi.").await?;
        assert!(page.find_all(By::Css("input:checked")).await?.is_empty());

        // The network is back: it goes by itself, once.
        gate.set(Way::Open);
        page.goto(form.as_str()).await?;
        shows(&page, "#sending", "Phiếu lưu trên máy vừa được gửi xong.").await?;
        until(&page, KEPT, &json!(0)).await?;
        assert_eq!(town.stored(), 1);

        // During: the server stores it, its answer gets lost on the way. One try more tells so.
        answer_all(&page).await?;
        gate.set(Way::AnswersLost);
        see(&page, "#send").await?.click().await?;
        shows(&page, ".panel h1", "Đã lưu trên máy, chưa gửi").await?;
        assert_eq!(town.stored(), 2);
        gate.set(Way::Open);
        tap(&see(&page, ".panel button").await?).await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        until(&page, KEPT, &json!(0)).await?;
        assert_eq!(town.stored(), 2, "the same attempt, once");

        // After: thanks stand on the page without another question to the server.
        page.goto(form.as_str()).await?;
        answer_all(&page).await?;
        see(&page, "#send").await?.click().await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        gate.set(Way::Shut);
        assert!(page.current_url().await?.as_str().contains("/thanks"));
        assert_eq!(town.stored(), 3);
        Ok(())
    });
    let day = sipas::clock::today();
    let units: Vec<i32> = town.db.units().expect("units").iter().map(|unit| unit.id).collect();
    let comments = town.db.comments(&units, day, day, 10).expect("comments");
    assert_eq!(comments.len(), 1, "kept with the citizen's leave");
}

#[test]
fn a_server_down_for_an_hour_is_asked_a_dozen_times_and_the_answer_keeps_its_day() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let gate = Gate::before(&town.address);
    let form = format!("{}/s/{}", gate.address, town.counter);
    Browser::phone().visit(async |page| {
        // The phone's clock is a day ahead, and runs as fast as the test says.
        chromium(&page, "Page.addScriptToEvaluateOnNewDocument", json!({"source": CLOCK})).await?;
        page.goto(form.as_str()).await?;
        until(&page, CACHED, &json!(2)).await?;
        answer_all(&page).await?;
        gate.set(Way::Shut);
        tap(&see(&page, "#send").await?).await?;
        shows(&page, ".panel h1", "Đã lưu trên máy, chưa gửi").await?;
        let before = pass(&page, 60).await?;
        // 5 s, 10 s, 20 s … and up to half as long again: ten tries fit an hour at most, six at least.
        assert!((6..=10).contains(&before), "{before} tries in an hour");
        assert_eq!(town.stored(), 0);
        // A day later the network is back.
        pass(&page, 25 * 60).await?;
        gate.set(Way::Open);
        tap(&see(&page, ".panel button").await?).await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        Ok(())
    });
    assert_eq!(town.stored(), 1);
    // Twenty-six hours ago by the server's clock, whatever the phone's said.
    let given = (sipas::clock::now() - chrono::TimeDelta::hours(26) + chrono::TimeDelta::hours(7)).date_naive();
    let asked = gate.asked();
    assert!(asked.contains(&format!("\"answered_on\":\"{given}\"")), "no day of {given}");
}

#[test]
fn a_phone_that_keeps_nothing_says_so_and_sends_all_the_same() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_SUBMIT_LIMIT", "1")]);
    let gate = Gate::before(&town.address);
    let form = format!("{}/s/{}", gate.address, town.counter);
    Browser::phone().without_storage().visit(async |page| {
        page.goto(form.as_str()).await?;
        let refused =
            page.execute("try { return sessionStorage.length } catch (e) { return 'refused' }", Vec::new()).await?;
        assert_eq!(refused.json(), "refused", "this browser keeps nothing");
        answer_all(&page).await?;
        gate.set(Way::Shut);
        see(&page, "#send").await?.click().await?;
        shows(&page, ".panel h1", "Chưa gửi được").await?;
        gate.set(Way::Open);
        tap(&see(&page, ".panel button").await?).await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        assert_eq!(town.stored(), 1);

        // Over the limit: no thanks, and no loss.
        page.goto(form.as_str()).await?;
        answer_all(&page).await?;
        see(&page, "#send").await?.click().await?;
        shows(&page, ".panel h1", "Chưa gửi được").await?;
        assert_eq!(town.stored(), 1);

        // What the server does not take is told by the server's own page, with everything kept.
        page.goto(form.as_str()).await?;
        answer_all(&page).await?;
        let spoil = "document.querySelector('#q-access_info input:checked').value = '9'";
        page.execute(spoil, Vec::new()).await?;
        see(&page, "#send").await?.click().await?;
        see(&page, ".summary").await?;
        Ok(())
    });
    assert_eq!(town.stored(), 1);
}

/// With the script: the first try goes on to the new code, as what waits does.
#[test]
fn an_answer_to_a_code_replaced_while_the_form_is_open_is_sent_with_its_comment() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    Browser::phone().visit(async |page| {
        page.goto(format!("{}/s/{}", town.address, town.counter)).await?;
        answer_all(&page).await?;
        see(&page, "#comment").await?.send_keys("Chờ lâu").await?;
        town.db.by_nobody().replace_code(&town.counter, sipas::clock::today())?;
        see(&page, "#send").await?.click().await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        Ok(())
    });
    assert_eq!(town.stored(), 1);
    let day = sipas::clock::today();
    let units: Vec<i32> = town.db.units().expect("units").iter().map(|unit| unit.id).collect();
    assert_eq!(town.db.comments(&units, day, day, 10).expect("comments").len(), 1);
}

#[test]
fn the_worker_goes_when_the_operator_says_so_and_never_keeps_staff_pages() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let gate = Gate::before(&town.address);
    Browser::desk().visit(async |page| {
        page.goto(format!("{}/s/{}", gate.address, town.counter)).await?;
        until(&page, CACHED, &json!(2)).await?;
        page.goto(format!("{}/staff/sign-in", gate.address)).await?;
        let controlled = page.execute("return navigator.serviceWorker.controller === null", Vec::new()).await?;
        assert_eq!(controlled.json(), true, "the worker's place is /s/");
        page.goto(format!("{}/S/{}?lang=en", gate.address, town.station)).await?;
        until(&page, CACHED, &json!(3)).await?;
        let kept = until_with(&page, CACHED, |_| true).await?;
        assert!(!kept["rows"].to_string().contains("/staff"), "{kept}");
        // What the worker that takes itself away does, from the same address.
        let off = include_str!("../../assets/worker-off.js");
        gate.answer_instead("/static/worker.js", "text/javascript", off);
        page.execute(
            "navigator.serviceWorker.getRegistrations().then(all => all.forEach(one => one.update()))",
            Vec::new(),
        )
        .await?;
        until(&page, CACHED, &json!(0)).await?;
        until(&page, "WORKERS", &json!(0)).await?;
        Ok(())
    });
}

/// Every word of the server and every answer that others may give in its place, and what the phone does with an answer that
/// waits. The table of words is the worker's own.
#[test]
fn the_phone_believes_the_servers_own_word_only_and_lets_go_of_nothing_that_can_be_mended() {
    let worker = include_str!("../../assets/queue.js");
    let table = worker.split_once("const DOES = ").expect("the table").1.split_once(';').expect("its end").0;
    let table: serde_json::Map<String, Value> = serde_json::from_str(table).expect("a table");
    let own = |word: &str, status: &str| (format!("{status}\r\nsipas-said: {word}"), "{}".to_owned());
    let mut cases: Vec<((String, String), &str)> = Vec::new();
    for (word, does) in &table {
        let told = if does == "done" { "sent" } else { "refused" };
        // Whatever the status: a word is a word.
        cases.push((own(word, "200 OK"), told));
        cases.push((own(word, "422 Unprocessable Content"), told));
    }
    for word in ["too_many", "too_many_bodies", "busy", "unavailable", "fault", "too_slow", "a_word_of_a_later_version"]
    {
        cases.push((own(word, "503 Service Unavailable"), "left"));
    }
    let portal = "<!doctype html><title>Wi-Fi</title><form action=/login></form>";
    for status in [
        "200 OK",
        "201 Created",
        "302 Found\r\nlocation: /portal",
        "400 Bad Request",
        "403 Forbidden",
        "404 Not Found",
        "409 Conflict",
        "410 Gone",
        "413 Content Too Large",
        "422 Unprocessable Content",
        "429 Too Many Requests",
        "451 Unavailable For Legal Reasons",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "511 Network Authentication Required",
    ] {
        for body in [portal, r#"{"status":"stored"}"#, r#"{"error":"blocked","code":"unknown_point"}"#, ""] {
            cases.push(((status.to_owned(), body.to_owned()), "left"));
        }
    }
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let gate = Gate::before(&town.address);
    let form = format!("{}/s/{}", gate.address, town.counter);
    Browser::phone().visit(async |page| {
        page.goto(form.as_str()).await?;
        until(&page, CACHED, &json!(2)).await?;
        for ((head, body), told) in &cases {
            ask(&page, EMPTY, Value::Null).await?;
            gate.say_instead("POST /api/", head, body);
            let put = ask(&page, PUT, json!(town.counter)).await?;
            assert_eq!(put, true, "{head}");
            let found = ask(&page, FLUSH, Value::Null).await?;
            let rest = i32::from(*told != "sent");
            assert_eq!(found[*told], 1, "{head} {body}: {found}");
            let kept = until_with(&page, KEPT, |_| true).await?;
            assert_eq!(kept["rows"].as_array().map(Vec::len), usize::try_from(rest).ok(), "{head} {body}");
        }
        Ok(())
    });
}

/// The server's clock is known from the visit before.
#[test]
fn a_clock_set_right_while_an_answer_waits_neither_loses_nor_moves_it() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let gate = Gate::before(&town.address);
    let form = format!("{}/s/{}", gate.address, town.counter);
    let wrong = [2.0, 5.0, 3_650.0, -1.0, -400.0].map(|days| (days, town.json_sheet(&town.counter, 4)));
    Browser::phone().visit(async |page| {
        page.goto(form.as_str()).await?;
        until(&page, CACHED, &json!(2)).await?;
        for ((days, sheet), before) in wrong.iter().zip(0..) {
            // The clock was wrong by so many days when the form was opened and answered, and is right when it is sent.
            let given = json!([town.counter, sheet, days * 864e5]);
            assert_eq!(ask(&page, PUT_BY_A_WRONG_CLOCK, given).await?, true);
            let told = ask(&page, FLUSH, Value::Null).await?;
            assert_eq!((&told["sent"], &told["old"]), (&json!(1), &json!(0)), "{days} days: {told}");
            assert_eq!(town.stored(), before + 1, "{days} days");
        }
        Ok(())
    });
    assert!(!gate.asked().contains("answered_on"), "all were given today");
}

#[test]
fn an_answer_that_waited_over_three_days_is_deleted_and_said_to_be() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.counter);
    let sheet = town.json_sheet(&town.counter, 4);
    Browser::phone().visit(async |page| {
        page.goto(form.as_str()).await?;
        until(&page, CACHED, &json!(2)).await?;
        let given = json!([town.counter, sheet, 0, 73.0 * 36e5]);
        assert_eq!(ask(&page, PUT_BY_A_WRONG_CLOCK, given).await?, true);
        let told = ask(&page, FLUSH, Value::Null).await?;
        assert_eq!((&told["sent"], &told["old"]), (&json!(0), &json!(1)), "{told}");
        let told = ask(&page, FLUSH, Value::Null).await?;
        assert_eq!((&told["left"], &told["old"]), (&json!(0), &json!(0)), "{told}");
        Ok(())
    });
    assert_eq!(town.stored(), 0);
}

/// Answers every item with the fourth level, all on one page.
async fn answer_all(page: &WebDriver) -> Outcome<()> {
    see(page, "form[data-queue]").await?;
    if !page.find_all(By::Css("form.steps")).await?.is_empty() {
        tap(&see(page, "#view").await?).await?;
        see(page, "form:not(.steps)").await?;
    }
    let all = "document.querySelectorAll('fieldset[id^=q-] label:nth-of-type(4)').forEach(label => label.click())";
    page.execute(all, Vec::new()).await?;
    Ok(())
}

/// Lets the page's clock run on by minutes: how often it asked meanwhile.
async fn pass(page: &WebDriver, minutes: u32) -> Outcome<u64> {
    let asked = ask(page, "clock.pass(arguments[0] * 6e4)", json!(minutes)).await?;
    asked.as_u64().ok_or_else(|| "no number of tries".into())
}

/// The page's clock: a day ahead, timers run when `clock.pass` reaches them, each after what the last one asked came back.
const CLOCK: &str = r"
    const real = { now: Date.now.bind(Date), set: setTimeout.bind(self), fetch: fetch.bind(self) };
    const clock = self.clock = { ahead: 864e5, timers: [], tries: 0, busy: 0 };
    Date.now = () => real.now() + clock.ahead;
    self.setTimeout = (work, wait) => { clock.timers.push({ at: Date.now() + (wait || 0), work }); return clock.timers.length; };
    self.clearTimeout = number => { if (clock.timers[number - 1]) clock.timers[number - 1].work = null; };
    self.fetch = (...all) => {
        if (String(all[0]).includes('/health')) clock.tries++;
        clock.busy++;
        return real.fetch(...all).finally(() => clock.busy--);
    };
    const settled = async () => { do await new Promise(done => real.set(done, 20)); while (clock.busy); };
    clock.pass = async wait => {
        const tries = clock.tries, end = Date.now() + wait;
        for (;;) {
            await settled();
            const due = clock.timers.filter(timer => timer.work && timer.at <= end).sort((a, b) => a.at - b.at)[0];
            if (!due) break;
            clock.ahead += Math.max(0, due.at - Date.now());
            const work = due.work;
            due.work = null;
            work();
        }
        clock.ahead += Math.max(0, end - Date.now());
        return clock.tries - tries;
    };
";

/// Something for the worker to keep, as the page of a point gives it.
const PUT: &str = r#"navigator.serviceWorker.ready.then(found => new Promise(done => {
    const line = new MessageChannel(), at = Date.now();
    line.port1.onmessage = e => done(e.data);
    const sheet = { attempt: "a", form: "f@1", answers: { q: 4 }, comment: "Lời góp ý" };
    found.active.postMessage({ put: "one", entry: { code: arguments[0], sheet, at } }, [line.port2]);
}))"#;
/// The same with a whole sheet, by a clock that is ahead, as it was when the worker last met the server.
const PUT_BY_A_WRONG_CLOCK: &str = r#"new Promise(done => {
    const [code, sheet, ahead, waited = 0] = arguments[0], request = indexedDB.open("sipas", 1);
    request.onsuccess = () => {
        const transaction = request.result.transaction("key", "readwrite");
        transaction.objectStore("key").put(-ahead, 2);
        transaction.oncomplete = () => { request.result.close(); done(navigator.serviceWorker.ready.then(found => new Promise(told => {
            const line = new MessageChannel();
            line.port1.onmessage = e => told(e.data);
            found.active.postMessage({ put: "wrong", entry: { code, sheet, at: Date.now() + ahead - waited } }, [line.port2]);
        }))); };
    };
})"#;
const FLUSH: &str = r"navigator.serviceWorker.ready.then(found => new Promise(done => {
    const line = new MessageChannel();
    line.port1.onmessage = e => done(e.data);
    found.active.postMessage({ flush: 1 }, [line.port2]);
}))";
const EMPTY: &str = r#"navigator.serviceWorker.ready.then(found => new Promise(done => {
    const line = new MessageChannel();
    line.port1.onmessage = () => done(1);
    found.active.postMessage({ remove: "one" }, [line.port2]);
}))"#;

/// What the worker keeps of pages and scripts.
const CACHED: &str = "CACHED";
/// What waits: the bytes as text.
const KEPT: &str = "KEPT";

/// Waits until what `look` finds has so many rows.
async fn until(page: &WebDriver, look: &str, rows: &Value) -> Outcome<Value> {
    until_with(page, look, |found| found["rows"].as_array().is_some_and(|found| json!(found.len()) == *rows)).await
}

async fn until_with(page: &WebDriver, look: &str, good: impl Fn(&Value) -> bool) -> Outcome<Value> {
    let end = Instant::now() + SEEN_WITHIN;
    loop {
        let found = ask(page, LOOK, json!(look)).await?;
        if good(&found) {
            return Ok(found);
        }
        if Instant::now() > end {
            return Err(format!("{look} stays {found}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What a promise of the page comes to. The driver's own way to wait runs on the page's clock, which a test may hold.
async fn ask(page: &WebDriver, promise: &str, argument: Value) -> Outcome<Value> {
    let start = format!("self.told = null; ({promise}).then(value => self.told = {{ value }});");
    page.execute(start, vec![argument]).await?;
    let end = Instant::now() + ANSWER_MAX;
    loop {
        let told = page.execute("return self.told", Vec::new()).await?.json().clone();
        if !told.is_null() {
            return Ok(told["value"].clone());
        }
        if Instant::now() > end {
            return Err(format!("no word from {promise}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const LOOK: &str = r#"new Promise(done => {
    const what = arguments[0];
    const store = (name, read) => new Promise(found => {
        const request = indexedDB.open("sipas", 1);
        request.onupgradeneeded = () => { request.result.createObjectStore("key"); request.result.createObjectStore("out"); };
        request.onsuccess = () => {
            const all = request.result.transaction(name).objectStore(name).getAll();
            all.onsuccess = () => { request.result.close(); found(read(all.result)); };
        };
    });
    if (what === "CACHED") caches.open("forms-1").then(cache => cache.keys()).then(keys => done({ rows: keys.map(key => key.url) }));
    if (what === "WORKERS") navigator.serviceWorker.getRegistrations().then(all => done({ rows: all.map(one => one.scope) }));
    if (what === "KEPT") store("out", rows => rows.map(row => String.fromCharCode(...new Uint8Array(row.data)))).then(rows => done({ rows }));
    if (what === "KEY") store("key", keys => keys.filter(key => key.type)).then(keys => done({ rows: keys.map(key => key.type), extractable: keys[0] && keys[0].extractable }));
})"#;
