//! What every request sees: settings, database, limits, counts, and what is kept prepared.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::accepted::Counters;
use super::citizen::prerendered_form::PrerenderedForm;
use super::flagging::Flagging;
use super::http::bodies::Bodies;
use super::http::costly::Costly;
use super::http::kept::KeptBodies;
use super::http::limits::Limiter;
use super::http::prerendered::PrerenderedPages;
use super::http::request_log::Requests;
use super::public::published::Published;
use super::staff::account::code_tries::CodeTries;
use crate::access::{self, Role};
use crate::config::Config;
use crate::db::Db;
use crate::mail::Mailer;
use crate::secrets::hasher::Hasher;
use crate::service::single_sign_on::SingleSignOn;
use crate::vitals::{JobBook, Tablets};

/// What every request sees.
pub struct App {
    /// Settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Submissions by point and network.
    pub submissions: Limiter,
    /// Failed tries to sign in by name and network: 10 in 15 minutes.
    pub sign_ins: Limiter,
    /// Failed tries to sign in by network alone: 60 in 15 minutes.
    pub sign_ins_of_network: Limiter,
    /// Letters asked for by who forgot a password, by network: 10 an hour.
    pub forgotten: Limiter,
    /// Requests by key of a program: 600 in 5 minutes.
    pub programs: Limiter,
    /// What was typed when a sign-in had ended.
    pub kept: KeptBodies,
    /// Tells answers that look sent by something else than a citizen who has just read the form.
    pub suspicion: Flagging,
    /// When the tablets at the counters were last on.
    pub tablets: Tablets,
    /// One-time codes refused by network: with `TICKET_REFUSALS` in an hour a code lifts no limit there any more.
    pub ticket_refusals: Limiter,
    /// Where the key of the one-time codes lies; none on PostgreSQL until it is set.
    pub ticket_key_file: Option<PathBuf>,
    /// What became of submissions since the start.
    pub counters: Counters,
    /// What runs on a timer, and when it last did its work.
    pub jobs: Arc<JobBook>,
    /// Requests since the start, by class and status.
    pub requests: Requests,
    /// The citizens' forms, rendered and compressed once a questionnaire version and language.
    pub forms_shown: PrerenderedPages<PrerenderedForm>,
    /// Sends letters.
    pub mailer: Arc<Mailer>,
    /// Wrong codes of the second factor, wherever they come from.
    pub code_tries: CodeTries,
    /// Hashes passwords, two at a time.
    pub hasher: Hasher,
    /// When the writer last proved that it can store.
    pub ready: Mutex<Option<Instant>>,
    /// Single sign-on, where it is set up.
    pub single_sign_on: Option<Arc<SingleSignOn>>,
    /// Makes what is costly, a few at a time.
    pub costly: Costly,
    /// Room for bodies that are on their way.
    pub bodies: Bodies,
    /// Published results, computed a while ago.
    pub published: Published,
    /// Whether the database holds demonstration data.
    pub demo: bool,
    /// Where the first user is made, until it was shown.
    pub first_start: Mutex<Option<String>>,
}

impl App {
    /// The address at which the first user sets the installation up, once; none when somebody can sign in.
    pub fn take_first_start(&self) -> Option<String> {
        self.first_start.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether who has `role` must sign in with a second factor. Not in a database of demonstration data: its password is
    /// public and its answers are made up, so a second factor would guard nothing, and everybody who tries the program
    /// would have to set one up.
    pub fn second_factor(&self, role: Role) -> bool {
        self.config.second_factor && !self.demo && access::needs_second_factor(role)
    }

    /// Whether the database holds demonstration data.
    pub fn demo(&self) -> bool {
        self.demo
    }
}
