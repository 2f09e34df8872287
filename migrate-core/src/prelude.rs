//! What a revision's file brings in with one line: `use migrate_core::prelude::*;`.

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
pub use crate::schema::Type::{self, *};
pub use crate::with_connection;
