//! `check` on revisions that are declared `reversible`: it reports the errors of their downgrades
//! in advance.

use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use migrate_core::engine::backend::BackendKind;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade, answer};
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
        Body::Operations(run),
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
fn irreversible_operations_are_reported() {
    static HISTORY: History =
        History::new(&[&[&FINE, &NO_DEFINITION, &NO_UNDO, &LIVE, &PANICS, &DEPENDS]]);
    let folder = Folder::new();
    let said = folder.run_with(&HISTORY, "check", &[]);
    assert_eq!(said.code, 1);
    assert_data_eq!(
        said.out,
        str![[r#"
problem: revision `2` in `migrations/file.rs:4` is declared `reversible`, and cannot be reverted: drop table `users`: cannot be reversed without the definition of what it drops
    help: op.drop_table(table(…).column(…))
problem: revision `3` in `migrations/file.rs:4` is declared `reversible`, and cannot be reverted: execute `DELETE FROM users`: cannot be reversed without the SQL that undoes it
    help: op.execute(sql("…").undone_by("…"))
problem: revision `4` in `migrations/file.rs:4` is declared `reversible`, and cannot be reverted: its operations cannot be collected: its function uses the connection
    help: give it `downgrade = downgrade` and write that function
problem: revision `5` in `migrations/file.rs:4` is declared `reversible`, and cannot be reverted: its operations cannot be collected: on purpose
    help: give it `downgrade = downgrade` and write that function
problem: revision `6` in `migrations/file.rs:4` is declared `reversible`, and cannot be reverted: execute `ANALYZE`: cannot be reversed without the SQL that undoes it
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
error: revision `3` cannot be reverted: execute `DELETE FROM users`: cannot be reversed without the SQL that undoes it
help: op.execute(sql("…").undone_by("…")); or revert it by hand, and record that with `cargo migrate stamp 2`

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

const fn with_downgrade(downgrade: Downgrade, upgrade: Body) -> Revision {
    Revision::new(
        "1",
        &[],
        "Do something.",
        "migrations/file.rs",
        4,
        upgrade,
        downgrade,
    )
}

const CREATE: Body = Body::Operations(|op| {
    op.create_table(table("users").column(column("id", Integer).primary_key()))
});
const IDLE: Body = Body::Operations(|_| Ok(()));
const COMMENT: Body = Body::Operations(|op| op.execute("-- later"));
const READS: Body = Body::Operations(|op| op.execute("SELECT 1"));
const ELSEWHERE: Body =
    Body::Operations(|op| op.execute(sql_for(BackendKind::Postgres, "DROP TABLE users")));
const LIVE_UP: Body = Body::Operations(|op| {
    with_connection!(op, |connection| connection
        .batch_execute("CREATE TABLE users (id int)"))
});
const LIVE_DOWN: Body = Body::Operations(|op| {
    with_connection!(op, |connection| connection
        .batch_execute("DROP TABLE users"))
});
fn of_a_connection(_connection: &mut SqliteConnection) -> Result {
    Ok(())
}

const CONNECTION: Body = Body::Asked(|ask| answer(of_a_connection, ask));

#[test]
fn a_downgrade_that_does_nothing_is_found_and_refused() {
    const IN_RUST: &str =
        "fill the downgrade in; if there is nothing to revert, `downgrade = \"nothing\"`";
    const IN_SQL: &str = "write its `down.sql`; if there is nothing to revert, `downgrade = \"nothing\"` \
         in its `metadata.toml`, next to `run_in_transaction = true`";
    let refused = [
        (with_downgrade(Downgrade::Function(IDLE), CREATE), IN_RUST),
        (
            with_downgrade(Downgrade::Function(COMMENT), CREATE),
            IN_RUST,
        ),
        (
            with_downgrade(Downgrade::Function(ELSEWHERE), CREATE),
            IN_RUST,
        ),
        (with_downgrade(Downgrade::Function(IDLE), LIVE_UP), IN_RUST),
        (
            with_downgrade(Downgrade::Function(IDLE), CONNECTION),
            IN_RUST,
        ),
        (
            with_downgrade(
                Downgrade::Function(Body::sql("-- nothing\n;")),
                Body::sql("CREATE TABLE users (id int)"),
            ),
            IN_SQL,
        ),
        // what only reads
        (with_downgrade(Downgrade::Function(READS), CREATE), IN_RUST),
        (
            with_downgrade(
                Downgrade::Function(Body::sql("SELECT 1;")),
                Body::sql("CREATE TABLE users (id int)"),
            ),
            IN_SQL,
        ),
        (
            with_downgrade(
                Downgrade::Function(Body::sql(
                    "-- later\nPRAGMA table_info(users);\nPRAGMA user_version; SELECT 'done' AS note",
                )),
                Body::sql("CREATE TABLE users (id int)"),
            ),
            IN_SQL,
        ),
    ];
    for (revision, help) in refused {
        let history = history_of(revision);
        let folder = Folder::new();
        assert_eq!(folder.run(&history, "up").code, 0);
        let said = folder.run(&history, "check");
        assert_eq!(said.code, 1, "{said:?}");
        assert!(
            said.out.starts_with(&format!(
                "problem: revision `1` in `migrations/file.rs:4` cannot be reverted: its downgrade does nothing, although its \
                 upgrade does something\n    help: {help}\n"
            )),
            "{said:?}"
        );
        let said = folder.run(&history, "check --json");
        assert!(
            said.out.contains("\"kind\": \"idle_downgrade\""),
            "{said:?}"
        );
        for line in ["down -1", "down base", "redo", "down -1 --dry-run"] {
            let said = folder.run(&history, line);
            assert_eq!((said.code, said.out.as_str()), (1, ""), "{line}: {said:?}");
            assert_eq!(
                said.err,
                format!(
                    "error: revision `1` cannot be reverted: its downgrade does nothing, although its upgrade does something\n\
                     help: {help}; or revert it by hand, and record that with `cargo migrate stamp base`\n"
                ),
                "{line}"
            );
        }
        let said = folder.run(&history, "down --sql head:base");
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains("its downgrade does nothing"), "{said:?}");
        // nothing was run, and what the help says works
        assert_eq!(
            folder.run(&history, "current").out,
            "1 (head) (current), Do something.\n"
        );
        assert_eq!(folder.run(&history, "stamp base").code, 0);
        assert_eq!(folder.run(&history, "current").out, "");
    }
}

#[test]
fn a_downgrade_that_may_do_nothing_is_not_refused() {
    for revision in [
        // declared
        with_downgrade(Downgrade::Nothing, CREATE),
        with_downgrade(Downgrade::Nothing, Body::sql("CREATE TABLE users (id int)")),
        // as little as the upgrade
        with_downgrade(Downgrade::Function(IDLE), IDLE),
        with_downgrade(Downgrade::Function(IDLE), ELSEWHERE),
        with_downgrade(Downgrade::Function(Body::sql("-- x")), Body::sql("-- y")),
        // not known
        with_downgrade(Downgrade::Function(CONNECTION), CREATE),
        with_downgrade(Downgrade::Function(LIVE_DOWN), CREATE),
        // an upgrade that only reads has nothing to revert
        with_downgrade(Downgrade::Function(IDLE), READS),
        // something, or not known
        with_downgrade(
            Downgrade::Function(Body::sql("SELECT 1; DROP TABLE users")),
            CREATE,
        ),
        with_downgrade(Downgrade::Function(Body::sql("PRAGMA optimize")), CREATE),
        with_downgrade(
            Downgrade::Function(Body::sql("PRAGMA user_version = 0")),
            CREATE,
        ),
    ] {
        let history = history_of(revision);
        let folder = Folder::new();
        for line in ["up", "check", "down -1"] {
            let said = folder.run(&history, line);
            assert_eq!(said.code, 0, "{line}: {revision:?}: {said:?}");
        }
        assert_eq!(folder.run(&history, "current").out, "");
    }
}

/// A history of one revision, for as long as the test runs.
fn history_of(revision: Revision) -> History {
    let revision: &'static Revision = Box::leak(Box::new(revision));
    let part: &'static [&'static Revision] = Vec::leak(vec![revision]);
    History::new(Vec::leak(vec![part]))
}
