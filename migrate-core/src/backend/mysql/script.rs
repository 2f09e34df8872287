//! The session settings in a script for the clients of MySQL and MariaDB: those of a run, restored
//! for each revision. Text only.

use std::collections::BTreeSet;

use migrate_graph::{Advice, Help};

use super::Dialect;
use crate::backend::ScriptSettings;
use crate::error::Unsupported;
use crate::sql::{self, SessionChange};

/// What diesel sets on each connection.
pub(super) fn session_settings() -> Vec<String> {
    ["SET NAMES utf8mb4", "SET time_zone = '+00:00'"]
        .map(str::to_owned)
        .to_vec()
}

impl Dialect {
    /// Restores the settings that this SQL changes, from those saved at the beginning of the
    /// script.
    pub(super) fn script_settings(self, sql: &[String]) -> Result<ScriptSettings, Unsupported> {
        let (mut system, mut rest) = (BTreeSet::new(), Vec::new());
        let all = sql.iter();
        for change in all.flat_map(|sql| sql::session_changes(sql, self.kind())) {
            match change {
                SessionChange::Database(name) => {
                    return Err(self.unsupported(
                        format!("go back from `USE {name}` in a script, to a database whose name it does not know"),
                        Help::from(format!("write the database before each name, `{name}.table`, or run it with `")) + Advice::UP + "`",
                    ));
                }
                SessionChange::Role { .. } => {
                    return Err(self.unsupported(
                        "go back from `SET ROLE` in a script, to roles that it does not know",
                        Help::from("give the rights to the user that migrates, or run it with `")
                            + Advice::UP
                            + "`",
                    ));
                }
                SessionChange::Setting { name, .. } => {
                    system.insert(self.known_as(&name).to_owned());
                }
                SessionChange::Variable(name) => rest.push(format!("SET @{name} = NULL")),
                SessionChange::Temporary(_, name) => {
                    rest.push(format!("DROP TEMPORARY TABLE IF EXISTS {name}"));
                }
                SessionChange::Prepared(name) if !is_deallocated(sql, &name, self) => {
                    rest.push(format!("DEALLOCATE PREPARE {name}"));
                }
                _ => {}
            }
        }
        let kept = |name: &String| format!("@migrate_before_{name}");
        let save = system
            .iter()
            .map(|name| format!("SET {} = @@SESSION.{name}", kept(name)));
        let restore = system
            .iter()
            .map(|name| format!("SET SESSION {name} = {}", kept(name)));
        let mut restore: Vec<String> = restore.collect();
        rest.sort();
        rest.dedup();
        restore.extend(rest);
        Ok(ScriptSettings {
            save: save.collect(),
            before_record: Vec::new(),
            restore,
            ..ScriptSettings::default()
        })
    }

    /// The name of a variable that all versions of the server have.
    fn known_as(self, name: &str) -> &str {
        match (self, name) {
            (Dialect::Mariadb, "transaction_isolation") => "tx_isolation",
            (Dialect::Mariadb, "transaction_read_only") => "tx_read_only",
            _ => name,
        }
    }
}

fn is_deallocated(sql: &[String], name: &str, dialect: Dialect) -> bool {
    let deallocated = |sql: &String| sql::released(sql, dialect.kind());
    let mut all = sql.iter().filter_map(deallocated);
    all.any(|deallocated| deallocated.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(dialect: Dialect, sql: &str) -> Result<ScriptSettings, Unsupported> {
        dialect.script_settings(&[sql.to_owned()])
    }

    #[test]
    fn variables_are_kept_and_restored() {
        let mode = of(Dialect::Mysql, "SET sql_mode = '', @x = 1").unwrap();
        assert_eq!(
            mode.save,
            ["SET @migrate_before_sql_mode = @@SESSION.sql_mode"]
        );
        assert_eq!(
            mode.restore,
            [
                "SET SESSION sql_mode = @migrate_before_sql_mode",
                "SET @x = NULL"
            ]
        );
        let level = of(Dialect::Mariadb, "SET SESSION TRANSACTION READ ONLY").unwrap();
        assert_eq!(level.save.len(), 2);
        assert!(
            level.save[0].ends_with("@@SESSION.tx_isolation"),
            "{level:?}"
        );
        assert_eq!(
            of(Dialect::Mysql, "CREATE TABLE t (a INT)").unwrap(),
            ScriptSettings::default()
        );
    }

    #[test]
    fn what_a_script_cannot_restore_is_refused() {
        let refused = of(Dialect::Mariadb, "USE other").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "MariaDB cannot go back from `USE other` in a script, to a database whose name it does not know"
        );
        assert!(refused.help.to_string().contains("`other.table`"));
        assert!(of(Dialect::Mysql, "SET ROLE 'a'").is_err());
    }
}
