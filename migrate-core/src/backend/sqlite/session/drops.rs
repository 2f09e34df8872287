//! What raw SQL does to foreign keys: a table that rows of other tables reference must not be
//! dropped with foreign keys on; if a revision switches them off, the session does so before its
//! transaction begins. A connection block is checked after it has run.

use std::borrow::BorrowMut;
use std::collections::BTreeMap;

use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::super::quote::{identifier, literal};
use super::super::rebuild::may_refer;
use super::SqliteSession;
use crate::backend::instrumentation::Watch;
use crate::backend::{BackendKind, Statements};
use crate::error::{OperationError, Referenced};
use crate::schema::ObjectName;
use crate::sql::{KeyEffect, key_effects, tokens};

impl<C: BorrowMut<SqliteConnection>> SqliteSession<C> {
    /// Checks raw SQL before it runs. If one text holds several statements, the effects of the
    /// first on tables are taken into account for those after them.
    pub(super) fn judge(&mut self, statements: &[String]) -> Result<(), OperationError> {
        let effects: Vec<KeyEffect> = statements.iter().flat_map(|sql| key_effects(sql)).collect();
        if effects.is_empty()
            || !self
                .is_on("foreign_keys")
                .map_err(OperationError::Catalogue)?
        {
            return Ok(());
        }
        // their names when the text begins
        let mut before: BTreeMap<String, String> = BTreeMap::new();
        let mut without_rows: Vec<String> = Vec::new();
        let mut dropped: Vec<String> = Vec::new();
        let key = |table: &str| table.to_ascii_lowercase();
        for effect in effects {
            let was = |table: &str| before.get(&key(table)).cloned().unwrap_or(key(table));
            match effect {
                KeyEffect::SwitchesOff => {
                    let depth = self.depth().map_err(OperationError::Catalogue)?;
                    if depth == 0 {
                        return Ok(()); // what comes after it runs without them
                    }
                    if self.owns_outermost {
                        return Err(self.want_keys_off("`PRAGMA foreign_keys = OFF`".to_owned()));
                    }
                    // inside a transaction of the caller, SQLite ignores the pragma
                }
                KeyEffect::Renames(from, to) => {
                    let was = was(&from.name);
                    dropped.retain(|table| *table != key(&to));
                    before.insert(key(&to), was);
                }
                KeyEffect::Empties(name) => without_rows.push(was(&name.name)),
                KeyEffect::Drops(name) => {
                    let name = ObjectName {
                        name: was(&name.name),
                        ..name
                    };
                    if self
                        .cannot_be_emptied(&name)
                        .map_err(OperationError::Catalogue)?
                    {
                        return Err(self.want_keys_off(format!("dropping `{name}`")));
                    }
                    if !dropped.contains(&key(&name.name))
                        && !without_rows.contains(&key(&name.name))
                    {
                        self.refuse_drop(&name, &without_rows)?;
                    }
                    without_rows.push(key(&name.name));
                    dropped.push(key(&name.name));
                }
            }
        }
        Ok(())
    }

    /// Refuses to drop a table that rows of another one reference.
    fn refuse_drop(
        &mut self,
        name: &ObjectName,
        without_rows: &[String],
    ) -> Result<(), OperationError> {
        let deferred = self
            .is_on("defer_foreign_keys")
            .map_err(OperationError::Catalogue)?;
        let catalogue = OperationError::Catalogue;
        let Some(schema) = self.schema_with(name).map_err(catalogue)? else {
            return Ok(()); // there is no such table
        };
        for key in self.keys_to(&schema, &name.name).map_err(catalogue)? {
            let checked = matches!(key.on_delete.as_str(), "NO ACTION" | "RESTRICT");
            let is_deferrable = || {
                let mut words = tokens(&key.definition, BackendKind::Sqlite);
                words.any(|word| word.eq_ignore_ascii_case("DEFERRABLE"))
            };
            let waits = deferred || is_deferrable();
            if without_rows.contains(&key.child.to_ascii_lowercase())
                || checked && waits && key.on_delete != "RESTRICT"
            {
                continue; // SQLite looks itself, at the COMMIT
            }
            // SQLite ignores a key whose columns do not match
            let rows = self
                .rows_that_reference(&schema, &name.name, &key)
                .unwrap_or(0);
            if rows > 0 {
                return Err(Referenced {
                    table: name.name.clone(),
                    child: key.child,
                    rows,
                    on_delete: key.on_delete,
                    stays: false,
                }
                .into());
            }
        }
        Ok(())
    }

    /// Whether SQLite cannot empty a table, as it does before it drops one that others reference,
    /// since a table is gone that this one references, or one whose rows would go or change with
    /// its rows: the rest of a cycle. In a transaction of the session's own, foreign keys can be
    /// off.
    fn cannot_be_emptied(&mut self, name: &ObjectName) -> QueryResult<bool> {
        if self.depth()? == 0 || !self.owns_outermost || !self.drops_rows(name)? {
            return Ok(false);
        }
        let Some(schema) = self.schema_with(name)? else {
            return Ok(false);
        };
        let (Ok(place), Ok(table), Ok(text)) = (
            identifier(&schema),
            literal(&name.name.as_str().into()),
            literal(&schema.as_str().into()),
        ) else {
            return Ok(false);
        };
        let gone = self.texts(&format!(
            "WITH RECURSIVE emptied(name) AS (SELECT {table} UNION \
             SELECT child.name FROM emptied JOIN {place}.sqlite_master AS child \
             JOIN pragma_foreign_key_list(child.name, {text}) AS key \
             ON key.\"table\" = emptied.name COLLATE NOCASE \
             WHERE child.type = 'table' AND key.on_delete NOT IN ('NO ACTION', 'RESTRICT')) \
             SELECT k.\"table\" AS text FROM emptied, pragma_foreign_key_list(emptied.name, {text}) AS k \
             WHERE NOT EXISTS (SELECT 1 FROM {place}.sqlite_master AS m \
             WHERE m.type = 'table' AND m.name = k.\"table\" COLLATE NOCASE)"
        ))?;
        Ok(!gone.is_empty())
    }

    /// The schema in which SQLite finds a name.
    fn schema_with(&mut self, name: &ObjectName) -> QueryResult<Option<String>> {
        let mut schemas = match &name.schema {
            Some(schema) => vec![schema.clone()],
            None => self.texts(
                "SELECT name AS text FROM pragma_database_list ORDER BY name <> 'temp', seq",
            )?,
        };
        if name.schema.is_none() && !schemas.iter().any(|schema| schema == "temp") {
            schemas.insert(0, "temp".to_owned());
        }
        for schema in schemas {
            let (Ok(place), Ok(table)) = (identifier(&schema), literal(&name.name.as_str().into()))
            else {
                continue;
            };
            let found = self.texts(&format!(
                "SELECT name AS text FROM {place}.sqlite_master \
                 WHERE type = 'table' AND name = {table} COLLATE NOCASE"
            ))?;
            if !found.is_empty() {
                return Ok(Some(schema));
            }
        }
        Ok(None)
    }

    /// The foreign keys of other tables that reference this one.
    fn keys_to(&mut self, schema: &str, table: &str) -> QueryResult<Vec<Key>> {
        let may_refer = may_refer(table);
        let (Ok(place), Ok(bare), Ok(table)) = (
            identifier(schema),
            literal(&schema.into()),
            literal(&table.into()),
        ) else {
            return Ok(Vec::new()); // a name that cannot be written
        };
        sql_query(format!(
            "SELECT child.name AS child, COALESCE(child.sql, '') AS definition, key.on_delete AS on_delete, \
             CAST(key.id AS INTEGER) AS id FROM {place}.sqlite_master AS child \
             JOIN pragma_foreign_key_list(child.name, {bare}) AS key \
             WHERE child.type = 'table' AND {may_refer} AND key.seq = 0 AND key.\"table\" = {table} COLLATE NOCASE \
             AND child.name <> {table} COLLATE NOCASE ORDER BY child.name, key.id"
        ))
        .load(self.sqlite())
    }

    /// Before a connection block: records which rows a dropped table would delete or unlink.
    pub(super) fn note_references(&mut self) -> QueryResult<()> {
        self.references.clear();
        if !self.is_on("foreign_keys")? {
            return Ok(());
        }
        let failed = self.watch.as_ref().and_then(Watch::last_failure);
        for schema in self.texts("SELECT name AS text FROM pragma_database_list")? {
            let (Ok(place), Ok(bare)) = (identifier(&schema), literal(&schema.as_str().into()))
            else {
                continue; // a name that cannot be written
            };
            let keys: Vec<Reference> = sql_query(format!(
                "SELECT child.name AS child, COALESCE(child.sql, '') AS definition, key.on_delete AS on_delete, \
                 CAST(key.id AS INTEGER) AS id, parent.name AS parent, {bare} AS schema, parent.rowid AS parent_row, \
                 parent.rootpage AS root, child.rowid AS child_row, 0 AS rows \
                 FROM {place}.sqlite_master AS child JOIN pragma_foreign_key_list(child.name, {bare}) AS key \
                 JOIN {place}.sqlite_master AS parent ON parent.type = 'table' AND parent.name = key.\"table\" COLLATE NOCASE \
                 WHERE child.type = 'table' AND instr(lower(child.sql), 'references') > 0 AND key.seq = 0 AND parent.rowid <> child.rowid \
                 AND key.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT') ORDER BY child.name, key.id"
            ))
            .load(self.sqlite())?;
            for mut reference in keys {
                // SQLite ignores a key whose columns do not match
                let rows = self.rows_that_reference(&schema, &reference.parent, &reference.key);
                reference.rows = rows.unwrap_or(0);
                if reference.rows > 0 {
                    self.references.push(reference);
                }
            }
        }
        if let Some(watch) = &self.watch {
            watch.put_back(failed);
            if !self.references.is_empty() {
                watch.begin();
            }
        }
        Ok(())
    }

    /// After a connection block: refuses it if it dropped a table and thereby deleted or unlinked
    /// rows of another one.
    pub(super) fn refuse_lost_references(&mut self) -> Result<(), OperationError> {
        let references = std::mem::take(&mut self.references);
        if references.is_empty() {
            return Ok(());
        }
        let stays = self.depth().map_err(OperationError::Catalogue)? == 0;
        let seen = self.watch.as_ref().map(Watch::so_far).unwrap_or_default();
        let effects: Vec<KeyEffect> = seen.iter().flat_map(|sql| key_effects(sql)).collect();
        if stays && effects.contains(&KeyEffect::SwitchesOff) {
            return Ok(()); // SQLite's own procedure
        }
        let empties = |child: &str| {
            effects.iter().any(|effect| {
                matches!(effect, KeyEffect::Empties(name) if name.name.eq_ignore_ascii_case(child))
            })
        };
        let failed = self.watch.as_ref().and_then(Watch::last_failure);
        for reference in references {
            let seen = effects.iter().any(|effect| {
                matches!(effect, KeyEffect::Drops(name) if name.name.eq_ignore_ascii_case(&reference.parent))
            });
            let lost = self
                .is_lost(&reference, seen)
                .map_err(OperationError::Catalogue)?;
            if lost && !empties(&reference.key.child) {
                return Err(Referenced {
                    table: reference.parent,
                    child: reference.key.child,
                    rows: reference.rows,
                    on_delete: reference.key.on_delete,
                    stays,
                }
                .into());
            }
        }
        if let Some(watch) = &self.watch {
            watch.put_back(failed);
        }
        Ok(())
    }

    /// Whether a table was dropped, perhaps to be created again, and rows no longer reference it.
    fn is_lost(&mut self, reference: &Reference, seen: bool) -> QueryResult<bool> {
        let (Ok(place), Ok(parent)) = (
            identifier(&reference.schema),
            literal(&reference.parent.as_str().into()),
        ) else {
            return Ok(false);
        };
        let attached = self.texts("SELECT name AS text FROM pragma_database_list")?;
        if !attached.contains(&reference.schema) {
            return Ok(false);
        }
        let mut named = |query: String| {
            let names = self.texts(&format!(
                "SELECT name AS text FROM {place}.sqlite_master WHERE type = 'table' AND {query}"
            ));
            names.map(|names| names.into_iter().next())
        };
        let child = named(format!("rowid = {}", reference.child_row))?;
        let same = named(format!(
            "rowid = {} AND rootpage = {}",
            reference.parent_row, reference.root
        ))?;
        let now = named(format!("name = {parent} COLLATE NOCASE"))?;
        if child.as_ref() != Some(&reference.key.child) || same.is_some() && !seen {
            return Ok(false); // the child was dropped too, or the parent was not
        }
        let Some(parent) = now.filter(|_| reference.key.on_delete != "SET DEFAULT") else {
            return Ok(true);
        };
        let rows = self.rows_that_reference(&reference.schema, &parent, &reference.key);
        Ok(rows.unwrap_or(0) < reference.rows)
    }

    fn rows_that_reference(&mut self, schema: &str, table: &str, key: &Key) -> QueryResult<i64> {
        #[derive(QueryableByName)]
        struct Pair {
            #[diesel(sql_type = Text)]
            child: String,
            #[diesel(sql_type = Text)]
            parent: String,
        }
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            rows: i64,
        }
        let unwritable = |error: crate::error::Unsupported| {
            diesel::result::Error::QueryBuilderError(error.into())
        };
        let text = |text: &str| literal(&text.into()).map_err(unwritable);
        let name = |name: &str| identifier(name).map_err(unwritable);
        let (bare, of_table, of_child) = (text(schema)?, text(table)?, text(&key.child)?);
        let pairs: Vec<Pair> = sql_query(format!(
            "SELECT key.\"from\" AS child, COALESCE(key.\"to\", column.name, 'rowid') AS parent \
             FROM pragma_foreign_key_list({of_child}, {bare}) AS key \
             LEFT JOIN pragma_table_info({of_table}, {bare}) AS column ON column.pk = key.seq + 1 \
             WHERE key.id = {} ORDER BY key.seq",
            key.id
        ))
        .load(self.sqlite())?;
        let mut equal = Vec::new();
        for pair in pairs {
            equal.push(format!(
                "parent.{} = child.{}",
                name(&pair.parent)?,
                name(&pair.child)?
            ));
        }
        let count: Count = sql_query(format!(
            "SELECT count(*) AS rows FROM {place}.{child} AS child \
             WHERE EXISTS (SELECT 1 FROM {place}.{table} AS parent WHERE {})",
            equal.join(" AND "),
            place = name(schema)?,
            child = name(&key.child)?,
            table = name(table)?,
        ))
        .get_result(self.sqlite())?;
        Ok(count.rows)
    }
}

/// A foreign key.
#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    child: String,
    /// The text of its table.
    #[diesel(sql_type = Text)]
    definition: String,
    #[diesel(sql_type = Text)]
    on_delete: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// A foreign key that deletes or unlinks rows with the ones that they reference, before a
/// connection block.
#[derive(QueryableByName)]
pub(super) struct Reference {
    #[diesel(embed)]
    key: Key,
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    parent: String,
    /// The positions of the two tables in the schema, which a rename does not change.
    #[diesel(sql_type = BigInt)]
    parent_row: i64,
    #[diesel(sql_type = BigInt)]
    root: i64,
    #[diesel(sql_type = BigInt)]
    child_row: i64,
    /// How many rows reference it.
    #[diesel(sql_type = BigInt)]
    rows: i64,
}
