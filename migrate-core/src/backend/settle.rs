//! Whether the effect of an operation's statement is in the catalogue: what each operation leaves there, the same
//! for every database. What its catalogue is asked with, and how it spells things, is each backend's
//! own (`catalogue.rs`); it must not know here which database that is.
//!
//! A change of the schema is carried out or it is not. So what was to be created under a name is
//! compared as far as servers give back what they were told: names, columns, types, keys; an expression that they
//! have rewritten is no difference. What can be run twice without harm is run again where that leaves a doubt.

mod compare;
mod concurrent_index;
mod expression;
mod found;
mod others;
mod raw;
mod table;

pub(super) use expression::plain;
pub(super) use found::{FoundColumn, fields};

use super::{Effect, Session};
use crate::error::{OperationError, Unsupported};
use crate::operation::Operation;
use crate::schema::{Column, ConstraintKind, ObjectName};
use compare::Difference;
use found::{FoundConstraint, FoundIndex, FoundSequence};

/// A query for the catalogue, if names can be written for it.
pub(super) type Query = Result<String, Unsupported>;

/// What of a database's catalogue has to be queried after a crash: what is changed outside of the transaction that records it. Pure:
/// queries are texts, whose rows have one column `text`, with the fields that [`fields`] takes apart.
#[derive(Clone, Copy)]
pub(super) enum Queries {
    /// Nothing.
    Nothing,
    /// Indexes that are created or dropped concurrently.
    Indexes(&'static dyn IndexQueries),
    /// Everything: each change of the schema commits by itself.
    Everything(&'static dyn CatalogQueries),
}

/// How the catalogue is asked about an index that was created or dropped concurrently.
pub(super) trait IndexQueries {
    /// What has a name, as rows of name and kind, such as `index`.
    fn relations(&self, name: &ObjectName) -> Query;

    /// An index of a table, as `FoundIndex` reads it.
    fn index(&self, table: &ObjectName, name: &str) -> Query;

    /// The schema in which a bare name is looked for first.
    fn first_schema(&self) -> String;

    /// The statement that drops an index that is not valid.
    fn without_index(&self, name: &ObjectName) -> Query;
}

/// How the catalogue is asked about every change of the schema, and how it spells things.
pub(super) trait CatalogQueries: Sync {
    /// What has a name, as rows of name and kind: `table`, `view`, `sequence`.
    fn relations(&self, name: &ObjectName) -> Query;

    /// The columns of a table or view in their order, as [`FoundColumn`] reads them.
    fn columns(&self, table: &ObjectName) -> Query;

    /// The comment of a table.
    fn table_comment(&self, table: &ObjectName) -> Query;

    /// The constraints of a table, as `FoundConstraint` reads them.
    fn constraints(&self, table: &ObjectName) -> Query;

    /// An index of a table, a constraint's too, as `FoundIndex` reads it.
    fn index(&self, table: &ObjectName, name: &str) -> Query;

    /// The rules of a sequence, as `FoundSequence` reads them.
    fn sequence(&self, name: &ObjectName) -> Option<Query>;

    /// Whether there is a schema: its name.
    fn schema(&self, name: &str) -> Query;

    /// Whether there is a trigger, procedure, function or event.
    fn routine(&self, kind: &str, name: &ObjectName) -> Option<Query>;

    /// A column that was found, spelled so that it can be compared.
    fn spelled(&self, column: FoundColumn) -> FoundColumn;

    /// An expression that was found, plain.
    fn expression(&self, text: &str) -> String;

    /// A column as the catalogue would show it.
    fn wanted(&self, column: &Column) -> Result<FoundColumn, Unsupported>;

    /// Whether a constraint keeps its name; the primary key of some servers does not.
    fn keeps_name(&self, kind: ConstraintKind) -> bool;
}

/// Whether the effect of a statement of an operation is in the catalogue.
///
/// # Errors
///
/// When the catalogue cannot be read.
pub(super) fn effect(
    session: &mut dyn Session,
    queries: Queries,
    operation: &Operation,
    statement: usize,
) -> Result<Effect, OperationError> {
    let kind = session.backend().kind();
    match operation {
        Operation::Custom(custom) => {
            let effect = custom.operation().effect(session, statement);
            return effect.map_err(OperationError::Catalogue);
        }
        _ if statement > 0 => {
            let number = statement + 1;
            return Ok(unclear(format!("{operation} has no statement {number}")));
        }
        Operation::Execute { sql, .. } if !sql.is_for(kind) => return Ok(Effect::There), // there is nothing to do
        _ => {}
    }
    let told = match queries {
        Queries::Nothing => Ok(not_asked(operation)),
        Queries::Indexes(queries) => concurrent_index::effect(session, queries, operation),
        Queries::Everything(catalogue) => Settle { session, catalogue }.effect(operation),
    };
    match told {
        // such as a name that is too long to be looked for
        Err(OperationError::Unsupported(_)) if matches!(operation, Operation::Execute { .. }) => {
            Ok(not_asked(operation))
        }
        told => told,
    }
}

/// What is not looked for.
fn not_asked(operation: &Operation) -> Effect {
    match operation {
        Operation::Execute { .. } => unknown(),
        operation => unclear(format!("the catalogue is not asked about: {operation}")),
    }
}

fn unknown() -> Effect {
    unclear("it is SQL as written: what it leaves is not known")
}

/// The rows of a query of the catalogue.
fn rows(session: &mut dyn Session, query: &str) -> Result<Vec<found::Row>, OperationError> {
    let texts = session.texts(query).map_err(OperationError::Catalogue)?;
    Ok(texts.iter().map(|text| fields(text)).collect())
}

/// The kinds of what has this name, among rows of name and kind.
fn kinds(rows: &[found::Row], name: &ObjectName) -> Vec<String> {
    let of = |is: &dyn Fn(&str) -> bool| -> Vec<String> {
        let kinds = rows.iter().filter_map(|row| match row.as_slice() {
            [Some(found), Some(kind)] if is(found) => Some(kind.clone()),
            _ => None,
        });
        kinds.collect()
    };
    match of(&|found| found == name.name) {
        none if none.is_empty() => of(&|found| found.to_lowercase() == name.name.to_lowercase()),
        kinds => kinds,
    }
}

/// The index of this name among the rows.
fn index_of(rows: Vec<found::Row>, name: &str) -> Option<FoundIndex> {
    let mut found = rows.into_iter().filter_map(FoundIndex::read);
    found.find(|index| index.name.to_lowercase() == name.to_lowercase())
}

fn unclear(found: impl Into<String>) -> Effect {
    Effect::Unclear {
        found: found.into(),
    }
}

/// What was made is there.
fn made(is_there: bool) -> Effect {
    match is_there {
        true => Effect::There,
        false => Effect::Absent,
    }
}

/// What has a name, and is not what was meant.
fn other(what: &str, name: impl std::fmt::Display, differences: &[Difference]) -> Effect {
    let list: Vec<&str> = differences
        .iter()
        .map(|difference| difference.text.as_str())
        .collect();
    unclear(format!(
        "{what} `{name}` is there, but {}",
        list.join(", and ")
    ))
}

/// What was called one thing is called another.
fn renamed(what: &str, from: (&str, bool), to: (&str, bool)) -> Effect {
    match (from.1, to.1) {
        (true, false) => Effect::Absent,
        (false, true) => Effect::There,
        (true, true) => unclear(format!("there is {what} `{}` and `{}`", from.0, to.0)),
        (false, false) => unclear(format!("there is no {what} `{}` or `{}`", from.0, to.0)),
    }
}

struct Settle<'a> {
    session: &'a mut dyn Session,
    catalogue: &'a dyn CatalogQueries,
}

type Answer = Result<Effect, OperationError>;

impl Settle<'_> {
    fn effect(&mut self, operation: &Operation) -> Answer {
        match operation {
            Operation::CreateTable {
                table,
                if_not_exists,
            } => self.created_table(table, *if_not_exists),
            Operation::DropTable { name, .. } => {
                Ok(made(!self.kinds(name)?.contains(&"table".to_owned())))
            }
            Operation::RenameTable { from, to } => self.renamed_relation("a table", from, to),
            Operation::SetTableComment { table, comment, .. } => self.commented(table, comment),
            Operation::AddColumn {
                table,
                column,
                constraints,
                if_not_exists,
            } => self.added_column(table, column, constraints, *if_not_exists),
            Operation::DropColumn { table, name, .. } => {
                Ok(made(self.column(table, name)?.is_none()))
            }
            Operation::AlterColumn { table, name, .. } => self.altered(table, name),
            Operation::RenameColumn { table, from, to } => {
                let columns = self.columns(table)?;
                let has = |name: &str| columns.iter().any(|column| column.is(name));
                Ok(renamed("a column", (from, has(from)), (to, has(to))))
            }
            Operation::AddConstraint { table, constraint } => {
                self.added_constraint(table, constraint)
            }
            Operation::DropConstraint {
                table,
                name,
                kind,
                definition,
                ..
            } => self.dropped_constraint(table, name.as_deref(), *kind, definition.as_ref()),
            Operation::RenameConstraint { table, from, to } => {
                let found = self.constraints(table)?;
                let has = |name: &str| found.iter().any(|found| found.name == name);
                Ok(renamed("a constraint", (from, has(from)), (to, has(to))))
            }
            Operation::CreateIndex {
                index,
                if_not_exists,
                ..
            } => self.created_index(index, *if_not_exists),
            Operation::DropIndex { name, table, .. } => {
                Ok(made(self.index(table, name)?.is_none()))
            }
            Operation::RenameIndex { table, from, to } => {
                let old = self.index(table, from)?.is_some();
                let new = self.index(table, to)?.is_some();
                Ok(renamed("an index", (from, old), (to, new)))
            }
            Operation::View(operation) => self.view(operation),
            Operation::Sequence(operation) => self.sequence(operation),
            Operation::Schema(operation) => self.schema(operation),
            Operation::Execute { sql, .. } => self.executed(sql),
            Operation::BulkInsert { .. } => {
                Ok(unclear("it writes rows: whether they are new is not known"))
            }
            // what a database without transactional changes of the schema has not
            Operation::ValidateConstraint { .. }
            | Operation::EnumType(_)
            | Operation::Domain(_)
            | Operation::Extension(_)
            | Operation::Custom(_) => Ok(not_asked(operation)),
        }
    }

    fn renamed_relation(&mut self, what: &str, from: &ObjectName, to: &str) -> Answer {
        let other = from.sibling(to);
        let from_there = !self.kinds(from)?.is_empty();
        let to_there = !self.kinds(&other)?.is_empty();
        Ok(renamed(
            what,
            (&from.to_string(), from_there),
            (to, to_there),
        ))
    }

    /// What has this name.
    fn kinds(&mut self, name: &ObjectName) -> Result<Vec<String>, OperationError> {
        let rows = self.rows(self.catalogue.relations(name))?;
        Ok(kinds(&rows, name))
    }

    fn columns(&mut self, table: &ObjectName) -> Result<Vec<FoundColumn>, OperationError> {
        let rows = self.rows(self.catalogue.columns(table))?;
        Ok(rows
            .into_iter()
            .filter_map(FoundColumn::read)
            .map(|column| self.catalogue.spelled(column))
            .collect())
    }

    fn column(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Option<FoundColumn>, OperationError> {
        let columns = self.columns(table)?;
        Ok(columns.into_iter().find(|column| column.is(name)))
    }

    fn wanted_all(&self, columns: &[Column]) -> Result<Vec<FoundColumn>, Unsupported> {
        columns
            .iter()
            .map(|column| self.catalogue.wanted(column))
            .collect()
    }

    fn constraints(&mut self, table: &ObjectName) -> Result<Vec<FoundConstraint>, OperationError> {
        let rows = self.rows(self.catalogue.constraints(table))?;
        Ok(rows.into_iter().filter_map(FoundConstraint::read).collect())
    }

    fn index(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Option<FoundIndex>, OperationError> {
        let rows = self.rows(self.catalogue.index(table, name))?;
        Ok(index_of(rows, name))
    }

    fn found_sequence(
        &mut self,
        name: &ObjectName,
    ) -> Result<Option<FoundSequence>, OperationError> {
        let Some(query) = self.catalogue.sequence(name) else {
            return Ok(None);
        };
        if !self.kinds(name)?.contains(&"sequence".to_owned()) {
            return Ok(None);
        }
        let rows = self.rows(query)?;
        Ok(rows.into_iter().find_map(FoundSequence::read))
    }

    /// The only field of a query's only row, if it has one.
    fn text(&mut self, query: Query) -> Result<Option<String>, OperationError> {
        let rows = self.rows(query)?;
        Ok(rows.into_iter().flatten().flatten().next())
    }

    fn rows(&mut self, query: Query) -> Result<Vec<found::Row>, OperationError> {
        rows(self.session, &query?)
    }
}
