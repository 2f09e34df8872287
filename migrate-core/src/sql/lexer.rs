//! Looks through a statement for what a client would cut it at: where strings, names and comments end, and the semicolons
//! outside of them. Knows no grammar.

use super::dialect::Dialect;

/// What was found in a statement.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// There is nothing but white space and comments.
    pub(crate) empty: bool,
    /// The last thing is a semicolon.
    pub(crate) ended: bool,
    /// A semicolon has something after it.
    pub(crate) inner: bool,
    /// It ends inside a comment to the end of the line.
    pub(crate) comment: bool,
    /// It may hold the body of a program that is kept in the database.
    pub(crate) program: bool,
    /// What it ends inside of.
    pub(crate) open: Option<&'static str>,
}

/// The words without which no statement has other statements inside.
const PROGRAM: [&str; 6] = [
    "BEGIN",
    "EVENT",
    "FUNCTION",
    "PACKAGE",
    "PROCEDURE",
    "TRIGGER",
];

/// Looks through a statement.
pub(crate) fn scan(sql: &str, dialect: &Dialect) -> Found {
    let mut found = Found {
        empty: true,
        ..Found::default()
    };
    for (rest, piece) in pieces(sql, dialect) {
        found.comment = false;
        match piece.kind {
            Kind::Space | Kind::Mark => {}
            Kind::LineComment => found.comment = piece.length == rest.len(),
            Kind::Semicolon => {
                found.empty = false;
                found.ended = true;
            }
            Kind::Word | Kind::Other => {
                found.empty = false;
                found.inner |= found.ended;
                found.ended = false;
                let word = &rest[..piece.length];
                found.program |= PROGRAM.iter().any(|name| word.eq_ignore_ascii_case(name));
            }
        }
        if piece.open.is_some() {
            found.open = piece.open;
        }
    }
    found
}

/// The pieces of a text, each with the text from where it begins.
pub(crate) fn pieces<'a>(
    sql: &'a str,
    dialect: &'a Dialect,
) -> impl Iterator<Item = (&'a str, Piece)> {
    let mut rest = sql;
    // whether this is inside of `/*! … */` and reads it
    let mut executed = false;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let mark = executed_mark(rest, executed).filter(|_| dialect.executed_comments);
        let piece = match mark {
            Some(length) => {
                executed = !executed;
                Piece::closed(Kind::Mark, length)
            }
            None => piece(rest, first, dialect),
        };
        let here = rest;
        rest = &rest[piece.length..];
        Some((here, piece))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Space,
    LineComment,
    Semicolon,
    Word,
    /// `/*!50003` or its `*/`, where what is between them is read.
    Mark,
    Other,
}

/// The next piece of a text.
pub(crate) struct Piece {
    pub(crate) kind: Kind,
    pub(crate) length: usize,
    pub(crate) open: Option<&'static str>,
}

impl Piece {
    fn closed(kind: Kind, length: usize) -> Piece {
        Piece {
            kind,
            length,
            open: None,
        }
    }
}

fn piece(rest: &str, first: char, dialect: &Dialect) -> Piece {
    let one = first.len_utf8();
    match first {
        ';' => Piece::closed(Kind::Semicolon, one),
        '\'' => quoted(rest, '\'', dialect.backslash, "a string"),
        '"' => quoted(rest, '"', dialect.backslash_in_names, "a quoted name"),
        '`' => quoted(rest, '`', false, "a quoted name"),
        '[' if dialect.bracket => bracketed(rest),
        '#' if dialect.hash => line(rest, dialect),
        '-' if rest.starts_with("--") && !(dialect.hash && glued(rest)) => line(rest, dialect),
        '/' if rest.starts_with("/*") => block(rest, dialect.nested),
        '$' if dialect.dollar => dollar(rest),
        'E' | 'e' if dialect.dollar && rest[1..].starts_with('\'') => escaped(rest),
        first if is_space(first) => Piece::closed(Kind::Space, one),
        first if is_word(first) => {
            let end = rest.find(|sign| !is_word(sign) && sign != '$');
            Piece::closed(Kind::Word, end.unwrap_or(rest.len()))
        }
        _ => Piece::closed(Kind::Other, one),
    }
}

/// How long the beginning of a comment that MySQL executes is, or its end.
fn executed_mark(rest: &str, executed: bool) -> Option<usize> {
    if executed {
        return rest.starts_with("*/").then_some(2);
    }
    let after = rest.strip_prefix("/*!").or(rest.strip_prefix("/*M!"))?;
    let digits = after.bytes().take(6).take_while(u8::is_ascii_digit).count();
    // one for no server at all, such as `/*M!999999`, stays a comment
    let executed = !after[..digits].starts_with("9999");
    executed.then_some(rest.len() - after.len() + digits)
}

/// Whether a character can be part of a word. To every database, what is not ASCII can be, a space of another script too.
pub(crate) fn is_word(sign: char) -> bool {
    sign == '_' || sign.is_ascii_alphanumeric() || !sign.is_ascii()
}

fn is_space(sign: char) -> bool {
    sign.is_ascii_whitespace() || sign == '\u{b}'
}

/// Whether `--` is followed by something other than white space, which is no comment on MySQL.
fn glued(rest: &str) -> bool {
    let third = rest.chars().nth(2);
    third.is_some_and(|sign| !sign.is_ascii_whitespace() && !sign.is_ascii_control())
}

/// A comment to the end of the line, which on PostgreSQL is a carriage return too.
fn line(rest: &str, dialect: &Dialect) -> Piece {
    let ends = |sign| sign == '\n' || sign == '\r' && dialect.dollar;
    match rest.find(ends) {
        Some(end) => Piece::closed(Kind::Space, end + 1),
        None => Piece::closed(Kind::LineComment, rest.len()),
    }
}

/// From one quote to the next that is not doubled.
fn quoted(rest: &str, quote: char, backslash: bool, what: &'static str) -> Piece {
    let mut signs = rest.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        if sign == '\\' && backslash {
            signs.next();
        } else if sign == quote && signs.next_if(|(_, next)| *next == quote).is_none() {
            return Piece::closed(Kind::Other, at + quote.len_utf8());
        }
    }
    Piece {
        kind: Kind::Other,
        length: rest.len(),
        open: Some(what),
    }
}

/// `E'…'`, which goes on after a line end: `E'a'` and `'b'` on the next line are one string.
fn escaped(rest: &str) -> Piece {
    let mut length = 1;
    loop {
        let part = quoted(&rest[length..], '\'', true, "a string");
        length += part.length;
        let after = rest[length..].trim_start_matches(is_space);
        let between = &rest[length..rest.len() - after.len()];
        if part.open.is_some() || !after.starts_with('\'') || !between.contains(['\n', '\r']) {
            return Piece { length, ..part };
        }
        length += between.len();
    }
}

/// A name in brackets, which SQLite takes as other databases write them.
fn bracketed(rest: &str) -> Piece {
    match rest.find(']') {
        Some(end) => Piece::closed(Kind::Other, end + 1),
        None => Piece {
            kind: Kind::Other,
            length: rest.len(),
            open: Some("a quoted name"),
        },
    }
}

fn block(rest: &str, nested: bool) -> Piece {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 {
        let close = rest[at..].find("*/");
        let open = rest[at..].find("/*").filter(|_| nested);
        match (open, close) {
            (Some(open), Some(close)) if open < close => {
                at += open + 2;
                depth += 1;
            }
            (_, Some(close)) => {
                at += close + 2;
                depth -= 1;
            }
            (_, None) => {
                return Piece {
                    kind: Kind::Other,
                    length: rest.len(),
                    open: Some("a comment"),
                };
            }
        }
    }
    // what MySQL and MariaDB read in spite of the comment around it
    let read = rest.starts_with("/*!") || rest.starts_with("/*M!");
    Piece::closed(if read { Kind::Other } else { Kind::Space }, at)
}

/// From `$tag$` to the next `$tag$`.
fn dollar(rest: &str) -> Piece {
    let Some(end) = rest[1..].find('$').map(|end| end + 2) else {
        return Piece::closed(Kind::Other, 1);
    };
    let tag = &rest[..end];
    let name = &tag[1..tag.len() - 1];
    let digit = name.starts_with(|sign: char| sign.is_ascii_digit());
    if digit || !name.chars().all(is_word) {
        return Piece::closed(Kind::Other, 1);
    }
    match rest[end..].find(tag) {
        Some(close) => Piece::closed(Kind::Other, end + close + tag.len()),
        None => Piece {
            kind: Kind::Other,
            length: rest.len(),
            open: Some("a dollar-quoted string"),
        },
    }
}
