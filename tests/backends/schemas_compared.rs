//! One schema is changed into another by what the comparison says, and back: the cases of
//! `tests/comparison`.

use migrate_tests::comparison::{Case, run_cases};

use crate::backend::{TestBackend, on_each_backend};

fn one_schema_becomes_the_other_and_back<B: TestBackend>() {
    let outcome = run_cases(B::KIND, &Case::all());
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
