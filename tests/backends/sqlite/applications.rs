//! How applications use a history: at startup, from a pool, through diesel's harness, in a test's
//! setup.

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use diesel_migrations::MigrationHarness;
use migrate_core::error::{Error, ErrorKind};
use migrate_core::{History, Migrator};

use crate::histories::three;

fn in_memory() -> SqliteConnection {
    SqliteConnection::establish(":memory:").unwrap()
}

fn tables(connection: &mut SqliteConnection) -> usize {
    let mut session = migrate_core::engine::backend::sqlite::SqliteSession::new(connection);
    let query = "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'";
    migrate_core::engine::backend::Statements::texts(&mut session, query)
        .unwrap()
        .len()
}

#[test]
fn a_pooled_connection_is_migrated() {
    let history = three();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("app.db");
    let manager = ConnectionManager::<SqliteConnection>::new(path.to_str().unwrap());
    let pool = Pool::builder().max_size(4).build(manager).unwrap();
    // as many instances as there are connections, at once
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = pool.get().unwrap();
                    let migrator = Migrator::new(&history);
                    migrator
                        .upgrade(&mut *connection, "head")
                        .unwrap()
                        .steps
                        .len()
                })
            })
            .collect();
        let steps: usize = all.into_iter().map(|one| one.join().unwrap()).sum();
        assert_eq!(steps, 3, "each revision once");
    });
    Migrator::new(&history)
        .require_head(&mut *pool.get().unwrap())
        .unwrap();
    // and through the harness
    let mut connection = pool.get().unwrap();
    assert!(!connection.has_pending_migration(history).unwrap());
}

#[test]
fn only_a_database_at_the_head_is_accepted() {
    let history = three();
    let migrator = Migrator::new(&history);
    let mut connection = in_memory();
    let refused = |connection: &mut SqliteConnection| {
        let error = migrator.require_head(connection).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        let Error::NotAtHead(why) = error else {
            panic!("{error:?}");
        };
        (why.to_string(), why.pending, why.unknown)
    };
    let (text, pending, _) = refused(&mut connection);
    assert_eq!(
        text,
        "the database is not at the head of its history: `a`, `b`, `c` are pending"
    );
    assert_eq!(pending, ["a", "b", "c"]);
    assert_eq!(tables(&mut connection), 0, "nothing is created");

    migrator.upgrade(&mut connection, "b").unwrap();
    assert_eq!(refused(&mut connection).1, ["c"]);
    migrator.upgrade(&mut connection, "head").unwrap();
    assert!(migrator.require_head(&mut connection).unwrap().at_heads);

    // a newer program was here
    connection
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('z')")
        .unwrap();
    let (text, pending, unknown) = refused(&mut connection);
    assert_eq!(
        text,
        "the database is not at the head of its history: `z` is unknown"
    );
    assert_eq!((pending, unknown), (vec![], vec!["z".to_owned()]));
}

/// The setup of each unit test.
fn set_up(history: &History) -> SqliteConnection {
    let mut connection = in_memory();
    Migrator::new(history)
        .upgrade(&mut connection, "head")
        .unwrap();
    connection.begin_test_transaction().unwrap();
    connection
}

#[test]
fn a_unit_test_begins_with_a_migrated_database_in_memory() {
    let history = three();
    for _ in 0..3 {
        let mut connection = set_up(&history);
        let before = tables(&mut connection);
        assert!(before > 0);
        sql_query("CREATE TABLE only_here (id INTEGER)")
            .execute(&mut connection)
            .unwrap();
        assert_eq!(tables(&mut connection), before + 1);
    }
    // on one database, the transaction keeps tests apart: the revisions inside it are rolled back
    // too
    let mut connection = in_memory();
    for _ in 0..3 {
        connection.test_transaction(|connection| {
            let report = Migrator::new(&history).upgrade(connection, "head");
            assert_eq!(
                report
                    .map_err(|error| error.to_string())
                    .unwrap()
                    .steps
                    .len(),
                3
            );
            Ok::<(), diesel::result::Error>(())
        });
        assert_eq!(tables(&mut connection), 0);
    }
}
