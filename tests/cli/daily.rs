//! A day's work on a fresh project: up, down, look, and up again.

use migrate_tests::Project;

#[test]
fn the_quickstart_goes_up_and_down_and_up() {
    let project = Project::quickstart();

    let up = project.migrate(["up", "--json"]).ok();
    let steps = up.json()["steps"].as_array().expect("steps").clone();
    assert_eq!(steps.len(), 5, "{up}");
    assert!(steps.iter().all(|step| step["direction"] == "up"), "{up}");

    project.migrate(["up"]).ok().says("nothing to do");
    // the words of diesel's command line
    project
        .migrate(["revert", "-1"])
        .ok()
        .says("reverted 1 revision");
    project.migrate(["pending"]).ok().prints("pending:  1");
    project.migrate(["list"]).ok().prints("20261102090000");
    project.migrate(["run"]).ok().says("applied 1 revision");

    // every revision has a downgrade, and each was tested with rows in the tables
    for _ in 0..5 {
        let down = project.migrate(["down", "-1", "--json"]).ok();
        assert_eq!(
            down.json()["steps"].as_array().expect("steps").len(),
            1,
            "{down}"
        );
    }
    let status = project.migrate(["status", "--json"]).ok().json();
    assert_eq!(
        status["applied"].as_array().expect("applied").len(),
        0,
        "{status}"
    );
    assert_eq!(
        status["pending"].as_array().expect("pending").len(),
        5,
        "{status}"
    );
    project.migrate(["up", "head"]).ok();
    project
        .migrate(["check", "--models"])
        .ok()
        .prints("models: no revision is missing\n");
}

#[test]
fn targets() {
    let project = Project::library("targets");
    project
        .table_revision("20260101000000", "")
        .table_revision("20260201000000", "20260101000000")
        .table_revision("20260301000000", "20260201000000");
    let current = |expected: &[&str]| {
        let output = project.migrate(["current", "--json"]).ok();
        let ids: Vec<_> = output.json()["current"]
            .as_array()
            .expect("current")
            .iter()
            .map(|revision| {
                revision["id"]
                    .as_str()
                    .or(revision.as_str())
                    .expect("an id")
                    .to_owned()
            })
            .collect();
        assert_eq!(ids, expected, "{output}");
    };

    current(&[]);
    project.migrate(["up", "+1"]).ok();
    current(&["20260101000000"]);
    project.migrate(["up", "202602"]).ok();
    current(&["20260201000000"]);
    project.migrate(["upgrade", "head"]).ok();
    current(&["20260301000000"]);
    project.migrate(["down", "-2"]).ok();
    current(&["20260101000000"]);
    project.migrate(["up", "20260301000000"]).ok();
    project.migrate(["downgrade", "20260101000000"]).ok();
    current(&["20260101000000"]);
    project.migrate(["up", "20260101000000+1"]).ok();
    current(&["20260201000000"]);
    project.migrate(["up"]).ok();
    project.migrate(["down", "head-1"]).ok();
    current(&["20260201000000"]);
    project.migrate(["down", "20260201000000-1"]).ok();
    current(&["20260101000000"]);
    project
        .migrate(["down", "20260101000000-7"])
        .code(2)
        .says("20260101000000-7");
    project.migrate(["down", "base"]).ok();
    current(&[]);
    project.migrate(["stamp", "head"]).ok();
    current(&["20260301000000"]);
    project.migrate(["stamp", "base"]).ok();
    current(&[]);
}

#[test]
fn aliases_do_what_alembics_commands_do() {
    let project = Project::library("aliases");
    project.table_revision("20260101000000", "");
    project.migrate(["upgrade"]).ok();
    let printed = project.migrate(["revision", "-m", "Add a note"]).ok();
    assert!(
        printed.stdout.trim().ends_with("_add_a_note.rs"),
        "{printed}"
    );
    project.migrate(["upgrade", "head"]).ok();
    project.migrate(["downgrade", "base"]).ok();
}
