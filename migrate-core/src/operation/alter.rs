//! A change of a column, aspect by aspect.

use crate::schema::{Column, DefaultValue, Generated, Identity, Sql, Type};

/// A change of a column; an aspect that is `None` does not change. In a nested `Option`,
/// `Some(None)` removes the aspect.
///
/// ```
/// use migrate_core::{operation::ColumnChange, schema::{Column, Type}};
///
/// let mut change = ColumnChange::default();
/// change.nullable = Some(true);
/// let phone = Column::new("phone", Type::VarChar(20));
/// assert!(change.applied_to(&phone).nullable);
/// assert_eq!(change.back_to(&phone).nullable, Some(false));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ColumnChange {
    /// Its type.
    pub ty: Option<Type>,
    /// The expression that converts its values to the new type; none for the server's own
    /// conversion.
    pub using: Option<Sql>,
    /// Whether NULL is allowed.
    pub nullable: Option<bool>,
    /// Its default.
    pub default: Option<Option<DefaultValue>>,
    /// Whether and how the server numbers its rows.
    pub identity: Option<Option<Identity>>,
    /// How it is computed.
    pub generated: Option<Option<Generated>>,
    /// Its collation.
    pub collation: Option<Option<String>>,
    /// Its comment in the catalogue.
    pub comment: Option<Option<String>>,
}

impl ColumnChange {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == ColumnChange::default()
    }

    /// The column after the change.
    #[must_use]
    pub fn applied_to(&self, column: &Column) -> Column {
        let ColumnChange {
            ty,
            using: _,
            nullable,
            default,
            identity,
            generated,
            collation,
            comment,
        } = self.clone();
        let mut changed = column.clone();
        set(&mut changed.ty, ty);
        set(&mut changed.nullable, nullable);
        set(&mut changed.default, default);
        set(&mut changed.identity, identity);
        set(&mut changed.generated, generated);
        set(&mut changed.collation, collation);
        set(&mut changed.comment, comment);
        changed
    }

    /// The change of the same aspects back to the previous column; without `using`.
    #[must_use]
    pub fn back_to(&self, was: &Column) -> ColumnChange {
        ColumnChange {
            ty: self.ty.as_ref().map(|_| was.ty.clone()),
            using: None,
            nullable: self.nullable.map(|_| was.nullable),
            default: self.default.as_ref().map(|_| was.default.clone()),
            identity: self.identity.as_ref().map(|_| was.identity.clone()),
            generated: self.generated.as_ref().map(|_| was.generated.clone()),
            collation: self.collation.as_ref().map(|_| was.collation.clone()),
            comment: self.comment.as_ref().map(|_| was.comment.clone()),
        }
    }

    /// The names of the aspects that change.
    #[must_use]
    pub fn aspects(&self) -> Vec<&'static str> {
        [
            (self.ty.is_some(), "type"),
            (self.nullable.is_some(), "nullability"),
            (self.default.is_some(), "default"),
            (self.identity.is_some(), "identity"),
            (self.generated.is_some(), "generation"),
            (self.collation.is_some(), "collation"),
            (self.comment.is_some(), "comment"),
        ]
        .into_iter()
        .filter_map(|(changes, name)| changes.then_some(name))
        .collect()
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}
