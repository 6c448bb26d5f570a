//! `sipas doctor`: an installation looked over; tallies rebuilt from the sheets and compared.

use super::{Outcome, Refusal, open};
use crate::config::Config;
use crate::mail::{Letter, Mailer};

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Replace tallies that differ from the sheets.
    #[arg(long)]
    rebuild: bool,
    /// Send a test letter to this address with the settings SMTP_URL and MAIL_FROM.
    #[arg(long)]
    mail_to: Option<String>,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    if let Some(to) = &arguments.mail_to {
        let letter = Letter {
            to: to.clone(),
            subject: "SIPAS: thư thử".to_owned(),
            text: "Đây là thư thử của hệ thống khảo sát hài lòng. Nhận được thư này nghĩa là cài đặt thư đã đúng.\n\n\
                   This is a test letter of the satisfaction survey. Receiving it means that mail is set up right.\n"
                .to_owned(),
            id: None,
            fewer: None,
        };
        Mailer::new(config.smtp_url.as_deref(), config.mail_from.as_deref(), config.smtp_ca_file.as_deref())?
            .send(&letter)?;
        eprintln!("a test letter was taken for delivery");
        return Ok(());
    }
    let db = open(config)?;
    if arguments.rebuild {
        let keys = db.rebuild_tallies()?;
        eprintln!("tallies rebuilt from the sheets; {keys} differed");
    }
    let mut checkup = db.check()?;
    checkup.findings.extend(super::tickets::finding(config, &db)?);
    for finding in &checkup.findings {
        let mark = if finding.well { "ok " } else { "BAD" };
        super::print(&format!("{mark}  {}: {}\n", finding.what, finding.words))?;
    }
    let bad = checkup.findings.iter().filter(|finding| !finding.well).count();
    if bad == 0 { Ok(()) } else { Err(Refusal(format!("{bad} findings need attention"))) }
}
