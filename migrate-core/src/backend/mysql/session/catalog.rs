//! What the catalogue says about the server and about operations. On MySQL and MariaDB.

use std::borrow::BorrowMut;

use diesel::QueryResult;
use diesel::mysql::MysqlConnection;

use super::super::about::{Seen, about};
use super::super::{inspect, views};
use super::MysqlSession;
use crate::backend::{About, Catalog, CatalogQueries, Scope};
use crate::error::{Grantee, OperationError};
use crate::operation::{Operation, Statements};
use crate::schema::Schema;

impl<C: BorrowMut<MysqlConnection>> Catalog for MysqlSession<C> {
    fn views_only_read(&mut self, queries: &[String]) -> bool {
        !self.is_victim() && views::only_read(self, queries).unwrap_or(false)
    }

    fn server_version(&mut self) -> QueryResult<Option<String>> {
        Ok(Some(self.server.version.clone()))
    }

    fn about(&mut self) -> QueryResult<About> {
        let seen = Seen::of(self.mysql())?;
        let place = self.server.database.clone();
        about(self, seen, place)
    }

    fn grantee(&mut self) -> Option<Grantee> {
        // the host contains no `@`, but the user's name may
        let rows = self.texts(
            "SELECT CONVERT(CONCAT(QUOTE(SUBSTRING(CURRENT_USER(), 1, \
             CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)) - 1)), '@', \
             QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1))) USING utf8mb4) AS text \
             UNION ALL SELECT CONVERT(COALESCE(DATABASE(), '') USING utf8mb4)",
        );
        rows.ok().and_then(Grantee::of)
    }

    fn check(&mut self, operation: &Operation) -> Result<(), OperationError> {
        self.catalogue().check(operation)
    }

    fn statements(&mut self, operation: &Operation) -> Result<Vec<String>, OperationError> {
        self.catalogue().statements(operation)
    }

    fn inspect(&mut self, scope: &Scope) -> QueryResult<Schema> {
        inspect::schema(self, scope)
    }

    fn catalog_queries(&self) -> CatalogQueries {
        self.server.dialect.catalog_queries()
    }
}
