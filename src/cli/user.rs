//! `sipas user`: people who sign in.

use std::io::BufRead;

use serde_json::json;

use super::{Outcome, Refusal, To, note, open};
use crate::access::{AuditedAction, EmailAddress, Role, is_sign_in_name};
use crate::clock;
use crate::config::Config;
use crate::db::NewUser;
use crate::secrets::password::{self, BadPassword};

/// Subcommands of `user`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a user; the password is read from standard input, so that it stands in no list of processes.
    Add {
        /// Name to sign in with.
        name: String,
        /// Name shown on pages.
        #[arg(long)]
        display_name: String,
        /// What they may do: administrator, leader, plan_owner, unit_head, staff, data_entry, auditor or viewer.
        #[arg(long)]
        role: String,
        /// Code of the unit within which they act.
        #[arg(long)]
        unit: String,
        /// Address for letters; without one they get none.
        #[arg(long)]
        email: Option<String>,
    },
    /// Set the address for letters to a user; `none` for no letters.
    Email {
        /// Name to sign in with.
        name: String,
        /// The address, or `none`.
        address: String,
    },
    /// List users.
    List {
        /// Print JSON instead of lines of text.
        #[arg(long)]
        json: bool,
    },
    /// Set a new password, read from standard input; ends the user's sessions.
    Password {
        /// Name to sign in with.
        name: String,
    },
    /// Take away the second factor of a person who lost it; they set up a new one at the next sign-in.
    ClearSecondFactor {
        /// Name to sign in with.
        name: String,
    },
    /// Take an account away from the provider of single sign-on: it opens by password again, once one is set.
    Unbind {
        /// Name to sign in with.
        name: String,
    },
    /// End an account and its sessions.
    Retire {
        /// Name to sign in with.
        name: String,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Outcome {
    let db = open(config, To::read_if(matches!(command, Command::List { .. })))?;
    match command {
        Command::Add { name, display_name, role, unit, email } => {
            if Role::from_name(&role).is_none() {
                let known: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
                return Err(Refusal(format!("`{role}` is not a role; use one of {}", known.join(", "))));
            }
            let email = email.as_deref().map(address).transpose()?;
            let name = name.to_lowercase();
            if !is_sign_in_name(&name) {
                let rule = "2 to 40 characters: letters without marks, digits, `.`, `_`, `-`, `@`";
                return Err(Refusal(format!("`{name}` is not a name to sign in with; it has {rule}")));
            }
            super::shown_name(&display_name)?;
            let password_hash = password::hash(&read_password(&[&name, &display_name])?)?;
            let note = note(AuditedAction::AddUser, &unit, format!("{name}, {role}"));
            db.noting(note).add_user(&NewUser {
                name: name.clone(),
                display_name,
                password_hash,
                role,
                unit,
                email,
                at: clock::now(),
            })?;
            eprintln!("added {name}");
            Ok(())
        }
        Command::Email { name, address: typed } => {
            let email = if typed == "none" { None } else { Some(address(&typed)?) };
            let missing = || Refusal(format!("there is no user `{name}`; `sipas user list` shows them"));
            let user = db.user_by_name(&name)?.ok_or_else(missing)?;
            db.noting(note(AuditedAction::SetAddress, "", user.name)).set_email(user.id, email.as_ref())?;
            eprintln!("letters to {name} go {}", if email.is_some() { "to this address" } else { "nowhere" });
            Ok(())
        }
        Command::List { json } => {
            let users = db.users()?;
            let units = db.units()?;
            let unit = |id: i32| units.iter().find(|unit| unit.id == id).map_or("", |unit| unit.code.as_str());
            if json {
                let list = users.iter().map(|user| {
                    json!({
                        "name": user.name, "display_name": user.display_name, "role": user.role,
                        "unit": unit(user.unit), "email": user.email, "retired": user.retired_at.is_some(),
                    })
                });
                return super::print_json(&list.collect::<Vec<_>>());
            }
            let lines = users.iter().map(|user| {
                let ended = if user.retired_at.is_some() { "  (đã khoá)" } else { "" };
                format!("{:<20} {:<14} {:<24} {}{ended}\n", user.name, user.role, unit(user.unit), user.display_name)
            });
            super::print(&lines.collect::<String>())
        }
        Command::Password { name } => {
            let hash = password::hash(&read_password(&[&name])?)?;
            let missing = || Refusal(format!("there is no user `{name}`; `sipas user list` shows them"));
            let user = db.user_by_name(&name)?.ok_or_else(missing)?;
            db.noting(note(AuditedAction::SetPassword, "", user.name)).change_password(user.id, &hash)?;
            eprintln!("password of {name} set; their sessions are ended");
            Ok(())
        }
        Command::ClearSecondFactor { name } => {
            let missing = || Refusal(format!("there is no user `{name}`; `sipas user list` shows them"));
            let user = db.user_by_name(&name)?.ok_or_else(missing)?;
            db.noting(note(AuditedAction::ClearSecondFactor, "", user.name)).clear_second_factor(user.id)?;
            eprintln!("{name} sets up a new second factor at the next sign-in");
            Ok(())
        }
        Command::Unbind { name } => {
            let missing = || Refusal(format!("there is no user `{name}`; `sipas user list` shows them"));
            let user = db.user_by_name(&name)?.ok_or_else(missing)?;
            if db.single_sign_on(user.id)?.is_none() {
                return Err(Refusal(format!("`{name}` is not bound to a provider; nothing was changed")));
            }
            db.noting(note(AuditedAction::UnbindSingleSignOn, "", user.name)).unbind_single_sign_on(user.id)?;
            eprintln!("{name} is not bound any more; `sipas user password {name}` sets a password");
            Ok(())
        }
        Command::Retire { name } => {
            db.noting(note(AuditedAction::RetireUser, "", name.clone())).retire_user(&name, clock::now())?;
            eprintln!("retired {name}");
            Ok(())
        }
    }
}

/// The address that was typed.
fn address(typed: &str) -> Result<EmailAddress, Refusal> {
    EmailAddress::parse(typed).ok_or_else(|| Refusal(format!("`{typed}` is not an address such as lan@phuong.gov.vn")))
}

/// A new password that is not made of these names.
fn read_password(names: &[&str]) -> Result<String, Refusal> {
    eprintln!("password (one line on standard input, at least {} characters):", password::CHARACTERS_MIN);
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let typed = line.trim_end_matches(['\r', '\n']).to_owned();
    if password::is_common(&typed, names) {
        return Err(BadPassword::Common.into());
    }
    Ok(typed)
}
