//! Revisions that a database decides about: the baseline of `init --from-database`, and what
//! `drift --write` adopts. Writes what the runner answers; must not know how it finds it.

use migrate_cli::json::RevisionTexts;
use migrate_cli::{CliError, Ui};
use migrate_source::Folder;
use serde::Deserialize;

use super::write::{self, Wanted, Written};
use crate::selection::Selection;
use crate::source;

/// What the runner answers to `drift --write --json`.
#[derive(Deserialize)]
struct Drift {
    changes: Vec<serde::de::IgnoredAny>,
    revision: Option<RevisionTexts>,
}

/// What the runner answers to `schema baseline --json`.
#[derive(Deserialize)]
struct Baseline {
    tables: usize,
    #[serde(flatten)]
    revision: RevisionTexts,
    notes: Vec<String>,
}

/// Up to so many tables, a baseline is a Rust file: the compiler takes its time for more.
const FEW_TABLES: usize = 100;

/// Writes the revision that brings a drift into the history; `None` if there is none.
pub(crate) fn drift(
    answer: &str,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Option<Written>, CliError> {
    let drift: Drift = read(answer)?;
    let Some(revision) = drift.revision.filter(|_| !drift.changes.is_empty()) else {
        ui.say("no drift: no revision is written");
        return Ok(None);
    };
    let sql = is_all_sql(selection)?;
    let message = "Adopt what was changed in the database";
    let written = written(message, revision, sql, selection, ui)?;
    ui.say(&format!(
        "the database has these changes already: record that with `cargo migrate stamp {}`",
        written.id()
    ));
    Ok(Some(written))
}

/// Whether all revisions of the package are SQL folders: who writes SQL goes on in SQL.
pub(super) fn is_all_sql(selection: &Selection) -> Result<bool, CliError> {
    let member = selection.writable()?;
    let directory = selection.project.directory(member)?;
    let files = Folder::read(member.root(), &directory).files;
    Ok(!files.is_empty() && files.iter().all(|file| file.sql.is_some()))
}

/// Whether the statements alone make the changes; else the revision is a Rust file, which is said.
pub(super) fn is_in_sql(texts: &RevisionTexts, ui: &mut Ui<'_>) -> bool {
    if let Some(table) = &texts.rebuilds {
        ui.say(&format!(
            "note: a Rust file is written: SQLite rebuilds `{table}`, which the statements of a folder cannot do while others refer to it"
        ));
    }
    if !texts.backends.is_empty() {
        ui.say(
            "note: a Rust file is written: the statements of a folder are those of one database",
        );
    }
    texts.rebuilds.is_none() && texts.backends.is_empty()
}

/// Writes the first revision, which creates what the database has.
pub(crate) fn baseline(
    answer: &str,
    sql: bool,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Written, CliError> {
    let baseline: Baseline = read(answer)?;
    for note in &baseline.notes {
        ui.say(&format!("note: {note}"));
    }
    let sql = sql || baseline.tables > FEW_TABLES;
    let written = written("Baseline", baseline.revision, sql, selection, ui)?;
    ui.say(&format!(
        "proven on a scratch database: it creates the same {}, and its downgrade leaves nothing",
        crate::words::count(baseline.tables, "table")
    ));
    Ok(written)
}

pub(super) fn read<'a, T: Deserialize<'a>>(answer: &'a str) -> Result<T, CliError> {
    serde_json::from_str(answer)
        .map_err(|error| CliError::usage(format!("the runner's answer cannot be read: {error}")))
}

fn written(
    message: &str,
    texts: RevisionTexts,
    sql: bool,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Written, CliError> {
    let sql = sql && is_in_sql(&texts, ui);
    let wanted = Wanted {
        message: message.to_owned(),
        sql,
        texts: Some(texts),
        ..Wanted::default()
    };
    let member = selection.writable()?;
    let sharing = selection.sharing(member)?;
    if sharing.is_empty() {
        return write::write(&[wanted], selection, member, None);
    }
    let rules = source::rules(&selection.project, &sharing)?;
    let history = source::history_among(&sharing, &rules, selection, ui)?;
    write::write(&[wanted], selection, member, Some(history.graph()))
}
