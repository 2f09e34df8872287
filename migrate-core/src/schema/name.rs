//! The name of a table or an index, with its schema if given.

use std::fmt;

/// A name that may be qualified by a schema (on SQLite: an attached database).
///
/// A plain string is one unqualified name, including dots.
///
/// ```
/// use migrate_core::schema::ObjectName;
/// assert_eq!(ObjectName::from("users").to_string(), "users");
/// assert_eq!(ObjectName::qualified("audit", "users").to_string(), "audit.users");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "form::Name", into = "form::Name"))]
pub struct ObjectName {
    /// The schema, when it is not the connection's default.
    pub schema: Option<String>,
    /// The name itself.
    pub name: String,
}

impl ObjectName {
    /// A name qualified by a schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_table(ObjectName::qualified("audit", "users"))?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn qualified(schema: impl Into<String>, name: impl Into<String>) -> ObjectName {
        ObjectName {
            schema: Some(schema.into()),
            name: name.into(),
        }
    }

    /// Another name in the same schema.
    #[must_use]
    pub fn sibling(&self, name: impl Into<String>) -> ObjectName {
        ObjectName {
            schema: self.schema.clone(),
            name: name.into(),
        }
    }
}

impl From<&str> for ObjectName {
    fn from(name: &str) -> ObjectName {
        ObjectName {
            schema: None,
            name: name.to_owned(),
        }
    }
}

impl From<String> for ObjectName {
    fn from(name: String) -> ObjectName {
        ObjectName { schema: None, name }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// How a name is written in a dump: a text, or an object where it is qualified.
#[cfg(feature = "serde")]
mod form {
    use super::ObjectName;

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(untagged)]
    pub(super) enum Name {
        Plain(String),
        Qualified { schema: String, name: String },
    }

    impl From<Name> for ObjectName {
        fn from(name: Name) -> ObjectName {
            match name {
                Name::Plain(name) => ObjectName::from(name),
                Name::Qualified { schema, name } => ObjectName::qualified(schema, name),
            }
        }
    }

    impl From<ObjectName> for Name {
        fn from(ObjectName { schema, name }: ObjectName) -> Name {
            match schema {
                Some(schema) => Name::Qualified { schema, name },
                None => Name::Plain(name),
            }
        }
    }
}
