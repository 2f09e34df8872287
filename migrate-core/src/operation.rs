//! One change that a revision makes, as plain data. `describe` names it, `reverse` reverses it;
//! features of few servers are families with both in their own file. The backends write the SQL. No
//! IO here.

mod alter;
mod custom;
mod describe;
mod domain;
mod enum_type;
mod extension;
mod namespace;
mod probe_result;
mod reverse;
mod sequence;
mod view;

pub use alter::ColumnChange;
pub use custom::{Custom, CustomOperation, Quoting, Statements};
pub(crate) use describe::one_line;
pub use domain::DomainOperation;
pub use enum_type::{EnumPosition, EnumTypeOperation};
pub use extension::ExtensionOperation;
pub use namespace::SchemaOperation;
pub use probe_result::ProbeResult;
pub use reverse::Irreversible;
pub(crate) use reverse::{goes_along, reverse_of_all};
pub use sequence::SequenceOperation;
pub use view::ViewOperation;

use crate::schema::{Column, Constraint, ConstraintKind, Index, ObjectName, Sql, Table, Value};

/// One change inside a revision.
///
/// A drop carries the definition when the author gave it: without one, the object cannot be
/// recreated.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "an operation is built once and rendered once"
)]
#[non_exhaustive]
pub enum Operation {
    /// Creates a table.
    CreateTable {
        /// The table.
        table: Table,
        /// Whether it does nothing if a table of this name already exists.
        if_not_exists: bool,
    },
    /// Drops a table, with its rows and indexes.
    DropTable {
        /// Its name.
        name: ObjectName,
        /// Its definition before.
        definition: Option<Table>,
        /// Whether it does nothing if the table does not exist.
        if_exists: bool,
    },
    /// Renames a table within its schema.
    RenameTable {
        /// The name before.
        from: ObjectName,
        /// The name after.
        to: String,
    },
    /// Sets or removes the comment of a table in the catalogue.
    SetTableComment {
        /// The table.
        table: ObjectName,
        /// The comment after; none to remove it.
        comment: Option<String>,
        /// The comment before, when that is known; the inner `None` is no comment.
        was: Option<Option<String>>,
    },
    /// Adds a column to a table.
    AddColumn {
        /// The table.
        table: ObjectName,
        /// The column.
        column: Column,
        /// The constraints of the column.
        constraints: Vec<Constraint>,
        /// Whether it does nothing if a column of this name already exists.
        if_not_exists: bool,
    },
    /// Drops a column, with its values.
    DropColumn {
        /// The table.
        table: ObjectName,
        /// The column's name.
        name: String,
        /// Its definition before, with the constraints that were dropped with it.
        definition: Option<(Column, Vec<Constraint>)>,
        /// Whether it does nothing if the column does not exist.
        if_exists: bool,
    },
    /// Changes a column.
    AlterColumn {
        /// The table.
        table: ObjectName,
        /// The column's name, which does not change.
        name: String,
        /// The change.
        change: ColumnChange,
        /// Its whole definition before.
        was: Option<Column>,
        /// The expression that converts its values back when the change of its type is reversed.
        using_back: Option<Sql>,
    },
    /// Renames a column.
    RenameColumn {
        /// The table.
        table: ObjectName,
        /// The name before.
        from: String,
        /// The name after.
        to: String,
    },
    /// Adds a constraint to a table.
    AddConstraint {
        /// The table.
        table: ObjectName,
        /// The constraint.
        constraint: Constraint,
    },
    /// Drops a constraint.
    DropConstraint {
        /// The table.
        table: ObjectName,
        /// The constraint's name; without one it is found by its definition.
        name: Option<String>,
        /// Its kind, when that is given.
        kind: Option<ConstraintKind>,
        /// Its definition before.
        definition: Option<Constraint>,
        /// Whether it does nothing if the constraint does not exist.
        if_exists: bool,
    },
    /// Renames a constraint.
    RenameConstraint {
        /// The table.
        table: ObjectName,
        /// The name before.
        from: String,
        /// The name after.
        to: String,
    },
    /// Checks the existing rows against a constraint that was added as not valid.
    ValidateConstraint {
        /// The table.
        table: ObjectName,
        /// The constraint's name.
        name: String,
    },
    /// Creates an index.
    CreateIndex {
        /// The index.
        index: Index,
        /// Whether it does nothing if an index of this name already exists.
        if_not_exists: bool,
        /// Whether writes are allowed while it is built (PostgreSQL, outside a transaction).
        concurrently: bool,
    },
    /// Drops an index.
    DropIndex {
        /// Its name.
        name: String,
        /// Its table.
        table: ObjectName,
        /// Its definition before.
        definition: Option<Index>,
        /// Whether it does nothing if the index does not exist.
        if_exists: bool,
        /// Whether writes are allowed while it is dropped (PostgreSQL, outside a transaction).
        concurrently: bool,
    },
    /// Renames an index.
    RenameIndex {
        /// Its table.
        table: ObjectName,
        /// The name before.
        from: String,
        /// The name after.
        to: String,
    },
    /// An operation on a view.
    View(ViewOperation),
    /// An operation on a sequence.
    Sequence(SequenceOperation),
    /// An operation on an enum type.
    EnumType(EnumTypeOperation),
    /// An operation on a domain.
    Domain(DomainOperation),
    /// An operation on a schema.
    Schema(SchemaOperation),
    /// An operation on an extension.
    Extension(ExtensionOperation),
    /// Raw SQL.
    Execute {
        /// The SQL.
        sql: Sql,
        /// The SQL that reverts it.
        undo: Option<Sql>,
    },
    /// Inserts rows.
    BulkInsert {
        /// The table.
        table: ObjectName,
        /// The columns of the rows.
        columns: Vec<String>,
        /// The rows, each as long as `columns`.
        rows: Vec<Vec<Value>>,
    },
    /// A custom operation.
    Custom(Custom),
}
