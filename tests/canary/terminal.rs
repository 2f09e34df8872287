//! Terminal escapes in data are escaped: ids that another program wrote into the version table do
//! not move the cursor.

use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl};
use migrate_tests::run;
use migrate_tests::scratch::Scratch;

use crate::{Runner, Way};

/// Clears the screen, rings the bell, and returns to the start of the line.
const FOREIGN: &str = "2026\u{1b}[2J\u{9b}31m\u{7}\rx";

#[test]
fn foreign_ids_move_no_cursor() {
    let runner = Runner::new();
    let scratch = Scratch::new(BackendKind::Sqlite, "terminal");
    run(&mut runner.command(scratch.url(), Way::Flag, &["up"])).ok();
    let url: DatabaseUrl = scratch.url().parse().expect("a path");
    let mut session = backend::connect(&url, Access::Write).expect("a connection");
    session
        .execute(&format!(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('{FOREIGN}')"
        ))
        .expect("a row");
    drop(session);
    let commands: &[&[&str]] = &[
        &["status"],
        &["current"],
        &["current", "--check-heads", "--verbose"],
        &["check"],
        &["history", "-i"],
        &["graph", "-i"],
        &["graph", "-i", "--format", "dot"],
        &["graph", "-i", "--format", "mermaid"],
        &["graph", "-i", "--format", "svg"],
        &["show", "current"],
        &["up"],
        &["down", "-1"],
        &["redo"],
        &["stamp", "head"],
        &["log"],
        &["status", "--json"],
        &["stamp", "--purge", "head"],
    ];
    for arguments in commands {
        let output = run(&mut runner.command(scratch.url(), Way::Flag, arguments));
        let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t';
        assert!(
            !output.stdout.contains(obeyed) && !output.stderr.contains(obeyed),
            "{:?}\n{:?}\n{output}",
            output.stdout,
            output.stderr
        );
    }
}
