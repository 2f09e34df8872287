//! Operations at random: every operation, every type, every option, with names and texts that need
//! quotes.

use migrate_core::BackendKind;
use migrate_core::operation::{
    ColumnChange, DomainOperation, EnumPosition, EnumTypeOperation, ExtensionOperation, Operation,
    SchemaOperation, SequenceOperation, ViewOperation,
};
use migrate_core::schema::{
    Action, Check, Column, Constraint, DefaultValue, Deferrable, Domain, EnumType, Exclude,
    ForeignKey, Generated, Identity, Index, IndexKey, IndexPart, Match, Nulls, ObjectName, Order,
    PrimaryKey, RangeOf, Sequence, SequenceOptions, Sql, Table, Type, Unique, Value, View,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// Operations of one revision.
pub(crate) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    vec(operation(), 1..4)
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,12}(_[a-z]{2,9}){0,2}",
        1 => "[A-Z][a-z ]{1,8}",
        1 => select(vec!["größe", "table", "a\"b", "姓名", "it's", "a\\b", "x::y", "名.前"])
            .prop_map(str::to_owned),
    ]
}

fn names() -> impl Strategy<Value = Vec<String>> {
    vec(name(), 1..5)
}

fn object() -> impl Strategy<Value = ObjectName> {
    (of(name()), name()).prop_map(|(schema, name)| match schema.filter(|s| s.len() > 6) {
        Some(schema) => ObjectName::qualified(schema, name),
        None => name.into(),
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-z]{1,9}( [a-z<>=(),']{1,8}){0,9}",
        2 => "\\(?\"[A-Z][a-z]{1,9}\" > [0-9]{1,3}\\)?",
        1 => "([a-z]{1,9} ){15,30}end",
        1 => "SELECT( [a-z]{1,9},){1,4}\n   FROM [a-z]{1,9}(\n  WHERE [a-z\"]{4,9})?",
        1 => "[a-z\t\r\n\\\\\"#\u{202e}é]{0,12}",
    ]
}

fn sql() -> impl Strategy<Value = Sql> {
    let backend = || {
        select(vec![
            BackendKind::Sqlite,
            BackendKind::Postgres,
            BackendKind::Mysql,
            BackendKind::Mariadb,
        ])
    };
    prop_oneof![
        8 => text().prop_map(Sql::from),
        1 => (text(), backend(), text()).prop_map(|(a, kind, b)| Sql::from(a).on(kind, b)),
        1 => (backend(), text()).prop_map(|(kind, text)| Sql::only(kind, text)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Integer),
        (-1000..1000_i64).prop_map(Value::Integer),
        any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(Value::Double),
        text().prop_map(Value::Text),
        vec(any::<u8>(), 0..20).prop_map(Value::Binary),
        sql().prop_map(Value::Expression),
    ]
}

fn default() -> impl Strategy<Value = DefaultValue> {
    prop_oneof![
        value().prop_map(DefaultValue::Value),
        sql().prop_map(DefaultValue::Expression),
    ]
}

/// Every type that has no other inside.
pub(crate) fn plain_types() -> Vec<Type> {
    let ranges = [
        RangeOf::Integer,
        RangeOf::BigInt,
        RangeOf::Numeric,
        RangeOf::Date,
        RangeOf::Timestamp,
        RangeOf::Timestamptz,
    ];
    let mut types = vec![
        Type::TinyInt,
        Type::SmallInt,
        Type::MediumInt,
        Type::Integer,
        Type::BigInt,
        Type::SmallSerial,
        Type::Serial,
        Type::BigSerial,
        Type::Float,
        Type::Double,
        Type::Numeric,
        Type::Decimal(10, 2),
        Type::Money,
        Type::Bool,
        Type::Text,
        Type::TinyText,
        Type::MediumText,
        Type::LongText,
        Type::VarChar(320),
        Type::Char(2),
        Type::Citext,
        Type::CChar,
        Type::Name,
        Type::Binary,
        Type::VarBinary(16),
        Type::FixedBinary(16),
        Type::TinyBlob,
        Type::MediumBlob,
        Type::LongBlob,
        Type::Bit(3),
        Type::VarBit(5),
        Type::Date,
        Type::Time,
        Type::Timetz,
        Type::Timestamp,
        Type::Timestamptz,
        Type::Datetime,
        Type::Year,
        Type::Interval,
        Type::Json,
        Type::Jsonb,
        Type::Uuid,
        Type::Inet,
        Type::Cidr,
        Type::MacAddr,
        Type::MacAddr8,
        Type::Oid,
        Type::PgLsn,
        Type::PgSnapshot,
        Type::TsVector,
        Type::TsQuery,
        Type::other("geometry(Point, 4326)"),
    ];
    types.extend(ranges.map(Type::Range));
    types.extend(ranges.map(Type::Multirange));
    types
}

fn ty() -> impl Strategy<Value = Type> {
    prop_oneof![
        8 => select(plain_types()),
        1 => select(plain_types()).prop_map(Type::array),
        1 => select(vec![Type::Timestamptz, Type::Time]).prop_map(|ty| ty.precision(3)),
        1 => Just(Type::BigInt.unsigned()),
        1 => object().prop_map(Type::named),
        1 => vec(text(), 0..12).prop_map(Type::one_of),
        1 => names().prop_map(Type::some_of),
    ]
}

fn options() -> impl Strategy<Value = SequenceOptions> {
    let number = || of(any::<i64>());
    (
        number(),
        number(),
        number(),
        number(),
        number(),
        of(any::<bool>()),
    )
        .prop_map(|(start, increment, min, max, cache, cycle)| {
            let mut options = SequenceOptions::default();
            options.start = start;
            options.increment = increment;
            options.min = min;
            options.max = max;
            options.cache = cache;
            options.cycle = cycle;
            options
        })
}

fn identity() -> impl Strategy<Value = Identity> {
    (any::<bool>(), of(options())).prop_map(|(always, options)| {
        let mut identity = Identity::default();
        identity.always = always;
        identity.options = options.unwrap_or_default();
        identity
    })
}

/// Rarely something.
fn rarely<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.15, strategy)
}

fn generated() -> impl Strategy<Value = Generated> {
    (sql(), any::<bool>()).prop_map(|(sql, stored)| Generated::new(sql, stored))
}

fn column() -> impl Strategy<Value = Column> {
    (
        (name(), ty(), any::<bool>()),
        of(default()),
        rarely(generated()),
        rarely(identity()),
        rarely(name()),
        rarely(text()),
        rarely(sql()),
    )
        .prop_map(
            |((name, ty, nullable), default, generated, identity, collation, comment, update)| {
                let mut column = Column::new(name, ty);
                column.nullable = nullable;
                column.default = default;
                column.generated = generated;
                column.identity = identity;
                column.collation = collation;
                column.comment = comment;
                column.on_update = update;
                column
            },
        )
}

fn deferrable() -> impl Strategy<Value = Option<Deferrable>> {
    rarely(select(vec![
        Deferrable::InitiallyImmediate,
        Deferrable::InitiallyDeferred,
    ]))
}

fn action() -> impl Strategy<Value = Option<Action>> {
    of(select(vec![
        Action::NoAction,
        Action::Restrict,
        Action::Cascade,
        Action::SetNull,
        Action::SetDefault,
    ]))
}

fn foreign_key() -> impl Strategy<Value = ForeignKey> {
    (
        (rarely(name()), names(), object(), vec(name(), 0..3)),
        action(),
        action(),
        deferrable(),
        rarely(select(vec![Match::Simple, Match::Full, Match::Partial])),
        any::<bool>(),
    )
        .prop_map(
            |((name, columns, table, referred), delete, update, deferrable, kind, not_valid)| {
                let mut key = ForeignKey::new(columns, table, referred);
                key.name = name;
                key.on_delete = delete;
                key.on_update = update;
                key.deferrable = deferrable;
                key.match_type = kind;
                key.not_valid = not_valid;
                key
            },
        )
}

fn check(column: Option<String>) -> impl Strategy<Value = Check> {
    (rarely(name()), sql(), any::<[bool; 3]>()).prop_map(move |(name, sql, [a, b, c])| {
        let mut check = Check::new(sql);
        check.name = name;
        check.column = column.clone();
        check.not_valid = a && b;
        check.no_inherit = b && c;
        check
    })
}

fn constraint() -> impl Strategy<Value = Constraint> {
    let include = || rarely(names()).prop_map(Option::unwrap_or_default);
    prop_oneof![
        (of(name()), names(), include(), deferrable()).prop_map(
            |(name, columns, include, deferrable)| {
                let mut key = PrimaryKey::default();
                key.name = name;
                key.columns = columns;
                key.include = include;
                key.deferrable = deferrable;
                key.into()
            }
        ),
        (of(name()), names(), include(), deferrable(), any::<bool>()).prop_map(
            |(name, columns, include, deferrable, distinct)| {
                let mut key = Unique::default();
                key.name = name;
                key.columns = columns;
                key.include = include;
                key.deferrable = deferrable;
                key.nulls_not_distinct = distinct;
                key.into()
            }
        ),
        check(None).prop_map(Into::into),
        foreign_key().prop_map(Into::into),
        (
            of(name()),
            rarely(name()),
            vec((part(), select(vec!["=", "&&"])), 1..3),
            rarely(sql()),
            deferrable()
        )
            .prop_map(|(name, method, parts, predicate, deferrable)| {
                let parts = parts
                    .into_iter()
                    .map(|(part, sign)| (part, sign.to_owned()));
                let mut exclude = Exclude::new(parts.collect());
                exclude.name = name;
                exclude.method = method;
                exclude.predicate = predicate;
                exclude.deferrable = deferrable;
                exclude.into()
            }),
    ]
}

/// Constraints of one column, as its builder can say them.
fn of_column(column: Column) -> impl Strategy<Value = (Column, Vec<Constraint>)> {
    let name = column.name.clone();
    let own = vec![name.clone()];
    let key = own.clone();
    let constraint = prop_oneof![
        Just(Constraint::from({
            let mut key = PrimaryKey::default();
            key.columns.clone_from(&own);
            key
        })),
        Just(Constraint::from({
            let mut key = Unique::default();
            key.columns = own;
            key
        })),
        check(Some(name)).prop_map(Into::into),
        foreign_key().prop_map(move |mut foreign| {
            foreign.columns.clone_from(&key);
            foreign.into()
        }),
        constraint(),
    ];
    (Just(column), vec(constraint, 0..3))
}

fn part() -> impl Strategy<Value = IndexPart> {
    let key = prop_oneof![
        3 => name().prop_map(IndexKey::Column),
        1 => sql().prop_map(IndexKey::Expression),
    ];
    (
        key,
        rarely(select(vec![Order::Ascending, Order::Descending])),
        rarely(name()),
        rarely(select(vec![Nulls::First, Nulls::Last])),
        rarely(name()),
        rarely(any::<u32>()),
    )
        .prop_map(|(key, order, collation, nulls, class, prefix)| {
            let mut part = IndexPart::from(key);
            part.order = order;
            part.collation = collation;
            part.nulls = nulls;
            part.operator_class = class;
            part.prefix = prefix;
            part
        })
}

fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    rarely(vec((name(), name()), 1..3)).prop_map(Option::unwrap_or_default)
}

fn index() -> impl Strategy<Value = Index> {
    (
        (name(), object(), vec(part(), 1..5)),
        any::<bool>(),
        rarely(sql()),
        rarely(names()),
        rarely(name()),
        parameters(),
        rarely(Just(())),
    )
        .prop_map(
            |((name, table, parts), unique, predicate, include, method, parameters, nulls)| {
                let mut index = Index::new(name, table, parts);
                index.unique = unique;
                index.predicate = predicate;
                index.include = include.unwrap_or_default();
                index.method = method;
                index.parameters = parameters;
                index.nulls_not_distinct = nulls.is_some();
                index
            },
        )
}

fn table() -> impl Strategy<Value = Table> {
    let columns = vec(column().prop_flat_map(of_column), 0..5);
    let flags = any::<[bool; 6]>();
    (
        object(),
        columns,
        vec(constraint(), 0..3),
        rarely(text()),
        (rarely(name()), rarely(name()), rarely(name())),
        (flags, parameters(), rarely(sql())),
    )
        .prop_map(
            |(name, columns, rest, comment, (engine, charset, collation), more)| {
                let ([a, b, c, d, e, f], parameters, suffix) = more;
                let mut table = Table::new(name);
                for (column, constraints) in columns {
                    table.columns.push(column);
                    table.constraints.extend(constraints);
                }
                table.constraints.extend(rest);
                table.comment = comment;
                table.options.strict = a && b;
                table.options.without_rowid = c && d;
                table.options.unlogged = e && f;
                table.options.engine = engine;
                table.options.charset = charset;
                table.options.collation = collation;
                table.options.parameters = parameters;
                table.options.suffix = suffix;
                table
            },
        )
}

fn change() -> impl Strategy<Value = ColumnChange> {
    (
        (of(ty()), rarely(sql()), of(any::<bool>())),
        rarely(of(default())),
        rarely(of(identity())),
        rarely(of(generated())),
        rarely(of(name())),
        rarely(of(text())),
    )
        .prop_map(
            |((ty, using, nullable), default, identity, generated, collation, comment)| {
                let mut change = ColumnChange::default();
                change.ty = ty;
                change.using = using;
                change.nullable = nullable;
                change.default = default;
                change.identity = identity;
                change.generated = generated;
                change.collation = collation;
                change.comment = comment;
                change
            },
        )
}

fn of_a_table() -> impl Strategy<Value = Operation> {
    prop_oneof![
        4 => (table(), any::<bool>())
            .prop_map(|(table, if_not_exists)| Operation::CreateTable { table, if_not_exists }),
        1 => (table(), any::<bool>(), any::<bool>()).prop_map(|(table, whole, if_exists)| {
            Operation::DropTable {
                name: table.name.clone(),
                definition: whole.then_some(table),
                if_exists,
            }
        }),
        1 => (object(), name()).prop_map(|(from, to)| Operation::RenameTable { from, to }),
        1 => (object(), of(text()), of(of(text()))).prop_map(|(table, comment, was)| {
            Operation::SetTableComment { table, comment, was }
        }),
        2 => (object(), column().prop_flat_map(of_column), any::<bool>()).prop_map(
            |(table, (column, constraints), if_not_exists)| Operation::AddColumn {
                table,
                column,
                constraints,
                if_not_exists,
            }
        ),
        2 => (object(), column().prop_flat_map(of_column), any::<[bool; 2]>()).prop_map(
            |(table, definition, [whole, if_exists])| Operation::DropColumn {
                table,
                name: definition.0.name.clone(),
                definition: whole.then_some(definition),
                if_exists,
            }
        ),
        4 => (object(), change(), of(column()), rarely(sql())).prop_map(
            |(table, change, was, using_back)| Operation::AlterColumn {
                table,
                name: was.as_ref().map_or_else(|| "c".to_owned(), |was| was.name.clone()),
                change,
                was,
                using_back,
            }
        ),
        1 => (object(), name(), name())
            .prop_map(|(table, from, to)| Operation::RenameColumn { table, from, to }),
        2 => (object(), constraint())
            .prop_map(|(table, constraint)| Operation::AddConstraint { table, constraint }),
        2 => (object(), constraint(), any::<bool>()).prop_map(|(table, constraint, if_exists)| {
            Operation::DropConstraint {
                table,
                name: constraint.name().map(str::to_owned),
                kind: Some(constraint.kind()),
                definition: Some(constraint),
                if_exists,
            }
        }),
        1 => (object(), name(), name())
            .prop_map(|(table, from, to)| Operation::RenameConstraint { table, from, to }),
        1 => (object(), name())
            .prop_map(|(table, name)| Operation::ValidateConstraint { table, name }),
        3 => (index(), any::<[bool; 2]>()).prop_map(|(index, [if_not_exists, concurrently])| {
            Operation::CreateIndex { index, if_not_exists, concurrently }
        }),
        2 => (index(), any::<[bool; 3]>()).prop_map(|(index, [whole, if_exists, concurrently])| {
            Operation::DropIndex {
                name: index.name.clone(),
                table: index.table.clone(),
                definition: whole.then_some(index),
                if_exists,
                concurrently,
            }
        }),
        1 => (object(), name(), name())
            .prop_map(|(table, from, to)| Operation::RenameIndex { table, from, to }),
        1 => (object(), (1..4_usize).prop_flat_map(|width| {
            (vec(name(), width..=width), vec(vec(value(), width..=width), 0..3))
        }))
            .prop_map(|(table, (columns, rows))| Operation::BulkInsert { table, columns, rows }),
    ]
}

fn view() -> impl Strategy<Value = View> {
    (object(), sql(), rarely(names()), any::<bool>()).prop_map(|(name, sql, columns, stored)| {
        let mut view = View::new(name, sql);
        view.columns = columns.unwrap_or_default();
        view.materialized = stored;
        view
    })
}

fn of_a_view() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (view(), any::<bool>()).prop_map(|(view, if_not_exists)| ViewOperation::Create {
            view,
            if_not_exists
        }),
        (view(), of(sql())).prop_map(|(view, query)| ViewOperation::Replace {
            was: query.map(|query| {
                let mut was = view.clone();
                was.query = query;
                was
            }),
            view,
        }),
        (object(), name(), any::<bool>()).prop_map(|(from, to, materialized)| {
            ViewOperation::Rename {
                from,
                to,
                materialized,
            }
        }),
        (view(), any::<bool>()).prop_map(|(view, if_exists)| ViewOperation::Drop {
            name: view.name.clone(),
            materialized: view.materialized,
            definition: Some(view),
            if_exists,
        }),
    ]
    .prop_map(Operation::View)
}

fn sequence() -> impl Strategy<Value = Sequence> {
    (object(), of(ty()), options(), rarely((object(), name()))).prop_map(
        |(name, ty, options, owned_by)| {
            let mut sequence = Sequence::new(name);
            sequence.ty = ty;
            sequence.options = options;
            sequence.owned_by = owned_by;
            sequence
        },
    )
}

fn of_a_sequence() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (sequence(), any::<bool>()).prop_map(|(sequence, if_not_exists)| {
            SequenceOperation::Create {
                sequence,
                if_not_exists,
            }
        }),
        (object(), options(), of(any::<i64>()), of(options())).prop_map(
            |(name, options, restart, was)| SequenceOperation::Alter {
                name,
                options,
                restart,
                was
            }
        ),
        (object(), name()).prop_map(|(from, to)| SequenceOperation::Rename { from, to }),
        (sequence(), any::<[bool; 2]>()).prop_map(|(sequence, [whole, if_exists])| {
            SequenceOperation::Drop {
                name: sequence.name.clone(),
                definition: whole.then_some(sequence),
                if_exists,
            }
        }),
    ]
    .prop_map(Operation::Sequence)
}

fn of_a_type() -> impl Strategy<Value = Operation> {
    let enum_type = || (object(), vec(text(), 0..9)).prop_map(|(name, of)| EnumType::new(name, of));
    let position = prop_oneof![
        name().prop_map(EnumPosition::Before),
        name().prop_map(EnumPosition::After)
    ];
    let domain = || {
        (
            object(),
            ty(),
            any::<bool>(),
            of(default()),
            rarely(name()),
            vec(check(None), 0..3),
        )
            .prop_map(|(name, ty, nullable, default, collation, checks)| {
                let mut domain = Domain::new(name, ty);
                domain.nullable = nullable;
                domain.default = default;
                domain.collation = collation;
                domain.checks = checks;
                domain
            })
    };
    let enums =
        prop_oneof![
            enum_type().prop_map(|enum_type| EnumTypeOperation::Create { enum_type }),
            (enum_type(), any::<[bool; 2]>()).prop_map(|(of, [whole, if_exists])| {
                EnumTypeOperation::Drop {
                    name: of.name.clone(),
                    definition: whole.then_some(of),
                    if_exists,
                }
            }),
            (object(), name()).prop_map(|(from, to)| EnumTypeOperation::Rename { from, to }),
            (object(), text(), of(position), any::<bool>()).prop_map(
                |(name, value, position, if_not_exists)| EnumTypeOperation::AddValue {
                    name,
                    value,
                    position,
                    if_not_exists,
                }
            ),
            (object(), text(), text())
                .prop_map(|(name, from, to)| EnumTypeOperation::RenameValue { name, from, to }),
        ];
    let domains = prop_oneof![
        domain().prop_map(|domain| DomainOperation::Create { domain }),
        (domain(), any::<[bool; 2]>()).prop_map(|(domain, [whole, if_exists])| {
            DomainOperation::Drop {
                name: domain.name.clone(),
                definition: whole.then_some(domain),
                if_exists,
            }
        }),
    ];
    prop_oneof![
        enums.prop_map(Operation::EnumType),
        domains.prop_map(Operation::Domain)
    ]
}

fn of_the_database() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (name(), any::<bool>()).prop_map(|(name, if_not_exists)| {
            Operation::Schema(SchemaOperation::Create {
                name,
                if_not_exists,
            })
        }),
        (
            name(),
            select(vec![(false, false), (true, false), (false, true)])
        )
            .prop_map(|(name, (if_exists, cascade))| {
                Operation::Schema(SchemaOperation::Drop {
                    name,
                    if_exists,
                    cascade,
                })
            }),
        (name(), name())
            .prop_map(|(from, to)| Operation::Schema(SchemaOperation::Rename { from, to })),
        (name(), of(name()), of(name()), any::<bool>()).prop_map(
            |(name, schema, version, if_not_exists)| {
                Operation::Extension(ExtensionOperation::Create {
                    name,
                    schema,
                    version,
                    if_not_exists,
                })
            }
        ),
        (name(), any::<bool>()).prop_map(|(name, if_exists)| {
            Operation::Extension(ExtensionOperation::Drop {
                name,
                if_exists,
                cascade: false,
            })
        }),
        (sql(), of(sql())).prop_map(|(sql, undo)| Operation::Execute { sql, undo }),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        12 => of_a_table(),
        1 => of_a_view(),
        1 => of_a_sequence(),
        1 => of_a_type(),
        1 => of_the_database(),
    ]
}
