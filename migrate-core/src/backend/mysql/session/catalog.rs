//! What the catalogue says of the server and of operations. On MySQL and MariaDB.

use std::borrow::BorrowMut;

use diesel::QueryResult;
use diesel::mysql::MysqlConnection;

use super::super::about::{Seen, about};
use super::super::views;
use super::MysqlSession;
use crate::backend::{About, BackendKind, Catalog, Effect, settle};
use crate::error::{Grantee, OperationError};
use crate::operation::{Operation, Statements};
use crate::sql::{TransactionEffect, transaction_effect};

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
        // the host has no `@`, the user's name may have one
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

    fn effect(
        &mut self,
        operation: &Operation,
        statement: usize,
        sql: &str,
    ) -> Result<Effect, OperationError> {
        let queries = self.server.dialect.catalog_queries();
        let told = settle::effect(self, queries, operation, statement)?;
        if transaction_effect(sql, BackendKind::Mysql) != TransactionEffect::Joins
            || !matches!(told, Effect::Unclear { .. })
        {
            return Ok(told);
        }
        let changed = self.without_transactions(sql);
        Ok(match changed.map_err(OperationError::Catalogue)? {
            Some(name) => Effect::Unclear {
                found: format!(
                    "`{name}` has, or changes, a table of an engine without transactions, which keeps the rows that were changed \
                     before the statement ended"
                ),
            },
            None => told,
        })
    }
}
