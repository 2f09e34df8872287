//! Tables that are new and tables that go, with their keys: which are part of the table's own
//! statement and which follow, and what of a table changes where it is.

use std::collections::{BTreeMap, BTreeSet};

use super::alike;
use super::change::ChangeKind;
use super::comparison::{Comparison, TablePart, collation};
use super::keys::{constraint_ref, index_ref};
use super::parts::Fate;
use super::pins::is_part_of_table;
use super::plan::{Mark, Phase, Plan, Step};
use crate::operation::Operation;
use crate::schema::{Constraint, ForeignKey, ObjectName, ObjectRef, Sql, Table};

pub(super) fn table_ref(name: &ObjectName) -> ObjectRef {
    ObjectRef::new("table", name.clone())
}

/// The tables of one side, parents first, and the keys that are no part of their statements.
#[derive(Debug, Default)]
pub(super) struct Family {
    order: Vec<ObjectName>,
    /// Those that are in the order.
    placed: BTreeSet<ObjectName>,
    /// Positions in the list of constraints.
    pub(super) apart: BTreeSet<usize>,
    /// By table, the tables of the same side that its own keys refer to.
    parents: BTreeMap<ObjectName, BTreeSet<ObjectName>>,
}

impl Comparison<'_> {
    /// The tables that are new, or those that go.
    pub(super) fn family(&self, goes: bool) -> Family {
        let is_one = |part: &TablePart| if goes { part.goes() } else { part.is_new() };
        let names: BTreeSet<&ObjectName> = self
            .tables
            .iter()
            .filter(|(_, part)| is_one(part))
            .map(|(name, _)| name)
            .collect();
        let mut keys: BTreeMap<&ObjectName, Vec<usize>> = BTreeMap::new();
        for (at, part) in self.constraints.iter().enumerate() {
            if names.contains(&part.table) {
                keys.entry(&part.table).or_default().push(at);
            }
        }
        let mut family = Family::default();
        let mut begun = BTreeSet::new();
        for name in &names {
            self.place(name, &names, &keys, &mut begun, &mut family);
        }
        // a table has no rows that it could leave unchecked
        let unchecked = keys.values().flatten().filter(|at| {
            let constraint = self.constraints[**at].canonical();
            constraint.is_some_and(is_unchecked)
        });
        family.apart.extend(unchecked);
        family
    }

    fn place<'n>(
        &'n self,
        name: &'n ObjectName,
        names: &BTreeSet<&'n ObjectName>,
        keys: &BTreeMap<&'n ObjectName, Vec<usize>>,
        begun: &mut BTreeSet<&'n ObjectName>,
        family: &mut Family,
    ) {
        if !begun.insert(name) {
            return;
        }
        for at in keys.get(name).into_iter().flatten() {
            let Some(Constraint::ForeignKey(key)) = self.constraints[*at].canonical() else {
                continue;
            };
            let mut parent = &key.table;
            if let Some(known) = names.get(parent).filter(|_| parent != name) {
                parent = known;
                self.place(known, names, keys, begun, family);
            }
            let is_placed = family.placed.contains(parent);
            let inline = self.rules.keys_before_tables
                || !self.has_cover(name, key)
                    && match parent == name {
                        true => self.has_own_key(name, key),
                        false if names.contains(parent) => {
                            is_placed && self.has_own_key(parent, key)
                        }
                        false => self.keeps_key(key),
                    };
            if !inline {
                family.apart.insert(*at);
            } else if names.contains(parent) && parent != name {
                let parents = family.parents.entry(name.clone()).or_default();
                parents.insert(parent.clone());
            }
        }
        family.order.push(name.clone());
        family.placed.insert(name.clone());
    }

    /// Whether an index is over the key's own columns, which the key would block.
    fn has_cover(&self, table: &ObjectName, key: &ForeignKey) -> bool {
        self.rules.keys_need_indexes
            && self
                .indexes
                .of(table)
                .filter_map(|part| part.canonical())
                .any(|index| self.covers(index, &key.columns))
    }

    /// Whether what a key refers to is a constraint in the table's own statement.
    fn has_own_key(&self, table: &ObjectName, key: &ForeignKey) -> bool {
        let referred = self.referred(key);
        self.constraints
            .of(table)
            .filter_map(|part| part.canonical())
            .any(|constraint| self.covers_by_constraint(constraint, &referred))
    }

    /// Whether what a key refers to is there and does not change.
    fn keeps_key(&self, key: &ForeignKey) -> bool {
        if !self.tables.contains_key(&key.table) {
            return true; // of a schema that is not compared
        }
        let referred = self.referred(key);
        let columns = referred.iter().all(|column| {
            let name = (key.table.clone(), column.clone());
            self.columns
                .get(&name)
                .is_some_and(|part| part.fate == Fate::Keep)
        });
        let mut kept = self
            .constraints
            .of(&key.table)
            .filter(|part| matches!(part.fate, Fate::Keep | Fate::Rename))
            .filter_map(|part| part.canonical());
        let covered = kept.any(|constraint| self.covers_by_constraint(constraint, &referred));
        let mut kept = self
            .indexes
            .of(&key.table)
            .filter(|part| matches!(part.fate, Fate::Keep | Fate::Rename))
            .filter_map(|part| part.canonical());
        columns && (covered || kept.any(|index| self.covers(index, &referred)))
    }

    pub(super) fn plan_new_tables(&self, plan: &mut Plan, family: &Family) {
        for name in &family.order {
            let Some(new) = self.tables.get(name).and_then(|part| part.new.as_ref()) else {
                continue;
            };
            let mut table = new.given.clone();
            let mut named = Vec::new();
            for at in self.constraints.places(name).iter().copied() {
                let Some(version) = &self.constraints[at].new else {
                    continue;
                };
                match family.apart.contains(&at) {
                    true => take_out(&mut table, &version.given),
                    false => {
                        put_in(&mut table, &version.given);
                        named.extend(version.given.name().map(|own| name.sibling(own)));
                    }
                }
            }
            let operation = Operation::CreateTable {
                table,
                if_not_exists: false,
            };
            let mut step = Step::new(
                Phase::CreateTables,
                ChangeKind::Add,
                table_ref(name),
                operation,
            );
            for parent in family.parents.get(name).into_iter().flatten() {
                step = step.after(Mark::Makes(table_ref(parent)));
            }
            for own in named {
                step = step.after(Mark::Frees(own));
            }
            plan.push(step);
        }
    }

    pub(super) fn plan_dropped_tables(&self, plan: &mut Plan, family: &Family) {
        let mut keys_to: BTreeMap<&ObjectName, Vec<Mark>> = BTreeMap::new();
        for part in self.constraints.iter() {
            let constraint = part.old.as_ref().map(|old| &old.canonical);
            if let Some(constraint @ Constraint::ForeignKey(key)) = constraint
                && family.placed.contains(&key.table)
            {
                let mark = Mark::Takes(constraint_ref(&part.table, constraint));
                keys_to.entry(&key.table).or_default().push(mark);
            }
        }
        let mut children: BTreeMap<&ObjectName, Vec<&ObjectName>> = BTreeMap::new();
        for (child, parents) in &family.parents {
            for parent in parents {
                children.entry(parent).or_default().push(child);
            }
        }
        for name in &family.order {
            let Some(part) = self.tables.get(name) else {
                continue;
            };
            let Some(origin) = &part.origin else {
                continue;
            };
            // the table goes under the name that it has by then
            let given = part.old.as_ref().map_or(origin, |old| &old.given);
            let mut definition = given.clone();
            let mut step_marks = Vec::new();
            let mut after = Vec::new();
            for at in self.constraints.places(name) {
                let Some(old) = &self.constraints[*at].old else {
                    continue;
                };
                if family.apart.contains(at) {
                    take_out_canonical(&mut definition, &old.given, &old.canonical);
                } else {
                    put_in(&mut definition, &old.given);
                    let name = old.given.name().map(|own| name.sibling(own));
                    step_marks.extend(name.map(Mark::Frees));
                }
                after.push(Mark::Takes(constraint_ref(name, &old.canonical)));
            }
            after.extend(keys_to.remove(name).into_iter().flatten());
            for index in self.indexes.of(name) {
                if let Some(old) = &index.old {
                    after.push(Mark::Takes(index_ref(name, &old.canonical)));
                }
            }
            for other in self.others.of(name) {
                if let Some(old) = other
                    .old
                    .as_ref()
                    .filter(|old| old.canonical.on.as_ref() == Some(name))
                {
                    after.push(Mark::Takes(super::users::other_ref(&old.canonical)));
                }
            }
            let children = children.get(name).into_iter().flatten();
            after.extend(children.map(|child| Mark::Takes(table_ref(child))));
            for column in &definition.columns {
                step_marks.push(Mark::Takes(table_ref(name).column(column.name.as_str())));
            }
            let operation = Operation::DropTable {
                name: name.clone(),
                definition: Some(definition),
                if_exists: false,
            };
            let mut step = Step::new(
                Phase::DropTables,
                ChangeKind::Remove,
                table_ref(name),
                operation,
            )
            .loses(format!("The rows of `{name}` are lost."));
            for mark in step_marks {
                step = step.marked(mark);
            }
            for mark in after {
                step = step.after(mark);
            }
            plan.push(step);
        }
    }

    /// Comments and options of tables that stay.
    pub(super) fn plan_table_changes(&mut self, plan: &mut Plan) {
        let mut notes = Vec::new();
        for (name, part) in &self.tables {
            let (Some(old), Some(new)) = (&part.old, &part.new) else {
                continue;
            };
            let Table {
                name: _,
                columns: _,
                constraints: _,
                comment,
                options,
            } = &old.canonical;
            if *comment != new.canonical.comment {
                let operation = Operation::SetTableComment {
                    table: name.clone(),
                    comment: new.given.comment.clone(),
                    was: Some(old.given.comment.clone()),
                };
                match self.backend.can(&operation) {
                    Ok(()) => plan.push(Step::new(
                        Phase::Comments,
                        ChangeKind::Alter,
                        table_ref(name),
                        operation,
                    )),
                    Err(refused) => notes.push((table_ref(name), refused.to_string())),
                }
            }
            let changed = alike::table_options(options, &new.canonical.options);
            if changed.is_empty() {
                continue;
            }
            let (mut before, mut after) = (options.clone(), new.canonical.options.clone());
            if before.collation != after.collation {
                before.collation = collation(&old.canonical, &self.from);
                after.collation = collation(&new.canonical, &self.to);
            }
            let statements = self
                .backend
                .change_options(name, &before, &after)
                .zip(self.backend.change_options(name, &after, &before));
            match statements {
                Some((forth, mut back)) => {
                    back.reverse();
                    back.resize(forth.len(), String::new());
                    for (sql, undo) in forth.into_iter().zip(back) {
                        let operation = Operation::Execute {
                            sql: Sql::from(sql),
                            undo: Some(Sql::from(undo)).filter(|sql| !sql.common_text().is_empty()),
                        };
                        plan.push(Step::new(
                            Phase::AlterTables,
                            ChangeKind::Alter,
                            table_ref(name),
                            operation,
                        ));
                    }
                }
                None => notes.push((
                    table_ref(name),
                    format!("no operation changes its {}", changed.join(" and its ")),
                )),
            }
        }
        for (object, text) in notes {
            self.note(object, text);
        }
        self.note_partitions();
    }

    /// What is part of a table of another name or form cannot be moved.
    fn note_partitions(&mut self) {
        let replaced: Vec<ObjectRef> = self
            .others
            .iter()
            .filter(|part| part.fate == Fate::Replace)
            .filter_map(|part| part.old.as_ref())
            .filter(|old| is_part_of_table(&old.canonical.kind))
            .map(|old| super::users::other_ref(&old.canonical))
            .collect();
        for object in replaced {
            self.note(
                object,
                "its bounds or its table differ; it is not changed, since its rows would go",
            );
        }
    }
}

/// Whether a constraint does not hold for the rows that are there.
fn is_unchecked(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Check(check) => check.not_valid,
        Constraint::ForeignKey(key) => key.not_valid,
        _ => false,
    }
}

/// Adds a constraint that a schema has as an index.
fn put_in(table: &mut Table, constraint: &Constraint) {
    let is_index = matches!(constraint, Constraint::Unique(key) if key.name.is_some());
    let mut names = table.constraints.iter().map(Constraint::name);
    if is_index && !names.any(|name| name == constraint.name()) {
        table.constraints.push(constraint.clone());
    }
}

/// Removes one constraint from a table.
fn take_out(table: &mut Table, constraint: &Constraint) {
    if let Some(at) = table
        .constraints
        .iter()
        .position(|other| other == constraint)
    {
        table.constraints.remove(at);
    }
}

/// Removes one constraint that may have another spelling in the table.
fn take_out_canonical(table: &mut Table, given: &Constraint, canonical: &Constraint) {
    let same = |other: &Constraint| {
        other == given
            || other == canonical
            || other.kind() == canonical.kind()
                && other.name() == canonical.name()
                && other.columns() == canonical.columns()
    };
    if let Some(at) = table.constraints.iter().position(same) {
        table.constraints.remove(at);
    }
}
