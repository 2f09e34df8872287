//! Whether the effect of an operation's statement is in the catalogue: what each operation leaves there, the same
//! for every database. What its catalogue is asked with, and how it spells things, is each backend's
//! own (`catalogue.rs`); it must not know here which database that is.
//!
//! A change of the schema is carried out or it is not. So what was to be created under a name is
//! compared as far as servers give back what they were told: names, columns, types, keys; an expression that they
//! have written anew is no difference. What can be run twice without harm is run again where that leaves a doubt.

mod compare;
mod expression;
mod found;
mod others;
mod parts;
mod raw;
mod table;

pub(super) use expression::plain;
pub(super) use found::{FoundColumn, fields};

use super::{BackendKind, Effect, Session};
use crate::error::{OperationError, Unsupported};
use crate::operation::Operation;
use crate::schema::{Column, ConstraintKind, ObjectName};
use compare::Difference;
use found::{FoundConstraint, FoundIndex, FoundSequence};

/// A query for the catalogue, if names can be written for it.
pub(super) type Query = Result<String, Unsupported>;

/// How a database's catalogue is asked, and how it spells things. Pure: queries are texts, whose rows have one column
/// `text`, with the fields that [`fields`] takes apart.
pub(super) trait Catalogue {
    /// Which database.
    fn kind(&self) -> BackendKind;

    /// Whether a change of a table commits by itself, and so may have to be looked for as it was written.
    fn commits_changes(&self) -> bool {
        false
    }

    /// The schema in which a bare name is looked for first, where there are several.
    fn first_schema(&self) -> Option<Query> {
        None
    }

    /// What has a name, as rows of name and kind: `table`, `view`, `materialized view`, `sequence`.
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

    /// The values of an enum type in their order, as one row after a field that does not count.
    fn enum_values(&self, name: &ObjectName) -> Option<Query>;

    /// Whether there is a domain: its type.
    fn domain(&self, name: &ObjectName) -> Option<Query>;

    /// Whether there is a schema: its name.
    fn schema(&self, name: &str) -> Option<Query>;

    /// Whether there is a trigger, procedure, function or event, where these can be looked up.
    fn routine(&self, kind: &str, name: &ObjectName) -> Option<Query> {
        let _ = (kind, name);
        None
    }

    /// Whether there is an extension: its version.
    fn extension(&self, name: &str) -> Option<Query>;

    /// A column that was found, spelled so that it can be compared.
    fn spelled(&self, column: FoundColumn) -> FoundColumn;

    /// An expression that was found, plain.
    fn expression(&self, text: &str) -> String {
        plain(text)
    }

    /// A column as the catalogue would show it.
    fn wanted(&self, column: &Column) -> Result<FoundColumn, Unsupported>;

    /// Whether a constraint keeps its name; the primary key of some servers does not.
    fn keeps_name(&self, kind: ConstraintKind) -> bool;

    /// The statements that take an index away that is there and not valid.
    fn without_index(&self, name: &ObjectName) -> Result<Vec<String>, Unsupported>;
}

/// Whether the effect of a statement of an operation is in the catalogue.
///
/// # Errors
///
/// When the catalogue cannot be read.
pub(super) fn effect(
    session: &mut dyn Session,
    catalogue: &dyn Catalogue,
    operation: &Operation,
    statement: usize,
) -> Result<Effect, OperationError> {
    if let Operation::Custom(custom) = operation {
        return custom
            .operation()
            .effect(session, statement)
            .map_err(OperationError::Catalogue);
    }
    match parts::of(catalogue.kind(), operation).get(statement) {
        Some(part) => Settle { session, catalogue }.effect(part),
        None => Ok(unclear(format!(
            "{operation} has no statement {}",
            statement + 1
        ))),
    }
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
    catalogue: &'a dyn Catalogue,
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
            Operation::AlterColumn { .. } => self.altered(operation),
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
            Operation::ValidateConstraint { table, name } => {
                let found = self.constraints(table)?;
                Ok(match found.iter().find(|found| found.name == *name) {
                    Some(found) => made(found.validated),
                    None => unclear(format!("there is no constraint `{name}` of `{table}`")),
                })
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
            Operation::EnumType(operation) => self.enum_type(operation),
            Operation::Domain(operation) => self.domain(operation),
            Operation::Schema(operation) => self.schema(operation),
            Operation::Extension(operation) => self.extension(operation),
            Operation::Execute { sql, .. } => self.executed(sql),
            Operation::BulkInsert { .. } => {
                Ok(unclear("it writes rows: whether they are new is not known"))
            }
            Operation::Custom(_) => Ok(unclear("an operation within another")),
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
        let exactly = |found: &str| found == name.name;
        let any_case = |found: &str| found.to_lowercase() == name.name.to_lowercase();
        let of = |is: &dyn Fn(&str) -> bool| -> Vec<String> {
            rows.iter()
                .filter_map(|row| match row.as_slice() {
                    [Some(found), Some(kind)] if is(found) => Some(kind.clone()),
                    _ => None,
                })
                .collect()
        };
        match of(&exactly) {
            none if none.is_empty() => Ok(of(&any_case)),
            kinds => Ok(kinds),
        }
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
        let mut found = rows.into_iter().filter_map(FoundIndex::read);
        Ok(found.find(|index| index.name.to_lowercase() == name.to_lowercase()))
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

    fn enum_values(&mut self, name: &ObjectName) -> Result<Option<Vec<String>>, OperationError> {
        let Some(query) = self.catalogue.enum_values(name) else {
            return Ok(None);
        };
        let rows = self.rows(query)?;
        let values = |row: found::Row| row.into_iter().skip(1).flatten().collect();
        Ok(rows.into_iter().next().map(values))
    }

    /// The only field of a query's only row, if it has one.
    fn text(&mut self, query: Option<Query>) -> Result<Option<String>, OperationError> {
        let Some(query) = query else {
            return Ok(None);
        };
        let rows = self.rows(query)?;
        Ok(rows.into_iter().flatten().flatten().next())
    }

    fn rows(&mut self, query: Query) -> Result<Vec<found::Row>, OperationError> {
        let texts = self
            .session
            .texts(&query?)
            .map_err(OperationError::Catalogue)?;
        Ok(texts.iter().map(|text| fields(text)).collect())
    }
}
