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

    /// The index that the server created for a foreign key, or would have created: it is called as
    /// the key or its first column, is over just its columns, and no other key needs it.
    pub(super) fn index_of_key(
        &mut self,
        table: &ObjectName,
        name: &str,
        columns: &[String],
    ) -> Result<Option<String>, OperationError> {
        let needed = self.keys_of_table(table)?;
        let others = needed
            .iter()
            .any(|(other, of)| other != name && of == columns);
        if others {
            return Ok(None);
        }
        let indexes = self.indexes_of_table(table, true)?;
        let is_its_own = |index: &str| {
            let first = columns
                .first()
                .and_then(|column| index.strip_prefix(column.as_str()));
            index == name || first.is_some_and(|rest| rest.is_empty() || is_numbered(rest, "_"))
        };
        let own = indexes
            .into_iter()
            .find(|(index, of)| of == columns && is_its_own(index));
        Ok(own.map(|(index, _)| index))
    }

    /// The foreign key that would be without an index if this one were dropped: the name of the
    /// index that the server would give it, and its columns.
    pub(super) fn key_without_index(
        &mut self,
        table: &ObjectName,
        index: &str,
    ) -> Result<Option<(String, Vec<String>)>, OperationError> {
        let keys = self.keys_of_table(table)?;
        if keys.is_empty() {
            return Ok(None);
        }
        let indexes = self.indexes_of_table(table, false)?;
        let needs = |columns: &[String]| {
            let mut covers = indexes
                .iter()
                .filter(|(_, of)| of.starts_with(columns))
                .peekable();
            covers.peek().is_some() && covers.all(|(name, _)| name == index)
        };
        let key = keys.into_iter().find(|(_, columns)| needs(columns));
        Ok(key.and_then(|(name, columns)| {
            let chosen = name.strip_prefix(&table.name);
            let own = match chosen.is_some_and(|rest| is_numbered(rest, "_ibfk_")) {
                true => columns.first()?.clone(),
                false => name,
            };
            let is_free = indexes.iter().all(|(other, _)| *other != own);
            is_free.then_some((own, columns))
        }))
    }

    /// The foreign keys of a table with their columns.
    fn keys_of_table(
        &mut self,
        table: &ObjectName,
    ) -> Result<Vec<(String, Vec<String>)>, OperationError> {
        let rows = self.names(
            &format!(
                "SELECT CONVERT(CONCAT(constraint_name, '\n', \
                 GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR '\n')) USING utf8mb4) AS text \
                 FROM information_schema.key_column_usage \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND referenced_table_name IS NOT NULL \
                 AND constraint_name <> ? GROUP BY constraint_name ORDER BY constraint_name"
            ),
            table,
            "",
        )?;
        Ok(rows.iter().map(|row| in_lines(row)).collect())
    }

    /// The indexes of a table with their columns, or only those that are not unique.
    fn indexes_of_table(
        &mut self,
        table: &ObjectName,
        plain: bool,
    ) -> Result<Vec<(String, Vec<String>)>, OperationError> {
        let unique = if plain { "AND non_unique = 1" } else { "" };
        let rows = self.names(
            &format!(
                "SELECT CONVERT(CONCAT(index_name, '\n', \
                 GROUP_CONCAT(IF(sub_part IS NULL, IFNULL(column_name, ''), '') ORDER BY seq_in_index SEPARATOR '\n')) \
                 USING utf8mb4) AS text FROM information_schema.statistics \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND index_name <> ? {unique} \
                 GROUP BY index_name ORDER BY index_name"
            ),
            table,
            "",
        )?;
        Ok(rows.iter().map(|row| in_lines(row)).collect())
    }

    /// Whether a check of this name is part of a column (MariaDB).
    pub(super) fn is_check_of_column(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<bool, OperationError> {
        if self.dialect == Dialect::Mysql {
            return Ok(false);
        }
        let found = self.names(
            &format!(
                "SELECT CONVERT(constraint_name USING utf8mb4) AS text FROM information_schema.check_constraints \
                 WHERE constraint_schema {OF_DATABASE} AND table_name = ? AND constraint_name = ? AND level = 'Column'"
            ),
            table,
            name,
        )?;
        Ok(!found.is_empty())
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

/// A name and what is in the lines after it.
fn in_lines(text: &str) -> (String, Vec<String>) {
    let mut lines = text.split('\n').map(str::to_owned);
    (lines.next().unwrap_or_default(), lines.collect())
}

/// Whether a text is a word and a number.
fn is_numbered(text: &str, word: &str) -> bool {
    let number = text.strip_prefix(word).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}
