//! The cases of `tests/comparison` on each database: one schema is changed into the other by what
//! the comparison says, and back.

use migrate_core::engine::backend::BackendKind;
use migrate_tests::comparison::{Case, run_cases};

use crate::backend::{TestBackend, on_each_backend};

fn one_schema_becomes_the_other_and_back<B: TestBackend>() {
    let mut cases = Case::all();
    if B::KIND != BackendKind::Sqlite {
        // a database of its own for each takes its time; the program of `tests/comparison` runs all
        cases = cases.into_iter().step_by(3).collect();
    }
    let outcome = run_cases(B::KIND, &cases);
    let failed: Vec<String> = outcome
        .failed
        .iter()
        .map(|(case, problem)| format!("{case}: {problem}"))
        .collect();
    assert!(
        outcome.agreed > 20,
        "only {} cases were run",
        outcome.agreed
    );
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

on_each_backend! {
    one_schema_becomes_the_other_and_back
}
