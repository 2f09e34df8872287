//! `schema autogenerate`: the revision that leads from the history to the models, tried forth and
//! back on a scratch database. `cargo migrate new --autogenerate` writes it.

use std::fs;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::diff::AnswerArgs;
use super::sides::Sides;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::json::{Answer, RevisionTexts, SchemaChange, SchemaDiff, SchemaQuestion};
use crate::states::{Bench, Compared, Found, Scratching, State, States, reverses, revision_texts};
use crate::ui::Ui;
use migrate_core::engine::backend::{self, BackendKind, DatabaseUrl};
use migrate_core::engine::diff::{Answers, Change, Fill, named_in};
use migrate_core::operation::Operation;
use migrate_core::schema::{ObjectName, Schema};

/// What `new --autogenerate` compares, and what is known of it.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct GenerateArgs {
    /// Compare this state with the models, instead of the history
    #[arg(long, value_name = "STATE", requires = "autogenerate", help_heading = HEADING)]
    pub from: Option<String>,

    /// Compare with this state, instead of the models
    #[arg(long, value_name = "STATE", requires = "autogenerate", help_heading = HEADING)]
    pub to: Option<String>,

    /// Only these tables
    #[arg(long, value_name = "TABLE", value_delimiter = ',', requires = "autogenerate", help_heading = HEADING)]
    pub only: Vec<String>,

    /// What was renamed, and what was not.
    #[command(flatten)]
    pub answers: AnswerArgs,

    /// The value of a new column for the rows that are there: TABLE.COLUMN=VALUE, or
    /// TABLE.COLUMN=sql:EXPRESSION
    #[arg(long = "fill", value_name = "COLUMN=VALUE", help_heading = HEADING)]
    pub fills: Vec<String>,

    /// New columns without a default get no value: the revision fails where there are rows
    #[arg(long, help_heading = HEADING)]
    pub no_fill: bool,

    /// Read answers from a TOML file: `rename`, `drop` and `fill` as lists, `no-renames` and
    /// `no-fill`
    #[arg(long = "answers", id = "answers-file", value_name = "FILE", help_heading = HEADING)]
    pub answers_from: Option<String>,

    /// Write the revision also if it could not be proven
    #[arg(long, help_heading = HEADING)]
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
    /// What creates and reverts it; `null` when there is nothing to do.
    pub revision: Option<RevisionTexts>,
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
    let mut states = States::new(context, &args.scratching, ui).configured()?;
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
    let kind = states.kind(&[&to, &from])?;
    let sides = Sides {
        from: &from,
        to: &to,
        only: &args.only,
        keeps: !matches!(from, State::History(_)),
    };
    let compared = sides.compared(&mut states, kind, &mut answers)?;
    let names = [
        args.from.as_deref().unwrap_or("history"),
        args.to.as_deref().unwrap_or("models"),
    ];
    let found = SchemaDiff::of(names.map(DatabaseUrl::redacted), &compared)?;
    let changes = &compared.difference.changes;
    let mut generated = Generated {
        message: message(changes),
        changes: found.changes,
        questions: found.questions,
        notes: found.notes,
        error: found.error,
        ..Generated::default()
    };
    for line in generated.lines() {
        states.ui.say(&line);
    }
    if generated.error.is_some() || changes.is_empty() {
        return Ok(generated);
    }
    let unfilled = unfilled(changes);
    if let (Some(first), false) = (unfilled.first(), no_fill) {
        let failure = CliError::usage(match unfilled.len() {
            1 => format!(
                "`{first}` is not null and has no default: rows that are there would have no value"
            ),
            more => format!(
                "{more} columns are not null and have no default: rows that are there would have no value"
            ),
        });
        let failure = failure
            .notes(unfilled.iter().map(|column| format!("`{column}`")))
            .help(format!(
                "give each a value: `--fill {first}=VALUE`; or `--no-fill`, if the tables are empty"
            ));
        return Ok(Generated {
            error: Some(failure),
            unfilled,
            ..generated
        });
    }
    let [before, after] = [&compared.from, &compared.to].map(|schema| Found {
        kind: compared.kind,
        schema: schema.clone(),
    });
    let back = states.compare(after, before, &answers.inverted())?;
    let proof = Proof {
        kind: compared.kind,
        compared: &compared,
        back: &back.difference.changes,
    };
    let users = users_of_renamed(&compared);
    let mut tried = proof.run(&mut states).map_err(|failure| {
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
    for change in &back.difference.changes {
        if let Some(why) = &change.may_fail {
            let why = why.trim_end_matches('.');
            tried
                .notes
                .push(format!("the downgrade may fail: {change}: {why}"));
        }
    }
    generated.notes.extend(tried.notes.iter().cloned());
    for note in &tried.notes {
        states.ui.say(&format!("note: {note}"));
    }
    match (tried.rest.is_empty(), args.unproven) {
        (true, _) => {
            let place = format!(
                "forth and back on a scratch {} database",
                compared.kind.name()
            );
            states.ui.say(&format!("proven: {place}"));
            generated.proven = Some(place);
        }
        (false, true) => {
            for line in &tried.rest {
                states.ui.say(&format!("not proven: {line}"));
            }
        }
        (false, false) => {
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
    }
    generated.revision = Some(revision_texts(
        compared.kind,
        (changes, &tried.up),
        (&back.difference.changes, &tried.down),
    )?);
    Ok(generated)
}

impl Generated {
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
fn unfilled(changes: &[Change]) -> Vec<String> {
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
    changes.iter().filter_map(lacks).collect()
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

/// A revision as it is tried.
struct Proof<'p> {
    kind: BackendKind,
    compared: &'p Compared,
    back: &'p [Change],
}

/// What trying it showed.
struct Tried {
    up: Vec<Vec<String>>,
    down: Vec<Vec<String>>,
    /// What the upgrade does not arrive at; none if it is proven.
    rest: Vec<String>,
    /// What the downgrade does not restore, and other remarks.
    notes: Vec<String>,
}

impl Proof<'_> {
    /// Runs the changes on a scratch database with the state before, and back.
    fn run(&self, states: &mut States<'_, '_, '_>) -> Result<Tried, CliError> {
        let Compared { from, to, .. } = self.compared;
        let mut bench = states.bench(self.kind)?;
        states.build(&mut bench, self.kind, from)?;
        let start = bench.inspect()?;
        let before = self.broken(&mut bench)?;
        let up = bench.run(&self.compared.difference.changes)?;
        let mut rest = self.rest(states, &mut bench, to, "still to do")?;
        let broken = self.broken(&mut bench)?.into_iter();
        rest.extend(broken.filter(|line| !before.contains(line)));
        let mut notes = Vec::new();
        // a file in Rust reverts the operations, a folder has statements of its own
        if let Some(reverses) = reverses(self.kind, &self.compared.difference.changes)? {
            bench.run_operations(&reverses)?;
            notes = self.rest(states, &mut bench, &start, "the downgrade leaves")?;
            bench.run(&self.compared.difference.changes)?;
        }
        let down = bench.run(self.back)?;
        notes.extend(self.rest(states, &mut bench, &start, "the downgrade leaves")?);
        notes.dedup();
        Ok(Tried {
            up,
            down,
            rest,
            notes,
        })
    }

    /// What SQLite refuses when it compiles statements on tables and views with all that hangs on
    /// them: nothing is looked at before.
    fn broken(&self, bench: &mut Bench) -> Result<Vec<String>, CliError> {
        if self.kind != BackendKind::Sqlite {
            return Ok(Vec::new());
        }
        let schema = bench.inspect()?;
        let rules = backend::rules(self.kind)?;
        let quoted = |name: &ObjectName| rules.name(name).unwrap_or_default();
        let mut statements = Vec::new();
        for table in &schema.tables {
            let name = quoted(&table.name);
            let columns = table.columns.iter();
            let columns = columns.filter(|column| column.generated.is_none());
            let columns = columns.map(|column| quoted(&column.name.as_str().into()));
            let set: Vec<String> = columns
                .map(|column| format!("{column} = {column}"))
                .collect();
            statements.push(format!("EXPLAIN INSERT INTO {name} DEFAULT VALUES"));
            statements.push(format!("EXPLAIN UPDATE {name} SET {}", set.join(", ")));
            statements.push(format!("EXPLAIN DELETE FROM {name}"));
        }
        let views = schema.views.iter();
        statements
            .extend(views.map(|view| format!("EXPLAIN SELECT * FROM {}", quoted(&view.name))));
        let session = bench.session()?;
        let mut found = Vec::new();
        for statement in statements {
            if let Err(error) = session.execute(&statement) {
                found.push(format!(
                    "`{}` fails: {error}",
                    &statement["EXPLAIN ".len()..]
                ));
            }
        }
        Ok(found)
    }

    fn rest(
        &self,
        states: &mut States<'_, '_, '_>,
        bench: &mut Bench,
        wanted: &Schema,
        what: &str,
    ) -> Result<Vec<String>, CliError> {
        let found = |schema: Schema| Found {
            kind: self.kind,
            schema,
        };
        let there = found(bench.inspect()?);
        let answers = Answers {
            no_renames: true,
            ..Answers::default()
        };
        let rest = states.compare(there, found(wanted.clone()), &answers)?;
        let changes = rest.difference.changes.iter();
        Ok(changes.map(|change| format!("{what}: {change}")).collect())
    }
}
