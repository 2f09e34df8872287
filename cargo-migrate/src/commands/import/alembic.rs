//! Reads an Alembic project: by its own Python, which runs each revision in offline mode, or from
//! the text of its files. Decides which; must not know how a revision is written.

mod baseline;
mod config;
mod python;
mod text;

use std::path::PathBuf;

use clap::Args;
use migrate_cli::args::Dialect;
use migrate_cli::{CliError, Exit, Ui};
use migrate_core::engine::backend::BackendKind;

use super::{AskRunner, CommonArgs, Found};
use crate::commands::init;
use crate::project::Member;
use crate::selection::Selection;
use crate::words;
use config::AlembicProject;

/// Import the revisions of Alembic
///
/// The project's own Python runs each revision in offline mode and prints its SQL, which becomes an
/// SQL folder with the same id, parents, dependencies and labels. No database is needed. A revision
/// that queries one becomes a Rust file that fails and says what to port.
#[derive(Args, Clone, Debug)]
pub(super) struct AlembicArgs {
    /// The folder with `alembic.ini`, that file, a `pyproject.toml`, or the folder with `env.py`
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,

    /// The Python that has Alembic and the project
    ///
    /// By default that of the virtual environment (`VIRTUAL_ENV`, or `.venv` or `venv` beside
    /// `alembic.ini`), else `python3`.
    #[arg(long, value_name = "PROGRAM", conflicts_with = "no_python")]
    python: Option<PathBuf>,

    /// Read only the headers, from the text of the files; you port each body by hand
    #[arg(long)]
    no_python: bool,

    /// The kind of database that the SQL is for [default: that of the configured database, or the
    /// only one that the package has]
    #[arg(long, value_name = "NAME")]
    dialect: Option<Dialect>,

    /// The project's metadata, as `target_metadata` in `env.py`: its naming convention counts
    #[arg(long, value_name = "MODULE:ATTRIBUTE", conflicts_with = "no_python")]
    metadata: Option<String>,

    /// Write one revision instead of all up to REV, by default the head
    ///
    /// It has REV's id, and creates what Alembic leaves in a scratch database.
    #[arg(
        long,
        value_name = "REV",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "head",
        conflicts_with = "no_python"
    )]
    pub(super) baseline: Option<String>,

    /// The server for the scratch database of `--baseline`, as the URL of a database on it
    #[arg(long, value_name = "URL", requires = "baseline")]
    scratch_url: Option<String>,

    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// Reads the project's revisions; the exit code if the runner, which makes a baseline, has none.
pub(super) fn read(
    args: &AlembicArgs,
    selection: &Selection,
    member: &Member,
    ask: &AskRunner<'_>,
    ui: &mut Ui<'_>,
) -> Result<Result<Found, Exit>, CliError> {
    let project = AlembicProject::find(&args.path)?;
    if args.no_python {
        ui.say(&format!("reading the files of {}", project.named()));
        return Ok(Ok(Found {
            revisions: text::read(&project)?,
            dialect: None,
        }));
    }
    let dialect = dialect(args, selection, member)?;
    let program = python::program(args.python.as_deref(), &project);
    ui.say(&format!(
        "reading {} with `{}`, for {}",
        project.named(),
        program.display(),
        dialect.name()
    ));
    let read = python::read(&program, &project, dialect, args.metadata.as_deref())?;
    let count = words::count(read.revisions.len(), "revision");
    ui.say(&format!("Alembic {} has {count}", read.alembic));
    let mut revisions = read.revisions;
    if let Some(target) = &args.baseline {
        let plan = baseline::plan(&revisions, target)?;
        let what = words::count(plan.before.len() + 1, "revision");
        ui.say(&format!(
            "Alembic upgrades a scratch database to `{}`: one revision stands for {what}",
            plan.id
        ));
        let metadata = args.metadata.as_deref();
        let folder = selection.project.store();
        let filler = python::upgrading((&program, &project), dialect, metadata, &plan.id, &folder)?;
        let arguments = baseline::arguments(&filler, dialect, args.scratch_url.as_deref());
        revisions = match ask(&arguments, ui)? {
            Err(exit) => return Ok(Err(exit)),
            Ok(answer) => baseline::collapsed(revisions, &plan, &answer, ui)?,
        };
    }
    Ok(Ok(Found {
        revisions,
        dialect: Some(dialect),
    }))
}

fn dialect(
    args: &AlembicArgs,
    selection: &Selection,
    member: &Member,
) -> Result<BackendKind, CliError> {
    if let Some(dialect) = args.dialect {
        return Ok(dialect.into());
    }
    if let Some(kind) = selection.database_kind()? {
        return Ok(kind);
    }
    match init::compiled(&selection.project, member)?.as_slice() {
        [only] => Ok(*only),
        _ => Err(
            CliError::usage("choose the kind of database that the SQL is for").help(
                "give `--dialect` with `sqlite`, `postgres`, `mysql` or `mariadb`, or a URL by `--database-url`",
            ),
        ),
    }
}
