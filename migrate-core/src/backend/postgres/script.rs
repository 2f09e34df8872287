//! The session settings in a script for psql: those of a run, restored for each revision. Text
//! only.

use crate::backend::{BackendKind, ScriptSettings};
use crate::sql::{self, SessionChange};

/// What diesel sets on each connection.
pub(super) fn session_settings() -> Vec<String> {
    ["SET client_encoding = 'UTF8'", "SET TIME ZONE 'UTC'"]
        .map(str::to_owned)
        .to_vec()
}

/// Restores the settings that this SQL changes: the session's defaults, which the server knows,
/// then a run's.
pub(super) fn script_settings(sql: &[String]) -> ScriptSettings {
    let all = sql.iter();
    let changes: Vec<SessionChange> = all
        .flat_map(|sql| sql::session_changes(sql, BackendKind::Postgres))
        .collect();
    if changes.is_empty() {
        return ScriptSettings::default();
    }
    let is_any = |of: fn(&SessionChange) -> bool| changes.iter().any(of);
    let elsewhere = is_any(|change| match change {
        SessionChange::Role { .. } | SessionChange::Unknown => true,
        SessionChange::Setting { name, .. } => name == "search_path",
        _ => false,
    });
    let own = is_any(|change| {
        matches!(
            change,
            SessionChange::Temporary(..) | SessionChange::Unknown
        )
    });
    let prepared = is_any(|change| matches!(change, SessionChange::Prepared(_)));
    let user = "RESET SESSION AUTHORIZATION".to_owned();
    let mut restore = vec![user.clone(), "RESET ALL".to_owned()];
    restore.extend(session_settings());
    restore.extend(own.then(|| "DISCARD TEMP".to_owned()));
    if prepared {
        restore.extend(["DEALLOCATE ALL", "CLOSE ALL"].map(str::to_owned));
    }
    ScriptSettings {
        save: Vec::new(),
        before_record: match elsewhere {
            true => vec![user, "RESET search_path".to_owned()],
            false => Vec::new(),
        },
        restore,
        ..ScriptSettings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_written_where_the_script_began() {
        let of = |sql: &str| script_settings(&[sql.to_owned()]);
        assert_eq!(of("CREATE TABLE t (a int)"), ScriptSettings::default());
        let path = of("SELECT pg_catalog.set_config('search_path', '', false)");
        assert_eq!(
            path.before_record.join("; "),
            "RESET SESSION AUTHORIZATION; RESET search_path"
        );
        assert!(path.restore.contains(&"RESET ALL".to_owned()));
        let memory = of("SET work_mem = '1GB'");
        assert!(memory.before_record.is_empty() && !memory.restore.is_empty());
        assert!(
            of("CREATE TEMP TABLE t (a int)")
                .restore
                .contains(&"DISCARD TEMP".to_owned())
        );
    }
}
