//! A generated revision as it is tried: run on a scratch database with the state before, and back.
//! It must not know where the changes come from.

use super::parts::{Part, Split};
use crate::error::CliError;
use crate::json::GeneratedRevision;
use crate::states::{
    Bench, Compared, Found, OnKind, States, known_statements, reverses, revision_texts,
};
use migrate_core::engine::backend::{self, BackendKind};
use migrate_core::engine::diff::{Answers, Change};
use migrate_core::schema::{ObjectName, Schema};

/// A revision as it is tried.
pub(super) struct Proof {
    pub(super) compared: Compared,
    pub(super) split: Split,
    /// What reverts the first of the revisions.
    pub(super) back: Vec<Change>,
}

/// What trying it showed.
pub(super) struct Tried {
    /// The statements of each change, of the first revision and of those after it.
    pub(super) up: Vec<Vec<Vec<String>>>,
    pub(super) down: Vec<Vec<Vec<String>>>,
    /// What the upgrade does not arrive at; none if it is proven.
    pub(super) rest: Vec<String>,
    /// What the downgrade does not restore, and other remarks.
    pub(super) notes: Vec<String>,
}

impl Proof {
    /// The changes with their statements, where there is no scratch database.
    pub(super) fn untried(&self, why: String) -> Result<Tried, CliError> {
        let kind = self.compared.kind;
        let known = |changes: &[Change]| -> Result<Vec<Vec<String>>, CliError> {
            let statements = known_statements(kind, changes)?.into_iter();
            // in an SQL folder it fails until a person has written it
            let left_out = |change| vec![format!("TODO: {change}")];
            let both = statements.zip(changes);
            Ok(both
                .map(|(known, change)| known.unwrap_or_else(|| left_out(change)))
                .collect())
        };
        let mut tried = Tried {
            up: vec![known(&self.split.first)?],
            down: vec![known(&self.back)?],
            rest: vec![why],
            notes: Vec::new(),
        };
        for Part { changes, back, .. } in &self.split.then {
            tried.up.push(known(changes)?);
            tried.down.push(known(back)?);
        }
        Ok(tried)
    }

    /// Runs the changes on a scratch database with the state before, and back.
    pub(super) fn run(
        &self,
        states: &mut States<'_, '_, '_>,
        mut bench: Bench,
    ) -> Result<Tried, CliError> {
        let Compared { from, to, .. } = &self.compared;
        states.build(&mut bench, self.compared.kind, from)?;
        let start = bench.inspect()?;
        let before = self.broken(&mut bench)?;
        let mut up = vec![bench.run(&self.split.first)?];
        for part in &self.split.then {
            up.push(bench.run(&part.changes)?);
        }
        let mut rest = self.rest(states, &mut bench, to, "still to do")?;
        let broken = self.broken(&mut bench)?.into_iter();
        rest.extend(broken.filter(|line| !before.contains(line)));
        let mut notes = Vec::new();
        let mut down = Vec::new();
        for Part { back, .. } in self.split.then.iter().rev() {
            down.push(bench.run(back)?);
        }
        // a file in Rust reverts the operations, a folder has statements of its own
        if let Some(reverses) = reverses(self.compared.kind, &self.split.first)? {
            bench.run_operations(&reverses)?;
            notes = self.rest(states, &mut bench, &start, "the downgrade leaves")?;
            bench.run(&self.split.first)?;
        }
        down.push(bench.run(&self.back)?);
        down.reverse();
        notes.extend(self.rest(states, &mut bench, &start, "the downgrade leaves")?);
        notes.dedup();
        Ok(Tried {
            up,
            down,
            rest,
            notes,
        })
    }

    /// What a person should know of the revision, once it was tried.
    pub(super) fn notes(&self, tried: &Tried) -> Vec<String> {
        let mut notes = tried.notes.clone();
        for change in &self.back {
            if let Some(why) = &change.may_fail {
                let why = why.trim_end_matches('.');
                notes.push(format!("the downgrade may fail: {change}: {why}"));
            }
        }
        notes
    }

    /// What SQLite refuses when it compiles statements on tables and views with all that hangs on
    /// them: nothing is looked at before.
    fn broken(&self, bench: &mut Bench) -> Result<Vec<String>, CliError> {
        if self.compared.kind != BackendKind::Sqlite {
            return Ok(Vec::new());
        }
        let schema = bench.inspect()?;
        let rules = backend::rules(self.compared.kind)?;
        let quoted = |name: &ObjectName| rules.name(name).unwrap_or_default();
        let mut statements = Vec::new();
        for table in &schema.tables {
            let name = quoted(&table.name);
            let columns = table.columns.iter();
            let columns = columns.filter(|column| column.generated.is_none());
            let columns = columns.map(|column| quoted(&column.name.as_str().into()));
            let set: Vec<String> = columns
                .map(|column| format!("{column} = {column}"))
                .collect();
            statements.push(format!("EXPLAIN INSERT INTO {name} DEFAULT VALUES"));
            statements.push(format!("EXPLAIN UPDATE {name} SET {}", set.join(", ")));
            statements.push(format!("EXPLAIN DELETE FROM {name}"));
        }
        let views = schema.views.iter();
        statements
            .extend(views.map(|view| format!("EXPLAIN SELECT * FROM {}", quoted(&view.name))));
        let session = bench.session()?;
        let mut found = Vec::new();
        for statement in statements {
            if let Err(error) = session.execute(&statement) {
                found.push(format!(
                    "`{}` fails: {error}",
                    &statement["EXPLAIN ".len()..]
                ));
            }
        }
        Ok(found)
    }

    fn rest(
        &self,
        states: &mut States<'_, '_, '_>,
        bench: &mut Bench,
        wanted: &Schema,
        what: &str,
    ) -> Result<Vec<String>, CliError> {
        let found = |schema: Schema| Found {
            kind: self.compared.kind,
            schema,
        };
        let there = found(bench.inspect()?);
        let answers = Answers {
            no_renames: true,
            ..Answers::default()
        };
        let rest = states.compare(there, found(wanted.clone()), &answers)?;
        let changes = rest.difference.changes.iter();
        Ok(changes.map(|change| format!("{what}: {change}")).collect())
    }
}

/// The texts of every revision that has changes on some kind of database.
pub(super) fn revisions(all: &[(Proof, Tried)]) -> Result<Vec<GeneratedRevision>, CliError> {
    let then = all.first().map_or(&[][..], |(proof, _)| &proof.split.then);
    let mut found = Vec::new();
    for number in 0..=then.len() {
        let on = all.iter().map(|(proof, tried)| {
            let (up, down) = match number.checked_sub(1) {
                None => (&proof.split.first, &proof.back),
                Some(at) => {
                    let Part { changes, back, .. } = &proof.split.then[at];
                    (changes, back)
                }
            };
            OnKind {
                kind: proof.compared.kind,
                up: (up, &tried.up[number]),
                down: (down, &tried.down[number]),
            }
        });
        let on: Vec<OnKind<'_>> = on.collect();
        if on.iter().all(|one| one.up.0.is_empty()) {
            continue;
        }
        let part = number.checked_sub(1).map(|at| &then[at]);
        let what = part.and_then(|part| part.what).map(str::to_owned);
        found.push(GeneratedRevision {
            what: what.filter(|_| !found.is_empty()),
            message: part.and_then(|part| part.message.clone()),
            texts: revision_texts(&on)?,
        });
    }
    Ok(found)
}
