//! `sipas qr`: codes of service points as pictures.

use std::path::{Path, PathBuf};

use super::files::{self, ReadBy};
use super::{Outcome, Refusal, To, open};
use crate::clock;
use crate::config::Config;
use crate::db::{Db, PointStatus};
use crate::print::poster::{Format, Poster, posters};
use crate::print::qr::{self, Qr};
use crate::service::hotline::hotline;
use crate::survey::code::normalise;

/// Arguments of `qr`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Code of the point; left out with --all.
    #[arg(required_unless_present = "all")]
    code: Option<String>,
    /// Write the code of every point that takes answers.
    #[arg(long, conflicts_with = "code")]
    all: bool,
    /// What to write: svg or png for the code alone, pdf for an A4 poster.
    #[arg(long, default_value = "svg")]
    format: String,
    /// File to write; with --all the folder, which is made.
    #[arg(long)]
    out: PathBuf,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let db = open(config, To::Read)?;
    super::warn_of_codes(config);
    if let Some(typed) = &arguments.code {
        let code = normalise(typed).ok_or_else(|| Refusal(format!("`{typed}` cannot be a code; look for a slip")))?;
        let none = || Refusal(format!("no point has the code {code}; `sipas point list` shows them"));
        if let PointStatus::Retired { on, replaced_by } = db.point(&code)?.ok_or_else(none)?.status(clock::today()) {
            return Err(Refusal(match replaced_by {
                Some(new) => format!("the code {code} was replaced on {on}; print the one that holds now: {new}"),
                None => format!(
                    "the point of the code {code} takes no answers since {on}; `sipas point list` shows the others"
                ),
            }));
        }
        return write(&db, config, &code, &arguments.format, &arguments.out);
    }
    std::fs::create_dir_all(&arguments.out)
        .map_err(|error| Refusal(format!("{}: no folder can be made there: {error}", arguments.out.display())))?;
    let points = db.points(None)?;
    let today = clock::today();
    for point in points.iter().filter(|point| point.retired_on.is_none_or(|on| on > today)) {
        let file = arguments.out.join(format!("{}.{}", point.code, arguments.format));
        write(&db, config, &point.code, &arguments.format, &file)?;
    }
    Ok(())
}

fn write(db: &Db, config: &Config, code: &str, format: &str, out: &Path) -> Outcome {
    let address = qr::scan_url(&config.public_url, code);
    let picture = Qr::of(&address)?;
    let bytes = match format {
        "svg" => picture.svg(&address).into_bytes(),
        "png" => picture.png(20)?,
        "pdf" => poster(db, config, code)?,
        other => return Err(Refusal(format!("`{other}` is not a format of codes; use svg, png or pdf"))),
    };
    files::write(out, ReadBy::Others, &bytes)?;
    eprintln!("wrote {}", out.display());
    Ok(())
}

fn poster(db: &Db, config: &Config, code: &str) -> Result<Vec<u8>, Refusal> {
    let point = db.point(code)?.ok_or_else(|| Refusal(format!("no point has the code {code}")))?;
    let units = db.units()?;
    let of_point = units.iter().find(|unit| unit.code == point.unit_code);
    let hotline = of_point.map(|unit| hotline(db, unit.id)).transpose()?.flatten();
    let poster = Poster {
        office: &point.unit_name_vi,
        point: &point.name_vi,
        public_url: &config.public_url,
        code,
        seconds: point.form.questionnaire.estimated_seconds,
        hotline: hotline.as_deref(),
    };
    Ok(posters(&[poster], Format::A4)?)
}
