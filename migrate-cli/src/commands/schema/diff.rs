//! `schema diff`: what differs between two states.

use std::time::SystemTime;

use clap::{Args, ValueEnum};

use super::sides::{Sides, refuse_contradictions};
use crate::ask;
use crate::context::Context;
use crate::error::CliError;
use crate::json::{SchemaChange, SchemaDiff, SchemaQuestion};
use crate::states::{
    Compared, Found, Scratching, States, known_statements, rendered, whole_script,
};
use crate::ui::Ui;
use migrate_core::engine::backend::DatabaseUrl;
use migrate_core::engine::diff::{Answers, Question, Rename};
use migrate_core::engine::utc_id;
use migrate_graph::Header;

/// Print what differs between two states, as the changes that lead from one to the other
///
/// The exit code is 0 if nothing differs, 1 if something does, and 2 if a rename is possible and no
/// option decides it.
#[derive(Args, Clone, Debug)]
pub struct DiffArgs {
    /// State before: database, history, history@TARGET, a URL or a file; see `schema --help`
    pub from: String,

    /// State after, as FROM
    pub to: String,

    /// Output format
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: DiffForm,

    /// Print JSON, as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub json: bool,

    /// What was renamed, and what was not.
    #[command(flatten)]
    pub answers: AnswerArgs,

    /// Scratch databases.
    #[command(flatten)]
    pub scratching: Scratching,
}

/// The form of a difference.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DiffForm {
    /// One line for each change
    #[default]
    Text,
    /// Statements
    Sql,
    /// A revision
    Rust,
    /// The data
    Json,
}

/// What was renamed, and what was not.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerArgs {
    /// Treat as a rename: OLD:NEW of a table, TABLE.OLD:NEW of a column, TYPE.OLD:NEW of a label
    #[arg(long = "rename", value_name = "OLD:NEW")]
    pub renames: Vec<String>,

    /// Treat as dropped, not renamed: TABLE, TABLE.COLUMN or TYPE.LABEL
    #[arg(long = "drop", value_name = "NAME")]
    pub drops: Vec<String>,

    /// Treat nothing as a rename, except what `--rename` names
    #[arg(long)]
    pub no_renames: bool,
}

impl AnswerArgs {
    /// The answers.
    pub(crate) fn read(&self) -> Result<Answers, CliError> {
        let renames: Result<Vec<Rename>, _> =
            self.renames.iter().map(|text| text.parse()).collect();
        let renames = renames.map_err(|error| CliError::usage(error.to_string()))?;
        refuse_contradictions(&renames)?;
        Ok(Answers {
            renames,
            drops: self.drops.clone(),
            no_renames: self.no_renames,
            ..Answers::default()
        })
    }
}

impl DiffArgs {
    /// Whether the answer is to be one JSON object.
    pub(super) fn is_json(&self) -> bool {
        self.json || self.format == DiffForm::Json
    }
}

/// What differs between two states.
pub(super) fn diff(
    context: &Context<'_>,
    args: &DiffArgs,
    ui: &mut Ui<'_>,
) -> Result<SchemaDiff, CliError> {
    let mut answers = args.answers.read()?;
    let mut states = States::new(context, &args.scratching, ui).configured()?;
    let (from, to) = (states.named(&args.from)?, states.named(&args.to)?);
    let kind = states.kind(&[&to, &from])?;
    let sides = Sides {
        from: &from,
        to: &to,
        only: &[],
        keeps: false,
    };
    let compared = sides.compared(&mut states, kind, &mut answers)?;
    let names = [&args.from, &args.to].map(|name| DatabaseUrl::redacted(name));
    let mut found = SchemaDiff::of(names, &compared)?;
    let changes = &compared.difference.changes;
    match args.format {
        DiffForm::Sql => {
            let statements = states.statements(compared.kind, &compared.from, changes)?;
            found.sql = Some(whole_script(compared.kind, changes, &statements));
        }
        DiffForm::Rust => {
            let [from, to] = [&compared.to, &compared.from].map(|schema| Found {
                kind,
                schema: schema.clone(),
            });
            let back = states.compare(from, to, &answers.inverted())?;
            let body = rendered(&[(kind, changes, &back.difference.changes)])?;
            let migrator = context.migrator();
            let graph = migrator.graph()?;
            let heads = graph.heads().map(|head| graph.id(head));
            let header = Header::new(&utc_id(SystemTime::now()), heads)
                .message(&format!("From {} to {}", found.from, found.to));
            found.rust = Some(body.text(&header, "migrate_core"));
        }
        DiffForm::Text | DiffForm::Json => {}
    }
    Ok(found)
}

/// Asks on a terminal what was renamed.
pub(crate) fn ask_about(
    compared: &mut Compared,
    answers: &mut Answers,
    ui: &mut Ui<'_>,
) -> Result<(), CliError> {
    if !ui.terminal || ui.json || !ask::can_ask() {
        return Ok(());
    }
    while let Some(question) = compared.difference.questions.first() {
        let rename = question.rename();
        ui.show(&format!("{question}. Renamed? [Y/n/q] "));
        match ask::choice() {
            Some(true) => answers.renames.push(rename.clone()),
            Some(false) => answers.drops.push(rename.from.clone()),
            None => break,
        }
        let option = match answers.renames.last() == Some(&rename) {
            true => format!("--rename {rename}"),
            false => format!("--drop {}", rename.from),
        };
        ui.say(&format!("the same as an option: {option}"));
        compared.answered(answers)?;
    }
    Ok(())
}

impl SchemaDiff {
    /// The difference between two states of these names.
    pub(crate) fn of([from, to]: [String; 2], compared: &Compared) -> Result<SchemaDiff, CliError> {
        let Compared {
            kind, difference, ..
        } = compared;
        let known = known_statements(*kind, &difference.changes)?;
        let changes = difference.changes.iter().zip(known);
        let doubtful = &difference.doubtful;
        let mut notes = compared.notes.clone();
        let remarks = notes.len();
        notes.extend(difference.notes.iter().map(ToString::to_string));
        if let (Some(why), false) = (&compared.unsettled, doubtful.is_empty()) {
            notes.push(format!(
                "whether two texts mean the same could not be asked of a server: {why}"
            ));
        }
        Ok(SchemaDiff {
            from,
            to,
            backend: kind.name().to_lowercase(),
            changes: changes
                .map(|(change, sql)| SchemaChange::of(change, sql))
                .collect(),
            questions: difference
                .questions
                .iter()
                .map(SchemaQuestion::of)
                .collect(),
            notes,
            remarks,
            doubtful: doubtful.iter().map(ToString::to_string).collect(),
            error: open(&difference.questions),
            sql: None,
            rust: None,
        })
    }
}

/// The failure while questions are open.
fn open(questions: &[Question]) -> Option<CliError> {
    let first = questions.first()?.rename();
    let count = match questions.len() {
        1 => "one question is open".to_owned(),
        more => format!("{more} questions are open"),
    };
    let help = format!(
        "answer each: `--rename {first}`, or `--drop {}`; or `--no-renames` for all",
        first.from
    );
    Some(
        CliError::usage(count)
            .notes(questions.iter().map(ToString::to_string))
            .help(help),
    )
}
