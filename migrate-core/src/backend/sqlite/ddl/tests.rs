//! Operations and their SQL; refusals and their help.

use super::super::Sqlite;
use crate::backend::Backend;
use crate::error::{OperationError, Unsupported};
use crate::execute::Collect;
use crate::op::Operations;
use crate::prelude::*;

/// Collects the operations of a body and renders them.
fn rendered(body: impl Fn(&mut Operations<'_>) -> Result<()>) -> Vec<String> {
    let mut collect = Collect::new(&Sqlite);
    let mut op = collect.operations();
    body(&mut op).expect("SQLite can do it");
    collect
        .into_operations()
        .iter()
        .flat_map(|operation| Sqlite.ddl(operation).unwrap())
        .collect()
}

/// The refusal of a body's first operation.
fn refused(body: impl Fn(&mut Operations<'_>) -> Result<()>) -> Unsupported {
    let error = body(&mut Collect::new(&Sqlite).operations()).expect_err("SQLite cannot do it");
    match error.downcast_ref() {
        Some(OperationError::Unsupported(unsupported)) => unsupported.clone(),
        _ => panic!("{error}"),
    }
}

fn check(body: impl Fn(&mut Operations<'_>) -> Result<()>, expected: &str) {
    assert_eq!(rendered(body).join(";\n"), expected);
}

fn check_refused(body: impl Fn(&mut Operations<'_>) -> Result<()>, message: &str, help: &str) {
    let refused = refused(body);
    assert_eq!(
        (
            refused.to_string().as_str(),
            refused.help.to_string().as_str()
        ),
        (message, help)
    );
}

#[test]
fn a_table_with_everything() {
    check(
        |op| {
            op.create_table(
                table("orders")
                    .column(column("id", Integer).primary_key().autoincrement())
                    .column(column("number", VarChar(20)).unique())
                    .column(
                        column("customer", Integer)
                            .references("customers", "id")
                            .on_delete(Cascade),
                    )
                    .column(
                        column("total", Decimal(10, 2))
                            .default(0)
                            .check("total >= 0"),
                    )
                    .column(column("note", Text).nullable().collate("NOCASE"))
                    .column(column("placed_at", Timestamp).default_sql("CURRENT_TIMESTAMP"))
                    .column(column("twice", Double).generated("total * 2"))
                    .constraint(check_named())
                    .unique(["customer", "number"])
                    .constraint(
                        foreign_key(["customer", "number"])
                            .references("slips", ["customer", "number"])
                            .on_update(SetNull)
                            .initially_deferred()
                            .named("fk_slip"),
                    ),
            )
        },
        "CREATE TABLE `orders` (\n  \
           `id` INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n  \
           `number` VARCHAR(20) NOT NULL UNIQUE,\n  \
           `customer` INTEGER NOT NULL REFERENCES `customers` (`id`) ON DELETE CASCADE,\n  \
           `total` DECIMAL(10, 2) NOT NULL DEFAULT 0 CHECK (total >= 0),\n  \
           `note` TEXT COLLATE `NOCASE`,\n  \
           `placed_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,\n  \
           `twice` DOUBLE GENERATED ALWAYS AS (total * 2) VIRTUAL NOT NULL,\n  \
           CONSTRAINT `ck_number` CHECK (number <> ''),\n  \
           UNIQUE (`customer`, `number`),\n  \
           CONSTRAINT `fk_slip` FOREIGN KEY (`customer`, `number`) REFERENCES `slips` (`customer`, `number`) \
         ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED\n)",
    );
}

fn check_named() -> crate::op::CheckBuilder {
    crate::op::check("number <> ''").named("ck_number")
}

#[test]
fn types_have_names_that_print_schema_reads_back() {
    let spelled = |ty: Type| {
        let sql = rendered(|op| op.add_column("t", column("c", ty.clone()).nullable())).remove(0);
        sql.strip_prefix("ALTER TABLE `t` ADD COLUMN `c` ")
            .unwrap()
            .to_owned()
    };
    for (ty, expected) in [
        (SmallInt, "SMALLINT"),
        (Integer, "INTEGER"),
        (BigInt, "BIGINT"),
        (Float, "FLOAT"),
        (Double, "DOUBLE"),
        (Numeric, "NUMERIC"),
        (Bool, "BOOLEAN"),
        (Text, "TEXT"),
        (Char(2), "CHAR(2)"),
        (Binary, "BLOB"),
        (Date, "DATE"),
        (Time, "TIME"),
        (Timestamp, "TIMESTAMP"),
        (Timestamptz, "TIMESTAMP"),
        (Json, "TEXT"),
        (Jsonb, "BLOB"),
        (Uuid, "TEXT"),
        ("GEOMETRY".into(), "GEOMETRY"),
    ] {
        assert_eq!(spelled(ty), expected);
    }
}

#[test]
fn a_numbered_column_is_the_row_id_whatever_integer_it_is() {
    check(
        |op| op.create_table(table("t").column(column("id", BigInt).primary_key().autoincrement())),
        "CREATE TABLE `t` (\n  `id` INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT\n)",
    );
}

#[test]
fn options_of_a_table() {
    check(
        |op| {
            let id = column("id", BigInt).primary_key();
            op.create_table(
                table("t")
                    .column(id)
                    .strict()
                    .without_rowid()
                    .if_not_exists(),
            )
        },
        "CREATE TABLE IF NOT EXISTS `t` (\n  `id` INTEGER NOT NULL PRIMARY KEY\n) STRICT, WITHOUT ROWID",
    );
}

#[test]
fn a_schema_goes_where_sqlite_wants_it() {
    check(
        |op| {
            let users = ObjectName::qualified("aux", "users");
            op.rename_table(users.clone(), "people")?;
            op.create_index(index("ix").on(users.clone(), ["name"]))?;
            op.drop_index("ix").if_exists().on(users.clone())?;
            op.drop_table(users)
        },
        "ALTER TABLE `aux`.`users` RENAME TO `people`;\n\
         CREATE INDEX `aux`.`ix` ON `users` (`name`);\n\
         DROP INDEX IF EXISTS `aux`.`ix`;\n\
         DROP TABLE `aux`.`users`",
    );
}

#[test]
fn indexes() {
    check(
        |op| {
            let parts = [
                asc("queue"),
                desc("id"),
                expression("lower(name)"),
                "plain".into(),
            ];
            op.create_index(
                index("ix")
                    .on("jobs", parts)
                    .unique()
                    .filter("done_at IS NULL"),
            )
        },
        "CREATE UNIQUE INDEX `ix` ON `jobs` (`queue` ASC, `id` DESC, (lower(name)), `plain`) \
         WHERE done_at IS NULL",
    );
}

#[test]
fn rows_are_inserted_in_statements_of_a_bounded_size() {
    let sql = rendered(|op| op.bulk_insert("t", ["a"], (0..1_001).map(|number| [number])));
    assert_eq!(sql.len(), 3);
    assert!(sql[0].starts_with("INSERT INTO `t` (`a`) VALUES\n  (0),\n  (1),"));
    assert_eq!(sql[2], "INSERT INTO `t` (`a`) VALUES\n  (1000)");
    let long = "x".repeat(150_000);
    let sql = rendered(|op| op.bulk_insert("t", ["a"], [[long.as_str()], [&long], [&long]]));
    assert_eq!(sql.len(), 3);
    assert_eq!(
        rendered(|op| op.bulk_insert("t", ["a"], Vec::<[i32; 1]>::new())).len(),
        0
    );
}

#[test]
fn rows_of_any_values() {
    check(
        |op| {
            op.bulk_insert(
                "t",
                ["a", "b", "c"],
                [(1, "it's", None), (2, "", Some(true))],
            )
        },
        "INSERT INTO `t` (`a`, `b`, `c`) VALUES\n  (1, 'it''s', NULL),\n  (2, '', 1)",
    );
}

#[test]
fn a_column_that_existing_rows_cannot_have_is_refused() {
    check_refused(
        |op| op.add_column("users", column("phone", Text)),
        "SQLite cannot add `phone` to `users`, which exists: it may not be null, and has no default for the \
         rows that are there",
        "add `.default(…)` or `.nullable()`",
    );
}

/// The refusal in offline mode of a body's only operation, which a database would run.
fn unscripted(body: impl Fn(&mut Operations<'_>) -> Result<()>) -> String {
    let mut collect = Collect::new(&Sqlite);
    let mut op = collect.operations();
    body(&mut op).expect("SQLite can do it");
    let refused = Sqlite.ddl(&collect.into_operations()[0]).unwrap_err();
    assert_eq!(
        refused.help.to_string(),
        "run this revision on the database, without `--sql`"
    );
    let why = |what| format!("; this {what} from its definition, which only the database has");
    refused
        .what
        .strip_suffix(&why("rebuilds the table"))
        .or(refused.what.strip_suffix(&why("recreates the index")))
        .unwrap()
        .to_owned()
}

#[test]
fn what_takes_the_tables_own_definition_is_in_no_script() {
    assert_eq!(
        unscripted(|op| {
            op.add_column(
                "users",
                column("at", Timestamp).default_sql("CURRENT_TIMESTAMP"),
            )
        }),
        "add `at` to `users`: its default is not a fixed value"
    );
    assert_eq!(
        unscripted(|op| {
            op.add_column(
                "users",
                column("boss", Integer).default(1).references("users", "id"),
            )
        }),
        "add `boss` to `users`: it points at another table and does not begin as NULL"
    );
    assert_eq!(
        unscripted(|op| op.add_column("users", column("email", Text).nullable().unique())),
        "add `email` to `users`: it is unique"
    );
    assert_eq!(
        unscripted(|op| op.alter_column("users", alter("age").set_type(BigInt).drop_not_null())),
        "alter column `age` of `users`: type, nullability"
    );
    assert_eq!(
        unscripted(|op| op.add_constraint("users", crate::op::check("age > 0").named("ck_age"))),
        "add check constraint `ck_age` to `users`"
    );
    assert_eq!(
        unscripted(|op| op.drop_constraint("users", "ck_age")),
        "drop constraint `ck_age` of `users`"
    );
    assert_eq!(
        unscripted(|op| op.rename_index("users", "ix", "ix_age")),
        "rename index `ix` to `ix_age`"
    );
}

#[test]
fn what_other_servers_have_is_refused_by_name() {
    type Body = fn(&mut Operations<'_>) -> Result<()>;
    let bodies: [(Body, &str); 12] = [
        (
            |op| op.create_enum(crate::op::enum_type("mood", ["sad", "ok"])),
            "create enum type `mood`: it has no enum types",
        ),
        (
            |op| op.create_sequence(crate::op::sequence("s")),
            "create sequence `s`: it has no sequences",
        ),
        (
            |op| op.create_schema("audit"),
            "create schema `audit`: it has no schemas",
        ),
        (
            |op| op.create_extension("citext"),
            "create extension `citext`: it has no extensions of its own",
        ),
        (
            |op| op.create_domain(crate::op::domain("d", Text)),
            "create domain `d`: it has no domains",
        ),
        (|op| op.comment_on_table("t", "c"), "keep a comment on `t`"),
        (
            |op| op.alter_column("t", alter("a").set_type(Text.array())),
            "keep an array",
        ),
        (
            |op| op.add_constraint("t", exclude([("a", "=")])),
            "keep an exclusion constraint",
        ),
        (
            |op| op.validate_constraint("t", "ck"),
            "validate the constraint `ck` of `t`: it has no constraints that are not valid",
        ),
        (
            |op| op.create_index(index("ix").on("t", ["a"]).concurrently()),
            "change an index concurrently: it has one writer at a time",
        ),
        (
            |op| op.create_index(index("ix").on("t", [key("a").prefix(3)])),
            "sort an index by the beginning of a column",
        ),
        (
            |op| op.drop_column_if_exists("t", "a"),
            "say DROP COLUMN IF EXISTS",
        ),
    ];
    for (body, what) in bodies {
        let refused = refused(body);
        assert_eq!(refused.what, what);
        assert!(!refused.help.is_empty());
    }
}

#[test]
fn views_and_statements_for_one_backend() {
    check(
        |op| {
            op.create_view(view("v", "SELECT 1").columns(["a`b"]).if_not_exists())?;
            op.replace_view(view("v", "SELECT 2"))?;
            op.drop_view_if_exists("v")?;
            op.execute(sql_for(BackendKind::Postgres, "CLUSTER"))?;
            op.execute(sql_for(BackendKind::Postgres, "x").on(BackendKind::Sqlite, "VACUUM"))
        },
        "CREATE VIEW IF NOT EXISTS `v` (`a``b`) AS SELECT 1;\n\
         DROP VIEW IF EXISTS `v`;\n\
         CREATE VIEW `v` AS SELECT 2;\n\
         DROP VIEW IF EXISTS `v`;\n\
         VACUUM",
    );
}

#[test]
fn tables_that_sqlite_would_misread_are_refused() {
    for (table, message) in [
        (table("t"), "create `t` without a column"),
        (
            table("t").column(column("a", Text)).comment("c"),
            "keep a comment on `t`",
        ),
        (
            table("t").column(column("a", Text).comment("c")),
            "keep a comment on `a`",
        ),
        (
            table("t").column(column("id", Integer).autoincrement()),
            "number the rows of `t` by `id`: it is not the primary key by itself",
        ),
        (
            table("t").column(column("id", Text).primary_key().autoincrement()),
            "number rows by `id`, which is no integer",
        ),
        (
            table("t")
                .column(column("id", Integer).primary_key().autoincrement())
                .without_rowid(),
            "number the rows of `t` by `id`: the table is without row ids",
        ),
        (
            table("t")
                .column(column("a", Integer).primary_key())
                .column(column("b", Integer).primary_key()),
            "give `t` a second primary key, over `b`",
        ),
        (
            table("t").column(column("a\0", Integer)),
            "take a name with a NUL character in it: \"a\\0\"",
        ),
    ] {
        let refused = refused(|op| op.create_table(table.clone()));
        assert_eq!(refused.what, message);
        assert!(!refused.help.is_empty());
    }
}

#[test]
fn rows_that_do_not_fit_are_refused() {
    let refused = refused(|op| op.bulk_insert("t", ["a", "b"], [vec![1, 2], vec![3]]));
    assert_eq!(
        refused.what,
        "insert row 2 into `t`: values given: 1, columns: 2"
    );
}
