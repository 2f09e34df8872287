//! Types, values, SQL and names as the calls of a revision that make them.

use super::code::Expr;
use super::literal;
use crate::dialect::BackendKind;
use crate::schema::{DefaultValue, ObjectName, RangeOf, Sql, Type, Value};

pub(super) fn name(name: &ObjectName) -> Expr {
    match &name.schema {
        Some(schema) => Expr::call(
            "ObjectName::qualified",
            [Expr::text(schema), Expr::text(&name.name)],
        ),
        None => Expr::text(&name.name),
    }
}

/// SQL where a text will do.
pub(super) fn sql_text(sql: &Sql) -> Expr {
    match sql.texts() {
        (Some(common), []) => Expr::text(common),
        _ => sql_value(sql),
    }
}

/// SQL as a value of its own.
pub(super) fn sql_value(sql: &Sql) -> Expr {
    let (common, others) = sql.texts();
    let (first, others) = match (common, others) {
        (Some(common), others) => (Expr::call("sql", [Expr::text(common)]), others),
        (None, [(kind, text), others @ ..]) => (
            Expr::call("sql_for", [backend(*kind), Expr::text(text)]),
            others,
        ),
        // SQL has a text, for every backend or for one
        (None, []) => (Expr::call("sql", [Expr::text("")]), others),
    };
    others.iter().fold(first, |sql, (kind, text)| {
        sql.method("on", [backend(*kind), Expr::text(text)])
    })
}

fn backend(kind: BackendKind) -> Expr {
    Expr::atom(match kind {
        BackendKind::Sqlite => "BackendKind::Sqlite",
        BackendKind::Postgres => "BackendKind::Postgres",
        BackendKind::Mysql => "BackendKind::Mysql",
        BackendKind::Mariadb => "BackendKind::Mariadb",
    })
}

/// Calls the method for a value, or the one for SQL.
pub(super) fn default(
    expr: Expr,
    default: Option<&DefaultValue>,
    value: &'static str,
    sql: &'static str,
) -> Expr {
    match default {
        Some(DefaultValue::Value(given)) => expr.method(value, [self::value(given)]),
        Some(DefaultValue::Expression(given)) => expr.method(sql, [sql_text(given)]),
        None => expr,
    }
}

/// A value where any type that converts into one will do.
pub(super) fn value(value: &Value) -> Expr {
    match value {
        Value::Null => Expr::atom("None::<&str>"),
        Value::Bool(value) => Expr::atom(value.to_string()),
        Value::Integer(number) => Expr::atom(literal::integer(*number)),
        Value::Double(number) => Expr::atom(literal::double(*number)),
        Value::Text(text) => Expr::text(text),
        Value::Binary(bytes) => Expr::call("Vec::from", [Expr::atom(literal::bytes(bytes))]),
        Value::Expression(sql) => sql_value(sql),
    }
}

/// A value where all must have one type.
pub(super) fn uniform(of: &Value) -> Expr {
    Expr::call("Value::from", [value(of)])
}

pub(super) fn ty(ty: &Type) -> Expr {
    let sized = |name: &str, size: &u32| Expr::call(name, [Expr::atom(size.to_string())]);
    match ty {
        Type::Unsigned(number) => self::ty(number).method("unsigned", []),
        Type::Array(element) => self::ty(element).method("array", []),
        Type::Precise(time, digits) => {
            self::ty(time).method("precision", [Expr::atom(digits.to_string())])
        }
        Type::Decimal(precision, scale) => Expr::call(
            "Decimal",
            [precision, scale].map(|number| Expr::atom(number.to_string())),
        ),
        Type::VarChar(size) => sized("VarChar", size),
        Type::Char(size) => sized("Char", size),
        Type::VarBinary(size) => sized("VarBinary", size),
        Type::FixedBinary(size) => sized("FixedBinary", size),
        Type::Bit(size) => sized("Bit", size),
        Type::VarBit(size) => sized("VarBit", size),
        Type::Range(of) => Expr::call("Type::Range", [range_of(*of)]),
        Type::Multirange(of) => Expr::call("Multirange", [range_of(*of)]),
        Type::Enum(values) => Expr::call("Type::one_of", [Expr::texts(values)]),
        Type::Set(values) => Expr::call("Type::some_of", [Expr::texts(values)]),
        Type::Named(name) => Expr::call("Type::named", [self::name(name)]),
        Type::Other(spelling) => Expr::call("Type::other", [Expr::text(spelling)]),
        Type::Name => Expr::atom("Type::Name"),
        // without arguments, `Debug` gives the variant's own name, which the prelude has
        plain @ (Type::TinyInt
        | Type::SmallInt
        | Type::MediumInt
        | Type::Integer
        | Type::BigInt
        | Type::SmallSerial
        | Type::Serial
        | Type::BigSerial
        | Type::Float
        | Type::Double
        | Type::Numeric
        | Type::Money
        | Type::Bool
        | Type::Text
        | Type::TinyText
        | Type::MediumText
        | Type::LongText
        | Type::Citext
        | Type::CChar
        | Type::Binary
        | Type::TinyBlob
        | Type::MediumBlob
        | Type::LongBlob
        | Type::Date
        | Type::Time
        | Type::Timetz
        | Type::Timestamp
        | Type::Timestamptz
        | Type::Datetime
        | Type::Year
        | Type::Interval
        | Type::Json
        | Type::Jsonb
        | Type::Uuid
        | Type::Inet
        | Type::Cidr
        | Type::MacAddr
        | Type::MacAddr8
        | Type::Oid
        | Type::PgLsn
        | Type::PgSnapshot
        | Type::TsVector
        | Type::TsQuery) => Expr::atom(format!("{plain:?}")),
    }
}

fn range_of(of: RangeOf) -> Expr {
    Expr::atom(format!("RangeOf::{of:?}"))
}
