//! Tests the history on scratch databases: each rung of `cargo migrate test`, and one revision with
//! rows of its own.

use diesel::prelude::*;
use migrate_cli::AtRevision;
use migrate_core::{Result, migration_test, read_connection};

migrate_core::test_migrations!(quickstart::HISTORY);

#[migration_test("20261116140000")]
fn a_name_is_split_at_its_first_space(at: &mut AtRevision<'_>) -> Result<()> {
    at.run(|op| {
        op.execute("INSERT INTO members (full_name, email) VALUES ('Ada King Lovelace', 'a@b.c')")
    })?;
    at.up()?;
    let names: Vec<(String, String)> = at.run(|op| {
        read_connection!(op, |connection| {
            use quickstart::schema::members;
            members::table
                .select((members::given_name, members::family_name))
                .load(connection)
        })
    })?;
    assert_eq!(names, [("Ada".to_owned(), "King Lovelace".to_owned())]);
    at.down()
}
