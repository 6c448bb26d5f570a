//! Complaints, remedies, dialogues, tasks, warnings: what citizens say and what is done about it.

pub(in crate::db) mod complaint_contacts;
pub(in crate::db) mod complaint_rows;
pub(in crate::db) mod complaint_rules;
pub(in crate::db) mod complaint_steps;
pub(in crate::db) mod complaints;
pub(in crate::db) mod dialogues;
pub(in crate::db) mod plan_tasks;
pub(in crate::db) mod remedies;
pub(in crate::db) mod tellings;
pub(in crate::db) mod warnings;

use sha2::{Digest, Sha256};

/// What a kept file is known by, the SHA-256 of its bytes; none where there is no file. Two files may have one name.
pub type FileMark = Option<[u8; 32]>;

/// The mark of a file.
fn file_mark(file: Option<&[u8]>) -> FileMark {
    file.map(|file| Sha256::digest(file).into())
}

/// What came of keeping something that others keep too.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept under this number.
    As(i32),
    /// The very same stood there already, under this number, as after a double press: nothing was kept.
    Already(i32),
    /// What was seen no longer stands so: nothing was kept.
    Stale,
}

impl Kept {
    /// Whether something was kept now.
    fn is_new(&self) -> bool {
        matches!(self, Self::As(_))
    }
}
