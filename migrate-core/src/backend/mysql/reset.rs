//! Lists the objects of a MySQL or MariaDB database, and drops them all. Indexes and triggers are
//! dropped with their tables.

use diesel::QueryResult;

use crate::backend::listed::{belonging, bookkeeping_first};
use crate::backend::{Created, SchemaObject, Session};

/// A kind of object: its plural name, the word of its DROP, and a query for its names. MySQL has no
/// sequences, and is never queried for tables that its `information_schema` lacks.
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

/// The objects of the database, and the databases that the history created.
pub(super) fn schema_objects(
    session: &mut dyn Session,
    made: &[Created],
) -> QueryResult<Vec<SchemaObject>> {
    let mut all = Vec::new();
    for (kind, keyword, query) in KINDS {
        all.extend(session.texts(query)?.into_iter().map(|name| {
            let drop = format!("DROP {keyword} IF EXISTS `{}`", name.replace('`', "``"));
            belonging(kind, name, drop)
        }));
    }
    // a schema is a database here
    for one in made
        .iter()
        .filter(|one| ["SCHEMA", "DATABASE"].contains(&one.kind))
    {
        let there = session.texts(&format!(
            "SELECT schema_name AS text FROM information_schema.schemata \
             WHERE schema_name = {} AND schema_name <> DATABASE()",
            literal(&one.name)
        ))?;
        all.extend(there.into_iter().map(|name| {
            let drop = format!("DROP DATABASE IF EXISTS `{}`", name.replace('`', "``"));
            belonging("databases", name, drop)
        }));
    }
    Ok(bookkeeping_first(all))
}

/// The existing users and roles that the history created; none if this user may not list them.
pub(super) fn conflicting_objects(session: &mut dyn Session, made: &[Created]) -> Vec<String> {
    let users = made
        .iter()
        .filter(|one| one.kind == "ROLE" && !one.if_not_exists);
    users
        .filter_map(|one| {
            let query = format!(
                "SELECT DISTINCT CONVERT(User USING utf8mb4) AS text FROM mysql.user WHERE User = {}",
                literal(&one.name)
            );
            let there = session.texts(&query).ok()?;
            there.into_iter().next().map(|name| format!("user {name}"))
        })
        .collect()
}

fn literal(name: &str) -> String {
    format!("'{}'", name.replace('\\', "\\\\").replace('\'', "''"))
}

/// Drops them one by one; each drop is final. Foreign keys are off, so the order does not matter.
pub(super) fn drop_all(session: &mut dyn Session, all: &[SchemaObject]) -> QueryResult<()> {
    let keys = session.texts("SELECT CAST(@@SESSION.foreign_key_checks AS CHAR) AS text")?;
    session.execute("SET SESSION foreign_key_checks = 0")?;
    let dropped = all.iter().try_for_each(|one| session.execute(&one.drop));
    if keys.iter().any(|on| on == "1") {
        session.execute("SET SESSION foreign_key_checks = 1")?;
    }
    dropped
}
