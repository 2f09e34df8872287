//! Processes that start at once on one empty database: all succeed, each revision is applied once.

use migrate_tests::Project;

const PROCESSES: usize = 8;
const ROUNDS: usize = 20;

#[test]
fn eight_at_once_twenty_times() {
    let project = Project::library("together");
    for number in 1..=6 {
        let down = if number == 1 {
            String::new()
        } else {
            format!("2026010{}000000", number - 1)
        };
        project.table_revision(&format!("2026010{number}000000"), &down);
    }
    project.migrate(["status"]).ok(); // builds the runner

    for round in 0..ROUNDS {
        let database = format!("round{round}.db");
        let running: Vec<_> = (0..PROCESSES)
            .map(|_| project.start(["up", "--json", "--database-url", &database]))
            .collect();
        let mut applied = Vec::new();
        for child in running {
            let output = child.wait_with_output().expect("it ends");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "round {round}: {}\n{said}",
                output.status
            );
            let report: serde_json::Value =
                serde_json::from_slice(&output.stdout).expect("one JSON object");
            for step in report["steps"].as_array().expect("steps") {
                applied.push(step["revision"].as_str().expect("a revision").to_owned());
            }
        }
        applied.sort();
        let expected: Vec<_> = (1..=6)
            .map(|number| format!("2026010{number}000000"))
            .collect();
        assert_eq!(
            applied, expected,
            "round {round}: each revision exactly once"
        );
    }
}
