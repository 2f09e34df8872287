//! Runs the recordings of Alembic in `tests/graph-cases/cases.json`, or in the file that
//! `GRAPH_CASES` names, and says how many cases agreed, deviated as allowed, and failed. The rules
//! are in `tests/graph-cases/README.md`.
//!
//! `model` knows a case's revisions independently of the library, `run` asks the library, `judge`
//! compares.

mod case;
mod judge;
mod model;
mod run;

use case::Case;
use judge::Verdict;

#[test]
fn recorded_cases() {
    let path = std::env::var_os("GRAPH_CASES").unwrap_or_else(|| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/graph-cases/cases.json").into()
    });
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases = case::parse(&text);
    assert!(!cases.is_empty(), "no cases in {}", path.display());
    let (mut agreed, mut deviated, mut failed) = (0, 0, 0);
    for case in &cases {
        match verdict(case) {
            Verdict::Agreed => agreed += 1,
            Verdict::Deviated(how) => {
                deviated += 1;
                println!(
                    "{} deviates as allowed ({}): {how}",
                    case.id,
                    case.deviation.as_deref().unwrap_or_default()
                );
            }
            Verdict::Failed(why) => {
                failed += 1;
                println!(
                    "{} FAILED, {}, {}: {why}",
                    case.id, case.title, case.command
                );
            }
        }
    }
    println!(
        "{} cases: {agreed} agreed, {deviated} deviated as allowed, {failed} failed",
        cases.len()
    );
    assert_eq!(failed, 0, "cases failed");
}

/// The verdict on one case; a panic of the library is a failure like any other.
fn verdict(case: &Case) -> Verdict {
    let outcome = std::panic::catch_unwind(|| run::run(case));
    match outcome {
        Ok(outcome) => judge::judge(case, &outcome),
        Err(_) => Verdict::Failed("panicked".to_owned()),
    }
}
