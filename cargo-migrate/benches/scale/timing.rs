//! Runs the programs and takes the times. Wall-clock, medians of several runs; the runner is a dev
//! build, as in daily work, and `cargo migrate` itself is built as for installing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::history::{Project, Written};

/// Runs of what takes seconds, and of what takes milliseconds.
const SLOW: usize = 3;
const FAST: usize = 15;

/// What is measured, in the order of the table.
pub(crate) type Measured = Vec<(&'static str, Duration)>;

/// Measures a history of this length.
pub(crate) fn measure(count: usize) -> Measured {
    eprintln!("{count} revisions");
    let mut measured = Vec::new();
    let functions = Bench::new(Project::new(count, Written::Functions));
    functions.run(&mut functions.cargo(&["build"]));
    measured.extend(functions.builds([
        "the functions alone: cargo build, clean",
        "… one file changed",
        "… one file added",
    ]));
    let (bench, runner) = Bench::prepared(Project::new(count, Written::Rust));
    measured.push((
        "cargo check, clean",
        bench.time(SLOW, |_| bench.forget(), || bench.cargo(&["check"])),
    ));
    measured.extend(bench.builds([
        "cargo build, clean",
        "… one file changed",
        "… one file added",
    ]));
    measured.extend(bench.loops([
        "cargo migrate current, one file changed",
        "cargo migrate up, one file added",
    ]));
    let nothing = |_| {};
    let database = bench.project.path("scale.db");
    let emptied = |_| fs::remove_file(&database).expect("the database");
    let direct = |arguments: &[&str]| bench.direct(&runner, arguments);
    measured.extend([
        (
            "up from empty: runner",
            bench.time(SLOW, emptied, || direct(&["up"])),
        ),
        (
            "up, nothing to do: runner",
            bench.time(FAST, nothing, || direct(&["up"])),
        ),
        (
            "up, nothing to do: cargo migrate",
            bench.time(FAST, nothing, || bench.migrate(&["up"])),
        ),
        (
            "current: runner",
            bench.time(FAST, nothing, || direct(&["current"])),
        ),
        (
            "current: cargo migrate",
            bench.time(FAST, nothing, || bench.migrate(&["current"])),
        ),
        (
            "status: runner",
            bench.time(FAST, nothing, || direct(&["status"])),
        ),
        (
            "status: cargo migrate",
            bench.time(FAST, nothing, || bench.migrate(&["status"])),
        ),
        (
            "history: cargo migrate",
            bench.time(FAST, nothing, || bench.migrate(&["history"])),
        ),
        (
            "heads: cargo migrate",
            bench.time(FAST, nothing, || bench.migrate(&["heads"])),
        ),
    ]);
    let (folders, _) = Bench::prepared(Project::new(count, Written::Sql));
    measured.extend(folders.builds([
        "SQL folders: cargo build, clean",
        "… one folder changed",
        "… one folder added",
    ]));
    measured.extend(folders.loops([
        "SQL folders: current, one changed",
        "SQL folders: up, one added",
    ]));
    measured
}

/// Measures a workspace of so many members with so many revisions in all, and counts the crates
/// that one changed revision compiles.
pub(crate) fn measure_workspace(members: usize, count: usize) -> (Measured, usize) {
    eprintln!("{count} revisions in {members} members");
    let (bench, runner) = Bench::prepared(Project::workspace(members, count));
    let changed = |round| bench.project.change_one(round);
    let nothing = |_| {};
    changed(usize::MAX);
    let output = bench.migrate(&["status"]).output();
    let output = output.expect("the command can be started");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let compiled = said
        .lines()
        .filter(|line| line.contains("Compiling "))
        .count();
    let direct = |arguments: &[&str]| bench.direct(&runner, arguments);
    let measured = vec![
        (
            "cargo check, clean",
            bench.time(SLOW, |_| bench.forget(), || bench.cargo(&["check"])),
        ),
        (
            "cargo check, one file changed",
            bench.time(SLOW, changed, || bench.cargo(&["check"])),
        ),
        (
            "cargo migrate status, one file changed",
            bench.time(
                SLOW,
                |round| changed(SLOW + round),
                || bench.migrate(&["status"]),
            ),
        ),
        (
            "status: runner",
            bench.time(FAST, nothing, || direct(&["status"])),
        ),
        (
            "status: cargo migrate",
            bench.time(FAST, nothing, || bench.migrate(&["status"])),
        ),
        (
            "history: cargo migrate",
            bench.time(FAST, nothing, || bench.migrate(&["history"])),
        ),
    ];
    (measured, compiled)
}

/// Measures what compares models of so many tables with a history of so many revisions.
pub(crate) fn measure_models(tables: usize, count: usize) -> Measured {
    eprintln!("{tables} tables, {count} revisions");
    let (bench, _) = Bench::prepared(Project::with_models(tables, count));
    let printed = bench
        .migrate(&["schema", "print", "history", "--closed"])
        .output()
        .expect("the command can be started");
    assert!(
        printed.status.success(),
        "{}",
        String::from_utf8_lossy(&printed.stderr)
    );
    let models = String::from_utf8(printed.stdout).expect("source text");
    bench.project.write("models.rs", &models);
    let nothing = |_| {};
    let generate = ["new", "--autogenerate", "--dry-run", "a change"];
    let fresh: Vec<&str> = generate.into_iter().chain(["--fresh"]).collect();
    let mut measured = vec![(
        "check --models, nothing to do",
        bench.time(SLOW, nothing, || bench.migrate(&["check", "--models"])),
    )];
    let changed = models.replacen(
        "c1 -> Text,",
        "c1 -> Text,\n        new -> Nullable<Text>,",
        1,
    );
    assert_ne!(models, changed, "a column is added to the first table");
    bench.project.write("models.rs", &changed);
    measured.extend([
        (
            "new --autogenerate, cold",
            bench.time(SLOW, nothing, || bench.migrate(&fresh)),
        ),
        (
            "new --autogenerate, cached state",
            bench.time(SLOW, nothing, || bench.migrate(&generate)),
        ),
    ]);
    measured
}

struct Bench {
    project: Project,
    target: PathBuf,
}

/// One target directory for all lengths, so that dependencies are built once.
fn target() -> PathBuf {
    let executable = std::env::current_exe().expect("a running program has a path");
    // target/release/deps/<benchmark>
    executable
        .ancestors()
        .nth(3)
        .expect("a benchmark lies below the target directory")
        .join("scale")
}

impl Bench {
    fn new(project: Project) -> Bench {
        let target = target();
        Bench { project, target }
    }

    /// `cargo build` of all, and of what one file that is changed or added concerns.
    fn builds(&self, names: [&'static str; 3]) -> Measured {
        let build = || self.cargo(&["build"]);
        let changed = |round| self.project.change_one(round);
        let added = |round| self.project.add_one(round);
        let [clean, change, addition] = names;
        vec![
            (clean, self.time(SLOW, |_| self.forget(), build)),
            (change, self.time(SLOW, changed, build)),
            (addition, self.time(SLOW, added, build)),
        ]
    }

    /// What is done all day, with the build of the runner. Continues where `builds` left off.
    fn loops(&self, names: [&'static str; 2]) -> Measured {
        let changed = |round| self.project.change_one(SLOW + round);
        let added = |round| self.project.add_one(SLOW + round);
        let [change, addition] = names;
        // the runner is built from what was added before
        self.run(&mut self.migrate(&["up"]));
        vec![
            (
                change,
                self.time(SLOW, changed, || self.migrate(&["current"])),
            ),
            (addition, self.time(SLOW, added, || self.migrate(&["up"]))),
        ]
    }

    /// A project whose dependencies are built and whose database is there, and its runner.
    fn prepared(project: Project) -> (Bench, PathBuf) {
        let bench = Bench::new(project);
        bench.run(&mut bench.cargo(&["check"]));
        bench.run(&mut bench.cargo(&["build"]));
        bench.run(&mut bench.migrate(&["up"]));
        let runner = bench.runner();
        (bench, runner)
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        self.command(Path::new(env!("CARGO")), arguments)
    }

    fn migrate(&self, arguments: &[&str]) -> Command {
        self.command(Path::new(env!("CARGO_BIN_EXE_cargo-migrate")), arguments)
    }

    /// The runner without `cargo migrate`, on the same database.
    fn direct(&self, runner: &Path, arguments: &[&str]) -> Command {
        let mut command = self.command(runner, arguments);
        command
            .arg("--database-url")
            .arg(self.project.path("scale.db"));
        command
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.project.root())
            .env("CARGO_TARGET_DIR", &self.target)
            .env_remove("DATABASE_URL")
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null());
        command
    }

    /// The executable that the last command of `cargo migrate` built.
    fn runner(&self) -> PathBuf {
        let stores = fs::read_dir(self.target.join("migrate")).expect("a runner was built");
        let built = |store: PathBuf| {
            let main = fs::read_to_string(store.join("runner/Cargo.toml")).ok()?;
            let root = self.project.root().to_string_lossy().into_owned();
            let text = main
                .contains(&root)
                .then(|| fs::read_to_string(store.join("runner.json")).ok())??;
            let record: serde_json::Value = serde_json::from_str(&text).ok()?;
            Some(PathBuf::from(record["executable"].as_str()?))
        };
        let mut stores = stores.flatten().map(|entry| entry.path());
        stores.find_map(built).expect("the runner's record")
    }

    /// Makes cargo forget the crates, but not what they depend on.
    fn forget(&self) {
        let mut command = self.cargo(&["clean"]);
        for package in self.project.packages() {
            command.args(["--package", &package]);
        }
        self.run(&mut command);
    }

    /// The median time of `runs` commands, each after a preparation that does not count and gets
    /// the number of the run, from 1.
    fn time(
        &self,
        runs: usize,
        prepare: impl Fn(usize),
        command: impl Fn() -> Command,
    ) -> Duration {
        let mut times: Vec<Duration> = (1..=runs)
            .map(|run| {
                prepare(run);
                let mut command = command();
                let start = Instant::now();
                self.run(&mut command);
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[runs / 2]
    }

    fn run(&self, command: &mut Command) {
        let output = command.output().expect("the command can be started");
        assert!(
            output.status.success(),
            "{command:?} failed\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
