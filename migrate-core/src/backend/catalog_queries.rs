//! The queries that a backend has for its catalogue, so that recovery finds out whether a statement took effect. Pure: queries are
//! texts. What their answers mean is not known here.

use super::catalog_rows::FoundColumn;
use crate::error::Unsupported;
use crate::schema::{Column, ConstraintKind, ObjectName};

/// A query for the catalogue, if names can be written for it.
pub(crate) type Query = Result<String, Unsupported>;

/// The queries that find what a statement left, of whatever is changed outside of the transaction that records it. Their rows have one
/// column `text`, with the fields that [`fields`](super::catalog_rows::fields) takes apart.
#[derive(Clone, Copy)]
pub enum CatalogQueries {
    /// None: each change of the schema is part of a transaction.
    None,
    /// Those for indexes that are created or dropped concurrently.
    Indexes(&'static dyn IndexQueries),
    /// Those for the whole schema: each change of it commits by itself.
    Schema(&'static dyn SchemaQueries),
}

/// Queries for an index that was created or dropped concurrently.
pub trait IndexQueries {
    /// What has a name, as rows of name and kind, such as `index`.
    fn relations(&self, name: &ObjectName) -> Query;

    /// An index of a table, as [`FoundIndex`](super::catalog_rows::FoundIndex) reads it.
    fn index(&self, table: &ObjectName, name: &str) -> Query;

    /// The schema in which a bare name is looked for first.
    fn first_schema(&self) -> String;

    /// The statement that drops an index that is not valid.
    fn without_index(&self, name: &ObjectName) -> Query;
}

/// Queries for every change of the schema, and how the catalogue spells what it shows.
pub trait SchemaQueries {
    /// What has a name, as rows of name and kind: `table`, `view`, `sequence`.
    fn relations(&self, name: &ObjectName) -> Query;

    /// The columns of a table or view in their order, as [`FoundColumn`] reads them.
    fn columns(&self, table: &ObjectName) -> Query;

    /// The comment of a table.
    fn table_comment(&self, table: &ObjectName) -> Query;

    /// The constraints of a table, as [`FoundConstraint`](super::catalog_rows::FoundConstraint) reads them.
    fn constraints(&self, table: &ObjectName) -> Query;

    /// An index of a table, a constraint's too, as [`FoundIndex`](super::catalog_rows::FoundIndex) reads it.
    fn index(&self, table: &ObjectName, name: &str) -> Query;

    /// The rules of a sequence, as [`FoundSequence`](super::catalog_rows::FoundSequence) reads them.
    fn sequence(&self, name: &ObjectName) -> Option<Query>;

    /// Whether there is a schema: its name.
    fn schema(&self, name: &str) -> Query;

    /// Whether there is a trigger, procedure, function or event.
    fn routine(&self, kind: &str, name: &ObjectName) -> Option<Query>;

    /// A column that was found, spelled so that it can be compared.
    fn spelled(&self, column: FoundColumn) -> FoundColumn;

    /// An expression that was found, plain.
    fn expression(&self, text: &str) -> String;

    /// A column as the catalogue would show it.
    fn wanted(&self, column: &Column) -> Result<FoundColumn, Unsupported>;

    /// Whether a constraint keeps its name; the primary key of some servers does not.
    fn keeps_name(&self, kind: ConstraintKind) -> bool;
}
