//! `SET`: which forms give the connection a setting that the same text gives any other connection.

use super::calls::is_pure;
use crate::dialect::BackendKind;
use crate::sql::tokens::{Tokens, is_string, is_word};

/// What a `SET` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) enum Set {
    /// It gives the connection a setting whose value is in the text.
    Setting,
    /// It computes a value, by a query or by a function that may have an effect.
    Computes,
    /// It changes the server for all connections; repeating it has no further effect.
    Server,
    /// It runs another statement: this one.
    Statement,
    /// It changes an account, which the server commits.
    Account,
    /// Unknown.
    Unknown,
}

/// What a `SET` does, after the first word.
pub(in crate::sql) fn set(tokens: Tokens<'_>) -> Set {
    match tokens.backend() {
        BackendKind::Postgres => of_postgres(tokens),
        BackendKind::Mysql | BackendKind::Mariadb => of_mysql(tokens),
        BackendKind::Sqlite => Set::Unknown,
    }
}

/// PostgreSQL accepts no expressions here.
fn of_postgres(tokens: Tokens<'_>) -> Set {
    let plain = |token: &&&str| {
        is_word(token) || is_string(token, true) || matches!(**token, "." | "," | "=" | "-" | "+")
    };
    match !tokens.is_empty() && tokens.rest().iter().all(|token| plain(&token)) {
        true => Set::Setting,
        false => Set::Unknown,
    }
}

fn of_mysql(mut tokens: Tokens<'_>) -> Set {
    if tokens.is(&["STATEMENT"]) {
        return Set::Statement;
    }
    if tokens.is(&["PASSWORD"]) || tokens.is(&["DEFAULT", "ROLE"]) {
        return Set::Account;
    }
    let scope = tokens;
    tokens.skip_all(&["SESSION", "LOCAL"]);
    if tokens.take(&["TRANSACTION"]) {
        return Set::Setting;
    }
    if scope.is(&["GLOBAL", "TRANSACTION"]) {
        return Set::Server;
    }
    if tokens.take(&["ROLE"]) {
        return Set::Setting;
    }
    let mut whole = Set::Setting;
    for part in scope.parts() {
        let part = assignment(part);
        whole = match (whole, part) {
            (Set::Unknown, _) | (_, Set::Unknown) => Set::Unknown,
            (Set::Computes, _) | (_, Set::Computes) => Set::Computes,
            (Set::Server, _) | (_, Set::Server) => Set::Server,
            (whole, _) => whole,
        };
    }
    whole
}

/// One `name = value` of MySQL.
fn assignment(mut tokens: Tokens<'_>) -> Set {
    if tokens.take(&["NAMES"]) || tokens.take(&["CHARACTER", "SET"]) || tokens.take(&["CHARSET"]) {
        let plain = |token: &&str| is_word(token) || is_string(token, true);
        return match tokens.rest().iter().all(plain) {
            true => Set::Setting,
            false => Set::Unknown,
        };
    }
    let Some(Assignment {
        target,
        name: [_],
        value,
    }) = Assignment::read(tokens)
    else {
        return Set::Unknown;
    };
    let bare = target != Target::Variable && value.rest().len() == 1 && is_word(value.peek());
    match (target, bare || is_pure(value)) {
        (Target::Server, true) => Set::Server,
        (Target::Server, false) | (_, false) => Set::Computes,
        (_, true) => Set::Setting,
    }
}

/// The target of a MySQL assignment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Target {
    /// `@name`.
    Variable,
    /// A setting of the connection.
    Session,
    /// A setting of the server.
    Server,
}

/// One `name = value` of MySQL.
#[derive(Clone, Copy)]
pub(in crate::sql) struct Assignment<'a> {
    pub(in crate::sql) target: Target,
    /// As spelled, with its dots.
    pub(in crate::sql) name: &'a [&'a str],
    pub(in crate::sql) value: Tokens<'a>,
}

impl<'a> Assignment<'a> {
    /// Parses the part between two commas of a `SET`.
    pub(in crate::sql) fn read(mut tokens: Tokens<'a>) -> Option<Assignment<'a>> {
        let target = target(&mut tokens);
        let name = tokens;
        tokens.next();
        while tokens.take(&["."]) {
            tokens.next();
        }
        let length = name.rest().len() - tokens.rest().len();
        (tokens.take(&[":", "="]) || tokens.take(&["="])).then_some(Assignment {
            target,
            name: &name.rest()[..length],
            value: tokens,
        })
    }
}

/// The target: afterwards, the tokens are at its name.
fn target(tokens: &mut Tokens<'_>) -> Target {
    let take_scope = |tokens: &mut Tokens<'_>, between: &[&str]| {
        let mut after = *tokens;
        let server = after.take_one(&["GLOBAL", "PERSIST", "PERSIST_ONLY"]);
        let scope = server.or_else(|| after.take_one(&["SESSION", "LOCAL"]));
        let is_scope = scope.is_some() && after.take(between) && !after.is(&["="]);
        if is_scope {
            *tokens = after;
        }
        match is_scope && server.is_some() {
            true => Target::Server,
            false => Target::Session,
        }
    };
    if tokens.take(&["@", "@"]) {
        return take_scope(tokens, &["."]);
    }
    match tokens.take(&["@"]) {
        true => Target::Variable,
        false => take_scope(tokens, &[]),
    }
}
