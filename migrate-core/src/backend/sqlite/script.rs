//! The settings of the session in a script for the shell of SQLite: those that the library has, and how each revision begins with
//! them.

use diesel::Connection;
use diesel::sqlite::SqliteConnection;

use super::SqliteSession;
use super::session::settings::PRAGMAS;
use crate::backend::{BackendKind, ScriptSettings, Statements};
use crate::sql::{self, Change};

/// The pragmas of which the shell has other values than the library that is linked.
const OTHERWISE: [&str; 2] = ["foreign_keys", "trusted_schema"];

/// What the linked library has where the shell may have something else.
pub(super) fn session_settings() -> Vec<String> {
    OTHERWISE.into_iter().filter_map(pragma).collect()
}

/// What restores the settings that this SQL changes.
pub(super) fn script_settings(sql: &[String]) -> ScriptSettings {
    let mut restore: Vec<String> = Vec::new();
    let mut add = |sql: String| {
        if !restore.contains(&sql) {
            restore.push(sql);
        }
    };
    let all = sql.iter();
    for change in all.flat_map(|sql| sql::settings(sql, BackendKind::Sqlite)) {
        match change {
            Change::Setting { name, .. } => pragma(&name).into_iter().for_each(&mut add),
            Change::Temporary(kind, name) if name.contains('.') => {
                add(format!("DROP {kind} IF EXISTS {name}"));
            }
            Change::Temporary(kind, name) => add(format!("DROP {kind} IF EXISTS temp.{name}")),
            Change::Attached(name) if !is_detached(sql, &name) => add(format!("DETACH {name}")),
            _ => {}
        }
    }
    ScriptSettings {
        restore,
        ..ScriptSettings::default()
    }
}

fn is_detached(sql: &[String], name: &str) -> bool {
    sql.iter().any(|sql| {
        let tokens: Vec<&str> = sql::tokens(sql, BackendKind::Sqlite).collect();
        tokens
            .first()
            .is_some_and(|first| first.eq_ignore_ascii_case("DETACH"))
            && tokens
                .last()
                .is_some_and(|last| last.eq_ignore_ascii_case(name))
    })
}

/// The statement that gives a pragma of the connection the library's own value; none for one that is kept in the file.
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
        // what the file keeps is no setting of the session
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
