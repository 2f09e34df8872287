//! Index features of some servers.

use migrate_core::prelude::*;

use super::{cases, users};

cases! {
    create_unique_index: users, |op| op.create_index(index("ix").on("users", ["name", "email"]).unique());
    create_partial_index: users, |op| op.create_index(
        index("ix").on("users", ["email"]).filter("email IS NOT NULL"));
    create_index_over_an_expression: users, |op| op.create_index(
        index("ix").on("users", [expression("lower(name)")]));
    create_index_in_both_orders: users, |op| op.create_index(
        index("ix").on("users", [asc("name"), desc("email")]));
    create_index_if_not_exists: users, |op| op.create_index(index("ix").on("users", ["name"]).if_not_exists());
    drop_index_if_exists: |op| {
        users(op)?;
        op.create_index(index("ix").on("users", ["name"]))
    }, |op| op.drop_index("ix").if_exists().on("users");
    create_unique_index_concurrently: users, |op| op.create_index(
        index("ix").on("users", ["email"]).unique().concurrently());
    create_index_concurrently_if_not_exists: users, |op| op.create_index(
        index("ix").on("users", ["email"]).concurrently().if_not_exists());
    drop_index_concurrently_if_exists: |op| {
        users(op)?;
        op.create_index(index("ix").on("users", ["email"]))
    }, |op| op.drop_index("ix").concurrently().if_exists().on("users");
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
