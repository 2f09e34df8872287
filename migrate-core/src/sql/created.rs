//! What a text creates outside the schemas of PostgreSQL, and outside the databases of MySQL:
//! judged by the first words of each statement. Pure.

use super::tokens::Tokens;
use super::{names, statements, tokens, unquoted};
use crate::dialect::BackendKind;

/// An object that is created outside or above the tables: a schema, a role, an extension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Created {
    /// Its kind, in upper case: `SCHEMA`, `EVENT TRIGGER`.
    pub(crate) kind: &'static str,
    /// Its name, without quotes.
    pub(crate) name: String,
    /// Whether an existing one is not an error.
    pub(crate) if_not_exists: bool,
}

/// The kinds, the longest first if one begins with another; with their keywords.
const KINDS: &[(&[&str], &str)] = &[
    (&["SCHEMA"], "SCHEMA"),
    (&["DATABASE"], "DATABASE"),
    (&["EXTENSION"], "EXTENSION"),
    (&["PUBLICATION"], "PUBLICATION"),
    (&["SUBSCRIPTION"], "SUBSCRIPTION"),
    (&["SERVER"], "SERVER"),
    (&["FOREIGN", "DATA", "WRAPPER"], "FOREIGN DATA WRAPPER"),
    (&["LANGUAGE"], "LANGUAGE"),
    (&["ACCESS", "METHOD"], "ACCESS METHOD"),
    (&["TABLESPACE"], "TABLESPACE"),
    (&["ROLE"], "ROLE"),
    (&["USER"], "ROLE"),
    (&["GROUP"], "ROLE"),
];

/// The objects of these kinds that the statements of a text create.
pub(crate) fn created(sql: &str, backend: BackendKind) -> Vec<Created> {
    let cut = statements(sql, backend);
    let parts = cut.parts().iter();
    parts
        .filter_map(|statement| {
            let first: Vec<&str> = tokens(statement.sql, backend).take(12).collect();
            of(Tokens::new(&first, backend))
        })
        .collect()
}

fn of(mut tokens: Tokens<'_>) -> Option<Created> {
    if !tokens.take(&["CREATE"]) || tokens.is(&["OR"]) || tokens.is(&["USER", "MAPPING"]) {
        return None;
    }
    let (_, kind) = KINDS.iter().find(|(words, _)| tokens.take(words))?;
    let if_not_exists = tokens.take(&["IF", "NOT", "EXISTS"]);
    // PostgreSQL: a schema may be named after its owner only
    tokens.take(&["AUTHORIZATION"]);
    let name = tokens.peek();
    let name = match name.chars().next()? {
        '"' | '`' | '\'' => unquoted(name),
        _ => name.to_lowercase(),
    };
    Some(Created {
        kind,
        name,
        if_not_exists,
    })
}

/// The views that the statements of a text create: their names in lower case, without schemas.
#[must_use]
pub fn created_views(sql: &str, backend: BackendKind) -> Vec<String> {
    const OTHERS: [&str; 9] = [
        "table",
        "index",
        "trigger",
        "function",
        "procedure",
        "rule",
        "event",
        "type",
        "policy",
    ];
    let view = |statement: &str| {
        let words = names(statement, backend);
        let (first, rest) = words.split_first()?;
        let at = rest.iter().position(|word| word == "view")?;
        let is_other = rest[..at]
            .iter()
            .any(|word| OTHERS.contains(&word.as_str()));
        if first != "create" || is_other {
            return None;
        }
        let name = &rest[at + 1..];
        let name = match name {
            [first, second, third, rest @ ..]
                if [first, second, third] == ["if", "not", "exists"] =>
            {
                rest
            }
            name => name,
        };
        match name {
            [_, dot, name, ..] if dot == "." => Some(name.clone()),
            name => name.first().cloned(),
        }
    };
    let cut = statements(sql, backend);
    let parts = cut.parts().iter();
    parts.filter_map(|statement| view(statement.sql)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_found_by_the_words() {
        for (sql, expected) in [
            ("CREATE VIEW a AS SELECT 1; CREATE TABLE b (id int)", "a"),
            (
                "create or replace view Shop.\"Big ones\" as select 1",
                "big ones",
            ),
            (
                "-- CREATE VIEW x\nCREATE TEMP VIEW IF NOT EXISTS a (b) AS SELECT 1",
                "a",
            ),
            (
                "CREATE MATERIALIZED VIEW IF NOT EXISTS s.a AS SELECT 1",
                "a",
            ),
            (
                "CREATE TRIGGER t INSTEAD OF INSERT ON view EXECUTE FUNCTION f()",
                "",
            ),
            ("CREATE TABLE \"view\" (id int); DROP VIEW a; CREATE", ""),
        ] {
            let found = created_views(sql, BackendKind::Postgres);
            assert_eq!(found.join(" "), expected, "{sql}");
        }
        let sql =
            "CREATE ALGORITHM = MERGE DEFINER = `a`@`b` SQL SECURITY INVOKER VIEW `V` AS SELECT 1";
        assert_eq!(created_views(sql, BackendKind::Mysql), ["v"]);
    }

    #[test]
    fn what_lies_in_no_schema_is_found_by_the_words() {
        for (sql, expected) in [
            (
                "CREATE SCHEMA Utils; CREATE TABLE utils.t (id int)",
                vec![("SCHEMA", "utils", false)],
            ),
            (
                "CREATE SCHEMA IF NOT EXISTS \"My app\"",
                vec![("SCHEMA", "My app", true)],
            ),
            (
                "CREATE SCHEMA AUTHORIZATION joe",
                vec![("SCHEMA", "joe", false)],
            ),
            (
                "CREATE EXTENSION citext",
                vec![("EXTENSION", "citext", false)],
            ),
            (
                "CREATE USER app; CREATE ROLE reader",
                vec![("ROLE", "app", false), ("ROLE", "reader", false)],
            ),
            ("CREATE USER MAPPING FOR app SERVER s", vec![]),
            (
                "CREATE FOREIGN DATA WRAPPER w",
                vec![("FOREIGN DATA WRAPPER", "w", false)],
            ),
            ("CREATE TABLE schema_x (schema text)", vec![]),
            ("INSERT INTO t VALUES ('CREATE SCHEMA a')", vec![]),
        ] {
            let found = created(sql, BackendKind::Postgres);
            let found: Vec<_> = found
                .iter()
                .map(|one| (one.kind, one.name.as_str(), one.if_not_exists))
                .collect();
            assert_eq!(found, expected, "{sql}");
        }
        let database = created("CREATE DATABASE `other`", BackendKind::Mysql);
        assert_eq!(
            (database[0].kind, database[0].name.as_str()),
            ("DATABASE", "other")
        );
    }
}
