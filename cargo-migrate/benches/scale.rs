//! How the cost of a history grows with its length: checking and rebuilding its crate, migrating an
//! empty database, and the commands that people type all day. Prints one table; judges nothing.
//!
//! ```text
//! cargo bench -p cargo-migrate --bench scale              # 10, 100, 1,000 and 5,000 revisions
//! cargo bench -p cargo-migrate --bench scale -- 10 100    # only these
//! cargo bench -p cargo-migrate --bench scale -- 20x2000   # a workspace of 20 members with 2,000 revisions
//! cargo bench -p cargo-migrate --bench scale -- 500/1000 # models of 500 tables and 1,000 revisions
//! ```

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that prints figures"
)]

#[path = "scale/history.rs"]
mod history;
#[path = "scale/table.rs"]
mod table;
#[path = "scale/timing.rs"]
mod timing;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut counts = Vec::new();
    let mut workspaces = Vec::new();
    let mut models = Vec::new();
    let is_typed = |argument: &String| !argument.starts_with('-');
    for argument in std::env::args().skip(1).filter(is_typed) {
        let tables = argument.split_once('/');
        if let Some((Some(tables), Some(count))) =
            tables.map(|(tables, count)| (number(tables), number(count)))
            && tables <= count
        {
            models.push((tables, count));
            continue;
        }
        match argument
            .split_once('x')
            .map(|(members, count)| (number(members), number(count)))
        {
            None if number(&argument).is_some() => counts.extend(number(&argument)),
            Some((Some(members), Some(count))) if members <= count => {
                workspaces.push((members, count));
            }
            _ => {
                eprintln!(
                    "error: `{argument}` is neither a number of revisions between 1 and 100000 nor one of members and one of \
                     revisions, such as 20x2000, nor one of tables and one of revisions, such as 500/1000"
                );
                return ExitCode::from(2);
            }
        }
    }
    if counts.is_empty() && workspaces.is_empty() && models.is_empty() {
        counts = vec![10, 100, 1_000, 5_000];
    }
    let measured: Vec<_> = counts
        .iter()
        .map(|count| (*count, timing::measure(*count)))
        .collect();
    print!("{}", table::render(&measured));
    for (members, count) in workspaces {
        let (measured, compiled) = timing::measure_workspace(members, count);
        println!("\n{members} members; one changed revision compiles {compiled} crates\n");
        print!("{}", table::render(&[(count, measured)]));
    }
    for (tables, count) in models {
        let measured = timing::measure_models(tables, count);
        println!("\nmodels of {tables} tables\n");
        print!("{}", table::render(&[(count, measured)]));
    }
    ExitCode::SUCCESS
}

/// A number of revisions or members.
fn number(text: &str) -> Option<usize> {
    let number = text.replace([',', '_'], "").parse::<usize>().ok();
    number.filter(|number| (1..=100_000).contains(number))
}
