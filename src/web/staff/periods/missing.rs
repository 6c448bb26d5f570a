//! What a period's report still lacks in words, said where it is approved and where it goes out: a warning that keeps nobody from either.

use super::found::Found;
use super::letter::address_of;
use crate::clock;
use crate::error::Refusal;
use crate::report::Language;
use crate::report::official::sentences::Part;
use crate::service::figures::MeasureError;
use crate::service::letter::{Lacking, lacking};
use crate::web::state::App;

/// A thing that is missing: what, and where it is written.
pub(super) struct Missing {
    pub(super) words: String,
    pub(super) address: String,
}

/// Everything that the report of a period lacks as it stands.
pub(super) async fn missing(app: &App, found: &Found) -> Result<Vec<Missing>, Refusal> {
    let (db, plan, period) = (app.db.clone(), found.plan.key.clone(), found.period.key.clone());
    let lacking = match app.costly.run(move || lacking(&db, &plan, &period, clock::today())).await? {
        Ok(lacking) => lacking,
        Err(MeasureError::Database(error)) => return Err(error.into()),
        // The page opens all the same: there the period can be returned.
        Err(error) => {
            tracing::error!(%error, "what a report lacks cannot be told");
            return Ok(Vec::new());
        }
    };
    let Lacking { parts, quotations } = lacking;
    let letter = address_of(&found.plan.key, &found.period.key);
    let part = |(part, begun): (Part, bool)| {
        let how = if begun { "còn chỗ chấm chưa viết" } else { "chưa viết" };
        Missing { words: format!("Phần {} {how}", name(part)), address: format!("{letter}#{}", part.word()) }
    };
    let mut all: Vec<Missing> = parts.into_iter().map(part).collect();
    if quotations > 0 {
        all.push(Missing {
            words: format!("{quotations} trích dẫn chưa duyệt"),
            address: format!("{letter}#quotations"),
        });
    }
    Ok(all)
}

/// What is to be written in a part: the rest of it is made of figures.
fn name(part: Part) -> &'static str {
    match part {
        Part::Shortcomings => "Nguyên nhân",
        Part::Remedies => "Giải pháp",
        part => part.heading(Language::Vi),
    }
}
