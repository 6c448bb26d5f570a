//! Who comes in by single sign-on, once the provider has said who it is: which account is theirs, with which role and in which unit.
//! Rights that come by claim are those of this sign-in: what is gone there is gone here, and what an administrator has ended stays so.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::access::{AuditedAction, EmailAddress, Role, is_shown_name, is_sign_in_name};
use crate::clock;
use crate::config::SingleSignOn as Settings;
use crate::db::{Db, DbError, NewUser, Note, Outcome, SignOnAccount, StaffUser, Tree};
use crate::oidc::{Ask, BadSetting, Identity, Provider, SignedOut};
use crate::secrets::password;

/// How long a sign-in may take at the provider. An ID token is taken for no longer after it was made, so what was used is
/// remembered for twice as long.
pub const TIME_TO_SIGN_IN: Duration = Duration::from_mins(10);

/// How long the name of a logout token is remembered: as long as it could be taken, whichever way the clocks differ.
const LOGOUT_REMEMBERED: Duration = Duration::from_mins(13);
/// The most of them; beyond, the oldest are forgotten.
const LOGOUTS_MAX: usize = 10_000;

/// Single sign-on as it is set up here.
#[derive(Debug)]
pub struct SingleSignOn {
    /// Who is asked.
    pub provider: Provider,
    /// What its answers mean.
    pub rules: Rules,
    issuer: String,
    used: Mutex<Vec<(String, Instant)>>,
    /// Hashes of the names of logout tokens, in the order in which they came.
    logouts: Mutex<VecDeque<([u8; 32], Instant)>>,
}

/// What becomes of a logout token that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logout {
    /// So many sessions were ended; none where nobody here is the person it names.
    Done(usize),
    /// It was used before.
    Repeated,
}

/// What the provider's claims mean.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Value and role, in the order in which they count; none where roles are given here.
    roles: Option<Vec<(String, Role)>>,
    units: bool,
    create: bool,
}

/// What becomes of the person who has signed in at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// They come in as this user.
    In(StaffUser),
    /// They do not, with the name of the account that is theirs.
    Refused(Why, String),
}

/// Why somebody whom the provider knows does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Their account here was ended.
    Ended,
    /// The provider gives them no role that is known here.
    NoRole,
    /// The provider gives them no unit that is known here, or several.
    NoUnit,
    /// There is an account with their address or name here, which nobody allowed to be bound.
    NotAllowed,
    /// There is no account for them, and none is made.
    NoAccount,
    /// They have no name to sign in with that could be taken here.
    NoName,
}

/// What the claims give: none of either where it is given here.
struct Rights {
    role: Option<Role>,
    unit: Option<String>,
}

impl SingleSignOn {
    /// Single sign-on of the settings.
    pub fn new(settings: &Settings, public_url: &str) -> Result<Self, BadSetting> {
        Ok(Self {
            provider: Provider::new(settings, public_url)?,
            rules: Rules::of(settings)?,
            issuer: settings.issuer.clone(),
            used: Mutex::default(),
            logouts: Mutex::default(),
        })
    }

    /// The provider's address, as accounts here are kept under it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether a sign-in that was proved is used for the first time; it is remembered. Only what was proved is, so that strangers fill
    /// nothing.
    pub fn is_first_use(&self, ask: &Ask, now: Instant) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|(_, at)| now.duration_since(*at) < 2 * TIME_TO_SIGN_IN);
        let nonce = ask.nonce();
        if used.iter().any(|(known, _)| *known == nonce) {
            return false;
        }
        used.push((nonce, now));
        true
    }

    /// Ends every session of the person who has signed out at the provider: which of them came from which session there is not kept.
    pub fn sign_out(&self, db: &Db, who: &SignedOut, at: DateTime<Utc>, now: Instant) -> Result<Logout, DbError> {
        if !self.is_first_logout(&who.id, now) {
            return Ok(Logout::Repeated);
        }
        let ended = self.end_sessions(db, who, at);
        if ended.is_err() {
            // What was not done may be asked for again.
            self.logouts.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| *known != hashed(&who.id));
        }
        ended.map(Logout::Done)
    }

    fn end_sessions(&self, db: &Db, who: &SignedOut, at: DateTime<Utc>) -> Result<usize, DbError> {
        let Some((user, _)) = db.user_of_subject(&self.issuer, &who.subject)? else { return Ok(0) };
        let tree = db.tree()?;
        let noted = db.noting(note(AuditedAction::SignOutBySingleSignOn, &tree, user.unit, user.name.clone(), at));
        noted.delete_sessions_of(user.id)
    }

    /// Whether a logout token comes for the first time; it is remembered. Only those that hold come here, so that strangers fill nothing.
    fn is_first_logout(&self, id: &str, now: Instant) -> bool {
        let (mut logouts, hash) = (self.logouts.lock().unwrap_or_else(PoisonError::into_inner), hashed(id));
        logouts.retain(|(_, at)| now.duration_since(*at) < LOGOUT_REMEMBERED);
        if logouts.iter().any(|(known, _)| *known == hash) {
            return false;
        }
        if logouts.len() >= LOGOUTS_MAX {
            logouts.pop_front();
        }
        logouts.push_back((hash, now));
        true
    }

    /// Who this person is here. Everything that changes by it leaves its row in the audit log.
    pub fn enter(&self, db: &Db, who: &Identity, now: DateTime<Utc>) -> Result<Entered, DbError> {
        let tree = db.tree()?;
        let rights = self.rules.rights(who, &tree, now);
        match db.user_of_subject(&self.issuer, &who.subject)? {
            Some((user, account)) => known(db, user, &account, rights, &tree, now),
            None => self.unknown(db, who, rights, &tree, now),
        }
    }

    fn unknown(
        &self,
        db: &Db,
        who: &Identity,
        rights: Result<Rights, Why>,
        tree: &Tree,
        now: DateTime<Utc>,
    ) -> Result<Entered, DbError> {
        let rights = match rights {
            Ok(rights) => rights,
            Err(why) => return Ok(Entered::Refused(why, String::new())),
        };
        let theirs = who.email.as_deref().map_or_else(|| Ok(Vec::new()), |address| db.users_of_address(address))?;
        let open: Vec<&StaffUser> = theirs.iter().filter(|user| user.retired_at.is_none()).collect();
        let mut allowed = Vec::new();
        for user in &open {
            let account = db.single_sign_on(user.id)?;
            if account.is_some_and(|account| account.bound_at.is_none() && account.issuer == self.issuer) {
                allowed.push(*user);
            }
        }
        if let [user] = allowed[..] {
            let noted = db.noting(note(AuditedAction::BindSingleSignOn, tree, user.unit, user.name.clone(), now));
            return match noted.bind_single_sign_on(user.id, &self.issuer, &who.subject, now) {
                Ok(()) => with_rights(db, user.clone(), false, &rights, tree, now),
                // Somebody was quicker: the next try finds what they made.
                Err(DbError::Unknown { .. } | DbError::Exists { .. }) => {
                    Ok(Entered::Refused(Why::NotAllowed, user.name.clone()))
                }
                Err(error) => Err(error),
            };
        }
        match (open.first(), theirs.first()) {
            (Some(user), _) => return Ok(Entered::Refused(Why::NotAllowed, user.name.clone())),
            (None, Some(user)) => return Ok(Entered::Refused(Why::Ended, user.name.clone())),
            (None, None) => {}
        }
        self.add(db, who, &rights, tree, now)
    }

    /// Makes an account of what the provider says.
    fn add(
        &self,
        db: &Db,
        who: &Identity,
        rights: &Rights,
        tree: &Tree,
        now: DateTime<Utc>,
    ) -> Result<Entered, DbError> {
        let (true, Some(role), Some(unit)) = (self.rules.create, rights.role, &rights.unit) else {
            return Ok(Entered::Refused(Why::NoAccount, String::new()));
        };
        let names = [&who.user_name, &who.email].into_iter().flatten().map(|name| name.to_lowercase());
        let Some(name) = names.into_iter().find(|name| is_sign_in_name(name)) else {
            return Ok(Entered::Refused(Why::NoName, String::new()));
        };
        // A name once given is never given again; whose it is must be said by an administrator, not guessed.
        if let Some(user) = db.user_by_name(&name)? {
            let why = if user.retired_at.is_some() { Why::Ended } else { Why::NotAllowed };
            return Ok(Entered::Refused(why, user.name));
        }
        let new = NewUser {
            display_name: who.display_name.clone().filter(|shown| is_shown_name(shown)).unwrap_or_else(|| name.clone()),
            // Nobody's hash: no password opens the account.
            password_hash: password::nobody().to_owned(),
            role: role.name().to_owned(),
            unit: unit.clone(),
            email: who.email.as_deref().and_then(EmailAddress::parse),
            at: now,
            name,
        };
        let object = format!("{}, {}", new.name, new.role);
        let id = tree.of_code(unit).map_or(0, |unit| unit.id);
        let noted = db.noting(note(AuditedAction::AddUserBySingleSignOn, tree, id, object, now));
        match noted.add_user_by_single_sign_on(&new, &self.issuer, &who.subject) {
            Ok(id) => found(db, id),
            Err(DbError::Exists { .. }) => Ok(Entered::Refused(Why::NotAllowed, new.name)),
            Err(error) => Err(error),
        }
    }
}

/// Whether a user's password opens their account: not while the provider gives their rights, and not after it took them. Otherwise a
/// password of before would keep rights alive that the provider has ended.
pub fn password_opens(db: &Db, here: Option<&SingleSignOn>, user: i32) -> Result<bool, DbError> {
    let Some(account) = db.single_sign_on(user)? else { return Ok(true) };
    let by_claim = here.is_some_and(|here| here.rules.are_by_claim());
    Ok(account.closed_at.is_none() && (account.bound_at.is_none() || !by_claim))
}

impl Rules {
    /// The rules of the settings.
    pub fn of(settings: &Settings) -> Result<Self, BadSetting> {
        let role = |name: &str| {
            let known = || Role::ALL.map(Role::name).join(", ");
            Role::from_name(name)
                .ok_or_else(|| BadSetting(format!("OIDC_ROLES names the role `{name}`; the roles are {}", known())))
        };
        let mapped: Vec<(String, Role)> = settings
            .roles
            .iter()
            .map(|(value, name)| Ok((value.clone(), role(name)?)))
            .collect::<Result<_, BadSetting>>()?;
        let roles =
            if mapped.is_empty() { Role::ALL.map(|role| (role.name().to_owned(), role)).to_vec() } else { mapped };
        let roles = settings.roles_claim.is_some().then_some(roles);
        Ok(Self { roles, units: settings.unit_claim.is_some(), create: settings.create })
    }

    /// Whether rights are given there, so that they end there too.
    pub fn are_by_claim(&self) -> bool {
        self.roles.is_some() || self.units
    }

    fn rights(&self, who: &Identity, tree: &Tree, now: DateTime<Utc>) -> Result<Rights, Why> {
        let role = match &self.roles {
            None => None,
            Some(roles) => {
                let first = roles.iter().find(|(value, _)| who.roles.contains(value));
                Some(first.ok_or(Why::NoRole)?.1)
            }
        };
        let today = clock::civil_date(now);
        let is_open =
            |code: &&str| tree.of_code(code).is_some_and(|unit| unit.valid_to.is_none_or(|last| today <= last));
        // Groups are often written as paths.
        let mut units: Vec<&str> = who.units.iter().map(|unit| unit.trim_matches('/')).filter(is_open).collect();
        units.dedup();
        let unit = match (self.units, &units[..]) {
            (false, _) => None,
            (true, [one]) => Some((*one).to_owned()),
            (true, _) => return Err(Why::NoUnit),
        };
        Ok(Rights { role, unit })
    }
}

fn known(
    db: &Db,
    user: StaffUser,
    account: &SignOnAccount,
    rights: Result<Rights, Why>,
    tree: &Tree,
    now: DateTime<Utc>,
) -> Result<Entered, DbError> {
    if user.retired_at.is_some() {
        return Ok(Entered::Refused(Why::Ended, user.name));
    }
    match rights {
        Ok(rights) => with_rights(db, user, account.closed_at.is_some(), &rights, tree, now),
        Err(why) => {
            if account.closed_at.is_none() {
                let note = note(AuditedAction::CloseBySingleSignOn, tree, user.unit, user.name.clone(), now);
                db.noting(note).close_by_single_sign_on(user.id, now)?;
            }
            Ok(Entered::Refused(why, user.name))
        }
    }
}

/// Lets a user in with the rights that the claims give, which are set where they differ.
fn with_rights(
    db: &Db,
    user: StaffUser,
    closed: bool,
    rights: &Rights,
    tree: &Tree,
    now: DateTime<Utc>,
) -> Result<Entered, DbError> {
    let unit_now = tree.unit(user.unit).map(|unit| unit.code.clone()).unwrap_or_default();
    let role = rights.role.map_or_else(|| user.role.clone(), |role| role.name().to_owned());
    let unit = rights.unit.as_deref().unwrap_or(&unit_now);
    if !closed && role == user.role && unit == unit_now {
        return Ok(Entered::In(user));
    }
    let object = format!("{}, {role}", user.name);
    let id = tree.of_code(unit).map_or(user.unit, |unit| unit.id);
    let noted = db.noting(note(AuditedAction::SetRightsBySingleSignOn, tree, id, object, now));
    noted.set_rights_by_single_sign_on(user.id, &role, unit)?;
    found(db, user.id)
}

fn hashed(id: &str) -> [u8; 32] {
    Sha256::digest(id.as_bytes()).into()
}

fn found(db: &Db, id: i32) -> Result<Entered, DbError> {
    let missing = || DbError::Unknown { what: "user number", value: id.to_string() };
    db.user(id)?.map(Entered::In).ok_or_else(missing)
}

/// What the log keeps of what the provider's word does here: nobody of ours did it.
fn note(action: AuditedAction, tree: &Tree, unit: i32, object: String, at: DateTime<Utc>) -> Note {
    let unit = tree.unit(unit).map(|unit| unit.code.clone()).unwrap_or_default();
    Note { at, actor: String::new(), action, unit, object, outcome: Outcome::Done }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> SingleSignOn {
        let settings = Settings {
            issuer: "https://sso.example.vn".to_owned(),
            client_id: "sipas".to_owned(),
            client_secret: Some("x".to_owned()),
            client_secret_file: None,
            name: "Cổng tỉnh".to_owned(),
            scopes: "openid".to_owned(),
            roles_claim: None,
            roles: Vec::new(),
            unit_claim: None,
            create: true,
            second_factor_acr: Vec::new(),
            ca_file: None,
        };
        SingleSignOn::new(&settings, "https://khaosat.example.vn").expect("settings")
    }

    #[test]
    fn a_logout_token_is_good_once_while_it_could_be_taken_and_its_memory_has_a_bound() {
        let (here, now) = (here(), Instant::now());
        assert!(here.is_first_logout("a", now) && !here.is_first_logout("a", now) && here.is_first_logout("b", now));
        assert!(!here.is_first_logout("a", now + Duration::from_mins(12)));
        assert!(here.is_first_logout("a", now + LOGOUT_REMEMBERED), "it would be refused for its age");
        for number in 0..LOGOUTS_MAX + 10 {
            assert!(here.is_first_logout(&format!("token {number}"), now + LOGOUT_REMEMBERED));
        }
        assert_eq!(here.logouts.lock().expect("not poisoned").len(), LOGOUTS_MAX);
    }
}
