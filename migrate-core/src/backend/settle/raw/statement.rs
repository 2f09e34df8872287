//! What the words of a statement say that it leaves in the catalogue. Pure, and careful: of what is not known for certain, nothing is
//! said.

use super::reader::Reader;
use crate::schema::ObjectName;

/// What a statement leaves, which the server carries out as a whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// A table, view or program is made or dropped.
    Thing {
        creates: bool,
        /// Whether it can be run again whatever is there.
        again: bool,
        /// In small letters.
        kind: String,
        name: ObjectName,
    },
    /// An index is made beside the others: by half, when it fails.
    Concurrent { index: String, table: ObjectName },
    /// An index is dropped beside the others.
    DropConcurrent { index: ObjectName },
    /// A table is altered, or its indexes are.
    Alter {
        table: ObjectName,
        traces: Vec<Trace>,
    },
    /// Tables are renamed.
    Rename(Vec<(ObjectName, ObjectName)>),
}

/// What one part of a change of a table leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trace {
    /// Something is there, or is not. With `sure` off, it may have been so before: the part then does nothing.
    Part { part: Part, there: bool, sure: bool },
    /// Something has another name.
    Renamed {
        part: Kind,
        from: String,
        to: String,
    },
    /// The table has another name.
    Moved(ObjectName),
    /// It leaves the same when it is run again.
    Same,
    /// Nothing that could be looked for.
    Unknown,
}

/// A part of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Named(Kind, String),
    PrimaryKey,
}

/// What parts of a table have names, each kind among itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Column,
    Index,
    ForeignKey,
    Check,
    /// Whichever of them has the name.
    Constraint,
}

/// Kinds whose statements have others inside.
const BODIES: &[&str] = &["trigger", "procedure", "function", "event"];

/// What can stand before the word INDEX.
const INDEXES: &[&str] = &["unique", "fulltext", "spatial"];

/// What an option of a table begins with: setting it again leaves the same.
const OPTIONS: &[&str] = &[
    "algorithm",
    "auto_increment",
    "avg_row_length",
    "character",
    "charset",
    "checksum",
    "collate",
    "comment",
    "compression",
    "default",
    "disable",
    "enable",
    "engine",
    "force",
    "key_block_size",
    "lock",
    "max_rows",
    "min_rows",
    "row_format",
    "stats_auto_recalc",
    "stats_persistent",
    "stats_sample_pages",
];

/// Words with which a part of a change leaves more than its first words say, and more each time that it is run.
const MORE: &[&str] = &[
    "check",
    "key",
    "partition",
    "partitioning",
    "partitions",
    "primary",
    "references",
    "remove",
    "rename",
    "tablespace",
    "union",
    "unique",
];

/// Reads a statement. Changes of tables are read where they `commit` by themselves.
pub(super) fn read(reader: &Reader<'_>, commit: bool) -> Option<Statement> {
    if reader.has_odd_names() {
        return None;
    }
    let always: &[fn(Reader<'_>) -> Option<Statement>] =
        &[thing, concurrent_index, drop_concurrently];
    let changes: &[fn(Reader<'_>) -> Option<Statement>] = &[index, alter, rename];
    let changes = changes.iter().filter(|_| commit);
    always
        .iter()
        .chain(changes)
        .find_map(|read| read(reader.clone()))
}

/// `CREATE [OR REPLACE] KIND [IF NOT EXISTS] name` or `DROP KIND [IF EXISTS] name`.
fn thing(mut reader: Reader<'_>) -> Option<Statement> {
    let creates = match reader.word()?.as_str() {
        "create" => true,
        "drop" => false,
        _ => return None,
    };
    let again = creates && reader.takes(&["or", "replace"]);
    if reader.takes(&["definer", "="]) {
        reader.skip();
        if reader.takes(&["@"]) {
            reader.skip();
        }
        reader.takes(&["(", ")"]);
    }
    let kind = reader.word()?;
    let body = BODIES.contains(&kind.as_str());
    (body || ["table", "view"].contains(&kind.as_str())).then_some(())?;
    let conditional = is_conditional(&mut reader);
    let name = reader.object()?;
    let says = |word: &str| {
        reader
            .rest()
            .iter()
            .any(|token| token.eq_ignore_ascii_case(word))
    };
    if creates && kind == "event" && says("at") {
        return None; // it is dropped once it has run
    }
    let ends = || {
        reader
            .rest()
            .last()
            .is_some_and(|last| last.eq_ignore_ascii_case("end"))
    };
    let one = match body && creates {
        true => ends() || is_one(&reader),
        false => is_one(&reader) && (creates || is_single(&reader)),
    };
    one.then_some(Statement::Thing {
        creates,
        // where something was there already, nothing was done, and nothing will be
        again: again && !conditional,
        kind,
        name,
    })
}

/// `CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] name ON [ONLY] table`. Where that fails, it leaves an index by half, over
/// which `IF NOT EXISTS` passes the next time.
fn concurrent_index(mut reader: Reader<'_>) -> Option<Statement> {
    reader.takes(&["create"]).then_some(())?;
    reader.takes(&["unique"]);
    reader.takes(&["index", "concurrently"]).then_some(())?;
    is_conditional(&mut reader);
    if reader.takes(&["on"]) {
        return None; // it has no name
    }
    let index = reader.name()?;
    reader.takes(&["on"]).then_some(())?;
    reader.takes(&["only"]);
    let table = reader.object()?;
    is_one(&reader).then_some(Statement::Concurrent { index, table })
}

/// `DROP INDEX CONCURRENTLY [IF EXISTS] name`.
fn drop_concurrently(mut reader: Reader<'_>) -> Option<Statement> {
    reader
        .takes(&["drop", "index", "concurrently"])
        .then_some(())?;
    is_conditional(&mut reader);
    let index = reader.object()?;
    reader.takes_one(&["restrict", "cascade"]);
    reader
        .is_over()
        .then_some(Statement::DropConcurrent { index })
}

/// `CREATE [UNIQUE] INDEX [IF NOT EXISTS] name ON table` or `DROP INDEX [IF EXISTS] name ON table`.
fn index(mut reader: Reader<'_>) -> Option<Statement> {
    let there = reader.takes_one(&["create", "drop"])? == "create";
    let again = there && reader.takes(&["or", "replace"]);
    reader.takes_one(INDEXES);
    reader.takes(&["index"]).then_some(())?;
    let sure = !is_conditional(&mut reader);
    let name = reader.name()?;
    if reader.takes(&["using"]) {
        reader.word()?;
    }
    reader.takes(&["on"]).then_some(())?;
    let table = reader.object()?;
    is_one(&reader).then(|| Statement::Alter {
        table,
        traces: vec![match again {
            true => Trace::Same,
            false => named(Kind::Index, name, there, sure),
        }],
    })
}

/// `RENAME TABLE a TO b, c TO d`.
fn rename(mut reader: Reader<'_>) -> Option<Statement> {
    reader.takes(&["rename"]).then_some(())?;
    reader.takes_one(&["table", "tables"])?;
    if is_conditional(&mut reader) {
        return None;
    }
    let mut pairs = Vec::new();
    loop {
        let from = reader.object()?;
        reader.takes(&["to"]).then_some(())?;
        pairs.push((from, reader.object()?));
        if !reader.takes(&[","]) {
            break;
        }
    }
    reader.is_over().then_some(Statement::Rename(pairs))
}

/// `ALTER TABLE name`, and its parts.
fn alter(mut reader: Reader<'_>) -> Option<Statement> {
    reader.takes(&["alter"]).then_some(())?;
    reader.takes(&["online"]);
    reader.takes(&["ignore"]);
    reader.takes(&["table"]).then_some(())?;
    if is_conditional(&mut reader) {
        return None; // a table that is not there leaves no trace either
    }
    let table = reader.object()?;
    // what stands in a comment that the server reads may be anything
    let is_hidden = reader.rest().iter().any(|token| token.starts_with("/*"));
    (is_one(&reader) && !is_hidden).then_some(())?;
    if reader.takes(&["wait"]) {
        reader.word()?;
    }
    reader.takes(&["nowait"]);
    let mut traces = Vec::new();
    loop {
        traces.push(part(&mut reader).unwrap_or(Trace::Unknown));
        if !reader.next_part() {
            return Some(Statement::Alter { table, traces });
        }
    }
}

/// One part of an `ALTER TABLE`, as far as it has to be read.
fn part(reader: &mut Reader<'_>) -> Option<Trace> {
    let more = |token: &&str| MORE.iter().any(|word| token.eq_ignore_ascii_case(word));
    let leaves_more = reader.part().iter().any(more);
    part_by_its_word(reader).filter(|trace| *trace != Trace::Same || !leaves_more)
}

fn part_by_its_word(reader: &mut Reader<'_>) -> Option<Trace> {
    let word = reader.word()?;
    match word.as_str() {
        "add" => added(reader),
        "drop" => dropped(reader),
        "rename" => renamed(reader),
        "modify" => Some(Trace::Same),
        "alter" => {
            reader.takes_one(&["column", "index", "check", "constraint"]);
            reader.name().map(|_| Trace::Same)
        }
        "change" => {
            reader.takes(&["column"]);
            if is_conditional(reader) {
                return None;
            }
            let (from, to) = (bare_name(reader)?, bare_name(reader)?);
            Some(match from.to_lowercase() == to.to_lowercase() {
                true => Trace::Same,
                false => Trace::Renamed {
                    part: Kind::Column,
                    from,
                    to,
                },
            })
        }
        "order" => reader.takes(&["by"]).then_some(Trace::Same),
        "convert" => reader
            .takes(&["to", "character", "set"])
            .then_some(Trace::Same),
        option if OPTIONS.contains(&option) => Some(Trace::Same),
        _ => None,
    }
}

fn added(reader: &mut Reader<'_>) -> Option<Trace> {
    if reader.takes(&["primary", "key"]) {
        return Some(primary_key(true));
    }
    if reader.takes(&["constraint"]) {
        let sure = !is_conditional(reader);
        let name = reader.name()?;
        return match reader.word()?.as_str() {
            "primary" => Some(primary_key(true)), // which keeps no name
            "foreign" => Some(named(Kind::ForeignKey, name, true, sure)),
            "check" => Some(named(Kind::Check, name, true, sure)),
            "unique" => {
                reader.takes_one(&["index", "key"]);
                let own = reader.name();
                let own = own.filter(|own| !own.eq_ignore_ascii_case("using"));
                Some(named(Kind::Index, own.unwrap_or(name), true, sure))
            }
            _ => None,
        };
    }
    if reader
        .takes_one(&["foreign", "check", "partition", "period", "system"])
        .is_some()
    {
        return None;
    }
    if let Some(word) = reader
        .takes_one(INDEXES)
        .or_else(|| reader.takes_one(&["index", "key"]))
    {
        if INDEXES.contains(&word) {
            reader.takes_one(&["index", "key"]);
        }
        let sure = !is_conditional(reader);
        // without a name, it begins with its columns or its kind
        let named = reader
            .name()
            .filter(|name| !name.eq_ignore_ascii_case("using"))
            .map(|name| named(Kind::Index, name, true, sure));
        return named;
    }
    reader.takes(&["column"]);
    let sure = !is_conditional(reader);
    if reader.takes(&["("]) && reader.takes_one(NO_COLUMN).is_some() {
        return None;
    }
    // of several, each is as good as all of them
    Some(named(Kind::Column, bare_name(reader)?, true, sure))
}

/// What can stand where a column is added, and is none.
const NO_COLUMN: &[&str] = &[
    "check",
    "constraint",
    "foreign",
    "fulltext",
    "index",
    "key",
    "primary",
    "spatial",
    "unique",
];

/// A name without that of a table before it.
fn bare_name(reader: &mut Reader<'_>) -> Option<String> {
    let name = reader.name()?;
    (reader.rest().first() != Some(&".")).then_some(name)
}

fn dropped(reader: &mut Reader<'_>) -> Option<Trace> {
    if reader.takes(&["primary", "key"]) {
        return Some(primary_key(false));
    }
    if reader
        .takes_one(&["partition", "period", "system"])
        .is_some()
    {
        return None;
    }
    let kind = if reader.takes_one(&["index", "key"]).is_some() {
        Kind::Index
    } else if reader.takes(&["foreign", "key"]) {
        Kind::ForeignKey
    } else if let Some(word) = reader.takes_one(&["constraint", "check"]) {
        match word {
            "check" => Kind::Check,
            _ => Kind::Constraint,
        }
    } else {
        reader.takes(&["column"]);
        Kind::Column
    };
    let sure = !is_conditional(reader);
    Some(named(kind, bare_name(reader)?, false, sure))
}

fn renamed(reader: &mut Reader<'_>) -> Option<Trace> {
    let part = match reader.takes_one(&["column", "index", "key"]) {
        Some("column") => Kind::Column,
        Some(_) => Kind::Index,
        None => {
            reader.takes_one(&["to", "as", "="]);
            return reader.object().map(Trace::Moved);
        }
    };
    if is_conditional(reader) {
        return None;
    }
    let from = bare_name(reader)?;
    reader.takes(&["to"]).then_some(())?;
    let to = bare_name(reader)?;
    Some(Trace::Renamed { part, from, to })
}

fn named(kind: Kind, name: String, there: bool, sure: bool) -> Trace {
    Trace::Part {
        part: Part::Named(kind, name),
        there,
        sure,
    }
}

fn primary_key(there: bool) -> Trace {
    Trace::Part {
        part: Part::PrimaryKey,
        there,
        sure: true,
    }
}

/// Takes `IF EXISTS` or `IF NOT EXISTS`.
fn is_conditional(reader: &mut Reader<'_>) -> bool {
    reader.takes(&["if", "not", "exists"]) || reader.takes(&["if", "exists"])
}

/// Whether nothing but the statement is in the text.
fn is_one(reader: &Reader<'_>) -> bool {
    !reader.rest().contains(&";")
}

/// Whether it is about one thing only.
fn is_single(reader: &Reader<'_>) -> bool {
    let more = |token: &&str| *token == "," || token.starts_with("/*");
    !reader.rest().iter().any(more)
}

#[cfg(test)]
mod tests {
    use crate::backend::BackendKind;

    use super::*;

    fn read_by(backend: BackendKind, sql: &str) -> Option<Statement> {
        let kept: fn(&str) -> String = match backend {
            BackendKind::Postgres => str::to_ascii_lowercase,
            _ => str::to_owned,
        };
        read(
            &Reader::new(sql, backend, kept),
            backend != BackendKind::Postgres,
        )
    }

    fn thing(sql: &str) -> Option<(bool, bool, String, String)> {
        match read_by(BackendKind::Mysql, sql)? {
            Statement::Thing {
                creates,
                again,
                kind,
                name,
            } => Some((creates, again, kind, name.to_string())),
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
            let found = match read_by(BackendKind::Postgres, sql) {
                Some(Statement::Concurrent { index, table }) => Some((index, table.to_string())),
                _ => None,
            };
            let expected = expected.map(|(index, table)| (index.to_owned(), table.to_owned()));
            assert_eq!(found, expected, "{sql}");
        }
        let dropped = read_by(
            BackendKind::Postgres,
            "DROP INDEX CONCURRENTLY IF EXISTS S.Ix CASCADE",
        );
        let index = ObjectName::qualified("s", "ix");
        assert_eq!(dropped, Some(Statement::DropConcurrent { index }));
    }

    #[test]
    fn each_part_of_a_change_of_a_table_is_read() {
        let column = |name: &str, there| named(Kind::Column, name.to_owned(), there, true);
        let index = |name: &str, there| named(Kind::Index, name.to_owned(), there, true);
        let key = |name: &str, there| named(Kind::ForeignKey, name.to_owned(), there, true);
        let check = |name: &str, there| named(Kind::Check, name.to_owned(), there, true);
        let any = |name: &str, there| named(Kind::Constraint, name.to_owned(), there, true);
        let to = |part, from: &str, to: &str| Trace::Renamed {
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
                vec![column("a", true), Trace::Unknown, Trace::Same],
            ),
            (
                "ADD UNIQUE INDEX u (a), ADD KEY k USING BTREE (b), ADD FULLTEXT (c), ADD INDEX (d)",
                vec![
                    index("u", true),
                    index("k", true),
                    Trace::Unknown,
                    Trace::Unknown,
                ],
            ),
            (
                "ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES b (c), ADD CONSTRAINT ck CHECK (a > 0), ADD CHECK (b > 0), \
                 ADD PRIMARY KEY (a)",
                vec![
                    key("fk", true),
                    check("ck", true),
                    Trace::Unknown,
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
                    unsure(Kind::Column, "a", true),
                    unsure(Kind::Column, "b", false),
                    unsure(Kind::Index, "i", false),
                ],
            ),
            (
                "CHANGE a b INT, CHANGE COLUMN c C BIGINT, RENAME COLUMN d TO e, RENAME INDEX i TO j",
                vec![
                    to(Kind::Column, "a", "b"),
                    Trace::Same,
                    to(Kind::Column, "d", "e"),
                    to(Kind::Index, "i", "j"),
                ],
            ),
            (
                "MODIFY a BIGINT NOT NULL FIRST, ALTER COLUMN b SET DEFAULT 1, ENGINE = InnoDB, ROW_FORMAT=DYNAMIC",
                vec![Trace::Same; 4],
            ),
            (
                "RENAME TO s.u",
                vec![Trace::Moved(ObjectName::qualified("s", "u"))],
            ),
            ("RENAME u", vec![Trace::Moved(ObjectName::from("u"))]),
            (
                "ADD CONSTRAINT sym UNIQUE KEY own (a), ADD CONSTRAINT sym UNIQUE (a), ADD CONSTRAINT UNIQUE (a)",
                vec![index("own", true), index("sym", true), Trace::Unknown],
            ),
            // what leaves something more each time
            (
                "MODIFY a INT UNIQUE, CHANGE a a INT PRIMARY KEY, MODIFY a INT CHECK (a > 0), MODIFY a INT REFERENCES b (c)",
                vec![Trace::Unknown; 4],
            ),
            (
                "ENGINE=InnoDB REMOVE PARTITIONING, CONVERT PARTITION p TO TABLE q, TRUNCATE PARTITION p0",
                vec![Trace::Unknown; 3],
            ),
            ("CONVERT TO CHARACTER SET utf8mb4", vec![Trace::Same]),
            (
                "ADD (INDEX i (a)), ADD t.b INT, RENAME COLUMN t.b TO c",
                vec![Trace::Unknown; 3],
            ),
        ] {
            let read = read_by(BackendKind::Mariadb, &format!("ALTER TABLE d.t {sql};"));
            let table = ObjectName::qualified("d", "t");
            let expected = Statement::Alter {
                table,
                traces: expected,
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
            assert_eq!(read_by(BackendKind::Mariadb, sql), None, "{sql}");
        }
    }

    #[test]
    fn what_shares_a_transaction_is_not_looked_for() {
        for sql in [
            "ALTER TABLE t ADD a INT",
            "CREATE INDEX i ON t (a)",
            "ALTER TABLE t RENAME database TO db",
        ] {
            assert_eq!(read_by(BackendKind::Postgres, sql), None, "{sql}");
        }
    }

    #[test]
    fn an_index_is_part_of_its_table() {
        for (sql, expected) in [
            (
                "CREATE UNIQUE INDEX i USING BTREE ON t (a, b)",
                named(Kind::Index, "i".to_owned(), true, true),
            ),
            (
                "DROP INDEX IF EXISTS i ON t",
                named(Kind::Index, "i".to_owned(), false, false),
            ),
            ("CREATE OR REPLACE INDEX i ON t (a)", Trace::Same),
        ] {
            let traces = vec![expected];
            let table = ObjectName::from("t");
            assert_eq!(
                read_by(BackendKind::Mariadb, sql),
                Some(Statement::Alter { table, traces }),
                "{sql}"
            );
        }
        let pairs = [("a", "b"), ("c", "d")].map(|(from, to)| (from.into(), to.into()));
        assert_eq!(
            read_by(BackendKind::Mysql, "RENAME TABLE a TO b, c TO d"),
            Some(Statement::Rename(pairs.to_vec()))
        );
    }
}
