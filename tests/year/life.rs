//! A plan's year, day by day: who answers when, what waits at night, what staff do, and what a closing leaves.

use std::collections::{BTreeMap, HashMap};
use std::process::Command;

use chrono::{DateTime, Days, NaiveDate, Utc};
use sipas::access::AuditedAction;
use sipas::app::{DEMO_LEADER, DEMO_USER};
use sipas::clock::{date_of, day_number};
use sipas::db::{
    Db, Form, ImportFile, ImportKind, NewPoint, NewRound, NewRoundOffice, Note, Outcome, PointListed, RoundClosed,
    Sheet, Stored, TallyFilter,
};
use sipas::demo::{DemoSheet, generate};
use sipas::index::result::QuestionnaireResult;
use sipas::index::{IndexReport, Suspects};
use sipas::plan::closing::ClosingStep;
use sipas::plan::round::Selection;
use sipas::plan::{Channel, Period, Plan};
use sipas::service::closing::{Asked, take};
use sipas::service::figures::{Question, Shown, measure, measure_round};
use sipas::service::seeding::{self, Seeds};
use sipas::sheet::tally::{Mode, Respondent, Series, TallyKey};
use sipas::survey::content_hash;
use sipas::survey::follow_up::follow_up;
use sipas::survey::hash::to_json;

use crate::support::{Backend, FreshDb, attempt, fresh_db};

/// Answers to the codes at the doors in a year.
const ANSWERS: usize = 1_500;
/// One sheet in so many is filled in on paper and stored so many days later.
const PAPER_EACH: usize = 20;
const PAPER_LATE: u64 = 9;
/// Sheets of the survey round, as "Mẫu số 02" asks.
const ROUND: u64 = 200;
/// Sheets of each dialogue and of the follow-up.
const DIALOGUE: u64 = 24;
/// Days between a cut-off and the closing.
const CLOSED_AFTER: u64 = 3;

/// A ward about to live a year.
pub struct Life {
    db: Db,
    fresh: FreshDb,
    seeds: Seeds,
    plan: Plan,
    satisfied: u64,
    dice: u64,
    sent: u32,
    files: i32,
}

/// What a year left.
pub struct Lived {
    /// The database, as it is after the last closing.
    pub db: Db,
    /// Answers of every closed period at its closing, and how many of them were counted.
    pub answered: u64,
    /// See `answered`.
    pub counted: u64,
    /// Respondents of the survey round's own figures.
    pub round: Option<u64>,
    /// Sheets of dialogues and of the follow-up, by questionnaire.
    pub asked: BTreeMap<String, u64>,
    /// As many as the year's report shows of them.
    pub seen: BTreeMap<String, u64>,
    /// The kept figures of the longest period, of volunteers; empty targets where the plan sets no period.
    pub year: IndexReport,
    _fresh: FreshDb,
}

impl Life {
    /// The demonstration's ward of the plan, its points and people, without answers.
    pub fn of(plan: &str, satisfied: u64) -> Self {
        let fresh = fresh_db(Backend::Sqlite);
        let mut fill = Command::new(env!("CARGO_BIN_EXE_sipas"));
        fill.args(["demo", "--responses", "0", "--seed", "1", "--until", "2026-12-31"]);
        let filled = fill.env("SIPAS_DATABASE_URL", fresh.address()).output().expect("the program runs");
        assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
        let seeds = seeding::read(None, None).expect("shipped forms and plans");
        let db = fresh.serve();
        let plan = db.plan(plan).expect("asked").expect("a shipped plan").plan;
        Self { db, fresh, seeds, plan, satisfied, dice: 2_026, sent: 0, files: 0 }
    }

    /// Lives from `from` to `last`, and closes every period whose days are over by then.
    pub fn live(mut self, from: NaiveDate, last: NaiveDate) -> Lived {
        let mut of_day = self.arrivals(from, last);
        let periods: Vec<Period> =
            self.plan.periods.iter().filter(|period| period.from >= from && period.to <= last).cloned().collect();
        let length = u64::try_from((last - from).num_days()).expect("a year");
        let at = |part: u64| from + Days::new(length * part / 100);
        let (mut round, mut respondents, mut asked) = (0, None, BTreeMap::new());
        let (mut answered, mut counted) = (0, 0);
        let mut day = from;
        while day <= last + Days::new(CLOSED_AFTER) {
            if let Some((scanned, paper)) = of_day.remove(&day) {
                self.scan(scanned);
                self.store(day, paper);
            }
            if day == at(40) || day == at(80) {
                let sheets = self.ask("doi-thoai", day, DIALOGUE);
                *asked.entry("doi-thoai".to_owned()).or_default() += sheets;
            }
            if day == at(55) {
                let (name, sheets) = self.follow_up(day);
                asked.insert(name, sheets);
            }
            if day == at(60) {
                round = self.begin_round(day);
            }
            if day == at(60) + Days::new(12) {
                respondents = Some(self.close_round(round, day));
            }
            self.db.release_nightly(day + Days::new(1)).expect("a night");
            for period in periods.iter().filter(|period| period.to + Days::new(CLOSED_AFTER) == day) {
                let (of_period, shown) = self.close(period, day);
                answered += of_period;
                counted += shown;
            }
            day = day + Days::new(1);
        }
        let longest = periods.iter().max_by_key(|period| period.to - period.from).expect("a closed period").clone();
        let year = self.figures(&longest.key, Series::Open, day);
        let seen = asked.keys().map(|name| (name.clone(), sheets_of(&year, name))).collect();
        Lived { db: self.db, answered, counted, round: respondents, asked, seen, year, _fresh: self.fresh }
    }

    fn figures(&self, period: &str, series: Series, today: NaiveDate) -> IndexReport {
        let question = Question {
            plan: self.plan.key.clone(),
            period: period.to_owned(),
            unit: None,
            series,
            suspects: Suspects::In,
            live: false,
            today,
        };
        measure(&self.db, &question).expect("figures").report
    }

    /// What comes on each day: scanned answers, and late paper.
    #[allow(clippy::type_complexity, reason = "used once")]
    fn arrivals(&mut self, from: NaiveDate, last: NaiveDate) -> BTreeMap<NaiveDate, (Vec<Sheet>, Vec<Sheet>)> {
        let demo = generate(&self.seeds.forms, std::slice::from_ref(&self.plan), ANSWERS, 1, last);
        let fields: HashMap<String, i16> =
            self.db.fields().expect("fields").into_iter().map(|field| (field.code, field.id)).collect();
        let points: HashMap<(String, String), PointListed> = (self.db.points(None).expect("points").into_iter())
            .map(|point| ((point.unit_code.clone(), point.name_vi.clone()), point))
            .collect();
        // Dialogues are held here on days of their own.
        let dialogues = self.seeds.forms.iter().position(|form| form.id == "doi-thoai").expect("a shipped form");
        let dialogue = |sheet: &DemoSheet| sheet.questionnaire == dialogues;
        let mut of_day: BTreeMap<NaiveDate, (Vec<Sheet>, Vec<Sheet>)> = BTreeMap::new();
        for (number, sheet) in demo.sheets.iter().enumerate().filter(|(_, sheet)| sheet.day >= from && !dialogue(sheet))
        {
            let at = &demo.points[sheet.point];
            let point = &points[&(at.unit.clone(), at.name_vi.clone())];
            let form = &self.seeds.forms[sheet.questionnaire];
            let form = self.db.form_by_reference(&form.id, form.version).expect("asked").expect("published");
            let paper = number % PAPER_EACH == 0;
            let key = TallyKey {
                unit: point.unit,
                day: day_number(sheet.day),
                point: point.point,
                field: fields[&sheet.field],
                form: form.id,
                series: Series::Open,
                mode: if paper { Mode::Paper } else { Mode::Phone },
                respondent: sheet.respondent,
                suspect: false,
            };
            let answers = self.answers(&form);
            let stored =
                Sheet { key, channel: point.channel, answers, demographics: sheet.demographics.clone(), comment: None };
            if paper {
                of_day.entry(sheet.day + Days::new(PAPER_LATE)).or_default().1.push(stored);
            } else {
                of_day.entry(sheet.day).or_default().0.push(stored);
            }
        }
        of_day
    }

    /// One person: very satisfied with all, or dissatisfied with all.
    fn answers(&mut self, form: &Form) -> Vec<u8> {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let level = if (self.dice >> 33) % 100 < self.satisfied { 5 } else { 2 };
        vec![level; form.layout.items()]
    }

    fn scan(&mut self, sheets: Vec<Sheet>) {
        // A point that is open on the day of this life may be shut by today's calendar: such sheets come in a file.
        let mut shut: Vec<Sheet> = Vec::new();
        for sheet in sheets {
            self.sent += 1;
            match self.db.submit_blocking(sheet.clone(), attempt(self.sent, 1)) {
                Ok(Stored::PointRetired) => shut.push(sheet),
                stored => assert_eq!(stored, Ok(Stored::New)),
            }
        }
        if let Some(first) = shut.first() {
            self.store(date_of(first.key.day), shut);
        }
    }

    fn store(&mut self, day: NaiveDate, sheets: Vec<Sheet>) {
        if sheets.is_empty() {
            return;
        }
        self.files += 1;
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&self.files.to_le_bytes());
        let file = ImportFile {
            kind: ImportKind::Responses,
            hash,
            name: day.to_string(),
            rows: sheets.len(),
            by: DEMO_USER.to_owned(),
            at: noon(day),
        };
        self.db.by_nobody().store_imported(sheets, file).expect("stored");
    }

    /// So many people answer a questionnaire on one day, at a point of its own of the plan's unit.
    fn ask(&mut self, form: &str, day: NaiveDate, people: u64) -> u64 {
        let form = self.db.newest_form(form).expect("asked").expect("published");
        let field = form.questionnaire.fields.first().expect("a field").clone();
        let code = self.db.by_nobody().add_point(&NewPoint {
            unit: self.plan.unit.clone(),
            name_vi: format!("{} {day}", form.questionnaire.id),
            name_en: format!("{} {day}", form.questionnaire.id),
            form: form.questionnaire.id.clone(),
            fields: vec![field],
            channel: Channel::Counter,
            opened_on: day,
        });
        let code = code.expect("a point");
        let point = self.db.point(&code).expect("asked").expect("known");
        let sheets: Vec<Sheet> =
            (0..people).map(|_| self.sheet(&form, (point.unit, point.point), point.fields[0].id, day)).collect();
        self.scan(sheets);
        people
    }

    fn sheet(&mut self, form: &Form, (unit, point): (i32, i32), field: i16, day: NaiveDate) -> Sheet {
        let key = TallyKey {
            unit,
            day: day_number(day),
            point,
            field,
            form: form.id,
            series: Series::Open,
            mode: Mode::Phone,
            respondent: Respondent::Person,
            suspect: false,
        };
        let demographics = vec![0; form.questionnaire.demographics.len()];
        Sheet { key, channel: Channel::Counter, answers: self.answers(form), demographics, comment: None }
    }

    /// Two criteria of the short form asked again; the name of the follow-up and who answered it.
    fn follow_up(&mut self, day: NaiveDate) -> (String, u64) {
        let source = self.db.newest_form("thu-tuc-hanh-chinh-ngan").expect("asked").expect("published");
        let weak: Vec<String> = source.questionnaire.items().skip(1).take(2).map(|item| item.id.clone()).collect();
        let again = follow_up(&source.questionnaire, &weak, 1).expect("a follow-up");
        self.db.by_nobody().publish(&again, &content_hash(&again), &to_json(&again), day).expect("published");
        let people = self.ask(&again.id, day, DIALOGUE);
        (again.id, people)
    }

    fn begin_round(&self, day: NaiveDate) -> i32 {
        let under = self.db.subtree(&self.plan.unit).expect("units");
        let units = self.db.units().expect("units");
        let offices: Vec<_> =
            units.iter().filter(|unit| under.contains(&unit.id) && unit.code != self.plan.unit).collect();
        assert!(offices.len() >= 2, "{} offices", offices.len());
        let mut left = ROUND;
        let each = ROUND / offices.len() as u64;
        let sheets = offices.iter().enumerate().map(|(place, unit)| {
            let own = if place + 1 == offices.len() { left } else { each };
            left -= own;
            NewRoundOffice { unit: unit.code.clone(), sheets: u32::try_from(own).expect("few") }
        });
        let new = NewRound {
            plan: self.plan.key.clone(),
            unit: self.plan.unit.clone(),
            clause: "11".to_owned(),
            name: "Khảo sát cơ quan, đơn vị".to_owned(),
            form: "mau-so-02".to_owned(),
            fields: vec!["judicial".to_owned()],
            quota: u32::try_from(ROUND).expect("few"),
            selection: Selection::Drawn,
            days: (day, day + Days::new(9)),
            offices: sheets.collect(),
        };
        self.db.by_nobody().add_round(&new).expect("a round")
    }

    /// All sheets of the round come back and are stored, and it is closed; the respondents that its figures show.
    fn close_round(&mut self, id: i32, today: NaiveDate) -> u64 {
        let round = self.db.round(&self.plan.key, id).expect("asked").expect("begun");
        let form = self.db.newest_form("mau-so-02").expect("asked").expect("published");
        let judicial =
            self.db.fields().expect("fields").into_iter().find(|field| field.code == "judicial").expect("a field").id;
        let mut sheets = Vec::new();
        for office in &round.offices {
            for _ in office.numbers.0..=office.numbers.1 {
                let mut sheet = self.sheet(&form, (office.unit, office.point), judicial, round.days.0);
                sheet.key.mode = Mode::Paper;
                sheets.push(sheet);
            }
        }
        let stored = sheets.len();
        self.store(today, sheets);
        assert_eq!(self.db.by_nobody().close_round(id, today).expect("closed"), RoundClosed::Closed(stored));
        let round = self.db.round(&self.plan.key, id).expect("asked").expect("closed");
        let report = measure_round(&self.db, &round, today).expect("figures").report;
        report.fields.iter().filter_map(|field| field.shown()).map(|field| field.estimate.respondents).sum()
    }

    /// Checked and published by two people; how many answers the period had, and how many its figures count.
    fn close(&self, period: &Period, day: NaiveDate) -> (u64, u64) {
        let steps = [
            (ClosingStep::Check, AuditedAction::CheckPeriod, DEMO_USER),
            (ClosingStep::Approve, AuditedAction::ApprovePeriod, DEMO_LEADER),
            (ClosingStep::Publish, AuditedAction::PublishPeriod, DEMO_USER),
        ];
        for (deed, action, name) in steps {
            let user = self.db.user_by_name(name).expect("users").expect("a user");
            let asked = Asked {
                plan: self.plan.key.clone(),
                period: period.key.clone(),
                version: 1,
                deed,
                by: (user.id, user.name),
                reason: String::new(),
                vice: false,
                at: noon(day),
            };
            let object = format!("{}/{}", self.plan.key, period.key);
            let note = Note {
                at: asked.at,
                actor: name.to_owned(),
                action,
                unit: self.plan.unit.clone(),
                object,
                outcome: Outcome::Done,
            };
            take(&self.db.noting(note), asked, true).expect("a step");
        }
        let units = self.db.subtree(&self.plan.unit).expect("units");
        let shown = Shown::read(&self.db, &units, period).expect("shares");
        let filter = TallyFilter { units: Some(units), from: period.from, to: period.to, live: true };
        let (mut answered, mut counted) = (0, 0);
        for (key, release, tally) in self.db.tallies_of_releases(&filter).expect("tallies") {
            answered += tally.sheets;
            counted += if shown.holds_back(key.unit, release, Suspects::In) { 0 } else { tally.sheets };
        }
        (answered, counted)
    }
}

/// Sheets of a questionnaire among those that feed no index.
fn sheets_of(report: &IndexReport, name: &str) -> u64 {
    let found = report.questionnaires.iter().filter_map(|result| match result {
        QuestionnaireResult::Shown(shown) if shown.questionnaire.split('@').next() == Some(name) => Some(shown.sheets),
        _ => None,
    });
    found.sum()
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(5, 0, 0).expect("a time").and_utc()
}
