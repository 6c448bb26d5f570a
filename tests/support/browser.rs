//! A real Chromium for tests, driven through the chromedriver that `./dev test` starts. Each visit has a browser and a
//! profile of its own, and both are gone when it ends, also after a failed assertion.
//! QR codes on screenshots are read by `qr.rs`.

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

use std::{
    error::Error,
    fs,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
    pin::pin,
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    task::Poll,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use thirtyfour::common::command::{Actions, Command, ExtensionCommand};
use thirtyfour::extensions::query::ElementQueryable;
use thirtyfour::{
    By, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, TypingData, WebDriver, WebElement,
};

/// What a visit gives back: any error fails the test with its words.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Which browser a visit is made with.
#[derive(Debug, Clone, Copy)]
pub struct Browser {
    width: u32,
    height: u32,
    phone: bool,
    script: bool,
    storage: bool,
}

impl Browser {
    /// A small phone: 360 × 640 CSS pixels, two device pixels each, touch.
    pub fn phone() -> Self {
        Self { width: 360, height: 640, phone: true, script: true, storage: true }
    }

    /// A desk: 1280 × 900 CSS pixels.
    pub fn desk() -> Self {
        Self { width: 1280, height: 900, phone: false, script: true, storage: true }
    }

    /// The same with JavaScript switched off, as a person does in the settings.
    #[must_use]
    pub fn without_script(self) -> Self {
        Self { script: false, ..self }
    }

    /// The same with cookies and every kind of storage refused.
    #[must_use]
    pub fn without_storage(self) -> Self {
        Self { storage: false, ..self }
    }

    /// The same with another width, in CSS pixels: 320 is the narrowest that pages must fit.
    #[must_use]
    pub fn wide(self, width: u32) -> Self {
        Self { width, ..self }
    }

    /// The same with another size, in CSS pixels.
    #[must_use]
    pub fn sized(self, width: u32, height: u32) -> Self {
        Self { width, height, ..self }
    }

    fn capabilities(self, profile: &str) -> Outcome<thirtyfour::ChromeCapabilities> {
        let mut caps = DesiredCapabilities::chrome();
        for arg in FLAGS {
            caps.add_arg(arg)?;
        }
        caps.add_arg(&format!("--user-data-dir={profile}"))?;
        if self.phone {
            let metrics =
                json!({"width": self.width, "height": self.height, "pixelRatio": 2.0, "mobile": true, "touch": true});
            caps.add_experimental_option("mobileEmulation", json!({"deviceMetrics": metrics}))?;
        } else {
            caps.add_arg(&format!("--window-size={},{}", self.width, self.height))?;
        }
        let [script, storage] = [self.script, self.storage].map(|allowed| if allowed { 1 } else { 2 });
        caps.add_experimental_option(
            "prefs",
            json!({
                "profile.managed_default_content_settings.javascript": script,
                "profile.managed_default_content_settings.cookies": storage,
                "intl.accept_languages": "vi,en",
            }),
        )?;
        caps.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        Ok(caps)
    }

    /// Makes a visit: opens the browser, takes `steps` in it, closes it. For tests that are no `async fn`.
    ///
    /// ```ignore
    /// Browser::phone().without_script().visit(async |page| {
    ///     page.goto(&url).await?;
    ///     Ok(())
    /// });
    /// ```
    pub fn visit<T>(self, steps: impl AsyncFnOnce(WebDriver) -> Outcome<T>) -> T {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime for the test");
        runtime.block_on(self.visit_async(steps))
    }

    /// The same inside an `async` test.
    pub async fn visit_async<T>(self, steps: impl AsyncFnOnce(WebDriver) -> Outcome<T>) -> T {
        let profile = Profile::new();
        let capabilities = self.capabilities(&profile.0.display().to_string()).expect("capabilities of Chromium");
        let opened = WebDriver::builder(driver_address(), capabilities).request_timeout(ANSWER_MAX).await;
        let driver = opened.unwrap_or_else(|e| panic!("Chromium did not start: {e}"));

        let mut visit = pin!(steps(driver.clone()));
        // A failed assertion must not leave a browser behind, so it is caught, and goes on when the browser is closed.
        let ended = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| visit.as_mut().poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(outcome)) => Poll::Ready(Ok(outcome)),
            Err(panic) => Poll::Ready(Err(panic)),
        })
        .await;
        if !matches!(ended, Ok(Ok(_))) {
            let name = format!("failed-{}", std::thread::current().name().unwrap_or("test").replace("::", "-"));
            match screenshot(&driver, &name).await {
                Ok(file) => eprintln!("what the browser showed: {}", file.display()),
                Err(e) => eprintln!("no screenshot of the failure: {e}"),
            }
        }
        let closed = driver.quit().await;
        drop(profile);
        match ended {
            Ok(Ok(value)) => {
                closed.expect("Chromium closes");
                value
            }
            Ok(Err(error)) => panic!("the visit ended with: {error}"),
            Err(panic) => resume_unwind(panic),
        }
    }
}

/// The longest that chromedriver may take for one answer, the start of Chromium on a busy machine included.
pub const ANSWER_MAX: Duration = Duration::from_secs(90);

/// No window and no sandbox (tests also run as root), and nothing that would call its maker.
const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--hide-scrollbars",
];

fn driver_address() -> String {
    std::env::var("SIPAS_TEST_WEBDRIVER").unwrap_or_else(|_| panic!("tests in a browser need a driver: run ./dev test"))
}

/// A fresh folder for one browser; removed with it.
struct Profile(PathBuf);

impl Profile {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("sipas-browser-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        Self(folder)
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // The browser may still write its last file; `./dev test` removes what is left.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The element that a CSS selector finds, as soon as it is there.
pub async fn see(driver: &WebDriver, selector: &str) -> Outcome<WebElement> {
    let wanted = driver.query(By::Css(selector)).desc(selector).wait(SEEN_WITHIN, LOOK_AGAIN);
    Ok(wanted.first().await?)
}

/// Types into the field of a name, in the place of what stood there.
pub async fn fill(driver: &WebDriver, name: &str, text: &str) -> Outcome<()> {
    let field = see(driver, &format!("[name='{name}']")).await?;
    field.clear().await?;
    field.send_keys(text).await?;
    Ok(())
}

/// Waits until the element that a CSS selector finds says `text`.
pub async fn shows(driver: &WebDriver, selector: &str, text: &str) -> Outcome<()> {
    let end = Instant::now() + SEEN_WITHIN;
    let mut said = String::new();
    while Instant::now() < end {
        if let Some(element) = driver.find_all(By::Css(selector)).await?.first() {
            // It may be replaced between finding and reading.
            said = element.text().await.unwrap_or_default();
            if said == text {
                return Ok(());
            }
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Err(format!("{selector} says “{said}” instead of “{text}”").into())
}

/// Touches the middle of an element with a finger, scrolled into sight first.
///
/// The driver's own click waits for a script of its own, which never comes in a browser without script; and a phone's
/// browser waits for ever for what a mouse did to it.
pub async fn tap(element: &WebElement) -> Outcome<()> {
    touch(element, 1).await
}

/// The same twice at once, as by an impatient thumb: what the first touch does to the page cannot come between.
pub async fn tap_twice(element: &WebElement) -> Outcome<()> {
    touch(element, 2).await
}

async fn touch(element: &WebElement, times: usize) -> Outcome<()> {
    let driver = element.handle();
    let place = element.to_json()?;
    driver.execute("arguments[0].scrollIntoView({block: 'center'});", vec![place.clone()]).await?;
    let mut actions = vec![json!({"type": "pointerMove", "duration": 0, "origin": place, "x": 0, "y": 0})];
    for _ in 0..times {
        actions.extend(["pointerDown", "pointerUp"].map(|kind| json!({"type": kind, "button": 0})));
    }
    let parameters = json!({"pointerType": "touch"});
    let finger = json!([{"type": "pointer", "id": "finger", "parameters": parameters, "actions": actions}]);
    driver.cmd(Command::PerformActions(Actions::from(finger))).await?;
    Ok(())
}

/// A command of Chromium's own protocol.
pub async fn chromium(driver: &WebDriver, command: &str, parameters: Value) -> Outcome<Value> {
    let call = ChromiumCall(json!({"cmd": command, "params": parameters}));
    Ok(driver.cmd(Command::ExtensionCommand(Box::new(call))).await?.value_json()?)
}

#[derive(Debug)]
struct ChromiumCall(Value);

impl ExtensionCommand for ChromiumCall {
    fn parameters_json(&self) -> Option<Value> {
        Some(self.0.clone())
    }

    fn method(&self) -> reqwest::Method {
        reqwest::Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/goog/cdp/execute".into()
    }
}

/// Types where the focus is.
pub async fn type_keys(driver: &WebDriver, keys: impl Into<TypingData>) -> Outcome<()> {
    let hand = driver.action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO));
    Ok(hand.send_keys(keys).perform().await?)
}

/// Waits until the address shown is one that `wanted` takes, and gives it back.
pub async fn arrive(driver: &WebDriver, wanted: impl Fn(&str) -> bool) -> Outcome<String> {
    let end = Instant::now() + SEEN_WITHIN;
    loop {
        let address = driver.current_url().await?.to_string();
        if wanted(&address) {
            return Ok(address);
        }
        if Instant::now() > end {
            return Err(format!("still at {address}").into());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The longest that a page may take to show what a test waits for, on a machine with other things to do.
pub const SEEN_WITHIN: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Keeps what the browser shows as `NAME.png` in the build folder and says where.
pub async fn screenshot(driver: &WebDriver, name: &str) -> Outcome<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{name}.png"));
    fs::write(&file, driver.screenshot_as_png().await?)?;
    Ok(file)
}

/// What the page complained about on the console since the last call: refused styles and scripts, failed requests, errors.
pub async fn complaints(driver: &WebDriver) -> Outcome<Vec<String>> {
    let severe = |level: &str| matches!(level, "SEVERE" | "WARNING");
    let log = driver.browser_log().await?;
    Ok(log.into_iter().filter(|entry| severe(&entry.level)).map(|entry| entry.message).collect())
}

/// What axe-core finds against WCAG 2.2 AA and its own good practices on the page shown: rule, help, places. Empty is good.
pub async fn axe(driver: &WebDriver) -> Outcome<Vec<String>> {
    driver.execute(include_str!("../assets/axe.min.js"), Vec::new()).await?;
    driver.set_script_timeout(ANSWER_MAX).await?;
    let found = driver.execute_async(RUN_AXE, Vec::new()).await?;
    match found.json() {
        Value::Array(found) => Ok(found.iter().map(|v| v.as_str().unwrap_or_default().to_owned()).collect()),
        other => Err(format!("axe did not run: {other}").into()),
    }
}

const RUN_AXE: &str = r#"
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ["violations"] }).then(
        result => done(result.violations.map(v =>
            `${v.id} (${v.impact}): ${v.help}: ${v.nodes.map(n => n.target.join(" ")).join(", ")}`)),
        error => done(String(error)));
"#;
