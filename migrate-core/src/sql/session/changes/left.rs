//! Settings that a text leaves in the session, which its author may have meant for later texts.
//! Every revision begins with the connection's own. Pure.

use super::{SessionChange, session_changes};
use crate::dialect::BackendKind;
use crate::sql::{Cut, Finding, statements, tokens};

/// What is left, each by its last statement. Empty for what the text restores itself, and for a
/// text that cannot be split.
pub(crate) fn settings_left(sql: &str, backend: BackendKind) -> Vec<Finding> {
    let Cut::Statements(statements) = statements(sql, backend) else {
        return Vec::new();
    };
    let mut left: Vec<(Kind, Finding)> = Vec::new();
    for statement in statements {
        let first = tokens(statement.sql, backend).next().unwrap_or_default();
        if first.eq_ignore_ascii_case("DISCARD") {
            left.clear();
        }
        for change in session_changes(statement.sql, backend) {
            let Some((kind, is_set)) = of(&change, statement.sql, backend) else {
                continue;
            };
            left.retain(|(other, _)| *other != kind);
            if is_set {
                let finding = Finding {
                    line: statement.line,
                    what: kind.what(&change),
                    help: kind.help(backend),
                };
                left.push((kind, finding));
            }
        }
    }
    left.into_iter().map(|(_, finding)| finding).collect()
}

/// Settings that people set once for all that follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Path,
    Role,
    Database,
    Mode,
}

/// The kind of a change, and whether it is set and not restored.
fn of(change: &SessionChange, sql: &str, backend: BackendKind) -> Option<(Kind, bool)> {
    match change {
        SessionChange::Setting { name, lasting } if name == "search_path" => {
            let is_call =
                tokens(sql, backend).any(|token| token.eq_ignore_ascii_case("set_config"));
            Some((
                Kind::Path,
                is_call || *lasting && !is_usual_path(sql, backend),
            ))
        }
        SessionChange::Setting { name, .. } if name == "all" => Some((Kind::Path, false)), // RESET ALL
        SessionChange::Setting { name, lasting } if name == "sql_mode" => {
            Some((Kind::Mode, *lasting))
        }
        SessionChange::Role { lasting } => Some((Kind::Role, *lasting)),
        SessionChange::Database(_) => Some((Kind::Database, true)),
        _ => None,
    }
}

/// Whether a path is set to the server's default, as people do to restore it.
fn is_usual_path(sql: &str, backend: BackendKind) -> bool {
    let value =
        tokens(sql, backend).skip_while(|token| !matches!(*token, "=" | "TO" | "to" | "To"));
    let mut value = value.skip(1).peekable();
    value.peek().is_some()
        && value.all(|token| {
            let name = token.trim_matches(['"', '\'']);
            name == "," || name == "$user" || name.eq_ignore_ascii_case("public")
        })
}

impl Kind {
    fn what(self, change: &SessionChange) -> String {
        match (self, change) {
            (Kind::Path, _) => "`search_path`".to_owned(),
            (Kind::Mode, _) => "`sql_mode`".to_owned(),
            (Kind::Database, SessionChange::Database(name)) => {
                format!("the database, by `USE {name}`,")
            }
            (Kind::Database, _) => "the database".to_owned(),
            (Kind::Role, _) => "the role".to_owned(),
        }
    }

    fn help(self, backend: BackendKind) -> &'static str {
        match self {
            Kind::Path => {
                "for all revisions, put it into the URL, `?options=-csearch_path%3DPATH` (`migrate.schema` names the schema of the \
                 version table); or write names with their schema; for this file only, write `SET LOCAL`"
            }
            Kind::Role if backend == BackendKind::Postgres => {
                "for all revisions, put it into the URL, `?options=-crole%3DNAME`; for this file only, write `SET LOCAL ROLE`, or \
                 `RESET ROLE` at its end"
            }
            Kind::Role => {
                "for all revisions, give the user a default role; for this file only, write `SET ROLE DEFAULT` at its end"
            }
            Kind::Database => {
                "for all revisions, name that database in the URL; else write it again in each file that needs it, or names with \
                 their database"
            }
            Kind::Mode => {
                "write it again in each file that needs it; for this file only, write `SET sql_mode = DEFAULT` at its end"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BackendKind::{Mariadb, Mysql, Postgres, Sqlite};

    #[track_caller]
    fn check(backends: &[BackendKind], sql: &str, expected: &[(u32, &str)]) {
        for backend in backends {
            let found = settings_left(sql, *backend);
            let found: Vec<(u32, &str)> = found
                .iter()
                .map(|found| (found.line, found.what.as_str()))
                .collect();
            assert_eq!(found, expected, "{backend:?}: {sql}");
        }
    }

    #[test]
    fn what_is_set_and_not_restored_is_left() {
        let path = "`search_path`";
        for sql in [
            "CREATE SCHEMA app;\nSET search_path TO app, public;",
            "\nSET /* all */ SESSION Search_Path = 'app';",
            "\nSELECT pg_catalog.set_config('search_path', '', false);",
            "\nset search_path = app; SET LOCAL search_path = public",
            "SET search_path = public;\nSET search_path to app",
        ] {
            check(&[Postgres], sql, &[(2, path)]);
        }
        check(&[Postgres], "SET ROLE owner;", &[(1, "the role")]);
        check(
            &[Postgres],
            "SET SESSION AUTHORIZATION owner; RESET ALL",
            &[(1, "the role")],
        );
        let mysql = [Mysql, Mariadb];
        check(
            &mysql,
            "USE other;\nUSE shop;",
            &[(2, "the database, by `USE shop`,")],
        );
        check(
            &mysql,
            "/*!40101 SET sql_mode = '' */;",
            &[(1, "`sql_mode`")],
        );
        check(
            &mysql,
            "SET @@SESSION.sql_mode = 'ANSI', @a = 1",
            &[(1, "`sql_mode`")],
        );
        check(&mysql, "SET ROLE ALL", &[(1, "the role")]);
    }

    #[test]
    fn what_is_restored_or_ends_by_itself_is_not_left() {
        for sql in [
            "SET LOCAL search_path TO app",
            "SELECT set_config('search_path', 'app', true)",
            "SET search_path TO app; CREATE TABLE a (b int); RESET search_path;",
            "SET search_path TO app; SET search_path TO DEFAULT",
            "SET search_path TO app; SET search_path TO \"$user\", public",
            "SET search_path TO app; RESET ALL",
            "SET ROLE owner; SET search_path = app; DISCARD ALL",
            "SET ROLE owner; RESET ROLE",
            "SET ROLE owner; SET ROLE NONE",
            "SET statement_timeout = 0; SET client_encoding = 'UTF8'; SET default_tablespace = ''",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = app AS 'SELECT 1'",
            "SELECT 'SET search_path TO app'; -- SET search_path TO app",
        ] {
            check(&[Postgres], sql, &[]);
        }
        for sql in [
            "SET @OLD = @@sql_mode, sql_mode = ''; INSERT INTO a VALUES (1); SET sql_mode = @OLD",
            "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;",
            "SET sql_mode = ''; SET sql_mode = DEFAULT",
            "SET GLOBAL sql_mode = ''",
            "CREATE PROCEDURE p() BEGIN SET sql_mode = ''; END",
            "SELECT 'USE a'",
        ] {
            check(&[Mysql, Mariadb], sql, &[]);
        }
        check(
            &[Sqlite],
            "PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = ON",
            &[],
        );
    }
}
