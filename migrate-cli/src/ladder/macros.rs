//! What `migrate_core::test_migrations!` expands to calls of: one rung on one kind of database, as
//! a test that panics with what it found.

use std::borrow::Borrow;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum;
use migrate_graph::{Direction, Node};
use migrate_source::{Tested, Workspace, read_manifest};

use super::place::{kind_of, name_of, place};
use super::{Bed, Chosen, Halt, Ladder, Own, Rung};
use crate::configuration::{self, Configuration, Given, Origin, Surroundings};
use crate::error::CliError;
use crate::json::TestedRung;
use crate::text::test::failure_text;
use migrate_core::engine::scratch::run_function;
use migrate_core::{CancelToken, History, Migrator, Operations, RevisionError};

/// A package whose manifests say on what its history is tested.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The folder of the package.
    pub folder: &'static str,
}

/// Tests a history by one rung on one kind of database.
///
/// # Panics
///
/// With what the rung found, or why it cannot be tested.
#[expect(clippy::panic, reason = "so a test fails")]
pub fn check(history: impl Borrow<History>, declared: &Declared, backend: &str, rung: &str) {
    match tested(history.borrow(), declared, backend, rung) {
        Ok(tested) if tested.failures.is_empty() => {}
        Ok(tested) => {
            let failures = tested.failures.iter();
            let texts = failures.map(|failure| failure_text(failure, tested.rung, backend));
            let text = texts.collect::<Vec<_>>().join("\n");
            panic!("\n{}", anstream::adapter::strip_str(&text));
        }
        Err(error) => panic!("{backend} cannot be tested: {}", error_text(&error)),
    }
}

/// A database at a revision that is tested by a function of the user's: what comes before it is
/// applied.
pub struct AtRevision<'a> {
    bed: Bed<'a>,
    node: Node,
}

impl AtRevision<'_> {
    /// Applies the revision.
    ///
    /// # Errors
    ///
    /// That its upgrade fails.
    pub fn up(&mut self) -> migrate_core::Result<()> {
        self.step(Direction::Up)
    }

    /// Reverts the revision.
    ///
    /// # Errors
    ///
    /// That its downgrade fails, or that it is irreversible.
    pub fn down(&mut self) -> migrate_core::Result<()> {
        self.step(Direction::Down)
    }

    /// Runs operations, and diesel's queries by `with_connection!` and `read_connection!`.
    ///
    /// # Errors
    ///
    /// That of the function.
    pub fn run<T>(
        &mut self,
        function: impl FnOnce(&mut Operations<'_>) -> migrate_core::Result<T>,
    ) -> migrate_core::Result<T> {
        let session = self.bed.session();
        run_function(session.map_err(|error| said(&error))?, function)
    }

    fn step(&mut self, direction: Direction) -> migrate_core::Result<()> {
        let done = self.bed.step(Rung::Stairway, self.node, direction);
        done.map_err(|halt| match halt {
            Halt::Found(failure) => {
                let notes = failure.notes.iter().map(|note| format!("\nnote: {note}"));
                RevisionError::message(failure.message.clone() + &notes.collect::<String>())
            }
            Halt::Error(error) => said(&error),
        })
    }
}

fn said(error: &CliError) -> RevisionError {
    RevisionError::message(error_text(error))
}

/// Runs a function of the user's on a database at a revision.
///
/// # Panics
///
/// When the function does or returns an error, or the database cannot be reached.
#[expect(clippy::panic, reason = "so a test fails")]
pub fn at_revision(
    history: impl Borrow<History>,
    declared: &Declared,
    backend: &str,
    id: &str,
    test: fn(&mut AtRevision<'_>) -> migrate_core::Result<()>,
) {
    let history = history.borrow();
    let only = [id.to_owned()];
    let done = on_ladder(history, declared, backend, &only, |ladder| {
        let node = ladder
            .graph
            .node(id)
            .ok_or_else(|| CliError::usage(format!("the history has no revision `{id}`")))?;
        let bed = ladder.bed_with(Rung::Stairway, &ladder.chosen.before());
        let bed = bed.map_err(|halt| match halt {
            Halt::Found(failure) => CliError::usage(failure.message.clone()),
            Halt::Error(error) => error,
        })?;
        Ok(test(&mut AtRevision { bed, node }))
    });
    match done {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("{error}"),
        Err(error) => panic!("{backend} cannot be tested: {}", error_text(&error)),
    }
}

fn tested(
    history: &History,
    declared: &Declared,
    backend: &str,
    rung: &str,
) -> Result<TestedRung, CliError> {
    let rung = Rung::from_str(rung, false).map_err(CliError::usage)?;
    on_ladder(history, declared, backend, &[], |ladder| {
        let start = Instant::now();
        Ok(ladder.climb(rung)?.answered(rung, start))
    })
}

/// An error with what can be done.
fn error_text(error: &CliError) -> String {
    let notes = error.notes.iter().map(|note| format!("\nnote: {note}"));
    let help = error.help.iter();
    let help = help.map(|help| format!("\nhelp: {}", help.typed(crate::CARGO_MIGRATE)));
    let more: String = notes.chain(help).collect();
    error.message.clone() + &more
}

/// Runs something on the ladder of a kind of database.
fn on_ladder<T>(
    history: &History,
    declared: &Declared,
    backend: &str,
    only: &[String],
    run: impl FnOnce(&Ladder<'_>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let surroundings = Surroundings {
        directory: PathBuf::from(declared.folder),
        variable: &|name| env::var_os(name),
    };
    let configuration = declared.configuration();
    let kind = kind_of(backend)?;
    let own = configuration::parsed_url(None, &configuration, &surroundings).ok();
    let place = place(kind, &configuration, &surroundings, own.flatten().as_ref())?;
    let migrator = || Migrator::new(history);
    let graph = migrator();
    let graph = graph.graph()?;
    let chosen = Chosen::of(graph, only, None)?;
    let stop = CancelToken::new();
    run(&Ladder {
        history,
        kind,
        place,
        graph,
        chosen: &chosen,
        rules: configuration.rules()?,
        migrator: &migrator,
        seed: 0,
        stop: &stop,
        command: format!("cargo migrate test --dialect {}", name_of(kind)),
        own: Own::default(),
    })
}

impl Declared {
    /// What the manifests say now: a URL of them is not compiled in.
    fn configuration(&self) -> Configuration {
        let folder = Path::new(self.folder);
        let manifest = read_manifest(folder).unwrap_or_default();
        let workspace = Workspace::of(folder).map(|workspace| workspace.manifest);
        let tested = Tested::read(&manifest, workspace.as_ref());
        let given = |value: String| Given {
            value,
            origin: Origin::Section {
                section: "package.metadata.migrate".to_owned(),
                file: folder.join("Cargo.toml"),
                line: None,
            },
        };
        let values = tested.values.into_iter();
        Configuration {
            values: values.map(|(key, value)| (key, given(value))).collect(),
            databases: tested.databases,
            ..Configuration::default()
        }
    }
}
