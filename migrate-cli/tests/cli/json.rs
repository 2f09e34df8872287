//! The examples in the documentation of the JSON shapes are what the commands really print.

use migrate_core::engine::backend::{Access, connect};
use snapbox::{assert_data_eq, file};

use crate::histories::{CHAIN, EDITED, FAILING, FORKED, SHORT, TWO_HEADS};
use crate::ladder::FORGETFUL;
use crate::support::Folder;

#[test]
fn the_examples_are_real() {
    let folder = Folder::new();
    let run = |history, line: &str| example(&folder.run(history, line).out);
    assert_data_eq!(
        run(&FORKED, "heads --json"),
        file!["../../src/json/heads.json"]
    );
    assert_data_eq!(
        run(&FORKED, "config --json"),
        file!["../../src/json/config.json"]
    );
    assert_data_eq!(
        run(&FORKED, "branches --json"),
        file!["../../src/json/branches.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "show --json"),
        file!["../../src/json/show.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "show 2027 --json"),
        file!["../../src/json/failed.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "up --sql 20261101090000:20261108120000 --json"),
        file!["../../src/json/script.json"].raw()
    );
    assert_data_eq!(
        run(&CHAIN, "up +2 --dry-run --json"),
        file!["../../src/json/dry_run.json"].raw()
    );
    assert_data_eq!(run(&CHAIN, "up +2 --json"), file!["../../src/json/up.json"]);
    let copy = folder.path().join("copy.db");
    assert_data_eq!(
        run(&CHAIN, &format!("backup {} --json", copy.display())),
        file!["../../src/json/backup.json"]
    );
    let own: serde_json::Value =
        serde_json::from_str(&run(&CHAIN, "database create --json")).unwrap();
    let example = include_str!("../../src/json/database.json");
    let example: serde_json::Value = serde_json::from_str(example).unwrap();
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(&own), keys(&example)); // the example is of a server
    assert_data_eq!(
        run(&CHAIN, "reset --yes --allow-reset --json"),
        file!["../../src/json/reset.json"]
    );
    assert_eq!(folder.run(&CHAIN, "down 20261108120000").code, 0);
    assert_data_eq!(
        run(&CHAIN, "history -i --json"),
        file!["../../src/json/history.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "graph -i --json"),
        file!["../../src/json/graph.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "status --json"),
        file!["../../src/json/status.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "current --json"),
        file!["../../src/json/current.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "check --json"),
        file!["../../src/json/check.json"]
    );
    assert_data_eq!(
        run(&FORGETFUL, "test stairway down --json"),
        file!["../../src/json/test.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "schema dump --json"),
        file!["../../src/json/schema_dump.json"].raw()
    );
    assert_data_eq!(
        run(&CHAIN, "schema diff empty history --json"),
        file!["../../src/json/schema_diff.json"].raw()
    );
    assert_data_eq!(
        run(&CHAIN, "drift --json"),
        file!["../../src/json/drift.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "log -n 1 --json"),
        file!["../../src/json/log.json"]
    );
    assert_data_eq!(
        run(&EDITED, "accept --all --json"),
        file!["../../src/json/accept.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "ping --json"),
        file!["../../src/json/ping.json"]
    );
    assert_data_eq!(
        run(&CHAIN, "stamp head --json"),
        file!["../../src/json/stamp.json"]
    );
}

#[test]
fn the_example_of_a_failed_run_is_real() {
    let folder = Folder::new();
    folder.run(&FAILING, "up +1");
    assert_data_eq!(
        example(&folder.run(&FAILING, "up --json").out),
        file!["../../src/json/up_failed.json"]
    );
}

/// The answer as an example: with a short path, and with times that could be.
fn example(answer: &str) -> String {
    answer
        .replace("[DIR]/", "")
        .replace("\"duration_ms\": 0.0", "\"duration_ms\": 1.482")
        .replace(&sqlite_version(), "3.53.2")
}

/// The version of the SQLite that is linked.
fn sqlite_version() -> String {
    let url = "sqlite::memory:".parse().unwrap();
    let mut session = connect(&url, Access::Write).unwrap();
    session.about().unwrap().version.unwrap()
}

#[test]
fn every_answer_is_one_object() {
    let folder = Folder::new();
    folder.run(&CHAIN, "up +1");
    for line in [
        "history",
        "graph",
        "heads",
        "branches",
        "show",
        "show nonsense",
        "status",
        "current",
        "current -c",
        "check",
        "ping",
        "log",
        "log --revision nonsense",
        "accept --all",
        "accept nonsense",
        "resolve 20261101090000 --done",
        "up",
        "up nonsense",
        "up --sql",
        "up --dry-run",
        "down -1 --dry-run",
        "down nonsense --dry-run",
        "down --sql head:base",
        "stamp --sql head",
        "down -1",
        "down nonsense",
        "redo",
        "backup",
        "reset",
        "reset --yes --allow-reset",
        "stamp head",
        "stamp nonsense",
        "sideways",
        "down",
    ] {
        for history in [&CHAIN, &SHORT, &TWO_HEADS] {
            let said = folder.run(history, &format!("{line} --json"));
            let object: serde_json::Value =
                serde_json::from_str(&said.out).unwrap_or_else(|error| {
                    panic!("{line}: {error}: {}", said.out);
                });
            let code = object
                .pointer("/error/exit_code")
                .and_then(serde_json::Value::as_u64);
            match code {
                Some(code) => assert_eq!(code, u64::from(said.code), "{line}"),
                None => assert!(said.code <= 1, "{line}"),
            }
            let plain = folder.run(history, line);
            // what was done by the first run is not left to do, so the codes of those are not
            // compared
            let changes = ["up", "down", "redo", "reset", "stamp"]
                .iter()
                .any(|command| line.starts_with(command));
            assert!(changes || plain.code == said.code, "{line}");
        }
    }
}
