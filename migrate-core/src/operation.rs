//! One change that a revision makes, as plain data. What it is called is in `describe`, what undoes
//! it in `reverse`; what few servers have is a family of its own, with both in its file. The SQL is
//! the backends' business. No IO here.

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
/// What is dropped carries its definition when the author gave it: without one, it cannot be
/// brought back.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "an operation is built once and rendered once"
)]
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
    /// What the catalogue says about a table.
    SetTableComment {
        /// The table.
        table: ObjectName,
        /// What it says from now on; nothing for none.
        comment: Option<String>,
        /// What it said so far, when that is known; nothing in it for none.
        was: Option<Option<String>>,
    },
    /// A table gets another column.
    AddColumn {
        /// The table.
        table: ObjectName,
        /// The column.
        column: Column,
        /// The constraints that come with it.
        constraints: Vec<Constraint>,
        /// Whether a column of that name that is already there is left alone.
        if_not_exists: bool,
    },
    /// A column goes, with its values.
    DropColumn {
        /// The table.
        table: ObjectName,
        /// The column's name.
        name: String,
        /// What it was, with the constraints that went with it.
        definition: Option<(Column, Vec<Constraint>)>,
        /// Whether it may be missing.
        if_exists: bool,
    },
    /// A column changes.
    AlterColumn {
        /// The table.
        table: ObjectName,
        /// The column's name, which stays.
        name: String,
        /// What changes about it.
        change: ColumnChange,
        /// What it was as a whole.
        was: Option<Column>,
        /// How its values are turned back when the change of its type is reversed.
        using_back: Option<Sql>,
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
        /// The constraint's name; without one it is found by what it was.
        name: Option<String>,
        /// Which kind it is, when that is said.
        kind: Option<ConstraintKind>,
        /// What it was.
        definition: Option<Constraint>,
        /// Whether it may be missing.
        if_exists: bool,
    },
    /// A constraint gets another name.
    RenameConstraint {
        /// The table.
        table: ObjectName,
        /// Its name so far.
        from: String,
        /// Its name from now on.
        to: String,
    },
    /// The rows that are there are checked against a constraint that was added as not valid.
    ValidateConstraint {
        /// The table.
        table: ObjectName,
        /// The constraint's name.
        name: String,
    },
    /// A new index.
    CreateIndex {
        /// The index.
        index: Index,
        /// Whether an index of that name that is already there is left alone.
        if_not_exists: bool,
        /// Whether rows can be written in the meantime (PostgreSQL, outside a transaction).
        concurrently: bool,
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
        /// Whether rows can be written in the meantime (PostgreSQL, outside a transaction).
        concurrently: bool,
    },
    /// An index gets another name.
    RenameIndex {
        /// Its table.
        table: ObjectName,
        /// Its name so far.
        from: String,
        /// Its name from now on.
        to: String,
    },
    /// Something about a view.
    View(ViewOperation),
    /// Something about a sequence.
    Sequence(SequenceOperation),
    /// Something about an enum type.
    EnumType(EnumTypeOperation),
    /// Something about a domain.
    Domain(DomainOperation),
    /// Something about a schema.
    Schema(SchemaOperation),
    /// Something about an extension.
    Extension(ExtensionOperation),
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
    /// An operation of the user's own.
    Custom(Custom),
}
