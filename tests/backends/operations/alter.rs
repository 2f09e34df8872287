//! Existing columns: every aspect changed, and changed back.

use migrate_core::prelude::*;

use super::{cases, users};

/// A table with a column for each kind of change.
fn things(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("things")
            .column(column("id", Integer).primary_key())
            .column(column("size", Integer))
            .column(column("born", VarChar(20)))
            .column(column("note", VarChar(100)).nullable().default("none"))
            .column(column("number", BigInt)),
    )
}

cases! {
    alter_column_type: things, |op| op.alter_column(
        "things", alter("size").set_type(BigInt).was(column("size", Integer)));
    alter_column_type_with_using: things, |op| op.alter_column(
        "things", alter("born").set_type(Date)
            .using(sql("born::date").on(BackendKind::Sqlite, "date(born)"))
            .using_back(sql("born::text").on(BackendKind::Sqlite, "born"))
            .was(column("born", VarChar(20))));
    alter_column_type_and_default: things, |op| op.alter_column(
        "things", alter("note").set_type(Text).set_default("it's empty").set_not_null()
            .was(column("note", VarChar(100)).nullable().default("none")));
    alter_column_not_null: users, |op| op.alter_column(
        "users", alter("name").drop_not_null().was(column("name", VarChar(80))));
    alter_column_default: things, |op| {
        op.alter_column("things", alter("size").set_default(7).was(column("size", Integer)))?;
        op.alter_column("things", alter("note").drop_default()
            .was(column("note", VarChar(100)).nullable().default("none")))
    };
    alter_column_identity: things, |op| op.alter_column(
        "things", alter("id").set_identity().was(column("id", Integer)));
    alter_column_identity_always: things, |op| op.alter_column(
        "things", alter("id").set_identity_always().was(column("id", Integer)));
    alter_column_without_identity: |op| op.create_table(
        table("things").column(column("id", BigInt).primary_key().autoincrement())),
        |op| op.alter_column("things", alter("id").drop_identity()
            .was(column("id", BigInt).primary_key().autoincrement()));
    alter_column_set_not_null: things, |op| op.alter_column(
        "things", alter("note").set_not_null().was(column("note", VarChar(100)).nullable().default("none")));
    alter_column_default_by_expression: things, |op| op.alter_column(
        "things", alter("size").set_default_sql("3 + 4").was(column("size", Integer)));
    alter_column_computed: things, |op| op.alter_column(
        "things", alter("number").set_generated_stored("size * 2").drop_not_null().was(column("number", BigInt)));
    alter_column_no_longer_computed: |op| op.create_table(
        table("things").column(column("size", Integer))
            .column(column("twice", Integer).nullable().generated_stored("size * 2"))),
        |op| op.alter_column("things", alter("twice").drop_generated());
    alter_column_without_comment: |op| op.create_table(
        table("things").column(column("size", Integer).comment("in mm"))),
        |op| op.alter_column("things", alter("size").drop_comment().was(column("size", Integer).comment("in mm")));
    alter_column_collation: things, |op| op.alter_column(
        "things", alter("born").set_collation(match op.backend() {
            BackendKind::Sqlite => "NOCASE",
            BackendKind::Postgres => "C",
            _ => "utf8mb4_bin",
        }).was(column("born", VarChar(20))));
    alter_column_comment: things, |op| op.alter_column(
        "things", alter("size").set_comment("in mm, it's").was(column("size", Integer)));
}
