//! Runs of a history that are killed, started together, or lose their server, and what must be true
//! afterwards: the schema and the data of an undisturbed run, each revision once, and no manual
//! help.
//!
//! ```text
//! cargo run -p migrate-tests --features servers --bin crash -- kills 200 [BACKEND…] [--seed N]
//! cargo run -p migrate-tests --features servers --bin crash -- boundaries 1 [BACKEND…]
//! cargo run -p migrate-tests --features servers --bin crash -- journal [BACKEND…]
//! cargo run -p migrate-tests --features servers --bin crash -- together 20 [BACKEND…] [--processes N]
//! cargo run -p migrate-tests --features servers --bin crash -- outages 10 [BACKEND…] [--seed N]
//! cargo run -p migrate-tests --features servers --bin crash -- traps [BACKEND…] [CLASS…] [--every N] [--processes N] [--minutes N] [--all] [--list]
//! cargo run -p migrate-tests --features servers --bin crash -- replay BACKEND FOLDER…
//! ```
//!
//! This file knows the arguments. Short series are in `tests/series`.

#![expect(clippy::print_stdout, reason = "figures are what this program is for")]
#![expect(
    clippy::print_stderr,
    reason = "it has no other way to say what went wrong"
)]

mod boundaries;
mod child;
mod database;
mod history;
mod kills;
mod misbehaviour;
mod outages;
mod random;
mod replay;
mod together;
mod traps;

use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use migrate_core::engine::backend::BackendKind;
use migrate_tests::scratch::{kinds, short_name};

const USAGE: &str = "usage: crash kills [COUNT] [BACKEND…] [--seed N]
       crash boundaries [EACH] [BACKEND…] [--seed N]
       crash journal [BACKEND…]
       crash together [ROUNDS] [BACKEND…] [--processes N] [--slow-machine]
       crash outages [COUNT] [BACKEND…] [--seed N]
       crash traps [BACKEND…] [CLASS…] [--every N] [--processes N] [--minutes N] [--all] [--list]
       crash replay BACKEND FOLDER… [--keys-off]";

/// The result of a series: it is printed in either case.
type Outcome = Result<String, String>;

fn main() -> ExitCode {
    if let Some(code) = child::run() {
        return code;
    }
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    let command = arguments.remove(0);
    let asked = match Asked::read(arguments) {
        Ok(asked) => asked,
        Err(problem) => {
            eprintln!("error: {problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if command == "traps" {
        let options = traps::Options {
            every: asked.every,
            at_once: asked.processes.unwrap_or(4),
            limit: asked
                .minutes
                .map(|minutes| Duration::from_secs(60 * minutes)),
            all: asked.all,
        };
        return traps::run(&asked.names, asked.list, &options);
    }
    if command == "replay" {
        return replay::run(&asked.names, asked.keys_off);
    }
    let series: fn(BackendKind, &Asked) -> Outcome = match command.as_str() {
        "kills" => |kind, asked| kills::run(kind, asked.count.unwrap_or(200), asked.seed),
        "boundaries" => |kind, asked| {
            let each = asked.count.unwrap_or(1).max(1);
            boundaries::run(kind, each, usize::try_from(asked.seed).unwrap_or(0))
        },
        "journal" => |kind, _| boundaries::journal(kind),
        "outages" => |kind, asked| outages::run(kind, asked.count.unwrap_or(10), asked.seed),
        "together" => |kind, asked| {
            let limit = !asked.slow_machine;
            together::run(
                kind,
                asked.count.unwrap_or(20),
                asked.processes.unwrap_or(16),
                limit,
            )
        },
        _ => {
            eprintln!("error: no series `{command}`\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut code = ExitCode::SUCCESS;
    for kind in asked.kinds() {
        match series(kind, &asked) {
            Ok(text) => println!("{}: {text}", short_name(kind)),
            Err(text) => {
                println!("{}: FAILED, seed {}\n{text}", short_name(kind), asked.seed);
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// The arguments of a series.
struct Asked {
    count: Option<usize>,
    names: Vec<String>,
    seed: u64,
    processes: Option<usize>,
    slow_machine: bool,
    every: usize,
    minutes: Option<u64>,
    list: bool,
    all: bool,
    keys_off: bool,
}

impl Asked {
    fn read(arguments: Vec<String>) -> Result<Asked, String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let mut asked = Asked {
            count: None,
            names: Vec::new(),
            seed: now.map_or(1, |time| time.as_secs() % 1_000_000),
            processes: None,
            slow_machine: false,
            every: 1,
            minutes: None,
            list: false,
            all: false,
            keys_off: false,
        };
        let mut rest = arguments.into_iter();
        while let Some(argument) = rest.next() {
            let mut number = || {
                let value = rest.next().unwrap_or_default();
                value
                    .parse::<u64>()
                    .map_err(|_| format!("`{argument}` needs a number, not `{value}`"))
            };
            match argument.as_str() {
                "--seed" => asked.seed = number()?,
                "--processes" => asked.processes = usize::try_from(number()?).ok(),
                "--every" => asked.every = usize::try_from(number()?).unwrap_or(1).max(1),
                "--minutes" => asked.minutes = Some(number()?),
                "--list" => asked.list = true,
                "--keys-off" => asked.keys_off = true,
                "--all" => asked.all = true,
                "--slow-machine" => asked.slow_machine = true,
                flag if flag.starts_with('-') => return Err(format!("no option `{flag}`")),
                text => match text.parse() {
                    Ok(count) => asked.count = Some(count),
                    Err(_) => asked.names.push(text.to_owned()),
                },
            }
        }
        Ok(asked)
    }

    fn kinds(&self) -> Vec<BackendKind> {
        kinds(&self.names)
    }
}
