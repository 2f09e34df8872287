//! The session settings that a revision may change, as they were when the run began. Variables are
//! compared with their earlier values; what no server lists (user variables, temporary tables,
//! prepared statements) is known from the statements that create it.

use std::borrow::BorrowMut;
use std::collections::BTreeMap;

use diesel::mysql::MysqlConnection;
use diesel::result::Error;
use diesel::sql_types::Text;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::MysqlSession;
use crate::backend::Statements;
use crate::backend::mysql::quote::identifier;
use crate::sql::{self, SessionChange};

/// What a run has to restore.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The settings before anything could change them; read before the first statement that can.
    before: Option<Before>,
    /// Whether a setting may have changed.
    changed: bool,
    /// The assigned user variables. The old value of each is in a variable with its index as
    /// number.
    variables: Vec<String>,
    temporary: Vec<String>,
    prepared: Vec<String>,
}

#[derive(Debug)]
struct Before {
    variables: BTreeMap<String, String>,
    role: String,
}

/// Variables that the server changes by itself, or that only count.
const VOLATILE: &[&str] = &[
    "character_set_database",
    "collation_database",
    "error_count",
    "identity",
    "insert_id",
    "last_gtid",
    "last_insert_id",
    "pseudo_thread_id",
    "rand_seed1",
    "rand_seed2",
    "statement_id",
    "timestamp",
    "warning_count",
];

impl Settings {
    /// Whether a setting may differ from what it was when the run began.
    pub(super) fn may_differ(&self) -> bool {
        self.changed
    }
}

impl<C: BorrowMut<MysqlConnection>> MysqlSession<C> {
    /// Records what a statement, or any use of the connection, may change. To be called before it
    /// runs.
    pub(super) fn expect_changes(&mut self, sql: Option<&str>) -> QueryResult<()> {
        let changes = match sql {
            Some(sql) => sql::session_changes(sql, self.server.dialect.kind()),
            None => vec![SessionChange::Unknown],
        };
        if changes.is_empty() {
            return Ok(());
        }
        if self.settings.before.is_none() {
            self.settings.before = Some(Before {
                variables: self.variables()?,
                role: self.role(),
            });
        }
        self.settings.changed = true;
        for change in changes {
            self.note(change)?;
        }
        Ok(())
    }

    /// Records what a statement leaves that the connection has sent already.
    pub(super) fn note_sent(&mut self, sql: &str) {
        for change in sql::session_changes(sql, self.server.dialect.kind()) {
            match change {
                // on a connection of the session's own, it had no value
                SessionChange::Variable(name) => {
                    new(&mut self.settings.variables, bare(&name));
                }
                change => drop(self.note(change)),
            }
        }
    }

    fn note_variable(&mut self, name: &str) -> QueryResult<()> {
        if !new(&mut self.settings.variables, bare(name)) {
            return Ok(());
        }
        let last = self.settings.variables.len() - 1;
        let variable = self.variable(last)?;
        self.send(&format!("SET {} = {variable}", kept(last)))
    }

    fn note(&mut self, change: SessionChange) -> QueryResult<()> {
        match change {
            SessionChange::Variable(name) => self.note_variable(&name)?,
            SessionChange::Temporary(_, name) => {
                new(&mut self.settings.temporary, name);
            }
            SessionChange::Prepared(name) => {
                new(&mut self.settings.prepared, name);
            }
            _ => {}
        }
        Ok(())
    }

    /// Restores the settings that the connection had when the run began. To be called outside a
    /// transaction.
    pub(super) fn restore_settings(&mut self) -> QueryResult<()> {
        let (true, Some(before)) = (self.settings.changed, self.settings.before.take()) else {
            return Ok(());
        };
        self.engines.forget(); // another database, or another engine by default
        let restored = self.restore(&before);
        self.settings.before = Some(before);
        restored?;
        self.settings.changed = false;
        Ok(())
    }

    fn restore(&mut self, before: &Before) -> QueryResult<()> {
        for name in std::mem::take(&mut self.settings.prepared) {
            unless(&[1243], self.send(&format!("DEALLOCATE PREPARE {name}")))?;
        }
        for name in std::mem::take(&mut self.settings.temporary) {
            // without a current database, or if it was dropped, there is none
            let drop = format!("DROP TEMPORARY TABLE IF EXISTS {name}");
            unless(&[1046, 1049], self.send(&drop))?;
        }
        if self.role() != before.role {
            self.send(&format!("SET ROLE {}", before.role))?;
        }
        if let Some(database) = self.server.database.clone()
            && self.texts("SELECT IFNULL(CONVERT(DATABASE() USING utf8mb4), '') AS text")?
                != [database.as_str()]
            && let Ok(name) = identifier(self.server.dialect, &database)
        {
            self.send(&format!("USE {name}"))?;
        }
        for (name, value) in self.different(before)? {
            // global, read only, or not allowed for this user: no revision has changed it
            let set = format!("SET SESSION {name} = {}", literal(&name, &value));
            unless(&[1227, 1229, 1238], self.send(&set))?;
        }
        let assigned: Vec<String> = (0..self.settings.variables.len())
            .map(|place| Ok(format!("{} = {}", self.variable(place)?, kept(place))))
            .collect::<QueryResult<_>>()?;
        let now = ["SESSION timestamp = DEFAULT".to_owned()];
        let all: Vec<String> = assigned.into_iter().chain(now).collect();
        self.send(&format!("SET {}", all.join(", ")))
    }

    /// The variables that differ now, each with its old value.
    fn different(&mut self, before: &Before) -> QueryResult<Vec<(String, String)>> {
        let now = self.variables()?;
        let is_different = |name: &str| now.get(name) != before.variables.get(name);
        // setting one of these sets the other too
        let connection = is_different("character_set_connection");
        let different = before.variables.iter().filter(|(name, _)| {
            is_different(name) || connection && *name == "collation_connection"
        });
        Ok(different
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect())
    }

    fn variables(&mut self) -> QueryResult<BTreeMap<String, String>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text, column_name = Variable_name)]
            name: String,
            #[diesel(sql_type = Text, column_name = Value)]
            value: String,
        }
        let rows: Vec<Row> = sql_query("SHOW SESSION VARIABLES").load(self.mysql())?;
        Ok(rows
            .into_iter()
            .filter(|row| !VOLATILE.contains(&row.name.as_str()))
            .map(|row| (row.name, row.value))
            .collect())
    }

    /// The role in the form that SET ROLE accepts.
    fn role(&mut self) -> String {
        let role = self
            .texts("SELECT IFNULL(CONVERT(CURRENT_ROLE() USING utf8mb4), 'NONE') AS text")
            .ok() // an old server, which has no roles
            .and_then(|roles| roles.into_iter().next());
        match role {
            // MariaDB returns the bare name of a single role
            Some(role) if role != "NONE" && !role.contains('`') => {
                format!("`{}`", role.replace('`', "``"))
            }
            Some(role) => role,
            None => "NONE".to_owned(),
        }
    }

    fn variable(&self, place: usize) -> QueryResult<String> {
        let name = identifier(self.server.dialect, &self.settings.variables[place])
            .map_err(|error| Error::QueryBuilderError(error.into()))?;
        Ok(format!("@{name}"))
    }
}

/// Adds a name unless it exists; returns whether it was added.
fn new(all: &mut Vec<String>, name: String) -> bool {
    let new = !all.contains(&name);
    if new {
        all.push(name);
    }
    new
}

/// The name of a variable without its quotes, in lower case.
fn bare(name: &str) -> String {
    name.trim_matches(['`', '\'', '"']).to_lowercase()
}

/// The variable that stores the old value of another.
fn kept(place: usize) -> String {
    format!("@migrate_before_{place}")
}

/// A value as SQL that sets it, from the form that the server shows.
fn literal(name: &str, value: &str) -> String {
    let is_number = value.parse::<f64>().is_ok() && !value.starts_with(['+', 'i', 'n']);
    match is_number {
        true => value.to_owned(),
        false if value.is_empty() && name.starts_with("character_set") => "NULL".to_owned(),
        false => format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''")),
    }
}

/// The outcome, ignoring errors with one of these numbers.
fn unless(numbers: &[u32], sent: QueryResult<()>) -> QueryResult<()> {
    let expected = |error: &Error| {
        let text = error.to_string();
        let ends = |number: &u32| text.ends_with(&format!("(error {number})"));
        numbers.iter().any(ends)
    };
    match sent {
        Err(error) if expected(&error) => Ok(()),
        sent => sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_set_as_the_server_shows_it() {
        for (name, value, expected) in [
            ("foreign_key_checks", "ON", "'ON'"),
            ("wait_timeout", "100", "100"),
            ("max_statement_time", "0.500000", "0.500000"),
            ("time_zone", "+02:00", "'+02:00'"),
            ("sql_mode", "", "''"),
            ("character_set_results", "", "NULL"),
            ("init", "it's \\", "'it''s \\\\'"),
        ] {
            assert_eq!(literal(name, value), expected);
        }
    }
}
