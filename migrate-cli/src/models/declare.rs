//! A schema as closed models: what `schema print --closed` and `schema adopt` write. What models
//! cannot say is reported. Pure.

use migrate_core::engine::backend;
use migrate_core::schema::{
    Column, Constraint, DefaultValue, ForeignKey, Index, IndexKey, IndexPart, Nulls, ObjectName,
    Order, Schema, Sql, Table, TableOptions, Type, Value,
};
use migrate_models as models;
use models::{
    Attribute, ColumnKey, DieselType, Models, PartKey, Place, SqlText, TableKey, TypeText,
};

use super::words::{
    deferrable, fits, foreign_key, identity_key, index_columns, literal, of_one_column, own_name,
    plain_index, type_text,
};
use super::{Ground, types};
use crate::print::{self, Named};

/// The tables of a schema as closed models, and what models cannot say of them.
pub(super) fn declared(ground: Ground<'_>) -> (Models, Vec<String>) {
    let tables = ground.before.tables.iter();
    let tables = tables.filter(|table| ground.config.filter.has(&table.name.name));
    found(ground, None, Vec::new(), tables.map(|table| (table, None)))
}

/// What the open tables of a source lack to be closed, each with all its attributes; and what
/// models cannot say of them. `wanted` are the tables by name; all, if there is none.
pub(crate) fn adopted(
    source: &Models,
    wanted: &[String],
    ground: Ground<'_>,
) -> (Models, Vec<String>) {
    let open = source
        .tables
        .iter()
        .filter(|model| !model.closed && (wanted.is_empty() || wanted.contains(&model.name)));
    let mut occupied = Vec::new();
    let mut there = Vec::new();
    for model in open {
        let name = ground.name(model.schema.as_deref(), &model.name);
        match (ground.before.table(&name), ground.occupied(&name)) {
            (Some(table), _) => there.push((table, Some(model))),
            (None, Some(what)) => occupied.push(format!("`{name}`: it is {what}")),
            (None, None) => {}
        }
    }
    let mut enums = source.enums.clone();
    for one in &mut enums {
        let name = ground.name(one.schema.as_deref(), &one.name);
        let known = ground.before.enums.iter().find(|known| known.name == name);
        if let (None, Some(known)) = (&one.labels, known) {
            one.labels = Some(known.values.clone());
        }
    }
    let (models, mut unsaid) = found(ground, Some(source), enums, there.into_iter());
    unsaid.extend(occupied);
    (models, unsaid)
}

fn found<'t>(
    ground: Ground<'t>,
    source: Option<&'t Models>,
    enums: Vec<models::EnumType>,
    tables: impl Iterator<Item = (&'t Table, Option<&'t models::Table>)>,
) -> (Models, Vec<String>) {
    let mut unsaid = Vec::new();
    let mut declarer = Declarer {
        ground,
        enums,
        source,
        written: None,
        unsaid: &mut unsaid,
    };
    let tables: Vec<models::Table> = tables
        .map(|(table, written)| {
            declarer.written = written;
            declarer.table(table)
        })
        .collect();
    let enums = declarer.enums;
    let found = Models {
        tables,
        enums,
        ..Models::default()
    };
    (found, unsaid)
}

struct Declarer<'d> {
    ground: Ground<'d>,
    enums: Vec<models::EnumType>,
    /// The source that is closed.
    source: Option<&'d Models>,
    /// The table as the source has it.
    written: Option<&'d models::Table>,
    unsaid: &'d mut Vec<String>,
}

fn said<K>(key: K) -> Attribute<K> {
    Attribute {
        place: Place::default(),
        only: Vec::new(),
        key,
    }
}

impl Declarer<'_> {
    fn table(&mut self, table: &Table) -> models::Table {
        let Table {
            name,
            columns,
            constraints,
            comment,
            options,
            ..
        } = table;
        let mut attributes = Vec::new();
        let mut key = Vec::new();
        let mut on_columns: Vec<(&str, ColumnKey)> = Vec::new();
        for constraint in constraints {
            if let Some(lacking) = self.lacking_of(constraint) {
                self.leave_out(constraint.name().unwrap_or("a constraint"), name, &lacking);
                continue;
            }
            // a column says one thing of a kind; a second one is said of the table
            let alone =
                of_one_column(name, constraint, self.ground.names).filter(|(column, key)| {
                    let kind = std::mem::discriminant(key);
                    let mut others = on_columns.iter();
                    !others.any(|(other, said)| {
                        other == column && std::mem::discriminant(said) == kind
                    })
                });
            match alone {
                Some(one) => on_columns.push(one),
                None => self.constraint(name, constraint, &mut key, &mut attributes),
            }
        }
        if let (true, Some(written)) = (key.is_empty(), self.written)
            && self.ground.is_row_number(&written.key, Some(table))
        {
            key.clone_from(&written.key);
        } else if key.is_empty() {
            // diesel wants a key
            key.extend(columns.first().map(|column| column.name.clone()));
            attributes.push(said(TableKey::NoPrimaryKey));
        }
        for index in self.ground.before.indexes_of(name) {
            if let Some(lacking) = self.undeclared(index_columns(&index.parts, &index.include)) {
                self.leave_out(&index.name, name, &lacking);
                continue;
            }
            let alone = plain_index(index, self.ground.names).filter(|(column, _)| {
                let is_index = |key: &ColumnKey| matches!(key, ColumnKey::Index { .. });
                let mut others = on_columns.iter();
                !others.any(|(other, said)| other == column && is_index(said))
            });
            match alone {
                Some(one) => on_columns.push(one),
                None => attributes.push(said(TableKey::Index(self.index(index)))),
            }
        }
        attributes.extend(comment.clone().map(|text| said(TableKey::Comment(text))));
        self.options(options, &mut attributes);
        models::Table {
            place: Place::default(),
            closed: true,
            schema: name.schema.clone(),
            name: name.name.clone(),
            rust_name: match self.written {
                Some(written) => written.rust_name.clone(),
                None => print::rust_name(&name.name, None),
            },
            columns: columns
                .iter()
                .map(|one| {
                    let mut column = self.column(table, one);
                    let own = on_columns.iter().filter(|(name, _)| *name == one.name);
                    column
                        .attributes
                        .extend(own.map(|(_, key)| said(key.clone())));
                    column
                })
                .collect(),
            key,
            attributes,
            doc: None,
        }
    }

    /// Says that something of a table is not written, as the source does not declare what it needs.
    fn leave_out(&mut self, what: &str, table: &ObjectName, lacking: &str) {
        let message = format!("`{what}` of `{table}`: no model declares {lacking}");
        self.unsaid.push(message);
    }

    /// The first of a table's columns that the source does not declare.
    fn undeclared<'c>(&self, columns: impl IntoIterator<Item = &'c String>) -> Option<String> {
        let written = self.written?;
        let is_written = |name: &String| written.columns.iter().any(|one| one.name == *name);
        let lacking = columns.into_iter().find(|name| !is_written(name))?;
        Some(format!("its column `{lacking}`"))
    }

    /// What a constraint is over, or refers to, and the source does not declare.
    fn lacking_of(&self, constraint: &Constraint) -> Option<String> {
        match constraint {
            Constraint::Unique(key) => self.undeclared(key.columns.iter().chain(&key.include)),
            Constraint::ForeignKey(key) => self
                .undeclared(&key.columns)
                .or_else(|| self.unknown_parent(key)),
            Constraint::Exclude(key) => {
                let parts: Vec<IndexPart> = key.parts.iter().map(|(one, _)| one.clone()).collect();
                self.undeclared(index_columns(&parts, &[]))
            }
            _ => None,
        }
    }

    /// The table or column that a foreign key refers to, if the source does not declare it.
    fn unknown_parent(&self, key: &ForeignKey) -> Option<String> {
        let source = self.source?;
        let named = |model: &&models::Table| {
            self.ground.name(model.schema.as_deref(), &model.name) == key.table
        };
        let Some(parent) = source.tables.iter().find(named) else {
            return Some(format!("the table `{}`", key.table));
        };
        let is_there = |name: &String| parent.columns.iter().any(|one| one.name == *name);
        let lacking = key.referred.iter().find(|name| !is_there(name))?;
        Some(format!("`{}.{lacking}`", key.table))
    }

    fn options(&self, options: &TableOptions, attributes: &mut Vec<Attribute<TableKey>>) {
        let TableOptions {
            strict,
            without_rowid,
            engine,
            charset,
            collation,
            unlogged,
            parameters,
            suffix,
            ..
        } = options;
        let flags = [
            (*strict, TableKey::Strict),
            (*without_rowid, TableKey::WithoutRowid),
            (*unlogged, TableKey::Unlogged),
        ];
        attributes.extend(
            flags
                .into_iter()
                .filter(|(is, _)| *is)
                .map(|(_, key)| said(key)),
        );
        let texts = [
            engine.clone().map(TableKey::Engine),
            charset.clone().map(TableKey::Charset),
            collation.clone().map(TableKey::Collate),
            (!parameters.is_empty()).then(|| TableKey::With(parameters.clone())),
            suffix.as_ref().map(|sql| TableKey::Suffix(self.sql(sql))),
        ];
        attributes.extend(texts.into_iter().flatten().map(said));
    }

    fn constraint(
        &mut self,
        table: &ObjectName,
        constraint: &Constraint,
        primary: &mut Vec<String>,
        attributes: &mut Vec<Attribute<TableKey>>,
    ) {
        let mut lacks = |what: &str| {
            let name = constraint.name().unwrap_or("a constraint");
            self.unsaid.push(format!("`{name}` of `{table}`: {what}"));
        };
        let key = match constraint {
            Constraint::PrimaryKey(key) => {
                primary.clone_from(&key.columns);
                if key.deferrable.is_some() || !key.include.is_empty() {
                    lacks("a primary key that is deferrable, or that includes columns");
                }
                match &own_name(constraint, table, self.ground.names) {
                    Some(name) => TableKey::PrimaryKey { name: name.clone() },
                    None => return,
                }
            }
            Constraint::Unique(key) => TableKey::Unique(models::Unique {
                name: key.name.clone(),
                columns: key.columns.clone(),
                include: key.include.clone(),
                nulls_not_distinct: key.nulls_not_distinct,
                deferrable: deferrable(key.deferrable),
            }),
            Constraint::Check(check) => TableKey::Check {
                expression: self.sql(&check.expression),
                name: check.name.clone(),
                no_inherit: check.no_inherit,
                not_valid: check.not_valid,
            },
            Constraint::ForeignKey(key) => TableKey::ForeignKey(foreign_key(key)),
            Constraint::Exclude(exclude) => {
                let parts = exclude.parts.iter();
                TableKey::Exclude(models::Exclude {
                    name: exclude.name.clone(),
                    using: exclude.method.clone(),
                    parts: parts
                        .map(|(one, operator)| (self.part(one), operator.clone()))
                        .collect(),
                    filter: exclude.predicate.as_ref().map(|sql| self.sql(sql)),
                    deferrable: deferrable(exclude.deferrable),
                })
            }
            _ => {
                lacks("a kind of constraint that models do not know");
                return;
            }
        };
        attributes.push(said(key));
    }

    fn index(&self, index: &Index) -> models::Index {
        models::Index {
            name: index.name.clone(),
            parts: index.parts.iter().map(|one| self.part(one)).collect(),
            unique: index.unique,
            filter: index.predicate.as_ref().map(|sql| self.sql(sql)),
            include: index.include.clone(),
            using: index.method.clone(),
            with: index.parameters.clone(),
            nulls_not_distinct: index.nulls_not_distinct,
        }
    }

    fn part(&self, part: &IndexPart) -> models::IndexPart {
        models::IndexPart {
            key: match &part.key {
                IndexKey::Column(name) => PartKey::Column(name.clone()),
                IndexKey::Expression(sql) => PartKey::Expression(self.sql(sql)),
                other => PartKey::Expression(SqlText {
                    texts: vec![(None, format!("{other:?}"))],
                }),
            },
            descending: part.order == Some(Order::Descending),
            collate: part.collation.clone(),
            nulls_first: part.nulls.map(|nulls| nulls == Nulls::First),
            operator_class: part.operator_class.clone(),
            prefix: part.prefix,
        }
    }

    fn sql(&self, sql: &Sql) -> SqlText {
        SqlText {
            texts: vec![(None, sql.text(self.ground.kind).to_owned())],
        }
    }

    fn column(&mut self, table: &Table, column: &Column) -> models::Column {
        let Column {
            name,
            ty,
            nullable,
            default,
            generated,
            identity,
            collation,
            comment,
            on_update,
            ..
        } = column;
        let (diesel, length) = self.diesel(table, column);
        let mut written = self.written.iter().flat_map(|table| &table.columns);
        let rust_name = match written.find(|one| one.name == *name) {
            Some(written) => written.rust_name.clone(),
            None => print::rust_name(name, Some(&print::rust_name(&table.name.name, None))),
        };
        let mut found = models::Column {
            place: Place::default(),
            name: name.clone(),
            rust_name,
            ty: diesel,
            nullable: *nullable,
            max_length: length,
            attributes: Vec::new(),
            doc: None,
        };
        if !self.is_enough(&found, table, column) {
            match type_text(ty) {
                Some(text) => {
                    if matches!(&text, TypeText::Named { numbers, .. } if !numbers.is_empty()) {
                        found.max_length = None;
                    }
                    found.attributes.push(said(ColumnKey::Type(text)));
                }
                None => {
                    let what = format!("the type of `{}.{name}`: {ty:?}", table.name);
                    self.unsaid.push(what);
                }
            }
        }
        let mut keys = Vec::new();
        match default {
            Some(DefaultValue::Value(value)) => {
                let fitting = literal(value).filter(|literal| fits(&found, literal));
                keys.extend(match fitting {
                    Some(literal) => Some(ColumnKey::Default(literal)),
                    None => self.in_sql(value).map(ColumnKey::DefaultSql),
                });
            }
            Some(DefaultValue::Expression(sql)) => keys.push(ColumnKey::DefaultSql(self.sql(sql))),
            Some(other) => self
                .unsaid
                .push(format!("the default of `{}.{name}`: {other:?}", table.name)),
            None => {}
        }
        keys.extend(identity.as_ref().map(identity_key));
        keys.extend(generated.as_ref().map(|generated| ColumnKey::Generated {
            expression: self.sql(&generated.expression),
            stored: generated.stored,
        }));
        keys.extend(collation.clone().map(ColumnKey::Collate));
        keys.extend(comment.clone().map(ColumnKey::Comment));
        keys.extend(
            on_update
                .as_ref()
                .map(|sql| ColumnKey::OnUpdateSql(self.sql(sql))),
        );
        found.attributes.extend(keys.into_iter().map(said));
        found
    }

    /// A value in the server's words.
    fn in_sql(&self, value: &Value) -> Option<SqlText> {
        if let Value::Expression(sql) = value {
            return Some(self.sql(sql));
        }
        let text = backend::rules(self.ground.kind).ok()?.literal(value).ok()?;
        Some(SqlText {
            texts: vec![(None, text)],
        })
    }

    /// What diesel calls the type, and its length.
    fn diesel(&mut self, table: &Table, column: &Column) -> (DieselType, Option<u32>) {
        let written = self.written.and_then(|table| {
            let mut columns = table.columns.iter();
            columns.find(|written| written.name == column.name)
        });
        if let Some(written) = written {
            return (written.ty.clone(), written.max_length);
        }
        let plain = |name: &str| DieselType {
            name: name.to_owned(),
            arguments: Vec::new(),
        };
        let around = |name: &str, inner: DieselType| DieselType {
            name: name.to_owned(),
            arguments: vec![inner],
        };
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
        }) = print::named(before, kind, config, current, table, column)
        else {
            return (plain("Text"), None);
        };
        let rust = match own {
            true => self.own(&rust, table, column),
            false => rust,
        };
        let mut ty = plain(&rust);
        if unsigned {
            ty = around("Unsigned", ty);
        }
        if array {
            ty = around("Array", around("Nullable", ty));
        }
        let length = length.filter(|_| !array && !own);
        (ty, length.and_then(|length| u32::try_from(length).ok()))
    }

    /// A type that is not diesel's: the name in Rust, which is declared with its labels.
    fn own(&mut self, rust: &str, table: &Table, column: &Column) -> String {
        fn element(ty: &Type) -> &Type {
            match ty {
                Type::Array(inner) => element(inner),
                ty => ty,
            }
        }
        let mut rust = rust.to_owned();
        let one = match element(&column.ty) {
            Type::Named(name) => {
                let known = self
                    .ground
                    .before
                    .enums
                    .iter()
                    .find(|one| one.name == *name);
                models::EnumType {
                    place: Place::default(),
                    rust_name: rust.clone(),
                    schema: name.schema.clone(),
                    name: name.name.clone(),
                    labels: known.map(|known| known.values.clone()),
                    only: Vec::new(),
                }
            }
            Type::Enum(labels) => {
                // as diesel calls it
                rust = print::type_name(&format!("{}_{}_enum", table.name.name, column.name));
                models::EnumType {
                    place: Place::default(),
                    rust_name: rust.clone(),
                    schema: None,
                    name: "Enum".to_owned(),
                    labels: Some(labels.clone()),
                    only: Vec::new(),
                }
            }
            ty => models::EnumType {
                place: Place::default(),
                rust_name: rust.clone(),
                schema: None,
                name: match ty {
                    Type::Other(text) => text.clone(),
                    _ => rust.to_lowercase(),
                },
                labels: None,
                only: Vec::new(),
            },
        };
        if self
            .enums
            .iter()
            .all(|known| known.rust_name != one.rust_name)
        {
            self.enums.push(one);
        }
        rust
    }

    /// Whether diesel's type says what the type is.
    fn is_enough(&self, declared: &models::Column, table: &Table, column: &Column) -> bool {
        let kind = self.ground.kind;
        let known = Models {
            enums: self.enums.clone(),
            ..Models::default()
        };
        let Ok(ty) = types::of(declared, kind, &known) else {
            return false;
        };
        let with = |ty: Type| {
            let mut one = table.clone();
            let mut column = column.clone();
            column.ty = ty;
            one.columns = vec![column];
            let mut schema = Schema::empty();
            schema.server.clone_from(&self.ground.before.server);
            schema.tables = vec![one];
            match backend::rules(kind) {
                Ok(rules) => rules.canonical(&schema),
                Err(_) => schema,
            }
        };
        with(ty) == with(column.ty.clone())
    }
}
