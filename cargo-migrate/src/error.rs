//! From each module's errors to words: the exit code that says whose fault it was, and what to type next. The only place in
//! this crate that gives advice about errors.

use migrate_cli::{Exit, Failure};
use migrate_graph::draft::DraftError;

use crate::project::{self, LocateError, Member, MetadataError, ProjectError, SettingsError};
use crate::runner::{CompileError, RunnerError};

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Failure {
        let failure = Failure::usage(error.to_string());
        match error {
            ProjectError::Locate(LocateError::Nowhere(_)) => failure.help(
                "run this in a package's folder, or name it with `--manifest-path PATH/Cargo.toml`",
            ),
            ProjectError::Locate(LocateError::NotAManifest(path)) => failure.help(format!(
                "`--manifest-path {}`",
                path.join("Cargo.toml").display()
            )),
            ProjectError::Metadata(MetadataError::Failed(_)) => {
                failure.help("install Rust, or set the variable `CARGO` to the path of cargo")
            }
            _ => failure,
        }
    }
}

/// A package without a library cannot have revisions.
pub(crate) fn no_library(member: &Member) -> Failure {
    let source = project::display(&member.root().join("src/lib.rs"));
    Failure::usage(format!(
        "the package `{}` has no library target, and revisions live in a library",
        member.name
    ))
    .help(format!(
        "create `{source}`, then run `cargo migrate init -p {}`",
        member.name
    ))
}

/// Why a revision was not written.
pub(crate) fn refused(error: DraftError) -> Failure {
    let (message, help) = (error.to_string(), error.help());
    let failure = match error {
        DraftError::Target(error) => Failure::from(error),
        _ => Failure::usage(message),
    };
    Failure { help, ..failure }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Failure {
        Failure::usage(error.to_string())
            .notes(error.notes())
            .help(error.help())
    }
}

impl From<RunnerError> for Failure {
    fn from(error: RunnerError) -> Failure {
        let failure = Failure::new(Exit::Usage, error.to_string());
        match error {
            RunnerError::Settings(error) => error.into(),
            RunnerError::NoLibrary { member } => no_library(&member),
            RunnerError::TwoLibraries { .. } => {
                failure.help("name it once, under `[workspace.dependencies]`, and write `migrate-core.workspace = true` in both")
            }
            RunnerError::Compile(CompileError::NoCargo { .. }) => {
                failure.help("install Rust, or set the variable `CARGO` to the path of cargo")
            }
            _ => failure,
        }
    }
}
