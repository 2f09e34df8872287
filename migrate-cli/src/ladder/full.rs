//! The rungs `rows` and `full-tables`: each revision up, down and up on tables that have rows. The
//! one compares the rows, the other wants each to run. A second database without rows runs the same
//! a step ahead: it says what a revision touches, and what the schema is afterwards.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use migrate_graph::{Direction, Loss, Node};

use super::bed::Catalogue;
use super::rows::{Lost, Rows};
use super::seeds::Field;
use super::sowing::Sown;
use super::touched::{Touched, added_constraints, dependents};
use super::{Bed, Halt, Ladder, MOST, Rung, Verdict};
use crate::error::CliError;
use crate::json::TestFailure;
use crate::words::plural;
use migrate_core::Migrator;
use migrate_core::engine::backend;
use migrate_core::error::Error;
use migrate_core::migrator::Event;
use migrate_core::revision::Downgrade;
use migrate_core::schema::{Constraint, ObjectName, Schema, Sql, Table};

/// Rows before something, by their tables.
type Before = BTreeMap<ObjectName, Rows>;

/// Tests by one of both rungs.
pub(super) fn full(ladder: &Ladder<'_>, rung: Rung) -> Result<Verdict, CliError> {
    let kind = ladder.kind;
    let touched = RefCell::new(Touched::default());
    let tracing = ladder.observed(|event| match event {
        Event::Statement { sql, .. } => touched.borrow_mut().statement(sql, kind),
        Event::Rows { table, .. } => touched.borrow_mut().table(table),
        Event::Connection => touched.borrow_mut().anything(),
        _ => {}
    });
    let mut walk = Walk {
        ladder,
        rung,
        doing: Doing::WithoutRows,
        empty: ladder.bed()?,
        full: ladder.bed()?,
        catalogue: None,
        schema: Schema::empty(),
        sown: Sown::default(),
        verdict: Verdict::of("revision"),
        tracing: &tracing,
        touched: &touched,
    };
    let order = ladder.chosen.order();
    for (number, node) in order.iter().copied().enumerate() {
        let done = match ladder.chosen.is_tested(node) {
            true => walk.revision(node),
            false => walk.pass(node),
        };
        let again = match done {
            Ok(()) => continue,
            Err(Halt::Error(error)) => return Err(error),
            Err(Halt::Found(failure)) => walk.again(*failure, number),
        };
        if !again? {
            break;
        }
    }
    Ok(walk.ended())
}

/// What a walk does at the moment: a failure is one of the rung that it matters to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// A revision runs on tables without rows: other rungs report that.
    WithoutRows,
    /// A revision runs on tables with rows.
    WithRows,
    /// Rows are compared.
    Comparing,
}

struct Walk<'l> {
    ladder: &'l Ladder<'l>,
    rung: Rung,
    doing: Doing,
    empty: Bed<'l>,
    full: Bed<'l>,
    /// The catalogue of both, as it was last read.
    catalogue: Option<Catalogue>,
    /// The same as a schema.
    schema: Schema,
    sown: Sown,
    verdict: Verdict,
    /// Runs revisions on tables without rows, and notes what they name.
    tracing: &'l Migrator<'l>,
    touched: &'l RefCell<Touched>,
}

/// What a revision does, as it is known from tables without rows.
struct Step {
    node: Node,
    /// The tables that differ, before and after; all, where only all can be read.
    parts: (Schema, Schema),
    /// The tables before it that it touches.
    touched: Vec<ObjectName>,
    up: Touched,
    losses: Vec<Loss>,
}

impl Step {
    /// Whether it says that it loses something of a table.
    fn loses(&self, table: &ObjectName, column: Option<&str>) -> bool {
        self.losses.iter().any(|loss| {
            let is_table = loss.table.eq_ignore_ascii_case(&table.name);
            let is_column = match (&loss.column, column) {
                (None, _) => true,
                (Some(loss), Some(column)) => loss.eq_ignore_ascii_case(column),
                (Some(_), None) => false,
            };
            is_table && is_column
        })
    }
}

/// The schema before a revision with what the revision demands of its rows.
struct Wider {
    schema: Schema,
    tables: Vec<ObjectName>,
    demands: Vec<(ObjectName, Sql)>,
}

impl Walk<'_> {
    /// Applies a revision that is not tested.
    fn pass(&mut self, node: Node) -> Result<(), Halt> {
        self.doing = Doing::WithRows;
        self.empty.step(self.rung, node, Direction::Up)?;
        self.full.step(self.rung, node, Direction::Up)?;
        self.catalogue = None;
        Ok(())
    }

    /// Tests a revision.
    fn revision(&mut self, node: Node) -> Result<(), Halt> {
        self.verdict.count += 1;
        let step = self.ahead(node)?;
        self.sow(&step)?;
        let before = self.read(&step, None)?;
        let irreversible = self.ladder.is_irreversible(node);
        if irreversible {
            let id = self.ladder.graph.id(node).to_owned();
            self.verdict.irreversible.push(id);
        }
        let mut ran = self.run(&step, "", Direction::Up)?;
        if ran {
            self.compare(&step, &before, Direction::Up)?;
        }
        if ran && !irreversible {
            ran = self.run(&step, "", Direction::Down)?;
            if ran {
                self.compare(&step, &before, Direction::Down)?;
                self.run(&step, "after its downgrade", Direction::Up)?;
            }
        }
        self.patch(&step);
        Ok(())
    }

    /// Runs it on tables without rows.
    fn ahead(&mut self, node: Node) -> Result<Step, Halt> {
        self.doing = Doing::WithoutRows;
        let before = match self.catalogue.take() {
            Some(before) => before,
            None => {
                let before = self.empty.look()?;
                self.schema = self.empty.schema(&before)?;
                before
            }
        };
        let up = self.traced(node, Direction::Up)?;
        let after = self.empty.look()?;
        let mut down = Touched::default();
        if !self.ladder.is_irreversible(node) {
            down = self.traced(node, Direction::Down)?;
            self.traced(node, Direction::Up)?;
        }
        let parts = self.empty.changed(&before, &after)?;
        let mut touched: BTreeSet<ObjectName> = up.of(&self.schema);
        touched.extend(down.of(&self.schema));
        let lossy = self.ladder.revision(node).lossy();
        self.catalogue = Some(after);
        Ok(Step {
            node,
            touched: touched.into_iter().collect(),
            parts,
            up,
            losses: lossy
                .iter()
                .filter_map(|text| Loss::read(text).ok())
                .collect(),
        })
    }

    /// Runs it on tables without rows, and notes what it names.
    fn traced(&mut self, node: Node, direction: Direction) -> Result<Touched, Halt> {
        let ran = self
            .tracing
            .run_alone(self.empty.session()?, node, direction);
        ran.map_err(|error| {
            self.ladder
                .halt(self.rung, "on tables without rows", Some(node), error)
        })?;
        Ok(self.touched.take())
    }

    /// Gives the tables rows that it touches.
    fn sow(&mut self, step: &Step) -> Result<(), Halt> {
        // rows that were made for less may break what it adds
        let wider = self.with_constraints(step);
        let lossy = step.touched.iter().filter(|table| {
            let columns = self.schema.table(table).into_iter();
            let mut names = columns.flat_map(|table| &table.columns);
            step.loses(table, None) || names.any(|one| step.loses(table, Some(&one.name)))
        });
        let lossy: Vec<ObjectName> = lossy.cloned().collect();
        let mut renewed = lossy.clone();
        renewed.extend(wider.iter().flat_map(|wider| wider.tables.iter().cloned()));
        let field = field(self.ladder, &self.schema, wider.as_ref())?;
        let mut wanted = step.touched.clone();
        if !renewed.is_empty() {
            let cleared = dependents(&self.schema, &renewed);
            self.sown.clear(self.full.session()?, field, &cleared)?;
            wanted.extend(cleared);
        }
        if !lossy.is_empty() {
            let calm = Field {
                calm: true,
                whole: true,
                ..field
            };
            self.sown.sow(self.full.session()?, calm, &lossy)?;
        }
        self.sown.sow(self.full.session()?, field, &wanted)?;
        Ok(())
    }

    /// The schema before it with the checks and foreign keys that it adds, if there are some.
    fn with_constraints(&self, step: &Step) -> Option<Wider> {
        let mut added = Vec::new();
        for name in &step.touched {
            let (Some(before), Some(after)) = (self.schema.table(name), step.parts.1.table(name))
            else {
                continue;
            };
            let constraints = added_constraints(before, after, &self.schema, self.ladder.kind);
            if !constraints.is_empty() {
                added.push((name.clone(), constraints));
            }
        }
        if added.is_empty() {
            return None;
        }
        let mut schema = self.schema.clone();
        for (name, constraints) in &added {
            let table = schema.tables.iter_mut().find(|table| table.name == *name);
            table?.constraints.extend(constraints.iter().cloned());
        }
        let mut demands = Vec::new();
        for (name, constraints) in &added {
            let checks = constraints.iter().filter_map(|one| match one {
                Constraint::Check(check) => Some(&check.expression),
                _ => None,
            });
            demands.extend(checks.map(|sql| (name.clone(), sql.clone())));
        }
        Some(Wider {
            schema,
            tables: added.into_iter().map(|(name, _)| name).collect(),
            demands,
        })
    }

    /// The table after it.
    fn after<'s>(&'s self, step: &'s Step, name: &ObjectName) -> Option<&'s Table> {
        match (step.parts.1.table(name), step.parts.0.table(name)) {
            (Some(table), _) => Some(table),
            (None, Some(_)) => None,
            (None, None) => self.schema.table(name),
        }
    }

    /// Reads the touched tables, as they are before it or after it.
    fn read(&mut self, step: &Step, direction: Option<Direction>) -> Result<Before, Halt> {
        let mut rows = Before::new();
        if self.rung != Rung::Rows {
            return Ok(rows);
        }
        for name in &step.touched {
            let table = match direction {
                Some(Direction::Up) => self.after(step, name),
                Some(Direction::Down) | None => self.schema.table(name),
            };
            let Some(table) = table.cloned() else {
                continue;
            };
            let read = Rows::read(self.full.session()?, &table);
            match read {
                Ok(read) => drop(rows.insert(name.clone(), read)),
                // a downgrade may leave another table than the one that was there
                Err(_) if direction == Some(Direction::Down) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(rows)
    }

    /// Compares the rows with those before.
    fn compare(&mut self, step: &Step, before: &Before, direction: Direction) -> Result<(), Halt> {
        self.doing = Doing::Comparing;
        let after = self.read(step, Some(direction))?;
        let mut found = Vec::new();
        for (name, rows) in before {
            let Some(after) = after.get(name) else {
                continue;
            };
            let left_out = |column: &str| self.is_left_out(step, name, column, direction);
            let lost = rows.lost(after, &left_out);
            // whole rows are declared with the table
            let lost = lost.filter(|lost| !lost.columns.is_empty() || !step.loses(name, None));
            if let Some(lost) = lost {
                found.push((name.clone(), lost));
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let lost = self.lost(step.node, found, direction);
        Err(Halt::Found(Box::new(self.full.finds(lost))))
    }

    /// Whether a column may have other values.
    fn is_left_out(
        &self,
        step: &Step,
        name: &ObjectName,
        column: &str,
        direction: Direction,
    ) -> bool {
        let of = |table: Option<&'_ Table>| {
            let mut columns = table.into_iter().flat_map(|table| table.columns.clone());
            columns.find(|found| found.name == column)
        };
        let (before, after) = (of(self.schema.table(name)), of(self.after(step, name)));
        // the server writes it whenever another column of the row is written
        let is_dated = before
            .as_ref()
            .is_some_and(|column| column.on_update.is_some());
        // what there is nothing to revert of stays as the upgrade left it
        let downgrade = self.ladder.revision(step.node).downgrade();
        let stays = direction == Direction::Up || matches!(downgrade, Downgrade::Nothing);
        let is_meant = stays && (step.up.changes(column) || before != after);
        is_dated || is_meant || step.loses(name, Some(column))
    }

    fn lost(
        &self,
        node: Node,
        found: Vec<(ObjectName, Lost)>,
        direction: Direction,
    ) -> TestFailure {
        let does = match direction {
            Direction::Up => "the upgrade loses rows that were there",
            Direction::Down => {
                "the downgrade does not restore the rows that were there before the upgrade"
            }
        };
        let mut failure = self.ladder.failure(self.rung, node, does);
        let mut entries = Vec::new();
        for (table, lost) in found {
            let what = match lost.columns.as_slice() {
                [] => format!("`{table}`"),
                columns => columns
                    .iter()
                    .map(|column| format!("`{table}.{column}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            failure.notes.push(format!(
                "{what}: {} of {} differ or are gone, such as {}",
                lost.rows,
                plural(lost.of, "row"),
                lost.example
            ));
            match lost.columns.first() {
                Some(column) => entries.push(format!("\"{}.{column}: …\"", table.name)),
                None => entries.push(format!("\"{}: …\"", table.name)),
            }
        }
        failure.notes.push(format!(
            "if that is right, declare it with the reason: `lossy = [{}]`",
            entries.join(", ")
        ));
        failure
    }

    /// Runs it on tables with rows. Returns whether these rows are still there; if not, all of the
    /// revision ran with others.
    fn run(&mut self, step: &Step, when: &str, direction: Direction) -> Result<bool, Halt> {
        self.doing = Doing::WithRows;
        let migrator = self.ladder.steps();
        let Err(error) = migrator.run_alone(self.full.session()?, step.node, direction) else {
            return Ok(true);
        };
        let changes_rows = matches!(&error, Error::Revision(failure)
            if failure.statement.as_deref().is_none_or(changes_rows));
        let when = match (when, direction) {
            ("", Direction::Up) => "on tables with rows",
            ("", Direction::Down) => "its downgrade, on tables with rows",
            (when, _) => when,
        };
        let halt = self.ladder.halt(self.rung, when, Some(step.node), error);
        let Halt::Found(mut failure) = halt else {
            return Err(halt);
        };
        if changes_rows && self.runs_calmly(step)? {
            let id = self.ladder.graph.id(step.node);
            self.verdict.notes.push(format!(
                "`{id}` fails only over values at the edges of their types: {}",
                failure.message
            ));
            return Ok(false);
        }
        let tables = step.touched.iter().map(|table| format!("`{table}`"));
        let tables: Vec<String> = tables.collect();
        if !tables.is_empty() {
            failure.notes.push(format!(
                "on tables without rows it runs; with rows: {}",
                tables.join(", ")
            ));
        }
        Err(self.full.halts(Halt::Found(failure)))
    }

    /// Whether it runs up, down and up on a new database whose rows have no values at the edges of
    /// their types; that database is used from then on.
    fn runs_calmly(&mut self, step: &Step) -> Result<bool, Halt> {
        let order = self.ladder.chosen.order();
        let number = order
            .iter()
            .position(|node| *node == step.node)
            .unwrap_or(0);
        self.full = self.ladder.bed_with(self.rung, &order[..number])?;
        self.sown = Sown::default();
        let wider = self.with_constraints(step);
        let field = Field {
            calm: true,
            ..field(self.ladder, &self.schema, wider.as_ref())?
        };
        self.sown.sow(self.full.session()?, field, &step.touched)?;
        let migrator = self.ladder.steps();
        let mut directions = vec![Direction::Up];
        if !self.ladder.is_irreversible(step.node) {
            directions.extend([Direction::Down, Direction::Up]);
        }
        for direction in directions {
            let ran = migrator.run_alone(self.full.session()?, step.node, direction);
            match ran.map_err(|error| self.ladder.halt(self.rung, "", Some(step.node), error)) {
                Ok(()) => {}
                Err(Halt::Found(_)) => return Ok(false),
                Err(halt) => return Err(halt),
            }
        }
        Ok(true)
    }

    /// The schema after it becomes the one before the next.
    fn patch(&mut self, step: &Step) {
        let (before, after) = &step.parts;
        let is_gone =
            |name: &ObjectName| before.table(name).is_some() && after.table(name).is_none();
        self.sown.forget(is_gone);
        // a table may be the other one under a new name
        self.sown
            .forget(|name| before.table(name).is_none() && after.table(name).is_some());
        match self.empty.is_whole() {
            true => self.schema = after.clone(),
            false => replace(&mut self.schema, before, after),
        }
    }

    /// After a failure: new databases after this revision; whether the walk goes on.
    fn again(&mut self, failure: TestFailure, number: usize) -> Result<bool, CliError> {
        let order = self.ladder.chosen.order();
        let id = self.ladder.graph.id(order[number]);
        let is_own = failure.revision.as_deref() == Some(id);
        let is_mine = match self.rung {
            // what does not run is the other rung's matter
            Rung::Rows => self.doing == Doing::Comparing,
            _ => self.doing != Doing::WithoutRows,
        };
        if is_mine && is_own {
            self.verdict.failures.push(failure);
        } else {
            self.verdict.count -= usize::from(self.ladder.chosen.is_tested(order[number]));
            let note = format!("`{id}` was not tested: {}", failure.message);
            self.verdict.notes.push(note);
        }
        if self.verdict.failures.len() == MOST {
            let left = self.ladder.chosen.len() - self.verdict.count;
            self.verdict.notes.push(format!(
                "{left} revisions were not tested after {MOST} failures"
            ));
            return Ok(false);
        }
        for with_rows in [false, true] {
            match self.ladder.bed_with(self.rung, &order[..=number]) {
                Ok(bed) if with_rows => self.full = bed,
                Ok(bed) => self.empty = bed,
                Err(Halt::Error(error)) => return Err(error),
                Err(Halt::Found(_)) => {
                    self.verdict
                        .notes
                        .push(format!("the revisions after `{id}` were not tested"));
                    return Ok(false);
                }
            }
        }
        self.catalogue = None;
        self.sown = Sown::default();
        Ok(true)
    }

    /// The verdict, with what was not tested with rows.
    fn ended(mut self) -> Verdict {
        for (table, why) in self.sown.refused() {
            self.verdict
                .notes
                .push(format!("`{table}` has no rows: {why}"));
        }
        self.verdict
    }
}

/// What rows are made for: the schema before a revision, or what it demands besides.
fn field<'s>(
    ladder: &Ladder<'_>,
    schema: &'s Schema,
    wider: Option<&'s Wider>,
) -> Result<Field<'s>, CliError> {
    Ok(Field {
        schema: wider.map_or(schema, |wider| &wider.schema),
        rules: backend::rules(ladder.kind)?,
        seed: ladder.seed,
        calm: false,
        whole: false,
        demands: wider.map_or(&[], |wider| &wider.demands),
    })
}

/// Whether a statement changes rows, and not the schema.
fn changes_rows(statement: &str) -> bool {
    let first = statement
        .trim_start()
        .split(|sign: char| !sign.is_ascii_alphabetic())
        .next();
    let first = first.unwrap_or_default().to_ascii_lowercase();
    !matches!(
        first.as_str(),
        "alter" | "create" | "drop" | "rename" | "comment" | "truncate"
    )
}

/// Replaces a part of a schema.
fn replace(schema: &mut Schema, before: &Schema, after: &Schema) {
    let tables: BTreeSet<&ObjectName> = before
        .tables
        .iter()
        .chain(&after.tables)
        .map(|table| &table.name)
        .collect();
    schema.tables.retain(|table| !tables.contains(&table.name));
    schema
        .indexes
        .retain(|index| !tables.contains(&index.table));
    schema
        .views
        .retain(|view| !before.views.iter().any(|gone| gone.name == view.name));
    schema.others.retain(|other| !before.others.contains(other));
    schema.tables.extend(after.tables.iter().cloned());
    schema.indexes.extend(after.indexes.iter().cloned());
    schema.views.extend(after.views.iter().cloned());
    schema.others.extend(after.others.iter().cloned());
}
