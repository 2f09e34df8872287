//! An index that is created or dropped concurrently, outside of any transaction: by an operation or
//! by raw SQL. Such a database records all other changes of the schema in the transaction that
//! makes them, and needs no probe for them.

use super::compare;
use super::probe::{Answer, index_of, kinds, made, not_asked, other, rows, unclear};
use crate::backend::{IndexQueries, ProbeResult, Session};
use crate::error::OperationError;
use crate::operation::Operation;
use crate::schema::{Index, ObjectName};
use crate::sql::{SchemaChange, schema_change};

/// Probes an operation, if it is about such an index.
pub(super) fn probe(
    session: &mut dyn Session,
    queries: &dyn IndexQueries,
    operation: &Operation,
) -> Answer {
    let kind = session.backend().kind();
    let mut probe = Probe { session, queries };
    match operation {
        Operation::CreateIndex {
            index,
            if_not_exists,
            ..
        } => {
            let wanted = Some(index).filter(|_| !if_not_exists);
            probe.created(&index.table, &index.name, wanted)
        }
        Operation::DropIndex { name, table, .. } => probe.dropped(table, name),
        Operation::Execute { sql, .. } => match schema_change(sql.text(kind), kind) {
            Some(SchemaChange::CreateIndexConcurrently { index, table }) => {
                probe.created(&table, &index, None)
            }
            Some(SchemaChange::DropIndexConcurrently { index }) => probe.dropped_by_name(&index),
            _ => Ok(not_asked(operation)),
        },
        _ => Ok(not_asked(operation)),
    }
}

struct Probe<'a> {
    session: &'a mut dyn Session,
    queries: &'a dyn IndexQueries,
}

impl Probe<'_> {
    /// An index that is not valid remains from a failed build.
    fn created(&mut self, table: &ObjectName, name: &str, wanted: Option<&Index>) -> Answer {
        let rows = rows(self.session, &self.queries.index(table, name)?)?;
        let Some(found) = index_of(rows, name) else {
            return Ok(ProbeResult::Absent);
        };
        if !found.valid {
            let undo = self.queries.without_index(&table.sibling(name))?;
            return Ok(ProbeResult::Broken { undo: vec![undo] });
        }
        let differences = wanted.map(|wanted| compare::index(wanted, &found));
        Ok(match differences.filter(|list| !list.is_empty()) {
            Some(differences) => other("the index", name, &differences),
            None => ProbeResult::There,
        })
    }

    fn dropped(&mut self, table: &ObjectName, name: &str) -> Answer {
        let rows = rows(self.session, &self.queries.index(table, name)?)?;
        Ok(made(index_of(rows, name).is_none()))
    }

    /// The same statement drops an index whether it is valid or not; but not another index that an
    /// unqualified name may refer to after the first is dropped.
    fn dropped_by_name(&mut self, index: &ObjectName) -> Answer {
        if !self.is_index(index)? {
            return Ok(ProbeResult::There);
        }
        if index.schema.is_some() {
            return Ok(ProbeResult::Absent);
        }
        let schemas = rows(self.session, &self.queries.first_schema())?;
        let schema = schemas.into_iter().flatten().flatten().next();
        let first = schema.map(|schema| ObjectName::qualified(schema, index.name.as_str()));
        Ok(match first {
            Some(first) if !self.is_index(&first)? => unclear(format!(
                "an index `{}` is there, but not in the first schema of the search path",
                index.name
            )),
            _ => ProbeResult::Absent,
        })
    }

    fn is_index(&mut self, name: &ObjectName) -> Result<bool, OperationError> {
        let rows = rows(self.session, &self.queries.relations(name)?)?;
        Ok(kinds(&rows, name).iter().any(|kind| kind == "index"))
    }
}
