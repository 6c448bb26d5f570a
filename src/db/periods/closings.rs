//! Closed periods: the steps of each version and the parts that were frozen, both only added to. A part is a named piece of
//! content under its SHA-256; the hash of a version is made of the names and hashes of its parts, see [`content_hash`].

use std::collections::HashMap;
use std::io::{Read, Write};

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

use crate::db::audit as log;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{audit, closing_part, closing_step};
use crate::db::outgoing::webhook_events;
use crate::db::{Db, DbError, Noted, instant};
use crate::plan::closing::{ClosingStep, Refused, State, after};
use crate::secrets::hex::hex;

/// Parts whose name begins so are files made when the period was published; they are not in the hash of its figures.
pub const FILES: &str = "file/";

/// One step of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub deed: ClosingStep,
    /// Number of the person who did it.
    pub user: i32,
    /// Their name then.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why; empty where nobody asked.
    pub reason: String,
    /// The hash that they saw: of the figures, and from publishing on of figures and files.
    pub hash: [u8; 32],
}

/// One version of a closed period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    /// From 1.
    pub version: u32,
    /// The steps, the first of them [`ClosingStep::Check`].
    pub steps: Vec<Step>,
}

impl Closing {
    /// How far it is.
    pub fn state(&self) -> State {
        self.steps.last().map_or(State::Draft, |step| step.deed.leads_to())
    }

    /// The step of a deed.
    pub fn step(&self, deed: ClosingStep) -> Option<&Step> {
        self.steps.iter().find(|step| step.deed == deed)
    }

    /// Hash of what was frozen, as digits.
    pub fn hash(&self) -> String {
        self.steps.first().map_or_else(String::new, |step| hex(&step.hash))
    }

    /// Whether it ever went out, so that its files are kept.
    pub fn was_published(&self) -> bool {
        self.step(ClosingStep::Publish).is_some()
    }
}

/// A piece of content under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosingPart {
    /// Its name, as in `figures/phuong-cau-giay/open/in.json`.
    pub name: String,
    pub content: Vec<u8>,
}

/// A step to take.
#[derive(Debug, Clone)]
pub struct NewStep {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    /// The version that was seen; for [`ClosingStep::Check`] the one to make.
    pub version: u32,
    /// What is done.
    pub deed: ClosingStep,
    /// Number and name of the person who does it.
    pub by: (i32, String),
    /// When.
    pub at: DateTime<Utc>,
    /// Why; empty where nobody asks.
    pub reason: String,
    /// What is kept with it: all that is frozen, or the files.
    pub parts: Vec<ClosingPart>,
}

/// The hash of parts, given by name and SHA-256 in the order of their names: SHA-256 over `sipas period 1`, plan, period,
/// version as decimal digits, then name and hash of each, every field after its length in 8 bytes, big-endian.
pub fn content_hash(plan: &str, period: &str, version: u32, parts: &[(String, [u8; 32])]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    field(b"sipas period 1");
    field(plan.as_bytes());
    field(period.as_bytes());
    field(version.to_string().as_bytes());
    for (name, hash) in parts {
        field(name.as_bytes());
        field(hash);
    }
    hasher.finalize().into()
}

/// A step as the audit log tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepNoted {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    pub version: u32,
    /// What was done.
    pub deed: ClosingStep,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The hash that they saw, as digits.
    pub hash: String,
}

/// How the audit log calls the steps.
const ACTIONS: [(ClosingStep, &str); 5] = [
    (ClosingStep::Check, "check_period"),
    (ClosingStep::Approve, "approve_period"),
    (ClosingStep::Publish, "publish_period"),
    (ClosingStep::Return, "return_period"),
    (ClosingStep::Reopen, "reopen_period"),
];

impl Coded for ClosingStep {
    const WHAT: &'static str = "step of a closing";
    const CODES: &'static [(Self, i16)] =
        &[(Self::Check, 1), (Self::Approve, 2), (Self::Publish, 3), (Self::Return, 4), (Self::Reopen, 5)];
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = closing_step)]
struct StepRow {
    plan: String,
    period: String,
    version: i32,
    number: i32,
    deed: i16,
    user_id: i32,
    user_name: String,
    at_ms: i64,
    reason: String,
    hash: Vec<u8>,
}

/// A step as the audit log tells of it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit)]
struct NotedRow {
    action: String,
    object: String,
    actor: String,
    at_ms: i64,
}

impl Db {
    /// Every version of every period of `plan`, by period and version.
    pub fn closings(&self, plan: &str) -> Result<Vec<Closing>, DbError> {
        let plan = plan.to_owned();
        self.read(|conn| steps(conn, Some(&plan), None))
    }

    /// [`Db::closings`] of many plans, by the plan's key.
    pub fn closings_of_plans(&self, plans: &[String]) -> Result<HashMap<String, Vec<Closing>>, DbError> {
        let order = (closing_step::plan, closing_step::period, closing_step::version, closing_step::number);
        let rows: Vec<StepRow> = self.read(|conn| {
            in_parts(plans, |some| {
                let of_plans = closing_step::table.filter(closing_step::plan.eq_any(some)).order(order);
                Ok(of_plans.select(StepRow::as_select()).load(conn)?)
            })
        })?;
        let mut all: HashMap<String, Vec<Closing>> = HashMap::new();
        for closing in closings_of(rows)? {
            all.entry(closing.plan.clone()).or_default().push(closing);
        }
        Ok(all)
    }

    /// Every version of every period, whether or not its plan is still there, by plan, period and version.
    pub fn all_closings(&self) -> Result<Vec<Closing>, DbError> {
        self.read(|conn| steps(conn, None, None))
    }

    /// Every step that the audit log tells of, in its order.
    pub fn closing_steps_noted(&self) -> Result<Vec<StepNoted>, DbError> {
        let rows: Vec<NotedRow> = self.read(|conn| {
            let words = ACTIONS.map(|(_, word)| word);
            let found = audit::table.filter(audit::action.eq_any(words)).filter(audit::outcome.eq("done"));
            Ok(found.select(NotedRow::as_select()).order(audit::number).load(conn)?)
        })?;
        Ok(rows.into_iter().filter_map(noted).collect())
    }

    /// Every version of one period, the oldest first.
    pub fn closings_of(&self, plan: &str, period: &str) -> Result<Vec<Closing>, DbError> {
        let (plan, period) = (plan.to_owned(), period.to_owned());
        self.read(|conn| steps(conn, Some(&plan), Some(&period)))
    }

    /// The content of a part; none where the version has no part of this name.
    pub fn closing_part(&self, closing: &Closing, name: &str) -> Result<Option<Vec<u8>>, DbError> {
        let found = closing_part::table.find((&closing.plan, &closing.period, number_of(closing.version), name));
        let body: Option<Vec<u8>> = self.read(|conn| Ok(found.select(closing_part::body).first(conn).optional()?))?;
        body.map(|body| inflate(&body, name)).transpose()
    }

    /// Names and hashes of all parts of a version, in the order of their names; files only where asked for.
    pub fn closing_hashes(&self, closing: &Closing, files: bool) -> Result<Vec<(String, [u8; 32])>, DbError> {
        self.read(|conn| hashes(conn, &closing.plan, &closing.period, closing.version, files))
    }

    /// Whether the audit log has the row that a step of a closing leaves.
    pub fn closing_is_noted(&self, closing: &Closing, step: &Step) -> Result<bool, DbError> {
        let object = object(&closing.plan, &closing.period, closing.version, &step.hash);
        let found = audit::table.filter(audit::object.eq(object)).filter(audit::actor.eq(&step.by));
        let found: i64 = self.read(|conn| Ok(found.count().get_result(conn)?))?;
        Ok(found > 0)
    }
}

impl Noted {
    /// Takes a step. Two people who take one at once do not both: the second is told the state there is.
    pub fn close_period(&self, new: &NewStep) -> Result<Result<Closing, Refused>, DbError> {
        let (mut new, note) = (new.clone(), self.note.clone());
        // Whose programs are told.
        let unit = self.plan(&new.plan)?.map(|known| known.plan.unit.clone());
        // Not on the writer's thread, for which answers wait.
        let parts = std::mem::take(&mut new.parts);
        let parts = parts.iter().map(PartRow::of).collect::<Result<Vec<_>, _>>()?;
        self.db.write(move |conn| {
            let known = steps(conn, Some(&new.plan), Some(&new.period))?;
            let newest = known.last();
            let (state, version) = newest.map_or((State::Draft, 0), |closing| (closing.state(), closing.version));
            let seen = if new.deed == ClosingStep::Check && state.is_open() { version + 1 } else { version };
            if new.version != seen {
                return Ok(Err(Refused::NotNow(state)));
            }
            let taken: Vec<(ClosingStep, i32)> = newest
                .map_or_else(Vec::new, |closing| closing.steps.iter().map(|step| (step.deed, step.user)).collect());
            if let Err(refused) = after(&taken, new.deed, &new.by.0, &new.reason) {
                return Ok(Err(refused));
            }
            for part in parts {
                insert_part(conn, &new, part)?;
            }
            let number = if new.deed == ClosingStep::Check { 1 } else { taken.len() + 1 };
            let whole = new.deed == ClosingStep::Publish || new.deed == ClosingStep::Reopen;
            let hashes = hashes(conn, &new.plan, &new.period, new.version, whole)?;
            let hash = content_hash(&new.plan, &new.period, new.version, &hashes);
            let row = StepRow {
                plan: new.plan.clone(),
                period: new.period.clone(),
                version: number_of(new.version),
                number: i32::try_from(number).unwrap_or(i32::MAX),
                deed: new.deed.code(),
                user_id: new.by.0,
                user_name: new.by.1.clone(),
                at_ms: new.at.timestamp_millis(),
                reason: new.reason.trim().to_owned(),
                hash: hash.to_vec(),
            };
            diesel::insert_into(closing_step::table).values(row).execute(conn)?;
            if let Some(note) = note {
                let object = object(&new.plan, &new.period, new.version, &hash);
                log::append(conn, &crate::db::Note { object, ..note.clone() })?;
            }
            if let Some(unit) = &unit {
                let version = (new.plan.as_str(), new.period.as_str(), new.version);
                webhook_events::period_closed(conn, version, new.deed.leads_to().word(), unit, new.at)?;
            }
            let closed = steps(conn, Some(&new.plan), Some(&new.period))?.pop();
            closed.map(Ok).ok_or_else(|| DbError::Failed("a step that was just taken is not there".into()))
        })
    }
}

/// What the audit log says of a version.
fn object(plan: &str, period: &str, version: u32, hash: &[u8; 32]) -> String {
    format!("{plan}/{period} v{version} {}", hex(hash))
}

fn number_of(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}

/// A part as it is kept.
struct PartRow {
    name: String,
    hash: Vec<u8>,
    body: Vec<u8>,
}

impl PartRow {
    fn of(part: &ClosingPart) -> Result<Self, DbError> {
        let hash = Sha256::digest(&part.content).to_vec();
        Ok(Self { name: part.name.clone(), hash, body: deflate(&part.content)? })
    }
}

fn insert_part(conn: &mut Conn, new: &NewStep, part: PartRow) -> Result<(), DbError> {
    diesel::insert_into(closing_part::table)
        .values((
            closing_part::plan.eq(&new.plan),
            closing_part::period.eq(&new.period),
            closing_part::version.eq(number_of(new.version)),
            closing_part::name.eq(part.name),
            closing_part::hash.eq(part.hash),
            closing_part::body.eq(part.body),
        ))
        .execute(conn)?;
    Ok(())
}

/// [`object`] read back.
fn noted(row: NotedRow) -> Option<StepNoted> {
    let (deed, _) = ACTIONS.into_iter().find(|(_, word)| *word == row.action)?;
    let (about, hash) = row.object.rsplit_once(' ')?;
    let (about, version) = about.rsplit_once(" v")?;
    let (plan, period) = about.rsplit_once('/')?;
    Some(StepNoted {
        plan: plan.to_owned(),
        period: period.to_owned(),
        version: version.parse().ok()?,
        deed,
        by: row.actor,
        at: instant::of_ms(row.at_ms),
        hash: hash.to_owned(),
    })
}

/// How far a period is, and the number of its newest version; 0 where there is none.
pub(super) fn standing(conn: &mut Conn, plan: &str, period: &str) -> Result<(State, u32), DbError> {
    let newest = steps(conn, Some(plan), Some(period))?.pop();
    Ok(newest.map_or((State::Draft, 0), |closing| (closing.state(), closing.version)))
}

fn steps(conn: &mut Conn, plan: Option<&str>, period: Option<&str>) -> Result<Vec<Closing>, DbError> {
    let order = (closing_step::plan, closing_step::period, closing_step::version, closing_step::number);
    let all = closing_step::table.order(order).select(StepRow::as_select());
    let rows: Vec<StepRow> = match (plan, period) {
        (Some(plan), Some(period)) => {
            all.filter(closing_step::plan.eq(plan)).filter(closing_step::period.eq(period)).load(conn)?
        }
        (Some(plan), None) => all.filter(closing_step::plan.eq(plan)).load(conn)?,
        (None, _) => all.load(conn)?,
    };
    closings_of(rows)
}

/// Steps in order, by the versions to which they belong.
fn closings_of(rows: Vec<StepRow>) -> Result<Vec<Closing>, DbError> {
    let mut found: Vec<Closing> = Vec::new();
    for row in rows {
        let version = row.version.unsigned_abs();
        let step = Step {
            deed: ClosingStep::of_code(row.deed)?,
            user: row.user_id,
            by: row.user_name,
            at: instant::of_ms(row.at_ms),
            reason: row.reason,
            // A hash of another length is no hash: zeros fit nothing, so that the check says so and goes on.
            hash: row.hash.try_into().unwrap_or([0; 32]),
        };
        let (plan, period) = (row.plan, row.period);
        match found.last_mut().filter(|last| last.version == version && last.period == period && last.plan == plan) {
            Some(last) => last.steps.push(step),
            None => found.push(Closing { plan, period, version, steps: vec![step] }),
        }
    }
    Ok(found)
}

fn hashes(
    conn: &mut Conn,
    plan: &str,
    period: &str,
    version: u32,
    files: bool,
) -> Result<Vec<(String, [u8; 32])>, DbError> {
    let parts = closing_part::table
        .filter(closing_part::plan.eq(plan))
        .filter(closing_part::period.eq(period))
        .filter(closing_part::version.eq(number_of(version)));
    let rows: Vec<(String, Vec<u8>)> =
        parts.select((closing_part::name, closing_part::hash)).order(closing_part::name).load(conn)?;
    let rows = rows.into_iter().filter(|(name, _)| files || !name.starts_with(FILES));
    rows.map(|(name, hash)| whole(hash, &name).map(|hash| (name, hash))).collect()
}

fn whole(bytes: Vec<u8>, of: &str) -> Result<[u8; 32], DbError> {
    bytes.try_into().map_err(|_| DbError::Damaged(format!("a hash of the closed period {of} is not 32 bytes")))
}

pub(super) fn deflate(content: &[u8]) -> Result<Vec<u8>, DbError> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let done = encoder.write_all(content).and_then(|()| encoder.finish());
    done.map_err(|error| DbError::Failed(format!("compressing: {error}")))
}

pub(super) fn inflate(body: &[u8], name: &str) -> Result<Vec<u8>, DbError> {
    let mut content = Vec::new();
    let done = DeflateDecoder::new(body).read_to_end(&mut content);
    done.map_err(|error| DbError::Damaged(format!("part {name} of a closed period: {error}")))?;
    Ok(content)
}
