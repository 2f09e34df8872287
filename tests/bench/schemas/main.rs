//! What it costs to look at a large schema: inspect it, compare it with itself, with nothing, and
//! nothing with it, and dump it; beside the server's own program for dumps and, where
//! `ALEMBIC_PYTHON` names a Python that has it, Alembic. Prints figures and judges nothing.
//!
//! ```text
//! cargo bench -p migrate-tests --features servers --bench schemas              # 500 tables
//! cargo bench -p migrate-tests --features servers --bench schemas -- 5000 postgres
//! ```
//!
//! A dump is an inspection, what leads from nothing to it, and its SQL. Alembic's figure is that of
//! `compare_metadata`, which inspects and compares; its tables are those of the same database.

#![expect(clippy::print_stdout, reason = "a program that prints figures")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl, Scope, Session};
use migrate_core::engine::diff::{Answers, diff};
use migrate_core::schema::Schema;
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
        [] if flags.iter().any(|flag| flag == "--bench") => vec![500],
        // `cargo test --all-targets` only wants to see that it runs
        [] => vec![3],
        _ => counts,
    };
    println!(
        "backend       tables  statements    inspect       diff  to create    to drop       dump  its own program    Alembic  first inspect"
    );
    for kind in kinds(&names) {
        for &count in &counts {
            println!("{}", measure(kind, count));
        }
    }
}

fn measure(kind: BackendKind, count: usize) -> String {
    let database = Scratch::new(kind, "schemas");
    let url: DatabaseUrl = database.url().parse().expect("a URL");
    let mut session = backend::connect(&url, Access::Write).expect("a connection");
    create(session.as_mut(), kind, count);
    drop(session);
    let mut session = backend::connect(&url, Access::Read).expect("a connection");
    let (schema, first) = timed(|| inspect(session.as_mut()));
    assert_eq!(schema.tables.len(), count);
    let rounds = if count > 1_000 { 3 } else { 7 };
    let inspected = fastest(rounds, || inspect(session.as_mut()));
    session.watch();
    inspect(session.as_mut());
    let statements = session.watched().len();
    let rules = session.backend();
    let compared = fastest(rounds, || {
        let difference = diff(&schema, &schema, rules, &Answers::default());
        assert!(difference.changes.is_empty());
    });
    let empty = Schema::empty();
    let created = fastest(rounds, || diff(&empty, &schema, rules, &Answers::default()));
    let dropped = fastest(rounds, || diff(&schema, &empty, rules, &Answers::default()));
    let dumped = fastest(rounds, || {
        let schema = inspect(session.as_mut());
        let difference = diff(&empty, &schema, rules, &Answers::default());
        for change in &difference.changes {
            rules.ddl(&change.operation).expect("it can be created");
        }
        difference.changes.len()
    });
    let perhaps = |time: Option<Duration>| match time {
        Some(time) => shown(time).trim().to_owned(),
        None => "not here".to_owned(),
    };
    let own = own_program(&database, rounds);
    let alembic = alembic(&database, if count > 1_000 { 1 } else { 3 });
    format!(
        "{:<12} {count:>7}  {statements:>10} {} {} {} {} {} {:>16} {:>10} {:>14}",
        short_name(kind),
        shown(inspected),
        shown(compared),
        shown(created),
        shown(dropped),
        shown(dumped),
        perhaps(own),
        perhaps(alembic),
        shown(first).trim(),
    )
}

fn inspect(session: &mut dyn Session) -> Schema {
    session
        .inspect(&Scope::current())
        .expect("the catalogue can be read")
}

fn shown(time: Duration) -> String {
    format!("{:>8.1}ms", 1_000.0 * time.as_secs_f64())
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let value = run();
    (value, start.elapsed())
}

fn fastest<T>(rounds: usize, mut run: impl FnMut() -> T) -> Duration {
    (0..rounds)
        .map(|_| timed(&mut run).1)
        .min()
        .unwrap_or_default()
}

/// How many tables are created in one transaction: a server keeps a lock for each of them.
const BATCH: usize = 100;

/// Tables with ten columns, a key to the one before, a check, a unique and two indexes.
fn create(session: &mut dyn Session, kind: BackendKind, count: usize) {
    let mysql = matches!(kind, BackendKind::Mysql | BackendKind::Mariadb);
    for number in 0..count {
        if !mysql && number % BATCH == 0 {
            session.execute("BEGIN").expect("a transaction");
        }
        let id = match kind {
            BackendKind::Postgres => "integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            BackendKind::Sqlite => "INTEGER NOT NULL PRIMARY KEY",
            _ => "integer NOT NULL AUTO_INCREMENT PRIMARY KEY",
        };
        let parent = number.saturating_sub(1);
        let indexes = match mysql {
            true => format!(", INDEX ix_{number}_a (name), INDEX ix_{number}_b (age, created_at)"),
            false => String::new(),
        };
        let table = format!(
            "CREATE TABLE t{number} (id {id}, name varchar(80) NOT NULL, email varchar(200), age integer DEFAULT 18, \
             price decimal(10, 2) NOT NULL DEFAULT 0, note varchar(400) DEFAULT 'it''s', created_at timestamp DEFAULT CURRENT_TIMESTAMP, \
             parent integer, day date, ratio double precision, \
             CONSTRAINT uq_{number} UNIQUE (email), CONSTRAINT ck_{number} CHECK (age > 0 AND age < 200), \
             CONSTRAINT fk_{number} FOREIGN KEY (parent) REFERENCES t{parent} (id){indexes})"
        );
        session.execute(&table).expect(&table);
        if !mysql {
            for index in [
                format!("CREATE INDEX ix_{number}_a ON t{number} (name)"),
                format!("CREATE INDEX ix_{number}_b ON t{number} (age, created_at)"),
            ] {
                session.execute(&index).expect(&index);
            }
        }
        if !mysql && (number % BATCH == BATCH - 1 || number == count - 1) {
            session.execute("COMMIT").expect("a commit");
        }
    }
}

/// How long the server's own program for dumps takes, if it is here.
fn own_program(database: &Scratch, rounds: usize) -> Option<Duration> {
    let mut command = database.dump_program();
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut run = || Command::status(&mut command).is_ok_and(|status| status.success());
    run().then(|| fastest(rounds, run))
}

/// How long Alembic takes to compare the database with itself, if it is here.
fn alembic(database: &Scratch, rounds: usize) -> Option<Duration> {
    let python = std::env::var_os("ALEMBIC_PYTHON")?;
    let url = match database.url().split_once("://") {
        Some(("postgres", rest)) => format!("postgresql+psycopg2://{rest}"),
        Some((kind, rest)) => format!("{kind}+pymysql://{rest}"),
        None => format!("sqlite:///{}", database.url()),
    };
    let mut command = Command::new(python);
    command.args([
        "-c",
        include_str!("compare_metadata.py"),
        &url,
        &rounds.to_string(),
    ]);
    let output = command.output().expect("a Python that can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    let seconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_secs_f64(seconds))
}
