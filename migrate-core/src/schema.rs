//! Tables, columns, keys and indexes as plain data: names, not pointers. No IO, no SQL, and no
//! database is named here; `backend` turns these into a server's SQL.

mod column;
mod database;
mod index;
mod key;
mod name;
mod named_type;
mod sequence;
mod sql;
mod table;
mod types;
mod value;
mod view;

pub use column::{Column, DefaultValue, Generated, Identity};
pub use database::{Dependency, Extension, ObjectRef, Other, Schema, Server};
pub use index::{Index, IndexKey, IndexPart, Nulls, Order};
pub use key::{
    Action, Check, Constraint, ConstraintKind, Deferrable, Exclude, ForeignKey, Match, PrimaryKey,
    Unique,
};
pub use name::ObjectName;
pub use named_type::{Domain, EnumType};
pub use sequence::{Sequence, SequenceOptions};
pub use sql::Sql;
pub use table::{Table, TableOptions};
pub use types::{RangeOf, Type};
pub use value::Value;
pub use view::View;
