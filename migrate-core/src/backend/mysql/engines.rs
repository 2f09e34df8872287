//! Tables whose engine has no transactions (MyISAM, Aria, MEMORY, CSV, …): a change of rows there
//! commits by itself, and a failed one leaves the rows that it had changed. Finds the statements
//! that may change such rows, by the names in the catalogue; sends only its own queries.

use diesel::QueryResult;

use crate::backend::{BackendKind, Session};
use crate::journal;
use crate::sql;

/// The system schemas. A statement that names one of them counts as changing its tables.
pub(super) const SYSTEM: &[&str] = &["mysql", "sys", "performance_schema"];

/// Errors of a statement that did not begin: the server checks syntax, names and rights before the
/// first row.
const BEFORE_ROWS: &[u32] = &[
    1044, 1045, 1046, 1049, 1054, 1064, 1099, 1100, 1109, 1110, 1115, 1136, 1142, 1143, 1146, 1149,
    1235, 1305,
];

/// What is known about engines: one query when a run begins, and another when a statement may have
/// changed the answer.
#[derive(Debug, Default)]
pub(super) struct Engines {
    known: Option<Known>,
}

/// The tables without transactions, and what else may write to them.
#[derive(Debug, Default)]
struct Known {
    /// The current schema.
    schema: Option<String>,
    /// Whether the default engine has transactions.
    default_has: bool,
    /// Tables without transactions, as spelled in the catalogue.
    tables: Vec<Name>,
    /// Views, and tables with triggers: loaded only if there are tables without transactions.
    ways: Vec<Name>,
    /// The views alone.
    views: Vec<Name>,
    /// Functions, likewise.
    functions: Vec<Name>,
}

/// A schema and a name in it.
type Name = (String, String);

impl Engines {
    /// The known state, loaded from the server if needed.
    fn known(&mut self, session: &mut dyn Session) -> QueryResult<&Known> {
        let known = match self.known.take() {
            Some(known) => known,
            None => Known::of(session)?,
        };
        Ok(self.known.insert(known))
    }

    /// The bookkeeping table that has no transactions, if there is one.
    pub(super) fn own_table(&mut self, session: &mut dyn Session) -> QueryResult<Option<String>> {
        let known = self.known(session)?;
        let own = [journal::VERSION_TABLE, journal::TABLE];
        let found = own.into_iter().find(|own| {
            let mut tables = known.tables.iter();
            tables.any(|(schema, name)| known.is_current(schema) && name == own)
        });
        Ok(found.map(str::to_owned))
    }

    /// Whether the current schema has tables without transactions.
    pub(super) fn any(&mut self, session: &mut dyn Session) -> QueryResult<bool> {
        let known = self.known(session)?;
        let mut tables = known.tables.iter();
        Ok(known.in_system() || tables.any(|(schema, _)| known.is_current(schema)))
    }

    /// The names in a statement that may have no transactions, or write to tables without them.
    pub(super) fn changed_by(
        &mut self,
        session: &mut dyn Session,
        statement: &str,
    ) -> QueryResult<Option<String>> {
        let kind = session.backend().kind();
        Ok(self.known(session)?.changed_by(statement, kind))
    }

    /// Whether an error means that a statement did not reach its first row. A trigger or a function
    /// may fail with the same error after it.
    pub(super) fn refused_before_rows(
        &self,
        statement: &str,
        code: Option<u32>,
        kind: BackendKind,
    ) -> bool {
        let names = sql::names(statement, kind);
        let near = |(schema, _): &Name, known: &Known| {
            known.is_current(schema) || names.contains(&schema.to_lowercase())
        };
        let programs = |known: &Known| {
            let mut programs = known.ways.iter().chain(&known.functions);
            programs.any(|name| near(name, known))
        };
        !self.known.as_ref().is_none_or(programs)
            && code.is_some_and(|code| BEFORE_ROWS.contains(&code))
    }

    /// Forgets the known state, if this statement may have changed it.
    pub(super) fn after(&mut self, statement: &str, kind: BackendKind) {
        self.known
            .take_if(|known| known.may_change(statement, kind));
    }

    /// Whether the known state stays true after this statement.
    pub(super) fn stay(&mut self, session: &mut dyn Session, statement: &str) -> QueryResult<bool> {
        let kind = session.backend().kind();
        Ok(self.known(session)?.stays(statement, kind))
    }

    /// Forgets the known state.
    pub(super) fn forget(&mut self) {
        self.known = None;
    }
}

impl Known {
    fn of(session: &mut dyn Session) -> QueryResult<Known> {
        let system = SYSTEM.join("', '") + "', 'information_schema";
        let rows = session.texts(&format!(
            "SELECT CONVERT(CONCAT_WS('\u{1f}', kind, place, name) USING utf8mb4) AS text FROM (\
             SELECT 'current' AS kind, COALESCE(DATABASE(), '') AS place, \
             COALESCE((SELECT transactions FROM information_schema.engines WHERE engine = {}), '') AS name \
             UNION ALL SELECT 'table', table_schema, table_name FROM information_schema.tables \
             WHERE table_schema NOT IN ('{system}') AND table_type NOT IN ('VIEW', 'SYSTEM VIEW', 'TEMPORARY') AND (engine IS NULL OR engine \
             NOT IN (SELECT engine FROM information_schema.engines WHERE transactions = 'YES'))) AS found",
            default_engine(session.backend().kind()),
        ))?;
        let mut known = Known::default();
        for row in &rows {
            let (kind, name) = name(row);
            match kind {
                "current" => {
                    known.schema = Some(name.0).filter(|schema| !schema.is_empty());
                    known.default_has = name.1 == "YES";
                }
                _ => known.tables.push(name),
            }
        }
        if known.tables.is_empty() {
            return Ok(known);
        }
        let rows = session.texts(&format!(
            "SELECT CONVERT(CONCAT_WS('\u{1f}', kind, place, name) USING utf8mb4) AS text FROM (\
             SELECT 'view' AS kind, table_schema AS place, table_name AS name FROM information_schema.views \
             UNION ALL SELECT 'trigger', event_object_schema, event_object_table FROM information_schema.triggers \
             UNION ALL SELECT 'function', routine_schema, routine_name FROM information_schema.routines \
             WHERE routine_type = 'FUNCTION') AS found WHERE place NOT IN ('{system}')"
        ))?;
        for row in &rows {
            match name(row) {
                ("function", name) => known.functions.push(name),
                (kind, name) => {
                    known.views.extend((kind == "view").then(|| name.clone()));
                    known.ways.push(name);
                }
            }
        }
        Ok(known)
    }

    fn is_current(&self, schema: &str) -> bool {
        self.schema
            .as_deref()
            .is_none_or(|current| current == schema)
    }

    fn in_system(&self) -> bool {
        let mut system = SYSTEM.iter();
        self.schema
            .as_ref()
            .is_some_and(|schema| system.any(|name| schema.eq_ignore_ascii_case(name)))
    }

    fn changed_by(&self, statement: &str, kind: BackendKind) -> Option<String> {
        let names = sql::names(statement, kind);
        let has = |name: &str| names.contains(&name.to_lowercase());
        let named = |(schema, name): &&Name| has(name) && (self.is_current(schema) || has(schema));
        let found = |names: &[Name]| names.iter().find(named).map(|(_, name)| name.clone());
        let function = found(&self.functions);
        if function.is_some() || sql::classify(statement, kind).kind == sql::StatementKind::Read {
            // a view may call a function
            let view = || found(&self.views).filter(|_| !self.functions.is_empty());
            return function.or_else(view);
        }
        let system = || {
            let mut pairs = names.windows(2);
            pairs.find(|pair| SYSTEM.contains(&pair[0].as_str()) && pair[1] == ".")
        };
        found(&self.tables)
            .or_else(|| found(&self.ways))
            .or_else(|| system().map(|pair| pair[0].clone()))
            .or_else(|| self.schema.clone().filter(|_| self.in_system()))
    }

    /// Whether a statement other than a change of rows may change which tables have transactions:
    /// it names an engine, switches the schema, runs a program of unknown content, or creates a
    /// table whose default engine has none.
    fn may_change(&self, statement: &str, kind: BackendKind) -> bool {
        let names = sql::names(statement, kind);
        self.is_about_engines(&names) || !self.tables.is_empty() && has(&names, CHANGES)
    }

    /// Whether a change of a table leaves all of this true: it is not about engines, and names no
    /// table without transactions, nor what writes to one.
    fn stays(&self, statement: &str, kind: BackendKind) -> bool {
        let names = sql::names(statement, kind);
        !self.is_about_engines(&names) && self.changed_by(statement, kind).is_none()
    }

    /// Whether a statement with these names may give a table another engine, or does more than it
    /// says.
    fn is_about_engines(&self, names: &[String]) -> bool {
        let other_engine = names.iter().enumerate().any(|(at, name)| {
            let mut after = names.iter().skip(at + 1).skip_while(|name| *name == "=");
            name.ends_with("engine") && after.next().is_none_or(|engine| engine != "innodb")
        });
        other_engine
            || has(names, &["use", "call", "prepare", "execute", "import"])
            || !self.default_has && has(names, CHANGES)
    }
}

/// The words of changes of tables.
const CHANGES: &[&str] = &["create", "alter", "rename", "drop"];

fn has(names: &[String], any: &[&str]) -> bool {
    names.iter().any(|name| any.contains(&name.as_str()))
}

/// A row of the queries above.
fn name(row: &str) -> (&str, Name) {
    let mut fields = row.splitn(3, '\u{1f}');
    let kind = fields.next().unwrap_or_default();
    let mut text = || fields.next().unwrap_or_default().to_owned();
    (kind, (text(), text()))
}

/// The engine of a table that names none.
fn default_engine(kind: BackendKind) -> &'static str {
    match kind == BackendKind::Mariadb {
        true => "COALESCE(@@enforce_storage_engine, @@default_storage_engine)",
        false => "@@default_storage_engine",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let name = |schema: &str, name: &str| (schema.to_owned(), name.to_owned());
        Known {
            schema: Some("app".to_owned()),
            default_has: true,
            tables: vec![name("app", "log"), name("other", "old")],
            ways: vec![name("app", "with_trigger"), name("app", "v")],
            views: vec![name("app", "v")],
            functions: vec![name("app", "bump")],
        }
    }

    #[test]
    fn a_statement_changes_what_it_names() {
        let known = known();
        for (sql, expected) in [
            ("INSERT INTO log VALUES (1)", Some("log")),
            ("INSERT INTO `LOG` VALUES (1)", Some("log")),
            ("INSERT INTO app.log SELECT 1", Some("log")),
            ("UPDATE t JOIN/**/log SET t.a = 1", Some("log")),
            ("INSERT INTO blog VALUES (1)", None),
            ("INSERT INTO logs VALUES (1)", None),
            ("INSERT INTO with_trigger VALUES (1)", Some("with_trigger")),
            // another schema counts only if the statement names it
            ("INSERT INTO old VALUES (1)", None),
            ("INSERT INTO other.old VALUES (1)", Some("old")),
            ("INSERT INTO mysql.func VALUES (1)", Some("mysql")),
            ("INSERT INTO `mysql`.`func` VALUES (1)", Some("mysql")),
            ("INSERT INTO t (mysql) VALUES (1)", None),
            ("INSERT INTO t VALUES ('log') -- log", None),
            ("/*!50000 INSERT INTO log VALUES (1) */", Some("log")),
            ("SELECT * FROM log", None),
            ("SELECT * FROM with_trigger", None),
            ("SELECT * FROM v", Some("v")),
            ("SELECT bump()", Some("bump")),
            ("DO bump()", Some("bump")),
        ] {
            assert_eq!(
                known.changed_by(sql, BackendKind::Mysql).as_deref(),
                expected,
                "{sql}"
            );
        }
        let nothing = Known {
            schema: Some("app".to_owned()),
            ..Known::default()
        };
        let sql = "INSERT INTO log VALUES (1)";
        assert_eq!(nothing.changed_by(sql, BackendKind::Mysql), None);
    }

    #[test]
    fn what_is_known_is_kept_for_as_long_as_it_is_true() {
        let none = Known {
            default_has: true,
            ..Known::default()
        };
        for (sql, with_none) in [
            ("INSERT INTO t VALUES (1)", false),
            ("CREATE TABLE t (a INT)", false),
            ("CREATE TABLE t (a INT) ENGINE=InnoDB", false),
            ("CREATE TABLE t (a INT) engine `InnoDB`", false),
            ("CREATE TABLE t (a INT) ENGINE = MyISAM", true),
            ("CREATE TABLE t (a INT) /*!40100 ENGINE=Aria */", true),
            ("ALTER TABLE t ENGINE MEMORY", true),
            ("SET default_storage_engine = MyISAM", true),
            ("SET storage_engine = InnoDB", false),
            ("USE other", true),
            ("CALL p()", true),
        ] {
            assert_eq!(none.may_change(sql, BackendKind::Mysql), with_none, "{sql}");
        }
        assert!(known().may_change("CREATE TABLE t LIKE log", BackendKind::Mysql));
        assert!(known().may_change("ALTER TABLE log RENAME TO diary", BackendKind::Mysql));
        assert!(!known().may_change("UPDATE t SET a = 1", BackendKind::Mysql));
        for (sql, stays) in [
            ("CREATE TABLE t (a INT)", true),
            ("ALTER TABLE t ADD COLUMN a INT", true),
            ("CREATE TABLE t LIKE log", false),
            ("DROP TABLE log", false),
            ("ALTER TABLE log RENAME TO diary", false),
            ("DROP TABLE other.old", false),
            ("DROP TABLE old", true),
            ("CREATE TABLE mysql.t (a INT)", false),
            ("CREATE TABLE t (a INT) ENGINE = MyISAM", false),
        ] {
            assert_eq!(known().stays(sql, BackendKind::Mysql), stays, "{sql}");
        }
        let by_default = Known::default();
        assert!(!by_default.stays("CREATE TABLE t (a INT)", BackendKind::Mysql));
        assert!(by_default.may_change("CREATE TABLE t (a INT)", BackendKind::Mysql));
    }
}
