//! `schema baseline`: the statements that create what a database has, proven on a scratch database.
//! `cargo migrate init --from-database` writes them into a revision.

use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::json::{Answer, RevisionTexts};
use crate::states::{Found, OnKind, Scratching, State, States, revision_texts};
use crate::ui::Ui;
use migrate_core::engine::backend;
use migrate_core::engine::diff::{Answers, diff};
use migrate_core::schema::Schema;

/// Print what `init --from-database` writes, as JSON
#[derive(Args, Clone, Debug)]
pub struct BaselineArgs {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,

    /// Scratch databases.
    #[command(flatten)]
    pub scratching: Scratching,
}

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
    let Found { kind, schema } = states.get(&State::Database)?;
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
    })
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
