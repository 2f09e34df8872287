//! The effects of SQLite's statements on foreign keys: they switch them off, or drop, rename or
//! empty a table that rows of other tables may reference. Judged by the words of each statement;
//! pure.

use super::tokens::Tokens;
use super::{Cut, may_begin_with, statements, unquoted};
use crate::dialect::BackendKind;
use crate::schema::ObjectName;

/// The effect of a statement on foreign keys.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyEffect {
    /// It switches foreign keys off.
    SwitchesOff,
    Drops(ObjectName),
    Renames(ObjectName, String),
    /// It deletes all rows of a table.
    Empties(ObjectName),
}

/// The effects of a text's statements on foreign keys.
pub(crate) fn key_effects(text: &str) -> Vec<KeyEffect> {
    if !may_begin_with(text, &["ALTER", "DELETE", "DROP", "PRAGMA"]) {
        return Vec::new();
    }
    let whole;
    let statements: Vec<&str> = match statements(text, BackendKind::Sqlite) {
        Cut::Statements(statements) => statements.iter().map(|statement| statement.sql).collect(),
        // the body of a trigger cannot contain these statements
        Cut::Uncertain(uncertain) => {
            whole = uncertain.sql;
            whole.split(';').collect()
        }
    };
    let effect = |sql: &str| {
        let tokens = Tokens::of(sql, BackendKind::Sqlite);
        key_effect(Tokens::new(&tokens, BackendKind::Sqlite))
    };
    statements.into_iter().filter_map(effect).collect()
}

fn key_effect(mut tokens: Tokens<'_>) -> Option<KeyEffect> {
    if tokens.take(&["PRAGMA"]) {
        return switches_off(tokens).then_some(KeyEffect::SwitchesOff);
    }
    if tokens.take(&["DROP", "TABLE"]) {
        tokens.take(&["IF", "EXISTS"]);
        return table(&mut tokens).map(KeyEffect::Drops);
    }
    if tokens.take(&["DELETE", "FROM"]) {
        let table = table(&mut tokens)?;
        return tokens.is_empty().then_some(KeyEffect::Empties(table));
    }
    tokens.take(&["ALTER", "TABLE"]).then_some(())?;
    let from = table(&mut tokens)?;
    tokens.take(&["RENAME", "TO"]).then_some(())?;
    match tokens.rest() {
        [to] => Some(KeyEffect::Renames(from, unquoted(to))),
        _ => None,
    }
}

/// Whether the part after `PRAGMA` is `[schema.]foreign_keys = value`, with a value that means off.
fn switches_off(mut tokens: Tokens<'_>) -> bool {
    if tokens.rest().get(1) == Some(&".") {
        tokens.next();
        tokens.next();
    }
    tokens.take(&["FOREIGN_KEYS"])
        && match tokens.rest() {
            ["=", value] | ["(", value, ")"] => {
                // SQLite reads every other word as off
                let value = unquoted(value).to_ascii_uppercase();
                let digits = value.split(|sign: char| !sign.is_ascii_digit()).next();
                let number = digits.and_then(|digits| digits.parse::<i64>().ok());
                let is_number = number.is_some_and(|number| number != 0);
                !is_number && !matches!(value.as_str(), "ON" | "YES" | "TRUE")
            }
            _ => false,
        }
}

fn table(tokens: &mut Tokens<'_>) -> Option<ObjectName> {
    let name = |tokens: &mut Tokens<'_>| (!tokens.is_empty()).then(|| unquoted(tokens.next()));
    let first = name(tokens)?;
    Some(match tokens.take(&["."]) {
        true => ObjectName::qualified(first, name(tokens)?),
        false => ObjectName::from(first),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_say_what_a_statement_means_to_foreign_keys() {
        let name = |schema: Option<&str>, table: &str| ObjectName {
            schema: schema.map(str::to_owned),
            name: table.to_owned(),
        };
        for (sql, expected) in [
            ("pragma foreign_keys=off", Some(KeyEffect::SwitchesOff)),
            ("PRAGMA main.foreign_keys(0)", Some(KeyEffect::SwitchesOff)),
            (
                "PRAGMA foreign_keys = 'false'",
                Some(KeyEffect::SwitchesOff),
            ),
            ("PRAGMA foreign_keys = 'Yes'", None),
            ("PRAGMA foreign_keys = 1", None),
            ("PRAGMA foreign_keys = 1.5", None),
            ("PRAGMA foreign_keys = ON", None),
            ("PRAGMA foreign_keys", None),
            ("PRAGMA foreign_key_check", None),
            (
                "drop table if exists \"a\"\"b\"",
                Some(KeyEffect::Drops(name(None, "a\"b"))),
            ),
            (
                "DROP TABLE main.[a b]",
                Some(KeyEffect::Drops(name(Some("main"), "a b"))),
            ),
            (
                "DROP /* x */ TABLE t -- y",
                Some(KeyEffect::Drops(name(None, "t"))),
            ),
            ("DROP VIEW v", None),
            (
                "ALTER TABLE a RENAME TO b",
                Some(KeyEffect::Renames(name(None, "a"), "b".to_owned())),
            ),
            ("ALTER TABLE a RENAME COLUMN b TO c", None),
            ("DELETE FROM a", Some(KeyEffect::Empties(name(None, "a")))),
            ("DELETE FROM a WHERE b", None),
            (
                "INSERT INTO a VALUES (';'); -- b\nDROP TABLE c",
                Some(KeyEffect::Drops(name(None, "c"))),
            ),
            ("INSERT INTO a VALUES ('; DROP TABLE c')", None),
        ] {
            assert_eq!(key_effects(sql).into_iter().next(), expected, "{sql}");
        }
    }
}
