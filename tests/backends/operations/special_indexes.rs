//! What some servers know about indexes.

use migrate_core::prelude::*;

use super::{cases, users};

cases! {
    create_index_with_included_columns: users, |op| op.create_index(
        index("ix").on("users", ["name"]).include(["email"]));
    create_index_with_method: users, |op| op.create_index(index("ix").on("users", ["email"]).using("hash"));
    create_index_with_parameters: users, |op| op.create_index(
        index("ix").on("users", ["email"]).with("fillfactor", 70));
    create_index_where_nulls_are_alike: users, |op| op.create_index(
        index("ix").on("users", ["email"]).unique().nulls_not_distinct());
    create_index_that_says_where_nulls_are: users, |op| op.create_index(
        index("ix").on("users", [desc("email").nulls_last(), asc("name").nulls_first()]));
    create_index_with_operator_class: users, |op| op.create_index(
        index("ix").on("users", [key("email").operator_class("varchar_pattern_ops")]));
    create_index_with_collation: users, |op| op.create_index(
        index("ix").on("users", [key("email").collate(match op.backend() {
            BackendKind::Sqlite => "NOCASE",
            _ => "C",
        })]));
    create_index_over_the_beginning: users, |op| op.create_index(
        index("ix").on("users", [key("email").prefix(10)]));
    create_index_concurrently: users, |op| op.create_index(index("ix").on("users", ["email"]).concurrently());
    drop_index_concurrently: |op| {
        users(op)?;
        op.create_index(index("ix").on("users", ["email"]))
    }, |op| op.drop_index("ix").concurrently().was(index("ix").on("users", ["email"]));
    rename_index: |op| {
        users(op)?;
        op.create_index(index("ix").on("users", ["email"]))
    }, |op| op.rename_index("users", "ix", "ix_users_email");
}
