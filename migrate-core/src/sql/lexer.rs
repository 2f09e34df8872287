//! Scans a statement for the places where a client would split it: the ends of strings, names and
//! comments, and the semicolons outside them. Knows no grammar.

use std::ops::Range;

use super::dialect::Dialect;

/// The result of scanning a statement.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// It contains only white space and comments.
    pub(crate) empty: bool,
    /// It ends with a semicolon.
    pub(crate) ended: bool,
    /// Something follows a semicolon.
    pub(crate) inner: bool,
    /// It ends inside a comment to the end of the line.
    pub(crate) comment: bool,
    /// It may contain the body of a stored program.
    pub(crate) program: bool,
    /// What it ends inside of.
    pub(crate) open: Option<&'static str>,
}

/// Without one of these words, a statement contains no other statements.
const PROGRAM: [&str; 6] = [
    "BEGIN",
    "EVENT",
    "FUNCTION",
    "PACKAGE",
    "PROCEDURE",
    "TRIGGER",
];

/// Scans a statement.
pub(crate) fn scan(sql: &str, dialect: &Dialect) -> Found {
    let mut found = Found {
        empty: true,
        ..Found::default()
    };
    for piece in pieces(sql, dialect) {
        found.comment = false;
        match piece.kind {
            Kind::Space if piece.open.is_none() => {}
            Kind::Mark => {}
            Kind::LineComment => found.comment = piece.span.end == sql.len(),
            Kind::Semicolon => {
                found.empty = false;
                found.ended = true;
            }
            _ => {
                found.empty = false;
                found.inner |= found.ended;
                found.ended = false;
                let word = &sql[piece.span];
                found.program |= PROGRAM.iter().any(|name| word.eq_ignore_ascii_case(name));
            }
        }
        if piece.open.is_some() {
            found.open = piece.open;
        }
    }
    found
}

/// The pieces of a text, in order.
pub(crate) fn pieces<'a>(sql: &'a str, dialect: &'a Dialect) -> impl Iterator<Item = Piece> + 'a {
    let mut at = 0;
    // whether this is inside `/*! … */` and reads it
    let mut executed = false;
    std::iter::from_fn(move || {
        let rest = &sql[at..];
        let first = rest.chars().next()?;
        let mark = match dialect.executed_comments {
            true => executed_mark(rest, executed),
            false => None,
        };
        let Lexeme { kind, length, open } = match mark {
            Some(length) => {
                executed = !executed;
                Lexeme::closed(Kind::Mark, length)
            }
            None => lexeme(rest, first, dialect),
        };
        let span = at..at + length;
        at = span.end;
        Some(Piece { kind, span, open })
    })
}

/// The kind of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// White space, or a comment and the end of its line.
    Space,
    /// A comment to the end of the text.
    LineComment,
    Semicolon,
    /// A keyword, a name without quotes, a number.
    Word,
    /// A string or a quoted name.
    Quoted,
    /// One character of punctuation.
    Sign,
    /// A whole comment that MySQL and MariaDB execute: `/*! … */`.
    Executed,
    /// `/*!50003` or its `*/`, if the text between them is read.
    Mark,
}

/// A piece of a text, with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) kind: Kind,
    pub(crate) span: Range<usize>,
    /// The kind of token that the text ends inside of.
    pub(crate) open: Option<&'static str>,
}

impl Piece {
    /// Whether it is neither white space nor a comment.
    pub(crate) fn is_token(&self) -> bool {
        !matches!(self.kind, Kind::Space | Kind::LineComment)
    }
}

/// The first piece of a text: its kind and length.
struct Lexeme {
    kind: Kind,
    length: usize,
    open: Option<&'static str>,
}

impl Lexeme {
    fn closed(kind: Kind, length: usize) -> Lexeme {
        Lexeme {
            kind,
            length,
            open: None,
        }
    }

    /// It does not end before the text does.
    fn open(kind: Kind, rest: &str, what: &'static str) -> Lexeme {
        Lexeme {
            kind,
            length: rest.len(),
            open: Some(what),
        }
    }
}

fn lexeme(rest: &str, first: char, dialect: &Dialect) -> Lexeme {
    let one = first.len_utf8();
    match first {
        ';' => Lexeme::closed(Kind::Semicolon, one),
        '\'' => quoted(rest, '\'', dialect.backslash, "a string"),
        '"' => quoted(rest, '"', dialect.backslash_in_names, "a quoted name"),
        '`' => quoted(rest, '`', false, "a quoted name"),
        '[' if dialect.bracket => bracketed(rest),
        '#' if dialect.hash => line(rest, dialect),
        '-' if rest.starts_with("--") && !(dialect.hash && glued(rest)) => line(rest, dialect),
        '/' if rest.starts_with("/*") => block(rest, dialect.nested),
        '$' if dialect.dollar => dollar(rest),
        'E' | 'e' if dialect.dollar && rest[1..].starts_with('\'') => escaped(rest),
        first if is_space(first) => Lexeme::closed(Kind::Space, one),
        first if is_word(first) => word(rest, dialect),
        _ => Lexeme::closed(Kind::Sign, one),
    }
}

/// A word or a number; with the string after it, if it is a prefix of one: `x'0a'`, `_utf8mb4'a'`.
fn word(rest: &str, dialect: &Dialect) -> Lexeme {
    // by bytes: those of a character that is not ASCII are part of a word, as the character is
    let ends =
        |byte: u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'$');
    let end = || rest.bytes().position(ends);
    let length = number(rest).or_else(end).unwrap_or(rest.len());
    let (word, after) = rest.split_at(length);
    let introduces = after.starts_with('\'')
        && (matches!(word, "x" | "X")
            || !dialect.bracket && matches!(word, "b" | "B" | "n" | "N")
            || dialect.hash && word.starts_with('_'));
    match introduces {
        true => {
            let string = quoted(after, '\'', dialect.backslash, "a string");
            Lexeme {
                length: length + string.length,
                ..string
            }
        }
        false => Lexeme::closed(Kind::Word, length),
    }
}

/// The length of a number with a fraction or an exponent, whose signs are part of it.
fn number(rest: &str) -> Option<usize> {
    if !rest.starts_with(|sign: char| sign.is_ascii_digit()) {
        return None;
    }
    let digits = |from: usize| {
        let is_digit = |byte: &&u8| byte.is_ascii_digit() || **byte == b'_';
        from + rest.as_bytes()[from..].iter().take_while(is_digit).count()
    };
    let whole = digits(0);
    let has_point = rest[whole..].starts_with('.');
    let mut end = if has_point { digits(whole + 1) } else { whole };
    if rest[end..].starts_with(['e', 'E']) {
        let has_sign = rest[end + 1..].starts_with(['+', '-']);
        let first = end + 1 + usize::from(has_sign);
        let exponent = digits(first);
        end = if exponent > first { exponent } else { end };
    }
    let continues = rest[end..].starts_with(|sign| is_word(sign) || sign == '$');
    (end > whole && !continues).then_some(end)
}

/// The length of the start or the end of a comment that MySQL executes.
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

/// Whether a character can be part of a word. For every database, non-ASCII characters can, even a
/// space of another script.
pub(crate) fn is_word(sign: char) -> bool {
    sign == '_' || sign.is_ascii_alphanumeric() || !sign.is_ascii()
}

fn is_space(sign: char) -> bool {
    sign.is_ascii_whitespace() || sign == '\u{b}'
}

/// Whether something other than white space follows `--`, which is not a comment on MySQL then.
fn glued(rest: &str) -> bool {
    let third = rest.chars().nth(2);
    third.is_some_and(|sign| !sign.is_ascii_whitespace() && !sign.is_ascii_control())
}

/// A comment to the end of the line; on PostgreSQL, a carriage return also ends a line.
fn line(rest: &str, dialect: &Dialect) -> Lexeme {
    let ends = |sign| sign == '\n' || sign == '\r' && dialect.dollar;
    match rest.find(ends) {
        Some(end) => Lexeme::closed(Kind::Space, end + 1),
        None => Lexeme::closed(Kind::LineComment, rest.len()),
    }
}

/// From one quote to the next that is not doubled.
fn quoted(rest: &str, quote: char, backslash: bool, what: &'static str) -> Lexeme {
    let mut at = quote.len_utf8();
    loop {
        let after = &rest[at..];
        // one sign is searched for faster than two
        let found = match backslash {
            true => after.find([quote, '\\']),
            false => after.find(quote),
        };
        let Some(found) = found else {
            return Lexeme::open(Kind::Quoted, rest, what);
        };
        at += found + 1; // both are one byte
        let mut next = rest[at..].chars();
        let next = next.next();
        if !rest[..at].ends_with(quote) {
            at += next.map_or(0, char::len_utf8); // after a backslash
        } else if next == Some(quote) {
            at += quote.len_utf8();
        } else {
            return Lexeme::closed(Kind::Quoted, at);
        }
    }
}

/// `E'…'`, which continues after a line end: `E'a'` and `'b'` on the next line are one string.
fn escaped(rest: &str) -> Lexeme {
    let mut length = 1;
    loop {
        let part = quoted(&rest[length..], '\'', true, "a string");
        length += part.length;
        let after = rest[length..].trim_start_matches(is_space);
        let between = &rest[length..rest.len() - after.len()];
        if part.open.is_some() || !after.starts_with('\'') || !between.contains(['\n', '\r']) {
            return Lexeme { length, ..part };
        }
        length += between.len();
    }
}

/// A name in brackets, which SQLite accepts for compatibility.
fn bracketed(rest: &str) -> Lexeme {
    match rest.find(']') {
        Some(end) => Lexeme::closed(Kind::Quoted, end + 1),
        None => Lexeme::open(Kind::Quoted, rest, "a quoted name"),
    }
}

fn block(rest: &str, nested: bool) -> Lexeme {
    // what MySQL and MariaDB read in spite of the comment around it
    let kind = match rest.starts_with("/*!") || rest.starts_with("/*M!") {
        true => Kind::Executed,
        false => Kind::Space,
    };
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
            (_, None) => return Lexeme::open(kind, rest, "a comment"),
        }
    }
    Lexeme::closed(kind, at)
}

/// From `$tag$` to the next `$tag$`.
fn dollar(rest: &str) -> Lexeme {
    let Some(end) = rest[1..].find('$').map(|end| end + 2) else {
        return Lexeme::closed(Kind::Sign, 1);
    };
    let tag = &rest[..end];
    let name = &tag[1..tag.len() - 1];
    let digit = name.starts_with(|sign: char| sign.is_ascii_digit());
    if digit || !name.chars().all(is_word) {
        return Lexeme::closed(Kind::Sign, 1);
    }
    match rest[end..].find(tag) {
        Some(close) => Lexeme::closed(Kind::Quoted, end + close + tag.len()),
        None => Lexeme::open(Kind::Quoted, rest, "a dollar-quoted string"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::BackendKind;
    use crate::sql::{tokens, unquoted};

    #[test]
    fn names_strings_and_numbers_are_whole() {
        let text = "a \"b \"\"c\" `d``e` [f g] 'h''i' -- j, k\n/* l */ x'0A' 1.5e-3, é 1.x .5";
        let read: Vec<&str> = tokens(text, BackendKind::Sqlite).collect();
        assert_eq!(
            read,
            [
                "a",
                "\"b \"\"c\"",
                "`d``e`",
                "[f g]",
                "'h''i'",
                "x'0A'",
                "1.5e-3",
                ",",
                "é",
                "1",
                ".",
                "x",
                ".",
                "5"
            ]
        );
        for (token, name) in [
            ("a", "a"),
            ("\"b \"\"c\"", "b \"c"),
            ("`d``e`", "d`e"),
            ("[f g]", "f g"),
            ("'h''i'", "h'i"),
        ] {
            assert_eq!(unquoted(token), name);
        }
        let read: Vec<&str> =
            tokens("_utf8mb4'a\\'b' n'c' d'e' 1..2", BackendKind::Mysql).collect();
        assert_eq!(
            read,
            ["_utf8mb4'a\\'b'", "n'c'", "d", "'e'", "1.", ".", "2"]
        );
    }

    #[test]
    fn what_does_not_end_goes_to_the_end() {
        for text in ["'a", "\"", "`", "[", "/* a", "-- a", "x'", "/*/"] {
            let read: Vec<Piece> = pieces(text, Dialect::of(BackendKind::Sqlite)).collect();
            assert!(read.len() == 1, "{text}: {read:?}");
            assert_eq!(read[0].open.is_none(), text == "-- a", "{text}");
        }
    }
}
