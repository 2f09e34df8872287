//! Words of other tools that are typed here: what to type instead. No answer is a command that
//! drops what is in a database.

use clap::Error;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::CARGO_MIGRATE;

/// Commands of diesel, Alembic, sqlx, SeaORM and others that have another name here; `P` is the
/// name of the program.
pub(super) const COMMANDS: &[(&str, &str)] = &[
    ("add", "write a revision: `cargo migrate new MESSAGE`"),
    (
        "autogenerate",
        "write what the models need: `cargo migrate new --autogenerate MESSAGE`",
    ),
    (
        "create",
        "write a revision: `cargo migrate new MESSAGE`; create the database: `P database create`",
    ),
    (
        "diff",
        "compare two schemas: `P schema diff A B`; the database with its revisions: `P drift`",
    ),
    (
        "ensure_version",
        "the version table is created by the first `P up` or `P stamp`",
    ),
    (
        "ensure-version",
        "the version table is created by the first `P up` or `P stamp`",
    ),
    (
        "fresh",
        "revert revisions and apply them again: `P redo -n N`",
    ),
    ("info", "show what is applied: `P status`"),
    (
        "list_templates",
        "there is one template: `cargo migrate new MESSAGE`",
    ),
    (
        "migrate",
        "leave the word out: `P up`, `P down -1`, `P status`",
    ),
    (
        "migration",
        "leave the word out: `P up`, `P down -1`, `P status`",
    ),
    (
        "print-schema",
        "print diesel's `schema.rs`: `P schema print`",
    ),
    (
        "refresh",
        "revert revisions and apply them again: `P redo -n N`",
    ),
    ("rollback", "revert the last revision: `P down -1`"),
    (
        "setup",
        "create the database: `P database create`; then apply the revisions: `P up`",
    ),
    ("undo", "revert the last revision: `P down -1`"),
    (
        "version",
        "show the revision of the database: `P current`; of this program: `P --version`",
    ),
];

/// Options, likewise.
pub(super) const OPTIONS: &[(&str, &str)] = &[
    (
        "-c",
        "the configuration is in Cargo.toml; name another one: `--manifest-path PATH`",
    ),
    (
        "--all",
        "a target says how far: `P up head` applies all, the target `base` of `down` reverts all",
    ),
    (
        "--config",
        "the configuration is in Cargo.toml; name another one: `--manifest-path PATH`",
    ),
    (
        "--migration-dir",
        "name the folder in Cargo.toml: `directory = \"PATH\"` under `[package.metadata.migrate]`",
    ),
    (
        "-n",
        "name a section of Cargo.toml, `[package.metadata.migrate.environments.NAME]`: `--env NAME`",
    ),
    (
        "--name",
        "name a section of Cargo.toml, `[package.metadata.migrate.environments.NAME]`: `--env NAME`",
    ),
    ("-t", TEMPLATE),
    ("--template", TEMPLATE),
    (
        "alembic",
        "the folder is `migrations`: `cargo migrate init`",
    ),
    (
        "--version-path",
        "name the package whose folder it is written to: `-p PACKAGE`",
    ),
    ("--url", "name the database: `--database-url URL`"),
];

const TEMPLATE: &str = "there is one template: `cargo migrate init`, `cargo migrate new MESSAGE`";

/// Commands that drop what is in a database, and are never suggested.
pub(super) const DROP: [&str; 2] = ["reset", "drop"];

/// A mistake on the command line with what to type instead, for words of other tools.
#[must_use]
pub fn answered(mut error: Error, program: &str) -> Error {
    if error.kind() == ErrorKind::MissingRequiredArgument {
        let usage = error.get(ContextKind::Usage).map(ToString::to_string);
        if usage.is_some_and(|usage| usage.contains(" down <TARGET>")) {
            let tip = format!("revert the last revision: `{program} down -1`");
            let tips = ContextValue::StyledStrs(vec![tip.into()]);
            error.insert(ContextKind::Suggested, tips);
        }
        return error;
    }
    let (kind, table) = match error.kind() {
        ErrorKind::InvalidSubcommand => (ContextKind::InvalidSubcommand, COMMANDS),
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, OPTIONS),
        _ => return error,
    };
    let Some(ContextValue::String(typed)) = error.get(kind) else {
        return error;
    };
    let typed = typed.clone();
    let known = table
        .iter()
        .find(|(word, _)| typed.eq_ignore_ascii_case(word));
    if let Some((_, answer)) = known {
        let answer = answer
            .replace(CARGO_MIGRATE, "\0")
            .replace("P ", &format!("{program} "));
        let answer = StyledStr::from(answer.replace('\0', CARGO_MIGRATE));
        error.remove(ContextKind::SuggestedSubcommand);
        if error.remove(ContextKind::SuggestedArg).is_some() {
            error.remove(ContextKind::Usage); // which has the suggestion too
        }
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![answer]),
        );
        return error;
    }
    // a mistyped option or command is meant as one, not as a message or target
    if let Some(ContextValue::StyledStrs(tips)) = error.remove(ContextKind::Suggested) {
        let tips: Vec<StyledStr> = tips
            .into_iter()
            .filter(|tip| !tip.to_string().contains("as a value"))
            .collect();
        if !tips.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
    if let Some(ContextValue::Strings(near)) = error.remove(ContextKind::SuggestedSubcommand) {
        let near: Vec<String> = near
            .into_iter()
            .filter(|name| !DROP.contains(&name.as_str()))
            .collect();
        if !near.is_empty() {
            error.insert(
                ContextKind::SuggestedSubcommand,
                ContextValue::Strings(near),
            );
        }
    }
    error
}
