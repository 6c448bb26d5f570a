//! The scripts of the citizens' pages and the worker behind them, and where they are served. Every page works without.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use sha2::{Digest, Sha256};

use super::words::words;
use crate::secrets::hex::hex;
use crate::web::state::App;

const STEPS_FILE: &str = include_str!("../../../assets/steps.js");
const SEND_FILE: &str = include_str!("../../../assets/send.js");

/// The form one item at a time, inlined in its page: a form that changes while it is read misleads.
pub static STEPS: LazyLock<String> = LazyLock::new(|| squeeze(&[&of(STEPS_FILE, "phone")]));

/// The same in a preview: without what keeps answers, and without what the second script builds on, which a preview has not.
pub static PREVIEW: LazyLock<String> = LazyLock::new(|| squeeze(&[&of(STEPS_FILE, "preview")]));

/// Gives the form its attempt, sends it and waits where there is no network. It fetches what reads aloud.
static SEND: LazyLock<String> = LazyLock::new(|| {
    let text = squeeze(&[include_str!("../../../assets/deliver.js"), &of(SEND_FILE, "phone")]);
    text.replace("ALOUD", &ALOUD_ADDRESS)
});

/// Reads questions aloud by the phone's own voice: only fetched where the phone has one.
static ALOUD: LazyLock<String> = LazyLock::new(|| {
    let words = ["vi", "en"].map(|lang| (lang, [words(lang).listen, words(lang).hush]));
    let words = serde_json::to_string(&std::collections::BTreeMap::from(words)).unwrap_or_default();
    squeeze(&[include_str!("../../../assets/aloud.js")]).replace("WORDS_OF_THE_PAGE", &words)
});

/// Address of the script that reads aloud.
pub static ALOUD_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let hash = hex(&Sha256::digest(ALOUD.as_bytes())[..4]);
    format!("/static/aloud.{hash}.js")
});

/// Address of the script that sends; the hash makes it safe to keep for ever.
pub static SEND_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let hash = hex(&Sha256::digest(SEND.as_bytes())[..4]);
    format!("/static/send.{hash}.js")
});

/// Everything that a tablet at the counter runs, in one file: its page is loaded over and over, and inlines nothing.
static KIOSK: LazyLock<String> = LazyLock::new(|| {
    squeeze(&[
        &of(STEPS_FILE, "kiosk"),
        include_str!("../../../assets/deliver.js"),
        &of(SEND_FILE, "kiosk"),
        include_str!("../../../assets/kiosk.js"),
    ])
});

/// Address of the script of a kiosk.
pub static KIOSK_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let hash = hex(&Sha256::digest(KIOSK.as_bytes())[..4]);
    format!("/static/kiosk.{hash}.js")
});

/// Address of the worker. It stays the same: browsers ask it for a new worker, or for the one that takes itself away.
pub const WORKER_ADDRESS: &str = "/static/worker.js";

static WORKER: LazyLock<String> = LazyLock::new(|| {
    squeeze(&[
        include_str!("../../../assets/deliver.js"),
        include_str!("../../../assets/queue.js"),
        include_str!("../../../assets/worker.js"),
    ])
});

static WORKER_OFF: LazyLock<String> = LazyLock::new(|| squeeze(&[include_str!("../../../assets/worker-off.js")]));

/// `GET /static/send.<hash>.js`.
pub async fn send() -> HttpResponse {
    for_ever(&SEND)
}

/// `GET /static/aloud.<hash>.js`.
pub async fn aloud() -> HttpResponse {
    for_ever(&ALOUD)
}

/// `GET /static/kiosk.<hash>.js`.
pub async fn kiosk() -> HttpResponse {
    for_ever(&KIOSK)
}

fn for_ever(text: &'static str) -> HttpResponse {
    script().insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable")).body(text)
}

/// `GET /static/worker.js`: never kept, so that a new worker, or none, reaches every phone with its next visit.
pub async fn worker(app: Data<App>) -> HttpResponse {
    let text = if app.config.offline { &WORKER } else { &WORKER_OFF };
    script()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; connect-src 'self'"))
        // From `/static/` a worker could serve `/static/` only; its pages ask for `/s/` and `/S/`.
        .insert_header((header::HeaderName::from_static("service-worker-allowed"), "/"))
        .body(text.as_str())
}

fn script() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"));
    response
}

/// A script without the lines that are marked for other places than `place`: `phone`, `kiosk`, `preview`, or several of them.
fn of(script: &str, place: &str) -> String {
    const PLACES: [&str; 3] = ["phone", "kiosk", "preview"];
    let lines = script.lines().filter_map(|line| match line.rsplit_once(" // ") {
        Some((code, marks)) if marks.split(' ').all(|mark| PLACES.contains(&mark)) => {
            marks.split(' ').any(|mark| mark == place).then_some(code)
        }
        _ => Some(line),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Scripts as they are served: without whole-line comments, and without blanks, line ends and semicolons that mean nothing. Made
/// for the scripts here: no template strings, no quotes or blanks in regular expressions, statements end with a semicolon, and no
/// block ends with a loop without a body.
fn squeeze(scripts: &[&str]) -> String {
    const POINTS: &str = "{}()[]=;,:?+-*/<>|&!";
    let lines = scripts.iter().flat_map(|script| script.lines()).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with("//")).collect();
    let text = lines.join("\n");
    let mut squeezed = String::with_capacity(text.len());
    let (mut quote, mut escaped) = (None, false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let before = squeezed.chars().next_back().unwrap_or(';');
        match quote {
            Some(open) => {
                quote = (escaped || c != open).then_some(open);
                escaped = c == '\\' && !escaped;
            }
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == '}' && before == ';' => drop(squeezed.pop()),
            None if c == '\n' && "{;,".contains(before) => continue,
            None if c == ' '
                && (POINTS.contains(before) || characters.peek().is_some_and(|next| POINTS.contains(*next))) =>
            {
                continue;
            }
            None => {}
        }
        squeezed.push(c);
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_squeezed_keeps_its_strings_and_its_meaning() {
        let script = "// What it is.\n  var a = 'a  b: \\' c';\n\n  if (a !== \"it's // here\") {\n    f(a, 1);\n  }\n  return a;\n";
        assert_eq!(squeeze(&[script]), "var a='a  b: \\' c';if(a!==\"it's // here\"){f(a,1)}\nreturn a;");
    }

    #[test]
    fn a_script_is_served_without_the_lines_of_the_other_place() {
        let script = "a(); // kiosk\nb(); // phone\n// kiosk\nc();";
        assert_eq!(
            (of(script, "phone").as_str(), of(script, "kiosk").as_str()),
            ("b();\n// kiosk\nc();", "a();\n// kiosk\nc();")
        );
        assert_eq!(of("a(); // phone preview\nb(); // phone kiosk\nc(); // phone", "preview"), "a();");
        assert!(!STEPS.contains("splice") && KIOSK.contains("splice"));
        assert!(
            ["restore", "forget", "miss", "sipas"].iter().all(|name| STEPS.contains(name) && !PREVIEW.contains(name))
        );
    }

    #[test]
    fn all_scripts_of_the_form_are_within_their_bound() {
        // The bound: 10 KB before compression, without the worker.
        let bytes = STEPS.len() + SEND.len();
        assert!(bytes <= 10_000, "{bytes} bytes");
    }

    #[test]
    fn no_script_has_what_squeezing_would_spoil() {
        for script in [&*STEPS, &*PREVIEW, &*SEND, &*ALOUD, &*KIOSK, &*WORKER, &*WORKER_OFF] {
            assert!(!script.contains('`'), "a template string runs over lines");
            assert!(script.matches('\'').count().is_multiple_of(2), "an odd quote");
        }
        assert!(!STEPS.contains("</") && !PREVIEW.contains("</"), "would end the script where it is inlined");
    }
}
