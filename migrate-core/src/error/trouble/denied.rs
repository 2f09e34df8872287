//! A privilege that the user lacks: which one, and the statement that grants it, as far as the
//! database's message and the failed statement show it.

use crate::dialect::BackendKind;
use crate::sql::{tokens, unquoted};

/// A privilege that the user lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denied {
    /// What is missing.
    pub missing: Missing,
    /// Who lacks it, if known.
    pub to: Option<Grantee>,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// Privileges on an object.
    Rights {
        /// The privileges, as `GRANT` names them.
        rights: String,
        /// The object, as `GRANT` names it; nothing for the whole current database.
        on: Option<String>,
    },
    /// Ownership of an object.
    Ownership {
        /// The kind of object, as `ALTER` names it.
        kind: String,
        /// Its name.
        name: String,
    },
    /// Something that no `GRANT` on an object grants.
    Other,
}

/// Who is connected, and to what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grantee {
    /// The user, as `GRANT` names them.
    pub user: String,
    /// The current database's name.
    pub database: String,
    /// Whether the user is a role that a statement of the revision has set.
    pub is_set: bool,
}

impl Grantee {
    /// From the rows of a query for both.
    #[allow(dead_code, reason = "only servers have users, and there may be none")]
    pub(crate) fn of(rows: Vec<String>) -> Option<Grantee> {
        let [user, database] = <[String; 2]>::try_from(rows).ok()?;
        Some(Grantee {
            user,
            database,
            is_set: false,
        })
    }
}

/// `ER_DBACCESS_DENIED_ERROR`
const DATABASE: u32 = 1044;
/// `ER_TABLEACCESS_DENIED_ERROR`, `ER_COLUMNACCESS_DENIED_ERROR`, `ER_PROCACCESS_DENIED_ERROR`
const COMMAND: [u32; 3] = [1142, 1143, 1370];
/// `ER_SPECIFIC_ACCESS_DENIED_ERROR`
const GLOBAL: u32 = 1227;
/// `ER_BINLOG_CREATE_ROUTINE_NEED_SUPER`
const BINLOG: u32 = 1419;

/// What the tables of the engine need on MySQL and MariaDB. A statement that is not known is one of
/// the engine's own.
const OF_THE_ENGINE: &str = "CREATE, SELECT, INSERT, DELETE";

impl Denied {
    pub(super) fn of(
        message: &str,
        number: Option<u32>,
        hint: Option<&str>,
        statement: Option<&str>,
    ) -> Option<Denied> {
        let missing = match number {
            Some(DATABASE) => database(message, statement),
            Some(number) if COMMAND.contains(&number) => command(message, statement)?,
            Some(GLOBAL) => global(message)?,
            Some(BINLOG) => rights("SUPER", Some("*.*".to_owned())),
            Some(_) => return None,
            None if message.contains(" command denied to user ") => command(message, statement)?,
            None if message.starts_with("Access denied for user") => database(message, statement),
            None if message.starts_with("Access denied; you need") => global(message)?,
            None => postgres(message, hint, statement)?,
        };
        Some(Denied { missing, to: None })
    }

    pub(super) fn help(&self) -> String {
        match self.to.as_ref().filter(|to| to.is_set) {
            Some(Grantee { user, .. }) => format!(
                "a statement of the revision has set the role `{user}`: run `RESET ROLE` before this one; or, if the role is meant to do it, {}",
                self.grant()
            ),
            None => self.grant(),
        }
    }

    fn grant(&self) -> String {
        let user = self.to.as_ref().map_or("USER", |to| &to.user);
        match &self.missing {
            Missing::Rights { rights, on } => {
                let database = self.to.as_ref().map_or("DATABASE", |to| &to.database);
                let on = match on.as_deref() {
                    None => format!("{}.*", quoted(database, '`')),
                    Some("DATABASE") => format!("DATABASE {}", quoted(database, '"')),
                    Some(on) => on.to_owned(),
                };
                format!(
                    "the user needs {rights} on {on}: ask its owner or an administrator to run `GRANT {rights} ON {on} TO {user}`"
                )
            }
            Missing::Ownership { kind, name } => format!(
                "only the owner of `{name}` may do that: connect as the owner, or ask the owner to run `ALTER {kind} {name} OWNER TO {user}`"
            ),
            Missing::Other => {
                "connect as a user with that privilege, or ask an administrator to do it first"
                    .to_owned()
            }
        }
    }
}

fn rights(rights: &str, on: Option<String>) -> Missing {
    Missing::Rights {
        rights: rights.to_owned(),
        on,
    }
}

/// `CREATE command denied to user 'a'@'b' for table 'c'`, as MySQL and MariaDB write it. The object
/// may be in another database only if the message says so.
fn command(message: &str, statement: Option<&str>) -> Option<Missing> {
    let (right, rest) = message.split_once(" command denied to user ")?;
    let database = rest
        .rsplit_once(" for table `")
        .and_then(|(_, table)| table.split_once("`.`"))
        .map(|(database, _)| format!("{}.*", quoted(database, '`')));
    let right = right.to_uppercase();
    Some(match (statement, right.as_str()) {
        (None, "CREATE" | "SELECT" | "INSERT" | "DELETE") => rights(OF_THE_ENGINE, database),
        (_, right) => rights(right, database),
    })
}

/// `Access denied; you need (at least one of) the SUPER privilege(s) for this operation`
fn global(message: &str) -> Option<Missing> {
    let (_, rest) = message.split_once(" the ")?;
    let (all, _) = rest.split_once(" privilege(s)")?;
    let first = all.split(',').next()?.trim();
    Some(rights(first, Some("*.*".to_owned())))
}

/// `Access denied for user 'a'@'b' to database 'c'`
fn database(message: &str, statement: Option<&str>) -> Missing {
    let name = message.rsplit_once(" to database '");
    let name = name.and_then(|(_, name)| name.strip_suffix('\''));
    rights(
        of_statement(statement),
        name.map(|name| format!("{}.*", quoted(name, '`'))),
    )
}

/// What a statement needs on a database of MySQL or MariaDB.
fn of_statement(statement: Option<&str>) -> &'static str {
    let words = words(statement.unwrap_or_default());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CREATE", "DATABASE" | "SCHEMA", ..] => "CREATE",
        ["CREATE", "TEMPORARY", ..] => "CREATE TEMPORARY TABLES",
        ["LOCK", ..] => "LOCK TABLES",
        ["CREATE", rest @ ..] if rest.contains(&"EVENT") => "EVENT",
        ["CREATE", rest @ ..]
            if rest
                .iter()
                .any(|word| ["FUNCTION", "PROCEDURE"].contains(word)) =>
        {
            "CREATE ROUTINE"
        }
        _ => "ALL PRIVILEGES",
    }
}

/// `permission denied for schema public`, `must be owner of table users` and the like, as
/// PostgreSQL writes them.
fn postgres(message: &str, hint: Option<&str>, statement: Option<&str>) -> Option<Missing> {
    if let Some(object) = message.strip_prefix("permission denied for ") {
        let known = KINDS
            .iter()
            .find_map(|(said, kind)| Some((object.strip_prefix(said)?.strip_prefix(' ')?, *kind)));
        return Some(match known {
            Some((name, kind)) => on(kind, name, statement),
            None => Missing::Other,
        });
    }
    if let Some(object) = message.strip_prefix("must be owner of ") {
        let known = KINDS
            .iter()
            .find_map(|(said, kind)| Some((object.strip_prefix(said)?.strip_prefix(' ')?, *kind)));
        return Some(match known {
            Some((name, kind)) => Missing::Ownership {
                kind: kind.to_owned(),
                name: quoted(name, '"'),
            },
            None => Missing::Other,
        });
    }
    if message.starts_with("permission denied to create temporary tables in database") {
        return Some(rights("TEMPORARY", Some("DATABASE".to_owned())));
    }
    if message.starts_with("permission denied") {
        let database =
            hint.is_some_and(|hint| hint.contains("CREATE privilege on current database"));
        return Some(match database {
            true => rights("CREATE", Some("DATABASE".to_owned())),
            false => Missing::Other,
        });
    }
    let other = ["must be superuser", "must be member of", "must be able to"];
    other
        .iter()
        .any(|start| message.starts_with(start))
        .then_some(Missing::Other)
}

/// What PostgreSQL calls an object in its messages, and in its statements.
const KINDS: &[(&str, &str)] = &[
    ("schema", "SCHEMA"),
    ("table", "TABLE"),
    ("relation", "TABLE"),
    ("view", "VIEW"),
    ("materialized view", "MATERIALIZED VIEW"),
    ("foreign table", "FOREIGN TABLE"),
    ("sequence", "SEQUENCE"),
    ("database", "DATABASE"),
    ("function", "FUNCTION"),
    ("procedure", "PROCEDURE"),
    ("type", "TYPE"),
    ("domain", "DOMAIN"),
    ("language", "LANGUAGE"),
    ("tablespace", "TABLESPACE"),
    ("foreign-data wrapper", "FOREIGN DATA WRAPPER"),
    ("foreign server", "FOREIGN SERVER"),
];

fn on(kind: &str, name: &str, statement: Option<&str>) -> Missing {
    let right = match kind {
        // without a statement, it is a table of the engine's own
        "SCHEMA" if statement.is_some_and(|statement| !creates(statement)) => "USAGE",
        "SCHEMA" if name == "public" => "CREATE",
        "SCHEMA" => "USAGE, CREATE",
        "DATABASE" | "TABLESPACE" => "CREATE",
        "SEQUENCE" => "USAGE, SELECT",
        "FUNCTION" | "PROCEDURE" => "EXECUTE",
        "TABLE" | "VIEW" | "MATERIALIZED VIEW" | "FOREIGN TABLE" => {
            of_table(name, statement.unwrap_or_default())
        }
        _ => "USAGE",
    };
    let kind = match kind {
        "VIEW" | "MATERIALIZED VIEW" | "FOREIGN TABLE" => "TABLE",
        kind => kind,
    };
    rights(right, Some(format!("{kind} {}", quoted(name, '"'))))
}

fn creates(statement: &str) -> bool {
    let first = words(statement).into_iter().next().unwrap_or_default();
    ![
        "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "WITH", "LOCK",
    ]
    .contains(&first.as_str())
}

/// What a statement needs on this table: a change of another table only reads it.
fn of_table(name: &str, statement: &str) -> &'static str {
    let words = words(statement);
    let mut words = words.iter().map(String::as_str);
    let right = match words.next() {
        Some("SELECT") => return "SELECT",
        Some("INSERT") => "INSERT",
        Some("UPDATE") => "SELECT, UPDATE",
        Some("DELETE") => "SELECT, DELETE",
        Some("TRUNCATE") => return "TRUNCATE",
        Some("CREATE") if words.clone().any(|word| word == "TRIGGER") => return "TRIGGER",
        Some("CREATE" | "ALTER") => return "REFERENCES",
        None => return "SELECT, INSERT, DELETE",
        _ => return "SELECT, INSERT, UPDATE, DELETE",
    };
    let target = words.find(|word| !["INTO", "FROM", "ONLY"].contains(word));
    // a table in a schema: the word behind the schema's
    let is_target =
        target == Some(&name.to_uppercase()) || words.next() == Some(&name.to_uppercase());
    if is_target { right } else { "SELECT" }
}

/// The first words and names of a statement in capital letters.
fn words(statement: &str) -> Vec<String> {
    let is_word = |token: &&str| {
        token.starts_with(|sign: char| sign.is_alphanumeric() || "_\"".contains(sign))
    };
    tokens(statement, BackendKind::Postgres)
        .filter(is_word)
        .take(64)
        .map(|token| unquoted(token).to_uppercase())
        .collect()
}

/// A name as the database reads it back, in quotes only where they are needed.
fn quoted(name: &str, quote: char) -> String {
    const RESERVED: &[&str] = &[
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "as",
        "case",
        "check",
        "column",
        "constraint",
        "create",
        "default",
        "do",
        "end",
        "false",
        "for",
        "from",
        "grant",
        "group",
        "in",
        "into",
        "limit",
        "not",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "primary",
        "references",
        "select",
        "some",
        "table",
        "then",
        "to",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "when",
        "where",
        "with",
    ];
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .chars()
            .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    match plain && !RESERVED.contains(&name) {
        true => name.to_owned(),
        false => {
            let name = name.replace(quote, &format!("{quote}{quote}"));
            format!("{quote}{name}{quote}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Trouble, tests::error};
    use super::*;

    /// The statement that is suggested.
    fn grant(message: &str, statement: Option<&str>, database: &str) -> String {
        let Some(Trouble::Denied(mut denied)) = Trouble::of(&error(message), statement) else {
            panic!("{message}")
        };
        denied.to = Some(Grantee {
            user: "ann".to_owned(),
            database: database.to_owned(),
            is_set: false,
        });
        let help = denied.help();
        match help.rsplit_once(" run `") {
            Some((_, grant)) => grant.trim_end_matches('`').to_owned(),
            None => help,
        }
    }

    #[test]
    fn postgres_names_the_object_and_the_statement_the_right() {
        for (message, statement, expected) in [
            (
                "permission denied for schema public",
                None,
                "GRANT CREATE ON SCHEMA public TO ann",
            ),
            (
                "permission denied for schema public",
                Some("CREATE TABLE \"users\" (a int)"),
                "GRANT CREATE ON SCHEMA public TO ann",
            ),
            (
                "permission denied for schema My App",
                Some("-- a table\nCREATE TABLE t (a int)"),
                "GRANT USAGE, CREATE ON SCHEMA \"My App\" TO ann",
            ),
            (
                "permission denied for schema app",
                Some("INSERT INTO app.t VALUES (1)"),
                "GRANT USAGE ON SCHEMA app TO ann",
            ),
            (
                "permission denied for table users",
                Some("INSERT INTO \"app\".\"users\" VALUES (1)"),
                "GRANT INSERT ON TABLE users TO ann",
            ),
            (
                "permission denied for table old",
                Some("INSERT INTO users SELECT * FROM old"),
                "GRANT SELECT ON TABLE old TO ann",
            ),
            (
                "permission denied for table user",
                Some("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES \"user\" (id)"),
                "GRANT REFERENCES ON TABLE \"user\" TO ann",
            ),
            (
                "permission denied for table __migrate_journal",
                None,
                "GRANT SELECT, INSERT, DELETE ON TABLE __migrate_journal TO ann",
            ),
            (
                "permission denied for database app",
                Some("CREATE SCHEMA s"),
                "GRANT CREATE ON DATABASE app TO ann",
            ),
            (
                "permission denied for sequence s",
                Some("SELECT nextval('s')"),
                "GRANT USAGE, SELECT ON SEQUENCE s TO ann",
            ),
            (
                "must be owner of table users",
                Some("ALTER TABLE users ADD a int"),
                "ALTER TABLE users OWNER TO ann",
            ),
            (
                "permission denied to create role",
                Some("CREATE ROLE a"),
                "connect as a user with that privilege, or ask an administrator to do it first",
            ),
        ] {
            assert_eq!(grant(message, statement, "app"), expected, "{message}");
        }
    }

    #[test]
    fn a_role_that_a_statement_has_set_is_reset() {
        let Some(Trouble::Denied(mut denied)) =
            Trouble::of(&error("permission denied for schema public"), None)
        else {
            panic!("no privilege is missing")
        };
        denied.to = Some(Grantee {
            user: "app".to_owned(),
            is_set: true,
            ..Grantee::default()
        });
        assert_eq!(
            denied.help(),
            "a statement of the revision has set the role `app`: run `RESET ROLE` before this one; or, if the role is meant to do it, \
             the user needs CREATE on SCHEMA public: ask its owner or an administrator to run `GRANT CREATE ON SCHEMA public TO app`"
        );
    }

    #[test]
    fn mysql_and_mariadb_name_the_right() {
        for (message, statement, expected) in [
            (
                "CREATE command denied to user 'ann'@'h' for table 'users' (error 1142)",
                Some("CREATE TABLE users (a INT)"),
                "GRANT CREATE ON shop.* TO ann",
            ),
            (
                "CREATE command denied to user 'ann'@'h' for table 'users' (error 1142)",
                None,
                "GRANT CREATE, SELECT, INSERT, DELETE ON shop.* TO ann",
            ),
            (
                "INSERT command denied to user 'ann'@'h' for table `other`.`users` (error 1142)",
                Some("INSERT INTO other.users VALUES (1)"),
                "GRANT INSERT ON other.* TO ann",
            ),
            (
                "INDEX, ALTER command denied to user 'ann'@'h' for table 'users'",
                None,
                "GRANT INDEX, ALTER ON shop.* TO ann",
            ),
            (
                "alter routine command denied to user 'ann'@'h' for routine 'shop.f' (error 1370)",
                None,
                "GRANT ALTER ROUTINE ON shop.* TO ann",
            ),
            (
                "Access denied for user 'ann'@'h' to database 'shop' (error 1044)",
                Some("CREATE FUNCTION f() RETURNS INT RETURN 1"),
                "GRANT CREATE ROUTINE ON shop.* TO ann",
            ),
            (
                "Access denied for user 'ann'@'h' to database 'shop' (error 1044)",
                None,
                "GRANT ALL PRIVILEGES ON shop.* TO ann",
            ),
            (
                "Access denied; you need (at least one of) the SUPER, SYSTEM_VARIABLES_ADMIN privilege(s) for this operation (error 1227)",
                None,
                "GRANT SUPER ON *.* TO ann",
            ),
        ] {
            assert_eq!(grant(message, statement, "shop"), expected, "{message}");
        }
    }
}
