//! `/metrics` on METRICS_BIND: counts for an operator's monitor, in Prometheus' text format. Nothing of citizens in them.

use std::fmt::Write;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;

use chrono::{DateTime, Utc};

use crate::clock;
use crate::db::LAST_BACKUP;
use crate::vitals::{JobRecord, log_stream};
use crate::web::accepted::Accepted;
use crate::web::http::block::block;
use crate::web::state::App;

/// How long the writer may take to prove that it can store.
const PATIENCE: Duration = Duration::from_secs(5);

/// When each job last did its work, and how often it failed.
fn jobs(text: &mut String, all: &[(&'static str, JobRecord)]) {
    let _ = writeln!(text, "# TYPE sipas_job_done_timestamp_seconds gauge");
    for (job, record) in all {
        if let Some(at) = record.last_done {
            let _ = writeln!(text, "sipas_job_done_timestamp_seconds{{job=\"{job}\"}} {}", at.timestamp());
        }
    }
    let _ = writeln!(text, "# TYPE sipas_job_failures_total counter");
    for (job, record) in all {
        let _ = writeln!(text, "sipas_job_failures_total{{job=\"{job}\"}} {}", record.failures);
    }
}

/// How many of something wait to go out, for how long the oldest has waited, and how many were given up.
fn waiting(text: &mut String, what: &str, (waiting, oldest, given_up): (u64, Option<DateTime<Utc>>, u64)) {
    let oldest = oldest.map_or(0, |at| (clock::now() - at).num_seconds().max(0)).unsigned_abs();
    for (name, value) in [("waiting", waiting), ("oldest_seconds", oldest), ("given_up", given_up)] {
        let _ = writeln!(text, "# TYPE sipas_{what}_{name} gauge\nsipas_{what}_{name} {value}");
    }
}

/// `GET /metrics`.
pub async fn show(app: Data<App>) -> HttpResponse {
    let (queue, written) = (app.db.queue_load(), app.db.written());
    let (db, backups) = (app.db.clone(), app.config.backup_dir.clone());
    // A database that does not answer must not keep the other figures from whoever wants to know why.
    let asked = block(move || {
        let last_backup = db.meta(LAST_BACKUP).ok().flatten();
        let around = db.surroundings(backups.as_deref());
        (last_backup, db.prove_ready(PATIENCE).is_ok(), db.outbox_load().ok(), db.webhook_load().ok(), around)
    });
    let (last_backup, can_store, letters, events, around) = asked.await.unwrap_or((None, false, None, None, None));
    let mut text = String::from("# TYPE sipas_submissions_total counter\n");
    let outcomes = [
        ("stored", Accepted::Stored),
        ("stored_before", Accepted::StoredBefore),
        ("other_content", Accepted::OtherContent),
        ("busy", Accepted::Busy),
        ("too_many", Accepted::TooMany),
        ("ticket_unknown", Accepted::TicketUnknown),
        ("no_kiosk", Accepted::NoKiosk),
    ];
    for (name, outcome) in outcomes {
        let count = app.counters.so_far(&outcome);
        let _ = writeln!(text, "sipas_submissions_total{{outcome=\"{name}\"}} {count}");
    }
    let _ = writeln!(text, "# TYPE sipas_queue_length gauge\nsipas_queue_length {}", queue.length);
    let oldest = queue.oldest_wait.as_secs_f64();
    let _ = writeln!(text, "# TYPE sipas_queue_oldest_seconds gauge\nsipas_queue_oldest_seconds {oldest}");
    let _ = writeln!(text, "# TYPE sipas_requests_total counter");
    for (class, status, count) in app.requests.all().filter(|(_, _, count)| *count > 0) {
        let _ = writeln!(text, "sipas_requests_total{{class=\"{class}\",status=\"{status}\"}} {count}");
    }
    for (name, value) in [
        ("sipas_batches_total", written.batches),
        ("sipas_batch_answers_total", written.answers),
        ("sipas_database_errors_total", written.errors),
    ] {
        let _ = writeln!(text, "# TYPE {name} counter\n{name} {value}");
    }
    let _ = writeln!(text, "# TYPE sipas_batch_answers_max gauge\nsipas_batch_answers_max {}", written.largest);
    if let Some(read) = app.db.figures_read() {
        let _ = writeln!(text, "# TYPE sipas_figures_read_total counter");
        for (from, count) in [("replica", read.replica), ("database", read.primary)] {
            let _ = writeln!(text, "sipas_figures_read_total{{from=\"{from}\"}} {count}");
        }
    }
    let lost = log_stream::lines_lost();
    let _ = writeln!(text, "# TYPE sipas_log_lines_lost_total counter\nsipas_log_lines_lost_total {lost}");
    let _ = writeln!(text, "# TYPE sipas_can_store gauge\nsipas_can_store {}", u8::from(can_store));
    let jumps = app.jobs.clock_jumps();
    let _ = writeln!(text, "# TYPE sipas_clock_jumps_total counter\nsipas_clock_jumps_total {jumps}");
    if let Some(around) = around {
        let leftovers = around.leftovers.len() as u64;
        let gauges = [
            ("wal_bytes", Some(around.log_bytes)),
            ("leftovers", Some(leftovers)),
            ("disk_free_bytes", around.free_bytes),
        ];
        for (name, value) in gauges {
            if let Some(value) = value {
                let _ = writeln!(text, "# TYPE sipas_{name} gauge\nsipas_{name} {value}");
            }
        }
    }
    jobs(&mut text, &app.jobs.all());
    if let Some(load) = letters {
        waiting(&mut text, "letters", (load.waiting, load.oldest, load.failed));
    }
    if let Some(load) = events {
        waiting(&mut text, "webhooks", (load.waiting, load.oldest, load.dead));
    }
    let instant = last_backup.and_then(|text| text.parse::<DateTime<Utc>>().ok());
    if let Some(instant) = instant {
        let name = "sipas_last_backup_timestamp_seconds";
        let _ = writeln!(text, "# TYPE {name} gauge\n{name} {}", instant.timestamp());
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}
