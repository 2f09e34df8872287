//! From each module's errors to words: the exit code that says whose fault it was, and what to type
//! next. The only place in this crate that gives advice about errors.

use migrate_cli::{CliError, Exit};
use migrate_graph::draft::DraftError;

use crate::project::{self, LocateError, Member, MetadataError, ProjectError, SettingsError};
use crate::runner::{CompileError, RunnerError};
use crate::words;

impl From<ProjectError> for CliError {
    fn from(error: ProjectError) -> CliError {
        let failure = CliError::usage(error.to_string());
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
pub(crate) fn no_library(member: &Member) -> CliError {
    let source = project::display(&member.root().join("src/lib.rs"));
    CliError::usage(format!(
        "the package `{}` has no library target, and revisions live in a library",
        member.name
    ))
    .help(format!(
        "create `{source}`, then run `cargo migrate init -p {}`",
        member.name
    ))
}

/// Why a revision was not written.
pub(crate) fn refused(error: DraftError) -> CliError {
    let (message, help) = (error.to_string(), error.help());
    let failure = match error {
        DraftError::Target(error) => CliError::from(error),
        _ => CliError::usage(message),
    };
    CliError { help, ..failure }
}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> CliError {
        CliError::usage(error.to_string())
            .notes(error.notes())
            .help(error.help())
    }
}

/// How the project's lock file comes to have what the runner is built from.
pub(crate) fn not_fetched(dependency: &str) -> String {
    format!(
        "add `{dependency}` under `[dependencies]`, which builds nothing and locks what `cargo migrate` needs; then run `cargo fetch`"
    )
}

impl From<RunnerError> for CliError {
    fn from(error: RunnerError) -> CliError {
        let failure = CliError::new(Exit::Usage, error.to_string());
        match error {
            RunnerError::Settings(error) => error.into(),
            RunnerError::NoLibrary { member } => no_library(&member),
            RunnerError::TwoLibraries { .. } => {
                failure.help("name it once, under `[workspace.dependencies]`, and write `migrate-core.workspace = true` in both")
            }
            RunnerError::Write { .. } => failure
                .note("programs are built in cargo's target folder")
                .help("choose another one: `CARGO_TARGET_DIR=PATH cargo migrate …`"),
            RunnerError::NoFeature { near, .. } => match near {
                Some(near) => failure.help(format!("a feature with a similar name exists: `{near}`")),
                None => failure.help("declare it in the package's Cargo.toml, under `[features]`"),
            },
            RunnerError::NotLocked {
                missing,
                dependency,
            } => failure
                .note(format!("they are {}", words::list(&missing)))
                .help(not_fetched(&dependency)),
            RunnerError::Compile(CompileError::Locked(_)) => {
                failure.help("update the lock file: `cargo update --workspace`; or leave out `--locked`")
            }
            RunnerError::Compile(CompileError::NoCargo { .. }) => {
                failure.help("install Rust, or set the variable `CARGO` to the path of cargo")
            }
            _ => failure,
        }
    }
}
