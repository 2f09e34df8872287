//! SQLite's DDL as tokens, each with its place in the text. What is no token, space and comments, is
//! between them, so that an edit can leave it alone. Never fails: parsing is not its business.

use std::ops::Range;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword, a bare name, a number, a blob.
    Word,
    /// A name in double quotes, backticks or brackets, or a string, which may stand for a name.
    Quoted,
    /// One character of punctuation.
    Sign,
}

/// The tokens of a text, in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let (length, kind) = lexeme(&text[at..], first);
        if let Some(kind) = kind {
            tokens.push(Token {
                kind,
                span: at..at + length,
            });
        }
        at += length;
    }
    tokens
}

/// How long the next piece is, and what it is; nothing for space and comments.
fn lexeme(rest: &str, first: char) -> (usize, Option<Kind>) {
    match first {
        _ if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), None),
        _ if rest.starts_with("/*") => {
            let end = rest[2..].find("*/").map_or(rest.len(), |end| end + 4);
            (end, None)
        }
        '\'' | '"' | '`' => (quoted(rest, first), Some(Kind::Quoted)),
        '[' => (
            rest.find(']').map_or(rest.len(), |end| end + 1),
            Some(Kind::Quoted),
        ),
        'x' | 'X' if rest[1..].starts_with('\'') => {
            (1 + quoted(&rest[1..], '\''), Some(Kind::Word))
        }
        // what SQLite takes for space; any other character of Unicode is part of a name
        ' ' | '\t' | '\n' | '\x0c' | '\r' => (1, None),
        _ if in_word(first) => {
            let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            (number(rest).unwrap_or(end), Some(Kind::Word))
        }
        _ => (first.len_utf8(), Some(Kind::Sign)),
    }
}

/// The length of a text in quotes, in which a doubled quote stands for one.
fn quoted(rest: &str, quote: char) -> usize {
    let mut at = 1;
    loop {
        match rest[at..].find(quote) {
            None => return rest.len(),
            Some(found) if rest[at + found + 1..].starts_with(quote) => at += found + 2,
            Some(found) => return at + found + 1,
        }
    }
}

fn in_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

/// The length of a number with a fraction or an exponent, so that its signs are part of it.
fn number(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    if !bytes[0].is_ascii_digit() {
        return None;
    }
    let mut end = 0;
    while let Some(byte) = bytes.get(end) {
        let exponent_sign =
            matches!(byte, b'+' | b'-') && matches!(bytes[end - 1], b'e' | b'E') && !is_hex(bytes);
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' => end += 1,
            _ if exponent_sign => end += 1,
            _ => break,
        }
    }
    Some(end)
}

fn is_hex(bytes: &[u8]) -> bool {
    matches!(bytes.get(..2), Some([b'0', b'x' | b'X']))
}

/// The name that a token stands for.
pub(super) fn name_of(text: &str) -> String {
    match text.chars().next() {
        Some(quote @ ('\'' | '"' | '`')) => {
            let inner = &text[1..];
            let inner = inner.strip_suffix(quote).unwrap_or(inner);
            inner.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        Some('[') => text[1..].strip_suffix(']').unwrap_or(&text[1..]).to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexed(text: &str) -> Vec<&str> {
        tokens(text)
            .into_iter()
            .map(|token| &text[token.span])
            .collect()
    }

    #[test]
    fn names_strings_and_comments() {
        assert_eq!(
            lexed("a \"b \"\"c\" `d``e` [f g] 'h''i' -- j, k\n/* l */ x'0A' 1.5e-3, é"),
            [
                "a",
                "\"b \"\"c\"",
                "`d``e`",
                "[f g]",
                "'h''i'",
                "x'0A'",
                "1.5e-3",
                ",",
                "é"
            ]
        );
        for (token, name) in [
            ("a", "a"),
            ("\"b \"\"c\"", "b \"c"),
            ("`d``e`", "d`e"),
            ("[f g]", "f g"),
            ("'h''i'", "h'i"),
        ] {
            assert_eq!(name_of(token), name);
        }
    }

    #[test]
    fn what_does_not_end_goes_to_the_end() {
        for text in ["'a", "\"", "`", "[", "/* a", "-- a", "x'", "/*/"] {
            assert!(tokens(text).len() <= 1, "{text}");
        }
    }
}
