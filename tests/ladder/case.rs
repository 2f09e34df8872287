//! A history as data, and what is to be found in it. The cases are lines of `cases.jsonl`:
//!
//! ```text
//! {"name": "…", "rung": "stairway", "revision": "05", "on": ["sqlite"], "revisions": […]}
//! ```
//!
//! Without `rung` nothing is to be found; without `on` it is for every database. A revision has
//! `id`, `up`, `down` (`null` is irreversible), and may have `parents` (else it continues the one
//! before it), `reversible`, `nothing`, `transaction: false`, `lossy`, and `offline`: what a script
//! runs instead of `up`. `models` is source text, `printed` the text of a `schema.rs`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use migrate_cli::{Invocation, Surroundings};
use migrate_core::engine::backend::BackendKind;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};
use migrate_models::Models;
use migrate_tests::scratch::short_name;
use serde_json::{Value, json};

/// A history with what is to be found in it.
pub(crate) struct Case {
    pub(crate) name: String,
    /// The rung that finds it, and the revision.
    fault: Option<(String, String)>,
    on: Vec<String>,
    history: History,
    models: Option<String>,
    printed: Option<String>,
}

impl Case {
    /// The cases of a file, or those of this folder.
    pub(crate) fn read(file: Option<&str>) -> Result<Vec<Case>, String> {
        let text = match file {
            Some(file) => fs::read_to_string(file)
                .map_err(|error| format!("cannot read `{file}`: {error}"))?,
            None => include_str!("cases.jsonl").to_owned(),
        };
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines
            .enumerate()
            .map(|(at, line)| {
                let read = serde_json::from_str(line).map_err(|error| error.to_string());
                let case = read.and_then(|value| Case::of(&value));
                case.map_err(|problem| format!("case {}: {problem}", at + 1))
            })
            .collect()
    }

    fn of(value: &Value) -> Result<Case, String> {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let list = value["on"].as_array().into_iter().flatten();
        let fault = text("rung").map(|rung| (rung, text("revision").unwrap_or_default()));
        let mut revisions: Vec<&'static Revision> = Vec::new();
        for one in value["revisions"]
            .as_array()
            .ok_or("it has no `revisions`")?
        {
            let before = revisions.last().map(|revision| revision.id());
            revisions.push(revision(one, before)?);
        }
        Ok(Case {
            name: text("name").ok_or("it has no `name`")?,
            fault,
            on: list
                .filter_map(|name| Some(name.as_str()?.to_owned()))
                .collect(),
            history: History::new(vec![&*revisions.leak()].leak()),
            models: text("models"),
            printed: text("printed"),
        })
    }

    pub(crate) fn is_on(&self, kind: BackendKind) -> bool {
        self.on.is_empty() || self.on.iter().any(|name| name == short_name(kind))
    }

    pub(crate) fn has_fault(&self) -> bool {
        self.fault.is_some()
    }

    /// Runs the ladder, or these rungs of it, and compares what it finds.
    pub(crate) fn run(&self, kind: BackendKind, rungs: &[&str]) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut configuration = json!({ "values": {}, "multiple_heads": "allow" });
        configuration["values"]["multiple-heads"] =
            json!({ "value": "allow", "origin": { "kind": "default" } });
        if let Some(models) = &self.models {
            let file = migrate_models::read_file("src/schema.rs", models, "migrate_core");
            let (models, problems) = Models::resolve(vec![file]);
            if let Some(problem) = problems.first() {
                return Err(format!("the models: {}", problem.message));
            }
            let path = folder.path().join("models.json");
            write(
                &path,
                &serde_json::to_string(&models).map_err(|error| error.to_string())?,
            )?;
            configuration["models"] = json!(path);
        }
        if let Some(printed) = &self.printed {
            write(
                &folder.path().join("diesel.toml"),
                "[print_schema]\nfile = \"schema.rs\"\n",
            )?;
            write(&folder.path().join("schema.rs"), printed)?;
        }
        let configuration = configuration.to_string();
        let words = [&["--json", "--junit", "junit.xml"], rungs].concat();
        let (text, ok) = answer(&self.history, kind, folder.path(), &configuration, &words);
        self.compare(&text, ok)
    }

    fn compare(&self, answer: &str, ok: bool) -> Result<(), String> {
        let json: Value = serde_json::from_str(answer).unwrap_or_default();
        let backend = &json["backends"][0];
        if !backend["error"].is_null() || backend.is_null() {
            return Err(format!("it could not be tested: {}", backend["error"]));
        }
        let (mut found, mut messages) = (BTreeSet::new(), String::new());
        for rung in backend["rungs"].as_array().into_iter().flatten() {
            for failure in rung["failures"].as_array().into_iter().flatten() {
                let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
                found.insert((text(&rung["rung"]), text(&failure["revision"])));
                messages += &format!(
                    "\n    {} {}",
                    text(&failure["message"]),
                    failure["changes"][0]["text"]
                );
            }
        }
        match &self.fault {
            None if ok && found.is_empty() => Ok(()),
            None => Err(format!("it is sound, and was found: {found:?}{messages}")),
            Some(fault) if !found.contains(fault) => {
                Err(format!("{fault:?} was not found, but {found:?}{messages}"))
            }
            Some((_, id)) => match found.iter().find(|(_, other)| other != id) {
                Some(other) => Err(format!(
                    "`{id}` has the fault, and was found: {other:?}{messages}"
                )),
                None => Ok(()),
            },
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

/// What `cargo migrate test` answers about a history on this kind of database, and whether it has
/// no finding.
pub(crate) fn answer(
    history: &History,
    kind: BackendKind,
    folder: &Path,
    configuration: &str,
    words: &[&str],
) -> (String, bool) {
    let variable = |name: &str| match name {
        "CARGO_MIGRATE_CONFIG" => Some(OsString::from(configuration)),
        name if name.starts_with("MIGRATE_TEST_") => std::env::var_os(name),
        _ => None,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let begin = ["test", "--dialect", short_name(kind)];
    let invocation = Invocation {
        program: "cargo migrate".to_owned(),
        arguments: begin.iter().chain(words).map(OsString::from).collect(),
        surroundings: Surroundings {
            directory: folder.to_owned(),
            variable: &variable,
        },
        out: &mut out,
        err: &mut err,
        scripts: None,
        terminal: false,
    };
    let exit = migrate_cli::run(history, invocation);
    if out.is_empty() {
        out = err;
    }
    let plain = anstream::adapter::strip_bytes(&out).into_vec();
    let text = String::from_utf8_lossy(&plain).into_owned();
    (text, exit == migrate_cli::Exit::Done)
}

/// What is run with a database, and in a script.
static TEXTS: Mutex<Vec<[&str; 2]>> = Mutex::new(Vec::new());

/// A body for each pair of texts: a function has no data of its own.
const BODIES: [fn(&mut Operations<'_>) -> Result<()>; 16] = [
    text::<0>, text::<1>, text::<2>, text::<3>, text::<4>, text::<5>, text::<6>, text::<7>,
    text::<8>, text::<9>, text::<10>, text::<11>, text::<12>, text::<13>, text::<14>, text::<15>,
];

fn text<const NUMBER: usize>(op: &mut Operations<'_>) -> Result<()> {
    let texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner)[NUMBER];
    let text = texts[usize::from(op.is_offline())];
    let statements = text.split("; ").filter(|statement| !statement.is_empty());
    for statement in statements {
        op.execute(statement.trim_end_matches(';'))?;
    }
    Ok(())
}

/// A revision of a case.
fn revision(value: &Value, before: Option<&'static str>) -> Result<&'static Revision, String> {
    let text = |key: &str| value[key].as_str().map(|text| &*text.to_owned().leak());
    let id = text("id").ok_or("a revision has no `id`")?;
    let parents: Vec<&'static str> = match value["parents"].as_array() {
        Some(parents) => parents
            .iter()
            .filter_map(|id| Some(&*id.as_str()?.to_owned().leak()))
            .collect(),
        None => before.into_iter().collect(),
    };
    let up = text("up").ok_or("a revision has no `up`")?;
    let body = match text("offline") {
        None => Body::sql(up),
        Some(offline) => {
            let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
            texts.push([up, offline]);
            let run = BODIES
                .get(texts.len() - 1)
                .ok_or("too many have `offline`")?;
            Body::Operations(*run)
        }
    };
    let is = |key: &str| value[key] == true;
    let down = match text("down") {
        _ if is("nothing") => Downgrade::Nothing,
        _ if is("reversible") => Downgrade::Reversible,
        Some(down) => Downgrade::Function(Body::sql(down)),
        None => Downgrade::Irreversible,
    };
    let file = format!("migrations/{id}/up.sql").leak();
    let made = Revision::new(id, parents.leak(), "", file, 1, body, down);
    let made = match value["transaction"] == false {
        true => made.without_transaction(),
        false => made,
    };
    let lossy = value["lossy"].as_array().into_iter().flatten();
    let lossy: Vec<&'static str> = lossy
        .filter_map(|entry| Some(&*entry.as_str()?.to_owned().leak()))
        .collect();
    let made = made.with_lossy(lossy.leak());
    Ok(&*Box::leak(Box::new(made)))
}
