//! `alter("…")`: a change of a column, as in ALTER COLUMN.

use super::column::ColumnBuilder;
use crate::operation::{ColumnChange, Operation};
use crate::schema::{
    Column, DefaultValue, Generated, Identity, ObjectName, SequenceOptions, Sql, Type, Value,
};

/// A change of a column, still empty.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.alter_column("users", alter("age").set_type(BigInt).set_default(0))?;
///     // with what it was, the change can be reversed
///     op.alter_column(
///         "users",
///         alter("phone").drop_not_null().was(column("phone", VarChar(20))),
///     )?;
///     op.alter_column(
///         "users",
///         alter("born").set_type(Date).using("born::date").using_back("born::text")
///             .was(column("born", Text)),
///     )
/// }
/// ```
pub fn alter(column: impl Into<String>) -> AlterColumn {
    AlterColumn {
        name: column.into(),
        change: ColumnChange::default(),
        was: None,
        using_back: None,
    }
}

/// What `alter` returns.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a change of a column is made by `op.alter_column(…)`"]
pub struct AlterColumn {
    name: String,
    change: ColumnChange,
    was: Option<Column>,
    using_back: Option<Sql>,
}

impl AlterColumn {
    /// Gives the column another type.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("age").set_type(BigInt);
    /// ```
    pub fn set_type(mut self, ty: impl Into<Type>) -> AlterColumn {
        self.change.ty = Some(ty.into());
        self
    }

    /// Converts the values to the new type with an expression.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("born").set_type(Date).using("born::date");
    /// ```
    pub fn using(mut self, expression: impl Into<Sql>) -> AlterColumn {
        self.change.using = Some(expression.into());
        self
    }

    /// Converts the values back with an expression, when the change is reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("born").set_type(Date).using("born::date").using_back("born::text");
    /// ```
    pub fn using_back(mut self, expression: impl Into<Sql>) -> AlterColumn {
        self.using_back = Some(expression.into());
        self
    }

    /// Allows NULL.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("phone").drop_not_null();
    /// ```
    pub fn drop_not_null(mut self) -> AlterColumn {
        self.change.nullable = Some(true);
        self
    }

    /// Refuses NULL.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("phone").set_not_null();
    /// ```
    pub fn set_not_null(mut self) -> AlterColumn {
        self.change.nullable = Some(false);
        self
    }

    /// Sets a default value for an INSERT that gives none.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("active").set_default(true);
    /// ```
    pub fn set_default(mut self, value: impl Into<Value>) -> AlterColumn {
        self.change.default = Some(Some(DefaultValue::Value(value.into())));
        self
    }

    /// Sets a default expression, which the server evaluates for an INSERT that gives no value.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("created_at").set_default_sql("CURRENT_TIMESTAMP");
    /// ```
    pub fn set_default_sql(mut self, expression: impl Into<Sql>) -> AlterColumn {
        self.change.default = Some(Some(DefaultValue::Expression(expression.into())));
        self
    }

    /// Removes the default.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("active").drop_default();
    /// ```
    pub fn drop_default(mut self) -> AlterColumn {
        self.change.default = Some(None);
        self
    }

    /// Lets the server number the rows where an INSERT gives no number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("id").set_identity();
    /// ```
    pub fn set_identity(self) -> AlterColumn {
        self.identity(false)
    }

    /// Lets the server number the rows; an INSERT cannot give a number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("id").set_identity_always();
    /// ```
    pub fn set_identity_always(self) -> AlterColumn {
        self.identity(true)
    }

    /// Lets the server number the rows with these options.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// use migrate_core::schema::Identity;
    /// alter("id").set_identity_options(Identity::default().start(1_000));
    /// ```
    pub fn set_identity_options(mut self, identity: Identity) -> AlterColumn {
        self.change.identity = Some(Some(identity));
        self
    }

    /// Stops numbering the rows: an INSERT gives the number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("id").drop_identity();
    /// ```
    pub fn drop_identity(mut self) -> AlterColumn {
        self.change.identity = Some(None);
        self
    }

    /// Computes the column when it is read.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("total").set_generated("price * amount");
    /// ```
    pub fn set_generated(mut self, expression: impl Into<Sql>) -> AlterColumn {
        self.change.generated = Some(Some(Generated::new(expression, false)));
        self
    }

    /// Computes the column when its row is written, and stores it.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("total").set_generated_stored("price * amount");
    /// ```
    pub fn set_generated_stored(mut self, expression: impl Into<Sql>) -> AlterColumn {
        self.change.generated = Some(Some(Generated::new(expression, true)));
        self
    }

    /// Makes a computed column a plain one that keeps its values.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("total").drop_generated();
    /// ```
    pub fn drop_generated(mut self) -> AlterColumn {
        self.change.generated = Some(None);
        self
    }

    /// Compares text by the server's collation of this name.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("name").set_collation("C");
    /// ```
    pub fn set_collation(mut self, collation: impl Into<String>) -> AlterColumn {
        self.change.collation = Some(Some(collation.into()));
        self
    }

    /// Compares text as the table or the type does.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("name").drop_collation();
    /// ```
    pub fn drop_collation(mut self) -> AlterColumn {
        self.change.collation = Some(None);
        self
    }

    /// Sets the column's comment in the catalogue.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("phone").set_comment("with the country code");
    /// ```
    pub fn set_comment(mut self, comment: impl Into<String>) -> AlterColumn {
        self.change.comment = Some(Some(comment.into()));
        self
    }

    /// Removes the comment.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("phone").drop_comment();
    /// ```
    pub fn drop_comment(mut self) -> AlterColumn {
        self.change.comment = Some(None);
        self
    }

    /// The whole column before the change, so that it can be reversed. In an SQL script for MySQL
    /// or MariaDB, which cannot ask a database, the column is redefined from this: a default or
    /// comment that is missing here is lost there.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// alter("age").set_type(BigInt).was(column("age", Integer));
    /// ```
    pub fn was<S>(mut self, column: ColumnBuilder<S>) -> AlterColumn {
        self.was = Some(column.into_parts().0);
        self
    }

    fn identity(mut self, always: bool) -> AlterColumn {
        self.change.identity = Some(Some(Identity {
            always,
            options: SequenceOptions::default(),
        }));
        self
    }

    pub(super) fn into_operation(self, table: ObjectName) -> Operation {
        Operation::AlterColumn {
            table,
            name: self.name,
            change: self.change,
            was: self.was,
            using_back: self.using_back,
        }
    }
}
