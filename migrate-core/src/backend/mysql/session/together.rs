//! Statements in one text with the records before them and the ends of their transaction: one
//! message for all of them. On MySQL and MariaDB.
//!
//! The server runs the text statement by statement and stops at the first error, but does not say
//! which statement that was. Before each one the text sets a variable of the connection, which no
//! rollback and no commit changes: it says how far the server came.

use std::borrow::BorrowMut;

use diesel::QueryResult;
use diesel::connection::{
    AnsiTransactionManager, SimpleConnection, TransactionManager, TransactionManagerStatus,
};
use diesel::mysql::MysqlConnection;
use diesel::result::Error;

use super::super::{lock, lookup, timeouts};
use super::implicit_commits::{INSIDE, Phase};
use super::{MysqlSession, is_without_savepoint, lost};
use crate::backend::{
    Batched, Batching, FailedStatement, LockConflict, OpenTransaction, Together, Whole,
};
use crate::operation::{Operation, Statements};
use crate::sql::{self, TransactionEffect, transaction_effect};

/// How far the server came in a text.
const STEP: &str = "@migrate_step";
/// When the server began the text, and the last statement of the revision.
const SENT: &str = "@migrate_sent";
const BEGAN: &str = "@migrate_began";
/// The microseconds that a statement took, by its number.
const TOOK: &str = "@migrate_took";
/// The present time on the server, which no time zone changes.
const NOW: &str = "UTC_TIMESTAMP(6)";
/// The microseconds since the server began the text.
const ELAPSED: &str = "TIMESTAMPDIFF(MICROSECOND, @migrate_sent, UTC_TIMESTAMP(6))";

/// The most text that waits, in bytes.
const MOST: usize = 1 << 18;
/// How much larger a text is than the statements in it: each is recorded with its text, in which
/// any character may be escaped.
const GROWS: usize = 8;

/// The server cannot read a statement. Its message has the text that follows.
const UNREAD: u32 = 1064;
/// Errors of a statement that was interrupted, or of the text behind it: a server that is shut
/// down, and `KILL QUERY`. A timeout counts for each statement of a text by itself.
const INTERRUPTED: &[u32] = &[1053, 1317];

impl<C: BorrowMut<MysqlConnection>> MysqlSession<C> {
    /// Whether texts of several statements behave as the statements do by themselves, and how many
    /// the server accepts.
    pub(super) fn batching(&mut self) -> Option<Batching> {
        let outside = self.depth().is_ok_and(|depth| depth == 0);
        let most = MOST.min(self.server.packet / GROWS);
        let may = outside && most > 0 && self.restore_settings().is_ok();
        may.then_some(Batching {
            micros: ELAPSED,
            micros_of: |number| format!("{TOOK}_{number}"),
            most,
        })
    }

    /// The only statement of an operation, and its effect, if it may be sent with others. Once the
    /// revision has changed settings of the session, a text may have another meaning.
    pub(super) fn batched(
        &mut self,
        operation: &Operation,
    ) -> QueryResult<Option<(String, TransactionEffect)>> {
        let dialect = self.server.dialect;
        if self.settings.may_differ() || !lookup::is_plain(operation) {
            return Ok(None);
        }
        let Ok(statements) = dialect.rules().ddl(operation) else {
            return Ok(None);
        };
        let Ok([sql]) = <[String; 1]>::try_from(statements) else {
            return Ok(None);
        };
        if !sql::goes_together(&sql, dialect.kind()) {
            return Ok(None);
        }
        let effect = transaction_effect(&sql, dialect.kind());
        let fits = match effect {
            TransactionEffect::Joins => self.without_transactions(&sql)?.is_none(),
            // what follows must know the engines of the tables
            _ => self.engines(|engines, session| engines.stay(session, &sql))?,
        };
        Ok(fits.then_some((sql, effect)))
    }

    /// Sends statements with what is recorded before them; with the beginning of their transaction,
    /// unless it is open, and with its end if there is one.
    pub(super) fn send_together(
        &mut self,
        statements: &[Batched],
        closing: Option<&[String]>,
    ) -> QueryResult<Whole> {
        let begins = self.transaction.phase == Phase::None;
        let ended = matches!(self.transaction.phase, Phase::Ended | Phase::Closing);
        if ended || !begins && self.depth()? > self.transaction.outside + 1 {
            return Ok(Whole::Before(Together::Apart)); // which finds that out
        }
        if begins {
            self.prepare()?;
        }
        let text = Text::of(self, begins, statements, closing);
        self.steps = text.after();
        if begins {
            self.begun();
        }
        self.transaction.committing = closing.is_some();
        let sent = match begins && closing.is_none() {
            true => AnsiTransactionManager::begin_transaction_sql(self.mysql(), &text.sql),
            false => self.mysql().batch_execute(&text.sql),
        };
        let Err(error) = sent else {
            self.ran(statements);
            if closing.is_none() {
                return Ok(Whole::Before(Together::Open(OpenTransaction::new())));
            }
            // it does not know of the COMMIT
            let status = AnsiTransactionManager::transaction_manager_status_mut(self.mysql());
            *status = TransactionManagerStatus::default();
            self.transaction.note_end();
            self.transaction.phase = Phase::None;
            return Ok(Whole::Committed);
        };
        let error = self.numbered(error);
        Ok(self.what_failed(error, &text, begins, statements, closing.is_some()))
    }

    /// Finds out how far the server came.
    fn what_failed(
        &mut self,
        error: Error,
        text: &Text,
        begins: bool,
        statements: &[Batched],
        whole: bool,
    ) -> Whole {
        let step = self.reached(text);
        if let Some(watch) = &self.watch {
            // the text is not a statement of the revision
            let ahead = match &step {
                Ok(Some(Step::Before(at))) => statements[*at].ahead.as_ref(),
                _ => None,
            };
            let failed = ahead.zip(watch.last_failure());
            watch.put_back(failed.map(|(ahead, failed)| FailedStatement {
                sql: format!("{ahead};\nCOMMIT"),
                ..failed
            }));
        }
        let Ok(step) = step else {
            // The connection is lost, so the outcome is unknown. Should only the answer be lost,
            // what is not committed does not stay open for what is sent next.
            let _ = self.mysql().batch_execute("ROLLBACK");
            let may_stay = whole || statements.iter().any(|it| it.ahead.is_some());
            self.transaction.commits += u64::from(may_stay);
            return match whole {
                true => Whole::NotCommitted(error),
                false => Whole::Before(failed(None, error, false)),
            };
        };
        self.transaction.committing = false;
        if begins && matches!(step, None | Some(Step::Beginning)) {
            self.transaction.phase = Phase::None;
            let _ = self.mysql().batch_execute("ROLLBACK"); // nothing of the engine is in it
            self.transaction.ends = None;
            return Whole::Before(match step {
                Some(_) if lock::says_lost(&error) => Together::NotBegun(lost()),
                Some(_) => Together::NotBegun(error),
                None => Together::Apart,
            });
        }
        if begins {
            self.tell_diesel();
        }
        let Some(step) = step else {
            return Whole::Before(Together::Apart);
        };
        match step {
            Step::Beginning => Whole::Before(Together::NotAhead(OpenTransaction::new(), 0, error)),
            Step::Before(at) => {
                self.ran(&statements[..at]);
                Whole::Before(match statements[at].ahead {
                    Some(_) => Together::NotAhead(OpenTransaction::new(), at, error),
                    None => failed(Some(at), error, true),
                })
            }
            Step::Statement(at) => {
                self.ran(&statements[..at]);
                let last = !whole && at + 1 == statements.len();
                Whole::Before(self.statement_failed(&statements[at], at, last, error))
            }
            Step::Closing => {
                self.ran(statements);
                self.not_closed(error)
            }
        }
    }

    /// A statement failed, the `last` of its text or not.
    fn statement_failed(
        &mut self,
        statement: &Batched,
        at: usize,
        last: bool,
        error: Error,
    ) -> Together {
        let code = timeouts::code(&error);
        self.transaction.phase = match statement.ahead {
            Some(_) => {
                self.transaction.note_end();
                self.transaction.mark = None;
                Phase::Committed
            }
            None => Phase::Open,
        };
        if code == Some(UNREAD) {
            // nothing of it was run, and only by itself the message is that of the statement
            return match self.send(&statement.sql) {
                Err(error) => failed(Some(at), error, true),
                Ok(()) => failed(Some(at), error, false),
            };
        }
        self.transaction.victim |= timeouts::lock_conflict(&error) == Some(LockConflict::Deadlock);
        let certain = last || code.is_some_and(|code| !INTERRUPTED.contains(&code));
        failed(Some(at), error, certain)
    }

    /// The end of the transaction failed.
    fn not_closed(&mut self, error: Error) -> Whole {
        let open = self.transaction.phase == Phase::Open;
        if open && is_without_savepoint(&error) {
            // nothing but the release was run
            return match self.is_over() {
                Ok(()) => Whole::Before(Together::Open(OpenTransaction::new())),
                Err(error) => Whole::NotRecorded(OpenTransaction::new(), error),
            };
        }
        self.transaction.phase = Phase::Closing;
        Whole::NotRecorded(OpenTransaction::new(), error)
    }

    /// Notes statements that ran, with what was committed before them.
    fn ran(&mut self, statements: &[Batched]) {
        for statement in statements {
            match statement.ahead {
                Some(_) => {
                    self.transaction.note_end();
                    self.transaction.note_commit();
                }
                None => self.transaction.phase = Phase::Open,
            }
        }
    }

    /// Has diesel know of the transaction that a text has begun.
    fn tell_diesel(&mut self) {
        // on a lost connection, what follows fails too
        let _ = AnsiTransactionManager::begin_transaction_sql(self.mysql(), "DO 0");
    }

    /// How far the server came; none if it has run nothing of the text.
    fn reached(&mut self, text: &Text) -> QueryResult<Option<Step>> {
        let query = format!("SELECT CONVERT(IFNULL({STEP}, 0) USING utf8mb4) AS text");
        let reached = self.texts(&query)?;
        let reached = reached.first().and_then(|step| step.parse::<usize>().ok());
        let place = reached.and_then(|step| step.checked_sub(text.first));
        Ok(place.and_then(|place| text.steps.get(place).copied()))
    }
}

fn failed(at: Option<usize>, error: Error, certain: bool) -> Together {
    Together::Failed {
        begun: OpenTransaction::new(),
        at,
        error,
        certain,
    }
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Beginning,
    /// What the engine sends before the statement at this place.
    Before(usize),
    Statement(usize),
    Closing,
}

/// A text of several statements.
struct Text {
    sql: String,
    /// The number of its first step, which no earlier text has.
    first: usize,
    steps: Vec<Step>,
    /// The number of the statement whose time is not taken yet.
    running: Option<usize>,
}

impl Text {
    fn of<C: BorrowMut<MysqlConnection>>(
        session: &MysqlSession<C>,
        begins: bool,
        statements: &[Batched],
        closing: Option<&[String]>,
    ) -> Text {
        let mut text = Text {
            sql: String::new(),
            first: session.steps,
            steps: Vec::new(),
            running: None,
        };
        text.step(Step::Beginning);
        let begin = || ["BEGIN".to_owned(), format!("SAVEPOINT {INSIDE}")];
        let mut open = begins || session.transaction.phase == Phase::Open;
        if begins {
            text.add_all(session.lock.as_deref().map(lock::guard));
            text.add_all(begin());
        }
        for (at, statement) in statements.iter().enumerate() {
            if statement.ahead.is_some() || !open {
                text.step(Step::Before(at));
            }
            match &statement.ahead {
                Some(ahead) => text.add_all([ahead.clone(), "COMMIT".to_owned()]),
                None if !open => text.add_all(begin()),
                None => {}
            }
            text.step(Step::Statement(at));
            text.running = Some(statement.number);
            text.add(&statement.sql);
            open = statement.ahead.is_none();
        }
        if let Some(closing) = closing {
            text.step(Step::Closing);
            text.add(&match open {
                true => format!("RELEASE SAVEPOINT {INSIDE}"),
                false => "BEGIN".to_owned(),
            });
            text.add_all(closing.iter().cloned());
            text.add("COMMIT");
        }
        text
    }

    /// The number after its last step.
    fn after(&self) -> usize {
        self.first + self.steps.len()
    }

    /// Notes on the server that it came this far, and how long the statement before took.
    fn step(&mut self, step: Step) {
        let mut set = format!("SET {STEP} = {}", self.after());
        let mut assign = |what: String| set.push_str(&format!(", {what}"));
        if let Some(number) = self.running.take() {
            let since = format!("TIMESTAMPDIFF(MICROSECOND, {BEGAN}, {NOW})");
            assign(format!("{TOOK}_{number} = {since}"));
        }
        match step {
            Step::Beginning => assign(format!("{SENT} = {NOW}")),
            Step::Statement(_) => assign(format!("{BEGAN} = {NOW}")),
            Step::Before(_) | Step::Closing => {}
        }
        self.add(&set);
        self.steps.push(step);
    }

    fn add_all(&mut self, statements: impl IntoIterator<Item = String>) {
        for sql in statements {
            self.add(&sql);
        }
    }

    /// Adds a statement. What the one before it ends with may be a comment.
    fn add(&mut self, sql: &str) {
        if !self.sql.is_empty() {
            self.sql.push_str("\n;\n");
        }
        self.sql.push_str(sql.trim_end().trim_end_matches(';'));
    }
}
