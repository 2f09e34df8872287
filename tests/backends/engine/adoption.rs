//! A database that diesel's own tools created is adopted unchanged.

use migrate_core::Migrator;

use super::applied;
use crate::backend::{TestBackend, on_each_backend};
use crate::histories::three;

fn rows_written_by_diesel_count<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    session
        .execute(diesel::migration::CREATE_MIGRATIONS_TABLE)
        .unwrap();
    session
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('a'), ('b')")
        .unwrap();
    session
        .execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50))")
        .unwrap();
    let report = Migrator::new(&history).upgrade(session, "head").unwrap();
    assert_eq!(report.steps.len(), 1);
    assert_eq!(applied(&history, session), ["a", "b", "c"]);
}

on_each_backend! {
    rows_written_by_diesel_count
}
