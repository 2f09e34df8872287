//! What to do about an error: words, and between them advice as data. A command line prints the
//! advice as its own commands, an application as it likes. Must not know what program shows it.

use std::fmt;
use std::ops::Add;

/// A command or method to use, with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// Upgrade: to the head, or to this target.
    Up {
        /// The target, if not the head.
        target: Option<String>,
    },
    /// Downgrade the revision that was applied last.
    DowngradeOne,
    /// Write the statements of an upgrade as a script.
    UpScript {
        /// From where to where, if not the whole history.
        range: Option<String>,
    },
    /// Write the statements of a downgrade as a script.
    DownScript {
        /// From where to where, if not the whole history.
        range: Option<String>,
    },
    /// Record the outcome of an interrupted revision.
    Resolve {
        /// The revision.
        revision: String,
        /// Its outcome.
        resolution: Resolution,
    },
    /// Record these revisions as applied, without running them.
    Stamp {
        /// The revisions; none for an empty database.
        revisions: Vec<String>,
        /// Whether the version table is emptied first.
        purge: bool,
    },
    /// Record the checksums of these revisions as they are now.
    Accept {
        /// The revisions.
        revisions: Vec<String>,
    },
    /// Show the status of the database.
    Status,
    /// Show the revisions.
    History,
    /// Drop what the history created.
    Reset,
    /// Write a revision that joins these heads.
    Merge {
        /// The heads.
        heads: Vec<String>,
    },
    /// Anything else that a command line has, by its arguments.
    Command {
        /// The arguments as they are typed.
        arguments: String,
    },
}

/// The outcome of an interrupted revision, or of its operation in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// The operation was run.
    Done,
    /// The operation was not run.
    NotDone,
    /// All of the revision is applied.
    Applied,
    /// Nothing of the revision is applied.
    NotApplied,
}

impl Resolution {
    /// The option of `resolve` that says it.
    #[must_use]
    pub fn option(self) -> &'static str {
        match self {
            Resolution::Done => "--done",
            Resolution::NotDone => "--not-done",
            Resolution::Applied => "--applied",
            Resolution::NotApplied => "--not-applied",
        }
    }
}

impl Advice {
    /// To upgrade to the head.
    pub const UP: Advice = Advice::Up { target: None };

    /// To record the outcome of a revision.
    #[must_use]
    pub fn resolve(revision: &str, resolution: Resolution) -> Advice {
        Advice::Resolve {
            revision: revision.to_owned(),
            resolution,
        }
    }

    /// To record these revisions as applied.
    #[must_use]
    pub fn stamp(revisions: &[String]) -> Advice {
        Advice::Stamp {
            revisions: revisions.to_vec(),
            purge: false,
        }
    }

    /// To upgrade to a target.
    #[must_use]
    pub fn up_to(target: &str) -> Advice {
        Advice::Up {
            target: Some(target.to_owned()),
        }
    }

    /// The command with its arguments, as it is typed after the name of a program.
    #[must_use]
    pub fn arguments(&self) -> String {
        match self {
            Advice::Up { target: None } => "up".to_owned(),
            Advice::Up {
                target: Some(target),
            } => format!("up {target}"),
            Advice::DowngradeOne => "down -1".to_owned(),
            Advice::UpScript { range: None } => "up --sql".to_owned(),
            Advice::UpScript { range: Some(range) } => format!("up --sql {range}"),
            Advice::DownScript { range: None } => "down --sql".to_owned(),
            Advice::DownScript { range: Some(range) } => format!("down --sql {range}"),
            Advice::Resolve {
                revision,
                resolution,
            } => format!("resolve {revision} {}", resolution.option()),
            Advice::Stamp { revisions, purge } => {
                let purge = if *purge { "--purge " } else { "" };
                let revisions = match revisions.as_slice() {
                    [] => "base".to_owned(),
                    revisions => revisions.join(" "),
                };
                format!("stamp {purge}{revisions}")
            }
            Advice::Accept { revisions } => format!("accept {}", revisions.join(" ")),
            Advice::Status => "status".to_owned(),
            Advice::History => "history".to_owned(),
            Advice::Reset => "reset".to_owned(),
            Advice::Merge { heads } => {
                const MOST: usize = 5;
                match heads.len() {
                    0..=MOST => format!("merge {}", heads.join(" ")),
                    _ => "merge heads".to_owned(),
                }
            }
            Advice::Command { arguments } => arguments.clone(),
        }
    }

    /// The command as it is typed for a program with the commands that need a database; revisions
    /// are written by `cargo migrate` alone.
    #[must_use]
    pub fn typed(&self, program: &str) -> String {
        match self {
            Advice::Merge { .. } => format!("cargo migrate {}", self.arguments()),
            _ => format!("{program} {}", self.arguments()),
        }
    }

    /// The library's method that does it.
    fn method(&self) -> &'static str {
        match self {
            Advice::Up { .. } => "Migrator::upgrade",
            Advice::DowngradeOne => "Migrator::downgrade",
            Advice::UpScript { .. } => "Migrator::upgrade_script",
            Advice::DownScript { .. } => "Migrator::downgrade_script",
            Advice::Resolve { .. } => "Migrator::resolve",
            Advice::Stamp { .. } => "Migrator::stamp",
            Advice::Accept { .. } => "Migrator::accept",
            Advice::Status => "Migrator::status",
            Advice::History => "History::revisions",
            Advice::Reset => "Migrator::reset",
            Advice::Merge { .. } | Advice::Command { .. } => "cargo migrate",
        }
    }
}

/// What to do about an error.
///
/// ```
/// use migrate_graph::{Advice, Help};
///
/// let help = Help::from("look with `") + Advice::Status + "` whether another run is active";
/// assert_eq!(help.typed("shop"), "look with `shop status` whether another run is active");
/// assert_eq!(help.to_string(), "look with `Migrator::status` whether another run is active");
/// assert!(help.advice().eq([&Advice::Status]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help(Vec<Piece>);

/// A piece of a help.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    Advice(Advice),
}

impl Help {
    /// What it says to ask for.
    pub fn advice(&self) -> impl Iterator<Item = &Advice> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Advice(advice) => Some(advice),
            Piece::Words(_) => None,
        })
    }

    /// The text for people who type the commands of this program.
    #[must_use]
    pub fn typed(&self, program: &str) -> String {
        self.written(|advice| advice.typed(program))
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0
            .iter()
            .all(|piece| matches!(piece, Piece::Words(words) if words.is_empty()))
    }

    /// The help with its words changed.
    #[must_use]
    pub fn map_words(self, change: impl Fn(&str) -> String) -> Help {
        let pieces = self.0.into_iter();
        Help(
            pieces
                .map(|piece| match piece {
                    Piece::Words(words) => Piece::Words(change(&words)),
                    advice => advice,
                })
                .collect(),
        )
    }

    fn written(&self, command: impl Fn(&Advice) -> String) -> String {
        let pieces = self.0.iter();
        pieces
            .map(|piece| match piece {
                Piece::Words(words) => words.clone(),
                Piece::Advice(advice) => command(advice),
            })
            .collect()
    }
}

/// For applications: the methods of the library instead of commands, which an application need not
/// have.
impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(|advice| advice.method().to_owned()))
    }
}

impl From<String> for Help {
    fn from(words: String) -> Help {
        Help(vec![Piece::Words(words)])
    }
}

impl From<&str> for Help {
    fn from(words: &str) -> Help {
        Help::from(words.to_owned())
    }
}

impl From<&String> for Help {
    fn from(words: &String) -> Help {
        Help::from(words.clone())
    }
}

impl From<Advice> for Help {
    fn from(advice: Advice) -> Help {
        Help(vec![Piece::Advice(advice)])
    }
}

/// To join heads.
pub(crate) fn merge(heads: &[String]) -> Advice {
    Advice::Merge {
        heads: heads.to_vec(),
    }
}

impl<T: Into<Help>> Add<T> for Help {
    type Output = Help;

    fn add(mut self, more: T) -> Help {
        self.0.extend(more.into().0);
        self
    }
}
