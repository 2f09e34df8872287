//! Tokens of Rust, as far as revisions need them: a lexer that knows where strings, comments
//! and delimiters end, and nothing of what they mean.
//!
//! Much faster than a full lexer, which matters because every command and every compilation
//! reads all revision files. A compilation does so unoptimized, as most profiles build macros, so
//! that what looks at each byte calls little. The macros bring tokens of their own, with the
//! compiler's spans; so whatever reads tokens is generic over the span.

use std::borrow::Cow;

/// A token with its text and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'text, S> {
    /// What sort of token it is.
    pub kind: Kind,
    /// How it is written; of a doc comment only what follows the marker.
    pub text: Cow<'text, str>,
    /// Where it is.
    pub span: S,
}

/// The sorts of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or a keyword.
    Ident,
    /// A string, character or number.
    Literal,
    /// A lifetime or a label.
    Lifetime,
    /// One character of punctuation.
    Punct(char),
    /// `(`, `[` or `{`.
    Open(char),
    /// `)`, `]` or `}`.
    Close(char),
    /// A doc comment: of the item after it, or (inner) of the enclosing item.
    Doc {
        /// Whether it is `//!` or `/*!`.
        inner: bool,
    },
}

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Span {
        // a file above 4 GiB is refused when it is read
        let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Span {
            start: clamp(start),
            end: clamp(end),
        }
    }

    /// From the beginning of this span to the end of that one.
    #[must_use]
    pub fn to(self, end: Span) -> Span {
        Span {
            start: self.start,
            end: end.end,
        }
    }

    /// The span as a range, for slicing the file's text.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The line and column at which the span begins in `text`.
    ///
    /// ```
    /// use migrate_source::{Position, Span};
    /// let span = Span { start: 4, end: 5 };
    /// assert_eq!(span.position("ab\nü!"), Position { line: 2, column: 1 });
    /// ```
    #[must_use]
    pub fn position(self, text: &str) -> Position {
        let mut start = (self.start as usize).min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Position {
            line: count(before.bytes().filter(|byte| *byte == b'\n').count()),
            column: count(before[line_start..].chars().count()),
        }
    }
}

/// Why a text is not a sequence of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LexError {
    /// What is wrong.
    pub kind: LexErrorKind,
    /// Where: what was not closed, or should not be there.
    pub span: Span,
}

/// The ways in which a text is not a sequence of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexErrorKind {
    /// A string or character without an end.
    UnterminatedLiteral,
    /// A block comment without an end.
    UnterminatedComment,
    /// A delimiter that nothing closes.
    Unclosed(char),
    /// A closing delimiter that nothing opened, or of another sort than what it should close.
    Unopened(char),
    /// The marks that a merge left where both sides changed the same lines.
    Conflict,
}

impl std::fmt::Display for LexErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LexErrorKind::UnterminatedLiteral => write!(f, "this literal has no end"),
            LexErrorKind::UnterminatedComment => write!(f, "this comment has no end"),
            LexErrorKind::Unclosed(open) => write!(f, "this `{open}` is never closed"),
            LexErrorKind::Unopened(close) => write!(f, "this `{close}` closes nothing"),
            LexErrorKind::Conflict => write!(f, "an unresolved conflict of a merge"),
        }
    }
}

/// Walks through the tokens of a text.
///
/// Delimiters are returned as they are: the caller must check that they match.
#[derive(Clone, Debug)]
pub struct Lexer<'text> {
    text: &'text str,
    offset: usize,
}

impl<'text> Lexer<'text> {
    /// A lexer at the beginning of `text`.
    #[must_use]
    pub fn new(text: &'text str) -> Lexer<'text> {
        let offset = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        Lexer { text, offset }
    }

    fn peek(&self, ahead: usize) -> u8 {
        let (bytes, at) = (self.text.as_bytes(), self.offset + ahead);
        if at < bytes.len() { bytes[at] } else { 0 }
    }

    fn token(&self, kind: Kind, start: usize) -> Token<'text, Span> {
        let text = Cow::Borrowed(&self.text[start..self.offset]);
        Token {
            kind,
            text,
            span: Span::new(start, self.offset),
        }
    }

    fn error(&self, kind: LexErrorKind, start: usize) -> LexError {
        let first = self.text[start..].chars().next().map_or(0, char::len_utf8);
        LexError {
            kind,
            span: Span::new(start, start + first),
        }
    }

    fn advance_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let bytes = self.text.as_bytes();
        while self.offset < bytes.len() && wanted(bytes[self.offset]) {
            self.offset += 1;
        }
    }

    /// A comment at this place: skipped, unless it is documentation.
    fn comment(&mut self) -> Result<Option<Token<'text, Span>>, LexError> {
        let start = self.offset;
        let line = self.peek(1) == b'/';
        let end = if line {
            self.advance_while(|byte| byte != b'\n');
            self.offset - usize::from(self.text[..self.offset].ends_with('\r'))
        } else {
            self.block_comment(start)?
        };
        let written = &self.text[start..self.offset];
        let mark = written.as_bytes()[1];
        let inner = written.as_bytes().get(2) == Some(&b'!');
        let outer = written.as_bytes().get(2) == Some(&mark)
            && written.as_bytes().get(3) != Some(&mark)
            && (line || written.len() > 4);
        if !inner && !outer {
            return Ok(None);
        }
        let text = Cow::Borrowed(&self.text[start + 3..end.max(start + 3)]);
        Ok(Some(Token {
            kind: Kind::Doc { inner },
            text,
            span: Span::new(start, self.offset),
        }))
    }

    /// Where the text of the block comment ends, having gone past it.
    fn block_comment(&mut self, start: usize) -> Result<usize, LexError> {
        let mut depth = 0usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.offset += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.offset += 2;
                    if depth == 0 {
                        return Ok(self.offset - 2);
                    }
                }
                _ if self.offset >= self.text.len() => {
                    return Err(self.error(LexErrorKind::UnterminatedComment, start));
                }
                _ => self.offset += 1,
            }
        }
    }

    fn identifier_or_prefixed_literal(&mut self) -> Result<Token<'text, Span>, LexError> {
        let start = self.offset;
        self.advance_while(is_ident);
        let prefix = &self.text[start..self.offset];
        match (prefix, self.peek(0), self.peek(1)) {
            ("b" | "c", b'"', _) => self.string(start),
            ("b", b'\'', _) => self.character(start),
            ("r" | "br" | "cr", b'"', _) => self.raw_string(start),
            ("r", b'#', next) if is_ident(next) => {
                self.offset += 1;
                self.advance_while(is_ident);
                Ok(self.token(Kind::Ident, start))
            }
            ("r" | "br" | "cr", b'#', b'#' | b'"') => self.raw_string(start),
            _ => Ok(self.token(Kind::Ident, start)),
        }
    }

    /// From the opening quote at this place.
    fn string(&mut self, start: usize) -> Result<Token<'text, Span>, LexError> {
        self.offset += 1;
        loop {
            self.advance_while(|byte| byte != b'"' && byte != b'\\');
            match self.peek(0) {
                b'"' => {
                    self.offset += 1;
                    return Ok(self.literal(start));
                }
                b'\\' if self.offset + 1 < self.text.len() => self.offset += 2,
                _ => return Err(self.error(LexErrorKind::UnterminatedLiteral, start)),
            }
        }
    }

    /// From the first `#` or the quote after `r`.
    fn raw_string(&mut self, start: usize) -> Result<Token<'text, Span>, LexError> {
        let marks = self.offset;
        self.advance_while(|byte| byte == b'#');
        let hashes = &self.text[marks..self.offset];
        if self.peek(0) != b'"' {
            return Err(self.error(LexErrorKind::UnterminatedLiteral, start));
        }
        self.offset += 1;
        loop {
            self.advance_while(|byte| byte != b'"');
            if self.offset >= self.text.len() {
                return Err(self.error(LexErrorKind::UnterminatedLiteral, start));
            }
            self.offset += 1;
            if self.text.as_bytes()[self.offset..].starts_with(hashes.as_bytes()) {
                self.offset += hashes.len();
                return Ok(self.literal(start));
            }
        }
    }

    fn character_or_lifetime(&mut self) -> Result<Token<'text, Span>, LexError> {
        let start = self.offset;
        let mut rest = self.text[start + 1..].chars();
        let first = rest.next().unwrap_or(' ');
        if first == '\\' || rest.next() == Some('\'') || !(first.is_alphanumeric() || first == '_')
        {
            return self.character(start);
        }
        self.offset += 1;
        self.advance_while(is_ident);
        if &self.text[start..self.offset] == "'r" && self.peek(0) == b'#' && is_ident(self.peek(1))
        {
            self.offset += 1;
            self.advance_while(is_ident);
        }
        Ok(self.token(Kind::Lifetime, start))
    }

    /// From the opening quote at this place.
    fn character(&mut self, start: usize) -> Result<Token<'text, Span>, LexError> {
        self.offset += 1;
        if self.peek(0) == b'\\' {
            self.offset += 2;
        } else if self.peek(0) == b'\'' {
            return Err(self.error(LexErrorKind::UnterminatedLiteral, start));
        }
        self.offset = self.offset.min(self.text.len());
        self.advance_while(|byte| byte != b'\'' && byte != b'\n');
        if self.peek(0) != b'\'' {
            return Err(self.error(LexErrorKind::UnterminatedLiteral, start));
        }
        self.offset += 1;
        Ok(self.literal(start))
    }

    fn number(&mut self) -> Token<'text, Span> {
        let start = self.offset;
        let has_radix = self.peek(0) == b'0' && matches!(self.peek(1), b'x' | b'b' | b'o');
        let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
        if !has_radix {
            self.advance_while(is_digit);
            match (self.peek(0), self.peek(1)) {
                (b'.', next) if next.is_ascii_digit() => {
                    self.offset += 1;
                    self.advance_while(is_digit);
                }
                // `1..2` is a range, and `1.a` a field or a method
                (b'.', next) if next != b'.' && !is_ident(next) => {
                    self.offset += 1;
                    return self.token(Kind::Literal, start);
                }
                _ => {}
            }
            let signed = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if matches!(self.peek(0), b'e' | b'E') && self.peek(1 + signed).is_ascii_digit() {
                self.offset += 1 + signed;
            }
        }
        self.advance_while(is_ident);
        self.token(Kind::Literal, start)
    }

    /// A quoted literal that ends at this place, with the suffix that follows it.
    fn literal(&mut self, start: usize) -> Token<'text, Span> {
        if !self.peek(0).is_ascii_digit() {
            self.advance_while(is_ident);
        }
        self.token(Kind::Literal, start)
    }

    fn one(&mut self, kind: Kind) -> Token<'text, Span> {
        self.offset += 1;
        self.token(kind, self.offset - 1)
    }
}

impl<'text> Iterator for Lexer<'text> {
    type Item = Result<Token<'text, Span>, LexError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.offset >= self.text.len() {
                return None;
            }
            return Some(match self.peek(0) {
                b' ' | b'\n' | b'\t' | b'\r' | 0x0b | 0x0c => {
                    self.offset += 1;
                    continue;
                }
                b'/' if matches!(self.peek(1), b'/' | b'*') => match self.comment() {
                    Ok(None) => continue,
                    Ok(Some(token)) => Ok(token),
                    Err(error) => Err(error),
                },
                b'"' => {
                    let start = self.offset;
                    self.string(start)
                }
                b'\'' => self.character_or_lifetime(),
                b'0'..=b'9' => Ok(self.number()),
                byte if is_ident(byte) => self.identifier_or_prefixed_literal(),
                byte @ (b'(' | b'[' | b'{') => Ok(self.one(Kind::Open(char::from(byte)))),
                byte @ (b')' | b']' | b'}') => Ok(self.one(Kind::Close(char::from(byte)))),
                byte => Ok(self.one(Kind::Punct(char::from(byte)))),
            });
        }
    }
}

/// Whether the byte can be within an identifier; every character beyond ASCII is taken for a
/// letter, since outside of strings and comments nothing else can be there.
fn is_ident(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'_' | b'A'..=b'Z' | b'0'..=b'9' | 0x80..)
}

/// The delimiter that closes this one.
pub(crate) fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// The value of a string literal; `None` if it is not a plain string.
///
/// ```
/// use migrate_source::string_value;
/// assert_eq!(string_value(r#""a\tb""#).as_deref(), Some("a\tb"));
/// assert_eq!(string_value("r\"a\\b\"").as_deref(), Some("a\\b"));
/// assert_eq!(string_value("b\"bytes\""), None);
/// ```
#[must_use]
pub fn string_value(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let content = raw.trim_matches('#');
        return Some(content.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    let content = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut value = String::with_capacity(content.len());
    let mut rest = content.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' => unescape(&mut rest, &mut value)?,
            _ => value.push(character),
        }
    }
    Some(value)
}

/// Reads an escape after its backslash.
fn unescape(rest: &mut std::str::Chars<'_>, value: &mut String) -> Option<()> {
    match rest.next()? {
        'n' => value.push('\n'),
        'r' => value.push('\r'),
        't' => value.push('\t'),
        '0' => value.push('\0'),
        'x' => {
            let digits = rest.as_str().get(..2)?;
            value.push(char::from(u8::from_str_radix(digits, 16).ok()?));
            *rest = rest.as_str()[2..].chars();
        }
        'u' => {
            let (digits, after) = rest.as_str().strip_prefix('{')?.split_once('}')?;
            let code = u32::from_str_radix(&digits.replace('_', ""), 16).ok()?;
            value.push(char::from_u32(code)?);
            *rest = after.chars();
        }
        '\n' | '\r' => *rest = rest.as_str().trim_start().chars(),
        character @ ('\\' | '\'' | '"') => value.push(character),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let tokens: Result<Vec<String>, LexError> = Lexer::new(text)
            .map(|token| {
                token.map(|token| match token.kind {
                    Kind::Doc { inner: true } => format!("doc!<{}>", token.text),
                    Kind::Doc { inner: false } => format!("doc<{}>", token.text),
                    Kind::Literal => format!("lit<{}>", token.text),
                    Kind::Lifetime => format!("life<{}>", token.text),
                    _ => token.text.into_owned(),
                })
            })
            .collect();
        let found = match tokens {
            Ok(tokens) => tokens.join(" "),
            Err(error) => format!("{}..{} {}", error.span.start, error.span.end, error.kind),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_hides_delimiters() {
        check("f(\"}\\\"{\")", "f ( lit<\"}\\\"{\"> )");
        check("r#\"a\"}\"# b", "lit<r#\"a\"}\"#> b");
        check(
            "br##\"\"#\"## cr\"x\" b\"}\" c\"{\"",
            "lit<br##\"\"#\"##> lit<cr\"x\"> lit<b\"}\"> lit<c\"{\">",
        );
        check(
            "'{' b'}' '\\'' '\\u{7d}' 'é'",
            "lit<'{'> lit<b'}'> lit<'\\''> lit<'\\u{7d}'> lit<'é'>",
        );
        check("a // {\n/* { /* } */ */ b", "a b");
        check("&'a str 'outer: loop", "& life<'a> str life<'outer> : loop");
        check("r#type r#fn", "r#type r#fn");
    }

    #[test]
    fn documentation() {
        check("/// a\n//! b\n//// no\n// no", "doc< a> doc!< b>");
        check("/** a */ /*! b */ /*** no */ /**/", "doc< a > doc!< b >");
        check("///\n//!", "doc<> doc!<>");
    }

    #[test]
    fn numbers_and_punctuation() {
        check(
            "1.5 0..2 x.0 1e5 0xff_u8",
            "lit<1.5> lit<0> . . lit<2> x . lit<0> lit<1e5> lit<0xff_u8>",
        );
        check("a::b=>#[c]", "a : : b = > # [ c ]");
        check("\u{feff}é ü", "é ü");
    }

    #[test]
    fn what_has_no_end() {
        check("a \"b", "2..3 this literal has no end");
        check("a \"b\\", "2..3 this literal has no end");
        check("r##\"b\"#", "0..1 this literal has no end");
        check("/* a", "0..1 this comment has no end");
        check("'\\", "0..1 this literal has no end");
        check("'", "0..1 this literal has no end");
        check("b'\n'", "0..1 this literal has no end");
        check("r#", "r #");
    }

    #[test]
    fn values_of_strings() {
        let value = |literal| string_value(literal).unwrap_or("-".to_owned());
        assert_eq!(value(r#""a\n\\\"\x41\u{1F600}""#), "a\n\\\"A😀");
        assert_eq!(value("\"a \\\n   b\""), "a b");
        assert_eq!(value("r##\"a\"#b\"##"), "a\"#b");
        for literal in [
            "b\"a\"",
            "'a'",
            "1",
            "c\"a\"",
            "\"a\"b",
            "\"\\q\"",
            "\"\\xé\"",
        ] {
            assert_eq!(value(literal), "-", "{literal}");
        }
    }

    #[test]
    fn every_cut_of_a_file_ends_somehow() {
        let text = "/** d */ #[a(b = \"c\\\"\", 'd', r#\"e\"#)] fn é<'a>() { b'\\'' /* /* */ */ }";
        for (end, _) in text.char_indices() {
            let _ = Lexer::new(&text[..end]).count();
        }
    }
}
