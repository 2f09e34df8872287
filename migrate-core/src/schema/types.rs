//! Column types as diesel names them, independent of a database. The backend decides how they are
//! spelled, and which of them the server has.

use super::ObjectName;

/// The type of a column.
///
/// The names are those of `diesel::sql_types`, with the lengths that SQL adds. Any other type is
/// written as a string, exactly as the server spells it; a type with a name, such as an enum type
/// or a domain, is `Type::named`:
///
/// ```
/// use migrate_core::prelude::*;
/// assert_eq!(column("place", "GEOMETRY"), column("place", Type::Other("GEOMETRY".to_owned())));
///
/// column("mood", Type::named("mood"));
/// column("tags", Text.array());
/// column("seen_at", Timestamp.precision(3));
/// column("size", BigInt.unsigned());
/// column("state", Type::one_of(["open", "done"]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Type {
    /// 8 bit (MySQL, MariaDB).
    TinyInt,
    /// 16 bit.
    SmallInt,
    /// 24 bit (MySQL, MariaDB).
    MediumInt,
    /// 32 bit; on SQLite also the type that a row id must have.
    Integer,
    /// 64 bit.
    BigInt,
    /// An unsigned integer: `Integer.unsigned()` (MySQL, MariaDB).
    Unsigned(Box<Type>),
    /// 16 bit, numbered by its own sequence (PostgreSQL).
    SmallSerial,
    /// 32 bit, numbered by its own sequence (PostgreSQL).
    Serial,
    /// 64 bit, numbered by its own sequence (PostgreSQL).
    BigSerial,
    /// Single precision.
    Float,
    /// Double precision.
    Double,
    /// An exact number without a stated precision.
    Numeric,
    /// An exact number: precision, scale.
    Decimal(u16, u16),
    /// An amount in the server's currency (PostgreSQL).
    Money,
    /// True or false.
    Bool,
    /// Text of any length.
    Text,
    /// Text of at most 255 bytes (MySQL, MariaDB).
    TinyText,
    /// Text of at most 16 MiB (MySQL, MariaDB).
    MediumText,
    /// Text of at most 4 GiB (MySQL, MariaDB).
    LongText,
    /// Text of at most this many characters.
    VarChar(u32),
    /// Text of exactly this many characters.
    Char(u32),
    /// Text that is compared ignoring case (PostgreSQL, extension `citext`).
    Citext,
    /// One byte, PostgreSQL's `"char"`.
    CChar,
    /// An identifier of the server (PostgreSQL).
    Name,
    /// Bytes.
    Binary,
    /// At most this many bytes.
    VarBinary(u32),
    /// Exactly this many bytes (MySQL, MariaDB).
    FixedBinary(u32),
    /// At most 255 bytes (MySQL, MariaDB).
    TinyBlob,
    /// At most 16 MiB (MySQL, MariaDB).
    MediumBlob,
    /// At most 4 GiB (MySQL, MariaDB).
    LongBlob,
    /// This many bits.
    Bit(u32),
    /// At most this many bits (PostgreSQL).
    VarBit(u32),
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A time of day with its time zone (PostgreSQL).
    Timetz,
    /// A day and a time, without a time zone.
    Timestamp,
    /// A moment.
    Timestamptz,
    /// A day and a time in MySQL's wider range.
    Datetime,
    /// A year (MySQL, MariaDB).
    Year,
    /// A length of time (PostgreSQL).
    Interval,
    /// A type of time with this many digits of a second: `Timestamp.precision(3)`.
    Precise(Box<Type>, u8),
    /// JSON, stored as text.
    Json,
    /// JSON in the server's binary form.
    Jsonb,
    /// A UUID.
    Uuid,
    /// An address with its network (PostgreSQL, MariaDB's `INET6`).
    Inet,
    /// A network (PostgreSQL).
    Cidr,
    /// A hardware address of six bytes (PostgreSQL).
    MacAddr,
    /// A hardware address of eight bytes (PostgreSQL).
    MacAddr8,
    /// The server's number for one of its objects (PostgreSQL).
    Oid,
    /// A position in the server's log (PostgreSQL).
    PgLsn,
    /// The transactions that are visible to a transaction (PostgreSQL).
    PgSnapshot,
    /// From one value to another: `Type::Range(RangeOf::Timestamptz)` (PostgreSQL).
    Range(RangeOf),
    /// Several ranges (PostgreSQL).
    Multirange(RangeOf),
    /// Words, prepared for full-text search (PostgreSQL).
    TsVector,
    /// A query of full-text search (PostgreSQL).
    TsQuery,
    /// Several values of one type: `Text.array()` (PostgreSQL).
    Array(Box<Type>),
    /// One of these texts: `Type::one_of(["open", "done"])` (MySQL, MariaDB).
    Enum(Vec<String>),
    /// Some of these texts: `Type::some_of(["read", "write"])` (MySQL, MariaDB).
    Set(Vec<String>),
    /// A type that was created under a name: an enum type, a domain (PostgreSQL).
    Named(ObjectName),
    /// Any other type, exactly as the server spells it.
    Other(String),
}

/// The element type of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RangeOf {
    /// 32-bit numbers.
    Integer,
    /// 64-bit numbers.
    BigInt,
    /// Exact numbers.
    Numeric,
    /// Days.
    Date,
    /// Days and times without a time zone.
    Timestamp,
    /// Moments.
    Timestamptz,
}

impl Type {
    /// Whether this is an integer type.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        match self {
            Type::TinyInt | Type::SmallInt | Type::MediumInt | Type::Integer | Type::BigInt => true,
            Type::Unsigned(number) => number.is_integer(),
            _ => false,
        }
    }

    /// The unsigned type.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("views", Integer.unsigned());
    /// ```
    #[must_use]
    pub fn unsigned(self) -> Type {
        Type::Unsigned(Box::new(self))
    }

    /// Several values of the type.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("tags", Text.array());
    /// ```
    #[must_use]
    pub fn array(self) -> Type {
        Type::Array(Box::new(self))
    }

    /// The type of time with this many digits of a second.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("at", Timestamp.precision(3));
    /// ```
    #[must_use]
    pub fn precision(self, digits: u8) -> Type {
        Type::Precise(Box::new(self), digits)
    }

    /// One of these texts.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("state", Type::one_of(["open", "done"]));
    /// ```
    #[must_use]
    pub fn one_of(values: impl IntoIterator<Item: Into<String>>) -> Type {
        Type::Enum(values.into_iter().map(Into::into).collect())
    }

    /// Some of these texts.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("days", Type::some_of(["mon", "tue", "wed"]));
    /// ```
    #[must_use]
    pub fn some_of(values: impl IntoIterator<Item: Into<String>>) -> Type {
        Type::Set(values.into_iter().map(Into::into).collect())
    }

    /// A type that was created under a name, which is quoted.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("mood", Type::named("mood"));
    /// ```
    #[must_use]
    pub fn named(name: impl Into<ObjectName>) -> Type {
        Type::Named(name.into())
    }

    /// Any other type, exactly as the server spells it.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("place", Type::other("geometry(Point, 4326)"));
    /// ```
    #[must_use]
    pub fn other(spelling: impl Into<String>) -> Type {
        Type::Other(spelling.into())
    }
}

impl From<&str> for Type {
    fn from(spelling: &str) -> Type {
        Type::Other(spelling.to_owned())
    }
}
