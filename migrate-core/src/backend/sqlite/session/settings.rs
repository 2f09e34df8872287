//! The session settings that a revision may change, as they were when the run began: pragmas that
//! are not stored in the file, attached databases, temporary objects.

use std::borrow::BorrowMut;
use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;
use diesel::sqlite::SqliteConnection;

use super::SqliteSession;
use crate::operation::Statements;
use crate::sql::may_begin_with;

/// The pragmas of the connection rather than the file, with the column that holds the value.
pub(in crate::backend::sqlite) const PRAGMAS: &[(&str, &str)] = &[
    ("analysis_limit", "analysis_limit"),
    ("automatic_index", "automatic_index"),
    ("busy_timeout", "timeout"),
    ("cache_size", "cache_size"),
    ("cache_spill", "cache_spill"),
    ("cell_size_check", "cell_size_check"),
    ("checkpoint_fullfsync", "checkpoint_fullfsync"),
    ("full_column_names", "full_column_names"),
    ("fullfsync", "fullfsync"),
    ("ignore_check_constraints", "ignore_check_constraints"),
    ("journal_size_limit", "journal_size_limit"),
    ("legacy_alter_table", "legacy_alter_table"),
    ("locking_mode", "locking_mode"),
    ("query_only", "query_only"),
    ("read_uncommitted", "read_uncommitted"),
    ("recursive_triggers", "recursive_triggers"),
    ("reverse_unordered_selects", "reverse_unordered_selects"),
    ("secure_delete", "secure_delete"),
    ("short_column_names", "short_column_names"),
    ("synchronous", "synchronous"),
    ("temp_store", "temp_store"),
    ("trusted_schema", "trusted_schema"),
    ("wal_autocheckpoint", "wal_autocheckpoint"),
    ("writable_schema", "writable_schema"),
];

/// The words without which a text changes no setting, as they begin. On a borrowed connection it
/// may still change temporary objects that were there before; those stay as the text leaves them.
const CHANGING: [&str; 4] = ["pragma", "attach", "detach", "temp"];

/// The first words of the statements that do so with one of these.
const FIRST: [&str; 5] = ["PRAGMA", "ATTACH", "DETACH", "CREATE", "EXPLAIN"];

/// Whether a text may change a setting: all of them are read then, which costs more than most
/// statements do.
pub(super) fn may_be_changed(sql: &str) -> bool {
    if !may_begin_with(sql, &FIRST) {
        return false; // a long text need not be read
    }
    let bytes = sql.as_bytes();
    let is_at = |at: usize, word: &str| {
        let found = bytes.get(at..at + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    (0..bytes.len()).any(|at| CHANGING.iter().any(|word| is_at(at, word)))
}

/// What a run has to restore.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Whether foreign keys were on.
    keys: Option<bool>,
    /// The others, before anything could change them; read before the first statement that can.
    before: Option<Seen>,
    /// Whether a setting may have changed.
    changed: bool,
}

#[derive(Debug)]
struct Seen {
    pragmas: BTreeMap<&'static str, String>,
    /// Whether LIKE is case-sensitive, which no pragma returns.
    minds_capitals: bool,
    attached: BTreeSet<String>,
    /// The statement that drops each temporary object.
    temporary: BTreeSet<String>,
}

impl<C: BorrowMut<SqliteConnection>> SqliteSession<C> {
    /// Records that a statement, or any use of the connection, may change something. To be called
    /// before it runs.
    pub(super) fn expect_changes(&mut self) -> QueryResult<()> {
        if self.settings.before.is_none() {
            self.settings.before = Some(self.seen()?);
            if let Some(watch) = &self.watch {
                watch.forget(); // what was asked of a version that does not know it
            }
        }
        self.settings.changed = true;
        Ok(())
    }

    /// Restores the settings that the connection had when the run began; the first time, only
    /// checks whether foreign keys are on. To be called outside a transaction, before foreign keys
    /// are turned off for a revision.
    pub(super) fn begin_with_settings(&mut self) -> QueryResult<()> {
        if self.settings.keys.is_none() {
            self.settings.keys = Some(self.is_on("foreign_keys")?);
        }
        self.restore_settings()
    }

    /// Restores the settings that the connection had when the run began.
    pub(super) fn restore_settings(&mut self) -> QueryResult<()> {
        if !self.settings.changed {
            return Ok(());
        }
        if let Some(keys) = self.settings.keys
            && self.is_on("foreign_keys")? != keys
        {
            self.execute(&format!("PRAGMA foreign_keys = {keys}"))?;
        }
        if let Some(before) = self.settings.before.take() {
            let restored = self.restore(&before);
            self.settings.before = Some(before);
            restored?;
        }
        self.settings.changed = false;
        Ok(())
    }

    fn restore(&mut self, before: &Seen) -> QueryResult<()> {
        let now = self.seen()?;
        for drop in now.temporary.difference(&before.temporary) {
            self.execute(drop)?;
        }
        for name in now.attached.difference(&before.attached) {
            self.execute(&format!("DETACH \"{}\"", name.replace('"', "\"\"")))?;
        }
        for (name, value) in &before.pragmas {
            if now.pragmas.get(name) != Some(value) {
                // what was written into the schema by hand is read again, as another connection
                // reads it
                let value = match (*name, value.as_str()) {
                    ("writable_schema", "0") => "RESET",
                    (_, value) => value,
                };
                self.execute(&format!("PRAGMA {name} = {value}"))?;
            }
        }
        match now.minds_capitals == before.minds_capitals {
            true => Ok(()),
            false => self.execute(&format!(
                "PRAGMA case_sensitive_like = {}",
                before.minds_capitals
            )),
        }
    }

    fn seen(&mut self) -> QueryResult<Seen> {
        let mut pragmas = BTreeMap::new();
        for (name, column) in PRAGMAS {
            let query = format!("SELECT CAST({column} AS TEXT) AS text FROM pragma_{name}");
            // a pragma that this version of SQLite lacks cannot be changed either
            if let Some(value) = self
                .texts(&query)
                .ok()
                .and_then(|values| values.into_iter().next())
            {
                pragmas.insert(*name, value);
            }
        }
        let like = self.texts("SELECT CAST('a' LIKE 'A' AS TEXT) AS text")?;
        let attached = self.texts(
            "SELECT name AS text FROM pragma_database_list WHERE name NOT IN ('main', 'temp')",
        )?;
        let temporary = self.texts(
            "SELECT 'DROP ' || type || ' temp.\"' || replace(name, '\"', '\"\"') || '\"' AS text FROM sqlite_temp_master \
             WHERE type IN ('table', 'view') OR type = 'trigger' AND tbl_name NOT IN (SELECT t.name FROM sqlite_temp_master AS t \
             WHERE t.type IN ('table', 'view'))",
        )?;
        Ok(Seen {
            pragmas,
            minds_capitals: like.iter().any(|like| like == "0"),
            attached: attached.into_iter().collect(),
            temporary: temporary.into_iter().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::may_be_changed;

    #[test]
    fn which_texts_may_change_a_setting() {
        for sql in [
            "PRAGMA x = 1",
            "/**/ Attach 'f' AS g",
            "DETACH g",
            "CREATE TEMP VIEW v AS SELECT 1",
            "CREATE TABLE temp.t (a)",
            "pragma",
            "EXPLAIN PRAGMA x",
            "INSERT INTO t VALUES ('a'); -- b\n\u{feff} pragma x",
        ] {
            assert!(may_be_changed(sql), "{sql}");
        }
        for sql in [
            "",
            "tem",
            "CREATE TABLE t (a, b)",
            "UPDATE t SET a = 'ä'",
            "INSERT INTO t VALUES ('a temperature; of 3')",
        ] {
            assert!(!may_be_changed(sql), "{sql}");
        }
    }
}
