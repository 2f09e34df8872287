//! `comment("…")`: a table's comment in the catalogue.

use super::Operations;
use crate::Result;
use crate::operation::Operation;
use crate::schema::ObjectName;

/// A comment; with the one before it, its operation can be reversed.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.comment_on_table("users", "everybody who ever signed up")?;
///     op.comment_on_table("jobs", comment("what is to be done").was(None))
/// }
/// ```
pub fn comment(text: impl Into<String>) -> Comment {
    Comment {
        text: Some(text.into()),
        was: None,
    }
}

/// No comment: removes the existing one.
///
/// ```
/// # use migrate_core::prelude::*;
/// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
/// op.comment_on_table("users", no_comment())?;
/// # Ok(())
/// # }
/// ```
pub fn no_comment() -> Comment {
    Comment {
        text: None,
        was: None,
    }
}

/// What `comment` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a comment is made by `op.comment_on_table(…)`"]
pub struct Comment {
    text: Option<String>,
    was: Option<Option<String>>,
}

impl Comment {
    /// The comment before; `None` for no comment.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.comment_on_table("users", comment("customers").was(Some("people")))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn was(mut self, text: Option<&str>) -> Comment {
        self.was = Some(text.map(str::to_owned));
        self
    }
}

impl From<&str> for Comment {
    fn from(text: &str) -> Comment {
        comment(text)
    }
}

impl From<String> for Comment {
    fn from(text: String) -> Comment {
        comment(text)
    }
}

impl Operations<'_> {
    /// Sets the comment of a table in the catalogue.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.comment_on_table("users", "people who ever signed up")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn comment_on_table(
        &mut self,
        table: impl Into<ObjectName>,
        comment: impl Into<Comment>,
    ) -> Result<()> {
        let comment = comment.into();
        self.apply(Operation::SetTableComment {
            table: table.into(),
            comment: comment.text,
            was: comment.was,
        })
    }
}
