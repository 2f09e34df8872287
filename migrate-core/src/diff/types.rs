//! Types with names, schemas and extensions. What is to be replaced under its own name is
//! first renamed, in the schema that is there too; the rest of the comparison then sees a type that
//! goes and another that comes.

use std::collections::BTreeSet;

use super::alike;
use super::change::ChangeKind;
use super::comparison::Comparison;
use super::lists::{by_name, names};
use super::plan::{Phase, Plan, Step};
use super::renames::{Found, in_order, third_name};
use super::rewrite::{Renamed, rewritten};
use crate::backend::Backend;
use crate::operation::{
    DomainOperation, EnumPosition, EnumTypeOperation, ExtensionOperation, Operation,
    SchemaOperation,
};
use crate::schema::{DefaultValue, Domain, EnumType, ObjectName, ObjectRef, Schema, Sql, Value};

fn type_ref(kind: &str, name: &ObjectName) -> ObjectRef {
    ObjectRef::new(kind, name.clone())
}

/// Renames types that cannot become what they are to be where they are, and writes serial columns
/// out that change. `from` is under the new names; `canonical` has both as they are spelled one
/// way, before and after.
pub(super) fn prepare(
    (mut from, to): (Schema, &mut Schema),
    canonical: &mut (Schema, Schema),
    found: &Found,
    backend: &dyn Backend,
    plan: &mut Plan,
) -> (Schema, BTreeSet<(ObjectName, String)>) {
    if !found.labels.is_empty() {
        rename_labels(&mut from, found, backend, plan);
        canonical.0 = backend.canonical(&from);
    }
    let written_out = write_out(&mut from, to, backend);
    if !written_out.is_empty() {
        *canonical = (backend.canonical(&from), backend.canonical(to));
    }
    let (old, new) = &*canonical;
    let mut displaced = Renamed::default();
    let enums = by_name(&new.enums);
    for one in &old.enums {
        let Some(other) = enums.get(&one.name) else {
            continue;
        };
        if !grows(&one.values, &other.values) {
            let third = third_name(&one.name.name);
            let operation = Operation::EnumType(EnumTypeOperation::Rename {
                from: one.name.clone(),
                to: third.clone(),
            });
            displace(plan, type_ref("enum", &one.name), operation);
            displaced.types.insert(one.name.clone(), third);
        }
    }
    let domains = by_name(&new.domains);
    for one in &old.domains {
        let other = domains.get(&one.name);
        if other.is_some_and(|other| alike::domains(one, other).base) {
            let third = third_name(&one.name.name);
            let renamed = one.name.sibling(third.as_str());
            let (Ok(here), Ok(there)) = (backend.name(&one.name), backend.name(&renamed)) else {
                continue;
            };
            let plain = |name: &str| backend.name(&ObjectName::from(name)).unwrap_or_default();
            let operation = Operation::Execute {
                sql: Sql::from(format!("ALTER DOMAIN {here} RENAME TO {}", plain(&third))),
                undo: Some(Sql::from(format!(
                    "ALTER DOMAIN {there} RENAME TO {}",
                    plain(&one.name.name)
                ))),
            };
            displace(plan, type_ref("domain", &one.name), operation);
            displaced.types.insert(one.name.clone(), third);
        }
    }
    if !displaced.is_empty() {
        let follow = backend.diff_rules().renames_follow;
        from = rewritten(&from, &displaced, follow, backend.kind());
        canonical.0 = backend.canonical(&from);
    }
    (from, written_out)
}

/// Labels are renamed first of all, under their type's old name; where they are used, they follow.
fn rename_labels(from: &mut Schema, found: &Found, backend: &dyn Backend, plan: &mut Plan) {
    let mut renamed = Renamed::default();
    for one in &mut from.enums {
        let Some(names) = found.labels.get(&one.name) else {
            continue;
        };
        let name = found.old_type(&one.name);
        for (old, new) in in_order(names) {
            let operation = Operation::EnumType(EnumTypeOperation::RenameValue {
                name: name.clone(),
                from: old,
                to: new,
            });
            let object = type_ref("enum", &one.name);
            plan.push(Step::in_order(
                Phase::RenameTables,
                ChangeKind::Rename,
                object,
                operation,
            ));
        }
        for label in &mut one.values {
            if let Some(new) = names.get(label) {
                label.clone_from(new);
            }
        }
        renamed.labels.insert(one.name.clone(), names.clone());
    }
    let follow = backend.diff_rules().renames_follow;
    *from = rewritten(from, &renamed, follow, backend.kind());
}

fn displace(plan: &mut Plan, object: ObjectRef, operation: Operation) {
    plan.push(Step::new(
        Phase::Displace,
        ChangeKind::Rename,
        object,
        operation,
    ));
}

/// Writes columns out whose type stands for a sequence, where that changes.
fn write_out(
    from: &mut Schema,
    to: &mut Schema,
    backend: &dyn Backend,
) -> BTreeSet<(ObjectName, String)> {
    let mut changed = BTreeSet::new();
    let becomes = by_name(&to.tables);
    for table in &from.tables {
        let Some(other) = becomes.get(&table.name) else {
            continue;
        };
        for column in &table.columns {
            let new = other.columns.iter().find(|new| new.name == column.name);
            let differs = new.is_some_and(|new| {
                let is_serial = [column, new]
                    .into_iter()
                    .any(|column| backend.written_out(&table.name, column).is_some());
                is_serial && column.ty != new.ty
            });
            if differs {
                changed.insert((table.name.clone(), column.name.clone()));
            }
        }
    }
    if changed.is_empty() {
        return changed;
    }
    for schema in [from, to] {
        for table in &mut schema.tables {
            for column in &mut table.columns {
                if !changed.contains(&(table.name.clone(), column.name.clone())) {
                    continue;
                }
                if let Some((plain, sequence)) = backend.written_out(&table.name, column) {
                    *column = plain;
                    schema.sequences.push(sequence);
                }
            }
        }
    }
    changed
}

/// Whether labels only have to be added to be others.
fn grows(old: &[String], new: &[String]) -> bool {
    let mut rest = new.iter();
    old.iter().all(|label| rest.any(|other| other == label))
}

impl Comparison<'_> {
    pub(super) fn plan_types(&mut self, plan: &mut Plan) {
        self.plan_enums(plan);
        self.plan_domains(plan);
        self.plan_sequences(plan);
        self.plan_surroundings(plan);
    }

    fn plan_enums(&mut self, plan: &mut Plan) {
        let (old, new) = (self.from.enums.clone(), self.to.enums.clone());
        let there = names(&old);
        let becomes = by_name(&new);
        for one in old {
            match becomes.get(&one.name) {
                Some(other) => self.plan_labels(plan, &one, other),
                None => {
                    let operation = Operation::EnumType(EnumTypeOperation::Drop {
                        name: one.name.clone(),
                        definition: Some(one.clone()),
                        if_exists: false,
                    });
                    let object = type_ref("enum", &one.name);
                    self.push_if_can(
                        plan,
                        Phase::DropTypes,
                        ChangeKind::Remove,
                        object,
                        operation,
                    );
                }
            }
        }
        for other in new {
            if !there.contains(&other.name) {
                let object = type_ref("enum", &other.name);
                let operation = Operation::EnumType(EnumTypeOperation::Create { enum_type: other });
                self.push_if_can(plan, Phase::Types, ChangeKind::Add, object, operation);
            }
        }
    }

    /// New labels come before all else, under the type's old name and beside old names.
    fn plan_labels(&self, plan: &mut Plan, one: &EnumType, other: &EnumType) {
        let name = self.found.old_type(&one.name);
        let old = &one.values;
        let names = self.found.labels.get(&one.name);
        let before = |label: &String| {
            let mut pairs = names.into_iter().flatten();
            let found = pairs.find(|(_, new)| *new == label);
            found.map_or(label, |(old, _)| old).clone()
        };
        let mut last: Option<&String> = None;
        for (at, label) in other.values.iter().enumerate() {
            if !old.contains(label) {
                let is_end = other.values[at..].iter().all(|label| !old.contains(label));
                let position = match (last, old.first()) {
                    _ if is_end => None,
                    (Some(last), _) => Some(EnumPosition::After(before(last))),
                    (None, Some(first)) => Some(EnumPosition::Before(before(first))),
                    (None, None) => None,
                };
                let operation = Operation::EnumType(EnumTypeOperation::AddValue {
                    name: name.clone(),
                    value: label.clone(),
                    position,
                    if_not_exists: false,
                });
                let object = type_ref("enum", &one.name);
                plan.push(Step::in_order(
                    Phase::Labels,
                    ChangeKind::Alter,
                    object,
                    operation,
                ));
            }
            last = Some(label);
        }
    }

    fn plan_domains(&mut self, plan: &mut Plan) {
        let (old, new) = (self.from.domains.clone(), self.to.domains.clone());
        let there = names(&old);
        let becomes = by_name(&new);
        let canonical = (self.old.domains.clone(), self.new.domains.clone());
        let canonical = (by_name(&canonical.0), by_name(&canonical.1));
        let find = |name: &ObjectName| Some((*canonical.0.get(name)?, *canonical.1.get(name)?));
        for one in old {
            match becomes.get(&one.name) {
                Some(other) => {
                    if let Some(canonical) = find(&one.name) {
                        self.alter_domain(plan, (&one, other), canonical);
                    }
                }
                None => {
                    let object = type_ref("domain", &one.name);
                    let operation = Operation::Domain(DomainOperation::Drop {
                        name: one.name.clone(),
                        definition: Some(one),
                        if_exists: false,
                    });
                    self.push_if_can(
                        plan,
                        Phase::DropTypes,
                        ChangeKind::Remove,
                        object,
                        operation,
                    );
                }
            }
        }
        for other in new {
            if !there.contains(&other.name) {
                let object = type_ref("domain", &other.name);
                let operation = Operation::Domain(DomainOperation::Create { domain: other });
                self.push_if_can(plan, Phase::Types, ChangeKind::Add, object, operation);
            }
        }
    }

    fn alter_domain(
        &mut self,
        plan: &mut Plan,
        (one, other): (&Domain, &Domain),
        (old, new): (&Domain, &Domain),
    ) {
        let aspects = alike::domains(old, new);
        let default = |domain: &Domain| match &domain.default {
            Some(default) => Some(format!("SET DEFAULT {}", self.default_text(default)?)),
            None => Some("DROP DEFAULT".to_owned()),
        };
        let null = |domain: &Domain| match domain.nullable {
            true => "DROP NOT NULL".to_owned(),
            false => "SET NOT NULL".to_owned(),
        };
        let mut actions: Vec<(Option<String>, Option<String>, bool)> = Vec::new();
        if aspects.default {
            actions.push((default(other), default(one), false));
        }
        if aspects.nullable {
            actions.push((Some(null(other)), Some(null(one)), !other.nullable));
        }
        if aspects.checks {
            let text = |name: &str| self.backend.name(&ObjectName::from(name)).ok();
            let drop = |check: &crate::schema::Check| {
                Some(format!("DROP CONSTRAINT {}", text(check.name.as_deref()?)?))
            };
            let add = |check: &crate::schema::Check| {
                let name = text(check.name.as_deref()?)?;
                let expression = check.expression.text(self.kind);
                Some(format!("ADD CONSTRAINT {name} CHECK ({expression})"))
            };
            for (at, check) in old.checks.iter().enumerate() {
                if !new.checks.contains(check) {
                    let given = one.checks.get(at).unwrap_or(check);
                    actions.push((drop(given), add(given), false));
                }
            }
            for (at, check) in new.checks.iter().enumerate() {
                if !old.checks.contains(check) {
                    let given = other.checks.get(at).unwrap_or(check);
                    actions.push((add(given), drop(given), true));
                }
            }
        }
        let object = type_ref("domain", &one.name);
        let Ok(name) = self.backend.name(&one.name) else {
            return;
        };
        for (forth, back, narrows) in actions {
            let Some((forth, back)) = forth.zip(back) else {
                self.note(
                    object.clone(),
                    "it has a condition without a name, which is not changed",
                );
                continue;
            };
            let operation = Operation::Execute {
                sql: Sql::from(format!("ALTER DOMAIN {name} {forth}")),
                undo: Some(Sql::from(format!("ALTER DOMAIN {name} {back}"))),
            };
            let fails = format!(
                "It fails where a value of type `{}` does not satisfy it.",
                one.name
            );
            plan.push(
                Step::new(
                    Phase::AlterTables,
                    ChangeKind::Alter,
                    object.clone(),
                    operation,
                )
                .may_fail(narrows.then_some(fails)),
            );
        }
    }

    fn default_text(&self, default: &DefaultValue) -> Option<String> {
        match default {
            DefaultValue::Value(Value::Expression(sql)) | DefaultValue::Expression(sql) => {
                Some(sql.text(self.kind).to_owned())
            }
            DefaultValue::Value(value) => self.backend.literal(value).ok(),
        }
    }

    /// Schemas, if several are compared, and extensions.
    fn plan_surroundings(&mut self, plan: &mut Plan) {
        let (old, new) = (self.origin.schemas.clone(), self.to.schemas.clone());
        let sets = [&old, &new].map(|names| names.iter().collect::<BTreeSet<_>>());
        for name in new.iter().filter(|name| !sets[0].contains(name)) {
            let object = ObjectRef::new("schema", name.as_str());
            let operation = Operation::Schema(SchemaOperation::Create {
                name: name.clone(),
                if_not_exists: false,
            });
            self.push_if_can(
                plan,
                Phase::Surroundings,
                ChangeKind::Add,
                object,
                operation,
            );
        }
        for name in old.iter().filter(|name| !sets[1].contains(name)) {
            let object = ObjectRef::new("schema", name.as_str());
            let operation = Operation::Schema(SchemaOperation::Drop {
                name: name.clone(),
                if_exists: false,
                cascade: false,
            });
            self.push_if_can(
                plan,
                Phase::DropSurroundings,
                ChangeKind::Remove,
                object,
                operation,
            );
        }
        let (old, new) = (self.from.extensions.clone(), self.to.extensions.clone());
        for one in &new {
            let object = ObjectRef::new("extension", one.name.as_str());
            match old.iter().find(|other| other.name == one.name) {
                Some(other) if alike::extensions(one, other) => {}
                Some(_) => self.note(object, "its schema differs, and is not changed"),
                None => {
                    let operation = created(one);
                    self.push_if_can(
                        plan,
                        Phase::Surroundings,
                        ChangeKind::Add,
                        object,
                        operation,
                    );
                }
            }
        }
        for one in &old {
            if new.iter().any(|other| other.name == one.name) {
                continue;
            }
            let object = ObjectRef::new("extension", one.name.as_str());
            let drop = Operation::Extension(ExtensionOperation::Drop {
                name: one.name.clone(),
                if_exists: false,
                cascade: false,
            });
            let text =
                |operation: &Operation| self.backend.ddl(operation).ok().map(|sql| sql.concat());
            // as text, so that it can come back
            if let Some((sql, undo)) = text(&drop).zip(text(&created(one))) {
                let operation = Operation::Execute {
                    sql: Sql::from(sql),
                    undo: Some(Sql::from(undo)),
                };
                let loses = format!("What `{}` keeps of its own is lost.", one.name);
                plan.push(
                    Step::new(
                        Phase::DropSurroundings,
                        ChangeKind::Remove,
                        object,
                        operation,
                    )
                    .loses(loses),
                );
            }
        }
    }
}

fn created(extension: &crate::schema::Extension) -> Operation {
    Operation::Extension(ExtensionOperation::Create {
        name: extension.name.clone(),
        schema: extension.schema.clone(),
        version: None,
        if_not_exists: false,
    })
}
