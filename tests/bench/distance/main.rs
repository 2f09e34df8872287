//! What the distance to a server costs: round trips, bytes and time of commands, through a proxy
//! that delays what is sent; beside the same SQL through the server's own client, diesel's embedded
//! harness and, where `ALEMBIC_PYTHON` names a Python that has it, Alembic. Prints figures and
//! judges nothing.
//!
//! ```text
//! cargo bench -p migrate-tests --features servers --bench distance                # 100 revisions
//! cargo bench -p migrate-tests --features servers --bench distance -- 1000 postgres --ms 0,20
//! ```
//!
//! The delay is that of each direction, so a round trip takes twice as long. A revision is an SQL
//! folder with one statement: in turn a table, a column, an index, rows. Each figure is that of one
//! run, connecting included; the programs of others include their start.

#![expect(clippy::print_stdout, reason = "a program that prints figures")]

#[cfg(feature = "servers")]
mod peers;

fn main() {
    #[cfg(feature = "servers")]
    measured::main();
    #[cfg(not(feature = "servers"))]
    println!("built without the feature `servers`, this has nothing to measure");
}

#[cfg(feature = "servers")]
mod measured {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use migrate_cli::{Exit, Invocation, Surroundings};
    use migrate_core::History;
    use migrate_core::engine::backend::BackendKind;
    use migrate_tests::chain;
    use migrate_tests::distance::{Distance, Traffic};
    use migrate_tests::scratch::{Scratch, kinds, short_name};

    use super::peers;

    /// Delays in each direction, in milliseconds.
    const DELAYS: [u64; 4] = [0, 1, 5, 20];

    pub(super) fn main() {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let benched = arguments.iter().any(|argument| argument == "--bench");
        let ms = arguments.iter().position(|argument| argument == "--ms");
        let delays: Vec<u64> = match ms.and_then(|at| arguments.get(at + 1)) {
            Some(list) => list.split(',').filter_map(|ms| ms.parse().ok()).collect(),
            None if benched => DELAYS.to_vec(),
            None => vec![0],
        };
        let others = arguments.iter().enumerate().filter(|(at, argument)| {
            ms.is_none_or(|ms| *at != ms + 1) && !argument.starts_with("--")
        });
        let (counts, names): (Vec<String>, Vec<String>) = others
            .map(|(_, argument)| argument.clone())
            .partition(|argument| argument.parse::<usize>().is_ok());
        let counts: Vec<usize> = counts
            .iter()
            .filter_map(|count| count.parse().ok())
            .collect();
        let counts = match counts[..] {
            [] if benched => vec![100],
            // `cargo test --all-targets` only checks that it runs
            [] => vec![4],
            _ => counts,
        };
        println!(
            "backend     each way  revisions  command                         round trips  a revision      kB       time"
        );
        let servers = kinds(&names)
            .into_iter()
            .filter(|kind| *kind != BackendKind::Sqlite);
        for kind in servers {
            for &count in &counts {
                for &delay in &delays {
                    measure(kind, count, Duration::from_millis(delay));
                }
            }
        }
    }

    fn measure(kind: BackendKind, count: usize, delay: Duration) {
        let history = chain::of_sql(count);
        let database = Scratch::new(kind, "distance");
        let distance = Distance::before(database.url(), delay);
        let row = |command: &str, of: usize, run: &mut dyn FnMut(&str)| {
            let _ = distance.traffic();
            let start = Instant::now();
            run(distance.url());
            show(
                kind,
                delay,
                count,
                command,
                of,
                distance.traffic(),
                start.elapsed(),
            );
        };
        row("connect", 0, &mut |url| peers::connect(kind, url));
        row("up", count, &mut |url| command(&history, url, &["up"]));
        row("up, nothing to do", 0, &mut |url| {
            command(&history, url, &["up"]);
        });
        for arguments in [
            &["status"][..],
            &["check", "--database"],
            &["schema", "dump"],
            &["drift"],
        ] {
            row(&arguments.join(" "), 0, &mut |url| {
                command(&history, url, arguments);
            });
        }
        for (name, run) in peers::ALL {
            let database = Scratch::new(kind, "distance");
            let distance = Distance::before(database.url(), delay);
            let folder = tempfile::tempdir().expect("a temporary folder can be made");
            let start = Instant::now();
            if run(kind, distance.url(), count, folder.path()) {
                let traffic = distance.traffic();
                show(kind, delay, count, name, count, traffic, start.elapsed());
            } else {
                println!("{:<62}not here", format!("{:<34}{name}", short_name(kind)));
            }
        }
    }

    fn show(
        kind: BackendKind,
        delay: Duration,
        count: usize,
        command: &str,
        of: usize,
        traffic: Traffic,
        took: Duration,
    ) {
        let of = u32::try_from(of).unwrap_or(u32::MAX);
        let trips = f64::from(u32::try_from(traffic.round_trips).unwrap_or(u32::MAX));
        let each = match of {
            0 => String::new(),
            of => format!("{:.2}", trips / f64::from(of)),
        };
        println!(
            "{:<12}{:>6}ms  {count:>9}  {command:<30}  {trips:>11}  {each:>10}  {:>6}  {:>7.1}ms",
            short_name(kind),
            delay.as_millis(),
            traffic.bytes / 1_000,
            1_000.0 * took.as_secs_f64(),
        );
    }

    /// A command of the command line, in this process.
    fn command(history: &History, url: &str, arguments: &[&str]) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        // the history's own schema is made beside the database, just as far away
        let urls = ["DATABASE_URL", "MIGRATE_SCRATCH_URL"];
        let variable = |name: &str| urls.contains(&name).then(|| url.into());
        let exit = migrate_cli::run(
            history,
            Invocation {
                program: "cargo migrate".to_owned(),
                arguments: arguments.iter().map(Into::into).collect(),
                surroundings: Surroundings {
                    directory: Path::new("/").into(),
                    variable: &variable,
                },
                out: &mut out,
                err: &mut err,
                scripts: None,
                terminal: false,
            },
        );
        let said = String::from_utf8_lossy(&err);
        assert_eq!(exit, Exit::Done, "{arguments:?}: {said}");
    }
}
