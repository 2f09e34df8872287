//! Empty databases of each kind, and operations run on them.

use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl, Scope, Session};
use migrate_core::engine::scratch::{ScratchStep, run_operations};
use migrate_core::operation::Operation;
use migrate_core::schema::Schema;
use migrate_tests::comparison::with_sources;
use migrate_tests::scratch::Scratch;

/// An empty database with a connection to it. It is dropped with this.
pub(crate) struct Fresh {
    pub(crate) session: Box<dyn Session>,
    _place: Scratch,
}

impl Fresh {
    /// An empty database of a kind.
    pub(crate) fn new(kind: BackendKind) -> Fresh {
        let place = Scratch::new(kind, "schemas");
        let url: DatabaseUrl = place.url().parse().expect("the URL of a scratch database");
        Fresh {
            session: backend::connect(&url, Access::Write).expect("a database can be opened"),
            _place: place,
        }
    }

    /// All that is in it.
    pub(crate) fn inspect(&mut self) -> Result<Schema, String> {
        self.session
            .inspect(&Scope::current())
            .map_err(|error| format!("inspection: {error}"))
    }

    /// Runs operations, in order; after some of them, what was done is committed.
    pub(crate) fn run(&mut self, steps: &[(Operation, bool)]) -> Result<(), String> {
        if steps.is_empty() {
            return Ok(());
        }
        let steps: Vec<ScratchStep<'_>> = steps
            .iter()
            .map(|(operation, commits)| ScratchStep {
                operation,
                commits: *commits,
            })
            .collect();
        let done = run_operations(self.session.as_mut(), &steps);
        done.map(drop).map_err(|error| with_sources(&error))
    }
}
