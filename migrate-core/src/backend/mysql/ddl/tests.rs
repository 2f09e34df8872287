//! Statements, as both servers take them.

use crate::backend::Backend;
use crate::backend::mysql::{Mariadb, Mysql};
use crate::execute::Collect;
use crate::op::Operations;
use crate::operation::Operation;
use crate::prelude::*;

type Body = fn(&mut Operations<'_>) -> Result<()>;

fn collected(backend: &'static dyn Backend, body: Body) -> Vec<Operation> {
    let mut collect = Collect::new(backend);
    let mut op = collect.operations();
    body(&mut op).unwrap();
    collect.into_operations()
}

fn statements(backend: &'static dyn Backend, body: Body) -> Vec<String> {
    collected(backend, body)
        .iter()
        .flat_map(|operation| backend.ddl(operation).unwrap())
        .collect()
}

fn refused(backend: &'static dyn Backend, body: Body) -> String {
    let error = body(&mut Collect::new(backend).operations()).unwrap_err();
    error.to_string()
}

/// SQL that is the same for both servers.
fn both(body: Body) -> Vec<String> {
    let mysql = statements(&Mysql, body);
    assert_eq!(mysql, statements(&Mariadb, body));
    mysql
}

#[test]
fn a_table_has_its_keys_after_its_columns() {
    let statements = both(|op| {
        op.create_table(
            table("posts")
                .column(
                    column("id", BigInt.unsigned())
                        .primary_key()
                        .autoincrement(),
                )
                .column(
                    column("author", Integer)
                        .references("users", "id")
                        .on_delete(Cascade),
                )
                .column(
                    column("title", VarChar(80))
                        .default("it's")
                        .comment("shown"),
                )
                .column(column("stars", Integer).default(0).check("stars >= 0"))
                .column(column("at", Timestamp).default_sql("CURRENT_TIMESTAMP"))
                .unique(["author", "title"])
                .engine("InnoDB")
                .comment("what people wrote"),
        )
    });
    assert_eq!(
        statements,
        ["CREATE TABLE `posts` (\n  \
          `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,\n  \
          `author` INT NOT NULL,\n  \
          `title` VARCHAR(80) NOT NULL DEFAULT 'it''s' COMMENT 'shown',\n  \
          `stars` INT NOT NULL DEFAULT 0,\n  \
          `at` DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),\n  \
          PRIMARY KEY (`id`),\n  \
          FOREIGN KEY (`author`) REFERENCES `users` (`id`) ON DELETE CASCADE,\n  \
          CHECK (stars >= 0),\n  \
          UNIQUE (`author`, `title`)\n\
          ) ENGINE = `InnoDB` COMMENT = 'what people wrote'"]
    );
}

#[test]
fn long_text_has_its_default_as_an_expression_on_mysql() {
    let body: Body = |op| op.add_column("t", column("note", Text).default("none"));
    assert_eq!(
        statements(&Mysql, body),
        ["ALTER TABLE `t` ADD COLUMN `note` LONGTEXT NOT NULL DEFAULT ('none')"]
    );
    assert_eq!(
        statements(&Mariadb, body),
        ["ALTER TABLE `t` ADD COLUMN `note` LONGTEXT NOT NULL DEFAULT 'none'"]
    );
}

#[test]
fn a_column_that_was_said_as_a_whole_is_restated_without_a_server() {
    let statements = both(|op| {
        op.alter_column(
            "t",
            alter("name").set_not_null().was(
                column("name", VarChar(20))
                    .nullable()
                    .default("x")
                    .comment("c"),
            ),
        )
    });
    assert_eq!(
        statements,
        ["ALTER TABLE `t` MODIFY COLUMN `name` VARCHAR(20) NOT NULL DEFAULT 'x' COMMENT 'c'"]
    );
    assert_eq!(
        both(|op| op.alter_column("t", alter("name").set_default("y"))),
        ["ALTER TABLE `t` ALTER COLUMN `name` SET DEFAULT 'y'"]
    );
    let alter = &collected(&Mysql, |op| {
        op.alter_column("t", alter("name").set_not_null())
    })[0];
    let refused = Mysql.ddl(alter).unwrap_err();
    assert!(refused.what.contains("nullability"), "{refused}");
}

#[test]
fn what_only_mariadb_has_is_refused_on_mysql() {
    let bodies: [Body; 5] = [
        |op| op.create_index(index("ix").on("t", ["a"]).if_not_exists()),
        |op| op.drop_index("ix").if_exists().on("t"),
        |op| op.create_sequence(sequence("s")),
        |op| op.drop_constraint_if_exists("t", "ck"),
        |op| op.create_view(view("v", "SELECT 1").if_not_exists()),
    ];
    for body in bodies {
        assert!(refused(&Mysql, body).starts_with("MySQL cannot"));
        assert_eq!(statements(&Mariadb, body).len(), 1);
    }
    let expression: Body = |op| op.create_index(index("ix").on("t", [expression("lower(a)")]));
    assert_eq!(
        statements(&Mysql, expression),
        ["CREATE INDEX `ix` ON `t` ((lower(a)))"]
    );
    assert!(refused(&Mariadb, expression).starts_with("MariaDB cannot"));
}

#[test]
fn a_constraint_is_dropped_by_its_kind() {
    let check: Body = |op| op.drop_check("t", "ck");
    assert_eq!(
        statements(&Mysql, check),
        ["ALTER TABLE `t` DROP CHECK `ck`"]
    );
    assert_eq!(
        statements(&Mariadb, check),
        ["ALTER TABLE `t` DROP CONSTRAINT `ck`"]
    );
    let statements = both(|op| {
        op.drop_foreign_key("t", "fk")?;
        op.drop_unique("t", "uq")?;
        op.drop_primary_key("t")?;
        op.drop_constraint("t", "any")
    });
    assert_eq!(
        statements,
        [
            "ALTER TABLE `t` DROP FOREIGN KEY `fk`",
            "ALTER TABLE `t` DROP INDEX `uq`",
            "ALTER TABLE `t` DROP PRIMARY KEY",
            "ALTER TABLE `t` DROP CONSTRAINT `any`",
        ]
    );
}

#[test]
fn what_neither_has_is_refused_by_name() {
    let bodies: [Body; 12] = [
        |op| op.create_index(index("ix").on("t", ["a"]).filter("a > 0")),
        |op| op.create_index(index("ix").on("t", ["a"]).include(["b"])),
        |op| op.create_index(index("ix").on("t", ["a"]).using("gin")),
        |op| op.create_table(table("t").column(column("a", Text.array()))),
        |op| op.create_table(table("t").column(column("a", Integer)).strict()),
        |op| op.create_table(table("t").column(column("a", Integer)).unlogged()),
        |op| op.create_table(table("t")),
        |op| op.add_constraint("t", check("a > 0").not_valid()),
        |op| op.add_constraint("t", unique(["a"]).deferrable()),
        |op| {
            op.add_constraint(
                "t",
                foreign_key(["a"])
                    .references("u", ["b"])
                    .on_delete(SetDefault),
            )
        },
        |op| op.validate_constraint("t", "ck"),
        |op| op.alter_column("t", alter("a").set_type(Integer).using("b")),
    ];
    for backend in [&Mysql as &'static dyn Backend, &Mariadb] {
        for (number, body) in bodies.iter().enumerate() {
            let said = refused(backend, *body);
            assert!(
                said.starts_with(&format!("{} cannot", backend.kind().name())),
                "{number}: {said}"
            );
        }
    }
}
