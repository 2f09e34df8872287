//! `view("…", "SELECT …")`: views.

use super::Operations;
use crate::Result;
use crate::operation::{Operation, ViewOperation};
use crate::schema::{ObjectName, Sql, View};

/// A view of a query.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.create_view(view("adults", "SELECT id, name FROM users WHERE age >= 18"))?;
///     op.replace_view(
///         view("adults", "SELECT id, name, phone FROM users WHERE age >= 18")
///             .was("SELECT id, name FROM users WHERE age >= 18"),
///     )?;
///     op.drop_view("children")
/// }
/// ```
pub fn view(name: impl Into<ObjectName>, query: impl Into<Sql>) -> ViewBuilder {
    ViewBuilder {
        view: View::new(name, query),
        if_not_exists: false,
        was: None,
    }
}

/// What `view` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a view is created by `op.create_view(…)`"]
pub struct ViewBuilder {
    view: View,
    if_not_exists: bool,
    was: Option<Sql>,
}

impl ViewBuilder {
    /// Names the columns.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// view("adults", "SELECT id, name FROM users WHERE age >= 18").columns(["id", "name"]);
    /// ```
    pub fn columns(mut self, names: impl IntoIterator<Item: Into<String>>) -> ViewBuilder {
        self.view.columns = names.into_iter().map(Into::into).collect();
        self
    }

    /// Stores the rows, until the view is refreshed (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// view("totals", "SELECT user_id, sum(total) FROM orders GROUP BY user_id").materialized();
    /// ```
    pub fn materialized(mut self) -> ViewBuilder {
        self.view.materialized = true;
        self
    }

    /// Does nothing if a view of this name already exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// view("adults", "SELECT id FROM users WHERE age >= 18").if_not_exists();
    /// ```
    pub fn if_not_exists(mut self) -> ViewBuilder {
        self.if_not_exists = true;
        self
    }

    /// The query before, for `op.replace_view`, so that it can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.replace_view(
    ///     view("adults", "SELECT id, name FROM users WHERE age >= 18")
    ///         .was("SELECT id FROM users WHERE age >= 18"),
    /// )?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn was(mut self, query: impl Into<Sql>) -> ViewBuilder {
        self.was = Some(query.into());
        self
    }
}

/// A view to be dropped: its name, or its whole definition, so that it can be recreated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropView {
    name: ObjectName,
    definition: Option<View>,
}

impl<N: Into<ObjectName>> From<N> for DropView {
    fn from(name: N) -> DropView {
        DropView {
            name: name.into(),
            definition: None,
        }
    }
}

impl From<ViewBuilder> for DropView {
    fn from(builder: ViewBuilder) -> DropView {
        DropView {
            name: builder.view.name.clone(),
            definition: Some(builder.view),
        }
    }
}

impl DropView {
    fn into_operation(self, materialized: bool, if_exists: bool) -> Operation {
        Operation::View(ViewOperation::Drop {
            materialized: materialized
                || self
                    .definition
                    .as_ref()
                    .is_some_and(|view| view.materialized),
            name: self.name,
            definition: self.definition,
            if_exists,
        })
    }
}

impl Operations<'_> {
    /// Creates a view.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_view(view("adults", "SELECT id, name FROM users WHERE age >= 18"))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn create_view(&mut self, view: ViewBuilder) -> Result<()> {
        self.apply(Operation::View(ViewOperation::Create {
            view: view.view,
            if_not_exists: view.if_not_exists,
        }))
    }

    /// Replaces the query of a view, or creates the view.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.replace_view(view("adults", "SELECT id, name FROM users WHERE age >= 21"))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn replace_view(&mut self, view: ViewBuilder) -> Result<()> {
        let was = view.was.map(|query| View {
            query,
            ..view.view.clone()
        });
        self.apply(Operation::View(ViewOperation::Replace {
            view: view.view,
            was,
        }))
    }

    /// Renames a view; it stays in its schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.rename_view("adults", "grown_ups")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn rename_view(
        &mut self,
        from: impl Into<ObjectName>,
        to: impl Into<String>,
    ) -> Result<()> {
        self.apply(Operation::View(ViewOperation::Rename {
            from: from.into(),
            to: to.into(),
            materialized: false,
        }))
    }

    /// Renames a materialized view; it stays in its schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.rename_materialized_view("totals", "order_totals")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn rename_materialized_view(
        &mut self,
        from: impl Into<ObjectName>,
        to: impl Into<String>,
    ) -> Result<()> {
        self.apply(Operation::View(ViewOperation::Rename {
            from: from.into(),
            to: to.into(),
            materialized: true,
        }))
    }

    /// Drops a view, by name or by its whole definition; only the latter can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_view("adults")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_view(&mut self, view: impl Into<DropView>) -> Result<()> {
        self.apply(view.into().into_operation(false, false))
    }

    /// Drops a view if it exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_view_if_exists("adults")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_view_if_exists(&mut self, view: impl Into<DropView>) -> Result<()> {
        self.apply(view.into().into_operation(false, true))
    }

    /// Drops a materialized view.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_materialized_view("totals")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_materialized_view(&mut self, view: impl Into<DropView>) -> Result<()> {
        self.apply(view.into().into_operation(true, false))
    }
}
