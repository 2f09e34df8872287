//! How the cost of a history grows with its length: checking and rebuilding its crate, migrating an empty database, and the
//! commands that people type all day. Prints one table; judges nothing.
//!
//! ```text
//! cargo bench -p cargo-migrate --bench scale              # 10, 100, 1,000 and 5,000 revisions
//! cargo bench -p cargo-migrate --bench scale -- 10 100    # only these
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
    for argument in std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
    {
        match argument.replace([',', '_'], "").parse::<usize>() {
            Ok(count) if (1..=100_000).contains(&count) => counts.push(count),
            _ => {
                eprintln!("error: `{argument}` is not a number of revisions between 1 and 100000");
                return ExitCode::from(2);
            }
        }
    }
    if counts.is_empty() {
        counts = vec![10, 100, 1_000, 5_000];
    }
    let measured: Vec<_> = counts
        .iter()
        .map(|count| (*count, timing::measure(*count)))
        .collect();
    print!("{}", table::render(&measured));
    ExitCode::SUCCESS
}
