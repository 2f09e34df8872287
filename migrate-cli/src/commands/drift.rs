//! `drift`: what was changed in the database past the history.

use clap::{Args, ValueEnum};

use super::schema::diff::{AnswerArgs, ask_about};
use crate::args::FormatArgs;
use crate::context::{Context, Database};
use crate::error::CliError;
use crate::exit::Exit;
use crate::json::{Drift, SchemaDiff};
use crate::states::{
    Compared, Found, OnKind, Scratching, States, inspect, revision_texts, whole_script,
};
use crate::ui::Ui;
use migrate_core::engine::backend::Access;
use migrate_core::engine::diff::Answers;
use migrate_graph::{Advice, Applied, Help};

/// Compare the database with what its applied revisions created
///
/// The exit code is 0 if they are the same, 1 if they differ, and 2 if a rename is possible and no
/// option decides it. Nothing is written to the database. The revisions run on a scratch database
/// once; the schema that they leave is kept below the target folder, for the next time.
#[derive(Args, Clone, Debug)]
pub struct DriftArgs {
    /// Print the statements that revert the differences in the database
    #[arg(long, value_enum, value_name = "FORM")]
    pub fix: Option<Fix>,

    /// Write a revision that adds the differences to the history
    ///
    /// This database has them already: record the new revision with `cargo migrate stamp head`.
    #[arg(long, conflicts_with = "fix")]
    pub write: bool,

    /// What was renamed, and what was not.
    #[command(flatten)]
    pub answers: AnswerArgs,

    /// Scratch databases.
    #[command(flatten)]
    pub scratching: Scratching,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// The form of what undoes a drift.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// SQL statements
    Sql,
}

/// What differs between the database and its applied revisions.
pub(super) fn drift(
    context: &Context<'_>,
    args: &DriftArgs,
    ui: &mut Ui<'_>,
) -> Result<Drift, CliError> {
    let mut answers = args.answers.read()?;
    let mut database = context.database(Access::Read)?;
    let states = States::new(context, &args.scratching, ui).configured()?;
    let mut states = if args.write {
        states
    } else {
        states.not_beside()
    };
    let applied = applied(context, &mut database)?;
    let back = args.fix.is_some();
    let mut compared = compare(&mut states, &mut database, &applied, &answers, back)?;
    ask_about(&mut compared, &mut answers, states.ui)?;
    let changes = &compared.difference.changes;
    let statements = match args.fix.is_some() || args.write {
        true => Some(states.statements(compared.kind, &compared.from, changes)?),
        false => None,
    };
    let fix = statements
        .as_ref()
        .map(|statements| whole_script(compared.kind, changes, statements));
    let revision = match (&statements, args.write) {
        (Some(up), true) => {
            let found = |schema: &migrate_core::schema::Schema| Found {
                kind: compared.kind,
                schema: schema.clone(),
            };
            let (from, to) = (found(&compared.to), found(&compared.from));
            let reverse = states.compare(from, to, &answers.inverted())?;
            let back = &reverse.difference.changes;
            let down = states.statements(reverse.kind, &reverse.from, back)?;
            Some(revision_texts(&[OnKind {
                kind: compared.kind,
                up: (changes, up),
                down: (back, &down),
            }])?)
        }
        _ => None,
    };
    let names = ["history".to_owned(), "database".to_owned()];
    let names = if back {
        [names[1].clone(), names[0].clone()]
    } else {
        names
    };
    Ok(Drift {
        database: database.name.database,
        current: applied.current,
        revision,
        difference: SchemaDiff {
            sql: fix,
            ..SchemaDiff::of(names, &compared)?
        },
    })
}

/// The revisions that a database has.
pub(super) struct AppliedIds {
    /// Those that no applied one continues.
    pub(super) current: Vec<String>,
}

/// The revisions that the database has, all of which the history must know.
pub(super) fn applied(
    context: &Context<'_>,
    database: &mut Database,
) -> Result<AppliedIds, CliError> {
    let migrator = context.migrator();
    let graph = migrator.graph()?;
    let rows = database.session.applied().map_err(|source| {
        database.failure(migrate_core::Error::database(
            "read what is applied",
            source,
        ))
    })?;
    let rows = rows.unwrap_or_default();
    let applied = Applied::new(graph, rows.iter().map(|row| &row.version));
    if let [unknown, ..] = applied.unknown() {
        return Err(CliError::new(
            Exit::No,
            format!("the database has `{unknown}`, which is no revision of the history"),
        )
        .help(Help::from("`") + Advice::Status + "` shows what is applied")
        .fact("unknown", applied.unknown().to_vec()));
    }
    let current = applied.tips(graph).into_iter();
    Ok(AppliedIds {
        current: current.map(|node| graph.id(node).to_owned()).collect(),
    })
}

/// Compares the applied revisions with the database, or the database with them.
pub(super) fn compare(
    states: &mut States<'_, '_, '_>,
    database: &mut Database,
    applied: &AppliedIds,
    answers: &Answers,
    back: bool,
) -> Result<Compared, CliError> {
    let kind = database.session.backend().kind();
    let schema = inspect(
        database.session.as_mut(),
        &states.scope,
        &database.name.database,
    )?;
    let expected = states.history(kind, &applied.current, schema.server.as_ref())?;
    let actual = Found { kind, schema };
    match back {
        true => states.compare(actual, expected, answers),
        false => states.compare(expected, actual, answers),
    }
}
