//! A scratch database with what a command needs around it: where it may be made, and what stops
//! it.

use super::{States, inspect};
use crate::configuration::keys;
use crate::error::CliError;
use crate::exit::Exit;
use crate::interrupt;
use crate::progress::Progress;
use crate::words::plural;
use migrate_core::CancelToken;
use migrate_core::engine::backend::{BackendKind, DatabaseUrl, Scope, Session};
use migrate_core::engine::diff::Change;
use migrate_core::engine::scratch::{Scratch, ScratchError, ScratchStep, run_operations};
use migrate_core::operation::Operation;
use migrate_core::schema::Schema;

/// A scratch database in use.
pub(crate) struct Bench {
    scratch: Scratch,
    stop: CancelToken,
    /// What is read of it.
    scope: Scope,
}

/// Environments in which no scratch database is made beside the configured one.
const PROTECTED: [&str; 2] = ["production", "prod"];

impl Bench {
    /// The session on it; an error once Ctrl-C was pressed.
    pub(crate) fn session(&mut self) -> Result<&mut dyn Session, CliError> {
        if self.stop.is_requested() {
            return Err(CliError::new(
                Exit::Stopped,
                "stopped; the scratch database was dropped",
            ));
        }
        Ok(self.scratch.session()?)
    }

    /// Runs changes there, and returns the statements of each.
    pub(crate) fn run(&mut self, changes: &[Change]) -> Result<Vec<Vec<String>>, CliError> {
        let steps: Vec<ScratchStep<'_>> = changes.iter().map(step).collect();
        Ok(run_operations(self.session()?, &steps)?)
    }

    /// Runs operations there.
    pub(crate) fn run_operations(&mut self, operations: &[Operation]) -> Result<(), CliError> {
        let steps = operations.iter().map(|operation| ScratchStep {
            operation,
            commits: false,
        });
        let steps: Vec<ScratchStep<'_>> = steps.collect();
        run_operations(self.session()?, &steps)?;
        Ok(())
    }

    /// Its URL on a server; `None` for one in memory.
    pub(crate) fn url(&self) -> Option<&DatabaseUrl> {
        self.scratch.url()
    }

    /// What is in it.
    pub(crate) fn inspect(&mut self) -> Result<Schema, CliError> {
        let name = self.scratch.name().unwrap_or(":memory:").to_owned();
        let scope = self.scope.clone();
        inspect(self.session()?, &scope, &name)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop.end();
    }
}

impl States<'_, '_, '_> {
    /// A scratch database of this kind.
    pub(crate) fn bench(&mut self, kind: BackendKind) -> Result<Bench, CliError> {
        let stop = self.stop.get_or_insert_with(interrupt::stop).clone();
        stop.begin(None); // Ctrl-C waits until it is dropped
        let made = match self.place(kind)? {
            Some(url) => Scratch::beside(&url),
            None => Scratch::in_memory(),
        };
        let scratch = made.map_err(|error| match error {
            ScratchError::Denied { .. } => self.with_ways(CliError::from(error)),
            error => error.into(),
        })?;
        let scope = self.scope.clone();
        let mut bench = Bench {
            scratch,
            stop,
            scope,
        };
        let is_of = bench.session()?.backend().kind();
        if self.several && is_of != kind {
            let url = bench.url().map(ToString::to_string).unwrap_or_default();
            return Err(CliError::usage(format!(
                "the scratch database is to be one of {}, and `{url}` is one of {}",
                kind.name(),
                is_of.name()
            ))
            .help("give the URL of each server, that of MariaDB as `mariadb://…`: `--scratch-url URL`"));
        }
        Ok(bench)
    }

    /// Where a scratch database of this kind is made; `None` for memory.
    pub(super) fn place(&self, kind: BackendKind) -> Result<Option<DatabaseUrl>, CliError> {
        let name = kind.name();
        let urls = self.scratch_urls()?;
        // of two that speak one protocol, the one whose scheme says so
        let named = urls.iter().find(|url| self.several && url.kind() == kind);
        match named.or_else(|| urls.iter().find(|url| is_of(url, kind))) {
            Some(url) => return Ok(Some(url.clone())),
            None if self.several => {} // it is for another one of them
            None => {
                if let Some(url) = urls.first() {
                    return Err(CliError::usage(format!(
                        "the scratch database is to be one of {name}, and `{url}` is not"
                    ))
                    .help("give another `--scratch-url`, or `--dialect`"));
                }
            }
        }
        if kind == BackendKind::Sqlite {
            return Ok(None);
        }
        let context = self.context;
        let url = context.url()?.filter(|url| is_of(url, kind));
        let Some(url) = url else {
            return Err(self.with_ways(CliError::usage(format!(
                "a scratch database of {name} is needed, and no server is known"
            ))));
        };
        let environment = context.environment().unwrap_or_default();
        let refused = if !self.beside {
            "this command makes no scratch database beside the configured one".to_owned()
        } else if PROTECTED.contains(&environment.to_ascii_lowercase().as_str()) {
            format!("no scratch database is made beside that of the environment `{environment}`")
        } else if let Some(given) = context
            .value(&keys::SCRATCH)?
            .filter(|given| given.value == "never")
        {
            format!(
                "no scratch database may be made beside the configured one: `scratch = \"never\"` {}",
                given.origin
            )
        } else {
            return Ok(Some(url));
        };
        Err(self.with_ways(CliError::usage(refused)))
    }

    /// With what can be typed instead.
    fn with_ways(&self, failure: CliError) -> CliError {
        let ways = "give the URL of a server where databases may be created: `--scratch-url URL`, or `MIGRATE_SCRATCH_URL`";
        let help = match failure.help.clone() {
            Some(help) => help + "; or " + ways,
            None => ways.into(),
        };
        failure.help(help)
    }

    /// Runs the history up to a target on a scratch database.
    pub(super) fn run_history(
        &mut self,
        bench: &mut Bench,
        targets: &[String],
    ) -> Result<(), CliError> {
        let stop = bench.stop.clone();
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        let progress = Progress::new(self.ui);
        let plan = |steps| format!("{} on a scratch database", plural(steps, "revision"));
        let migrator = (self.context.migrator())
            .stop(&stop)
            .on_event(|event| progress.event("scratch", plan, event))
            .statements_together();
        let ran = migrator.upgrade_to(bench.session()?, &targets);
        stop.begin(None);
        match ran {
            Ok(_) => Ok(()),
            Err(error) => {
                progress.failed(&error);
                Err(CliError::from(error).note("it ran on a scratch database, which was dropped"))
            }
        }
    }
}

/// A change as it is run.
fn step(change: &Change) -> ScratchStep<'_> {
    ScratchStep {
        operation: &change.operation,
        commits: change.commits,
    }
}

/// Whether a database is of this kind, as far as its URL says: the two that speak MySQL's protocol
/// take each other's URLs.
fn is_of(url: &DatabaseUrl, kind: BackendKind) -> bool {
    url.kind().feature() == kind.feature()
}

impl From<ScratchError> for CliError {
    fn from(error: ScratchError) -> CliError {
        let message = error.to_string();
        match error {
            ScratchError::Connect(error) => error.into(),
            ScratchError::Denied { grant, .. } => CliError::usage(message)
                .help(format!("ask an administrator to run `{grant}`"))
                .fact("grant", grant),
            _ => CliError::usage(message),
        }
    }
}
