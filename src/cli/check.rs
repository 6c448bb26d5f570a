//! `sipas check`: every questionnaire and plan file, every fault at once.

use std::path::PathBuf;

use super::{Outcome, Refusal};
use crate::config::Config;
use crate::report::template;
use crate::service::seeding;
use crate::survey::readability::{Hard, SYLLABLES_MAX, hard_to_read};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of questionnaire files; else FORMS_DIR, else those built in.
    #[arg(long)]
    forms: Option<PathBuf>,
    /// Folder of plan files; else PLANS_DIR, else those built in.
    #[arg(long)]
    plans: Option<PathBuf>,
    /// Also an outline of a report, a DOCX with fields.
    #[arg(long)]
    outline: Option<PathBuf>,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let forms = arguments.forms.as_deref().or(config.forms_dir.as_deref());
    let plans = arguments.plans.as_deref().or(config.plans_dir.as_deref());
    let mut faults = Vec::new();
    if let Some(path) = &arguments.outline {
        let bytes = std::fs::read(path).map_err(|error| Refusal(format!("{}: {error}", path.display())))?;
        faults.extend(template::check(&bytes).iter().map(|problem| format!("{}: {problem}", path.display())));
    }
    match seeding::read(forms, plans) {
        Ok(seeds) if faults.is_empty() => {
            for plan in &seeds.plans {
                for (period, target) in plan.straddled() {
                    eprintln!(
                        "warning: {}: target `{}` expires on {}, before the cut-off of {}, {}: it is not judged in that period",
                        plan.key, target.id, target.to, period.key, period.to
                    );
                }
            }
            for form in &seeds.forms {
                for (item, hard) in hard_to_read(form) {
                    let why = match hard {
                        Hard::Long(syllables) => format!("{syllables} syllables, more than {SYLLABLES_MAX}"),
                        Hard::Office(word, plain) => format!("`{word}` is a word of the office; people say `{plain}`"),
                    };
                    eprintln!("hint: {}: item `{item}` is hard to read: {why}", form.reference());
                }
            }
            eprintln!("{} questionnaires and {} plans are sound", seeds.forms.len(), seeds.plans.len());
            Ok(())
        }
        read => {
            faults.extend(read.err().unwrap_or_default());
            super::print(&(faults.join("\n") + "\n"))?;
            Err(Refusal(format!("{} faults", faults.len())))
        }
    }
}
