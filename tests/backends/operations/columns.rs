//! Columns: added, dropped, renamed.

use migrate_core::prelude::*;

use super::{Case, check, run, users};
use crate::backend::TestBackend;
use crate::sqlite::Sqlite;

#[test]
fn add_column() {
    check::<Sqlite>(&Case {
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
        effect: &[
            "+ check age >= 0",
            "+ column users.active BOOLEAN not null default 1",
            "+ column users.age SMALLINT",
            "+ column users.boss INTEGER",
            "+ column users.phone VARCHAR(20)",
            "+ foreign key users(boss) -> users(id) on delete SET NULL on update NO ACTION",
        ],
    });
}

#[test]
fn drop_column_with_its_definition() {
    check::<Sqlite>(&Case {
        before: users,
        change: |op| op.drop_column("users", column("email", VarChar(320)).nullable()),
        effect: &["- column users.email VARCHAR(320)"],
    });
}

#[test]
fn drop_column_takes_its_own_check_and_key_along() {
    check::<Sqlite>(&Case {
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
        effect: &[
            "- check stars >= 0",
            "- column posts.author INTEGER",
            "- column posts.stars INTEGER not null default 0",
            "- foreign key posts(author) -> users(id) on delete NO ACTION on update NO ACTION",
        ],
    });
}

#[test]
fn rename_column() {
    check::<Sqlite>(&Case {
        before: |op| {
            users(op)?;
            op.create_index(index("ix_name").on("users", ["name"]))
        },
        change: |op| op.rename_column("users", "name", "shown_as"),
        effect: &[
            "- column users.name TEXT not null",
            "- index ix_name on users(name)",
            "+ column users.shown_as TEXT not null",
            "+ index ix_name on users(shown_as)",
        ],
    });
}

#[test]
fn rows_keep_their_values_and_get_the_default() {
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    run(session.as_mut(), users).unwrap();
    run(session.as_mut(), |op| {
        op.add_column("users", column("tag", Text).default("it's"))
    })
    .unwrap();
    let rows = Sqlite::values(
        session.as_mut(),
        "SELECT name || '/' || tag AS text FROM users ORDER BY id",
    );
    assert_eq!(rows, ["Ada/it's", "Grace/it's"]);
}
