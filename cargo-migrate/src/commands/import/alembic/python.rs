//! Asks the project's own Python: runs a script of ours there, and reads its answer, a line for
//! each revision. Must not know how revisions are written.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf, absolute};
use std::process::{Command, Output, Stdio};

use migrate_cli::CliError;
use migrate_cli::commands::schema::baseline::Filler;
use migrate_core::engine::backend::BackendKind;
use migrate_graph::Header;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::revision::{Revision, Work};
use super::config::{AlembicProject, Configuration};
use crate::files;

const SCRIPT: &str = include_str!("script.py");

/// What the script has answered.
pub(super) struct Read {
    /// Alembic's version.
    pub(super) alembic: String,
    pub(super) revisions: Vec<Revision>,
}

/// A line of the answer.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Failure { failure: String, error: String },
    Versions { alembic: String },
    Revision(Box<Answered>),
}

/// A revision, as the script answers it.
#[derive(Debug, Deserialize)]
struct Answered {
    id: String,
    down_revision: Vec<String>,
    depends_on: Vec<String>,
    branch_labels: Vec<String>,
    doc: String,
    file: String,
    up_sql: Option<Vec<String>>,
    down_sql: Option<Vec<String>>,
    #[serde(default)]
    up_outside: bool,
    #[serde(default)]
    down_outside: bool,
    up_error: Option<Raised>,
    down_error: Option<Raised>,
}

/// What a function has raised.
#[derive(Debug, Deserialize)]
struct Raised {
    error: String,
    line: Option<u32>,
    text: Option<String>,
}

/// The Python to ask.
pub(super) fn program(typed: Option<&Path>, project: &AlembicProject) -> PathBuf {
    if let Some(typed) = typed {
        // a name alone is looked for in PATH
        return match typed.components().count() {
            1 => typed.to_owned(),
            _ => absolute(typed).unwrap_or_else(|_| typed.to_owned()),
        };
    }
    let active = env::var_os("VIRTUAL_ENV").map(PathBuf::from);
    let beside = [".venv", "venv"].map(|name| project.folder.join(name));
    let pythons = active
        .into_iter()
        .chain(beside)
        .map(|folder| folder.join("bin/python"));
    let mut pythons = pythons.filter(|python| python.is_file());
    pythons.next().unwrap_or_else(|| "python3".into())
}

/// Asks it for the revisions.
pub(super) fn read(
    program: &Path,
    project: &AlembicProject,
    dialect: BackendKind,
    metadata: Option<&str>,
) -> Result<Read, CliError> {
    let request = request(project, dialect, metadata);
    let name = program.display();
    let output = run(program, &project.folder, &request.to_string()).map_err(|error| {
        CliError::usage(format!("cannot run `{name}`: {error}"))
            .help("name the Python that has Alembic by `--python PROGRAM`, or read only the history: `--no-python`")
    })?;
    let lines = String::from_utf8_lossy(&output.stdout);
    let mut read = Read {
        alembic: String::new(),
        revisions: Vec::new(),
    };
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(Line::Failure { failure, error }) => return Err(refused(&failure, &error, program)),
            Ok(Line::Versions { alembic }) => read.alembic = alembic,
            Ok(Line::Revision(answered)) => read.revisions.push(answered.revision()),
            Err(error) => return Err(broken(program, &format!("{error}: {line}"), &output)),
        }
    }
    if !output.status.success() || read.alembic.is_empty() {
        return Err(broken(program, &output.status.to_string(), &output));
    }
    Ok(read)
}

fn request(project: &AlembicProject, dialect: BackendKind, metadata: Option<&str>) -> Value {
    let mut request = json!({ "dialect": dialect.name().to_lowercase() });
    let (key, path) = match &project.configuration {
        Configuration::Ini(path) => ("ini", path),
        Configuration::Toml(path) => ("toml", path),
        Configuration::Scripts(path) => ("scripts", path),
    };
    request[key] = path.to_string_lossy().into();
    if let Some(metadata) = metadata {
        request["metadata"] = metadata.into();
    }
    request
}

/// What lets Alembic itself upgrade a scratch database; the script is written into this folder.
pub(super) fn upgrading(
    (program, project): (&Path, &AlembicProject),
    dialect: BackendKind,
    metadata: Option<&str>,
    to: &str,
    folder: &Path,
) -> Result<Filler, CliError> {
    let mut request = request(project, dialect, metadata);
    request["upgrade"] = to.into();
    let script = folder.join("import.py");
    let written = fs::create_dir_all(folder).and_then(|()| files::write(&script, SCRIPT));
    written.map_err(|error| {
        CliError::usage(format!("cannot write `{}`: {error}", script.display()))
    })?;
    Ok(Filler {
        program: program.to_owned(),
        arguments: vec![
            "-B".to_owned(),
            script.to_string_lossy().into_owned(),
            request.to_string(),
        ],
        folder: project.folder.clone(),
        what: format!("upgrade a scratch database to `{to}` with Alembic"),
    })
}

fn run(program: &Path, folder: &Path, request: &str) -> io::Result<Output> {
    let mut child = Command::new(program)
        .args(["-", request])
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // a program that does not read it has an answer all the same, or fails
        let _ = stdin.write_all(SCRIPT.as_bytes());
    }
    child.wait_with_output()
}

/// Why the script has no revisions to answer.
fn refused(failure: &str, error: &str, program: &Path) -> CliError {
    let name = program.display();
    let only_history = "or read only the history: `--no-python`";
    match failure {
        "alembic" => CliError::usage(format!("`{name}` has no Alembic: {error}")).help(format!(
            "name the Python that has it by `--python PROGRAM`, {only_history}"
        )),
        "metadata" => CliError::usage(format!("`--metadata` leads nowhere: {error}"))
            .help("name it as Python does: `--metadata package.module:attribute`"),
        _ => CliError::usage(format!("Alembic cannot read its revisions: {error}"))
            .help(format!("correct it there, {only_history}")),
    }
}

/// The program ended, or answered, as no run of the script does.
fn broken(program: &Path, what: &str, output: &Output) -> CliError {
    let errors = String::from_utf8_lossy(&output.stderr);
    let last: Vec<String> = errors.lines().rev().take(5).map(str::to_owned).collect();
    CliError::usage(format!("`{}` gave no answer: {what}", program.display()))
        .notes(last.into_iter().rev())
        .help("name the Python that has Alembic by `--python PROGRAM`, or read only the history: `--no-python`")
}

impl Answered {
    fn revision(self) -> Revision {
        let file = self.file;
        let work = |sql: Option<Vec<String>>, raised: Option<Raised>| match (sql, raised) {
            (Some(sql), None) => Work::of(sql),
            (_, raised) => Work::Unknown(
                raised.map_or_else(|| format!("port {file}"), |raised| raised.reason(&file)),
            ),
        };
        let (up, down) = (
            work(self.up_sql, self.up_error),
            work(self.down_sql, self.down_error),
        );
        let message = match self.doc.split_whitespace().collect::<Vec<_>>().join(" ") {
            empty if empty.is_empty() => format!("revision {}", self.id),
            message => message,
        };
        Revision {
            header: Header {
                id: self.id,
                down_revision: self.down_revision,
                depends_on: self.depends_on,
                branch_labels: self.branch_labels,
                message,
            },
            source: file,
            up,
            down,
            transaction: !(self.up_outside || self.down_outside),
        }
    }
}

impl Raised {
    /// Where and why, in one line.
    fn reason(&self, file: &str) -> String {
        let error = self
            .error
            .strip_prefix("NeedsDatabase: ")
            .unwrap_or(&self.error);
        match (self.line, &self.text) {
            (Some(line), Some(text)) if !text.is_empty() => {
                format!("port {file}: {error}, in line {line}: {text}")
            }
            (Some(line), _) => format!("port {file}: {error}, in line {line}"),
            (None, _) => format!("port {file}: {error}"),
        }
    }
}
