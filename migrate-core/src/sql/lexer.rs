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
            Kind::Space => {}
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
    std::iter::from_fn(move || {
        let piece = piece(rest, rest.chars().next()?, dialect);
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
        '"' => quoted(rest, '"', dialect.backslash, "a quoted name"),
        '`' => quoted(rest, '`', false, "a quoted name"),
        '[' if dialect.bracket => bracketed(rest),
        '#' if dialect.hash => line(rest),
        '-' if rest.starts_with("--") && !(dialect.hash && glued(rest)) => line(rest),
        '/' if rest.starts_with("/*") => block(rest, dialect.nested),
        '$' if dialect.dollar => dollar(rest),
        'E' | 'e' if dialect.dollar && rest[1..].starts_with('\'') => {
            let string = quoted(&rest[1..], '\'', true, "a string");
            Piece {
                length: string.length + 1,
                ..string
            }
        }
        first if first.is_whitespace() => Piece::closed(Kind::Space, one),
        first if is_word(first) => {
            let end = rest.find(|sign| !is_word(sign) && sign != '$');
            Piece::closed(Kind::Word, end.unwrap_or(rest.len()))
        }
        _ => Piece::closed(Kind::Other, one),
    }
}

fn is_word(sign: char) -> bool {
    sign == '_' || sign.is_alphanumeric()
}

/// Whether `--` is followed by something other than white space, which is no comment on MySQL.
fn glued(rest: &str) -> bool {
    let third = rest.chars().nth(2);
    third.is_some_and(|sign| !sign.is_whitespace() && !sign.is_control())
}

fn line(rest: &str) -> Piece {
    let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let kind = match rest[..end].ends_with('\n') {
        true => Kind::Space,
        false => Kind::LineComment,
    };
    Piece::closed(kind, end)
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
