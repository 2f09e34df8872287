//! The ladder: what is tested of a history without a test being written. A rung is a function of
//! the history, scratch databases and the chosen revisions, with a verdict. It must not print.

mod bed;
mod chosen;
mod differing;
mod down;
mod full;
mod graph;
mod macros;
mod orders;
mod part;
mod place;
mod previous;
mod resume;
mod rows;
mod scripts;
#[doc(hidden)]
pub mod seeded;
mod seeds;
mod sowing;
mod stairway;
mod touched;
mod up;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use clap::ValueEnum;
use migrate_graph::{Graph, Node, Rules};

use super::error::CliError;
use super::exit::Exit;
use super::json::{Place, TestFailure, TestedRung};
use bed::{Bed, Catalogue};
#[doc(hidden)]
pub use chosen::names_revision;
pub(crate) use chosen::{Chosen, Since};
#[doc(hidden)]
pub use macros::{AtRevision, Declared, at_revision, check};
use migrate_core::engine::backend::{BackendKind, DatabaseUrl};
use migrate_core::engine::scratch::Scratch;
use migrate_core::error::Error;
use migrate_core::migrator::Event;
use migrate_core::revision::{Downgrade, Revision};
use migrate_core::{CancelToken, History, Migrator};
pub(crate) use place::{backends, name_of, place};
#[doc(hidden)]
pub use previous::Past;
pub(crate) use previous::Previous;
use stairway::Seen;

/// A rung of the ladder.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// The history is sound
    Graph,
    /// It applies to an empty database
    Up,
    /// Each revision, up, down and up again, leaves the same catalogue both times
    Stairway,
    /// Reverting from the head to base leaves nothing
    Down,
    /// No row is lost or changed by up and down, unless the revision says so
    Rows,
    /// Each revision runs on tables that have rows
    FullTables,
    /// Each order that the graph allows leaves the same catalogue
    Orders,
    /// The scripts of `up --sql` leave what `up` leaves
    Scripts,
    /// A run that is interrupted anywhere, and run again, leaves the same catalogue
    Resume,
    /// The history leads to the models
    Models,
    /// The files of `diesel.toml` are what `schema print` prints
    Print,
    /// What was released before can use the database: needs `--since`, and a commit or `--queries`
    Previous,
}

impl Rung {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Rung::Graph => "graph",
            Rung::Up => "up",
            Rung::Stairway => "stairway",
            Rung::Down => "down",
            Rung::Rows => "rows",
            Rung::FullTables => "full-tables",
            Rung::Orders => "orders",
            Rung::Scripts => "scripts",
            Rung::Resume => "resume",
            Rung::Models => "models",
            Rung::Print => "print",
            Rung::Previous => "previous",
        }
    }
}

/// What a rung found.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// How many of `unit` were tested.
    pub(crate) count: usize,
    /// What is counted.
    pub(crate) unit: &'static str,
    /// The tested revisions that are irreversible.
    pub(crate) irreversible: Vec<String>,
    /// What is no failure.
    pub(crate) notes: Vec<String>,
    /// What is wrong.
    pub(crate) failures: Vec<TestFailure>,
    /// Why nothing was tested.
    pub(crate) skipped: Option<String>,
}

impl Verdict {
    pub(crate) fn of(unit: &'static str) -> Verdict {
        Verdict {
            unit,
            ..Verdict::default()
        }
    }

    pub(crate) fn skipped(unit: &'static str, why: impl Into<String>) -> Verdict {
        Verdict {
            skipped: Some(why.into()),
            ..Verdict::of(unit)
        }
    }

    /// The answer for people and programs.
    pub(crate) fn answered(self, rung: Rung, start: Instant) -> TestedRung {
        let outcome = match (&self.skipped, self.failures.is_empty()) {
            (_, false) => "failed",
            (Some(_), true) => "skipped",
            (None, true) => "passed",
        };
        TestedRung {
            rung: rung.name(),
            outcome,
            why: self.skipped,
            count: self.count,
            unit: self.unit,
            duration_ms: start.elapsed().as_secs_f64() * 1e3,
            irreversible: self.irreversible,
            notes: self.notes,
            failures: self.failures,
        }
    }
}

/// Why a step of a rung did not end well.
pub(crate) enum Halt {
    /// What the rung looks for.
    Found(Box<TestFailure>),
    /// Nothing can be tested.
    Error(CliError),
}

impl From<CliError> for Halt {
    fn from(error: CliError) -> Halt {
        Halt::Error(error)
    }
}

/// How many failures a rung finds before it ends.
pub(crate) const MOST: usize = 10;

/// A history that is tested on one kind of database.
pub(crate) struct Ladder<'l> {
    pub(crate) history: &'l History,
    pub(crate) kind: BackendKind,
    /// Beside which database the scratch databases are made; `None` for memory.
    pub(crate) place: Option<DatabaseUrl>,
    pub(crate) graph: &'l Graph,
    pub(crate) chosen: &'l Chosen,
    pub(crate) rules: Rules,
    /// Makes a migrator with the settings of the command.
    pub(crate) migrator: &'l (dyn Fn() -> Migrator<'static> + Sync),
    /// What was released before.
    pub(crate) previous: &'l Previous,
    /// What the values of rows are made from.
    pub(crate) seed: u64,
    /// What Ctrl-C requests.
    pub(crate) stop: &'l CancelToken,
    /// The words that repeat a rung on this kind of database: `cargo migrate test`, and options.
    pub(crate) command: String,
    /// Whether the scratch database of a failure stays.
    pub(crate) keep: bool,
    /// What it made of itself.
    pub(crate) own: Own,
}

/// What a ladder makes once it is needed, and what one of its rungs leaves for a later one, so that
/// no revision is run twice for the same answer. A new one has nothing.
#[derive(Default)]
pub(crate) struct Own {
    /// What runs single revisions: its graph is made once.
    steps: OnceCell<Migrator<'static>>,
    /// The revisions in the order of the history.
    revisions: OnceCell<Vec<&'static Revision>>,
    /// The scratch databases that failures were found on, by their numbers, where they may stay.
    shelf: RefCell<BTreeMap<String, Scratch>>,
    /// The URLs of those that stay.
    kept: RefCell<BTreeMap<String, String>>,
    /// The database that `up` left at the head, and its catalogue.
    head: RefCell<Option<Scratch>>,
    catalogue: RefCell<Option<Arc<Catalogue>>>,
    /// What `stairway` saw of each tested revision.
    seen: RefCell<Option<Vec<Seen>>>,
    /// What the walk on tables with rows found for the other one of its two rungs.
    walked: RefCell<Option<(Rung, Verdict)>>,
}

impl Own {
    /// What another ladder begins with, which has a token of its own.
    pub(crate) fn left(self) -> Own {
        Own {
            steps: OnceCell::new(),
            ..self
        }
    }

    /// What a ladder on another thread may know of this one: the catalogue that `up` left.
    pub(crate) fn catalogue(&self) -> Option<Arc<Catalogue>> {
        self.catalogue.borrow().as_ref().map(Arc::clone)
    }

    /// What a ladder begins with that knows the catalogue that `up` left.
    pub(crate) fn knowing(catalogue: Option<Arc<Catalogue>>) -> Own {
        Own {
            catalogue: RefCell::new(catalogue),
            ..Own::default()
        }
    }
}

impl Ladder<'_> {
    /// Tests by one rung that needs no sources.
    pub(crate) fn climb(&self, rung: Rung) -> Result<Verdict, CliError> {
        let mut verdict = self.verdict(rung)?;
        let mut kept = self.own.kept.borrow_mut();
        for failure in &mut verdict.failures {
            let Some(number) = failure.database.take() else {
                continue;
            };
            // what is still there may be that of another rung's failure
            let scratch = self.own.shelf.borrow_mut().remove(&number);
            if let Some(scratch) = scratch {
                match scratch.keep() {
                    Ok(url) => drop(kept.insert(number.clone(), url.to_string())),
                    Err(error) => failure.notes.push(format!("nothing is kept: {error}")),
                }
            }
            failure.database = kept.get(&number).cloned();
        }
        Ok(verdict)
    }

    fn verdict(&self, rung: Rung) -> Result<Verdict, CliError> {
        match rung {
            Rung::Graph => graph::graph(self),
            Rung::Up => up::up(self),
            Rung::Stairway => stairway::stairway(self),
            Rung::Down => down::down(self),
            Rung::Rows | Rung::FullTables => full::full(self, rung),
            Rung::Orders => orders::orders(self),
            Rung::Scripts => scripts::scripts(self),
            Rung::Resume => resume::resume(self),
            Rung::Previous => previous::previous(self),
            Rung::Models | Rung::Print => Ok(Verdict::skipped(
                "revision",
                "only `cargo migrate test` knows the sources",
            )),
        }
    }

    /// A migrator that Ctrl-C stops.
    fn migrator(&self) -> Migrator<'static> {
        (self.migrator)().stop(self.stop)
    }

    /// The same with an observer.
    fn observed<'m>(&self, observe: impl Fn(&Event<'_>) + 'm) -> Migrator<'m> {
        let migrator: Migrator<'m> = self.migrator();
        migrator.on_event(observe)
    }

    fn revision(&self, node: Node) -> &'static Revision {
        let own = &self.own.revisions;
        let revisions = own.get_or_init(|| self.history.revisions().collect());
        revisions[self.graph.origin(node)]
    }

    /// What runs single revisions.
    fn steps(&self) -> &Migrator<'static> {
        self.own.steps.get_or_init(|| self.migrator())
    }

    fn is_irreversible(&self, node: Node) -> bool {
        matches!(self.revision(node).downgrade(), Downgrade::Irreversible)
    }

    fn ids(&self, nodes: &[Node]) -> Vec<&str> {
        nodes.iter().map(|node| self.graph.id(*node)).collect()
    }

    /// Something that is wrong with a revision.
    fn failure(&self, rung: Rung, node: Node, message: impl Into<String>) -> TestFailure {
        let revision = self.revision(node);
        TestFailure {
            revision: Some(revision.id().to_owned()),
            place: Some(Place {
                file: revision.file().to_owned(),
                line: revision.line(),
                column: None,
                note: None,
            }),
            message: message.into(),
            repeat: Some(self.repeat(rung, Some(revision.id()))),
            ..TestFailure::default()
        }
    }

    /// The command that repeats a rung.
    fn repeat(&self, rung: Rung, id: Option<&str>) -> String {
        let only = id.map(|id| format!(" --only {id}")).unwrap_or_default();
        let keep = match rung {
            Rung::Graph => "",
            _ => " --keep",
        };
        format!("{} {}{only}{keep}", self.command, rung.name())
    }

    /// An error of the engine: about a revision, or one that ends the test.
    fn halt(&self, rung: Rung, doing: &str, node: Option<Node>, error: Error) -> Halt {
        let of_revision = match &error {
            Error::Revision(failed) => {
                Some((failed.revision.clone(), failed.file.clone(), failed.line))
            }
            Error::Irreversible { revision, .. }
            | Error::OtherBackend { revision, .. }
            | Error::TransactionControl { revision, .. } => self.place_of(revision),
            Error::NotRunnable(found) => found
                .first()
                .map(|found| (found.revision.clone(), found.file.clone(), found.line)),
            Error::NotCommitted(_) | Error::Unsupported(_) | Error::CannotRevert(_) => {
                node.and_then(|node| self.place_of(self.graph.id(node)))
            }
            _ => None,
        };
        let error = CliError::from(error);
        let Some((revision, file, line)) = of_revision.filter(|_| error.exit != Exit::Stopped)
        else {
            return Halt::Error(error);
        };
        let repeat = self.repeat(rung, Some(&revision));
        Halt::Found(Box::new(TestFailure {
            revision: Some(revision),
            place: Some(Place {
                file,
                line,
                column: None,
                note: None,
            }),
            message: match doing {
                "" => error.message,
                doing => format!("{doing}: {}", error.message),
            },
            notes: error.notes,
            repeat: Some(repeat),
            ..TestFailure::default()
        }))
    }

    fn place_of(&self, id: &str) -> Option<(String, String, u32)> {
        let revision = self.revision(self.graph.node(id)?);
        let file = revision.file().to_owned();
        Some((id.to_owned(), file, revision.line()))
    }
}
