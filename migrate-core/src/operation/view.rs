//! Views.

use std::fmt;

use super::Operation;
use super::reverse::{CAME_BEFORE, Missing, definition};
use crate::schema::{ObjectName, View};

/// An operation on a view.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViewOperation {
    /// Creates a view.
    Create {
        /// The view.
        view: View,
        /// Whether a view of that name that is already there is left alone.
        if_not_exists: bool,
    },
    /// Replaces the query of a view, or creates the view.
    Replace {
        /// The view.
        view: View,
        /// The view before.
        was: Option<View>,
    },
    /// Renames a view within its schema.
    Rename {
        /// The name before.
        from: ObjectName,
        /// The name after.
        to: String,
        /// Whether its rows are stored.
        materialized: bool,
    },
    /// Drops a view.
    Drop {
        /// Its name.
        name: ObjectName,
        /// Whether its rows are stored.
        materialized: bool,
        /// Its definition before.
        definition: Option<View>,
        /// Whether it does nothing if the view does not exist.
        if_exists: bool,
    },
}

impl fmt::Display for ViewOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ViewOperation::Create { view, .. } => write!(f, "create view `{}`", view.name),
            ViewOperation::Replace { view, .. } => write!(f, "replace view `{}`", view.name),
            ViewOperation::Rename { from, to, .. } => write!(f, "rename view `{from}` to `{to}`"),
            ViewOperation::Drop { name, .. } => write!(f, "drop view `{name}`"),
        }
    }
}

impl ViewOperation {
    pub(super) fn reverse(&self) -> Result<Operation, Missing> {
        let reverse = match self {
            ViewOperation::Create {
                if_not_exists: true,
                ..
            }
            | ViewOperation::Drop {
                if_exists: true, ..
            } => return Err(CAME_BEFORE),
            ViewOperation::Create { view, .. } => ViewOperation::Drop {
                name: view.name.clone(),
                materialized: view.materialized,
                definition: Some(view.clone()),
                if_exists: false,
            },
            ViewOperation::Replace { view, was } => ViewOperation::Replace {
                view: was.clone().ok_or((
                    "the view that it replaces",
                    "op.replace_view(view(\"…\", \"…\").was(\"SELECT …\"))",
                ))?,
                was: Some(view.clone()),
            },
            ViewOperation::Rename {
                from,
                to,
                materialized,
            } => ViewOperation::Rename {
                from: from.sibling(to.as_str()),
                to: from.name.clone(),
                materialized: *materialized,
            },
            ViewOperation::Drop {
                definition: was, ..
            } => ViewOperation::Create {
                view: definition(was, "op.drop_view(view(\"…\", \"SELECT …\"))")?,
                if_not_exists: false,
            },
        };
        Ok(Operation::View(reverse))
    }
}
