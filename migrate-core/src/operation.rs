//! One change that a revision makes, as plain data. What it is called is in `describe`, what undoes
//! it in `reverse`; its SQL is the backends' business. No IO here.

mod describe;
mod reverse;

pub use reverse::Irreversible;

use crate::schema::{Column, Constraint, Index, ObjectName, Sql, Table, Value};

/// One change inside a revision.
///
/// What is dropped carries its definition when the author gave it: without one, it cannot be
/// brought back.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// A new table.
    CreateTable {
        /// The table.
        table: Table,
        /// Whether a table of that name that is already there is left alone.
        if_not_exists: bool,
    },
    /// A table goes, with its rows and indexes.
    DropTable {
        /// Its name.
        name: ObjectName,
        /// What it was.
        definition: Option<Table>,
        /// Whether it may be missing.
        if_exists: bool,
    },
    /// A table gets another name in the same schema.
    RenameTable {
        /// Its name so far.
        from: ObjectName,
        /// Its name from now on.
        to: String,
    },
    /// A table gets another column.
    AddColumn {
        /// The table.
        table: ObjectName,
        /// The column.
        column: Column,
        /// The constraints that come with it.
        constraints: Vec<Constraint>,
    },
    /// A column goes, with its values.
    DropColumn {
        /// The table.
        table: ObjectName,
        /// The column's name.
        name: String,
        /// What it was, with the constraints that went with it.
        definition: Option<(Column, Vec<Constraint>)>,
    },
    /// A column gets another name.
    RenameColumn {
        /// The table.
        table: ObjectName,
        /// Its name so far.
        from: String,
        /// Its name from now on.
        to: String,
    },
    /// A table gets another constraint.
    AddConstraint {
        /// The table.
        table: ObjectName,
        /// The constraint.
        constraint: Constraint,
    },
    /// A constraint goes.
    DropConstraint {
        /// The table.
        table: ObjectName,
        /// The constraint's name.
        name: String,
        /// What it was.
        definition: Option<Constraint>,
    },
    /// A new index.
    CreateIndex {
        /// The index.
        index: Index,
        /// Whether an index of that name that is already there is left alone.
        if_not_exists: bool,
    },
    /// An index goes.
    DropIndex {
        /// Its name.
        name: String,
        /// Its table.
        table: ObjectName,
        /// What it was.
        definition: Option<Index>,
        /// Whether it may be missing.
        if_exists: bool,
    },
    /// SQL as written.
    Execute {
        /// The SQL.
        sql: Sql,
        /// The SQL that takes it back.
        undo: Option<Sql>,
    },
    /// Rows.
    BulkInsert {
        /// The table.
        table: ObjectName,
        /// The columns that the rows give.
        columns: Vec<String>,
        /// The rows, each as long as `columns`.
        rows: Vec<Vec<Value>>,
    },
}
