//! Lists the objects of a SQLite database, and drops them all. Indexes and triggers are dropped
//! with their tables.

use diesel::QueryResult;

use crate::backend::listed::{belonging, bookkeeping_first};
use crate::backend::{SchemaObject, Session};

/// Views and tables, without SQLite's internal tables and the shadow tables of virtual ones.
pub(super) fn schema_objects(session: &mut dyn Session) -> QueryResult<Vec<SchemaObject>> {
    let mut all = Vec::new();
    for (kind, keyword, kinds) in [
        ("views", "VIEW", "('view')"),
        ("virtual tables", "TABLE", "('virtual')"),
        ("tables", "TABLE", "('table')"),
    ] {
        let names = session.texts(&format!(
            "SELECT name AS text FROM pragma_table_list WHERE schema = 'main' AND type IN {kinds} \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        ))?;
        all.extend(names.into_iter().map(|name| {
            let drop = format!("DROP {keyword} \"{}\"", name.replace('"', "\"\""));
            belonging(kind, name, drop)
        }));
    }
    Ok(bookkeeping_first(all))
}

/// Drops them in one transaction, with foreign keys off, so the order does not matter.
pub(super) fn drop_all(session: &mut dyn Session, all: &[SchemaObject]) -> QueryResult<()> {
    let keys =
        session.texts("SELECT CAST(foreign_keys AS TEXT) AS text FROM pragma_foreign_keys")?;
    session.execute("PRAGMA foreign_keys = OFF")?;
    let dropped = in_transaction(session, all);
    if keys.iter().any(|on| on == "1") {
        session.execute("PRAGMA foreign_keys = ON")?;
    }
    dropped
}

fn in_transaction(session: &mut dyn Session, all: &[SchemaObject]) -> QueryResult<()> {
    session.execute("BEGIN IMMEDIATE")?;
    let dropped = all
        .iter()
        .try_for_each(|one| session.execute(&one.drop))
        .and_then(|()| session.execute("COMMIT"));
    if dropped.is_err() {
        // report the first error
        let _ = session.execute("ROLLBACK");
    }
    dropped
}
