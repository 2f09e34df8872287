//! How the databases' own clients read a script: the one table of what differs between them.

use crate::dialect::BackendKind;

/// Which statements hold others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// SQLite: triggers.
    Triggers,
    /// PostgreSQL: `BEGIN ATOMIC … END` of a routine.
    Atomic,
    /// MySQL and MariaDB: triggers, routines, events, and on MariaDB also packages and compound statements.
    Programs,
}

/// What a client makes of a script.
#[derive(Clone, Debug)]
pub(crate) struct Dialect {
    /// What begins a transaction.
    pub(crate) begin: &'static str,
    /// What the reader of the script should know.
    pub(crate) advice: &'static [&'static str],
    /// Whether the client cuts a statement at its first semicolon, unless `DELIMITER` says another mark.
    pub(crate) delimiter: bool,
    /// Which statements hold others.
    pub(crate) bodies: Bodies,
    /// Whether a backslash in a string takes the next character in.
    pub(crate) backslash: bool,
    /// Whether it does between double quotes.
    pub(crate) backslash_in_names: bool,
    /// Whether `/*! … */` is read as if there were no comment around it.
    pub(crate) executed_comments: bool,
    /// Whether `E'…'` does, and `$tag$ … $tag$` is a string.
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
