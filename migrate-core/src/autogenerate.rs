//! What a project's own function sees of a revision that `cargo migrate new --autogenerate` is
//! about to write, and may change. Pure; it must not know how changes are found, or where they are
//! written.

use crate::backend::{self, BackendKind};
use crate::diff::ADDED;
pub use crate::diff::{Change, ChangeKind};
use crate::execute::Collect;
use crate::operation::Operation;
use crate::schema::ObjectRef;
use crate::{Operations, Result};

/// The changes that lead from the history to the models, before a revision is made of them.
///
/// A function marked with [`autogenerate`](macro@crate::autogenerate) gets them. What it leaves
/// out, edits and adds is tried on a scratch database like all else, and the downgrade follows
/// from what the changes then do.
///
/// ```
/// use migrate_core::autogenerate::{ChangeKind, Changes};
///
/// /// Tables of another team stay as they are, and a new table's message names the ticket.
/// fn ours(changes: &mut Changes) {
///     changes.retain(|change| !change.object.name.name.starts_with("billing_"));
///     if changes.iter().any(|change| change.kind == ChangeKind::Add) {
///         changes.set_message("Add what the ticket asks for");
///     }
/// }
/// # let mut none = Changes::new(migrate_core::BackendKind::Sqlite, Vec::new());
/// # ours(&mut none);
/// # assert!(none.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Changes {
    backend: BackendKind,
    changes: Vec<Change>,
    /// Where a further revision begins, ascending, with its message.
    starts: Vec<(usize, String)>,
    message: Option<String>,
}

impl Changes {
    /// These changes, as one revision.
    #[must_use]
    pub fn new(backend: BackendKind, changes: Vec<Change>) -> Changes {
        Changes {
            backend,
            changes,
            starts: Vec::new(),
            message: None,
        }
    }

    /// The kind of database that they are for.
    #[must_use]
    pub fn backend(&self) -> BackendKind {
        self.backend
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes in the order in which they run.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.changes.iter()
    }

    /// Leaves out the changes for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(&Change) -> bool) {
        let kept: Vec<bool> = self.changes.iter().map(&mut keep).collect();
        for (start, _) in &mut self.starts {
            *start = kept[..*start].iter().filter(|kept| **kept).count();
        }
        let mut each = kept.into_iter();
        self.changes.retain(|_| each.next().unwrap_or(true));
    }

    /// Edits operations in place, in order.
    pub fn edit(&mut self, edit: impl FnMut(&mut Operation)) {
        let operations = self.changes.iter_mut();
        operations
            .map(|change| &mut change.operation)
            .for_each(edit);
    }

    /// Puts the operations that `calls` calls before the change at `index`; at the end if there are
    /// fewer changes.
    ///
    /// # Errors
    ///
    /// What `calls` returns, and operations that the database does not have. Nothing is added then.
    pub fn insert(
        &mut self,
        index: usize,
        calls: impl FnOnce(&mut Operations<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut collect = Collect::new(backend::rules(self.backend)?);
        calls(&mut collect.operations())?;
        let added: Vec<Change> = collect.into_operations().into_iter().map(added).collect();
        let index = index.min(self.changes.len());
        for (start, _) in &mut self.starts {
            *start += if *start > index { added.len() } else { 0 };
        }
        self.changes.splice(index..index, added);
        Ok(())
    }

    /// Adds the operations that `calls` calls at the end.
    ///
    /// ```
    /// # use migrate_core::autogenerate::Changes;
    /// # use migrate_core::prelude::*;
    /// fn with_a_row(changes: &mut Changes) -> Result<()> {
    ///     changes.push(|op| op.bulk_insert("audit", ["what"], [("the schema has changed",)]))
    /// }
    /// # let mut none = Changes::new(migrate_core::BackendKind::Sqlite, Vec::new());
    /// # with_a_row(&mut none).unwrap();
    /// # assert_eq!(none.len(), 1);
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`insert`](Changes::insert).
    pub fn push(&mut self, calls: impl FnOnce(&mut Operations<'_>) -> Result<()>) -> Result<()> {
        self.insert(self.changes.len(), calls)
    }

    /// Begins a further revision before the change at `index`, with this message. Nothing happens
    /// at an index that has no change before it or none behind it.
    pub fn start_revision(&mut self, index: usize, message: impl Into<String>) {
        if index == 0 || index >= self.changes.len() {
            return;
        }
        self.starts.retain(|(start, _)| *start != index);
        self.starts.push((index, message.into()));
        self.starts.sort_by_key(|(start, _)| *start);
    }

    /// The message of the first revision, where the command line gives none.
    pub fn set_message(&mut self, message: impl Into<String>) {
        self.message = Some(message.into());
    }

    /// The revisions that were made of them, each with its message, if it has one. A revision that
    /// nothing is left of is not among them.
    #[doc(hidden)]
    #[must_use]
    pub fn into_revisions(self) -> Vec<(Option<String>, Vec<Change>)> {
        let mut revisions = vec![(self.message, Vec::new())];
        let mut starts = self.starts.into_iter().peekable();
        for (index, change) in self.changes.into_iter().enumerate() {
            while let Some((_, message)) = starts.next_if(|(start, _)| *start == index) {
                revisions.push((Some(message), Vec::new()));
            }
            if let Some((_, changes)) = revisions.last_mut() {
                changes.push(change);
            }
        }
        revisions.retain(|(_, changes)| !changes.is_empty());
        revisions
    }
}

fn added(operation: Operation) -> Change {
    Change {
        kind: ChangeKind::Alter,
        object: ObjectRef::new(ADDED, operation.describe()),
        operation,
        loses: None,
        may_fail: None,
        fills: None,
        commits: false,
    }
}

/// A function that a crate has marked with `#[autogenerate]`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Hook {
    package: &'static str,
    name: &'static str,
    function: fn(&mut Changes),
}

impl Hook {
    /// Used by the macro, which gives the path of the module.
    ///
    /// # Panics
    ///
    /// If the module is not the crate's root: `cargo migrate` looks for the function there. As it
    /// is a constant, this is a compile error.
    #[must_use]
    pub const fn new(module: &'static str, name: &'static str, function: fn(&mut Changes)) -> Hook {
        let bytes = module.as_bytes();
        let mut index = 0;
        while index < bytes.len() {
            assert!(
                bytes[index] != b':',
                "a function marked `#[autogenerate]` must be in the library's root, `src/lib.rs`, where `migrations!()` is"
            );
            index += 1;
        }
        Hook {
            package: module,
            name,
            function,
        }
    }

    /// Calls it.
    pub fn run(&self, changes: &mut Changes) {
        (self.function)(changes);
    }

    /// Its path, for people.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}::{}", self.package, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RevisionError;

    fn dropped(name: &str) -> Change {
        Change {
            operation: Operation::DropTable {
                name: name.into(),
                definition: None,
                if_exists: false,
            },
            kind: ChangeKind::Remove,
            object: ObjectRef::new("table", name),
            loses: None,
            may_fail: None,
            fills: None,
            commits: false,
        }
    }

    fn names(revisions: &[(Option<String>, Vec<Change>)]) -> Vec<(Option<&str>, Vec<String>)> {
        let mut all = Vec::new();
        for (message, changes) in revisions {
            let names = changes.iter().map(|one| one.object.name.to_string());
            all.push((message.as_deref(), names.collect()));
        }
        all
    }

    #[test]
    fn changes_are_left_out_added_and_split() {
        let all = ["a", "b", "c", "d"].map(dropped).to_vec();
        let mut changes = Changes::new(BackendKind::Sqlite, all);
        changes.start_revision(0, "nothing before it");
        changes.start_revision(4, "nothing behind it");
        changes.start_revision(2, "later");
        changes.set_message("first");
        changes.retain(|change| change.object.name.name != "a");
        changes.insert(0, |op| op.execute("SELECT 1")).unwrap();
        changes.push(|op| op.execute("SELECT 2")).unwrap();
        let refused = changes.push(|op| {
            op.execute("SELECT 3")?;
            Err(RevisionError::message("no"))
        });
        assert_eq!((refused.is_err(), changes.len()), (true, 5));
        let revisions = changes.clone().into_revisions();
        let expected = [
            (
                Some("first"),
                vec!["execute `SELECT 1`".to_owned(), "b".to_owned()],
            ),
            (
                Some("later"),
                ["c", "d", "execute `SELECT 2`"].map(str::to_owned).to_vec(),
            ),
        ];
        assert_eq!(names(&revisions), expected);
        changes.retain(|change| {
            change.object.name.name != "b" && change.object.name.name != "execute `SELECT 1`"
        });
        assert_eq!(names(&changes.clone().into_revisions()), expected[1..]);
        changes.retain(|_| false);
        assert!(changes.into_revisions().is_empty());
    }
}
