//! A database that diesel's own tools made is taken over as it stands.

use diesel::RunQueryDsl;
use migrate_core::Migrator;

use super::applied;
use crate::backend::TestBackend;
use crate::histories::three;
use crate::sqlite::{Sqlite, connection};

#[test]
fn rows_that_diesel_wrote_count() {
    let history = three();
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    let session = session.as_mut();
    diesel::sql_query(diesel::migration::CREATE_MIGRATIONS_TABLE)
        .execute(connection(session))
        .unwrap();
    let schema = "SELECT sql AS text FROM sqlite_schema WHERE type = 'table'";
    let diesels = Sqlite::values(session, schema);
    session
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('a'), ('b')")
        .unwrap();
    session
        .execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
        .unwrap();
    let report = Migrator::new(&history).upgrade(session, "head").unwrap();
    assert_eq!(report.steps.len(), 1);
    assert_eq!(applied(&history, session), ["a", "b", "c"]);

    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    Migrator::new(&history)
        .stamp(session.as_mut(), &["head"], false)
        .unwrap();
    assert_eq!(
        Sqlite::values(session.as_mut(), schema),
        diesels,
        "the table is diesel's own"
    );
}
