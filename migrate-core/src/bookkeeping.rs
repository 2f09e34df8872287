//! The SQL of the two bookkeeping tables in each database: the version table and the journal. It
//! must not know when a row is written.

pub(crate) mod journal_table;
pub(crate) mod version_table;
