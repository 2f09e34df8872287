//! By which names the models and the ground call the same thing: what was renamed, by an answer or
//! by the source. Pure; it must not know what a table has besides.

use migrate_core::BackendKind;
use migrate_core::engine::diff::Respelling;
use migrate_core::schema::{Column, DefaultValue, ObjectName, Schema, Table};
use migrate_models as models;
use models::{ColumnKey, TableKey};

use super::Ground;

impl Ground<'_> {
    /// The name of an object, unqualified in the current schema.
    pub(crate) fn name(&self, schema: Option<&str>, name: &str) -> ObjectName {
        let schema =
            schema.filter(|schema| self.kind != BackendKind::Sqlite && *schema != self.current);
        match schema {
            Some(schema) => ObjectName::qualified(schema, name),
            None => name.into(),
        }
    }

    /// The name of a table before, if it was renamed.
    pub(super) fn old_name(&self, name: &ObjectName, model: &models::Table) -> Option<ObjectName> {
        let said = model.attributes.iter().find_map(|one| match &one.key {
            TableKey::RenamedFrom(old) => Some(old.clone()),
            _ => None,
        });
        let there = |old: &ObjectName| self.before.table(old).is_some();
        let answered = self.renames.iter().find_map(|rename| {
            let old = match rename.from.rsplit_once('.') {
                Some((schema, old)) if name.schema.as_deref() == Some(schema) => old,
                Some(_) => return None,
                None => &rename.from,
            };
            let old = name.sibling(old);
            (rename.to == name.name && there(&old)).then_some(old)
        });
        let is_new = !there(name) || self.is_renamed(name);
        let said = said.map(|old| name.sibling(old));
        answered.or_else(|| said.filter(|old| is_new && there(old)))
    }

    /// What has a table's name and is none that models can declare.
    pub(super) fn occupied(&self, name: &ObjectName) -> Option<&'static str> {
        const KINDS: [(&str, &str); 6] = [
            ("view", "a view"),
            ("table", "a table that could not be read"),
            ("virtual table", "a virtual table"),
            ("shadow table", "a shadow table"),
            ("foreign table", "a foreign table"),
            ("partition", "a partition"),
        ];
        let is_it = |other: &ObjectName| self.is_one(other, name);
        let Schema {
            tables,
            views,
            others,
            ..
        } = self.before;
        let is_view = views.iter().any(|view| is_it(&view.name));
        let mut others = others.iter().filter(|other| is_it(&other.name));
        let other = others.find_map(|other| {
            let mut kinds = KINDS.iter();
            let kind = kinds.find(|(kind, _)| *kind == other.kind);
            kind.map(|(_, what)| *what)
        });
        let found = is_view.then_some("a view").or(other)?;
        let is_table = tables.iter().any(|table| is_it(&table.name));
        (!is_table).then_some(found)
    }

    /// Whether two names are one to this kind of database.
    pub(super) fn is_one(&self, one: &ObjectName, other: &ObjectName) -> bool {
        one.schema == other.schema && is_same_name(self.kind, &one.name, &other.name)
    }

    /// The table before that a declaration is about.
    pub(super) fn was(&self, model: &models::Table) -> Option<&'_ Table> {
        let name = self.name(model.schema.as_deref(), &model.name);
        match self.old_name(&name, model) {
            Some(old) => self.before.table(&old),
            // the one that had the name has another one now
            None if self.is_renamed(&name) => None,
            None => self.before.table(&name).or_else(|| {
                // as the comparison takes it
                let mut tables = self.before.tables.iter();
                let is_it = |table: &&Table| self.is_one(&table.name, &name);
                tables.find(|table| self.kind == BackendKind::Sqlite && is_it(table))
            }),
        }
    }

    /// Whether a table that is there gets another name, by an answer.
    fn is_renamed(&self, name: &ObjectName) -> bool {
        let name = name.to_string();
        self.renames.iter().any(|rename| rename.from == name)
    }

    /// The columns that get another name, by answers about a table with this name, and with that
    /// one before: old and new.
    pub(super) fn renamed_columns<'a>(
        &'a self,
        name: &ObjectName,
        old: Option<&ObjectName>,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let places = [name.to_string(), old.unwrap_or(name).to_string()];
        self.renames.iter().filter_map(move |rename| {
            let (place, old) = rename.from.rsplit_once('.')?;
            let is_it = places.iter().any(|one| one == place);
            is_it.then_some((old, rename.to.as_str()))
        })
    }

    /// The name now of a column before, unless it goes.
    pub(super) fn new_name(&self, model: &models::Table, was: &Table, old: &str) -> Option<String> {
        let mut columns = model.columns.iter();
        let is_it = |column: &&models::Column| {
            let before = self.old_column(model, column, was);
            before.is_some_and(|before| before.name == old)
        };
        columns.find(is_it).map(|column| column.name.clone())
    }

    /// The names in the texts of a table that is open.
    pub(super) fn respelling(&self, model: &models::Table, was: &Table) -> Respelling {
        let columns = was.columns.iter();
        let columns = columns.map(|one| (one.name.clone(), self.new_name(model, was, &one.name)));
        let (old, new) = (&was.name.name, &model.name);
        Respelling {
            table: (old != new).then(|| (old.clone(), new.clone())),
            columns: columns.collect(),
        }
    }

    /// A column of an open table as it was, with the new names in its texts.
    pub(super) fn column_now(&self, model: &models::Table, was: &Table, old: &Column) -> Column {
        let mut column = old.clone();
        let generated = column.generated.as_mut().map(|one| &mut one.expression);
        let default = match &mut column.default {
            Some(DefaultValue::Expression(sql)) => Some(sql),
            _ => None,
        };
        for sql in generated.into_iter().chain(default) {
            // what names a column that goes cannot stay, and the trial says so
            if let Some(spelled) = self.respelling(model, was).of(sql, self.kind) {
                *sql = spelled;
            }
        }
        column
    }

    /// Whether a key is what diesel names where a table of SQLite has none: the row's own number.
    pub(super) fn is_row_number(&self, key: &[String], was: Option<&Table>) -> bool {
        let is_name = |name: &String| ["rowid", "oid", "_rowid_"].contains(&name.as_str());
        let is_none = |was: &Table| was.columns.iter().all(|one| !key.contains(&one.name));
        self.kind == BackendKind::Sqlite && key.iter().all(is_name) && was.is_none_or(is_none)
    }

    /// The column before that a declaration is about.
    pub(super) fn old_column<'w>(
        &self,
        model: &models::Table,
        column: &models::Column,
        was: &'w Table,
    ) -> Option<&'w Column> {
        let named = |name: &str| was.columns.iter().find(|one| one.name == name);
        let said = column.attributes.iter().find_map(|one| match &one.key {
            ColumnKey::RenamedFrom(old) => Some(old.as_str()),
            _ => None,
        });
        let name = self.name(model.schema.as_deref(), &model.name);
        let renamed = || self.renamed_columns(&name, Some(&was.name));
        let answered = renamed().find(|(_, new)| *new == column.name);
        let answered = answered.and_then(|(old, _)| named(old));
        // what had the name may have another one now
        let is_other = renamed().any(|(old, new)| old == column.name && new != column.name);
        let any_case = || {
            let is_it = |one: &&Column| is_same_name(self.kind, &one.name, &column.name);
            let mut columns = was.columns.iter();
            columns.find(|one| self.kind == BackendKind::Sqlite && is_it(one))
        };
        let same = || {
            let found = named(&column.name).or_else(any_case);
            found.filter(|_| !is_other)
        };
        answered.or_else(same).or_else(|| said.and_then(named))
    }
}

/// Whether two names are one to a kind of database.
pub(crate) fn is_same_name(kind: BackendKind, one: &str, other: &str) -> bool {
    match kind {
        BackendKind::Postgres => one == other,
        _ => one == other || one.to_lowercase() == other.to_lowercase(),
    }
}
