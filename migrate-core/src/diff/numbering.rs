//! Columns that the server numbers: their numbers pause while no key begins with them, and go on
//! after the largest one.

use super::change::ChangeKind;
use super::columns::{alter, column_ref};
use super::comparison::{ColumnPart, Comparison};
use super::parts::{Fate, Version};
use super::plan::{Phase, Plan, Step};
use crate::operation::{ColumnChange, Operation};
use crate::schema::{Column, ObjectName, Sql};

impl Comparison<'_> {
    /// A column that stays as it is, but whose key is replaced.
    pub(super) fn renumber_column(
        &mut self,
        plan: &mut Plan,
        table: &ObjectName,
        old_table: &ObjectName,
        part: &ColumnPart,
        (old, new): (&Version<Column>, &Version<Column>),
    ) {
        let name = &new.given.name;
        let is_pinned = self.rules.numbers_need_key && old.given.identity.is_some();
        if !is_pinned || !self.numbers_pause(table, name) {
            return;
        }
        let before = Column {
            name: part.old_name.clone(),
            ..old.given.clone()
        };
        self.stop_numbers(plan, table, old_table, &before);
        let plain = Column {
            identity: None,
            ..old.given.clone()
        };
        let change = ColumnChange {
            identity: Some(new.given.identity.clone()),
            ..ColumnChange::default()
        };
        let object = column_ref(table, name);
        let operation = alter(table, name, change, &plain);
        self.push_if_can(plan, Phase::Number, ChangeKind::Alter, object, operation);
    }

    pub(super) fn stop_numbers(
        &mut self,
        plan: &mut Plan,
        table: &ObjectName,
        old_table: &ObjectName,
        before: &Column,
    ) {
        let change = ColumnChange {
            identity: Some(None),
            ..ColumnChange::default()
        };
        let operation = alter(old_table, &before.name, change, before);
        let object = column_ref(table, &before.name);
        self.push_if_can(
            plan,
            Phase::StopNumbers,
            ChangeKind::Alter,
            object,
            operation,
        );
    }

    /// Whether no key begins with a numbered column for a while.
    pub(super) fn numbers_pause(&self, table: &ObjectName, name: &str) -> bool {
        let columns = [name.to_owned()];
        let (mut drops, mut keeps) = (false, false);
        let mut count = |fate: Fate, covers: bool| {
            drops |= covers && fate.drops();
            keeps |= covers && matches!(fate, Fate::Keep | Fate::Rename);
        };
        for part in self.constraints.of(table) {
            let old = part.old.as_ref();
            count(
                part.fate,
                old.is_some_and(|old| self.covers_by_constraint(&old.canonical, &columns)),
            );
        }
        for part in self.indexes.of(table) {
            let old = part.old.as_ref();
            count(
                part.fate,
                old.is_some_and(|old| self.covers(&old.canonical, &columns)),
            );
        }
        drops && !keeps
    }

    /// Lets the numbers of a column go on after the largest one.
    pub(super) fn count_on(
        &mut self,
        plan: &mut Plan,
        table: &ObjectName,
        name: &str,
        phase: Phase,
        statement: Option<&String>,
    ) {
        if let Some(statement) = statement {
            let operation = Operation::Execute {
                sql: Sql::from(statement.as_str()),
                undo: Some(Sql::from(statement.as_str())),
            };
            let object = column_ref(table, name);
            plan.push(Step::new(phase, ChangeKind::Alter, object, operation));
        }
    }
}
