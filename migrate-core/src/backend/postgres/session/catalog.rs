//! What the catalogue says about the server and about operations. On PostgreSQL.

use std::borrow::BorrowMut;

use diesel::QueryResult;
use diesel::pg::PgConnection;

use super::super::about::about;
use super::super::{Postgres, inspect, lookup, pooler, views};
use super::{PgSession, literal};
use crate::backend::{About, Bookkeeping, Catalog, CatalogQueries, Instrumentation, Scope};
use crate::error::{Grantee, OperationError};
use crate::operation::{Operation, Statements};
use crate::schema::Schema;

impl<C: BorrowMut<PgConnection>> Catalog for PgSession<C> {
    fn views_only_read(&mut self, queries: &[String]) -> bool {
        let failed = self.failed_statement();
        let only = views::only_read(self, queries);
        if let Some(watch) = &self.watch {
            watch.put_back(failed);
        }
        only.unwrap_or(false)
    }

    fn server_version(&mut self) -> QueryResult<Option<String>> {
        match &self.place {
            Some(place) => Ok(Some(place.version.clone())),
            None => Ok(Some(self.look()?.version)),
        }
    }

    fn about(&mut self) -> QueryResult<About> {
        self.look()?;
        let table = literal(&self.version_table())?;
        let journal = literal(&self.journal_table())?;
        let about = about(self.postgres(), &table, &journal)?;
        let is_pooled = match self.url.clone() {
            Some(url) => Some(pooler::is_shared(self.postgres(), &url)?),
            None => None,
        };
        Ok(About { is_pooled, ..about })
    }

    fn grantee(&mut self) -> Option<Grantee> {
        let rows = self.texts(
            "SELECT pg_catalog.quote_ident(CAST(current_user AS text)) AS text \
             UNION ALL SELECT CAST(pg_catalog.current_database() AS text)",
        );
        let grantee = rows.ok().and_then(Grantee::of)?;
        Some(match self.role_of_revision() {
            Some(role) => Grantee {
                user: role.to_owned(),
                is_set: true,
                ..grantee
            },
            None => grantee,
        })
    }

    fn check(&mut self, operation: &Operation) -> Result<(), OperationError> {
        match self.depth().map_err(OperationError::Catalogue)? {
            0 => Ok(()),
            _ => Ok(lookup::inside_transaction(operation)?),
        }
    }

    fn inspect(&mut self, scope: &Scope) -> QueryResult<Schema> {
        inspect::schema(self, scope)
    }

    fn other_schemas(&mut self) -> QueryResult<Vec<String>> {
        self.texts(
            "SELECT CAST(nspname AS text) AS text FROM pg_catalog.pg_namespace \
             WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' \
             AND nspname <> pg_catalog.current_schema() ORDER BY nspname",
        )
    }

    fn catalog_queries(&self) -> CatalogQueries {
        CatalogQueries::Indexes(&Postgres)
    }
}
