//! Foreign keys around a rebuilt table.

use migrate_core::engine::execute::Transactional;
use migrate_core::prelude::*;
use migrate_core::{ErrorKind, Migrator};

use super::fixture::{self, ALL};
use super::{database, migrate, rows, setting, texts};
use crate::histories::{history, irreversible};

#[test]
fn a_change_that_would_break_a_key_fails_and_leaves_everything() {
    let bodies: [crate::histories::Run; 4] = [
        // rows that violate the key
        |op| {
            op.execute("UPDATE orders SET loose = 99")?;
            op.add_constraint(
                "orders",
                foreign_key(["loose"]).references("customers", ["id"]),
            )
        },
        // others reference values that no longer exist
        |op| op.alter_column("orders", alter("id").set_type(Integer).using("id + 100")),
        // others reference what is no longer a key
        |op| {
            op.drop_constraint("orders", unique(["note"]))?;
            op.execute("SELECT 1")
        },
        // with keys off, no cascade happens
        |op| {
            op.drop_constraint("orders", "ck_state")?;
            op.execute("DELETE FROM orders WHERE id = 3")
        },
    ];
    for keys in ["ON", "OFF"] {
        for (number, body) in bodies.iter().enumerate() {
            if keys == "OFF" && number == 3 {
                continue;
            }
            let mut session = database();
            let session = session.as_mut();
            fixture::make(session);
            session
                .execute(&format!("PRAGMA foreign_keys = {keys}"))
                .unwrap();
            let before = (texts(session), fixture::values(session, ALL));
            let error = migrate(session, *body).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Revision);
            let message = error.to_string();
            assert!(
                message.contains("foreign key") && message.contains("would be broken"),
                "{number} {keys}: {message}"
            );
            assert_eq!((texts(session), fixture::values(session, ALL)), before);
            assert_eq!(
                setting(session, "foreign_keys"),
                if keys == "ON" { "1" } else { "0" }
            );
        }
    }
}

#[test]
fn earlier_violations_do_not_fail_the_revision() {
    let mut session = database();
    let session = session.as_mut();
    fixture::make(session);
    session.execute("PRAGMA foreign_keys = OFF").unwrap();
    session
        .execute("INSERT INTO lines VALUES (9, 999, 'lost')")
        .unwrap();
    session.execute("PRAGMA foreign_keys = ON").unwrap();
    migrate(session, |op| op.drop_constraint("orders", "ck_state")).unwrap();
    assert_eq!(rows(session, "lines WHERE id = 9", "\"order\""), ["[999]"]);
}

#[test]
fn a_revision_that_changes_no_referenced_table_keeps_its_keys_on() {
    let mut session = database();
    let session = session.as_mut();
    fixture::make(session);
    migrate(session, |op| {
        op.alter_column("lines", alter("text").set_not_null())?;
        op.execute("DELETE FROM orders WHERE id = 7")
    })
    .unwrap();
    // the cascade happened
    assert_eq!(rows(session, "lines", "id"), ["[1]", "[2]"]);
}

#[test]
fn a_key_may_refer_to_what_a_later_change_makes_unique() {
    let mut session = database();
    let session = session.as_mut();
    for sql in [
        "CREATE TABLE parents (id INTEGER NOT NULL, part INTEGER, PRIMARY KEY (id, part))",
        "CREATE TABLE children (id INTEGER NOT NULL PRIMARY KEY, age INTEGER)",
        "INSERT INTO parents VALUES (1, 1)",
        "INSERT INTO children VALUES (5, 50)",
    ] {
        session.execute(sql).unwrap();
    }
    migrate(session, |op| {
        let parent = column("parent_id", Integer).nullable();
        op.add_column("children", parent.references("parents", "id"))?;
        op.alter_column("children", alter("age").set_not_null())?;
        op.drop_constraint("parents", primary_key(["id", "part"]))?;
        op.add_constraint("parents", primary_key(["id"]))?;
        op.execute("UPDATE children SET parent_id = 1")
    })
    .unwrap();
    assert_eq!(rows(session, "children", "parent_id"), ["[1]"]);
    assert_eq!(setting(session, "foreign_keys"), "1");
}

#[test]
fn a_rebuild_in_a_callers_transaction_with_keys_on_is_refused() {
    use diesel::Connection;
    let mut session = database();
    fixture::make(session.as_mut());
    let history = history(vec![irreversible("a", &[], |op| {
        op.drop_constraint("orders", "ck_state")
    })]);
    let connection = super::super::connection(session.as_mut());
    let error = connection.transaction::<(), diesel::result::Error, _>(|connection| {
        let error = Migrator::new(&history)
            .upgrade(connection, "head")
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("inside the caller's transaction"),
            "{error}"
        );
        Err(diesel::result::Error::RollbackTransaction)
    });
    assert!(error.is_err());
}

#[test]
fn without_a_transaction_it_makes_its_own() {
    let mut session = database();
    let session = session.as_mut();
    fixture::make(session);
    let before = fixture::values(session, ALL);
    let mut run = Transactional::new(session);
    let mut op = run.operations();
    op.drop_constraint("orders", "ck_state").unwrap();
    run.finish().unwrap();
    assert_eq!(fixture::values(session, ALL), before);
    assert!(!texts(session)["table orders of orders"].contains("ck_state"));
    let mut run = Transactional::new(session);
    let mut op = run.operations();
    op.alter_column("orders", alter("id").set_type(Integer).using("id + 100"))
        .unwrap();
    assert!(
        run.finish()
            .unwrap_err()
            .to_string()
            .contains("would be broken")
    );
    assert_eq!(fixture::values(session, ALL), before);
    assert_eq!(setting(session, "foreign_keys"), "1");
}

#[test]
fn a_dry_run_rebuilds_tables_and_rolls_back() {
    let mut session = database();
    let session = session.as_mut();
    fixture::make(session);
    let before = (texts(session), fixture::values(session, ALL));
    let history = history(vec![
        irreversible("a", &[], |op| op.execute("UPDATE customers SET name = 'x'")),
        irreversible("b", &["a"], |op| op.drop_constraint("orders", "ck_state")),
        irreversible("c", &["b"], |op| {
            op.execute("UPDATE orders SET state = 'else', customer = 1, number = id WHERE id = 3")?;
            op.execute("INSERT INTO offers VALUES (1, 'else')")
        }),
    ]);
    let report = Migrator::new(&history)
        .dry_run_upgrade(session, &["head"])
        .unwrap();
    assert_eq!(report.steps.len(), 3);
    assert_eq!((texts(session), fixture::values(session, ALL)), before);
    assert_eq!(setting(session, "foreign_keys"), "1");
}

/// With foreign keys on, SQLite cannot empty the last table of a cycle, whose parent is gone.
#[test]
fn tables_that_reference_each_other_are_dropped() {
    let mut session = database();
    session
        .execute(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id), a_id INTEGER REFERENCES a (id));
             CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id));
             CREATE TABLE c (id INTEGER PRIMARY KEY)",
        )
        .unwrap();
    migrate(session.as_mut(), |op| {
        op.drop_table("b")?;
        op.drop_table("a")
    })
    .unwrap();
    assert_eq!(texts(session.as_mut()).len(), 1);
    assert_eq!(setting(session.as_mut(), "foreign_keys"), "1");
}
