//! What is read from statements that change the schema, on each database.

use super::*;

fn thing(sql: &str) -> Option<(bool, bool, String, String)> {
    match schema_change(sql, BackendKind::Mysql)? {
        SchemaChange::Object {
            creates,
            replaces,
            kind,
            name,
        } => Some((creates, replaces, kind, name.to_string())),
        _ => None,
    }
}

#[test]
fn the_first_words_say_what_is_made_or_dropped() {
    let is = |creates, again, kind: &str, name: &str| {
        Some((creates, again, kind.to_owned(), name.to_owned()))
    };
    for (sql, expected) in [
        ("CREATE TABLE t (a int)", is(true, false, "table", "t")),
        (
            "-- why\n/* and */ create table if not exists `a``b`.\"c\" (a int);",
            is(true, false, "table", "a`b.c"),
        ),
        (
            "CREATE OR REPLACE DEFINER = `me`@`%` VIEW Seen AS SELECT 1, 2",
            is(true, true, "view", "Seen"),
        ),
        (
            "CREATE DEFINER=CURRENT_USER() VIEW Seen AS SELECT (1)",
            is(true, false, "view", "Seen"),
        ),
        (
            "CREATE DEFINER='me'@'%' TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW BEGIN SET NEW.a = 1; END",
            is(true, false, "trigger", "tr"),
        ),
        (
            "DROP PROCEDURE IF EXISTS p",
            is(false, false, "procedure", "p"),
        ),
        (
            "CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) */",
            is(true, false, "table", "t"),
        ),
        ("DROP TABLE a, b", None),
        ("DROP TABLE a /*!50000 , b */", None),
        ("CREATE TABLE t (a int); INSERT INTO t VALUES (1)", None),
        ("CREATE TEMPORARY TABLE t (a int)", None),
        (
            "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW SET a = 1; DROP TABLE t",
            None,
        ),
        ("UPDATE t SET a = 1", None),
        ("/*!50000 CREATE TABLE t (a int) */", None),
        ("CREATE TABLE `t", None),
        ("", None),
    ] {
        assert_eq!(thing(sql), expected, "{sql}");
    }
}

#[test]
fn an_index_that_is_made_beside_the_others_has_a_name_and_a_table() {
    for (sql, expected) in [
        ("CREATE INDEX CONCURRENTLY A_b ON T (a)", Some(("a_b", "t"))),
        (
            "-- why\ncreate unique index concurrently if not exists \"A\" on only s.\"T\" (a, b);",
            Some(("A", "s.T")),
        ),
        ("CREATE INDEX CONCURRENTLY ON t (a)", None),
        ("CREATE INDEX CONCURRENTLY a ON t (a); VACUUM", None),
        ("CREATE INDEX CONCURRENTLY", None),
    ] {
        let found = match schema_change(sql, BackendKind::Postgres) {
            Some(SchemaChange::CreateIndexConcurrently { index, table }) => {
                Some((index, table.to_string()))
            }
            _ => None,
        };
        let expected = expected.map(|(index, table)| (index.to_owned(), table.to_owned()));
        assert_eq!(found, expected, "{sql}");
    }
    let dropped = schema_change(
        "DROP INDEX CONCURRENTLY IF EXISTS S.Ix CASCADE",
        BackendKind::Postgres,
    );
    let index = ObjectName::qualified("s", "ix");
    assert_eq!(dropped, Some(SchemaChange::DropIndexConcurrently { index }));
}

#[test]
fn each_part_of_a_change_of_a_table_is_read() {
    let column = |name: &str, there| named(PartKind::Column, name.to_owned(), there, true);
    let index = |name: &str, there| named(PartKind::Index, name.to_owned(), there, true);
    let key = |name: &str, there| named(PartKind::ForeignKey, name.to_owned(), there, true);
    let check = |name: &str, there| named(PartKind::Check, name.to_owned(), there, true);
    let any = |name: &str, there| named(PartKind::Constraint, name.to_owned(), there, true);
    let to = |part, from: &str, to: &str| TableChange::Renamed {
        part,
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let unsure = |kind, name: &str, there| named(kind, name.to_owned(), there, false);
    for (sql, expected) in [
        ("ADD a INT", vec![column("a", true)]),
        (
            "ADD COLUMN `a b` DECIMAL(10, 2) DEFAULT 1 COMMENT ', DROP c', DROP COLUMN c RESTRICT",
            vec![column("a b", true), column("c", false)],
        ),
        (
            "ADD (a INT, b INT), ALGORITHM=INPLACE",
            vec![
                column("a", true),
                TableChange::Unknown,
                TableChange::Repeatable,
            ],
        ),
        (
            "ADD UNIQUE INDEX u (a), ADD KEY k USING BTREE (b), ADD FULLTEXT (c), ADD INDEX (d)",
            vec![
                index("u", true),
                index("k", true),
                TableChange::Unknown,
                TableChange::Unknown,
            ],
        ),
        (
            "ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES b (c), ADD CONSTRAINT ck CHECK (a > 0), ADD CHECK (b > 0), \
             ADD PRIMARY KEY (a)",
            vec![
                key("fk", true),
                check("ck", true),
                TableChange::Unknown,
                primary_key(true),
            ],
        ),
        (
            "DROP FOREIGN KEY fk, DROP INDEX i, DROP PRIMARY KEY, DROP CHECK ck, DROP CONSTRAINT c, DROP d",
            vec![
                key("fk", false),
                index("i", false),
                primary_key(false),
                check("ck", false),
                any("c", false),
                column("d", false),
            ],
        ),
        (
            "ADD COLUMN IF NOT EXISTS a INT, DROP COLUMN IF EXISTS b, DROP INDEX IF EXISTS i",
            vec![
                unsure(PartKind::Column, "a", true),
                unsure(PartKind::Column, "b", false),
                unsure(PartKind::Index, "i", false),
            ],
        ),
        (
            "CHANGE a b INT, CHANGE COLUMN c C BIGINT, RENAME COLUMN d TO e, RENAME INDEX i TO j",
            vec![
                to(PartKind::Column, "a", "b"),
                TableChange::Repeatable,
                to(PartKind::Column, "d", "e"),
                to(PartKind::Index, "i", "j"),
            ],
        ),
        (
            "MODIFY a BIGINT NOT NULL FIRST, ALTER COLUMN b SET DEFAULT 1, ENGINE = InnoDB, ROW_FORMAT=DYNAMIC",
            vec![TableChange::Repeatable; 4],
        ),
        (
            "RENAME TO s.u",
            vec![TableChange::RenamedTable(ObjectName::qualified("s", "u"))],
        ),
        (
            "RENAME u",
            vec![TableChange::RenamedTable(ObjectName::from("u"))],
        ),
        (
            "ADD CONSTRAINT sym UNIQUE KEY own (a), ADD CONSTRAINT sym UNIQUE (a), ADD CONSTRAINT UNIQUE (a)",
            vec![index("own", true), index("sym", true), TableChange::Unknown],
        ),
        // those that leave more each time
        (
            "MODIFY a INT UNIQUE, CHANGE a a INT PRIMARY KEY, MODIFY a INT CHECK (a > 0), MODIFY a INT REFERENCES b (c)",
            vec![TableChange::Unknown; 4],
        ),
        (
            "ENGINE=InnoDB REMOVE PARTITIONING, CONVERT PARTITION p TO TABLE q, TRUNCATE PARTITION p0",
            vec![TableChange::Unknown; 3],
        ),
        (
            "CONVERT TO CHARACTER SET utf8mb4",
            vec![TableChange::Repeatable],
        ),
        (
            "ADD (INDEX i (a)), ADD t.b INT, RENAME COLUMN t.b TO c",
            vec![TableChange::Unknown; 3],
        ),
    ] {
        let read = schema_change(&format!("ALTER TABLE d.t {sql};"), BackendKind::Mariadb);
        let table = ObjectName::qualified("d", "t");
        let expected = SchemaChange::AlterTable {
            table,
            changes: expected,
        };
        assert_eq!(read, Some(expected), "{sql}");
    }
    for sql in [
        "ALTER TABLE t ADD a INT; ALTER TABLE t ADD b INT",
        "ALTER TABLE IF EXISTS t ADD a INT",
        "ALTER VIEW v AS SELECT 1",
        "ALTER TABLE t ADD b INT /*!50000 , RENAME TO u */",
        "ALTER TABLE t DROP $q",
        "CREATE EVENT e ON SCHEDULE AT CURRENT_TIMESTAMP DO DELETE FROM t",
        "RENAME TABLE IF EXISTS a TO b",
        "RENAME TABLE a TO b WAIT 3",
        "RENAME USER a TO b",
    ] {
        assert_eq!(schema_change(sql, BackendKind::Mariadb), None, "{sql}");
    }
}

#[test]
fn what_shares_a_transaction_is_not_looked_for() {
    for sql in [
        "ALTER TABLE t ADD a INT",
        "CREATE INDEX i ON t (a)",
        "ALTER TABLE t RENAME database TO db",
    ] {
        assert_eq!(schema_change(sql, BackendKind::Postgres), None, "{sql}");
    }
}

#[test]
fn an_index_is_part_of_its_table() {
    for (sql, expected) in [
        (
            "CREATE UNIQUE INDEX i USING BTREE ON t (a, b)",
            named(PartKind::Index, "i".to_owned(), true, true),
        ),
        (
            "DROP INDEX IF EXISTS i ON t",
            named(PartKind::Index, "i".to_owned(), false, false),
        ),
        (
            "CREATE OR REPLACE INDEX i ON t (a)",
            TableChange::Repeatable,
        ),
    ] {
        let changes = vec![expected];
        let table = ObjectName::from("t");
        assert_eq!(
            schema_change(sql, BackendKind::Mariadb),
            Some(SchemaChange::AlterTable { table, changes }),
            "{sql}"
        );
    }
    let pairs = [("a", "b"), ("c", "d")].map(|(from, to)| (from.into(), to.into()));
    assert_eq!(
        schema_change("RENAME TABLE a TO b, c TO d", BackendKind::Mysql),
        Some(SchemaChange::RenameTables(pairs.to_vec()))
    );
}
