//! The properties of comparison, for random schemas: what was created, changed or reverted is not
//! found again.

use std::cell::Cell;

use migrate_core::engine::backend::{self, BackendKind, Scope};
use migrate_core::engine::diff::{Answers, Difference, diff};
use migrate_core::operation::Operation;
use migrate_core::schema::{EnumType, Schema, Type};
use migrate_tests::comparison::{Fresh, settled_difference, steps, through_models, unnamed};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::random::{Raw, raw};

/// The result of a series.
pub(crate) struct Outcome {
    /// How many pairs of schemas were tried.
    pub(crate) tried: u32,
    /// How many changes they needed.
    pub(crate) changes: usize,
    /// The smallest pair that was found to fail, and how.
    pub(crate) failure: Option<String>,
}

/// Tries pairs of random schemas on a kind of database.
pub(crate) fn series(kind: BackendKind, count: u32, seed: u64, models: bool) -> Outcome {
    let config = Config {
        cases: count,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let (tried, changes) = (Cell::new(0), Cell::new(0));
    let result = runner.run(&(raw(), raw()), |(from, to)| {
        tried.set(tried.get() + 1);
        match pair(kind, &from, &to, models) {
            Ok(count) => {
                changes.set(changes.get() + count);
                Ok(())
            }
            Err(why) => Err(TestCaseError::fail(why)),
        }
    });
    let failure = match result {
        Ok(()) => None,
        Err(TestError::Abort(reason)) => Some(reason.to_string()),
        Err(TestError::Fail(reason, (from, to))) => Some(format!(
            "{reason}\nfrom\n{}\nto\n{}",
            statements(kind, &from.schema(kind)),
            statements(kind, &to.schema(kind))
        )),
    };
    Outcome {
        tried: tried.get(),
        changes: changes.get(),
        failure,
    }
}

/// What creates a schema, in the server's words.
fn statements(kind: BackendKind, schema: &Schema) -> String {
    let rules = backend::rules(kind).expect("it is compiled in");
    let creation = diff(&Schema::empty(), schema, rules, &answers());
    let mut lines = Vec::new();
    for operation in creation.operations() {
        match rules.ddl(operation) {
            Ok(statements) => lines.extend(statements),
            Err(refused) => lines.push(format!("-- {operation}: {refused}")),
        }
    }
    lines.join(";\n")
}

/// The properties of one pair. Returns the number of changes from the one to the other.
fn pair(kind: BackendKind, from: &Raw, to: &Raw, models: bool) -> Result<usize, String> {
    let (mut from, mut to) = (from.schema(kind), to.schema(kind));
    if models {
        from.views.clear();
        to.views.clear();
        to.domains.clone_from(&from.domains);
        to.sequences.clone_from(&from.sequences);
        to.enums = types_of_models(&from, &to);
    }
    if models && to.tables.is_empty() {
        return Ok(0); // no model says that a table goes
    }
    let (mut first, mut second) = (Fresh::new(kind), Fresh::new(kind));
    let before = created(kind, &mut first, &from, "from")?;
    let after = created(kind, &mut second, &to, "to")?;

    let aim = match models {
        true => through_models(kind, (&before, &after), &answers())?,
        false => after.clone(),
    };
    let forth = settled(kind, &before, &aim)?;
    if !forth.notes.is_empty() {
        // named: no operation makes WITHOUT ROWID of a table that is there
        return Ok(0);
    }
    let there = unasked(&forth)?;
    first
        .run(&there)
        .map_err(|why| format!("the changes do not run: {why}\n{}", listed(&there)))?;
    let arrived = first.inspect(&Scope::current())?;
    let [is, wanted] = [&arrived, &after].map(|schema| match models {
        true => unnamed(schema),
        false => schema.clone(),
    });
    same(kind, &is, &wanted, "after the changes", &there)?;

    let rules = backend::rules(kind).expect("it is compiled in");
    let reversed = |(operation, commits): &(Operation, bool)| match operation.reverse() {
        Ok(reverse) if rules.can(&reverse).is_ok() => Some((reverse, *commits)),
        _ => None,
    };
    let reverts = |first: &mut Fresh, back: &[(Operation, bool)], what: &str| {
        let ran = first.run(back);
        ran.map_err(|why| format!("{what} do not run: {why}\n{}", listed(back)))?;
        same(
            kind,
            &first.inspect(&Scope::current())?,
            &before,
            what,
            back,
        )
    };
    let back: Option<Vec<_>> = there.iter().rev().map(reversed).collect();
    if let Some(back) = &back {
        reverts(&mut first, back, "the reversed changes")?;
        first
            .run(&there)
            .map_err(|why| format!("the changes do not run again: {why}\n{}", listed(&there)))?;
    }
    let back = changes(kind, &arrived, &before)?;
    reverts(&mut first, &back, "the changes that lead back")?;
    Ok(there.len())
}

/// The enum types after models: those that their tables use, and those that no table used before.
fn types_of_models(from: &Schema, to: &Schema) -> Vec<EnumType> {
    let uses = |schema: &Schema, one: &EnumType| {
        let mut columns = schema.tables.iter().flat_map(|table| &table.columns);
        columns.any(|column| match &column.ty {
            Type::Array(element) => **element == Type::Named(one.name.clone()),
            ty => *ty == Type::Named(one.name.clone()),
        })
    };
    let used = to.enums.iter().filter(|one| uses(to, one));
    let free = from.enums.iter().filter(|one| {
        let taken = to
            .enums
            .iter()
            .any(|other| other.name == one.name && uses(to, other));
        !uses(from, one) && !taken
    });
    used.chain(free).cloned().collect()
}

/// Creates a schema, and checks that what is there is what was declared.
fn created(
    kind: BackendKind,
    database: &mut Fresh,
    declared: &Schema,
    which: &str,
) -> Result<Schema, String> {
    let creation = changes(kind, &Schema::empty(), declared)?;
    database
        .run(&creation)
        .map_err(|why| format!("`{which}` cannot be created: {why}\n{}", listed(&creation)))?;
    let found = database.inspect(&Scope::current())?;
    same(kind, &found, &found, "a schema and itself", &creation)?;
    // a view has no other words than those of the server that keeps it
    let [mut tables, mut wanted] = [found.clone(), declared.clone()];
    for schema in [&mut tables, &mut wanted] {
        schema.views.clear();
    }
    same(kind, &tables, &wanted, "created and declared", &creation)?;
    let mut shuffled = found.clone();
    shuffled.tables.reverse();
    shuffled.indexes.reverse();
    shuffled.others.reverse();
    shuffled.views.reverse();
    for table in &mut shuffled.tables {
        table.constraints.reverse();
    }
    same(kind, &found, &shuffled, "in another order", &creation)?;
    Ok(found)
}

/// The operations that lead from one schema to another, and after which of them to commit.
fn changes(
    kind: BackendKind,
    from: &Schema,
    to: &Schema,
) -> Result<Vec<(Operation, bool)>, String> {
    unasked(&settled(kind, from, to)?)
}

/// The operations of a difference, where there is nothing to ask or to say.
fn unasked(difference: &Difference) -> Result<Vec<(Operation, bool)>, String> {
    match (difference.questions.as_slice(), difference.notes.as_slice()) {
        ([], []) => Ok(steps(difference)),
        (questions, notes) => Err(format!("questions {questions:#?}, notes {notes:#?}")),
    }
}

/// The difference between two schemas, with doubts settled by the server.
fn settled(kind: BackendKind, from: &Schema, to: &Schema) -> Result<Difference, String> {
    settled_difference(kind, (from, to), &answers(), &Scope::current())
}

/// That two schemas are the same.
fn same(
    kind: BackendKind,
    is: &Schema,
    wanted: &Schema,
    when: &str,
    by: &[(Operation, bool)],
) -> Result<(), String> {
    let difference = settled(kind, is, wanted)?;
    if difference.changes.is_empty() && difference.notes.is_empty() {
        return Ok(());
    }
    let changes: Vec<String> = difference
        .changes
        .iter()
        .map(|change| format!("  {:?}", change.operation))
        .collect();
    Err(format!(
        "{when}:\n{}\n{:?}\nafter\n{}",
        changes.join("\n"),
        difference.notes,
        listed(by)
    ))
}

fn answers() -> Answers {
    Answers {
        no_renames: true,
        ..Answers::default()
    }
}

fn listed(operations: &[(Operation, bool)]) -> String {
    let lines: Vec<String> = operations
        .iter()
        .map(|(operation, _)| format!("  {operation}"))
        .collect();
    lines.join("\n")
}
