//! `crash traps`: each class of statement, killed at every boundary of its run, and run again until
//! it ends; and each followed by a statement that fails, which is then corrected. This file knows
//! the command and its table; `class` what a class is, `classes` which exist, `trial` how one is
//! tried.

mod class;
mod classes;
mod trial;

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use migrate_core::engine::backend::{self, BackendKind};
use migrate_tests::scratch::{Scratch, kinds, short_name};

use class::Class;
use trial::{Place, Tally};

/// How many wrong results of one class and way are shown with their differences.
const SHOWN: usize = 3;

/// The options of the trials.
pub(crate) struct Options {
    /// Kill at every so many boundaries.
    pub(crate) every: usize,
    /// How many classes are tried at once on each database.
    pub(crate) at_once: usize,
    /// When no further one is begun.
    pub(crate) limit: Option<Duration>,
    /// Whether to show also classes that always ended equal.
    pub(crate) all: bool,
}

/// Tries the classes whose names contain one of these words, or all without one; or lists them.
pub(crate) fn run(words: &[String], list: bool, options: &Options) -> ExitCode {
    let is_backend = |word: &&String| backend::enabled().any(|kind| short_name(kind) == *word);
    let backends: Vec<String> = words.iter().filter(is_backend).cloned().collect();
    let names: Vec<&String> = words.iter().filter(|word| !is_backend(word)).collect();
    let wanted =
        |class: &&Class| names.is_empty() || names.iter().any(|name| class.name.contains(*name));
    let classes: Vec<Class> = classes::all();
    let classes: Vec<&Class> = classes.iter().filter(wanted).collect();
    if classes.is_empty() {
        eprintln!("error: no class has such a name\nhelp: `crash traps --list` prints them");
        return ExitCode::from(2);
    }
    if list {
        for class in &classes {
            let on: Vec<&str> = class.on.iter().map(|kind| short_name(*kind)).collect();
            println!("{:<60} {}", class.name, on.join(" "));
        }
        return ExitCode::SUCCESS;
    }
    let kinds = kinds(&backends);
    // caught, and shown with the class
    panic::set_hook(Box::new(|_| {}));
    println!(
        "{:<9} {:<50} {:<24} {:>6} {:>6} {:>6} {:>6} {:>6}",
        "database", "class", "as", "runs", "equal", "asked", "ended", "wrong"
    );
    let mut sum = Tally::default();
    thread::scope(|scope| {
        let threads: Vec<_> = kinds
            .iter()
            .map(|kind| scope.spawn(|| on_one(*kind, &classes, options)))
            .collect();
        for thread in threads {
            sum.add(&thread.join().expect("a thread's panics are caught"));
        }
    });
    println!("all: {}", summary(&sum));
    match sum.wrong.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Tries classes on one kind of database, several at once in separate databases, and prints a line
/// for each way as it is done.
fn on_one<'a>(kind: BackendKind, classes: &[&'a Class], options: &Options) -> Tally {
    let classes = classes.iter().filter(|class| class.on.contains(&kind));
    let ways = |class: &&'a Class| {
        let class = *class;
        let ways = class.ways().into_iter().enumerate();
        ways.map(move |(place, way)| (place, class, way))
    };
    let mut tasks: Vec<_> = classes.flat_map(ways).collect();
    // each class in one way before any in another, if the time is short
    tasks.sort_by_key(|(place, ..)| *place);
    let number = tasks.len();
    let start = Instant::now();
    let tasks = Mutex::new(tasks.into_iter());
    let next = || {
        let in_time = options.limit.is_none_or(|limit| start.elapsed() < limit);
        tasks.lock().ok()?.next().filter(|_| in_time)
    };
    let work = || {
        let scratch = Scratch::new(kind, "traps");
        let mut place = Place::new(&scratch);
        let mut sum = Tally::default();
        while let Some((_, class, way)) = next() {
            sum.ways += 1;
            let tried = catch_unwind(AssertUnwindSafe(|| {
                trial::run(&mut place, class, way, options.every)
            }));
            let tally = tried.unwrap_or_else(|panic| {
                place = Place::new(&scratch);
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
                Tally::wrong(format!("panicked: {}", text.unwrap_or("without words")))
            });
            if let Some(line) = line(&tally, options.all) {
                let start = format!("{:<9} {:<50} {way:<24}", short_name(kind), class.name);
                println!("{start} {line}");
            }
            sum.add(&tally);
        }
        sum
    };
    let mut sum = Tally::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..options.at_once).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            sum.add(&worker.join().expect("a worker's panics are caught"));
        }
    });
    println!(
        "{}: {} of {number} classes in one of their forms, {}",
        short_name(kind),
        sum.ways,
        summary(&sum)
    );
    sum
}

/// The counts of a class in one way, and the wrong results.
fn line(tally: &Tally, all: bool) -> Option<String> {
    if let Some(engine) = &tally.lacks {
        return Some(format!("left out: this server has no engine {engine}"));
    }
    if let Some(refused) = &tally.refused {
        return Some(format!("stops by itself, {refused}"));
    }
    if !all && tally.asked + tally.ended + tally.wrong.len() == 0 {
        return None;
    }
    let mut line = format!(
        "{:>6} {:>6} {:>6} {:>6} {:>6}",
        tally.runs(),
        tally.equal,
        tally.asked,
        tally.ended,
        tally.wrong.len()
    );
    for wrong in tally.wrong.iter().take(SHOWN) {
        line.push_str("\n  wrong: ");
        line.push_str(&wrong.replace('\n', "\n    "));
    }
    Some(line)
}

fn summary(tally: &Tally) -> String {
    format!(
        "{} kills (of which {} left what another one left) and {} failures: {} ended equal, {} with a question and equal after its answer, {} asked for a person's hand, {} wrong",
        tally.kills,
        tally.same,
        tally.failures,
        tally.equal,
        tally.asked,
        tally.ended,
        tally.wrong.len()
    )
}
