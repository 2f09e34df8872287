//! A schema under the names that renames give it: in its objects, in what refers to them, and in
//! expressions. Pure.

use std::collections::BTreeMap;

use crate::dialect::BackendKind;
use crate::schema::{
    Column, Constraint, DefaultValue, IndexKey, IndexPart, ObjectName, ObjectRef, Schema, Sql,
    Table, Type, Value,
};
use crate::sql::{Names, Renames, names, relabelled, renamed};

/// What becomes of the names in the expressions of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Respelling {
    /// The table's name before and now, if they differ.
    pub table: Option<(String, String)>,
    /// Its columns by their names before, with their names now; none of those that go.
    pub columns: BTreeMap<String, Option<String>>,
}

impl Respelling {
    /// An expression under the names of now, as a server that follows renames has it; `None` if it
    /// names a column that goes.
    #[must_use]
    pub fn of(&self, sql: &Sql, kind: BackendKind) -> Option<Sql> {
        let text = sql.text(kind);
        let columns = self.columns.iter();
        let columns: Names = columns
            .filter_map(|(old, new)| Some((old.clone(), new.clone()?)))
            .filter(|(old, new)| old != new)
            .collect();
        let (tables, types) = (self.table.iter().cloned().collect(), Names::new());
        let renames = Renames {
            tables: &tables,
            columns: &columns,
            types: &types,
            is_expression: true,
        };
        let gone = self.columns.iter().filter(|(_, new)| new.is_none());
        let gone = gone.map(|(old, _)| (old.clone(), format!("{old}_")));
        let gone: Names = gone.collect();
        let none = Names::new();
        let of_gone = Renames {
            tables: &none,
            columns: &gone,
            ..renames
        };
        if renamed(text, kind, of_gone).is_some() {
            return None;
        }
        let new = renamed(text, kind, renames);
        Some(new.map_or_else(|| sql.clone(), Sql::from))
    }
}

/// The views, triggers and the like whose texts name a column of a table: what a rename of it does
/// not reach.
#[must_use]
pub fn named_in(
    schema: &Schema,
    kind: BackendKind,
    table: &ObjectName,
    column: &str,
) -> Vec<ObjectRef> {
    let has = |words: &[String], name: &str| words.contains(&name.to_lowercase());
    let names_both = |text: &str, on: Option<&ObjectName>| {
        let words: Vec<String> = names(text, kind).into_iter().collect();
        has(&words, column) && (on == Some(table) || has(&words, &table.name))
    };
    let views = schema.views.iter();
    let views = views.filter(|view| names_both(view.query.text(kind), None));
    let views = views.map(|view| ObjectRef::new("view", view.name.clone()));
    let others = schema.others.iter().filter(|other| {
        let text: String = other.create.iter().flatten().cloned().collect();
        names_both(&text, other.on.as_ref())
    });
    let others = others.map(|other| ObjectRef::new(&other.kind, other.name.clone()));
    views.chain(others).collect()
}

/// What is renamed, each by its name before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Renamed {
    pub(super) tables: BTreeMap<ObjectName, String>,
    /// By the table's name before.
    pub(super) columns: BTreeMap<ObjectName, Names>,
    pub(super) types: BTreeMap<ObjectName, String>,
    pub(super) sequences: BTreeMap<ObjectName, String>,
    /// By the type's name.
    pub(super) labels: BTreeMap<ObjectName, Names>,
}

impl Renamed {
    pub(super) fn is_empty(&self) -> bool {
        *self == Renamed::default()
    }

    fn table(&self, name: &mut ObjectName) {
        if let Some(new) = self.tables.get(name) {
            name.name.clone_from(new);
        }
    }

    fn columns_of(&self, table: &ObjectName) -> Option<&Names> {
        self.columns.get(table)
    }

    fn column(&self, table: &ObjectName, column: &mut String) {
        if let Some(new) = self.columns_of(table).and_then(|names| names.get(column)) {
            column.clone_from(new);
        }
    }

    fn ty(&self, ty: &mut Type) {
        match ty {
            Type::Named(name) => {
                if let Some(new) = self.types.get(name) {
                    name.name.clone_from(new);
                }
            }
            Type::Array(inner) => self.ty(inner),
            _ => {}
        }
    }
}

/// Names without their schemas.
fn plain(names: &BTreeMap<ObjectName, String>) -> Names {
    let names = names.iter();
    names
        .map(|(old, new)| (old.name.clone(), new.clone()))
        .collect()
}

/// The schema under its new names; positions in its lists stay. Where views and triggers follow a
/// rename of a table, their texts do.
pub(super) fn rewritten(
    schema: &Schema,
    renames: &Renamed,
    follow: bool,
    kind: BackendKind,
) -> Schema {
    let mut new = schema.clone();
    if renames.is_empty() {
        return new;
    }
    let (tables, types, none) = (plain(&renames.tables), plain(&renames.types), Names::new());
    // the words of what only the server knows may name any of them anywhere
    let mut all = tables.clone();
    all.extend(types.clone());
    all.extend(plain(&renames.sequences));
    let query = Renames {
        tables: &tables,
        columns: &none,
        types: &types,
        is_expression: false,
    };
    let statement = Renames {
        tables: &all,
        types: &none,
        ..query
    };
    let text = |text: &mut String, names: Renames<'_>| {
        if let Some(new) = renamed(text, kind, names) {
            *text = new;
        }
        for (ty, labels) in &renames.labels {
            if let Some(new) = relabelled(text, kind, &ty.name, labels) {
                *text = new;
            }
        }
    };
    let spell = |sql: &mut Sql, names: Renames<'_>| {
        let mut new = sql.text(kind).to_owned();
        text(&mut new, names);
        if new != sql.text(kind) {
            *sql = Sql::from(new);
        }
    };
    let sql = |sql: &mut Sql, of_table: Option<&Names>| {
        let expression = Renames {
            columns: of_table.unwrap_or(&none),
            is_expression: true,
            ..query
        };
        spell(sql, expression);
    };
    for table in &mut new.tables {
        rewrite_table(table, renames, &sql);
    }
    for index in &mut new.indexes {
        let own = renames.columns_of(&index.table);
        for part in &mut index.parts {
            rewrite_part(part, &index.table, renames, &sql);
        }
        for column in &mut index.include {
            renames.column(&index.table, column);
        }
        if let Some(predicate) = &mut index.predicate {
            sql(predicate, own);
        }
        renames.table(&mut index.table);
    }
    for one in &mut new.enums {
        if let Some(name) = renames.types.get(&one.name) {
            one.name.name.clone_from(name);
        }
    }
    for domain in &mut new.domains {
        if let Some(name) = renames.types.get(&domain.name) {
            domain.name.name.clone_from(name);
        }
        renames.ty(&mut domain.ty);
    }
    for sequence in &mut new.sequences {
        if let Some(name) = renames.sequences.get(&sequence.name) {
            sequence.name.name.clone_from(name);
        }
        if let Some((table, column)) = &mut sequence.owned_by {
            renames.column(table, column);
            renames.table(table);
        }
    }
    for view in new.views.iter_mut().filter(|_| follow) {
        spell(&mut view.query, query);
    }
    for other in &mut new.others {
        if let Some(table) = &mut other.on {
            renames.table(table);
        }
        // the body of a function is a text
        let is_body = matches!(other.kind.as_str(), "function" | "procedure");
        if follow && !is_body {
            for words in other.create.iter_mut().flatten().chain(&mut other.drop) {
                text(words, statement);
            }
        }
    }
    for dependency in &mut new.dependencies {
        rewrite_reference(&mut dependency.user, renames);
        rewrite_reference(&mut dependency.used, renames);
    }
    new
}

fn rewrite_table(table: &mut Table, renames: &Renamed, sql: &impl Fn(&mut Sql, Option<&Names>)) {
    let old = table.name.clone();
    let own = renames.columns_of(&old);
    for column in &mut table.columns {
        rewrite_column(column, own, renames, sql);
        renames.column(&old, &mut column.name);
    }
    for constraint in &mut table.constraints {
        match constraint {
            Constraint::PrimaryKey(key) => {
                for column in key.columns.iter_mut().chain(&mut key.include) {
                    renames.column(&old, column);
                }
            }
            Constraint::Unique(key) => {
                for column in key.columns.iter_mut().chain(&mut key.include) {
                    renames.column(&old, column);
                }
            }
            Constraint::Check(check) => {
                sql(&mut check.expression, own);
                if let Some(column) = &mut check.column {
                    renames.column(&old, column);
                }
            }
            Constraint::ForeignKey(key) => {
                for column in &mut key.columns {
                    renames.column(&old, column);
                }
                for column in &mut key.referred {
                    renames.column(&key.table, column);
                }
                renames.table(&mut key.table);
            }
            Constraint::Exclude(exclude) => {
                for (part, _) in &mut exclude.parts {
                    rewrite_part(part, &old, renames, sql);
                }
                if let Some(predicate) = &mut exclude.predicate {
                    sql(predicate, own);
                }
            }
        }
    }
    if let Some(suffix) = &mut table.options.suffix {
        sql(suffix, own);
    }
    renames.table(&mut table.name);
}

fn rewrite_column(
    column: &mut Column,
    own: Option<&Names>,
    renames: &Renamed,
    sql: &impl Fn(&mut Sql, Option<&Names>),
) {
    let of_type = match &column.ty {
        Type::Named(name) => renames.labels.get(name),
        _ => None,
    };
    if let Some(DefaultValue::Value(Value::Text(label))) = &mut column.default
        && let Some(new) = of_type.and_then(|labels| labels.get(label))
    {
        label.clone_from(new);
    }
    renames.ty(&mut column.ty);
    if let Some(DefaultValue::Expression(text) | DefaultValue::Value(Value::Expression(text))) =
        &mut column.default
    {
        sql(text, own);
    }
    if let Some(generated) = &mut column.generated {
        sql(&mut generated.expression, own);
    }
}

fn rewrite_part(
    part: &mut IndexPart,
    table: &ObjectName,
    renames: &Renamed,
    sql: &impl Fn(&mut Sql, Option<&Names>),
) {
    match &mut part.key {
        IndexKey::Column(column) => renames.column(table, column),
        IndexKey::Expression(text) => sql(text, renames.columns_of(table)),
    }
}

fn rewrite_reference(reference: &mut ObjectRef, renames: &Renamed) {
    if let Some(table) = &mut reference.on {
        renames.table(table);
    }
    match reference.kind.as_str() {
        "table" => {
            if let Some(column) = &mut reference.column {
                renames.column(&reference.name, column);
            }
            renames.table(&mut reference.name);
        }
        "enum" | "domain" => {
            if let Some(name) = renames.types.get(&reference.name) {
                reference.name.name.clone_from(name);
            }
        }
        "sequence" => {
            if let Some(name) = renames.sequences.get(&reference.name) {
                reference.name.name.clone_from(name);
            }
        }
        _ => {}
    }
}
