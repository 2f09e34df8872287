//! The rungs `rows` and `full-tables`: each revision up, down and up on tables that have rows. The
//! one compares the rows, the other wants each to run: both are one walk. What a revision touches,
//! and what the schema is afterwards, was seen by `stairway`; else a second database without rows
//! runs the same a step ahead.

mod verdicts;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use migrate_graph::{Direction, Loss, Node};

use super::bed::Catalogue;
use super::part::replace;
use super::rows::{Lost, Rows};
use super::seeds::Field;
use super::sowing::Sown;
use super::stairway::Seen;
use super::touched::{Touched, added_constraints, dependents};
use super::{Bed, Halt, Ladder, Rung, Verdict};
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
    if let Some((_, verdict)) = ladder.own.walked.take().filter(|(of, _)| *of == rung) {
        return Ok(verdict);
    }
    let touched = RefCell::new(Touched::default());
    let tracing = ladder.tracing(&touched);
    let mut walk = Walk {
        ladder,
        with_rows: false,
        seen: ladder.own.seen.take().map(Vec::into_iter),
        empty: None,
        full: ladder.bed()?,
        catalogue: None,
        schema: Schema::empty(),
        running: None,
        sown: Sown::default(),
        rows: Verdict::of("revision"),
        runs: Verdict::of("revision"),
        tracing: &tracing,
        touched: &touched,
    };
    let order = ladder.chosen.order();
    for (number, node) in order.iter().copied().enumerate() {
        let done = match ladder.chosen.is_tested(node) {
            true => walk.revision(node),
            false => walk.pass(node),
        };
        match done {
            Ok(true) => continue,
            Ok(false) => {}
            Err(Halt::Error(error)) => return Err(error),
            Err(Halt::Found(failure)) => walk.failed(&failure, node),
        }
        if !walk.again(number)? {
            break;
        }
    }
    let [rows, runs] = walk.ended();
    let (asked, other) = match rung {
        Rung::Rows => (rows, (Rung::FullTables, runs)),
        _ => (runs, (Rung::Rows, rows)),
    };
    ladder.own.walked.replace(Some(other));
    Ok(asked)
}

impl<'l> Ladder<'l> {
    /// What runs revisions, and notes what they name.
    pub(super) fn tracing<'m>(&self, touched: &'m RefCell<Touched>) -> Migrator<'m> {
        let kind = self.kind;
        self.observed(move |event| match event {
            Event::Statement { sql, .. } => touched.borrow_mut().statement(sql, kind),
            Event::Rows { table, .. } => touched.borrow_mut().table(table),
            Event::Connection => touched.borrow_mut().anything(),
            _ => {}
        })
    }
}

struct Walk<'l> {
    ladder: &'l Ladder<'l>,
    /// Whether a revision runs on tables with rows at the moment: failures on tables without are
    /// for other rungs to report.
    with_rows: bool,
    /// What `stairway` saw, of the revisions to come.
    seen: Option<std::vec::IntoIter<Seen>>,
    /// The database without rows, if that is needed.
    empty: Option<Bed<'l>>,
    full: Bed<'l>,
    /// The catalogue of both, as it was last read.
    catalogue: Option<Catalogue>,
    /// The same as a schema, before the revision that runs.
    schema: Schema,
    /// What that one changes.
    running: Option<(Schema, Schema)>,
    sown: Sown,
    /// The verdicts: whether rows stay, and whether revisions run.
    rows: Verdict,
    runs: Verdict,
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

impl<'l> Walk<'l> {
    /// Applies a revision that is not tested.
    fn pass(&mut self, node: Node) -> Result<bool, Halt> {
        self.with_rows = true;
        if let Some(empty) = &mut self.empty {
            empty.step(Rung::FullTables, node, Direction::Up)?;
        }
        self.full.step(Rung::FullTables, node, Direction::Up)?;
        self.catalogue = None;
        Ok(true)
    }

    /// Tests a revision; returns whether the rows that were there are.
    fn revision(&mut self, node: Node) -> Result<bool, Halt> {
        for verdict in self.verdicts() {
            verdict.count += 1;
        }
        let step = self.ahead(node)?;
        self.with_rows = true;
        self.sow(&step)?;
        let before = self.read(&step, None)?;
        let irreversible = self.ladder.is_irreversible(node);
        if irreversible {
            let id = self.ladder.graph.id(node);
            for verdict in self.verdicts() {
                verdict.irreversible.push(id.to_owned());
            }
        }
        let mut ran = self.run(&step, "", Direction::Up)?;
        let mut stay = !ran || self.compare(&step, &before, Direction::Up)?;
        if ran && !irreversible {
            ran = self.run(&step, "", Direction::Down)?;
            if ran {
                stay = stay && self.compare(&step, &before, Direction::Down)?;
                self.run(&step, "after its downgrade", Direction::Up)?;
            }
        }
        self.patch();
        Ok(stay)
    }

    /// What a revision does on tables without rows, as `stairway` saw it.
    fn ahead(&mut self, node: Node) -> Result<Step, Halt> {
        self.with_rows = false;
        let seen = self.seen.as_mut().and_then(Iterator::next);
        let seen = match seen.filter(|seen| seen.node == node) {
            Some(seen) => seen,
            None => self.see(node)?,
        };
        if let Some(start) = seen.start {
            self.schema = start;
        }
        let mut touched: BTreeSet<ObjectName> = seen.up.of(&self.schema);
        touched.extend(seen.down.of(&self.schema));
        let lossy = self.ladder.revision(node).lossy();
        self.running = Some(seen.parts.clone());
        Ok(Step {
            node,
            touched: touched.into_iter().collect(),
            parts: seen.parts,
            up: seen.up,
            losses: lossy
                .iter()
                .filter_map(|text| Loss::read(text).ok())
                .collect(),
        })
    }

    /// Runs it on tables without rows.
    fn see(&mut self, node: Node) -> Result<Seen, Halt> {
        let mut empty = match self.empty.take() {
            Some(empty) => empty,
            None => self.ladder.bed_with(Rung::FullTables, self.before(node))?,
        };
        let (before, start) = match self.catalogue.take() {
            Some(before) => (before, None),
            None => {
                let before = empty.look()?;
                let start = empty.schema(&before)?;
                (before, Some(start))
            }
        };
        let up = self.traced(&mut empty, node, Direction::Up)?;
        let after = empty.look()?;
        let mut down = Touched::default();
        if !self.ladder.is_irreversible(node) {
            down = self.traced(&mut empty, node, Direction::Down)?;
            self.traced(&mut empty, node, Direction::Up)?;
        }
        let parts = empty.changed(&before, &after)?;
        self.catalogue = Some(after);
        self.empty = Some(empty);
        Ok(Seen {
            node,
            start,
            parts,
            up,
            down,
        })
    }

    /// What comes before a revision.
    fn before(&self, node: Node) -> &'l [Node] {
        let order = self.ladder.chosen.order();
        let at = order.iter().position(|other| *other == node);
        &order[..at.unwrap_or(0)]
    }

    /// Runs it on tables without rows, and notes what it names.
    fn traced(
        &self,
        empty: &mut Bed<'_>,
        node: Node,
        direction: Direction,
    ) -> Result<Touched, Halt> {
        let ran = self.tracing.run_alone(empty.session()?, node, direction);
        ran.map_err(|error| {
            let doing = "on tables without rows";
            self.ladder.halt(Rung::FullTables, doing, Some(node), error)
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

    /// Compares the rows with those before; returns whether these are there.
    fn compare(
        &mut self,
        step: &Step,
        before: &Before,
        direction: Direction,
    ) -> Result<bool, Halt> {
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
            return Ok(true);
        }
        let lost = self.lost(step.node, found, direction);
        let failure = self.full.finds(lost);
        self.found(failure, Rung::Rows);
        Ok(false)
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
        let mut failure = self.ladder.failure(Rung::Rows, node, does);
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
        let halt = self
            .ladder
            .halt(Rung::FullTables, when, Some(step.node), error);
        let Halt::Found(mut failure) = halt else {
            return Err(halt);
        };
        if changes_rows && self.runs_calmly(step)? {
            let id = self.ladder.graph.id(step.node);
            let note = format!(
                "`{id}` fails only over values at the edges of their types: {}",
                failure.message
            );
            for verdict in self.verdicts() {
                verdict.notes.push(note.clone());
            }
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
        let before = self.before(step.node);
        self.full = self.ladder.bed_with(Rung::FullTables, before)?;
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
            match ran.map_err(|error| {
                self.ladder
                    .halt(Rung::FullTables, "", Some(step.node), error)
            }) {
                Ok(()) => {}
                Err(Halt::Found(_)) => return Ok(false),
                Err(halt) => return Err(halt),
            }
        }
        Ok(true)
    }

    /// The schema after it becomes the one before the next.
    fn patch(&mut self) {
        let Some((before, after)) = self.running.take() else {
            return;
        };
        let is_gone =
            |name: &ObjectName| before.table(name).is_some() && after.table(name).is_none();
        self.sown.forget(is_gone);
        // a table may be the other one under a new name
        self.sown
            .forget(|name| before.table(name).is_none() && after.table(name).is_some());
        replace(&mut self.schema, &before, &after);
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

/// Whether a statement computes with rows, as a materialized view and an index of expressions do,
/// and does not only change the schema.
fn changes_rows(statement: &str) -> bool {
    let words = statement.split(|sign: char| !sign.is_ascii_alphabetic());
    let mut words = words.filter(|word| !word.is_empty());
    let mut next = || words.next().unwrap_or_default().to_ascii_lowercase();
    match next().as_str() {
        "create" => matches!(next().as_str(), "materialized" | "index"),
        "alter" | "drop" | "rename" | "comment" | "truncate" => false,
        _ => true,
    }
}
