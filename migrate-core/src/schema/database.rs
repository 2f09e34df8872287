//! All that is in a database, or in some of its schemas, as plain data: what inspection reads,
//! dumps hold and comparison compares. It must not know how any database is read.

use std::fmt;

use super::{Domain, EnumType, Index, ObjectName, Sequence, Table, View};
use crate::dialect::BackendKind;

/// A whole schema.
///
/// Names are unqualified where one schema was read, and qualified where several were. Indexes are
/// those that belong to no constraint. What has no type of its own is in `others`: nothing that
/// exists is left out.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct Schema {
    /// The server that it was read from; `None` if it comes from no server.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub server: Option<Server>,
    /// The schemas that were read and exist, if there are several.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub schemas: Vec<String>,
    /// The extensions.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub extensions: Vec<Extension>,
    /// The enum types.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub enums: Vec<EnumType>,
    /// The domains.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub domains: Vec<Domain>,
    /// The sequences that are not part of a column.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub sequences: Vec<Sequence>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The indexes.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub indexes: Vec<Index>,
    /// The views.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub views: Vec<View>,
    /// Everything else.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub others: Vec<Other>,
    /// What uses what, where a change of the one is refused, or fails, because of the other.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub dependencies: Vec<Dependency>,
}

impl Schema {
    /// A schema with nothing in it.
    #[must_use]
    pub fn empty() -> Schema {
        Schema::default()
    }

    /// The table of a name.
    #[must_use]
    pub fn table(&self, name: &ObjectName) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    /// The indexes of a table.
    pub fn indexes_of<'s>(&'s self, table: &'s ObjectName) -> impl Iterator<Item = &'s Index> {
        self.indexes
            .iter()
            .filter(move |index| index.table == *table)
    }

    /// Sorts everything whose order means nothing, so that equal schemas are equal data: objects by
    /// name; not the columns of a table, the labels of an enum or the parts of an index.
    pub fn sort(&mut self) {
        self.schemas.sort();
        self.extensions.sort_by(|a, b| a.name.cmp(&b.name));
        self.enums.sort_by(|a, b| a.name.cmp(&b.name));
        self.domains.sort_by(|a, b| a.name.cmp(&b.name));
        self.sequences.sort_by(|a, b| a.name.cmp(&b.name));
        self.tables.sort_by(|a, b| a.name.cmp(&b.name));
        self.indexes
            .sort_by(|a, b| (&a.table, &a.name).cmp(&(&b.table, &b.name)));
        self.views.sort_by(|a, b| a.name.cmp(&b.name));
        self.others
            .sort_by(|a, b| (&a.kind, &a.name, &a.on).cmp(&(&b.kind, &b.name, &b.on)));
        self.dependencies.sort();
        self.dependencies.dedup();
    }
}

/// The server that a schema was read from: whether texts of two schemas may be compared as they
/// are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Server {
    /// The kind of database.
    pub backend: BackendKind,
    /// Its version, as it reports it: `15.18`, `10.11.18-MariaDB`, `3.46.0`.
    pub version: String,
    /// The character set and collation, or encoding and locale, that a scratch database needs to be
    /// like it; empty where a database has none.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub locale: Vec<String>,
}

impl Server {
    /// The server of a kind and a version.
    #[must_use]
    pub fn new(backend: BackendKind, version: impl Into<String>) -> Server {
        Server {
            backend,
            version: version.into(),
            locale: Vec::new(),
        }
    }

    /// The number before the first point of its version.
    #[must_use]
    pub fn major(&self) -> &str {
        let end = self.version.find(|sign: char| !sign.is_ascii_digit());
        &self.version[..end.unwrap_or(self.version.len())]
    }
}

/// An extension of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// The schema that its objects are in.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub schema: Option<String>,
}

impl Extension {
    /// An extension.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Extension {
        Extension {
            name: name.into(),
            schema: None,
        }
    }
}

/// Something that exists in a database and has no type of its own here: a trigger, a function, a
/// policy, an event, a partition, an index with an option that [`Index`] lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Other {
    /// Its kind in the server's words, in lower case: `trigger`.
    pub kind: String,
    /// Its name. A function's has its arguments: `touch(integer)`.
    pub name: ObjectName,
    /// The table or view that it belongs to, and is dropped with.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub on: Option<ObjectName>,
    /// The statements that create it, in the server's own words; `None` if they are not known.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub create: Option<Vec<String>>,
    /// The statement that drops it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub drop: Option<String>,
}

impl Other {
    /// Something of a kind and a name, of which nothing else is known.
    #[must_use]
    pub fn new(kind: impl Into<String>, name: impl Into<ObjectName>) -> Other {
        Other {
            kind: kind.into(),
            name: name.into(),
            on: None,
            create: None,
            drop: None,
        }
    }
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.name)
    }
}

/// One object uses another: a view a column, a default a function, a column an enum type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Dependency {
    /// What uses the other one.
    pub user: ObjectRef,
    /// What is used.
    pub used: ObjectRef,
}

impl Dependency {
    /// `user` uses `used`.
    #[must_use]
    pub fn new(user: ObjectRef, used: ObjectRef) -> Dependency {
        Dependency { user, used }
    }
}

/// An object by its kind and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ObjectRef {
    /// `table`, `view`, `enum`, `domain`, `sequence`, `index`, `constraint`, or the kind of an
    /// [`Other`].
    pub kind: String,
    /// Its name.
    pub name: ObjectName,
    /// The table of an index, a constraint, or an [`Other`] that is on one.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub on: Option<ObjectName>,
    /// The column of a table or view that is meant, where it is only one.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub column: Option<String>,
}

impl ObjectRef {
    /// An object as a whole.
    #[must_use]
    pub fn new(kind: impl Into<String>, name: impl Into<ObjectName>) -> ObjectRef {
        ObjectRef {
            kind: kind.into(),
            name: name.into(),
            on: None,
            column: None,
        }
    }

    /// One of its columns.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> ObjectRef {
        self.column = Some(column.into());
        self
    }

    /// The table that it is on.
    #[must_use]
    pub fn on(mut self, table: impl Into<ObjectName>) -> ObjectRef {
        self.on = Some(table.into());
        self
    }
}
