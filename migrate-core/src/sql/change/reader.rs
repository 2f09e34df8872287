//! Reads a statement word by word. It knows how names are written, and no statement.

use crate::dialect::BackendKind;
use crate::schema::ObjectName;
use crate::sql;

/// What is left of a statement.
#[derive(Clone)]
pub(super) struct Reader<'t> {
    tokens: Vec<&'t str>,
    at: usize,
    backend: BackendKind,
}

impl<'t> Reader<'t> {
    /// Reads a text from its beginning.
    pub(super) fn new(sql: &'t str, backend: BackendKind) -> Reader<'t> {
        let mut tokens: Vec<&str> = sql::tokens(sql, backend).collect();
        while tokens.last() == Some(&";") {
            tokens.pop();
        }
        Reader {
            tokens,
            at: 0,
            backend,
        }
    }

    /// Whether it has a name in it that the tokens do not show as one: of signs that only some databases take for letters.
    pub(super) fn has_odd_names(&self) -> bool {
        let is_odd = |token: &str| {
            let first = token.chars().next();
            token == "$" || first.is_some_and(|sign| !sign.is_ascii() && !sign.is_alphanumeric())
        };
        self.tokens.iter().any(|token| is_odd(token))
    }

    /// What is left of the part that is being read: up to the next comma that is not in parentheses.
    pub(super) fn part(&self) -> &[&'t str] {
        let mut after = self.clone();
        let more = after.next_part();
        self.tokens
            .get(self.at..after.at - usize::from(more))
            .unwrap_or_default()
    }

    /// What is left.
    pub(super) fn rest(&self) -> &[&'t str] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    /// Whether all was read.
    pub(super) fn is_over(&self) -> bool {
        self.rest().is_empty()
    }

    fn peek(&self) -> Option<&'t str> {
        self.rest().first().copied()
    }

    /// Passes over whatever comes next.
    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    /// The next word, in small letters.
    pub(super) fn word(&mut self) -> Option<String> {
        let word = self.peek().filter(|token| is_word(token))?;
        self.at += 1;
        Some(word.to_lowercase())
    }

    /// Takes these words, if they come next.
    pub(super) fn takes(&mut self, words: &[&str]) -> bool {
        let rest = self.rest();
        let next = rest.len() >= words.len()
            && rest
                .iter()
                .zip(words)
                .all(|(token, word)| token.eq_ignore_ascii_case(word));
        if next {
            self.at += words.len();
        }
        next
    }

    /// Takes one of these words or signs, if one comes next, and says which.
    pub(super) fn takes_one<'w>(&mut self, words: &[&'w str]) -> Option<&'w str> {
        words.iter().copied().find(|word| self.takes(&[word]))
    }

    /// The next name, in quotes or without, as the database keeps it.
    pub(super) fn name(&mut self) -> Option<String> {
        let token = self.peek()?;
        let name = match token.chars().next()? {
            quote @ ('`' | '"') => unquoted(token, quote, quote)?,
            '[' => unquoted(token, '[', ']')?,
            _ if !is_word(token) => return None,
            _ => match self.backend {
                BackendKind::Postgres => token.to_ascii_lowercase(),
                BackendKind::Sqlite | BackendKind::Mysql | BackendKind::Mariadb => token.to_owned(),
            },
        };
        self.at += 1;
        Some(name)
    }

    /// The next name, with that of its schema if it has one.
    pub(super) fn object(&mut self) -> Option<ObjectName> {
        let name = self.name()?;
        Some(match self.takes(&["."]) {
            true => ObjectName::qualified(name, self.name()?),
            false => ObjectName::from(name),
        })
    }

    /// Goes behind the next comma that is not in parentheses; false when there is none.
    pub(super) fn next_part(&mut self) -> bool {
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            self.at += 1;
            match token {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                "," if depth == 0 => return true,
                _ => {}
            }
        }
        false
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|sign: char| sign == '_' || sign == '$' || sign.is_alphanumeric())
}

/// What is between quotes; nothing where a backslash may mean something.
fn unquoted(token: &str, open: char, close: char) -> Option<String> {
    let inner = token.strip_prefix(open)?.strip_suffix(close)?;
    let twice = format!("{close}{close}");
    (!inner.is_empty() && !inner.contains('\\')).then(|| inner.replace(&twice, &close.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_kept() {
        let mut reader = Reader::new(
            "-- why\n Ab /* x */ . \"C\"\"d\" `e``f` 'text' g;",
            BackendKind::Postgres,
        );
        let name = reader.object().map(|name| name.to_string());
        assert_eq!(name.as_deref(), Some("ab.C\"d"));
        assert_eq!(reader.name().as_deref(), Some("e`f"));
        assert_eq!((reader.name(), reader.word()), (None, None));
        assert_eq!(reader.rest(), ["'text'", "g"]);
    }

    #[test]
    fn parts_are_cut_at_commas_outside_of_parentheses() {
        let mut reader = Reader::new("a (b, ',', c), d", BackendKind::Mysql);
        assert!(reader.next_part());
        assert_eq!(reader.name().as_deref(), Some("d"));
        assert!(!reader.next_part() && reader.is_over());
        assert!(Reader::new("/*", BackendKind::Mysql).name().is_none());
    }
}
