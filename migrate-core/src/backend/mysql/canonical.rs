//! A schema with everything spelled one way, as these servers keep it. Pure.
//!
//! Names that the server chose are left out: a constraint without a name is the one of the same
//! structure.

pub(super) mod defaults;

use std::collections::HashMap;

use super::Dialect;
use super::ddl::column::now;
use super::types::{digits_of_moment, read, spelled};
use crate::schema::{
    Action, Check, Column, Constraint, DefaultValue, ForeignKey, Identity, Index, IndexKey,
    IndexPart, ObjectName, Order, Schema, SequenceOptions, Sql, Table, Type, Unique,
};
use crate::sql::canonical_expression;

/// The same schema, spelled one way.
pub(super) fn canonical(dialect: Dialect, schema: &Schema) -> Schema {
    let mut canonical = schema.clone();
    let keys: HashMap<ObjectName, Vec<String>> = canonical
        .tables
        .iter()
        .filter_map(|table| Some((table.name.clone(), table.primary_key()?.columns.clone())))
        .collect();
    let places: HashMap<ObjectName, usize> = canonical
        .tables
        .iter()
        .enumerate()
        .map(|(at, table)| (table.name.clone(), at))
        .collect();
    for table in &mut canonical.tables {
        self::table(dialect, table);
        for constraint in &mut table.constraints {
            if let Constraint::ForeignKey(key) = constraint
                && key.referred.is_empty()
            {
                key.referred = keys.get(&key.table).cloned().unwrap_or_default();
            }
        }
    }
    canonical.indexes = std::mem::take(&mut canonical.indexes)
        .into_iter()
        .filter_map(|index| {
            let table = places.get(&index.table);
            match table.and_then(|at| canonical.tables.get_mut(*at)) {
                Some(table) => self::index(dialect, index, table),
                None => Some(index),
            }
        })
        .collect();
    for table in &mut canonical.tables {
        let name = table.name.name.clone();
        for constraint in &mut table.constraints {
            forget_chosen_name(&name, constraint);
        }
        table
            .constraints
            .sort_by_cached_key(|constraint| (constraint.kind() as u8, format!("{constraint:?}")));
    }
    for sequence in &mut canonical.sequences {
        sequence.options = said(&sequence.options);
    }
    for view in &mut canonical.views {
        view.query = expression(dialect, &view.query);
    }
    canonical.sort();
    canonical
}

/// Raw SQL in one form.
fn expression(dialect: Dialect, sql: &Sql) -> Sql {
    Sql::from(canonical_expression(
        sql.text(dialect.kind()),
        dialect.kind(),
    ))
}

fn table(dialect: Dialect, table: &mut Table) {
    let options = &mut table.options;
    // both servers have it as their default
    options.engine = options
        .engine
        .take()
        .map(|engine| engine.to_lowercase())
        .filter(|engine| engine != "innodb");
    options.collation = options.collation.as_deref().map(collation);
    options.charset = match &options.collation {
        Some(_) => None, // it says which characters there are
        None => options.charset.as_deref().map(collation),
    };
    options.suffix = options.suffix.as_ref().map(|sql| expression(dialect, sql));
    table.comment = table.comment.take().filter(|comment| !comment.is_empty());
    let of_table = table.options.collation.clone();
    for column in &mut table.columns {
        self::column(dialect, column, of_table.as_deref());
    }
    fold_json(dialect, table);
    let key: Vec<String> = table
        .primary_key()
        .map_or_else(Vec::new, |key| key.columns.clone());
    for column in &mut table.columns {
        column.nullable &= !key.contains(&column.name);
    }
    for constraint in &mut table.constraints {
        match constraint {
            Constraint::PrimaryKey(key) => key.name = None,
            Constraint::ForeignKey(key) => foreign_key(key),
            Constraint::Check(check) => {
                check.expression = expression(dialect, &check.expression);
                check.column = None;
            }
            Constraint::Unique(_) | Constraint::Exclude(_) => {}
        }
    }
}

fn foreign_key(key: &mut ForeignKey) {
    let said = |action: Option<Action>| {
        action.filter(|action| !matches!(action, Action::NoAction | Action::Restrict))
    };
    key.on_delete = said(key.on_delete);
    key.on_update = said(key.on_update);
    key.match_type = None;
}

fn column(dialect: Dialect, column: &mut Column, of_table: Option<&str>) {
    let (ty, collation_of_type) = self::ty(dialect, &column.ty);
    column.ty = ty;
    column.collation = column
        .collation
        .take()
        .or(collation_of_type)
        .map(|name| collation(&name))
        .filter(|collation| Some(collation.as_str()) != of_table);
    column.default = column
        .default
        .as_ref()
        .and_then(|default| defaults::typed(dialect, &column.ty, default));
    let digits = digits_of_moment(&column.ty);
    if let Some(DefaultValue::Expression(sql)) = &mut column.default {
        *sql = moment_or(dialect, sql, digits);
    }
    column.on_update = column
        .on_update
        .as_ref()
        .map(|sql| moment_or(dialect, sql, digits));
    if let Some(generated) = &mut column.generated {
        generated.expression = expression(dialect, &generated.expression);
    }
    // where it begins to count is data
    column.identity = column.identity.take().map(|_| Identity::default());
    column.comment = column.comment.take().filter(|comment| !comment.is_empty());
}

/// The current time in one form, or another expression.
fn moment_or(dialect: Dialect, sql: &Sql, digits: Option<u8>) -> Sql {
    match now(sql.text(dialect.kind()), digits) {
        Some(now) => Sql::from(now),
        None => expression(dialect, sql),
    }
}

/// The type that the server makes of a declared one, and the collation that its spelling implies.
fn ty(dialect: Dialect, ty: &Type) -> (Type, Option<String>) {
    let Ok(spelling) = spelled(dialect, ty) else {
        return (ty.clone(), None);
    };
    let national = [
        ("nchar varchar", "varchar"),
        ("national character varying", "varchar"),
        ("national varchar", "varchar"),
        ("nvarchar", "varchar"),
        ("national character", "char"),
        ("national char", "char"),
        ("nchar", "char"),
    ];
    match (dialect, read(dialect, &spelling)) {
        (Dialect::Mysql, Type::Other(text)) => {
            let plain = national.iter().find_map(|(words, plain)| {
                let rest = text.strip_prefix(words)?;
                Some(read(dialect, &format!("{plain}{rest}")))
            });
            match plain {
                Some(plain @ (Type::Char(_) | Type::VarChar(_))) => {
                    (plain, Some("utf8mb3_general_ci".to_owned()))
                }
                _ => (Type::Other(text), None),
            }
        }
        (_, ty) => (ty, None),
    }
}

/// A collation or character set under its newer name.
fn collation(name: &str) -> String {
    let name = name.to_lowercase();
    match name.strip_prefix("utf8") {
        Some("") => "utf8mb3".to_owned(),
        Some(rest) if rest.starts_with('_') => format!("utf8mb3{rest}"),
        _ => name,
    }
}

/// MariaDB's JSON is long text of one collation with a check, which are the type together.
pub(super) fn fold_json(dialect: Dialect, table: &mut Table) {
    if dialect == Dialect::Mysql {
        return;
    }
    for column in &mut table.columns {
        let valid = canonical_expression(&format!("json_valid(`{}`)", column.name), dialect.kind());
        let is_check = |constraint: &Constraint| match constraint {
            Constraint::Check(check) => {
                let text = check.expression.text(dialect.kind());
                (check.column.as_ref() == Some(&column.name) || check.name.is_none())
                    && canonical_expression(text, dialect.kind()) == valid
            }
            _ => false,
        };
        let collation = column
            .collation
            .as_ref()
            .or(table.options.collation.as_ref());
        let is_text = column.ty == Type::LongText
            && collation.is_some_and(|collation| collation == "utf8mb4_bin");
        if (is_text || column.ty == Type::Json)
            && let Some(at) = table.constraints.iter().position(is_check)
        {
            table.constraints.remove(at);
            column.ty = Type::Json;
        }
        if column.ty == Type::Json {
            column.collation = None;
        }
    }
}

/// An index in one form; none if it is part of a key, or a unique key itself.
fn index(dialect: Dialect, mut index: Index, table: &mut Table) -> Option<Index> {
    let in_memory = table.options.engine.as_deref() == Some("memory");
    index.method = index
        .method
        .map(|method| method.to_lowercase())
        .filter(|method| match method.as_str() {
            "btree" => in_memory,
            "hash" => false, // the default in memory, and not kept elsewhere
            _ => true,
        });
    for part in &mut index.parts {
        if part.order == Some(Order::Ascending) {
            part.order = None;
        }
        match &mut part.key {
            IndexKey::Expression(sql) => *sql = expression(dialect, sql),
            IndexKey::Column(name) => {
                let column = table.columns.iter().find(|column| column.name == *name);
                let whole = match column.map(|column| &column.ty) {
                    Some(
                        Type::VarChar(length)
                        | Type::Char(length)
                        | Type::VarBinary(length)
                        | Type::FixedBinary(length),
                    ) => Some(*length),
                    _ => None,
                };
                if part.prefix.is_some() && part.prefix == whole {
                    part.prefix = None;
                }
            }
        }
    }
    if let Some(unique) = as_unique(&index) {
        table.constraints.push(unique.into());
        return None;
    }
    (!is_of_key(&index, table)).then_some(index)
}

/// A unique index over whole columns as the constraint that it is.
pub(super) fn as_unique(index: &Index) -> Option<Unique> {
    if !index.unique || index.method.is_some() {
        return None;
    }
    let columns = whole_columns(index)?;
    Some(Unique {
        name: Some(index.name.clone()),
        columns: columns.into_iter().map(str::to_owned).collect(),
        ..Unique::default()
    })
}

/// The columns of an index over nothing but whole columns in ascending order.
fn whole_columns(index: &Index) -> Option<Vec<&str>> {
    let whole = |part: &IndexPart| part.prefix.is_none() && part.order.is_none();
    index
        .parts
        .iter()
        .map(|part| match &part.key {
            IndexKey::Column(column) if whole(part) => Some(column.as_str()),
            _ => None,
        })
        .collect()
}

/// Whether an index is the one that a foreign key of its table brought: over exactly its columns,
/// under its name or that of its first column.
pub(super) fn is_of_key(index: &Index, table: &Table) -> bool {
    if index.unique || index.method.is_some() {
        return false;
    }
    let Some(columns) = whole_columns(index) else {
        return false;
    };
    table.constraints.iter().any(|constraint| match constraint {
        Constraint::ForeignKey(key) => {
            key.columns == columns
                && (key.name.as_deref() == Some(&index.name)
                    || is_numbered(&index.name, &key.columns[0]))
        }
        _ => false,
    })
}

/// Whether a name is the server's own for something that begins with a column: `email`, `email_2`.
fn is_numbered(name: &str, column: &str) -> bool {
    name.strip_prefix(column)
        .is_some_and(|rest| rest.is_empty() || rest.strip_prefix('_').is_some_and(is_number))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Leaves out the name of a constraint that the server chose.
fn forget_chosen_name(table: &str, constraint: &mut Constraint) {
    let numbered = |name: &str, word: &str| {
        name.strip_prefix(table)
            .and_then(|rest| rest.strip_prefix(word))
            .is_some_and(is_number)
    };
    match constraint {
        Constraint::Unique(key) => {
            let first = key.columns.first().map_or("", String::as_str);
            key.name = key.name.take().filter(|name| !is_numbered(name, first));
        }
        Constraint::ForeignKey(key) => {
            key.name = key.name.take().filter(|name| !numbered(name, "_ibfk_"));
        }
        Constraint::Check(Check { name, .. }) => {
            *name = name.take().filter(|name| {
                let of_mariadb = name.strip_prefix("CONSTRAINT_").is_some_and(is_number);
                !numbered(name, "_chk_") && !of_mariadb
            });
        }
        Constraint::PrimaryKey(_) | Constraint::Exclude(_) => {}
    }
}

/// The options of a sequence without those that are the defaults.
pub(super) fn said(options: &SequenceOptions) -> SequenceOptions {
    let increment = options.increment.filter(|number| *number != 1);
    let ascends = increment.unwrap_or(1) > 0;
    let (lowest, highest) = match ascends {
        true => (1, i64::MAX - 1),
        false => (-i64::MAX, -1),
    };
    let first = match ascends {
        true => options.min.unwrap_or(lowest),
        false => options.max.unwrap_or(highest),
    };
    SequenceOptions {
        start: options.start.filter(|number| *number != first),
        increment,
        min: options.min.filter(|number| *number != lowest),
        max: options.max.filter(|number| *number != highest),
        cache: options.cache.filter(|number| *number != 1000),
        cycle: options.cycle.filter(|cycles| *cycles),
    }
}
