//! Types of models as column types. Pure; what a server makes of a type is none of its business.

use migrate_core::BackendKind;
use migrate_core::schema::{ObjectName, RangeOf, Type};
use migrate_models::{Column, ColumnKey, DieselType, EnumType, Models, TypeText};

/// The user's own type of a name.
type Own<'m> = &'m dyn Fn(&str) -> Option<&'m EnumType>;

/// diesel's name of a type, without its aliases.
///
/// Source: diesel 2.3, `sql_types` and the types of each backend.
pub(super) fn base(name: &str) -> &str {
    match name {
        "Tinyint" => "TinyInt",
        "Int2" | "Smallint" | "SmallSerial" => "SmallInt",
        "Int4" | "Serial" => "Integer",
        "Int8" | "Bigint" | "BigSerial" => "BigInt",
        "Float4" => "Float",
        "Float8" => "Double",
        "Decimal" => "Numeric",
        "VarChar" => "Varchar",
        "Bytea" | "Blob" => "Binary",
        "Macaddr" => "MacAddr",
        "Macaddr8" => "MacAddr8",
        "TimestamptzSqlite" => "Timestamptz",
        name => name,
    }
}

/// The same where a database keeps all texts alike.
pub(super) fn family(name: &str) -> &str {
    match base(name) {
        "Varchar" | "Char" | "Bpchar" | "Tinytext" | "Mediumtext" | "Longtext" | "Json"
        | "Uuid" => "Text",
        "Tinyblob" | "Mediumblob" | "Longblob" | "Varbinary" | "Jsonb" => "Binary",
        "Numeric" => "Double",
        "Timestamptz" | "Datetime" => "Timestamp",
        "TinyInt" => "SmallInt",
        name => name,
    }
}

/// Whether diesel has a type of this name.
pub(super) fn is_diesels(name: &str) -> bool {
    let ty = DieselType {
        name: name.to_owned(),
        arguments: Vec::new(),
    };
    ["Array", "Range", "Multirange", "Unsigned", "Nullable"].contains(&name)
        || from_diesel(&ty, Some(1), BackendKind::Postgres, &|_| None).is_ok()
}

/// The type of a column, or why there is none.
pub(super) fn of(
    column: &Column,
    kind: BackendKind,
    models: &Models,
) -> Result<Type, (String, Option<String>)> {
    let said = column
        .attributes
        .iter()
        .rev()
        .find_map(|one| match &one.key {
            ColumnKey::Type(text) if super::is_for(&one.only, kind) => Some(text),
            _ => None,
        });
    match said {
        Some(text) => from_text(text),
        None => {
            let file = &column.place.file;
            let own = |name: &str| models.enum_type(name, file, super::short_name(kind));
            from_diesel(&column.ty, column.max_length, kind, &own)
        }
    }
}

fn from_diesel(
    ty: &DieselType,
    length: Option<u32>,
    kind: BackendKind,
    own: Own<'_>,
) -> Result<Type, (String, Option<String>)> {
    let mysql = kind.feature() == BackendKind::Mysql.feature();
    let argument = || match ty.arguments.first() {
        Some(DieselType { name, arguments }) if name == "Nullable" => arguments.first(),
        other => other,
    };
    let lacks = || (format!("the type `{}` lacks its argument", ty.name), None);
    Ok(match ty.name.as_str() {
        "TinyInt" | "Tinyint" => Type::TinyInt,
        "SmallInt" | "Int2" | "Smallint" => Type::SmallInt,
        "Mediumint" => Type::MediumInt,
        "Integer" | "Int4" => Type::Integer,
        "BigInt" | "Int8" | "Bigint" => Type::BigInt,
        "Unsigned" => {
            let number = argument().ok_or_else(lacks)?;
            from_diesel(number, None, kind, own)?.unsigned()
        }
        "SmallSerial" => Type::SmallSerial,
        "Serial" => Type::Serial,
        "BigSerial" => Type::BigSerial,
        "Float" | "Float4" => Type::Float,
        "Double" | "Float8" => Type::Double,
        "Numeric" | "Decimal" if mysql => {
            let help = "say how many digits it has: `#[migrate(ty = Decimal(10, 2))]`";
            let message = format!("`{}` keeps no fractions on {}", ty.name, kind.name());
            return Err((message, Some(help.to_owned())));
        }
        "Numeric" | "Decimal" => Type::Numeric,
        "Money" => Type::Money,
        "Bool" => Type::Bool,
        "Text" => Type::Text,
        "Varchar" | "VarChar" => match length {
            Some(length) => Type::VarChar(length),
            None if kind == BackendKind::Postgres => Type::other("varchar"),
            None if kind == BackendKind::Sqlite => Type::Text,
            None => {
                let help = "say how long it is: `#[max_length = 255]`";
                let message = format!("a `{}` has a length on {}", ty.name, kind.name());
                return Err((message, Some(help.to_owned())));
            }
        },
        "Char" | "Bpchar" => Type::Char(length.unwrap_or(1)),
        "Tinytext" => Type::TinyText,
        "Mediumtext" => Type::MediumText,
        "Longtext" => Type::LongText,
        "Citext" => Type::Citext,
        "CChar" => Type::CChar,
        "Name" => Type::Name,
        "Binary" if mysql && length.is_some() => Type::FixedBinary(length.unwrap_or(1)),
        "Binary" | "Bytea" | "Blob" => Type::Binary,
        "Varbinary" => Type::VarBinary(length.unwrap_or(255)),
        "Tinyblob" => Type::TinyBlob,
        "Mediumblob" => Type::MediumBlob,
        "Longblob" => Type::LongBlob,
        "Bit" => Type::Bit(length.unwrap_or(1)),
        "Date" => Type::Date,
        "Time" => Type::Time,
        "Timetz" => Type::Timetz,
        "Timestamp" => Type::Timestamp,
        "Timestamptz" | "TimestamptzSqlite" => Type::Timestamptz,
        "Datetime" => Type::Datetime,
        "Year" => Type::Year,
        "Interval" => Type::Interval,
        "Json" => Type::Json,
        "Jsonb" => Type::Jsonb,
        "Uuid" => Type::Uuid,
        "Inet" => Type::Inet,
        "Cidr" => Type::Cidr,
        "MacAddr" | "Macaddr" => Type::MacAddr,
        "MacAddr8" | "Macaddr8" => Type::MacAddr8,
        "Oid" => Type::Oid,
        "PgLsn" => Type::PgLsn,
        "PgSnapshot" => Type::PgSnapshot,
        "TsVector" | "Tsvector" => Type::TsVector,
        "TsQuery" | "Tsquery" => Type::TsQuery,
        "Array" => {
            let element = argument().ok_or_else(lacks)?;
            from_diesel(element, None, kind, own)?.array()
        }
        "Range" => Type::Range(range(&argument().ok_or_else(lacks)?.name).ok_or_else(lacks)?),
        "Multirange" => {
            Type::Multirange(range(&argument().ok_or_else(lacks)?.name).ok_or_else(lacks)?)
        }
        name => match short_range(name) {
            Some(ty) => ty,
            None => return named(name, kind, own),
        },
    })
}

/// `Int4range` and the like.
fn short_range(name: &str) -> Option<Type> {
    let of = |name: &str| {
        Some(match name {
            "Int4" => RangeOf::Integer,
            "Int8" => RangeOf::BigInt,
            "Num" => RangeOf::Numeric,
            "Date" => RangeOf::Date,
            "Ts" => RangeOf::Timestamp,
            "Tstz" => RangeOf::Timestamptz,
            _ => return None,
        })
    };
    match name.strip_suffix("multirange") {
        Some(name) => of(name).map(Type::Multirange),
        None => of(name.strip_suffix("range")?).map(Type::Range),
    }
}

fn range(name: &str) -> Option<RangeOf> {
    Some(match base(name) {
        "Integer" => RangeOf::Integer,
        "BigInt" => RangeOf::BigInt,
        "Numeric" => RangeOf::Numeric,
        "Date" => RangeOf::Date,
        "Timestamp" => RangeOf::Timestamp,
        "Timestamptz" => RangeOf::Timestamptz,
        _ => return None,
    })
}

/// A type of the user's own.
fn named(name: &str, kind: BackendKind, own: Own<'_>) -> Result<Type, (String, Option<String>)> {
    let found = own(name);
    let mysql = kind.feature() == BackendKind::Mysql.feature();
    match found {
        Some(one) if mysql => match &one.labels {
            Some(labels) => Ok(Type::Enum(labels.clone())),
            None => Err((
                format!("the labels of `{name}` are not stated"),
                Some("write them on the type: `#[migrate(labels(\"a\", \"b\"))]`, or give the column `#[migrate(ty = …)]`".to_owned()),
            )),
        },
        Some(_) if kind == BackendKind::Sqlite => Ok(Type::Text),
        Some(one) => Ok(Type::Named(match &one.schema {
            Some(schema) => ObjectName::qualified(schema.as_str(), one.name.as_str()),
            None => one.name.as_str().into(),
        })),
        None => Err((
            format!("the type `{name}` is not diesel's, and is not declared in the models"),
            Some("give the column the type that the database has: `#[migrate(ty = \"…\")]`".to_owned()),
        )),
    }
}

/// A type as a revision writes it, or in the server's words.
pub(super) fn from_text(text: &TypeText) -> Result<Type, (String, Option<String>)> {
    let TypeText::Named {
        name,
        numbers,
        texts,
        of,
        precision,
    } = text
    else {
        let TypeText::Sql(text) = text else {
            return Err(("a type of an unknown form".to_owned(), None));
        };
        return Ok(Type::other(text.as_str()));
    };
    let unknown = || (format!("there is no type `{name}` of this form"), None);
    let one = || numbers.first().copied();
    let inner = || of.as_deref().map(from_text).transpose();
    let ty = match (name.as_str(), numbers.as_slice()) {
        ("VarChar", [length]) => Type::VarChar(*length),
        ("Char", [length]) => Type::Char(*length),
        ("VarBinary", [length]) => Type::VarBinary(*length),
        ("FixedBinary", [length]) => Type::FixedBinary(*length),
        ("Bit", [length]) => Type::Bit(*length),
        ("VarBit", [length]) => Type::VarBit(*length),
        ("Decimal" | "Numeric", [precision, scale]) => {
            let small = |number: u32| u16::try_from(number).map_err(|_| unknown());
            Type::Decimal(small(*precision)?, small(*scale)?)
        }
        ("Enum", _) => Type::Enum(texts.clone()),
        ("Set", _) => Type::Set(texts.clone()),
        ("Named", _) => match texts.as_slice() {
            [name] => Type::named(name.as_str()),
            [schema, name] => Type::Named(ObjectName::qualified(schema.as_str(), name.as_str())),
            _ => return Err(unknown()),
        },
        ("Other", _) => Type::other(texts.first().ok_or_else(unknown)?.as_str()),
        ("Unsigned", _) => inner()?.ok_or_else(unknown)?.unsigned(),
        ("Array", _) => inner()?.ok_or_else(unknown)?.array(),
        ("Range" | "Multirange", _) => {
            let Some(TypeText::Named { name: of, .. }) = of.as_deref() else {
                return Err(unknown());
            };
            let of = range(of).ok_or_else(unknown)?;
            match name.as_str() {
                "Range" => Type::Range(of),
                _ => Type::Multirange(of),
            }
        }
        (name, _) if one().is_none() => plain(name).ok_or_else(unknown)?,
        _ => return Err(unknown()),
    };
    Ok(match precision {
        Some(digits) => ty.precision(*digits),
        None => ty,
    })
}

/// A type without arguments.
fn plain(name: &str) -> Option<Type> {
    Some(match name {
        "TinyInt" => Type::TinyInt,
        "SmallInt" => Type::SmallInt,
        "MediumInt" => Type::MediumInt,
        "Integer" => Type::Integer,
        "BigInt" => Type::BigInt,
        "SmallSerial" => Type::SmallSerial,
        "Serial" => Type::Serial,
        "BigSerial" => Type::BigSerial,
        "Float" => Type::Float,
        "Double" => Type::Double,
        "Numeric" => Type::Numeric,
        "Money" => Type::Money,
        "Bool" => Type::Bool,
        "Text" => Type::Text,
        "TinyText" => Type::TinyText,
        "MediumText" => Type::MediumText,
        "LongText" => Type::LongText,
        "Citext" => Type::Citext,
        "CChar" => Type::CChar,
        "Name" => Type::Name,
        "Binary" => Type::Binary,
        "TinyBlob" => Type::TinyBlob,
        "MediumBlob" => Type::MediumBlob,
        "LongBlob" => Type::LongBlob,
        "Date" => Type::Date,
        "Time" => Type::Time,
        "Timetz" => Type::Timetz,
        "Timestamp" => Type::Timestamp,
        "Timestamptz" => Type::Timestamptz,
        "Datetime" => Type::Datetime,
        "Year" => Type::Year,
        "Interval" => Type::Interval,
        "Json" => Type::Json,
        "Jsonb" => Type::Jsonb,
        "Uuid" => Type::Uuid,
        "Inet" => Type::Inet,
        "Cidr" => Type::Cidr,
        "MacAddr" => Type::MacAddr,
        "MacAddr8" => Type::MacAddr8,
        "Oid" => Type::Oid,
        "PgLsn" => Type::PgLsn,
        "PgSnapshot" => Type::PgSnapshot,
        "TsVector" => Type::TsVector,
        "TsQuery" => Type::TsQuery,
        _ => return None,
    })
}
