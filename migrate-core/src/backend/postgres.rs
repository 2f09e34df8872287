//! PostgreSQL: its rules, and how a connection to it is had.

mod catalogue;
mod connect;
mod ddl;
mod inspect;
mod limits;
mod lock;
mod pooler;
mod quote;
mod session;
mod types;

pub(super) use connect::connect;
pub use session::PgSession;

use diesel::connection::BoxableConnection;
/// Diesel's connection, for what the macros expand to.
#[doc(hidden)]
pub use diesel::pg::PgConnection;

use super::{Backend, BackendKind, Capabilities, MigrateConnection, Session};
use crate::diesel_source::DieselBackend;
use crate::error::{Result, Unsupported};
use crate::op::Operations;
use crate::operation::Operation;
use crate::revision::BodyConnection;
use crate::schema::{ObjectName, Value};

/// The rules of PostgreSQL.
#[derive(Clone, Copy, Debug)]
pub struct Postgres;

impl Backend for Postgres {
    fn kind(&self) -> BackendKind {
        BackendKind::Postgres
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: true,
        }
    }

    fn ddl(&self, operation: &Operation) -> Result<Vec<String>, Unsupported> {
        ddl::statements(operation)
    }

    fn inside_transaction(&self, operation: &Operation) -> Result<(), Unsupported> {
        inspect::inside_transaction(operation)
    }

    fn name(&self, name: &ObjectName) -> Result<String, Unsupported> {
        quote::object(name)
    }

    fn literal(&self, value: &Value) -> Result<String, Unsupported> {
        quote::literal(value)
    }
}

impl MigrateConnection for PgConnection {
    fn with_session<T>(&mut self, run: impl FnOnce(&mut dyn Session) -> T) -> T {
        run(&mut PgSession::new(self))
    }
}

impl Operations<'_> {
    /// The live PostgreSQL connection, inside the revision's transaction.
    ///
    /// # Errors
    ///
    /// When another backend is connected, or operations are only being collected.
    pub fn postgres(&mut self) -> Result<&mut PgConnection> {
        self.connection()
    }
}

impl BodyConnection for PgConnection {
    const BACKEND: &'static str = "postgres";

    fn of<'op>(op: &'op mut Operations<'_>) -> Result<&'op mut PgConnection> {
        op.connection()
    }
}

impl DieselBackend for diesel::pg::Pg {
    fn rules() -> &'static dyn Backend {
        &Postgres
    }

    fn session<'a>(
        connection: &'a mut dyn BoxableConnection<Self>,
    ) -> Option<Box<dyn Session + 'a>> {
        let connection = connection.downcast_mut::<PgConnection>()?;
        Some(Box::new(PgSession::new(connection)))
    }
}

/// The part of `with_connection!` for PostgreSQL.
#[doc(hidden)]
#[macro_export]
macro_rules! __with_postgres {
    ($op:ident, $connection:ident, $body:expr) => {
        if let Some($connection) = $op.connection_of::<$crate::backend::postgres::PgConnection>()? {
            return ($body).map_err($crate::RevisionError::from);
        }
    };
}

/// What PostgreSQL cannot do.
fn unsupported(what: impl Into<String>, help: impl Into<String>) -> Unsupported {
    Unsupported {
        backend: BackendKind::Postgres,
        what: what.into(),
        help: help.into(),
    }
}
