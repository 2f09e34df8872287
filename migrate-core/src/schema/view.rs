//! A view: a query under a name.

use super::{ObjectName, Sql};

/// A view.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct View {
    /// Its name.
    pub name: ObjectName,
    /// The names of its columns, if they differ from those of the query.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub columns: Vec<String>,
    /// The query.
    pub query: Sql,
    /// Whether its rows are stored, until it is refreshed (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub materialized: bool,
}

impl View {
    /// A view of a query.
    #[must_use]
    pub fn new(name: impl Into<ObjectName>, query: impl Into<Sql>) -> View {
        View {
            name: name.into(),
            columns: Vec::new(),
            query: query.into(),
            materialized: false,
        }
    }
}
