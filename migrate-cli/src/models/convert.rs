//! Tables of models as tables of a schema. An open table begins as it was before, and a column of
//! it keeps the type that diesel calls so. Pure.

use migrate_core::BackendKind;
use migrate_core::op;
use migrate_core::schema::{
    Column, Constraint, DefaultValue, Generated, Identity, Index, ObjectName, Sql, Table, Type,
};
use migrate_models as models;
use models::{ColumnKey, TableKey};

use super::complete::{self, Followed};
use super::words::{identity, value};
use super::{Ground, ModelError, constraints, is_for, types};
use crate::configuration::names::Nameless;
use crate::print::Named;

/// A table that models declare.
pub(super) struct Declared {
    pub(super) table: Table,
    pub(super) indexes: Vec<Index>,
}

/// The tables that are declared for this kind of database, without views.
pub(super) fn tables(
    models: &models::Models,
    ground: Ground<'_>,
) -> Result<Vec<Declared>, Vec<ModelError>> {
    let mut problems = Vec::new();
    let mut found = Vec::new();
    let followed = Followed::of(models, ground);
    for model in &models.tables {
        let name = ground.name(model.schema.as_deref(), &model.name);
        if model.closed && is_meant(model, ground) && ground.occupied(&name) == Some("a view") {
            let problem = ModelError::new(&model.place, format!("`{name}` is a view, no table"));
            let help = "say so with `#[migrate(view)]`; or drop the view in a revision of its own";
            problems.push(problem.help(help));
        } else if is_table(model, ground) {
            let mut converter = Converter {
                models,
                model,
                ground,
                followed: &followed,
                problems: &mut problems,
            };
            found.push(converter.table());
        }
    }
    match problems.is_empty() {
        true => Ok(found),
        false => Err(problems),
    }
}

/// Whether a declaration means a table of this kind of database.
pub(super) fn is_meant(model: &models::Table, ground: Ground<'_>) -> bool {
    let mut keys = model.attributes.iter();
    let is_other = |key: &models::Attribute<TableKey>| match &key.key {
        TableKey::View => true,
        TableKey::Only(only) => !is_for(only, ground.kind),
        _ => false,
    };
    let name = ground.name(model.schema.as_deref(), &model.name);
    !keys.any(is_other) && ground.is_about(&name)
}

/// Whether a declaration is that of a table of this kind of database.
pub(super) fn is_table(model: &models::Table, ground: Ground<'_>) -> bool {
    let name = ground.name(model.schema.as_deref(), &model.name);
    is_meant(model, ground) && ground.occupied(&name).is_none()
}

struct Converter<'c> {
    models: &'c models::Models,
    model: &'c models::Table,
    ground: Ground<'c>,
    followed: &'c Followed,
    problems: &'c mut Vec<ModelError>,
}

impl Converter<'_> {
    fn table(&mut self) -> Declared {
        let (model, ground) = (self.model, self.ground);
        let name = ground.name(model.schema.as_deref(), &model.name);
        let was = ground.was(model);
        self.refuse_stale_name(&name);
        let mut table = match was {
            Some(was) if !model.closed => was.clone(),
            _ => Table::new(name.clone()),
        };
        table.name = name.clone();
        table.comment = ground.comment(model.doc.as_ref()).or(table.comment);
        table.columns.clear();
        let mut added = Vec::new();
        let mut indexes = Vec::new();
        for column in &model.columns {
            let column = self.column(column, was, &mut added, &mut indexes);
            table.columns.push(column);
        }
        if let Some(was) = was {
            in_old_order(&mut table.columns, was);
        }
        self.key(&mut table, was);
        self.options(&mut table, &mut added, &mut indexes);
        if !model.closed {
            self.joins(&table, was, &mut added);
            if let Some(was) = was {
                self.keep(was, &mut table, &mut indexes);
            }
        }
        if let (Some(was), true) = (was, model.closed) {
            self.keep_keys_to_excluded(was, &mut table);
        }
        let before = was.map_or(&[][..], |was| &was.constraints);
        constraints::name(&mut added, &name, ground.names, before);
        if !model.closed {
            constraints::keep_unchecked(&mut added, before);
        }
        for constraint in added {
            let same = |one: &Constraint| match constraint.name() {
                Some(name) => one.name() == Some(name),
                None => *one == constraint,
            };
            table.constraints.retain(|one| !same(one));
            table.constraints.push(constraint);
        }
        Declared { table, indexes }
    }

    /// Refuses an old name that is still that of a table, beside the new one.
    fn refuse_stale_name(&mut self, name: &ObjectName) {
        let said = self.model.attributes.iter().find_map(|one| match &one.key {
            TableKey::RenamedFrom(old) => Some((one, old)),
            _ => None,
        });
        let there = |name: &ObjectName| self.ground.before.table(name).is_some();
        if let Some((attribute, old)) = said
            && there(&name.sibling(old.as_str()))
            && there(name)
        {
            let message =
                format!("`{old}` and `{name}` are both there: neither is the other's new name");
            let help = "take `renamed_from` out";
            self.problems
                .push(ModelError::new(&attribute.place, message).help(help));
        }
    }

    fn column(
        &mut self,
        column: &models::Column,
        was: Option<&Table>,
        added: &mut Vec<Constraint>,
        indexes: &mut Vec<Index>,
    ) -> Column {
        let table = self
            .ground
            .name(self.model.schema.as_deref(), &self.model.name);
        self.refuse_stale_column(column, was);
        let ground = self.ground;
        let old = self.old_column(column, was);
        let ty = self.ty(column, was, old);
        let mut found = match old {
            Some(old) if !self.model.closed => match was {
                Some(was) => ground.column_now(self.model, was, old),
                None => old.clone(),
            },
            _ => Column::new(column.name.as_str(), Type::Text),
        };
        found.ty = ty;
        found.name = column.name.clone();
        found.nullable = match (old, was) {
            // the number of a row is never null, whatever was said
            (Some(old), Some(was)) if self.is_row_number(old, was) => old.nullable,
            _ => column.nullable,
        };
        found.comment = self.ground.comment(column.doc.as_ref()).or(found.comment);
        for attribute in &column.attributes {
            if !is_for(&attribute.only, self.ground.kind) {
                continue;
            }
            match &attribute.key {
                ColumnKey::Type(_) | ColumnKey::RenamedFrom(_) => {}
                ColumnKey::Default(literal) => {
                    found.default = Some(DefaultValue::Value(value(literal)));
                }
                ColumnKey::DefaultSql(text) => {
                    found.default = Some(DefaultValue::Expression(constraints::sql(text)));
                }
                ColumnKey::Autoincrement => found.identity = Some(Identity::default()),
                ColumnKey::Identity { always, options } => {
                    found.identity = Some(identity(*always, options));
                }
                ColumnKey::Collate(name) => found.collation = Some(name.clone()),
                ColumnKey::Comment(text) => found.comment = Some(text.clone()),
                ColumnKey::OnUpdateSql(text) => found.on_update = Some(constraints::sql(text)),
                ColumnKey::Generated { expression, stored } => {
                    let expression = constraints::sql(expression);
                    found.generated = Some(Generated::new(expression, *stored));
                }
                ColumnKey::Unique { name } => added.push(constraints::unique(&models::Unique {
                    name: name.clone(),
                    columns: vec![column.name.clone()],
                    include: Vec::new(),
                    nulls_not_distinct: false,
                    deferrable: None,
                })),
                ColumnKey::References(key) => {
                    added.extend(self.foreign_key(
                        key,
                        vec![column.name.clone()],
                        &attribute.place,
                    ));
                }
                ColumnKey::Check {
                    expression,
                    name,
                    not_valid,
                } => {
                    let mut check = constraints::check(expression, name.as_ref(), *not_valid);
                    check.column = Some(column.name.clone()); // for its name
                    added.push(check.into());
                }
                ColumnKey::Index { name } => {
                    let name = name.clone().unwrap_or_else(|| {
                        let before = was.map(|was| self.ground.before.indexes_of(&was.name));
                        let before = constraints::unnamed(self.model, before.into_iter().flatten());
                        constraints::index_name(&table, &column.name, self.ground.names, &before)
                    });
                    let parts = vec![column.name.as_str().into()];
                    indexes.push(Index::new(name, table.clone(), parts));
                }
                ColumnKey::Charset(_) => self.problems.push(
                    ModelError::new(&attribute.place, "a column has no `charset` of its own").help(
                        "name a collation of the character set: `#[migrate(collate = \"…\")]`",
                    ),
                ),
            }
        }
        found
    }

    /// The column before.
    fn old_column<'w>(
        &self,
        column: &models::Column,
        was: Option<&'w Table>,
    ) -> Option<&'w Column> {
        self.ground.old_column(self.model, column, was?)
    }

    /// Refuses an old name that is still that of a column, beside the new one.
    fn refuse_stale_column(&mut self, column: &models::Column, was: Option<&Table>) {
        let Some(was) = was else { return };
        let there = |name: &str| was.columns.iter().any(|one| one.name == name);
        for attribute in &column.attributes {
            if let ColumnKey::RenamedFrom(old) = &attribute.key
                && there(old)
                && there(&column.name)
            {
                let (table, name) = (&self.model.name, &column.name);
                let message = format!(
                    "`{table}.{old}` and `{table}.{name}` are both there: neither is the other's new name"
                );
                let help = "take `renamed_from` out";
                self.problems
                    .push(ModelError::new(&attribute.place, message).help(help));
            }
        }
    }

    fn ty(&mut self, column: &models::Column, was: Option<&Table>, old: Option<&Column>) -> Type {
        let ground = self.ground;
        let is_said = |one: &models::Attribute<ColumnKey>| {
            matches!(one.key, ColumnKey::Type(_)) && is_for(&one.only, ground.kind)
        };
        let said = column.attributes.iter().any(is_said);
        if let (false, false, Some(old), Some(was)) = (self.model.closed, said, old, was)
            && self.is_called(column, was, old)
        {
            return old.ty.clone();
        }
        match types::of(column, ground.kind, self.models) {
            Ok(ty) => ty,
            Err((message, help)) => {
                let mut problem = ModelError::new(
                    &column.place,
                    format!("column `{}.{}`: {message}", self.model.name, column.name),
                );
                problem.help = help;
                self.problems.push(problem);
                Type::Text
            }
        }
    }

    /// Whether diesel calls the type of a column as it is declared.
    fn is_called(&self, column: &models::Column, was: &Table, old: &Column) -> bool {
        let Ground {
            kind,
            before,
            config,
            current,
            ..
        } = self.ground;
        let Some(Named {
            rust,
            length,
            array,
            unsigned,
            own,
        }) = crate::print::named(before, kind, config, current, was, old)
        else {
            return true; // diesel has no name for it, so the declaration says nothing about it
        };
        let mut ty = &column.ty;
        if unsigned != (ty.name == "Unsigned") || array != (ty.name == "Array") {
            return false;
        }
        while let ("Unsigned" | "Array" | "Nullable", Some(inner)) =
            (ty.name.as_str(), ty.arguments.first())
        {
            ty = inner;
        }
        let file = &column.place.file;
        let declared = self
            .models
            .enum_type(&ty.name, file, super::short_name(kind));
        if own {
            return match declared {
                Some(declared) if kind.feature() == BackendKind::Mysql.feature() => {
                    let labels = declared.labels.as_ref();
                    labels.is_none_or(|labels| old.ty == Type::Enum(labels.clone()))
                }
                Some(declared) => crate::print::type_name(&declared.name) == rust,
                None => ty.name == rust || !types::is_diesels(&ty.name),
            };
        }
        let own_length = match &old.ty {
            Type::VarChar(length) | Type::Char(length) => Some(u64::from(*length)),
            _ => None,
        };
        let found = length.or(own_length);
        let said = column.max_length.map(u64::from);
        let length_is_same = said.is_none_or(|said| found == Some(said));
        let is_one = match kind {
            BackendKind::Sqlite => {
                let rowid = |name: &str| {
                    ["Integer", "BigInt"].contains(&name)
                        && was
                            .primary_key()
                            .is_some_and(|key| key.columns == [old.name.as_str()])
                };
                let (one, other) = (types::family(&ty.name), types::family(&rust));
                one == other || rowid(one) && rowid(other)
            }
            _ => types::base(&ty.name) == types::base(&rust),
        };
        is_one && length_is_same && declared.is_none()
    }

    /// Whether a column is the number of the row, on SQLite.
    fn is_row_number(&self, column: &Column, table: &Table) -> bool {
        self.ground.kind == BackendKind::Sqlite
            && column.ty == Type::Integer
            && !table.options.without_rowid
            && table
                .primary_key()
                .is_some_and(|key| key.columns == [column.name.as_str()])
    }

    fn key(&self, table: &mut Table, was: Option<&Table>) {
        let model = self.model;
        let key = model.key.clone();
        let is_rowid = self.ground.is_row_number(&key, was);
        let mut name = None;
        for attribute in &model.attributes {
            match &attribute.key {
                TableKey::PrimaryKey { name: said } => name = Some(said.clone()),
                TableKey::NoPrimaryKey => {
                    table
                        .constraints
                        .retain(|one| !matches!(one, Constraint::PrimaryKey(_)));
                    if is_rowid {
                        table.columns.retain(|column| !key.contains(&column.name));
                    }
                    return;
                }
                _ => {}
            }
        }
        let as_set = |columns: &[String]| {
            let mut columns: Vec<String> = columns.to_vec();
            columns.sort();
            columns
        };
        let before = was.and_then(Table::primary_key);
        if let (Some(before), Some(was)) = (before, was)
            && !model.closed
            && name.is_none()
        {
            let columns = before.columns.iter();
            let columns: Option<Vec<String>> = columns
                .map(|column| self.ground.new_name(self.model, was, column))
                .collect();
            // diesel prints the columns of a key in the order of the table
            if let Some(columns) = columns.filter(|columns| as_set(columns) == as_set(&key)) {
                for constraint in &mut table.constraints {
                    if let Constraint::PrimaryKey(key) = constraint {
                        key.columns.clone_from(&columns);
                    }
                }
                return;
            }
        }
        if is_rowid && before.is_none() && was.is_some() {
            table.columns.retain(|column| !key.contains(&column.name));
            return;
        }
        table
            .constraints
            .retain(|one| !matches!(one, Constraint::PrimaryKey(_)));
        let mut primary = op::primary_key(key).into();
        let is_same = before.is_some_and(|before| before.columns == model.key);
        if let Some(name) = name {
            primary = Constraint::renamed(&primary, name);
        } else if self.ground.names.has(Nameless::PrimaryKey) && !is_same {
            let names = self.ground.names;
            let name = constraints::conventional(&primary, &table.name, names, 0);
            primary = primary.renamed(name);
        }
        table.constraints.push(primary);
    }

    fn options(
        &mut self,
        table: &mut Table,
        added: &mut Vec<Constraint>,
        indexes: &mut Vec<Index>,
    ) {
        let model = self.model;
        for attribute in &model.attributes {
            if !is_for(&attribute.only, self.ground.kind) {
                continue;
            }
            match &attribute.key {
                TableKey::Index(index) => indexes.push(constraints::index(index, &table.name)),
                TableKey::Unique(key) => added.push(constraints::unique(key)),
                TableKey::ForeignKey(key) => {
                    added.extend(self.foreign_key(key, key.columns.clone(), &attribute.place));
                }
                TableKey::Check {
                    expression,
                    name,
                    no_inherit,
                    not_valid,
                } => {
                    let mut check = constraints::check(expression, name.as_ref(), *not_valid);
                    check.no_inherit = *no_inherit;
                    added.push(check.into());
                }
                TableKey::Exclude(exclude) => added.push(constraints::exclude(exclude).into()),
                TableKey::Comment(text) => table.comment = Some(text.clone()),
                TableKey::Engine(name) => table.options.engine = Some(name.clone()),
                TableKey::Charset(name) => table.options.charset = Some(name.clone()),
                TableKey::Collate(name) => table.options.collation = Some(name.clone()),
                TableKey::Strict => table.options.strict = true,
                TableKey::WithoutRowid => table.options.without_rowid = true,
                TableKey::Unlogged => table.options.unlogged = true,
                TableKey::With(parameters) => table.options.parameters = parameters.clone(),
                TableKey::Suffix(text) => table.options.suffix = Some(constraints::sql(text)),
                TableKey::PrimaryKey { .. }
                | TableKey::NoPrimaryKey
                | TableKey::RenamedFrom(_)
                | TableKey::View
                | TableKey::Only(_) => {}
            }
        }
    }

    /// A foreign key; `None`, with a problem, if nothing says which columns it refers to.
    fn foreign_key(
        &mut self,
        key: &models::ForeignKey,
        columns: Vec<String>,
        place: &models::Place,
    ) -> Option<Constraint> {
        let table = self.ground.name(key.schema.as_deref(), &key.table);
        let referred = match key.referred.is_empty() {
            false => key.referred.clone(),
            true => match self.key_of(&table) {
                Some(referred) => referred,
                None => {
                    let message = format!("nothing says what the key of `{table}` is");
                    let help = format!("name the column: `references({}.id)`", key.table);
                    self.problems
                        .push(ModelError::new(place, message).help(help));
                    return None;
                }
            },
        };
        Some(constraints::foreign_key(key, columns, table, referred).into())
    }

    /// The columns of a table's primary key, by the models or as it was.
    fn key_of(&self, table: &ObjectName) -> Option<Vec<String>> {
        let mut models = self.models.tables.iter();
        let named = |model: &&models::Table| {
            self.ground.name(model.schema.as_deref(), &model.name) == *table
        };
        let declared = models.find(named).map(|model| model.key.clone());
        declared.or_else(|| {
            let key = self.ground.before.table(table)?.primary_key()?;
            Some(key.columns.clone())
        })
    }

    /// The foreign keys that `joinable!` speaks of, of columns that are new.
    fn joins(&self, table: &Table, was: Option<&Table>, added: &mut Vec<Constraint>) {
        for join in &self.models.joins {
            if join.child != self.model.rust_name {
                continue;
            }
            let column = (self.model.columns.iter()).find(|one| one.rust_name == join.column);
            let mut tables = self.models.tables.iter();
            let parent = tables.find(|one| one.rust_name == join.parent);
            let (Some(column), Some(parent)) = (column, parent) else {
                continue;
            };
            let is_new = self.old_column(column, was).is_none();
            let has_one = added.iter().any(|one| {
                matches!(one, Constraint::ForeignKey(key) if key.columns == [column.name.as_str()])
            });
            if !is_new || has_one || parent.key.len() != 1 || !is_table(parent, self.ground) {
                continue;
            }
            let referred = self.ground.name(parent.schema.as_deref(), &parent.name);
            let key = models::ForeignKey::default();
            let columns = vec![column.name.clone()];
            debug_assert!(table.columns.iter().any(|one| one.name == column.name));
            added
                .push(constraints::foreign_key(&key, columns, referred, parent.key.clone()).into());
        }
    }

    /// A closed table keeps its foreign keys to tables that are left out of comparisons: models
    /// cannot declare them.
    fn keep_keys_to_excluded(&self, was: &Table, table: &mut Table) {
        let mut kept = was.clone();
        kept.constraints.retain(|constraint| match constraint {
            Constraint::ForeignKey(key) => {
                self.ground.before.table(&key.table).is_none() && self.key_of(&key.table).is_none()
            }
            _ => false,
        });
        let renamed = |name: &String| self.ground.new_name(self.model, was, name);
        complete::keep_constraints(&mut kept, &renamed, &|sql| Some(sql.clone()));
        table.constraints.extend(kept.constraints);
    }

    /// What an open table keeps: constraints and indexes of which no column goes.
    fn keep(&self, was: &Table, table: &mut Table, indexes: &mut Vec<Index>) {
        let renamed = |name: &String| self.ground.new_name(self.model, was, name);
        let respelling = self.ground.respelling(self.model, was);
        let spelled = |sql: &Sql| respelling.of(sql, self.ground.kind);
        complete::keep_constraints(table, &renamed, &spelled);
        self.followed.foreign_keys(table);
        for index in self.ground.before.indexes_of(&was.name) {
            if indexes.iter().any(|one| one.name == index.name) {
                continue;
            }
            if let Some(mut index) = complete::kept_index(index, &renamed, &spelled) {
                index.table = table.name.clone();
                indexes.push(index);
            }
        }
    }
}

/// Puts columns in the order that they had, and new ones after them.
fn in_old_order(columns: &mut [Column], was: &Table) {
    let place = |column: &Column| {
        let mut old = was.columns.iter();
        old.position(|one| one.name == column.name)
            .unwrap_or(usize::MAX)
    };
    columns.sort_by_key(place);
}
