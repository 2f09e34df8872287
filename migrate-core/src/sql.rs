//! The only readers of SQL text. Pure; they know no connection and no operation. Their results are
//! data about a statement, for the modules that make decisions:
//!
//! - where its tokens are (`lexer`), and where statements end (`split`), by `dialect`;
//! - what kind it is, and what it does to a transaction: [`classify`], [`control`];
//! - what it changes in the schema: [`schema_change`], [`created`], [`key_effects`];
//! - what it leaves on the connection and what it needs from there: [`session_changes`],
//!   [`session_state`];
//! - whether it may be sent in one text with others: [`goes_together`];
//! - how an expression is spelled one way: [`canonical_expression`]; its [`constants`];
//! - what in a text is meant for a client: [`findings`].

#[allow(
    dead_code,
    reason = "only backends ask, each for some, and there may be none"
)]
mod canonical;
#[allow(dead_code, reason = "only backends ask, and there may be none")]
mod change;
mod classify;
mod client;
mod constants;
mod created;
mod dialect;
mod expression;
#[allow(dead_code, reason = "only SQLite's backend asks")]
mod foreign_keys;
mod lexer;
mod qualified;
mod renaming;
mod session;
mod split;
mod together;
mod tokens;
mod transactions;

use crate::dialect::BackendKind;

pub(crate) use classify::{StatementKind, TransactionEffect, classify};
pub(crate) use client::{Finding, findings, sets_isolation};
pub use constants::{Constants, constants};
pub(crate) use created::created;
pub use created::{Created, created_views};
pub(crate) use dialect::Dialect;
pub(crate) use expression::{is_simple, plain};
pub(crate) use lexer::{Piece, pieces, scan};
#[allow(unused_imports, reason = "only MySQL's backend asks")]
pub(crate) use qualified::{selected_names, unqualified};
pub(crate) use renaming::{Names, Renames, relabelled, renamed};
pub(crate) use session::{
    SessionItem, may_change_session, session_state, sets_next_id, settings_left,
};
pub(crate) use split::{Cut, Statement, lines, statements};
pub(crate) use together::goes_together;
pub(crate) use transactions::{
    Control, Part, Transaction, control, controlling, may_control, may_end, parts_within,
    parts_without,
};
pub use transactions::{TransactionControl, TransactionFault};
#[allow(
    unused_imports,
    reason = "only backends ask, each for some, and there may be none"
)]
pub(crate) use {
    canonical::{canonical_expression, canonical_expression_of, canonical_name, is_reserved},
    change::{PartKind, SchemaChange, TableChange, TablePart, schema_change},
    classify::is_concurrent,
    foreign_keys::{KeyEffect, key_effects},
    lexer::Kind as PieceKind,
    session::{SessionChange, released, session_changes},
    transactions::transaction_effect,
};

/// The kind of token that a text ends inside of, such as a string; `None` if the text is complete.
pub(crate) fn unclosed(sql: &str, backend: BackendKind) -> Option<&'static str> {
    scan(sql, Dialect::of(backend)).open
}

/// Whether a statement of a text may begin with one of these words, wherever the text is cut. Looks
/// only behind each semicolon, so that a long text need not be read: after a comment, the answer is
/// yes. Not for texts with delimiters for a client.
pub(crate) fn may_begin_with(sql: &str, words: &[&str]) -> bool {
    let is_space = |sign: char| sign.is_whitespace() || sign == '\u{feff}';
    sql.split(';').any(|part| {
        let part = part.trim_start_matches(is_space);
        let is_first = |word: &&str| {
            let first = part.get(..word.len());
            first.is_some_and(|first| first.eq_ignore_ascii_case(word))
        };
        part.starts_with(['-', '/', '#']) || words.iter().any(is_first)
    })
}

/// The words, quoted texts and signs of a text, as spelled, without spaces and comments.
pub(crate) fn tokens(sql: &str, backend: BackendKind) -> impl Iterator<Item = &str> {
    pieces(sql, Dialect::of(backend))
        .filter(Piece::is_token)
        .map(|piece| &sql[piece.span])
}

/// The words, names and signs of a statement in lower case, including those within comments that
/// the server executes.
#[must_use]
pub fn names(statement: &str, kind: BackendKind) -> Vec<String> {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == '$';
    let mut names = Vec::new();
    for token in tokens(statement, kind) {
        if token.starts_with("/*") {
            let parts = token.split(|sign| !is_part(sign));
            names.extend(parts.filter(|part| !part.is_empty()).map(str::to_lowercase));
        } else if !token.starts_with('\'') && !token.ends_with('\'') {
            names.push(unquoted(token).to_lowercase());
        }
    }
    names
}

/// The name in a token, without quotes of any kind.
pub(crate) fn unquoted(token: &str) -> String {
    match token.chars().next() {
        Some(quote @ ('\'' | '"' | '`')) => {
            let inner = &token[1..];
            let inner = inner.strip_suffix(quote).unwrap_or(inner);
            inner.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        Some('[') => {
            let inner = &token[1..];
            inner.strip_suffix(']').unwrap_or(inner).to_owned()
        }
        _ => token.to_owned(),
    }
}
