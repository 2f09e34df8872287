//! Columns and tables in forms that not every server supports, and rows: computed, numbered,
//! commented, conditional.

use migrate_core::error::Unsupported;
use migrate_core::operation::Quoting;
use migrate_core::operation::{Custom, CustomOperation, Operation};
use migrate_core::prelude::*;
use migrate_core::schema::{Identity, SequenceOptions};

use super::{cases, nothing, users};

fn prices(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("prices")
            .column(column("net", Integer))
            .column(column("note", VarChar(20)).nullable()),
    )
}

/// A custom operation with its reverse.
#[derive(Debug)]
struct Analyzed {
    table: &'static str,
    undo: bool,
}

impl CustomOperation for Analyzed {
    fn describe(&self) -> String {
        format!("mark `{}` as analyzed", self.table)
    }

    fn statements(&self, backend: &dyn Quoting) -> Result<Vec<String>, Unsupported> {
        let name = backend.name(&ObjectName::from(format!("{}_analyzed", self.table)))?;
        Ok(vec![match self.undo {
            false => format!("CREATE TABLE {name} (id int)"),
            true => format!("DROP TABLE {name}"),
        }])
    }

    fn reverse(&self) -> Option<Operation> {
        Some(
            Custom::new(Analyzed {
                undo: !self.undo,
                ..*self
            })
            .into(),
        )
    }
}

cases! {
    add_column_if_not_exists: users, |op| op.add_column_if_not_exists(
        "users", column("phone", VarChar(20)).nullable());
    drop_column_if_exists: users, |op| op.drop_column_if_exists("users", "email");
    add_column_with_comment: users, |op| op.add_column(
        "users", column("phone", VarChar(20)).nullable().comment("with +, it's"));
    add_column_with_collation: users, |op| op.add_column("users", column("tag", VarChar(20)).nullable()
        .collate(match op.backend() {
            BackendKind::Sqlite => "NOCASE",
            BackendKind::Postgres => "C",
            _ => "utf8mb4_bin",
        }));
    add_column_computed_and_stored: prices, |op| op.add_column(
        "prices", column("gross", Integer).nullable().generated_stored("net * 2"));
    add_column_computed_when_read: prices, |op| op.add_column(
        "prices", column("gross", Integer).nullable().generated("net * 2"));
    add_column_that_numbers: prices, |op| op.add_column(
        "prices", column("id", Integer).primary_key().autoincrement());
    add_column_filled_again_with_each_update: prices, |op| op.add_column(
        "prices", column("at", Timestamp).default_sql("CURRENT_TIMESTAMP").on_update_sql("CURRENT_TIMESTAMP"));
    add_column_with_default_by_expression: prices, |op| op.add_column(
        "prices", column("gross", Integer).default_sql("1 + 2"));
    create_table_numbered_always: nothing, |op| op.create_table(
        table("t").column(column("id", Integer).primary_key().identity_always()));
    create_table_numbered_from: nothing, |op| {
        let mut options = SequenceOptions::default();
        options.start = Some(100);
        let mut identity = Identity::default();
        identity.options = options;
        op.create_table(table("t").column(column("id", Integer).primary_key().identity(identity)))
    };
    create_table_if_not_exists: users, |op| {
        op.create_table(table("users").column(column("other", Text)).if_not_exists())?;
        op.create_table(table("t").column(column("id", Integer)).if_not_exists())
    };
    drop_table_if_exists: users, |op| {
        op.drop_table_if_exists("missing")?;
        op.drop_table_if_exists("users")
    };
    create_table_strict: nothing, |op| op.create_table(
        table("t").column(column("id", Integer).primary_key()).strict());
    create_table_without_rowid: nothing, |op| op.create_table(
        table("t").column(column("id", Integer).primary_key()).without_rowid());
    create_table_unlogged: nothing, |op| op.create_table(
        table("t").column(column("id", Integer).primary_key()).unlogged());
    create_table_with_storage_parameters: nothing, |op| op.create_table(
        table("t").column(column("id", Integer).primary_key()).with("fillfactor", 70));
    create_table_with_engine_and_collation: nothing, |op| op.create_table(
        table("t").column(column("id", Integer).primary_key()).engine("MyISAM").charset("utf8mb4")
            .collate("utf8mb4_bin"));
    bulk_insert: users, |op| op.bulk_insert(
        "users", ["id", "name"], [(3, "it's"), (4, "Barbara")]);
    execute_with_its_undo: users, |op| op.execute(
        sql("CREATE TABLE by_hand (a int)").undone_by("DROP TABLE by_hand"));
    execute_for_one_dialect: users, |op| op.execute(
        sql_for(BackendKind::Postgres, "CREATE TABLE by_hand (a int)"));
    execute_custom: users, |op| op.custom(Analyzed { table: "users", undo: false });
}
