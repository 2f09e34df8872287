//! Why a revision cannot be in an SQL script, and why a dry run is refused.

use std::fmt;

use migrate_graph::{Advice, Direction, Help};

use crate::dialect::BackendKind;

/// A revision that cannot be written into a script, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotInScript {
    /// Its id.
    pub revision: String,
    /// The file that it is in, relative to its package.
    pub file: &'static str,
    /// The line of its function there.
    pub line: u32,
    /// Whether it was to be applied or reverted.
    pub direction: Direction,
    /// Whether it can still be run on a database.
    pub needs_database: bool,
    /// Why it cannot be written.
    pub reason: String,
    /// A help that is specific to the reason, if any.
    pub help: Option<Help>,
}

impl NotInScript {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Help {
        const SAY: &str = "give its statements for scripts, `if op.is_offline() { op.execute(\"…\")?; } else { … }`; or ";
        let id = &self.revision;
        match (&self.help, self.needs_database, self.direction) {
            (Some(help), _, _) => help.clone(),
            (None, true, Direction::Up) => {
                let rest = Advice::UpScript {
                    range: Some(format!("{id}:heads")),
                };
                Help::from(SAY)
                    + "run it on the database with `"
                    + Advice::up_to(id)
                    + "`, and begin the script there: `"
                    + rest
                    + "`"
            }
            (None, true, Direction::Down) => {
                Help::from(SAY) + "revert it on the database with `" + Advice::DowngradeOne + "`"
            }
            (None, false, _) => format!("fix `{}:{}`", self.file, self.line).into(),
        }
    }
}

impl fmt::Display for NotInScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, reason) = (&self.revision, &self.reason);
        match self.needs_database {
            true => write!(
                f,
                "revision `{id}` needs a database, which a script does not have: {reason}"
            ),
            false => write!(
                f,
                "revision `{id}` cannot be written into a script: {reason}"
            ),
        }
    }
}

/// Why a dry run is refused: it could not be rolled back completely.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoDryRun {
    /// The database commits each change of the schema by itself.
    #[error("a dry run is not possible on {}: it commits each change of the schema by itself, so nothing could be rolled back", .0.name())]
    Backend(BackendKind),
    /// A revision runs outside a transaction, up or down.
    #[error(
        "a dry run of revision `{0}` is not possible: it runs outside a transaction, so it could not be rolled back"
    )]
    Revision(String, Direction),
    /// The caller has a transaction open, which would be rolled back too.
    #[error("a dry run is not possible inside a transaction, which would be rolled back too")]
    InTransaction,
}

impl NoDryRun {
    /// What to do instead.
    #[must_use]
    pub fn help(&self) -> Help {
        const LOOK: &str = "look at its statements with `";
        match self {
            NoDryRun::Backend(_) => {
                let all = Advice::UpScript { range: None };
                Help::from("look at the statements with `") + all + "`, or run it on a copy"
            }
            NoDryRun::Revision(id, Direction::Up) => {
                Help::from(LOOK)
                    + Advice::UpScript {
                        range: Some(id.clone()),
                    }
                    + "`, or name a target before it"
            }
            NoDryRun::Revision(id, Direction::Down) => {
                Help::from(LOOK)
                    + Advice::DownScript {
                        range: Some(format!("{id}:{id}-1")),
                    }
                    + "`, or name it as the target"
            }
            NoDryRun::InTransaction => {
                "commit first, or give the migrator its own connection".into()
            }
        }
    }
}
