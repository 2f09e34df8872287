//! Parts of a schema in the words of models: keys, actions, identities, literals, types; and back,
//! where that is short. Pure; it must not know the table that they are of.

use migrate_core::schema::{
    Action, Constraint, Deferrable, ForeignKey, Identity, Index, IndexKey, IndexPart, Match,
    ObjectName, RangeOf, Type, Value,
};
use migrate_models as models;
use models::{ColumnKey, Literal, TypeText};

use super::{constraints, types};
use crate::configuration::names::Names;

/// A constraint that is said with its column.
pub(super) fn of_one_column<'c>(
    table: &ObjectName,
    constraint: &'c Constraint,
    names: &Names,
) -> Option<(&'c str, ColumnKey)> {
    match constraint {
        Constraint::Unique(key)
            if key.include.is_empty() && !key.nulls_not_distinct && key.deferrable.is_none() =>
        {
            let [column] = key.columns.as_slice() else {
                return None;
            };
            let name = own_name(constraint, table, names);
            Some((column, ColumnKey::Unique { name }))
        }
        Constraint::ForeignKey(key) => {
            let ([column], [_]) = (key.columns.as_slice(), key.referred.as_slice()) else {
                return None;
            };
            let mut said = foreign_key(key);
            said.columns.clear();
            said.name = own_name(constraint, table, names);
            Some((column, ColumnKey::References(said)))
        }
        _ => None,
    }
}

/// The columns of an index.
pub(super) fn index_columns<'i>(
    parts: &'i [IndexPart],
    include: &'i [String],
) -> impl Iterator<Item = &'i String> {
    let parts = parts.iter().filter_map(|part| match &part.key {
        IndexKey::Column(name) => Some(name),
        _ => None,
    });
    parts.chain(include)
}

/// A plain index over one column.
pub(super) fn plain_index<'i>(index: &'i Index, names: &Names) -> Option<(&'i str, ColumnKey)> {
    let [part] = index.parts.as_slice() else {
        return None;
    };
    let IndexKey::Column(column) = &part.key else {
        return None;
    };
    let plain = Index::new(
        index.name.as_str(),
        index.table.clone(),
        vec![column.as_str().into()],
    );
    let name = constraints::index_name(&index.table, column, names, &[]);
    let name = (index.name != name).then(|| index.name.clone());
    (*index == plain).then_some((column.as_str(), ColumnKey::Index { name }))
}

/// The name of a constraint, unless it is that of the convention.
pub(super) fn own_name(
    constraint: &Constraint,
    table: &ObjectName,
    names: &Names,
) -> Option<String> {
    let usual = constraints::conventional(constraint, table, names, 0);
    let name = constraint.name().filter(|name| *name != usual);
    name.map(str::to_owned)
}

pub(super) fn deferrable(said: Option<Deferrable>) -> Option<models::Deferrable> {
    said.map(|said| match said {
        Deferrable::InitiallyDeferred => models::Deferrable::InitiallyDeferred,
        _ => models::Deferrable::InitiallyImmediate,
    })
}

pub(super) fn action(said: Option<Action>) -> Option<models::Action> {
    Some(match said? {
        Action::Restrict => models::Action::Restrict,
        Action::Cascade => models::Action::Cascade,
        Action::SetNull => models::Action::SetNull,
        Action::SetDefault => models::Action::SetDefault,
        _ => models::Action::NoAction,
    })
}

pub(super) fn foreign_key(key: &ForeignKey) -> models::ForeignKey {
    models::ForeignKey {
        name: key.name.clone(),
        columns: key.columns.clone(),
        schema: key.table.schema.clone(),
        table: key.table.name.clone(),
        referred: key.referred.clone(),
        on_delete: action(key.on_delete),
        on_update: action(key.on_update),
        deferrable: deferrable(key.deferrable),
        match_type: key.match_type.map(|match_type| {
            let name = match match_type {
                Match::Full => "Full",
                Match::Partial => "Partial",
                _ => "Simple",
            };
            name.to_owned()
        }),
        not_valid: key.not_valid,
    }
}

pub(super) fn identity_key(identity: &Identity) -> ColumnKey {
    if *identity == Identity::default() {
        return ColumnKey::Autoincrement;
    }
    let options = [
        ("start", identity.options.start),
        ("increment", identity.options.increment),
        ("min", identity.options.min),
        ("max", identity.options.max),
        ("cache", identity.options.cache),
        ("cycle", identity.options.cycle.map(i64::from)),
    ];
    let options = options.into_iter();
    ColumnKey::Identity {
        always: identity.always,
        options: options
            .filter_map(|(name, number)| Some((name.to_owned(), number?)))
            .collect(),
    }
}

pub(super) fn literal(value: &Value) -> Option<Literal> {
    Some(match value {
        Value::Null => Literal::Null,
        Value::Bool(value) => Literal::Bool(*value),
        Value::Integer(value) => Literal::Integer(*value),
        Value::Double(value) => Literal::Double(*value),
        Value::Text(value) => Literal::Text(value.clone()),
        Value::Binary(value) => Literal::Bytes(value.clone()),
        _ => return None,
    })
}

/// Whether a literal is one of the column's type; else it is a default in SQL.
pub(super) fn fits(column: &models::Column, literal: &Literal) -> bool {
    let ty = match (column.ty.name.as_str(), column.ty.arguments.as_slice()) {
        ("Unsigned", [number]) => types::base(&number.name),
        (name, _) => types::base(name),
    };
    let fractions = ["Float", "Double", "Numeric"].contains(&ty);
    let bytes = types::family(ty) == "Binary";
    match literal {
        Literal::Null => column.nullable,
        Literal::Bool(_) => ty == "Bool",
        Literal::Integer(number) => {
            let most = match ty {
                "TinyInt" => i64::from(i8::MAX),
                "SmallInt" => i64::from(i16::MAX),
                "Mediumint" => 8_388_607,
                "Integer" => i64::from(i32::MAX),
                "BigInt" => i64::MAX,
                _ => return fractions,
            };
            (if column.ty.name == "Unsigned" {
                0
            } else {
                -most
            }..=most)
                .contains(number)
        }
        Literal::Double(_) => fractions,
        Literal::Bytes(_) => bytes,
        Literal::Text(text) => {
            let long = column.max_length;
            let whole = [
                "TinyInt",
                "SmallInt",
                "Mediumint",
                "Integer",
                "BigInt",
                "Bool",
            ];
            !fractions
                && !bytes
                && !whole.contains(&ty)
                && !["Array", "Range", "Multirange"].contains(&ty)
                && long.is_none_or(|most| text.chars().count() <= most as usize)
        }
    }
}

/// A type as `ty = …` writes it; none where only the server's words say it.
pub(super) fn type_text(ty: &Type) -> Option<TypeText> {
    let named = |name: &str, numbers: &[u32], texts: &[String], of: Option<TypeText>| {
        Some(TypeText::Named {
            name: name.to_owned(),
            numbers: numbers.to_vec(),
            texts: texts.to_vec(),
            of: of.map(Box::new),
            precision: None,
        })
    };
    let range = |of: &RangeOf| {
        let of = match of {
            RangeOf::BigInt => "BigInt",
            RangeOf::Numeric => "Numeric",
            RangeOf::Date => "Date",
            RangeOf::Timestamp => "Timestamp",
            RangeOf::Timestamptz => "Timestamptz",
            _ => "Integer",
        };
        named(of, &[], &[], None)
    };
    match ty {
        Type::VarChar(length) => named("VarChar", &[*length], &[], None),
        Type::Char(length) => named("Char", &[*length], &[], None),
        Type::VarBinary(length) => named("VarBinary", &[*length], &[], None),
        Type::FixedBinary(length) => named("FixedBinary", &[*length], &[], None),
        Type::Bit(length) => named("Bit", &[*length], &[], None),
        Type::VarBit(length) => named("VarBit", &[*length], &[], None),
        Type::Decimal(precision, scale) => named(
            "Decimal",
            &[u32::from(*precision), u32::from(*scale)],
            &[],
            None,
        ),
        Type::Enum(labels) => named("Enum", &[], labels, None),
        Type::Set(labels) => named("Set", &[], labels, None),
        Type::Named(name) => {
            let texts = name.schema.iter().chain([&name.name]);
            named("Named", &[], &texts.cloned().collect::<Vec<_>>(), None)
        }
        Type::Other(text) => Some(TypeText::Sql(text.clone())),
        Type::Unsigned(inner) => named("Unsigned", &[], &[], Some(type_text(inner)?)),
        Type::Array(inner) => named("Array", &[], &[], Some(type_text(inner)?)),
        Type::Range(of) => named("Range", &[], &[], range(of)),
        Type::Multirange(of) => named("Multirange", &[], &[], range(of)),
        Type::Precise(inner, digits) => match type_text(inner)? {
            TypeText::Named {
                name,
                numbers,
                texts,
                of,
                ..
            } => Some(TypeText::Named {
                name,
                numbers,
                texts,
                of,
                precision: Some(*digits),
            }),
            TypeText::Sql(_) => None,
        },
        ty => named(&format!("{ty:?}"), &[], &[], None)
            .filter(|text| types::from_text(text).as_ref() == Ok(ty)),
    }
}

/// A literal as a value.
pub(super) fn value(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Integer(value) => Value::Integer(*value),
        Literal::Double(value) => Value::Double(*value),
        Literal::Text(value) => Value::Text(value.clone()),
        Literal::Bytes(value) => Value::Binary(value.clone()),
    }
}

/// What `identity(…)` says.
pub(super) fn identity(always: bool, options: &[(String, i64)]) -> Identity {
    let start = match always {
        true => Identity::default().always(),
        false => Identity::default(),
    };
    options
        .iter()
        .fold(start, |identity, (name, number)| match name.as_str() {
            "start" => identity.start(*number),
            "increment" => identity.increment(*number),
            "min" => identity.min(*number),
            "max" => identity.max(*number),
            "cache" => identity.cache(*number),
            _ => identity,
        })
}
