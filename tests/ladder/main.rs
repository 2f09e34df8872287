//! Runs `cargo migrate test` on histories of which each has one fault, and on sound ones: the fault
//! is found by the expected rung and at the expected revision, and nothing is found in the others.
//!
//! ```text
//! cargo run -p migrate-tests --features servers --bin ladder -- [BACKEND…] [--cases FILE] [--only TEXT] [--each N] [-- RUNG…]
//! ```
//!
//! `--each 10` runs each tenth case. With `folders`, the histories are folders of diesel's SQL
//! migrations, and what is found is printed; with `time`, the history is one that is made, of so
//! many revisions:
//!
//! ```text
//! cargo run -p migrate-tests --features servers --bin ladder -- folders BACKEND FOLDER… [-- RUNG…]
//! cargo run --release -p migrate-tests --features servers --bin ladder -- time 1000 [BACKEND…] [--tables | --no-alter] [--floor] [-- RUNG…]
//! ```
//!
//! The exit code is 1 when a case fails.

#![expect(clippy::print_stdout, reason = "figures are what this program is for")]
#![expect(
    clippy::print_stderr,
    reason = "it has no other way to say what went wrong"
)]

mod case;
mod folder;
mod made;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use case::Case;
use made::Shape;
use migrate_core::engine::backend::BackendKind;
use migrate_tests::scratch::{kinds, short_name};

fn main() -> ExitCode {
    let mut words = Vec::new();
    let (mut file, mut only, mut each) = (None, None, 1);
    let (mut shape, mut floor) = (Shape::Mixed, false);
    let mut arguments = std::env::args().skip(1);
    let mut rungs = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--cases" => file = arguments.next(),
            "--only" => only = arguments.next(),
            "--each" => match arguments.next().map(|number| number.parse()) {
                Some(Ok(number)) if number > 0 => each = number,
                _ => return usage("`--each` takes a number"),
            },
            "--tables" => shape = Shape::Tables,
            "--no-alter" => shape = Shape::NoAlter,
            "--floor" => floor = true,
            "--" => rungs.extend(arguments.by_ref()),
            _ => words.push(argument),
        }
    }
    let rungs: Vec<&str> = rungs.iter().map(String::as_str).collect();
    match words.first().map(String::as_str) {
        Some("folders") => return folders(&words[1..], &rungs),
        Some("time") => return time(&words[1..], shape, floor, &rungs),
        _ => {}
    }
    let cases = match Case::read(file.as_deref()) {
        Ok(cases) => cases,
        Err(problem) => return usage(&problem),
    };
    let mut code = ExitCode::SUCCESS;
    for kind in kinds(&words) {
        let start = Instant::now();
        let (mut faults, mut sound, mut failed) = (0, 0, 0);
        let cases = cases.iter().filter(|case| case.is_on(kind));
        let cases = cases.filter(|case| only.as_ref().is_none_or(|only| case.name.contains(only)));
        for case in cases.step_by(each) {
            match case.run(kind, &rungs) {
                Ok(()) if case.has_fault() => faults += 1,
                Ok(()) => sound += 1,
                Err(problem) => {
                    failed += 1;
                    println!("{}: {}: {problem}", short_name(kind), case.name);
                    code = ExitCode::FAILURE;
                }
            }
        }
        println!(
            "{}: {faults} faults found, {sound} sound histories without a finding, {failed} failed, {:.1} s",
            short_name(kind),
            start.elapsed().as_secs_f64()
        );
    }
    code
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("error: {problem}");
    ExitCode::from(2)
}

/// Tests folders of diesel's migrations.
fn folders(words: &[String], rungs: &[&str]) -> ExitCode {
    let [backend, folders @ ..] = words else {
        return usage("`folders` takes a backend and folders");
    };
    let kind = kinds(std::slice::from_ref(backend))[0];
    let mut code = ExitCode::SUCCESS;
    for name in folders {
        match folder::history(Path::new(name)) {
            Ok(history) => {
                let (text, ok) = case::answer(&history, kind, Path::new("."), "{}", rungs);
                println!("{name}\n{text}");
                if !ok {
                    code = ExitCode::FAILURE;
                }
            }
            Err(problem) => return usage(&problem),
        }
    }
    code
}

/// Measures the ladder on a history of so many revisions.
fn time(words: &[String], shape: Shape, floor: bool, rungs: &[&str]) -> ExitCode {
    let [number, backends @ ..] = words else {
        return usage("`time` takes a number of revisions");
    };
    let Ok(number) = number.parse() else {
        return usage("`time` takes a number of revisions");
    };
    let mut code = ExitCode::SUCCESS;
    for kind in kinds(backends) {
        let texts = made::texts(number, shape, kind);
        if floor && kind == BackendKind::Sqlite {
            match made::floor(&texts) {
                Ok(text) => println!("{text}"),
                Err(problem) => return usage(&problem),
            }
        }
        let history = made::history(&texts);
        let start = Instant::now();
        let (text, ok) = case::answer(&history, kind, Path::new("."), "{}", rungs);
        println!("{text}");
        println!(
            "{}: {number} revisions, {:.2} s",
            short_name(kind),
            start.elapsed().as_secs_f64()
        );
        if !ok {
            code = ExitCode::FAILURE;
        }
    }
    code
}
