//! Ctrl-C and SIGTERM while a database is being changed: what can be rolled back is, the state is
//! reported, and the next run resumes.

use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use migrate_tests::Project;

/// The exit code of what a signal has stopped, as shells have it.
const STOPPED: i32 = 130;

/// A project whose second revision says that it has begun, and takes its time.
fn slow() -> Project {
    let project = Project::library("slow");
    project.table_revision("20260101000000", "");
    project.write(
        "migrations/20260102000000_slow.rs",
        r#"//! A revision under test.

use migrate_core::prelude::*;

/// Take time
#[revision(id = "20260102000000", down_revision = "20260101000000", irreversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.bulk_insert("t_20260101000000", ["id"], [(1,)])?;
    std::fs::write("begun", "")?;
    std::thread::sleep(std::time::Duration::from_secs(2));
    op.bulk_insert("t_20260101000000", ["id"], [(2,)])
}
"#,
    );
    project.table_revision("20260103000000", "20260102000000");
    project
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .expect("kill can be started");
    assert!(status.success());
}

/// Starts `up`, and gives it when it is in the middle of the slow revision.
fn begun(project: &Project) -> Child {
    let child = project.start(["up", "--json"]);
    let start = Instant::now();
    while !project.path("begun").exists() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it does not begin"
        );
        thread::sleep(Duration::from_millis(10));
    }
    project.remove("begun");
    child
}

#[test]
fn a_signal_stops_a_run_and_the_next_one_resumes() {
    let project = slow();
    project.migrate(["status"]).ok(); // builds the runner

    for name in ["INT", "TERM"] {
        let child = begun(&project);
        signal(&child, name);
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(STOPPED), "{name}: {said}");
        for words in [
            "stopping after the current statement",
            "stopped before its next operation",
            "the database is at `20260101000000`",
            "help: resume with `cargo migrate up`",
        ] {
            assert!(said.contains(words), "{name}: {words}\n{said}");
        }
        let answer: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("one JSON object");
        let error = &answer["error"];
        assert_eq!(error["kind"], "stopped");
        assert_eq!(error["exit_code"], STOPPED);
        assert_eq!(error["revision"], "20260102000000");
        assert_eq!(error["undone"], true);
        assert_eq!(error["continue"], "cargo migrate up");
        assert_eq!(answer["current"], serde_json::json!(["20260101000000"]));
    }

    // on SQLite, a statement cannot be cancelled: the second signal ends the process, and SQLite
    // undoes what it left
    let child = begun(&project);
    signal(&child, "INT");
    thread::sleep(Duration::from_millis(300));
    signal(&child, "INT");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(STOPPED));

    let output = project.migrate(["up"]).ok();
    output.says("applied 2 revisions");
}
