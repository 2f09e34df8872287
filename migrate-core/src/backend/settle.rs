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
mod parts;
mod views;

pub(super) use expression::plain;
pub(super) use found::{FoundColumn, fields};

use super::{BackendKind, Effect, Session};
use crate::error::{OperationError, Unsupported};
use crate::operation::{
    DomainOperation, EnumPosition, EnumTypeOperation, ExtensionOperation, Operation,
    SchemaOperation, SequenceOperation, ViewOperation,
};
use crate::schema::{Column, Constraint, ConstraintKind, Index, ObjectName, Table};
use compare::{Difference, Said};
use found::{FoundConstraint, FoundIndex, FoundSequence};

/// A query for the catalogue, if names can be written for it.
pub(super) type Query = Result<String, Unsupported>;

/// How a database's catalogue is asked, and how it spells things. Pure: queries are texts, whose rows have one column
/// `text`, with the fields that [`fields`] takes apart.
pub(super) trait Catalogue {
    /// Which database.
    fn kind(&self) -> BackendKind;

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

    /// The query of a view.
    fn view(&self, name: &ObjectName) -> Query;

    /// The rules of a sequence, as `FoundSequence` reads them.
    fn sequence(&self, name: &ObjectName) -> Option<Query>;

    /// The values of an enum type in their order, as one row after a field that does not count.
    fn enum_values(&self, name: &ObjectName) -> Option<Query>;

    /// Whether there is a domain: its type.
    fn domain(&self, name: &ObjectName) -> Option<Query>;

    /// Whether there is a schema: its name.
    fn schema(&self, name: &str) -> Option<Query>;

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
        return custom.operation().effect(session, statement);
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
            Operation::Execute { .. } => {
                Ok(unclear("it is SQL as written: what it leaves is not known"))
            }
            Operation::BulkInsert { .. } => {
                Ok(unclear("it writes rows: whether they are new is not known"))
            }
            Operation::Custom(_) => Ok(unclear("an operation within another")),
        }
    }

    fn created_table(&mut self, table: &Table, if_not_exists: bool) -> Answer {
        let name = &table.name;
        match self.kinds(name)?.as_slice() {
            [] => return Ok(Effect::Absent),
            _ if if_not_exists => return Ok(Effect::There),
            [kind] if kind == "table" => {}
            kinds => return Ok(unclear(format!("`{name}` is a {}", kinds.join(", a ")))),
        }
        let found = self.columns(name)?;
        let wanted: Vec<FoundColumn> = self.wanted_all(&table.columns)?;
        let key = table.primary_key().map(|key| key.columns.as_slice());
        let mut differences = compare::columns(&wanted, &found, key.unwrap_or_default());
        let constraints = self.constraints(name)?;
        for constraint in &table.constraints {
            if let Said::Different(text) = self.constraint_among(&constraints, constraint) {
                differences.push(Difference::sure(text));
            }
        }
        differences.retain(|difference| difference.sure);
        Ok(match differences.is_empty() {
            true => Effect::There,
            false => other("the table", name, &differences),
        })
    }

    fn commented(&mut self, table: &ObjectName, comment: &Option<String>) -> Answer {
        let found = self.rows(self.catalogue.table_comment(table))?;
        let Some([now]) = found.first().map(Vec::as_slice) else {
            return Ok(unclear(format!("there is no table `{table}`")));
        };
        let now = now.as_deref().unwrap_or_default();
        Ok(made(now == comment.as_deref().unwrap_or_default()))
    }

    fn added_column(
        &mut self,
        table: &ObjectName,
        column: &Column,
        constraints: &[Constraint],
        if_not_exists: bool,
    ) -> Answer {
        let Some(found) = self.column(table, &column.name)? else {
            return Ok(Effect::Absent);
        };
        if if_not_exists {
            return Ok(Effect::There);
        }
        let wanted = self.catalogue.wanted(column)?;
        let is_key = |constraint: &Constraint| constraint.kind() == ConstraintKind::PrimaryKey;
        let mut differences = compare::column(&wanted, &found, constraints.iter().any(is_key));
        if !constraints.is_empty() {
            let found = self.constraints(table)?;
            for constraint in constraints {
                if let Said::Different(text) = self.constraint_among(&found, constraint) {
                    differences.push(Difference::sure(text));
                }
            }
        }
        differences.retain(|difference| difference.sure);
        Ok(match differences.is_empty() {
            true => Effect::There,
            false => other("the column", &column.name, &differences),
        })
    }

    fn altered(&mut self, operation: &Operation) -> Answer {
        let Operation::AlterColumn {
            table,
            name,
            change,
            was,
            ..
        } = operation
        else {
            return Ok(unclear("no change of a column"));
        };
        let Some(found) = self.column(table, name)? else {
            return Ok(unclear(format!("there is no column `{name}` of `{table}`")));
        };
        // what it is to be, where it changes; the rest is not looked at
        let any = Column::new(name.as_str(), crate::schema::Type::Integer);
        let wanted = self
            .catalogue
            .wanted(&change.applied_to(was.as_ref().unwrap_or(&any)))?;
        let types_differ = match (&change.ty, was) {
            (Some(_), Some(was)) => self.catalogue.wanted(was)?.ty != wanted.ty,
            _ => false,
        };
        let said = compare::change(change, &wanted, &found, types_differ);
        Ok(
            if said.iter().any(|said| matches!(said, Said::Different(_))) {
                Effect::Absent
            } else if said.contains(&Said::Unknown) {
                match change.using {
                    // it may be run twice
                    None => Effect::Absent,
                    Some(_) => unclear(format!(
                        "`{name}` has the type `{}`, and had it before",
                        found.ty
                    )),
                }
            } else {
                Effect::There
            },
        )
    }

    fn added_constraint(&mut self, table: &ObjectName, constraint: &Constraint) -> Answer {
        let found = self.constraints(table)?;
        Ok(match self.constraint_among(&found, constraint) {
            Said::Same | Said::Unknown => Effect::There,
            Said::Different(text) => match self.has_name(&found, constraint) {
                true => unclear(text),
                false => Effect::Absent,
            },
        })
    }

    fn dropped_constraint(
        &mut self,
        table: &ObjectName,
        name: Option<&str>,
        kind: Option<ConstraintKind>,
        definition: Option<&Constraint>,
    ) -> Answer {
        let found = self.constraints(table)?;
        let kind = kind.or_else(|| definition.map(Constraint::kind));
        if kind == Some(ConstraintKind::PrimaryKey) {
            return Ok(made(
                !found
                    .iter()
                    .any(|found| found.kind == ConstraintKind::PrimaryKey),
            ));
        }
        if let Some(name) = name {
            return Ok(made(!found.iter().any(|found| found.name == name)));
        }
        let there = definition
            .is_some_and(|definition| self.constraint_among(&found, definition) == Said::Same);
        Ok(made(!there))
    }

    /// Whether one of those that were found is the constraint.
    fn constraint_among(&self, found: &[FoundConstraint], wanted: &Constraint) -> Said {
        let named = wanted
            .name()
            .filter(|_| self.catalogue.keeps_name(wanted.kind()));
        match named {
            Some(name) => match found.iter().find(|found| found.name == name) {
                Some(found) => compare::constraint(self.catalogue, wanted, found),
                None => Said::Different(format!("without the {} `{name}`", wanted.kind())),
            },
            None => {
                let said: Vec<Said> = found
                    .iter()
                    .map(|found| compare::constraint(self.catalogue, wanted, found))
                    .collect();
                [Said::Same, Said::Unknown]
                    .into_iter()
                    .find(|one| said.contains(one))
                    .unwrap_or_else(|| {
                        Said::Different(format!("without its {}", compare::told(wanted)))
                    })
            }
        }
    }

    fn has_name(&self, found: &[FoundConstraint], constraint: &Constraint) -> bool {
        match constraint.name() {
            Some(name) => found.iter().any(|found| found.name == name),
            None => false,
        }
    }

    fn created_index(&mut self, index: &Index, if_not_exists: bool) -> Answer {
        let name = index.table.sibling(&index.name);
        let Some(found) = self.index(&index.table, &index.name)? else {
            return Ok(Effect::Absent);
        };
        if !found.valid {
            return Ok(Effect::Broken {
                undo: self.catalogue.without_index(&name)?,
            });
        }
        let differences = compare::index(index, &found);
        Ok(match differences.is_empty() || if_not_exists {
            true => Effect::There,
            false => other("the index", &index.name, &differences),
        })
    }

    fn view(&mut self, operation: &ViewOperation) -> Answer {
        match operation {
            ViewOperation::Create {
                view,
                if_not_exists,
            } => {
                let name = &view.name;
                let wanted = view_kind(view.materialized);
                match self.kinds(name)?.as_slice() {
                    [] => return Ok(Effect::Absent),
                    _ if *if_not_exists => return Ok(Effect::There),
                    [kind] if kind == wanted => {}
                    kinds => return Ok(unclear(format!("`{name}` is a {}", kinds.join(", a ")))),
                }
                let columns: Vec<String> = self
                    .columns(name)?
                    .into_iter()
                    .map(|column| column.name)
                    .collect();
                Ok(match view.columns.is_empty() || view.columns == columns {
                    true => Effect::There,
                    false => unclear(format!(
                        "the view `{name}` is there, but its columns are `{}`",
                        columns.join("`, `")
                    )),
                })
            }
            ViewOperation::Replace { view, was } => {
                let kind = self.catalogue.kind();
                let rows = self.rows(self.catalogue.view(&view.name))?;
                let query = rows.into_iter().flatten().flatten().next();
                let there = match (query, was) {
                    (Some(found), Some(was)) => {
                        views::is_now(view.query.text(kind), was.query.text(kind), &found)
                    }
                    // it may be run twice
                    _ => false,
                };
                Ok(made(there))
            }
            ViewOperation::Rename { from, to, .. } => self.renamed_relation("a view", from, to),
            ViewOperation::Drop {
                name, materialized, ..
            } => {
                let kind = view_kind(*materialized);
                Ok(made(!self.kinds(name)?.iter().any(|found| found == kind)))
            }
        }
    }

    fn sequence(&mut self, operation: &SequenceOperation) -> Answer {
        match operation {
            SequenceOperation::Create {
                sequence,
                if_not_exists,
            } => {
                let name = &sequence.name;
                match self.kinds(name)?.as_slice() {
                    [] => return Ok(Effect::Absent),
                    _ if *if_not_exists => return Ok(Effect::There),
                    [kind] if kind == "sequence" => {}
                    kinds => return Ok(unclear(format!("`{name}` is a {}", kinds.join(", a ")))),
                }
                let Some(found) = self.found_sequence(name)? else {
                    return Ok(unclear(format!("`{name}` cannot be looked at")));
                };
                let differences = compare::sequence(&sequence.options, &found);
                Ok(match differences.is_empty() {
                    true => Effect::There,
                    false => other("the sequence", name, &differences),
                })
            }
            SequenceOperation::Alter {
                name,
                options,
                restart,
                ..
            } => {
                let Some(found) = self.found_sequence(name)? else {
                    return Ok(unclear(format!("there is no sequence `{name}`")));
                };
                if !compare::sequence(options, &found).is_empty() {
                    return Ok(Effect::Absent);
                }
                Ok(match (restart, found.next) {
                    (None, _) => Effect::There,
                    (Some(wanted), Some(next)) if *wanted == next => Effect::There,
                    (Some(_), next) => unclear(format!(
                        "the next number of `{name}` is {}",
                        next.map_or_else(|| "not known".to_owned(), |next| next.to_string())
                    )),
                })
            }
            SequenceOperation::Rename { from, to } => self.renamed_relation("a sequence", from, to),
            SequenceOperation::Drop { name, .. } => {
                Ok(made(!self.kinds(name)?.contains(&"sequence".to_owned())))
            }
        }
    }

    fn enum_type(&mut self, operation: &EnumTypeOperation) -> Answer {
        match operation {
            EnumTypeOperation::Create { enum_type } => {
                let listed = |values: Vec<String>| values.join("`, `");
                Ok(match self.enum_values(&enum_type.name)? {
                    None => Effect::Absent,
                    Some(found) if found == enum_type.values => Effect::There,
                    Some(found) => unclear(format!(
                        "the enum type `{}` is there, but its values are `{}`",
                        enum_type.name,
                        listed(found)
                    )),
                })
            }
            EnumTypeOperation::Drop { name, .. } => Ok(made(self.enum_values(name)?.is_none())),
            EnumTypeOperation::Rename { from, to } => {
                let old = self.enum_values(from)?.is_some();
                let new = self.enum_values(&from.sibling(to.as_str()))?.is_some();
                Ok(renamed("an enum type", (&from.to_string(), old), (to, new)))
            }
            EnumTypeOperation::AddValue {
                name,
                value,
                position,
                if_not_exists,
            } => {
                let found = self.enum_values(name)?.unwrap_or_default();
                let Some(at) = found.iter().position(|found| found == value) else {
                    return Ok(Effect::Absent);
                };
                let there = match position {
                    _ if *if_not_exists => true,
                    None => true,
                    Some(EnumPosition::Before(other)) => found.get(at + 1) == Some(other),
                    Some(EnumPosition::After(other)) => at > 0 && found[at - 1] == *other,
                };
                Ok(match there {
                    true => Effect::There,
                    false => unclear(format!(
                        "the value `{value}` is there, but the values of `{name}` are `{}`",
                        found.join("`, `")
                    )),
                })
            }
            EnumTypeOperation::RenameValue { name, from, to } => {
                let found = self.enum_values(name)?.unwrap_or_default();
                let (old, new) = (found.contains(from), found.contains(to));
                Ok(renamed("a value", (from, old), (to, new)))
            }
        }
    }

    fn domain(&mut self, operation: &DomainOperation) -> Answer {
        match operation {
            DomainOperation::Create { domain } => {
                let Some(found) = self.text(self.catalogue.domain(&domain.name))? else {
                    return Ok(Effect::Absent);
                };
                let column = Column::new("value", domain.ty.clone());
                let wanted = self.catalogue.wanted(&column)?;
                Ok(match !wanted.sure_type || wanted.ty == found {
                    true => Effect::There,
                    false => unclear(format!(
                        "the domain `{}` is there, but of the type `{found}`",
                        domain.name
                    )),
                })
            }
            DomainOperation::Drop { name, .. } => {
                let found = self.text(self.catalogue.domain(name))?;
                Ok(made(found.is_none()))
            }
        }
    }

    fn schema(&mut self, operation: &SchemaOperation) -> Answer {
        let mut has =
            |name: &str| Ok::<_, OperationError>(self.text(self.catalogue.schema(name))?.is_some());
        match operation {
            SchemaOperation::Create { name, .. } => Ok(made(has(name)?)),
            SchemaOperation::Drop { name, .. } => Ok(made(!has(name)?)),
            SchemaOperation::Rename { from, to } => {
                let (old, new) = (has(from)?, has(to)?);
                Ok(renamed("a schema", (from, old), (to, new)))
            }
        }
    }

    fn extension(&mut self, operation: &ExtensionOperation) -> Answer {
        match operation {
            ExtensionOperation::Create {
                name,
                version,
                if_not_exists,
                ..
            } => {
                let Some(found) = self.text(self.catalogue.extension(name))? else {
                    return Ok(Effect::Absent);
                };
                Ok(match version {
                    Some(version) if *version != found && !if_not_exists => unclear(format!(
                        "the extension `{name}` is there, but of the version {found}"
                    )),
                    _ => Effect::There,
                })
            }
            ExtensionOperation::Drop { name, .. } => {
                let found = self.text(self.catalogue.extension(name))?;
                Ok(made(found.is_none()))
            }
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

fn view_kind(materialized: bool) -> &'static str {
    match materialized {
        true => "materialized view",
        false => "view",
    }
}
