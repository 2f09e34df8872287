//! The kind of an error that a database reports, on which the next step depends. It is read from
//! the error numbers of MySQL and MariaDB and from the messages of the others, as diesel does not
//! expose the SQLSTATE. Must not know revisions or commands.

mod denied;

pub use denied::{Denied, Grantee, Missing};

use diesel::result::{DatabaseErrorKind, Error};

use crate::dialect::BackendKind;
use crate::sql::tokens;

/// The kind of an error that a database reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The object to create already exists.
    Exists,
    /// The connection was closed.
    Closed,
    /// The user lacks a privilege.
    Denied(Box<Denied>),
    /// Another connection blocks the whole database.
    Busy,
    /// No space is left.
    Full,
    /// The disk fails.
    Disk,
    /// The database's file is damaged.
    Damaged,
    /// Nothing can be written.
    ReadOnly(ReadOnly),
    /// The server has no memory or no locks left.
    Exhausted,
    /// The statement took longer than it may.
    TooSlow,
    /// A query took longer than MySQL's `max_execution_time`.
    SlowQuery,
    /// A `NOT NULL` column would have no value in existing rows.
    Nulls,
    /// The statement runs only outside a transaction.
    InTransaction,
    /// A label of an enum type is used in the transaction that added it.
    NewLabel,
    /// The same, where an earlier revision of a run in one transaction added it.
    NewLabelInRun,
    /// Other objects depend on what is changed or dropped: these, as far as the database names
    /// them.
    Needed(Vec<String>),
    /// The statement is larger than the server accepts, or than it accepted before it closed the
    /// connection.
    TooLarge,
}

/// Why nothing can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadOnly {
    /// The file of a SQLite database, or its folder, cannot be written.
    File,
    /// The transaction is read-only on PostgreSQL: by a setting, or as each is on a replica.
    Transaction,
    /// The transaction is read-only on MySQL or MariaDB, by a setting.
    Setting,
    /// The server is read-only.
    Server,
}

/// A kind, with the numbers and the phrases by which it is recognized.
type Sign = (fn() -> Trouble, &'static [u32], &'static [&'static str]);

const SIGNS: &[Sign] = &[
    (
        || Trouble::Closed,
        &[1053, 1927, 2006, 2013, 3169, 4031],
        &[
            "server closed the connection",
            "terminating connection",
            "no connection to the server",
            "could not send data to server",
            "could not receive data from server",
            "connection has been closed",
            "lost connection to",
            "server has gone away",
            "connection was killed",
        ],
    ),
    (
        || Trouble::Busy,
        &[],
        &[
            "database is locked",
            "database table is locked",
            "database schema is locked",
        ],
    ),
    (
        || Trouble::Full,
        &[1021, 1114],
        &[
            "no space left on device",
            "disk quota exceeded",
            "database or disk is full",
            "got error 28 ",
            "errcode: 28 ",
        ],
    ),
    (
        || Trouble::ReadOnly(ReadOnly::File),
        &[],
        &["readonly database"],
    ),
    (
        || Trouble::ReadOnly(ReadOnly::Transaction),
        &[],
        &["in a read-only transaction"],
    ),
    (|| Trouble::ReadOnly(ReadOnly::Setting), &[1792], &[]),
    (
        || Trouble::ReadOnly(ReadOnly::Server),
        &[1836],
        &[
            "during recovery",
            "with the --read-only option",
            "with the --super-read-only option",
        ],
    ),
    (
        || Trouble::Exhausted,
        &[1037, 1038, 1041, 1135, 1206],
        &["out of memory", "out of shared memory"],
    ),
    (|| Trouble::TooSlow, &[1969], &["due to statement timeout"]),
    (|| Trouble::SlowQuery, &[3024], &[]),
    (
        || Trouble::InTransaction,
        &[1179, 1568],
        &[
            "cannot run inside a transaction block",
            "from within a transaction",
            "within transaction",
            "inside a transaction",
        ],
    ),
    (|| Trouble::NewLabel, &[], &["unsafe use of new value"]),
    (
        || Trouble::TooLarge,
        &[1153, 2020],
        &["bigger than 'max_allowed_packet'"],
    ),
    (
        || Trouble::Nulls,
        &[1138],
        &[
            "contains null values",
            "cannot add a not null column with default value null",
        ],
    ),
    (
        || Trouble::Disk,
        &[],
        &["disk i/o error", "input/output error"],
    ),
    (
        || Trouble::Damaged,
        &[],
        &["image is malformed", "file is not a database"],
    ),
    (
        || Trouble::Exists,
        &[1007, 1050, 1060, 1061, 1125, 1304, 1359, 1537, 1826, 3822],
        &[
            "already exists",
            "is already member of",
            "there is already a",
            "duplicate column name",
            "duplicate key name",
            "duplicate foreign key constraint name",
            "duplicate check constraint name",
            "database exists",
            "errno: 121 ",
        ],
    ),
];

/// Numbers that MySQL and MariaDB use for several kinds of errors, which only the message
/// distinguishes.
const BY_WORDS: &[u32] = &[3, 1005, 1026, 1030, 1290];

/// How large a statement is, in bytes, at which MySQL or MariaDB may have closed the connection:
/// less is accepted by default.
const LARGE: usize = 1 << 20;

impl Trouble {
    /// The kind of an error, if the error and the statement that failed show it.
    #[must_use]
    pub fn of(error: &Error, statement: Option<&str>) -> Option<Trouble> {
        let Error::DatabaseError(kind, facts) = error else {
            return None;
        };
        match kind {
            DatabaseErrorKind::ClosedConnection => {
                return Some(closed(facts.message(), statement));
            }
            DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation => {
                return None;
            }
            _ => {}
        }
        let (message, number) = numbered(facts.message());
        if let Some(denied) = Denied::of(message, number, facts.hint(), statement) {
            return Some(Trouble::Denied(Box::new(denied)));
        }
        // MariaDB says of a referenced table what it says of a referenced row
        if number == Some(REFERENCED) && statement.is_some_and(drops) {
            return Some(Trouble::Needed(Vec::new()));
        }
        if let Some(needed) = needed(message, number, facts.details()) {
            return Some(Trouble::Needed(needed));
        }
        let message = message.to_lowercase();
        let number = number.filter(|number| !BY_WORDS.contains(number));
        let is = |(_, numbers, words): &&Sign| match number {
            Some(number) => numbers.contains(&number),
            None => words.iter().any(|words| message.contains(words)),
        };
        let (trouble, ..) = SIGNS.iter().find(is)?;
        Some(match trouble() {
            Trouble::Closed => closed(&message, statement),
            trouble => trouble,
        })
    }

    /// What to do about it; `None` where that depends on the revision, or where a retry is enough.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Trouble::Denied(denied) => return Some(denied.help()),
            Trouble::Needed(objects) => return Some(needed_help(objects)),
            Trouble::Exists | Trouble::Closed | Trouble::Nulls | Trouble::InTransaction => {
                return None;
            }
            Trouble::Damaged => {
                "the file is damaged: restore a backup, or recover what can be read with `sqlite3 FILE .recover`"
            }
            Trouble::Busy => {
                "close the other connection, or wait longer with `--lock-timeout SECONDS`"
            }
            Trouble::Full => "free space on the database's disk, or raise its limit",
            Trouble::Disk => "check the database's disk and file system",
            Trouble::ReadOnly(ReadOnly::File) => {
                "make the database's file and its folder writable for this user"
            }
            Trouble::ReadOnly(ReadOnly::Transaction) => {
                "connect to the primary server, not to a replica, or turn `default_transaction_read_only` off"
            }
            Trouble::ReadOnly(ReadOnly::Setting) => {
                "turn the server's `transaction_read_only` off for this user, or connect to the primary server"
            }
            Trouble::ReadOnly(ReadOnly::Server) => {
                "the server is read-only: connect to the primary server, not to a replica"
            }
            Trouble::Exhausted => "raise the server's limit, or do less in one transaction",
            Trouble::TooSlow => {
                "allow more time with `--statement-timeout SECONDS`; 0 waits forever"
            }
            Trouble::SlowQuery => {
                "the server limits how long a query takes: begin the revision with `SET SESSION max_execution_time = 0`"
            }
            Trouble::NewLabelInRun => {
                "a dry run and `--transaction all` are one transaction, which cannot use a label that it adds"
            }
            Trouble::NewLabel => {
                "add the label in one revision, and use it in the next one, which begins after the first is committed"
            }
            Trouble::TooLarge => "send less at once, or raise the server's `max_allowed_packet`",
        };
        Some(help.to_owned())
    }
}

/// A closed connection: MySQL and MariaDB also close one over which a statement comes that is too
/// large, without saying so.
fn closed(message: &str, statement: Option<&str>) -> Trouble {
    let message = message.to_lowercase();
    let silent = ["gone away", "lost connection to"];
    let may_be = silent.iter().any(|words| message.contains(words));
    match statement.is_some_and(|statement| statement.len() >= LARGE) && may_be {
        true => Trouble::TooLarge,
        false => Trouble::Closed,
    }
}

fn drops(statement: &str) -> bool {
    let first = tokens(statement, BackendKind::Mysql).next();
    first.is_some_and(|word| word.eq_ignore_ascii_case("DROP"))
}

/// `ER_DROP_INDEX_FK`, `ER_FK_COLUMN_CANNOT_DROP`, `…_CHILD`, `ER_FK_COLUMN_CANNOT_CHANGE`,
/// `…_CHILD`, `ER_DEPENDENT_BY_GENERATED_COLUMN`, `ER_FK_CANNOT_DROP_PARENT`,
/// `ER_DEPENDENT_BY_FUNCTIONAL_INDEX`, `ER_DEPENDENT_BY_CHECK_CONSTRAINT`
const NEEDED: &[u32] = &[1553, 1828, 1829, 1832, 1833, 3108, 3730, 3755, 3959];
/// `ER_ROW_IS_REFERENCED_2`
const REFERENCED: u32 = 1451;
/// `ER_VIEW_INVALID`
const VIEW: u32 = 1356;

/// The objects that depend on what a statement changes or drops, as far as they are named; `None`
/// for another error.
fn needed(message: &str, number: Option<u32>, detail: Option<&str>) -> Option<Vec<String>> {
    match number {
        Some(VIEW) => {
            let view = message.strip_prefix("View '")?.split('\'').next()?;
            return Some(vec![format!("view {view}")]);
        }
        Some(number) => return NEEDED.contains(&number).then(Vec::new),
        None => {}
    }
    // SQLite: `error in view v after drop column: no such column: a`
    if let Some((object, rest)) = message
        .strip_prefix("error in ")
        .and_then(|rest| rest.split_once(" after ").or_else(|| rest.split_once(": ")))
    {
        let kinds = ["view ", "trigger ", "index "];
        let is_object = kinds.iter().any(|kind| object.starts_with(kind)) && !rest.is_empty();
        return is_object.then(|| vec![object.to_owned()]);
    }
    const WORDS: &[&str] = &[
        "because other objects depend on it",
        "cannot alter type of a column used by",
        "cannot alter type of a column used in",
        "cannot drop columns from view",
        "cannot change name of view column",
        "cannot change data type of view column",
    ];
    if !WORDS.iter().any(|words| message.contains(words)) {
        return None;
    }
    // `rule _RETURN on view v depends on column "a"`
    let named = detail.unwrap_or_default().lines().filter_map(|line| {
        let (object, _) = line.split_once(" depends on ")?;
        let object = object.strip_prefix("rule _RETURN on ").unwrap_or(object);
        Some(object.to_owned())
    });
    Some(named.collect())
}

/// What to do about a view or trigger that no longer matches its table, by what the database says.
pub(super) fn broken_help(message: &str) -> String {
    needed_help(&needed(message, None, None).unwrap_or_default())
}

fn needed_help(objects: &[String]) -> String {
    const MOST: usize = 5;
    let named: Vec<String> = objects
        .iter()
        .take(MOST)
        .map(|object| format!("`{object}`"))
        .collect();
    let (what, it) = match objects.len() {
        0 => ("what depends on it".to_owned(), "it"),
        1 => (named.concat(), "it"),
        2..=MOST => (named.join(", "), "them"),
        more => (
            format!("{} and {} more", named.join(", "), more - MOST),
            "them",
        ),
    };
    format!("drop {what} before, and create {it} again after, in the same revision")
}

/// A message of MySQL or MariaDB without its number, and the number.
fn numbered(message: &str) -> (&str, Option<u32>) {
    let parts = message
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once(" (error "));
    match parts.and_then(|(message, number)| Some((message, number.parse().ok()?))) {
        Some((message, number)) => (message, Some(number)),
        None => (message, None),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn error(message: &str) -> Error {
        Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))
    }

    fn of(message: &str) -> Option<Trouble> {
        Trouble::of(&error(message), None)
    }

    #[test]
    fn existing_objects_are_recognized_by_number_and_message() {
        for message in [
            "relation \"users\" already exists",
            "column \"a\" of relation \"users\" already exists",
            "function \"f\" already exists with same argument types",
            "table `users` already exists",
            "there is already a table named users",
            "duplicate column name: a",
            "Duplicate column name 'a'",
            "Duplicate key name 'ix' (error 1061)",
            "die Tabelle gibt es schon (error 1050)",
            "Can't create table `a`.`b` (errno: 121 \"Duplicate key on write or update\") (error 1005)",
        ] {
            assert_eq!(of(message), Some(Trouble::Exists), "{message}");
        }
    }

    #[test]
    fn similar_messages_are_not_recognized() {
        for message in [
            "no such table: users",
            "syntax error at or near \"CREATE\"",
            "column \"a\" specified more than once",
            "the account already exists (error 1644)",
            "Can't create table `a`.`b` (errno: 150 \"Foreign key constraint is incorrectly formed\") (error 1005)",
            "The MySQL server is running with the --secure-file-priv option so it cannot execute this statement (error 1290)",
            "error in your SQL syntax",
        ] {
            assert_eq!(of(message), None, "{message}");
        }
        let unique = Error::DatabaseError(
            DatabaseErrorKind::UniqueViolation,
            Box::new("Key (id)=(1) already exists.".to_owned()),
        );
        assert_eq!(Trouble::of(&unique, None), None);
        assert_eq!(Trouble::of(&Error::NotFound, None), None);
    }

    #[test]
    fn every_other_kind_is_recognized() {
        for (message, trouble) in [
            (
                "terminating connection due to administrator command",
                Trouble::Closed,
            ),
            ("Server has gone away (error 2006)", Trouble::Closed),
            (
                "could not extend file \"base/1\": No space left on device",
                Trouble::Full,
            ),
            ("The table 't' is full (error 1114)", Trouble::Full),
            (
                "Got error 28 \"No space left on device\" from storage engine (error 1030)",
                Trouble::Full,
            ),
            (
                "Error writing file './a' (Errcode: 28 \"No space left on device\") (error 3)",
                Trouble::Full,
            ),
            ("database or disk is full", Trouble::Full),
            ("disk I/O error", Trouble::Disk),
            ("database is locked", Trouble::Busy),
            ("database disk image is malformed", Trouble::Damaged),
            (
                "attempt to write a readonly database",
                Trouble::ReadOnly(ReadOnly::File),
            ),
            (
                "cannot execute CREATE TABLE in a read-only transaction",
                Trouble::ReadOnly(ReadOnly::Transaction),
            ),
            (
                "The MariaDB server is running with the --read-only option so it cannot execute this statement (error 1290)",
                Trouble::ReadOnly(ReadOnly::Server),
            ),
            (
                "Cannot execute statement in a READ ONLY transaction. (error 1792)",
                Trouble::ReadOnly(ReadOnly::Setting),
            ),
            (
                "VACUUM cannot run inside a transaction block",
                Trouble::InTransaction,
            ),
            (
                "cannot VACUUM from within a transaction",
                Trouble::InTransaction,
            ),
            (
                "cannot ATTACH database within transaction",
                Trouble::InTransaction,
            ),
            (
                "unsafe use of new value \"sent\" of enum type status",
                Trouble::NewLabel,
            ),
            (
                "Got a packet bigger than 'max_allowed_packet' bytes (error 1153)",
                Trouble::TooLarge,
            ),
            (
                "Query execution was interrupted, maximum statement execution time exceeded (error 3024)",
                Trouble::SlowQuery,
            ),
            ("out of shared memory", Trouble::Exhausted),
            (
                "canceling statement due to statement timeout",
                Trouble::TooSlow,
            ),
            (
                "column \"a\" of relation \"t\" contains null values",
                Trouble::Nulls,
            ),
            ("Invalid use of NULL value (error 1138)", Trouble::Nulls),
        ] {
            assert_eq!(of(message), Some(trouble), "{message}");
        }
    }

    #[test]
    fn a_connection_that_is_lost_over_a_large_statement_may_be_about_its_size() {
        let gone = error("MySQL server has gone away (error 2006)");
        let large = "x".repeat(LARGE);
        assert_eq!(Trouble::of(&gone, Some(&large)), Some(Trouble::TooLarge));
        assert_eq!(Trouble::of(&gone, Some("SELECT 1")), Some(Trouble::Closed));
        let closed = error("server closed the connection unexpectedly");
        assert_eq!(Trouble::of(&closed, Some(&large)), Some(Trouble::Closed));
    }

    #[test]
    fn what_depends_on_it_is_named() {
        let help = |objects: &[&str]| {
            needed_help(
                &objects
                    .iter()
                    .map(|&object| object.to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        for (message, number, detail, expected) in [
            (
                "cannot drop column a of table t because other objects depend on it",
                None,
                Some("view v depends on column a of table t\nview w depends on view v"),
                &["view v", "view w"][..],
            ),
            (
                "cannot alter type of a column used by a view or rule",
                None,
                Some("rule _RETURN on view v depends on column \"a\""),
                &["view v"],
            ),
            (
                "error in view v after drop column: no such column: a",
                None,
                None,
                &["view v"],
            ),
            (
                "error in trigger t after rename: no such column: new.a",
                None,
                None,
                &["trigger t"],
            ),
            (
                "View 'shop.v' references invalid table(s) or column(s)",
                Some(1356),
                None,
                &["view shop.v"],
            ),
            (
                "Cannot drop index 'ix': needed in a foreign key constraint",
                Some(1553),
                None,
                &[],
            ),
        ] {
            let found = needed(message, number, detail);
            let found = found
                .as_ref()
                .map(|found| found.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), Some(expected), "{message}");
        }
        assert_eq!(needed("error in reading", None, None), None);
        assert_eq!(
            help(&["view v", "view w"]),
            "drop `view v`, `view w` before, and create them again after, in the same revision"
        );
        assert_eq!(
            help(&[]),
            "drop what depends on it before, and create it again after, in the same revision"
        );
    }
}
