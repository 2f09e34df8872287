//! What a statement does, parsed from its beginning by the grammar of its database, as data for all
//! modules that make decisions. Pure, and conservative: what is not known is opaque.

mod calls;
mod grammar;
mod set;

use std::borrow::Cow;

use super::tokens::Tokens;
use crate::dialect::BackendKind;
use crate::sql::{self, Cut, Dialect, pieces};

pub(super) use calls::calls;
pub(super) use grammar::in_temp;
pub(super) use set::{Assignment, Set, Target, set};

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatementKind {
    /// It only reads.
    Read,
    /// It changes rows, or may change them.
    Rows,
    /// It changes the schema, or accounts and their rights.
    Schema,
    /// It only sets something for the connection, as the same text does on any other connection.
    Setting,
    /// It changes neither rows nor definitions: statistics, caches, storage.
    Maintenance,
    /// It begins or ends a transaction, or a part of one.
    Transaction,
    /// Unknown.
    Opaque,
}

/// How a statement affects an open transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEffect {
    /// The statement is part of it.
    Joins,
    /// The server commits the transaction, and then the statement by itself.
    Commits,
    /// The statement says where a transaction begins or ends.
    Controls,
    /// The database refuses the statement inside a transaction.
    Outside,
    /// That depends on more than the text.
    Unknown,
}

/// What is known about a statement, or about a text of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) kind: StatementKind,
    pub(crate) transaction: TransactionEffect,
    /// Repeating it at once has no further effect, even if others used the database in between.
    pub(crate) repeatable: bool,
    /// If the server refuses it, nothing of it stays.
    pub(crate) atomic: bool,
    /// It runs concurrently with other sessions, and waits for them. If it fails, it may leave an
    /// invalid index.
    pub(crate) concurrently: bool,
}

impl Class {
    const fn of(kind: StatementKind, transaction: TransactionEffect) -> Class {
        Class {
            kind,
            transaction,
            repeatable: false,
            atomic: true,
            concurrently: false,
        }
    }

    const fn repeatable(self, repeatable: bool) -> Class {
        Class { repeatable, ..self }
    }

    const fn atomic(self, atomic: bool) -> Class {
        Class { atomic, ..self }
    }

    /// A statement about which nothing is known, or one that runs others.
    const OPAQUE: Class =
        Class::of(StatementKind::Opaque, TransactionEffect::Unknown).atomic(false);

    /// A statement whose first word is in no list: a server that does not know it either refuses
    /// it, and nothing was done.
    const UNHEARD: Class = Class::of(StatementKind::Opaque, TransactionEffect::Unknown);

    /// A text whose number of statements is uncertain. If a statement may commit the transaction,
    /// the text counts as one that does: the journal records it before it is sent.
    fn uncertain(backend: BackendKind) -> Class {
        match backend {
            BackendKind::Mysql | BackendKind::Mariadb => Class {
                transaction: TransactionEffect::Commits,
                ..Class::OPAQUE
            },
            BackendKind::Sqlite | BackendKind::Postgres => Class::OPAQUE,
        }
    }

    /// The combined effect of two statements in sequence.
    fn and(self, other: Class) -> Class {
        use StatementKind::{Opaque, Read, Setting};
        let kind = match self.kind == other.kind && matches!(self.kind, Read | Setting) {
            true => self.kind,
            false => Opaque,
        };
        let transaction = match self.transaction == other.transaction {
            true => self.transaction,
            false => TransactionEffect::Unknown,
        };
        Class {
            kind,
            transaction,
            repeatable: false,
            atomic: false,
            concurrently: self.concurrently || other.concurrently,
        }
    }
}

/// What is known about a text.
pub(crate) fn classify(sql: &str, backend: BackendKind) -> Class {
    if let Some(class) = of_rows(sql, backend) {
        return class;
    }
    let Some((executed, skipped)) = versioned(sql, backend) else {
        return of_plain(sql, backend);
    };
    // a server of another version ignores what is in the comments
    let (with, without) = (of_plain(&executed, backend), of_plain(&skipped, backend));
    let empty =
        matches!(sql::statements(&skipped, backend), Cut::Statements(list) if list.is_empty());
    match empty || with == without {
        true => with,
        false => Class::uncertain(backend),
    }
}

/// Whether a statement waits for other transactions to end while other sessions may use the table,
/// as with PostgreSQL's `CONCURRENTLY`. Waiting then blocks no one, and an interruption leaves an
/// invalid index.
#[allow(dead_code, reason = "only PostgreSQL's backend asks")]
pub(crate) fn is_concurrent(sql: &str) -> bool {
    const WORD: &[u8] = b"CONCURRENTLY";
    let mut places = sql.as_bytes().windows(WORD.len());
    // a long text need not be parsed
    places.any(|place| place.eq_ignore_ascii_case(WORD))
        && classify(sql, BackendKind::Postgres).concurrently
}

/// The text with its comments that MySQL and MariaDB execute, and without them; `None` if it has
/// none.
pub(super) fn versioned(sql: &str, backend: BackendKind) -> Option<(String, String)> {
    if !matches!(backend, BackendKind::Mysql | BackendKind::Mariadb) || !sql.contains("/*") {
        return None;
    }
    let mut found = false;
    let (mut executed, mut skipped) = (String::new(), String::new());
    for piece in pieces(sql, Dialect::of(backend)) {
        let token = &sql[piece.span];
        let inner = token
            .strip_prefix("/*M!")
            .or_else(|| token.strip_prefix("/*!"))
            .and_then(|inner| inner.strip_suffix("*/"));
        match inner {
            None => {
                executed.push_str(token);
                skipped.push_str(token);
            }
            Some(inner) => {
                found = true;
                executed.push(' ');
                executed.push_str(inner.trim_start_matches(|sign: char| sign.is_ascii_digit()));
                executed.push(' ');
                skipped.push(' ');
            }
        }
    }
    found.then_some((executed, skipped))
}

/// The text as a server executes it that reads versioned comments.
pub(super) fn as_executed(sql: &str, backend: BackendKind) -> Cow<'_, str> {
    match versioned(sql, backend) {
        Some((executed, _)) => Cow::Owned(executed),
        None => Cow::Borrowed(sql),
    }
}

/// The class of a change of rows, by its first word: without any semicolon it is one statement. It
/// may be long, and then need not be parsed.
fn of_rows(sql: &str, backend: BackendKind) -> Option<Class> {
    let single = !sql.trim_end().trim_end_matches(';').contains(';');
    let first = [sql::tokens(sql, backend).next().filter(|_| single)?];
    let first = Tokens::new(&first, backend);
    let rows = first.is_any(&["INSERT", "UPDATE", "DELETE"]);
    rows.then(|| grammar::statement(first))
}

/// What is known about a single statement that was split off already, and contains no versioned
/// comments.
pub(super) fn of_statement(tokens: Tokens<'_>) -> Class {
    grammar::statement(tokens)
}

fn of_plain(sql: &str, backend: BackendKind) -> Class {
    let statements = match sql::statements(sql, backend) {
        Cut::Uncertain(_) => return Class::uncertain(backend),
        Cut::Statements(statements) => statements,
    };
    let classes = statements.iter().map(|statement| {
        let tokens = Tokens::of(statement.sql, backend);
        grammar::statement(Tokens::new(&tokens, backend))
    });
    classes.reduce(Class::and).unwrap_or(Class::OPAQUE)
}

#[cfg(test)]
mod tests;
