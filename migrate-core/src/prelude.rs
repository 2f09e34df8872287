//! What a revision's file brings in with one line: `use migrate_core::prelude::*;`.

pub use crate::backend::BackendKind;
pub use crate::error::{Result, RevisionError};
pub use crate::op::{
    Operations, asc, check, column, desc, expression, foreign_key, index, primary_key, sql, table,
    unique,
};
pub use crate::revision;
pub use crate::schema::Action::{Cascade, NoAction, Restrict, SetDefault, SetNull};
pub use crate::schema::ObjectName;
pub use crate::schema::Type::{self, *};
pub use crate::with_connection;
