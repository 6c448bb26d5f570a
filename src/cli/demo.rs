//! `sipas demo`: an empty database filled with the four communes of the plans and made-up answers.

use chrono::NaiveDate;

use super::{Outcome, Refusal};
use crate::access::Role;
use crate::app::{self, DEMO, DEMO_LEADER, DEMO_PASSWORD, DEMO_USER};
use crate::clock;
use crate::config::Config;
use crate::db::{DatabaseUrl, Db, NewPoint, NewUnit, NewUser, Sheet, UnitKind, migrate, require_not_moved};
use crate::demo::{Demo, generate};
use crate::secrets::password;
use crate::service::seeding;
use crate::sheet::tally::TallyKey;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How many answer sheets to make up, spread over the periods of the plans.
    #[arg(long)]
    responses: usize,
    /// Seed: the same number gives the same answers.
    #[arg(long)]
    seed: u64,
    /// Last day with answers, as in 2026-03-31; today if left out.
    #[arg(long)]
    until: Option<NaiveDate>,
    /// Also a published period, complaints in every state, remedies, dialogues and tellings, in one ward.
    #[arg(long)]
    cases: bool,
}

/// Most answer sheets: they are made in memory, some gigabytes for so many.
const RESPONSES_MAX: usize = 10_000_000;

/// What stands under [`DEMO`] while a database is filled, and once it is.
const UNDER_WAY: &str = "under way";
const FILLED: &str = "1";

/// The unit above the cities, so that one sign-in sees all four communes.
const COUNTRY: &str = "viet-nam";

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let url = DatabaseUrl::parse(&config.database_url)?;
    if arguments.responses > RESPONSES_MAX {
        return Err(Refusal(format!("--responses is {}; {RESPONSES_MAX} at most", arguments.responses)));
    }
    let seeds = seeding::read(config.forms_dir.as_deref(), config.plans_dir.as_deref())
        .map_err(|faults| Refusal(faults.join("\n")))?;
    let until = arguments.until.unwrap_or_else(clock::today);
    if generate(&seeds.forms, &seeds.plans, 1, arguments.seed, until).sheets.is_empty() {
        return Err(Refusal(format!(
            "no plan has begun by {until}, so there are no days for answers; name a later day with --until"
        )));
    }
    require_not_moved(&url)?;
    migrate(&url)?;
    let db = Db::open(&url)?;
    if !db.units()?.is_empty() || db.count_sheets()? > 0 {
        if db.meta(DEMO)?.as_deref() == Some(UNDER_WAY) {
            return Err(Refusal(broken_off(&url)));
        }
        return Err(Refusal(
            "the database is not empty; demonstration data go into an empty one: name another in DATABASE_URL"
                .to_owned(),
        ));
    }
    app::seed(&db, &seeds)?;
    // Marked before anything is shown, so that an interrupted run never looks like real data.
    db.set_meta(DEMO, UNDER_WAY)?;
    let demo = generate(&seeds.forms, &seeds.plans, arguments.responses, arguments.seed, until);
    store(&db, &seeds.forms, &demo)?;
    let password_hash = password::hash(DEMO_PASSWORD)?;
    let people =
        [(DEMO_USER, "Cán bộ trình diễn", Role::PlanOwner), (DEMO_LEADER, "Lãnh đạo trình diễn", Role::Leader)];
    for (name, display_name, role) in people {
        db.by_nobody().add_user(&NewUser {
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            password_hash: password_hash.clone(),
            role: role.name().to_owned(),
            unit: COUNTRY.to_owned(),
            email: None,
            at: clock::now(),
        })?;
    }
    if arguments.cases {
        super::demo_cases::fill(&db, &config.public_url, until)?;
    }
    db.set_meta(DEMO, FILLED)?;
    db.close();
    eprintln!("{} units, {} points, {} answer sheets", demo.units.len(), demo.points.len(), demo.sheets.len());
    Ok(())
}

/// What to do with a database whose filling did not come to its end. It is not gone on with, nor emptied here: somebody may have been
/// served from it meanwhile.
fn broken_off(url: &DatabaseUrl) -> String {
    let again = match url.file() {
        Some(file) => {
            let file = file.display();
            format!(
                "remove {file}, {file}-wal, {file}-shm and {file}.lock, where they are there, and run the command again"
            )
        }
        None => "drop the database, make it anew, and run the command again".to_owned(),
    };
    format!(
        "{url} holds half of the demonstration data of a `sipas demo` that was broken off, and nothing else is of use in it: {again}"
    )
}

fn store(db: &Db, forms: &[crate::survey::Questionnaire], demo: &Demo) -> Outcome {
    let first = demo.units.iter().map(|unit| unit.valid_from).min().unwrap_or_default();
    db.by_nobody().add_unit(&NewUnit {
        code: COUNTRY.to_owned(),
        kind: UnitKind::Other,
        name_vi: "Việt Nam".to_owned(),
        name_en: "Vietnam".to_owned(),
        parent: None,
        valid_from: first,
    })?;
    for unit in &demo.units {
        let kind = UnitKind::named(&unit.kind).ok_or_else(|| Refusal(format!("unit kind {}", unit.kind)))?;
        db.by_nobody().add_unit(&NewUnit {
            code: unit.code.clone(),
            kind,
            name_vi: unit.name_vi.clone(),
            name_en: unit.name_en.clone(),
            parent: Some(unit.parent.clone().unwrap_or_else(|| COUNTRY.to_owned())),
            valid_from: unit.valid_from,
        })?;
    }
    let fields = db.fields()?;
    let field = |code: &str| fields.iter().find(|field| field.code == code).map(|field| field.id);
    let mut points = Vec::with_capacity(demo.points.len());
    for point in &demo.points {
        let code = db.by_nobody().add_point(&NewPoint {
            unit: point.unit.clone(),
            name_vi: point.name_vi.clone(),
            name_en: point.name_en.clone(),
            form: forms[point.questionnaire].id.clone(),
            fields: point.fields.clone(),
            channel: point.channel,
            opened_on: point.opened,
        })?;
        points.push(db.point(&code)?.ok_or_else(|| Refusal(format!("point {code} was not stored")))?);
    }
    let mut versions = Vec::with_capacity(forms.len());
    for form in forms {
        let found = db.form_by_reference(&form.id, form.version)?;
        versions.push(found.ok_or_else(|| Refusal(format!("{} was not published", form.reference())))?.id);
    }
    for chunk in demo.sheets.chunks(4_096) {
        let mut sheets = Vec::with_capacity(chunk.len());
        for sheet in chunk {
            let point = &points[sheet.point];
            let field = field(&sheet.field).ok_or_else(|| Refusal(format!("field {}", sheet.field)))?;
            sheets.push(Sheet {
                key: TallyKey {
                    unit: point.unit,
                    day: clock::day_number(sheet.day),
                    point: point.point,
                    field,
                    form: versions[sheet.questionnaire],
                    series: sheet.series,
                    mode: sheet.mode,
                    respondent: sheet.respondent,
                    suspect: sheet.suspect,
                },
                channel: point.channel,
                answers: sheet.answers.clone(),
                demographics: sheet.demographics.clone(),
                comment: sheet.comment.clone(),
            });
        }
        db.load_sheets(sheets)?;
    }
    db.keep_day_sums(clock::today())?;
    for (point, found) in demo.points.iter().zip(&points) {
        if let Some(last) = point.last_day.and_then(|last| last.succ_opt()).filter(|day| *day <= clock::today()) {
            db.by_nobody().retire_point(&found.code, last)?;
        }
    }
    Ok(())
}
