//! `check` on revisions that are declared `reversible`: what a downgrade would say is said before it is needed.

use diesel::connection::SimpleConnection;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade, Needs};
use migrate_core::{History, Revision, with_connection};
use snapbox::{assert_data_eq, str};

use crate::support::Folder;

const fn reversible(
    id: &'static str,
    parents: &'static [&'static str],
    run: fn(&mut Operations<'_>) -> Result,
) -> Revision {
    Revision::new(
        id,
        parents,
        "Do something.",
        "migrations/file.rs",
        4,
        Body::new(Needs::Operations, run),
        Downgrade::Reversible,
    )
}

const FINE: Revision = reversible("1", &[], |op| {
    op.create_table(table("users").column(column("id", Integer).primary_key()))?;
    op.execute(sql("UPDATE users SET id = 1").undone_by("UPDATE users SET id = 2"))
});
const NO_DEFINITION: Revision = reversible("2", &["1"], |op| op.drop_table("users"));
const NO_UNDO: Revision = reversible("3", &["2"], |op| op.execute("DELETE FROM users"));
const LIVE: Revision = reversible("4", &["3"], |op| {
    with_connection!(op, |connection| connection
        .batch_execute("DELETE FROM users"))
});
const PANICS: Revision = reversible("5", &["4"], |_| panic!("on purpose"));
/// Can be reversed in one environment only.
const DEPENDS: Revision = reversible("6", &["5"], |op| match op.environment() {
    Some("test") => Ok(()),
    _ => op.execute("ANALYZE"),
});

#[test]
fn promises_that_cannot_be_kept_are_named() {
    static HISTORY: History =
        History::new(&[&[&FINE, &NO_DEFINITION, &NO_UNDO, &LIVE, &PANICS, &DEPENDS]]);
    let folder = Folder::new();
    let said = folder.run_with(&HISTORY, "check", &[]);
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.out,
        str![[r#"
problem: revision `2` in `migrations/file.rs:4` is declared `reversible`, and cannot be taken back: drop table `users`: cannot be reversed without the definition of what it drops
    help: op.drop_table(table(…).column(…))
problem: revision `3` in `migrations/file.rs:4` is declared `reversible`, and cannot be taken back: execute `DELETE FROM users`: cannot be reversed without the SQL that undoes it
    help: op.execute(sql("…").undone_by("…"))
problem: revision `4` in `migrations/file.rs:4` is declared `reversible`, and cannot be taken back: its operations cannot be collected: its function uses the live connection
    help: give it `downgrade = downgrade` and write that function; for an SQL folder, write its `down.sql`
problem: revision `5` in `migrations/file.rs:4` is declared `reversible`, and cannot be taken back: its operations cannot be collected: on purpose
    help: give it `downgrade = downgrade` and write that function; for an SQL folder, write its `down.sql`
problem: revision `6` in `migrations/file.rs:4` is declared `reversible`, and cannot be taken back: execute `ANALYZE`: cannot be reversed without the SQL that undoes it
    help: op.execute(sql("…").undone_by("…"))
not ok: 6 revisions, head 6; no database was checked

"#]]
    );
    // what a downgrade says is the same
    folder.run(&HISTORY, "stamp 3");
    let said = folder.run(&HISTORY, "down -1");
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.err,
        str![[r#"
error: revision `3` cannot be taken back: execute `DELETE FROM users`: cannot be reversed without the SQL that undoes it
help: op.execute(sql("…").undone_by("…"))

"#]]
    );
}

#[test]
fn the_environment_counts() {
    const FIRST: Revision = reversible("6", &[], |op| match op.environment() {
        Some("test") => Ok(()),
        _ => op.execute("ANALYZE"),
    });
    static HISTORY: History = History::new(&[&[&FIRST]]);
    let folder = Folder::new();
    assert_eq!(folder.run_with(&HISTORY, "check", &[]).code, 1);
    assert_eq!(folder.run_with(&HISTORY, "check --env test", &[]).code, 0);
}
