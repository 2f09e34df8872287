//! What the commands about schemas answer.

use serde::{Deserialize, Serialize};

use crate::CARGO_MIGRATE;
use crate::error::CliError;
use migrate_core::engine::diff::{Change, ChangeKind, Question, type_for_people};
use migrate_core::engine::render::Body;
use migrate_core::operation::{
    EnumTypeOperation, Operation, SchemaOperation, SequenceOperation, ViewOperation,
};
use migrate_core::schema::{Column, DefaultValue, ObjectRef, Schema, Value};

/// The version of the form of a dump.
pub const DUMP_VERSION: u32 = 1;

/// A whole schema: what `schema dump --format json` prints, and what a `.json` state is.
#[doc = "```json"]
#[doc = include_str!("schema_dump.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchemaDump {
    /// The version of this form.
    pub version: u32,
    /// Everything in it.
    #[serde(flatten)]
    pub schema: Schema,
}

impl SchemaDump {
    /// The dump of a schema.
    pub fn of(schema: Schema) -> SchemaDump {
        SchemaDump {
            version: DUMP_VERSION,
            schema,
        }
    }

    /// The dump in a text, or why there is none.
    pub(crate) fn parse(text: &str) -> Result<SchemaDump, String> {
        #[derive(Deserialize)]
        struct Version {
            version: Option<u32>,
        }
        let version: Version = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match version.version {
            Some(DUMP_VERSION) => serde_json::from_str(text).map_err(|error| error.to_string()),
            Some(other) => Err(format!(
                "it has the version {other}, and this program reads version {DUMP_VERSION}"
            )),
            None => Err("it has no `version`".to_owned()),
        }
    }
}

/// A schema as text or as data, as it was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum SchemaText {
    /// A text that is printed as it is: statements, source, a drawing.
    Text(String),
    /// Data.
    Data(Box<SchemaDump>),
}

/// What `schema diff` answers.
#[doc = "```json"]
#[doc = include_str!("schema_diff.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SchemaDiff {
    /// The state before, as it was named.
    pub from: String,
    /// The state after.
    pub to: String,
    /// The kind of database by whose rules they were compared: `sqlite`.
    pub backend: String,
    /// What leads from the one to the other, in this order.
    pub changes: Vec<SchemaChange>,
    /// What may have been renamed. The changes leave it out.
    pub questions: Vec<SchemaQuestion>,
    /// Differences that no change expresses, and other remarks.
    pub notes: Vec<String>,
    /// How many of the notes, the first ones, are about no difference.
    #[serde(skip)]
    pub(crate) remarks: usize,
    /// Tables of which some texts differ, but may mean the same to the server.
    pub doubtful: Vec<String>,
    /// The statements, when they were asked for.
    pub sql: Option<String>,
    /// A revision in Rust, when it was asked for.
    pub rust: Option<String>,
    /// That questions are open; `null` when none is.
    pub error: Option<CliError>,
}

/// One change of a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemaChange {
    /// `add`, `remove`, `alter` or `rename`.
    pub kind: ChangeKind,
    /// What it is about: `table`, `column`, `index`, `view`, …
    pub object: String,
    /// Its table; `null` when it has none.
    pub table: Option<String>,
    /// Its name, which after a rename is the new one.
    pub name: String,
    /// What it was: of a column its definition, of a rename the old name; `null` for other changes.
    pub from: Option<String>,
    /// What it becomes, as `from`.
    pub to: Option<String>,
    /// The old name, if it is renamed.
    pub rename_of: Option<String>,
    /// The statements; `null` where they depend on what else is in the database.
    pub sql: Option<Vec<String>>,
    /// What is lost; `null` when nothing is.
    pub loses: Option<String>,
    /// When it fails on the rows that are there; `null` when it does not.
    pub may_fail: Option<String>,
    /// The change in one line.
    pub text: String,
    /// The kinds of database that need it; nothing where all do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
}

/// Something that may have been renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemaQuestion {
    /// What is asked about.
    #[serde(flatten)]
    pub question: Question,
    /// The option that says so.
    pub rename: String,
    /// The option that says that it is not.
    pub drop: String,
}

/// What `drift` answers.
#[doc = "```json"]
#[doc = include_str!("drift.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// The database's URL, without the password.
    pub database: String,
    /// The ids it is at.
    pub current: Vec<String>,
    /// What differs. With `--fix`, it leads from the database to the history.
    #[serde(flatten)]
    pub difference: SchemaDiff,
    /// With `--write`, the revision; else `null`.
    pub revision: Option<RevisionTexts>,
}

/// A revision for some changes, as an SQL folder and as a Rust file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionTexts {
    /// The statements that apply it.
    pub up: String,
    /// The statements that revert it.
    pub down: String,
    /// Whether it runs in a transaction, where the database has them.
    pub transaction: bool,
    /// Why only the Rust file does it: SQLite rebuilds this table, for which a run sets up its
    /// connection. `null` where the statements do it too.
    #[serde(default)]
    pub rebuilds: Option<String>,
    /// The kinds of database that it is for, if there are several: then only the Rust file does it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backends: Vec<String>,
    /// The Rust file, without its place in the history.
    pub rust: Body,
}

/// One of the revisions that `new --autogenerate` writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedRevision {
    /// What it does apart from the first one, for its message; `null` for the first.
    pub what: Option<String>,
    /// Its whole message, where a function of the project gives it one.
    pub message: Option<String>,
    /// What creates and reverts it.
    pub texts: RevisionTexts,
}

/// Whether two states are the same: a part of what `check` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DifferenceCheck {
    /// Whether it is known.
    pub known: bool,
    /// Why it is not; `null` when it is.
    pub why: Option<String>,
    /// More about why: each place that is wrong, and what can be typed.
    pub notes: Vec<String>,
    /// What differs.
    pub changes: Vec<SchemaChange>,
    /// Tables of which some texts differ, but may mean the same to the server. They do not count.
    pub doubtful: Vec<String>,
}

impl DifferenceCheck {
    /// That it is not known.
    #[must_use]
    pub fn unknown(failure: CliError) -> DifferenceCheck {
        let help = failure
            .help
            .map(|help| format!("help: {}", help.typed(CARGO_MIGRATE)));
        DifferenceCheck {
            why: Some(failure.message),
            notes: failure.notes.into_iter().chain(help).collect(),
            ..DifferenceCheck::default()
        }
    }
}

impl SchemaQuestion {
    pub(crate) fn of(question: &Question) -> SchemaQuestion {
        let rename = question.rename();
        SchemaQuestion {
            question: question.clone(),
            rename: format!("--rename {rename}"),
            drop: format!("--drop {}", rename.from),
        }
    }
}

impl SchemaChange {
    pub(crate) fn of(change: &Change, sql: Option<Vec<String>>) -> SchemaChange {
        let ObjectRef {
            kind,
            name,
            on,
            column,
            ..
        } = &change.object;
        let (object, table, name) = match column {
            Some(column) => ("column".to_owned(), Some(name.to_string()), column.clone()),
            None => (
                kind.clone(),
                on.as_ref().map(ToString::to_string),
                name.to_string(),
            ),
        };
        let new_name = new_name(&change.operation);
        let (from, to) = match (&change.operation, &new_name) {
            (_, Some(new)) => (Some(name.clone()), Some(new.clone())),
            (
                Operation::AlterColumn {
                    change,
                    was: Some(was),
                    ..
                },
                _,
            ) => (
                Some(described(was)),
                Some(described(&change.applied_to(was))),
            ),
            (Operation::AddColumn { column, .. }, _) => (None, Some(described(column))),
            (
                Operation::DropColumn {
                    definition: Some((column, _)),
                    ..
                },
                _,
            ) => (Some(described(column)), None),
            _ => (None, None),
        };
        SchemaChange {
            kind: change.kind,
            object,
            table,
            rename_of: new_name.is_some().then(|| name.clone()),
            name: new_name.unwrap_or(name),
            from,
            to,
            sql,
            loses: change.loses.clone(),
            may_fail: change.may_fail.clone(),
            text: change.to_string(),
            only: Vec::new(),
        }
    }
}

/// The name after, of a rename.
fn new_name(operation: &Operation) -> Option<String> {
    match operation {
        Operation::RenameTable { to, .. }
        | Operation::RenameColumn { to, .. }
        | Operation::RenameConstraint { to, .. }
        | Operation::RenameIndex { to, .. }
        | Operation::View(ViewOperation::Rename { to, .. })
        | Operation::Sequence(SequenceOperation::Rename { to, .. })
        | Operation::EnumType(
            EnumTypeOperation::Rename { to, .. } | EnumTypeOperation::RenameValue { to, .. },
        )
        | Operation::Schema(SchemaOperation::Rename { to, .. }) => Some(to.clone()),
        _ => None,
    }
}

/// A column's definition in one line: `VarChar(80), null, default "a"`.
fn described(column: &Column) -> String {
    let mut parts = vec![type_for_people(&column.ty)];
    parts.push(if column.nullable { "null" } else { "not null" }.to_owned());
    match &column.default {
        Some(DefaultValue::Value(value)) => parts.push(format!("default {}", literal(value))),
        Some(DefaultValue::Expression(sql)) => {
            parts.push(format!("default ({})", sql.common_text()));
        }
        _ => {}
    }
    if let Some(generated) = &column.generated {
        parts.push(format!(
            "generated ({})",
            generated.expression.common_text()
        ));
    }
    if column.identity.is_some() {
        parts.push("identity".to_owned());
    }
    if let Some(collation) = &column.collation {
        parts.push(format!("collation {collation}"));
    }
    if let Some(comment) = &column.comment {
        parts.push(format!("comment {comment:?}"));
    }
    parts.join(", ")
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Text(value) => format!("{value:?}"),
        Value::Expression(sql) => format!("({})", sql.common_text()),
        other => format!("{other:?}"),
    }
}
