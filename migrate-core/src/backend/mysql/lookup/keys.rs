//! Looks up keys, indexes and checks by their columns.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::super::Dialect;
use super::super::quote::text;
use super::{Catalogue, OF_DATABASE, bare};
use crate::error::{OperationError, Unsupported};
use crate::schema::{Constraint, ForeignKey, ObjectName};

impl Catalogue<'_> {
    /// The constraint with its name in the database.
    pub(super) fn named(
        &mut self,
        table: &ObjectName,
        constraint: &Constraint,
    ) -> Result<Constraint, OperationError> {
        if constraint.name().is_some() {
            return Ok(constraint.clone());
        }
        let names = match constraint {
            Constraint::ForeignKey(key) => self.foreign_keys(table, key)?,
            Constraint::Unique(key) => self.unique_indexes(table, &key.columns)?,
            Constraint::Check(check) => {
                let wanted = check.expression.text(self.dialect.kind());
                self.checks(table, wanted)?
            }
            _ => return Ok(constraint.clone()),
        };
        match names.as_slice() {
            [name] => Ok(constraint.renamed(name.as_str())),
            [] => Err(self.not_one(table, constraint, "none is").into()),
            _ => Err(self.not_one(table, constraint, "several are").into()),
        }
    }

    fn not_one(&self, table: &ObjectName, constraint: &Constraint, how_many: &str) -> Unsupported {
        self.dialect.unsupported(
            format!(
                "drop the {} of `{table}` without its name: {how_many} like it",
                constraint.kind()
            ),
            "give it its name: `.named(\"…\")`",
        )
    }

    fn foreign_keys(
        &mut self,
        table: &ObjectName,
        key: &ForeignKey,
    ) -> Result<Vec<String>, OperationError> {
        self.names(
            &format!(
                "SELECT CONVERT(constraint_name USING utf8mb4) AS text FROM information_schema.key_column_usage \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND referenced_table_name IS NOT NULL \
                 GROUP BY constraint_name, referenced_table_name \
                 HAVING GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR '\n') = ? \
                 AND referenced_table_name = {}",
                text(&key.table.name)
            ),
            table,
            &key.columns.join("\n"),
        )
    }

    fn unique_indexes(
        &mut self,
        table: &ObjectName,
        columns: &[String],
    ) -> Result<Vec<String>, OperationError> {
        self.names(
            &format!(
                "SELECT CONVERT(index_name USING utf8mb4) AS text FROM information_schema.statistics \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND non_unique = 0 AND index_name <> 'PRIMARY' \
                 GROUP BY index_name \
                 HAVING GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR '\n') = ?"
            ),
            table,
            &columns.join("\n"),
        )
    }

    /// The columns of a non-unique index.
    pub(super) fn index_columns(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Vec<String>, OperationError> {
        self.names(
            &format!(
                "SELECT CONVERT(column_name USING utf8mb4) AS text FROM information_schema.statistics \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND index_name = ? AND non_unique = 1 \
                 ORDER BY seq_in_index"
            ),
            table,
            name,
        )
    }

    pub(super) fn has_index(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<bool, OperationError> {
        let found = self.names(
            &format!(
                "SELECT DISTINCT CONVERT(index_name USING utf8mb4) AS text FROM information_schema.statistics \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND index_name = ?"
            ),
            table,
            name,
        )?;
        Ok(!found.is_empty())
    }

    pub(super) fn is_foreign_key(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<bool, OperationError> {
        let found = self.names(
            &format!(
                "SELECT CONVERT(constraint_name USING utf8mb4) AS text FROM information_schema.referential_constraints \
                 WHERE constraint_schema {OF_DATABASE} AND table_name = ? AND constraint_name = ?"
            ),
            table,
            name,
        )?;
        Ok(!found.is_empty())
    }

    pub(super) fn primary_key(
        &mut self,
        table: &ObjectName,
    ) -> Result<Vec<String>, OperationError> {
        self.names(
            &format!(
                "SELECT CONVERT(column_name USING utf8mb4) AS text FROM information_schema.statistics \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND index_name = ? ORDER BY seq_in_index"
            ),
            table,
            "PRIMARY",
        )
    }

    /// The checks of a table that are equivalent to this expression, however the server spells it.
    fn checks(&mut self, table: &ObjectName, wanted: &str) -> Result<Vec<String>, OperationError> {
        #[derive(QueryableByName)]
        struct Check {
            #[diesel(sql_type = Text)]
            text: String,
            #[diesel(sql_type = Text)]
            clause: String,
        }
        let of_table = match self.dialect {
            Dialect::Mysql => {
                "JOIN information_schema.table_constraints tc ON tc.constraint_schema = cc.constraint_schema \
                 AND tc.constraint_name = cc.constraint_name WHERE tc.table_name = ? AND tc.constraint_schema"
            }
            Dialect::Mariadb => "WHERE cc.table_name = ? AND cc.constraint_schema",
        };
        let schema = table.schema.as_deref().unwrap_or_default();
        let checks: Vec<Check> = sql_query(format!(
            "SELECT CONVERT(cc.constraint_name USING utf8mb4) AS text, CONVERT(cc.check_clause USING utf8mb4) AS clause \
             FROM information_schema.check_constraints cc {of_table} {OF_DATABASE}"
        ))
        .bind::<Text, _>(&table.name)
        .bind::<Text, _>(schema)
        .bind::<Text, _>(schema)
        .load(self.connection)
        .map_err(OperationError::Catalogue)?;
        Ok(checks
            .into_iter()
            .filter(|check| bare(&check.clause) == bare(wanted))
            .map(|check| check.text)
            .collect())
    }
}
