//! A report about a SQLite database: there are no users, and the file decides whether it can be
//! written.

use diesel::QueryResult;

use crate::backend::{About, Session, TableAccess};
use crate::journal::Which;

/// The report, given whether the file can be written.
pub(super) fn about(session: &mut dyn Session, read_only: bool) -> QueryResult<About> {
    let version = session.texts("SELECT sqlite_version() AS text")?;
    let access = |exists| TableAccess {
        exists,
        readable: exists,
        writable: exists && !read_only,
    };
    let version_table = access(session.applied()?.is_some());
    let journal = access(session.journal(Which::Tail)?.is_some());
    let refuses_tables = read_only.then(|| "the database is read-only".to_owned());
    Ok(About {
        version: version.into_iter().next(),
        version_table,
        journal,
        refuses_tables,
        ..About::default()
    })
}
