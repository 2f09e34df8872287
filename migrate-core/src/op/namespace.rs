//! Schemas and extensions, by name.

use super::Operations;
use crate::Result;
use crate::operation::{ExtensionOperation, Operation, SchemaOperation};

/// An extension, for `op.create_extension` (PostgreSQL).
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.create_schema("audit")?;
///     op.create_extension("pgcrypto")?;
///     op.create_extension(extension("citext").schema("audit").if_not_exists())
/// }
/// ```
pub fn extension(name: impl Into<String>) -> Extension {
    Extension {
        name: name.into(),
        schema: None,
        version: None,
        if_not_exists: false,
    }
}

/// What `extension` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an extension is created by `op.create_extension(…)`"]
pub struct Extension {
    name: String,
    schema: Option<String>,
    version: Option<String>,
    if_not_exists: bool,
}

impl Extension {
    /// Puts its objects into a schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_extension(extension("citext").schema("extensions"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn schema(mut self, schema: impl Into<String>) -> Extension {
        self.schema = Some(schema.into());
        self
    }

    /// Selects this version.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_extension(extension("postgis").version("3.4.0"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn version(mut self, version: impl Into<String>) -> Extension {
        self.version = Some(version.into());
        self
    }

    /// Does nothing if the extension already exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_extension(extension("citext").if_not_exists())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn if_not_exists(mut self) -> Extension {
        self.if_not_exists = true;
        self
    }
}

impl From<&str> for Extension {
    fn from(name: &str) -> Extension {
        extension(name)
    }
}

impl Operations<'_> {
    /// Creates a schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_schema("audit")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn create_schema(&mut self, name: impl Into<String>) -> Result<()> {
        self.schema(SchemaOperation::Create {
            name: name.into(),
            if_not_exists: false,
        })
    }

    /// Creates a schema unless there is one of this name.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_schema_if_not_exists("audit")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn create_schema_if_not_exists(&mut self, name: impl Into<String>) -> Result<()> {
        self.schema(SchemaOperation::Create {
            name: name.into(),
            if_not_exists: true,
        })
    }

    /// Renames a schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.rename_schema("audit", "history")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn rename_schema(&mut self, from: impl Into<String>, to: impl Into<String>) -> Result<()> {
        self.schema(SchemaOperation::Rename {
            from: from.into(),
            to: to.into(),
        })
    }

    /// Drops an empty schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_schema("audit")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_schema(&mut self, name: impl Into<String>) -> Result<()> {
        self.schema(SchemaOperation::Drop {
            name: name.into(),
            if_exists: false,
            cascade: false,
        })
    }

    /// Drops an empty schema if it exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_schema_if_exists("audit")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_schema_if_exists(&mut self, name: impl Into<String>) -> Result<()> {
        self.schema(SchemaOperation::Drop {
            name: name.into(),
            if_exists: true,
            cascade: false,
        })
    }

    /// Drops a schema with everything in it.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_schema_cascade("audit")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_schema_cascade(&mut self, name: impl Into<String>) -> Result<()> {
        self.schema(SchemaOperation::Drop {
            name: name.into(),
            if_exists: false,
            cascade: true,
        })
    }

    /// Creates an extension in the database.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_extension("pgcrypto")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn create_extension(&mut self, extension: impl Into<Extension>) -> Result<()> {
        let Extension {
            name,
            schema,
            version,
            if_not_exists,
        } = extension.into();
        self.apply(Operation::Extension(ExtensionOperation::Create {
            name,
            schema,
            version,
            if_not_exists,
        }))
    }

    /// Drops an extension that nothing uses.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_extension("pgcrypto")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_extension(&mut self, name: impl Into<String>) -> Result<()> {
        self.apply(Operation::Extension(ExtensionOperation::Drop {
            name: name.into(),
            if_exists: false,
            cascade: false,
        }))
    }

    /// Drops an extension that nothing uses, if it exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_extension_if_exists("pgcrypto")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_extension_if_exists(&mut self, name: impl Into<String>) -> Result<()> {
        self.apply(Operation::Extension(ExtensionOperation::Drop {
            name: name.into(),
            if_exists: true,
            cascade: false,
        }))
    }

    #[track_caller]
    fn schema(&mut self, operation: SchemaOperation) -> Result<()> {
        self.apply(Operation::Schema(operation))
    }
}
