//! `schema baseline`: the statements that create what a database has, proven on a scratch database.
//! `cargo migrate init --from-database` writes them into a revision, and `import --baseline` what
//! another tool leaves.

use std::path::PathBuf;
use std::process::{self, Command, Stdio};
use std::{env, fs};

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::json::{Answer, RevisionTexts};
use crate::states::{Found, OnKind, Scratching, State, States, revision_texts};
use crate::ui::Ui;
use migrate_core::engine::backend::{self, BackendKind, DatabaseUrl};
use migrate_core::engine::diff::{Answers, diff};
use migrate_core::schema::Schema;

/// Print what `init --from-database` writes, as JSON
#[derive(Args, Clone, Debug)]
pub struct BaselineArgs {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,

    /// Not what the configured database has, but a scratch database after this program ran: a
    /// [`Filler`] as JSON.
    #[arg(long, value_name = "JSON")]
    pub filled_by: Option<String>,

    /// Scratch databases.
    #[command(flatten)]
    pub scratching: Scratching,
}

/// A program that puts tables into a scratch database, whose URL is in [`FILLED`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Filler {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// What it does, for a failure: `upgrade a scratch database to x`.
    pub what: String,
}

/// The variable with the URL of the scratch database: of SQLite `sqlite:///PATH`.
pub const FILLED: &str = "CARGO_MIGRATE_FILLED";

/// The statements that create and drop everything in a database.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Baseline {
    /// The number of tables.
    tables: usize,
    /// What creates it and drops it.
    #[serde(flatten)]
    texts: RevisionTexts,
    /// What cannot be expressed, and other remarks.
    notes: Vec<String>,
    /// What the program that filled the database has printed.
    said: String,
}

impl Answer for Baseline {
    fn text(&self) -> String {
        self.texts.up.clone()
    }

    fn is_to_be_run(&self) -> bool {
        true
    }
}

/// The baseline of the configured database, after it ran on a scratch database: up, where it must
/// leave the same, and down, where it must leave nothing.
pub(super) fn baseline(
    context: &Context<'_>,
    args: &BaselineArgs,
    ui: &mut Ui<'_>,
) -> Result<Baseline, CliError> {
    let mut states = States::new(context, &args.scratching, ui).configured()?;
    let (Found { kind, schema }, said) = match &args.filled_by {
        None => (states.get(&State::Database)?, String::new()),
        Some(filler) => {
            let filler = serde_json::from_str(filler);
            let unreadable = |error| CliError::usage(format!("`--filled-by` is no JSON: {error}"));
            filled(&mut states, &filler.map_err(unreadable)?)?
        }
    };
    let rules = backend::rules(kind)?;
    let nothing = Schema::empty();
    let (up, down) = {
        let answers = Answers::default();
        (
            diff(&nothing, &schema, rules, &answers),
            diff(&schema, &nothing, rules, &answers),
        )
    };
    let up_statements = states.statements(kind, &nothing, &up.changes)?;
    let mut bench = states.bench(kind)?;
    bench.run(&up.changes)?;
    let created = bench.inspect()?;
    let found = Found {
        kind,
        schema: created,
    };
    let wanted = Found {
        kind,
        schema: schema.clone(),
    };
    refuse_rest("creates", &mut states, found, wanted)?;
    let down_statements = bench.run(&down.changes)?;
    let left = Found {
        kind,
        schema: bench.inspect()?,
    };
    let wanted = Found {
        kind,
        schema: nothing,
    };
    refuse_rest("drops", &mut states, left, wanted)?;
    let notes = up.notes.iter().map(ToString::to_string);
    Ok(Baseline {
        tables: schema.tables.len(),
        texts: revision_texts(&[OnKind {
            kind,
            up: (&up.changes, &up_statements),
            down: (&down.changes, &down_statements),
        }])?,
        notes: notes.collect(),
        said,
    })
}

/// The schema of a scratch database that a program has filled, and what that printed.
fn filled(states: &mut States<'_, '_, '_>, filler: &Filler) -> Result<(Found, String), CliError> {
    let kind = states.kind(&[])?;
    if kind != BackendKind::Sqlite {
        let mut bench = states.bench(kind)?;
        let url = bench.url().map(|url| url.as_secret_str().to_owned());
        let said = fill(filler, &url.unwrap_or_default())?;
        let schema = bench.inspect()?;
        let kind = schema.server.as_ref().map_or(kind, |server| server.backend);
        let mut found = Found { kind, schema };
        states.select(&mut found)?;
        return Ok((found, said));
    }
    // another program sees no database in memory
    let folder = states.context.configuration.states.clone();
    let folder = folder.unwrap_or_else(env::temp_dir);
    let file = folder.join(format!("baseline-{}.db", process::id()));
    let _ = fs::create_dir_all(&folder); // what is not there cannot be written, which is reported
    let _ = fs::remove_file(&file);
    let url = format!("sqlite:///{}", file.display());
    let filled = fill(filler, &url).and_then(|said| {
        let url: DatabaseUrl = file.display().to_string().parse()?;
        Ok((states.get(&State::At(url))?, said))
    });
    let _ = fs::remove_file(&file);
    filled
}

/// Runs the program, and returns what it printed.
fn fill(filler: &Filler, url: &str) -> Result<String, CliError> {
    let Filler {
        program,
        arguments,
        folder,
        what,
    } = filler;
    let name = program.display();
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env(FILLED, url)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| CliError::usage(format!("cannot run `{name}`: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let last: Vec<String> = errors.lines().rev().take(5).map(str::to_owned).collect();
    let failure = CliError::new(Exit::Revision, format!("`{name}` cannot {what}"));
    Err(failure.notes(last.into_iter().rev()))
}

/// Refuses a baseline that does not leave what it should.
fn refuse_rest(
    verb: &str,
    states: &mut States<'_, '_, '_>,
    found: Found,
    wanted: Found,
) -> Result<(), CliError> {
    let rest = states.compare(found, wanted, &Answers::default())?;
    if rest.difference.changes.is_empty() && rest.difference.questions.is_empty() {
        return Ok(());
    }
    let failure = CliError::new(
        Exit::Revision,
        format!("the baseline could not be proven: what it {verb} on a scratch database differs"),
    );
    let changes = rest.difference.changes.iter();
    Err(failure.notes(changes.map(|change| format!("still to do: {change}"))))
}
