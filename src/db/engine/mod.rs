//! The two engines: connections, addresses, locks, migrations, the replica that figures are read from, schema, code words.

pub(in crate::db) mod codes;
pub(in crate::db) mod conn;
pub(in crate::db) mod distribute;
pub(in crate::db) mod leader;
pub(in crate::db) mod lock;
pub(in crate::db) mod meta;
pub(in crate::db) mod migrate;
pub(in crate::db) mod open_file;
pub(in crate::db) mod parts;
pub(in crate::db) mod place;
pub(in crate::db) mod pooler;
pub(in crate::db) mod read_only;
pub(in crate::db) mod replica;
pub(in crate::db) mod schema;
mod schema_cases;
pub(in crate::db) mod url;
pub(in crate::db) mod whole;
