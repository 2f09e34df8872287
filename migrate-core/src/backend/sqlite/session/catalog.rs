//! What the catalogue says about the server and about operations. On SQLite.

use std::borrow::BorrowMut;

use diesel::QueryResult;
use diesel::sqlite::SqliteConnection;

use super::super::about::about;
use super::super::{Sqlite, inspect, lookup, rebuild};
use super::SqliteSession;
use crate::backend::{About, Backend, Catalog, CatalogQueries, Scope};
use crate::error::OperationError;
use crate::operation::Operation;
use crate::schema::Schema;

impl<C: BorrowMut<SqliteConnection>> Catalog for SqliteSession<C> {
    fn about(&mut self) -> QueryResult<About> {
        let read_only = self.is_read_only();
        about(self, read_only)
    }

    fn check(&mut self, operation: &Operation) -> Result<(), OperationError> {
        lookup::check(self.sqlite(), operation)
    }

    fn statements(&mut self, operation: &Operation) -> Result<Vec<String>, OperationError> {
        if self.gather(operation)? {
            return Ok(Vec::new());
        }
        let statements = match operation {
            Operation::RenameIndex { table, from, to } => {
                return rebuild::rename_index(self.sqlite(), table, from, to);
            }
            _ => Sqlite.ddl(operation)?,
        };
        if matches!(
            operation,
            Operation::DropTable { .. } | Operation::Execute { .. } | Operation::Custom(_)
        ) {
            self.judge(&statements)?;
        }
        Ok(statements)
    }

    fn before_block(&mut self) -> QueryResult<()> {
        self.note_references()
    }

    fn after_block(&mut self) -> Result<(), OperationError> {
        self.refuse_lost_references()
    }

    fn inspect(&mut self, scope: &Scope) -> QueryResult<Schema> {
        inspect::schema(self, scope)
    }

    fn catalogue_text(&mut self) -> QueryResult<Option<String>> {
        inspect::text(self).map(Some)
    }

    fn differing(&self, one: &str, other: &str) -> (Schema, Schema) {
        inspect::differing(one, other)
    }

    fn catalog_queries(&self) -> CatalogQueries {
        CatalogQueries::None
    }
}
