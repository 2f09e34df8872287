//! `enum_type("…", […])`: types with listed values.

use super::Operations;
use crate::Result;
use crate::operation::{EnumPosition, EnumTypeOperation, Operation};
use crate::schema::{EnumType, ObjectName};

/// A type with these values, smallest first (PostgreSQL).
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.create_enum(enum_type("mood", ["sad", "ok", "happy"]))?;
///     op.add_column("people", column("mood", Type::named("mood")).default("ok"))?;
///     op.alter_enum("mood", add_value("content").after("ok"))?;
///     op.alter_enum("mood", rename_value("ok", "fine"))
/// }
/// ```
pub fn enum_type(
    name: impl Into<ObjectName>,
    values: impl IntoIterator<Item: Into<String>>,
) -> EnumType {
    EnumType::new(name, values)
}

/// Another value of an enum type, for `op.alter_enum`; last, unless its position is given.
///
/// ```
/// # use migrate_core::prelude::*;
/// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
/// op.alter_enum("mood", add_value("delighted"))?;
/// # Ok(())
/// # }
/// ```
pub fn add_value(value: impl Into<String>) -> AddValue {
    AddValue {
        value: value.into(),
        position: None,
        if_not_exists: false,
    }
}

/// A new text for a value of an enum type, for `op.alter_enum`.
///
/// ```
/// # use migrate_core::prelude::*;
/// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
/// op.alter_enum("mood", rename_value("ok", "fine"))?;
/// # Ok(())
/// # }
/// ```
pub fn rename_value(from: impl Into<String>, to: impl Into<String>) -> RenameValue {
    RenameValue {
        from: from.into(),
        to: to.into(),
    }
}

/// What `add_value` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a value is added by `op.alter_enum(…)`"]
pub struct AddValue {
    value: String,
    position: Option<EnumPosition>,
    if_not_exists: bool,
}

impl AddValue {
    /// Puts it just before a value.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.alter_enum("mood", add_value("gloomy").before("ok"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn before(mut self, value: impl Into<String>) -> AddValue {
        self.position = Some(EnumPosition::Before(value.into()));
        self
    }

    /// Puts it just after a value.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.alter_enum("mood", add_value("content").after("ok"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn after(mut self, value: impl Into<String>) -> AddValue {
        self.position = Some(EnumPosition::After(value.into()));
        self
    }

    /// Does nothing if the value already exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.alter_enum("mood", add_value("content").if_not_exists())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn if_not_exists(mut self) -> AddValue {
        self.if_not_exists = true;
        self
    }
}

/// What `rename_value` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a value is renamed by `op.alter_enum(…)`"]
pub struct RenameValue {
    from: String,
    to: String,
}

/// A change of an enum type: `add_value(…)` or `rename_value(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlterEnum {
    /// Another value.
    Add(AddValue),
    /// A new text for a value.
    Rename(RenameValue),
}

impl From<AddValue> for AlterEnum {
    fn from(change: AddValue) -> AlterEnum {
        AlterEnum::Add(change)
    }
}

impl From<RenameValue> for AlterEnum {
    fn from(change: RenameValue) -> AlterEnum {
        AlterEnum::Rename(change)
    }
}

/// An enum type to be dropped: its name, or its whole definition, so that it can be recreated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropEnum {
    name: ObjectName,
    definition: Option<EnumType>,
}

impl<N: Into<ObjectName>> From<N> for DropEnum {
    fn from(name: N) -> DropEnum {
        DropEnum {
            name: name.into(),
            definition: None,
        }
    }
}

impl From<EnumType> for DropEnum {
    fn from(enum_type: EnumType) -> DropEnum {
        DropEnum {
            name: enum_type.name.clone(),
            definition: Some(enum_type),
        }
    }
}

impl DropEnum {
    fn into_operation(self, if_exists: bool) -> Operation {
        Operation::EnumType(EnumTypeOperation::Drop {
            name: self.name,
            definition: self.definition,
            if_exists,
        })
    }
}

impl Operations<'_> {
    /// Creates an enum type.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_enum(enum_type("mood", ["sad", "ok", "happy"]))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn create_enum(&mut self, enum_type: EnumType) -> Result<()> {
        self.apply(Operation::EnumType(EnumTypeOperation::Create { enum_type }))
    }

    /// Adds or renames a value.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.alter_enum("mood", add_value("content").after("ok"))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn alter_enum(
        &mut self,
        name: impl Into<ObjectName>,
        change: impl Into<AlterEnum>,
    ) -> Result<()> {
        let name = name.into();
        self.apply(Operation::EnumType(match change.into() {
            AlterEnum::Add(AddValue {
                value,
                position,
                if_not_exists,
            }) => EnumTypeOperation::AddValue {
                name,
                value,
                position,
                if_not_exists,
            },
            AlterEnum::Rename(RenameValue { from, to }) => {
                EnumTypeOperation::RenameValue { name, from, to }
            }
        }))
    }

    /// Renames an enum type; it stays in its schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.rename_enum("mood", "feeling")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn rename_enum(
        &mut self,
        from: impl Into<ObjectName>,
        to: impl Into<String>,
    ) -> Result<()> {
        self.apply(Operation::EnumType(EnumTypeOperation::Rename {
            from: from.into(),
            to: to.into(),
        }))
    }

    /// Drops an enum type, by name or by its whole definition; only the latter can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_enum(enum_type("mood", ["sad", "ok", "happy"]))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_enum(&mut self, enum_type: impl Into<DropEnum>) -> Result<()> {
        self.apply(enum_type.into().into_operation(false))
    }

    /// Drops an enum type if it exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_enum_if_exists("mood")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_enum_if_exists(&mut self, enum_type: impl Into<DropEnum>) -> Result<()> {
        self.apply(enum_type.into().into_operation(true))
    }
}
