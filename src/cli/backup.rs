//! `sipas backup` and `sipas restore`: a verified copy while serving, and the verified way back.

use std::path::PathBuf;

use super::{Outcome, To, open};
use crate::config::Config;
use crate::db::{DatabaseUrl, DbError, require_not_moved, restore};

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
pub struct BackupArguments {
    /// File to write; it must not exist.
    file: PathBuf,
}

/// Arguments of `restore`.
#[derive(Debug, clap::Args)]
pub struct RestoreArguments {
    /// A file that `sipas backup` wrote.
    file: PathBuf,
    /// Put it in place of a database that holds data; the old one is kept under another name.
    #[arg(long)]
    replace: bool,
}

/// Runs `backup`.
pub fn run(config: &Config, arguments: &BackupArguments) -> Outcome {
    let made = open(config, To::Read)?.backup(&arguments.file)?;
    eprintln!(
        "{}: {} answer sheets, {} bytes; whole, and every tally compared with the sheets",
        arguments.file.display(),
        made.sheets,
        made.bytes
    );
    if let Some(warning) = made.warning {
        eprintln!("the copy is true to the database, which needs attention: {warning}");
    }
    if let Some(why) = made.unnoted {
        eprintln!("that it was made is not noted in the database: {why}");
    }
    Ok(())
}

/// Runs `restore`.
pub fn run_restore(config: &Config, arguments: &RestoreArguments) -> Outcome {
    let url = DatabaseUrl::parse(&config.database_url)?;
    // A database that cannot be read is what a backup is brought back for.
    if url.file().is_some()
        && let Err(moved @ DbError::Refused(_)) = require_not_moved(&url)
    {
        return Err(moved.into());
    }
    let restored = restore(&arguments.file, &url, arguments.replace)?;
    eprintln!(
        "{url}: {} answer sheets from {}, which was at migration {}; whole, and every tally compared with the sheets",
        restored.sheets,
        arguments.file.display(),
        restored.version
    );
    if let Some(aside) = restored.aside {
        eprintln!("what stood there before is kept as {}", aside.display());
    }
    eprintln!("everybody signs in anew");
    Ok(())
}
