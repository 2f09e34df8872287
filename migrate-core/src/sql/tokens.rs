//! A statement as tokens, with a cursor. It knows no statement.

use crate::dialect::BackendKind;
use crate::schema::ObjectName;
use crate::sql::{self, unquoted};

/// The rest of a statement.
#[derive(Clone, Copy, Debug)]
pub(in crate::sql) struct Tokens<'a> {
    rest: &'a [&'a str],
    backend: BackendKind,
}

impl<'a> Tokens<'a> {
    pub(in crate::sql) fn new(tokens: &'a [&'a str], backend: BackendKind) -> Tokens<'a> {
        Tokens {
            rest: tokens,
            backend,
        }
    }

    /// Other tokens of the same database.
    pub(in crate::sql) fn with(self, rest: &'a [&'a str]) -> Tokens<'a> {
        Tokens { rest, ..self }
    }

    /// The database whose grammar the statement uses.
    pub(in crate::sql) fn backend(self) -> BackendKind {
        self.backend
    }

    /// Whether that is MySQL or MariaDB.
    pub(in crate::sql) fn is_mysql(self) -> bool {
        matches!(self.backend, BackendKind::Mysql | BackendKind::Mariadb)
    }

    /// The tokens of a statement, without comments and the semicolon at its end.
    pub(in crate::sql) fn of(sql: &str, backend: BackendKind) -> Vec<&str> {
        let mut tokens: Vec<&str> = sql::tokens(sql, backend).collect();
        while tokens.last() == Some(&";") {
            tokens.pop();
        }
        tokens
    }

    pub(in crate::sql) fn rest(self) -> &'a [&'a str] {
        self.rest
    }

    pub(in crate::sql) fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    pub(in crate::sql) fn peek(self) -> &'a str {
        self.rest.first().copied().unwrap_or_default()
    }

    /// The next token, whatever it is.
    pub(in crate::sql) fn next(&mut self) -> &'a str {
        let next = self.peek();
        self.rest = self.rest.get(1..).unwrap_or_default();
        next
    }

    /// Whether these words or signs come next.
    pub(in crate::sql) fn is(self, words: &[&str]) -> bool {
        words.len() <= self.rest.len()
            && words
                .iter()
                .zip(self.rest)
                .all(|(word, token)| token.eq_ignore_ascii_case(word))
    }

    /// Skips these words or signs, if they come next.
    pub(in crate::sql) fn take(&mut self, words: &[&str]) -> bool {
        let is = self.is(words);
        if is {
            self.rest = &self.rest[words.len()..];
        }
        is
    }

    /// Skips one of these words, if one comes next, and returns it.
    pub(in crate::sql) fn take_one<'w>(&mut self, words: &[&'w str]) -> Option<&'w str> {
        words.iter().copied().find(|word| self.take(&[word]))
    }

    /// Skips `IF EXISTS` or `IF NOT EXISTS`.
    pub(in crate::sql) fn take_condition(&mut self) -> bool {
        self.take(&["IF", "NOT", "EXISTS"]) || self.take(&["IF", "EXISTS"])
    }

    /// The next word, in lower case.
    pub(in crate::sql) fn word(&mut self) -> Option<String> {
        let is_word = is_word(self.peek());
        is_word.then(|| self.next().to_lowercase())
    }

    /// The next name, quoted or not, as the database stores it; `None` if a backslash may have a
    /// meaning.
    pub(in crate::sql) fn name(&mut self) -> Option<String> {
        let token = self.peek();
        let is_quoted = token.starts_with(['`', '"', '[']);
        let name = match self.backend {
            BackendKind::Postgres if !is_quoted => token.to_ascii_lowercase(),
            _ => unquoted(token),
        };
        let is_name = is_word(token) || is_quoted && !name.is_empty() && !name.contains('\\');
        is_name.then(|| self.next())?;
        Some(name)
    }

    /// The next name, with its schema if it has one.
    pub(in crate::sql) fn object(&mut self) -> Option<ObjectName> {
        let name = self.name()?;
        Some(match self.take(&["."]) {
            true => ObjectName::qualified(name, self.name()?),
            false => ObjectName::from(name),
        })
    }

    /// Moves behind the next comma outside parentheses; `false` if there is none.
    pub(in crate::sql) fn next_part(&mut self) -> bool {
        let rest = self.starting_at(&[","]);
        self.rest = rest.map_or(&[], |comma| &comma.rest[1..]);
        rest.is_some()
    }

    /// Whether one of these words comes next.
    pub(in crate::sql) fn is_any(self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(&[word]))
    }

    /// Skips all of these words that come next, in any order.
    pub(in crate::sql) fn skip_all(&mut self, words: &[&str]) {
        while self.is_any(words) {
            self.next();
        }
    }

    /// Skips the contents of the parentheses that come next, and returns them.
    pub(in crate::sql) fn parenthesized(&mut self) -> Option<Tokens<'a>> {
        if self.peek() != "(" {
            return None;
        }
        let mut depth = 0_usize;
        for (at, token) in self.rest.iter().enumerate() {
            match *token {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inner = &self.rest[1..at];
                self.rest = &self.rest[at + 1..];
                return Some(self.with(inner));
            }
        }
        None
    }

    /// Whether these words occur in sequence in the rest.
    pub(in crate::sql) fn has(self, words: &[&str]) -> bool {
        (0..self.rest.len()).any(|at| self.with(&self.rest[at..]).is(words))
    }

    /// Whether one of these words occurs in the rest, not as part of a name such as `t.end` or
    /// `@end`.
    pub(in crate::sql) fn has_any(self, words: &[&str]) -> bool {
        let word = |token: &str| words.iter().any(|word| token.eq_ignore_ascii_case(word));
        self.rest
            .iter()
            .enumerate()
            .any(|(at, token)| word(token) && (at == 0 || !matches!(self.rest[at - 1], "." | "@")))
    }

    /// The rest from the first of these words outside parentheses.
    pub(in crate::sql) fn starting_at(self, words: &[&str]) -> Option<Tokens<'a>> {
        let mut tokens = self;
        while !tokens.is_empty() {
            if tokens.is_any(words) {
                return Some(tokens);
            }
            if tokens.parenthesized().is_none() {
                tokens.next();
            }
        }
        None
    }

    /// The rest after the first occurrence of a word.
    pub(in crate::sql) fn after(self, word: &str) -> Option<Tokens<'a>> {
        let is_word = |token: &&str| token.eq_ignore_ascii_case(word);
        let at = self.rest.iter().position(is_word)?;
        Some(self.with(&self.rest[at + 1..]))
    }

    /// Whether there is a comma outside parentheses.
    pub(in crate::sql) fn has_comma(self) -> bool {
        self.starting_at(&[","]).is_some()
    }

    /// The parts between the commas outside parentheses.
    pub(in crate::sql) fn parts(self) -> Vec<Tokens<'a>> {
        let mut parts = Vec::new();
        let mut rest = self;
        while let Some(comma) = rest.starting_at(&[","]) {
            let length = rest.rest.len() - comma.rest.len();
            parts.push(self.with(&rest.rest[..length]));
            rest = self.with(&comma.rest[1..]);
        }
        parts.push(rest);
        parts
    }
}

/// Whether a token is a word or a number, neither quoted nor a sign.
pub(in crate::sql) fn is_word(token: &str) -> bool {
    token.starts_with(|sign: char| sign == '_' || sign.is_alphanumeric()) && !token.ends_with('\'')
}

/// Whether a token is a string; on a backend where `"` begins one too if `double`.
pub(in crate::sql) fn is_string(token: &str, double: bool) -> bool {
    token.ends_with('\'')
        || double && token.starts_with('"')
        || token.len() > 1 && token.starts_with('$') && token.ends_with('$')
}

/// A name without its quotes, in lower case: two that differ may be the same name.
pub(in crate::sql) fn bare(token: &str) -> String {
    unquoted(token).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_kept() {
        let sql = "-- why\n Ab /* x */ . \"C\"\"d\" `e``f` 'text' g;";
        let tokens = Tokens::of(sql, BackendKind::Postgres);
        let mut tokens = Tokens::new(&tokens, BackendKind::Postgres);
        let name = tokens.object().map(|name| name.to_string());
        assert_eq!(name.as_deref(), Some("ab.C\"d"));
        assert_eq!(tokens.name().as_deref(), Some("e`f"));
        assert_eq!((tokens.name(), tokens.word()), (None, None));
        assert_eq!(tokens.rest(), ["'text'", "g"]);
    }

    #[test]
    fn parts_are_cut_at_commas_outside_of_parentheses() {
        let tokens = Tokens::of("a (b, ',', c), d", BackendKind::Mysql);
        let mut tokens = Tokens::new(&tokens, BackendKind::Mysql);
        assert!(tokens.next_part());
        assert_eq!(tokens.name().as_deref(), Some("d"));
        assert!(!tokens.next_part() && tokens.is_empty());
        assert!(Tokens::of("/*", BackendKind::Mysql).is_empty());
    }
}
