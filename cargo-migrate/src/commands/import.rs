//! `import`: takes over the revisions of another tool. Decides where they are read and what is said
//! about them; the readers are below, one for each tool.

mod alembic;
mod files;
mod numbered;
mod place;
mod revision;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use migrate_cli::json::Answer;
use migrate_cli::{CliError, Exit, FormatArgs, Ui};
use migrate_core::engine::backend::BackendKind;
use serde::Serialize;

use self::files::Entry;
use self::numbered::Tool;
use self::place::Placed;
use self::revision::Revision;
use crate::project::{self, Member};
use crate::selection::Selection;
use crate::words;

/// Import revisions from another tool
///
/// They keep their ids and their order. Then `cargo migrate stamp --from TOOL` records in a
/// database what the other tool applied there.
#[derive(Args, Clone, Debug)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    tool: ToolArgs,
}

#[derive(Subcommand, Clone, Debug)]
enum ToolArgs {
    Alembic(alembic::AlembicArgs),
    /// Import the migrations of sqlx
    ///
    /// Files such as `20240101000000_create_users.sql`, or with `.up.sql` and `.down.sql`.
    Sqlx(FolderArgs),
    /// Import the migrations of refinery
    ///
    /// Files such as `V1__create_users.sql`.
    Refinery(FolderArgs),
    /// Import the migrations of golang-migrate
    ///
    /// Files such as `000001_create_users.up.sql`, with `.down.sql`.
    GolangMigrate(FolderArgs),
}

/// The arguments of an import from a folder of SQL files.
#[derive(Args, Clone, Debug)]
struct FolderArgs {
    /// Folder of the other tool's files
    #[arg(value_name = "PATH", default_value = "migrations")]
    path: PathBuf,

    #[command(flatten)]
    common: CommonArgs,
}

/// The arguments of every import.
#[derive(Args, Clone, Debug)]
struct CommonArgs {
    /// Write only revisions that do not exist yet
    #[arg(long)]
    missing: bool,

    /// Text or JSON.
    #[command(flatten)]
    format: FormatArgs,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Imported {
    /// The other tool.
    from: &'static str,
    /// The kind of database that the SQL is for; `null` where that was not asked.
    dialect: Option<String>,
    /// The package that has the revisions now.
    package: String,
    /// The revisions that were written, in the order of the history.
    revisions: Vec<ImportedRevision>,
    /// How many were there already.
    there: usize,
    /// The ids of those that must be ported by hand.
    to_port: Vec<String>,
}

/// An imported revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ImportedRevision {
    id: String,
    /// The file, as a person in the current directory names it.
    path: String,
    /// The other tool's file.
    source: String,
    /// `sql` for an SQL folder, `rust` for a Rust file.
    form: &'static str,
    message: String,
    down_revision: Vec<String>,
    depends_on: Vec<String>,
    branch_labels: Vec<String>,
    /// Why its upgrade must be ported by hand; `null` where it need not.
    upgrade_to_port: Option<String>,
    /// Why its downgrade must be ported by hand; `null` where it need not.
    downgrade_to_port: Option<String>,
}

impl Answer for Imported {
    fn text(&self) -> String {
        let lines = self.revisions.iter().map(|one| format!("{}\n", one.path));
        lines.collect()
    }
}

/// What a reader has found.
struct Found {
    revisions: Vec<Revision>,
    dialect: Option<BackendKind>,
}

impl ImportArgs {
    /// Whether the answer is to be one JSON object.
    pub(crate) fn json(&self) -> bool {
        self.common().format.json
    }

    fn common(&self) -> &CommonArgs {
        match &self.tool {
            ToolArgs::Alembic(args) => &args.common,
            ToolArgs::Sqlx(args) | ToolArgs::Refinery(args) | ToolArgs::GolangMigrate(args) => {
                &args.common
            }
        }
    }
}

/// Asks the runner a question; the exit code if it has no answer.
type AskRunner<'a> =
    dyn Fn(&[OsString], &mut Ui<'_>) -> Result<Result<String, Exit>, CliError> + 'a;

/// Reads the other tool's revisions, and writes them as revisions of the chosen package; the exit
/// code if the runner had to be asked and has no answer.
pub(crate) fn import(
    args: &ImportArgs,
    selection: &Selection,
    ask: &AskRunner<'_>,
    ui: &mut Ui<'_>,
) -> Result<Result<Imported, Exit>, CliError> {
    let member = selection.writable()?;
    let (name, path, found) = match &args.tool {
        ToolArgs::Alembic(args) => match alembic::read(args, selection, member, ask, ui)? {
            Err(exit) => return Ok(Err(exit)),
            Ok(found) => ("alembic", &args.path, found),
        },
        ToolArgs::Sqlx(args) => numbered(Tool::Sqlx, args, selection, member, ui)?,
        ToolArgs::Refinery(args) => numbered(Tool::Refinery, args, selection, member, ui)?,
        ToolArgs::GolangMigrate(args) => {
            numbered(Tool::GolangMigrate, args, selection, member, ui)?
        }
    };
    let again = match path.as_os_str() {
        path if path == "." => format!("cargo migrate import {name}"),
        path => format!("cargo migrate import {name} {}", path.display()),
    };
    let again = match &args.tool {
        ToolArgs::Alembic(alembic) => match &alembic.baseline {
            Some(target) => format!("{again} --baseline={target}"),
            None => again,
        },
        _ => again,
    };
    let missing = args.common().missing;
    let placed = place::plan(found.revisions, missing, &again, selection, member)?;
    let folder = project::display(placed.folder());
    if placed.new.is_empty() {
        let there = words::count(placed.there, "revision");
        ui.say(&format!(
            "nothing to do: `{folder}` has all {there} already"
        ));
    } else {
        let count = words::count(placed.new.len(), "revision");
        ui.say(&format!("writing {count} to `{folder}`"));
        placed.write()?;
    }
    let imported = imported(name, found.dialect, member, &placed);
    if !placed.new.is_empty() {
        report(&imported, &placed, ui);
    }
    Ok(Ok(imported))
}

fn numbered<'a>(
    tool: Tool,
    args: &'a FolderArgs,
    selection: &Selection,
    member: &Member,
    ui: &mut Ui<'_>,
) -> Result<(&'static str, &'a PathBuf, Found), CliError> {
    let folder = selection.project.folder(member)?;
    let revisions = numbered::read(tool, &args.path, &folder, ui)?;
    let found = Found {
        revisions,
        dialect: None,
    };
    Ok((tool.name(), &args.path, found))
}

fn imported(
    from: &'static str,
    dialect: Option<BackendKind>,
    member: &Member,
    placed: &Placed,
) -> Imported {
    let one = |(revision, entry): &(Revision, Entry)| {
        let header = revision.header.clone();
        let to_port = |why: Option<&str>| why.map(str::to_owned);
        ImportedRevision {
            path: project::display(&placed.folder().join(&entry.files[0].0)),
            source: revision.source.clone(),
            form: if entry.is_sql { "sql" } else { "rust" },
            id: header.id,
            message: header.message,
            down_revision: header.down_revision,
            depends_on: header.depends_on,
            branch_labels: header.branch_labels,
            upgrade_to_port: to_port(revision.up.to_port()),
            downgrade_to_port: to_port(revision.down.to_port()),
        }
    };
    let revisions: Vec<ImportedRevision> = placed.new.iter().map(one).collect();
    let to_port = revisions
        .iter()
        .filter(|one| one.upgrade_to_port.is_some() || one.downgrade_to_port.is_some());
    Imported {
        from,
        dialect: dialect.map(|kind| kind.name().to_lowercase()),
        package: member.name.clone(),
        to_port: to_port.map(|one| one.id.clone()).collect(),
        there: placed.there,
        revisions,
    }
}

/// What was done, and what is left to do.
fn report(imported: &Imported, placed: &Placed, ui: &mut Ui<'_>) {
    let all = &imported.revisions;
    let sql = all.iter().filter(|one| one.form == "sql").count();
    let kinds = [(sql, "SQL folder"), (all.len() - sql, "Rust file")];
    let kinds = kinds.into_iter().filter(|(number, _)| *number > 0);
    let kinds: Vec<String> = kinds
        .map(|(number, noun)| words::count(number, noun))
        .collect();
    ui.say(&format!(
        "done: wrote {}, {}",
        words::count(all.len(), "revision"),
        kinds.join(" and ")
    ));
    for one in all {
        if let Some(why) = &one.upgrade_to_port {
            ui.say(&format!("to do: `{}`: {why}", one.path));
        } else if let Some(why) = &one.downgrade_to_port {
            ui.say(&format!("to do, for `down`: `{}`: {why}", one.path));
        }
    }
    if !placed.heads.is_empty() {
        ui.say(&format!(
            "note: the history has {} heads: {}; `cargo migrate merge heads` joins them, or `multiple-heads = \"allow\"` \
             in Cargo.toml allows them",
            placed.heads.len(),
            words::list(&placed.heads)
        ));
    }
    ui.say(&format!(
        "next: `cargo migrate check`; for a database that has them already: `cargo migrate stamp --from {}`",
        imported.from
    ));
}
