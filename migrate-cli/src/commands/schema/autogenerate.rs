//! `schema autogenerate`: the revision that leads from the history to the models, tried forth and
//! back on a scratch database. `cargo migrate new --autogenerate` writes it.

use std::collections::BTreeSet;
use std::fs;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::diff::AnswerArgs;
use super::hooks::{self, Shaped};
use super::parts::{Apart, Split};
use super::proof::{self, Proof};
use super::sides::Sides;
use crate::args::Dialect;
use crate::configuration::keys;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::json::{Answer, GeneratedRevision, SchemaChange, SchemaDiff, SchemaQuestion};
use crate::states::{Compared, Found, Scratching, State, States, align, merged};
use crate::ui::Ui;
use migrate_core::engine::backend::{self, DatabaseUrl};
use migrate_core::engine::diff::{Answers, Change, ChangeKind, Difference, Fill, named_in};
use migrate_core::operation::Operation;

/// What `new --autogenerate` compares, and what is known of it.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = HEADING)]
pub struct GenerateArgs {
    /// Start from this state, instead of the history
    #[arg(
        long,
        value_name = "STATE",
        requires = "autogenerate",
        hide_short_help = true
    )]
    pub from: Option<String>,

    /// Lead to this state, instead of the models
    #[arg(
        long,
        value_name = "STATE",
        requires = "autogenerate",
        hide_short_help = true
    )]
    pub to: Option<String>,

    /// Write one revision for several kinds of database
    #[arg(
        long = "backend",
        value_name = "NAME",
        value_delimiter = ',',
        requires = "autogenerate",
        conflicts_with = "dialect",
        hide_short_help = true
    )]
    pub backends: Vec<Dialect>,

    /// Only these tables
    #[arg(
        long,
        value_name = "TABLE",
        value_delimiter = ',',
        requires = "autogenerate"
    )]
    pub only: Vec<String>,

    /// What was renamed, and what was not.
    #[command(flatten)]
    pub answers: AnswerArgs,

    /// The value of a new column for the rows that are there: TABLE.COLUMN=VALUE, or
    /// TABLE.COLUMN=sql:EXPRESSION
    #[arg(long = "fill", value_name = "COLUMN=VALUE")]
    pub fills: Vec<String>,

    /// Give no value to new columns without a default: the revision fails if there are rows
    #[arg(long, hide_short_help = true)]
    pub no_fill: bool,

    /// Read answers from a TOML file: `rename`, `drop` and `fill` as lists, `no-renames` and
    /// `no-fill`
    #[arg(
        long = "answers",
        id = "answers-file",
        value_name = "FILE",
        hide_short_help = true
    )]
    pub answers_from: Option<String>,

    /// Write the revision even if its trial fails, or no scratch database can be made
    #[arg(long, hide_short_help = true)]
    pub unproven: bool,

    /// Scratch databases.
    #[command(flatten)]
    pub scratching: Scratching,
}

/// The heading of its options in the help of `new`.
const HEADING: &str = "With --autogenerate";

/// Print what `new --autogenerate` writes, as JSON
#[derive(Args, Clone, Debug)]
pub struct AutogenerateArgs {
    /// So that the options can require it.
    #[arg(long, hide = true)]
    pub autogenerate: bool,

    /// What is compared.
    #[command(flatten)]
    pub generate: GenerateArgs,

    /// Print failures as JSON, too.
    #[arg(long)]
    pub json: bool,
}

/// The answers in a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct AnswerFile {
    rename: Vec<String>,
    drop: Vec<String>,
    fill: Vec<String>,
    no_renames: bool,
    no_fill: bool,
}

/// What `new --autogenerate` writes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Generated {
    /// What leads from the one state to the other.
    pub changes: Vec<SchemaChange>,
    /// What may have been renamed.
    pub questions: Vec<SchemaQuestion>,
    /// New columns that have no value for the rows that are there: `users.state`.
    pub unfilled: Vec<String>,
    /// Differences that no change expresses, and other remarks.
    pub notes: Vec<String>,
    /// Where it was tried.
    pub proven: Option<String>,
    /// A message for the revision.
    pub message: String,
    /// What makes the changes, in this order, and reverts them; none when there is nothing to do.
    pub revisions: Vec<GeneratedRevision>,
    /// That something is open; `null` when nothing is.
    pub error: Option<CliError>,
}

impl Answer for Generated {
    fn text(&self) -> String {
        serde_json::to_string(self).expect("names and texts can be written as JSON")
    }

    fn exit(&self) -> Exit {
        self.error.as_ref().map_or(Exit::Done, |error| error.exit)
    }

    fn failure(&mut self) -> Option<&mut CliError> {
        self.error.as_mut()
    }

    fn is_to_be_run(&self) -> bool {
        true
    }
}

impl GenerateArgs {
    /// The answers of options and of the file.
    fn answers(&self, context: &Context<'_>) -> Result<(Answers, bool), CliError> {
        let mut file = AnswerFile::default();
        if let Some(name) = &self.answers_from {
            let path = context.surroundings.directory.join(name);
            let unreadable = |why: String| {
                CliError::usage(format!("cannot read the answers in `{name}`: {why}"))
            };
            let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
            file = toml::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        }
        let mut all = self.answers.clone();
        all.renames.append(&mut file.rename);
        all.drops.append(&mut file.drop);
        all.no_renames |= file.no_renames;
        let mut answers = all.read()?;
        for text in self.fills.iter().chain(&file.fill) {
            let fill: Result<Fill, _> = text.parse();
            answers
                .fills
                .push(fill.map_err(|error| CliError::usage(error.to_string()))?);
        }
        Ok((answers, self.no_fill || file.no_fill))
    }
}

/// The revision that leads from the history to the models.
pub(super) fn autogenerate(
    context: &Context<'_>,
    args: &AutogenerateArgs,
    ui: &mut Ui<'_>,
) -> Result<Generated, CliError> {
    let args = &args.generate;
    let (mut answers, no_fill) = args.answers(context)?;
    let several = args.backends.len() > 1;
    let states = States::new(context, &args.scratching, ui).configured()?;
    let mut states = states.of_kinds(several);
    let state = |name: &Option<String>, other: State| match name {
        Some(name) => State::parse(name, &context.surroundings.directory),
        None => Ok(other),
    };
    let (from, to) = (
        state(&args.from, State::History(None))?,
        state(&args.to, State::Models)?,
    );
    if from == State::Database {
        at_head(context)?;
    }
    let kinds = match args.backends.as_slice() {
        [] => vec![states.kind(&[&to, &from])?],
        named => named.iter().map(|name| (*name).into()).collect(),
    };
    let names = [
        args.from.as_deref().unwrap_or("history"),
        args.to.as_deref().unwrap_or("models"),
    ];
    if several && let Some(at) = [&from, &to].iter().position(|state| state.is_of_one_kind()) {
        let name = DatabaseUrl::redacted(names[at]);
        return Err(CliError::usage(format!(
            "`{name}` is of one kind of database, and `--backend` names {}",
            kinds.len()
        ))
        .help("name one, or compare the history with the models"));
    }
    let sides = Sides {
        from: &from,
        to: &to,
        only: &args.only,
        keeps: !matches!(from, State::History(_)),
    };
    let apart = Apart {
        concurrently: context.switch(&keys::CONCURRENTLY)?,
        not_valid: context.switch(&keys::NOT_VALID)?,
    };
    let mut found = Vec::new();
    for kind in kinds {
        found.push(sides.compared(&mut states, kind, &mut answers)?);
    }
    let lists = found.iter_mut();
    let lists = lists.map(|one| (one.kind, &mut one.difference.changes));
    align(&mut lists.collect::<Vec<_>>())?;
    let mut all = Vec::new();
    let mut message = None;
    for mut compared in found {
        let rules = backend::rules(compared.kind)?;
        let mut shaped = match compared.difference.questions.is_empty() {
            true => Some(Shaped::of(context.history, &mut compared)),
            false => None, // what is asked about is not among the changes
        };
        if let (Some(shaped), false) = (&mut shaped, several) {
            shaped.part_labels(&compared.difference.changes);
        }
        message = message.or_else(|| shaped.as_ref()?.message());
        let split = match shaped.filter(|shaped| shaped.changed) {
            Some(shaped) => shaped.split(&mut states, &mut compared, apart, &answers)?,
            None => Split::of(&compared.difference.changes, &compared.to, rules, apart),
        };
        compared.difference.changes = split.all();
        all.push((compared, split));
    }
    hooks::same_revisions(context.history, &all)?;
    let mut generated = Generated::of(&names.map(DatabaseUrl::redacted), &all)?;
    generated.message = message.unwrap_or(generated.message);
    for line in generated.lines() {
        states.ui.say(&line);
    }
    if generated.error.is_some() || generated.changes.is_empty() {
        return Ok(generated);
    }
    let mut unfilled = all.iter().flat_map(|(compared, _)| unfilled(compared));
    let unfilled: Vec<String> = unfilled
        .by_ref()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    if let (Some(first), false) = (unfilled.first(), no_fill) {
        generated.error = Some(without_values(first, &unfilled));
        generated.unfilled = unfilled;
        return Ok(generated);
    }
    let mut proofs = Vec::new();
    for (compared, split) in all {
        let [before, after] = [&compared.from, &split.after].map(|schema| Found {
            kind: compared.kind,
            schema: schema.clone(),
        });
        let mut back = states.compare(after, before, &answers.inverted())?;
        let changes = &mut back.difference.changes;
        changes.retain(|change| !is_refused(change, &compared));
        proofs.push(Proof {
            compared,
            split,
            back: back.difference.changes,
        });
    }
    let lists = proofs.iter_mut();
    let lists = lists.map(|proof| (proof.compared.kind, &mut proof.back));
    align(&mut lists.collect::<Vec<_>>())?;
    let mut proven = Vec::new();
    let mut places = Vec::new();
    for one in proofs {
        let users = users_of_renamed(&one.compared);
        let bench = states.bench(one.compared.kind);
        let tried = match bench {
            Err(failure) if failure.exit == Exit::Stopped => return Err(failure),
            Err(failure) if args.unproven => one.untried(failure.message),
            Err(failure) => {
                let untried = "write it without a trial: `--unproven`";
                let help = match failure.help.clone() {
                    Some(help) => help + "; or " + untried,
                    None => untried.into(),
                };
                Err(failure.help(help))
            }
            Ok(bench) => one.run(&mut states, bench),
        };
        let tried = tried.map_err(|failure| {
            let failure = match users.is_empty() {
                true => failure,
                false => failure.notes(users.clone()).help(BY_HAND),
            };
            match failure.exit {
                // what was found does not run there
                Exit::Usage => CliError {
                    exit: Exit::Revision,
                    ..failure
                },
                _ => failure,
            }
        })?;
        let notes = one.notes(&tried);
        for note in &notes {
            states.ui.say(&format!("note: {note}"));
        }
        extend(&mut generated.notes, notes.into_iter());
        if !tried.rest.is_empty() && !args.unproven {
            return Err(CliError::new(
                Exit::Revision,
                "the revision could not be proven: on a scratch database it does not arrive at the models",
            )
            .notes(users.iter().cloned().chain(tried.rest))
            .help(match users.is_empty() {
                true => "write it nevertheless with `--unproven`, and correct it by hand",
                false => BY_HAND,
            }));
        }
        for line in &tried.rest {
            states.ui.say(&format!("not proven: {line}"));
        }
        if tried.rest.is_empty() {
            let kind = one.compared.kind.name();
            let place = format!("forth and back on a scratch {kind} database");
            states.ui.say(&format!("proven: {place}"));
            places.push(place);
        }
        proven.push((one, tried));
    }
    generated.proven = (places.len() == proven.len()).then(|| places.join(", "));
    generated.revisions = proof::revisions(&proven)?;
    Ok(generated)
}

/// That new columns have no value for the rows that are there.
fn without_values(first: &str, unfilled: &[String]) -> CliError {
    let failure = CliError::usage(match unfilled.len() {
        1 => format!(
            "`{first}` is not null and has no default: rows that are there would have no value"
        ),
        more => format!(
            "{more} columns are not null and have no default: rows that are there would have no value"
        ),
    });
    failure
        .notes(unfilled.iter().map(|column| format!("`{column}`")))
        .help(format!(
            "give each a value: `--fill {first}=VALUE`; or `--no-fill`, if the tables are empty"
        ))
}

impl Generated {
    /// What was found on each kind of database, as far as it can be told before it is tried.
    fn of(names: &[String; 2], all: &[(Compared, Split)]) -> Result<Generated, CliError> {
        let mut generated = Generated::default();
        let mut diffs = Vec::new();
        for (compared, _) in all {
            let found = SchemaDiff::of(names.clone(), compared)?;
            let questions = found.questions.iter().cloned();
            extend(&mut generated.questions, questions);
            extend(&mut generated.notes, found.notes.iter().cloned());
            generated.error = generated.error.or(found.error.clone());
            diffs.push(found);
        }
        let lists: Vec<&[Change]> = all
            .iter()
            .map(|(compared, _)| compared.difference.changes.as_slice())
            .collect();
        let mut changes = Vec::new();
        for places in merged(&lists) {
            let (list, at) = places[0];
            changes.push(lists[list][at].clone());
            let mut change = diffs[list].changes[at].clone();
            if places.len() < all.len() {
                let names = places.iter().map(|(list, _)| all[*list].0.kind.name());
                change.only = names.map(str::to_owned).collect();
            }
            generated.changes.push(change);
        }
        generated.message = message(&changes);
        Ok(generated)
    }

    /// What it does, a line each.
    fn lines(&self) -> Vec<String> {
        let changes = self
            .changes
            .iter()
            .map(|change| change.line().trim_end().to_owned());
        let notes = self.notes.iter().map(|note| format!("note: {note}"));
        changes.chain(notes).collect()
    }
}

/// Whether a change of the downgrade drops what no change of the upgrade creates, and a note says
/// why: the database refuses it.
fn is_refused(change: &Change, compared: &Compared) -> bool {
    let Difference { changes, notes, .. } = &compared.difference;
    change.kind == ChangeKind::Remove
        && notes.iter().any(|note| note.object == change.object)
        && !changes.iter().any(|made| made.object == change.object)
}

/// Refuses a database that is not exactly at the heads of the history.
pub(super) fn at_head(context: &Context<'_>) -> Result<(), CliError> {
    use migrate_core::engine::backend::Access;
    let mut database = context.database(Access::Read)?;
    let status = context.migrator().status(&mut database.session);
    let status = status.map_err(|error| database.failure(error))?;
    if status.at_heads {
        return Ok(());
    }
    let failure = CliError::new(Exit::No, "the database is not at the head of the history");
    let failure = match status.pending.as_slice() {
        [] => failure,
        pending => failure.note(format!("pending: {}", pending.join(", "))),
    };
    Err(failure.help("cargo migrate up"))
}

/// What to do about a text that names a column that is renamed.
const BY_HAND: &str = "write the text with the new name into a file that `sql = [\"schema/*.sql\"]` names; or \
     `--unproven`, and drop and create it with `op.execute(\"…\")` around the rename";

/// The views, triggers and the like that name a column that is renamed, and would still do so.
fn users_of_renamed(compared: &Compared) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &compared.difference.changes {
        let Operation::RenameColumn { table, from, to } = &change.operation else {
            continue;
        };
        for user in named_in(&compared.to, compared.kind, table, from) {
            lines.push(format!(
                "{} `{}` names the column `{table}.{from}`, which becomes `{to}`",
                user.kind, user.name
            ));
        }
    }
    lines
}

/// New columns that have no value for the rows that are there.
fn unfilled(compared: &Compared) -> Vec<String> {
    let lacks = |change: &Change| match &change.operation {
        Operation::AddColumn { table, column, .. } => {
            let said = change.may_fail.as_deref().unwrap_or_default();
            said.contains("has no value for them")
                .then(|| format!("{table}.{}", column.name))
        }
        Operation::AlterColumn { table, name, .. } => {
            let said = change.may_fail.as_deref().unwrap_or_default();
            said.contains("has no value for them")
                .then(|| format!("{table}.{name}"))
        }
        _ => None,
    };
    let changes = compared.difference.changes.iter();
    changes.filter_map(lacks).collect()
}

/// Adds what is not there yet.
fn extend<T: PartialEq>(all: &mut Vec<T>, more: impl Iterator<Item = T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

/// A message for a revision.
fn message(changes: &[Change]) -> String {
    let mut lines = changes
        .iter()
        .map(|change| change.to_string().replace('`', ""));
    let Some(first) = lines.next() else {
        return String::new();
    };
    let mut letters = first.chars();
    let first: String = match letters.next() {
        Some(letter) => letter.to_uppercase().chain(letters).collect(),
        None => first,
    };
    match lines.count() {
        0 => first,
        more => format!("{first}, and {}", crate::words::plural(more, "more change")),
    }
}
