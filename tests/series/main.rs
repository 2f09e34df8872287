//! Short series of kills, simultaneous starts, lost servers, random schemas and faulty histories.
//! The long ones are commands: see `tests/crash`, `tests/comparison` and `tests/ladder`.

use std::process::Command;

/// Runs a series with the program of `tests/crash`, and expects no finding.
fn series(arguments: &[&str]) {
    run(env!("CARGO_BIN_EXE_crash"), arguments);
}

#[expect(clippy::print_stdout, reason = "a test's output is its log")]
fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .expect("the program can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(
        output.status.success(),
        "{arguments:?}: {}\n{said}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Parts of the names of classes, for a short series.
const CLASSES: &[&str] = &[
    "named temp",
    "cannot be cut",
    "set a variable by a writing function",
    "writing function, its values",
    "default 1.00",
];

/// A module for each database, with each of the tests.
macro_rules! on_each {
    ($($backend:ident $(if $feature:literal)?,)*) => {$(
        $(#[cfg(feature = $feature)])?
        mod $backend {
            const NAME: &str = stringify!($backend);

            #[test]
            fn random_schemas_reach_a_fixpoint() {
                super::run(env!("CARGO_BIN_EXE_comparison"), &["fixpoint", "12", NAME]);
            }

            /// `tests/ladder` has all.
            #[test]
            fn faults_of_histories_are_found() {
                let each = if NAME == "sqlite" { "4" } else { "16" };
                super::run(env!("CARGO_BIN_EXE_ladder"), &[NAME, "--each", each]);
            }

            /// `tests/comparison` has all.
            #[test]
            fn rows_satisfy_the_constraints_of_their_tables() {
                let words = ["seeds", NAME, "--only", "column"];
                super::run(env!("CARGO_BIN_EXE_comparison"), &words);
            }

            #[test]
            fn killed_runs_resume() {
                super::series(&["kills", "8", NAME]);
            }

            #[test]
            fn runs_that_die_at_boundaries_resume() {
                super::series(&["boundaries", "60", NAME]);
            }

            /// Classes of statements that once went wrong silently; `crash traps` has all, at each
            /// boundary.
            #[test]
            fn classes_of_statements_are_killed() {
                let mut arguments = vec!["traps", NAME, "--every", "40"];
                arguments.extend(super::CLASSES);
                super::series(&arguments);
            }

            #[test]
            fn histories_with_rows_are_replayed() {
                let dialect = if NAME == "mariadb" { "mysql" } else { NAME };
                let folder = format!("{}/crash/histories/{dialect}", env!("CARGO_MANIFEST_DIR"));
                super::series(&["replay", NAME, &folder]);
            }

            #[test]
            fn runs_that_start_together_apply_each_revision_once() {
                super::series(&["together", "1", NAME, "--slow-machine"]);
            }
        }
    )*};
}

/// The series' own server is killed during a run, and restarted.
#[cfg(feature = "servers")]
#[test]
fn runs_that_lose_their_server_resume() {
    for name in ["postgres", "mariadb", "mysql"] {
        series(&["outages", "1", name]);
    }
}

on_each! {
    sqlite,
    postgres if "servers",
    mariadb if "servers",
    mysql if "servers",
}
