//! Runs cases of two schemas on real databases: the first is changed into the second by what the
//! comparison says, and back.
//!
//! ```text
//! cargo run -p migrate-tests --features servers --bin comparison -- [BACKEND…] [--cases FILE] [--only TEXT]
//! ```
//!
//! Without a file, the cases are those of `cases.jsonl`; `AUTOGEN_CASES` names another one too. The
//! exit code is 1 if a case fails.

#![expect(clippy::print_stdout, reason = "figures are what this program is for")]
#![expect(
    clippy::print_stderr,
    reason = "it has no other way to say what went wrong"
)]

use std::path::Path;
use std::process::ExitCode;

use migrate_tests::comparison::{Case, run_cases};
use migrate_tests::scratch::{kinds, short_name};

fn main() -> ExitCode {
    let mut names = Vec::new();
    let mut file = std::env::var("AUTOGEN_CASES").ok();
    let mut only = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--cases" => file = arguments.next(),
            "--only" => only = arguments.next(),
            _ => names.push(argument),
        }
    }
    let cases = match &file {
        Some(file) => Case::read(Path::new(file)),
        None => Ok(Case::all()),
    };
    let mut cases = match cases {
        Ok(cases) => cases,
        Err(problem) => {
            eprintln!("error: {problem}");
            return ExitCode::from(2);
        }
    };
    cases.retain(|case| {
        only.as_ref()
            .is_none_or(|only| case.id().contains(only.as_str()))
    });
    let mut code = ExitCode::SUCCESS;
    for kind in kinds(&names) {
        let outcome = run_cases(kind, &cases);
        for (case, problem) in &outcome.failed {
            println!("{}: {case}: {problem}", short_name(kind));
            code = ExitCode::FAILURE;
        }
        println!(
            "{}: {} agreed, {} failed, {} skipped",
            short_name(kind),
            outcome.agreed,
            outcome.failed.len(),
            outcome.skipped
        );
    }
    code
}
