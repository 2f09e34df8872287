//! Comments on tables and columns.

use migrate_core::prelude::*;

use super::{cases, nothing, users};

cases! {
    create_table_with_comments: nothing, |op| op.create_table(
        table("notes").column(column("id", Integer).primary_key().comment("a 'number'")).comment("é \\ \"quoted\""));
    comment_on_table: users, |op| op.comment_on_table("users", comment("who may log in").was(None));
    remove_comment_on_table: |op| {
        users(op)?;
        op.comment_on_table("users", "old")
    }, |op| op.comment_on_table("users", no_comment().was(Some("old")));
}
