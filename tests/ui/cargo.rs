//! One call of cargo for all cases, and what the compiler said in each.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::case::{Case, repository};

/// What the compiler said in a case.
#[derive(Default)]
pub(crate) struct Said {
    /// Its errors and warnings, in order.
    pub(crate) text: String,
}

/// Compiles the packages of all cases, and returns what was said in those that cargo got to.
pub(crate) fn check(root: &Path, cases: &[Case]) -> BTreeMap<String, Said> {
    let all = root.join("all");
    fs::create_dir_all(all.join("src")).unwrap();
    fs::write(all.join("src/lib.rs"), "").unwrap();
    fs::write(all.join("Cargo.toml"), manifest(cases)).unwrap();
    fs::copy(repository().join("Cargo.lock"), all.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--offline",
            "--keep-going",
            "--message-format=json",
        ])
        .current_dir(&all)
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let mut said = BTreeMap::<String, Said>::new();
    let lines = String::from_utf8(output.stdout).unwrap();
    let messages = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let mut messages: Vec<Value> = messages.collect();
    // the packages of a case are compiled at once; the order within one stays
    messages.sort_by_key(|message| message["manifest_path"].to_string());
    for message in messages {
        if let Some(name) = case_of(&message, &root.join("cases")) {
            let said = said.entry(name.clone()).or_default();
            if let Some(text) = rendered(&message) {
                write!(
                    said.text,
                    "{}",
                    normal(text, &root.join("cases").join(&name))
                )
                .unwrap();
            }
        }
    }
    assert!(
        !said.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// A package that depends on every other one.
fn manifest(cases: &[Case]) -> String {
    let mut text =
        "[package]\nname = \"all\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n".to_owned();
    for case in cases {
        for (name, folder) in case.packages() {
            let path = Path::new("../cases").join(&case.name).join(folder);
            writeln!(text, "{name} = {{ path = {path:?} }}").unwrap();
        }
    }
    text
}

fn case_of(message: &Value, cases: &Path) -> Option<String> {
    let manifest = Path::new(message["manifest_path"].as_str()?);
    let case = manifest.strip_prefix(cases).ok()?.components().next()?;
    Some(case.as_os_str().to_str().unwrap().to_owned())
}

/// The message as rustc shows it; nothing if it only counts others.
fn rendered(message: &Value) -> Option<&str> {
    let message = message.get("message")?;
    let counts =
        message["spans"].as_array()?.is_empty() && message["children"].as_array()?.is_empty();
    if counts {
        None
    } else {
        message["rendered"].as_str()
    }
}

/// The text without what changes with the machine, and without the parts that show the library:
/// its lines are not what is tested.
fn normal(text: &str, case: &Path) -> String {
    let text = text.replace(case.to_str().unwrap(), "$CASE");
    let mut parts = vec![String::new()];
    for line in text.lines() {
        if line.starts_with("note: ") || line.starts_with("help: ") || line.is_empty() {
            parts.push(String::new());
        }
        let part = parts.last_mut().unwrap();
        part.push_str(line);
        part.push('\n');
    }
    let library = repository().to_str().unwrap();
    let is_aside = |part: &String| part.starts_with("note: ") || part.starts_with("help: ");
    parts.retain(|part| !is_aside(part) || !part.contains(library));
    parts.concat().replace(library, "$REPOSITORY")
}
