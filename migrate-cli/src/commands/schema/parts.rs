//! A difference as several revisions: what builds an index while its table is in use, and what
//! checks the rows that are there, is apart from the rest. Pure; it must not know how a revision is
//! proven or written.

use migrate_core::engine::backend::Backend;
use migrate_core::engine::diff::{Change, ChangeKind};
use migrate_core::operation::Operation;
use migrate_core::schema::{Constraint, Index, ObjectName, Schema};

/// What is apart, where the database can do it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Apart {
    /// Indexes on tables that are there are created concurrently.
    pub(super) concurrently: bool,
    /// Foreign keys and checks on tables that are there are validated later.
    pub(super) not_valid: bool,
}

/// What a revision after the first one does, in their order.
const KINDS: [&str; 2] = ["validation", "indexes"];

/// A revision after the first one.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// What it does, for its message, where it has none of its own.
    pub(super) what: Option<&'static str>,
    pub(super) message: Option<String>,
    pub(super) changes: Vec<Change>,
    /// What reverts it; none if nothing has to.
    pub(super) back: Vec<Change>,
}

/// The revisions of a difference.
#[derive(Clone, Debug)]
pub(super) struct Split {
    pub(super) first: Vec<Change>,
    /// The schema that the first one leads to.
    pub(super) after: Schema,
    /// Those after it, of every kind, with or without changes.
    pub(super) then: Vec<Part>,
}

impl Split {
    /// Splits the changes that lead to a schema.
    pub(super) fn of(changes: &[Change], to: &Schema, rules: &dyn Backend, apart: Apart) -> Split {
        let mut split = Split {
            first: Vec::new(),
            after: to.clone(),
            then: Vec::new(),
        };
        let mut indexes = Vec::new();
        let mut validations = Vec::new();
        for change in changes {
            let table = table_of(&change.operation);
            let is_apart = table.is_some_and(|table| is_in_use(table, changes, to));
            let mut change = change.clone();
            match &mut change.operation {
                Operation::CreateIndex { concurrently, .. } if is_apart && apart.concurrently => {
                    *concurrently = true;
                    // what needs no transaction of its own is apart from nothing
                    let is_possible = rules.inside_transaction(&change.operation).is_err();
                    if is_possible && !is_needed(&change, changes) {
                        indexes.push(change);
                        continue;
                    }
                    if let Operation::CreateIndex { concurrently, .. } = &mut change.operation {
                        *concurrently = false;
                    }
                }
                Operation::AddConstraint { .. } if is_apart && apart.not_valid => {
                    validations.extend(unchecked(&mut change, rules));
                }
                _ => {}
            }
            split.first.push(change);
        }
        split.leave(&indexes, &validations);
        let back = indexes.iter().rev().filter_map(reversed).collect();
        let parts = [(validations, Vec::new()), (indexes, back)];
        for (what, (changes, back)) in KINDS.into_iter().zip(parts) {
            split.then.push(Part {
                what: Some(what),
                message: None,
                changes,
                back,
            });
        }
        split
    }

    /// Every change, in the order in which they are run.
    pub(super) fn all(&self) -> Vec<Change> {
        let then = self.then.iter().flat_map(|part| &part.changes);
        self.first.iter().chain(then).cloned().collect()
    }

    /// Takes out of the schema after the first revision what comes later.
    fn leave(&mut self, indexes: &[Change], validations: &[Change]) {
        let comes = |one: &Index| {
            let is_it = |change: &Change| matches!(&change.operation, Operation::CreateIndex { index, .. } if index.name == one.name && index.table == one.table);
            indexes.iter().any(is_it)
        };
        self.after.indexes.retain(|index| !comes(index));
        for change in validations {
            let Operation::ValidateConstraint { table, name } = &change.operation else {
                continue;
            };
            let tables = self.after.tables.iter_mut();
            for one in tables.filter(|one| one.name == *table) {
                let named = one.constraints.iter_mut();
                for constraint in named.filter(|one| one.name() == Some(name)) {
                    set_not_valid(constraint);
                }
            }
        }
    }
}

/// The table of an index or constraint that is new.
fn table_of(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::CreateIndex { index, .. } => Some(&index.table),
        Operation::AddConstraint { table, .. } => Some(table),
        _ => None,
    }
}

/// Whether a table is there already, and neither partitioned nor a child: PostgreSQL has no such
/// way for these.
fn is_in_use(name: &ObjectName, changes: &[Change], to: &Schema) -> bool {
    let creates = |change: &Change| matches!(&change.operation, Operation::CreateTable { table, .. } if table.name == *name);
    let is_plain = to
        .table(name)
        .is_some_and(|table| table.options.suffix.is_none());
    is_plain && !changes.iter().any(creates)
}

/// Whether something else in the difference needs an index: a foreign key to what is unique by it,
/// or a statement with its name.
fn is_needed(change: &Change, changes: &[Change]) -> bool {
    let Operation::CreateIndex { index, .. } = &change.operation else {
        return false;
    };
    let refers = |constraint: &Constraint| matches!(constraint, Constraint::ForeignKey(key) if key.table == index.table);
    changes.iter().any(|other| match &other.operation {
        Operation::AddConstraint { constraint, .. } => index.unique && refers(constraint),
        Operation::CreateTable { table, .. } => {
            index.unique && table.constraints.iter().any(refers)
        }
        Operation::AddColumn { constraints, .. } => index.unique && constraints.iter().any(refers),
        Operation::Execute { sql, .. } => sql.common_text().contains(index.name.as_str()),
        _ => false,
    })
}

/// Lets a new constraint leave out the rows that are there; the change that checks them, if the
/// database can do that.
fn unchecked(change: &mut Change, rules: &dyn Backend) -> Option<Change> {
    let was = change.clone();
    let Operation::AddConstraint { table, constraint } = &mut change.operation else {
        return None;
    };
    let name = constraint.name()?.to_owned();
    let validate = Operation::ValidateConstraint {
        table: table.clone(),
        name,
    };
    if !set_not_valid(constraint) || rules.can(&change.operation).is_err() {
        *change = was;
        return None;
    }
    Some(Change {
        operation: validate,
        kind: ChangeKind::Alter,
        object: was.object,
        loses: None,
        may_fail: change.may_fail.take(),
        fills: None,
        commits: false,
    })
}

/// Whether a constraint can leave out the rows that are there, and did not; now it does.
fn set_not_valid(constraint: &mut Constraint) -> bool {
    let flag = match constraint {
        Constraint::Check(check) => &mut check.not_valid,
        Constraint::ForeignKey(key) => &mut key.not_valid,
        _ => return false,
    };
    !std::mem::replace(flag, true)
}

/// What reverts the creation of an index.
fn reversed(change: &Change) -> Option<Change> {
    Some(Change {
        operation: change.operation.reverse().ok()?,
        kind: ChangeKind::Remove,
        loses: None,
        may_fail: None,
        ..change.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::BackendKind;
    use migrate_core::engine::backend;
    use migrate_core::engine::diff::{Answers, diff};
    use migrate_core::op::{check, foreign_key};
    use migrate_core::schema::{Column, Table, Type};

    fn table(name: &str) -> Table {
        let mut table = Table::new(name);
        table.columns = vec![
            Column::new("id", Type::Integer),
            Column::new("a", Type::Integer),
        ];
        table
    }

    /// The revisions of a change of two tables, a line each; those of a database that this program
    /// does not have are not looked at.
    fn splits_into(kind: BackendKind, apart: Apart, change: fn(&mut Schema), expected: &[&str]) {
        let Ok(rules) = backend::rules(kind) else {
            return;
        };
        let mut before = Schema::empty();
        before.tables = vec![table("old"), table("other")];
        let mut to = before.clone();
        change(&mut to);
        to.sort();
        let found = diff(&before, &to, rules, &Answers::default());
        let split = Split::of(&found.changes, &to, rules, apart);
        let line = |changes: &[Change]| {
            let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
            lines.join(", ")
        };
        let then = split.then.iter().filter(|part| !part.changes.is_empty());
        let then = then.map(|part| line(&part.changes));
        let all: Vec<String> = std::iter::once(line(&split.first)).chain(then).collect();
        assert_eq!(all, expected);
        let left = diff(&split.after, &to, rules, &Answers::default());
        let later = split.all().len() - split.first.len();
        assert_eq!(left.changes.len(), later, "{left:?}");
    }

    const BOTH: Apart = Apart {
        concurrently: true,
        not_valid: true,
    };

    fn changed(schema: &mut Schema) {
        let mut new = table("new");
        new.constraints.push(check("a > 0").named("ck_new").into());
        schema.tables.push(new);
        let old = &mut schema.tables[0];
        old.constraints.push(check("a > 0").named("ck").into());
        for (name, table) in [("ix", "old"), ("ix_new", "new")] {
            let index = Index::new(name, table, vec!["a".into()]);
            schema.indexes.push(index);
        }
    }

    #[test]
    fn what_is_on_a_table_in_use_is_apart() {
        let apart = [
            "create table `new`, add check constraint `ck` to `old`, create index `ix_new` on `new`",
            "validate constraint `ck` of `old`",
            "create index `ix` on `old`",
        ];
        splits_into(BackendKind::Postgres, BOTH, changed, &apart);
        let together = [
            "create table `new`, add check constraint `ck` to `old`, create index `ix_new` on `new`, create index `ix` on `old`",
        ];
        splits_into(BackendKind::Postgres, Apart::default(), changed, &together);
        splits_into(BackendKind::Mysql, BOTH, changed, &together);
    }

    #[test]
    fn what_cannot_be_apart_stays() {
        let needed = |schema: &mut Schema| {
            let mut index = Index::new("ix", "old", vec!["a".into()]);
            index.unique = true;
            schema.indexes.push(index);
            let key = foreign_key(["a"]).references("old", ["a"]).named("fk");
            schema.tables[1].constraints.push(key.into());
        };
        let concurrently = Apart {
            concurrently: true,
            not_valid: false,
        };
        let together = ["create index `ix` on `old`, add foreign key `fk` to `other`"];
        splits_into(BackendKind::Postgres, concurrently, needed, &together);
    }
}
