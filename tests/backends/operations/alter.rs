//! Columns that are there already: every aspect changed, and changed back.

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
        "things", alter("number").set_identity().was(column("number", BigInt)));
    alter_column_collation: things, |op| op.alter_column(
        "things", alter("born").set_collation("C").was(column("born", VarChar(20))));
    alter_column_comment: things, |op| op.alter_column(
        "things", alter("size").set_comment("in mm, it's").was(column("size", Integer)));
}
