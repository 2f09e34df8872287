//! Tables, columns, keys and indexes as plain data: names, not pointers. No IO, no SQL, and no
//! database is named here; `backend` turns these into a server's SQL, and later the catalogue into these.

mod column;
mod index;
mod key;
mod name;
mod sql;
mod table;
mod types;
mod value;

pub use column::{Column, DefaultValue, Generated, Identity};
pub use index::{Index, IndexKey, IndexPart, Order};
pub use key::{Action, Check, Constraint, Deferrable, ForeignKey, PrimaryKey, Unique};
pub use name::ObjectName;
pub use sql::Sql;
pub use table::{Table, TableOptions};
pub use types::Type;
pub use value::Value;
