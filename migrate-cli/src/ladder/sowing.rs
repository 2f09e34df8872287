//! Writes the rows of `seeds` into a scratch database, each table once, and says which tables got
//! none. It must not know which revision they are for.

use std::collections::BTreeMap;

use super::seeds::{Field, ROWS, Seeds, TRIES};
use crate::error::CliError;
use migrate_core::engine::backend::{BackendKind, Inside, Session};
use migrate_core::error::{Error, Unsupported};
use migrate_core::schema::{ObjectName, Sql, Value};

/// What has become of the tables so far.
#[derive(Debug, Default)]
pub(super) struct Sown {
    /// How many rows a table has.
    rows: BTreeMap<ObjectName, usize>,
    /// Why a table has none.
    refused: BTreeMap<ObjectName, String>,
}

impl Sown {
    /// The tables without rows, and why.
    pub(super) fn refused(&self) -> impl Iterator<Item = (&ObjectName, &str)> {
        self.refused
            .iter()
            .map(|(table, why)| (table, why.as_str()))
    }

    /// How many tables have rows.
    pub(super) fn len(&self) -> usize {
        self.rows.values().filter(|rows| **rows > 0).count()
    }

    /// Forgets the tables of which this is true.
    pub(super) fn forget(&mut self, gone: impl Fn(&ObjectName) -> bool) {
        self.rows.retain(|table, _| !gone(table));
        self.refused.retain(|table, _| !gone(table));
    }

    fn is_done(&self, table: &ObjectName) -> bool {
        self.rows.contains_key(table) || self.refused.contains_key(table)
    }

    /// Gives these tables rows, and those that they refer to, unless they have some.
    pub(super) fn sow(
        &mut self,
        session: &mut dyn Session,
        field: Field<'_>,
        wanted: &[ObjectName],
    ) -> Result<(), CliError> {
        if wanted.iter().all(|table| self.is_done(table)) {
            return Ok(());
        }
        let failed = |source| CliError::from(Error::database("fill the scratch database", source));
        for _ in 0..2 {
            let begun = session.begin().map_err(failed)?;
            let Some(deferred) = self.in_transaction(session, field, wanted)? else {
                let ended = match session.inside(&begun).map_err(failed)? {
                    Inside::Ended => session.rollback_all(),
                    Inside::Yes | Inside::Nested => session.commit(begun),
                };
                return ended.map_err(failed);
            };
            session.rollback().map_err(failed)?;
            self.refused.extend(deferred);
        }
        Ok(())
    }

    /// Returns the tables with deferred keys that could not be filled, for which nothing is kept.
    fn in_transaction(
        &mut self,
        session: &mut dyn Session,
        field: Field<'_>,
        wanted: &[ObjectName],
    ) -> Result<Option<BTreeMap<ObjectName, String>>, CliError> {
        let before = self.rows.clone();
        let plan = field.plan(wanted.iter().cloned(), |table| self.is_done(table));
        if plan.defers {
            let defer = match field.rules.kind() {
                BackendKind::Sqlite => "PRAGMA defer_foreign_keys = ON",
                _ => "SET CONSTRAINTS ALL DEFERRED",
            };
            run(session, defer)?;
        }
        for table in plan.left {
            let why =
                "its foreign keys are a cycle without a key that may be NULL or is deferrable";
            self.refused.insert(table.name.clone(), why.to_owned());
        }
        for seeds in &plan.tables {
            self.table(session, seeds, field)?;
        }
        let mut unfilled = BTreeMap::new();
        for seeds in &plan.tables {
            for statement in seeds.fill().unwrap_or_default() {
                if let Err(error) = tried(session, &[statement], &[])?
                    && plan.defers
                {
                    unfilled.insert(seeds.table().name.clone(), error);
                }
            }
        }
        if plan.defers && unfilled.is_empty() {
            let check = match field.rules.kind() {
                BackendKind::Sqlite => {
                    let broken = texts(
                        session,
                        "SELECT \"table\" AS text FROM pragma_foreign_key_check",
                    )?;
                    let why = "a deferred foreign key stays without its row".to_owned();
                    unfilled.extend(broken.into_iter().map(|table| (table.into(), why.clone())));
                    Ok(())
                }
                _ => tried(session, &["SET CONSTRAINTS ALL IMMEDIATE".to_owned()], &[])?,
            };
            if let Err(error) = check {
                let later = plan.tables.iter().filter(|seeds| seeds.has_later());
                unfilled.extend(later.map(|seeds| (seeds.table().name.clone(), error.clone())));
            }
        }
        if unfilled.is_empty() {
            return Ok(None);
        }
        self.rows = before;
        Ok(Some(unfilled))
    }

    /// Inserts the rows of one table.
    fn table(
        &mut self,
        session: &mut dyn Session,
        seeds: &Seeds<'_>,
        field: Field<'_>,
    ) -> Result<(), CliError> {
        let name = &seeds.table().name;
        let quoted = match field.rules.name(name) {
            Ok(quoted) => quoted,
            Err(error) => {
                self.refused.insert(name.clone(), error.to_string());
                return Ok(());
            }
        };
        let there = texts(session, &format!("SELECT '' AS text FROM {quoted}"))?.len();
        if there > 0 {
            self.rows.insert(name.clone(), there);
            return Ok(());
        }
        let rows = |table: &ObjectName| self.rows.get(table).copied().unwrap_or_default();
        let inserted = match seeds.obstacle(&rows) {
            Some(why) => Err(why),
            None if seeds.columns().is_empty() => {
                let values = match field.rules.kind() {
                    BackendKind::Sqlite | BackendKind::Postgres => "DEFAULT VALUES",
                    _ => "() VALUES ()",
                };
                let statement = format!("INSERT INTO {quoted} {values}");
                let all = tried(session, &vec![statement.clone(); ROWS], &[])?.map(|()| ROWS);
                match all {
                    Ok(rows) => Ok(rows),
                    Err(_) => tried(session, &[statement], &[])?.map(|()| 1),
                }
            }
            None => inserted(session, seeds, field, &rows)?,
        };
        match inserted {
            Ok(rows) => drop(self.rows.insert(name.clone(), rows)),
            Err(why) => drop(self.refused.insert(name.clone(), why)),
        }
        Ok(())
    }

    /// Deletes all rows of a table, and of those that refer to it; the tables are to be given in
    /// the order in which that is possible.
    pub(super) fn clear(
        &mut self,
        session: &mut dyn Session,
        field: Field<'_>,
        tables: &[ObjectName],
    ) -> Result<(), CliError> {
        let mut left: Vec<&ObjectName> = tables.iter().collect();
        // a key to itself or a cycle needs more than one round
        for _ in 0..=tables.len() {
            let mut still = Vec::new();
            for table in left {
                let Ok(quoted) = field.rules.name(table) else {
                    continue;
                };
                match session.execute(&format!("DELETE FROM {quoted}")) {
                    Ok(()) => self.forget(|other| other == table),
                    Err(_) => still.push(table),
                }
            }
            left = still;
            if left.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

/// Inserts rows, all at once or one by one; how many there are, or what refused the last one.
fn inserted(
    session: &mut dyn Session,
    seeds: &Seeds<'_>,
    field: Field<'_>,
    rows: &dyn Fn(&ObjectName) -> usize,
) -> Result<Result<usize, String>, CliError> {
    let statements =
        |made: Result<Vec<Vec<Value>>, Unsupported>| -> Result<Vec<String>, Unsupported> {
            field.rules.ddl(&seeds.insert(made?))
        };
    let demands = demands(field, &seeds.table().name);
    let all = statements((0..ROWS).map(|number| seeds.row(number, 0, rows)).collect());
    let all = match all {
        Ok(all) => all,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if tried(session, &all, &demands)?.is_ok() {
        return Ok(Ok(ROWS));
    }
    let (mut done, mut last) = (0, String::new());
    for number in 0..ROWS {
        for attempt in 0..TRIES {
            let one = match statements(seeds.row(number, attempt, rows).map(|row| vec![row])) {
                Ok(one) => one,
                Err(error) => return Ok(Err(error.to_string())),
            };
            match tried(session, &one, &demands)? {
                Ok(()) => {
                    done += 1;
                    break;
                }
                Err(error) => last = error,
            }
        }
        if done == 0 && number == 1 {
            break; // nothing was found with twice as many tries
        }
    }
    Ok(match done {
        0 => Err(last),
        done => Ok(done),
    })
}

/// Queries for rows of a table that break what is demanded of them.
fn demands(field: Field<'_>, table: &ObjectName) -> Vec<String> {
    let demands = field.demands.iter().filter(|(name, _)| name == table);
    let query = |(_, sql): &(ObjectName, Sql)| {
        let text = sql.text(field.rules.kind());
        let table = field.rules.name(table).ok()?;
        Some(format!("SELECT '' AS text FROM {table} WHERE NOT ({text})"))
    };
    demands.filter_map(query).collect()
}

/// Runs statements within a savepoint. The inner error, or a row that a query finds afterwards,
/// leaves nothing behind.
fn tried(
    session: &mut dyn Session,
    statements: &[String],
    demands: &[String],
) -> Result<Result<(), String>, CliError> {
    run(session, "SAVEPOINT seeding")?;
    let mut ran = Ok(());
    for statement in statements {
        let next = |()| {
            session
                .execute(statement)
                .map_err(|error| error.to_string())
        };
        ran = ran.and_then(next);
    }
    for demand in demands {
        if ran.is_ok() && !texts(session, demand)?.is_empty() {
            ran = Err("a check that the revision adds".to_owned());
        }
    }
    if ran.is_err() {
        run(session, "ROLLBACK TO SAVEPOINT seeding")?;
    }
    run(session, "RELEASE SAVEPOINT seeding")?;
    Ok(ran)
}

fn run(session: &mut dyn Session, statement: &str) -> Result<(), CliError> {
    let failed = |source| CliError::from(Error::database("fill the scratch database", source));
    session.execute(statement).map_err(failed)
}

fn texts(session: &mut dyn Session, query: &str) -> Result<Vec<String>, CliError> {
    let failed = |source| CliError::from(Error::database("look at the rows", source));
    session.texts(query).map_err(failed)
}
