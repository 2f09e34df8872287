//! What a MySQL or MariaDB database holds, and dropping all of it. Indexes and triggers go with their tables.

use diesel::QueryResult;

use crate::backend::listed::{belonging, bookkeeping_first};
use crate::backend::{Belonging, Session};

/// A kind of object: its name in the plural, the word of its DROP, and its names. The second server has no sequences, and what it does
/// not know in `information_schema` is never asked for.
const KINDS: &[(&str, &str, &str)] = &[
    (
        "views",
        "VIEW",
        "SELECT table_name AS text FROM information_schema.tables \
         WHERE table_schema = DATABASE() AND table_type = 'VIEW' ORDER BY table_name",
    ),
    (
        "tables",
        "TABLE",
        "SELECT table_name AS text FROM information_schema.tables \
         WHERE table_schema = DATABASE() AND table_type NOT IN ('VIEW', 'SYSTEM VIEW', 'SEQUENCE') ORDER BY table_name",
    ),
    (
        "sequences",
        "SEQUENCE",
        "SELECT table_name AS text FROM information_schema.tables \
         WHERE table_schema = DATABASE() AND table_type = 'SEQUENCE' ORDER BY table_name",
    ),
    (
        "functions",
        "FUNCTION",
        "SELECT routine_name AS text FROM information_schema.routines \
         WHERE routine_schema = DATABASE() AND routine_type = 'FUNCTION' ORDER BY routine_name",
    ),
    (
        "procedures",
        "PROCEDURE",
        "SELECT routine_name AS text FROM information_schema.routines \
         WHERE routine_schema = DATABASE() AND routine_type = 'PROCEDURE' ORDER BY routine_name",
    ),
    (
        "packages",
        "PACKAGE",
        "SELECT routine_name AS text FROM information_schema.routines \
         WHERE routine_schema = DATABASE() AND routine_type = 'PACKAGE' ORDER BY routine_name",
    ),
    (
        "events",
        "EVENT",
        "SELECT event_name AS text FROM information_schema.events \
         WHERE event_schema = DATABASE() ORDER BY event_name",
    ),
];

/// What the database holds.
pub(super) fn belongings(session: &mut dyn Session) -> QueryResult<Vec<Belonging>> {
    let mut all = Vec::new();
    for (kind, keyword, query) in KINDS {
        all.extend(session.texts(query)?.into_iter().map(|name| {
            let drop = format!("DROP {keyword} IF EXISTS `{}`", name.replace('`', "``"));
            belonging(kind, name, drop)
        }));
    }
    Ok(bookkeeping_first(all))
}

/// Drops them one by one, each for good, with foreign keys off, so that no order is needed.
pub(super) fn drop_all(session: &mut dyn Session, all: &[Belonging]) -> QueryResult<()> {
    let keys = session.texts("SELECT CAST(@@SESSION.foreign_key_checks AS CHAR) AS text")?;
    session.execute("SET SESSION foreign_key_checks = 0")?;
    let dropped = all.iter().try_for_each(|one| session.execute(&one.drop));
    if keys.iter().any(|on| on == "1") {
        session.execute("SET SESSION foreign_key_checks = 1")?;
    }
    dropped
}
