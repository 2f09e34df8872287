//! Failures with a specific next step: existing objects, rows without a value; and on servers, a
//! lost connection and missing rights.

use migrate_core::Migrator;
use migrate_core::error::{RevisionFailure, Trouble};
use migrate_core::prelude::*;
use migrate_graph::Direction;

use super::failures::failure;
use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{Run, history, reversible, with_downgrade};

fn help(failure: &RevisionFailure) -> String {
    failure.help().unwrap().typed("cargo migrate")
}

fn existing_objects_can_be_stamped<B: TestBackend>() {
    for up in [
        (|op| op.execute("CREATE TABLE t (n INTEGER)")) as Run,
        |op| op.create_table(table("t").column(column("n", Integer))),
        |op| op.add_column("t", column("n", Integer).nullable()),
    ] {
        let failure = failure::<B>(up);
        assert_eq!(failure.trouble, Some(Trouble::Exists), "{failure}");
        assert!(failure.undone, "{failure}");
        assert_eq!(
            help(&failure),
            "the database has it already: compare with `cargo migrate schema diff database history@b`; if all of revision `b` is there, \
             record that with `cargo migrate stamp b`, otherwise fix the revision"
        );
    }
    let sent = failure::<B>(|op| {
        super::failures::past_the_operations(op, "ALTER TABLE t ADD COLUMN n INTEGER")
    });
    assert_eq!(sent.trouble, Some(Trouble::Exists), "{sent}");
    let index = failure::<B>(|op| {
        op.create_index(index("ix").on("t", ["n"]))?;
        op.create_index(index("ix").on("t", ["n"]))
    });
    assert_eq!(index.trouble, Some(Trouble::Exists), "{index}");
    // if the first of them stays, the revision is partially applied
    let command = match index.undone {
        true => "cargo migrate stamp b`",
        false => "cargo migrate resolve b --applied`",
    };
    assert!(help(&index).contains(command), "{}", help(&index));
}

fn on_the_way_down_the_revision_below_is_stamped<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        }),
        with_downgrade(
            "b",
            &["a"],
            |op| op.execute("INSERT INTO t VALUES (1)"),
            |op| op.create_table(table("t").column(column("n", Integer))),
        ),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let migrator = Migrator::new(&history);
    migrator.upgrade(session.as_mut(), "head").unwrap();
    let error = migrator.downgrade(session.as_mut(), "a").unwrap_err();
    let migrate_core::Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert_eq!(failure.direction, Direction::Down);
    assert_eq!(
        help(&failure),
        "the database has it already: if all of revision `b` is reverted, record that with `cargo migrate stamp a`, otherwise fix the \
         downgrade"
    );
}

fn a_column_without_a_value_for_existing_rows<B: TestBackend>() {
    let added = failure::<B>(|op| {
        op.bulk_insert("t", ["n"], [[1]])?;
        op.add_column("t", column("x", Integer))
    });
    assert_eq!(help(&added), "add `.default(…)` or `.nullable()`");
    let nothing = failure::<B>(|op| op.execute("INSERT INTO nowhere VALUES (1)"));
    assert_eq!((&nothing.trouble, nothing.help()), (&None, None));
}

on_each_backend! {
    existing_objects_can_be_stamped
    on_the_way_down_the_revision_below_is_stamped
    a_column_without_a_value_for_existing_rows
}

#[cfg(feature = "servers")]
mod of_servers {
    use migrate_core::engine::backend::{Access, BackendKind, connect};
    use migrate_core::{Error, ErrorKind};
    use migrate_tests::guest::Guest;
    use migrate_tests::servers::{Database, Server};

    use super::*;
    use crate::backend::on_each_server;

    fn a_lost_connection_only_needs_another_run<B: TestBackend>() {
        let lost = failure_of::<B>(|op| {
            op.execute(match op.dialect() {
                BackendKind::Postgres => "SELECT pg_terminate_backend(pg_backend_pid())",
                _ => "KILL CONNECTION_ID()",
            })
        });
        assert_eq!(lost.trouble, Some(Trouble::Closed), "{lost}");
        assert!(lost.is_interrupted());
        assert_eq!(lost.help(), None);
        // even if the message does not say it
        let silent = failure_of::<B>(|op| {
            let (kill, nonsense) = match op.dialect() {
                BackendKind::Postgres => ("SELECT pg_terminate_backend(pg_backend_pid())", "x"),
                _ => ("KILL CONNECTION_ID()", "x"),
            };
            let _ = super::super::failures::past_the_operations(op, kill);
            op.execute(nonsense)
        });
        assert_eq!(silent.trouble, Some(Trouble::Closed), "{silent}");
    }

    /// The failure of a revision that loses its connection.
    fn failure_of<B: TestBackend>(up: Run) -> RevisionFailure {
        let history = history(vec![with_downgrade("b", &[], up, |_| Ok(()))]);
        let place = B::place();
        let mut session = B::session(&place);
        let error = Migrator::new(&history)
            .upgrade(session.as_mut(), "head")
            .unwrap_err();
        match error {
            Error::Revision(failure) => *failure,
            error => panic!("{error}"),
        }
    }

    fn sql_of_another_database_does_not_stay<B: TestBackend>() {
        let history = history(vec![with_downgrade(
            "a",
            &[],
            |op| {
                op.execute(sql_for(BackendKind::Sqlite, "CREATE TRIGGER nowhere"))?;
                op.create_table(table("t").column(column("n", Integer)))?;
                op.execute("nonsense")
            },
            |_| Ok(()),
        )]);
        let place = B::place();
        let mut session = B::session(&place);
        for _ in 0..2 {
            let run = Migrator::new(&history).upgrade(session.as_mut(), "head");
            let Err(Error::Revision(failure)) = run else {
                panic!("{run:?}")
            };
            let kept = if failure.undone { 0 } else { 1 };
            assert_eq!(failure.kept.len(), kept, "{failure}");
            assert!(!failure.to_string().contains("nowhere"), "{failure}");
        }
    }

    on_each_server! {
        a_lost_connection_only_needs_another_run
        sql_of_another_database_does_not_stay
    }

    fn upgrade(url: &str, up: Run) -> Error {
        let history = history(vec![with_downgrade("a", &[], up, |_| Ok(()))]);
        let mut session = connect(&url.parse().unwrap(), Access::Write).unwrap();
        Migrator::new(&history)
            .upgrade(&mut session, "head")
            .unwrap_err()
    }

    #[test]
    fn a_missing_right_to_create_the_version_table_suggests_the_grant() {
        for server in Server::ALL {
            let database = Database::new(server, "grant");
            let guest = Guest::new(&database);
            database.execute("CREATE TABLE other (a INTEGER)");
            guest.may("SELECT", "*");
            let error = upgrade(guest.url(), |_| Ok(()));
            assert_eq!(error.kind(), ErrorKind::Database, "{server}");
            let (name, user) = (database.name(), guest.name());
            let grant = match server {
                Server::Postgres => format!("GRANT CREATE ON SCHEMA public TO {user}"),
                _ => format!("GRANT CREATE, SELECT, INSERT, DELETE ON {name}.* TO '{user}'@'%'"),
            };
            let help = error.help().unwrap().typed("cargo migrate");
            assert!(
                help.ends_with(&format!("run `{grant}`")),
                "{server}: {help}"
            );
            // the server accepts what is suggested, and it is enough
            database.execute(&grant);
            let error = upgrade(guest.url(), |op| op.execute("nonsense"));
            assert_eq!(
                (error.kind(), error.help()),
                (ErrorKind::Revision, None),
                "{server}"
            );
        }
    }

    #[test]
    fn a_revision_without_rights_names_the_right() {
        for server in Server::ALL {
            let database = Database::new(server, "rights");
            let guest = Guest::new(&database);
            let (name, user) = (database.name(), guest.name());
            database.execute("CREATE TABLE other (a INTEGER)");
            match server {
                Server::Postgres => {
                    database.execute(&format!("GRANT CREATE ON SCHEMA public TO {user}"));
                }
                _ => {
                    guest.may("CREATE, SELECT, DELETE", "*");
                    guest.may("CREATE, INSERT", "__diesel_schema_migrations");
                    guest.may("CREATE, INSERT", "__migrate_journal");
                }
            }
            let error = upgrade(guest.url(), |op| op.execute("INSERT INTO other VALUES (1)"));
            assert_eq!(error.kind(), ErrorKind::Revision, "{server}: {error}");
            let grant = match server {
                Server::Postgres => format!("GRANT INSERT ON TABLE other TO {user}"),
                _ => format!("GRANT INSERT ON {name}.* TO '{user}'@'%'"),
            };
            let help = error.help().unwrap().typed("cargo migrate");
            assert!(help.contains(&grant), "{server}: {help}");
            database.execute(&grant);
        }
    }
}
