//! The kind of an error that a database reports, on which the next step depends. It is read from
//! the error numbers of MySQL and MariaDB and from the messages of the others, as diesel does not
//! expose the SQLSTATE. Must not know revisions or commands.

mod denied;

pub use denied::{Denied, Grantee, Missing};

use diesel::result::{DatabaseErrorKind, Error};

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
    /// The database is read-only.
    ReadOnly,
    /// The server has no memory or no locks left.
    Exhausted,
    /// The statement took longer than it may.
    TooSlow,
    /// A `NOT NULL` column would have no value in existing rows.
    Nulls,
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
        || Trouble::ReadOnly,
        &[1290, 1792, 1836],
        &[
            "readonly database",
            "in a read-only transaction",
            "during recovery",
        ],
    ),
    (
        || Trouble::Exhausted,
        &[1037, 1038, 1041, 1135, 1206],
        &["out of memory", "out of shared memory"],
    ),
    (
        || Trouble::TooSlow,
        &[1969, 3024],
        &["due to statement timeout"],
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
const BY_WORDS: &[u32] = &[3, 1005, 1026, 1030];

impl Trouble {
    /// The kind of an error, if the error and the statement that failed show it.
    #[must_use]
    pub fn of(error: &Error, statement: Option<&str>) -> Option<Trouble> {
        let Error::DatabaseError(kind, facts) = error else {
            return None;
        };
        match kind {
            DatabaseErrorKind::ClosedConnection => return Some(Trouble::Closed),
            DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation => {
                return None;
            }
            _ => {}
        }
        let (message, number) = numbered(facts.message());
        if let Some(denied) = Denied::of(message, number, facts.hint(), statement) {
            return Some(Trouble::Denied(Box::new(denied)));
        }
        let message = message.to_lowercase();
        let number = number.filter(|number| !BY_WORDS.contains(number));
        let is = |(_, numbers, words): &&Sign| match number {
            Some(number) => numbers.contains(&number),
            None => words.iter().any(|words| message.contains(words)),
        };
        SIGNS.iter().find(is).map(|(trouble, ..)| trouble())
    }

    /// What to do about it; `None` where that depends on the revision, or where a retry is enough.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Trouble::Denied(denied) => return Some(denied.help()),
            Trouble::Exists | Trouble::Closed | Trouble::Nulls => return None,
            Trouble::Damaged => {
                "the file is damaged: restore a backup, or recover what can be read with `sqlite3 FILE .recover`"
            }
            Trouble::Busy => {
                "close the other connection, or wait longer with `--lock-timeout SECONDS`"
            }
            Trouble::Full => "free space on the database's disk, or raise its limit",
            Trouble::Disk => "check the database's disk and file system",
            Trouble::ReadOnly => "connect to a database that can be written, not to a replica",
            Trouble::Exhausted => "raise the server's limit, or do less in one transaction",
            Trouble::TooSlow => {
                "allow more time with `--statement-timeout SECONDS`; 0 waits forever"
            }
        };
        Some(help.to_owned())
    }
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
            ("attempt to write a readonly database", Trouble::ReadOnly),
            (
                "cannot execute CREATE TABLE in a read-only transaction",
                Trouble::ReadOnly,
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
}
