//! Reads a column's definition, so that one attribute can be changed and the rest restated.

use diesel::sql_types::{Integer, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::super::definition::Definition;
use super::super::quote::{identifier, object, quoted, shown, text};
use super::super::{Dialect, definition};
use super::{Catalogue, OF_DATABASE, Row, unescaped};
use crate::error::{OperationError, Unsupported};
use crate::operation::ColumnChange;
use crate::schema::ObjectName;

/// What MySQL reports about a column.
#[derive(QueryableByName)]
struct Described {
    #[diesel(sql_type = Text)]
    ty: String,
    #[diesel(sql_type = Nullable<Text>)]
    charset: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    collation: Option<String>,
    #[diesel(sql_type = Integer)]
    nullable: i32,
    #[diesel(sql_type = Nullable<Text>)]
    content: Option<String>,
    #[diesel(sql_type = Text)]
    extra: String,
    #[diesel(sql_type = Text)]
    generation: String,
    #[diesel(sql_type = Text)]
    comment: String,
    #[diesel(sql_type = Nullable<Text>)]
    srid: Option<String>,
}

impl Described {
    fn definition(&self, dialect: Dialect) -> Result<Definition, Unsupported> {
        let has = |words: &str| self.extra.contains(words);
        let kept = if has("STORED GENERATED") {
            "STORED"
        } else {
            "VIRTUAL"
        };
        let generated = (!self.generation.is_empty()).then(|| {
            let expression = unescaped(&self.generation);
            format!("GENERATED ALWAYS AS ({expression}) {kept}")
        });
        let on_update = self.extra.split_once("on update ");
        let mut rest = Vec::new();
        if let Some(srid) = &self.srid {
            rest.push(format!("SRID {srid}"));
        }
        if has("INVISIBLE") {
            rest.push("INVISIBLE".to_owned());
        }
        Ok(Definition {
            ty: self.ty.clone(),
            charset: self.charset.clone(),
            collation: self.collation.clone(),
            generated,
            not_null: self.nullable == 0,
            default: self.default(),
            on_update: on_update.and_then(|(_, words)| Some(words.split(' ').next()?.to_owned())),
            auto_increment: has("auto_increment"),
            comment: match self.comment.is_empty() {
                true => None,
                false => Some(quoted(dialect, &self.comment)?),
            },
            rest,
        })
    }

    fn default(&self) -> Option<String> {
        let content = self.content.as_ref()?;
        let as_it_is = (self.ty.starts_with("bit") && content.starts_with("b'"))
            || (self.ty.contains("binary") && content.starts_with("0x"));
        Some(if self.extra.contains("DEFAULT_GENERATED") {
            match content.starts_with("CURRENT_TIMESTAMP") {
                true => content.clone(),
                false => format!("({})", unescaped(content)),
            }
        } else if as_it_is {
            content.clone()
        } else {
            text(content)
        })
    }
}

impl Catalogue<'_> {
    /// The column as the server defines it.
    pub(super) fn column(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Definition, OperationError> {
        let found = match self.dialect {
            Dialect::Mysql => self.described_column(table, name)?,
            Dialect::Mariadb => self.shown_column(table, name)?,
        };
        found.ok_or_else(|| {
            self.dialect
                .unsupported(
                    format!("find the column `{name}` of `{table}`"),
                    "check its name",
                )
                .into()
        })
    }

    /// A column is redefined to drop the check that is part of it (MariaDB).
    pub(super) fn without_check(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Vec<String>, OperationError> {
        self.plain_backslash = self.takes_backslash_plain()?;
        let mut now = self.column(table, name)?;
        self.complete(table, name, &ColumnChange::default(), &mut now)?;
        now.rest.retain(|part| !part.starts_with("CHECK"));
        Ok(vec![format!(
            "ALTER TABLE {} MODIFY COLUMN {} {}",
            object(self.dialect, table)?,
            identifier(self.dialect, name)?,
            now.text()
        )])
    }

    /// Whether a backslash is an ordinary character at the moment: a revision may have changed the
    /// `sql_mode`.
    pub(super) fn takes_backslash_plain(&mut self) -> Result<bool, OperationError> {
        let mode: Row = sql_query("SELECT CONVERT(@@sql_mode USING utf8mb4) AS text")
            .get_result(self.connection)
            .map_err(OperationError::Catalogue)?;
        Ok(mode.text.contains("NO_BACKSLASH_ESCAPES"))
    }

    /// Checks what is restated: what the server shows is not always what it stores.
    pub(super) fn complete(
        &mut self,
        table: &ObjectName,
        name: &str,
        change: &ColumnChange,
        now: &mut Definition,
    ) -> Result<(), OperationError> {
        let cannot = |dialect: Dialect, what: &str, help: &str| {
            Err(dialect
                .unsupported(format!("restate the {what} of `{name}` of `{table}`"), help)
                .into())
        };
        if self.plain_backslash && self.dialect == Dialect::Mariadb {
            let of = |text: &Option<String>| text.as_deref().and_then(shown);
            now.default = of(&now.default)
                .map(|text_of| text(&text_of))
                .or(now.default.take());
            now.comment = match of(&now.comment) {
                Some(comment) => Some(quoted(self.dialect, &comment)?),
                None => now.comment.take(),
            };
        }
        let comment = now.comment.as_deref().unwrap_or_default();
        if self.plain_backslash && change.comment.is_none() && comment.contains('\\') {
            let what = "comment, which has a backslash in it, in the mode NO_BACKSLASH_ESCAPES";
            return cannot(
                self.dialect,
                what,
                "say it: `.set_comment(…)`, or take that mode away",
            );
        }
        // a question mark also replaces each character above U+FFFF
        let listed = now.ty.starts_with("enum(") || now.ty.starts_with("set(");
        if change.ty.is_none() && listed && now.ty.contains('?') {
            let what = "values, in which the server shows a question mark for some characters,";
            return cannot(
                self.dialect,
                what,
                "say them: `.set_type(Type::one_of([…]))`",
            );
        }
        let default = now.default.as_deref().unwrap_or_default();
        let doubtful = default.starts_with('\'') && default.contains('?')
            || default.starts_with("_utf8mb4 X'") && default.contains("3F");
        if change.default.is_none() && doubtful {
            now.default = match self.text_of_default(table, name)? {
                Some(exactly) => Some(text(&exactly)),
                None => {
                    let what =
                        "default, in which the server shows a question mark for some characters,";
                    return cannot(self.dialect, what, "say it: `.set_default(…)`");
                }
            };
        }
        Ok(())
    }

    /// The stored default of a text column, which only a row reveals.
    fn text_of_default(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Option<String>, OperationError> {
        let rows: Vec<Row> = sql_query(format!(
            "SELECT CONVERT(DEFAULT({}) USING utf8mb4) AS text FROM {} LIMIT 1",
            identifier(self.dialect, name)?,
            object(self.dialect, table)?
        ))
        .load(self.connection)
        .map_err(OperationError::Catalogue)?;
        Ok(rows.into_iter().next().map(|row| row.text))
    }

    fn shown_column(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Option<Definition>, OperationError> {
        #[derive(QueryableByName)]
        struct Shown {
            #[diesel(sql_type = Text, column_name = "Create Table")]
            create_table: String,
        }
        let shown: Shown = sql_query(format!(
            "SHOW CREATE TABLE {}",
            object(self.dialect, table)?
        ))
        .get_result(self.connection)
        .map_err(OperationError::Catalogue)?;
        Ok(definition::find(
            &shown.create_table,
            name,
            self.plain_backslash,
        ))
    }

    /// The same from `information_schema`: MySQL does not describe the result of SHOW CREATE TABLE
    /// to a prepared statement, and diesel uses only prepared statements.
    fn described_column(
        &mut self,
        table: &ObjectName,
        name: &str,
    ) -> Result<Option<Definition>, OperationError> {
        let schema = table.schema.as_deref().unwrap_or_default();
        let found: Vec<Described> = sql_query(format!(
            "SELECT CONVERT(column_type USING utf8mb4) AS ty, character_set_name AS charset, \
             collation_name AS collation, is_nullable = 'YES' AS nullable, \
             CONVERT(column_default USING utf8mb4) AS content, CONVERT(extra USING utf8mb4) AS extra, \
             CONVERT(generation_expression USING utf8mb4) AS generation, \
             CONVERT(column_comment USING utf8mb4) AS comment, CAST(srs_id AS CHAR) AS srid \
             FROM information_schema.columns \
             WHERE table_schema {OF_DATABASE} AND table_name = ? AND column_name = ?"
        ))
        .bind::<Text, _>(schema)
        .bind::<Text, _>(schema)
        .bind::<Text, _>(&table.name)
        .bind::<Text, _>(name)
        .load(self.connection)
        .map_err(OperationError::Catalogue)?;
        match found.into_iter().next() {
            Some(described) => Ok(Some(described.definition(self.dialect)?)),
            None => Ok(None),
        }
    }
}
