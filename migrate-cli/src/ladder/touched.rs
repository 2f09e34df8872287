//! Which tables a revision touches, by the statements that it sent; and what it adds that rows must
//! satisfy. Pure. What cannot be read touches all tables.

use std::collections::BTreeSet;

use migrate_core::engine::backend::BackendKind;
use migrate_core::engine::sql::{constants, names};
use migrate_core::schema::{Constraint, ForeignKey, ObjectName, Schema, Table};

/// What the statements of a revision name.
#[derive(Clone, Debug, Default)]
pub(super) struct Touched {
    /// Their words and names, in lower case.
    names: BTreeSet<String>,
    /// The same of those that may change values, as what is created does not.
    changed: BTreeSet<String>,
    /// Whether they may touch anything.
    anything: bool,
}

/// Words after which a statement may do what it does not say.
const OPAQUE: &[&str] = &["call", "do", "execute", "perform", "exec"];

impl Touched {
    /// Notes what a statement names.
    pub(super) fn statement(&mut self, sql: &str, kind: BackendKind) {
        let names = names(sql, kind);
        let first = names.first().map(String::as_str).unwrap_or_default();
        self.anything |= OPAQUE.contains(&first);
        if first != "create" {
            self.changed.extend(names.iter().cloned());
        }
        self.names.extend(names);
    }

    /// Notes a table.
    pub(super) fn table(&mut self, name: &str) {
        let last = name.rsplit('.').next().unwrap_or(name);
        self.names.insert(last.to_lowercase());
    }

    /// Notes that anything may be touched.
    pub(super) fn anything(&mut self) {
        self.anything = true;
    }

    /// Whether the values of a column may be changed on purpose.
    pub(super) fn changes(&self, column: &str) -> bool {
        self.anything || self.changed.contains(&column.to_lowercase())
    }

    /// The tables of a schema that are touched.
    pub(super) fn of(&self, schema: &Schema) -> BTreeSet<ObjectName> {
        let named = |name: &ObjectName| self.names.contains(&name.name.to_lowercase());
        // what a view, a trigger or a function does to other tables is not read
        let leads_on = schema.views.iter().any(|view| named(&view.name))
            || schema.others.iter().any(|other| {
                let plain = other.name.name.split('(').next().unwrap_or_default();
                let is_used = self.names.contains(&plain.to_lowercase());
                is_used || other.kind == "trigger" && other.on.as_ref().is_some_and(named)
            });
        let tables = schema.tables.iter().map(|table| &table.name);
        if self.anything || leads_on {
            return tables.cloned().collect();
        }
        let touched: Vec<ObjectName> = tables.filter(|name| named(name)).cloned().collect();
        if touched.is_empty()
            || !["delete", "update", "drop", "replace"]
                .iter()
                .any(|word| self.names.contains(*word))
        {
            return touched.into_iter().collect();
        }
        // rows go, or change, with those that they refer to
        dependents(schema, &touched).into_iter().collect()
    }
}

/// These tables and all that refer to them; those that refer come first.
pub(super) fn dependents(schema: &Schema, tables: &[ObjectName]) -> Vec<ObjectName> {
    let referring = |name: &ObjectName| {
        let refers = |table: &&Table| {
            let mut keys = table.constraints.iter().filter_map(key);
            table.name != *name && keys.any(|key| key.table == *name)
        };
        let tables = schema.tables.iter().filter(refers);
        tables.map(|table| table.name.clone()).collect::<Vec<_>>()
    };
    let mut found: Vec<(ObjectName, Vec<ObjectName>)> = Vec::new();
    let mut open: Vec<ObjectName> = tables.to_vec();
    while let Some(name) = open.pop() {
        if found.iter().all(|(other, _)| *other != name) {
            let referring = referring(&name);
            open.extend(referring.iter().cloned());
            found.push((name, referring));
        }
    }
    let mut order: Vec<ObjectName> = Vec::with_capacity(found.len());
    while !found.is_empty() {
        let is_next = |(_, referring): &(ObjectName, Vec<ObjectName>)| {
            referring.iter().all(|table| order.contains(table))
        };
        // in a cycle, any of them
        let at = found.iter().position(is_next).unwrap_or(0);
        order.push(found.remove(at).0);
    }
    order
}

fn key(constraint: &Constraint) -> Option<&ForeignKey> {
    match constraint {
        Constraint::ForeignKey(key) => Some(key),
        _ => None,
    }
}

/// The checks and foreign keys of a table that are new, and about columns and tables that were
/// there before: whether rows satisfy them is what only the author of the data knows.
pub(super) fn added_constraints(
    before: &Table,
    after: &Table,
    schema: &Schema,
    kind: BackendKind,
) -> Vec<Constraint> {
    let was_there = |column: &str| {
        before
            .columns
            .iter()
            .any(|found| found.name.eq_ignore_ascii_case(column))
    };
    let is_new = |column: &str| {
        !was_there(column)
            && after
                .columns
                .iter()
                .any(|found| found.name.eq_ignore_ascii_case(column))
    };
    let counts = |constraint: &&Constraint| match constraint {
        Constraint::Check(check) => {
            let named = constants(check.expression.text(kind), kind).names;
            !named.iter().any(|name| is_new(name))
        }
        Constraint::ForeignKey(key) => {
            key.columns.iter().all(|column| was_there(column)) && schema.table(&key.table).is_some()
        }
        _ => false,
    };
    let new = after
        .constraints
        .iter()
        .filter(|one| !before.constraints.contains(one));
    new.filter(counts).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::schema::{Check, Column, Other, Type};

    fn table(name: &str, keys: &[&str]) -> Table {
        let mut table = Table::new(name);
        table.columns.push(Column::new("id", Type::Integer));
        for to in keys {
            let key = ForeignKey::new(vec!["id".to_owned()], (*to).into(), vec!["id".to_owned()]);
            table.constraints.push(key.into());
        }
        table
    }

    fn schema() -> Schema {
        let mut schema = Schema::empty();
        schema.tables = vec![
            table("users", &[]),
            table("posts", &["users"]),
            table("tags", &[]),
        ];
        schema
    }

    fn touched(schema: &Schema, sql: &str) -> String {
        let mut touched = Touched::default();
        touched.statement(sql, BackendKind::Postgres);
        let names: Vec<String> = touched.of(schema).iter().map(ToString::to_string).collect();
        names.join(" ")
    }

    #[test]
    fn a_statement_touches_the_tables_that_it_names() {
        let mut schema = schema();
        assert_eq!(touched(&schema, "ALTER TABLE \"users\" ADD x int"), "users");
        assert_eq!(
            touched(&schema, "INSERT INTO tags VALUES ('posts')"),
            "tags"
        );
        assert_eq!(touched(&schema, "DELETE FROM users"), "posts users");
        assert_eq!(touched(&schema, "DO $$ x $$"), "posts tags users");
        let mut other = Other::new("function", "touch(integer)");
        schema.others.push(other.clone());
        assert_eq!(touched(&schema, "SELECT touch(1)"), "posts tags users");
        other.kind = "trigger".to_owned();
        other.on = Some("tags".into());
        schema.others = vec![other];
        assert_eq!(
            touched(&schema, "UPDATE tags SET id = 1"),
            "posts tags users"
        );
        assert_eq!(touched(&schema, "ALTER TABLE posts ADD x int"), "posts");
    }

    #[test]
    fn what_refers_to_a_table_comes_before_it() {
        let mut schema = schema();
        schema.tables.push(table("notes", &["posts", "users"]));
        let found = dependents(&schema, &["users".into()]);
        let names: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["notes", "posts", "users"]);
    }

    #[test]
    fn only_constraints_over_what_was_there_are_added() {
        let schema = schema();
        let before = table("tags", &[]);
        let mut after = table("tags", &["users", "elsewhere"]);
        after.columns.push(Column::new("size", Type::Integer));
        after.constraints.push(Check::new("id > 0").into());
        after.constraints.push(Check::new("size > 0").into());
        let added = added_constraints(&before, &after, &schema, BackendKind::Postgres);
        assert_eq!(added.len(), 2, "{added:?}");
    }
}
