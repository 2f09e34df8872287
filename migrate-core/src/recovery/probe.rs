//! Whether a statement took effect, according to the catalogue: what each operation leaves there,
//! the same for every database. Each backend has the queries and the spelling of its catalogue;
//! this module must not know which database it is.
//!
//! A change of the schema takes effect as a whole or not at all. So an object is compared with the
//! wanted definition as far as servers return what they received: names, columns, types, keys. An
//! expression that a server has rewritten is not a difference. A statement that can be repeated is
//! run again in case of doubt.

use super::compare::Difference;
use super::concurrent_index;
use crate::backend::{CatalogQueries, ProbeResult, Query, SchemaQueries, Session};
use crate::backend::{FoundColumn, FoundConstraint, FoundIndex, FoundSequence, Row, fields};
use crate::error::{OperationError, Unsupported};
use crate::operation::Operation;
use crate::schema::{Column, ObjectName};

/// Whether a statement of an operation took effect; changes nothing. It is called with the lock
/// held and no transaction open, when the outcome of the statement is unknown; those before it were
/// run, those after it were not. It is called before [`check`] and [`statements`], which may refuse
/// what is done already.
///
/// `statement` is the place of the statement in the operation, `sql` its text as far as it is
/// known.
///
/// [`check`]: crate::backend::Catalog::check
/// [`statements`]: crate::backend::Catalog::statements
///
/// # Errors
///
/// When the catalogue cannot be read.
pub fn probe(
    session: &mut dyn Session,
    operation: &Operation,
    statement: usize,
    sql: &str,
) -> Result<ProbeResult, OperationError> {
    let result = by_catalogue(session, operation, statement)?;
    if !matches!(result, ProbeResult::Unclear { .. }) {
        return Ok(result);
    }
    let outside = session.changes_without_transaction(sql);
    Ok(match outside.map_err(OperationError::Catalogue)? {
        Some(name) => unclear(format!(
            "`{name}` has, or changes, a table of an engine without transactions, where rows that were changed before \
             the statement ended are not rolled back"
        )),
        None => result,
    })
}

/// Whether a statement took effect, as far as the catalogue shows it.
fn by_catalogue(
    session: &mut dyn Session,
    operation: &Operation,
    statement: usize,
) -> Result<ProbeResult, OperationError> {
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
        // there is nothing to do
        Operation::Execute { sql, .. } if !sql.is_for(kind) => return Ok(ProbeResult::There),
        _ => {}
    }
    let found = match session.catalog_queries() {
        CatalogQueries::None => Ok(not_asked(operation)),
        CatalogQueries::Indexes(queries) => concurrent_index::probe(session, queries, operation),
        CatalogQueries::Schema(queries) => SchemaProbe { session, queries }.probe(operation),
    };
    match found {
        // such as a name that is too long to query for
        Err(OperationError::Unsupported(_)) if matches!(operation, Operation::Execute { .. }) => {
            Ok(not_asked(operation))
        }
        found => found,
    }
}

/// The result for operations without a probe.
pub(super) fn not_asked(operation: &Operation) -> ProbeResult {
    match operation {
        Operation::Execute { .. } => unknown(),
        operation => unclear(format!("there is no probe for: {operation}")),
    }
}

pub(super) fn unknown() -> ProbeResult {
    unclear("it is raw SQL: its effect is unknown")
}

/// The rows of a query of the catalogue.
pub(super) fn rows(session: &mut dyn Session, query: &str) -> Result<Vec<Row>, OperationError> {
    let texts = session.texts(query).map_err(OperationError::Catalogue)?;
    Ok(texts.iter().map(|text| fields(text)).collect())
}

/// The kinds of the objects of this name, among rows of name and kind.
pub(super) fn kinds(rows: &[Row], name: &ObjectName) -> Vec<String> {
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
pub(super) fn index_of(rows: Vec<Row>, name: &str) -> Option<FoundIndex> {
    let mut found = rows.into_iter().filter_map(FoundIndex::read);
    found.find(|index| index.name.to_lowercase() == name.to_lowercase())
}

pub(super) fn unclear(found: impl Into<String>) -> ProbeResult {
    ProbeResult::Unclear {
        found: found.into(),
    }
}

/// The result for an object that a statement creates.
pub(super) fn made(is_there: bool) -> ProbeResult {
    match is_there {
        true => ProbeResult::There,
        false => ProbeResult::Absent,
    }
}

/// The result for an object with the wanted name and another definition.
pub(super) fn other(
    what: &str,
    name: impl std::fmt::Display,
    differences: &[Difference],
) -> ProbeResult {
    let list: Vec<&str> = differences
        .iter()
        .map(|difference| difference.text.as_str())
        .collect();
    unclear(format!(
        "{what} `{name}` is there, but {}",
        list.join(", and ")
    ))
}

/// The result for an object that a statement renames.
pub(super) fn renamed(what: &str, from: (&str, bool), to: (&str, bool)) -> ProbeResult {
    match (from.1, to.1) {
        (true, false) => ProbeResult::Absent,
        (false, true) => ProbeResult::There,
        (true, true) => unclear(format!("there is {what} `{}` and `{}`", from.0, to.0)),
        (false, false) => unclear(format!("there is no {what} `{}` or `{}`", from.0, to.0)),
    }
}

/// Probes the objects of the schema.
pub(super) struct SchemaProbe<'a> {
    pub(super) session: &'a mut dyn Session,
    pub(super) queries: &'a dyn SchemaQueries,
}

pub(super) type Answer = Result<ProbeResult, OperationError>;

impl SchemaProbe<'_> {
    pub(super) fn probe(&mut self, operation: &Operation) -> Answer {
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
            // only databases with transactional changes of the schema have these
            Operation::ValidateConstraint { .. }
            | Operation::EnumType(_)
            | Operation::Domain(_)
            | Operation::Extension(_)
            | Operation::Custom(_) => Ok(not_asked(operation)),
        }
    }

    pub(super) fn renamed_relation(&mut self, what: &str, from: &ObjectName, to: &str) -> Answer {
        let other = from.sibling(to);
        let from_there = !self.kinds(from)?.is_empty();
        let to_there = !self.kinds(&other)?.is_empty();
        Ok(renamed(
            what,
            (&from.to_string(), from_there),
            (to, to_there),
        ))
    }

    /// The kinds of the objects of this name.
    pub(super) fn kinds(&mut self, name: &ObjectName) -> Result<Vec<String>, OperationError> {
        let rows = self.rows(self.queries.relations(name))?;
        Ok(kinds(&rows, name))
    }

    pub(super) fn columns(
        &mut self,
        table: &ObjectName,
    ) -> Result<Vec<FoundColumn>, OperationError> {
        let rows = self.rows(self.queries.columns(table))?;
        Ok(rows
            .into_iter()
            .filter_map(FoundColumn::read)
            .map(|column| self.queries.spelled(column))
            .collect())
    }

    pub(super) fn column(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Option<FoundColumn>, OperationError> {
        let columns = self.columns(table)?;
        Ok(columns.into_iter().find(|column| column.is(name)))
    }

    pub(super) fn wanted_all(&self, columns: &[Column]) -> Result<Vec<FoundColumn>, Unsupported> {
        columns
            .iter()
            .map(|column| self.queries.wanted(column))
            .collect()
    }

    pub(super) fn constraints(
        &mut self,
        table: &ObjectName,
    ) -> Result<Vec<FoundConstraint>, OperationError> {
        let rows = self.rows(self.queries.constraints(table))?;
        Ok(rows.into_iter().filter_map(FoundConstraint::read).collect())
    }

    pub(super) fn index(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Option<FoundIndex>, OperationError> {
        let rows = self.rows(self.queries.index(table, name))?;
        Ok(index_of(rows, name))
    }

    pub(super) fn found_sequence(
        &mut self,
        name: &ObjectName,
    ) -> Result<Option<FoundSequence>, OperationError> {
        let Some(query) = self.queries.sequence(name) else {
            return Ok(None);
        };
        if !self.kinds(name)?.contains(&"sequence".to_owned()) {
            return Ok(None);
        }
        let rows = self.rows(query)?;
        Ok(rows.into_iter().find_map(FoundSequence::read))
    }

    /// The only field of a query's only row, if there is one.
    pub(super) fn text(&mut self, query: Query) -> Result<Option<String>, OperationError> {
        let rows = self.rows(query)?;
        Ok(rows.into_iter().flatten().flatten().next())
    }

    pub(super) fn rows(&mut self, query: Query) -> Result<Vec<Row>, OperationError> {
        rows(self.session, &query?)
    }
}
