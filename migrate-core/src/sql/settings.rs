//! What SQL as written changes in the session that it is sent over: settings, variables, the current database, temporary objects. By
//! the words of each statement; pure. What a function or procedure changes cannot be read, and is unknown.

mod left;

use super::{Cut, statements, tokens};
use crate::dialect::BackendKind;
pub(crate) use left::left;

/// Something that a text changes in the session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// A setting, by its name in lower case: a parameter, a system variable, a pragma.
    Setting {
        /// Its name.
        name: String,
        /// Whether it is given a value of its own, and not the one that it had before or as it comes.
        lasting: bool,
    },
    /// A variable of the user's own, as it is written after the `@`.
    Variable(String),
    /// The current database.
    Database(String),
    /// The role or user that statements are run as.
    Role {
        /// Whether it is given one, and not the one that it had before.
        lasting: bool,
    },
    /// A temporary object: `TABLE`, `VIEW`, … and its name as written.
    Temporary(String, String),
    /// A prepared statement, or a cursor that outlives its transaction.
    Prepared(String),
    /// A database that was attached.
    Attached(String),
    /// Nothing is known: a function or procedure can change anything.
    Unknown,
}

/// What the statements of a text change in the session, in their order. Settings that end with the transaction are not among it.
pub(crate) fn settings(sql: &str, backend: BackendKind) -> Vec<Change> {
    let cut = statements(sql, backend);
    let mut found = Vec::new();
    for statement in cut.parts() {
        let mut all = Vec::new();
        flatten(statement.sql, backend, &mut all);
        // what stands behind a semicolon in the body of a program is not run now
        let creates = matches!(cut, Cut::Statements(_))
            && all.first().is_some_and(|first| {
                ["CREATE", "ALTER"]
                    .iter()
                    .any(|word| first.eq_ignore_ascii_case(word))
            });
        let pieces = all.split(|token| token == ";");
        let pieces = pieces.take(if creates { 1 } else { usize::MAX });
        for tokens in pieces.filter(|tokens| !tokens.is_empty()) {
            Reader { tokens, backend }.read(&mut found);
        }
    }
    if let Cut::Uncertain(_) = cut {
        // what looks like a setting may be a variable of a body
        found.retain(|change| {
            matches!(
                change,
                Change::Variable(_) | Change::Temporary(..) | Change::Prepared(_)
            )
        });
        found.push(Change::Unknown);
    }
    found
}

/// The tokens of a text; those inside of `/*! … */` among them, as MySQL and MariaDB read them.
fn flatten(sql: &str, backend: BackendKind, all: &mut Vec<String>) {
    for token in tokens(sql, backend) {
        let inner = ["/*!", "/*M!"]
            .iter()
            .find_map(|start| token.strip_prefix(start)?.strip_suffix("*/"));
        match inner {
            Some(inner) => {
                let inner = inner.trim_start_matches(|sign: char| sign.is_ascii_digit());
                flatten(inner, backend, all);
            }
            None => all.push(token.to_owned()),
        }
    }
}

/// Reads one statement.
struct Reader<'a> {
    tokens: &'a [String],
    backend: BackendKind,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> String {
        self.tokens
            .get(at)
            .map_or_else(String::new, |token| token.to_ascii_uppercase())
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        let same = |(index, word): (usize, &&str)| self.word(at + index) == **word;
        words.iter().enumerate().all(same)
    }

    fn name(&self, at: usize) -> String {
        self.tokens.get(at).cloned().unwrap_or_default()
    }

    fn read(&self, found: &mut Vec<Change>) {
        let first = self.word(0);
        match first.as_str() {
            "CREATE" => self.create(found),
            "SET" if self.is_mysql() => self.assignments(found),
            "SET" => self.set(found),
            "RESET" => found.push(self.setting(1, false)),
            "USE" if self.is_mysql() => found.push(Change::Database(self.name(1))),
            "PRAGMA" => {
                let at = if self.word(2) == "." { 3 } else { 1 };
                if self.tokens.len() > at + 1 {
                    found.push(self.setting(at, false));
                }
            }
            "ATTACH" => {
                let name = self.tokens.last().cloned();
                found.extend(name.map(Change::Attached));
            }
            "PREPARE" => found.push(Change::Prepared(self.name(1))),
            "DECLARE"
                if self
                    .tokens
                    .iter()
                    .any(|token| token.eq_ignore_ascii_case("HOLD")) =>
            {
                found.push(Change::Prepared(self.name(1)));
            }
            "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "MERGE" | "VALUES"
                if self.backend != BackendKind::Postgres =>
            {
                self.rows(found);
            }
            "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "VALUES" | "SELECT" | "WITH" | "(" => {
                let before = found.len();
                self.rows(found);
                if found.len() == before && self.calls() {
                    found.push(Change::Unknown);
                }
            }
            _ if QUIET.contains(&first.as_str()) => {}
            _ => found.push(Change::Unknown),
        }
    }

    fn is_mysql(&self) -> bool {
        matches!(self.backend, BackendKind::Mysql | BackendKind::Mariadb)
    }

    fn create(&self, found: &mut Vec<Change>) {
        let mut at = 1;
        while matches!(
            self.word(at).as_str(),
            "OR" | "REPLACE" | "GLOBAL" | "LOCAL"
        ) {
            at += 1;
        }
        let marked = matches!(self.word(at).as_str(), "TEMP" | "TEMPORARY");
        if !marked && self.backend != BackendKind::Sqlite {
            return;
        }
        let kind = loop {
            match self.word(at).as_str() {
                word @ ("TABLE" | "VIEW" | "SEQUENCE" | "TRIGGER") => break word.to_owned(),
                "" => return,
                _ => at += 1,
            }
        };
        at += 1;
        if self.is(at, &["IF", "NOT", "EXISTS"]) {
            at += 3;
        }
        let mut name = self.name(at);
        let in_temp = name.eq_ignore_ascii_case("temp") && self.word(at + 1) == ".";
        if !marked && !in_temp {
            return;
        }
        if self.word(at + 1) == "." {
            name = format!("{name}.{}", self.name(at + 2));
        }
        found.push(Change::Temporary(kind, name));
    }

    /// PostgreSQL's SET.
    fn set(&self, found: &mut Vec<Change>) {
        let at = match self.word(1).as_str() {
            "LOCAL" | "CONSTRAINTS" | "TRANSACTION" => return,
            "SESSION" if self.word(2) == "AUTHORIZATION" => 1,
            "SESSION" => 2,
            _ => 1,
        };
        let given = |at: usize| !matches!(self.word(at).as_str(), "DEFAULT" | "NONE" | "");
        match self.word(at).as_str() {
            "ROLE" => found.push(Change::Role {
                lasting: given(at + 1),
            }),
            "SESSION" => found.push(Change::Role {
                lasting: given(at + 2),
            }),
            "TIME" => found.push(Change::Setting {
                name: "timezone".to_owned(),
                lasting: given(at + 2),
            }),
            _ => {
                let value = (at..self.tokens.len())
                    .find(|at| matches!(self.word(*at).as_str(), "TO" | "="))
                    .map_or(at + 1, |at| at + 1);
                found.push(self.setting(at, given(value)));
            }
        }
    }

    /// SET of MySQL and MariaDB: a list of assignments to variables of several kinds.
    fn assignments(&self, found: &mut Vec<Change>) {
        match self.word(1).as_str() {
            "NAMES" | "CHARACTER" | "CHARSET" => {
                for name in [
                    "character_set_client",
                    "character_set_results",
                    "collation_connection",
                ] {
                    found.push(Change::Setting {
                        name: name.to_owned(),
                        lasting: false,
                    });
                }
                return;
            }
            "ROLE" => {
                return found.push(Change::Role {
                    lasting: !matches!(self.word(2).as_str(), "NONE" | "DEFAULT"),
                });
            }
            "TRANSACTION" | "PASSWORD" | "DEFAULT" | "RESOURCE" | "STATEMENT" => {
                if self.word(1) == "STATEMENT" {
                    found.push(Change::Unknown);
                }
                return;
            }
            "SESSION" | "LOCAL" | "@@" if self.word(2) == "TRANSACTION" => {
                for name in ["transaction_isolation", "transaction_read_only"] {
                    found.push(Change::Setting {
                        name: name.to_owned(),
                        lasting: false,
                    });
                }
                return;
            }
            _ => {}
        }
        let mut start = 1;
        let mut depth = 0;
        for at in 1..=self.tokens.len() {
            match self.word(at).as_str() {
                "(" => depth += 1,
                ")" => depth -= 1,
                "," | "" if depth == 0 || at == self.tokens.len() => {
                    self.assignment(start, at, found);
                    start = at + 1;
                }
                _ => {}
            }
        }
    }

    fn assignment(&self, start: usize, end: usize, found: &mut Vec<Change>) {
        let mut at = start;
        let own = self.word(at) == "@" && self.word(at + 1) != "@";
        while self.word(at) == "@" {
            at += 1;
        }
        if own {
            return found.push(Change::Variable(self.name(at)));
        }
        // `SESSION x`, `@@SESSION.x`
        match self.word(at).as_str() {
            "GLOBAL" | "PERSIST" | "PERSIST_ONLY" => return,
            "SESSION" | "LOCAL" => at += if self.word(at + 1) == "." { 2 } else { 1 },
            _ => {}
        }
        let value = (at..end)
            .find(|at| self.word(*at) == "=")
            .map_or(end, |at| at + 1);
        // from a variable: what it was before
        let lasting = value < end && !matches!(self.word(value).as_str(), "@" | "DEFAULT");
        found.push(self.setting(at, lasting));
    }

    fn setting(&self, at: usize, lasting: bool) -> Change {
        let mut name = plain(&self.name(at)).to_lowercase();
        if self.word(at + 1) == "." {
            name = format!("{name}.{}", self.name(at + 2).to_lowercase());
        }
        match name.as_str() {
            "role" | "session_authorization" => Change::Role { lasting },
            "session" => Change::Role { lasting: false }, // RESET SESSION AUTHORIZATION
            _ => Change::Setting { name, lasting },
        }
    }

    /// What a change of rows, or a query, assigns on the way.
    fn rows(&self, found: &mut Vec<Change>) {
        // within the list of an INTO, as far as that holds variables only
        let mut into = false;
        for at in 0..self.tokens.len() {
            into = match self.word(at).as_str() {
                "INTO" => true,
                "@" | "," => into,
                _ => into && at > 0 && self.word(at - 1) == "@",
            };
            let is_variable = self.is_mysql() && self.word(at) == "@" && self.word(at + 1) != "@";
            if is_variable && (into || self.is(at + 2, &[":", "="])) {
                found.push(Change::Variable(self.name(at + 1)));
            }
            if self.word(at) == "SET_CONFIG" && self.word(at + 1) == "(" {
                let name = plain(&self.name(at + 2)).to_lowercase();
                // `set_config(name, value, is_local)`
                let local = ["TRUE", "'T'", "'TRUE'"].contains(&self.word(at + 6).as_str());
                let lasting = !matches!(self.name(at + 4).as_str(), "''");
                if !local {
                    found.push(Change::Setting { name, lasting });
                }
            }
        }
    }

    /// Whether it may call a function that is not built in.
    fn calls(&self) -> bool {
        (1..self.tokens.len()).any(|at| {
            let before = self.word(at - 1);
            let is_name =
                before.starts_with(|sign: char| sign.is_alphabetic() || "_\"`".contains(sign));
            let is_table = at > 1 && matches!(self.word(at - 2).as_str(), "INTO" | "AS");
            let is_table =
                is_table || at > 3 && self.word(at - 2) == "." && self.word(at - 4) == "INTO";
            self.word(at) == "(" && is_name && !is_table && !BUILT_IN.contains(&before.as_str())
        })
    }
}

/// A name without the quotes around it.
fn plain(name: &str) -> &str {
    name.trim_matches(['\'', '"', '`'])
}

/// What begins a statement that leaves the session as it is.
const QUIET: &[&str] = &[
    "ALTER",
    "ANALYSE",
    "ANALYZE",
    "BEGIN",
    "CHECK",
    "CHECKPOINT",
    "CLOSE",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "DEALLOCATE",
    "DETACH",
    "DISCARD",
    "DROP",
    "END",
    "EXPLAIN",
    "FETCH",
    "FLUSH",
    "GRANT",
    "LISTEN",
    "LOCK",
    "NOTIFY",
    "OPTIMIZE",
    "REASSIGN",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "RENAME",
    "REPAIR",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SECURITY",
    "SHOW",
    "START",
    "TABLE",
    "TRUNCATE",
    "UNLISTEN",
    "UNLOCK",
    "VACUUM",
];

/// Words before a parenthesis that call nothing, or nothing of the user's.
const BUILT_IN: &[&str] = &[
    "ALL",
    "AND",
    "ANY",
    "AS",
    "AVG",
    "BY",
    "CAST",
    "COALESCE",
    "CONCAT",
    "COUNT",
    "EXISTS",
    "FROM",
    "IN",
    "JOIN",
    "LENGTH",
    "LOWER",
    "MAX",
    "MIN",
    "NEXTVAL",
    "NOT",
    "NOW",
    "ON",
    "OR",
    "OVER",
    "REPLACE",
    "ROW",
    "SELECT",
    "SETVAL",
    "SET_CONFIG",
    "SUM",
    "THEN",
    "UNION",
    "UPPER",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
];

#[cfg(test)]
mod tests {
    use super::*;
    use BackendKind::{Mariadb, Mysql, Postgres, Sqlite};

    fn setting(name: &str, lasting: bool) -> Change {
        Change::Setting {
            name: name.to_owned(),
            lasting,
        }
    }

    #[test]
    fn the_words_say_what_changes() {
        let variable = |name: &str| Change::Variable(name.to_owned());
        let temporary =
            |kind: &str, name: &str| Change::Temporary(kind.to_owned(), name.to_owned());
        for (backend, sql, expected) in [
            (Postgres, "CREATE TABLE t (temp int, role text)", vec![]),
            (
                Postgres,
                "SET search_path TO app, public",
                vec![setting("search_path", true)],
            ),
            (
                Postgres,
                "SET SESSION Search_Path = DEFAULT",
                vec![setting("search_path", false)],
            ),
            (Postgres, "SET LOCAL search_path = app", vec![]),
            (
                Postgres,
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                vec![],
            ),
            (
                Postgres,
                "SET TIME ZONE 'CET'",
                vec![setting("timezone", true)],
            ),
            (Postgres, "SET ROLE a", vec![Change::Role { lasting: true }]),
            (
                Postgres,
                "SET ROLE NONE; RESET ROLE",
                vec![Change::Role { lasting: false }; 2],
            ),
            (
                Postgres,
                "SET SESSION AUTHORIZATION a",
                vec![Change::Role { lasting: true }],
            ),
            (
                Postgres,
                "RESET SESSION AUTHORIZATION",
                vec![Change::Role { lasting: false }],
            ),
            (
                Postgres,
                "SET app.tenant = '7'",
                vec![setting("app.tenant", true)],
            ),
            (
                Postgres,
                "SELECT pg_catalog.set_config('search_path', '', false)",
                vec![setting("search_path", false)],
            ),
            (
                Postgres,
                "SELECT set_config('search_path', 'a', true)",
                vec![],
            ),
            (
                Postgres,
                "SELECT create_hypertable('t', 'at')",
                vec![Change::Unknown],
            ),
            (Postgres, "SELECT count(*) FROM t WHERE a IN (1)", vec![]),
            (Postgres, "DO $$ BEGIN END $$", vec![Change::Unknown]),
            (
                Postgres,
                "CREATE TEMP TABLE IF NOT EXISTS a (b int); CREATE OR REPLACE TEMPORARY VIEW c AS SELECT 1",
                vec![temporary("TABLE", "a"), temporary("VIEW", "c")],
            ),
            (
                Postgres,
                "PREPARE p AS SELECT 1",
                vec![Change::Prepared("p".to_owned())],
            ),
            (
                Postgres,
                "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
                vec![Change::Prepared("c".to_owned())],
            ),
            (
                Postgres,
                "INSERT INTO s.t (a) VALUES ('set role x', now())",
                vec![],
            ),
            (
                Postgres,
                "INSERT INTO t (a) SELECT enter('x')",
                vec![Change::Unknown],
            ),
            (
                Sqlite,
                "PRAGMA foreign_keys = OFF",
                vec![setting("foreign_keys", false)],
            ),
            (
                Sqlite,
                "PRAGMA main.recursive_triggers(1)",
                vec![setting("recursive_triggers", false)],
            ),
            (Sqlite, "PRAGMA foreign_key_check", vec![]),
            (
                Sqlite,
                "ATTACH 'a.db' AS other",
                vec![Change::Attached("other".to_owned())],
            ),
            (
                Sqlite,
                "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
                vec![temporary("TRIGGER", "g")],
            ),
            (
                Mysql,
                "USE other",
                vec![Change::Database("other".to_owned())],
            ),
            (Mysql, "SET sql_mode = ''", vec![setting("sql_mode", true)]),
            (
                Mysql,
                "SET @@SESSION.sql_mode = CONCAT(@@sql_mode, ',ANSI'), foreign_key_checks = 0, GLOBAL max_connections = 5, @x = 1",
                vec![
                    setting("sql_mode", true),
                    setting("foreign_key_checks", true),
                    variable("x"),
                ],
            ),
            (
                Mariadb,
                "/*!40014 SET @OLD_FK=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */",
                vec![variable("OLD_FK"), setting("foreign_key_checks", true)],
            ),
            (
                Mysql,
                "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */",
                vec![setting("sql_mode", false)],
            ),
            (
                Mysql,
                "SELECT MAX(id) INTO @last, @b FROM t",
                vec![variable("last"), variable("b")],
            ),
            (
                Mysql,
                "UPDATE t SET n = (@pos := @pos + 1)",
                vec![variable("pos")],
            ),
            (Mysql, "INSERT INTO t VALUES (@a, @b)", vec![]),
            (Mysql, "CALL p()", vec![Change::Unknown]),
            (
                Mysql,
                "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @x = 1",
                vec![],
            ),
            (
                Mysql,
                "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = 2; SET sql_mode = ''; END",
                vec![],
            ),
            (
                Mysql,
                "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN \
                 SET NEW.a = 1; SET NEW.b = 2; END */; SET sql_mode = ''",
                vec![setting("sql_mode", true)],
            ),
            (
                Mysql,
                "SET STATEMENT max_statement_time=1 FOR SELECT 1",
                vec![Change::Unknown],
            ),
            (
                Mysql,
                "SET SESSION TRANSACTION READ ONLY",
                vec![
                    setting("transaction_isolation", false),
                    setting("transaction_read_only", false),
                ],
            ),
        ] {
            assert_eq!(settings(sql, backend), expected, "{backend:?}: {sql}");
        }
    }
}
