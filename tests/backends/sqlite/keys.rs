//! Foreign keys, on and off: the setting belongs to the connection, and no run changes it.

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use diesel_migrations::MigrationHarness;
use migrate_core::engine::backend::MigrateConnection;
use migrate_core::prelude::*;
use migrate_core::{ErrorKind, Migrator};

use crate::backend::TestBackend;
use crate::histories::{history, irreversible, reversible, with_downgrade};
use crate::sqlite::Sqlite;

#[test]
fn a_broken_reference_fails_only_where_keys_are_checked() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("parents").column(column("id", Integer).primary_key()))?;
            op.create_table(
                table("children").column(column("parent", Integer).references("parents", "id")),
            )
        }),
        with_downgrade(
            "b",
            &["a"],
            |op| op.bulk_insert("children", ["parent"], [[7]]),
            |_| Ok(()),
        ),
    ]);
    for (setting, works) in [("OFF", true), ("ON", false)] {
        let place = Sqlite::place();
        let mut session = Sqlite::session(&place);
        let session = session.as_mut();
        session
            .execute(&format!("PRAGMA foreign_keys = {setting}"))
            .unwrap();
        match Migrator::new(&history).upgrade(session, "head") {
            Ok(_) => assert!(works),
            Err(error) => {
                assert!(!works && error.kind() == ErrorKind::Revision, "{error}");
                assert!(
                    error.to_string().contains("FOREIGN KEY constraint failed"),
                    "{error}"
                );
            }
        }
        let now = Sqlite::values(
            session,
            "SELECT CAST(foreign_keys AS TEXT) AS text FROM pragma_foreign_keys",
        );
        assert_eq!(now, [if works { "0" } else { "1" }]);
    }
}

#[test]
fn diesels_harness_does_not_leave_them_off_for_the_next_revision() {
    let history = history(vec![
        irreversible("a", &[], |op| op.execute("PRAGMA foreign_keys = OFF")).without_transaction(),
    ]);
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection
        .batch_execute("PRAGMA foreign_keys = ON")
        .unwrap();
    connection.run_pending_migrations(history).unwrap();
    let on: Vec<String> = connection.with_session(|session| {
        session
            .texts("SELECT CAST(foreign_keys AS TEXT) AS text FROM pragma_foreign_keys")
            .unwrap()
    });
    assert_eq!(on, ["1"]);
}
