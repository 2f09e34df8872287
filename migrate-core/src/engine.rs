//! The interface that only `migrate-cli` and this project's tests use. Unstable: it changes with
//! any release, without notice.

pub use crate::error::{continued, decide, edited_block, lost_help};
pub use crate::journal::{VERSION_TABLE, utc, utc_id};
pub use crate::migrator::ENVIRONMENT;
pub use crate::redact::{HIDDEN, Secrets, after_a_key_word, length_of_value, redacted};
pub use crate::url::quoted;

/// The databases: their rules, and their sessions.
pub mod backend {
    pub use crate::backend::*;
}

/// The difference between two schemas.
pub mod diff {
    pub use crate::diff::*;
}

/// URLs of databases.
pub mod url {
    pub use crate::url::DatabaseUrl;
}

/// What an interrupted run left.
pub mod recovery {
    pub use crate::recovery::*;
}

/// What a text of SQL names.
pub mod sql {
    pub use crate::sql::{Constants, constants, created_views, names};
}

/// Operations as the text of a revision.
pub mod render {
    pub use crate::render::*;
}

/// The executors, which run or collect the operations of a body.
pub mod execute {
    pub use crate::execute::*;
}

/// Creates and drops databases.
pub mod databases {
    pub use crate::databases::*;
}

/// Scratch databases.
pub mod scratch {
    pub use crate::scratch::*;
}
