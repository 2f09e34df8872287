//! What a script for the shell of SQLite contains that a run does by other means: the settings of
//! the library, restored for each revision, and the guards around `DROP TABLE`.

use diesel::Connection;
use diesel::sqlite::SqliteConnection;
use migrate_graph::{Advice, Help};

use super::quote::{identifier, literal};
use super::session::settings::PRAGMAS;
use super::{SqliteSession, unsupported};
use crate::backend::{BackendKind, ScriptSettings, Statements};
use crate::error::Unsupported;
use crate::schema::ObjectName;
use crate::sql::{self, Cut, KeyEffect, SessionChange, key_effects};

/// The pragmas whose defaults differ between the shell and the linked library.
const OTHERWISE: [&str; 2] = ["foreign_keys", "trusted_schema"];

/// The statements with a guard around each `DROP TABLE`.
pub(super) fn guarded(statements: Vec<String>) -> Result<Vec<String>, Unsupported> {
    let mut guarded = Vec::new();
    for text in statements {
        let Some(name) = dropped(&text) else {
            guarded.push(text);
            continue;
        };
        match sql::statements(&text, BackendKind::Sqlite) {
            Cut::Statements(statements) => {
                for statement in statements {
                    let sql = statement.commented.to_owned();
                    match dropped(statement.sql) {
                        Some(name) => guarded.extend(guard(&name, sql)?),
                        None => guarded.push(sql),
                    }
                }
            }
            Cut::Uncertain(_) if sql::unclosed(&text, BackendKind::Sqlite).is_some() => {
                guarded.push(text); // which is refused for that
            }
            Cut::Uncertain(_) => {
                return Err(unsupported(
                    format!(
                        "drop `{}` in a script: it is not certain where that statement ends in its text",
                        name.name
                    ),
                    Help::from("give the `DROP TABLE` a revision of its own, or run it with `")
                        + Advice::UP
                        + "`",
                ));
            }
        }
    }
    Ok(guarded)
}

/// The first table that a text drops.
fn dropped(text: &str) -> Option<ObjectName> {
    key_effects(text)
        .into_iter()
        .find_map(|effect| match effect {
            KeyEffect::Drops(name) => Some(name),
            _ => None,
        })
}

/// A `DROP TABLE` that fails if foreign keys changed rows besides those that it deletes itself. A
/// table whose own keys do so passes if no other table has such a key.
fn guard(name: &ObjectName, sql: String) -> Result<Vec<String>, Unsupported> {
    let table = literal(&name.name.as_str().into())?;
    let (place, schema) = match &name.schema {
        Some(schema) if schema.eq_ignore_ascii_case("temp") => return Ok(vec![sql]),
        Some(schema) => (
            format!("{}.", identifier(schema)?),
            format!(", {}", literal(&schema.as_str().into())?),
        ),
        None => (String::new(), String::new()),
    };
    let rule = format!(
        "`{}` cannot be dropped: that deletes or unlinks rows that reference it; delete those rows, or drop their tables, first",
        name.name
    );
    Ok(vec![
        "SAVEPOINT migrate_drop".to_owned(),
        format!(
            "CREATE TEMP TABLE migrate_drop (changes INTEGER, CONSTRAINT \"{}\" CHECK (changes <= 0))",
            rule.replace('"', "\"\"")
        ),
        "INSERT INTO temp.migrate_drop VALUES (-1 - total_changes())".to_owned(),
        sql,
        format!(
            "UPDATE temp.migrate_drop SET changes = changes + total_changes() - changes() WHERE EXISTS (\n  \
             SELECT 1 FROM {place}sqlite_master AS child JOIN pragma_foreign_key_list(child.name{schema}) AS key\n  \
             WHERE child.type = 'table' AND child.name <> {table} COLLATE NOCASE AND key.\"table\" = {table} COLLATE NOCASE\n  \
             AND key.on_delete NOT IN ('NO ACTION', 'RESTRICT'))"
        ),
        "DROP TABLE temp.migrate_drop".to_owned(),
        "RELEASE migrate_drop".to_owned(),
    ])
}

/// The settings of the linked library that may differ in the shell.
pub(super) fn session_settings() -> Vec<String> {
    OTHERWISE.into_iter().filter_map(pragma).collect()
}

/// Restores the settings that this SQL changes.
pub(super) fn script_settings(sql: &[String]) -> ScriptSettings {
    let mut restore: Vec<String> = Vec::new();
    let mut add = |sql: String| {
        if !restore.contains(&sql) {
            restore.push(sql);
        }
    };
    let all = sql.iter();
    for change in all.flat_map(|sql| sql::session_changes(sql, BackendKind::Sqlite)) {
        match change {
            SessionChange::Setting { name, .. } => pragma(&name).into_iter().for_each(&mut add),
            SessionChange::Temporary(kind, name) if name.contains('.') => {
                add(format!("DROP {kind} IF EXISTS {name}"));
            }
            SessionChange::Temporary(kind, name) => {
                add(format!("DROP {kind} IF EXISTS temp.{name}"));
            }
            SessionChange::Attached(name) if !is_detached(sql, &name) => {
                add(format!("DETACH {name}"));
            }
            _ => {}
        }
    }
    let keys_off = sql
        .iter()
        .any(|sql| key_effects(sql).contains(&KeyEffect::SwitchesOff));
    ScriptSettings {
        restore,
        ..if keys_off {
            without_keys()
        } else {
            ScriptSettings::default()
        }
    }
}

/// What a run does for a revision that switches foreign keys off: it does so before the
/// transaction, in which the pragma has no effect, and checks for violations before the COMMIT.
fn without_keys() -> ScriptSettings {
    let broken = "(SELECT count(*) FROM pragma_foreign_key_check)";
    ScriptSettings {
        ahead: vec!["PRAGMA foreign_keys = OFF".to_owned()],
        first: vec![
            "CREATE TEMP TABLE migrate_keys (broken INTEGER, CONSTRAINT \"a foreign key would be broken\" CHECK (broken <= 0))"
                .to_owned(),
            format!("INSERT INTO temp.migrate_keys VALUES (-{broken})"),
        ],
        last: vec![
            format!("UPDATE temp.migrate_keys SET broken = broken + {broken}"),
            "DROP TABLE temp.migrate_keys".to_owned(),
        ],
        ..ScriptSettings::default()
    }
}

fn is_detached(sql: &[String], name: &str) -> bool {
    let detached = |sql: &String| sql::released(sql, BackendKind::Sqlite);
    let mut all = sql.iter().filter_map(detached);
    all.any(|detached| detached.eq_ignore_ascii_case(name))
}

/// The statement that resets a pragma of the connection to the library's default; `None` for one
/// that is stored in the file.
fn pragma(name: &str) -> Option<String> {
    if name == "case_sensitive_like" {
        return Some("PRAGMA case_sensitive_like = 0".to_owned()); // it cannot be read
    }
    let known = PRAGMAS.iter().find(|(known, _)| *known == name);
    let column = match known {
        Some((_, column)) => column,
        None => *OTHERWISE.iter().find(|other| **other == name)?,
    };
    let mut session = SqliteSession::new(SqliteConnection::establish(":memory:").ok()?);
    let query = format!("SELECT CAST({column} AS TEXT) AS text FROM pragma_{name}");
    let value = session.texts(&query).ok()?.into_iter().next()?;
    Some(format!("PRAGMA {name} = {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drop_whose_end_is_not_certain_is_refused_by_name() {
        let guard = |sql: &str| guarded(vec![sql.to_owned()]);
        let uncertain = "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1;; DROP TABLE p;";
        let Err(refused) = guard(uncertain) else {
            panic!("{:?}", sql::statements(uncertain, BackendKind::Sqlite));
        };
        assert_eq!(
            refused.to_string(),
            "SQLite cannot drop `p` in a script: it is not certain where that statement ends in its text"
        );
        assert_eq!(guard("DROP TABLE temp.w").unwrap(), ["DROP TABLE temp.w"]);
        let whole = guard("-- a\nDELETE FROM c; -- b\nDROP TABLE p;").unwrap();
        assert_eq!(
            (whole.len(), whole[0].as_str(), whole[4].as_str()),
            (8, "-- a\nDELETE FROM c", "-- b\nDROP TABLE p")
        );
    }

    #[test]
    fn a_script_has_the_settings_of_the_library() {
        let settings = session_settings();
        assert!(
            settings
                .iter()
                .any(|sql| sql.starts_with("PRAGMA foreign_keys = ")),
            "{settings:?}"
        );
        let of = |sql: &[&str]| {
            script_settings(&sql.iter().map(|sql| (*sql).to_owned()).collect::<Vec<_>>()).restore
        };
        assert_eq!(
            of(&["PRAGMA recursive_triggers = 1"]),
            ["PRAGMA recursive_triggers = 0"]
        );
        // what is stored in the file is not a session setting
        assert_eq!(
            of(&["PRAGMA journal_mode = WAL", "PRAGMA user_version = 3"]),
            [""; 0]
        );
        assert_eq!(
            of(&["CREATE TEMP TABLE a (b)"]),
            ["DROP TABLE IF EXISTS temp.a"]
        );
        assert_eq!(of(&["ATTACH 'x.db' AS x"]), ["DETACH x"]);
        assert_eq!(of(&["ATTACH 'x.db' AS x", "DETACH x"]), [""; 0]);
    }
}
