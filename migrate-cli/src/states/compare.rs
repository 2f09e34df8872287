//! Compares two states: the differences, and what is settled by the server where only texts differ.

use std::collections::BTreeSet;

use super::{Bench, Filters, Found, States};
use crate::error::CliError;
use migrate_core::engine::backend::{self, BackendKind};
use migrate_core::engine::diff::{Answers, Difference, diff, settled};
use migrate_core::schema::{Constraint, ObjectName, Schema};

/// Two states and what differs.
pub(crate) struct Compared {
    /// The kind of database by whose rules they are compared.
    pub(crate) kind: BackendKind,
    /// The state before.
    pub(crate) from: Schema,
    /// The state after.
    pub(crate) to: Schema,
    /// What leads from the one to the other. Tables that are doubtful in it stay so.
    pub(crate) difference: Difference,
    /// Why the doubts stay, if some do.
    pub(crate) unsettled: Option<String>,
    /// Remarks for people.
    pub(crate) notes: Vec<String>,
}

impl Compared {
    /// The same states with other answers.
    pub(crate) fn answered(&mut self, answers: &Answers) -> Result<(), CliError> {
        self.difference = diff(&self.from, &self.to, backend::rules(self.kind)?, answers);
        Ok(())
    }
}

impl States<'_, '_, '_> {
    /// What differs between two states.
    pub(crate) fn compare(
        &mut self,
        from: Found,
        to: Found,
        answers: &Answers,
    ) -> Result<Compared, CliError> {
        let (mut from, mut to) = (from, to);
        let filters = Filters::of(self.context, to.kind)?;
        for found in [&mut from, &mut to] {
            filters.select(&mut found.schema);
            filters.forget(&mut found.schema);
        }
        let kind = to.kind;
        let mut compared = Compared {
            kind,
            notes: other_servers(&from, &to),
            from: from.schema,
            to: to.schema,
            difference: Difference::default(),
            unsettled: None,
        };
        let (mut from, mut to) = (compared.from.clone(), compared.to.clone());
        let rules = backend::rules(kind)?;
        let written = |schema: &Schema, tables: &[ObjectName]| -> Result<Schema, CliError> {
            let mut read = self.written(kind, &part(schema, tables))?;
            filters.forget(&mut read);
            Ok(read)
        };
        match settled((&mut from, &mut to), rules, answers, written) {
            Ok(difference) => {
                (compared.from, compared.to) = (from, to);
                compared.difference = difference;
            }
            Err(why) if why.exit == crate::exit::Exit::Stopped => return Err(why),
            Err(why) => {
                compared.answered(answers)?;
                compared.unsettled = Some(why.message);
            }
        }
        Ok(compared)
    }

    /// Creates a schema in a scratch database, with the excluded tables that it refers to.
    pub(crate) fn build(
        &self,
        bench: &mut Bench,
        kind: BackendKind,
        schema: &Schema,
    ) -> Result<(), CliError> {
        let keys = schema.tables.iter().flat_map(|table| &table.constraints);
        let referred: BTreeSet<&ObjectName> = keys
            .filter_map(|constraint| match constraint {
                Constraint::ForeignKey(key) => Some(&key.table),
                _ => None,
            })
            .collect();
        let mut whole = schema.clone();
        let left_out = self.left_out.iter().filter(|(of, _)| *of == kind);
        let left_out = left_out
            .map(|(_, one)| one)
            .filter(|one| referred.contains(&one.name));
        let lacking = left_out.filter(|one| schema.table(&one.name).is_none());
        whole.tables.extend(lacking.cloned());
        whole.sort();
        let rules = backend::rules(kind)?;
        let all = diff(&Schema::empty(), &whole, rules, &Answers::default());
        bench.run(&all.changes).map(drop)
    }

    /// A schema as the server spells it when it is created.
    fn written(&mut self, kind: BackendKind, schema: &Schema) -> Result<Schema, CliError> {
        let mut bench = self.bench(kind)?;
        self.build(&mut bench, kind, schema)?;
        bench.inspect()
    }
}

fn is_foreign_key(constraint: &Constraint) -> bool {
    matches!(constraint, Constraint::ForeignKey(_))
}

/// The kinds of objects that a table's texts may use.
const USED: [&str; 6] = [
    "function",
    "aggregate",
    "operator",
    "type",
    "collation",
    "cast",
];

/// These tables without their foreign keys, with their indexes and what their texts may use.
pub(crate) fn part(schema: &Schema, tables: &[ObjectName]) -> Schema {
    let mut part = schema.clone();
    part.tables.retain(|table| tables.contains(&table.name));
    for table in &mut part.tables {
        table
            .constraints
            .retain(|constraint| !is_foreign_key(constraint));
    }
    part.indexes.retain(|index| tables.contains(&index.table));
    part.views.clear();
    part.others
        .retain(|other| USED.contains(&other.kind.as_str()));
    part.dependencies.clear();
    part
}

/// That two states come from servers whose texts cannot be compared as they are.
fn other_servers(from: &Found, to: &Found) -> Vec<String> {
    let server = |found: &Found| {
        let server = found.schema.server.as_ref()?;
        Some(format!("{} {}", server.backend.name(), server.major()))
    };
    match (server(from), server(to)) {
        (Some(from), Some(to)) if from != to => vec![format!(
            "the states are those of different servers, {from} and {to}, which may spell one thing in two ways"
        )],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::schema::{ForeignKey, Index, Table, View};

    #[test]
    fn a_part_has_what_its_tables_need_and_no_foreign_key() {
        let mut schema = Schema::empty();
        let mut users = Table::new("users");
        let key = ForeignKey::new(vec!["team".to_owned()], "teams".into(), Vec::new());
        users.constraints.push(key.into());
        schema.tables = vec![users, Table::new("teams")];
        schema.indexes = vec![
            Index::new("ix_users", "users", vec!["team".into()]),
            Index::new("ix_teams", "teams", vec!["id".into()]),
        ];
        schema.views.push(View::new("v", "SELECT 1"));
        let part = part(&schema, &["users".into()]);
        assert_eq!(part.tables, [Table::new("users")]);
        assert_eq!(part.indexes.len(), 1);
        assert!(part.views.is_empty());
    }
}
