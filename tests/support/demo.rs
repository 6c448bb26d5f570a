//! A running server with demonstration data: four communes, points of every questionnaire, a retired code.

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

use std::process::Command;

use sipas::access::Role;
use sipas::app::{DEMO_LEADER, DEMO_PASSWORD, DEMO_USER};
use sipas::config::Config;
use sipas::db::{Db, NewUser, PointListed};
use sipas::plan::closing::ClosingStep;
use sipas::secrets::password;
use sipas::service::closing::{Asked, take};
use sipas::web::Running;
use sipas::web::state::App;

use crate::support::{Backend, FreshDb, fresh_db};

/// The server and its data; both go away with this value.
pub struct Demo {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// The database.
    pub db: Db,
    _running: Running,
    _fresh: FreshDb,
}

impl Demo {
    /// Fills an empty database as `sipas demo` does and serves it.
    pub fn start() -> Self {
        Self::filled(&["--responses", "2500", "--until", "2026-11-20"])
    }

    /// The same with complaints, remedies and dialogues. What the pages call current goes by the clock all the same.
    pub fn start_with_cases() -> Self {
        Self::filled(&["--responses", "6000", "--until", "2026-11-20", "--cases"])
    }

    fn filled(arguments: &[&str]) -> Self {
        let fresh = fresh_db(Backend::Sqlite);
        let mut fill = Command::new(env!("CARGO_BIN_EXE_sipas"));
        fill.args(["demo", "--seed", "1"]).args(arguments);
        let filled = fill.env("SIPAS_DATABASE_URL", fresh.address()).output().expect("the program runs");
        assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
        let settings =
            [("SIPAS_DATABASE_URL", &*fresh.address()), ("SIPAS_BIND", "127.0.0.1:0"), ("SIPAS_SECOND_FACTOR", "off")];
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let config = Config::from_sources(settings, |path| std::fs::read_to_string(path)).expect("settings");
        let app = App::open(config).expect("an app");
        let db = app.db.clone();
        let running = Running::start(app).expect("a server");
        Self { address: format!("http://{}", running.address), db, _running: running, _fresh: fresh }
    }

    /// The points that take answers, one of each questionnaire.
    pub fn a_point_of_each_form(&self) -> Vec<PointListed> {
        let mut points = self.points();
        points.retain(|point| point.retired_on.is_none());
        points.sort_by(|one, other| one.form.cmp(&other.form));
        points.dedup_by(|one, other| one.form == other.form);
        points
    }

    /// Closes a period as the plan owner and the leader of the demonstration, unless that was done before.
    pub fn publish(&self, plan: &str, period: &str) {
        if !self.db.closings_of(plan, period).expect("closings").is_empty() {
            return;
        }
        let deeds =
            [(ClosingStep::Check, DEMO_USER), (ClosingStep::Approve, DEMO_LEADER), (ClosingStep::Publish, DEMO_USER)];
        for (deed, name) in deeds {
            let user = self.db.user_by_name(name).expect("users").expect("a user");
            let asked = Asked {
                plan: plan.to_owned(),
                period: period.to_owned(),
                version: 1,
                deed,
                by: (user.id, user.name),
                reason: String::new(),
                vice: false,
                at: sipas::clock::now(),
            };
            take(&self.db.by_nobody(), asked, true).expect("a step");
        }
    }

    /// Somebody of the first commune with the password of the demonstration; the name is given back.
    pub fn add_user(&self, name: &str, role: Role) -> String {
        let user = NewUser {
            name: name.to_owned(),
            display_name: name.to_owned(),
            password_hash: password::hash(DEMO_PASSWORD).expect("a hash"),
            role: role.name().to_owned(),
            unit: "phuong-cau-giay".to_owned(),
            email: None,
            at: sipas::clock::now(),
        };
        self.db.by_nobody().add_user(&user).expect("a user");
        name.to_owned()
    }

    /// The code of a point that serves several fields.
    pub fn of_several_fields(&self) -> String {
        let found = self.points().into_iter().find(|point| point.field_codes.len() > 1 && point.retired_on.is_none());
        found.expect("a point of several fields").code
    }

    /// A code that takes no answers any more.
    pub fn retired(&self) -> String {
        self.points().into_iter().find(|point| point.retired_on.is_some()).expect("a retired point").code
    }

    fn points(&self) -> Vec<PointListed> {
        self.db.points(None).expect("points")
    }
}
