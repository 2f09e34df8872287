//! Transactions that the text of a revision begins and ends itself, and locks on tables: each is
//! one operation. An executor records it inside where the database rolls all of it back, and else
//! before it.

use std::time::{Duration, Instant};

use super::context::{Failpoint, OperationEvent};
use super::live::{Live, failed_statement};
use super::script::raw;
use crate::error::OperationError;
use crate::sql::{self, Part, StatementKind, Transaction, TransactionEffect};

/// The error, and the line of the statement.
pub(super) struct Failed {
    pub(super) error: OperationError,
    pub(super) line: Option<u32>,
    /// Whether it may have been committed.
    pub(super) in_doubt: bool,
}

impl Failed {
    pub(super) fn at(line: Option<u32>) -> impl Fn(OperationError) -> Failed + Copy {
        move |error| Failed {
            error,
            line,
            in_doubt: false,
        }
    }
}

impl From<OperationError> for Failed {
    fn from(error: OperationError) -> Failed {
        Failed::at(None)(error)
    }
}

/// Runs a transaction of the text, or the statements that run while it has locked tables, and
/// records nothing of it.
pub(super) fn run(live: &mut Live<'_>, name: &str, part: &Part<'_>) -> Result<(), Failed> {
    match atomic(live, part)? {
        Some(own) => run_atomic(live, name, own, |_, _| Ok(()))?,
        None => run_alone(live, name, part)?,
    };
    live.done(name);
    live.keep_all();
    Ok(())
}

/// The transaction, if the database rolls all of it back when it is not committed.
pub(super) fn atomic<'p, 's>(
    live: &mut Live<'_>,
    part: &'p Part<'s>,
) -> Result<Option<&'p Transaction<'s>>, OperationError> {
    let Part::Transaction(own) = part else {
        return Ok(None);
    };
    let rules = live.rules();
    let kind = rules.kind();
    if rules.capabilities().transactional_ddl {
        return Ok(Some(own));
    }
    for statement in &own.statements {
        let sql = statement.sql;
        let apart = sql::classify(sql, kind).kind == StatementKind::Setting
            || sql::control(sql, kind).is_some();
        let mut effect = || {
            live.session
                .transaction_effect(sql)
                .map_err(OperationError::Catalogue)
        };
        if !apart && effect()? != TransactionEffect::Joins {
            return Ok(None);
        }
    }
    Ok(Some(own))
}

/// Runs a transaction; `record` writes its record before the commit. Returns how long all of it
/// took.
pub(super) fn run_atomic<'a>(
    live: &mut Live<'a>,
    name: &str,
    own: &Transaction<'_>,
    record: impl FnOnce(&mut Live<'a>, Duration) -> Result<(), OperationError>,
) -> Result<Duration, Failed> {
    let line = own.begin.map(|begin| begin.line);
    let of =
        |sql: &'static str| move |source| Failed::at(line)(failed_statement(name, sql, source));
    let start = Instant::now();
    live.at(Failpoint::BeforeBegin);
    let begin = own.begin.map_or("BEGIN", |begin| begin.sql);
    let begun = live.session.begin_own(begin);
    live.at(Failpoint::AfterBegin);
    let begun = begun.map_err(of("BEGIN"))?;
    let worked = run_statements(live, name, own).and_then(|()| match own.commits {
        true => live
            .session
            .settle()
            .and_then(|()| record(live, start.elapsed()))
            .map_err(Failed::at(line)),
        false => Ok(()),
    });
    if let Err(failed) = worked {
        let _ = live.session.rollback(); // the first error is the one to report
        return Err(failed);
    }
    live.at(Failpoint::BeforeCommit);
    let ended = match own.commits {
        true => live.session.commit(begun),
        false => live.session.rollback(),
    };
    live.at(Failpoint::AfterCommit);
    ended.map(|()| start.elapsed()).map_err(|source| {
        let in_doubt = own.commits && !live.session.is_alive();
        let _ = live.session.rollback(); // if any of it is left
        let end = if own.commits { "COMMIT" } else { "ROLLBACK" };
        Failed {
            in_doubt,
            ..of(end)(source)
        }
    })
}

fn run_statements(live: &mut Live<'_>, name: &str, own: &Transaction<'_>) -> Result<(), Failed> {
    for statement in &own.statements {
        let at = Failed::at(Some(statement.line));
        for sql in live.session.statements(&raw(statement.sql)).map_err(at)? {
            let sent = live.send(&sql).1;
            sent.map_err(|source| at(failed_statement(name, &sql, source)))?;
        }
    }
    Ok(())
}

/// Runs statements with nothing between them; returns how long they took.
pub(super) fn run_alone(
    live: &mut Live<'_>,
    name: &str,
    part: &Part<'_>,
) -> Result<Duration, Failed> {
    let statements = part.statements();
    let all: Vec<&str> = statements.iter().map(|(sql, _)| *sql).collect();
    let start = Instant::now();
    live.at(Failpoint::BeforeStatement);
    let context = live.context.clone();
    let ran = live.session.run_alone(&all, &mut |sql, duration| {
        context.report(&OperationEvent::Statement { sql, duration });
        context.at(Failpoint::AfterStatement);
        context.at(Failpoint::BeforeStatement);
    });
    live.at(Failpoint::AfterStatement);
    ran.map(|()| start.elapsed()).map_err(|(index, source)| {
        let (sql, line) = statements.get(index).copied().unwrap_or(("", 1));
        Failed::at(Some(line))(failed_statement(name, sql, source))
    })
}
