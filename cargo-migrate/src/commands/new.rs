//! `new`: writes a revision, after the head or after a given parent: an empty one, or one with what
//! `--autogenerate` found.

use clap::Args;
use migrate_cli::commands::schema::autogenerate::GenerateArgs;
use migrate_cli::json::{Answer, GeneratedRevision, RevisionTexts};
use migrate_cli::{CliError, FormatArgs, Ui};
use migrate_graph::Target;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::adopt;
use super::write::{self, Wanted, Written};
use crate::selection::Selection;
use crate::source;

/// Write a new revision that continues the head
///
/// Prints the path of its file. The id is the time in UTC.
#[derive(Args, Clone, Debug)]
pub(crate) struct NewArgs {
    /// What the revision does; the file's name has its first line
    #[arg(value_name = "MESSAGE", required_unless_present_any = ["message", "autogenerate"])]
    words: Vec<String>,

    /// The same, as an option
    #[arg(short, long, conflicts_with = "words")]
    message: Option<String>,

    /// Write `up.sql` and `down.sql` in a folder, instead of a Rust file
    #[arg(long)]
    sql: bool,

    /// The parent, if not the head: an id or a prefix, `LABEL@head`, or `base`
    #[arg(long, value_name = "REVISION")]
    head: Vec<String>,

    /// Allow a parent that is not a head, which creates a branch
    #[arg(long, hide_short_help = true)]
    splice: bool,

    /// A label for the branch that begins with the revision
    #[arg(long, value_name = "LABEL")]
    branch_label: Vec<String>,

    /// A revision of another branch that must be applied first
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<String>,

    /// The revision's id, instead of the time
    #[arg(long, value_name = "ID", hide_short_help = true)]
    rev_id: Option<String>,

    /// Generate the changes between the history and the models (the tables declared in the source)
    ///
    /// The revision is run on a scratch database first, up and down. Without MESSAGE, its changes
    /// give it one.
    #[arg(long)]
    pub(crate) autogenerate: bool,

    /// Print the revision, and write nothing
    #[arg(long, requires = "autogenerate")]
    pub(crate) dry_run: bool,

    /// What is compared.
    #[command(flatten)]
    pub(crate) generate: GenerateArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// What became of it.
#[derive(Serialize)]
pub(crate) struct Outcome {
    #[serde(flatten)]
    revision: Revision,
    /// What `--autogenerate` found.
    #[serde(flatten)]
    found: Option<Found>,
}

/// The revision, if there is one.
#[derive(Serialize)]
#[serde(untagged)]
enum Revision {
    /// It was written.
    Written(Written),
    /// There was nothing to do: no path.
    Nothing {
        /// Always `null`.
        path: Option<String>,
    },
    /// The text of a dry run.
    Text {
        /// The text of the file, or of the folder's files.
        text: String,
    },
}

/// What `--autogenerate` found, as the runner answers it.
#[derive(Deserialize, Serialize)]
pub(super) struct Found {
    /// The changes, with what they lose and when they fail.
    changes: Value,
    /// Remarks.
    notes: Value,
    /// Where it was tried; `null` where it could not be proven.
    proven: Value,
}

impl Outcome {
    /// Nothing to write.
    pub(super) fn nothing() -> Outcome {
        Outcome {
            revision: Revision::Nothing { path: None },
            found: None,
        }
    }

    /// With what was found.
    pub(super) fn found(self, found: Found) -> Outcome {
        Outcome {
            found: Some(found),
            ..self
        }
    }
}

impl Answer for Outcome {
    fn text(&self) -> String {
        match &self.revision {
            Revision::Written(written) => written.text(),
            Revision::Nothing { .. } => String::new(),
            Revision::Text { text } => text.clone(),
        }
    }

    fn is_to_be_run(&self) -> bool {
        matches!(self.revision, Revision::Text { .. })
    }
}

/// Writes an empty revision.
pub(crate) fn new(
    args: &NewArgs,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Outcome, CliError> {
    write(args, None, selection, ui)
}

/// Writes revisions, with what they do and a message for the first, if that is known.
pub(super) fn write(
    args: &NewArgs,
    found: Option<(Vec<GeneratedRevision>, String)>,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Outcome, CliError> {
    let message = args.message.clone().unwrap_or_else(|| args.words.join(" "));
    let (revisions, said) = found.unzip();
    let message = match (message.trim(), said) {
        ("", Some(said)) => said,
        ("", None) => {
            return Err(
                CliError::usage("the message is empty").help("cargo migrate new \"create users\"")
            );
        }
        (message, _) => message.to_owned(),
    };
    let heads: Result<Vec<Target>, _> = args.head.iter().map(|head| head.parse()).collect();
    let mut all = Vec::new();
    let mut subject = message.clone();
    for found in revisions.unwrap_or_default() {
        let GeneratedRevision {
            what,
            message,
            texts,
        } = found;
        // the first one's is known
        if let Some(message) = message.filter(|_| !all.is_empty()) {
            subject = message;
        }
        let first_line = subject.lines().next().unwrap_or_default();
        all.push(Wanted {
            message: match what {
                Some(what) => format!("{first_line}, {what}"),
                None => subject.clone(),
            },
            sql: is_in_sql(args, &texts, selection, ui)?,
            texts: Some(texts),
            ..Wanted::default()
        });
    }
    if all.is_empty() {
        all.push(Wanted {
            message,
            sql: args.sql,
            ..Wanted::default()
        });
    }
    if let Some(first) = all.first_mut() {
        first.id.clone_from(&args.rev_id);
        first.heads = heads?;
        first.splice = args.splice;
        first.branch_labels.clone_from(&args.branch_label);
        first.depends_on.clone_from(&args.depends_on);
    }
    let member = selection.writable()?;
    let sharing = selection.sharing(member)?;
    let history = match sharing.is_empty() {
        true => None, // the first revision of all
        false => {
            let rules = source::rules(&selection.project, &sharing)?;
            Some(source::history_among(&sharing, &rules, selection, ui)?)
        }
    };
    let graph = history.as_ref().map(source::History::graph);
    let revision = match args.dry_run {
        true => Revision::Text {
            text: write::text(&all, selection, member, graph)?,
        },
        false => Revision::Written(write::write(&all, selection, member, graph)?),
    };
    Ok(Outcome {
        revision,
        found: None,
    })
}

/// Whether a generated revision is written as a folder.
fn is_in_sql(
    args: &NewArgs,
    texts: &RevisionTexts,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<bool, CliError> {
    if !args.sql {
        return Ok(adopt::is_all_sql(selection)? && adopt::is_in_sql(texts, ui));
    }
    if !texts.backends.is_empty() {
        return Err(CliError::usage(format!(
            "a folder's statements are those of one database, and the revision is for {}",
            texts.backends.join(", ")
        ))
        .help("leave `--sql` out: a Rust file is for all of them"));
    }
    match &texts.rebuilds {
        Some(table) => Err(CliError::usage(format!(
            "a folder's statements cannot do it: SQLite rebuilds `{table}`, which needs more than them while others refer to it"
        ))
        .help("leave `--sql` out: a Rust file does it")),
        None => Ok(true),
    }
}
