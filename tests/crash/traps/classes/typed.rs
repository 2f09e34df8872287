//! Typed operations, batches and connection blocks.

use diesel::prelude::*;
use diesel::{QueryDsl, RunQueryDsl, sql_query};
use migrate_core::prelude::*;

use super::{ALL, Class, MY, body, skips};

diesel::table! {
    t (id) { id -> Integer, n -> BigInt }
}

const WORD: &[&str] = &[
    "CREATE TABLE g (id INTEGER PRIMARY KEY, word VARCHAR(20) DEFAULT '1.0')",
    "INSERT INTO g (id) VALUES (1)",
];
const SEVEN: &[&str] = &["CREATE TABLE g (id INTEGER PRIMARY KEY, word VARCHAR(20) DEFAULT '7')"];
const COMPUTED: &[&str] = &[
    "CREATE TABLE g (id INTEGER PRIMARY KEY, n INT, c INT GENERATED ALWAYS AS (id * n - 3) STORED)",
    "INSERT INTO g (id, n) VALUES (2, 5)",
];
const NUMBER: &[&str] = &["CREATE TABLE g (id INTEGER PRIMARY KEY, n INT DEFAULT (2 * 3 - 1))"];
const VIEW: &[&str] = &["CREATE VIEW v AS SELECT id, n FROM t"];
const PAIR: &[&str] = &[
    "CREATE TABLE a (id INTEGER PRIMARY KEY, n INT)",
    "INSERT INTO a VALUES (1, 1)",
    "CREATE TABLE b (id INTEGER PRIMARY KEY, n INT)",
    "INSERT INTO b VALUES (2, 2), (3, 3)",
];

pub(super) fn classes() -> Vec<Class> {
    vec![
        body("typed: create_table and bulk_insert", ALL, &[], |op| {
            op.create_table(
                table("x")
                    .column(column("id", Integer).primary_key())
                    .column(column("word", VarChar(20)).nullable()),
            )?;
            op.bulk_insert("x", ["id", "word"], [(1, "a"), (2, "b")])
        }),
        body("typed: bulk_insert without a key", ALL, &[], |op| {
            op.bulk_insert("log", ["line"], [("a",), ("b",), ("c",)])
        }),
        body("typed: add, rename and drop columns", ALL, PAIR, |op| {
            op.add_column("a", column("c", Integer).default(3))?;
            op.rename_column("a", "n", "m")?;
            op.add_column("a", column("n", Integer).nullable())?;
            op.drop_column("a", "c")
        }),
        body("typed: drop and add one column", ALL, PAIR, |op| {
            op.drop_column("a", "n")?;
            op.add_column("a", column("n", Integer).default(5))
        }),
        body("typed: renames that swap tables", ALL, PAIR, |op| {
            op.rename_table("a", "swap")?;
            op.rename_table("b", "a")?;
            op.rename_table("swap", "b")
        }),
        body("typed: renames that swap columns", ALL, PAIR, |op| {
            op.rename_column("a", "n", "swap")?;
            op.rename_column("a", "id", "n")?;
            op.rename_column("a", "swap", "id")
        }),
        body("typed: indexes of one name", ALL, PAIR, |op| {
            op.create_index(index("ix").on("a", ["n"]))?;
            op.drop_index("ix").on("a")?;
            op.create_index(index("ix").on("a", ["n", "id"]).unique())
        }),
        body("typed: constraints", ALL, PAIR, |op| {
            op.add_constraint("a", unique(["n"]).named("uq_n"))?;
            op.add_constraint("b", check("n > 0").named("ck_n"))?;
            op.drop_check("b", "ck_n")?;
            op.add_constraint("b", check("n > 1").named("ck_n"))
        }),
        body("typed: drop_table and create_table", ALL, PAIR, |op| {
            op.drop_table("a")?;
            op.create_table(table("a").column(column("id", Integer).primary_key()))?;
            op.execute("INSERT INTO a VALUES (9)")
        }),
        body("typed: a default 1.00 that was 1.0", ALL, WORD, |op| {
            op.alter_column("g", alter("word").set_default("1.00"))
        }),
        body("typed: a default 007 that was 7", ALL, SEVEN, |op| {
            op.alter_column("g", alter("word").set_default("007"))
        }),
        body("typed: a default with parentheses", MY, NUMBER, |op| {
            op.alter_column("g", alter("n").set_default_sql("(2 * (3 - 1))"))
        }),
        body("typed: generated with parentheses", MY, COMPUTED, |op| {
            op.alter_column("g", alter("c").set_generated_stored("id * (n - 3)"))
        }),
        body("typed: types and nulls", ALL, WORD, |op| {
            op.alter_column("g", alter("word").set_type(VarChar(40)).set_default("x"))?;
            op.execute("UPDATE g SET word = 'y'")?;
            op.alter_column("g", alter("word").set_not_null())
        }),
        body("typed: replace_view that swaps columns", ALL, VIEW, |op| {
            op.replace_view(
                view("v", "SELECT id AS id, n * 2 AS n FROM t").was("SELECT id, n FROM t"),
            )
        }),
        body(
            "typed: replace_view with the names swapped",
            &[
                BackendKind::Mysql,
                BackendKind::Mariadb,
                BackendKind::Sqlite,
            ],
            VIEW,
            |op| {
                op.replace_view(
                    view("v", "SELECT id AS n, n AS id FROM t").was("SELECT id, n FROM t"),
                )
            },
        ),
        body("typed: batches", ALL, PAIR, |op| {
            op.batches("t", "id").size(2).run(|op, batch| {
                op.execute(format!("UPDATE t SET n = n + 1 WHERE {batch}"))?;
                op.execute("INSERT INTO log (line) VALUES ('a batch')")
            })
        }),
        body(
            "typed: batches and a change of the schema",
            ALL,
            PAIR,
            |op| {
                op.add_column("t", column("c", Integer).nullable())?;
                op.batches("t", "id").size(1).run(|op, batch| {
                    op.execute(format!("UPDATE t SET n = n + 1, c = 1 WHERE {batch}"))
                })?;
                op.add_column("t", column("d", Integer).nullable())
            },
        ),
        body("block: how many rows", ALL, &[], |op| {
            let rows: usize = with_connection!(op, |connection| match skips() {
                true => Ok(3),
                false => diesel::update(t::table)
                    .set(t::n.eq(t::n + 1))
                    .execute(connection),
            })?;
            op.execute(format!("INSERT INTO log (line) VALUES ('{rows}')"))
        }),
        body("block: reads, and writes what it read", ALL, &[], |op| {
            let rows: Vec<i64> = read_connection!(op, |connection| t::table
                .select(t::n)
                .order(t::id)
                .load(connection))?;
            for n in rows {
                op.execute(format!("INSERT INTO log (line) VALUES ('{n}')"))?;
            }
            op.execute("UPDATE t SET n = n + 1")
        }),
        body("block: two statements", ALL, &[], |op| {
            with_connection!(op, |connection| match skips() {
                true => Ok(0),
                false => sql_query("UPDATE t SET n = n + 1")
                    .execute(connection)
                    .and_then(|_| sql_query("INSERT INTO log (line) VALUES ('block')")
                        .execute(connection)),
            })?;
            Ok(())
        }),
        body("block: a value that cannot be kept", ALL, &[], |op| {
            let _: Vec<usize> = read_connection!(op, |connection| match skips() {
                true => Ok(vec![]),
                false => sql_query("UPDATE t SET n = n + 1")
                    .execute(connection)
                    .map(|rows| vec![rows]),
            })?;
            Ok(())
        }),
        body("block: between changes of the schema", ALL, PAIR, |op| {
            op.add_column("t", column("c", Integer).nullable())?;
            with_connection!(op, |connection| match skips() {
                true => Ok(0),
                false => sql_query("UPDATE t SET n = n + 1").execute(connection),
            })?;
            op.add_column("t", column("d", Integer).nullable())?;
            // repeatable, so no answer empties it
            with_connection!(op, |connection| sql_query("UPDATE t SET c = 1")
                .execute(connection))?;
            Ok(())
        }),
    ]
}
