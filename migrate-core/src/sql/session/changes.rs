//! What raw SQL changes in its session: settings, variables, the current database, temporary
//! objects. Judged by the words of each statement; pure. The changes of a function or procedure are
//! unknown.

mod left;

use super::facts::{set_configs, temporary, variables};
use crate::dialect::BackendKind;
use crate::sql::classify::{Assignment, Target, as_executed};
use crate::sql::tokens::{Tokens, bare};
use crate::sql::{Cut, may_begin_with, statements};
pub(crate) use left::settings_left;

/// A change of the session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SessionChange {
    /// A setting, by its name in lower case: a parameter, a system variable, a pragma.
    Setting {
        /// Its name.
        name: String,
        /// Whether it gets a new value, rather than its previous value or its default.
        lasting: bool,
    },
    /// A user variable, as spelled after the `@`.
    Variable(String),
    /// The current database.
    Database(String),
    /// The role or user that runs statements.
    Role {
        /// Whether one is set, rather than the previous one.
        lasting: bool,
    },
    /// A temporary object: `TABLE`, `VIEW`, … and its name as spelled.
    Temporary(String, String),
    /// A prepared statement, or a cursor that outlives its transaction.
    Prepared(String),
    /// An attached database.
    Attached(String),
    /// Unknown: a function or procedure can change anything.
    Unknown,
}

/// Whether the statements of a text may change something in the session, or remove what an earlier
/// one left there. Those of SQLite that only change rows do not, and need not be read.
pub(crate) fn may_change_session(sql: &str, backend: BackendKind) -> bool {
    const FIRST: [&str; 5] = ["ATTACH", "CREATE", "DETACH", "EXPLAIN", "PRAGMA"];
    backend != BackendKind::Sqlite || may_begin_with(sql, &FIRST)
}

/// What the statements of a text change in the session, in order. Settings that end with the
/// transaction are left out.
pub(crate) fn session_changes(sql: &str, backend: BackendKind) -> Vec<SessionChange> {
    let text = as_executed(sql, backend);
    let cut = statements(&text, backend);
    let mut found = Vec::new();
    for statement in cut.parts() {
        let all = Tokens::of(statement.sql, backend);
        let tokens = Tokens::new(&all, backend);
        // what follows a semicolon in the body of a program does not run now
        let creates = matches!(cut, Cut::Statements(_)) && tokens.is_any(&["CREATE", "ALTER"]);
        let pieces = all.split(|token| *token == ";");
        let pieces = pieces.take(if creates { 1 } else { usize::MAX });
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            read(tokens.with(piece), &mut found);
        }
    }
    if let Cut::Uncertain(_) = cut {
        // an apparent setting may be a variable of a body
        found.retain(|change| {
            matches!(
                change,
                SessionChange::Variable(_)
                    | SessionChange::Temporary(..)
                    | SessionChange::Prepared(_)
            )
        });
        found.push(SessionChange::Unknown);
    }
    found
}

/// What a statement removes that an earlier one left in the session: a prepared statement, or an
/// attached database.
#[allow(dead_code, reason = "only SQLite's and MySQL's backends ask")]
pub(crate) fn released(sql: &str, backend: BackendKind) -> Option<String> {
    let tokens = Tokens::of(sql, backend);
    let mut tokens = Tokens::new(&tokens, backend);
    match backend {
        BackendKind::Sqlite => tokens.take_one(&["DETACH"])?,
        _ => tokens.take_one(&["DEALLOCATE", "DROP"])?,
    };
    tokens.rest().last().map(|name| (*name).to_owned())
}

/// Parses one statement.
fn read(all: Tokens<'_>, found: &mut Vec<SessionChange>) {
    let (mysql, postgres) = (all.is_mysql(), all.backend() == BackendKind::Postgres);
    let mut tokens = all;
    let first = tokens.next().to_ascii_uppercase();
    match first.as_str() {
        "CREATE" => found.extend(created(tokens)),
        "SET" if mysql => set_of_mysql(tokens, found),
        "SET" => found.extend(set(tokens)),
        "RESET" => found.push(setting(tokens, false)),
        "USE" if mysql => found.push(SessionChange::Database(tokens.peek().to_owned())),
        "PRAGMA" => {
            if tokens.rest().get(1) == Some(&".") {
                tokens.next();
                tokens.next();
            }
            if tokens.rest().len() > 1 {
                found.push(setting(tokens, false));
            }
        }
        "ATTACH" => {
            let name = all.rest().last();
            found.extend(name.map(|name| SessionChange::Attached((*name).to_owned())));
        }
        "PREPARE" => found.push(SessionChange::Prepared(tokens.peek().to_owned())),
        "DECLARE" if tokens.has(&["HOLD"]) => {
            found.push(SessionChange::Prepared(tokens.peek().to_owned()));
        }
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "MERGE" | "VALUES" if !postgres => {
            rows(all, found);
        }
        "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "VALUES" | "SELECT" | "WITH" | "(" => {
            let before = found.len();
            rows(all, found);
            if found.len() == before && calls_unknown(all) {
                found.push(SessionChange::Unknown);
            }
        }
        _ if QUIET.contains(&first.as_str()) => {}
        _ => found.push(SessionChange::Unknown),
    }
}

/// The temporary object that a `CREATE` creates. On PostgreSQL, only one that says `TEMPORARY`.
fn created(tokens: Tokens<'_>) -> Option<SessionChange> {
    let object = temporary(tokens)?;
    let kind = object.kind.to_ascii_uppercase();
    let is_known = matches!(kind.as_str(), "TABLE" | "VIEW" | "SEQUENCE" | "TRIGGER");
    let is_own = object.is_marked || tokens.backend() == BackendKind::Sqlite;
    let name = match object.schema {
        Some(schema) => format!("{schema}.{}", object.name),
        None => object.name.to_owned(),
    };
    (is_known && is_own).then_some(SessionChange::Temporary(kind, name))
}

/// PostgreSQL's SET.
fn set(mut tokens: Tokens<'_>) -> Option<SessionChange> {
    if tokens.is_any(&["LOCAL", "CONSTRAINTS", "TRANSACTION"]) {
        return None;
    }
    let is_given = |tokens: Tokens<'_>| !tokens.is_empty() && !tokens.is_any(&["DEFAULT", "NONE"]);
    if tokens.take(&["SESSION", "AUTHORIZATION"]) {
        let lasting = is_given(tokens);
        return Some(SessionChange::Role { lasting });
    }
    tokens.take(&["SESSION"]);
    let name = tokens;
    Some(if tokens.take(&["ROLE"]) {
        let lasting = is_given(tokens);
        SessionChange::Role { lasting }
    } else if tokens.take(&["TIME"]) {
        tokens.next(); // ZONE
        SessionChange::Setting {
            name: "timezone".to_owned(),
            lasting: is_given(tokens),
        }
    } else {
        let sign = name
            .rest()
            .iter()
            .position(|token| *token == "=" || token.eq_ignore_ascii_case("TO"));
        let value = name.rest().get(sign.map_or(1, |sign| sign + 1)..);
        setting(name, is_given(name.with(value.unwrap_or_default())))
    })
}

/// SET of MySQL and MariaDB: a list of assignments to variables of several kinds.
fn set_of_mysql(mut tokens: Tokens<'_>, found: &mut Vec<SessionChange>) {
    let restored = |name: &&str| SessionChange::Setting {
        name: (*name).to_owned(),
        lasting: false,
    };
    if tokens.is_any(&["NAMES", "CHARACTER", "CHARSET"]) {
        const NAMES: [&str; 3] = [
            "character_set_client",
            "character_set_results",
            "collation_connection",
        ];
        found.extend(NAMES.iter().map(restored));
    } else if tokens.take(&["ROLE"]) {
        let lasting = !tokens.is_any(&["NONE", "DEFAULT"]);
        found.push(SessionChange::Role { lasting });
    } else if tokens.is(&["STATEMENT"]) {
        found.push(SessionChange::Unknown);
    } else if tokens.is_any(&["TRANSACTION", "PASSWORD", "DEFAULT", "RESOURCE"]) {
        // it is for the next transaction, or an account
    } else if ["SESSION", "LOCAL"]
        .iter()
        .any(|scope| tokens.is(&[scope, "TRANSACTION"]))
    {
        const MODES: [&str; 2] = ["transaction_isolation", "transaction_read_only"];
        found.extend(MODES.iter().map(restored));
    } else {
        let parts = tokens.parts().into_iter();
        found.extend(parts.filter_map(Assignment::read).filter_map(assigned));
    }
}

/// What an assignment changes in the session.
fn assigned(assignment: Assignment<'_>) -> Option<SessionChange> {
    let value = assignment.value;
    match assignment.target {
        Target::Variable => Some(SessionChange::Variable(assignment.name.concat())),
        Target::Server => None,
        Target::Session => {
            // from a variable: its previous value
            let lasting = !value.is_empty() && !value.is_any(&["@", "DEFAULT"]);
            Some(setting(value.with(assignment.name), lasting))
        }
    }
}

/// The setting whose name comes next.
fn setting(mut tokens: Tokens<'_>, lasting: bool) -> SessionChange {
    let mut name = bare(tokens.next()).trim_matches('\'').to_owned();
    if tokens.take(&["."]) {
        name = format!("{name}.{}", tokens.peek().to_lowercase());
    }
    match name.as_str() {
        "role" | "session_authorization" => SessionChange::Role { lasting },
        "session" => SessionChange::Role { lasting: false }, // RESET SESSION AUTHORIZATION
        _ => SessionChange::Setting { name, lasting },
    }
}

/// What a change of rows, or a query, assigns as a side effect.
fn rows(tokens: Tokens<'_>, found: &mut Vec<SessionChange>) {
    if tokens.is_mysql() {
        let assigned = variables(tokens).into_iter();
        let assigned = assigned.filter(|variable| variable.is_assigned);
        found.extend(assigned.map(|variable| SessionChange::Variable(variable.name.to_owned())));
    }
    let calls = set_configs(tokens).into_iter();
    found.extend(
        calls
            .filter(|call| !call.is_local)
            .map(|call| SessionChange::Setting {
                lasting: !call.value.is(&["''"]),
                name: call.name,
            }),
    );
}

/// Whether it may call a function that is not built in.
fn calls_unknown(tokens: Tokens<'_>) -> bool {
    let all = tokens.rest();
    let word = |at: usize| all.get(at).copied().unwrap_or_default();
    let is_any = |at: usize, words: &[&str]| {
        let token = word(at);
        words.iter().any(|word| token.eq_ignore_ascii_case(word))
    };
    (1..all.len()).filter(|at| word(*at) == "(").any(|at| {
        let name = word(at - 1);
        let is_name = name.starts_with(|sign: char| sign.is_alphabetic() || "_\"`".contains(sign));
        let is_table = at > 1 && is_any(at - 2, &["INTO", "AS"])
            || at > 3 && word(at - 2) == "." && is_any(at - 4, &["INTO"]);
        is_name && !is_table && !is_any(at - 1, BUILT_IN)
    })
}

/// The first words of statements that leave the session unchanged.
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

/// Words before a parenthesis that call nothing, or no user-defined function.
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
mod tests;
