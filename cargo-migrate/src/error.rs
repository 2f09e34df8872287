//! From each module's errors to words: the exit code that says whose fault it was, and what to type next. The only place in
//! this crate that gives advice about errors.

use migrate_core::cli::{Exit, Failure};
use migrate_graph::draft::DraftError;

use crate::project::{LocateError, MetadataError, ProjectError, SettingsError};
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
        Failure::usage(error.to_string()).help(error.help())
    }
}

impl From<RunnerError> for Failure {
    fn from(error: RunnerError) -> Failure {
        let failure = Failure::new(Exit::Usage, error.to_string());
        match error {
            RunnerError::Settings(error) => error.into(),
            RunnerError::NoLibrary { .. } => {
                failure.help("declare the revisions in a library: `src/lib.rs` with `migrate_core::migrations!();`")
            }
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
