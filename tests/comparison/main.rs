//! Runs cases of two schemas on real databases: the first is changed into the second by what the
//! comparison says, and back.
//!
//! ```text
//! cargo run -p migrate-tests --features servers --bin comparison -- [BACKEND…] [--cases FILE] [--only TEXT]
//! ```
//!
//! Without a file, the cases are those of `cases.jsonl`; `AUTOGEN_CASES` names another one too.
//! With `fixpoint COUNT`, the schemas are random ones, which shrink when they fail:
//!
//! ```text
//! cargo run -p migrate-tests --features servers --bin comparison -- fixpoint 1000 [BACKEND…] [--seed N]
//! ```
//!
//! With `--models`, the second schema of a pair is printed as models and read back first.
//!
//! With `seeds`, the tables of each first schema get rows, as `cargo migrate test` makes them; it
//! prints how many have some, and why others have none:
//!
//! ```text
//! cargo run -p migrate-tests --features servers --bin comparison -- seeds [BACKEND…] [--seed N]
//! ```
//!
//! With `histories`, the databases that folders of diesel's migrations leave are created again from
//! what is found in them:
//!
//! ```text
//! cargo run -p migrate-tests --features servers --bin comparison -- histories BACKEND FOLDER…
//! ```
//!
//! The exit code is 1 if a case fails.

#![expect(clippy::print_stdout, reason = "figures are what this program is for")]
#![expect(
    clippy::print_stderr,
    reason = "it has no other way to say what went wrong"
)]

mod fixpoint;
mod histories;
mod random;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use migrate_tests::comparison::{Case, run_cases, seeded_cases};
use migrate_tests::scratch::{kinds, short_name};

fn main() -> ExitCode {
    let mut names = Vec::new();
    let mut file = std::env::var("AUTOGEN_CASES").ok();
    let mut only = None;
    let mut seed = 2026;
    let mut random = None;
    let mut models = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--cases" => file = arguments.next(),
            "--models" => models = true,
            "--only" => only = arguments.next(),
            "--seed" => match arguments.next().map(|seed| seed.parse()) {
                Some(Ok(number)) => seed = number,
                _ => return usage("`--seed` takes a number"),
            },
            "fixpoint" => match arguments.next().map(|count| count.parse()) {
                Some(Ok(count)) => random = Some(count),
                _ => return usage("`fixpoint` takes a number of pairs of schemas"),
            },
            _ => names.push(argument),
        }
    }
    if let [command, backend, folders @ ..] = names.as_slice()
        && command == "histories"
    {
        return rebuilt(backend, folders);
    }
    if let Some(count) = random {
        return fixpoints(&names, count, seed, models);
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
    if names.first().is_some_and(|name| name == "seeds") {
        return seeds(&names[1..], &cases, seed);
    }
    let mut code = ExitCode::SUCCESS;
    for kind in kinds(&names) {
        let outcome = run_cases(kind, &cases, models);
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

/// Gives the tables of the cases rows.
fn seeds(names: &[String], cases: &[Case], seed: u64) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for kind in kinds(names) {
        let outcome = seeded_cases(kind, cases, seed);
        for (case, problem) in &outcome.failed {
            println!("{}: {case}: {problem}", short_name(kind));
            code = ExitCode::FAILURE;
        }
        for (case, table, why) in &outcome.refused {
            println!("{}: {case}: `{table}` has no rows: {why}", short_name(kind));
        }
        println!(
            "{}: {} schemas, {} tables with rows, {} without, {} failed",
            short_name(kind),
            outcome.schemas,
            outcome.tables,
            outcome.refused.len(),
            outcome.failed.len()
        );
    }
    code
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("error: {problem}");
    ExitCode::from(2)
}

fn rebuilt(backend: &str, folders: &[String]) -> ExitCode {
    let Some(kind) = kinds(&[backend.to_owned()]).into_iter().next() else {
        return usage("the backend of a history is named first");
    };
    let mut code = ExitCode::SUCCESS;
    for folder in folders {
        match histories::rebuilt(kind, Path::new(folder)) {
            Ok(done) => println!(
                "{folder}: {}, {} of {} revisions, {} tables, {} changes: equal{}",
                short_name(kind),
                done.revisions,
                done.of,
                done.tables,
                done.changes,
                done.notes
                    .iter()
                    .fold(String::new(), |text, note| text + "\n  note: " + note)
            ),
            Err(why) => {
                println!("{folder}: {}: {why}", short_name(kind));
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn fixpoints(names: &[String], count: u32, seed: u64, models: bool) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for kind in kinds(names) {
        let start = Instant::now();
        let outcome = fixpoint::series(kind, count, seed, models);
        println!(
            "{}: {} pairs of schemas, {} changes, {:.1} s, {}",
            short_name(kind),
            outcome.tried,
            outcome.changes,
            start.elapsed().as_secs_f64(),
            match &outcome.failure {
                None => "all at a fixpoint",
                Some(_) => "one fails",
            }
        );
        if let Some(failure) = outcome.failure {
            println!("{failure}");
            code = ExitCode::FAILURE;
        }
    }
    code
}
