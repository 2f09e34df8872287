//! How the databases' own clients parse a script: the one table of their differences.

use crate::dialect::BackendKind;

/// Which statements contain others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// SQLite: triggers.
    Triggers,
    /// PostgreSQL: `BEGIN ATOMIC … END` of a routine.
    Atomic,
    /// MySQL and MariaDB: triggers, routines, events, and on MariaDB also packages and compound
    /// statements.
    Programs,
}

/// How a client interprets a script.
#[derive(Clone, Debug)]
pub(crate) struct Dialect {
    /// The statement that begins a transaction.
    pub(crate) begin: &'static str,
    /// A note for the reader of the script.
    pub(crate) advice: &'static [&'static str],
    /// Whether the client splits a statement at its first semicolon, unless `DELIMITER` sets
    /// another delimiter.
    pub(crate) delimiter: bool,
    /// Which statements contain others.
    pub(crate) bodies: Bodies,
    /// Whether a backslash escapes the next character in a string.
    pub(crate) backslash: bool,
    /// Whether it does between double quotes.
    pub(crate) backslash_in_names: bool,
    /// Whether the contents of `/*! … */` are executed.
    pub(crate) executed_comments: bool,
    /// Whether it does in `E'…'`, and `$tag$ … $tag$` is a string.
    pub(crate) dollar: bool,
    /// Whether comments nest.
    pub(crate) nested: bool,
    /// Whether `#` begins a comment.
    pub(crate) hash: bool,
    /// Whether `[…]` is a name.
    pub(crate) bracket: bool,
}

const SQLITE: Dialect = Dialect {
    begin: "BEGIN IMMEDIATE",
    advice: &["Run it with: sqlite3 -bail DATABASE < SCRIPT"],
    delimiter: false,
    bodies: Bodies::Triggers,
    backslash: false,
    backslash_in_names: false,
    executed_comments: false,
    dollar: false,
    nested: false,
    hash: false,
    bracket: true,
};

const POSTGRES: Dialect = Dialect {
    begin: "BEGIN",
    advice: &["Run it with: psql --set ON_ERROR_STOP=1 --file SCRIPT DATABASE"],
    delimiter: false,
    bodies: Bodies::Atomic,
    backslash: false,
    backslash_in_names: false,
    executed_comments: false,
    dollar: true,
    nested: true,
    hash: false,
    bracket: false,
};

const MYSQL: Dialect = Dialect {
    begin: "START TRANSACTION",
    advice: &[
        "Run it with: mysql DATABASE < SCRIPT",
        "A change of the schema commits at once: when a statement fails, those before it stay.",
    ],
    delimiter: true,
    bodies: Bodies::Programs,
    backslash: true,
    backslash_in_names: true,
    executed_comments: false,
    dollar: false,
    nested: false,
    hash: true,
    bracket: false,
};

const MARIADB: Dialect = Dialect {
    advice: &[
        "Run it with: mariadb DATABASE < SCRIPT",
        "A change of the schema commits at once: when a statement fails, those before it stay.",
    ],
    ..MYSQL
};

impl Dialect {
    pub(crate) fn of(backend: BackendKind) -> &'static Dialect {
        match backend {
            BackendKind::Sqlite => &SQLITE,
            BackendKind::Postgres => &POSTGRES,
            BackendKind::Mysql => &MYSQL,
            BackendKind::Mariadb => &MARIADB,
        }
    }
}
