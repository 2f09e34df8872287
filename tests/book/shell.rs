//! Runs the commands of a page in a scratch project, and compares answers. What differs from run to
//! run (times, processes, ids made from the time) is the same on both sides.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::{env, fs};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use migrate_tests::{Databases, Project, cargo_migrate, workspace_root};
use regex_lite::{Captures, Regex};

/// A project in which a page's commands run one after another.
pub(crate) struct Shell {
    project: Project,
    name: String,
    /// The exit code of the last command, for `echo $?`.
    code: i32,
    /// Which id of the page is which one here: those that `new` makes are times.
    ids: BTreeMap<String, String>,
}

impl Shell {
    /// A project of a kind:
    /// `library` has `migrations!()`, `fresh` is what `cargo new --lib` leaves, `quickstart` and
    /// `example` are copies of the repository's examples, `folder` is empty.
    pub(crate) fn new(kind: &str, name: &str) -> Shell {
        let project = match kind {
            "library" => Project::library(name),
            "quickstart" => Project::quickstart(),
            "example" => Project::example(name).with_same_features(Databases::Sqlite),
            "folder" | "fresh" => Project::empty(name),
            other => panic!("no project is a `{other}`"),
        };
        if kind == "fresh" {
            project
                .write(
                    "Cargo.toml",
                    &format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n"),
                )
                .write("src/lib.rs", "")
                .write(".gitignore", "/target\n")
                .write(".git/HEAD", "ref: refs/heads/main\n");
        }
        Shell {
            project,
            name: name.to_owned(),
            code: 0,
            ids: BTreeMap::new(),
        }
    }

    /// Writes a file of the page, or its end.
    pub(crate) fn write(&mut self, path: &str, text: &str, at_end: bool) {
        for id in ids().find_iter(&format!("{path} {text}")) {
            let id = id.as_str();
            if !self.ids.contains_key(id) {
                let here = self.mistyped(id).unwrap_or_else(|| id.to_owned());
                self.ids.insert(id.to_owned(), here);
            }
        }
        let path = self.here(path);
        let before = match at_end {
            true => self.project.read(&path),
            false => String::new(),
        };
        self.project.write(&path, &(before + &self.here(text)));
    }

    /// An id that differs from a known one in its last digit does so here, too.
    fn mistyped(&self, id: &str) -> Option<String> {
        let mut known = self.ids.iter();
        let (_, here) = known.find(|(page, _)| page[..13] == id[..13])?;
        let last: u32 = here[13..].parse().ok()?;
        let close = [1, 9, 2, 8, 3, 7, 4, 6, 5];
        let mut others = close
            .map(|step| format!("{}{}", &here[..13], (last + step) % 10))
            .into_iter();
        // two revisions may be made in successive seconds
        others.find(|other| self.ids.values().all(|taken| taken != other))
    }

    /// Executes SQL in a SQLite database, as a hand with SQLite's client does.
    pub(crate) fn execute(&self, database: &str, statements: &str) {
        let path = self.project.path(database).display().to_string();
        let mut connection = SqliteConnection::establish(&path).expect("a database");
        connection.batch_execute(statements).unwrap();
    }

    /// The text with the ids that are used here.
    fn here(&self, text: &str) -> String {
        let known = |found: &Captures<'_>| {
            let id = &found[0];
            self.ids.get(id).map_or(id, String::as_str).to_owned()
        };
        ids().replace_all(text, known).into_owned()
    }

    /// A file of the project.
    pub(crate) fn read(&self, path: &str) -> String {
        self.project.read(&self.here(path))
    }

    /// Whether the last command ended with 0.
    pub(crate) fn succeeded(&self) -> bool {
        self.code == 0
    }

    /// An answer as the lines of a page, with the page's own ids.
    pub(crate) fn shown(&self, answer: &str) -> Vec<String> {
        let own = |found: &Captures<'_>| {
            let mut all = self.ids.iter();
            let known = all.find(|(_, here)| here.as_str() == &found[0]);
            known.map_or(found[0].to_owned(), |(page, _)| page.clone())
        };
        let answer = ids().replace_all(answer, own);
        answer
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect()
    }

    /// Runs a command; its answer, both streams in the order in which they were written.
    pub(crate) fn run(&mut self, command: &str) -> String {
        let command = self.here(command);
        let state = self.project.outside("state");
        let state = state.display();
        let script = format!(
            "[ -e {state} ] && source {state}; (exit {code})\n{command}\ncode=$?\n\
             {{ printf 'cd %q\\n' \"$PWD\"; export -p; }} > {state}; exit $code",
            code = self.code,
        );
        let binary = cargo_migrate().parent().expect("a binary is in a folder");
        let like = self.project.command([""; 0]);
        let mut bash = Command::new("bash");
        bash.args(["-c", "exec 2>&1; eval \"$SCRIPT\""])
            .env("SCRIPT", script)
            .current_dir(self.project.root())
            .stdin(Stdio::null());
        for (name, value) in like.get_envs() {
            match value {
                Some(value) => bash.env(name, value),
                None => bash.env_remove(name),
            };
        }
        let path = env::var("PATH").unwrap_or_default();
        bash.env("PATH", format!("{}:{path}", binary.display()))
            .env("CARGO_NET_OFFLINE", "true")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("DATABASE_URL");
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("MIGRATE_")) {
            bash.env_remove(name);
        }
        let output = bash.output().expect("bash can be started");
        self.code = output.status.code().unwrap_or(-1);
        self.plain(&String::from_utf8_lossy(&output.stdout))
    }

    /// The answer as a page shows it: without what cargo prints, and with the project in a home.
    fn plain(&self, answer: &str) -> String {
        let root = self.project.root().display().to_string();
        let home = format!("/home/ada/{}", self.name);
        let outside = root.trim_end_matches(&format!("/{}", self.name)).to_owned();
        let library = workspace_root().display().to_string();
        let answer = answer
            .replace(&root, &home)
            .replace(&outside, "/home/ada")
            .replace(&library, "../cargo-migrate");
        let cargo = Regex::new(concat!(
            r"(?m)^ +(Compiling|Finished|Running|Locking|Adding|Blocking|Updating|Checking|Created|",
            r"Creating) .*\n"
        ));
        // as far up as the scratch folder and this repository have a folder in common
        let relative = Regex::new(r"(\.\./)+\S*/(migrate-\w+)").unwrap();
        let answer = relative.replace_all(&answer, "../cargo-migrate/$2");
        let who = Regex::new(r"[\w-]+@[\w.-]+, process \d+").unwrap();
        let answer = cargo.unwrap().replace_all(&answer, "");
        who.replace_all(&answer, "ada@box, process 4711")
            .into_owned()
    }

    /// Compares an answer with the one that the page shows, and learns its ids. A line `…` stands
    /// for any lines.
    pub(crate) fn compare(&mut self, shown: &[String], answer: &str) -> Result<(), String> {
        let lines: Vec<String> = answer.lines().map(|line| alike(line.trim_end())).collect();
        let wanted: Vec<String> = shown.iter().map(|line| alike(line.trim_end())).collect();
        match matched(&wanted, &lines, self.ids.clone()) {
            Some(learned) => {
                self.ids = learned;
                Ok(())
            }
            None => Err(format!(
                "--- the page shows\n{}\n--- the program prints\n{answer}",
                shown.join("\n")
            )),
        }
    }
}

/// An id that `new` makes from the time.
fn ids() -> Regex {
    Regex::new(r"20\d{12}").unwrap()
}

/// The line with one word for each time, process and checksum, and one space for several.
fn alike(line: &str) -> String {
    let rules = [
        (r"\b\d+(\.\d+)? (µs|ms|s|min)\b", "1 ms"),
        (r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b", "2026-01-01 00:00:00"),
        (r"\b\d{4}-\d\d-\d\d-\d{6}", "2026-01-01-000000"),
        (r"\bprocess \d+", "process 1"),
        (r"\b\d+ (MB|KB|kB|bytes)\b", "1 MB"),
        (r"(\S) {2,}", "$1  "),
    ];
    rules.iter().fold(line.to_owned(), |line, (rule, word)| {
        Regex::new(rule)
            .unwrap()
            .replace_all(&line, *word)
            .into_owned()
    })
}

/// Whether the lines are the wanted ones, and what each of their ids is then.
fn matched(
    wanted: &[String],
    lines: &[String],
    ids: BTreeMap<String, String>,
) -> Option<BTreeMap<String, String>> {
    match (wanted.split_first(), lines.split_first()) {
        (None, None) => Some(ids),
        (Some((first, rest)), _) if first.trim() == "…" => (0..=lines.len())
            .rev()
            .find_map(|skipped| matched(rest, &lines[skipped..], ids.clone())),
        (Some((first, rest)), Some((line, after))) => {
            let ids = same(first, line, ids)?;
            matched(rest, after, ids)
        }
        (None, Some(_)) | (Some(_), None) => None,
    }
}

/// Whether a line is the wanted one, but for ids.
fn same(
    wanted: &str,
    line: &str,
    mut known: BTreeMap<String, String>,
) -> Option<BTreeMap<String, String>> {
    let id = ids();
    if id.replace_all(wanted, "ID") != id.replace_all(line, "ID") {
        return None;
    }
    for (wanted, found) in id.find_iter(wanted).zip(id.find_iter(line)) {
        let is = known
            .entry(wanted.as_str().to_owned())
            .or_insert_with(|| found.as_str().to_owned());
        if is != found.as_str() {
            return None;
        }
    }
    Some(known)
}

#[test]
fn answers_are_compared_but_for_what_differs_each_time() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let mut shell = Shell::new("folder", "compared");
    let shown = lines("[1/1] up 20260101000000, A … 1.4 ms\ndone");
    let answer = "[1/1] up 20269999999999, A … 17 s\ndone\n";
    assert_eq!(shell.compare(&shown, answer), Ok(()));
    assert_eq!(shell.here("at 20260101000000"), "at 20269999999999");
    // the same id is the same one from then on
    assert!(
        shell
            .compare(&lines("20260101000000"), "20268888888888\n")
            .is_err()
    );
    assert!(shell.compare(&lines("a\n…\nd"), "a\nb\nc\nd\n").is_ok());
    assert!(shell.compare(&lines("a\nd"), "a\nb\nd\n").is_err());
    assert!(shell.compare(&lines("a"), "a\nb\n").is_err());
}

#[test]
fn commands_run_one_after_another_as_in_one_shell() {
    let mut shell = Shell::new("folder", "shelled");
    fs::create_dir(shell.project.path("inner")).expect("a folder");
    shell.run("cd inner && export WORD=there");
    assert_eq!(
        shell.run("echo $WORD; pwd; exit 3"),
        "there\n/home/ada/shelled/inner\n"
    );
    shell.run("(exit 4)");
    assert_eq!(shell.run("echo $?"), "4\n");
}
