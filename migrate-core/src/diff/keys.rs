//! Constraints and indexes: dropped before tables and columns are renamed, under their old names,
//! and created after everything that they are over.

use std::collections::BTreeSet;

use super::change::ChangeKind;
use super::comparison::Comparison;
use super::parts::{Fate, Part, Version};
use super::plan::{Mark, Phase, Plan, Step};
use crate::operation::Operation;
use crate::schema::{
    Constraint, ConstraintKind, ForeignKey, Index, IndexKey, ObjectName, ObjectRef, Table,
};

/// A constraint by its name, or by what it is.
pub(super) fn constraint_ref(table: &ObjectName, constraint: &Constraint) -> ObjectRef {
    let name = match (constraint.name(), constraint.columns()) {
        (Some(name), _) => name.to_owned(),
        (None, []) => constraint.kind().to_string(),
        (None, columns) => format!("{} over {}", constraint.kind(), columns.join(", ")),
    };
    ObjectRef::new("constraint", table.sibling(name)).on(table.clone())
}

pub(super) fn index_ref(table: &ObjectName, index: &Index) -> ObjectRef {
    ObjectRef::new("index", table.sibling(index.name.as_str())).on(table.clone())
}

impl Comparison<'_> {
    /// Constraints; `apart` are the keys of new and dropped tables that are no part of them,
    /// `inline` those that come and go with a column.
    pub(super) fn plan_constraints(
        &mut self,
        plan: &mut Plan,
        apart: &BTreeSet<usize>,
        inline: &BTreeSet<usize>,
    ) {
        for at in 0..self.constraints.len() {
            let part = &self.constraints[at];
            if inline.contains(&at) || !self.stays(&part.table) && !apart.contains(&at) {
                continue;
            }
            let part = part.clone();
            match (part.fate, &part.old, &part.new) {
                (Fate::Rename, Some(old), Some(new)) => {
                    match self.renamed_constraint(&part, old, new) {
                        Some(operation) => plan.push(Step::new(
                            Phase::RenameOthers,
                            ChangeKind::Rename,
                            constraint_ref(&part.table, &old.canonical),
                            operation,
                        )),
                        None => self.replace_constraint(plan, &part),
                    }
                }
                (Fate::Replace, Some(old), Some(new)) => {
                    match validated(&part.table, &old.canonical, &new.canonical) {
                        Some(operation) => plan.push(Step::new(
                            Phase::AddKeys,
                            ChangeKind::Alter,
                            constraint_ref(&part.table, &new.canonical),
                            operation,
                        )),
                        None => self.replace_constraint(plan, &part),
                    }
                }
                (Fate::Keep, ..) => {}
                _ => self.replace_constraint(plan, &part),
            }
        }
    }

    fn renamed_constraint(
        &self,
        part: &Part<Constraint>,
        old: &Version<Constraint>,
        new: &Version<Constraint>,
    ) -> Option<Operation> {
        let (table, from) = (part.table.clone(), old.given.name()?.to_owned());
        let to = new.given.name()?.to_owned();
        let operation = match (self.rules.unique_is_index, old.canonical.kind()) {
            (true, ConstraintKind::Unique) => Operation::RenameIndex { table, from, to },
            (true, _) => return None,
            (false, _) => Operation::RenameConstraint { table, from, to },
        };
        self.backend.can(&operation).ok()?;
        Some(operation)
    }

    fn replace_constraint(&mut self, plan: &mut Plan, part: &Part<Constraint>) {
        if let Some(old) = &part.old {
            let is_key = matches!(old.canonical, Constraint::ForeignKey(_));
            let (phase, table, definition) = match (is_key, self.stays_keyed(part)) {
                (true, _) => (Phase::DropKeys, &part.old_table, &old.given),
                (false, false) => (Phase::DropParts, &part.old_table, &old.given),
                // beside the key that comes
                (false, true) => (Phase::AlterTables, &part.table, &old.canonical),
            };
            let operation = Operation::DropConstraint {
                table: table.clone(),
                name: old.given.name().map(str::to_owned),
                kind: Some(old.given.kind()),
                definition: Some(definition.clone()),
                if_exists: false,
            };
            let object = constraint_ref(&part.table, &old.canonical);
            self.push_if_can(plan, phase, ChangeKind::Remove, object, operation);
        }
        if let Some(new) = &part.new {
            let (phase, may_fail) = match &new.canonical {
                Constraint::ForeignKey(key) if !key.not_valid => (
                    Phase::AddKeys,
                    Some(format!(
                        "It fails where a row of `{}` refers to no row of `{}`.",
                        part.table, key.table
                    )),
                ),
                Constraint::ForeignKey(_) => (Phase::AddKeys, None),
                Constraint::PrimaryKey(_) | Constraint::Unique(_) => (
                    Phase::AddParts,
                    Some(format!(
                        "It fails where two rows of `{}` have the same {}.",
                        part.table,
                        listed(new.canonical.columns())
                    )),
                ),
                Constraint::Check(check) if !check.not_valid => (
                    Phase::AddParts,
                    Some(format!(
                        "It fails where a row of `{}` does not satisfy `{}`.",
                        part.table,
                        check.expression.text(self.kind)
                    )),
                ),
                Constraint::Check(_) => (Phase::AddParts, None),
                Constraint::Exclude(_) => (
                    Phase::AddParts,
                    Some(format!(
                        "It fails where two rows of `{}` exclude each other.",
                        part.table
                    )),
                ),
            };
            let operation = Operation::AddConstraint {
                table: part.table.clone(),
                constraint: new.given.clone(),
            };
            let object = constraint_ref(&part.table, &new.canonical);
            let is_new = self
                .tables
                .get(&part.table)
                .is_some_and(super::comparison::TablePart::is_new);
            let step = Step::new(phase, ChangeKind::Add, object.clone(), operation).may_fail(
                may_fail.filter(|_| {
                    !is_new
                        && part
                            .old
                            .as_ref()
                            .is_none_or(|old| self.is_stricter(old, new))
                }),
            );
            let freed = new
                .given
                .name()
                .map(|name| Mark::Frees(part.table.sibling(name)));
            let needed = self.keys_of_referred(&new.canonical);
            let after = freed.into_iter().chain(needed);
            let step = after.fold(step, Step::after);
            self.push_step_if_can(plan, step);
        }
    }

    /// Whether this is the primary key of a table that must have one at all times. One over a
    /// column that is replaced goes before that, all the same.
    fn stays_keyed(&self, part: &Part<Constraint>) -> bool {
        let (Some(Constraint::PrimaryKey(key)), Some(table)) =
            (part.canonical(), self.tables.get(&part.table))
        else {
            return false;
        };
        let versions = [&table.old, &table.new];
        let keyed = |version: &Option<Version<Table>>| {
            let version = version.as_ref();
            version.is_some_and(|version| version.canonical.options.without_rowid)
        };
        let is_replaced = |column: &String| {
            let name = (part.table.clone(), column.clone());
            let column = self.columns.get(&name);
            column.is_some_and(|column| column.fate == Fate::Replace)
        };
        versions.into_iter().all(keyed) && !key.columns.iter().any(is_replaced)
    }

    /// The keys and unique indexes that are created for what a foreign key references.
    pub(super) fn keys_of_referred(&self, constraint: &Constraint) -> Vec<Mark> {
        let Constraint::ForeignKey(key) = constraint else {
            return Vec::new();
        };
        let referred = self.referred(key);
        let created = |part: &&Part<Constraint>| part.fate.creates();
        let constraints = self.constraints.of(&key.table).filter(created);
        let constraints = constraints.filter_map(|part| {
            let new = &part.new.as_ref()?.canonical;
            let covers = self.covers_by_constraint(new, &referred);
            covers.then(|| Mark::Makes(constraint_ref(&part.table, new)))
        });
        let created = |part: &&Part<Index>| part.fate.creates();
        let indexes = self.indexes.of(&key.table).filter(created);
        let indexes = indexes.filter_map(|part| {
            let new = &part.new.as_ref()?.canonical;
            let covers = self.covers(new, &referred);
            covers.then(|| Mark::Makes(index_ref(&part.table, new)))
        });
        constraints.chain(indexes).collect()
    }

    /// Whether a constraint that replaces another may be violated by the rows.
    fn is_stricter(&self, old: &Version<Constraint>, new: &Version<Constraint>) -> bool {
        super::alike::constraints(&old.canonical, &new.canonical) != super::alike::Likeness::Same
    }

    /// The columns that a key refers to; those of the primary key if it names none.
    pub(super) fn referred(&self, key: &ForeignKey) -> Vec<String> {
        if !key.referred.is_empty() {
            return key.referred.clone();
        }
        let table = self.tables.get(&key.table);
        let version = table.and_then(|table| table.old.as_ref().or(table.new.as_ref()));
        let primary = version.and_then(|version| version.canonical.primary_key());
        primary.map_or_else(Vec::new, |primary| primary.columns.clone())
    }

    pub(super) fn covers_by_constraint(&self, constraint: &Constraint, columns: &[String]) -> bool {
        match constraint {
            Constraint::PrimaryKey(_) | Constraint::Unique(_) => {
                self.is_cover(constraint.columns(), columns)
            }
            _ => false,
        }
    }

    pub(super) fn covers(&self, index: &Index, columns: &[String]) -> bool {
        let own: Vec<String> = index
            .parts
            .iter()
            .map_while(|part| match &part.key {
                IndexKey::Column(column) if part.prefix.is_none() => Some(column.clone()),
                _ => None,
            })
            .collect();
        (index.unique || self.rules.keys_need_indexes)
            && index.predicate.is_none()
            && self.is_cover(&own, columns)
    }

    /// Where a key needs any index, it begins with the columns; else it is over just these.
    fn is_cover(&self, own: &[String], columns: &[String]) -> bool {
        match self.rules.keys_need_indexes {
            true => own.starts_with(columns),
            false => {
                let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<String>>();
                set(own) == set(columns)
            }
        }
    }

    pub(super) fn plan_indexes(&mut self, plan: &mut Plan) {
        let parts = self.indexes.to_vec();
        for part in parts {
            let on_view = !self.views.places(&part.table).is_empty();
            if part.fate == Fate::Rename
                && let (Some(old), Some(new)) = (&part.old, &part.new)
            {
                let operation = Operation::RenameIndex {
                    table: part.table.clone(),
                    from: old.given.name.clone(),
                    to: new.given.name.clone(),
                };
                if self.backend.can(&operation).is_ok() {
                    let object = index_ref(&part.table, &old.canonical);
                    plan.push(Step::new(
                        Phase::RenameOthers,
                        ChangeKind::Rename,
                        object,
                        operation,
                    ));
                    continue;
                }
            }
            if part.fate == Fate::Keep {
                continue;
            }
            if let Some(old) = &part.old {
                let operation = Operation::DropIndex {
                    name: old.given.name.clone(),
                    table: old.given.table.clone(),
                    definition: Some(old.given.clone()),
                    if_exists: false,
                    concurrently: false,
                };
                let phase = if on_view {
                    Phase::DropUsers
                } else {
                    Phase::DropParts
                };
                let object = index_ref(&part.table, &old.canonical);
                self.push_if_can(plan, phase, ChangeKind::Remove, object, operation);
            }
            if let Some(new) = &part.new {
                let operation = Operation::CreateIndex {
                    index: new.given.clone(),
                    if_not_exists: false,
                    concurrently: false,
                };
                let phase = if on_view {
                    Phase::CreateUsers
                } else {
                    Phase::Indexes
                };
                let object = index_ref(&part.table, &new.canonical);
                let is_new = self
                    .tables
                    .get(&part.table)
                    .is_none_or(super::comparison::TablePart::is_new);
                let may_fail = (new.canonical.unique && !is_new).then(|| {
                    format!(
                        "It fails where two rows of `{}` are alike in `{}`.",
                        part.table, new.given.name
                    )
                });
                let mut step = Step::new(phase, ChangeKind::Add, object, operation)
                    .may_fail(may_fail)
                    .after(Mark::Frees(part.table.sibling(new.given.name.as_str())));
                if on_view {
                    step = step.after(Mark::Makes(ObjectRef::new("view", part.table.clone())));
                }
                self.push_step_if_can(plan, step);
            }
        }
    }

    pub(super) fn push_if_can(
        &mut self,
        plan: &mut Plan,
        phase: Phase,
        kind: ChangeKind,
        object: ObjectRef,
        operation: Operation,
    ) {
        self.push_step_if_can(plan, Step::new(phase, kind, object, operation));
    }

    /// Plans a step that the backend accepts; else the refusal is noted.
    pub(super) fn push_step_if_can(&mut self, plan: &mut Plan, step: Step) {
        match self.backend.can(&step.change.operation) {
            Ok(()) => plan.push(step),
            Err(refused) => self.note(step.change.object, refused.to_string()),
        }
    }
}

/// The check of rows that were left out, if that is all that changes.
fn validated(table: &ObjectName, old: &Constraint, new: &Constraint) -> Option<Operation> {
    let mut valid = old.clone();
    let was = match &mut valid {
        Constraint::Check(check) => std::mem::take(&mut check.not_valid),
        Constraint::ForeignKey(key) => std::mem::take(&mut key.not_valid),
        _ => false,
    };
    (was && valid == *new).then_some(())?;
    Some(Operation::ValidateConstraint {
        table: table.clone(),
        name: new.name()?.to_owned(),
    })
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
