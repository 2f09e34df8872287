//! What could not be read, and which judgements that forbids: what is missing from the reading may
//! be what a problem says is missing from the history. The macros and the command line ask here, so
//! that they hide and show the same. Must not know how a problem is shown.

use super::Folder;
use migrate_graph::Problem;

/// What could not be read: it must not make mistakes of what is right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incomplete {
    /// There may be revisions that are not known.
    revisions: bool,
    /// There may be parents that are not known.
    parents: bool,
    /// Something else is wrong with a revision.
    other: bool,
}

impl Incomplete {
    /// The doubts about all that was read from these folders.
    pub fn of<'a>(folders: impl IntoIterator<Item = &'a Folder>) -> Incomplete {
        let mut incomplete = Incomplete::default();
        for folder in folders {
            incomplete.revisions |= folder.files.iter().any(|file| file.error.is_some());
            incomplete.revisions |= folder.problems.iter().any(|problem| !problem.is_absence());
            for (_, revision) in folder.revisions() {
                incomplete.revisions |= revision.declaration.id.is_none();
                incomplete.parents |= revision.declaration.down_revision.is_none();
                incomplete.other |= !revision.mistakes.is_empty();
            }
        }
        incomplete
    }

    /// Whether everything was read.
    #[must_use]
    pub fn are_none(&self) -> bool {
        !self.revisions && !self.parents && !self.other
    }

    /// Whether the problem is one whatever else the unread parts may hold.
    #[must_use]
    pub fn allow(&self, problem: &Problem) -> bool {
        match problem {
            Problem::UnknownLink { .. } => !self.revisions,
            Problem::SeveralBases { .. } | Problem::SeveralHeads { .. } => {
                !self.revisions && !self.parents
            }
            _ => true,
        }
    }
}
