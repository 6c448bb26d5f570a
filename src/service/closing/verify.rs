//! Whether closed periods still are what they were. What should be there is asked of the audit log first, so that what vanished is missed; then
//! every part is held against its hash, the parts against the hashes that were signed for, and the figures against a new computation.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::clock;
use crate::db::{Closing, Db, DbError, FILES, StepNoted, content_hash};
use crate::plan::closing::ClosingStep;
use crate::service::figures::MeasureError;
use crate::service::figures::frozen::{self, Recomputed};
use crate::service::figures::kept_format::Difference;

/// Differing numbers that are written out, of each version.
const SHOWN: usize = 12;

/// A version of a closed period, by what the database holds and by what the audit log tells.
#[derive(Debug, Clone)]
pub struct Version {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    pub number: u32,
    /// What the database holds of it; none where its steps are gone.
    pub closing: Option<Closing>,
    /// The steps that the audit log tells of.
    pub noted: Vec<StepNoted>,
}

/// How a matter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As it was.
    Unchanged,
    /// As it was by its hashes; this program computes by another method, so that computing it anew shows nothing.
    OlderMethod,
    /// Not what it was.
    Changed,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How it stands.
    pub standing: Standing,
    /// What was found, for the operator.
    pub words: String,
}

impl Finding {
    fn of(what: &'static str, bad: &[String], fine: String) -> Self {
        let standing = if bad.is_empty() { Standing::Unchanged } else { Standing::Changed };
        Self { what, standing, words: if bad.is_empty() { fine } else { bad.join(", ") } }
    }
}

/// Every version that the database holds or the audit log tells of, by plan, period and number.
pub fn versions(db: &Db) -> Result<Vec<Version>, DbError> {
    let mut found: BTreeMap<(String, String, u32), Version> = BTreeMap::new();
    let mut of = |plan: &str, period: &str, number: u32, what: &mut dyn FnMut(&mut Version)| {
        let version = found.entry((plan.to_owned(), period.to_owned(), number)).or_insert_with(|| Version {
            plan: plan.to_owned(),
            period: period.to_owned(),
            number,
            closing: None,
            noted: Vec::new(),
        });
        what(version);
    };
    for closing in db.all_closings()? {
        let held = closing.clone();
        of(&closing.plan, &closing.period, closing.version, &mut |version| version.closing = Some(held.clone()));
    }
    for step in db.closing_steps_noted()? {
        of(&step.plan, &step.period, step.version, &mut |version| version.noted.push(step.clone()));
    }
    Ok(found.into_values().collect())
}

/// Looks over a version. What cannot be read is a finding too, so that the others are looked over all the same.
pub fn verify(db: &Db, version: &Version) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(error) = look_over(db, version, &mut findings) {
        findings.push(Finding { what: "reading", standing: Standing::Changed, words: error.to_string() });
    }
    findings
}

fn look_over(db: &Db, version: &Version, findings: &mut Vec<Finding>) -> Result<(), MeasureError> {
    if db.plan(&version.plan)?.is_none() {
        let words = "the plan is missing, so that no page shows this period; put its file where PLANS_DIR says, or restore a backup";
        findings.push(Finding { what: "plan", standing: Standing::Changed, words: words.to_owned() });
    }
    let held = version.closing.as_ref().map_or(&[][..], |closing| &closing.steps);
    let is_held =
        |noted: &&StepNoted| held.iter().any(|step| step.deed == noted.deed && hex_of(&step.hash) == noted.hash);
    let lost: Vec<String> = version
        .noted
        .iter()
        .filter(|noted| !is_held(noted))
        .map(|noted| {
            let (deed, by, at) = (noted.deed.leads_to().word(), &noted.by, clock::date_and_time(noted.at));
            format!("the audit log says that {by} {deed} this on {at}, and that step is missing")
        })
        .collect();
    if !lost.is_empty() {
        findings.push(Finding::of("steps", &lost, String::new()));
    }
    let Some(closing) = &version.closing else { return Ok(()) };

    let parts = db.closing_hashes(closing, true)?;
    let mut bad = Vec::new();
    for (name, hash) in &parts {
        let content = db.closing_part(closing, name);
        if !matches!(&content, Ok(Some(content)) if Sha256::digest(content).as_slice() == hash) {
            bad.push(format!("{name} was changed"));
        }
    }
    let missing = frozen::expected_parts(db, closing).into_iter();
    let missing = missing.chain(closing.was_published().then(|| format!("{FILES}report.pdf")));
    let missing = missing.filter(|name| parts.iter().all(|(known, _)| known != name));
    bad.extend(missing.map(|name| format!("{name} is missing")));
    let sound = bad.is_empty();
    findings.push(Finding::of("parts", &bad, format!("{} parts are what they were", parts.len())));

    findings.extend(issued_finding(db, closing)?);

    let figures: Vec<_> = parts.iter().filter(|(name, _)| !name.starts_with(FILES)).cloned().collect();
    let of = |parts: &[(String, [u8; 32])]| content_hash(&closing.plan, &closing.period, closing.version, parts);
    let (of_figures, of_all) = (of(&figures), of(&parts));
    let (mut unlike, mut unnoted) = (Vec::new(), Vec::new());
    for step in &closing.steps {
        let whole = matches!(step.deed, ClosingStep::Publish | ClosingStep::Reopen);
        if step.hash != (if whole { of_all } else { of_figures }) {
            unlike.push(format!("what {} saw when it was {} was something else", step.by, step.deed.leads_to().word()));
        }
        if !db.closing_is_noted(closing, step)? {
            unnoted.push(format!("no row says that {} {} this", step.by, step.deed.leads_to().word()));
        }
    }
    findings.push(Finding::of("hash", &unlike, closing.hash()));
    findings.push(Finding::of("audit log", &unnoted, format!("{} steps, each with its row", closing.steps.len())));
    // Parts that were changed may not even be read.
    if sound {
        let recomputed = frozen::recomputed(db, closing)?;
        findings.push(figures_finding(&recomputed));
    }
    Ok(())
}

/// The documents that went out with the version, each file against its hash; none where none did.
fn issued_finding(db: &Db, closing: &Closing) -> Result<Option<Finding>, DbError> {
    let (mut bad, mut files) = (Vec::new(), 0);
    let issued = db.issued_reports(&closing.plan, &closing.period)?.into_iter();
    for report in issued.filter(|report| report.version == closing.version) {
        for (name, _) in &report.files {
            files += 1;
            let of = (report.version, report.issue);
            if !matches!(db.issued_file(&closing.plan, &closing.period, of, name), Ok(Some(_))) {
                bad.push(format!("{name} of issue {} was changed", report.issue));
            }
        }
    }
    Ok((files > 0).then(|| Finding::of("issued documents", &bad, format!("{files} files are what they were"))))
}

fn figures_finding(recomputed: &Recomputed) -> Finding {
    let what = "figures";
    let count: usize = recomputed.differ.iter().map(|(_, found)| found.len()).sum();
    if count == 0 {
        let words = "computed anew from what was frozen, every number the same".to_owned();
        return Finding { what, standing: Standing::Unchanged, words };
    }
    if let Some(method) = recomputed.older_method {
        let words = format!(
            "computed by method {method}, this program has method {}: not to be computed anew ({count} numbers and words would come out \
             otherwise); what is kept is untouched by its hashes",
            crate::index::METHOD
        );
        return Finding { what, standing: Standing::OlderMethod, words };
    }
    let each = recomputed.differ.iter().flat_map(|(name, found)| found.iter().map(move |one| difference(name, one)));
    let mut words = each.take(SHOWN).collect::<Vec<_>>().join("; ");
    if count > SHOWN {
        words = format!("{words}; and {} more", count - SHOWN);
    }
    Finding { what, standing: Standing::Changed, words }
}

fn difference(name: &str, Difference { at, kept, now }: &Difference) -> String {
    let now = now.as_ref().map_or_else(|| "nothing".to_owned(), short);
    format!("{name} {at}: {} → {now}", short(kept))
}

/// A value of a finding; whole lists are too long to be read.
fn short(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(_) => "an entry".to_owned(),
        other => other.to_string(),
    }
}

fn hex_of(hash: &[u8]) -> String {
    crate::secrets::hex::hex(hash)
}
