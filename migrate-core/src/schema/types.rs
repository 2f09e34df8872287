//! Column types as diesel names them, independent of a database. How a server spells them is the
//! backend's business.

/// The type of a column.
///
/// The names are those of `diesel::sql_types`, with the lengths that SQL adds. A type that is not
/// here is written as a string, exactly as the server spells it:
///
/// ```
/// use migrate_core::prelude::*;
/// assert_eq!(column("place", "GEOMETRY"), column("place", Other("GEOMETRY".to_owned())));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Type {
    /// 16 bit.
    SmallInt,
    /// 32 bit; on SQLite also what a row id must be declared as.
    Integer,
    /// 64 bit.
    BigInt,
    /// Single precision.
    Float,
    /// Double precision.
    Double,
    /// An exact number without a stated precision.
    Numeric,
    /// An exact number: precision, scale.
    Decimal(u16, u16),
    /// True or false.
    Bool,
    /// Text of any length.
    Text,
    /// Text of at most so many characters.
    VarChar(u32),
    /// Text of exactly so many characters.
    Char(u32),
    /// Bytes.
    Binary,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time, without a time zone.
    Timestamp,
    /// A moment.
    Timestamptz,
    /// JSON, kept as text.
    Json,
    /// JSON in the server's binary form.
    Jsonb,
    /// A UUID.
    Uuid,
    /// Any other type, exactly as the server spells it.
    Other(String),
}

impl Type {
    /// Whether this is a whole number.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        matches!(self, Type::SmallInt | Type::Integer | Type::BigInt)
    }
}

impl From<&str> for Type {
    fn from(spelling: &str) -> Type {
        Type::Other(spelling.to_owned())
    }
}
