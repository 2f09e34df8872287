//! The handle that a revision's body calls. It turns calls into `Operation`s and either runs each at
//! once or collects them; it knows no SQL and no backend.

mod ahead;
mod alter;
mod batch;
mod changes;
mod column;
mod comment;
mod constraint;
mod domain;
mod enum_type;
mod index;
mod insert;
mod lost;
mod namespace;
mod remember;
mod script;
mod sequence;
mod situation;
mod statement;
mod steps;
mod table;
mod view;

pub use alter::{AlterColumn, alter};
pub use batch::{Batch, Batches};
pub use column::{ColumnBuilder, DropColumn, Plain, Referencing, column};
pub use comment::{Comment, comment, no_comment};
pub use constraint::{
    CheckBuilder, DropConstraint, ExcludeBuilder, ForeignKeyBuilder, ForeignKeyColumns,
    PrimaryKeyBuilder, UniqueBuilder, check, exclude, foreign_key, primary_key, unique,
};
pub use domain::{DomainBuilder, DropDomain, domain};
pub use enum_type::{
    AddValue, AlterEnum, DropEnum, RenameValue, add_value, enum_type, rename_value,
};
pub use index::{DropIndex, IndexBuilder, IndexName, asc, desc, expression, index, key};
pub use insert::Row;
pub use namespace::{Extension, extension};
pub use sequence::{DropSequence, SequenceBuilder, sequence};
#[doc(hidden)]
pub use situation::Boundary;
pub(crate) use situation::{Happening, Settings, Situation};
pub use statement::{Statement, sql, sql_for};
pub(crate) use steps::Steps;
pub use table::{DropTable, TableBuilder, table};
pub use view::{DropView, ViewBuilder, view};

use std::any::{Any, type_name};
use std::fmt;
use std::time::Instant;

use crate::Result;
use crate::backend::{Backend, BackendKind, SeenStatement, Session};
use crate::error::{OperationError, RevisionError};
use crate::operation::Operation;

/// What a revision's body changes the database with.
///
/// Each call is one operation. It runs at once, inside the revision's transaction, or is collected
/// where the operations themselves are wanted, as for the downgrade of a `reversible` revision.
/// What the connected database cannot do is refused before any statement of the operation runs.
/// After a failure nothing more is run: a body that goes on regardless fails all the same.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.create_table(
///         table("users")
///             .column(column("id", Integer).primary_key().autoincrement())
///             .column(column("email", VarChar(320)).unique())
///             .column(column("phone", VarChar(20)).nullable()),
///     )?;
///     op.create_index(index("ix_users_phone").on("users", ["phone"]))
/// }
/// ```
pub struct Operations<'a> {
    executor: Executor<'a>,
    failure: Option<Failure>,
    situation: Situation<'a>,
    /// The operations that were carried out.
    done: Vec<String>,
    /// How many of them stay, whatever becomes of the transaction.
    kept: usize,
    /// Whether the body was given the connection.
    handed_out: bool,
    /// What is written down of each operation, where they cannot all be part of one transaction.
    steps: Option<Box<Steps>>,
}

/// What becomes of an operation.
enum Executor<'a> {
    Run(&'a mut (dyn Session + 'a)),
    Collect {
        backend: &'static dyn Backend,
        /// Each with its place among the body's calls.
        operations: Vec<(u32, Operation)>,
        next: u32,
        /// Whether the body is in batches, which are one call.
        batches: bool,
    },
}

/// The operation that failed first, whatever the body made of its error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The operation, in one line.
    pub(crate) operation: String,
    /// Its statement that failed, if it came to that.
    pub(crate) statement: Option<String>,
    /// What was said about it.
    pub(crate) message: String,
    /// The line of the SQL file that it begins in, when it is in one.
    pub(crate) line: Option<u32>,
}

impl<'a> Operations<'a> {
    /// A handle that runs each operation at once.
    pub fn running(session: &'a mut (dyn Session + 'a)) -> Operations<'a> {
        Operations {
            executor: Executor::Run(session),
            failure: None,
            situation: Situation::default(),
            done: Vec::new(),
            kept: 0,
            handed_out: false,
            steps: None,
        }
    }

    /// A handle that collects operations for a backend and runs none.
    #[must_use]
    pub fn collecting(backend: &'static dyn Backend) -> Operations<'static> {
        Operations {
            executor: Executor::Collect {
                backend,
                operations: Vec::new(),
                next: 0,
                batches: false,
            },
            failure: None,
            situation: Situation::default(),
            done: Vec::new(),
            kept: 0,
            handed_out: false,
            steps: None,
        }
    }

    /// The same handle, as part of this run.
    pub(crate) fn within(mut self, situation: Situation<'a>) -> Operations<'a> {
        self.situation = situation;
        self
    }

    /// Which kind of database this is for.
    #[must_use]
    pub fn backend(&self) -> BackendKind {
        self.rules().kind()
    }

    /// Which kind of database this is for, in a script's words: the same as [`backend`](Operations::backend).
    #[must_use]
    pub fn dialect(&self) -> BackendKind {
        self.backend()
    }

    /// The environment that the run is for: on the command line `--env NAME` or the variable `MIGRATE_ENV`, in an application what
    /// [`Migrator::environment`](crate::Migrator::environment) said, or
    /// [`environment_from_env`](crate::Migrator::environment_from_env) found.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    ///     if op.environment() == Some("production") {
    ///         op.execute("ANALYZE")?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.situation.settings.environment.as_deref()
    }

    /// What the run was given for a key: `-x key=value`, or
    /// [`Migrator::argument`](crate::Migrator::argument).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    ///     match op.argument("seed") {
    ///         Some("demo") => op.bulk_insert("users", ["name"], [("Ada",), ("Grace",)]),
    ///         _ => Ok(()),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn argument(&self, key: &str) -> Option<&str> {
        self.situation
            .settings
            .arguments
            .get(key)
            .map(String::as_str)
    }

    /// Whether a script is written: there is no database, and nothing can be read from one.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.situation.offline
    }

    /// Runs or collects an operation that is already data.
    ///
    /// # Errors
    ///
    /// As for every operation.
    pub fn apply(&mut self, operation: Operation) -> Result<()> {
        self.refuse_to_go_on()?;
        self.leave_connection()?;
        let name = operation.describe();
        let applied = self.announce(&operation).and_then(|()| match &self.steps {
            Some(steps) if steps.batches.is_none() => self.apply_step(&operation, &name),
            _ => self.try_apply(operation, &name),
        });
        applied.map_err(|error| self.failed(&name, error))
    }

    /// Carries out what is left to do when the body is done: a backend may keep operations back, to
    /// do several in one go. The engine calls it; so must whoever uses a handle without it.
    ///
    /// # Errors
    ///
    /// As for every operation.
    pub fn finish(&mut self) -> Result<()> {
        if self.failure.is_some() {
            return Ok(()); // nothing more is done after a failure, which was told already
        }
        self.leave_connection()?;
        self.flush()?;
        self.refuse_fewer()
            .map_err(|error| self.failed("go on with what an earlier run began", error))?;
        let settled = match &mut self.executor {
            Executor::Run(session) => session.settle(),
            Executor::Collect { .. } => Ok(()),
        };
        settled.map_err(|error| self.failed("check the foreign keys", error))
    }

    /// The live connection, inside the revision's transaction, for diesel's own DSL.
    ///
    /// The accessor of a backend, such as `op.sqlite()`, says the type; `with_connection!` does
    /// without one.
    ///
    /// # Errors
    ///
    /// When another backend is connected, or operations are only being collected.
    pub fn connection<C: Any>(&mut self) -> Result<&mut C> {
        let connected = self.backend();
        self.connection_of()?.ok_or_else(|| {
            OperationError::OtherConnection {
                wanted: short_name::<C>(),
                connected,
            }
            .into()
        })
    }

    /// The live connection, if it is of this type; for `with_connection!`.
    #[doc(hidden)]
    pub fn connection_of<C: Any>(&mut self) -> Result<Option<&mut C>> {
        self.refuse_to_go_on()?;
        self.leave_connection()?;
        self.flush()?;
        if let Executor::Run(session) = &mut self.executor {
            if !session.connection().is::<C>() {
                return Ok(None); // nothing is handed out
            }
            let noted = session
                .may_change_settings(None)
                .and_then(|()| session.before_block());
            if let Err(error) = noted {
                return Err(self.block_failed(OperationError::Catalogue(error)));
            }
        }
        self.begin_block()
            .map_err(|error| self.block_failed(error))?;
        let watched = self.watches_block();
        match &mut self.executor {
            Executor::Run(session) => {
                self.handed_out = true;
                if !(watched || self.situation.all && session.watch()) {
                    self.situation.tell(&Happening::Connection);
                }
                Ok(session.connection().downcast_mut())
            }
            Executor::Collect { .. } => {
                let error = OperationError::NotLive;
                self.failure = Some(Failure::of("use the connection".to_owned(), &error));
                Err(error.into())
            }
        }
    }

    /// Takes the live connection back from the body.
    pub(crate) fn leave_connection(&mut self) -> Result<()> {
        let judged = match &mut self.executor {
            Executor::Run(session) => session.after_block(),
            Executor::Collect { .. } => Ok(()),
        };
        if judged.is_err() {
            self.fail_block();
        }
        let ended = judged.and(self.end_block());
        self.tell_watched();
        ended.map_err(|error| self.block_failed(error))
    }

    /// Whether what the body does with the connection is watched already, and told.
    fn watches_block(&self) -> bool {
        let block = self.steps.as_ref().and_then(|steps| steps.block.as_ref());
        self.situation.all && block.is_some_and(|block| block.watched)
    }

    /// Tells what the body has sent over the connection since it took it.
    fn tell_watched(&mut self) {
        if let Executor::Run(session) = &mut self.executor {
            let seen = session.watched();
            for SeenStatement { sql, duration } in seen.into_iter().filter(|_| self.situation.all) {
                let sql = &sql;
                self.situation.tell(&Happening::Statement { sql, duration });
            }
        }
    }

    /// That the live connection is of none of the enabled types; for `with_connection!`.
    #[doc(hidden)]
    #[must_use]
    pub fn no_connection(&self) -> RevisionError {
        OperationError::OtherConnection {
            wanted: "connection of an enabled backend",
            connected: self.backend(),
        }
        .into()
    }

    /// The operations that were collected, in order; none when they were run.
    #[must_use]
    pub fn into_operations(self) -> Vec<Operation> {
        let collected = self.into_places().into_iter();
        collected.map(|(_, operation)| operation).collect()
    }

    /// The operations that were collected, each with its place: which call of the body it was, from 0. Batches are one call.
    pub(crate) fn into_places(self) -> Vec<(u32, Operation)> {
        match self.executor {
            Executor::Collect { operations, .. } => operations,
            Executor::Run(_) => Vec::new(),
        }
    }

    /// The first operation that failed.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Notes the line of an SQL file that the operation which failed begins in.
    pub(crate) fn failed_in_line(&mut self, line: u32) {
        if let Some(failure) = &mut self.failure {
            failure.line.get_or_insert(line);
        }
    }

    /// The operations that stay, whatever becomes of the transaction: the server committed them by
    /// itself, or there is none.
    pub(crate) fn kept(&self) -> &[String] {
        &self.done[..self.kept]
    }

    fn rules(&self) -> &'static dyn Backend {
        match &self.executor {
            Executor::Run(session) => session.backend(),
            Executor::Collect { backend, .. } => *backend,
        }
    }

    /// Batches are collected as one call, from here or up to here.
    fn collect_batches(&mut self, begin: bool) {
        if let Executor::Collect { next, batches, .. } = &mut self.executor {
            *batches = begin;
            *next += u32::from(!begin);
        }
    }

    /// Whether operations are run, and not collected.
    fn is_running(&self) -> bool {
        matches!(self.executor, Executor::Run(_))
    }

    /// Refuses to go on after a failure, and when the run is to end.
    fn refuse_to_go_on(&mut self) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(OperationError::AfterFailure {
                failed: failure.operation.clone(),
            }
            .into());
        }
        match self.situation.stop.is_requested() && self.is_running() {
            true => Err(self.failed("go on", OperationError::Stopped)),
            false => Ok(()),
        }
    }

    /// Whether no statement was carried out, and the connection not handed out.
    pub(crate) fn is_untouched(&self) -> bool {
        self.done.is_empty() && !self.handed_out
    }

    /// Tells the session of SQL that may change its settings; the operations that are data change none.
    fn announce(&mut self, operation: &Operation) -> Result<(), OperationError> {
        let (Executor::Run(session), Operation::Execute { .. } | Operation::Custom(_)) =
            (&mut self.executor, operation)
        else {
            return Ok(());
        };
        // what it cannot do is said when it is tried
        for sql in session.backend().ddl(operation).unwrap_or_default() {
            let noted = session.may_change_settings(Some(&sql));
            noted.map_err(OperationError::Catalogue)?;
        }
        Ok(())
    }

    fn try_apply(&mut self, operation: Operation, name: &str) -> Result<(), OperationError> {
        match &mut self.executor {
            Executor::Collect {
                backend,
                operations,
                next,
                batches,
            } => {
                match self.situation.offline {
                    true => drop(backend.ddl(&operation)?),
                    false => backend.can(&operation)?,
                }
                operations.push((*next, operation));
                *next += u32::from(!*batches);
            }
            Executor::Run(session) => {
                flush(&mut **session, &self.situation, Some(&operation))?;
                session.check(&operation)?;
                let statements = session.statements(&operation)?;
                self.refuse_control(&operation, &statements)?;
                self.open_in_batch(&statements)?;
                let Executor::Run(session) = &mut self.executor else {
                    return Ok(());
                };
                let all = statements.len();
                let before = session.commits();
                let mut commits = before;
                let mut kept = 0;
                let mut failure = None;
                for (index, sql) in statements.into_iter().enumerate() {
                    let start = Instant::now();
                    self.situation.at(Boundary::BeforeStatement);
                    let executed = session.execute(&sql);
                    let duration = start.elapsed();
                    self.situation.tell(&Happening::Statement {
                        sql: &sql,
                        duration,
                    });
                    self.situation.at(Boundary::AfterStatement);
                    let done = index + usize::from(executed.is_ok());
                    if self.situation.outside || session.commits() != commits {
                        (commits, kept) = (session.commits(), done);
                    }
                    if let Err(source) = executed {
                        failure = Some(OperationError::Statement {
                            operation: name.to_owned(),
                            sql,
                            source,
                        });
                        break;
                    }
                }
                if commits != before {
                    self.kept = self.done.len(); // what came before was committed too
                }
                self.note(name, kept, all, failure.is_none());
                if let Some(error) = failure {
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Notes what was carried out of an operation, and how many of its statements stay.
    fn note(&mut self, name: &str, kept: usize, all: usize, succeeded: bool) {
        if all == 0 {
            return; // it had nothing to do here, or is kept back
        }
        let stays = kept > 0;
        if succeeded && (kept == all || !stays) {
            self.done.push(name.to_owned());
        } else if stays {
            self.done
                .push(format!("{name} ({kept} of its {all} statements)"));
        }
        if stays {
            self.kept = self.done.len();
        }
    }

    /// Carries out what the session has kept back.
    fn flush(&mut self) -> Result<()> {
        let flushed = match (&self.steps, &mut self.executor) {
            (Some(_), _) => self.flush_step(None),
            (None, Executor::Run(session)) => flush(&mut **session, &self.situation, None),
            (None, Executor::Collect { .. }) => Ok(()),
        };
        flushed.map_err(|error| self.failed("rebuild a table", error))
    }

    fn failed(&mut self, name: &str, error: OperationError) -> RevisionError {
        self.failure = Some(Failure::of(name.to_owned(), &error));
        error.into()
    }
}

fn flush(
    session: &mut dyn Session,
    situation: &Situation<'_>,
    next: Option<&Operation>,
) -> Result<(), OperationError> {
    session.flush(next, &mut |sql, duration| {
        situation.tell(&Happening::Statement { sql, duration });
    })
}

impl Failure {
    fn of(operation: String, error: &OperationError) -> Failure {
        let (operation, statement) = match error {
            OperationError::Statement { operation, sql, .. } => {
                (operation.clone(), Some(sql.clone()))
            }
            _ => (operation, None),
        };
        Failure {
            operation,
            statement,
            message: error.to_string(),
            line: None,
        }
    }
}

impl fmt::Debug for Operations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match &self.executor {
            Executor::Run(_) => "running",
            Executor::Collect { .. } => "collecting",
        };
        f.debug_struct("Operations")
            .field("mode", &mode)
            .field("backend", &self.backend())
            .field("failure", &self.failure)
            .finish()
    }
}

/// The last part of a type's path, as people say it.
fn short_name<T>() -> &'static str {
    type_name::<T>()
        .rsplit("::")
        .next()
        .unwrap_or(type_name::<T>())
}
