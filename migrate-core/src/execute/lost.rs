//! Session state of earlier operations that is lost: the run that did them is over, or a row in the
//! journal replaced it. An operation that needs it is refused before it is sent.

use super::recorder::Place;
use crate::backend::BackendKind;
use crate::error::{LeftBy, OperationError};
use crate::sql::{SessionItem, StatementKind, classify, session_state};

/// The lost session state.
#[derive(Debug, Default)]
pub(super) struct LostState {
    gone: Vec<Gone>,
    /// Temporary tables that this run has created again, and that have only the rows of this run.
    temporary: Vec<SessionItem>,
}

#[derive(Debug)]
struct Gone {
    item: SessionItem,
    left_by: LeftBy,
}

/// State that any statement replaces.
const OF_LAST_STATEMENT: [SessionItem; 2] = [SessionItem::GeneratedId, SessionItem::RowCount];

impl LostState {
    /// Notes an operation that is skipped, since an earlier run did it. Its SQL is known if it was
    /// given as text.
    pub(super) fn left_out(&mut self, place: Place<'_>, sql: Option<&str>, backend: BackendKind) {
        let mut items = OF_LAST_STATEMENT.to_vec();
        items.push(SessionItem::Sequences);
        if let Some(sql) = sql {
            let state = session_state(sql, backend);
            items.extend(
                self.temporary
                    .iter()
                    .filter(|item| state.needs(item))
                    .cloned(),
            );
            items.extend(state.restorable.into_iter().chain(state.lost));
        }
        let left_by = LeftBy::EarlierRun {
            number: place.step + 1,
            operation: place.operation.to_owned(),
        };
        for item in items {
            self.is_gone(item, left_by.clone());
        }
    }

    /// Notes that a row was written to the journal on this connection.
    pub(super) fn journal_was_written(&mut self) {
        for item in OF_LAST_STATEMENT {
            self.is_gone(item, LeftBy::Journal);
        }
    }

    /// Refuses an operation that needs lost state, and notes the state that it sets. `went_past`
    /// says whether an earlier run went past it.
    pub(super) fn before(
        &mut self,
        place: Place<'_>,
        sql: &str,
        backend: BackendKind,
        went_past: bool,
    ) -> Result<(), OperationError> {
        let nothing = self.gone.is_empty() && self.temporary.is_empty();
        if nothing && classify(sql, backend).kind == StatementKind::Rows {
            return Ok(()); // a long text need not be read
        }
        let state = session_state(sql, backend);
        if let Some(gone) = self.gone.iter().find(|gone| state.needs(&gone.item)) {
            return Err(OperationError::Lost {
                operation: place.operation.to_owned(),
                item: gone.item.to_string(),
                left_by: gone.left_by.clone(),
            });
        }
        self.gone.retain(|gone| {
            let again = [&state.restorable, &state.lost, &state.dropped];
            !again.iter().any(|items| items.contains(&gone.item))
        });
        let temporary = |item: &&SessionItem| matches!(item, SessionItem::Temporary(_));
        self.temporary.retain(|item| !state.dropped.contains(item));
        self.temporary
            .extend(state.restorable.iter().filter(temporary).cloned());
        let rows = state.lost.iter().filter(temporary);
        match went_past {
            // the query may have returned other rows to the earlier run
            true => {
                let left_by = LeftBy::EarlierRun {
                    number: place.step + 1,
                    operation: place.operation.to_owned(),
                };
                for item in rows {
                    self.is_gone(item.clone(), left_by.clone());
                }
            }
            false => self.temporary.extend(rows.cloned()),
        }
        Ok(())
    }

    fn is_gone(&mut self, item: SessionItem, left_by: LeftBy) {
        match self.gone.iter_mut().find(|gone| gone.item == item) {
            Some(gone) => gone.left_by = left_by,
            None => self.gone.push(Gone { item, left_by }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BackendKind::{Mysql, Postgres};

    fn place(step: u32) -> Place<'static> {
        Place {
            step,
            hash: "",
            operation: "execute",
        }
    }

    /// Whether the last of these is refused when an earlier run did the first.
    fn refused(backend: BackendKind, left_out: &[&str], run: &[&str]) -> bool {
        let mut lost = LostState::default();
        for sql in left_out {
            lost.left_out(place(0), Some(sql), backend);
        }
        let (last, others) = run.split_last().unwrap();
        for sql in others {
            lost.before(place(1), sql, backend, false).unwrap();
        }
        lost.before(place(2), last, backend, false).is_err()
    }

    #[test]
    fn variables_of_an_earlier_run_are_lost() {
        let computed = ["SELECT n INTO @x FROM t"];
        assert!(refused(Mysql, &computed, &["UPDATE t SET c = @x"]));
        assert!(!refused(Mysql, &computed, &["UPDATE t SET c = 1"]));
        assert!(!refused(
            Mysql,
            &computed,
            &["SET @x = 1", "UPDATE t SET c = @x"]
        ));
        assert!(!refused(
            Mysql,
            &["SET @x = (SELECT 1)", "PREPARE s FROM @x", "EXECUTE s"],
            &["DROP TABLE t"]
        ));
        let mode = ["SET sql_mode = (SELECT m FROM modes)"];
        assert!(refused(Mysql, &mode, &["CREATE TABLE t (a INT)"]));
        assert!(!refused(
            Mysql,
            &mode,
            &["SET sql_mode = ''", "CREATE TABLE t (a INT)"]
        ));
        // both are in one text, so the variable is skipped with its use
        assert!(refused(
            Postgres,
            &["SET search_path TO app; INSERT INTO t VALUES (1)"],
            &["CREATE TABLE a (b int)"]
        ));
        assert!(refused(
            Postgres,
            &["INSERT INTO t VALUES (1)"],
            &["SELECT currval('s')"]
        ));
    }

    #[test]
    fn rows_of_a_temporary_table_are_lost_with_their_run() {
        let create = "CREATE TEMPORARY TABLE tmp (a INT)";
        for (insert_was_done, expected) in [(true, true), (false, false)] {
            let mut lost = LostState::default();
            lost.before(place(0), create, Mysql, true).unwrap();
            if insert_was_done {
                lost.left_out(place(1), Some("INSERT INTO tmp VALUES (1)"), Mysql);
            }
            let mut run = |sql| lost.before(place(2), sql, Mysql, false).is_err();
            assert_eq!(run("INSERT INTO t SELECT a FROM tmp"), expected);
            assert!(!run("DROP TEMPORARY TABLE tmp"));
            assert!(!run("CREATE TABLE tmp (a INT)"));
        }
        let mut lost = LostState::default();
        let query = "CREATE TEMPORARY TABLE tmp AS SELECT * FROM t";
        lost.before(place(0), query, Mysql, true).unwrap();
        assert!(
            lost.before(place(2), "SELECT * FROM tmp", Mysql, false)
                .is_err()
        );
    }

    #[test]
    fn a_journal_row_replaces_what_the_last_statement_left() {
        let mut lost = LostState::default();
        let insert = "INSERT INTO t VALUES (1)";
        let take = "INSERT INTO u VALUES (LAST_INSERT_ID())";
        lost.before(place(0), insert, Mysql, false).unwrap();
        lost.before(place(1), take, Mysql, false).unwrap();
        lost.journal_was_written();
        assert!(lost.before(place(2), take, Mysql, false).is_err());
        lost.before(place(3), insert, Mysql, false).unwrap();
        lost.before(place(4), take, Mysql, false).unwrap();
        lost.journal_was_written();
        lost.before(place(5), "SELECT currval('s')", Postgres, false)
            .unwrap();
    }
}
