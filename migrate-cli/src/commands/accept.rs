//! `accept`: records the current checksums of edited revisions.

use clap::Args;

use super::runs::{as_strs, refuse_nonsense};
use crate::args::FormatArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use crate::words::plural;
use migrate_core::engine::backend::Access;
use migrate_graph::{Advice, Help};

/// Accept the edits of applied revisions, without running them
///
/// Use it after edits that change nothing in the database. The new checksums are recorded, and the
/// revisions are no longer reported as edited. A revision that was applied by an SQL script has no
/// checksum in the journal: accept it by its id, so that later edits are reported.
#[derive(Args, Clone, Debug)]
pub struct AcceptArgs {
    /// Ids of revisions, or unique prefixes of them; required unless `--all` is given
    #[arg(value_name = "REVISION", required_unless_present = "all")]
    pub revisions: Vec<String>,

    /// All edited revisions
    #[arg(long, conflicts_with = "revisions")]
    pub all: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Records the checksums of the revisions as compiled.
pub(super) fn accept(
    context: &Context<'_>,
    args: &AcceptArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Accept, CliError> {
    let migrator = context.migrator();
    refuse_nonsense(&migrator, &args.revisions)?;
    let ids = ids_of(&migrator, &args.revisions)?;
    let mut database = context.database(Access::Existing)?;
    let name = database.name.database.clone();
    let migrator = migrator.on_event(|event| progress.event(&name, |_| String::new(), event));
    let accepted = migrator
        .accept(&mut database.session, &as_strs(&ids))
        .map_err(|error| database.failure(error))?;
    match accepted.len() {
        0 => progress.say(&format!(
            "nothing to do: the checksums recorded in `{name}` match"
        )),
        count => progress.say_done(&format!(
            "recorded the checksum of {}, without running anything",
            plural(count, "revision")
        )),
    }
    let mut remark = None;
    if args.all {
        let unknown = migrator
            .without_checksum(&mut database.session)
            .map_err(|error| database.failure(error))?;
        remark = without_checksum(unknown);
    }
    Ok(json::Accept {
        database: Some(name.clone()),
        backend: Some(database.name.backend.clone()),
        accepted,
        error: None,
        remark,
    })
}

/// What is said of applied revisions that `--all` does not mean.
fn without_checksum(revisions: Vec<String>) -> Option<Help> {
    let what = match revisions.len() {
        0 => return None,
        1 => "1 applied revision has no checksum, so an edit of it is".to_owned(),
        count => format!("{count} applied revisions have no checksum, so an edit of them is"),
    };
    let help = format!("note: {what} not reported\nhelp: to have it reported: `");
    Some(Help::from(help) + Advice::Accept { revisions } + "`")
}

/// The ids that the arguments name.
fn ids_of(
    migrator: &migrate_core::migrator::Migrator<'_>,
    texts: &[String],
) -> Result<Vec<String>, CliError> {
    let graph = migrator.graph()?;
    let mut ids = Vec::new();
    for text in texts {
        let nodes = migrate_graph::target::resolve(graph, &text.parse()?)?;
        ids.extend(nodes.into_iter().map(|node| graph.id(node).to_owned()));
    }
    Ok(ids)
}
