//! Views: created, replaced, renamed, dropped.

use migrate_core::prelude::*;

use super::{cases, users};

fn names(op: &mut Operations<'_>) -> Result<()> {
    users(op)?;
    op.create_view(view("names", "SELECT name FROM users"))
}

cases! {
    create_view: users, |op| op.create_view(
        view("names", "SELECT id, name FROM users WHERE name <> ''").columns(["number", "shown as"]));
    create_materialized_view: users, |op| op.create_view(
        view("names", "SELECT name FROM users").materialized());
    replace_view: names, |op| op.replace_view(
        view("names", "SELECT name FROM users WHERE id > 1").was("SELECT name FROM users"));
    create_view_if_not_exists: names, |op| op.create_view(
        view("names", "SELECT id FROM users").if_not_exists());
    replace_materialized_view: |op| {
        users(op)?;
        op.create_view(view("names", "SELECT name FROM users").materialized())
    }, |op| op.replace_view(
        view("names", "SELECT name FROM users WHERE id > 1").materialized().was("SELECT name FROM users"));
    drop_materialized_view: |op| {
        users(op)?;
        op.create_view(view("names", "SELECT name FROM users").materialized())
    }, |op| op.drop_materialized_view(view("names", "SELECT name FROM users").materialized());
    drop_view_if_exists: names, |op| op.drop_view_if_exists("names");
    rename_view: names, |op| op.rename_view("names", "people");
    drop_view: names, |op| op.drop_view(view("names", "SELECT name FROM users"));
}
