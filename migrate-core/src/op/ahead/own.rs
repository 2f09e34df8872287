//! Transactions that the text of a revision begins and ends itself, and locks on tables: each is one operation, with its row
//! inside where the database allows, and else written down before.

use std::time::Instant;

use super::{Next, Place, failed_at};
use crate::backend::Fate;
use crate::error::OperationError;
use crate::journal::{Event, hash_of};
use crate::op::steps::Known;
use crate::op::{Boundary, Happening, Operations, Statement, sql};
use crate::operation::Operation;
use crate::sql::{self as text, Part, StatementKind, Transaction};

/// What went wrong, and the line of the statement.
type Failed = (OperationError, Option<u32>);

impl<'a> Operations<'a> {
    /// Carries out a transaction of the revision's own, or what it does while it has locked tables, unless an earlier run did.
    pub(in crate::op) fn carry_out_own(
        &mut self,
        operation: &Operation,
        name: &str,
        part: &Part<'_>,
    ) -> Result<(), Failed> {
        let hash = hash_of(operation);
        let mut place = None;
        if self.steps.is_some() {
            let plain = |error| (error, None);
            self.flush_step(Some(operation)).map_err(plain)?;
            let step = self.steps_mut().advance();
            let here = Place {
                step,
                hash: &hash,
                operation: name,
            };
            let done = match self.steps_mut().known(here).map_err(plain)? {
                Known::New => false,
                Known::Finished => true,
                Known::Begun(open) => matches!(
                    self.settle(operation, here, &open).map_err(plain)?,
                    Next::Nothing
                ),
            };
            if done {
                self.leave_out(operation, here);
                self.keep(name);
                return Ok(());
            }
            place = Some(here);
        }
        let atomic = match part {
            Part::Transaction(own) => self.is_atomic(own).map_err(|error| (error, None))?,
            _ => false,
        };
        match part {
            Part::Transaction(own) if atomic => self.run_atomic(name, place, own),
            part => self.run_alone(name, place, part),
        }?;
        self.keep(name);
        Ok(())
    }

    /// Whether the database undoes all of a transaction that is not committed.
    fn is_atomic(&mut self, own: &Transaction<'_>) -> Result<bool, OperationError> {
        let rules = self.backend_rules();
        let kind = rules.kind();
        if rules.capabilities().transactional_ddl {
            return Ok(true);
        }
        for statement in &own.statements {
            let sql = statement.sql;
            let apart = text::classify(sql, kind).kind == StatementKind::Setting
                || text::control(sql, kind).is_some();
            let session = self.session()?;
            if !apart && session.fate(sql).map_err(OperationError::Catalogue)? != Fate::Stays {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Runs a transaction with its row inside.
    fn run_atomic(
        &mut self,
        name: &str,
        place: Option<Place<'_>>,
        own: &Transaction<'_>,
    ) -> Result<(), Failed> {
        let start = Instant::now();
        let line = own.begin.map(|begin| begin.line);
        let of = |sql: &'static str| {
            let operation = name.to_owned();
            move |source| {
                let error = OperationError::Statement {
                    operation,
                    sql: sql.to_owned(),
                    source,
                };
                (error, line)
            }
        };
        let plain = |error| (error, line);
        self.at(Boundary::BeforeBegin);
        let begin = own.begin.map_or("BEGIN", |begin| begin.sql);
        let begun = self.session().map_err(plain)?.begin_own(begin);
        self.at(Boundary::AfterBegin);
        begun.map_err(of("BEGIN"))?;
        let worked = self.work_own(name, place, own, start);
        if worked.is_err() {
            if let Ok(session) = self.session() {
                let _ = session.rollback();
            } // the first error is the one to tell
            return worked;
        }
        self.at(Boundary::BeforeCommit);
        let session = self.session().map_err(plain)?;
        let ended = match own.commits {
            true => session.commit(),
            false => session.rollback(),
        };
        self.at(Boundary::AfterCommit);
        if ended.is_err() {
            let session = self.session().map_err(plain)?;
            let lost = !session.is_alive();
            let _ = session.rollback(); // whatever is left of it
            if let Some(steps) = &mut self.steps {
                steps.in_doubt |= lost && own.commits;
            }
        }
        ended.map_err(of(if own.commits { "COMMIT" } else { "ROLLBACK" }))?;
        match place {
            Some(_) if own.commits => self.steps_mut().saved(),
            // it has left nothing, and is done all the same
            Some(place) => self
                .steps_mut()
                .done(place, None, Some(start.elapsed()), true),
            None => {}
        }
        Ok(())
    }

    fn work_own(
        &mut self,
        name: &str,
        place: Option<Place<'_>>,
        own: &Transaction<'_>,
        start: Instant,
    ) -> Result<(), Failed> {
        for statement in &own.statements {
            let at = |error| (error, Some(statement.line));
            let operation = Statement::from(sql(statement.sql)).into_operation();
            let session = self.session().map_err(at)?;
            for sql in session.statements(&operation).map_err(at)? {
                self.send(&sql).1.map_err(|source| {
                    let operation = name.to_owned();
                    at(OperationError::Statement {
                        operation,
                        sql,
                        source,
                    })
                })?;
            }
        }
        let plain = |error| (error, own.begin.map(|begin| begin.line));
        if !own.commits {
            return Ok(());
        }
        self.session().map_err(plain)?.settle().map_err(plain)?;
        if let Some(place) = place {
            let row = crate::journal::Row {
                micros: Some(start.elapsed().as_micros()),
                ..self.steps_mut().row_of(Event::Done, place)
            };
            let insert = self.insert(vec![row]).map_err(plain)?;
            self.record(&insert).map_err(plain)?;
        }
        Ok(())
    }

    /// Runs statements with nothing between them, after they were written down.
    fn run_alone(
        &mut self,
        name: &str,
        place: Option<Place<'_>>,
        part: &Part<'_>,
    ) -> Result<(), Failed> {
        let statements = part.statements();
        let all: Vec<&str> = statements.iter().map(|(sql, _)| *sql).collect();
        let first = statements.first().map(|(_, line)| *line);
        let plain = |error| (error, first);
        if let Some(place) = place {
            self.write_ahead(place, &[part.text()], 0, (true, true))
                .map_err(plain)?;
        }
        let start = Instant::now();
        self.at(Boundary::BeforeStatement);
        let situation = self.situation.clone();
        let ran = self
            .session()
            .map_err(plain)?
            .run_alone(&all, &mut |sql, duration| {
                situation.tell(&Happening::Statement { sql, duration });
                situation.at(Boundary::AfterStatement);
                situation.at(Boundary::BeforeStatement);
            });
        self.at(Boundary::AfterStatement);
        ran.map_err(|(index, source)| {
            let (sql, line) = statements.get(index).copied().unwrap_or(("", 1));
            let error = match place {
                Some(place) => failed_at(place, sql, source),
                None => OperationError::Statement {
                    operation: name.to_owned(),
                    sql: sql.to_owned(),
                    source,
                },
            };
            (error, Some(line))
        })?;
        if let Some(place) = place {
            let steps = self.steps_mut();
            steps.in_doubt = false;
            steps.done(place, None, Some(start.elapsed()), true);
        }
        Ok(())
    }
}
