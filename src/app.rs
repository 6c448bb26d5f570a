//! Builds the state, opens the database, starts the server; tests start the same.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::clock;
use crate::config::{Config, LogFormat};
use crate::db::{DatabaseUrl, Db, DbError, Sizes, plan_content};
use crate::hooks::Sender;
use crate::jobs::letters::Post;
use crate::jobs::webhooks::Courier;
use crate::jobs::{Backups, Jobs, Settings};
use crate::mail::{MailError, Mailer};
use crate::oidc::BadSetting;
use crate::print::qr::{self, Qr};
use crate::secrets::hasher::Hasher;
use crate::secrets::hex::hex;
use crate::service::seeding::{self, Seeds};
use crate::service::single_sign_on::SingleSignOn;
use crate::service::tickets;
use crate::survey::hash;
use crate::vitals::Tablets;
use crate::vitals::log_stream::LogStream;
use crate::web::ServeError;
use crate::web::accepted::Counters;
use crate::web::flagging::Flagging;
use crate::web::http::bodies::Bodies;
use crate::web::http::costly::Costly;
use crate::web::http::kept::KeptBodies;
use crate::web::http::limits::Limiter;
use crate::web::http::prerendered::PrerenderedPages;
use crate::web::http::request_log::Requests;
use crate::web::public::published::Published;
use crate::web::staff::account::code_tries::CodeTries;
use crate::web::state::App;

/// Key in `meta` under which a database of demonstration data is marked.
pub const DEMO: &str = "demo";
/// Sign-in of the demonstration.
pub const DEMO_USER: &str = "demo";
/// Sign-in of the demonstration's leader, who approves what the other has checked.
pub const DEMO_LEADER: &str = "lanh-dao";
/// Password of the demonstration's sign-ins; set only in databases that `sipas demo` filled.
pub const DEMO_PASSWORD: &str = "xem-thu-sipas-2026";

/// One-time codes that may be refused to one network in an hour before its codes count for nothing towards limits: far
/// more than people mistype, far fewer than whoever guesses needs.
const TICKET_REFUSALS: u32 = 60;

/// What the HTTP library says of connections, left out of the log.
const STRANGERS_NONSENSE: &str = "actix_http::h1::dispatcher=off";

/// How long the one-time secret of the first start lives; the next start makes a new one.
const FIRST_START_LIFE: chrono::TimeDelta = chrono::TimeDelta::hours(24);

/// Why the program cannot start: a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// Mail settings.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Settings of single sign-on.
    #[error(transparent)]
    SingleSignOn(#[from] BadSetting),
    /// Questionnaire or plan files.
    #[error("the files that seed the database have faults:\n{0}")]
    Seeds(String),
    /// The address, or the server.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// A folder that this program writes to.
    #[error(
        "{setting} is `{}`, where this program cannot write: {cause}; make the folder, and give it to the server's user only",
        .folder.display()
    )]
    NoRoom {
        setting: &'static str,
        folder: PathBuf,
        /// What the system said when it was tried.
        cause: std::io::Error,
    },
    /// A folder that this program reads.
    #[error(
        "{setting} is `{}`, which this program cannot read: {cause}; make the folder, or leave the setting out",
        .folder.display()
    )]
    Unread {
        setting: &'static str,
        folder: PathBuf,
        /// What the system said when it was tried.
        cause: std::io::Error,
    },
}

impl App {
    /// Opens the database for the one server, migrates and seeds it.
    pub fn open(config: Config) -> Result<Self, StartError> {
        let sizes = Sizes { writers: config.writers, ..Sizes::default() };
        Self::open_with(config, sizes)
    }

    /// [`App::open`] with other sizes, for tests and benches.
    pub fn open_with(config: Config, sizes: Sizes) -> Result<Self, StartError> {
        let url = DatabaseUrl::parse(&config.database_url)?;
        let replica = config.figures_database_url.as_deref();
        let replica = replica.map(|address| DatabaseUrl::parse_of("FIGURES_DATABASE_URL", address)).transpose()?;
        // Whatever can be refused is, before a database is made or migrated.
        let mailer =
            Mailer::new(config.smtp_url.as_deref(), config.mail_from.as_deref(), config.smtp_ca_file.as_deref())?;
        let single_sign_on = sign_on(&config)?.map(Arc::new);
        let seeds = seeding::read(config.forms_dir.as_deref(), config.plans_dir.as_deref())
            .map_err(|faults| StartError::Seeds(faults.join("\n")))?;
        require_folder_of_key(&config)?;
        let (db, migrated) = Db::open_for_server(&url, sizes)?;
        if let Some(replica) = &replica {
            db.read_figures_at(replica)?;
        }
        tracing::info!(from = migrated.from.as_deref().unwrap_or("nothing"), to = migrated.to, "database migrated");
        if config.late_sheets_given {
            tracing::warn!(
                "LATE_SHEETS is ignored: a late sheet counts on its own day in every period that is not closed"
            );
        }
        seed(&db, &seeds)?;
        let past = db.release_the_past(clock::today())?;
        if past > 0 {
            tracing::info!(sheets = past, "answers of before are released as one; from now on releases are kept");
        }
        let quarter = Duration::from_mins(15);
        Ok(Self {
            submissions: Limiter::of_submissions(config.submit_limit),
            sign_ins: Limiter::new(Some(10), quarter),
            sign_ins_of_network: Limiter::new(Some(60), quarter),
            forgotten: Limiter::new(Some(10), Duration::from_hours(1)),
            programs: Limiter::new(Some(600), Duration::from_mins(5)),
            kept: KeptBodies::default(),
            suspicion: Flagging::default(),
            tablets: Tablets::default(),
            ticket_refusals: Limiter::new(Some(TICKET_REFUSALS), Duration::from_hours(1)),
            ticket_key_file: tickets::key_file(&config, url.file()),
            counters: Counters::default(),
            jobs: Arc::default(),
            requests: Requests::default(),
            forms_shown: PrerenderedPages::default(),
            mailer: Arc::new(mailer),
            code_tries: CodeTries::default(),
            hasher: Hasher::start().map_err(ServeError::Server)?,
            single_sign_on,
            costly: Costly::start().map_err(ServeError::Server)?,
            ready: Mutex::default(),
            bodies: Bodies::default(),
            published: Published::default(),
            demo: db.meta(DEMO)?.is_some(),
            first_start: Mutex::new(first_start(&db, &config)?),
            db,
            config,
        })
    }
}

/// Single sign-on of the settings; the provider is not asked before somebody signs in.
pub fn sign_on(config: &Config) -> Result<Option<SingleSignOn>, BadSetting> {
    config.single_sign_on.as_ref().map(|settings| SingleSignOn::new(settings, &config.public_url)).transpose()
}

/// Seeds fields, questionnaires and plans. A questionnaire that was published with other content is refused, unless the
/// ward has published a version of its own on a page: then its file is passed over, as is that of a plan.
pub fn seed(db: &Db, seeds: &Seeds) -> Result<(), DbError> {
    db.seed_fields(&seeds.fields)?;
    for form in &seeds.forms {
        if db.form_is_kept_on_pages(&form.id)? {
            continue;
        }
        db.by_nobody().publish(form, &hash::content_hash(form), &hash::to_json(form), clock::today())?;
    }
    for plan in &seeds.plans {
        let (digest, content) = plan_content(plan)?;
        db.seed_plan(plan, &digest, &content, clock::today())?;
    }
    for (plan, outline) in &seeds.outlines {
        db.by_nobody().keep_report_template(plan, &format!("{plan}.docx"), outline.clone(), "", clock::now())?;
    }
    Ok(())
}

/// Makes the one-time secret of the first start, of 256 random bits; the database keeps its hash only.
fn first_start(db: &Db, config: &Config) -> Result<Option<String>, StartError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| DbError::Failed(format!("no random bytes: {error}")))?;
    let secret = hex(&bytes);
    let kept =
        db.keep_first_start_secret(&Sha256::digest(secret.as_bytes()).into(), clock::now() + FIRST_START_LIFE)?;
    Ok(kept.then(|| format!("{}/staff/set-up?secret={secret}", config.public_url)))
}

/// Serves until SIGTERM or ctrl-C, then stores what waits. `listening` is called once the address answers.
pub fn serve(config: Config, listening: impl FnOnce(&App)) -> Result<(), StartError> {
    try_folders(&config)?;
    let mut settings = job_settings(&config);
    let app = App::open(config)?;
    if !app.mailer.is_off() {
        let (mailer, public_url) = (Arc::clone(&app.mailer), app.config.public_url.clone());
        settings.post = Some(Arc::new(Post { mailer, public_url }));
    }
    let sender = Sender::new(&app.config.webhook_private);
    settings.courier = Some(Arc::new(Courier { sender, public_url: app.config.public_url.clone() }));
    settings.book = Arc::clone(&app.jobs);
    let (db, mut jobs) = (app.db.clone(), None);
    // Jobs begin once the address is ours and signals are heard: a start that fails has sent no letter.
    let done = crate::web::run(app, |app| {
        jobs = Some(Jobs::start(app.db.clone(), settings));
        listening(app);
    });
    drop(jobs);
    db.close();
    Ok(done?)
}

/// Tries the folders of the settings now: when they are needed, at two in the night, nobody is there to read why not.
fn try_folders(config: &Config) -> Result<(), StartError> {
    let letters = config.smtp_url.as_deref().and_then(|url| url.strip_prefix("folder:")).map(PathBuf::from);
    for (setting, folder) in [("BACKUP_DIR", config.backup_dir.clone()), ("SMTP_URL", letters)] {
        let Some(folder) = folder else { continue };
        let trial = folder.join(format!(".trial-{}", std::process::id()));
        let tried = std::fs::File::create_new(&trial).and_then(|_| std::fs::remove_file(&trial));
        tried.map_err(|cause| StartError::NoRoom { setting, folder, cause })?;
    }
    if let Some(folder) = config.audio_dir.clone() {
        let tried = std::fs::read_dir(&folder).map(|_| ());
        tried.map_err(|cause| StartError::Unread { setting: "AUDIO_DIR", folder, cause })?;
    }
    Ok(())
}

/// Looks for the folder of the key of one-time codes: the key itself may be made when the first codes are.
fn require_folder_of_key(config: &Config) -> Result<(), StartError> {
    let Some(key) = &config.ticket_key_file else { return Ok(()) };
    let Some(folder) = key.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let found = std::fs::read_dir(folder).map(|_| ());
    match found {
        // A folder whose names are not shown may let us in all the same.
        Err(cause) if cause.kind() != std::io::ErrorKind::PermissionDenied => {
            Err(StartError::NoRoom { setting: "TICKET_KEY_FILE", folder: key.clone(), cause })
        }
        _ => Ok(()),
    }
}

fn job_settings(config: &Config) -> Settings {
    let backups = config.backup_dir.as_ref().map(|folder| Backups { folder: folder.clone(), keep: config.backup_keep });
    Settings { backups, retention_months: config.retention_months, ..Settings::default() }
}

/// Log lines on standard error, as `LOG` filters and `LOG_FORMAT` writes them.
pub fn log_to_stderr(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // A head that cannot be read is answered 400, and is no fault of ours: without this every scanner of the network writes a line at
    // the level of one ("stream error"). Who names the target in `LOG` sees it.
    let filter = match STRANGERS_NONSENSE.parse::<tracing_subscriber::filter::Directive>() {
        Ok(off) if !config.log.contains("actix_http") => filter.add_directive(off),
        _ => filter,
    };
    // A second call, as in tests, changes nothing.
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt()
        .with_ansi(colours)
        .with_env_filter(filter)
        .with_writer(|| LogStream)
        .log_internal_errors(false);
    let _ = match config.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
    };
}

/// What to open first: addresses, a code for the phone, the demonstration sign-in.
pub fn start_page(app: &App) -> String {
    use std::fmt::Write;
    let public = &app.config.public_url;
    let mut page = String::new();
    let point = app.db.any_open_point().unwrap_or_default();
    if let Some(point) = point {
        let address = qr::scan_url(public, &point.code);
        let _ = writeln!(page, "\n{}", Qr::of(&address).map(|code| code.terminal()).unwrap_or_default());
        let _ = writeln!(page, "  Phiếu khảo sát   {public}/s/{}   ({})", point.code, point.name_vi);
    }
    let _ = writeln!(page, "  Trang cán bộ     {public}/staff/");
    if app.demo() {
        let _ = writeln!(page, "  Đăng nhập thử    {DEMO_USER} / {DEMO_PASSWORD}");
        let _ = writeln!(page, "  Lãnh đạo duyệt   {DEMO_LEADER} / {DEMO_PASSWORD}");
    }
    let _ = writeln!(page, "  Dừng: Ctrl-C");
    page
}
