//! Tables: created with everything, dropped, renamed.

use migrate_core::prelude::*;

use super::{Case, check, nothing, run, users};
use crate::backend::{TestBackend, on_each_backend};

fn create_table<B: TestBackend>() {
    check::<B>(&Case {
        name: "create_table",
        before: users,
        change: |op| {
            op.create_table(
                table("orders")
                    .column(column("id", Integer).primary_key().autoincrement())
                    .column(column("number", VarChar(20)).unique())
                    .column(
                        column("buyer", Integer)
                            .references("users", "id")
                            .on_delete(Cascade),
                    )
                    .column(
                        column("total", Decimal(10, 2))
                            .default(0)
                            .check("total >= 0"),
                    )
                    .column(column("note", Text).nullable())
                    .column(column("placed_at", Timestamp).default_sql("CURRENT_TIMESTAMP"))
                    .column(
                        column("twice", Double)
                            .nullable()
                            .generated_stored("total * 2"),
                    )
                    .check("number <> ''"),
            )
        },
    });
}

fn create_table_with_a_column_computed_when_read<B: TestBackend>() {
    check::<B>(&Case {
        name: "create_table_with_a_column_computed_when_read",
        before: nothing,
        change: |op| {
            op.create_table(
                table("prices")
                    .column(column("net", Integer))
                    .column(column("gross", Integer).nullable().generated("net * 2")),
            )
        },
    });
}

fn create_table_with_keys_over_several_columns<B: TestBackend>() {
    check::<B>(&Case {
        name: "create_table_with_keys_over_several_columns",
        before: nothing,
        change: |op| {
            op.create_table(
                table("members")
                    .column(column("team", Integer))
                    .column(column("person", Integer))
                    .column(column("badge", BigInt))
                    .primary_key(["team", "person"])
                    .unique(["badge", "team"]),
            )?;
            op.create_table(
                table("roles")
                    .column(column("team", Integer).nullable())
                    .column(column("person", Integer).nullable())
                    .constraint(
                        foreign_key(["team", "person"])
                            .references("members", ["team", "person"])
                            .on_delete(SetNull)
                            .on_update(Cascade),
                    ),
            )
        },
    });
}

fn drop_table_with_its_definition<B: TestBackend>() {
    check::<B>(&Case {
        name: "drop_table_with_its_definition",
        before: |op| op.create_table(table("old").column(column("a", Text).default("x'y"))),
        change: |op| op.drop_table(table("old").column(column("a", Text).default("x'y"))),
    });
}

fn rename_table<B: TestBackend>() {
    check::<B>(&Case {
        name: "rename_table",
        before: |op| {
            users(op)?;
            let author = column("author", Integer).references("users", "id");
            op.create_table(table("posts").column(author))
        },
        change: |op| op.rename_table("users", "people"),
    });
}

fn create_if_not_exists_leaves_existing_objects_alone<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    run(session.as_mut(), users).unwrap();
    let before = B::catalogue(session.as_mut());
    run(session.as_mut(), |op| {
        op.create_table(table("users").column(column("other", Text)).if_not_exists())?;
        op.drop_table_if_exists("missing")
    })
    .unwrap();
    assert_eq!(B::catalogue(session.as_mut()), before);
}

on_each_backend! {
    create_table_with_a_column_computed_when_read
    create_table
    create_table_with_keys_over_several_columns
    drop_table_with_its_definition
    rename_table
    create_if_not_exists_leaves_existing_objects_alone
}
