//! The session settings that a revision may change, as they were when the run began. The server
//! restores its own defaults; what the connection's owner had set before is set again. Text, except
//! for what only the server can list.

use std::borrow::BorrowMut;
use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;
use diesel::pg::PgConnection;

use super::{PgSession, literal, set};
use crate::backend::{BackendKind, Statements};
use crate::sql::{self, SessionChange};

/// What a run has to restore.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The settings before anything could change them; read before the first statement that can.
    before: Option<Before>,
    /// Whether a setting may have changed.
    changed: bool,
    /// Whether something may exist that has to be looked up.
    left_something: bool,
    /// Settings that no list of the server has, with their values on a borrowed connection.
    custom: BTreeMap<String, String>,
    /// The role that a statement has set, as it is written there.
    role: Option<String>,
}

#[derive(Debug, Default)]
struct Before {
    /// The statements that repeat the connection's own settings.
    set: BTreeSet<String>,
    user: String,
    role: String,
    /// Drops the temporary objects that existed.
    temporary: BTreeSet<String>,
    /// Drops the prepared statements and cursors that existed.
    prepared: BTreeSet<String>,
}

/// The connection's own settings and objects. The guard of a step sets the path and the timeouts
/// itself.
const SET: &str = "SELECT 's' || pg_catalog.format('SELECT pg_catalog.set_config(%L, %L, false)', name, setting) AS text \
     FROM pg_catalog.pg_settings WHERE source = 'session' \
     AND name NOT IN ('search_path', 'lock_timeout', 'statement_timeout', 'role', 'session_authorization') \
     AND name NOT LIKE 'transaction\\_%' \
     UNION ALL SELECT 'u' || pg_catalog.current_setting('session_authorization') \
     UNION ALL SELECT 'r' || pg_catalog.current_setting('role') \
     UNION ALL ";

/// The statements that drop the session's objects, each after its kind.
const OWN: &str = "SELECT 'p' || pg_catalog.format('DEALLOCATE %I', name) AS text FROM pg_catalog.pg_prepared_statements WHERE from_sql \
     UNION ALL SELECT 'p' || pg_catalog.format('CLOSE %I', name) FROM pg_catalog.pg_cursors WHERE is_holdable \
     UNION ALL SELECT 't' || pg_catalog.format('DROP %s IF EXISTS %s CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' \
     WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, CAST(oid AS pg_catalog.regclass)) \
     FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema() AND relkind IN ('r', 'p', 'v', 'S', 'f')";

impl<C: BorrowMut<PgConnection>> PgSession<C> {
    /// Records what a statement, or any use of the connection, may change. To be called before it
    /// runs.
    pub(super) fn expect_changes(&mut self, sql: Option<&str>) -> QueryResult<()> {
        if let Some(role) = sql.and_then(role_of) {
            self.settings.role = role;
        }
        let changes = match sql {
            Some(sql) => sql::session_changes(sql, BackendKind::Postgres),
            None => vec![SessionChange::Unknown],
        };
        if changes.is_empty() {
            return Ok(());
        }
        if self.settings.before.is_none() {
            self.settings.before = Some(self.before()?);
        }
        self.settings.changed = true;
        for change in changes {
            match change {
                SessionChange::Prepared(_)
                | SessionChange::Temporary(..)
                | SessionChange::Unknown => {
                    self.settings.left_something = true;
                }
                SessionChange::Setting { name, .. }
                    if name.contains('.')
                        && self.url.is_none()
                        && !self.settings.custom.contains_key(&name) =>
                {
                    let query = format!(
                        "SELECT COALESCE(pg_catalog.current_setting({}, true), '') AS text",
                        literal(&name)?
                    );
                    let value = self.texts(&query)?.into_iter().next();
                    self.settings.custom.insert(name, value.unwrap_or_default());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn before(&mut self) -> QueryResult<Before> {
        let mut before = Before::default();
        for text in self.texts(&format!("{SET}{OWN}"))? {
            let (sort, text) = text.split_at(1);
            let text = text.to_owned();
            match sort {
                "s" => {
                    before.set.insert(text);
                }
                "u" => before.user = text,
                "r" => before.role = text,
                "t" => {
                    before.temporary.insert(text);
                }
                _ => {
                    before.prepared.insert(text);
                }
            }
        }
        Ok(before)
    }

    /// Restores the settings that the connection had when the run began. To be called before the
    /// transaction of a revision, since the defaults for transactions are among them.
    pub(super) fn restore_settings(&mut self) -> QueryResult<()> {
        self.settings.role = None;
        let (true, Some(before)) = (self.settings.changed, self.settings.before.take()) else {
            return Ok(());
        };
        let restored = self.restore(&before);
        self.settings.before = Some(before);
        restored?;
        self.settings.changed = false;
        self.settings.left_something = false;
        Ok(())
    }

    /// The role that the revision has set, as `GRANT` names it. A rollback also ends it.
    pub(super) fn role_of_revision(&self) -> Option<&str> {
        self.settings.role.as_deref()
    }

    fn restore(&mut self, before: &Before) -> QueryResult<()> {
        let mut statements = vec!["RESET SESSION AUTHORIZATION".to_owned()];
        match self.url {
            Some(_) => statements.push("RESET ALL".to_owned()),
            // otherwise a setting that the lists do not name would be lost
            None => {
                let now = self.texts("SELECT pg_catalog.quote_ident(name) AS text FROM pg_catalog.pg_settings WHERE source = 'session' \
                     AND name NOT IN ('role', 'session_authorization') AND name NOT LIKE 'transaction\\_%'")?;
                statements.extend(now.iter().map(|name| format!("RESET {name}")));
            }
        }
        if before.temporary.is_empty() {
            statements.push("DISCARD TEMP".to_owned());
        }
        statements.extend(before.set.iter().cloned());
        for (name, value) in &self.settings.custom {
            statements.push(format!("SELECT {}", set(name, value)?));
        }
        let user = set("session_authorization", &before.user)?;
        let role = set("role", &before.role)?;
        statements.push(format!("SELECT {user}, {role}"));
        self.execute(&statements.join("; "))?;
        match self.settings.left_something {
            true => self.drop_own(before),
            false => Ok(()),
        }
    }

    /// Drops what the session has created since the run began.
    fn drop_own(&mut self, before: &Before) -> QueryResult<()> {
        for text in self.texts(OWN)? {
            let (_, statement) = text.split_at(1);
            if !before.prepared.contains(statement) && !before.temporary.contains(statement) {
                self.execute(statement)?;
            }
        }
        Ok(())
    }

    /// Makes the engine's statements run as the connection's user, whatever role a revision has
    /// set, until the transaction ends.
    pub(super) fn as_itself(&self) -> QueryResult<String> {
        let Some(before) = &self.settings.before else {
            return Ok(String::new());
        };
        let local = |set: String| set.replace(", false)", ", true)");
        let user = local(set("session_authorization", &before.user)?);
        let role = local(set("role", &before.role)?);
        Ok(format!(
            "SET LOCAL SESSION AUTHORIZATION DEFAULT;\nSELECT {user}, {role};\n"
        ))
    }
}

/// The role that a text leaves set by its last `SET ROLE`; an inner `None` if that resets it, an
/// outer one if there is none.
fn role_of(sql: &str) -> Option<Option<String>> {
    let tokens: Vec<&str> = sql::tokens(sql, BackendKind::Postgres).collect();
    let is = |at: usize, word: &str| {
        let token: Option<&&str> = tokens.get(at);
        token.is_some_and(|token| token.eq_ignore_ascii_case(word))
    };
    let verb = |role: usize| {
        let passed = |at: &usize| !is(*at, "SESSION") && !is(*at, "LOCAL");
        let at = (0..role).rev().find(passed)?;
        (is(at, "SET") || is(at, "RESET")).then_some(at)
    };
    let role = |at: &usize| is(*at, "ROLE") || is(*at, "AUTHORIZATION");
    let (at, verb) = (0..tokens.len())
        .rev()
        .filter(role)
        .find_map(|at| Some((at, verb(at)?)))?;
    let assigned = is(at + 1, "TO") || is(at + 1, "=");
    let name = at + 1 + usize::from(assigned);
    let resets = is(verb, "RESET") || is(name, "NONE") || is(name, "DEFAULT");
    let name = tokens.get(name).filter(|_| !resets);
    Some(name.map(|name| name.trim_matches('\'').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::role_of;

    #[test]
    fn the_last_role_that_a_text_sets_counts() {
        for (sql, role) in [
            ("SET ROLE app", Some(Some("app"))),
            (
                "set local role \"My App\"; SELECT 1",
                Some(Some("\"My App\"")),
            ),
            ("SET SESSION AUTHORIZATION 'app'", Some(Some("app"))),
            ("SET role TO app", Some(Some("app"))),
            ("SET ROLE app; RESET ROLE", Some(None)),
            ("SET ROLE NONE", Some(None)),
            ("RESET SESSION AUTHORIZATION", Some(None)),
            ("CREATE ROLE app", None),
            ("SELECT 1", None),
        ] {
            let found = role_of(sql);
            let found = found.as_ref().map(Option::as_deref);
            assert_eq!(found, role, "{sql}");
        }
    }
}
