//! What the compiler says of right and wrong histories, a folder below `cases` for each mistake.
//!
//! The macros read the folder of the package that is compiled, so each case is a package of its
//! own; all are compiled by one call of cargo. A case with `expected.txt` is refused with these
//! words; a case without it compiles without a word. After a change of words:
//! `SNAPSHOTS=overwrite cargo test -p migrate-tests --test ui`, and read the difference.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod cargo;
mod case;

use std::collections::BTreeMap;
use std::path::Path;

use case::Case;

#[test]
fn every_case_compiles_or_is_refused_as_expected() {
    let cases = case::all();
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    for case in &cases {
        case.write_package(&root.join("cases"));
    }
    let mut said = cargo::check(&root, &cases);
    let wrong: BTreeMap<&str, String> = cases
        .iter()
        .filter_map(|case| Some((case.name.as_str(), compare(case, said.remove(&case.name))?)))
        .collect();
    let report: Vec<&str> = wrong.values().map(String::as_str).collect();
    let names: Vec<&str> = wrong.keys().copied().collect();
    assert!(
        names.is_empty(),
        "{}\nnot as expected: {}",
        report.join("\n"),
        names.join(", ")
    );
}

/// What is wrong with the compiler's words, if anything is.
fn compare(case: &Case, said: Option<cargo::Said>) -> Option<String> {
    let Some(said) = said else {
        return Some(format!("{}: cargo did not get to it", case.name));
    };
    let expected = case.folder.join("expected.txt");
    if !expected.exists() && said.text.is_empty() {
        return None;
    }
    let assert = snapbox::Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV);
    let expected = snapbox::Data::read_from(&expected, Some(snapbox::data::DataFormat::Text));
    let name = format!("{}: ", case.name);
    assert
        .try_eq(Some(&name), said.text.into(), expected.raw())
        .err()
        .map(|error| error.to_string())
}
