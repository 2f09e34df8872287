//! A schema with everything spelled one way. Pure.

use std::collections::BTreeMap;

use super::ddl::foreign_type;
use super::{literal, types};
use crate::backend::BackendKind;
use crate::schema::{
    Action, Column, Constraint, Deferrable, Generated, Index, IndexKey, IndexPart, Match,
    ObjectName, Order, Other, Schema, Sql, Table, TableOptions, Type, View,
};
use crate::sql::{canonical_expression_of, canonical_name, tokens};

/// The same schema, spelled one way.
pub(super) fn canonical(schema: &Schema) -> Schema {
    let mut canonical = schema.clone();
    for table in &mut canonical.tables {
        self::table(table);
    }
    let known = Known::of(&canonical);
    for table in &mut canonical.tables {
        refer(table, &known);
    }
    for index in &mut canonical.indexes {
        self::index(index, &known);
    }
    for view in &mut canonical.views {
        self::view(view, &known);
    }
    for other in &mut canonical.others {
        self::other(other, &known);
    }
    canonical.sort();
    canonical
}

/// The columns of a primary key of which SQLite itself says that they are not null: those of a
/// table WITHOUT ROWID, and of a STRICT one, except for an alias of the rowid.
pub(super) fn imply_not_null(table: &mut Table) {
    let without_rowid = table.options.without_rowid;
    if !without_rowid && !table.options.strict {
        return;
    }
    let key = table.primary_key().map(|key| key.columns.clone());
    let key = key.unwrap_or_default();
    for column in &mut table.columns {
        let is_alias = !without_rowid && key.len() == 1 && column.ty == Type::Integer;
        let is_key = key.iter().any(|name| same(name, &column.name));
        column.nullable &= !is_key || is_alias;
    }
}

/// What other objects can name.
struct Known {
    /// The columns of a table, by its name in lower case: their names and collations.
    columns: BTreeMap<ObjectName, Vec<(String, Option<String>)>>,
    /// The names and the primary keys of tables, likewise.
    tables: BTreeMap<ObjectName, (String, Vec<String>)>,
    /// All names of tables, views and columns in lower case, in order.
    names: Vec<String>,
}

impl Known {
    fn of(schema: &Schema) -> Known {
        let mut known = Known {
            columns: BTreeMap::new(),
            tables: BTreeMap::new(),
            names: Vec::new(),
        };
        for table in &schema.tables {
            let columns = table.columns.iter();
            let columns = columns.map(|column| (column.name.clone(), column.collation.clone()));
            known.columns.insert(lower(&table.name), columns.collect());
            let key = table.primary_key().map(|key| key.columns.clone());
            let own = (table.name.name.clone(), key.unwrap_or_default());
            known.tables.insert(lower(&table.name), own);
            known.names.push(table.name.name.to_ascii_lowercase());
            let columns = table.columns.iter();
            known
                .names
                .extend(columns.map(|column| column.name.to_ascii_lowercase()));
        }
        for view in &schema.views {
            known.names.push(view.name.name.to_ascii_lowercase());
        }
        known.names.sort();
        known.names.dedup();
        known
    }

    fn is_name(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.names.binary_search(&name).is_ok()
    }

    fn statement(&self, text: &str) -> String {
        canonical_expression_of(text, BackendKind::Sqlite, &|name: &str| self.is_name(name))
    }
}

fn lower(name: &ObjectName) -> ObjectName {
    ObjectName {
        schema: name
            .schema
            .as_ref()
            .map(|schema| schema.to_ascii_lowercase()),
        name: name.name.to_ascii_lowercase(),
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// An expression over the columns of a table, as SQLite's text of it.
fn expression(sql: &Sql, is_name: &dyn Fn(&str) -> bool) -> Sql {
    match sql.is_for(BackendKind::Sqlite) {
        true => {
            let text = sql.text(BackendKind::Sqlite);
            Sql::from(canonical_expression_of(text, BackendKind::Sqlite, is_name))
        }
        false => sql.clone(),
    }
}

/// A table as far as it can be told alone.
fn table(table: &mut Table) {
    options(&mut table.options);
    let strict = table.options.strict;
    let mut names: Vec<String> = table.columns.iter().map(|one| one.name.clone()).collect();
    names.push(table.name.name.clone());
    let is_name = |name: &str| names.iter().any(|own| same(own, name));
    let key = table.primary_key().map(|key| key.columns.clone());
    for column in &mut table.columns {
        let is_lone_key = matches!(key.as_deref(), Some([only]) if same(only, &column.name));
        let may_be_rowid = is_lone_key && !table.options.without_rowid;
        self::column(column, strict, may_be_rowid, &is_name);
    }
    for constraint in &mut table.constraints {
        self::constraint(constraint, &is_name);
    }
    table.comment = table.comment.take().filter(|comment| !comment.is_empty());
    imply_not_null(table);
}

/// Options that are written as raw SQL are options.
fn options(options: &mut TableOptions) {
    let Some(suffix) = &options.suffix else {
        return;
    };
    let text = suffix.text(BackendKind::Sqlite).to_ascii_uppercase();
    let words: Vec<&str> = tokens(&text, BackendKind::Sqlite).collect();
    let (mut strict, mut without_rowid) = (options.strict, options.without_rowid);
    for option in words.split(|word| *word == ",") {
        match option {
            [] => {}
            ["STRICT"] => strict = true,
            ["WITHOUT", "ROWID"] => without_rowid = true,
            _ => return,
        }
    }
    (options.strict, options.without_rowid) = (strict, without_rowid);
    options.suffix = None;
}

fn column(column: &mut Column, strict: bool, may_be_rowid: bool, is_name: &dyn Fn(&str) -> bool) {
    if column.identity.is_some() && column.ty.is_integer() {
        column.ty = Type::Integer;
    } else if foreign_type(&column.ty).is_ok() {
        column.ty = types::canonical(&column.ty, strict, may_be_rowid);
    }
    column.default = column.default.as_ref().and_then(literal::canonical);
    column.collation = column.collation.as_deref().and_then(collation);
    column.comment = column.comment.take().filter(|comment| !comment.is_empty());
    if let Some(generated) = &column.generated {
        let expression = expression(&generated.expression, is_name);
        column.generated = Some(Generated::new(expression, generated.stored));
    }
}

/// The name of a collation, if it is not the default.
fn collation(name: &str) -> Option<String> {
    let name = name.to_ascii_uppercase();
    (name != "BINARY").then_some(name)
}

fn constraint(constraint: &mut Constraint, is_name: &dyn Fn(&str) -> bool) {
    match constraint {
        Constraint::Check(check) => {
            check.expression = expression(&check.expression, is_name);
            // a check of a column and one of the table are one
            check.column = None;
        }
        Constraint::ForeignKey(key) => {
            let said = |action: &Action| *action != Action::NoAction;
            key.on_delete = key.on_delete.filter(said);
            key.on_update = key.on_update.filter(said);
            let is_late = |when: &Deferrable| *when == Deferrable::InitiallyDeferred;
            key.deferrable = key.deferrable.filter(is_late);
            key.match_type = key.match_type.filter(|one| *one != Match::Simple);
        }
        _ => {}
    }
}

/// The columns and tables that constraints name, as those are spelled; and constraints in order.
fn refer(table: &mut Table, known: &Known) {
    let own = table.name.clone();
    for constraint in &mut table.constraints {
        match constraint {
            Constraint::PrimaryKey(key) => known.spell(&own, &mut key.columns),
            Constraint::Unique(key) => known.spell(&own, &mut key.columns),
            Constraint::ForeignKey(key) => {
                known.spell(&own, &mut key.columns);
                // a key never leaves its database file
                key.table.schema.clone_from(&own.schema);
                if let Some((name, columns)) = known.tables.get(&lower(&key.table)) {
                    key.table.name.clone_from(name);
                    if key.referred.is_empty() {
                        key.referred.clone_from(columns);
                    }
                }
                known.spell(&key.table, &mut key.referred);
            }
            _ => {}
        }
    }
    table.constraints.sort_by_key(|constraint| {
        let expression = match constraint {
            Constraint::Check(check) => check.expression.common_text().to_owned(),
            Constraint::ForeignKey(key) => key.table.to_string(),
            _ => String::new(),
        };
        (
            constraint.kind() as u8,
            constraint.columns().to_vec(),
            expression,
            constraint.name().map(str::to_owned),
        )
    });
}

impl Known {
    /// Spells columns as their table does.
    fn spell(&self, table: &ObjectName, names: &mut [String]) {
        let Some(columns) = self.columns.get(&lower(table)) else {
            return;
        };
        for name in names {
            if let Some((own, _)) = columns.iter().find(|(own, _)| same(own, name)) {
                name.clone_from(own);
            }
        }
    }
}

fn index(index: &mut Index, known: &Known) {
    let table = known.tables.get(&lower(&index.table));
    let columns = known.columns.get(&lower(&index.table));
    let is_name = |name: &str| match columns {
        Some(columns) => {
            same(name, &index.table.name) || columns.iter().any(|(own, _)| same(own, name))
        }
        None => known.is_name(name),
    };
    let predicate = index.predicate.as_ref();
    let predicate = predicate.map(|predicate| expression(predicate, &is_name));
    let parts = index.parts.iter();
    let parts = parts.map(|part| self::part(part, columns.map_or(&[], Vec::as_slice), &is_name));
    let parts = parts.collect();
    index.predicate = predicate;
    index.parts = parts;
    if let Some((name, _)) = table {
        index.table.name.clone_from(name);
    }
}

fn part(
    part: &IndexPart,
    columns: &[(String, Option<String>)],
    is_name: &dyn Fn(&str) -> bool,
) -> IndexPart {
    let column = |name: &str| columns.iter().find(|(own, _)| same(own, name));
    let mut part = part.clone();
    let mut inherited = None;
    if let IndexKey::Expression(sql) = &part.key {
        let sql = expression(sql, is_name);
        let text = sql.common_text();
        let own = |(own, _): &&(String, _)| canonical_name(own, BackendKind::Sqlite) == text;
        part.key = match columns.iter().find(own) {
            Some((own, _)) => IndexKey::Column(own.clone()),
            None => IndexKey::Expression(sql),
        };
    }
    if let IndexKey::Column(name) = &mut part.key
        && let Some((own, collation)) = column(name)
    {
        name.clone_from(own);
        inherited.clone_from(collation);
    }
    let inherited = inherited.unwrap_or_else(|| "BINARY".to_owned());
    part.order = part.order.filter(|order| *order == Order::Descending);
    part.collation = part
        .collation
        .map(|name| name.to_ascii_uppercase())
        .filter(|name| *name != inherited);
    part
}

fn view(view: &mut View, known: &Known) {
    if view.query.is_for(BackendKind::Sqlite) {
        let query = known.statement(view.query.text(BackendKind::Sqlite));
        view.query = Sql::from(query);
    }
}

fn other(other: &mut Other, known: &Known) {
    // the arguments of a virtual table are in its own language
    if other.kind == "virtual table" {
        return;
    }
    for statement in other.create.iter_mut().flatten() {
        *statement = known.statement(statement);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Check, DefaultValue, Identity, PrimaryKey, Value};

    /// What is declared by hand, as it is read of the table that it creates.
    #[test]
    fn what_is_declared_is_spelled_like_what_is_read() {
        let mut declared = Table::new("t");
        declared.options.suffix = Some(Sql::from("strict, Without ROWID"));
        declared.columns = vec![
            Column::new("id", Type::Uuid),
            Column::new("on", Type::Bool),
            Column {
                default: Some(DefaultValue::Value(Value::Bool(false))),
                comment: Some(String::new()),
                collation: Some("binary".to_owned()),
                nullable: true,
                ..Column::new("at", Type::Timestamptz.precision(3))
            },
        ];
        declared.constraints = vec![
            Constraint::Check(Check {
                column: Some("on".to_owned()),
                ..Check::new(Sql::from("bad").on(BackendKind::Sqlite, "(\"ON\" != 2)"))
            }),
            Constraint::PrimaryKey(PrimaryKey {
                columns: vec!["ID".to_owned()],
                ..PrimaryKey::default()
            }),
        ];
        let mut read = Table::new("t");
        read.options.strict = true;
        read.options.without_rowid = true;
        read.columns = vec![
            Column::new("id", Type::Text),
            Column::new("on", Type::Integer),
            Column {
                default: Some(DefaultValue::Value(Value::Integer(0))),
                nullable: true,
                ..Column::new("at", Type::Text)
            },
        ];
        read.constraints = vec![
            Constraint::PrimaryKey(PrimaryKey {
                columns: vec!["id".to_owned()],
                ..PrimaryKey::default()
            }),
            Constraint::Check(Check::new("`on` <> 2")),
        ];
        let of = |table: Table| {
            canonical(&Schema {
                tables: vec![table],
                ..Schema::empty()
            })
            .tables
        };
        assert_eq!(of(declared), [read]);
    }

    #[test]
    fn only_integer_numbers_rows() {
        let of = |ty: Type, numbered: bool| {
            let mut table = Table::new("t");
            let mut column = Column::new("id", ty);
            column.identity = numbered.then(Identity::default);
            table.columns = vec![column];
            table.constraints = vec![Constraint::PrimaryKey(PrimaryKey {
                columns: vec!["id".to_owned()],
                ..PrimaryKey::default()
            })];
            self::table(&mut table);
            table.columns[0].ty.clone()
        };
        assert_eq!(of(Type::BigInt, true), Type::Integer);
        assert_eq!(of(Type::BigInt, false), Type::BigInt);
        assert_eq!(of(Type::other("int"), false), Type::other("INT"));
    }

    #[test]
    fn what_sqlite_lacks_stays_as_it_is() {
        let mut column = Column::new("tags", Type::Text.array());
        let is_name = |_: &str| true;
        self::column(&mut column, false, false, &is_name);
        assert_eq!(column.ty, Type::Text.array());
        let sql = Sql::only(BackendKind::Postgres, "A");
        assert_eq!(expression(&sql, &is_name), sql);
    }
}
