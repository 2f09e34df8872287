//! A connection to MySQL or MariaDB, owned or borrowed.
//!
//! These servers commit a transaction by themselves when a statement changes the schema. The
//! session notices that, counts it, and begins another transaction before the next statement, so
//! that rows are still written together with the record of their revision.

mod bookkeeping;
mod catalog;
mod implicit_commits;
mod locking;
mod settings;
mod together;
mod transactions;

use std::any::Any;
use std::borrow::BorrowMut;
use std::time::Instant;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::mysql::MysqlConnection;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, sql_query};
use implicit_commits::{INSIDE, Phase, TransactionState};
use settings::Settings;

use super::engines::Engines;
use super::lookup::Catalogue;
use super::quote::identifier;
use super::timeouts::{self, Before};
use super::{Dialect, lock, reset, scratch};
use crate::backend::instrumentation::Watch;
use crate::backend::{
    Backend, BackendKind, Bookkeeping, Connected, Created, DatabaseUrl, DeferredWork,
    FailedStatement, Instrumentation, Locking, Maintenance, NotDropped, RevisionSettings,
    SavedSettings, SchemaObject, ScratchQueries, SeenStatement, Session, sealed,
};
use crate::error::LockLost;
use crate::journal::{self, AppliedRow};
use crate::operation::Statements;
use crate::sql::{TransactionEffect, transaction_effect};

/// A session on a connection to MySQL or MariaDB: `MysqlSession<MysqlConnection>` owns it, and
/// `MysqlSession<&mut MysqlConnection>` restores its settings in the end.
pub struct MysqlSession<C: BorrowMut<MysqlConnection>> {
    connection: C,
    server: Server,
    /// The name of the lock while it is held.
    lock: Option<String>,
    /// The state of the revision's transaction.
    transaction: TransactionState,
    /// The timeout variables before the run changed them.
    before: Option<Before>,
    /// The URL, if the session opened the connection itself.
    url: Option<DatabaseUrl>,
    /// Observes the statements of a connection that the session opened itself.
    watch: Option<Watch>,
    /// Which tables have no transactions.
    engines: Engines,
    /// Whether the bookkeeping tables are known to have transactions.
    own_tables: bool,
    /// The settings that a revision may have changed.
    settings: Settings,
    /// When it was found last that no session holds the migration lock.
    not_held: Option<Instant>,
    /// The number after the steps of the texts that were sent.
    steps: usize,
}

/// What the server reports about itself and the connection.
struct Server {
    dialect: Dialect,
    version: String,
    database: Option<String>,
    /// The id of the connection.
    connection: i64,
    /// Whether a backslash is an ordinary character.
    plain_backslash: bool,
    /// Whether the journal was seen.
    has_journal: bool,
    /// How many bytes it accepts in one message.
    packet: usize,
}

impl MysqlSession<MysqlConnection> {
    /// A session that owns its connection and may observe its statements.
    pub(super) fn watching(
        mut connection: MysqlConnection,
        url: DatabaseUrl,
    ) -> MysqlSession<MysqlConnection> {
        let watch = Watch::noticing(timeouts::is_deadlock);
        connection.set_instrumentation(watch.clone());
        let mut session = MysqlSession::new(connection);
        session.watch = Some(watch);
        session.url = Some(url);
        session
    }
}

/// A number that an earlier session on the same connection has hardly left there.
fn first_step() -> usize {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let micros = now.map_or(1, |now| now.as_micros());
    usize::try_from(micros & 0x3fff_ffff).unwrap_or(1)
}

impl<C: BorrowMut<MysqlConnection>> MysqlSession<C> {
    /// A session on this connection. It queries the server, and changes nothing.
    pub fn new(mut connection: C) -> MysqlSession<C> {
        let server = Server::of(connection.borrow_mut());
        MysqlSession {
            connection,
            server,
            lock: None,
            transaction: TransactionState::default(),
            before: None,
            url: None,
            watch: None,
            engines: Engines::default(),
            own_tables: false,
            settings: Settings::default(),
            not_held: None,
            steps: first_step(),
        }
    }

    fn mysql(&mut self) -> &mut MysqlConnection {
        self.connection.borrow_mut()
    }

    /// The number of transactions and savepoints that diesel has open.
    fn depth(&mut self) -> QueryResult<u32> {
        let status = AnsiTransactionManager::transaction_manager_status_mut(self.mysql());
        Ok(status
            .transaction_depth()?
            .map_or(0, std::num::NonZeroU32::get))
    }

    fn read_applied(&mut self) -> QueryResult<Vec<AppliedRow>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            version: String,
            #[diesel(sql_type = Text)]
            run_on: String,
        }
        let table = self.version_table();
        let rows: Vec<Row> = sql_query(format!(
            "SELECT CONVERT(version USING utf8mb4) AS version, CAST(run_on AS CHAR) AS run_on \
             FROM {table} AS done ORDER BY done.run_on, done.version"
        ))
        .load(self.mysql())?;
        Ok(rows
            .into_iter()
            .map(|Row { version, run_on }| AppliedRow { version, run_on })
            .collect())
    }

    fn catalogue(&mut self) -> Catalogue<'_> {
        Catalogue {
            connection: self.connection.borrow_mut(),
            dialect: self.server.dialect,
            plain_backslash: self.server.plain_backslash,
        }
    }

    /// Sends one statement as text; an error includes the server's error number.
    fn send(&mut self, sql: &str) -> QueryResult<()> {
        let sent = self.mysql().batch_execute(sql);
        sent.map_err(|error| self.numbered(error))
    }

    /// Adds the server's error number to an error, and the warning that came before it, which
    /// diesel leaves out: MariaDB says only there what is wrong with a foreign key.
    fn numbered(&mut self, error: Error) -> Error {
        #[derive(QueryableByName)]
        struct Told {
            #[diesel(sql_type = Nullable<BigInt>)]
            code: Option<i64>,
            #[diesel(sql_type = Nullable<Text>)]
            message: Option<String>,
            #[diesel(sql_type = Nullable<BigInt>)]
            next_code: Option<i64>,
            #[diesel(sql_type = Nullable<Text>)]
            next_message: Option<String>,
        }
        let Error::DatabaseError(kind, facts) = error else {
            return error;
        };
        let told: QueryResult<Told> = self
            .mysql()
            // where there is no second condition, that is no error
            .batch_execute(
                "GET DIAGNOSTICS CONDITION 1 @migrate_code = MYSQL_ERRNO, @migrate_message = MESSAGE_TEXT; \
                 GET DIAGNOSTICS CONDITION 2 @migrate_next_code = MYSQL_ERRNO, @migrate_next_message = MESSAGE_TEXT",
            )
            .and_then(|()| {
                sql_query(
                    "SELECT CAST(@migrate_code AS SIGNED) AS code, CONVERT(@migrate_message USING utf8mb4) AS message, \
                     CAST(@migrate_next_code AS SIGNED) AS next_code, CONVERT(@migrate_next_message USING utf8mb4) AS next_message",
                )
                .get_result(self.mysql())
            });
        let numbered = |message: String, code: i64, before: Option<String>| {
            let message = format!("{message} (error {code})");
            Box::new(Numbered { message, before })
        };
        match told {
            Ok(Told {
                code: Some(code),
                message: Some(message),
                ..
            }) if message == facts.message() => {
                Error::DatabaseError(kind, numbered(message, code, None))
            }
            Ok(Told {
                message,
                next_code: Some(code),
                next_message: Some(next),
                ..
            }) if next == facts.message() => {
                Error::DatabaseError(kind, numbered(next, code, message))
            }
            _ => Error::DatabaseError(kind, facts),
        }
    }

    /// Notices that the lock is lost: the connection broke and was replaced, or a revision released
    /// it.
    fn require_lock(&mut self) -> QueryResult<()> {
        let Some(name) = self.lock.clone() else {
            return Ok(());
        };
        match lock::is_held(self.mysql(), &name)? {
            true => Ok(()),
            false => Err(lost()),
        }
    }

    /// Queries which tables have no transactions.
    fn engines<T>(
        &mut self,
        ask: impl FnOnce(&mut Engines, &mut dyn Session) -> QueryResult<T>,
    ) -> QueryResult<T> {
        let mut engines = std::mem::take(&mut self.engines);
        let told = ask(&mut engines, self);
        self.engines = engines;
        told
    }

    /// The names in a statement that have no transactions, for a statement that joins a transaction
    /// by its words.
    fn without_transactions(&mut self, sql: &str) -> QueryResult<Option<String>> {
        self.engines(|engines, session| engines.changed_by(session, sql))
    }

    /// Refuses to keep records in tables that no rollback restores.
    fn require_transactional_tables(&mut self) -> QueryResult<()> {
        if self.own_tables {
            return Ok(());
        }
        if let Some(table) = self.engines(Engines::own_table)? {
            return Err(Error::QueryBuilderError(
                format!(
                    "the engine of `{table}` has no transactions, so a run that is cut could not be resumed: \
                     `ALTER TABLE {table} ENGINE = InnoDB` gives it one that has"
                )
                .into(),
            ));
        }
        self.own_tables = true;
        Ok(())
    }
}

impl<C: BorrowMut<MysqlConnection>> Statements for MysqlSession<C> {
    fn connection(&mut self) -> &mut dyn Any {
        // on a connection that cannot do this, what follows fails too
        let _ = self.begin_again();
        self.engines.forget(); // what is done with the connection may create tables
        self.mysql()
    }

    fn execute(&mut self, sql: &str) -> QueryResult<()> {
        match self.transaction.phase {
            Phase::None | Phase::Ended | Phase::Closing => {
                match transaction_effect(sql, BackendKind::Mysql) {
                    TransactionEffect::Joins => self.note_engine(sql),
                    _ => self.engines.after(sql, self.server.dialect.kind()),
                }
                self.send(sql)
            }
            Phase::Open | Phase::Committed => self.execute_inside(sql),
        }
    }

    fn texts(&mut self, query: &str) -> QueryResult<Vec<String>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            text: String,
        }
        let rows: Vec<Row> = sql_query(query).load(self.mysql())?;
        Ok(rows.into_iter().map(|row| row.text).collect())
    }
}

impl<C: BorrowMut<MysqlConnection>> Connected for MysqlSession<C> {
    fn backend(&self) -> &'static dyn Backend {
        self.server.dialect.rules()
    }

    fn secrets(&self) -> Vec<String> {
        self.url
            .as_ref()
            .map_or_else(Vec::new, DatabaseUrl::secrets)
    }
}

impl<C: BorrowMut<MysqlConnection>> DeferredWork for MysqlSession<C> {}

impl<C: BorrowMut<MysqlConnection>> RevisionSettings for MysqlSession<C> {
    fn before_step(&mut self) -> QueryResult<SavedSettings> {
        self.restore_settings()?;
        // what the revision says outside of transactions is not counted
        self.transaction.ends = None;
        self.require_transactional_tables()?;
        self.require_lock()?;
        Ok(SavedSettings::new())
    }

    fn may_change_settings(&mut self, sql: Option<&str>) -> QueryResult<()> {
        self.expect_changes(sql)
    }
}

impl<C: BorrowMut<MysqlConnection>> Maintenance for MysqlSession<C> {
    fn scratch_queries(&self, name: &str) -> Option<ScratchQueries> {
        Some(scratch::queries(name))
    }

    fn schema_objects(&mut self, made: &[Created]) -> QueryResult<Vec<SchemaObject>> {
        reset::schema_objects(self, made)
    }

    fn conflicting_objects(&mut self, made: &[Created]) -> QueryResult<Vec<String>> {
        Ok(reset::conflicting_objects(self, made))
    }

    fn drop_all(&mut self, all: &[SchemaObject], _made: &[Created]) -> QueryResult<NotDropped> {
        self.server.has_journal = false;
        reset::drop_all(self, all).map(|()| NotDropped::default())
    }
}

impl<C: BorrowMut<MysqlConnection>> Instrumentation for MysqlSession<C> {
    fn watch(&mut self) -> bool {
        self.watch.as_ref().map(Watch::begin).is_some()
    }

    fn watched(&mut self) -> Vec<SeenStatement> {
        self.transaction.continued = self.watch.as_ref().map(Watch::continued);
        let seen = self.watch.as_ref().map(Watch::end).unwrap_or_default();
        seen.iter().for_each(|seen| self.note_sent(&seen.sql));
        seen
    }

    fn failed_statement(&mut self) -> Option<FailedStatement> {
        self.watch.as_ref()?.last_failure()
    }
}

impl<C: BorrowMut<MysqlConnection>> sealed::Sealed for MysqlSession<C> {}

impl<C: BorrowMut<MysqlConnection>> Session for MysqlSession<C> {}

/// The error for a transaction that is gone, when the body ignored the error that said so.
fn undone(continued: bool) -> Error {
    let message = match continued {
        false => {
            "the server undid the transaction to end a deadlock, and the error of that statement was passed over (error 1213)"
        }
        true => {
            "the server undid the transaction, and the error that said so was passed over: what the revision did after it is \
             committed, and what it did before is not there"
        }
    };
    let kind = match continued {
        false => DatabaseErrorKind::SerializationFailure,
        true => DatabaseErrorKind::Unknown,
    };
    Error::DatabaseError(kind, Box::new(message.to_owned()))
}

/// The error for a lock that is no longer held.
fn lost() -> Error {
    LockLost::error("the connection broke, or the lock was given back; another run may be at work")
}

/// Whether an error says that the savepoint is gone; no other statement fails with this number.
fn is_without_savepoint(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, facts)
        if facts.message().contains(INSIDE) && facts.message().ends_with("(error 1305)"))
}

/// Whether a table may not be read. The catalogue hides it from a user without rights on it, as if
/// it did not exist.
fn is_denied(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, facts) if facts.message().contains("denied"))
}

impl<C: BorrowMut<MysqlConnection>> Drop for MysqlSession<C> {
    fn drop(&mut self) {
        self.unlock();
    }
}

impl Server {
    /// Queries the server. A broken connection fails at its first statement.
    fn of(connection: &mut MysqlConnection) -> Server {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            version: String,
            #[diesel(sql_type = Nullable<Text>)]
            name: Option<String>,
            #[diesel(sql_type = Text)]
            mode: String,
            #[diesel(sql_type = BigInt)]
            connection: i64,
            #[diesel(sql_type = BigInt)]
            journals: i64,
            #[diesel(sql_type = BigInt)]
            packet: i64,
        }
        let row: QueryResult<Row> = sql_query(format!(
            "SELECT CONVERT(VERSION() USING utf8mb4) AS version, CONVERT(DATABASE() USING utf8mb4) AS name, \
             CONVERT(@@sql_mode USING utf8mb4) AS mode, CAST(CONNECTION_ID() AS SIGNED) AS connection, \
             CAST(@@max_allowed_packet AS SIGNED) AS packet, \
             CAST((SELECT COUNT(*) FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name = '{}') AS SIGNED) AS journals",
            journal::TABLE
        ))
        .get_result(connection);
        let (version, database, mode, connection, has_journal, packet) = match row {
            Ok(row) => (
                row.version,
                row.name,
                row.mode,
                row.connection,
                row.journals > 0,
                usize::try_from(row.packet).unwrap_or_default(),
            ),
            Err(_) => Default::default(),
        };
        Server {
            dialect: match version.contains("MariaDB") {
                true => Dialect::Mariadb,
                false => Dialect::Mysql,
            },
            version,
            database,
            connection,
            plain_backslash: mode.contains("NO_BACKSLASH_ESCAPES"),
            has_journal,
            packet,
        }
    }

    /// A table's name with its database: a revision may run USE.
    fn in_place(&self, table: &str) -> String {
        let database = self.database.as_deref();
        match database.and_then(|name| identifier(self.dialect, name).ok()) {
            Some(database) => format!("{database}.{table}"),
            None => table.to_owned(),
        }
    }
}

/// The server's error with its number.
#[derive(Debug)]
struct Numbered {
    message: String,
    /// The warning before it.
    before: Option<String>,
}

impl DatabaseErrorInformation for Numbered {
    fn message(&self) -> &str {
        &self.message
    }

    fn details(&self) -> Option<&str> {
        self.before.as_deref()
    }

    fn hint(&self) -> Option<&str> {
        None
    }

    fn table_name(&self) -> Option<&str> {
        None
    }

    fn column_name(&self) -> Option<&str> {
        None
    }

    fn constraint_name(&self) -> Option<&str> {
        None
    }

    fn statement_position(&self) -> Option<i32> {
        None
    }
}
