//! What is one and the same, and what is not.

use super::*;
use crate::schema::{EnumType, ForeignKey, Identity, PrimaryKey, SequenceOptions};

fn with_column(column: Column) -> Schema {
    let mut table = Table::new("t");
    table.columns.push(column);
    let mut schema = Schema::empty();
    schema.tables.push(table);
    schema
}

fn of_type(ty: impl Into<Type>) -> Type {
    let schema = canonical(&with_column(Column::new("a", ty)));
    schema.tables[0].columns[0].ty.clone()
}

fn of_default(ty: impl Into<Type>, default: DefaultValue) -> Option<DefaultValue> {
    let mut column = Column::new("a", ty);
    column.default = Some(default);
    let schema = canonical(&with_column(column));
    schema.tables[0].columns[0].default.clone()
}

fn expression(text: &str) -> DefaultValue {
    DefaultValue::Expression(text.into())
}

fn literal(value: impl Into<Value>) -> DefaultValue {
    DefaultValue::Value(value.into())
}

#[test]
fn spellings_of_one_type_are_one() {
    for same in [
        &["int4", "INTEGER", "pg_catalog.int4"][..],
        &["numeric(5)", "decimal(5, 0)"],
        &["varchar", "character varying"],
        &["int[][]", "integer[]", "int array"],
        &["timestamptz(3)", "timestamp(3) with time zone"],
        &["mood", "\"mood\"", "MOOD"],
        &["audit.mood", "\"audit\".mood"],
    ] {
        let types: Vec<Type> = same.iter().map(|text| of_type(*text)).collect();
        assert!(types.windows(2).all(|pair| pair[0] == pair[1]), "{types:?}");
    }
    assert_eq!(of_type("mood"), of_type(Type::named("mood")));
    assert_eq!(of_type(Type::named("citext")), Type::Citext);
    for (one, other) in [
        ("varchar", "varchar(9)"),
        ("char", "bpchar"),
        ("\"char\"", "char"),
        ("\"Mood\"", "mood"),
        ("timestamp", "timestamptz"),
    ] {
        assert_ne!(of_type(one), of_type(other), "{one}");
    }
}

#[test]
fn spellings_of_one_default_are_one() {
    for (ty, same) in [
        (
            Type::Text,
            vec![literal("x"), expression("'x'"), expression("('x')::text")],
        ),
        (
            Type::Bool,
            vec![
                literal(true),
                literal("t"),
                expression("TRUE"),
                expression("'yes'::boolean"),
            ],
        ),
        (
            Type::BigInt,
            vec![
                literal(-1),
                literal("-1"),
                expression("'-1'::integer"),
                expression("-1"),
            ],
        ),
        (
            Type::Decimal(9, 2),
            vec![literal(0), literal(0.0), expression("0.00")],
        ),
        (
            Type::Binary,
            vec![literal(vec![1_u8]), expression("'\\x01'::bytea")],
        ),
        (
            Type::Timestamptz,
            vec![
                expression("(now() AT TIME ZONE 'utc'::text)"),
                DefaultValue::Value(Value::Expression("now() at time zone 'utc'::text".into())),
            ],
        ),
    ] {
        let all: Vec<_> = same
            .into_iter()
            .map(|default| of_default(ty.clone(), default).expect("it has a default"))
            .collect();
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
    }
    assert_eq!(of_default(Type::Text, expression("NULL::text")), None);
    assert_eq!(of_default(Type::Text, literal(Value::Null)), None);
    let both = [literal("now"), expression("now()")];
    let [one, other] = both.map(|default| of_default(Type::Timestamptz, default));
    assert_ne!(one, other);
    let at = of_default(Type::Timestamp, expression("now() at time zone 'utc'"));
    assert_eq!(at, Some(expression("(now() at time zone 'utc')")));
}

#[test]
fn what_is_the_default_anyway_is_not_said() {
    let mut schema = with_column(Column::new("a", Type::Integer));
    let table = &mut schema.tables[0];
    table.columns[0].nullable = true;
    table.columns[0].comment = Some(String::new());
    table.columns[0].identity = Some(Identity {
        options: SequenceOptions {
            start: Some(1),
            max: Some(i32::MAX.into()),
            ..SequenceOptions::default()
        },
        ..Identity::default()
    });
    table.constraints.push(Constraint::PrimaryKey(PrimaryKey {
        columns: vec!["a".to_owned()],
        ..PrimaryKey::default()
    }));
    let mut key = ForeignKey::new(vec!["a".to_owned()], "t".into(), Vec::new());
    key.on_delete = Some(Action::NoAction);
    key.on_update = Some(Action::Restrict);
    key.match_type = Some(Match::Simple);
    table.constraints.push(Constraint::ForeignKey(key));
    let mut first = IndexPart::from("a").nulls_last();
    first.order = Some(Order::Ascending);
    let mut second = IndexPart::from(Sql::from("(Lower(b))")).nulls_first();
    second.order = Some(Order::Descending);
    let mut one = Index::new("ix", "t", vec![first, second]);
    one.method = Some("btree".to_owned());
    schema.indexes.push(one);

    let schema = canonical(&schema);
    let table = &schema.tables[0];
    let column = &table.columns[0];
    assert!(!column.nullable && column.comment.is_none());
    assert_eq!(column.identity, Some(Identity::default()));
    let mut key = ForeignKey::new(vec!["a".to_owned()], "t".into(), vec!["a".to_owned()]);
    key.on_update = Some(Action::Restrict);
    assert!(table.constraints.contains(&Constraint::ForeignKey(key)));
    let mut last = IndexPart::from(Sql::from("lower(b)"));
    last.order = Some(Order::Descending);
    let parts = vec![IndexPart::from("a"), last];
    assert_eq!(schema.indexes, [Index::new("ix", "t", parts)]);
}

#[test]
fn a_sequence_that_a_type_makes_itself_is_the_columns() {
    let mut column = Column::new("id", "int8");
    column.default = Some(expression("nextval('t_id_seq'::regclass)"));
    let mut schema = with_column(column);
    let mut sequence = Sequence::new("t_id_seq");
    sequence.owned_by = Some(("t".into(), "id".to_owned()));
    schema.sequences.push(sequence.clone());
    assert_eq!(
        canonical(&schema),
        canonical(&with_column(Column::new("id", "bigserial")))
    );
    for other in [
        Sequence {
            owned_by: None,
            ..sequence.clone()
        },
        Sequence {
            ty: Some(Type::Integer),
            ..sequence.clone()
        },
        Sequence {
            options: SequenceOptions {
                start: Some(7),
                ..SequenceOptions::default()
            },
            ..sequence
        },
    ] {
        schema.sequences = vec![other.clone()];
        assert_eq!(canonical(&schema).sequences.len(), 1, "{other:?}");
    }
}

#[test]
fn canonical_is_canonical() {
    let mut schema = with_column(Column::new("a", "int[]"));
    schema.enums.push(EnumType::new("mood", ["sad", "ok"]));
    schema.tables[0].options.suffix = Some("partition  by RANGE (a)".into());
    let once = canonical(&schema);
    assert_eq!(canonical(&once), once);
}
