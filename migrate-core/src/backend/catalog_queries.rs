//! The catalogue queries of a backend, by which recovery finds out whether a statement took effect.
//! Pure: queries are texts. The meaning of their answers is not known here.

use super::catalog_rows::FoundColumn;
use crate::error::Unsupported;
use crate::schema::{Column, ConstraintKind, ObjectName};

/// A catalogue query, if the names can be quoted for it.
pub(crate) type Query = Result<String, Unsupported>;

/// The queries that find the effects of a statement outside the transaction that records it. Their
/// rows have one column `text`, with the fields that [`fields`](super::catalog_rows::fields)
/// splits.
#[derive(Clone, Copy)]
pub enum CatalogQueries {
    /// None: each change of the schema is part of a transaction.
    None,
    /// Queries for indexes that are created or dropped concurrently.
    Indexes(&'static dyn IndexQueries),
    /// Queries for the whole schema: each change of it commits by itself.
    Schema(&'static dyn SchemaQueries),
}

/// Queries for an index that was created or dropped concurrently.
pub trait IndexQueries {
    /// Named objects, as rows of name and kind, such as `index`.
    fn relations(&self, name: &ObjectName) -> Query;

    /// An index of a table, as [`FoundIndex`](super::catalog_rows::FoundIndex) reads it.
    fn index(&self, table: &ObjectName, name: &str) -> Query;

    /// The schema in which an unqualified name is looked up first.
    fn first_schema(&self) -> String;

    /// The statement that drops an invalid index.
    fn without_index(&self, name: &ObjectName) -> Query;
}

/// Queries for every change of the schema, and how the catalogue spells definitions.
pub trait SchemaQueries {
    /// Named objects, as rows of name and kind: `table`, `view`, `sequence`.
    fn relations(&self, name: &ObjectName) -> Query;

    /// The columns of a table or view in order, as [`FoundColumn`] reads them.
    fn columns(&self, table: &ObjectName) -> Query;

    /// The comment of a table.
    fn table_comment(&self, table: &ObjectName) -> Query;

    /// The constraints of a table, as [`FoundConstraint`](super::catalog_rows::FoundConstraint)
    /// reads them.
    fn constraints(&self, table: &ObjectName) -> Query;

    /// An index of a table, a constraint's too, as [`FoundIndex`](super::catalog_rows::FoundIndex)
    /// reads it.
    fn index(&self, table: &ObjectName, name: &str) -> Query;

    /// The options of a sequence, as [`FoundSequence`](super::catalog_rows::FoundSequence) reads
    /// them.
    fn sequence(&self, name: &ObjectName) -> Option<Query>;

    /// Whether a schema exists: its name.
    fn schema(&self, name: &str) -> Query;

    /// Whether a trigger, procedure, function or event exists.
    fn routine(&self, kind: &str, name: &ObjectName) -> Option<Query>;

    /// Normalizes a column that was found, so that it can be compared.
    fn spelled(&self, column: FoundColumn) -> FoundColumn;

    /// Normalizes an expression that was found.
    fn expression(&self, text: &str) -> String;

    /// A column as the catalogue would show it.
    fn wanted(&self, column: &Column) -> Result<FoundColumn, Unsupported>;

    /// Whether a constraint keeps its name; on some servers the primary key does not.
    fn keeps_name(&self, kind: ConstraintKind) -> bool;
}
