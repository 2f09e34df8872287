//! Revisions that a database decides about: the baseline of `init --from-database`, and what
//! `drift --write` adopts. Writes what the runner answers; must not know how it finds it.

use migrate_cli::{CliError, Ui};
use serde::Deserialize;

use super::write::{self, SqlTexts, Wanted, Written};
use crate::selection::Selection;
use crate::source;

/// What the runner answers to `drift --write --json`.
#[derive(Deserialize)]
pub(crate) struct Drift {
    changes: Vec<serde::de::IgnoredAny>,
    sql: Option<String>,
    undo: Option<String>,
}

/// What the runner answers to `schema baseline --json`.
#[derive(Deserialize)]
pub(crate) struct Baseline {
    tables: usize,
    up: String,
    down: String,
    notes: Vec<String>,
}

/// Writes the revision that brings a drift into the history; `None` if there is none.
pub(crate) fn drift(
    answer: &str,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Option<Written>, CliError> {
    let drift: Drift = read(answer)?;
    if drift.changes.is_empty() {
        ui.say("no drift: no revision is written");
        return Ok(None);
    }
    let written = written(
        "Adopt what was changed in the database",
        drift.sql.unwrap_or_default(),
        drift.undo.unwrap_or_default(),
        selection,
        ui,
    )?;
    ui.say(&format!(
        "the database has these changes already: record that with `cargo migrate stamp {}`",
        written.id()
    ));
    Ok(Some(written))
}

/// Writes the first revision, which creates what the database has.
pub(crate) fn baseline(
    answer: &str,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Written, CliError> {
    let baseline: Baseline = read(answer)?;
    for note in &baseline.notes {
        ui.say(&format!("note: {note}"));
    }
    let written = written("Baseline", baseline.up, baseline.down, selection, ui)?;
    ui.say(&format!(
        "proven on a scratch database: it creates the same {}, and its downgrade leaves nothing",
        crate::words::count(baseline.tables, "table")
    ));
    Ok(written)
}

fn read<'a, T: Deserialize<'a>>(answer: &'a str) -> Result<T, CliError> {
    serde_json::from_str(answer)
        .map_err(|error| CliError::usage(format!("the runner's answer cannot be read: {error}")))
}

fn written(
    message: &str,
    up: String,
    down: String,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Written, CliError> {
    let wanted = Wanted {
        message: message.to_owned(),
        sql: true,
        texts: Some(SqlTexts { up, down }),
        ..Wanted::default()
    };
    let member = selection.writable()?;
    let sharing = selection.sharing(member)?;
    if sharing.is_empty() {
        return write::write(&wanted, selection, member, None);
    }
    let rules = source::rules(&selection.project, &sharing)?;
    let history = source::history_among(&sharing, &rules, selection, ui)?;
    write::write(&wanted, selection, member, Some(history.graph()))
}
