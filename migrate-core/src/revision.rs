//! One revision as the compiler leaves it in the binary: its declaration, and its functions.
//!
//! All of it is `const`: a history costs nothing at start-up. This module must not know of graphs,
//! of databases, or of the macros' syntax.

mod function;

#[doc(hidden)]
pub use function::{Ask, answer, function, operations};
pub use function::{BodyConnection, RevisionFunction};

use migrate_graph::{Checksum, Direction};

use crate::error::RevisionError;
use crate::op::Operations;

/// One revision: its place in the history, and its functions.
///
/// `#[revision]` builds these; other code generators can call the constructors.
///
/// ```
/// use migrate_core::revision::{Body, Downgrade, Revision};
///
/// const REVISION: Revision = Revision::new(
///     "20261121093000",
///     &[],
///     "Create users.\n\nThe first table.",
///     "migrations/20261121093000_create_users.rs",
///     4,
///     Body::Operations(|_op| Ok(())),
///     Downgrade::Irreversible,
/// );
/// assert_eq!(REVISION.message(), "Create users.");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Revision {
    id: &'static str,
    number: u64,
    parents: Parents,
    depends_on: &'static [&'static str],
    branch_labels: &'static [&'static str],
    doc: &'static str,
    file: &'static str,
    line: u32,
    package: &'static str,
    checksum: Option<u64>,
    transaction: bool,
    lossy: &'static [&'static str],
    upgrade: Body,
    downgrade: Downgrade,
}

/// What a revision continues.
#[derive(Clone, Copy, Debug)]
enum Parents {
    /// One revision, and the number of its id.
    One([&'static str; 1], u64),
    /// Any number of revisions.
    Listed(&'static [&'static str]),
}

/// The parameter of a revision's function.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The handle that runs or collects operations, for any backend.
    Operations,
    /// A diesel connection, only for the backend of this name.
    Connection(&'static str),
}

/// What one direction of a revision runs.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// A function that takes [`Operations`].
    Operations(fn(&mut Operations<'_>) -> Result<(), RevisionError>),
    /// A function that answers for another one: so the compiler analyses the type of the other only
    /// once, which is much of the compile time of a revision.
    Asked(fn(Ask<'_, '_>) -> Result<(), RevisionError>),
    /// The text of an SQL file, without an editor's mark for UTF-8: see [`Body::sql`].
    Sql(&'static str),
}

/// How a revision is reverted. Each revision declares it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Downgrade {
    /// By a function of its own.
    Function(Body),
    /// By the reverse of each operation of the upgrade, last one first.
    Reversible,
    /// It cannot be.
    Irreversible,
    /// There is nothing to do, as the author has declared.
    Nothing,
}

impl Revision {
    /// A revision with neither dependencies nor labels, which runs in a transaction.
    #[doc(hidden)]
    pub const fn new(
        id: &'static str,
        down_revision: &'static [&'static str],
        doc: &'static str,
        file: &'static str,
        line: u32,
        upgrade: Body,
        downgrade: Downgrade,
    ) -> Revision {
        Revision {
            id,
            number: 0,
            parents: Parents::Listed(down_revision),
            depends_on: &[],
            branch_labels: &[],
            doc,
            file,
            line,
            package: "",
            checksum: None,
            transaction: true,
            lossy: &[],
            upgrade,
            downgrade,
        }
    }

    /// A revision with one parent: in one call and without a slice, since the compiler's time for a
    /// revision grows with the expressions in its static.
    ///
    /// The numbers are those of the ids: the digits of an id that is a time (14 digits), and
    /// otherwise 0. The last one is that of the [checksum](Self::with_checksum).
    #[doc(hidden)]
    #[expect(clippy::too_many_arguments, reason = "a call for each costs more")]
    pub const fn child(
        id: &'static str,
        number: u64,
        parent: &'static str,
        parent_number: u64,
        doc: &'static str,
        file: &'static str,
        line: u32,
        package: &'static str,
        checksum: u64,
        upgrade: Body,
        downgrade: Downgrade,
    ) -> Revision {
        Revision {
            id,
            number,
            parents: Parents::One([parent], parent_number),
            depends_on: &[],
            branch_labels: &[],
            doc,
            file,
            line,
            package,
            checksum: Some(checksum),
            transaction: true,
            lossy: &[],
            upgrade,
            downgrade,
        }
    }

    /// The same revision, after these dependencies.
    #[doc(hidden)]
    pub const fn with_depends_on(mut self, depends_on: &'static [&'static str]) -> Revision {
        self.depends_on = depends_on;
        self
    }

    /// The same revision, as the start of branches of these names.
    #[doc(hidden)]
    pub const fn with_branch_labels(mut self, branch_labels: &'static [&'static str]) -> Revision {
        self.branch_labels = branch_labels;
        self
    }

    /// The same revision, as part of the package of this name.
    #[doc(hidden)]
    pub const fn with_package(mut self, package: &'static str) -> Revision {
        self.package = package;
        self
    }

    /// The same revision, with the [number](Checksum::number) of its checksum.
    #[doc(hidden)]
    pub const fn with_checksum(mut self, number: u64) -> Revision {
        self.checksum = Some(number);
        self
    }

    /// The same revision, run outside a transaction.
    #[doc(hidden)]
    pub const fn without_transaction(mut self) -> Revision {
        self.transaction = false;
        self
    }

    /// The same revision, which says that it loses these: `table.column: reason`.
    #[doc(hidden)]
    pub const fn with_lossy(mut self, lossy: &'static [&'static str]) -> Revision {
        self.lossy = lossy;
        self
    }

    /// The id, unique in the history.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The ids of the parents: none for a base, several for a merge.
    pub const fn down_revision(&self) -> &[&'static str] {
        match &self.parents {
            Parents::One(parent, _) => parent,
            Parents::Listed(parents) => parents,
        }
    }

    /// The digits of an id that is a time; 0 if it is none, or if that is not known.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Whether this is a later child of the revision with this number and of nothing else, and
    /// neither depends on others nor starts a branch. False if the numbers do not show it.
    pub(crate) const fn is_next(&self, last: u64) -> bool {
        match (&self.parents, self.depends_on, self.branch_labels) {
            (Parents::One(_, parent), [], []) => last != 0 && *parent == last && self.number > last,
            _ => false,
        }
    }

    /// The ids of the dependencies, which must be applied first without being parents.
    pub const fn depends_on(&self) -> &'static [&'static str] {
        self.depends_on
    }

    /// The names of the branches that start here.
    pub const fn branch_labels(&self) -> &'static [&'static str] {
        self.branch_labels
    }

    /// What the revision does, in one line: the first of its doc comment, which may be empty.
    pub fn message(&self) -> &'static str {
        self.doc.lines().next().unwrap_or_default()
    }

    /// The whole doc comment.
    pub const fn doc(&self) -> &'static str {
        self.doc
    }

    /// The file that holds the revision, relative to its workspace's root (to its package where
    /// there is no workspace), with `/` between folders.
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line of the revision's function in that file, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The name of the package that holds the revision; empty where it is unknown.
    pub const fn package(&self) -> &'static str {
        self.package
    }

    /// A checksum of what the revision does, which is recorded when it is applied, so that later
    /// edits are detected.
    ///
    /// It covers the tokens of its function, those of its downgrade function (if it is in the same
    /// file; elsewhere its path), how the downgrade was declared, and `transaction`. Comments and
    /// formatting do not count. It does not cover functions that these call, tables and constants
    /// next to them, and files that they include. `None` where the source was not available, as for
    /// revisions that are built by hand.
    pub const fn checksum(&self) -> Option<Checksum> {
        match self.checksum {
            Some(number) => Some(Checksum::new(number)),
            None => None,
        }
    }

    /// Whether the revision runs in a transaction.
    pub const fn transaction(&self) -> bool {
        self.transaction
    }

    /// What it says that it loses, up or down: `table.column: reason`, or `table: reason` for rows.
    pub const fn lossy(&self) -> &'static [&'static str] {
        self.lossy
    }

    /// The body of the upgrade.
    #[doc(hidden)]
    pub const fn upgrade(&self) -> &Body {
        &self.upgrade
    }

    /// The downgrade.
    #[doc(hidden)]
    pub const fn downgrade(&self) -> &Downgrade {
        &self.downgrade
    }

    /// The text of its SQL file, if this is an SQL folder.
    pub(crate) fn text(&self, direction: Direction) -> Option<&'static str> {
        match (direction, &self.downgrade) {
            (Direction::Up, _) => self.upgrade.text(),
            (Direction::Down, Downgrade::Function(body)) => body.text(),
            (
                Direction::Down,
                Downgrade::Reversible | Downgrade::Irreversible | Downgrade::Nothing,
            ) => None,
        }
    }

    /// The file with the body; of an SQL folder, that of the direction.
    pub(crate) fn sql_file(&self, direction: Direction) -> String {
        let folder = self.file.strip_suffix("up.sql");
        match folder.filter(|_| direction == Direction::Down) {
            Some(folder) => format!("{folder}down.sql"),
            None => self.file.to_owned(),
        }
    }
}

impl Body {
    /// A body that runs the text of an SQL file: statement by statement where the ends of
    /// statements are certain, and else as a whole.
    ///
    /// ```
    /// use migrate_core::revision::Body;
    /// const UP: Body = Body::sql("CREATE TABLE users (id INTEGER); CREATE TABLE posts (id INTEGER);");
    /// assert!(UP.text().is_some());
    /// ```
    pub const fn sql(text: &'static str) -> Body {
        // an editor's mark for UTF-8, which the servers' clients skip, too
        let text = match text.as_bytes() {
            [0xef, 0xbb, 0xbf, ..] => text.split_at(3).1,
            _ => text,
        };
        Body::Sql(text)
    }

    /// The text, if this is SQL and no function.
    pub const fn text(&self) -> Option<&'static str> {
        match *self {
            Body::Sql(text) => Some(text),
            Body::Operations(_) | Body::Asked(_) => None,
        }
    }

    /// The parameter of the function.
    pub fn needs(&self) -> Needs {
        match *self {
            Body::Operations(_) | Body::Sql(_) => Needs::Operations,
            Body::Asked(answer) => Ask::needs(answer),
        }
    }

    /// Runs the function.
    ///
    /// # Errors
    ///
    /// The error that the function returned, or that the connected backend is not the one that it
    /// [needs](Body::needs).
    pub fn run(&self, op: &mut Operations<'_>) -> Result<(), RevisionError> {
        match *self {
            Body::Operations(run) => run(op),
            Body::Asked(answer) => answer(Ask::Run(op)),
            Body::Sql(text) => op.script(text),
        }
    }
}
