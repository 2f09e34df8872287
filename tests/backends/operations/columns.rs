//! Columns: added, dropped, renamed.

use migrate_core::prelude::*;

use super::{Case, check, run, users};
use crate::backend::{TestBackend, on_each_backend};

fn add_column<B: TestBackend>() {
    check::<B>(&Case {
        name: "add_column",
        before: users,
        change: |op| {
            op.add_column("users", column("phone", VarChar(20)).nullable())?;
            op.add_column("users", column("active", Bool).default(true))?;
            op.add_column(
                "users",
                column("age", SmallInt).nullable().check("age >= 0"),
            )?;
            op.add_column(
                "users",
                column("boss", Integer)
                    .nullable()
                    .references("users", "id")
                    .on_delete(SetNull),
            )
        },
    });
}

fn drop_column_with_its_definition<B: TestBackend>() {
    check::<B>(&Case {
        name: "drop_column_with_its_definition",
        before: users,
        change: |op| op.drop_column("users", column("email", VarChar(320)).nullable()),
    });
}

fn drop_column_drops_its_own_check_and_key<B: TestBackend>() {
    check::<B>(&Case {
        name: "drop_column_drops_its_own_check_and_key",
        before: |op| {
            users(op)?;
            op.create_table(
                table("posts")
                    .column(column("id", Integer).primary_key())
                    .column(
                        column("author", Integer)
                            .nullable()
                            .references("users", "id"),
                    )
                    .column(column("stars", Integer).default(0).check("stars >= 0")),
            )
        },
        change: |op| {
            op.drop_column(
                "posts",
                column("author", Integer)
                    .nullable()
                    .references("users", "id"),
            )?;
            op.drop_column(
                "posts",
                column("stars", Integer).default(0).check("stars >= 0"),
            )
        },
    });
}

fn rename_column<B: TestBackend>() {
    check::<B>(&Case {
        name: "rename_column",
        before: |op| {
            users(op)?;
            op.create_index(index("ix_name").on("users", ["name"]))
        },
        change: |op| op.rename_column("users", "name", "shown_as"),
    });
}

fn rows_keep_their_values_and_get_the_default<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    run(session.as_mut(), users).unwrap();
    run(session.as_mut(), |op| {
        op.add_column("users", column("tag", Text).default("it's"))
    })
    .unwrap();
    let rows = B::values(
        session.as_mut(),
        "SELECT concat(name, '/', tag) AS text FROM users ORDER BY id",
    );
    assert_eq!(rows, ["Ada/it's", "Grace/it's"]);
}

on_each_backend! {
    add_column
    drop_column_with_its_definition
    drop_column_drops_its_own_check_and_key
    rename_column
    rows_keep_their_values_and_get_the_default
}
