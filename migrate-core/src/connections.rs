//! What each database that is compiled in adds to the types of revisions: its connection as a body's argument, as what a body asks
//! its handle for, in `with_connection!`, and its diesel backend. The last list of databases beside the one in `backend`.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! connection {
    ($module:ident, $(#[$doc:meta])* $connection:ident, $session:ident, $rules:ident, $diesel:ty) => {
        impl crate::Operations<'_> {
            $(#[$doc])*
            ///
            /// # Errors
            ///
            /// When another backend is connected, or operations are only being collected.
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
    /// The live SQLite connection, inside the revision's transaction.
    SqliteConnection,
    SqliteSession,
    Sqlite,
    diesel::sqlite::Sqlite
);

#[cfg(feature = "postgres")]
connection!(
    postgres,
    /// The live PostgreSQL connection, inside the revision's transaction.
    PgConnection,
    PgSession,
    Postgres,
    diesel::pg::Pg
);

#[cfg(feature = "mysql")]
connection!(
    mysql,
    /// The live connection to MySQL or MariaDB, inside the revision's transaction.
    MysqlConnection,
    MysqlSession,
    Mysql,
    diesel::mysql::Mysql
);

/// Runs a diesel statement on the live connection, whichever enabled backend it is of.
///
/// The statement is compiled once for each enabled backend, so that what one of them lacks is a
/// compile error. It must give a `Result`, whose error becomes a [`RevisionError`](crate::RevisionError);
/// it is part of the revision's transaction. The value must own what it holds.
///
/// Where something is committed before the revision is done, a run that resumes leaves the block out if its value is nothing, a
/// number, a truth value or a text, such as the number of rows that `execute` gives. Without a transaction, a run that was killed within the
/// block, or before its value was recorded, asks. A block whose text was changed since stops the run, as its earlier form was carried
/// out. The text is the block's own: functions that it calls are not compared.
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
    // tokens are printed the same by each version of the compiler, expressions are not
    ($op:expr, |$connection:ident| $($body:tt)+) => {
        $crate::__with_connection!(
            [::core::stringify!($($body)+), ::core::line!()] $op, |$connection| $($body)+
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __with_connection {
    ([$text:expr, $line:expr] $op:expr, |$connection:ident| $body:expr) => {
        (|op: &mut $crate::Operations<'_>| -> $crate::Result<_> {
            // a run that resumes has the value already
            if let Some(value) = op.remembered($text, $line)? {
                return Ok(value);
            }
            $crate::__with_sqlite!(op, $connection, $body);
            $crate::__with_postgres!(op, $connection, $body);
            $crate::__with_mysql!(op, $connection, $body);
            Err(op.no_connection())
        })($op)
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
            let value = ($body).map_err($crate::RevisionError::from)?;
            $op.remember(&value);
            return Ok(value);
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
            let value = ($body).map_err($crate::RevisionError::from)?;
            $op.remember(&value);
            return Ok(value);
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
            let value = ($body).map_err($crate::RevisionError::from)?;
            $op.remember(&value);
            return Ok(value);
        }
    };
}
