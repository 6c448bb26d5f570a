//! Every setting in one table. Reading them, the refusals, the sample file of the package and the page of operations
//! are held to it by tests (`tests/tidy/settings.rs`).

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name, as in the config file; in the environment it is `SIPAS_` and this in capitals.
    pub key: &'static str,
    /// What a value looks like; it follows the word "expected".
    pub expects: &'static str,
    /// What holds when it is not set.
    pub default: Fallback,
    /// What it is, and why the default, for the sample file.
    pub what: &'static str,
}

/// What holds when a setting is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    Value(&'static str),
    /// No value; the words say what that means. The example is shown in the sample file.
    Words {
        /// As in `off`.
        means: &'static str,
        /// A value that could be set.
        example: &'static str,
    },
}

use Fallback::{Value, Words};

const fn setting(key: &'static str, expects: &'static str, default: Fallback, what: &'static str) -> Setting {
    Setting { key, expects, default, what }
}

/// The settings, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    setting(
        "database_url",
        "sqlite:PATH, postgres://… or postgresql://…",
        Value("sqlite:var/sipas.db"),
        "sqlite:PATH or postgres://…; one commune needs no set-up.",
    ),
    setting(
        "figures_database_url",
        "the postgres://… address of a replica, where DATABASE_URL is PostgreSQL",
        Words { means: "`DATABASE_URL`", example: "postgres://sipas:PASSWORD@db2.example.gov.vn/sipas" },
        "A streaming replica of PostgreSQL from which pages of figures are read; never behind, else the database itself is asked.",
    ),
    setting(
        "bind",
        "an address and a port, as in 127.0.0.1:8080",
        Value("127.0.0.1:8080"),
        "Address and port to listen on; nothing is served to a network unasked.",
    ),
    setting(
        "public_url",
        "a scheme and a host without a path, as in https://khaosat.example.gov.vn",
        Words { means: "`http://` + `BIND`", example: "https://khaosat.example.gov.vn" },
        "What QR codes carry; final before the first code is printed. https:// behind a proxy with a certificate.",
    ),
    setting(
        "trusted_proxies",
        "addresses or blocks, as in 127.0.0.1, 10.0.0.0/8",
        Words { means: "none", example: "127.0.0.1, ::1" },
        "Proxies whose X-Forwarded-For is believed; without it everybody behind one counts as one place.",
    ),
    setting(
        "submit_limit",
        "a number an hour from 1, or off",
        Value("600"),
        "Submissions an hour from one point and truncated network: a busy office behind one address must pass.",
    ),
    setting(
        "second_factor",
        "required, or off where SIPAS_PUBLIC_URL is http on this machine only",
        Value("required"),
        "Whether roles that see citizens' words, or manage accounts, sign in with a second factor.",
    ),
    setting(
        "ticket_key_file",
        "a path",
        Words { means: "beside the SQLite file, `<file>.ticket-key`", example: "/var/lib/sipas/sipas.db.ticket-key" },
        "File of the key of one-time codes; never in the same backup as the database. On PostgreSQL it must be set.",
    ),
    setting(
        "writers",
        "a number from 1 to 16",
        Value("1"),
        "Threads that store answers on PostgreSQL, 1 to 16; SQLite lets one write.",
    ),
    setting(
        "log",
        "error, warn, info, debug or trace, or a filter as in info,sipas=debug",
        Value("info"),
        "Filter of log lines.",
    ),
    setting("log_format", "text or json", Value("text"), "json: an object a line, for collectors of logs."),
    setting(
        "forms_dir",
        "a folder",
        Words { means: "built in", example: "/etc/sipas/survey_forms" },
        "Folder of questionnaire files that seed the database.",
    ),
    setting(
        "plans_dir",
        "a folder",
        Words { means: "built in", example: "/etc/sipas/plans" },
        "Folder of plan files that seed the database.",
    ),
    setting(
        "metrics_bind",
        "an address and a port, as in 127.0.0.1:9090",
        Words { means: "off", example: "127.0.0.1:9090" },
        "Address and port of /metrics; keep it inside your network.",
    ),
    setting(
        "retention_months",
        "a number of months from 3: a quarter's sheets must outlive its report",
        Words { means: "for ever", example: "24" },
        "For how many months answer sheets and comments are kept; their tallies stay.",
    ),
    setting(
        "backup_dir",
        "a folder",
        Words { means: "off", example: "/var/backups/sipas" },
        "Folder into which the server copies a SQLite database at two every night.",
    ),
    setting(
        "backup_keep",
        "how many backups to keep, from 1",
        Value("3"),
        "How many of those copies are kept: two copies around one answer show it, so few.",
    ),
    setting("offline", "on or off", Value("on"), "Whether citizens' phones may keep forms and unsent answers."),
    setting(
        "audio_dir",
        "a folder",
        Words { means: "none", example: "/var/lib/sipas/audio" },
        "Folder of recordings that questionnaires name; without it no page offers one.",
    ),
    setting(
        "late_sheets",
        "anything; it is ignored",
        Words { means: "ignored", example: "refuse" },
        "No longer used: a late sheet counts on its own day in every period that is not closed.",
    ),
    setting(
        "smtp_url",
        "smtps://user:password@host:port, smtp://… or folder:PATH",
        Words { means: "none", example: "smtps://sipas:PASSWORD@mail.example.gov.vn:465" },
        "The mail server; smtp:// is STARTTLS. Without it no mail is sent.",
    ),
    setting(
        "mail_from",
        "a sender, as in SIPAS <sipas@example.gov.vn>",
        Words { means: "none", example: "SIPAS <sipas@example.gov.vn>" },
        "Sender of mail.",
    ),
    setting(
        "smtp_ca_file",
        "a path",
        Words { means: "none", example: "/etc/ssl/mail-ca.pem" },
        "Certificate (PEM) of the authority that signed the mail server's, when it is the office's own.",
    ),
    setting(
        "webhook_private",
        "addresses or blocks, as in 10.20.0.0/16",
        Words { means: "none", example: "10.20.0.0/16" },
        "Networks of your own to which events may be sent, over plain http too; without it they go to public addresses over https only.",
    ),
    setting(
        "oidc_issuer",
        "the address of an OpenID provider, https:// (http:// on this machine only), without ? and #",
        Words { means: "off", example: "https://dangnhap.example.gov.vn/realms/phuong" },
        "OpenID provider of single sign-on; without it staff sign in by password only.",
    ),
    setting(
        "oidc_client_id",
        "a name",
        Words { means: "none", example: "sipas" },
        "Name under which the provider knows this program.",
    ),
    setting(
        "oidc_client_secret",
        "a text",
        Words { means: "none", example: "SECRET" },
        "Secret that the provider gave with that name; better in a file of its own.",
    ),
    setting(
        "oidc_client_secret_file",
        "a path",
        Words { means: "none", example: "/etc/sipas/oidc-secret" },
        "File with that secret; it wins over the text.",
    ),
    setting(
        "oidc_name",
        "a few words",
        Words { means: "none", example: "Cổng định danh tỉnh" },
        "Whose account it is, for the button: “Đăng nhập bằng tài khoản …”.",
    ),
    setting(
        "oidc_scopes",
        "scopes with blanks between, openid among them",
        Value("openid profile email"),
        "What the provider is asked for; some give roles and units only for a scope of their own.",
    ),
    setting(
        "oidc_roles_claim",
        "the name of a claim, with dots into the depth, as in realm_access.roles",
        Words { means: "none: roles are given here", example: "realm_access.roles" },
        "Claim that gives the role; a person without a known one does not get in.",
    ),
    setting(
        "oidc_roles",
        "value=role pairs with commas, as in can-bo=staff, lanh-dao=leader; of several that fit the first counts",
        Words { means: "the names of the roles themselves", example: "lanh-dao=leader, can-bo=staff" },
        "Which value of that claim is which role; of several that fit the first counts.",
    ),
    setting(
        "oidc_unit_claim",
        "the name of a claim",
        Words { means: "none: units are given here", example: "unit" },
        "Claim that gives the code of the unit.",
    ),
    setting(
        "oidc_create",
        "on or off",
        Value("on"),
        "Whether who comes with a known role and unit gets an account; off: an administrator allows each.",
    ),
    setting(
        "oidc_second_factor_acr",
        "values of acr with blanks between",
        Words { means: "none: `amr` decides", example: "2" },
        "Values of acr that say that the provider asked a second factor.",
    ),
    setting(
        "oidc_ca_file",
        "a path",
        Words { means: "none", example: "/etc/ssl/oidc-ca.pem" },
        "Certificate (PEM) of the authority that signed the provider's, when it is the office's own.",
    ),
];

/// The setting of this name.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}
