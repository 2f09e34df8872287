//! A value that is written into SQL as a literal: of a default, or of an inserted row.

use super::Sql;

/// One value. Rust's numbers, strings, booleans, bytes and `Option`s of them convert into it.
///
/// ```
/// use migrate_core::schema::Value;
/// assert_eq!(Value::from(None::<i32>), Value::Null);
/// assert_eq!(Value::from("Ada"), Value::Text("Ada".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Value {
    /// NULL.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A floating-point number; one that is not finite is refused when it is rendered.
    Double(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// An expression that the server evaluates.
    Expression(Sql),
}

macro_rules! value_from {
    ($($from:ty => |$value:ident| $into:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Value {
                $into
            }
        }
    )*};
}

value_from! {
    bool => |value| Value::Bool(value);
    i8 => |value| Value::Integer(value.into());
    i16 => |value| Value::Integer(value.into());
    i32 => |value| Value::Integer(value.into());
    i64 => |value| Value::Integer(value);
    u8 => |value| Value::Integer(value.into());
    u16 => |value| Value::Integer(value.into());
    u32 => |value| Value::Integer(value.into());
    f32 => |value| Value::Double(value.into());
    f64 => |value| Value::Double(value);
    &str => |value| Value::Text(value.to_owned());
    String => |value| Value::Text(value);
    &[u8] => |value| Value::Binary(value.to_owned());
    Vec<u8> => |value| Value::Binary(value);
    Sql => |value| Value::Expression(value);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}
