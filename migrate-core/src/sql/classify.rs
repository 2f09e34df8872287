//! What a statement does, read from its beginning by the grammar of its database, as data that everybody shares who has to decide
//! something about it. Pure, and careful: what is not known is opaque.

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
    /// It changes rows, or may do so.
    Rows,
    /// It changes the schema, or accounts and their rights.
    Schema,
    /// It only sets something for the connection, which the same text does for any other connection.
    Setting,
    /// It changes neither rows nor definitions: statistics, caches, storage.
    Maintenance,
    /// It begins or ends a transaction, or a part of one.
    Transaction,
    /// Nothing is known of it.
    Opaque,
}

/// What becomes of a transaction that is open when a statement is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEffect {
    /// The statement is part of it.
    Joins,
    /// The server commits it, and commits the statement by itself.
    Commits,
    /// The statement says where a transaction begins or ends.
    Controls,
    /// The database refuses the statement inside of a transaction.
    Outside,
    /// That depends on more than the text.
    Unknown,
}

/// What is known of a statement, or of a text with several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) kind: StatementKind,
    pub(crate) transaction: TransactionEffect,
    /// Run twice in a row, it leaves what it leaves when it is run once, also if others used the database in between.
    pub(crate) repeatable: bool,
    /// Where the server refuses it, nothing of it stays.
    pub(crate) atomic: bool,
    /// It is done beside the work of others, and waits for them. If it fails, it may leave an index that is not valid.
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

    /// A statement of which nothing is known, or one that runs others.
    const OPAQUE: Class =
        Class::of(StatementKind::Opaque, TransactionEffect::Unknown).atomic(false);

    /// A statement whose first word no list has: if the server does not know it either, it refuses it, and nothing was done.
    const UNHEARD: Class = Class::of(StatementKind::Opaque, TransactionEffect::Unknown);

    /// A text of which it is not certain how many statements it holds. Where a statement may commit the transaction, it counts
    /// as one that does: the journal records it before it is sent.
    fn uncertain(backend: BackendKind) -> Class {
        match backend {
            BackendKind::Mysql | BackendKind::Mariadb => Class {
                transaction: TransactionEffect::Commits,
                ..Class::OPAQUE
            },
            BackendKind::Sqlite | BackendKind::Postgres => Class::OPAQUE,
        }
    }

    /// What two statements do one after the other.
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

/// What is known of a text.
pub(crate) fn classify(sql: &str, backend: BackendKind) -> Class {
    if let Some(class) = of_rows(sql, backend) {
        return class;
    }
    let Some((executed, skipped)) = versioned(sql, backend) else {
        return of_plain(sql, backend);
    };
    // a server of another version does not read what is in the comments
    let (with, without) = (of_plain(&executed, backend), of_plain(&skipped, backend));
    let empty =
        matches!(sql::statements(&skipped, backend), Cut::Statements(list) if list.is_empty());
    match empty || with == without {
        true => with,
        false => Class::uncertain(backend),
    }
}

/// Whether a statement waits for the transactions of others to end while it lets them go on with the table, as PostgreSQL's
/// `CONCURRENTLY` does. Waiting then blocks no one, and an interruption leaves an invalid index.
#[allow(dead_code, reason = "only PostgreSQL's backend asks")]
pub(crate) fn is_concurrent(sql: &str) -> bool {
    const WORD: &[u8] = b"CONCURRENTLY";
    let mut places = sql.as_bytes().windows(WORD.len());
    // a long text need not be read
    places.any(|place| place.eq_ignore_ascii_case(WORD))
        && classify(sql, BackendKind::Postgres).concurrently
}

/// The text with what MySQL and MariaDB execute of its comments, and without it; nothing if it has no such comments.
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

/// The text as it is executed where the server reads what is in versioned comments.
pub(super) fn as_executed(sql: &str, backend: BackendKind) -> Cow<'_, str> {
    match versioned(sql, backend) {
        Some((executed, _)) => Cow::Owned(executed),
        None => Cow::Borrowed(sql),
    }
}

/// The class of a change of rows, by its first word: without a semicolon anywhere it is one statement. It may be long, and needs
/// not be read then.
fn of_rows(sql: &str, backend: BackendKind) -> Option<Class> {
    let single = !sql.trim_end().trim_end_matches(';').contains(';');
    let first = [sql::tokens(sql, backend).next().filter(|_| single)?];
    let first = Tokens::new(&first, backend);
    let rows = first.is_any(&["INSERT", "UPDATE", "DELETE"]);
    rows.then(|| grammar::statement(first))
}

/// What is known of a single statement that was cut already, and holds no versioned comments.
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
