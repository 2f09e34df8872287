//! Revisions that use the run's environment, arguments and dialect.

use std::ffi::OsString;

use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};
use snapbox::{assert_data_eq, str};

use crate::support::Folder;

/// Fails with the environment and arguments in its message.
const ASKS: Revision = Revision::new(
    "1",
    &[],
    "Ask.",
    "migrations/1_ask.rs",
    4,
    Body::Operations(|op| {
        Err(RevisionError::message(format!(
            "{:?}, environment {:?}, a {:?}, b {:?}, offline {}",
            op.dialect(),
            op.environment(),
            op.argument("a"),
            op.argument("b"),
            op.is_offline(),
        )))
    }),
    Downgrade::Irreversible,
);
static HISTORY: History = History::new(&[&[&ASKS]]);

/// The environment and arguments that the revision gets from a command line and these variables.
fn received(line: &str, variables: &[(&str, &str)]) -> String {
    let folder = Folder::new();
    let mut all = vec![("DATABASE_URL", folder.database().into_os_string())];
    all.extend(
        variables
            .iter()
            .map(|(name, value)| (*name, OsString::from(value))),
    );
    let said = folder.run_with(&HISTORY, line, &all);
    let failure = said
        .err
        .lines()
        .find_map(|line| line.split_once("failed: "));
    match failure {
        Some((_, told)) => told.to_owned(),
        None => said.err,
    }
}

#[test]
fn the_flag_wins_over_the_variable() {
    let variable = [("MIGRATE_ENV", "staging")];
    for (line, variables, expected) in [
        ("up", &[][..], "None"),
        ("up", &[("MIGRATE_ENV", "")], "None"),
        ("up", &variable, "Some(\"staging\")"),
        ("up --env production", &variable, "Some(\"production\")"),
        ("--env production up", &[], "Some(\"production\")"),
    ] {
        let expected = format!("Sqlite, environment {expected}, a None, b None, offline false");
        assert_eq!(received(line, variables), expected, "{line}");
    }
}

#[test]
fn the_last_value_of_a_key_counts() {
    assert_eq!(
        received("up -x a=1 -xb -x a=x=y", &[]),
        "Sqlite, environment None, a Some(\"x=y\"), b Some(\"\"), offline false"
    );
}

#[test]
fn an_empty_name_is_a_mistake() {
    assert_data_eq!(
        received("up --env= head", &[]),
        str![[r#"
error: `--env` is empty
help: --env production

"#]]
    );
    assert_data_eq!(
        received("up -x =1", &[]),
        str![[r#"
error: invalid value '=1' for '-x <KEY=VALUE>': expected a key, such as seed=demo

For more information, try '--help'.

"#]]
    );
}
