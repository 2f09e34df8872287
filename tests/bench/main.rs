//! What `up` costs on each database, next to the same statements, transactions and rows in the
//! version table by others: sent over one connection without the engine (the floor), and by
//! diesel's embedded harness. Only `up` writes a log, too.
//!
//! `cargo bench -p migrate-tests --features servers --bench servers -- [COUNT…] [BACKEND…]` prints
//! a line for each backend and count. A revision has one operation: in turn a table, a column, an
//! index, rows. Times are medians over new databases, connecting included, the three measured
//! alternately.

#![expect(clippy::print_stdout, reason = "figures are what this program is for")]

#[path = "harness.rs"]
mod harness;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl};
use migrate_core::migrator::Script;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Migrator, Revision};
use migrate_tests::scratch::{Scratch, kinds, short_name};

fn main() {
    let (flags, arguments): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let (counts, names): (Vec<String>, Vec<String>) = arguments
        .into_iter()
        .partition(|argument| argument.parse::<usize>().is_ok());
    let counts: Vec<usize> = counts
        .iter()
        .filter_map(|count| count.parse().ok())
        .collect();
    let counts = match counts[..] {
        [] if flags.iter().any(|flag| flag == "--bench") => vec![10, 100, 1_000],
        // `cargo test --all-targets` only checks that it runs
        [] => vec![10],
        _ => counts,
    };
    println!(
        "backend    revisions     floor    diesel's        up  to floor  to diesel's  up, a revision"
    );
    for kind in kinds(&names) {
        for &count in &counts {
            println!("{}", measure(kind, count).row(kind, count));
        }
    }
}

struct Figures {
    floor: Duration,
    harness: Duration,
    up: Duration,
}

impl Figures {
    fn row(&self, kind: BackendKind, count: usize) -> String {
        let [floor, harness, up] =
            [self.floor, self.harness, self.up].map(|time| time.as_secs_f64());
        let each = 1_000.0 * up / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        format!(
            "{:<10} {count:>9} {:>7.1}ms {:>9.1}ms {:>7.1}ms  {:>8.2}  {:>11.2} {each:>13.3}ms",
            short_name(kind),
            1_000.0 * floor,
            1_000.0 * harness,
            1_000.0 * up,
            up / floor,
            up / harness,
        )
    }
}

fn measure(kind: BackendKind, count: usize) -> Figures {
    let history = history(count);
    NEXT.store(0, Ordering::Relaxed);
    let script = Migrator::new(&history)
        .upgrade_script(kind, "head")
        .expect("every revision is operations only");
    let rounds = match count {
        ..50 => 9,
        50..500 => 5,
        _ => 3,
    };
    let [mut floors, mut harnesses, mut ups] = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        floors.push(floor(kind, &script));
        harnesses.push(harness::run(kind, &script, count));
        ups.push(up(kind, &history, count));
    }
    Figures {
        floor: median(floors),
        harness: median(harnesses),
        up: median(ups),
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The migrator, from connecting to its report.
fn up(kind: BackendKind, history: &History, count: usize) -> Duration {
    let database = Scratch::new(kind, "up");
    NEXT.store(0, Ordering::Relaxed);
    let url: DatabaseUrl = database.url().parse().expect("a URL");
    let start = Instant::now();
    let mut session = backend::connect(&url, Access::Write).expect("a connection");
    let report = Migrator::new(history)
        .upgrade(session.as_mut(), "head")
        .expect("it goes up");
    drop(session);
    let time = start.elapsed();
    assert_eq!(report.steps.len(), count);
    time
}

/// The script's statements one by one, in the script's transactions.
fn floor(kind: BackendKind, script: &Script) -> Duration {
    let database = Scratch::new(kind, "floor");
    let start = Instant::now();
    match kind {
        BackendKind::Sqlite => send::<SqliteConnection>(database.url(), script, "BEGIN IMMEDIATE"),
        #[cfg(feature = "servers")]
        BackendKind::Postgres => send::<diesel::PgConnection>(database.url(), script, "BEGIN"),
        #[cfg(feature = "servers")]
        _ => send::<diesel::MysqlConnection>(database.url(), script, "START TRANSACTION"),
        #[cfg(not(feature = "servers"))]
        _ => unreachable!("`kinds` gives what is compiled in"),
    }
    start.elapsed()
}

fn send<C: Connection + SimpleConnection>(url: &str, script: &Script, begin: &str) {
    let mut connection = C::establish(url).expect("a connection");
    let mut run = |sql: &str| connection.batch_execute(sql).expect(sql);
    for part in &script.parts {
        if part.transaction {
            run(begin);
        }
        for statement in &part.statements {
            run(statement);
        }
        if part.transaction {
            run("COMMIT");
        }
    }
}

/// The number of the revision whose body is called next: bodies are plain functions, and all
/// revisions share these.
static NEXT: AtomicUsize = AtomicUsize::new(0);

fn history(count: usize) -> History {
    let ids: Vec<&'static str> = (0..count)
        .map(|number| &*format!("2026{number:010}").leak())
        .collect();
    let revisions: Vec<&'static Revision> = (0..count)
        .map(|number| {
            let parents = match number {
                0 => Vec::new(),
                _ => vec![ids[number - 1]],
            };
            let revision = Revision::new(
                ids[number],
                parents.leak(),
                "A revision under measurement.",
                "migrations/measured.rs",
                1,
                Body::Operations(upgrade),
                Downgrade::Irreversible,
            );
            &*Box::leak(Box::new(revision))
        })
        .collect();
    History::new(Box::leak(Box::new([&*revisions.leak()])))
}

fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("t{}", number / 4);
    match number % 4 {
        0 => op.create_table(
            table(&*name)
                .column(column("id", Integer).primary_key())
                .column(column("name", VarChar(50))),
        ),
        1 => op.add_column(&*name, column("phone", VarChar(20)).nullable()),
        2 => op.create_index(index(format!("ix_{name}")).on(&*name, ["name"])),
        _ => op.bulk_insert(
            &*name,
            ["id", "name", "phone"],
            [(1, "Ada", Some("1")), (2, "Grace", None)],
        ),
    }
}
