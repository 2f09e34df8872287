//! A schema with everything spelled one way: types, defaults, expressions, and what says nothing
//! because it is the default anyway. Pure.

use std::collections::BTreeMap;

use super::{default, sequences, types};
use crate::backend::BackendKind;
use crate::schema::{
    Action, Check, Column, Constraint, DefaultValue, Index, IndexKey, IndexPart, Match, Nulls,
    ObjectName, Order, Schema, Sequence, Sql, Table, Type, Value,
};
use crate::sql::{canonical_expression, tokens, unquoted};

/// The same schema, spelled one way.
pub(super) fn canonical(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    for domain in &mut schema.domains {
        domain.ty = ty(&domain.ty);
    }
    let bases: BTreeMap<ObjectName, Type> = schema
        .domains
        .iter()
        .map(|domain| (domain.name.clone(), domain.ty.clone()))
        .collect();
    for domain in &mut schema.domains {
        domain.default = default_value(domain.default.take(), &base(&domain.ty, &bases));
        domain.collation = collation(domain.collation.take());
        domain.checks.iter_mut().for_each(check);
        domain
            .checks
            .sort_by(|one, other| one.name.cmp(&other.name));
    }
    for sequence in &mut schema.sequences {
        let numbers = sequence.ty.as_ref().map_or(Type::BigInt, ty);
        sequence.options = sequences::without_defaults(&sequence.options, &numbers);
        sequence.ty = Some(numbers).filter(|ty| *ty != Type::BigInt);
    }
    for table in &mut schema.tables {
        table.columns.iter_mut().for_each(|one| column(one, &bases));
    }
    part_of_columns(&mut schema);
    let keys: BTreeMap<ObjectName, Vec<String>> = schema
        .tables
        .iter()
        .filter_map(|table| Some((table.name.clone(), table.primary_key()?.columns.clone())))
        .collect();
    for one in &mut schema.tables {
        table(one, &keys);
    }
    schema.indexes.iter_mut().for_each(index);
    for view in &mut schema.views {
        view.query = sql(&view.query);
    }
    schema.sort();
    schema
}

fn sql(text: &Sql) -> Sql {
    let kind = BackendKind::Postgres;
    Sql::from(canonical_expression(text.text(kind), kind))
}

/// A type, and for one that is only a name, that name.
fn ty(ty: &Type) -> Type {
    match types::plain(ty) {
        Type::Array(element) => match self::ty(&element) {
            // the server ignores how many dimensions are declared
            element @ Type::Array(_) => element,
            element => element.array(),
        },
        Type::Named(name) if name.schema.is_none() => match types::read(&name.name) {
            Type::Other(_) => Type::Named(name),
            known => known,
        },
        Type::Other(text) => {
            let words: Vec<&str> = tokens(&text, BackendKind::Postgres).collect();
            let is_name = |word: &str| {
                word.starts_with(|sign: char| sign == '"' || sign == '_' || sign.is_alphabetic())
            };
            match words.as_slice() {
                [name] if is_name(name) => Type::named(unquoted(name)),
                [schema, ".", name] if is_name(schema) && is_name(name) => {
                    Type::Named(ObjectName::qualified(unquoted(schema), unquoted(name)))
                }
                _ => Type::Other(text),
            }
        }
        ty => ty,
    }
}

/// The type whose literals a type has.
fn base(ty: &Type, domains: &BTreeMap<ObjectName, Type>) -> Type {
    match ty {
        Type::Named(name) => domains.get(name).unwrap_or(ty).clone(),
        ty => ty.clone(),
    }
}

fn column(column: &mut Column, domains: &BTreeMap<ObjectName, Type>) {
    column.ty = ty(&column.ty);
    column.default = default_value(column.default.take(), &base(&column.ty, domains));
    if let Some(generated) = &mut column.generated {
        generated.expression = sql(&generated.expression);
    }
    if let Some(identity) = &mut column.identity {
        identity.options = sequences::without_defaults(&identity.options, &column.ty);
    }
    let is_serial = matches!(
        column.ty,
        Type::SmallSerial | Type::Serial | Type::BigSerial
    );
    if is_serial || column.identity.is_some() {
        column.nullable = false;
    }
    column.collation = collation(column.collation.take());
    column.comment = column.comment.take().filter(|text| !text.is_empty());
}

/// The collation of a type by itself is none.
fn collation(name: Option<String>) -> Option<String> {
    name.filter(|name| name != "default")
}

fn default_value(default: Option<DefaultValue>, ty: &Type) -> Option<DefaultValue> {
    match default? {
        DefaultValue::Value(Value::Null) => None,
        DefaultValue::Expression(text) | DefaultValue::Value(Value::Expression(text)) => {
            match default::read(text.text(BackendKind::Postgres), ty)? {
                DefaultValue::Value(value) => Some(DefaultValue::Value(value)),
                DefaultValue::Expression(text) => Some(DefaultValue::Expression(alone(sql(&text)))),
            }
        }
        DefaultValue::Value(value) => Some(DefaultValue::Value(
            default::value(&value, ty).unwrap_or(value),
        )),
    }
}

/// An expression that can stand after DEFAULT, where some operators need parentheses.
fn alone(expression: Sql) -> Sql {
    const WORDS: &[&str] = &[
        "and", "at", "between", "collate", "ilike", "in", "is", "isnull", "like", "not", "notnull",
        "or", "overlaps", "similar",
    ];
    let text = expression.text(BackendKind::Postgres);
    let mut depth = 0_usize;
    let needs = tokens(text, BackendKind::Postgres).any(|token| {
        match token {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && WORDS.contains(&token)
    });
    match needs {
        true => Sql::from(format!("({text})")),
        false => expression,
    }
}

/// Makes a sequence that is exactly what a numbered type has by itself a part of its column.
fn part_of_columns(schema: &mut Schema) {
    let Schema {
        sequences, tables, ..
    } = schema;
    let places = tables.iter().enumerate();
    let places: BTreeMap<ObjectName, usize> =
        places.map(|(at, table)| (table.name.clone(), at)).collect();
    sequences.retain(|sequence| {
        let owner = sequence.owned_by.as_ref();
        let at = owner.and_then(|(table, _)| places.get(table));
        let table = at.and_then(|at| tables.get_mut(*at));
        !table.is_some_and(|table| is_part(sequence, table))
    });
}

fn is_part(sequence: &Sequence, table: &mut Table) -> bool {
    let Some((_, name)) = &sequence.owned_by else {
        return false;
    };
    let numbers = sequence.ty.clone().unwrap_or(Type::BigInt);
    let mut columns = table.columns.iter_mut();
    let Some(column) = columns.find(|column| column.name == *name) else {
        return false;
    };
    let text = match &column.default {
        Some(DefaultValue::Expression(text)) => text.text(BackendKind::Postgres),
        _ => return false,
    };
    let Ok(quoted) = super::quote::object(&sequence.name) else {
        return false;
    };
    let is_next = ["::regclass", ""].iter().any(|cast| {
        let names = [quoted.as_str(), sequence.name.name.as_str()];
        names
            .iter()
            .filter_map(|name| super::quote::text(name).ok())
            .any(|name| text == format!("nextval({name}{cast})"))
    });
    let serial = sequences::serial(&numbers).filter(|_| {
        is_next
            && !column.nullable
            && column.ty == numbers
            && sequence.options.is_default()
            && sequence.name == sequences::of_column(&table.name, name)
    });
    let Some(serial) = serial else {
        return false;
    };
    column.ty = serial;
    column.default = None;
    true
}

fn table(table: &mut Table, keys: &BTreeMap<ObjectName, Vec<String>>) {
    let key = table.primary_key().map(|key| key.columns.clone());
    for column in &mut table.columns {
        if key.as_ref().is_some_and(|key| key.contains(&column.name)) {
            column.nullable = false;
        }
    }
    for constraint in &mut table.constraints {
        self::constraint(constraint, keys);
    }
    table.constraints.sort_by_cached_key(|constraint| {
        let name = constraint.name().map(str::to_owned);
        (name, format!("{constraint:?}"))
    });
    table.comment = table.comment.take().filter(|text| !text.is_empty());
    parameters(&mut table.options.parameters);
    let suffix = table.options.suffix.take().map(|suffix| sql(&suffix));
    table.options.suffix = suffix.filter(|suffix| !suffix.common_text().is_empty());
}

fn parameters(parameters: &mut [(String, String)]) {
    for (name, _) in parameters.iter_mut() {
        *name = name.to_lowercase();
    }
    parameters.sort();
}

fn constraint(constraint: &mut Constraint, keys: &BTreeMap<ObjectName, Vec<String>>) {
    match constraint {
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => {}
        Constraint::Check(one) => check(one),
        Constraint::ForeignKey(key) => {
            let usual = |action: &Action| *action != Action::NoAction;
            key.on_delete = key.on_delete.filter(usual);
            key.on_update = key.on_update.filter(usual);
            key.match_type = key.match_type.filter(|one| *one != Match::Simple);
            if key.referred.is_empty()
                && let Some(columns) = keys.get(&key.table)
            {
                key.referred.clone_from(columns);
            }
        }
        Constraint::Exclude(exclude) => {
            exclude.method = method(exclude.method.take());
            exclude.parts.iter_mut().for_each(|(one, _)| part(one));
            exclude.predicate = exclude.predicate.as_ref().map(sql);
        }
    }
}

fn check(check: &mut Check) {
    check.expression = sql(&check.expression);
    // it belongs to the table, wherever it was written
    check.column = None;
}

fn method(method: Option<String>) -> Option<String> {
    method.filter(|method| method != "btree")
}

fn index(index: &mut Index) {
    index.method = method(index.method.take());
    index.parts.iter_mut().for_each(part);
    index.predicate = index.predicate.as_ref().map(sql);
    parameters(&mut index.parameters);
    index.nulls_not_distinct &= index.unique;
}

fn part(part: &mut IndexPart) {
    if let IndexKey::Expression(expression) = &part.key {
        let expression = sql(expression);
        part.key = IndexKey::Expression(expression);
    }
    part.order = part.order.filter(|order| *order != Order::Ascending);
    let usual = match part.order {
        Some(_) => Nulls::First,
        None => Nulls::Last,
    };
    part.nulls = part.nulls.filter(|nulls| *nulls != usual);
    part.collation = collation(part.collation.take());
}

#[cfg(test)]
mod tests;
