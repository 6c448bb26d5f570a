//! What a ward's pages ask of the database does not grow with the number of other wards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::sql_types::Text;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};
use sipas::access::{EmailAddress, Role};
use sipas::clock;
use sipas::db::{NewPoint, NewUnit, UnitKind, plan_content};
use sipas::jobs::letters::summaries;
use sipas::plan::Channel;

use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{Town, figures_path};

/// The statements of every database of this process whose address was asked for, by address.
static ASKED: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// Notes the statements of one connection.
#[derive(Default)]
struct Listener {
    address: String,
}

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.address),
            InstrumentationEvent::StartQuery { query, .. } => {
                // Of PostgreSQL the program adds settings to the address.
                let mut asked = ASKED.lock().expect("the list");
                let own = asked.iter_mut().find(|(address, _)| self.address.starts_with(address.as_str()));
                if let Some((_, texts)) = own {
                    let text = query.to_string();
                    texts.push(text.split(" -- binds").next().unwrap_or_default().to_owned());
                }
            }
            _ => {}
        }
    }
}

/// Hears the statements of one database, from now on.
pub struct Heard(String);

/// Begins to hear what is asked of the database at `address`.
pub fn listen(address: &str) -> Heard {
    ASKED.lock().expect("the list").insert(address.to_owned(), Vec::new());
    set_default_instrumentation(|| Some(Box::new(Listener::default()))).expect("listeners");
    Heard(address.to_owned())
}

impl Heard {
    /// What was heard so far; none of it is told again.
    pub fn so_far(&self) -> Vec<String> {
        ASKED.lock().expect("the list").insert(self.0.clone(), Vec::new()).unwrap_or_default()
    }

    /// What was heard.
    pub fn end(self) -> Vec<String> {
        ASKED.lock().expect("the list").remove(&self.0).unwrap_or_default()
    }
}

/// Tables with more rows the more wards there are.
const GROWING: [&str; 14] = [
    "unit",
    "plan",
    "service_point",
    "point_code",
    "point_field",
    "tally",
    "sheet",
    "day_sum",
    "complaint",
    "staff_user",
    "session",
    "outbox",
    "closing_step",
    "attempt",
];

/// The pages of a ward, of its staff and of its citizens.
pub fn pages(town: &Town) -> Vec<String> {
    let mut pages: Vec<String> = [
        "/staff/",
        "/staff/progress",
        "/staff/targets",
        "/staff/due",
        "/staff/points",
        "/staff/points/silent",
        "/staff/units",
        "/staff/forms",
        "/staff/complaints",
        "/staff/complaints/counts",
        "/staff/remedies",
        "/staff/tasks",
        "/staff/explore",
        "/staff/volumes",
        "/staff/sessions",
        "/api/v1/plans",
        "/api/v1/points",
        "/results?unit=phuong-cau-giay",
        "/complaints?unit=cau-giay-hcc",
        "/privacy?unit=cau-giay-hcc",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.push(figures_path());
    pages.push(format!("/s/{}", town.counter));
    pages
}

/// Pages of a city's leader that list what all its wards have.
const OF_A_CITY: [&str; 3] = ["/staff/due", "/staff/points", "/staff/points?q=quay+1"];

/// What was asked of a database.
struct Asked {
    /// The statements of each page, asked for a second time.
    pages: Vec<(String, Vec<String>)>,
    /// The statements of the pages of a city.
    of_a_city: Vec<(String, Vec<String>)>,
    /// Those of the letters of a morning.
    letters: Vec<String>,
}

/// The statements on `fresh` with `wards` more wards.
fn asked(fresh: &FreshDb, wards: usize) -> Asked {
    let address = fresh.url().file().expect("a file").to_str().expect("UTF-8").to_owned();
    let heard = listen(&address);
    let town = Town::start(fresh);
    let day = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).expect("a date");
    let plan = town.db.plan("cau-giay-2026").expect("an answer").expect("the plan").plan;
    for number in 0..wards {
        let ward = format!("phuong-{number}");
        for (code, kind, parent) in [
            (ward.clone(), UnitKind::Ward, "thanh-pho-ha-noi"),
            (format!("{ward}-hcc"), UnitKind::OneStopCentre, ward.as_str()),
        ] {
            let (name_vi, name_en) = (format!("Đơn vị {code}"), format!("Unit {code}"));
            let parent = Some(parent.to_owned());
            let new = NewUnit { code, kind, name_vi, name_en, parent, valid_from: day };
            town.db.by_nobody().add_unit(&new).expect("a unit");
        }
        let points: Vec<NewPoint> = (0..3)
            .map(|point| NewPoint {
                unit: format!("{ward}-hcc"),
                name_vi: format!("Quầy {point}"),
                name_en: format!("Counter {point}"),
                form: "thu-tuc-hanh-chinh-ngan".to_owned(),
                fields: vec!["judicial".to_owned()],
                channel: Channel::Counter,
                opened_on: day,
            })
            .collect();
        town.db.by_nobody().add_points(&points).expect("points");
        let mut plan = plan.clone();
        (plan.key, plan.unit) = (format!("plan-{number}"), ward);
        let (hash, content) = plan_content(&plan).expect("JSON");
        assert!(town.db.seed_plan(&plan, &hash, &content, day).expect("a plan"));
    }
    for _ in 0..12 {
        let form = town.filled_form(&town.counter, "4");
        assert_eq!(town.post_form(&town.counter, &form).status(), 303);
    }
    town.let_in();
    town.db.keep_day_sums(clock::today()).expect("sums");
    let clear = || heard.so_far();
    // In the order of the list: an address may hold a code, which is drawn.
    let ask = |session: &str, pages: Vec<String>| -> Vec<(String, Vec<String>)> {
        let asked = pages.into_iter().map(|page| {
            for _ in 0..2 {
                clear();
                let status = town.get_as(session, &page).status().as_u16();
                assert!(status != 404 && status < 500, "{page}: {status}");
            }
            (page, clear())
        });
        asked.collect()
    };
    let pages = ask(&town.sign_in("lan"), pages(&town));
    town.add_user("city", Role::Leader, "thanh-pho-ha-noi");
    let of_a_city = ask(&town.sign_in("city"), OF_A_CITY.map(str::to_owned).to_vec());
    // Leaders and owners of one ward are told of its plan.
    for name in ["lan", "leader", "unit_head"] {
        let id = town.db.user_by_name(name).expect("an answer").expect("a user").id;
        let email = EmailAddress::parse(&format!("{name}@example.vn"));
        town.db.by_nobody().set_email(id, email.as_ref()).expect("set");
    }
    let monday = "2026-03-16T03:00:00Z".parse().expect("an instant");
    let told = || summaries(&town.db, "https://example.vn", monday).expect("letters").len();
    assert!(told() > 0, "somebody is told something");
    clear();
    told();
    let letters = clear();
    heard.end();
    Asked { pages, of_a_city, letters }
}

/// Tables whose every row a statement reads, as SQLite means to run it.
fn scanned(conn: &mut SqliteConnection, statement: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    if !statement.trim_start().to_uppercase().starts_with("SELECT") {
        return Vec::new();
    }
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
        .load(conn)
        .expect("a statement that was run before");
    let table =
        |step: Step| step.detail.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next().map(str::to_owned));
    steps.into_iter().filter_map(table).filter(|table| GROWING.contains(&table.as_str())).collect()
}

#[test]
fn a_wards_pages_ask_the_same_few_statements_beside_forty_wards_and_read_no_table_whole() {
    let (small, large) = (fresh_db(Backend::Sqlite), fresh_db(Backend::Sqlite));
    let alone = asked(&small, 1);
    let among = asked(&large, 40);
    let mut conn =
        SqliteConnection::establish(large.url().file().expect("a file").to_str().expect("UTF-8")).expect("the file");
    let (mut grown, mut whole) = (Vec::new(), BTreeSet::new());
    for ((page, before), (_, after)) in alone.of_a_city.iter().zip(&among.of_a_city) {
        if after.len() > before.len() + 20 {
            grown.push(format!(
                "{page} of a city: {} statements for one ward, {} for forty",
                before.len(),
                after.len()
            ));
        }
    }
    if among.letters.len() > alone.letters.len() + 20 {
        grown.push(format!("letters: {} statements alone, {} among forty", alone.letters.len(), among.letters.len()));
    }
    assert!(!alone.letters.is_empty(), "no statement of letters was heard");
    let (alone, among) = (alone.pages, among.pages);
    for ((_, before), (page, statements)) in alone.iter().zip(&among) {
        let before = before.len();
        // A few more or fewer are what memory held at the moment; a loop over forty wards is more than that.
        if statements.len() * 2 > before * 3 + 20 {
            grown.push(format!("{page}: {before} statements alone, {} among forty wards", statements.len()));
        }
        for statement in statements {
            for table in scanned(&mut conn, statement) {
                whole.insert(format!("{page} reads all of {table}: {statement}"));
            }
        }
    }
    assert!(grown.is_empty(), "{}", grown.join("\n"));
    assert!(whole.is_empty(), "{}", whole.into_iter().collect::<Vec<_>>().join("\n"));
    let most = among.iter().map(|(_, statements)| statements.len()).max().unwrap_or_default();
    assert!(most > 0, "no statement was heard");
}
