//! `new`: writes an empty revision, after the head or after a given parent.

use clap::Args;
use migrate_cli::{CliError, FormatArgs, Ui};
use migrate_graph::Target;

use super::write::{self, Wanted, Written};
use crate::selection::Selection;
use crate::source;

/// Write a new revision that continues the head
///
/// Prints the path of its file. The id is the time in UTC.
#[derive(Args, Clone, Debug)]
pub(crate) struct NewArgs {
    /// What the revision does; its first line becomes a part of the file's name
    #[arg(value_name = "MESSAGE", required_unless_present = "message")]
    words: Vec<String>,

    /// The same, as an option
    #[arg(short, long, conflicts_with = "words")]
    message: Option<String>,

    /// Write a folder with `up.sql` and `down.sql`, as diesel does, instead of a Rust file
    #[arg(long)]
    sql: bool,

    /// The parent: an id or a unique prefix of one, `LABEL@head`, or `base` for a new base
    #[arg(long, value_name = "REVISION")]
    head: Vec<String>,

    /// Allow a parent that is not a head, which creates a branch
    #[arg(long)]
    splice: bool,

    /// A label for the branch that begins with the revision
    #[arg(long, value_name = "LABEL")]
    branch_label: Vec<String>,

    /// A revision of another branch that must be applied before this one
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<String>,

    /// The revision's id, instead of the time
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,

    /// Text or JSON.
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// Writes the revision.
pub(crate) fn new(
    args: &NewArgs,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Written, CliError> {
    let message = args.message.clone().unwrap_or_else(|| args.words.join(" "));
    let message = message.trim();
    if message.is_empty() {
        return Err(
            CliError::usage("the message is empty").help("cargo migrate new \"create users\"")
        );
    }
    let heads: Result<Vec<Target>, _> = args.head.iter().map(|head| head.parse()).collect();
    let wanted = Wanted {
        id: args.rev_id.clone(),
        message: message.to_owned(),
        heads: heads?,
        splice: args.splice,
        branch_labels: args.branch_label.clone(),
        depends_on: args.depends_on.clone(),
        sql: args.sql,
        texts: None,
    };
    let member = selection.writable()?;
    let sharing = selection.sharing(member)?;
    // the first revision of all
    if sharing.is_empty() {
        return write::write(&wanted, selection, member, None);
    }
    let rules = source::rules(&selection.project, &sharing)?;
    let history = source::history_among(&sharing, &rules, selection, ui)?;
    write::write(&wanted, selection, member, Some(history.graph()))
}
