//! A changed column keeps all other attributes; constraints without a name are found.

use migrate_core::engine::backend::Session;
use migrate_core::engine::execute::{Collect, Transactional};
use migrate_core::operation::Operation;
use migrate_core::prelude::*;

use super::on_both;
use crate::backend::{TestBackend, difference};
use crate::operations::run;

/// A table with a column of every attribute, created by raw SQL.
fn table_of_all(session: &mut dyn Session) {
    run(session, |op| {
        op.execute(
            "CREATE TABLE t (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                a VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s, \\\\ (' COMMENT 'c''s \\\\ \"x\"',
                b DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
                c INT GENERATED ALWAYS AS (m + 1) STORED COMMENT 'computed',
                d LONGTEXT DEFAULT ('a)b'),
                f ENUM('x','y''z') NOT NULL DEFAULT 'x',
                n INT DEFAULT (1 + 1),
                m INT,
                s TIMESTAMP(3) NULL
            )",
        )?;
        op.execute("INSERT INTO t (a, n) VALUES ('one', 1), ('two', 2)")
    })
    .unwrap();
}

/// Applies a change and checks; reverses it, and everything is as before.
fn effect<B: TestBackend>(change: fn(&mut Operations<'_>) -> Result<()>) -> Vec<String> {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    table_of_all(session);
    let before = B::catalogue(session);
    run(session, change).unwrap();
    let after = B::catalogue(session);
    let mut collect = Collect::new(session.backend());
    let mut op = collect.operations();
    change(&mut op).unwrap();
    let operations: Vec<Operation> = collect.into_operations();
    for operation in operations.iter().rev() {
        let reverse = operation.reverse().unwrap();
        Transactional::new(session)
            .operations()
            .apply(reverse)
            .unwrap();
    }
    assert_eq!(difference(&before, &B::catalogue(session)), [""; 0]);
    difference(&before, &after)
}

/// The definition of a column afterwards, if nothing else changed.
fn column_after<B: TestBackend>(change: fn(&mut Operations<'_>) -> Result<()>) -> (String, String) {
    match effect::<B>(change).as_slice() {
        [gone, new] => (gone[2..].to_owned(), new[2..].to_owned()),
        other => panic!("{other:?}"),
    }
}

fn nullability_keeps_the_rest<B: TestBackend>() {
    let (was, is) = column_after::<B>(|op| {
        op.alter_column(
            "t",
            alter("a").drop_not_null().was(column("a", VarChar(20))),
        )
    });
    assert_eq!(is, was.replace(" not null", ""));
    assert!(is.contains("latin1_bin") && is.contains("it"), "{is}");
}

fn a_type_keeps_the_rest<B: TestBackend>() {
    let (was, is) = column_after::<B>(|op| {
        op.alter_column(
            "t",
            alter("a")
                .set_type(VarChar(40))
                .was(column("a", VarChar(20))),
        )
    });
    assert_eq!(is, was.replace("varchar(20)", "varchar(40)"));
    let (was, is) = column_after::<B>(|op| {
        op.alter_column(
            "t",
            alter("id")
                .set_type(Integer.unsigned())
                .was(column("id", BigInt.unsigned())),
        )
    });
    assert!(
        was.contains("auto_increment") && is.contains("auto_increment"),
        "{is}"
    );
    let (_, is) = column_after::<B>(|op| {
        op.alter_column(
            "t",
            alter("b")
                .set_type(Timestamp.precision(3))
                .was(column("b", Timestamp)),
        )
    });
    let lower = is.to_lowercase();
    assert!(lower.contains("default current_timestamp(3)"), "{is}");
    assert!(lower.contains("on update current_timestamp(3)"), "{is}");
}

fn a_comment_keeps_the_rest<B: TestBackend>() {
    let (was, is) = column_after::<B>(|op| {
        op.alter_column(
            "t",
            alter("c")
                .set_comment("another")
                .was(column("c", Integer).comment("computed")),
        )
    });
    assert_eq!(is, was.replace("computed", "another"));
    let (was, is) = column_after::<B>(|op| {
        op.alter_column("t", alter("f").set_comment("said").was(column("f", Text)))
    });
    assert_eq!(is, format!("{was} comment 'said'"));
}

fn a_default_changes_and_goes<B: TestBackend>() {
    let (was, is) = column_after::<B>(|op| {
        op.alter_column(
            "t",
            alter("f")
                .set_default("y'z")
                .was(column("f", Text).default("x")),
        )
    });
    assert_ne!(is, was);
    assert!(is.contains("not null default"), "{is}");
    let (was, is) = column_after::<B>(|op| {
        op.alter_column(
            "t",
            alter("f")
                .drop_default()
                .was(column("f", Text).default("x")),
        )
    });
    assert_eq!(is, was.split(" default ").next().unwrap());
}

fn rows_keep_their_values<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    table_of_all(session.as_mut());
    run(session.as_mut(), |op| {
        op.alter_column("t", alter("a").set_type(Text).set_comment("long"))
    })
    .unwrap();
    assert_eq!(B::of_rows(session.as_mut(), "a", "t"), ["one", "two"]);
    run(session.as_mut(), |op| {
        op.execute("INSERT INTO t (n) VALUES (3)")
    })
    .unwrap();
    assert!(B::of_rows(session.as_mut(), "a", "t").contains(&"it's, \\ (".to_owned()));
}

fn a_column_that_is_not_there_is_named<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    table_of_all(session.as_mut());
    let error = run(session.as_mut(), |op| {
        op.alter_column("t", alter("nmae").set_not_null())
    })
    .unwrap_err();
    assert!(error.to_string().contains("nmae"), "{error}");
}

fn a_not_null_column_without_default_needs_an_empty_table<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let add: fn(&mut Operations<'_>) -> Result<()> = |op| op.add_column("t", column("z", Integer));
    table_of_all(session.as_mut());
    let error = run(session.as_mut(), add).unwrap_err();
    assert!(error.to_string().contains("which has rows"), "{error}");
    run(session.as_mut(), |op| op.execute("DELETE FROM t")).unwrap();
    run(session.as_mut(), add).unwrap();
}

fn constraints_without_a_name_are_found<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    table_of_all(session);
    let before = B::catalogue(session);
    let change: fn(&mut Operations<'_>) -> Result<()> = |op| {
        op.create_table(
            table("u")
                .column(column("id", Integer).primary_key())
                .column(column("t", BigInt.unsigned()).nullable())
                .column(column("k", Integer).nullable()),
        )?;
        op.add_constraint("u", unique(["k"]))?;
        op.add_constraint("u", check("k > 5"))?;
        op.add_constraint("u", foreign_key(["t"]).references("t", ["id"]))
    };
    run(session, change).unwrap();
    run(session, |op| {
        op.drop_constraint("u", foreign_key(["t"]).references("t", ["id"]))?;
        op.drop_constraint("u", check("k > 5"))?;
        op.drop_constraint("u", unique(["k"]))?;
        op.drop_constraint("u", primary_key(["id"]))
    })
    .unwrap();
    let left = difference(&before, &B::catalogue(session));
    assert!(
        !left
            .iter()
            .any(|fact| fact.contains("check") || fact.contains("key") || fact.contains("unique")),
        "{left:?}"
    );
}

fn a_database_that_is_used_is_not_dropped_by_itself<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let name = session
        .texts("SELECT CONCAT(DATABASE(), '_b') AS text")
        .unwrap()
        .remove(0);
    let mut run = Transactional::new(session.as_mut());
    let mut op = run.operations();
    op.create_schema(name.as_str()).unwrap();
    op.create_table(
        table(migrate_core::schema::ObjectName::qualified(
            name.as_str(),
            "x",
        ))
        .column(column("a", Integer)),
    )
    .unwrap();
    let error = op.drop_schema(name.as_str()).unwrap_err();
    assert!(error.to_string().contains("`x` is in it"), "{error}");
    let mut run = Transactional::new(session.as_mut());
    let mut op = run.operations();
    op.drop_table(migrate_core::schema::ObjectName::qualified(
        name.as_str(),
        "x",
    ))
    .unwrap();
    op.drop_schema(name.as_str()).unwrap();
}

on_both! {
    nullability_keeps_the_rest
    a_type_keeps_the_rest
    a_comment_keeps_the_rest
    a_default_changes_and_goes
    rows_keep_their_values
    a_column_that_is_not_there_is_named
    a_not_null_column_without_default_needs_an_empty_table
    constraints_without_a_name_are_found
    a_database_that_is_used_is_not_dropped_by_itself
}
