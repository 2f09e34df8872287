//! The operations of renames.

use std::collections::BTreeMap;

use super::change::ChangeKind;
use super::columns::column_ref;
use super::comparison::Comparison;
use super::parts::Fate;
use super::plan::{Phase, Plan, Step};
use super::renames::in_order;
use super::tables::table_ref;
use crate::operation::{EnumTypeOperation, Operation, SequenceOperation};
use crate::schema::{ObjectName, ObjectRef};

impl Comparison<'_> {
    pub(super) fn plan_renames(&self, plan: &mut Plan) {
        let mut by_schema: BTreeMap<Option<String>, BTreeMap<String, String>> = BTreeMap::new();
        for (old, new) in &self.found.renamed.tables {
            if !self
                .found
                .silent
                .contains(&(old.sibling(new.as_str()), None))
            {
                let names = by_schema.entry(old.schema.clone()).or_default();
                names.insert(old.name.clone(), new.clone());
            }
        }
        for (schema, names) in by_schema {
            for (from, to) in in_order(&names) {
                let from = ObjectName {
                    schema: schema.clone(),
                    name: from,
                };
                let object = table_ref(&from);
                let operation = Operation::RenameTable { from, to };
                // in their order, which matters
                plan.push(Step::in_order(
                    Phase::RenameTables,
                    ChangeKind::Rename,
                    object,
                    operation,
                ));
            }
        }
        for (table, names) in &self.found.renamed.columns {
            let table = self.found.new_name(table);
            let mut said = names.clone();
            said.retain(|_, new| {
                let name = (table.clone(), Some(new.clone()));
                let silent = self.found.silent.contains(&name);
                // one that is replaced is added under its new name
                let column = (table.clone(), new.clone());
                let replaced = self
                    .columns
                    .get(&column)
                    .is_some_and(|part| part.fate == Fate::Replace);
                !silent && !replaced
            });
            for (from, to) in in_order(&said) {
                let object = column_ref(&table, &from);
                let operation = Operation::RenameColumn {
                    table: table.clone(),
                    from,
                    to,
                };
                plan.push(Step::in_order(
                    Phase::RenameColumns,
                    ChangeKind::Rename,
                    object,
                    operation,
                ));
            }
        }
        for (from, to) in &self.found.renamed.types {
            let operation = Operation::EnumType(EnumTypeOperation::Rename {
                from: from.clone(),
                to: to.clone(),
            });
            let object = ObjectRef::new("enum", from.clone());
            plan.push(Step::new(
                Phase::RenameOthers,
                ChangeKind::Rename,
                object,
                operation,
            ));
        }
        for (from, to) in &self.found.renamed.sequences {
            self.rename_sequence(plan, from, to);
        }
        self.follow_serial_columns(plan);
    }

    /// The sequence of a serial column keeps its name when the table or the column is renamed; it
    /// would be no serial column any more.
    fn follow_serial_columns(&self, plan: &mut Plan) {
        for (at, origin) in self.origin.tables.iter().enumerate() {
            let Some(table) = self.from.tables.get(at) else {
                continue;
            };
            for (place, old) in origin.columns.iter().enumerate() {
                let Some(new) = table.columns.get(place) else {
                    continue;
                };
                let renamed = (&table.name, &new.name) != (&origin.name, &old.name);
                let mut moved = old.clone();
                moved.name.clone_from(&new.name);
                let (Some((_, before)), Some((_, after))) = (
                    self.backend.written_out(&origin.name, old),
                    self.backend.written_out(&table.name, &moved),
                ) else {
                    continue;
                };
                if renamed && before.name != after.name {
                    self.rename_sequence(plan, &before.name, &after.name.name);
                }
            }
        }
    }

    fn rename_sequence(&self, plan: &mut Plan, from: &ObjectName, to: &str) {
        let operation = Operation::Sequence(SequenceOperation::Rename {
            from: from.clone(),
            to: to.to_owned(),
        });
        let object = ObjectRef::new("sequence", from.clone());
        plan.push(Step::new(
            Phase::RenameOthers,
            ChangeKind::Rename,
            object,
            operation,
        ));
    }
}
