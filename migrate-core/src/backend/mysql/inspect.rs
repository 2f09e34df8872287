//! What only the catalogue knows: a column's whole definition, the names of keys, whether there are rows.

use diesel::mysql::MysqlConnection;
use diesel::sql_types::{Integer, Nullable, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::definition::{self, Definition};
use super::quote::{identifier, object, quoted, shown, text};
use super::{Dialect, ddl};
use crate::error::{OperationError, Unsupported};
use crate::operation::{ColumnChange, Operation, SchemaOperation};
use crate::schema::{Column, Constraint, ConstraintKind, ForeignKey, ObjectName, Type, Value};

/// A server that can be asked.
pub(super) struct Catalogue<'a> {
    pub(super) connection: &'a mut MysqlConnection,
    pub(super) dialect: Dialect,
    /// Whether a backslash is a character like any other.
    pub(super) plain_backslash: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

/// What MySQL says of a column.
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

/// An expression without the backslashes that the catalogue puts before quotes and backslashes.
pub(super) fn unescaped(expression: &str) -> String {
    let mut text = String::with_capacity(expression.len());
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            character => text.push(character),
        }
    }
    text
}

/// The database of a name that may say one: its own, or the connection's.
const OF_DATABASE: &str = "= IF(? = '', DATABASE(), ?)";

impl Catalogue<'_> {
    /// Refuses what the server would do, but not as it was meant.
    pub(super) fn check(&mut self, operation: &Operation) -> Result<(), OperationError> {
        if quotes_backslash(operation) && self.takes_backslash_plain()? {
            return Err(self
                .dialect
                .unsupported(
                    "write a backslash in a comment or a list of values in the mode NO_BACKSLASH_ESCAPES",
                    "take the backslash away, or that mode: `SET sql_mode = …`",
                )
                .into());
        }
        match operation {
            Operation::AddColumn { table, column, .. } if is_made_up(column) => {
                match self.has_rows(table)? {
                    true => Err(self
                        .dialect
                        .unsupported(
                            format!(
                                "add `{}` to `{table}`, which has rows: it may not be null, and has no default for them",
                                column.name
                            ),
                            "add `.default(…)` or `.nullable()`",
                        )
                        .into()),
                    false => Ok(()),
                }
            }
            Operation::AlterColumn {
                table,
                name,
                change,
                ..
            } => {
                if let Some(Some(collation)) = &change.collation {
                    self.refuse_unknown_collation(collation)?;
                }
                match change.identity {
                    Some(Some(_)) => self.refuse_without_key(table, name),
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn refuse_unknown_collation(&mut self, collation: &str) -> Result<(), OperationError> {
        let found: Vec<Row> = sql_query(
            "SELECT CONVERT(collation_name USING utf8mb4) AS text FROM information_schema.collations \
             WHERE collation_name = ?",
        )
        .bind::<Text, _>(collation)
        .load(self.connection)
        .map_err(OperationError::Catalogue)?;
        match found.is_empty() {
            true => Err(self
                .dialect
                .unsupported(
                    format!("compare text by `{collation}`: it has no such collation"),
                    "use one of `SHOW COLLATION`",
                )
                .into()),
            false => Ok(()),
        }
    }

    /// A numbered column must be the first of a key.
    fn refuse_without_key(&mut self, table: &ObjectName, name: &str) -> Result<(), OperationError> {
        let keys = self.names(
            &format!(
                "SELECT CONVERT(index_name USING utf8mb4) AS text FROM information_schema.statistics \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND column_name = ? AND seq_in_index = 1"
            ),
            table,
            name,
        )?;
        match keys.is_empty() {
            true => Err(self
                .dialect
                .unsupported(
                    format!("number the rows of `{table}` by `{name}`: no key begins with it"),
                    "add a primary key or a unique constraint over it first",
                )
                .into()),
            false => Ok(()),
        }
    }

    /// The statements that carry an operation out, with all that is looked up for them.
    pub(super) fn statements(
        &mut self,
        operation: &Operation,
    ) -> Result<Vec<String>, OperationError> {
        let dialect = self.dialect;
        match operation {
            Operation::AlterColumn {
                table,
                name,
                change,
                ..
            } => {
                self.plain_backslash = self.takes_backslash_plain()?;
                let mut now = self.column(table, name)?;
                self.complete(table, name, change, &mut now)?;
                let statement = ddl::alter::restated(dialect, table, name, change, now)?;
                Ok(vec![statement])
            }
            Operation::DropColumn {
                table,
                name,
                definition: Some((column, constraints)),
                if_exists,
            } => {
                let mut named = Vec::with_capacity(constraints.len());
                for constraint in constraints {
                    named.push(self.named(table, constraint)?);
                }
                let definition = (column.clone(), named);
                Ok(vec![ddl::column::drop(
                    dialect,
                    table,
                    name,
                    Some(&definition),
                    *if_exists,
                )?])
            }
            // the server made an index of the key's name for it, unless there was one already
            Operation::DropConstraint {
                table,
                name: Some(name),
                definition: Some(Constraint::ForeignKey(key)),
                if_exists: false,
                ..
            } if self.index_columns(table, name)? == key.columns => Ok(vec![format!(
                "ALTER TABLE {} DROP FOREIGN KEY {name}, DROP INDEX {name}",
                object(dialect, table)?,
                name = identifier(dialect, name)?
            )]),
            Operation::DropConstraint {
                table,
                name: Some(name),
                definition: Some(Constraint::ForeignKey(_)),
                if_exists: false,
                ..
            } => Ok(vec![format!(
                "ALTER TABLE {} DROP FOREIGN KEY {}",
                object(dialect, table)?,
                identifier(dialect, name)?
            )]),
            Operation::DropConstraint {
                table,
                name: None,
                definition: Some(constraint),
                if_exists,
                ..
            } if constraint.kind() != ConstraintKind::PrimaryKey => {
                let named = self.named(table, constraint)?;
                Ok(ddl::statements(
                    dialect,
                    &Operation::DropConstraint {
                        table: table.clone(),
                        name: named.name().map(str::to_owned),
                        kind: Some(named.kind()),
                        definition: None,
                        if_exists: *if_exists,
                    },
                )?)
            }
            // the index of a foreign key's name is not the key
            Operation::RenameConstraint { table, from, to }
                if self.has_index(table, from)? && !self.is_foreign_key(table, from)? =>
            {
                Ok(ddl::statements(
                    dialect,
                    &Operation::RenameIndex {
                        table: table.clone(),
                        from: from.clone(),
                        to: to.clone(),
                    },
                )?)
            }
            Operation::Schema(SchemaOperation::Drop {
                name,
                if_exists,
                cascade: false,
            }) => {
                self.refuse_if_used(name)?;
                Ok(vec![ddl::drop_schema(dialect, name, *if_exists)?])
            }
            operation => {
                let complete = ddl::key::with_referred(operation, |table| self.primary_key(table))?;
                Ok(ddl::statements(dialect, &complete)?)
            }
        }
    }

    /// The column as the server defines it.
    fn column(&mut self, table: &ObjectName, name: &str) -> Result<Definition, OperationError> {
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

    /// Whether a backslash is a character like any other just now: a revision may have changed the `sql_mode`.
    fn takes_backslash_plain(&mut self) -> Result<bool, OperationError> {
        let mode: Row = sql_query("SELECT CONVERT(@@sql_mode USING utf8mb4) AS text")
            .get_result(self.connection)
            .map_err(OperationError::Catalogue)?;
        Ok(mode.text.contains("NO_BACKSLASH_ESCAPES"))
    }

    /// Makes sure of what is restated: what the server shows is not always what it has.
    fn complete(
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
        // a question mark stands for each character above U+FFFF too
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

    /// The default of a column of text as it is, which only a row tells.
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

    /// The same by `information_schema`: MySQL describes no result of SHOW CREATE TABLE to a prepared
    /// statement, and diesel asks for no other.
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

    /// The constraint with the name that it has in the database.
    fn named(
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

    /// The columns of an index that allows rows to be alike in them.
    fn index_columns(
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

    fn has_index(&mut self, table: &ObjectName, name: &str) -> Result<bool, OperationError> {
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

    fn is_foreign_key(&mut self, table: &ObjectName, name: &str) -> Result<bool, OperationError> {
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

    fn primary_key(&mut self, table: &ObjectName) -> Result<Vec<String>, OperationError> {
        self.names(
            &format!(
                "SELECT CONVERT(column_name USING utf8mb4) AS text FROM information_schema.statistics \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND index_name = ? ORDER BY seq_in_index"
            ),
            table,
            "PRIMARY",
        )
    }

    /// The checks of a table that say the same as this expression, for all that the server changes
    /// about how it is written.
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

    fn has_rows(&mut self, table: &ObjectName) -> Result<bool, OperationError> {
        #[derive(QueryableByName)]
        struct Any {
            #[diesel(sql_type = Integer)]
            number: i32,
        }
        let rows: Vec<Any> = sql_query(format!(
            "SELECT 1 AS number FROM {} LIMIT 1",
            object(self.dialect, table)?
        ))
        .load(self.connection)
        .map_err(OperationError::Catalogue)?;
        Ok(rows.iter().any(|row| row.number == 1))
    }

    fn refuse_if_used(&mut self, schema: &str) -> Result<(), OperationError> {
        let used: Vec<Row> = sql_query(
            "SELECT CONVERT(table_name USING utf8mb4) AS text FROM information_schema.tables WHERE table_schema = ? \
             UNION ALL SELECT CONVERT(routine_name USING utf8mb4) FROM information_schema.routines \
             WHERE routine_schema = ? LIMIT 1",
        )
        .bind::<Text, _>(schema)
        .bind::<Text, _>(schema)
        .load(self.connection)
        .map_err(OperationError::Catalogue)?;
        match used.first() {
            Some(Row { text }) => Err(self
                .dialect
                .unsupported(
                    format!("drop the database `{schema}` by itself: `{text}` is in it"),
                    "drop what is in it first, or add `.cascade()`",
                )
                .into()),
            None => Ok(()),
        }
    }

    /// The names that a query finds for a table and one text more.
    fn names(
        &mut self,
        query: &str,
        table: &ObjectName,
        other: &str,
    ) -> Result<Vec<String>, OperationError> {
        let schema = table.schema.as_deref().unwrap_or_default();
        let rows: Vec<Row> = sql_query(query)
            .bind::<Text, _>(schema)
            .bind::<Text, _>(schema)
            .bind::<Text, _>(&table.name)
            .bind::<Text, _>(other)
            .load(self.connection)
            .map_err(OperationError::Catalogue)?;
        Ok(rows.into_iter().map(|row| row.text).collect())
    }
}

/// Whether a database has a table of this name.
pub(super) fn has_table(
    connection: &mut MysqlConnection,
    database: Option<&str>,
    name: &str,
) -> QueryResult<bool> {
    let rows: Vec<Row> = sql_query(
        "SELECT CONVERT(table_name USING utf8mb4) AS text FROM information_schema.tables \
         WHERE table_schema = ? AND table_name = ?",
    )
    .bind::<Text, _>(database.unwrap_or_default())
    .bind::<Text, _>(name)
    .load(connection)?;
    Ok(!rows.is_empty())
}

/// Whether the server would make values up for the rows that are there.
fn is_made_up(column: &Column) -> bool {
    use crate::schema::DefaultValue;
    let nothing = matches!(
        column.default,
        None | Some(DefaultValue::Value(Value::Null))
    );
    nothing && !column.nullable && column.generated.is_none() && column.identity.is_none()
}

/// Whether a backslash would be written where it cannot be written by its bytes.
fn quotes_backslash(operation: &Operation) -> bool {
    let in_text = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains('\\'));
    let in_column = |column: &Column| {
        in_text(&column.comment)
            || match &column.ty {
                Type::Enum(values) | Type::Set(values) => {
                    values.iter().any(|value| value.contains('\\'))
                }
                _ => false,
            }
    };
    match operation {
        Operation::CreateTable { table, .. } => {
            in_text(&table.comment) || table.columns.iter().any(in_column)
        }
        Operation::SetTableComment { comment, .. } => in_text(comment),
        Operation::AddColumn { column, .. } => in_column(column),
        Operation::AlterColumn { change, .. } => {
            change.comment.as_ref().is_some_and(in_text)
                || change
                    .ty
                    .as_ref()
                    .is_some_and(|ty| in_column(&Column::new("", ty.clone())))
        }
        _ => false,
    }
}

/// An expression without all that the server adds or takes away when it writes it down.
fn bare(expression: &str) -> String {
    expression
        .replace("_utf8mb4", "")
        .replace("\\'", "'")
        .chars()
        .filter(|character| !character.is_whitespace() && !"`()".contains(*character))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_loses_the_catalogues_backslashes() {
        assert_eq!(unescaped(r"_utf8mb4\'a\\\\b\'"), r"_utf8mb4'a\\b'");
        assert_eq!(unescaped("(`i` + 1)"), "(`i` + 1)");
    }

    #[test]
    fn an_expression_is_the_same_however_the_server_writes_it() {
        assert_eq!(bare("(`stars` >= 0)"), bare("stars>=0"));
        assert_eq!(bare(r"(`a` <> _utf8mb4\'x\')"), bare("a <> 'x'"));
        assert_ne!(bare("a > 0"), bare("a > 1"));
    }
}
