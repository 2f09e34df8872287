//! What each compiled-in database adds to the types of revisions: its connection as a body's
//! argument, as the argument of `with_connection!`, and its diesel backend. The only list of
//! databases besides the one in `backend`.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! connection {
    ($module:ident, $(#[$doc:meta])* $connection:ident, $session:ident, $rules:ident, $diesel:ty) => {
        impl crate::Operations<'_> {
            $(#[$doc])*
            ///
            /// # Errors
            ///
            /// When another backend is connected, or operations are only being collected.
            #[track_caller]
            pub fn $module(&mut self) -> crate::Result<&mut crate::backend::$module::$connection> {
                self.connection()
            }
        }

        impl crate::revision::BodyConnection for crate::backend::$module::$connection {
            const BACKEND: &'static str = stringify!($module);

            fn of<'op>(op: &'op mut crate::Operations<'_>) -> crate::Result<&'op mut Self> {
                op.connection()
            }
        }

        impl crate::diesel_source::DieselBackend for $diesel {
            fn rules() -> &'static dyn crate::backend::Backend {
                &crate::backend::$module::$rules
            }

            fn session<'a>(
                connection: &'a mut dyn diesel::connection::BoxableConnection<Self>,
            ) -> Option<Box<dyn crate::backend::Session + 'a>> {
                use crate::backend::$module::{$connection, $session};
                let connection = connection.downcast_mut::<$connection>()?;
                Some(Box::new($session::new(connection)))
            }
        }
    };
}

#[cfg(feature = "sqlite")]
connection!(
    sqlite,
    /// The SQLite connection, inside the revision's transaction.
    ///
    /// ```
    /// # use diesel::RunQueryDsl;
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// diesel::sql_query("PRAGMA optimize").execute(op.sqlite()?)?;
    /// # Ok(())
    /// # }
    /// ```
    SqliteConnection,
    SqliteSession,
    Sqlite,
    diesel::sqlite::Sqlite
);

#[cfg(feature = "postgres")]
connection!(
    postgres,
    /// The PostgreSQL connection, inside the revision's transaction.
    ///
    /// ```
    /// # use diesel::RunQueryDsl;
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// diesel::sql_query("ANALYZE users").execute(op.postgres()?)?;
    /// # Ok(())
    /// # }
    /// ```
    PgConnection,
    PgSession,
    Postgres,
    diesel::pg::Pg
);

#[cfg(feature = "mysql")]
connection!(
    mysql,
    /// The connection to MySQL or MariaDB, inside the revision's transaction.
    ///
    /// ```
    /// # use diesel::RunQueryDsl;
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// diesel::sql_query("ANALYZE TABLE users").execute(op.mysql()?)?;
    /// # Ok(())
    /// # }
    /// ```
    MysqlConnection,
    MysqlSession,
    Mysql,
    diesel::mysql::Mysql
);

/// Runs diesel statements on the connection, for every enabled backend, and returns a value that
/// can be recorded.
///
/// The block is compiled once for each enabled backend, so that what one of them lacks is a compile
/// error. It must return a `Result`, whose error becomes a [`RevisionError`](crate::RevisionError),
/// and whose value is a [`BlockValue`](crate::op::BlockValue): nothing, a number, a boolean or
/// text, such as the number of rows that `execute` returns. It is part of the revision's
/// transaction. Rows that are read to be changed stay inside the block, in a loop; a block that
/// only reads returns them by [`read_connection!`](crate::read_connection).
///
/// If something is committed before the revision is done, a run that resumes skips the block and
/// takes its value from the journal. Without a transaction, a run that was killed within the block,
/// or before its value was recorded, asks the user to decide. A block whose text has changed since
/// stops the run, as its earlier form ran. Only the block's own text is compared, not the functions
/// that it calls.
///
/// ```
/// use diesel::prelude::*;
/// use migrate_core::{prelude::*, with_connection};
///
/// diesel::table! {
///     users (id) { id -> Integer, name -> Text, shown_as -> Nullable<Text> }
/// }
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     let changed = with_connection!(op, |connection| {
///         diesel::update(users::table.filter(users::shown_as.is_null()))
///             .set(users::shown_as.eq(users::name.nullable()))
///             .execute(connection)
///     })?;
///     op.execute(format!("INSERT INTO log (text) VALUES ('changed {changed}')"))
/// }
/// ```
#[macro_export]
macro_rules! with_connection {
    // every version of the compiler prints tokens in the same way, but not expressions
    ($op:expr, |$connection:ident| $($body:tt)+) => {
        $crate::__with_connection!(
            [::core::stringify!($($body)+), ::core::line!()] $op, |$connection| $($body)+
        )
    };
}

/// Reads rows with diesel on the connection, for every enabled backend, and returns any owned
/// value.
///
/// Like [`with_connection!`](crate::with_connection), but nothing is recorded: a run that resumes
/// runs the block again. So it should only read; if a block that may have written was interrupted,
/// the user decides.
///
/// ```
/// use diesel::prelude::*;
/// use migrate_core::{prelude::*, read_connection};
///
/// diesel::table! {
///     users (id) { id -> Integer, name -> Text }
/// }
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     let names: Vec<String> =
///         read_connection!(op, |connection| users::table.select(users::name).load(connection))?;
///     op.execute(format!("INSERT INTO log (text) VALUES ('{} users')", names.len()))
/// }
/// ```
#[macro_export]
macro_rules! read_connection {
    ($op:expr, |$connection:ident| $($body:tt)+) => {
        $crate::__read_connection!(
            [::core::stringify!($($body)+), ::core::line!()] $op, |$connection| $($body)+
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __with_connection {
    ([$text:expr, $line:expr] $op:expr, |$connection:ident| $body:expr) => {
        $crate::Operations::recorded_block($op, $text, $line, |op| {
            $crate::__on_connection!(op, $connection, $body)
        })
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __read_connection {
    ([$text:expr, $line:expr] $op:expr, |$connection:ident| $body:expr) => {
        $crate::Operations::reading_block($op, $text, $line, |op| {
            $crate::__on_connection!(op, $connection, $body)
        })
    };
}

/// The block on the connection, for every enabled backend.
#[doc(hidden)]
#[macro_export]
macro_rules! __on_connection {
    ($op:ident, $connection:ident, $body:expr) => {
        (|| -> $crate::Result<_> {
            $crate::__with_sqlite!($op, $connection, $body);
            $crate::__with_postgres!($op, $connection, $body);
            $crate::__with_mysql!($op, $connection, $body);
            Err($op.no_connection())
        })()
    };
}

#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_sqlite {
    ($op:ident, $connection:ident, $body:expr) => {};
}

#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_postgres {
    ($op:ident, $connection:ident, $body:expr) => {};
}

#[cfg(not(feature = "mysql"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_mysql {
    ($op:ident, $connection:ident, $body:expr) => {};
}

/// The part of `with_connection!` for SQLite.
#[cfg(feature = "sqlite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_sqlite {
    ($op:ident, $connection:ident, $body:expr) => {
        if let Some($connection) =
            $op.connection_of::<$crate::engine::backend::sqlite::SqliteConnection>()?
        {
            return ($body).map_err($crate::RevisionError::from);
        }
    };
}

/// The part of `with_connection!` for PostgreSQL.
#[cfg(feature = "postgres")]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_postgres {
    ($op:ident, $connection:ident, $body:expr) => {
        if let Some($connection) =
            $op.connection_of::<$crate::engine::backend::postgres::PgConnection>()?
        {
            return ($body).map_err($crate::RevisionError::from);
        }
    };
}

/// The part of `with_connection!` for MySQL and MariaDB.
#[cfg(feature = "mysql")]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_mysql {
    ($op:ident, $connection:ident, $body:expr) => {
        if let Some($connection) =
            $op.connection_of::<$crate::engine::backend::mysql::MysqlConnection>()?
        {
            return ($body).map_err($crate::RevisionError::from);
        }
    };
}
