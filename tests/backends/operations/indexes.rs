//! Indexes: plain, unique, in both orders; dropped.

use migrate_core::prelude::*;

use super::{Case, check, run, users};
use crate::backend::{TestBackend, on_each_backend};

fn create_index<B: TestBackend>() {
    check::<B>(&Case {
        name: "create_index",
        before: users,
        change: |op| {
            op.create_index(index("ix_plain").on("users", ["name"]))?;
            op.create_index(
                index("ix_unique")
                    .on("users", [asc("name"), desc("email")])
                    .unique(),
            )
        },
    });
}

fn drop_index_with_its_definition<B: TestBackend>() {
    check::<B>(&Case {
        name: "drop_index_with_its_definition",
        before: |op| {
            users(op)?;
            op.create_index(index("ix_name").on("users", ["name"]).unique())
        },
        change: |op| {
            op.drop_index("ix_name")
                .was(index("ix_name").on("users", ["name"]).unique())
        },
    });
}

fn an_index_on_a_missing_column_is_an_error<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    run(session.as_mut(), users).unwrap();
    let error = run(session.as_mut(), |op| {
        op.create_index(index("ix").on("users", ["nmae"]))
    })
    .unwrap_err();
    assert!(error.to_string().contains("nmae"), "{error}");
}

on_each_backend! {
    create_index
    drop_index_with_its_definition
    an_index_on_a_missing_column_is_an_error
}
