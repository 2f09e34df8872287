//! What the engine writes in addition to a revision's own work: its two tables, and the row that
//! closes a revision in each of them. It knows which rows, and no SQL of its own.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::QueryResult;
use migrate_graph::{Applied, Direction, Graph, Node};

use super::State;
use super::preflight::ReadyStep;
use crate::backend::{Closed, OpenTransaction, Session};
use crate::bookkeeping::{journal_table, version_table};
use crate::error::Unsupported;
use crate::execute::{Failpoint, RunContext, Work};
use crate::journal::{Author, Event, Row};
use crate::revision::Revision;

/// Which of the engine's tables exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BookkeepingTables {
    pub(super) versions: bool,
    pub(super) journal: bool,
}

impl BookkeepingTables {
    /// Both exist.
    pub(super) const BOTH: BookkeepingTables = BookkeepingTables {
        versions: true,
        journal: true,
    };

    pub(super) fn of(state: &State) -> BookkeepingTables {
        BookkeepingTables {
            versions: state.rows.is_some(),
            journal: state.entries.is_some(),
        }
    }

    pub(super) fn are_there(self) -> bool {
        self.versions && self.journal
    }

    /// The statements that create the missing ones.
    fn missing(self, session: &dyn Session) -> Vec<String> {
        let mut statements = Vec::new();
        if !self.versions {
            statements.push(version_table::create_sql(
                session.backend(),
                &session.version_table(),
            ));
        }
        if !self.journal {
            let table = session.journal_table();
            statements.push(journal_table::create_sql(session.backend(), &table));
        }
        statements
    }

    /// Creates the missing ones, in no transaction with other work.
    pub(super) fn create(&mut self, session: &mut dyn Session) -> QueryResult<()> {
        for statement in self.missing(session) {
            session.execute(&statement)?;
        }
        *self = BookkeepingTables::BOTH;
        Ok(())
    }
}

/// The author of rows, and their common data.
#[derive(Clone, Debug)]
pub(super) struct BookkeepingWriter<'a> {
    pub(super) author: &'a Author,
    /// The state of the database before.
    pub(super) from: String,
    pub(super) tables: BookkeepingTables,
}

impl BookkeepingWriter<'_> {
    /// A row about a revision.
    pub(super) fn row(&self, revision: &Revision, direction: Direction, event: Event) -> Row {
        Row {
            checksum: revision.checksum().map(|checksum| checksum.to_string()),
            ..self.row_of(revision.id(), direction, event)
        }
    }

    /// A row about a revision that may be unknown here.
    pub(super) fn row_of(&self, id: &str, direction: Direction, event: Event) -> Row {
        Row {
            from: self.from.clone(),
            ..Row::new(id, direction, event)
        }
    }

    /// The row that closes a step.
    pub(super) fn closing(&self, step: &ReadyStep, took: Duration) -> Row {
        let event = match step.direction {
            Direction::Up => Event::Applied,
            Direction::Down => Event::Reverted,
        };
        let back = matches!(step.work, Work::Revert(_));
        Row {
            micros: Some(took.as_micros()),
            detail: back.then(|| concat!("what was half done was taken", " back").to_owned()),
            ..self.row(step.revision, step.direction, event)
        }
    }

    /// Writes rows of the journal alone.
    pub(super) fn note(&self, session: &mut dyn Session, rows: Vec<Row>) -> QueryResult<()> {
        let table = session.journal_table();
        let insert = journal_table::insert_sql(session.backend(), &table, self.author, rows);
        match insert.map_err(unwritable)? {
            Some(insert) => session.execute(&insert),
            None => Ok(()),
        }
    }

    /// Writes rows of the journal and changes of the version table together, in the open
    /// transaction.
    pub(super) fn write(
        &self,
        session: &mut dyn Session,
        versions: Vec<String>,
        rows: Vec<Row>,
        context: &RunContext<'_>,
    ) -> QueryResult<()> {
        let statements = self.statements(session, versions, rows)?;
        context.at(Failpoint::BeforeJournal);
        let written = session.record(&statements);
        context.at(Failpoint::AfterJournal);
        written
    }

    /// The same at the end of a revision, if it is still in its transaction, which may be committed
    /// then.
    pub(super) fn close(
        &self,
        session: &mut dyn Session,
        begun: &OpenTransaction,
        versions: Vec<String>,
        rows: Vec<Row>,
        context: &RunContext<'_>,
    ) -> QueryResult<Closed> {
        let statements = self.statements(session, versions, rows)?;
        context.at(Failpoint::BeforeJournal);
        let written = session.close(begun, &statements);
        context.at(Failpoint::AfterJournal);
        written
    }

    /// The statements that write them.
    pub(super) fn statements(
        &self,
        session: &dyn Session,
        versions: Vec<String>,
        rows: Vec<Row>,
    ) -> QueryResult<Vec<String>> {
        let mut statements = self.tables.missing(session);
        statements.extend(versions);
        let table = session.journal_table();
        let insert = journal_table::insert_sql(session.backend(), &table, self.author, rows);
        statements.extend(insert.map_err(unwritable)?);
        Ok(statements)
    }
}

/// Writes something in its own transaction.
pub(super) fn in_transaction(
    session: &mut dyn Session,
    write: impl FnOnce(&mut dyn Session) -> QueryResult<()>,
) -> QueryResult<()> {
    let begun = session.begin()?;
    let written = session
        .inside(&begun) // nothing else runs in here
        .and_then(|_| write(session))
        .and_then(|()| session.commit(begun));
    written.inspect_err(|_| {
        let _ = session.rollback(); // the first error is the one to report
    })
}

/// The statement that changes the version table for a revision.
pub(super) fn version_sql(
    session: &dyn Session,
    id: &str,
    direction: Direction,
) -> QueryResult<String> {
    let (backend, table) = (session.backend(), session.version_table());
    match direction {
        Direction::Up => version_table::record_sql(backend, &table, id),
        Direction::Down => version_table::unrecord_sql(backend, &table, id),
    }
    .map_err(unwritable)
}

pub(super) fn unwritable(error: Unsupported) -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(error.into())
}

/// The applied revisions that no applied one continues, updated with each step.
#[derive(Clone, Debug)]
pub(super) struct CurrentHeads(BTreeSet<Node>);

/// The maximum number of revisions that a row names.
const NAMED: usize = 20;

impl CurrentHeads {
    pub(super) fn of(graph: &Graph, applied: &Applied) -> CurrentHeads {
        CurrentHeads(applied.tips(graph).into_iter().collect())
    }

    /// Adds a step that was just done; `applied` includes it already.
    pub(super) fn step(
        &mut self,
        graph: &Graph,
        applied: &Applied,
        node: Node,
        direction: Direction,
    ) {
        let is_tip = |node: &Node| {
            let mut children = graph.children(*node).iter();
            applied.contains(*node) && !children.any(|child| applied.contains(*child))
        };
        match direction {
            Direction::Up => {
                for parent in graph.parents(node) {
                    self.0.remove(parent);
                }
                self.0.extend(Some(node).filter(is_tip));
            }
            Direction::Down => {
                self.0.remove(&node);
                let parents = graph.parents(node).iter().copied();
                self.0.extend(parents.filter(is_tip));
            }
        }
    }

    /// Their ids, as in a row of the journal.
    pub(super) fn text(&self, graph: &Graph) -> String {
        let ids: Vec<&str> = self
            .0
            .iter()
            .take(NAMED)
            .map(|node| graph.id(*node))
            .collect();
        let more = if self.0.len() > NAMED { ", …" } else { "" };
        format!("{}{more}", ids.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use migrate_graph::Header;

    use super::*;

    #[test]
    fn current_heads_match_a_recount() {
        let header = |id: &str, parents: &[&'static str]| Header::new(id, parents.iter().copied());
        let graph = Graph::new(vec![
            header("a", &[]),
            header("b", &["a"]),
            header("c", &["a"]),
            header("d", &["b", "c"]),
            header("e", &["c"]),
        ])
        .unwrap();
        let mut applied = Applied::new(&graph, [""; 0]);
        let mut tips = CurrentHeads::of(&graph, &applied);
        let ups = ["a", "c", "b", "d", "e"].map(|id| (id, Direction::Up));
        let downs = ["d", "e", "c", "b", "a"].map(|id| (id, Direction::Down));
        for (id, direction) in ups.into_iter().chain(downs) {
            let node = graph.node(id).unwrap();
            match direction {
                Direction::Up => applied.insert(node),
                Direction::Down => applied.remove(node),
            }
            tips.step(&graph, &applied, node, direction);
            let counted = CurrentHeads::of(&graph, &applied);
            assert_eq!(tips.text(&graph), counted.text(&graph), "{id}");
        }
    }
}
