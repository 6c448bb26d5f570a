//! What an operator does, with the program as a process of its own: backup and restore beside a busy server,
//! tables out, a proxy in front, settings that are wrong.

#[macro_use]
#[path = "support/mod.rs"]
mod support;

#[path = "operations/backup.rs"]
mod backup;
#[path = "operations/disks.rs"]
mod disks;
#[path = "operations/export.rs"]
mod export;
#[path = "support/load.rs"]
mod load;
#[path = "operations/logs.rs"]
mod logs;
#[path = "operations/mistakes.rs"]
mod mistakes;
#[path = "operations/moving.rs"]
mod moving;
#[path = "operations/package.rs"]
mod package;
#[path = "operations/parquet.rs"]
mod parquet;
#[path = "operations/proxies.rs"]
mod proxies;
#[path = "operations/proxy_scopes.rs"]
mod proxy_scopes;
#[path = "operations/retention.rs"]
mod retention;
#[path = "support/server.rs"]
mod server;
#[path = "operations/spss.rs"]
mod spss;
