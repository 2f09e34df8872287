//! `check`: is everything in order?

use crate::CARGO_MIGRATE;
use clap::Args;
use migrate_graph::Problem;

use super::drift;
use super::schema::hooks::Shaped;
use super::schema::sides::Sides;
use super::stamp::recorded_elsewhere;
use super::status::partial;
use crate::args::{Dialect, FormatArgs};
use crate::context::{Context, Database};
use crate::error::CliError;
use crate::exit::Exit;
use crate::json;
use crate::reversal;
use crate::states::{Compared, ScratchUrl, Scratching, State, States};
use crate::ui::Ui;
use migrate_core::engine::backend::{Access, BackendKind};
use migrate_core::engine::diff::Answers;
use migrate_core::error::{Error, NotRunnable};
use migrate_core::migrator::{JournalAccess, Status};
use migrate_core::revision::Revision;

/// Check the history, and that the database is up to date
///
/// The exit code is 0 if all is well, and 1 if not. Without a database only the history is checked.
///
/// A history is sound when its revisions form a graph, each `reversible` revision can be reversed,
/// each downgrade reverts something or declares that it does nothing, and each SQL folder runs
/// without the database's client. Session settings in an SQL folder, which end with its revision,
/// are warnings. A database is up to date when it has exactly the revisions of the history, all
/// checksums match, and no revision is partially applied.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// Fail unless a database is configured and its journal can be read; for deployments
    #[arg(long)]
    pub database: bool,

    /// Also fail if the database was changed by anything but its revisions
    ///
    /// The applied revisions run on a scratch database, unless the schema that they left is known
    /// from before. If the two cannot be compared, the reason is printed, and the check does not
    /// fail. `drift` prints the differences.
    #[arg(long)]
    pub drift: bool,

    /// Fail if the history does not match the models (the tables declared in the source)
    ///
    /// Where the source declares tables, they are compared without this option too. With it, the
    /// check also fails if there are none, or if they cannot be compared.
    #[arg(long)]
    pub models: bool,

    /// Fail if rustfmt would change a revision; `cargo fmt` does not format them
    ///
    /// Not available in a bundle, which has no source.
    #[arg(long)]
    pub fmt: bool,

    /// Scratch databases, for `--drift` and `--models`.
    #[command(flatten)]
    pub scratching: ScratchUrl,

    /// Kind of database to check `reversible` revisions for [default: that of the URL, or all]
    #[arg(long = "dialect", value_name = "NAME")]
    pub dialects: Vec<Dialect>,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Whether the history is sound, and the database, if one is given, up to date with it.
pub(super) fn check(
    context: &Context<'_>,
    args: &CheckArgs,
    ui: &mut Ui<'_>,
) -> Result<json::Check, CliError> {
    if args.fmt {
        return Err(CliError::usage("`--fmt` needs the source of the revisions")
            .help("in the project's folder: `cargo migrate check --fmt`"));
    }
    let migrator = context.migrator();
    let (problems, heads) = match migrator.graph() {
        Ok(graph) => (
            graph.shape(&context.rules()?),
            graph
                .heads()
                .map(|node| graph.id(node).to_owned())
                .collect(),
        ),
        Err(Error::History(problems)) => (problems, Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let ids: Vec<&str> = context.history.revisions().map(Revision::id).collect();
    let problem = |problem: &Problem| json::Problem::of(problem, &ids);
    let mut problems: Vec<json::Problem> = problems.iter().map(problem).collect();
    let sound = migrator.graph().is_ok();
    let mut warnings = Vec::new();
    if sound {
        let dialects = context.dialects(&args.dialects)?;
        problems.extend(reversal::problems(&migrator, &dialects)?);
        if let [dialect] = dialects[..] {
            let found = migrator.not_runnable(dialect)?;
            problems.extend(found.into_iter().map(json::Problem::not_runnable));
            let left = migrator.settings_left(dialect)?;
            warnings.extend(left.into_iter().map(json::Problem::setting_left));
        }
    }
    let mut answer = json::Check {
        ok: problems.is_empty(),
        revisions: context.history.len(),
        heads,
        problems,
        warnings,
        ..json::Check::default()
    };
    if sound && context.configuration.models.is_some() {
        let options = args.scratching.clone().into();
        let (found, _) = models_check(context, &options, ui, None)?;
        answer.ok &= found.changes.is_empty() && (found.known || !args.models);
        answer.models = Some(found);
    }
    let database = match args.database || args.drift {
        true => Some(context.database(Access::Read)?),
        false => context.database_if_any()?,
    };
    if let Some(mut database) = database.filter(|_| sound) {
        let status = migrator.status(&mut database.session);
        let status = status.map_err(|error| database.failure(error))?;
        answer.ok &= status.at_heads && status.edited.is_empty() && status.partial.is_none();
        answer.partial = partial(&migrator, &mut database, status.partial.clone())?;
        if args.drift {
            let options = args.scratching.clone().into();
            let found = drift_check(context, &options, &mut database, ui)?;
            answer.ok &= found.changes.is_empty();
            answer.drift = Some(found);
        }
        if status.applied.is_empty() && !status.pending.is_empty() {
            let session = database.session.as_mut();
            answer.recorded_elsewhere = recorded_elsewhere(session, migrator.graph()?);
        }
        answer.describe(database.name, status);
        answer.ok &= !(args.database && answer.journal_error.is_some());
    }
    Ok(answer)
}

/// Whether a revision is missing, on a kind of database; and the number of tables.
pub(super) fn models_check(
    context: &Context<'_>,
    options: &Scratching,
    ui: &mut Ui<'_>,
    kind: Option<BackendKind>,
) -> Result<(json::DifferenceCheck, usize), CliError> {
    let mut states = States::new(context, options, ui).configured()?.not_beside();
    let sides = Sides {
        from: &State::History(None),
        to: &State::Models,
        only: &[],
        keeps: false,
    };
    let mut answers = Answers {
        no_renames: true,
        ..Answers::default()
    };
    let found = states
        .declared()
        .and_then(|_| kind.map_or_else(|| states.kind(&[]), Ok))
        .and_then(|kind| sides.compared(&mut states, kind, &mut answers));
    let found = found.map(|mut compared| {
        Shaped::of(context.history, &mut compared);
        compared
    });
    let tables = found.as_ref().map_or(0, |found| found.to.tables.len());
    difference(["history", "models"], found).map(|found| (found, tables))
}

/// Whether the database was changed past its applied revisions.
fn drift_check(
    context: &Context<'_>,
    options: &Scratching,
    database: &mut Database,
    ui: &mut Ui<'_>,
) -> Result<json::DifferenceCheck, CliError> {
    let mut states = States::new(context, options, ui).configured()?.not_beside();
    let found = drift::applied(context, database).and_then(|applied| {
        let answers = Answers {
            no_renames: true,
            ..Answers::default()
        };
        drift::compare(&mut states, database, &applied, &answers, false)
    });
    difference(["history", "database"], found)
}

/// What differs between two states, or why it cannot be told.
fn difference(
    names: [&str; 2],
    found: Result<Compared, CliError>,
) -> Result<json::DifferenceCheck, CliError> {
    let compared = match found {
        Ok(compared) => compared,
        Err(failure) if matches!(failure.exit, Exit::Usage | Exit::No) => {
            return Ok(json::DifferenceCheck::unknown(failure));
        }
        Err(failure) => return Err(failure),
    };
    let found = json::SchemaDiff::of(names.map(str::to_owned), &compared)?;
    let is_doubtful = |change: &json::SchemaChange| {
        let table = change.table.as_ref().unwrap_or(&change.name);
        found.doubtful.contains(table)
    };
    let (_, changes) = found.changes.into_iter().partition(is_doubtful);
    Ok(json::DifferenceCheck {
        known: true,
        changes,
        doubtful: found.doubtful,
        ..json::DifferenceCheck::default()
    })
}

impl json::Check {
    fn describe(&mut self, database: json::Database, status: Status) {
        self.database = Some(database.database);
        self.backend = Some(database.backend);
        self.current = status.current;
        self.pending = status.pending;
        self.unknown = status.unknown;
        self.gaps = status.gaps;
        self.lost_at = status.lost_at;
        self.edited = status
            .edited
            .iter()
            .map(json::ChecksumMismatch::from)
            .collect();
        if let JournalAccess::Closed(why) = status.journal {
            self.journal_error = Some(why);
        }
    }
}

impl json::Problem {
    /// A problem of the history with these ids.
    fn of(problem: &Problem, ids: &[&str]) -> json::Problem {
        let id = |header: usize| ids.get(header).map(ToString::to_string);
        json::Problem {
            kind: problem.kind(),
            revisions: problem.headers().into_iter().filter_map(id).collect(),
            message: problem.message(),
            places: Vec::new(),
            help: problem.help().map(|help| help.typed(CARGO_MIGRATE)),
        }
    }

    /// A setting that ends with its revision.
    fn setting_left(found: NotRunnable) -> json::Problem {
        let message = format!(
            "revision `{}` sets {} for its session (`{}:{}`), but later revisions begin with the connection's own",
            found.revision, found.what, found.file, found.line
        );
        json::Problem {
            kind: "setting_left",
            message,
            ..json::Problem::not_runnable(found)
        }
    }

    /// A part of an SQL file that cannot be run.
    fn not_runnable(found: NotRunnable) -> json::Problem {
        json::Problem {
            kind: "not_runnable",
            message: found.to_string(),
            revisions: vec![found.revision],
            places: vec![json::Place {
                file: found.file,
                line: found.line,
                column: None,
                note: None,
            }],
            help: Some(found.help.to_owned()),
        }
    }
}
