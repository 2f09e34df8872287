//! Whether two things of one name are the same. Both are spelled one way before: what differs here
//! differs, or is a text that the server may spell in two ways. Every field is named, so that a new
//! one does not compile until it is compared.

use crate::schema::{
    Check, Column, Constraint, DefaultValue, Domain, EnumType, Exclude, Extension, ForeignKey,
    Generated, Index, IndexKey, IndexPart, Other, PrimaryKey, Sequence, SequenceOptions, Sql,
    TableOptions, Type, Unique, View,
};

/// How much two things have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    Same,
    /// Only expressions differ.
    Text,
    Different,
}

use Likeness::{Different, Same, Text};

fn exact(same: bool) -> Likeness {
    if same { Same } else { Different }
}

fn text(one: &Sql, other: &Sql) -> Likeness {
    if one == other { Same } else { Text }
}

fn optional_text(one: Option<&Sql>, other: Option<&Sql>) -> Likeness {
    match (one, other) {
        (Some(one), Some(other)) => text(one, other),
        (one, other) => exact(one.is_none() && other.is_none()),
    }
}

/// The larger difference of several.
fn all<const N: usize>(parts: [Likeness; N]) -> Likeness {
    parts.into_iter().max().unwrap_or(Same)
}

/// Without their names.
pub(super) fn constraints(one: &Constraint, other: &Constraint) -> Likeness {
    match (one, other) {
        (Constraint::PrimaryKey(one), Constraint::PrimaryKey(other)) => {
            let PrimaryKey {
                name: _,
                columns,
                include,
                deferrable,
            } = one;
            exact(
                *columns == other.columns
                    && *include == other.include
                    && *deferrable == other.deferrable,
            )
        }
        (Constraint::Unique(one), Constraint::Unique(other)) => {
            let Unique {
                name: _,
                columns,
                include,
                deferrable,
                nulls_not_distinct,
            } = one;
            exact(
                *columns == other.columns
                    && *include == other.include
                    && *deferrable == other.deferrable
                    && *nulls_not_distinct == other.nulls_not_distinct,
            )
        }
        (Constraint::Check(one), Constraint::Check(other)) => checks(one, other),
        (Constraint::ForeignKey(one), Constraint::ForeignKey(other)) => {
            let ForeignKey {
                name: _,
                columns,
                table,
                referred,
                on_delete,
                on_update,
                deferrable,
                match_type,
                not_valid,
            } = one;
            exact(
                *columns == other.columns
                    && *table == other.table
                    && *referred == other.referred
                    && *on_delete == other.on_delete
                    && *on_update == other.on_update
                    && *deferrable == other.deferrable
                    && *match_type == other.match_type
                    && *not_valid == other.not_valid,
            )
        }
        (Constraint::Exclude(one), Constraint::Exclude(other)) => {
            let Exclude {
                name: _,
                method,
                parts,
                predicate,
                deferrable,
            } = one;
            let mut likeness = all([
                exact(*method == other.method && *deferrable == other.deferrable),
                exact(parts.len() == other.parts.len()),
                optional_text(predicate.as_ref(), other.predicate.as_ref()),
            ]);
            for ((part, operator), (second, with)) in parts.iter().zip(&other.parts) {
                likeness = all([likeness, index_parts(part, second), exact(operator == with)]);
            }
            likeness
        }
        _ => Different,
    }
}

fn checks(one: &Check, other: &Check) -> Likeness {
    let Check {
        name: _,
        expression,
        column,
        not_valid,
        no_inherit,
    } = one;
    all([
        text(expression, &other.expression),
        exact(
            *column == other.column
                && *not_valid == other.not_valid
                && *no_inherit == other.no_inherit,
        ),
    ])
}

/// Without their names.
pub(super) fn indexes(one: &Index, other: &Index) -> Likeness {
    let Index {
        name: _,
        table,
        parts,
        unique,
        predicate,
        include,
        method,
        parameters,
        nulls_not_distinct,
    } = one;
    let mut likeness = all([
        exact(
            *table == other.table
                && *unique == other.unique
                && *include == other.include
                && *method == other.method
                && *parameters == other.parameters
                && *nulls_not_distinct == other.nulls_not_distinct
                && parts.len() == other.parts.len(),
        ),
        optional_text(predicate.as_ref(), other.predicate.as_ref()),
    ]);
    for (part, second) in parts.iter().zip(&other.parts) {
        likeness = all([likeness, index_parts(part, second)]);
    }
    likeness
}

fn index_parts(one: &IndexPart, other: &IndexPart) -> Likeness {
    let IndexPart {
        key,
        order,
        collation,
        nulls,
        operator_class,
        prefix,
    } = one;
    let keys = match (key, &other.key) {
        (IndexKey::Column(one), IndexKey::Column(other)) => exact(one == other),
        (IndexKey::Expression(one), IndexKey::Expression(other)) => text(one, other),
        _ => Different,
    };
    all([
        keys,
        exact(
            *order == other.order
                && *collation == other.collation
                && *nulls == other.nulls
                && *operator_class == other.operator_class
                && *prefix == other.prefix,
        ),
    ])
}

/// Which aspects of a column differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one for each aspect")]
pub(super) struct Aspects {
    pub(super) ty: bool,
    pub(super) nullable: bool,
    pub(super) default: bool,
    pub(super) generated: bool,
    pub(super) identity: bool,
    pub(super) collation: bool,
    pub(super) comment: bool,
    pub(super) on_update: bool,
    /// One of these is a difference of texts only.
    pub(super) text: bool,
}

impl Aspects {
    pub(super) fn any(self) -> bool {
        self != Aspects::default()
    }
}

pub(super) fn columns(one: &Column, other: &Column) -> Aspects {
    let Column {
        name: _,
        ty,
        nullable,
        default,
        generated,
        identity,
        collation,
        comment,
        on_update,
    } = one;
    let defaults = defaults(default.as_ref(), other.default.as_ref());
    let generations = match (generated, &other.generated) {
        (Some(one), Some(other)) => generations(one, other),
        (one, other) => exact(one.is_none() && other.is_none()),
    };
    Aspects {
        ty: *ty != other.ty,
        nullable: *nullable != other.nullable,
        default: defaults != Same,
        generated: generations != Same,
        identity: *identity != other.identity,
        collation: *collation != other.collation,
        comment: *comment != other.comment,
        on_update: *on_update != other.on_update,
        text: defaults == Text || generations == Text,
    }
}

fn generations(one: &Generated, other: &Generated) -> Likeness {
    let Generated { expression, stored } = one;
    all([
        text(expression, &other.expression),
        exact(*stored == other.stored),
    ])
}

fn defaults(one: Option<&DefaultValue>, other: Option<&DefaultValue>) -> Likeness {
    match (one, other) {
        (Some(DefaultValue::Expression(one)), Some(DefaultValue::Expression(other))) => {
            text(one, other)
        }
        (one, other) => exact(one == other),
    }
}

/// The options of two tables by name, for those that differ.
pub(super) fn table_options(one: &TableOptions, other: &TableOptions) -> Vec<&'static str> {
    let TableOptions {
        strict,
        without_rowid,
        engine,
        charset,
        collation,
        unlogged,
        parameters,
        suffix,
    } = one;
    [
        (*strict == other.strict, "STRICT"),
        (*without_rowid == other.without_rowid, "WITHOUT ROWID"),
        (*engine == other.engine, "engine"),
        (*charset == other.charset, "character set"),
        (*collation == other.collation, "collation"),
        (*unlogged == other.unlogged, "UNLOGGED"),
        (*parameters == other.parameters, "storage parameters"),
        (*suffix == other.suffix, "partitions or inheritance"),
    ]
    .into_iter()
    .filter_map(|(same, name)| (!same).then_some(name))
    .collect()
}

/// Without their names.
pub(super) fn enums(one: &EnumType, other: &EnumType) -> bool {
    let EnumType { name: _, values } = one;
    *values == other.values
}

/// Which aspects of a domain differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DomainAspects {
    /// Only a new domain has another type or collation.
    pub(super) base: bool,
    pub(super) nullable: bool,
    pub(super) default: bool,
    pub(super) checks: bool,
}

pub(super) fn domains(one: &Domain, other: &Domain) -> DomainAspects {
    let Domain {
        name: _,
        ty,
        nullable,
        default,
        collation,
        checks,
    } = one;
    DomainAspects {
        base: *ty != other.ty || *collation != other.collation,
        nullable: *nullable != other.nullable,
        default: *default != other.default,
        checks: *checks != other.checks,
    }
}

/// Which aspects of a sequence differ: its type, its options, its owner.
pub(super) fn sequences(one: &Sequence, other: &Sequence) -> (bool, bool, bool) {
    let Sequence {
        name: _,
        ty,
        options,
        owned_by,
    } = one;
    (
        *ty != other.ty,
        *options != other.options,
        *owned_by != other.owned_by,
    )
}

/// The options of two sequences of a type that differ; what is not said is what the server takes
/// for it.
pub(super) fn sequence_options(
    one: &SequenceOptions,
    other: &SequenceOptions,
    ty: &Type,
) -> (SequenceOptions, SequenceOptions) {
    let SequenceOptions {
        start,
        increment,
        min,
        max,
        cache,
        cycle,
    } = *one;
    let largest = match ty {
        Type::SmallInt => i64::from(i16::MAX),
        Type::Integer => i64::from(i32::MAX),
        _ => i64::MAX,
    };
    let falls = |options: &SequenceOptions| options.increment.is_some_and(|step| step < 0);
    let ends = |options: &SequenceOptions| match falls(options) {
        true => (-largest - 1, -1),
        false => (1, largest),
    };
    let first = |options: &SequenceOptions| match falls(options) {
        true => options.max.unwrap_or(ends(options).1),
        false => options.min.unwrap_or(ends(options).0),
    };
    let pair = |one: Option<i64>, other: Option<i64>, said: (i64, i64)| match one == other {
        true => (None, None),
        false => (Some(one.unwrap_or(said.0)), Some(other.unwrap_or(said.1))),
    };
    let (start, new_start) = pair(start, other.start, (first(one), first(other)));
    let (increment, new_increment) = pair(increment, other.increment, (1, 1));
    let (min, new_min) = pair(min, other.min, (ends(one).0, ends(other).0));
    let (max, new_max) = pair(max, other.max, (ends(one).1, ends(other).1));
    let (cache, new_cache) = pair(cache, other.cache, (1, 1));
    let (cycle, new_cycle) = match cycle == other.cycle {
        true => (None, None),
        false => (Some(cycle == Some(true)), Some(other.cycle == Some(true))),
    };
    let was = SequenceOptions {
        start,
        increment,
        min,
        max,
        cache,
        cycle,
    };
    let becomes = SequenceOptions {
        start: new_start,
        increment: new_increment,
        min: new_min,
        max: new_max,
        cache: new_cache,
        cycle: new_cycle,
    };
    (was, becomes)
}

/// Without their names.
pub(super) fn views(one: &View, other: &View) -> bool {
    let View {
        name: _,
        columns,
        query,
        materialized,
    } = one;
    *columns == other.columns && *query == other.query && *materialized == other.materialized
}

pub(super) fn extensions(one: &Extension, other: &Extension) -> bool {
    let Extension { name, schema } = one;
    *name == other.name && *schema == other.schema
}

/// Without their names.
pub(super) fn others(one: &Other, other: &Other) -> bool {
    let Other {
        kind,
        name: _,
        on,
        create,
        drop: _,
    } = one;
    *kind == other.kind && *on == other.on && *create == other.create
}
