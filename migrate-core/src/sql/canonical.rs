//! Spells an expression or a query one way, by its tokens. Pure; it knows no column and no server:
//! what only a type or a server's version says is not decided here.

mod reserved;

pub(crate) use reserved::is_reserved;

use std::borrow::Cow;

use super::lexer::{Kind, Piece, pieces};
use super::{Dialect, unquoted};
use crate::dialect::BackendKind;

/// An expression or a query, spelled one way, for every backend's `canonical`: two texts with the
/// same result are the same to the database. Sound, not complete: texts with different results may
/// be the same too.
///
/// - One space between tokens, or none; no comments, no semicolon at the end.
/// - Keywords and names without quotes in lower case (ASCII). Quoted names too, except on
///   PostgreSQL.
/// - No quotes around names that need none; around others `"…"` on PostgreSQL, else `` `…` ``.
/// - No parentheses around the whole, unless they enclose a list or a query.
/// - `<>` for `!=`; on SQLite, `=` for `==`.
/// - On MySQL and MariaDB, text without the introducer `_utf8mb4`, and `''` for `\'`.
///
/// Text in single quotes stays as it is otherwise. The result is an expression that the database
/// accepts.
pub(crate) fn canonical_expression(text: &str, backend: BackendKind) -> String {
    canonical_expression_of(text, backend, &|_| true)
}

/// [`canonical_expression`] for SQLite, where `"…"` is a name if there is such a name, and else
/// text, which stays as it is.
pub(crate) fn canonical_expression_of(
    text: &str,
    backend: BackendKind,
    is_name: &dyn Fn(&str) -> bool,
) -> String {
    let mut tokens = Reader {
        text,
        backend,
        is_name,
    }
    .tokens();
    while matches!(tokens.last(), Some(last) if last.text == ";") {
        tokens.pop();
    }
    spelled(without_parentheses(&tokens))
}

/// A name as it is written in a canonical expression.
pub(crate) fn canonical_name(name: &str, backend: BackendKind) -> String {
    let is_postgres = backend == BackendKind::Postgres;
    let name = match is_postgres {
        true => Cow::Borrowed(name),
        false => Cow::Owned(name.to_ascii_lowercase()),
    };
    let is_plain = name.starts_with(|sign: char| sign.is_ascii_lowercase() || sign == '_')
        && name
            .chars()
            .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    match (is_plain && !is_reserved(&name, backend), is_postgres) {
        (true, _) => name.into_owned(),
        (false, true) => format!("\"{}\"", name.replace('"', "\"\"")),
        (false, false) => format!("`{}`", name.replace('`', "``")),
    }
}

/// What a token is, as far as its spaces depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A keyword or a name without quotes.
    Word,
    /// A quoted name, text or a number.
    Value,
    Operator,
    /// A sign that touches what follows it.
    Prefix,
    /// A sign that touches both sides.
    Joint,
    Open,
    Close,
    Comma,
}

#[derive(Clone, Debug)]
struct Token<'t> {
    role: Role,
    text: Cow<'t, str>,
}

struct Reader<'t> {
    text: &'t str,
    backend: BackendKind,
    is_name: &'t dyn Fn(&str) -> bool,
}

impl<'t> Reader<'t> {
    fn tokens(&self) -> Vec<Token<'t>> {
        let dialect = Dialect::of(self.backend);
        let pieces: Vec<Piece> = pieces(self.text, dialect).collect();
        let mut tokens = Vec::with_capacity(pieces.len());
        let mut at = 0;
        while let Some(piece) = pieces.get(at) {
            let text = &self.text[piece.span.clone()];
            at += 1;
            let token = match piece.kind {
                Kind::Space | Kind::LineComment | Kind::Mark => continue,
                Kind::Word => word(text),
                Kind::Quoted => self.quoted(text),
                Kind::Executed => token(Role::Value, text),
                Kind::Semicolon => token(Role::Comma, text),
                Kind::Sign
                    if text == "."
                        && !follows_name(&tokens)
                        && pieces.get(at).is_some_and(|next| next.kind == Kind::Word) =>
                {
                    // a fraction without a digit before its point
                    let span = piece.span.start..pieces[at].span.end;
                    at += 1;
                    token(Role::Value, self.text[span].to_ascii_lowercase())
                }
                Kind::Sign => {
                    let run = pieces[at..]
                        .iter()
                        .take_while(|next| next.kind == Kind::Sign);
                    let end = run.last().map_or(piece.span.end, |last| last.span.end);
                    let length = self.operator(&self.text[piece.span.start..end]);
                    let end = piece.span.start + length;
                    while pieces.get(at).is_some_and(|next| next.span.start < end) {
                        at += 1;
                    }
                    self.sign(&self.text[piece.span.start..end], &tokens)
                }
            };
            tokens.push(token);
        }
        tokens
    }

    fn quoted(&self, text: &'t str) -> Token<'t> {
        let is_sqlite = self.backend == BackendKind::Sqlite;
        match text.chars().next() {
            Some('`' | '[') => self.name(&unquoted(text)),
            Some('"') if self.backend == BackendKind::Postgres => self.name(&unquoted(text)),
            Some('"') if is_sqlite => {
                let name = unquoted(text);
                match (self.is_name)(&name) {
                    true => self.name(&name),
                    false => token(Role::Value, text),
                }
            }
            // whether it is a name on MySQL depends on a setting
            Some('"' | '$') => token(Role::Value, text),
            Some('x' | 'X') => token(Role::Value, text.to_ascii_lowercase()),
            _ => self.string(text),
        }
    }

    fn name(&self, name: &str) -> Token<'t> {
        let name = canonical_name(name, self.backend);
        let is_plain = !name.starts_with(['"', '`']);
        token(if is_plain { Role::Word } else { Role::Value }, name)
    }

    /// A string, perhaps with a prefix.
    fn string(&self, text: &'t str) -> Token<'t> {
        let quote = text.find('\'').unwrap_or(text.len());
        let (prefix, string) = text.split_at(quote);
        if !matches!(self.backend, BackendKind::Mysql | BackendKind::Mariadb) {
            let text = match prefix {
                "" => Cow::Borrowed(text),
                prefix => Cow::Owned(format!("{}{string}", prefix.to_ascii_lowercase())),
            };
            return token(Role::Value, text);
        }
        let prefix = prefix.to_ascii_lowercase();
        let mut written = match prefix.as_str() {
            "_utf8mb4" => String::new(),
            prefix => prefix.to_owned(),
        };
        let mut signs = string.chars();
        while let Some(sign) = signs.next() {
            match (sign, signs.clone().next()) {
                ('\\', Some('\'')) => {
                    written.push_str("''");
                    signs.next();
                }
                ('\\', Some(next)) => {
                    written.extend(['\\', next]);
                    signs.next();
                }
                _ => written.push(sign),
            }
        }
        token(Role::Value, written)
    }

    /// The length of the operator with which a run of signs begins.
    fn operator(&self, run: &str) -> usize {
        const SQLITE: &[&str] = &["->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "=="];
        const MYSQL: &[&str] = &[
            "<=>", "->>", "->", ":=", "&&", "||", "<<", ">>", "<=", ">=", "<>", "!=", "@@",
        ];
        let one = run.chars().next().map_or(0, char::len_utf8);
        let known = |known: &[&str]| {
            let found = known.iter().find(|operator| run.starts_with(**operator));
            found.map_or(one, |operator| operator.len())
        };
        match self.backend {
            BackendKind::Sqlite => known(SQLITE),
            BackendKind::Mysql | BackendKind::Mariadb => known(MYSQL),
            BackendKind::Postgres if run.starts_with(':') => known(&["::", ":="]),
            BackendKind::Postgres => {
                let all = |sign: char| "+-*/<>=~!@#%^&|?".contains(sign);
                let end = run.find(|sign| !all(sign)).unwrap_or(run.len());
                let mut operator = &run[..end];
                // only with one of these signs, an operator may end in + or -
                while operator.len() > 1
                    && operator.ends_with(['+', '-'])
                    && !operator.contains(['~', '!', '@', '#', '%', '^', '&', '|', '?'])
                {
                    operator = &operator[..operator.len() - 1];
                }
                operator.len().max(one)
            }
        }
    }

    fn sign(&self, text: &'t str, before: &[Token<'_>]) -> Token<'t> {
        match text {
            "(" | "[" => token(Role::Open, text),
            ")" | "]" => token(Role::Close, text),
            "," => token(Role::Comma, text),
            "." | "::" => token(Role::Joint, text),
            "@" | "@@" | ":" | "?" | "$" | "#" => token(Role::Prefix, text),
            "-" | "+" | "~" if !ends_operand(before) => token(Role::Prefix, text),
            "!=" => token(Role::Operator, "<>"),
            "==" if self.backend == BackendKind::Sqlite => token(Role::Operator, "="),
            _ => token(Role::Operator, text),
        }
    }
}

fn token<'t>(role: Role, text: impl Into<Cow<'t, str>>) -> Token<'t> {
    Token {
        role,
        text: text.into(),
    }
}

/// A keyword, a name without quotes, or a number.
fn word(text: &str) -> Token<'_> {
    let role = match text.starts_with(|sign: char| sign.is_ascii_digit()) {
        true => Role::Value,
        false => Role::Word,
    };
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => token(role, text.to_ascii_lowercase()),
        false => token(role, text),
    }
}

/// Whether a point after these tokens qualifies a name.
fn follows_name(tokens: &[Token<'_>]) -> bool {
    tokens.last().is_some_and(|last| match last.role {
        Role::Word => !is_spaced(&last.text),
        Role::Value => last.text.starts_with(['"', '`', '\'']),
        Role::Close => true,
        _ => false,
    })
}

/// Whether these tokens end in something that a sign can add to, so that it is no sign of a number.
fn ends_operand(tokens: &[Token<'_>]) -> bool {
    tokens.last().is_some_and(|last| match last.role {
        Role::Word => !is_spaced(&last.text),
        Role::Value | Role::Close => true,
        _ => false,
    })
}

/// The tokens without parentheses around all of them.
fn without_parentheses<'a, 't>(mut tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    while let [open, inner @ .., _] = tokens
        && open.text == "("
        && closes_at_end(tokens)
        && !inner.is_empty()
        && !matches!(inner[0].text.as_ref(), "select" | "with" | "values")
        && !has_comma(inner)
    {
        tokens = inner;
    }
    tokens
}

/// Whether the last token closes what the first one opens.
fn closes_at_end(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.role {
            Role::Open => depth += 1,
            Role::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1 == tokens.len();
        }
    }
    false
}

fn has_comma(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    tokens.iter().any(|token| {
        match token.role {
            Role::Open => depth += 1,
            Role::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.role == Role::Comma
    })
}

fn spelled(tokens: &[Token<'_>]) -> String {
    let mut text = String::with_capacity(tokens.iter().map(|token| token.text.len() + 1).sum());
    let mut before: Option<&Token<'_>> = None;
    for token in tokens {
        if before.is_some_and(|before| is_apart(before, token)) {
            text.push(' ');
        }
        text.push_str(&token.text);
        before = Some(token);
    }
    text
}

/// Whether there is a space between two tokens.
fn is_apart(before: &Token<'_>, token: &Token<'_>) -> bool {
    match (before.role, token.role) {
        // two signs would begin a comment
        (Role::Prefix, Role::Prefix | Role::Operator) => true,
        (Role::Open | Role::Prefix | Role::Joint, _)
        | (_, Role::Close | Role::Comma | Role::Joint) => false,
        (Role::Word, Role::Open) => is_spaced(&before.text),
        (Role::Value, Role::Open) => false,
        _ => true,
    }
}

/// Whether a word is an operator or a keyword before an operand, rather than the name of a function
/// or an operand itself.
fn is_spaced(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "all",
        "and",
        "any",
        "as",
        "between",
        "binary",
        "by",
        "case",
        "cross",
        "distinct",
        "div",
        "else",
        "escape",
        "except",
        "exists",
        "filter",
        "from",
        "glob",
        "having",
        "ilike",
        "in",
        "inner",
        "intersect",
        "interval",
        "is",
        "join",
        "like",
        "limit",
        "match",
        "natural",
        "not",
        "offset",
        "on",
        "or",
        "outer",
        "over",
        "regexp",
        "rlike",
        "select",
        "similar",
        "some",
        "then",
        "union",
        "using",
        "values",
        "when",
        "where",
        "with",
        "xor",
    ];
    WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests;
