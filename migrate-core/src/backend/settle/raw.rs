//! SQL as its author wrote it, as far as its first words say what it makes or drops. A name that such a statement makes
//! was free before it, and one that it drops was not: it would have failed otherwise.

use super::{Answer, Settle, made, unclear};
use crate::backend::Effect;
use crate::schema::{ObjectName, Sql};

/// What the first words of a statement say.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    creates: bool,
    /// Whether it can be run again whatever is there.
    again: bool,
    /// In small letters.
    kind: String,
    name: ObjectName,
}

/// Kinds whose statements have others inside.
const BODIES: &[&str] = &["trigger", "procedure", "function", "event"];

impl Settle<'_> {
    pub(super) fn executed(&mut self, sql: &Sql) -> Answer {
        if !sql.is_for(self.catalogue.kind()) {
            return Ok(Effect::There); // there is nothing to do
        }
        let unknown = || unclear("it is SQL as written: what it leaves is not known");
        let text = sql.text(self.catalogue.kind());
        if let Some((index, table)) = concurrent_index(text) {
            return match self.index(&table, &index)? {
                None => Ok(Effect::Absent),
                Some(found) if found.valid => Ok(Effect::There),
                Some(_) => Ok(Effect::Broken {
                    undo: self.catalogue.without_index(&table.sibling(&index))?,
                }),
            };
        }
        let Some(head) = head(text) else {
            return Ok(unknown());
        };
        let Head {
            creates,
            again,
            kind,
            name,
        } = head;
        let there = match kind.as_str() {
            "table" | "view" => self.kinds(&name)?.contains(&kind),
            _ => match self.catalogue.routine(&kind, &name) {
                Some(query) => self.text(Some(query))?.is_some(),
                None => return Ok(unknown()),
            },
        };
        Ok(match again && creates && there {
            true => Effect::Absent, // what is there may be what is to be replaced
            false => made(creates == there),
        })
    }
}

/// Reads `CREATE [OR REPLACE] KIND [IF NOT EXISTS] name` or `DROP KIND [IF EXISTS] name`.
fn head(sql: &str) -> Option<Head> {
    let mut words = Words(sql);
    let creates = match words.word()?.as_str() {
        "create" => true,
        "drop" => false,
        _ => return None,
    };
    let mut word = words.word()?;
    let again = creates && word == "or";
    if again {
        (words.word()? == "replace").then_some(())?;
        word = words.word()?;
    }
    if word == "definer" {
        words.sign('=')?;
        words.name()?;
        if words.sign('@').is_some() {
            words.name()?;
        }
        word = words.word()?;
    }
    let kind = word;
    let known = ["table", "view"].contains(&kind.as_str()) || BODIES.contains(&kind.as_str());
    known.then_some(())?;
    let mut name = words.name()?;
    let mut conditional = false;
    if name.eq_ignore_ascii_case("if") {
        let mut next = words.word()?;
        if next == "not" {
            next = words.word()?;
        }
        (next == "exists").then_some(())?;
        conditional = true;
        name = words.name()?;
    }
    let name = match words.sign('.') {
        Some(()) => ObjectName::qualified(name, words.name()?),
        None => ObjectName::from(name),
    };
    let body = creates && BODIES.contains(&kind.as_str());
    is_one(words.0, creates, body).then_some(Head {
        creates,
        // where something was there already, nothing was done, and nothing will be
        again: again && !conditional,
        kind,
        name,
    })
}

/// Reads `CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] name ON [ONLY] table`: the index, and its table. Such a statement
/// leaves an index by half where it fails, over which `IF NOT EXISTS` passes the next time.
fn concurrent_index(sql: &str) -> Option<(String, ObjectName)> {
    let mut words = Words(sql);
    (words.word()? == "create").then_some(())?;
    let mut word = words.word()?;
    if word == "unique" {
        word = words.word()?;
    }
    (word == "index" && words.word()? == "concurrently").then_some(())?;
    let mut index = words.folded()?;
    if index == "if" {
        (words.word()? == "not" && words.word()? == "exists").then_some(())?;
        index = words.folded()?;
    }
    (words.word()? == "on").then_some(())?;
    let mut name = words.folded()?;
    if name == "only" {
        name = words.folded()?;
    }
    let table = match words.sign('.') {
        Some(()) => ObjectName::qualified(name, words.folded()?),
        None => ObjectName::from(name),
    };
    is_one(words.0, true, false).then_some((index, table))
}

/// Whether nothing but the statement is in the text; `rest` is what follows its name.
fn is_one(rest: &str, creates: bool, body: bool) -> bool {
    let rest = rest.trim_end().trim_end_matches(';').trim_end();
    let ends = rest
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .is_some_and(|last| last.eq_ignore_ascii_case("end"));
    match body {
        true => ends || !rest.contains(';'),
        false => !rest.contains(';') && (creates || !rest.contains(',')),
    }
}

/// What is left of a statement.
struct Words<'t>(&'t str);

impl Words<'_> {
    /// The next word, in small letters.
    fn word(&mut self) -> Option<String> {
        self.skip();
        let end = self
            .0
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        (!word.is_empty()).then(|| word.to_lowercase())
    }

    /// The next name, as PostgreSQL reads it: in small letters, unless it is in quotes.
    fn folded(&mut self) -> Option<String> {
        self.skip();
        match self.0.starts_with('"') {
            true => self.name(),
            false => self.word(),
        }
    }

    /// The next name, in quotes or without.
    fn name(&mut self) -> Option<String> {
        self.skip();
        let quote = self.0.chars().next().filter(|c| "`\"".contains(*c));
        let Some(quote) = quote else {
            let before = self.0;
            let length = self.word()?.len();
            return before.get(..length).map(str::to_owned);
        };
        let mut name = String::new();
        let mut characters = self.0.char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            if character != quote {
                name.push(character);
            } else if characters.next_if(|(_, next)| *next == quote).is_some() {
                name.push(quote);
            } else {
                self.0 = &self.0[at + quote.len_utf8()..];
                return Some(name);
            }
        }
        None
    }

    /// Takes a sign, if it comes next.
    fn sign(&mut self, sign: char) -> Option<()> {
        self.skip();
        self.0 = self.0.strip_prefix(sign)?;
        Some(())
    }

    /// Skips white space and comments.
    fn skip(&mut self) {
        loop {
            self.0 = self.0.trim_start();
            let after = if let Some(comment) = self.0.strip_prefix("/*") {
                match comment.split_once("*/") {
                    // what the server itself reads is no comment
                    Some((text, after)) if !text.starts_with(['!', 'M']) => after,
                    _ => return,
                }
            } else if self.0.starts_with("--") {
                self.0.split_once('\n').map_or("", |(_, after)| after)
            } else {
                return;
            };
            self.0 = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Option<(bool, bool, String, String)> {
        head(sql).map(|head| (head.creates, head.again, head.kind, head.name.to_string()))
    }

    #[test]
    fn the_first_words_say_what_is_made_or_dropped() {
        let is = |creates, again, kind: &str, name: &str| {
            Some((creates, again, kind.to_owned(), name.to_owned()))
        };
        for (sql, expected) in [
            ("CREATE TABLE t (a int)", is(true, false, "table", "t")),
            (
                "-- why\n/* and */ create table if not exists `a``b`.\"c\" (a int);",
                is(true, false, "table", "a`b.c"),
            ),
            (
                "CREATE OR REPLACE DEFINER = `me`@`%` VIEW Seen AS SELECT 1, 2",
                is(true, true, "view", "Seen"),
            ),
            (
                "CREATE OR REPLACE VIEW Seen AS SELECT (1)",
                is(true, true, "view", "Seen"),
            ),
            (
                "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW BEGIN SET NEW.a = 1; END",
                is(true, false, "trigger", "tr"),
            ),
            (
                "DROP PROCEDURE IF EXISTS p",
                is(false, false, "procedure", "p"),
            ),
            ("DROP TABLE a, b", None),
            ("CREATE TABLE t (a int); INSERT INTO t VALUES (1)", None),
            ("CREATE TEMPORARY TABLE t (a int)", None),
            (
                "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW SET a = 1; DROP TABLE t",
                None,
            ),
            ("UPDATE t SET a = 1", None),
            ("/*!50000 CREATE TABLE t (a int) */", None),
            ("CREATE TABLE `t", None),
            ("", None),
        ] {
            assert_eq!(read(sql), expected, "{sql}");
        }
    }

    #[test]
    fn an_index_that_is_made_beside_the_others_has_a_name_and_a_table() {
        for (sql, expected) in [
            ("CREATE INDEX CONCURRENTLY A_b ON T (a)", Some(("a_b", "t"))),
            (
                "-- why\ncreate unique index concurrently if not exists \"A\" on only s.\"T\" (a, b);",
                Some(("A", "s.T")),
            ),
            ("CREATE INDEX CONCURRENTLY ON t (a)", None),
            ("CREATE INDEX a ON t (a)", None),
            ("CREATE INDEX CONCURRENTLY a ON t (a); VACUUM", None),
            ("CREATE INDEX CONCURRENTLY", None),
        ] {
            let found = concurrent_index(sql).map(|(index, table)| (index, table.to_string()));
            let expected = expected.map(|(index, table)| (index.to_owned(), table.to_owned()));
            assert_eq!(found, expected, "{sql}");
        }
    }
}
