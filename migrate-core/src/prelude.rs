//! The names that a revision's file imports with one line: `use migrate_core::prelude::*;`.
//!
//! The column types are included under their own names, except for five whose names often have
//! another meaning: `Type::Enum`, `Type::Name`, `Type::Other`, `Type::Range` and `Type::Set`.

pub use crate::backend::BackendKind;
pub use crate::error::{Result, RevisionError};
pub use crate::op::{
    Operations, add_value, alter, asc, check, column, comment, desc, domain, enum_type, exclude,
    expression, extension, foreign_key, index, key, no_comment, primary_key, rename_value,
    sequence, sql, sql_for, table, unique, view,
};
pub use crate::revision;
pub use crate::schema::Action::{Cascade, NoAction, Restrict, SetDefault, SetNull};
pub use crate::schema::ObjectName;
pub use crate::schema::RangeOf;
pub use crate::schema::Type::{
    self, Array, BigInt, BigSerial, Binary, Bit, Bool, CChar, Char, Cidr, Citext, Date, Datetime,
    Decimal, Double, FixedBinary, Float, Inet, Integer, Interval, Json, Jsonb, LongBlob, LongText,
    MacAddr, MacAddr8, MediumBlob, MediumInt, MediumText, Money, Multirange, Named, Numeric, Oid,
    PgLsn, PgSnapshot, Precise, Serial, SmallInt, SmallSerial, Text, Time, Timestamp, Timestamptz,
    Timetz, TinyBlob, TinyInt, TinyText, TsQuery, TsVector, Unsigned, Uuid, VarBinary, VarBit,
    VarChar, Year,
};
pub use crate::{read_connection, with_connection};
