//! Indexes: plain, unique, partial, over expressions, in both orders; dropped.

use migrate_core::prelude::*;

use super::{Case, check, run, users};
use crate::backend::TestBackend;
use crate::sqlite::Sqlite;

#[test]
fn create_index() {
    check::<Sqlite>(&Case {
        before: users,
        change: |op| {
            op.create_index(index("ix_plain").on("users", ["name"]))?;
            op.create_index(
                index("ix_unique")
                    .on("users", [asc("name"), desc("email")])
                    .unique(),
            )?;
            op.create_index(
                index("ix_partial")
                    .on("users", ["email"])
                    .filter("email IS NOT NULL"),
            )?;
            op.create_index(index("ix_expression").on("users", [expression("lower(name)")]))
        },
        effect: &[
            "+ index ix_expression on users(expression)",
            "+ index ix_partial on users(email) partial",
            "+ index ix_plain on users(name)",
            "+ index ix_unique on users(name, email desc) unique",
        ],
    });
}

#[test]
fn drop_index_with_its_definition() {
    check::<Sqlite>(&Case {
        before: |op| {
            users(op)?;
            op.create_index(index("ix_name").on("users", ["name"]).unique())
        },
        change: |op| {
            op.drop_index("ix_name")
                .was(index("ix_name").on("users", ["name"]).unique())
        },
        effect: &["- index ix_name on users(name) unique"],
    });
}

#[test]
fn an_index_over_a_column_that_is_not_there_is_an_error() {
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    run(session.as_mut(), users).unwrap();
    let error = run(session.as_mut(), |op| {
        op.create_index(index("ix").on("users", ["nmae"]))
    })
    .unwrap_err();
    assert!(error.to_string().contains("no such column"), "{error}");
}
