//! A running server with a small town behind it: real questionnaires and plans, an own database, a port of its own.
//! The verbs are those of its users; nothing here goes past the public addresses except to set the town up.

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{Datelike, NaiveDate};
use reqwest::blocking::{Client, Response};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use sipas::access::Role;
use sipas::clock;
use sipas::config::Config;
use sipas::db::{Db, NewPoint, NewUnit, NewUser, Sheet, TicketIssue, UnitKind, plan_content};
use sipas::plan::{Channel, Period};
use sipas::secrets::password;
use sipas::service::tickets::TicketKey;
use sipas::sheet::tally::TallyKey;
use sipas::web::Running;
use sipas::web::state::App;

use crate::support::{FreshDb, free_address, sheets};

/// The civil day of a sheet, and the answer to an item by its identifier.
pub type DayAndAnswers = (NaiveDate, Box<dyn Fn(&str) -> u8>);

/// The password of every user of the town.
pub const PASSWORD: &str = "một câu dài để nhớ";

/// A server with phường Cầu Giấy: a one-stop centre and a health station.
pub struct Town {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// A client without cookies that follows no redirect.
    pub client: Client,
    /// The database, for setting up and for counting what is stored.
    pub db: Db,
    /// Code of a point that serves one field (judicial).
    pub counter: String,
    /// Code of a point that serves several fields.
    pub centre: String,
    /// Code of the health station.
    pub station: String,
    password_hash: String,
    _running: Running,
}

/// What a citizen sends: a form under way.
#[derive(Clone)]
pub struct Form {
    /// Name and value.
    pub pairs: Vec<(String, String)>,
}

impl Town {
    /// Starts a town on `fresh` with settings of the tests.
    pub fn start(fresh: &FreshDb) -> Self {
        Self::start_with(fresh, &[])
    }

    /// Starts a town with further settings, as in `("SIPAS_SUBMIT_LIMIT", "3")`.
    pub fn start_with(fresh: &FreshDb, settings: &[(&str, &str)]) -> Self {
        let app = open(fresh, settings);
        set_up(&app.db);
        Self::serve(app)
    }

    /// Serves a database that is filled already, and sets nothing up.
    pub fn start_as_it_is(fresh: &FreshDb) -> Self {
        Self::serve(open(fresh, &[]))
    }

    /// Lets in what waits of Cầu Giấy, as closing every period would.
    pub fn let_in(&self) {
        let days = (chrono::NaiveDate::MIN, chrono::NaiveDate::MAX);
        self.db.release_at_closing("phuong-cau-giay", days, clock::today()).expect("let in");
    }

    /// Starts a server on an empty database, as the operator does the first time: with it the path of the one-time
    /// address that it prints.
    pub fn start_empty(fresh: &FreshDb) -> (Self, String) {
        Self::start_empty_with(fresh, &[("SIPAS_BIND", "127.0.0.1:0")])
    }

    /// The same, with codes that carry the address it is served at.
    pub fn start_empty_at_its_own_address(fresh: &FreshDb) -> (Self, String) {
        let address = free_address();
        let public = format!("http://{address}");
        Self::start_empty_with(fresh, &[("SIPAS_BIND", &address), ("SIPAS_PUBLIC_URL", &public)])
    }

    fn start_empty_with(fresh: &FreshDb, settings: &[(&str, &str)]) -> (Self, String) {
        let database = ("SIPAS_DATABASE_URL".to_owned(), fresh.address());
        let one_step = ("SIPAS_SECOND_FACTOR".to_owned(), "off".to_owned());
        let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let pairs: Vec<_> = settings.chain([database, one_step]).collect();
        let config = Config::from_sources(pairs, |path| std::fs::read_to_string(path)).expect("settings");
        let app = App::open(config).expect("an app");
        let address = app.take_first_start().expect("an address: nobody can sign in");
        let path = address[address.find("/staff/").expect("a staff page")..].to_owned();
        (Self::serve(app), path)
    }

    fn serve(app: App) -> Self {
        let db = app.db.clone();
        let codes = db.points(None).expect("points");
        let code = |name: &str| {
            codes.iter().find(|point| point.name_en == name).map(|point| point.code.clone()).unwrap_or_default()
        };
        let (counter, centre, station) = (code("Counter 1"), code("Reception"), code("Health station"));
        let running = Running::start(app).expect("a server");
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let address = format!("http://{}", running.address);
        let password_hash = password::hash(PASSWORD).expect("a hash");
        Self { address, client, db, counter, centre, station, password_hash, _running: running }
    }

    /// Starts a town whose codes carry the address it is served at, for those who scan them.
    pub fn start_at_its_own_address(fresh: &FreshDb) -> Self {
        let address = free_address();
        let public = format!("http://{address}");
        Self::start_with(fresh, &[("SIPAS_BIND", &address), ("SIPAS_PUBLIC_URL", &public)])
    }

    /// Issues `count` one-time codes for a point, good today and tomorrow, under the key in `file`, which is made when
    /// there is none: what `sipas tickets` does.
    pub fn issue_tickets(&self, code: &str, count: usize, file: &std::path::Path) -> Vec<String> {
        let point = self.db.point(code).expect("a look-up").expect("a point");
        let key = TicketKey::read_or_make(file).expect("a key");
        let codes = sipas::service::tickets::new_codes(count).expect("codes");
        let today = clock::today();
        let last_day = today + chrono::Days::new(1);
        let issue = TicketIssue { unit: point.unit, point: point.point, key_id: key.id(), issued_on: today, last_day };
        self.db.by_nobody().issue_tickets(&issue, codes.iter().map(|code| key.hash(code)).collect()).expect("issued");
        codes
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        self.address.trim_start_matches("http://")
    }

    /// `GET` of a path.
    pub fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.address)).send().expect("an answer")
    }

    /// The form of a point as its page gives it: hidden fields only, nothing chosen.
    pub fn open_form(&self, code: &str) -> Form {
        let page = self.get(&format!("/s/{code}"));
        assert_eq!(page.status(), 200);
        let page = Html::parse_document(&page.text().expect("a page"));
        let pairs = select(&page, "form input[type=hidden]");
        let pairs = pairs.iter().map(|input| {
            (input.attr("name").expect("a name").to_owned(), input.attr("value").unwrap_or_default().to_owned())
        });
        Form { pairs: pairs.collect() }
    }

    /// A form of the point with every item answered with `level`.
    pub fn filled_form(&self, code: &str, level: &str) -> Form {
        let mut form = self.open_form(code);
        let described: Value = self.get(&format!("/api/v1/points/{code}")).json().expect("JSON");
        for item in described["items"].as_array().expect("items") {
            form.set(&format!("q.{}", item["id"].as_str().expect("an id")), level);
        }
        form
    }

    /// Posts a form as a browser does.
    pub fn post_form(&self, code: &str, form: &Form) -> Response {
        self.client.post(format!("{}/s/{code}", self.address)).form(&form.pairs).send().expect("an answer")
    }

    /// Posts raw bytes as a form.
    pub fn post_bytes(&self, code: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Response {
        let request = self.client.post(format!("{}/s/{code}", self.address));
        request.header("content-type", content_type).body(body.into()).send().expect("an answer")
    }

    /// A JSON submission with every item answered with `level`.
    pub fn json_sheet(&self, code: &str, level: u8) -> Value {
        let described: Value = self.get(&format!("/api/v1/points/{code}")).json().expect("JSON");
        let items = described["items"].as_array().expect("items").iter();
        let answers: serde_json::Map<String, Value> =
            items.map(|item| (item["id"].as_str().expect("an id").to_owned(), json!(level))).collect();
        let fields = described["fields"].as_array().expect("fields");
        json!({"attempt": attempt(), "form": described["form"], "answers": answers, "field": fields[0]})
    }

    /// Posts a JSON submission.
    pub fn post_json(&self, code: &str, body: &Value) -> Response {
        let request = self.client.post(format!("{}/api/v1/points/{code}/responses", self.address));
        request.json(body).send().expect("an answer")
    }

    /// How many sheets are stored.
    pub fn stored(&self) -> u64 {
        self.db.count_sheets().expect("a count")
    }

    /// Signs in and returns the session cookie as a header value.
    pub fn sign_in(&self, name: &str) -> String {
        self.sign_in_by(name, PASSWORD)
    }

    /// [`Town::sign_in`] with another password.
    pub fn sign_in_by(&self, name: &str, password: &str) -> String {
        let form = [("name", name), ("password", password), ("next", "/staff/")];
        let answer = self.client.post(format!("{}/staff/sign-in", self.address)).form(&form).send().expect("an answer");
        assert_eq!(answer.status(), 303, "signing in as {name}");
        let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie");
        cookie.split(';').next().expect("a cookie").to_owned()
    }

    /// Adds a user without a second factor to come.
    pub fn add_user(&self, name: &str, role: Role, unit: &str) {
        let new = NewUser {
            name: name.to_owned(),
            display_name: name.to_owned(),
            password_hash: self.password_hash.clone(),
            role: role.name().to_owned(),
            unit: unit.to_owned(),
            email: None,
            at: clock::now(),
        };
        self.db.by_nobody().add_user(&new).expect("a user");
    }

    /// Adds a point of the short questionnaire on procedures and returns its code.
    pub fn add_point(&self, unit: &str, name: &str) -> String {
        let new = NewPoint {
            unit: unit.to_owned(),
            name_vi: name.to_owned(),
            name_en: name.to_owned(),
            form: "thu-tuc-hanh-chinh-ngan".to_owned(),
            fields: vec!["judicial".to_owned()],
            channel: Channel::Counter,
            opened_on: chrono::NaiveDate::from_ymd_opt(2025, 7, 1).expect("a date"),
        };
        self.db.by_nobody().add_point(&new).expect("a point")
    }

    /// Stores `count` sheets of a point about a field: for each place its day, and the answer to every item by its identifier. They are
    /// released where ten are together.
    pub fn load(&self, code: &str, field: &str, count: usize, sheet: impl Fn(usize) -> DayAndAnswers) {
        self.db.load_sheets(self.sheets(code, field, count, sheet)).expect("stored");
    }

    /// Stores `count` sheets of a day as citizens send them: they wait for the night. Everything is on level 5.
    pub fn store_waiting(&self, code: &str, field: &str, count: usize, day: NaiveDate) {
        for sheet in self.sheets(code, field, count, |_| (day, Box::new(|_: &str| 5))) {
            static NUMBER: AtomicU64 = AtomicU64::new(0);
            let number = u32::try_from(NUMBER.fetch_add(1, Ordering::Relaxed)).expect("few");
            let stored = self.db.submit_blocking(sheet, crate::support::attempt(1_000_000 + number, 1));
            assert_eq!(stored, Ok(sipas::db::Stored::New));
        }
    }

    fn sheets(&self, code: &str, field: &str, count: usize, sheet: impl Fn(usize) -> DayAndAnswers) -> Vec<Sheet> {
        let point = self.db.point(code).expect("asked").expect("a point");
        let one = sheets::sheet(&self.db, code, field, NaiveDate::default(), 5);
        let sheet = |place: usize| {
            let (day, answer) = sheet(place);
            let answers = point.form.questionnaire.items().map(|item| answer(&item.id)).collect();
            let key = TallyKey { day: clock::day_number(day), ..one.key };
            Sheet { key, channel: Channel::Counter, answers, ..one.clone() }
        };
        (0..count).map(sheet).collect()
    }

    /// Stores a sheet with everything on level 5 and these free words.
    pub fn load_with_words(&self, code: &str, field: &str, words: &str, day: &str) {
        let mut sheets = self.sheets(code, field, 1, |_| (day.parse().expect("a day"), Box::new(|_: &str| 5)));
        sheets[0].comment = Some(words.to_owned());
        self.db.load_sheets(sheets).expect("stored");
    }

    /// Gives the ward's plan other days: these periods, called by the months from January on, its targets for all of them and for these fields
    /// (those they had where none are named), and nothing else. The keys of the periods, in their order.
    pub fn replan(&self, periods: &[(NaiveDate, NaiveDate)], until: NaiveDate, fields: &[&str]) -> Vec<String> {
        let mut plan = self.db.plan("cau-giay-2026").expect("asked").expect("a plan").plan;
        let year = clock::today().year();
        let period = |(number, (from, to)): (usize, &(NaiveDate, NaiveDate))| Period {
            key: format!("{year}-m{:02}", number + 1),
            from: *from,
            to: *to,
            due: None,
            assumed: false,
            clause: "III".to_owned(),
        };
        plan.periods = periods.iter().enumerate().map(period).collect();
        (plan.from, plan.to) = (periods[0].0, until);
        for target in &mut plan.targets {
            (target.from, target.to) = (plan.from, plan.to);
            if !fields.is_empty() {
                target.fields = fields.iter().map(|field| (*field).to_owned()).collect();
            }
        }
        plan.counts.clear();
        plan.tasks.clear();
        let (hash, content) = plan_content(&plan).expect("content");
        assert!(self.db.seed_plan(&plan, &hash, &content, clock::today()).expect("stored"));
        plan.periods.into_iter().map(|period| period.key).collect()
    }

    /// [`Town::replan`] to one period, the ten days on either side of today: what is answered today lies in the period that runs.
    pub fn replan_around_today(&self) {
        let today = clock::today();
        let (from, to) = (today - chrono::Days::new(10), today + chrono::Days::new(10));
        self.replan(&[(from, to)], to, &[]);
    }

    /// Lets the ward's plan, and the targets that end with it, run on beyond today where it would end before: a round that begins today and
    /// the month around today are of the plan, whatever today is.
    pub fn plan_runs_on(&self) {
        let mut plan = self.db.plan("cau-giay-2026").expect("asked").expect("a plan").plan;
        let today = clock::today();
        let until = today + chrono::Days::new(60);
        if plan.to < until {
            let last = std::mem::replace(&mut plan.to, until);
            plan.targets.iter_mut().filter(|target| target.to == last).for_each(|target| target.to = until);
            let (hash, content) = plan_content(&plan).expect("content");
            assert!(self.db.seed_plan(&plan, &hash, &content, today).expect("stored"));
        }
    }

    /// `GET` of a path with a session.
    pub fn get_as(&self, session: &str, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.address)).header("cookie", session).send().expect("an answer")
    }

    /// Posts a form with a session, as a browser does from our own page.
    pub fn post_as(&self, session: &str, path: &str, form: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.address)).header("cookie", session);
        request.header("sec-fetch-site", "same-origin").form(form).send().expect("an answer")
    }
}

/// Opens a database as a server does, with settings of the tests.
fn open(fresh: &FreshDb, settings: &[(&str, &str)]) -> App {
    let mut pairs = vec![
        ("SIPAS_DATABASE_URL".to_owned(), fresh.address()),
        ("SIPAS_BIND".to_owned(), "127.0.0.1:0".to_owned()),
        // Tests of other things sign in by name and password alone; tests/http/people/people.rs asks for the second factor.
        ("SIPAS_SECOND_FACTOR".to_owned(), "off".to_owned()),
    ];
    pairs.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    let config = Config::from_sources(pairs, |path| std::fs::read_to_string(path)).expect("settings");
    App::open(config).expect("an app")
}

/// Address of the figures of [`period`] as a page.
pub fn figures_path() -> String {
    format!("/staff/plans/cau-giay-2026/{}", period())
}

/// An ad hoc period of this month's days around today, whatever today is.
pub fn period() -> String {
    let today = clock::today();
    let first = today.with_day(1).expect("a first day");
    let last = first + chrono::Months::new(1) - chrono::Days::new(1);
    format!("adhoc-{first}-{last}")
}

impl Form {
    /// Sets a value, once.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.pairs.retain(|(known, _)| known != name);
        self.add(name, value)
    }

    /// Adds a value, even a second one.
    pub fn add(&mut self, name: &str, value: &str) -> &mut Self {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// A new attempt identifier.
pub fn attempt() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    format!("5a0e8f3c-1111-4222-8333-{:012x}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// The elements that a CSS selector finds.
pub fn select(page: &Html, selector: &str) -> Vec<scraper::node::Element> {
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector).map(|element| element.value().clone()).collect::<Vec<_>>()
}

/// The texts of the elements that a CSS selector finds, white space folded.
pub fn texts(page: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    let selector = Selector::parse(selector).expect("a selector");
    let fold = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    page.select(&selector).map(|element| fold(element.text().collect())).collect()
}

fn set_up(db: &Db) {
    let day = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).expect("a date");
    let unit = |code: &str, kind, name: &str, parent: Option<&str>| {
        let new = NewUnit {
            code: code.to_owned(),
            kind,
            name_vi: name.to_owned(),
            name_en: name.to_owned(),
            parent: parent.map(str::to_owned),
            valid_from: day,
        };
        db.by_nobody().add_unit(&new).expect("a unit");
    };
    unit("thanh-pho-ha-noi", UnitKind::City, "Thành phố Hà Nội", None);
    unit("phuong-cau-giay", UnitKind::Ward, "Phường Cầu Giấy", Some("thanh-pho-ha-noi"));
    unit("cau-giay-hcc", UnitKind::OneStopCentre, "Trung tâm phục vụ hành chính công", Some("phuong-cau-giay"));
    unit("cau-giay-tyt", UnitKind::HealthStation, "Trạm y tế phường Cầu Giấy", Some("phuong-cau-giay"));
    unit("xa-o-dien", UnitKind::Commune, "Xã Ô Diên", Some("thanh-pho-ha-noi"));
    let point = |unit: &str, vi: &str, en: &str, form: &str, fields: &[&str]| {
        let new = NewPoint {
            unit: unit.to_owned(),
            name_vi: vi.to_owned(),
            name_en: en.to_owned(),
            form: form.to_owned(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            channel: Channel::Counter,
            opened_on: day,
        };
        db.by_nobody().add_point(&new).expect("a point");
    };
    point("cau-giay-hcc", "Quầy số 1", "Counter 1", "thu-tuc-hanh-chinh-ngan", &["judicial"]);
    point(
        "cau-giay-hcc",
        "Nơi tiếp nhận hồ sơ",
        "Reception",
        "thu-tuc-hanh-chinh-ngan",
        &["judicial", "labour", "land"],
    );
    point("cau-giay-tyt", "Trạm y tế", "Health station", "tram-y-te", &["health"]);
    let hash = password::hash(PASSWORD).expect("a hash");
    for (name, role, unit) in [
        ("lan", Role::PlanOwner, "phuong-cau-giay"),
        ("minh", Role::DataEntry, "phuong-cau-giay"),
        ("hoa", Role::PlanOwner, "xa-o-dien"),
    ] {
        let new = NewUser {
            name: name.to_owned(),
            display_name: name.to_owned(),
            password_hash: hash.clone(),
            role: role.name().to_owned(),
            unit: unit.to_owned(),
            email: None,
            at: clock::now(),
        };
        db.by_nobody().add_user(&new).expect("a user");
    }
    // One of every role, named for it.
    for role in Role::ALL {
        let new = NewUser {
            name: role.name().to_owned(),
            display_name: role.name().to_owned(),
            password_hash: hash.clone(),
            role: role.name().to_owned(),
            unit: "phuong-cau-giay".to_owned(),
            email: None,
            at: clock::now(),
        };
        db.by_nobody().add_user(&new).expect("a user");
    }
}

/// The page of an answer, with its status.
pub fn page(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    (status, answer.text().expect("a page"))
}

/// Where an answer leads on to.
pub fn location(answer: &Response) -> String {
    assert_eq!(answer.status(), 303, "an answer that leads on");
    answer.headers()["location"].to_str().expect("an address").to_owned()
}

/// What a browser would send of a form as it stands on a page: every field that a CSS selector finds in it, buttons left out.
pub fn form_pairs(page: &str, form: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(page);
    let fields = Selector::parse(&format!("{form} input, {form} select, {form} textarea")).expect("a selector");
    let options = Selector::parse("option").expect("a selector");
    let mut pairs = Vec::new();
    for field in page.select(&fields) {
        let Some(name) = field.value().attr("name") else { continue };
        let value = match field.value().name() {
            "select" => {
                let chosen: Vec<_> = field.select(&options).collect();
                let chosen = chosen.iter().find(|option| option.value().attr("selected").is_some()).or(chosen.first());
                chosen.and_then(|option| option.value().attr("value")).unwrap_or_default().to_owned()
            }
            "textarea" => field.text().collect::<String>().trim_start_matches('\n').to_owned(),
            _ => {
                let ticked = matches!(field.value().attr("type"), Some("checkbox" | "radio"));
                if ticked && field.value().attr("checked").is_none() || field.value().attr("type") == Some("file") {
                    continue;
                }
                field.value().attr("value").unwrap_or_default().to_owned()
            }
        };
        pairs.push((name.to_owned(), value));
    }
    pairs
}

/// The same form with other values in some fields.
pub fn with(mut pairs: Vec<(String, String)>, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    pairs
}

impl Town {
    /// Posts the fields of a form, as [`form_pairs`] reads them.
    pub fn send_as(&self, session: &str, path: &str, pairs: &[(String, String)]) -> Response {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post_as(session, path, &pairs)
    }

    /// Posts a file, and texts beside it, as a browser does from our own page.
    pub fn send_file_as(
        &self,
        session: &str,
        path: &str,
        (name, bytes): (&str, &[u8]),
        texts: &[(&str, &str)],
    ) -> Response {
        const BOUNDARY: &str = "----sipas-of-the-tests";
        let mut body = Vec::new();
        for (name, text) in texts {
            body.extend(
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes(),
            );
        }
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
        let request = self.client.post(format!("{}{path}", self.address)).header("cookie", session);
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        request
            .header("sec-fetch-site", "same-origin")
            .header("content-type", kind)
            .body(body)
            .send()
            .expect("an answer")
    }
}
