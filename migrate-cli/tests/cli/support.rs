//! A folder with a database, and the commands run on it without a process.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use migrate_cli::{Invocation, Surroundings};
use migrate_core::History;

/// A folder of its own for a test.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
}

/// What a command said, with the folder's path and all times replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Folder {
    pub(crate) fn new() -> Folder {
        let folder = tempfile::tempdir().expect("a temporary folder can be written");
        // no other `.env` further up is found
        std::fs::write(folder.path().join(".env"), "").expect("a temporary folder can be written");
        Folder { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path().join("app.db")
    }

    /// Runs SQL on the folder's `app.db`, as another tool would.
    pub(crate) fn execute(&self, sql: &str) {
        let path = self.database();
        let mut connection =
            SqliteConnection::establish(path.to_str().expect("a temporary path is UTF-8"))
                .expect("a file can be made");
        connection.batch_execute(sql).expect("the SQL is right");
    }

    /// Runs a command line on the folder's `app.db`.
    pub(crate) fn run(&self, history: &History, line: &str) -> Said {
        let url = self.database().into_os_string();
        self.run_with(history, line, &[("DATABASE_URL", url)])
    }

    /// Runs a command line where only these variables are set.
    pub(crate) fn run_with(
        &self,
        history: &History,
        line: &str,
        variables: &[(&str, OsString)],
    ) -> Said {
        self.run_as("cargo migrate", history, line, variables)
    }

    /// Runs a command line of a program of this name.
    pub(crate) fn run_as(
        &self,
        program: &str,
        history: &History,
        line: &str,
        variables: &[(&str, OsString)],
    ) -> Said {
        let columns = ("COLUMNS", OsString::from("100"));
        let variable = |name: &str| {
            let mut all = variables.iter().chain([&columns]);
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| value.clone())
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = migrate_cli::run(
            history,
            Invocation {
                program: program.to_owned(),
                arguments: line.split_whitespace().map(OsString::from).collect(),
                surroundings: Surroundings {
                    directory: self.path().to_owned(),
                    variable: &variable,
                },
                out: &mut anstream::StripStream::new(&mut out),
                err: &mut anstream::StripStream::new(&mut err),
                scripts: None,
                terminal: false,
            },
        );
        Said {
            code: exit.code(),
            out: self.plain(out),
            err: self.plain(err),
        }
    }

    /// The text without what differs from run to run.
    fn plain(&self, text: Vec<u8>) -> String {
        let text = String::from_utf8(text).expect("all output is UTF-8");
        let text = text
            .replace(&self.path().display().to_string(), "[DIR]")
            .replace(BLOCK, "[BLOCK]");
        let lines = text
            .lines()
            // revisions that are built by hand are in no file of their name
            .filter(|line| !line.contains(HAND_BUILT))
            .map(|line| without_author(&without_clock(&without_duration(line))) + "\n");
        lines.collect()
    }
}

/// Where the calls of revisions that are built by hand are.
const HAND_BUILT: &str = "the call is in `migrate-cli/tests/";

/// The operation of a connection block, as journals store it.
const BLOCK: &str = concat!("use the live", " connection");

/// `3.1 ms` is `0 ms`, `"duration_ms": 3.1` is `"duration_ms": 0.0`.
fn without_duration(line: &str) -> String {
    if let Some((key, rest)) = line.split_once("duration_ms\": ") {
        let comma = if rest.ends_with(',') { "," } else { "" };
        return format!("{key}duration_ms\": 0.0{comma}");
    }
    let mut words: Vec<&str> = line.split(' ').collect();
    for index in 1..words.len() {
        let number = words[index - 1].trim_start_matches('(');
        let unit = words[index].trim_end_matches([')', ';', ',']);
        if number.parse::<f64>().is_ok() && ["ms", "s", "min"].contains(&unit) {
            let bracket = words[index - 1].starts_with('(');
            words[index - 1] = if bracket { "(0" } else { "0" };
        }
    }
    let line = words.join(" ");
    // a column of times is as wide as they are
    match line.strip_suffix("  0 ms") {
        Some(before) => format!("{}  0 ms", before.trim_end()),
        None => line,
    }
}

/// Who writes into the journal, and when by the clock of this machine, is always the same.
fn without_author(line: &str) -> String {
    for key in ["at", "until", "recorded_at", "since"] {
        if let Some((before, _)) = line.split_once(&format!("\"{key}\": \"20")) {
            return format!("{before}\"{key}\": \"2026-11-21T09:30:00.000000Z\",");
        }
    }
    for (key, value) in [
        ("run", "19aa5d2c00000-1f3-0"),
        ("actor", "ada@box, process 42 (app)"),
    ] {
        if let Some((before, _)) = line.split_once(&format!("\"{key}\": \"")) {
            return format!("{before}\"{key}\": \"{value}\",");
        }
    }
    let moment = line.find(" UTC, ").and_then(|at| at.checked_sub(19));
    if let (Some(start), Some((before, _))) = (moment, line.rsplit_once(", by ")) {
        let what = &before[start + 19..];
        return format!(
            "{}2026-11-21 09:30:00{what}, by ada@box, process 42 (app)",
            &line[..start]
        );
    }
    match line.get(..21) {
        Some(clock)
            if clock.starts_with("20")
                && clock.as_bytes()[10] == b' '
                && clock.as_bytes()[13] == b':' =>
        {
            "2026-11-21 09:30:00 ada@box, process 42 (app)".to_owned()
        }
        _ => line.to_owned(),
    }
}

/// `"run_on": "2026-11-21 09:30:00"` is `"run_on": "2026-11-21 00:00:00"`.
fn without_clock(line: &str) -> String {
    match line.split_once("run_on\": \"") {
        Some((key, rest)) => {
            let comma = if rest.ends_with(',') { "," } else { "" };
            format!("{key}run_on\": \"2026-11-21 09:30:00\"{comma}")
        }
        None => line.to_owned(),
    }
}
